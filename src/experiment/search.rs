//! Looking for the council and plan that do best: which candidates there are, in what steps they are put to the test, and which of
//! them go on. Successive halving (Jamieson, Talwalkar: Non-stochastic Best Arm Identification and Hyperparameter Optimization,
//! AISTATS 2016, algorithm 1) with a third that goes on, within each plan. Nobody is asked here.

use crate::core::shuffle::{mix, shuffle};
use std::collections::BTreeSet;
use std::ops::Range;

/// The part of the candidates of a plan that goes on: one in so many.
pub const KEEPS: usize = 3;
/// The fewest questions of a rung.
const FEWEST: usize = 4;
/// Up to how many subsets of a size are listed, to draw from; of more each is drawn by itself.
const LISTED: usize = 5000;
/// The most rungs.
const MOST_RUNGS: usize = 4;
/// The most votes of first answers: they cost nothing beside the answers themselves.
const MOST_VOTES: usize = 400;

/// Members and a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The members, by their places in the pool, in ascending order.
    pub members: Vec<usize>,
    /// The plan, by its place; `None` is a vote of the first answers, and for one member that member's answer.
    pub plan: Option<usize>,
}

impl Candidate {
    /// Whether it is one member alone.
    pub fn alone(&self) -> bool {
        self.plan.is_none() && self.members.len() == 1
    }
}

/// What is searched.
#[derive(Clone, Copy, Debug)]
pub struct Space<'a> {
    /// How many members there are.
    pub pool: usize,
    /// How many sit in a council.
    pub sizes: &'a [usize],
    /// How many plans there are beside the vote of first answers.
    pub plans: usize,
    /// The most candidates of a plan; of more, as many are drawn.
    pub most: usize,
    /// What they are drawn from.
    pub seed: u64,
}

/// What a candidate came to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// How many of its trials were right.
    pub right: u64,
    /// How many were graded.
    pub graded: u64,
    /// What they cost, in US dollars.
    pub usd: f64,
    /// How many there were.
    pub trials: u64,
    /// Of how many of its calls nobody knows the price.
    pub unpriced: u64,
}

impl Tally {
    /// The share of right ones.
    pub fn accuracy(&self) -> Option<f64> {
        (self.graded > 0).then(|| self.right as f64 / self.graded as f64)
    }

    /// What a question costs, in US dollars.
    pub fn mean_usd(&self) -> f64 {
        if self.trials == 0 { 0.0 } else { self.usd / self.trials as f64 }
    }

    /// Whether it keeps within what a question may cost; where its price is not known it does not.
    pub fn within(&self, price: Option<f64>) -> bool {
        price.is_none_or(|price| self.unpriced == 0 && self.mean_usd() <= price * (1.0 + 1e-9))
    }

    /// Takes another one in.
    pub fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.graded += other.graded;
        self.usd += other.usd;
        self.trials += other.trials;
        self.unpriced += other.unpriced;
    }
}

/// All candidates: every member alone, votes of first answers, and councils with each of the plans.
pub fn candidates(space: &Space<'_>) -> Vec<Candidate> {
    let councils = || space.sizes.iter().copied().filter(|size| (2..=space.pool).contains(size));
    let mut all: Vec<Candidate> =
        (0..space.pool).map(|member| Candidate { members: vec![member], plan: None }).collect();
    // A vote of two is the answer of one of them.
    let votes = drawn(space.pool, councils().filter(|size| *size > 2), MOST_VOTES, space.seed);
    all.extend(votes.into_iter().map(|members| Candidate { members, plan: None }));
    for plan in 0..space.plans {
        let seed = space.seed.wrapping_add(1 + plan as u64);
        let own = drawn(space.pool, councils(), space.most, seed);
        all.extend(own.into_iter().map(|members| Candidate { members, plan: Some(plan) }));
    }
    all
}

