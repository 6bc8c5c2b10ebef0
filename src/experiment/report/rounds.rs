//! What debates did, round by round. A trial whose debate ended early stands by its last round in all later ones, so that each
//! round is over the same questions.

use super::figures::{Count, Share};
use super::view::{Means, View, mean, number, plurality, rightness, unanimous};
use super::what::{Of, What};
use crate::experiment::facts::{Facts, Round};
use serde::Serialize;

/// The debates of a treatment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Debates {
    /// The treatment's name.
    pub treatment: String,
    /// The rounds, 0 (the first answers) to the last that some trial came to.
    pub rounds: Vec<RoundFigures>,
}

/// A round of a treatment's debates. Corrections are counted by members and trials; a member without an answer is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RoundFigures {
    /// Its number; 0 is the first answers.
    pub round: usize,
    /// In how many trials the debate came to it.
    pub reached: Count,
    /// The mean share of members that are right.
    pub members: Option<f64>,
    /// The accuracy of the plurality of members; where answers tie, the share of them that is right.
    pub vote: Share,
    /// The share of questions on which all members that answered, two or more, say the same.
    pub unanimous: Share,
    /// Members wrong in the first answers and right now.
    pub corrected: Count,
    /// Members right in the first answers and wrong now.
    pub subverted: Count,
    /// Members wrong in the round before and right now.
    pub corrected_here: Count,
    /// Members right in the round before and wrong now.
    pub subverted_here: Count,
    /// Over how many members and trials these are counted.
    pub of: u64,
    /// Turns in which a member kept its position.
    pub held: Count,
    /// Turns in which it moved with an argument.
    pub argued: Count,
    /// Turns in which it moved to where most were without one.
    pub caved: Count,
    /// Turns in which it moved in some other way.
    pub changed: Count,
}

/// A trial after a round: what each seat that was asked stood by at first, in the round before, and now.
pub(super) struct At<'a> {
    facts: &'a Facts,
    /// The round itself, where the debate came to it; none for the first answers.
    round: Option<&'a Round>,
    reached: bool,
    seats: Vec<[Option<u8>; 3]>,
}

impl<'a> At<'a> {
    pub fn new(facts: &'a Facts, round: usize) -> Self {
        let held = &facts.rounds[..round.min(facts.rounds.len())];
        let stand = |seat: usize| {
            let first = facts.seats[seat].first;
            // Who says nothing in a round stands by what it said before, and a debate that ended by its last round.
            let after = |rounds: &[Round]| {
                rounds.iter().rev().find_map(|round| round.said.get(seat).copied().flatten()).or(first)
            };
            let before =
                if round > facts.rounds.len() { held } else { &held[..held.len().saturating_sub(1)] };
            [first, after(before), after(held)]
        };
        let asked = (0..facts.seats.len()).filter(|seat| facts.seats[*seat].asked);
        Self {
            facts,
            round: round.checked_sub(1).and_then(|before| facts.rounds.get(before)),
            reached: round <= facts.rounds.len(),
            seats: asked.map(stand).collect(),
        }
    }

    fn now(&self) -> impl Iterator<Item = u8> + '_ {
        self.seats.iter().filter_map(|[_, _, now]| *now)
    }

    /// How many seats went from right to wrong, or from wrong to right, from then (0: at first, 1: in the round before) to now;
    /// and of how many that can be said.
    fn moved(&self, then: usize, to: bool) -> (u64, u64) {
        let (mut moved, mut of) = (0, 0);
        for seat in &self.seats {
            let (before, now) = (self.facts.is_right(seat[then]), self.facts.is_right(seat[2]));
            moved += u64::from(before == Some(!to) && now == Some(to));
            of += u64::from(before.is_some() && now.is_some());
        }
        (moved, of)
    }

    /// How often it happened.
    pub fn times(&self, of: Of) -> u64 {
        let turns = |count: &dyn Fn(&Round) -> u16| self.round.map_or(0, |round| u64::from(count(round)));
        match of {
            Of::All => u64::from(self.reached),
            Of::Unanimous => u64::from(unanimous(self.now()).is_some()),
            Of::Corrected => self.moved(0, true).0,
            Of::Subverted => self.moved(0, false).0,
            Of::CorrectedHere => self.moved(1, true).0,
            Of::SubvertedHere => self.moved(1, false).0,
            Of::Held => turns(&|round| round.held),
            Of::Argued => turns(&|round| round.argued),
            Of::Caved => turns(&|round| round.caved),
            Of::Changed => turns(&|round| round.changed),
            _ => 0,
        }
    }
}

/// What debates did, by treatments that hold some.
pub(super) fn debates(view: &View<'_>) -> Vec<Debates> {
    let one = |treatment: usize| {
        let last = view.of(treatment).map(|facts| facts.rounds.len()).max().filter(|last| *last > 0)?;
        Some(Debates {
            treatment: view.design.treatments[treatment].name.clone(),
            rounds: (0..=last).map(|round| figures(view, treatment, round)).collect(),
        })
    };
    (0..view.trials.len()).filter_map(one).collect()
}

fn figures(view: &View<'_>, treatment: usize, round: usize) -> RoundFigures {
    let questions = view.design.items.len();
    let (mut members, mut vote) = (Means::new(questions), Means::new(questions));
    let mut agree = Means::new(questions);
    let mut times = [0; Of::ROUND.len()];
    let mut of = 0;
    for facts in view.of(treatment) {
        let (at, item) = (At::new(facts, round), facts.key.item);
        let right = at.seats.iter().filter_map(|seat| facts.is_right(seat[2]));
        members.add(item, mean(right.map(number)));
        vote.add(item, rightness(facts, &plurality(at.now())));
        // Of a question on which fewer than two answered there is nothing to agree on.
        let answered = at.now().nth(1).is_some();
        agree.add(item, answered.then(|| number(unanimous(at.now()).is_some())));
        of += at.moved(0, true).1;
        for (sum, what) in times.iter_mut().zip(Of::ROUND) {
            *sum += at.times(*what);
        }
    }
    let count = |of: Of| {
        let place = Of::ROUND.iter().position(|known| *known == of);
        view.count(place.map_or(0, |place| times[place]), &What::Round(treatment, round, of))
    };
    RoundFigures {
        round,
        reached: count(Of::All),
        members: members.mean(),
        vote: vote.share(view.word(&What::Treatment(treatment))),
        unanimous: agree.share(view.word(&What::Round(treatment, round, Of::Unanimous))),
        corrected: count(Of::Corrected),
        subverted: count(Of::Subverted),
        corrected_here: count(Of::CorrectedHere),
        subverted_here: count(Of::SubvertedHere),
        of,
        held: count(Of::Held),
        argued: count(Of::Argued),
        caved: count(Of::Caved),
        changed: count(Of::Changed),
    }
}
