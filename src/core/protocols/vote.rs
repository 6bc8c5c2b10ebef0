//! Ballot vote: each member ranks the answers of the others, blind, in an order drawn for it; its own is left out.

use crate::core::ids::StageId;
use crate::core::plan::{Ask, Source, Speakers, Stage, Until};

/// A vote on the answers that stand after a round of a stage.
pub fn stage(number: u16, (of, upto): (StageId, u16)) -> Stage {
    Stage {
        id: StageId(number),
        after: vec![of],
        speakers: Speakers::Answered,
        sees: vec![Source::Question, Source::Answers { of, upto }],
        blind: true,
        ask: Ask::Ballot,
        until: Until::Once,
        point: None,
        debate: None,
    }
}
