//! One member's pane: its title, its answer with claim marks in the gutter, and why it is not whole.

use super::canvas::{self, Row};
use super::stream::StreamText;
use super::theme::{Role, Theme};
use super::wrap::{CONTINUATION, Line, Piece, RULE, Tone};
use super::{Cache, state};
use crate::agreement::Mark;
use crate::app::board::Scroll;
use crate::app::{App, Focus, Rest};
use crate::core::clean::{self, CleanText};
use crate::core::{Ask, Call};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// Cells before the text: mark, number, line, blank. Always kept free, so that marks never move text.
pub(super) const GUTTER: u16 = 5;

/// A claim as it lies in a pane's clean text.
struct Marked {
    range: Range<usize>,
    number: u32,
    mark: Mark,
    selected: bool,
}

/// Draws a pane and tells where its view came to rest.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    app: &App,
    theme: &Theme,
    cache: &mut Cache,
    seat: usize,
    framed: bool,
) -> Option<Rest> {
    let call = app.call_in(seat);
    let inside = if framed { frame(buffer, area, app, theme, seat, call) } else { area };
    if inside.width <= GUTTER || inside.height == 0 {
        return None;
    }
    let empty = CleanText::default();
    let clean = call.and_then(|call| app.texts.get(&call.id)).unwrap_or(&empty);
    // A blank column keeps text off the right frame.
    let width = (inside.width - GUTTER - u16::from(framed)).max(1);
    let text_area = Rect { x: inside.x + GUTTER, width, ..inside };
    let mut unseen = StreamText::default();
    let stream = match call {
        Some(call) => cache.answers.entry((call.id, text_area.width)).or_default(),
        None => &mut unseen,
    };
    stream.update(clean.as_str(), text_area.width, call.is_some_and(Call::ended));
    let notes = notes(app, theme, seat, call, clean, text_area.width);
    let total = stream.len() + notes.len();
    let mut height = usize::from(inside.height);
    if !framed && total > height && height > 1 {
        // Without a frame the last row says how much is below, rather than covering text.
        height -= 1;
    }
    let last_top = total.saturating_sub(height);
    let top = match app.panes.get(seat).map(|pane| pane.scroll) {
        Some(Scroll::At { byte, lines }) => stream.line_of(byte).saturating_add_signed(lines).min(last_top),
        Some(Scroll::Follow) | None => last_top,
    };
    let marked = call.map(|call| marks(app, seat, call, clean)).unwrap_or_default();
    let gutter = gutter(stream, &marked);
    for row in 0..height {
        let (line, y) = (top + row, inside.y + row as u16);
        let place = Rect { y, height: 1, ..text_area };
        if line < stream.len() {
            let sign = gutter.get(&line).map(|at| &marked[*at]);
            draw_gutter(buffer, Rect { y, height: 1, width: GUTTER, ..inside }, theme, sign);
            if let Some(line) = stream.line(line) {
                draw_line(buffer, place, theme, line, &marked);
            }
        } else if let Some(note) = notes.get(line - stream.len()) {
            canvas::put_row(buffer, place, note);
        }
    }
    let byte = stream.line(top).map_or(clean.as_str().len(), |line| line.source.start);
    let lines = top as isize - stream.line_of(byte) as isize;
    let below = total.saturating_sub(top + height);
    if !framed && below > 0 {
        more(buffer, inside, theme, below);
    }
    Some(Rest { top: byte, lines, at_end: top >= last_top, below, height })
}

/// A sign in the last row that there is more below.
fn more(buffer: &mut Buffer, area: Rect, theme: &Theme, below: usize) {
    let text = format!(" {} {} below, G end ", theme.sign("↓", "v"), canvas::count(below, "line"));
    let wide = canvas::width(&text).min(area.width);
    let place = Rect { x: area.right() - wide, y: area.bottom() - 1, width: wide, height: 1 };
    canvas::put(buffer, place, &text, theme.style(Role::Accent));
}

