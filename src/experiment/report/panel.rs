//! Who sits in a panel: how right each member is alone, what each further one adds, whether anybody ever mattered, and how
//! alike their errors are. All by the first answers, before anybody saw another one.

use super::figures::{Count, Share};
use super::panels::Seatwise;
use super::view::{Means, View, mean, number};
use super::what::{Of, What};
use super::{curve, diversity};
use crate::stats::quantile::{in_order, quantile};
use serde::Serialize;

/// The members of a treatment with two seats or more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// The treatment's name.
    pub treatment: String,
    /// The members, in order of seats.
    pub members: Vec<MemberFigures>,
    /// The plurality of the first k members, for all choices of k: the curve of diminishing returns.
    pub curve: Vec<Step>,
    /// Whether the curve is over all subsets; else over so many drawn ones of each size.
    pub sampled: Option<usize>,
    /// The panel without each of its members.
    pub without: Vec<Without>,
    /// How alike errors are.
    pub diversity: Diversity,
}

/// A member alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemberFigures {
    /// Its name.
    pub member: String,
    /// Its model, as `provider/model`.
    pub model: String,
    /// How often its first answer is right; no answer is wrong.
    pub accuracy: Share,
    /// In how many trials it was asked.
    pub asked: Count,
    /// In how many of them its answer came to nothing.
    pub silent: Count,
    /// In how many trials it alone was right.
    pub alone: Count,
    /// The share of trials in which it answered, of those in which it was asked.
    pub answered: Option<f64>,
    /// The mean cost of its first answer, in US dollars.
    pub mean_usd: Option<f64>,
    /// Of how many of its calls nobody knows the price.
    pub unpriced: u64,
    /// The median of how long its first answer took, in milliseconds.
    pub median_ms: Option<f64>,
    /// The 95th percentile of that.
    pub p95_ms: Option<f64>,
}

/// Panels of one size, by the accuracy of their plurality (a tie counts by the share of right answers in it).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Step {
    /// How many members.
    pub size: usize,
    /// How many panels of that size were looked at.
    pub panels: usize,
    /// The mean accuracy of them.
    pub mean: f64,
    /// That of the worst.
    pub least: f64,
    /// That of the best.
    pub most: f64,
    /// What the last member added to the mean; `None` for the first.
    pub added: Option<f64>,
    /// Leads to the treatment's trials.
    pub what: String,
}

/// A panel without one of its members.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Without {
    /// The member.
    pub member: String,
    /// In how many trials the plurality is another one without it.
    pub changes: Count,
    /// In how many of these it is right more surely with it.
    pub helps: Count,
    /// In how many it is right more surely without it.
    pub hurts: Count,
    /// The accuracy of the plurality without it less that with it, −1 to 1; `None` where nothing is graded.
    pub difference: Option<f64>,
    /// Whether the plurality is the same without it in every trial.
    pub never_mattered: bool,
}

/// How alike the errors of a panel's members are (L. I. Kuncheva and C. J. Whitaker, Measures of Diversity in Classifier
/// Ensembles, Machine Learning 51, 2003). Means are over the pairs that have the figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diversity {
    /// Each two members.
    pub pairs: Vec<Alike>,
    /// The mean correlation of being right, −1 to 1.
    pub phi: Option<f64>,
    /// The mean of Yule's Q, −1 to 1.
    pub q: Option<f64>,
    /// The mean share of trials in which one of the two is right, 0 to 1.
    pub disagreement: Option<f64>,
    /// The mean share of trials in which both are wrong, 0 to 1.
    pub double_fault: Option<f64>,
    /// The mean share of trials in which both are wrong and say the same, 0 to 1.
    pub same_wrong: Option<f64>,
    /// How often some member is right: what a perfect choice among them would come to.
    pub oracle: Share,
}

