//! Questions: how right arms are by topic, and the questions to look into.

use super::{letter, section, titled};
use crate::experiment::report::{Disagreement, Report};
use crate::headless::experiment::show::page::{Cell, Column, Section, Table};
use crate::headless::experiment::show::terminal::typed;
use crate::headless::experiment::show::words::{self, NOTHING};

/// How right arms are by topic.
pub(super) fn topics(report: &Report) -> Section {
    let mut section = section("topics", "By topic");
    if report.arms.iter().all(|arm| arm.accuracy.n == 0) {
        return section;
    }
    let mut columns = vec![Column::left("topic"), Column::right("questions")];
    columns.extend(report.arms.iter().map(|arm| Column::right(titled(report, &arm.name))));
    let caption =
        "Right answers in percent. Topics have few questions: what differs here is a hint, not shown.";
    let mut table = Table::new(caption, columns);
    for topic in &report.topics {
        let mut cells: Vec<Cell> = vec![topic.topic.as_str().into(), words::count(topic.questions).into()];
        cells.extend(topic.arms.iter().map(|share| {
            Cell::of(words::or_nothing(share.mean, |mean| format!("{:.1}", mean * 100.0)), &share.what)
        }));
        table.row("", cells);
    }
    section.table(table);
    section
}

/// Questions to look into.
pub(super) fn disagreements(report: &Report, log: &str) -> Section {
    let mut section = section("disagreements", "Questions to look into");
    let columns = vec![
        Column::left("question"),
        Column::right("repeat"),
        Column::flow("members say first"),
        Column::flow("right is").on_paper(),
        Column::left("arms right"),
        Column::left("arms wrong"),
        Column::flow("lines"),
    ];
    let caption = "Questions on which arms differ or a vote was close, the most telling first; × says how many seats, over all \
                   treatments, say so.";
    let mut table = Table::new(caption, columns).long();
    for it in &report.disagreements {
        table.row(&it.what, row(report, it));
    }
    let any = !table.rows.is_empty();
    section.table(table);
    if any {
        section.para(format!(
            "A trial is shown with all that was said by: synod experiment show {} LINE",
            typed(log)
        ));
    }
    section
}

fn row(report: &Report, it: &Disagreement) -> Vec<Cell> {
    let said = it.said.iter().map(|group| {
        let right = if group.right == Some(true) { " (right)" } else { "" };
        format!("{}{right} ×{}", group.value, group.by)
    });
    let letters = |right: bool| {
        let arms = it.arms.iter().filter(|arm| arm.right == Some(right)).map(|arm| letter(report, &arm.arm));
        let all = arms.collect::<Vec<_>>().join(" ");
        if all.is_empty() { NOTHING.to_owned() } else { all }
    };
    let lines = it.lines.iter().map(ToString::to_string);
    vec![
        it.item.as_str().into(),
        if report.repeats > 1 { (it.repeat + 1).to_string() } else { NOTHING.to_owned() }.into(),
        said.collect::<Vec<_>>().join(", ").into(),
        if it.answer.is_empty() { NOTHING.into() } else { it.answer.as_str().into() },
        letters(true).into(),
        letters(false).into(),
        lines.collect::<Vec<_>>().join(" ").into(),
    ]
}
