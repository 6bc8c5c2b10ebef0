//! A trial seen from its seats: what the plurality of the first answers is, and what it would be without each of them.

use super::view::{plurality, rightness};
use super::what::Of;
use crate::experiment::facts::Facts;

/// The plurality of a trial's first answers, with and without each seat.
pub(super) struct Seatwise<'a> {
    pub facts: &'a Facts,
    whole: Vec<u8>,
    without: Vec<(usize, Vec<u8>)>,
}

impl<'a> Seatwise<'a> {
    /// For these seats.
    pub fn new(facts: &'a Facts, seats: &[usize]) -> Self {
        let first = |but: Option<usize>| {
            let seats = facts.seats.iter().enumerate().filter(move |(place, _)| Some(*place) != but);
            plurality(seats.filter_map(|(_, seat)| seat.first))
        };
        let without = seats.iter().map(|seat| (*seat, first(Some(*seat)))).collect();
        Self { facts, whole: first(None), without }
    }

    /// How much more right the plurality is without a seat, −1 to 1; `None` where that is not known.
    pub fn difference(&self, seat: usize) -> Option<f64> {
        let (_, without) = self.without.iter().find(|(place, _)| *place == seat)?;
        Some(rightness(self.facts, without)? - rightness(self.facts, &self.whole)?)
    }

    /// Whether it is so of a seat here; never where it was not asked.
    pub fn happened(&self, place: usize, of: Of) -> bool {
        let Some(seat) = self.facts.seats.get(place).filter(|seat| seat.asked) else { return false };
        let right = self.facts.is_right(seat.first);
        match of {
            Of::All => true,
            Of::Right => right == Some(true),
            Of::Wrong => right == Some(false),
            Of::Silent => seat.first.is_none(),
            Of::Alone => {
                let mut others = self.facts.seats.iter().enumerate().filter(|(other, _)| *other != place);
                right == Some(true) && others.all(|(_, other)| self.facts.is_right(other.first) != Some(true))
            }
            Of::Changes => self.without.iter().any(|(other, top)| *other == place && *top != self.whole),
            Of::Helps => self.difference(place).is_some_and(|by| by < -1e-9),
            Of::Hurts => self.difference(place).is_some_and(|by| by > 1e-9),
            _ => false,
        }
    }
}
