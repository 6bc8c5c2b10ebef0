//! Percentile bootstrap intervals of means. Series of the same length share their resamples, so that many are made in little
//! more time than one, and series over the same units are resampled in pairs.

use super::Interval;
use super::quantile::quantile;
use super::random::Random;
use std::collections::BTreeMap;

/// The percentile intervals of the means of several series, in their order, at a confidence such as 0.95; `None` for an empty
/// series.
///
/// A resample draws as many units as the series has, with replacement. Its draws depend on the seed and on the length alone.
///
/// B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13. It takes the sample for the population:
/// of a few units, or of units that are all alike, it is too narrow, and of units that are all alike it is a point.
pub fn means(series: &[&[f64]], confidence: f64, resamples: usize, seed: u64) -> Vec<Option<Interval>> {
    let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, one) in series.iter().enumerate().filter(|(_, one)| !one.is_empty()) {
        by_length.entry(one.len()).or_default().push(place);
    }
    let mut found = vec![None; series.len()];
    for places in by_length.into_values() {
        let together: Vec<&[f64]> = places.iter().map(|place| series[*place]).collect();
        for (place, mut means) in places.into_iter().zip(resampled(&together, resamples, seed)) {
            means.sort_unstable_by(f64::total_cmp);
            let tail = (1.0 - confidence) / 2.0;
            let ends = quantile(&means, tail).zip(quantile(&means, 1.0 - tail));
            found[place] = ends.map(|(low, high)| Interval { low, high });
        }
    }
    found
}

/// The means of the resamples of series of one length, by series.
fn resampled(series: &[&[f64]], resamples: usize, seed: u64) -> Vec<Vec<f64>> {
    let (count, length) = (series.len(), series.first().map_or(0, |first| first.len()));
    // Unit by unit, so that each draw is looked up once for all series, and next to each other.
    let units: Vec<f64> = (0..length).flat_map(|unit| series.iter().map(move |one| one[unit])).collect();
    let mut random = Random::new(seed ^ length as u64);
    let mut draws = vec![0_u32; length];
    let mut sums = vec![0.0; count];
    let mut means = vec![Vec::with_capacity(resamples); count];
    for _ in 0..resamples {
        random.fill(&mut draws, length as u32);
        sums.fill(0.0);
        for draw in &draws {
            let unit = *draw as usize * count;
            for (sum, value) in sums.iter_mut().zip(&units[unit..unit + count]) {
                *sum += value;
            }
        }
        for (means, sum) in means.iter_mut().zip(&sums) {
            means.push(sum / length as f64);
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(series: &[f64], seed: u64) -> Interval {
        means(&[series], 0.95, 4000, seed)[0].unwrap()
    }

    #[test]
    fn the_interval_is_that_of_all_resamples_counted_out() {
        // The mean of three draws from 0, 0, 1 is binomial: 8/27, 12/27, 6/27, 1/27 for 0, 1/3, 2/3, 1. The 2.5 % point is 0,
        // the 97.5 % point lies within the last 3.7 %.
        assert_eq!(one(&[0.0, 0.0, 1.0], 1), Interval { low: 0.0, high: 1.0 });
        let at = |confidence| means(&[&[0.0, 0.0, 1.0]], confidence, 4000, 1)[0].unwrap();
        assert_eq!(at(0.9), Interval { low: 0.0, high: 2.0 / 3.0 }, "1 has less than 5 %");
        assert_eq!(
            at(0.3),
            Interval { low: 1.0 / 3.0, high: 1.0 / 3.0 },
            "0 and 2/3, 1 have less than 35 % each"
        );
    }

    #[test]
    fn of_many_units_it_comes_to_the_normal_interval() {
        let series: Vec<f64> = (0..600).map(|unit| f64::from(u8::from(unit % 3 == 0))).collect();
        let reach = 1.96 * (2.0 / 9.0 / 600.0_f64).sqrt();
        for seed in 0..4 {
            let found = one(&series, seed);
            assert!((found.low - (1.0 / 3.0 - reach)).abs() < 0.004, "{found:?}");
            assert!((found.high - (1.0 / 3.0 + reach)).abs() < 0.004, "{found:?}");
        }
    }

    #[test]
    fn series_of_a_length_are_drawn_together_and_others_apart() {
        let up: Vec<f64> = (0..50).map(f64::from).collect();
        let less: Vec<f64> = up.iter().map(|value| value - 7.0).collect();
        let found = means(&[&up, &[], &less, &up[..9]], 0.95, 500, 5);
        let (one, other) = (found[0].unwrap(), found[2].unwrap());
        assert!((one.low - other.low - 7.0).abs() < 1e-9 && (one.high - other.high - 7.0).abs() < 1e-9);
        assert_eq!(found[1], None);
        assert_eq!(found[3], means(&[&up[..9]], 0.95, 500, 5)[0], "company changes nothing");
        assert_ne!(found[0], means(&[&up], 0.95, 500, 6)[0], "the seed does");
    }

    proptest! {
        #[test]
        fn it_lies_in_the_sample_and_moves_with_it(
            series in prop::collection::vec(0.0..1.0_f64, 1..30), by in -5.0..5.0_f64, seed in any::<u64>(),
        ) {
            let moved: Vec<f64> = series.iter().map(|value| value + by).collect();
            let found = means(&[&series, &moved], 0.95, 200, seed);
            let (here, there) = (found[0].unwrap(), found[1].unwrap());
            let (least, most) = series.iter().fold((1.0_f64, 0.0_f64), |(l, m), v| (l.min(*v), m.max(*v)));
            prop_assert!(least - 1e-9 <= here.low && here.low <= here.high && here.high <= most + 1e-9);
            prop_assert!((there.low - here.low - by).abs() < 1e-9 && (there.high - here.high - by).abs() < 1e-9);
        }
    }
}
