//! What a member is sent: templates filled with the question, the answers in front of it, and its own history.
//!
//! Answers of others are data, never instructions: they stand between marks with a number that only this prompt knows,
//! and the instruction comes again after them.

use super::clean;
use super::ids::{CallId, MemberId};
use super::next::CallSpec;
use super::plan::Ask;
use super::run::{Call, Run};
use super::session::Session;
use super::shuffle::mix;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions.
    System,
    /// The person, or synod in the person's place.
    User,
    /// The member itself, earlier.
    Assistant,
}

/// One message of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// The texts that prompts are made of. `{question}`, `{own}`, `{answers}` and `{labels}` are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Templates {
    /// A debate turn.
    pub critique: String,
    /// A synthesis.
    pub merge: String,
    /// A ballot.
    pub ballot: String,
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            critique: include_str!("../../assets/prompts/critique.md").to_owned(),
            merge: include_str!("../../assets/prompts/merge.md").to_owned(),
            ballot: include_str!("../../assets/prompts/ballot.md").to_owned(),
        }
    }
}

/// The letter an answer bears in a prompt: A for the first shown, then B; after Z comes A2.
pub fn label(place: usize) -> String {
    let letter = char::from(b'A' + (place % 26) as u8);
    if place < 26 { letter.to_string() } else { format!("{letter}{}", place / 26 + 1) }
}

/// Writes the messages of a call.
pub fn compose(session: &Session, run: &Run, spec: &CallSpec, templates: &Templates) -> Vec<Message> {
    let mut messages = Vec::new();
    if let Some(persona) = &spec.member.persona {
        messages.push(Message { role: Role::System, text: persona.clone() });
    }
    if matches!(spec.ask, Ask::Answer) {
        messages.extend(session.history(&spec.member.name, run.id));
    }
    let text = match spec.ask {
        Ask::Answer => run.question.clone(),
        Ask::Critique => fill(&templates.critique, run, spec),
        Ask::Merge => fill(&templates.merge, run, spec),
        Ask::Ballot => fill(&templates.ballot, run, spec),
    };
    messages.push(Message { role: Role::User, text });
    messages
}

/// Fills a template in one pass, so that a brace in an answer is never taken for a field.
fn fill(template: &str, run: &Run, spec: &CallSpec) -> String {
    let mut out = String::with_capacity(template.len() + 4096);
    let mut rest = template.trim_end();
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let close = rest.find('}').map_or(0, |close| close + 1);
        match &rest[..close] {
            "{question}" => out.push_str(&run.question),
            "{own}" => out.push_str(&own(run, spec)),
            "{answers}" => out.push_str(&answers(run, spec)),
            "{labels}" => out.push_str(&labels(spec)),
            _ => {
                out.push('{');
                rest = &rest[1..];
                continue;
            }
        }
        rest = &rest[close..];
    }
    out.push_str(rest);
    out
}

fn labels(spec: &CallSpec) -> String {
    (0..spec.shown.len()).map(|place| format!("\"{}\"", label(place))).collect::<Vec<_>>().join(", ")
}

fn own(run: &Run, spec: &CallSpec) -> String {
    spec.own.and_then(|id| run.calls.get(&id)).map(|call| call.text.trim().to_owned()).unwrap_or_default()
}

fn answers(run: &Run, spec: &CallSpec) -> String {
    let nonce =
        format!("{:04x}", mix(&[run.seed, u64::from(spec.id.stage.0), u64::from(spec.id.round)]) & 0xffff);
    let mut out = String::new();
    for (place, call) in spec.shown.iter().filter_map(|id| run.calls.get(id)).enumerate() {
        let name = if spec.blind { label(place) } else { call.member.0.clone() };
        let partial = if call.done() { "" } else { " note=\"cut short, partial\"" };
        let _ = write!(
            out,
            "<answer id=\"{name}\" nonce=\"{nonce}\"{partial}>\n{}\n</answer nonce=\"{nonce}\">\n\n",
            guarded(call, &nonce)
        );
    }
    out.truncate(out.trim_end().len());
    out
}

/// An answer that can't close its own marks: where it knows the number, its angle brackets are escaped.
fn guarded(call: &Call, nonce: &str) -> String {
    let text = call.text.trim();
    if text.contains(nonce) && text.contains('<') { text.replace('<', "&lt;") } else { text.to_owned() }
}

/// Whose answers a call was shown, in the order shown.
pub fn members(run: &Run, shown: &[CallId]) -> Vec<MemberId> {
    shown.iter().filter_map(|id| run.calls.get(id)).map(|call| call.member.clone()).collect()
}

/// Which letter stood for whom, for people: `A fenna, B jonas`.
pub fn legend(members: &[MemberId]) -> String {
    let entry = |(place, member): (usize, &MemberId)| format!("{} {}", label(place), clean::line(&member.0));
    members.iter().enumerate().map(entry).collect::<Vec<_>>().join(", ")
}
