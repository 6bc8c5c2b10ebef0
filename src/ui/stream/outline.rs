//! Where a growing text may be cut: which of its blocks can't change any more, found once, for every width.
//!
//! The text is read from the last cut only. Every block but the last is cut off, and only what stands before the last
//! newline counts: a line that isn't complete may still turn into anything. Inside a top-level code fence each complete line
//! is cut off. A block that outgrows [`LONGEST`] is cut there, whole and streamed alike. While the open end is large it is read
//! again only when it has grown by a 32nd.
//!
//! It draws nothing and knows no width.

use super::Budget;
use super::fence::Fence;
use crate::ui::markdown;
use std::ops::Range;

/// Bytes after which a block is cut, so that no answer can make one step expensive.
pub const LONGEST: usize = 16 * 1024;

/// Bytes read at first to find the end of a block.
const WINDOW: usize = 2 * 1024;

/// An open end up to this many bytes is read anew at every change.
const SMALL: usize = 2 * 1024;

/// Bytes after which a part is closed: what is laid out, counted and forgotten together. Tests have many in a short text.
const PART: usize = if cfg!(test) { 8 } else { 256 };

/// Bytes at the end of the seen text that are compared to notice a revision.
const PROBE: usize = 64;

/// What a text is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Markdown.
    #[default]
    Markdown,
    /// Lines that are shown as they are.
    Plain,
}

/// A piece of the text that is drawn by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub range: Range<usize>,
    pub what: What,
}

/// How a piece is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A block of Markdown, or an item of a list.
    Block,
    /// The line that opens a code fence.
    Opening,
    /// Lines inside a code fence.
    Code,
    /// The line that closes it.
    Closing,
    /// Lines without markup.
    Plain,
}

/// Where reading goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    pub at: usize,
    pub fence: Option<Fence>,
}

/// The cuts of one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    kind: Kind,
    /// Where it begins: not at 0 where it stands in for one that isn't read that far yet.
    from: usize,
    steps: Vec<Step>,
    /// The first step of each closed part.
    parts: Vec<usize>,
    /// The first step behind the closed parts.
    open: usize,
    cursor: Cursor,
    /// How much text the open end was last read with.
    read: usize,
    /// Whether there is text that could be read at once.
    pending: bool,
    finished: bool,
    seen: usize,
    probe: Vec<u8>,
    hash: Hash,
}

impl Outline {
    /// Begins at a place.
    pub(super) fn new(kind: Kind, cursor: Cursor) -> Self {
        let hash = Hash { at: cursor.at, ..Hash::default() };
        Self { kind, from: cursor.at, cursor, read: cursor.at, seen: cursor.at, hash, ..Self::default() }
    }

    /// Takes the whole clean text so far, and reads on: as far as `must` in any case, and then as far as the budget goes.
    ///
    /// False when the text isn't a longer form of the last one: then nothing of the outline holds. A change far back that
    /// keeps the length and the last 64 bytes is noticed when the text is finished.
    pub(super) fn update(&mut self, text: &str, finished: bool, must: usize, budget: &mut Budget) -> bool {
        if !self.extends(text, finished) {
            return false;
        }
        if text.len() == self.seen && finished == self.finished && !self.pending {
            return true;
        }
        let (grown, tail) = (text.len() - self.read, text.len() - self.cursor.at);
        // Lines without markup have no open end: each of them is what it is.
        let large = tail > SMALL && self.read > self.cursor.at && self.kind == Kind::Markdown;
        let waits = !finished && grown < tail / 32;
        if large && (waits || budget.is_spent()) {
            self.pending = !waits;
        } else {
            // What is shown already must not be hidden because it is half read.
            let must = if tail <= 2 * LONGEST { text.len() } else { must };
            self.read_on(text, finished, must, budget);
            self.finished = finished && !self.pending;
        }
        self.seen = text.len();
        self.probe.clear();
        self.probe.extend_from_slice(&text.as_bytes()[text.len().saturating_sub(PROBE).max(self.from)..]);
        true
    }

    fn extends(&self, text: &str, finished: bool) -> bool {
        let same = text.len() >= self.seen
            && [self.cursor.at, self.read].iter().all(|&at| text.is_char_boundary(at))
            && text.as_bytes()[self.seen - self.probe.len()..self.seen] == self.probe[..];
        let closed = self.finished && (text.len() != self.seen || !finished);
        let ending = finished && !self.finished && same;
        same && !closed && !(ending && Hash::of(text, self.from, self.cursor.at) != self.hash)
    }

