//! The answer: does the best of what was asked for do better than the baseline, as far as that is shown, and at what price.

use super::{arm, quoted, section, standing};
use crate::experiment::Control;
use crate::experiment::report::{ArmFigures, Comparison, Debates, Report, Verdict};
use crate::headless::experiment::show::page::{Block, Cell, Section};
use crate::headless::experiment::show::words;

/// What is read if nothing else is.
pub(super) fn answer(report: &Report) -> Section {
    let mut section = section("answer", "Does it help?");
    let best = best(report);
    section.blocks.push(Block::Lead(lead(report, best)));
    if let Some(best) = best {
        let text = [sample(report, best), price(report, best)].into_iter().flatten().collect::<Vec<_>>();
        if !text.is_empty() {
            section.para(text.join(" "));
        }
        section.blocks.push(Block::Facts(facts(report, best)));
    }
    let more: Vec<String> = best
        .into_iter()
        .flat_map(|best| others(report, best).into_iter().chain(controls(report, &best.arm)))
        .chain(hindsight(report))
        .chain(report.debates.iter().filter_map(debate))
        .chain(warnings(report))
        .collect();
    if !more.is_empty() {
        section.blocks.push(Block::List(more));
    }
    section
}

/// What is held against the baseline first: of all that was asked for what is shown to be better, else what comes out best.
fn best(report: &Report) -> Option<&Comparison> {
    let asked =
        |comparison: &&Comparison| arm(report, &comparison.arm).is_some_and(|arm| arm.control.is_none());
    let found = report.comparisons.iter().filter(|it| it.baseline && it.difference.is_some()).filter(asked);
    let shown = |comparison: &Comparison| comparison.verdict == Verdict::Better;
    // Of equals the first one stays.
    found.rev().max_by(|a, b| {
        shown(a).cmp(&shown(b)).then(a.difference.unwrap_or(0.0).total_cmp(&b.difference.unwrap_or(0.0)))
    })
}

fn lead(report: &Report, best: Option<&Comparison>) -> String {
    let Some((best, difference)) = best.and_then(|best| Some((best, best.difference?))) else {
        return nothing(report);
    };
    let accuracy = |name: &str| {
        let mean = arm(report, name).and_then(|arm| arm.accuracy.mean);
        words::or_nothing(mean, words::percent)
    };
    let (name, against) = (quoted(&best.arm), quoted(&best.against));
    let base = match arm(report, &best.against).and_then(|arm| arm.control) {
        Some(control) => format!("the baseline {against} ({})", control.words()),
        None => format!("the baseline {against}"),
    };
    let (own, other) = (accuracy(&best.arm), accuracy(&best.against));
    let said = match best.verdict {
        Verdict::Better => {
            format!("Yes: {name} is right more often than {base}, on {own} of the questions against {other}.")
        }
        Verdict::Worse => {
            format!(
                "No: even the best arm, {name}, is right less often than {base}, on {own} of the questions against {other}."
            )
        }
        Verdict::NotShown if difference > 1e-9 => {
            format!(
                "Not shown: the best arm, {name}, is right on {own} of the questions and {base} on {other}, which may be chance."
            )
        }
        Verdict::NotShown => {
            format!(
                "Not shown: no arm comes out above {base}, right on {other} of the questions; the nearest is {name} with {own}."
            )
        }
    };
    let interval = words::or_nothing(best.bootstrap, words::points_range);
    let corrected = match report.comparisons.len() {
        1 => String::new(),
        compared => format!(" corrected for {compared} comparisons"),
    };
    let (by, p) = (words::points(difference), words::p(best.p_holm));
    format!("{said} The difference is {by} points (95 % interval {interval}; {p}{corrected}).")
}

/// What is said where nothing is held against the baseline.
fn nothing(report: &Report) -> String {
    if report.total.done == 0 {
        return "Nothing is known yet: no trial is done.".to_owned();
    }
    let graded = report.arms.iter().filter(|arm| arm.accuracy.n > 0).collect::<Vec<_>>();
    match graded[..] {
        [] => "Nobody can say: no answer is graded, so arms are shown by agreement, cost and time alone.".to_owned(),
        [one] => format!(
            "{} is right on {} of {}; there is no other arm to hold against it.",
            quoted(&one.name),
            words::or_nothing(one.accuracy.mean, words::percent),
            words::many(one.accuracy.n, "question")
        ),
        _ => "Nothing that was asked for can be held against the baseline: they have no graded question in common."
            .to_owned(),
    }
}

