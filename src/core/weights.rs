//! Weights learned from graded answers: how often members were right, and which way of weighing them did best so far. Where
//! grades are kept is no matter of this file, and what a person sets by hand goes over what is learned.

use super::ids::MemberId;
use super::rules::Weights;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a member counts for before it was graded: a Beta prior of four right and four wrong answers.
pub const PRIOR: f64 = 4.0;
/// The least weight: log-odds of a member that is wrong more often than right are negative, and would turn its vote round.
const FLOOR: f64 = 0.001;
/// How often two wrong answers to an open question are taken to agree.
const WRONG_AGREE: f64 = 0.1;
/// Below so many graded questions nothing is chosen: the majority decides, and ties go to the best.
pub const ENOUGH: usize = 30;

/// What one member said to a graded question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub member: MemberId,
    /// The group of answers that come to the same.
    pub group: usize,
    /// Whether it was graded as right.
    pub right: bool,
}

/// A graded question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// What it is about, where that is known.
    pub topic: Option<String>,
    /// The graded answers.
    pub said: Vec<Said>,
}

/// A way to make weights of how often members were right. `p` is the share of right answers, by the posterior mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// All alike; ties go to the member that was right most often.
    #[default]
    Majority,
    /// `p`.
    Accuracy,
    /// `ln(p / (1 - p))` (Nitzan and Paroush, Optimal Decision Rules in Uncertain Dichotomous Choice Situations,
    /// International Economic Review 23, 1982), at least a floor.
    LogOdds,
    /// `ln(p / ((1 - p) q))` for questions with many wrong answers, of which two agree with chance `q`; at least a floor.
    ManyOptions,
    /// The member that was right most often alone.
    BestSingle,
}

impl Scheme {
    /// All of them; of two that did equally well the first is taken.
    pub const ALL: [Self; 5] =
        [Self::Majority, Self::Accuracy, Self::LogOdds, Self::ManyOptions, Self::BestSingle];

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Majority => "majority, ties to the best",
            Self::Accuracy => "share of right answers",
            Self::LogOdds => "log-odds of being right",
            Self::ManyOptions => "log-odds among many options",
            Self::BestSingle => "the best member alone",
        }
    }
}

/// How often members were right, as posterior means of a Beta distribution.
///
/// On a topic each member begins with as much trust as it has over all topics, worth eight answers, so that a topic with few
/// grades falls back on them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track(BTreeMap<MemberId, f64>);

impl Track {
    /// Reads it off graded questions, for a topic where one is given.
    pub fn of<'a>(history: impl Iterator<Item = &'a Past> + Clone, topic: Option<&str>) -> Self {
        let mut all: BTreeMap<&MemberId, [f64; 4]> = BTreeMap::new();
        for past in history {
            let here = topic.is_some() && past.topic.as_deref() == topic;
            for said in &past.said {
                let [right, graded, right_here, graded_here] = all.entry(&said.member).or_default();
                let one = f64::from(u8::from(said.right));
                (*right, *graded) = (*right + one, *graded + 1.0);
                if here {
                    (*right_here, *graded_here) = (*right_here + one, *graded_here + 1.0);
                }
            }
        }
        let mean = |[right, graded, right_here, graded_here]: [f64; 4]| {
            let over_all = (PRIOR + right) / (2.0 * PRIOR + graded);
            (2.0 * PRIOR * over_all + right_here) / (2.0 * PRIOR + graded_here)
        };
        Self(all.into_iter().map(|(member, counts)| (member.clone(), mean(counts))).collect())
    }

    /// How often a member is expected to be right, 0–1; a half for one that was never graded.
    pub fn right(&self, member: &MemberId) -> f64 {
        self.0.get(member).copied().unwrap_or(0.5)
    }

    /// The member that is expected to be right most often; `None` where several are, or none of these was graded.
    pub fn best<'a>(&self, members: impl Iterator<Item = &'a MemberId>) -> Option<&'a MemberId> {
        let mut graded: Vec<&MemberId> = members.filter(|member| self.0.contains_key(*member)).collect();
        graded.sort_by(|a, b| self.right(b).total_cmp(&self.right(a)));
        match graded.as_slice() {
            [first, second, ..] if (self.right(first) - self.right(second)).abs() < 1e-12 => None,
            [first, ..] => Some(first),
            [] => None,
        }
    }

    /// The weights that a scheme gives these members.
    pub fn weights<'a>(
        &self,
        scheme: Scheme,
        members: impl Iterator<Item = &'a MemberId> + Clone,
    ) -> Weights {
        let best = self.best(members.clone());
        let odds = |right: f64| right / (1.0 - right);
        let weight = |member: &MemberId| {
            let right = self.right(member);
            match scheme {
                Scheme::Majority => 1.0,
                Scheme::Accuracy => right,
                Scheme::LogOdds => odds(right).ln().max(FLOOR),
                Scheme::ManyOptions => (odds(right) / WRONG_AGREE).ln().max(FLOOR),
                Scheme::BestSingle => f64::from(u8::from(best == Some(member))),
            }
        };
        members.map(|member| (member.clone(), weight(member))).collect()
    }
}

