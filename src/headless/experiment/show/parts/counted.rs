//! How it was counted: what was done, what was left out, and the methods with their sources.

use super::{quoted, section};
use crate::experiment::report::Report;
use crate::headless::experiment::show::page::{Block, Cell, Section};
use crate::headless::experiment::show::words;

/// How it was counted.
pub(super) fn counted(report: &Report) -> Section {
    let mut section = section("counted", "How it was counted");
    section.blocks.push(Block::Facts(facts(report)));
    if !report.notes.is_empty() {
        section.blocks.push(Block::Heading("Left out".to_owned()));
        section.blocks.push(Block::List(report.notes.clone()));
    }
    section.blocks.push(Block::Heading("Methods".to_owned()));
    section.blocks.push(Block::List(methods(report)));
    section
}

fn facts(report: &Report) -> Vec<(&'static str, Cell)> {
    let total = &report.total;
    let times = if report.repeats == 1 { String::new() } else { format!(", {} times each", report.repeats) };
    let mut facts: Vec<(&'static str, Cell)> = vec![
        ("questions", format!("{}{times}", words::count(report.questions)).into()),
        ("graded by", report.grader.into()),
        ("baseline", quoted(&report.baseline).into()),
        (
            "trials",
            Cell::of(format!("{} of {}", words::count(total.done), words::count(total.of)), &total.what),
        ),
        ("calls", calls(report).into()),
    ];
    if total.input + total.output > 0 {
        let tokens = format!("{} read, {} written", words::count(total.input), words::count(total.output));
        facts.push(("tokens", tokens.into()));
    }
    facts.push(("spent", words::sum(total.spent_usd, total.unpriced).into()));
    if total.grading_usd > 0.0 || total.grading_unpriced > 0 {
        let grading = words::sum(total.grading_usd, total.grading_unpriced);
        facts.push(("grading", format!("{grading}, not a part of any arm's cost").into()));
    }
    facts.push(("seed", report.seed.to_string().into()));
    facts.push(("resamples", words::count(report.resamples).into()));
    facts
}

fn calls(report: &Report) -> String {
    let total = &report.total;
    let failed = if total.failed > 0 {
        format!(", {} came to nothing", words::count(total.failed))
    } else {
        String::new()
    };
    let missing = if total.missing > 0 {
        format!(", {} not in the recording", words::count(total.missing))
    } else {
        String::new()
    };
    format!("{}{failed}{missing}", words::count(total.calls))
}

fn methods(report: &Report) -> Vec<String> {
    let any = |is: bool, text: &str| is.then(|| text.to_owned());
    let graded = report.arms.iter().any(|arm| arm.accuracy.n > 0);
    let compared = report.comparisons.iter().any(|it| it.difference.is_some());
    let all = [
        any(
            true,
            "The unit of every interval and test is the question: its score in an arm is the mean of its repeats, so that \
             asking twice never counts as knowing twice as much.",
        ),
        any(
            true,
            "What an arm learns (weights, the best single member) it learns from other parts of the questions than the one \
             it is used on, so that no answer is judged by what has seen it.",
        ),
        any(
            graded,
            "Wilson: the score interval of a proportion (E. B. Wilson, JASA 22, 1927; R. G. Newcombe, Statistics in \
             Medicine 17, 1998, method 3).",
        ),
        graded.then(|| {
            format!(
                "Bootstrap: percentile intervals over {} resamples of questions, of differences in pairs (B. Efron and \
                 R. J. Tibshirani, An Introduction to the Bootstrap, 1993).",
                words::count(report.resamples)
            )
        }),
        any(
            compared,
            "p: exact two-sided sign test over the questions on which two arms differ; with one repeat that is McNemar's \
             test (Q. McNemar, Psychometrika 12, 1947). Corrected by S. Holm, Scandinavian Journal of Statistics 6, 1979.",
        ),
        any(
            compared,
            "Smallest difference that could be shown: at 5 % over all comparisons, four times in five (R. J. Connor, \
             Biometrics 43, 1987).",
        ),
        any(
            report.arms.iter().any(|arm| arm.calibration.is_some()),
            "Agreement: Brier score (G. W. Brier, Monthly Weather Review 78, 1950), its parts (A. H. Murphy, Journal of \
             Applied Meteorology 12, 1973), expected calibration error over ten bins of equal width (C. Guo et al., ICML 2017).",
        ),
        any(
            !report.panels.is_empty(),
            "Alike errors: L. I. Kuncheva and C. J. Whitaker, Machine Learning 51, 2003. Smaller panels: the plurality of \
             all choices of that many members; a tie counts by the share of right answers in it.",
        ),
        any(
            !report.ratings.together.is_empty(),
            "Ratings: R. A. Bradley and M. E. Terry, Biometrika 39, 1952, with half a win and half a loss against a mean \
             player for each (J. T. Whelan, arXiv 1712.05311).",
        ),
        any(
            report.arms.iter().any(|arm| arm.control.is_some()),
            "Controls were added by themselves: the best single member, the vote of the first answers (Choi et al., arXiv \
             2508.17536), samples of one member for as many calls or as much money (Wang et al., arXiv 2203.11171; Li et \
             al., arXiv 2502.00674).",
        ),
    ];
    all.into_iter().flatten().collect()
}
