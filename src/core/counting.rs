//! How the person has a run's votes counted, and what the person votes for, as data and records. The rules themselves are
//! [`super::rules`]', and what ballots say is [`super::ballot`]'s.

use super::ballot;
use super::event::Event;
use super::ids::{MemberId, StageId};
use super::plan::Ask;
use super::rules::{HEAVIEST, Rule, STEP, Weights};
use super::run::Run;
use super::weights::Scheme;
use super::{prompt, shuffle};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Where the weights of judges come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightsFrom {
    /// The council says what each member weighs.
    #[default]
    Council,
    /// The person set them by hand.
    Hand,
    /// The confidence that each member states, in `ReConcile`'s steps.
    Confidence,
    /// Graded answers, by the scheme that did best on them.
    Learned(Scheme),
}

impl WeightsFrom {
    /// For people.
    pub fn words(self) -> String {
        match self {
            Self::Council => "as the council has them".to_owned(),
            Self::Hand => "set by hand".to_owned(),
            Self::Confidence => "by stated confidence".to_owned(),
            Self::Learned(scheme) => format!("learned from grades: {}", scheme.words()),
        }
    }

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Hand => "hand",
            Self::Confidence => "confidence",
            Self::Learned(_) => "learned",
        }
    }
}

/// How a person wants votes weighed, as it is typed: `council`, `confidence`, `learned`, or `MEMBER=1.5, OTHER=0.5`.
#[derive(Clone, Debug, PartialEq)]
pub enum Weigh {
    /// As the council says.
    Council,
    /// By the confidence that members state.
    Confidence,
    /// As learned from grades.
    Learned,
    /// By hand: these members so, the others as before.
    Hand(Vec<(MemberId, f64)>),
}

impl FromStr for Weigh {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let one = |part: &str| {
            let (name, weight) = part.split_once('=').ok_or_else(|| {
                "weights come from council, confidence or learned, or are said as MEMBER=1.5".to_owned()
            })?;
            let weight = weight.trim().parse::<f64>().ok().filter(|weight| (0.0..=HEAVIEST).contains(weight));
            let weight = weight.ok_or_else(|| format!("a weight is a number from 0 to {HEAVIEST}"))?;
            Ok((MemberId::from(name.trim().trim_start_matches('@')), weight))
        };
        match text.trim() {
            "council" => Ok(Self::Council),
            "confidence" => Ok(Self::Confidence),
            "learned" => Ok(Self::Learned),
            text => text.split(',').map(one).collect::<Result<_, String>>().map(Self::Hand),
        }
    }
}

/// How a run's votes are counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counting {
    /// The rule that names the winner.
    pub rule: Rule,
    /// How much each member counts; 1 for those that are not in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: Weights,
    /// Where the weights come from.
    #[serde(default)]
    pub from: WeightsFrom,
    /// To whom ties of answers go, where that was learned: the member that was right most often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<MemberId>,
}

impl Counting {
    /// What a member counts.
    pub fn weight(&self, member: &MemberId) -> f64 {
        self.weights.get(member).copied().unwrap_or(1.0)
    }

    /// Whether all members count alike.
    pub fn alike(&self) -> bool {
        self.weights.values().all(|weight| (weight - 1.0).abs() < 1e-9)
    }

    /// The same with a member's weight moved by steps, kept between none and the most.
    pub fn moved(&self, member: &MemberId, steps: i32) -> Self {
        // Whole steps, so that moving up and down again comes back to the same.
        let at = (self.weight(member) / STEP).round() as i32 + steps;
        let last = (HEAVIEST / STEP).round() as i32;
        let mut moved = Self { from: WeightsFrom::Hand, best: None, ..self.clone() };
        moved.weights.insert(member.clone(), f64::from(at.clamp(0, last)) * STEP);
        moved
    }
}

/// What the person voted for, blind, before names were shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnVote {
    /// For this member's answer.
    For(MemberId),
    /// For none: the person had the names shown instead.
    None,
}

