//! Debate: in each round every member sees the last answers of the others, anonymous and shuffled, and its own as its
//! own, and answers again. After Du et al., arXiv 2305.14325, with names hidden as in arXiv 2510.07517. Other modes are
//! data ([`crate::core::debate`]); the stage is the same.

use crate::core::debate::Debate;
use crate::core::event::Event;
use crate::core::ids::StageId;
use crate::core::plan::{Ask, Source, Speakers, Stage, Until};
use crate::core::ruling::Point;
use crate::core::run::{Run, StageState};

/// So many rounds, at the most, on the ground of the answers that stand after a round of a stage.
pub fn stage(number: u16, (of, upto): (StageId, u16), rounds: u16, debate: Debate) -> Stage {
    Stage {
        after: vec![of],
        sees: vec![Source::Question, Source::Answers { of, upto }],
        blind: true,
        until: Until::Rounds(rounds),
        debate: (debate != Debate::default()).then_some(debate),
        ..Stage::plain(StageId(number), Ask::Critique, Speakers::Answered)
    }
}

/// A round on one point alone, on the ground of the answers that stand now. It is never prolonged: what it changes makes
/// other points.
pub fn on_point(run: &Run, point: Point) -> Event {
    let stage = stage(run.stages.len() as u16, run.latest_answers(), 1, Debate::default());
    Event::StageAdded { run: run.id, stage: Stage { point: Some(point), ..stage } }
}

/// More rounds: the debate that is there goes on, if it is held in the same way; otherwise one begins.
pub fn append(run: &Run, number: u16, ground: (StageId, u16), rounds: u16, debate: Debate) -> Event {
    let same = |state: &&StageState| state.stage.debate.unwrap_or_default() == debate;
    match run.last_stage(Ask::Critique).filter(same).filter(|state| goes_on(run, state)) {
        Some(state) => {
            // A stopped debate goes on from the round it came to: what was planned beyond it is not wanted any more.
            let rounds = state.rounds_held(run).saturating_add(rounds);
            Event::StageProlonged { run: run.id, stage: state.stage.id, rounds }
        }
        None => Event::StageAdded { run: run.id, stage: stage(number, ground, rounds, debate) },
    }
}

/// Whether more rounds prolong a debate: not one on a point alone, not when its members left, nor when someone was asked since who has no seat in
/// it. Those are heard in a new one. What the wishes on record say decides, not which of them were answered yet.
fn goes_on(run: &Run, state: &StageState) -> bool {
    state.stage.point.is_none()
        && state.begun.as_ref().is_none_or(|begun| {
            let mut late = begun.late.iter().filter(|slot| run.sits(**slot));
            let newcomer = late.any(|slot| !begun.speakers.contains(slot));
            let here = begun.answers.iter().filter(|call| run.sits(call.slot)).count();
            let fewest = state.stage.mode().unwrap_or_default().fewest();
            !newcomer && (begun.obstacle.is_some() || here >= fewest)
        })
}
