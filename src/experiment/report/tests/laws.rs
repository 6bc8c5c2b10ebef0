//! What holds of every report, held against experiments drawn from a seed: every figure leads to its trials, and figures that say
//! the same thing in two ways agree.

use super::*;
use crate::core::shuffle::mix;
use proptest::prelude::*;
use serde_json::Value;

/// Names that hold slashes and words that mean something else.
const TREATMENTS: [(&str, &str); 4] =
    [("council", "a b c"), ("council/wrong", "a b c d/right"), ("one", "a"), ("samples", "a a-2 a-3")];

fn drawn(seed: u64, questions: usize, repeats: u16) -> (Design, Vec<Facts>) {
    let arms = [
        ("council", 0, vote()),
        ("council/wrong", 1, Reading::Result),
        ("last", 1, Reading::Vote(VoteRule::Plurality, When::Last)),
        ("best", 0, Reading::BestSingle),
        ("one", 2, alone("a")),
        ("self", 3, Reading::Vote(VoteRule::Majority, When::First)),
    ];
    let mut design = Design { repeats, seed, baseline: 1, ..design(questions, &TREATMENTS, &arms) };
    for (place, item) in design.items.iter_mut().enumerate() {
        item.topic = [None, Some("maths"), Some("maths/easy")][place % 3].map(str::to_owned);
    }
    let mut facts = Vec::new();
    let mut state = seed;
    let mut draw = |of: u64| {
        state = mix(&[state]);
        state % of
    };
    for key in design.trials() {
        // One in nine is not done yet.
        if draw(9) == 0 {
            continue;
        }
        let seats = design.treatments[key.treatment].council.members.len();
        let rounds = if key.treatment == 1 { 1 + draw(3) } else { 1 };
        let letters = ['A', 'A', 'A', 'B', 'x', 'x', 'y', '-', if draw(8) == 0 { '?' } else { 'z' }];
        let round = |_| (0..seats).map(|_| letters[draw(letters.len() as u64) as usize]).collect::<String>();
        let text: Vec<String> = (0..rounds).map(round).collect();
        let mut one = trial((key.treatment, key.item, key.repeat), 2 + facts.len(), &text.join("|"));
        one.failed = draw(4) as u16 / 3;
        for round in &mut one.rounds {
            (round.held, round.caved, round.argued) = (draw(3) as u16, draw(2) as u16, draw(2) as u16);
        }
        if draw(3) == 0 && seats > 1 {
            one.preferred = Box::new([(0, 1), (1, 2), (0, 2)]);
        }
        facts.push(one);
    }
    (design, facts)
}

