//! What a person can do: each action by name, where its keys work, and whether it would do something now. The keys and
//! words themselves stand in [`super::table`].

use super::drawer::DrawerKind;
use super::{App, Focus, Overlay, plan};
use crate::core::{Ask, EndState};

/// A named thing a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Send the text.
    Send,
    /// Begin a new line in it.
    Newline,
    /// Go to the board.
    ToBoard,
    /// Go to the composer.
    Write,
    /// Begin a question to one member.
    AskOne,
    /// Take the last question back into the composer; sending it takes its place.
    EditLast,
    /// Look for an earlier question.
    Past,
    /// Write in one's own editor.
    Editor,
    /// Let a file go with the question.
    Attach,
    /// Make, show or hide the synthesis.
    Synthesis,
    /// Hold, show or hide the vote.
    Vote,
    /// Show or hide what the answers come to as votes, without asking anybody.
    FreeVote,
    /// Vote as the person, blind.
    OwnVote,
    /// Have the names of a vote shown.
    Reveal,
    /// Count by the next rule, or the one named.
    CountBy,
    /// What judges weigh.
    Weigh,
    /// Let the judge of a ballot weigh more.
    Heavier,
    /// Let the judge of a ballot weigh less.
    Lighter,
    /// One more debate round.
    Debate,
    /// Show or hide the debate so far.
    Timeline,
    /// Look deeper into the claims: by vectors, or by a judge.
    Deepen,
    /// Sets what the session may cost, or says what it cost so far.
    Budget,
    /// Stop the members that still write: the answers that are there will do.
    AnswerNow,
    /// Show or hide the synthesis that no model writes.
    LocalSynthesis,
    /// Show or hide who says what.
    Matrix,
    /// Ask the focused member once more.
    Retry,
    /// Stop what runs.
    Stop,
    /// Stop the focused member.
    StopMember,
    /// Keep the question being written to local members, or no longer.
    Private,
    /// Look at the council, or change to another.
    Council,
    /// Look at all models, and choose who sits in the council.
    Models,
    /// Give the model of the line a seat, or take it.
    Tick,
    /// Move the seat of the line one place forward.
    SeatUp,
    /// Move it one place back.
    SeatDown,
    /// Ask the model of the line for a word.
    Probe,
    /// Ask providers for their lists anew.
    Lists,
    /// Look at what calls cost and how long they took.
    Costs,
    /// Look at those of another period.
    Period,
    /// Put them in another order.
    Sort,
    /// Add a member.
    Add,
    /// Drop a member.
    Drop,
    /// Choose who writes syntheses.
    Chair,
    /// Keep the line-up as a council.
    Save,
    /// Keep it as the council asked when nothing else is said.
    SaveDefault,
    /// Go to the next divergence.
    NextDivergence,
    /// Go to the one before.
    PreviousDivergence,
    /// Go to the next claim of the list.
    NextClaim,
    /// Go to the one before.
    PreviousClaim,
    /// Focus the pane on the right.
    PaneRight,
    /// Focus the pane on the left.
    PaneLeft,
    /// Focus a pane by its number.
    PaneNumber,
    /// Go between the panes and what is open beside them.
    NextArea,
    /// A line down.
    Down,
    /// A line up.
    Up,
    /// Half a page down.
    HalfDown,
    /// Half a page up.
    HalfUp,
    /// To the top.
    Top,
    /// To the end, and follow it.
    End,
    /// Look at the question before.
    EarlierQuestion,
    /// Look at the question after.
    LaterQuestion,
    /// Give the focused pane the whole board, or take it back.
    Zoom,
    /// The next layout, or the one named.
    Layout,
    /// How claims are marked.
    Marks,
    /// The next theme, or the one named.
    Theme,
    /// Open what has the focus: the exact prompt of an answer, the sources of a sentence.
    Open,
    /// Copy what has the focus.
    Copy,
    /// Copy everything as Markdown.
    CopyAll,
    /// Copy the command that repeats the step.
    CopyCommand,
    /// Write everything as Markdown into a file.
    Export,
    /// The command line.
    Command,
    /// Every action, by fuzzy search.
    Palette,
    /// The messages so far.
    Messages,
    /// Close the top layer.
    Close,
    /// Show or hide help.
    Help,
    /// Look for something in a list.
    Search,
    /// Complete what is typed.
    Complete,
    /// Draw everything anew.
    Repaint,
    /// Stop the program until it is called back.
    Suspend,
    /// End synod.
    Quit,
    /// Choose the line.
    Choose,
    /// Run the offline demo.
    Demo,
    /// Ask the models found on this machine.
    Local,
    /// How to connect a model.
    Connect,
    /// Look at the empty board.
    LookAround,
    /// Show or hide what is divided and ruled on.
    Conflicts,
    /// Rule on the claim that is looked at.
    Rule,
    /// Mark it as wrong, or no longer.
    Wrong,
    /// Take the ruling on it back.
    TakeBack,
    /// Debate it alone.
    DebatePoint,
    /// Say something into the debate.
    Word,
    /// Grade the focused answer, or the one named.
    Grade,
    /// Say what questions are about, for grades.
    Topic,
    /// Show or hide the checklist of claims for a guided synthesis.
    Guided,
    /// Tick the claim of the line: it must stand, it is left out, or it is up to the chair.
    Pick,
    /// Let the chair merge as it was ticked.
    MergePicked,
    /// Choose the plan that the next questions go through.
    Plan,
    /// Show or hide the plan's stages.
    Rail,
    /// Pause the plan, or let it go on.
    Pause,
    /// Leave a stage of the plan out.
    Skip,
    /// Stop those that still write in a stage.
    Cut,
    /// Go on with what was stopped.
    GoOn,
    /// Let a plan that waits go on with what is there.
    Approve,
    /// Let it go on with one's own text.
    EditHanded,
    /// Let it go on with one of the texts.
    ChooseText,
    /// Send the work back.
    SendBack,
    /// Add a stage in which a member works on what there is.
    Then,
}

