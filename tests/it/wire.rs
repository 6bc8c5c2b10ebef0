//! What comes over the wire, through the real provider and a real socket on loopback: answers, faults, and their names.
#![cfg(test)]

use crate::fault_server::{Act, FaultServer, chunk, chunked_head, head, status};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use serde_json::Value;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use synod::config::{Config, Kind, Provider as Configured};
use synod::core::{Ask, CallError, ErrorKind, Message, Params, Role, Usage};
use synod::providers::registry::Registry;
use synod::providers::wire::decode::Decoder;
use synod::providers::wire::dialect::Dialect;
use synod::providers::{About, Delta, Provider, Request, Stop};

const SHORT: &str = include_str!("../sse/llamacpp-chat-short.sse");
const THINK: &str = include_str!("../sse/llamacpp-chat-think.sse");
const UTF8: &str = include_str!("../sse/llamacpp-chat-utf8.sse");
const LIST: &str = include_str!("../sse/llamacpp-chat-list.sse");
const CODE: &str = include_str!("../sse/llamacpp-chat-code.sse");
const KILLED: &str = include_str!("../sse/llamacpp-killed-midstream.sse");

/// What came of a call.
#[derive(Debug, Default, PartialEq)]
pub struct Got {
    pub text: String,
    pub thinking: String,
    pub usage: Option<Usage>,
    pub skipped: u64,
    pub stop: Option<Stop>,
    pub error: Option<CallError>,
}

impl Got {
    fn add(&mut self, item: Result<Delta, CallError>) {
        assert!(self.stop.is_none() && self.error.is_none(), "nothing may follow an end, but {item:?} did");
        match item {
            Ok(Delta::Text(text)) => self.text.push_str(&text),
            Ok(Delta::Thinking(text)) => self.thinking.push_str(&text),
            Ok(Delta::Usage(usage)) => self.usage = Some(usage),
            Ok(Delta::Stop(stop)) => self.stop = Some(stop),
            Ok(Delta::Alive | Delta::Mislabelled(_) | Delta::Took(_)) => {}
            Ok(Delta::Skipped(events)) => self.skipped = events,
            Err(error) => self.error = Some(error),
        }
    }

    pub fn kind(&self) -> Option<ErrorKind> {
        self.error.as_ref().map(|error| error.kind)
    }

    pub fn message(&self) -> &str {
        self.error.as_ref().map_or("", |error| &error.message)
    }

    fn hint(&self) -> &str {
        self.error.as_ref().map_or("", |error| &error.hint)
    }
}

/// The real provider over this address.
pub fn provider(url: &str, key: Option<&str>) -> Arc<dyn Provider> {
    provider_of(Kind::OpenAi, &format!("{url}/v1"), key)
}

/// The real provider of a kind at this address.
pub fn provider_of(kind: Kind, base_url: &str, key: Option<&str>) -> Arc<dyn Provider> {
    let configured = Configured {
        kind,
        base_url: base_url.to_owned(),
        api_key_env: key.map(|_| "TEST_API_KEY".to_owned()),
        key: key.filter(|key| !key.is_empty()).map(Into::into),
        ..Configured::default()
    };
    let config = Config { providers: [("test".to_owned(), configured)].into(), ..Config::default() };
    Registry::new(&config).open(&"test/m".parse().unwrap()).unwrap()
}

/// A plain question, with a persona where there is one.
pub fn question(persona: &str, text: &str) -> Request {
    let say = |role, text: &str| Message { role, text: text.to_owned() };
    let mut messages = vec![say(Role::System, persona), say(Role::User, text)];
    messages.retain(|message| !message.text.is_empty());
    Request {
        model: "m".to_owned(),
        messages,
        params: Params::default(),
        about: About {
            member: "a".into(),
            question: text.to_owned(),
            ask: Ask::Answer,
            round: 0,
            shown: Vec::new(),
            seed: 1,
            step: None,
        },
    }
}

/// Reads a stream to its end.
pub async fn read(mut stream: BoxStream<'static, Result<Delta, CallError>>) -> Got {
    let mut got = Got::default();
    while let Some(item) = stream.next().await {
        got.add(item);
    }
    got
}

/// Asks a server that plays these acts.
async fn ask(acts: Vec<Act>) -> Got {
    let server = FaultServer::start(acts);
    read(provider(&server.url, None).stream(question("", "q"))).await
}

