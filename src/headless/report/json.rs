//! The `--json` object of `ask` and `show`, and records as lines. Fields are added, never renamed.

mod plan;
mod synthesis;

use super::{Prices, degraded, notes, votes};
use crate::agreement::debate::Scored;
use crate::agreement::debate_result::{self, End};
use crate::agreement::local::{Section, local};
use crate::agreement::poll::{Poll, Weighing};
use crate::agreement::{Agreement, Span, Subject, graded, ledger, outcome};
use crate::core::budget::CapSet;
use crate::core::grade::Kept;
use crate::core::{
    Deepened, Dollars, File, HeldBack, Pass, Private, Record, Run, Session, Spent, Usage, Verdict, Word,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One run as the object that contracts promise.
pub fn run(session: &Session, run: &Run, sums: Sums<'_>, warnings: &[String]) -> Value {
    let agreement = outcome::agreement(run);
    let mut object = Map::new();
    object.insert("question".into(), json!(run.question));
    object.insert("council".into(), json!(run.council.name));
    object.insert("session".into(), json!(session.id));
    object.insert("run".into(), json!(run.id));
    object.insert("protocol".into(), json!(run.protocol));
    object.insert("scripted".into(), json!(run.council.scripted));
    object.insert("seed".into(), json!(run.seed));
    let file = |file: &File| json!({ "name": file.name, "bytes": file.text.len() });
    object.insert("files".into(), run.files.iter().map(file).collect());
    if let Some(only) = run.only() {
        object.insert("only".into(), json!(only));
    }
    if let Some(replaced) = run.replaces {
        object.insert("replaces".into(), json!(replaced));
    }
    if let Some(private) = &run.private {
        let sent_to = if private.everyone { "all" } else { "local" };
        object.insert("private".into(), json!({ "why": private.why, "sent_to": sent_to }));
        object.insert("held_back".into(), held_back(private));
    }
    object.insert("members".into(), members(run));
    if let Some(plan) = plan::plan(run, sums.prices) {
        object.insert("plan".into(), plan);
    }
    object.insert("claims".into(), claims(run, &agreement));
    object.insert("agreement".into(), summary(run, &agreement));
    object.insert("local_synthesis".into(), by_section(run, &agreement));
    if !run.rulings.is_empty() {
        object.insert("rulings".into(), rulings(run, &agreement));
    }
    let rounds = rounds(run);
    if !rounds.is_empty() {
        object.insert("rounds".into(), Value::Array(rounds));
    }
    if let Some(result) = debate_result::result(run) {
        object.insert("debate".into(), debate(run, &result));
    }
    object.insert("answer_vote".into(), votes::answers(run));
    object.insert("best_of_n".into(), votes::by_support(run, &agreement));
    if let Some(vote) = votes::ballots(run) {
        object.insert("vote".into(), vote);
    }
    let syntheses: Vec<Value> = outcome::syntheses(run).map(|state| synthesis::one(run, state)).collect();
    if let Some(last) = syntheses.last() {
        object.insert("synthesis".into(), last.clone());
        object.insert("syntheses".into(), Value::Array(syntheses));
    }
    if !run.deeper.done.is_empty() {
        object.insert("deeper".into(), deeper(run));
    }
    let degraded = degraded(run);
    if !degraded.is_empty() {
        object.insert("degraded".into(), json!(degraded));
    }
    object.insert("cost".into(), cost(run, sums));
    let mut warnings = warnings.to_vec();
    warnings.extend(notes(run));
    if run.council.scripted {
        warnings.push(crate::core::SCRIPTED.to_owned());
    }
    object.insert("warnings".into(), json!(warnings));
    Value::Object(object)
}

/// What is known of money beside a session.
#[derive(Clone, Copy)]
pub struct Sums<'a> {
    /// What models cost today.
    pub prices: Prices<'a>,
    /// What all sessions of the person cost today (UTC); `None` where nobody keeps count.
    pub day: Option<Dollars>,
}

