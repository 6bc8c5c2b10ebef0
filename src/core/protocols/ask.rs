//! Fan-out: every member answers the question on its own, with its own history.

use crate::core::ids::StageId;
use crate::core::plan::{Ask, Source, Speakers, Stage};

/// The first stage of every run.
pub fn stage() -> Stage {
    Stage {
        sees: vec![Source::History, Source::Question],
        ..Stage::plain(StageId(0), Ask::Answer, Speakers::Every)
    }
}
