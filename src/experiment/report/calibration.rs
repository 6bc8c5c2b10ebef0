//! Agreement against accuracy: the share of members behind an arm's answer is taken for its confidence, and held against how
//! often the answer is right. Trials without an answer have no confidence and are left out.

use super::view::{CONFIDENCE, Means, View, mean, number};
use super::what::What;
use crate::experiment::score::Scored;
use crate::stats::calibration::{bin, brier, ece, parts};
use crate::stats::{Interval, wilson};
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

/// How many bins there are of equal width.
const BINS: usize = 10;

/// A share in thousandths, as words have it.
pub(super) fn thousandths(share: f64) -> u16 {
    (share.clamp(0.0, 1.0) * 1000.0).round() as u16
}

/// Whether a share is in a bin, all in thousandths.
pub(super) fn within(share: u16, low: u16, high: u16) -> bool {
    share <= high && (share > low || low == 0 || low == high && share == low)
}

/// How far an arm's confidence can be believed.
pub(super) fn calibration(view: &View<'_>, arm: usize) -> Calibration {
    let answered: Vec<(&Scored, bool)> = view.scored[arm]
        .iter()
        .filter(|scored| scored.answer.is_some())
        .filter_map(|scored| Some((scored, scored.right?)))
        .collect();
    let said: Vec<(f64, bool)> = answered.iter().map(|(scored, right)| (scored.share, *right)).collect();
    let murphy = parts(&said);
    let mut edges: Vec<(u16, u16)> =
        said.iter().map(|(share, _)| (thousandths(*share), thousandths(*share))).collect();
    edges.sort_unstable();
    edges.dedup();
    if edges.len() > DISTINCT {
        let width = (1000 / BINS) as u16;
        let of = |share: f64| bin(f64::from(thousandths(share)) / 1000.0, BINS) as u16 * width;
        edges = said.iter().map(|(share, _)| (of(*share), of(*share) + width)).collect();
        edges.sort_unstable();
        edges.dedup();
    }
    Calibration {
        trials: said.len() as u64,
        brier: brier(&said),
        ece: ece(&said, BINS),
        reliability: murphy.map(|parts| parts.reliability),
        resolution: murphy.map(|parts| parts.resolution),
        uncertainty: murphy.map(|parts| parts.uncertainty),
        bins: edges.into_iter().filter_map(|edges| row(view, arm, &answered, edges)).collect(),
    }
}

fn row(view: &View<'_>, arm: usize, answered: &[(&Scored, bool)], (low, high): (u16, u16)) -> Option<Bin> {
    let here = || answered.iter().filter(|(scored, _)| within(thousandths(scored.share), low, high));
    let mut means = Means::new(view.design.items.len());
    for (scored, right) in here() {
        means.add(view.facts[scored.trial].key.item, Some(number(*right)));
    }
    let n = means.values().iter().flatten().count();
    let accuracy = means.mean()?;
    Some(Bin {
        low: f64::from(low) / 1000.0,
        high: f64::from(high) / 1000.0,
        trials: here().count() as u64,
        n,
        confidence: mean(here().map(|(scored, _)| scored.share))?,
        accuracy,
        wilson: wilson(accuracy * n as f64, n, CONFIDENCE)?,
        what: view.word(&What::Share(arm, low, high)),
    })
}
