//! Carries out the trials of an experiment: so many at once, within its budget, each an engine of its own and one line in the
//! log. What a trial is, and what it came to, is [`crate::experiment`]'s; faces give orders and hear what happened.

use super::Clock;
use super::room::Room;
use super::trial::{Kit, Over, question};
use crate::core::Dollars;
use crate::core::forecast::PlanForecast;
use crate::experiment::{Design, Facts, Key, Line, Progress};
use crate::store::StoreError;
use crate::store::lines::Lines;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How many trials in a row may come to nothing before the experiment waits for the person.
const LUCKLESS: usize = 8;

/// What an experiment is carried out with.
pub struct Lab {
    /// What each of its trials is.
    pub kit: Arc<Kit>,
    /// What each trial of a treatment comes to at the most.
    pub ahead: Vec<PlanForecast>,
    /// What was spent by now, and may have been spent by trials that were cut off.
    pub spent: Dollars,
    /// Treatments that nobody is asked for any more.
    pub cut: BTreeSet<usize>,
    /// Where trials are kept.
    pub log: Lines,
    /// How many lines it holds.
    pub lines: usize,
}

/// What a person wants of an experiment that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// To begin no more trials; those that run go on to their ends.
    Pause,
    /// To go on.
    Resume,
    /// To ask no more for a treatment.
    Cut(usize),
    /// That it may cost so much, or any sum.
    Budget(Option<Dollars>),
    /// To end: what runs is given up, and done again another time.
    Stop,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// So many trials run now.
    Running(usize),
    /// A trial is done and on disk.
    Done(Box<Facts>),
    /// A trial came to nothing, by no fault of its question's: it is done again another time. Says why.
    Faulted(Key, String),
    /// No trial is begun until the person says so. Says why; nothing where it was the person.
    Paused(Option<String>),
    /// Trials are begun again.
    Resumed,
    /// A treatment is cut.
    Cut(usize),
    /// It may cost so much now.
    Budget(Option<Dollars>),
    /// What is spent, and set aside for what runs.
    Money(Dollars, Dollars),
}

/// Why the trials ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All are done.
    Done,
    /// The person wanted it, or nobody listens any more.
    Stopped,
    /// The same, where its budget left no room for the next trial.
    OverBudget,
    /// They could not be kept: one line.
    Unkept(String),
}

