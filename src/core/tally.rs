//! What calls came to, model by model and step by step, and what went wrong with which consequence: what the screen of costs
//! and latency shows. How endpoints did beyond this session is in [`super::health`]; how a sum is made, in [`super::spend`].

use super::call::Call;
use super::event::{CallError, EndState, ErrorKind};
use super::health::{Health, Sample};
use super::ids::{CallId, MemberId};
use super::member::ModelRef;
use super::plan::Ask;
use super::price::guessed_tokens;
use super::run::Run;
use super::session::Session;
use super::spend::{Spent, Today};
use std::collections::BTreeMap;

/// The calls of a model at an endpoint, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// The model.
    pub model: ModelRef,
    /// Where it was asked.
    pub endpoint: String,
    /// How many requests left.
    pub calls: usize,
    /// How many of them brought an answer.
    pub answered: usize,
    /// How many of them ended by a fault.
    pub failed: usize,
    /// What is known of the calls of a session alone.
    pub sums: Option<Sums>,
    /// What is remembered of each call that is over, oldest first.
    pub samples: Vec<Sample>,
}

/// What only the records of a session tell of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// How many of the calls were one more attempt at the same model.
    pub retries: usize,
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// Whether some of the tokens are a guess, as no provider counted them.
    pub guessed: bool,
    /// What was spent.
    pub spent: Spent,
}

/// The tokens of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Those read.
    pub input: u64,
    /// Those written.
    pub output: u64,
    /// Whether they are a guess, as no provider counted them.
    pub guessed: bool,
}

impl Tokens {
    /// Those of a call. What was turned down at once was neither read nor written.
    pub fn of(call: &Call) -> Self {
        if !call.charged() {
            return Self::default();
        }
        if let Some(usage) = call.usage.filter(|usage| usage.input > 0 || usage.output > 0) {
            return Self { input: usage.input, output: usage.output, guessed: false };
        }
        let sent: usize = call.messages.iter().map(|message| message.text.len()).sum();
        let came = call.text.len() + call.thinking.len();
        Self { input: guessed_tokens(sent), output: guessed_tokens(came), guessed: sent + came > 0 }
    }
}

/// The models of a session, in the order in which they were first asked.
pub fn by_model(session: &Session, today: Today<'_>) -> Vec<Tally> {
    let mut all: Vec<Tally> = Vec::new();
    for run in &session.runs {
        let mut calls: Vec<&Call> = run.calls.values().filter(|call| call.sent()).collect();
        calls.sort_by_key(|call| (call.started_at, call.id));
        for call in calls {
            let place = all.iter().position(|one| one.model == call.model && one.endpoint == call.endpoint);
            let place = place.unwrap_or_else(|| {
                all.push(Tally::of(&call.model, &call.endpoint, Some(Sums::default())));
                all.len() - 1
            });
            all[place].count(run, call, today);
        }
    }
    all
}

/// The models that health remembers calls of since a moment, in milliseconds since the epoch.
pub fn remembered(health: &Health, now: u64, since: u64) -> Vec<Tally> {
    let mut all: BTreeMap<(&str, &ModelRef), Tally> = BTreeMap::new();
    for endpoint in health.endpoints() {
        for sample in health.window(endpoint, now).filter(|sample| sample.at >= since) {
            let tally = all
                .entry((endpoint, &sample.model))
                .or_insert_with(|| Tally::of(&sample.model, endpoint, None));
            tally.calls += 1;
            tally.take(sample.clone());
        }
    }
    all.into_values().collect()
}

impl Tally {
    fn of(model: &ModelRef, endpoint: &str, sums: Option<Sums>) -> Self {
        let (model, endpoint) = (model.clone(), endpoint.to_owned());
        Self { model, endpoint, calls: 0, answered: 0, failed: 0, sums, samples: Vec::new() }
    }

    fn take(&mut self, sample: Sample) {
        self.answered += usize::from(sample.fault.is_none());
        self.failed += usize::from(sample.fault.is_some());
        self.samples.push(sample);
    }

    fn count(&mut self, run: &Run, call: &Call, today: Today<'_>) {
        self.calls += 1;
        if let Some(sample) = Sample::of(call) {
            self.take(sample);
        }
        let Some(sums) = &mut self.sums else { return };
        let before = call.id.attempt.checked_sub(1).map(|attempt| CallId { attempt, ..call.id });
        let before = before.and_then(|id| run.calls.get(&id));
        sums.retries += usize::from(before.is_some_and(|before| before.model == call.model));
        let tokens = Tokens::of(call);
        sums.input += tokens.input;
        sums.output += tokens.output;
        sums.guessed |= tokens.guessed;
        sums.spent = sums.spent + call.spent(today);
    }
}

