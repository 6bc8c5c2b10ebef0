//! Small experiments written down by hand, with their figures worked out by hand; and the means to write more of them.
#![cfg(test)]

mod laws;
mod parts;

use super::*;
use crate::core::{Council, Dollars, Member, MemberId, ModelRef};
use crate::experiment::arm::{Arm, Reading, Treatment, VoteRule, When};
use crate::experiment::facts::{Bill, Round, Said, Seat};
use crate::experiment::grader::Grader;
use crate::experiment::item::Item;
use crate::experiment::score::score;
use crate::experiment::trial::Key;

/// An experiment of so many questions, treatments with the names of their members, and arms.
pub(super) fn design(
    questions: usize,
    treatments: &[(&str, &str)],
    arms: &[(&str, usize, Reading)],
) -> Design {
    let item = |place: usize| Item {
        id: format!("q{place}"),
        question: "?".to_owned(),
        answer: Some(format!("right {place}")),
        ..Item::default()
    };
    let member = |name: &str| {
        Member::new(name, ModelRef { provider: "p".to_owned(), model: format!("m-{}", &name[..1]) })
    };
    let treatment = |(name, members): &(&str, &str)| Treatment {
        name: (*name).to_owned(),
        council: Council { members: members.split(' ').map(member).collect(), ..Council::default() },
        ..Treatment::default()
    };
    let arm = |(name, treatment, reading): &(&str, usize, Reading)| Arm {
        name: (*name).to_owned(),
        treatment: *treatment,
        reading: reading.clone(),
        control: None,
    };
    Design {
        name: "test".to_owned(),
        items: (0..questions).map(item).collect(),
        grader: Grader::Exact,
        treatments: treatments.iter().map(treatment).collect(),
        arms: arms.iter().map(arm).collect(),
        ..Design::default()
    }
}

/// A trial by what each seat said at first and then in each round, `|` between rounds: capitals are right, other letters are
/// wrong, a question mark could not be graded, `-` is no answer, `.` was not asked. Each first answer cost a tenth of a dollar.
pub(super) fn trial(key: (usize, usize, u16), line: usize, text: &str) -> Facts {
    let mut said: Vec<Said> = Vec::new();
    let mut place = |letter: char| {
        let right = (letter != '?').then(|| letter.is_uppercase());
        let value = letter.to_string();
        let known = said.iter().position(|said| *said.value == *value).unwrap_or_else(|| {
            said.push(Said { value: value.into(), right });
            said.len() - 1
        });
        known as u8
    };
    let mut read = |part: &str| -> Vec<(Option<u8>, bool)> {
        let seats = part.trim().chars();
        seats
            .map(|c| (c.is_alphabetic().then_some(c).or((c == '?').then_some(c)).map(&mut place), c != '.'))
            .collect()
    };
    let parts: Vec<_> = text.split('|').map(&mut read).collect();
    let bill = Bill { spent: Dollars::of(0.1), calls: 1, input: 100, output: 10, ms: 100, unpriced: 0 };
    let last = |seat: usize| parts.iter().rev().find_map(|round| round[seat].0);
    let seat = |(seat, (first, asked)): (usize, &(Option<u8>, bool))| Seat {
        first: *first,
        last: last(seat),
        sure: None,
        asked: *asked,
        bill: if *asked { Bill { ms: 100 + 10 * seat as u32, ..bill } } else { Bill::default() },
    };
    let seats: Box<[Seat]> = parts[0].iter().enumerate().map(seat).collect();
    let round = |part: &Vec<(Option<u8>, bool)>| Round {
        said: part.iter().map(|(said, _)| *said).collect(),
        ..Round::default()
    };
    let asked = seats.iter().filter(|seat| seat.asked).count() as u16;
    let calls = asked * parts.len() as u16;
    let all =
        Bill { spent: Dollars(bill.spent.0 * u64::from(calls)), calls, ms: 100 * parts.len() as u32, ..bill };
    Facts {
        key: Key { treatment: key.0, item: key.1, repeat: key.2 },
        line,
        result: last(0),
        rounds: parts[1..].iter().map(round).collect(),
        chosen: Box::default(),
        preferred: Box::default(),
        first: Bill { spent: Dollars(bill.spent.0 * u64::from(asked)), calls: asked, ..bill },
        all,
        grading: Bill::default(),
        slowest: Some((seats.len() as u8 - 1, 200)),
        gradable: true,
        failed: 0,
        missing: 0,
        said: said.into(),
        seats,
    }
}

