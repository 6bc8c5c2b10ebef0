//! The workbench as a value: what is on it, and how a message changes it. No input or output, no drawing, no tasks.
//!
//! `update` is the only way in; what it wants done comes out as [`Effect`]s, which the terminal shell carries out.

mod act;
pub mod action;
mod ask;
pub mod board;
pub mod coach;
pub mod command_line;
pub mod composer;
pub mod confirm;
pub mod cost;
mod cost_csv;
mod deepen;
pub mod drawer;
pub mod experiment;
mod export;
mod grade;
mod guided;
pub mod keymap;
pub mod ledger;
pub mod lineup;
pub mod list;
mod made;
mod message;
pub mod models;
pub mod money;
pub mod plan;
mod private;
pub mod readline;
mod similar;
mod steps;
mod synthesis;
pub mod table;
mod update;
pub mod vote;
pub mod welcome;

pub use action::{Action, Place};
pub use made::Made;
pub use message::{Drawn, Effect, Found, Msg, Offers, Opening, Rest};
pub use update::update;

use crate::agreement::{Agreement, Ledger};
use crate::core::clean::CleanText;
use crate::core::health::Health;
use crate::core::price::Prices;
use crate::core::{CallId, Council, Debate, Event, Privacy, Protocol, Record, Run, RunId, Session};
use ask::Reading;
use board::Pane;
use coach::Coach;
use command_line::CommandLine;
use composer::Composer;
use confirm::{Confirm, Fault};
use cost::Costs;
use drawer::Drawer;
use grade::Learning;
use guided::Ticks;
use ledger::RuleBox;
use list::List;
use models::{Picker, Shelf};
use money::Money;
use plan::Rail;
use plan::choose::Chosen;
use similar::Likes;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use welcome::{Nearby, Welcome};

/// Which part of the workbench keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The panes.
    Board,
    /// The composer.
    Composer,
}

/// Something that lies over the board until it is closed.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// Help: the table of actions.
    Help(List),
    /// Every action that can be taken now.
    Palette(List),
    /// Earlier questions.
    Past(List),
    /// The command line.
    Command(CommandLine),
    /// The council; the line chosen, from 0.
    Council(usize),
    /// A question that must be answered.
    Confirm(Confirm),
    /// The exact prompt an answer was given.
    Prompt {
        /// The call.
        call: CallId,
        /// The first line in view.
        scroll: usize,
    },
    /// The messages so far.
    Messages {
        /// The first line in view.
        scroll: usize,
    },
    /// What calls cost and how long they took.
    Costs(Costs),
    /// How to connect a model.
    Connect,
    /// The models that there are, and which of them sit in the council.
    Models(Picker),
    /// The box in which a point is ruled on.
    Rule(RuleBox),
    /// The plans that there are.
    Plans(List),
}

/// How panes are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// By the size of the terminal.
    #[default]
    Auto,
    /// One pane and a line of tabs.
    Tabs,
    /// Side by side.
    Columns,
    /// One above the other.
    Rows,
}

/// Where claims are marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marks {
    /// In the gutter and in the text.
    #[default]
    All,
    /// In the gutter alone.
    Gutter,
    /// Nowhere.
    Off,
}

