//! The byte guard in front of `eventsource-stream`, which stays the one grammar of server-sent events here.
//!
//! That crate (0.2.3) panics on a byte order mark, swallows a stream after one bad byte, loses an event that no blank
//! line follows, and is quadratic in what it is handed at once. So it is handed whole lines only, decoded, ended by a
//! line feed, and few at a time. What an event means is no matter of this file.

use eventsource_stream::EventStream;
use futures_util::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};

/// The longest line, and the longest event, in bytes.
pub const LARGEST: usize = 1 << 20;

/// How many bytes the grammar is handed at once, unless one line is longer.
const PIECE: usize = 8 << 10;

/// The longest JSON between events that is read, in bytes.
const BARE: usize = 16 << 10;

/// Why a stream can't be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A line or an event is longer than [`LARGEST`].
    #[error("event too large (over {LARGEST} bytes)")]
    TooLarge,
    /// The grammar gave up.
    #[error("not an event stream")]
    Grammar,
}

/// Cuts bytes into events, however they arrive.
pub struct Guard {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// Whole lines that the grammar was not handed yet.
    piece: String,
    /// Whether the last line ended with a carriage return, so that a line feed belongs to it.
    after_return: bool,
    /// Whether no line has ended yet.
    fresh: bool,
    /// Bytes of fields since the last blank line.
    event: usize,
    /// JSON that stands bare between events, as Gemini sends an error in mid-stream, as far as it came.
    bare: Vec<u8>,
    feed: Sender<String>,
    grammar: EventStream<Pieces>,
}

/// What the grammar reads from: pending while nothing was handed on, and never at its end.
struct Pieces(Receiver<String>);

impl Stream for Pieces {
    type Item = Result<String, Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.try_recv().map_or(Poll::Pending, |piece| Poll::Ready(Some(Ok(piece))))
    }
}

impl Default for Guard {
    fn default() -> Self {
        let (feed, pieces) = channel();
        Self {
            line: Vec::new(),
            piece: String::new(),
            after_return: false,
            fresh: true,
            event: 0,
            bare: Vec::new(),
            feed,
            grammar: EventStream::new(Pieces(pieces)),
        }
    }
}

