//! The plan rail as rows: each stage with what it is doing, who speaks, what it cost and why; under it its calls, and what a
//! route, a check or a gate has to show. What is told of a stage is the app's; here is how it looks.

mod calls;
mod checks;
mod gates;
mod routes;

use super::{Sheet, View, pointer};
use crate::app::App;
use crate::app::drawer::Drawer;
use crate::app::plan::reading;
use crate::app::plan::{self, Line};
use crate::core::{Ask, Phase, Run, StageState, Way};
use crate::ui::canvas::{self, Row};
use crate::ui::state;
use crate::ui::theme::{Role, Theme};
use ratatui::style::Style;
use std::ops::Range;

/// The widest the name of a stage gets.
const TITLE: u16 = 18;
/// The narrowest.
const NARROW: u16 = 6;
/// What a cost takes, and a time.
const COST: u16 = 9;
const TIME: u16 = 7;
/// Cells before what stands under a stage.
const INDENT: u16 = 4;

pub(super) fn sheet(app: &App, run: &Run, theme: &Theme, open: Drawer, width: u16) -> Sheet<'static> {
    let titles = run.stages.iter().map(|state| canvas::width(&run.title(state.stage.id)));
    let title = titles.max().unwrap_or(0).clamp(NARROW, TITLE);
    let chosen = app.plan_line();
    let rail = Rail { app, run, theme, width, title, chosen: chosen.filter(|_| open.focus) };
    let mut sheet = Sheet { title: head(app, run, theme), ..Sheet::default() };
    let mut view = 0..0;
    for state in reading::order(run) {
        let range = rail.stage(&mut sheet.rows, state);
        if chosen.is_some_and(|line| line.stage() == state.stage.id) {
            view = range;
        }
    }
    if run.way() == Way::Stopped && run.go_on().is_some() {
        let text = "stopped before it was over: G goes on where it was, and asks nothing twice";
        sheet.foot.push(vec![(canvas::fit(text, width), theme.style(Role::Accent))]);
    }
    sheet.view = View::Chosen(view);
    sheet
}

/// The plan's name, how far it is, and what it came to so far.
fn head(app: &App, run: &Run, theme: &Theme) -> Row {
    let (dim, strong) = (theme.style(Role::Dim), theme.style(Role::Strong));
    let (at, of) = reading::place(run);
    let (made, most) = reading::calls(run);
    let calls =
        if made == most { canvas::count(made, "call") } else { format!("{made} of at most {most} calls") };
    let mut row: Row = vec![
        (format!("{} ", plan::name(run)), strong),
        (format!(" stage {at} of {of} "), dim),
        (format!(" {calls} "), dim),
        (format!(" {} ", app.plan_tag(run)), strong),
    ];
    if run.paused {
        row.push((" PAUSED ".to_owned(), theme.style(Role::Warning)));
    }
    row
}

/// What all rows of the rail have in common.
struct Rail<'a> {
    app: &'a App,
    run: &'a Run,
    theme: &'a Theme,
    width: u16,
    /// How wide the names of stages are.
    title: u16,
    /// The line that is chosen, while keys go there.
    chosen: Option<Line>,
}

impl Rail<'_> {
    /// A stage and what stands under it. Gives the rows of what is chosen there: a line, else all of it.
    fn stage(&self, rows: &mut Vec<Row>, state: &StageState) -> Range<usize> {
        let from = rows.len();
        rows.push(self.line(state));
        self.notes(rows, state);
        let mut chosen = None;
        if !self.app.is_folded(state.stage.id) {
            match state.stage.ask {
                Ask::Route => self.route(rows, state),
                Ask::Check => self.check(rows, state),
                _ => {}
            }
            let waits = state.stage.ask == Ask::HandOver && self.run.phase(state) == Phase::Waiting;
            chosen = if waits { self.gate(rows, state) } else { self.calls(rows, state) };
        }
        chosen.unwrap_or(from..rows.len())
    }

    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The signs before a line: whether it is chosen.
    fn pointer(&self, line: Line) -> (String, Style) {
        pointer(self.chosen == Some(line), self.theme)
    }

    /// How words look that name a line.
    fn named(&self, line: Line, role: Role) -> Style {
        if self.chosen == Some(line) { self.style(Role::Selected) } else { self.style(role) }
    }

    /// The one line of a stage.
    fn line(&self, state: &StageState) -> Row {
        let id = state.stage.id;
        let (sign, role) = self.sign(state);
        let title = self.run.title(id);
        let cost = self.app.stage_tag(self.run, id);
        let asked = self.run.calls_of(id).next().is_some();
        let cost = if asked { cost } else { String::new() };
        let time = self.app.stage_time(self.run, state).map(state::seconds).unwrap_or_default();
        let fold = if self.app.is_folded(id) { "+" } else { " " };
        let mut row = vec![
            self.pointer(Line::Stage(id)),
            (fold.to_owned(), self.style(Role::Dim)),
            (format!("{sign} {} ", canvas::pad(reading::word(self.run, state), 9)), self.style(role)),
            (canvas::pad(&title, self.title), self.named(Line::Stage(id), Role::Strong)),
            (format!("  {} ", canvas::pad(reading::what(state), 10)), self.style(Role::Dim)),
        ];
        let who = reading::who(self.run, state);
        self.ends(&mut row, &who, Style::default(), &cost, &time);
        row
    }

    /// Fills a row up: words, and at its end what it cost and how long it took.
    fn ends(&self, row: &mut Row, words: &str, style: Style, cost: &str, time: &str) {
        let used: u16 = row.iter().map(|(text, _)| canvas::width(text)).sum();
        let space = self.width.saturating_sub(used + COST + TIME);
        row.push((canvas::pad(words, space), style));
        row.push((format!("{cost:>9}"), self.style(Role::Strong)));
        row.push((format!("{time:>7}"), self.style(Role::Dim)));
    }

    fn sign(&self, state: &StageState) -> (&'static str, Role) {
        match self.run.phase(state) {
            Phase::Planned => (self.theme.sign("·", "."), Role::Dim),
            Phase::Running => ("*", Role::Accent),
            Phase::Waiting if state.stage.ask != Ask::HandOver => (self.theme.sign("·", "."), Role::Warning),
            Phase::Waiting => ("?", Role::Warning),
            Phase::Done => (self.theme.sign("✓", "v"), Role::Good),
            Phase::Skipped => ("-", Role::Dim),
            Phase::Stopped => ("x", Role::Warning),
            Phase::Failed => ("!", Role::Error),
        }
    }

    /// What is told of a stage, under its line.
    fn notes(&self, rows: &mut Vec<Row>, state: &StageState) {
        for note in reading::notes(self.run, state) {
            let role = if note.warns { Role::Warning } else { Role::Dim };
            let sign = if note.warns { "! " } else { "" };
            self.paragraph(rows, &format!("{sign}{}", note.text), INDENT, self.style(role));
        }
    }

    /// Words under a stage, broken where they are too long.
    fn paragraph(&self, rows: &mut Vec<Row>, text: &str, indent: u16, style: Style) {
        let blank = " ".repeat(usize::from(indent));
        for line in canvas::wrapped(text, self.width.saturating_sub(indent)) {
            rows.push(vec![(format!("{blank}{line}"), style)]);
        }
    }
}
