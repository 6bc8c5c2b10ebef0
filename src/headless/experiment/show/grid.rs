//! Tables on a terminal: columns as wide as they have to be, numbers under each other. What does not fit beside each other goes on
//! below, with the first column once more; nothing is left out for want of room but the end of a long name.

use super::page::{Side, Table};
use super::plain::{Script, left, right, width, wrap};

/// Between two columns.
const GAP: usize = 2;
/// What flowing text takes at the least.
const NARROW: usize = 28;
/// The most that a name takes, the first of a row and others.
const NAME: usize = 32;
/// How many rows of a long table are shown.
const FEW: usize = 10;

/// A column that is laid out.
struct Laid {
    side: Side,
    width: usize,
    /// How wide it would be with each text in one line.
    natural: usize,
    head: Vec<String>,
    cells: Vec<String>,
}

/// The lines of a table, without its caption.
pub(super) fn lines(table: &Table, room: usize, script: Script) -> Vec<String> {
    let shown = if table.long { FEW.min(table.rows.len()) } else { table.rows.len() };
    let mut columns = laid(table, shown, room, script);
    // What is rather for paper is shown where there is room for all of it in one row.
    let all: usize = columns.iter().map(|(_, column)| column.natural + GAP).sum();
    columns.retain(|(paper, _)| !paper || all <= room + GAP);
    let mut columns: Vec<Laid> = columns.into_iter().map(|(_, column)| column).collect();
    let mut out = Vec::new();
    for group in groups(&mut columns, room) {
        if !out.is_empty() {
            out.push(String::new());
        }
        out.extend(drawn(&group, shown, script));
    }
    let rest = table.rows.len() - shown;
    if rest > 0 {
        let said = format!("… and {} more, in the other formats", super::words::count(rest as u64));
        out.extend(wrap(&script.line(&said), room));
    }
    out
}

/// All columns, each with whether it is rather for paper.
fn laid(table: &Table, shown: usize, room: usize, script: Script) -> Vec<(bool, Laid)> {
    let most = room.saturating_sub(NAME.min(room / 3) + GAP).max(8);
    let one = |(place, column): (usize, &super::page::Column)| {
        let limit = match (place, column.side) {
            (0, _) => NAME.min(room / 3).max(8),
            (_, Side::Flow) => usize::MAX,
            (_, Side::Left) => NAME.min(most),
            (_, Side::Right) => most,
        };
        let text = |row: &super::page::Row| {
            let cell = row.cells.get(place).map(|cell| script.line(&cell.text)).unwrap_or_default();
            script.cut(&cell, limit)
        };
        let cells: Vec<String> = table.rows[..shown].iter().map(text).collect();
        let title = script.line(&column.title);
        let longest_word = title.split_whitespace().map(width).max().unwrap_or(0);
        let widest = cells.iter().map(|cell| width(cell)).max().unwrap_or(0);
        let natural = widest.max(longest_word.min(limit)).max(1);
        let width = if column.side == Side::Flow { natural.min(NARROW.min(most)) } else { natural };
        (column.paper, Laid { side: column.side, width, natural, head: wrap(&title, width), cells })
    };
    table.columns.iter().enumerate().map(one).collect()
}

/// Columns that stand beside each other; each group begins with the first.
fn groups(columns: &mut [Laid], room: usize) -> Vec<Vec<&Laid>> {
    let Some(first) = columns.first().map(|column| column.width) else { return Vec::new() };
    let mut ends = Vec::new();
    let mut used = first;
    for (place, column) in columns.iter().enumerate().skip(1) {
        if used + GAP + column.width > room && used > first {
            ends.push(place);
            used = first;
        }
        used += GAP + column.width;
    }
    ends.push(columns.len());
    let mut from = 1;
    for end in &ends {
        widen(columns, from..*end, room);
        from = *end;
    }
    let columns: &[Laid] = columns;
    let mut from = 1;
    let group = |end: usize| {
        let group = std::iter::once(&columns[0]).chain(&columns[from..end]).collect();
        from = end;
        group
    };
    ends.into_iter().map(group).collect()
}

