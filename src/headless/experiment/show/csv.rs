//! A report as one long table of comma-separated values (RFC 4180): a figure a row, raw numbers, each with the word that leads to
//! its trials. What is called what stands in the first five columns; nothing is rounded.

use crate::core::clean::csv_cell;
use crate::experiment::report::{
    Agreed, ArmFigures, Calibration, Comparison, Count, Debates, Panel, Rating, Report, Share, Verdict,
};
use crate::stats::Interval;

/// The columns. `against` is what `of` is held against or belongs to; `value` is a share from 0 to 1, US dollars,
/// milliseconds, a count or a word, as `measure` says.
const HEAD: &str = "section,of,against,measure,value,low,high,n,what";

/// A figure.
#[derive(Default)]
struct Figure<'a> {
    measure: &'a str,
    value: String,
    interval: Option<Interval>,
    n: Option<u64>,
    what: &'a str,
}

/// Rows of one thing.
struct Of<'a> {
    section: &'a str,
    name: &'a str,
    against: &'a str,
}

struct Sheet {
    out: String,
}

/// The table, a line break at its end.
pub(super) fn text(report: &Report) -> String {
    let mut sheet = Sheet { out: format!("{HEAD}\n") };
    total(&mut sheet, report);
    report.arms.iter().for_each(|arm| sheet.arm(arm));
    report.comparisons.iter().for_each(|it| sheet.comparison(it));
    for point in &report.frontier {
        let it = Of { section: "frontier", name: &point.arm, against: "" };
        sheet.number(&it, "mean_usd", Some(point.mean_usd), &point.what);
        sheet.number(&it, "accuracy", Some(point.accuracy), &point.what);
        sheet.truth(&it, "priced", point.priced, &point.what);
        sheet.truth(&it, "on_frontier", point.on_frontier, &point.what);
    }
    report.debates.iter().for_each(|it| sheet.debates(it));
    for unanimous in &report.unanimous {
        sheet.agreed(
            &Of { section: "unanimous", name: &unanimous.treatment, against: "first" },
            &unanimous.first,
        );
        if let Some(last) = &unanimous.last {
            sheet.agreed(&Of { section: "unanimous", name: &unanimous.treatment, against: "last" }, last);
        }
    }
    report.panels.iter().for_each(|panel| sheet.panel(panel));
    for topic in &report.topics {
        for (share, arm) in topic.arms.iter().zip(&report.arms) {
            sheet.share(&Of { section: "topic", name: &arm.name, against: &topic.topic }, "accuracy", share);
        }
    }
    sheet.ratings("graded", &report.ratings.graded);
    sheet.ratings("judged", &report.ratings.judged);
    sheet.ratings("together", &report.ratings.together);
    for it in &report.disagreements {
        let repeat = it.repeat.to_string();
        sheet.number(
            &Of { section: "disagreement", name: &it.item, against: &repeat },
            "telling",
            Some(it.telling),
            &it.what,
        );
    }
    sheet.out
}

fn total(sheet: &mut Sheet, report: &Report) {
    let (total, it) = (&report.total, Of { section: "total", name: "", against: "" });
    let counts = [
        ("questions", report.questions as u64),
        ("repeats", u64::from(report.repeats)),
        ("trials_done", total.done),
        ("trials_of", total.of),
        ("calls", total.calls),
        ("input_tokens", total.input),
        ("output_tokens", total.output),
        ("unpriced_calls", total.unpriced),
        ("failed_calls", total.failed),
        ("missing_calls", total.missing),
        ("grading_unpriced_calls", total.grading_unpriced),
    ];
    for (measure, count) in counts {
        sheet.whole(&it, measure, count, &total.what);
    }
    sheet.number(&it, "spent_usd", Some(total.spent_usd), &total.what);
    sheet.number(&it, "grading_usd", Some(total.grading_usd), &total.what);
    let words = [("grader", report.grader), ("baseline", report.baseline.as_str())];
    for (measure, word) in words {
        sheet.add(&it, &Figure { measure, value: csv_cell(word), what: &total.what, ..Figure::default() });
    }
    sheet.whole(&it, "seed", report.seed, &total.what);
    sheet.whole(&it, "resamples", report.resamples as u64, &total.what);
}

impl Sheet {
    fn add(&mut self, it: &Of<'_>, figure: &Figure<'_>) {
        let number = |value: Option<f64>| {
            value.filter(|it| it.is_finite()).map(|it| it.to_string()).unwrap_or_default()
        };
        let cells = [
            it.section.to_owned(),
            csv_cell(it.name),
            csv_cell(it.against),
            figure.measure.to_owned(),
            figure.value.clone(),
            number(figure.interval.map(|interval| interval.low)),
            number(figure.interval.map(|interval| interval.high)),
            figure.n.map(|n| n.to_string()).unwrap_or_default(),
            csv_cell(figure.what),
        ];
        self.out.push_str(&cells.join(","));
        self.out.push('\n');
    }

    /// A number; a row without a value where there is none.
    fn number(&mut self, it: &Of<'_>, measure: &str, value: Option<f64>, what: &str) {
        self.spread(it, measure, value, None, what);
    }

