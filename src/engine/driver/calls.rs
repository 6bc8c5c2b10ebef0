//! The driver's part about calls: which may leave now, what arrives of them, and how they end. Commands and records are
//! [`super`]'s.

use super::{Driver, interrupted};
use crate::agreement::outcome;
use crate::core::budget::{self, Bid, Grant};
use crate::core::health::Sample;
use crate::core::{
    Ask, Cached, CallError, CallId, CallSpec, EndState, ErrorKind, Event, ModelRef, Run, RunId, Usage, again,
    next, prompt,
};
use crate::engine::Setup;
use crate::engine::call::{self, End, Piece};
use crate::engine::clock::Clock;
use crate::engine::gate::Leave;
use crate::engine::purse::Item;
use crate::providers::{About, Provider, Request, Step};
use std::sync::Arc;

/// What was counted of a call.
#[derive(Clone, Default)]
pub(super) struct Counts {
    /// By the provider.
    usage: Option<Usage>,
    /// In how many pieces its text came.
    pieces: u64,
    /// Events that could not be read and were passed over.
    skipped: u64,
    /// The content type of an answer that it does not fit.
    mislabelled: Option<String>,
    /// How long it took when it was recorded, in milliseconds.
    took: Option<u64>,
}

impl Driver {
    /// Writes that a call starts and starts it, or keeps it for when it may.
    pub(super) fn start(&mut self, spec: &CallSpec) {
        let now = self.setup.clock.now();
        if now < spec.not_before {
            return self.hold(spec.id.run, Some(spec.not_before));
        }
        if !self.may_ask(spec.id.run, &spec.model) {
            return self.unsent(spec, String::new(), EndState::Failed, held_back(&spec.model));
        }
        let opened = self.setup.registry.open(&spec.model);
        let provider = match opened {
            Ok(provider) => provider,
            Err(error) => return self.unsent(spec, String::new(), EndState::Failed, error),
        };
        let endpoint = provider.endpoint();
        if let Some(answer) = self.known(spec, &endpoint) {
            return self.answer_again(spec, endpoint, answer);
        }
        let most = self.setup.registry.limits(&spec.model).concurrent;
        let breaker = self.setup.health.now.breaker(&endpoint, now);
        match self.gate.ask(&endpoint, most, breaker, self.wanted(spec.id), now) {
            Leave::Go => self.spend(spec, provider, endpoint),
            Leave::Hold(until) => self.hold(spec.id.run, until),
            Leave::Not(until) => {
                let error = left_alone(&endpoint, until.saturating_sub(now));
                self.unsent(spec, endpoint, EndState::Failed, error);
            }
        }
    }

    /// Whether anything of a run may be sent to a model: of a private one to local models alone, whoever wants it.
    pub(super) fn may_ask(&self, run: RunId, model: &ModelRef) -> bool {
        let private = self.setup.session.run(run).is_some_and(Run::kept_local);
        !private || self.setup.registry.locals().holds(model)
    }

    /// Whether the person asked for this attempt.
    pub(super) fn wanted(&self, id: CallId) -> bool {
        let by_itself = self.setup.session.run(id.run).is_some_and(|run| run.set.contains_key(&id));
        id.attempt > 1 && !by_itself
    }

