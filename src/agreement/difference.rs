//! What changed from one text to the next, sentence by sentence. It compares wording; whether two wordings mean the same
//! is `stance`'s question.

use super::sentence::{self, Ending};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What became of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands in both texts.
    Kept,
    /// It stands in the first alone.
    Gone,
    /// It stands in the second alone.
    New,
}

/// Above so many sentences on a side the texts are not matched: one is gone as a whole and the other is new.
const MOST: usize = 2_000;

/// All sentences of two texts: those of the first that are gone stand before those that came in their place.
pub fn difference<'a>(before: &'a str, after: &'a str) -> Vec<(Fate, &'a str)> {
    let (old, new) = (sentences(before), sentences(after));
    let all = |fate, list: &[&'a str]| list.iter().map(|text| (fate, *text)).collect::<Vec<_>>();
    if old.len() > MOST || new.len() > MOST {
        return [all(Fate::Gone, &old), all(Fate::New, &new)].concat();
    }
    let mut out = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (was, is) = (&old[op.old_range()], &new[op.new_range()]);
        match op {
            DiffOp::Equal { .. } => out.extend(all(Fate::Kept, is)),
            _ => out.extend([all(Fate::Gone, was), all(Fate::New, is)].concat()),
        }
    }
    out
}

/// The sentences of a text, trimmed; headings, list items and lines of code are sentences of their own. Blank lines are
/// none.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            code = !code;
            out.push(line.trim_end());
        } else if code {
            out.push(line.trim_end());
        } else {
            split(line.trim(), &mut out);
        }
    }
    out.retain(|sentence| !sentence.is_empty());
    out
}

fn split<'a>(line: &'a str, out: &mut Vec<&'a str>) {
    let (mut start, mut cursor) = (0, 0);
    let ends = |c: char| sentence::latin(c) || sentence::wide(c);
    while let Some(at) = line[cursor..].find(ends).map(|at| cursor + at) {
        match sentence::ending(line, start, at, true) {
            Ending::At(next, _) => {
                out.push(line[start..next].trim());
                (start, cursor) = (next, next);
            }
            Ending::On(next) => cursor = next,
            Ending::Wait => break,
        }
    }
    out.push(line[start..].trim());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        let sign = |fate| match fate {
            Fate::Kept => ' ',
            Fate::Gone => '-',
            Fate::New => '+',
        };
        difference(before, after).into_iter().map(|(fate, text)| format!("{}{text}", sign(fate))).collect()
    }

    #[test]
    fn sentences_are_kept_gone_or_new() {
        let before = "It takes 22 hours. Use a cable.\n\n- Compare e.g. checksums at the end.";
        let after = "It takes 30 hours. Use a cable. Plan a weekend.\n- Compare e.g. checksums at the end.";
        assert_eq!(
            shown(before, after),
            [
                "-It takes 22 hours.",
                "+It takes 30 hours.",
                " Use a cable.",
                "+Plan a weekend.",
                " - Compare e.g. checksums at the end."
            ]
        );
    }

    #[test]
    fn code_is_compared_by_lines_with_its_indentation() {
        let before = "Run:\n```\nfor x in y:\n    print(x. strip())\n```";
        let after = "Run:\n```\nfor x in y:\n    print(x)\n```";
        assert_eq!(
            shown(before, after),
            [" Run:", " ```", " for x in y:", "-    print(x. strip())", "+    print(x)", " ```"]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost(before in "[ab. \\n]{0,60}", after in "[ab. \\n]{0,60}") {
            let both = difference(&before, &after);
            let of = |out: Fate| both.iter().filter(|(fate, _)| *fate != out).map(|(_, text)| *text).collect::<Vec<_>>();
            prop_assert_eq!(of(Fate::New), sentences(&before));
            prop_assert_eq!(of(Fate::Gone), sentences(&after));
        }
    }
}
