//! A world, and a council that lives in it: what a call comes to, what a person wants, and the driver between them.
//!
//! It checks only that it never waits for nothing; what holds of its log is in [`super::laws`].

use std::collections::BTreeMap;
use synod::agreement::{self, table};
use synod::core::price::Prices;
use synod::core::routing::{self, Circumstances, asked::Turn};
use synod::core::rules;
use synod::core::shuffle::mix;
use synod::core::{
    About, Ask, Call, CallError, CallId, CallSpec, Channel, Council, EndState, ErrorKind, Event, Member,
    MemberId, Point, Progress, Question, Quote, Record, Ruling, Run, RunId, Session, SessionId, StageId,
    StageState, Step, Templates, Usage, Verdict, ballot, next, prompt,
};

/// What a call comes to.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub thinking: String,
    pub text: String,
    pub state: EndState,
    pub error: Option<CallError>,
    pub usage: Option<Usage>,
    pub total_ms: u64,
}

impl Outcome {
    /// An end in that state, with an error where the state needs one.
    pub fn new(state: EndState, text: &str, total_ms: u64) -> Self {
        let kind = match state {
            EndState::Done => None,
            EndState::Cut => Some(ErrorKind::EndedEarly),
            EndState::Failed => Some(ErrorKind::Overloaded),
            EndState::Refused => Some(ErrorKind::Refused),
            EndState::Stopped => Some(ErrorKind::Stopped),
        };
        let error = kind.map(|kind| CallError::new(kind, format!("it was {}", state.word()), "ask again"));
        Self { thinking: String::new(), text: text.to_owned(), state, error, usage: None, total_ms }
    }
}

/// Says what a call comes to, by what is on record of it.
pub type World<'a> = &'a dyn Fn(&Run, &Call) -> Outcome;

/// Something a person wants. Runs, calls and members are picked by number from those there are. What can't be granted
/// comes to a synthesis of the last run, so that each wish comes to one record.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Its council is the script's.
    Ask(Question),
    Extend(usize, Step),
    /// Picks one of the calls of a run that may be asked again.
    Retry(usize, usize),
    Join(usize, Member),
    Leave(usize, usize),
    /// Rules on a point in some of a run's answers, or takes a ruling back.
    Rule(usize, usize),
    /// Begins a debate on such a point alone.
    Argue(usize, usize),
}

/// When wishes are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moments {
    /// At those at which it makes no difference what has arrived so far.
    Fitting,
    /// At any; only a question waits for the last run.
    Any,
}

/// A person's script: wishes in their order, and what is stopped.
#[derive(Clone, Debug)]
pub struct Script {
    pub council: Council,
    pub seed: u64,
    pub wishes: Vec<Wish>,
    pub moments: Moments,
    /// Everything is stopped as soon as this stage has begun.
    pub stop_at: Option<(RunId, StageId)>,
    /// How often what failed is asked again by itself.
    pub retries: u16,
}

impl Script {
    /// Whether a call's end crosses with the stop: then it comes to what it would have come to.
    fn crosses(&self, id: CallId) -> bool {
        self.stop_at.is_some() && id.slot % 2 == 1
    }
}

/// What the engine's driver does, one step at a time. All it knows is in its log, so it can go on from any part of one.
pub struct Sim<'a> {
    world: World<'a>,
    script: &'a Script,
    pub log: Vec<Record>,
    pub session: Session,
    /// How many wishes are on record.
    granted: usize,
    /// What models cost, where routes go by it.
    pub prices: Prices,
}

/// Whether a record is what a wish comes to.
pub fn grants(event: &Event) -> bool {
    matches!(
        event,
        Event::RunStarted { .. }
            | Event::StageAdded { .. }
            | Event::StageProlonged { .. }
            | Event::RetryAsked { .. }
            | Event::MemberJoined { .. }
            | Event::MemberLeft { .. }
            | Event::Ruled { .. }
    )
}

/// A point that is made in the whole of some answers: all but one in four of those that stand.
fn some_point(run: &Run, place: usize) -> Point {
    let (stage, round) = run.latest_answers();
    let standing = run.standing(stage, round).into_values().enumerate();
    let quoted = standing.filter(|(at, _)| (at + place) % 4 != 3);
    let quote = |(at, call): (usize, &Call)| Quote {
        call: call.id,
        start: 0,
        end: call.text.len(),
        side: Some((at + place) % 3).filter(|side| *side < 2),
    };
    let sides = vec!["one".to_owned(), "other".to_owned()];
    Point { about: About::Claim, sides, said: quoted.map(quote).collect() }
}

