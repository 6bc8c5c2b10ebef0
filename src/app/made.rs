//! What a finished synthesis comes to, found once when it ends: its sentences with their sources, and what it left out.

use super::App;
use crate::agreement::guided::{self, Picked};
use crate::agreement::{Agreement, Sentence, outcome};
use crate::core::{CallId, Run, StageState};
use std::sync::Arc;

/// A synthesis with where its sentences come from.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its sentences with the claims that support them.
    pub sentences: Vec<Sentence>,
    /// The claims that the person left out, then those that no sentence takes up, by canonical id.
    pub left_out: Vec<u32>,
    /// The sides of conflicts that no sentence takes: by the claim's id, and the side's place.
    pub untold: Vec<(u32, usize)>,
    /// How many of them the person left out.
    pub by_person: usize,
    /// What the person chose, and what became of it.
    pub picked: Vec<Picked>,
    /// The claims of the answers it was made from.
    pub agreement: Agreement,
    /// Those answers.
    pub answers: Vec<CallId>,
    /// Whether its chair was given numbers to cite.
    pub numbered: bool,
}

impl App {
    /// What the synthesis in view comes to, once it has ended.
    pub fn synthesis_made(&self) -> Option<Arc<Made>> {
        let (state, ..) = self.synthesis_in_view()?;
        let call = outcome::chair(self.run()?, state.stage.id)?;
        self.made.get(&call.id).cloned()
    }

    /// Finds what the syntheses on the board come to, where that is not known yet.
    pub(super) fn find_made(&mut self) {
        let Some(run) = self.run() else { return };
        let new = outcome::syntheses(run).filter_map(|state| {
            let call = outcome::chair(run, state.stage.id)?;
            (call.usable() && !self.made.contains_key(&call.id)).then(|| (call.id, made(run, state)))
        });
        let new: Vec<(CallId, Made)> = new.collect();
        self.made.extend(new.into_iter().map(|(call, made)| (call, Arc::new(made))));
    }

    /// The number that a claim of a synthesis bears on the screen; `None` where the panes show other answers by now.
    pub fn on_screen(&self, made: &Made, id: u32) -> Option<u32> {
        let claim = made.agreement.claims.iter().find(|claim| claim.id == id)?;
        claim.spans.iter().find_map(|span| {
            let shown = self.compared.get(&span.slot)?;
            let same = |other: &&crate::agreement::Claim| {
                other.spans.iter().any(|it| {
                    it.slot == span.slot && it.range.start < span.range.end && span.range.start < it.range.end
                })
            };
            let here = made.answers.contains(shown);
            self.agreement.claims.iter().find(same).filter(|_| here).map(|claim| claim.number)
        })
    }
}

fn made(run: &Run, state: &StageState) -> Made {
    let found = outcome::synthesis(run, state);
    let mut left_out = guided::left_out(&found.picked);
    let by_person = left_out.len();
    let others = found.left_out.iter().filter(|id| !left_out.contains(id)).copied();
    left_out.extend(others.collect::<Vec<_>>());
    Made {
        sentences: found.sentences,
        left_out,
        untold: found.untold,
        by_person,
        picked: found.picked,
        agreement: found.agreement,
        answers: state.begun.as_ref().map(|begun| begun.answers.clone()).unwrap_or_default(),
        numbered: found.numbered,
    }
}
