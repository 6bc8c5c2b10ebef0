//! The rules by which ballots are counted: plurality, majority, weighted, Borda, Copeland, ranked pairs, approval, scores.
//! All count the same ballots, at once, so that they stand side by side. How a ballot is read is in [`super::ballot`].
//!
//! Own answers are left out, so answers stand on different numbers of ballots: a score is always the share of what an answer
//! could have had from the ballots it stands on. Where a rule compares pairs, only ballots that rank both count.

mod pairs;

use super::ballot::{Ballot, Score, Tally};
use super::ids::MemberId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How much a judge's ballot counts; 1 for judges that are not in it.
pub type Weights = BTreeMap<MemberId, f64>;

/// What two shares may differ by and still be a tie.
const EQUAL: f64 = 1e-9;

/// The most that a weight is set to by hand.
pub const HEAVIEST: f64 = 10.0;
/// The step in which weights are set by hand.
pub const STEP: f64 = 0.1;

/// A rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Most first places, each ballot one vote.
    Plurality,
    /// First places on more than half of all ballots, each ballot one vote.
    Majority,
    /// Most first places, each ballot as heavy as its judge.
    Weighted,
    /// Most points: of `k` answers the first gets `k - 1`, the last none (J.-C. de Borda, Mémoire sur les élections au
    /// scrutin, 1781), each ballot as heavy as its judge.
    #[default]
    Borda,
    /// Most pairs won, half a win for a tie (A. H. Copeland, 1951), each ballot as heavy as its judge.
    Copeland,
    /// Pairs fixed from the widest margin down, unless that closes a circle (T. N. Tideman, Independence of Clones as a
    /// Criterion for Voting Rules, Social Choice and Welfare 4, 1987), each ballot as heavy as its judge.
    RankedPairs,
    /// Most approvals (S. J. Brams and P. C. Fishburn, Approval Voting, American Political Science Review 72, 1978), each
    /// ballot as heavy as its judge.
    Approval,
    /// The best mean score, as a judge picks the best of N, each ballot as heavy as its judge.
    Scores,
}

