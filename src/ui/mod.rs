//! Draws the workbench: from the app's state to cells. No input or output, no decisions; what it finds out about sizes
//! goes back as [`Drawn`] and only limits scrolling.

mod boxes;
mod canvas;
mod claims;
mod composer;
mod drawer;
pub mod experiment;
mod layout;
pub mod markdown;
mod marks;
mod overlays;
mod pane;
mod sheet;
mod sides;
pub mod state;
mod status;
pub mod stream;
mod texts;
pub mod theme;
mod welcome;
pub mod wrap;

use crate::app::{App, Drawn, Overlay};
use marks::Placed;
use ratatui::Frame;
use ratatui::layout::Rect;
use sheet::Sheet;
use stream::Budget;
use texts::Texts;
use theme::{Role, Theme};

/// What was found out for earlier frames. A cold cache draws the same screen as a warm one, once nothing is left to be
/// laid out.
#[derive(Default)]
pub struct Cache {
    texts: Texts,
    marks: Placed,
    sheet: Option<Sheet>,
    /// What this frame may still lay out.
    budget: Budget,
    drawers: drawer::Memory,
}

impl Cache {
    /// Begins a frame: forgets what is not drawn any more, such as answers of earlier runs.
    fn begin(&mut self, app: &App) {
        let run = app.run().map(|run| run.id);
        self.texts.begin(run);
        self.drawers.sweep(run);
        self.budget = Budget::of_a_frame();
        if !matches!(app.overlay, Some(Overlay::Prompt { .. })) {
            self.sheet = None;
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
    cache.begin(app);
    let mut drawn = Drawn::default();
    if app.welcome.is_some() {
        welcome::draw(frame.buffer_mut(), area, app, theme);
    } else {
        board(frame, area, app, theme, cache, &mut drawn);
    }
    let over = overlays::draw(frame.buffer_mut(), area, app, theme, cache);
    drawn.overlay = over.scroll;
    // What isn't in view comes last, from what is left: it must not make what is in view wait.
    let mut budget = cache.budget.of_the_rest();
    drawn.more = cache.texts.go_on(app, &mut budget);
    drawn.more |= cache.sheet.as_mut().is_some_and(|sheet| sheet.go_on(&mut budget));
    if let Some(cursor) = over.cursor {
        frame.set_cursor_position(cursor);
    }
    drawn
}

fn board(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme, cache: &mut Cache, drawn: &mut Drawn) {
    let buffer = frame.buffer_mut();
    let open = app.drawer.filter(|_| !app.panes.is_empty());
    let sheet = open.map(|open| {
        let width = layout::drawer_width(app, area, open.kind);
        drawer::sheet(app, theme, &mut cache.drawers, open, width)
    });
    let beside = drawer::matrix_beside();
    let matrix = layout::has_board(app, area)
        .then(|| drawer::sheet(app, theme, &mut cache.drawers, beside, layout::board_width(app, area)));
    let needs = layout::Needs {
        drawer: sheet.as_ref().map_or(0, drawer::Sheet::height),
        sides: sides::height(app, area),
    };
    let areas = layout::areas(app, area, needs);
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
            if let Some(rest) = pane::draw(buffer, *rect, app, theme, cache, *seat, areas.edge) {
                drawn.panes.push((*seat, rest));
            }
        }
    }
    claims::rail(buffer, areas.rail, app, theme);
    sides::draw(buffer, areas.sides, app, theme);
    sides::detail(buffer, areas.detail, app, theme);
    if let Some(matrix) = matrix {
        drawer::draw(buffer, areas.matrix, app, theme, beside, matrix);
    }
    if let (Some(open), Some(sheet)) = (open, sheet) {
        drawn.drawer = drawer::draw(buffer, areas.drawer, app, theme, open, sheet);
    }
    status::toast(buffer, areas.toast, app, theme);
    status::coach(buffer, areas.coach, app, theme);
    boxes::draw(buffer, &areas, app, theme);
    status::footer(buffer, areas.footer, app, theme);
    if let Some(cursor) = composer::draw(buffer, areas.composer, app, theme)
        && app.overlay.is_none()
    {
        frame.set_cursor_position(cursor);
    }
}
