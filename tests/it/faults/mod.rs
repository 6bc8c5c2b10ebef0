//! The fault list, row by row: what a server does wrong, and the state, the kind and the message that a call of it must
//! end in, through the real provider, a real socket and the engine's own verdict, while another member beside it goes on.
//!
//! What the rows are is said in [`ROWS`]; the cases are in [`connections`], [`answers`] and [`refusals`].
#![cfg(test)]

mod answers;
mod connections;
mod refusals;

use crate::fault_server::{Act, Certificate, FaultServer, head};
use crate::home::Home;
use crate::wire::question;
use futures_util::StreamExt as _;
use std::collections::BTreeSet;
use std::sync::Arc;
use synod::config::{Config, Kind, Provider as Configured, Proxy};
use synod::core::{CallError, CallId, Channel, EndState, ErrorKind, Limits, RunId, StageId};
use synod::engine::call::{self, Piece};
use synod::providers::registry::Registry;
use synod::providers::{Delta, Provider};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What can go wrong, by the numbers that cases bear.
const ROWS: [&str; 30] = [
    "the connection is reset or cut",
    "the end comes in order, without a finish marker",
    "the end comes after the finish marker, without the rest",
    "silence before the head or in mid-stream",
    "a trickle, cut anywhere",
    "an event that is no JSON",
    "a page in the place of a stream",
    "a document in the place of a stream",
    "a wrong content type over a good stream",
    "a packed stream",
    "too many requests",
    "an overloaded or broken provider",
    "a rejected key",
    "an unknown model",
    "a prompt too long for the model",
    "a parameter that the model does not take",
    "an error inside a good answer",
    "a refusal",
    "an answer cut at its limit, or no answer at all",
    "no secure connection",
    "no connection",
    "something huge",
    "garbage, control characters and marks",
    "a stream that never ends",
    "ends said twice, and more after the end",
    "a redirect",
    "events out of order, and unknown ones",
    "fields that are null, lists or doubled",
    "the person stops it",
    "a time to wait that is none",
];

/// Rows whose cases are elsewhere: time is the engine's, and so is stopping.
const ELSEWHERE: [(u8, &str); 2] = [
    (4, "tests/it/engine: limits of time"),
    (29, "wire::a_dropped_stream_closes_its_connection and tests/bench"),
];