/// Councils of these sizes; where there are more than so many, as many that are drawn, of each size alike.
fn drawn(pool: usize, sizes: impl Iterator<Item = usize>, most: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut by_size: Vec<Vec<Vec<usize>>> = sizes
        .map(|size| {
            let seed = seed.wrapping_add(size as u64);
            let mut all = subsets(pool, size, LISTED + 1);
            if all.len() > LISTED {
                return lots(pool, size, most, seed);
            }
            shuffle(&mut all, seed);
            all
        })
        .collect();
    let mut found = Vec::new();
    while found.len() < most && by_size.iter().any(|all| !all.is_empty()) {
        for all in &mut by_size {
            if found.len() < most {
                found.extend(all.pop());
            }
        }
    }
    found.sort();
    found
}

/// So many different subsets of a size, each drawn from all: for more of them than are listed.
fn lots(pool: usize, size: usize, many: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut found = BTreeSet::new();
    for draw in 0.. {
        let mut all: Vec<usize> = (0..pool).collect();
        shuffle(&mut all, mix(&[seed, draw]));
        all.truncate(size);
        all.sort_unstable();
        found.insert(all);
        if found.len() >= many.min(LISTED) {
            break;
        }
    }
    let mut found: Vec<Vec<usize>> = found.into_iter().collect();
    shuffle(&mut found, seed);
    found
}

/// The subsets of a size in their order, at most so many.
fn subsets(pool: usize, size: usize, most: usize) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    let mut now: Vec<usize> = (0..size).collect();
    while size <= pool && all.len() < most {
        all.push(now.clone());
        let Some(at) = (0..size).rev().find(|at| now[*at] < pool - size + at) else { break };
        now[at] += 1;
        for next in at + 1..size {
            now[next] = now[next - 1] + 1;
        }
    }
    all
}

/// In which steps questions are taken: each rung has about so many times more than the one before as fewer candidates go on, so
/// that all cost about the same. `widest` is how many candidates the plan with the most of them has.
pub fn rungs(questions: usize, widest: usize) -> Vec<Range<usize>> {
    let mut wanted = 1;
    let mut left = widest;
    while left > 1 && wanted < MOST_RUNGS {
        left = left.div_ceil(KEEPS);
        wanted += usize::from(left > 1);
    }
    let parts = |rungs: usize| (0..rungs as u32).map(|rung| KEEPS.pow(rung)).sum::<usize>();
    while wanted > 1 && questions / parts(wanted) < FEWEST {
        wanted -= 1;
    }
    let each = questions / parts(wanted).max(1);
    let mut from = 0;
    let one = |rung: usize| {
        let to = if rung + 1 == wanted { questions } else { from + each * KEEPS.pow(rung as u32) };
        let range = from..to;
        from = to;
        range
    };
    (0..wanted).map(one).collect()
}

/// How many of so many candidates of a plan go on.
pub fn keeps(of: usize) -> usize {
    of.div_ceil(KEEPS)
}

/// Which candidates go on: of each plan the best third of those within the price; and the best member alone in any case, which is
/// what all others are to beat. In the order in which they stood.
pub fn survivors(all: &[(Candidate, Tally)], price: Option<f64>) -> Vec<usize> {
    let mut plans: Vec<Option<usize>> = all.iter().map(|(candidate, _)| candidate.plan).collect();
    plans.sort_unstable();
    plans.dedup();
    let mut going = Vec::new();
    for plan in plans {
        let own = |at: &usize| all[*at].0.plan == plan;
        let mut ranked: Vec<usize> =
            (0..all.len()).filter(own).filter(|at| all[*at].1.within(price)).collect();
        let keeps = keeps(ranked.len());
        ranked.sort_by(|one, other| better(&all[*one], &all[*other]));
        going.extend(ranked.into_iter().take(keeps));
    }
    going.extend(best(all, price, Candidate::alone));
    going.sort_unstable();
    going.dedup();
    going
}

/// The best of those that are meant, within the price.
pub fn best(
    all: &[(Candidate, Tally)],
    price: Option<f64>,
    meant: impl Fn(&Candidate) -> bool,
) -> Option<usize> {
    let within = |at: &usize| meant(&all[*at].0) && all[*at].1.within(price);
    (0..all.len()).filter(within).min_by(|one, other| better(&all[*one], &all[*other]))
}

