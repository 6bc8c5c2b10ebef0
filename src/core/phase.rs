//! How far a run of a written plan is, and each of its stages: what a rail, a report and a program are told. It reads a [`Run`]
//! and changes nothing; what comes next is for [`super::next()`].

use super::next::{Progress, next};
use super::plan::Ask;
use super::run::{Run, StageState};

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its turn has not come.
    Planned,
    /// Somebody speaks in it, or is about to.
    Running,
    /// The person is waited for: their word, or that a paused plan goes on.
    Waiting,
    /// It is over, and something came of it.
    Done,
    /// It was left out: its condition did not hold, or the person skipped it.
    Skipped,
    /// It was stopped before it was over.
    Stopped,
    /// It is over, or could not be carried out, and nothing came of it.
    Failed,
}

impl Phase {
    /// Its name in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more is to come of it by itself.
    pub fn over(self) -> bool {
        matches!(self, Self::Done | Self::Skipped | Self::Stopped | Self::Failed)
    }
}

/// How far a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is over.
    Done,
    /// Something goes on in it.
    Running,
    /// It waits for the person's word.
    Waiting,
    /// The person has it begin nothing new.
    Paused,
    /// It was stopped before it was over.
    Stopped,
}

impl Way {
    /// Its name in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }
}

/// What stands before the name of a written plan where a run's recipe is on record.
const PLAN: &str = "plan:";

impl Run {
    /// The name of the written plan that it goes by, where it goes by one.
    pub fn plan_name(&self) -> Option<&str> {
        self.protocol.strip_prefix(PLAN)
    }

    /// How far a stage is.
    pub fn phase(&self, state: &StageState) -> Phase {
        let id = state.stage.id;
        let stopped = state.stopped && state.ended_by(self).is_none();
        let Some(begun) = state.begun.as_ref().filter(|_| state.skipped().is_none()) else {
            return match (state.skipped(), stopped) {
                (Some(_), _) => Phase::Skipped,
                (None, true) => Phase::Stopped,
                (None, false) => Phase::Planned,
            };
        };
        if begun.obstacle.is_some() {
            return Phase::Failed;
        }
        if !self.over(id) {
            let gate = state.stage.ask == Ask::HandOver;
            let held = self.paused && self.calls_of(id).all(super::Call::ended);
            return if gate || held { Phase::Waiting } else { Phase::Running };
        }
        let brought = match state.stage.ask {
            Ask::HandOver => state.handed.is_some(),
            Ask::Route => state.routed.is_some(),
            _ => self.counting_of(id).any(super::Call::usable),
        };
        match (stopped, brought) {
            (true, _) => Phase::Stopped,
            (false, true) => Phase::Done,
            (false, false) => Phase::Failed,
        }
    }

    /// How far the whole plan is.
    pub fn way(&self) -> Way {
        let stopped = || self.stages.iter().any(|state| self.ends_at(state));
        match next(self).state {
            _ if self.finished() => {
                if stopped() {
                    Way::Stopped
                } else {
                    Way::Done
                }
            }
            _ if self.paused => Way::Paused,
            Progress::Waiting => Way::Waiting,
            Progress::Working | Progress::Settled => Way::Running,
        }
    }

    /// Whether a stage was stopped and nothing went on from there, or from what took its place, since.
    fn ends_at(&self, state: &StageState) -> bool {
        let after = |later: &&StageState| later.stage.after.contains(&state.stage.id);
        let went_on = || self.stages.iter().filter(after).any(|later| later.begun.is_some());
        self.phase(state) == Phase::Stopped && state.heir.is_none() && !went_on()
    }
}
