//! What a scripted member says of claims, and of who should be asked: a verdict is found in the script by the words of a claim
//! of the prompt's table, as a chair's citation is. What is not in the script is left open.

use super::cite::{folded, row};
use super::scene::Scene;
use super::script::reflow;
use crate::core::claim_table::listed;
use crate::core::routing::Road;
use serde::{Deserialize, Serialize};

const NO_TABLE: &str = "There is nothing to check: this is a scripted demo, no model was asked, and no table of claims \
    stands in front of me.";
const NO_JUDGE: &str = "scripted: this member can't judge the question";

/// What a script says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    Holds,
    Fails,
    Open,
}

/// A verdict of the script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checked {
    /// Some words of the claim; `|` parts those of several that it is about.
    pub claim: String,
    /// Whether it holds.
    pub holds: Word,
    /// Why.
    pub why: String,
}

/// Who should be asked.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Triage {
    /// How many.
    pub road: Road,
    /// What the question is about, in a word.
    pub topic: String,
    /// Why.
    pub reason: String,
}

/// A line for each claim of the prompt's table.
pub(super) fn check(scene: &Scene<'_>) -> String {
    let rows: Vec<(u32, String)> =
        listed(&scene.prompt).into_iter().map(|(number, words)| (number, folded(words))).collect();
    let verdicts = scene.script.map_or(&[][..], |(script, _)| script.check.as_slice());
    let is_about = |verdict: &Checked, number: u32| {
        verdict.claim.split('|').any(|words| row(&rows, words) == Some(number))
    };
    let line = |(number, _): &(u32, String)| match verdicts.iter().find(|it| is_about(it, *number)) {
        Some(Checked { holds, why, .. }) => {
            let holds = match holds {
                Word::Holds => "holds",
                Word::Fails => "fails",
                Word::Open => "open",
            };
            format!("[{number}] {holds}: {}", reflow(why))
        }
        None => format!("[{number}] open: {}", scene.words().unchecked),
    };
    if rows.is_empty() {
        return NO_TABLE.to_owned();
    }
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The road of a script; without one everybody is to be asked.
pub(super) fn triage(scene: &Scene<'_>) -> String {
    let unknown = Triage { road: Road::Full, topic: String::new(), reason: NO_JUDGE.to_owned() };
    let triage = scene.script.map_or(&unknown, |(script, _)| &script.triage);
    serde_json::to_string(triage).unwrap_or_default()
}
