//! The text of a synthesis without the numbers that it cites, where what it cites stands beside it under the numbers of the
//! screen. Which claims these are is not decided here.

use crate::core::claim_table::citations;
use std::ops::Range;

/// The text without its citations. Each sentence and line begins at the byte where it began: what comes free goes to the end
/// of the one before. A citation before any word of its line stays.
pub(super) fn bare(text: &str, sentences: impl Iterator<Item = usize>) -> String {
    let found: Vec<Range<usize>> = citations(text).into_iter().map(|(range, _)| range).collect();
    if found.is_empty() {
        return text.to_owned();
    }
    let lines = text.match_indices('\n').map(|(at, _)| at);
    let mut cuts: Vec<usize> = sentences.filter(|at| text.is_char_boundary(*at)).chain(lines).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let mut out = String::with_capacity(text.len());
    for part in cuts.windows(2) {
        let inside = |range: &&Range<usize>| part[0] <= range.start && range.end <= part[1];
        without(text, part[0]..part[1], found.iter().filter(inside), &mut out);
    }
    out
}

/// Adds a part of the text without the citations in it, and blanks at its end for what is gone.
fn without<'a>(
    text: &str,
    part: Range<usize>,
    citations: impl Iterator<Item = &'a Range<usize>>,
    out: &mut String,
) {
    let begun = out.len();
    let mut at = part.start;
    for range in citations {
        out.push_str(&text[at..range.start]);
        at = range.end;
        let behind = text[range.end..].lines().next().unwrap_or_default();
        let alone = text[part.start..range.start].trim().is_empty() && behind.trim().is_empty();
        if alone || out[begun..].contains(char::is_alphanumeric) {
            out.truncate(begun + out[begun..].trim_end_matches(' ').len());
        } else {
            out.push_str(&text[range.clone()]);
        }
    }
    out.push_str(&text[at..part.end]);
    out.extend(std::iter::repeat_n(' ', part.len() - (out.len() - begun)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_go_and_every_sentence_keeps_its_place() {
        let text =
            "- One [3]. Two, three. [4, 5] Four [6] and five.\n\n[7]\n\n| a | b [8] |\n[9] Six. `x[1]`";
        let starts = ["One", "Two", "Four", "Six"].map(|word| text.find(word).unwrap());
        let bare = bare(text, starts.into_iter());
        assert_eq!(bare.len(), text.len());
        for (word, at) in ["One", "Two", "Four", "Six"].iter().zip(starts) {
            assert!(bare[at..].starts_with(word), "{bare:?}");
        }
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = bare.lines().map(words).collect();
        let wanted = ["- One. Two, three. Four and five.", "", "", "", "| a | b |", "[9] Six. `x[1]`"];
        assert_eq!(lines, wanted);
    }

    #[test]
    fn a_text_without_citations_stays_as_it_is() {
        for text in ["", "One. Two.", "泡绿茶。"] {
            assert_eq!(bare(text, std::iter::empty()), text);
        }
        let wide = "泡绿茶。[4]水温。[5]";
        let at = wide.find("水").unwrap();
        assert_eq!(bare(wide, std::iter::once(at)), "泡绿茶。   水温。   ");
    }
}
