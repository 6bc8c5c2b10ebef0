//! One question of a session with what stands beside it: its final answer and the answers that this was made from, how far it
//! holds to them, how members agree, what of it is right where the person graded. Read from a run's records; nothing is decided,
//! stored or drawn. How a text is held against others is [`super::consistency`]'s; money and time are the caller's.

use super::citations::{Receipt, looked_up};
use super::consistency::{Cited, Consistency, consistency};
use super::graded::Known;
use super::outcome::{self, position_in};
use super::pairwise::claim_f1;
use super::position::{Position, Tier, with_tier};
use super::told::told;
use super::vote::answers;
use super::{Agreement, Span};
use crate::core::{Ask, Call, Given, Grade, MemberId, Run, StageId, StageState};
use std::collections::BTreeSet;

/// How far one question came.
#[derive(Clone, Debug)]
pub struct Evaluation<'a> {
    /// The seats of the council, in order.
    pub seats: Vec<Seat<'a>>,
    /// The agreement of the answers that stand, 0 to 1: the mean F1 of the claims of each two; `None` below two answers.
    pub agreement: Option<f64>,
    /// The position that most of the answers come to, where one is ahead.
    pub most: Option<Most>,
    /// The final answer.
    pub last: Final<'a>,
}

/// A seat.
#[derive(Clone, Debug)]
pub struct Seat<'a> {
    /// Which.
    pub slot: u16,
    /// The answer that it stands by.
    pub answer: Option<&'a Call>,
    /// What that answer comes to.
    pub position: Option<Position>,
    /// The person's grade for it.
    pub grade: Option<Grade>,
    /// Whether it is right: by its grade, else by that of an answer that comes to the same.
    pub right: Option<bool>,
    /// How far it agrees with the other answers, 0 to 1: the mean F1 of its claims and theirs.
    pub agreement: Option<f64>,
}

/// What most answers come to.
#[derive(Clone, Debug)]
pub struct Most {
    /// The position.
    pub position: Position,
    /// Who holds it.
    pub members: Vec<MemberId>,
    /// Of how many answers.
    pub of: usize,
    /// Whether it is right, where that is known.
    pub right: Option<bool>,
}

/// The final answer of a question, or why there is none.
#[derive(Clone, Debug)]
pub enum Final<'a> {
    /// Why there is none.
    None(&'static str),
    /// The one there is.
    Text(Box<Whole<'a>>),
}

/// A final answer.
#[derive(Clone, Debug)]
pub struct Whole<'a> {
    /// The stage that it came of.
    pub stage: StageId,
    /// The call that brought it; none where it is the person's own text.
    pub call: Option<&'a Call>,
    /// Its text, raw.
    pub text: &'a str,
    /// The answers that it was made from, or that stand beside it.
    pub sources: Vec<&'a Call>,
    /// Whether its sources were shown to who wrote it; else it is one of several answers, held against the others.
    pub made_of: bool,
    /// Whether its brackets with numbers are citations.
    pub cites: bool,
    /// How far it holds to its sources.
    pub held: Consistency,
    /// What it comes to, with how that was found.
    pub position: Position,
    /// How that was found.
    pub tier: Tier,
    /// Of its sources, by their places, those that come to the same.
    pub same: Vec<usize>,
    /// Those that come to something else.
    pub other: Vec<usize>,
    /// Whether it is right, where that is known.
    pub right: Option<bool>,
    /// Its citations, looked up, each with the words of its sentence.
    pub receipts: Vec<(Receipt, String)>,
}

impl Whole<'_> {
    /// The words of a span of a source.
    pub fn words(&self, span: &Span) -> &str {
        self.sources.get(span.slot).and_then(|call| call.text.get(span.range.clone())).unwrap_or_default()
    }
}

/// Reads a run.
pub fn evaluation(run: &Run) -> Evaluation<'_> {
    let known = Known::of(run);
    let texts = outcome::texts(run);
    let slots: Vec<usize> = texts.iter().map(|(slot, _)| *slot).collect();
    let agreement = outcome::agreement(run);
    let seats = (0..run.council.members.len() as u16).map(|slot| seat(run, slot, &known, &agreement, &slots));
    Evaluation {
        seats: seats.collect(),
        agreement: (texts.len() > 1).then_some(agreement.summary.score),
        most: most(run, &known),
        last: last(run, &known),
    }
}

fn seat<'a>(run: &'a Run, slot: u16, known: &Known, agreement: &Agreement, slots: &[usize]) -> Seat<'a> {
    let answer = outcome::in_view(run, slot);
    let position = answer.filter(|call| call.usable()).map(|call| position_in(run, call));
    let right = answer.zip(position.as_ref()).and_then(|(call, position)| known.right(call.id, position));
    let own = usize::from(slot);
    let here = slots.contains(&own);
    let others = slots.iter().filter(|other| here && **other != own);
    let others: Vec<f64> = others.map(|other| claim_f1(agreement, own, *other)).collect();
    Seat {
        slot,
        answer,
        grade: answer.and_then(|call| run.grades.get(call.id)).map(|graded| graded.grade),
        right,
        position: position.filter(Position::stated),
        agreement: (!others.is_empty()).then(|| others.iter().sum::<f64>() / others.len() as f64),
    }
}

