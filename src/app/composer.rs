//! The text being written: the text area with readline keys, and the questions asked before. Sends nothing itself.

use crate::core::clean;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea, WrapMode};

/// The most bytes a paste may have.
const MOST_PASTED: usize = 4 << 20;

/// The text being written.
#[derive(Debug)]
pub struct Composer {
    area: TextArea<'static>,
    history: Vec<String>,
    /// How far back in the history the text is from; 0 is what the person writes.
    back: usize,
    draft: String,
}

impl Composer {
    /// An empty composer that remembers these questions, oldest first.
    pub fn new(history: Vec<String>) -> Self {
        Self { area: area(""), history, back: 0, draft: String::new() }
    }

    /// The text area, for drawing.
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// The text.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether there is nothing but white space.
    pub fn is_empty(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// How many lines the text has.
    pub fn lines(&self) -> usize {
        self.area.lines().len()
    }

    /// How many rows the text takes at a width, as far as a layout has to know.
    pub fn rows(&self, width: u16) -> u16 {
        use unicode_width::UnicodeWidthStr;
        let width = usize::from(width.max(1));
        let rows: usize =
            self.area.lines().iter().map(|line| (line.width() + 1).div_ceil(width).max(1)).sum();
        rows.min(usize::from(u16::MAX)) as u16
    }

    /// Puts the newest remembered question in.
    pub fn recall_newest(&mut self) {
        self.back = 0;
        self.up();
    }

    /// Replaces the text.
    pub fn set(&mut self, text: &str) {
        self.area = area(text);
        self.area.move_cursor(CursorMove::Bottom);
        self.area.move_cursor(CursorMove::End);
    }

    /// Takes the text out and remembers it.
    pub fn take(&mut self) -> String {
        let text = self.text();
        if self.history.last() != Some(&text) {
            self.history.push(text.clone());
        }
        self.back = 0;
        self.draft.clear();
        self.area = area("");
        text
    }

    /// Adds questions that can be called up, oldest first.
    pub fn remember(&mut self, questions: impl IntoIterator<Item = String>) {
        self.history.extend(questions);
    }

    /// Puts text in at the cursor: cleaned, newlines kept, never sent. False when it was too big and left out.
    pub fn paste(&mut self, raw: &str) -> bool {
        if raw.len() > MOST_PASTED {
            return false;
        }
        self.area.insert_str(clean::prose(raw));
        true
    }

    /// Begins a new line.
    pub fn newline(&mut self) {
        self.area.insert_newline();
    }

    /// Takes a key that edits; readline's meanings. False when it means nothing here.
    pub fn edit(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let area = &mut self.area;
        match (key.code, control, alt) {
            (KeyCode::Char(c), false, false) => area.insert_char(c),
            (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, false) => self.backspace(),
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
            (KeyCode::Char('y'), true, false) => drop(area.paste()),
            (KeyCode::Char('_' | '7' | '/'), true, false) => drop(area.undo()),
            (KeyCode::Up, false, false) => self.up(),
            (KeyCode::Down, false, false) => self.down(),
            _ => return false,
        }
        true
    }

    /// Deletes one character as a person sees it, which may be several code points.
    fn backspace(&mut self) {
        use unicode_segmentation::UnicodeSegmentation;
        let cursor = self.area.cursor();
        let (row, column) = (cursor.0, cursor.1);
        let line = self.area.lines().get(row).map(String::as_str).unwrap_or_default();
        let before: String = line.chars().take(column).collect();
        let count = before.graphemes(true).next_back().map_or(1, |last| last.chars().count());
        for _ in 0..count {
            self.area.delete_char();
        }
    }

    fn up(&mut self) {
        if self.area.cursor().0 > 0 {
            self.area.move_cursor(CursorMove::Up);
        } else if self.back < self.history.len() {
            if self.back == 0 {
                self.draft = self.text();
            }
            self.back += 1;
            self.recall();
        }
    }

    fn down(&mut self) {
        if self.area.cursor().0 + 1 < self.area.lines().len() {
            self.area.move_cursor(CursorMove::Down);
        } else if self.back > 0 {
            self.back -= 1;
            self.recall();
        }
    }

    fn recall(&mut self) {
        let text = match self.back {
            0 => self.draft.clone(),
            back => self.history[self.history.len() - back].clone(),
        };
        self.set(&text);
    }
}

fn area(text: &str) -> TextArea<'static> {
    let mut area = TextArea::from(text.split('\n'));
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(ratatui::style::Style::default());
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(composer: &mut Composer, code: KeyCode) {
        assert!(composer.edit(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    #[test]
    fn backspace_deletes_what_a_person_sees_as_one() {
        let mut composer = Composer::new(Vec::new());
        composer.paste("né👨‍👩‍👧");
        press(&mut composer, KeyCode::Backspace);
        assert_eq!(composer.text(), "né");
        composer.set("e\u{301}");
        press(&mut composer, KeyCode::Backspace);
        assert_eq!(composer.text(), "");
    }

    #[test]
    fn the_history_comes_back_and_the_draft_is_kept() {
        let mut composer = Composer::new(vec!["old".into(), "new".into()]);
        composer.set("draft");
        press(&mut composer, KeyCode::Up);
        assert_eq!(composer.text(), "new");
        press(&mut composer, KeyCode::Up);
        press(&mut composer, KeyCode::Up);
        assert_eq!(composer.text(), "old");
        press(&mut composer, KeyCode::Down);
        press(&mut composer, KeyCode::Down);
        assert_eq!(composer.text(), "draft");
    }

    #[test]
    fn a_paste_is_cleaned_and_keeps_its_lines() {
        let mut composer = Composer::new(Vec::new());
        assert!(composer.paste("a\u{1b}[2Jb\r\nc\u{202e}d"));
        assert_eq!(composer.lines(), 2);
        assert!(composer.text().chars().all(|c| c == '\n' || !c.is_control()));
    }
}
