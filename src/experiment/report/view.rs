//! What all parts of the report look things up in: trials by treatments, scores by questions, and what a panel's answers come
//! to. Counted once for a report.

use super::figures::{Count, Share};
use super::what::What;
use crate::experiment::design::Design;
use crate::experiment::facts::Facts;
use crate::experiment::score::Scored;
use crate::stats;

/// How sure intervals are, and at what level tests are made: 1 less this.
pub(super) const CONFIDENCE: f64 = 0.95;

/// What a report is made of.
pub(super) struct View<'a> {
    pub design: &'a Design,
    pub facts: &'a [Facts],
    /// By arms.
    pub scored: &'a [Vec<Scored>],
    /// The trials of each treatment, by their places among the facts.
    pub trials: Vec<Vec<usize>>,
    /// The seats of each treatment that were asked for a first answer in some trial.
    pub panels: Vec<Vec<usize>>,
    /// The scores of each arm by questions: the mean of the graded repeats.
    pub scores: Vec<Vec<Option<f64>>>,
}

impl<'a> View<'a> {
    pub fn new(design: &'a Design, facts: &'a [Facts], scored: &'a [Vec<Scored>]) -> Self {
        let mut trials = vec![Vec::new(); design.treatments.len()];
        for (place, facts) in facts.iter().enumerate() {
            if let Some(trials) = trials.get_mut(facts.key.treatment) {
                trials.push(place);
            }
        }
        let asked = |trials: &Vec<usize>, seat: usize| {
            trials.iter().any(|trial| facts[*trial].seats.get(seat).is_some_and(|seat| seat.asked))
        };
        let panel = |(treatment, trials): (usize, &Vec<usize>)| {
            let seats = design.treatments[treatment].council.members.len();
            (0..seats).filter(|seat| asked(trials, *seat)).collect()
        };
        let panels = trials.iter().enumerate().map(panel).collect();
        let scores = |scored: &Vec<Scored>| {
            let mut means = Means::new(design.items.len());
            for one in scored {
                means.add(facts[one.trial].key.item, one.right.map(number));
            }
            means.values()
        };
        Self { design, facts, scored, trials, panels, scores: scored.iter().map(scores).collect() }
    }

    /// The trials of a treatment.
    pub fn of(&self, treatment: usize) -> impl Iterator<Item = &'a Facts> + Clone + '_ {
        let trials = self.trials.get(treatment).map(Vec::as_slice).unwrap_or_default();
        trials.iter().map(|trial| &self.facts[*trial])
    }

    /// The treatments of which two seats or more were asked.
    pub fn councils(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.panels.len()).filter(|treatment| self.panels[*treatment].len() > 1)
    }

    /// The name of a seat.
    pub fn seat(&self, treatment: usize, seat: usize) -> &'a str {
        let members = &self.design.treatments[treatment].council.members;
        members.get(seat).map(|member| member.name.0.as_str()).unwrap_or_default()
    }

    /// The word of a figure.
    pub fn word(&self, what: &What) -> String {
        what.word(self.design)
    }

    /// Something that happened so often.
    pub fn count(&self, count: u64, what: &What) -> Count {
        Count { count, what: self.word(what) }
    }
}

/// 1 for right, 0 for wrong.
pub(super) fn number(right: bool) -> f64 {
    f64::from(u8::from(right))
}

/// The mean of what there is.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Means by questions: of the repeats of each, as far as they have a value.
pub(super) struct Means(Vec<(f64, u32)>);

impl Means {
    pub fn new(questions: usize) -> Self {
        Self(vec![(0.0, 0); questions])
    }

    pub fn add(&mut self, question: usize, value: Option<f64>) {
        if let Some(((sum, count), value)) = self.0.get_mut(question).zip(value) {
            *sum += value;
            *count += 1;
        }
    }

    /// How many values a question has.
    pub fn count(&self, question: usize) -> u32 {
        self.0.get(question).map_or(0, |(_, count)| *count)
    }

    pub fn values(&self) -> Vec<Option<f64>> {
        self.0.iter().map(|(sum, count)| (*count > 0).then(|| sum / f64::from(*count))).collect()
    }

    /// The share that they are.
    pub fn share(&self, what: String) -> Share {
        share(&self.values(), what)
    }

    /// The mean of the questions' means.
    pub fn mean(&self) -> Option<f64> {
        mean(self.values().into_iter().flatten())
    }
}

/// The share that questions' scores are.
pub(super) fn share(scores: &[Option<f64>], what: String) -> Share {
    let n = scores.iter().flatten().count();
    let sum: f64 = scores.iter().flatten().sum();
    let mean = (n > 0).then(|| sum / n as f64);
    Share { mean, n, wilson: stats::wilson(sum, n, CONFIDENCE), what }
}

/// The answers with the most votes, in ascending order; none where nobody answered.
pub(super) fn plurality(said: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut votes: Vec<(u8, u32)> = Vec::new();
    for said in said {
        match votes.iter_mut().find(|(of, _)| *of == said) {
            Some((_, count)) => *count += 1,
            None => votes.push((said, 1)),
        }
    }
    let most = votes.iter().map(|(_, count)| *count).max();
    let mut top: Vec<u8> =
        votes.into_iter().filter(|(_, count)| Some(*count) == most).map(|(of, _)| of).collect();
    top.sort_unstable();
    top
}

/// How right these answers are, where they tie the share of them that is: 0 to 1. None at all are wrong. `None` where one of
/// them, or the trial, is not graded.
pub(super) fn rightness(facts: &Facts, top: &[u8]) -> Option<f64> {
    if top.is_empty() {
        return facts.is_right(None).map(number);
    }
    let mut sum = 0.0;
    for place in top {
        sum += number(facts.right(*place)?);
    }
    Some(sum / top.len() as f64)
}

/// What all say who say something, where two or more do and it is the same.
pub(super) fn unanimous(mut said: impl Iterator<Item = u8>) -> Option<u8> {
    let first = said.next()?;
    let mut others = 0;
    for other in said {
        if other != first {
            return None;
        }
        others += 1;
    }
    (others > 0).then_some(first)
}