/// What a server is and does.
pub enum Server {
    /// It plays these connections.
    Plays(Vec<Vec<Act>>),
    /// It plays this one over TLS; the provider trusts its authority, or does not.
    Tls(Box<Certificate>, bool, Vec<Act>),
    /// It speaks no TLS, and the provider thinks it does.
    NotTls(Vec<Act>),
    /// It is a proxy for an address that begins like this, and plays this.
    Proxy(&'static str, Vec<Act>),
    /// Nothing listens; with a variable's name, where that proxy should.
    Nothing(Option<&'static str>),
    /// It is this address, which is nowhere.
    Nowhere(String),
}

/// One fault.
pub struct Case {
    row: u8,
    name: &'static str,
    kind: Kind,
    server: Server,
    limit: u32,
    state: EndState,
    fault: Option<ErrorKind>,
    message: &'static str,
    hint: &'static str,
    text: &'static str,
    wait: Option<u64>,
    skipped: u64,
    /// What its head called an answer that it was not.
    called: Option<&'static str>,
    retry: Option<bool>,
}

impl Case {
    fn new(row: u8, name: &'static str, kind: Kind, server: Server) -> Self {
        let (state, fault) = (EndState::Failed, None);
        let (message, hint, text) = ("", "", "");
        Self {
            row,
            name,
            kind,
            server,
            limit: 4096,
            state,
            fault,
            message,
            hint,
            text,
            wait: None,
            skipped: 0,
            called: None,
            retry: None,
        }
    }

    /// It ends in failure, of this kind and with these words.
    fn fails(self, fault: ErrorKind, message: &'static str) -> Self {
        Self { state: EndState::Failed, fault: Some(fault), message, ..self }
    }

    /// It ends cut after this text.
    fn cut(self, text: &'static str, fault: ErrorKind, message: &'static str) -> Self {
        Self { state: EndState::Cut, fault: Some(fault), text, message, ..self }
    }

    /// It ends well, with this text.
    fn done(self, text: &'static str) -> Self {
        Self { state: EndState::Done, text, ..self }
    }

    /// It is declined, in these words.
    fn refused(self, message: &'static str) -> Self {
        Self { state: EndState::Refused, fault: Some(ErrorKind::Refused), message, ..self }
    }

    fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// Its head called it this, which it was not.
    fn called(self, name: &'static str) -> Self {
        Self { called: Some(name), ..self }
    }

    /// The provider says whether to ask again.
    fn retry(self, retry: bool) -> Self {
        Self { retry: Some(retry), ..self }
    }

    fn wait(self, ms: u64) -> Self {
        Self { wait: Some(ms), ..self }
    }
}

/// What came of a call.
#[derive(Debug)]
struct Ended {
    state: EndState,
    error: Option<CallError>,
    text: String,
    skipped: u64,
    called: Option<String>,
}

fn provider(configured: Configured) -> Arc<dyn Provider> {
    let config = Config { providers: [("test".to_owned(), configured)].into(), ..Config::default() };
    Registry::new(&config).open(&"test/m".parse().unwrap()).unwrap()
}

/// Asks as the engine does, and judges the end as it does. What the server holds back goes on with the first piece.
async fn ended(provider: Arc<dyn Provider>, limit: u32, server: Option<FaultServer>) -> Ended {
    let mut seen = false;
    let stream = provider.stream(question("", "q")).inspect(move |item| {
        if let (Some(server), Ok(Delta::Text(_)), false) = (&server, item, std::mem::replace(&mut seen, true))
        {
            server.go_on();
        }
    });
    let id = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
    let (out, mut pieces) = mpsc::channel(64);
    let bounds = call::Bounds { answer_limit: limit, strict: false, limits: Limits::default() };
    let asked = call::run(id, stream.boxed(), bounds, CancellationToken::new(), out);
    let read = async {
        let (mut text, mut thinking) = (String::new(), String::new());
        loop {
            match pieces.recv().await.unwrap().1 {
                Piece::Text(Channel::Text, piece) => text.push_str(&piece),
                Piece::Text(Channel::Thinking, piece) => thinking.push_str(&piece),
                Piece::End(end) => {
                    let (state, error) = call::verdict(&end, &text, &thinking);
                    return Ended { state, error, text, skipped: end.skipped, called: end.mislabelled };
                }
            }
        }
    };
    tokio::join!(asked, read).1
}

/// Where nothing listens: a port that was free a moment ago.
fn nothing() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Asks the server of a case.
async fn asked(case: &Case) -> Ended {
    let mut configured = Configured { kind: case.kind, ..Configured::default() };
    let through = |at: &str, variable| {
        Some(Proxy { variable, url: format!("http://{at}").into(), shown: "the-proxy:3128".to_owned() })
    };
    let mut played = None;
    configured.base_url = match &case.server {
        Server::Plays(scripts) => played.insert(FaultServer::serve(scripts.clone(), None)).url.clone(),
        Server::Tls(certificate, trusted, acts) => {
            configured.ca = trusted.then(|| certificate.authority.clone().into_bytes().into());
            played.insert(FaultServer::serve(vec![acts.clone()], Some(certificate))).url.clone()
        }
        Server::NotTls(acts) => {
            played.insert(FaultServer::start(acts.clone())).url.replace("http:", "https:")
        }
        Server::Proxy(base_url, acts) => {
            let at = played.insert(FaultServer::start(acts.clone())).url.replace("http://", "");
            configured.proxy = through(&at, "HTTPS_PROXY");
            (*base_url).to_owned()
        }
        Server::Nothing(None) => format!("http://{}", nothing()),
        Server::Nothing(Some(variable)) => {
            configured.proxy = through(&nothing(), variable);
            "http://models.example".to_owned()
        }
        Server::Nowhere(base_url) => base_url.clone(),
    };
    configured.base_url.push_str("/v1");
    ended(provider(configured), case.limit, played).await
}

/// Events of an OpenAI-compatible server: a piece of text, and the one that finishes.
fn say(text: &str) -> String {
    format!("data: {}\n\n", serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]}))
}

fn finish(reason: &str) -> String {
    format!(
        "data: {}\n\n",
        serde_json::json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    )
}

