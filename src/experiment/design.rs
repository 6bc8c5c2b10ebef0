//! What an experiment is: questions, a grader, treatments and arms, and which trials that makes. How it is written down is
//! the configuration's.

use super::arm::{Arm, Treatment};
use super::grader::Grader;
use super::item::Item;
use super::trial::Key;
use crate::agreement::normalise;
use crate::core::Dollars;
use crate::core::shuffle::mix;
use serde::{Deserialize, Serialize};

/// An experiment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Design {
    /// Its name.
    pub name: String,
    /// The questions.
    pub items: Vec<Item>,
    /// How answers are graded.
    pub grader: Grader,
    /// What is asked.
    pub treatments: Vec<Treatment>,
    /// What is compared.
    pub arms: Vec<Arm>,
    /// The arm that others are held against, by its place.
    pub baseline: usize,
    /// How often each question is put to each treatment.
    pub repeats: u16,
    /// What every draw is drawn from.
    pub seed: u64,
    /// In how many parts the questions are taken for what is learned: from all parts but that of the question.
    pub folds: usize,
    /// How many trials run at once.
    pub at_once: usize,
    /// The most it may cost.
    pub budget: Option<Dollars>,
    /// Whose samples controls take, where they take any: kept, so that a resumed experiment takes the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<String>,
    /// What the person should know of it: controls that were left out and why, a line each.
    pub notes: Vec<String>,
}

impl Default for Design {
    fn default() -> Self {
        Self {
            name: String::new(),
            items: Vec::new(),
            grader: Grader::None,
            treatments: Vec::new(),
            arms: Vec::new(),
            baseline: 0,
            repeats: 1,
            seed: 0,
            folds: 2,
            at_once: 4,
            budget: None,
            best: None,
            notes: Vec::new(),
        }
    }
}

impl Design {
    /// Every trial, question by question, so that what is done of an unfinished experiment can be compared.
    pub fn trials(&self) -> impl Iterator<Item = Key> + '_ {
        (0..self.repeats).flat_map(move |repeat| {
            (0..self.items.len()).flat_map(move |item| {
                (0..self.treatments.len()).map(move |treatment| Key { treatment, item, repeat })
            })
        })
    }

    /// How many trials there are.
    pub fn trial_count(&self) -> u64 {
        self.items.len() as u64 * self.treatments.len() as u64 * u64::from(self.repeats)
    }

    /// Whether a question is in a share, counted from 1. All trials of a question are in the same one.
    pub fn in_share(item: usize, (which, of): (u32, u32)) -> bool {
        item % of as usize == which as usize - 1
    }

    /// The part of the questions that an item is in.
    pub fn fold(&self, item: usize) -> usize {
        item % self.folds.max(1)
    }

    /// The seed of a trial: the same for all treatments, so that draws differ in nothing that they need not.
    pub fn seed_of(&self, key: Key) -> u64 {
        mix(&[self.seed, key.item as u64, u64::from(key.repeat)]) & ((1 << 53) - 1)
    }

    /// The digest of all that a trial depends on.
    pub fn digest_of(&self, key: Key) -> u64 {
        let item = &self.items[key.item];
        mix(&[
            self.treatments[key.treatment].digest,
            hash(&item.id),
            hash(&item.question),
            right(item),
            hash(&self.grader_words()),
            self.seed_of(key),
        ])
    }

    /// The digest of all that trials depend on. Arms, budgets and how many run at once may change under way.
    pub fn digest(&self) -> u64 {
        let mut parts = vec![self.seed, u64::from(self.repeats), hash(&self.grader_words())];
        for treatment in &self.treatments {
            parts.extend([hash(&treatment.name), treatment.digest]);
        }
        for item in &self.items {
            let text = |text: Option<&String>| text.map_or(0, |text| hash(text));
            parts.extend([hash(&item.id), hash(&item.question), right(item), text(item.topic.as_ref())]);
        }
        mix(&parts)
    }

    fn grader_words(&self) -> String {
        match &self.grader {
            Grader::Number(within) => format!("number {within}"),
            Grader::Regex(pattern) => format!("regex {}", pattern.as_str()),
            Grader::Judge(member) => format!("judge {} {:?}", member.model, member.persona),
            other => other.name().to_owned(),
        }
    }

    /// The arms that read a treatment.
    pub fn arms_of(&self, treatment: usize) -> impl Iterator<Item = (usize, &Arm)> {
        self.arms.iter().enumerate().filter(move |(_, arm)| arm.treatment == treatment)
    }
}

/// A digest of what is right.
fn right(item: &Item) -> u64 {
    let mut all = item.right().map(hash);
    let first = all.next().unwrap_or(0);
    all.fold(first, |sum, one| mix(&[sum, one]))
}

/// A digest of a text, the same on every machine and in every version (FNV-1a, 64 bits, then mixed).
pub fn hash(text: &str) -> u64 {
    mix(&[normalise::hash(text.as_bytes(), 0), text.len() as u64])
}
