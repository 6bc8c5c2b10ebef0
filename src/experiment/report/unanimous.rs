//! What panels got right and wrong together: where agreement is no evidence.

use super::figures::{Count, Share};
use super::view::{Means, View, number, unanimous};
use super::what::{Of, What};
use crate::core::clean;
use crate::experiment::facts::Facts;
use serde::Serialize;

/// The agreement of a treatment's panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unanimous {
    /// The treatment's name.
    pub treatment: String,
    /// By the first answers, before anybody saw another one.
    pub first: Agreed,
    /// By what members stand by in the end, where they debated.
    pub last: Option<Agreed>,
}

/// The trials in which all members that answered, two or more, said the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreed {
    /// In how many trials that is so.
    pub trials: Count,
    /// In how many of the trials in which two or more answered, 0 to 1.
    pub share: Option<f64>,
    /// How often they are right then, over the questions.
    pub accuracy: Share,
    /// What they got wrong, in the order of the log; at most [`MOST`], of all `wrong.count`.
    pub examples: Vec<WrongTogether>,
    /// How many trials they got wrong.
    pub wrong: Count,
}

/// How many examples are listed.
pub const MOST: usize = 100;

/// A trial that a unanimous panel got wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongTogether {
    /// The trial's line in the log, from 1.
    pub line: usize,
    /// The question's id.
    pub item: String,
    /// What all of them said.
    pub said: String,
    /// How many of them.
    pub by: usize,
    /// What is right, cut to a few words; empty where the data set does not say.
    pub right: String,
}

/// The most characters of what is right.
const LONGEST: usize = 60;

/// What a data set says is right, in short; empty where it does not say.
pub(super) fn right(view: &View<'_>, item: usize) -> String {
    let answer = view.design.items.get(item).and_then(|item| item.answer.as_deref());
    clean::cut(&clean::line(&view.design.grader.meant(answer.unwrap_or_default())), LONGEST)
}

/// What members say: at first, or in the end.
fn said(facts: &Facts, last: bool) -> impl Iterator<Item = u8> + '_ {
    facts.seats.iter().filter_map(move |seat| if last { seat.last } else { seat.first })
}

/// Whether it is so of a trial: that all say the same, and that this is right or wrong.
pub(super) fn happened(facts: &Facts, last: bool, of: Of) -> bool {
    let Some(place) = unanimous(said(facts, last)) else { return false };
    match of {
        Of::All => true,
        Of::Right => facts.right(place) == Some(true),
        Of::Wrong => facts.right(place) == Some(false),
        _ => false,
    }
}

/// What panels agreed on.
pub(super) fn unanimity(view: &View<'_>) -> Vec<Unanimous> {
    let one = |treatment: usize| Unanimous {
        treatment: view.design.treatments[treatment].name.clone(),
        first: agreed(view, treatment, false),
        last: view.of(treatment).any(|facts| !facts.rounds.is_empty()).then(|| agreed(view, treatment, true)),
    };
    view.councils().map(one).collect()
}

fn agreed(view: &View<'_>, treatment: usize, last: bool) -> Agreed {
    let what = |of: Of| if last { What::Stand(treatment, of) } else { What::Unanimous(treatment, of) };
    let count = |of: Of| {
        view.count(view.of(treatment).filter(|facts| happened(facts, last, of)).count() as u64, &what(of))
    };
    let mut means = Means::new(view.design.items.len());
    let mut examples = Vec::new();
    for facts in view.of(treatment) {
        let Some(place) = unanimous(said(facts, last)) else { continue };
        means.add(facts.key.item, facts.right(place).map(number));
        if facts.right(place) == Some(false) {
            examples.push(WrongTogether {
                line: facts.line,
                item: view.design.items[facts.key.item].id.clone(),
                said: facts.said[usize::from(place)].value.to_string(),
                by: said(facts, last).count(),
                right: right(view, facts.key.item),
            });
        }
    }
    examples.sort_by_key(|example| example.line);
    examples.truncate(MOST);
    let trials = count(Of::All);
    let answered = view.of(treatment).filter(|facts| said(facts, last).nth(1).is_some()).count();
    Agreed {
        share: (answered > 0).then(|| trials.count as f64 / answered as f64),
        trials,
        accuracy: means.share(view.word(&what(Of::All))),
        examples,
        wrong: count(Of::Wrong),
    }
}
