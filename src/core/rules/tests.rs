//! Rules against worked examples of the literature, and against counts that are written down another way.

use super::*;
use proptest::prelude::*;

fn id(letter: char) -> MemberId {
    MemberId(letter.to_string())
}

fn ids(letters: &str) -> Vec<MemberId> {
    letters.chars().map(id).collect()
}

/// So many judges for each order: `"5 abc"`.
fn profile(lines: &[&str]) -> Vec<Ballot> {
    let mut ballots = Vec::new();
    for line in lines {
        let (count, order) = line.split_once(' ').unwrap();
        for _ in 0..count.parse::<usize>().unwrap() {
            let judge = MemberId(format!("judge {}", ballots.len()));
            ballots.push(Ballot { judge, ranking: ids(order), valid: true, ..Ballot::default() });
        }
    }
    ballots
}

fn winner(rule: Rule, letters: &str, ballots: &[Ballot]) -> String {
    let tally = count(rule, &ids(letters), ballots, &Weights::new());
    let mut names: Vec<String> = tally.winner.into_iter().chain(tally.tied).map(|name| name.0).collect();
    names.sort();
    names.concat()
}

fn share_of(rule: Rule, letters: &str, ballots: &[Ballot], of: char) -> f64 {
    let tally = count(rule, &ids(letters), ballots, &Weights::new());
    tally.scores.iter().find(|score| score.answer == id(of)).unwrap().score
}

