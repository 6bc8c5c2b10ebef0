//! Draws an experiment that runs: how far it is, how its arms stand, what to look into, and what lies over that. From state to
//! cells, like the rest of this layer; what keys do is `app::experiment`'s.

mod arms;
mod detail;
mod lists;
mod over;

use super::canvas::{self, Row};
use super::theme::{Role, Theme};
use crate::app::experiment::{Board, Over, Panel, Phase, Scene};
use crate::core::{Dollars, clean};
use crate::experiment::words::{duration, many, thousands};
use crate::experiment::{Grader, Progress};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From this width on the lists stand beside the arms.
const BESIDE: u16 = 150;
/// The narrowest bar of how far it is.
const BAR: u16 = 10;

/// Draws everything. Gives the row at which a view that scrolls came to rest.
pub fn draw(frame: &mut Frame<'_>, scene: &Scene<'_>, board: &Board, theme: &Theme) -> Option<usize> {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    let notice = notice(scene.progress, board, area.width, theme);
    let parts = Parts::of(area, notice.len() as u16);
    for (place, row) in head(scene, board, theme, area.width).iter().enumerate() {
        canvas::put_row(buffer, line(parts.head, place), row);
    }
    panels(buffer, parts.body, scene, board, theme);
    for (place, row) in notice.iter().enumerate() {
        canvas::put_row(buffer, line(parts.notice, place), row);
    }
    footer(buffer, parts.foot, scene.progress, board, theme);
    let rest = over::draw(buffer, area, scene, board, theme);
    canvas::finish(frame.buffer_mut(), theme);
    if let Some(cursor) = rest.cursor {
        frame.set_cursor_position(cursor);
    }
    rest.scroll
}

/// A row of an area; without height below it.
fn line(area: Rect, place: usize) -> Rect {
    let place = place as u16;
    let height = u16::from(place < area.height);
    Rect { y: area.y.saturating_add(place).min(area.bottom()), height, ..area }
}

/// How the screen is divided from top to bottom. What tells most comes first where there is little room.
struct Parts {
    head: Rect,
    body: Rect,
    notice: Rect,
    foot: Rect,
}

impl Parts {
    fn of(area: Rect, notice: u16) -> Self {
        let foot = u16::from(area.height > 2);
        let head = 3.min(area.height - foot);
        let notice = notice.min(area.height - foot - head);
        let body = area.height - foot - head - notice;
        let part = |y: u16, height: u16| Rect { y: area.y + y, height, ..area };
        Self {
            head: part(0, head),
            body: part(head, body),
            notice: part(head + body, notice),
            foot: part(area.height - foot, foot),
        }
    }
}

/// What it is and whether it runs; how far it is; what it cost.
fn head(scene: &Scene<'_>, board: &Board, theme: &Theme, width: u16) -> [Row; 3] {
    [title(scene, board, theme, width), gauge(scene.progress, theme, width), sums(scene.progress, theme)]
}

fn wide(row: &[(String, ratatui::style::Style)]) -> u16 {
    row.iter().map(|(text, _)| canvas::width(text)).sum()
}

fn title(scene: &Scene<'_>, board: &Board, theme: &Theme, width: u16) -> Row {
    let progress = scene.progress;
    let (word, role) = match board.phase {
        Phase::Stopping => ("stopping", Role::Warning),
        Phase::Ended if progress.count() < progress.of => ("ended", Role::Warning),
        Phase::Ended => ("done", Role::Good),
        Phase::Running if progress.paused.is_some() => ("paused", Role::Warning),
        Phase::Running => ("running", Role::Good),
    };
    let right = vec![(format!(" {word} "), theme.style(role))];
    let design = scene.design;
    let graded = match design.grader {
        Grader::None => "not graded".to_owned(),
        ref grader => format!("graded by {}", grader.name()),
    };
    let repeats = if design.repeats > 1 { format!(", {} repeats", design.repeats) } else { String::new() };
    let questions = many(design.items.len() as u64, "question");
    let left = vec![
        (" synod ".to_owned(), theme.style(Role::Title)),
        ("experiment ".to_owned(), theme.style(Role::Dim)),
        (clean::line(&design.name), theme.style(Role::Accent)),
        (format!("  {questions}{repeats}, {graded}"), theme.style(Role::Dim)),
    ];
    let mut row = canvas::pad_row(&left, width.saturating_sub(wide(&right)));
    row.extend(right);
    row
}

