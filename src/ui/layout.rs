//! Where things go, by the size of the terminal and what is open. Numbers only; nothing is drawn here.

use crate::app::{App, Focus, Layout};
use ratatui::layout::Rect;

/// The narrowest column a pane may have.
const COLUMN: u16 = 28;
/// From this width on panes stand side by side.
const WIDE: u16 = 100;
/// The smallest screen that is drawn at all.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Where everything goes. An area of height 0 is not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The question and the counters.
    pub header: Rect,
    /// The agreement meter.
    pub meter: Rect,
    /// The tabs, where panes are not side by side.
    pub tabs: Rect,
    /// The panes in view, by seat.
    pub panes: Vec<(usize, Rect)>,
    /// The list of claims.
    pub rail: Rect,
    /// Synthesis, vote or debate.
    pub drawer: Rect,
    /// What the sides of a divergence say.
    pub sides: Rect,
    /// The newest message.
    pub toast: Rect,
    /// The composer.
    pub composer: Rect,
    /// The keys.
    pub footer: Rect,
    /// Whether panes have frames.
    pub framed: bool,
}

/// Lays the board out.
pub fn areas(app: &App, area: Rect) -> Areas {
    let mut rest = area;
    let seats = app.panes.len();
    let columns = match app.layout {
        Layout::Auto => area.width >= WIDE,
        Layout::Tabs => false,
        Layout::Columns => area.width >= 2 * COLUMN,
    };
    let tabs = !columns || app.zoom;
    let low = area.height < 20;
    let mut out = Areas {
        footer: bottom(&mut rest, 1),
        composer: bottom(&mut rest, composer_height(app, area, low)),
        toast: bottom(&mut rest, u16::from(app.toast.is_some() || app.not_saved.is_some())),
        framed: !app.zoom && area.width >= 60,
        ..Areas::default()
    };
    out.header = top(&mut rest, 1);
    if seats == 0 {
        out.panes.push((0, rest));
        return out;
    }
    out.meter = top(&mut rest, 1);
    let tall = rest.height > 6;
    out.tabs = top(&mut rest, u16::from(tabs && seats > 1 && tall));
    if app.drawer.is_some() {
        let height = rest.height.saturating_mul(if tabs { 6 } else { 5 }) / 10;
        out.drawer = bottom(&mut rest, height);
    } else {
        out.sides = bottom(&mut rest, u16::from(tall));
    }
    if tabs {
        out.panes.push((app.seat, rest));
        return out;
    }
    let rail = (area.width / 5).clamp(COLUMN, 44);
    if area.width >= WIDE {
        out.rail = right(&mut rest, rail);
    }
    let visible = usize::from(rest.width / COLUMN).clamp(1, seats);
    let first = (app.seat + 1).saturating_sub(visible);
    for place in 0..visible {
        let from = rest.width as usize * place / visible;
        let to = rest.width as usize * (place + 1) / visible;
        let column = Rect { x: rest.x + from as u16, width: (to - from) as u16, ..rest };
        out.panes.push((first + place, column));
    }
    out
}

fn composer_height(app: &App, area: Rect, low: bool) -> u16 {
    let lines =
        if app.focus == Focus::Composer { app.composer.rows(area.width.saturating_sub(4)) } else { 1 };
    let most = (area.height / 3).max(1);
    let frame = if low { 0 } else { 2 };
    lines.clamp(1, most.min(8)) + frame
}

fn top(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    let taken = Rect { height, ..*rest };
    rest.y += height;
    rest.height -= height;
    taken
}

fn bottom(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    rest.height -= height;
    Rect { y: rest.y + rest.height, height, ..*rest }
}

fn right(rest: &mut Rect, width: u16) -> Rect {
    let width = width.min(rest.width);
    rest.width -= width;
    Rect { x: rest.x + rest.width, width, ..*rest }
}