/// How alike the errors of two members are, over the trials in which both were asked and are graded.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Alike {
    /// One.
    pub one: String,
    /// The other.
    pub other: String,
    /// Over how many trials.
    pub trials: u64,
    /// The correlation of being right, −1 to 1; `None` where one of them is always right, or always wrong.
    pub phi: Option<f64>,
    /// Yule's Q, −1 to 1; `None` where it is nought by nought.
    pub q: Option<f64>,
    /// The share of trials in which one of the two is right; `None` without a trial.
    pub disagreement: Option<f64>,
    /// The share of trials in which both are wrong.
    pub double_fault: Option<f64>,
    /// The share of trials in which both are wrong and say the same.
    pub same_wrong: Option<f64>,
    /// Leads to the trials in which both are wrong.
    pub what: String,
}

/// Who sits in panels, by treatments.
pub(super) fn panels(view: &View<'_>) -> Vec<Panel> {
    view.councils().map(|treatment| one(view, treatment)).collect()
}

fn one(view: &View<'_>, treatment: usize) -> Panel {
    let seats = &view.panels[treatment];
    let trials: Vec<Seatwise<'_>> = view.of(treatment).map(|facts| Seatwise::new(facts, seats)).collect();
    let (curve, sampled) = curve::curve(view, treatment);
    Panel {
        treatment: view.design.treatments[treatment].name.clone(),
        members: seats.iter().map(|seat| member(view, treatment, *seat, &trials)).collect(),
        curve,
        sampled,
        without: seats.iter().map(|seat| without(view, treatment, *seat, &trials)).collect(),
        diversity: diversity::diversity(view, treatment),
    }
}

fn count(view: &View<'_>, treatment: usize, seat: usize, trials: &[Seatwise<'_>], of: Of) -> Count {
    let count = trials.iter().filter(|trial| trial.happened(seat, of)).count() as u64;
    view.count(count, &What::Member(treatment, seat, of))
}

fn member(view: &View<'_>, treatment: usize, place: usize, trials: &[Seatwise<'_>]) -> MemberFigures {
    let member = &view.design.treatments[treatment].council.members[place];
    let count = |of: Of| count(view, treatment, place, trials, of);
    let mut means = Means::new(view.design.items.len());
    let mut times = Vec::new();
    let (mut spent, mut unpriced) = (Vec::new(), 0);
    for facts in view.of(treatment) {
        let Some(seat) = facts.seats.get(place).filter(|seat| seat.asked) else { continue };
        means.add(facts.key.item, facts.is_right(seat.first).map(number));
        times.extend((seat.bill.ms > 0).then(|| f64::from(seat.bill.ms)));
        spent.push(seat.bill.spent.usd());
        unpriced += u64::from(seat.bill.unpriced);
    }
    let times = in_order(&times);
    let (asked, silent) = (count(Of::All), count(Of::Silent));
    let answered = asked.count - silent.count;
    MemberFigures {
        member: member.name.0.clone(),
        model: member.model.to_string(),
        accuracy: means.share(view.word(&What::Member(treatment, place, Of::All))),
        answered: (asked.count > 0).then(|| answered as f64 / asked.count as f64),
        asked,
        silent,
        alone: count(Of::Alone),
        mean_usd: mean(spent.into_iter()),
        unpriced,
        median_ms: quantile(&times, 0.5),
        p95_ms: quantile(&times, 0.95),
    }
}

fn without(view: &View<'_>, treatment: usize, seat: usize, trials: &[Seatwise<'_>]) -> Without {
    let count = |of: Of| count(view, treatment, seat, trials, of);
    let changes = count(Of::Changes);
    let mut means = Means::new(view.design.items.len());
    for trial in trials {
        means.add(trial.facts.key.item, trial.difference(seat));
    }
    Without {
        member: view.seat(treatment, seat).to_owned(),
        never_mattered: changes.count == 0,
        changes,
        helps: count(Of::Helps),
        hurts: count(Of::Hurts),
        difference: means.mean(),
    }
}