/// The workbench.
#[derive(Debug)]
pub struct App {
    /// Everything that happened.
    pub session: Session,
    /// The run on the board, where it is not the last one.
    shown: Option<RunId>,
    /// Who is asked next.
    pub council: Option<Council>,
    /// The council that the demo offers, and what it knows.
    demo: Option<(Council, Vec<String>)>,
    /// What was found on this machine.
    pub found: Option<Nearby>,
    /// Councils, models and providers that there are.
    pub offers: Offers,
    /// The models that there are, and what is known of them.
    pub shelf: Shelf,
    /// What models cost.
    pub prices: Prices,
    /// How endpoints did lately: what was kept of earlier sessions, and what this program saw.
    pub health: Health,
    /// US dollars above which a step is asked about first.
    pub confirm_above: f64,
    /// What was spent, and what may be.
    pub money: Money,
    /// What makes a question private, and who is local.
    pub privacy: Privacy,
    /// Looking for an earlier question before one is sent.
    likes: Likes,
    /// Whether the person agreed to prices that nobody knows.
    unpriced: bool,
    protocol: Protocol,
    /// The plan that the next questions go through.
    plan: Option<Chosen>,
    /// How debates are held where nothing else is said.
    pub debate: Debate,
    /// The welcome screen, while it is there.
    pub welcome: Option<Welcome>,
    /// The tour, while it goes on.
    pub coach: Option<Coach>,
    /// Where keys go.
    pub focus: Focus,
    /// The text being written.
    pub composer: Composer,
    /// The run that the question being written is to take the place of.
    pub replaces: Option<RunId>,
    /// What files that are being read are for, oldest first.
    reading: VecDeque<Reading>,
    /// The focused pane's seat.
    pub seat: usize,
    /// One view a seat.
    pub panes: Vec<Pane>,
    /// Whether the focused pane has the whole board.
    pub zoom: bool,
    /// How panes are laid out.
    pub layout: Layout,
    /// Where claims are marked.
    pub marks: Marks,
    /// The themes there are, and the one that is drawn with.
    pub themes: Vec<String>,
    /// The name of the theme that is drawn with.
    pub theme: String,
    /// What is open beside the panes.
    pub drawer: Option<Drawer>,
    /// What lies over the board.
    pub overlay: Option<Overlay>,
    /// What the answers in view agree on.
    pub agreement: Arc<Agreement>,
    /// Which calls the agreement is about, by seat.
    pub compared: BTreeMap<usize, CallId>,
    /// What is divided and ruled on.
    ledger: Ledger,
    /// What was graded, and what is learned from it.
    learning: Learning,
    /// What syntheses come to, by their calls.
    made: BTreeMap<CallId, Arc<Made>>,
    /// What is ticked for a guided synthesis.
    ticks: Ticks,
    /// What is chosen on the plan rail, and what of it is folded.
    rail: Rail,
    /// The claim that `n` went to, by screen number.
    pub selected: Option<u32>,
    /// The newest message, in one line.
    pub toast: Option<String>,
    /// All messages with their times, in milliseconds since the epoch; oldest first.
    pub messages: Vec<(u64, String)>,
    /// Faults that stay until they are closed or mended, oldest first.
    pub boxes: Vec<Fault>,
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
    /// Questions sent that the engine has not begun yet.
    pub queued: Vec<String>,
    /// Counts changes that the comparison must see.
    pub texts_version: u64,
}

impl App {
    /// A workbench with what was there before.
    pub fn new(opening: Opening) -> Self {
        let scripted = opening.council.as_ref().is_some_and(|council| council.scripted);
        let mut history = opening.history;
        if let (true, Some((_, questions))) = (scripted, &opening.demo) {
            history.extend(questions.iter().rev().cloned());
        }
        let idle = opening.council.is_none() && opening.records.is_empty();
        let mut composer = Composer::new(history);
        composer.private = opening.privacy.always;
        for file in opening.files {
            composer.attach(file);
        }
        let mut app = Self {
            session: Session::default(),
            shown: None,
            council: opening.council,
            demo: opening.demo,
            found: opening.found,
            offers: opening.offers,
            shelf: Shelf::of(opening.models),
            prices: opening.prices,
            health: opening.health,
            confirm_above: opening.confirm_above,
            money: Money { caps: opening.caps, today: opening.today, ..Money::default() },
            privacy: opening.privacy,
            likes: Likes { wanted: opening.similar, looking: None },
            unpriced: false,
            protocol: opening.protocol,
            plan: opening.plan,
            debate: opening.debate,
            welcome: idle.then_some(Welcome { choice: 0 }),
            coach: None,
            focus: Focus::Composer,
            composer,
            replaces: None,
            reading: VecDeque::new(),
            seat: 0,
            panes: Vec::new(),
            zoom: false,
            layout: Layout::Auto,
            marks: Marks::All,
            themes: opening.themes,
            theme: opening.theme,
            drawer: None,
            overlay: None,
            agreement: Arc::default(),
            compared: BTreeMap::new(),
            ledger: Ledger::default(),
            learning: Learning::of(opening.grades),
            made: BTreeMap::new(),
            ticks: Ticks::default(),
            rail: Rail::default(),
            selected: None,
            toast: None,
            messages: Vec::new(),
            boxes: Vec::new(),
            not_saved: None,
            texts: BTreeMap::new(),
            kept: opening.kept,
            now: opening.now,
            looked_at: opening.looked_at,
            queued: Vec::new(),
            texts_version: 0,
        };
        for record in &opening.records {
            app.fold(record);
        }
        app.money.before = app.money.spent.sum();
        app.relearn();
        if app.session.runs.last().is_some() {
            app.focus = Focus::Board;
            app.find_made();
        }
        for notice in &opening.notices {
            app.say(notice);
        }
        app
    }

