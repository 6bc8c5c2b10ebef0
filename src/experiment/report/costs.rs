//! What an arm cost and how long it took. Only the calls that its reading rests on are counted.

use serde::Serialize;

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
