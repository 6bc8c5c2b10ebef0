//! What lies over the lists of an experiment: details, help, and questions that must be answered.

use super::super::canvas::{self, Row};
use super::super::theme::{Role, Theme};
use super::detail;
use crate::app::experiment::{Board, KEYS, Over, Scene};
use crate::core::clean;
use crate::experiment::words::many;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// Where something came to rest, and where the cursor goes.
#[derive(Default)]
pub(super) struct Rest {
    pub scroll: Option<usize>,
    pub cursor: Option<Position>,
}

/// Draws what lies over the lists, if anything does.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>, board: &Board, theme: &Theme) -> Rest {
    let Some(over) = &board.over else { return Rest::default() };
    let inner = |widest: u16| area.width.min(widest).saturating_sub(4);
    match over {
        Over::Detail(about, scroll) => {
            let (title, rows) = detail::of(scene, *about, inner(110), theme);
            let scroll = sheet(buffer, area, (&title, 110), &rows, *scroll, theme).1;
            Rest { scroll: Some(scroll), cursor: None }
        }
        Over::Help(scroll) => {
            let rows = help(inner(100), theme);
            let scroll = sheet(buffer, area, ("Help: an experiment that runs", 100), &rows, *scroll, theme).1;
            Rest { scroll: Some(scroll), cursor: None }
        }
        Over::Cut(treatment) => {
            let rows = cut(scene, *treatment, inner(76), theme);
            sheet(buffer, area, ("Cut it?", 76), &rows, 0, theme);
            Rest::default()
        }
        Over::Stop => {
            let words = [
                match scene.progress.running {
                    0 => "No trial runs.".to_owned(),
                    running => {
                        let trials = many(running as u64, "trial");
                        format!("{trials} that run now are given up, and may have cost something.")
                    }
                },
                "All that is done is kept: the same command goes on with the rest.".to_owned(),
            ];
            let mut rows = paragraphs(&words, inner(70));
            rows.push(Row::new());
            rows.push(answers(&[("y", "stop"), ("n", "go on"), ("q again", "stop")], theme));
            sheet(buffer, area, ("Stop?", 70), &rows, 0, theme);
            Rest::default()
        }
        Over::Budget(line, fault) => {
            let label = "budget: ";
            let mut rows = vec![vec![
                (label.to_owned(), theme.style(Role::Dim)),
                (line.text().to_owned(), theme.style(Role::Strong)),
            ]];
            rows.push(Row::new());
            let (words, style) = match fault {
                Some(fault) => (fault.clone(), theme.style(Role::Error)),
                None => (now(scene), Style::default()),
            };
            rows.extend(canvas::wrapped(&words, inner(70)).into_iter().map(|line| vec![(line, style)]));
            let inside = sheet(buffer, area, ("What may it cost in all?", 70), &rows, 0, theme).0;
            let x = canvas::width(label) + canvas::width(&line.before());
            let x = inside.x + x.min(inside.width.saturating_sub(1));
            let cursor = (inside.height > 0 && inside.width > 0).then_some(Position { x, y: inside.y });
            Rest { scroll: None, cursor }
        }
    }
}

/// Draws rows in a frame in the middle. Gives the area inside, and where the view came to rest.
fn sheet(
    buffer: &mut Buffer,
    area: Rect,
    (title, widest): (&str, u16),
    rows: &[Row],
    scroll: usize,
    theme: &Theme,
) -> (Rect, usize) {
    let width = area.width.min(widest);
    let most = area.height.saturating_sub(1);
    let height = (rows.len().min(1000) as u16 + 2).min(most);
    let x = area.x + (area.width - width) / 2;
    let place = Rect { x, y: area.y + (most - height) / 2, width, height };
    canvas::clear(buffer, place);
    let left = vec![(format!(" {title} "), theme.style(Role::Title))];
    let (right, below, tag) = (Row::new(), Row::new(), Row::new());
    let inside = canvas::Frame { left, right, below, tag, focus: true, theme }.draw(buffer, place);
    let inside = Rect { x: inside.x + inside.width.min(1), width: inside.width.saturating_sub(2), ..inside };
    (inside, canvas::scrolled(buffer, inside, rows, scroll, theme))
}

fn paragraphs(words: &[String], width: u16) -> Vec<Row> {
    let lines = words.iter().flat_map(|text| canvas::wrapped(text, width));
    lines.map(|line| vec![(line, Style::default())]).collect()
}

fn answers(keys: &[(&str, &str)], theme: &Theme) -> Row {
    let one = |(key, word): &(&str, &str)| {
        [((*key).to_owned(), theme.style(Role::Key)), (format!(" {word}   "), theme.style(Role::Dim))]
    };
    keys.iter().flat_map(one).collect()
}

/// What is to be known before a treatment is cut: which arms fall with it.
fn cut(scene: &Scene<'_>, treatment: usize, width: u16, theme: &Theme) -> Vec<Row> {
    let design = scene.design;
    let names: Vec<String> = design.arms_of(treatment).map(|(_, arm)| clean::line(&arm.name)).collect();
    let left = many(scene.progress.waiting(treatment), "trial");
    let mut words = Vec::new();
    if let [name] = names.as_slice() {
        words.push(format!("Nobody is asked for {name} any more: {left} left out, for good."));
    } else {
        let (count, names) = (names.len(), names.join(", "));
        words.push(format!("{count} arms are read from the same trials, and all of them end here: {names}."));
        words.push(format!("Nobody is asked for them any more: {left} left out, for good."));
    }
    words.push("What is done stays and counts; trials that run go on to their ends.".to_owned());
    let mut rows = paragraphs(&words, width);
    rows.push(Row::new());
    rows.push(answers(&[("y", "cut"), ("n", "leave it")], theme));
    rows
}

/// How money stands.
fn now(scene: &Scene<'_>) -> String {
    let progress = scene.progress;
    let budget = progress.budget.map_or("no budget".to_owned(), |budget| format!("the budget is {budget}"));
    format!(
        "A sum such as $2.50, or none. Now {budget}; {} is spent, {} is held for what runs.",
        progress.spent, progress.held
    )
}

fn help(width: u16, theme: &Theme) -> Vec<Row> {
    let wide = KEYS.iter().map(|(keys, _)| canvas::width(keys)).max().unwrap_or(0) + 2;
    let mut rows = Vec::new();
    for (keys, words) in KEYS {
        for (at, line) in canvas::wrapped(words, width.saturating_sub(wide)).into_iter().enumerate() {
            let keys = canvas::pad(if at == 0 { keys } else { "" }, wide);
            rows.push(vec![(keys, theme.style(Role::Key)), (line, Style::default())]);
        }
    }
    rows.push(Row::new());
    let [low, found, high] = [theme.sign("█", "#"), theme.sign("▓", "="), theme.sign("░", "-")];
    let told = [
        format!(
            "Accuracy is the share of right answers. Its bar is {low} up to the low end of the 95 % interval (Wilson), \
             {found} up to what was found, {high} up to the high end."
        ),
        "agree: the share of members behind an arm's answer. cost and time: of a question, on average."
            .to_owned(),
        "Disagreements: trials in which no answer has more than half of the members behind it, newest first."
            .to_owned(),
        "Faults: trials that came to nothing by no fault of the question; the same command does them again."
            .to_owned(),
    ];
    rows.extend(paragraphs(&told, width));
    rows
}
