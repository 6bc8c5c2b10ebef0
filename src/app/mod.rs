//! The workbench as a value: what is on it, and how a message changes it. No input or output, no drawing, no tasks.
//!
//! `update` is the only way in; what it wants done comes out as [`Effect`]s, which the terminal shell carries out.

pub mod action;
pub mod board;
pub mod composer;
pub mod keymap;
mod update;

pub use action::Action;
pub use update::update;

use crate::agreement::Agreement;
use crate::core::clean::CleanText;
use crate::core::{CallId, Command, Council, Event, Protocol, Record, Run, Session};
use board::{Drawer, Pane};
use composer::Composer;
use crossterm::event::KeyEvent;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The engine wrote a record.
    Record(Record),
    /// Records can't be written, and why.
    NotSaved(String),
    /// Everything is written again.
    Saved,
    /// The engine is gone.
    EngineGone,
    /// The comparison of the answers is at this point, for these calls by seat.
    Agreement(Arc<Agreement>, BTreeMap<usize, CallId>),
    /// The screen was drawn.
    Drawn(Drawn),
    /// It is this time now, in milliseconds since the epoch.
    Time(u64),
    /// Take an action by name, as help does.
    Do(Action),
    /// Ask this at once.
    Ask(String),
}

/// What the drawing found out: only for scroll limits, never for what keys mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// For each seat drawn: where its view came to rest.
    pub panes: Vec<(usize, Rest)>,
    /// Where the drawer's view came to rest.
    pub drawer: Option<usize>,
    /// Where the help's view came to rest.
    pub overlay: Option<usize>,
}

/// Where a view came to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// The byte of the clean text at the top line, or at the nearest line that has text.
    pub top: usize,
    /// Lines from there to the top line.
    pub lines: isize,
    /// Whether the last line is in view.
    pub at_end: bool,
    /// Lines below the view.
    pub below: usize,
    /// Lines in view.
    pub height: usize,
}

/// Something the workbench wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Something the council is to do.
    Council(Command),
    /// Clear and draw everything anew.
    Repaint,
    /// End the program.
    Quit,
}

/// Which part of the workbench keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The panes.
    Board,
    /// The composer.
    Composer,
}

/// Something that lies over the board until it is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Help: the table of actions.
    Help {
        /// The first line in view.
        scroll: usize,
    },
    /// The exact prompt an answer was given.
    Prompt {
        /// The call.
        call: CallId,
        /// The first line in view.
        scroll: usize,
    },
    /// Quit although calls run?
    Quit,
    /// How to connect a model.
    Connect,
}

/// What the board shows when no council is there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The line chosen, from 0.
    pub choice: usize,
}

/// How panes are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// By the width of the terminal.
    #[default]
    Auto,
    /// One pane and a line of tabs.
    Tabs,
    /// Side by side.
    Columns,
}

/// What the workbench needs to know from the start.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Who is asked.
    pub council: Option<Council>,
    /// The council that the demo offers, and what it knows.
    pub demo: Option<(Council, Vec<String>)>,
    /// What the council does with a question.
    pub protocol: Protocol,
    /// The session so far.
    pub records: Vec<Record>,
    /// Lines to show at once: warnings of the configuration, a repaired log.
    pub notices: Vec<String>,
    /// Whether the session is kept.
    pub kept: bool,
    /// The time now, in milliseconds since the epoch.
    pub now: u64,
    /// What was looked at on the way in, for the welcome screen.
    pub looked_at: Vec<(String, String)>,
    /// What the questions cost nothing or something: a line about the council's price.
    pub price: Option<String>,
}