/// A server that streams this as events and closes.
fn events(body: &str) -> Server {
    plays(vec![Act::Send([&head("text/event-stream"), body.as_bytes()].concat()), Act::Close])
}

/// A server that streams these as `data:` lines and closes.
fn data(events_: &[serde_json::Value]) -> Server {
    let lines: Vec<String> = events_.iter().map(|event| format!("data: {event}\n\n")).collect();
    events(&lines.concat())
}

/// A server that serves one connection.
fn plays(acts: Vec<Act>) -> Server {
    Server::Plays(vec![acts])
}

fn all() -> Vec<Case> {
    connections::cases().into_iter().chain(answers::cases()).chain(refusals::cases()).collect()
}

#[tokio::test]
async fn every_fault_ends_in_the_state_and_the_message_it_is_to_end_in() {
    let cases = all();
    let good = format!("{}{}", say("All is well."), finish("stop"));
    let mut wrong = Vec::new();
    for case in &cases {
        let beside = FaultServer::answer([&head("text/event-stream"), good.as_bytes()].concat());
        let configured = Configured { base_url: format!("{}/v1", beside.url), ..Configured::default() };
        let (got, other) = tokio::join!(asked(case), ended(provider(configured), 4096, None));
        assert_eq!((other.state, other.text.as_str()), (EndState::Done, "All is well."), "{}", case.name);
        let (message, hint) =
            got.error.as_ref().map_or(("", ""), |error| (error.message.as_str(), error.hint.as_str()));
        let said = got.error.is_none() || !message.is_empty() && !hint.is_empty();
        let line = message.lines().count() <= 1 && message.chars().count() <= 301;
        let fits = got.state == case.state
            && got.error.as_ref().map(|error| error.kind) == case.fault
            && message.contains(case.message)
            && hint.contains(case.hint)
            && got.text == case.text
            && got.skipped == case.skipped
            && got.called.as_deref() == case.called
            && got.error.as_ref().and_then(|error| error.retry) == case.retry
            && got.error.as_ref().and_then(|error| error.wait) == case.wait;
        if !(fits && said && line) {
            wrong.push(format!("row {}, {}: {got:?}", case.row, case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!("{} fault cases, each in its named state", cases.len());
}

#[test]
fn every_row_has_a_case_and_there_are_enough() {
    let cases = all();
    assert!(cases.len() >= 60, "{}", cases.len());
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len(), "two cases of one name");
    let elsewhere = ELSEWHERE.iter().map(|(row, _)| *row);
    let held: BTreeSet<u8> = cases.iter().map(|case| case.row).chain(elsewhere).collect();
    let rows = ROWS.len() as u8;
    for (row, what) in (1..=rows).zip(ROWS) {
        assert!(held.contains(&row), "row {row} has no case: {what}");
    }
    assert_eq!(held.len(), ROWS.len());
}

#[test]
fn a_council_is_not_held_up_by_a_member_that_fails() {
    for case in [
        "reset in mid-stream",
        "a page for people",
        "key rejected",
        "an unknown model",
        "five hundred",
        "a refusal of Chat Completions",
    ] {
        let case = all().into_iter().find(|known| known.name == case).unwrap_or_else(|| panic!("{case}"));
        let Server::Plays(scripts) = &case.server else { panic!("{}", case.name) };
        let acts = scripts[0].iter().filter(|act| !matches!(act, Act::Hold)).cloned().collect();
        let bad = FaultServer::start(acts);
        let good = format!("{}{}", say("All is well."), finish("stop"));
        let good = FaultServer::answer([&head("text/event-stream"), good.as_bytes()].concat());
        let home = Home::new();
        home.write(
            "config/synod/config.toml",
            &format!(
                "retries = 0\n[providers.bad]\nbase_url = \"{}/v1\"\n[providers.good]\nbase_url = \"{}/v1\"\n\
                 [councils.two]\nmembers = [\"bad/m\", \"good/n\"]\n",
                bad.url, good.url
            ),
        );
        let ran = home.run(&["ask", "--council", "two", "--protocol", "ask", "--json", "q"]);
        assert!(ran.out.contains("All is well."), "{}: {} {}", case.name, ran.out, ran.err);
        assert!(ran.out.contains(case.message) || case.state == EndState::Cut, "{}: {}", case.name, ran.out);
    }
}
