//! How an outcome is written for pipes, programs and screen readers. Pure: from a session to text, no terminal.

pub mod json;
pub mod plain;
mod votes;

use crate::config::Price;
use crate::core::{Ask, CallError, ErrorKind, ModelRef, Run, StageState, clean};
use std::collections::BTreeMap;

/// What a model costs: zero where nothing is charged, `None` where nobody knows.
pub type Prices<'a> = &'a dyn Fn(&ModelRef) -> Option<Price>;

/// The exit code that a run's outcome stands for: 4 a cap on spending stopped something, 0 all done, 3 some member not done
/// but an answer exists, 1 no answer. Of a call that was asked again the attempt that counts does; those who left do not.
///
/// Of a written plan what it came to is the answer. A stage that was left out is no fault; one that can't be carried out is,
/// and so is a plan that waits for the person.
pub fn exit_code(run: &Run) -> u8 {
    // What the plan, or the person, left out was not asked for.
    let asked = || run.stages.iter().filter(|state| state.skipped().is_none());
    let said = |call: &crate::core::Call| !call.text.trim().is_empty();
    let answered =
        if run.planned() { run.result().is_some() || run.waits() } else { run.calls.values().any(said) };
    let blocked = asked().any(|state| state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some()));
    // A debate that one of its own rules ended is as done as any.
    let stopped = asked().any(|state| state.stopped && state.ended_by(run).is_none());
    let over_budget =
        |error: &Option<CallError>| error.as_ref().is_some_and(|error| error.kind == ErrorKind::OverBudget);
    let mut counting = asked().flat_map(|state| run.counting_of(state.stage.id));
    let passes = run.deeper.done.iter().any(|pass| over_budget(&pass.error));
    if passes || counting.any(|call| over_budget(&call.error) && run.sits(call.id.slot)) {
        return 4;
    }
    let mut counting = asked().flat_map(|state| run.counting_of(state.stage.id));
    let done = counting.all(|call| call.done() || !run.sits(call.id.slot)) && !run.calls.is_empty();
    match (answered, done && !blocked && !stopped && !run.waits()) {
        (false, _) => 1,
        (true, true) => 0,
        (true, false) => 3,
    }
}

/// Why steps could not be carried out, and what the results that are shown were made without.
pub fn notes(run: &Run) -> Vec<String> {
    let obstacles = run.stages.iter().filter_map(|state| {
        let recorded = state.begun.as_ref().and_then(|begun| begun.obstacle.clone());
        let obstacle = recorded.or_else(|| run.deserted(state))?;
        Some(if run.planned() { format!("{}: {obstacle}", run.title(state.stage.id)) } else { obstacle })
    });
    let mut notes: Vec<String> =
        obstacles.chain(shown(run).into_iter().filter_map(|state| without(run, state))).collect();
    // Of several syntheses the same can be in the way twice.
    let mut said = std::collections::BTreeSet::new();
    notes.retain(|note| said.insert(note.clone()));
    notes
}

/// What the answers, and the results that are shown, are less than they should be: by what they are called.
pub fn degraded(run: &Run) -> BTreeMap<String, Vec<String>> {
    let answers = run.last_stage(Ask::Answer).filter(|_| !run.planned());
    let all = answers.into_iter().chain(shown(run));
    let lacks = all.map(|state| (run.title(state.stage.id), run.lacks(state.stage.id)));
    lacks.filter(|(_, lacks)| !lacks.is_empty()).collect()
}

/// The stages whose results are shown: the last of each kind that makes one; of a written plan all of them, but for what was
/// left out and what another took the place of since.
fn shown(run: &Run) -> Vec<&StageState> {
    if run.planned() {
        let counts = |state: &&StageState| state.skipped().is_none() && state.heir.is_none();
        return run.stages.iter().filter(counts).collect();
    }
    [Ask::Critique, Ask::Ballot, Ask::Merge].into_iter().filter_map(|ask| run.last_stage(ask)).collect()
}

/// What a step was made without, where newer attempts came after it had begun.
fn without(run: &Run, state: &StageState) -> Option<String> {
    let names: Vec<String> = run
        .made_without(state.stage.id)
        .iter()
        .map(|member| format!("{}'s retry", clean::line(&member.0)))
        .collect();
    let made = run.title(state.stage.id);
    (!names.is_empty())
        .then(|| format!("{made} made without {}; run the step again to take it in", names.join(" and ")))
}
