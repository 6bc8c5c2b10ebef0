//! The one decider: given a run, which calls start now. Pure, so that asking twice can't ask a model twice.
//!
//! It does not write prompts ([`super::prompt`]) and does not carry anything out (the engine does).

use super::debate::Mode;
use super::event::Event;
use super::ids::CallId;
use super::member::{Member, ModelRef};
use super::plan::{Ask, Stage};
use super::run::{Run, StageState};
use super::shuffle::{mix, shuffle};

/// What a run wants next.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    /// What is to be recorded first: retries that are set, else stages that begin. Their calls are due after that.
    pub begin: Vec<Event>,
    /// Calls to start now.
    pub start: Vec<CallSpec>,
    /// Whether anything is left to wait for.
    pub state: Progress,
}

/// Whether anything is left to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Calls run or are about to start, or something is to be found out first.
    Working,
    /// The person is waited for: at a gate of the plan, or because it is paused.
    Waiting,
    /// Nothing is left to do.
    Settled,
}

/// A call to start: who, for what, and which answers are in front of them. The inputs are fixed here, once.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSpec {
    /// Its identity.
    pub id: CallId,
    /// Who is asked.
    pub member: Member,
    /// The model that speaks: the member's own, or one of its backups.
    pub model: ModelRef,
    /// It starts no earlier, in milliseconds since the epoch.
    pub not_before: u64,
    /// What they are asked for.
    pub ask: Ask,
    /// Whether names are replaced by letters.
    pub blind: bool,
    /// The answers shown, in the order shown: the first one bears the label A.
    pub shown: Vec<CallId>,
    /// The member's own answer: shown as its own, or one among those shown where the mode of a debate says so.
    pub own: Option<CallId>,
}

/// Decides what a run wants next.
pub fn next(run: &Run) -> Next {
    let running = run.calls.values().any(|call| !call.ended());
    if run.paused {
        let state = match (running, run.finished()) {
            (true, _) => Progress::Working,
            (false, true) => Progress::Settled,
            (false, false) => Progress::Waiting,
        };
        return Next { begin: Vec::new(), start: Vec::new(), state };
    }
    let set: Vec<Event> = run.calls.values().filter_map(|call| run.set_again(call)).collect();
    if !set.is_empty() {
        return Next { begin: set, start: Vec::new(), state: Progress::Working };
    }
    let begin: Vec<Event> = run.stages.iter().filter_map(|state| begin(run, state)).collect();
    let start: Vec<CallSpec> = run.stages.iter().flat_map(|state| due(run, state)).collect();
    let found_out = run.undecided().next().is_some() || run.unrouted().next().is_some();
    let working = !begin.is_empty() || !start.is_empty() || running || found_out;
    let state = match (working, run.gates().next().is_some()) {
        (true, _) => Progress::Working,
        (false, true) => Progress::Waiting,
        (false, false) => Progress::Settled,
    };
    Next { begin, start, state }
}

/// The record that a stage begins, if it does now: it fixes who speaks and about what.
fn begin(run: &Run, state: &StageState) -> Option<Event> {
    let stage = &state.stage;
    let goes = stage.when().is_always() && state.decided.is_none()
        || state.decided.as_ref().is_some_and(|decided| decided.go);
    if state.stopped || state.begun.is_some() || !goes || !run.ready(stage) {
        return None;
    }
    let answers = run.ground(stage).into_values().map(|call| call.id).collect();
    let speakers = run.speakers(stage);
    Some(Event::StageStarted {
        run: run.id,
        stage: stage.id,
        speakers,
        answers,
        obstacle: run.obstacle(stage),
        // The agreement's to find: who carries this out fills it in.
        table: Vec::new(),
        given: if matches!(stage.ask, Ask::Answer | Ask::HandOver) { run.given(stage) } else { Vec::new() },
    })
}

