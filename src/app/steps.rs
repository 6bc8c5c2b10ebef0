//! Steps on the run at hand: synthesis, vote, debate, and asking a member once more. Which of them is due; the engine
//! carries them out.

use super::command_line::CommandLine;
use super::drawer::{Drawer, DrawerKind, is_of_now};
use super::plan::Line;
use super::update::toast;
use super::{App, Effect, Overlay, ask};
use crate::core::forecast::Forecast;
use crate::core::protocols::MOST_ROUNDS;
use crate::core::{
    Ask, Call, CallId, Command, Debate, MemberId, Protocol, Run, StageState, Step, Wanted, clean,
};

/// Opens a drawer; asks for its step when there is none yet on the answers as they stand now.
pub(super) fn drawer(app: &mut App, kind: DrawerKind, ask: Ask, step: Step) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let made = run.last_stage(ask).is_some();
    if app.drawer.is_some_and(|drawer| drawer.kind == kind) && made && !app.outdated(kind) {
        app.drawer = None;
        return Vec::new();
    }
    if !is_new(run, ask) {
        app.drawer = Some(Drawer::open(kind));
        return Vec::new();
    }
    extend(app, kind, step)
}

/// A vote: by the members that are named, each with or without an `@`, else by all that answered.
pub(super) fn vote(app: &mut App, names: Option<&str>) -> Vec<Effect> {
    let Some(names) = names else { return drawer(app, DrawerKind::Vote, Ask::Ballot, Step::Vote) };
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let names = names.split([',', ' ']).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(str::to_owned).collect();
    match run.council_now().named(&names) {
        Ok(judges) if judges.is_empty() => drawer(app, DrawerKind::Vote, Ask::Ballot, Step::Vote),
        Ok(judges) => extend(app, DrawerKind::Vote, Step::Judged(judges)),
        Err(line) => toast(app, &line),
    }
}

/// Whether the last such step was made on other answers than those that stand now, was stopped, or could not be made.
fn is_new(run: &Run, ask: Ask) -> bool {
    let Some(state) = run.last_stage(ask) else { return true };
    let unmade = state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some());
    let calls: Vec<_> = run.calls_of(state.stage.id).collect();
    let useless = run.settled(state.stage.id) && !calls.iter().any(|call| call.usable());
    let id = state.stage.id;
    let other = !is_of_now(run, state) || run.stale(id) || run.ruled_since(id);
    other || unmade || useless
}

/// One more debate round; as many at the most, and held in such a way, as a word of the person's says.
pub(super) fn debate(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let wanted = match word.unwrap_or_default().parse::<Wanted>() {
        Ok(wanted) => wanted,
        Err(line) => return toast(app, &line),
    };
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let debate = run.last_stage(Ask::Critique);
    let running = debate.is_some_and(|state| !run.settled(state.stage.id));
    let rounds = debate.map_or(0, |state| state.rounds_held(run));
    if running {
        app.drawer = Some(Drawer::open(DrawerKind::Debate));
        return toast(app, "a round is on its way; d adds one when it is over");
    }
    let debate = app.debate_now().with(wanted.mode, wanted.until);
    let same = app.run().and_then(held_by).is_some_and(|held| held == debate);
    if same && rounds >= MOST_ROUNDS {
        app.drawer = Some(Drawer::open(DrawerKind::Debate));
        return toast(app, "a debate has eight rounds at most");
    }
    extend(app, DrawerKind::Debate, Step::debate(wanted.rounds.unwrap_or(1), debate))
}

/// Appends a step to the run on the board; asks first where it costs more than was agreed.
pub(super) fn extend(app: &mut App, kind: DrawerKind, step: Step) -> Vec<Effect> {
    let Some(run) = app.run() else { return Vec::new() };
    let ahead = Forecast::of_step(&app.prices, run, &step);
    let wish = Effect::Council(Command::Extend { run: run.id, step });
    app.drawer = Some(Drawer::open(kind));
    ask::wished(app, wish, &ahead, kind.title())
}

