//! One call: a provider's stream, its pieces gathered for a moment, and one word on how it ended.
//!
//! It neither writes records nor decides what comes next; that is the driver's.

use crate::core::spend::BYTES_PER_TOKEN;
use crate::core::{CallError, CallId, Channel, EndState, ErrorKind, Limits, Usage};
use crate::providers::{Delta, Stop};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How far records of pieces are apart, at the least. What comes after a pause becomes one at once.
const GATHER: Duration = Duration::from_millis(30);
/// How much text is gathered at most, in bytes.
const GATHER_BYTES: usize = 2048;

/// What a call tells the driver.
#[derive(Debug)]
pub enum Piece {
    /// Some text arrived.
    Text(Channel, String),
    /// It is over.
    End(End),
}

/// How a call ended, as far as the stream can tell.
#[derive(Debug, Default)]
pub struct End {
    /// The terminal marker, where one came.
    pub stop: Option<Stop>,
    /// The fault, where there was one.
    pub error: Option<CallError>,
    /// Whether the person stopped it.
    pub stopped: bool,
    /// The provider's count.
    pub usage: Option<Usage>,
    /// In how many pieces the text came.
    pub pieces: u64,
    /// Events that could not be read and were passed over.
    pub skipped: u64,
    /// The content type of an answer that it does not fit; empty where there was none.
    pub mislabelled: Option<String>,
    /// How long it took when it was recorded, in milliseconds; `None` where the clock here says it.
    pub took: Option<u64>,
}

/// Where a call is ended by us.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most output tokens.
    pub answer_limit: u32,
    /// Whether each piece of text counts as a token at the least, as it does where a cap on spending is set: almost every
    /// provider sends a token or more in each, and one that sends less is ended too early rather than too late.
    pub strict: bool,
    /// The longest times.
    pub limits: Limits,
}

/// Streams a call to its end. Sends pieces in order and, as the last one, [`Piece::End`].
pub async fn run(
    id: CallId,
    mut stream: BoxStream<'static, Result<Delta, CallError>>,
    bounds: Bounds,
    cancel: CancellationToken,
    out: mpsc::Sender<(CallId, Piece)>,
) {
    let mut gathered = Gathered::default();
    let mut end = End::default();
    let limit = bounds.answer_limit as usize * BYTES_PER_TOKEN;
    let mut bytes = 0;
    let mut watch = Watch::new(bounds.limits);
    let alarm = tokio::time::sleep_until(watch.due());
    tokio::pin!(alarm);
    loop {
        let due = gathered.due();
        let item = tokio::select! {
            biased;
            () = cancel.cancelled() => {
                end.stopped = true;
                break;
            }
            // Rung only when a limit may have been passed: setting it anew for each piece would cost more than the piece.
            () = &mut alarm => {
                if let Some(late) = watch.late(Instant::now()) {
                    end.error = Some(late);
                    break;
                }
                alarm.as_mut().reset(watch.due());
                continue;
            }
            item = stream.next() => item,
            // After all that is there: pieces that came together go on together.
            () = sleep_until(due), if due.is_some() => {
                gathered.send(id, &out).await;
                continue;
            }
        };
        watch.hear(matches!(item, Some(Ok(Delta::Text(_) | Delta::Thinking(_)))));
        match item {
            Some(Ok(Delta::Text(text))) => {
                bytes += text.len();
                end.pieces += u64::from(!text.is_empty());
                gathered.add(id, Channel::Text, &text, &out).await;
            }
            Some(Ok(Delta::Thinking(text))) => {
                bytes += text.len();
                end.pieces += u64::from(!text.is_empty());
                gathered.add(id, Channel::Thinking, &text, &out).await;
            }
            Some(Ok(Delta::Usage(usage))) => end.usage = Some(usage),
            Some(Ok(Delta::Alive)) => {}
            Some(Ok(Delta::Took(ms))) => end.took = Some(ms),
            Some(Ok(Delta::Skipped(events))) => end.skipped = events,
            Some(Ok(Delta::Mislabelled(name))) => end.mislabelled = Some(name),
            // The terminal marker is the last word: what a stream does after it is not waited for.
            Some(Ok(Delta::Stop(stop))) => {
                end.stop = Some(stop);
                break;
            }
            Some(Err(error)) => {
                end.error = Some(error);
                break;
            }
            None => break,
        }
        if bytes > limit || bounds.strict && end.pieces > bounds.answer_limit.into() {
            let message = format!("stopped by synod at answer_limit, {} tokens", bounds.answer_limit);
            end.error = Some(CallError::new(ErrorKind::Length, message, LONGER));
            break;
        }
    }
    // The connection closes before the last word is told.
    drop(stream);
    gathered.send(id, &out).await;
    let _ = out.send((id, Piece::End(end))).await;
}

/// The clock of a call: when it was asked, and when something was last heard.
struct Watch {
    limits: Limits,
    begun: Instant,
    heard: Instant,
    worded: bool,
}

