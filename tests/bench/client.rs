//! The process that receives and counts its own processor time, all threads together. Who sends is in [`super::receiving`].
//!
//! Beside synod itself there are bare loops that read the same bytes and do nothing with them: what any program pays on
//! this machine for being woken that often.

use super::receiving::{STREAMS, provider, request};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use synod::core::{CallId, Limits, RunId, StageId};
use synod::engine::call;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

/// What makes the program this process.
pub(crate) const FLAG: &str = "--receives";

/// The ways of receiving, and how they are called.
pub(crate) const WAYS: [(&str, &str); 3] = [
    ("synod", "synod, from the sockets to the pieces that become records"),
    ("bare", "a bare loop: tokio reads, nothing is parsed"),
    ("paced", "a bare loop that looks at its sockets once a frame"),
];

const FRAME: Duration = Duration::from_millis(16);

/// Receives in a way from a place, and prints the nanoseconds that it took and the system's share in them.
pub(crate) fn main(words: &[String]) {
    let [way, place] = words else { return };
    let spent = match way.as_str() {
        "synod" => synod(place),
        "paced" => paced().ok().and_then(|runtime| bare(&runtime, place)),
        _ => {
            Builder::new_current_thread().enable_all().build().ok().and_then(|runtime| bare(&runtime, place))
        }
    };
    if let Some((spent, share)) = spent {
        println!("{spent} {share}");
    }
}

/// Nanoseconds of processor time of the whole process, and ticks that user and system were seen.
fn spent() -> (i64, [f64; 2]) {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, which may hold blanks, ends with the last bracket.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let mut fields = rest.split_whitespace().skip(11).map(|field| field.parse().unwrap_or(0.0));
    let ticks = [fields.next().unwrap_or(0.0), fields.next().unwrap_or(0.0)];
    (time.tv_sec * 1_000_000_000 + time.tv_nsec, ticks)
}

fn since((began, [user, system]): (i64, [f64; 2])) -> (i64, f64) {
    let (now, [user_now, system_now]) = spent();
    let (user, system) = (user_now - user, system_now - system);
    (now - began, system / (user + system).max(1.0))
}

/// Everything that is synod's, in a runtime like its own.
fn synod(place: &str) -> Option<(i64, f64)> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().ok()?;
    let provider = provider(&format!("http://{place}/v1"));
    // The client is built and its certificates are loaded once, before anything counts.
    runtime.block_on(async { futures_util::StreamExt::next(&mut provider.stream(request())).await });
    let begun = spent();
    let words: usize = runtime.block_on(async {
        let (out, mut pieces) = tokio::sync::mpsc::channel(256);
        let mut calls = tokio::task::JoinSet::new();
        let bounds = call::Bounds { answer_limit: 4096, strict: false, limits: Limits::default() };
        for slot in 0..STREAMS {
            let id = CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt: 1 };
            let (provider, out) = (provider.clone(), out.clone());
            calls.spawn(async move {
                call::run(id, provider.stream(request()), bounds, CancellationToken::new(), out).await;
            });
        }
        drop(out);
        let mut words = 0;
        while let Some((_, piece)) = pieces.recv().await {
            if let call::Piece::Text(_, text) = piece {
                words += text.matches(" word").count();
            }
        }
        words
    });
    Some(since(begun)).filter(|_| words > 0)
}

/// Reads what comes and nothing else.
fn bare(runtime: &Runtime, place: &str) -> Option<(i64, f64)> {
    let read = async |place: String| -> std::io::Result<usize> {
        let mut stream = tokio::net::TcpStream::connect(place).await?;
        stream.write_all(b"POST / HTTP/1.1\r\n\r\n").await?;
        let (mut bytes, mut some) = (0, vec![0; 16 << 10]);
        loop {
            match stream.read(&mut some).await? {
                0 => return Ok(bytes),
                more => bytes += more,
            }
        }
    };
    let begun = spent();
    let bytes: usize = runtime.block_on(async {
        let mut streams = tokio::task::JoinSet::new();
        for _ in 0..STREAMS {
            streams.spawn(read(place.to_owned()));
        }
        streams.join_all().await.into_iter().flatten().sum()
    });
    Some(since(begun)).filter(|_| bytes > 0)
}

/// A runtime that waits until a frame is over before it waits for sockets.
fn paced() -> std::io::Result<Runtime> {
    let last = Mutex::new(now());
    let wait = move || {
        if let Ok(mut last) = last.lock() {
            // The pace is what is measured here.
            std::thread::sleep((*last + FRAME).saturating_duration_since(now()));
            *last = now();
        }
    };
    Builder::new_current_thread().enable_all().on_thread_park(wait).build()
}

#[expect(clippy::disallowed_methods, reason = "a figure of time needs a clock")]
fn now() -> Instant {
    Instant::now()
}
