//! The keys of the keyboard as text: the table of actions, for the command line and the README. Nothing here has keys of its
//! own; the keys of providers are [`super::api_keys`]'.

use crate::app::Place;
use crate::app::table::{Entry, GROUPS, TABLE};
use anyhow::Result;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// The places whose keys are told, in order.
const PLACES: [(Place, &str); 5] = [
    (Place::Board, "On the board"),
    (Place::Ledger, "Among the conflicts"),
    (Place::Vote, "On the vote board"),
    (Place::Plan, "On the plan rail"),
    (Place::Composer, "While writing"),
];

/// Prints every key; as a Markdown table where that is wanted.
///
/// # Errors
/// When nobody reads.
pub fn keys(markdown: bool) -> Result<u8> {
    let mut out = io::stdout().lock();
    if markdown {
        write!(out, "{}", self::markdown())?;
        return Ok(0);
    }
    for (place, title) in PLACES {
        writeln!(out, "{title}")?;
        for entry in of(place) {
            writeln!(out, "  {:<20} {:<34} {}", spoken(entry, " "), command(entry), entry.long)?;
        }
        writeln!(out)?;
    }
    Ok(0)
}

fn of(place: Place) -> Vec<&'static Entry> {
    let mut entries: Vec<&Entry> = TABLE.iter().filter(|entry| entry.place == place).collect();
    entries.sort_by_key(|entry| GROUPS.iter().position(|group| *group == entry.group));
    entries
}

fn spoken(entry: &Entry, between: &str) -> String {
    entry.keys.join(between)
}

/// How it is called on the command line; empty where it only makes sense as a key.
fn command(entry: &Entry) -> String {
    let typed =
        entry.place == Place::Board && crate::app::table::commands().any(|other| other.id == entry.id);
    if !typed {
        return String::new();
    }
    if entry.takes.is_empty() { format!(":{}", entry.id) } else { format!(":{} {}", entry.id, entry.takes) }
}

/// The table for the README.
pub fn markdown() -> String {
    let mut out = String::from("| keys | command | what it does |\n|---|---|---|\n");
    let code = |text: String| if text.is_empty() { text } else { format!("`{}`", text.replace('|', "\\|")) };
    for (place, title) in PLACES {
        let _ = writeln!(out, "| **{title}** | | |");
        for entry in of(place) {
            let keys: Vec<String> = entry.keys.iter().map(|key| code((*key).to_owned())).collect();
            let _ = writeln!(out, "| {} | {} | {} |", keys.join(" "), code(command(entry)), entry.long);
        }
    }
    out
}
