//! States of the screen of costs and latency, and of panes whose calls failed, wait or were not sent. The records are
//! written here one by one, so that each has the time that the screen is to show.

use crate::played::{START, opening, press};
use synod::app::{App, Msg, Opening, update};
use synod::core::event::VERSION;
use synod::core::health::{Health, Sample};
use synod::core::price::{Price, Prices};
use synod::core::{
    CallError, CallId, Channel, Council, EndState, ErrorKind, Event, Member, Message, ModelRef, Protocol,
    Record, Role, RunId, StageId, Step, Usage,
};

const QUESTION: &str = "Should we move our 2 TB Postgres to shards this year?";
const ANSWER: &str = "No. One primary still carries the load, so add two read replicas first.";

fn model(text: &str) -> ModelRef {
    text.parse().unwrap()
}

/// Name, model, and US dollars per million tokens read and written.
type Seat = (&'static str, &'static str, Option<(f64, f64)>);

/// Who sits there.
const SEATS: [Seat; 5] = [
    ("opus", "anthropic/claude-opus-5-5", Some((5.0, 25.0))),
    ("gpt", "openai/gpt-6-sol", Some((1.25, 10.0))),
    ("gemini", "gemini/gemini-4-argon", Some((2.0, 10.0))),
    ("llama", "ollama/llama3.2:latest", Some((0.0, 0.0))),
    ("large", "office/large-internal", None),
];

fn council() -> Council {
    let mut members: Vec<Member> = SEATS.iter().map(|(name, of, _)| Member::new(name, model(of))).collect();
    members[4].fallback = vec![model("openai/gpt-6-luna")];
    Council { name: "review".to_owned(), members, chair: Some("opus".into()), scripted: false }
}

fn endpoint(of: &ModelRef) -> &'static str {
    match of.provider.as_str() {
        "anthropic" => "https://api.anthropic.com",
        "openai" => "https://api.openai.com",
        "gemini" => "https://generativelanguage.googleapis.com",
        "ollama" => "http://127.0.0.1:11434",
        _ => "https://llm.office.example.com",
    }
}

/// Records that are written by hand, each with its time after the start, in milliseconds.
#[derive(Default)]
struct Script(Vec<Record>);

impl Script {
    /// A question to all five.
    fn asked() -> Self {
        let mut script = Self::default();
        let (question, protocol, plan) = (QUESTION.to_owned(), "ask".to_owned(), Protocol::Ask.plan());
        let (run, council, files) = (RunId(1), council(), Vec::new());
        let retries = 2;
        script.at(
            0,
            Event::RunStarted {
                run,
                question,
                council,
                protocol,
                seed: 7,
                plan,
                files,
                replaces: None,
                private: None,
                similar: None,
                retries,
            },
        );
        script.begin(0, StageId(0), (0..5).collect());
        script
    }

    fn at(&mut self, ms: u64, event: Event) {
        self.0.push(Record { v: VERSION, seq: self.0.len() as u64 + 1, at: START + ms, event });
    }

    fn begin(&mut self, ms: u64, stage: StageId, speakers: Vec<u16>) {
        self.at(
            ms,
            Event::StageStarted {
                run: RunId(1),
                stage,
                speakers,
                answers: Vec::new(),
                obstacle: None,
                table: Vec::new(),
                given: Vec::new(),
            },
        );
    }

    fn start(&mut self, ms: u64, call: CallId, of: &str) {
        let (name, _, _) = SEATS[usize::from(call.slot)];
        let price = SEATS.iter().find(|(_, model, _)| *model == of).and_then(|(_, _, price)| *price);
        let text = "x".repeat(2_400);
        self.at(
            ms,
            Event::CallStarted {
                call,
                member: name.into(),
                model: model(of),
                endpoint: endpoint(&model(of)).to_owned(),
                messages: vec![Message { role: Role::User, text }],
                shown: Vec::new(),
                own: None,
                price: price.map(|(input, output)| Box::new(Price::flat(input, output))),
                cached: None,
                answer_limit: Some(4096),
            },
        );
    }

    /// A piece of text; after it the call still runs.
    fn writes(&mut self, ms: u64, call: CallId) {
        self.at(ms, Event::Delta { call, channel: Channel::Text, text: ANSWER.to_owned() });
    }

