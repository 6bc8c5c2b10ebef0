//! Members rated against each other by Bradley and Terry's model, from grades (who is right on a question beats who is wrong)
//! and from what judges preferred. Members are known by model and persona, whatever their seats are called.

use super::view::{CONFIDENCE, View};
use super::what::{Of, What};
use crate::core::{Member, ModelRef};
use crate::experiment::design::Design;
use crate::experiment::facts::Facts;
use crate::stats::Interval;
use crate::stats::rating::{Standing, by_groups, elo};
use serde::Serialize;

/// The ratings, each list with the strongest first. Who was never compared is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ratings {
    /// From grades.
    pub graded: Vec<Rating>,
    /// From what judges preferred.
    pub judged: Vec<Rating>,
    /// From both together, each comparison counting once.
    pub together: Vec<Rating>,
}

/// How strong a member is next to the others of its list.
///
/// Intervals take comparisons for independent. Those of one question are not quite, so they are somewhat too narrow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rating {
    /// The member, by the name of the first seat that it has.
    pub member: String,
    /// Which group it is in, from 0: members of different groups never met, so nothing tells who of them is stronger.
    pub group: usize,
    /// How many comparisons it won.
    pub won: u64,
    /// How many it lost.
    pub lost: u64,
    /// Its log-strength, with 0 for the mean of the list: one beats another with chance 1 / (1 + e^(other − one)).
    pub strength: f64,
    /// The interval of that.
    pub interval: Interval,
    /// The same in Elo's points, with 1000 for the mean of the list and 400 for odds of ten to one.
    pub elo: f64,
    /// The interval of that.
    pub elo_interval: Interval,
    /// Leads to the trials that it was compared in.
    pub what: String,
}

/// A member that may be rated: by model and persona.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rated {
    /// What it is called: its first seat's name, with the model where another member has that name.
    pub name: String,
    model: ModelRef,
    persona: Option<String>,
}

impl Rated {
    fn is(&self, member: &Member) -> bool {
        self.model == member.model && self.persona == member.persona
    }
}

/// All members that may be rated, in the order of treatments and seats.
pub(super) fn rated(design: &Design) -> Vec<Rated> {
    let mut found: Vec<Rated> = Vec::new();
    for member in design.treatments.iter().flat_map(|treatment| &treatment.council.members) {
        if found.iter().any(|known| known.is(member)) {
            continue;
        }
        let taken = |name: &str| found.iter().any(|known| known.name == name);
        let plain = member.name.0.clone();
        let with_model = format!("{plain} ({})", member.model);
        let numbered = (2..).map(|number| format!("{with_model} {number}"));
        let mut names = [plain.clone(), with_model.clone()].into_iter().chain(numbered);
        let name = names.find(|name| !taken(name)).unwrap_or(plain);
        found.push(Rated { name, model: member.model.clone(), persona: member.persona.clone() });
    }
    found
}

/// The places among [`rated`] of a treatment's seats.
pub(super) fn places(design: &Design, rated: &[Rated], treatment: usize) -> Vec<usize> {
    let members = design.treatments[treatment].council.members.iter();
    members.filter_map(|member| rated.iter().position(|known| known.is(member))).collect()
}

/// Who beat whom in a trial, by seats: by grades or by judges. Both right or both wrong is no comparison.
pub(super) fn beaten(facts: &Facts, judged: bool) -> Vec<(usize, usize)> {
    if judged {
        return facts.preferred.iter().map(|(one, other)| (usize::from(*one), usize::from(*other))).collect();
    }
    let of = |right: bool| {
        let seats = facts.seats.iter().enumerate();
        seats.filter(move |(_, seat)| seat.asked && facts.is_right(seat.first) == Some(right))
    };
    of(true).flat_map(|(one, _)| of(false).map(move |(other, _)| (one, other))).collect()
}

/// The ratings.
pub(super) fn ratings(view: &View<'_>) -> Ratings {
    let rated = rated(view.design);
    let none = || vec![vec![0.0; rated.len()]; rated.len()];
    let mut wins = [none(), none()];
    for treatment in 0..view.trials.len() {
        let places = places(view.design, &rated, treatment);
        for facts in view.of(treatment) {
            for (wins, judged) in wins.iter_mut().zip([false, true]) {
                for (one, other) in beaten(facts, judged) {
                    let pair = places.get(one).zip(places.get(other));
                    // Two samples of a member are not compared with each other.
                    if let Some((one, other)) = pair.filter(|(one, other)| one != other) {
                        wins[*one][*other] += 1.0;
                    }
                }
            }
        }
    }
    let [graded, judged] = wins;
    let mut together = graded.clone();
    for (sum, more) in together.iter_mut().flatten().zip(judged.iter().flatten()) {
        *sum += more;
    }
    Ratings {
        graded: list(view, &rated, &graded, Of::Graded),
        judged: list(view, &rated, &judged, Of::Judged),
        together: list(view, &rated, &together, Of::All),
    }
}

fn list(view: &View<'_>, rated: &[Rated], wins: &[Vec<f64>], of: Of) -> Vec<Rating> {
    let one = |(group, standing): (usize, Standing)| {
        let Standing { player, won, lost, log, interval } = standing;
        Rating {
            member: rated[player].name.clone(),
            group,
            won: won as u64,
            lost: lost as u64,
            strength: log,
            interval,
            elo: elo(log),
            elo_interval: Interval { low: elo(interval.low), high: elo(interval.high) },
            what: view.word(&What::Rated(player, of)),
        }
    };
    let groups = by_groups(wins, CONFIDENCE).into_iter().enumerate();
    groups.flat_map(|(group, all)| all.into_iter().map(move |one| (group, one))).map(one).collect()
}
