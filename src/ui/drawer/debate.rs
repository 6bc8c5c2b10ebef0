//! The debate as rows: who stood where after each round, and for the turn that is chosen its text beside what changed in
//! it since the member's text before.

use super::{Memory, Sheet, View, fault, hindrance, paragraph, pointer, text_row, thinking};
use crate::agreement::debate_result::{self, CameTo, End};
use crate::agreement::difference::{Fate, difference};
use crate::agreement::outcome::{self, Standing};
use crate::agreement::{Change, Position};
use crate::app::App;
use crate::app::drawer::Drawer;
use crate::core::protocols::MOST_ROUNDS;
use crate::core::{Ask, Call, Grade, Run, RunId, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::{Role, Theme};
use crate::ui::{claims, pane, state};
use ratatui::style::Style;
use std::ops::Range;

/// The widest a name gets.
const NAME: u16 = 12;
/// The narrowest a round gets.
const ROUND: u16 = 13;
/// From this width on a turn and its difference stand side by side.
const BESIDE: u16 = 92;

pub(super) fn sheet(
    app: &App,
    run: &Run,
    theme: &Theme,
    memory: &mut Memory,
    open: Drawer,
    width: u16,
) -> Sheet<'static> {
    if let Some(sheet) = hindrance(run, Ask::Critique, theme, width) {
        return sheet;
    }
    let rounds = rounds(run, memory);
    let (row, column) = (app.drawer_row(open), app.drawer_column(open));
    let came_to = came_to(run, memory);
    let table = Table { app, theme, rounds: &rounds, row, column, width };
    let mut sheet = Sheet { title: title(run, &rounds, column, theme, width), ..Sheet::default() };
    table.draw(&mut sheet);
    for word in run.words.iter().filter(|word| word.before.is_none()) {
        let to = word.to.as_ref().map_or("all".to_owned(), |to| clean::line(&to.0));
        let text = format!("  your word to {to}, before the next round: {}", clean::line(&word.text));
        sheet.head.push(text_row(canvas::fit(&text, width), theme.style(Role::Accent)));
    }
    if let Some(came_to) = &came_to {
        table.came_to(&mut sheet, run, came_to);
    }
    sheet.head_chosen = Some(1 + row);
    let chosen = rounds.get(column).and_then(|round| Some((round, round.turn(row)?)));
    if let Some((round, turn)) = chosen {
        let before = column.checked_sub(1).and(turn.call.own).and_then(|own| run.calls.get(&own));
        let whole = turn.call.ended() && !turn.call.text.trim().is_empty();
        let before = before.filter(|_| whole);
        sheet.head.push(heading(theme, round, turn, before.is_some(), &rounds, column, width));
        body(&mut sheet.rows, app, theme, memory, turn.call, before, width);
        sheet.view = if turn.call.ended() { View::Top } else { View::End };
    } else {
        let name = app.name(row).map(|name| clean::line(&name.0)).unwrap_or_default();
        let text = format!("{name} did not speak in this round");
        sheet.rows.push(text_row(text, theme.style(Role::Dim)));
    }
    sheet
}

/// One round with what its turns come to.
struct Round<'a> {
    number: u16,
    turns: Vec<Turn<'a>>,
}

struct Turn<'a> {
    call: &'a Call,
    /// `None` while it is not over.
    standing: Option<Standing>,
    /// What the person said of it.
    grade: Option<Grade>,
}

impl Round<'_> {
    fn turn(&self, seat: usize) -> Option<&Turn<'_>> {
        self.turns.iter().find(|turn| usize::from(turn.call.id.slot) == seat)
    }

    fn name(&self) -> String {
        if self.number == 0 { "first answers".to_owned() } else { format!("round {}", self.number) }
    }
}

fn rounds<'a>(run: &'a Run, memory: &mut Memory) -> Vec<Round<'a>> {
    // Where a first answer stands may become clear by what is said later.
    let ended = run.calls.values().filter(|call| call.id.round > 0 && call.ended()).count();
    let mut turn = |call: &'a Call| {
        let mut known = || {
            memory.standings.entry((call.id, ended)).or_insert_with(|| outcome::standing(run, call)).clone()
        };
        let grade = run.grades.get(call.id).map(|graded| graded.grade);
        Turn { call, standing: call.ended().then(&mut known), grade }
    };
    let mut round = |(number, calls): (u16, Vec<&'a Call>)| Round {
        number,
        turns: calls.into_iter().map(&mut turn).collect(),
    };
    outcome::turns(run).into_iter().map(&mut round).collect()
}

/// The run, how many calls ended, the rounds and whether they were stopped, who left, and how often answers were graded.
pub(super) type Depends = (RunId, usize, u16, bool, usize, usize);

