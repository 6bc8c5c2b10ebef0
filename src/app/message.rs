//! What goes into the workbench and what comes out: messages, wishes, and what it needs to know from the start. Not what is
//! done about them.

use super::Action;
use super::welcome::Nearby;
use crate::agreement::Agreement;
use crate::core::earlier::{Earlier, Search};
use crate::core::grade::Kept;
use crate::core::health::Health;
use crate::core::offer::{Offer, Probe};
use crate::core::price::{Price, Prices};
use crate::core::{
    CallId, Caps, Command, Council, Debate, Deepening, Dollars, File, ModelRef, Privacy, Protocol, Recipe,
    Record,
};
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
    /// The editor gave this text back, or this line says why it did not.
    Edited(Result<String, String>),
    /// Files that the question names, read; or a line that says why not.
    Files(Vec<Found>),
    /// A path that was begun goes on like this, as far as that is clear.
    Completed {
        /// What was typed, without the `@`.
        typed: String,
        /// The path as far as all files that begin so agree.
        path: String,
    },
    /// What was found of earlier questions that are nearly this one.
    Earlier(String, Option<Earlier>),
    /// The models that there are, and a line for each provider that could not be reached.
    Models(Vec<Offer>, Vec<String>),
    /// What came of asking a model for a word, and what that cost.
    Probed(ModelRef, Probe, Dollars),
    /// A line for the person: what an effect came to.
    Note(String),
    /// The program was stopped for so many milliseconds and goes on.
    Back(u64),
}

/// A file that a question names, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The path as typed, without the `@`.
    pub path: String,
    /// What is in it; or one line that says why it can't go with a question. `None`: no such file, and it may never have
    /// been meant as one.
    pub file: Option<Result<File, String>>,
}

/// What the drawing found out: only for scroll limits, never for what keys mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// For each seat drawn: where its view came to rest.
    pub panes: Vec<(usize, Rest)>,
    /// Where the drawer's view came to rest.
    pub drawer: Option<usize>,
    /// Where the view of what lies over the board came to rest.
    pub overlay: Option<usize>,
    /// Whether something is left to be laid out: another frame may show more, without anything having happened.
    pub more: bool,
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
    /// Whether they were counted; before all is laid out they are a guess.
    pub counted: bool,
    /// Lines in view.
    pub height: usize,
}

/// Something the workbench wants done.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "effects are few, and each is carried out at once")]
pub enum Effect {
    /// Something the council is to do.
    Council(Command),
    /// Clear and draw everything anew.
    Repaint,
    /// Stop the program until it is called back (Ctrl-Z).
    Suspend,
    /// Let the person write this text in their own editor; it comes back as [`Msg::Edited`].
    Edit(String),
    /// Read the files a question names; they come back as [`Msg::Files`].
    Read(Vec<String>),
    /// Find out how a path that was begun goes on; it comes back as [`Msg::Completed`].
    Complete(String),
    /// Put text on the clipboard, by every way there is; what is known of it comes back as [`Msg::Note`].
    Copy {
        /// What it is, for the message: "fenna's answer".
        what: String,
        /// The text, clean.
        text: String,
    },
    /// Write text into a file that is not there yet; what came of it comes back as [`Msg::Note`].
    Write {
        /// Where, as typed.
        path: String,
        /// The text, clean.
        text: String,
    },
    /// Keep a council in the configuration; what came of it comes back as [`Msg::Note`].
    SaveCouncil {
        /// The council, with the name it is to have.
        council: Council,
        /// Whether it is the one asked when nothing else is said.
        default: bool,
    },
    /// Look for an earlier question that is nearly the one to be sent; what is found comes back as [`Msg::Earlier`].
    Earlier(Box<Search>),
    /// Ask providers which models they have; what they say comes back as [`Msg::Models`].
    Models,
    /// Ask a model for a word, at the price that is known of it; what came of it comes back as [`Msg::Probed`].
    Probe(ModelRef, Option<Price>),
    /// Draw with this theme from now on.
    Theme(String),
    /// Keep a question for later sessions' history.
    Remember(String),
    /// Something that took long is over: tell a person who looks elsewhere, if they want that.
    Notify(String),
    /// End the program.
    Quit,
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
    /// How debates are held where nothing else is said.
    pub debate: Debate,
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
    /// Questions of earlier sessions, oldest first.
    pub history: Vec<String>,
    /// Files that go with the first question.
    pub files: Vec<File>,
    /// What was found on this machine.
    pub found: Option<Nearby>,
    /// Councils, models and providers that there are.
    pub offers: Offers,
    /// The models that there are, as far as that is known without asking.
    pub models: Vec<Offer>,
    /// What models cost.
    pub prices: Prices,
    /// How endpoints did in earlier sessions, as far as it is remembered.
    pub health: Health,
    /// The grades of all sessions that stand.
    pub grades: Vec<Kept>,
    /// US dollars above which a step is asked about first.
    pub confirm_above: f64,
    /// What may be spent.
    pub caps: Caps,
    /// What every session of the person cost today, this one too.
    pub today: Dollars,
    /// What makes a question private, and who is local.
    pub privacy: Privacy,
    /// Whether an earlier question's answers may do for one that is nearly the same, where the person agrees.
    pub similar: bool,
    /// The themes there are.
    pub themes: Vec<String>,
    /// The name of the theme to draw with.
    pub theme: String,
}

/// What a person can choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offers {
    /// Councils of the configuration.
    pub councils: Vec<Council>,
    /// Models that could be added: those whose provider can be asked.
    pub models: Vec<ModelRef>,
    /// The names of all providers.
    pub providers: Vec<String>,
    /// The most output tokens of a call of a new member.
    pub answer_limit: u32,
    /// Who looks deeper into claims.
    pub deepening: Deepening,
    /// How long the template of a judge's prompt is, in bytes.
    pub judge_prompt: usize,
    /// The written plans.
    pub plans: Vec<Recipe>,
}
