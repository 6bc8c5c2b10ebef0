//! Where things go, by the size of the terminal and what is open. Numbers only; nothing is drawn here.

use crate::app::drawer::{Drawer, DrawerKind};
use crate::app::{App, Focus, Layout, Marks};
use ratatui::layout::Rect;

/// The narrowest column a pane may have.
const COLUMN: u16 = 28;
/// Below this width there are no frames.
const FRAMED: u16 = 60;
/// From this width on panes stand side by side.
const WIDE: u16 = 100;
/// From this size on the matrix stands under the panes, and what is open beside it.
const BOARD: (u16, u16) = (160, 40);
/// Below this height lines are saved.
const LOW: u16 = 20;
/// What is left for the panes under what is open: so many lines, or none.
const PANES: u16 = 8;
/// The smallest screen that is drawn at all.
pub const SMALLEST: (u16, u16) = (40, 10);

/// What separates panes and drawers from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edge {
    /// Nothing.
    #[default]
    Bare,
    /// A line above.
    Rule,
    /// A line all around.
    Frame,
}

/// Where everything goes. An area of height 0 is not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The question and the counters.
    pub header: Rect,
    /// The agreement meter.
    pub meter: Rect,
    /// The tabs, where one pane stands for all.
    pub tabs: Rect,
    /// The panes in view, by seat.
    pub panes: Vec<(usize, Rect)>,
    /// The list of claims.
    pub rail: Rect,
    /// What is open: synthesis, vote, debate or matrix.
    pub drawer: Rect,
    /// The matrix, where it stands without being opened.
    pub matrix: Rect,
    /// What members say on the claim that is looked at, in full.
    pub detail: Rect,
    /// The same in few lines.
    pub sides: Rect,
    /// The newest message.
    pub toast: Rect,
    /// The composer.
    pub composer: Rect,
    /// The tour.
    pub coach: Rect,
    /// The keys.
    pub footer: Rect,
    /// What is around panes.
    pub edge: Edge,
}

/// How many lines things would take if there were room for all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// What is open, with its frame.
    pub drawer: u16,
    /// What members say on the claim that is looked at.
    pub sides: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrangement {
    One,
    Columns,
    Rows,
}

fn arrangement(app: &App, area: Rect) -> Arrangement {
    match app.layout {
        _ if app.zoom => Arrangement::One,
        Layout::Auto if area.width >= WIDE && area.height < LOW => Arrangement::Rows,
        Layout::Auto if area.width >= WIDE => Arrangement::Columns,
        Layout::Columns if area.width >= 2 * COLUMN => Arrangement::Columns,
        Layout::Rows => Arrangement::Rows,
        Layout::Auto | Layout::Tabs | Layout::Columns => Arrangement::One,
    }
}

/// Whether there is room for the matrix under the panes, and for more beside it.
pub fn has_board(app: &App, area: Rect) -> bool {
    let large = area.width >= BOARD.0 && area.height >= BOARD.1;
    large && app.panes.len() > 1 && app.marks != Marks::Off && arrangement(app, area) != Arrangement::One
}

/// How wide the matrix under the panes is: it makes room for what is open beside it.
fn matrix_width(app: &App, width: u16) -> u16 {
    let beside = app.drawer.is_some_and(|open| open.kind != DrawerKind::Matrix);
    width * if beside { 2 } else { 3 } / 5
}

/// The width for the words in the matrix under the panes.
pub fn board_width(app: &App, area: Rect) -> u16 {
    inner(matrix_width(app, area.width))
}

/// The width for the words in what is open.
pub fn drawer_width(app: &App, area: Rect, kind: DrawerKind) -> u16 {
    match (has_board(app, area), kind) {
        (true, DrawerKind::Matrix) => board_width(app, area),
        (true, _) => inner(area.width - matrix_width(app, area.width)),
        (false, _) => inner(area.width),
    }
}

/// Whether a place is too narrow for a frame.
pub fn is_narrow(width: u16) -> bool {
    width < FRAMED
}

/// The width between edges, with a blank on either side.
pub fn inner(width: u16) -> u16 {
    width.saturating_sub(if is_narrow(width) { 2 } else { 4 })
}