impl Run {
    /// How the votes of this run are counted: as the person set it, else by the rule of the last vote with the weights of
    /// the council.
    pub fn vote_counting(&self) -> Counting {
        self.counted_by.clone().unwrap_or_else(|| {
            let rule = self.last_stage(Ask::Ballot).and_then(|state| state.stage.vote);
            let rule = rule.map(|vote| vote.rule).unwrap_or_default();
            Counting { rule, weights: self.council_weights(), ..Counting::default() }
        })
    }

    /// What members weigh by the council, those that do not weigh 1.
    pub fn council_weights(&self) -> Weights {
        let weights = self.council.members.iter().map(|member| (member.name.clone(), member.weight));
        weights.filter(|(_, weight)| (weight - 1.0).abs() > 1e-9).collect()
    }

    /// Counts the votes of this run in another way. `None` where a weight is none, or nothing would change.
    pub fn count_by(&self, counting: &Counting) -> Option<Event> {
        let weight = |weight: &f64| (0.0..=HEAVIEST).contains(weight);
        let sits = |member: &MemberId| self.council.slot(member).is_some();
        let meant = counting.weights.iter().all(|(member, of)| sits(member) && weight(of));
        let new = *counting != self.vote_counting();
        (meant && new).then(|| Event::Counted { run: self.id, counting: counting.clone() })
    }

    /// Lets the person vote for an answer of a vote, or for none. `None` where the person has done so, or there is no such
    /// vote or answer: once names are shown a vote is not blind any more.
    pub fn vote_own(&self, stage: StageId, choice: Option<&MemberId>) -> Option<Event> {
        let state = self.stage(stage)?;
        let votes = state.stage.ask == Ask::Ballot && state.begun.is_some() && state.own_vote.is_none();
        let there = choice.is_none_or(|choice| ballot::candidates(self, stage).contains(choice));
        (votes && there).then(|| Event::Voted { run: self.id, stage, choice: choice.cloned() })
    }

    /// The letters under which the person sees the answers of a vote before names are shown: drawn anew for each vote, so
    /// that they follow no seat.
    pub fn letters(&self, stage: StageId) -> BTreeMap<MemberId, String> {
        let mut members = ballot::candidates(self, stage);
        shuffle::shuffle(&mut members, shuffle::mix(&[self.seed, u64::from(stage.0), u64::MAX]));
        members.into_iter().enumerate().map(|(at, member)| (member, prompt::label(at))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_move_in_whole_steps_and_stay_in_bounds() {
        let a = MemberId::from("a");
        let start = Counting::default();
        let up = start.moved(&a, 4);
        assert!((up.weight(&a) - 1.4).abs() < 1e-9);
        assert_eq!(up.from, WeightsFrom::Hand);
        assert_eq!(up.moved(&a, -4).weight(&a).to_bits(), 1.0_f64.to_bits(), "there and back is the same");
        assert!(start.moved(&a, -30).weight(&a).abs() < 1e-9);
        assert!((start.moved(&a, 1_000).weight(&a) - HEAVIEST).abs() < 1e-9);
    }

    #[test]
    fn a_counting_is_kept_in_these_words() {
        let line = r#"{"kind":"counted","run":2,"counting":{"rule":"ranked_pairs","weights":{"a":1.4},"from":{"learned":"log_odds"}}}"#;
        let event: Event = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
        let line = r#"{"kind":"voted","run":2,"stage":1,"choice":"a"}"#;
        let event: Event = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
    }
    #[test]
    fn what_is_typed_of_weights_is_read_or_refused_with_what_would_do() {
        let hand =
            |all: &[(&str, f64)]| Weigh::Hand(all.iter().map(|(name, of)| ((*name).into(), *of)).collect());
        assert_eq!("learned".parse(), Ok(Weigh::Learned));
        assert_eq!("@a=1.5, b = 0".parse(), Ok(hand(&[("a", 1.5), ("b", 0.0)])));
        for bad in ["", "lerned", "a", "a=", "a=x", "a=-1", "a=11", "a=NaN", "a=1,b"] {
            assert!(bad.parse::<Weigh>().is_err(), "{bad}");
        }
    }
}