fn is(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

/// Borda's own example, Mémoire sur les élections au scrutin (1781): 21 electors, A ahead by first places, last by points.
#[test]
fn borda_turns_pluralitys_first_into_the_last() {
    let ballots = profile(&["1 abc", "7 acb", "7 bca", "6 cba"]);
    assert_eq!(winner(Rule::Plurality, "abc", &ballots), "a");
    assert_eq!(winner(Rule::Majority, "abc", &ballots), "");
    assert_eq!(winner(Rule::Borda, "abc", &ballots), "c");
    // With 3, 2 and 1 points he counts 37, 42 and 47; with one point less for each of 21 ballots:
    for (answer, points) in [('a', 16.0), ('b', 21.0), ('c', 26.0)] {
        is(share_of(Rule::Borda, "abc", &ballots, answer), points / 42.0);
    }
    assert_eq!(winner(Rule::Copeland, "abc", &ballots), "c");
    assert_eq!(winner(Rule::RankedPairs, "abc", &ballots), "c");
}

/// Condorcet's example against Borda, Essai sur l'application de l'analyse (1785): 81 voters, A beats both others, B has more
/// points.
#[test]
fn condorcets_winner_is_not_bordas() {
    let ballots = profile(&["30 abc", "1 acb", "10 cab", "29 bac", "10 bca", "1 cba"]);
    assert_eq!(winner(Rule::Borda, "abc", &ballots), "b");
    assert_eq!(winner(Rule::Copeland, "abc", &ballots), "a");
    assert_eq!(winner(Rule::RankedPairs, "abc", &ballots), "a");
    is(share_of(Rule::Borda, "abc", &ballots, 'a'), 101.0 / 162.0);
    is(share_of(Rule::Borda, "abc", &ballots, 'b'), 109.0 / 162.0);
}

/// The capital of Tennessee, the example of most textbooks on voting: Memphis, Nashville, Chattanooga, Knoxville.
#[test]
fn the_capital_of_tennessee() {
    let ballots = profile(&["42 mnck", "26 ncmk", "15 cknm", "17 kcnm"]);
    assert_eq!(winner(Rule::Plurality, "mnck", &ballots), "m");
    for rule in [Rule::Borda, Rule::Copeland, Rule::RankedPairs] {
        // 26 voters put Memphis before Knoxville here; in the textbooks it is the other way round, which changes no winner.
        assert_eq!(winner(rule, "mnck", &ballots), "n", "{rule:?}");
    }
    is(share_of(Rule::Copeland, "mnck", &ballots, 'n'), 1.0);
}

/// A circle: A beats B by 7 to 2, B beats C by 6 to 3, C beats A by 5 to 4. The weakest link is left out.
#[test]
fn ranked_pairs_leave_the_weakest_link_of_a_circle_out() {
    let ballots = profile(&["4 abc", "3 cab", "2 bca"]);
    assert_eq!(winner(Rule::RankedPairs, "abc", &ballots), "a");
    assert_eq!(winner(Rule::Copeland, "abc", &ballots), "abc");
}

/// Condorcet's paradox: no rule may break what is even.
#[test]
fn an_even_circle_is_a_tie_by_every_rule() {
    let ballots = profile(&["1 abc", "1 bca", "1 cab"]);
    for rule in [Rule::Plurality, Rule::Borda, Rule::Copeland, Rule::RankedPairs, Rule::Weighted] {
        assert_eq!(winner(rule, "abc", &ballots), "abc", "{rule:?}");
    }
    assert_eq!(winner(Rule::Majority, "abc", &ballots), "");
}

/// Tideman's point (1987): a clone of the first takes its first places, not its victory.
#[test]
fn ranked_pairs_do_not_mind_clones() {
    let alone = profile(&["9 ab", "6 ba"]);
    let cloned = profile(&["5 acb", "4 cab", "6 bac"]);
    for ballots in [(&alone, "ab"), (&cloned, "abc")] {
        assert_eq!(winner(Rule::RankedPairs, ballots.1, ballots.0), "a");
    }
    assert_eq!(winner(Rule::Plurality, "abc", &cloned), "b");
}

#[test]
fn approvals_and_scores_are_counted_where_they_are_given() {
    let mut ballots = profile(&["1 abc", "1 bca", "1 cab"]);
    let approves = |ballot: &mut Ballot, letters: &str| ballot.approved = Some(ids(letters));
    approves(&mut ballots[0], "ab");
    approves(&mut ballots[1], "b");
    let tally = count(Rule::Approval, &ids("abc"), &ballots, &Weights::new());
    assert_eq!((tally.winner, tally.counted), (Some(id('b')), 2));
    is(share_of(Rule::Approval, "abc", &ballots, 'a'), 0.5);
    assert_eq!(winner(Rule::Scores, "abc", &ballots), "");
    ballots[2].scores = Some([(id('a'), 0.4), (id('b'), 0.3), (id('c'), 0.9)].into());
    assert_eq!(winner(Rule::Scores, "abc", &ballots), "c");
    approves(&mut ballots[0], "");
    approves(&mut ballots[1], "");
    assert_eq!(winner(Rule::Approval, "abc", &ballots), "", "who has no approval has not won");
}

#[test]
fn own_answers_are_left_out_and_shares_stay_fair() {
    let mut ballots = profile(&["1 bcd", "1 acd", "1 bad", "1 bac"]);
    for (ballot, judge) in ballots.iter_mut().zip("abcd".chars()) {
        ballot.judge = id(judge);
    }
    assert_eq!(winner(Rule::Borda, "abcd", &ballots), "b");
    is(share_of(Rule::Borda, "abcd", &ballots, 'b'), 1.0);
    is(share_of(Rule::Borda, "abcd", &ballots, 'a'), 4.0 / 6.0);
    assert_eq!(winner(Rule::Majority, "abcd", &ballots), "b", "3 of 4 ballots");
    assert_eq!(winner(Rule::Copeland, "abcd", &ballots), "b");
}

#[test]
fn what_turned_round_is_a_tie_on_its_ballot() {
    let mut ballots = profile(&["2 ab"]);
    ballots[1].even = true;
    for (rule, of_a, of_b) in
        [(Rule::Borda, 0.75, 0.25), (Rule::Plurality, 0.5, 0.0), (Rule::Copeland, 1.0, 0.0)]
    {
        is(share_of(rule, "ab", &ballots, 'a'), of_a);
        is(share_of(rule, "ab", &ballots, 'b'), of_b);
    }
    ballots[0].even = true;
    for rule in [Rule::Borda, Rule::Copeland, Rule::RankedPairs] {
        assert_eq!(winner(rule, "ab", &ballots), "ab", "{rule:?}");
    }
    assert_eq!(winner(Rule::Plurality, "ab", &ballots), "", "nobody was put first");
}

#[test]
fn a_weight_flips_the_winner_where_it_says() {
    let mut ballots = profile(&["2 ab", "1 ba"]);
    for (ballot, judge) in ballots.iter_mut().zip("xyz".chars()) {
        ballot.judge = id(judge);
    }
    let flips = flips(Rule::Weighted, &ids("ab"), &ballots, &Weights::new());
    let told: Vec<(String, f64, bool)> = flips
        .iter()
        .map(|flip| (flip.judge.0.clone(), (flip.at * 10.0).round() / 10.0, flip.above))
        .collect();
    // z alone against two of weight 1: at 2 it is a tie. Without x or y it is one, too.
    assert_eq!(told, [("x".into(), 0.0, false), ("y".into(), 0.0, false), ("z".into(), 2.0, true)]);
    assert!(flips.iter().all(|flip| flip.winner.is_none()));
    assert!(super::flips(Rule::Plurality, &ids("ab"), &ballots, &Weights::new()).is_empty());
    for flip in flips {
        let at = Weights::from([(flip.judge, flip.at)]);
        assert_eq!(count(Rule::Weighted, &ids("ab"), &ballots, &at).winner, flip.winner);
    }
}

#[test]
fn without_ballots_nobody_wins() {
    for rule in Rule::ALL {
        let none = count(rule, &ids("abc"), &[], &Weights::new());
        assert_eq!((none.winner, none.tied, none.counted), (None, vec![], 0), "{rule:?}");
        assert_eq!(Rule::named(rule.name()), Some(rule));
        let one = profile(&["1 a"]);
        assert_eq!(winner(rule, "abc", &one), "", "{rule:?}: one answer alone is no ranking");
    }
}

/// Rankings of some of four answers, each with a weight.
fn elections() -> impl Strategy<Value = (Vec<Ballot>, Weights)> {
    let order = Just(vec!['a', 'b', 'c', 'd']).prop_shuffle();
    let one = (order, 2..=4_usize, 1..=30_u32, proptest::bool::weighted(0.1));
    proptest::collection::vec(one, 1..9).prop_map(|all| {
        let mut weights = Weights::new();
        let mut ballots = Vec::new();
        for (at, (order, length, weight, even)) in all.into_iter().enumerate() {
            let judge = MemberId(format!("j{at}"));
            weights.insert(judge.clone(), f64::from(weight) / 10.0);
            let ranking: Vec<MemberId> = order.into_iter().take(length).map(id).collect();
            let even = even && length == 2;
            ballots.push(Ballot { judge, ranking, valid: true, even, ..Ballot::default() });
        }
        (ballots, weights)
    })
}

/// How much weight puts the one before the other, as a plain sum over the ballots.
fn ahead(ballots: &[Ballot], weights: &Weights, one: char, other: char) -> Option<f64> {
    let mut sum = None;
    for ballot in ballots {
        let at = |letter| ballot.ranking.iter().position(|name| *name == id(letter));
        if let (Some(here), Some(there)) = (at(one), at(other)) {
            let sign = if ballot.even {
                0.0
            } else if here < there {
                1.0
            } else {
                -1.0
            };
            sum = Some(sum.unwrap_or(0.0) + sign * weights[&ballot.judge]);
        }
    }
    sum
}

/// Every order of four answers.
fn orders() -> Vec<Vec<char>> {
    let mut all = vec![Vec::new()];
    for _ in 0..4 {
        all = all
            .into_iter()
            .flat_map(|order: Vec<char>| {
                "abcd"
                    .chars()
                    .filter(|letter| !order.contains(letter))
                    .map(|letter| [order.as_slice(), &[letter]].concat())
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    all
}

/// Ranked pairs another way (Zavist and Tideman, 1989): of all orders the one whose kept pairs, sorted from the widest margin
/// down, come first. Only for margins that all differ.
fn best_order(margins: &[(f64, char, char)]) -> char {
    let kept = |order: &Vec<char>| -> Vec<bool> {
        let at = |letter: char| order.iter().position(|other| *other == letter).unwrap();
        margins.iter().map(|(_, one, other)| at(*one) < at(*other)).collect()
    };
    orders().into_iter().max_by_key(kept).unwrap()[0]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn rules_agree_with_plain_counts((ballots, weights) in elections()) {
        let candidates = ids("abcd");
        for letter in "abcd".chars() {
            let (mut firsts, mut heavy, mut stood, mut could) = (0.0, 0.0, 0.0, 0.0);
            let (mut points, mut most) = (0.0, 0.0);
            for ballot in &ballots {
                let Some(place) = ballot.ranking.iter().position(|name| *name == id(letter)) else { continue };
                let weight = weights[&ballot.judge];
                let first = place == 0 && !ballot.even;
                firsts += if first { 1.0 } else { 0.0 };
                heavy += if first { weight } else { 0.0 };
                stood += 1.0;
                could += weight;
                let last = ballot.ranking.len() as f64 - 1.0;
                points += weight * if ballot.even { last / 2.0 } else { last - place as f64 };
                most += weight * last;
            }
            let (mut won, mut duels) = (0.0, 0.0);
            for other in "abcd".chars().filter(|other| *other != letter) {
                if let Some(ahead) = ahead(&ballots, &weights, letter, other) {
                    duels += 1.0;
                    won += if ahead.abs() < 1e-9 { 0.5 } else if ahead > 0.0 { 1.0 } else { 0.0 };
                }
            }
            let ratio = |got: f64, of: f64| if of > 0.0 { got / of } else { 0.0 };
            for (rule, expected) in [
                (Rule::Plurality, ratio(firsts, stood)),
                (Rule::Weighted, ratio(heavy, could)),
                (Rule::Borda, ratio(points, most)),
                (Rule::Copeland, ratio(won, duels)),
            ] {
                let tally = count(rule, &candidates, &ballots, &weights);
                let found = tally.scores.iter().find(|score| score.answer == id(letter)).unwrap().score;
                prop_assert!((found - expected).abs() < 1e-9, "{rule:?} {letter}: {found} {expected}");
            }
        }
    }

    #[test]
    fn ranked_pairs_agree_with_the_best_of_all_orders((ballots, weights) in elections()) {
        let mut margins = Vec::new();
        for (one, other) in [('a', 'b'), ('a', 'c'), ('a', 'd'), ('b', 'c'), ('b', 'd'), ('c', 'd')] {
            match ahead(&ballots, &weights, one, other) {
                Some(ahead) if ahead > 1e-9 => margins.push((ahead, one, other)),
                Some(ahead) if ahead < -1e-9 => margins.push((-ahead, other, one)),
                _ => return Ok(()),
            }
        }
        margins.sort_by(|a, b| b.0.total_cmp(&a.0));
        if margins.windows(2).any(|pair| pair[0].0 - pair[1].0 < 1e-6) {
            return Ok(());
        }
        let tally = count(Rule::RankedPairs, &ids("abcd"), &ballots, &weights);
        prop_assert_eq!(tally.winner, Some(id(best_order(&margins))));
    }

    #[test]
    fn who_beats_everyone_wins_by_copeland_and_ranked_pairs((ballots, weights) in elections()) {
        let beats = |one: char, other: char| ahead(&ballots, &weights, one, other).is_some_and(|by| by > 1e-9);
        let all = |one: &char| "abcd".chars().all(|other| other == *one || beats(*one, other));
        if let Some(first) = "abcd".chars().find(all) {
            for rule in [Rule::Copeland, Rule::RankedPairs] {
                prop_assert_eq!(count(rule, &ids("abcd"), &ballots, &weights).winner, Some(id(first)));
            }
        }
    }

    #[test]
    fn names_decide_nothing((ballots, weights) in elections(), order in Just(vec!['a', 'b', 'c', 'd']).prop_shuffle()) {
        let renamed = |name: &MemberId| {
            let place = "abcd".chars().position(|letter| id(letter) == *name).unwrap();
            id(order[place])
        };
        let mut others = ballots.clone();
        for ballot in &mut others {
            ballot.ranking = ballot.ranking.iter().map(renamed).collect();
        }
        for rule in Rule::ALL {
            let one = count(rule, &ids("abcd"), &ballots, &weights);
            let other = count(rule, &ids("abcd"), &others, &weights);
            prop_assert_eq!(one.winner.as_ref().map(renamed), other.winner, "{:?}", rule);
            let (mut tied, mut renamed): (Vec<_>, Vec<_>) = (other.tied, one.tied.iter().map(renamed).collect());
            tied.sort();
            renamed.sort();
            prop_assert_eq!(tied, renamed, "{:?}", rule);
        }
    }
}
