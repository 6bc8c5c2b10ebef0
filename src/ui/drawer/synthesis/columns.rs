//! The columns of a synthesis: gutter, text, and what a sentence rests on; its signs, and words in brackets. Which rows there
//! are is [`super`]'s.

use super::GUTTER;
use crate::agreement::{Claim, Mark, Sentence};
use crate::ui::canvas::{self, Row};
use crate::ui::pane;
use crate::ui::theme::{Role, Theme};
use crate::ui::wrap::Line;
use ratatui::style::Style;

/// How the width is divided: gutter, text, and what a sentence rests on, which goes below where there is no room for it.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub text: u16,
    pub receipts: u16,
}

impl Columns {
    pub(super) fn of(width: u16) -> Self {
        let receipts = if width < 70 { 0 } else { (width / 4).clamp(22, 40) };
        let gap = if receipts > 0 { 2 } else { 0 };
        Self { text: width.saturating_sub(GUTTER + receipts + gap).max(1), receipts }
    }

    pub(super) fn heading(self, theme: &Theme, right: &str) -> Option<Row> {
        let dim = theme.style(Role::Dim);
        let words = canvas::pad("sentence", self.text + 2);
        let gutter = " ".repeat(usize::from(GUTTER));
        (self.receipts > 0).then(|| vec![(format!("{gutter}{words}"), dim), (right.to_owned(), dim)])
    }

    /// A line of text behind its gutter.
    pub(super) fn line(self, theme: &Theme, signs: [char; 2], style: Style, line: &Line) -> Row {
        let [pointer, mark] = signs;
        let mut row = vec![
            (pointer.to_string(), theme.style(Role::Accent)),
            (mark.to_string(), style),
            (format!(" {} ", theme.sign("│", "|")), theme.style(Role::Dim)),
        ];
        row.extend(canvas::pad_row(&pane::row(theme, line), self.text));
        row
    }

    /// Puts what a block rests on beside it, from its first row on, or below it.
    pub(super) fn beside(self, rows: &mut Vec<Row>, from: usize, receipts: Vec<Row>, theme: &Theme) {
        for (at, mut receipt) in receipts.into_iter().enumerate() {
            if self.receipts == 0 {
                let mut row = self.line(theme, [' ', ' '], Style::default(), &EMPTY);
                row.pop();
                row.append(&mut receipt);
                rows.push(row);
                continue;
            }
            if from + at == rows.len() {
                rows.push(self.line(theme, [' ', ' '], Style::default(), &EMPTY));
            }
            rows[from + at].push(("  ".to_owned(), Style::default()));
            rows[from + at].append(&mut receipt);
        }
    }
}

/// A line without text.
pub(super) const EMPTY: Line = Line { pieces: Vec::new(), source: 0..0, first_of_block: false };

/// A claim that was left out, as what a row rests on.
pub(super) fn of_claim(claim: &Claim) -> Sentence {
    Sentence {
        text: String::new(),
        range: 0..0,
        claims: vec![claim.id],
        unsupported: false,
        cited: vec![claim.id],
        astray: Vec::new(),
        taken: Vec::new(),
    }
}

#[derive(Clone, Copy)]
pub(super) enum Sign {
    Mark(Mark),
    Unsupported,
}

impl Sign {
    pub(super) fn symbol(self) -> char {
        match self {
            Self::Mark(mark) => mark.symbol(),
            Self::Unsupported => '?',
        }
    }

    pub(super) fn style(self, theme: &Theme) -> Style {
        match self {
            Self::Mark(mark) => theme.mark(mark),
            Self::Unsupported => theme.style(Role::Warning),
        }
    }
}

/// Words in brackets, broken into lines of a width.
pub(super) fn bracketed(words: Row, width: u16, style: Style) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![vec![("[".to_owned(), style)]];
    let mut used = 1;
    let last = words.len().saturating_sub(1);
    for (at, (word, look)) in words.into_iter().enumerate() {
        let word = canvas::fit(&word, width.saturating_sub(2));
        let wide = canvas::width(&word) + u16::from(at == last);
        let begins = used == 1;
        if !begins && used + 1 + wide > width {
            rows.push(vec![(" ".to_owned(), style)]);
            used = 1;
        } else if !begins {
            used += 1;
            rows.iter_mut().next_back().into_iter().for_each(|row| row.push((" ".to_owned(), style)));
        }
        used += wide;
        rows.iter_mut().next_back().into_iter().for_each(|row| row.push((word.clone(), look)));
    }
    rows.iter_mut().next_back().into_iter().for_each(|row| row.push(("]".to_owned(), style)));
    rows
}
