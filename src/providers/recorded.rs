//! Answers that somebody already has, as members: what is in a recording is given word by word, what is not is said to be
//! missing. Nothing is computed, invented or sent. How files of answers are read is not known here.

use super::{Delta, Provider, Request, Stop};
use crate::core::{Ask, CallError, Council, ErrorKind, Member, ModelRef, Usage};
use futures_util::stream::{self, BoxStream, StreamExt};
use std::collections::HashMap;
use std::sync::Arc;

/// The provider's name in a [`ModelRef`].
pub const PROVIDER: &str = "recorded";

/// What stands between a recorded member's name and the number of its sample, from 1.
const SAMPLE: char = '#';

/// One answer of a member to a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Take {
    /// The round it was given in; 0 before it saw anybody.
    pub round: u16,
    /// Its text.
    pub text: String,
    /// Tokens, and what it cost, where that is known.
    pub usage: Option<Usage>,
    /// How long it took in milliseconds, where that is known.
    pub ms: Option<u64>,
}

/// Answers by question and member.
#[derive(Clone, Debug, Default)]
pub struct Recordings {
    /// Of each question, the takes of each member in the order of the file.
    of: HashMap<String, HashMap<String, Vec<Take>>>,
    members: Vec<String>,
}

impl Recordings {
    /// Adds an answer.
    pub fn add(&mut self, question: &str, member: &str, take: Take) {
        if !self.members.iter().any(|known| known == member) {
            self.members.push(member.to_owned());
        }
        let of = match self.of.get_mut(question) {
            Some(of) => of,
            None => self.of.entry(question.to_owned()).or_default(),
        };
        of.entry(member.to_owned()).or_default().push(take);
    }

    /// The members, in the order in which they were added.
    pub fn members(&self) -> &[String] {
        &self.members
    }

    /// A member's takes on a question, in the order of the file.
    pub fn takes(&self, question: &str, member: &str) -> &[Take] {
        self.of.get(question).and_then(|of| of.get(member)).map_or(&[], Vec::as_slice)
    }

    /// The take of a member in a round that is its so-and-so-many sample, from 1.
    fn take(&self, question: &str, member: &str, round: u16, sample: usize) -> Option<&Take> {
        self.takes(question, member).iter().filter(|take| take.round == round).nth(sample.checked_sub(1)?)
    }

    /// Gives every further seat of one recorded member its next sample, so that no two give the same one. `before` are the
    /// samples that earlier repeats took, for each seat.
    pub fn seat(council: &mut Council, before: usize) {
        let recorded = |member: &Member| {
            (member.model.provider == PROVIDER).then(|| bare(&member.model.model).to_owned())
        };
        let names: Vec<Option<String>> = council.members.iter().map(recorded).collect();
        for (seat, member) in council.members.iter_mut().enumerate() {
            let Some(name) = &names[seat] else { continue };
            let seats = names.iter().filter(|name| **name == names[seat]).count();
            let earlier = names[..seat].iter().filter(|name| **name == names[seat]).count();
            let sample = before * seats + earlier + 1;
            member.model = model(name, sample);
        }
    }
}

/// A recorded member's model; its first sample has no number.
fn model(name: &str, sample: usize) -> ModelRef {
    let model = if sample > 1 { format!("{name}{SAMPLE}{sample}") } else { name.to_owned() };
    ModelRef { provider: PROVIDER.to_owned(), model }
}

/// The member's name and the number of its sample.
fn sample(model: &str) -> (&str, usize) {
    let split = model.rsplit_once(SAMPLE).and_then(|(name, number)| Some((name, number.parse().ok()?)));
    split.unwrap_or((model, 1))
}

fn bare(model: &str) -> &str {
    sample(model).0
}

/// The provider behind the models `recorded/<member>`.
#[derive(Clone, Debug)]
pub struct Recorded(pub Arc<Recordings>);

impl Provider for Recorded {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        let about = &request.about;
        let (name, number) = sample(&request.model);
        let own = about.step.as_ref().is_none_or(|step| !step.task && !step.gathers);
        let round = match about.ask {
            Ask::Answer if own && about.shown.is_empty() => Some(0),
            Ask::Critique => Some(about.round),
            _ => None,
        };
        let found = round.and_then(|round| self.0.take(&about.question, name, round, number));
        let Some(take) = found else {
            return stream::iter([Err(missing(name, about.ask, round, number))]).boxed();
        };
        let mut deltas = vec![Ok(Delta::Text(take.text.clone()))];
        deltas.extend(take.usage.map(|usage| Ok(Delta::Usage(usage))));
        // How long it takes to play it says nothing of the member.
        deltas.push(Ok(Delta::Took(take.ms.unwrap_or(0))));
        deltas.push(Ok(Delta::Stop(Stop::Done)));
        stream::iter(deltas).boxed()
    }

    fn endpoint(&self) -> String {
        "recorded (no model is asked)".to_owned()
    }
}

fn missing(name: &str, ask: Ask, round: Option<u16>, sample: usize) -> CallError {
    let what = match round {
        Some(0) if sample > 1 => format!("answer number {sample} to this question"),
        Some(0) => "answer to this question".to_owned(),
        Some(round) => format!("round {round} on this question"),
        None => format!("reply for a step that asks to {}", ask.word()),
    };
    let hint = "record it, or take the member out of this arm";
    CallError::new(ErrorKind::NotRecorded, format!("the recording of {name:?} has no {what}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Member;

    #[test]
    fn every_seat_of_one_member_has_a_sample_of_its_own() {
        let seat = |name: &str, model: &str| Member::new(name, model.parse().unwrap());
        let members =
            vec![seat("a", "recorded/m"), seat("b", "recorded/m"), seat("c", "recorded/n"), seat("d", "x/m")];
        let mut council = Council { members, ..Council::default() };
        let models = |council: &Council| -> Vec<String> {
            council.members.iter().map(|member| member.model.to_string()).collect()
        };
        Recordings::seat(&mut council, 0);
        assert_eq!(models(&council), ["recorded/m", "recorded/m#2", "recorded/n", "x/m"]);
        Recordings::seat(&mut council, 2);
        assert_eq!(models(&council), ["recorded/m#5", "recorded/m#6", "recorded/n#3", "x/m"]);
    }

    #[test]
    fn takes_are_found_by_round_and_sample_and_never_made_up() {
        let mut all = Recordings::default();
        let take = |round, text: &str| Take { round, text: text.to_owned(), ..Take::default() };
        all.add("q", "m", take(0, "one"));
        all.add("q", "m", take(1, "after"));
        all.add("q", "m", take(0, "two"));
        let found = |round, sample| all.take("q", "m", round, sample).map(|take| take.text.as_str());
        assert_eq!([found(0, 1), found(0, 2), found(1, 1)], [Some("one"), Some("two"), Some("after")]);
        assert_eq!([found(0, 3), found(2, 1), found(0, 0)], [None; 3]);
        assert!(all.take("other", "m", 0, 1).is_none());
    }
}
