//! What is open beside the panes, as rows: synthesis, vote, debate, matrix, conflicts. This file holds what they share; what each
//! shows stands in its own.

mod debate;
mod guided;
mod ledger;
mod local;
mod matrix;
mod plan;
mod synthesis;
mod vote;

use super::canvas::{self, Row};
use super::layout;
use super::stream::StreamText;
use super::theme::{Role, Theme};
use crate::agreement::debate_result::CameTo;
use crate::agreement::difference::Fate;
use crate::agreement::outcome::Standing;
use crate::app::drawer::{Drawer, DrawerKind, is_of_now};
use crate::app::plan::reading;
use crate::app::{Action, App, Focus};
use crate::core::{Ask, Call, CallId, Run, RunId, StageState, clean};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// What is kept between frames, so that it is not found anew with each.
#[derive(Default)]
pub(super) struct Memory {
    /// Texts of steps as lines, by call and whether their sentences stand apart.
    texts: HashMap<(CallId, bool), StreamText>,
    /// What finished debate turns come to, by call and how many turns had ended.
    standings: HashMap<(CallId, usize), Standing>,
    /// What changed from one text of a member to another.
    differences: HashMap<(CallId, CallId), Vec<(Fate, String)>>,
    /// What the votes came to.
    votes: Option<Rc<vote::Known>>,
    /// What the debates came to, by all that it can depend on.
    came_to: Option<(debate::Depends, Option<CameTo>)>,
}

impl Memory {
    /// Forgets what belongs to other runs.
    pub(super) fn sweep(&mut self, run: Option<RunId>) {
        self.texts.retain(|(call, _), _| Some(call.run) == run);
        self.standings.retain(|(call, _), _| Some(call.run) == run);
        self.differences.retain(|(call, _), _| Some(call.run) == run);
    }
}

/// Where a drawer looks as long as it follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum View {
    /// At the beginning.
    #[default]
    Top,
    /// At the end, as it grows.
    End,
    /// Where these rows are.
    Chosen(Range<usize>),
}

/// Rows that are made when they come into view: of long answers there are thousands.
struct List<'a> {
    count: usize,
    row: Box<dyn Fn(usize) -> Row + 'a>,
}

/// A drawer as rows.
#[derive(Default)]
pub(super) struct Sheet<'a> {
    /// What stands behind its name.
    title: Row,
    /// Rows that stay above.
    head: Vec<Row>,
    /// The row of the head that is chosen.
    head_chosen: Option<usize>,
    /// Whether the head scrolls with the rest.
    head_moves: bool,
    /// The rows that come first.
    list: Option<List<'a>>,
    /// Those below them.
    rows: Vec<Row>,
    /// Rows that stay below, where there is room.
    foot: Vec<Row>,
    /// How many of the rows no room is to be made for.
    spare: usize,
    view: View,
}

impl Sheet<'_> {
    /// How many lines it takes, with its frame.
    pub(super) fn height(&self) -> u16 {
        let rows = self.listed() + self.rows.len() - self.spare.min(self.rows.len());
        (self.head.len() + rows + self.foot.len() + 2).min(usize::from(u16::MAX)) as u16
    }

    fn listed(&self) -> usize {
        self.list.as_ref().map_or(0, |list| list.count)
    }

    /// The rows of the head that scroll with the rest.
    fn moved(&self) -> &[Row] {
        if self.head_moves { &self.head } else { &[] }
    }

    /// How many rows scroll.
    fn count(&self) -> usize {
        self.moved().len() + self.listed() + self.rows.len()
    }

    /// One of the rows that scroll.
    fn row(&self, at: usize) -> Option<Cow<'_, Row>> {
        let Some(at) = at.checked_sub(self.moved().len()) else {
            return self.head.get(at).map(Cow::Borrowed);
        };
        match &self.list {
            Some(list) if at < list.count => Some(Cow::Owned((list.row)(at))),
            _ => self.rows.get(at - self.listed()).map(Cow::Borrowed),
        }
    }

    /// A sheet that says one thing.
    fn of(text: impl Into<String>, style: Style) -> Self {
        Self { rows: vec![text_row(text, style)], ..Self::default() }
    }

    /// Makes do with so many lines: what can't stay in view scrolls with the rest.
    fn fit(&mut self, height: usize) {
        const LEAST: usize = 4;
        if self.head.len() + self.foot.len() + LEAST > height {
            self.foot.clear();
        }
        if self.head.len() + LEAST > height {
            let moved = self.head.len();
            self.head_moves = true;
            self.view = match (&self.view, self.head_chosen) {
                (View::Chosen(rows), _) => View::Chosen(rows.start + moved..rows.end + moved),
                (View::Top, Some(at)) => View::Chosen(at..at + 1),
                (view, _) => view.clone(),
            };
        }
    }

    /// The first row in view.
    fn top(&self, open: Drawer, height: usize) -> usize {
        let last = self.count().saturating_sub(height);
        let top = match &self.view {
            _ if !open.follow => open.scroll,
            View::Top => 0,
            View::End => last,
            View::Chosen(rows) => {
                let lowest = rows.end.saturating_sub(height).min(rows.start);
                open.scroll.clamp(lowest, rows.start)
            }
        };
        top.min(last)
    }
}

