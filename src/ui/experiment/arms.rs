//! The arms of an experiment, a row each: accuracy with its interval, how many trials it is of, cost. Not their details.

use super::super::canvas::{self, Row};
use super::super::theme::{Role, Theme};
use super::lists::{pointer, title, window};
use crate::app::experiment::{Board, Scene};
use crate::core::{Dollars, clean};
use crate::experiment::words::thousands;
use crate::experiment::{Grader, Standing};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The widest the column of names gets.
const NAME: u16 = 34;
/// The widest a bar gets, and the narrowest.
const BAR: u16 = 40;
const BAR_LEAST: u16 = 8;
/// Names are cut to so much for the sake of intervals and bars.
const NAME_LEAST: u16 = 16;
/// Accuracy in percent, and its heading.
const SHARE: u16 = 8;

/// What stands in the columns behind name and accuracy, what matters most first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Interval,
    Count,
    State,
    Cost,
    Bar,
    Agreement,
    Time,
}

impl Column {
    /// In the order in which they are left out, last first, each with its width.
    const BY_WEIGHT: [(Self, u16); 7] = [
        (Self::Interval, 13),
        (Self::Count, 7),
        (Self::State, 8),
        (Self::Cost, 7),
        (Self::Bar, BAR_LEAST),
        (Self::Agreement, 5),
        (Self::Time, 7),
    ];
}

/// The columns that there is room for.
struct Columns {
    name: u16,
    interval: u16,
    bar: u16,
    shown: Vec<Column>,
}

impl Columns {
    fn of(scene: &Scene<'_>, width: u16) -> Self {
        let longest = scene.design.arms.iter().map(|arm| canvas::width(&clean::line(&arm.name))).max();
        let mut name = longest.unwrap_or(0).clamp(6, NAME);
        let interval = if width < 100 { 9 } else { 13 };
        let graded = !matches!(scene.design.grader, Grader::None);
        let mut used = 2 + name + 1 + SHARE;
        let mut shown = Vec::new();
        for (column, wide) in Column::BY_WEIGHT {
            let wide = if column == Column::Interval { interval } else { wide };
            let tells = graded || !matches!(column, Column::Interval | Column::Bar);
            let lacks = (used + 2 + wide).saturating_sub(width);
            let matters = matches!(column, Column::Interval | Column::Bar);
            if tells && matters && lacks > 0 && name >= NAME_LEAST + lacks {
                name -= lacks;
                used -= lacks;
            }
            if tells && used + 2 + wide <= width {
                used += 2 + wide;
                shown.push(column);
            }
        }
        let bar = if shown.contains(&Column::Bar) { (BAR_LEAST + width - used).min(BAR) } else { 0 };
        if used > width {
            name = name.saturating_sub(used - width).max(1);
        }
        Self { name, interval, bar, shown }
    }

    fn has(&self, column: Column) -> bool {
        self.shown.contains(&column)
    }
}

/// How wide a table with all columns is.
pub(super) fn widest(scene: &Scene<'_>) -> u16 {
    let columns = Columns::of(scene, 1000);
    let rest = Column::BY_WEIGHT.iter().map(|(_, wide)| wide + 2).sum::<u16>();
    2 + columns.name + 1 + SHARE + rest + BAR - BAR_LEAST
}

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    scene: &Scene<'_>,
    board: &Board,
    theme: &Theme,
    focus: bool,
) {
    let arms = scene.design.arms.len();
    let inside = title(buffer, area, ("Arms", arms as u64), theme, focus);
    let columns = Columns::of(scene, inside.width);
    let head = u16::from(inside.height > 2);
    if head > 0 {
        canvas::put_row(buffer, Rect { height: 1, ..inside }, &heads(&columns, theme));
    }
    let list = Rect { y: inside.y + head, height: inside.height - head, ..inside };
    for (y, at) in (list.y..).zip(window(board.arm, arms, list.height)) {
        let place = Rect { y, height: 1, ..list };
        let chosen = at == board.arm;
        let mut row = vec![pointer(chosen, focus, theme)];
        let name = clean::line(&scene.design.arms[at].name);
        let style = if chosen && focus { theme.style(Role::Selected) } else { Style::default() };
        row.push((canvas::pad(&name, columns.name), style));
        match scene.standings.get(at) {
            Some(standing) => row.extend(cells(&columns, scene, at, standing, theme)),
            None => row.push(("    -".to_owned(), theme.style(Role::Dim))),
        }
        canvas::put_row(buffer, place, &row);
    }
}