    /// Takes a record in: the session, the text that may be drawn, and a view for each seat.
    pub(crate) fn fold(&mut self, record: &Record) {
        self.session.apply(record);
        match &record.event {
            Event::RunStarted { run, question, .. } => {
                self.queued.retain(|waiting| waiting != question);
                self.shown = None;
                self.show(*run);
            }
            Event::MemberJoined { run, .. } if Some(*run) == self.run().map(|run| run.id) => {
                self.panes.push(Pane::default());
                self.relearn();
            }
            Event::StageStarted { run, .. } if Some(*run) == self.run().map(|run| run.id) => {
                self.gate_begins(record);
            }
            Event::Graded { topic: Some(topic), .. } => self.learning.topic_is(topic),
            Event::Ruled { run, .. } if Some(*run) == self.run().map(|run| run.id) => self.find_ledger(),
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
        self.count_money(record);
        let told = matches!(record.event, Event::ClaimsEmbedded { .. } | Event::PairsJudged { .. });
        if record.event.call().is_some() || told || matches!(record.event, Event::RunStarted { .. }) {
            self.texts_version += 1;
        }
    }

    /// Puts a run on the board.
    fn show(&mut self, id: RunId) {
        let last = self.session.runs.last().map(|run| run.id);
        self.shown = (Some(id) != last).then_some(id);
        let Some(run) = self.run() else { return };
        let seats = run.council.members.len();
        let alone = run.stages.first().and_then(|state| match &state.stage.speakers {
            crate::core::Speakers::Member(name) if !run.planned() => run.council.slot(name),
            _ => None,
        });
        let seat = alone.map_or(self.seat.min(seats.saturating_sub(1)), usize::from);
        // The first one in view is one that is asked.
        let asked = |seat: &usize| !run.held_back(*seat as u16);
        self.seat = (seat..seats).chain(0..seat).find(asked).unwrap_or(seat);
        self.panes = vec![Pane::default(); seats];
        // Who was asked alone has the board alone.
        self.zoom = alone.is_some();
        self.selected = None;
        self.drawer = None;
        self.rail = Rail::default();
        self.open_rail();
        self.boxes.clear();
        self.agreement = Arc::default();
        self.compared.clear();
        self.ledger = Ledger::default();
        self.relearn();
        self.texts_version += 1;
    }

    /// Puts an earlier or later run on the board.
    fn show_question(&mut self, step: isize) {
        let at = self.shown_at().saturating_add_signed(step);
        if let Some(id) = self.session.runs.get(at).map(|run| run.id) {
            self.show(id);
            self.find_made();
        }
    }

    /// The place of the run on the board among all runs, from 0.
    pub fn shown_at(&self) -> usize {
        let last = self.session.runs.len().saturating_sub(1);
        self.shown.and_then(|id| self.session.runs.iter().position(|run| run.id == id)).unwrap_or(last)
    }

    /// The run on the board.
    pub fn run(&self) -> Option<&Run> {
        self.session.runs.get(self.shown_at())
    }

    /// Whether anything runs or waits.
    pub fn working(&self) -> bool {
        let works = |run: &Run| crate::core::next(run).state == crate::core::Progress::Working;
        let deepens = |run: &Run| !run.deeper.running.is_empty();
        !self.queued.is_empty() || self.session.runs.iter().any(|run| works(run) || deepens(run))
    }

    /// Whether the members are scripted.
    pub fn scripted(&self) -> bool {
        let of_run = self.run().map(|run| run.council.scripted);
        of_run.or(self.council.as_ref().map(|council| council.scripted)).unwrap_or(false)
    }
}