/// Carries out trials in their order until all are done, or the person stops it.
pub async fn run(
    mut lab: Lab,
    todo: impl IntoIterator<Item = Key>,
    mut orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<Happened>,
) -> Ended {
    let mut queue: VecDeque<Key> = todo.into_iter().filter(|key| !lab.cut.contains(&key.treatment)).collect();
    let mut running: JoinSet<Over> = JoinSet::new();
    let mut by_task: HashMap<tokio::task::Id, Key> = HashMap::new();
    let mut set_aside: BTreeMap<Key, Dollars> = BTreeMap::new();
    let (mut budget, mut paused, mut broke, mut luckless) = (lab.kit.design.budget, false, false, 0);
    let kit = Arc::clone(&lab.kit);
    let design = Arc::clone(&kit.design);
    let mut room = Room::of(&design, &kit.registry);
    loop {
        while !paused && running.len() < design.at_once {
            let Some(key) = queue.front().copied() else { break };
            let most = lab.ahead.get(key.treatment).map(|ahead| ahead.most).unwrap_or_default();
            let held: Dollars = set_aside.values().copied().sum();
            if budget.is_some_and(|budget| lab.spent + held + most > budget) && most > Dollars(0) {
                if set_aside.is_empty() {
                    (paused, broke) = (true, true);
                    let line = format!(
                        "the budget of {} leaves no room for the next trial, which may cost {most}: raise it to go on, or lower \
                         answer_limit in the file",
                        budget.unwrap_or_default()
                    );
                    tell(&news, Happened::Paused(Some(line))).await;
                }
                break;
            }
            if !room.fits(key.treatment) {
                break;
            }
            queue.pop_front();
            if most > Dollars(0) {
                let begun = Line::Begun {
                    treatment: design.treatments[key.treatment].name.clone(),
                    item: design.items[key.item].id.clone(),
                    repeat: key.repeat,
                    at: kit.clock.now(),
                    most,
                };
                if let Err(error) = lab.keep(&begun) {
                    return Ended::Unkept(error.to_string());
                }
                set_aside.insert(key, most);
            }
            let cap = budget.map(|_| most);
            let task = running.spawn(Arc::clone(&kit).trial(key, question(&design, key), cap));
            by_task.insert(task.id(), key);
            room.take(key.treatment);
            tell(&news, Happened::Running(running.len())).await;
        }
        if running.is_empty() && queue.is_empty() {
            return Ended::Done;
        }
        tokio::select! {
            order = orders.recv() => match order {
                None | Some(Order::Stop) => {
                    running.shutdown().await;
                    return if broke { Ended::OverBudget } else { Ended::Stopped };
                }
                Some(Order::Pause) => {
                    paused = true;
                    tell(&news, Happened::Paused(None)).await;
                }
                Some(Order::Resume) => {
                    (paused, broke, luckless) = (false, false, 0);
                    tell(&news, Happened::Resumed).await;
                }
                Some(Order::Cut(treatment)) => {
                    let Some(name) = design.treatments.get(treatment).map(|it| it.name.clone()) else { continue };
                    lab.cut.insert(treatment);
                    queue.retain(|key| key.treatment != treatment);
                    let cut = Line::Cut { treatment: name, at: kit.clock.now() };
                    if let Err(error) = lab.keep(&cut) {
                        return Ended::Unkept(error.to_string());
                    }
                    tell(&news, Happened::Cut(treatment)).await;
                }
                Some(Order::Budget(most)) => {
                    budget = most;
                    let set = Line::Budget { most, at: kit.clock.now() };
                    if let Err(error) = lab.keep(&set) {
                        return Ended::Unkept(error.to_string());
                    }
                    tell(&news, Happened::Budget(most)).await;
                }
            },
            over = running.join_next_with_id(), if !running.is_empty() => {
                let over = match over {
                    Some(Ok((task, over))) => {
                        by_task.remove(&task);
                        over
                    }
                    Some(Err(error)) => {
                        let Some(key) = by_task.remove(&error.id()) else { continue };
                        Over { key, came_to: Err("a fault of synod's own ended it".to_owned()) }
                    }
                    None => continue,
                };
                room.give_back(over.key.treatment);
                let most = set_aside.remove(&over.key);
                match over.came_to {
                    Ok((line, mut facts)) => {
                        luckless = 0;
                        if let Err(error) = lab.log.append_bytes(&line) {
                            return Ended::Unkept(error.to_string());
                        }
                        lab.lines += 1;
                        facts.line = lab.lines;
                        lab.spent += facts.all.spent + facts.grading.spent;
                        tell(&news, Happened::Done(facts)).await;
                    }
                    Err(why) => {
                        luckless += 1;
                        // Nobody knows what it cost: as much as it may have.
                        lab.spent += most.unwrap_or_default();
                        tell(&news, Happened::Faulted(over.key, why.clone())).await;
                        if luckless >= LUCKLESS && !paused {
                            paused = true;
                            let line = format!("{luckless} trials in a row came to nothing: {why}");
                            tell(&news, Happened::Paused(Some(line))).await;
                        }
                    }
                }
                let held = set_aside.values().copied().sum();
                tell(&news, Happened::Money(lab.spent, held)).await;
            }
        }
    }
}

/// A face that is gone misses nothing: all is in the log.
async fn tell(news: &mpsc::Sender<Happened>, happened: Happened) {
    let _ = news.send(happened).await;
}

impl Lab {
    fn keep(&mut self, line: &Line) -> Result<(), StoreError> {
        self.lines += 1;
        self.log.append(line)
    }
}

/// What a face needs to show an experiment that runs, and to give orders.
pub struct Watch {
    /// The experiment.
    pub design: Arc<Design>,
    /// How far it is.
    pub progress: Progress,
    /// The time.
    pub clock: Clock,
    /// Where orders go.
    pub orders: mpsc::Sender<Order>,
    /// What happens.
    pub news: mpsc::Receiver<Happened>,
}

impl Watch {
    /// Takes in what happened.
    pub fn take(&mut self, happened: Happened) {
        let progress = &mut self.progress;
        match happened {
            Happened::Running(many) => progress.running = many,
            Happened::Done(facts) => progress.done(*facts, self.clock.now()),
            Happened::Faulted(key, why) => progress.faulted(key, why),
            Happened::Paused(why) => progress.pause(why, self.clock.now()),
            Happened::Resumed => progress.resume(self.clock.now()),
            Happened::Cut(treatment) => progress.cut(treatment),
            Happened::Budget(most) => progress.budget = most,
            Happened::Money(spent, held) => (progress.spent, progress.held) = (spent, held),
        }
    }
}
