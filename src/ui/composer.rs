//! The composer as it looks: a frame, the text area, and what a question costs.

use super::canvas::{self, Row};
use super::theme::{Role, Theme};
use crate::app::composer::bytes;
use crate::app::{App, Focus};
use crate::core::clean;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

/// Draws the composer. Gives the cursor's place while the composer has the focus.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) -> Option<Position> {
    if area.height == 0 {
        return None;
    }
    let focus = app.focus == Focus::Composer;
    let inside =
        if area.height >= 3 { frame(buffer, area, app, theme, focus) } else { prompt(buffer, area, theme) };
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    if app.composer.is_empty() && !focus {
        let hint = match (&app.council, app.run()) {
            (None, _) => "no council yet: i shows how to connect a model",
            (Some(_), None) => "i writes a question",
            (Some(_), Some(_)) => "i writes a follow-up",
        };
        canvas::put(buffer, inside, hint, theme.style(Role::Dim));
        return None;
    }
    let text = app.composer.area();
    text.render(inside, buffer);
    if !focus {
        return None;
    }
    let cursor = text.screen_cursor();
    let (x, y) = (inside.x + cursor.col as u16, inside.y + cursor.row as u16);
    Some(Position { x: x.min(inside.right().saturating_sub(1)), y: y.min(inside.bottom().saturating_sub(1)) })
}

fn prompt(buffer: &mut Buffer, area: Rect, theme: &Theme) -> Rect {
    let x = canvas::put(buffer, area, "> ", theme.style(Role::Accent));
    Rect { x, width: area.right().saturating_sub(x), ..area }
}

fn frame(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme, focus: bool) -> Rect {
    let title = match (app.replaces, app.run()) {
        (Some(_), _) => " Edit ",
        (None, Some(_)) => " Follow-up ",
        (None, None) => " Ask ",
    };
    let council = app.asked().map(|council| {
        let names: Vec<String> = council.members.iter().map(|member| clean::line(&member.name.0)).collect();
        format!("{} ", names.join(", "))
    });
    let left: Row = vec![
        (title.to_owned(), theme.style(Role::Title)),
        (if app.composer.private { "private, " } else { "" }.to_owned(), theme.style(Role::Warning)),
        (council.unwrap_or_else(|| "no council ".to_owned()), theme.style(Role::Dim)),
    ];
    let keys = match area.width {
        _ if !focus => "",
        0..70 => "",
        70..110 => " Ctrl-J newline  Ctrl-G $EDITOR ",
        _ => " Ctrl-J newline  Ctrl-G $EDITOR  @file attach  Ctrl-R history ",
    };
    let right: Row = vec![(keys.to_owned(), theme.style(Role::Dim))];
    let right = if keys.is_empty() { Vec::new() } else { right };
    let price = if area.width < 100 { app.price_line() } else { app.price_in_full() };
    let price = price.map(|price| format!(" {price} ")).unwrap_or_default();
    let space = area.width.saturating_sub(canvas::width(&price) + 6);
    let mut below = chips(app, theme, space);
    let used: u16 = below.iter().map(|(text, _)| canvas::width(text)).sum();
    let gap = area.width.saturating_sub(4 + used + canvas::width(&price));
    let line = theme.sign(if focus { "━" } else { "─" }, if focus { "=" } else { "-" });
    let edge = theme.style(if focus { Role::FrameFocus } else { Role::Frame });
    below.push((line.repeat(usize::from(gap)), edge));
    below.push((price, theme.style(Role::Dim)));
    canvas::Frame { left, right, below, tag: Vec::new(), focus, theme }.draw(buffer, area)
}

/// What goes with the question, each with its size, as far as there is room.
fn chips(app: &App, theme: &Theme, space: u16) -> Row {
    let mut row = Row::new();
    let mut used = 0;
    for chip in app.composer.chips() {
        let name = clean::exact(&chip.name);
        let (text, role) = match &chip.size {
            Ok(size) => (format!(" {name} {} ", bytes(*size)), Role::Accent),
            Err(fault) => (format!(" {} ", clean::exact(fault)), Role::Warning),
        };
        let wide = canvas::width(&text);
        if used + wide > space {
            break;
        }
        used += wide;
        row.push((text, theme.style(role)));
    }
    row
}
