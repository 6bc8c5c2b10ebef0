//! Finds the lines of a view: from a wish (the end, a byte, a row) to lines, laying out no more than is in view.

use super::Budget;
use super::layout::Layout;
use super::outline::Outline;
use crate::ui::wrap::Line;
use std::ops::Range;

/// The most bytes that one cell of text takes, more or less: by this the text around a view is measured.
const CELL: usize = 3;

/// Bytes that are read at once where rows are counted from the top.
const FIRST: usize = 16 * 1024;

/// What a view wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Cells in a line.
    pub width: u16,
    /// Lines in view.
    pub height: usize,
    /// Where it looks.
    pub at: At,
    /// How many rows stand under the text and scroll with it.
    pub under: usize,
}

/// Where a view looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// At the end.
    End,
    /// So many lines below (or above) the first line that shows text behind a byte.
    Byte(usize, isize),
    /// At a row, counted from the top.
    Row(usize),
}

/// The lines in view.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The lines of all parts that are in view, from top to bottom.
    pub lines: Vec<&'a Line>,
    /// Which of them are in view.
    pub shown: Range<usize>,
    /// Which of the rows under the text are in view.
    pub under: Range<usize>,
    /// The byte that the top line shows, or the next one that shows any.
    pub byte: usize,
    /// Lines from the first line that shows the byte to the top line.
    pub offset: isize,
    /// The top line, counted from the top of the text.
    pub row: usize,
    /// Whether the last row is in view.
    pub at_end: bool,
    /// Rows below the view.
    pub below: usize,
    /// Whether they were counted, rather than guessed.
    pub counted: bool,
    /// Whether all lines are, those above the view too.
    pub whole: bool,
}

impl Want {
    /// The bytes of a text that may come into view.
    pub(super) fn reach(&self, len: usize) -> (usize, usize) {
        let of = |lines: usize| lines.saturating_mul(usize::from(self.width)).saturating_mul(CELL);
        let room = of(self.height);
        match self.at {
            At::End => (len.saturating_sub(room), len),
            At::Byte(byte, lines) if lines < 0 => (
                byte.saturating_sub(of(lines.unsigned_abs())).saturating_sub(room),
                byte.saturating_add(room).min(len),
            ),
            At::Byte(byte, lines) => {
                let to = byte.saturating_add(of(lines.unsigned_abs())).saturating_add(room);
                (byte.min(len).saturating_sub(room), to.min(len))
            }
            // Rows are counted from the top; the first ones are there at once.
            At::Row(row) => (0, of(row.saturating_add(self.height)).min(FIRST).min(len)),
        }
    }
}

/// A line of a part. Behind the last part stand the rows under the text, as if they were one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    part: usize,
    line: usize,
}

struct Walk<'a> {
    outline: &'a Outline,
    layout: &'a mut Layout,
    text: &'a str,
    under: usize,
    budget: &'a mut Budget,
}

/// Finds the lines of a view.
pub(super) fn see<'a>(
    outline: &Outline,
    layout: &'a mut Layout,
    text: &str,
    want: &Want,
    budget: &mut Budget,
) -> Seen<'a> {
    let mut walk = Walk { outline, layout, text, under: want.under, budget };
    let last = walk.last_top(want.height);
    let top = match want.at {
        At::End => last,
        At::Byte(byte, lines) => {
            let place = walk.place_of(byte);
            walk.moved(place, lines).min(last)
        }
        At::Row(row) => {
            walk.moved(Place { part: 0, line: 0 }, row.min(isize::MAX as usize) as isize).min(last)
        }
    };
    let (parts, shown, under) = walk.gather(top, want.height);
    let line = walk.layout.lines(top.part).get(top.line);
    let byte = line.map_or(text.len(), |line| line.source.start);
    let place = walk.place_of(byte);
    let row = walk.row(top);
    let offset = row as isize - walk.row(place) as isize;
    let (below, counted) = walk.below(&parts, under.end + shown.end);
    let at_end = top >= last && outline.reaches(text.len());
    let whole = counted && (0..parts.start).all(|part| layout.count(part).is_some());
    layout.forget(&parts);
    let lines = parts.flat_map(|part| layout.lines(part)).collect();
    Seen { lines, shown, under, byte, offset, row, at_end, below, counted, whole }
}

