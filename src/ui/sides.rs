//! What members say on the claim that is looked at: in one line, as a block under the panes, or in full. Not which claim
//! that is in the comparison; the app knows it.

use super::canvas::{self, Row};
use super::theme::{Role, Theme};
use super::{claims, layout};
use crate::agreement::{Claim, Mark, Span, Subject, outcome};
use crate::app::drawer::DrawerKind;
use crate::app::{App, Marks};
use crate::core::clean;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// From this height on the block has a line a member.
const TALL: u16 = 30;
/// The most lines for members in the block.
const MOST: usize = 6;

/// The claim that is looked at: the row of the matrix or of the conflicts, else the chosen one, else the first conflict.
fn looked_at(app: &App) -> Option<&Claim> {
    if let Some(entry) = app.chosen_entry() {
        let Subject::Claim(number) = entry.subject else { return None };
        return app.claim_numbered(number);
    }
    if let Some(open) = app.drawer.filter(|open| open.kind == DrawerKind::Matrix) {
        return app.agreement.claims.get(app.drawer_row(open));
    }
    let chosen = app.agreement.claims.iter().find(|claim| Some(claim.number) == app.selected);
    chosen.or_else(|| app.agreement.claims.iter().find(|claim| claim.mark == Mark::Conflict))
}

/// How many lines it would take.
pub(super) fn height(app: &App, area: Rect) -> u16 {
    let Some(claim) = looked_at(app) else {
        return u16::from(app.drawer.is_none() && app.marks != Marks::Off);
    };
    let lines = 1 + said(claim).len().min(MOST) as u16;
    let chosen = app.selected.is_some();
    match app.drawer {
        // Sentences and claims lead to words; other drawers have no use for them.
        Some(open) if matches!(open.kind, DrawerKind::Matrix | DrawerKind::Conflicts) => lines,
        // What was opened: the sources of the chosen sentence.
        Some(open)
            if open.kind == DrawerKind::Synthesis
                && app.sources(open.at).contains(&claim.number)
                && chosen =>
        {
            lines
        }
        Some(_) => 0,
        None if app.marks == Marks::Off && !chosen => 0,
        // As long as texts grow, the panes keep their height.
        None if area.height >= TALL && (chosen || !app.working()) => lines,
        None => 1,
    }
}

/// What each member that takes part says, largest side first.
fn said(claim: &Claim) -> Vec<(Option<&str>, &Span)> {
    let side = |span: &Span| claim.sides.iter().position(|side| side.slots.contains(&span.slot));
    let mut said: Vec<(usize, &Span)> =
        claim.spans.iter().map(|span| (side(span).unwrap_or(claim.sides.len()), span)).collect();
    said.sort_by_key(|(side, span)| (*side, span.slot));
    let value = |side: usize| claim.sides.get(side).map(|side| side.value.as_str());
    said.into_iter().map(|(side, span)| (value(side), span)).collect()
}

/// Draws it in the lines there are.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    let Some(claim) = looked_at(app) else {
        let line = canvas::section(theme, &[], area.width);
        canvas::put_row(buffer, area, &line);
        return;
    };
    canvas::put_row(buffer, area, &heading(app, theme, claim, area.width, area.height == 1));
    let rest = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let said = said(claim);
    let grid = Grid::of(app, &said, rest.width);
    for (at, (value, span)) in said.iter().enumerate().take(usize::from(rest.height)) {
        let line = Rect { y: rest.y + at as u16, height: 1, ..rest };
        let hidden = said.len() - at;
        if at + 1 == usize::from(rest.height) && hidden > 1 {
            let slots: Vec<usize> = said[at..].iter().map(|(_, span)| span.slot).collect();
            let text = format!(" and {hidden} more: {}", claims::names(app, &slots));
            canvas::put(buffer, line, &text, theme.style(Role::Dim));
        } else {
            let quote = quote(app, span);
            canvas::put_row(buffer, line, &grid.row(app, theme, claim, *value, span, quote));
        }
    }
}

/// The claim's mark, number and words; in a single line with its sides.
fn heading(app: &App, theme: &Theme, claim: &Claim, width: u16, alone: bool) -> Row {
    let mark = (format!("{}{:02} ", claim.mark.symbol(), claim.number), theme.mark(claim.mark));
    let sides = if !alone {
        String::new()
    } else if claim.sides.is_empty() {
        let slots: Vec<usize> = claim.spans.iter().map(|span| span.slot).collect();
        format!("  {}", claims::names(app, &slots))
    } else {
        let side = |side: &crate::agreement::Side| {
            format!("{}: {}", clean::line(&side.value), claims::names(app, &side.slots))
        };
        format!("  {}", claim.sides.iter().map(side).collect::<Vec<_>>().join("  |  "))
    };
    let ruled = app.ledger().on_claim(claim.number);
    let ruled = ruled.map(|ruling| format!("  {}", ruling.words())).unwrap_or_default();
    let hint = match claim.mark {
        Mark::Conflict | Mark::Partly if !alone => " n next, N before ",
        _ => "",
    };
    let fixed =
        5 + canvas::width(&mark.0) + canvas::width(&sides) + canvas::width(&ruled) + canvas::width(hint);
    let space = width.saturating_sub(fixed);
    let mut words = vec![mark];
    if space > 12 {
        words.push((canvas::fit(&claims::title(app, claim), space), theme.style(Role::Emphasis)));
    }
    words.push((sides, theme.style(Role::Strong)));
    words.push((ruled, theme.style(Role::Accent)));
    let hint_width = canvas::width(hint);
    let mut row = canvas::section(theme, &words, width - hint_width.min(width));
    row.push((hint.to_owned(), theme.style(Role::Dim)));
    canvas::pad_row(&row, width)
}

