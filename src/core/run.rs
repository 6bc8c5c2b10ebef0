//! A run: one question through one plan, as a fold over its records. It never decides; [`super::next()`] does. What its
//! answers come to for a step is in [`super::ground`].

use super::again::Attempt;
use super::cached::Similar;
use super::call::Call;
use super::claim_table::Row;
use super::counting::{Counting, OwnVote};
use super::debate::{Held, Stop, Word};
use super::deeper::Deeper;
use super::event::{Channel, Event};
use super::grade::Grades;
use super::ids::{CallId, MemberId, RunId, StageId};
use super::member::{Council, Member};
use super::part::{Decided, Given, Handed};
use super::plan::{Ask, Speakers, Stage, Until};
use super::private::Private;
use super::question::File;
use super::routing::Routed;
use super::ruling::Ruling;
use std::collections::{BTreeMap, BTreeSet};

/// A stage of the plan and what the records say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StageState {
    /// What it is.
    pub stage: Stage,
    /// Who speaks and about what, once it began.
    pub begun: Option<Begun>,
    /// Whether it was stopped: nothing more is asked in it.
    pub stopped: bool,
    /// The rule that stopped it last; it may have been given more rounds since.
    pub stop: Option<Stop>,
    /// What the person voted for, where it is a vote and the person did.
    pub own_vote: Option<OwnVote>,
    /// The answers before a round, by where they stand, where members are shown that.
    pub groups: BTreeMap<u16, Vec<Held>>,
    /// Whether it is begun, where it has a condition and its turn has come.
    pub decided: Option<Decided>,
    /// Whom it chose, where it is a route.
    pub routed: Option<Routed>,
    /// What the person decided at it, where the plan was handed over to them.
    pub handed: Option<Handed>,
    /// The stage that takes its place since the work was sent back.
    pub heir: Option<StageId>,
}

impl StageState {
    /// A stage of which no record speaks yet.
    pub fn new(stage: Stage) -> Self {
        Self {
            stage,
            begun: None,
            stopped: false,
            stop: None,
            own_vote: None,
            groups: BTreeMap::new(),
            decided: None,
            routed: None,
            handed: None,
            heir: None,
        }
    }

    /// Why it is left out, where its condition did not hold or the person skipped it.
    pub fn skipped(&self) -> Option<&str> {
        self.decided.as_ref().filter(|decided| !decided.go).map(|decided| decided.why.as_str())
    }

    /// How many rounds it has, or will have: of a debate that was stopped those that it came to.
    pub fn rounds_held(&self, run: &Run) -> u16 {
        if self.stopped { run.came_to(self.stage.id) } else { *self.stage.rounds().end() }
    }

