//! One member's pane: its title, its answer with claim marks in the gutter, and why it is not whole.

use super::canvas::{self, Row};
use super::layout::Edge;
use super::marks::Marked;
use super::stream::{At, Seen, Want};
use super::theme::{Role, Theme};
use super::wrap::{CONTINUATION, Line, Piece, RULE, Tone};
use super::{Cache, state};
use crate::agreement::Mark;
use crate::app::board::Scroll;
use crate::app::plan::reading;
use crate::app::{App, Focus, Marks, Rest};
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

/// Lines of thinking that are shown while there is no answer.
const THOUGHTS: usize = 12;

/// Draws a pane and tells where its view came to rest.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    app: &App,
    theme: &Theme,
    cache: &mut Cache,
    seat: usize,
    edge: Edge,
) -> Option<Rest> {
    let call = app.call_in(seat);
    let inside = frame(buffer, area, app, theme, seat, call, edge);
    if inside.width <= GUTTER || inside.height == 0 {
        return None;
    }
    let empty = CleanText::default();
    let clean = call.and_then(|call| app.texts.get(&call.id)).unwrap_or(&empty);
    // A blank column keeps text off the right frame.
    let width = (inside.width - GUTTER - u16::from(edge == Edge::Frame)).max(1);
    let text_area = Rect { x: inside.x + GUTTER, width, ..inside };
    let notes = notes(app, theme, seat, call, clean, text_area.width);
    let at = match app.panes.get(seat).map(|pane| pane.scroll) {
        Some(Scroll::At { byte, lines }) => At::Byte(byte, lines),
        Some(Scroll::Follow) | None => At::End,
    };
    let height = usize::from(inside.height);
    let mut want = Want { width: text_area.width, height, at, under: notes.len() };
    let finished = call.is_some_and(Call::ended);
    let Cache { texts, marks, budget, .. } = cache;
    let stream = texts.of(call.map(|call| call.id));
    if edge == Edge::Bare && height > 1 {
        let seen = stream.look(clean.as_str(), finished, &want, budget);
        // Without an edge the last row says how much is below, rather than covering text.
        want.height -= usize::from(seen.row > 0 || seen.below > 0);
    }
    let seen = stream.look(clean.as_str(), finished, &want, budget);
    let shown = call.filter(|_| app.marks != Marks::Off);
    let (marked, compared) = shown.map_or((&[] as &[Marked], 0), |call| {
        let (marked, compared) = marks.within(app, seat, call, clean, &span(&seen));
        // Of an ended answer everything was looked at.
        (marked, if finished { usize::MAX } else { compared })
    });
    let gutter = gutter(&seen.lines, marked);
    let mut y = inside.y;
    for at in seen.shown.clone() {
        let sign = gutter.get(&at).map(|at| &marked[*at]);
        let open = shown.is_some() && seen.lines[at].source.end > compared;
        draw_gutter(buffer, Rect { y, height: 1, width: GUTTER, ..inside }, theme, sign, app.selected, open);
        let place = Rect { y, height: 1, ..text_area };
        draw_line(buffer, place, app, theme, seen.lines[at], marked);
        y += 1;
    }
    for note in &notes[seen.under.clone()] {
        canvas::put_row(buffer, Rect { y, height: 1, ..text_area }, note);
        y += 1;
    }
    let Seen { byte, offset, at_end, below, counted, .. } = seen;
    let rest = Rest { top: byte, lines: offset, at_end, below, counted, height: want.height };
    if edge == Edge::Bare && below > 0 {
        more(buffer, inside, theme, &rest);
    }
    Some(rest)
}

/// The part of the text that the lines around a view show.
fn span(seen: &Seen<'_>) -> Range<usize> {
    let from = seen.lines.first().map_or(0, |line| line.source.start);
    from..seen.lines.last().map_or(0, |line| line.source.end)
}

