//! What each arm came to: accuracy, what was left out of it, costs, and how far its confidence can be believed.

use super::calibration::{Calibration, calibration};
use super::costs::{Costs, Latency, costs, latency};
use super::figures::{Count, Share};
use super::view::{View, share};
use super::what::{Of, What};
use crate::experiment::arm::Control;
use crate::experiment::facts::Facts;
use crate::experiment::score::Scored;
use crate::stats::Interval;
use serde::Serialize;

/// What an arm came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmFigures {
    /// Its name.
    pub name: String,
    /// How its answer is found, in a few words.
    pub reading: String,
    /// The name of its treatment.
    pub treatment: String,
    /// What it is there for, where nobody asked for it.
    pub control: Option<Control>,
    /// Whether the others are held against it.
    pub baseline: bool,
    /// How many of its trials are done.
    pub done: u64,
    /// How many there are to do: questions times repeats.
    pub of: u64,
    /// The share of right answers, over the questions that are graded; no answer is wrong.
    pub accuracy: Share,
    /// The percentile bootstrap interval of the same; `None` where no question is graded.
    pub bootstrap: Option<Interval>,
    /// Trials with the right answer.
    pub right: Count,
    /// Trials with a wrong one, or none.
    pub wrong: Count,
    /// Trials that nobody could grade.
    pub ungraded: Count,
    /// Questions that were asked and of which no trial is graded.
    pub ungraded_questions: usize,
    /// Trials without an answer.
    pub silent: Count,
    /// Trials in which answers tied and one was drawn.
    pub drawn: Count,
    /// Trials of its treatment in which some call came to nothing.
    pub failed: Count,
    /// What it cost.
    pub costs: Costs,
    /// How long it took.
    pub latency: Latency,
    /// How far the share of members behind its answer tells how right it is; `None` where fewer than two seats are asked.
    pub calibration: Option<Calibration>,
}

/// What each arm came to, but for bootstrap intervals.
pub(super) fn arms(view: &View<'_>) -> Vec<ArmFigures> {
    (0..view.scored.len().min(view.design.arms.len())).map(|arm| one(view, arm)).collect()
}

fn one(view: &View<'_>, place: usize) -> ArmFigures {
    let (arm, scored) = (&view.design.arms[place], &view.scored[place]);
    let count = |of: Of| {
        let is = |scored: &&Scored| happened(&view.facts[scored.trial], scored, of);
        view.count(scored.iter().filter(is).count() as u64, &What::Arm(place, of))
    };
    let mut asked = vec![false; view.design.items.len()];
    for scored in scored {
        asked[view.facts[scored.trial].key.item] = true;
    }
    let scores = &view.scores[place];
    let left_out = asked.iter().zip(scores).filter(|(asked, score)| **asked && score.is_none()).count();
    let panel = view.panels.get(arm.treatment).is_some_and(|panel| panel.len() > 1);
    ArmFigures {
        name: arm.name.clone(),
        reading: arm.reading.words(),
        treatment: view.design.treatments[arm.treatment].name.clone(),
        control: arm.control,
        baseline: place == view.design.baseline,
        done: scored.len() as u64,
        of: view.design.items.len() as u64 * u64::from(view.design.repeats),
        accuracy: share(scores, view.word(&What::Arm(place, Of::All))),
        bootstrap: None,
        right: count(Of::Right),
        wrong: count(Of::Wrong),
        ungraded: count(Of::Ungraded),
        ungraded_questions: left_out,
        silent: count(Of::Silent),
        drawn: count(Of::Drawn),
        failed: count(Of::Failed),
        costs: costs(view, place),
        latency: latency(view, place),
        calibration: panel.then(|| calibration(view, place)),
    }
}

/// Whether it is so of an arm's trial.
pub(super) fn happened(facts: &Facts, scored: &Scored, of: Of) -> bool {
    match of {
        Of::All => true,
        Of::Right => scored.right == Some(true),
        Of::Wrong => scored.right == Some(false),
        Of::Ungraded => scored.right.is_none(),
        Of::Silent => scored.answer.is_none(),
        Of::Drawn => scored.drawn,
        Of::Failed => facts.failed > 0,
        _ => false,
    }
}