impl Guard {
    /// Takes bytes as they arrived and appends the data of each event that ended with them.
    ///
    /// # Errors
    /// Where the stream can't be read on; the events before that are in `events`.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<String>) -> Result<(), Unreadable> {
        let lines = self.lines(bytes, events);
        self.hand_on(events).and(lines)
    }

    /// How many bytes are held, those of an event that the grammar has not ended among them.
    pub fn held(&self) -> usize {
        self.line.len() + self.piece.len() + self.bare.len() + self.event
    }

    /// Ends the stream: what stands in it without a line end or a blank line counts as if it had both.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(&mut self, events: &mut Vec<String>) -> Result<(), Unreadable> {
        // A carriage return at the very end takes the first of these for its own.
        self.push(b"\n\n\n", events)
    }

    fn lines(&mut self, mut bytes: &[u8], events: &mut Vec<String>) -> Result<(), Unreadable> {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + part.len() > LARGEST {
                return Err(Unreadable::TooLarge);
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { break };
            self.after_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line(events)?;
        }
        Ok(())
    }

    fn end_line(&mut self, events: &mut Vec<String>) -> Result<(), Unreadable> {
        match self.line.first() {
            None => {
                self.event = 0;
                self.bare.clear();
            }
            Some(b':') => {}
            Some(_) => self.event += self.line.len() + 1,
        }
        if self.event > LARGEST {
            return Err(Unreadable::TooLarge);
        }
        if self.is_bare() {
            return self.end_bare(events);
        }
        if !self.piece.is_empty() && self.piece.len() + self.line.len() >= PIECE {
            self.hand_on(events)?;
        }
        // A line end is never a part of a longer character, so decoding by lines is decoding the whole.
        let text = String::from_utf8_lossy(&self.line);
        let text = if std::mem::take(&mut self.fresh) { text.trim_start_matches('\u{feff}') } else { &text };
        self.piece.push_str(text);
        self.piece.push('\n');
        self.line.clear();
        Ok(())
    }

    /// Whether the line belongs to bare JSON: no field of an event begins as that does.
    fn is_bare(&self) -> bool {
        let begins = !self.fresh && self.event == self.line.len() + 1 && matches!(self.line[0], b'{' | b'[');
        !self.line.is_empty() && (begins || !self.bare.is_empty())
    }

    /// Takes the line into the bare JSON, which is an event once it is whole. What is too long for an error is dropped.
    fn end_bare(&mut self, events: &mut Vec<String>) -> Result<(), Unreadable> {
        self.event = 0;
        self.bare.append(&mut self.line);
        if self.bare.len() > BARE {
            self.bare.clear();
        } else if self.bare.ends_with(b"}") || self.bare.ends_with(b"]") {
            let whole = serde_json::from_slice::<serde::de::IgnoredAny>(&self.bare).is_ok();
            if whole {
                self.hand_on(events)?;
                events.push(String::from_utf8_lossy(&self.bare).into_owned());
                self.bare.clear();
            }
        }
        Ok(())
    }

    fn hand_on(&mut self, events: &mut Vec<String>) -> Result<(), Unreadable> {
        if self.piece.is_empty() {
            return Ok(());
        }
        self.feed.send(std::mem::take(&mut self.piece)).map_err(|_| Unreadable::Grammar)?;
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match Pin::new(&mut self.grammar).poll_next(&mut context) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Some(Ok(event))) => events.push(event.data),
                Poll::Ready(_) => return Err(Unreadable::Grammar),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The events of a stream that arrives in these chunks.
    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, Unreadable> {
        let (mut guard, mut events) = (Guard::default(), Vec::new());
        for chunk in chunks {
            guard.push(chunk, &mut events)?;
        }
        guard.finish(&mut events)?;
        Ok(events)
    }

    /// Checks a stream whole, cut in two at every byte, and byte by byte.
    fn check(stream: &[u8], expected: &[&str]) {
        let shown = String::from_utf8_lossy(stream);
        assert_eq!(read([stream]).unwrap(), expected, "{shown:?}");
        assert_eq!(read(stream.chunks(1)).unwrap(), expected, "{shown:?} byte by byte");
        for cut in 0..stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(read([head, tail]).unwrap(), expected, "{shown:?} cut at {cut}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_stripped() {
        check(b"\xef\xbb\xbfdata: a\n\ndata: b\n\n", &["a", "b"]);
        check(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", &["a"]);
        check(b"\xef\xbb\xbf\n\xef\xbb\xbfdata: hidden\ndata: a\n\n", &["a"]);
        check(b"\xef\xbb\xbf", &[]);
    }

    #[test]
    fn every_line_end_is_one() {
        check(b"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", &["a\nb", "c"]);
        check(b"data: a\rdata: b\r\rdata: c\r\r", &["a\nb", "c"]);
        check(b"data: a\n\ndata: b\r\r\ndata: c\r\n\n", &["a", "b", "c"]);
    }

    #[test]
    fn fields_and_comments_keep_their_grammar() {
        check(b": ping\n\nevent: x\nid: 7\nretry: 9\ndata:a\ndata: b\n:\nother: y\n\n", &["a\nb"]);
        check(b"data\n\ndata\ndata\n\n", &["", "\n"]);
        check(b":\n\n:\n\n", &[]);
    }

    #[test]
    fn the_last_event_needs_no_blank_line() {
        for end in ["", "\n", "\r\n", "\r", "\n\n", "\r\r"] {
            check(format!("data: a\n\ndata: b{end}").as_bytes(), &["a", "b"]);
        }
    }

    #[test]
    fn a_bad_byte_spoils_its_character_alone() {
        check(b"data: 1\n\ndata: \xff2\xe6\x9d\n\ndata: 3\n\n", &["1", "\u{fffd}2\u{fffd}", "3"]);
        check("data: 東京 🦀 ü\n\n".as_bytes(), &["東京 🦀 ü"]);
        check(b"data: \0\x1b[31m\n\n", &["\0\x1b[31m"]);
    }

    #[test]
    fn other_bodies_are_no_events() {
        check(b"<!doctype html>\n<html>\n</html>", &[]);
        check(br#"{"error": {"message": "x"}}"#, &[]);
    }

    #[test]
    fn json_between_events_is_one() {
        check(
            b"data: a\n\n{\"error\": {\n  \"code\": 503\n}\n}\n\ndata: b\n\n",
            &["a", "{\"error\": {  \"code\": 503}}", "b"],
        );
        check(b"data: a\n\n[{\"error\": 1}]\n", &["a", "[{\"error\": 1}]"]);
        check(b"data: a\n\n{\"cut\n\ndata: b\n\n", &["a", "b"]);
        check(b"data: a\n{\"error\": 1}\n\n", &["a"]);
        let long = format!("data: a\n\n{{\n{}}}\n\ndata: b\n\n", "  x\n".repeat(BARE));
        assert_eq!(read([long.as_bytes()]).unwrap(), ["a", "b"]);
    }

    #[test]
    fn a_line_and_an_event_have_a_cap() {
        let mut stream = b"data: first\n\ndata: ".to_vec();
        stream.resize(stream.len() + LARGEST, b'x');
        let (mut guard, mut events) = (Guard::default(), Vec::new());
        let ended = stream.chunks(8192).try_for_each(|chunk| guard.push(chunk, &mut events));
        assert_eq!((ended, events), (Err(Unreadable::TooLarge), vec!["first".to_owned()]));

        let many = b"data: 0123456789\n".repeat(LARGEST / 16);
        assert_eq!(read([many.as_slice()]).err(), Some(Unreadable::TooLarge));
        let comments = b": 0123456789\n".repeat(LARGEST / 10);
        assert_eq!(read([comments.as_slice()]), Ok(vec![]));
    }

    #[test]
    fn a_long_line_arrives_whole() {
        let long = "x".repeat(LARGEST - 100);
        let stream = format!("data: {long}\n\n");
        assert_eq!(read(stream.as_bytes().chunks(1000)), Ok(vec![long]));
    }

    #[test]
    fn many_events_in_one_chunk_are_read_in_small_pieces() {
        let stream = b"data: {\"n\": 1, \"text\": \"some words of an answer\"}\n\n".repeat(80_000);
        assert_eq!(read([stream.as_slice()]).map(|events| events.len()), Ok(80_000));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_chunks_give_the_same_events(
            parts in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..12),
                    Just(b"data: ".to_vec()), Just(b"\n".to_vec()), Just(b"\r".to_vec()), Just(b"\n\n".to_vec()),
                    Just(b"\xef\xbb\xbf".to_vec()), Just("ü東".as_bytes().to_vec()), Just(b":".to_vec()),
                ],
                0..24,
            ),
            size in 1_usize..9,
        ) {
            let stream = parts.concat();
            let whole = read([stream.as_slice()]);
            prop_assert_eq!(&whole, &read(stream.chunks(size)));
            let bytes: usize = whole.unwrap().iter().map(String::len).sum();
            prop_assert!(bytes <= 3 * stream.len());
        }
    }
}
