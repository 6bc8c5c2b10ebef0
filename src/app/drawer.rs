//! What is open beside the panes: synthesis, vote, debate, matrix, conflicts or plan; what is chosen in it, and what that leads to. Not how
//! it looks.

use super::{App, Drawn, Overlay, guided, vote};
use crate::agreement::local::{Section, local};
use crate::agreement::{Claim, outcome};
use crate::core::{Ask, Call, CallId, Run, StageState};

/// What is open beside the panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawer {
    /// Which one.
    pub kind: DrawerKind,
    /// Whether keys go to it rather than to the panes.
    pub focus: bool,
    /// The row chosen, from 0: a sentence or a claim left out, a ranked answer or ballot, a member, a claim.
    pub at: usize,
    /// The column chosen, from 0: a round, a member, which of several syntheses. `None` stands for the last.
    pub column: Option<usize>,
    /// The first line in view.
    pub scroll: usize,
    /// Whether the view goes where the choice is, or to the end of what still grows, rather than to `scroll`.
    pub follow: bool,
}

/// The drawers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerKind {
    /// A synthesis.
    Synthesis,
    /// The synthesis that no model writes.
    Local,
    /// The last vote.
    Vote,
    /// The debate so far.
    Debate,
    /// Who says what, claim by claim.
    Matrix,
    /// What the answers are divided on, and how it was ruled.
    Conflicts,
    /// The checklist of claims before a guided synthesis.
    Guided,
    /// The stages of a written plan.
    Plan,
}

impl DrawerKind {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Synthesis => "Synthesis",
            Self::Local => "Local synthesis",
            Self::Vote => "Vote",
            Self::Debate => "Debate",
            Self::Matrix => "Matrix",
            Self::Conflicts => "Conflicts",
            Self::Guided => "Guided synthesis",
            Self::Plan => "Plan",
        }
    }
}

impl Drawer {
    /// A drawer just opened, with the keys.
    pub fn open(kind: DrawerKind) -> Self {
        Self { kind, focus: true, at: 0, column: None, scroll: 0, follow: true }
    }
}

/// As a place in the prompt of a call that is shown: where its answer begins.
pub const ANSWER: usize = usize::MAX / 8;

/// Whether a step is about the answers that stand now. A stage of a written plan is, as long as none came after it.
pub fn is_of_now(run: &Run, state: &StageState) -> bool {
    let latest = run.latest_answers();
    state.stage.answers().map_or(latest.0 < state.stage.id, |ground| ground == latest)
}

/// The columns a debate or a matrix has.
fn columns(app: &App, kind: DrawerKind) -> usize {
    match kind {
        DrawerKind::Debate => app.run().map_or(0, |run| outcome::turns(run).len()),
        DrawerKind::Matrix => app.panes.len(),
        DrawerKind::Synthesis => {
            app.synthesis_in_view().map_or(0, |(_, _, count)| if count > 1 { count } else { 0 })
        }
        DrawerKind::Local
        | DrawerKind::Vote
        | DrawerKind::Conflicts
        | DrawerKind::Guided
        | DrawerKind::Plan => 0,
    }
}

impl App {
    /// How many rows can be chosen in a drawer.
    pub fn rows(&self, kind: DrawerKind) -> usize {
        if self.run().is_none() {
            return 0;
        }
        match kind {
            DrawerKind::Synthesis => {
                self.synthesis_made().map_or(0, |made| made.sentences.len() + made.left_out.len())
            }
            DrawerKind::Vote => self.vote_on_board().map_or(0, |vote| vote::lines(&vote).len()),
            DrawerKind::Debate => self.panes.len(),
            DrawerKind::Matrix => self.agreement.claims.len(),
            DrawerKind::Local => self.local_synthesis().len(),
            DrawerKind::Conflicts => self.ledger().entries.len(),
            DrawerKind::Guided => self.checklist().len(),
            DrawerKind::Plan => self.plan_lines().len(),
        }
    }

    /// The drawer, while keys go to it.
    pub fn focused_drawer(&self) -> Option<Drawer> {
        self.drawer.filter(|drawer| drawer.focus)
    }

    /// The column chosen in the drawer, from 0.
    pub fn drawer_column(&self, drawer: Drawer) -> usize {
        let last = columns(self, drawer.kind).saturating_sub(1);
        match drawer.kind {
            DrawerKind::Matrix => self.seat.min(last),
            _ => drawer.column.unwrap_or(last).min(last),
        }
    }

