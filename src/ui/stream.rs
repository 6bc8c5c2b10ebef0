//! One growing answer as lines of one width: what can't change any more is drawn once and kept, the rest is drawn again.
//!
//! The text is read from the last frozen byte only. Every unit but the last is frozen, and only what stands before the last
//! newline counts: a line that isn't complete may still turn into anything. Inside a top-level code fence each complete line is
//! frozen. A block that outgrows [`LONGEST`] is cut there, whole and streamed alike. While the open tail is large it is read again
//! only when it has grown by a 32nd; the growth in between is shown as it stands.
//!
//! It does no scrolling and no drawing, and it expects text that passed `core::clean`.

use super::markdown;
use super::wrap::{Break, Hang, Run, wrap};
pub use super::wrap::{Line, Piece, Tone};

/// Bytes after which a block is cut, so that no answer can make one step expensive.
pub const LONGEST: usize = 32 * 1024;

/// Bytes read at first to find the end of a unit.
const WINDOW: usize = 1024;

/// An open tail up to this many bytes is drawn anew at every change.
const SMALL: usize = 2 * 1024;

/// Bytes at the end of the seen text that are compared to notice a revision.
const PROBE: usize = 64;

/// The lines of one answer at one width.
#[derive(Clone, Debug)]
pub struct StreamText {
    lines: Vec<Line>,
    frozen_lines: usize,
    cursor: Cursor,
    /// A hash of the text before the cursor.
    hash: u64,
    width: usize,
    finished: bool,
    /// How much text was given.
    seen: usize,
    probe: Vec<u8>,
    /// How much text the tail was last read with, the number of lines then, and the last of them.
    read: usize,
    read_lines: usize,
    read_last: Option<Line>,
}

/// Where reading goes on.
#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    at: usize,
    fence: Option<Fence>,
}

/// An open code fence.
#[derive(Clone, Copy, Debug)]
struct Fence {
    mark: u8,
    len: usize,
    /// Whether the opening line is still to be drawn.
    opening: bool,
    /// Whether the cursor stands inside a line that was cut.
    mid_line: bool,
}

impl Default for StreamText {
    fn default() -> Self {
        Self::new()
    }
}

impl StreamText {
    /// Begins with no text.
    pub fn new() -> Self {
        Self {
            lines: Vec::new(),
            frozen_lines: 0,
            cursor: Cursor::default(),
            hash: HASH_SEED,
            width: 1,
            finished: false,
            seen: 0,
            probe: Vec::new(),
            read: 0,
            read_lines: 0,
            read_last: None,
        }
    }

    /// Takes the whole clean text so far. It starts over if the width changed or the text isn't a longer form of the last one.
    ///
    /// A change inside the frozen part that keeps the length and the last 64 bytes is noticed when the answer is finished.
    pub fn update(&mut self, clean: &str, width: u16, finished: bool) {
        let width = usize::from(width).max(1);
        if width != self.width || !self.extends(clean, finished) {
            *self = Self { width, ..Self::new() };
        }
        if clean.len() == self.seen && finished == self.finished {
            return;
        }
        let grown = clean.len() - self.read;
        let tail = clean.len() - self.cursor.at;
        if !finished && tail > SMALL && grown < tail / 32 && self.read > self.cursor.at {
            self.show_growth(clean);
        } else {
            self.read_on(clean, finished);
        }
        self.finished = finished;
        self.seen = clean.len();
        self.probe.clear();
        self.probe.extend_from_slice(&clean.as_bytes()[clean.len().saturating_sub(PROBE)..]);
    }

    /// The lines, from top to bottom.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Says whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The line at an index from the top.
    pub fn line(&self, index: usize) -> Option<&Line> {
        self.lines.get(index)
    }

    /// The index of the first line that shows text behind a byte offset of the clean text; the last line if there is none.
    pub fn line_of(&self, byte_offset: usize) -> usize {
        let line = self.lines.partition_point(|line| line.source.end <= byte_offset);
        line.min(self.lines.len().saturating_sub(1))
    }

    /// How many lines, from the top, can't change any more while the answer grows.
    pub fn frozen_lines(&self) -> usize {
        self.frozen_lines
    }

    fn extends(&self, clean: &str, finished: bool) -> bool {
        let ends = [self.cursor.at, self.read, self.read_last.as_ref().map_or(0, |line| line.source.end)];
        let same = clean.len() >= self.seen
            && ends.iter().all(|&at| clean.is_char_boundary(at))
            && clean.as_bytes()[self.seen - self.probe.len()..self.seen] == self.probe[..];
        let closed = self.finished && (clean.len() != self.seen || !finished);
        let ending = finished && !self.finished && same;
        same && !closed && !(ending && hash(HASH_SEED, &clean.as_bytes()[..self.cursor.at]) != self.hash)
    }

    fn read_on(&mut self, clean: &str, finished: bool) {
        let from = self.cursor.at;
        self.lines.truncate(self.frozen_lines);
        let complete = clean.len() - from > LONGEST || clean.as_bytes()[self.read..].contains(&b'\n');
        if finished || complete {
            self.cursor = draw_on(self.cursor, clean, finished, self.width, &mut self.lines);
            self.frozen_lines = self.lines.len();
            self.hash = hash(self.hash, &clean.as_bytes()[from..self.cursor.at]);
        }
        if !finished && self.cursor.fence.is_some() {
            draw_on(self.cursor, clean, true, self.width, &mut self.lines);
        } else if !finished {
            // The tail is one unit and perhaps the first line of another: not worth finding out which.
            markdown::draw(clean, self.cursor.at..clean.len(), self.width, &mut self.lines);
        }
        self.read = clean.len();
        self.read_lines = self.lines.len();
        self.read_last =
            self.lines.last().filter(|_| !finished && self.read_lines > self.frozen_lines).cloned();
    }

