//! From the bytes of a good answer to deltas: finds out whether it is what the dialect promises, one JSON document or
//! neither, skips what is broken within bounds, and says whether the end was an end. What JSON means is the dialect's.

use super::dialect::{Answer, Dialect};
use super::events::{Events, Unreadable};
use super::lines::Lines;
use crate::core::{CallError, ErrorKind};
use crate::providers::Delta;
use crate::providers::fault::{bad_response, fault, title};
use serde_json::Value;

/// How much of a body is kept to show how it begins, in bytes.
const HEAD: usize = 200;

/// The largest answer that comes as one document, in bytes.
const DOCUMENT: usize = 4 << 20;

/// The largest answer in all, in bytes.
const ANSWER: u64 = 64 << 20;

/// How much of a page is looked through for its title, in bytes.
const PAGE: usize = 16 << 10;

/// What ends a page's title.
const TITLE: &[u8] = b"</title>";

/// How many broken events in a row are skipped.
const PATIENCE: usize = 5;

/// The byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes the body of one answer.
pub struct Decoder {
    /// Whether each line is to be an event.
    lines: bool,
    /// What the answer's head calls it.
    content_type: String,
    body: Body,
    head: Vec<u8>,
    answer: Box<dyn Answer>,
    /// Events read well, broken in a row, and broken in all.
    good: usize,
    bad: usize,
    skipped: usize,
    /// Bytes read in all.
    read: u64,
    over: bool,
}

/// What a body turned out to be.
enum Body {
    /// Nothing but blanks so far.
    Unknown(Vec<u8>),
    Events(Box<Events>),
    Lines(Lines),
    Document(Vec<u8>),
    /// A page for people.
    Page(Vec<u8>),
}

impl Decoder {
    /// For an answer in a dialect, of this content type.
    pub fn new(dialect: Dialect, content_type: &str) -> Self {
        let name = content_type.split(';').next().unwrap_or_default();
        Self {
            lines: dialect.is_lines(),
            content_type: name.trim().to_ascii_lowercase(),
            body: Body::Unknown(Vec::new()),
            head: Vec::new(),
            answer: dialect.answer(),
            good: 0,
            bad: 0,
            skipped: 0,
            read: 0,
            over: false,
        }
    }