impl Rule {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Borda,
        Self::Plurality,
        Self::Majority,
        Self::Weighted,
        Self::Copeland,
        Self::RankedPairs,
        Self::Approval,
        Self::Scores,
    ];

    /// Its name in JSON, on the command line and in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plurality => "plurality",
            Self::Majority => "majority",
            Self::Weighted => "weighted",
            Self::Borda => "borda",
            Self::Copeland => "copeland",
            Self::RankedPairs => "ranked_pairs",
            Self::Approval => "approval",
            Self::Scores => "scores",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Plurality => "plurality",
            Self::Majority => "majority",
            Self::Weighted => "weighted",
            Self::Borda => "Borda",
            Self::Copeland => "Copeland",
            Self::RankedPairs => "ranked pairs",
            Self::Approval => "approval",
            Self::Scores => "best-of-N scores",
        }
    }

    /// What it counts, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plurality => "most first places, every judge alike",
            Self::Majority => "first on more than half of the ballots",
            Self::Weighted => "most first places, times the judge's weight",
            Self::Borda => "of k answers the first gets k-1 points, the last none",
            Self::Copeland => "most duels won, half for a tie",
            Self::RankedPairs => "duels fixed from the widest margin down",
            Self::Approval => "most judges approve of it",
            Self::Scores => "best mean of the judges' scores",
        }
    }

    /// What the score of an answer is a share of.
    pub fn share(self) -> &'static str {
        match self {
            Self::Plurality | Self::Weighted => "of its ballots put it first",
            Self::Majority => "of all ballots put it first",
            Self::Borda => "of the points it could have had",
            Self::Copeland => "of its duels won",
            Self::RankedPairs => "of the answers stand behind it",
            Self::Approval => "of its judges approve",
            Self::Scores => "of the best score",
        }
    }

    /// The rule of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// The one of that name, or of what people call it, or of its beginning where only one begins so.
    ///
    /// # Errors
    /// One line with the names there are.
    pub fn meant(word: &str) -> Result<Self, String> {
        let word = word.trim().to_lowercase().replace(['-', ' '], "_");
        if word == "best_of_n" {
            return Ok(Self::Scores);
        }
        let begins = |rule: &Self| !word.is_empty() && rule.name().starts_with(&word);
        let mut found = Self::ALL.into_iter().filter(begins);
        match (Self::named(&word), found.next(), found.next()) {
            (Some(rule), ..) | (None, Some(rule), None) => Ok(rule),
            _ => Err(format!("votes are counted by {}", Self::ALL.map(Self::name).join(", "))),
        }
    }

    /// Whether it is the one that is taken where nothing else is said.
    pub fn usual(&self) -> bool {
        *self == Self::default()
    }

    /// The rule after this one, in the order in which they are shown.
    #[must_use]
    pub fn after(self) -> Self {
        let at = Self::ALL.iter().position(|rule| *rule == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// Whether it heeds the judges' weights.
    pub fn weighs(self) -> bool {
        !matches!(self, Self::Plurality | Self::Majority)
    }
}

/// A ballot as rules read it: candidates by their places among all.
pub(super) struct Vote {
    weight: f64,
    /// Best first.
    order: Vec<usize>,
    /// Whether the order means nothing: the judge said one thing one way round and another the other.
    even: bool,
    scores: Option<Vec<(usize, f64)>>,
    approved: Option<Vec<usize>>,
}

impl Vote {
    /// The first place, where the ballot has one.
    fn first(&self) -> Option<usize> {
        self.order.first().copied().filter(|_| !self.even)
    }

    /// Points by Borda for the answer at a place of the order.
    fn points(&self, place: usize) -> f64 {
        let last = (self.order.len() - 1) as f64;
        if self.even { last / 2.0 } else { last - place as f64 }
    }

    /// 1 where it puts the one before the other, 0 the other way round, a half where it puts them even; `None` where it does
    /// not rank both.
    fn prefers(&self, one: usize, other: usize) -> Option<f64> {
        let place = |of: usize| self.order.iter().position(|candidate| *candidate == of);
        let (one, other) = (place(one)?, place(other)?);
        Some(if self.even { 0.5 } else { f64::from(u8::from(one < other)) })
    }
}

/// Counts ballots by a rule. Ballots that are not valid, or rank one answer alone, count in no rule; those without scores or
/// approvals not in theirs.
pub fn count(rule: Rule, candidates: &[MemberId], ballots: &[Ballot], weights: &Weights) -> Tally {
    let votes = votes(rule, candidates, ballots, weights);
    let shares = match rule {
        Rule::Plurality | Rule::Weighted => firsts(candidates.len(), &votes),
        Rule::Majority => of_all(candidates.len(), &votes),
        Rule::Borda => borda(candidates.len(), &votes),
        Rule::Copeland => pairs::copeland(candidates.len(), &votes),
        Rule::RankedPairs => pairs::ranked(candidates.len(), &votes),
        Rule::Approval => approval(candidates.len(), &votes),
        Rule::Scores => scores(candidates.len(), &votes),
    };
    tally(rule, candidates, &votes, &shares)
}

fn votes(rule: Rule, candidates: &[MemberId], ballots: &[Ballot], weights: &Weights) -> Vec<Vote> {
    let place = |name: &MemberId| candidates.iter().position(|candidate| candidate == name);
    let vote = |ballot: &Ballot| {
        let order: Vec<usize> = ballot.ranking.iter().filter_map(place).collect();
        let weight = if rule.weighs() { weights.get(&ballot.judge).copied().unwrap_or(1.0) } else { 1.0 };
        let scores = ballot.scores.as_ref();
        let scores =
            scores.map(|all| all.iter().filter_map(|(name, score)| Some((place(name)?, *score))).collect());
        let approved = ballot.approved.as_ref().map(|all| all.iter().filter_map(place).collect());
        Vote { weight, order, even: ballot.even, scores, approved }
    };
    let counts = |vote: &Vote| {
        let says = match rule {
            Rule::Approval => vote.approved.is_some(),
            Rule::Scores => vote.scores.is_some(),
            _ => true,
        };
        says && vote.order.len() > 1 && vote.weight > 0.0
    };
    ballots.iter().filter(|ballot| ballot.valid).map(vote).filter(counts).collect()
}

/// The share of each candidate: what it got of what it could have had.
fn share(got: f64, could: f64) -> f64 {
    if could > 0.0 { got / could } else { 0.0 }
}

/// Sums up what each ballot gives to a candidate that stands on it, as parts of the most it can give.
fn shares(
    candidates: usize,
    votes: &[Vote],
    part: impl Fn(&Vote, usize, usize) -> f64,
    most: impl Fn(&Vote) -> f64,
) -> Vec<f64> {
    let of = |candidate: usize| {
        let (mut got, mut could) = (0.0, 0.0);
        for vote in votes {
            if let Some(place) = vote.order.iter().position(|other| *other == candidate) {
                got += vote.weight * part(vote, candidate, place);
                could += vote.weight * most(vote);
            }
        }
        share(got, could)
    };
    (0..candidates).map(of).collect()
}

fn firsts(candidates: usize, votes: &[Vote]) -> Vec<f64> {
    shares(
        candidates,
        votes,
        |vote, candidate, _| f64::from(u8::from(vote.first() == Some(candidate))),
        |_| 1.0,
    )
}

/// First places as a share of all ballots, whoever stands on them: else two answers could each have more than half.
fn of_all(candidates: usize, votes: &[Vote]) -> Vec<f64> {
    let first = |candidate| votes.iter().filter(|vote| vote.first() == Some(candidate)).count();
    (0..candidates).map(|candidate| share(first(candidate) as f64, votes.len() as f64)).collect()
}

/// Points weigh as much as the ballot has to give: of four answers three, of two one.
fn borda(candidates: usize, votes: &[Vote]) -> Vec<f64> {
    shares(candidates, votes, |vote, _, place| vote.points(place), |vote| (vote.order.len() - 1) as f64)
}

fn approval(candidates: usize, votes: &[Vote]) -> Vec<f64> {
    let approves = |vote: &Vote, candidate: usize| {
        vote.approved.as_ref().is_some_and(|approved| approved.contains(&candidate))
    };
    shares(candidates, votes, |vote, candidate, _| f64::from(u8::from(approves(vote, candidate))), |_| 1.0)
}

fn scores(candidates: usize, votes: &[Vote]) -> Vec<f64> {
    let score = |vote: &Vote, candidate: usize| {
        let scores = vote.scores.iter().flatten();
        scores.filter(|(of, _)| *of == candidate).map(|(_, score)| *score).sum::<f64>()
    };
    shares(candidates, votes, |vote, candidate, _| score(vote, candidate), |_| 1.0)
}

fn tally(rule: Rule, candidates: &[MemberId], votes: &[Vote], shares: &[f64]) -> Tally {
    let first = |candidate| votes.iter().filter(|vote| vote.first() == Some(candidate)).count();
    let mut scores: Vec<Score> = candidates
        .iter()
        .zip(shares)
        .enumerate()
        .map(|(at, (answer, score))| Score { answer: answer.clone(), score: *score, first: first(at) })
        .collect();
    scores.sort_by(|a, b| b.score.total_cmp(&a.score));
    let best = scores.first().map_or(0.0, |score| score.score);
    let leads = |score: &&Score| match rule {
        Rule::Majority => score.score > 0.5,
        _ => best > EQUAL && (score.score - best).abs() < EQUAL,
    };
    let top: Vec<MemberId> = scores.iter().filter(leads).map(|score| score.answer.clone()).collect();
    let counted = votes.len();
    let (winner, tied) = match top.as_slice() {
        [one] => (Some(one.clone()), Vec::new()),
        _ => (None, top),
    };
    Tally { scores, winner, tied, counted }
}

/// The weight of one judge at which somebody else wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// Whose weight.
    pub judge: MemberId,
    /// What it would be, in steps of [`STEP`] up to [`HEAVIEST`]: the nearest above, and below, what it is.
    pub at: f64,
    /// Whether it has to be at least that, rather than at most.
    pub above: bool,
    /// Who wins then; `None` for a tie, or nobody.
    pub winner: Option<MemberId>,
}

