//! Tests of paired samples, and the correction for making several of them.

use statrs::distribution::{Binomial, DiscreteCDF};

/// The exact two-sided p-value of the sign test: of `better` and `worse` units that differ, each as likely to go one way as the
/// other. Of pairs of right and wrong answers that is the exact form of `McNemar`'s test. 1 where none differs.
///
/// Q. `McNemar`, Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages, Psychometrika 12, 1947;
/// exact by the binomial distribution as in A. Agresti, Categorical Data Analysis, section 11.1 (third edition).
pub fn sign_test(better: u64, worse: u64) -> f64 {
    let fewer = better.min(worse);
    Binomial::new(0.5, better + worse).map_or(1.0, |binomial| (2.0 * binomial.cdf(fewer)).min(1.0))
}

/// p-values corrected for how many there are, in their order: that of each is at most 5 % just where Holm's procedure rejects it
/// at 5 % over all.
///
/// S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6, 1979.
pub fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut corrected = vec![1.0; values.len()];
    let mut least: f64 = 0.0;
    for (rank, place) in order.into_iter().enumerate() {
        least = least.max((values.len() - rank) as f64 * values[place]).min(1.0);
        corrected[place] = least;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sums the tails term by term, in logarithms.
    fn counted_out(better: u64, worse: u64) -> f64 {
        let n = better + worse;
        let mut term = -(n as f64) * 2.0_f64.ln();
        let mut sum = 0.0;
        for k in 0..=n {
            if k <= better.min(worse) || k >= better.max(worse) {
                sum += term.exp();
            }
            term += ((n - k) as f64).ln() - ((k + 1) as f64).ln();
        }
        sum.min(1.0)
    }

    #[test]
    fn the_test_is_the_textbooks() {
        // Ten of ten, and one of ten, by hand.
        assert!((sign_test(10, 0) - 2.0 / 1024.0).abs() < 1e-12);
        assert!((sign_test(1, 9) - 22.0 / 1024.0).abs() < 1e-12);
        // 59 against 121, the example of many texts (chi-squared 21.35): the exact p-value is 4.434e-6.
        assert!((sign_test(59, 121) - 4.434e-6).abs() < 1e-8, "{}", sign_test(59, 121));
        for (better, worse) in [(0, 0), (4, 4), (1, 0)] {
            assert!((sign_test(better, worse) - 1.0).abs() < 1e-12 && sign_test(better, worse) <= 1.0);
        }
    }

    #[test]
    fn the_correction_is_holms() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
        let found = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (one, other) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((one - other).abs() < 1e-12, "{found:?}");
        }
        assert_eq!(holm(&[0.7, 0.9]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_test_is_what_counting_out_gives(better in 0_u64..700, worse in 0_u64..700) {
            let (found, counted) = (sign_test(better, worse), counted_out(better, worse));
            prop_assert!((found - counted).abs() <= 1e-9 * counted.max(1e-3), "{found} {counted}");
            prop_assert!((found - sign_test(worse, better)).abs() < 1e-12);
        }

        /// Step by step as Holm writes it: the smallest is held against level / m, the next against level / (m - 1), up to
        /// the first that fails.
        #[test]
        fn what_is_corrected_is_rejected_just_where_the_steps_reject(
            values in prop::collection::vec(0.0..0.2_f64, 1..12), level in 0.001..0.3_f64,
        ) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let stop = sorted.iter().enumerate().find(|(at, p)| **p > level / (values.len() - at) as f64);
            for (value, corrected) in values.iter().zip(holm(&values)) {
                let rejected = stop.is_none_or(|(_, first)| value < first);
                prop_assert!((corrected - level).abs() < 1e-9 || rejected == (corrected <= level));
                prop_assert!(corrected >= *value && corrected <= 1.0);
            }
        }
    }
}
