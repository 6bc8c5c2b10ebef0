//! How alike the errors of a panel's members are, pair by pair.

use super::panel::{Alike, Diversity};
use super::view::{Means, View, mean, number};
use super::what::{Of, What};
use crate::experiment::facts::Facts;
use crate::stats::diversity::Both;

/// Whether two seats of a trial were right, where both were asked and are graded.
pub(super) fn rights(facts: &Facts, one: usize, other: usize) -> Option<(bool, bool)> {
    let right = |seat: usize| {
        facts.seats.get(seat).filter(|seat| seat.asked).and_then(|seat| facts.is_right(seat.first))
    };
    right(one).zip(right(other))
}

/// Whether some first answer of a trial is right; `None` where the trial is not graded.
pub(super) fn any_right(facts: &Facts) -> Option<bool> {
    facts.is_right(None)?;
    Some(facts.seats.iter().filter_map(|seat| seat.first).any(|place| facts.right(place) == Some(true)))
}

/// How alike the errors of a treatment's members are.
pub(super) fn diversity(view: &View<'_>, treatment: usize) -> Diversity {
    let seats = &view.panels[treatment];
    let others = |at: usize| seats[at + 1..].iter().map(move |other| (seats[at], *other));
    let pairs: Vec<Alike> =
        (0..seats.len()).flat_map(others).map(|(one, other)| alike(view, treatment, one, other)).collect();
    let mut oracle = Means::new(view.design.items.len());
    for facts in view.of(treatment) {
        oracle.add(facts.key.item, any_right(facts).map(number));
    }
    let over = |figure: fn(&Alike) -> Option<f64>| mean(pairs.iter().filter_map(figure));
    Diversity {
        phi: over(|pair| pair.phi),
        q: over(|pair| pair.q),
        disagreement: over(|pair| pair.disagreement),
        double_fault: over(|pair| pair.double_fault),
        same_wrong: over(|pair| pair.same_wrong),
        oracle: oracle.share(view.word(&What::Panel(treatment, Of::All))),
        pairs,
    }
}

fn alike(view: &View<'_>, treatment: usize, one: usize, other: usize) -> Alike {
    let (mut both, mut same) = (Both::default(), 0_u64);
    for facts in view.of(treatment) {
        let Some((first, second)) = rights(facts, one, other) else { continue };
        both.add(first, second);
        let said = (facts.seats[one].first, facts.seats[other].first);
        // Two that say nothing don't say the same.
        same += u64::from(!first && !second && said.0 == said.1 && said.0.is_some());
    }
    Alike {
        one: view.seat(treatment, one).to_owned(),
        other: view.seat(treatment, other).to_owned(),
        trials: both.all(),
        phi: both.phi(),
        q: both.q(),
        disagreement: both.disagreement(),
        double_fault: both.double_fault(),
        same_wrong: (both.all() > 0).then(|| same as f64 / both.all() as f64),
        what: view.word(&What::Alike(treatment, one, other)),
    }
}
