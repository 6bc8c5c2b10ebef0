//! Texts over the board: exact prompts, messages, how to connect a model, and questions that must be answered.

use super::super::canvas::{self, Row};
use super::super::theme::{Role, Theme};
use super::{Place, Sheet};
use crate::app::App;
use crate::app::confirm::Confirm;
use crate::app::ledger::RuleBox;
use crate::core::{clean, when};
use ratatui::style::Style;

pub(super) fn sheet(title: String, rows: Vec<Row>, scroll: usize) -> Sheet {
    Sheet {
        title,
        width: 118,
        head: Vec::new(),
        rows,
        place: Place::Scroll(scroll),
        cursor: None,
        rows_kept: 0,
        low: false,
        foot: Vec::new(),
    }
}

/// A question that must be answered: what it is about, then what can be done, one line each.
pub(super) fn confirm(confirm: &Confirm, theme: &Theme, width: u16) -> Sheet {
    let mut rows: Vec<Row> = Vec::new();
    for line in &confirm.lines {
        let lines = canvas::wrapped(&clean::line(line), width);
        rows.extend(lines.into_iter().map(|line| vec![(line, Style::default())]));
    }
    rows.push(Vec::new());
    for (at, choice) in confirm.choices.iter().enumerate() {
        let chosen = at == confirm.at;
        let style = if chosen { theme.style(Role::Selected) } else { Style::default() };
        rows.push(vec![
            (if chosen { "> " } else { "  " }.to_owned(), theme.style(Role::Accent)),
            (format!("{}  ", choice.key), theme.style(Role::Key)),
            (choice.text.clone(), style),
        ]);
    }
    let title = clean::line(&confirm.title);
    Sheet {
        title,
        width: 66,
        head: Vec::new(),
        rows,
        place: Place::Scroll(0),
        cursor: None,
        rows_kept: 0,
        low: false,
        foot: Vec::new(),
    }
}

/// The box in which a point is ruled on: the note that is typed, what it is about, and what can be ruled.
pub(super) fn rule(open: &RuleBox, theme: &Theme, width: u16) -> Sheet {
    const NOTE: &str = "note: ";
    let typed = open.note.text();
    let (words, role) =
        if typed.is_empty() { ("type one, if you like", Role::Dim) } else { (typed, Role::Strong) };
    let note = vec![(NOTE.to_owned(), theme.style(Role::Accent)), (words.to_owned(), theme.style(role))];
    let cursor = canvas::width(NOTE) + canvas::width(&open.note.before());
    let mut rows: Vec<Row> = Vec::new();
    for line in canvas::wrapped(&open.words, width).into_iter().take(3) {
        rows.push(vec![(line, theme.style(Role::Strong))]);
    }
    rows.push(Vec::new());
    let above = rows.len();
    for (at, (_, text)) in open.choices.iter().enumerate() {
        let chosen = at == open.at;
        let style = if chosen { theme.style(Role::Selected) } else { Style::default() };
        let sign = if chosen { "> " } else { "  " };
        let text = canvas::fit(text, width.saturating_sub(2));
        rows.push(vec![(sign.to_owned(), theme.style(Role::Accent)), (text, style)]);
    }
    Sheet {
        title: "What holds?".to_owned(),
        width: 76,
        head: vec![note, Vec::new()],
        rows,
        place: Place::Chosen(above + open.at),
        cursor: Some(cursor),
        rows_kept: 0,
        low: false,
        foot: Vec::new(),
    }
}

/// Every message so far with its time of day: how long ago it was would be wrong as soon as it is drawn.
pub(super) fn messages(app: &App, theme: &Theme, width: u16) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (at, text) in &app.messages {
        let when = format!("{:>11} UTC  ", when::told(*at, app.now));
        let indent = canvas::width(&when);
        for (place, line) in
            canvas::wrapped(&clean::line(text), width.saturating_sub(indent)).into_iter().enumerate()
        {
            let before = if place == 0 { when.clone() } else { " ".repeat(usize::from(indent)) };
            rows.push(vec![(before, theme.style(Role::Dim)), (line, Style::default())]);
        }
    }
    rows
}

/// How to connect a model.
pub(in crate::ui) fn connect(theme: &Theme, width: u16) -> Vec<Row> {
    let text = [
        (Role::Strong, "With a key: set it in the shell, then start synod again."),
        (
            Role::Code,
            "  export OPENAI_API_KEY=...      (or OPENROUTER_API_KEY, GROQ_API_KEY, MISTRAL_API_KEY, ...)",
        ),
        (Role::Code, "  synod -m openai/MODEL -m openai/OTHER"),
        (Role::Strong, ""),
        (
            Role::Strong,
            "With a server on this machine that speaks Chat Completions, in ~/.config/synod/config.toml:",
        ),
        (Role::Code, "  [providers.local]"),
        (Role::Code, "  kind = \"openai\""),
        (Role::Code, "  base_url = \"http://127.0.0.1:8080/v1\""),
        (Role::Strong, "and then"),
        (Role::Code, "  synod -m local/MODEL"),
        (Role::Strong, ""),
        (Role::Dim, "Without either: synod --demo"),
    ];
    let mut rows = Vec::new();
    for (role, line) in text {
        if line.is_empty() {
            rows.push(Vec::new());
        }
        rows.extend(canvas::wrapped(line, width).into_iter().map(|line| vec![(line, theme.style(role))]));
    }
    rows
}
