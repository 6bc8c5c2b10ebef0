//! Which requests a question begins with, so that an earlier question's answers to the same ones can be looked for before
//! anybody is asked. Not where they are kept, and not how near two questions are.

use super::cached::{Similar, age};
use super::event::{Record, VERSION};
use super::ids::{MemberId, RunId};
use super::member::{ModelRef, Params};
use super::next::{CallSpec, next};
use super::plan::Ask;
use super::prompt::{self, Message, Templates};
use super::question::Question;
use super::run::Run;
use super::session::Session;

/// A question whose like is looked for, and what its members would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// The question.
    pub question: String,
    /// Whether it is for local members alone: then answers to questions that were so may be given to it too.
    pub local: bool,
    /// The request of each member that would be asked, in order of seats.
    pub requests: Vec<First>,
}

/// The first request to a member.
#[derive(Clone, Debug, PartialEq)]
pub struct First {
    /// Who.
    pub member: MemberId,
    /// The model.
    pub model: ModelRef,
    /// What was set for it.
    pub params: Params,
    /// What it would be sent; the question is the last message.
    pub messages: Vec<Message>,
}

/// An earlier question that is nearly the new one, and what is kept of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// The question and its score.
    pub similar: Similar,
    /// When the newest of its answers came, in milliseconds since the epoch.
    pub at: u64,
    /// Whose answers are there.
    pub members: Vec<MemberId>,
    /// How many members are asked in all.
    pub of: usize,
}

impl Earlier {
    /// How old its newest answer is, and whose are there: `2h old; answers of 2 of 3 members: ada, bo`.
    pub fn line(&self, now: u64) -> String {
        let names: Vec<String> = self.members.iter().map(|name| super::clean::line(&name.0)).collect();
        let (there, of, names) = (names.len(), self.of, names.join(", "));
        let members = if of == 1 { "member" } else { "members" };
        format!("{} old; answers of {there} of {of} {members}: {names}", age(self.at, now))
    }
}

/// Messages with another question in the place of the one they end with.
pub fn with_question(mut messages: Vec<Message>, question: &str) -> Vec<Message> {
    if let Some(last) = messages.last_mut() {
        question.clone_into(&mut last.text);
    }
    messages
}

impl Run {
    /// Whether an earlier question can stand in the place of this one: files are a part of what is asked, and scripted
    /// members are asked nothing. What a written plan asks is no first answer to a question alone.
    pub fn may_be_similar(&self) -> bool {
        self.files.is_empty() && !self.council.scripted && !self.planned()
    }
}

impl Session {
    /// What a question would begin with, were it put now; `None` where no earlier one can stand in its place.
    pub fn search(&self, question: Question) -> Option<Search> {
        let text = question.text.clone();
        let id = RunId(self.runs.last().map_or(1, |run| run.id.0 + 1));
        let event = question.put(id, 0, 0);
        let mut run = self.begun(&Record { v: VERSION, seq: 0, at: 0, event })?;
        for event in next(&run).begin {
            run.apply(0, &event);
        }
        let starts: Vec<CallSpec> = next(&run).start;
        let answers = starts.iter().all(|spec| spec.ask == Ask::Answer);
        if !run.may_be_similar() || !answers || starts.is_empty() {
            return None;
        }
        let templates = Templates::default();
        let first = |spec: &CallSpec| First {
            member: spec.member.name.clone(),
            model: spec.model.clone(),
            params: spec.member.params.clone(),
            messages: prompt::compose(self, &run, spec, &templates),
        };
        let requests = starts.iter().map(first).collect();
        Some(Search { question: text, local: run.kept_local(), requests })
    }
}
