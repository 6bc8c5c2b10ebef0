//! The demo's texts as they stand in `assets/demo`, read once. Which of them is said when is not decided here.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The file of the members.
pub(super) const CAST_FILE: &str = include_str!("../../../assets/demo/council.toml");

/// The files of the questions, in the order in which they are offered.
pub(super) const SCRIPT_FILES: [&str; 3] = [
    include_str!("../../../assets/demo/1-password.toml"),
    include_str!("../../../assets/demo/2-copy.toml"),
    include_str!("../../../assets/demo/3-friday.toml"),
];

/// The members. A file that can't be read yields nobody; a test sees to it that it can.
pub(super) static CAST: LazyLock<Cast> = LazyLock::new(|| toml::from_str(CAST_FILE).unwrap_or_default());

/// The scripts, in the order in which they are offered.
pub(super) static SCRIPTS: LazyLock<Vec<Script>> =
    LazyLock::new(|| SCRIPT_FILES.iter().filter_map(|file| toml::from_str(file).ok()).collect());

/// Who plays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cast {
    /// The council's name.
    pub name: String,
    /// Who writes syntheses.
    pub chair: String,
    /// How to ask real models instead.
    pub how: String,
    /// The members, in order of seats.
    pub member: Vec<Actor>,
}

/// One member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Actor {
    /// Its name, and its model's.
    pub name: String,
    /// Its voice, in one line.
    pub persona: String,
    /// The usual wait for its first word, in seconds.
    pub first: f64,
    /// Its usual speed, in tokens a second.
    pub rate: f64,
    /// What it says to a question without a script.
    pub unknown: String,
}

/// What everybody says to one question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// The question.
    pub question: String,
    /// What each member says, by name.
    pub member: BTreeMap<String, Part>,
    /// What the chair says, whoever it is.
    pub synthesis: Vec<Synthesis>,
}

/// What one member says to one question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// What it says to itself before its first answer.
    #[serde(default)]
    pub thinking: String,
    /// Its first answer.
    pub answer: String,
    /// Whether the stream of the first answer ends in the middle.
    #[serde(default)]
    pub cut: bool,
    /// What the first answer comes down to.
    pub position: String,
    /// How it ranks the others.
    pub ballot: Vote,
    /// Its debate turns.
    pub round: Vec<Turn>,
}

/// How a member ranks the others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vote {
    /// Their names, best first.
    pub ranking: Vec<String>,
    /// What it says of each of them, in the same order: "says where the lost time goes".
    pub because: Vec<String>,
}

/// A debate turn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Turn {
    /// Why it moves or stays.
    pub why: String,
    /// The revised answer.
    pub text: String,
    /// What it comes down to.
    pub position: String,
    /// Whose claim it takes up; the turn is not played where that answer is not shown.
    pub from: Option<String>,
    /// Whether it speaks of all the others; then it is not played where one of them is not shown.
    #[serde(default)]
    pub all: bool,
}

/// A synthesis of the answers that stand after a debate round.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Synthesis {
    /// The round; 0 for the first answers.
    pub round: usize,
    /// The text. `{name}` stands for the label of a member's answer, `{name name}` for a list of labels.
    pub text: String,
}

impl Cast {
    /// The member behind a model's name.
    pub(super) fn actor(&self, name: &str) -> Option<&Actor> {
        self.member.iter().find(|actor| actor.name == name)
    }
}

/// The script for a question, where there is one: case, white space and final punctuation do not count.
pub(super) fn find(question: &str) -> Option<&'static Script> {
    let wanted = folded(question);
    SCRIPTS.iter().find(|script| folded(&script.question) == wanted)
}

fn folded(question: &str) -> String {
    let words: Vec<&str> = question.split_whitespace().collect();
    let text = words.join(" ").to_lowercase();
    text.trim_end_matches(|end: char| end.is_whitespace() || matches!(end, '?' | '!' | '.' | '…' | '？'))
        .to_owned()
}

/// Joins the wrapped lines of each paragraph and list item.
pub(super) fn reflow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.trim().lines().map(str::trim) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        let joint = match (blank, line.starts_with("- ")) {
            _ if out.is_empty() => "",
            (true, _) => "\n\n",
            (false, true) => "\n",
            (false, false) => " ",
        };
        out.push_str(joint);
        blank = false;
        out.push_str(line);
    }
    out
}