/// What the debates came to; worked out anew only where something happened to it.
fn came_to(run: &Run, memory: &mut Memory) -> Option<CameTo> {
    let ended = run.calls.values().filter(|call| call.ended()).count();
    let state = run.last_stage(Ask::Critique)?;
    let now = (run.id, ended, *state.stage.rounds().end(), state.stopped, run.left.len(), run.grades.records);
    if memory.came_to.as_ref().is_none_or(|(then, _)| *then != now) {
        memory.came_to = Some((now, debate_result::result(run)));
    }
    memory.came_to.as_ref().and_then(|(_, came_to)| came_to.clone())
}

fn title(run: &Run, rounds: &[Round<'_>], column: usize, theme: &Theme, width: u16) -> Row {
    let dim = theme.style(Role::Dim);
    let held = rounds.len().saturating_sub(1);
    let state = run.last_stage(Ask::Critique);
    let running = state.is_some_and(|state| !run.settled(state.stage.id));
    let full = state.is_some_and(|state| state.rounds_held(run) >= MOST_ROUNDS);
    let so_far = match (running, held) {
        (true, _) => format!("round {held} is on its way "),
        (false, rounds) if full => {
            format!("{rounds} rounds, which is the most ")
        }
        (false, rounds) => {
            let several = run.stages.iter().filter(|state| state.stage.ask == Ask::Critique).count() > 1;
            let in_all = if several { " in all" } else { "" };
            format!("{}{in_all}; d adds one, {MOST_ROUNDS} at most ", canvas::count(rounds, "round"))
        }
    };
    let calls = rounds.get(column).into_iter().flat_map(|round| &round.turns).map(|turn| turn.call);
    let debate = state.and_then(|state| state.stage.debate);
    let mode = debate.map_or("anonymous".to_owned(), |debate| debate.to_string());
    let mut title = vec![(format!("{mode}, "), dim), (so_far, dim)];
    if let Some(words) = outcome::point_of(run, calls) {
        let words = canvas::fit(&claims::tidy(words), (width / 2).max(20));
        title.insert(0, (format!("on: {words} "), theme.style(Role::Accent)));
    }
    title
}

/// Members by rounds.
struct Table<'a> {
    app: &'a App,
    theme: &'a Theme,
    rounds: &'a [Round<'a>],
    row: usize,
    column: usize,
    width: u16,
}