/// One treatment's trials, question by question.
pub(super) fn trials(treatment: usize, texts: &[&str]) -> Vec<Facts> {
    let one = |(item, text): (usize, &&str)| trial((treatment, item, 0), 100 * treatment + item + 2, text);
    texts.iter().enumerate().map(one).collect()
}

pub(super) fn of(design: &Design, facts: &[Facts]) -> Report {
    report(design, facts, &score(design, facts))
}

pub(super) fn lines(design: &Design, facts: &[Facts], word: &str) -> Vec<usize> {
    trials_of(design, facts, &score(design, facts), &What::parse(design, word).unwrap())
}

pub(super) fn vote() -> Reading {
    Reading::Vote(VoteRule::Plurality, When::First)
}

pub(super) fn alone(name: &str) -> Reading {
    Reading::Member(MemberId(name.to_owned()))
}

pub(super) fn near(found: impl Into<Option<f64>>, value: f64) {
    let found = found.into().unwrap();
    assert!((found - value).abs() < 1e-9, "{found} is not {value}");
}

/// Three members and eight questions: a is right on six, b on five, c on two; the vote is right on six.
pub(super) const COUNCIL: [&str; 8] = ["AAA", "AAx", "AAx", "Axx", "AxA", "AAx", "xBB", "xxx"];

pub(super) fn council() -> (Design, Vec<Facts>) {
    let arms = [("council", 0, vote()), ("a", 0, alone("a")), ("c", 0, alone("c"))];
    (design(8, &[("council", "a b c")], &arms), trials(0, &COUNCIL))
}

#[test]
fn arms_have_their_accuracies_and_costs() {
    let (design, facts) = council();
    let report = of(&design, &facts);
    let [council, a, c] = &report.arms[..] else { panic!("{:?}", report.arms) };
    // "Axx" goes to x; "xBB" to B.
    assert_eq!((council.right.count, council.wrong.count, council.accuracy.n), (6, 2, 8));
    near(council.accuracy.mean, 0.75);
    near(a.accuracy.mean, 0.75);
    near(c.accuracy.mean, 3.0 / 8.0);
    let wilson = council.accuracy.wilson.unwrap();
    assert!((wilson.low - 0.4093).abs() < 1e-4 && (wilson.high - 0.9285).abs() < 1e-4, "{wilson:?}");
    let bootstrap = council.bootstrap.unwrap();
    assert!(bootstrap.low < 0.75 && bootstrap.high > 0.75 && bootstrap.low >= 0.375);
    near(council.costs.total_usd, 2.4);
    near(council.costs.mean_usd, 0.3);
    near(council.costs.per_right_usd, 0.4);
    near(a.costs.per_right_usd, 0.8 / 6.0);
    assert_eq!((council.costs.calls, council.done, council.of), (24, 8, 8));
    near(council.latency.median_ms, 100.0);
    assert_eq!(council.latency.slowest.len(), 1);
    assert_eq!((council.latency.slowest[0].member.as_str(), council.latency.slowest[0].trials), ("c", 8));
    // Equal accuracy at a third of the cost: the council is beaten, and so is c.
    let on: Vec<(&str, bool)> = report.frontier.iter().map(|it| (it.arm.as_str(), it.on_frontier)).collect();
    assert_eq!(on, [("a", true), ("c", false), ("council", false)]);
    assert_eq!(lines(&design, &facts, "arm:council/wrong"), [5, 9]);
    assert_eq!(lines(&design, &facts, "slowest:council/c").len(), 8);
}

