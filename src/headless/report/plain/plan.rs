//! A written plan as plain text, stage by stage: who speaks, what came of it, what was left out and why, which road was taken
//! and which was not, what holds of claims that were checked, what the person decided, and what it all came to.
//!
//! It is told in pieces, each as soon as it stands, so that what is printed while a plan runs is what is printed of it later.

use super::{answer, ended, synthesis, vote};
use crate::agreement::planned::{self, Claim};
use crate::core::check;
use crate::core::routing::NotTaken;
use crate::core::{
    Ask, Call, CallId, Dollars, Event, Handed, MemberId, Phase, Routed, Run, Spent, StageId, StageState, Way,
    clean,
};
use crate::headless::report::Prices;
use std::fmt::Write as _;

/// Something that is told in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// That a stage begins, or is left out.
    Begins(StageId),
    /// A call.
    Call(CallId),
    /// What a stage came to beside its calls.
    Ends(StageId),
}

/// The pieces of a run in the order in which they are told: of a plan stage by stage, else the answers and debate turns in
/// order of rounds and seats. With `all` whatever there is; else up to what still goes on, so that a listener can follow.
pub fn pieces(run: &Run, all: bool) -> Vec<Piece> {
    if !run.planned() {
        let answers = run
            .calls
            .values()
            .filter(|call| run.stage(call.id.stage).is_some_and(|state| state.stage.ask.answers()));
        return answers.take_while(|call| all || call.ended()).map(|call| Piece::Call(call.id)).collect();
    }
    let mut pieces = Vec::new();
    for state in run.in_order() {
        let id = state.stage.id;
        let phase = run.phase(state);
        if phase == Phase::Planned && !all {
            break;
        }
        pieces.push(Piece::Begins(id));
        let calls = run.calls_of(id).take_while(|call| all || call.ended());
        pieces.extend(calls.map(|call| Piece::Call(call.id)));
        // Who spoke in it when it was left out or stopped is told first.
        let over = phase.over() && run.calls_of(id).all(Call::ended);
        if !over && !all {
            break;
        }
        pieces.push(Piece::Ends(id));
    }
    pieces
}

/// The pieces of a plan that nothing is added to any more, whatever comes.
pub fn stands(run: &Run) -> Vec<Piece> {
    let phase = |id| run.stage(id).map_or(Phase::Planned, |state| run.phase(state));
    let stands = |piece: &Piece| match piece {
        Piece::Begins(id) => phase(*id) != Phase::Planned,
        Piece::Call(id) => run.calls.get(id).is_some_and(Call::ended),
        Piece::Ends(id) => phase(*id).over() && run.calls_of(*id).all(Call::ended),
    };
    pieces(run, true).into_iter().filter(stands).collect()
}

/// The words of a piece; empty where there is nothing to tell.
pub fn piece(run: &Run, piece: Piece) -> String {
    match piece {
        Piece::Begins(id) => run.stage(id).map(|state| begins(run, state)).unwrap_or_default(),
        Piece::Call(id) => run.calls.get(&id).map(|call| spoken(run, call)).unwrap_or_default(),
        Piece::Ends(id) => run.stage(id).map(|state| ends(run, state)).unwrap_or_default(),
    }
}

fn names<'a>(members: impl IntoIterator<Item = &'a MemberId>) -> String {
    members.into_iter().map(|name| clean::line(&name.0)).collect::<Vec<_>>().join(", ")
}

/// The heading of a stage: its name, what is done in it, by whom, and how it came that it is done or not.
fn begins(run: &Run, state: &StageState) -> String {
    let mut out = format!("\n== stage {}, {}", run.title(state.stage.id), state.stage.ask.word());
    if let Some(begun) = &state.begun {
        let speakers = names(begun.speakers.iter().filter_map(|slot| Some(&run.member(*slot)?.name)));
        if !speakers.is_empty() {
            let _ = write!(out, " by {speakers}");
        }
    }
    let seen: Vec<String> = state.stage.outcomes().map(|of| run.title(of)).collect();
    if !seen.is_empty() {
        let _ = write!(out, ", of {}", seen.join(" and "));
    }
    if let Some(again) = state.stage.again() {
        let _ = write!(out, ", once more since {} was sent back", run.title(again.from));
    }
    // One that is left out when it has begun says so at its end.
    match (run.phase(state), &state.decided) {
        (Phase::Skipped, _) if state.begun.is_some() => {}
        (Phase::Skipped, Some(decided)) => _ = write!(out, ": skipped: {}", clean::line(&decided.why)),
        (Phase::Planned, _) => out.push_str(": not begun"),
        (_, Some(decided)) if !decided.why.is_empty() => {
            let _ = write!(out, "\n(begun since {})", clean::line(&decided.why));
        }
        _ => {}
    }
    out.push('\n');
    if let Some(obstacle) = state.begun.as_ref().and_then(|begun| begun.obstacle.as_ref()) {
        let _ = writeln!(out, "{}", clean::line(obstacle));
    }
    out
}