/// What the sample could show.
fn sample(report: &Report, best: &Comparison) -> Option<String> {
    if best.verdict != Verdict::NotShown {
        return None;
    }
    let compared = words::many(report.comparisons.len(), "comparison");
    let differ = best.better.count + best.worse.count;
    let n = words::many(best.n, "question");
    if differ == 0 {
        return Some(format!("Of {n} both are right on just the same ones: nothing here tells them apart."));
    }
    Some(match best.smallest_of_all {
        Some(smallest) => format!(
            "Over {compared}, a sample like this ({n}, of which the two differ on {}) shows a difference of {} or more \
             four times in five; smaller ones are easily missed.",
            words::count(differ),
            words::size(smallest)
        ),
        None => format!(
            "The sample can't show anything: the two differ on {} of {n}, and over {compared} even all of those going one way \
             would be missed more often than one time in five. More questions are needed, or others.",
            words::count(differ)
        ),
    })
}

/// How many times as much one thing is as another, where that says something.
fn times(one: Option<f64>, other: Option<f64>) -> String {
    match one.zip(other).filter(|(one, other)| *one > 0.0 && *other > 0.0) {
        Some((one, other)) if (one / other - 1.0).abs() >= 0.05 => {
            format!(" ({:.1} times as much)", one / other)
        }
        _ => String::new(),
    }
}

fn price(report: &Report, best: &Comparison) -> Option<String> {
    let (one, other) = (arm(report, &best.arm)?, arm(report, &best.against)?);
    let calls = format!(
        "{} makes {} calls a question, the baseline {}",
        quoted(&one.name),
        words::mean(one.costs.mean_calls?),
        words::mean(other.costs.mean_calls?)
    );
    let usd = |arm: &ArmFigures| {
        let mean = arm.costs.mean_usd.unwrap_or(0.0);
        words::sum(mean, arm.costs.unpriced)
    };
    let paid = [one, other].iter().any(|arm| arm.costs.total_usd > 0.0 || arm.costs.unpriced > 0);
    let money = if paid {
        let times = if one.costs.unpriced + other.costs.unpriced == 0 {
            times(one.costs.mean_usd, other.costs.mean_usd)
        } else {
            String::new()
        };
        format!("; it costs {} a question against {}{times}", usd(one), usd(other))
    } else {
        String::new()
    };
    Some(format!("{calls}{money}."))
}

fn facts(report: &Report, best: &Comparison) -> Vec<(&'static str, Cell)> {
    let counts = format!(
        "better on {}, worse on {}, the same on {}",
        words::count(best.better.count),
        words::count(best.worse.count),
        words::many(best.same.count, "question")
    );
    let mut facts = vec![("one by one", Cell::of(counts, &best.what))];
    let time = |name: &str| arm(report, name).and_then(|arm| arm.latency.median_ms);
    if let (Some(one), Some(other)) = (time(&best.arm), time(&best.against)) {
        facts.push((
            "time",
            format!("{} a question, the baseline {} (medians)", words::time(one), words::time(other)).into(),
        ));
    }
    facts
}

/// Where the best single member that others are held against comes out below a member: choosing it on other questions than it is
/// judged by has its price where members are close.
fn hindsight(report: &Report) -> Option<String> {
    let base = report.arms.iter().find(|arm| arm.baseline && arm.control == Some(Control::BestSingle))?;
    let panel = report.panels.iter().find(|panel| panel.treatment == base.treatment)?;
    let members = panel.members.iter().filter_map(|it| Some((it.member.as_str(), it.accuracy.mean?)));
    let (name, best) = members.max_by(|one, other| one.1.total_cmp(&other.1))?;
    (best > base.accuracy.mean? + 1e-9).then(|| {
        format!(
            "By hindsight {} alone is right on {}. The baseline is chosen on other questions than it is judged by, and where members \
             are close it comes out below the best of them: hold differences against that too.",
            quoted(name),
            words::percent(best)
        )
    })
}

