//! What difference a paired sample can show.

use super::normal_quantile;

/// The smallest difference between two paired proportions, 0 to 1, that a sample of `n` pairs shows with the given power in a
/// two-sided `McNemar` test at `level`, where the share `discordant` of pairs differs; `None` where the sample is too small for any:
/// even all that differ going one way would be shown less often.
///
/// The root in d of `n d² = (z √ψ + y √(ψ − d²))²`, with ψ for `discordant` and z, y for the normal quantiles of the level and
/// the power: the sample size of R. J. Connor, Sample Size for Testing Differences in Proportions for the Paired-Sample Design,
/// Biometrics 43, 1987. For `k` comparisons at once `level` / `k` is Bonferroni's, and that of Holm's first step.
pub fn smallest_difference(n: usize, discordant: f64, level: f64, power: f64) -> Option<f64> {
    let (z, y) = (normal_quantile(1.0 - level / 2.0), normal_quantile(power));
    let n = n as f64;
    // Both sides squared, the equation is quadratic in d.
    let under = n + y * y - z * z;
    if under <= 0.0 || discordant <= 0.0 {
        return None;
    }
    let found = discordant.sqrt() * (n.sqrt() * z + y * under.sqrt()) / (n + y * y);
    (found <= discordant).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pairs it takes, as Connor has it.
    fn pairs(difference: f64, discordant: f64) -> f64 {
        let (z, y) = (1.959_963_984_540_054, 0.841_621_233_572_914);
        let root = z * discordant.sqrt() + y * (discordant - difference * difference).sqrt();
        (root / difference).powi(2)
    }

    #[test]
    fn it_is_the_inverse_of_connors_sample_size() {
        for (n, discordant) in [(50, 0.4), (200, 0.3), (660, 0.1), (5000, 0.02)] {
            let found = smallest_difference(n, discordant, 0.05, 0.8).unwrap();
            assert!(
                (pairs(found, discordant) - n as f64).abs() < 1e-6 * n as f64,
                "{n} {discordant} {found}"
            );
        }
        // A tenth of 20 questions are two, and two never show anything.
        assert_eq!(smallest_difference(20, 0.1, 0.05, 0.8), None);
        assert_eq!(
            (smallest_difference(0, 0.5, 0.05, 0.8), smallest_difference(90, 0.0, 0.05, 0.8)),
            (None, None)
        );
    }

    #[test]
    fn a_test_of_that_difference_shows_it_four_times_in_five() {
        // All outcomes of 150 pairs are counted out: how many differ, and how many of those go up.
        let (n, discordant) = (150_i32, 0.3_f64);
        let difference = smallest_difference(n as usize, discordant, 0.05, 0.8).unwrap();
        let up = f64::midpoint(discordant, difference) / discordant;
        let terms = |n: i32, p: f64| {
            let mut log = f64::from(n) * (1.0 - p).ln();
            (0..=n).map(move |k| {
                let term = log.exp();
                log += (f64::from(n - k) / f64::from(k + 1)).ln() + (p / (1.0 - p)).ln();
                term
            })
        };
        let mut shown = 0.0;
        for (differ, chance) in (0..=n).zip(terms(n, discordant)) {
            for (ups, part) in (0..=differ).zip(terms(differ, up)) {
                let score = f64::from(2 * ups - differ) / f64::from(differ.max(1)).sqrt();
                shown += if score.abs() >= 1.96 { chance * part } else { 0.0 };
            }
        }
        assert!((shown - 0.8).abs() < 0.02, "{shown}");
    }

    #[test]
    fn more_questions_show_less_and_more_comparisons_need_more() {
        let of = |n, k: f64| smallest_difference(n, 0.25, 0.05 / k, 0.8).unwrap();
        assert!(of(400, 1.0) < of(200, 1.0) && of(200, 1.0) < of(200, 11.0));
    }
}