/// A call of a stage. Ballots and verdicts are told with what they come to, and so is what a chair wrote.
fn spoken(run: &Run, call: &Call) -> String {
    let ask = run.stage(call.id.stage).map(|state| state.stage.ask);
    let counted = match ask {
        Some(Ask::Ballot) => true,
        Some(Ask::Merge) => {
            run.call(call.id.stage, call.id.round, call.id.slot).is_some_and(|it| it.id == call.id)
        }
        Some(Ask::Check) => call.usable() && !check::read(&call.text).is_empty(),
        _ => false,
    };
    match (counted, ask) {
        (false, _) => answer(run, call),
        (true, Some(Ask::Merge)) => String::new(),
        (true, _) => {
            let who = clean::line(&call.member.0);
            format!("\n== {who}, {}: {}\n", what(run, call), ended(call))
        }
    }
}

/// What a call of a plan is called: its stage, and in a debate its round.
pub(super) fn what(run: &Run, call: &Call) -> String {
    let title = run.title(call.id.stage);
    if call.id.round == 0 { title } else { format!("{title}, round {}", call.id.round) }
}

/// What a stage came to beside its calls.
fn ends(run: &Run, state: &StageState) -> String {
    let id = state.stage.id;
    let mut out = String::new();
    if let Some(why) = state.skipped() {
        // One that had not begun has said so in its heading.
        return if state.begun.is_some() { format!("skipped: {}\n", clean::line(why)) } else { out };
    }
    match state.stage.ask {
        Ask::Ballot if state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_none()) => {
            out.push_str(&vote(run, state));
        }
        Ask::Merge if run.calls_of(id).next().is_some() => {
            out.push_str(&synthesis(run, state).unwrap_or_default());
        }
        Ask::Check => checked(&mut out, &planned::claims(run, id)),
        Ask::Route => _ = state.routed.as_ref().map(|one| routed(&mut out, one)),
        Ask::HandOver => gate(&mut out, run, state),
        _ => {}
    }
    if run.phase(state) == Phase::Stopped {
        out.push_str("stopped\n");
    }
    out
}

