//! The lists of an experiment that lead to single trials: those that members were divided in, and those that came to nothing.
//! And what all lists have in common.

use super::super::canvas::{self, Row};
use super::super::theme::{Role, Theme};
use crate::agreement::position::position;
use crate::app::experiment::{Board, Scene};
use crate::core::clean;
use crate::experiment::words::thousands;
use crate::experiment::{Facts, Key};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::ops::Range;

/// The widest the columns of a question's id, a treatment's name, and what is right get.
const ID: u16 = 16;
const TREATMENT: u16 = 22;
const RIGHT: u16 = 14;

/// A list's title with how many there are. Gives the area below.
pub(super) fn title(
    buffer: &mut Buffer,
    area: Rect,
    (words, count): (&str, u64),
    theme: &Theme,
    focus: bool,
) -> Rect {
    let role = if focus { Role::Title } else { Role::Dim };
    let count = if count == 0 { "none".to_owned() } else { thousands(count) };
    let left = vec![(format!(" {words}"), theme.style(role)), (format!(" {count} "), theme.style(Role::Dim))];
    let (right, below, tag) = (Row::new(), Row::new(), Row::new());
    canvas::Frame { left, right, below, tag, focus, theme }.rule(buffer, area)
}

/// What is in view of a list, so that the chosen row is.
pub(super) fn window(chosen: usize, count: usize, height: u16) -> Range<usize> {
    let height = usize::from(height);
    let top = chosen.saturating_sub(height / 2).min(count.saturating_sub(height));
    top..(top + height).min(count)
}

/// What stands before a row.
pub(super) fn pointer(chosen: bool, focus: bool, theme: &Theme) -> (String, Style) {
    let role = if focus { Role::Accent } else { Role::Dim };
    (if chosen { "> " } else { "  " }.to_owned(), theme.style(role))
}

/// The columns before what was said or what went wrong.
struct Columns {
    id: u16,
    treatment: u16,
    right: u16,
}

impl Columns {
    fn of<'a>(
        scene: &Scene<'_>,
        keys: &(impl Iterator<Item = &'a Key> + Clone),
        width: u16,
        right: bool,
    ) -> Self {
        let most = |of: &dyn Fn(&Key) -> u16, heading: u16, most: u16| {
            keys.clone().map(of).max().unwrap_or(0).clamp(heading, most)
        };
        let id = most(&|key| canvas::width(&id(scene, *key)), 8, ID);
        let treatment = most(&|key| canvas::width(&treatment(scene, *key)), 9, TREATMENT);
        let answer = most(&|key| canvas::width(&answer(scene, *key).unwrap_or_default()), 5, RIGHT);
        let known = right && keys.clone().any(|key| answer_known(scene, *key));
        let right = if known && width >= 30 { answer } else { 0 };
        let several = scene.design.treatments.len() > 1 && width >= 60;
        Self { id, treatment: if several { treatment } else { 0 }, right }
    }

    fn row(&self, cells: [&str; 3], style: Style) -> Row {
        let wides = [self.id, self.treatment, self.right];
        let there = cells.into_iter().zip(wides).filter(|(_, wide)| *wide > 0);
        there.map(|(text, wide)| (format!("{}  ", canvas::pad(text, wide)), style)).collect()
    }
}

/// A question's id, with how often it was put before where that differs.
pub(super) fn id(scene: &Scene<'_>, key: Key) -> String {
    let id = scene.design.items.get(key.item).map(|item| clean::line(&item.id)).unwrap_or_default();
    if scene.design.repeats > 1 { format!("{id} #{}", key.repeat + 1) } else { id }
}

/// A treatment's name.
pub(super) fn treatment(scene: &Scene<'_>, key: Key) -> String {
    scene.design.treatments.get(key.treatment).map(|it| clean::line(&it.name)).unwrap_or_default()
}

/// What is right, in a word or a number where it comes to one.
fn answer(scene: &Scene<'_>, key: Key) -> Option<String> {
    let text = scene.design.items.get(key.item)?.answer.as_deref()?;
    let found = position(text);
    Some(clean::line(if found.stated() { &found.value } else { text }))
}

