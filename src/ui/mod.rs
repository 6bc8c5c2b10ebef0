//! Draws the workbench: from the app's state to cells. No input or output, no decisions; what it finds out about sizes
//! goes back as [`Drawn`] and only limits scrolling.

mod canvas;
mod claims;
mod composer;
mod drawer;
mod layout;
pub mod markdown;
mod overlays;
mod pane;
pub mod state;
mod status;
pub mod stream;
pub mod theme;
mod welcome;
pub mod wrap;

use crate::agreement::outcome::Standing;
use crate::app::{App, Drawn};
use crate::core::CallId;
use ratatui::Frame;
use ratatui::layout::Rect;
use std::collections::HashMap;
use stream::StreamText;
use theme::{Role, Theme};

/// Wrapped text kept between frames. A cold cache draws the same screen as a warm one.
#[derive(Default)]
pub struct Cache {
    answers: HashMap<(CallId, u16), StreamText>,
    synthesis: HashMap<CallId, StreamText>,
    /// What a finished synthesis comes to: sentences, those without a claim behind them, claims left out.
    checks: HashMap<CallId, [usize; 3]>,
    /// What finished debate turns come to, by call and how many turns had ended.
    standings: HashMap<(CallId, usize), Standing>,
}

impl Cache {
    /// Forgets what is not drawn any more: answers of earlier runs and widths that are gone.
    fn sweep(&mut self, app: &App) {
        let run = app.run().map(|run| run.id);
        self.answers.retain(|(call, _), _| Some(call.run) == run);
        self.synthesis.retain(|call, _| Some(call.run) == run);
        self.checks.retain(|call, _| Some(call.run) == run);
        self.standings.retain(|(call, _), _| Some(call.run) == run);
        if self.answers.len() > 64 {
            self.answers.clear();
        }
    }
}

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, app: &App, theme: &Theme, cache: &mut Cache) -> Drawn {
    let drawn = workbench(frame, app, theme, cache);
    canvas::finish(frame.buffer_mut(), theme);
    drawn
}

fn workbench(frame: &mut Frame<'_>, app: &App, theme: &Theme, cache: &mut Cache) -> Drawn {
    let area = frame.area();
    let (width, height) = layout::SMALLEST;
    if area.width < width || area.height < height {
        let line = format!("needs {width}x{height}, has {}x{}", area.width, area.height);
        canvas::put(frame.buffer_mut(), area, &line, theme.style(Role::Warning));
        return Drawn::default();
    }
    cache.sweep(app);
    let mut drawn = Drawn::default();
    if app.welcome.is_some() {
        welcome::draw(frame.buffer_mut(), area, app, theme);
    } else {
        board(frame, area, app, theme, cache, &mut drawn);
    }
    drawn.overlay = overlays::draw(frame.buffer_mut(), area, app, theme);
    drawn
}

fn board(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme, cache: &mut Cache, drawn: &mut Drawn) {
    let areas = layout::areas(app, area);
    let buffer = frame.buffer_mut();
    status::header(buffer, areas.header, app, theme);
    let seats: Vec<usize> = areas.panes.iter().map(|(seat, _)| *seat).collect();
    let columns = if areas.tabs.height == 0 { seats.as_slice() } else { &[] };
    status::meter(buffer, areas.meter, app, theme, columns);
    status::tabs(buffer, areas.tabs, app, theme);
    if app.panes.is_empty() {
        if let Some((_, rect)) = areas.panes.first() {
            welcome::empty_board(buffer, *rect, app, theme);
        }
    } else {
        for (seat, rect) in &areas.panes {
            if let Some(rest) = pane::draw(buffer, *rect, app, theme, cache, *seat, areas.framed) {
                drawn.panes.push((*seat, rest));
            }
        }
    }
    claims::rail(buffer, areas.rail, app, theme);
    claims::sides(buffer, areas.sides, app, theme);
    if let Some(open) = app.drawer {
        drawn.drawer = drawer::draw(buffer, areas.drawer, app, theme, cache, open);
    }
    status::toast(buffer, areas.toast, app, theme);
    status::footer(buffer, areas.footer, app, theme);
    if let Some(cursor) = composer::draw(buffer, areas.composer, app, theme)
        && app.overlay.is_none()
    {
        frame.set_cursor_position(cursor);
    }
}
