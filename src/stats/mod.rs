//! Statistics of proportions, pairs, panels and ratings: numbers in, numbers out. Each function names the source of its
//! formula. Nothing here knows what the numbers are of: that is `experiment::report`'s, and this layer names nothing of ours.

pub mod bootstrap;
pub mod calibration;
pub mod diversity;
pub mod paired;
pub mod power;
pub mod quantile;
mod random;
pub mod rating;
pub mod wilson;

pub use paired::{holm, sign_test};
pub use power::smallest_difference;
pub use quantile::{median, quantile};
pub use wilson::wilson;

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

/// Where a figure lies with a stated confidence, in the figure's own unit; `low` is at most `high`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The point of the standard normal distribution that so much of it is at or below, for a share strictly between 0 and 1.
pub fn normal_quantile(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share)
}

/// How many standard deviations a two-sided interval of this confidence reaches to each side: 1.96 for 0.95.
pub fn two_sided(confidence: f64) -> f64 {
    normal_quantile(f64::midpoint(1.0, confidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_normal_distribution_are_those_of_the_tables() {
        for (share, point) in [
            (0.5, 0.0),
            (0.8, 0.841_621_233_572_914),
            (0.975, 1.959_963_984_540_054),
            (0.995, 2.575_829_303_548_901),
            (0.025, -1.959_963_984_540_054),
            (1e-6, -4.753_424_308_822_899),
        ] {
            assert!((normal_quantile(share) - point).abs() < 1e-9, "{share}: {}", normal_quantile(share));
        }
        assert!((two_sided(0.95) - 1.959_963_984_540_054).abs() < 1e-9);
    }
}
