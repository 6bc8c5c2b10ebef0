//! Faults that stay on the screen until they are closed or mended, as boxes over the lower panes. They never cover the
//! composer, and what stands in a pane that is in view is not said again.

use super::canvas::{self, Row};
use super::layout::Areas;
use super::theme::{Role, Theme};
use crate::app::App;
use crate::core::clean;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The most boxes at a time; the newest are shown.
const MOST: usize = 2;

pub(super) fn draw(buffer: &mut Buffer, areas: &Areas, app: &App, theme: &Theme) {
    let floor = areas.toast.y;
    let ceiling = areas.header.bottom();
    let screen = areas.header;
    let width = screen.width.min(72);
    let mut bottom = floor;
    let mut place = |title: &str, lines: &[String], keys: &str| {
        let inner = width.saturating_sub(4);
        let mut rows: Vec<Row> = Vec::new();
        for line in lines {
            let wrapped = canvas::wrapped(&clean::line(line), inner);
            rows.extend(wrapped.into_iter().take(4).map(|line| vec![(line, Style::default())]));
        }
        let height = rows.len() as u16 + 2;
        if bottom < ceiling + height {
            return;
        }
        let area = Rect { x: screen.x + (screen.width - width) / 2, y: bottom - height, width, height };
        canvas::clear(buffer, area);
        let left = vec![(format!(" ! {} ", clean::line(title)), theme.style(Role::Error))];
        let right = vec![(format!(" {keys} "), theme.style(Role::Dim))];
        let frame = canvas::Frame { left, right, below: Vec::new(), tag: Vec::new(), focus: false, theme };
        let inside = frame.draw(buffer, area);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        canvas::scrolled(buffer, inside, &rows, 0, theme);
        bottom -= height;
    };
    if let Some(why) = &app.not_saved {
        let what =
            "What arrives stays on the screen, and saving is tried again with everything new.".to_owned();
        place("NOT SAVED", &[why.clone(), what], "stays until it is saved");
    }
    let in_view = |seat: &usize| areas.panes.iter().any(|(shown, _)| shown == seat);
    let hidden = app.boxes.iter().rev().filter(|fault| fault.seat.is_none_or(|seat| !in_view(&seat)));
    for fault in hidden.take(MOST) {
        let keys =
            fault.seat.map_or("Esc closes".to_owned(), |seat| format!("{} goes there  Esc closes", seat + 1));
        place(&fault.title, &fault.lines, &keys);
    }
}
