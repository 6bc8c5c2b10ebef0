//! Plots on a terminal: charts by ratatui's canvas, intervals as strokes between two ends. In ASCII each dot is a character of its
//! own. Lines of text come out; nothing is written anywhere.

use super::plain::{Script, left, right, width, wrap};
use super::plots::{Axis, Bar, Chart, Forest, Line, Mark};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{self, Canvas, Context, Points};

/// How many points of a faint line are drawn.
const FAINT: usize = 24;

/// The lines of a chart, with its title, its axes and what its letters stand for; at most so wide.
pub(super) fn chart(chart: &Chart, room: usize, script: Script) -> Vec<String> {
    let labels: Vec<String> = chart.y.ticks.iter().map(|(_, label)| script.line(label)).collect();
    let margin = labels.iter().map(|label| width(label)).max().unwrap_or(0);
    let wide = room.saturating_sub(margin + 2).clamp(8, 100);
    let high = (wide / 4).clamp(8, 16);
    let mut out = wrap(&script.line(&chart.title), room);
    out.push(script.cut(&script.line(&chart.y.title), room));
    let body = body(chart, wide, high, script);
    for (row, drawn) in body.into_iter().enumerate() {
        // Of ticks on one row the last one stays.
        let tick = chart.y.ticks.iter().rposition(|(value, _)| row_of(&chart.y, *value, high) == row);
        let label = tick.map(|tick| labels[tick].as_str()).unwrap_or_default();
        let edge = if tick.is_some() { script.sign('┤', '+') } else { script.sign('│', '|') };
        out.push(format!("{} {edge}{drawn}", right(label, margin)).trim_end().to_owned());
    }
    let (line, names) = below(&chart.x, wide, script);
    out.push(format!("{}{}{line}", " ".repeat(margin + 1), script.sign('└', '+')));
    out.push(format!("{}{names}", " ".repeat(margin + 2)));
    for line in wrap(&script.line(&chart.x.title), wide) {
        let before = margin + 2 + (wide - width(&line).min(wide)) / 2;
        out.push(format!("{}{line}", " ".repeat(before)));
    }
    out.extend(chart.marks.iter().filter(|mark| !mark.name.is_empty()).flat_map(|mark| {
        let said = wrap(&script.line(&format!("{}: {}", mark.name, mark.note)), room.saturating_sub(4));
        let lines = said.into_iter().enumerate().map(|(at, line)| {
            let letter = if at == 0 { mark.letter.as_str() } else { "" };
            format!("{} {line}", left(letter, 3))
        });
        lines.collect::<Vec<_>>()
    }));
    out
}

/// What is drawn between the axes, row by row.
fn body(chart: &Chart, wide: usize, high: usize, script: Script) -> Vec<String> {
    let area = Rect::new(0, 0, wide as u16, high as u16);
    let mut buffer = Buffer::empty(area);
    let paint = |context: &mut Context<'_>| {
        let mark = |unicode, ascii| if script.ascii { Marker::Custom(ascii) } else { unicode };
        context.marker(mark(Marker::Braille, '.'));
        let edges = [0, 1].map(|most| {
            let edge = |(x, low, high): &(f64, f64, f64)| (*x, if most == 1 { *high } else { *low });
            Line { points: chart.band.iter().map(edge).collect(), faint: true }
        });
        let faint = chart.lines.iter().filter(|line| line.faint);
        edges
            .iter()
            .filter(|line| !line.points.is_empty())
            .chain(faint)
            .for_each(|line| dots(context, chart, line));
        context.layer();
        context.marker(mark(Marker::Braille, '|'));
        chart.marks.iter().filter_map(|mark| Some((mark.x, mark.span?))).for_each(|(x, (low, high))| {
            stroke(context, chart, (x, low), (x, high));
        });
        context.layer();
        context.marker(mark(Marker::Braille, '*'));
        for line in chart.lines.iter().filter(|line| !line.faint) {
            line.points.windows(2).for_each(|ends| stroke(context, chart, ends[0], ends[1]));
        }
    };
    Canvas::default().x_bounds([0.0, 1.0]).y_bounds([0.0, 1.0]).paint(paint).render(area, &mut buffer);
    let cell =
        |x: usize, y: usize| buffer.cell((x as u16, y as u16)).map_or(" ", ratatui::buffer::Cell::symbol);
    let mut rows: Vec<Vec<String>> =
        (0..high).map(|y| (0..wide).map(|x| cell(x, y).to_owned()).collect()).collect();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for mark in &chart.marks {
        let word = word_of(mark, script);
        let at = (column_of(&chart.x, mark.x, wide), row_of(&chart.y, mark.y, high));
        let Some((x, y)) = free(at, word.chars().count(), (wide, high), &taken) else { continue };
        for (step, sign) in word.chars().enumerate() {
            rows[y][x + step] = sign.to_string();
            taken.push((x + step, y));
        }
    }
    rows.into_iter().map(|row| row.concat()).collect()
}

/// What a mark is written as.
fn word_of(mark: &Mark, script: Script) -> String {
    if mark.letter.is_empty() { script.sign('●', 'o').to_string() } else { mark.letter.clone() }
}

/// The cell nearest to a mark's own that has room for its letters.
fn free(
    (x, y): (usize, usize),
    long: usize,
    (wide, high): (usize, usize),
    taken: &[(usize, usize)],
) -> Option<(usize, usize)> {
    const NEAR: [(isize, isize); 11] =
        [(0, 0), (1, 0), (-1, 0), (0, -1), (0, 1), (2, 0), (-2, 0), (1, -1), (-1, 1), (3, 0), (-3, 0)];
    let at = |(right, down): &(isize, isize)| {
        let to = (x.checked_add_signed(*right)?, y.checked_add_signed(*down)?);
        (to.0 + long <= wide && to.1 < high).then_some(to)
    };
    let clear = |(x, y): &(usize, usize)| (*x..*x + long).all(|x| !taken.contains(&(x, *y)));
    let mut places = NEAR.iter().filter_map(at);
    places.find(clear).or_else(|| (x + long <= wide).then_some((x, y)))
}

