//! Carries out the trials of an experiment: so many at once, within its budget, each an engine of its own and one line in the
//! log. What a trial is, and what it came to, is [`crate::experiment`]'s; faces give orders and hear what happened.

use super::alone::carry_out;
use super::{Clock, Deeper, Purse, Setup};
use crate::core::budget::Caps;
use crate::core::forecast::PlanForecast;
use crate::core::price::Prices;
use crate::core::{CallError, Dollars, ErrorKind, Question, Run, Session, SessionId, Templates, clean};
use crate::experiment::trial::Verdict;
use crate::experiment::{Design, Facts, Grader, Key, Line, Progress, Trial, judge};
use crate::providers::recorded::Recordings;
use crate::providers::registry::Registry;
use crate::store::lines::Lines;
use crate::store::spending::Spending;
use crate::store::{Log, StoreError, health};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How many trials in a row may come to nothing before the experiment waits for the person.
const LUCKLESS: usize = 8;

/// What trials are carried out with.
pub struct Lab {
    /// The experiment.
    pub design: Arc<Design>,
    /// Its id.
    pub id: String,
    /// How models are reached.
    pub registry: Arc<Registry>,
    /// The texts prompts are made of.
    pub templates: Templates,
    /// The time.
    pub clock: Clock,
    /// What models cost.
    pub prices: Prices,
    /// What a day may cost, beside the experiment's own budget.
    pub caps: Caps,
    /// Where a day's sum is kept; `None` keeps none.
    pub spending: Option<PathBuf>,
    /// How often a call that failed before it brought anything is asked again by itself.
    pub retries: u16,
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
    /// They could not be kept: one line.
    Unkept(String),
}

/// A trial that is over.
struct Over {
    key: Key,
    /// The line for the log, and what it says; or why there is none.
    came_to: Result<(Vec<u8>, Box<Facts>), String>,
}

