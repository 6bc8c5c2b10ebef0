//! How an outcome is written for pipes, programs and screen readers. Pure: from a session to text, no terminal.

pub mod json;
pub mod plain;

use crate::config::Price;
use crate::core::{EndState, ModelRef, Run};
use std::collections::BTreeMap;

/// What a model costs: zero where nothing is charged, `None` where nobody knows.
pub type Prices<'a> = &'a dyn Fn(&ModelRef) -> Option<Price>;

/// The exit code that a run's outcome stands for: 0 all done, 3 some member not done but an answer exists, 1 no answer.
pub fn exit_code(run: &Run) -> u8 {
    let answered = run.calls.values().any(|call| !call.text.trim().is_empty());
    let blocked =
        run.stages.iter().any(|state| state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some()));
    let stopped = run.stages.iter().any(|state| state.stopped);
    let done = run.calls.values().all(|call| call.end == Some(EndState::Done)) && !run.calls.is_empty();
    match (answered, done && !blocked && !stopped) {
        (false, _) => 1,
        (true, true) => 0,
        (true, false) => 3,
    }
}

/// What a run cost by the counts that providers sent: per member, in US dollars; `None` where a price or a count is
/// unknown.
pub fn cost(run: &Run, prices: Prices<'_>) -> BTreeMap<String, Option<f64>> {
    let mut by_member: BTreeMap<String, Option<f64>> = BTreeMap::new();
    for call in run.calls.values() {
        let spent = match (prices(&call.model), call.usage) {
            (Some(price), _) if price.input == 0.0 && price.output == 0.0 => Some(0.0),
            (Some(price), Some(usage)) => {
                Some((usage.input as f64 * price.input + usage.output as f64 * price.output) / 1e6)
            }
            _ => None,
        };
        let sum = by_member.entry(call.member.0.clone()).or_insert(Some(0.0));
        *sum = sum.zip(spent).map(|(sum, spent)| sum + spent);
    }
    by_member
}