/// A sign in the last row that there is more below.
fn more(buffer: &mut Buffer, area: Rect, theme: &Theme, rest: &Rest) {
    let text =
        format!(" {} {} below, G end ", theme.sign("↓", "v"), canvas::lines_below(rest.below, rest.counted));
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
    edge: Edge,
) -> Rect {
    if edge == Edge::Bare {
        return area;
    }
    let focus = seat == app.seat && app.focus == Focus::Board && app.focused_drawer().is_none();
    let name = app.shown_name(seat);
    let round = call.filter(|call| call.id.round > 0).map(|call| format!("r{} ", call.id.round));
    let round = round.unwrap_or_default();
    let graded = app.grade_in(seat);
    let grade = graded.map(|grade| format!("{} ", grade.word())).unwrap_or_default();
    let taken = canvas::width(&name) + canvas::width(&grade) + canvas::width(&round);
    let space = area.width.saturating_sub(taken + 10);
    let (mut words, role) = state::of_seat(app, seat, false);
    if canvas::width(&words) > space {
        words = state::of_seat(app, seat, true).0;
    }
    if graded.is_some() && canvas::width(&words) > space {
        state::word(call, app.now).0.clone_into(&mut words);
    }
    let title = theme.style(Role::Title);
    let stage = stage(app, call).filter(|stage| canvas::width(stage) + canvas::width(&words) < space);
    let mut left = vec![(format!(" {} ", seat + 1), theme.style(Role::Dim)), (format!("{name} "), title)];
    left.extend(stage.map(|stage| (stage, theme.style(Role::Dim))));
    left.extend(graded.map(|graded| (grade, theme.style(state::of_grade(graded)))));
    let right = vec![(format!(" {round}"), theme.style(Role::Dim)), (format!("{words} "), theme.style(role))];
    let dim = theme.style(Role::Dim);
    let tag: Row = app.seat_tag(seat).map(|tag| (format!(" {tag} "), dim)).into_iter().collect();
    let mut below = Vec::new();
    if let Some(rest) = app.panes.get(seat).and_then(|pane| pane.rest).filter(|rest| rest.below > 0) {
        let accent = theme.style(Role::Accent);
        let lines = canvas::lines_below(rest.below, rest.counted);
        below.push((format!(" {} {lines} ", theme.sign("↓", "v")), accent));
        if seat == app.seat {
            below.push(("G end ".to_owned(), accent));
        }
    }
    let frame = canvas::Frame { left, right, below, tag, focus, theme };
    if edge == Edge::Rule { frame.rule(buffer, area) } else { frame.draw(buffer, area) }
}

