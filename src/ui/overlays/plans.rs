//! The list of written plans: what each is, what it would come to with the council at hand, and of the chosen one who has which
//! role.

use super::super::canvas::{self, Row};
use super::super::theme::{Role, Theme};
use super::lists::{line, none, search, words};
use super::{Place, Sheet};
use crate::app::App;
use crate::app::list::List;
use crate::app::plan::choose::PlanLine;
use crate::app::plan::reading::list as named;
use crate::core::clean;
use crate::core::price::Cost;
use ratatui::style::Style;

/// What the name of a plan takes.
const NAME: u16 = 18;
/// Lines below the list on the chosen plan.
const FOOT: usize = 5;

pub(super) fn plans(app: &App, list: &List, theme: &Theme, width: u16) -> Sheet {
    let lines = app.plan_choices(list);
    let at = list.at.min(lines.len().saturating_sub(1));
    let (row, cursor) = search(theme, "> ", list.query.text(), &list.query.before(), "type to search");
    let figures: Vec<(String, Role)> = lines.iter().map(figure).collect();
    let wide = figures.iter().map(|(text, _)| canvas::width(text)).max().unwrap_or(0);
    let rows = lines.iter().zip(&figures).enumerate().map(|(place, (one, (figure, role)))| {
        let chosen = place == at;
        let now = if one.chosen { "*" } else { " " };
        let space = width.saturating_sub(2 + 2 + NAME + 1 + 1 + wide);
        vec![
            line(theme, chosen),
            (format!("{now} "), theme.style(Role::Good)),
            (canvas::pad(&one.name, NAME), words(theme, chosen)),
            (format!(" {} ", canvas::pad(&one.about, space)), theme.style(Role::Dim)),
            (canvas::pad(figure, wide), theme.style(*role)),
        ]
    });
    Sheet {
        title: "Plans for the next questions".to_owned(),
        width: 110,
        head: vec![row, Vec::new()],
        rows: none(theme, rows.collect()),
        place: Place::Chosen(at),
        cursor: Some(cursor),
        rows_kept: 14,
        low: false,
        foot: lines.get(at).map(|line| foot(line, theme, width)).unwrap_or_default(),
    }
}

/// What a plan would come to, in a few words, or that it can't be taken.
fn figure(line: &PlanLine) -> (String, Role) {
    match &line.cast {
        None => (String::new(), Role::Dim),
        Some(Ok((ahead, _))) => {
            let cost = match ahead.cost() {
                Cost::Free => "$0.00".to_owned(),
                Cost::Unknown => "$?".to_owned(),
                Cost::About(_) => format!("~{}", ahead.about),
            };
            (format!("{:<13} {cost:>7}", ahead.range()), Role::Strong)
        }
        Some(Err(_)) => ("does not fit".to_owned(), Role::Warning),
    }
}

/// The chosen plan in full: what it is and comes to, who has which role; or what is wrong.
fn foot(line: &PlanLine, theme: &Theme, width: u16) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![Vec::new()];
    let mut say = |text: &str, style: Style| {
        rows.extend(canvas::wrapped(text, width).into_iter().map(|line| vec![(line, style)]));
    };
    say(&line.about, Style::default());
    match &line.cast {
        None => {}
        Some(Err(why)) => say(&format!("! {why}"), theme.style(Role::Warning)),
        Some(Ok((ahead, cast))) => {
            let stages = canvas::count(cast.stages.len(), "stage");
            say(&format!("{stages}, {}", ahead.line()), theme.style(Role::Strong));
            let role =
                |(name, members): &(String, Vec<_>)| format!("{}: {}", clean::line(name), named(members));
            let roles: Vec<String> = cast.roles.iter().map(role).collect();
            if !roles.is_empty() {
                say(&roles.join("; "), theme.style(Role::Dim));
            }
            for note in &cast.notes {
                say(&format!("! {}", clean::line(note)), theme.style(Role::Warning));
            }
        }
    }
    rows.resize(FOOT + 1, Vec::new());
    rows
}
