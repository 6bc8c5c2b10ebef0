//! Fan-out: every member answers the question on its own, with its own history.

use crate::core::ids::StageId;
use crate::core::plan::{Ask, MergeMode, Source, Speakers, Stage, Until};

/// The first stage of every run.
pub fn stage() -> Stage {
    Stage {
        id: StageId(0),
        after: Vec::new(),
        speakers: Speakers::Every,
        sees: vec![Source::History, Source::Question],
        blind: false,
        ask: Ask::Answer,
        until: Until::Once,
        point: None,
        merge: MergeMode::default(),
        vote: None,
        debate: None,
        brief: None,
        part: None,
    }
}