    fn read_on(&mut self, text: &str, end: bool, must: usize, budget: &mut Budget) {
        let complete = text.len() - self.cursor.at > LONGEST || text.as_bytes()[self.read..].contains(&b'\n');
        let pending = std::mem::take(&mut self.pending);
        if end || complete || pending {
            self.advance(text, end, must, budget);
            self.hash.go_on(text, self.cursor.at);
        }
        if end && !self.pending && self.open < self.steps.len() {
            self.parts.push(self.open);
            self.open = self.steps.len();
        }
        self.read = if self.pending { self.cursor.at } else { text.len() };
    }

    fn advance(&mut self, text: &str, end: bool, must: usize, budget: &mut Budget) {
        let mut size = WINDOW;
        while self.cursor.at < text.len() {
            if budget.is_spent() && self.cursor.at >= must {
                self.pending = true;
                return;
            }
            let on = match (self.kind, self.cursor.fence) {
                (Kind::Plain, _) => self.plain_lines(text, end, budget),
                (Kind::Markdown, Some(fence)) => self.fence_line(text, fence, end, budget),
                (Kind::Markdown, None) => self.blocks(text, end, &mut size, budget),
            };
            if !on {
                return;
            }
        }
    }

    /// Reads the blocks of a window. False when there is nothing to be judged yet.
    fn blocks(&mut self, text: &str, end: bool, size: &mut usize, budget: &mut Budget) -> bool {
        self.cursor.at += blank_lines(&text[self.cursor.at..]);
        let (stop, full) = window(text, self.cursor.at, *size);
        let last = end && !full;
        let stop = if last { text.len() } else { stop };
        let before = self.cursor.at;
        if stop > before {
            budget.read(stop - before);
            let units = markdown::units(text, before..stop);
            let cut = full && *size >= LONGEST && units.len() == 1;
            let complete = if last || cut { units.len() } else { units.len() - 1 };
            for (i, unit) in units.into_iter().enumerate() {
                if unit.fenced {
                    // The opening line is complete, so it is a fence whatever follows.
                    self.fence(text, &unit.range, end, budget);
                    let rest = text.get(self.cursor.at..unit.range.end).unwrap_or_default();
                    // The blocks behind it hold too if it ends where the parser says, as it does.
                    if i >= complete || self.cursor.fence.is_some() || !rest.trim().is_empty() {
                        break;
                    }
                } else if i < complete {
                    self.push(Step { range: unit.range.clone(), what: What::Block });
                } else {
                    break;
                }
                self.cursor.at = unit.range.end;
            }
        }
        if self.cursor.at > before || self.cursor.fence.is_some() {
            *size = WINDOW;
        } else if full {
            *size = (*size * 4).min(LONGEST);
        } else {
            return false;
        }
        true
    }

    /// Reads a fence as far as its lines are complete, within a range.
    fn fence(&mut self, text: &str, range: &Range<usize>, end: bool, budget: &mut Budget) {
        self.cursor = Cursor { at: range.start, fence: Some(Fence::open(&text[range.clone()])) };
        while let Some(fence) = self.cursor.fence {
            if self.cursor.at >= range.end || !self.fence_line(text, fence, end, budget) {
                break;
            }
        }
    }

    fn fence_line(&mut self, text: &str, fence: Fence, end: bool, budget: &mut Budget) -> bool {
        let at = self.cursor.at;
        let limit = boundary(text, at + LONGEST);
        let newline = text.as_bytes()[at..limit].iter().position(|&byte| byte == b'\n').map(|i| at + i);
        let (line_end, next) = match newline {
            Some(newline) => (newline, newline + 1),
            None if end || text.len() - at > LONGEST => (limit, limit),
            None => return false,
        };
        let (what, fence) = fence.line(&text[at..line_end], newline.is_none());
        self.cursor = Cursor { at: next, fence };
        self.push(Step { range: at..line_end, what });
        budget.read((next - at) / 4);
        true
    }

    fn plain_lines(&mut self, text: &str, end: bool, budget: &mut Budget) -> bool {
        let at = self.cursor.at;
        let limit = boundary(text, at + PART);
        let newline = |range: Range<usize>| {
            let from = range.start;
            text.as_bytes()[range].iter().position(|&byte| byte == b'\n').map(|i| from + i)
        };
        let longest = boundary(text, at + LONGEST);
        let (line_end, next) = match newline(limit..longest) {
            Some(newline) => (newline, newline + 1),
            // A newline at the end ends the last line and begins no other.
            None if end && longest == text.len() => (longest - usize::from(text.ends_with('\n')), longest),
            None if text.len() - at > LONGEST => {
                let cut = text[at..longest].rfind(' ').map_or(longest, |i| at + i + 1);
                (cut, cut)
            }
            None => return false,
        };
        self.cursor.at = next;
        self.push(Step { range: at..line_end, what: What::Plain });
        budget.read((next - at) / 8);
        true
    }

