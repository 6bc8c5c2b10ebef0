//! What a run came to: answers that stand, debate rounds with positions, syntheses with receipts. What its
//! votes come to is in [`super::vote`].
//!
//! Read from a run's records; nothing is decided, stored or drawn. The screen and the report both read this.

use super::change::{Change, Said, change};
use super::guided::{Picked, picked};
use super::position::{Position, among, position, stated};
use super::receipts::{Sentence, cited_receipts, left_out, left_out_sides, receipts};
use super::told::told;
use super::{Agreement, Comparison, Span, compare_told};
use crate::core::{Ask, Call, CallId, Run, Speakers, StageId, StageState};
use std::collections::BTreeMap;

/// The attempt of a turn that is in view: the one that counts, unless it is asked once more and that brings text. One
/// that does not count is in view where it is all there is.
fn attempt_in_view(run: &Run, turn: CallId) -> Option<&Call> {
    let CallId { stage, round, slot, .. } = turn;
    let last = run.call(stage, round, slot)?;
    if !last.ended() && has_text(last) {
        return Some(last);
    }
    let counting = run.counting(stage, round, slot).filter(|call| has_text(call));
    counting.or_else(|| run.attempts(stage, round, slot).rfind(|call| has_text(call))).or(Some(last))
}

fn has_text(call: &Call) -> bool {
    !call.text.trim().is_empty()
}

/// The answering call of a seat that is in view: of its last turn that brought text, or came to an end.
pub fn in_view(run: &Run, slot: u16) -> Option<&Call> {
    let answering = |call: &&Call| {
        let ask = run.stage(call.id.stage).map(|state| state.stage.ask);
        call.id.slot == slot && matches!(ask, Some(Ask::Answer | Ask::Critique))
    };
    let mut latest_first =
        run.calls.values().rev().filter(answering).filter_map(|call| attempt_in_view(run, call.id));
    let last = latest_first.next()?;
    if has_text(last) { Some(last) } else { latest_first.find(|call| has_text(call)).or(Some(last)) }
}

/// The words of a span, raw, as they stand in the answer in view.
pub fn words<'a>(run: &'a Run, span: &Span) -> &'a str {
    in_view(run, span.slot as u16).and_then(|call| call.text.get(span.range.clone())).unwrap_or_default()
}

/// The texts that are compared: what each seat says in view, of those who are still there. Of a written plan these are the
/// answers that stand side by side by now: a review and what it reviews are no two answers to one question.
pub fn texts(run: &Run) -> Vec<(usize, &Call)> {
    let beside = run.planned().then(|| run.side_by_side());
    let stands = |call: &Call| beside.as_ref().is_none_or(|stages| stages.contains(&call.id.stage));
    (0..run.council.members.len())
        .filter(|slot| run.sits(*slot as u16))
        .filter_map(|slot| in_view(run, slot as u16).map(|call| (slot, call)))
        .filter(|(_, call)| has_text(call) && stands(call))
        .collect()
}

/// The agreement among the answers that stand.
pub fn agreement(run: &Run) -> Agreement {
    let texts: Vec<(usize, &str)> =
        texts(run).into_iter().map(|(slot, call)| (slot, call.text.as_str())).collect();
    compare_told(&texts, told(run))
}

/// The comparison of what is in view, with what passes said of it.
pub fn comparison(run: &Run) -> Comparison {
    let mut comparison = Comparison::new();
    comparison.told(told(run));
    for (slot, call) in texts(run) {
        comparison.set(slot, &call.text, call.ended());
    }
    comparison
}

/// Where a member stands after a turn, and how that came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Where it stands.
    pub position: Position,
    /// `None` for first answers and for turns without text.
    pub change: Option<Change>,
}

/// A debate turn, or a first answer.
#[derive(Clone, Debug)]
pub struct Turn<'a> {
    /// The call that brought it.
    pub call: &'a Call,
    /// What it comes to; as far as it goes while the call runs.
    pub standing: Standing,
}

