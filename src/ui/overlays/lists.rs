//! Lists over the board: help, the palette, earlier questions, the command line with what it could become, the council.

use super::super::canvas::{self, Row};
use super::super::theme::{Role, Theme};
use super::{Place, Sheet};
use crate::agreement::Mark;
use crate::app::command_line::CommandLine;
use crate::app::lineup::CouncilLine;
use crate::app::list::List;
use crate::app::table::Entry;
use crate::app::{App, Place as Where};
use crate::core::clean;
use crate::core::price::Price;
use ratatui::style::Style;

/// What is looked for, with the cursor's column.
pub(super) fn search(theme: &Theme, sign: &str, text: &str, before: &str, hint: &str) -> (Row, u16) {
    let mut row = vec![(sign.to_owned(), theme.style(Role::Accent))];
    if text.is_empty() {
        row.push((hint.to_owned(), theme.style(Role::Dim)));
    } else {
        row.push((text.to_owned(), Style::default()));
    }
    (row, canvas::width(sign) + canvas::width(before))
}

pub(super) fn line(theme: &Theme, chosen: bool) -> (String, Style) {
    let sign = if chosen { "> " } else { "  " };
    (sign.to_owned(), theme.style(if chosen { Role::Accent } else { Role::Dim }))
}

pub(super) fn words(theme: &Theme, chosen: bool) -> Style {
    if chosen { theme.style(Role::Selected) } else { Style::default() }
}

/// Every key by place and group, searchable; then what the marks mean.
pub(super) fn help(app: &App, list: &List, theme: &Theme, width: u16) -> Sheet {
    let entries = app.help(list);
    let at = list.at.min(entries.len().saturating_sub(1));
    let searching = list.typing || !list.query.text().is_empty();
    let mut head = Vec::new();
    let mut cursor = None;
    if searching {
        let (row, column) = search(theme, "/ ", list.query.text(), &list.query.before(), "type to search");
        head.push(row);
        cursor = list.typing.then_some(column);
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut chosen_row = 0;
    let mut last: Option<(Where, &str)> = None;
    for (place, entry) in entries.iter().enumerate() {
        if !searching && last.map(|(place, _)| place) != Some(entry.place) {
            if last.is_some() {
                rows.push(Vec::new());
            }
            let title = match entry.place {
                Where::Board => "On the board (Esc goes there)",
                Where::Ledger => "Among the conflicts (! goes there)",
                Where::Vote => "On the vote board (v goes there)",
                Where::Plan => "On the plan rail (o goes there)",
                _ => "While writing (i goes there)",
            };
            rows.push(vec![(title.to_owned(), theme.style(Role::Title))]);
        }
        let group = if last == Some((entry.place, entry.group)) && !searching { "" } else { entry.group };
        if place == at {
            chosen_row = rows.len();
        }
        rows.push(help_row(app, entry, group, place == at, theme));
        last = Some((entry.place, entry.group));
    }
    if rows.is_empty() {
        rows.push(vec![("nothing is called that".to_owned(), theme.style(Role::Dim))]);
    }
    if !searching {
        rows.push(Vec::new());
        rows.extend(marks(theme));
    }
    let _ = width;
    Sheet {
        title: "Help: every key".to_owned(),
        width: 118,
        head,
        rows,
        place: Place::Chosen(chosen_row),
        cursor,
        rows_kept: if searching { 20 } else { 0 },
        low: false,
        foot: Vec::new(),
    }
}

fn help_row(app: &App, entry: &Entry, group: &str, chosen: bool, theme: &Theme) -> Row {
    let keys = if entry.keys.is_empty() { format!(":{}", entry.id) } else { entry.keys.join(" ") };
    let able = entry.place == Where::Composer || app.can(entry.action);
    let style = match (chosen, able) {
        (true, _) => theme.style(Role::Selected),
        (false, true) => Style::default(),
        (false, false) => theme.style(Role::Dim),
    };
    vec![
        line(theme, chosen),
        (format!("{group:<8} "), theme.style(Role::Dim)),
        (format!("{keys:<18} "), theme.style(Role::Key)),
        (entry.long.to_owned(), style),
    ]
}

fn marks(theme: &Theme) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![vec![("Marks".to_owned(), theme.style(Role::Title))]];
    for (mark, text) in [
        (Mark::Agree, "agree: two or more say it, none against"),
        (Mark::Partly, "partly: members say something alike"),
        (Mark::Conflict, "conflict: not both can be true"),
        (Mark::Only, "only here, and all have finished"),
        (Mark::Pending, "not compared yet"),
    ] {
        rows.push(vec![
            (format!("{}  ", mark.symbol()), theme.mark(mark)),
            (text.to_owned(), Style::default()),
        ]);
    }
    rows.push(vec![("Marks are found by words, not by a model.".to_owned(), theme.style(Role::Dim))]);
    rows
}

/// Every action that can be taken now.
pub(super) fn palette(app: &App, list: &List, theme: &Theme, width: u16) -> Sheet {
    let entries = app.palette(list);
    let at = list.at.min(entries.len().saturating_sub(1));
    let (row, cursor) =
        search(theme, "> ", list.query.text(), &list.query.before(), "what do you want to do?");
    let rows = entries.iter().enumerate().map(|(place, entry)| {
        let chosen = place == at;
        let left = format!("{:<16} ", entry.id);
        let key = entry.keys.first().copied().unwrap_or_default();
        let space = width.saturating_sub(2 + 17 + 9);
        vec![
            line(theme, chosen),
            (left, theme.style(Role::Key)),
            (canvas::pad(entry.long, space), words(theme, chosen)),
            (format!(" {key:>8}"), theme.style(Role::Dim)),
        ]
    });
    Sheet {
        title: "What can be done now".to_owned(),
        width: 90,
        head: vec![row, Vec::new()],
        rows: none(theme, rows.collect()),
        place: Place::Chosen(at),
        cursor: Some(cursor),
        rows_kept: 18,
        low: false,
        foot: Vec::new(),
    }
}

