//! What receiving costs, and how soon a call that is stopped closes its socket. The servers are threads of this process; who
//! receives for the first figure is a process of its own ([`super::client`]), so that all its threads count and nothing
//! else does. Nothing is judged here.

use super::client;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};
use synod::config::{Config, Provider as Configured};
use synod::core::{Ask, Message, Params, Role};
use synod::providers::registry::Registry;
use synod::providers::{About, Delta, Provider, Request};

/// Streams at a time, tokens a second of each, and tokens of each in all.
pub(crate) const STREAMS: u16 = 8;
const RATE: u64 = 100;
const TOKENS: u64 = 300;

/// How often each way of receiving is measured.
const RUNS: usize = 5;

/// How often each moment of stopping is tried.
const TRIES: usize = 50;

const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
const FINISH: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// The head of an answer and its first piece.
const HELLO: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
    data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n";

/// The time: these figures are of time.
#[expect(clippy::disallowed_methods, reason = "a figure of time needs a clock")]
fn now() -> Instant {
    Instant::now()
}

/// An event such as llama.cpp's server sends for each token.
fn token(number: u64) -> String {
    format!(
        "data: {{\"choices\":[{{\"finish_reason\":null,\"index\":0,\"delta\":{{\"content\":\" word{number}\"}}}}],\
         \"created\":1795309979,\"id\":\"chatcmpl-0123456789abcdef0123456789abcdef\",\"model\":\"m\",\
         \"system_fingerprint\":\"b0-unknown\",\"object\":\"chat.completion.chunk\"}}\n\n"
    )
}

/// Bytes as one chunk of a chunked body, as every server of streams sends them.
fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

pub(crate) fn provider(base_url: &str) -> Arc<dyn Provider> {
    let configured = Configured { base_url: base_url.to_owned(), ..Configured::default() };
    let config = Config { providers: [("p".to_owned(), configured)].into(), ..Config::default() };
    let opened = "p/m".parse().ok().and_then(|model| Registry::new(&config).open(&model).ok());
    opened.unwrap_or_else(|| unreachable!("the address is one"))
}

pub(crate) fn request() -> Request {
    let about = About {
        member: "a".into(),
        question: "q".into(),
        ask: Ask::Answer,
        round: 0,
        shown: Vec::new(),
        seed: 0,
        step: None,
    };
    let messages = vec![Message { role: Role::User, text: "q".to_owned() }];
    Request { model: "m".to_owned(), messages, params: Params::default(), about }
}

/// Reads a request's head, and of its body what came with it.
fn read_head(stream: &mut TcpStream) {
    let mut got = Vec::new();
    let mut some = [0; 4096];
    while let Ok(1..) = stream.read(&mut some).inspect(|read| got.extend_from_slice(&some[..*read])) {
        if got.windows(4).any(|part| part == b"\r\n\r\n") {
            return;
        }
    }
}

/// A server that sends tokens at their rate to whoever asks, each in one write. Streams are out of step, as those of
/// different servers are.
fn tokens() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let place = listener.local_addr()?.to_string();
    let asked = AtomicU64::new(0);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let step = asked.fetch_add(1, Ordering::Relaxed) % u64::from(STREAMS);
            let late = Duration::from_micros(step * 1_000_000 / RATE / u64::from(STREAMS));
            thread::spawn(move || send(stream, late));
        }
    });
    Ok(place)
}

fn send(mut stream: TcpStream, late: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    read_head(&mut stream);
    stream.write_all(HEAD)?;
    let begun = now() + late;
    for number in 0..TOKENS {
        let due = begun + Duration::from_micros(number * 1_000_000 / RATE);
        // Tokens at their rate: what is measured is what comes in at that pace.
        thread::sleep(due.saturating_duration_since(now()));
        stream.write_all(&chunk(&token(number)))?;
    }
    stream.write_all(&[chunk(FINISH), chunk("")].concat())
}

