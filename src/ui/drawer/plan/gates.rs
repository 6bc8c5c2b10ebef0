//! A gate of a plan on the rail, while the plan waits there: the texts that the person is shown, and what can be done.

use super::{INDENT, Rail};
use crate::app::plan::Line;
use crate::core::{Given, StageState, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::Role;
use ratatui::style::Style;
use std::ops::Range;

/// Lines of a text that is shown alone, and of one among several.
const ALONE: usize = 8;
const AMONG: usize = 3;

impl Rail<'_> {
    /// What can be done at a gate, and the texts there. Gives the rows of the chosen one.
    pub(super) fn gate(&self, rows: &mut Vec<Row>, state: &StageState) -> Option<Range<usize>> {
        let given = state.begun.as_ref().map_or(&[][..], |begun| begun.given.as_slice());
        self.paragraph(rows, &self.choices(state, given.len()), INDENT, self.style(Role::Accent));
        let mut chosen = None;
        for (at, text) in given.iter().enumerate() {
            let line = Line::Text(state.stage.id, at);
            let from = rows.len();
            rows.push(vec![
                self.pointer(line),
                (" ".repeat(usize::from(INDENT) - 1), Style::default()),
                (format!("{} {}", at + 1, self.whose(text)), self.named(line, Role::Title)),
            ]);
            self.beginning(rows, text, if given.len() > 1 { AMONG } else { ALONE });
            if self.chosen == Some(line) {
                chosen = Some(from..rows.len());
            }
        }
        chosen
    }

    /// Whose text it is, and of which stage.
    fn whose(&self, text: &Given) -> String {
        let of = self.run.title(text.from);
        match text.call.and_then(|call| self.run.calls.get(&call)) {
            Some(call) => {
                let cut = if call.done() { "" } else { ", cut short" };
                format!("{}, {of}{cut}", clean::line(&call.member.0))
            }
            None => format!("your own text, {of}"),
        }
    }

    /// The first lines of a text.
    fn beginning(&self, rows: &mut Vec<Row>, text: &Given, most: usize) {
        let indent = INDENT + 2;
        // No more is looked at than can be shown.
        let words = self.run.words_of(text).unwrap_or_default();
        let words = clean::prose(canvas::head(words, most * usize::from(self.width) * 4));
        let all = canvas::wrapped(words.trim(), self.width.saturating_sub(indent));
        let lines = all.iter().filter(|line| !line.trim().is_empty());
        let blank = " ".repeat(usize::from(indent));
        rows.extend(lines.clone().take(most).map(|line| vec![(format!("{blank}{line}"), Style::default())]));
        if lines.count() > most {
            let more = if text.call.is_some() { "Enter on it reads all of it" } else { "e shows all of it" };
            rows.push(vec![(format!("{blank}({more})"), self.style(Role::Dim))]);
        }
    }

    /// What the person can do.
    fn choices(&self, state: &StageState, texts: usize) -> String {
        let what = if texts > 1 { "all of them" } else { "it" };
        let mut ways = vec![format!("a goes on with {what}"), "e edits first".to_owned()];
        if texts > 1 {
            ways.push("c takes the one of the line".to_owned());
        }
        let back = state.stage.part.as_ref().and_then(|part| part.back);
        match (back, self.run.may_send_back(state)) {
            (Some(back), times @ 1..) => {
                let to = self.run.title(self.run.heir(back.to));
                let left = if times == 1 { "once".to_owned() } else { format!("{times} times") };
                ways.push(format!("b sends it back to {to} with a note ({left} at the most)"));
            }
            (Some(_), 0) => ways.push("it was sent back as often as the plan allows".to_owned()),
            (None, _) => {}
        }
        ways.join(", ")
    }
}
