//! What each arm makes of each trial: the answer it comes to, whether that is right, what it cost. What an arm learns it learns
//! from other questions: those of all parts but the one that the question is in (cross-fitting), so that no answer is judged by
//! weights that have seen it.

use super::arm::{Arm, Reading, VoteRule, When};
use super::design::Design;
use super::facts::{Bill, Facts, Seat};
use crate::core::rules::Weights;
use crate::core::shuffle::mix;
use crate::core::weights::{Past, Said, Scheme, Track, by_confidence, decide, learn};
use crate::core::{Dollars, MemberId};
use std::collections::BTreeMap;

/// What an arm makes of a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The trial, by its place among the facts.
    pub trial: usize,
    /// What it takes for the answer; `None` where it has none.
    pub answer: Option<u8>,
    /// Whether that is right: no answer is wrong. `None` where it is not graded.
    pub right: Option<bool>,
    /// The share of members with an answer that gave this one, 0 to 1: what is taken for its confidence.
    pub share: f64,
    /// Whether several answers tied for it and one was drawn.
    pub drawn: bool,
    /// What it cost: of the calls that it rests on.
    pub bill: Bill,
    /// The seat of the slowest of them, with how long that took in milliseconds.
    pub slowest: Option<(u8, u32)>,
}

/// What was learned for the questions of one part.
struct Fold {
    /// How often members were right where they said something.
    track: Track,
    /// How often they were right where they were asked.
    alone: Track,
    best: Option<MemberId>,
    learned: Weights,
}

/// What every arm makes of every trial of its treatment, by arms, in the order of the facts.
pub fn score(design: &Design, facts: &[Facts]) -> Vec<Vec<Scored>> {
    let needs = |arm: &Arm| match &arm.reading {
        Reading::Vote(rule, _) | Reading::Among(_, rule) => rule.learns(),
        Reading::BestSingle => true,
        _ => false,
    };
    let mut folds: BTreeMap<usize, Vec<Fold>> = BTreeMap::new();
    for arm in design.arms.iter().filter(|arm| needs(arm)) {
        folds.entry(arm.treatment).or_insert_with(|| learned(design, facts, arm.treatment));
    }
    let none: Vec<Fold> = Vec::new();
    let of_arm = |arm: &Arm| {
        let folds = folds.get(&arm.treatment).unwrap_or(&none);
        let own = facts.iter().enumerate().filter(|(_, facts)| facts.key.treatment == arm.treatment);
        own.map(|(trial, facts)| {
            let fold = folds.get(design.fold(facts.key.item));
            one(design, arm, facts, fold, trial)
        })
        .collect()
    };
    design.arms.iter().map(of_arm).collect()
}

/// What is learned of a treatment's members for the questions of each part, from those of the others.
fn learned(design: &Design, facts: &[Facts], treatment: usize) -> Vec<Fold> {
    let members: Vec<MemberId> =
        design.treatments[treatment].council.members.iter().map(|it| it.name.clone()).collect();
    let own: Vec<&Facts> = facts.iter().filter(|facts| facts.key.treatment == treatment).collect();
    let fold = |which: usize| {
        let others = |silent: bool| -> Vec<Past> {
            let others = own.iter().filter(|it| design.folds < 2 || design.fold(it.key.item) != which);
            let past = others.map(|facts| past(design, facts, &members, silent));
            past.filter(|past| !past.said.is_empty()).collect()
        };
        let history = others(false);
        let learned = learn(&history, &members, None);
        // Who says nothing is wrong: the best member alone is chosen by that too, weights are of those who say something.
        let alone = Track::of(others(true).iter(), None);
        let best = alone.best(members.iter()).cloned();
        Fold { track: Track::of(history.iter(), None), alone, best, learned: learned.weights }
    };
    (0..design.folds.max(1)).map(fold).collect()
}

