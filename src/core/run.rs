//! A run: one question through one plan, as a fold over its records. It never decides; [`super::next()`] does.

use super::event::{CallError, Channel, EndState, Event, Usage};
use super::ids::{CallId, MemberId, RunId, StageId};
use super::member::{Council, Member, ModelRef};
use super::plan::{Ask, Speakers, Stage, Until};
use super::prompt::Message;
use std::collections::BTreeMap;

/// One request to one member and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its identity.
    pub id: CallId,
    /// Who was asked.
    pub member: MemberId,
    /// The model.
    pub model: ModelRef,
    /// Where the request went.
    pub endpoint: String,
    /// Exactly what was sent.
    pub messages: Vec<Message>,
    /// The answers it was shown, first label A.
    pub shown: Vec<CallId>,
    /// Its own earlier answer, shown as its own.
    pub own: Option<CallId>,
    /// The answer so far, raw.
    pub text: String,
    /// The thinking so far, raw.
    pub thinking: String,
    /// How it ended; `None` while it runs.
    pub end: Option<EndState>,
    /// Why it is not done.
    pub error: Option<CallError>,
    /// What the provider counted.
    pub usage: Option<Usage>,
    /// When it started, milliseconds since the epoch.
    pub started_at: u64,
    /// When the last text arrived, milliseconds since the epoch.
    pub last_at: u64,
    /// Milliseconds to the first piece of text.
    pub first_ms: Option<u64>,
    /// Milliseconds to the end.
    pub total_ms: Option<u64>,
}

impl Call {
    /// Whether it is over.
    pub fn ended(&self) -> bool {
        self.end.is_some()
    }

    /// Whether it is over with an answer that may be shown to others: whole, or cut short and labelled so.
    pub fn usable(&self) -> bool {
        matches!(self.end, Some(EndState::Done | EndState::Cut)) && !self.text.trim().is_empty()
    }

    /// Whether it is over and whole.
    pub fn done(&self) -> bool {
        self.end == Some(EndState::Done)
    }
}

/// A stage of the plan and what the records say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StageState {
    /// What it is.
    pub stage: Stage,
    /// Who speaks and about what, once it began.
    pub begun: Option<Begun>,
    /// Whether it was stopped: nothing more is asked in it.
    pub stopped: bool,
}

impl StageState {
    /// A stage of which no record speaks yet.
    pub fn new(stage: Stage) -> Self {
        Self { stage, begun: None, stopped: false }
    }
}

/// What was fixed when a stage began.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// The seats that speak.
    pub speakers: Vec<u16>,
    /// The answers it is about, one a seat.
    pub answers: Vec<CallId>,
    /// Why nobody is asked.
    pub obstacle: Option<String>,
}

/// One question through one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its number in the session.
    pub id: RunId,
    /// The person's words.
    pub question: String,
    /// Who is asked.
    pub council: Council,
    /// The recipe the plan came from.
    pub protocol: String,
    /// What every shuffle is drawn from.
    pub seed: u64,
    /// When it began, milliseconds since the epoch.
    pub started_at: u64,
    /// The plan, in order of appending.
    pub stages: Vec<StageState>,
    /// Every call made.
    pub calls: BTreeMap<CallId, Call>,
}