#[test]
fn arms_are_compared_question_by_question() {
    let (design, facts) = council();
    let report = of(&design, &facts);
    let pairs: Vec<(&str, &str)> =
        report.comparisons.iter().map(|it| (it.arm.as_str(), it.against.as_str())).collect();
    assert_eq!(pairs, [("a", "council"), ("c", "council"), ("c", "a")]);
    let c = &report.comparisons[1];
    // c is right where the council is not on none, and wrong where it is right on three.
    assert_eq!((c.better.count, c.worse.count, c.same.count, c.n), (0, 3, 5, 8));
    near(c.difference, -3.0 / 8.0);
    near(c.p, 0.25);
    near(c.p_holm, 0.75);
    assert_eq!(c.verdict, Verdict::NotShown);
    let a = &report.comparisons[0];
    assert_eq!((a.better.count, a.worse.count), (1, 1));
    near(a.p, 1.0);
    assert_eq!(lines(&design, &facts, &a.better.what), [5]);
    assert_eq!(lines(&design, &facts, "pair:a/council/worse"), [8]);
    assert_eq!(lines(&design, &facts, "pair:council/a/better"), [8]);
}

#[test]
fn what_is_shown_is_shown_after_correction_and_only_on_what_both_have() {
    let arms = [("both", 0, vote()), ("other", 1, vote())];
    let design = design(40, &[("both", "a"), ("other", "b")], &arms);
    let mut facts = trials(0, &["A"; 40]);
    // The second arm is not done on the last ten, and one of its answers can't be graded.
    let other: Vec<&str> = (0..30).map(|item| if item < 12 { "b" } else { "B" }).collect();
    facts.extend(trials(1, &other));
    facts[69] = trial((1, 29, 0), 131, "?");
    let report = of(&design, &facts);
    let found = &report.comparisons[0];
    assert_eq!((found.n, found.worse.count, found.same.count), (29, 12, 17));
    near(found.p, 2.0 / 4096.0);
    near(found.p_holm, found.p);
    assert_eq!(found.verdict, Verdict::Worse);
    let other = &report.arms[1];
    assert_eq!((other.done, other.of, other.ungraded.count, other.ungraded_questions), (30, 40, 1, 1));
    assert_eq!(other.accuracy.n, 29);
    assert_eq!(found.smallest, crate::stats::smallest_difference(29, 12.0 / 29.0, 0.05, 0.8));
    assert!(found.smallest.is_some() && found.smallest == found.smallest_of_all);
    assert_eq!(lines(&design, &facts, "arm:other/ungraded"), [131]);
    assert_eq!(lines(&design, &facts, "pair:other/both").len(), 58);
}

#[test]
fn an_experiment_without_a_trial_has_a_report() {
    let (design, _) = council();
    let report = of(&design, &[]);
    assert_eq!((report.arms.len(), report.comparisons.len(), report.frontier.len()), (3, 3, 0));
    assert_eq!((report.arms[0].accuracy.mean, report.arms[0].bootstrap), (None, None));
    near(report.comparisons[0].p, 1.0);
    assert!(report.panels.is_empty() && report.disagreements.is_empty());
    let nothing = of(&Design::default(), &[]);
    assert!(nothing.arms.is_empty() && nothing.comparisons.is_empty());
}

#[test]
fn asking_twice_is_not_knowing_twice_as_much() {
    let (once, facts) = council();
    let twice = Design { repeats: 2, ..once.clone() };
    let again = COUNCIL.iter().enumerate().map(|(item, text)| trial((0, item, 1), item + 50, text));
    let both: Vec<Facts> = facts.iter().cloned().chain(again).collect();
    let (one, two) = (of(&once, &facts), of(&twice, &both));
    for (one, two) in one.arms.iter().zip(&two.arms) {
        assert_eq!((one.accuracy.mean, one.accuracy.n), (two.accuracy.mean, two.accuracy.n));
        assert_eq!((one.accuracy.wilson, one.bootstrap), (two.accuracy.wilson, two.bootstrap));
        assert_eq!((2 * one.right.count, 2 * one.done), (two.right.count, two.done));
    }
    for (one, two) in one.comparisons.iter().zip(&two.comparisons) {
        assert_eq!((one.p, one.n, one.bootstrap), (two.p, two.n, two.bootstrap));
    }
    assert_eq!(one.panels[0].curve.len(), 3);
    for (one, two) in one.panels[0].curve.iter().zip(&two.panels[0].curve) {
        near(one.mean, two.mean);
    }
    // Half right is half a question, and differs from a whole one.
    let mut mixed = both;
    mixed[8] = trial((0, 0, 1), 50, "xxx");
    let report = of(&twice, &mixed);
    near(report.arms[0].accuracy.mean, 5.5 / 8.0);
    assert_eq!(report.arms[0].accuracy.n, 8);
}
