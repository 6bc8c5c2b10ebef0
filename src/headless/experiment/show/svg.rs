//! Plots as SVG, to stand in a page of HTML: every mark has its numbers as a title and the word that leads to its trials. Colours are
//! the page's, by classes. Whatever text comes in is cleaned and escaped.

use super::html::{attribute, escaped};
use super::labels::{Area, places};
use super::plain::{Script, width};
use super::plots::{Axis, Bar, Chart, Forest, Mark};
use std::fmt::Write as _;

/// How wide a cell of text is taken to be, somewhat more than it is.
const CELL: f64 = 7.0;
/// How high a line of text is.
const LINE: f64 = 14.0;
/// How high a row of a forest is.
const ROW: f64 = 26.0;
/// The most cells of a name.
const NAME: usize = 34;
/// How wide a forest is.
const FOREST: f64 = 820.0;
/// How big a mark is.
const DOT: f64 = 4.0;

/// Where things are drawn.
struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Frame {
    fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + axis.place(value) * self.width
    }

    fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.top + (1.0 - axis.place(value)) * self.height
    }
}

fn text_width(text: &str) -> f64 {
    width(text) as f64 * CELL
}

/// A text that is at most so many cells wide.
fn cut(text: &str, most: usize) -> String {
    let script = Script { ascii: false };
    script.cut(&script.line(text), most)
}

fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, class: &str, said: &str) {
    let _ = write!(
        out,
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{}</text>"#,
        escaped(said)
    );
}

