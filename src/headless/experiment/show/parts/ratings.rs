//! Members rated against each other.

use super::section;
use crate::experiment::report::{Rating, Report};
use crate::headless::experiment::show::page::{Block, Column, Section, Table};
use crate::headless::experiment::show::plots::{Axis, Bar, Forest, Tone};
use crate::headless::experiment::show::words;

/// Members rated against each other.
pub(super) fn ratings(report: &Report) -> Section {
    let mut section = section("ratings", "Ratings");
    let all = &report.ratings;
    let both = !all.graded.is_empty() && !all.judged.is_empty();
    let lists = [
        ("by grades: who is right beats who is wrong", &all.graded, true),
        ("by what judges preferred", &all.judged, true),
        ("by both together", &all.together, both),
    ];
    for (how, list, _) in lists.into_iter().filter(|(_, list, shown)| *shown && list.len() > 1) {
        section.blocks.push(Block::Forest(forest(how, list)));
        section.table(table(how, list));
    }
    let apart = |list: &[Rating]| list.iter().any(|rating| rating.group > 0);
    if apart(&report.ratings.together) {
        section.para(
            "Some members never met: the list holds groups one after the other, each with a mean of its own, and says nothing of \
             who is stronger across them.",
        );
    }
    if !section.blocks.is_empty() {
        section.para(
            "1000 is the mean of the list; 400 points are odds of ten to one. Intervals take comparisons for independent, which \
             those of one question are not quite, so they are somewhat too narrow.",
        );
    }
    section
}

fn forest(how: &str, list: &[Rating]) -> Forest {
    let row = |it: &Rating| Bar {
        name: it.member.clone(),
        value: it.elo,
        span: Some((it.elo_interval.low, it.elo_interval.high)),
        note: format!("{:.0}", it.elo),
        what: it.what.clone(),
        tone: Tone::Main,
        ..Bar::default()
    };
    Forest {
        title: format!("Members {how}"),
        about: String::new(),
        axis: Axis::numbers(
            "Elo points",
            list.iter().flat_map(|it| [it.elo_interval.low, it.elo_interval.high]),
        ),
        zero: Some(1000.0),
        rows: list.iter().map(row).collect(),
    }
}

fn table(how: &str, list: &[Rating]) -> Table {
    let columns = vec![
        Column::left("member"),
        Column::right("Elo"),
        Column::right("95 %"),
        Column::right("won"),
        Column::right("lost"),
        Column::right("log-strength"),
    ];
    let mut table = Table::new(format!("Ratings {how} (Bradley and Terry)."), columns);
    for it in list {
        table.row(
            &it.what,
            vec![
                it.member.as_str().into(),
                format!("{:.0}", it.elo).into(),
                format!("{:.0}–{:.0}", it.elo_interval.low, it.elo_interval.high).into(),
                words::count(it.won).into(),
                words::count(it.lost).into(),
                words::signed(it.strength, 2).into(),
            ],
        );
    }
    table
}