impl Run {
    /// Folds one record into the run; records of other runs and unknown ones change nothing.
    pub fn apply(&mut self, at: u64, event: &Event) {
        match event {
            Event::StageAdded { run, stage }
                if *run == self.id && usize::from(stage.id.0) == self.stages.len() =>
            {
                self.stages.push(StageState::new(stage.clone()));
            }
            Event::StageProlonged { run, stage, rounds } if *run == self.id => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.stage.until = Until::Rounds(*rounds);
                    state.stopped = false;
                }
            }
            Event::StageStarted { run, stage, speakers, answers, obstacle } if *run == self.id => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.begun.get_or_insert_with(|| Begun {
                        speakers: speakers.clone(),
                        answers: answers.clone(),
                        obstacle: obstacle.clone(),
                    });
                }
            }
            Event::StageStopped { run, stage } if *run == self.id => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.stopped = true;
                }
            }
            Event::CallStarted { call, member, model, endpoint, messages, shown, own }
                if call.run == self.id =>
            {
                self.calls.entry(*call).or_insert_with(|| Call {
                    id: *call,
                    member: member.clone(),
                    model: model.clone(),
                    endpoint: endpoint.clone(),
                    messages: messages.clone(),
                    shown: shown.clone(),
                    own: *own,
                    text: String::new(),
                    thinking: String::new(),
                    end: None,
                    error: None,
                    usage: None,
                    started_at: at,
                    last_at: at,
                    first_ms: None,
                    total_ms: None,
                });
            }
            Event::Delta { call, channel, text } => {
                if let Some(call) = self.calls.get_mut(call).filter(|call| !call.ended()) {
                    call.first_ms.get_or_insert(at.saturating_sub(call.started_at));
                    call.last_at = at;
                    match channel {
                        Channel::Text => call.text.push_str(text),
                        Channel::Thinking => call.thinking.push_str(text),
                    }
                }
            }
            Event::CallEnded { call, state, text, thinking, usage, error, first_ms, total_ms } => {
                if let Some(call) = self.calls.get_mut(call).filter(|call| !call.ended()) {
                    call.text.clone_from(text);
                    call.thinking.clone_from(thinking);
                    call.end = Some(*state);
                    call.usage = *usage;
                    call.error.clone_from(error);
                    call.first_ms = *first_ms;
                    call.total_ms = Some(*total_ms);
                    call.last_at = call.started_at.saturating_add(*total_ms);
                }
            }
            _ => {}
        }
    }

    /// The stage with that id.
    pub fn stage(&self, id: StageId) -> Option<&StageState> {
        self.stages.get(usize::from(id.0))
    }

    /// The last attempt of a seat in a round of a stage.
    pub fn call(&self, stage: StageId, round: u16, slot: u16) -> Option<&Call> {
        let id = |attempt| CallId { run: self.id, stage, round, slot, attempt };
        self.calls.range(id(0)..=id(u16::MAX)).next_back().map(|(_, call)| call)
    }

    /// The calls of a stage, in order of round, seat and attempt.
    pub fn calls_of(&self, stage: StageId) -> impl DoubleEndedIterator<Item = &Call> {
        let id = |stage| CallId { run: self.id, stage: StageId(stage), round: 0, slot: 0, attempt: 0 };
        self.calls.range(id(stage.0)..id(stage.0.saturating_add(1))).map(|(_, call)| call)
    }

    /// The answer each seat stands by after a round of a stage: its last usable text there, else the one it came in with.
    pub fn standing(&self, stage: StageId, round: u16) -> BTreeMap<u16, &Call> {
        self.standing_before(stage, round.saturating_add(1))
    }

    /// The answer each seat stood by when a round of a stage began.
    pub fn standing_before(&self, stage: StageId, round: u16) -> BTreeMap<u16, &Call> {
        let ground =
            self.stage(stage).and_then(|state| state.begun.as_ref()).map(|begun| begun.answers.as_slice());
        let mut answers: BTreeMap<u16, &Call> = ground
            .unwrap_or_default()
            .iter()
            .filter_map(|id| self.calls.get(id).map(|call| (id.slot, call)))
            .collect();
        for call in self.calls_of(stage).filter(|call| call.id.round < round && call.usable()) {
            answers.insert(call.id.slot, call);
        }
        answers
    }

    /// Where the council's answers stand now: the last debate with its last planned round, else the first answers.
    /// A debate that was stopped before it began left them where they were.
    pub fn latest_answers(&self) -> (StageId, u16) {
        let answering = |state: &&StageState| {
            let never_begun = state.stopped && state.begun.is_none();
            matches!(state.stage.ask, Ask::Critique | Ask::Answer) && !never_begun
        };
        self.stages
            .iter()
            .rev()
            .find(answering)
            .map_or((StageId(0), 0), |state| (state.stage.id, *state.stage.rounds().end()))
    }

    /// The answers a stage that begins now would be about, one a seat.
    pub fn ground(&self, stage: &Stage) -> BTreeMap<u16, &Call> {
        stage.answers().map(|(of, upto)| self.standing(of, upto)).unwrap_or_default()
    }

    /// The seats that would speak in a stage that begins now.
    pub fn speakers(&self, stage: &Stage) -> Vec<u16> {
        match &stage.speakers {
            Speakers::Every => (0..self.council.members.len() as u16).collect(),
            Speakers::Member(name) => self.council.slot(name).into_iter().collect(),
            Speakers::Answered => self.ground(stage).into_keys().collect(),
            Speakers::Chair => self.chair(stage).into_iter().collect(),
        }
    }

    /// The chair's seat: the council's own, else the first member that finished.
    ///
    /// "First" is by the recorded duration, so that it does not depend on the order in which records arrived.
    fn chair(&self, stage: &Stage) -> Option<u16> {
        if let Some(slot) = self.council.chair.as_ref().and_then(|name| self.council.slot(name)) {
            return Some(slot);
        }
        let first = |call: &&Call| (!call.done(), call.total_ms, call.id.slot);
        self.ground(stage).into_values().min_by_key(first).map(|call| call.id.slot)
    }

    /// Why a stage that begins now can't be carried out, where its inputs do not allow it.
    pub fn obstacle(&self, stage: &Stage) -> Option<String> {
        let ground = self.ground(stage);
        let (usable, done) = (ground.len(), ground.values().filter(|call| call.done()).count());
        match stage.ask {
            Ask::Ballot if done < 3 => {
                Some(format!("not decidable: a ballot vote needs three finished answers, here are {done}"))
            }
            Ask::Merge if usable < 2 => {
                Some(format!("nothing to merge: a synthesis needs two answers, here are {usable}"))
            }
            Ask::Critique if usable < 2 => {
                Some(format!("no debate: it takes two members with an answer, here are {usable}"))
            }
            _ => None,
        }
    }

    /// Whether all that a stage asked for is over, or it was stopped.
    pub fn settled(&self, id: StageId) -> bool {
        let Some(state) = self.stage(id) else { return false };
        if self.calls_of(id).any(|call| !call.ended()) {
            return false;
        }
        let last = *state.stage.rounds().end();
        state.stopped
            || state.begun.as_ref().is_some_and(|begun| {
                begun.obstacle.is_some()
                    || begun.speakers.iter().all(|slot| self.call(id, last, *slot).is_some())
            })
    }

    /// Whether the stages before it are over.
    pub fn ready(&self, stage: &Stage) -> bool {
        stage.after.iter().all(|before| before.0 < stage.id.0 && self.settled(*before))
    }

    /// Whether nothing is left to do in the run.
    pub fn finished(&self) -> bool {
        self.stages.iter().all(|state| self.settled(state.stage.id))
    }

    /// The member in a seat.
    pub fn member(&self, slot: u16) -> Option<&Member> {
        self.council.member(slot)
    }

    /// The last stage that asks for this.
    pub fn last_stage(&self, ask: Ask) -> Option<&StageState> {
        self.stages.iter().rev().find(|state| state.stage.ask == ask)
    }
}