    /// Keeps a run in mind that has calls which may not leave yet.
    fn hold(&mut self, run: RunId, until: Option<u64>) {
        let at = self.held.entry(run).or_insert(until);
        *at = match (*at, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// Asks whether the caps allow a call, and lets it leave if they do.
    fn spend(&mut self, spec: &CallSpec, provider: Arc<dyn Provider>, endpoint: String) {
        let Some(mut request) = self.request(spec) else { return };
        let Setup { purse, session, id, clock, .. } = &mut self.setup;
        let bid = Bid {
            price: purse.price(&spec.model),
            input: budget::most_read(&request.messages),
            answer_limit: request.params.answer_limit,
        };
        match purse.ask(session, id, Item::Call(spec.id), clock.now(), bid) {
            Grant::Leave(answer_limit, _) => {
                request.params.answer_limit = answer_limit;
                self.leave(spec, provider, endpoint, request);
            }
            Grant::Wait => self.hold(spec.id.run, None),
            Grant::Not(error) => self.unsent(spec, endpoint, EndState::Failed, error),
        }
    }

    pub(super) fn started(
        &self,
        spec: &CallSpec,
        endpoint: String,
        request: &Request,
        cached: Option<Cached>,
    ) -> Event {
        Event::CallStarted {
            call: spec.id,
            member: spec.member.name.clone(),
            model: spec.model.clone(),
            endpoint,
            messages: request.messages.clone(),
            shown: spec.shown.clone(),
            own: spec.own,
            price: self.setup.purse.price(&spec.model).map(Box::new),
            answer_limit: Some(request.params.answer_limit),
            cached,
        }
    }

    pub(super) fn request(&self, spec: &CallSpec) -> Option<Request> {
        let run = self.setup.session.run(spec.id.run)?;
        let messages = prompt::compose(&self.setup.session, run, spec, &self.setup.templates);
        let (model, params) = (spec.model.model.clone(), spec.member.params.clone());
        Some(Request { model, messages, params, about: about(run, spec) })
    }

    fn leave(&mut self, spec: &CallSpec, provider: Arc<dyn Provider>, endpoint: String, request: Request) {
        let id = spec.id;
        self.gate.leave(&endpoint);
        self.record(self.started(spec, endpoint, &request, None));
        let token = self.root.child_token();
        self.running.insert(id, token.clone());
        let bounds = call::Bounds {
            answer_limit: request.params.answer_limit,
            strict: self.setup.purse.caps.any(),
            limits: self.setup.registry.limits(&spec.model),
        };
        let out = self.arrived.clone();
        let task = self.tasks.spawn(async move {
            // A provider that panics is to panic in here, not in the driver.
            let stream = provider.stream(request);
            call::run(id, stream, bounds, token, out).await;
            id
        });
        self.by_task.insert(task.id(), id);
    }

    /// Writes that a call was due and why nothing of it was sent.
    fn unsent(&mut self, spec: &CallSpec, endpoint: String, state: EndState, error: CallError) {
        let Some(request) = self.request(spec) else { return };
        self.record(self.started(spec, endpoint, &request, None));
        self.end_call(spec.id, |_| (state, Some(error)), Counts::default());
    }

    /// Stops what a seat says, and what it waits to be asked.
    pub(super) fn stop_seat(&mut self, run: RunId, slot: u16) {
        for (_, token) in self.running.iter().filter(|(id, _)| (id.run, id.slot) == (run, slot)) {
            token.cancel();
        }
        if let Some(event) = self.setup.session.run(run).and_then(|run| run.drop_retry(slot)) {
            return self.record(event);
        }
        self.stop_unasked(run, |id| id.slot == slot);
    }

    /// Writes that calls which are due, and have not left yet, were stopped.
    pub(super) fn stop_unasked(&mut self, run: RunId, which: impl Fn(CallId) -> bool) {
        let due = self.setup.session.run(run).map(next);
        for spec in due.into_iter().flat_map(|due| due.start).filter(|spec| which(spec.id)) {
            let error = CallError::new(
                ErrorKind::Stopped,
                "stopped by you before it was asked",
                "ask again when you like",
            );
            self.unsent(&spec, String::new(), EndState::Stopped, error);
        }
    }

    pub(super) fn take(&mut self, id: CallId, piece: Piece) {
        match piece {
            Piece::Text(channel, text) => self.record(Event::Delta { call: id, channel, text }),
            Piece::End(end) => self.end(id, &end),
        }
    }

    fn end(&mut self, id: CallId, end: &End) {
        let counts = Counts {
            usage: end.usage,
            pieces: end.pieces,
            skipped: end.skipped,
            mislabelled: end.mislabelled.clone(),
            took: end.took,
        };
        if self.closing && end.stopped {
            return self.end_call(id, interrupted, counts);
        }
        let Some(run) = self.setup.session.run(id.run) else { return };
        let Some(call) = run.calls.get(&id) else { return };
        let (state, mut error) = call::verdict(end, &call.text, &call.thinking);
        let own = run.member(id.slot).map(|member| member.params.answer_limit);
        let lowered = call.answer_limit.filter(|limit| own.is_some_and(|own| *limit < own));
        if let Some(limit) = lowered.filter(|_| error.as_ref().is_some_and(|it| it.kind == ErrorKind::Length))
        {
            error = Some(budget::cut_off(limit));
        }
        self.end_call(id, |_| (state, error), counts);
    }

    /// Writes how a call ended, with the whole text, so that its deltas can be dropped. `counts` are those of the provider,
    /// and our own.
    pub(super) fn end_call(
        &mut self,
        id: CallId,
        verdict: impl FnOnce(bool) -> (EndState, Option<CallError>),
        counts: Counts,
    ) {
        let ran = self.running.remove(&id).is_some();
        let now = self.setup.clock.now();
        let Some(call) = self.setup.session.run(id.run).and_then(|run| run.calls.get(&id)) else { return };
        if call.ended() {
            return;
        }
        let (state, error) = verdict(!call.text.trim().is_empty());
        let lost = error.as_ref().is_some_and(|error| error.kind == ErrorKind::Interrupted);
        let until = if lost { call.last_at } else { now };
        if ran {
            let wait = error
                .as_ref()
                .filter(|error| error.kind == ErrorKind::RateLimited)
                .and_then(|error| error.wait);
            let pause = wait.filter(|wait| *wait <= again::LONGEST_WAIT).map(|wait| now + wait);
            self.gate.back(&call.endpoint, pause);
        }
        let error = error.map(|error| later(error, now));
        let event = Event::CallEnded {
            call: id,
            state,
            text: call.text.clone(),
            thinking: call.thinking.clone(),
            usage: counts.usage,
            error,
            first_ms: call.first_ms,
            total_ms: counts.took.unwrap_or_else(|| until.saturating_sub(call.started_at)),
            pieces: counts.pieces,
            skipped: counts.skipped,
            mislabelled: counts.mislabelled,
        };
        self.record(event);
        self.settle(id);
        if ran {
            let run = self.setup.session.run(id.run).filter(|run| !run.council.scripted);
            if let Some(sample) = run.and_then(|run| run.calls.get(&id)).and_then(Sample::of) {
                self.setup.health.note(sample);
            }
            self.keep_answer(id);
        }
        // There is room for those that were held back.
        self.stirred.extend(std::mem::take(&mut self.held).into_keys());
        if self.running.is_empty() {
            self.sync();
        }
    }

    /// Puts down what a call cost.
    fn settle(&mut self, id: CallId) {
        let Setup { purse, session, id: name, .. } = &mut self.setup;
        if let Some(call) = session.run(id.run).and_then(|run| run.calls.get(&id)) {
            let cost = call.spent(&|model| purse.price(model));
            purse.settle(name, Item::Call(id), cost);
        }
    }

    /// A call's task is over. One that died without its last word gets one here: a fault of ours must not hang a council.
    pub(super) fn reap(&mut self, ended: &Result<(tokio::task::Id, CallId), tokio::task::JoinError>) {
        let task = match ended {
            Ok((task, _)) => *task,
            Err(error) => error.id(),
        };
        let Some(id) = self.by_task.remove(&task) else { return };
        if ended.is_err() {
            // What it said before is on the way: text that came must not come after the end, where it would not count.
            while let Ok((id, piece)) = self.pieces.try_recv() {
                self.take(id, piece);
            }
            let message = "synod failed in this call; the other members go on";
            let error = CallError::new(ErrorKind::Internal, message, "ask again, and please report it");
            let state = |text| if text { EndState::Cut } else { EndState::Failed };
            self.end_call(id, |text| (state(text), Some(error)), Counts::default());
        }
    }
}

/// Who is to wait for long is told until when.
fn later(error: CallError, now: u64) -> CallError {
    match error.wait.filter(|wait| *wait > again::LONGEST_WAIT) {
        Some(wait) => CallError {
            hint: format!("try again at {}", Clock::on_the_wall(now.saturating_add(wait), "%H:%M")),
            ..error
        },
        None => error,
    }
}

fn left_alone(endpoint: &str, wait: u64) -> CallError {
    let message = format!(
        "not asked: {endpoint} failed again and again; it is left alone for {} s",
        wait.div_ceil(1000)
    );
    let hint = "R asks it all the same; fallback = [...] in the configuration names a backup";
    CallError { wait: Some(wait), ..CallError::new(ErrorKind::Unavailable, message, hint) }
}

fn held_back(model: &ModelRef) -> CallError {
    let message = format!("not asked: the question is private, and {model} is not local");
    CallError::new(ErrorKind::HeldBack, message, "ask a question that everyone may have, or a local model")
}

fn about(run: &Run, spec: &CallSpec) -> About {
    let shown = prompt::members(run, &spec.shown);
    // A later debate goes on from where the one before it came to.
    let round = if spec.ask == Ask::Critique { outcome::round(run, spec.id) } else { spec.id.round };
    About {
        member: spec.member.name.clone(),
        question: run.question.clone(),
        ask: spec.ask,
        round,
        shown,
        seed: run.seed,
        step: step(run, spec),
    }
}

/// The stage of a written plan that a call is of.
fn step(run: &Run, spec: &CallSpec) -> Option<Step> {
    let state = run.stage(spec.id.stage)?;
    let part = state.stage.part.as_ref()?;
    let itself = part.again.map(|again| again.of);
    Some(Step {
        name: part.name.clone(),
        task: !part.task.trim().is_empty(),
        gathers: state.stage.outcomes().any(|of| Some(of) != itself),
        alone: state.begun.as_ref().is_some_and(|begun| begun.speakers.len() == 1),
        blind: spec.blind,
        position: part.position || part.confidence,
        confidence: part.confidence,
        again: part.again.is_some(),
    })
}
