//! What a run's votes come to: the ballots by every rule, and the answers themselves as votes, with what stands beside every
//! result. Read from records; nothing is decided, stored or drawn. How ballots are read and counted is the core's.

use super::outcome::{position_in, turns};
use super::poll::{Poll, Weighing, poll};
use crate::core::ballot::{self, Ballot, Tally};
use crate::core::ballot_trust::{self, Trust};
use crate::core::rules::{self, Flip, Rule, Weights};
use crate::core::weights::{Learned, by_confidence};
use crate::core::{Ask, Call, Counting, MemberId, OwnVote, Run, StageId, StageState, Weigh, WeightsFrom};
use std::collections::BTreeMap;

/// A ballot vote.
#[derive(Clone, Debug)]
pub struct Vote {
    /// Which.
    pub stage: StageId,
    /// How it is counted: the rule that names the winner, and what each judge's ballot weighs.
    pub counting: Counting,
    /// The count by that rule.
    pub tally: Tally,
    /// The ballots, in order of seats.
    pub ballots: Vec<Ballot>,
    /// Whether one ballot alone of several judges is valid, which decides nothing.
    pub alone: bool,
    /// Whose answers are voted on, in order of seats.
    pub candidates: Vec<MemberId>,
    /// The count by every rule.
    pub tallies: Vec<(Rule, Tally)>,
    /// What the person voted for.
    pub own: Option<OwnVote>,
    /// Why there is nothing to count.
    pub obstacle: Option<String>,
}

/// Reads a vote stage.
pub fn vote(run: &Run, state: &StageState) -> Vote {
    let stage = state.stage.id;
    let ballots = ballot::cast(run, stage);
    let counting = run.vote_counting();
    let candidates = ballot::candidates(run, stage);
    let alone = ballot::alone(state, &ballots);
    let count = |rule| {
        let tally = rules::count(rule, &candidates, &ballots, &counting.weights);
        if alone { Tally { winner: None, tied: Vec::new(), ..tally } } else { tally }
    };
    let (tally, tallies) = (count(counting.rule), Rule::ALL.map(|rule| (rule, count(rule))).to_vec());
    let obstacle = state.begun.as_ref().and_then(|begun| begun.obstacle.clone());
    Vote {
        stage,
        tally,
        tallies,
        counting,
        candidates,
        ballots,
        alone,
        own: state.own_vote.clone(),
        obstacle,
    }
}

impl Vote {
    /// Whether names are hidden from the person still.
    pub fn blind(&self) -> bool {
        self.own.is_none() && self.obstacle.is_none()
    }

    /// How far it can be trusted, as far as its ballots say; `None` below two of them.
    pub fn trust(&self, run: &Run) -> Option<Trust> {
        let pinned = run.pinned(self.stage);
        let length = |call: &&Call| (call.member.clone(), call.text.chars().count());
        let lengths: BTreeMap<MemberId, usize> = pinned.values().map(length).collect();
        let Counting { rule, weights, .. } = &self.counting;
        ballot_trust::trust(*rule, &self.tally, &self.ballots, weights, &lengths)
    }

    /// Whose answer a judge put before whose, each pair of each ballot that counts and ranks.
    pub fn preferred(&self) -> Vec<(&MemberId, &MemberId)> {
        let mut pairs = Vec::new();
        for ballot in self.ballots.iter().filter(|ballot| ballot.valid && !ballot.even) {
            for (at, one) in ballot.ranking.iter().enumerate() {
                pairs.extend(ballot.ranking[at + 1..].iter().map(|other| (one, other)));
            }
        }
        pairs
    }

    /// How far each judge's weight may move before somebody else wins, nearest first.
    pub fn flips(&self) -> Vec<Flip> {
        if self.alone {
            return Vec::new();
        }
        rules::flips(self.counting.rule, &self.candidates, &self.ballots, &self.counting.weights)
    }
}

/// The answers as votes: members vote by what their own answers come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// Who says what.
    pub poll: Poll,
    /// What members weigh, and to whom ties go.
    pub counting: Counting,
    /// The same for the first answers, where a debate came after them.
    pub round0: Option<Poll>,
}

