//! The trail of positions through a debate's rounds, and what can be told from it: who is back where they were, whether a
//! split repeats, whether nothing moves any more. It knows seats and positions, not texts.

use super::position::{Position, grouped};
use std::collections::BTreeMap;

/// Where each seat stands after a round.
pub type Split = BTreeMap<u16, Position>;

/// Where each seat stands after each round, the first answers first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trail {
    /// By round.
    pub rounds: Vec<Split>,
}

/// What a trail came to that goes nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// These seats are back at a position that they had left.
    Returned(Vec<u16>),
    /// The split is one that was there before, although members moved since.
    Repeats,
    /// Nobody moved in the last round, and they are not of one mind.
    Deadlock,
}

/// How many hold each position, by who holds it, in order of first seats; those without one are left out.
pub fn groups(split: &Split) -> Vec<(&Position, Vec<u16>)> {
    grouped(split.iter().map(|(seat, position)| (*seat, position)))
}

/// Whether all stand at the same position, two at least.
pub fn unanimous(split: &Split) -> bool {
    let groups = groups(split);
    groups.len() == 1 && groups[0].1.len() == split.len() && split.len() > 1
}

impl Trail {
    fn last_two(&self) -> Option<(&Split, &Split)> {
        match self.rounds.as_slice() {
            [.., before, last] => Some((before, last)),
            _ => None,
        }
    }

    /// How many held their position in the last round; `None` where someone moved, or fewer than two can be told of. A
    /// position that can't be found on one side counts as held.
    pub fn unmoved(&self) -> Option<usize> {
        let (before, last) = self.last_two()?;
        let told = |(seat, now): (&u16, &Position)| {
            let then = before.get(seat).filter(|then| then.stated() && now.stated())?;
            Some(then.same(now))
        };
        let held: Vec<bool> = last.iter().filter_map(told).collect();
        (held.len() > 1 && held.iter().all(|held| *held)).then_some(held.len())
    }

    /// The seats that came back in the last round to a position that they had left.
    pub fn returned(&self) -> Vec<u16> {
        let Some((before, last)) = self.last_two() else { return Vec::new() };
        let back = |seat: &u16| {
            let now = &last[seat];
            let moved = before.get(seat).is_some_and(|then| then.stated() && !then.same(now));
            let was = |split: &Split| split.get(seat).is_some_and(|then| then.same(now));
            now.stated() && moved && self.rounds[..self.rounds.len() - 2].iter().any(was)
        };
        last.keys().copied().filter(back).collect()
    }

    /// Whether as many hold each position as after an earlier round, although someone moved in the last one.
    pub fn repeats(&self) -> bool {
        let Some((before, last)) = self.last_two() else { return false };
        let moved = |(seat, now): (&u16, &Position)| {
            before.get(seat).is_some_and(|then| then.stated() && now.stated() && !then.same(now))
        };
        if !last.iter().any(moved) {
            return false;
        }
        let now = groups(last);
        let alike = |split: &Split| {
            let then = groups(split);
            let known = |(position, seats): &(&Position, Vec<u16>)| {
                then.iter().any(|(other, held)| other.same(position) && held.len() == seats.len())
            };
            then.len() == now.len() && now.iter().all(known)
        };
        self.rounds[..self.rounds.len() - 1].iter().any(alike)
    }

    /// Where the debate goes round in circles, or nowhere.
    pub fn pattern(&self) -> Option<Pattern> {
        let returned = self.returned();
        if !returned.is_empty() {
            return Some(Pattern::Returned(returned));
        }
        if self.repeats() {
            return Some(Pattern::Repeats);
        }
        let divided = self.rounds.last().is_some_and(|last| groups(last).len() > 1);
        (divided && self.unmoved().is_some()).then_some(Pattern::Deadlock)
    }
}

#[cfg(test)]
mod tests {
    use super::super::position::position;
    use super::*;

    /// One word a seat, one line a round; `-` is no position.
    fn trail(rounds: &[&str]) -> Trail {
        let of = |word: &str| {
            if word == "-" { Position::default() } else { position(&format!("POSITION: {word}")) }
        };
        let split = |line: &&str| (0..).zip(line.split(' ').map(of)).collect();
        Trail { rounds: rounds.iter().map(split).collect() }
    }

    #[test]
    fn all_at_one_position() {
        let last = |round| unanimous(&trail(&[round]).rounds[0]);
        assert!(last("yes yes yes") && last("12 12.0"));
        assert!(!last("yes yes no") && !last("yes yes -") && !last("yes") && !last("- -"));
    }

    #[test]
    fn nobody_moved() {
        assert_eq!(trail(&["yes no no", "yes no no"]).unmoved(), Some(3));
        assert_eq!(trail(&["- no no", "yes no no"]).unmoved(), Some(2), "it was not found where it stood");
        assert_eq!(trail(&["- - no", "yes no no"]).unmoved(), None, "of one alone nothing can be told");
        assert_eq!(trail(&["yes no no", "no no no"]).unmoved(), None);
        assert_eq!(trail(&["yes no"]).unmoved(), None, "no round was held");
    }

    #[test]
    fn back_where_they_were() {
        assert_eq!(trail(&["yes no", "no no", "yes no"]).returned(), [0]);
        assert_eq!(
            trail(&["yes no", "no no", "yes no", "yes no"]).returned(),
            [0; 0],
            "that was a round ago"
        );
        assert_eq!(trail(&["yes no", "no no", "12 no"]).returned(), [0; 0]);
    }

    #[test]
    fn a_split_that_was_there_before() {
        assert!(trail(&["yes no no", "no yes no"]).repeats(), "two changed places");
        assert!(trail(&["yes no no", "yes yes no", "no yes no"]).repeats());
        assert!(!trail(&["yes no no", "yes no no"]).repeats(), "nobody moved");
        assert!(!trail(&["yes no no", "yes yes no"]).repeats());
    }

    #[test]
    fn what_it_is_called() {
        assert_eq!(trail(&["yes no", "yes no"]).pattern(), Some(Pattern::Deadlock));
        assert_eq!(trail(&["yes yes", "yes yes"]).pattern(), None);
        assert_eq!(trail(&["yes no", "no yes"]).pattern(), Some(Pattern::Repeats));
        assert_eq!(trail(&["yes no", "no no", "yes no"]).pattern(), Some(Pattern::Returned(vec![0])));
        assert_eq!(trail(&["yes no", "no no"]).pattern(), None);
    }
}
