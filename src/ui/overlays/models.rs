//! The model picker: a line a model, and below them what the chosen one is, how it did here, and what a question to the
//! council would cost. What its keys do stands in the app.

use super::super::canvas::{self, Row};
use super::super::state::seconds;
use super::super::theme::{Role, Theme};
use super::{Place, Sheet};
use crate::app::App;
use crate::app::models::{Picker, PickerLine};
use crate::core::clean;
use crate::core::offer::{KeyState, Offer, Probe, dollars};
use crate::core::price::Cost;
use ratatui::style::Style;
use std::fmt::Write as _;

/// The widths of the columns after the model's name.
const PROVIDER: u16 = 10;
const CONTEXT: u16 = 7;
const PRICE: u16 = 11;
const KEY: u16 = 7;
const PROBE: u16 = 13;
/// What stands before the name: the sign of the chosen line, the tick and the seat.
const BEFORE: u16 = 8;

/// Which columns there is room for.
#[derive(Clone, Copy)]
struct Columns {
    name: u16,
    provider: bool,
    context: bool,
    key: bool,
}

impl Columns {
    fn of(width: u16) -> Self {
        let (provider, context, key) = (width >= 68, width >= 56, width >= 84);
        let optional = [(provider, PROVIDER), (context, CONTEXT), (key, KEY)];
        let optional: u16 = optional.iter().filter(|(there, _)| *there).map(|(_, width)| width + 1).sum();
        let name = width.saturating_sub(BEFORE + PRICE + PROBE + 2 + optional);
        Self { name: name.max(8), provider, context, key }
    }
}

/// All models, with those that sit in the council ticked.
pub(super) fn picker(app: &App, picker: &Picker, theme: &Theme, width: u16) -> Sheet {
    let lines = app.picker_lines(picker);
    let at = picker.at.min(lines.len().saturating_sub(1));
    let columns = Columns::of(width);
    let sign = "> ";
    let text = picker.query.text();
    let typed = if text.is_empty() {
        ("type to search".to_owned(), theme.style(Role::Dim))
    } else {
        (text.to_owned(), Style::default())
    };
    let mut head = vec![vec![(sign.to_owned(), theme.style(Role::Accent)), typed]];
    head.push(titles(columns, theme));
    let chosen = lines.get(at);
    let foot = vec![
        Vec::new(),
        about(app, picker, chosen, theme, width),
        used(app, chosen, theme),
        council(app, theme, width),
    ];
    let mut rows: Vec<Row> =
        lines.iter().enumerate().map(|(place, line)| row(app, line, place == at, columns, theme)).collect();
    if rows.is_empty() {
        let empty = if text.is_empty() {
            "no model is known: set a provider's key, or start a server on this machine"
        } else {
            "nothing matches; :add PROVIDER/MODEL takes what no list has"
        };
        rows.push(vec![(canvas::fit(empty, width), theme.style(Role::Dim))]);
    }
    Sheet {
        title: title(app, lines.len()),
        width: 110,
        head,
        rows,
        place: Place::Chosen(at),
        cursor: Some(canvas::width(sign) + canvas::width(&picker.query.before())),
        rows_kept: 18,
        foot,
        low: false,
    }
}

fn title(app: &App, shown: usize) -> String {
    let mut title = format!("Models  {shown} of {}", app.picker_lines(&Picker::default()).len());
    if app.shelf.loading {
        title.push_str("  asking providers for their lists");
    } else if app.shelf.failed > 0 {
        let _ = write!(title, "  {} not read, see :messages", canvas::count(app.shelf.failed, "list"));
    }
    title
}