    fn spread(
        &mut self,
        it: &Of<'_>,
        measure: &str,
        value: Option<f64>,
        interval: Option<Interval>,
        what: &str,
    ) {
        let value =
            value.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default();
        self.add(it, &Figure { measure, value, interval, n: None, what });
    }

    fn whole(&mut self, it: &Of<'_>, measure: &str, value: u64, what: &str) {
        self.add(it, &Figure { measure, value: value.to_string(), what, ..Figure::default() });
    }

    fn truth(&mut self, it: &Of<'_>, measure: &str, value: bool, what: &str) {
        self.add(it, &Figure { measure, value: value.to_string(), what, ..Figure::default() });
    }

    fn count(&mut self, it: &Of<'_>, measure: &str, count: &Count) {
        self.whole(it, measure, count.count, &count.what);
    }

    /// A share with Wilson's interval.
    fn share(&mut self, it: &Of<'_>, measure: &str, share: &Share) {
        let value = share.mean.map(|mean| mean.to_string()).unwrap_or_default();
        let n = Some(share.n as u64);
        self.add(it, &Figure { measure, value, interval: share.wilson, n, what: &share.what });
    }

    fn arm(&mut self, arm: &ArmFigures) {
        let it = Of { section: "arm", name: &arm.name, against: "" };
        let what = arm.accuracy.what.as_str();
        self.share(&it, "accuracy", &arm.accuracy);
        self.spread(&it, "accuracy_bootstrap", arm.accuracy.mean, arm.bootstrap, what);
        self.truth(&it, "baseline", arm.baseline, what);
        self.truth(&it, "control", arm.control.is_some(), what);
        let counts = [
            ("right", &arm.right),
            ("wrong", &arm.wrong),
            ("ungraded", &arm.ungraded),
            ("silent", &arm.silent),
            ("drawn", &arm.drawn),
            ("failed", &arm.failed),
        ];
        for (measure, count) in counts {
            self.count(&it, measure, count);
        }
        self.whole(&it, "ungraded_questions", arm.ungraded_questions as u64, &arm.ungraded.what);
        let costs = &arm.costs;
        for (measure, count) in
            [("done", arm.done), ("of", arm.of), ("calls", costs.calls), ("unpriced_calls", costs.unpriced)]
        {
            self.whole(&it, measure, count, &costs.what);
        }
        let numbers = [
            ("total_usd", Some(costs.total_usd)),
            ("mean_usd", costs.mean_usd),
            ("per_right_usd", costs.per_right_usd),
            ("mean_calls", costs.mean_calls),
            ("mean_input_tokens", costs.mean_input),
            ("mean_output_tokens", costs.mean_output),
            ("median_ms", arm.latency.median_ms),
            ("p95_ms", arm.latency.p95_ms),
        ];
        for (measure, value) in numbers {
            self.number(&it, measure, value, &costs.what);
        }
        for slow in &arm.latency.slowest {
            let it = Of { section: "slowest", name: &arm.name, against: &slow.member };
            self.whole(&it, "trials", slow.trials, &slow.what);
            self.number(&it, "median_ms", Some(slow.median_ms), &slow.what);
        }
        if let Some(calibration) = &arm.calibration {
            self.calibration(arm, calibration);
        }
    }

    fn calibration(&mut self, arm: &ArmFigures, calibration: &Calibration) {
        let it = Of { section: "calibration", name: &arm.name, against: "" };
        let what = arm.accuracy.what.as_str();
        self.whole(&it, "trials", calibration.trials, what);
        let numbers = [
            ("brier", calibration.brier),
            ("ece", calibration.ece),
            ("reliability", calibration.reliability),
            ("resolution", calibration.resolution),
            ("uncertainty", calibration.uncertainty),
        ];
        for (measure, value) in numbers {
            self.number(&it, measure, value, what);
        }
        for bin in &calibration.bins {
            let shares =
                if bin.low < bin.high { format!("{}-{}", bin.low, bin.high) } else { bin.high.to_string() };
            let it = Of { section: "calibration_bin", name: &arm.name, against: &shares };
            self.number(&it, "confidence", Some(bin.confidence), &bin.what);
            let value = bin.accuracy.to_string();
            let n = Some(bin.n as u64);
            self.add(
                &it,
                &Figure { measure: "accuracy", value, interval: Some(bin.wilson), n, what: &bin.what },
            );
            self.whole(&it, "trials", bin.trials, &bin.what);
        }
    }

