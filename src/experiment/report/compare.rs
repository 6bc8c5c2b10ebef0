//! Arms held against each other on the questions that both have graded, and the frontier of cost and accuracy.

use super::figures::Count;
use crate::stats::Interval;
use serde::Serialize;

/// Up to how many arms are all held against each other; of more, each is held against the baseline alone.
pub const ALL_PAIRS: usize = 6;

/// An arm held against another one, question by question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The arm.
    pub arm: String,
    /// The arm that it is held against.
    pub against: String,
    /// Whether that is the baseline.
    pub baseline: bool,
    /// Over how many questions: those that both have graded.
    pub n: usize,
    /// The accuracy of `arm` less that of `against` on them, −1 to 1; `None` where there is no such question.
    pub difference: Option<f64>,
    /// The paired percentile bootstrap interval of the difference, not corrected for how many are compared.
    pub bootstrap: Option<Interval>,
    /// Questions on which `arm` does better.
    pub better: Count,
    /// Questions on which it does worse.
    pub worse: Count,
    /// Questions on which both do equally well.
    pub same: Count,
    /// The exact two-sided p-value of the sign test over the questions that differ: with one repeat, `McNemar`'s test.
    pub p: f64,
    /// The same by Holm over all comparisons of the report.
    pub p_holm: f64,
    /// The smallest difference that as many questions, differing as these do, show four times in five at 5 %; `None`
    /// where even all that differ going one way would not do.
    pub smallest: Option<f64>,
    /// The same at 5 % over all comparisons of the report (the first step of Holm, which is Bonferroni's).
    pub smallest_of_all: Option<f64>,
    /// What is shown, by `p_holm` at 5 %.
    pub verdict: Verdict,
    /// Leads to the trials of both on these questions.
    pub what: String,
}

/// What a comparison shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The arm is right more often.
    Better,
    /// It is right less often.
    Worse,
    /// Neither is shown, which is not that they are equal.
    NotShown,
}

/// An arm among all by cost and accuracy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The arm.
    pub arm: String,
    /// The mean cost of a trial, in US dollars.
    pub mean_usd: f64,
    /// Its accuracy, 0 to 1.
    pub accuracy: f64,
    /// The Wilson score interval of that.
    pub wilson: Interval,
    /// Whether all its calls are priced. Where not, it costs more than is known: it is not on the frontier and keeps nobody
    /// from it.
    pub priced: bool,
    /// Whether no other priced arm is at most as dear and at least as accurate, and one of the two more so.
    pub on_frontier: bool,
    /// Leads to its trials.
    pub what: String,
}
