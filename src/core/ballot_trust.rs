//! How far a ballot vote can be trusted: figures that follow from its recorded ballots alone. It names no winner of its
//! own and judges no answer.

use super::ballot::{Ballot, Tally};
use super::ids::MemberId;
use super::rules::{self, Rule, Weights};
use std::collections::BTreeMap;

/// The points an answer got, out of those it could have had.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// Whose answer.
    pub answer: MemberId,
    /// Borda points, each ballot's times the judge's weight.
    pub got: f64,
    /// The points of an answer that all its judges rank first.
    pub most: f64,
}

/// How often something happened, and how often it would by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// How often it happened.
    pub times: usize,
    /// Out of so many ballots.
    pub of: usize,
    /// How often it would happen if judges drew lots.
    pub chance: f64,
}

impl Times {
    fn add(&mut self, happened: bool, chance: f64) {
        self.times += usize::from(happened);
        self.of += 1;
        self.chance += chance;
    }
}

/// Who wins when one judge's ballot is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Without {
    /// The judge left out.
    pub judge: MemberId,
    /// The winner without it; `None` for a tie.
    pub winner: Option<MemberId>,
    /// Those who tie without it.
    pub tied: Vec<MemberId>,
}

/// What the ballots say about themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// Pairs of answers that two judges or more ranked.
    pub pairs: usize,
    /// Those of them that all these judges put in the same order.
    pub unanimous: usize,
    /// Ballots of two answers in both orders in which the preference stayed, and how many were asked for so.
    pub stable: (usize, usize),
    /// How often the answer shown first was ranked first, each order counted for itself. By chance, of `k` answers shown, once in `k` ballots.
    pub first_shown: Times,
    /// How often a longest of the answers shown was ranked first. By chance, of `k` answers shown of which `t` are the
    /// longest, `t` in `k` ballots.
    pub longest: Times,
    /// The winner without each judge in turn, in order of the ballots; empty below three ballots.
    pub without: Vec<Without>,
    /// The distance of the first two answers, as a share of the points an answer could have had, 0–1.
    pub margin: f64,
}

fn counted(ballots: &[Ballot]) -> impl Iterator<Item = &Ballot> {
    ballots.iter().filter(|ballot| ballot.valid && ballot.ranking.len() > 1)
}

/// The points behind a Borda count, in its order: of `k` answers on a ballot the first gets `k - 1`, the last none.
pub fn points(tally: &Tally, ballots: &[Ballot], weights: &Weights) -> Vec<Points> {
    let of = |answer: &MemberId| {
        let (mut got, mut most) = (0.0, 0.0);
        for ballot in counted(ballots) {
            let Some(place) = ballot.ranking.iter().position(|ranked| ranked == answer) else { continue };
            let weight = weights.get(&ballot.judge).copied().unwrap_or(1.0);
            let last = (ballot.ranking.len() - 1) as f64;
            got += weight * if ballot.even { last / 2.0 } else { last - place as f64 };
            most += weight * (ballot.ranking.len() - 1) as f64;
        }
        Points { answer: answer.clone(), got, most }
    };
    tally.scores.iter().map(|score| of(&score.answer)).collect()
}

