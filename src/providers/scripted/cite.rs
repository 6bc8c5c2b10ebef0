//! How a scripted chair cites: an author writes a few of a claim's words behind a sentence, `[=resume after an interruption]`,
//! and the number is looked up in the table of the prompt that was sent. A number that is not there is never written.

use crate::core::claim_table::listed;

/// What begins the words of claims in a script; `|` parts those of several.
const OPEN: &str = "[=";

/// The text with numbers of the prompt's table in place of words. Words that no row holds, or that could mean
/// several, are dropped, and with the last of them the brackets.
pub(super) fn cited(text: &str, prompt: &str) -> String {
    let rows: Vec<(u32, String)> =
        listed(prompt).into_iter().map(|(number, words)| (number, folded(words))).collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (marker, after))) =
        rest.split_once(OPEN).and_then(|(before, tail)| Some((before, tail.split_once(']')?)))
    {
        out.push_str(before);
        rest = after;
        let mut numbers: Vec<u32> = Vec::new();
        for number in marker.split('|').filter_map(|words| row(&rows, words)) {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        if numbers.is_empty() {
            // The blank before the brackets, and a line that held nothing else, go with them.
            out.truncate(out.trim_end().len());
        } else {
            out.extend(["[", &numbers.join(", "), "]"]);
        }
    }
    out.push_str(rest);
    out
}

/// The row that holds these words; where several do, the one that begins with them.
pub(super) fn row(rows: &[(u32, String)], words: &str) -> Option<u32> {
    let wanted = folded(words);
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut fitting = rows.iter().filter(|(_, row)| fits(row)).map(|(number, _)| *number);
        fitting.next().filter(|_| fitting.next().is_none())
    };
    if wanted.is_empty() {
        return None;
    }
    only(&|row| row.contains(&wanted)).or_else(|| only(&|row| row.starts_with(&wanted)))
}

/// Without case, the lines of tables, and white space but for one blank between words.
pub(super) fn folded(words: &str) -> String {
    let words = words.to_lowercase().replace('|', " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