    /// Takes bytes as they arrived and appends what they say.
    ///
    /// # Errors
    /// The fault that ends the answer; what came before it is in `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), CallError> {
        self.read += bytes.len() as u64;
        if self.read > ANSWER && !self.over {
            return Err(fault(ErrorKind::BadResponse, "answer too large (over 64 MiB)", "ask another model"));
        }
        let shown = if self.head.is_empty() { bytes.trim_ascii_start() } else { bytes };
        let room = HEAD.saturating_sub(self.head.len()).min(shown.len());
        self.head.extend_from_slice(&shown[..room]);
        match &mut self.body {
            Body::Unknown(before) => {
                before.extend_from_slice(bytes);
                let before = std::mem::take(before);
                self.body = self.sniff(&before)?;
                if let Body::Unknown(blanks) = &mut self.body {
                    *blanks = before;
                    blanks.truncate(HEAD);
                    Ok(())
                } else {
                    out.extend(self.mislabelled().map(Delta::Mislabelled));
                    self.take(&before, out)
                }
            }
            _ => self.take(bytes, out),
        }
    }

    /// Ends the answer and appends its terminal marker.
    ///
    /// # Errors
    /// Where it has none, or can't be read.
    pub fn finish(&mut self, out: &mut Vec<Delta>) -> Result<(), CallError> {
        if self.over {
            return Ok(());
        }
        match std::mem::replace(&mut self.body, Body::Unknown(Vec::new())) {
            Body::Unknown(_) => {}
            Body::Events(mut reader) => {
                let mut events = Vec::new();
                let ended = reader.finish(&mut events);
                self.last(events, out)?;
                ended.map_err(unreadable)?;
            }
            Body::Lines(mut lines) => {
                let mut events = Vec::new();
                lines.finish(&mut events);
                self.last(events, out)?;
            }
            Body::Page(page) => return Err(self.page(&page)),
            Body::Document(document) => {
                let document = document.strip_prefix(MARK).unwrap_or(&document);
                let answer: Value = serde_json::from_slice(document)
                    .map_err(|_| bad_response("expected an event stream, got something else", &self.head))?;
                self.good += 1;
                let before = out.len();
                self.answer.whole(&answer, out)?;
                if out.len() == before && !self.finished() {
                    return Err(bad_response("expected an answer, got another document", &self.head));
                }
            }
        }
        if self.over { Ok(()) } else { self.end(out) }
    }

    /// Whether the terminal marker was seen, so that a connection lost now loses nothing.
    pub fn finished(&self) -> bool {
        self.answer.stop().is_some()
    }

    /// Whether nothing more is to be read.
    pub fn over(&self) -> bool {
        self.over
    }

    /// How many bytes are held for what has not come whole yet.
    pub fn held(&self) -> usize {
        self.head.len()
            + match &self.body {
                Body::Unknown(bytes) | Body::Document(bytes) | Body::Page(bytes) => bytes.len(),
                Body::Events(reader) => reader.held(),
                Body::Lines(lines) => lines.held(),
            }
    }

    /// How many broken events were skipped.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Decides by the first letter; where that decides nothing, by what the head calls it.
    fn sniff(&self, bytes: &[u8]) -> Result<Body, CallError> {
        let text = bytes.strip_prefix(MARK).unwrap_or(bytes);
        let events = || Body::Events(Box::default());
        let declared = self.content_type == "text/event-stream";
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => Ok(Body::Unknown(Vec::new())),
            Some(b'{') if self.lines => Ok(Body::Lines(Lines::default())),
            Some(b'{' | b'[') => Ok(Body::Document(Vec::new())),
            Some(b'<') => Ok(Body::Page(Vec::new())),
            Some(b':' | b'd' | b'e' | b'i' | b'r') if !self.lines => Ok(events()),
            // A mark cut in two by the network.
            Some(0xef) if bytes.len() < 3 => Ok(Body::Unknown(Vec::new())),
            Some(_) if declared && !self.lines => Ok(events()),
            Some(_) => {
                let name = if self.content_type.is_empty() { "something else" } else { &self.content_type };
                let message = format!("expected {}, got {name}", self.wanted());
                Err(fault(ErrorKind::BadResponse, message, "check base_url or proxy"))
            }
        }
    }

    /// What the head calls the answer, where that is not what it turned out to be. Of JSON there are many names.
    fn mislabelled(&self) -> Option<String> {
        let name = &self.content_type;
        let fits = match &self.body {
            Body::Events(_) => name == "text/event-stream",
            Body::Lines(_) | Body::Document(_) => name.contains("json"),
            // That is a fault, and told as one.
            Body::Unknown(_) | Body::Page(_) => true,
        };
        (!fits).then(|| name.clone())
    }

    /// What the dialect promises.
    fn wanted(&self) -> &'static str {
        if self.lines { "lines of JSON" } else { "an event stream" }
    }

    /// The fault behind a page, which is told by its title.
    fn page(&self, page: &[u8]) -> CallError {
        let name = match self.content_type.as_str() {
            "" | "text/event-stream" | "application/x-ndjson" => "a page",
            other => other,
        };
        let title = title(&String::from_utf8_lossy(page));
        let title = if title.is_empty() { title } else { format!(" ({title})") };
        let message = format!("expected {}, got {name}{title}", self.wanted());
        fault(ErrorKind::BadResponse, message, "check base_url or proxy")
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), CallError> {
        if self.over {
            return Ok(());
        }
        match &mut self.body {
            Body::Unknown(_) => Ok(()),
            Body::Document(document) => {
                if document.len() + bytes.len() > DOCUMENT {
                    return Err(fault(
                        ErrorKind::BadResponse,
                        "answer too large (over 4 MiB)",
                        "ask another model",
                    ));
                }
                document.extend_from_slice(bytes);
                Ok(())
            }
            Body::Page(page) => {
                let before = page.len().saturating_sub(TITLE.len());
                page.extend_from_slice(&bytes[..bytes.len().min(PAGE - page.len())]);
                let ends = |part: &[u8]| part.eq_ignore_ascii_case(TITLE);
                if page.len() < PAGE && !page[before..].windows(TITLE.len()).any(ends) {
                    return Ok(());
                }
                let page = std::mem::take(page);
                Err(self.page(&page))
            }
            Body::Events(_) | Body::Lines(_) => {
                let mut events = Vec::new();
                let read = match &mut self.body {
                    Body::Events(reader) => reader.push(bytes, &mut events),
                    Body::Lines(lines) => lines.push(bytes, &mut events),
                    _ => Ok(()),
                };
                self.events(&events, out)?;
                read.map_err(unreadable)
            }
        }
    }

    /// Reads the events that only the end ended.
    fn last(&mut self, mut events: Vec<String>, out: &mut Vec<Delta>) -> Result<(), CallError> {
        // What the end cut in two is no broken event, it is a cut answer.
        events.retain(|data| done(data) || serde_json::from_str::<Value>(data).is_ok());
        self.events(&events, out)
    }

    fn events(&mut self, events: &[String], out: &mut Vec<Delta>) -> Result<(), CallError> {
        for data in events {
            if self.over {
                break;
            }
            if done(data) {
                self.end(out)?;
            } else if let Ok(event @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(data) {
                self.good += 1;
                self.bad = 0;
                self.answer.event(&event, out)?;
                if self.answer.over() {
                    self.end(out)?;
                }
            } else if !data.trim().is_empty() {
                self.bad += 1;
                self.skipped += 1;
                if self.good == 0 || self.bad > PATIENCE {
                    return Err(bad_response(
                        "events that are no JSON",
                        &data.as_bytes()[..data.len().min(HEAD)],
                    ));
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<Delta>) -> Result<(), CallError> {
        self.over = true;
        if let Some(stop) = self.answer.stop() {
            out.extend((self.skipped > 0).then_some(Delta::Skipped(self.skipped as u64)));
            out.push(Delta::Stop(stop));
            return Ok(());
        }
        if self.good == 0 && !self.begins_well() {
            return Err(bad_response("no event in the whole answer", &self.head));
        }
        Err(fault(
            ErrorKind::EndedEarly,
            "ended early (no finish marker)",
            "ask again; a proxy may have cut it",
        ))
    }

    /// Whether what came begins as an event stream does, or nothing came.
    fn begins_well(&self) -> bool {
        let head = self.head.strip_prefix(MARK).unwrap_or(&self.head).trim_ascii_start();
        if self.lines {
            return head.is_empty() || head.starts_with(b"{");
        }
        let fields: [&[u8]; 5] = [b":", b"data:", b"event:", b"id:", b"retry:"];
        fields.iter().any(|field| head.starts_with(field) || field.starts_with(head))
    }
}

fn unreadable(cause: Unreadable) -> CallError {
    fault(ErrorKind::BadResponse, cause.to_string(), "ask another model")
}

/// The event after which nothing comes, in the dialects that have one.
fn done(data: &str) -> bool {
    data.starts_with("[DONE]")
}
