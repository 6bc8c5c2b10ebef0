//! Votes in the `--json` object: ballots by every rule and what would change them, the answers themselves as votes, and the best
//! of N by support. What they come to is the agreement's; this only writes it down.

use crate::agreement::best_of::best_of;
use crate::agreement::poll::{Group, Poll, Weighing};
use crate::agreement::vote;
use crate::agreement::{Agreement, outcome};
use crate::core::ballot_trust::{Times, Trust, Without};
use crate::core::rules::{Flip, Weights};
use crate::core::weights::Learned;
use crate::core::{Ask, MemberId, OwnVote, Run};
use serde_json::{Map, Value, json};

/// The ballot vote of a run; none where none was held.
pub(super) fn ballots(run: &Run) -> Option<Value> {
    let state = run.last_stage(Ask::Ballot)?;
    let vote = vote::vote(run, state);
    let rules: Map<String, Value> =
        vote.tallies.iter().map(|(rule, tally)| (rule.name().to_owned(), json!(tally.winner))).collect();
    let flip = |flip: &Flip| json!({ "judge": flip.judge, "at": flip.at, "least": flip.above, "winner": flip.winner });
    let mut object = json!({
        "rule": vote.counting.rule.name(), "winner": vote.tally.winner, "tied": vote.tally.tied,
        "tally": vote.tally.scores, "ballots": vote.ballots, "rules": rules, "obstacle": vote.obstacle,
        "weights": vote.counting.weights, "weights_from": vote.counting.from.name(),
        "changes_if": vote.flips().iter().map(flip).collect::<Vec<_>>(),
    });
    let answers = vote::answers(run);
    let first = answers.round0.as_ref().unwrap_or(&answers.poll);
    if let (Some(object), false) = (object.as_object_mut(), first.groups.is_empty()) {
        object.insert("round0".into(), poll(first, Weighing::Plurality));
    }
    if let (Some(object), Some(trust)) = (object.as_object_mut(), vote.trust(run)) {
        object.insert("trust".into(), in_json(&trust));
    }
    if let (Some(object), Some(own)) = (object.as_object_mut(), &vote.own) {
        let choice = match own {
            OwnVote::For(member) => Some(member),
            OwnVote::None => None,
        };
        object.insert("own".into(), json!({ "choice": choice }));
    }
    Some(object)
}

/// How far a vote can be trusted.
fn in_json(trust: &Trust) -> Value {
    let times = |times: &Times| json!({ "times": times.times, "of": times.of, "by_chance": times.chance });
    let without = |one: &Without| json!({ "judge": one.judge, "winner": one.winner, "tied": one.tied });
    json!({
        "pairs": trust.pairs, "ordered_alike": trust.unanimous,
        "held_in_both_orders": { "times": trust.stable.0, "of": trust.stable.1 },
        "first_shown_won": times(&trust.first_shown), "longest_won": times(&trust.longest),
        "without": trust.without.iter().map(without).collect::<Vec<_>>(), "lead": trust.margin,
    })
}

/// A vote of answers by one rule, all members alike.
pub(super) fn poll(poll: &Poll, by: Weighing) -> Value {
    let (winner, tied) = winner(poll, &poll.winners(by, &Weights::new(), None));
    json!({
        "by": by.name(), "winner": winner, "tied": tied, "positions": positions(poll), "silent": poll.silent,
    })
}

fn positions(poll: &Poll) -> Vec<Value> {
    let group = |group: &Group| json!({ "value": group.position.value, "members": group.members });
    poll.groups.iter().map(group).collect()
}

/// What wins, or what ties.
fn winner(poll: &Poll, winners: &[usize]) -> (Value, Vec<Value>) {
    let value = |at: &usize| json!(poll.groups[*at].position.value);
    match winners {
        [one] => (value(one), Vec::new()),
        tied => (Value::Null, tied.iter().map(value).collect()),
    }
}

/// The answers as votes, by each rule; `null` below two answers.
pub(super) fn answers(run: &Run) -> Value {
    let answers = vote::answers(run);
    let (said, round0) = (&answers.poll, &answers.round0);
    if said.votes() + said.silent.len() < 2 {
        return Value::Null;
    }
    let rule = |by: Weighing| {
        let (winner, tied) = winner(said, &answers.winners(by));
        (by.name().to_owned(), json!({ "winner": winner, "tied": tied }))
    };
    let rules: Map<String, Value> = Weighing::ALL.into_iter().map(rule).collect();
    let mut object = json!({ "positions": positions(said), "silent": said.silent, "rules": rules });
    if let (Some(object), Some(first)) = (object.as_object_mut(), round0) {
        object.insert("round0".into(), poll(first, Weighing::Plurality));
    }
    object
}

/// The answers by how much the others support them; `null` below three.
pub(super) fn by_support(run: &Run, agreement: &Agreement) -> Value {
    // A partial answer stands in no vote.
    let whole = outcome::texts(run).into_iter().filter(|(_, call)| call.done());
    let seats: Vec<usize> = whole.map(|(seat, _)| seat).collect();
    let one = |(seat, score): (usize, f64)| json!({ "member": run.member(seat as u16).map(|member| &member.name), "score": score });
    let scored: Vec<Value> = best_of(agreement, &seats).into_iter().map(one).collect();
    if scored.is_empty() { Value::Null } else { Value::Array(scored) }
}

/// The best single member so far by what was graded, and what it says; `null` where nobody is.
pub(super) fn best_single(run: &Run, learned: &Learned) -> Value {
    let answers = vote::answers(run);
    let says = |best: &MemberId| answers.group_of(best).map(|at| &answers.poll.groups[at].position.value);
    learned.best.as_ref().map_or(Value::Null, |best| json!({ "member": best, "says": says(best) }))
}
