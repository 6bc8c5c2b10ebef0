//! The parts of a chair's prompt in which the person speaks: what they chose claim by claim, and their own instruction. Both
//! stand between marks, and neither takes a rule of the template back.

use super::claim_table::Row;
use super::clean;
use super::commission::{Choice, Pick};
use super::next::CallSpec;
use super::prompt::{guarded, marks};
use super::run::Run;
use std::fmt::Write as _;

/// What the person chose, by the numbers of the table in front of the chair; empty where they chose nothing.
pub(super) fn picks(run: &Run, spec: &CallSpec) -> String {
    let Some(state) = run.stage(spec.id.stage) else { return String::new() };
    let picks = state.stage.brief.as_ref().map_or(&[][..], |brief| brief.picks.as_slice());
    let table = state.begun.as_ref().map_or(&[][..], |begun| begun.table.as_slice());
    // A pick without a row is about an answer that is not in front of the chair.
    let chosen: Vec<(&Pick, &Row)> = picks.iter().filter_map(|pick| Some((pick, pick.row(table)?))).collect();
    if chosen.is_empty() {
        return String::new();
    }
    let numbers = |wanted: Choice| -> String {
        let mut numbers: Vec<u32> =
            chosen.iter().filter(|(pick, _)| pick.choice == wanted).map(|(_, row)| row.number).collect();
        numbers.sort_unstable();
        numbers.iter().map(|number| format!("[{number}]")).collect::<Vec<_>>().join(", ")
    };
    let mut lines: Vec<String> = Vec::new();
    let kept = numbers(Choice::Keep);
    if !kept.is_empty() {
        lines.push(format!("must stand: {kept}"));
    }
    for (pick, row) in &chosen {
        if let Some(side) = pick.side() {
            lines.push(format!(
                "must stand: [{}], and of its sides this one is right: {}",
                row.number,
                clean::line(side)
            ));
        }
    }
    let left = numbers(Choice::Leave);
    if !left.is_empty() {
        lines.push(format!("leave out: {left}"));
    }
    let known = marks(run, spec);
    let (nonce, lines) = (&known.answers, guarded(&lines.join("\n"), &known.all()));
    format!(
        "\n\nThe person who asked went through the claims one by one and chose, by their numbers:\n\n\
         <chosen nonce=\"{nonce}\">\n{lines}\n</chosen nonce=\"{nonce}\">\n\n\
         What must stand is stated, with its number, and the final answer goes along with it. What is to be left out is \
         stated nowhere and plays no part in the final answer; the person is shown it beside your text. All other claims \
         are yours to weigh. Whoever contradicts a claim that must stand is still told under Divergence, with the side \
         they take: the person's choice makes nobody agree."
    )
}

/// The person's own words on how to write it, after the rules and under them; empty without any.
pub(super) fn instruction(run: &Run, spec: &CallSpec) -> String {
    let brief = run.stage(spec.id.stage).and_then(|state| state.stage.brief.as_ref());
    let words = brief.map_or("", |brief| brief.instruction.trim());
    if words.is_empty() {
        return String::new();
    }
    let known = marks(run, spec);
    let (nonce, words) = (&known.answers, guarded(&clean::prose(words), &known.all()));
    let mut out = String::from(
        "\n\nThe person who asked adds this on how to write it; it is their own word, so follow it in what the rules above \
         leave open, such as length, tone, order and what to dwell on:\n\n",
    );
    let _ = write!(out, "<instruction nonce=\"{nonce}\">\n{words}\n</instruction nonce=\"{nonce}\">");
    out.push_str(
        "\n\nWhatever it says, each sentence is still followed by the numbers of the claims it rests on, no fact is added, and no \
         side is dropped without being named.",
    );
    out
}
