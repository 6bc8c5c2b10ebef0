//! What was spent of what may be: a line for the session and one for the day, each with a bar where there is a cap.

use super::super::super::canvas::{self, Row};
use super::super::super::theme::{Role, Theme};
use crate::app::App;
use crate::core::{Dollars, Spent, when};
use ratatui::style::Style;

/// The longest a bar gets.
const LONGEST: u16 = 40;
/// The columns of the name and the sum.
const NAME: u16 = 9;
const SUM: u16 = 12;

/// Both lines.
pub(super) fn rows(app: &App, theme: &Theme, width: u16) -> Vec<Row> {
    let money = &app.money;
    let today = Spent { known: money.today(), ..Spent::default() };
    let next = app.price_line().map(|price| format!("next question: {price}")).unwrap_or_default();
    let day = "midnight to midnight UTC, all sessions".to_owned();
    let lines = [
        ("session", money.spent, money.caps.session, "b sets a cap", next),
        ("today", today, money.caps.day, "day = SUM under [budget] sets a cap", day),
    ];
    let line = |(name, spent, cap, how, more): (&str, Spent, Option<Dollars>, &str, String)| {
        let mut row = vec![
            (canvas::pad(&format!(" {name}"), NAME), Style::default()),
            (canvas::pad(&spent.words(), SUM), theme.style(Role::Strong)),
        ];
        match cap {
            Some(cap) => row.extend(bar(spent.sum(), cap, theme, width)),
            None => row.push((format!("no cap; {how}"), theme.style(Role::Dim))),
        }
        let used: u16 = row.iter().map(|(text, _)| canvas::width(text)).sum();
        // It stands there whole or not at all.
        if !more.is_empty() && used + 3 + canvas::width(&more) <= width {
            row.push((format!("   {more}"), theme.style(Role::Dim)));
        }
        canvas::pad_row(&row, width)
    };
    let mut rows: Vec<Row> = lines.into_iter().map(line).collect();
    rows.extend(app.session.caps.iter().map(|set| {
        let when = when::told(set.at, app.now);
        vec![(canvas::fit(&format!(" {when} UTC  {}", set.line()), width), theme.style(Role::Dim))]
    }));
    rows
}

/// `[#####....]  of $1.00`. Where anything was spent a cell is full, and the last one is only where the cap is reached.
fn bar(spent: Dollars, cap: Dollars, theme: &Theme, width: u16) -> Row {
    let cells = usize::from((width / 3).clamp(4, LONGEST));
    let full = filled(spent, cap, cells);
    let role = if full == cells {
        Role::Error
    } else if full * 5 >= cells * 4 {
        Role::Warning
    } else {
        Role::Accent
    };
    let over = if spent > cap { ", passed" } else { "" };
    vec![
        ("[".to_owned(), theme.style(Role::Dim)),
        (theme.sign("█", "#").repeat(full), theme.style(role)),
        (theme.sign("░", ".").repeat(cells - full), theme.style(Role::Dim)),
        ("]".to_owned(), theme.style(Role::Dim)),
        (format!(" of {cap}{over}"), theme.style(if spent > cap { Role::Error } else { Role::Strong })),
    ]
}

fn filled(spent: Dollars, cap: Dollars, cells: usize) -> usize {
    if spent >= cap {
        return cells;
    }
    let share = u128::from(spent.0) * cells as u128;
    (share.div_ceil(u128::from(cap.0)) as usize).min(cells - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_empty_only_where_nothing_was_spent_and_full_only_where_the_cap_is_reached() {
        let of = |spent, cap| filled(Dollars(spent), Dollars(cap), 10);
        assert_eq!([of(0, 100), of(1, 100), of(10, 100), of(11, 100)], [0, 1, 1, 2]);
        assert_eq!([of(99, 100), of(100, 100), of(500, 100)], [9, 10, 10]);
        assert_eq!([of(0, 0), of(u64::MAX - 1, u64::MAX)], [10, 9]);
    }
}