    /// Shows what came since the tail was last read behind its last line, as it stands.
    fn show_growth(&mut self, clean: &str) {
        let Some(last) = &self.read_last else { return };
        self.lines.truncate(self.read_lines - 1);
        let mut runs: Vec<Run<'_>> = last.pieces.iter().map(Run::from_piece).collect();
        let from = last.source.end.max(self.cursor.at);
        runs.push(Run::exact(clean, from..clean.len(), Tone::Plain));
        let at = if self.cursor.fence.is_some() { Break::Cells } else { Break::Words };
        let index = self.lines.len();
        wrap(&runs, &Hang::default(), self.width, at, &mut self.lines);
        if let Some(line) = self.lines.get_mut(index) {
            line.first_of_block = last.first_of_block;
        }
    }
}

/// Draws all units that are complete, or all there is at the `end`, and says where to go on.
fn draw_on(mut cursor: Cursor, text: &str, end: bool, width: usize, out: &mut Vec<Line>) -> Cursor {
    let mut size = WINDOW;
    while cursor.at < text.len() {
        if let Some(fence) = cursor.fence {
            let Some(next) = draw_fence_line(cursor.at, fence, text, end, width, out) else { return cursor };
            cursor = next;
            continue;
        }
        cursor.at += blank_lines(&text[cursor.at..]);
        let (stop, full) = window(text, cursor.at, size);
        let last = end && !full;
        let stop = if last { text.len() } else { stop };
        let before = cursor.at;
        if stop > cursor.at {
            let units = markdown::units(text, cursor.at..stop);
            let cut = full && size >= LONGEST && units.len() == 1;
            let complete = if last || cut { units.len() } else { units.len() - 1 };
            for (i, unit) in units.into_iter().enumerate() {
                if unit.fenced {
                    // The opening line is complete, so it is a fence whatever follows.
                    cursor = Cursor { at: unit.range.start, fence: Some(Fence::open(&text[unit.range])) };
                    break;
                }
                if i >= complete {
                    break;
                }
                cursor.at = unit.range.end;
                markdown::draw(text, unit.range, width, out);
            }
        }
        if cursor.at > before || cursor.fence.is_some() {
            size = WINDOW;
        } else if full {
            size = (size * 4).min(LONGEST);
        } else {
            return cursor;
        }
    }
    cursor
}

/// The end of the text that may be judged from `at`, and whether there is more text than `size`.
fn window(text: &str, at: usize, size: usize) -> (usize, bool) {
    let limit = boundary(text, at.saturating_add(size));
    let full = text.len() - at > size;
    let slice = &text[at..limit];
    let newline = slice.rfind('\n').map(|i| at + i + 1);
    let stop = match newline {
        Some(stop) => stop,
        // A single line longer than any window: between words if there is a place.
        None if full && size >= LONGEST => slice.rfind(' ').map_or(limit, |i| at + i + 1),
        None => at,
    };
    (stop, full)
}

/// The length of the blank lines that a text begins with.
fn blank_lines(text: &str) -> usize {
    let blank = text.bytes().take_while(|byte| matches!(byte, b' ' | b'\n')).count();
    text[..blank].rfind('\n').map_or(0, |at| at + 1)
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn draw_fence_line(
    at: usize,
    mut fence: Fence,
    text: &str,
    end: bool,
    width: usize,
    out: &mut Vec<Line>,
) -> Option<Cursor> {
    let limit = boundary(text, at + LONGEST);
    let newline = text.as_bytes()[at..limit].iter().position(|&byte| byte == b'\n').map(|i| at + i);
    let (line_end, next) = match newline {
        Some(newline) => (newline, newline + 1),
        None if end || text.len() - at > LONGEST => (limit, limit),
        None => return None,
    };
    let closes = !fence.opening && !fence.mid_line && fence.is_closed_by(&text[at..line_end]);
    let tone = if fence.opening || closes { Tone::Marker } else { Tone::Code };
    markdown::code_line(text, at..line_end, tone, fence.opening, width, out);
    fence.opening = false;
    fence.mid_line = newline.is_none();
    Some(Cursor { at: next, fence: Some(fence).filter(|_| !closes) })
}

impl Fence {
    fn open(text: &str) -> Self {
        let bytes = text.trim_start_matches(' ').as_bytes();
        let mark = bytes.first().copied().unwrap_or(b'`');
        let len = bytes.iter().take_while(|&&byte| byte == mark).count();
        Self { mark, len, opening: true, mid_line: false }
    }

    fn is_closed_by(self, line: &str) -> bool {
        let bare = line.trim_start_matches(' ');
        let marks = bare.bytes().take_while(|&byte| byte == self.mark).count();
        line.len() - bare.len() < 4 && marks >= self.len && bare[marks..].trim().is_empty()
    }
}

const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: it must give the same however the text is cut.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests;