fn line(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) {
    let _ = write!(out, r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" class="{class}"/>"#);
}

fn open(out: &mut String, (wide, high): (f64, f64), title: &str) {
    let title = attribute(title);
    let _ = write!(
        out,
        r#"<svg viewBox="0 0 {wide:.0} {high:.0}" width="{wide:.0}" role="img" aria-label="{title}">"#
    );
}

/// A group with its words: read when pointed at, and by programs.
fn group(out: &mut String, class: &str, said: &str, what: &str) {
    let _ = write!(out, r#"<g class="{class}""#);
    if !what.is_empty() {
        let _ = write!(out, r#" data-what="{}""#, attribute(what));
    }
    let trials = if what.is_empty() { String::new() } else { format!(" · trials: {what}") };
    let _ = write!(out, "><title>{}</title>", escaped(&format!("{said}{trials}")));
}

/// A chart, small where it stands beside others.
pub(super) fn chart(chart: &Chart, small: bool) -> String {
    let (wide, high) = if small { (400.0, 280.0) } else { (680.0, 400.0) };
    let labels = chart.y.ticks.iter().map(|(_, label)| text_width(label));
    let left = labels.fold(20.0, f64::max) + 14.0;
    let most = ((wide - 16.0) / CELL) as usize;
    let frame = Frame { left, top: 30.0, width: wide - left - 22.0, height: high - 30.0 - 46.0 };
    let mut out = String::new();
    open(&mut out, (wide, high), &chart.title);
    text(&mut out, (4.0, 14.0), "start", "axis", &cut(&chart.y.title, most));
    let bottom = frame.top + frame.height;
    for (value, label) in &chart.y.ticks {
        let y = frame.y(&chart.y, *value);
        line(&mut out, (frame.left, y), (frame.left + frame.width, y), "grid");
        text(&mut out, (frame.left - 6.0, y + 4.0), "end", "tick", label);
    }
    below(&mut out, &chart.x, &frame, wide);
    text(
        &mut out,
        (frame.left + frame.width / 2.0, bottom + 38.0),
        "middle",
        "axis",
        &cut(&chart.x.title, most),
    );
    if !chart.band.is_empty() {
        let upper = chart.band.iter().map(|(x, _, high)| (*x, *high));
        let lower = chart.band.iter().rev().map(|(x, low, _)| (*x, *low));
        let points = points(chart, &frame, upper.chain(lower));
        let _ = write!(out, r#"<polygon points="{points}" class="band"/>"#);
    }
    for drawn in &chart.lines {
        let class = if drawn.faint { "line faint" } else { "line" };
        let points = points(chart, &frame, drawn.points.iter().copied());
        let _ = write!(out, r#"<polyline points="{points}" class="{class}"/>"#);
    }
    for mark in &chart.marks {
        put_mark(&mut out, chart, &frame, mark);
    }
    names(&mut out, chart, &frame);
    out.push_str("</svg>");
    out
}

fn points(chart: &Chart, frame: &Frame, points: impl Iterator<Item = (f64, f64)>) -> String {
    let point = |(x, y)| format!("{:.1},{:.1}", frame.x(&chart.x, x), frame.y(&chart.y, y));
    points.map(point).collect::<Vec<_>>().join(" ")
}

/// An axis below a frame, with its ticks; labels that would meet are left out.
fn below(out: &mut String, axis: &Axis, frame: &Frame, wide: f64) {
    let bottom = frame.top + frame.height;
    line(out, (frame.left, bottom), (frame.left + frame.width, bottom), "rule");
    let mut free = 0.0;
    for (value, label) in &axis.ticks {
        let x = frame.x(axis, *value);
        line(out, (x, bottom), (x, bottom + 4.0), "rule");
        let half = text_width(label) / 2.0;
        if x - half >= free && x + half <= wide {
            text(out, (x, bottom + 18.0), "middle", "tick", label);
            free = x + half + 4.0;
        }
    }
}

fn put_mark(out: &mut String, chart: &Chart, frame: &Frame, mark: &Mark) {
    let (x, y) = (frame.x(&chart.x, mark.x), frame.y(&chart.y, mark.y));
    let name = format!("{} {}", mark.letter, mark.name);
    let said =
        if name.trim().is_empty() { mark.note.clone() } else { format!("{}: {}", name.trim(), mark.note) };
    group(out, mark.tone.name(), &said, &mark.what);
    if let Some((low, high)) = mark.span {
        line(out, (x, frame.y(&chart.y, low)), (x, frame.y(&chart.y, high)), "span");
    }
    let _ = write!(out, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{DOT}" class="dot"/></g>"#);
}

/// The names of marks: whole where there is room, else letters alone.
fn names(out: &mut String, chart: &Chart, frame: &Frame) {
    let named: Vec<&Mark> = chart.marks.iter().filter(|mark| !mark.letter.is_empty()).collect();
    let at = |mark: &Mark| (frame.x(&chart.x, mark.x), frame.y(&chart.y, mark.y));
    let bounds =
        Area { x: frame.left + 2.0, y: frame.top, width: frame.width - 2.0, height: frame.height - 2.0 };
    let dot = |mark: &&Mark| {
        let (x, y) = at(mark);
        Area { x: x - DOT - 1.0, y: y - DOT - 1.0, width: 2.0 * DOT + 2.0, height: 2.0 * DOT + 2.0 }
    };
    let mut taken: Vec<Area> = named.iter().map(dot).collect();
    let bar = |mark: &&Mark| {
        let (low, high) = mark.span?;
        let (top, bottom) = (frame.y(&chart.y, high), frame.y(&chart.y, low));
        Some(Area { x: at(mark).0 - 1.0, y: top, width: 2.0, height: bottom - top })
    };
    let bars: Vec<Area> = named.iter().filter_map(bar).collect();
    let mut left: Vec<&Mark> = named;
    for whole in [true, false] {
        let said = |mark: &Mark| {
            if whole { cut(&format!("{} {}", mark.letter, mark.name), NAME) } else { mark.letter.clone() }
        };
        let wanted: Vec<_> = left.iter().map(|mark| (at(mark), (text_width(&said(mark)), LINE))).collect();
        let found = places(&wanted, bounds, &taken, &bars);
        let mut without = Vec::new();
        for (mark, area) in left.iter().zip(found) {
            match area {
                Some(area) => {
                    leader(out, at(mark), area);
                    text(out, (area.x, area.y + LINE - 3.5), "start", "name", &said(mark));
                    taken.push(area);
                }
                None => without.push(*mark),
            }
        }
        left = without;
    }
}

/// How far a name may be from its mark and still plainly be its own.
const NEAR: f64 = 14.0;

/// A thin line from a mark to a name that stands far off.
fn leader(out: &mut String, (x, y): (f64, f64), area: Area) {
    let to = (x.clamp(area.x, area.x + area.width), y.clamp(area.y, area.y + area.height));
    if (to.0 - x).hypot(to.1 - y) > NEAR {
        line(out, (x, y), to, "leader");
    }
}

/// Values with their intervals, one below the other.
pub(super) fn forest(forest: &Forest) -> String {
    let name = |bar: &Bar| {
        let against = if bar.against.is_empty() { String::new() } else { format!(" − {}", bar.against) };
        let colon = if bar.against.is_empty() { "" } else { ":" };
        cut(format!("{}{colon} {}{against}", bar.letter, bar.name).trim(), NAME)
    };
    let names: Vec<String> = forest.rows.iter().map(name).collect();
    let notes: Vec<String> = forest.rows.iter().map(|bar| cut(&bar.note, NAME)).collect();
    let longest = |all: &[String]| all.iter().map(|text| text_width(text)).fold(0.0, f64::max);
    let (left, right) = (longest(&names) + 16.0, longest(&notes) + 16.0);
    let rows = forest.rows.len() as f64 * ROW;
    let frame = Frame { left, top: 6.0, width: FOREST - left - right, height: rows };
    let high = rows + 6.0 + 46.0;
    let mut out = String::new();
    open(&mut out, (FOREST, high), &forest.title);
    for (value, _) in &forest.axis.ticks {
        let x = frame.x(&forest.axis, *value);
        line(&mut out, (x, frame.top), (x, frame.top + rows), "grid");
    }
    if let Some(zero) = forest.zero {
        let x = frame.x(&forest.axis, zero);
        line(&mut out, (x, frame.top), (x, frame.top + rows), "zero");
    }
    for (row, bar) in forest.rows.iter().enumerate() {
        let y = frame.top + (row as f64 + 0.5) * ROW;
        let against = if bar.against.is_empty() { String::new() } else { format!(" − {}", bar.against) };
        let said = format!("{} {}{against}: {}", bar.letter, bar.name, bar.note);
        group(&mut out, bar.tone.name(), said.trim(), &bar.what);
        text(&mut out, (4.0, y + 4.0), "start", "name", &names[row]);
        if let Some((low, high)) = bar.span {
            let (low, high) = (frame.x(&forest.axis, low), frame.x(&forest.axis, high));
            line(&mut out, (low, y), (high, y), "span");
            line(&mut out, (low, y - 4.0), (low, y + 4.0), "span");
            line(&mut out, (high, y - 4.0), (high, y + 4.0), "span");
        }
        let x = frame.x(&forest.axis, bar.value);
        let _ = write!(out, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{}" class="dot"/>"#, DOT + 0.5);
        text(&mut out, (frame.left + frame.width + 12.0, y + 4.0), "start", "note", &notes[row]);
        out.push_str("</g>");
    }
    below(&mut out, &forest.axis, &frame, FOREST);
    let most = (frame.width / CELL) as usize;
    let middle = frame.left + frame.width / 2.0;
    text(&mut out, (middle, frame.top + rows + 38.0), "middle", "axis", &cut(&forest.axis.title, most));
    out.push_str("</svg>");
    out
}
