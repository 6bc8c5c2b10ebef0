//! What an experiment's log says, as a fold over its lines: which trials are done and what they came to, what was spent, what the
//! person did. Reading the file is the store's.

use super::arm::Arm;
use super::design::Design;
use super::facts::Facts;
use super::item::Item;
use super::trial::{Key, Line, Opened, VERSION};
use crate::core::Dollars;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A trial that was begun and is not done: what it may have cost, when that was, and how often.
#[derive(Clone, Copy, Debug)]
struct Begun {
    most: Dollars,
    at: u64,
    times: u32,
}

/// What a log held.
#[derive(Debug, Default)]
pub struct Kept {
    /// Its first line; `None` where it has none.
    pub opened: Option<Box<Opened>>,
    /// What the trials came to that are done, in the order of the log.
    pub facts: Vec<Facts>,
    /// Which those are.
    pub done: HashSet<Key>,
    /// What was spent on them.
    pub spent: Dollars,
    /// What trials may have cost that were begun and never done.
    pub lost: Dollars,
    /// Treatments that nobody is asked for any more.
    pub cut: BTreeSet<usize>,
    /// What it may cost, where the person said so meanwhile.
    pub budget: Option<Option<Dollars>>,
    /// How many lines there are.
    pub lines: usize,
    /// How many of them could not be read, or are of no trial of this experiment.
    pub odd: usize,
    /// How many trials stood there more than once; the first one counts.
    pub repeated: usize,
    /// Why nothing of it can be used: a line.
    pub useless: Option<String>,
    treatments: HashMap<String, usize>,
    items: HashMap<String, usize>,
    begun: BTreeMap<Key, Begun>,
}

impl Kept {
    /// The experiment as its log has it.
    pub fn design(&self) -> Option<&Design> {
        self.opened.as_ref().map(|opened| &opened.design)
    }

    /// What the trial in a line came to.
    pub fn at(&self, line: usize) -> Option<&Facts> {
        let place = self.facts.binary_search_by_key(&line, |facts| facts.line).ok()?;
        self.facts.get(place)
    }

    /// Reads the first line of a log alone.
    pub fn opened_of(line: &[u8]) -> Option<Box<Opened>> {
        match serde_json::from_slice(line).ok()? {
            Line::Opened(opened) => Some(opened),
            _ => None,
        }
    }

    /// Takes a line in.
    pub fn take(&mut self, number: usize, line: &[u8]) {
        self.lines = number;
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            self.odd += 1;
            return;
        };
        match line {
            Line::Opened(opened) => self.open(opened),
            Line::Asked(item) => self.ask(*item),
            Line::Begun { treatment, item, repeat, most, at } => match self.key(&treatment, &item, repeat) {
                Some(key) => {
                    // What was begun before and never done may have cost something too: it stays lost.
                    self.lost += most;
                    let times = self.begun.get(&key).map_or(0, |begun| begun.times) + 1;
                    self.begun.insert(key, Begun { most, at, times });
                }
                None => self.odd += 1,
            },
            Line::Trial(trial) => {
                let Some(opened) = &self.opened else {
                    self.odd += 1;
                    return;
                };
                let key = self.key(&trial.treatment, &trial.item, trial.repeat);
                let found = key.filter(|key| trial.of == opened.design.digest_of(*key));
                let facts = found.and_then(|key| Facts::of(&opened.design, key, number, &trial));
                let Some((key, facts)) = found.zip(facts) else {
                    self.odd += 1;
                    return;
                };
                if !self.done.insert(key) {
                    self.repeated += 1;
                    return;
                }
                self.lost = self.lost.less(self.begun.remove(&key).map_or(Dollars(0), |begun| begun.most));
                self.spent += facts.all.spent + facts.grading.spent;
                self.facts.push(facts);
            }
            Line::Cut { treatment, .. } => {
                self.cut.extend(self.treatments.get(&treatment).copied());
            }
            Line::Budget { most, .. } => self.budget = Some(most),
            Line::Arms { arms, baseline } => self.rearm(arms, baseline),
        }
    }

    fn open(&mut self, opened: Box<Opened>) {
        if self.opened.is_some() {
            self.odd += 1;
            return;
        }
        if opened.v > VERSION {
            self.useless = Some(format!("was written by a newer synod ({}): update this one", opened.synod));
        }
        let names = opened.design.treatments.iter().enumerate();
        self.treatments = names.map(|(at, it)| (it.name.clone(), at)).collect();
        self.items = opened.design.items.iter().enumerate().map(|(at, it)| (it.id.clone(), at)).collect();
        self.opened = Some(opened);
    }

    /// Adds a question, where it is not there.
    fn ask(&mut self, item: Item) {
        let Some(opened) = &mut self.opened else { return };
        if !self.items.contains_key(&item.id) {
            self.items.insert(item.id.clone(), opened.design.items.len());
            opened.design.items.push(item);
        }
    }

    fn rearm(&mut self, arms: Vec<Arm>, baseline: usize) {
        let Some(opened) = &mut self.opened else { return };
        let design = &mut opened.design;
        if !arms.is_empty() && arms.iter().all(|arm| arm.treatment < design.treatments.len()) {
            design.baseline = baseline.min(arms.len() - 1);
            design.arms = arms;
        }
    }

    /// The trial of these names.
    fn key(&self, treatment: &str, item: &str, repeat: u16) -> Option<Key> {
        Some(Key { treatment: *self.treatments.get(treatment)?, item: *self.items.get(item)?, repeat })
    }

    /// Trials that were begun before a moment, less often than that, and never done.
    pub fn unfinished(&self, before: u64, times: u32) -> impl Iterator<Item = Key> + '_ {
        let left = self.begun.iter().filter(move |(_, begun)| begun.at < before && begun.times < times);
        left.map(|(key, _)| *key)
    }

    /// The trials that are still to be done, of a share where there is one.
    pub fn todo<'a>(
        &'a self,
        design: &'a Design,
        share: Option<(u32, u32)>,
    ) -> impl Iterator<Item = Key> + 'a {
        design.trials().filter(move |key| {
            let mine = share.is_none_or(|share| Design::in_share(key.item, share));
            mine && !self.done.contains(key) && !self.cut.contains(&key.treatment)
        })
    }
}
