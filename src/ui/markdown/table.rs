//! Draws a table: in columns if they fit, otherwise each cell on a line of its own behind its header.

use super::{Frame, FrameKind, Painter};
use crate::ui::wrap::{Break, Run, Tone};
use pulldown_cmark::Alignment;

/// A table that is being read. Its first row is the header.
pub(super) struct Table<'a> {
    pub(super) align: Vec<Alignment>,
    pub(super) rows: Vec<Vec<Vec<Run<'a>>>>,
}

impl<'a> Painter<'a, '_> {
    /// Ends a row. The parser drops cells that have no header; here they are kept.
    pub(super) fn end_row(&mut self, end: usize) {
        let rest = self.text.get(self.seen..end).unwrap_or_default();
        let bare = rest.trim_matches([' ', '|', '\n']);
        let Some(at) = rest.find(bare).filter(|_| !bare.is_empty()) else { return };
        let start = self.seen + at;
        self.push_source(start..start + bare.len(), Tone::Plain);
        let cell = std::mem::take(&mut self.runs);
        self.table
            .iter_mut()
            .filter_map(|table| table.rows.last_mut())
            .for_each(|row| row.push(cell.clone()));
    }

    pub(super) fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cell_width = |cell: &Vec<Run<'_>>| cell.iter().map(Run::width).sum::<usize>();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                table.rows.iter().filter_map(|row| row.get(column)).map(cell_width).max().unwrap_or(0)
            })
            .collect();
        if widths.iter().sum::<usize>() + 3 * columns.saturating_sub(1) <= self.hang_width() {
            self.draw_columns(table, &widths);
        } else {
            self.draw_records(table);
        }
    }

    fn draw_columns(&mut self, table: Table<'a>, widths: &[usize]) {
        for (index, row) in table.rows.into_iter().enumerate() {
            for (column, cell) in row.into_iter().enumerate() {
                let free = widths[column].saturating_sub(cell.iter().map(Run::width).sum());
                let left = match table.align.get(column) {
                    Some(Alignment::Right) => free,
                    Some(Alignment::Center) => free / 2,
                    _ => 0,
                };
                if column > 0 {
                    self.runs.push(Run::decoration(" | ", Tone::Marker));
                }
                self.runs.push(Run::decoration(" ".repeat(left), Tone::Plain));
                self.runs.extend(cell);
                if column + 1 < widths.len() {
                    self.runs.push(Run::decoration(" ".repeat(free - left), Tone::Plain));
                }
            }
            if index == 0 {
                let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
                self.push_break();
                self.runs.push(Run::decoration(rule.join("-+-"), Tone::Marker));
            }
            self.push_break();
        }
        self.flush(Break::Cells);
    }

    /// Too wide for columns: each cell on a line of its own, behind its header.
    fn draw_records(&mut self, table: Table<'a>) {
        let mut rows = table.rows.into_iter();
        let heads = rows.next().unwrap_or_default();
        let mut drawn = false;
        for row in rows {
            let bullet = Run::decoration("- ", Tone::Marker);
            self.frames.push(Frame { kind: FrameKind::Item(2, Some(bullet)), empty: true });
            for (column, cell) in row.into_iter().enumerate() {
                let head = heads.get(column).map(|head| head.iter().map(Run::text).collect::<String>());
                if let Some(head) = head.filter(|head| !head.is_empty()) {
                    self.runs.push(Run::decoration(format!("{head}: "), Tone::Marker));
                }
                self.runs.extend(cell);
                self.flush(Break::Words);
                drawn = true;
            }
            self.frames.pop();
        }
        if !drawn {
            for head in heads {
                self.runs.extend(head);
                self.push_break();
            }
        }
        self.flush(Break::Words);
    }
}