pub(super) fn none(theme: &Theme, rows: Vec<Row>) -> Vec<Row> {
    if rows.is_empty() {
        return vec![vec![("nothing matches; Esc closes".to_owned(), theme.style(Role::Dim))]];
    }
    rows
}

/// Earlier questions.
pub(super) fn past(app: &App, list: &List, theme: &Theme, width: u16) -> Sheet {
    let items = app.past(list);
    let at = list.at.min(items.len().saturating_sub(1));
    let (row, cursor) = search(theme, "> ", list.query.text(), &list.query.before(), "type to search");
    let rows = items.iter().enumerate().map(|(place, text)| {
        let chosen = place == at;
        let text = canvas::fit(&clean::line(text), width.saturating_sub(2));
        vec![line(theme, chosen), (text, words(theme, chosen))]
    });
    Sheet {
        title: format!("Earlier questions  {}", items.len()),
        width: 110,
        head: vec![row, Vec::new()],
        rows: none(theme, rows.collect()),
        place: Place::Chosen(at),
        cursor: Some(cursor),
        rows_kept: 18,
        low: false,
        foot: Vec::new(),
    }
}

/// The command line with what it could become.
pub(super) fn command(app: &App, command: &CommandLine, theme: &Theme, width: u16) -> Sheet {
    let (row, cursor) =
        search(theme, ":", command.line.text(), &command.line.before(), " a command; Tab completes");
    let mut head = vec![row];
    match &command.fault {
        Some(fault) => head.push(vec![(canvas::fit(fault, width), theme.style(Role::Error))]),
        None => head.push(Vec::new()),
    }
    let suggestions = app.suggestions(command);
    let rows = suggestions.iter().enumerate().map(|(place, one)| {
        let chosen = command.at == Some(place);
        let name = canvas::pad(&clean::line(&one.line), 24.min(width / 2));
        let about = canvas::fit(&one.about, width.saturating_sub(28));
        vec![
            line(theme, chosen),
            (name, words(theme, chosen)),
            ("  ".to_owned(), Style::default()),
            (about, theme.style(Role::Dim)),
        ]
    });
    Sheet {
        title: "Command".to_owned(),
        width: 100,
        head,
        rows: rows.collect(),
        place: Place::Chosen(command.at.unwrap_or(0)),
        cursor: Some(cursor),
        rows_kept: 10,
        low: true,
        foot: Vec::new(),
    }
}

/// Who sits in the council, and the other councils.
pub(super) fn council(app: &App, at: usize, theme: &Theme, width: u16) -> Sheet {
    let lines = app.council_lines();
    let mut rows: Vec<Row> = Vec::new();
    let mut chosen_row = 0;
    let mut others = false;
    if app.council.is_none() {
        rows.push(vec![("no council yet; Enter takes one of these".to_owned(), theme.style(Role::Dim))]);
    }
    for (place, entry) in lines.iter().enumerate() {
        let chosen = place == at.min(lines.len().saturating_sub(1));
        if let (CouncilLine::Other(_), false) = (entry, others) {
            others = true;
            rows.push(Vec::new());
            rows.push(vec![("Other councils".to_owned(), theme.style(Role::Title))]);
        }
        if chosen {
            chosen_row = rows.len();
        }
        rows.push(council_row(app, entry, chosen, theme, width));
    }
    let name = app.council.as_ref().map(|council| clean::line(&council.name)).unwrap_or_default();
    let price = app.price_line().map(|price| format!("  {price}")).unwrap_or_default();
    Sheet {
        title: format!("Council {name}{price}"),
        width: 100,
        head: Vec::new(),
        rows,
        place: Place::Chosen(chosen_row),
        cursor: None,
        rows_kept: 0,
        low: false,
        foot: Vec::new(),
    }
}

fn council_row(app: &App, entry: &CouncilLine, chosen: bool, theme: &Theme, width: u16) -> Row {
    match entry {
        CouncilLine::Member(member) => {
            let chair = app.council.as_ref().and_then(|council| council.chair.as_ref()) == Some(&member.name);
            let model = clean::line(&member.model.to_string());
            let price = app.prices.of(&member.model).map_or("price unknown".to_owned(), Price::words);
            let price = if app.scripted() { "scripted".to_owned() } else { price };
            let about = member.persona.as_deref().map(clean::line).unwrap_or_default();
            let space = width.saturating_sub(2 + 15 + 27 + 7);
            vec![
                line(theme, chosen),
                (format!("{} ", canvas::pad(&clean::line(&member.name.0), 14)), words(theme, chosen)),
                (format!("{} ", canvas::pad(&model, 26)), theme.style(Role::Dim)),
                (if chair { "chair  " } else { "       " }.to_owned(), theme.style(Role::Accent)),
                (canvas::fit(if about.is_empty() { &price } else { &about }, space), theme.style(Role::Dim)),
            ]
        }
        CouncilLine::Other(council) => {
            let names: Vec<String> =
                council.members.iter().map(|member| clean::line(&member.name.0)).collect();
            vec![
                line(theme, chosen),
                (format!("{} ", canvas::pad(&clean::line(&council.name), 14)), words(theme, chosen)),
                (canvas::fit(&names.join(", "), width.saturating_sub(17)), theme.style(Role::Dim)),
            ]
        }
    }
}
