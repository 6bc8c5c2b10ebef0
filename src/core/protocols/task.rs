//! A task: one member works on what the run came to so far, with an instruction of the person's own. A plan in TOML has such
//! stages from the beginning; this one is appended.

use crate::core::ids::MemberId;
use crate::core::ids::StageId;
use crate::core::part::Part;
use crate::core::plan::{Ask, Source, Speakers, Stage};
use crate::core::run::Run;

/// A task for a member on what the last stage of a run that hands anything on comes to.
pub fn stage(run: &Run, member: MemberId, task: String) -> Stage {
    let hands = |ask: Ask| !matches!(ask, Ask::Route | Ask::Check);
    let last = run.stages.iter().rev().find(|state| hands(state.stage.ask) && state.heir.is_none());
    let of = last.map_or(StageId(0), |state| state.stage.id);
    let number = run.stages.len() as u16;
    Stage {
        after: vec![of],
        sees: vec![Source::History, Source::Question, Source::Outcome { of }],
        blind: true,
        part: Some(Box::new(Part { name: format!("added-{number}"), task, ..Part::default() })),
        ..Stage::plain(StageId(number), Ask::Answer, Speakers::Member(member))
    }
}
