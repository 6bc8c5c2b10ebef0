//! The parts of a prompt that belong to the modes of a debate: the answers by where they stand, a member's role, its own
//! history as a conversation, and the person's word. Who sees which answers is [`super::next`]'s.
//!
//! The published prompts are followed in our own words: Du et al., arXiv 2305.14325 (own history kept, the whole answers of
//! others as additional information, the question restated); `ReConcile`, arXiv 2309.13007 (positions with how many hold
//! them, explanations and confidences, the first two alone); `ChatEval`, arXiv 2308.07201 (a role for each); Free-MAD, arXiv
//! 2509.11035 (against conformity); arXiv 2510.07517 (the own answer without a name too).

use super::call::Call;
use super::debate::{Mode, Word};
use super::next::{CallSpec, GROUPS_SHOWN};
use super::prompt::{Message, Role, Templates, attribute, guarded, marks};
use super::run::Run;
use std::fmt::Write as _;

/// The templates of debate turns, other than the usual one and the one on a point alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debates {
    /// The own answer is one among the others.
    pub anonymous_self: String,
    /// The turn that follows the own history.
    pub du: String,
    /// Answers by position.
    pub reconcile: String,
    /// With a role.
    pub chateval: String,
    /// Against conformity.
    pub free_mad: String,
    /// Without peers.
    pub reflect: String,
    /// The roles, a paragraph each, given out in order of seats.
    pub roles: String,
}

impl Default for Debates {
    fn default() -> Self {
        Self {
            anonymous_self: include_str!("../../assets/prompts/debate-anonymous-self.md").to_owned(),
            du: include_str!("../../assets/prompts/debate-du.md").to_owned(),
            reconcile: include_str!("../../assets/prompts/debate-reconcile.md").to_owned(),
            chateval: include_str!("../../assets/prompts/debate-chateval.md").to_owned(),
            free_mad: include_str!("../../assets/prompts/debate-free-mad.md").to_owned(),
            reflect: include_str!("../../assets/prompts/debate-reflect.md").to_owned(),
            roles: include_str!("../../assets/prompts/roles.md").to_owned(),
        }
    }
}

impl Templates {
    /// The template of a debate turn.
    pub(super) fn of(&self, mode: Mode) -> &str {
        match mode {
            Mode::Revise => &self.critique,
            Mode::AnonymousSelf => &self.debates.anonymous_self,
            Mode::Du => &self.debates.du,
            Mode::Reconcile => &self.debates.reconcile,
            Mode::Chateval => &self.debates.chateval,
            Mode::FreeMad => &self.debates.free_mad,
            Mode::Reflect => &self.debates.reflect,
        }
    }
}

/// What a member was sent for its own last answer, and what it said to that; `None` where it has none.
pub(super) fn conversation(run: &Run, spec: &CallSpec) -> Option<Vec<Message>> {
    let own = run.calls.get(&spec.own?)?;
    let said = Message { role: Role::Assistant, text: own.text.trim().to_owned() };
    Some(own.messages.iter().cloned().chain([said]).collect())
}

/// The role of a member: one for each seat, from the beginning again where there are more seats than roles.
pub(super) fn role(roles: &str, spec: &CallSpec) -> String {
    let all: Vec<&str> = roles.split("\n\n").map(str::trim).filter(|role| !role.is_empty()).collect();
    let at = usize::from(spec.id.slot).checked_rem(all.len());
    at.map(|at| all[at].to_owned()).unwrap_or_default()
}

/// The answers that are shown, by where they stand, with how many stand there and how sure each of them is.
pub(super) fn groups(run: &Run, spec: &CallSpec) -> String {
    let known = marks(run, spec);
    let nonce = &known.answers;
    let mut out = String::new();
    let answer = |out: &mut String, call: &Call, confidence: Option<f64>| {
        let sure = confidence.map(|sure| format!(" confidence=\"{sure:.2}\"")).unwrap_or_default();
        let partial = if call.done() { "" } else { " note=\"cut short, partial\"" };
        let text = guarded(call.text.trim(), &known.all());
        let _ =
            write!(out, "<answer nonce=\"{nonce}\"{sure}{partial}>\n{text}\n</answer nonce=\"{nonce}\">\n\n");
    };
    let groups = run.stage(spec.id.stage).and_then(|state| state.groups.get(&spec.id.round));
    let Some(groups) = groups.filter(|groups| !groups.is_empty()) else {
        for call in spec.shown.iter().filter_map(|id| run.calls.get(id)) {
            answer(&mut out, call, None);
        }
        return out.trim_end().to_owned();
    };
    for group in groups.iter().take(GROUPS_SHOWN) {
        let position = attribute(&group.position);
        let held = group.answers.len();
        let people = if held == 1 { "1 person".to_owned() } else { format!("{held} people") };
        let _ = writeln!(out, "<position value=\"{position}\" held-by=\"{people}\" nonce=\"{nonce}\">");
        // In the order drawn for this member.
        for id in &spec.shown {
            let at = group.answers.iter().position(|call| call == id);
            if let Some((at, call)) = at.zip(run.calls.get(id)) {
                answer(&mut out, call, group.confidence.get(at).copied().flatten());
            }
        }
        out.truncate(out.trim_end().len());
        let _ = write!(out, "\n</position nonce=\"{nonce}\">\n\n");
    }
    out.trim_end().to_owned()
}

/// The person's words that hold for the round of a call, to its member; empty without any.
pub(super) fn word(run: &Run, spec: &CallSpec) -> String {
    let words: Vec<&Word> = run.words_before(spec.id).filter(|word| word.is_to(&spec.member.name)).collect();
    if words.is_empty() {
        return String::new();
    }
    let known = marks(run, spec);
    let nonce = &known.answers;
    let mut out = String::from(
        "\n\nThe person who asked has said something before this round. It is the person's own word: take it into account.",
    );
    for word in words {
        let to = if word.to.is_some() { "you alone" } else { "all" };
        let text = guarded(word.text.trim(), &known.all());
        let _ = write!(out, "\n\n<word to=\"{to}\" nonce=\"{nonce}\">\n{text}\n</word nonce=\"{nonce}\">");
    }
    out
}