/// Carries out trials in their order until all are done, or the person stops it.
pub async fn run(
    mut lab: Lab,
    todo: impl IntoIterator<Item = Key>,
    mut orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<Happened>,
) -> Ended {
    let mut queue: VecDeque<Key> = todo.into_iter().collect();
    let mut running: JoinSet<Over> = JoinSet::new();
    let mut set_aside: BTreeMap<Key, Dollars> = BTreeMap::new();
    let (mut budget, mut paused, mut luckless) = (lab.design.budget, false, 0);
    let shared = Arc::new(Shared::of(&lab));
    let mut deaf = false;
    loop {
        queue.retain(|key| !lab.cut.contains(&key.treatment));
        while !paused && running.len() < lab.design.at_once {
            let Some(key) = queue.front().copied() else { break };
            let most = lab.ahead.get(key.treatment).map(|ahead| ahead.most).unwrap_or_default();
            let held: Dollars = set_aside.values().copied().sum();
            if budget.is_some_and(|budget| lab.spent + held + most > budget) && most > Dollars(0) {
                if set_aside.is_empty() {
                    paused = true;
                    let line = format!(
                        "the budget of {} leaves no room for the next trial, which may cost {most}: raise it to go on",
                        budget.unwrap_or_default()
                    );
                    tell(&news, Happened::Paused(Some(line))).await;
                }
                break;
            }
            queue.pop_front();
            if most > Dollars(0) {
                let begun = Line::Begun {
                    treatment: lab.design.treatments[key.treatment].name.clone(),
                    item: lab.design.items[key.item].id.clone(),
                    repeat: key.repeat,
                    at: lab.clock.now(),
                    most,
                };
                if let Err(error) = lab.keep(&begun) {
                    return Ended::Unkept(error.to_string());
                }
                set_aside.insert(key, most);
            }
            let cap = budget.map(|_| most);
            running.spawn(Arc::clone(&shared).trial(key, cap));
            tell(&news, Happened::Running(running.len())).await;
        }
        if running.is_empty() && queue.is_empty() {
            return Ended::Done;
        }
        tokio::select! {
            order = orders.recv(), if !deaf => match order {
                None => deaf = true,
                Some(Order::Stop) => {
                    running.shutdown().await;
                    return Ended::Stopped;
                }
                Some(Order::Pause) => {
                    paused = true;
                    tell(&news, Happened::Paused(None)).await;
                }
                Some(Order::Resume) => {
                    (paused, luckless) = (false, 0);
                    tell(&news, Happened::Resumed).await;
                }
                Some(Order::Cut(treatment)) => {
                    let Some(name) = lab.design.treatments.get(treatment).map(|it| it.name.clone()) else { continue };
                    lab.cut.insert(treatment);
                    let cut = Line::Cut { treatment: name, at: lab.clock.now() };
                    if let Err(error) = lab.keep(&cut) {
                        return Ended::Unkept(error.to_string());
                    }
                    tell(&news, Happened::Cut(treatment)).await;
                }
                Some(Order::Budget(most)) => {
                    budget = most;
                    let set = Line::Budget { most, at: lab.clock.now() };
                    if let Err(error) = lab.keep(&set) {
                        return Ended::Unkept(error.to_string());
                    }
                    tell(&news, Happened::Budget(most)).await;
                }
            },
            over = running.join_next(), if !running.is_empty() => {
                let Some(Ok(over)) = over else { continue };
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
            // Nobody is left to say that it may go on.
            () = std::future::ready(()), if paused && deaf && running.is_empty() => return Ended::Stopped,
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

/// What all trials share.
struct Shared {
    design: Arc<Design>,
    id: String,
    registry: Arc<Registry>,
    templates: Templates,
    clock: Clock,
    prices: Prices,
    caps: Caps,
    spending: Option<PathBuf>,
    retries: u16,
}

impl Shared {
    fn of(lab: &Lab) -> Self {
        Self {
            design: Arc::clone(&lab.design),
            id: lab.id.clone(),
            registry: Arc::clone(&lab.registry),
            templates: lab.templates.clone(),
            clock: lab.clock,
            prices: lab.prices.clone(),
            caps: lab.caps,
            spending: lab.spending.clone(),
            retries: lab.retries,
        }
    }

    fn setup(&self, key: Key, cap: Option<Dollars>) -> Setup {
        let spending = self.spending.clone().map(|folder| Spending::open(folder, true)).unwrap_or_default();
        let caps = Caps { session: cap, step: None, ..self.caps };
        Setup {
            session: Session::default(),
            id: SessionId(format!("{}-{}-{}-{}", self.id, key.treatment, key.item, key.repeat)),
            log: Log::memory(),
            root: None,
            registry: Arc::clone(&self.registry),
            templates: self.templates.clone(),
            clock: self.clock,
            seed: self.design.seed_of(key),
            deeper: Deeper::default(),
            retries: self.retries,
            purse: Purse::new(self.prices.clone(), caps, spending),
            health: health::Kept::default(),
            answers: None,
            grades: None,
            merge: false,
        }
    }

    /// Carries out one trial.
    async fn trial(self: Arc<Self>, key: Key, cap: Option<Dollars>) -> Over {
        let began = self.clock.now();
        let question = question(&self.design, key);
        let over = |came_to| Over { key, came_to };
        let (session, records) = match carry_out(self.setup(key, cap), question).await {
            Ok(told) => told,
            Err(error) => return over(Err(format!("the engine ended early: {error}"))),
        };
        let Some(run) = session.runs.first() else { return over(Err("nothing was asked".to_owned())) };
        if let Some(why) = luckless(run) {
            return over(Err(why));
        }
        let verdicts = match self.verdicts(key, run, cap).await {
            Ok(verdicts) => verdicts,
            Err(why) => return over(Err(why)),
        };
        let trial = Trial {
            treatment: self.design.treatments[key.treatment].name.clone(),
            item: self.design.items[key.item].id.clone(),
            repeat: key.repeat,
            of: self.design.digest_of(key),
            began,
            took: self.clock.now().saturating_sub(began),
            records,
            verdicts,
        };
        let Some(facts) = Facts::of(&self.design, key, 0, &trial) else {
            return over(Err("nothing was asked".to_owned()));
        };
        match serde_json::to_vec(&Line::Trial(Box::new(trial))) {
            Ok(line) => over(Ok((line, Box::new(facts)))),
            Err(error) => over(Err(format!("its records can't be written as JSON ({error})"))),
        }
    }

    /// What the judge says of each thing that was said, where one grades.
    async fn verdicts(&self, key: Key, run: &Run, cap: Option<Dollars>) -> Result<Vec<Verdict>, String> {
        let Grader::Judge(member) = &self.design.grader else { return Ok(Vec::new()) };
        let item = &self.design.items[key.item];
        let mut all = Vec::new();
        for call in Facts::to_judge(run) {
            let Some(answer) = run.calls.get(&call) else { continue };
            let question = judge::question(member, item, &answer.text);
            let told = carry_out(self.setup(key, cap), question).await;
            let (session, records) = told.map_err(|error| format!("the engine ended early: {error}"))?;
            let judged = session.runs.first();
            if let Some(why) = judged.and_then(luckless) {
                return Err(format!("the judge: {why}"));
            }
            let reply = judged.and_then(|run| run.calls.values().find(|call| call.usable()));
            let right = reply.and_then(|reply| judge::verdict(&reply.text));
            all.push(Verdict { call, right, records });
        }
        Ok(all)
    }
}

/// A trial's question, with what differs from repeat to repeat.
pub fn question(design: &Design, key: Key) -> Question {
    let mut question = design.treatments[key.treatment].question(&design.items[key.item]);
    if key.repeat > 0 {
        Recordings::seat(&mut question.council, key.repeat.into());
        for member in &mut question.council.members {
            // The same seed would bring the same answer.
            member.params.seed =
                member.params.seed.map(|seed| seed.wrapping_add(u64::from(key.repeat) << 20));
        }
    }
    question
}

/// Why a run came to nothing by no fault of the question's or the members': then it says nothing of them.
fn luckless(run: &Run) -> Option<String> {
    if run.calls.values().any(crate::core::Call::usable) {
        return None;
    }
    let faults = run.calls.values().filter_map(|call| call.error.as_ref());
    faults
        .filter(|error| passing(error))
        .map(|error| clean::line(&format!("{}; {}", error.message, error.hint)))
        .next()
}

/// Whether another time may bring what this one did not.
fn passing(error: &CallError) -> bool {
    use ErrorKind::{
        Config, Connect, ConnectionLost, EndedEarly, Interrupted, KeyRejected, NoCredit, NoKey, NotFound,
        OverBudget, Overloaded, RateLimited, Stopped, Timeout, Unavailable,
    };
    matches!(
        error.kind,
        Config
            | ConnectionLost
            | Connect
            | EndedEarly
            | Interrupted
            | KeyRejected
            | NoCredit
            | NoKey
            | NotFound
            | OverBudget
            | Overloaded
            | RateLimited
            | Stopped
            | Timeout
            | Unavailable
    )
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
