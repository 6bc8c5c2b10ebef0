//! Routing: who is asked, where not all are. What a plan says of it, and what is put on record of a choice. How hard a
//! question looks is [`complexity`]'s, what it is about [`topic`]'s, who is best for it [`strategy`]'s and [`learned`]'s;
//! [`choose()`] puts them together. Nothing here asks anybody, and nothing is kept here.

pub mod asked;
mod asks;
mod choose;
pub mod complexity;
pub mod family;
mod fill;
pub mod learned;
pub mod quality;
mod rule;
pub mod strategy;
#[cfg(test)]
mod tests;
pub mod topic;
pub mod triage;
mod way;
mod words;

pub use choose::{Asked, Circumstances, choose};

use super::ids::MemberId;
use super::spend::Dollars;
use serde::{Deserialize, Serialize};

/// How many members a question goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    /// One member.
    One,
    /// A council of two or three.
    Few,
    /// Everyone that may be chosen.
    Full,
}

impl Road {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::One, Self::Few, Self::Full];

    /// Its name, in plans and on record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Few => "few",
            Self::Full => "full",
        }
    }

    /// The road of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|road| road.name() == name)
    }
}

/// What members are chosen by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The cheapest that is well.
    Cost,
    /// Quality against cost.
    #[default]
    Balanced,
    /// The best, whatever it costs.
    Quality,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cost, Self::Balanced, Self::Quality];

    /// Its name, in plans and on record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Balanced => "balanced",
            Self::Quality => "quality",
        }
    }

    /// The strategy of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }
}

/// Something that questions are about, and who knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name, as in grades.
    pub name: String,
    /// Words that a question about it holds, in small letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Its specialists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberId>,
}

/// A rule that decides before anything is weighed. All that it names must hold; one that names nothing always does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The question holds one of these words, in small letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The question is about this topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The question has so many characters or more, files included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longer: Option<u32>,
    /// Files go with the question, or none do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<bool>,
    /// Then these are asked; where none is named, the road says how many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<MemberId>,
    /// Then it takes this road.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub road: Option<Road>,
}

/// How a stage of a plan routes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// Whom it may choose; everyone where nobody is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub among: Vec<MemberId>,
    /// The rules that go first, in order: the first that holds decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What questions may be about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
    /// What members are chosen by.
    #[serde(default)]
    pub strategy: Strategy,
    /// How many the few are: two or three.
    pub few: u16,
    /// A question this hard, in hundredths, goes to a few, and one this hard to all.
    pub hard: [u8; 2],
    /// The road, where the plan says it and how hard the question is does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub road: Option<Road>,
    /// Whether graded history may choose, once there is enough of it.
    pub learned: bool,
    /// Whether a follow-up stays with those that answered.
    pub stays: bool,
    /// Whom the person named for this question: then nothing is weighed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub person: Vec<MemberId>,
    /// What the person says that the question is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            among: Vec::new(),
            rules: Vec::new(),
            topics: Vec::new(),
            strategy: Strategy::default(),
            few: 2,
            hard: [35, 65],
            road: None,
            learned: true,
            stays: true,
            person: Vec::new(),
            about: None,
        }
    }
}

/// What decided on a road and its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The person named whom to ask.
    Person,
    /// A follow-up stays with those that answered before.
    FollowUp,
    /// A rule of the plan.
    Rule,
    /// How hard the question looks, and the strategy.
    Score,
    /// What the triage member said, and the strategy.
    Triage,
    /// What the triage member said or the score, and Thompson sampling over graded history.
    Learned,
}

/// A member that a choice was made among.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub member: MemberId,
    /// How often it is expected to be right, 0 to 1: a posterior mean; a half where nothing was graded.
    pub quality: f64,
    /// Of how many graded questions that is.
    pub graded: u32,
    /// What an answer is guessed to cost; none where the price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Dollars>,
    /// What it was ranked by; the highest goes first.
    pub score: f64,
    /// What speaks for or against it beside that, in a few words: a specialist, a slow or failing endpoint, busy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A road that was not taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotTaken {
    /// Which.
    pub road: Road,
    /// Who would have been asked.
    pub members: Vec<MemberId>,
    /// What that is guessed to cost more than what was chosen, or less, in billionths of a US dollar; none where a price is
    /// not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<i64>,
    /// How likely at least one of them is right, as far as grades tell, taking them to err independently; 0 to 1.
    pub right: f64,
}

/// A choice, as it is on record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Routed {
    /// The road.
    pub road: Road,
    /// Who is asked, the best first.
    pub members: Vec<MemberId>,
    /// What decided.
    pub by: By,
    /// What the question is about, where that was found or said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// How hard the question looks, 0 to 1, where that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Why, a reason a line, for people.
    pub why: Vec<String>,
    /// Whom it was chosen among, in order of their scores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// What was not done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
}

/// What a triage member said of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Triage {
    /// The road it would take; none where its reply names none.
    pub road: Option<Road>,
    /// What it says the question is about.
    pub topic: Option<String>,
    /// Its reason, in one line.
    pub reason: String,
}

/// How it goes for a member's endpoint right now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitness {
    /// Whether its endpoint is left alone after many faults.
    pub left_alone: bool,
    /// How many of its endpoint's last calls brought an answer, and of how many.
    pub answered: (u32, u32),
    /// The median time to the first piece of text, in milliseconds.
    pub first_ms: Option<u64>,
    /// How many calls run at its endpoint, and how many may.
    pub running: (u32, u32),
}
