//! Statistics of proportions, pairs, panels and ratings: numbers in, numbers out. Each function names the source of its
//! formula. Nothing here knows what the numbers are of: that is `experiment::report`'s, and this layer names nothing of ours.

use serde::Serialize;

/// Where a figure lies with a stated confidence, in the figure's own unit; `low` is at most `high`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}
