//! How hard a question looks, before anybody reads it: a sum of small hints, each with its reason. It is a guess by the form
//! of a question and not by its matter; no model is asked, and files are looked at by their size and kind alone.
//!
//! The weights were set by hand. Routers that learn what is hard (Ong et al., `RouteLLM`, arXiv 2406.18665) need a model or an
//! embedding of the question; here a triage member is asked where the form says too little.

use super::asks::{CONSTRAINTS, GREETINGS, KINDS, LOOKUPS};
use super::words::{dense, folded, holds, of_word, words};
use crate::core::question::File;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What every question begins with, in hundredths.
const START: i32 = 20;
/// So many bytes at the beginning of a question and a third of that at its end are looked at; the rest counts by its length.
const LOOKED_AT: usize = 12 * 1024;
/// How many files, and how many bytes of each, are looked at for program text.
const FILES: (usize, usize) = (50, 4 * 1024);
/// Up to so many words a question is a short one.
const SHORT: usize = 12;
/// Endings of names of files with program text.
const CODE: [&str; 32] = [
    "rs", "py", "js", "ts", "tsx", "jsx", "go", "c", "h", "cc", "cpp", "hpp", "cs", "java", "kt", "swift",
    "rb", "php", "scala", "hs", "ml", "lua", "pl", "r", "jl", "sql", "sh", "zig", "ex", "clj", "dart", "vue",
];

/// How hard a question looks, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Complexity {
    /// 0 to 1, in whole hundredths.
    pub score: f64,
    /// What it is the sum of, a hint a line, for people: `asks for a comparison (+0.20)`. Where they come to less than 0 or
    /// more than 1, the score ends there.
    pub reasons: Vec<String>,
}

/// The hints so far.
#[derive(Default)]
struct Hints {
    points: i32,
    reasons: Vec<String>,
}

impl Hints {
    /// Adds a hint of so many hundredths; none where that is nothing.
    fn add(&mut self, points: i32, said: impl AsRef<str>) {
        if points != 0 {
            self.points += points;
            self.reasons.push(format!("{} ({:+.2})", said.as_ref(), f64::from(points) / 100.0));
        }
    }
}

/// How hard a question with these files looks. The same question always looks as hard.
pub fn complexity(question: &str, files: &[File]) -> Complexity {
    let seen = looked_at(question);
    let text = folded(&seen);
    let held: BTreeSet<&str> = words(&text).collect();
    let count = length(&text) + (question.len() - seen.len().min(question.len())) / 6;
    let mut hints = Hints::default();
    hints.add(START, "any question");
    // Six hundredths each time it is twice as long: 24 words, 48, … 384.
    hints.add(6 * (count / SHORT).max(1).ilog2().min(5) as i32, format!("{count} words"));
    let parts = parts(&text);
    hints.add(8 * (parts.min(4) as i32 - 1).max(0), format!("asks {parts} things"));
    let mut asks = false;
    for kind in KINDS.iter().filter(|kind| any(&text, &held, kind.words).next().is_some()) {
        hints.add(kind.points, kind.said);
        asks = true;
    }
    let bound = any(&text, &held, CONSTRAINTS).count();
    hints.add(5 * bound.min(3) as i32, format!("sets {}", plural(bound, "condition")));
    if is_code(&seen) || files.iter().take(FILES.0).any(of_code) {
        hints.add(10, "holds program text");
    }
    if is_maths(&text) {
        hints.add(10, "holds mathematics");
    } else if numbers(&text) > 1 {
        hints.add(5, "holds numbers");
    }
    volume(&mut hints, files);
    if files.is_empty() {
        simple(&mut hints, &text, &held, count, asks || parts > 1);
    }
    Complexity { score: f64::from(hints.points.clamp(0, 100)) / 100.0, reasons: hints.reasons }
}

/// What speaks for a simple question.
fn simple(hints: &mut Hints, text: &str, held: &BTreeSet<&str>, count: usize, asks: bool) {
    let text = text.trim_start_matches(|c| !of_word(c) && !dense(c));
    let is_dense = text.starts_with(dense);
    let begins = |phrase: &str| {
        let rest = text.strip_prefix(phrase);
        rest.is_some_and(|rest| !rest.starts_with(of_word)) || is_dense && holds(text, phrase)
    };
    if count <= 4 && any(text, held, GREETINGS).next().is_some() && !text.contains('?') {
        hints.add(-30, "looks like a greeting");
    } else if count <= SHORT + 3 && !asks && LOOKUPS.split(',').any(begins) {
        hints.add(-20, "looks like a lookup");
    }
    let sentences = text
        .split(['.', '!', '?', '。', '？', '！', '\n'])
        .filter(|part| part.contains(char::is_alphanumeric));
    if count <= 6 && sentences.take(2).count() <= 1 {
        hints.add(-10, "one short sentence");
    }
}

