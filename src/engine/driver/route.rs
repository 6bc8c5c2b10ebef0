//! The driver's part about routes: what a choice is made from that no record holds – prices, how endpoints do, what runs,
//! what was graded. The choice itself is [`crate::core::routing`]'s.

use super::Driver;
use crate::agreement::graded;
use crate::core::health::Breaker;
use crate::core::price::guessed_tokens;
use crate::core::routing::{self, Circumstances, Fitness, asked::Turn};
use crate::core::{Event, MemberId, Run, RunId};
use crate::engine::Setup;
use crate::store::grades;

impl Driver {
    /// The records of the choices that are to be made in a run before it is asked what comes next.
    pub(super) fn routed(&mut self, id: RunId) -> Vec<Event> {
        let due = self.setup.session.run(id).is_some_and(|run| run.unrouted().next().is_some());
        if !due {
            return Vec::new();
        }
        if self.graded.is_none() {
            // Grades that can't be read teach nothing; a question is asked all the same.
            let file = self.setup.grades.as_deref();
            self.graded = Some(file.and_then(|file| grades::load(file).ok()).unwrap_or_default());
        }
        let Some(run) = self.setup.session.run(id) else { return Vec::new() };
        let now = self.circumstances(run);
        let session = &self.setup.session;
        let turns = run.unrouted().filter_map(|state| Turn::of(session, run, state));
        turns
            .map(|turn| {
                let routed = Box::new(routing::choose(turn.routing, &turn.asked(), &now));
                Event::Routed { run: id, stage: turn.stage, routed }
            })
            .collect()
    }

    fn circumstances(&self, run: &Run) -> Circumstances<'_> {
        let Setup { registry, health, purse, clock, .. } = &self.setup;
        let at = clock.now();
        let fitness = |name: &MemberId| {
            let member = run.council.slot(name).and_then(|slot| run.member(slot))?;
            let endpoint = registry.open(&member.model).ok()?.endpoint();
            let figures = health.now.figures(&endpoint, at);
            let most = registry.limits(&member.model).concurrent;
            Some(Fitness {
                left_alone: matches!(health.now.breaker(&endpoint, at), Breaker::Open { .. }),
                answered: (figures.answered as u32, figures.calls as u32),
                first_ms: figures.first_p50,
                running: (self.gate.running(&endpoint) as u32, u32::try_from(most).unwrap_or(u32::MAX)),
            })
        };
        let names = run.council.members.iter().map(|member| &member.name);
        let files: usize = run.files.iter().map(|file| file.text.len()).sum();
        Circumstances {
            prices: &purse.prices,
            fitness: names.filter_map(|name| Some((name.clone(), fitness(name)?))).collect(),
            history: graded::by_seat(self.graded.as_deref().unwrap_or_default(), &run.council),
            tokens: guessed_tokens(run.question.len() + files),
        }
    }
}
