//! What the panes remember between frames: where they are scrolled to, and how they go to a claim. Not what they look like.

use super::{App, Layout, Rest};
use crate::agreement::early::{Early, early};
use crate::agreement::{Claim, Mark, outcome};
use crate::core::{Ask, Call, MemberId};

/// Where a pane looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scroll {
    /// At the end, as it grows.
    #[default]
    Follow,
    /// At this byte of the clean text, so that it survives a change of width.
    At {
        /// The byte at the top line.
        byte: usize,
        /// Lines to go down (or up) from there; taken in with the next frame.
        lines: isize,
    },
}

/// One seat's view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pane {
    /// Where it looks.
    pub scroll: Scroll,
    /// Where it came to rest in the last frame.
    pub rest: Option<Rest>,
}

impl Pane {
    /// Moves the view by lines.
    pub fn by(&mut self, lines: isize) {
        let Some(rest) = self.rest else { return };
        self.scroll = match self.scroll {
            Scroll::Follow if lines >= 0 => Scroll::Follow,
            Scroll::Follow => Scroll::At { byte: rest.top, lines: rest.lines + lines },
            Scroll::At { byte, lines: so_far } => Scroll::At { byte, lines: so_far + lines },
        };
    }

    /// Takes in where the view came to rest.
    pub fn settle(&mut self, rest: Rest, streaming: bool) {
        self.rest = Some(rest);
        if let Scroll::At { .. } = self.scroll {
            // Who scrolls back to the end of a growing text wants to follow it again.
            self.scroll = if rest.at_end && streaming {
                Scroll::Follow
            } else {
                Scroll::At { byte: rest.top, lines: rest.lines }
            };
        }
    }
}

impl App {
    /// The call a pane shows.
    pub fn call_in(&self, seat: usize) -> Option<&Call> {
        outcome::in_view(self.run()?, seat as u16)
    }

    /// The seats that still write an answer or a debate turn.
    pub fn missing(&self) -> Vec<usize> {
        let writes = |seat: &usize| self.asked_last(*seat).is_some_and(|call| !call.ended());
        (0..self.panes.len()).filter(writes).collect()
    }

    /// How an answer vote stands while answers are missing.
    pub fn early(&self) -> Option<Early> {
        let run = self.run()?;
        let counting = run.vote_counting();
        let weight = |seat: usize| self.name(seat).map_or(1.0, |name| counting.weight(name));
        // A partial answer is in no vote.
        let mut finals = self.agreement.finals.clone();
        let whole = |seat: &usize| {
            self.compared.get(seat).and_then(|call| run.calls.get(call)).is_some_and(Call::done)
        };
        for (_, seats) in &mut finals.positions {
            seats.retain(whole);
        }
        finals.positions.retain(|(_, seats)| !seats.is_empty());
        early(&finals, &self.missing(), weight)
    }

    /// The last answering call of a seat, whether it brought text or not.
    pub(super) fn asked_last(&self, seat: usize) -> Option<&Call> {
        let run = self.run()?;
        let answering = |call: &&Call| {
            let ask = run.stage(call.id.stage).map(|state| state.stage.ask);
            usize::from(call.id.slot) == seat && matches!(ask, Some(Ask::Answer | Ask::Critique))
        };
        run.calls.values().rfind(answering)
    }

    /// A seat's member.
    pub fn name(&self, seat: usize) -> Option<&MemberId> {
        let council = self.run().map(|run| &run.council).or(self.council.as_ref())?;
        council.members.get(seat).map(|member| &member.name)
    }

    /// The claims that `n` stops at, in the order of the text: conflicts, then what members only partly share.
    fn divergences(&self) -> Vec<&Claim> {
        let mut found: Vec<&Claim> =
            self.agreement.claims.iter().filter(|claim| claim.mark == Mark::Conflict).collect();
        if found.is_empty() {
            found = self.agreement.claims.iter().filter(|claim| claim.mark == Mark::Partly).collect();
        }
        found.sort_by_key(|claim| claim.place());
        found
    }

    /// Goes to the next or previous divergence: every pane that has it scrolls to its own words on it.
    pub(super) fn step_divergence(&mut self, forward: bool) -> bool {
        let numbers: Vec<u32> = self.divergences().iter().map(|claim| claim.number).collect();
        self.step(&numbers, forward)
    }

    /// The same over all claims, in the order of the list.
    pub(super) fn step_claim(&mut self, forward: bool) -> bool {
        let numbers: Vec<u32> = self.agreement.claims.iter().map(|claim| claim.number).collect();
        self.step(&numbers, forward)
    }

    fn step(&mut self, numbers: &[u32], forward: bool) -> bool {
        let count = numbers.len();
        if count == 0 {
            return false;
        }
        let place = numbers.iter().position(|number| Some(*number) == self.selected);
        let next = match (place, forward) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        };
        self.show_claim(numbers[next]);
        true
    }

    /// Selects a claim and brings it into view everywhere.
    pub fn show_claim(&mut self, number: u32) {
        let Some(claim) = self.agreement.claims.numbered(number) else { return };
        let places: Vec<(usize, usize)> = claim
            .spans
            .iter()
            .filter_map(|span| {
                let call = self.call_in(span.slot)?.id;
                let clean = self.texts.get(&call)?;
                Some((span.slot, clean.to_clean(span.range.start)))
            })
            .collect();
        self.selected = Some(number);
        self.look_at(&places);
    }

    /// Brings these bytes of clean texts into view, by seat, and one of them has the focus.
    pub(super) fn look_at(&mut self, places: &[(usize, usize)]) {
        if let (Some((first, _)), false) = (places.first(), places.iter().any(|(seat, _)| *seat == self.seat))
        {
            self.seat = *first;
        }
        for (seat, byte) in places {
            if let Some(pane) = self.panes.get_mut(*seat) {
                // A line of context above the claim.
                pane.scroll = Scroll::At { byte: *byte, lines: -1 };
            }
        }
    }

    /// Moves the focus by panes; in a drawer with columns, by those.
    pub(super) fn across(&mut self, step: isize) {
        if self.focused_drawer().is_some() && self.drawer_across(step) {
            return;
        }
        let count = self.panes.len().max(1);
        self.seat = (self.seat as isize + step).rem_euclid(count as isize) as usize;
    }

    /// Moves the focused view by a line or half a page.
    pub(super) fn scroll(&mut self, down: bool, half: bool) {
        let sign = if down { 1 } else { -1 };
        if self.focused_drawer().is_some() {
            self.drawer_by(if half { 10 * sign } else { sign });
            return;
        }
        let height = self.panes.get(self.seat).and_then(|pane| pane.rest).map_or(10, |rest| rest.height);
        let lines = if half { (height / 2).max(1) as isize } else { 1 };
        if let Some(pane) = self.panes.get_mut(self.seat) {
            pane.by(lines * sign);
        }
    }

    /// To the top or the end of the focused view.
    pub(super) fn edge(&mut self, top: bool) {
        if self.focused_drawer().is_some() {
            self.drawer_edge(top);
        } else if let Some(pane) = self.panes.get_mut(self.seat) {
            pane.scroll = if top { Scroll::At { byte: 0, lines: 0 } } else { Scroll::Follow };
        }
    }
}

impl Layout {
    /// Every layout, in the order in which `L` goes through them.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Tabs, Self::Columns, Self::Rows];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Tabs => "tabs",
            Self::Columns => "columns",
            Self::Rows => "rows",
        }
    }

    pub(super) fn next(self) -> Self {
        let at = Self::ALL.iter().position(|layout| *layout == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}
