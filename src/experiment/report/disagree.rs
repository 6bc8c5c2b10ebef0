//! Questions to look into: those on which arms differ, or a vote was close, the most telling first.

use serde::Serialize;

/// How many are listed.
pub const MOST: usize = 50;

/// A question on which there is no agreement, in one repeat.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disagreement {
    /// The question's id.
    pub item: String,
    /// The repeat, from 0.
    pub repeat: u16,
    /// Its trials' lines in the log, from 1, one for each treatment that is done.
    pub lines: Vec<usize>,
    /// What is right, cut to a few words; empty where the data set does not say.
    pub answer: String,
    /// What members said first, over all treatments, most members first.
    pub said: Vec<Group>,
    /// What each arm takes for the answer, by arms that have the trial.
    pub arms: Vec<ArmSaid>,
    /// How telling it is, 0 to 2: how evenly arms are split into right and wrong (or, ungraded, into answers), and how close
    /// the closest vote was.
    pub telling: f64,
    /// Leads to its trials.
    pub what: String,
}

/// Members that said the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// What they said, in short.
    pub value: String,
    /// How many seats, over all treatments.
    pub by: usize,
    /// Whether it is right, where that is known.
    pub right: Option<bool>,
}

/// What an arm takes for the answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmSaid {
    /// The arm.
    pub arm: String,
    /// Its answer in short; `None` where it has none.
    pub value: Option<String>,
    /// Whether that is right, where it is known.
    pub right: Option<bool>,
}