impl Watch {
    fn new(limits: Limits) -> Self {
        let begun = Instant::now();
        Self { limits, begun, heard: begun, worded: false }
    }

    /// Something came; a keep-alive is a sign of life, but no word.
    fn hear(&mut self, word: bool) {
        self.heard = Instant::now();
        self.worded |= word;
    }

    /// When each limit is passed that still can be.
    fn dues(&self) -> impl Iterator<Item = (Instant, &'static str, u32)> {
        let Limits { first, idle, total, .. } = self.limits;
        let after = |from: Instant, seconds: u32| from + Duration::from_secs(seconds.into());
        let word = (!self.worded).then(|| (after(self.begun, first), "no word within", first));
        let others = [
            (after(self.heard, idle), "no data for", idle),
            (after(self.begun, total), "not finished within", total),
        ];
        others.into_iter().chain(word)
    }

    /// When the first limit is passed.
    fn due(&self) -> Instant {
        self.dues().map(|(due, ..)| due).min().unwrap_or(self.begun)
    }

    /// The fault, where a limit is passed.
    fn late(&self, now: Instant) -> Option<CallError> {
        let (_, what, seconds) = self.dues().find(|(due, ..)| *due <= now)?;
        let hint = "ask again, or raise the limit under [limits] in the configuration";
        Some(CallError::new(ErrorKind::Timeout, format!("{what} {seconds} s"), hint))
    }
}

/// What to do about an answer that was too long.
const LONGER: &str = "raise answer_limit for this member";

async fn sleep_until(due: Option<Instant>) {
    if let Some(due) = due {
        tokio::time::sleep_until(due).await;
    }
}

/// Text that waits to become a record.
#[derive(Default)]
struct Gathered {
    channel: Option<Channel>,
    text: String,
    /// When the last record went on.
    sent: Option<Instant>,
}

impl Gathered {
    async fn add(&mut self, id: CallId, channel: Channel, text: &str, out: &mpsc::Sender<(CallId, Piece)>) {
        if text.is_empty() {
            return;
        }
        if self.channel != Some(channel) {
            self.send(id, out).await;
        }
        self.channel = Some(channel);
        self.text.push_str(text);
        if self.text.len() >= GATHER_BYTES {
            self.send(id, out).await;
        }
    }

    /// When what is gathered is to go on.
    fn due(&self) -> Option<Instant> {
        let at_once = Instant::now;
        (!self.text.is_empty()).then(|| self.sent.map_or_else(at_once, |sent| sent + GATHER))
    }

    async fn send(&mut self, id: CallId, out: &mpsc::Sender<(CallId, Piece)>) {
        if let (Some(channel), false) = (self.channel, self.text.is_empty()) {
            self.sent = Some(Instant::now());
            let _ = out.send((id, Piece::Text(channel, std::mem::take(&mut self.text)))).await;
        }
    }
}

/// The state and fault that a call's end comes to, given the text it brought.
pub fn verdict(end: &End, text: &str, thinking: &str) -> (EndState, Option<CallError>) {
    let has_text = !text.trim().is_empty();
    let kept = if has_text { EndState::Cut } else { EndState::Failed };
    let fault = |kind, message: &str, hint: &str| Some(CallError::new(kind, message, hint));
    if end.stopped {
        return (EndState::Stopped, fault(ErrorKind::Stopped, "stopped by you", "ask again when you like"));
    }
    if let Some(error) = &end.error {
        let state = if error.kind == ErrorKind::Refused { EndState::Refused } else { kept };
        return (state, Some(error.clone()));
    }
    match &end.stop {
        Some(Stop::Done) if has_text => (EndState::Done, None),
        Some(Stop::Done) => {
            let message = nothing(end, thinking);
            (EndState::Failed, fault(ErrorKind::BadResponse, &message, "ask again, or raise answer_limit"))
        }
        Some(Stop::Length) if !has_text => {
            let message = nothing(end, thinking);
            (EndState::Failed, fault(ErrorKind::Length, &message, "raise answer_limit for this member"))
        }
        Some(Stop::Length) => {
            let error = fault(ErrorKind::Length, "cut at its length limit", LONGER);
            (kept, error)
        }
        Some(Stop::Refused(reason)) => {
            let message = format!("declined by the provider: {reason}");
            (
                EndState::Refused,
                fault(ErrorKind::Refused, &message, "ask in other words, or ask another model"),
            )
        }
        None => {
            let message = "the stream ended early, without its finish marker";
            (kept, fault(ErrorKind::EndedEarly, message, "ask again"))
        }
    }
}

/// What there is in the place of an answer.
fn nothing(end: &End, thinking: &str) -> String {
    match end.usage.map(|usage| usage.reasoning) {
        Some(tokens) if tokens > 0 => format!("no visible answer: {tokens} reasoning tokens"),
        _ if !thinking.is_empty() => "no visible answer: it only thought".to_owned(),
        _ => "the answer is empty".to_owned(),
    }
}