/// What a run cost: `null` where a price is not known, and `known` only where nothing of it is a guess. Deeper passes
/// stand among the members, by their model, and among the steps.
fn cost(run: &Run, Sums { prices, day }: Sums<'_>) -> Value {
    let mut by_member: Map<String, Value> = Map::new();
    for (member, spent) in run.spent_by_member(prices) {
        by_member.insert(member.0, json!(usd(&spent)));
    }
    let step = |name: &str, spent: Spent| json!({ "step": name, "usd": usd(&spent), "known": spent.sure() });
    let stages = run.stages.iter().map(|state| {
        let spent = run.spent_in(state.stage.id, prices);
        step(&run.title(state.stage.id), spent)
    });
    let mut by_step: Vec<Value> = stages.collect();
    let mut passes: BTreeMap<(Pass, String), Spent> = BTreeMap::new();
    for pass in run.deeper.done.iter().filter(|pass| pass.sent) {
        let sum = passes.entry((pass.pass, pass.by.to_string())).or_default();
        *sum = *sum + pass.spent(prices);
    }
    for ((pass, by), spent) in passes {
        by_member.insert(format!("{} {by}", pass.word()), json!(usd(&spent)));
        by_step.push(step(pass.word(), spent));
    }
    let all = run.spent(prices);
    let day = day.map(Dollars::usd);
    json!({ "usd": usd(&all), "known": all.sure(), "by_member": by_member, "by_step": by_step, "day": day })
}

/// A sum in US dollars; none where a price is not known.
pub fn usd(spent: &Spent) -> Option<f64> {
    (spent.unpriced == 0).then(|| spent.sum().usd())
}

/// Every run of a session.
pub fn session(session: &Session, sums: Sums<'_>, warnings: &[String]) -> Value {
    let runs: Vec<Value> = session.runs.iter().map(|one| run(session, one, sums, warnings)).collect();
    let mut object = json!({ "session": session.id, "runs": runs });
    let set = |set: &CapSet| {
        let usd = |sum: Dollars| sum.usd();
        json!({ "at": set.at, "run": set.run, "usd": usd(set.cap), "was": set.was.map(usd) })
    };
    if let (Some(object), false) = (object.as_object_mut(), session.caps.is_empty()) {
        object.insert("caps".into(), session.caps.iter().map(set).collect());
    }
    object
}

/// Which models were not asked, and why.
fn held_back(private: &Private) -> Value {
    let one = |held: &HeldBack, backup: bool| json!({ "member": held.member, "model": held.model, "backup": backup, "why": private.why });
    let members = private.held_back.iter().map(|held| one(held, false));
    members.chain(private.backups.iter().map(|held| one(held, true))).collect()
}

/// Adds what the person's grades say of a run's council, where any of its members was ever graded; the best single member
/// stands beside the votes.
pub fn add_learned(object: &mut Value, run: &Run, grades: &[Kept]) {
    let learned = graded::learned(grades, &run.council, None);
    let Some(object) = object.as_object_mut().filter(|_| learned.graded > 0) else { return };
    let best = votes::best_single(run, &learned);
    for vote in ["vote", "answer_vote"] {
        if let Some(vote) = object.get_mut(vote).and_then(Value::as_object_mut) {
            vote.insert("best_single".into(), best.clone());
        }
    }
    let learned = json!({
        "scheme": learned.scheme, "graded": learned.graded, "weights": learned.weights, "best": learned.best,
    });
    object.insert("learned".into(), learned);
}

fn members(run: &Run) -> Value {
    let list = run.council.members.iter().enumerate().map(|(slot, member)| {
        let call = outcome::in_view(run, slot as u16);
        let mut object = Map::new();
        object.insert("name".into(), json!(member.name));
        object.insert("model".into(), json!(member.model));
        object.insert("endpoint".into(), json!(call.map(|call| &call.endpoint)));
        // Who was not asked is in no state.
        let state = call.map(|call| call.end.map_or("running", |end| end.word()));
        object.insert("state".into(), json!(state));
        if run.held_back(slot as u16) {
            object.insert("held_back".into(), json!(true));
        } else if !run.sits(slot as u16) {
            object.insert("left".into(), json!(true));
        }
        if let Some(error) = call.and_then(|call| call.error.as_ref()) {
            object.insert("error".into(), json!(error));
        }
        if let Some(cached) = call.and_then(|call| call.cached.as_ref()) {
            object.insert("cached".into(), json!(cached));
        }
        object.insert("text".into(), json!(call.map_or("", |call| &call.text)));
        if let Some(thinking) = call.map(|call| &call.thinking).filter(|text| !text.is_empty()) {
            object.insert("thinking".into(), json!(thinking));
        }
        object.insert("usage".into(), json!(usage(run, slot as u16)));
        let first = call.and_then(|call| call.first_ms);
        let total = call.and_then(|call| call.total_ms);
        object.insert("ms".into(), json!({ "first": first, "total": total }));
        let last = call.and_then(|call| run.call(call.id.stage, call.id.round, call.id.slot));
        if let Some(model) = call.and_then(|call| run.substitute(call)) {
            object.insert("substitute".into(), json!(model));
        }
        if let Some(skipped) = call.map(|call| call.skipped).filter(|skipped| *skipped > 0) {
            object.insert("skipped_events".into(), json!(skipped));
        }
        if let Some(name) = call.and_then(|call| call.mislabelled.as_ref()) {
            object.insert("wrong_content_type".into(), json!(name));
        }
        if let Some(graded) = call.and_then(|call| run.grades.get(call.id)) {
            object.insert("grade".into(), json!(graded.grade));
            object.insert("topic".into(), json!(graded.topic));
        }
        object.insert("attempts".into(), json!(last.map_or(0, |call| call.id.attempt)));
        Value::Object(object)
    });
    Value::Array(list.collect())
}

