//! A report as one page of HTML that needs nothing else: no script, no font, no picture from elsewhere. Whatever text comes in is
//! cleaned and escaped, and the page forbids itself to load or run anything.

use super::page::{Block, Cell, Page, Section, Side, Table};
use super::plots::{Chart, Forest};
use super::terminal::typed;
use super::{svg, words};
use crate::core::clean;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What the page looks like.
const STYLE: &str = include_str!("page.css");

/// The whole page, a line break at its end.
pub(super) fn text(page: &Page) -> String {
    let mut sheet = Sheet { out: String::new(), words: BTreeMap::new() };
    let title = escaped(&page.title);
    let _ = write!(
        sheet.out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"log\">what the experiment in <code>{}</code> came to; underlined figures lead to their trials</p>\n<nav>\n",
        exact(&page.log)
    );
    for Section { id, title, .. } in &page.sections {
        let _ = writeln!(sheet.out, "<a href=\"#{}\">{}</a>", attribute(id), escaped(title));
    }
    sheet.out.push_str("</nav>\n</header>\n<main>\n");
    for Section { id, title, blocks } in &page.sections {
        let _ = writeln!(sheet.out, "<section id=\"{}\">\n<h2>{}</h2>", attribute(id), escaped(title));
        for block in blocks {
            sheet.block(block);
        }
        sheet.out.push_str("</section>\n");
    }
    sheet.out.push_str("</main>\n");
    sheet.popovers(&page.log);
    sheet.out.push_str("</body>\n</html>\n");
    sheet.out
}

/// A text that is read as it is.
pub(super) fn escaped(text: &str) -> String {
    signs(&clean::line(text))
}

/// The same in an attribute, with what is hidden in it shown.
pub(super) fn attribute(text: &str) -> String {
    exact(text)
}

fn exact(text: &str) -> String {
    signs(&clean::exact(text))
}

fn signs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

struct Sheet {
    out: String,
    /// The words that figures lead to their trials by, each with its number.
    words: BTreeMap<String, usize>,
}

impl Sheet {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => self.put(&format!("<h3>{}</h3>", escaped(text))),
            Block::Lead(text) => self.put(&format!("<p class=\"lead\">{}</p>", escaped(text))),
            Block::Para(text) => self.put(&format!("<p>{}</p>", escaped(text))),
            Block::List(lines) => {
                self.put("<ul>");
                for line in lines {
                    self.put(&format!("<li>{}</li>", escaped(line)));
                }
                self.put("</ul>");
            }
            Block::Facts(facts) => {
                self.put("<dl>");
                for (name, cell) in facts {
                    let cell = self.cell(cell, "");
                    self.put(&format!("<dt>{}</dt><dd>{cell}</dd>", escaped(name)));
                }
                self.put("</dl>");
            }
            Block::Table(table) => self.table(table),
            Block::Charts(charts) => self.charts(charts),
            Block::Forest(forest) => self.forest(forest),
        }
    }

    fn put(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// A text, or a button that shows how the trials behind it are listed.
    fn cell(&mut self, cell: &Cell, row: &str) -> String {
        let what = if cell.what.is_empty() { row } else { &cell.what };
        if what.is_empty() || cell.text.is_empty() {
            return escaped(&cell.text);
        }
        let next = self.words.len();
        let number = *self.words.entry(what.to_owned()).or_insert(next);
        format!(
            "<button class=\"t\" popovertarget=\"w{number}\" title=\"trials: {}\">{}</button>",
            attribute(what),
            escaped(&cell.text)
        )
    }

    fn table(&mut self, table: &Table) {
        self.put(&format!("<p class=\"said\">{}</p>", escaped(&table.caption)));
        if table.long {
            let rows = words::many(table.rows.len(), "row");
            self.put(&format!("<details><summary>{rows}</summary>"));
        }
        self.put("<div class=\"scroll\"><table>");
        let class = |side: Side| match side {
            Side::Right => " class=\"right\"",
            Side::Flow => " class=\"flow\"",
            Side::Left => "",
        };
        let head = table
            .columns
            .iter()
            .map(|column| format!("<th scope=\"col\"{}>{}</th>", class(column.side), escaped(&column.title)));
        let head = format!("<thead><tr>{}</tr></thead>\n<tbody>", head.collect::<String>());
        self.put(&head);
        for row in &table.rows {
            let mut line = if row.what.is_empty() {
                "<tr>".to_owned()
            } else {
                format!("<tr data-what=\"{}\">", attribute(&row.what))
            };
            for (place, (cell, column)) in row.cells.iter().zip(&table.columns).enumerate() {
                // The first cell leads to the trials of the row, others to those of a figure of its own.
                let first = place == 0;
                let shown = self.cell(cell, if first { &row.what } else { "" });
                let class = class(column.side);
                let _ = if first {
                    write!(line, "<th scope=\"row\"{class}>{shown}</th>")
                } else {
                    write!(line, "<td{class}>{shown}</td>")
                };
            }
            self.put(&(line + "</tr>"));
        }
        self.put("</tbody></table></div>");
        if table.long {
            self.put("</details>");
        }
    }

    fn charts(&mut self, charts: &[Chart]) {
        let small = charts.len() > 1;
        self.put("<figure>");
        self.put(if small { "<div class=\"charts\">" } else { "<div>" });
        for chart in charts {
            self.put(&format!(
                "<div><p class=\"title\">{}</p>{}</div>",
                escaped(&chart.title),
                svg::chart(chart, small)
            ));
        }
        self.put("</div>");
        self.about(charts.first().map_or("", |chart| chart.about.as_str()));
    }

    fn forest(&mut self, forest: &Forest) {
        self.put(&format!("<figure><p class=\"title\">{}</p>", escaped(&forest.title)));
        self.put(&svg::forest(forest));
        self.about(&forest.about);
    }

    fn about(&mut self, text: &str) {
        if !text.is_empty() {
            self.put(&format!("<figcaption>{}</figcaption>", escaped(text)));
        }
        self.put("</figure>");
    }

    /// What buttons show: how trials are listed, to be copied.
    fn popovers(&mut self, log: &str) {
        for (word, number) in std::mem::take(&mut self.words) {
            let command = format!("synod experiment report {} --trials {}", typed(log), typed(&word));
            self.put(&format!(
                "<div popover id=\"w{number}\"><p>The trials behind this figure are listed by</p><code>{}</code></div>",
                exact(&command)
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_text() {
        assert_eq!(escaped("<script>\"x\" & 'y'"), "&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;");
        assert_eq!(escaped("a\u{1b}[31mb"), "a\u{241b}b");
        assert_eq!(attribute("a\u{1b}\"b"), "a\\x1b&quot;b");
    }
}
