//! Breaks styled runs into lines that fit a width, by grapheme clusters and display cells, keeping source offsets.
//!
//! It knows no Markdown and no colours, and it doesn't clean: what comes in must have passed `core::clean`.

use std::borrow::Cow;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Opens the second and further lines of a broken code line. A piece with an empty source, so `--ascii` can swap it.
pub const CONTINUATION: &str = "↳ ";

/// Drawn across for a rule. A piece of nothing else, so that `--ascii` can swap it.
pub const RULE: char = '─';

/// What a piece of text is; the theme says how that looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Running text.
    #[default]
    Plain,
    /// A heading.
    Heading,
    /// `**strong**`.
    Strong,
    /// `*emphasis*`.
    Emphasis,
    /// Both at once.
    StrongEmphasis,
    /// Code in a line or a block, with its backticks.
    Code,
    /// Text inside a quote.
    Quote,
    /// List markers, quote bars, fences, rules, table lines: the frame around the text.
    Marker,
    /// The text of a link and its target.
    Link,
}

/// A stretch of a line with one tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What is drawn; never holds a newline.
    pub text: String,
    /// What it is.
    pub tone: Tone,
    /// The bytes of the clean text it shows; empty for decoration.
    pub source: Range<usize>,
}

/// One line, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// From left to right.
    pub pieces: Vec<Piece>,
    /// The bytes of the clean text it shows; empty for blank and decoration lines. Ends never go back from line to line.
    pub source: Range<usize>,
    /// Whether a paragraph, item, heading, code block, table or rule begins here.
    pub first_of_block: bool,
}

/// Styled text before it is broken into lines. A newline in the text breaks the line.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    text: Cow<'a, str>,
    tone: Tone,
    source: Range<usize>,
    /// Whether the text is the source byte for byte, so that a part of one is that part of the other.
    exact: bool,
}

impl<'a> Run<'a> {
    /// A range of the source as it stands.
    pub fn exact(source: &'a str, range: Range<usize>, tone: Tone) -> Self {
        Self { text: Cow::Borrowed(&source[range.clone()]), tone, source: range, exact: true }
    }

    /// Text that stands for a range of the source as a whole.
    pub fn standing_for(range: Range<usize>, text: String, tone: Tone) -> Self {
        Self { text: Cow::Owned(text), tone, source: range, exact: false }
    }

    /// Text without a source.
    pub fn decoration(text: impl Into<Cow<'a, str>>, tone: Tone) -> Self {
        Self { text: text.into(), tone, source: 0..0, exact: false }
    }

