//! The one sanitiser between outside text (models, errors, files, pastes) and the screen.
//!
//! Escape sequences, controls, reordering and invisible characters can't pass; a person sees how many were stopped.
//! It is not a redactor of secrets, not a Markdown reader, and it never touches what is stored: files keep the raw text.

mod class;
mod escape;
mod offsets;
/// Text from outside in one cell of comma-separated values (RFC 4180): without control characters, in quotes where it has
/// to be, and never a formula to a program of tables.
pub fn csv_cell(text: &str) -> String {
    let text = line(text);
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A clean text as one word for a POSIX shell: in quotes where it has to be.
pub fn shell_word(clean: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:=@%+,".contains(c);
    if !clean.is_empty() && clean.chars().all(plain) {
        return clean.to_owned();
    }
    format!("'{}'", clean.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;

use class::{Class, Cluster, class};
use escape::{Sequence, Step};
use offsets::Offsets;
use unicode_width::UnicodeWidthChar;

/// Stands for one escape sequence that was taken out.
pub const MARK: char = '\u{241b}';

/// Cells between two tab stops.
const TAB: usize = 4;

/// The most bytes kept of text hidden in tag characters.
const MOST_SMUGGLED: usize = 256;

/// Raw text in, clean text out, in chunks of any size: how the text is cut never changes the result.
///
/// The clean text only ever grows. What can't be judged yet (half a sequence, a CR, a joiner) waits for the next chunk.
#[derive(Clone, Debug, Default)]
pub struct CleanText {
    out: String,
    filtered: usize,
    offsets: Offsets,
    raw_len: usize,
    held: Held,
    cluster: Cluster,
    column: usize,
    link: Option<Link>,
    smuggled: String,
}

/// Raw text that waits for the character after it, with the raw offset it began at.
#[derive(Clone, Debug, Default)]
enum Held {
    #[default]
    Nothing,
    Return(usize),
    Joiner(usize, char),
    Sequence(usize, Sequence),
}

/// A hyperlink whose text is being shown, and where in the clean text that began.
#[derive(Clone, Debug)]
struct Link {
    target: String,
    from: usize,
}

impl CleanText {
    /// Begins with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next chunk.
    pub fn push(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            if matches!(self.held, Held::Nothing) {
                let plain = rest.bytes().take_while(|byte| matches!(byte, b' '..=b'~')).count();
                if let Some(last) = rest[..plain].chars().next_back() {
                    self.out.push_str(&rest[..plain]);
                    self.cluster.show(last);
                    self.column += plain;
                    self.raw_len += plain;
                    rest = &rest[plain..];
                    continue;
                }
            }
            let at = self.raw_len;
            self.raw_len += c.len_utf8();
            self.next(at, c);
            rest = &rest[c.len_utf8()..];
        }
    }

    /// Says that nothing follows: what was waiting is settled, an open link shows its target.
    pub fn finish(&mut self) {
        let end = self.raw_len;
        match std::mem::take(&mut self.held) {
            Held::Nothing => {}
            Held::Return(at) => self.replace((at, end), "\n", 1),
            Held::Joiner(at, _) => self.replace((at, end), "", 1),
            Held::Sequence(at, _) => self.mark((at, end)),
        }
        self.close_link((end, end));
    }

    /// The clean text so far.
    pub fn as_str(&self) -> &str {
        &self.out
    }

    /// How many bytes of raw text came in.
    pub fn raw_len(&self) -> usize {
        self.raw_len
    }

    /// How many things were taken out or replaced. Tabs and CRLF line ends are not counted.
    pub fn filtered(&self) -> usize {
        self.filtered
    }

    /// The ASCII text that was hidden in tag characters, its first 256 bytes; usually empty.
    pub fn smuggled(&self) -> &str {
        &self.smuggled
    }

    /// The clean offset of a byte offset in the raw text; always on a character boundary.
    pub fn to_clean(&self, raw_offset: usize) -> usize {
        let mut clean = self.offsets.to_clean(raw_offset).min(self.out.len());
        while !self.out.is_char_boundary(clean) {
            clean -= 1;
        }
        clean
    }

    /// The raw offset of a byte offset in the clean text.
    pub fn to_raw(&self, clean_offset: usize) -> usize {
        self.offsets.to_raw(clean_offset.min(self.out.len())).min(self.raw_len)
    }

    /// Handles the character at raw offset `at`, settling what was held first.
    fn next(&mut self, at: usize, c: char) {
        let end = at + c.len_utf8();
        match std::mem::take(&mut self.held) {
            Held::Nothing => self.ground(at, c),
            Held::Return(from) if c == '\n' => self.replace((from, end), "\n", 0),
            Held::Return(from) => {
                self.replace((from, at), "\n", 1);
                self.ground(at, c);
            }
            Held::Joiner(from, joiner) => {
                if self.cluster.joins(joiner, c) {
                    self.show(joiner);
                } else {
                    self.replace((from, at), "", 1);
                }
                self.ground(at, c);
            }
            Held::Sequence(from, mut sequence) => match sequence.feed(c) {
                Step::More => self.held = Held::Sequence(from, sequence),
                Step::End => self.end_sequence((from, end), &sequence),
                Step::TooLong => self.mark((from, end)),
                Step::Before => {
                    self.mark((from, at));
                    self.ground(at, c);
                }
                Step::AtEscape => {
                    self.mark((from, at - 1));
                    self.held = Held::Sequence(at - 1, Sequence::begin('\u{1b}'));
                    self.next(at, c);
                }
            },
        }
    }

    fn ground(&mut self, at: usize, c: char) {
        let raw = (at, at + c.len_utf8());
        match class(c) {
            Class::Plain => self.show(c),
            Class::Newline if c == '\n' => self.show(c),
            Class::Newline => self.replace(raw, "\n", 1),
            Class::Return => self.held = Held::Return(at),
            Class::Joiner => self.held = Held::Joiner(at, c),
            Class::Opener => self.held = Held::Sequence(at, Sequence::begin(c)),
            Class::Tab => self.replace(raw, &"    "[..TAB - self.column % TAB], 0),
            Class::Extender | Class::Presentation | Class::LetterForm if self.cluster.admits(c) => {
                self.show(c);
            }
            Class::Tag => {
                if let (' '..='~', true) = (char::from(c as u8), self.smuggled.len() < MOST_SMUGGLED) {
                    self.smuggled.push(char::from(c as u8));
                }
                self.replace(raw, "", 1);
            }
            _ => self.replace(raw, "", 1),
        }
    }

    fn show(&mut self, c: char) {
        self.out.push(c);
        self.cluster.show(c);
        self.column = if c == '\n' { 0 } else { self.column + c.width().unwrap_or(0) };
    }

    /// Shows `by`, which must be clean, in place of a raw range.
    fn replace(&mut self, raw: (usize, usize), by: &str, counted: usize) {
        let from = self.out.len();
        by.chars().for_each(|c| self.show(c));
        self.offsets.note(raw, (from, self.out.len()));
        self.filtered += counted;
    }

    fn mark(&mut self, raw: (usize, usize)) {
        self.replace(raw, MARK.encode_utf8(&mut [0; 4]), 1);
    }

    fn end_sequence(&mut self, raw: (usize, usize), sequence: &Sequence) {
        let Some(target) = sequence.link() else { return self.mark(raw) };
        self.filtered += 1;
        self.close_link(raw);
        // The target is printed later, in one piece: only what is visible and no blank may stand in it.
        let target: String =
            target.chars().filter(|&c| class(c) == Class::Plain && !c.is_whitespace()).collect();
        if !target.is_empty() {
            self.link = Some(Link { target, from: self.out.len() });
        }
    }

    /// Shows the target of the open link, unless its text was the target.
    fn close_link(&mut self, raw: (usize, usize)) {
        let link = self.link.take().filter(|link| self.out[link.from..] != link.target);
        let shown = link.map_or_else(String::new, |link| format!(" <{}>", link.target));
        if raw.0 < raw.1 || !shown.is_empty() {
            self.replace(raw, &shown, 0);
        }
    }
}

/// Cleans a whole text for reading.
pub fn prose(raw: &str) -> String {
    let mut text = CleanText::new();
    text.push(raw);
    text.finish();
    text.out
}

/// Cleans a title or a name: as [`prose`], in one line.
pub fn line(raw: &str) -> String {
    prose(raw).replace('\n', " ").trim().to_owned()
}

/// As much of a line as so many characters hold; where that is not all of it, a sign takes the place of the last.
pub fn cut(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    line.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Shows keys, paths and errors in one line, with an escape in place of all that [`prose`] would take out.
pub fn exact(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut cluster = Cluster::default();
    for c in raw.chars() {
        let shown = match class(c) {
            Class::Plain => true,
            Class::Extender | Class::Presentation | Class::LetterForm => cluster.admits(c),
            _ => false,
        };
        if shown {
            out.push(c);
            cluster.show(c);
        } else {
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                _ if u32::from(c) < 0x100 => {
                    out.push_str("\\x");
                    out.extend(
                        [u32::from(c) >> 4, u32::from(c) & 15]
                            .into_iter()
                            .filter_map(|n| char::from_digit(n, 16)),
                    );
                }
                _ => out.extend(c.escape_unicode()),
            }
            out.chars().next_back().into_iter().for_each(|last| cluster.show(last));
        }
    }
    out
}
