//! How often two questions are taken for the same that are not, and the other way round: on real questions that are reworded
//! and changed by rules, and on traps written for this project. The bound was chosen on the even questions and traps; the
//! figures of the odd ones are those that count. The gates were written with the kinds of changes in view, not the questions.

use super::data;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use synod::agreement::alike::{NEAR, alike, nearness};
use synod::agreement::normalise::Features;
use synod::agreement::score;

/// Different questions that an article, a capital, a sign or a courtesy makes different, and some plainly different ones.
const TRAPS: &[(&str, &str)] = &[
    ("What is time?", "What is the time?"),
    ("Is man good?", "Is the man good?"),
    ("What is life?", "What is a life?"),
    ("Who is president?", "Who is the President?"),
    ("How do I look?", "How to look?"),
    ("How do I go?", "How can one go?"),
    ("What is mass?", "What is the Mass?"),
    ("Is space hot?", "Is the space hot?"),
    ("Where is school?", "Where is the school?"),
    ("What is on?", "What is on the a?"),
    ("How do I help the WHO?", "How do I help who?"),
    ("Can you write Rust?", "Would you write rust?"),
    ("Is 1,000 larger than 999?", "Is 1.000 larger than 999?"),
    ("What is 2^3 - 1?", "What is 2^(3 - 1)?"),
    ("How do I install C# on Debian?", "How do I install C on Debian?"),
    ("Is it bad to eat a few apples a day?", "Is it bad to eat few apples a day?"),
    ("Who wins the election in France?", "Who won the election in France?"),
    ("What did Marie tell Paul about Ann?", "What did Paul tell Marie about Ann?"),
    ("For 3 people, how much rice do I need?", "For 4 people, how much rice do I need?"),
    ("In winter, how do I wash a dog?", "In summer, how do I wash a dog?"),
    ("Should I take it with food?", "Should I take it without food?"),
    ("What is the boiling point of water at 1 bar?", "What is the freezing point of water at 1 bar?"),
    ("Which is safer, tea or coffee?", "Which is safer, coffee or tea, for a child?"),
    ("How do you sleep?", "How do I sleep?"),
];

/// Questions of both files, in one order.
fn questions() -> Option<Vec<String>> {
    let text = |value: &Value| value["question"].as_str().unwrap().to_owned();
    let lines = data("gsm8k-4-models.jsonl")?;
    let mut all: Vec<String> = lines.lines().map(|line| text(&serde_json::from_str(line).unwrap())).collect();
    let open: Vec<Value> = serde_json::from_str(&data("open-questions-5-models.json")?).unwrap();
    all.extend(open.iter().map(text));
    all.sort();
    all.dedup();
    Some(all)
}