/// Gives flowing text the room that is left over in its group, from the left.
fn widen(columns: &mut [Laid], group: std::ops::Range<usize>, room: usize) {
    let used: usize =
        columns[0].width + columns[group.clone()].iter().map(|it| it.width + GAP).sum::<usize>();
    let mut spare = room.saturating_sub(used);
    let flowing = columns[group].iter_mut().filter(|column| column.side == Side::Flow);
    let mut flowing: Vec<&mut Laid> = flowing.collect();
    while spare > 0 && flowing.iter().any(|column| column.width < column.natural) {
        for column in flowing.iter_mut().filter(|column| column.width < column.natural) {
            if spare > 0 {
                column.width += 1;
                spare -= 1;
            }
        }
    }
}

fn drawn(group: &[&Laid], rows: usize, script: Script) -> Vec<String> {
    let heads: Vec<Vec<String>> = group.iter().map(|column| column.head.clone()).collect();
    let high = heads.iter().map(Vec::len).max().unwrap_or(0);
    let mut out: Vec<String> = (0..high)
        .map(|line| {
            // Titles stand on the line below them.
            let at = |head: &Vec<String>| {
                (line + head.len()).checked_sub(high).and_then(|at| head.get(at).cloned())
            };
            joined(group, heads.iter().map(|head| at(head).unwrap_or_default()))
        })
        .collect();
    let all: usize = group.iter().map(|column| column.width).sum::<usize>() + GAP * (group.len().max(1) - 1);
    out.push(script.sign('─', '-').to_string().repeat(all));
    for row in 0..rows {
        let cells: Vec<Vec<String>> = group
            .iter()
            .map(|column| match column.side {
                Side::Flow => wrap(&column.cells[row], column.width),
                _ => vec![column.cells[row].clone()],
            })
            .collect();
        let high = cells.iter().map(Vec::len).max().unwrap_or(0);
        out.extend(
            (0..high).map(|line| {
                joined(group, cells.iter().map(|cell| cell.get(line).cloned().unwrap_or_default()))
            }),
        );
    }
    out
}

fn joined(group: &[&Laid], cells: impl Iterator<Item = String>) -> String {
    let filled = group.iter().zip(cells).map(|(column, cell)| match column.side {
        Side::Right => right(&cell, column.width),
        Side::Left | Side::Flow => left(&cell, column.width),
    });
    filled.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::page::Column;
    use super::*;

    const RICH: Script = Script { ascii: false };

    fn table() -> Table {
        let columns = vec![
            Column::left("arm"),
            Column::right("cost a question"),
            Column::right("n"),
            Column::flow("said"),
        ];
        let mut table = Table::new("", columns);
        let said = "the first answer of the member that was right most often";
        table.row("", vec!["A 東京".into(), "$0.00120".into(), "660".into(), said.into()]);
        table.row("", vec!["B one".into(), "$1.20".into(), "6".into(), "no".into()]);
        table
    }

    #[test]
    fn numbers_stand_under_each_other_and_text_flows() {
        assert_eq!(
            lines(&table(), 52, RICH),
            [
                "          cost a",
                "arm     question    n  said",
                "────────────────────────────────────────────────────",
                "A 東京  $0.00120  660  the first answer of the",
                "                       member that was right most",
                "                       often",
                "B one      $1.20    6  no",
            ]
        );
    }

    #[test]
    fn what_does_not_fit_goes_on_below() {
        let told = lines(&table(), 26, RICH);
        assert!(told.iter().all(|line| width(line) <= 26), "{told:#?}");
        assert_eq!(told.iter().filter(|line| line.starts_with("A 東京")).count(), 2);
    }

    #[test]
    fn long_tables_say_how_much_is_left_out() {
        let mut table = Table::new("", vec![Column::left("question")]).long();
        (0..23).for_each(|at| table.row("", vec![format!("q{at}").into()]));
        let told = lines(&table, 80, RICH);
        assert_eq!(
            (told.len(), told.last().map(String::as_str)),
            (13, Some("… and 13 more, in the other formats"))
        );
    }
}
