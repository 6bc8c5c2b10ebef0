//! What a run came to: answers that stand, debate rounds with positions, votes with tallies, syntheses with receipts.
//!
//! Read from a run's records; nothing is decided, stored or drawn. The screen and the report both read this.

use super::change::{Change, Said, change};
use super::position::{Position, among, position};
use super::receipts::{Sentence, left_out, receipts};
use super::{Agreement, Span, compare};
use crate::core::ballot::{self, Ballot, Tally};
use crate::core::{Ask, Call, MemberId, Run, StageState};

/// The answering call of a seat that is in view: the last one that brought text or came to an end.
pub fn in_view(run: &Run, slot: u16) -> Option<&Call> {
    let answering = |call: &&Call| {
        let ask = run.stage(call.id.stage).map(|state| state.stage.ask);
        call.id.slot == slot && matches!(ask, Some(Ask::Answer | Ask::Critique))
    };
    let mut latest_first = run.calls.values().rev().filter(answering);
    let last = latest_first.next()?;
    let has_text = |call: &&Call| !call.text.trim().is_empty();
    if has_text(&last) { Some(last) } else { latest_first.find(has_text).or(Some(last)) }
}

/// The words of a span, raw, as they stand in the answer in view.
pub fn words<'a>(run: &'a Run, span: &Span) -> &'a str {
    in_view(run, span.slot as u16).and_then(|call| call.text.get(span.range.clone())).unwrap_or_default()
}

/// The texts that are compared: what each seat says in view.
pub fn texts(run: &Run) -> Vec<(usize, &Call)> {
    (0..run.council.members.len())
        .filter_map(|slot| in_view(run, slot as u16).map(|call| (slot, call)))
        .filter(|(_, call)| !call.text.trim().is_empty())
        .collect()
}

/// The agreement among the answers that stand.
pub fn agreement(run: &Run) -> Agreement {
    let texts: Vec<(usize, &str)> =
        texts(run).into_iter().map(|(slot, call)| (slot, call.text.as_str())).collect();
    compare(&texts)
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

/// One round: 0 are the first answers.
#[derive(Clone, Debug)]
pub struct Round<'a> {
    /// Its number.
    pub number: u16,
    /// The turns, in order of seats.
    pub turns: Vec<Turn<'a>>,
}

/// The calls of a run's debate by round, first answers included; empty without a debate.
pub fn turns(run: &Run) -> Vec<(u16, Vec<&Call>)> {
    let Some(state) = run.stages.iter().find(|state| state.stage.ask == Ask::Critique) else {
        return Vec::new();
    };
    let mut rounds = vec![(0, run.standing_before(state.stage.id, 0).into_values().collect())];
    for number in state.stage.rounds() {
        let calls: Vec<&Call> = run.calls_of(state.stage.id).filter(|call| call.id.round == number).collect();
        if !calls.is_empty() {
            rounds.push((number, calls));
        }
    }
    rounds
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
    let before = run.standing_before(call.id.stage, call.id.round);
    let peers: Vec<Said<'_>> = before
        .iter()
        .filter(|(slot, _)| **slot != call.id.slot)
        .map(|(_, peer)| Said { text: &peer.text, position: said(peer) })
        .collect();
    let change = before.get(&call.id.slot).map(|own| {
        let own = Said { text: &own.text, position: said(own) };
        change(&own, &Said { text: &call.text, position: position.clone() }, &peers)
    });
    Standing { position, change }
}

/// Where an answer stands: as it says, else as the one of the positions stated in the debate that it gives.
fn position_in(run: &Run, call: &Call) -> Position {
    let own = position(&call.text);
    if own.stated() || call.id.round > 0 {
        return own;
    }
    let turns = run.calls.values().filter(|turn| turn.id.round > 0 && turn.usable());
    let candidates: Vec<Position> = turns.map(|turn| position(&turn.text)).filter(Position::stated).collect();
    among(&call.text, &candidates).unwrap_or(own)
}

/// A ballot vote.
#[derive(Clone, Debug)]
pub struct Vote {
    /// The rule that names the winner.
    pub rule: &'static str,
    /// The count by that rule.
    pub tally: Tally,
    /// The ballots, in order of seats.
    pub ballots: Vec<Ballot>,
    /// The winner by every rule, `None` for a tie.
    pub rules: Vec<(&'static str, Option<MemberId>)>,
    /// Why there is nothing to count.
    pub obstacle: Option<String>,
}

/// Counts the ballots of a stage that came in so far.
pub fn vote(run: &Run, state: &StageState) -> Vote {
    let ballots: Vec<Ballot> = run
        .calls_of(state.stage.id)
        .filter(|call| call.ended())
        .map(|call| ballot::read(run, call))
        .collect();
    let weights = run.council.members.iter().map(|member| (member.name.clone(), member.weight)).collect();
    let standing = run.standing_before(state.stage.id, 0);
    let candidates: Vec<MemberId> =
        standing.values().filter(|call| call.done()).map(|call| call.member.clone()).collect();
    let tally = ballot::borda(&candidates, &ballots, &weights);
    let plurality = ballot::plurality(&candidates, &ballots, &weights);
    let rules = vec![("borda", tally.winner.clone()), ("plurality", plurality.winner)];
    let obstacle = state.begun.as_ref().and_then(|begun| begun.obstacle.clone());
    Vote { rule: "borda", tally, ballots, rules, obstacle }
}

/// A synthesis and where its sentences come from.
#[derive(Clone, Debug)]
pub struct Synthesis<'a> {
    /// The chair's call; `None` before it starts, or when there is nothing to merge.
    pub call: Option<&'a Call>,
    /// Whether the chair was named by the council, rather than the first to finish.
    pub named: bool,
    /// Its sentences with the claims that support them.
    pub sentences: Vec<Sentence>,
    /// The claims that no sentence takes up, by canonical id.
    pub left_out: Vec<u32>,
    /// The claims of the answers it was made from.
    pub agreement: Agreement,
    /// Why there is nothing to merge.
    pub obstacle: Option<String>,
}

/// Reads a synthesis stage.
pub fn synthesis<'a>(run: &'a Run, state: &StageState) -> Synthesis<'a> {
    let call = run.calls_of(state.stage.id).next_back();
    let standing = run.standing_before(state.stage.id, 0);
    let texts: Vec<(usize, &str)> =
        standing.iter().map(|(slot, call)| (usize::from(*slot), call.text.as_str())).collect();
    let agreement = compare(&texts);
    let sentences = call.map(|call| receipts(&call.text, &agreement, &texts)).unwrap_or_default();
    let left_out = left_out(&sentences, &agreement);
    let obstacle = state.begun.as_ref().and_then(|begun| begun.obstacle.clone());
    Synthesis { call, named: run.council.chair.is_some(), sentences, left_out, agreement, obstacle }
}
