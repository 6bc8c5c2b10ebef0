//! What agreement is worth: how right answers are by how many stand behind them, and what all got wrong together.

use super::{letter, quoted, section, titled};
use crate::experiment::report::{Agreed, ArmFigures, Bin, Calibration, Report};
use crate::headless::experiment::show::page::{Cell, Column, Section, Table};
use crate::headless::experiment::show::plots::{Axis, Chart, Line, Mark};
use crate::headless::experiment::show::terminal::typed;
use crate::headless::experiment::show::words::{self, NOTHING, or_nothing};

/// How many charts are drawn at the most; tables hold all.
const CHARTS: usize = 6;

/// Arms whose confidences are the same ones.
struct Group<'a> {
    arms: Vec<&'a ArmFigures>,
    calibration: &'a Calibration,
}

fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut found: Vec<Group<'_>> = Vec::new();
    let like = |one: &Calibration, other: &Calibration| {
        let same = |(one, other): (&Bin, &Bin)| {
            (one.trials, one.n) == (other.trials, other.n)
                && (one.confidence - other.confidence).abs() < 1e-9
                && (one.accuracy - other.accuracy).abs() < 1e-9
        };
        one.bins.len() == other.bins.len() && one.bins.iter().zip(&other.bins).all(same)
    };
    for arm in &report.arms {
        let Some(calibration) = arm.calibration.as_ref().filter(|it| !it.bins.is_empty()) else { continue };
        match found.iter_mut().find(|group| like(group.calibration, calibration)) {
            Some(group) => group.arms.push(arm),
            None => found.push(Group { arms: vec![arm], calibration }),
        }
    }
    found
}

impl Group<'_> {
    /// The letters of its arms, with the name where there is one arm.
    fn title(&self, report: &Report) -> String {
        let letters: Vec<String> = self.arms.iter().map(|arm| letter(report, &arm.name)).collect();
        match self.arms[..] {
            [one] => format!("{} {}", letters.concat(), one.name),
            _ => letters.join(", "),
        }
    }

    /// All names of its arms.
    fn names(&self, report: &Report) -> String {
        self.arms.iter().map(|arm| titled(report, &arm.name)).collect::<Vec<_>>().join(", ")
    }
}

/// How right answers are by how many stand behind them.
pub(super) fn calibration(report: &Report) -> Section {
    let mut section = section("agreement", "Agreement against right answers");
    let groups = groups(report);
    if groups.is_empty() {
        return section;
    }
    section.charts(groups.iter().take(CHARTS).map(|group| chart(report, group)).collect());
    section.table(scores(report, &groups));
    section.table(bins(report, &groups));
    section
}

fn chart(report: &Report, group: &Group<'_>) -> Chart {
    let mark = |bin: &Bin| Mark {
        x: bin.confidence,
        y: bin.accuracy,
        span: Some((bin.wilson.low, bin.wilson.high)),
        note: format!(
            "{} of members behind it: right on {} ({})",
            words::percent(bin.confidence),
            words::percent(bin.accuracy),
            words::many(bin.trials, "trial")
        ),
        what: bin.what.clone(),
        ..Mark::default()
    };
    Chart {
        title: group.names(report),
        about: "Each point is the answers with that share of the members behind them, with Wilson's 95 % interval. On the \
                dotted line agreement would tell just how often an answer is right; below it agreement promises too much."
            .to_owned(),
        x: Axis::all_shares("members behind the answer"),
        y: Axis::all_shares("right"),
        lines: vec![Line { points: vec![(0.0, 0.0), (1.0, 1.0)], faint: true }],
        marks: group.calibration.bins.iter().map(mark).collect(),
        ..Chart::default()
    }
}

