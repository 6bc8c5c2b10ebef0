//! Who sat in the panels: how right each member is alone, what one more adds, who never mattered, how alike errors are.

use super::{counts, heading, quoted, section};
use crate::experiment::report::{Count, MemberFigures, Panel, Report, Step, Without};
use crate::headless::experiment::show::page::{Block, Cell, Column, Section, Table};
use crate::headless::experiment::show::plots::{Axis, Chart, Line, Mark};
use crate::headless::experiment::show::words::{self, or_nothing};

/// Who sat in the panels.
pub(super) fn members(report: &Report) -> Section {
    let mut section = section("members", "Members");
    section.charts(report.panels.iter().filter(|panel| panel.curve.len() > 1).map(curve).collect());
    for panel in report.panels.iter().filter(|panel| panel.members.iter().any(|it| it.asked.count > 0)) {
        heading(&mut section, report.panels.len() > 1, &panel.treatment);
        if let Some(text) = said(panel) {
            section.blocks.push(Block::Para(text));
        }
        section.table(alone(panel));
        section.table(without(panel));
        diversity(&mut section, panel);
    }
    section
}

/// What is to be read of a panel, in a few sentences.
fn said(panel: &Panel) -> Option<String> {
    let mut said = Vec::new();
    if let (Some(first), Some(last)) = (panel.curve.first(), panel.curve.last().filter(|last| last.size > 1))
    {
        let added = or_nothing(last.added, words::points);
        said.push(format!(
            "One member is right on {}, the vote of all {} on {}; the last member adds {added} points.",
            words::percent(first.mean),
            last.size,
            words::percent(last.mean),
        ));
    }
    let never: Vec<String> =
        panel.without.iter().filter(|it| it.never_mattered).map(|it| quoted(&it.member)).collect();
    match never.len() {
        0 => {}
        1 => {
            said.push(format!(
                "{} never mattered: the vote is the same without it in every trial.",
                never[0]
            ));
        }
        _ => said.push(format!(
            "{} never mattered: the vote is the same without any one of them in every trial.",
            words::list(&never)
        )),
    }
    (!said.is_empty()).then(|| said.join(" "))
}

fn curve(panel: &Panel) -> Chart {
    let steps = &panel.curve;
    let mark = |step: &Step| Mark {
        x: step.size as f64,
        y: step.mean,
        note: format!(
            "{}: right on {} in the mean of {} ({} to {})",
            words::many(step.size, "member"),
            words::percent(step.mean),
            words::many(step.panels, "panel"),
            words::percent(step.least),
            words::percent(step.most)
        ),
        what: step.what.clone(),
        ..Mark::default()
    };
    let drawn = panel.sampled.map(|panels| format!(" (up to {panels} of a size, drawn)")).unwrap_or_default();
    Chart {
        title: format!("{}: what one more member adds", quoted(&panel.treatment)),
        about: format!(
            "The vote of panels of each size, over all choices of members{drawn}: the mean, and between the dots the worst and \
             the best. Where the line is flat, one more member is paid for nothing."
        ),
        x: Axis::counts("members", 1, steps.len()),
        y: Axis::shares("right", steps.iter().flat_map(|step| [step.least, step.most])),
        band: steps.iter().map(|step| (step.size as f64, step.least, step.most)).collect(),
        lines: vec![Line {
            points: steps.iter().map(|step| (step.size as f64, step.mean)).collect(),
            faint: false,
        }],
        marks: steps.iter().map(mark).collect(),
    }
}

