//! The figures over all trials of an experiment: a pure view of its facts and scores, counted anew each time. Nothing is worded
//! or drawn here, and the formulas are `stats`'s.
//!
//! Every figure has a word (`what`) that leads to its trials: [`What`] reads it, [`trials_of`] lists their lines in the log.

pub mod arms;
pub mod calibration;
pub mod compare;
pub mod costs;
pub mod disagree;
pub mod figures;
pub mod panel;
pub mod ratings;
pub mod rounds;
pub mod topics;
pub mod unanimous;
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
pub use unanimous::{Agreed, Unanimous, WrongTogether};
pub use what::{What, trials_of};

use super::design::Design;
use super::facts::Facts;
use super::score::Scored;

/// How many resamples the bootstrap intervals rest on.
pub const RESAMPLES: usize = 2000;

/// All figures. `scored` is what [`super::score::score`] makes of the same facts: by arms, one for each trial of the arm's
/// treatment.
pub fn report(design: &Design, facts: &[Facts], scored: &[Vec<Scored>]) -> Report {
    let _ = (facts, scored);
    Report {
        name: design.name.clone(),
        questions: design.items.len(),
        repeats: design.repeats,
        grader: design.grader.name(),
        seed: design.seed,
        resamples: RESAMPLES,
        baseline: design.arms.get(design.baseline).map(|arm| arm.name.clone()).unwrap_or_default(),
        notes: design.notes.clone(),
        total: Total::default(),
        arms: Vec::new(),
        comparisons: Vec::new(),
        frontier: Vec::new(),
        debates: Vec::new(),
        unanimous: Vec::new(),
        panels: Vec::new(),
        topics: Vec::new(),
        ratings: Ratings::default(),
        disagreements: Vec::new(),
    }
}