/// Where an action's keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the board.
    Board,
    /// While writing.
    Composer,
    /// In a list that is searched by typing.
    List,
    /// On the command line.
    Command,
    /// In help.
    Help,
    /// Where the council is looked at.
    Council,
    /// Where models are chosen.
    Models,
    /// On the screen of costs and latency.
    Costs,
    /// Before a question that must be answered.
    Confirm,
    /// In a text that lies over the board.
    Overlay,
    /// On the welcome screen.
    Welcome,
    /// Among the conflicts, while they have the keys; what is not said of them there is said of the board.
    Ledger,
    /// In the matrix, while it has the keys; the same.
    Matrix,
    /// On the vote board, while it has the keys; the same.
    Vote,
    /// In the checklist of claims, while it has the keys; the same.
    Guided,
    /// On the plan rail, while it has the keys; the same.
    Plan,
}

impl Place {
    /// Where keys are looked for that mean nothing here.
    pub fn beyond(self) -> Option<Self> {
        matches!(self, Self::Ledger | Self::Matrix | Self::Vote | Self::Guided | Self::Plan)
            .then_some(Self::Board)
    }
}

impl App {
    /// Where keys go now.
    pub fn place(&self) -> Place {
        match (&self.overlay, &self.welcome, self.focus) {
            (Some(Overlay::Help(list)), ..) if !list.typing => Place::Help,
            (
                Some(
                    Overlay::Help(_)
                    | Overlay::Palette(_)
                    | Overlay::Past(_)
                    | Overlay::Rule(_)
                    | Overlay::Plans(_),
                ),
                ..,
            ) => Place::List,
            (Some(Overlay::Command(_)), ..) => Place::Command,
            (Some(Overlay::Council(_)), ..) => Place::Council,
            (Some(Overlay::Models(_)), ..) => Place::Models,
            (Some(Overlay::Costs(_)), ..) => Place::Costs,
            (Some(Overlay::Confirm(_)), ..) => Place::Confirm,
            (Some(_), ..) => Place::Overlay,
            (None, Some(_), _) => Place::Welcome,
            (None, None, Focus::Board) => match self.focused_drawer().map(|drawer| drawer.kind) {
                Some(DrawerKind::Conflicts) => Place::Ledger,
                Some(DrawerKind::Matrix) => Place::Matrix,
                Some(DrawerKind::Vote) => Place::Vote,
                Some(DrawerKind::Guided) => Place::Guided,
                Some(DrawerKind::Plan) => Place::Plan,
                _ => Place::Board,
            },
            (None, None, Focus::Composer) => Place::Composer,
        }
    }

