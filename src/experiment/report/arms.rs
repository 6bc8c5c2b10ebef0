//! What each arm came to: accuracy, what was left out of it, costs, and how far its confidence can be believed.

use super::calibration::Calibration;
use super::costs::{Costs, Latency};
use super::figures::{Count, Share};
use crate::experiment::arm::Control;
use crate::stats::Interval;
use serde::Serialize;

/// What an arm came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmFigures {
    /// Its name.
    pub name: String,
    /// How its answer is found, in a few words.
    pub reading: String,
    /// The name of its treatment.
    pub treatment: String,
    /// What it is there for, where nobody asked for it.
    pub control: Option<Control>,
    /// Whether the others are held against it.
    pub baseline: bool,
    /// How many of its trials are done.
    pub done: u64,
    /// How many there are to do: questions times repeats.
    pub of: u64,
    /// The share of right answers, over the questions that are graded; no answer is wrong.
    pub accuracy: Share,
    /// The percentile bootstrap interval of the same; `None` where no question is graded.
    pub bootstrap: Option<Interval>,
    /// Trials with the right answer.
    pub right: Count,
    /// Trials with a wrong one, or none.
    pub wrong: Count,
    /// Trials that nobody could grade.
    pub ungraded: Count,
    /// Questions that were asked and of which no trial is graded.
    pub ungraded_questions: usize,
    /// Trials without an answer.
    pub silent: Count,
    /// Trials in which answers tied and one was drawn.
    pub drawn: Count,
    /// Trials of its treatment in which some call came to nothing.
    pub failed: Count,
    /// What it cost.
    pub costs: Costs,
    /// How long it took.
    pub latency: Latency,
    /// How far the share of members behind its answer tells how right it is; `None` where a council has fewer than two
    /// seats.
    pub calibration: Option<Calibration>,
}
