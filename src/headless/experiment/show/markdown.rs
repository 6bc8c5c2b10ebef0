//! A report as GitHub's Markdown: tables as tables, plots as text. Text from outside is cleaned and escaped, so that it is read as
//! it is and links, shows and formats nothing.

use super::page::{Block, Cell, Page, Section, Side, Table};
use super::terminal::{drawn, typed};
use crate::core::clean;
use std::fmt::Write as _;

/// How wide plots are.
const WIDE: usize = 96;

/// The whole text, a line break at its end.
pub(super) fn text(page: &Page) -> String {
    let mut out = format!("# {}\n", escaped(&page.title));
    let first = page.sections.first().map_or("", |section| section.id);
    for Section { id, title, blocks } in &page.sections {
        let _ = write!(out, "\n## {}\n", escaped(title));
        for block in blocks {
            out.push('\n');
            put(&mut out, block);
        }
        if *id == first {
            let command = format!("synod experiment report {} --trials WORD", typed(&page.log));
            let _ = writeln!(
                out,
                "\nThe trials behind a figure are listed by {}, with a word of the last columns.",
                code(&command)
            );
        }
    }
    out
}

fn put(out: &mut String, block: &Block) {
    let _ = match block {
        Block::Heading(text) => writeln!(out, "### {}", escaped(text)),
        Block::Lead(text) => writeln!(out, "**{}**", escaped(text)),
        Block::Para(text) => writeln!(out, "{}", escaped(text)),
        Block::List(lines) => lines.iter().try_for_each(|line| writeln!(out, "- {}", escaped(line))),
        Block::Facts(facts) => facts.iter().try_for_each(|(name, cell)| {
            let word = if cell.what.is_empty() { String::new() } else { format!(" ({})", code(&cell.what)) };
            writeln!(out, "- {}: {}{word}", escaped(name), escaped(&cell.text))
        }),
        Block::Table(table) => {
            put_table(out, table);
            Ok(())
        }
        Block::Charts(charts) => {
            put_drawn(out, block);
            about(out, charts.first().map_or("", |chart| chart.about.as_str()))
        }
        Block::Forest(forest) => {
            put_drawn(out, block);
            about(out, &forest.about)
        }
    };
}

fn about(out: &mut String, text: &str) -> std::fmt::Result {
    if text.is_empty() { Ok(()) } else { writeln!(out, "\n{}", escaped(text)) }
}

/// A plot, in a block that no text in it can end.
fn put_drawn(out: &mut String, block: &Block) {
    let lines = drawn(block, WIDE);
    let fence = "`".repeat(lines.iter().map(|line| ticks(line)).max().unwrap_or(0).max(2) + 1);
    let _ = writeln!(out, "{fence}text\n{}\n{fence}", lines.join("\n"));
}

fn put_table(out: &mut String, table: &Table) {
    let _ = writeln!(out, "{}\n", escaped(&table.caption));
    let leads = table.leads();
    let word = |row: &super::page::Row| if row.what.is_empty() { String::new() } else { code(&row.what) };
    let folded = table.long;
    if folded {
        let rows = super::words::many(table.rows.len(), "row");
        let _ = writeln!(out, "<details><summary>{rows}</summary>\n");
    }
    let titles = table.columns.iter().map(|column| escaped(&column.title));
    let titles: Vec<String> = titles.chain(leads.then(|| "trials".to_owned())).collect();
    let rules = table.columns.iter().map(|column| match column.side {
        Side::Right => "---:",
        Side::Left | Side::Flow => "---",
    });
    let rules: Vec<&str> = rules.chain(leads.then_some("---")).collect();
    let _ = writeln!(out, "| {} |\n| {} |", titles.join(" | "), rules.join(" | "));
    for row in &table.rows {
        let cells = row.cells.iter().map(|Cell { text, .. }| escaped(text));
        let cells: Vec<String> = cells.chain(leads.then(|| word(row))).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    if folded {
        let _ = writeln!(out, "\n</details>");
    }
    let example = table.example().filter(|_| !leads);
    if let Some(example) = example {
        let _ = writeln!(out, "\nTrials: {} and the like", code(&typed(example)));
    }
}

/// How many ticks stand beside each other at the most.
fn ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A text as code in a cell of a table: as it is, but for what would end the cell.
fn code(text: &str) -> String {
    let text = clean::exact(text);
    let fence = "`".repeat(ticks(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// A text that is read as it is. Signs that could mean something are escaped, and so are links that would be made by themselves.
fn escaped(text: &str) -> String {
    let text = clean::line(text);
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let starts = out.is_empty();
        let word = |before: Option<char>| before.is_some_and(char::is_alphanumeric);
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' | '@' => out.extend(['\\', c]),
            // Within a word it is no emphasis.
            '_' if !(word(before) && word(rest.chars().next())) => out.extend(['\\', c]),
            '!' if rest.starts_with('[') => out.extend(['\\', c]),
            ':' if rest.starts_with("//") => out.extend(['\\', c]),
            '.' if ends_www(&out) => out.extend(['\\', c]),
            '#' | '=' if starts => out.extend(['\\', c]),
            '+' | '-' if starts && !rest.starts_with(|c: char| c.is_alphanumeric()) => out.extend(['\\', c]),
            // At the beginning of a line a number with a point makes a list.
            '.' | ')' if !starts && out.chars().all(|c| c.is_ascii_digit()) && rest.starts_with(' ') => {
                out.extend(['\\', c]);
            }
            _ => out.push(c),
        }
        before = Some(c);
    }
    out
}

fn ends_www(text: &str) -> bool {
    let last = text.len().checked_sub(3).and_then(|from| text.get(from..));
    last.is_some_and(|last| last.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_formats_nothing() {
        assert_eq!(escaped("<script>a|b</script>"), "&lt;script&gt;a\\|b&lt;/script&gt;");
        assert_eq!(
            escaped("# *a* _b_ snake_case [x](http://y) ![z]"),
            "\\# \\*a\\* \\_b\\_ snake_case \\[x\\](http\\://y) \\!\\[z\\]"
        );
        assert_eq!(escaped("1. one www.x.y $a$ @b"), "1\\. one www\\.x.y \\$a\\$ \\@b");
        assert_eq!(escaped("a\u{1b}[31mb\nc"), "a\u{241b}b c");
    }

    #[test]
    fn code_ends_neither_itself_nor_its_cell() {
        assert_eq!(code("arm:a`b|c"), "``arm:a`b\\|c``");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code("a\u{1b}b"), "`a\\x1bb`");
    }
}
