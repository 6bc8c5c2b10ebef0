//! Steps on the run at hand: synthesis, vote, debate, and asking a member once more. Which of them is due; the engine
//! carries them out.

use super::drawer::{Drawer, DrawerKind};
use super::update::toast;
use super::{App, Effect, ask};
use crate::core::price::{Cost, GUESSED_ANSWER, guessed_tokens};
use crate::core::protocols::MOST_ROUNDS;
use crate::core::{Ask, CallId, Command, MemberId, Run, Step};

/// Opens a drawer; asks for its step when there is none yet on the answers as they stand now.
pub(super) fn drawer(app: &mut App, kind: DrawerKind, ask: Ask, step: Step) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    if app.drawer.is_some_and(|drawer| drawer.kind == kind) && !app.outdated(kind) {
        app.drawer = None;
        return Vec::new();
    }
    if !is_new(run, ask) {
        app.drawer = Some(Drawer::open(kind));
        return Vec::new();
    }
    extend(app, kind, step)
}

/// Whether the last such step was made on other answers than those that stand now, was stopped, or could not be made.
fn is_new(run: &Run, ask: Ask) -> bool {
    let Some(state) = run.last_stage(ask) else { return true };
    let unmade = state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some());
    let calls: Vec<_> = run.calls_of(state.stage.id).collect();
    let useless = run.settled(state.stage.id) && !calls.iter().any(|call| call.usable());
    let id = state.stage.id;
    let other = state.stage.answers() != Some(run.latest_answers()) || run.stale(id) || run.ruled_since(id);
    other || unmade || useless
}

/// One more debate round.
pub(super) fn debate(app: &mut App) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let debate = run.last_stage(Ask::Critique);
    let running = debate.is_some_and(|state| !run.settled(state.stage.id));
    let rounds = debate.map_or(0, |state| *state.stage.rounds().end());
    if running {
        app.drawer = Some(Drawer::open(DrawerKind::Debate));
        return toast(app, "a round is on its way; d adds one when it is over");
    }
    if rounds >= MOST_ROUNDS {
        app.drawer = Some(Drawer::open(DrawerKind::Debate));
        return toast(app, "a debate has eight rounds at most");
    }
    extend(app, DrawerKind::Debate, Step::Debate(1))
}

/// Appends a step to the run on the board; asks first where it costs more than was agreed.
fn extend(app: &mut App, kind: DrawerKind, step: Step) -> Vec<Effect> {
    let Some(run) = app.run() else { return Vec::new() };
    let wish = Effect::Council(Command::Extend { run: run.id, step });
    let cost = cost(app, run, step);
    app.drawer = Some(Drawer::open(kind));
    ask::wished(app, wish, cost, kind.title())
}

/// What a debate round is guessed to come to.
pub(super) fn debate_cost(app: &App) -> Cost {
    app.run().map_or(Cost::Free, |run| cost(app, run, Step::Debate(1)))
}

/// What a step is guessed to come to: everyone who speaks reads the question and the answers.
fn cost(app: &App, run: &Run, step: Step) -> Cost {
    if run.council.scripted {
        return Cost::Free;
    }
    let (stage, round) = run.latest_answers();
    let standing = run.standing(stage, round);
    let read: usize = run.question.len() + standing.values().map(|call| call.text.len()).sum::<usize>();
    let seated = run.council.members.iter().zip(0..).filter(|(_, slot)| run.sits(*slot));
    let members: Vec<_> = seated.map(|(member, _)| member).collect();
    let chair =
        run.council.chair.as_ref().filter(|chair| members.iter().any(|member| member.name == **chair));
    let speaks = |name: &MemberId| match step {
        Step::Synthesis => {
            chair.map_or(members.first().is_some_and(|first| first.name == *name), |chair| *chair == *name)
        }
        Step::Vote | Step::Debate(_) => standing.values().any(|call| call.member == *name),
    };
    let speakers = members.iter().filter(|member| speaks(&member.name));
    app.prices.estimate(speakers.map(|member| (&member.model, guessed_tokens(read), GUESSED_ANSWER)))
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
    /// The call that a retry would ask for once more: that of the focused member, or of the step in the drawer.
    pub(super) fn retried(&self) -> Option<CallId> {
        let run = self.run()?;
        let last = |ask: Ask| {
            let state = run.last_stage(ask)?;
            run.calls_of(state.stage.id).next_back()
        };
        let call = match self.focused_drawer().map(|drawer| drawer.kind) {
            Some(DrawerKind::Synthesis) => last(Ask::Merge),
            Some(DrawerKind::Vote) => {
                let state = run.last_stage(Ask::Ballot)?;
                run.calls_of(state.stage.id).rfind(|call| !call.done())
            }
            _ => self.asked_last(self.seat),
        };
        call.filter(|call| call.ended()).map(|call| call.id)
    }
}
