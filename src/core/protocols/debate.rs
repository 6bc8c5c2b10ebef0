//! Debate: in each round every member sees the last answers of the others, anonymous and shuffled, and its own as its
//! own, and answers again. After Du et al., arXiv 2305.14325, with names hidden as in arXiv 2510.07517.

use crate::core::event::Event;
use crate::core::ids::StageId;
use crate::core::plan::{Ask, Source, Speakers, Stage, Until};
use crate::core::run::Run;

/// So many rounds on the ground of the answers that stand after a round of a stage.
pub fn stage(number: u16, (of, upto): (StageId, u16), rounds: u16) -> Stage {
    Stage {
        id: StageId(number),
        after: vec![of],
        speakers: Speakers::Answered,
        sees: vec![Source::Question, Source::Answers { of, upto }],
        blind: true,
        ask: Ask::Critique,
        until: Until::Rounds(rounds),
    }
}

/// More rounds: the debate that is there goes on, otherwise one begins.
pub fn append(run: &Run, number: u16, ground: (StageId, u16), rounds: u16) -> Event {
    match run.last_stage(Ask::Critique) {
        Some(state) => {
            // A stopped debate goes on from the round it came to: what was planned beyond it is not wanted any more.
            let came_to = run.calls_of(state.stage.id).next_back().map_or(0, |call| call.id.round);
            let so_far = if state.stopped { came_to } else { *state.stage.rounds().end() };
            let rounds = so_far.saturating_add(rounds);
            Event::StageProlonged { run: run.id, stage: state.stage.id, rounds }
        }
        None => Event::StageAdded { run: run.id, stage: stage(number, ground, rounds) },
    }
}
