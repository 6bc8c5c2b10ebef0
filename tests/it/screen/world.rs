//! Councils whose words a test writes itself: what the decider asks for is answered from a script, and comes out as the
//! records that a real session would have.

use crate::played::START;
use std::collections::BTreeMap;
use synod::agreement::{conditions, table};
use synod::config::plans;
use synod::core::event::VERSION;
use synod::core::price::{Price, Prices, guessed_tokens};
use synod::core::prompt::label;
use synod::core::question::Planned;
use synod::core::routing::asked::Turn;
use synod::core::routing::{self, Circumstances};
use synod::core::{
    Ask, CallError, CallId, CallSpec, Channel, Council, Counting, EndState, ErrorKind, Event, MemberId,
    Private, Progress, Protocol, Question, Record, Rule, Run, RunId, Session, StageState, Steer, Step, Usage,
    WeightsFrom, next,
};

/// What a member says when it is called.
pub(super) struct Said {
    text: String,
    /// `None` while it still writes.
    end: Option<EndState>,
    error: Option<(ErrorKind, &'static str, &'static str)>,
}

pub(super) fn whole(text: &str) -> Said {
    Said { text: text.trim().to_owned(), end: Some(EndState::Done), error: None }
}

/// So much of a text as has arrived.
pub(super) fn begun(text: &str) -> Said {
    Said { text: text.trim().to_owned(), end: None, error: None }
}

pub(super) fn overloaded() -> Said {
    let error = (ErrorKind::Overloaded, "the provider is overloaded (529)", "R asks it once more");
    Said { text: String::new(), end: Some(EndState::Failed), error: Some(error) }
}

/// A ballot by the letters under which the judge saw the answers.
pub(super) fn ballot(run: &Run, spec: &CallSpec, ranking: &[&str], reason: &str) -> Said {
    let letter = |name: &&str| {
        let place = spec.shown.iter().position(|id| run.calls[id].member.0 == **name).unwrap();
        format!("{:?}", label(place))
    };
    let letters: Vec<String> = ranking.iter().map(letter).collect();
    let scores: Vec<String> =
        letters.iter().enumerate().map(|(at, letter)| format!("{letter}: {}", 9 - 2 * at)).collect();
    whole(&format!(
        "{{\"ranking\": [{}], \"scores\": {{{}}}, \"approved\": [{}], \"reason\": {reason:?}}}",
        letters.join(", "),
        scores.join(", "),
        letters[0]
    ))
}

