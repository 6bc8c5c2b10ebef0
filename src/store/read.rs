//! Reading a log byte by byte: what can be read is read, what can't is counted, and nothing is ever changed here.
//!
//! Framing is LF alone, so text may hold any other line break; a bad byte costs one record, never the file.

use super::{EVENTS, StoreError, directory};
use crate::core::event::VERSION;
use crate::core::{Event, Record, SessionId};
use serde::Deserialize;
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// The longest line that is read; a longer one is skipped.
const LONGEST_LINE: u64 = 64 << 20;

/// What a log held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opened {
    /// The records, in the order of the file, each number once.
    pub records: Vec<Record>,
    /// How many bytes at the end were no whole record; cut from the file when it was opened for writing.
    pub torn: Option<u64>,
    /// How many records in the middle could not be read and were skipped.
    pub unreadable: usize,
    /// How many records bore a number that was there already and were skipped.
    pub repeated: usize,
    /// One line for the person, where anything of the above happened.
    pub notice: Option<String>,
}

/// Reads a session without changing or locking anything; it may be open in another synod.
///
/// # Errors
/// One line, when there is no such session or it can't be read at all.
pub fn read(root: &Path, id: &SessionId) -> Result<Opened, StoreError> {
    let path = directory(root, id)?.join(EVENTS);
    let file = open(&path, OpenOptions::new().read(true)).map_err(|error| named(&path, id, error))?;
    let (mut opened, _) = scan(file).map_err(|error| StoreError::of(&path, error))?;
    opened.notice = notice(&opened, "left out");
    Ok(opened)
}

/// Opens a log; anything but a plain file is an error (a pipe would wait for ever).
pub(super) fn open(path: &Path, how: &OpenOptions) -> io::Result<File> {
    if path.metadata()?.is_file() { how.open(path) } else { Err(io::ErrorKind::IsADirectory.into()) }
}

/// The error of a log that can't be opened, by the session's name where that says more.
pub(super) fn named(path: &Path, id: &SessionId, error: io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::NotFound {
        StoreError::NotFound(id.0.clone())
    } else {
        StoreError::of(path, error)
    }
}

/// Reads every record of a log, and where its last whole line ends.
pub(super) fn scan(source: impl Read) -> io::Result<(Opened, u64)> {
    let mut opened = Opened::default();
    let mut seen = HashSet::new();
    let mut lines = Lines::new(source);
    let mut good = 0;
    // Only the next line tells whether a bad one was the last one.
    let mut bad: Option<u64> = None;
    while let Some(line) = lines.next()? {
        if let Some(end) = bad.take() {
            opened.unreadable += 1;
            good = end;
        }
        if !line.whole {
            break;
        }
        match line.bytes.map_or(Parsed::Foreign, parse) {
            Parsed::Record(record) if seen.insert(record.seq) => opened.records.push(*record),
            Parsed::Record(_) => opened.repeated += 1,
            Parsed::Blank => {}
            // Valid JSON is nobody's torn line: it stays in the file, wherever it stands.
            Parsed::Foreign => opened.unreadable += 1,
            Parsed::Garbage => {
                bad = Some(line.end);
                continue;
            }
        }
        good = line.end;
    }
    opened.torn = Some(lines.at - good).filter(|torn| *torn > 0);
    Ok((opened, good))
}

/// The line for the person, where reading found anything amiss.
pub(super) fn notice(opened: &Opened, fate: &str) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(torn) = opened.torn {
        parts.push(format!("the last record was torn ({torn} bytes, {fate})"));
    }
    let records = |count: usize| if count == 1 { "1 record".to_owned() } else { format!("{count} records") };
    if opened.unreadable > 0 {
        parts.push(format!("{} unreadable, skipped", records(opened.unreadable)));
    }
    if opened.repeated > 0 {
        parts.push(format!("{} repeated, skipped", records(opened.repeated)));
    }
    if parts.is_empty() { None } else { Some(format!("recovered: {}", parts.join("; "))) }
}

/// What a line turned out to be.
enum Parsed {
    /// A record, perhaps of a kind this version does not know.
    Record(Box<Record>),
    /// Nothing.
    Blank,
    /// JSON, or too long to look at, but no record.
    Foreign,
    /// No JSON.
    Garbage,
}

fn parse(line: &[u8]) -> Parsed {
    /// What a record of any version has.
    #[derive(Deserialize)]
    struct Head {
        v: u8,
        seq: u64,
        at: u64,
    }
    if line.trim_ascii().is_empty() {
        return Parsed::Blank;
    }
    if let Ok(record) = serde_json::from_slice::<Record>(line) {
        return Parsed::Record(Box::new(record));
    }
    match serde_json::from_slice::<Head>(line) {
        Ok(Head { v, seq, at }) if v > VERSION => {
            Parsed::Record(Box::new(Record { v, seq, at, event: Event::Unknown }))
        }
        Ok(_) => Parsed::Foreign,
        Err(_) if serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok() => Parsed::Foreign,
        Err(_) => Parsed::Garbage,
    }
}

/// A file cut into lines, with a bound on how much of it is held.
pub(super) struct Lines<R> {
    source: BufReader<R>,
    buffer: Vec<u8>,
    longest: u64,
    /// How many bytes were read.
    pub(super) at: u64,
}

/// One line.
pub(super) struct Line<'a> {
    /// Its bytes without the line break; `None` for a line that is too long.
    pub(super) bytes: Option<&'a [u8]>,
    /// Where the next one begins.
    pub(super) end: u64,
    /// Whether it ends with a line break.
    pub(super) whole: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source: BufReader::with_capacity(1 << 16, source),
            buffer: Vec::new(),
            longest: LONGEST_LINE,
            at: 0,
        }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        const BOM: &[u8] = b"\xef\xbb\xbf";
        self.buffer.clear();
        let first = self.at == 0;
        let mut length = self.source.by_ref().take(self.longest).read_until(b'\n', &mut self.buffer)? as u64;
        if length == 0 {
            return Ok(None);
        }
        let mut whole = self.buffer.last() == Some(&b'\n');
        let fits = whole || length < self.longest;
        if !fits {
            // What was held is let go before the rest is looked through piece by piece.
            self.buffer = Vec::new();
            while !whole {
                self.buffer.clear();
                let piece = self.source.by_ref().take(1 << 16).read_until(b'\n', &mut self.buffer)?;
                if piece == 0 {
                    break;
                }
                length += piece as u64;
                whole = self.buffer.last() == Some(&b'\n');
            }
        }
        self.at += length;
        let end = self.buffer.len() - usize::from(whole);
        let bytes = &self.buffer[..end];
        let bytes = if first { bytes.strip_prefix(BOM).unwrap_or(bytes) } else { bytes };
        Ok(Some(Line { bytes: fits.then_some(bytes), end: self.at, whole }))
    }
}
