//! An experiment's report as it is shown: on a terminal, in Markdown, as JSON, as a table of comma-separated values, or as one
//! page of HTML. What the figures are is [`crate::experiment::report`]'s; nothing is counted here.
//!
//! What is said stands once, in [`parts`], as a [`page::Page`] of texts, tables and plots; terminal, Markdown and HTML each
//! lay that out. JSON and CSV are for programs and go from the figures themselves.

mod csv;
mod grid;
mod html;
mod json;
mod labels;
mod markdown;
mod page;
mod parts;
mod plain;
mod plots;
mod strokes;
mod svg;
mod terminal;
mod words;

use crate::experiment::report::Report;

/// What a report is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with plots, for a terminal.
    Terminal,
    /// GitHub's Markdown.
    Markdown,
    /// All figures, for programs.
    Json,
    /// All figures in one long table, for programs of tables.
    Csv,
    /// One page that needs nothing else.
    Html,
}

impl Format {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("terminal", Self::Terminal),
        ("markdown", Self::Markdown),
        ("json", Self::Json),
        ("csv", Self::Csv),
        ("html", Self::Html),
    ];

    /// The format of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

/// How it is to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// How many columns a terminal has; only the terminal's text depends on it.
    pub width: u16,
    /// Whether nothing but ASCII may be used; only the terminal's text depends on it.
    pub ascii: bool,
    /// The log, as a person would type it, for hints such as `synod experiment report LOG --trials WORD`.
    pub log: String,
}

/// A report in a format, with a line break at its end.
pub fn show(report: &Report, format: Format, look: &Look) -> String {
    match format {
        Format::Terminal => terminal::text(&parts::page(report, &look.log), look),
        Format::Markdown => markdown::text(&parts::page(report, &look.log)),
        Format::Html => html::text(&parts::page(report, &look.log)),
        Format::Json => json::text(report),
        Format::Csv => csv::text(report),
    }
}
