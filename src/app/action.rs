//! The one table of actions: what a person can do, its name, its keys and when it makes sense. Keymap, footer and help
//! all read it.

use super::{App, Focus, Overlay};
use crate::core::EndState;

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
    /// Make, show or hide the synthesis.
    Synthesis,
    /// Hold, show or hide the vote.
    Vote,
    /// One more debate round.
    Debate,
    /// Show or hide the debate so far.
    Timeline,
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
    /// Give the focused pane the whole board, or take it back.
    Zoom,
    /// The next layout.
    Layout,
    /// Stop what runs.
    Stop,
    /// Stop the focused member.
    StopMember,
    /// Show the exact prompt of the focused answer.
    Prompt,
    /// Close the top layer.
    Close,
    /// Show or hide help.
    Help,
    /// Draw everything anew.
    Repaint,
    /// End synod.
    Quit,
    /// Choose the line.
    Choose,
    /// Run the offline demo.
    Demo,
    /// How to connect a model.
    Connect,
    /// Look at the empty board.
    LookAround,
}

/// Where an action's keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the board.
    Board,
    /// While writing.
    Composer,
    /// In something that lies over the board.
    Overlay,
    /// On the welcome screen.
    Welcome,
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its name in `:` and in the documentation.
    pub id: &'static str,
    /// Where the keys work.
    pub place: Place,
    /// Its keys as written for people, the first one in the footer.
    pub keys: &'static [&'static str],
    /// What the footer says; empty where it never stands there.
    pub short: &'static str,
    /// What help says.
    pub long: &'static str,
    /// The group in help.
    pub group: &'static str,
}

const fn entry(
    action: Action,
    id: &'static str,
    place: Place,
    keys: &'static [&'static str],
    short: &'static str,
    long: &'static str,
    group: &'static str,
) -> Entry {
    Entry { action, id, place, keys, short, long, group }
}

/// Every action, in the order in which the footer prefers them.
pub const TABLE: &[Entry] = &[
    entry(Action::Write, "write", Place::Board, &["i"], "write", "write a question", "ASK"),
    entry(
        Action::Synthesis,
        "synthesis",
        Place::Board,
        &["s"],
        "synthesis",
        "synthesis by the chair; again hides",
        "COUNCIL",
    ),
    entry(
        Action::Vote,
        "vote",
        Place::Board,
        &["v"],
        "vote",
        "members rank each other; again hides",
        "COUNCIL",
    ),
    entry(Action::Debate, "debate", Place::Board, &["d"], "debate", "one more debate round", "COUNCIL"),
    entry(
        Action::NextDivergence,
        "next",
        Place::Board,
        &["n"],
        "next !",
        "all panes to the next divergence",
        "MOVE",
    ),
    entry(
        Action::PreviousDivergence,
        "previous",
        Place::Board,
        &["N"],
        "",
        "all panes to the one before",
        "MOVE",
    ),
    entry(Action::NextClaim, "next-claim", Place::Board, &["J"], "", "all panes to the next claim", "MOVE"),
    entry(
        Action::PreviousClaim,
        "previous-claim",
        Place::Board,
        &["K"],
        "",
        "all panes to the claim before",
        "MOVE",
    ),
    entry(
        Action::Stop,
        "stop",
        Place::Board,
        &["x", "Ctrl-C"],
        "stop",
        "stop everything that runs or waits",
        "COUNCIL",
    ),
    entry(
        Action::StopMember,
        "stop-member",
        Place::Board,
        &["X"],
        "",
        "stop the focused member alone",
        "COUNCIL",
    ),
    entry(Action::Zoom, "zoom", Place::Board, &["z"], "zoom", "the focused pane alone", "LOOK"),
    entry(
        Action::PaneRight,
        "pane-right",
        Place::Board,
        &["l", "Right", "Tab", "]"],
        "",
        "pane on the right",
        "MOVE",
    ),
    entry(
        Action::PaneLeft,
        "pane-left",
        Place::Board,
        &["h", "Left", "Shift-Tab", "["],
        "",
        "pane on the left",
        "MOVE",
    ),
    entry(Action::PaneNumber, "pane", Place::Board, &["1-9"], "pane", "pane by number", "MOVE"),
    entry(Action::Down, "down", Place::Board, &["j", "Down"], "", "a line down", "MOVE"),
    entry(Action::Up, "up", Place::Board, &["k", "Up"], "", "a line up", "MOVE"),
    entry(
        Action::HalfDown,
        "half-down",
        Place::Board,
        &["Ctrl-D", "PageDown"],
        "",
        "half a page down",
        "MOVE",
    ),
    entry(Action::HalfUp, "half-up", Place::Board, &["Ctrl-U", "PageUp"], "", "half a page up", "MOVE"),
    entry(Action::Top, "top", Place::Board, &["g", "Home"], "", "to the top", "MOVE"),
    entry(Action::End, "end", Place::Board, &["G", "End"], "", "to the end, and follow it", "MOVE"),
    entry(Action::Timeline, "timeline", Place::Board, &["D"], "", "show or hide the debate so far", "LOOK"),
    entry(Action::Prompt, "prompt", Place::Board, &["Enter"], "", "the exact prompt of this answer", "LOOK"),
    entry(Action::Layout, "layout", Place::Board, &["L"], "layout", "tabs, columns, or by width", "LOOK"),
    entry(Action::Repaint, "repaint", Place::Board, &["Ctrl-L"], "", "draw everything anew", "APP"),
    entry(Action::Close, "close", Place::Board, &["Esc"], "close", "close the top layer; never quits", "APP"),
    entry(Action::Quit, "quit", Place::Board, &["q"], "quit", "quit; asks only while calls run", "APP"),
    entry(Action::Help, "help", Place::Board, &["?", "F1"], "help", "this page", "APP"),
    entry(Action::Send, "send", Place::Composer, &["Enter"], "send", "send the question", "ASK"),
    entry(
        Action::Newline,
        "newline",
        Place::Composer,
        &["Ctrl-J", "Alt-Enter"],
        "newline",
        "begin a new line",
        "ASK",
    ),
    entry(Action::Stop, "stop", Place::Composer, &["Ctrl-C"], "", "clear, then stop what runs", "ASK"),
    entry(Action::Repaint, "repaint", Place::Composer, &["Ctrl-L"], "", "draw everything anew", "APP"),
    entry(Action::ToBoard, "board", Place::Composer, &["Esc"], "board", "to the panes", "ASK"),
    entry(Action::Help, "help", Place::Composer, &["F1"], "help", "help", "APP"),
    entry(Action::Down, "down", Place::Overlay, &["j", "Down", "Ctrl-D", "PageDown"], "down", "down", "MOVE"),
    entry(Action::Up, "up", Place::Overlay, &["k", "Up", "Ctrl-U", "PageUp"], "up", "up", "MOVE"),
    entry(Action::Top, "top", Place::Overlay, &["g", "Home"], "", "to the top", "MOVE"),
    entry(Action::End, "end", Place::Overlay, &["G", "End"], "", "to the end", "MOVE"),
    entry(Action::Close, "close", Place::Overlay, &["Esc", "q", "?", "F1", "Enter"], "close", "close", "APP"),
    entry(Action::Choose, "choose", Place::Welcome, &["Enter"], "choose", "choose the line", "ASK"),
    entry(Action::Down, "down", Place::Welcome, &["j", "Down"], "down", "down", "MOVE"),
    entry(Action::Up, "up", Place::Welcome, &["k", "Up"], "up", "up", "MOVE"),
    entry(Action::Demo, "demo", Place::Welcome, &["1"], "demo", "the offline demo", "ASK"),
    entry(Action::Connect, "connect", Place::Welcome, &["2"], "connect", "how to connect a model", "ASK"),
    entry(Action::LookAround, "look", Place::Welcome, &["3", "Esc"], "look", "an empty board", "ASK"),
    entry(Action::Quit, "quit", Place::Welcome, &["q", "Ctrl-C"], "quit", "quit", "APP"),
    entry(Action::Help, "help", Place::Welcome, &["?", "F1"], "help", "help", "APP"),
];

