//! The driver's part about answers that are given again: the same request, answered from what is kept. When that may be is
//! decided here; the files are [`crate::store::answers`]'s.

use super::Driver;
use crate::core::earlier::with_question;
use crate::core::{Ask, Cached, CallId, CallSpec, EndState, Event, Run, Usage};
use crate::store::answers::{Answer, Answers, Asked, First};

impl Driver {
    /// The answer that was given to the same request before, where it may be given again: not to who asks once more, and
    /// not in the demo, which asks no model.
    pub(super) fn known(&self, spec: &CallSpec, endpoint: &str) -> Option<Answer> {
        let answers = self.setup.answers.as_ref().filter(|_| !self.wanted(spec.id))?;
        let run = self.setup.session.run(spec.id.run).filter(|run| !run.council.scripted)?;
        let request = self.request(spec)?;
        let asked = Asked {
            member: spec.member.name.clone(),
            model: spec.model.clone(),
            endpoint: endpoint.to_owned(),
            messages: request.messages,
            params: request.params,
        };
        let now = self.setup.clock.now();
        answers.find(&asked, now).or_else(|| similar(answers, asked, spec, run, now))
    }

    /// Writes that a call is answered from what is kept. Nothing leaves, so nothing was used.
    pub(super) fn answer_again(&mut self, spec: &CallSpec, endpoint: String, answer: Answer) {
        let Some(request) = self.request(spec) else { return };
        self.record(self.started(spec, endpoint, &request, Some(answer.from)));
        self.record(Event::CallEnded {
            call: spec.id,
            state: EndState::Done,
            text: answer.text,
            thinking: answer.thinking,
            usage: Some(Usage::default()),
            error: None,
            first_ms: None,
            total_ms: 0,
            pieces: 0,
            skipped: 0,
            mislabelled: None,
        });
    }

    /// Keeps the answer of a call that was made and is done, where answers may be given again.
    pub(super) fn keep_answer(&self, id: CallId) {
        let (Some(answers), Some(run)) = (&self.setup.answers, self.setup.session.run(id.run)) else {
            return;
        };
        let call = run.calls.get(&id).filter(|call| call.done());
        let (Some(call), Some(member)) = (call.filter(|_| !run.council.scripted), run.member(id.slot)) else {
            return;
        };
        let session = self.setup.session.id.clone().unwrap_or_else(|| self.setup.id.clone());
        let from = Cached { session, call: id, at: self.setup.clock.now(), similar: None };
        let asked = Asked {
            member: call.member.clone(),
            model: call.model.clone(),
            endpoint: call.endpoint.clone(),
            messages: call.messages.clone(),
            params: member.params.clone(),
        };
        // What can't be kept costs the same request another time, and nothing else.
        let answer = Answer { from, text: call.text.clone(), thinking: call.thinking.clone() };
        let _ = answers.keep(asked, answer, first(run, id));
    }
}

/// The answer to the same request about the earlier question that the person allowed, where it is kept. First answers alone:
/// what is said about answers is said about this question.
fn similar(answers: &Answers, asked: Asked, spec: &CallSpec, run: &Run, now: u64) -> Option<Answer> {
    let similar = run.similar.as_ref().filter(|_| spec.ask == Ask::Answer && run.may_be_similar())?;
    let asked = Asked { messages: with_question(asked.messages, &similar.question), ..asked };
    let Answer { from, text, thinking } = answers.find_first(&asked, run.kept_local(), now)?;
    Some(Answer { from: Cached { similar: Some(similar.clone()), ..from }, text, thinking })
}

/// The question of a call that answers it, where another question may be so near that it has the same answer.
fn first(run: &Run, id: CallId) -> Option<First> {
    let answers = run.stage(id.stage).is_some_and(|state| state.stage.ask == Ask::Answer);
    let question = || First { question: run.question.clone(), local: run.kept_local() };
    (answers && run.may_be_similar()).then(question)
}
