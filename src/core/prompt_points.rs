//! The parts of a prompt that are about points: the one that a debate is about alone, and those the person ruled on. What
//! members said stands between marks, as answers do; who said it is told by letters, or not at all.

use super::claim_table::{self, Row, Standing};
use super::clean;
use super::ids::CallId;
use super::next::CallSpec;
use super::prompt::{attribute, guarded, label, marks};
use super::ruling::{About, Point, Quote, Ruling, Verdict};
use super::run::Run;
use super::shuffle::{mix, shuffle};
use std::fmt::Write as _;

/// The most bytes of a claim's words in a ruling; the answers with all of them stand above it.
const MOST: usize = 600;

/// The sides of a point with the sentences in which they are taken, in an order drawn for the speaker.
pub(super) fn point(run: &Run, spec: &CallSpec) -> String {
    let Some(point) = run.stage(spec.id.stage).and_then(|state| state.stage.point.as_ref()) else {
        return String::new();
    };
    let known = marks(run, spec);
    let here = |quote: &&Quote| spec.shown.contains(&quote.call) || spec.own == Some(quote.call);
    let mut sides: Vec<Option<usize>> = (0..point.sides.len()).map(Some).collect();
    if point.about == About::Claim {
        sides.push(None);
    }
    let id = spec.id;
    shuffle(&mut sides, mix(&[run.seed, u64::from(id.stage.0), u64::from(id.slot), 1]));
    let mut out = String::new();
    for side in sides {
        let mut quotes: Vec<&Quote> =
            point.said.iter().filter(here).filter(|quote| quote.side == side).collect();
        // In the order in which the answers are shown, which is drawn too.
        quotes.sort_by_key(|quote| spec.shown.iter().position(|call| *call == quote.call));
        let words: Vec<String> = match point.about {
            About::Claim => {
                quotes.iter().map(|quote| guarded(run.quoted(quote).trim(), &known.all())).collect()
            }
            // How many they are is kept from the speakers: it is no reason.
            About::Answers => vec!["what the answers on this side come to".to_owned()],
        };
        if quotes.is_empty() {
            continue;
        }
        let value = side.and_then(|side| point.sides.get(side));
        let value = value.map(|value| format!(" value=\"{}\"", attribute(value))).unwrap_or_default();
        let (nonce, words) = (&known.answers, words.join("\n\n"));
        let _ = write!(out, "<side{value} nonce=\"{nonce}\">\n{words}\n</side nonce=\"{nonce}\">\n\n");
    }
    out.truncate(out.trim_end().len());
    out
}

/// The person's rulings that the stage began with, after what a prompt says before; empty without any.
pub(super) fn rulings(run: &Run, spec: &CallSpec) -> String {
    let begun = run.stage(spec.id.stage).and_then(|state| state.begun.as_ref());
    let rulings = begun.map_or(&[][..], |begun| begun.rulings.as_slice());
    if rulings.is_empty() {
        return String::new();
    }
    let known = marks(run, spec);
    let mut out = String::from(
        "\n\nThe person who asked has ruled on points in these answers. Each \"ruled\" and \"note\" below is the person's \
         own word: keep to it, and say where the final answer rests on it. What stands before it is what the answers said:",
    );
    for ruling in rulings {
        let lines: Vec<String> =
            ruled(run, spec, ruling).iter().map(|line| guarded(line, &known.all())).collect();
        let (nonce, lines) = (&known.answers, lines.join("\n"));
        let _ = write!(out, "\n\n<ruling nonce=\"{nonce}\">\n{lines}\n</ruling nonce=\"{nonce}\">");
    }
    out
}

/// The claims of the answers that the stage began with, as a table to cite from; empty without any.
pub(super) fn claims(run: &Run, spec: &CallSpec) -> String {
    let begun = run.stage(spec.id.stage).and_then(|state| state.begun.as_ref());
    let table = begun.map_or(&[][..], |begun| begun.table.as_slice());
    if table.is_empty() {
        return String::new();
    }
    let known = marks(run, spec);
    let mut out = String::from(
        "\n\nThe claims in these answers, found by comparing their words; a number to cite stands before each:\n\n",
    );
    let rows: Vec<String> = table.iter().map(|row| guarded(&tabled(run, spec, row), &known.all())).collect();
    out.push_str(&claim_table::marked(&rows.join("\n"), &known.answers));
    out
}

/// One claim in a line: `[4] conflict, A, C: 22 hours; B: 30 hours. Copying takes about 22 hours.`
fn tabled(run: &Run, spec: &CallSpec, row: &Row) -> String {
    let point = &row.point;
    let of = |side: Option<usize>| -> String {
        let said: Vec<CallId> = row.said_by(side).collect();
        named(run, spec, |call| said.contains(call))
    };
    let who = match row.standing {
        Standing::Agree => format!("{} agree", of(None)),
        Standing::Partly => format!("{} agree in part", of(None)),
        Standing::Only => format!("{} alone", of(None)),
        Standing::Conflict => {
            let side = |(at, value): (usize, &String)| format!("{}: {}", of(Some(at)), short(value));
            let sides: Vec<String> = point.sides.iter().enumerate().map(side).collect();
            format!("conflict, {}", sides.join("; "))
        }
    };
    claim_table::line(row.number, &who, &short(run.wording(point)))
}

/// One ruling as lines: the claim, who is on which side, the verdict, the note.
fn ruled(run: &Run, spec: &CallSpec, ruling: &Ruling) -> Vec<String> {
    let point = &ruling.point;
    let mut lines = vec![format!("point: {}", short(run.wording(point)))];
    for (side, value) in point.sides.iter().enumerate() {
        let letters = letters(run, spec, point, side);
        let value = short(value);
        lines.push(if letters.is_empty() {
            format!("one side: {value}")
        } else {
            format!("{letters}: {value}")
        });
    }
    lines.push(match ruling.verdict {
        Verdict::Side(side) => {
            format!("ruled: {} is right", point.sides.get(side).map(|value| short(value)).unwrap_or_default())
        }
        Verdict::Both => "ruled: both may hold, they do not exclude each other".to_owned(),
        Verdict::Undecided | Verdict::Withdrawn => "ruled: this stays open, do not decide it".to_owned(),
        Verdict::Wrong => "ruled: this is wrong, do not claim it".to_owned(),
    });
    let note = clean::line(ruling.note.trim());
    if !note.is_empty() {
        lines.push(format!("note: {note}"));
    }
    lines
}

/// Whose answers take a side, by what they are called in the prompt; those that changed since are left out.
fn letters(run: &Run, spec: &CallSpec, point: &Point, side: usize) -> String {
    named(run, spec, |call| point.said.iter().any(|quote| quote.call == *call && quote.side == Some(side)))
}

/// Those of the answers shown, by what they are called in the prompt.
fn named(run: &Run, spec: &CallSpec, wanted: impl Fn(&CallId) -> bool) -> String {
    let shown = spec.shown.iter().enumerate().filter(|(_, call)| wanted(call));
    let name = |(place, call): (usize, &CallId)| match run.calls.get(call) {
        Some(call) if !spec.blind => clean::line(&call.member.0),
        _ => label(place),
    };
    shown.map(name).collect::<Vec<_>>().join(", ")
}

/// Words in one line, cut with a mark where they are long.
fn short(words: &str) -> String {
    let mut end = words.len().min(MOST);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    let cut = if end < words.len() { " …" } else { "" };
    format!("{}{cut}", clean::line(words[..end].trim()))
}