    fn comparison(&mut self, comparison: &Comparison) {
        let it = Of { section: "comparison", name: &comparison.arm, against: &comparison.against };
        let what = comparison.what.as_str();
        let value = comparison.difference.map(|by| by.to_string()).unwrap_or_default();
        let n = Some(comparison.n as u64);
        self.add(&it, &Figure { measure: "difference", value, interval: comparison.bootstrap, n, what });
        for (measure, count) in
            [("better", &comparison.better), ("worse", &comparison.worse), ("same", &comparison.same)]
        {
            self.count(&it, measure, count);
        }
        let numbers = [
            ("p", Some(comparison.p)),
            ("p_holm", Some(comparison.p_holm)),
            ("smallest", comparison.smallest),
            ("smallest_of_all", comparison.smallest_of_all),
        ];
        for (measure, value) in numbers {
            self.number(&it, measure, value, what);
        }
        let verdict = match comparison.verdict {
            Verdict::Better => "better",
            Verdict::Worse => "worse",
            Verdict::NotShown => "not_shown",
        };
        self.add(&it, &Figure { measure: "verdict", value: verdict.to_owned(), what, ..Figure::default() });
    }

    fn debates(&mut self, debates: &Debates) {
        for round in &debates.rounds {
            let number = round.round.to_string();
            let it = Of { section: "round", name: &debates.treatment, against: &number };
            self.share(&it, "vote", &round.vote);
            self.number(&it, "members", round.members, &round.vote.what);
            self.share(&it, "unanimous", &round.unanimous);
            let counts = [
                ("reached", &round.reached),
                ("corrected", &round.corrected),
                ("subverted", &round.subverted),
                ("corrected_here", &round.corrected_here),
                ("subverted_here", &round.subverted_here),
                ("held", &round.held),
                ("argued", &round.argued),
                ("caved", &round.caved),
                ("changed", &round.changed),
            ];
            for (measure, count) in counts {
                self.count(&it, measure, count);
            }
            self.whole(&it, "of", round.of, &round.reached.what);
        }
    }

    fn agreed(&mut self, it: &Of<'_>, agreed: &Agreed) {
        self.count(it, "trials", &agreed.trials);
        self.number(it, "share", agreed.share, &agreed.trials.what);
        self.share(it, "accuracy", &agreed.accuracy);
        self.count(it, "wrong", &agreed.wrong);
    }

    fn panel(&mut self, panel: &Panel) {
        for member in &panel.members {
            let it = Of { section: "member", name: &member.member, against: &panel.treatment };
            self.share(&it, "accuracy", &member.accuracy);
            for (measure, count) in
                [("asked", &member.asked), ("silent", &member.silent), ("alone", &member.alone)]
            {
                self.count(&it, measure, count);
            }
            let what = member.asked.what.as_str();
            let numbers = [
                ("answered", member.answered),
                ("mean_usd", member.mean_usd),
                ("median_ms", member.median_ms),
                ("p95_ms", member.p95_ms),
            ];
            for (measure, value) in numbers {
                self.number(&it, measure, value, what);
            }
            self.whole(&it, "unpriced_calls", member.unpriced, what);
        }
        for step in &panel.curve {
            let size = step.size.to_string();
            let it = Of { section: "curve", name: &panel.treatment, against: &size };
            let range = Some(Interval { low: step.least, high: step.most });
            let (value, n) = (step.mean.to_string(), Some(step.panels as u64));
            self.add(&it, &Figure { measure: "accuracy", value, interval: range, n, what: &step.what });
            self.number(&it, "added", step.added, &step.what);
        }
        for without in &panel.without {
            let it = Of { section: "without", name: &without.member, against: &panel.treatment };
            self.number(&it, "difference", without.difference, &without.changes.what);
            for (measure, count) in
                [("changes", &without.changes), ("helps", &without.helps), ("hurts", &without.hurts)]
            {
                self.count(&it, measure, count);
            }
            self.truth(&it, "never_mattered", without.never_mattered, &without.changes.what);
        }
        let it = Of { section: "diversity", name: &panel.treatment, against: "" };
        let all = &panel.diversity;
        self.share(&it, "oracle", &all.oracle);
        let means = [all.phi, all.q, all.disagreement, all.double_fault, all.same_wrong];
        self.alike(&it, means, &all.oracle.what);
        for pair in &panel.diversity.pairs {
            let two = format!("{}, {}", pair.one, pair.other);
            let it = Of { section: "alike", name: &two, against: &panel.treatment };
            let figures = [pair.phi, pair.q, pair.disagreement, pair.double_fault, pair.same_wrong];
            self.whole(&it, "trials", pair.trials, &pair.what);
            self.alike(&it, figures, &pair.what);
        }
    }

    /// How alike errors are: phi, Q, disagreement, double fault, wrong and the same.
    fn alike(&mut self, it: &Of<'_>, figures: [Option<f64>; 5], what: &str) {
        let all = ["phi", "q", "disagreement", "double_fault", "same_wrong"].into_iter().zip(figures);
        for (measure, value) in all {
            self.number(it, measure, value, what);
        }
    }

    fn ratings(&mut self, how: &str, ratings: &[Rating]) {
        for rating in ratings {
            let it = Of { section: "rating", name: &rating.member, against: how };
            self.spread(&it, "elo", Some(rating.elo), Some(rating.elo_interval), &rating.what);
            self.spread(&it, "strength", Some(rating.strength), Some(rating.interval), &rating.what);
            self.whole(&it, "won", rating.won, &rating.what);
            self.whole(&it, "lost", rating.lost, &rating.what);
        }
    }
}
