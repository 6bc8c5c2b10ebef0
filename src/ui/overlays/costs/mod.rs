//! The screen of costs and latency: models, endpoints, where the money went, the last ask in time, and what failed. What is
//! in it stands in the app.

mod budget;
mod detail;
mod table;
mod timeline;

use super::super::canvas::{self, Row};
use super::super::state::seconds;
use super::super::theme::{Role, Theme};
use super::{Place, Sheet};
use crate::app::App;
use crate::app::cost::{Costs, Period};
use crate::core::health::{Breaker, Figures, WINDOW};
use crate::core::tally::{self, Tally, Then, Trouble};
use crate::core::{Spent, clean, when};
use ratatui::style::Style;

/// The widest it gets.
pub(super) const WIDEST: u16 = 160;
/// Below this inner width, an endpoint takes two lines.
const TWO_LINES: u16 = 70;

/// The whole screen, of an inner width.
pub(super) fn sheet(app: &App, costs: &Costs, theme: &Theme, width: u16) -> Sheet {
    let tallies = app.tallies(costs);
    let at = App::chosen_tally(costs, &tallies);
    let (rows, place) = match tallies.get(at).filter(|_| costs.detail) {
        Some(tally) => (detail::rows(app, tally, theme, width), Place::Scroll(costs.scroll)),
        None => all(app, costs, (&tallies, at), theme, width),
    };
    Sheet {
        title: "Cost and latency".to_owned(),
        width: WIDEST,
        head: vec![periods(costs, theme), about(app, costs, &tallies, theme, width)],
        rows,
        place,
        cursor: None,
        rows_kept: 0,
        low: false,
        foot: Vec::new(),
    }
}

/// What was spent, the models with the chosen one marked, and what stands below them.
fn all(
    app: &App,
    costs: &Costs,
    (tallies, at): (&[Tally], usize),
    theme: &Theme,
    width: u16,
) -> (Vec<Row>, Place) {
    let mut rows = budget::rows(app, theme, width);
    rows.push(Row::new());
    rows.extend(part("models", theme, width));
    // The first model is in view with all that is above it.
    let row = if at == 0 { 0 } else { rows.len() + 1 + at };
    let place = if costs.follow { Place::Row(costs.scroll, row) } else { Place::Scroll(costs.scroll) };
    rows.extend(table::rows(tallies, at, theme, width));
    rows.extend(below(app, costs, theme, width));
    (rows, place)
}

/// What stands below the models.
fn below(app: &App, costs: &Costs, theme: &Theme, width: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(endpoints(app, costs, theme, width));
    if costs.period == Period::Session {
        rows.extend(money(app, theme, width));
        rows.extend(app.run().map(|run| timeline::rows(run, app.now, theme, width)).unwrap_or_default());
        rows.extend(troubles(app, theme, width));
    } else {
        rows.extend(faults(app, costs, theme, width));
    }
    rows
}

/// A line with a name that begins a part.
fn part(name: &str, theme: &Theme, width: u16) -> Vec<Row> {
    vec![canvas::section(theme, &[(name.to_owned(), theme.style(Role::Title))], width)]
}

/// A heading above lines that begin with a moment.
fn part_with_times(name: &str, theme: &Theme, width: u16) -> Row {
    let words = [
        (format!("{name}  "), theme.style(Role::Title)),
        ("times are UTC".to_owned(), theme.style(Role::Dim)),
    ];
    canvas::section(theme, &words, width)
}

/// The periods, the chosen one in brackets, and the order.
fn periods(costs: &Costs, theme: &Theme) -> Row {
    let mut row = Row::new();
    for period in Period::ALL {
        let chosen = period == costs.period;
        let words = if chosen { format!("[{}] ", period.words()) } else { format!(" {}  ", period.words()) };
        row.push((words, theme.style(if chosen { Role::Selected } else { Role::Dim })));
    }
    row.push((format!("  {}", costs.order.words()), theme.style(Role::Accent)));
    row
}

