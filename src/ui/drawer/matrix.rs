//! Who says what, claim by claim: claims down, members across. Under it how close members are to each other.

use super::{List, Sheet, View, pointer, text_row};
use crate::agreement::pairwise::{Pair, pairwise};
use crate::agreement::{Claim, Mark, ledger};
use crate::app::App;
use crate::app::drawer::Drawer;
use crate::core::{Verdict, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::claims;
use crate::ui::theme::{Role, Theme};
use ratatui::style::Style;
use std::ops::Range;

/// Cells before a claim's words: what is chosen, mark and number, a blank.
const BEFORE: u16 = 5;
/// The narrowest the words of a claim get.
const WORDS: u16 = 18;
/// Lines for pairs that room is made for: a gap, a heading and the pairs of four members.
const PAIRS: usize = 5;
/// The widest a member's column gets.
const COLUMN: u16 = 11;

pub(super) fn sheet<'a>(app: &'a App, theme: &'a Theme, open: Drawer, width: u16) -> Sheet<'a> {
    let dim = theme.style(Role::Dim);
    let claims = &app.agreement.claims;
    if claims.is_empty() {
        let text = if app.working() { "compared as they write" } else { "nothing to compare yet" };
        return Sheet::of(text, dim);
    }
    let shown = || claims.iter().position(|claim| Some(claim.number) == app.selected);
    let chosen = if open.focus { Some(app.drawer_row(open)) } else { shown() };
    let grid = Grid::of(app, theme, width);
    let members = app.panes.len();
    let title = match (grid.seats.start + 1, grid.seats.end) {
        (1, last) if last == members => "who says what, claim by claim ".to_owned(),
        (first, last) if first == last => format!("who says what: member {last} of {members} "),
        (first, last) => format!("who says what: members {first}-{last} of {members} "),
    };
    let mut sheet = Sheet { title: text_row(title, dim), ..Sheet::default() };
    sheet.head.push(grid.heads());
    sheet.head.extend(grid.answers());
    let row = move |at: usize| grid.row(&claims[at], chosen == Some(at));
    sheet.list = Some(List { count: claims.len(), row: Box::new(row) });
    pairs(app, theme, &mut sheet.rows, width);
    // Under many pairs the panes are not to suffer.
    sheet.spare = sheet.rows.len().saturating_sub(PAIRS);
    let last = claims.len() - 1;
    let end = if chosen == Some(last) { sheet.count() } else { chosen.unwrap_or(0) + 1 };
    sheet.view = chosen.map_or(View::Top, |at| View::Chosen(at..end));
    let legends = if app.ends().len() < app.panes.len() {
        [
            "Y says it   . still writes   - says nothing on it   other words: the side it takes",
            "Y says it   . still writes   - says nothing on it",
            "Y says it   . writes   - silent",
        ]
    } else {
        [
            "Y says it   - says nothing on it   other words: the side it takes   3:1 how many on each side",
            "Y says it   - says nothing on it   other words: the side it takes",
            "Y says it   - silent   words: its side",
        ]
    };
    if let Some(by) = chosen.and_then(|at| claims::by(claims.get(at)?)) {
        sheet.foot.push(text_row(canvas::fit(&by, width), dim));
    }
    sheet.foot.push(text_row(canvas::longest(&legends, width), dim));
    sheet
}

/// How the width is divided.
struct Grid<'a> {
    app: &'a App,
    theme: &'a Theme,
    words: u16,
    /// The members in view, by seat.
    seats: Range<usize>,
    /// The width of a member's column, with the blank before it.
    each: u16,
    verdict: u16,
    bars: bool,
}

