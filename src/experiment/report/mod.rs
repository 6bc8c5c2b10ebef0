//! The figures over all trials of an experiment: a pure view of its facts and scores, counted anew each time. Nothing is worded
//! or drawn here, and the formulas are `stats`'s.
//!
//! Every figure has a word (`what`) that leads to its trials: [`What`] reads it, [`trials_of`] lists their lines in the log.

pub mod arms;
pub mod calibration;
pub mod compare;
pub mod costs;
mod curve;
pub mod disagree;
mod diversity;
pub mod figures;
pub mod panel;
mod panels;
pub mod ratings;
pub mod rounds;
pub mod topics;
pub mod trials;
pub mod unanimous;
mod view;
pub mod what;

pub use arms::ArmFigures;
pub use calibration::{Bin, Calibration};
pub use compare::{Comparison, Point, Verdict};
pub use costs::{Costs, Latency, Slow};
pub use disagree::{ArmSaid, Disagreement, Group};
pub use figures::{Count, Report, Share, Total};
pub use panel::{Alike, Diversity, MemberFigures, Panel, Step, Without};
pub use ratings::{Rating, Ratings};
pub use rounds::{Debates, RoundFigures};
pub use topics::Topic;
pub use trials::trials_of;
pub use unanimous::{Agreed, Unanimous, WrongTogether};
pub use what::{Of, What};

#[cfg(test)]
mod tests;

use super::design::Design;
use super::facts::Facts;
use super::score::Scored;
use crate::core::Dollars;
use view::View;

/// How many resamples the bootstrap intervals rest on.
pub const RESAMPLES: usize = 2000;

/// All figures. `scored` is what [`super::score::score`] makes of the same facts: by arms, one for each trial of the arm's
/// treatment.
pub fn report(design: &Design, facts: &[Facts], scored: &[Vec<Scored>]) -> Report {
    let view = View::new(design, facts, scored);
    let mut arms = arms::arms(&view);
    let comparisons = compare::compare(&view, &mut arms);
    Report {
        name: design.name.clone(),
        questions: design.items.len(),
        repeats: design.repeats,
        grader: design.grader.name(),
        seed: design.seed,
        resamples: RESAMPLES,
        baseline: design.arms.get(design.baseline).map(|arm| arm.name.clone()).unwrap_or_default(),
        notes: design.notes.clone(),
        total: total(&view),
        frontier: compare::frontier(&arms),
        arms,
        comparisons,
        debates: rounds::debates(&view),
        unanimous: unanimous::unanimity(&view),
        panels: panel::panels(&view),
        topics: topics::topics(&view),
        ratings: ratings::ratings(&view),
        disagreements: disagree::disagreements(&view),
    }
}

fn total(view: &View<'_>) -> Total {
    let spent: Dollars = view.facts.iter().map(|facts| facts.all.spent).sum();
    let grading: Dollars = view.facts.iter().map(|facts| facts.grading.spent).sum();
    let sum = |count: fn(&Facts) -> u64| view.facts.iter().map(count).sum();
    Total {
        done: view.facts.len() as u64,
        of: view.design.trial_count(),
        spent_usd: spent.usd(),
        unpriced: sum(|facts| u64::from(facts.all.unpriced)),
        calls: sum(|facts| u64::from(facts.all.calls)),
        input: sum(|facts| u64::from(facts.all.input)),
        output: sum(|facts| u64::from(facts.all.output)),
        grading_usd: grading.usd(),
        grading_unpriced: sum(|facts| u64::from(facts.grading.unpriced)),
        failed: sum(|facts| u64::from(facts.failed)),
        missing: sum(|facts| u64::from(facts.missing)),
        what: view.word(&What::All),
    }
}