/// Reads off the valid ballots how firm their result by a rule is; `lengths` are the answers' lengths in characters. `None` below
/// two ballots, for then there is nothing to compare.
pub fn trust(
    rule: Rule,
    tally: &Tally,
    ballots: &[Ballot],
    weights: &Weights,
    lengths: &BTreeMap<MemberId, usize>,
) -> Option<Trust> {
    let valid: Vec<Ballot> = counted(ballots).cloned().collect();
    if valid.len() < 2 {
        return None;
    }
    let candidates: Vec<MemberId> = tally.scores.iter().map(|score| score.answer.clone()).collect();
    let (mut pairs, mut unanimous) = (0, 0);
    for (at, one) in candidates.iter().enumerate() {
        for other in &candidates[at + 1..] {
            let orders: Vec<bool> = valid.iter().filter_map(|ballot| before(ballot, one, other)).collect();
            pairs += usize::from(orders.len() > 1);
            unanimous += usize::from(orders.len() > 1 && orders.iter().all(|order| *order == orders[0]));
        }
    }
    let mut first_shown = Times::default();
    let mut longest = Times::default();
    for (ballot, shown_first, ranked_first) in valid.iter().flat_map(readings) {
        let shown = ballot.shown.len().max(1) as f64;
        first_shown.add(shown_first == ranked_first, 1.0 / shown);
        let length = |name: &MemberId| lengths.get(name).copied().unwrap_or(0);
        let most = ballot.shown.iter().map(length).max().unwrap_or(0);
        let longest_ones = ballot.shown.iter().filter(|name| length(name) == most).count();
        let won = ranked_first.is_some_and(|first| length(first) == most);
        longest.add(won, longest_ones as f64 / shown);
    }
    let both = || valid.iter().filter(|ballot| ballot.turned.is_some());
    let stable = (both().filter(|ballot| !ballot.even).count(), both().count());
    let without = |judge: &Ballot| {
        let others: Vec<Ballot> =
            valid.iter().filter(|ballot| ballot.judge != judge.judge).cloned().collect();
        let Tally { winner, tied, .. } = rules::count(rule, &candidates, &others, weights);
        Without { judge: judge.judge.clone(), winner, tied }
    };
    let without = if valid.len() > 2 { valid.iter().map(without).collect() } else { Vec::new() };
    let score = |place: usize| tally.scores.get(place).map_or(0.0, |score| score.score);
    Some(Trust { pairs, unanimous, stable, first_shown, longest, without, margin: score(0) - score(1) })
}

/// Each order in which a judge was shown its answers: the ballot, what was shown first, and what was ranked first.
fn readings(ballot: &Ballot) -> impl Iterator<Item = (&Ballot, Option<&MemberId>, Option<&MemberId>)> {
    let second = ballot.turned.as_ref().map(|turned| (ballot, ballot.shown.last(), turned.first()));
    std::iter::once((ballot, ballot.shown.first(), ballot.ranking.first())).chain(second)
}