fn frame(
    buffer: &mut Buffer,
    area: Rect,
    app: &App,
    theme: &Theme,
    seat: usize,
    call: Option<&Call>,
) -> Rect {
    let focus = seat == app.seat && app.focus == Focus::Board && app.drawer.is_none();
    let name = app.name(seat).map(|name| clean::line(&name.0)).unwrap_or_default();
    let round = call.filter(|call| call.id.round > 0).map(|call| format!("r{} ", call.id.round));
    let round = round.unwrap_or_default();
    let space = area.width.saturating_sub(canvas::width(&name) + canvas::width(&round) + 10);
    let (mut words, role) = state::words(call, app.now, false);
    if canvas::width(&words) > space {
        words = state::words(call, app.now, true).0;
    }
    let title = theme.style(Role::Title);
    let left = vec![(format!(" {} ", seat + 1), theme.style(Role::Dim)), (format!("{name} "), title)];
    let right = vec![(format!(" {round}"), theme.style(Role::Dim)), (format!("{words} "), theme.style(role))];
    let mut below = Vec::new();
    if let Some(rest) = app.panes.get(seat).and_then(|pane| pane.rest).filter(|rest| rest.below > 0) {
        let dim = theme.style(Role::Accent);
        below.push((format!(" {} {} ", theme.sign("↓", "v"), canvas::count(rest.below, "line")), dim));
        if seat == app.seat {
            below.push(("G end ".to_owned(), dim));
        }
    }
    canvas::Frame { left, right, below, focus, theme }.draw(buffer, area)
}

/// What stands under an answer: that it waits, why it is not whole, what was filtered out of it.
fn notes(
    app: &App,
    theme: &Theme,
    seat: usize,
    call: Option<&Call>,
    clean: &CleanText,
    width: u16,
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut say = |text: &str, style: Style| {
        rows.extend(canvas::wrapped(text, width).into_iter().map(|line| vec![(line, style)]));
    };
    let dim = theme.style(Role::Dim);
    match call {
        None => say("waits for its turn", dim),
        Some(call) => {
            if let Some(error) = &call.error {
                if !call.text.is_empty() {
                    say(" ", dim);
                }
                say(&format!("! {}", clean::exact(&error.message)), theme.style(Role::Error));
                say(&clean::exact(&error.hint), dim);
            }
            if call.text.is_empty() && !call.thinking.is_empty() {
                let thought: String = clean::prose(&call.thinking);
                let lines = canvas::wrapped(&thought, width);
                let from = lines.len().saturating_sub(12);
                say("thinking:", dim);
                say(&lines[from..].join("\n"), dim);
            }
            let next = app.run().and_then(|run| next_turn(run, seat, call));
            if let Some(next) = next {
                say(&next, dim);
            }
        }
    }
    if clean.filtered() > 0 {
        say(&format!("filtered {}", clean.filtered()), theme.style(Role::Warning));
    }
    rows
}

/// What became of a later debate turn of this seat whose text is not there: it runs, or it failed.
fn next_turn(run: &crate::core::Run, seat: usize, shown: &Call) -> Option<String> {
    let critique = |call: &&Call| {
        run.stage(call.id.stage).is_some_and(|state| state.stage.ask == Ask::Critique)
            && usize::from(call.id.slot) == seat
            && call.id > shown.id
    };
    let later = run.calls.values().rfind(critique)?;
    let round = later.id.round;
    Some(match &later.error {
        Some(error) => {
            format!("! round {round}: {} ({})", clean::exact(&error.message), clean::exact(&error.hint))
        }
        None => format!("(round {round} is on its way)"),
    })
}

/// The claims of a pane, where the comparison saw the text that is in it.
fn marks(app: &App, seat: usize, call: &Call, clean: &CleanText) -> Vec<Marked> {
    if app.compared.get(&seat) != Some(&call.id) {
        return Vec::new();
    }
    let mut marked: Vec<Marked> = app
        .agreement
        .claims
        .iter()
        .flat_map(|claim| claim.spans.iter().map(move |span| (claim, span)))
        .filter(|(_, span)| span.slot == seat && span.range.end <= call.text.len())
        .map(|(claim, span)| Marked {
            range: clean.to_clean(span.range.start)..clean.to_clean(span.range.end),
            number: claim.number,
            mark: claim.mark,
            selected: app.selected == Some(claim.number),
        })
        .collect();
    marked.sort_by_key(|marked| (marked.range.start, marked.range.end));
    marked
}

/// Which claim's number stands beside which line. Where two begin on one line, the second takes the next line that is
/// its own; where it has none, the weightier one stays.
fn gutter(stream: &StreamText, marked: &[Marked]) -> HashMap<usize, usize> {
    let weight = |at: usize| match marked[at].mark {
        Mark::Conflict => 4,
        Mark::Partly => 3,
        Mark::Only => 2,
        Mark::Agree => 1,
        Mark::Pending => 0,
    };
    let mut lines: HashMap<usize, usize> = HashMap::new();
    for (at, claim) in marked.iter().enumerate() {
        let first = stream.line_of(claim.range.start);
        let last = stream.line_of(claim.range.end.saturating_sub(1)).max(first);
        match (first..=last).find(|line| !lines.contains_key(line)) {
            Some(free) => {
                lines.insert(free, at);
            }
            None if lines.get(&first).is_some_and(|there| weight(at) > weight(*there)) => {
                lines.insert(first, at);
            }
            None => {}
        }
    }
    lines
}

