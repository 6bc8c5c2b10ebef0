//! Arms held against each other on the questions that both have graded, and the frontier of cost and accuracy.

use super::arms::ArmFigures;
use super::figures::Count;
use super::view::{CONFIDENCE, View};
use super::what::{Of, What};
use crate::stats::{Interval, bootstrap, holm, sign_test, smallest_difference};
use serde::Serialize;

/// Up to how many arms are all held against each other; of more, each is held against the baseline alone.
pub const ALL_PAIRS: usize = 6;

/// An arm held against another one, question by question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The arm.
    pub arm: String,
    /// The arm that it is held against.
    pub against: String,
    /// Whether that is the baseline.
    pub baseline: bool,
    /// Over how many questions: those that both have graded.
    pub n: usize,
    /// The accuracy of `arm` less that of `against` on them, −1 to 1; `None` where there is no such question.
    pub difference: Option<f64>,
    /// The paired percentile bootstrap interval of the difference, not corrected for how many are compared.
    pub bootstrap: Option<Interval>,
    /// Questions on which `arm` does better.
    pub better: Count,
    /// Questions on which it does worse.
    pub worse: Count,
    /// Questions on which both do equally well.
    pub same: Count,
    /// The exact two-sided p-value of the sign test over the questions that differ: with one repeat, `McNemar`'s test.
    pub p: f64,
    /// The same by Holm over all comparisons of the report.
    pub p_holm: f64,
    /// The smallest difference that as many questions, differing as these do, show four times in five at 5 %; `None`
    /// where even all that differ going one way would not do.
    pub smallest: Option<f64>,
    /// The same at 5 % over all comparisons of the report (the first step of Holm, which is Bonferroni's).
    pub smallest_of_all: Option<f64>,
    /// What is shown, by `p_holm` at 5 %.
    pub verdict: Verdict,
    /// Leads to the trials of both on these questions.
    pub what: String,
}

/// What a comparison shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The arm is right more often.
    Better,
    /// It is right less often.
    Worse,
    /// Neither is shown, which is not that they are equal.
    NotShown,
}

/// An arm among all by cost and accuracy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The arm.
    pub arm: String,
    /// The mean cost of a trial, in US dollars.
    pub mean_usd: f64,
    /// Its accuracy, 0 to 1.
    pub accuracy: f64,
    /// The Wilson score interval of that.
    pub wilson: Interval,
    /// Whether all its calls are priced. Where not, it costs more than is known: it is not on the frontier and keeps nobody
    /// from it.
    pub priced: bool,
    /// Whether no other priced arm is at most as dear and at least as accurate, and one of the two more so.
    pub on_frontier: bool,
    /// Leads to its trials.
    pub what: String,
}

/// How often a difference is to be shown that is as great as it is said to be at least.
const POWER: f64 = 0.8;

/// The differences of two arms, question by question, on those that both have graded.
pub(super) fn differences(view: &View<'_>, arm: usize, against: usize) -> impl Iterator<Item = (usize, f64)> {
    let both = view.scores[arm].iter().zip(&view.scores[against]).enumerate();
    both.filter_map(|(item, (one, other))| Some((item, (*one)? - (*other)?)))
}

/// How a difference is called.
pub(super) fn side(difference: f64) -> Of {
    match difference {
        // Means of repeats are sums of thirds and the like.
        small if small.abs() < 1e-9 => Of::Same,
        more if more > 0.0 => Of::Better,
        _ => Of::Worse,
    }
}

/// Which arms are held against which: each against the baseline, then the other pairs where there are few.
fn pairs(arms: usize, baseline: usize) -> Vec<(usize, usize)> {
    let others = || (0..arms).filter(move |arm| *arm != baseline);
    let mut pairs: Vec<(usize, usize)> = others().map(|arm| (arm, baseline)).collect();
    if baseline >= arms {
        pairs.clear();
    }
    if arms <= ALL_PAIRS {
        pairs.extend(
            others().flat_map(|one| others().filter(move |arm| *arm > one).map(move |arm| (arm, one))),
        );
    }
    pairs
}

