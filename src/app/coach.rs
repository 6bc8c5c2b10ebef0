//! The tour of the first run: one line that says what to press next. It watches what is done and forces nothing.

use super::{Action, App, Overlay};

/// Where the tour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coach {
    /// Send the question.
    Ask,
    /// Look at the divergences.
    Diverge,
    /// Make a synthesis.
    Merge,
    /// Hold a vote.
    Rank,
    /// Add a debate round.
    Argue,
    /// What is left to know.
    Done,
}

impl Coach {
    /// What the line says.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ask => "Enter asks this question; Up shows the others",
            Self::Diverge => "= agree, ! conflict.  n  goes to the next divergence",
            Self::Merge => "s  lets the chair make one answer of theirs",
            Self::Rank => "v  lets them rank each other's answers, blind",
            Self::Argue => "d  lets them answer each other for a round",
            Self::Done => "i  asks on,  m  shows who says what,  ?  has every key",
        }
    }

    /// Its number and how many steps there are.
    pub fn step(self) -> (usize, usize) {
        (self as usize + 1, Self::Done as usize + 1)
    }

    fn after(self, action: Action, went: bool) -> Self {
        match (self, action) {
            (Self::Ask, Action::Send) => Self::Diverge,
            (Self::Diverge, Action::NextDivergence | Action::PreviousDivergence) if went => Self::Merge,
            (Self::Merge, Action::Synthesis) => Self::Rank,
            (Self::Rank, Action::Vote) => Self::Argue,
            (Self::Argue, Action::Debate) => Self::Done,
            (same, _) => same,
        }
    }
}

impl App {
    /// Takes in that an action was taken.
    pub(super) fn coach(&mut self, action: Action) {
        if let Some(coach) = self.coach {
            let asked = action == Action::Send && self.queued.is_empty();
            let refused = matches!(self.overlay, Some(Overlay::Connect | Overlay::Confirm(_)));
            if !(asked || refused) {
                self.coach = Some(coach.after(action, self.selected.is_some()));
            }
        }
    }
}