impl Table<'_> {
    fn draw(&self, sheet: &mut Sheet) {
        let dim = self.theme.style(Role::Dim);
        let seats = self.app.panes.len();
        let name = |seat: usize| self.app.name(seat).map(|name| clean::line(&name.0)).unwrap_or_default();
        let names = (0..seats).map(|seat| canvas::width(&name(seat))).max().unwrap_or(0).clamp(5, NAME);
        let before = names + 4;
        let (visible, each) = self.columns(self.width.saturating_sub(before + 4));
        let mut heads = vec![(" ".repeat(usize::from(before)), dim)];
        for at in visible.clone() {
            let role = if at == self.column { Role::Title } else { Role::Dim };
            heads.push((canvas::pad(&self.rounds[at].name(), each), self.theme.style(role)));
        }
        let more = match (visible.start > 0, visible.end < self.rounds.len()) {
            (true, true) => "< >",
            (true, false) => "<",
            (false, true) => ">",
            (false, false) => "",
        };
        heads.push((more.to_owned(), dim));
        sheet.head.push(heads);
        for seat in 0..seats {
            let role = if seat == self.row { Role::Title } else { Role::Strong };
            let mut row = vec![
                pointer(seat == self.row, self.theme),
                (format!(" {}  ", canvas::pad(&name(seat), names)), self.theme.style(role)),
            ];
            for at in visible.clone() {
                row.extend(self.cell(seat, at, each));
            }
            sheet.head.push(row);
        }
        let mut splits = vec![(canvas::pad("  split", before), dim)];
        for at in visible {
            splits.push((canvas::pad(&split(&self.rounds[at], each.saturating_sub(2)), each), dim));
        }
        sheet.head.push(splits);
        let legends = [
            "* changed   *! moved to the majority, no reason given   = kept   - no clear position",
            "* changed  *! to the majority, no reason  = kept  - no clear position",
            "* changed  *! no reason  = kept  - unclear",
        ];
        sheet.foot.push(text_row(canvas::longest(&legends, self.width), dim));
    }

    /// The vote of the first answers beside that of the last, what ended it, and where it goes nowhere.
    fn came_to(&self, sheet: &mut Sheet, run: &Run, result: &CameTo) {
        let (dim, warning) = (self.theme.style(Role::Dim), self.theme.style(Role::Warning));
        let ended = result.end.words().filter(|_| matches!(result.end, End::Rule(_)));
        let (long, short) = (result.line(), result.short_line());
        let fits = canvas::width(&long) + 2 <= self.width;
        let mut line = vec![(format!("  {}", if fits { long } else { short }), dim)];
        line.extend(ended.map(|words| (format!("   ended: {words}"), self.theme.style(Role::Accent))));
        line.extend(result.pattern_line(run).map(|words| (format!("   {words}"), warning)));
        line.extend(
            result.graded.map(|moves| (format!("   {}", moves.words()), self.theme.style(Role::Accent))),
        );
        line.extend(result.points_line().map(|words| (format!("   {words}"), dim)));
        // On its own rows where it is too long for one.
        let wide: u16 = line.iter().map(|(text, _)| canvas::width(text)).sum();
        if wide <= self.width {
            sheet.head.push(line);
            return;
        }
        for (text, style) in line {
            let text = format!("  {}", text.trim());
            sheet.head.push(text_row(canvas::fit(&text, self.width), style));
        }
    }

    /// Which rounds are in view, and how wide each is.
    fn columns(&self, space: u16) -> (Range<usize>, u16) {
        let count = self.rounds.len().max(1);
        let visible = usize::from(space / ROUND).clamp(1, count);
        let each = (space / visible as u16).min(26);
        let first = (self.column + 1).saturating_sub(visible);
        (first..(first + visible).min(self.rounds.len()), each)
    }

    fn cell(&self, seat: usize, at: usize, each: u16) -> Row {
        let dim = self.theme.style(Role::Dim);
        let blank = |wide: u16| (" ".repeat(usize::from(wide)), Style::default());
        let Some(turn) = self.rounds[at].turn(seat) else { return vec![blank(each)] };
        let (words, mut style, sign) = match &turn.standing {
            None => {
                (state::word(Some(turn.call), self.app.now).0.to_owned(), self.theme.style(Role::Accent), "")
            }
            Some(_) if turn.call.text.trim().is_empty() => {
                let (word, role) = state::word(Some(turn.call), self.app.now);
                (word.to_owned(), self.theme.style(role), "")
            }
            Some(standing) => {
                let words = shown(&standing.position).unwrap_or_else(|| "-".to_owned());
                let (sign, role) = sign(standing.change);
                (words, role.map(|role| self.theme.style(role)).unwrap_or_default(), sign)
            }
        };
        if seat == self.row && at == self.column {
            style = style.patch(self.theme.style(Role::Selected));
        }
        let signed = if sign.is_empty() { 0 } else { canvas::width(sign) + 1 };
        let words = canvas::fit(&words, each.saturating_sub(2 + signed));
        let used = canvas::width(&words) + signed;
        let mut row = vec![(words, style)];
        if signed > 0 {
            row.push((" ".to_owned(), dim));
            row.push((sign.to_owned(), self.theme.style(Role::Strong)));
        }
        row.push(blank(each.saturating_sub(used)));
        row
    }
}

fn sign(change: Option<Change>) -> (&'static str, Option<Role>) {
    match change {
        Some(Change::Argued | Change::Changed) => ("*", Some(Role::Accent)),
        Some(Change::Caved) => ("*!", Some(Role::Warning)),
        Some(Change::Held) => ("=", None),
        None => ("", None),
    }
}

/// A position in the words of the table; `None` where there is none.
fn shown(position: &Position) -> Option<String> {
    position.stated().then(|| clean::line(&position.value))
}

/// How many stand where after a round: `3x yes, 1x no`, or `3:1` where there is no room for words.
fn split(round: &Round<'_>, width: u16) -> String {
    let mut groups: Vec<(&Position, usize)> = Vec::new();
    let positions =
        round.turns.iter().filter_map(|turn| turn.standing.as_ref()).map(|standing| &standing.position);
    for position in positions.filter(|position| position.stated()) {
        match groups.iter_mut().find(|(known, _)| known.same(position)) {
            Some((_, count)) => *count += 1,
            None => groups.push((position, 1)),
        }
    }
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words = |(position, count): &(&Position, usize)| format!("{count}x {}", clean::line(&position.value));
    let long = groups.iter().map(words).collect::<Vec<_>>().join(", ");
    let counts: Vec<String> = groups.iter().map(|(_, count)| count.to_string()).collect();
    match counts.as_slice() {
        _ if canvas::width(&long) <= width => long,
        [one] => format!("{one} of one mind"),
        _ => counts.join(":"),
    }
}