impl<'a> Grid<'a> {
    fn of(app: &'a App, theme: &'a Theme, width: u16) -> Self {
        let members = app.panes.len();
        let wide = |text: &str| canvas::width(text);
        let names = (0..members).map(|seat| wide(&claims::name(app, seat)));
        let values = app.agreement.claims.iter().flat_map(|claim| &claim.sides).map(|side| wide(&side.value));
        let each = names.chain(values).max().unwrap_or(0).clamp(4, COLUMN) + 1;
        // Of the others, the widest verdict is no wider than the heading.
        let divided = app.agreement.claims.iter().filter(|claim| !claim.sides.is_empty());
        let verdicts = divided.map(|claim| wide(&verdict(claim, members)));
        let verdict = 1 + verdicts.max().unwrap_or(0).max(wide("verdict"));
        let bars = width >= 110;
        let bar = if bars { members as u16 + 1 } else { 0 };
        let space = width.saturating_sub(BEFORE + WORDS + verdict + bar);
        let visible = usize::from(space / each).clamp(1, members.max(1));
        let first = (app.seat + 1).saturating_sub(visible);
        let words = width.saturating_sub(BEFORE + verdict + bar + each * visible as u16);
        Self { app, theme, words, seats: first..(first + visible).min(members), each, verdict, bars }
    }

    fn heads(&self) -> Row {
        let dim = self.theme.style(Role::Dim);
        let claim = format!("{:1$}claim", "", usize::from(BEFORE));
        let mut row = text_row(canvas::pad(&claim, BEFORE + self.words), dim);
        for seat in self.seats.clone() {
            let role = if seat == self.app.seat { Role::Title } else { Role::Dim };
            row.extend(self.centred(&claims::name(self.app, seat), self.theme.style(role)));
        }
        row.push((" verdict".to_owned(), dim));
        row
    }

    /// What each answer comes to: it stands before any claim.
    fn answers(&self) -> Option<Row> {
        let sides = ledger::positions(&self.app.agreement);
        let first = sides.first()?;
        let divided = sides.len() > 1;
        let mark = self.theme.mark(if divided { Mark::Conflict } else { Mark::Agree });
        let sign = if divided { Mark::Conflict } else { Mark::Agree }.symbol();
        let words = canvas::pad("the answer as a whole", self.words);
        let mut row = vec![(format!(" {sign}   "), mark), (words, self.theme.style(Role::Strong))];
        for seat in self.seats.clone() {
            let side = sides.iter().position(|side| side.slots.contains(&seat));
            let role = if side == Some(0) { Role::Strong } else { Role::Conflict };
            let mut style = self.theme.style(role);
            style.add_modifier.remove(ratatui::style::Modifier::UNDERLINED);
            let silent = if self.app.call_in(seat).is_some_and(|call| !call.ended()) { "." } else { "-" };
            let word = side.map_or(silent.to_owned(), |side| clean::line(&sides[side].value));
            let style = if side.is_some() { style } else { self.theme.style(Role::Dim) };
            row.extend(self.centred(&word, style));
        }
        let counts: Vec<String> = sides.iter().map(|side| side.slots.len().to_string()).collect();
        let members = self.app.panes.len();
        let count = if divided { counts.join(":") } else { format!("{}/{members}", first.slots.len()) };
        row.push((canvas::fit(&format!(" {sign} {count}"), self.verdict), mark));
        Some(row)
    }

    /// A word in the middle of a member's column.
    fn centred(&self, word: &str, style: Style) -> Row {
        let word = canvas::fit(word, self.each - 1);
        let free = self.each - canvas::width(&word);
        let left = free.div_ceil(2);
        let blank = |count: u16| (" ".repeat(usize::from(count)), Style::default());
        vec![blank(left), (word, style), blank(free - left)]
    }