/// The wording of the one point that a round is about, where it is about one alone.
pub fn point_of<'a>(run: &'a Run, mut calls: impl Iterator<Item = &'a Call>) -> Option<&'a str> {
    let stage = &run.stage(calls.next()?.id.stage)?.stage;
    Some(run.wording(stage.point.as_ref()?))
}

/// One round: 0 are the first answers.
#[derive(Clone, Debug)]
pub struct Round<'a> {
    /// Its number.
    pub number: u16,
    /// The turns, in order of seats.
    pub turns: Vec<Turn<'a>>,
}

/// The calls of a run's debates by round, first answers included; empty without a debate. A later debate counts on from
/// the one before it, and of several attempts the one in view stands for its turn.
pub fn turns(run: &Run) -> Vec<(u16, Vec<&Call>)> {
    let debates: Vec<&StageState> =
        run.stages.iter().filter(|state| state.stage.ask == Ask::Critique).collect();
    if debates.is_empty() {
        return Vec::new();
    }
    let mut first: BTreeMap<u16, &Call> = BTreeMap::new();
    for state in &debates {
        for (slot, call) in run.pinned(state.stage.id).into_iter().filter(|(_, call)| call.id.round == 0) {
            first.entry(slot).or_insert(call);
        }
    }
    let mut rounds = vec![(0, first.into_values().collect())];
    for state in debates {
        let held = rounds.len() as u16 - 1;
        for round in state.stage.rounds() {
            let of_round = |call: &&Call| call.id.round == round && call.id.attempt == 1;
            let calls: Vec<&Call> = run
                .calls_of(state.stage.id)
                .filter(of_round)
                .filter_map(|call| attempt_in_view(run, call.id))
                .collect();
            if !calls.is_empty() {
                rounds.push((held + round, calls));
            }
        }
    }
    rounds
}

/// The number of the round a call belongs to, counted over all debates of its run.
pub fn round(run: &Run, call: CallId) -> u16 {
    let earlier = run.stages.iter().filter(|state| state.stage.ask == Ask::Critique);
    let earlier = earlier.filter(|state| state.stage.id < call.stage && call.round > 0);
    let held = |state: &StageState| run.came_to(state.stage.id);
    call.round + earlier.map(held).sum::<u16>()
}

/// The rounds of a run's debate, first answers included; empty without a debate.
pub fn rounds(run: &Run) -> Vec<Round<'_>> {
    let turn = |call| Turn { call, standing: standing(run, call) };
    let round =
        |(number, calls): (u16, Vec<_>)| Round { number, turns: calls.into_iter().map(turn).collect() };
    turns(run).into_iter().map(round).collect()
}

/// What a turn comes to, next to what its member and its peers said before.
pub fn standing(run: &Run, call: &Call) -> Standing {
    let position = position_in(run, call);
    if call.id.round == 0 || !call.usable() {
        return Standing { position, change: None };
    }
    let said = |call: &'_ Call| position_in(run, call);
    let mut shown: Vec<&Call> =
        call.shown.iter().filter(|id| call.own != Some(**id)).filter_map(|id| run.calls.get(id)).collect();
    shown.sort_by_key(|peer| peer.id.slot);
    let peers: Vec<Said<'_>> =
        shown.into_iter().map(|peer| Said { text: &peer.text, position: said(peer) }).collect();
    let change = call.own.and_then(|own| run.calls.get(&own)).map(|own| {
        let own = Said { text: &own.text, position: said(own) };
        change(&own, &Said { text: &call.text, position: position.clone() }, &peers)
    });
    Standing { position, change }
}

/// Where an answer stands: as it says, else as the one of the positions stated in the debate that it gives.
pub fn position_in(run: &Run, call: &Call) -> Position {
    // What was cut off in the middle comes to nothing but what it says itself.
    let of = |call: &Call| if call.done() { position(&call.text) } else { stated(&call.text) };
    let own = of(call);
    if own.stated() || call.id.round > 0 {
        return own;
    }
    let turns = run.calls.values().filter(|turn| turn.id.round > 0 && turn.usable());
    let candidates: Vec<Position> = turns.map(of).filter(Position::stated).collect();
    among(&call.text, &candidates).unwrap_or(own)
}

