//! Quantiles of a sample.

/// The quantile of a sample by linear interpolation between its order statistics: type 7 of R. J. Hyndman and Y. Fan, Sample
/// Quantiles in Statistical Packages, The American Statistician 50, 1996. `sorted` stands in ascending order, `share` is from 0 to
/// 1; `None` for an empty sample.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = (sorted.len().checked_sub(1)?) as f64 * share.clamp(0.0, 1.0);
    let low = place.floor() as usize;
    let (one, next) = (*sorted.get(low)?, sorted.get(low + 1));
    Some(next.map_or(one, |next| one + (place - place.floor()) * (next - one)))
}

/// The median of a sample in any order; `None` for an empty one.
pub fn median(sample: &[f64]) -> Option<f64> {
    quantile(&in_order(sample), 0.5)
}

/// A sample in ascending order.
pub fn in_order(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_are_those_of_r() {
        // quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, .5, 1)), type 7, which is R's default.
        let sample = [15.0, 20.0, 35.0, 40.0, 50.0];
        for (share, value) in [(0.0, 15.0), (0.05, 16.0), (0.3, 23.0), (0.4, 29.0), (0.5, 35.0), (1.0, 50.0)]
        {
            assert!((quantile(&sample, share).unwrap() - value).abs() < 1e-9, "{share}");
        }
        assert_eq!(median(&[3.0, 1.0]), Some(2.0));
        assert_eq!(median(&[9.0, 1.0, 4.0]), Some(4.0));
        assert_eq!((median(&[]), quantile(&[7.0], 0.95)), (None, Some(7.0)));
    }

    proptest! {
        #[test]
        fn quantiles_never_fall_and_stay_in_the_sample(
            sample in prop::collection::vec(-1e6..1e6_f64, 1..40), one in 0.0..=1.0_f64, other in 0.0..=1.0_f64,
        ) {
            let sorted = in_order(&sample);
            let (low, high) = (quantile(&sorted, one.min(other)).unwrap(), quantile(&sorted, one.max(other)).unwrap());
            prop_assert!(sorted[0] <= low && low <= high && high <= sorted[sorted.len() - 1]);
        }
    }
}