/// What a seat's calls used in all, where providers counted.
fn usage(run: &Run, slot: u16) -> Option<Usage> {
    run.calls.values().filter(|call| call.id.slot == slot).filter_map(|call| call.usage).reduce(Usage::plus)
}

fn name(run: &Run, slot: usize) -> &str {
    run.council.members.get(slot).map_or("?", |member| member.name.0.as_str())
}

fn span(run: &Run, span: &Span) -> Value {
    let text = outcome::words(run, span);
    json!({ "member": name(run, span.slot), "start": span.range.start, "end": span.range.end, "text": text })
}

/// The synthesis that no model writes: the claims' ids by section, most support first; `null` below two answers.
fn by_section(run: &Run, agreement: &Agreement) -> Value {
    let made = local(agreement, outcome::texts(run).len());
    let of = |section: Section| -> Vec<u32> {
        made.iter().filter(|(of, _)| *of == section).map(|(_, claim)| claim.id).collect()
    };
    let sections: Map<String, Value> =
        Section::ALL.into_iter().map(|section| (section.name().to_owned(), json!(of(section)))).collect();
    if made.is_empty() { Value::Null } else { Value::Object(sections) }
}

fn claims(run: &Run, agreement: &Agreement) -> Value {
    let mut claims: Vec<_> = agreement.claims.iter().collect();
    claims.sort_by_key(|claim| claim.id);
    let list = claims.into_iter().map(|claim| {
        let sides: Vec<Value> = claim
            .sides
            .iter()
            .map(|side| {
                let members: Vec<&str> = side.slots.iter().map(|slot| name(run, *slot)).collect();
                json!({ "value": side.value, "members": members })
            })
            .collect();
        let spans: Vec<Value> = claim.spans.iter().map(|one| span(run, one)).collect();
        let mut object =
            json!({ "id": claim.id, "mark": claim.mark, "support": claim.support, "spans": spans });
        if let (Some(object), false) = (object.as_object_mut(), sides.is_empty()) {
            object.insert("sides".into(), Value::Array(sides));
        }
        if let (Some(object), false) = (object.as_object_mut(), claim.by.is_empty()) {
            object.insert("by".into(), json!(claim.by));
        }
        object
    });
    Value::Array(list.collect())
}

/// The person's rulings, each with the claim that it is about, where the answers still make one.
fn rulings(run: &Run, agreement: &Agreement) -> Value {
    let entries = ledger::standing(run, agreement).entries;
    let list = entries.iter().filter_map(|entry| {
        let ruling = entry.ruling.as_ref()?;
        let number = match entry.subject {
            Subject::Claim(number) => Some(number),
            Subject::Answers | Subject::Gone => None,
        };
        let claim = agreement.claims.iter().find(|claim| Some(claim.number) == number);
        let (verdict, value) = match ruling.verdict {
            Verdict::Side(side) => ("side", ruling.point.sides.get(side)),
            Verdict::Both => ("both", None),
            Verdict::Undecided => ("undecided", None),
            Verdict::Wrong => ("wrong", None),
            Verdict::Withdrawn => return None,
        };
        Some(json!({
            "about": ruling.point.about, "claim": claim.map(|claim| claim.id), "verdict": verdict, "value": value,
            "sides": ruling.point.sides, "text": run.wording(&ruling.point), "note": ruling.note,
        }))
    });
    Value::Array(list.collect())
}