    /// Whether an action would do something now: footer, help and palette offer only those.
    pub fn can(&self, action: Action) -> bool {
        if let Some(can) = plan::can(self, action) {
            return can;
        }
        let run = self.run();
        let place = self.place();
        let layered = self.overlay.is_some();
        let answers = run.is_some_and(|run| run.calls.values().any(|call| !call.text.is_empty()));
        let council = self.council.as_ref();
        match action {
            Action::Send => !self.composer.is_empty() && council.is_some(),
            Action::Timeline => run.is_some_and(|run| run.last_stage(Ask::Critique).is_some()),
            Action::NextDivergence | Action::PreviousDivergence => {
                self.agreement.summary.conflict + self.agreement.summary.partly > 0
            }
            Action::Matrix | Action::LocalSynthesis | Action::NextClaim | Action::PreviousClaim => {
                self.agreement.summary.claims > 0
            }
            Action::Guided => !self.local_synthesis().is_empty(),
            Action::Pick => self.claim_here().is_some(),
            Action::MergePicked => !self.numbered_picks().is_empty(),
            Action::Conflicts => !self.ledger().entries.is_empty(),
            Action::FreeVote => self.compared.len() > 1,
            Action::OwnVote | Action::Reveal => self.blind().is_some(),
            Action::CountBy | Action::Weigh => run.is_some_and(|run| run.last_stage(Ask::Ballot).is_some()),
            Action::Heavier | Action::Lighter => self.judge_chosen().is_some(),
            Action::Rule | Action::Wrong => self.can_rule(),
            Action::TakeBack => self.ruled_here().is_some(),
            Action::DebatePoint => self.divided_here(),
            Action::Stop => self.working() || (place == Place::Composer && !self.composer.is_empty()),
            Action::AnswerNow => !self.missing().is_empty() && !self.ends().is_empty(),
            Action::StopMember => self.call_in(self.seat).is_some_and(|call| !call.ended()),
            Action::Retry => self.retried().is_some(),
            Action::Past => !self.composer.history().is_empty(),
            Action::AskOne => council.is_some_and(|council| council.members.len() > 1),
            Action::Council => council.is_some() || !self.offers.councils.is_empty(),
            Action::Add => !self.offers.models.is_empty() && !self.scripted(),
            Action::Chair if place == Place::Models => self.picked_seat().is_some(),
            Action::SeatUp => self.picked_seat().is_some_and(|seat| seat > 0),
            Action::SeatDown => self
                .picked_seat()
                .is_some_and(|seat| council.is_some_and(|council| seat + 1 < council.members.len())),
            Action::Drop | Action::Chair => council.is_some_and(|council| council.members.len() > 1),
            Action::Save | Action::SaveDefault => council.is_some_and(|council| !council.scripted),
            Action::PaneLeft | Action::PaneRight if place == Place::Guided => {
                self.claim_here().is_some_and(|claim| claim.sides.len() > 1)
            }
            Action::PaneLeft | Action::PaneRight => self.panes.len() > 1 || self.drawer.is_some(),
            Action::PaneNumber => self.panes.len() > 1,
            Action::NextArea => match &self.overlay {
                Some(Overlay::Prompt { call, .. }) => {
                    run.and_then(|run| run.calls.get(call)).is_some_and(|call| !call.text.is_empty())
                }
                _ => self.drawer.is_some(),
            },
            Action::EarlierQuestion => self.shown_at() > 0,
            Action::LaterQuestion => self.shown_at() + 1 < self.session.runs.len(),
            Action::Open => self.can_open(),
            Action::Copy => answers,
            Action::Synthesis
            | Action::Vote
            | Action::Deepen
            | Action::Debate
            | Action::Word
            | Action::Zoom
            | Action::Layout
            | Action::EditLast
            | Action::CopyAll
            | Action::CopyCommand
            | Action::Export => run.is_some(),
            Action::Close => {
                layered
                    || self.drawer.is_some()
                    || self.coach.is_some()
                    || self.zoom
                    || self.selected.is_some()
                    || !self.boxes.is_empty()
            }
            Action::Down | Action::Up | Action::HalfDown | Action::HalfUp | Action::Top | Action::End => {
                answers || self.welcome.is_some() || (layered && self.overlay != Some(Overlay::Connect))
            }
            Action::Grade => self.gradable().is_some(),
            Action::Messages => !self.messages.is_empty(),
            Action::Demo => self.demo.is_some() && !self.scripted(),
            Action::Local => self.found.is_some(),
            Action::Tick | Action::Probe => self.picked().is_some(),
            Action::Lists => !self.shelf.loading,
            _ => true,
        }
    }

    /// Whether Enter on the board opens anything.
    fn can_open(&self) -> bool {
        match self.drawer.filter(|drawer| drawer.focus).map(|drawer| drawer.kind) {
            Some(DrawerKind::Matrix) => self.agreement.summary.claims > 0,
            Some(kind) => self.rows(kind) > 0,
            None => self.call_in(self.seat).is_some(),
        }
    }

    /// Whether every member of the run on the board has an end, and which ends they are.
    pub fn ends(&self) -> Vec<EndState> {
        (0..self.panes.len()).filter_map(|seat| self.call_in(seat)?.end).collect()
    }
}
