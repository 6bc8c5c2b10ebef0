//! Ranks members by a strategy: quality, cost, and how it goes for their endpoints. How many of them are asked, and who of
//! which house, is [`super::choose()`]'s.
//!
//! Quality against price is what `FrugalGPT` (Chen, Zaharia and Zou, arXiv 2305.05176) and Hybrid LLM (Ding et al., arXiv
//! 2404.14618) trade too, by limits that they learn; here it is one sum whose weights were set by hand.

use super::{Candidate, Fitness, Strategy};
use crate::core::ids::MemberId;
use crate::core::spend::Dollars;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What balancing takes off the dearest, and a part of it off the others: as much as being right in 25 of 100 more.
const DEAR: f64 = 0.25;
/// What a specialist of the topic is given.
const SPECIALIST: f64 = 0.1;
/// What is taken off where an endpoint runs as many calls as it may.
const BUSY: f64 = 0.1;
/// What is taken off where the first piece of text takes long.
const SLOW: f64 = 0.05;
/// How long that is, in milliseconds.
const SLOW_MS: u64 = 10_000;
/// Two calls more than there were are taken to have brought an answer, so that one failure says little.
const UNSEEN: f64 = 2.0;
/// What is taken off where an endpoint is left alone: more than all else comes to.
const LEFT_ALONE: f64 = 3.0;

/// A member that may be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Considered {
    /// Who.
    pub member: MemberId,
    /// How often it is expected to be right, 0 to 1: a posterior mean.
    pub quality: f64,
    /// Of how many graded questions that is.
    pub graded: u32,
    /// A draw of how often it may be right, which it is ranked by where there is one.
    pub drawn: Option<f64>,
    /// What an answer is guessed to cost; none where the price is not known.
    pub cost: Option<Dollars>,
    /// Whether it is a specialist of the topic.
    pub specialist: bool,
}

/// Ranks members, given in the order of their seats: the best first, ties in that order.
///
/// With `q` for the draw or else the quality, and `c` for the place of the cost between nothing (0) and the dearest known (1)
/// on a logarithmic scale, the score is `1 - c` for the cheapest, `q - c / 4` for balance, and `q` for the best, less what
/// speaks against the endpoint and more what speaks for a specialist. Of equal scores, to a millionth, the better goes first
/// with the cheapest and else the cheaper. Where nobody knows a price it is taken for the dearest.
pub fn rank(
    strategy: Strategy,
    members: &[Considered],
    fitness: &BTreeMap<MemberId, Fitness>,
) -> Vec<Candidate> {
    let place = places(members);
    let mut all: Vec<(i64, i64, Candidate)> = members
        .iter()
        .map(|member| {
            let quality = member.drawn.unwrap_or(member.quality);
            let dear = place(member.cost);
            let mut notes = notes_of(strategy, member, dear);
            let (main, second) = match strategy {
                Strategy::Cost => (1.0 - dear, quality),
                Strategy::Balanced => (quality - DEAR * dear, -dear),
                Strategy::Quality => (quality, -dear),
            };
            let specialist = if member.specialist { SPECIALIST } else { 0.0 };
            let against = fitness.get(&member.member).map_or(0.0, |fitness| against(fitness, &mut notes));
            let score = millionths(main + specialist - against);
            let candidate = Candidate {
                member: member.member.clone(),
                quality: member.quality,
                graded: member.graded,
                cost: member.cost,
                score: score as f64 / 1e6,
                notes,
            };
            (score, millionths(second), candidate)
        })
        .collect();
    all.sort_by_key(|(score, second, _)| Reverse((*score, *second)));
    all.into_iter().map(|(_, _, candidate)| candidate).collect()
}

/// In millionths: differences that are nobody's matter make no order.
fn millionths(score: f64) -> i64 {
    (score * 1e6).round() as i64
}

/// Where a cost stands between nothing and the dearest known: `ln(1 + cost / least) / ln(1 + most / least)`, with the least
/// cost that is not nothing. Prices differ by factors, so the scale is logarithmic.
fn places(members: &[Considered]) -> impl Fn(Option<Dollars>) -> f64 {
    let known = || members.iter().filter_map(|member| member.cost).filter(|cost| cost.0 > 0);
    let least = known().min().map_or(1.0, Dollars::usd);
    let most = known().max().map_or(1.0, Dollars::usd);
    move |cost| cost.map_or(1.0, |cost| (cost.usd() / least).ln_1p() / (most / least).ln_1p())
}

/// What a member is ranked by beside its quality and its endpoint.
fn notes_of(strategy: Strategy, member: &Considered, dear: f64) -> Vec<String> {
    let mut notes = Vec::new();
    if member.specialist {
        notes.push(format!("specialist (+{SPECIALIST:.2})"));
    }
    if let Some(drawn) = member.drawn {
        notes.push(format!("drew {drawn:.2}"));
    }
    if strategy == Strategy::Balanced && dear * DEAR >= 0.005 {
        notes.push(format!("cost (-{:.2})", dear * DEAR));
    }
    if member.cost.is_none() {
        notes.push("price unknown, taken for the dearest".to_owned());
    }
    notes
}