/// What a member says, as it stands in its answer.
fn quote(app: &App, span: &Span) -> String {
    let words = app.run().map(|run| outcome::words(run, span)).unwrap_or_default();
    format!("\"{}\"", claims::tidy(words))
}

/// The columns of sides and names.
struct Grid {
    value: u16,
    name: u16,
}

impl Grid {
    fn of(app: &App, said: &[(Option<&str>, &Span)], width: u16) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = String>| {
            texts.map(|text| canvas::width(&text)).max().unwrap_or(0)
        };
        let value = widest(&mut said.iter().filter_map(|(value, _)| value.map(clean::line)));
        let name = widest(&mut said.iter().map(|(_, span)| claims::name(app, span.slot)));
        Self { value: value.min(width / 4).min(20), name: name.min(14) }
    }

    /// Cells before the quote.
    fn before(&self) -> u16 {
        1 + self.name + 2 + if self.value > 0 { self.value + 2 } else { 0 }
    }

    fn row(
        &self,
        app: &App,
        theme: &Theme,
        claim: &Claim,
        value: Option<&str>,
        span: &Span,
        quote: String,
    ) -> Row {
        let mut row = vec![(" ".to_owned(), Style::default())];
        if self.value > 0 {
            let value = value.map(clean::line).unwrap_or_default();
            row.push((format!("{}  ", canvas::pad(&value, self.value)), theme.mark(claim.mark)));
        }
        let role = if span.slot == app.seat { Role::Title } else { Role::Dim };
        row.push((format!("{}  ", canvas::pad(&claims::name(app, span.slot), self.name)), theme.style(role)));
        row.push((quote, Style::default()));
        row
    }
}

/// Draws it in a frame, with every word.
pub(super) fn detail(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    let left = vec![(" What they say on it ".to_owned(), theme.style(Role::Title))];
    let frame =
        canvas::Frame { left, right: Vec::new(), below: Vec::new(), tag: Vec::new(), focus: false, theme };
    let inside = frame.draw(buffer, area);
    let inside = Rect { x: inside.x + 1, width: layout::inner(area.width), ..inside };
    let mut rows: Vec<Row> = Vec::new();
    if let Some(claim) = looked_at(app) {
        let indent = canvas::width(&format!("{}{:02} ", claim.mark.symbol(), claim.number));
        for (at, line) in canvas::wrapped(&claims::title(app, claim), inside.width.saturating_sub(indent))
            .into_iter()
            .enumerate()
        {
            let mark = if at == 0 {
                format!("{}{:02} ", claim.mark.symbol(), claim.number)
            } else {
                " ".repeat(usize::from(indent))
            };
            rows.push(vec![(mark, theme.mark(claim.mark)), (line, theme.style(Role::Strong))]);
        }
        rows.push(Row::new());
        let said = said(claim);
        let grid = Grid::of(app, &said, inside.width);
        let before = grid.before();
        for (value, span) in &said {
            let lines = canvas::wrapped(&quote(app, span), inside.width.saturating_sub(before));
            for (at, line) in lines.into_iter().enumerate() {
                if at == 0 {
                    rows.push(grid.row(app, theme, claim, *value, span, line));
                } else {
                    rows.push(vec![(format!("{:1$}{line}", "", usize::from(before)), Style::default())]);
                }
            }
        }
        if let Some(ruling) = app.ledger().on_claim(claim.number) {
            rows.push(Row::new());
            let lines = canvas::wrapped(&ruling.in_full(), inside.width.saturating_sub(1));
            rows.extend(lines.into_iter().map(|line| vec![(format!(" {line}"), theme.style(Role::Accent))]));
        }
        let silent: Vec<usize> = app
            .compared
            .keys()
            .copied()
            .filter(|seat| !claim.spans.iter().any(|span| span.slot == *seat))
            .filter(|seat| app.call_in(*seat).is_some_and(crate::core::Call::ended))
            .collect();
        if !silent.is_empty() {
            rows.push(Row::new());
            rows.push(vec![(
                format!(" nothing on it: {}", claims::names(app, &silent)),
                theme.style(Role::Dim),
            )]);
        }
    } else {
        let text = "n goes to the next divergence, J and K from claim to claim; what each member says on it stands here.";
        rows.extend(
            canvas::wrapped(text, inside.width).into_iter().map(|line| vec![(line, theme.style(Role::Dim))]),
        );
    }
    canvas::scrolled(buffer, inside, &rows, 0, theme);
}