/// What is open as rows of a width.
pub(super) fn sheet<'a>(
    app: &'a App,
    theme: &'a Theme,
    memory: &mut Memory,
    open: Drawer,
    width: u16,
) -> Sheet<'a> {
    let Some(run) = app.run() else { return Sheet::default() };
    match open.kind {
        DrawerKind::Synthesis => synthesis::sheet(app, run, theme, memory, open, width),
        DrawerKind::Vote => vote::sheet(app, run, theme, memory, open, width),
        DrawerKind::Debate => debate::sheet(app, run, theme, memory, open, width),
        DrawerKind::Matrix => matrix::sheet(app, theme, open, width),
        DrawerKind::Local => local::sheet(app, theme, open, width),
        DrawerKind::Conflicts => ledger::sheet(app, theme, open, width),
        DrawerKind::Guided => guided::sheet(app, theme, open, width),
        DrawerKind::Plan => plan::sheet(app, run, theme, open, width),
    }
}

/// The matrix as it stands without being opened.
pub(super) fn matrix_beside() -> Drawer {
    Drawer { focus: false, ..Drawer::open(DrawerKind::Matrix) }
}

/// Draws a drawer. Gives where its view came to rest.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    app: &App,
    theme: &Theme,
    open: Drawer,
    mut sheet: Sheet<'_>,
) -> Option<usize> {
    if area.height == 0 {
        return None;
    }
    // A rule costs a line and no columns, a frame two of each.
    let ruled = layout::is_narrow(area.width) || area.height < 3;
    let (inset, edges) = if ruled { (1, 1) } else { (2, 2) };
    let inside = Rect {
        x: area.x + inset,
        y: area.y + 1,
        width: area.width.saturating_sub(2 * inset),
        height: area.height.saturating_sub(edges),
    };
    sheet.fit(usize::from(inside.height));
    let title = std::mem::take(&mut sheet.title);
    let still = if sheet.head_moves { &[] } else { sheet.head.as_slice() };
    let (head, foot) = (still.len() as u16, sheet.foot.len() as u16);
    let list = Rect { y: inside.y + head, height: inside.height.saturating_sub(head + foot), ..inside };
    let top = sheet.top(open, usize::from(list.height));
    let below = sheet.count().saturating_sub(top + usize::from(list.height));
    edge(buffer, area, app, theme, open, title, ruled, below);
    let mut put = |y: u16, row: &Row| canvas::put_row(buffer, Rect { y, height: 1, ..inside }, row);
    for (y, row) in (inside.y..inside.bottom()).zip(still) {
        put(y, row);
    }
    for (y, row) in (list.y..list.bottom()).zip((top..).map_while(|at| sheet.row(at))) {
        put(y, &row);
    }
    for (y, row) in (list.bottom()..inside.bottom()).zip(&sheet.foot) {
        put(y, row);
    }
    Some(top)
}