fn summary(run: &Run, agreement: &Agreement) -> Value {
    let sum = &agreement.summary;
    let positions: Vec<Value> = agreement
        .finals
        .positions
        .iter()
        .map(|(value, slots)| {
            let members: Vec<&str> = slots.iter().map(|slot| name(run, *slot)).collect();
            json!({ "value": value, "members": members })
        })
        .collect();
    json!({
        "claims": sum.claims, "agreed": sum.agreed, "partly": sum.partly, "conflict": sum.conflict,
        "only": sum.only, "pending": sum.pending, "score": sum.score,
        "final": {
            "positions": positions, "support": agreement.finals.support, "entropy": agreement.finals.entropy,
            "margin": agreement.finals.margin,
        },
    })
}

fn rounds(run: &Run) -> Vec<Value> {
    outcome::rounds(run)
        .iter()
        .map(|round| {
            let answers: Vec<Value> = round
                .turns
                .iter()
                .map(|turn| {
                    let mut object = json!({
                        "member": turn.call.member, "state": turn.call.end.map(crate::core::event::EndState::word),
                        "text": turn.call.text, "position": turn.standing.position, "change": turn.standing.change,
                    });
                    if let (Some(object), Some(graded)) = (object.as_object_mut(), run.grades.get(turn.call.id)) {
                        object.insert("grade".into(), json!(graded.grade));
                    }
                    object
                })
                .collect();
            let point = outcome::point_of(run, round.turns.iter().map(|turn| turn.call));
            let mut object = json!({ "round": round.number, "answers": answers });
            if let (Some(object), Some(point)) = (object.as_object_mut(), point) {
                object.insert("point".into(), json!(point));
            }
            object
        })
        .collect()
}

/// How the last debate was held, what ended it, and the vote of the first answers beside that of the last ones.
fn debate(run: &Run, result: &debate_result::CameTo) -> Value {
    let vote = |poll: &Poll, by: Weighing| votes::poll(poll, by);
    let stopped = result.end.name().map(|rule| {
        let mut object = json!({ "rule": rule });
        if let (Some(object), End::Rule(stop)) = (object.as_object_mut(), result.end) {
            object.insert("round".into(), json!(stop.round));
            object.insert("figure".into(), json!(stop.figure));
            object.insert("limit".into(), json!(stop.limit));
        }
        object
    });
    let mut object = json!({
        "mode": result.debate.mode, "until": result.debate.until, "stopped": stopped,
        "round0": vote(&result.round0, Weighing::Plurality), "last": vote(&result.last, result.last_weighing()),
        "pattern": result.pattern_line(run),
    });
    let more = object.as_object_mut();
    if let (Some(object), false) = (more, result.points.is_empty()) {
        let point = |one: &Scored| json!({ "value": one.position.value, "points": one.points });
        object.insert("points".into(), result.points.iter().map(point).collect());
    }
    if let (Some(object), Some(moves)) = (object.as_object_mut(), result.graded) {
        object.insert("graded".into(), json!(moves));
    }
    if let (Some(object), false) = (object.as_object_mut(), run.words.is_empty()) {
        let word = |word: &Word| {
            let before = word.before.map(|call| outcome::round(run, call));
            json!({ "to": word.to, "text": word.text, "before_round": before })
        };
        object.insert("words".into(), run.words.iter().map(word).collect());
    }
    object
}

fn deeper(run: &Run) -> Value {
    let pass = |done: &Deepened| {
        json!({
            "pass": done.pass, "by": done.by, "verdicts": done.verdicts, "usage": done.usage, "error": done.error,
        })
    };
    run.deeper.done.iter().map(pass).collect()
}

/// A record as one line.
pub fn record(record: &Record) -> String {
    escape(&serde_json::to_string(record).unwrap_or_default())
}

/// JSON text in which no control, bidi or tag character is left as itself, so that it is safe on any terminal.
pub fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let hidden = matches!(c,
            '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
        if hidden {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_hides_what_a_terminal_would_act_on_and_reads_back() {
        let hostile = "a\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{e0041}\u{0}é 東";
        let line = escape(&serde_json::to_string(hostile).unwrap());
        assert!(line.chars().all(|c| !c.is_control() && !matches!(c, '\u{202e}' | '\u{e0041}')), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), hostile);
    }
}
