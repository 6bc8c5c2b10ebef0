//! What a person wants a council to do, as data: the screen and the command line hand these to the engine. Not how they
//! are carried out.

use super::counting::Counting;
use super::deeper::Pass;
use super::grade::Grade;
use super::ids::{CallId, MemberId, RunId, StageId};
use super::member::Member;
use super::protocols::Step;
use super::question::Question;
use super::ruling::{Point, Ruling};
use super::spend::Dollars;
use super::steer::Steer;

/// What a person wants a council to do. A wish that can't be granted leaves no record.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Put a question to a council; while the last run goes on, it waits for its turn.
    Ask(Question),
    /// Append a step to a run.
    Extend {
        /// The run.
        run: RunId,
        /// The step.
        step: Step,
    },
    /// Ask a call once more, with the same inputs.
    Retry(CallId),
    /// Give a run one more member, who is asked its question. The name must be new to that run's council.
    Join {
        /// The run.
        run: RunId,
        /// Who.
        member: Member,
    },
    /// Let a member leave a run: it is asked nothing more, and what it said counts in nothing that begins later.
    Leave {
        /// The run.
        run: RunId,
        /// Who.
        member: MemberId,
    },
    /// Let a member write a run's syntheses from now on.
    Chair {
        /// The run.
        run: RunId,
        /// Who.
        member: MemberId,
    },
    /// Look deeper into how the claims of a run stand to each other.
    Deepen {
        /// The run.
        run: RunId,
        /// By what.
        pass: Pass,
    },
    /// Stop everything that runs or waits.
    StopAll,
    /// Stop what one seat of a run is saying.
    StopSeat {
        /// The run.
        run: RunId,
        /// The seat.
        slot: u16,
    },
    /// From now on the session may cost so much.
    Budget(Dollars),
    /// Drop the questions that wait; what runs goes on.
    Unqueue,
    /// Rule on a point of a run, or take a ruling back.
    Rule {
        /// The run.
        run: RunId,
        /// On what, and how.
        ruling: Ruling,
    },
    /// Count a run's votes in another way.
    Count {
        /// The run.
        run: RunId,
        /// How.
        counting: Counting,
    },
    /// Move what a member weighs in a run's votes, by steps of a tenth.
    Weigh {
        /// The run.
        run: RunId,
        /// Whose weight.
        member: MemberId,
        /// By how many steps, up or down.
        steps: i32,
    },
    /// Vote as the person, for an answer of a vote; or for none, and have the names shown.
    Vote {
        /// The run.
        run: RunId,
        /// The vote.
        stage: StageId,
        /// For whose answer.
        choice: Option<MemberId>,
    },
    /// Grade an answer, or take its grade back.
    Grade {
        /// The answer.
        call: CallId,
        /// The grade; `None` takes it back.
        grade: Option<Grade>,
        /// What the question is about, where the person said so.
        topic: Option<String>,
    },
    /// Say something into a run's debate, before its next round.
    Word {
        /// The run.
        run: RunId,
        /// To whom, where not to all.
        to: Option<MemberId>,
        /// What.
        text: String,
    },
    /// Do something to a run's plan while it goes on.
    Steer {
        /// The run.
        run: RunId,
        /// What.
        steer: Steer,
    },
    /// Let members debate one point of a run alone, for a round.
    Argue {
        /// The run.
        run: RunId,
        /// The point.
        point: Point,
    },
}
