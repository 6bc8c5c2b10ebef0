//! What the answers are divided on, as rows: three lines a point, its words, who is on which side, and the ruling.

use super::{List, Sheet, View, pointer, text_row};
use crate::agreement::{Entry, Mark, Side, Subject};
use crate::app::App;
use crate::app::drawer::Drawer;
use crate::core::clean;
use crate::ui::canvas::{self, Row};
use crate::ui::claims;
use crate::ui::theme::{Role, Theme};
use ratatui::style::Style;

/// Lines of one point: its words, its sides, its ruling.
const LINES: usize = 3;
/// Cells before the words: what is chosen, mark and number, a blank.
const BEFORE: u16 = 5;

pub(super) fn sheet<'a>(app: &'a App, theme: &'a Theme, open: Drawer, width: u16) -> Sheet<'a> {
    let dim = theme.style(Role::Dim);
    let ledger = app.ledger();
    if ledger.entries.is_empty() {
        let text = if app.working() {
            "nothing is divided so far; they still write"
        } else {
            "the answers are divided on nothing that words show"
        };
        return Sheet::of(text, dim);
    }
    let (count, left) = (ledger.entries.len(), ledger.open());
    let chosen = app.drawer_row(open);
    let title = format!("{left} open, {} ruled ", count - left);
    let mut sheet = Sheet { title: text_row(title, dim), ..Sheet::default() };
    let row = move |at: usize| {
        let entry = &app.ledger().entries[at / LINES];
        let chosen = open.focus && at / LINES == chosen;
        match at % LINES {
            0 => heading(app, theme, entry, chosen, width),
            1 => sides(app, entry, width),
            _ => ruling(app, theme, entry, width),
        }
    };
    sheet.list = Some(List { count: count * LINES, row: Box::new(row) });
    sheet.view = View::Chosen(chosen * LINES..(chosen + 1) * LINES);
    let hints = [
        "What you rule is given to the next synthesis (s); the answers stay as they are.",
        "What you rule is given to the next synthesis (s).",
    ];
    sheet.foot.push(text_row(canvas::longest(&hints, width), dim));
    sheet
}

/// A point's mark, number and words.
fn heading(app: &App, theme: &Theme, entry: &Entry, chosen: bool, width: u16) -> Row {
    let (mark, number, words) = match entry.subject {
        Subject::Answers => (Mark::Conflict, "   ".to_owned(), "What the answers come to".to_owned()),
        Subject::Claim(number) => match app.claim_numbered(number) {
            Some(claim) => {
                (claim.mark, format!("{}{number:02}", claim.mark.symbol()), claims::title(app, claim))
            }
            None => (Mark::Pending, format!(".{number:02}"), String::new()),
        },
        Subject::Gone => (Mark::Pending, "   ".to_owned(), gone(app, entry)),
    };
    let number = match entry.subject {
        Subject::Answers => format!("{}  ", mark.symbol()),
        _ => number,
    };
    let mut of_mark = theme.mark(mark);
    let mut of_words = if entry.ruling.is_none() { Style::default() } else { theme.style(Role::Dim) };
    if chosen {
        of_mark = of_mark.patch(theme.style(Role::Selected));
        of_words = theme.style(Role::Strong);
    }
    let words = canvas::fit(&words, width.saturating_sub(BEFORE));
    vec![pointer(chosen, theme), (number, of_mark), (format!(" {words}"), of_words)]
}

/// The words of a claim that no answer makes any more.
fn gone(app: &App, entry: &Entry) -> String {
    let point = entry.ruling.as_ref().map(|ruling| &ruling.point);
    let words = app.run().zip(point).map(|(run, point)| claims::tidy(run.wording(point))).unwrap_or_default();
    format!("no answer says this any more: {words}")
}

/// Who is on which side.
fn sides(app: &App, entry: &Entry, width: u16) -> Row {
    let blank = " ".repeat(usize::from(BEFORE));
    let mut text = sides_in_words(app, &app.sides_of(entry.subject));
    if let (Subject::Claim(number), true) = (entry.subject, text.is_empty()) {
        let claim = app.claim_numbered(number);
        let seats: Vec<usize> = claim.iter().flat_map(|claim| &claim.spans).map(|span| span.slot).collect();
        text = app.names(&seats);
    }
    if let (Subject::Gone, Some(ruling)) = (entry.subject, &entry.ruling) {
        let values: Vec<String> = ruling.point.sides.iter().map(|value| clean::line(value)).collect();
        text = values.join(", or ");
    }
    text_row(canvas::fit(&format!("{blank}{text}"), width), Style::default())
}

/// `fenna, jonas: 22 hours. marit: 30 hours.`
pub(in crate::ui) fn sides_in_words(app: &App, sides: &[Side]) -> String {
    let side = |side: &Side| format!("{}: {}.", app.names(&side.slots), clean::line(&side.value));
    sides.iter().map(side).collect::<Vec<_>>().join(" ")
}

/// How it was ruled; of answers that nobody ruled on, how they are split.
fn ruling(app: &App, theme: &Theme, entry: &Entry, width: u16) -> Row {
    let blank = " ".repeat(usize::from(BEFORE));
    let (text, role) = match (&entry.ruling, entry.subject) {
        (Some(ruling), _) => (ruling.in_full(), Role::Accent),
        (None, Subject::Answers) => (split(app), Role::Dim),
        (None, _) => return Row::new(),
    };
    text_row(canvas::fit(&format!("{blank}{text}"), width), theme.style(role))
}

/// The figures of the split: the share of the largest side, its lead, and how mixed it is.
fn split(app: &App) -> String {
    let finals = &app.agreement.finals;
    format!(
        "support {:.0} %, margin {:.0} %, entropy {:.2}",
        finals.support * 100.0,
        finals.margin * 100.0,
        finals.entropy
    )
}
