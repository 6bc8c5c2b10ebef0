//! The signs around a text: rules, headings, list markers, emphasis, lead-ins and politeness. It holds no state.

use super::normalise::Features;
use super::segment::Form;
use super::sentence;
use super::words::Class;
use std::ops::Range;

/// Characters of a line that tell its kind for certain.
pub(super) const TELLING: usize = 24;
/// Longest run of signs in bytes that makes a rule, a fence or an indentation: the head of a line that still grows is looked
/// at with each piece of it, and noise must not make that dear.
pub(super) const SIGNS: usize = 1_000;
/// Least length in bytes of a line that a writer may have wrapped by hand.
const WRAPPED: usize = 50;

/// Whether a piece only leads in, titles, or states the position line, which is read elsewhere.
pub(super) fn empty(piece: &str, text: &str, range: &Range<usize>, form: Form, last: bool) -> bool {
    let bare = piece.trim_end_matches(['*', '_', ' ']);
    if bare.ends_with([':', '：']) {
        return true;
    }
    let label = piece.trim_start_matches(['*', '_', ' ']);
    if label.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("position:"))
        || label.to_lowercase().starts_with("position**:")
    {
        return true;
    }
    // A line that is bold from end to end and no sentence is a heading by another name.
    let bold = text[..range.start].ends_with("**") && text[range.end..].starts_with("**");
    form == Form::Prose && bold && last && !bare.ends_with(|c| sentence::latin(c) || sentence::wide(c))
}

/// Openings of politeness, which claim nothing.
pub(super) fn filler(features: &Features) -> bool {
    const POLITE: &[&str] = &[
        "sure",
        "certainly",
        "great",
        "good",
        "question",
        "course",
        "hello",
        "hi",
        "thanks",
        "thank",
        "okay",
        "ok",
        "absolutely",
    ];
    features.numbers.is_empty()
        && features.words.iter().all(|word| {
            word.class != Class::Content || POLITE.contains(&word.surface.to_lowercase().as_str())
        })
}

/// A line of dashes, stars or equals signs.
pub(super) fn rule(body: &str) -> bool {
    body.len() <= SIGNS && body.chars().all(|c| matches!(c, '-' | '*' | '_' | '=' | ' ' | '\t' | '\r'))
}

/// A line without its indentation and signs of quotation.
pub(super) fn unindented(line: &str) -> &str {
    let signs = line.bytes().take(SIGNS).take_while(|byte| matches!(byte, b' ' | b'\t' | b'>' | b'\r'));
    &line[signs.count()..]
}

pub(super) fn heading(body: &str) -> bool {
    let level = body.bytes().take(SIGNS).take_while(|byte| *byte == b'#').count();
    let rest = &body[level..];
    (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
}

/// Length in bytes of a list marker with its spaces and check box, or 0.
pub(super) fn marker(body: &str) -> usize {
    let rest = body.strip_prefix(['-', '*', '+', '•']).or_else(|| {
        let digits = body.trim_start_matches(|c: char| c.is_ascii_digit());
        (1..=9).contains(&(body.len() - digits.len())).then(|| digits.strip_prefix(['.', ')'])).flatten()
    });
    let Some(after) = rest.filter(|rest| rest.starts_with([' ', '\t'])) else { return 0 };
    let spaces = after.bytes().take(4).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let after = &after[spaces..];
    let after = ["[ ] ", "[x] ", "[X] "].iter().find_map(|tick| after.strip_prefix(tick)).unwrap_or(after);
    body.len() - after.len()
}

/// Whether a newline was set by hand inside a sentence; `None` when the next line has not begun.
pub(super) fn wrapped(line: &str, next: &str, ended: bool) -> Option<bool> {
    let open = line.trim_end().ends_with(|c: char| c.is_alphanumeric() || c == ',');
    if line.len() < WRAPPED || !open {
        return Some(false);
    }
    match next.chars().take(TELLING).find(|c| !matches!(c, ' ' | '\t' | '\r')) {
        Some(c) => Some(c.is_lowercase()),
        None if ended || next.chars().take(TELLING).count() == TELLING => Some(false),
        None => None,
    }
}

/// Cuts white space, the outer bars of a row, and emphasis that surrounds the whole or is torn by the cut.
pub(super) fn trim(text: &str, range: Range<usize>, form: Form) -> Range<usize> {
    let (mut from, mut to) = (range.start, range.end);
    // Marks nest a few deep in a text that is meant to be read; noise may nest for ever.
    for _ in 0..8 {
        let piece = &text[from..to];
        let lead = piece.len()
            - piece.trim_start_matches(|c: char| c.is_whitespace() || (form == Form::Row && c == '|')).len();
        let trail = piece.len()
            - piece.trim_end_matches(|c: char| c.is_whitespace() || (form == Form::Row && c == '|')).len();
        if lead == piece.len() {
            return from..from;
        }
        (from, to) = (from + lead, to - trail);
        let piece = &text[from..to];
        if form == Form::Code {
            return from..to;
        }
        let Some(sign) =
            ["**", "__", "*", "_"].into_iter().find(|sign| piece.starts_with(sign) || piece.ends_with(sign))
        else {
            return from..to;
        };
        let torn = piece.matches(sign).count() % 2 == 1;
        let (opens, closes) = (piece.starts_with(sign), piece.ends_with(sign));
        if piece.len() <= 2 * sign.len() {
            return from..from;
        }
        if opens && closes && piece.matches(sign).count() == 2 {
            (from, to) = (from + sign.len(), to - sign.len());
        } else if torn && opens {
            from += sign.len();
        } else if torn && closes {
            to -= sign.len();
        } else {
            return from..to;
        }
    }
    from..to
}
