//! How alike two claims are worded, from 0 to 1. Whether they contradict each other is `stance`'s question.
//!
//! The score is fixed and monotone: no learned weights, and no word counts of the session, so a pair's score never
//! changes while other answers arrive and cannot depend on the order of arrival.

use super::normalise::{FUNCTION, Features};

/// From this score on, two claims say the same in part.
///
/// Chosen in the project's first measurements (design notes, section 4): best thresholds .29 to .34 on three sets.
pub const WEAK: f64 = 0.30;

/// From this score on, two claims say the same.
pub const STRONG: f64 = 0.45;

/// Weight of content that two claims must share: two words of their topic, or half of the shorter one. It costs
/// nothing on the labelled pairs (F1 within .002 on each) and takes out what whole answers have in common by chance.
pub const ENOUGH: (f64, f64) = (2.0, 0.5);

/// The two overlaps of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlap {
    /// Jaccard over tokens: function words weigh a tenth, words of any topic a half.
    pub words: f64,
    /// Cosine of character trigram counts.
    pub grams: f64,
    /// Whether what they share is enough to go by; see [`ENOUGH`].
    pub enough: bool,
}

impl Overlap {
    /// The mean of the two.
    ///
    /// Score F of the design notes took a third part, a plain Jaccard; with words of any topic at half their weight it no
    /// longer helps (mean F1 over 200 random halves: pairs-hand .69 to .73, pairs-open .63 to .67, pairs-gsm .82 to .81).
    ///
    /// 0 where they share too little to go by: among hundreds of short sentences some are alike by chance.
    pub fn mean(self) -> f64 {
        if self.enough { f64::midpoint(self.words, self.grams) } else { 0.0 }
    }
}

/// The overlaps of two claims; symmetric, and 0 between code and prose.
pub fn overlap(a: &Features, b: &Features) -> Overlap {
    if a.code != b.code {
        return Overlap::default();
    }
    let (mut both, mut content) = (0.0, 0.0);
    walk(
        &a.tokens,
        &b.tokens,
        |token| token.hash,
        |x, y| {
            let weight = x.weight.min(y.weight);
            both += weight;
            content += if weight > FUNCTION { weight } else { 0.0 };
        },
    );
    let mut dot = 0.0;
    walk(&a.grams, &b.grams, |gram| gram.0, |x, y| dot += x.1 * y.1);
    let all = a.weight + b.weight - both;
    Overlap {
        words: if all > 0.0 { both / all } else { 0.0 },
        grams: if a.length * b.length > 0.0 { dot / (a.length * b.length) } else { 0.0 },
        enough: content >= ENOUGH.0.min(ENOUGH.1 * a.substantial.min(b.substantial)),
    }
}

/// Calls `meet` for each key that two sorted lists share.
fn walk<T, K: Ord>(a: &[T], b: &[T], key: impl Fn(&T) -> K, mut meet: impl FnMut(&T, &T)) {
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match key(x).cmp(&key(y)) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                meet(x, y);
                i += 1;
                j += 1;
            }
        }
    }
}

/// How many elements two sorted lists share.
pub fn shared(a: &[u64], b: &[u64]) -> usize {
    let mut count = 0;
    walk(a, b, |hash| *hash, |_, _| count += 1);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(a: &str, b: &str) -> f64 {
        overlap(&Features::prose(a), &Features::prose(b)).mean()
    }

    #[test]
    fn wording_orders_pairs() {
        let base = "The old bridge was inspected by the city in spring.";
        let near = "In spring the city inspected the old bridge.";
        let far = "Bananas are rich in potassium and taste good.";
        assert!((score(base, base) - 1.0).abs() < 1e-9);
        assert!(score(base, near) > STRONG);
        assert!(score(base, far) < WEAK);
        assert!((score(base, near) - score(near, base)).abs() < 1e-12);
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_pairs() {
        assert!(score("这座桥对卡车是安全的。", "这座桥对于卡车来说安全。") > WEAK);
        assert!(score("これは安全な橋です。", "バナナは体に良い食べ物です。") < WEAK);
    }

    #[test]
    fn code_meets_only_code() {
        let code = Features::code("let total = count + 1;");
        assert!(overlap(&code, &Features::prose("let total = count + 1;")).mean() < 1e-9);
        assert!(overlap(&code, &Features::code("let total = count + 1;")).mean() > 0.99);
    }
}