fn stroke(context: &mut Context<'_>, chart: &Chart, from: (f64, f64), to: (f64, f64)) {
    context.draw(&canvas::Line {
        x1: chart.x.place(from.0),
        y1: chart.y.place(from.1),
        x2: chart.x.place(to.0),
        y2: chart.y.place(to.1),
        color: Color::Reset,
    });
}

/// Draws a line as some dots.
fn dots(context: &mut Context<'_>, chart: &Chart, line: &Line) {
    let on = |(x, y): &(f64, f64)| (chart.x.place(*x), chart.y.place(*y));
    let ends: Vec<(f64, f64)> = line.points.iter().map(on).collect();
    let per = FAINT / ends.len().saturating_sub(1).max(1);
    let between = |ends: &[(f64, f64)]| {
        let (from, to) = (ends[0], ends[1]);
        let step = move |at: usize| {
            let share = at as f64 / per.max(1) as f64;
            (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
        };
        (0..=per.max(1)).map(step).collect::<Vec<_>>()
    };
    let coords: Vec<(f64, f64)> = ends.windows(2).flat_map(between).collect();
    context.draw(&Points { coords: &coords, color: Color::Reset });
}

fn column_of(axis: &Axis, value: f64, wide: usize) -> usize {
    (axis.place(value) * (wide.max(1) - 1) as f64).round() as usize
}

fn row_of(axis: &Axis, value: f64, high: usize) -> usize {
    ((1.0 - axis.place(value)) * (high.max(1) - 1) as f64).round() as usize
}

/// The line of an axis with its ticks, and their labels below it; labels that would meet are left out.
fn below(axis: &Axis, wide: usize, script: Script) -> (String, String) {
    let mut line = vec![script.sign('─', '-'); wide];
    let mut names = String::new();
    for (value, label) in &axis.ticks {
        let label = script.line(label);
        let at = column_of(axis, *value, wide);
        let from = at.saturating_sub(width(&label) / 2).min(wide.saturating_sub(width(&label)));
        if let Some(place) = line.get_mut(at) {
            *place = script.sign('┬', '+');
        }
        if names.is_empty() || from > width(&names) {
            names = left(&names, from) + &label;
        }
    }
    (line.into_iter().collect(), names)
}

/// The lines of values with their intervals, at most so wide.
pub(super) fn forest(forest: &Forest, room: usize, script: Script) -> Vec<String> {
    let name = |bar: &Bar| {
        let against = if bar.against.is_empty() { String::new() } else { format!(" − {}", bar.against) };
        let colon = if bar.against.is_empty() { "" } else { ":" };
        script.cut(&script.line(&format!("{}{colon} {}{against}", bar.letter, bar.name)), room / 3)
    };
    let names: Vec<String> = forest.rows.iter().map(name).collect();
    let notes: Vec<String> = forest.rows.iter().map(|bar| script.line(&bar.note)).collect();
    let longest = |all: &[String]| all.iter().map(|text| width(text)).max().unwrap_or(0);
    let (margin, behind) = (longest(&names), longest(&notes).min(room / 3));
    let wide = room.saturating_sub(margin + behind + 4).clamp(8, 80);
    let mut out = wrap(&script.line(&forest.title), room);
    for ((bar, name), note) in forest.rows.iter().zip(&names).zip(&notes) {
        let drawn = bar_of(forest, bar, wide, script);
        let line = format!("{}  {drawn}  {}", left(name, margin), script.cut(note, behind));
        out.push(line.trim_end().to_owned());
    }
    let (line, ticks) = below(&forest.axis, wide, script);
    let before = " ".repeat(margin + 2);
    out.push(format!("{before}{line}"));
    out.push(format!("{before}{ticks}"));
    out.extend(wrap(&script.line(&forest.axis.title), wide).into_iter().map(|line| {
        let centred = (wide - width(&line).min(wide)) / 2;
        format!("{before}{}{line}", " ".repeat(centred))
    }));
    out
}

fn bar_of(forest: &Forest, bar: &Bar, wide: usize, script: Script) -> String {
    let mut cells = vec![' '; wide];
    let at = |value: f64| column_of(&forest.axis, value, wide);
    if let Some(zero) = forest.zero.and_then(|zero| cells.get_mut(at(zero))) {
        *zero = script.sign('┊', ':');
    }
    if let Some((low, high)) = bar.span {
        let (low, high) = (at(low), at(high).max(at(low)));
        cells[low..=high].fill(script.sign('─', '-'));
        cells[low] = script.sign('├', '[');
        cells[high] = script.sign('┤', ']');
    }
    cells[at(bar.value)] = script.sign('●', 'o');
    cells.into_iter().collect()
}

/// Blocks of lines beside each other, each so wide, as many in a row as there is room for.
pub(super) fn beside(blocks: &[Vec<String>], each: usize, gap: usize, room: usize) -> Vec<String> {
    let per = ((room + gap) / (each + gap)).max(1);
    let mut out = Vec::new();
    for row in blocks.chunks(per) {
        if !out.is_empty() {
            out.push(String::new());
        }
        let high = row.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..high {
            let cells = row.iter().map(|block| left(block.get(line).map_or("", String::as_str), each));
            out.push(cells.collect::<Vec<_>>().join(&" ".repeat(gap)).trim_end().to_owned());
        }
    }
    out
}
