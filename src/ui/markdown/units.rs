//! Cuts Markdown into units: top-level blocks, and the items of top-level lists. It draws nothing.

use super::parser;
use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use std::ops::Range;

/// A part of the text that is drawn by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its bytes, up to where the next unit begins.
    pub range: Range<usize>,
    /// Whether it is a fenced code block, which is drawn line by line.
    pub fenced: bool,
}

/// Cuts a range of the text, which begins outside of every block, into units that cover it; at least one.
pub fn units(text: &str, range: Range<usize>) -> Vec<Unit> {
    let slice = &text[range.clone()];
    // One line is one unit. This is most of what a streamed paragraph asks.
    if !slice.trim_end_matches('\n').contains('\n') && !slice.trim_start_matches(' ').starts_with(['`', '~'])
    {
        return vec![Unit { range, fenced: false }];
    }
    let mut units: Vec<Unit> = Vec::new();
    let (mut depth, mut in_list, mut done) = (0_usize, false, 0);
    for (event, span) in parser(slice).into_offset_iter() {
        let (opens, fenced, from_text) = match &event {
            Event::Start(Tag::Item) => (depth == 1 && in_list, false, false),
            Event::Start(Tag::List(_)) => (false, false, false),
            Event::Start(tag) => {
                let fenced = matches!(tag, Tag::CodeBlock(CodeBlockKind::Fenced(_)));
                (depth == 0, fenced, matches!(tag, Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_)))
            }
            _ => (depth == 0 && matches!(event, Event::Rule), false, false),
        };
        if depth == 0 {
            in_list = matches!(event, Event::Start(Tag::List(_)));
        }
        if opens {
            let start = slice[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let definitions = definitions(slice, done, start);
            for at in &definitions {
                open_unit(range.start, *at, false, &mut units);
            }
            // What begins as a paragraph right below a link definition may still turn out to be its title.
            let undecided = from_text && !definitions.is_empty() && !ends_blank(&slice[..start]);
            if !undecided {
                open_unit(range.start, start, fenced, &mut units);
            }
        }
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        // The end of a list is no measure: it can take in what stands behind it.
        if !matches!(event, Event::Start(_) | Event::End(TagEnd::List(_))) {
            done = done.max(span.end);
        }
    }
    for at in definitions(slice, done, slice.len()) {
        open_unit(range.start, at, false, &mut units);
    }
    if units.is_empty() {
        units.push(Unit { range: range.clone(), fenced: false });
    }
    let ends: Vec<usize> = units.iter().skip(1).map(|unit| unit.range.start).chain([range.end]).collect();
    units.iter_mut().zip(ends).for_each(|(unit, end)| unit.range.end = end);
    units
}

fn open_unit(base: usize, start: usize, fenced: bool, units: &mut Vec<Unit>) {
    let start = base + if units.is_empty() && !fenced { 0 } else { start };
    if units.last().is_none_or(|last| last.range.start < start) {
        units.push(Unit { range: start..start, fenced });
    }
}

/// Where the link definitions between two blocks begin: the first, and each behind a blank line, which may have been taken
/// for a paragraph while it grew. They make no events, and are units of their own: what they define must not reach into
/// other units.
fn definitions(slice: &str, from: usize, to: usize) -> Vec<usize> {
    let (mut at, mut found, mut apart) = (from, Vec::new(), true);
    for line in slice.get(from..to).unwrap_or_default().split_inclusive('\n') {
        let begins = at == 0 || slice.as_bytes()[at - 1] == b'\n';
        if begins && line.trim_start_matches(' ').starts_with('[') && (apart || found.is_empty()) {
            found.push(at);
        }
        apart = line.trim().is_empty();
        at += line.len();
    }
    found
}

fn ends_blank(text: &str) -> bool {
    text.lines().next_back().is_none_or(|line| line.trim().is_empty())
}