    /// The row chosen in the drawer, from 0. In the matrix it is the claim that the panes show, in a debate the member
    /// whose pane has the focus.
    pub fn drawer_row(&self, drawer: Drawer) -> usize {
        let shown = || self.agreement.claims.iter().position(|claim| Some(claim.number) == self.selected);
        let at = match drawer.kind {
            DrawerKind::Matrix => shown().unwrap_or(drawer.at),
            DrawerKind::Debate => self.seat,
            DrawerKind::Plan => self.plan_row(),
            DrawerKind::Synthesis
            | DrawerKind::Local
            | DrawerKind::Vote
            | DrawerKind::Conflicts
            | DrawerKind::Guided => drawer.at,
        };
        at.min(self.rows(drawer.kind).saturating_sub(1))
    }

    /// Whether a synthesis or vote is about other answers than those that stand now, so that its key makes a new one.
    pub fn outdated(&self, kind: DrawerKind) -> bool {
        let Some(run) = self.run() else { return false };
        let state = match kind {
            DrawerKind::Synthesis => self.synthesis_in_view().map(|(state, ..)| state),
            DrawerKind::Vote => run.last_stage(Ask::Ballot),
            DrawerKind::Local
            | DrawerKind::Debate
            | DrawerKind::Matrix
            | DrawerKind::Conflicts
            | DrawerKind::Guided
            | DrawerKind::Plan => None,
        };
        let Some(state) = state.filter(|state| run.settled(state.stage.id)) else { return false };
        let id = state.stage.id;
        !is_of_now(run, state) || run.stale(id) || run.ruled_since(id)
    }

    /// Moves the choice in the drawer by rows. Where nothing more can be chosen, and by half pages, the text moves itself.
    pub(super) fn drawer_by(&mut self, rows: isize) {
        let Some(drawer) = self.drawer else { return };
        let last = self.rows(drawer.kind).saturating_sub(1);
        let from = self.drawer_row(drawer);
        let at = from.saturating_add_signed(rows).min(last);
        let page = rows.unsigned_abs() > 1 && drawer.kind != DrawerKind::Matrix;
        if page || at == from {
            let scroll = drawer.scroll.saturating_add_signed(rows);
            self.drawer = Some(Drawer { at: from, scroll, follow: false, ..drawer });
            return;
        }
        self.drawer = Some(Drawer { at, follow: true, ..drawer });
        match drawer.kind {
            DrawerKind::Matrix => self.follow_matrix(),
            DrawerKind::Debate => self.seat = at,
            DrawerKind::Synthesis | DrawerKind::Local | DrawerKind::Vote | DrawerKind::Conflicts => {}
            DrawerKind::Guided => self.follow_checklist(),
            DrawerKind::Plan => self.choose_plan_row(at),
        }
    }

    /// Moves the choice in the drawer by columns. False where it has none.
    pub(super) fn drawer_across(&mut self, step: isize) -> bool {
        let Some(drawer) = self.drawer else { return false };
        if drawer.kind == DrawerKind::Guided {
            guided::side(self, step);
            return true;
        }
        let count = columns(self, drawer.kind);
        if count == 0 {
            return false;
        }
        let column = self.drawer_column(drawer).saturating_add_signed(step).min(count - 1);
        self.drawer = Some(Drawer { column: Some(column), follow: true, ..drawer });
        match drawer.kind {
            DrawerKind::Matrix => self.seat = column,
            // Another text: its first sentence.
            DrawerKind::Synthesis => {
                self.drawer = Some(Drawer { at: 0, scroll: 0, column: Some(column), follow: true, ..drawer });
            }
            _ => {}
        }
        true
    }

    /// To the first or the last row.
    pub(super) fn drawer_edge(&mut self, top: bool) {
        let Some(drawer) = self.drawer else { return };
        let count = self.rows(drawer.kind);
        let (at, scroll) = if top { (0, 0) } else { (count.saturating_sub(1), usize::MAX / 2) };
        // Of a debate the text of the turn moves, not the choice of its member; and the end of what grows is followed.
        let (at, grows) = match drawer.kind {
            DrawerKind::Debate => (drawer.at, self.turn(drawer).is_some_and(|call| !call.ended())),
            _ => (at, count == 0),
        };
        self.drawer = Some(Drawer { at, scroll, follow: !top && grows, ..drawer });
        self.follow_matrix();
        self.follow_checklist();
        if drawer.kind == DrawerKind::Plan {
            self.choose_plan_row(at);
        }
    }

