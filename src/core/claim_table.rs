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

/// The name of the marks around the table in a prompt.
const MARK: &str = "claims";

/// The rows of a table between the marks that say that they are material.
pub(super) fn marked(rows: &str, nonce: &str) -> String {
    format!("<{MARK} nonce=\"{nonce}\">\n{rows}\n</{MARK} nonce=\"{nonce}\">")
}

/// A row as a line of a prompt; neither part has line breaks.
pub(super) fn line(number: u32, who: &str, words: &str) -> String {
    format!("[{number}] {who}. {words}")
}

/// The rows of the table in a prompt, by number and with the words of the claim; none where it has no table.
pub fn listed(prompt: &str) -> Vec<(u32, &str)> {
    let opening = format!("<{MARK} nonce=\"");
    // Answers stand before the table and may hold one of their own.
    let Some((_, rest)) = prompt.rsplit_once(&opening) else { return Vec::new() };
    let Some((nonce, rest)) = rest.split_once("\">\n") else { return Vec::new() };
    let Some((rows, _)) = rest.split_once(&format!("\n</{MARK} nonce=\"{nonce}\">")) else {
        return Vec::new();
    };
    rows.lines().filter_map(read).collect()
}

/// A line as [`line`] writes it, without who says it.
fn read(line: &str) -> Option<(u32, &str)> {
    let (number, said) = line.strip_prefix('[')?.split_once("] ")?;
    let (_, words) = said.split_once(". ")?;
    Some((number.parse().ok()?, words))
}

/// The bytes of a text that are code by the rules of Markdown, as far as brackets are concerned: lines between fences, and
/// what stands between two backticks of one line.
fn code(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut fenced) = (0, false);
    for line in text.split_inclusive('\n') {
        let fence = line.trim_start().starts_with("```");
        if fenced || fence {
            found.push(at..at + line.len());
            fenced ^= fence;
        } else {
            let ticks: Vec<usize> = line.match_indices('`').map(|(tick, _)| at + tick).collect();
            found.extend(ticks.chunks_exact(2).map(|pair| pair[0]..pair[1]));
        }
        at += line.len();
    }
    found
}

/// The numbers that a text cites, in square brackets: `[3]`, `[3, 7]`, `[C3; C7]`; with the bytes that each bracket takes.
/// A bracket with anything else in it cites nothing, and neither does code: `[0, 2]` is a list there.
pub fn citations(text: &str) -> Vec<(std::ops::Range<usize>, Vec<u32>)> {
    let mut found = Vec::new();
    let code = code(text);
    for (open, _) in text.match_indices('[') {
        if code.iter().any(|range| range.contains(&open)) {
            continue;
        }
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
        let code = "So `ys = [1]` [2]:\n\n```python\nys = [0, 2, 2]\n```\n[4] and a lone ` is none [5]";
        assert_eq!(cited(code), [[2], [4], [5]], "a list in code is no citation");
        let text = "Grüße [3, 7]. Ende [x]";
        assert_eq!(without_citations(text), "Grüße       . Ende [x]");
    }

    #[test]
    fn rows_are_read_as_they_are_written() {
        let rows = [
            line(4, "conflict, A, C: 22 hours; B: 30 hours", "It takes 22 hours. [sic]"),
            line(12, "B alone", "So."),
        ];
        let table = marked(&rows.join("\n"), "ab12");
        let own = "<claims nonce=\"0000\">\n[1] A alone. Mine.\n</claims nonce=\"0000\">";
        let prompt = format!("Question\n\n{own}\n\n{table}\n\nWrite [2] or [2, 5].");
        assert_eq!(listed(&prompt), [(4, "It takes 22 hours. [sic]"), (12, "So.")]);
        for none in [
            "",
            "[1] A alone. Mine.",
            "<claims nonce=\"ab12\">\n[1] A alone. Mine.\n</claims nonce=\"ab13\">",
        ] {
            assert!(listed(none).is_empty(), "{none}");
        }
        let odd = marked("[x] A alone. One.\n1 A alone. Two.\n[2] no words\n[3] A alone. Three.", "ab12");
        assert_eq!(listed(&odd), [(3, "Three.")]);
    }
}