/// Asks a server that answers this.
async fn answer(bytes: impl Into<Vec<u8>>) -> Got {
    ask(vec![Act::Send(bytes.into()), Act::Close]).await
}

/// Asks a server that streams this as events.
async fn events(body: &str) -> Got {
    answer([&head("text/event-stream"), body.as_bytes()].concat()).await
}

/// Decodes a stream that arrives in these chunks, without a socket.
pub fn decode<'a>(kind: Kind, chunks: impl IntoIterator<Item = &'a [u8]>) -> Got {
    let dialect = Dialect::new(kind, "");
    let (mut decoder, mut deltas, mut got) =
        (Decoder::new(dialect, "text/event-stream"), Vec::new(), Got::default());
    let mut ended = chunks.into_iter().try_for_each(|chunk| decoder.push(chunk, &mut deltas));
    if ended.is_ok() {
        ended = decoder.finish(&mut deltas);
    }
    for delta in deltas {
        got.add(Ok(delta));
    }
    if let Err(error) = ended {
        got.add(Err(error));
    }
    got
}

fn done(got: &Got, text: &str) {
    assert_eq!((got.text.as_str(), &got.stop, &got.error), (text, &Some(Stop::Done), &None));
}

#[tokio::test]
async fn an_answer_arrives_whole() {
    let got = events(SHORT).await;
    done(&got, "Paris is the capital of France.");
    let usage = got.usage.unwrap();
    assert!(usage.input > 0 && usage.output == 7 && usage.reasoning == 0);
}

#[tokio::test]
async fn an_answer_in_small_chunks_arrives_whole() {
    for (body, text) in
        [(UTF8, "Grüße aus Zürich — naïve 東京 🦀 ✓ done"), (LIST, "1. alpha\n2. beta\n3. gamma\n")]
    {
        let mut acts = vec![Act::Send(chunked_head())];
        acts.extend(body.as_bytes().chunks(7).map(|part| Act::Send(chunk(part))));
        acts.push(Act::Send(chunk(b"")));
        done(&ask(acts).await, text);
    }
}

#[tokio::test]
async fn thinking_is_apart_from_the_answer() {
    let got = events(THINK).await;
    done(&got, "We prefer option B since it costs least.");
    assert_eq!(got.thinking, "First weigh both options carefully, then choose.");
}

/// Checks that a stream reads the same in one piece, byte by byte, and cut in two at every byte.
pub fn cut_everywhere(kind: Kind, stream: &[u8]) {
    let whole = decode(kind, [stream]);
    assert_eq!((&whole.stop, &whole.error), (&Some(Stop::Done), &None));
    assert_eq!(decode(kind, stream.chunks(1)), whole);
    for cut in 0..stream.len() {
        let (head, tail) = stream.split_at(cut);
        assert_eq!(decode(kind, [head, tail]), whole, "cut at {cut}");
    }
}

#[test]
fn recorded_streams_read_the_same_wherever_they_are_cut() {
    std::thread::scope(|scope| {
        for stream in [THINK, CODE, UTF8, SHORT, LIST] {
            scope.spawn(|| cut_everywhere(Kind::OpenAi, stream.as_bytes()));
        }
    });
    let killed = decode(Kind::OpenAi, [KILLED.as_bytes()]);
    assert!(killed.text.starts_with("Round and round we go"));
    assert_eq!((&killed.stop, killed.kind()), (&None, Some(ErrorKind::EndedEarly)));
    assert_eq!(decode(Kind::OpenAi, KILLED.as_bytes().chunks(1)), killed);
}