/// The calls of a stage that are due and not yet made: those that the person asked for beyond the plan, and those of its
/// first round that is not over.
fn due(run: &Run, state: &StageState) -> Vec<CallSpec> {
    let stage = &state.stage;
    // A stage that is about to begin asks newcomers with everyone else.
    let beyond =
        run.asked.iter().filter(|id| id.stage == stage.id && (state.begun.is_some() || state.stopped));
    let mut due: Vec<CallSpec> = beyond.filter_map(|id| spec(run, stage, *id)).collect();
    let Some((begun, round)) = state.begun.as_ref().zip(run.round_to_ask(state)) else { return due };
    let earlier = |id: &CallId| id.stage == stage.id && id.round < round;
    let open =
        run.asked.iter().any(earlier) || run.calls.values().any(|call| earlier(&call.id) && !call.ended());
    if !open {
        let here =
            begun.speakers.iter().filter(|slot| run.sits(**slot) && run.takes_part(state, round, **slot));
        let missing = here.filter(|slot| run.call(stage.id, round, **slot).is_none());
        let first = |slot: &u16| CallId { run: run.id, stage: stage.id, round, slot: *slot, attempt: 1 };
        let planned = missing.map(first).filter(|id| !run.asked.contains(id));
        due.extend(planned.filter_map(|id| spec(run, stage, id)));
    }
    due
}

/// A call with its inputs: a repeated one has those of the attempt before.
fn spec(run: &Run, stage: &Stage, id: CallId) -> Option<CallSpec> {
    let member = run.member(id.slot)?.clone();
    let (shown, own) = match run.call(stage.id, id.round, id.slot) {
        Some(before) => (before.shown.clone(), before.own),
        None => inputs(run, stage, id.round, id.slot),
    };
    let set = run.set.get(&id);
    let model = set.map_or(&member.model, |set| &set.model).clone();
    let not_before = set.map_or(0, |set| set.due);
    Some(CallSpec { id, member, model, not_before, ask: stage.ask, blind: stage.blind, shown, own })
}

/// The answers in front of a speaker: shuffled where names are hidden, the own one apart or, for a ballot, left out.
fn inputs(run: &Run, stage: &Stage, round: u16, slot: u16) -> (Vec<CallId>, Option<CallId>) {
    if let Some(before) = round.checked_sub(1).filter(|_| stage.ask == Ask::Ballot) {
        let first = run.counting(stage.id, before, slot);
        return (first.map(|call| call.shown.iter().rev().copied().collect()).unwrap_or_default(), None);
    }
    let given =
        run.stage(stage.id).and_then(|state| state.begun.as_ref()).map_or(&[][..], |begun| &begun.given);
    if stage.ask == Ask::Answer && !given.is_empty() {
        let mut shown: Vec<CallId> = given.iter().filter_map(|given| given.call).collect();
        if stage.blind {
            shuffle(&mut shown, mix(&[run.seed, u64::from(stage.id.0), u64::from(round), u64::from(slot)]));
        }
        return (shown, None);
    }
    // In a round every member sees what stood when it began, whichever of them has finished it since.
    let mut answers = run.standing_before(stage.id, round);
    let mode = stage.mode().unwrap_or_default();
    let own = match stage.ask {
        Ask::Critique if mode.hides_own() => answers.get(&slot).map(|call| call.id),
        Ask::Critique | Ask::Ballot => answers.remove(&slot).map(|call| call.id),
        Ask::Check if answers.len() > 1 => answers.remove(&slot).map(|call| call.id),
        Ask::Answer | Ask::Merge | Ask::Check | Ask::Route | Ask::HandOver => None,
    };
    if mode == Mode::Reflect {
        answers.clear();
    }
    if let Some(point) = &stage.point {
        // Of the others a speaker sees the sentences on the point alone.
        answers.retain(|_, call| point.said.iter().any(|quote| quote.call == call.id));
    }
    if stage.ask == Ask::Ballot {
        answers.retain(|_, call| call.done());
    }
    let mut shown: Vec<CallId> = answers.into_values().map(|call| call.id).collect();
    if stage.blind {
        let seed = [run.seed, u64::from(stage.id.0), u64::from(round), u64::from(slot)];
        shuffle(&mut shown, mix(&seed));
    }
    if mode == Mode::Reconcile {
        grouped(run, stage, round, &mut shown);
    }
    (shown, own.filter(|_| stage.ask == Ask::Critique))
}

/// How many groups a member is shown, the largest first.
pub const GROUPS_SHOWN: usize = 2;

/// Puts answers that stand at the same position side by side, and leaves out those that few hold. Where nothing was found
/// of where they stand, all are shown.
fn grouped(run: &Run, stage: &Stage, round: u16, shown: &mut Vec<CallId>) {
    let groups = run.stage(stage.id).and_then(|state| state.groups.get(&round));
    let Some(groups) = groups.filter(|groups| !groups.is_empty()) else { return };
    let place = |call: &CallId| groups.iter().position(|group| group.answers.contains(call));
    shown.retain(|call| place(call).is_some_and(|at| at < GROUPS_SHOWN));
    shown.sort_by_key(place);
}
