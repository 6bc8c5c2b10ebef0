//! What grades come to, next to what answers say: which other answers a grade holds for, what is kept of it, and what is
//! learned from all that were kept. Where they are kept is the store's, how weights are made is [`crate::core::weights`]'.

use super::normalise::hash;
use super::outcome::position_in;
use super::position::{Kind, Position};
use super::vote::vote;
use crate::core::grade::{CameTo, Kept};
use crate::core::weights::{Learned, Past, Said, learn};
use crate::core::{Ask, Call, CallId, Council, Grade, Member, MemberId, ModelRef, Run, SessionId};
use std::collections::BTreeMap;

/// The answers and debate turns of a run that count for something, with where each stands.
fn positions(run: &Run) -> impl Iterator<Item = (&Call, Position)> {
    let answers = |call: &&Call| {
        let ask = run.stage(call.id.stage).map(|state| state.stage.ask);
        call.usable() && matches!(ask, Some(Ask::Answer | Ask::Critique))
    };
    run.calls.values().filter(answers).map(move |call| (call, position_in(run, call)))
}

/// Which positions of a run are right and which are wrong, by its grades.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<(CallId, Position, bool)>);

impl Known {
    /// Reads it off a run's grades.
    pub fn of(run: &Run) -> Self {
        let graded = run.grades.iter().filter_map(|(id, graded)| {
            Some((id, position_in(run, run.calls.get(&id)?), graded.grade.right()))
        });
        Self(graded.collect())
    }

    /// Whether nothing is graded.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether what comes to this is right, by the grades of answers that come to the same, where they are of one mind.
    pub fn right_of(&self, position: &Position) -> Option<bool> {
        let mut same = self.0.iter().filter(|(_, graded, _)| graded.same(position)).map(|(.., right)| *right);
        let first = same.next()?;
        same.all(|right| right == first).then_some(first)
    }

    /// Whether an answer is right: by its own grade, else by those of answers that come to the same, where they are of one
    /// mind.
    pub fn right(&self, call: CallId, position: &Position) -> Option<bool> {
        if let Some((.., right)) = self.0.iter().find(|(graded, ..)| *graded == call) {
            return Some(*right);
        }
        self.right_of(position)
    }
}

/// What is kept of the grade that an answer has now, or of its being taken back. Of a private question it is no word of the
/// answer.
pub fn kept(session: &SessionId, run: &Run, call: CallId, at: u64) -> Option<Kept> {
    let answer = run.calls.get(&call)?;
    let position = position_in(run, answer);
    let like = positions(run).find(|(_, other)| other.same(&position)).map_or(call, |(first, _)| first.id);
    let came_to = (position.stated() && !run.kept_local())
        .then(|| CameTo { kind: kind(position.kind).to_owned(), value: position.value });
    let graded = run.grades.get(call);
    Some(Kept {
        at,
        session: session.clone(),
        call,
        member: answer.member.clone(),
        model: answer.model.clone(),
        persona: run.member(call.slot).and_then(|member| digest(member.persona.as_deref())),
        topic: graded.and_then(|graded| graded.topic.clone()),
        grade: graded.map(|graded| graded.grade),
        like,
        came_to,
    })
}

/// A form's name, as it is in JSON.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::YesNo => "yes_no",
        Kind::Choice => "choice",
        Kind::Number => "number",
        Kind::Phrase => "phrase",
        Kind::Stated => "stated",
        Kind::None => "none",
    }
}

/// What tells a persona from others without saying what it is; `None` without one.
fn digest(persona: Option<&str>) -> Option<String> {
    let persona = persona.map(str::trim).filter(|persona| !persona.is_empty())?;
    Some(format!("{:016x}", hash(persona.as_bytes(), 0)))
}

/// Who a member is across sessions: its model and its persona, whatever its seat is called.
pub fn identity(model: &ModelRef, persona: Option<&str>) -> MemberId {
    MemberId(persona.map_or_else(|| model.to_string(), |persona| format!("{model} {persona}")))
}

/// Grades as what is learned from: a question each, its members by who they are across sessions. Of a member that was graded
/// on several of its turns the first counts, because that is the one it came to by itself.
pub fn history(kept: &[Kept]) -> Vec<Past> {
    questions(kept).into_values().map(past).collect()
}

