//! A report as text for a terminal: as wide as it is, without colours and without escape sequences. What is said is
//! [`super::parts`]'; tables are laid out by [`super::grid`], plots by [`super::strokes`].

use super::Look;
use super::page::{Block, Page, Table};
use super::plain::{Script, left, width, wrap};
use super::plots::Chart;
use super::{grid, strokes};
use crate::core::clean;

/// Narrower than this nothing can be read; the text is then as wide as this.
const NARROWEST: usize = 40;
/// Prose is not wider than this, however wide the terminal is.
const PROSE: usize = 100;
/// How wide one of several plots is.
const SMALL: usize = 38;
/// How wide the only plot is, at the most.
const LARGE: usize = 100;

/// The whole text, a line break at its end.
pub(super) fn text(page: &Page, look: &Look) -> String {
    let room = usize::from(look.width).max(NARROWEST);
    let paper = Paper { room, script: Script { ascii: look.ascii } };
    let mut out = paper.underlined(&page.title, '═', '=');
    for section in &page.sections {
        out.push(String::new());
        out.extend(paper.underlined(section.title, '─', '-'));
        for block in &section.blocks {
            out.push(String::new());
            out.extend(paper.block(block));
        }
        if section.id == page.sections.first().map_or("", |first| first.id) {
            out.push(String::new());
            out.extend(paper.prose(&leads(&page.log)));
        }
    }
    let mut out = out.join("\n");
    out.push('\n');
    out
}

/// A plot as text of a given width, for others that show text as it is.
pub(super) fn drawn(block: &Block, room: usize) -> Vec<String> {
    let paper = Paper { room, script: Script { ascii: false } };
    match block {
        Block::Charts(charts) => paper.charts(charts),
        Block::Forest(forest) => strokes::forest(forest, room, paper.script),
        _ => Vec::new(),
    }
}

struct Paper {
    room: usize,
    script: Script,
}

impl Paper {
    fn underlined(&self, title: &str, line: char, ascii: char) -> Vec<String> {
        let mut out = wrap(&self.script.line(title), self.room);
        let longest = out.iter().map(|line| width(line)).max().unwrap_or(0);
        out.push(self.script.sign(line, ascii).to_string().repeat(longest));
        out
    }

    fn prose(&self, text: &str) -> Vec<String> {
        wrap(&self.script.line(text), self.room.min(PROSE))
    }

    fn block(&self, block: &Block) -> Vec<String> {
        match block {
            Block::Heading(text) => self.underlined(text, '·', '.'),
            Block::Lead(text) | Block::Para(text) => self.prose(text),
            Block::List(lines) => lines.iter().flat_map(|line| self.hung("- ", line)).collect(),
            Block::Facts(facts) => {
                let names: Vec<String> = facts.iter().map(|(name, _)| self.script.line(name)).collect();
                let margin = names.iter().map(|name| width(name)).max().unwrap_or(0) + 2;
                let told = facts.iter().zip(&names);
                told.flat_map(|((_, cell), name)| self.hung(&left(name, margin), &cell.text)).collect()
            }
            Block::Table(table) => self.table(table),
            Block::Charts(charts) => {
                let mut out = self.charts(charts);
                let about = charts.first().map(|chart| chart.about.as_str()).unwrap_or_default();
                self.add_about(&mut out, about);
                out
            }
            Block::Forest(forest) => {
                let mut out = strokes::forest(forest, self.room, self.script);
                self.add_about(&mut out, &forest.about);
                out
            }
        }
    }

    fn add_about(&self, out: &mut Vec<String>, about: &str) {
        if !about.is_empty() {
            out.extend(self.prose(about));
        }
    }

    /// A text behind a word, its further lines under its first.
    fn hung(&self, before: &str, text: &str) -> Vec<String> {
        let margin = width(before);
        let lines = wrap(&self.script.line(text), self.room.min(PROSE + margin).saturating_sub(margin));
        let lines = lines.into_iter().enumerate();
        lines.map(|(at, line)| format!("{}{line}", left(if at == 0 { before } else { "" }, margin))).collect()
    }

    fn table(&self, table: &Table) -> Vec<String> {
        let mut out = self.prose(&table.caption);
        out.extend(grid::lines(table, self.room, self.script));
        out.extend(self.hint(table));
        out
    }

    /// The words of a table's first row, each whole where it can be, so that it can be copied.
    fn hint(&self, table: &Table) -> Vec<String> {
        const BEFORE: &str = "  trials: ";
        let words: Vec<String> = examples(table).map(|word| self.script.line(&typed(word))).collect();
        let all = words.join("  ");
        if words.is_empty() || width(BEFORE) + width(&all) <= self.room {
            return if words.is_empty() { Vec::new() } else { vec![format!("{BEFORE}{all}")] };
        }
        let lines =
            words.iter().flat_map(|word| wrap(word, self.room.saturating_sub(width(BEFORE)))).enumerate();
        lines
            .map(|(at, line)| format!("{}{line}", left(if at == 0 { BEFORE } else { "" }, width(BEFORE))))
            .collect()
    }

    fn charts(&self, charts: &[Chart]) -> Vec<String> {
        match charts {
            [only] => strokes::chart(only, self.room.min(LARGE), self.script),
            several => {
                let each = SMALL.min(self.room);
                let drawn: Vec<_> =
                    several.iter().map(|chart| strokes::chart(chart, each, self.script)).collect();
                strokes::beside(&drawn, each, 4, self.room)
            }
        }
    }
}

/// How figures lead to their trials.
pub(super) fn leads(log: &str) -> String {
    format!(
        "The trials behind a figure are listed by: synod experiment report {} --trials WORD. The words of a table's first row \
         stand below it, all of them in the other formats.",
        typed(log)
    )
}

/// The words of a table's first row that has one: one for the row, one for a figure in it.
fn examples(table: &Table) -> impl Iterator<Item = &str> {
    let row =
        table.rows.iter().find(|row| !row.what.is_empty() || row.cells.iter().any(|it| !it.what.is_empty()));
    row.into_iter().flat_map(|row| {
        let own = row
            .cells
            .iter()
            .map(|cell| cell.what.as_str())
            .find(|what| !what.is_empty() && *what != row.what);
        std::iter::once(row.what.as_str()).chain(own).filter(|it| !it.is_empty())
    })
}

/// A word as it is typed in a shell.
pub(super) fn typed(word: &str) -> String {
    clean::shell_word(&clean::exact(word))
}