fn alone(panel: &Panel) -> Table {
    let mut columns = vec![
        Column::left("member"),
        Column::right("right"),
        Column::right("95 % Wilson"),
        Column::right("asked"),
    ];
    let (titles, counted) =
        counts(&panel.members, &[("no answer", |it| &it.silent), ("right alone", |it| &it.alone)]);
    columns.extend(titles);
    columns.extend([
        Column::right("cost a question"),
        Column::right("time, median"),
        Column::right("time, 95 %"),
        Column::left("model").on_paper(),
    ]);
    let alone = panel.members.iter().any(|it| it.alone.count > 0);
    let alone = if alone { " “right alone” counts trials in which nobody else was right." } else { "" };
    let caption = format!("First answers, before anybody saw another one.{alone}");
    let mut table = Table::new(caption, columns);
    let priced = panel.members.iter().any(|it| it.mean_usd.is_some_and(|usd| usd > 0.0) || it.unpriced > 0);
    let row = |it: &MemberFigures| {
        let mut cells: Vec<Cell> = vec![
            it.member.as_str().into(),
            Cell::share(&it.accuracy),
            or_nothing(it.accuracy.wilson, words::range).into(),
            Cell::count(&it.asked),
        ];
        cells.extend(counted(it));
        cells.extend([
            Cell::from(or_nothing(it.mean_usd.filter(|_| priced), |usd| words::sum(usd, it.unpriced))),
            or_nothing(it.median_ms, words::time).into(),
            or_nothing(it.p95_ms, words::time).into(),
            it.model.as_str().into(),
        ]);
        cells
    };
    for it in &panel.members {
        table.row(&it.accuracy.what, row(it));
    }
    table
}

fn without(panel: &Panel) -> Table {
    let columns = vec![
        Column::left("without"),
        Column::right("points"),
        Column::right("vote changes"),
        Column::right("member helps"),
        Column::right("member hurts"),
        Column::left("here it"),
    ];
    let caption = "The vote of the first answers without one member: what the panel loses (−) or gains (+), and in how many \
                   trials.";
    let mut table = Table::new(caption, columns);
    let row = |it: &Without| {
        let graded =
            |count: &Count| if it.difference.is_some() { Cell::count(count) } else { words::NOTHING.into() };
        vec![
            it.member.as_str().into(),
            or_nothing(it.difference, words::points).into(),
            Cell::count(&it.changes),
            graded(&it.helps),
            graded(&it.hurts),
            match it.difference {
                _ if it.never_mattered => "never mattered",
                Some(by) if by < -1e-9 => "helps",
                Some(by) if by > 1e-9 => "hurts",
                Some(_) => "changes nothing on the whole",
                None => words::NOTHING,
            }
            .into(),
        ]
    };
    for it in &panel.without {
        table.row(&it.changes.what, row(it));
    }
    table
}

fn diversity(section: &mut Section, panel: &Panel) {
    let it = &panel.diversity;
    if let (Some(oracle), Some(phi)) = (it.oracle.mean, it.phi) {
        section.para(format!(
            "Some member is right on {}: a perfect choice among the first answers would come to that. Errors correlate by {}.",
            words::percent(oracle),
            words::signed(phi, 2)
        ));
    }
    let columns = vec![
        Column::left("one"),
        Column::left("other"),
        Column::right("trials").on_paper(),
        Column::right("phi"),
        Column::right("Q"),
        Column::right("one right"),
        Column::right("both wrong"),
        Column::right("wrong and the same"),
    ];
    let caption = "How alike errors are. phi is the correlation of being right, Q Yule's: 1 always together, 0 independent, −1 never; \
                   shares are of trials.";
    let two = |value: Option<f64>| Cell::from(or_nothing(value, |value| words::signed(value, 2)));
    let share = |value: Option<f64>| Cell::from(or_nothing(value, words::percent));
    let mut table = Table::new(caption, columns).long();
    for pair in it.pairs.iter().filter(|pair| pair.trials > 0) {
        table.row(
            &pair.what,
            vec![
                pair.one.as_str().into(),
                pair.other.as_str().into(),
                words::count(pair.trials).into(),
                two(pair.phi),
                two(pair.q),
                share(pair.disagreement),
                share(pair.double_fault),
                share(pair.same_wrong),
            ],
        );
    }
    if table.rows.len() > 1 {
        let mean = vec![
            "mean of all".into(),
            words::NOTHING.into(),
            words::NOTHING.into(),
            two(it.phi),
            two(it.q),
            share(it.disagreement),
            share(it.double_fault),
            share(it.same_wrong),
        ];
        table
            .rows
            .insert(0, crate::headless::experiment::show::page::Row { cells: mean, what: String::new() });
    }
    section.table(table);
}
