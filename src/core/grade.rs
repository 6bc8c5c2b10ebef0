//! Grades: what the person says of an answer once it is known whether it is right. How a grade gets on record, and what a
//! line of the file of grades says. Where that file is, and what is learned from it, is no matter of this file.

use super::event::Event;
use super::ids::{CallId, MemberId, SessionId};
use super::member::ModelRef;
use super::plan::Ask;
use super::run::Run;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The most characters of a topic's name.
const LONGEST_TOPIC: usize = 60;

/// What the person says of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
    /// It is right, and the best of its run.
    Best,
}

impl Grade {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Right, Self::Wrong, Self::Best];

    /// Its name, on the command line and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Best => "best",
        }
    }

    /// Whether the answer is right: the best one is.
    pub const fn right(self) -> bool {
        !matches!(self, Self::Wrong)
    }

    /// The words with which an answer is graded, and that which takes a grade back.
    pub const WORDS: [&'static str; 4] = ["right", "wrong", "best", "none"];

    /// What a word says: a grade, or that there is to be none.
    ///
    /// # Errors
    /// One line, for any other word.
    pub fn of_word(word: &str) -> Result<Option<Self>, String> {
        if word == "none" { Ok(None) } else { word.parse().map(Some) }
    }
}

impl FromStr for Grade {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|grade| grade.word() == text);
        found.ok_or_else(|| {
            let near = super::nearest(text, &Self::WORDS).map(|near| format!("; did you mean {near}?"));
            format!(
                "{text:?} is no grade: right, wrong, best, or none to take it back{}",
                near.unwrap_or_default()
            )
        })
    }
}

/// The grade of an answer, and what its question is about where the person said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    /// The grade.
    pub grade: Grade,
    /// The topic.
    pub topic: Option<String>,
}

/// The grades of a run's answers, as its records leave them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grades {
    of: BTreeMap<CallId, Graded>,
    /// How many records there were: what is drawn of them is drawn anew where this has changed.
    pub records: usize,
}

impl Grades {
    /// The grade of an answer, where it has one.
    pub fn get(&self, call: CallId) -> Option<&Graded> {
        self.of.get(&call)
    }

    /// Every grade, in order of calls.
    pub fn iter(&self) -> impl Iterator<Item = (CallId, &Graded)> {
        self.of.iter().map(|(call, graded)| (*call, graded))
    }

    /// Whether nothing is graded.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Takes a record in: the last one of a call counts, and a later best leaves the earlier one right.
    pub(super) fn take(&mut self, call: CallId, grade: Option<Grade>, topic: Option<&str>) {
        self.records += 1;
        let Some(grade) = grade else {
            self.of.remove(&call);
            return;
        };
        if grade == Grade::Best {
            for other in self.of.values_mut().filter(|other| other.grade == Grade::Best) {
                other.grade = Grade::Right;
            }
        }
        self.of.insert(call, Graded { grade, topic: topic.map(str::to_owned) });
    }
}

/// A topic as it is kept: without blanks around it, and not too long; `None` where nothing is left.
pub fn topic(text: &str) -> Option<String> {
    let text = super::clean::line(text);
    let text: String = text.trim().chars().take(LONGEST_TOPIC).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Run {
    /// Grades an answer, or takes its grade back. `None` where there is no such answer, it is not over with text that can
    /// be graded, or nothing would change.
    pub fn grade(&self, call: CallId, grade: Option<Grade>, topic: Option<&str>) -> Option<Event> {
        let ask = self.stage(call.stage).map(|state| state.stage.ask);
        let answers = matches!(ask, Some(Ask::Answer | Ask::Critique));
        let there = answers && self.calls.get(&call).is_some_and(super::call::Call::usable);
        let now = self.grades.get(call);
        // What was said of its topic before holds until something else is said.
        let topic = topic.and_then(self::topic).or_else(|| now.and_then(|now| now.topic.clone()));
        let topic = topic.filter(|_| grade.is_some());
        let same = match (grade, now) {
            (None, None) => true,
            (Some(grade), Some(now)) => now.grade == grade && now.topic == topic,
            _ => false,
        };
        (there && !same).then_some(Event::Graded { run: self.id, call, grade, topic })
    }
}

/// What a graded answer came to: its form and value, as the comparison of answers found them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameTo {
    /// The form, for example `number`.
    pub kind: String,
    /// The value as stated.
    pub value: String,
}

/// A grade as it is kept beyond its session: a line of the file of grades.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// When it was given, milliseconds since the epoch.
    pub at: u64,
    /// The session.
    pub session: SessionId,
    /// The answer in it.
    pub call: CallId,
    /// The name of the seat.
    pub member: MemberId,
    /// The model that answered.
    pub model: ModelRef,
    /// A digest of its persona, where it has one: two members of one model are told apart by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<String>,
    /// What the question is about, where the person said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The grade; `None` takes back the one before.
    #[serde(default)]
    pub grade: Option<Grade>,
    /// The first answer of the run that comes to the same: answers with the same one here are of one group.
    pub like: CallId,
    /// What it came to; nothing where no position was found, and for a private question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_to: Option<CameTo>,
}

/// What lines come to, oldest first: the last one of an answer counts, one answer of a run is the best, and what was taken
/// back is gone.
pub fn standing(lines: impl Iterator<Item = Kept>) -> Vec<Kept> {
    let mut all: BTreeMap<(SessionId, CallId), Kept> = BTreeMap::new();
    for line in lines {
        let run = line.call.run;
        if line.grade == Some(Grade::Best) {
            let of_run = |kept: &&mut Kept| kept.session == line.session && kept.call.run == run;
            for other in all.values_mut().filter(of_run).filter(|kept| kept.grade == Some(Grade::Best)) {
                other.grade = Some(Grade::Right);
            }
        }
        all.insert((line.session.clone(), line.call), line);
    }
    all.into_values().filter(|line| line.grade.is_some()).collect()
}
