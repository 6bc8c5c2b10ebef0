//! The exact prompt of a call, what its member thought then, and what it answered, as one text: cleaned, laid out and counted bit
//! by bit.

use super::canvas::{self, Row};
use super::stream::{At, Budget, Kind, Line, StreamText, Want};
use super::theme::{Role, Theme};
use crate::app::drawer::ANSWER;
use crate::core::clean::{self, CleanText};
use crate::core::{Call, CallId, Role as Speaker};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::borrow::Cow;

/// Bytes that are cleaned in one frame.
const STRIDE: usize = 256 * 1024;

/// From this row on somebody wants to see the end.
const END: usize = usize::MAX / 4;

/// So far from [`ANSWER`] a row still means one above or below the beginning of the answer.
const NEAR: usize = 1 << 40;

/// A call's prompt, thinking and answer.
pub(super) struct Sheet {
    call: CallId,
    /// Whether the call had ended: only then its thinking and its answer are what they stay.
    ended: bool,
    /// Where the title of its answer stands.
    answer: Option<usize>,
    text: String,
    /// From which byte on which look.
    looks: Vec<(usize, Look)>,
    /// The message that is being taken in, whether its title is there, its clean text, and how much of that is in the text.
    part: usize,
    begun: bool,
    clean: CleanText,
    taken: usize,
    /// Whether all there is was taken in.
    whole: bool,
    stream: StreamText,
}

#[derive(Clone, Copy)]
enum Look {
    Words,
    Title,
    Dim,
}

impl Sheet {
    fn new(call: &Call) -> Self {
        Self {
            call: call.id,
            ended: call.ended(),
            answer: None,
            text: format!("{}  {}", clean::line(&call.model.to_string()), clean::line(&call.endpoint)),
            looks: vec![(0, Look::Dim)],
            part: 0,
            begun: false,
            clean: CleanText::new(),
            taken: 0,
            whole: false,
            stream: StreamText::new(Kind::Plain),
        }
    }

    /// The sheet of a call, with so much of it taken in as belongs into one frame.
    pub(super) fn of<'a>(sheet: &'a mut Option<Self>, call: &Call) -> &'a mut Self {
        let fits = |sheet: &Self| sheet.call == call.id && sheet.ended == call.ended();
        let there = sheet.take().filter(fits);
        let sheet = sheet.insert(there.unwrap_or_else(|| Self::new(call)));
        sheet.take_in(call);
        sheet
    }

    fn take_in(&mut self, call: &Call) {
        let mut left = STRIDE;
        while left > 0 {
            let Some((title, raw, look)) = part(call, self.part) else {
                self.whole = true;
                return;
            };
            if !self.begun {
                self.begin(title, look);
                if title == ANSWERED {
                    self.answer = Some(self.text.len() - title.len() - 1);
                }
            }
            let raw: &str = &raw;
            let rest = raw.get(self.clean.raw_len()..).unwrap_or_default();
            let piece = canvas::head(rest, left);
            self.clean.push(piece);
            let done = piece.len() == rest.len();
            let grows = !self.ended && self.part + 1 == count(call) && self.part >= call.messages.len();
            left = if done && !grows { left - piece.len() } else { 0 };
            if done && !grows {
                self.clean.finish();
            }
            self.text.push_str(&self.clean.as_str()[self.taken..]);
            self.taken = self.clean.as_str().len();
            self.whole = done && grows;
            if done && !grows {
                (self.clean, self.taken, self.begun) = (CleanText::new(), 0, false);
                self.part += 1;
            }
        }
    }

    /// Adds a title, with a blank line above.
    fn begin(&mut self, title: &str, look: Look) {
        self.text.push_str(if self.text.ends_with('\n') { "\n" } else { "\n\n" });
        self.looks.push((self.text.len(), Look::Title));
        self.text.push_str(title);
        self.text.push('\n');
        self.looks.push((self.text.len(), look));
        self.begun = true;
    }

    /// Draws the lines in view into an area that `place` makes for so many of them, at most `height`. Gives the first of them;
    /// `scroll` is the one asked for.
    pub(super) fn draw(
        &mut self,
        buffer: &mut Buffer,
        theme: &Theme,
        (width, height): (u16, u16),
        scroll: usize,
        budget: &mut Budget,
        place: impl FnOnce(&mut Buffer, usize) -> Rect,
    ) -> usize {
        let near = scroll.abs_diff(ANSWER) < NEAR;
        let at = match self.answer {
            _ if scroll >= END => At::End,
            Some(byte) if near => At::Byte(byte, scroll as isize - ANSWER as isize),
            None if near => At::Row(0),
            _ => At::Row(scroll),
        };
        let want = Want { width, height: usize::from(height), at, under: 0 };
        let finished = self.whole && self.ended;
        let seen = self.stream.look(&self.text, finished, &want, budget);
        let area = place(buffer, seen.shown.len());
        let looks = &self.looks;
        canvas::seen(buffer, area, &seen, &[], theme, |line| row(line, looks, theme));
        // While it isn't known which row the last one is, who wants to be there stays there.
        let unsure = match at {
            At::End => !(self.whole && seen.whole),
            _ => near && (!self.whole || self.ended && !seen.whole),
        };
        if unsure { scroll } else { seen.row }
    }

    /// Goes on with what isn't in view. True when another frame may show more of it.
    pub(super) fn go_on(&mut self, budget: &mut Budget) -> bool {
        let finished = self.whole && self.ended;
        self.stream.go_on(&self.text, finished, budget) || !self.whole
    }
}

/// The title above an answer.
const ANSWERED: &str = "what it answered";

/// How many parts there are by now.
fn count(call: &Call) -> usize {
    let came = [!call.thinking.is_empty(), !call.text.is_empty(), call.error.is_some()];
    call.messages.len() + came.into_iter().filter(|there| *there).count()
}

/// A message of the prompt, or what came of it: title, raw text, and look.
fn part(call: &Call, part: usize) -> Option<(&'static str, Cow<'_, str>, Look)> {
    if let Some(message) = call.messages.get(part) {
        let who = match message.role {
            Speaker::System => "system",
            Speaker::User => "user",
            Speaker::Assistant => "assistant (itself, earlier)",
        };
        return Some((who, Cow::Borrowed(&message.text), Look::Words));
    }
    let thought = ("what it thought before it answered", Cow::Borrowed(call.thinking.as_str()), Look::Dim);
    let answered = (ANSWERED, Cow::Borrowed(call.text.as_str()), Look::Words);
    let why = call.error.as_ref().map(|error| format!("{} ({})", error.message, error.hint));
    let why = ("why it is not whole", Cow::Owned(why.unwrap_or_default()), Look::Dim);
    let mut came = [thought, answered, why].into_iter().filter(|(_, raw, _)| !raw.is_empty());
    came.nth(part - call.messages.len())
}

fn row(line: &Line, looks: &[(usize, Look)], theme: &Theme) -> Row {
    let behind = looks.partition_point(|(from, _)| *from <= line.source.start);
    let style = match looks[..behind].last() {
        Some((_, Look::Title)) => theme.style(Role::Title),
        Some((_, Look::Dim)) => theme.style(Role::Dim),
        Some((_, Look::Words)) | None => Style::default(),
    };
    line.pieces.iter().map(|piece| (piece.text.clone(), style)).collect()
}