/// What a step is called where its costs are told.
pub fn step_name(ask: Ask) -> &'static str {
    match ask {
        Ask::Answer => "answers",
        Ask::Critique => "debate",
        Ask::Merge => "synthesis",
        Ask::Ballot => "votes",
        Ask::Check => "checks",
        Ask::Route => "routing",
        Ask::HandOver => "your word",
    }
}

/// The requests of a session to a model at an endpoint, newest first, each with the name of its step.
pub fn calls_to<'a>(session: &'a Session, model: &ModelRef, endpoint: &str) -> Vec<(&'static str, &'a Call)> {
    let mut all: Vec<(&'static str, &Call)> = Vec::new();
    for run in &session.runs {
        let to = |call: &&Call| call.sent() && call.model == *model && call.endpoint == endpoint;
        all.extend(run.calls.values().filter(to).map(|call| {
            let step = run.stage(call.id.stage).map_or("", |it| step_name(it.stage.ask));
            (step, call)
        }));
    }
    all.sort_by_key(|(_, call)| std::cmp::Reverse((call.started_at, call.id)));
    all
}

/// What the steps of a session cost, those that were made: the name of the step, and the sum.
pub fn by_step(session: &Session, today: Today<'_>) -> Vec<(&'static str, Spent)> {
    let mut all = Vec::new();
    for ask in [Ask::Answer, Ask::Critique, Ask::Merge, Ask::Ballot] {
        let calls = session.runs.iter().flat_map(|run| {
            let of = move |call: &&Call| run.stage(call.id.stage).is_some_and(|it| it.stage.ask == ask);
            run.calls.values().filter(of)
        });
        let spent: Vec<Spent> = calls.filter(|call| call.sent()).map(|call| call.spent(today)).collect();
        if !spent.is_empty() {
            all.push((step_name(ask), spent.into_iter().sum()));
        }
    }
    let passes: Vec<Spent> =
        session.runs.iter().flat_map(|run| &run.deeper.done).map(|pass| pass.spent(today)).collect();
    if !passes.is_empty() {
        all.push(("deeper", passes.into_iter().sum()));
    }
    all
}

/// A fault of a session, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble<'a> {
    /// When it was, milliseconds since the epoch.
    pub at: u64,
    /// Whose call it was.
    pub member: &'a MemberId,
    /// What was wrong.
    pub error: &'a CallError,
    /// What followed.
    pub then: Then<'a>,
}

/// What followed a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then<'a> {
    /// The same model was asked again by itself, so many milliseconds later.
    Again(u64),
    /// It will be, at this time.
    Due(u64),
    /// A backup spoke in its place.
    Backup(&'a ModelRef),
    /// It will.
    BackupDue(&'a ModelRef),
    /// The person did not want what was set to follow.
    Dropped,
    /// The person asked again.
    ByPerson,
    /// What came before it is kept, and marked as cut.
    Kept,
    /// Nothing was sent in the first place.
    Unsent,
    /// Nothing: the member brought no answer.
    Nothing,
}

/// What went wrong in a session, newest first; not what the person stopped.
pub fn troubles(session: &Session) -> Vec<Trouble<'_>> {
    let mut all: Vec<Trouble<'_>> = session.runs.iter().flat_map(Run::troubles).collect();
    all.sort_by_key(|trouble| std::cmp::Reverse(trouble.at));
    all
}

