//! What the panes and the drawer remember between frames: where they are scrolled to. Not what they look like.

use super::{App, Rest};
use crate::agreement::{Claim, Mark, outcome};
use crate::core::{Call, MemberId};

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

/// What is open beside the panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawer {
    /// Which one.
    pub kind: DrawerKind,
    /// The first line in view.
    pub scroll: usize,
    /// Whether it follows its text as it grows.
    pub follow: bool,
}

impl Drawer {
    /// A drawer just opened.
    pub fn open(kind: DrawerKind) -> Self {
        Self { kind, scroll: 0, follow: false }
    }
}

/// The drawers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerKind {
    /// The last synthesis.
    Synthesis,
    /// The last vote.
    Vote,
    /// The debate so far.
    Debate,
}

impl DrawerKind {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Synthesis => "Synthesis",
            Self::Vote => "Vote",
            Self::Debate => "Debate",
        }
    }
}

impl App {
    /// The call a pane shows.
    pub fn call_in(&self, seat: usize) -> Option<&Call> {
        outcome::in_view(self.run()?, seat as u16)
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
        found.sort_by_key(|claim| claim.id);
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
        let Some(claim) = self.agreement.claims.iter().find(|claim| claim.number == number) else { return };
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
        if let (Some((first, _)), false) = (places.first(), places.iter().any(|(seat, _)| *seat == self.seat))
        {
            self.seat = *first;
        }
        for (seat, byte) in places {
            if let Some(pane) = self.panes.get_mut(seat) {
                // A line of context above the claim.
                pane.scroll = Scroll::At { byte, lines: -1 };
            }
        }
    }
}
