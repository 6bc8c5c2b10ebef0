//! The curve of diminishing returns: how right the plurality of k members is, over all choices of k, or over drawn ones where
//! there are too many.

use super::panel::Step;
use super::view::{Means, View, number};
use super::what::What;
use crate::core::shuffle::{mix, shuffle};
use crate::experiment::facts::Facts;

/// Up to how many members all subsets are looked at.
const ALL: usize = 10;
/// How many are drawn of each size else.
const DRAWN: usize = 200;
/// More seats than bits have no curve.
const SEATS: usize = 128;

/// What the seats of a trial said: for each answer who gave it, as bits, and how right it is.
struct Votes {
    answers: Vec<(u128, f64)>,
    /// What the trial counts for: a question counts once, however often it is repeated.
    weight: f64,
}

impl Votes {
    /// Of a trial that is graded throughout; the weight is yet to be found.
    fn new(facts: &Facts, seats: &[usize]) -> Option<Self> {
        facts.is_right(None)?;
        let mut answers: Vec<(u8, u128, f64)> = Vec::new();
        for (bit, seat) in seats.iter().enumerate() {
            let Some(place) = facts.seats.get(*seat).and_then(|seat| seat.first) else { continue };
            match answers.iter_mut().find(|(known, ..)| *known == place) {
                Some((_, who, _)) => *who |= 1 << bit,
                None => answers.push((place, 1 << bit, number(facts.right(place)?))),
            }
        }
        Some(Self { answers: answers.into_iter().map(|(_, who, right)| (who, right)).collect(), weight: 1.0 })
    }

    /// How right the plurality of some seats is: where answers tie the share of them that is right.
    fn rightness(&self, seats: u128) -> f64 {
        let (mut most, mut tied, mut right) = (1, 0.0, 0.0);
        for (who, is_right) in &self.answers {
            let votes = (who & seats).count_ones();
            if votes > most {
                (most, tied, right) = (votes, 1.0, *is_right);
            } else if votes == most {
                tied += 1.0;
                right += is_right;
            }
        }
        if tied > 0.0 { right / tied } else { 0.0 }
    }
}

/// The curve of a treatment, and of how many drawn panels of a size it is where it is not of all.
pub(super) fn curve(view: &View<'_>, treatment: usize) -> (Vec<Step>, Option<usize>) {
    let seats = &view.panels[treatment];
    if seats.len() > SEATS {
        return (Vec::new(), None);
    }
    let mut votes = Vec::new();
    let mut counts = Means::new(view.design.items.len());
    for facts in view.of(treatment) {
        if let Some(trial) = Votes::new(facts, seats) {
            counts.add(facts.key.item, Some(0.0));
            votes.push((facts.key.item, trial));
        }
    }
    let questions = counts.values().iter().flatten().count();
    if questions == 0 {
        return (Vec::new(), None);
    }
    let weigh = |(item, votes): (usize, Votes)| Votes {
        weight: 1.0 / (f64::from(counts.count(item).max(1)) * questions as f64),
        ..votes
    };
    let votes: Vec<Votes> = votes.into_iter().map(weigh).collect();
    let accuracy = |seats: u128| votes.iter().map(|votes| votes.weight * votes.rightness(seats)).sum::<f64>();
    let what = view.word(&What::Treatment(treatment));
    let mut steps: Vec<Step> = Vec::new();
    for size in 1..=seats.len() {
        let panels = panels(seats.len(), size, view.design.seed);
        let found: Vec<f64> = panels.into_iter().map(accuracy).collect();
        let mean = found.iter().sum::<f64>() / found.len().max(1) as f64;
        steps.push(Step {
            size,
            panels: found.len(),
            mean,
            least: found.iter().copied().fold(1.0, f64::min),
            most: found.iter().copied().fold(0.0, f64::max),
            added: steps.last().map(|before| mean - before.mean),
            what: what.clone(),
        });
    }
    (steps, (seats.len() > ALL).then_some(DRAWN))
}

/// The panels of a size, as bits: all of them, or drawn ones.
fn panels(seats: usize, size: usize, seed: u64) -> Vec<u128> {
    if seats <= ALL {
        return (0..1_u128 << seats).filter(|panel| panel.count_ones() as usize == size).collect();
    }
    let all = u128::MAX >> (SEATS - seats);
    let each = (0..seats).map(|seat| 1_u128 << seat);
    let drawn = |which: usize| {
        let mut order: Vec<usize> = (0..seats).collect();
        shuffle(&mut order, mix(&[seed, size as u64, which as u64]));
        order[..size].iter().fold(0, |panel, seat| panel | 1 << seat)
    };
    match size {
        // Of these there are few enough to look at all.
        1 => each.collect(),
        _ if size == seats => vec![all],
        _ if size + 1 == seats => each.map(|seat| all & !seat).collect(),
        _ => (0..DRAWN).map(drawn).collect(),
    }
}
