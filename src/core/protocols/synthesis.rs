//! Synthesis: the chair makes one text of the answers that stand, without knowing whose they are.

use crate::core::commission::Commission;
use crate::core::ids::StageId;
use crate::core::plan::{Ask, MergeMode, Source, Speakers, Stage};

/// A synthesis of the answers that stand after a round of a stage.
pub fn stage(number: u16, (of, upto): (StageId, u16), merge: MergeMode) -> Stage {
    Stage {
        after: vec![of],
        sees: vec![Source::Question, Source::Answers { of, upto }],
        blind: true,
        merge,
        ..Stage::plain(StageId(number), Ask::Merge, Speakers::Chair)
    }
}

/// The same as a person wants it this once.
pub fn by(number: u16, ground: (StageId, u16), commission: Commission) -> Stage {
    let stage = stage(number, ground, commission.mode);
    let speakers = commission.chair.clone().map_or(Speakers::Chair, Speakers::Member);
    Stage { speakers, brief: commission.kept(), ..stage }
}