impl Walk<'_> {
    /// The parts, and the rows under the text.
    fn len(&self) -> usize {
        self.layout.len() + 1
    }

    /// How many lines a part has: it is laid out if that isn't known.
    fn count(&mut self, part: usize) -> usize {
        if part + 1 >= self.len() {
            return if part + 1 == self.len() { self.under } else { 0 };
        }
        match self.layout.count(part) {
            Some(count) => count,
            None => self.layout.hold(self.outline, self.text, part, self.budget),
        }
    }

    /// How many lines a part has, or about as many.
    fn about(&self, part: usize) -> usize {
        if part + 1 == self.len() { self.under } else { self.layout.about(self.outline, part) }
    }

    /// The top line of a view that ends with the last row.
    fn last_top(&mut self, height: usize) -> Place {
        let mut left = height;
        for part in (0..self.len()).rev() {
            let count = self.count(part);
            if count >= left {
                return Place { part, line: count - left };
            }
            left -= count;
        }
        Place { part: 0, line: 0 }
    }

    /// The first line that shows text behind a byte; the last line if there is none.
    fn place_of(&mut self, byte: usize) -> Place {
        let part = self.outline.part_of(byte);
        self.layout.hold(self.outline, self.text, part, self.budget);
        let lines = self.layout.lines(part);
        let line = lines.partition_point(|line| line.source.end <= byte);
        if line < lines.len() {
            return Place { part, line };
        }
        let behind = (part + 1..self.layout.len()).find(|part| self.about(*part) > 0);
        match behind {
            Some(part) => Place { part, line: 0 },
            None => self.moved(Place { part, line }, -1),
        }
    }

    /// Goes down or up by lines, not beyond either end. Parts on the way are laid out as far as the budget goes; of others it is
    /// guessed how many lines they have.
    fn moved(&mut self, from: Place, lines: isize) -> Place {
        let mut place = from;
        let mut left = lines.unsigned_abs();
        if lines < 0 {
            while left > place.line {
                left -= place.line;
                let Some(part) = place.part.checked_sub(1) else { return Place { part: 0, line: 0 } };
                let about = self.passed(part, left);
                place = Place { part, line: about };
            }
            return Place { line: place.line - left, ..place };
        }
        loop {
            let count = self.passed(place.part, place.line + left + 1);
            if place.line + left < count {
                return Place { line: place.line + left, ..place };
            }
            left -= count.saturating_sub(place.line);
            if place.part + 1 == self.len() {
                return place;
            }
            place = Place { part: place.part + 1, line: 0 };
        }
    }

    /// How many lines a part has that is passed by, or stopped in if it has that many.
    fn passed(&mut self, part: usize, stop: usize) -> usize {
        let about = self.about(part);
        if self.budget.is_spent() && about < stop { about } else { self.count(part) }
    }

    /// Lays out what is in view: the parts, which of their lines, and which rows under the text.
    fn gather(&mut self, top: Place, height: usize) -> (Range<usize>, Range<usize>, Range<usize>) {
        let (mut part, mut have) = (top.part, 0);
        while part < self.layout.len() && have < top.line.saturating_add(height) {
            have += self.layout.hold(self.outline, self.text, part, self.budget);
            part += 1;
        }
        if top.part >= self.layout.len() {
            let under = top.line..self.under.min(top.line.saturating_add(height));
            return (self.layout.len()..self.layout.len(), 0..0, under);
        }
        let shown = top.line.min(have)..have.min(top.line.saturating_add(height));
        let under = if part == self.layout.len() { self.under.min(height - shown.len()) } else { 0 };
        (top.part..part, shown, 0..under)
    }

    /// The rows before a place.
    fn row(&self, place: Place) -> usize {
        (0..place.part).map(|part| self.about(part)).sum::<usize>() + place.line
    }

    /// How many rows are below the view, and whether they are counted.
    fn below(&self, parts: &Range<usize>, shown: usize) -> (usize, bool) {
        let rows: usize = (parts.start..self.len()).map(|part| self.about(part)).sum();
        let unread = self.text.len() - self.outline.read().max(self.outline.cursor().at);
        let counted = (parts.end..self.layout.len()).all(|part| self.layout.count(part).is_some());
        let guess = unread / self.layout.width.max(2);
        (rows.saturating_sub(shown) + guess, counted && self.outline.complete())
    }
}
