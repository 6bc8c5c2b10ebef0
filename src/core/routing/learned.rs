//! The learned router: Thompson sampling over graded history. A member is ranked by one draw of how often it may be right, so
//! that who was graded seldom is asked now and then, and who was right often is asked mostly (Thompson, On the Likelihood
//! that One Unknown Probability Exceeds Another, Biometrika 25, 1933; Chapelle and Li, An Empirical Evaluation of Thompson
//! Sampling, NIPS 2011; Russo et al., A Tutorial on Thompson Sampling, 2018, arXiv 1707.02038, section 3). There is no other
//! randomness than the seed that is given.

use crate::core::ids::MemberId;
use crate::core::shuffle::mix;
use crate::core::weights::{ENOUGH, PRIOR};

/// Of more answers than this a draw takes the share alone: that bounds the work, and leaves some doubt.
const MOST: u64 = 400;

/// Whether so many graded questions are enough to choose by.
pub fn enough(graded: usize) -> bool {
    graded >= ENOUGH
}

/// The two numbers of a member's Beta posterior by how many of its answers were right and wrong, with the prior of
/// [`crate::core::weights`]: four right and four wrong.
fn posterior((right, wrong): (u32, u32)) -> (u64, u64) {
    let (right, wrong) = (u64::from(right), u64::from(wrong));
    let all = right + wrong;
    let kept = if all > MOST { (right * MOST + all / 2) / all } else { right };
    let prior = PRIOR as u64;
    (prior + kept, prior + all.min(MOST) - kept)
}

/// How often a member is expected to be right by these answers alone, 0 to 1: the mean of what [`draw`] draws.
pub fn mean(counts: (u32, u32)) -> f64 {
    let (a, b) = posterior(counts);
    a as f64 / (a + b) as f64
}

/// A draw of how often a member is right, above 0 and below 1, from its Beta posterior by how many of its answers were right
/// and wrong.
///
/// Both numbers of the posterior are whole, so the `a`-th smallest of `a + b - 1` uniform numbers has just this distribution
/// (David and Nagaraja, Order Statistics, 3rd edition, 2003, section 2.1). They depend on the seed and the member's name alone.
pub fn draw(member: &MemberId, counts: (u32, u32), seed: u64) -> f64 {
    let (a, b) = posterior(counts);
    let parts: Vec<u64> = std::iter::once(seed).chain(member.0.bytes().map(u64::from)).collect();
    let stream = mix(&parts);
    // 53 bits, and a half: never 0 and never 1.
    let uniform = |place: u64| ((mix(&[stream, place]) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    let mut all: Vec<f64> = (0..a + b - 1).map(uniform).collect();
    *all.select_nth_unstable_by(a as usize - 1, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEDS: u64 = 4000;

    fn draws(member: &str, counts: (u32, u32)) -> Vec<f64> {
        (0..SEEDS).map(|seed| draw(&member.into(), counts, seed)).collect()
    }

    #[test]
    fn a_draw_has_the_mean_and_the_spread_of_its_beta_distribution() {
        for (counts, a, b) in [((0, 0), 4.0, 4.0), ((10, 2), 14.0, 6.0), ((0, 30), 4.0, 34.0)] {
            let all = draws("a", counts);
            assert!(all.iter().all(|draw| *draw > 0.0 && *draw < 1.0));
            let n = all.len() as f64;
            let found = all.iter().sum::<f64>() / n;
            let expected: f64 = a / (a + b);
            assert!((mean(counts) - expected).abs() < 1e-12);
            let variance = a * b / ((a + b) * (a + b) * (a + b + 1.0));
            assert!((found - expected).abs() < 4.0 * (variance / n).sqrt(), "{found} is not {expected}");
            let spread = all.iter().map(|draw| (draw - found).powi(2)).sum::<f64>() / n;
            assert!((spread / variance - 1.0).abs() < 0.15, "{spread} is not {variance}");
        }
    }

    #[test]
    fn the_better_member_goes_first_more_often_and_the_other_now_and_then() {
        let first = |better, worse| {
            let (better, worse) = (draws("a", better), draws("b", worse));
            better.iter().zip(&worse).filter(|(a, b)| a > b).count() as f64 / SEEDS as f64
        };
        let few = first((3, 1), (1, 3));
        let many = first((60, 20), (20, 60));
        assert!(few > 0.7 && few < 0.99, "{few}");
        assert!(many > 0.999, "{many}");
        let alike = first((5, 5), (5, 5));
        assert!((alike - 0.5).abs() < 0.04, "members of one history draw apart: {alike}");
    }

    #[test]
    fn the_same_seed_gives_the_same_draw_and_counts_are_bounded() {
        let a = MemberId::from("a");
        let same = |one: f64, other: f64| (one - other).abs() < f64::EPSILON;
        assert!(same(draw(&a, (3, 4), 7), draw(&a, (3, 4), 7)));
        assert!(!same(draw(&a, (3, 4), 7), draw(&a, (3, 4), 8)));
        assert_eq!(posterior((u32::MAX, u32::MAX)), (204, 204));
        assert_eq!(posterior((900, 100)), (364, 44));
        assert_eq!(posterior((400, 0)), (404, 4));
        assert!(draw(&a, (u32::MAX, 0), 1) > 0.9);
    }

    #[test]
    fn thirty_are_enough() {
        assert!(!enough(29) && enough(30));
    }
}