/// Every object in a report that leads to trials.
fn figures<'v>(value: &'v Value, found: &mut Vec<&'v serde_json::Map<String, Value>>) {
    match value {
        Value::Object(map) => {
            if map.contains_key("what") {
                found.push(map);
            }
            map.values().for_each(|value| figures(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| figures(value, found)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_figure_leads_to_its_trials(seed in any::<u64>(), questions in 1_usize..14, repeats in 1_u16..3) {
        let (design, facts) = drawn(seed, questions, repeats);
        let scored = score(&design, &facts);
        let report = serde_json::to_value(report(&design, &facts, &scored)).unwrap();
        let mut found = Vec::new();
        figures(&report, &mut found);
        prop_assert!(found.len() > 100, "{}", found.len());
        for figure in found {
            let word = figure["what"].as_str().unwrap();
            let what = What::parse(&design, word);
            prop_assert!(what.is_ok(), "{word}: {what:?}");
            let what = what.unwrap();
            prop_assert_eq!(what.word(&design), word);
            let lines = trials_of(&design, &facts, &scored, &what);
            prop_assert!(lines.windows(2).all(|two| two[0] < two[1]));
            if let Some(count) = figure.get("count").and_then(Value::as_u64) {
                let lines = lines.len() as u64;
                prop_assert_eq!(count > 0, lines > 0, "{}: {} {}", word, count, lines);
                let once = ["arm:", "unanimous:", "stand:", "member:"].iter().any(|kind| word.starts_with(kind));
                // Pairs are counted by questions, turns and corrections by members.
                prop_assert!(!once || count == lines, "{word}: {count} {lines}");
            } else if word.starts_with("share:") || word.starts_with("slowest:") {
                prop_assert_eq!(figure["trials"].as_u64(), Some(lines.len() as u64), "{}", word);
            } else if figure.get("n").and_then(Value::as_u64).is_some_and(|n| n > 0) && !word.starts_with("round:") {
                prop_assert!(!lines.is_empty(), "{word}");
            }
        }
    }

    #[test]
    fn figures_that_say_the_same_agree(seed in any::<u64>(), questions in 1_usize..20, repeats in 1_u16..3) {
        let (design, facts) = drawn(seed, questions, repeats);
        let scored = score(&design, &facts);
        let report = report(&design, &facts, &scored);
        for (arm, scored) in report.arms.iter().zip(&scored) {
            prop_assert_eq!(arm.right.count + arm.wrong.count + arm.ungraded.count, arm.done);
            prop_assert_eq!(arm.done, scored.len() as u64);
            // Question by question, without any help.
            let mut means = Vec::new();
            for item in 0..questions {
                let here = scored.iter().filter(|one| facts[one.trial].key.item == item).filter_map(|one| one.right);
                let here: Vec<bool> = here.collect();
                if !here.is_empty() {
                    means.push(here.iter().filter(|right| **right).count() as f64 / here.len() as f64);
                }
            }
            prop_assert_eq!(arm.accuracy.n, means.len());
            if let Some(mean) = arm.accuracy.mean {
                prop_assert!((mean - means.iter().sum::<f64>() / means.len() as f64).abs() < 1e-9);
                for interval in [arm.accuracy.wilson.unwrap(), arm.bootstrap.unwrap()] {
                    prop_assert!(0.0 <= interval.low && interval.low <= interval.high && interval.high <= 1.0);
                }
            }
            if let Some(bins) = &arm.calibration {
                prop_assert_eq!(bins.bins.iter().map(|bin| bin.trials).sum::<u64>(), bins.trials);
                let apart = bins.brier.unwrap_or(0.0) - bins.reliability.unwrap_or(0.0) + bins.resolution.unwrap_or(0.0);
                prop_assert!((apart - bins.uncertainty.unwrap_or(0.0)).abs() < 1e-9);
            }
        }
        for pair in &report.comparisons {
            prop_assert_eq!(pair.better.count + pair.worse.count + pair.same.count, pair.n as u64);
            prop_assert!(pair.p <= pair.p_holm && pair.p_holm <= 1.0);
            if pair.n > 0 {
                let back = trials_of(&design, &facts, &scored, &What::parse(&design, &pair.what).unwrap());
                prop_assert!(back.len() >= pair.n);
            }
        }
        for debate in &report.debates {
            let first = &debate.rounds[0];
            prop_assert_eq!((first.corrected.count, first.subverted.count, first.held.count), (0, 0, 0));
            for two in debate.rounds.windows(2) {
                // Who is right now was right before, but for who came and went: over all members.
                let net = |round: &RoundFigures| round.corrected.count as i64 - round.subverted.count as i64;
                let here = two[1].corrected_here.count as i64 - two[1].subverted_here.count as i64;
                prop_assert!(design.items.len() > 1_000_000 || two[0].of != two[1].of || net(&two[1]) - net(&two[0]) == here
                    || facts.iter().any(|facts| facts.said.iter().any(|said| said.right.is_none())));
            }
        }
    }

    /// The panel's figures, done again the long way: all subsets as lists, votes counted in a map.
    #[test]
    fn the_curve_is_what_the_long_way_gives(seed in any::<u64>()) {
        let (design, facts) = drawn(seed, 9, 1);
        let report = super::of(&design, &facts);
        for panel in &report.panels {
            let treatment = design.treatments.iter().position(|it| it.name == panel.treatment).unwrap();
            let graded = |facts: &&Facts| {
                let known = facts.seats.iter().filter_map(|seat| seat.first).all(|place| facts.right(place).is_some());
                facts.key.treatment == treatment && known && facts.is_right(None).is_some()
            };
            let trials: Vec<&Facts> = facts.iter().filter(graded).collect();
            let seats = design.treatments[treatment].council.members.len();
            for step in &panel.curve {
                let subsets = (0_u32..1 << seats).filter(|subset| subset.count_ones() as usize == step.size);
                let mut found = Vec::new();
                for subset in subsets {
                    let mut sum = 0.0;
                    for facts in &trials {
                        let mut votes = std::collections::BTreeMap::new();
                        for seat in (0..seats).filter(|seat| subset >> seat & 1 == 1) {
                            if let Some(said) = facts.seats[seat].first {
                                *votes.entry(said).or_insert(0) += 1;
                            }
                        }
                        let most = votes.values().max().copied();
                        let top: Vec<u8> = votes.into_iter().filter(|(_, n)| Some(*n) == most).map(|(of, _)| of).collect();
                        let right = top.iter().filter(|of| facts.right(**of) == Some(true)).count();
                        sum += right as f64 / top.len().max(1) as f64;
                    }
                    found.push(sum / trials.len() as f64);
                }
                prop_assert_eq!(found.len(), step.panels);
                let mean = found.iter().sum::<f64>() / found.len() as f64;
                prop_assert!((mean - step.mean).abs() < 1e-9, "{} {}", mean, step.mean);
                prop_assert!((found.iter().copied().fold(0.0, f64::max) - step.most).abs() < 1e-9);
                prop_assert!((found.iter().copied().fold(1.0, f64::min) - step.least).abs() < 1e-9);
            }
        }
    }
}
