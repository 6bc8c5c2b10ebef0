//! How far an experiment is, for whoever watches it: what is done, what it cost, how arms stand by now, what went wrong. It is a
//! fold over what happens and knows no clock: moments are told to it.

use super::design::Design;
use super::facts::{Facts, Seat};
use super::score::{score, votes};
use super::trial::Key;
use crate::core::{Dollars, clean};
use crate::stats::wilson::wilson;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many disagreements and faults are remembered.
const REMEMBERED: usize = 50;

/// How far an experiment is.
#[derive(Debug, Default)]
pub struct Progress {
    /// What trials came to that are done.
    pub facts: Vec<Facts>,
    /// How many are to be done, those that are done too.
    pub of: u64,
    /// How many were done before this run of the program.
    pub before: u64,
    /// How many run now.
    pub running: usize,
    /// What was spent, as far as it is known; and what is set aside for what runs.
    pub spent: Dollars,
    /// Set aside.
    pub held: Dollars,
    /// What it may cost.
    pub budget: Option<Dollars>,
    /// Whether no trial is begun, and why where it was not the person.
    pub paused: Option<Option<String>>,
    /// Treatments that are cut.
    pub cut: BTreeSet<usize>,
    /// Trials that came to nothing, newest first: which, and why.
    pub faults: VecDeque<(Key, String)>,
    /// How many there were.
    pub faulted: u64,
    /// Trials that members were divided in, newest first: places among the facts.
    pub divided: VecDeque<usize>,
    /// When it began, and when the last trial ended, in milliseconds since the epoch.
    pub began: u64,
    /// The last end.
    pub last: u64,
    /// The sum of the shares of members that agreed, over trials with several of them.
    agreed: (f64, u64),
    /// How many trials of each treatment were to be done at first, and how many of them are over.
    todo: BTreeMap<usize, (u64, u64)>,
    /// How long trials took so far, in milliseconds, pauses left out; and up to which moment that is counted.
    worked: u64,
    counted: u64,
}

/// How an arm stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Its name.
    pub arm: String,
    /// Of how many trials it is.
    pub done: u64,
    /// Of how many it will be.
    pub of: u64,
    /// How many of the graded ones are right, and how many are graded.
    pub right: (u64, u64),
    /// The share of right ones with its interval (Wilson, 95 %); none where nothing is graded.
    pub accuracy: Option<(f64, f64, f64)>,
    /// What a question costs on average, in US dollars.
    pub mean_usd: f64,
    /// The mean share of members behind its answer.
    pub agreement: Option<f64>,
    /// What a question takes on average: calls, rounds of debate, and milliseconds from the first call to the last.
    pub mean_calls: f64,
    /// The rounds.
    pub mean_rounds: f64,
    /// The time.
    pub mean_ms: Option<f64>,
    /// How many calls of its trials came to nothing, and how many of them had no recorded answer.
    pub failed: (u64, u64),
    /// Whether its treatment is cut.
    pub cut: bool,
    /// Whether it is a control.
    pub control: bool,
}

impl Progress {
    /// Of an experiment of which some is done.
    pub fn new(done: Vec<Facts>, todo: u64, now: u64) -> Self {
        let before = done.len() as u64;
        let mut progress =
            Self { of: before + todo, before, began: now, last: now, counted: now, ..Self::default() };
        for facts in done {
            progress.take(facts);
        }
        progress
    }

    /// Is told which trials are to be done, so that it knows how many a cut leaves out.
    pub fn expect(&mut self, todo: &[Key]) {
        for key in todo {
            self.todo.entry(key.treatment).or_default().0 += 1;
        }
    }

    /// How many trials of a treatment are still to be done, those that run too; 0 where it was not told.
    pub fn waiting(&self, treatment: usize) -> u64 {
        self.todo.get(&treatment).map_or(0, |(all, over)| all.saturating_sub(*over))
    }

    /// Nobody is asked for a treatment any more.
    pub fn cut(&mut self, treatment: usize) {
        if self.cut.insert(treatment) {
            self.of = self.of.saturating_sub(self.waiting(treatment));
        }
    }

    /// No trial is begun any more.
    pub fn pause(&mut self, why: Option<String>, now: u64) {
        // What was a pause already is not work.
        if self.paused.replace(why).is_none() {
            self.work(now);
        }
    }

    /// Trials are begun again.
    pub fn resume(&mut self, now: u64) {
        self.paused = None;
        self.counted = now;
    }

    /// A trial is done.
    pub fn done(&mut self, facts: Facts, now: u64) {
        self.last = now;
        self.work(now);
        // What ran when its treatment was cut is done all the same.
        self.of += u64::from(self.cut.contains(&facts.key.treatment));
        self.over(facts.key);
        self.running = self.running.saturating_sub(1);
        self.take(facts);
    }