/// Which group of answers wins by these weights. Ties go to the group of the best member where it is among them, and else
/// stay ties: then all groups that tie are given.
pub fn decide(said: &[(&MemberId, usize)], weights: &Weights, best: Option<&MemberId>) -> Vec<usize> {
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (member, group) in said {
        *sums.entry(*group).or_default() += weights.get(*member).copied().unwrap_or(1.0);
    }
    let most = sums.values().copied().fold(0.0, f64::max);
    let top: Vec<usize> =
        sums.iter().filter(|(_, sum)| (*sum - most).abs() < 1e-9).map(|(group, _)| *group).collect();
    let of_best = said.iter().find(|(member, _)| Some(*member) == best).map(|(_, group)| *group);
    match of_best.filter(|group| top.len() > 1 && top.contains(group)) {
        Some(group) => vec![group],
        None => top,
    }
}

/// What was learned from graded questions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learned {
    /// The scheme that is used.
    pub scheme: Scheme,
    /// The weights that it gives.
    pub weights: Weights,
    /// The member that was right most often.
    pub best: Option<MemberId>,
    /// How many questions were graded of which one of these members answered.
    pub graded: usize,
    /// The share of the graded questions that each scheme would have decided rightly, ties by halves, thirds and so on;
    /// empty below [`ENOUGH`].
    pub schemes: Vec<(Scheme, f64)>,
}

/// Learns the weights of these members from graded questions, and which scheme to trust: the one that would have been right
/// most often on the same questions. That flatters schemes that fit closely; the choice is between five.
pub fn learn(history: &[Past], members: &[MemberId], topic: Option<&str>) -> Learned {
    let here: BTreeSet<&MemberId> = members.iter().collect();
    let of_these = |past: &Past| {
        let said = past.said.iter().filter(|said| here.contains(&said.member)).cloned().collect();
        Past { topic: past.topic.clone(), said }
    };
    let history: Vec<Past> = history.iter().map(of_these).filter(|past| !past.said.is_empty()).collect();
    let track = Track::of(history.iter(), topic);
    let best = track.best(members.iter()).cloned();
    let mut learned = Learned { graded: history.len(), best, ..Learned::default() };
    if history.len() >= ENOUGH {
        let accuracy = |scheme| {
            let weights = track.weights(scheme, members.iter());
            let right: f64 = history.iter().map(|past| right(past, &weights, learned.best.as_ref())).sum();
            (scheme, right / history.len() as f64)
        };
        learned.schemes = Scheme::ALL.into_iter().map(accuracy).collect();
        let mut chosen = (Scheme::Majority, 0.0);
        for (scheme, share) in &learned.schemes {
            if *share > chosen.1 + 1e-12 {
                chosen = (*scheme, *share);
            }
        }
        learned.scheme = chosen.0;
    }
    learned.weights = track.weights(learned.scheme, members.iter());
    learned
}

/// How rightly a graded question would have been decided, 0–1.
fn right(past: &Past, weights: &Weights, best: Option<&MemberId>) -> f64 {
    let said: Vec<(&MemberId, usize)> = past.said.iter().map(|said| (&said.member, said.group)).collect();
    let top = decide(&said, weights, best);
    let is_right = |group: &&usize| past.said.iter().any(|said| said.group == **group && said.right);
    top.iter().filter(is_right).count() as f64 / top.len().max(1) as f64
}