/// How many trials are done, as numbers and as a bar, and when the rest will be.
fn gauge(progress: &Progress, theme: &Theme, width: u16) -> Row {
    let (done, of) = (progress.count(), progress.of);
    let share = done as f64 / of.max(1) as f64;
    // It is not all before it is all.
    let percent = if done < of { (100.0 * share).min(99.0).floor() } else { 100.0 };
    let left = format!(" {} of {}  {percent:.0} % ", thousands(done), many(of, "trial"));
    let mut parts = Vec::new();
    if let Some(ms) = progress.left().filter(|_| done < of) {
        parts.push(format!("about {} left", duration(ms)));
    }
    parts.extend(progress.pace().map(pace));
    if progress.running > 0 {
        parts.push(format!("{} running", thousands(progress.running as u64)));
    }
    let right = loop {
        let right = if parts.is_empty() { String::new() } else { format!("  {} ", parts.join(", ")) };
        let fits = canvas::width(&left) + canvas::width(&right) + BAR + 2 <= width;
        if fits || parts.pop().is_none() {
            break right;
        }
    };
    let room = width.saturating_sub(canvas::width(&left) + canvas::width(&right) + 3);
    let mut row = vec![(left, theme.style(Role::Strong))];
    if room >= 4 {
        let full = (f64::from(room) * share.min(1.0)) as u16;
        let dim = theme.style(Role::Dim);
        row.push(("[".to_owned(), dim));
        row.push((theme.sign("█", "#").repeat(usize::from(full)), theme.style(Role::Good)));
        row.push((theme.sign("░", ".").repeat(usize::from(room - full)), dim));
        row.push(("]".to_owned(), dim));
    }
    row.push((right, ratatui::style::Style::default()));
    row
}

/// How many trials there are in a time, with two digits that matter.
fn pace(each_second: f64) -> String {
    match each_second {
        fast if fast >= 10.0 => format!("{}/s", thousands(fast.round() as u64)),
        brisk if brisk >= 1.0 => format!("{brisk:.1}/s"),
        slow if slow * 60.0 >= 1.0 => format!("{:.1}/min", slow * 60.0),
        rare => format!("{:.1}/h", rare * 3600.0),
    }
}

/// Money, agreement, and how many trials came to nothing.
fn sums(progress: &Progress, theme: &Theme) -> Row {
    let (dim, strong) = (theme.style(Role::Dim), theme.style(Role::Strong));
    let mut row = vec![(" spent ".to_owned(), dim), (progress.spent.to_string(), strong)];
    if progress.held > Dollars(0) {
        row.push((format!(" + {} held", progress.held), dim));
    }
    match progress.budget {
        Some(budget) => {
            let share = 100.0 * progress.spent.usd() / budget.usd().max(1e-9);
            row.push((format!(" of {budget} ({:.0} %)", share.min(999.0)), dim));
        }
        None => row.push((", no budget".to_owned(), dim)),
    }
    if let Some(agreement) = progress.agreement() {
        row.push(("   agreement ".to_owned(), dim));
        row.push((format!("{:.0} %", 100.0 * agreement), strong));
    }
    let faults = (format!("   {}", many(progress.faulted, "fault")), theme.style(Role::Error));
    row.extend((progress.faulted > 0).then_some(faults));
    row
}

/// What the person has to know now, in lines above the keys.
fn notice(progress: &Progress, board: &Board, width: u16, theme: &Theme) -> Vec<Row> {
    let paused = progress.paused.as_ref().filter(|_| board.phase == Phase::Running);
    let (text, role) = match (&board.message, board.phase, paused) {
        (Some(message), ..) => (message.clone(), Role::Accent),
        (None, Phase::Stopping, _) => {
            ("stopping: what runs is given up; q leaves at once".to_owned(), Role::Warning)
        }
        (None, Phase::Ended, _) => (ended(progress), Role::Accent),
        (None, Phase::Running, Some(Some(why))) => (format!("paused: {}", clean::line(why)), Role::Warning),
        (None, Phase::Running, Some(None)) => {
            let rest = match progress.running {
                0 => String::new(),
                1 => "; 1 trial goes to its end".to_owned(),
                running => format!("; {} trials go to their ends", thousands(running as u64)),
            };
            (format!("paused: no trial is begun{rest}; p goes on"), Role::Warning)
        }
        (None, Phase::Running, None) => return Vec::new(),
    };
    let style = theme.style(role);
    let lines = canvas::wrapped(&text, width.saturating_sub(2)).into_iter().take(3);
    lines.map(|line| vec![(format!(" {line}"), style)]).collect()
}

fn ended(progress: &Progress) -> String {
    let left = progress.of.saturating_sub(progress.count());
    match left {
        0 => "done: any key for the report; Tab, arrows and Enter still look around".to_owned(),
        left => format!(
            "ended, {} not done, the same command tries again: any key for the report",
            many(left, "trial")
        ),
    }
}

