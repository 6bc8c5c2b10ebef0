//! Ballot vote: each judge ranks the answers of the others, blind, in an order drawn for it; its own is left out. Judges are
//! the members with an answer, or those that the person names.
//!
//! A judge that is shown two answers is asked again with the order turned round, for judges favour what they see first
//! (P. Wang et al., Large Language Models are not Fair Evaluators, arXiv 2305.17926; L. Shi et al., Judging the Judges, arXiv
//! 2406.07791): round 1. A reply that is no valid ballot is asked for once more.

use crate::core::ids::{MemberId, StageId};
use crate::core::plan::{Ask, Source, Speakers, Stage, Until, Voting};
use crate::core::rules::Rule;

/// A vote on the answers that stand after a round of a stage, by these judges, by all with an answer where none is named;
/// counted by this rule until the person says another.
pub fn stage(number: u16, (of, upto): (StageId, u16), judges: Vec<MemberId>, rule: Rule) -> Stage {
    let speakers = if judges.is_empty() { Speakers::Answered } else { Speakers::Named(judges) };
    Stage {
        after: vec![of],
        sees: vec![Source::Question, Source::Answers { of, upto }],
        blind: true,
        until: Until::Rounds(2),
        vote: Some(Voting { repairs: 1, rule }),
        ..Stage::plain(StageId(number), Ask::Ballot, speakers)
    }
}
