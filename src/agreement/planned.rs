//! What a run of a written plan came to, for who tells of it: its outcome, the positions that its answers state, and the claims
//! that were checked, with the words of each. Read from a run's records; nothing is decided, stored or drawn.

use super::position::{Position, with_tier};
use crate::core::check::Verdict;
use crate::core::{Ask, Call, CallId, Given, Holds, MemberId, Run, StageId};

/// What a run came to so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome<'a> {
    /// The stage that it is of.
    pub stage: StageId,
    /// Whose text it is; none where it is the person's own.
    pub member: Option<&'a MemberId>,
    /// The text.
    pub text: &'a str,
    /// The position that it states, where it states one.
    pub position: Option<Position>,
}

/// What a run came to so far; none where nothing came of it.
pub fn outcome(run: &Run) -> Option<Outcome<'_>> {
    let Given { from, call } = run.result()?;
    let text = run.words_of(&Given { from, call })?;
    let call = call.and_then(|call| run.calls.get(&call));
    let position = stated(text);
    Some(Outcome { stage: from, member: call.map(|call| &call.member), text, position })
}

/// The final answer that a text states or marks. What has to be guessed from its words is none: a review names many numbers.
pub fn stated(text: &str) -> Option<Position> {
    let (position, tier) = with_tier(text);
    (tier.given() && position.stated()).then_some(position)
}

/// The position that a call states, with how sure its member is where it says so; of answers alone.
pub fn position_of(run: &Run, call: &Call) -> Option<Position> {
    let ask = run.stage(call.id.stage)?.stage.ask;
    let answers = ask.answers() || ask == Ask::Merge;
    answers.then(|| stated(&call.text)).flatten()
}

/// A claim that was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim<'a> {
    /// Its number in the table of the check.
    pub number: u32,
    /// Its words.
    pub words: &'a str,
    /// Who said it.
    pub members: Vec<&'a MemberId>,
    /// What it comes to.
    pub holds: Holds,
    /// What each member of the check says of it.
    pub said: Vec<(MemberId, Verdict)>,
}

/// The claims that a check speaks of, in the order of its table.
pub fn claims(run: &Run, check: StageId) -> Vec<Claim<'_>> {
    let table = run.stage(check).and_then(|state| state.begun.as_ref()).map_or(&[][..], |begun| &begun.table);
    let told = run.checked(check).into_iter().filter_map(|checked| {
        let row = table.iter().find(|row| row.number == checked.number)?;
        let who = |call: &CallId| run.calls.get(call).map(|call| &call.member);
        let mut members: Vec<&MemberId> = row.point.said.iter().filter_map(|said| who(&said.call)).collect();
        members.dedup();
        let (words, holds) = (run.wording(&row.point).trim(), checked.holds());
        Some(Claim { number: row.number, words, members, holds, said: checked.said })
    });
    told.collect()
}