/// What the chosen model is, and what a probe of it costs or came to.
fn about(app: &App, picker: &Picker, line: Option<&PickerLine>, theme: &Theme, width: u16) -> Row {
    let Some(line) = line else { return Vec::new() };
    let name = clean::line(&line.model.to_string());
    if picker.asked.as_ref() == Some(&line.model) {
        let text = format!(
            "{} a probe of it; Ctrl-T again sends one all the same",
            match app.probe_cost(&line.model) {
                Cost::About(sum) => format!("about ${sum:.2} for"),
                _ => "nobody knows the price of".to_owned(),
            }
        );
        return vec![(canvas::fit(&text, width), theme.style(Role::Warning))];
    }
    if let Some(said) = &app.toast {
        return vec![(canvas::fit(said, width), theme.style(Role::Warning))];
    }
    if let Some(Probe::Failed(error)) = app.shelf.probes.get(&line.model) {
        let text = format!("{}; {}", clean::line(&error.message), clean::line(&error.hint));
        return vec![(canvas::fit(&text, width), theme.style(Role::Error))];
    }
    let probe = match (app.probe_cost(&line.model), line.offer.as_ref().map(|offer| &offer.key)) {
        (_, Some(KeyState::Missing(name))) => format!("no key: export {name}=..."),
        (Cost::Free, _) => "a probe (Ctrl-T) costs nothing".to_owned(),
        (Cost::About(sum), _) => format!("a probe (Ctrl-T) costs about ${}", tiny(sum)),
        (Cost::Unknown, _) => "a probe (Ctrl-T): price unknown".to_owned(),
    };
    let from = line.offer.as_ref().map_or("in no list", |offer| offer.source.word());
    vec![(canvas::fit(&format!("{name}  ({from})  {probe}"), width), theme.style(Role::Dim))]
}

/// A small sum with two digits that say something.
fn tiny(dollars: f64) -> String {
    if dollars >= 0.01 { format!("{dollars:.2}") } else { format!("{:.5}", dollars.max(0.00001)) }
}

/// How the chosen model did here, as far as is remembered.
fn used(app: &App, line: Option<&PickerLine>, theme: &Theme) -> Row {
    let Some(line) = line else { return Vec::new() };
    let dim = theme.style(Role::Dim);
    let scripted = app.council.as_ref().is_some_and(|council| council.scripted);
    if scripted && !line.seats.is_empty() {
        return vec![("scripted, so its calls are not counted".to_owned(), dim)];
    }
    let (figures, more) = app.used(&line.model);
    if figures.calls == 0 {
        return vec![("not used here in 7 days".to_owned(), dim)];
    }
    let more = if more { " or more" } else { "" };
    let mut text = format!("used here in 7 days: {}{more}, ", canvas::count(figures.calls, "call"));
    if let Some(ms) = figures.first_p50 {
        let _ = write!(text, "TTFT p50 {}, ", seconds(ms));
    }
    let faults = figures.calls - figures.answered;
    let role = if faults > 0 { Role::Warning } else { Role::Dim };
    let word = if faults == 0 { "no faults".to_owned() } else { canvas::count(faults, "fault") };
    vec![(text, dim), (word, theme.style(role))]
}

/// Who is asked next, and what that costs. Where there is little room, the cost is what stays.
fn council(app: &App, theme: &Theme, width: u16) -> Row {
    let Some(council) = app.council.as_ref().filter(|council| !council.members.is_empty()) else {
        return vec![("nobody has a seat yet; Space gives one".to_owned(), theme.style(Role::Warning))];
    };
    let all = council.members.len();
    let (asked, cost) = app.ask_cost().unwrap_or((0, Cost::Unknown));
    let some = if asked < all { format!(" to {asked} of them") } else { String::new() };
    let cost = match cost {
        _ if asked == 0 => "none of them may be asked: the question is private".to_owned(),
        Cost::Free if council.scripted => format!("one ask{some} costs nothing, scripted"),
        Cost::Free => format!("one ask{some} costs nothing"),
        Cost::About(sum) => format!("one ask{some} is about ${}", tiny(sum)),
        Cost::Unknown => format!("one ask{some}: price unknown"),
    };
    let name = clean::line(&council.name);
    let seats = canvas::count(all, "seat");
    let chair = council.chair.as_ref().map(|chair| clean::line(&chair.0));
    let chair = chair.map_or_else(|| "no chair".to_owned(), |chair| format!("chair {chair}"));
    let texts = [
        format!("council {name}: {seats}, {chair}; {cost}"),
        format!("{seats}, {chair}; {cost}"),
        format!("{seats}; {cost}"),
    ];
    let fits = texts.iter().find(|text| canvas::width(text) <= width);
    let text = canvas::fit(fits.unwrap_or(&texts[2]), width);
    vec![(text, theme.style(Role::Accent))]
}