impl Run {
    fn troubles(&self) -> impl Iterator<Item = Trouble<'_>> {
        self.calls.values().filter_map(|call| {
            let error = call.error.as_ref()?;
            if matches!(error.kind, ErrorKind::Stopped) {
                return None;
            }
            let at = call.started_at.saturating_add(call.total_ms?);
            Some(Trouble { at, member: &call.member, error, then: self.followed(call, at) })
        })
    }

    /// What followed a call that ended by a fault at this time.
    fn followed<'a>(&'a self, call: &Call, over: u64) -> Then<'a> {
        let next = CallId { attempt: call.id.attempt.saturating_add(1), ..call.id };
        match (self.set.get(&next), self.calls.get(&next)) {
            (Some(set), _) if set.dropped => Then::Dropped,
            (Some(set), Some(_)) if set.model != call.model => Then::Backup(&set.model),
            (Some(_), Some(next)) => Then::Again(next.started_at.saturating_sub(over)),
            (Some(set), None) if set.model != call.model => Then::BackupDue(&set.model),
            (Some(set), None) => Then::Due(set.due),
            (None, Some(_)) => Then::ByPerson,
            (None, None) if call.end == Some(EndState::Cut) => Then::Kept,
            (None, None) if !call.sent() => Then::Unsent,
            (None, None) => Then::Nothing,
        }
    }

    /// The calls of what was last asked, by seat and in order of attempts: one round of a step; or, where the person had one
    /// member asked once more, that alone.
    pub fn last_asked(&self) -> Vec<Vec<&Call>> {
        let Some(last) = self.calls.values().max_by_key(|call| (call.started_at, call.id)) else {
            return Vec::new();
        };
        // The attempts that nobody asked for belong to the one before them.
        let first = |call: &&Call| !self.set.contains_key(&call.id);
        let of = |slot| self.attempts(last.id.stage, last.id.round, slot);
        let again = of(last.id.slot).rfind(first).filter(|call| call.id.attempt > 1);
        let slots: Vec<u16> = match again {
            Some(_) => vec![last.id.slot],
            None => (0..self.council.members.len() as u16).collect(),
        };
        let row = |slot| {
            let from = again.map_or(0, |call| call.id.attempt);
            let chain = of(slot).filter(move |call| call.id.attempt >= from);
            let own = chain.enumerate().take_while(|(place, call)| *place == 0 || !first(call));
            own.map(|(_, call)| call).collect::<Vec<&Call>>()
        };
        slots.into_iter().map(row).filter(|row| !row.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{Event, Record, VERSION};
    use super::super::ids::{RunId, StageId};
    use super::super::member::Council;
    use super::super::price::Price;
    use super::super::protocols::Protocol;
    use super::*;

    const BUSY: ErrorKind = ErrorKind::Overloaded;

    fn id(slot: u16, attempt: u16) -> CallId {
        CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt }
    }

    fn model(text: &str) -> ModelRef {
        text.parse().unwrap()
    }

    /// A session of two seats, and these records after the question, each a second after the one before.
    fn session(events: Vec<Event>) -> Session {
        let council = Council::of_models("c", &[model("p/a"), model("p/b")]);
        let begun = Event::RunStarted {
            run: RunId(1),
            question: "Q".to_owned(),
            council,
            protocol: "ask".to_owned(),
            seed: 7,
            plan: Protocol::Ask.plan(),
            files: Vec::new(),
            replaces: None,
            private: None,
            similar: None,
            retries: 2,
        };
        let all: Vec<Record> = std::iter::once(begun)
            .chain(events)
            .zip(1..)
            .map(|(event, seq)| Record { v: VERSION, seq, at: seq * 1_000, event })
            .collect();
        Session::replay(&all)
    }

    fn start(call: CallId, of: &str) -> Event {
        Event::CallStarted {
            call,
            member: MemberId::from(["a", "b"][usize::from(call.slot)]),
            model: model(of),
            endpoint: "https://p".to_owned(),
            messages: Vec::new(),
            shown: Vec::new(),
            own: None,
            price: Some(Box::new(Price::flat(1.0, 10.0))),
            cached: None,
            answer_limit: None,
        }
    }

    fn end(call: CallId, text: &str, fault: Option<ErrorKind>) -> Event {
        let usage = super::super::event::Usage { input: 100, output: 50, ..Default::default() };
        Event::CallEnded {
            call,
            state: match (fault, text) {
                (None, _) => EndState::Done,
                (Some(_), "") => EndState::Failed,
                (Some(_), _) => EndState::Cut,
            },
            text: text.to_owned(),
            thinking: String::new(),
            usage: fault.is_none().then_some(usage),
            error: fault.map(|kind| CallError::new(kind, "m", "h")),
            first_ms: fault.is_none().then_some(10),
            total_ms: 500,
            pieces: 1,
            skipped: 0,
            mislabelled: None,
        }
    }

    fn set(call: CallId, of: &str) -> Event {
        Event::RetrySet { call, model: model(of), due: 60_000, repair: None }
    }

    fn today(_: &ModelRef) -> Option<Price> {
        None
    }

    #[test]
    fn what_left_is_counted_by_model_and_what_did_not_is_not() {
        let session = session(vec![
            start(id(0, 1), "p/a"),
            start(id(1, 1), "p/b"),
            end(id(0, 1), "", Some(BUSY)),
            end(id(1, 1), "", Some(ErrorKind::Unavailable)),
            set(id(0, 2), "p/a"),
            start(id(0, 2), "p/a"),
            end(id(0, 2), "yes", None),
        ]);
        let all = by_model(&session, &today);
        assert_eq!(all.len(), 1, "nothing was sent to b");
        let (one, sums) = (&all[0], all[0].sums.unwrap());
        assert_eq!((one.calls, one.answered, one.failed, sums.retries), (2, 1, 1, 1));
        assert_eq!((sums.input, sums.output, sums.guessed), (100, 50, false));
        assert_eq!(by_step(&session, &today), [("answers", sums.spent)]);
        assert_eq!(sums.spent.words(), "$0.001");
    }

    #[test]
    fn an_answer_that_is_given_again_and_one_that_is_held_back_are_no_requests() {
        let mut kept = start(id(0, 1), "p/a");
        if let Event::CallStarted { cached, .. } = &mut kept {
            let session = super::super::ids::SessionId("s".to_owned());
            *cached = Some(super::super::cached::Cached { session, call: id(0, 1), at: 1, similar: None });
        }
        let session = session(vec![
            kept,
            end(id(0, 1), "yes", None),
            start(id(1, 1), "p/b"),
            end(id(1, 1), "", Some(ErrorKind::HeldBack)),
        ]);
        assert_eq!(by_model(&session, &today), []);
        assert!(session.runs[0].calls.values().all(|call| Sample::of(call).is_none() && !call.charged()));
        let told: Vec<_> = troubles(&session).into_iter().map(|trouble| trouble.then).collect();
        assert_eq!(told, [Then::Unsent]);
    }

    #[test]
    fn each_fault_says_what_followed() {
        let then = |events: Vec<Event>| {
            let begun = vec![start(id(0, 1), "p/a"), end(id(0, 1), "", Some(BUSY))];
            let session = session(begun.into_iter().chain(events).collect());
            let all = troubles(&session);
            format!("{:?}", all.last().unwrap().then)
        };
        let other = "Backup(ModelRef { provider: \"p\", model: \"c\" })";
        for (events, expected) in [
            (vec![], "Nothing"),
            (vec![set(id(0, 2), "p/a")], "Due(60000)"),
            // It began at 2.0 s and took half a second; the next one began at 5 s.
            (vec![set(id(0, 2), "p/a"), start(id(0, 2), "p/a")], "Again(2500)"),
            (vec![set(id(0, 2), "p/c"), start(id(0, 2), "p/c")], other),
            (vec![set(id(0, 2), "p/a"), Event::RetryDropped { call: id(0, 2) }], "Dropped"),
            (vec![start(id(0, 2), "p/a")], "ByPerson"),
        ] {
            assert_eq!(then(events), expected);
        }
        let of = |text: &str, kind| {
            let session = session(vec![start(id(0, 1), "p/a"), end(id(0, 1), text, Some(kind))]);
            troubles(&session).first().map(|trouble| format!("{:?}", trouble.then))
        };
        assert_eq!(of("half", ErrorKind::EndedEarly).as_deref(), Some("Kept"));
        assert_eq!(of("", ErrorKind::Unavailable).as_deref(), Some("Unsent"));
        assert_eq!(of("", ErrorKind::Stopped), None, "what the person stopped is no fault");
    }

    #[test]
    fn what_was_asked_last_is_a_round_or_one_members_retry() {
        let rows = |session: &Session| -> Vec<Vec<(u16, u16)>> {
            let rows = session.runs[0].last_asked();
            rows.iter().map(|row| row.iter().map(|call| (call.id.slot, call.id.attempt)).collect()).collect()
        };
        let mut events = vec![
            start(id(0, 1), "p/a"),
            start(id(1, 1), "p/b"),
            end(id(0, 1), "", Some(BUSY)),
            set(id(0, 2), "p/a"),
            start(id(0, 2), "p/a"),
            end(id(0, 2), "yes", None),
            end(id(1, 1), "no", None),
        ];
        assert_eq!(rows(&session(events.clone())), [vec![(0, 1), (0, 2)], vec![(1, 1)]]);
        events.extend([start(id(0, 3), "p/a"), end(id(0, 3), "well", None)]);
        assert_eq!(rows(&session(events)), [vec![(0, 3)]]);
        assert!(Run::last_asked(&session(Vec::new()).runs[0]).is_empty());
    }

    #[test]
    fn what_is_remembered_is_told_from_a_moment_on() {
        let mut health = Health::default();
        for at in 1..=4 {
            let fault = (at == 4).then_some(BUSY);
            let (first_ms, rate) = (fault.is_none().then_some(at), None);
            let model = model(if at == 3 { "p/b" } else { "p/a" });
            health.note(Sample { endpoint: "https://p".into(), model, at, fault, first_ms, rate });
        }
        let told = |since| -> Vec<(String, usize, usize)> {
            let all = remembered(&health, 10, since);
            all.iter().map(|one| (one.model.to_string(), one.calls, one.failed)).collect()
        };
        assert_eq!(told(0), [("p/a".to_owned(), 3, 1), ("p/b".to_owned(), 1, 0)]);
        assert_eq!(told(4), [("p/a".to_owned(), 1, 1)]);
        assert!(remembered(&health, 10, 0).iter().all(|one| one.sums.is_none()));
    }
}