/// What speaks against an endpoint, with a note for each.
fn against(fitness: &Fitness, notes: &mut Vec<String>) -> f64 {
    let mut sum = 0.0;
    let mut less = |points: f64, note: String| {
        sum += points;
        notes.push(note);
    };
    let (answered, calls) = fitness.answered;
    let missed = calls.saturating_sub(answered);
    if missed > 0 {
        let points = f64::from(missed) / (f64::from(calls) + UNSEEN);
        less(points, format!("{missed} of its last {calls} calls failed (-{points:.2})"));
    }
    let (running, most) = fitness.running;
    if running > 0 && most > 0 {
        let points = BUSY * (f64::from(running) / f64::from(most)).min(1.0);
        less(points, format!("busy, {running} of {most} calls run (-{points:.2})"));
    }
    if let Some(ms) = fitness.first_ms.filter(|ms| *ms >= SLOW_MS) {
        less(SLOW, format!("slow, {} s to the first text (-{SLOW:.2})", ms / 1000));
    }
    if fitness.left_alone {
        less(LEFT_ALONE, "left alone after many faults, goes last".to_owned());
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn considered(name: &str, quality: f64, cost: Option<f64>) -> Considered {
        let cost = cost.map(Dollars::of);
        Considered { member: name.into(), quality, graded: 0, drawn: None, cost, specialist: false }
    }

    fn order(strategy: Strategy, members: &[Considered], fitness: &BTreeMap<MemberId, Fitness>) -> String {
        let ranked = rank(strategy, members, fitness);
        assert!(ranked.windows(2).all(|pair| pair[0].score >= pair[1].score));
        ranked.iter().map(|it| it.member.0.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn well(strategy: Strategy, members: &[Considered]) -> String {
        order(strategy, members, &BTreeMap::new())
    }

    #[test]
    fn a_strategy_weighs_quality_against_cost() {
        let members = [
            considered("best", 0.9, Some(0.05)),
            considered("good", 0.8, Some(0.002)),
            considered("cheap", 0.5, Some(0.0005)),
            considered("local", 0.4, Some(0.0)),
        ];
        assert_eq!(well(Strategy::Cost, &members), "local cheap good best");
        assert_eq!(well(Strategy::Balanced, &members), "good best cheap local");
        assert_eq!(well(Strategy::Quality, &members), "best good cheap local");
    }

    #[test]
    fn ties_go_by_the_other_and_then_by_seat() {
        let members = [
            considered("a", 0.5, Some(0.01)),
            considered("b", 0.5, Some(0.001)),
            considered("c", 0.6, Some(0.01)),
            considered("d", 0.6, Some(0.01)),
        ];
        assert_eq!(well(Strategy::Quality, &members), "c d b a");
        assert_eq!(well(Strategy::Cost, &members), "b c d a");
        let alike = [considered("x", 0.5, None), considered("y", 0.5, None), considered("a", 0.5, None)];
        for strategy in Strategy::ALL {
            assert_eq!(well(strategy, &alike), "x y a");
        }
    }

    #[test]
    fn a_price_that_nobody_knows_is_the_dearest() {
        let members = [
            considered("odd", 0.5, None),
            considered("dear", 0.5, Some(1.0)),
            considered("cheap", 0.5, Some(0.1)),
            considered("free", 0.5, Some(0.0)),
        ];
        for strategy in Strategy::ALL {
            assert_eq!(well(strategy, &members), "free cheap odd dear");
        }
        let ranked = rank(Strategy::Balanced, &members, &BTreeMap::new());
        assert_eq!(ranked[2].notes, ["cost (-0.25)", "price unknown, taken for the dearest"]);
        assert!(ranked[0].notes.is_empty());
        assert_eq!(well(Strategy::Cost, &[members[0].clone(), members[3].clone()]), "free odd");
    }

    #[test]
    fn endpoints_that_fail_or_are_busy_go_back_and_those_left_alone_go_last() {
        let members: Vec<Considered> =
            ["a", "b", "c", "d", "e"].iter().map(|name| considered(name, 0.5, Some(0.0))).collect();
        let fit = |fitness: Fitness| Fitness { ..fitness };
        let fitness: BTreeMap<MemberId, Fitness> = [
            ("a".into(), fit(Fitness { left_alone: true, ..Fitness::default() })),
            ("b".into(), fit(Fitness { answered: (2, 8), ..Fitness::default() })),
            ("c".into(), fit(Fitness { running: (3, 5), ..Fitness::default() })),
            ("d".into(), fit(Fitness { first_ms: Some(12_300), ..Fitness::default() })),
        ]
        .into();
        for strategy in Strategy::ALL {
            assert_eq!(order(strategy, &members, &fitness), "e d c b a");
        }
        let ranked = rank(Strategy::Quality, &members, &fitness);
        let notes: Vec<&str> = ranked.iter().flat_map(|it| &it.notes).map(String::as_str).collect();
        let expected = [
            "slow, 12 s to the first text (-0.05)",
            "busy, 3 of 5 calls run (-0.06)",
            "6 of its last 8 calls failed (-0.60)",
            "left alone after many faults, goes last",
        ];
        assert_eq!(notes, expected);
        let mut best = members.clone();
        best[0] = Considered { quality: 1.0, specialist: true, ..best[0].clone() };
        best[1].quality = 0.0;
        let mut worst = fitness.clone();
        worst.insert(
            "b".into(),
            Fitness { answered: (0, 50), running: (9, 1), first_ms: Some(99_999), ..Fitness::default() },
        );
        for strategy in Strategy::ALL {
            assert!(order(strategy, &best, &worst).ends_with("b a"), "whatever else");
        }
    }

    #[test]
    fn a_specialist_goes_before_equals_and_a_draw_before_the_mean() {
        let mut members = vec![considered("a", 0.5, Some(0.0)), considered("b", 0.5, Some(0.0))];
        members[1].specialist = true;
        assert_eq!(well(Strategy::Balanced, &members), "b a");
        members[0].drawn = Some(0.8);
        let ranked = rank(Strategy::Quality, &members, &BTreeMap::new());
        assert_eq!(ranked[0].notes, ["drew 0.80"]);
        assert!((ranked[0].score - 0.8).abs() < 1e-9 && (ranked[0].quality - 0.5).abs() < 1e-9);
        assert!(rank(Strategy::Cost, &[], &BTreeMap::new()).is_empty());
    }
}
