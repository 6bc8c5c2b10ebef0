//! The one task that turns commands and arriving pieces into records: appended to the log, folded, then sent on.
//!
//! What happens next is asked of [`crate::core::next()`] after every change; nothing is decided here.

mod cached;
mod calls;
mod route;

use super::Setup;
use super::call::Piece;
use super::deepen::{self, Job, Passes};
use super::feed::{News, Outbox};
use super::gate::Gate;
use super::purse::{self, Item};
use super::shadow::Followed;
use crate::agreement::{self, debate, graded};
use crate::core::budget::Grant;
use crate::core::event::VERSION;
use crate::core::grade::Kept;
use crate::core::{
    CallError, CallId, Command, Dollars, EndState, ErrorKind, Event, Grade, Pass, Progress, Question, Record,
    Run, RunId, Steer, next, shuffle,
};
use crate::store::{Log, StoreError, grades};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(super) struct Driver {
    setup: Setup,
    outbox: Outbox,
    tasks: JoinSet<CallId>,
    by_task: HashMap<tokio::task::Id, CallId>,
    running: HashMap<CallId, CancellationToken>,
    gate: Gate,
    /// Runs with calls that may not leave yet: until that moment, or until a call has ended.
    held: BTreeMap<RunId, Option<u64>>,
    /// Deeper passes over claims, which are no calls of a plan.
    passes: Passes,
    root: CancellationToken,
    /// Handed to every call, so that it can tell what arrives.
    arrived: mpsc::Sender<(CallId, Piece)>,
    pieces: mpsc::Receiver<(CallId, Piece)>,
    waiting: VecDeque<Question>,
    /// Runs that something happened to since they were asked what comes next. A piece of text changes no answer to that.
    stirred: BTreeSet<RunId>,
    /// Runs that are not over.
    live: BTreeSet<RunId>,
    /// Whether the program ends: what is stopped now was not stopped by the person.
    closing: bool,
    /// Where the log of a new session is still to be made.
    unmade: Option<PathBuf>,
    /// That the person set a cap before there was a log.
    cap_set_early: Option<SetEarly>,
    /// Records that could not be written yet.
    unsaved: Vec<Record>,
    /// The grades that routes go by, once one was needed.
    graded: Option<Vec<Kept>>,
    /// The question that a shadow gets once it is answered.
    followed: Option<Followed>,
}

/// A cap that was set before the first question, which its record waits for.
struct SetEarly {
    /// The cap before it.
    was: Option<Dollars>,
}

impl Driver {
    pub(super) fn new(setup: Setup, outbox: Outbox) -> Self {
        let (arrived, pieces) = mpsc::channel(64);
        Self {
            setup,
            outbox,
            tasks: JoinSet::new(),
            by_task: HashMap::new(),
            running: HashMap::new(),
            gate: Gate::default(),
            held: BTreeMap::new(),
            passes: Passes::default(),
            root: CancellationToken::new(),
            arrived,
            pieces,
            waiting: VecDeque::new(),
            stirred: BTreeSet::new(),
            live: BTreeSet::new(),
            closing: false,
            unmade: None,
            cap_set_early: None,
            unsaved: Vec::new(),
            graded: None,
            followed: None,
        }
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        self.settle_the_past();
        loop {
            self.advance();
            let alarm = self.alarm();
            tokio::select! {
                () = tokio::time::sleep(alarm.unwrap_or_default()), if alarm.is_some() => self.wake(),
                command = inbox.recv() => match command {
                    None => break,
                    Some(command) => self.obey(command),
                },
                Some((id, piece)) = self.pieces.recv() => self.take(id, piece),
                Some(ended) = self.tasks.join_next_with_id() => self.reap(&ended),
                Some(ended) = self.passes.next() => self.end_pass(ended),
            }
        }
        self.close().await;
    }

    /// What an earlier program left open is closed before anything else: calls it did not see the end of may have been
    /// billed, and stages that never came to an end are not begun again unasked.
    fn settle_the_past(&mut self) {
        let open: Vec<CallId> = self
            .setup
            .session
            .runs
            .iter()
            .flat_map(|run| run.calls.values().filter(|call| !call.ended()).map(|call| call.id))
            .collect();
        for id in open {
            self.end_call(id, interrupted, calls::Counts::default());
        }
        let passes = |run: &Run| -> Vec<Event> {
            let id = run.id;
            run.deeper.running.iter().map(|one| deepen::broken(id, one.pass, &one.by, lost())).collect()
        };
        let open: Vec<Event> = self.setup.session.runs.iter().flat_map(passes).collect();
        for event in open {
            self.record(event);
        }
        // A round that was over when the program ended may have ended its debate.
        let ended: Vec<Event> = self.setup.session.runs.iter().flat_map(debate::ended).collect();
        for event in ended {
            self.record(event);
        }
        self.stop_stages(&Run::waits);
    }

