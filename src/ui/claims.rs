//! The list of claims beside the panes, and the line that says who stands where on a divergence.

use super::canvas::{self, CUT, Row};
use super::theme::{Role, Theme};
use crate::agreement::{Claim, Mark, outcome};
use crate::app::App;
use crate::core::clean;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Draws the list: each claim with its mark, its words, and how many say it.
pub(super) fn rail(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    let count = app.agreement.claims.len();
    let left = vec![(" Claims ".to_owned(), theme.style(Role::Title))];
    let right = vec![(format!(" {count} "), theme.style(Role::Dim))];
    let inside = canvas::Frame { left, right, below: Vec::new(), focus: false, theme }.draw(buffer, area);
    if inside.height == 0 {
        return;
    }
    if count == 0 {
        let text = if app.working() { "compared as they write" } else { "nothing to compare yet" };
        canvas::put(buffer, inside, text, theme.style(Role::Dim));
        return;
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut chosen = 0;
    for claim in &app.agreement.claims {
        if app.selected == Some(claim.number) {
            chosen = rows.len();
        }
        rows.extend(entry(app, theme, claim, inside.width - 1));
    }
    let inside = Rect { width: inside.width - 1, ..inside };
    let third = usize::from(inside.height) / 3;
    canvas::scrolled(buffer, inside, &rows, chosen.saturating_sub(third), theme);
}

/// The lines of one claim.
fn entry(app: &App, theme: &Theme, claim: &Claim, width: u16) -> Vec<Row> {
    let (mut style, mut words) = (theme.mark(claim.mark), Style::default());
    if app.selected == Some(claim.number) {
        style = style.patch(theme.style(Role::Selected));
        words = theme.style(Role::Strong);
    }
    let mark = format!("{}{:02}", claim.mark.symbol(), claim.number);
    let indent = canvas::width(&mark) + 1;
    let mut lines = canvas::wrapped(&title(app, claim), width.saturating_sub(indent));
    if lines.len() > 2 {
        lines.truncate(2);
        if let Some(last) = lines.last_mut() {
            *last = canvas::fit(&format!("{last} {CUT}"), width.saturating_sub(indent));
            if !last.ends_with(CUT) {
                last.push(CUT);
            }
        }
    }
    let blank = " ".repeat(usize::from(indent));
    let mut rows: Vec<Row> = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        let mut row = vec![(line, words)];
        if at == 0 {
            row.splice(..0, [(mark.clone(), style), (" ".to_owned(), words)]);
        } else {
            row.insert(0, (blank.clone(), words));
        }
        rows.push(row);
    }
    let (have, of) = (members(claim), app.panes.len());
    let mut support = format!("{blank}{have}/{of} ");
    let full = claim.sides.first().map_or(have, |side| side.slots.len());
    for place in 0..of {
        support.push_str(match place {
            _ if place < full => theme.sign("█", "#"),
            _ if place < have => theme.sign("▒", "="),
            _ => theme.sign("░", "."),
        });
    }
    let mut row = vec![(support, theme.style(Role::Dim))];
    if let (true, Some(span)) = (have == 1, claim.spans.first()) {
        row.push((format!(" {}", name(app, span.slot)), theme.style(Role::Dim)));
    }
    for side in &claim.sides {
        let text = format!("{blank}{}: {}", names(app, &side.slots), clean::line(&side.value));
        rows.push(vec![(canvas::fit(&text, width), theme.style(Role::Dim))]);
    }
    rows.push(row);
    rows
}

fn members(claim: &Claim) -> usize {
    let mut slots: Vec<usize> = claim.spans.iter().map(|span| span.slot).collect();
    slots.sort_unstable();
    slots.dedup();
    slots.len()
}

fn name(app: &App, seat: usize) -> String {
    app.name(seat).map(|name| clean::line(&name.0)).unwrap_or_default()
}

fn names(app: &App, slots: &[usize]) -> String {
    slots.iter().map(|slot| name(app, *slot)).collect::<Vec<_>>().join(" ")
}

/// A claim's words: its shortest span, as it stands in the answer, without Markdown's signs of emphasis and code.
fn title(app: &App, claim: &Claim) -> String {
    let words = app.run().map(|run| outcome::words(run, &claim.title)).unwrap_or_default();
    let words: String =
        words.trim().trim_matches('|').replace("**", "").replace('`', "").replace(" | ", ", ");
    clean::line(words.trim())
}

/// The divergence that is looked at: the chosen claim, else the first conflict.
fn looked_at(app: &App) -> Option<&Claim> {
    let chosen = app.agreement.claims.iter().find(|claim| Some(claim.number) == app.selected);
    chosen.or_else(|| app.agreement.claims.iter().find(|claim| claim.mark == Mark::Conflict))
}

/// Draws who stands where on the divergence that is looked at.
pub(super) fn sides(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    for x in area.x..area.right() {
        canvas::put(buffer, Rect { x, width: 1, ..area }, theme.sign("─", "-"), theme.style(Role::Frame));
    }
    let Some(claim) = looked_at(app) else { return };
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let mut row: Row =
        vec![(format!(" {}{:02} ", claim.mark.symbol(), claim.number), theme.mark(claim.mark))];
    let sides: String = if claim.sides.is_empty() {
        let slots: Vec<usize> = claim.spans.iter().map(|span| span.slot).collect();
        format!("{} ", names(app, &slots))
    } else {
        let side = |side: &crate::agreement::Side| {
            format!("{}: {}", clean::line(&side.value), names(app, &side.slots))
        };
        format!("{} ", claim.sides.iter().map(side).collect::<Vec<_>>().join("  |  "))
    };
    let mark = canvas::width(&row[0].0);
    let space = inside.width.saturating_sub(mark + canvas::width(&sides) + 3);
    if space > 12 {
        row.push((format!("{}  ", canvas::fit(&title(app, claim), space)), theme.style(Role::Emphasis)));
    }
    row.push((sides, theme.style(Role::Strong)));
    canvas::put_row(buffer, inside, &row);
}