impl App {
    /// Where keys go now.
    pub fn place(&self) -> Place {
        match (&self.overlay, &self.welcome, self.focus) {
            (Some(_), _, _) => Place::Overlay,
            (None, Some(_), _) => Place::Welcome,
            (None, None, Focus::Board) => Place::Board,
            (None, None, Focus::Composer) => Place::Composer,
        }
    }

    /// Whether an action would do something now: the footer lists only those.
    pub fn can(&self, action: Action) -> bool {
        let run = self.run();
        let answers = run.is_some_and(|run| run.calls.values().any(|call| !call.text.is_empty()));
        match action {
            Action::Send => !self.composer.is_empty() && self.council.is_some(),
            Action::Newline => self.place() == Place::Composer,
            Action::Synthesis | Action::Vote | Action::Debate | Action::Zoom | Action::Layout => {
                run.is_some()
            }
            Action::Timeline => run.is_some_and(|run| run.last_stage(crate::core::Ask::Critique).is_some()),
            Action::NextDivergence | Action::PreviousDivergence => {
                self.agreement.summary.conflict + self.agreement.summary.partly > 0
            }
            Action::NextClaim | Action::PreviousClaim => self.agreement.summary.claims > 0,
            Action::Stop => self.working(),
            Action::StopMember => self.call_in(self.seat).is_some_and(|call| !call.ended()),
            Action::PaneLeft | Action::PaneRight | Action::PaneNumber => self.panes.len() > 1,
            Action::Prompt => self.call_in(self.seat).is_some(),
            Action::Close => {
                self.overlay.is_some() || self.drawer.is_some() || self.zoom || self.selected.is_some()
            }
            Action::Top | Action::End | Action::HalfDown | Action::HalfUp => {
                answers || self.overlay.is_some()
            }
            Action::Down | Action::Up => {
                answers
                    || self.welcome.is_some()
                    || matches!(&self.overlay, Some(Overlay::Help { .. } | Overlay::Prompt { .. }))
            }
            _ => true,
        }
    }

    /// Whether every member of the run on the board has an end, and which ends they are.
    pub fn ends(&self) -> Vec<EndState> {
        (0..self.panes.len()).filter_map(|seat| self.call_in(seat)?.end).collect()
    }
}