/// What is shown of the other arms that were asked for.
fn others(report: &Report, best: &Comparison) -> Vec<String> {
    let asked = |it: &&Comparison| {
        let control = arm(report, &it.arm).is_none_or(|arm| arm.control.is_some());
        it.baseline && !control && it.arm != best.arm
    };
    let told = |verdict: Verdict, what: &str| {
        let arms = report.comparisons.iter().filter(asked).filter(|it| it.verdict == verdict);
        let one = |it: &Comparison| {
            format!("{} ({})", quoted(&it.arm), words::or_nothing(it.difference, words::points))
        };
        let all: Vec<String> = arms.map(one).collect();
        (!all.is_empty()).then(|| format!("{what} than the baseline, in points: {}.", words::list(&all)))
    };
    let shown = [(Verdict::Better, "Also shown to be better"), (Verdict::Worse, "Shown to be worse")];
    shown.into_iter().filter_map(|(verdict, what)| told(verdict, what)).collect()
}

/// The best arm against the controls that are not the baseline: what it is to beat as well.
fn controls<'a>(report: &'a Report, best: &'a str) -> impl Iterator<Item = String> + 'a {
    let one = move |comparison: &Comparison| {
        let turned = comparison.against == best;
        let other = if turned { &comparison.arm } else { &comparison.against };
        if comparison.baseline || !(turned || comparison.arm == best) {
            return None;
        }
        let control = arm(report, other)?.control?;
        let sign = if turned { -1.0 } else { 1.0 };
        let shown = match (comparison.verdict, turned) {
            (Verdict::NotShown, _) => "no difference is shown",
            (Verdict::Better, false) | (Verdict::Worse, true) => "shown to be better",
            (Verdict::Worse, false) | (Verdict::Better, true) => "shown to be worse",
        };
        Some(format!(
            "Against {} (control: {}): {} points, {}; {shown}.",
            quoted(other),
            control.words(),
            words::points(sign * comparison.difference?),
            words::p(comparison.p_holm)
        ))
    };
    report.comparisons.iter().filter_map(one)
}

/// What a debate did to its vote.
fn debate(debates: &Debates) -> Option<String> {
    let (first, last) = (debates.rounds.first()?, debates.rounds.last()?);
    let (before, after) = (first.vote.mean?, last.vote.mean?);
    (last.round > 0).then(|| {
        format!(
            "The debate of {} takes its vote from {} to {}: {} wrong answers were corrected, {} right ones were given up.",
            quoted(&debates.treatment),
            words::percent(before),
            words::percent(after),
            words::count(last.corrected.count),
            words::count(last.subverted.count)
        )
    })
}

/// What makes the figures less than they look.
fn warnings(report: &Report) -> Vec<String> {
    let total = &report.total;
    let mut said = Vec::new();
    if total.done < total.of {
        let left = format!("Only {} of {} trials are done", words::count(total.done), words::count(total.of));
        said.push(format!("{left}: all figures are of these."));
    }
    let silent = total.failed.max(total.missing);
    if silent > 0 {
        let missing = match total.missing {
            0 => String::new(),
            all if all >= silent => ": the recording has no answer for them".to_owned(),
            some => format!(", {} of them because the recording has no answer", words::count(some)),
        };
        let calls = words::many(silent, "call");
        said.push(format!("{calls} came to nothing{missing}."));
    }
    let ungraded = report.arms.iter().map(|arm| arm.ungraded_questions).max().unwrap_or(0);
    if ungraded > 0 && report.arms.iter().any(|arm| arm.accuracy.n > 0) {
        let questions = words::many(ungraded, "question");
        said.push(format!("Up to {questions} of an arm can't be graded and are left out of its accuracy."));
    }
    let lone = report.arms.iter().all(|arm| standing(arm).is_empty() || !standing(arm).contains(&"control"));
    if lone && report.arms.len() > 1 {
        said.push(
            "There is no control: nothing tells what the same calls would come to in a simpler way."
                .to_owned(),
        );
    }
    said
}
