//! Ratings from comparisons of pairs, by the model of R. A. Bradley and M. E. Terry, Rank Analysis of Incomplete Block Designs,
//! Biometrika 39, 1952: one beats another with chance 1 / (1 + e^(other − one)) for their log-strengths. A comparison has a winner
//! and a loser; ties are no comparisons and are to be left out. Who the players are, and what a win is, is the caller's.

use super::{Interval, two_sided};

/// How often each player beat each other one: `wins[one][other]`. Square; the diagonal is not looked at.
pub type Wins = [Vec<f64>];

/// Half a win and half a loss against a player of log-strength 0 that nobody sees: the prior that keeps a player that always wins
/// at a finite strength. It is a generalised logistic distribution of type III for each log-strength (J. T. Whelan, Prior
/// Distributions for the Bradley-Terry Model of Paired Comparisons, arXiv 1712.05311).
pub const PRIOR: f64 = 0.5;

/// The strengths of players.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strengths {
    /// The log-strength of each, with 0 for their mean.
    pub log: Vec<f64>,
    /// The covariance of these, from the observed information.
    pub covariance: Vec<Vec<f64>>,
}

/// At most so many steps; with a prior some hundreds are enough.
const STEPS: usize = 20_000;
/// Steps end when no log-strength moves further.
const STILL: f64 = 1e-11;

/// The log-strengths that are most likely, with `prior` wins and losses of each player against the unseen one (see [`PRIOR`]; with
/// 0 it is maximum likelihood, which exists only where of every two groups of players each has beaten the other once).
///
/// By the MM algorithm of D. R. Hunter, MM Algorithms for Generalized Bradley-Terry Models, Annals of Statistics 32, 2004,
/// equation 3.
pub fn bradley_terry(wins: &Wins, prior: f64) -> Strengths {
    let count = wins.len();
    let met = |one: usize, other: usize| wins[one][other] + wins[other][one];
    let won: Vec<f64> = (0..count)
        .map(|one| {
            prior + (0..count).filter(|other| *other != one).map(|other| wins[one][other]).sum::<f64>()
        })
        .collect();
    let mut strength = vec![1.0; count];
    for _ in 0..STEPS {
        let mut moved: f64 = 0.0;
        // One after the other, each by what is known of the others by then (Hunter, section 2, the cyclic form).
        for one in 0..count {
            let others = (0..count).filter(|other| *other != one);
            let against: f64 = others.map(|other| met(one, other) / (strength[one] + strength[other])).sum();
            let against = against + 2.0 * prior / (strength[one] + 1.0);
            if against > 0.0 && won[one] > 0.0 {
                let next: f64 = won[one] / against;
                moved = moved.max((next / strength[one]).ln().abs());
                strength[one] = next;
            }
        }
        if moved < STILL {
            break;
        }
    }
    let log: Vec<f64> = strength.iter().map(|strength: &f64| strength.ln()).collect();
    let covariance = covariance(wins, &log, prior);
    let mean = log.iter().sum::<f64>() / count.max(1) as f64;
    Strengths { log: log.into_iter().map(|log| log - mean).collect(), covariance }
}

/// How strong a player is next to the others it was rated with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Which player.
    pub player: usize,
    /// How many comparisons it won.
    pub won: f64,
    /// How many it lost.
    pub lost: f64,
    /// Its log-strength, with 0 for the mean of those it was rated with.
    pub log: f64,
    /// The interval of that, by the normal approximation. It takes comparisons for independent.
    pub interval: Interval,
}

/// The players that were compared at all, strongest first, with intervals of this confidence. Who never was has no place in the
/// mean either.
pub fn standings(wins: &Wins, confidence: f64) -> Vec<Standing> {
    let won = |one: usize| wins[one].iter().sum::<f64>();
    let lost = |one: usize| wins.iter().map(|row| row[one]).sum::<f64>();
    let here: Vec<usize> = (0..wins.len()).filter(|one| won(*one) + lost(*one) > 0.0).collect();
    let among: Vec<Vec<f64>> =
        here.iter().map(|one| here.iter().map(|other| wins[*one][*other]).collect()).collect();
    let strengths = bradley_terry(&among, PRIOR);
    let z = two_sided(confidence);
    let one = |(at, player): (usize, &usize)| {
        let log = strengths.log[at];
        let reach = z * strengths.covariance[at][at].max(0.0).sqrt();
        let interval = Interval { low: log - reach, high: log + reach };
        Standing { player: *player, won: won(*player), lost: lost(*player), log, interval }
    };
    let mut found: Vec<Standing> = here.iter().enumerate().map(one).collect();
    found.sort_by(|a, b| b.log.total_cmp(&a.log));
    found
}

