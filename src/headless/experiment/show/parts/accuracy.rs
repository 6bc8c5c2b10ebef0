//! How often each arm is right, and how far apart arms are.

use super::{arm, counts, letter, quoted, section, standing, titled};
use crate::experiment::report::{ArmFigures, Comparison, Report, Verdict};
use crate::headless::experiment::show::page::{Block, Cell, Column, Section, Table};
use crate::headless::experiment::show::plain::{right, width};
use crate::headless::experiment::show::plots::{Axis, Bar, Forest, Tone};
use crate::headless::experiment::show::words::{self, NOTHING, or_nothing};

/// How often each arm is right.
pub(super) fn accuracy(report: &Report) -> Section {
    let mut section = section("accuracy", "Right answers");
    let graded = report.arms.iter().any(|arm| arm.accuracy.n > 0);
    if graded {
        section.blocks.push(Block::Forest(forest(report)));
    } else if report.total.done > 0 {
        section.para("Nothing is graded, so how often arms are right is not known.");
    }
    let (titles, counted) = counts(
        &report.arms,
        &[
            ("right", |arm| &arm.right),
            ("wrong", |arm| &arm.wrong),
            ("no answer", |arm| &arm.silent),
            ("not graded", |arm| &arm.ungraded),
            ("tie, drawn", |arm| &arm.drawn),
            ("failed calls", |arm| &arm.failed),
        ],
    );
    let mut columns = vec![
        Column::left("arm"),
        Column::right("right, %"),
        Column::right("95 % Wilson"),
        Column::right("95 % bootstrap"),
        Column::right("questions"),
    ];
    columns.extend(titles);
    columns.push(Column::flow("how its answer is found"));
    let caption = if graded {
        "Questions with a known answer, each by the mean of its repeats; counts are trials. An arm without an answer is wrong."
    } else {
        "Counts are trials."
    };
    let mut table = Table::new(caption, columns);
    for arm in &report.arms {
        let mut cells: Vec<Cell> = vec![
            titled(report, &arm.name).into(),
            or_nothing(arm.accuracy.mean, |share| format!("{:.1}", share * 100.0)).into(),
            or_nothing(arm.accuracy.wilson, words::range).into(),
            or_nothing(arm.bootstrap, words::range).into(),
            if graded { words::count(arm.accuracy.n).into() } else { NOTHING.into() },
        ];
        cells.extend(counted(arm));
        cells.push(found(report, arm).into());
        table.row(&arm.accuracy.what, cells);
    }
    section.table(table);
    section
}

/// How an arm's answer is found, and why it is there.
fn found(report: &Report, arm: &ArmFigures) -> String {
    let mut said = arm.reading.clone();
    let several = report.arms.iter().any(|other| other.treatment != arm.treatment);
    if several && arm.treatment != arm.name {
        said = format!("{said}; on the answers of {}", quoted(&arm.treatment));
    }
    match standing(arm)[..] {
        [] => said,
        ref standing => format!("{}: {said}", standing.join(", ")),
    }
}

fn forest(report: &Report) -> Forest {
    let spans = report.arms.iter().filter_map(|arm| arm.accuracy.wilson);
    let row = |arm: &ArmFigures| {
        let value = arm.accuracy.mean?;
        let standing = standing(arm).join(", ");
        let standing = if standing.is_empty() { standing } else { format!("  {standing}") };
        Some(Bar {
            letter: letter(report, &arm.name),
            name: arm.name.clone(),
            against: String::new(),
            value,
            span: arm.accuracy.wilson.map(|interval| (interval.low, interval.high)),
            note: format!("{}{standing}", words::percent(value)),
            what: arm.accuracy.what.clone(),
            tone: if arm.control.is_some() { Tone::Control } else { Tone::Main },
        })
    };
    Forest {
        title: "How often each arm is right, with Wilson's 95 % interval".to_owned(),
        about: "The upright line is the baseline. Intervals of arms that overlap don't say that the arms are equal: they \
                answered the same questions, so look at the differences below."
            .to_owned(),
        axis: Axis::shares("right answers", spans.flat_map(|span| [span.low, span.high])),
        zero: arm(report, &report.baseline).and_then(|arm| arm.accuracy.mean),
        rows: report.arms.iter().filter_map(row).collect(),
    }
}