fn answer_known(scene: &Scene<'_>, key: Key) -> bool {
    scene.design.items.get(key.item).is_some_and(|item| item.answer.is_some())
}

/// Trials that members were divided in.
pub(super) fn divided(
    buffer: &mut Buffer,
    area: Rect,
    scene: &Scene<'_>,
    board: &Board,
    theme: &Theme,
    focus: bool,
) {
    let progress = scene.progress;
    let all: Vec<&Facts> = progress.divided.iter().filter_map(|place| progress.facts.get(*place)).collect();
    let inside = title(buffer, area, ("Disagreements to look into", all.len() as u64), theme, focus);
    let columns = Columns::of(scene, &all.iter().map(|facts| &facts.key), inside.width, true);
    let heads = ["question", "treatment", "right"];
    let list = head(buffer, inside, &columns, (heads, "members said"), all.len(), theme);
    let chosen = board.divided_row(progress);
    for (y, at) in (list.y..).zip(window(chosen, all.len(), list.height)) {
        let facts = all[at];
        let right = answer(scene, facts.key).unwrap_or_default();
        let cells = [id(scene, facts.key), treatment(scene, facts.key), right];
        let mut row = chosen_row(&columns, &cells, at == chosen, focus, theme);
        for (nth, (place, by)) in facts.votes().into_iter().enumerate() {
            let said = &facts.said[place];
            let value = clean::line(&said.value);
            let times = theme.sign("×", "x");
            if nth > 0 {
                row.push((", ".to_owned(), theme.style(Role::Dim)));
            }
            let text = if by > 1 { format!("{value} {times}{by}") } else { value };
            let right = said.right == Some(true);
            row.push((text, if right { theme.style(Role::Good) } else { Style::default() }));
        }
        canvas::put_row(buffer, Rect { y, height: 1, ..list }, &row);
    }
}

/// Trials that came to nothing.
pub(super) fn faults(
    buffer: &mut Buffer,
    area: Rect,
    scene: &Scene<'_>,
    board: &Board,
    theme: &Theme,
    focus: bool,
) {
    let progress = scene.progress;
    let inside = title(buffer, area, ("Faults", progress.faulted), theme, focus);
    let columns = Columns::of(scene, &progress.faults.iter().map(|(key, _)| key), inside.width, false);
    let heads = ["question", "treatment", ""];
    let list =
        head(buffer, inside, &columns, (heads, "why it came to nothing"), progress.faults.len(), theme);
    let chosen = board.fault_row(progress);
    for (y, at) in (list.y..).zip(window(chosen, progress.faults.len(), list.height)) {
        let (key, why) = &progress.faults[at];
        let cells = [id(scene, *key), treatment(scene, *key), String::new()];
        let mut row = chosen_row(&columns, &cells, at == chosen, focus, theme);
        row.push((clean::line(why), theme.style(Role::Error)));
        canvas::put_row(buffer, Rect { y, height: 1, ..list }, &row);
    }
}

/// The headings, where there is room for them and for two rows. Gives the area below.
fn head(
    buffer: &mut Buffer,
    area: Rect,
    columns: &Columns,
    (cells, last): ([&str; 3], &str),
    count: usize,
    theme: &Theme,
) -> Rect {
    if area.height < 3 || count == 0 {
        return area;
    }
    let dim = theme.style(Role::Dim);
    let mut row = vec![("  ".to_owned(), dim)];
    row.extend(columns.row(cells, dim));
    row.push((last.to_owned(), dim));
    canvas::put_row(buffer, Rect { height: 1, ..area }, &row);
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

fn chosen_row(columns: &Columns, cells: &[String; 3], chosen: bool, focus: bool, theme: &Theme) -> Row {
    let mut row = vec![pointer(chosen, focus, theme)];
    let [id, treatment, right] = cells;
    let mut columns = columns.row([id, treatment, right], Style::default());
    if let Some((text, style)) = columns.first_mut().filter(|_| chosen && focus) {
        let bare = text.trim_end().to_owned();
        let free = canvas::width(text) - canvas::width(&bare);
        *style = theme.style(Role::Selected);
        *text = bare;
        columns.insert(1, (" ".repeat(usize::from(free)), Style::default()));
    }
    row.extend(columns);
    row
}
