//! The demo's texts as they stand in `assets/demo`, read once. Which of them is said when is not decided here.

use super::verdict::{Checked, Triage};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The file of the members.
pub(super) const CAST_FILE: &str = include_str!("../../../assets/demo/council.toml");

/// The files of the questions, in the order in which they are offered.
pub(super) const SCRIPT_FILES: [&str; 8] = [
    include_str!("../../../assets/demo/1-password.toml"),
    include_str!("../../../assets/demo/2-copy.toml"),
    include_str!("../../../assets/demo/3-friday.toml"),
    include_str!("../../../assets/demo/4-python.toml"),
    include_str!("../../../assets/demo/5-backup.toml"),
    include_str!("../../../assets/demo/6-doors.toml"),
    include_str!("../../../assets/demo/7-tea.toml"),
    include_str!("../../../assets/demo/8-rewrite.toml"),
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
    /// What is said around the texts of a question that does not bring its own.
    pub words: Words,
    /// Names of stages whose task a first answer fulfils, where nothing is given to work on.
    pub first: Vec<String>,
    /// The members, in order of seats.
    pub member: Vec<Actor>,
}

/// What is said around the texts, in the language of the question.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// What a member says below its text once its turns are over.
    pub stay: String,
    /// What it says there when it was not shown what its next turn is about.
    pub unmoved: String,
    /// What stands before each reason of a ballot, in order of places.
    pub places: [String; 3],
    /// What ends the reasons of a ballot.
    pub stop: String,
    /// What stands between the labels of a list.
    pub comma: String,
    /// What the chair adds when it was not shown everybody; `{shown}` and `{all}` are numbers.
    pub fewer: String,
    /// What stands above what was given last, in a step `{step}` of a plan that the script has no text for.
    pub no_step: String,
    /// What stands above a member's first answer, where it was given nothing in such a step.
    pub own: String,
    /// What stands above a text of the person's, which no script can work on.
    pub person: String,
    /// What stands above the same text, once the person has sent it back.
    pub again: String,
    /// What stands above the second version of a text.
    pub second: String,
    /// What stands below the same answer of the same member.
    pub sample: String,
    /// What stands above the one answer that is the only thing to be made one of.
    pub same: String,
    /// What is said of a claim that the script does not check.
    pub unchecked: String,
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
    /// The position that is right, where that is known: what the tests hold the debate against.
    #[cfg_attr(not(test), expect(dead_code, reason = "nobody in the demo knows it"))]
    pub truth: Option<String>,
    /// What is said around the texts, where the question is not in English.
    pub words: Option<Words>,
    /// What each member says, by name.
    pub member: BTreeMap<String, Part>,
    /// What the chair says, whoever it is.
    pub synthesis: Vec<Synthesis>,
    /// What is said in steps of written plans.
    #[serde(default)]
    pub step: Vec<Stepped>,
    /// What is said of claims, whoever checks them.
    pub check: Vec<Checked>,
    /// Who should be asked, whoever says so.
    pub triage: Triage,
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
    /// How sure it is of that, 0 to 1.
    pub confidence: Option<f64>,
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
    /// Whose answers it is of, where not of all.
    #[serde(default)]
    pub of: Vec<String>,
    /// The text. `{name}` stands for the label of a member's answer, `{name name}` for a list of labels,
    /// `[=words]` for the number of the claim that holds these words.
    pub text: String,
}

/// What is said in a step of a written plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stepped {
    /// The names of the stages that it may be said in.
    pub stage: Vec<String>,
    /// Who says it; anybody where nobody is named.
    pub member: Option<String>,
    /// What it speaks of: words that must all stand in front of the member, else it is not said. `|` parts words of which
    /// some will do.
    #[serde(default)]
    pub on: Vec<String>,
    /// The text, with labels and `[=words]` as in a synthesis; where it is left out, the member's first answer.
    pub text: Option<String>,
    /// What is said instead of it once the person has sent it back.
    pub again: Option<String>,
    /// What it comes down to.
    pub position: Option<String>,
    /// How sure it is of that, 0 to 1.
    pub confidence: Option<f64>,
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

/// Whether a character belongs to a script that is written without spaces, or is punctuation of its width.
pub(super) fn wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// Whether a line begins a list item.
fn item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("- ") || (rest.len() < line.len() && rest.starts_with(". "))
}

/// Joins the wrapped lines of each paragraph and list item. Headings and the rows of tables stay lines of their own, and
/// what stands between two fences stays as it is.
pub(super) fn reflow(text: &str) -> String {
    const FENCE: &str = "```";
    let mut out = String::with_capacity(text.len());
    let (mut blank, mut fenced, mut alone) = (false, false, false);
    for line in text.trim().lines() {
        let bare = line.trim();
        if fenced {
            out.push('\n');
            out.push_str(line.trim_end());
            fenced = !bare.starts_with(FENCE);
            continue;
        }
        if bare.is_empty() {
            blank = true;
            continue;
        }
        let after = alone;
        fenced = bare.starts_with(FENCE);
        alone = fenced || bare.starts_with(['#', '|']);
        let joint = match (out.is_empty(), blank, after || alone || item(bare)) {
            (true, ..) => "",
            (_, true, _) => "\n\n",
            (_, _, true) => "\n",
            _ if out.ends_with(wide) && bare.starts_with(wide) => "",
            _ => " ",
        };
        out.push_str(joint);
        out.push_str(bare);
        blank = false;
    }
    out
}