fn titles(columns: Columns, theme: &Theme) -> Row {
    let mut text = format!("  seat  {} ", canvas::pad("model", columns.name));
    if columns.provider {
        let _ = write!(text, "{} ", canvas::pad("provider", PROVIDER));
    }
    if columns.context {
        let _ = write!(text, "{:>7} ", "context");
    }
    let _ = write!(text, "{:>11} ", "$/M in/out");
    if columns.key {
        let _ = write!(text, "{} ", canvas::pad("key", KEY));
    }
    text.push_str("probe");
    vec![(text, theme.style(Role::Title))]
}

fn row(app: &App, line: &PickerLine, chosen: bool, columns: Columns, theme: &Theme) -> Row {
    let dim = theme.style(Role::Dim);
    let seated = !line.seats.is_empty();
    let seats: Vec<String> = line.seats.iter().map(ToString::to_string).collect();
    let seat =
        if seated { format!("[x]{:<3}", canvas::fit(&seats.join(","), 3)) } else { "[ ]   ".to_owned() };
    let name = canvas::pad(&canvas::fit(&clean::line(&line.model.model), columns.name), columns.name);
    let style = if chosen { theme.style(Role::Selected) } else { Style::default() };
    let sign = if chosen { "> " } else { "  " };
    let mut row = vec![
        (sign.to_owned(), theme.style(if chosen { Role::Accent } else { Role::Dim })),
        (seat, theme.style(if seated { Role::Accent } else { Role::Dim })),
        (format!("{name} "), style),
    ];
    if columns.provider {
        let provider = canvas::fit(&clean::line(&line.model.provider), PROVIDER);
        row.push((format!("{} ", canvas::pad(&provider, PROVIDER)), dim));
    }
    let offer = line.offer.as_ref();
    let window = offer.map_or_else(|| "unknown".to_owned(), Offer::window);
    // What the workbench reckons with, which may know more than a list.
    let price = dollars(app.prices.of(&line.model));
    if columns.context {
        row.push((format!("{window:>7} "), Style::default()));
    }
    row.push((format!("{price:>11} "), Style::default()));
    if columns.key {
        let key = offer.map_or("", |offer| offer.key.word());
        let missing = matches!(offer.map(|offer| &offer.key), Some(KeyState::Missing(_)));
        row.push((
            format!("{} ", canvas::pad(key, KEY)),
            if missing { theme.style(Role::Warning) } else { dim },
        ));
    }
    row.push(probe(app, line, columns, theme));
    row
}

/// What a probe came to; where the column of keys has no room, that one is missing.
fn probe(app: &App, line: &PickerLine, columns: Columns, theme: &Theme) -> (String, Style) {
    let missing = matches!(line.offer.as_ref().map(|offer| &offer.key), Some(KeyState::Missing(_)));
    match app.shelf.probes.get(&line.model) {
        Some(Probe::Running) => ("asking".to_owned(), theme.style(Role::Dim)),
        Some(Probe::Well { ms }) => (format!("ok {}", seconds(*ms)), theme.style(Role::Good)),
        Some(Probe::Failed(error)) => (canvas::fit(error.kind.words(), PROBE), theme.style(Role::Error)),
        None if missing && !columns.key => ("no key".to_owned(), theme.style(Role::Warning)),
        None => ("-".to_owned(), theme.style(Role::Dim)),
    }
}
