//! An experiment with a bit of everything, made from numbers alone: a vote, a debate that is worth something, controls, money,
//! topics, judges, two repeats, a call that failed. Names are plain or hostile.
#![cfg(test)]

use crate::cli::experiment::ReportFormat as Format;
use crate::core::shuffle::mix;
use crate::core::{Council, Dollars, Member, MemberId, ModelRef};
use crate::experiment::arm::{Arm, Control, Reading, Treatment, VoteRule, When};
use crate::experiment::facts::{Bill, Facts, Round, Said, Seat};
use crate::experiment::trial::Key;
use crate::experiment::{Design, Grader, Item};

pub(super) const FORMATS: [(&str, Format); 5] = [
    ("terminal", Format::Terminal),
    ("markdown", Format::Markdown),
    ("json", Format::Json),
    ("csv", Format::Csv),
    ("html", Format::Html),
];

/// What things are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Plain,
    /// Markup, formulas, escape sequences, characters that turn text around, and much too long.
    Hostile,
}

impl Names {
    fn of(self, plain: &str) -> String {
        const TRICKS: [&str; 6] = [
            "<script>alert(1)</script>",
            "=cmd()|'/c calc'!A1",
            "\u{1b}[2J\u{1b}]52;c;eA==\u{7}",
            "\" onload=\"alert(1)",
            "`|a|b| **x** [y](javascript:alert(1))",
            "\u{202e}very long and turned round 東京 and longer than any column could be",
        ];
        match self {
            Self::Plain => plain.to_owned(),
            Self::Hostile => format!("{}{plain}", TRICKS[plain.len() % TRICKS.len()]),
        }
    }
}

const QUESTIONS: usize = 60;

/// What is to be carried out.
pub(super) fn design(names: Names) -> Design {
    let item = |place: usize| Item {
        id: names.of(&format!("q{place:02}")),
        question: "?".to_owned(),
        answer: Some(format!("{place}")),
        topic: Some(names.of(["algebra", "money", "time"][place % 3])),
        ..Item::default()
    };
    let member = |name: &str| {
        let model = ModelRef { provider: "local".to_owned(), model: name.to_owned() };
        Member::new(&names.of(name), model)
    };
    let treatment = |name: &str, members: &[&str]| Treatment {
        name: names.of(name),
        council: Council { members: members.iter().map(|name| member(name)).collect(), ..Council::default() },
        ..Treatment::default()
    };
    let arm = |name: &str, treatment: usize, reading: Reading, control: Option<Control>| Arm {
        name: names.of(name),
        treatment,
        reading,
        control,
    };
    let vote = |when: When| Reading::Vote(VoteRule::Plurality, when);
    Design {
        name: names.of("does it help"),
        items: (0..QUESTIONS).map(item).collect(),
        grader: Grader::Exact,
        treatments: vec![
            treatment("vote", &["ada", "bob", "cy", "dot", "eve"]),
            treatment("debate", &["ada", "bob", "cy"]),
        ],
        arms: vec![
            arm("vote", 0, vote(When::First), None),
            arm("debate", 1, vote(When::Last), None),
            arm("dot alone", 0, Reading::Member(MemberId(names.of("dot"))), None),
            arm("best single of vote", 0, Reading::BestSingle, Some(Control::BestSingle)),
            arm("first vote of debate", 1, vote(When::First), Some(Control::FirstVote)),
        ],
        baseline: 3,
        repeats: 2,
        seed: 7,
        notes: vec![format!("no Self-MoA: {} can't make one text of several", names.of("dot"))],
        ..Design::default()
    }
}

/// A number from 0 to 99 that depends on nothing but what it is drawn from.
fn draw(from: &[u64]) -> u64 {
    mix(from) % 100
}

/// What came of it.
pub(super) fn facts(design: &Design) -> Vec<Facts> {
    let mut found = Vec::new();
    for treatment in 0..design.treatments.len() {
        for item in 0..design.items.len() {
            for repeat in 0..design.repeats {
                let line = found.len() + 2;
                found.push(trial(design, Key { treatment, item, repeat }, line));
            }
        }
    }
    found
}

/// Of every 100 questions so many does a member get right at first.
const SKILLS: [u64; 5] = [72, 66, 61, 40, 55];

fn trial(design: &Design, key: Key, line: usize) -> Facts {
    let seats = design.treatments[key.treatment].council.members.len();
    let (item, repeat) = (key.item as u64, u64::from(key.repeat));
    let hard = draw(&[1, item]) / 3;
    // 0 is right, others are wrong.
    let says = |seat: usize, when: u64| -> u8 {
        let chance = SKILLS[seat] + 12 * when + 14 - hard.min(SKILLS[seat]);
        let from = [2, item, repeat, seat as u64, when];
        if draw(&from) < chance { 0 } else { 1 + (draw(&[3, item, seat as u64]) % 3) as u8 }
    };
    let silent = key.treatment == 0 && item % 17 == 3;
    let first: Vec<Option<u8>> =
        (0..seats).map(|seat| Some(says(seat, 0)).filter(|_| !(silent && seat == 3))).collect();
    let mut rounds: Vec<Round> = Vec::new();
    if key.treatment == 1 {
        let mut before = first.clone();
        for when in 1..=2 {
            let said: Vec<Option<u8>> = (0..seats).map(|seat| Some(says(seat, when))).collect();
            let moved = before.iter().zip(&said).filter(|(before, now)| before != now).count() as u16;
            let caved = moved / 3;
            rounds.push(Round {
                said: said.clone().into(),
                held: seats as u16 - moved,
                argued: moved - caved,
                caved,
                changed: 0,
            });
            before = said;
        }
    }
    let last = rounds.last().map_or_else(|| first.clone(), |round| round.said.to_vec());
    let bill = |calls: usize| Bill {
        spent: Dollars::of(0.0004 * calls as f64),
        calls: calls as u16,
        input: 220 * calls as u32,
        output: 90 * calls as u32,
        ms: 700 * calls.div_ceil(seats) as u32 + draw(&[4, item, repeat]) as u32 * 20,
        unpriced: 0,
    };
    let seat = |seat: usize| Seat {
        first: first[seat],
        last: last[seat],
        sure: None,
        asked: true,
        bill: Bill { ms: 500 + 40 * seat as u32 + draw(&[5, item, seat as u64]) as u32 * 8, ..bill(1) },
    };
    let words = ["right", "wrong", "other", "else"];
    let said = words.iter().enumerate().map(|(at, word)| Said {
        value: if at == 0 { key.item.to_string().into() } else { format!("{word} {}", key.item).into() },
        right: Some(at == 0),
    });
    Facts {
        key,
        line,
        said: said.collect(),
        seats: (0..seats).map(seat).collect(),
        result: last[0],
        chosen: Box::default(),
        preferred: if first[0] == Some(0) && first[2] != Some(0) {
            Box::from([(0, 2)])
        } else {
            Box::default()
        },
        all: bill(seats * (rounds.len() + 1)),
        first: bill(seats),
        grading: Bill::default(),
        slowest: Some(((draw(&[6, item, repeat]) % seats as u64) as u8, 1300)),
        gradable: true,
        failed: u16::from(silent),
        missing: 0,
        rounds: rounds.into(),
    }
}