/// Processor time of receiving, by a token: of a process that does nothing else, after one answer that warms it up.
pub(crate) fn receiving() {
    let Ok(place) = tokens() else { return };
    println!(
        "receiving, {STREAMS} streams of {RATE} tokens a second, a token a write, {TOKENS} tokens each; µs of processor time a \
         token, {RUNS} runs:"
    );
    println!("{:<58} {:>7} {:>7} {:>7} {:>7}", "", "median", "least", "most", "system");
    for (name, title) in client::WAYS {
        let mut spent: Vec<_> = (0..RUNS).filter_map(|_| received(name, &place)).collect();
        spent.sort_by(|one, other| one.0.total_cmp(&other.0));
        let at = |place: usize| spent.get(place).map_or(f64::NAN, |(time, _)| *time);
        let system = spent.iter().map(|(_, share)| share).sum::<f64>() / spent.len() as f64;
        let last = spent.len().saturating_sub(1);
        println!("  {title:<56} {:7.1} {:7.1} {:7.1} {system:5.0} %", at(spent.len() / 2), at(0), at(last));
    }
}

/// One run: µs a token in all, and how much of that the system spent, in percent.
fn received(way: &str, place: &str) -> Option<(f64, f64)> {
    let own = std::env::current_exe().ok()?;
    let printed = Command::new(own).args([client::FLAG, way, place]).output().ok()?.stdout;
    let printed = String::from_utf8(printed).ok()?;
    let mut figures = printed.split_whitespace().map(|word| word.parse::<f64>().unwrap_or(f64::NAN));
    let (spent, share) = (figures.next()?, figures.next()?);
    Some((spent / 1e3 / (u64::from(STREAMS) * TOKENS) as f64, share * 100.0))
}

/// A server that says so once it is asked, sends this, and tells when the other side has closed.
fn watched(send: &'static [u8]) -> std::io::Result<(String, Receiver<()>, Receiver<Instant>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let place = listener.local_addr()?.to_string();
    let (asked, is_asked) = channel();
    let (closed, is_closed) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // A handshake is no HTTP: its first bytes are enough.
            let mut first = [0; 1024];
            let _ = stream.read(&mut first).and_then(|_| stream.write_all(send));
            let _ = asked.send(());
            while matches!(stream.read(&mut first), Ok(1..)) {}
            let _ = closed.send(now());
        }
    });
    Ok((place, is_asked, is_closed))
}

/// Milliseconds from dropping a stream to the server's seeing that its socket is closed.
pub(crate) fn cancelling() {
    println!("cancel to closed socket, {TRIES} tries each, in ms: {:>20} {:>7}", "median", "most");
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
    else {
        return;
    };
    for (name, scheme, send) in [
        ("while connecting (TLS handshake)", "https", &b""[..]),
        ("before the head", "http", b""),
        ("in mid-stream", "http", HELLO),
    ] {
        let Ok((place, asked, closed)) = watched(send) else { return };
        let provider = provider(&format!("{scheme}://{place}/v1"));
        let mut spent: Vec<f64> =
            (0..TRIES).filter_map(|_| stopped(&runtime, &provider, &asked, &closed)).collect();
        spent.sort_by(f64::total_cmp);
        let at = |place: usize| spent.get(place).copied().unwrap_or(f64::NAN);
        println!("  {name:<58} {:7.2} {:7.2}", at(spent.len() / 2), at(spent.len().saturating_sub(1)));
    }
}

/// One try: the stream is dropped as a call's task drops it, once the server was asked and everything came that will.
fn stopped(
    runtime: &tokio::runtime::Runtime,
    provider: &Arc<dyn Provider>,
    asked: &Receiver<()>,
    closed: &Receiver<Instant>,
) -> Option<f64> {
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let mut stream = provider.stream(request());
    let (text, has_text) = channel();
    let task = runtime.spawn(async move {
        let reads = async {
            while let Some(item) = futures_util::StreamExt::next(&mut stream).await {
                if matches!(item, Ok(Delta::Text(_))) {
                    let _ = text.send(());
                }
            }
        };
        tokio::select! {
            () = reads => None,
            _ = stopping => Some(now()),
        }
    });
    asked.recv().ok()?;
    let _ = has_text.recv_timeout(Duration::from_millis(20));
    stop.send(()).ok()?;
    let begun = runtime.block_on(task).ok()??;
    Some(closed.recv().ok()?.saturating_duration_since(begun).as_secs_f64() * 1e3)
}
