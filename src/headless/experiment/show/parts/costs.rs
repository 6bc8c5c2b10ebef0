//! What arms cost, in money, calls, tokens and time, and what that buys.

use super::{arm, letter, section, titled};
use crate::experiment::report::{ArmFigures, Point, Report};
use crate::headless::experiment::show::page::{Block, Cell, Column, Section, Table};
use crate::headless::experiment::show::plots::{Axis, Chart, Line, Mark, Tone};
use crate::headless::experiment::show::words::{self, NOTHING, or_nothing};

/// What arms cost, and what that buys.
pub(super) fn costs(report: &Report) -> Section {
    let mut section = section("costs", "Cost and time");
    if report.total.done == 0 {
        return section;
    }
    let paid = report.arms.iter().any(|arm| arm.costs.total_usd > 0.0);
    let unpriced = report.arms.iter().any(|arm| arm.costs.unpriced > 0);
    if paid && report.frontier.len() > 1 {
        section.charts(vec![frontier(report)]);
    } else if !paid {
        section.para(if unpriced {
            "Nobody knows the price of what was called, so cost is not plotted against right answers."
        } else {
            "Nothing was paid, so cost is not plotted against right answers."
        });
    }
    if unpriced && paid {
        section.para("≥: some calls have no known price; what they cost is left out of the sum, and their arm of the frontier.");
    }
    section.blocks.push(Block::Table(table(report, paid || unpriced).dense()));
    section.table(slowest(report));
    section
}

fn frontier(report: &Report) -> Chart {
    let points = &report.frontier;
    let mark = |point: &Point| {
        let control = arm(report, &point.arm).is_some_and(|arm| arm.control.is_some());
        let on = if point.on_frontier { ", on the frontier" } else { "" };
        let at_least = if point.priced { "" } else { "≥" };
        Mark {
            x: point.mean_usd,
            y: point.accuracy,
            span: Some((point.wilson.low, point.wilson.high)),
            letter: letter(report, &point.arm),
            name: point.arm.clone(),
            note: format!(
                "{} for {at_least}{}{on}",
                words::percent(point.accuracy),
                words::money(point.mean_usd)
            ),
            what: point.what.clone(),
            tone: if control { Tone::Control } else { Tone::Main },
        }
    };
    let on = points.iter().filter(|point| point.on_frontier);
    Chart {
        title: "What accuracy costs".to_owned(),
        about: "The line joins the arms that none beats at the same price or less: the frontier. It goes by what was \
                measured; intervals overlap where differences are not shown."
            .to_owned(),
        x: Axis::money("cost a question", points.iter().map(|point| point.mean_usd)),
        y: Axis::shares("right answers", points.iter().flat_map(|point| [point.wilson.low, point.wilson.high])),
        lines: vec![Line { points: on.map(|point| (point.mean_usd, point.accuracy)).collect(), faint: false }],
        marks: points.iter().map(mark).collect(),
        ..Chart::default()
    }
}

fn table(report: &Report, priced: bool) -> Table {
    let columns = vec![
        Column::left("arm"),
        Column::right("cost a question"),
        Column::right("cost a right answer"),
        Column::right("all costs"),
        Column::left("frontier"),
        Column::right("calls"),
        Column::right("tokens read"),
        Column::right("tokens written"),
        Column::right("time, median"),
        Column::right("time, 95 %"),
        Column::left("waited for most"),
    ];
    let caption = "Means and quantiles of a trial, of the calls alone that the arm's answer rests on. Arms that read the \
                   same answers share their calls, so that sums don't add up.";
    let mut table = Table::new(caption, columns);
    for arm in &report.arms {
        let costs = &arm.costs;
        let money = |usd: Option<f64>| match usd {
            Some(usd) if priced => words::sum(usd, costs.unpriced),
            _ => NOTHING.to_owned(),
        };
        let on = report.frontier.iter().any(|point| point.arm == arm.name && point.on_frontier);
        let tokens = |mean: Option<f64>| or_nothing(mean.filter(|mean| *mean > 0.0), words::mean);
        table.row(
            &costs.what,
            vec![
                titled(report, &arm.name).into(),
                money(costs.mean_usd).into(),
                money(costs.per_right_usd).into(),
                money((arm.done > 0).then_some(costs.total_usd)).into(),
                if on && priced { "yes" } else { NOTHING }.into(),
                or_nothing(costs.mean_calls, words::mean).into(),
                tokens(costs.mean_input).into(),
                tokens(costs.mean_output).into(),
                or_nothing(arm.latency.median_ms, words::time).into(),
                or_nothing(arm.latency.p95_ms, words::time).into(),
                waited(arm),
            ],
        );
    }
    table
}

/// Who was waited for the most often, where there was a choice.
fn waited(arm: &ArmFigures) -> Cell {
    match &arm.latency.slowest[..] {
        [slow, _, ..] => Cell::of(format!("{}, {} of {}", slow.member, slow.trials, arm.done), &slow.what),
        _ => NOTHING.into(),
    }
}

/// Who was waited for, of each treatment once: arms that read the same calls waited for the same members.
fn slowest(report: &Report) -> Table {
    let columns = vec![
        Column::left("arm"),
        Column::left("member"),
        Column::right("trials"),
        Column::right("median time"),
    ];
    let mut table = Table::new("Who was the slowest, and so was waited for.", columns).long();
    let mut seen: Vec<(&str, Vec<(&str, u64)>)> = Vec::new();
    for arm in report.arms.iter().filter(|arm| arm.latency.slowest.len() > 1) {
        let members = arm.latency.slowest.iter().map(|slow| (slow.member.as_str(), slow.trials)).collect();
        let this = (arm.treatment.as_str(), members);
        if seen.contains(&this) {
            continue;
        }
        seen.push(this);
        for slow in &arm.latency.slowest {
            table.row(
                &slow.what,
                vec![
                    titled(report, &arm.name).into(),
                    slow.member.as_str().into(),
                    words::count(slow.trials).into(),
                    words::time(slow.median_ms).into(),
                ],
            );
        }
    }
    table
}
