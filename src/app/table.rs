//! The one table of actions: names, keys and words. Keymap, footer, help, command line, palette and the README's list of
//! keys all read it. What an action does stands in [`super::act`].

use super::action::{Action, Place};

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
    /// What it takes on the command line; in brackets where it may be left out.
    pub takes: &'static str,
}

impl Entry {
    /// Whether it does nothing without a word after it.
    pub fn needs(&self) -> bool {
        !self.takes.is_empty() && !self.takes.starts_with('[')
    }
}

type Keys = &'static [&'static str];

const fn board(
    action: Action,
    id: &'static str,
    keys: Keys,
    short: &'static str,
    long: &'static str,
    group: &'static str,
) -> Entry {
    Entry { action, id, place: Place::Board, keys, short, long, group, takes: "" }
}

const fn at(
    place: Place,
    action: Action,
    id: &'static str,
    keys: Keys,
    short: &'static str,
    long: &'static str,
) -> Entry {
    Entry { action, id, place, keys, short, long, group: "", takes: "" }
}

const fn with(takes: &'static str, entry: Entry) -> Entry {
    Entry { takes, ..entry }
}

/// The groups of help, in order.
pub const GROUPS: [&str; 6] = ["ASK", "COUNCIL", "MOVE", "LOOK", "KEEP", "APP"];