fn heads(columns: &Columns, theme: &Theme) -> Row {
    let mut row = format!("  {} accuracy", canvas::pad("arm", columns.name));
    let mut add = |column: Column, words: &str, wide: u16, right: bool| {
        if columns.has(column) {
            let free = " ".repeat(usize::from(wide.saturating_sub(canvas::width(words))));
            let (left, right) = if right { (free.as_str(), words) } else { (words, free.as_str()) };
            row.extend(["  ", left, right]);
        }
    };
    add(Column::Interval, "95 %", columns.interval, false);
    add(Column::Bar, "0..100 %", columns.bar, false);
    add(Column::Count, "trials", 7, true);
    add(Column::Agreement, "agree", 5, true);
    add(Column::Cost, "cost", 7, true);
    add(Column::Time, "time", 7, true);
    vec![(row, theme.style(Role::Dim))]
}

fn cells(columns: &Columns, scene: &Scene<'_>, at: usize, standing: &Standing, theme: &Theme) -> Row {
    let dim = theme.style(Role::Dim);
    let cut = scene.progress.cut.contains(&scene.design.arms[at].treatment);
    let quiet = if cut { dim } else { Style::default() };
    let mut row = Row::new();
    let share = standing.accuracy.map_or("-".to_owned(), |(share, ..)| format!("{:.1} %", 100.0 * share));
    let strong = if cut { dim } else { theme.style(Role::Strong) };
    row.push((format!(" {share:>0$}", usize::from(SHARE)), strong));
    if columns.has(Column::Interval) {
        let ends = standing.accuracy.map(|(_, low, high)| interval(low, high, columns.interval));
        row.push((format!("  {:<1$}", ends.unwrap_or_default(), usize::from(columns.interval)), dim));
    }
    if columns.has(Column::Bar) {
        row.push(("  ".to_owned(), Style::default()));
        match standing.accuracy {
            Some(of) => row.extend(bar(of, columns.bar, theme)),
            None => row.push((" ".repeat(usize::from(columns.bar)), dim)),
        }
    }
    let mut add = |column: Column, words: String, wide: usize, style: Style| {
        if columns.has(column) {
            row.push((format!("  {words:>wide$}"), style));
        }
    };
    let any = standing.done > 0;
    let known = |words: String| if any { words } else { "-".to_owned() };
    add(Column::Count, thousands(standing.done), 7, quiet);
    let agreement = standing.agreement.map_or("-".to_owned(), |share| format!("{:.0} %", 100.0 * share));
    add(Column::Agreement, agreement, 5, quiet);
    add(Column::Cost, known(money(standing.mean_usd)), 7, quiet);
    add(Column::Time, known(standing.mean_ms.map_or_else(|| "-".to_owned(), time)), 7, quiet);
    if columns.has(Column::State) {
        let (word, role) = match at == scene.design.baseline {
            _ if cut => ("cut", Role::Warning),
            true => ("baseline", Role::Dim),
            false if standing.control => ("control", Role::Dim),
            false => ("", Role::Dim),
        };
        row.push((format!("  {word}"), theme.style(role)));
    }
    row
}

/// A mean sum.
pub(super) fn money(usd: f64) -> String {
    Dollars((usd * 1e9).round() as u64).to_string()
}

/// A mean time.
pub(super) fn time(ms: f64) -> String {
    match ms {
        none if none <= 0.0 => "-".to_owned(),
        short if short < 1000.0 => format!("{short:.0} ms"),
        _ if ms < 60_000.0 => format!("{:.1} s", ms / 1000.0),
        _ => format!("{:.1} min", ms / 60_000.0),
    }
}

fn interval(low: f64, high: f64, width: u16) -> String {
    let (low, high) = (100.0 * low, 100.0 * high);
    if width < 13 { format!("[{low:>2.0}, {high:>2.0}]") } else { format!("[{low:>4.1}, {high:>4.1}]") }
}

/// Accuracy as a bar from 0 to 100 %: full up to the low end of its interval, half up to what was found, then how far it may
/// reach.
fn bar((share, low, high): (f64, f64, f64), width: u16, theme: &Theme) -> Row {
    let at = |part: f64| (f64::from(width) * part).round() as usize;
    let (low, share, high) = (at(low), at(share), at(high));
    let sign = |cells: usize, sign: &'static str, ascii: &'static str| theme.sign(sign, ascii).repeat(cells);
    vec![
        (sign(low, "█", "#"), theme.style(Role::Agree)),
        (sign(share - low, "▓", "="), theme.style(Role::Agree)),
        (sign(high - share, "░", "-"), theme.style(Role::Agree)),
        (sign(usize::from(width) - high, " ", " "), theme.style(Role::Dim)),
    ]
}
