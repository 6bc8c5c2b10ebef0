//! The table of claims that a chair is given beside the answers: what is said, by whom, and how it stands, each row with a
//! number to cite. What the claims are is the agreement's to find; the table is on record, so that a citation never shifts.

use super::ids::CallId;
use super::ruling::Point;
use serde::{Deserialize, Serialize};

/// How a claim stands among the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Several say it and nobody says otherwise.
    Agree,
    /// Several say something close to it.
    Partly,
    /// Some exclude others.
    Conflict,
    /// One says it.
    Only,
}

/// A claim with the number that it is cited by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number, from 1.
    pub number: u32,
    /// How it stands.
    pub standing: Standing,
    /// Where it is said, and the sides that stand against each other.
    pub point: Point,
}

impl Row {
    /// The calls whose answers take a side of it; of a claim without sides, all that say it.
    pub fn said_by(&self, side: Option<usize>) -> impl Iterator<Item = CallId> {
        self.point.said.iter().filter(move |quote| quote.side == side).map(|quote| quote.call)
    }
}

/// The numbers that a text cites, in square brackets: `[3]`, `[3, 7]`, `[C3; C7]`; with the bytes that each bracket takes.
/// A bracket with anything else in it cites nothing.
pub fn citations(text: &str) -> Vec<(std::ops::Range<usize>, Vec<u32>)> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices('[') {
        let Some(close) = text[open..].find(']').map(|close| open + close) else { break };
        let number = |part: &str| part.trim().trim_start_matches(['C', 'c', '#']).parse().ok();
        let numbers: Option<Vec<u32>> = text[open + 1..close].split([',', ';']).map(number).collect();
        // A link of Markdown has its address behind it.
        if let Some(numbers) = numbers.filter(|_| !text[close + 1..].starts_with('(')) {
            found.push((open..close + 1, numbers));
        }
    }
    found
}

/// A text with its citations blanked out: every byte keeps its place.
pub fn without_citations(text: &str) -> String {
    let mut bare = text.as_bytes().to_vec();
    for (range, _) in citations(text) {
        bare[range].fill(b' ');
    }
    String::from_utf8(bare).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_are_numbers_in_brackets_and_nothing_else() {
        let cited = |text: &str| -> Vec<Vec<u32>> {
            citations(text).into_iter().map(|(_, numbers)| numbers).collect()
        };
        assert_eq!(cited("One [3]. Two [3, 7]; three [C1; #12]"), [vec![3], vec![3, 7], vec![1, 12]]);
        for none in
            ["[see](http://x)", "[3](http://x)", "a[i] = b[x, 2]", "[]", "[3", "[-1]", "[3.5]", "[ , ]"]
        {
            assert!(citations(none).is_empty(), "{none}");
        }
        let text = "Grüße [3, 7]. Ende [x]";
        assert_eq!(without_citations(text), "Grüße       . Ende [x]");
    }
}