/// The line above the text of a turn: whose it is, how it moved, and what the signs of the difference mean.
fn heading(
    theme: &Theme,
    round: &Round<'_>,
    turn: &Turn<'_>,
    compared: bool,
    rounds: &[Round<'_>],
    column: usize,
    width: u16,
) -> Row {
    let seat = usize::from(turn.call.id.slot);
    let of = |at: usize| {
        rounds.get(at)?.turn(seat)?.standing.as_ref().and_then(|standing| shown(&standing.position))
    };
    let now = of(column);
    let before = column.checked_sub(1).and_then(of);
    let change = turn.standing.as_ref().and_then(|standing| standing.change);
    let moved = match (before, now) {
        (Some(before), Some(now)) if !matches!(change, None | Some(Change::Held)) => {
            format!("   {before} {} {now}", theme.sign("→", "->"))
        }
        (_, Some(now)) => format!("   {now}"),
        _ => String::new(),
    };
    let (how, role): (&[&'static str], Role) = match change {
        Some(Change::Argued) => {
            (&["argued: takes up a point of a peer, or names an error", "argued"], Role::Accent)
        }
        Some(Change::Caved) => {
            (&["caved (!): moved to the majority, no reason given", "caved (!)", "(!)"], Role::Warning)
        }
        Some(Change::Changed) => (&["changed: neither argued nor to the majority", "changed"], Role::Accent),
        Some(Change::Held) => (&["held"], Role::Dim),
        None => (&[], Role::Dim),
    };
    let legend = if compared { " - gone  + new" } else { "" };
    let width = width.saturating_sub(canvas::width(legend));
    let name = clean::line(&turn.call.member.0);
    let mut words = vec![
        (format!("{name}, {}", round.name()), theme.style(Role::Title)),
        (moved, theme.style(Role::Strong)),
    ];
    words.extend(
        turn.grade.map(|grade| (format!("   {}", grade.word()), theme.style(state::of_grade(grade)))),
    );
    let used: u16 = words.iter().map(|(text, _)| canvas::width(text)).sum();
    let how = canvas::longest(how, width.saturating_sub(used + 8));
    if !how.is_empty() {
        words.push((format!("   {how}"), theme.style(role)));
    }
    let mut row = canvas::section(theme, &words, width);
    row.push((legend.to_owned(), theme.style(Role::Dim)));
    row
}

/// The text of a turn; beside it what changed since the member's text before. Where there is no room for both, the
/// difference alone: all of the text stands in it.
fn body(
    rows: &mut Vec<Row>,
    app: &App,
    theme: &Theme,
    memory: &mut Memory,
    call: &Call,
    before: Option<&Call>,
    width: u16,
) {
    let Some(before) = before else {
        text(rows, app, theme, memory, call, width);
        thinking(rows, call, width, theme);
        fault(rows, call, width, theme);
        return;
    };
    let found = memory.differences.entry((call.id, before.id)).or_insert_with(|| {
        let (old, new) = (clean::prose(&before.text), clean::prose(&call.text));
        difference(&old, &new).into_iter().map(|(fate, text)| (fate, text.to_owned())).collect()
    });
    if width < BESIDE {
        changes(rows, found, theme, width);
        fault(rows, call, width, theme);
        return;
    }
    let left_width = (width - 3) / 2;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    changes(&mut right, found, theme, width - 3 - left_width);
    text(&mut left, app, theme, memory, call, left_width);
    fault(&mut left, call, left_width, theme);
    let line = (format!(" {} ", theme.sign("│", "|")), theme.style(Role::Frame));
    for at in 0..left.len().max(right.len()) {
        let mut row = canvas::pad_row(left.get(at).map_or(&[][..], Row::as_slice), left_width);
        row.push(line.clone());
        row.extend(right.get(at).cloned().unwrap_or_default());
        rows.push(row);
    }
}

fn text(rows: &mut Vec<Row>, app: &App, theme: &Theme, memory: &mut Memory, call: &Call, width: u16) {
    let stream = memory.texts.entry((call.id, call.ended())).or_default();
    let clean = app.texts.get(&call.id).map(clean::CleanText::as_str).unwrap_or_default();
    let lines = stream.lines(clean, call.ended(), width);
    rows.extend(lines.into_iter().map(|line| pane::row(theme, line)));
}

/// Sentences behind their signs.
fn changes(rows: &mut Vec<Row>, found: &[(Fate, String)], theme: &Theme, width: u16) {
    for (fate, sentence) in found {
        let (sign, style) = match fate {
            Fate::Kept => (" ", Style::default()),
            Fate::Gone => ("-", theme.style(Role::Dim)),
            Fate::New => ("+", theme.style(Role::Good)),
        };
        let lines = canvas::wrapped(sentence, width.saturating_sub(2));
        for (at, line) in lines.into_iter().enumerate() {
            // The sign stands before every line, so that it is plain where a sentence ends in another.
            let before = if at == 0 || *fate != Fate::Kept { sign } else { " " };
            rows.push(vec![(format!("{before} "), style), (line, style)]);
        }
    }
    if found.iter().all(|(fate, _)| *fate == Fate::Kept) {
        paragraph(rows, "(word for word the same as before)", width, theme.style(Role::Dim));
    }
}
