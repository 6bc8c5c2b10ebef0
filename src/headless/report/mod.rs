//! How an outcome is written for pipes, programs and screen readers. Pure: from a session to text, no terminal.

pub mod json;
pub mod plain;

use crate::config::Price;
use crate::core::{Ask, ModelRef, Run, StageState, clean};
use std::collections::BTreeMap;

/// What a model costs: zero where nothing is charged, `None` where nobody knows.
pub type Prices<'a> = &'a dyn Fn(&ModelRef) -> Option<Price>;

/// The exit code that a run's outcome stands for: 0 all done, 3 some member not done but an answer exists, 1 no answer.
/// Of a call that was asked again the attempt that counts does; those who left do not.
pub fn exit_code(run: &Run) -> u8 {
    let answered = run.calls.values().any(|call| !call.text.trim().is_empty());
    let blocked =
        run.stages.iter().any(|state| state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some()));
    let stopped = run.stages.iter().any(|state| state.stopped);
    let mut counting = run.stages.iter().flat_map(|state| run.counting_of(state.stage.id));
    let done = counting.all(|call| call.done() || !run.sits(call.id.slot)) && !run.calls.is_empty();
    match (answered, done && !blocked && !stopped) {
        (false, _) => 1,
        (true, true) => 0,
        (true, false) => 3,
    }
}

/// Why steps could not be carried out, and what the results that are shown were made without.
pub fn notes(run: &Run) -> Vec<String> {
    let obstacles = run.stages.iter().filter_map(|state| {
        let recorded = state.begun.as_ref().and_then(|begun| begun.obstacle.clone());
        recorded.or_else(|| run.deserted(state))
    });
    let shown = [Ask::Critique, Ask::Ballot, Ask::Merge].into_iter().filter_map(|ask| run.last_stage(ask));
    obstacles.chain(shown.filter_map(|state| without(run, state))).collect()
}

/// What a step was made without, where newer attempts came after it had begun.
fn without(run: &Run, state: &StageState) -> Option<String> {
    let names: Vec<String> = run
        .made_without(state.stage.id)
        .iter()
        .map(|member| format!("{}'s retry", clean::line(&member.0)))
        .collect();
    let made = match state.stage.ask {
        Ask::Answer => "answers",
        Ask::Critique => "debate",
        Ask::Ballot => "vote",
        Ask::Merge => "synthesis",
    };
    (!names.is_empty())
        .then(|| format!("{made} made without {}; run the step again to take it in", names.join(" and ")))
}

/// What a run cost by the counts that providers sent: per member, in US dollars; `None` where a price or a count is
/// unknown.
pub fn cost(run: &Run, prices: Prices<'_>) -> BTreeMap<String, Option<f64>> {
    let mut by_member: BTreeMap<String, Option<f64>> = BTreeMap::new();
    for call in run.calls.values() {
        let spent = match (prices(&call.model), call.usage) {
            _ if call.cached.is_some() => Some(0.0),
            (Some(price), _) if price.is_free() => Some(0.0),
            (Some(price), Some(usage)) => Some(price.cost(&usage)),
            _ => None,
        };
        let sum = by_member.entry(call.member.0.clone()).or_insert(Some(0.0));
        *sum = sum.zip(spent).map(|(sum, spent)| sum + spent);
    }
    for pass in run.deeper.done.iter().filter(|pass| pass.sent) {
        let spent = match (prices(&pass.by), pass.usage) {
            (Some(price), _) if price.is_free() => Some(0.0),
            (Some(price), Some(usage)) => Some(price.cost(&usage)),
            _ => None,
        };
        let sum = by_member.entry(format!("{} {}", pass.pass.word(), pass.by)).or_insert(Some(0.0));
        *sum = sum.zip(spent).map(|(sum, spent)| sum + spent);
    }
    by_member
}
