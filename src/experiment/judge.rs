//! A member as the grader: what it is asked, and what its reply says. Asking it is the engine's.

use super::item::Item;
use crate::core::Question;
use crate::core::{Council, Member};

/// What the judge is asked.
pub const PROMPT: &str = include_str!("../../assets/prompts/grader.md");

/// The question that puts an answer before the judge. Nothing in it says whose answer it is.
pub fn question(judge: &Member, item: &Item, answer: &str) -> Question {
    let right = item.right().collect::<Vec<_>>().join(" — or — ");
    // In one pass: what an answer says can't be a place to be filled in.
    let mut text = String::with_capacity(PROMPT.len() + item.question.len() + answer.len() + right.len());
    let mut rest = PROMPT.trim_end();
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let end = rest[open..].find('}').map_or(rest.len(), |end| open + end + 1);
        match &rest[open..end] {
            "{question}" => text.push_str(item.question.trim()),
            "{right}" => text.push_str(right.trim()),
            "{answer}" => text.push_str(answer.trim()),
            other => text.push_str(other),
        }
        rest = &rest[end..];
    }
    text.push_str(rest);
    let council = Council { name: "grader".to_owned(), members: vec![judge.clone()], ..Council::default() };
    Question { text, council, ..Question::default() }
}

/// What a judge's reply says: its last line with a verdict. `None` where it has none.
pub fn verdict(reply: &str) -> Option<bool> {
    reply.lines().rev().find_map(|line| {
        let line = line.trim().trim_matches(['*', '_', '`', '.', ' ']).to_lowercase();
        let word = line.strip_prefix("verdict")?.trim_start_matches([':', '*', ' ']).trim();
        match word.trim_matches(['*', '_', '`', '.', ' ']) {
            "right" | "correct" => Some(true),
            "wrong" | "incorrect" => Some(false),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_sees_the_three_texts_and_nothing_is_filled_in_twice() {
        let item = Item {
            question: "How many {answer}?".to_owned(),
            answer: Some("12".to_owned()),
            ..Item::default()
        };
        let judge = Member::new("j", "x/y".parse().unwrap());
        let text = question(&judge, &item, "It is {right}.").text;
        assert!(
            text.contains("\nHow many {answer}?\n")
                && text.contains("\n12\n")
                && text.contains("\nIt is {right}.\n")
        );
    }

    #[test]
    fn the_last_verdict_counts() {
        assert_eq!(verdict("Same number.\nVERDICT: right"), Some(true));
        assert_eq!(verdict("VERDICT: right\nNo.\n**Verdict: wrong**"), Some(false));
        assert_eq!(verdict("verdict: **Incorrect.**"), Some(false));
        assert_eq!(verdict("It is right."), None);
    }
}
