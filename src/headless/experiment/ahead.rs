//! What an experiment comes to before anything is sent, in lines for people.

use crate::core::Dollars;
use crate::experiment::words::{duration, many, thousands};
use crate::experiment::{Design, Grader};
use crate::launch::experiment::Ahead;
use crate::stats::power::smallest_difference;
use std::fmt::Write as _;

/// The share of questions that two arms are taken to differ on, where nobody has looked yet.
const DISCORDANT: f64 = 0.2;
const LEVEL: f64 = 0.05;
const POWER: f64 = 0.8;

/// The lines, the one that names it first.
pub fn lines(design: &Design, ahead: &Ahead) -> Vec<String> {
    let mut lines = vec![first(design, ahead)];
    lines.push(calls(design, ahead));
    if ahead.sent > 0 {
        lines.push(time(design, ahead));
    }
    if !matches!(design.grader, Grader::None) {
        lines.push(can_show(design));
    }
    lines.extend(design.notes.iter().map(|note| format!("note: {note}")));
    lines
}

fn first(design: &Design, ahead: &Ahead) -> String {
    let controls = design.arms.iter().filter(|arm| arm.control.is_some()).count();
    let own = design.arms.len() - controls;
    let done = ahead.of.saturating_sub(ahead.trials);
    let repeats = if design.repeats > 1 { format!(", {} repeats", design.repeats) } else { String::new() };
    let left = if done > 0 { format!(", {} left to do", thousands(ahead.trials)) } else { String::new() };
    format!(
        "{}: {}, {}{} ({}){repeats}: {}{left}",
        design.name,
        many(design.items.len() as u64, "question"),
        many(own as u64, "arm"),
        if controls > 0 { format!(" and {}", many(controls as u64, "control")) } else { String::new() },
        many(design.treatments.len() as u64, "treatment"),
        many(ahead.of, "trial"),
    )
}

fn calls(design: &Design, ahead: &Ahead) -> String {
    let span = |low: u64, high: u64| {
        if low == high { thousands(high) } else { format!("{} to {}", thousands(low), thousands(high)) }
    };
    let mut line = format!("calls: {}", span(ahead.fewest, ahead.calls));
    if ahead.sent == 0 {
        line.push_str(", none of them sent: all members play what is recorded or scripted");
        return line;
    }
    if ahead.sent < ahead.calls {
        let _ = write!(line, ", at most {} of them sent", thousands(ahead.sent));
    }
    if ahead.most == Dollars(0) {
        line.push_str(if ahead.unpriced > 0 { "; price not known" } else { "; free" });
    } else {
        let _ = write!(line, "; price: {} to {}, about {}", ahead.low, ahead.most, ahead.about);
        if ahead.unpriced > 0 {
            let _ = write!(line, ", and {} whose price is not known", many(ahead.unpriced, "call"));
        }
    }
    if let Some(budget) = design.budget {
        let _ = write!(line, "; budget {budget}");
    }
    if matches!(design.grader, Grader::Judge(_)) {
        line.push_str("; the judge's calls come on top, one for each answer that differs");
    }
    line
}

fn time(design: &Design, ahead: &Ahead) -> String {
    let (ms, measured) = ahead.call_ms;
    let why = if measured { "as lately" } else { "nobody measured it yet" };
    let call = if ms < 10_000 { format!("{:.1} s", ms as f64 / 1000.0) } else { duration(ms) };
    format!("time: about {} with {} at once and {call} a call ({why})", duration(ahead.ms), design.at_once)
}

/// Which differences the sample can show at all.
fn can_show(design: &Design) -> String {
    let n = design.items.len();
    let compared = compared(design);
    let one = smallest_difference(n, DISCORDANT, LEVEL, POWER);
    let all = smallest_difference(n, DISCORDANT, LEVEL / compared as f64, POWER);
    let Some(one) = one else {
        // All that differ go one way: the sign test then has a chance of 2 in 2^k.
        let fewest = (1.0 + (1.0 / LEVEL).log2()).ceil() as usize;
        let questions = many(n as u64, "question");
        if fewest > n {
            return format!("can show: nothing; of {questions} even all going one way would show nothing");
        }
        return format!(
            "can show: only great differences; {questions} show none between arms that differ on {:.0} % of them, and from {:.0} \
             points on where all that differ go one way",
            100.0 * DISCORDANT,
            100.0 * fewest as f64 / n as f64
        );
    };
    let all = all
        .filter(|_| compared > 1)
        .map(|all| format!("; corrected for {compared} comparisons, {:.1} points", 100.0 * all));
    format!(
        "can show: a difference of {:.1} points between two arms that differ on {:.0} % of the questions (power {:.0} %, level {:.0} %){}",
        100.0 * one,
        100.0 * DISCORDANT,
        100.0 * POWER,
        100.0 * LEVEL,
        all.unwrap_or_default()
    )
}

/// How many pairs of arms are compared.
fn compared(design: &Design) -> usize {
    let arms = design.arms.len();
    let pairs = if arms <= 6 { arms * arms.saturating_sub(1) / 2 } else { arms - 1 };
    pairs.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_well() {
        assert_eq!([thousands(7), thousands(1234), thousands(1_234_567)], ["7", "1,234", "1,234,567"]);
        assert_eq!([duration(400), duration(59_000), duration(150_000)], ["a moment", "59 s", "3 min"]);
        assert_eq!(duration(9_000_000), "2 h 30 min");
        assert_eq!([many(1, "arm"), many(2, "arm")], ["1 arm", "2 arms"]);
    }
}