fn most(run: &Run, known: &Known) -> Option<Most> {
    let answers = answers(run);
    let winners = answers.winners(answers.own());
    let [winner] = winners.as_slice() else { return None };
    let group = answers.poll.groups.get(*winner)?;
    let of = answers.poll.groups.iter().map(|group| group.members.len()).sum::<usize>();
    let position = group.position.clone();
    let right = known.right_of(&position);
    Some(Most { right, position, members: group.members.clone(), of: of + answers.poll.silent.len() })
}

/// What the run comes to, where that is one text: of several answers that stand side by side none is the final one, but for a
/// written plan, which says what it comes to.
fn last<'a>(run: &'a Run, known: &Known) -> Final<'a> {
    let Some(given) = run.result() else { return Final::None("no stage brought a text") };
    if !run.planned() && run.comes_to(given.from).len() > 1 {
        let tie = run.stage(given.from).is_some_and(|state| state.stage.ask == Ask::Ballot);
        return Final::None(if tie {
            "the vote is a tie"
        } else {
            "the answers stand side by side; a synthesis or a vote would make one"
        });
    }
    let Some(text) = run.words_of(&given) else { return Final::None("no stage brought a text") };
    let call = given.call.and_then(|id| run.calls.get(&id));
    let (sources, made_of) = sources(run, &given, call);
    let numbered = |state: &&StageState| {
        state.stage.ask == Ask::Merge && state.begun.as_ref().is_some_and(|begun| !begun.table.is_empty())
    };
    let state = call.and_then(|call| run.stage(call.id.stage)).filter(numbered);
    let (cited, receipts) = state.map(|state| citations(run, state, &sources)).unzip();
    let (cites, receipts) = (cited.is_some(), receipts.unwrap_or_default());
    let words: Vec<&str> = sources.iter().map(|call| call.text.as_str()).collect();
    let held = consistency(text, cited.as_ref(), &words, told(run));
    let (found, tier) = with_tier(text);
    let position = call.map_or(found, |call| position_in(run, call));
    let tier = if position.stated() { tier } else { Tier::None };
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (place, source) in sources.iter().enumerate().filter(|_| position.stated()) {
        let theirs = position_in(run, source);
        if theirs.same(&position) {
            same.push(place);
        } else if theirs.stated() {
            other.push(place);
        }
    }
    let right = match call {
        Some(call) => known.right(call.id, &position),
        None => known.right_of(&position),
    };
    let stage = given.from;
    Final::Text(Box::new(Whole {
        stage,
        call,
        text,
        sources,
        made_of,
        cites,
        held,
        position,
        tier,
        same,
        other,
        right,
        receipts,
    }))
}

/// The answers that a final answer was made from; of one that won a vote, or that nobody was shown anything for, those beside it.
fn sources<'a>(run: &'a Run, given: &Given, call: Option<&'a Call>) -> (Vec<&'a Call>, bool) {
    let ask = run.stage(given.from).map(|state| state.stage.ask);
    let (found, made_of): (Vec<&Call>, bool) = match call {
        Some(_) if ask == Some(Ask::Ballot) => (run.pinned(given.from).into_values().collect(), false),
        Some(call) if !call.shown.is_empty() || call.own.is_some() => {
            let ids = call.shown.iter().chain(&call.own);
            (ids.filter_map(|id| run.calls.get(id)).collect(), true)
        }
        Some(call) => {
            let beside = run.comes_to(call.id.stage);
            (beside.iter().filter_map(|given| run.calls.get(&given.call?)).collect(), false)
        }
        None => {
            let begun = run.stage(given.from).and_then(|state| state.begun.as_ref());
            let shown = begun.into_iter().flat_map(|begun| &begun.given);
            (shown.filter_map(|given| run.calls.get(&given.call?)).collect(), true)
        }
    };
    let mut seen = BTreeSet::new();
    let mut sources: Vec<&Call> = found
        .into_iter()
        .filter(|source| source.usable() && call.is_none_or(|call| call.id != source.id))
        .filter(|source| seen.insert(source.id))
        .collect();
    // In order of seats, whatever order they were shown in.
    sources.sort_by_key(|source| (source.id.slot, source.id));
    (sources, made_of)
}

/// What a synthesis cites, by places in its sources, and what came of looking that up.
fn citations(run: &Run, state: &StageState, sources: &[&Call]) -> (Cited, Vec<(Receipt, String)>) {
    let made = outcome::synthesis(run, state);
    let pinned = run.pinned(state.stage.id);
    let texts: Vec<(usize, &str)> =
        pinned.iter().map(|(slot, call)| (usize::from(*slot), call.text.as_str())).collect();
    let place = |span: &Span| {
        let call = pinned.get(&(span.slot as u16))?.id;
        let source = sources.iter().position(|source| source.id == call)?;
        Some((source, span.range.start))
    };
    let mut cited = Cited::new();
    for sentence in &made.sentences {
        let claims = made.agreement.claims.iter().filter(|claim| sentence.cited.contains(&claim.id));
        let places = claims.flat_map(|claim| &claim.spans).filter_map(place);
        cited.entry(sentence.range.start).or_default().extend(places);
    }
    let found = looked_up(&made.sentences, &made.agreement, &texts);
    let with = |receipt: Receipt| {
        let words = made.sentences.get(receipt.sentence).map(|it| it.text.clone());
        (receipt, words.unwrap_or_default())
    };
    (cited, found.into_iter().map(with).collect())
}
