//! How many trials fit beside each other where the person said how many calls an endpoint takes at once: each trial has a gate of
//! its own, which knows nothing of the others. Where nothing was said, the experiment's own `at_once` is what holds.

use crate::core::ModelRef;
use crate::experiment::{Design, Grader};
use crate::providers::registry::Registry;
use std::collections::BTreeMap;

/// What is taken of each endpoint.
pub(super) struct Room {
    /// By treatments: which endpoints it asks, by their places, and how many calls of each at once at the most.
    wants: Vec<Vec<(usize, usize)>>,
    /// By endpoints: how many calls it takes at once, and how many trials may be making now.
    endpoints: Vec<(usize, usize)>,
}

impl Room {
    /// Of an experiment whose members are reached so.
    pub(super) fn of(design: &Design, registry: &Registry) -> Self {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut endpoints: Vec<(usize, usize)> = Vec::new();
        let mut place = |model: &ModelRef| {
            let limits = registry.limits(model);
            let endpoint = registry.open(model).ok().filter(|_| limits.said)?.endpoint();
            Some(*known.entry(endpoint).or_insert_with(|| {
                endpoints.push((limits.concurrent, 0));
                endpoints.len() - 1
            }))
        };
        let mut wants = Vec::new();
        for treatment in &design.treatments {
            let mut own: BTreeMap<usize, usize> = BTreeMap::new();
            for member in &treatment.council.members {
                if let Some(place) = place(&member.model) {
                    *own.entry(place).or_default() += 1;
                }
            }
            // Its answers are judged one after the other, once they are all there.
            if let Grader::Judge(judge) = &design.grader
                && let Some(place) = place(&judge.model)
            {
                own.entry(place).or_insert(1);
            }
            wants.push(own.into_iter().collect());
        }
        Self { wants, endpoints }
    }

    /// Whether one more trial of a treatment fits. One alone always does: its own gate keeps to the limit.
    pub(super) fn fits(&self, treatment: usize) -> bool {
        self.wants[treatment].iter().all(|(place, calls)| {
            let (most, taken) = self.endpoints[*place];
            taken == 0 || taken + calls <= most
        })
    }

    /// One is begun.
    pub(super) fn take(&mut self, treatment: usize) {
        for (place, calls) in &self.wants[treatment] {
            self.endpoints[*place].1 += calls;
        }
    }

    /// One is over.
    pub(super) fn give_back(&mut self, treatment: usize) {
        for (place, calls) in &self.wants[treatment] {
            self.endpoints[*place].1 = self.endpoints[*place].1.saturating_sub(*calls);
        }
    }
}