    /// Does what is due in every run, and takes the next waiting question when the last run is over.
    fn advance(&mut self) {
        loop {
            while let Some(run) = self.stirred.pop_first() {
                self.go_on(run);
            }
            let over = self.setup.session.runs.last().is_none_or(|run| !self.live.contains(&run.id));
            if !over || !self.begin_next_question() {
                return;
            }
        }
    }

    /// How long until a call that was held back may leave.
    fn alarm(&self) -> Option<Duration> {
        let at = self.held.values().flatten().min()?;
        Some(Duration::from_millis(at.saturating_sub(self.setup.clock.now())))
    }

    /// Asks again about the runs whose moment has come.
    fn wake(&mut self) {
        let now = self.setup.clock.now();
        let come = self.held.iter().filter(|(_, at)| at.is_some_and(|at| at <= now));
        self.stirred.extend(come.map(|(run, _)| *run));
    }

    /// Begins the stages and starts the calls of a run that are due.
    fn go_on(&mut self, id: RunId) {
        self.held.remove(&id);
        let Some(run) = self.setup.session.run(id) else { return };
        // What needs the eye of agreement is on record before it is asked what comes next.
        let seen = agreement::due(run);
        if !seen.is_empty() {
            return seen.into_iter().for_each(|event| self.record(event));
        }
        let routed = self.routed(id);
        if !routed.is_empty() {
            return routed.into_iter().for_each(|event| self.record(event));
        }
        let Some(run) = self.setup.session.run(id) else { return };
        let due = next(run);
        match due.state {
            Progress::Working => self.live.insert(id),
            Progress::Settled | Progress::Waiting => self.live.remove(&id),
        };
        if due.state == Progress::Settled && due.begin.is_empty() {
            let followed = self.followed.take_if(|followed| followed.is_of(id));
            if let Some(followed) = followed {
                self.setup.shadows.answered(followed, run);
            }
        }
        // What is recorded here stirs the run, so it is asked again.
        if due.begin.is_empty() {
            for spec in &due.start {
                self.start(spec);
            }
        } else {
            for event in due.begin {
                let event = self.with_table(event);
                self.record(event);
            }
        }
    }

    /// A chair is given the claims of the answers that its stage begins with.
    fn with_table(&self, event: Event) -> Event {
        let run = event.run().and_then(|run| self.setup.session.run(run));
        match run {
            Some(run) => crate::agreement::table::given(run, event),
            None => event,
        }
    }