/// Every action, in the order in which the footer prefers them.
#[rustfmt::skip]
pub const TABLE: &[Entry] = &[
    board(Action::Write, "write", &["i"], "write", "write a question", "ASK"),
    with("[MODE] [by @CHAIR] [of @A @B] [with FILE|\"WORDS\"]", board(Action::Synthesis, "synthesis", &["s"], "synthesis", "synthesis by the chair; again hides", "COUNCIL")),
    board(Action::LocalSynthesis, "local", &["S"], "", "synthesis without a model: claims by support, free; again hides", "COUNCIL"),
    with("[by @CHAIR] [of @A @B] [with FILE|\"WORDS\"]", board(Action::Guided, "guided", &["p"], "", "pick claims that must stand or go; the chair merges", "COUNCIL")),
    with("[@MEMBER]", board(Action::Vote, "vote", &["v"], "vote", "members vote, or those named; again hides", "COUNCIL")),
    board(Action::FreeVote, "tally", &["V"], "", "votes without a model: what answers come to, best by support; again hides", "COUNCIL"),
    with("[ROUNDS] [MODE] [until RULE..]", board(Action::Debate, "debate", &["d"], "debate", "one more debate round", "COUNCIL")),
    board(Action::NextDivergence, "next", &["n"], "next !", "all panes to the next divergence", "MOVE"),
    board(Action::Stop, "stop", &["x", "Ctrl-C"], "stop", "stop everything that runs or waits", "COUNCIL"),
    board(Action::Retry, "retry", &["R"], "retry", "ask the focused member once more", "COUNCIL"),
    board(Action::Open, "open", &["Enter"], "open", "the exact prompt of an answer; the sources of a sentence", "LOOK"),
    board(Action::NextArea, "area", &["Tab"], "panes/drawer", "between the panes and what is open beside them", "MOVE"),
    board(Action::Rail, "rail", &["o"], "plan", "the plan: its stages, what they cost and why; again hides", "LOOK"),
    board(Action::Zoom, "zoom", &["z"], "zoom", "the focused pane alone", "LOOK"),
    board(Action::Matrix, "matrix", &["m"], "matrix", "who says what, claim by claim", "LOOK"),
    board(Action::Conflicts, "conflicts", &["!"], "conflicts", "what the answers are divided on, and how you ruled", "LOOK"),
    board(Action::Copy, "copy", &["y"], "copy", "copy the answer, claim or drawer that has the focus", "KEEP"),
    board(Action::PaneNumber, "pane", &["1-9"], "pane", "pane by number", "MOVE"),
    with("[tabs|columns|rows|auto]", board(Action::Layout, "layout", &["L"], "layout", "tabs, columns, rows, or by width", "LOOK")),
    board(Action::Command, "command", &[":"], "command", "the command line", "APP"),
    board(Action::PreviousDivergence, "previous", &["N"], "", "all panes to the divergence before", "MOVE"),
    board(Action::NextClaim, "next-claim", &["J"], "", "all panes to the next claim", "MOVE"),
    board(Action::PreviousClaim, "previous-claim", &["K"], "", "all panes to the claim before", "MOVE"),
    board(Action::PaneRight, "pane-right", &["l", "Right", "]"], "", "pane (in a drawer: column) on the right", "MOVE"),
    board(Action::PaneLeft, "pane-left", &["h", "Left", "Shift-Tab", "["], "", "pane (in a drawer: column) on the left", "MOVE"),
    board(Action::Down, "down", &["j", "Down"], "", "a line down", "MOVE"),
    board(Action::Up, "up", &["k", "Up"], "", "a line up", "MOVE"),
    board(Action::HalfDown, "half-down", &["Ctrl-D", "PageDown"], "", "half a page down", "MOVE"),
    board(Action::HalfUp, "half-up", &["Ctrl-U", "PageUp"], "", "half a page up", "MOVE"),
    board(Action::Top, "top", &["g", "Home"], "", "to the top", "MOVE"),
    board(Action::End, "end", &["G", "End"], "", "to the end, and follow it", "MOVE"),
    board(Action::EarlierQuestion, "earlier", &["{"], "", "the question before this one", "MOVE"),
    board(Action::LaterQuestion, "later", &["}"], "", "the question after this one", "MOVE"),
    with("[MEMBER QUESTION]", board(Action::AskOne, "ask", &["a"], "", "ask one member; or begin with @name", "ASK")),
    board(Action::EditLast, "edit", &["e"], "", "edit this question and send it in its place", "ASK"),
    board(Action::Past, "past", &["Ctrl-R"], "", "look for an earlier question", "ASK"),
    board(Action::Editor, "editor", &["Ctrl-G"], "", "write in $VISUAL or $EDITOR", "ASK"),
    with("FILE", board(Action::Attach, "attach", &[], "", "let a text file go with the question; or write @file", "ASK")),
    board(Action::Private, "private", &[], "", "keep the next question to local members, or no longer", "ASK"),
    board(Action::AnswerNow, "answer-now", &["A"], "", "stop those that still write; what is there will do", "COUNCIL"),
    board(Action::StopMember, "stop-member", &["X"], "", "stop the focused member alone", "COUNCIL"),
    with("[NAME]", board(Action::Council, "council", &["c"], "", "look at the council, or change to another", "COUNCIL")),
    with("[NAME [ROLE=MEMBER,..]]", board(Action::Plan, "plan", &["O"], "", "written plans with what they cost; choose what questions go through", "COUNCIL")),
    board(Action::Models, "models", &["P"], "", "all models with their prices; choose who is asked", "COUNCIL"),
    with("PROVIDER/MODEL", board(Action::Add, "add", &[], "", "add a member, here and from now on", "COUNCIL")),
    with("[MEMBER]", board(Action::Drop, "drop", &[], "", "drop a member, here and from now on", "COUNCIL")),
    with("[MEMBER]", board(Action::Chair, "chair", &[], "", "choose who writes syntheses", "COUNCIL")),
    with("NAME", board(Action::Save, "save", &[], "", "keep the present line-up as a council", "COUNCIL")),
    with("NAME", board(Action::SaveDefault, "default", &[], "", "keep it, and ask it when nothing else is said", "COUNCIL")),
    board(Action::Rule, "rule", &[], "", "rule on the claim you look at; the next synthesis is told", "COUNCIL"),
    board(Action::Wrong, "wrong", &[], "", "mark the claim you look at as wrong, or no longer", "COUNCIL"),
    board(Action::TakeBack, "take-back", &[], "", "take your ruling on it back", "COUNCIL"),
    board(Action::DebatePoint, "debate-point", &[], "", "a debate round on the claim you look at alone", "COUNCIL"),
    with("[@NAME] TEXT", board(Action::Word, "word", &["w"], "", "say something to all, or to one, before the next round", "COUNCIL")),
    with("[[@NAME] right|wrong|best|none [topic NAME]]", board(Action::Grade, "grade", &["*"], "", "grade the focused answer: right, wrong or best", "COUNCIL")),
    with("[NAME]", board(Action::Topic, "topic", &[], "", "what your questions are about, for grades; none: no topic", "COUNCIL")),
    with("embeddings|judge", board(Action::Deepen, "deepen", &[], "", "deeper look at claims by a model; priced first", "COUNCIL")),
    with("[USD]", board(Action::Budget, "budget", &[], "", "what this session may cost; alone, what it cost", "COUNCIL")),
    with("[RULE]", board(Action::CountBy, "count", &[], "", "count ballots by another rule, or the one named", "COUNCIL")),
    with("[SOURCE|MEMBER=N]", board(Action::Weigh, "weigh", &[], "", "what judges weigh: council, confidence, learned, or by hand", "COUNCIL")),
    board(Action::Pause, "pause", &[], "", "pause the plan, or let it go on; who speaks is not stopped", "COUNCIL"),
    with("[STAGE]", board(Action::Skip, "skip", &[], "", "leave a stage of the plan out", "COUNCIL")),
    with("[STAGE]", board(Action::Cut, "cut", &[], "", "answer now: stop who still writes in a stage; what is there will do", "COUNCIL")),
    board(Action::GoOn, "go-on", &[], "", "go on with a plan that was stopped; nothing is asked twice", "COUNCIL"),
    board(Action::Approve, "approve", &[], "", "a plan waits for your word: go on with what is there", "COUNCIL"),
    with("[TEXT]", board(Action::EditHanded, "edit-handed", &[], "", "the same with your own text, in $VISUAL or $EDITOR", "COUNCIL")),
    with("[@MEMBER|NUMBER]", board(Action::ChooseText, "choose", &[], "", "the same with one of the texts", "COUNCIL")),
    with("NOTE", board(Action::SendBack, "back", &[], "", "the same, but send the work back with a note", "COUNCIL")),
    with("@MEMBER WORDS", board(Action::Then, "then", &[], "", "add a stage: a member works on what there is; priced first", "COUNCIL")),
    board(Action::Timeline, "timeline", &["D"], "", "show or hide the debate so far", "LOOK"),
    board(Action::Marks, "marks", &["M"], "", "marks: in gutter and text, gutter alone, off", "LOOK"),
    with("[NAME]", board(Action::Theme, "theme", &["t"], "", "the next theme, or the one named", "LOOK")),
    board(Action::CopyAll, "copy-all", &["Y"], "", "copy everything as Markdown", "KEEP"),
    board(Action::CopyCommand, "copy-command", &["C"], "", "copy the synod ask command that repeats this", "KEEP"),
    with("FILE", board(Action::Export, "export", &[], "", "write everything as Markdown into a new file", "KEEP")),
    board(Action::Costs, "cost", &["$"], "", "what calls cost, how long they took, and what failed", "LOOK"),
    board(Action::Palette, "palette", &["Ctrl-P"], "", "every action, by searching", "APP"),
    board(Action::Messages, "messages", &[], "", "every message of this session so far", "APP"),
    board(Action::Demo, "demo", &[], "", "change to the offline demo council", "APP"),
    board(Action::Connect, "setup", &[], "", "how to connect a model", "APP"),
    board(Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew", "APP"),
    board(Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell; fg comes back", "APP"),
    board(Action::Close, "close", &["Esc"], "close", "close the top layer; never stops or quits", "APP"),
    board(Action::Quit, "quit", &["q"], "quit", "quit; asks only while calls run", "APP"),
    board(Action::Help, "help", &["?", "F1"], "help", "every key, searchable; Enter runs one", "APP"),

    Entry { group: "COUNCIL", ..at(Place::Ledger, Action::Rule, "rule", &["r"], "rule", "rule on it: a side, both, undecided") },
    Entry { group: "COUNCIL", ..at(Place::Ledger, Action::Wrong, "wrong", &["x"], "wrong", "mark it as wrong, or no longer (Ctrl-C stops)") },
    Entry { group: "COUNCIL", ..at(Place::Ledger, Action::DebatePoint, "debate-point", &["d"], "debate it", "a debate round on this point alone") },
    Entry { group: "COUNCIL", ..at(Place::Ledger, Action::TakeBack, "take-back", &["u"], "take back", "take your ruling on it back") },
    Entry { group: "LOOK", ..at(Place::Ledger, Action::Open, "open", &["Enter"], "show", "its sentences in all panes") },
    Entry { group: "MOVE", ..at(Place::Ledger, Action::Down, "down", &["j", "n", "Down"], "", "the next conflict") },
    Entry { group: "MOVE", ..at(Place::Ledger, Action::Up, "up", &["k", "N", "Up"], "", "the conflict before") },

    Entry { group: "COUNCIL", ..at(Place::Vote, Action::OwnVote, "own-vote", &["Space"], "my vote", "your own vote for the chosen answer, before names are shown") },
    Entry { group: "COUNCIL", ..at(Place::Vote, Action::Reveal, "reveal", &["r"], "names", "show the names without voting") },
    Entry { group: "COUNCIL", ..at(Place::Vote, Action::CountBy, "count", &["o"], "rule", "count by the next rule; Enter on a rule takes that one") },
    Entry { group: "COUNCIL", ..at(Place::Vote, Action::Weigh, "weigh", &["w"], "weights", "judges weigh by council, by confidence, or as learned") },
    Entry { group: "COUNCIL", ..at(Place::Vote, Action::Heavier, "heavier", &["+", "="], "heavier", "the judge of the chosen ballot weighs more") },
    Entry { group: "COUNCIL", ..at(Place::Vote, Action::Lighter, "lighter", &["-"], "lighter", "the judge of the chosen ballot weighs less") },

    Entry { group: "COUNCIL", ..at(Place::Guided, Action::Pick, "pick", &["Space"], "tick", "it must stand; again: left out; again: up to the chair") },
    Entry { group: "COUNCIL", ..at(Place::Guided, Action::MergePicked, "merge", &["s", "Enter"], "merge", "the chair merges as it is ticked") },
    Entry { group: "COUNCIL", ..at(Place::Guided, Action::PaneRight, "side", &["l", "Right", "]"], "side", "the next side of a conflict is right") },
    Entry { group: "COUNCIL", ..at(Place::Guided, Action::PaneLeft, "side-before", &["h", "Left", "["], "", "the side before is right") },

    Entry { group: "COUNCIL", ..at(Place::Plan, Action::Approve, "approve", &["a"], "approve", "it waits for your word: go on with what is there") },
    Entry { group: "COUNCIL", ..at(Place::Plan, Action::EditHanded, "edit-handed", &["e"], "edit", "go on with your own text, in $VISUAL or $EDITOR") },
    Entry { group: "COUNCIL", ..at(Place::Plan, Action::ChooseText, "choose", &["c"], "choose", "go on with the text of the line") },
    Entry { group: "COUNCIL", ..at(Place::Plan, Action::SendBack, "back", &["b"], "send back", "send the work back with a note") },
    Entry { group: "LOOK", ..at(Place::Plan, Action::Open, "open", &["Enter"], "open", "a call's prompt and answer; folds a stage, or unfolds it") },
    Entry { group: "COUNCIL", ..at(Place::Plan, Action::Pause, "pause", &["Space"], "pause", "pause the plan, or let it go on") },
    Entry { group: "COUNCIL", ..at(Place::Plan, Action::Skip, "skip", &["x"], "skip", "leave the stage of the line out (Ctrl-C stops all)") },
    Entry { group: "COUNCIL", ..at(Place::Plan, Action::Cut, "cut", &["A"], "answer now", "stop who still writes in it; what is there will do") },
    Entry { group: "COUNCIL", ..at(Place::Plan, Action::GoOn, "go-on", &["G"], "go on", "go on with what was stopped") },

    at(Place::Matrix, Action::Rule, "rule", &["r"], "rule", "rule on the claim"),
    at(Place::Matrix, Action::Wrong, "wrong", &["x"], "wrong", "mark the claim as wrong, or no longer (Ctrl-C stops)"),

    Entry { group: "ASK", ..at(Place::Composer, Action::Send, "send", &["Enter"], "send", "send the question") },
    Entry { group: "ASK", ..at(Place::Composer, Action::Newline, "newline", &["Ctrl-J", "Alt-Enter"], "newline", "begin a new line") },
    Entry { group: "ASK", ..at(Place::Composer, Action::Editor, "editor", &["Ctrl-G"], "$EDITOR", "write in $VISUAL or $EDITOR") },
    Entry { group: "ASK", ..at(Place::Composer, Action::Past, "past", &["Ctrl-R"], "history", "look for an earlier question") },
    Entry { group: "ASK", ..at(Place::Composer, Action::Complete, "complete", &["Tab"], "", "complete @member or @file") },
    Entry { group: "ASK", ..at(Place::Composer, Action::Stop, "stop", &["Ctrl-C"], "", "clear the text; then stop what runs") },
    Entry { group: "APP", ..at(Place::Composer, Action::Palette, "palette", &["Ctrl-P"], "", "every action, by searching") },
    Entry { group: "APP", ..at(Place::Composer, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew") },
    Entry { group: "APP", ..at(Place::Composer, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell; fg comes back") },
    Entry { group: "ASK", ..at(Place::Composer, Action::ToBoard, "board", &["Esc"], "board", "to the panes") },
    Entry { group: "APP", ..at(Place::Composer, Action::Help, "help", &["F1"], "help", "every key") },

    at(Place::List, Action::Choose, "choose", &["Enter"], "choose", "choose the line"),
    at(Place::List, Action::Down, "down", &["Down", "Ctrl-N"], "down", "a line down"),
    at(Place::List, Action::Up, "up", &["Up", "Ctrl-P"], "up", "a line up"),
    at(Place::List, Action::HalfDown, "half-down", &["PageDown"], "", "a page down"),
    at(Place::List, Action::HalfUp, "half-up", &["PageUp"], "", "a page up"),
    at(Place::List, Action::Close, "close", &["Esc", "Ctrl-C"], "close", "close"),
    at(Place::List, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::List, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::List, Action::Help, "help", &["F1"], "help", "every key"),

    at(Place::Command, Action::Choose, "choose", &["Enter"], "run", "run the command"),
    at(Place::Command, Action::Complete, "complete", &["Tab"], "complete", "complete it"),
    at(Place::Command, Action::Down, "down", &["Down", "Ctrl-N"], "", "the next suggestion"),
    at(Place::Command, Action::Up, "up", &["Up", "Ctrl-P"], "", "the suggestion before"),
    at(Place::Command, Action::Close, "close", &["Esc", "Ctrl-C"], "close", "close"),
    at(Place::Command, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Command, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Command, Action::Help, "help", &["F1"], "help", "every key"),

    at(Place::Help, Action::Choose, "choose", &["Enter"], "run it", "run the action"),
    at(Place::Help, Action::Search, "search", &["/"], "search", "search in it"),
    at(Place::Help, Action::Down, "down", &["j", "Down"], "down", "a line down"),
    at(Place::Help, Action::Up, "up", &["k", "Up"], "up", "a line up"),
    at(Place::Help, Action::HalfDown, "half-down", &["Ctrl-D", "PageDown"], "", "half a page down"),
    at(Place::Help, Action::HalfUp, "half-up", &["Ctrl-U", "PageUp"], "", "half a page up"),
    at(Place::Help, Action::Top, "top", &["g", "Home"], "", "to the top"),
    at(Place::Help, Action::End, "end", &["G", "End"], "", "to the end"),
    at(Place::Help, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Help, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Help, Action::Close, "close", &["Esc", "q"], "close", "close"),
    at(Place::Help, Action::Help, "help", &["?", "F1"], "close help", "close help"),

    at(Place::Council, Action::Choose, "choose", &["Enter"], "ask this council", "ask the council of this line from now on"),
    at(Place::Council, Action::Chair, "chair", &["c"], "chair", "this member writes syntheses"),
    at(Place::Council, Action::Drop, "drop", &["x"], "drop", "drop this member"),
    at(Place::Council, Action::Add, "add", &["a"], "add", "add a member"),
    at(Place::Council, Action::Save, "save", &["w"], "save", "keep this line-up as a council"),
    at(Place::Council, Action::SaveDefault, "default", &["D"], "save as default", "keep it, and ask it when nothing else is said"),
    at(Place::Council, Action::Down, "down", &["j", "Down"], "", "a line down"),
    at(Place::Council, Action::Up, "up", &["k", "Up"], "", "a line up"),
    at(Place::Council, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Council, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Council, Action::Close, "close", &["Esc", "q"], "close", "close"),
    at(Place::Council, Action::Help, "help", &["?", "F1"], "help", "every key"),

    at(Place::Models, Action::Tick, "tick", &["Space", "Tab"], "seat", "give the model of this line a seat, or take it"),
    at(Place::Models, Action::SeatUp, "seat-up", &["Ctrl-K"], "up", "move the seat of this line one place forward"),
    at(Place::Models, Action::SeatDown, "seat-down", &["Ctrl-J"], "down", "move the seat of this line one place back"),
    at(Place::Models, Action::Chair, "chair", &["Ctrl-O"], "chair", "the member of this line writes syntheses"),
    at(Place::Models, Action::Probe, "probe", &["Ctrl-T"], "probe", "ask the model of this line for a word, at the price shown"),
    at(Place::Models, Action::Lists, "lists", &["Ctrl-R"], "lists anew", "ask providers for their lists anew"),
    at(Place::Models, Action::Down, "down", &["Down", "Ctrl-N"], "", "a line down"),
    at(Place::Models, Action::Up, "up", &["Up", "Ctrl-P"], "", "a line up"),
    at(Place::Models, Action::HalfDown, "half-down", &["PageDown"], "", "a page down"),
    at(Place::Models, Action::HalfUp, "half-up", &["PageUp"], "", "a page up"),
    at(Place::Models, Action::Choose, "choose", &["Enter"], "", "done"),
    at(Place::Models, Action::Close, "close", &["Esc", "Ctrl-C"], "done", "done"),
    at(Place::Models, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Models, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Models, Action::Help, "help", &["F1"], "help", "every key"),

    at(Place::Costs, Action::Period, "period", &["Tab"], "period", "this session, today, 7 days"),
    at(Place::Costs, Action::Sort, "sort", &["s"], "sort", "put the models in another order"),
    at(Place::Costs, Action::Choose, "choose", &["Enter"], "detail", "one model, call by call; again goes back"),
    at(Place::Costs, Action::Budget, "budget", &["b"], "budget", "what this session may cost"),
    at(Place::Costs, Action::Export, "export", &["x"], "export csv", "write the models into a new CSV file"),
    at(Place::Costs, Action::Down, "down", &["j", "Down"], "", "the next model, then a line down"),
    at(Place::Costs, Action::Up, "up", &["k", "Up"], "", "a line up, then the model before"),
    at(Place::Costs, Action::HalfDown, "half-down", &["Ctrl-D", "PageDown"], "", "half a page down"),
    at(Place::Costs, Action::HalfUp, "half-up", &["Ctrl-U", "PageUp"], "", "half a page up"),
    at(Place::Costs, Action::Top, "top", &["g", "Home"], "", "to the top"),
    at(Place::Costs, Action::End, "end", &["G", "End"], "", "to the end"),
    at(Place::Costs, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Costs, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Costs, Action::Close, "close", &["Esc", "q", "$", "Ctrl-C"], "close", "close"),
    at(Place::Costs, Action::Help, "help", &["?", "F1"], "help", "every key"),

    at(Place::Confirm, Action::Choose, "choose", &["Enter"], "choose", "choose the line"),
    at(Place::Confirm, Action::Down, "down", &["j", "Down"], "", "a line down"),
    at(Place::Confirm, Action::Up, "up", &["k", "Up"], "", "a line up"),
    at(Place::Confirm, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Confirm, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Confirm, Action::Close, "close", &["Esc"], "back", "back, nothing is done"),
    at(Place::Confirm, Action::Help, "help", &["F1"], "help", "every key"),

    at(Place::Overlay, Action::Down, "down", &["j", "Down"], "down", "a line down"),
    at(Place::Overlay, Action::Up, "up", &["k", "Up"], "up", "a line up"),
    at(Place::Overlay, Action::HalfDown, "half-down", &["Ctrl-D", "PageDown"], "", "half a page down"),
    at(Place::Overlay, Action::HalfUp, "half-up", &["Ctrl-U", "PageUp"], "", "half a page up"),
    at(Place::Overlay, Action::Top, "top", &["g", "Home"], "", "to the top"),
    at(Place::Overlay, Action::End, "end", &["G", "End"], "", "to the end"),
    at(Place::Overlay, Action::NextArea, "answer", &["Tab"], "answer", "from the prompt to the answer; g goes back"),
    at(Place::Overlay, Action::Copy, "copy", &["y"], "copy", "copy what is shown"),
    at(Place::Overlay, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Overlay, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Overlay, Action::Close, "close", &["Esc", "q", "Enter", "Ctrl-C"], "close", "close"),
    at(Place::Overlay, Action::Help, "help", &["?", "F1"], "help", "every key"),

    at(Place::Welcome, Action::Choose, "choose", &["Enter"], "choose", "choose the line"),
    at(Place::Welcome, Action::Down, "down", &["j", "Down", "Tab"], "down", "a line down"),
    at(Place::Welcome, Action::Up, "up", &["k", "Up", "Shift-Tab"], "up", "a line up"),
    at(Place::Welcome, Action::Theme, "theme", &["t"], "theme", "the next theme"),
    at(Place::Welcome, Action::LookAround, "look", &["Esc"], "look around", "an empty board"),
    at(Place::Welcome, Action::Command, "command", &[":"], "", "the command line"),
    at(Place::Welcome, Action::Palette, "palette", &["Ctrl-P"], "", "every action, by searching"),
    at(Place::Welcome, Action::Repaint, "repaint", &["Ctrl-L"], "", "draw everything anew"),
    at(Place::Welcome, Action::Suspend, "suspend", &["Ctrl-Z"], "", "to the shell"),
    at(Place::Welcome, Action::Quit, "quit", &["q", "Ctrl-C"], "quit", "quit"),
    at(Place::Welcome, Action::Help, "help", &["?", "F1"], "help", "every key"),
];

/// The entries that the command line and the palette offer: those of the board, each once.
pub fn commands() -> impl Iterator<Item = &'static Entry> {
    let aimless = [Action::PaneNumber, Action::Close, Action::Command, Action::Palette];
    TABLE.iter().filter(move |entry| entry.place == Place::Board && !aimless.contains(&entry.action))
}