    /// The panes show the claim that is about to be ticked.
    fn follow_checklist(&mut self) {
        if let Some(number) = self.claim_here().map(|claim| claim.number) {
            self.show_claim(number);
        }
    }

    /// The row of the matrix is the claim that the panes show.
    fn follow_matrix(&mut self) {
        if let Some(drawer) = self.drawer.filter(|drawer| drawer.kind == DrawerKind::Matrix)
            && let Some(number) = self.agreement.claims.get(drawer.at).map(|claim| claim.number)
        {
            self.show_claim(number);
        }
    }

    /// Opens what is chosen in the drawer: the sources of a sentence, the answer of a rank, the prompt of a ballot or turn.
    /// False when there is nothing behind it.
    pub(super) fn open_chosen(&mut self) -> bool {
        let Some(drawer) = self.drawer else { return false };
        match drawer.kind {
            DrawerKind::Synthesis => self.open_sources(drawer.at),
            DrawerKind::Local => {
                let number = self.local_synthesis().get(drawer.at).map(|(_, claim)| claim.number);
                number.is_some_and(|number| {
                    self.show_claim(number);
                    true
                })
            }
            DrawerKind::Guided => {
                self.follow_checklist();
                true
            }
            DrawerKind::Vote => vote::open(self, drawer),
            DrawerKind::Plan => self.open_plan_line(),
            DrawerKind::Conflicts => self.open_conflict(drawer),
            DrawerKind::Debate => {
                let call = self.turn(drawer).map(|call| call.id);
                self.open_prompt(call)
            }
            DrawerKind::Matrix => {
                self.drawer = Some(Drawer { at: self.drawer_row(drawer), focus: false, ..drawer });
                self.follow_matrix();
                true
            }
        }
    }

    /// The debate turn that is chosen in the drawer.
    pub fn turn(&self, drawer: Drawer) -> Option<&Call> {
        let rounds = outcome::turns(self.run()?);
        let (_, calls) = rounds.get(self.drawer_column(drawer))?;
        calls.iter().find(|call| usize::from(call.id.slot) == self.drawer_row(drawer)).copied()
    }

    /// The synthesis of the answers in view that no model writes.
    pub fn local_synthesis(&self) -> Vec<(Section, &Claim)> {
        local(&self.agreement, self.compared.len())
    }

    /// The claims behind a row of the synthesis, by their numbers on the screen: those of a sentence, or one left out.
    pub fn sources(&self, at: usize) -> Vec<u32> {
        let Some(made) = self.synthesis_made() else { return Vec::new() };
        let claims: Vec<u32> = match made.sentences.get(at) {
            Some(sentence) => sentence.claims.iter().copied().chain(sentence.cited_alone()).collect(),
            None => made.left_out.get(at - made.sentences.len()).copied().into_iter().collect(),
        };
        claims.into_iter().filter_map(|id| self.on_screen(&made, id)).collect()
    }

    /// Goes to the claims behind a row of the synthesis: the first, and with each further press the next.
    fn open_sources(&mut self, at: usize) -> bool {
        let numbers = self.sources(at);
        let place = numbers.iter().position(|number| Some(*number) == self.selected);
        let next = place.map_or(0, |place| (place + 1) % numbers.len());
        match numbers.get(next) {
            Some(number) => {
                self.show_claim(*number);
                true
            }
            None => false,
        }
    }

    /// Shows the exact prompt of a call.
    pub(super) fn open_prompt(&mut self, call: Option<CallId>) -> bool {
        match call {
            Some(call) => {
                self.overlay = Some(Overlay::Prompt { call, scroll: 0 });
                true
            }
            None => false,
        }
    }

    /// Takes in where the drawer's view came to rest.
    pub(super) fn settle_drawer(&mut self, drawn: &Drawn) {
        if let (Some(drawer), Some(scroll)) = (&mut self.drawer, drawn.drawer) {
            drawer.scroll = scroll;
        }
    }
}
