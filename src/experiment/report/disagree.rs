//! Questions to look into: those on which arms differ, or a vote was close, the most telling first.

use super::unanimous::right;
use super::view::View;
use super::what::What;
use crate::experiment::facts::Facts;
use crate::experiment::score::Scored;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many are listed.
pub const MOST: usize = 50;

/// A question on which there is no agreement, in one repeat.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disagreement {
    /// The question's id.
    pub item: String,
    /// The repeat, from 0.
    pub repeat: u16,
    /// Its trials' lines in the log, from 1, one for each treatment that is done.
    pub lines: Vec<usize>,
    /// What is right, cut to a few words; empty where the data set does not say.
    pub answer: String,
    /// What members said first, over all treatments, most members first.
    pub said: Vec<Group>,
    /// What each arm takes for the answer, by arms that have the trial.
    pub arms: Vec<ArmSaid>,
    /// How telling it is, 0 to 2: how evenly arms are split into right and wrong (or, ungraded, into answers), and how close
    /// the closest vote was.
    pub telling: f64,
    /// Leads to its trials.
    pub what: String,
}

/// Members that said the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// What they said, in short.
    pub value: String,
    /// How many seats, over all treatments.
    pub by: usize,
    /// Whether it is right, where that is known.
    pub right: Option<bool>,
}

/// What an arm takes for the answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmSaid {
    /// The arm.
    pub arm: String,
    /// Its answer in short; `None` where it has none.
    pub value: Option<String>,
    /// Whether that is right, where it is known.
    pub right: Option<bool>,
}

/// How many votes the second answer has for one of the first at least, where a vote was close.
const CLOSE: f64 = 0.5;

/// What there is on a question in one repeat.
#[derive(Default)]
struct Cell<'a> {
    trials: Vec<&'a Facts>,
    arms: Vec<(usize, &'a Facts, &'a Scored)>,
}

/// Questions to look into.
pub(super) fn disagreements(view: &View<'_>) -> Vec<Disagreement> {
    let mut cells: BTreeMap<(usize, u16), Cell<'_>> = BTreeMap::new();
    for facts in view.facts {
        cells.entry((facts.key.item, facts.key.repeat)).or_default().trials.push(facts);
    }
    for (arm, scored) in view.scored.iter().enumerate() {
        for scored in scored {
            let facts = &view.facts[scored.trial];
            let cell = cells.entry((facts.key.item, facts.key.repeat)).or_default();
            cell.arms.push((arm, facts, scored));
        }
    }
    let mut telling: Vec<(f64, (usize, u16))> =
        cells.iter().filter_map(|(key, cell)| Some((cell.telling()?, *key))).collect();
    telling.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.cmp(b)));
    telling.truncate(MOST);
    let one = |(telling, key): (f64, (usize, u16))| {
        let cell = cells.get(&key)?;
        let mut lines: Vec<usize> = cell.trials.iter().map(|facts| facts.line).collect();
        lines.sort_unstable();
        Some(Disagreement {
            item: view.design.items[key.0].id.clone(),
            repeat: key.1,
            lines,
            answer: right(view, key.0),
            said: cell.said(),
            arms: cell.arms.iter().map(|(arm, facts, scored)| said_by(view, *arm, facts, scored)).collect(),
            telling,
            what: view.word(&What::Item(key.0)),
        })
    };
    telling.into_iter().filter_map(one).collect()
}

fn value<'a>(facts: &'a Facts, scored: &Scored) -> Option<&'a str> {
    scored.answer.and_then(|place| facts.said.get(usize::from(place))).map(|said| &*said.value)
}

fn said_by(view: &View<'_>, arm: usize, facts: &Facts, scored: &Scored) -> ArmSaid {
    ArmSaid {
        arm: view.design.arms.get(arm).map(|arm| arm.name.clone()).unwrap_or_default(),
        value: value(facts, scored).map(str::to_owned),
        right: scored.right,
    }
}

impl Cell<'_> {
    /// How telling it is; `None` where arms agree and no vote was close.
    fn telling(&self) -> Option<f64> {
        let mut values: Vec<(Option<&str>, usize)> = Vec::new();
        for (_, facts, scored) in &self.arms {
            let said = value(facts, scored);
            match values.iter_mut().find(|(known, _)| *known == said) {
                Some((_, count)) => *count += 1,
                None => values.push((said, 1)),
            }
        }
        let graded: Vec<bool> = self.arms.iter().filter_map(|(_, _, scored)| scored.right).collect();
        let right = graded.iter().filter(|right| **right).count();
        let split = if graded.is_empty() {
            let most = values.iter().map(|(_, count)| *count).max().unwrap_or(0);
            (2.0 * (self.arms.len() - most) as f64 / self.arms.len().max(1) as f64).min(1.0)
        } else {
            2.0 * right.min(graded.len() - right) as f64 / graded.len() as f64
        };
        let close = self.trials.iter().map(|facts| closeness(facts)).fold(0.0, f64::max);
        (values.len() > 1 || split > 0.0 || close >= CLOSE).then_some(split + close)
    }

    /// What members said first, over all treatments. The same words are taken for the same thing.
    fn said(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let first = self
            .trials
            .iter()
            .flat_map(|facts| facts.seats.iter().filter_map(|seat| facts.said.get(usize::from(seat.first?))));
        for said in first {
            let same = |group: &&mut Group| *group.value == *said.value && group.right == said.right;
            match groups.iter_mut().find(same) {
                Some(group) => group.by += 1,
                None => groups.push(Group { value: said.value.to_string(), by: 1, right: said.right }),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.by));
        groups
    }
}

/// How many votes the second answer of a trial's first ones has for one of the first: 0 where all agree, 1 where two tie.
fn closeness(facts: &Facts) -> f64 {
    let mut votes = vec![0_u32; facts.said.len()];
    for place in facts.seats.iter().filter_map(|seat| seat.first) {
        if let Some(votes) = votes.get_mut(usize::from(place)) {
            *votes += 1;
        }
    }
    votes.sort_unstable_by_key(|count| std::cmp::Reverse(*count));
    match votes[..] {
        [first, second, ..] if first > 0 => f64::from(second) / f64::from(first),
        _ => 0.0,
    }
}