/// Holds arms against each other, and finds the bootstrap intervals of accuracies and differences with the same resamples.
pub(super) fn compare(view: &View<'_>, arms: &mut [ArmFigures]) -> Vec<Comparison> {
    let pairs = pairs(arms.len(), view.design.baseline);
    let scores = view.scores.iter().take(arms.len()).map(|scores| scores.iter().flatten().copied().collect());
    let apart =
        |(arm, against): &(usize, usize)| differences(view, *arm, *against).map(|(_, by)| by).collect();
    let series: Vec<Vec<f64>> = scores.chain(pairs.iter().map(apart)).collect();
    let series: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let intervals = bootstrap::means(&series, CONFIDENCE, super::RESAMPLES, view.design.seed);
    for (arm, interval) in arms.iter_mut().zip(&intervals) {
        arm.bootstrap = *interval;
    }
    let of_pairs = series.iter().zip(intervals).skip(arms.len());
    let mut found: Vec<Comparison> = pairs
        .iter()
        .zip(of_pairs)
        .map(|(pair, (apart, interval))| one(view, *pair, apart, interval, pairs.len()))
        .collect();
    let values: Vec<f64> = found.iter().map(|comparison| comparison.p).collect();
    for (comparison, corrected) in found.iter_mut().zip(holm(&values)) {
        comparison.p_holm = corrected;
        // With repeats most questions may go one way and the mean another: then nothing is shown.
        let most = side(comparison.better.count as f64 - comparison.worse.count as f64);
        comparison.verdict = match comparison.difference.map(side).filter(|mean| *mean == most) {
            Some(Of::Better) if corrected <= 1.0 - CONFIDENCE => Verdict::Better,
            Some(Of::Worse) if corrected <= 1.0 - CONFIDENCE => Verdict::Worse,
            _ => Verdict::NotShown,
        };
    }
    found
}

fn one(
    view: &View<'_>,
    (arm, against): (usize, usize),
    apart: &[f64],
    bootstrap: Option<Interval>,
    compared: usize,
) -> Comparison {
    let count = |of: Of| {
        let count = apart.iter().filter(|by| side(**by) == of).count() as u64;
        view.count(count, &What::Pair(arm, against, of))
    };
    let n = apart.len();
    let (better, worse) = (count(Of::Better), count(Of::Worse));
    let mean = |sum: f64| sum / n.max(1) as f64;
    // With one repeat the share of questions that differ; with more the spread that takes its place.
    let discordant = mean(apart.iter().map(|by| by * by).sum());
    let smallest = |level: f64| smallest_difference(n, discordant, level, POWER);
    let p = sign_test(better.count, worse.count);
    Comparison {
        arm: view.design.arms[arm].name.clone(),
        against: view.design.arms[against].name.clone(),
        baseline: against == view.design.baseline,
        n,
        difference: (n > 0).then(|| mean(apart.iter().sum())),
        bootstrap,
        same: count(Of::Same),
        better,
        worse,
        p,
        p_holm: p,
        smallest: smallest(1.0 - CONFIDENCE),
        smallest_of_all: smallest((1.0 - CONFIDENCE) / compared.max(1) as f64),
        verdict: Verdict::NotShown,
        what: view.word(&What::Pair(arm, against, Of::All)),
    }
}

/// The arms by cost and accuracy, cheapest first.
pub(super) fn frontier(arms: &[ArmFigures]) -> Vec<Point> {
    let point = |arm: &ArmFigures| {
        Some(Point {
            arm: arm.name.clone(),
            mean_usd: arm.costs.mean_usd?,
            accuracy: arm.accuracy.mean?,
            wilson: arm.accuracy.wilson?,
            priced: arm.costs.unpriced == 0,
            on_frontier: false,
            what: arm.accuracy.what.clone(),
        })
    };
    let mut points: Vec<Point> = arms.iter().filter_map(point).collect();
    let beats = |one: &Point, other: &Point| {
        let (cost, accuracy) = (one.mean_usd - other.mean_usd, one.accuracy - other.accuracy);
        one.priced && cost <= 0.0 && accuracy >= 0.0 && (cost < 0.0 || accuracy > 0.0)
    };
    let on: Vec<bool> =
        points.iter().map(|point| point.priced && !points.iter().any(|other| beats(other, point))).collect();
    for (point, on) in points.iter_mut().zip(on) {
        point.on_frontier = on;
    }
    points.sort_by(|a, b| a.mean_usd.total_cmp(&b.mean_usd).then(b.accuracy.total_cmp(&a.accuracy)));
    points
}