/// The players that met each other, directly or through others, group by group; each group and all of them in order. Between two
/// groups nothing tells who is stronger.
pub fn groups(wins: &Wins) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..wins.len()).collect();
    for one in 0..wins.len() {
        for other in 0..one {
            if wins[one][other] + wins[other][one] > 0.0 && group[one] != group[other] {
                let (from, to) = (group[one].max(group[other]), group[one].min(group[other]));
                group.iter_mut().filter(|name| **name == from).for_each(|name| *name = to);
            }
        }
    }
    let members = |name: usize| (0..wins.len()).filter(|one| group[*one] == name).collect::<Vec<usize>>();
    (0..wins.len()).map(members).filter(|members| !members.is_empty()).collect()
}

/// A log-strength in Elo's points: 1000 for the mean, 400 for odds of ten to one.
pub fn elo(log: f64) -> f64 {
    1000.0 + 400.0 * log / std::f64::consts::LN_10
}

/// The covariance of log-strengths less their mean.
fn covariance(wins: &Wins, log: &[f64], prior: f64) -> Vec<Vec<f64>> {
    let count = log.len();
    let spread = |difference: f64| {
        let chance = 1.0 / (1.0 + (-difference).exp());
        chance * (1.0 - chance)
    };
    let mut information = vec![vec![0.0; count]; count];
    for one in 0..count {
        information[one][one] += 2.0 * prior * spread(log[one]);
        for other in (0..count).filter(|other| *other != one) {
            let here = (wins[one][other] + wins[other][one]) * spread(log[one] - log[other]);
            information[one][one] += here;
            information[one][other] -= here;
        }
    }
    if prior <= 0.0 {
        // Nothing tells where the mean is; what is added says so without touching differences.
        information.iter_mut().flatten().for_each(|cell| *cell += 1.0);
    }
    let inverse = inverse(information);
    let n = count as f64;
    let rows: Vec<f64> = inverse.iter().map(|row| row.iter().sum::<f64>() / n).collect();
    let all = rows.iter().sum::<f64>() / n;
    let centred = |one: usize, other: usize| inverse[one][other] - rows[one] - rows[other] + all;
    (0..count).map(|one| (0..count).map(|other| centred(one, other)).collect()).collect()
}

/// The inverse of a symmetric positive matrix, by Gauss and Jordan.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let count = matrix.len();
    let unit = |row: usize| (0..count).map(|column| f64::from(u8::from(row == column))).collect();
    let mut out: Vec<Vec<f64>> = (0..count).map(unit).collect();
    for step in 0..count {
        let pivot = matrix[step][step];
        for cell in matrix[step].iter_mut().chain(&mut out[step]) {
            *cell /= pivot;
        }
        let (from, result) = (matrix[step].clone(), out[step].clone());
        for row in (0..count).filter(|row| *row != step) {
            let times = matrix[row][step];
            for (cell, of) in matrix[row].iter_mut().zip(&from).chain(out[row].iter_mut().zip(&result)) {
                *cell -= times * of;
            }
        }
    }
    out
}