    /// The rule that ended the debate that it is, where one did and nothing was asked in it since.
    pub fn ended_by(&self, run: &Run) -> Option<Stop> {
        self.stop.filter(|stop| self.stopped && stop.round == run.came_to(self.stage.id))
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
    /// The claims of the answers, as a chair is given them; empty in other stages.
    pub table: Vec<Row>,
    /// The seats that the person had asked something more since, in a stage before it: newcomers and retries.
    pub late: BTreeSet<u16>,
    /// The person's rulings that its members are given; none in a stage whose members are not given any.
    pub rulings: Vec<Ruling>,
    /// The texts of earlier stages that its speakers are given.
    pub given: Vec<Given>,
}

/// One question through one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its number in the session.
    pub id: RunId,
    /// The person's words.
    pub question: String,
    /// The files that go with it.
    pub files: Vec<File>,
    /// Who sits in the council: those it began with, then those who joined. Seats never shift; see [`Run::left`].
    pub council: Council,
    /// The recipe the plan came from.
    pub protocol: String,
    /// What every shuffle is drawn from.
    pub seed: u64,
    /// The run that this one takes the place of in the conversation.
    pub replaces: Option<RunId>,
    /// The answers of earlier runs that their members stood by when it began: what a member is reminded of.
    pub history: Vec<CallId>,
    /// When it began, milliseconds since the epoch.
    pub started_at: u64,
    /// The plan, in order of appending.
    pub stages: Vec<StageState>,
    /// Every call made.
    pub calls: BTreeMap<CallId, Call>,
    /// How often a call that failed before it brought anything is asked again by itself, at the most.
    pub retries: u16,
    /// What was decided about the question, where it is or looks private.
    pub private: Option<Private>,
    /// The earlier question whose first answers may be given to this one.
    pub similar: Option<Similar>,
    /// Calls beyond the plan that have not started yet: retries, and newcomers' first ones.
    pub asked: BTreeSet<CallId>,
    /// Attempts that were set without anybody asking, started or not.
    pub set: BTreeMap<CallId, Attempt>,
    /// The seats whose members left.
    pub left: BTreeSet<u16>,
    /// The person's rulings that hold, oldest first: one a point.
    pub rulings: Vec<Ruling>,
    /// Passes over the claims beyond their words.
    pub deeper: Deeper,
    /// What the person said into its debates, oldest first.
    pub words: Vec<Word>,
    /// How the person has its votes counted, where that was said; see [`Run::vote_counting`].
    pub counted_by: Option<Counting>,
    /// What the person said of its answers: right, wrong, best.
    pub grades: Grades,
    /// Whether the person has it begin nothing new.
    pub paused: bool,
}

