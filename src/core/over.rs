//! What of a run is over, and what still has to come before a stage: rounds, stages, the whole run. It reads a [`Run`] and
//! changes nothing; what comes next is for [`super::next()`].

use super::ballot;
use super::ids::StageId;
use super::plan::{Ask, Stage};
use super::run::{Run, StageState};

impl Run {
    /// Whether nothing of a stage runs, or is owed beyond its plan.
    pub fn quiet(&self, id: StageId) -> bool {
        let asked = self.asked.iter().any(|call| call.stage == id);
        !asked && self.calls_of(id).all(|call| call.ended() && !self.owes(call))
    }

    /// Whether all that a stage asked for is over, or it was stopped or left out; and what takes its place, where the work
    /// was sent back.
    pub fn settled(&self, id: StageId) -> bool {
        let heir = self.stage(id).and_then(|state| state.heir);
        self.over(id) && heir.is_none_or(|heir| heir > id && self.settled(heir))
    }

    /// The same without what takes its place.
    pub fn over(&self, id: StageId) -> bool {
        let Some(state) = self.stage(id) else { return false };
        if !self.quiet(id) {
            return false;
        }
        match &state.begun {
            _ if state.stopped || state.skipped().is_some() => true,
            None => false,
            Some(begun) if begun.obstacle.is_some() => true,
            Some(_) => match state.stage.ask {
                Ask::HandOver => state.handed.is_some(),
                Ask::Route => state.routed.is_some(),
                _ => self.round_to_ask(state).is_none(),
            },
        }
    }

    /// The first round of a stage in which someone has still to be asked.
    pub fn round_to_ask(&self, state: &StageState) -> Option<u16> {
        let open = !state.stopped && state.skipped().is_none();
        let begun = state.begun.as_ref().filter(|begun| open && begun.obstacle.is_none())?;
        let missing = |round: &u16| {
            let mut here = begun.speakers.iter().filter(|slot| self.sits(**slot));
            here.any(|slot| {
                self.takes_part(state, *round, *slot) && self.call(state.stage.id, *round, *slot).is_none()
            })
        };
        state.stage.rounds().find(missing).filter(|_| self.deserted(state).is_none())
    }

    /// Whether a speaker of a stage is asked in this round: in the second one of a vote, where the order is turned round, only
    /// who ranked two answers.
    pub fn takes_part(&self, state: &StageState, round: u16, slot: u16) -> bool {
        let Some(before) = round.checked_sub(1).filter(|_| state.stage.ask == Ask::Ballot) else {
            return true;
        };
        let first = self.counting(state.stage.id, before, slot);
        first.is_some_and(|call| call.shown.len() == 2 && call.done() && ballot::read(self, call).valid)
    }

    /// Whether the stages before it are over, and those before them.
    pub fn ready(&self, stage: &Stage) -> bool {
        self.waits_for_nothing(stage, &self.led_up(stage.id))
    }

    /// The same, where it is known of each earlier stage whether what came before it is over.
    fn waits_for_nothing(&self, stage: &Stage, led_up: &[bool]) -> bool {
        let again = stage.again();
        stage.after.iter().all(|before| {
            let earlier = self.stage(*before).filter(|_| *before < stage.id);
            earlier.is_some_and(|state| {
                // What is gone through once more waits for the gate that sent it back, not for the gate's own heir.
                let sent_back = again.is_some_and(|again| again.from == *before) && state.handed.is_some();
                let up = led_up.get(usize::from(before.0)).copied().unwrap_or_default();
                (sent_back || self.settled(*before)) && up
            })
        })
    }

    /// Of each stage before one, whether what came before it is over: found once for each, however many ways lead through it. One
    /// that began is not held up by what took an earlier one's place since.
    fn led_up(&self, until: StageId) -> Vec<bool> {
        let mut up: Vec<bool> = Vec::new();
        for state in self.stages.iter().take_while(|state| state.stage.id < until) {
            let stage = &state.stage;
            let here = if state.begun.is_some() {
                let mut earlier = stage.after.iter().filter(|before| **before < stage.id);
                earlier.all(|before| {
                    self.over(*before) && up.get(usize::from(before.0)).copied().unwrap_or_default()
                })
            } else {
                self.waits_for_nothing(stage, &up)
            };
            up.push(here);
        }
        up
    }

    /// The stages in which a stop would change something.
    pub fn stoppable(&self) -> impl DoubleEndedIterator<Item = StageId> {
        let open = |state: &&StageState| {
            let asked = self.asked.iter().any(|call| call.stage == state.stage.id);
            let handed_on = state.heir.is_some() || state.skipped().is_some();
            asked || !state.stopped && !handed_on && !self.settled(state.stage.id)
        };
        self.stages.iter().filter(open).map(|state| state.stage.id)
    }

    /// Whether nothing is left to do in the run.
    pub fn finished(&self) -> bool {
        self.stages.iter().all(|state| self.settled(state.stage.id))
    }
}
