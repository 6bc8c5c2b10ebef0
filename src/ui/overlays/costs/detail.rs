//! One model of the screen of costs, call by call: those of a session with their tokens and costs, those that are remembered
//! of earlier ones with their times.

use super::super::super::canvas::{self, Row};
use super::super::super::state::{self, seconds};
use super::super::super::theme::{Role, Theme};
use super::table::{first_words, price_tag, tokens};
use crate::app::App;
use crate::core::health::{Sample, figures};
use crate::core::tally::{self, Tally, Tokens};
use crate::core::{Call, EndState, clean, when};
use ratatui::style::Style;
use std::fmt::Write as _;

/// From this inner width on there is room for tokens and times beside the state.
const WIDE: u16 = 96;

/// A call of the session with the name of its step.
type Made<'a> = (&'static str, &'a Call);

/// What is known of a model and its calls, newest first.
pub(super) fn rows(app: &App, tally: &Tally, theme: &Theme, width: u16) -> Vec<Row> {
    let made = tally::calls_to(&app.session, &tally.model, &tally.endpoint);
    let mut rows = about(app, tally, &made, theme, width);
    rows.push(Row::new());
    rows.push(super::part_with_times("calls, newest first", theme, width));
    if tally.sums.is_some() {
        rows.extend(calls(app, &made, theme, width));
    } else {
        rows.extend(tally.samples.iter().rev().map(|sample| remembered(sample, app.now, theme, width)));
    }
    rows
}

/// Which model, where, at which price, and its figures in two lines.
fn about(app: &App, tally: &Tally, calls: &[Made<'_>], theme: &Theme, width: u16) -> Vec<Row> {
    let model = clean::line(&tally.model.to_string());
    // What it cost then goes before what it costs now.
    let then = calls.first().and_then(|(_, call)| call.price);
    let price = then.or_else(|| app.prices.of(&tally.model));
    let price = price
        .map_or("price unknown: say it under [models] in the configuration".to_owned(), |price| {
            price.words()
        });
    let figures = figures(tally.samples.iter());
    let ms = |ms: Option<u64>| ms.map_or_else(|| "-".to_owned(), first_words);
    let rate = figures.rate_p50.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0} tok/s"));
    let counted = format!(
        " {}, {} ok, {} failed; first text after {} (p50), {} (p95); {rate}",
        canvas::count(tally.calls, "call"),
        tally.answered,
        tally.failed,
        ms(figures.first_p50),
        ms(figures.first_p95),
    );
    let mut lines = vec![
        (format!(" {model}  at {}", clean::line(&tally.endpoint)), Role::Accent),
        (format!(" {price}"), Role::Dim),
        (counted, Role::Strong),
    ];
    if let Some(sums) = tally.sums {
        let (read, written) = (tokens(sums.input, sums.guessed), tokens(sums.output, sums.guessed));
        let spent = price_tag(sums.spent);
        lines.push((format!(" {read} tokens read, {written} written; {spent}"), Role::Strong));
    }
    let row = |(text, role): (String, Role)| vec![(canvas::fit(&text, width), theme.style(role))];
    lines.into_iter().map(row).collect()
}

/// The calls of a session.
fn calls(app: &App, all: &[Made<'_>], theme: &Theme, width: u16) -> Vec<Row> {
    let longest = all.iter().map(|(_, call)| canvas::width(&clean::line(&call.member.0))).max().unwrap_or(0);
    let name = longest.clamp(6, 16);
    let wide = width >= WIDE;
    let mut title =
        format!(" {}  {} {}", canvas::pad("time", 11), canvas::pad("member", name), canvas::pad("step", 9));
    let _ = write!(title, "{:>10}", "$");
    if wide {
        let _ = write!(title, " {:>7} {:>7} {:>6} {:>7}", "tok in", "tok out", "TTFT", "total");
    }
    title.push_str("  state");
    let mut rows = vec![vec![(canvas::fit(&title, width), theme.style(Role::Title))]];
    rows.extend(all.iter().map(|(step, call)| {
        let who = clean::line(&call.member.0);
        let mut text = format!(
            "{} {}{:>10}",
            canvas::pad(&canvas::fit(&who, name), name),
            canvas::pad(step, 9),
            price_tag(call.spent(&|model| app.prices.of(model))),
        );
        if wide {
            let Tokens { input, output, guessed } = Tokens::of(call);
            let first = call.first_ms.map_or_else(|| "-".to_owned(), first_words);
            let total = call.total_ms.map_or_else(|| "-".to_owned(), seconds);
            let (input, output) = (tokens(input, guessed), tokens(output, guessed));
            let _ = write!(text, " {input:>7} {output:>7} {first:>6} {total:>7}");
        }
        let (words, role) = told(call, app.now, wide);
        let when = format!(" {}  ", canvas::pad(&when::told(call.started_at, app.now), 11));
        let row = vec![
            (when, theme.style(Role::Dim)),
            (text, Style::default()),
            (format!("  {words}"), theme.style(role)),
        ];
        canvas::pad_row(&row, width)
    }));
    rows
}

/// How a call stands, and what was wrong with it; its time is left out where that has a column.
fn told(call: &Call, now: u64, timed: bool) -> (String, Role) {
    let (words, role) = match call.end {
        Some(EndState::Done) if timed && call.cached.is_none() => ("ok".to_owned(), Role::Good),
        _ => state::words(Some(call), now, true),
    };
    match &call.error {
        Some(error) => (format!("{words}: {}", clean::line(&error.message)), role),
        None => (words, role),
    }
}

/// A call that is remembered.
fn remembered(sample: &Sample, now: u64, theme: &Theme, width: u16) -> Row {
    let (words, role) = match sample.fault {
        Some(kind) => (kind.words().to_owned(), Role::Error),
        None => ("ok".to_owned(), Role::Good),
    };
    let first = sample.first_ms.map(|ms| format!("  first text after {}", first_words(ms)));
    let rate = sample.rate.map(|rate| format!("  {rate:.0} tok/s"));
    let row = vec![
        (format!(" {}  ", canvas::pad(&when::told(sample.at, now), 11)), theme.style(Role::Dim)),
        (words, theme.style(role)),
        (first.unwrap_or_default() + &rate.unwrap_or_default(), Style::default()),
    ];
    canvas::pad_row(&row, width)
}