impl Run {
    /// Folds one record into the run; records of other runs and unknown ones change nothing.
    pub fn apply(&mut self, at: u64, event: &Event) {
        if event.run() != Some(self.id) {
            return;
        }
        match event {
            Event::CallStarted { .. } | Event::Delta { .. } | Event::CallEnded { .. } => self.hear(at, event),
            Event::RetryAsked { call } => {
                if let Some(again) = self.again(*call) {
                    self.set.remove(&again);
                    self.ask_beyond(again);
                }
            }
            Event::RetrySet { call, model, due, repair } => {
                let (model, repair) = (model.clone(), repair.clone());
                self.set.insert(*call, Attempt { model, due: *due, dropped: false, repair });
                self.asked.insert(*call);
            }
            Event::RetryDropped { call } => {
                if let Some(set) = self.set.get_mut(call).filter(|_| self.asked.remove(call)) {
                    set.dropped = true;
                }
            }
            Event::MemberJoined { member, .. } => self.seat(member),
            Event::ChairChosen { member, .. } if self.council.slot(member).is_some() => {
                self.council.chair = Some(member.clone());
            }
            Event::MemberLeft { member, .. } => {
                if let Some(slot) = self.council.slot(member) {
                    self.left.insert(slot);
                    self.asked.retain(|call| call.slot != slot);
                }
            }
            Event::StageAdded { stage, .. } if usize::from(stage.id.0) == self.stages.len() => {
                self.stages.push(StageState::new(stage.clone()));
            }
            Event::StageProlonged { stage, rounds, .. } => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.stage.until = Until::Rounds(*rounds);
                    state.stopped = false;
                }
            }
            Event::StageStarted { stage, speakers, answers, obstacle, table, given, .. } => {
                let merges = self.stage(*stage).is_some_and(|state| state.stage.ask == Ask::Merge);
                let rulings = if merges { self.rulings.clone() } else { Vec::new() };
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.begun.get_or_insert_with(|| Begun {
                        given: given.clone(),
                        speakers: speakers.clone(),
                        answers: answers.clone(),
                        obstacle: obstacle.clone(),
                        table: table.clone(),
                        late: BTreeSet::new(),
                        rulings,
                    });
                }
            }
            Event::Ruled { ruling, .. } => self.ruled(ruling),
            Event::Graded { call, grade, topic, .. } => self.grades.take(*call, *grade, topic.as_deref()),
            Event::RoundGrouped { stage, round, groups, .. } => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.groups.insert(*round, groups.clone());
                }
            }
            Event::WordSaid { to, text, .. } => {
                self.words.push(Word { to: to.clone(), text: text.clone(), before: None });
            }
            Event::Counted { counting, .. } => self.counted_by = Some(counting.clone()),
            Event::Voted { stage, choice, .. } => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    let own = choice.clone().map_or(OwnVote::None, OwnVote::For);
                    state.own_vote.get_or_insert(own);
                }
            }
            Event::StageStopped { stage, rule, .. } => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.stopped = true;
                    state.stop = rule.or(state.stop);
                    self.asked.retain(|call| call.stage != *stage);
                }
            }
            Event::StageDecided { stage, decided, .. } => {
                // What has begun can still be skipped.
                if let Some(state) = self.stages.get_mut(usize::from(stage.0))
                    && (state.decided.is_none() || !decided.go)
                {
                    state.decided = Some(decided.clone());
                    self.asked.retain(|call| decided.go || call.stage != *stage);
                }
            }
            Event::Routed { stage, routed, .. } => {
                if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
                    state.routed.get_or_insert_with(|| routed.as_ref().clone());
                }
            }
            Event::HandedOver { stage, handed, again, .. } => self.handed_over(*stage, handed, again),
            Event::Paused { paused, .. } => self.paused = *paused,
            Event::Resumed { .. } => self.resume(),
            event => self.deeper.apply(at, event),
        }
    }

    /// Folds in what is on record of a call.
    fn hear(&mut self, at: u64, event: &Event) {
        match event {
            Event::CallStarted {
                call,
                member,
                model,
                endpoint,
                messages,
                shown,
                own,
                price,
                answer_limit,
                cached,
            } => {
                self.asked.remove(call);
                if call.attempt == 1 && self.stage(call.stage).is_some_and(|it| it.stage.mode().is_some()) {
                    // A word holds for the round that begins after it.
                    let begins = self.calls_of(call.stage).all(|other| other.id.round < call.round);
                    for word in self.words.iter_mut().filter(|word| begins && word.before.is_none()) {
                        word.before = Some(*call);
                    }
                }
                self.calls.entry(*call).or_insert_with(|| Call {
                    id: *call,
                    member: member.clone(),
                    model: model.clone(),
                    endpoint: endpoint.clone(),
                    messages: messages.clone(),
                    shown: shown.clone(),
                    own: *own,
                    price: price.as_deref().copied(),
                    answer_limit: *answer_limit,
                    cached: cached.clone(),
                    text: String::new(),
                    thinking: String::new(),
                    end: None,
                    error: None,
                    usage: None,
                    started_at: at,
                    last_at: at,
                    first_ms: None,
                    total_ms: None,
                    pieces: 0,
                    skipped: 0,
                    mislabelled: None,
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
            Event::CallEnded {
                call,
                state,
                text,
                thinking,
                usage,
                error,
                first_ms,
                total_ms,
                pieces,
                skipped,
                mislabelled,
            } => {
                if let Some(call) = self.calls.get_mut(call).filter(|call| !call.ended()) {
                    call.text.clone_from(text);
                    call.thinking.clone_from(thinking);
                    call.end = Some(*state);
                    call.usage = *usage;
                    call.error.clone_from(error);
                    call.first_ms = *first_ms;
                    call.total_ms = Some(*total_ms);
                    (call.pieces, call.skipped) = (*pieces, *skipped);
                    call.mislabelled.clone_from(mislabelled);
                    call.last_at = call.started_at.saturating_add(*total_ms);
                }
            }
            _ => {}
        }
    }

    /// Gives a newcomer the next seat, and the run's question in the first stage. Names stay unique.
    fn seat(&mut self, member: &Member) {
        if self.council.slot(&member.name).is_some() {
            return;
        }
        let slot = self.council.members.len() as u16;
        self.council.members.push(member.clone());
        self.ask_beyond(CallId { run: self.id, stage: StageId(0), round: 0, slot, attempt: 1 });
    }

    /// Notes a call that the person asked for beyond the plan; it is late for what began on the answers before it.
    fn ask_beyond(&mut self, call: CallId) {
        self.asked.insert(call);
        for state in self.stages.iter_mut().filter(|state| state.stage.id > call.stage) {
            if let Some(begun) = &mut state.begun {
                begun.late.insert(call.slot);
            }
        }
    }

    /// The person's words that are shown in the round of a call: those said before it began.
    pub fn words_before(&self, call: CallId) -> impl Iterator<Item = &Word> {
        let begun = self.calls_of(call.stage).any(|other| other.id.round == call.round);
        let here = move |before: CallId| (before.stage, before.round) == (call.stage, call.round);
        self.words.iter().filter(move |word| word.before.map_or(!begun, here))
    }

    /// Whether the member of a seat is there: nobody else is asked anything. Who is held back never was.
    pub fn sits(&self, slot: u16) -> bool {
        let seated = usize::from(slot) < self.council.members.len() && !self.left.contains(&slot);
        seated && !self.held_back(slot)
    }

    /// The council as it is now: without those who left, and with those who are held back from this question alone.
    pub fn council_now(&self) -> Council {
        let here = self.council.members.iter().zip(0..).filter(|(_, slot)| !self.left.contains(slot));
        Council { members: here.map(|(member, _)| member.clone()).collect(), ..self.council.clone() }
    }

    /// The one member that was asked, where not all were. A written plan may begin with one and go on with others.
    pub fn only(&self) -> Option<&MemberId> {
        let first = &self.stages.first()?.stage;
        match &first.speakers {
            Speakers::Member(name) if first.part.is_none() => Some(name),
            _ => None,
        }
    }

    /// The stage with that id.
    pub fn stage(&self, id: StageId) -> Option<&StageState> {
        self.stages.get(usize::from(id.0))
    }

    /// The attempts of a seat in a round of a stage, first to last.
    pub fn attempts(
        &self,
        stage: StageId,
        round: u16,
        slot: u16,
    ) -> impl DoubleEndedIterator<Item = &Call> + Clone {
        let id = |attempt| CallId { run: self.id, stage, round, slot, attempt };
        self.calls.range(id(0)..=id(u16::MAX)).map(|(_, call)| call)
    }

    /// The last attempt of a seat in a round of a stage.
    pub fn call(&self, stage: StageId, round: u16, slot: u16) -> Option<&Call> {
        self.attempts(stage, round, slot).next_back()
    }

    /// The attempt that counts: the last that brought an answer, or for a ballot a whole one; else the last.
    pub fn counting(&self, stage: StageId, round: u16, slot: u16) -> Option<&Call> {
        let ballot = self.stage(stage).is_some_and(|state| state.stage.ask == Ask::Ballot);
        let counts = |call: &&Call| if ballot { call.done() } else { call.usable() };
        let mut attempts = self.attempts(stage, round, slot);
        attempts.clone().rfind(counts).or_else(|| attempts.next_back())
    }

    /// The calls of a stage that count, one a round and seat.
    pub fn counting_of(&self, stage: StageId) -> impl Iterator<Item = &Call> {
        let counts = |call: &&Call| {
            let id = call.id;
            self.counting(id.stage, id.round, id.slot).is_some_and(|counting| counting.id == id)
        };
        self.calls_of(stage).filter(counts)
    }

    /// The calls of a stage, in order of round, seat and attempt.
    pub fn calls_of(&self, stage: StageId) -> impl DoubleEndedIterator<Item = &Call> {
        let id = |stage| CallId { run: self.id, stage: StageId(stage), round: 0, slot: 0, attempt: 0 };
        self.calls.range(id(stage.0)..id(stage.0.saturating_add(1))).map(|(_, call)| call)
    }

    /// The member in a seat.
    pub fn member(&self, slot: u16) -> Option<&Member> {
        self.council.member(slot)
    }

    /// The last stage that asks for this; one that was left out asks for nothing.
    pub fn last_stage(&self, ask: Ask) -> Option<&StageState> {
        self.stages.iter().rev().find(|state| state.stage.ask == ask && state.skipped().is_none())
    }
}