/// What files add: five hundredths for any, and as much for each fourfold of two thousand bytes.
fn volume(hints: &mut Hints, files: &[File]) {
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    let fourfolds = (bytes / 2000).max(1).ilog2() / 2;
    if bytes > 0 {
        let said = format!("{} with {} KB", plural(files.len(), "file"), bytes.div_ceil(1000));
        hints.add(5 + 5 * fourfolds.min(4) as i32, said);
    }
}

/// The part of a question that is looked at: of a very long one the beginning and the end, where people ask.
fn looked_at(question: &str) -> Cow<'_, str> {
    if question.len() <= LOOKED_AT + LOOKED_AT / 3 {
        return Cow::Borrowed(question);
    }
    let (mut head, mut tail) = (LOOKED_AT, question.len() - LOOKED_AT / 3);
    while !question.is_char_boundary(head) {
        head -= 1;
    }
    while !question.is_char_boundary(tail) {
        tail += 1;
    }
    Cow::Owned(format!("{}\n{}", &question[..head], &question[tail..]))
}

/// How many words a text has; two characters of a script without spaces are one.
fn length(text: &str) -> usize {
    words(text).count() + text.chars().filter(|c| dense(*c)).count().div_ceil(2)
}

/// Which of these words and phrases, set off by commas, a text holds.
fn any<'a>(text: &'a str, held: &'a BTreeSet<&str>, list: &'a str) -> impl Iterator<Item = &'a str> {
    list.split(',').filter(|word| {
        // A look at the set spares a search through the text; only phrases need one.
        if word.chars().all(of_word) { held.contains(word) } else { holds(text, word) }
    })
}

/// How many things are asked: marks of questions at the end of words, or items of a list, whichever are more.
fn parts(text: &str) -> usize {
    let ends = |(at, mark): (usize, &str)| {
        text[at + mark.len()..].chars().next().is_none_or(|next| !of_word(next) && next != '=')
    };
    let marks = text.match_indices('?').filter(|found| ends(*found)).count();
    let others = text.matches(['؟', '՞']).count();
    let spaced = |rest: &str| rest.starts_with(' ');
    let item = |line: &&str| {
        let line = line.trim_start();
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_numbered = number.len() < line.len() && number.strip_prefix(['.', ')']).is_some_and(spaced);
        is_numbered || line.strip_prefix(['-', '*', '•']).is_some_and(spaced)
    };
    (marks + others).max(text.lines().filter(item).count())
}

/// Whether a text holds program text: a fence, or two lines that end as program text does.
fn is_code(text: &str) -> bool {
    let ends = |line: &&str| {
        let line = line.trim_end();
        line.ends_with([';', '{', '}']) || line.ends_with("):") || line.ends_with("=>")
    };
    text.contains("```") || text.lines().filter(ends).take(2).count() > 1
}

/// Whether a file is program text by its name, or holds a fence near its beginning.
fn of_code(file: &File) -> bool {
    let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let start = &file.text.as_bytes()[..file.text.len().min(FILES.1)];
    ending.is_some_and(|ending| CODE.contains(&ending.as_str())) || start.windows(3).any(|it| it == b"```")
}

/// Whether a text holds formulas.
fn is_maths(text: &str) -> bool {
    let sign = |c| matches!(c, '∑' | '∏' | '∫' | '√' | '≤' | '≥' | '≠' | '∈' | '∀' | '∃' | '∂' | '∞' | '≈');
    let written =
        ["$$", "\\frac", "\\sum", "\\int", "\\sqrt", "sqrt(", "x^", "n^", "integral of", "equation"];
    text.contains(sign) || written.iter().any(|it| text.contains(it))
}

/// How many numbers a text holds, two at the most.
fn numbers(text: &str) -> usize {
    words(text).filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).take(2).count()
}

