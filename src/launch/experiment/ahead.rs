//! What an experiment comes to before anything is sent: calls, price, time, and which differences it can show at all.

use crate::core::forecast::{Forecast, PlanForecast};
use crate::core::price::{GUESSED_ANSWER, Prices, guessed_tokens};
use crate::core::{Council, Dollars, Member};
use crate::experiment::arm::Treatment;
use crate::experiment::{Design, Grader, Key, judge};
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
            design.treatments.iter().map(|it| Self::judged(prices, design, it, tokens)).collect();
        let judged = matches!(&design.grader, Grader::Judge(judge) if !plays(judge));
        let played: Vec<bool> =
            design.treatments.iter().map(|it| !judged && it.council.members.iter().all(plays)).collect();
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

    /// What one trial of a treatment comes to with its verdicts, where a member grades: one for each answer at the most.
    pub fn judged(prices: &Prices, design: &Design, treatment: &Treatment, tokens: u64) -> PlanForecast {
        let mut sum = Self::one(prices, treatment, tokens);
        let Grader::Judge(judge) = &design.grader else { return sum };
        let council = Council { members: vec![(**judge).clone()], ..Council::default() };
        let alone = Treatment { council, ..Treatment::default() };
        let longest =
            treatment.council.members.iter().map(|member| u64::from(member.params.answer_limit)).max();
        let prompt = guessed_tokens(judge::PROMPT.len()) + tokens;
        let usual = Self::one(prices, &alone, prompt + GUESSED_ANSWER);
        let worst = Self::one(prices, &alone, prompt + longest.unwrap_or(GUESSED_ANSWER));
        let times = |sum: Dollars, many: u32| Dollars(sum.0.saturating_mul(u64::from(many)));
        sum.low += usual.low;
        sum.about += times(usual.about, sum.fewest.max(1));
        sum.most += times(worst.most, sum.calls.max(1));
        sum.unpriced += usual.unpriced * sum.calls.max(1);
        (sum.fewest, sum.calls) = (sum.fewest + 1, sum.calls * 2);
        sum
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
