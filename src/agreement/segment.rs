//! Cutting a growing answer into claims: sentences, list items, table rows and code blocks. It compares nothing.
//!
//! Every decision needs only what was read and a bounded look ahead, so that any way of cutting the stream gives the
//! same claims as the whole text; bytes that were decided are never read again.

use super::markup::{SIGNS, TELLING, empty, filler, heading, marker, rule, trim, unindented, wrapped};
use super::normalise::Features;
use super::sentence::{self, Ending};
use std::ops::Range;

/// The form in which a claim is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A sentence of a paragraph.
    Prose,
    /// A sentence of a list item.
    Item,
    /// A row of a table.
    Row,
    /// A fenced block of code.
    Code,
}

/// A claim as found in one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Bytes of the raw answer, without white space, list markers and paired emphasis around it.
    pub range: Range<usize>,
    /// How it is written.
    pub form: Form,
    /// What it is compared by.
    pub features: Features,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    /// At the head of a line that is not yet recognised.
    #[default]
    Line,
    /// Inside a paragraph or a list item.
    Text(Form),
    /// Inside a fenced block: the fence's sign and length, and where the content began.
    Fence(char, usize, usize),
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Table {
    #[default]
    Outside,
    /// The first row waits: a line of dashes makes it a header, which claims nothing.
    Head(Range<usize>),
    /// The rows behind it, with the header's cells, where there was one.
    Body(Range<usize>),
}

/// Finds the claims of one answer while it grows.
#[derive(Clone, Debug, Default)]
pub struct Segmenter {
    pieces: Vec<Piece>,
    state: State,
    table: Table,
    /// Everything before this byte is decided.
    cursor: usize,
    /// Where the unfinished sentence began.
    start: usize,
    /// Where the line of the cursor began.
    line: usize,
    /// No newline stands between the line's head and this byte.
    searched: usize,
    /// A leading yes or no that waits for its sentence.
    held: Option<usize>,
}

/// The cells of a row, each behind what the header says of its column: "city: Bern, people: 134,000".
fn joined(header: &str, row: &str) -> String {
    let cells = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let (names, cells) = (cells(header), cells(row));
    if header.is_empty() || names.len() != cells.len() {
        return cells.join(", ");
    }
    let pairs = names.iter().zip(&cells).map(|(name, cell)| format!("{name}: {cell}"));
    pairs.collect::<Vec<_>>().join(", ")
}

/// Longest part of a claim that is compared, in bytes: noise without an end must not cost time.
const COMPARED: usize = 2_000;

/// All claims of a whole text.
pub fn segment(text: &str) -> Vec<Piece> {
    let mut segmenter = Segmenter::default();
    segmenter.finish(text);
    segmenter.pieces
}

impl Segmenter {
    /// The claims found so far, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Keeps of a piece that is not compared only what an answer's position is read from.
    pub(super) fn slim(&mut self, piece: usize) {
        if let Some(piece) = self.pieces.get_mut(piece) {
            piece.features.slim();
        }
    }

    /// Reads on in the whole text so far, which must begin with what was given before.
    pub fn push(&mut self, text: &str) {
        while self.step(text, false) {}
    }

    /// Reads the rest of a text that will not grow any more.
    pub fn finish(&mut self, text: &str) {
        while self.step(text, true) {}
        match self.state {
            State::Fence(_, _, from) => self.emit(text, from..text.len(), Form::Code, true),
            State::Text(form) => self.emit(text, self.start..text.len(), form, true),
            State::Line => {}
        }
        self.end_table(text);
        self.state = State::Line;
    }

    /// Decides one thing; false when nothing more can be decided.
    fn step(&mut self, text: &str, ended: bool) -> bool {
        if self.cursor >= text.len() {
            return false;
        }
        match self.state.clone() {
            State::Line => self.line(text, ended),
            State::Fence(sign, length, from) => self.fence(text, ended, sign, length, from),
            State::Text(form) => self.text(text, ended, form),
        }
    }