/// The standings of each group by itself: between two of them nothing tells who is stronger, so each has a mean of its own.
pub fn by_groups(wins: &[Vec<f64>], confidence: f64) -> Vec<Vec<Standing>> {
    let of = |players: Vec<usize>| {
        let row = |one: &usize| players.iter().map(|other| wins[*one][*other]).collect();
        let wins: Vec<Vec<f64>> = players.iter().map(row).collect();
        let placed = |standing: Standing| Standing { player: players[standing.player], ..standing };
        standings(&wins, confidence).into_iter().map(placed).collect::<Vec<_>>()
    };
    groups(wins).into_iter().map(of).filter(|group| !group.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The American League East of 1987 (A. Agresti, Categorical Data Analysis, table 11.10): Milwaukee, Detroit, Toronto, New York,
    /// Boston, Cleveland, Baltimore.
    fn baseball() -> Vec<Vec<f64>> {
        [
            [0, 7, 9, 7, 7, 9, 11],
            [6, 0, 7, 5, 11, 9, 9],
            [4, 6, 0, 7, 7, 8, 12],
            [6, 8, 6, 0, 6, 7, 10],
            [6, 2, 6, 7, 0, 7, 12],
            [4, 4, 5, 6, 6, 0, 6],
            [2, 4, 1, 3, 1, 7, 0],
        ]
        .map(|row| row.map(f64::from).to_vec())
        .to_vec()
    }

    #[test]
    fn baseball_teams_are_as_strong_as_published() {
        let found = bradley_terry(&baseball(), 0.0);
        let published = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839];
        // Standard errors of the differences to Baltimore, as R's BradleyTerry2 gives them.
        let errors = [0.3433, 0.3396, 0.3367, 0.3359, 0.3339, 0.3319];
        for (team, (strength, error)) in published.into_iter().zip(errors).enumerate() {
            assert!((found.log[team] - found.log[6] - strength).abs() < 6e-5, "{team}: {:?}", found.log);
            let covariance = &found.covariance;
            let variance = covariance[team][team] + covariance[6][6] - 2.0 * covariance[team][6];
            assert!((variance.sqrt() - error).abs() < 6e-5, "{team}: {}", variance.sqrt());
        }
    }

    #[test]
    fn two_players_have_the_log_odds_of_their_wins() {
        let found = bradley_terry(&[vec![0.0, 6.0], vec![2.0, 0.0]], 0.0);
        assert!((found.log[0] - found.log[1] - 3.0_f64.ln()).abs() < 1e-9);
        // The variance of log-odds is 1/6 + 1/2; half the difference has a quarter of it.
        assert!((found.covariance[0][0] - (1.0 / 6.0 + 0.5) / 4.0).abs() < 1e-9, "{:?}", found.covariance);
    }

    #[test]
    fn who_always_wins_is_strong_but_not_endlessly_and_few_wins_tell_less() {
        let of = |wins: f64| bradley_terry(&[vec![0.0, wins], vec![0.0, 0.0]], PRIOR);
        let (few, many) = (of(2.0), of(40.0));
        assert!(few.log[0] > 0.0 && many.log[0] > few.log[0] && many.log[0].is_finite());
        assert!(few.covariance[0][0].is_finite());
        let nobody = bradley_terry(&[vec![0.0; 2], vec![0.0; 2]], PRIOR);
        assert_eq!(nobody.log, [0.0, 0.0]);
        assert_eq!(bradley_terry(&[], PRIOR), Strengths::default());
    }

    #[test]
    fn who_was_never_compared_is_not_rated_and_groups_stand_apart() {
        let mut wins = vec![vec![0.0; 6]; 6];
        wins[0][4] = 3.0;
        wins[4][2] = 1.0;
        wins[5][1] = 2.0;
        let found = standings(&wins, 0.95);
        let players: Vec<usize> = found.iter().map(|one| one.player).collect();
        assert_eq!(players.len(), 5, "3 was never compared: {players:?}");
        assert!(found.iter().all(|one| one.interval.low < one.log && one.log < one.interval.high));
        let of = |player: usize| found.iter().find(|one| one.player == player).unwrap();
        assert!(of(0).log > of(4).log && of(4).log > of(2).log && of(5).log > of(1).log);
        assert_eq!((of(4).won, of(4).lost), (1.0, 3.0));
        assert_eq!(groups(&wins), [vec![0, 2, 4], vec![1, 5], vec![3]]);
        assert_eq!(groups(&[]), Vec::<Vec<usize>>::new());
        assert!((elo(10.0_f64.ln()) - 1400.0).abs() < 1e-9 && (elo(0.0) - 1000.0).abs() < 1e-9);
    }

    proptest! {
        /// At the top the slope of the log-posterior is nought in every direction, here found by small steps; and the information
        /// is its curvature.
        #[test]
        fn the_strengths_are_at_the_top(cells in prop::collection::vec(0_u8..9, 16)) {
            let wins: Vec<Vec<f64>> = cells.chunks(4).map(|row| row.iter().map(|cell| f64::from(*cell)).collect()).collect();
            let posterior = |log: &[f64]| {
                let chance = |difference: f64| -(1.0 + (-difference).exp()).ln();
                let pairs = (0..4).flat_map(|one| (0..4).map(move |other| (one, other))).filter(|(a, b)| a != b);
                let seen: f64 = pairs.map(|(one, other)| wins[one][other] * chance(log[one] - log[other])).sum();
                seen + log.iter().map(|log| PRIOR * (chance(*log) + chance(-log))).sum::<f64>()
            };
            let found = bradley_terry(&wins, PRIOR);
            // The mean was taken off; where the top is along it is looked for.
            let moved = |by: f64| found.log.iter().map(|log| log + by).collect::<Vec<f64>>();
            let (mut low, mut high) = (-9.0_f64, 9.0_f64);
            for _ in 0..200 {
                let (left, right) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                if posterior(&moved(left)) < posterior(&moved(right)) { low = left } else { high = right }
            }
            let top = moved(low);
            for player in 0..4 {
                let at = |by: f64| {
                    let mut log = top.clone();
                    log[player] += by;
                    posterior(&log)
                };
                let slope = (at(1e-4) - at(-1e-4)) / 2e-4;
                prop_assert!(slope.abs() < 1e-4, "{slope} {top:?}");
            }
            prop_assert!(found.log.iter().sum::<f64>().abs() < 1e-9);
            prop_assert!((0..4).all(|one| found.covariance[one][one] > 0.0));
        }
    }
}
