//! What follows a call that brought nothing, without anybody asking: the same model once more in a while, a backup of the
//! member's, or nothing; and that a judge is told what is wrong with its ballot. It gives the record that [`super::next()`] asks for; a person's own retry is [`super::wish`]'s.

use super::ballot;
use super::call::Call;
use super::event::{CallError, EndState, ErrorKind, Event};
use super::ids::CallId;
use super::member::ModelRef;
use super::run::Run;
use super::shuffle::mix;

/// How often a call that failed is asked again by itself, at the most, when nothing else was said.
pub const RETRIES: u16 = 2;
/// Who asks to wait longer than this is not waited for, in milliseconds.
pub const LONGEST_WAIT: u64 = 120_000;
/// What took longer than this to fail is not asked again, in milliseconds: nobody waits three times for a time limit.
const SLOW: u64 = 60_000;
/// The longest pause before the first retry, in milliseconds; each further one may be twice as long.
const PAUSE: u64 = 1_000;
/// The most that a judge is told of what is wrong with its ballot, in characters.
const LONGEST_FAULT: usize = 240;
/// How far calls that were all told to wait equally long are spread, in milliseconds.
const SPREAD: u64 = 500;

/// An attempt that was set without anybody asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The model that is asked.
    pub model: ModelRef,
    /// Not before this, in milliseconds since the epoch.
    pub due: u64,
    /// Whether the person does not want it any more.
    pub dropped: bool,
    /// What is wrong with the ballot of the attempt before, where that is why.
    pub repair: Option<String>,
}

impl Run {
    /// The record that sets another attempt after a call, if one is due.
    pub fn set_again(&self, call: &Call) -> Option<Event> {
        let (next, Attempt { model, due, repair, .. }) = self.comes_again(call)?;
        Some(Event::RetrySet { call: next, model, due, repair })
    }

    /// Whether a call is about to be followed by another attempt that is not on record yet.
    pub(super) fn owes(&self, call: &Call) -> bool {
        self.comes_again(call).is_some()
    }

    /// The attempt that waits for its time in a seat's turn.
    pub fn waiting(&self, call: CallId) -> Option<(CallId, &Attempt)> {
        let next = CallId { attempt: call.attempt.checked_add(1)?, ..call };
        self.set.get(&next).filter(|_| self.asked.contains(&next)).map(|set| (next, set))
    }

    /// The model that spoke in a call in the place of the member's own, if one did.
    pub fn substitute<'a>(&self, call: &'a Call) -> Option<&'a ModelRef> {
        let own = &self.member(call.id.slot)?.model;
        (call.model != *own).then_some(&call.model)
    }

    fn comes_again(&self, call: &Call) -> Option<(CallId, Attempt)> {
        let over = call.started_at.saturating_add(call.total_ms?);
        if self.stage(call.id.stage)?.stopped || !self.sits(call.id.slot) {
            return None;
        }
        let next = CallId { attempt: call.id.attempt.checked_add(1)?, ..call.id };
        let last = self.call(call.id.stage, call.id.round, call.id.slot)?.id == call.id;
        if !last || self.asked.contains(&next) || self.set.contains_key(&next) {
            return None;
        }
        let (model, due, repair) = match self.repair(call) {
            Some(fault) => (call.model.clone(), over, Some(fault)),
            None => self.after_failure(call, over).map(|(model, due)| (model, due, None))?,
        };
        Some((next, Attempt { model, due, dropped: false, repair }))
    }

    /// The model that is asked after a call that failed without a word, and when.
    fn after_failure(&self, call: &Call, over: u64) -> Option<(ModelRef, u64)> {
        let error = call.error.as_ref().filter(|_| call.end == Some(EndState::Failed))?;
        if !call.text.is_empty() || !call.thinking.is_empty() {
            return None;
        }
        let tried: Vec<&ModelRef> = self.chain(call).map(|call| &call.model).collect();
        let times = tried.iter().filter(|model| **model == &call.model).count() as u16;
        if times <= self.retries && passes(error, call.total_ms?) {
            return Some((call.model.clone(), over + self.pause(call.id, error, times)));
        }
        let backups = &self.member(call.id.slot)?.fallback;
        let backup = backups
            .iter()
            .find(|model| !tried.contains(model) && !self.withholds(model))
            .filter(|_| helps(error.kind))?;
        Some((backup.clone(), over))
    }

    /// What is wrong with the ballot that a call brought, where the judge is to be told and asked once more.
    fn repair(&self, call: &Call) -> Option<String> {
        let voting = self.stage(call.id.stage)?.stage.vote.filter(|_| call.done())?;
        let told = |call: &&Call| self.set.get(&call.id).is_some_and(|set| set.repair.is_some());
        let so_far = self.chain(call).filter(told).count();
        let fault = (so_far < usize::from(voting.repairs)).then(|| ballot::read(self, call))?;
        // The fault may hold words of the judge's own, who may have been talked into many.
        (!fault.valid).then(|| fault.note.chars().take(LONGEST_FAULT).collect())
    }

    /// The attempts from the last one that the plan or the person asked for to this one.
    fn chain<'a>(&'a self, call: &'a Call) -> impl Iterator<Item = &'a Call> {
        let id = call.id;
        let so_far = || self.attempts(id.stage, id.round, id.slot).filter(move |call| call.id <= id);
        let asked_for = |call: &&Call| !self.set.contains_key(&call.id);
        let first = so_far().rfind(asked_for).map_or(id, |call| call.id);
        so_far().filter(move |call| first <= call.id)
    }

    /// How long to pause, in milliseconds: what was asked for, and a random part so that calls that failed together do
    /// not come again together ("full jitter": M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
    fn pause(&self, id: CallId, error: &CallError, times: u16) -> u64 {
        let seat = [u64::from(id.stage.0), u64::from(id.round), u64::from(id.slot), u64::from(id.attempt)];
        let dice = mix(&[self.seed, seat[0], seat[1], seat[2], seat[3]]);
        match error.wait {
            Some(wait) => wait + dice % SPREAD,
            None => dice % (PAUSE << times.saturating_sub(1).min(8)),
        }
    }
}

/// Whether a fault may be gone in a moment.
fn passes(error: &CallError, took: u64) -> bool {
    use ErrorKind::{ConnectionLost, EndedEarly, NoCredit, Overloaded, RateLimited, Timeout};
    let by_kind = matches!(error.kind, Overloaded | RateLimited | ConnectionLost | EndedEarly | Timeout);
    // The provider knows better than its status tells; but no second request brings credit.
    let passing = error.kind != NoCredit && error.retry.unwrap_or(by_kind);
    passing && took <= SLOW && error.wait.is_none_or(|wait| wait <= LONGEST_WAIT)
}

/// Whether another model can do better: not where the person, a cap or a provider's own judgement ended the call.
fn helps(kind: ErrorKind) -> bool {
    use ErrorKind::{HeldBack, Interrupted, Length, OverBudget, Refused, Stopped};
    !matches!(kind, Refused | Stopped | Interrupted | OverBudget | HeldBack | Length)
}
