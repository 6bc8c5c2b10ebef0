//! The lines of one text at one width: laid out where they are looked at, elsewhere only counted.
//!
//! A part is drawn from its own bytes alone, so that it looks the same whenever and in whatever order that happens.

use super::Budget;
use super::outline::{Outline, Step, What};
use crate::ui::markdown;
use crate::ui::wrap::{Break, Hang, Line, Run, Tone, wrap};
use std::ops::Range;

/// Parts beside the view whose lines are kept.
const KEPT: usize = 32;

/// The lines of one text at one width.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub width: usize,
    parts: Vec<Laid>,
    /// Which parts have their lines.
    held: Vec<usize>,
    /// Parts before this one are counted.
    counted: usize,
    /// The open end: its lines, what they depend on, how many were drawn properly, and how much text they show.
    rest: Vec<Line>,
    key: Option<(usize, usize)>,
    drawn: usize,
    last: Option<Line>,
    shown: usize,
}

/// A closed part.
#[derive(Clone, Debug, Default)]
struct Laid {
    count: Option<u32>,
    lines: Option<Vec<Line>>,
}

impl Layout {
    /// Begins with nothing laid out.
    pub(super) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Brings the open end up to date.
    pub(super) fn update(&mut self, outline: &Outline, text: &str, budget: &mut Budget) {
        self.parts.resize_with(outline.parts(), Laid::default);
        let end = outline.parts();
        if self.key != Some(outline.tail_key()) {
            let mut page = Page::new(outline.start(end), end == 0 && outline.from() == 0, self.width);
            page.draw(text, outline.steps(end), budget);
            let before = page.lines.len();
            page.draw(text, &outline.tail(text), budget);
            self.last = page.lines.last().filter(|_| page.lines.len() > before).cloned();
            self.rest = page.finish();
            self.drawn = self.rest.len();
            self.key = Some(outline.tail_key());
            self.shown = outline.read();
        }
        if self.shown != text.len() && outline.read() > outline.cursor().at {
            self.show_growth(outline, text);
            self.shown = text.len();
        }
    }

    /// Shows what came since the open end was last read behind its last line, as it stands.
    fn show_growth(&mut self, outline: &Outline, text: &str) {
        let Some(last) = &self.last else { return };
        let from = last.source.end.max(outline.cursor().at);
        if !text.is_char_boundary(from) {
            return;
        }
        self.rest.truncate(self.drawn - 1);
        let mut runs: Vec<Run<'_>> = last.pieces.iter().map(Run::from_piece).collect();
        runs.push(Run::exact(text, from..text.len(), Tone::Plain));
        let at = if outline.in_fence() { Break::Cells } else { Break::Words };
        let index = self.rest.len();
        wrap(&runs, &Hang::default(), self.width, at, &mut self.rest);
        if let Some(line) = self.rest.get_mut(index) {
            line.first_of_block = last.first_of_block;
        }
    }

    /// How many parts there are, the open end included.
    pub(super) fn len(&self) -> usize {
        self.parts.len() + 1
    }

    /// How many lines a part has, if that is known.
    pub(super) fn count(&self, part: usize) -> Option<usize> {
        match self.parts.get(part) {
            Some(laid) => laid.count.map(|count| count as usize),
            None => Some(self.rest.len()),
        }
    }

    /// How many lines a part has, or about as many.
    pub(super) fn about(&self, outline: &Outline, part: usize) -> usize {
        let bytes = || outline.start(part + 1) - outline.start(part);
        self.count(part).unwrap_or_else(|| (bytes() / self.width.max(2)).max(1))
    }

    /// The lines of a part; none where it isn't laid out.
    pub(super) fn lines(&self, part: usize) -> &[Line] {
        match self.parts.get(part) {
            Some(laid) => laid.lines.as_deref().unwrap_or_default(),
            None => &self.rest,
        }
    }

    /// Lays a part out and keeps its lines.
    pub(super) fn hold(&mut self, outline: &Outline, text: &str, part: usize, budget: &mut Budget) -> usize {
        let Some(laid) = self.parts.get_mut(part) else { return self.rest.len() };
        if laid.lines.is_none() {
            let lines = closed(outline, text, part, self.width, budget);
            laid.count = Some(lines.len() as u32);
            laid.lines = Some(lines);
            self.held.push(part);
        }
        laid.lines.as_ref().map_or(0, Vec::len)
    }

    /// Forgets the lines that are far from the parts in view.
    pub(super) fn forget(&mut self, view: &Range<usize>) {
        let near = view.start.saturating_sub(KEPT)..view.end + KEPT;
        let parts = &mut self.parts;
        self.held.retain(|part| {
            let keep = near.contains(part);
            if let (false, Some(laid)) = (keep, parts.get_mut(*part)) {
                laid.lines = None;
            }
            keep
        });
    }

    /// Counts on from where it stopped. True when all is counted.
    pub(super) fn count_on(&mut self, outline: &Outline, text: &str, budget: &mut Budget) -> bool {
        while let Some(laid) = self.parts.get_mut(self.counted) {
            if laid.count.is_none() {
                if budget.is_spent() {
                    return false;
                }
                let lines = closed(outline, text, self.counted, self.width, budget);
                laid.count = Some(lines.len() as u32);
            }
            self.counted += 1;
        }
        true
    }
}

/// The lines of a closed part.
fn closed(outline: &Outline, text: &str, part: usize, width: usize, budget: &mut Budget) -> Vec<Line> {
    let mut page = Page::new(outline.start(part), part == 0 && outline.from() == 0, width);
    page.draw(text, outline.steps(part), budget);
    page.finish()
}

/// Lines that are being drawn.
struct Page {
    lines: Vec<Line>,
    first: bool,
    width: usize,
}

impl Page {
    /// Begins at a byte. `first` says that nothing stands above.
    fn new(from: usize, first: bool, width: usize) -> Self {
        let above = Line { pieces: Vec::new(), source: from..from, first_of_block: false };
        Self { lines: if first { Vec::new() } else { vec![above] }, first, width }
    }

    fn draw(&mut self, text: &str, steps: &[Step], budget: &mut Budget) {
        for Step { range, what } in steps {
            // A text that was exchanged may have other characters there; it is read anew before long.
            let Some(shown) = text.get(range.clone()) else { continue };
            budget.draw(range.len(), *what == What::Plain);
            match what {
                What::Block => markdown::draw(text, range.clone(), self.width, &mut self.lines),
                What::Opening => self.code(text, range.clone(), Tone::Marker, true),
                What::Closing => self.code(text, range.clone(), Tone::Marker, false),
                What::Code => {
                    let mut at = range.start;
                    for line in shown.split('\n') {
                        self.code(text, at..at + line.len(), Tone::Code, false);
                        at += line.len() + 1;
                    }
                }
                What::Plain => {
                    let run = Run::exact(text, range.clone(), Tone::Plain);
                    wrap(&[run], &Hang::default(), self.width, Break::Words, &mut self.lines);
                }
            }
        }
    }

    fn code(&mut self, text: &str, range: Range<usize>, tone: Tone, opens: bool) {
        markdown::code_line(text, range, tone, opens, self.width, &mut self.lines);
    }

    fn finish(mut self) -> Vec<Line> {
        if !self.first {
            self.lines.remove(0);
        }
        self.lines
    }
}
