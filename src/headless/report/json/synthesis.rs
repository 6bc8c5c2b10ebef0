//! One synthesis in the `--json` object: its sentences with their sources, what it leaves out, and what the person asked of it.

use super::name;
use crate::agreement::guided::{self, Picked};
use crate::agreement::outcome;
use crate::core::{Brief, Call, Choice, Run, StageState, prompt};
use serde_json::{Map, Value, json};

/// One synthesis: `kind` is its mode by name. Where the person asked for something, that is told with what became of it.
pub(super) fn one(run: &Run, state: &StageState) -> Value {
    let made = outcome::synthesis(run, state);
    let sentences: Vec<Value> = made
        .sentences
        .iter()
        .map(|sentence| {
            let mut members: Vec<&str> = made
                .agreement
                .claims
                .iter()
                .filter(|claim| sentence.claims.contains(&claim.id))
                .flat_map(|claim| sentence.said_by(claim))
                .map(|seat| name(run, seat))
                .collect();
            members.sort_unstable();
            members.dedup();
            json!({
                "text": sentence.text, "claims": sentence.claims, "members": members,
                "unsupported": sentence.unsupported, "cited": sentence.cited, "astray": sentence.astray,
            })
        })
        .collect();
    let untold = made.untold.iter().filter_map(|(id, side)| {
        let claim = made.agreement.claims.iter().find(|claim| claim.id == *id)?;
        let side = claim.sides.get(*side)?;
        let members: Vec<&str> = side.slots.iter().map(|slot| name(run, *slot)).collect();
        Some(json!({ "claim": id, "value": side.value, "members": members }))
    });
    let untold: Vec<Value> = untold.collect();
    let call: Option<&Call> = made.call;
    let shown: Vec<Value> = call
        .map(|call| prompt::members(run, &call.shown))
        .unwrap_or_default()
        .into_iter()
        .enumerate()
        .map(|(place, member)| json!({ "label": prompt::label(place), "member": member }))
        .collect();
    let mut object = json!({
        "shown": shown, "stage": state.stage.id, "stale": run.stale(state.stage.id),
        "chair": call.map(|call| &call.member), "kind": state.stage.merge.name(), "text": call.map_or("", |call| &call.text),
        "state": call.and_then(|call| call.end).map(crate::core::event::EndState::word), "error": call.and_then(|call| call.error.clone()),
        "sentences": sentences, "left_out": made.left_out, "left_out_sides": untold, "obstacle": made.obstacle,
    });
    if let (Some(object), Some(brief)) = (object.as_object_mut(), &state.stage.brief) {
        asked_for(object, brief, &made.picked);
    }
    object
}

/// What the person asked of a synthesis beside its mode and chair.
fn asked_for(object: &mut Map<String, Value>, brief: &Brief, picked: &[Picked]) {
    if !brief.of.is_empty() {
        object.insert("of".into(), json!(brief.of));
    }
    if !brief.instruction.is_empty() {
        object.insert("instruction".into(), json!(brief.instruction));
    }
    if !picked.is_empty() {
        let pick = |pick: &Picked| {
            let choice = match pick.choice {
                Choice::Keep => "keep",
                Choice::Side(_) => "side",
                Choice::Leave => "leave",
            };
            json!({
                "claim": pick.claim, "number": pick.number, "choice": choice, "side": pick.side, "taken_up": pick.taken_up,
            })
        };
        object.insert("picks".into(), picked.iter().map(pick).collect());
        object.insert("left_out_by_person".into(), json!(guided::left_out(picked)));
    }
}