/// The same question in other dress, by kind; none where a kind has nothing to change.
fn reworded(text: &str) -> Vec<(&'static str, String)> {
    let small = text.to_lowercase();
    let bare: String = text
        .char_indices()
        .filter(|(at, c)| {
            let number = text[at + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
            !matches!(c, '.' | ',' | '?' | '!') || number
        })
        .map(|(_, c)| c)
        .collect();
    let blanks = format!("  {} \n", text.replace(' ', "  "));
    let polite = format!("Hi! Please {}{} Thanks in advance!", text[..1].to_lowercase(), &text[1..]);
    let mut all = vec![("case", small), ("stops", bare), ("blanks", blanks), ("courtesy", polite)];
    let articles = text.replace(" the ", " ").replace(" a ", " ");
    all.push(("articles", articles));
    all.push(("numbers", text.replace(" 3 ", " three ").replace(" 5 ", " five ").replace(" 2 ", " two ")));
    all.push(("contractions", text.replace("What is ", "What's ").replace("does not", "doesn't")));
    all.push(("frame", text.replacen("How can I ", "How do I ", 1)));
    // The first sentence of a kind "In 2 years, she ...", the other way round.
    if let Some((lead, rest)) = text.split_once(", ").filter(|(lead, _)| {
        let words: Vec<&str> = lead.split(' ').collect();
        words.len() <= 5 && ["In", "On", "At", "For", "During"].contains(&words[0]) && !lead.contains('.')
    }) {
        let end = rest.find(['.', '?']).unwrap_or(rest.len());
        let lead = format!("{}{}", lead[..1].to_lowercase(), &lead[1..]);
        let begin = rest[..1].to_uppercase() + &rest[1..end];
        all.push(("order", format!("{begin} {lead}{}", &rest[end..])));
    }
    all.retain(|(_, other)| other != text);
    all
}

/// Another question that looks much the same, by kind.
fn changed(text: &str, donor: &str) -> Vec<(&'static str, String)> {
    let words: Vec<&str> = text.split(' ').collect();
    let long = |word: &&str| word.len() > 4 && word.chars().all(char::is_alphabetic);
    let places: Vec<usize> = (1..words.len()).filter(|at| long(&words[*at])).collect();
    let with = |at: usize, new: &str| {
        let mut words = words.clone();
        words[at] = new;
        words.join(" ").replace("  ", " ")
    };
    let mut all = Vec::new();
    // "After" in the place of "after" would be no other question.
    let small = text.to_lowercase();
    if let Some(at) = text.find(|c: char| c.is_ascii_digit()) {
        let digit = text.as_bytes()[at] - b'0';
        all.push(("another number", format!("{}{}{}", &text[..at], (digit + 1) % 10, &text[at + 1..])));
        all.push(("a longer number", format!("{}1{}", &text[..at], &text[at..])));
    }
    let strange = donor
        .split(' ')
        .find(|word| long(word) && !small.contains(&word.to_lowercase()))
        .unwrap_or("walnuts");
    for at in [places.first(), places.get(places.len() / 2), places.last()].into_iter().flatten() {
        all.push(("another word", with(*at, strange)));
        all.push(("a word less", with(*at, "")));
        all.push(("a word more", with(*at, &format!("{} {strange}", words[*at]))));
    }
    if let Some(pair) = places.windows(2).find(|pair| words[pair[0]] != words[pair[1]]) {
        let mut turned = words.clone();
        turned.swap(pair[0], pair[1]);
        all.push(("turned round", turned.join(" ")));
    }
    for (one, other) in [
        ("How many", "How much"),
        ("What ", "Why "),
        ("How ", "When "),
        (" more ", " less "),
        (" before ", " after "),
        (" first ", " last "),
        (" with ", " without "),
        (" all ", " some "),
        (" he ", " she "),
        (" is ", " is not "),
        (" did ", " didn't "),
        (" does ", " did "),
        (" can ", " should "),
        (" in ", " of "),
        ("$", "€"),
        ("%", ""),
        (" each ", " "),
    ] {
        if text.contains(one) {
            all.push(("a small word or sign", text.replacen(one, other, 1)));
        }
    }
    if let Some(name) =
        words.iter().skip(1).find(|word| word.len() > 2 && word.starts_with(char::is_uppercase))
    {
        all.push(("another name", text.replace(*name, "Quentin")));
    }
    if let Some((_, rest)) = text.split_once(". ") {
        all.push(("a sentence less", rest.to_owned()));
    }
    all.retain(|(_, other)| other != text);
    all
}

fn bare_score(a: &str, b: &str) -> f64 {
    score::overlap(&Features::prose(a), &Features::prose(b)).mean()
}

/// What comes of pairs: how many there are, how many are taken for the same, and how many would be by the score alone.
#[derive(Default)]
struct Count {
    all: usize,
    same: usize,
    by_score: usize,
}

impl Count {
    fn add(&mut self, a: &str, b: &str) {
        self.all += 1;
        self.same += usize::from(alike(a, b).is_some());
        self.by_score += usize::from(bare_score(a, b) >= NEAR);
    }
}

/// The best score at which a pair of different questions passes the gates.
fn worst(half: usize, questions: &[String]) -> (f64, String) {
    let pairs = questions.iter().enumerate().skip(half).step_by(2).flat_map(|(at, text)| {
        let donor = &questions[(at + 7) % questions.len()];
        changed(text, donor).into_iter().map(|(_, other)| (text.clone(), other))
    });
    let traps = TRAPS.iter().skip(half).step_by(2).map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
    let near = traps.chain(pairs).filter_map(|(a, b)| Some((nearness(&a, &b)?, format!("{a} | {b}"))));
    near.fold((0.0, String::new()), |best, one| if one.0 > best.0 { one } else { best })
}

#[test]
fn different_questions_are_told_apart_and_reworded_ones_are_found() {
    let Some(questions) = questions() else { return };
    for (half, name) in [(0, "even: chosen on"), (1, "odd: tested on")] {
        let (mut wrong, mut right) = (Count::default(), Count::default());
        let mut kinds: BTreeMap<&str, Count> = BTreeMap::new();
        for (at, text) in questions.iter().enumerate().skip(half).step_by(2) {
            for (kind, other) in changed(text, &questions[(at + 7) % questions.len()]) {
                wrong.add(text, &other);
                kinds.entry(kind).or_default().add(text, &other);
            }
            for (kind, other) in reworded(text) {
                right.add(text, &other);
                kinds.entry(kind).or_default().add(text, &other);
            }
        }
        let mut traps = Count::default();
        TRAPS.iter().skip(half).step_by(2).for_each(|(a, b)| traps.add(a, b));
        let (near, pair) = worst(half, &questions);
        println!(
            "{name}: of {} changed questions {} taken for the same (by the score alone {}); of {} traps {} ({}); \
             of {} reworded ones {} found (by the score alone {}); the nearest wrong pair that only the bound refuses: \
             {near:.3} {pair}",
            wrong.all,
            wrong.same,
            wrong.by_score,
            traps.all,
            traps.same,
            traps.by_score,
            right.all,
            right.same,
            right.by_score,
        );
        for (kind, count) in kinds {
            println!("  {kind}: {} of {} ({} by the score alone)", count.same, count.all, count.by_score);
        }
        assert_eq!((wrong.same, traps.same), (0, 0));
        assert!(right.same * 100 >= right.all * 90, "{} of {}", right.same, right.all);
    }
    let mut wrong = 0;
    let words: Vec<BTreeSet<&str>> = questions.iter().map(|text| text.split_whitespace().collect()).collect();
    for (at, a) in questions.iter().enumerate() {
        let common = |other: &usize| words[at].intersection(&words[*other]).count();
        let mut others: Vec<usize> = (0..questions.len()).filter(|other| *other != at).collect();
        others.sort_by_cached_key(|other| std::cmp::Reverse(common(other)));
        wrong += others[..10].iter().filter(|other| alike(a, &questions[**other]).is_some()).count();
    }
    println!(
        "of {} real questions with the 10 nearest of each {wrong} pairs taken for the same",
        questions.len()
    );
    assert_eq!(wrong, 0);
}

#[test]
fn no_trap_is_taken_for_the_same() {
    let taken: Vec<_> =
        TRAPS.iter().filter(|(a, b)| alike(a, b).is_some() || alike(b, a).is_some()).collect();
    assert!(taken.is_empty(), "{taken:?}");
}
