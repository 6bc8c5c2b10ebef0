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

#[cfg(test)]
mod tests;

use crate::cli::experiment::ReportFormat as Format;
use crate::experiment::report::Report;

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