/// Counts the answers that a vote is about as votes; those that stand, where there is no vote.
pub fn answers(run: &Run) -> Answers {
    let counting = run.vote_counting();
    let about = run.last_stage(Ask::Ballot).filter(|state| state.begun.is_some());
    let calls: Vec<&Call> = match about {
        Some(state) => run.pinned(state.stage.id).into_values().collect(),
        None => standing(run),
    };
    let of = |calls: &[&Call]| {
        let whole = calls.iter().filter(|call| call.done());
        let said: Vec<_> = whole.map(|call| (&call.member, position_in(run, call))).collect();
        poll(said.iter().map(|(member, position)| (*member, position)))
    };
    let round0 = turns(run).first().map(|(_, first)| of(first));
    Answers { poll: of(&calls), counting, round0 }
}

impl Answers {
    /// The places of the groups that win by a rule. Where weights are learned, ties of the weighted vote go to the best member.
    pub fn winners(&self, weighing: Weighing) -> Vec<usize> {
        let best = self.counting.best.as_ref().filter(|_| weighing == Weighing::Weighted);
        self.poll.winners(weighing, &self.counting.weights, best)
    }

    /// The vote that stands beside other results: weighted where members do not weigh alike, else plurality.
    pub fn own(&self) -> Weighing {
        let plain = self.counting.alike() && self.counting.best.is_none();
        if plain { Weighing::Plurality } else { Weighing::Weighted }
    }

    /// What a member's answer comes to, as a place among the groups.
    pub fn group_of(&self, member: &MemberId) -> Option<usize> {
        self.poll.groups.iter().position(|group| group.members.contains(member))
    }
}

/// What members stand by now, of those who are still there.
fn standing(run: &Run) -> Vec<&Call> {
    let (stage, round) = run.latest_answers();
    run.standing(stage, round).into_values().collect()
}

/// How votes are counted when members weigh as the person wants it.
///
/// # Errors
/// One line that says why they can't: nobody of that name, nobody states a confidence, nothing is graded.
pub fn weighed(run: &Run, want: &Weigh, learned: &Learned) -> Result<Counting, String> {
    let now = run.vote_counting();
    let with = |from, weights| Counting { weights, from, best: None, rule: now.rule };
    match want {
        Weigh::Council => Ok(with(WeightsFrom::Council, run.council_weights())),
        Weigh::Confidence => match sure(run) {
            weights if weights.is_empty() => Err("no answer states how sure it is".to_owned()),
            weights => Ok(with(WeightsFrom::Confidence, weights)),
        },
        Weigh::Learned if learned.graded == 0 => {
            Err("no answer of these members is graded yet: * grades one, or synod grade".to_owned())
        }
        Weigh::Learned => {
            let counting = with(WeightsFrom::Learned(learned.scheme), learned.weights.clone());
            Ok(Counting { best: learned.best.clone(), ..counting })
        }
        Weigh::Hand(said) => {
            let names: Vec<String> = said.iter().map(|(name, _)| name.0.clone()).collect();
            let members = run.council.named(&names)?;
            let mut weights = now.weights.clone();
            weights.extend(members.into_iter().zip(said.iter().map(|(_, weight)| *weight)));
            Ok(with(WeightsFrom::Hand, weights))
        }
    }
}

/// What members weigh by the confidence that they state in the answers of a vote, in `ReConcile`'s steps; nothing where nobody
/// states one. Who states none counts as little as the least sure.
fn sure(run: &Run) -> Weights {
    let said: Vec<(MemberId, Option<f64>)> = standing(run)
        .into_iter()
        .map(|call| (call.member.clone(), position_in(run, call).confidence))
        .collect();
    if said.iter().all(|(_, confidence)| confidence.is_none()) {
        return Weights::new();
    }
    said.into_iter().map(|(member, sure)| (member, by_confidence(sure.unwrap_or(0.0)))).collect()
}