/// Whether a ballot puts one answer before another; `None` where it does not rank both, or puts them even.
fn before(ballot: &Ballot, one: &MemberId, other: &MemberId) -> Option<bool> {
    if ballot.even {
        return None;
    }
    let place = |name: &MemberId| ballot.ranking.iter().position(|ranked| ranked == name);
    Some(place(one)? < place(other)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> MemberId {
        MemberId(name.to_owned())
    }

    /// A judge, the order shown, and the ranking: `"a: bcd > bdc"`.
    fn ballot(text: &str) -> Ballot {
        let (judge, lists) = text.split_once(": ").unwrap();
        let (shown, ranking) = lists.split_once(" > ").unwrap();
        let members = |list: &str| list.chars().map(|c| id(&c.to_string())).collect::<Vec<_>>();
        let ranking = members(ranking);
        let valid = !ranking.is_empty();
        Ballot { judge: id(judge), shown: members(shown), ranking, valid, ..Ballot::default() }
    }

    fn of(ballots: &[&str]) -> (Tally, Vec<Ballot>, Option<Trust>) {
        let ballots: Vec<Ballot> = ballots.iter().map(|text| ballot(text)).collect();
        let candidates = ["a", "b", "c", "d"].map(id);
        let tally = rules::count(Rule::Borda, &candidates, &ballots, &BTreeMap::new());
        let lengths = [(id("a"), 400), (id("b"), 300), (id("c"), 300), (id("d"), 100)].into();
        let trust = trust(Rule::Borda, &tally, &ballots, &BTreeMap::new(), &lengths);
        (tally, ballots, trust)
    }

    const FOUR: [&str; 4] = ["a: cdb > bcd", "b: dac > acd", "c: bad > bad", "d: cba > bac"];

    #[test]
    fn points_are_those_of_the_count() {
        let (tally, ballots, _) = of(&FOUR);
        let points = points(&tally, &ballots, &BTreeMap::new());
        let shown: Vec<(&str, f64, f64)> =
            points.iter().map(|one| (one.answer.0.as_str(), one.got, one.most)).collect();
        assert_eq!(shown, [("b", 6.0, 6.0), ("a", 4.0, 6.0), ("c", 2.0, 6.0), ("d", 0.0, 6.0)]);
        for (score, points) in tally.scores.iter().zip(&points) {
            assert!((score.score - points.got / points.most).abs() < 1e-9);
        }
        let weights = [(id("a"), 2.0)].into();
        let weighted = super::points(&tally, &ballots, &weights);
        assert_eq!((weighted[0].got, weighted[0].most), (8.0, 8.0));
    }

    #[test]
    fn figures_follow_from_the_ballots() {
        let (_, _, trust) = of(&FOUR);
        let trust = trust.unwrap();
        // Each of the six pairs is ranked by the two members that wrote neither.
        assert_eq!((trust.pairs, trust.unanimous), (6, 6));
        // Only c puts first what it was shown first; three answers were shown to each.
        assert_eq!((trust.first_shown.times, trust.first_shown.of), (1, 4));
        assert!((trust.first_shown.chance - 4.0 / 3.0).abs() < 1e-9);
        // a is the longest for b, c and d; for a itself b and c are equally long.
        assert_eq!(trust.longest.times, 2);
        assert!((trust.longest.chance - 5.0 / 3.0).abs() < 1e-9);
        assert!((trust.margin - 2.0 / 6.0).abs() < 1e-9);
        assert_eq!(trust.without.len(), 4);
        assert_eq!(trust.without[0].judge, id("a"));
        assert_eq!(trust.without[0].winner, Some(id("b")));
    }

    #[test]
    fn a_preference_that_turned_round_gives_half_and_each_order_is_a_reading() {
        let one = Ballot { turned: Some(vec![id("c"), id("b")]), even: true, ..ballot("a: bc > bc") };
        let other = Ballot { turned: Some(vec![id("c"), id("b")]), ..ballot("d: bc > cb") };
        let ballots = [one, other];
        let candidates = ["a", "b", "c", "d"].map(id);
        let tally = rules::count(Rule::Borda, &candidates, &ballots, &BTreeMap::new());
        let points = points(&tally, &ballots, &BTreeMap::new());
        let shown: Vec<(&str, f64, f64)> =
            points.iter().map(|one| (one.answer.0.as_str(), one.got, one.most)).collect();
        assert_eq!(shown[..2], [("c", 1.5, 2.0), ("b", 0.5, 2.0)]);
        let trust = trust(Rule::Borda, &tally, &ballots, &BTreeMap::new(), &BTreeMap::new()).unwrap();
        assert_eq!((trust.stable, trust.pairs), ((1, 2), 0));
        // Both times with the one, once of two with the other.
        assert_eq!((trust.first_shown.times, trust.first_shown.of), (3, 4));
    }

    #[test]
    fn one_judge_can_carry_the_result() {
        let (tally, _, trust) = of(&["a: bc > bc", "d: bc > cb", "b: ad > da"]);
        let trust = trust.unwrap();
        assert_eq!((trust.pairs, trust.unanimous), (1, 0));
        assert_eq!(tally.winner, Some(id("d")));
        let without_b = trust.without.iter().find(|without| without.judge == id("b")).unwrap();
        assert_eq!((without_b.winner.clone(), without_b.tied.len()), (None, 2));
    }

    #[test]
    fn too_few_ballots_say_nothing() {
        assert_eq!(of(&["a: bcd > bcd"]).2, None);
        assert_eq!(of(&["a: bcd > bcd", "b: acd > "]).2, None);
        let two = of(&["a: bcd > bcd", "b: acd > acd"]).2.unwrap();
        assert_eq!((two.pairs, two.unanimous, two.without.len()), (1, 1, 0));
    }
}