/// A verdict in a word.
fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::NotShown => "not shown",
    }
}

/// How far apart arms are, question by question.
pub(super) fn differences(report: &Report) -> Section {
    let mut section = section("differences", "Differences");
    let known: Vec<&Comparison> = report.comparisons.iter().filter(|it| it.difference.is_some()).collect();
    if known.is_empty() {
        return section;
    }
    let tally = |verdict: Verdict| known.iter().filter(|it| it.verdict == verdict).count();
    section.para(format!(
        "Of {}, {} {} better, {} worse, {} open. Open does not mean equal.",
        words::many(known.len(), "comparison"),
        words::count(tally(Verdict::Better)),
        if tally(Verdict::Better) == 1 { "is" } else { "are" },
        words::count(tally(Verdict::Worse)),
        words::count(tally(Verdict::NotShown)),
    ));
    let spans = known.iter().filter_map(|it| it.bootstrap).flat_map(|span| [span.low, span.high]);
    let axis = Axis::differences("difference", spans);
    let (base, pairs): (Vec<&Comparison>, Vec<&Comparison>) = known.iter().partition(|it| it.baseline);
    let forests = [
        (format!("Each arm less the baseline, {}", quoted(&report.baseline)), base, true),
        ("The other pairs".to_owned(), pairs, false),
    ];
    for (title, rows, base) in forests {
        if !rows.is_empty() {
            let points = |it: &&Comparison| width(&or_nothing(it.difference, words::points));
            let wide = rows.iter().map(points).max().unwrap_or(0);
            let rows = rows.into_iter().map(|it| bar(report, it, base, wide)).collect();
            section.blocks.push(Block::Forest(Forest {
                title,
                axis: axis.clone(),
                zero: Some(0.0),
                rows,
                ..Forest::default()
            }));
        }
    }
    section.table(table(report, &known));
    section
}

fn bar(report: &Report, it: &Comparison, base: bool, wide: usize) -> Bar {
    let own = letter(report, &it.arm);
    Bar {
        letter: if base { own } else { format!("{own}−{}", letter(report, &it.against)) },
        name: it.arm.clone(),
        against: if base { String::new() } else { it.against.clone() },
        value: it.difference.unwrap_or(0.0),
        span: it.bootstrap.map(|span| (span.low, span.high)),
        note: format!("{}  {}", right(&or_nothing(it.difference, words::points), wide), verdict(it.verdict)),
        what: it.what.clone(),
        tone: match it.verdict {
            Verdict::Better => Tone::Better,
            Verdict::Worse => Tone::Worse,
            Verdict::NotShown => Tone::Open,
        },
    }
}

fn table(report: &Report, known: &[&Comparison]) -> Table {
    let columns = vec![
        Column::left("pair"),
        Column::right("points"),
        Column::right("95 % bootstrap"),
        Column::right("better"),
        Column::right("worse"),
        Column::right("same").on_paper(),
        Column::right("p"),
        Column::right("p, Holm"),
        Column::left("shown"),
        Column::right("could show"),
        Column::flow("arm, and what it is held against").on_paper(),
    ];
    let caption = format!(
        "Question by question, on those that both have graded. p is McNemar's exact test (the sign test over repeats); \
         “shown” goes by p corrected for {}, intervals are not corrected. “could show” is the smallest difference \
         that the sample shows four times in five at that level.",
        words::many(report.comparisons.len(), "comparison")
    );
    let mut table = Table::new(caption, columns);
    for it in known {
        table.row(
            &it.what,
            vec![
                format!("{} − {}", letter(report, &it.arm), letter(report, &it.against)).into(),
                or_nothing(it.difference, words::points).into(),
                or_nothing(it.bootstrap, words::points_range).into(),
                Cell::count(&it.better),
                Cell::count(&it.worse),
                Cell::count(&it.same),
                words::chance(it.p).into(),
                words::chance(it.p_holm).into(),
                verdict(it.verdict).into(),
                or_nothing(it.smallest_of_all, |by| format!("{:.1}", by * 100.0)).into(),
                format!("{} against {}", it.arm, it.against).into(),
            ],
        );
    }
    table
}