/// Something that happens when all before it is over.
#[derive(Clone)]
pub(super) enum Then {
    Step(Step),
    Retry(u16),
    Leave(&'static str),
    /// The person votes in the vote at hand, or has the names shown.
    Vote(Option<&'static str>),
    /// The person does something to the plan.
    Steer(Steer),
    /// The person counts by a rule, and lets a member weigh so much.
    Count(Rule, &'static str, f64),
}

pub(super) struct World {
    session: Session,
    pub(super) records: Vec<Record>,
    at: u64,
    /// What models cost; those that are not in it cost nothing.
    prices: Prices,
}

impl World {
    /// Asks a council, then goes on by steps; `say` answers each call.
    pub(super) fn play(
        council: Council,
        question: &str,
        then: &[Then],
        say: impl Fn(&Run, &CallSpec) -> Said,
    ) -> Self {
        Self::play_only(council, question, None, then, say)
    }

    /// The same with one member asked alone.
    pub(super) fn play_only(
        council: Council,
        question: &str,
        only: Option<&str>,
        then: &[Then],
        say: impl Fn(&Run, &CallSpec) -> Said,
    ) -> Self {
        Self::begin(council, question, only, None, then, say)
    }

    /// The same with a private question, asked of all who are not held back.
    pub(super) fn play_private(
        council: Council,
        question: &str,
        private: Private,
        say: impl Fn(&Run, &CallSpec) -> Said,
    ) -> Self {
        Self::begin(council, question, None, Some(private), &[], say)
    }

    fn new(prices: Prices) -> Self {
        Self { session: Session::default(), records: Vec::new(), at: START, prices }
    }

    /// Puts a question through a written plan, then goes on by steps.
    pub(super) fn play_plan(
        council: &Council,
        prices: &Prices,
        question: &str,
        plan: &str,
        then: &[Then],
        say: impl Fn(&Run, &CallSpec) -> Said,
    ) -> Self {
        let recipe = plans::parse("plan.toml", plan).unwrap();
        let cast = recipe.cast(council, prices, &BTreeMap::new()).unwrap();
        let plan = Some(Box::new(Planned { name: cast.name, stages: cast.stages }));
        let question =
            Question { text: question.to_owned(), council: cast.council, plan, ..Question::default() };
        let mut world = Self::new(prices.clone());
        world.record(question.put(RunId(1), 7, 0));
        world.work(&say);
        world.then(then, say);
        world
    }

    fn begin(
        council: Council,
        question: &str,
        only: Option<&str>,
        private: Option<Private>,
        then: &[Then],
        say: impl Fn(&Run, &CallSpec) -> Said,
    ) -> Self {
        let mut world = Self::new(Prices::default());
        let mut plan = Protocol::Ask.plan();
        if let Some(name) = only {
            plan[0].speakers = synod::core::Speakers::Member(name.into());
        }
        let protocol = "ask".to_owned();
        let (run, question, files) = (RunId(1), question.to_owned(), Vec::new());
        world.record(Event::RunStarted {
            run,
            question,
            council,
            protocol,
            seed: 7,
            plan,
            files,
            replaces: None,
            retries: 0,
            private: private.map(Box::new),
            similar: None,
        });
        world.work(&say);
        world.then(then, say);
        world
    }

    fn then(&mut self, then: &[Then], say: impl Fn(&Run, &CallSpec) -> Said) {
        let (world, run) = (self, RunId(1));
        for then in then {
            let event = match then {
                Then::Step(step) => step.clone().append_to(world.run()),
                Then::Retry(slot) => Event::RetryAsked { call: world.last_of(*slot) },
                Then::Vote(name) => {
                    let stage = world.run().last_stage(Ask::Ballot).unwrap().stage.id;
                    let choice = name.map(MemberId::from);
                    world.run().vote_own(stage, choice.as_ref()).unwrap()
                }
                Then::Count(rule, name, weight) => {
                    let mut counting = Counting { rule: *rule, ..world.run().vote_counting() };
                    counting.weights.insert(MemberId::from(*name), *weight);
                    counting.from = WeightsFrom::Hand;
                    world.run().count_by(&counting).unwrap()
                }
                Then::Steer(steer) => world.run().steer(steer.clone()).unwrap(),
                Then::Leave(name) => Event::MemberLeft { run, member: MemberId::from(*name) },
            };
            world.record(event);
            world.work(&say);
        }
    }

    fn run(&self) -> &Run {
        self.session.runs.last().unwrap()
    }

    fn last_of(&self, slot: u16) -> CallId {
        *self.run().calls.keys().rfind(|call| call.slot == slot && call.stage.0 == 0).unwrap()
    }

    fn record(&mut self, event: Event) {
        let record = Record { v: VERSION, seq: self.records.len() as u64 + 1, at: self.at, event };
        self.session.apply(&record);
        self.records.push(record);
    }

    /// What the engine finds out before it asks what comes next: whether conditions hold, and whom routes choose.
    fn found(&self) -> Vec<Event> {
        let run = self.run();
        let seen = conditions::due(run);
        if !seen.is_empty() {
            return seen;
        }
        let now = Circumstances {
            prices: &self.prices,
            fitness: BTreeMap::new(),
            history: Vec::new(),
            tokens: guessed_tokens(run.question.len()),
        };
        let turns = run.unrouted().filter_map(|state| Turn::of(&self.session, run, state));
        let chosen = turns.map(|turn| {
            let routed = Box::new(routing::choose(turn.routing, &turn.asked(), &now));
            Event::Routed { run: run.id, stage: turn.stage, routed }
        });
        chosen.collect()
    }

    /// Starts what is due until all is over, or what is left still writes.
    fn work(&mut self, say: &impl Fn(&Run, &CallSpec) -> Said) {
        loop {
            let found = self.found();
            if !found.is_empty() {
                for event in found {
                    self.record(event);
                }
                continue;
            }
            let due = next(self.run());
            if due.state == Progress::Settled || (due.begin.is_empty() && due.start.is_empty()) {
                return;
            }
            if !due.begin.is_empty() {
                for event in due.begin {
                    // Choices among claims are about the table that the chair is given.
                    let picks = |state: &StageState| {
                        state.stage.brief.as_ref().is_some_and(|it| !it.picks.is_empty())
                    };
                    let picked = self.run().stages.iter().any(picks);
                    let event =
                        if picked || self.run().planned() { table::given(self.run(), event) } else { event };
                    self.record(event);
                }
                continue;
            }
            let said: Vec<(CallSpec, Said)> =
                due.start.into_iter().map(|spec| (spec.clone(), say(self.run(), &spec))).collect();
            for (spec, _) in &said {
                let endpoint = "https://api.example.com".to_owned();
                self.record(Event::CallStarted {
                    call: spec.id,
                    member: spec.member.name.clone(),
                    model: spec.member.model.clone(),
                    endpoint,
                    messages: Vec::new(),
                    shown: spec.shown.clone(),
                    own: spec.own,
                    price: Some(Box::new(self.prices.of(&spec.model).unwrap_or(Price::FREE))),
                    answer_limit: None,
                    cached: None,
                });
            }
            // Each member takes its own time, the same with each run of the test.
            let began = self.at;
            let mut events: Vec<(u64, Event)> = Vec::new();
            for (spec, said) in said {
                let (call, took) = (spec.id, 2_000 + 700 * u64::from(spec.id.slot));
                if !said.text.is_empty() {
                    let text = said.text.clone();
                    events.push((began + 400, Event::Delta { call, channel: Channel::Text, text }));
                }
                let Some(state) = said.end else { continue };
                let error = said.error.map(|(kind, message, hint)| CallError::new(kind, message, hint));
                let first_ms = Some(400);
                let priced = !self.prices.known.is_empty() && !said.text.is_empty();
                let usage = priced.then(|| Usage {
                    input: 900,
                    output: 2 * said.text.len() as u64,
                    ..Usage::default()
                });
                let (text, thinking, total_ms, pieces) = (said.text, String::new(), took, 1);
                let ended = Event::CallEnded {
                    call,
                    state,
                    text,
                    thinking,
                    usage,
                    error,
                    first_ms,
                    total_ms,
                    pieces,
                    skipped: 0,
                    mislabelled: None,
                };
                events.push((began + took, ended));
            }
            events.sort_by_key(|(at, _)| *at);
            for (at, event) in events {
                self.at = at;
                self.record(event);
            }
        }
    }
}

/// What a member says by a script; who is not in it says nothing.
pub(super) fn by_name(spec: &CallSpec, texts: &[(&str, &str)]) -> Said {
    let text = texts.iter().find(|(name, _)| *name == spec.member.name.0);
    whole(text.map_or("", |(_, text)| text))
}

/// Whether a call asks for a first answer.
pub(super) fn is_first(spec: &CallSpec) -> bool {
    spec.ask == Ask::Answer
}
