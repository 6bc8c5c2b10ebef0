//! An outcome as plain text, line by line: for pipes and screen readers. Never an escape sequence.

pub mod plan;
mod votes;

use super::{Prices, degraded, notes};
use crate::agreement::guided::Picked;
use crate::agreement::outcome::{Chosen, Synthesis};
use crate::agreement::{Agreement, Claim, Mark, Side, Span, Subject, debate_result, ledger, outcome};
use crate::core::budget::CapSet;
use crate::core::claim_table::without_citations;
use crate::core::clean;
use crate::core::when::utc;
use crate::core::{
    Ask, Call, Choice, EndState, File, Member, MergeMode, Run, RunId, Session, StageState, Word, prompt,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use votes::vote;

/// The heading of a run.
pub fn heading(run: &Run) -> String {
    let mut out = String::new();
    if run.council.scripted {
        let _ = writeln!(out, "[{}]", crate::core::SCRIPTED);
    }
    let name = |(member, slot): (&Member, u16)| {
        let left = match run.sits(slot) {
            true => "",
            false if run.held_back(slot) => " (held back)",
            false => " (left)",
        };
        format!("{}{left}", clean::line(&member.name.0))
    };
    let names: Vec<String> = run.council.members.iter().zip(0..).map(name).collect();
    let _ = writeln!(out, "Question: {}", clean::prose(&run.question));
    if let Some(replaced) = run.replaces {
        let _ = writeln!(out, "In place of: question {replaced}");
    }
    if !run.files.is_empty() {
        let file = |file: &File| format!("{} ({} bytes)", clean::line(&file.name), file.text.len());
        let _ = writeln!(out, "Files: {}", run.files.iter().map(file).collect::<Vec<_>>().join(", "));
    }
    if let Some(plan) = run.plan_name() {
        let _ = writeln!(out, "Plan: {}", clean::line(plan));
    }
    let only = run.only().map(|only| format!("; asked: {} alone", clean::line(&only.0))).unwrap_or_default();
    let _ = writeln!(out, "Council: {} ({}){only}", clean::line(&run.council.name), names.join(", "));
    if let Some(private) = &run.private {
        let _ = writeln!(out, "Note: {}", clean::line(&private.line()));
    }
    out
}

/// One member's answer, with how it ended.
pub fn answer(run: &Run, call: &Call) -> String {
    let what = match run.stage(call.id.stage).map(|state| state.stage.ask) {
        _ if run.planned() => plan::what(run, call),
        Some(Ask::Critique) => format!("round {}", outcome::round(run, call.id)),
        Some(Ask::Merge) => "synthesis".to_owned(),
        _ => "answer".to_owned(),
    };
    let attempt = if call.id.attempt > 1 { format!(", attempt {}", call.id.attempt) } else { String::new() };
    let backup =
        run.substitute(call).map(|model| format!(" by its backup {}", clean::line(&model.to_string())));
    let (who, backup) = (clean::line(&call.member.0), backup.unwrap_or_default());
    let mut out = format!("\n== {who}, {what}{backup}{attempt}: {}\n", ended(call));
    if call.skipped > 0 {
        let _ = writeln!(out, "(events of the stream that could not be read: {})", call.skipped);
    }
    if let Some(name) = call.mislabelled.as_deref().map(clean::line) {
        let name = if name.is_empty() { "no content type".to_owned() } else { name };
        let _ =
            writeln!(out, "(the answer was sent under a wrong content type and read all the same: {name})");
    }
    if let Some(graded) = run.grades.get(call.id) {
        let topic = graded.topic.as_ref().map(|topic| format!(", topic {}", clean::line(topic)));
        let _ = writeln!(out, "(graded by you: {}{})", graded.grade.word(), topic.unwrap_or_default());
    }
    let text = clean::prose(&call.text);
    if !text.trim().is_empty() {
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

fn ended(call: &Call) -> String {
    let word = call.end.map_or("running", EndState::word);
    let seconds =
        call.total_ms.map(|ms| format!(" in {}.{} s", ms / 1000, ms % 1000 / 100)).unwrap_or_default();
    if let Some(cached) = &call.cached {
        return format!("{word} {}", cached.line(call.started_at));
    }
    match &call.error {
        Some(error) => {
            format!("{word}{seconds}: {} ({})", clean::exact(&error.message), clean::exact(&error.hint))
        }
        None => format!("{word}{seconds}"),
    }
}

/// What members agree and disagree on.
pub fn agreement(run: &Run, agreement: &Agreement) -> String {
    let sum = &agreement.summary;
    let mut out = format!(
        "\n== agreement: {} of {} agreed, {} partly, {} in conflict, {} single\n",
        sum.agreed, sum.claims, sum.partly, sum.conflict, sum.only
    );
    let sides = ledger::positions(agreement);
    if !sides.is_empty() {
        let side = |side: &Side| format!("{}: {}", names(run, &side.slots), clean::line(&side.value));
        let sides: Vec<String> = sides.iter().map(side).collect();
        let (finals, sides) = (&agreement.finals, sides.join(". "));
        let (support, margin) = (finals.support * 100.0, finals.margin * 100.0);
        let entropy = finals.entropy;
        let _ = writeln!(
            out,
            "final answers: {sides}. (support {support:.0} %, margin {margin:.0} %, entropy {entropy:.2})"
        );
    }
    let ledger = ledger::standing(run, agreement);
    if let Some(ruling) = ledger.on(Subject::Answers) {
        let _ = writeln!(out, "    {}", ruling.in_full());
    }
    for mark in [Mark::Conflict, Mark::Agree, Mark::Partly, Mark::Only] {
        for claim in agreement.claims.iter().filter(|claim| claim.mark == mark) {
            out.push_str(&line(run, claim));
            if let Some(ruling) = ledger.on_claim(claim.number) {
                let _ = writeln!(out, "    {}", ruling.in_full());
            }
        }
    }
    let gone = ledger.entries.iter().filter(|entry| entry.subject == Subject::Gone);
    for ruling in gone.filter_map(|entry| entry.ruling.as_ref()) {
        let words = clean::line(run.wording(&ruling.point).trim());
        let _ = writeln!(out, "    {} (no answer says this any more: {words})", ruling.in_full());
    }
    out
}

fn names(run: &Run, slots: &[usize]) -> String {
    let name = |slot: &usize| run.council.members.get(*slot).map(|member| clean::line(&member.name.0));
    slots.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

fn line(run: &Run, claim: &Claim) -> String {
    let name = |slot: usize| {
        run.council.members.get(slot).map_or_else(String::new, |member| clean::line(&member.name.0))
    };
    let title = clean::line(outcome::words(run, &claim.title));
    let mut out = format!("{}{:02} {title}", claim.mark.symbol(), claim.id);
    if claim.sides.is_empty() {
        let mut names: Vec<String> = claim.spans.iter().map(|span| name(span.slot)).collect();
        names.dedup();
        let _ = write!(out, " ({})", names.join(", "));
    }
    if !claim.by.is_empty() {
        let _ = write!(out, " [by {}]", clean::line(&claim.by.join(", ")));
    }
    out.push('\n');
    for side in &claim.sides {
        let names: Vec<String> = side.slots.iter().map(|slot| name(*slot)).collect();
        let _ = writeln!(out, "    {}: {}", names.join(", "), clean::line(&side.value));
    }
    out
}

/// All syntheses of a run, oldest first.
fn syntheses(run: &Run) -> Option<String> {
    let all: String = outcome::syntheses(run).filter_map(|state| synthesis(run, state)).collect();
    (!all.is_empty()).then_some(all)
}

/// A synthesis with what supports it, or why there is none.
pub fn synthesis(run: &Run, state: &StageState) -> Option<String> {
    let made = outcome::synthesis(run, state);
    if let Some(obstacle) = made.obstacle {
        return Some(format!("\n== synthesis: {obstacle}\n"));
    }
    let call = made.call?;
    let mut out = answer(run, call);
    out.push_str(&asked_for(run, state));
    let _ = writeln!(out, "(shown to the chair as: {})", prompt::legend(&prompt::members(run, &call.shown)));
    let unsupported = made.sentences.iter().filter(|sentence| sentence.unsupported).count();
    let how = match made.chosen {
        Chosen::Here => "named for this synthesis",
        Chosen::Council => "named by the council",
        Chosen::First => "the first that finished",
    };
    let _ = writeln!(
        out,
        "(chair: {}, {how}; {unsupported} of {} sentences have no claim behind them, {} claims left out)",
        clean::line(&call.member.0),
        made.sentences.len(),
        made.left_out.len()
    );
    out.push_str(&receipts(run, state, &made));
    for picked in &made.picked {
        out.push_str(&choice(run, state, &made.agreement, picked));
    }
    Some(out)
}

/// What each sentence rests on, what has no source, and what is left out.
fn receipts(run: &Run, state: &StageState, made: &Synthesis<'_>) -> String {
    let mut out = String::from("receipts:\n");
    let claim = |id: &u32| made.agreement.claims.iter().find(|claim| claim.id == *id);
    for sentence in &made.sentences {
        let ids: BTreeSet<u32> = sentence.claims.iter().chain(&sentence.cited).copied().collect();
        let source = |id: &u32| {
            let claim = claim(id)?;
            let mut seats = sentence.said_by(claim);
            seats.sort_unstable();
            Some(format!("{}{id:02} {}", claim.mark.symbol(), names(run, &seats)))
        };
        let mut sources: Vec<String> = ids.iter().filter_map(source).collect();
        sources.extend(sentence.astray.iter().map(|number| format!("cites {number}, which is no claim")));
        if sentence.unsupported {
            let why =
                if sentence.claims.is_empty() { "no claim says this" } else { "a number that no source has" };
            sources.push(why.to_owned());
        }
        let mark = if sentence.unsupported { '?' } else { ' ' };
        let text = clean::line(&without_citations(&sentence.text));
        let _ = writeln!(
            out,
            "{mark} {} [{}]",
            text.split_whitespace().collect::<Vec<_>>().join(" "),
            sources.join("; ")
        );
    }
    let pinned = run.pinned(state.stage.id);
    let words = |claim: &Claim| {
        let call = pinned.get(&(claim.title.slot as u16));
        clean::line(call.and_then(|call| call.text.get(claim.title.range.clone())).unwrap_or_default())
    };
    for claim in made.left_out.iter().filter_map(claim) {
        let seats: Vec<usize> = claim.spans.iter().map(|span| span.slot).collect();
        let (sign, id) = (claim.mark.symbol(), claim.id);
        let _ = writeln!(out, "left out: {sign}{id:02} {} ({})", words(claim).trim(), names(run, &seats));
    }
    for (id, side) in &made.untold {
        let side = claim(id).and_then(|claim| claim.sides.get(*side));
        if let Some(side) = side {
            let _ = writeln!(
                out,
                "left out: the side {} of !{id:02} ({})",
                clean::line(&side.value),
                names(run, &side.slots)
            );
        }
    }
    out
}

/// Which of several it is, and what the person asked of it: a line each, where there is something to tell.
fn asked_for(run: &Run, state: &StageState) -> String {
    let all: Vec<_> = outcome::syntheses(run).map(|state| state.stage.id).collect();
    let mut parts: Vec<String> = Vec::new();
    if let Some(at) = all.iter().position(|id| *id == state.stage.id).filter(|_| all.len() > 1) {
        parts.push(format!("synthesis {} of {}", at + 1, all.len()));
    }
    if state.stage.merge != MergeMode::Merge {
        parts.push(state.stage.merge.name().to_owned());
    }
    if let Some(brief) = &state.stage.brief {
        if !brief.of.is_empty() {
            let names: Vec<String> = brief.of.iter().map(|name| clean::line(&name.0)).collect();
            parts.push(format!("of {} alone", names.join(", ")));
        }
        if !brief.instruction.is_empty() {
            parts.push(format!("your instruction: {}", clean::line(&brief.instruction)));
        }
    }
    if run.stale(state.stage.id) {
        parts.push("the answers changed since".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!("({})\n", parts.join("; ")) }
}

/// What the person chose for a claim, and what became of it.
fn choice(run: &Run, state: &StageState, agreement: &Agreement, picked: &Picked) -> String {
    let pinned = run.pinned(state.stage.id);
    let said =
        |span: &Span| pinned.get(&(span.slot as u16)).and_then(|call| call.text.get(span.range.clone()));
    let claim = agreement.claims.iter().find(|claim| Some(claim.id) == picked.claim);
    let words = claim.map_or("a claim of an answer that is not in it".to_owned(), |claim| {
        let words = said(&claim.title).unwrap_or_default();
        format!("{}{:02} {}", claim.mark.symbol(), claim.id, clean::line(words))
    });
    let side = picked.side.as_ref().map(|side| format!(", on this side: {}", clean::line(side)));
    let side = side.unwrap_or_default();
    let note = match (picked.choice, picked.taken_up) {
        (Choice::Leave, false) => "left out by you",
        (Choice::Leave, true) => "left out by you, but a sentence rests on it",
        (_, true) => "kept by you",
        (_, false) => "kept by you, but no sentence takes it up",
    };
    format!("  {note}{side}: {words}\n")
}

/// How positions moved in a debate.
pub fn positions(run: &Run) -> Option<String> {
    let rounds = outcome::rounds(run);
    if rounds.is_empty() {
        return None;
    }
    let mut out = String::from("\n== positions\n");
    for round in rounds.iter().filter(|round| round.number > 0) {
        for turn in &round.turns {
            let name = clean::line(&turn.call.member.0);
            let position = clean::line(&turn.standing.position.value);
            let how = match (turn.standing.change, turn.standing.position.stated()) {
                (None, _) => "no answer".to_owned(),
                (Some(_), false) => "no clear position".to_owned(),
                (Some(change), true) => format!("{}: {position}", change.word()),
            };
            let _ = writeln!(out, "round {}, {name}: {how}", round.number);
        }
    }
    for line in debate_result::result(run).iter().flat_map(|result| result.lines(run)) {
        let _ = writeln!(out, "{line}");
    }
    Some(out)
}

/// What the person said into the debates, a line each.
fn words(run: &Run) -> Option<String> {
    let line = |word: &Word| {
        let to = word.to.as_ref().map_or("all".to_owned(), |to| clean::line(&to.0));
        let before = match word.before {
            Some(call) => format!("before round {}", outcome::round(run, call)),
            None => "before the next round".to_owned(),
        };
        format!("\nyour word to {to}, {before}: {}\n", clean::prose(&word.text))
    };
    let all: String = run.words.iter().map(line).collect();
    (!all.is_empty()).then_some(all)
}

/// A whole session.
pub fn session(session: &Session, prices: Prices<'_>) -> String {
    let mut out = caps(session, None);
    for run in &session.runs {
        out.push_str(&heading(run));
        for piece in plan::pieces(run, true) {
            out.push_str(&plan::piece(run, piece));
        }
        out.push_str(&tail(run));
        out.push_str(&plan::costs(run, prices));
        out.push_str(&caps(session, Some(run.id)));
        out.push('\n');
    }
    out
}

/// The caps that the person set on the session after a question, a line each.
fn caps(session: &Session, after: Option<RunId>) -> String {
    let here = session.caps.iter().filter(|set| set.run == after);
    let line = |set: &CapSet| format!("\nnote: {} ({} UTC)\n", set.line(), utc(set.at, "%Y-%m-%d %H:%M:%S"));
    here.map(line).collect()
}

/// What follows the answers of a run.
pub fn tail(run: &Run) -> String {
    let planned = run.planned();
    let mut out = String::new();
    // A plan may have brought one text alone, with which nothing can agree.
    if !planned || outcome::texts(run).len() > 1 {
        out.push_str(&agreement(run, &outcome::agreement(run)));
    }
    // What votes and syntheses of a plan came to is told at their place in it.
    let told =
        [words(run), positions(run), votes(run).filter(|_| !planned), syntheses(run).filter(|_| !planned)];
    for part in told.into_iter().flatten() {
        out.push_str(&part);
    }
    for done in &run.deeper.done {
        let _ = writeln!(out, "\n== deeper: {}", done.line());
    }
    for (result, lacks) in degraded(run).into_iter().filter(|(result, _)| planned || *result != "answers") {
        let the = if planned { "" } else { "the " };
        let _ = writeln!(out, "\nnote: {the}{result} is degraded: {}", lacks.join("; "));
    }
    // A vote or a synthesis that could not be held has said so itself.
    let more: Vec<String> = notes(run).into_iter().filter(|note| !out.contains(note)).collect();
    for note in more {
        let _ = writeln!(out, "\nnote: {}", clean::line(&note));
    }
    if planned {
        out.push_str(&plan::outcome(run));
    }
    out
}

/// The vote that is shown: the last.
fn votes(run: &Run) -> Option<String> {
    run.last_stage(Ask::Ballot).map(|state| vote(run, state))
}