    /// The line at the cursor without its newline, and whether it is whole.
    fn current<'a>(&mut self, text: &'a str, ended: bool) -> (&'a str, bool) {
        let from = self.searched.max(self.cursor);
        if let Some(at) = text[from..].find('\n') {
            self.searched = from + at;
            (&text[self.cursor..from + at], true)
        } else {
            self.searched = text.len();
            (&text[self.cursor..], ended)
        }
    }

    fn next_line(&mut self, length: usize, text: &str) {
        self.cursor = (self.cursor + length + 1).min(text.len());
        self.line = self.cursor;
        self.searched = self.cursor;
        self.state = State::Line;
    }

    fn line(&mut self, text: &str, ended: bool) -> bool {
        let (line, whole) = self.current(text, ended);
        let body = unindented(line);
        if !whole && (body.chars().take(TELLING).count() < TELLING || rule(body)) {
            return false;
        }
        let indent = line.len() - body.len();
        let (length, head) = (line.len(), body.as_bytes().first().copied().unwrap_or(b' '));
        let fence = body.bytes().take(SIGNS).take_while(|byte| *byte == head).count();
        let line_only = (matches!(head, b'`' | b'~') && fence >= 3) || head == b'|' || heading(body);
        if line_only && !whole {
            return false;
        }
        if head != b'|' {
            self.end_table(text);
        }
        if matches!(head, b'`' | b'~') && fence >= 3 {
            self.next_line(length, text);
            self.state = State::Fence(char::from(head), fence, self.cursor);
        } else if head == b'|' {
            let range = self.cursor + indent..self.cursor + length;
            self.row(text, range);
            self.next_line(length, text);
        } else if whole && (body.trim().is_empty() || rule(body)) || heading(body) {
            self.next_line(length, text);
        } else {
            let marker = marker(body);
            self.state = State::Text(if marker > 0 { Form::Item } else { Form::Prose });
            self.cursor += indent + marker;
            self.start = self.cursor;
        }
        true
    }

    fn row(&mut self, text: &str, range: Range<usize>) {
        let dashes =
            text[range.clone()].chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t' | '\r' | '+'));
        match (std::mem::take(&mut self.table), dashes) {
            (Table::Head(header) | Table::Body(header), true) => self.table = Table::Body(header),
            (Table::Outside, true) => self.table = Table::Body(0..0),
            (Table::Outside, false) => self.table = Table::Head(range),
            (Table::Head(first), false) => {
                self.emit(text, first, Form::Row, true);
                self.table = Table::Body(0..0);
                self.emit(text, range, Form::Row, true);
            }
            (Table::Body(header), false) => {
                self.table = Table::Body(header);
                self.emit(text, range, Form::Row, true);
            }
        }
    }

    fn end_table(&mut self, text: &str) {
        if let Table::Head(range) = std::mem::take(&mut self.table) {
            self.emit(text, range, Form::Row, true);
        }
    }

    fn fence(&mut self, text: &str, ended: bool, sign: char, length: usize, from: usize) -> bool {
        let (line, whole) = self.current(text, ended);
        if !whole {
            return false;
        }
        let body = line.trim();
        let closes = body.len() >= length && body.chars().all(|c| c == sign);
        let (end, count) = (self.cursor, line.len());
        self.next_line(count, text);
        if closes {
            self.emit(text, from..end, Form::Code, true);
        } else {
            self.state = State::Fence(sign, length, from);
        }
        true
    }

    fn text(&mut self, text: &str, ended: bool, form: Form) -> bool {
        let mark = |c: char| c == '\n' || sentence::latin(c) || sentence::wide(c);
        let Some(at) = text[self.cursor..].find(mark).map(|at| self.cursor + at) else {
            self.cursor = text.len();
            return false;
        };
        self.cursor = at;
        if text.as_bytes()[at] != b'\n' {
            match sentence::ending(text, self.start, at, ended) {
                Ending::Wait => return false,
                Ending::On(next) => self.cursor = next,
                Ending::At(next, last) => {
                    self.emit(text, self.start..next, form, last);
                    self.cursor = next;
                    self.start = next;
                }
            }
            return true;
        }
        match wrapped(&text[self.line..at], &text[at + 1..], ended) {
            None => return false,
            Some(true) => {
                self.cursor = at + 1;
                self.line = at + 1;
            }
            Some(false) => {
                self.emit(text, self.start..at, form, true);
                self.cursor = at;
                self.next_line(0, text);
            }
        }
        true
    }

    /// Keeps a piece if it claims something. `last` says that its line ends with it.
    fn emit(&mut self, text: &str, range: Range<usize>, form: Form, last: bool) {
        let from = self.held.take().unwrap_or(range.start);
        let whole = if form == Form::Code { from..range.end } else { from.min(range.start)..range.end };
        let range = trim(text, whole, form);
        let piece = &text[range.clone()];
        if piece.is_empty() || (form != Form::Code && empty(piece, text, &range, form, last)) {
            return;
        }
        let cut = (0..=COMPARED.min(piece.len())).rev().find(|at| piece.is_char_boundary(*at)).unwrap_or(0);
        let features = match (form, &self.table) {
            (Form::Code, _) => Features::code(&piece[..cut]),
            (Form::Row, Table::Body(header)) => {
                Features::prose(&joined(&text[header.clone()], &piece[..cut]))
            }
            _ => Features::prose(&piece[..cut]),
        };
        if features.bare_verdict() && !last && form != Form::Code {
            self.held = Some(range.start);
            return;
        }
        let least = match form {
            Form::Code | Form::Item | Form::Row => 1,
            // A one-word answer is an answer; later fragments are not.
            Form::Prose if self.pieces.is_empty() && !filler(&features) => 1,
            Form::Prose => 2,
        };
        let position =
            features.verdict.is_some() || features.choice.is_some() || !features.numbers.is_empty();
        if features.substance() >= least || position {
            self.pieces.push(Piece { range, form, features });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<&str> {
        segment(text).into_iter().map(|piece| &text[piece.range]).collect()
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            texts(
                "Dr. Smith measured 3.5 km at 5 p.m. on Monday, e.g. by car. J. R. Tolkien wrote many long books... He lived in Oxford for years!"
            ),
            [
                "Dr. Smith measured 3.5 km at 5 p.m. on Monday, e.g. by car.",
                "J. R. Tolkien wrote many long books...",
                "He lived in Oxford for years!"
            ]
        );
        assert_eq!(
            texts("这座桥对卡车是安全的。上次检查是在2024年！"),
            ["这座桥对卡车是安全的。", "上次检查是在2024年！"]
        );
    }

    #[test]
    fn markup_is_no_claim() {
        let text = "# Title of the answer\n\nHere are the three reasons:\n\n1. **Cost**: it is much cheaper.\n2. Paris\n\n**A bold heading line**\n\n---\n> Quoted words say something here.\n";
        assert_eq!(
            texts(text),
            ["**Cost**: it is much cheaper.", "Paris", "Quoted words say something here."]
        );
    }

    #[test]
    fn blocks_are_one_claim_and_rows_are_claims() {
        let text = "```rust\nlet a = 1;\nlet b = 2;\n```\n| city | people |\n|---|---|\n| Bern | 134,000 |\n| Basel | 173,000 |\nPOSITION: Bern\n";
        let pieces = segment(text);
        assert_eq!(texts(text), ["let a = 1;\nlet b = 2;", "Bern | 134,000", "Basel | 173,000"]);
        assert_eq!(
            pieces.iter().map(|piece| piece.form).collect::<Vec<_>>(),
            [Form::Code, Form::Row, Form::Row]
        );
        assert_eq!(texts("```\nnever closed"), ["never closed"]);
    }

    #[test]
    fn a_row_is_read_with_its_header() {
        let table = segment("| city | people |\n|---|---|\n| Bern | 134,000 |\n");
        let prose = segment("The city of Bern has 134,000 people.");
        let finding = crate::agreement::stance::relate(&table[0].features, &prose[0].features);
        assert_eq!(finding.map(|finding| finding.relation), Some(crate::agreement::Relation::Agree));
        assert_eq!(segment("|a|b|\n|x|y|z|\n|--|\n|Bern|\n").len(), 3, "a broken table keeps its rows");
    }

    #[test]
    fn a_leading_verdict_joins_its_sentence() {
        assert_eq!(
            texts("**Yes.** The bridge is safe for trucks."),
            ["Yes.** The bridge is safe for trucks."]
        );
        assert_eq!(texts("Yes."), ["Yes."]);
        assert_eq!(texts("No.\n\nThe bridge is closed today."), ["No.", "The bridge is closed today."]);
        assert_eq!(texts("Sure! Paris"), ["Paris"]);
        assert_eq!(texts("Certainly!"), Vec::<&str>::new());
        assert_eq!(texts("Paris"), ["Paris"]);
    }

    #[test]
    fn lines_wrapped_by_hand_are_one_sentence() {
        let text = "The bridge across the river was built long before the war,\nand it has been closed for trucks since then.\nNext line here says more.";
        assert_eq!(texts(text).len(), 2);
    }

    fn noisy() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            3 => prop::sample::select(vec![
                "A whole sentence stands here. ", "Yes. ", "No.\n", "- item one is here\n", "1. first thing to do\n", "```\ncode(1)\n```\n", "```", "|a|b|\n", "|--|--|\n",
                "...", "?!", "。", "！」", "e.g. ", "J. ", "**", "*", "_", "> ", "# ", "---\n", "\n", "\n\n", "   ", "                                        ",
                "\t", "\r\n", "Then it\ngoes on and on for much longer than fifty bytes in one line\nwrapped by hand", "...................................................................................",
                ":", "POSITION: no\n", "[ ] ", "[x] todo is this", "12. ", "$3.50 ", "«Bon. » ", "(So it is.) ",
            ]).prop_map(str::to_owned),
            1 => any::<String>(),
        ];
        prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

        #[test]
        fn any_cutting_gives_the_claims_of_the_whole(text in noisy(), cuts in prop::collection::vec(1usize..9, 1..40)) {
            let whole = segment(&text);
            let mut segmenter = Segmenter::default();
            let mut to = 0;
            for cut in cuts.iter().cycle() {
                to += cut;
                if to >= text.len() {
                    segmenter.push(&text);
                    break;
                }
                if text.is_char_boundary(to) {
                    segmenter.push(&text[..to]);
                    prop_assert!(whole.starts_with(segmenter.pieces()), "{:?} is not the head of {:?}", segmenter.pieces(), whole);
                }
            }
            segmenter.finish(&text);
            prop_assert_eq!(segmenter.pieces(), whole.as_slice());
            let mut end = 0;
            for piece in &whole {
                prop_assert!(end <= piece.range.start && piece.range.start < piece.range.end);
                end = piece.range.end;
            }
        }
    }
}
