//! The list of claims beside the panes, and what else is said of a claim in words: its title, its members, its support.

use super::canvas::{self, CUT, Row};
use super::theme::{Role, Theme};
use crate::agreement::{Claim, outcome};
use crate::app::App;
use crate::core::clean;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::collections::VecDeque;

/// Draws the list: each claim with its mark, its words, and how many say it.
pub(super) fn rail(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    let count = app.agreement.claims.len();
    let left = vec![(" Claims ".to_owned(), theme.style(Role::Title))];
    let right = vec![(format!(" {count} "), theme.style(Role::Dim))];
    let inside = canvas::Frame { left, right, below: Vec::new(), tag: Vec::new(), focus: false, theme }
        .draw(buffer, area);
    if inside.height == 0 {
        return;
    }
    if count == 0 {
        let text = if app.working() { "compared as they write" } else { "nothing to compare yet" };
        canvas::put(buffer, inside, text, theme.style(Role::Dim));
        return;
    }
    let inside = Rect { width: inside.width - 1, ..inside };
    let (rows, below) = in_view(app, theme, inside);
    for (y, row) in (inside.y..inside.bottom()).zip(&rows) {
        canvas::put_row(buffer, Rect { y, height: 1, ..inside }, row);
    }
    if below > 0 {
        let edge = Rect { y: inside.bottom(), height: 1, ..inside };
        canvas::more_below(buffer, edge, &canvas::count(below, "claim"), theme);
    }
}

/// The rows of the claims in view, with the chosen one in the upper third, and how many claims aren't wholly in view below.
/// No others are made: of long answers there are thousands.
fn in_view(app: &App, theme: &Theme, area: Rect) -> (Vec<Row>, usize) {
    let (claims, height) = (&app.agreement.claims, usize::from(area.height));
    let entry = |claim: &Claim| entry(app, theme, claim, area.width);
    let chosen = claims.iter().position(|claim| Some(claim.number) == app.selected).unwrap_or(0);
    let mut entries: VecDeque<Vec<Row>> = VecDeque::new();
    let (mut from, mut to, mut above, mut rows) = (chosen, chosen, 0, 0);
    while rows < height && to < claims.len() {
        entries.push_back(entry(&claims[to]));
        rows += entries[to - from].len();
        to += 1;
    }
    // A third of the view is for those before it; more where nothing is left to come.
    let wanted = (height / 3).max(height.saturating_sub(rows));
    while above < wanted && from > 0 {
        from -= 1;
        entries.push_front(entry(&claims[from]));
        above += entries[0].len();
    }
    let top = above.saturating_sub(wanted);
    let mut left = top + height;
    let fits = |entry: &&Vec<Row>| {
        let fits = entry.len() <= left;
        left = left.saturating_sub(entry.len());
        fits
    };
    let whole = entries.iter().take_while(fits).count();
    (entries.into_iter().flatten().skip(top).take(height).collect(), claims.len() - from - whole)
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
    let support = format!("{blank}{have}/{of} {}", bar(theme, claim, of));
    let mut row = vec![(support, theme.style(Role::Dim))];
    if let (true, Some(span)) = (have == 1, claim.spans.first()) {
        row.push((format!(" {}", name(app, span.slot)), theme.style(Role::Dim)));
    }
    for side in &claim.sides {
        let text = format!("{blank}{}: {}", names(app, &side.slots), clean::line(&side.value));
        rows.push(vec![(canvas::fit(&text, width), theme.style(Role::Dim))]);
    }
    rows.push(row);
    if let Some(ruling) = app.ledger().on_claim(claim.number) {
        let text = canvas::fit(&format!("{blank}{}", ruling.words()), width);
        rows.push(vec![(text, theme.style(Role::Accent))]);
    }
    if let Some(by) = by(claim) {
        rows.push(vec![(canvas::fit(&format!("{blank}{by}"), width), theme.style(Role::Dim))]);
    }
    rows
}

/// Who else than the rules on words marked a claim: `= by judge gpt-6-luna`.
pub(super) fn by(claim: &Claim) -> Option<String> {
    let names = clean::line(&claim.by.join(", "));
    (!names.is_empty()).then(|| format!("{} by {names}", claim.mark.symbol()))
}

/// Who is for a claim: a cell a member, those of its largest side first, then those of other sides, then the silent ones.
pub(super) fn bar(theme: &Theme, claim: &Claim, of: usize) -> String {
    let have = members(claim);
    let full = claim.sides.first().map_or(have, |side| side.slots.len());
    let cell = |place| match place {
        _ if place < full => theme.sign("█", "#"),
        _ if place < have => theme.sign("▒", "="),
        _ => theme.sign("░", "."),
    };
    (0..of).map(cell).collect()
}

/// How many members speak to a claim.
pub(super) fn members(claim: &Claim) -> usize {
    let mut slots: Vec<usize> = claim.spans.iter().map(|span| span.slot).collect();
    slots.sort_unstable();
    slots.dedup();
    slots.len()
}

/// A seat's name.
pub(super) fn name(app: &App, seat: usize) -> String {
    app.shown_name(seat)
}

/// The names of seats.
pub(super) fn names(app: &App, slots: &[usize]) -> String {
    slots.iter().map(|slot| name(app, *slot)).collect::<Vec<_>>().join(" ")
}

/// A claim's words: its shortest span, as it stands in the answer.
pub(super) fn title(app: &App, claim: &Claim) -> String {
    tidy(app.run().map(|run| outcome::words(run, &claim.title)).unwrap_or_default())
}

/// Words of an answer in one line, without Markdown's signs of emphasis, code and tables.
pub(super) fn tidy(words: &str) -> String {
    // More than this is never shown, however long an answer's one claim is.
    let words = canvas::head(words, 4096)
        .trim()
        .trim_matches('|')
        .replace("**", "")
        .replace('`', "")
        .replace(" | ", ", ");
    clean::line(words.trim())
}
