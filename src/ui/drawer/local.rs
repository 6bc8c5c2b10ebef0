//! The synthesis that no model wrote, as rows: claims under their headings, with who says them and the sides of a conflict.

use super::{Sheet, View, pointer, text_row};
use crate::agreement::local::Section;
use crate::agreement::{Claim, Mark, Side};
use crate::app::App;
use crate::app::drawer::Drawer;
use crate::ui::canvas::{self, Row};
use crate::ui::claims;
use crate::ui::drawer::ledger::sides_in_words;
use crate::ui::theme::{Role, Theme};
use ratatui::style::Style;

/// Cells before the words: what is chosen, mark and number, a blank.
const BEFORE: u16 = 5;

pub(super) fn sheet(app: &App, theme: &Theme, open: Drawer, width: u16) -> Sheet<'static> {
    let made = app.local_synthesis();
    let dim = theme.style(Role::Dim);
    if made.is_empty() {
        return Sheet::of("a synthesis takes two answers with claims in them", dim);
    }
    let chosen = app.drawer_row(open);
    let title = "by counting, no model asked, $0.00 ";
    let mut sheet = Sheet { title: text_row(title, dim), ..Sheet::default() };
    let mut view = 0..0;
    let mut last: Option<Section> = None;
    for (at, (section, claim)) in made.into_iter().enumerate() {
        let from = sheet.rows.len();
        if last.replace(section) != Some(section) {
            heading(&mut sheet.rows, theme, section, width);
        }
        let here = open.focus && at == chosen;
        entry(&mut sheet.rows, app, theme, claim, here, width);
        if at == chosen {
            view = from..sheet.rows.len();
        }
    }
    let hint = "Every claim of the answers, in order of support. It says how many say a thing, not whether it is true.";
    sheet.foot.extend(canvas::wrapped(hint, width).into_iter().map(|line| text_row(line, dim)));
    sheet.view = View::Chosen(view);
    sheet
}

/// What stands above the claims of a section.
pub(super) fn heading(rows: &mut Vec<Row>, theme: &Theme, section: Section, width: u16) {
    if !rows.is_empty() {
        rows.push(Row::new());
    }
    let words = vec![(section.title().to_owned(), theme.style(Role::Title))];
    rows.push(canvas::section(theme, &words, width));
}

/// A claim: its words, then who says it, or who is on which side.
pub(super) fn entry(rows: &mut Vec<Row>, app: &App, theme: &Theme, claim: &Claim, chosen: bool, width: u16) {
    entry_of(rows, app, theme, (claim, &|_| true), chosen, width);
}

/// The same where the answers of some seats alone count.
pub(super) fn entry_of(
    rows: &mut Vec<Row>,
    app: &App,
    theme: &Theme,
    (claim, counts): (&Claim, &dyn Fn(usize) -> bool),
    chosen: bool,
    width: u16,
) {
    let (mut of_mark, mut of_words) = (theme.mark(claim.mark), Style::default());
    if chosen {
        of_mark = of_mark.patch(theme.style(Role::Selected));
        of_words = theme.style(Role::Strong);
    }
    let number = format!("{}{:02}", claim.mark.symbol(), claim.number);
    let blank = " ".repeat(usize::from(BEFORE));
    for (at, line) in
        canvas::wrapped(&claims::title(app, claim), width.saturating_sub(BEFORE)).into_iter().enumerate()
    {
        rows.push(if at == 0 {
            vec![pointer(chosen, theme), (number.clone(), of_mark), (format!(" {line}"), of_words)]
        } else {
            vec![(blank.clone(), of_words), (line, of_words)]
        });
    }
    let seats: Vec<usize> = claim.spans.iter().map(|span| span.slot).filter(|seat| counts(*seat)).collect();
    let of = (0..app.panes.len()).filter(|seat| counts(*seat)).count();
    let here = |side: &Side| Side {
        value: side.value.clone(),
        slots: side.slots.iter().copied().filter(|seat| counts(*seat)).collect(),
    };
    let sides: Vec<Side> = claim.sides.iter().map(here).filter(|side| !side.slots.is_empty()).collect();
    let who = match claim.mark {
        Mark::Conflict if sides.len() > 1 => sides_in_words(app, &sides),
        _ if seats.len() == of && of > 2 => format!("all {of}"),
        _ => app.names(&seats),
    };
    let dim = theme.style(Role::Dim);
    let lines = canvas::wrapped(&who, width.saturating_sub(BEFORE));
    rows.extend(lines.into_iter().map(|line| vec![(blank.clone(), dim), (line, dim)]));
}
