//! The texts of calls as they were laid out for earlier frames. They only save time: without them the same is drawn.

use super::stream::{Budget, StreamText};
use crate::app::App;
use crate::core::{Call, CallId, RunId};
use std::collections::HashMap;

/// Texts that are kept beside those in view.
const MOST: usize = 64;

/// Texts by call.
#[derive(Default)]
pub(super) struct Texts {
    kept: HashMap<CallId, Kept>,
    /// Stands for a call that isn't there yet.
    nothing: StreamText,
    /// Counts frames.
    frame: u64,
}

#[derive(Default)]
struct Kept {
    text: StreamText,
    /// The last frame it was drawn in.
    drawn: u64,
}

impl Texts {
    /// Begins a frame: forgets the texts of earlier runs, and of the others those that were not drawn for the longest.
    pub(super) fn begin(&mut self, run: Option<RunId>) {
        self.kept.retain(|call, _| Some(call.run) == run);
        if self.kept.len() > MOST {
            let mut frames: Vec<u64> = self.kept.values().map(|kept| kept.drawn).collect();
            frames.sort_unstable();
            let oldest = frames[frames.len() - MOST].min(self.frame);
            self.kept.retain(|_, kept| kept.drawn >= oldest);
        }
        self.frame += 1;
    }

    /// The text of a call that is drawn in this frame.
    pub(super) fn of(&mut self, call: Option<CallId>) -> &mut StreamText {
        let Some(call) = call else { return &mut self.nothing };
        let kept = self.kept.entry(call).or_default();
        kept.drawn = self.frame;
        &mut kept.text
    }

    /// Goes on with what isn't in view of the texts that are. True when another frame may show more of them.
    pub(super) fn go_on(&mut self, app: &App, budget: &mut Budget) -> bool {
        let mut more = false;
        for (call, kept) in self.kept.iter_mut().filter(|(_, kept)| kept.drawn == self.frame) {
            let Some(clean) = app.texts.get(call) else { continue };
            let finished = app.run().and_then(|run| run.calls.get(call)).is_some_and(Call::ended);
            more |= kept.text.go_on(clean.as_str(), finished, budget);
        }
        more
    }
}