fn scores(report: &Report, groups: &[Group<'_>]) -> Table {
    let columns = vec![
        Column::left("arms"),
        Column::right("trials"),
        Column::right("Brier"),
        Column::right("ECE"),
        Column::right("reliability"),
        Column::right("resolution"),
        Column::right("uncertainty").on_paper(),
    ];
    let caption = "The share of members behind an answer, taken for its chance of being right. Brier (0 best) is reliability \
                   (0 best) less resolution (more is better) plus uncertainty; ECE is the mean distance from the dotted line.";
    let mut table = Table::new(caption, columns);
    for group in groups {
        let it = group.calibration;
        let three = |value: Option<f64>| Cell::from(or_nothing(value, |value| format!("{value:.3}")));
        let what = group.arms.first().map_or("", |arm| arm.accuracy.what.as_str());
        table.row(
            what,
            vec![
                group.title(report).into(),
                words::count(it.trials).into(),
                three(it.brier),
                three(it.ece),
                three(it.reliability),
                three(it.resolution),
                three(it.uncertainty),
            ],
        );
    }
    table
}

fn bins(report: &Report, groups: &[Group<'_>]) -> Table {
    let columns = vec![
        Column::left("arms"),
        Column::right("behind it"),
        Column::right("trials"),
        Column::right("questions"),
        Column::right("right"),
        Column::right("95 % Wilson"),
    ];
    let mut table = Table::new("The points of the plots.", columns).long();
    for group in groups {
        for bin in &group.calibration.bins {
            table.row(
                &bin.what,
                vec![
                    group.title(report).into(),
                    words::percent(bin.confidence).into(),
                    words::count(bin.trials).into(),
                    words::count(bin.n).into(),
                    words::percent(bin.accuracy).into(),
                    words::range(bin.wilson).into(),
                ],
            );
        }
    }
    table
}

/// What panels agreed on, and what they got wrong then.
pub(super) fn unanimous(report: &Report, log: &str) -> Section {
    let mut section = section("unanimous", "With one voice");
    let columns = vec![
        Column::left("panel"),
        Column::left("answers"),
        Column::right("all the same"),
        Column::right("of trials"),
        Column::right("then right"),
        Column::right("95 % Wilson"),
        Column::right("then wrong"),
    ];
    let caption = "Trials in which all members that answered, two or more, say the same.";
    let mut table = Table::new(caption, columns);
    let all = || {
        report.unanimous.iter().flat_map(|it| {
            let first = (it.treatment.as_str(), "first", &it.first);
            std::iter::once(first).chain(it.last.as_ref().map(|last| (it.treatment.as_str(), "last", last)))
        })
    };
    for (treatment, when, agreed) in all().filter(|(_, _, agreed)| agreed.share.is_some()) {
        table.row(
            &agreed.trials.what,
            vec![
                treatment.into(),
                when.into(),
                Cell::count(&agreed.trials),
                or_nothing(agreed.share, words::percent).into(),
                Cell::share(&agreed.accuracy),
                or_nothing(agreed.accuracy.wilson, words::range).into(),
                if agreed.accuracy.n > 0 { Cell::count(&agreed.wrong) } else { NOTHING.into() },
            ],
        );
    }
    section.table(table);
    let mut seen: Vec<&Agreed> = Vec::new();
    for (treatment, when, agreed) in all().filter(|(_, _, agreed)| !agreed.examples.is_empty()) {
        let like = |other: &&Agreed| {
            let said = |it: &Agreed| -> Vec<(String, String)> {
                it.examples.iter().map(|it| (it.item.clone(), it.said.clone())).collect()
            };
            said(other) == said(agreed)
        };
        if seen.iter().any(like) {
            continue;
        }
        seen.push(agreed);
        section.table(examples(treatment, when, agreed));
    }
    if !seen.is_empty() {
        section.para(format!(
            "A trial is shown with all that was said by: synod experiment show {} LINE",
            typed(log)
        ));
    }
    section
}

fn examples(treatment: &str, when: &str, agreed: &Agreed) -> Table {
    let columns = vec![
        Column::left("question"),
        Column::flow("all say"),
        Column::right("members"),
        Column::flow("right is"),
        Column::right("line"),
    ];
    let listed = agreed.examples.len() as u64;
    let of = if listed < agreed.wrong.count {
        format!(", {} of {}", words::count(listed), words::count(agreed.wrong.count))
    } else {
        String::new()
    };
    let caption = format!(
        "What {} got wrong with one voice ({when} answers{of}): agreement was no evidence here.",
        quoted(treatment)
    );
    let mut table = Table::new(caption, columns).long();
    for example in &agreed.examples {
        table.row(
            &agreed.wrong.what,
            vec![
                example.item.as_str().into(),
                example.said.as_str().into(),
                example.by.to_string().into(),
                if example.right.is_empty() { NOTHING.into() } else { example.right.as_str().into() },
                example.line.to_string().into(),
            ],
        );
    }
    table
}