/// The choices that routes of a run are due for, where nothing is known but what is on record.
fn routed(session: &Session, run: &Run, prices: &Prices) -> Vec<Event> {
    let now = Circumstances { prices, fitness: BTreeMap::new(), history: Vec::new(), tokens: 100 };
    let turns = run.unrouted().filter_map(|state| Turn::of(session, run, state));
    let routed = turns.map(|turn| {
        let routed = Box::new(routing::choose(turn.routing, &turn.asked(), &now));
        Event::Routed { run: run.id, stage: turn.stage, routed }
    });
    routed.collect()
}

impl<'a> Sim<'a> {
    /// One that goes on from what is on record.
    pub fn resume(world: World<'a>, script: &'a Script, log: &[Record]) -> Self {
        let granted = log.iter().filter(|record| grants(&record.event)).count();
        let session = Session::replay(log);
        Self { world, script, log: log.to_vec(), session, granted, prices: Prices::default() }
    }

    /// One of which nothing is on record.
    pub fn start(world: World<'a>, script: &'a Script) -> Self {
        Self::resume(world, script, &[])
    }

    /// Puts something on record.
    pub fn record(&mut self, event: Event) {
        let seq = self.session.seq + 1;
        let record = Record { v: 1, seq, at: 1_000_000 + 7 * seq, event };
        self.session.apply(&record);
        self.granted += usize::from(grants(&record.event));
        self.log.push(record);
    }

    /// The last run.
    pub fn run(&self) -> Option<&Run> {
        self.session.runs.last()
    }

    /// The calls that run.
    pub fn open(&self) -> Vec<CallId> {
        let calls = self.session.runs.iter().flat_map(|run| run.calls.values());
        calls.filter(|call| !call.ended()).map(|call| call.id).collect()
    }

    /// Begins stages and starts calls in every run, as far as `next` wants it.
    pub fn advance(&mut self) {
        if self.log.is_empty() {
            let session = SessionId("s".to_owned());
            self.record(Event::SessionStarted { session, synod: "test".to_owned() });
        }
        loop {
            for place in 0..self.session.runs.len() {
                self.go_on(place);
            }
            if !self.stop() {
                break;
            }
        }
        let open = self.open();
        for run in &self.session.runs {
            let state = next(run).state;
            let waits = open.iter().any(|call| call.run == run.id);
            assert_eq!(
                state == Progress::Working,
                waits,
                "a run waits for calls, for the person, or for nothing"
            );
            let person = run.paused || run.gates().next().is_some();
            assert!(
                state != Progress::Waiting || person,
                "the person is waited for where something is theirs"
            );
            assert!(state != Progress::Settled || run.finished(), "what waits for nothing is finished");
        }
    }

    fn go_on(&mut self, place: usize) {
        loop {
            let run = &self.session.runs[place];
            let mut seen = agreement::due(run);
            if seen.is_empty() {
                seen = routed(&self.session, run, &self.prices);
            }
            if !seen.is_empty() {
                for event in seen {
                    self.record(event);
                }
                continue;
            }
            let run = &self.session.runs[place];
            let due = next(run);
            assert_eq!(due, next(run), "asking twice changes nothing");
            if due.begin.is_empty() {
                return due.start.into_iter().for_each(|spec| self.call(spec));
            }
            for event in due.begin {
                // To compare takes its time, and nothing but a choice among claims and a check depends on it here.
                let run = &self.session.runs[place];
                let picks = |state: &StageState| {
                    let picks = state.stage.brief.as_ref().is_some_and(|brief| !brief.picks.is_empty());
                    state.begun.is_none() && (picks || state.stage.ask == Ask::Check)
                };
                let event = if run.stages.iter().any(picks) { table::given(run, event) } else { event };
                self.record(event);
            }
        }
    }

    fn call(&mut self, spec: CallSpec) {
        let run = self.session.run(spec.id.run).unwrap();
        let messages = prompt::compose(&self.session, run, &spec, &Templates::default());
        let CallSpec { id, member, shown, own, .. } = spec;
        let Member { name: member, model, .. } = member;
        let endpoint = "nowhere".to_owned();
        let (price, answer_limit) = (None, None);
        self.record(Event::CallStarted {
            call: id,
            member,
            model,
            endpoint,
            messages,
            shown,
            own,
            price,
            answer_limit,
            cached: None,
        });
    }

    /// Stops everything, if this is the moment. The stage that is meant comes last: once it is on record, all are.
    fn stop(&mut self) -> bool {
        let Some((run, stage)) = self.script.stop_at else { return false };
        let stops = |record: &Record| matches!(record.event, Event::StageStopped { run: of, stage: which, .. } if (of, which) == (run, stage));
        let began = self.open().iter().any(|call| (call.run, call.stage) == (run, stage));
        let now = began && !self.log.iter().any(stops);
        if now {
            self.stop_all();
        }
        now
    }