/// Says something into the debate of the run on the board; alone, opens the line that it is written on.
pub(super) fn word(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let Some(text) = word.filter(|text| !text.is_empty()) else {
        app.overlay = Some(Overlay::Command(CommandLine::of("word ")));
        return Vec::new();
    };
    let (to, text) = match text.strip_prefix('@').and_then(|rest| rest.split_once(char::is_whitespace)) {
        Some((name, text)) => (Some(MemberId::from(name)), text),
        None => (None, text),
    };
    if run.say_word(to.clone(), text).is_none() {
        let line = match &to {
            Some(name) => {
                let there = app.run().is_some_and(|run| run.council.slot(name).is_some());
                let name = clean::line(&name.0);
                if there {
                    format!("a word to {name} needs its text: :word @{name} TEXT")
                } else {
                    format!("nobody called {name} is in this council; :word TEXT is to all")
                }
            }
            None => "a word needs its text: :word [@name] TEXT".to_owned(),
        };
        return toast(app, &line);
    }
    let wish = Command::Word { run: run.id, to: to.clone(), text: text.to_owned() };
    let who = to.map_or("all".to_owned(), |to| clean::line(&to.0));
    app.say(&format!("your word to {who} is in the next round that begins: d begins one"));
    vec![Effect::Council(wish)]
}

/// How the last debate of a run on whole answers is held.
fn held_by(run: &Run) -> Option<Debate> {
    let whole = |state: &&StageState| state.stage.ask == Ask::Critique && state.stage.point.is_none();
    run.stages.iter().rev().find(whole).map(|state| state.stage.debate.unwrap_or_default())
}

/// What a debate round is guessed to come to.
pub(super) fn debate_cost(app: &App) -> Forecast {
    app.run().map(|run| Forecast::of_step(&app.prices, run, &Step::Debate(1))).unwrap_or_default()
}

/// Shows or hides a drawer that asks for nothing.
pub(super) fn toggle(app: &mut App, kind: DrawerKind) {
    let open = app.drawer.is_some_and(|drawer| drawer.kind == kind);
    app.drawer = if open { None } else { Some(Drawer::open(kind)) };
    if kind == DrawerKind::Matrix && !open {
        let at = app.agreement.claims.iter().position(|claim| Some(claim.number) == app.selected);
        app.drawer = Some(Drawer { at: at.unwrap_or(0), column: Some(app.seat), ..Drawer::open(kind) });
    }
}

impl App {
    /// How a debate would be held that goes on now: as the one that is there, else as it is set.
    pub fn debate_now(&self) -> Debate {
        self.run().and_then(held_by).unwrap_or(self.debate)
    }

    /// The protocol of the workbench, with one round.
    pub(super) fn one_round(&self) -> Protocol {
        match self.protocol {
            Protocol::DebateBy(_, by) => Protocol::debate(1, by),
            _ => Protocol::Debate(1),
        }
    }

    /// The call that a retry would ask for once more: that of the focused member, or of the step in the drawer.
    pub(super) fn retried(&self) -> Option<CallId> {
        let run = self.run()?;
        let call = match self.focused_drawer().map(|drawer| drawer.kind) {
            Some(DrawerKind::Synthesis) => {
                let (state, ..) = self.synthesis_in_view()?;
                run.calls_of(state.stage.id).next_back()
            }
            Some(DrawerKind::Vote) => {
                let state = run.last_stage(Ask::Ballot)?;
                let missing = |call: &&Call| !call.done();
                let chosen = self.judge_chosen();
                let of_chosen = |call: &&Call| chosen.as_ref() == Some(&call.member);
                let calls = || run.calls_of(state.stage.id).filter(missing);
                calls().rfind(of_chosen).or_else(|| calls().next_back())
            }
            Some(DrawerKind::Plan) => match self.plan_line() {
                Some(Line::Call(call)) => run.calls.get(&call),
                _ => self.asked_last(self.seat),
            },
            _ => self.asked_last(self.seat),
        };
        call.filter(|call| call.ended()).map(|call| call.id)
    }
}