    fn row(&self, claim: &Claim, chosen: bool) -> Row {
        let theme = self.theme;
        let mark = theme.mark(claim.mark);
        let mut number = mark;
        if chosen {
            number = number.patch(theme.style(Role::Selected));
        }
        let words = claims::title(self.app, claim);
        let role = if chosen { Role::Strong } else { Role::Emphasis };
        let style = if chosen { theme.style(role) } else { Style::default() };
        let mut row = vec![
            pointer(chosen, theme),
            (format!("{}{:02}", claim.mark.symbol(), claim.number), number),
            (format!(" {}", canvas::pad(&words, self.words)), style),
        ];
        for seat in self.seats.clone() {
            let (word, style) = self.cell(claim, seat);
            let here = chosen && seat == self.app.seat;
            let style = if here { style.patch(theme.style(Role::Selected)) } else { style };
            row.extend(self.centred(&word, style));
        }
        let members = self.app.panes.len();
        let (verdict, style) = match self.app.ledger().on_claim(claim.number).map(|ruling| ruling.verdict) {
            None => (verdict(claim, members), mark),
            Some(Verdict::Wrong) => (format!("{} wrong", claim.mark.symbol()), theme.style(Role::Accent)),
            Some(_) => (format!("{} ruled", claim.mark.symbol()), theme.style(Role::Accent)),
        };
        row.push((canvas::pad(&format!(" {verdict}"), self.verdict), style));
        if self.bars {
            row.push((format!(" {}", claims::bar(theme, claim, members)), theme.style(Role::Dim)));
        }
        row
    }

    fn cell(&self, claim: &Claim, seat: usize) -> (String, Style) {
        let theme = self.theme;
        if let Some(side) = claim.sides.iter().position(|side| side.slots.contains(&seat)) {
            let role = if side == 0 { Role::Strong } else { Role::Conflict };
            let mut style = theme.style(role);
            style.add_modifier.remove(ratatui::style::Modifier::UNDERLINED);
            return (clean::line(&claim.sides[side].value), style);
        }
        if claim.spans.iter().any(|span| span.slot == seat) {
            return ("Y".to_owned(), Style::default());
        }
        let silent = match self.app.call_in(seat) {
            Some(call) if !call.ended() => ".",
            _ if self.app.compared.contains_key(&seat) => "-",
            _ => "",
        };
        (silent.to_owned(), theme.style(Role::Dim))
    }
}

/// A claim's mark with how many stand behind it: `= 4/4`, `! 2:2`.
fn verdict(claim: &Claim, members: usize) -> String {
    let count = if claim.mark == Mark::Conflict && !claim.sides.is_empty() {
        let sides: Vec<String> = claim.sides.iter().map(|side| side.slots.len().to_string()).collect();
        sides.join(":")
    } else {
        format!("{}/{members}", claims::members(claim))
    };
    format!("{} {count}", claim.mark.symbol())
}

/// How close members are to each other, closest first.
fn pairs(app: &App, theme: &Theme, rows: &mut Vec<Row>, width: u16) {
    let seats: Vec<usize> = app.compared.keys().copied().collect();
    let mut pairs: Vec<Pair> = pairwise(&app.agreement, &seats);
    if pairs.is_empty() {
        return;
    }
    pairs.sort_by(|x, y| y.share().unwrap_or(-1.0).total_cmp(&x.share().unwrap_or(-1.0)));
    let words = vec![
        ("in pairs".to_owned(), theme.style(Role::Title)),
        ("  share of the claims both speak to on which they agree".to_owned(), theme.style(Role::Dim)),
    ];
    rows.push(Row::new());
    rows.push(canvas::section(theme, &words, width));
    let entry = |pair: &Pair| {
        let names = format!("{} {}", claims::name(app, pair.a), claims::name(app, pair.b));
        let share = pair.share().map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0));
        (names, format!("{share} of {}", pair.common))
    };
    let entries: Vec<(String, String)> = pairs.iter().map(entry).collect();
    let widest = |part: fn(&(String, String)) -> &str| {
        entries.iter().map(|entry| canvas::width(part(entry))).max().unwrap_or(0)
    };
    let (names, shares) = (widest(|entry| &entry.0).min(26), widest(|entry| &entry.1));
    let each = names + shares + 4;
    let across = usize::from((width / each).max(1));
    let down = entries.len().div_ceil(across);
    for line in 0..down {
        let mut row = Row::new();
        // Read down, then across.
        for (names_of, share) in entries.iter().skip(line).step_by(down) {
            row.push((format!(" {} ", canvas::pad(names_of, names)), theme.style(Role::Dim)));
            row.push((format!("{share:>0$}", usize::from(shares)), Style::default()));
            row.push(("  ".to_owned(), Style::default()));
        }
        rows.push(row);
    }
}
