//! The report as plain data: the whole of it, and the shares and totals that all its parts use. What each part holds stands beside its
//! computation; how figures are worded and drawn is the faces'.

use super::arms::ArmFigures;
use super::compare::{Comparison, Point};
use super::disagree::Disagreement;
use super::panel::Panel;
use super::ratings::Ratings;
use super::rounds::Debates;
use super::topics::Topic;
use super::unanimous::Unanimous;
use crate::stats::Interval;
use serde::Serialize;

/// All figures of an experiment, as far as it is done.
///
/// Shares are from 0 to 1, money is in US dollars, time in milliseconds, intervals hold 95 %. The unit of every interval and
/// every test is the *question*: its score in an arm is the mean of its repeats, so that asking twice never counts as knowing
/// twice as much. Questions that nobody could grade are left out of accuracies and counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The experiment's name.
    pub name: String,
    /// How many questions there are.
    pub questions: usize,
    /// How often each is put to each treatment.
    pub repeats: u16,
    /// How answers are graded, by the grader's name.
    pub grader: &'static str,
    /// What every draw was drawn from.
    pub seed: u64,
    /// How many resamples the bootstrap intervals rest on.
    pub resamples: usize,
    /// The name of the arm that others are held against.
    pub baseline: String,
    /// What the person should know: controls that were left out and why, a line each.
    pub notes: Vec<String>,
    /// All trials together.
    pub total: Total,
    /// The arms, in the order of the design.
    pub arms: Vec<ArmFigures>,
    /// The arms held against each other: each against the baseline first, then all pairs where there are at most
    /// [`super::compare::ALL_PAIRS`] arms. Its length is how many the p-values are corrected for.
    pub comparisons: Vec<Comparison>,
    /// Cost against accuracy, cheapest first; arms without a graded question are not in it.
    pub frontier: Vec<Point>,
    /// What debates did, by treatments that hold some.
    pub debates: Vec<Debates>,
    /// What panels agreed on, by treatments with two seats or more.
    pub unanimous: Vec<Unanimous>,
    /// Who sat in the panels and what each was worth, by treatments with two seats or more.
    pub panels: Vec<Panel>,
    /// By topic, in alphabetical order; empty where the data set has none.
    pub topics: Vec<Topic>,
    /// Members rated against each other.
    pub ratings: Ratings,
    /// Questions to look into, the most telling first; at most [`super::disagree::MOST`].
    pub disagreements: Vec<Disagreement>,
}

/// All trials of all treatments together. Arms that read the same treatment share its trials, so their costs don't add up to
/// this.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    /// How many trials are done.
    pub done: u64,
    /// How many there are to do.
    pub of: u64,
    /// What their calls cost, without grading, in US dollars.
    pub spent_usd: f64,
    /// Of how many of these calls nobody knows the price: above 0 the sum is a lower bound.
    pub unpriced: u64,
    /// How many calls were sent.
    pub calls: u64,
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// What the judge that grades cost, in US dollars.
    pub grading_usd: f64,
    /// Of how many of its calls nobody knows the price.
    pub grading_unpriced: u64,
    /// How many calls came to nothing.
    pub failed: u64,
    /// How many calls a recording had no answer for.
    pub missing: u64,
    /// Leads to all trials.
    pub what: String,
}

/// A share of questions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// The mean of the questions' scores, 0 to 1; `None` where there is no question.
    pub mean: Option<f64>,
    /// Over how many questions.
    pub n: usize,
    /// The Wilson score interval with `n` questions; `None` where there is none.
    pub wilson: Option<Interval>,
    /// Leads to its trials: a word that [`super::What::parse`] reads.
    pub what: String,
}

/// Something that happened, and how often.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Count {
    /// How often.
    pub count: u64,
    /// Leads to the trials that it happened in.
    pub what: String,
}
