//! What a person wants a council to do, as data: the screen and the command line hand these to the engine. Not how they
//! are carried out.

use super::ids::RunId;
use super::protocols::Step;
use super::question::Question;

/// What a person wants a council to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Put a question to a council; while another runs, it waits for its turn.
    Ask(Question),
    /// Append a step to a run.
    Extend {
        /// The run.
        run: RunId,
        /// The step.
        step: Step,
    },
    /// Stop everything that runs or waits.
    StopAll,
    /// Stop what one seat is saying.
    StopSeat(u16),
}
