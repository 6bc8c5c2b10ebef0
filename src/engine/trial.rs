//! One trial of an experiment: a question put to a treatment through an engine of its own, judged where a member grades, and made
//! one line for the log. Which trials there are and when they begin is [`super::trials`]'.

use super::alone::carry_out;
use super::{Clock, Deeper, Purse, Setup};
use crate::core::budget::Caps;
use crate::core::price::Prices;
use crate::core::{CallError, Dollars, ErrorKind, Question, Run, Session, SessionId, Templates, clean};
use crate::experiment::trial::Verdict;
use crate::experiment::{Design, Facts, Grader, Key, Line, Trial, judge};
use crate::providers::recorded::Recordings;
use crate::providers::registry::Registry;
use crate::store::spending::Spending;
use crate::store::{Log, health};
use std::path::PathBuf;
use std::sync::Arc;

/// A trial that is over.
pub(super) struct Over {
    /// Which.
    pub key: Key,
    /// The line for the log, and what it says; or why there is none.
    pub came_to: Result<(Vec<u8>, Box<Facts>), String>,
}

/// What trials are carried out with.
#[derive(Clone)]
pub struct Kit {
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
}

impl Kit {
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
            shadows: Arc::default(),
            merge: false,
        }
    }

    /// Carries out one trial, with what it may cost.
    pub(super) async fn trial(self: Arc<Self>, key: Key, question: Question, cap: Option<Dollars>) -> Over {
        let began = self.clock.now();
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
        // One cap holds for the trial and all its verdicts.
        let spent = |run: &Run| run.calls.values().map(|call| call.spent(&|_| None).sum()).sum::<Dollars>();
        let mut left = cap.map(|cap| cap.less(spent(run)));
        for call in Facts::to_judge(run) {
            let Some(answer) = run.calls.get(&call) else { continue };
            let question = judge::question(member, item, &answer.text);
            let mut setup = self.setup(key, left);
            // A day's sum tells calls apart by the session they are of.
            setup.id = SessionId(format!("{}-judge-{}", setup.id.0, all.len() + 1));
            let told = carry_out(setup, question).await;
            let (session, records) = told.map_err(|error| format!("the engine ended early: {error}"))?;
            let judged = session.runs.first();
            left = left.map(|left| judged.map_or(left, |run| left.less(spent(run))));
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
    let heard = run.calls.values().any(crate::core::Call::usable);
    // A member that could not be had is no member that said nothing.
    let last = |call: &&crate::core::Call| {
        let later = |other: &crate::core::Call| {
            (other.id.stage, other.id.round, other.id.slot) == (call.id.stage, call.id.round, call.id.slot)
                && other.id.attempt > call.id.attempt
        };
        !call.usable() && !run.calls.values().any(later)
    };
    let faults = run.calls.values().filter(last).filter_map(|call| call.error.as_ref());
    faults
        .filter(|error| if heard { away(error) } else { passing(error) })
        .map(|error| clean::line(&format!("{}; {}", error.message, error.hint)))
        .next()
}

/// Whether it was not the member that failed, but the way to it, or the person's account.
fn away(error: &CallError) -> bool {
    use ErrorKind::{
        Connect, KeyRejected, NoCredit, NoKey, OverBudget, Overloaded, RateLimited, Unavailable,
    };
    matches!(
        error.kind,
        Connect | KeyRejected | NoCredit | NoKey | Overloaded | OverBudget | RateLimited | Unavailable
    )
}

/// Whether another time may bring what this one did not.
fn passing(error: &CallError) -> bool {
    use ErrorKind::{Config, ConnectionLost, EndedEarly, Interrupted, NotFound, Stopped, Timeout};
    away(error)
        || matches!(
            error.kind,
            Config | ConnectionLost | EndedEarly | Interrupted | NotFound | Stopped | Timeout
        )
}