/// Lays the board out.
pub fn areas(app: &App, area: Rect, needs: Needs) -> Areas {
    let mut rest = area;
    let low = area.height < LOW;
    let mut out = Areas {
        footer: bottom(&mut rest, 1),
        coach: bottom(&mut rest, u16::from(app.coach.is_some())),
        composer: bottom(&mut rest, composer_height(app, area, low)),
        toast: bottom(&mut rest, u16::from(app.toast.is_some() || app.standing_line().is_some())),
        ..Areas::default()
    };
    out.header = top(&mut rest, 1);
    if app.panes.is_empty() {
        out.panes.push((0, rest));
        return out;
    }
    out.meter = top(&mut rest, 1);
    let board = has_board(app, area);
    match app.drawer {
        _ if board => lay_board(app, needs, &mut rest, &mut out),
        Some(open) => {
            let tall = rest.height >= 2 * PANES;
            out.sides = bottom(&mut rest, if tall { needs.sides } else { 0 });
            let height = drawer_height(open, needs.drawer, rest.height, area.width);
            out.drawer = bottom(&mut rest, height);
        }
        None => {
            let height = if rest.height > 6 { needs.sides.min(rest.height / 3) } else { 0 };
            out.sides = bottom(&mut rest, height);
        }
    }
    if rest.height > 0 {
        let rail = area.width >= WIDE && !board && app.marks != Marks::Off;
        lay_panes(app, arrangement(app, area), rail, rest, &mut out);
    }
    out
}

/// How high a drawer gets in so much space over the whole width.
fn drawer_height(open: Drawer, wanted: u16, space: u16, width: u16) -> u16 {
    let half = space / 2;
    // Where there is no room for both, the one with the keys is in view, and of a drawer without them its title.
    if width < WIDE || space - half < PANES {
        return if open.focus { space } else { 1 };
    }
    let fits = space - PANES;
    match open.kind {
        DrawerKind::Matrix => wanted.max(half).min(fits),
        DrawerKind::Vote if wanted <= fits => wanted.max(PANES),
        // Who does not look at the plan sees where it is; the rest of the room is for what is said.
        DrawerKind::Plan if open.focus => wanted.max(PANES).min(fits),
        DrawerKind::Plan => wanted.min(half),
        // A turn and the one before it take what there is: the panes have no more to say.
        DrawerKind::Vote | DrawerKind::Debate if open.focus => space,
        _ => half,
    }
}

/// The matrix on the left under the panes, and on the right what is open, or what members say on a claim.
fn lay_board(app: &App, needs: Needs, rest: &mut Rect, out: &mut Areas) {
    let beside = app.drawer.filter(|open| open.kind != DrawerKind::Matrix);
    out.sides = bottom(rest, u16::from(beside.is_some() && needs.sides > 0));
    // The same height whatever is in it: panes are not to jump while claims come in.
    let height = rest.height * 9 / 20;
    let mut strip = bottom(rest, height);
    let width = matrix_width(app, strip.width);
    let left = Rect { width, ..strip };
    strip.x += width;
    strip.width -= width;
    match (app.drawer, beside) {
        (_, Some(_)) => (out.matrix, out.drawer) = (left, strip),
        (Some(_), None) => (out.drawer, out.detail) = (left, strip),
        (None, None) => (out.matrix, out.detail) = (left, strip),
    }
}

fn lay_panes(app: &App, arrangement: Arrangement, rail: bool, mut rest: Rect, out: &mut Areas) {
    let seats = app.panes.len();
    out.edge = match arrangement {
        _ if app.zoom || rest.width < FRAMED => Edge::Bare,
        // A frame costs a line more than a rule.
        Arrangement::Rows if usize::from(rest.height) / seats < 6 => Edge::Rule,
        _ => Edge::Frame,
    };
    match arrangement {
        Arrangement::One => {
            let tabs = seats > 1 && rest.height > 4;
            out.tabs = top(&mut rest, u16::from(tabs));
            out.panes.push((app.seat, rest));
        }
        Arrangement::Columns => {
            if rail {
                let width = (rest.width / 5).clamp(COLUMN, 44);
                out.rail = right(&mut rest, width);
            }
            let visible = usize::from(rest.width / COLUMN).clamp(1, seats);
            for (seat, from, to) in shares(app.seat, visible, rest.width) {
                out.panes.push((seat, Rect { x: rest.x + from, width: to - from, ..rest }));
            }
        }
        Arrangement::Rows => {
            let least = if out.edge == Edge::Bare { 2 } else { 3 };
            let visible = usize::from(rest.height / least).clamp(1, seats);
            out.edge = if visible > 1 && out.edge == Edge::Bare { Edge::Rule } else { out.edge };
            for (seat, from, to) in shares(app.seat, visible, rest.height) {
                out.panes.push((seat, Rect { y: rest.y + from, height: to - from, ..rest }));
            }
        }
    }
}