/// The claims that were checked, each with who said it and what was found.
fn checked(out: &mut String, claims: &[Claim<'_>]) {
    for claim in claims {
        let words = clean::line(claim.words);
        let said = names(claim.members.iter().copied());
        let _ = writeln!(out, "{} [{}] {words} (said by {said})", claim.holds.word(), claim.number);
        for (member, verdict) in &claim.said {
            let reason = if verdict.reason.is_empty() { "no reason given" } else { &verdict.reason };
            let (who, word) = (clean::line(&member.0), verdict.holds.word());
            let _ = writeln!(out, "    {who}: {word}, {}", clean::line(reason));
        }
    }
}

/// The road that was taken with its reasons, and those that were not with what they are guessed to come to.
fn routed(out: &mut String, routed: &Routed) {
    let _ = writeln!(out, "{}", road(routed));
    for reason in &routed.why {
        let _ = writeln!(out, "    {}", clean::line(reason));
    }
    for other in &routed.not_taken {
        let _ = writeln!(out, "not taken: {}", not_taken(other));
    }
}

fn road(routed: &Routed) -> String {
    let topic = routed.topic.as_ref().map(|topic| format!(", topic {}", clean::line(topic)));
    let score = routed.score.map(|score| format!(", difficulty {score:.2}"));
    let (road, who) = (routed.road.name(), names(&routed.members));
    format!("road {road}: {who}{}{}", topic.unwrap_or_default(), score.unwrap_or_default())
}

/// A road that was not taken, with its estimate.
pub fn not_taken(other: &NotTaken) -> String {
    let usd = |more: i64| Dollars(more.unsigned_abs());
    let cost = match other.more {
        None => "cost not known".to_owned(),
        Some(0) => "costs the same".to_owned(),
        Some(more) if more > 0 => format!("~{} more", usd(more)),
        Some(less) => format!("~{} less", usd(less)),
    };
    format!("{}, {} ({cost}, right with {:.2})", other.road.name(), names(&other.members), other.right)
}

/// What the person decided at a gate, or that they are waited for.
fn gate(out: &mut String, run: &Run, state: &StageState) {
    let who = |call: &CallId| run.calls.get(call).map(|call| clean::line(&call.member.0)).unwrap_or_default();
    match &state.handed {
        None if run.phase(state) == Phase::Waiting => out.push_str("waits for your word\n"),
        None => {}
        Some(handed @ Handed::Approved) => _ = writeln!(out, "{}", handed.words()),
        Some(handed @ Handed::Chosen(call)) => _ = writeln!(out, "{}: {}'s text", handed.words(), who(call)),
        Some(handed @ (Handed::Edited(text) | Handed::SentBack(text))) => {
            let _ = writeln!(out, "{}:\n{}", handed.words(), clean::prose(text.trim()));
        }
    }
}

/// What a plan came to, and where it stands if it is not over.
pub fn outcome(run: &Run) -> String {
    let mut out = String::new();
    let way = run.way();
    match planned::outcome(run) {
        Some(outcome) => {
            let who = outcome.member.map_or("you".to_owned(), |member| clean::line(&member.0));
            let word = if way == Way::Done { "outcome" } else { "so far" };
            let stage = run.title(outcome.stage);
            let _ = write!(out, "\n== {word} ({stage}, by {who}):");
            if let Some(position) = outcome.position {
                let sure = position.confidence.map(|sure| format!(", states confidence {sure:.2}"));
                let _ = write!(out, " {}{}", clean::line(&position.value), sure.unwrap_or_default());
            }
            let _ = writeln!(out, "\n{}", clean::prose(outcome.text.trim()));
        }
        None if way == Way::Done => out.push_str("\n== outcome: none, no stage brought a text\n"),
        None => {}
    }
    for line in waiting(run) {
        let _ = writeln!(out, "\nnote: {line}");
    }
    match way {
        Way::Paused => out.push_str("\nnote: the plan is paused\n"),
        Way::Stopped => out.push_str("\nnote: the plan was stopped before it was over\n"),
        Way::Done | Way::Running | Way::Waiting => {}
    }
    out
}

/// That the plan waits for the person, a line for each gate.
pub fn waiting(run: &Run) -> Vec<String> {
    let line =
        |state: &StageState| format!("the plan waits for your word at \"{}\"", run.title(state.stage.id));
    run.gates().map(line).collect()
}

/// What each stage cost, where anything was charged or a price is not known.
pub fn costs(run: &Run, prices: Prices<'_>) -> String {
    if !run.planned() || run.spent(prices) == Spent::default() {
        return String::new();
    }
    let line = |state: &StageState| {
        let asked = run.calls_of(state.stage.id).next().is_some();
        asked.then(|| {
            format!("{} {}", run.title(state.stage.id), run.spent_in(state.stage.id, prices).words())
        })
    };
    let stages: Vec<String> = run.in_order().into_iter().filter_map(line).collect();
    format!("\n== cost: {}\n{}\n", run.spent(prices).words(), stages.join("\n"))
}

/// What a record decides about a plan, for who follows it: a stage that is left out or begun under a condition, a road.
pub fn decision(run: &Run, event: &Event) -> Option<String> {
    match event {
        Event::StageDecided { stage, decided, .. } => {
            let how = if decided.go { "goes on" } else { "skipped" };
            Some(format!("{} {how}: {}", run.title(*stage), clean::line(&decided.why)))
        }
        Event::Routed { stage, routed, .. } => {
            let why: Vec<String> = routed.why.iter().map(|why| clean::line(why)).collect();
            Some(format!("{} took the {} ({})", run.title(*stage), road(routed), why.join("; ")))
        }
        Event::HandedOver { stage, handed, .. } => Some(format!("{} {}", run.title(*stage), handed.words())),
        _ => None,
    }
}
