//! The one grammar of server-sent events: cuts bytes into events, however they arrive. What an event means is no matter of
//! this file.
//!
//! It is that of the HTML standard, and gentler where servers are careless: bad bytes spoil their character alone, the end
//! ends an event that no blank line follows, and JSON that stands bare between events is one. Names of events, their
//! numbers and times to wait are passed over. Each byte is looked at once, and what is held has a bound.

/// The longest line, and the longest event, in bytes.
pub const LARGEST: usize = 1 << 20;

/// The longest JSON between events that is read, in bytes.
const BARE: usize = 16 << 10;

/// The byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a stream can't be read on: a line or an event is longer than [`LARGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event too large (over {LARGEST} bytes)")]
pub struct Unreadable;

/// Cuts bytes into events, however they arrive.
#[derive(Debug)]
pub struct Events {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The data of the event that has not ended yet, a line feed after each line.
    data: String,
    /// Whether the last line ended with a carriage return, so that a line feed belongs to it.
    after_return: bool,
    /// Whether no line has ended yet.
    fresh: bool,
    /// Bytes of fields since the last blank line.
    event: usize,
    /// JSON that stands bare between events, as Gemini sends an error in mid-stream, as far as it came.
    bare: Vec<u8>,
}

impl Default for Events {
    fn default() -> Self {
        let (line, data, bare) = Default::default();
        Self { line, data, after_return: false, fresh: true, event: 0, bare }
    }
}

impl Events {
    /// Takes bytes as they arrived and appends the data of each event that ended with them.
    ///
    /// # Errors
    /// Where the stream can't be read on; the events before that are in `events`.
    pub fn push(&mut self, mut bytes: &[u8], events: &mut Vec<String>) -> Result<(), Unreadable> {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + part.len() > LARGEST {
                return Err(Unreadable);
            }
            let Some(end) = end else {
                self.line.extend_from_slice(part);
                break;
            };
            self.after_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if self.line.is_empty() {
                self.end_line(part, events)?;
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(part);
                self.end_line(&line, events)?;
            }
        }
        Ok(())
    }

    /// How many bytes are held.
    pub fn held(&self) -> usize {
        self.line.len() + self.data.len() + self.bare.len()
    }

    /// Ends the stream: what stands in it without a line end or a blank line counts as if it had both.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(&mut self, events: &mut Vec<String>) -> Result<(), Unreadable> {
        // A carriage return at the very end takes the first of these for its own.
        self.push(b"\n\n\n", events)
    }

    fn end_line(&mut self, line: &[u8], events: &mut Vec<String>) -> Result<(), Unreadable> {
        match line.first() {
            None => {
                self.event = 0;
                self.bare.clear();
            }
            Some(b':') => {}
            Some(_) => self.event += line.len() + 1,
        }
        if self.event > LARGEST {
            return Err(Unreadable);
        }
        if self.is_bare(line) {
            self.end_bare(line, events);
            return Ok(());
        }
        let mut line = line;
        if std::mem::take(&mut self.fresh) {
            while let Some(rest) = line.strip_prefix(MARK) {
                line = rest;
            }
        }
        if line.is_empty() {
            if self.data.pop().is_some() {
                events.push(std::mem::take(&mut self.data));
            }
        } else if let Some(value) = data(line) {
            // Neither a line end nor a colon is ever a part of a longer character, so this is as if the whole was decoded.
            self.data.push_str(&String::from_utf8_lossy(value));
            self.data.push('\n');
        }
        Ok(())
    }

    /// Whether the line belongs to bare JSON: no field of an event begins as that does.
    fn is_bare(&self, line: &[u8]) -> bool {
        let begins = !self.fresh && self.event == line.len() + 1 && matches!(line.first(), Some(b'{' | b'['));
        !line.is_empty() && (begins || !self.bare.is_empty())
    }

    /// Takes the line into the bare JSON, which is an event once it is whole. What is too long for an error is dropped.
    fn end_bare(&mut self, line: &[u8], events: &mut Vec<String>) {
        self.event = 0;
        self.bare.extend_from_slice(line);
        if self.bare.len() > BARE {
            self.bare.clear();
        } else if self.bare.ends_with(b"}") || self.bare.ends_with(b"]") {
            let whole = serde_json::from_slice::<serde::de::IgnoredAny>(&self.bare).is_ok();
            if whole {
                events.push(String::from_utf8_lossy(&self.bare).into_owned());
                self.bare.clear();
            }
        }
    }
}

/// The value of the line's field, if that is data.
fn data(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b"data")? {
        [] => Some(b""),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The events of a stream that arrives in these chunks.
    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, Unreadable> {
        let (mut reader, mut events) = (Events::default(), Vec::new());
        for chunk in chunks {
            reader.push(chunk, &mut events)?;
        }
        reader.finish(&mut events)?;
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
        let (mut reader, mut events) = (Events::default(), Vec::new());
        let ended = stream.chunks(8192).try_for_each(|chunk| reader.push(chunk, &mut events));
        assert_eq!((ended, events), (Err(Unreadable), vec!["first".to_owned()]));

        let many = b"data: 0123456789\n".repeat(LARGEST / 16);
        assert_eq!(read([many.as_slice()]).err(), Some(Unreadable));
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
