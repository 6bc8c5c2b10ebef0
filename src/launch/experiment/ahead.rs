//! What an experiment comes to before anything is sent: calls, price, time, and which differences it can show at all.

use crate::core::forecast::{Forecast, PlanForecast};
use crate::core::price::{Prices, guessed_tokens};
use crate::core::{Dollars, Member};
use crate::experiment::arm::Treatment;
use crate::experiment::{Design, Key};
use crate::providers::{recorded, scripted};

/// How long a call is guessed to take where nobody measured any, in milliseconds.
const GUESSED_MS: u64 = 10_000;

/// What an experiment comes to, as far as it is known before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ahead {
    /// How many trials are still to be done.
    pub trials: u64,
    /// Of how many there are.
    pub of: u64,
    /// The fewest calls.
    pub fewest: u64,
    /// The most calls, but for those that fail and are asked again.
    pub calls: u64,
    /// How many of the most are sent to models, and not played.
    pub sent: u64,
    /// The least it can cost.
    pub low: Dollars,
    /// What it is guessed to cost.
    pub about: Dollars,
    /// The most it can cost.
    pub most: Dollars,
    /// Of how many calls nobody knows the price.
    pub unpriced: u64,
    /// How long it is guessed to take, in milliseconds.
    pub ms: u64,
    /// How long a call is taken to take for that, in milliseconds, and whether that was measured.
    pub call_ms: (u64, bool),
}

impl Ahead {
    /// What is still to be done of an experiment, without the trials that `done` holds. `measured` is how long a call of its
    /// members took lately, in milliseconds.
    pub fn of(
        design: &Design,
        prices: &Prices,
        todo: impl Iterator<Item = Key>,
        measured: Option<u64>,
    ) -> Self {
        let call_ms = measured.unwrap_or(GUESSED_MS);
        let mut ahead =
            Self { of: design.trial_count(), call_ms: (call_ms, measured.is_some()), ..Self::default() };
        let tokens: usize = design.items.iter().map(|item| item.question.len()).sum();
        let tokens = guessed_tokens(tokens / design.items.len().max(1)).max(1);
        let each: Vec<PlanForecast> =
            design.treatments.iter().map(|it| Self::one(prices, it, tokens)).collect();
        let played: Vec<bool> =
            design.treatments.iter().map(|it| it.council.members.iter().all(plays)).collect();
        let deep: Vec<u64> = design.treatments.iter().map(steps).collect();
        let mut ms = 0;
        for key in todo {
            let one = &each[key.treatment];
            ahead.trials += 1;
            ahead.fewest += u64::from(one.fewest);
            ahead.calls += u64::from(one.calls);
            ahead.low += one.low;
            ahead.about += one.about;
            ahead.most += one.most;
            ahead.unpriced += u64::from(one.unpriced);
            if !played[key.treatment] {
                ahead.sent += u64::from(one.calls);
                ms += deep[key.treatment] * call_ms;
            }
        }
        ahead.ms = ms / design.at_once.max(1) as u64;
        ahead
    }

    /// What one trial of a treatment comes to.
    pub fn one(prices: &Prices, treatment: &Treatment, tokens: u64) -> PlanForecast {
        Forecast::of_plan(prices, &treatment.council, &treatment.stages(), tokens)
    }
}

/// Whether a member is not asked: it plays what is recorded or scripted.
pub fn plays(member: &Member) -> bool {
    [recorded::PROVIDER, scripted::PROVIDER].contains(&member.model.provider.as_str())
}

/// How many calls of a treatment come one after the other, at the most.
fn steps(treatment: &Treatment) -> u64 {
    treatment.stages().iter().map(|stage| stage.rounds().count() as u64).sum::<u64>().max(1)
}