/// Who beat whom by grades: on one question the best beats who is right, and who is right beats who is wrong. Of several turns
/// the first counts, as in [`history`]; two seats of one member are not compared.
pub fn beaten(kept: &[Kept]) -> Vec<(MemberId, MemberId)> {
    let rank = |line: &Kept| match line.grade {
        Some(Grade::Best) => 2,
        Some(Grade::Right) => 1,
        Some(Grade::Wrong) | None => 0,
    };
    let who = |line: &Kept| identity(&line.model, line.persona.as_deref());
    let mut pairs = Vec::new();
    for graded in questions(kept).into_values() {
        let first = firsts(graded);
        let of = |one: &&Kept| {
            let weaker = first.iter().filter(|other| rank(other) < rank(one)).map(|other| who(other));
            let one = who(one);
            weaker.filter(|other| *other != one).map(|other| (one.clone(), other)).collect::<Vec<_>>()
        };
        pairs.extend(first.iter().flat_map(of));
    }
    pairs
}

/// The graded lines by question, in order of questions.
fn questions(kept: &[Kept]) -> BTreeMap<(&SessionId, u32), Vec<&Kept>> {
    let mut questions: BTreeMap<(&SessionId, u32), Vec<&Kept>> = BTreeMap::new();
    for line in kept.iter().filter(|line| line.grade.is_some()) {
        questions.entry((&line.session, line.call.run.0)).or_default().push(line);
    }
    questions
}

/// The first graded turn of each seat, in order of calls.
fn firsts(mut graded: Vec<&Kept>) -> Vec<&Kept> {
    graded.sort_by_key(|line| line.call);
    let mut seats: Vec<u16> = Vec::new();
    graded.retain(|line| {
        let new = !seats.contains(&line.call.slot);
        seats.push(line.call.slot);
        new
    });
    graded
}

/// Whose answer judges put before whose in the last vote of a run, as the calls that were judged.
pub fn preferred(run: &Run) -> Vec<(&Call, &Call)> {
    let Some(state) = run.last_stage(Ask::Ballot).filter(|state| state.begun.is_some()) else {
        return Vec::new();
    };
    let (counted, pinned) = (vote(run, state), run.pinned(state.stage.id));
    let call = |member: &MemberId| pinned.get(&run.council.slot(member)?).copied();
    counted.preferred().into_iter().filter_map(|(one, other)| call(one).zip(call(other))).collect()
}

/// Who gave an answer, across sessions.
pub fn author(run: &Run, call: &Call) -> MemberId {
    let persona = run.member(call.id.slot).and_then(|member| digest(member.persona.as_deref()));
    identity(&call.model, persona.as_deref())
}

fn past(graded: Vec<&Kept>) -> Past {
    let topic = graded.iter().max_by_key(|line| (line.topic.is_some(), line.call));
    let mut past = Past { topic: topic.and_then(|line| line.topic.clone()), said: Vec::new() };
    let mut groups: Vec<CallId> = Vec::new();
    for line in firsts(graded) {
        let group = groups.iter().position(|like| *like == line.like).unwrap_or(groups.len());
        if group == groups.len() {
            groups.push(line.like);
        }
        let member = identity(&line.model, line.persona.as_deref());
        let right = line.grade.is_some_and(crate::core::Grade::right);
        past.said.push(Said { member, group, right });
    }
    past
}

/// Who sits in each seat of a council, across sessions.
fn seats(council: &Council) -> Vec<(&MemberId, MemberId)> {
    let identity = |member: &Member| identity(&member.model, digest(member.persona.as_deref()).as_deref());
    council.members.iter().map(|member| (&member.name, identity(member))).collect()
}

/// Grades as what is learned from, by the names of a council's seats; what nobody of them said is left out. Where two seats
/// are one member, what it said is told of both.
pub fn by_seat(kept: &[Kept], council: &Council) -> Vec<Past> {
    let seats = seats(council);
    let of = |past: Past| {
        let said = past.said.iter().flat_map(|said| {
            let here = seats.iter().filter(|(_, member)| *member == said.member);
            here.map(|(name, _)| Said { member: (*name).clone(), ..said.clone() })
        });
        Past { said: said.collect(), topic: past.topic }
    };
    history(kept).into_iter().map(of).filter(|past| !past.said.is_empty()).collect()
}

/// What grades say of a council's members, by the names of their seats; for a topic where one is given.
pub fn learned(kept: &[Kept], council: &Council, topic: Option<&str>) -> Learned {
    let seats = seats(council);
    let mut members: Vec<MemberId> = seats.iter().map(|(_, member)| member.clone()).collect();
    members.sort();
    members.dedup();
    let found = learn(&history(kept), &members, topic);
    let weight =
        |(name, member): &(&MemberId, MemberId)| Some(((*name).clone(), *found.weights.get(member)?));
    let best = seats.iter().find(|(_, member)| Some(member) == found.best.as_ref());
    Learned {
        weights: seats.iter().filter_map(weight).collect(),
        best: best.map(|(name, _)| (*name).clone()),
        ..found
    }
}