fn draw_gutter(buffer: &mut Buffer, area: Rect, theme: &Theme, claim: Option<&Marked>) {
    let line = theme.sign("│", "|");
    let Some(claim) = claim else {
        let place = Rect { x: area.x + 3, width: 1, ..area };
        canvas::put(buffer, place, line, theme.style(Role::Gutter));
        return;
    };
    let mut style = theme.mark(claim.mark);
    if claim.selected {
        style = style.patch(theme.style(Role::Selected));
    }
    let text = format!("{}{:02}", claim.mark.symbol(), claim.number);
    let end = canvas::put(buffer, Rect { width: 4, ..area }, &text, style);
    if end < area.x + 4 {
        canvas::put(buffer, Rect { x: end, width: 1, ..area }, line, theme.style(Role::Gutter));
    }
}

fn draw_line(buffer: &mut Buffer, area: Rect, theme: &Theme, line: &Line, marked: &[Marked]) {
    let mut x = area.x;
    for piece in &line.pieces {
        let base = tone(theme, piece.tone);
        let text = framing(theme, piece);
        if piece.source.is_empty() {
            let left = area.right().saturating_sub(x);
            x = canvas::put(buffer, Rect { x, width: left, ..area }, &text, base);
            continue;
        }
        // A piece that shows its source as it stands can be marked in part; any other as a whole.
        let verbatim = text.len() == piece.source.len();
        let mut from = 0;
        while from < text.len() {
            let at = if verbatim { piece.source.start + from } else { piece.source.start };
            let claim = covering(marked, at, verbatim, &piece.source);
            let mut to =
                if verbatim { border(marked, at, piece.source.end) - piece.source.start } else { text.len() };
            while !text.is_char_boundary(to) {
                to += 1;
            }
            let style = claim.map_or(base, |claim| emphasised(base, claim));
            let left = area.right().saturating_sub(x);
            if left == 0 {
                return;
            }
            x = canvas::put(buffer, Rect { x, width: left, ..area }, &text[from..to], style);
            from = to;
        }
    }
}

/// What frames the text, in ASCII where nothing else can be drawn. An answer's own words stay as they are.
fn framing<'a>(theme: &Theme, piece: &'a Piece) -> Cow<'a, str> {
    let text = piece.text.as_str();
    let is_rule = || piece.tone == Tone::Marker && text.chars().all(|sign| sign == RULE);
    if theme.ascii && text == CONTINUATION && piece.source.is_empty() {
        Cow::Borrowed("\\ ")
    } else if theme.ascii && is_rule() {
        Cow::Owned("-".repeat(text.chars().count()))
    } else {
        Cow::Borrowed(text)
    }
}

/// The claim that a place of the text belongs to.
fn covering<'a>(
    marked: &'a [Marked],
    at: usize,
    verbatim: bool,
    source: &Range<usize>,
) -> Option<&'a Marked> {
    if verbatim {
        marked.iter().find(|claim| claim.range.contains(&at))
    } else {
        marked.iter().find(|claim| claim.range.start < source.end && source.start < claim.range.end)
    }
}

/// Where the style may next change after a place.
fn border(marked: &[Marked], at: usize, end: usize) -> usize {
    marked
        .iter()
        .flat_map(|claim| [claim.range.start, claim.range.end])
        .filter(|border| *border > at)
        .min()
        .unwrap_or(end)
        .min(end)
}

/// Conflicts are underlined and the chosen claim stands out; other claims are marked in the gutter alone.
fn emphasised(base: Style, claim: &Marked) -> Style {
    let mut style = base;
    if claim.mark == Mark::Conflict {
        style = style.add_modifier(ratatui::style::Modifier::UNDERLINED);
    }
    if claim.selected {
        style = style.add_modifier(ratatui::style::Modifier::BOLD);
    }
    style
}

fn tone(theme: &Theme, tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::default(),
        Tone::Heading => theme.style(Role::Heading),
        Tone::Strong => theme.style(Role::Strong),
        Tone::Emphasis => theme.style(Role::Emphasis),
        Tone::StrongEmphasis => theme.style(Role::Strong).patch(theme.style(Role::Emphasis)),
        Tone::Code => theme.style(Role::Code),
        Tone::Quote => theme.style(Role::Quote),
        Tone::Marker => theme.style(Role::Marker),
        Tone::Link => theme.style(Role::Link),
    }
}

/// A line of text as a row, without marks.
pub(super) fn row(theme: &Theme, line: &Line) -> Row {
    let piece = |piece: &Piece| (framing(theme, piece).into_owned(), tone(theme, piece.tone));
    line.pieces.iter().map(piece).collect()
}
