//! The driver's part about calls: which may leave now, what arrives of them, and how they end. Commands and records are
//! [`super`]'s.

use super::{Driver, interrupted};
use crate::core::health::Sample;
use crate::core::{
    Cached, CallError, CallId, CallSpec, EndState, ErrorKind, Event, ModelRef, Run, RunId, Usage, again,
    next, prompt,
};
use crate::engine::call::{self, End, Piece};
use crate::engine::gate::Leave;
use crate::providers::{About, Provider, Request};
use crate::store::answers::{Answer, Asked};
use std::sync::Arc;

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
            Leave::Go => self.leave(spec, provider, endpoint),
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

    /// The answer that was given to the same request before, where it may be given again: not to who asks once more, and
    /// not in the demo, which asks no model.
    fn known(&self, spec: &CallSpec, endpoint: &str) -> Option<Answer> {
        let answers = self.setup.answers.as_ref().filter(|_| !self.wanted(spec.id))?;
        let run = self.setup.session.run(spec.id.run).filter(|run| !run.council.scripted)?;
        let asked = Asked {
            member: spec.member.name.clone(),
            model: spec.model.clone(),
            endpoint: endpoint.to_owned(),
            messages: prompt::compose(&self.setup.session, run, spec, &self.setup.templates),
            params: spec.member.params.clone(),
        };
        answers.find(&asked, self.setup.clock.now())
    }

    /// Writes that a call is answered from what is kept. Nothing leaves, so nothing was used.
    fn answer_again(&mut self, spec: &CallSpec, endpoint: String, answer: Answer) {
        let Some(run) = self.setup.session.run(spec.id.run) else { return };
        let messages = prompt::compose(&self.setup.session, run, spec, &self.setup.templates);
        let (model, params) = (spec.model.model.clone(), spec.member.params.clone());
        let request = Request { model, messages, params, about: about(run, spec) };
        self.record(started(spec, endpoint, &request, Some(answer.from)));
        self.record(Event::CallEnded {
            call: spec.id,
            state: EndState::Done,
            text: answer.text,
            thinking: answer.thinking,
            usage: Some(Usage::default()),
            error: None,
            first_ms: None,
            total_ms: 0,
        });
    }

    /// Keeps the answer of a call that is done, where answers may be given again.
    fn keep_answer(&self, id: CallId) {
        let (Some(answers), Some(run)) = (&self.setup.answers, self.setup.session.run(id.run)) else {
            return;
        };
        let call = run.calls.get(&id).filter(|call| call.done() && call.cached.is_none());
        let (Some(call), Some(member)) = (call.filter(|_| !run.council.scripted), run.member(id.slot)) else {
            return;
        };
        let session = self.setup.session.id.clone().unwrap_or_else(|| self.setup.id.clone());
        let from = Cached { session, call: id, at: self.setup.clock.now() };
        let asked = Asked {
            member: call.member.clone(),
            model: call.model.clone(),
            endpoint: call.endpoint.clone(),
            messages: call.messages.clone(),
            params: member.params.clone(),
        };
        // What can't be kept costs the same request another time, and nothing else.
        let _ =
            answers.keep(asked, Answer { from, text: call.text.clone(), thinking: call.thinking.clone() });
    }

    /// Whether the person asked for this attempt.
    fn wanted(&self, id: CallId) -> bool {
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

    fn leave(&mut self, spec: &CallSpec, provider: Arc<dyn Provider>, endpoint: String) {
        let Some(run) = self.setup.session.run(spec.id.run) else { return };
        let messages = prompt::compose(&self.setup.session, run, spec, &self.setup.templates);
        let request = Request {
            model: spec.model.model.clone(),
            messages,
            params: spec.member.params.clone(),
            about: about(run, spec),
        };
        let id = spec.id;
        self.gate.leave(&endpoint);
        self.record(started(spec, endpoint, &request, None));
        let token = self.root.child_token();
        self.running.insert(id, token.clone());
        let bounds = call::Bounds {
            answer_limit: spec.member.params.answer_limit,
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
        let Some(run) = self.setup.session.run(spec.id.run) else { return };
        let messages = prompt::compose(&self.setup.session, run, spec, &self.setup.templates);
        let (model, params) = (spec.model.model.clone(), spec.member.params.clone());
        let request = Request { model, messages, params, about: about(run, spec) };
        self.record(started(spec, endpoint, &request, None));
        self.end_call(spec.id, |_| (state, Some(error)), None);
    }

    /// Stops what a seat says, and what it waits to be asked.
    pub(super) fn stop_seat(&mut self, run: RunId, slot: u16) {
        for (_, token) in self.running.iter().filter(|(id, _)| (id.run, id.slot) == (run, slot)) {
            token.cancel();
        }
        if let Some(event) = self.setup.session.run(run).and_then(|run| run.drop_retry(slot)) {
            return self.record(event);
        }
        let due = self.setup.session.run(run).map(next);
        for spec in due.into_iter().flat_map(|due| due.start).filter(|spec| spec.id.slot == slot) {
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
        if self.closing && end.stopped {
            return self.end_call(id, interrupted, end.usage);
        }
        let call = self.setup.session.run(id.run).and_then(|run| run.calls.get(&id));
        let Some((state, error)) = call.map(|call| call::verdict(end, &call.text, &call.thinking)) else {
            return;
        };
        self.end_call(id, |_| (state, error), end.usage);
    }

    /// Writes how a call ended, with the whole text, so that its deltas can be dropped.
    pub(super) fn end_call(
        &mut self,
        id: CallId,
        verdict: impl FnOnce(bool) -> (EndState, Option<CallError>),
        usage: Option<Usage>,
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
        let event = Event::CallEnded {
            call: id,
            state,
            text: call.text.clone(),
            thinking: call.thinking.clone(),
            usage,
            error,
            first_ms: call.first_ms,
            total_ms: until.saturating_sub(call.started_at),
        };
        self.record(event);
        if ran {
            let call = self.setup.session.run(id.run).and_then(|run| run.calls.get(&id));
            if let Some(sample) = call.and_then(Sample::of) {
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
            self.end_call(id, |text| (state(text), Some(error)), None);
        }
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

fn started(spec: &CallSpec, endpoint: String, request: &Request, cached: Option<Cached>) -> Event {
    Event::CallStarted {
        call: spec.id,
        member: spec.member.name.clone(),
        model: spec.model.clone(),
        endpoint,
        messages: request.messages.clone(),
        shown: spec.shown.clone(),
        own: spec.own,
        cached,
    }
}

fn about(run: &Run, spec: &CallSpec) -> About {
    let shown = prompt::members(run, &spec.shown);
    About {
        member: spec.member.name.clone(),
        question: run.question.clone(),
        ask: spec.ask,
        round: spec.id.round,
        shown,
        seed: run.seed,
    }
}
