//! A vote as plain text: the result, every ballot, and what stands beside it and would change it. What it comes to is the
//! agreement's; this only writes it down.

use crate::agreement::poll::{Poll, Weighing};
use crate::agreement::vote::{self, Vote};
use crate::core::ballot::Tally;
use crate::core::{MemberId, Rule, Run, StageState, Weights, clean, prompt};
use std::fmt::Write as _;

/// The result of a vote.
pub(super) fn vote(run: &Run, state: &StageState) -> String {
    let vote = vote::vote(run, state);
    if let Some(obstacle) = vote.obstacle {
        return format!("\n== vote: {obstacle}\n");
    }
    let counted = vote.ballots.iter().any(|ballot| ballot.valid);
    let result = match (&vote.tally.winner, vote.tally.tied.as_slice()) {
        (Some(winner), _) => format!("{} wins by {}", clean::line(&winner.0), vote.counting.rule.title()),
        (None, _) if vote.alone && counted => "not decided, one valid ballot is no vote".to_owned(),
        (None, []) if counted => format!("nobody wins by {}", vote.counting.rule.title()),
        (None, []) => "no valid ballot".to_owned(),
        (None, tied) => {
            let names: Vec<String> = tied.iter().map(|name| clean::line(&name.0)).collect();
            format!("a tie between {}", names.join(" and "))
        }
    };
    let mut out = format!("\n== vote: {result}\n");
    for score in vote.tally.scores.iter().filter(|_| counted) {
        let (name, percent) = (clean::line(&score.answer.0), score.score * 100.0);
        let of = vote.counting.rule.share();
        let _ = writeln!(out, "{name}: {percent:.0} % {of}, first on {}", score.first);
    }
    if counted {
        let _ = writeln!(out, "other rules: {}", others(&vote));
        out.push_str(&firmness(run, &vote));
    }
    for ballot in &vote.ballots {
        let names: Vec<String> = ballot.ranking.iter().map(|name| clean::line(&name.0)).collect();
        let ranking = if ballot.valid { names.join(ballot.sign()) } else { "not valid".to_owned() };
        let note = clean::line(&ballot.note);
        let both = match (&ballot.turned, ballot.even) {
            (None, _) => "",
            (Some(_), false) => ", the same in the other order",
            (Some(_), true) => ", the other way round in the other order",
        };
        let seen = format!("{}{both}", prompt::legend(&ballot.shown));
        let judge = clean::line(&ballot.judge.0);
        let again = ballot.repaired.as_deref().map(clean::line);
        let again = again.map_or_else(String::new, |fault| format!(", asked again once: {fault}"));
        let _ = writeln!(out, "  {judge} ranked {ranking} (shown as {seen}{again}). {note}");
    }
    out
}

/// What stands beside the result, and what would change it.
fn firmness(run: &Run, vote: &Vote) -> String {
    let mut out = String::new();
    let answers = vote::answers(run);
    let said = |poll: &Poll, winners: &[usize]| {
        let values = poll.values(winners);
        if values.is_empty() { "undecided".to_owned() } else { values.join(" = ") }
    };
    if !answers.poll.groups.is_empty() {
        let own = said(&answers.poll, &answers.winners(answers.own()));
        let _ = writeln!(out, "the answers' own vote: {own}");
    }
    if let Some(first) = answers.round0.as_ref().filter(|first| !first.groups.is_empty()) {
        let before = said(first, &first.winners(Weighing::Plurality, &Weights::new(), None));
        let _ = writeln!(out, "the vote of the first answers: {before}");
    }
    let name = |member: &MemberId| clean::line(&member.0);
    let winner = |winner: &Option<MemberId>| winner.as_ref().map_or("no single winner".to_owned(), name);
    for flip in vote.flips().iter().take(3) {
        let least = if flip.above { "at least" } else { "at most" };
        let (judge, then) = (name(&flip.judge), winner(&flip.winner));
        let _ = writeln!(out, "changes if {judge}'s weight is {least} {:.1}: {then}", flip.at);
    }
    for without in vote.trust(run).iter().flat_map(|trust| &trust.without) {
        if without.winner != vote.tally.winner {
            let _ = writeln!(out, "changes without {}: {}", name(&without.judge), winner(&without.winner));
        }
    }
    out
}

/// Who wins by the other rules, each as `Copeland anna`.
fn others(vote: &Vote) -> String {
    let winner = |tally: &Tally| match (&tally.winner, tally.tied.as_slice()) {
        (Some(winner), _) => clean::line(&winner.0),
        (None, []) => "nobody".to_owned(),
        (None, tied) => tied.iter().map(|name| clean::line(&name.0)).collect::<Vec<_>>().join(" = "),
    };
    let others = vote.tallies.iter().filter(|(rule, _)| *rule != vote.counting.rule);
    let one = |(rule, tally): &(Rule, Tally)| format!("{} {}", rule.title(), winner(tally));
    others.map(one).collect::<Vec<_>>().join(", ")
}