/// Divides a length among so many seats, the focused one among them: seat, beginning and end.
fn shares(seat: usize, visible: usize, length: u16) -> impl Iterator<Item = (usize, u16, u16)> {
    let first = (seat + 1).saturating_sub(visible);
    let end = move |place: usize| (usize::from(length) * place / visible) as u16;
    (0..visible).map(move |place| (first + place, end(place), end(place + 1)))
}

fn composer_height(app: &App, area: Rect, low: bool) -> u16 {
    let lines =
        if app.focus == Focus::Composer { app.composer.rows(area.width.saturating_sub(4)) } else { 1 };
    let most = (area.height / 3).max(1);
    let frame = if low { 0 } else { 2 };
    let lines = if low { 1 } else { lines };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Opening;
    use crate::app::board::Pane;
    use proptest::prelude::*;

    fn app(seats: usize, layout: usize, kind: Option<DrawerKind>, focus: bool) -> App {
        let mut app = App::new(Opening::default());
        app.panes = vec![Pane::default(); seats];
        app.seat = seats.saturating_sub(1);
        app.layout = Layout::ALL[layout];
        app.drawer = kind.map(|kind| Drawer { focus, ..Drawer::open(kind) });
        app
    }

    fn kinds() -> impl Strategy<Value = Option<DrawerKind>> {
        use DrawerKind::{Debate, Matrix, Synthesis, Vote};
        proptest::option::of(prop_oneof![Just(Synthesis), Just(Vote), Just(Debate), Just(Matrix)])
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_nothing_is_outside(
            width in SMALLEST.0..260, height in SMALLEST.1..80, seats in 1_usize..10, layout in 0_usize..4,
            kind in kinds(), focus: bool, zoom: bool, drawer in 3_u16..90, sides in 0_u16..8,
        ) {
            let mut app = app(seats, layout, kind, focus);
            app.zoom = zoom;
            let area = Rect { x: 0, y: 0, width, height };
            let areas = areas(&app, area, Needs { drawer, sides });
            let mut all = vec![
                areas.header, areas.meter, areas.tabs, areas.rail, areas.drawer, areas.matrix, areas.detail,
                areas.sides, areas.toast, areas.composer, areas.footer,
            ];
            all.extend(areas.panes.iter().map(|(_, pane)| *pane));
            let cells: usize = all.iter().map(|place| place.area() as usize).sum();
            for (at, one) in all.iter().enumerate() {
                prop_assert!(one.is_empty() || area.intersection(*one) == *one, "{areas:?}");
                for other in &all[at + 1..] {
                    prop_assert!(one.intersection(*other).is_empty(), "{areas:?}");
                }
            }
            prop_assert_eq!(cells, area.area() as usize, "a place is left empty: {:?}", areas);
            // Whoever has the keys can be seen.
            if app.focused_drawer().is_some() {
                prop_assert!(areas.drawer.height > 3 || height < 16, "{areas:?}");
            } else {
                prop_assert!(areas.panes.iter().any(|(seat, pane)| *seat == app.seat && pane.height > 0));
            }
        }
    }

    #[test]
    fn panes_stand_as_their_width_allows() {
        let at = |width, height, layout| {
            let area = Rect { x: 0, y: 0, width, height };
            let areas = areas(&app(4, layout, None, false), area, Needs::default());
            (areas.panes.len(), areas.edge, areas.rail.width > 0, areas.matrix.width > 0)
        };
        assert_eq!(at(50, 24, 0), (1, Edge::Bare, false, false));
        assert_eq!(at(80, 24, 0), (1, Edge::Frame, false, false));
        assert_eq!(at(120, 40, 0), (3, Edge::Frame, true, false));
        assert_eq!(at(220, 60, 0), (4, Edge::Frame, false, true));
        assert_eq!(at(120, 18, 0), (4, Edge::Rule, false, false));
        assert_eq!(at(120, 40, 3), (4, Edge::Frame, false, false));
        assert_eq!(at(80, 24, 2), (2, Edge::Frame, false, false));
    }
}
