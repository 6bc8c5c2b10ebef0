//! What an arm cost and how long it took. Only the calls that its reading rests on are counted.

use super::view::{View, mean};
use super::what::{Of, What};
use crate::core::Dollars;
use crate::experiment::score::Scored;
use crate::stats::quantile::{in_order, median, quantile};
use serde::Serialize;
use std::collections::BTreeMap;

/// What an arm cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Costs {
    /// All its trials, in US dollars.
    pub total_usd: f64,
    /// The mean over its trials, in US dollars: what putting one question to it costs.
    pub mean_usd: Option<f64>,
    /// The cost of the graded trials over the number of right ones, in US dollars; `None` where none is right.
    pub per_right_usd: Option<f64>,
    /// Of how many calls nobody knows the price: above 0 the sums are lower bounds.
    pub unpriced: u64,
    /// How many calls were sent.
    pub calls: u64,
    /// The mean number of calls of a trial.
    pub mean_calls: Option<f64>,
    /// The mean number of tokens read in a trial.
    pub mean_input: Option<f64>,
    /// The mean number of tokens written in a trial.
    pub mean_output: Option<f64>,
    /// Leads to its trials.
    pub what: String,
}

/// How long an arm took, in milliseconds a trial.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// The median.
    pub median_ms: Option<f64>,
    /// The 95th percentile.
    pub p95_ms: Option<f64>,
    /// Who was the slowest how often, the most often first.
    pub slowest: Vec<Slow>,
}

/// A member that others were waited for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slow {
    /// Its name.
    pub member: String,
    /// In how many trials it was the slowest.
    pub trials: u64,
    /// The median of how long it took then, in milliseconds.
    pub median_ms: f64,
    /// Leads to these trials.
    pub what: String,
}

/// What an arm cost.
pub(super) fn costs(view: &View<'_>, arm: usize) -> Costs {
    let scored = &view.scored[arm];
    let sum = |count: &dyn Fn(&Scored) -> u64| scored.iter().map(count).sum::<u64>();
    let mean = |count: &dyn Fn(&Scored) -> u32| mean(scored.iter().map(|scored| f64::from(count(scored))));
    let spent: Dollars = scored.iter().map(|scored| scored.bill.spent).sum();
    let graded: Dollars =
        scored.iter().filter(|scored| scored.right.is_some()).map(|scored| scored.bill.spent).sum();
    let right = scored.iter().filter(|scored| scored.right == Some(true)).count();
    Costs {
        total_usd: spent.usd(),
        mean_usd: (!scored.is_empty()).then(|| spent.usd() / scored.len() as f64),
        per_right_usd: (right > 0).then(|| graded.usd() / right as f64),
        unpriced: sum(&|scored| u64::from(scored.bill.unpriced)),
        calls: sum(&|scored| u64::from(scored.bill.calls)),
        mean_calls: mean(&|scored| u32::from(scored.bill.calls)),
        mean_input: mean(&|scored| scored.bill.input),
        mean_output: mean(&|scored| scored.bill.output),
        what: view.word(&What::Arm(arm, Of::All)),
    }
}

/// How long an arm took.
pub(super) fn latency(view: &View<'_>, arm: usize) -> Latency {
    let scored = &view.scored[arm];
    let known = scored.iter().filter(|scored| scored.bill.ms > 0);
    let times: Vec<f64> = known.map(|scored| f64::from(scored.bill.ms)).collect();
    let times = in_order(&times);
    let mut seats: BTreeMap<u8, Vec<f64>> = BTreeMap::new();
    for (seat, ms) in scored.iter().filter_map(|scored| scored.slowest) {
        seats.entry(seat).or_default().push(f64::from(ms));
    }
    let treatment = view.design.arms[arm].treatment;
    let slow = |(seat, times): (u8, Vec<f64>)| Slow {
        member: view.seat(treatment, usize::from(seat)).to_owned(),
        trials: times.len() as u64,
        median_ms: median(&times).unwrap_or(0.0),
        what: view.word(&What::Slowest(arm, usize::from(seat))),
    };
    let mut slowest: Vec<Slow> = seats.into_iter().map(slow).collect();
    slowest.sort_by_key(|slow| std::cmp::Reverse(slow.trials));
    Latency { median_ms: quantile(&times, 0.5), p95_ms: quantile(&times, 0.95), slowest }
}