/// What is around a drawer: its name and title, how much is below, and its keys.
#[expect(clippy::too_many_arguments, reason = "all of it is in the edge")]
fn edge(
    buffer: &mut Buffer,
    area: Rect,
    app: &App,
    theme: &Theme,
    open: Drawer,
    mut title: Row,
    ruled: bool,
    below: usize,
) {
    let dim = theme.style(Role::Dim);
    let focus = open.focus && app.focus == Focus::Board;
    let mut left = text_row(format!(" {} ", open.kind.title()), theme.style(Role::Title));
    left.append(&mut title);
    let mut right = Row::new();
    if area.height == 1 {
        right.push((" Tab opens it ".to_owned(), dim));
    } else if ruled && below > 0 {
        let words = format!(" {} {} ", theme.sign("↓", "v"), canvas::count(below, "line"));
        right.push((words, theme.style(Role::Accent)));
    } else if app.scripted() && area.width >= 90 {
        right.push((" scripted ".to_owned(), theme.style(Role::Demo)));
    }
    let frame = canvas::Frame { left, right, below: Vec::new(), tag: Vec::new(), focus, theme };
    if ruled {
        frame.rule(buffer, area);
        return;
    }
    frame.draw(buffer, area);
    let lower = Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width.saturating_sub(2), height: 1 };
    if below > 0 {
        canvas::more_below(buffer, lower, &canvas::count(below, "line"), theme);
    }
    let keys = keys(app, open.kind);
    let wide = canvas::width(keys);
    if focus && app.rows(open.kind) > 0 && lower.width > wide + 14 {
        let place = Rect { x: lower.right() - wide - 1, width: wide, ..lower };
        canvas::put(buffer, place, keys, dim);
    }
}

/// What keys do in a drawer, for its lower edge.
fn keys(app: &App, kind: DrawerKind) -> &'static str {
    let several = app.synthesis_in_view().is_some_and(|(_, _, of)| of > 1);
    match kind {
        DrawerKind::Synthesis if several => " j k sentence  Enter its claims  h l another one ",
        DrawerKind::Synthesis => " j k sentence  Enter its claims  p pick claims ",
        DrawerKind::Local => " j k claim  Enter shows it  p pick claims ",
        DrawerKind::Guided => " j k claim  Space ticks  h l side  s the chair merges ",
        DrawerKind::Vote if app.blind().is_some() => " j k answer  Space your vote  Enter reads it  r names ",
        DrawerKind::Vote => " j k line  Enter opens or counts by it  o rule  w + - weights ",
        DrawerKind::Debate => " j k member  h l round  w your word to all  Enter prompt ",
        DrawerKind::Matrix => " j k claim  h l member  Enter shows it  r rules  x wrong ",
        DrawerKind::Plan if !app.gates().is_empty() => {
            " j k text  Enter reads it  a approve  e edit  c choose  b send back "
        }
        DrawerKind::Plan if app.run().is_some_and(|run| run.paused) => {
            " j k line  Enter opens  Space goes on  x skip  A answer now "
        }
        DrawerKind::Plan if app.can(Action::Pause) => {
            " j k line  Enter opens  Space pause  x skip  A answer now "
        }
        DrawerKind::Plan => " j k line  Enter opens  y copy ",
        DrawerKind::Conflicts => {
            " j k n conflict  Enter shows it  r rule  x wrong  d debate it  u take back "
        }
    }
}

fn text_row(text: impl Into<String>, style: Style) -> Row {
    vec![(text.into(), style)]
}

fn paragraph(rows: &mut Vec<Row>, text: &str, width: u16, style: Style) {
    rows.extend(canvas::wrapped(text, width).into_iter().map(|line| text_row(line, style)));
}

/// A sign before what is chosen.
fn pointer(chosen: bool, theme: &Theme) -> (String, Style) {
    (if chosen { ">" } else { " " }.to_owned(), theme.style(Role::Accent))
}

fn names<'a>(members: impl IntoIterator<Item = &'a crate::core::MemberId>, between: &str) -> String {
    members.into_iter().map(|name| clean::line(&name.0)).collect::<Vec<_>>().join(between)
}