/// The workbench.
#[derive(Debug)]
pub struct App {
    /// Everything that happened.
    pub session: Session,
    /// Who is asked next.
    pub council: Option<Council>,
    demo: Option<(Council, Vec<String>)>,
    protocol: Protocol,
    /// The welcome screen, while it is there.
    pub welcome: Option<Welcome>,
    /// Where keys go.
    pub focus: Focus,
    /// The text being written.
    pub composer: Composer,
    /// The focused pane's seat.
    pub seat: usize,
    /// One view a seat.
    pub panes: Vec<Pane>,
    /// Whether the focused pane has the whole board.
    pub zoom: bool,
    /// How panes are laid out.
    pub layout: Layout,
    /// What is open beside the panes.
    pub drawer: Option<Drawer>,
    /// What lies over the board.
    pub overlay: Option<Overlay>,
    /// What the answers in view agree on.
    pub agreement: Arc<Agreement>,
    /// Which calls the agreement is about, by seat.
    pub compared: BTreeMap<usize, CallId>,
    /// The claim that `n` went to, by screen number.
    pub selected: Option<u32>,
    /// The newest message, in one line.
    pub toast: Option<String>,
    /// Why records are not saved; stays until they are.
    pub not_saved: Option<String>,
    /// Answers as they may be drawn.
    pub texts: BTreeMap<CallId, CleanText>,
    /// Whether the session is kept.
    pub kept: bool,
    /// Milliseconds since the epoch.
    pub now: u64,
    /// What was looked at on the way in.
    pub looked_at: Vec<(String, String)>,
    /// A line about what a question costs.
    pub price: Option<String>,
    /// Questions sent that the engine has not begun yet.
    pub queued: Vec<String>,
    /// Counts changes that the comparison must see.
    pub texts_version: u64,
}

impl App {
    /// A workbench with what was there before.
    pub fn new(opening: Opening) -> Self {
        let mut history: Vec<String> = Vec::new();
        if let (Some(council), Some((_, questions))) = (&opening.council, &opening.demo)
            && council.scripted
        {
            history.extend(questions.iter().rev().cloned());
        }
        let welcome =
            (opening.council.is_none() && opening.records.is_empty()).then_some(Welcome { choice: 0 });
        let mut app = Self {
            session: Session::default(),
            council: opening.council,
            demo: opening.demo,
            protocol: opening.protocol,
            welcome,
            focus: Focus::Composer,
            composer: Composer::new(history),
            seat: 0,
            panes: Vec::new(),
            zoom: false,
            layout: Layout::Auto,
            drawer: None,
            overlay: None,
            agreement: Arc::default(),
            compared: BTreeMap::new(),
            selected: None,
            toast: opening.notices.last().cloned(),
            not_saved: None,
            texts: BTreeMap::new(),
            kept: opening.kept,
            now: opening.now,
            looked_at: opening.looked_at,
            price: opening.price,
            queued: Vec::new(),
            texts_version: 0,
        };
        for record in &opening.records {
            app.fold(record);
        }
        if let Some(run) = app.session.runs.last() {
            app.council = Some(run.council.clone());
            app.focus = Focus::Board;
        }
        app
    }

    /// Takes a record in: the session, the text that may be drawn, and a view for each seat.
    pub(crate) fn fold(&mut self, record: &Record) {
        self.session.apply(record);
        match &record.event {
            Event::RunStarted { question, council, .. } => {
                self.panes = vec![Pane::default(); council.members.len()];
                self.seat = self.seat.min(council.members.len().saturating_sub(1));
                self.selected = None;
                self.drawer = None;
                self.agreement = Arc::default();
                self.compared.clear();
                self.queued.retain(|waiting| waiting != question);
            }
            Event::Delta { call, channel: crate::core::Channel::Text, text } => {
                self.texts.entry(*call).or_default().push(text);
            }
            Event::CallEnded { call, text, .. } => {
                let clean = self.texts.entry(*call).or_default();
                if clean.raw_len() != text.len() {
                    *clean = CleanText::default();
                    clean.push(text);
                }
                clean.finish();
            }
            _ => {}
        }
        if record.event.call().is_some() || matches!(record.event, Event::RunStarted { .. }) {
            self.texts_version += 1;
        }
    }

    /// The run on the board.
    pub fn run(&self) -> Option<&Run> {
        self.session.runs.last()
    }

    /// Whether anything runs or waits in the run on the board.
    pub fn working(&self) -> bool {
        !self.queued.is_empty()
            || self.run().is_some_and(|run| crate::core::next(run).state == crate::core::Progress::Working)
    }

    /// Whether the members are scripted.
    pub fn scripted(&self) -> bool {
        let of_run = self.run().map(|run| run.council.scripted);
        of_run.or(self.council.as_ref().map(|council| council.scripted)).unwrap_or(false)
    }
}
