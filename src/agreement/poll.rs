//! Answer votes: members vote by what their own answers come to. Who says the same is one group, and the heaviest group wins.
//! No judge is asked; ballots on whole answers are [`crate::core::ballot`]'s.

use super::position::{Position, grouped};
use crate::core::rules::Weights;
use crate::core::weights::{by_confidence, decide};
use crate::core::{MemberId, clean};
use serde::Serialize;

/// How the votes of members are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighing {
    /// Every member one vote; most votes win.
    Plurality,
    /// Every member one vote; more than half of all members that answered win.
    Majority,
    /// Every member its weight; the heaviest group wins.
    Weighted,
    /// Every member by the confidence that it states, in `ReConcile`'s steps; who states none does not vote.
    Confidence,
}

impl Weighing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Plurality, Self::Majority, Self::Weighted, Self::Confidence];

    /// Its name in JSON and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plurality => "plurality",
            Self::Majority => "majority",
            Self::Weighted => "weighted",
            Self::Confidence => "confidence",
        }
    }
}

/// Members that say the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// What they say, in the words of the first of them.
    pub position: Position,
    /// Who, in order of seats.
    pub members: Vec<MemberId>,
}

/// The votes of a round, by what its answers come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Poll {
    /// The groups, in order of their first seats.
    pub groups: Vec<Group>,
    /// Members whose answer comes to nothing that could be found: they abstain.
    pub silent: Vec<MemberId>,
    /// What members stated as their confidence, 0–1.
    #[serde(skip)]
    confidence: Weights,
}

/// Groups members by what their answers come to.
pub fn poll<'a>(said: impl Iterator<Item = (&'a MemberId, &'a Position)>) -> Poll {
    let said: Vec<(&MemberId, &Position)> = said.collect();
    let group = |(position, members): (&Position, Vec<&MemberId>)| Group {
        position: Position { confidence: None, ..position.clone() },
        members: members.into_iter().cloned().collect(),
    };
    let (stated, silent): (Vec<_>, Vec<_>) = said.into_iter().partition(|(_, position)| position.stated());
    let sure = |(member, position): &(&MemberId, &Position)| {
        Some(((*member).clone(), by_confidence(position.confidence?)))
    };
    Poll {
        groups: grouped(stated.iter().copied()).into_iter().map(group).collect(),
        silent: silent.into_iter().map(|(member, _)| member.clone()).collect(),
        confidence: stated.iter().filter_map(sure).collect(),
    }
}

impl Poll {
    /// How many members vote.
    pub fn votes(&self) -> usize {
        self.groups.iter().map(|group| group.members.len()).sum()
    }

    /// What groups come to, for people, each in one line.
    pub fn values(&self, groups: &[usize]) -> Vec<String> {
        groups.iter().map(|at| clean::line(&self.groups[*at].position.value)).collect()
    }

    /// The places of the groups that win: one, or those that tie; none where nobody has enough. `best` breaks a tie, where it
    /// is told.
    pub fn winners(&self, weighing: Weighing, weights: &Weights, best: Option<&MemberId>) -> Vec<usize> {
        let voters = self.groups.iter().enumerate();
        let said: Vec<(&MemberId, usize)> =
            voters.flat_map(|(at, group)| group.members.iter().map(move |member| (member, at))).collect();
        let alike = Weights::new();
        match weighing {
            Weighing::Plurality => decide(&said, &alike, best),
            Weighing::Majority => {
                let enough = |at: &usize| self.groups[*at].members.len() * 2 > said.len();
                (0..self.groups.len()).filter(enough).collect()
            }
            Weighing::Weighted => decide(&said, weights, best),
            Weighing::Confidence => {
                let sure: Vec<_> =
                    said.into_iter().filter(|(member, _)| self.confidence.contains_key(*member)).collect();
                decide(&sure, &self.confidence, best)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::position::position;
    use super::*;

    fn of(said: &[(&str, &str)]) -> Poll {
        let said: Vec<(MemberId, Position)> =
            said.iter().map(|(name, text)| (MemberId::from(*name), position(text))).collect();
        poll(said.iter().map(|(member, position)| (member, position)))
    }

    #[test]
    fn members_vote_by_what_their_answers_come_to() {
        let poll = of(&[
            ("a", "So it is 12.\nPOSITION: 12 (confidence 0.6)"),
            ("b", "POSITION: 13 (confidence 0.95)"),
            ("c", "The answer is 12.0"),
            (
                "d",
                "There is a lot to say about this question, and none of it is a number or a yes to it at all.",
            ),
        ]);
        assert_eq!((poll.groups.len(), poll.votes(), poll.silent.as_slice()), (2, 3, &["d".into()][..]));
        let none = Weights::new();
        assert_eq!(poll.winners(Weighing::Plurality, &none, None), [0]);
        assert_eq!(poll.winners(Weighing::Majority, &none, None), [0]);
        let heavy = Weights::from([("b".into(), 2.0)]);
        assert_eq!(poll.winners(Weighing::Weighted, &heavy, None), [0, 1], "two against two is a tie");
        assert_eq!(poll.winners(Weighing::Weighted, &heavy, Some(&"b".into())), [1]);
        assert_eq!(poll.winners(Weighing::Confidence, &none, None), [1], "a tenth against eight tenths");
    }

    #[test]
    fn half_is_no_majority_and_nobody_is_no_vote() {
        let poll = of(&[("a", "POSITION: yes"), ("b", "POSITION: no")]);
        assert!(poll.winners(Weighing::Majority, &Weights::new(), None).is_empty());
        assert_eq!(poll.winners(Weighing::Plurality, &Weights::new(), None), [0, 1]);
        for weighing in Weighing::ALL {
            assert!(of(&[]).winners(weighing, &Weights::new(), None).is_empty(), "{}", weighing.name());
        }
        assert!(poll.winners(Weighing::Confidence, &Weights::new(), None).is_empty(), "nobody stated any");
    }
}
