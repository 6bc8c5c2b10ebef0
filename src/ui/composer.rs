//! The composer as it looks: a frame, the text area, and what a question costs.

use super::canvas::{self, Row};
use super::theme::{Role, Theme};
use crate::app::{App, Focus};
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
    let title = if app.run().is_some() { " Follow-up " } else { " Ask " };
    let council = app.council.as_ref().map(|council| {
        let names: Vec<String> =
            council.members.iter().map(|member| crate::core::clean::line(&member.name.0)).collect();
        format!("{} ", names.join(", "))
    });
    let left: Row = vec![
        (title.to_owned(), theme.style(Role::Title)),
        (council.unwrap_or_else(|| "no council ".to_owned()), theme.style(Role::Dim)),
    ];
    let right: Row = if focus && area.width > 70 {
        vec![(" Ctrl-J newline ".to_owned(), theme.style(Role::Dim))]
    } else {
        Vec::new()
    };
    let below: Row = app.price.iter().map(|price| (format!(" {price} "), theme.style(Role::Dim))).collect();
    canvas::Frame { left, right, below, focus, theme }.draw(buffer, area)
}