/// What came of a key, else what the period is about, in a line.
fn about(app: &App, costs: &Costs, tallies: &[Tally], theme: &Theme, width: u16) -> Row {
    if let Some(said) = &app.toast {
        return vec![(canvas::fit(said, width), theme.style(Role::Warning))];
    }
    let calls = canvas::count(tallies.iter().map(|tally| tally.calls).sum(), "call");
    let text = match costs.period {
        Period::Session => {
            let spent = app.session.spent(&|model| app.prices.of(model));
            format!("{calls}; spent {}", money_words(spent))
        }
        Period::Today | Period::Week if app.scripted() => {
            format!("{calls}; those of scripted members are not kept")
        }
        Period::Today | Period::Week if !app.kept => {
            format!("{calls}; nothing of earlier sessions is read or kept (--no-save)")
        }
        Period::Today | Period::Week => {
            format!("{calls}; the last {WINDOW} an endpoint are kept, without tokens and costs")
        }
    };
    vec![(canvas::fit(&text, width), theme.style(Role::Dim))]
}

/// A sum, and what its signs mean where there are any.
fn money_words(spent: Spent) -> String {
    let unpriced = match spent.unpriced {
        0 => String::new(),
        calls => format!(" (? = {} of unknown price)", canvas::count(calls as usize, "call")),
    };
    let guessed = if spent.guessed.0 > 0 { " (~ partly by our own count)" } else { "" };
    format!("{}{guessed}{unpriced}", spent.words())
}

/// One line an endpoint: how many calls were answered, and whether it is asked.
fn endpoints(app: &App, costs: &Costs, theme: &Theme, width: u16) -> Vec<Row> {
    let all = app.endpoints(costs);
    if all.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![Row::new()];
    rows.extend(part(&format!("endpoints, by their last {WINDOW} calls in 7 days"), theme, width));
    let names: Vec<String> = all.iter().map(|(name, _)| clean::line(name)).collect();
    let wide = names.iter().map(|name| canvas::width(name)).max().unwrap_or(0).min(width / 3);
    for ((endpoint, breaker), name) in all.iter().zip(names) {
        let figures = app.health.figures(endpoint, app.now);
        let answered = format!("{} of {}", figures.answered, figures.calls);
        let (mut state, role) = breaker_words(*breaker, app.now);
        let (answered, fault) = (format!("  {answered:>8} ok  "), last_fault(&figures, app.now));
        let used = canvas::width(&answered) + canvas::width(&state) + canvas::width(&fault);
        if used + if width < TWO_LINES { 0 } else { wide } > width && *breaker == Breaker::Closed {
            "asked".clone_into(&mut state);
        }
        let state =
            vec![(answered, Style::default()), (state, theme.style(role)), (fault, theme.style(Role::Dim))];
        if width < TWO_LINES {
            rows.push(vec![(name, Style::default())]);
            rows.push(state);
        } else {
            rows.push([vec![(canvas::pad(&name, wide), Style::default())], state].concat());
        }
    }
    rows.iter().map(|row| fitted(row, width)).collect()
}

/// Whether an endpoint is asked, in words.
fn breaker_words(breaker: Breaker, now: u64) -> (String, Role) {
    let role = match breaker {
        Breaker::Closed => Role::Good,
        Breaker::Open { .. } => Role::Error,
        Breaker::HalfOpen => Role::Warning,
    };
    (breaker.words(now).unwrap_or_else(|| "asked as usual".to_owned()), role)
}

fn last_fault(figures: &Figures, now: u64) -> String {
    let told = figures.last_fault.map(|(at, kind)| format!("; {} {}", kind.words(), when::told(at, now)));
    told.unwrap_or_default()
}

/// A row that is cut where it is wider than the screen.
fn fitted(row: &[(String, Style)], width: u16) -> Row {
    let used: u16 = row.iter().map(|(text, _)| canvas::width(text)).sum();
    if used > width { canvas::pad_row(row, width) } else { row.to_vec() }
}