    /// The call is over after so many milliseconds, with so many tokens, or a fault.
    fn end(
        &mut self,
        ms: u64,
        call: CallId,
        times: (Option<u64>, u64),
        said: Result<u64, CallError>,
        text: &str,
    ) {
        let state = match (&said, text.is_empty()) {
            (Ok(_), _) => EndState::Done,
            (Err(_), true) => EndState::Failed,
            (Err(_), false) => EndState::Cut,
        };
        let usage =
            said.as_ref().ok().map(|tokens| Usage { input: 812, output: *tokens, ..Usage::default() });
        self.at(
            ms,
            Event::CallEnded {
                call,
                state,
                text: text.to_owned(),
                thinking: String::new(),
                usage,
                error: said.err(),
                first_ms: times.0,
                total_ms: times.1,
                pieces: 20,
                skipped: 0,
                mislabelled: None,
            },
        );
    }
}

fn call(stage: u16, slot: u16, attempt: u16) -> CallId {
    CallId { run: RunId(1), stage: StageId(stage), round: 0, slot, attempt }
}

fn overloaded() -> CallError {
    CallError::new(ErrorKind::Overloaded, "gemini is overloaded (529)", "asked again by itself; x stops that")
}

fn left_alone() -> CallError {
    let message = "nothing was sent: https://llm.office.example.com failed 5 times in a row";
    CallError::new(ErrorKind::Unavailable, message, "it is asked again in 24 s; R asks it at once")
}

/// A question, with a retry, a cut answer and a backup, then a synthesis.
fn played() -> Script {
    let mut script = Script::asked();
    for (slot, (_, of, _)) in SEATS.iter().enumerate().take(4) {
        script.start(0, call(0, slot as u16, 1), of);
    }
    script.start(1, call(0, 4, 1), SEATS[4].1);
    script.end(1, call(0, 4, 1), (None, 0), Err(left_alone()), "");
    let backup = model("openai/gpt-6-luna");
    script
        .at(2, Event::RetrySet { call: call(0, 4, 2), model: backup.clone(), due: START + 2, repair: None });
    script.start(2, call(0, 4, 2), "openai/gpt-6-luna");
    script.end(4_400, call(0, 2, 1), (None, 4_400), Err(overloaded()), "");
    let again = SEATS[2].1;
    script.at(
        4_400,
        Event::RetrySet { call: call(0, 2, 2), model: model(again), due: START + 8_400, repair: None },
    );
    script.end(6_000, call(0, 1, 1), (Some(420), 6_000), Ok(390), ANSWER);
    script.end(7_002, call(0, 4, 2), (Some(300), 7_000), Ok(240), ANSWER);
    script.start(8_400, call(0, 2, 2), again);
    script.end(9_000, call(0, 0, 1), (Some(710), 9_000), Ok(402), ANSWER);
    script.end(16_000, call(0, 2, 2), (Some(950), 7_600), Ok(590), ANSWER);
    let cut =
        CallError::new(ErrorKind::EndedEarly, "the answer ended without its finish marker", "R asks again");
    script.end(20_500, call(0, 3, 1), (Some(1_900), 20_500), Err(cut), ANSWER);
    script
}

/// The same with its synthesis.
fn merged() -> Script {
    let mut script = played();
    let last = script.0.iter().fold(synod::core::Session::default(), |mut session, record| {
        session.apply(record);
        session
    });
    script.at(30_000, Step::SYNTHESIS.append_to(&last.runs[0]));
    script.begin(30_000, StageId(1), vec![0]);
    script.start(30_000, call(1, 0, 1), SEATS[0].1);
    script.end(42_000, call(1, 0, 1), (Some(1_300), 12_000), Ok(610), ANSWER);
    script
}

/// What is remembered of earlier sessions: a provider that mostly answers, and one that failed again and again just now.
fn remembered(now: u64) -> Health {
    let mut health = Health::default();
    let mut note = |of: &str, ago: u64, fault: Option<ErrorKind>, first_ms: u64, rate: f64| {
        let (model, at) = (model(of), now - ago);
        let endpoint = endpoint(&model).to_owned();
        let first_ms = fault.is_none().then_some(first_ms);
        let rate = fault.is_none().then_some(rate);
        health.note(Sample { endpoint, model, at, fault, first_ms, rate });
    };
    for at in (1..=60_u64).rev() {
        let fault = (at % 17 == 0).then_some(ErrorKind::Timeout);
        note("openai/gpt-6-sol", at * 5_400_000, fault, 300 + at % 7 * 90, 60.0 + (at % 5) as f64 * 6.0);
    }
    for at in (1..=6_u64).rev() {
        note("office/large-internal", at * 1_000 + 5_000, Some(ErrorKind::Connect), 0, 0.0);
    }
    health
}

