//! The obvious methods that the comparison has to beat: word overlap, letter overlap, and a diff of the words. Written for the
//! measurements alone.

use std::collections::{BTreeMap, BTreeSet};

/// How alike two texts are, 0 to 1.
pub type Method = fn(&str, &str) -> f64;

pub const ALL: [(&str, Method); 3] =
    [("Jaccard", jaccard), ("trigram cosine", trigrams), ("word diff", diff)];

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Words of both over words of either.
fn jaccard(a: &str, b: &str) -> f64 {
    let (a, b): (BTreeSet<String>, BTreeSet<String>) =
        (words(a).into_iter().collect(), words(b).into_iter().collect());
    a.intersection(&b).count() as f64 / f64::max(a.union(&b).count() as f64, 1.0)
}

/// Cosine of the counts of three letters in a row.
fn trigrams(a: &str, b: &str) -> f64 {
    let counts = |text: &str| {
        let letters: Vec<char> = format!(" {} ", words(text).join(" ")).chars().collect();
        let mut counts: BTreeMap<Vec<char>, f64> = BTreeMap::new();
        for gram in letters.windows(3) {
            *counts.entry(gram.to_vec()).or_default() += 1.0;
        }
        counts
    };
    let (a, b) = (counts(a), counts(b));
    let length =
        |counts: &BTreeMap<Vec<char>, f64>| counts.values().map(|count| count * count).sum::<f64>().sqrt();
    let dot: f64 = a.iter().map(|(gram, count)| count * b.get(gram).unwrap_or(&0.0)).sum();
    dot / f64::max(length(&a) * length(&b), 1e-9)
}

/// Share of the words that a diff keeps: Ratcliff and Obershelp's matching blocks, as Python's `difflib` counts them.
fn diff(a: &str, b: &str) -> f64 {
    fn kept(a: &[String], b: &[String]) -> usize {
        let mut best = (0, 0, 0);
        for i in 0..a.len() {
            for j in 0..b.len() {
                let run = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
                if run > best.2 {
                    best = (i, j, run);
                }
            }
        }
        let (i, j, run) = best;
        if run == 0 { 0 } else { run + kept(&a[..i], &b[..j]) + kept(&a[i + run..], &b[j + run..]) }
    }
    let (a, b) = (words(a), words(b));
    2.0 * kept(&a, &b) as f64 / f64::max((a.len() + b.len()) as f64, 1.0)
}
