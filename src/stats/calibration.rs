//! How far confidences can be believed: each with whether what it was said of is right.

use std::collections::BTreeMap;

/// A confidence from 0 to 1, and whether it was right.
pub type Said = (f64, bool);

/// The Brier score: the mean square of confidence less outcome, 0 (best) to 1; `None` for nothing.
///
/// G. W. Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78, 1950, in the form for
/// two outcomes, which is half of his.
pub fn brier(said: &[Said]) -> Option<f64> {
    mean(said.iter().map(|(confidence, right)| (confidence - one(*right)).powi(2)), said.len())
}

/// The bin that a confidence is in, of so many of equal width: the first holds 0 to 1 / bins, each further one what is above the
/// bin before up to its own upper end.
pub fn bin(confidence: f64, bins: usize) -> usize {
    // A share such as 3/10 is to stand in the bin that ends with it, however it was rounded.
    let place = (confidence * bins as f64 - 1e-9).ceil().max(1.0) as usize;
    place.min(bins.max(1)) - 1
}

/// The expected calibration error over bins of equal width: the mean distance of confidence and accuracy in a bin, weighted by
/// how many are in it, 0 (best) to 1; `None` for nothing.
///
/// C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, On Calibration of Modern Neural Networks, ICML 2017, equation 3.
pub fn ece(said: &[Said], bins: usize) -> Option<f64> {
    let mut sums = vec![0.0; bins.max(1)];
    for (confidence, right) in said {
        sums[bin(*confidence, bins)] += confidence - one(*right);
    }
    mean(sums.into_iter().map(f64::abs), said.len())
}

/// What the Brier score is made of: it is reliability less resolution plus uncertainty.
///
/// A. H. Murphy, A New Vector Partition of the Probability Score, Journal of Applied Meteorology 12, 1973, over each distinct
/// confidence, for which it is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// The mean square of confidence less the accuracy at that confidence, 0 (best) to 1.
    pub reliability: f64,
    /// The mean square of the accuracy at a confidence less that over all, 0 to 1 (best).
    pub resolution: f64,
    /// The variance of being right, 0 to ¼.
    pub uncertainty: f64,
}

/// The parts of the Brier score; `None` for nothing.
pub fn parts(said: &[Said]) -> Option<Parts> {
    let over_all = mean(said.iter().map(|(_, right)| one(*right)), said.len())?;
    let mut at: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for (confidence, right) in said {
        let (count, rights) = at.entry(confidence.to_bits()).or_default();
        (*count, *rights) = (*count + 1.0, *rights + one(*right));
    }
    let over = |part: &dyn Fn(f64, f64) -> f64| {
        let sum: f64 =
            at.iter().map(|(bits, (n, rights))| n * part(f64::from_bits(*bits), rights / n).powi(2)).sum();
        sum / said.len() as f64
    };
    Some(Parts {
        reliability: over(&|confidence, accuracy| confidence - accuracy),
        resolution: over(&|_, accuracy| accuracy - over_all),
        uncertainty: over_all * (1.0 - over_all),
    })
}

fn one(right: bool) -> f64 {
    f64::from(u8::from(right))
}

fn mean(values: impl Iterator<Item = f64>, count: usize) -> Option<f64> {
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scores_are_those_of_a_small_table() {
        let said = [(1.0, true), (1.0, false), (0.6, true), (0.6, true), (0.4, false)];
        assert!((brier(&said).unwrap() - (0.0 + 1.0 + 0.16 + 0.16 + 0.16) / 5.0).abs() < 1e-12);
        // Bins: 1.0 with half right (off by .5, two), .6 with all right (off by .4, two), .4 with none (off by .4, one).
        assert!((ece(&said, 10).unwrap() - (2.0 * 0.5 + 2.0 * 0.4 + 0.4) / 5.0).abs() < 1e-12);
        assert_eq!((brier(&[]), ece(&[], 10), parts(&[])), (None, None, None));
    }

    #[test]
    fn within_a_bin_errors_make_up_for_each_other() {
        // .52 and .58 are in one bin of ten and in two of fifty.
        let said = [(0.52, true), (0.58, false)];
        assert!((ece(&said, 10).unwrap() - 0.05).abs() < 1e-12);
        assert!((ece(&said, 50).unwrap() - 0.53).abs() < 1e-12);
        let ends = [0.0, 0.1, 0.100_1, 0.3, 7.0 / 10.0, 0.999, 1.0].map(|confidence| bin(confidence, 10));
        assert_eq!(ends, [0, 0, 1, 2, 6, 9, 9]);
    }

    proptest! {
        #[test]
        fn the_parts_make_up_the_score(said in prop::collection::vec((0_u8..=5, any::<bool>()), 1..60)) {
            let said: Vec<Said> = said.iter().map(|(fifths, right)| (f64::from(*fifths) / 5.0, *right)).collect();
            let (score, parts) = (brier(&said).unwrap(), parts(&said).unwrap());
            let sum = parts.reliability - parts.resolution + parts.uncertainty;
            prop_assert!((score - sum).abs() < 1e-12, "{score} {parts:?}");
            // With bins as fine as the confidences, the error is at most the root of the reliability (Jensen).
            prop_assert!(ece(&said, 10).unwrap() <= parts.reliability.sqrt() + 1e-12);
        }
    }
}
