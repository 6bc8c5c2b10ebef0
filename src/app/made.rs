//! What a finished synthesis comes to, found once when it ends: its sentences with their sources, and what it left out.

use super::App;
use crate::agreement::{Agreement, Sentence, outcome};
use crate::core::{Ask, CallId};
use std::sync::Arc;

/// A synthesis with where its sentences come from.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its sentences with the claims that support them.
    pub sentences: Vec<Sentence>,
    /// The claims that no sentence takes up, by canonical id.
    pub left_out: Vec<u32>,
    /// The claims of the answers it was made from.
    pub agreement: Agreement,
    /// Those answers.
    pub answers: Vec<CallId>,
    /// Whether its chair was given numbers to cite.
    pub numbered: bool,
}

impl App {
    /// What the last synthesis of the run on the board comes to, once it has ended.
    pub fn synthesis_made(&self) -> Option<Arc<Made>> {
        let run = self.run()?;
        let state = run.last_stage(Ask::Merge)?;
        let call = outcome::chair(run, state.stage.id)?;
        self.made.get(&call.id).cloned()
    }

    /// Finds what the last synthesis on the board comes to, where that is not known yet.
    pub(super) fn find_made(&mut self) {
        let Some(run) = self.run() else { return };
        let Some(state) = run.last_stage(Ask::Merge) else { return };
        let Some(call) = outcome::chair(run, state.stage.id) else { return };
        if !call.usable() || self.made.contains_key(&call.id) {
            return;
        }
        let id = call.id;
        let found = outcome::synthesis(run, state);
        let answers = state.begun.as_ref().map(|begun| begun.answers.clone()).unwrap_or_default();
        let made = Made {
            sentences: found.sentences,
            left_out: found.left_out,
            agreement: found.agreement,
            answers,
            numbered: found.numbered,
        };
        self.made.insert(id, Arc::new(made));
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