/// Why a step has nothing to show yet, or at all.
fn hindrance(run: &Run, ask: Ask, theme: &Theme, width: u16) -> Option<Sheet<'static>> {
    let dim = theme.style(Role::Dim);
    let Some(state) = run.last_stage(ask) else { return Some(Sheet::of("about to be asked", dim)) };
    hindrance_of(run, state, theme, width)
}

/// The same of one step.
fn hindrance_of(run: &Run, state: &StageState, theme: &Theme, width: u16) -> Option<Sheet<'static>> {
    let dim = theme.style(Role::Dim);
    let Some(begun) = &state.begun else {
        if state.stopped {
            return Some(Sheet::of("stopped before it began", dim));
        }
        if state.stage.part.is_some() {
            return Some(Sheet::of(reading::waits(run, state), dim));
        }
        let before = run.calls.values();
        let open = before.filter(|call| !call.ended() && state.stage.after.contains(&call.id.stage));
        let waits = names(open.map(|call| &call.member), ", ");
        let text = if waits.is_empty() { "begins now".to_owned() } else { format!("waits for {waits}") };
        return Some(Sheet::of(text, dim));
    };
    let obstacle = begun.obstacle.as_ref()?;
    let mut sheet = Sheet::default();
    paragraph(&mut sheet.rows, &clean::prose(obstacle), width, theme.style(Role::Warning));
    Some(sheet)
}

fn fault(rows: &mut Vec<Row>, call: &Call, width: u16, theme: &Theme) {
    if let Some(error) = &call.error {
        let who = clean::line(&call.member.0);
        let text = format!("! {who}: {} ({})", clean::exact(&error.message), clean::exact(&error.hint));
        paragraph(rows, &text, width, theme.style(Role::Error));
    }
}

/// What a member says to itself while its text has not begun.
fn thinking(rows: &mut Vec<Row>, call: &Call, width: u16, theme: &Theme) {
    if call.text.is_empty() && !call.thinking.is_empty() && !call.ended() {
        let dim = theme.style(Role::Dim);
        rows.push(text_row("thinking:", dim));
        paragraph(rows, &clean::prose(&call.thinking), width, dim);
    }
}

/// Says what a result lacks.
fn degraded(rows: &mut Vec<Row>, run: &Run, ask: Ask, width: u16, theme: &Theme) {
    if let Some(state) = run.last_stage(ask) {
        degraded_of(rows, run, state, width, theme);
    }
}

/// The same of one step.
fn degraded_of(rows: &mut Vec<Row>, run: &Run, state: &StageState, width: u16, theme: &Theme) {
    let lacks = run.lacks(state.stage.id);
    if !lacks.is_empty() {
        let text = format!("! degraded: {}", lacks.join("; "));
        paragraph(rows, &text, width, theme.style(Role::Warning));
    }
}

/// Says that a step was made on other answers than those that stand now.
fn outdated(app: &App, run: &Run, kind: DrawerKind, ask: Ask) -> Option<String> {
    outdated_of(app, run, kind, run.last_stage(ask)?)
}

/// The same of the step that is in view.
fn outdated_of(app: &App, run: &Run, kind: DrawerKind, state: &StageState) -> Option<String> {
    if !app.outdated(kind) {
        return None;
    }
    let key = if kind == DrawerKind::Vote { "v holds" } else { "s makes" };
    let without = run.made_without(state.stage.id);
    let retries: Vec<String> =
        without.iter().map(|name| format!("{}'s retry", clean::line(&name.0))).collect();
    if !run.stale(state.stage.id) && run.ruled_since(state.stage.id) {
        return Some(format!("! you ruled since; {key} a new one"));
    }
    Some(match (retries.is_empty(), is_of_now(run, state)) {
        (false, _) => format!("! made without {}; {key} a new one", retries.join(" and ")),
        (true, true) => format!("! the answers changed since; {key} a new one"),
        (true, false) => format!("! the debate went on since; {key} a new one"),
    })
}
