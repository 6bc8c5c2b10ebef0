//! Agreement against accuracy: the share of members behind an arm's answer is taken for its confidence, and held against how
//! often the answer is right. Trials without an answer have no confidence and are left out.

use crate::stats::Interval;
use serde::Serialize;

/// How far an arm's confidence can be believed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Calibration {
    /// Over how many trials.
    pub trials: u64,
    /// The Brier score, 0 (best) to 1.
    pub brier: Option<f64>,
    /// The expected calibration error over ten bins of equal width, 0 (best) to 1.
    pub ece: Option<f64>,
    /// Murphy's reliability, 0 (best) to 1: how far from the truth confidences are. The Brier score is reliability less
    /// resolution plus uncertainty.
    pub reliability: Option<f64>,
    /// Murphy's resolution, 0 to 1 (best): how well confidences tell right from wrong answers.
    pub resolution: Option<f64>,
    /// Murphy's uncertainty, 0 to ¼: that of the questions.
    pub uncertainty: Option<f64>,
    /// Confidence against accuracy, the least confident first: one row for each share where there are at most
    /// [`DISTINCT`] of them, else ten bins of equal width.
    pub bins: Vec<Bin>,
}

/// Up to how many shares each have a row of their own.
pub const DISTINCT: usize = 12;

/// Answers with about the same confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The confidences that are in it: more than this (or just this, where it is the same as `high`),
    pub low: f64,
    /// and at most this.
    pub high: f64,
    /// How many trials are in it.
    pub trials: u64,
    /// How many questions those are of.
    pub n: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share of them that is right, each question by the mean of its trials here.
    pub accuracy: f64,
    /// The Wilson score interval of that with `n` questions.
    pub wilson: Interval,
    /// Leads to its trials.
    pub what: String,
}