/// A trial as a graded question: what members said before they saw anybody; with a wrong answer of its own for each that was
/// asked and said nothing, where that is to count.
fn past(design: &Design, facts: &Facts, members: &[MemberId], silent: bool) -> Past {
    let said = facts.seats.iter().zip(members).enumerate().filter_map(|(place, (seat, member))| {
        let member = member.clone();
        match seat.first {
            Some(group) => Some(Said { member, group: usize::from(group), right: facts.right(group)? }),
            None if silent && seat.asked && facts.gradable => {
                Some(Said { member, group: usize::MAX - place, right: false })
            }
            None => None,
        }
    });
    Past { topic: design.items[facts.key.item].topic.clone(), said: said.collect() }
}

fn one(design: &Design, arm: &Arm, facts: &Facts, fold: Option<&Fold>, trial: usize) -> Scored {
    let council = &design.treatments[arm.treatment].council;
    let seat_of = |name: &MemberId| council.slot(name).map(usize::from);
    let alone = |place: Option<usize>| place.and_then(|place| facts.seats.get(place));
    let everybody: &dyn Fn(usize) -> bool = &|_| true;
    let sits = |seat: usize| match &arm.reading {
        Reading::Among(names, _) => names.iter().any(|name| seat_of(name) == Some(seat)),
        _ => true,
    };
    let (winners, bill, slowest) = match &arm.reading {
        Reading::Result => (facts.result.into_iter().collect(), facts.all, facts.slowest),
        Reading::Ballots => (facts.chosen.to_vec(), facts.all, facts.slowest),
        Reading::Member(name) => single(seat_of(name), alone(seat_of(name))),
        Reading::BestSingle => {
            // Before anybody was graded the first seat stands for the best.
            let best = fold.and_then(|fold| fold.best.as_ref().or_else(|| first_of_best(fold, council)));
            let place = best.and_then(seat_of).unwrap_or(0);
            single(Some(place), alone(Some(place)))
        }
        Reading::Vote(rule, when) => {
            let winners = voted(*rule, *when, facts, council, fold, everybody);
            match when {
                When::First => (winners, facts.first, slowest_first(facts, everybody)),
                When::Last => (winners, facts.all, facts.slowest),
            }
        }
        Reading::Among(_, rule) => {
            let winners = voted(*rule, When::First, facts, council, fold, &sits);
            (winners, bill_of(facts, &sits), slowest_first(facts, &sits))
        }
    };
    let drawn = winners.len() > 1;
    let pick = mix(&[design.seed_of(facts.key), 0x7469_6573]) as usize % winners.len().max(1);
    let answer = winners.get(pick).copied();
    let stand = |seat: &Seat| if arm.reading.first_alone() { seat.first } else { seat.last };
    let seats = facts.seats.iter().enumerate().filter(|(seat, _)| sits(*seat));
    let standing: Vec<u8> = seats.filter_map(|(_, seat)| stand(seat)).collect();
    let share = match answer {
        Some(answer) if !standing.is_empty() => votes(&standing, answer) as f64 / standing.len() as f64,
        _ => 0.0,
    };
    let right = facts.is_right(answer);
    Scored { trial, answer, right, share, drawn, bill, slowest }
}

/// How many of these say this.
pub(super) fn votes(said: &[u8], place: u8) -> usize {
    said.iter().map(|other| usize::from(*other == place)).sum()
}

type Read = (Vec<u8>, Bill, Option<(u8, u32)>);

fn single(place: Option<usize>, seat: Option<&Seat>) -> Read {
    let bill = seat.map(|seat| seat.bill).unwrap_or_default();
    let slowest = place.and_then(|place| u8::try_from(place).ok()).map(|place| (place, bill.ms));
    let slowest = slowest.filter(|(_, ms)| *ms > 0);
    (seat.and_then(|seat| seat.first).into_iter().collect(), bill, slowest)
}

/// What the first answers of some seats cost; they are asked side by side.
fn bill_of(facts: &Facts, sits: &dyn Fn(usize) -> bool) -> Bill {
    let mut sum = Bill::default();
    for (_, seat) in facts.seats.iter().enumerate().filter(|(seat, _)| sits(*seat)) {
        sum.spent += seat.bill.spent;
        sum.unpriced = sum.unpriced.saturating_add(seat.bill.unpriced);
        sum.calls = sum.calls.saturating_add(seat.bill.calls);
        sum.input = sum.input.saturating_add(seat.bill.input);
        sum.output = sum.output.saturating_add(seat.bill.output);
        sum.ms = sum.ms.max(seat.bill.ms);
    }
    sum
}

