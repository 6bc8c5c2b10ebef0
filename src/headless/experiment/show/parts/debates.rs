//! What debates did, round by round.

use super::{counts, heading, section};
use crate::experiment::report::{Debates, Report, RoundFigures};
use crate::headless::experiment::show::page::{Block, Cell, Column, Section, Table};
use crate::headless::experiment::show::plots::{Axis, Chart, Line, Mark};
use crate::headless::experiment::show::words::{self, or_nothing};

/// What debates did.
pub(super) fn debates(report: &Report) -> Section {
    let mut section = section("debates", "Debates, round by round");
    section.charts(report.debates.iter().filter_map(chart).collect());
    for debates in &report.debates {
        heading(&mut section, report.debates.len() > 1, &debates.treatment);
        section.table(votes(debates));
        section.table(moves(debates));
    }
    if !report.debates.is_empty() {
        section.blocks.push(Block::Para(
            "Round 0 is the first answers, before anybody saw another one. A debate that ended early stands by its last round \
             in all later ones. A member caves when it moves to where most are without an argument."
                .to_owned(),
        ));
    }
    section
}

fn chart(debates: &Debates) -> Option<Chart> {
    let vote = || debates.rounds.iter().filter_map(|round| Some((round.round as f64, round.vote.mean?)));
    let members: Vec<(f64, f64)> =
        debates.rounds.iter().filter_map(|round| Some((round.round as f64, round.members?))).collect();
    vote().next()?;
    let spans = debates.rounds.iter().filter_map(|round| round.vote.wilson);
    let values = spans.flat_map(|span| [span.low, span.high]).chain(members.iter().map(|(_, share)| *share));
    let mark = |round: &RoundFigures| {
        let share = round.vote.mean?;
        Some(Mark {
            x: round.round as f64,
            y: share,
            span: round.vote.wilson.map(|span| (span.low, span.high)),
            note: format!("round {}: the vote is right on {}", round.round, words::percent(share)),
            what: round.vote.what.clone(),
            ..Mark::default()
        })
    };
    Some(Chart {
        title: super::quoted(&debates.treatment),
        about: "The line is the vote after each round, with Wilson's 95 % interval; the dots are the mean share of members \
                that are right."
            .to_owned(),
        x: Axis::counts("round", 0, debates.rounds.last().map_or(1, |round| round.round)),
        y: Axis::shares("right", values),
        band: Vec::new(),
        lines: vec![
            Line { points: vote().collect(), faint: false },
            Line { points: members, faint: true },
        ],
        marks: debates.rounds.iter().filter_map(mark).collect(),
    })
}

fn votes(debates: &Debates) -> Table {
    let columns = vec![
        Column::left("round"),
        Column::right("trials"),
        Column::right("members right"),
        Column::right("vote right"),
        Column::right("95 % Wilson"),
        Column::right("unanimous"),
    ];
    let mut table = Table::new(
        format!(
            "Where the members of “{}” stand after each round, and how many trials came to it. Where \
         answers tie, the vote counts by the share of them that is right.",
            debates.treatment
        ),
        columns,
    );
    for round in &debates.rounds {
        table.row(
            &round.reached.what,
            vec![
                round.round.to_string().into(),
                Cell::count(&round.reached),
                or_nothing(round.members, words::percent).into(),
                Cell::share(&round.vote),
                or_nothing(round.vote.wilson, words::range).into(),
                Cell::share(&round.unanimous),
            ],
        );
    }
    table
}

fn moves(debates: &Debates) -> Table {
    let held = &debates.rounds[debates.rounds.len().min(1)..];
    let (titles, counted) = counts(
        held,
        &[
            ("corrected", |round| &round.corrected),
            ("subverted", |round| &round.subverted),
            ("corrected in it", |round| &round.corrected_here),
            ("subverted in it", |round| &round.subverted_here),
            ("held", |round| &round.held),
            ("argued", |round| &round.argued),
            ("caved", |round| &round.caved),
            ("moved else", |round| &round.changed),
        ],
    );
    let mut columns = vec![Column::left("round")];
    let anything = !titles.is_empty();
    columns.extend(titles);
    columns.push(Column::right("of"));
    let caption = "Who moved: corrected is wrong at first and right now, subverted the other way round (in it: since the round \
                   before). Then the turns of the round, by how positions moved. Members and trials are counted.";
    let mut table = Table::new(caption, columns);
    for round in held.iter().filter(|_| anything) {
        let mut cells: Vec<Cell> = vec![round.round.to_string().into()];
        cells.extend(counted(round));
        cells.push(words::count(round.of).into());
        table.row(&round.reached.what, cells);
    }
    table
}