/// So many of something.
fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(question: &str) -> i32 {
        (complexity(question, &[]).score * 100.0).round() as i32
    }

    fn file(name: &str, text: &str) -> File {
        File { name: name.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn lookups_and_greetings_look_easy() {
        for question in [
            "What is the capital of France?",
            "hi",
            "Thanks!",
            "Who wrote Faust?",
            "Translate 'good morning' into Polish",
            "Was ist ein Monopol?",
            "什么是光合作用？",
            "光合作用とは",
            "¿Qué es un átomo?",
            "",
            "?",
        ] {
            assert!(points(question) <= 10, "{question}: {:?}", complexity(question, &[]));
        }
        assert!(points("Why is the sky blue?") < 35);
    }

    #[test]
    fn comparisons_proofs_and_plans_look_hard() {
        for question in [
            "Compare Postgres and MySQL as an event store",
            "Prove that the square root of two is irrational",
            "Should we move our public API from REST to gRPC, and why?",
            "比较一下这两种方案，并分析为什么",
            "Vergleiche beide Verfahren und begründe, welches besser ist",
        ] {
            assert!((35..65).contains(&points(question)), "{question}: {:?}", complexity(question, &[]));
        }
        let hard = "Design a payment system for two regions that must survive the loss of one, with at most 5 s of lost \
            writes. Compare two architectures, explain the trade-offs, and say which you would recommend and why.";
        assert!(points(hard) >= 65, "{:?}", complexity(hard, &[]));
    }

    #[test]
    fn reasons_say_what_the_score_is_the_sum_of() {
        let found = complexity("Compare tea and coffee: which must I choose? And when?", &[]);
        let expected = [
            "any question (+0.20)",
            "asks 2 things (+0.08)",
            "asks for a comparison (+0.20)",
            "sets 1 condition (+0.05)",
        ];
        assert_eq!(found.reasons, expected);
        assert!((found.score - 0.53).abs() < 1e-9);
        let short = complexity("What is tea?", &[]);
        assert_eq!(short.reasons[1..], ["looks like a lookup (-0.20)", "one short sentence (-0.10)"]);
        assert!(short.score.abs() < 1e-9);
    }

    #[test]
    fn length_and_parts_count_whatever_the_script() {
        assert!(points(&"word ".repeat(400)) == START + 30);
        assert!(points(&"字".repeat(800)) == START + 30);
        assert_eq!(parts("- a\n- b\n* c\n"), 3);
        assert_eq!(parts("1. a\n2) b\n• c"), 3);
        assert_eq!(parts("see http://a.b/?q=1 -- ok?"), 1);
        assert_eq!(parts(&folded("一？二？")), 2, "folding makes them ASCII");
    }

    #[test]
    fn files_count_by_size_and_code_by_fence_ending_or_lines() {
        let of = |files: &[File]| (complexity("Read this", files).score * 100.0).round() as i32;
        assert_eq!(of(&[file("a.txt", "x")]), START + 5);
        assert_eq!(of(&[file("a.txt", &"x".repeat(40_000))]), START + 15);
        assert_eq!(of(&[file("a.txt", &"x".repeat(9_000_000))]), START + 25);
        assert_eq!(of(&[file("a.RS", "x")]), START + 15);
        assert_eq!(of(&[file("a.md", "```\nx\n```")]), START + 15);
        assert_eq!(of(&[file("empty.txt", "")]), START);
        assert!(is_code("let a = 1;\nlet b = 2;\n") && !is_code("Well; this;\nand that"));
        assert!(complexity("x^2 = 4", &[]).reasons.contains(&"holds mathematics (+0.10)".to_owned()));
        assert!(complexity("from 3 to 5", &[]).reasons.contains(&"holds numbers (+0.05)".to_owned()));
    }

    #[test]
    fn a_huge_question_is_looked_at_in_part_and_its_end_is_seen() {
        let huge = format!("{} Compare them.", "ü".repeat(3_000_000));
        let found = complexity(&huge, &[]);
        assert!(found.reasons.contains(&"asks for a comparison (+0.20)".to_owned()), "{found:?}");
        assert!(looked_at(&huge).len() <= LOOKED_AT + LOOKED_AT / 3 + 1);
    }

    proptest! {
        #[test]
        fn any_text_has_a_score(text in ".*", copies in 1_usize..4000) {
            let text = text.repeat(copies.min(4_000 / text.len().max(1)));
            let found = complexity(&text, &[file(&text, &text)]);
            prop_assert!((0.0..=1.0).contains(&found.score));
            prop_assert_eq!(found, complexity(&text, &[file(&text, &text)]));
        }
    }
}
