//! A trial as it is kept: one line of the experiment's log, with all records that its figures are counted from. And the other
//! lines there are: how it began, what a person did meanwhile.

use super::arm::Arm;
use super::design::Design;
use super::item::Item;
use crate::core::{CallId, Dollars, Record};
use serde::{Deserialize, Serialize};

/// The format of the lines.
pub const VERSION: u8 = 1;

/// Which trial: a treatment, a question, and how often that was done before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The treatment, by its place in the experiment.
    pub treatment: usize,
    /// The question, by its place in the data set.
    pub item: usize,
    /// The repeat, from 0.
    pub repeat: u16,
}

/// A finished trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Its treatment's name.
    pub treatment: String,
    /// Its question's id.
    pub item: String,
    /// The repeat, from 0.
    pub repeat: u16,
    /// The digest of all that it depends on: the treatment, the question, the seed.
    pub of: u64,
    /// When it began, in milliseconds since the epoch.
    pub began: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// All that happened, but for the pieces in which texts arrived: they stand whole in the ends of calls.
    pub records: Vec<Record>,
    /// What a judge said of the answers, where one grades.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
}

/// What a judge said of an answer, with the records of its being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The answer.
    pub call: CallId,
    /// Whether it is right; `None` where the judge said nothing that can be read.
    pub right: Option<bool>,
    /// How the judge came to say so.
    pub records: Vec<Record>,
}

/// A line of an experiment's log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// The first line: what it is, and all that its trials depend on.
    Opened(Box<Opened>),
    /// A question is added: experiments that are asked in daily use have no end.
    Asked(Box<Item>),
    /// A trial is begun that may cost something: at most so much, in billionths of a US dollar.
    Begun {
        /// The treatment's name.
        treatment: String,
        /// The question's id.
        item: String,
        /// The repeat.
        repeat: u16,
        /// When, in milliseconds since the epoch.
        at: u64,
        /// The most it can cost.
        most: Dollars,
    },
    /// A trial is over.
    Trial(Box<Trial>),
    /// Arms read what is there in another way from now on.
    Arms {
        /// What is compared.
        arms: Vec<Arm>,
        /// What others are held against, by its place.
        baseline: usize,
    },
    /// The person stopped asking for a treatment.
    Cut {
        /// Its name.
        treatment: String,
        /// When, in milliseconds since the epoch.
        at: u64,
    },
    /// The person set what the experiment may cost.
    Budget {
        /// So much; `None` is no limit.
        most: Option<Dollars>,
        /// When, in milliseconds since the epoch.
        at: u64,
    },
}

/// The first line of a log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Opened {
    /// The format, [`VERSION`].
    pub v: u8,
    /// The experiment's id, unique.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When, in milliseconds since the epoch.
    pub at: u64,
    /// The synod that wrote it.
    pub synod: String,
    /// The digest of all that trials depend on.
    pub digest: u64,
    /// What it is: a report needs nothing but this log.
    pub design: Design,
    /// The share that is in this log: of so many, from 1.
    pub share: Option<(u32, u32)>,
    /// The log that it was forked from, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked: Option<String>,
    /// Whether it is of a council and its shadow: then questions are added as they are asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

impl Opened {
    /// Of an experiment that begins at this moment.
    pub fn new(design: Design, id: &str, at: u64) -> Self {
        Self {
            v: VERSION,
            id: id.to_owned(),
            name: design.name.clone(),
            at,
            synod: env!("CARGO_PKG_VERSION").to_owned(),
            digest: design.digest(),
            design,
            ..Self::default()
        }
    }
}