    /// A trial came to nothing.
    pub fn faulted(&mut self, key: Key, why: String) {
        self.running = self.running.saturating_sub(1);
        self.faulted += 1;
        self.over(key);
        self.faults.push_front((key, why));
        self.faults.truncate(REMEMBERED);
    }

    fn over(&mut self, key: Key) {
        if let Some((_, over)) = self.todo.get_mut(&key.treatment) {
            *over += 1;
        }
    }

    fn take(&mut self, facts: Facts) {
        let said: Vec<u8> = facts.seats.iter().filter_map(Seat::stands).collect();
        if said.len() > 1 {
            let most = said.iter().map(|place| votes(&said, *place)).max().unwrap_or(0);
            self.agreed.0 += most as f64 / said.len() as f64;
            self.agreed.1 += 1;
            if most * 2 <= said.len() {
                self.divided.push_front(self.facts.len());
                self.divided.truncate(REMEMBERED);
            }
        }
        self.facts.push(facts);
    }

    /// How many trials are done.
    pub fn count(&self) -> u64 {
        self.facts.len() as u64
    }

    /// The mean share of members that agreed, over trials with several of them.
    pub fn agreement(&self) -> Option<f64> {
        (self.agreed.1 > 0).then(|| self.agreed.0 / self.agreed.1 as f64)
    }

    /// Counts the time until now as work.
    fn work(&mut self, now: u64) {
        self.worked += now.saturating_sub(self.counted);
        self.counted = now;
    }

    /// How many trials are done in a second at the pace so far; none before any is done.
    pub fn pace(&self) -> Option<f64> {
        let done = self.count().saturating_sub(self.before);
        (done > 0 && self.worked > 0).then(|| done as f64 * 1000.0 / self.worked as f64)
    }

    /// How long the rest will take at the pace so far, in milliseconds; none before anything is done.
    pub fn left(&self) -> Option<u64> {
        let done = self.count().saturating_sub(self.before);
        let rest = self.of.saturating_sub(self.count());
        (done > 0).then(|| self.worked * rest / done)
    }

    /// How each arm stands.
    pub fn standings(&self, design: &Design) -> Vec<Standing> {
        let scored = score(design, &self.facts);
        let each = u64::from(design.repeats) * design.items.len() as u64;
        let one = |(arm, scored): (&super::Arm, Vec<super::Scored>)| {
            let graded = scored.iter().filter_map(|it| it.right);
            let (right, graded) = graded.fold((0, 0), |(right, all), it| (right + u64::from(it), all + 1));
            // As in the report, a question counts once: by the mean of its repeats.
            let mut questions: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
            for (item, right) in
                scored.iter().filter_map(|it| Some((self.facts[it.trial].key.item, it.right?)))
            {
                let sum = questions.entry(item).or_default();
                *sum = (sum.0 + f64::from(u8::from(right)), sum.1 + 1.0);
            }
            let sum: f64 = questions.values().map(|(right, all)| right / all).sum();
            let interval = wilson(sum, questions.len(), 0.95);
            let accuracy = interval.map(|it| (sum / questions.len() as f64, it.low, it.high));
            let shares: Vec<f64> =
                scored.iter().filter(|it| it.answer.is_some()).map(|it| it.share).collect();
            let trials = scored.len().max(1) as f64;
            let sum = |of: &dyn Fn(&super::Scored) -> f64| scored.iter().map(of).sum::<f64>();
            let facts = |it: &super::Scored| &self.facts[it.trial];
            let rounds = |it: &super::Scored| facts(it).rounds.len() as f64;
            let all = |of: fn(&Facts) -> u16| scored.iter().map(|it| u64::from(of(facts(it)))).sum();
            Standing {
                arm: arm.name.clone(),
                done: scored.len() as u64,
                of: each,
                right: (right, graded),
                accuracy,
                mean_usd: super::score::mean_cost(&scored),
                agreement: (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64),
                mean_calls: sum(&|it| f64::from(it.bill.calls)) / trials,
                mean_rounds: if arm.reading.first_alone() { 0.0 } else { sum(&rounds) / trials },
                mean_ms: (sum(&|it| f64::from(it.bill.ms)) > 0.0)
                    .then(|| sum(&|it| f64::from(it.bill.ms)) / trials),
                failed: (all(|facts| facts.failed), all(|facts| facts.missing)),
                cut: self.cut.contains(&arm.treatment),
                control: arm.control.is_some(),
            }
        };
        design.arms.iter().zip(scored).map(one).collect()
    }

    /// What members said in a trial, for people: `42 ×2, 17 ×1, 40`.
    pub fn said(facts: &Facts) -> String {
        let one = |(place, by): (usize, usize)| {
            let value = clean::line(&facts.said[place].value);
            if by > 1 { format!("{value} ×{by}") } else { value }
        };
        facts.votes().into_iter().map(one).collect::<Vec<_>>().join(", ")
    }
}
