//! The text being written: the text area with readline keys, long pastes as chips, the files that go with it, and the
//! questions asked before. Sends nothing and reads nothing itself.

use super::message::Found;
use super::readline::{self, area, before, delete_back, edit};
use crate::core::{File, clean};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeMap;
use tui_textarea::{CursorMove, TextArea};
use unicode_width::UnicodeWidthStr;

/// The most bytes a paste may have.
pub const MOST_PASTED: usize = 4 << 20;

/// A paste over so many bytes or lines becomes a chip.
const CHIP_BYTES: usize = 64 << 10;
const CHIP_LINES: usize = 200;

/// The text being written.
#[derive(Debug)]
pub struct Composer {
    area: TextArea<'static>,
    history: Vec<String>,
    /// How far back in the history the text is from; 0 is what the person writes.
    back: usize,
    draft: String,
    /// Long pastes, by the chip that stands for them in the text.
    pastes: Vec<(String, File)>,
    /// Files that go with the question without being named in it.
    attached: Vec<File>,
    /// Files named in the text: how large they are, or why they can't go.
    named: BTreeMap<String, Result<usize, String>>,
    /// Whether the question is for local members alone.
    pub private: bool,
}

/// What goes with a question, for the line under the composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Its name.
    pub name: String,
    /// Bytes, or why it can't go.
    pub size: Result<usize, String>,
}

impl Composer {
    /// An empty composer that remembers these questions, oldest first.
    pub fn new(history: Vec<String>) -> Self {
        Self {
            area: area(""),
            history,
            back: 0,
            draft: String::new(),
            pastes: Vec::new(),
            attached: Vec::new(),
            named: BTreeMap::new(),
            private: false,
        }
    }

    /// The text area, for drawing.
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// The text.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The text of the cursor's line before the cursor.
    pub fn before(&self) -> String {
        before(&self.area)
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
        let width = usize::from(width.max(1));
        let rows: usize =
            self.area.lines().iter().map(|line| (line.width() + 1).div_ceil(width).max(1)).sum();
        rows.min(usize::from(u16::MAX)) as u16
    }

    /// The questions asked before, oldest first.
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// Puts the newest remembered question in.
    pub fn recall_newest(&mut self) {
        self.back = 0;
        self.up();
    }

    /// Replaces the text; what went with it stays.
    pub fn set(&mut self, text: &str) {
        self.area = area(text);
    }

    /// Takes the text out, with everything that goes with it, and remembers the text.
    pub fn take(&mut self) -> (String, Vec<File>) {
        let text = self.text();
        let mut files = std::mem::take(&mut self.attached);
        for (chip, file) in std::mem::take(&mut self.pastes) {
            if text.contains(&chip) {
                files.push(file);
            }
        }
        self.remember_one(&text);
        self.back = 0;
        self.draft.clear();
        self.named.clear();
        self.area = area("");
        (text, files)
    }

    /// What goes with the text but what it names: attached files and long pastes.
    pub fn files(&self) -> Vec<File> {
        let text = self.text();
        let pasted = self.pastes.iter().filter(|(chip, _)| text.contains(chip)).map(|(_, file)| file);
        self.attached.iter().chain(pasted).cloned().collect()
    }

    /// Empties it; the text can be called up again.
    pub fn clear(&mut self) {
        let (_, files) = self.take();
        self.attached = files.into_iter().filter(|file| !file.name.starts_with("paste ")).collect();
    }

    fn remember_one(&mut self, text: &str) {
        if !text.trim().is_empty() && self.history.last().is_none_or(|last| last != text) {
            self.history.push(text.to_owned());
        }
    }

    /// Adds questions that can be called up, oldest first.
    pub fn remember(&mut self, questions: impl IntoIterator<Item = String>) {
        self.history.extend(questions);
    }

    /// Puts text in at the cursor: cleaned, newlines kept, never sent; a long one as a chip. False when it was too big and
    /// left out.
    pub fn paste(&mut self, raw: &str) -> bool {
        if raw.len() > MOST_PASTED {
            return false;
        }
        let text = clean::prose(raw);
        let lines = text.lines().count();
        if text.len() <= CHIP_BYTES && lines <= CHIP_LINES {
            self.area.insert_str(text);
            return true;
        }
        let name = format!("paste {}", self.pastes.len() + 1);
        let chip = format!("[{name}: {lines} lines, {}]", bytes(text.len()));
        self.area.insert_str(&chip);
        self.pastes.push((chip, File { name, text }));
        true
    }

    /// Lets a file go with the question.
    pub fn attach(&mut self, file: File) {
        self.attached.retain(|known| known.name != file.name);
        self.attached.push(file);
    }