    /// Stops every stage that is not over.
    pub fn stop_all(&mut self) {
        let runs = self.session.runs.iter();
        let mut open: Vec<(RunId, StageId)> =
            runs.flat_map(|run| run.stoppable().map(|stage| (run.id, stage))).collect();
        open.sort_by_key(|stage| (Some(*stage) == self.script.stop_at, std::cmp::Reverse(*stage)));
        for (run, stage) in open {
            self.record(Event::StageStopped { run, stage, rule: None });
        }
    }

    /// Whether a call was stopped while it ran: with its stage, or because its member left.
    fn stopped(&self, id: CallId) -> bool {
        let member = &self.session.run(id.run).unwrap().calls[&id].member;
        let later = self
            .log
            .iter()
            .rev()
            .take_while(|record| !matches!(record.event, Event::CallStarted { call, .. } if call == id));
        later.into_iter().any(|record| match &record.event {
            Event::StageStopped { run, stage, .. } => (*run, *stage) == (id.run, id.stage),
            Event::MemberLeft { run, member: who } => (*run, who) == (id.run, member),
            _ => false,
        })
    }

    /// Brings the next piece of a call, of so many characters at the most, or its end.
    pub fn deliver(&mut self, id: CallId, length: usize) {
        let run = self.session.run(id.run).unwrap();
        let call = &run.calls[&id];
        let outcome = if self.stopped(id) && !self.script.crosses(id) {
            Outcome { thinking: call.thinking.clone(), ..Outcome::new(EndState::Stopped, &call.text, 1) }
        } else {
            (self.world)(run, call)
        };
        let piece = |rest: &str| rest.chars().take(length).collect::<String>();
        let thinking = piece(&outcome.thinking[call.thinking.len()..]);
        let text = piece(&outcome.text[call.text.len()..]);
        let event = if !thinking.is_empty() {
            Event::Delta { call: id, channel: Channel::Thinking, text: thinking }
        } else if !text.is_empty() {
            Event::Delta { call: id, channel: Channel::Text, text }
        } else {
            Event::CallEnded {
                call: id,
                state: outcome.state,
                text: call.text.clone(),
                thinking: call.thinking.clone(),
                usage: outcome.usage,
                error: outcome.error,
                first_ms: Some(outcome.total_ms / 2),
                total_ms: outcome.total_ms,
                pieces: 0,
                skipped: 0,
                mislabelled: None,
            }
        };
        self.record(event);
    }

    /// Ends a call as one that was hung up on, with what came of it so far.
    pub fn hang_up(&mut self, id: CallId) {
        let call = &self.session.run(id.run).unwrap().calls[&id];
        let Outcome { text, state, error, total_ms, .. } = Outcome::new(EndState::Stopped, &call.text, 1);
        let thinking = call.thinking.clone();
        self.record(Event::CallEnded {
            call: id,
            state,
            text,
            thinking,
            usage: None,
            error,
            first_ms: None,
            total_ms,
            pieces: 0,
            skipped: 0,
            mislabelled: None,
        });
    }

    /// Brings all of a call.
    pub fn end(&mut self, id: CallId) {
        while self.open().contains(&id) {
            self.deliver(id, usize::MAX);
        }
    }

    /// Brings all of so many calls that run, at the most.
    pub fn end_some(&mut self, most: usize) {
        for id in self.open().into_iter().take(most) {
            self.end(id);
        }
    }