/// How far each judge's weight may move before a rule's winner changes, one judge at a time, nearest first.
pub fn flips(rule: Rule, candidates: &[MemberId], ballots: &[Ballot], weights: &Weights) -> Vec<Flip> {
    if !rule.weighs() {
        return Vec::new();
    }
    let winner = |weights: &Weights| count(rule, candidates, ballots, weights).winner;
    let now = winner(weights);
    let last = (HEAVIEST / STEP).round() as i32;
    let mut found: Vec<(f64, Flip)> = Vec::new();
    for ballot in ballots.iter().filter(|ballot| ballot.valid) {
        let weight = weights.get(&ballot.judge).copied().unwrap_or(1.0);
        let mut tried = weights.clone();
        let mut flip = |step: i32| {
            let at = f64::from(step) * STEP;
            tried.insert(ballot.judge.clone(), at);
            let winner = winner(&tried);
            let above = at > weight;
            (winner != now).then(|| Flip { judge: ballot.judge.clone(), at, above, winner })
        };
        let here = weight / STEP;
        let up = ((here + EQUAL).floor() as i32 + 1..=last).find_map(&mut flip);
        let down = (0..(here - EQUAL).ceil() as i32).rev().find_map(&mut flip);
        found.extend(up.into_iter().chain(down).map(|flip| ((flip.at - weight).abs(), flip)));
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, flip)| flip).collect()
}

#[cfg(test)]
mod tests;