/// The lists, below each other or beside the arms.
fn panels(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>, board: &Board, theme: &Theme) {
    if area.height < 2 || area.width < 4 {
        return;
    }
    let progress = scene.progress;
    let heads = |count: usize| if count == 0 { 0 } else { count as u16 + 1 };
    let wants =
        [scene.design.arms.len() as u16 + 1, heads(progress.divided.len()), heads(progress.faults.len())];
    let areas = if area.width >= BESIDE {
        let left = (area.width * 3 / 5).min(arms::widest(scene) + 2);
        let beside = Rect { x: area.x + left + 1, width: area.width - left - 1, ..area };
        let at = match board.panel {
            Panel::Arms => None,
            Panel::Divided => Some(0),
            Panel::Faults => Some(1),
        };
        let rows = shared(area.height, &wants[1..], at);
        let (divided, faults) = split(beside, rows[0]);
        [Rect { width: left, ..area }, divided, faults]
    } else {
        let at = Panel::ALL.iter().position(|panel| *panel == board.panel);
        let rows = shared(area.height, &wants, at);
        let (arms, rest) = split(area, rows[0]);
        let (divided, faults) = split(rest, rows[1]);
        [arms, divided, faults]
    };
    for (panel, area) in Panel::ALL.into_iter().zip(areas) {
        let focus = panel == board.panel;
        match panel {
            Panel::Arms => arms::draw(buffer, area, scene, board, theme, focus),
            Panel::Divided => lists::divided(buffer, area, scene, board, theme, focus),
            Panel::Faults => lists::faults(buffer, area, scene, board, theme, focus),
        }
    }
}

fn split(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let below = Rect { y: area.y + rows, height: area.height - rows, ..area };
    (Rect { height: rows, ..area }, below)
}

/// How many rows each list gets, its title's among them, of those that there are: all some, the one with the keys what it
/// wants, then the others in their order. Where there is too little for all, the one with the keys has it alone.
fn shared(height: u16, wants: &[u16], at: Option<usize>) -> Vec<u16> {
    let at = at.unwrap_or(0);
    let mut rows: Vec<u16> = wants.iter().map(|want| 1 + (*want).min(3)).collect();
    let least: u16 = rows.iter().sum();
    if least > height {
        let bare = wants.len() as u16;
        // Titles alone say at least how many there are.
        let others = u16::from(height >= bare + 3);
        rows = vec![others; wants.len()];
        rows[at] = height - others * (bare - 1);
        return rows;
    }
    let mut free = height - least;
    for place in std::iter::once(at).chain(0..wants.len()) {
        let more = (wants[place] + 1).saturating_sub(rows[place]).min(free);
        rows[place] += more;
        free -= more;
    }
    // What nobody wants is left below the last.
    if let Some(last) = rows.last_mut() {
        *last += free;
    }
    rows
}

/// The keys that do something now: help and the way out are never cut.
fn footer(buffer: &mut Buffer, area: Rect, progress: &Progress, board: &Board, theme: &Theme) {
    let entries: &[(&str, &str)] = match (&board.over, board.phase) {
        (Some(Over::Cut(_)), _) => &[("y", "cut"), ("n", "leave it")],
        (Some(Over::Stop), _) => &[("y", "stop"), ("n", "go on")],
        (Some(Over::Budget(..)), _) => &[("Enter", "set"), ("Esc", "leave it")],
        (Some(_), _) => &[("j", "down"), ("k", "up"), ("Esc", "back")],
        (None, Phase::Ended) => {
            &[("?", "help"), ("any key", "report"), ("Tab", "panel"), ("Enter", "details")]
        }
        (None, Phase::Stopping) => {
            &[("?", "help"), ("q", "leave now"), ("Tab", "panel"), ("Enter", "details")]
        }
        (None, Phase::Running) => &[
            ("?", "help"),
            ("q", "stop"),
            ("p", if progress.paused.is_some() { "go on" } else { "pause" }),
            ("c", "cut arm"),
            ("b", "budget"),
            ("Tab", "panel"),
            ("Enter", "details"),
        ],
    };
    let mut space = area.width;
    let mut row = Row::new();
    for (key, word) in entries {
        let wide = canvas::width(key) + canvas::width(word) + 3;
        if wide > space {
            break;
        }
        space -= wide;
        row.push((format!(" {key}"), theme.style(Role::Key)));
        row.push((format!(" {word} "), theme.style(Role::Dim)));
    }
    canvas::put_row(buffer, area, &row);
}
