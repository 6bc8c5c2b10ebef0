//! How alike the errors of two judges of the same questions are. The figures are those of L. I. Kuncheva and C. J. Whitaker,
//! Measures of Diversity in Classifier Ensembles and Their Relationship with the Ensemble Accuracy, Machine Learning 51, 2003,
//! section 2, by their numbers of equations.

/// On how many questions which of two was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// Both: N¹¹.
    pub both: u64,
    /// The one alone: N¹⁰.
    pub one: u64,
    /// The other alone: N⁰¹.
    pub other: u64,
    /// Neither: N⁰⁰.
    pub neither: u64,
}

impl Both {
    /// Counts one question.
    pub fn add(&mut self, one: bool, other: bool) {
        *match (one, other) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.one,
            (false, true) => &mut self.other,
            (false, false) => &mut self.neither,
        } += 1;
    }

    /// How many questions.
    pub fn all(&self) -> u64 {
        self.both + self.one + self.other + self.neither
    }

    fn numbers(&self) -> [f64; 4] {
        [self.both, self.one, self.other, self.neither].map(|count| count as f64)
    }

    fn share(&self, count: u64) -> Option<f64> {
        (self.all() > 0).then(|| count as f64 / self.all() as f64)
    }

    /// The correlation of being right (ρ, equation 7; the phi coefficient of the table), −1 to 1; `None` where one of the two is
    /// always right or always wrong.
    pub fn phi(&self) -> Option<f64> {
        let [a, b, c, d] = self.numbers();
        let under = ((a + b) * (c + d) * (a + c) * (b + d)).sqrt();
        (under > 0.0).then(|| (a * d - b * c) / under)
    }

    /// Yule's Q (equation 6), −1 to 1; `None` where it is nought by nought.
    pub fn q(&self) -> Option<f64> {
        let [a, b, c, d] = self.numbers();
        let under = a * d + b * c;
        (under > 0.0).then(|| (a * d - b * c) / under)
    }

    /// The disagreement measure (equation 8): the share of questions that just one is right on, 0 to 1; `None` without any.
    pub fn disagreement(&self) -> Option<f64> {
        self.share(self.one + self.other)
    }

    /// The double fault (equation 9): the share of questions that both are wrong on, 0 to 1; `None` without any.
    pub fn double_fault(&self) -> Option<f64> {
        self.share(self.neither)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_are_those_of_a_small_table() {
        let table = Both { both: 5, one: 2, other: 1, neither: 2 };
        let near =
            |found: Option<f64>, value: f64| assert!((found.unwrap() - value).abs() < 1e-12, "{found:?}");
        near(table.phi(), 8.0 / (7.0 * 3.0 * 6.0 * 4.0_f64).sqrt());
        near(table.q(), 8.0 / 12.0);
        near(table.disagreement(), 0.3);
        near(table.double_fault(), 0.2);
        let always = Both { both: 3, one: 4, ..Both::default() };
        assert_eq!((always.phi(), always.q(), always.double_fault()), (None, None, Some(0.0)));
        assert_eq!(Both::default().disagreement(), None);
    }

    proptest! {
        /// Phi is Pearson's correlation of noughts and ones, and Q goes its way and further (section 2.1.1).
        #[test]
        fn phi_is_a_correlation(pairs in prop::collection::vec(any::<(bool, bool)>(), 1..80)) {
            let mut table = Both::default();
            for (one, other) in &pairs {
                table.add(*one, *other);
            }
            prop_assert_eq!(table.all(), pairs.len() as u64);
            let n = pairs.len() as f64;
            let one: Vec<f64> = pairs.iter().map(|pair| f64::from(u8::from(pair.0))).collect();
            let other: Vec<f64> = pairs.iter().map(|pair| f64::from(u8::from(pair.1))).collect();
            let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
            let spread = |a: &[f64], b: &[f64]| {
                a.iter().zip(b).map(|(x, y)| (x - mean(a)) * (y - mean(b))).sum::<f64>() / n
            };
            let under = (spread(&one, &one) * spread(&other, &other)).sqrt();
            match table.phi() {
                Some(phi) => {
                    prop_assert!((phi - spread(&one, &other) / under).abs() < 1e-9);
                    let q = table.q().unwrap();
                    prop_assert!(q.abs() >= phi.abs() - 1e-12 && q * phi >= 0.0);
                }
                None => prop_assert!(under < 1e-9),
            }
        }
    }
}
