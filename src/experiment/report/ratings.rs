//! Members rated against each other by Bradley and Terry's model, from grades (who is right on a question beats who is wrong)
//! and from what judges preferred. Members are known by model and persona, whatever their seats are called.

use crate::stats::Interval;
use serde::Serialize;

/// The ratings, each list with the strongest first. Who was never compared is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ratings {
    /// From grades.
    pub graded: Vec<Rating>,
    /// From what judges preferred.
    pub judged: Vec<Rating>,
    /// From both together, each comparison counting once.
    pub together: Vec<Rating>,
}

/// How strong a member is next to the others of its list.
///
/// Intervals take comparisons for independent. Those of one question are not quite, so they are somewhat too narrow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rating {
    /// The member, by the name of the first seat that it has.
    pub member: String,
    /// How many comparisons it won.
    pub won: u64,
    /// How many it lost.
    pub lost: u64,
    /// Its log-strength, with 0 for the mean of the list: one beats another with chance 1 / (1 + e^(other − one)).
    pub strength: f64,
    /// The interval of that.
    pub interval: Interval,
    /// The same in Elo's points, with 1000 for the mean of the list and 400 for odds of ten to one.
    pub elo: f64,
    /// The interval of that.
    pub elo_interval: Interval,
    /// Leads to the trials that it was compared in.
    pub what: String,
}
