//! What lies over the board: lists, the command line, the council, questions that must be answered, and texts. How they
//! look; what is in them stands in the app.

mod costs;
mod lists;
mod models;
mod plans;
mod texts;

use super::canvas::{self, Row};
use super::theme::{Role, Theme};
use super::{Cache, sheet, status};
use crate::app::{App, Overlay};
use crate::core::{Call, clean};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
pub(super) use texts::connect;

/// What something over the board looks like.
struct Sheet {
    title: String,
    /// The widest it gets.
    width: u16,
    /// Rows that stay on top: what is typed.
    head: Vec<Row>,
    rows: Vec<Row>,
    /// The first row in view, or the row that has to be.
    place: Place,
    /// The column of the cursor in the first row of the head.
    cursor: Option<u16>,
    /// How many rows it keeps free for its list, whatever is in it; 0 where it is as high as what is in it.
    rows_kept: u16,
    /// Rows that stay below. The first is empty: there stands how much of the list is out of view.
    foot: Vec<Row>,
    /// Whether it lies at the bottom rather than in the middle.
    low: bool,
}

enum Place {
    Scroll(usize),
    Chosen(usize),
    /// As it was scrolled, but so that this row is in view.
    Row(usize, usize),
}

/// Where an overlay came to rest, and where the cursor goes.
#[derive(Default)]
pub(super) struct Rest {
    pub scroll: Option<usize>,
    pub cursor: Option<Position>,
}

/// Draws what lies over the board, if anything does.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme, cache: &mut Cache) -> Rest {
    let Some(overlay) = app.overlay.as_ref() else { return Rest::default() };
    let inner = |width: u16| area.width.min(width).saturating_sub(4);
    let sheet = match overlay {
        Overlay::Help(list) => lists::help(app, list, theme, inner(118)),
        Overlay::Palette(list) => lists::palette(app, list, theme, inner(90)),
        Overlay::Past(list) => lists::past(app, list, theme, inner(110)),
        Overlay::Plans(list) => plans::plans(app, list, theme, inner(110)),
        Overlay::Command(command) => lists::command(app, command, theme, inner(100)),
        Overlay::Council(at) => lists::council(app, *at, theme, inner(100)),
        Overlay::Models(picker) => models::picker(app, picker, theme, inner(110)),
        Overlay::Costs(open) => costs::sheet(app, open, theme, inner(costs::WIDEST)),
        Overlay::Rule(open) => texts::rule(open, theme, inner(76)),
        Overlay::Confirm(confirm) => texts::confirm(confirm, theme, inner(66)),
        Overlay::Prompt { call, scroll } => {
            let Some(call) = app.run().and_then(|run| run.calls.get(call)) else { return Rest::default() };
            let scroll = prompt(buffer, area, theme, cache, call, *scroll);
            keys(buffer, area, app, theme);
            return Rest { scroll: Some(scroll), cursor: None };
        }
        Overlay::Messages { scroll } => {
            texts::sheet("Messages".to_owned(), texts::messages(app, theme, inner(118)), *scroll)
        }
        Overlay::Connect => texts::sheet("Connect a model".to_owned(), connect(theme, inner(118)), 0),
    };
    let rest = sheet.draw(buffer, area, theme);
    keys(buffer, area, app, theme);
    rest
}

fn keys(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    canvas::clear(buffer, footer);
    status::footer(buffer, footer, app, theme);
}

/// The exact prompt of a call, which may be as long as any text. Gives where the view came to rest.
fn prompt(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    cache: &mut Cache,
    call: &Call,
    scroll: usize,
) -> usize {
    let width = area.width.min(118);
    let most = area.height.saturating_sub(1);
    let and = if call.text.is_empty() { "" } else { ", and what it answered" };
    let title = format!(" What {} was sent{and} ", clean::line(&call.member.0));
    let Cache { sheet, budget, .. } = cache;
    let sheet = sheet::Sheet::of(sheet, call);
    let size = (width.saturating_sub(4), most.saturating_sub(2));
    sheet.draw(buffer, theme, size, scroll, budget, |buffer, rows| {
        let height = (rows as u16 + 2).min(most);
        let x = area.x + (area.width - width) / 2;
        let place = Rect { x, y: area.y + (most - height) / 2, width, height };
        canvas::clear(buffer, place);
        let left = vec![(title, theme.style(Role::Title))];
        let frame =
            canvas::Frame { left, right: Vec::new(), below: Vec::new(), tag: Vec::new(), focus: true, theme };
        let inside = frame.draw(buffer, place);
        Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }
    })
}

impl Sheet {
    fn draw(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Rest {
        let width = area.width.min(self.width);
        let head = self.head.len() as u16;
        let most = area.height.saturating_sub(1);
        let kept = if self.rows_kept == 0 { self.rows.len() as u16 } else { self.rows_kept };
        let height = (kept + head + self.foot.len() as u16 + 2).min(most);
        let place = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.y + if self.low { most - height } else { (most - height) / 2 },
            width,
            height,
        };
        canvas::clear(buffer, place);
        let left = vec![(format!(" {} ", self.title), theme.style(Role::Title))];
        let frame =
            canvas::Frame { left, right: Vec::new(), below: Vec::new(), tag: Vec::new(), focus: true, theme };
        let inside = frame.draw(buffer, place);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        for (at, row) in self.head.iter().enumerate().take(usize::from(inside.height)) {
            canvas::put_row(buffer, Rect { y: inside.y + at as u16, height: 1, ..inside }, row);
        }
        let below = head.min(inside.height);
        let foot = self.foot(inside.height - below);
        let list = Rect { y: inside.y + below, height: inside.height - below - foot.len() as u16, ..inside };
        for (at, row) in foot.iter().enumerate() {
            canvas::put_row(buffer, Rect { y: list.bottom() + at as u16, height: 1, ..inside }, row);
        }
        let scroll = match self.place {
            Place::Scroll(scroll) => scroll,
            Place::Chosen(at) => at.saturating_sub(usize::from(list.height) / 2),
            Place::Row(scroll, row) => {
                scroll.max((row + 1).saturating_sub(usize::from(list.height))).min(row)
            }
        };
        let rest = canvas::scrolled(buffer, list, &self.rows, scroll, theme);
        let column = |column: u16| inside.x + column.min(inside.width.saturating_sub(1));
        let cursor = self.cursor.filter(|_| inside.height > 0);
        Rest { scroll: Some(rest), cursor: cursor.map(|cursor| Position { x: column(cursor), y: inside.y }) }
    }
    /// The rows below that there is room for beside two of the list.
    fn foot(&self, height: u16) -> &[Row] {
        &self.foot[..self.foot.len().min(usize::from(height.saturating_sub(2)))]
    }
}