    fn push(&mut self, step: Step) {
        let end = step.range.end;
        let open = self.steps.len() > self.open;
        match self.steps.last_mut() {
            // A line that was cut goes on right behind it, and stays apart.
            Some(last)
                if open
                    && (last.what, step.what) == (What::Code, What::Code)
                    && last.range.end < step.range.start =>
            {
                last.range.end = end;
            }
            _ => self.steps.push(step),
        }
        if end - self.steps[self.open].range.start >= PART {
            self.parts.push(self.open);
            self.open = self.steps.len();
        }
    }

    /// Where it begins.
    pub(super) fn from(&self) -> usize {
        self.from
    }

    /// How far the text is cut up.
    pub(super) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Whether all that can be judged was.
    pub(super) fn complete(&self) -> bool {
        !self.pending
    }

    /// Whether the text is cut up, or its end at least shown as it stands, as far as a byte.
    pub(super) fn reaches(&self, to: usize) -> bool {
        !self.pending || self.read > self.cursor.at || self.cursor.at >= to
    }

    /// How many parts are closed.
    pub(super) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Where a part begins; for the number behind the last, where the open end does.
    pub(super) fn start(&self, part: usize) -> usize {
        let step = self.parts.get(part).copied().unwrap_or(self.open);
        self.steps.get(step).map_or(self.cursor.at, |step| step.range.start)
    }

    /// The part that a byte is in, the open end included.
    pub(super) fn part_of(&self, byte: usize) -> usize {
        let behind = self.parts.partition_point(|&step| self.steps[step].range.start <= byte);
        if byte >= self.start(self.parts.len()) { self.parts.len() } else { behind.saturating_sub(1) }
    }

    /// The steps of a part; for the number behind the last, those of the open end.
    pub(super) fn steps(&self, part: usize) -> &[Step] {
        let step = |part: usize| self.parts.get(part).copied();
        let from = step(part).unwrap_or(self.open);
        let to = if part < self.parts.len() { step(part + 1).unwrap_or(self.open) } else { self.steps.len() };
        &self.steps[from..to]
    }

    /// The steps of the open end as if nothing followed, and up to where the text was read for them.
    pub(super) fn tail(&self, text: &str) -> Vec<Step> {
        let mut rest = Self { kind: self.kind, from: self.cursor.at, cursor: self.cursor, ..Self::default() };
        let text = &text[..self.read.max(self.cursor.at)];
        if self.cursor.at >= text.len() {
            return Vec::new();
        }
        if self.kind == Kind::Markdown && self.cursor.fence.is_none() {
            // It is one block and perhaps the first line of another: not worth finding out which.
            return vec![Step { range: self.cursor.at..text.len(), what: What::Block }];
        }
        rest.advance(text, true, usize::MAX, &mut Budget::default());
        rest.steps
    }

    /// What the open end depends on: another key, another look.
    pub(super) fn tail_key(&self) -> (usize, usize) {
        (self.open, self.read)
    }

    /// How much text the open end was last read with.
    pub(super) fn read(&self) -> usize {
        self.read
    }

    /// Whether the text goes on inside a code fence.
    pub(super) fn in_fence(&self) -> bool {
        self.cursor.fence.is_some()
    }
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

/// The last character boundary up to `at`.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A hash of the text from a place on, eight bytes at a time: the same however the text is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hash {
    /// Of whole words, up to `at`.
    words: u64,
    at: usize,
    /// With the bytes behind them.
    all: u64,
}

impl Hash {
    fn go_on(&mut self, text: &str, to: usize) {
        let (words, left) = text.as_bytes()[self.at..to].as_chunks();
        self.words = words.iter().fold(self.words, |hash, word| mix(hash, u64::from_le_bytes(*word)));
        self.at = to - left.len();
        self.all = left.iter().fold(self.words, |hash, byte| mix(hash, u64::from(*byte)));
    }

    fn of(text: &str, from: usize, to: usize) -> Self {
        let mut hash = Self { at: from, ..Self::default() };
        hash.go_on(text, to);
        hash
    }
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}
