//! The score interval of a proportion.

use super::{Interval, two_sided};

/// The Wilson score interval of a proportion, without a correction for continuity: `right` of `n`, both above or at 0, `right`
/// at most `n`. `right` may be a fraction, where what is counted are means: the interval then takes each of the `n` for right or
/// wrong as a whole, which is never too narrow. `None` where `n` is 0.
///
/// E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927; R. G. Newcombe, Two-Sided
/// Confidence Intervals for the Single Proportion, Statistics in Medicine 17, 1998, method 3.
pub fn wilson(right: f64, n: usize, confidence: f64) -> Option<Interval> {
    if n == 0 {
        return None;
    }
    let n = n as f64;
    let (share, z) = ((right / n).clamp(0.0, 1.0), two_sided(confidence));
    let square = z * z / n;
    let middle = (share + square / 2.0) / (1.0 + square);
    let reach = z * (share * (1.0 - share) / n + square / (4.0 * n)).sqrt() / (1.0 + square);
    // Rounding alone would leave the share outside at the very ends.
    Some(Interval { low: (middle - reach).clamp(0.0, share), high: (middle + reach).clamp(share, 1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn intervals_are_the_published_ones() {
        // Newcombe 1998, table I, method 3; the first two are the values that R's prop.test(correct = FALSE) gives.
        for (right, n, low, high) in [
            (1.0, 10, 0.017_876, 0.404_150),
            (7.0, 50, 0.069_513, 0.261_870),
            (81.0, 263, 0.2553, 0.3662),
            (15.0, 148, 0.0624, 0.1605),
            (0.0, 20, 0.0, 0.1611),
            (1.0, 29, 0.0061, 0.1718),
        ] {
            let found = wilson(right, n, 0.95).unwrap();
            assert!((found.low - low).abs() < 6e-5, "{right} of {n}: {found:?}");
            assert!((found.high - high).abs() < 6e-5, "{right} of {n}: {found:?}");
        }
        assert_eq!(wilson(0.0, 0, 0.95), None);
    }

    proptest! {
        /// What it is by definition: the proportions that a score test does not reject.
        #[test]
        fn its_ends_are_where_the_score_test_turns(n in 1_usize..2000, part in 0.0..=1.0_f64) {
            let right = part * n as f64;
            let found = wilson(right, n, 0.95).unwrap();
            prop_assert!(0.0 <= found.low && found.low <= part && part <= found.high && found.high <= 1.0);
            for end in [found.low, found.high] {
                if end > 1e-9 && end < 1.0 - 1e-9 {
                    let score = (part - end).abs() / (end * (1.0 - end) / n as f64).sqrt();
                    prop_assert!((score - 1.959_963_984_540_054).abs() < 1e-6, "{score}");
                }
            }
            let mirrored = wilson(n as f64 - right, n, 0.95).unwrap();
            prop_assert!((mirrored.low - (1.0 - found.high)).abs() < 1e-9);
        }
    }
}