#[test]
fn a_stream_that_ends_anywhere_before_its_finish_is_no_success() {
    let finish = SHORT.find(r#""finish_reason":"stop""#).unwrap();
    for end in 0..finish {
        let got = decode(Kind::OpenAi, [&SHORT.as_bytes()[..end]]);
        assert_eq!((&got.stop, got.kind()), (&None, Some(ErrorKind::EndedEarly)), "ends at {end}");
    }
    let event = finish + SHORT[finish..].find("\n\n").unwrap();
    for end in event..SHORT.len() {
        assert_eq!(decode(Kind::OpenAi, [&SHORT.as_bytes()[..end]]).stop, Some(Stop::Done), "ends at {end}");
    }
}

#[tokio::test]
async fn the_request_is_the_dialects() {
    let server = FaultServer::answer([&head("text/event-stream"), SHORT.as_bytes()].concat());
    let key = "test-key-of-someone";
    let mut request = question("Be brief.", "What is it?");
    request.params.seed = Some(7);
    done(&read(provider(&server.url, Some(key)).stream(request)).await, "Paris is the capital of France.");
    let sent = server.request();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains(&format!("authorization: bearer {key}")), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    let expected = serde_json::json!({
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is it?"}],
        "stream": true,
        "stream_options": {"include_usage": true},
        "max_completion_tokens": 4096,
        "seed": 7,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn marks_and_line_ends_make_no_difference() {
    let text = "Paris is the capital of France.";
    done(&events(&format!("\u{feff}{SHORT}")).await, text);
    done(&events(&SHORT.replace('\n', "\r\n")).await, text);
    done(&events(&SHORT.replace('\n', "\r")).await, text);
    done(&events(&format!(": hello\n\n\n:\n{SHORT}")).await, text);
    let without = SHORT.replace("data: [DONE]\n\n", "");
    done(&events(&without).await, text);
    done(&events(without.trim_end()).await, text);
    done(&answer([b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", SHORT.as_bytes()].concat()).await, text);
    done(&answer([&head("text/html"), SHORT.as_bytes()].concat()).await, text);
    done(&answer([&head("application/json"), SHORT.as_bytes()].concat()).await, text);
}

/// The first event of an answer, and the one that finishes it.
const HELLO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n";
const FINISH: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

#[tokio::test]
async fn a_lost_connection_keeps_the_text_and_is_no_success() {
    // Reset, once the text has arrived.
    let hello = [&head("text/event-stream"), HELLO.as_bytes()].concat();
    let server = FaultServer::start(vec![Act::Send(hello), Act::Hold, Act::Reset]);
    let mut stream = provider(&server.url, None).stream(question("", "q"));
    assert_eq!(stream.next().await, Some(Ok(Delta::Text("Hello".to_owned()))));
    server.go_on();
    let got = read(stream).await;
    assert_eq!((got.kind(), &got.stop), (Some(ErrorKind::ConnectionLost), &None), "{got:?}");
    assert!(got.message().contains("127.0.0.1"), "{got:?}");

    // Closed in the middle of HTTP's own chunks, and before the announced length.
    let announced =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n".to_vec();
    for start in [[chunked_head(), chunk(HELLO.as_bytes())].concat(), [&announced, HELLO.as_bytes()].concat()]
    {
        let got = answer(start).await;
        assert_eq!(
            (got.text.as_str(), got.kind(), &got.stop),
            ("Hello", Some(ErrorKind::ConnectionLost), &None)
        );
    }

    // Closed before any answer.
    let got = ask(vec![Act::Close]).await;
    assert_eq!(got.kind(), Some(ErrorKind::ConnectionLost), "{got:?}");
}

#[tokio::test]
async fn a_connection_lost_after_the_finish_loses_nothing() {
    let got = answer([chunked_head(), chunk(format!("{HELLO}{FINISH}").as_bytes())].concat()).await;
    done(&got, "Hello");
}

#[tokio::test]
async fn an_end_without_a_finish_is_named() {
    for body in [HELLO.to_owned(), format!("{HELLO}data: [DONE]\n\n"), format!("{HELLO}data: {{\"choi")] {
        let got = events(&body).await;
        assert_eq!((got.text.as_str(), got.kind()), ("Hello", Some(ErrorKind::EndedEarly)), "{body}");
        assert_eq!(got.message(), "ended early (no finish marker)");
    }
    assert_eq!(events("").await.kind(), Some(ErrorKind::EndedEarly));
}

#[tokio::test]
async fn an_error_inside_a_good_answer_is_an_error() {
    for (event, kind) in [
        (r#"{"error":{"message":"boom","type":"server_error","code":null}}"#, ErrorKind::Overloaded),
        (
            r#"{"error":{"code":429,"message":"boom"},"choices":[{"finish_reason":"error"}]}"#,
            ErrorKind::RateLimited,
        ),
        (r#"{"object":"error","message":"boom","type":"BadRequestError","code":400}"#, ErrorKind::BadRequest),
        (r#"{"type":"error","error":{"type":"overloaded_error","message":"boom"}}"#, ErrorKind::Overloaded),
        (r#"{"error":"boom"}"#, ErrorKind::Overloaded),
        (r#"[{"error":{"code":402,"message":"boom"}}]"#, ErrorKind::NoCredit),
    ] {
        for before in ["", HELLO] {
            let got = events(&format!("{before}event: error\ndata: {event}\n\ndata: [DONE]\n\n")).await;
            assert_eq!((got.kind(), got.text.is_empty()), (Some(kind), before.is_empty()), "{event}");
            assert!(got.message().contains("boom") && !got.hint().is_empty(), "{got:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_no_stream_is_read_or_named() {
    let page = status("200 OK", "text/html", "<!doctype html><title>Sign in</title>");
    let got = answer(page).await;
    assert_eq!(
        (got.kind(), got.message()),
        (Some(ErrorKind::BadResponse), "expected an event stream, got text/html (Sign in)")
    );
    assert_eq!(got.hint(), "check base_url or proxy");

    let whole = r#"{"choices":[{"index":0,"finish_reason":"length","message":{"role":"assistant","content":"Hi",
        "reasoning_content":"hm"}}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#;
    let got = answer(status("200 OK", "application/json", whole)).await;
    assert_eq!((got.text.as_str(), got.thinking.as_str(), &got.stop), ("Hi", "hm", &Some(Stop::Length)));
    assert_eq!(got.usage.map(|usage| (usage.input, usage.output)), Some((3, 2)));

    let error = r#"{"error":{"message":"boom","type":"server_error"}}"#;
    let got = answer(status("200 OK", "application/json", error)).await;
    assert_eq!(got.message(), "provider error: boom");
    let got = answer(status("200 OK", "application/json", r#"{"status": "ok"}"#)).await;
    assert_eq!(got.message(), r#"expected an answer, got another document: {"status": "ok"}"#);
    let got = events("upstream connect error\u{1b}[2J").await;
    assert_eq!(got.kind(), Some(ErrorKind::BadResponse));
    assert!(got.message().ends_with(r"upstream connect error\u{1b}[2J"), "{got:?}");
}

#[tokio::test]
async fn a_status_has_a_kind_and_the_providers_words() {
    let json = |message: &str| format!(r#"{{"error":{{"message":"{message}"}}}}"#);
    for (line, kind, message) in [
        ("401 Unauthorized", ErrorKind::KeyRejected, "key rejected (401): words"),
        ("404 Not Found", ErrorKind::NotFound, "not found (404): words"),
        ("429 Too Many Requests", ErrorKind::RateLimited, "too many requests (429): words"),
        ("500 Internal Server Error", ErrorKind::Overloaded, "provider error (500): words"),
    ] {
        let got = answer(status(line, "application/json", &json("words"))).await;
        assert_eq!((got.kind(), got.message()), (Some(kind), message));
        assert!(!got.hint().is_empty());
    }
    let wait = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 20\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(answer(wait).await.hint(), "ask again in 20 s");
    // What steers a terminal is made visible, and a page is told by its title.
    let got = answer(status("500 X", "application/json", &json(r"a\nb\u001b[31m\u202e"))).await;
    assert_eq!(got.message(), r"provider error (500): a b\u{1b}[31m\u{202e}");
    let got = answer(status("502 X", "text/html", "<html><TITLE>Bad Gateway</TITLE>")).await;
    assert_eq!(got.message(), "provider error (502): Bad Gateway");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let got =
        answer("HTTP/1.1 307 X\r\nlocation: https://elsewhere.example/v1?key=x\r\ncontent-length: 0\r\n\r\n")
            .await;
    assert_eq!(got.kind(), Some(ErrorKind::BadResponse));
    assert_eq!(got.message(), "server redirects to https://elsewhere.example/v1");
}

#[tokio::test]
async fn nothing_listening_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let got = read(provider(&format!("http://{address}"), None).stream(question("", "q"))).await;
    assert_eq!((got.kind(), got.hint()), (Some(ErrorKind::Connect), "is the server running?"));
    assert_eq!(got.message(), format!("nothing listens on {address}"));
}

#[tokio::test]
async fn a_server_without_tls_is_named() {
    let server = FaultServer::answer("HTTP/1.1 400 Bad Request\r\n\r\n");
    let got = read(provider(&server.url.replace("http:", "https:"), None).stream(question("", "q"))).await;
    assert_eq!(
        (got.kind(), got.hint()),
        (Some(ErrorKind::Connect), "write http:// in base_url if the server has no TLS")
    );
}

#[tokio::test]
async fn a_key_is_never_shown() {
    let key = "geheim+Schluessel/1234";
    let echo =
        format!("Incorrect API key provided: {key} (sk-proj-1234567890abcdef), Bearer abcdefgh12345678");
    for body in [format!(r#"{{"error":{{"message":"{echo}"}}}}"#), echo.clone()] {
        let server = FaultServer::answer(status("401 X", "application/json", &body));
        let got = read(provider(&server.url, Some(key)).stream(question("", "q"))).await;
        assert_eq!(
            got.message(),
            "key rejected (401): Incorrect API key provided: [key] ([key]), Bearer [key]"
        );
        assert_eq!(got.hint(), "check TEST_API_KEY (key id cf4b0a)");
    }
    let error = format!("data: {{\"error\":{{\"message\":\"{}{key}\"}}}}\n\n", "x".repeat(285));
    let server = FaultServer::answer([&head("text/event-stream"), error.as_bytes()].concat());
    let got = read(provider(&server.url, Some(key)).stream(question("", "q"))).await;
    assert!(!got.message().contains("gehe"), "{got:?}");
}

#[tokio::test]
async fn a_missing_key_is_named_before_anything_is_sent() {
    let got = read(provider("http://127.0.0.1:9", Some("")).stream(question("", "q"))).await;
    assert_eq!((got.kind(), got.message()), (Some(ErrorKind::NoKey), "no key: TEST_API_KEY is not set"));
    assert_eq!(
        got.hint(),
        "export TEST_API_KEY=..., or synod keys set test, or choose another model with -m"
    );
}

#[tokio::test]
async fn a_silent_server_is_waited_for_and_comments_are_signs_of_life() {
    let hello = [&head("text/event-stream"), HELLO.as_bytes()].concat();
    let comment = Act::Send(b": PROCESSING\n\n".to_vec());
    let server = FaultServer::start(vec![
        Act::Send(hello),
        Act::Hold,
        comment,
        Act::Hold,
        Act::Send(FINISH.into()),
        Act::Close,
    ]);
    let mut stream = provider(&server.url, None).stream(question("", "q"));
    assert_eq!(stream.next().await, Some(Ok(Delta::Text("Hello".to_owned()))));
    server.go_on();
    assert_eq!(stream.next().await, Some(Ok(Delta::Alive)));
    server.go_on();
    assert_eq!(read(stream).await.stop, Some(Stop::Done));
}

#[tokio::test]
async fn a_dropped_stream_closes_its_connection() {
    // After some text, and while the answer's head is still awaited.
    let hello = [&head("text/event-stream"), HELLO.as_bytes()].concat();
    let server = FaultServer::start(vec![Act::Send(hello), Act::AwaitClose]);
    let mut stream = provider(&server.url, None).stream(question("", "q"));
    assert_eq!(stream.next().await, Some(Ok(Delta::Text("Hello".to_owned()))));
    drop(stream);
    server.closed().await;

    let server = FaultServer::start(vec![Act::AwaitClose]);
    let mut stream = provider(&server.url, None).stream(question("", "q"));
    tokio::select! {
        item = stream.next() => panic!("nothing was sent, but {item:?} came"),
        server = tokio::task::spawn_blocking(move || { server.request(); server }) => {
            drop(stream);
            server.unwrap().closed().await;
        }
    }
}

#[tokio::test]
async fn too_large_an_event_ends_the_answer() {
    let body = format!("{HELLO}data: {}", "x".repeat(2 << 20));
    let got = events(&body).await;
    assert_eq!((got.text.as_str(), got.kind()), ("Hello", Some(ErrorKind::BadResponse)));
    assert!(got.message().starts_with("event too large"), "{got:?}");
}

#[test]
fn proxy_variables_do_not_matter_for_loopback() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        again.env(name, "http://127.0.0.1:9");
    }
    let again = again.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = again.args(["--exact", "wire::an_answer_arrives_whole"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