/// The weight of a vote by the confidence that its member states, in steps: up to .6 a tenth, below .8 three tenths, below .9
/// a half, below 1 eight tenths (J. C.-Y. Chen, S. Saha and M. Bansal, `ReConcile`, arXiv 2309.13007, section 3).
pub fn by_confidence(confidence: f64) -> f64 {
    match confidence {
        sure if sure >= 1.0 => 1.0,
        sure if sure >= 0.9 => 0.8,
        sure if sure >= 0.8 => 0.5,
        sure if sure > 0.6 => 0.3,
        _ => 0.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> MemberId {
        MemberId(name.to_owned())
    }

    /// Questions on a topic: who said which group, a capital for right. `"aA bB cx"`: a said A, b said B, c said x.
    fn past(topic: &str, said: &str) -> Past {
        let one = |text: &str| {
            let (member, group) = text.split_at(1);
            let letter = group.chars().next().unwrap();
            Said { member: id(member), group: letter as usize, right: letter.is_ascii_uppercase() }
        };
        let topic = Some(topic.to_owned()).filter(|topic| !topic.is_empty());
        Past { topic, said: said.split(' ').map(one).collect() }
    }

    fn is(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn trust_is_a_posterior_mean_and_a_topic_falls_back() {
        let history = [past("law", "aA bx"), past("law", "aA bx"), past("art", "ax bB")];
        let over_all = Track::of(history.iter(), None);
        is(over_all.right(&id("a")), 6.0 / 11.0);
        is(over_all.right(&id("b")), 5.0 / 11.0);
        is(over_all.right(&id("c")), 0.5);
        let art = Track::of(history.iter(), Some("art"));
        is(art.right(&id("a")), (8.0 * 6.0 / 11.0) / 9.0);
        is(art.right(&id("b")), (8.0 * 5.0 / 11.0 + 1.0) / 9.0);
        let unknown = Track::of(history.iter(), Some("maths"));
        is(unknown.right(&id("a")), over_all.right(&id("a")));
        let names = [id("a"), id("b"), id("c")];
        assert_eq!(over_all.best(names.iter()), Some(&names[0]));
        assert_eq!(over_all.best(names[2..].iter()), None, "who was never graded is not the best");
    }

    #[test]
    fn weights_follow_their_formulas_and_never_turn_a_vote_round() {
        let history: Vec<Past> = (0..40).map(|_| past("", "aA bx")).collect();
        let track = Track::of(history.iter(), None);
        let names = [id("a"), id("b"), id("c")];
        let of = |scheme| track.weights(scheme, names.iter());
        let p: f64 = 44.0 / 48.0;
        is(of(Scheme::Accuracy)[&names[0]], p);
        is(of(Scheme::LogOdds)[&names[0]], (p / (1.0 - p)).ln());
        is(of(Scheme::LogOdds)[&names[1]], FLOOR);
        is(of(Scheme::LogOdds)[&names[2]], FLOOR);
        is(of(Scheme::ManyOptions)[&names[2]], 10.0_f64.ln());
        is(of(Scheme::ManyOptions)[&names[1]], FLOOR);
        assert_eq!(of(Scheme::BestSingle).values().copied().collect::<Vec<_>>(), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn ties_go_to_the_best_or_stay() {
        let (a, b, c) = (id("a"), id("b"), id("c"));
        let said = [(&a, 1), (&b, 2), (&c, 3)];
        let alike = Weights::new();
        assert_eq!(decide(&said, &alike, Some(&b)), [2]);
        assert_eq!(decide(&said, &alike, None), [1, 2, 3]);
        assert_eq!(decide(&[(&a, 1), (&b, 2), (&c, 1)], &alike, Some(&b)), [1]);
        assert_eq!(decide(&said, &[(c.clone(), 1.5)].into(), Some(&a)), [3]);
        assert!(decide(&[], &alike, None).is_empty());
    }

    #[test]
    fn nothing_is_chosen_before_there_are_thirty_and_then_what_did_best() {
        // b and c are wrong alike; a is right.
        let history: Vec<Past> = (0..ENOUGH).map(|_| past("", "aA bx cx")).collect();
        let names = [id("a"), id("b"), id("c")];
        let few = learn(&history[1..], &names, None);
        assert_eq!((few.scheme, few.graded, few.schemes.len()), (Scheme::Majority, ENOUGH - 1, 0));
        assert_eq!(few.best, Some(id("a")));
        let enough = learn(&history, &names, None);
        let shares: Vec<f64> = enough.schemes.iter().map(|(_, share)| *share).collect();
        assert_eq!(shares, [0.0, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(enough.scheme, Scheme::Accuracy);
        let others = learn(&history, &[id("z")], None);
        assert_eq!((others.graded, others.best), (0, None));
    }

    #[test]
    fn stated_confidence_counts_in_steps() {
        let steps = [
            (0.0, 0.1),
            (0.6, 0.1),
            (0.61, 0.3),
            (0.79, 0.3),
            (0.8, 0.5),
            (0.9, 0.8),
            (0.99, 0.8),
            (1.0, 1.0),
        ];
        for (stated, weight) in steps {
            is(by_confidence(stated), weight);
        }
    }
}
