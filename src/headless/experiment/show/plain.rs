//! Text on a terminal: cleaned, in ASCII where nothing else may be shown, measured, cut, broken and filled up by the cells that
//! it takes. What is said is not its business.

use crate::core::clean;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Script {
    /// Whether in ASCII alone.
    pub ascii: bool,
}

impl Script {
    /// A sign, or what stands for it in ASCII.
    pub fn sign(self, sign: char, ascii: char) -> char {
        if self.ascii { ascii } else { sign }
    }

    /// A text in one line, safe on a terminal.
    pub fn line(self, text: &str) -> String {
        let text = clean::line(text);
        if self.ascii { in_ascii(&text) } else { text }
    }

    /// As much of a line as so many cells hold; where that is not all of it, a sign stands for the rest.
    pub fn cut(self, line: &str, most: usize) -> String {
        if width(line) <= most {
            return line.to_owned();
        }
        let sign = if self.ascii { ".." } else { "…" };
        let room = most.saturating_sub(width(sign));
        let mut out = head(line, room).trim_end().to_owned();
        out.push_str(&sign[..if most < width(sign) { 0 } else { sign.len() }]);
        out
    }
}

/// How many cells a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// As much from the beginning of a text as so many cells hold, never half a character.
fn head(text: &str, most: usize) -> &str {
    let mut end = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        let next = at + cluster.len();
        if width(&text[..next]) > most {
            break;
        }
        end = next;
    }
    &text[..end]
}

/// A text filled up with blanks behind it.
pub(super) fn left(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))))
}

/// A text filled up with blanks before it.
pub(super) fn right(text: &str, cells: usize) -> String {
    format!("{}{text}", " ".repeat(cells.saturating_sub(width(text))))
}

/// Breaks a line at blanks into lines of at most so many cells; a word that is longer is broken anywhere. At least one line.
pub(super) fn wrap(line: &str, most: usize) -> Vec<String> {
    let most = most.max(2);
    let mut lines = Vec::new();
    let mut now = String::new();
    for mut word in line.split_whitespace() {
        let gap = usize::from(!now.is_empty());
        if width(&now) + gap + width(word) > most && !now.is_empty() {
            lines.push(std::mem::take(&mut now));
        }
        while width(word) > most {
            let part = head(word, most);
            // A character that is wider than the line is left where it is.
            if part.is_empty() {
                break;
            }
            lines.push(part.to_owned());
            word = &word[part.len()..];
        }
        if !now.is_empty() {
            now.push(' ');
        }
        now.push_str(word);
    }
    if !now.is_empty() || lines.is_empty() {
        lines.push(now);
    }
    lines
}

/// A text in ASCII: signs by what looks like them, letters without what stands on them, all else as a question mark.
fn in_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => out.push(c),
            '–' | '−' | '—' | '‐' | '‑' => out.push('-'),
            '…' => out.push_str(".."),
            '≥' => out.push_str(">="),
            '≤' => out.push_str("<="),
            '×' => out.push('x'),
            '·' | '•' => out.push('*'),
            '‘' | '’' => out.push('\''),
            '“' | '”' => out.push('"'),
            '²' => out.push_str("^2"),
            '¼' => out.push_str("1/4"),
            'ß' => out.push_str("ss"),
            other => {
                let bare: String = std::iter::once(other).nfkd().filter(char::is_ascii).collect();
                let mark = unicode_normalization::char::is_combining_mark(other);
                match (bare.is_empty(), mark) {
                    (true, false) => out.push('?'),
                    (true, true) => {}
                    (false, _) => out.push_str(&bare),
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Script = Script { ascii: true };
    const RICH: Script = Script { ascii: false };

    #[test]
    fn ascii_is_ascii_and_still_reads() {
        let told = PLAIN.line("Müller – 84.5 × 2 ≥ “Straße” … 東京 −3 ﬁ");
        assert_eq!(told, "Muller - 84.5 x 2 >= \"Strasse\" .. ?? -3 fi");
        assert_eq!(RICH.line("a\u{1b}[31mred\nline"), "a\u{241b}red line");
    }

    #[test]
    fn cuts_count_cells_and_keep_characters_whole() {
        assert_eq!(RICH.cut("council", 7), "council");
        assert_eq!(RICH.cut("council", 6), "counc…");
        assert_eq!(PLAIN.cut("council", 6), "coun..");
        assert_eq!(RICH.cut("東京東京", 6), "東京…");
        assert_eq!(width(&RICH.cut("東京東京", 6)), 5);
        assert_eq!([RICH.cut("council", 1), PLAIN.cut("council", 1), RICH.cut("council", 0)], ["…", "", ""]);
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("a abcdefgh", 4), ["a", "abcd", "efgh"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
