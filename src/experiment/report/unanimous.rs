//! What panels got right and wrong together: where agreement is no evidence.

use super::figures::{Count, Share};
use serde::Serialize;

/// The agreement of a treatment's panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unanimous {
    /// The treatment's name.
    pub treatment: String,
    /// By the first answers, before anybody saw another one.
    pub first: Agreed,
    /// By what members stand by in the end, where they debated.
    pub last: Option<Agreed>,
}

/// The trials in which all members that answered, two or more, said the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreed {
    /// In how many trials that is so.
    pub trials: Count,
    /// In how many of the trials in which two or more answered, 0 to 1.
    pub share: Option<f64>,
    /// How often they are right then, over the questions.
    pub accuracy: Share,
    /// What they got wrong, in the order of the log; at most [`MOST`], of all `wrong.count`.
    pub examples: Vec<WrongTogether>,
    /// How many trials they got wrong.
    pub wrong: Count,
}

/// How many examples are listed.
pub const MOST: usize = 100;

/// A trial that a unanimous panel got wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongTogether {
    /// The trial's line in the log, from 1.
    pub line: usize,
    /// The question's id.
    pub item: String,
    /// What all of them said.
    pub said: String,
    /// How many of them.
    pub by: usize,
    /// What is right, cut to a few words; empty where the data set does not say.
    pub right: String,
}
