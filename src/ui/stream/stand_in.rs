//! Where to begin in the middle of a text whose beginning isn't read yet, so that it looks as it will in the end.

use super::StreamText;
use super::fence::Fence;
use super::outline::{Cursor, Kind, boundary};

/// Bytes before the place that are searched for code fences.
const FENCES: usize = 32 * 1024;

/// Bytes before the place that are searched for the beginning of a block.
const NEAR: usize = 8 * 1024;

/// The stand-in for a view that begins at `from`: the one before if it will do, else another.
pub(super) fn find(
    there: Option<Box<StreamText>>,
    read: Cursor,
    text: &str,
    from: usize,
    kind: Kind,
) -> Box<StreamText> {
    let fits = |there: &StreamText| {
        let begins = there.outline.from();
        begins <= from && there.outline.cursor().at + FENCES >= from
    };
    match there.filter(|there| fits(there)) {
        Some(there) => there,
        None => Box::new(StreamText::begin(kind, start(text, read, from, kind))),
    }
}

/// A place up to `from` where a block begins, by the look of the lines around it, and whether it is inside a code fence.
fn start(text: &str, read: Cursor, from: usize, kind: Kind) -> Cursor {
    let from = line_start(text, boundary(text, from));
    if kind == Kind::Plain {
        return Cursor { at: from, fence: None };
    }
    let after = boundary(text, from.saturating_sub(FENCES)).max(read.at);
    let known = if after == read.at { read.fence } else { None };
    let (fence, edge) = fences(text, after, from, known);
    match fence {
        Some((_, opens)) if from - opens <= NEAR => Cursor { at: opens, fence: None },
        Some((fence, _)) => Cursor { at: from, fence: Some(fence) },
        None => {
            let least = boundary(text, from.saturating_sub(NEAR)).max(edge);
            Cursor { at: block_start(text, least, from).unwrap_or(from), fence: None }
        }
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The code fence that is open at `to`, with where it was opened, and where the last one before was closed. Only fences at the
/// margin are looked at: those in lists end with their item.
fn fences(text: &str, from: usize, to: usize, known: Option<Fence>) -> (Option<(Fence, usize)>, usize) {
    let mut open = known.map(|fence| (fence, from));
    let mut edge = from;
    let bytes = text.as_bytes();
    let mut at = if from == 0 { 0 } else { next_line(text, from, to) };
    while at < to {
        let end = next_line(text, at, to);
        if matches!(&bytes[at..end.min(at + 3)], b"```" | b"~~~") {
            let line = text[at..end].trim_end_matches('\n');
            // A fence that names a language can't close one: whatever was thought to be open wasn't.
            let names = !line.trim_start_matches(['`', '~']).trim().is_empty();
            open = match open {
                Some((fence, opened)) if !names => fence.line(line, false).1.map(|fence| (fence, opened)),
                _ => Fence::open(line).line(line, false).1.map(|fence| (fence, at)),
            };
            if open.is_none() {
                edge = end;
            }
        }
        at = end;
    }
    (open, edge)
}

fn next_line(text: &str, at: usize, to: usize) -> usize {
    text[at..to].find('\n').map_or(to, |newline| at + newline + 1)
}

/// The last line between two places that begins a block: it stands at the margin, below a blank line.
fn block_start(text: &str, least: usize, from: usize) -> Option<usize> {
    let begins = |at: usize| {
        let line = &text[at..];
        let margin = line.starts_with(|c: char| !c.is_whitespace());
        margin && (at == 0 || text[..at - 1].ends_with('\n'))
    };
    let mut at = from;
    while at >= least {
        if begins(at) {
            return Some(at);
        }
        if at == 0 {
            return None;
        }
        at = line_start(text, at - 1);
    }
    None
}