fn slowest_first(facts: &Facts, sits: &dyn Fn(usize) -> bool) -> Option<(u8, u32)> {
    let asked = |(place, seat): &(usize, &Seat)| seat.asked && sits(*place) && seat.bill.ms > 0;
    let seats = facts.seats.iter().enumerate().filter(asked);
    seats.max_by_key(|(_, seat)| seat.bill.ms).map(|(place, seat)| (place as u8, seat.bill.ms))
}

/// Of several members that were right equally often the one in the first seat.
fn first_of_best<'c>(fold: &Fold, council: &'c crate::core::Council) -> Option<&'c MemberId> {
    let names = council.members.iter().map(|member| &member.name);
    names.fold(None, |best: Option<&MemberId>, name| match best {
        Some(best) if fold.alone.right(best) >= fold.alone.right(name) - 1e-12 => Some(best),
        _ => Some(name),
    })
}

/// The answers that win a vote: one, several that tie, or none.
fn voted(
    rule: VoteRule,
    when: When,
    facts: &Facts,
    council: &crate::core::Council,
    fold: Option<&Fold>,
    sits: &dyn Fn(usize) -> bool,
) -> Vec<u8> {
    let members: Vec<&MemberId> = council.members.iter().map(|member| &member.name).collect();
    let stands = |seat: &Seat| match when {
        When::First => seat.first,
        When::Last => seat.last,
    };
    let said: Vec<(&MemberId, usize)> = facts
        .seats
        .iter()
        .zip(&members)
        .enumerate()
        .filter(|(place, _)| sits(*place))
        .filter_map(|(_, (seat, member))| Some((*member, usize::from(stands(seat)?))))
        .collect();
    let alike = Weights::new();
    let best = fold.and_then(|fold| fold.best.as_ref());
    let by = |scheme: Scheme| {
        let weights =
            fold.map(|fold| fold.track.weights(scheme, members.iter().copied())).unwrap_or_default();
        decide(&said, &weights, best)
    };
    let votes = |group: usize| said.iter().filter(|(_, of)| *of == group).count();
    let found = match rule {
        VoteRule::Plurality => decide(&said, &alike, None),
        VoteRule::ToBest => decide(&said, &alike, best),
        VoteRule::Majority => {
            decide(&said, &alike, None).into_iter().filter(|group| votes(*group) * 2 > said.len()).collect()
        }
        VoteRule::Unanimous => {
            let all = decide(&said, &alike, None);
            all.into_iter().filter(|group| votes(*group) == said.len()).collect()
        }
        VoteRule::Accuracy => by(Scheme::Accuracy),
        VoteRule::LogOdds => by(Scheme::LogOdds),
        VoteRule::ManyOptions => by(Scheme::ManyOptions),
        VoteRule::Learned => decide(&said, fold.map_or(&alike, |fold| &fold.learned), best),
        VoteRule::Council => {
            let weights = council.members.iter().map(|member| (member.name.clone(), member.weight)).collect();
            decide(&said, &weights, None)
        }
        VoteRule::Confidence => {
            let sure: Weights = facts
                .seats
                .iter()
                .zip(&members)
                .filter_map(|(seat, member)| Some(((*member).clone(), by_confidence(f64::from(seat.sure?)))))
                .collect();
            let said: Vec<_> =
                said.iter().copied().filter(|(member, _)| sure.contains_key(*member)).collect();
            decide(&said, &sure, None)
        }
    };
    found.into_iter().filter_map(|group| u8::try_from(group).ok()).collect()
}

/// The mean of what arms spent, in US dollars; 0 for none.
pub fn mean_cost(scored: &[Scored]) -> f64 {
    let sum: Dollars = scored.iter().map(|scored| scored.bill.spent).sum();
    if scored.is_empty() { 0.0 } else { sum.usd() / scored.len() as f64 }
}
