//! The run of a written plan in the `--json` object: how far it is, what it came to, and each stage with what was decided, who
//! spoke, what they were given, and what it cost. Runs of plain protocols have none of this.

use super::usd;
use crate::agreement::planned::{self, Claim};
use crate::agreement::position::Position;
use crate::core::check::Verdict;
use crate::core::routing::{Candidate, NotTaken};
use crate::core::{Call, EndState, Given, Handed, MemberId, Routed, Run, Source, StageId, StageState};
use crate::headless::report::Prices;
use serde_json::{Map, Value, json};

/// The plan of a run; none where it goes by none.
pub(super) fn plan(run: &Run, prices: Prices<'_>) -> Option<Value> {
    run.planned().then(|| told(run, prices))
}

fn told(run: &Run, prices: Prices<'_>) -> Value {
    // A step with a task can be appended to any run.
    let name = run.plan_name().unwrap_or(&run.protocol);
    let outcome = planned::outcome(run).map(|outcome| {
        let mut object = json!({
            "text": outcome.text, "stage": run.title(outcome.stage), "member": outcome.member,
        });
        add_position(&mut object, outcome.position.as_ref());
        object
    });
    let stages: Vec<Value> = run.stages.iter().map(|state| stage(run, state, prices)).collect();
    json!({ "name": name, "state": run.way().word(), "outcome": outcome, "stages": stages })
}

fn add_position(object: &mut Value, position: Option<&Position>) {
    if let (Some(object), Some(position)) = (object.as_object_mut(), position) {
        object.insert("position".into(), json!(position));
    }
}

fn stage(run: &Run, state: &StageState, prices: Prices<'_>) -> Value {
    let id = state.stage.id;
    let mut object = Map::new();
    let mut set = |key: &str, value: Value| _ = object.insert(key.to_owned(), value);
    set("id", json!(id));
    set("name", json!(run.title(id)));
    set("ask", json!(state.stage.ask.word()));
    set("state", json!(run.phase(state).word()));
    if let Some(decided) = &state.decided {
        set("why", json!(decided.why));
        if let Some(score) = decided.score {
            set("score", json!(score));
        }
    }
    if let Some(obstacle) = state.begun.as_ref().and_then(|begun| begun.obstacle.clone()) {
        set("obstacle", json!(obstacle));
    }
    set("members", json!(speakers(run, state)));
    let part = state.stage.part.as_deref();
    if let Some(again) = state.stage.again() {
        set("again_of", json!(run.title(again.of)));
    }
    if let Some(task) = part.map(|part| &part.task).filter(|task| !task.is_empty()) {
        set("task", json!(task));
    }
    set("sees", sees(run, state));
    set("given", given(run, state));
    set("calls", run.calls_of(id).map(|one| call(run, one, prices)).collect());
    let claims = planned::claims(run, id);
    if !claims.is_empty() {
        set("checked", claims.iter().map(claim).collect());
    }
    if let Some(one) = &state.routed {
        set("routed", routed(one));
    }
    if let Some(one) = &state.handed {
        set("handed", handed(run, one));
    }
    set("usd", json!(usd(&run.spent_in(id, prices))));
    Value::Object(object)
}

/// Who speaks in it, or would where nothing else comes of the stages before it.
fn speakers<'a>(run: &'a Run, state: &StageState) -> Vec<&'a MemberId> {
    let planned = || run.speakers(&state.stage);
    let seats = state.begun.as_ref().map_or_else(planned, |begun| begun.speakers.clone());
    seats.into_iter().filter_map(|slot| run.member(slot)).map(|member| &member.name).collect()
}

/// The stages whose texts its speakers are given, by name.
fn sees(run: &Run, state: &StageState) -> Value {
    let of = |source: &Source| match source {
        Source::Answers { of, .. } | Source::Outcome { of } => Some(run.title(*of)),
        Source::Question | Source::History => None,
    };
    state.stage.sees.iter().filter_map(of).collect()
}

/// The texts that it began with: of which stage, and whose.
fn given(run: &Run, state: &StageState) -> Value {
    let Some(begun) = &state.begun else { return json!([]) };
    let one =
        |stage: StageId, member: Option<&MemberId>| json!({ "stage": run.title(stage), "member": member });
    let member = |given: &Given| run.calls.get(&given.call?).map(|call| &call.member);
    if begun.given.is_empty() {
        let calls = begun.answers.iter().filter_map(|call| run.calls.get(call));
        return calls.map(|call| one(call.id.stage, Some(&call.member))).collect();
    }
    begun.given.iter().map(|given| one(given.from, member(given))).collect()
}

fn call(run: &Run, call: &Call, prices: Prices<'_>) -> Value {
    let mut object = json!({
        "member": call.member, "model": call.model, "round": call.id.round, "attempt": call.id.attempt,
        "state": call.end.map_or("running", EndState::word), "text": call.text, "usage": call.usage,
        "ms": { "first": call.first_ms, "total": call.total_ms }, "usd": usd(&call.spent(prices)),
    });
    add_position(&mut object, planned::position_of(run, call).as_ref());
    if let (Some(object), Some(error)) = (object.as_object_mut(), &call.error) {
        object.insert("error".into(), json!(error));
    }
    object
}

fn claim(claim: &Claim<'_>) -> Value {
    let reason = |(member, verdict): &(MemberId, Verdict)| json!({ "member": member, "holds": verdict.holds.word(), "reason": verdict.reason });
    json!({
        "claim": claim.number, "words": claim.words, "members": claim.members, "holds": claim.holds.word(),
        "reasons": claim.said.iter().map(reason).collect::<Vec<_>>(),
    })
}

/// A choice: sums of money in US dollars.
fn routed(routed: &Routed) -> Value {
    let candidate = |one: &Candidate| {
        json!({
            "member": one.member, "quality": one.quality, "graded": one.graded, "score": one.score,
            "usd": one.cost.map(crate::core::Dollars::usd), "notes": one.notes,
        })
    };
    let other = |other: &NotTaken| {
        let more = other.more.map(|more| more as f64 / 1e9);
        json!({ "road": other.road, "members": other.members, "usd_more": more, "right": other.right })
    };
    json!({
        "road": routed.road, "members": routed.members, "by": routed.by, "topic": routed.topic,
        "score": routed.score, "why": routed.why,
        "candidates": routed.candidates.iter().map(candidate).collect::<Vec<_>>(),
        "not_taken": routed.not_taken.iter().map(other).collect::<Vec<_>>(),
    })
}

/// What the person decided at a gate.
fn handed(run: &Run, handed: &Handed) -> Value {
    match handed {
        Handed::Approved => json!({ "decision": "approved" }),
        Handed::Edited(text) => json!({ "decision": "edited", "text": text }),
        Handed::Chosen(call) => {
            let call = run.calls.get(call);
            json!({
                "decision": "chosen", "member": call.map(|call| &call.member), "text": call.map(|call| &call.text),
            })
        }
        Handed::SentBack(note) => json!({ "decision": "sent_back", "note": note }),
    }
}
