//! Accuracy by topic, for data sets that name topics.

use super::figures::Share;
use super::view::{View, share};
use super::what::What;
use serde::Serialize;
use std::collections::BTreeMap;

/// The questions of a topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Topic {
    /// Its name.
    pub topic: String,
    /// How many questions the data set has on it.
    pub questions: usize,
    /// The accuracy of each arm on them, by arms of the design.
    pub arms: Vec<Share>,
}

/// Accuracy by topic.
pub(super) fn topics(view: &View<'_>) -> Vec<Topic> {
    let mut items: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, item) in view.design.items.iter().enumerate() {
        if let Some(topic) = &item.topic {
            items.entry(topic).or_default().push(place);
        }
    }
    let of_arm = |topic: &str, items: &[usize], arm: usize| {
        let scores: Vec<Option<f64>> = items.iter().map(|item| view.scores[arm][*item]).collect();
        share(&scores, view.word(&What::Topic(topic.to_owned(), arm)))
    };
    let one = |(topic, items): (&str, Vec<usize>)| Topic {
        topic: topic.to_owned(),
        questions: items.len(),
        arms: (0..view.scores.len()).map(|arm| of_arm(topic, &items, arm)).collect(),
    };
    items.into_iter().map(one).collect()
}