/// A synthesis and where its sentences come from.
#[derive(Clone, Debug)]
pub struct Synthesis<'a> {
    /// The chair's call; `None` before it starts, or when there is nothing to merge.
    pub call: Option<&'a Call>,
    /// How it came that this chair wrote it.
    pub chosen: Chosen,
    /// Whether its chair was given numbers to cite.
    pub numbered: bool,
    /// Its sentences with the claims that support them.
    pub sentences: Vec<Sentence>,
    /// The claims that no sentence takes up, by canonical id.
    pub left_out: Vec<u32>,
    /// The sides of conflicts that it takes up and that no sentence takes: by the claim's id, and the side's place.
    pub untold: Vec<(u32, usize)>,
    /// The claims of the answers it was made from.
    pub agreement: Agreement,
    /// What the person chose claim by claim, and what became of it.
    pub picked: Vec<Picked>,
    /// Why there is nothing to merge.
    pub obstacle: Option<String>,
}

/// How a chair came to write a synthesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The person named it for this one.
    Here,
    /// It is the council's chair.
    Council,
    /// It was the first to finish.
    First,
}

/// How the chair of a call came to write it.
pub fn chosen(run: &Run, call: &Call) -> Chosen {
    let named = run.stage(call.id.stage).is_some_and(|it| matches!(it.stage.speakers, Speakers::Member(_)));
    match run.council.chair.as_ref() == Some(&call.member) {
        _ if named => Chosen::Here,
        true => Chosen::Council,
        false => Chosen::First,
    }
}

/// The syntheses of a run, oldest first; those that a plan left out are none.
pub fn syntheses(run: &Run) -> impl DoubleEndedIterator<Item = &StageState> + Clone {
    run.stages.iter().filter(|state| state.stage.ask == Ask::Merge && state.skipped().is_none())
}

/// The call of a synthesis that is in view.
pub fn chair(run: &Run, stage: StageId) -> Option<&Call> {
    run.calls_of(stage).next().and_then(|call| attempt_in_view(run, call.id))
}

/// Reads a synthesis stage.
pub fn synthesis<'a>(run: &'a Run, state: &StageState) -> Synthesis<'a> {
    let call = chair(run, state.stage.id);
    let standing = run.pinned(state.stage.id);
    let texts: Vec<(usize, &str)> =
        standing.iter().map(|(slot, call)| (usize::from(*slot), call.text.as_str())).collect();
    let agreement = compare_told(&texts, told(run));
    let table = state.begun.as_ref().map_or(&[][..], |begun| begun.table.as_slice());
    // A later pass may have made other claims of the same words: they are found by their places.
    let id = |number: u32| {
        let row = table.iter().find(|row| row.number == number)?;
        let there = |span: &Span| {
            let mut said = row.point.said.iter();
            said.any(|it| usize::from(it.call.slot) == span.slot && it.overlaps(&span.range))
        };
        agreement.claims.iter().find(|claim| claim.spans.iter().any(there)).map(|claim| claim.id)
    };
    let sentences = call.map(|call| match table {
        [] => receipts(&call.text, &agreement, &texts),
        _ => cited_receipts(&call.text, &agreement, &texts, id),
    });
    let sentences = sentences.unwrap_or_default();
    let untold = left_out_sides(&sentences, &agreement);
    let left_out = left_out(&sentences, &agreement);
    let obstacle = state.begun.as_ref().and_then(|begun| begun.obstacle.clone());
    let chosen = call.map_or(Chosen::First, |call| chosen(run, call));
    let picks = state.stage.brief.as_ref().map_or(&[][..], |brief| brief.picks.as_slice());
    let picked = picked(picks, table, &agreement, &sentences);
    let numbered = !table.is_empty();
    Synthesis { call, chosen, numbered, sentences, left_out, untold, agreement, picked, obstacle }
}