    /// The first wish that is not on record.
    fn wish(&self) -> Option<&'a Wish> {
        self.script.wishes.get(self.granted)
    }

    /// One of the runs.
    fn pick(&self, place: usize) -> &Run {
        &self.session.runs[place % self.session.runs.len()]
    }

    /// The record that a wish comes to, if it can be granted.
    fn wished(&self, wish: &Wish) -> Option<Event> {
        match wish {
            Wish::Extend(run, step) => Some(step.clone().append_to(self.pick(*run))),
            Wish::Retry(run, call) => {
                let run = self.pick(*run);
                let again: Vec<Event> = run.calls.keys().filter_map(|id| run.retry(*id)).collect();
                again.get(call % again.len().max(1)).cloned()
            }
            Wish::Join(run, member) => self.pick(*run).join(member),
            Wish::Leave(run, slot) => {
                let run = self.pick(*run);
                run.leave(&run.council.members[slot % run.council.members.len()].name)
            }
            Wish::Rule(run, place) => {
                let verdict =
                    [Verdict::Side(1), Verdict::Both, Verdict::Wrong, Verdict::Withdrawn][place % 4];
                let run = self.pick(*run);
                run.rule(&Ruling { point: some_point(run, place / 4), verdict, note: String::new() })
            }
            Wish::Argue(run, place) => {
                let run = self.pick(*run);
                run.argue(&some_point(run, *place))
            }
            Wish::Ask(question) => {
                let run = RunId(self.session.runs.len() as u32 + 1);
                // A plan brings the council that it was cast with.
                let cast = question.plan.is_some();
                let council = if cast { &question.council } else { &self.script.council };
                let question = Question { council: council.clone(), ..question.clone() };
                Some(question.put(run, mix(&[self.script.seed, u64::from(run.0)]), self.script.retries))
            }
        }
    }

    /// Puts on record what a wish comes to.
    pub fn grant(&mut self, wish: &Wish) {
        let event = self.wished(wish).unwrap_or_else(|| Step::SYNTHESIS.append_to(self.run().unwrap()));
        self.record(event);
    }

    /// Whether a wish may be granted now.
    fn fits(&self, wish: &Wish) -> bool {
        let over = |run: &Run| next(run).state == Progress::Settled;
        let all_over = self.session.runs.iter().all(over);
        match wish {
            Wish::Ask(_) if self.script.moments == Moments::Any => self.run().is_none_or(over),
            _ if self.script.moments == Moments::Any => true,
            // What a stop finds open depends on the moment; so with one, everything else waits for its own.
            _ if self.script.stop_at.is_some() => all_over,
            Wish::Extend(..) => true,
            Wish::Retry(run, _) | Wish::Leave(run, _) | Wish::Rule(run, _) | Wish::Argue(run, _) => {
                over(self.pick(*run))
            }
            // What is said in other runs may be in front of them.
            Wish::Ask(_) | Wish::Join(..) => all_over,
        }
    }

    /// Lives on until nothing is left to happen, in an order drawn from `order`.
    pub fn live(mut self, mut order: u64) -> Self {
        let mut pick = |of: usize| {
            order = mix(&[order]);
            (order % of as u64) as usize
        };
        loop {
            self.advance();
            let open = self.open();
            let wish = self.wish().filter(|wish| self.fits(wish));
            // A wish that may come at any moment is not to come at the first.
            let share = if self.script.moments == Moments::Any { 12 } else { 1 };
            let choices = share * open.len() + usize::from(wish.is_some());
            if choices == 0 {
                return self;
            }
            match (open.get(pick(choices) / share), wish) {
                (Some(id), _) => self.deliver(*id, 1 + pick(24)),
                (None, Some(wish)) => self.grant(wish),
                (None, None) => unreachable!("one of the choices was taken"),
            }
        }
    }
}

/// The state without what depends on when and in which order records were written.
pub fn timeless(mut session: Session) -> Session {
    (session.seq, session.started_at, session.last_at, session.unknown) = (0, 0, 0, 0);
    for run in &mut session.runs {
        run.started_at = 0;
        for call in run.calls.values_mut() {
            (call.started_at, call.last_at) = (0, 0);
        }
        for set in run.set.values_mut() {
            set.due = 0;
        }
    }
    session
}

/// The number that a judge is asked to write on its ballot.
pub fn number_asked(call: &Call) -> &str {
    let (_, asked) = call.messages.last().unwrap().text.rsplit_once("\"ballot\": \"").unwrap();
    asked.split('"').next().unwrap()
}

/// What the ballots of a stage come to.
pub fn tally(run: &Run, stage: StageId) -> ballot::Tally {
    // Of a judge that was asked more than once, the last whole ballot counts; of two orders, what it says in both.
    let mut of_judge: BTreeMap<(u16, u16), &Call> = BTreeMap::new();
    for call in run.calls_of(stage).filter(|call| call.id.attempt == 1 || call.done()) {
        of_judge.insert((call.id.slot, call.id.round), call);
    }
    let last = *run.stage(stage).unwrap().stage.rounds().end();
    let mut ballots: Vec<ballot::Ballot> = Vec::new();
    for ((slot, _), call) in of_judge.iter().filter(|((_, round), _)| *round == 0) {
        let mut one = ballot::read(run, call);
        if let Some(other) = of_judge.get(&(*slot, 1)).map(|call| ballot::read(run, call)) {
            one.even = one.ranking != other.ranking;
            one.valid &= other.valid;
        } else {
            one.valid &= last == 0 || one.shown.len() != 2;
        }
        ballots.push(one);
    }
    let counting = run.vote_counting();
    let pinned = run.pinned(stage);
    let done = pinned.values().filter(|call| call.done());
    let candidates: Vec<MemberId> = done.map(|call| call.member.clone()).collect();
    let tally = rules::count(counting.rule, &candidates, &ballots, &counting.weights);
    // One ballot of several judges is one opinion.
    let judges = run.stage(stage).unwrap().begun.as_ref().map_or(0, |begun| begun.speakers.len());
    if judges > 1 && ballots.iter().filter(|ballot| ballot.valid).count() < 2 {
        return ballot::Tally { winner: None, tied: Vec::new(), ..tally };
    }
    tally
}