    /// Takes in what became of files that the text names.
    pub fn found(&mut self, found: &[Found]) {
        for one in found {
            if let Some(file) = &one.file {
                let size = file.as_ref().map(|file| file.text.len()).map_err(Clone::clone);
                self.named.insert(one.path.clone(), size);
            }
        }
    }

    /// What goes with the question: attached files, and those named in the text as far as they were looked at.
    pub fn chips(&self) -> Vec<Chip> {
        let attached =
            self.attached.iter().map(|file| Chip { name: file.name.clone(), size: Ok(file.text.len()) });
        let named = self.paths().into_iter().filter_map(|path| {
            let size = self.named.get(&path)?.clone();
            Some(Chip { name: path, size })
        });
        attached.chain(named).collect()
    }

    /// How many bytes go with the text.
    pub fn weight(&self) -> usize {
        let named: usize = self.chips().into_iter().filter_map(|chip| chip.size.ok()).sum();
        named + self.pastes.iter().map(|(_, file)| file.text.len()).sum::<usize>()
    }

    /// The paths that the text names: words that begin with `@`. The first word may be a member and is left to the caller.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for word in self.area.lines().iter().flat_map(|line| line.split_whitespace()) {
            let path =
                word.strip_prefix('@').unwrap_or_default().trim_end_matches([',', ';', ':', '?', '!', ')']);
            if !path.is_empty() && !paths.iter().any(|known| known == path) {
                paths.push(path.to_owned());
            }
        }
        paths
    }

    /// The paths that the text names and that were not looked at yet.
    pub fn unseen(&self) -> Vec<String> {
        self.paths().into_iter().filter(|path| !self.named.contains_key(path)).collect()
    }

    /// Begins a new line.
    pub fn newline(&mut self) {
        self.area.insert_newline();
    }

    /// Takes a key that edits; readline's meanings. False when it means nothing here.
    pub fn edit(&mut self, key: KeyEvent) -> bool {
        match (key.code, key.modifiers) {
            (KeyCode::Up, KeyModifiers::NONE) => self.up(),
            (KeyCode::Down, KeyModifiers::NONE) => self.down(),
            (KeyCode::Backspace, KeyModifiers::NONE) => return self.backspace(key),
            _ => return edit(&mut self.area, key),
        }
        true
    }

    /// Deletes a whole chip, else one character; in an empty text the last attached file.
    fn backspace(&mut self, key: KeyEvent) -> bool {
        let before = self.before();
        if let Some((chip, _)) = self.pastes.iter().find(|(chip, _)| before.ends_with(chip)) {
            delete_back(&mut self.area, chip.chars().count());
            return true;
        }
        if self.text().is_empty() {
            return self.attached.pop().is_some();
        }
        edit(&mut self.area, key)
    }

    /// Puts a word in the place of the one before the cursor.
    pub fn complete(&mut self, word: &str) {
        let before = self.before();
        let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        delete_back(&mut self.area, last.chars().count());
        self.area.insert_str(word);
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
        self.area = readline::area(&text);
    }
}

/// A number of bytes for people: `512 B`, `2.1 KB`, `3.0 MB`.
pub fn bytes(count: usize) -> String {
    match count {
        0..1000 => format!("{count} B"),
        1000..1_000_000 => format!("{:.1} KB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
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
    fn a_long_paste_is_a_chip_that_goes_with_the_question_unless_it_was_deleted() {
        let mut composer = Composer::new(Vec::new());
        composer.set("read this: ");
        assert!(composer.paste(&"line\n".repeat(5000)));
        assert_eq!(composer.text(), "read this: [paste 1: 5000 lines, 25.0 KB]");
        press(&mut composer, KeyCode::Backspace);
        assert_eq!(composer.text(), "read this: ");
        assert!(composer.take().1.is_empty(), "a deleted chip goes nowhere");
        composer.paste(&"x".repeat(100_000));
        assert_eq!(composer.take().1[0].text.len(), 100_000);
    }

    #[test]
    fn files_are_the_words_that_begin_with_an_at_sign() {
        let mut composer = Composer::new(Vec::new());
        composer.set("compare @a.txt, and @b/c.md?\nmail me@example.com @a.txt");
        assert_eq!(composer.paths(), ["a.txt", "b/c.md"]);
    }

    #[test]
    fn a_paste_is_cleaned_and_keeps_its_lines() {
        let mut composer = Composer::new(Vec::new());
        assert!(composer.paste("a\u{1b}[2Jb\r\nc\u{202e}d"));
        assert_eq!(composer.lines(), 2);
        assert!(composer.text().chars().all(|c| c == '\n' || !c.is_control()));
    }
}
