//! Keys that edit text, with readline's meanings, and a line of text for searches and commands. Not the composer itself.

use crate::core::clean;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

/// Takes a key that edits. False when it means nothing here.
pub(super) fn edit(area: &mut TextArea<'static>, key: KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    match (key.code, control, alt) {
        (KeyCode::Char(c), false, false) => area.insert_char(c),
        (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, false) => backspace(area),
        (KeyCode::Delete, ..) | (KeyCode::Char('d'), true, false) => drop(area.delete_next_char()),
        (KeyCode::Left, false, false) | (KeyCode::Char('b'), true, false) => {
            area.move_cursor(CursorMove::Back);
        }
        (KeyCode::Right, false, false) | (KeyCode::Char('f'), true, false) => {
            area.move_cursor(CursorMove::Forward);
        }
        (KeyCode::Home, ..) | (KeyCode::Char('a'), true, false) => area.move_cursor(CursorMove::Head),
        (KeyCode::End, ..) | (KeyCode::Char('e'), true, false) => area.move_cursor(CursorMove::End),
        (KeyCode::Left, ..) | (KeyCode::Char('b'), false, true) => area.move_cursor(CursorMove::WordBack),
        (KeyCode::Right, ..) | (KeyCode::Char('f'), false, true) => {
            area.move_cursor(CursorMove::WordForward);
        }
        (KeyCode::Char('k'), true, false) => drop(area.delete_line_by_end()),
        (KeyCode::Char('u'), true, false) => drop(area.delete_line_by_head()),
        (KeyCode::Char('w'), true, false) | (KeyCode::Backspace, _, true) => drop(area.delete_word()),
        (KeyCode::Char('d'), false, true) => drop(area.delete_next_word()),
        (KeyCode::Char('y'), true, false) => drop(area.paste()),
        (KeyCode::Char('_' | '7' | '/'), true, false) => drop(area.undo()),
        _ => return false,
    }
    true
}

/// Deletes one character as a person sees it, which may be several code points.
fn backspace(area: &mut TextArea<'static>) {
    let before = before(area);
    let count = before.graphemes(true).next_back().map_or(1, |last| last.chars().count());
    delete_back(area, count);
}

/// The text of the cursor's line before the cursor.
pub(super) fn before(area: &TextArea<'static>) -> String {
    let cursor = area.cursor();
    let line = area.lines().get(cursor.0).map(String::as_str).unwrap_or_default();
    line.chars().take(cursor.1).collect()
}

/// Deletes so many code points before the cursor.
pub(super) fn delete_back(area: &mut TextArea<'static>, count: usize) {
    for _ in 0..count {
        area.delete_char();
    }
}

/// A text area with this text, the cursor at its end.
pub(super) fn area(text: &str) -> TextArea<'static> {
    let mut area = TextArea::from(text.split('\n'));
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(ratatui::style::Style::default());
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

/// One line of text being written.
#[derive(Clone, Debug)]
pub struct Line {
    area: TextArea<'static>,
}

impl Default for Line {
    fn default() -> Self {
        Self::of("")
    }
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text() && self.area.cursor() == other.area.cursor()
    }
}

impl Line {
    /// A line with this text, the cursor at its end. A blank there is kept: what is typed next is another word.
    pub fn of(text: &str) -> Self {
        let mut line = clean::line(text);
        if text.ends_with(' ') && !line.is_empty() {
            line.push(' ');
        }
        Self { area: area(&line) }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.area.lines().first().map(String::as_str).unwrap_or_default()
    }

    /// The text before the cursor.
    pub fn before(&self) -> String {
        before(&self.area)
    }

    /// Takes a key that edits.
    pub fn edit(&mut self, key: KeyEvent) -> bool {
        edit(&mut self.area, key)
    }

    /// Takes pasted text; line ends become blanks.
    pub fn paste(&mut self, raw: &str) {
        let short: String = raw.chars().take(4096).collect();
        self.area.insert_str(clean::line(&short));
    }
}