fn open(script: &Script, until: u64, keys: &str) -> App {
    let mut prices = Prices::default();
    prices.free.insert("ollama".to_owned());
    let health = remembered(START);
    let mut app = App::new(Opening { council: Some(council()), prices, health, ..opening() });
    app.focus = synod::app::Focus::Board;
    for record in script.0.iter().filter(|record| record.at <= START + until) {
        update(&mut app, Msg::Record(record.clone()));
    }
    update(&mut app, Msg::Time(START + until));
    press(&mut app, keys);
    app
}

/// The session nearly at its cap, the day past its own.
fn capped(script: &Script) -> App {
    let mut app = open(script, 43_000, "$ j j");
    let event = Event::CapSet { cap: "0.05".parse().unwrap(), was: Some("0.02".parse().unwrap()) };
    let seq = app.session.seq + 1;
    update(&mut app, Msg::Record(Record { v: VERSION, seq, at: START + 30_500, event }));
    let usd = |sum: &str| Some(sum.parse().unwrap());
    app.money.caps = synod::core::Caps { step: None, session: usd("0.05"), day: usd("0.50") };
    app.money.today = "0.61".parse().unwrap();
    app
}

/// What panes say of calls that are asked again, were not sent, or failed for good.
fn troubled(keys: &str) -> App {
    let mut script = Script::asked();
    for (slot, (_, of, _)) in SEATS.iter().enumerate() {
        script.start(0, call(0, slot as u16, 1), of);
    }
    let fault = |kind, message: &str, hint: &str| Err(CallError::new(kind, message, hint));
    let capped = fault(
        ErrorKind::OverBudget,
        "nothing was sent: it may cost $0.11, and $0.04 are left of the cap of $1.00 a session",
        "raise it with --max-cost 2",
    );
    script.end(1, call(0, 0, 1), (None, 0), capped, "");
    let late = fault(ErrorKind::Timeout, "no sign of life from gpt-6-sol for 60 s", "R asks it once more");
    script.end(2, call(0, 1, 1), (None, 60_000), late, "");
    script.end(3, call(0, 3, 1), (None, 0), Err(left_alone()), "");
    script.end(4, call(0, 4, 1), (None, 0), Err(left_alone()), "");
    script.at(
        5,
        Event::RetrySet {
            call: call(0, 4, 2),
            model: model("openai/gpt-6-luna"),
            due: START + 5,
            repair: None,
        },
    );
    script.start(5, call(0, 4, 2), "openai/gpt-6-luna");
    script.writes(900, call(0, 4, 2));
    script.end(1_000, call(0, 2, 1), (None, 1_000), Err(overloaded()), "");
    script.at(
        1_000,
        Event::RetrySet { call: call(0, 2, 2), model: model(SEATS[2].1), due: START + 5_000, repair: None },
    );
    open(&script, 1_400, keys)
}

/// Every state, by name.
pub(super) fn states() -> Vec<(&'static str, App)> {
    let (asked, all) = (played(), merged());
    vec![
        ("costs", open(&asked, 21_000, "$")),
        ("costs-running", open(&asked, 8_000, "$")),
        ("costs-end", open(&all, 43_000, "$ s G")),
        ("costs-week", open(&all, 10_000, "$ Tab Tab s")),
        ("costs-none", open(&Script::default(), 0, "$")),
        ("costs-capped", capped(&all)),
        ("costs-detail", open(&all, 43_000, "$ Enter")),
        ("costs-detail-week", open(&all, 43_000, "$ Tab Tab j j Enter")),
        ("faulty-retry", troubled("3")),
        ("faulty-backup", troubled("5")),
        ("faulty-left-alone", troubled("4")),
        ("faulty-budget", troubled("1")),
        ("faulty-late", troubled("2")),
    ]
}