    /// A piece of a line as a run again.
    pub fn from_piece(piece: &Piece) -> Self {
        let exact = piece.source.len() == piece.text.len();
        Self { text: Cow::Owned(piece.text.clone()), tone: piece.tone, source: piece.source.clone(), exact }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The width in cells.
    pub fn width(&self) -> usize {
        self.text.width()
    }
}

/// What stands before the text in the first line and in the others. Cut to half of the width, so that text always has room.
#[derive(Clone, Debug, Default)]
pub struct Hang {
    first: Vec<(Cow<'static, str>, Tone)>,
    rest: Vec<(Cow<'static, str>, Tone)>,
}

impl Hang {
    /// Adds to the prefix of the first line.
    pub fn first(&mut self, text: impl Into<Cow<'static, str>>, tone: Tone) {
        self.first.push((text.into(), tone));
    }

    /// Adds to the prefix of the other lines.
    pub fn rest(&mut self, text: impl Into<Cow<'static, str>>, tone: Tone) {
        self.rest.push((text.into(), tone));
    }

    /// The cells left for text in all but the first line.
    pub fn room(&self, width: usize) -> usize {
        let taken = fitting(&self.rest, width).map(|(text, _)| text.width()).sum();
        width.max(1).saturating_sub(taken).max(1)
    }

    /// Adds a line that holds the prefix alone.
    pub fn blank(&self, width: usize, out: &mut Vec<Line>) {
        let at = end_of(out);
        let mut pieces: Vec<Piece> =
            fitting(&self.rest, width).map(|(text, tone)| decoration(text, *tone, at)).collect();
        while pieces.last().is_some_and(|piece| piece.text.trim().is_empty()) {
            pieces.pop();
        }
        out.push(Line { pieces, source: at..at, first_of_block: false });
    }
}

type Prefix = [(Cow<'static, str>, Tone)];

fn fitting(prefix: &Prefix, width: usize) -> impl Iterator<Item = &(Cow<'static, str>, Tone)> {
    let mut left = width / 2;
    prefix.iter().take_while(move |(text, _)| {
        let fits = text.width() <= left;
        left = left.saturating_sub(text.width());
        fits
    })
}

fn decoration(text: &str, tone: Tone, at: usize) -> Piece {
    Piece { text: text.to_owned(), tone, source: at..at }
}

fn end_of(lines: &[Line]) -> usize {
    lines.last().map_or(0, |line| line.source.end)
}

/// Where a line may be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Between words, beside CJK characters, inside words only if they are too long.
    Words,
    /// Anywhere, spaces kept: for code.
    Cells,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Newline,
    Space,
    Letter,
    Hyphen,
    /// Takes part in no rule.
    Other,
    /// A character that lines may be broken beside.
    Wide,
    /// Wide punctuation that may not begin a line.
    Closing,
    /// Wide punctuation that may not end a line.
    Opening,
}

/// One grapheme cluster.
#[derive(Clone, Copy, Debug)]
struct Unit {
    run: u32,
    at: u32,
    len: u32,
    width: u16,
    kind: Kind,
}

/// Breaks runs into lines and adds them; at least one line, even without text.
pub fn wrap(runs: &[Run<'_>], hang: &Hang, width: usize, at: Break, out: &mut Vec<Line>) {
    let width = width.max(1);
    let mut writer = Writer {
        runs,
        units: units(runs),
        width,
        prefix: Vec::new(),
        first: true,
        trim: at == Break::Words,
        out,
    };
    writer.prefix = fitting(&hang.first, width).cloned().collect();
    let rest: Vec<_> = fitting(&hang.rest, width).cloned().collect();
    let mut continued = rest.clone();
    if at == Break::Cells && width >= 8 {
        continued.push((CONTINUATION.into(), Tone::Marker));
    }
    let mut from = 0;
    loop {
        let (to, next, hard) = writer.fit(from, at);
        writer.emit(from, to);
        from = next;
        if from >= writer.units.len() {
            return;
        }
        writer.prefix.clone_from(if hard { &rest } else { &continued });
    }
}

struct Writer<'a> {
    runs: &'a [Run<'a>],
    units: Vec<Unit>,
    width: usize,
    prefix: Vec<(Cow<'static, str>, Tone)>,
    first: bool,
    trim: bool,
    out: &'a mut Vec<Line>,
}

impl Writer<'_> {
    /// How far the line that begins at unit `from` goes, where the next begins, and whether a newline parts them.
    fn fit(&self, from: usize, at: Break) -> (usize, usize, bool) {
        let room = self.width.saturating_sub(self.prefix.iter().map(|(text, _)| text.width()).sum()).max(1);
        let (mut used, mut seen, mut chance) = (0, false, None);
        for (i, unit) in self.units.iter().enumerate().skip(from) {
            if unit.kind == Kind::Newline {
                return (i, i + 1, true);
            }
            if at == Break::Words && seen && may_break(self.units[i - 1].kind, unit.kind) {
                chance = Some(i);
            }
            used += usize::from(unit.width);
            if used > room && i > from {
                return match chance {
                    _ if at == Break::Words && unit.kind == Kind::Space => self.after_spaces(i),
                    Some(chance) => (chance, chance, false),
                    None => (i, i, false),
                };
            }
            seen |= unit.kind != Kind::Space;
        }
        (self.units.len(), self.units.len(), false)
    }

    /// A line that ends in spaces: they are dropped, and so is a newline right behind them.
    fn after_spaces(&self, end: usize) -> (usize, usize, bool) {
        let spaces = self.units[end..].iter().take_while(|unit| unit.kind == Kind::Space).count();
        let next = end + spaces;
        let hard = self.units.get(next).is_some_and(|unit| unit.kind == Kind::Newline);
        (end, next + usize::from(hard), hard)
    }

    fn emit(&mut self, from: usize, mut to: usize) {
        while self.trim && to > from && self.units[to - 1].kind == Kind::Space {
            to -= 1;
        }
        let floor = end_of(self.out);
        let mut pieces: Vec<Piece> =
            self.prefix.iter().map(|(text, tone)| decoration(text, *tone, floor)).collect();
        let mut source: Option<Range<usize>> = None;
        for group in self.units[from..to].chunk_by(|a, b| a.run == b.run) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
            let run = &self.runs[first.run as usize];
            let part = first.at as usize..(last.at + last.len) as usize;
            let range = if run.exact {
                run.source.start + part.start..run.source.start + part.end
            } else {
                run.source.clone()
            };
            if !range.is_empty() {
                let begun = source.map_or(range.start, |source| source.start);
                source = Some(begun..range.end);
            }
            pieces.push(Piece { text: run.text[part].to_owned(), tone: run.tone, source: range });
        }
        let mut source = source.unwrap_or(floor..floor);
        source.end = source.end.max(floor);
        source.start = source.start.clamp(floor, source.end);
        for piece in pieces.iter_mut().filter(|piece| piece.source.is_empty()) {
            piece.source = source.start..source.start;
        }
        let first_of_block = std::mem::take(&mut self.first);
        self.out.push(Line { pieces, source, first_of_block });
    }
}

fn may_break(before: Kind, after: Kind) -> bool {
    match (before, after) {
        (_, Kind::Space | Kind::Closing) | (Kind::Opening, _) => false,
        (Kind::Space | Kind::Wide | Kind::Closing, _) | (_, Kind::Wide | Kind::Opening) => true,
        (before, after) => before == Kind::Hyphen && after == Kind::Letter,
    }
}

fn units(runs: &[Run<'_>]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(runs.iter().map(|run| run.text.len()).sum());
    for (index, run) in runs.iter().enumerate() {
        let (text, bytes) = (run.text.as_ref(), run.text.as_bytes());
        let mut at = 0;
        while at < bytes.len() {
            // An ASCII character before another one is a cluster of its own; so nearly all text skips the slow path.
            if bytes[at].is_ascii() && bytes.get(at + 1).is_none_or(u8::is_ascii) {
                let kind = ascii_kind(bytes[at], units.last().map(|unit| unit.kind));
                units.push(Unit { run: index as u32, at: at as u32, len: 1, width: 1, kind });
                at += 1;
                continue;
            }
            let end = (at + 1..bytes.len())
                .find(|&i| bytes[i].is_ascii() && bytes.get(i + 1).is_none_or(u8::is_ascii));
            let end = end.unwrap_or(bytes.len());
            for (offset, cluster) in text[at..end].grapheme_indices(true) {
                push_cluster(cluster, index as u32, at + offset, &mut units);
            }
            at = end;
        }
    }
    units
}

fn ascii_kind(byte: u8, before: Option<Kind>) -> Kind {
    match byte {
        b'\n' => Kind::Newline,
        b' ' => Kind::Space,
        b'-' if before == Some(Kind::Letter) => Kind::Hyphen,
        _ if byte.is_ascii_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    }
}

fn push_cluster(cluster: &str, run: u32, at: usize, units: &mut Vec<Unit>) {
    let width = cluster.width();
    // One cluster can join any number of letters; a line can't be wider than the pane for that.
    if width > 2 {
        let parts = cluster.char_indices();
        units.extend(parts.map(|(offset, c)| Unit {
            run,
            at: (at + offset) as u32,
            len: c.len_utf8() as u32,
            width: c.width().unwrap_or(0) as u16,
            kind: Kind::Other,
        }));
        return;
    }
    let Some(first) = cluster.chars().next() else { return };
    let kind = match first {
        '\n' => Kind::Newline,
        ' ' | '\u{3000}' if cluster.len() == first.len_utf8() => Kind::Space,
        '、' | '。' | '，' | '．' | '：' | '；' | '！' | '？' | '）' | '」' | '』' | '】' | '》' | '〉'
        | '〕' | '｝' | '］' | 'ー' | '…' | '·' | '々' => Kind::Closing,
        '（' | '「' | '『' | '【' | '《' | '〈' | '〔' | '｛' | '［' => Kind::Opening,
        _ if width == 2 => Kind::Wide,
        _ if first.is_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    };
    units.push(Unit { run, at: at as u32, len: cluster.len() as u32, width: width as u16, kind });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str, width: usize, at: Break) -> Vec<String> {
        let mut out = Vec::new();
        wrap(&[Run::exact(text, 0..text.len(), Tone::Plain)], &Hang::default(), width, at, &mut out);
        out.iter().map(|line| line.pieces.iter().map(|piece| piece.text.as_str()).collect()).collect()
    }

    #[test]
    fn words_are_kept_whole_when_they_fit() {
        assert_eq!(lines("the quick brown fox", 10, Break::Words), ["the quick", "brown fox"]);
        assert_eq!(lines("exactly ten", 7, Break::Words), ["exactly", "ten"]);
        assert_eq!(lines("incomprehensible a", 6, Break::Words), ["incomp", "rehens", "ible a"]);
        assert_eq!(lines("well-known x-1", 6, Break::Words), ["well-", "known", "x-1"]);
        assert_eq!(lines("a\n\nb ", 6, Break::Words), ["a", "", "b"]);
        assert_eq!(lines("", 6, Break::Words), [""]);
    }

    #[test]
    fn wide_characters_break_anywhere_but_not_before_a_stop() {
        assert_eq!(lines("日本語です。x", 5, Break::Words), ["日本", "語で", "す。x"]);
        assert_eq!(lines("日本語。", 6, Break::Words), ["日本", "語。"]);
        assert_eq!(lines("日本", 1, Break::Words), ["日", "本"]);
    }

    #[test]
    fn code_keeps_its_spaces_and_shows_where_it_was_broken() {
        assert_eq!(lines("  abcdefgh ij", 8, Break::Cells), ["  abcdef", "↳ gh ij"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn lines_fit_and_lose_nothing(text in "[a-c \n日。é\u{301}\u{1f469}\u{200d}\u{1f467}क\u{94d}-]{0,60}", width in 1usize..20, code: bool) {
            let at = if code { Break::Cells } else { Break::Words };
            let shown = lines(&text, width, at);
            for line in &shown {
                let single = line.graphemes(true).count() <= 1 && line.width() <= 2;
                prop_assert!(line.width() <= width || single, "{:?} {}", line, width);
            }
            let squeeze = |text: &str| text.replace([' ', '\n', '↳'], "");
            prop_assert_eq!(squeeze(&shown.concat()), squeeze(&text));
        }
    }
}
