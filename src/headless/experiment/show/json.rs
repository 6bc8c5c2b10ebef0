//! A report as one JSON object, for programs: all figures as they are, under a number that changes with their form.

use crate::experiment::report::Report;
use crate::headless::report::json::escape;
use serde::Serialize;

/// The form of the object. It changes when a field is renamed, moved or means something else.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Versioned<'a> {
    version: u32,
    #[serde(flatten)]
    report: &'a Report,
}

/// The object, safe on any terminal, a line break at its end.
pub(super) fn text(report: &Report) -> String {
    let text = serde_json::to_string_pretty(&Versioned { version: VERSION, report }).unwrap_or_default();
    escape(&text) + "\n"
}