/// Where the money went, step by step.
fn money(app: &App, theme: &Theme, width: u16) -> Vec<Row> {
    let steps = tally::by_step(&app.session, &|model| app.prices.of(model));
    let most = steps.iter().map(|(_, spent)| spent.sum().0).max().unwrap_or(0);
    if steps.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![Row::new()];
    rows.extend(part("where the money went", theme, width));
    let room = u64::from(width.saturating_sub(28).min(60));
    for (name, spent) in steps {
        let cells =
            if most == 0 { 0 } else { (spent.sum().0 as f64 / most as f64 * room as f64).ceil() as usize };
        rows.push(vec![
            (format!(" {name:<10}"), Style::default()),
            (format!("{:>12}  ", spent.words()), Style::default()),
            (theme.sign("█", "#").repeat(cells), theme.style(Role::Accent)),
        ]);
    }
    rows
}

/// The faults of the session, newest first, and what came of each.
fn troubles(app: &App, theme: &Theme, width: u16) -> Vec<Row> {
    let all = tally::troubles(&app.session);
    let tell = |trouble: &Trouble<'_>| {
        let who = clean::line(&trouble.member.0);
        let what =
            format!("{who}: {}; {}", clean::line(&trouble.error.message), followed(&trouble.then, app.now));
        (trouble.at, what)
    };
    listed("faults seen", all.iter().map(tell).collect(), app.now, theme, width)
}

/// The faults that are remembered of a period, newest first. What came of them is in their own sessions.
fn faults(app: &App, costs: &Costs, theme: &Theme, width: u16) -> Vec<Row> {
    let mut all: Vec<(u64, String)> = Vec::new();
    for tally in app.tallies(costs) {
        let faulty = tally.samples.iter().filter_map(|sample| Some((sample.at, sample.fault?)));
        let model = clean::line(&tally.model.to_string());
        all.extend(faulty.map(|(at, kind)| (at, format!("{model}: {}", kind.words()))));
    }
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    listed("faults remembered", all, app.now, theme, width)
}

/// Lines with the time before each; long ones go on below.
fn listed(name: &str, lines: Vec<(u64, String)>, now: u64, theme: &Theme, width: u16) -> Vec<Row> {
    let mut rows = vec![Row::new()];
    rows.push(part_with_times(name, theme, width));
    if lines.is_empty() {
        rows.push(vec![(" none".to_owned(), theme.style(Role::Good))]);
    }
    for (at, text) in lines {
        let when = format!(" {}  ", canvas::pad(&when::told(at, now), 11));
        let indent = canvas::width(&when);
        for (place, line) in canvas::wrapped(&text, width.saturating_sub(indent)).into_iter().enumerate() {
            let before = if place == 0 { when.clone() } else { " ".repeat(usize::from(indent)) };
            rows.push(vec![(before, theme.style(Role::Dim)), (line, Style::default())]);
        }
    }
    rows
}

/// What followed a fault, in words.
fn followed(then: &Then<'_>, now: u64) -> String {
    match then {
        Then::Again(ms) => format!("asked again after {}", seconds(*ms)),
        Then::Due(at) => format!("asked again in {} s", at.saturating_sub(now).div_ceil(1000)),
        Then::Backup(model) => format!("backup {} was asked", clean::line(&model.to_string())),
        Then::BackupDue(model) => format!("backup {} is asked next", clean::line(&model.to_string())),
        Then::Dropped => "what was to follow was stopped".to_owned(),
        Then::ByPerson => "you asked again".to_owned(),
        Then::Kept => "what came before is kept, marked cut".to_owned(),
        Then::Unsent => "nothing was charged".to_owned(),
        Then::Nothing => "not asked again: it brought no answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaker_is_said_in_words() {
        let (words, role) = breaker_words(Breaker::Open { until: 24_500 }, 1_000);
        assert_eq!((words.as_str(), role), ("left alone, asked again in 24 s", Role::Error));
        assert_eq!(breaker_words(Breaker::HalfOpen, 0).0, "one call probes it");
    }
}