/// Which of two stands before the other: the one that is right more often, then the cheaper one, then the smaller one.
fn better((one, of_one): &(Candidate, Tally), (other, of_other): &(Candidate, Tally)) -> std::cmp::Ordering {
    let accuracy = |tally: &Tally| tally.accuracy().unwrap_or(-1.0);
    accuracy(of_other)
        .total_cmp(&accuracy(of_one))
        .then(of_one.mean_usd().total_cmp(&of_other.mean_usd()))
        .then(one.members.len().cmp(&other.members.len()))
        .then(one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn space(pool: usize, sizes: &[usize], plans: usize, most: usize) -> Space<'_> {
        Space { pool, sizes, plans, most, seed: 7 }
    }

    #[test]
    fn every_council_is_a_candidate_once_where_there_are_few() {
        let all = candidates(&space(4, &[1, 2, 3], 1, 100));
        let alone = all.iter().filter(|it| it.alone()).count();
        let votes = all.iter().filter(|it| it.plan.is_none() && !it.alone()).count();
        let planned = all.iter().filter(|it| it.plan.is_some()).count();
        // Four choose three; four choose two or three.
        assert_eq!((alone, votes, planned), (4, 4, 10));
    }

    #[test]
    fn every_member_of_a_large_pool_has_its_chance() {
        let all = candidates(&space(40, &[5], 0, 1));
        let seats = |member: usize| {
            all.iter().filter(|it| it.members.len() == 5 && it.members.contains(&member)).count()
        };
        // Each of 400 votes of five holds a member with a chance of an eighth.
        assert!(
            (0..40).all(|member| (25..80).contains(&seats(member))),
            "{:?}",
            (0..40).map(seats).collect::<Vec<_>>()
        );
    }

    #[test]
    fn rungs_grow_as_candidates_become_fewer() {
        assert_eq!(rungs(130, 27), [0..10, 10..40, 40..130]);
        assert_eq!(rungs(20, 27), [0..5, 5..20]);
        for (questions, widest) in [(3, 27), (100, 1)] {
            let rungs = rungs(questions, widest);
            assert_eq!((rungs.len(), rungs[0].clone()), (1, 0..questions));
        }
    }

    #[test]
    fn the_best_member_alone_always_goes_on() {
        let tally = |right, usd| Tally { right, graded: 10, usd, trials: 10, unpriced: 0 };
        let one = |members: &[usize], plan, right, usd| {
            (Candidate { members: members.to_vec(), plan }, tally(right, usd))
        };
        let all = [
            one(&[0], None, 5, 1.0),
            one(&[1], None, 4, 1.0),
            one(&[0, 1, 2], None, 9, 3.0),
            one(&[0, 1], Some(0), 6, 3.0),
            one(&[0, 2], Some(0), 8, 30.0),
        ];
        assert_eq!(survivors(&all, None), [0, 2, 4]);
        // What costs too much does not go on.
        assert_eq!(survivors(&all, Some(0.5)), [0, 2, 3]);
        assert_eq!(best(&all, Some(0.2), |_| true), Some(0));
    }

    proptest! {
        #[test]
        fn rungs_take_every_question_once(questions in 1_usize..3000, widest in 1_usize..500) {
            let rungs = rungs(questions, widest);
            let mut next = 0;
            for rung in &rungs {
                prop_assert_eq!(rung.start, next);
                prop_assert!(rung.end > rung.start);
                next = rung.end;
            }
            prop_assert_eq!(next, questions);
        }

        #[test]
        fn no_more_candidates_are_drawn_than_are_wanted(pool in 1_usize..40, most in 1_usize..60) {
            let all = candidates(&space(pool, &[1, 3, 5], 2, most));
            for plan in 0..2 {
                prop_assert!(all.iter().filter(|it| it.plan == Some(plan)).count() <= most);
            }
            let mut once = all.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), all.len());
            prop_assert!(all.iter().all(|it| it.members.is_sorted() && it.members.iter().all(|at| *at < pool)));
        }
    }
}