/// The stage of a written plan that the text in view is of.
fn stage(app: &App, call: Option<&Call>) -> Option<String> {
    let run = app.run().filter(|run| run.planned())?;
    Some(format!("{} ", run.title(call?.id.stage)))
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
        None if held_back(app, seat).is_some() => say(&held_back(app, seat).unwrap_or_default(), dim),
        None => {
            let plan = app.run().filter(|run| run.planned());
            let why = plan.and_then(|run| reading::unasked(run, seat as u16)).map(|it| it.why);
            let only = app.run().and_then(crate::core::Run::only).map(|only| clean::line(&only.0));
            let text = only.map(|only| format!("not asked this time: the question went to {only} alone"));
            say(why.or(text).as_deref().unwrap_or("waits for its turn"), dim);
        }
        Some(call) => {
            if let Some(model) = app.run().and_then(|run| run.substitute(call)) {
                let words = format!("backup {} speaks in its place", clean::line(&model.to_string()));
                say(&words, theme.style(Role::Warning));
            }
            if let Some(cached) = call.cached.as_ref().filter(|cached| cached.similar.is_some()) {
                say(&cached.line(call.started_at), theme.style(Role::Warning));
            }
            if call.skipped > 0 {
                let events = canvas::count(call.skipped as usize, "event");
                say(
                    &format!("{events} of the stream could not be read and were left out"),
                    theme.style(Role::Warning),
                );
            }
            if let Some(note) = mislabelled(call) {
                say(&note, theme.style(Role::Warning));
            }
            if let Some(error) = &call.error {
                if !call.text.is_empty() {
                    say(" ", dim);
                }
                say(&format!("! {}", clean::exact(&error.message)), theme.style(Role::Error));
                say(&clean::exact(&error.hint), dim);
            }
            if call.text.is_empty() && !call.thinking.is_empty() {
                let thought: String = clean::prose(tail(&call.thinking, THOUGHTS * usize::from(width) * 3));
                let lines = canvas::wrapped(&thought, width);
                let from = lines.len().saturating_sub(THOUGHTS);
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

/// That an answer was read all the same, though it was sent as something else.
fn mislabelled(call: &Call) -> Option<String> {
    let name = clean::line(call.mislabelled.as_deref()?);
    Some(match name.as_str() {
        "" => "sent without a content type; read all the same".to_owned(),
        name => format!("sent as {name}, which it is not; read all the same"),
    })
}

/// Why the member of a seat is not asked, where the question is private and it is not local.
fn held_back(app: &App, seat: usize) -> Option<String> {
    let run = app.run()?;
    let (slot, private) = (seat as u16, run.private.as_ref()?);
    let model = run.member(slot).filter(|_| run.held_back(slot)).map(|member| member.model.to_string())?;
    let why = crate::core::Why::list(&private.why);
    Some(format!("not asked: the question is private ({why}), and {} is not local", clean::line(&model)))
}

/// The last bytes of a text, at least so many: from a place on that stays where it is while the text grows a while.
fn tail(text: &str, bytes: usize) -> &str {
    let from = (text.len() / bytes.max(1)).saturating_sub(1) * bytes;
    let edge = |byte: &u8| byte.is_ascii_whitespace();
    let first = text.as_bytes()[from..].iter().take(bytes).position(edge).filter(|_| from > 0);
    text.get(from + first.map_or(0, |at| at + 1)..).unwrap_or_default()
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

/// Which claim's number stands beside which line. Where two begin on one line, the second takes the next line that is
/// its own; where it has none, the weightier one stays.
fn gutter(lines: &[&Line], marked: &[Marked]) -> HashMap<usize, usize> {
    let line_of = |byte: usize| {
        let line = lines.partition_point(|line| line.source.end <= byte);
        line.min(lines.len().saturating_sub(1))
    };
    let weight = |at: usize| match marked[at].mark {
        Mark::Conflict => 4,
        Mark::Partly => 3,
        Mark::Only => 2,
        Mark::Agree => 1,
        Mark::Pending => 0,
    };
    let begin = lines.first().map_or(0, |line| line.source.start);
    let mut signs: HashMap<usize, usize> = HashMap::new();
    for (at, claim) in marked.iter().enumerate().filter(|(_, claim)| claim.range.start >= begin) {
        let first = line_of(claim.range.start);
        let last = line_of(claim.range.end.saturating_sub(1)).max(first);
        match (first..=last).find(|line| !signs.contains_key(line)) {
            Some(free) => {
                signs.insert(free, at);
            }
            None if signs.get(&first).is_some_and(|there| weight(at) > weight(*there)) => {
                signs.insert(first, at);
            }
            None => {}
        }
    }
    signs
}

/// A line's gutter: the mark and number of the claim that begins in it, and a line, dotted beside what is not compared yet.
fn draw_gutter(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    claim: Option<&Marked>,
    selected: Option<u32>,
    open: bool,
) {
    let line = theme.sign("│", "|");
    let Some(claim) = claim else {
        // What is still being written is not compared yet.
        let line = if open { theme.sign("┊", ":") } else { line };
        let place = Rect { x: area.x + 3, width: 1, ..area };
        canvas::put(buffer, place, line, theme.style(Role::Gutter));
        return;
    };
    let mut style = theme.mark(claim.mark);
    if selected == Some(claim.number) {
        style = style.patch(theme.style(Role::Selected));
    }
    let text = format!("{}{:02}", claim.mark.symbol(), claim.number);
    let end = canvas::put(buffer, Rect { width: 4, ..area }, &text, style);
    if end < area.x + 4 {
        canvas::put(buffer, Rect { x: end, width: 1, ..area }, line, theme.style(Role::Gutter));
    }
}

fn draw_line(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme, line: &Line, marked: &[Marked]) {
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
            let style = claim.map_or(base, |claim| emphasised(base, claim, app));
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
fn emphasised(base: Style, claim: &Marked, app: &App) -> Style {
    let mut style = base;
    if app.marks != Marks::All {
        return style;
    }
    if claim.mark == Mark::Conflict {
        style = style.add_modifier(ratatui::style::Modifier::UNDERLINED);
    }
    if app.selected == Some(claim.number) {
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
