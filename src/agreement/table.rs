//! The table of claims for a chair: what the answers in front of it say, as rows to cite. How it is worded in a prompt is
//! [`crate::core::prompt`]'s.

use super::told::told;
use super::{Claim, Mark, compare_told};
use crate::core::claim_table::{Row, Standing};
use crate::core::ruling::{About, Point, Quote};
use crate::core::{Ask, CallId, Event, Run};

/// The record that a stage begins, with the claims of its answers where it is a chair's or a check.
pub fn given(run: &Run, mut event: Event) -> Event {
    if let Event::StageStarted { stage, answers, table: rows, obstacle: None, .. } = &mut event
        && run.stage(*stage).is_some_and(|state| matches!(state.stage.ask, Ask::Merge | Ask::Check))
    {
        *rows = table(run, answers);
    }
    event
}

/// The claims of these answers of a run, in their canonical order.
pub fn table(run: &Run, answers: &[CallId]) -> Vec<Row> {
    let calls = || answers.iter().filter_map(|id| run.calls.get(id));
    let texts: Vec<(usize, &str)> =
        calls().map(|call| (usize::from(call.id.slot), call.text.as_str())).collect();
    let agreement = compare_told(&texts, told(run));
    let mut claims: Vec<&Claim> = agreement.claims.iter().filter(|claim| claim.id > 0).collect();
    claims.sort_by_key(|claim| claim.id);
    let row = |claim: &Claim| {
        let said = claim.spans.iter().filter_map(|span| {
            let call = answers.iter().find(|call| usize::from(call.slot) == span.slot)?;
            let side = claim.sides.iter().position(|side| side.slots.contains(&span.slot));
            Some(Quote { call: *call, start: span.range.start, end: span.range.end, side })
        });
        let sides = claim.sides.iter().map(|side| side.value.clone()).collect();
        let standing = match claim.mark {
            Mark::Agree => Standing::Agree,
            Mark::Partly => Standing::Partly,
            Mark::Conflict => Standing::Conflict,
            Mark::Only | Mark::Pending => Standing::Only,
        };
        Row { number: claim.id, standing, point: Point { about: About::Claim, sides, said: said.collect() } }
    };
    claims.into_iter().map(row).collect()
}
