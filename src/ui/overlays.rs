//! What lies over the board: help, the exact prompt of an answer, how to connect a model, and the question before quitting.

use super::canvas::{self, Row};
use super::status;
use super::theme::{Role, Theme};
use crate::agreement::Mark;
use crate::app::action::{Entry, Place, TABLE};
use crate::app::{App, Overlay};
use crate::core::{Role as Speaker, clean};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Draws what lies over the board, if anything does. Gives where its view came to rest.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) -> Option<usize> {
    let overlay = app.overlay.as_ref()?;
    let width = area.width.min(if *overlay == Overlay::Quit { 64 } else { 118 });
    let inner = width.saturating_sub(4);
    let (title, rows, scroll) = match overlay {
        Overlay::Help { scroll } => ("Help: every key".to_owned(), help(theme, inner), *scroll),
        Overlay::Prompt { call, scroll } => {
            let call = app.run()?.calls.get(call)?;
            let title = format!("What {} was sent", clean::line(&call.member.0));
            (title, prompt(call, theme, inner), *scroll)
        }
        Overlay::Quit => ("Quit?".to_owned(), quit(app, theme), 0),
        Overlay::Connect => ("Connect a model".to_owned(), connect(theme, inner), 0),
    };
    let height = (rows.len() as u16 + 2).min(area.height.saturating_sub(1));
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - 1 - height) / 2,
        width,
        height,
    };
    canvas::clear(buffer, place);
    let left = vec![(format!(" {title} "), theme.style(Role::Title))];
    let inside =
        canvas::Frame { left, right: Vec::new(), below: Vec::new(), focus: true, theme }.draw(buffer, place);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let rest = canvas::scrolled(buffer, inside, &rows, scroll, theme);
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    canvas::clear(buffer, footer);
    status::footer(buffer, footer, app, theme);
    Some(rest)
}

/// Where the right column of help begins, where there is room for two.
const RIGHT: u16 = 66;

/// Every action of the board and the composer, by group, from the one table; then what the marks mean.
fn help(theme: &Theme, width: u16) -> Vec<Row> {
    let board = keys(theme, Place::Board, "On the board (Esc goes there)");
    let mut other = keys(theme, Place::Composer, "While writing (i goes there)");
    other.push(Vec::new());
    other.extend(marks(theme));
    if width < RIGHT + 46 {
        let mut rows = board;
        rows.push(Vec::new());
        rows.extend(other);
        return rows;
    }
    let count = board.len().max(other.len());
    let (mut left, mut right) = (board.into_iter(), other.into_iter());
    let mut rows = Vec::new();
    for _ in 0..count {
        let mut row = left.next().unwrap_or_default();
        let used: u16 = row.iter().map(|(text, _)| canvas::width(text)).sum();
        row.push((" ".repeat(usize::from(RIGHT.saturating_sub(used))), Style::default()));
        row.extend(right.next().unwrap_or_default());
        rows.push(row);
    }
    rows
}

fn keys(theme: &Theme, place: Place, title: &str) -> Vec<Row> {
    let groups = ["ASK", "COUNCIL", "MOVE", "LOOK", "APP"];
    let mut entries: Vec<&Entry> = TABLE.iter().filter(|entry| entry.place == place).collect();
    entries.sort_by_key(|entry| groups.iter().position(|name| *name == entry.group));
    let mut rows: Vec<Row> = vec![vec![(title.to_owned(), theme.style(Role::Title))]];
    let mut group = "";
    for entry in entries {
        let name = if entry.group == group { "" } else { entry.group };
        group = entry.group;
        rows.push(vec![
            (format!("{name:<8} "), theme.style(Role::Dim)),
            (format!("{:<17} ", entry.keys.join(" ")), theme.style(Role::Key)),
            (entry.long.to_owned(), Style::default()),
        ]);
    }
    rows
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

fn prompt(call: &crate::core::Call, theme: &Theme, width: u16) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let to = format!("{}  {}", clean::line(&call.model.to_string()), clean::line(&call.endpoint));
    rows.push(vec![(to, theme.style(Role::Dim))]);
    for message in &call.messages {
        rows.push(Vec::new());
        let who = match message.role {
            Speaker::System => "system",
            Speaker::User => "user",
            Speaker::Assistant => "assistant (itself, earlier)",
        };
        rows.push(vec![(who.to_owned(), theme.style(Role::Title))]);
        let text = clean::prose(&message.text);
        rows.extend(canvas::wrapped(&text, width).into_iter().map(|line| vec![(line, Style::default())]));
    }
    if !call.thinking.is_empty() {
        rows.push(Vec::new());
        rows.push(vec![("what it thought before it answered".to_owned(), theme.style(Role::Title))]);
        let thought = canvas::wrapped(&clean::prose(&call.thinking), width);
        rows.extend(thought.into_iter().map(|line| vec![(line, theme.style(Role::Dim))]));
    }
    rows
}

fn quit(app: &App, theme: &Theme) -> Vec<Row> {
    let open = app.run().map_or(0, |run| run.calls.values().filter(|call| !call.ended()).count());
    let line = match open {
        0 => "Something waits to be asked; quitting leaves it out.".to_owned(),
        1 => "One member is still writing; quitting stops it.".to_owned(),
        many => format!("{many} members are still writing; quitting stops them."),
    };
    let then = if app.kept {
        "What has arrived is kept: synod resume opens it again."
    } else {
        "Nothing of this session is kept."
    };
    vec![vec![(line, theme.style(Role::Strong))], vec![(then.to_owned(), theme.style(Role::Dim))]]
}

/// How to connect a model.
pub(super) fn connect(theme: &Theme, width: u16) -> Vec<Row> {
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