    fn begin_next_question(&mut self) -> bool {
        let Some(question) = self.waiting.pop_front() else { return false };
        let run = RunId(self.setup.session.runs.last().map_or(1, |run| run.id.0 + 1));
        // 53 bits, so that programs that read JSON numbers as floats keep them. The first run takes the number as it was
        // given: --seed with a run's own number repeats that run.
        let seed =
            if run.0 == 1 { self.setup.seed } else { shuffle::mix(&[self.setup.seed, u64::from(run.0)]) };
        let seed = seed & ((1 << 53) - 1);
        let Setup { shadows, session, id, .. } = &self.setup;
        self.followed = shadows.follow(session.id.as_ref().unwrap_or(id), run, &question);
        self.record(question.put(run, seed, self.setup.retries));
        true
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Ask(question) => {
                self.begin_session();
                self.waiting.push_back(question);
            }
            Command::Extend { run, step } => self.grant(run, |run| Some(step.append_to(run))),
            Command::Retry(call) => self.grant(call.run, |run| run.retry(call)),
            Command::Join { run, member } if self.may_ask(run, &member.model) => {
                self.grant(run, |run| run.join(&member));
            }
            Command::Join { .. } => {}
            Command::Leave { run, member } => self.grant(run, |run| run.leave(&member)),
            Command::Chair { run, member } => self.grant(run, |run| run.choose_chair(&member)),
            Command::Rule { run, ruling } => self.grant(run, |run| run.rule(&ruling)),
            Command::Count { run, counting } => self.grant(run, |run| run.count_by(&counting)),
            // From what is on record by now: keys may come faster than records are seen.
            Command::Weigh { run, member, steps } => {
                self.grant(run, |run| run.count_by(&run.vote_counting().moved(&member, steps)));
            }
            Command::Vote { run, stage, choice } => {
                self.grant(run, |run| run.vote_own(stage, choice.as_ref()));
            }
            Command::Grade { call, grade, topic } => self.grade(call, grade, topic.as_deref()),
            Command::Word { run, to, text } => self.grant(run, |run| run.say_word(to, &text)),
            Command::Argue { run, point } => self.grant(run, |run| run.argue(&point)),
            Command::Steer { run, steer } => self.steer(run, steer),
            Command::Deepen { run, pass } => self.deepen(run, pass),
            Command::StopAll => {
                self.waiting.clear();
                self.root.cancel();
                self.root = CancellationToken::new();
                self.stop_stages(&|_| false);
            }
            Command::StopSeat { run, slot } => self.stop_seat(run, slot),
            Command::Budget(cap) => {
                let was = self.setup.purse.caps.session.replace(cap);
                match self.setup.session.id {
                    Some(_) => self.record(Event::CapSet { cap, was }),
                    None => {
                        self.cap_set_early.get_or_insert(SetEarly { was });
                    }
                }
                self.stirred.extend(std::mem::take(&mut self.held).into_keys());
            }
            Command::Unqueue => self.waiting.clear(),
        }
    }

    /// Does something to a plan that goes on; who speaks in a stage that is left out or cut short is hung up on.
    fn steer(&mut self, run: RunId, steer: Steer) {
        let cut = match &steer {
            Steer::Cut(stage) | Steer::Skip(stage) => Some(*stage),
            _ => None,
        };
        self.grant(run, |run| run.steer(steer));
        let Some(stage) = cut else { return };
        for (_, token) in self.running.iter().filter(|(id, _)| (id.run, id.stage) == (run, stage)) {
            token.cancel();
        }
        self.stop_unasked(run, |id| id.stage == stage);
    }

    /// Records what a wish about a run comes to, if it can be granted, and hangs up on who is no longer there.
    fn grant(&mut self, run: RunId, wish: impl FnOnce(&Run) -> Option<Event>) {
        let Some(event) = self.setup.session.run(run).and_then(wish) else { return };
        self.record(event);
        let session = &self.setup.session;
        let gone = |id: &CallId| session.run(id.run).is_some_and(|run| !run.sits(id.slot));
        for (_, token) in self.running.iter().filter(|(id, _)| gone(id)) {
            token.cancel();
        }
    }

    /// Records a grade, and keeps it beyond the session.
    fn grade(&mut self, call: CallId, grade: Option<Grade>, topic: Option<&str>) {
        let Some(event) = self.setup.session.run(call.run).and_then(|run| run.grade(call, grade, topic))
        else {
            return;
        };
        self.record(event);
        let Setup { session, id, grades: Some(file), clock, .. } = &self.setup else { return };
        let kept = session.run(call.run).and_then(|run| graded::kept(id, run, call, clock.now()));
        // Grades of this moment are in the file alone.
        self.graded = None;
        if let Some(Err(error)) = kept.map(|kept| grades::add(file, &kept)) {
            let line = format!("the grade is in this session alone, and nothing is learned from it: {error}");
            self.outbox.push(News::Note(line));
        }
    }

    /// Begins a deeper pass, and writes that first.
    fn deepen(&mut self, run: RunId, pass: Pass) {
        let Some(run) = self.setup.session.run(run) else { return };
        let item = Item::Pass(run.id, pass);
        let Some(mut job) = Job::of(run, pass, &self.setup) else { return };
        let Setup { purse, session, id, clock, .. } = &mut self.setup;
        let refused = match purse.ask(session, id, item, clock.now(), job.bid()) {
            Grant::Leave(tokens, _) => job.lower(tokens),
            Grant::Wait => Some(purse::busy()),
            Grant::Not(error) => Some(error),
        };
        self.record(job.started());
        match refused {
            Some(error) => self.end_pass(job.refused(error)),
            None => self.passes.spawn(job, self.root.child_token()),
        }
    }

    /// Writes what came of a pass, and what it cost.
    fn end_pass(&mut self, ended: Event) {
        let of = match &ended {
            Event::ClaimsEmbedded { run, .. } => Some((*run, Pass::Embeddings)),
            Event::PairsJudged { run, .. } => Some((*run, Pass::Judge)),
            _ => None,
        };
        self.record(ended);
        let Setup { purse, session, id, .. } = &mut self.setup;
        let done = of.and_then(|(run, _)| session.run(run)).and_then(|run| run.deeper.done.last());
        if let Some(((run, pass), done)) = of.zip(done) {
            let cost = done.spent(&|model| purse.price(model));
            purse.settle(id, Item::Pass(run, pass), cost);
        }
        // There is room for calls that were held back.
        self.stirred.extend(std::mem::take(&mut self.held).into_keys());
    }

    /// The first question begins the session's log; a session nobody asked anything in leaves none.
    fn begin_session(&mut self) {
        if self.setup.session.id.is_none() {
            self.unmade = self.setup.root.clone();
            let session = self.setup.id.clone();
            let synod = env!("CARGO_PKG_VERSION").to_owned();
            self.record(Event::SessionStarted { session, synod });
            if let (Some(SetEarly { was }), Some(cap)) =
                (self.cap_set_early.take(), self.setup.purse.caps.session)
            {
                self.record(Event::CapSet { cap, was });
            }
        }
    }

    /// Stops every stage that is not over, so that nothing new starts in it; but for runs that are left alone.
    fn stop_stages(&mut self, left_alone: &dyn Fn(&Run) -> bool) {
        let stop = |run: &Run| {
            let run_id = run.id;
            let stages: Vec<_> = run.stoppable().collect();
            stages.into_iter().map(move |stage| Event::StageStopped { run: run_id, stage, rule: None })
        };
        let runs = self.setup.session.runs.iter().filter(|run| !left_alone(run));
        let open: Vec<Event> = runs.flat_map(stop).collect();
        for event in open {
            self.record(event);
        }
    }

    async fn close(&mut self) {
        self.closing = true;
        self.root.cancel();
        while !self.running.is_empty() || !self.passes.is_empty() {
            tokio::select! {
                Some(ended) = self.passes.next() => self.end_pass(deepen::cut_short(ended, lost())),
                Some((id, piece)) = self.pieces.recv() => self.take(id, piece),
                Some(ended) = self.tasks.join_next_with_id() => self.reap(&ended),
                else => break,
            }
        }
        self.stop_stages(&Run::waits);
        self.sync();
    }

    /// Appends a record to the log, folds it, then tells the face.
    fn record(&mut self, event: Event) {
        let record =
            Record { v: VERSION, seq: self.setup.session.seq + 1, at: self.setup.clock.now(), event };
        self.setup.session.apply(&record);
        self.followed.iter_mut().for_each(|followed| followed.hear(&record));
        if !matches!(record.event, Event::Delta { .. }) {
            self.stirred.extend(record.event.run());
        }
        self.save(&record);
        self.outbox.push(News::Record(record));
    }

    /// Writes a record and, before it, whatever could not be written earlier. A full disk loses nothing while synod runs.
    fn save(&mut self, record: &Record) {
        let had_failed = !self.unsaved.is_empty();
        let mut written = 0;
        let mut fault = self.make_log().err();
        for record in self.unsaved.iter().chain([record]) {
            fault = fault.or_else(|| self.setup.log.append(record).err());
            if fault.is_some() {
                break;
            }
            written += 1;
        }
        match fault {
            None => {
                self.unsaved.clear();
                if had_failed {
                    self.outbox.push(News::Saved);
                }
            }
            Some(error) => {
                self.unsaved.drain(..written);
                self.unsaved.push(record.clone());
                if !had_failed {
                    self.outbox.push(News::NotSaved(error.to_string()));
                }
            }
        }
    }

    /// Makes the log of a new session: at its first record, or later where that was not possible.
    fn make_log(&mut self) -> Result<(), StoreError> {
        if let Some(root) = &self.unmade {
            self.setup.log = Log::create(root, &self.setup.id)?;
            self.unmade = None;
        }
        Ok(())
    }

    /// Asks the file system to keep what was written. A failure shows with the next record that can't be written.
    fn sync(&mut self) {
        let _ = self.setup.log.sync();
    }
}

/// How a call ends that the program did not see the end of.
fn interrupted(has_text: bool) -> (EndState, Option<CallError>) {
    (if has_text { EndState::Cut } else { EndState::Failed }, Some(lost()))
}

fn lost() -> CallError {
    let message = "synod ended while this ran; it may have been billed";
    CallError::new(ErrorKind::Interrupted, message, "ask again when you like")
}
