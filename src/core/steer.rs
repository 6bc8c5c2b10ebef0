//! What the person may do to a running plan: pause it, skip a stage, let it go on, and say what becomes of it where it is
//! handed over to them. Each gives the record that grants it, or none where it can't be granted; and how such records change
//! a run. What is then asked is for [`super::next()`].

use super::ended::ErrorKind;
use super::event::Event;
use super::ids::{CallId, StageId};
use super::part::{Again, Handed, When};
use super::plan::{Ask, Source, Speakers, Stage};
use super::run::{Run, StageState};
use std::collections::{BTreeMap, BTreeSet};

/// What the person does to a running plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Steer {
    /// Begin nothing new, or go on.
    Pause(bool),
    /// Leave a stage out.
    Skip(StageId),
    /// Stop those that still write in a stage: what is there will do.
    Cut(StageId),
    /// Go on with what was stopped.
    GoOn,
    /// Decide at a gate.
    HandOver(StageId, Handed),
}

impl Run {
    /// The record that grants what the person wants; none where it can't be granted, or needs no record.
    pub fn steer(&self, steer: Steer) -> Option<Event> {
        match steer {
            Steer::Pause(paused) => self.hold(paused),
            Steer::Skip(stage) => self.skip(stage),
            Steer::Cut(_) => None,
            Steer::GoOn => self.go_on(),
            Steer::HandOver(stage, handed) => self.hand_over(stage, handed),
        }
    }

    /// Has the run begin nothing new, or go on. What runs is not stopped.
    pub fn hold(&self, paused: bool) -> Option<Event> {
        let changes = self.paused != paused && !(paused && self.finished());
        changes.then_some(Event::Paused { run: self.id, paused })
    }

    /// Leaves out a stage that is not over; what it would have worked on is handed on. Who speaks in it is to be cut off.
    pub fn skip(&self, stage: StageId) -> Option<Event> {
        let state = self.stage(stage)?;
        let open =
            !state.stopped && state.skipped().is_none() && state.heir.is_none() && !self.settled(stage);
        open.then(|| self.decided(stage, false, "skipped by you".to_owned()))
    }

    /// Has what was stopped go on: nothing is asked a second time that was answered.
    pub fn go_on(&self) -> Option<Event> {
        let open = self.stages.iter().any(|state| self.resumes(state));
        (open || self.paused).then_some(Event::Resumed { run: self.id })
    }

    /// Whether a stage goes on where the run does: it was stopped, by no rule of its own, before it was over; or a call of it
    /// was lost with the program, and nothing has gone on without it.
    fn resumes(&self, state: &StageState) -> bool {
        let by_rule = state.ended_by(self).is_some();
        let id = state.stage.id;
        let gone_on =
            || self.stages.iter().any(|later| later.begun.is_some() && later.stage.after.contains(&id));
        let open = match &state.begun {
            None => state.stopped && state.skipped().is_none(),
            Some(begun) => {
                let missing = state.stopped && self.missing(state);
                begun.obstacle.is_none() && (missing || self.lost(state).next().is_some() && !gone_on())
            }
        };
        !by_rule && state.heir.is_none() && open
    }

    /// Whether somebody was not asked that a stage which was stopped was to ask, or its decision is not made.
    fn missing(&self, state: &StageState) -> bool {
        match state.stage.ask {
            Ask::HandOver => state.handed.is_none(),
            Ask::Route => state.routed.is_none(),
            _ => self.round_to_ask(&StageState { stopped: false, ..state.clone() }).is_some(),
        }
    }

    /// The calls of a stage that the program did not see the end of and that brought nothing.
    fn lost<'a>(&'a self, state: &'a StageState) -> impl Iterator<Item = CallId> + 'a {
        let lost = self.calls_of(state.stage.id).filter(|call| {
            let interrupted = call.error.as_ref().is_some_and(|error| error.kind == ErrorKind::Interrupted);
            let last =
                self.call(call.id.stage, call.id.round, call.id.slot).is_some_and(|it| it.id == call.id);
            interrupted && last && !call.usable() && self.sits(call.id.slot)
        });
        lost.filter_map(|call| Some(CallId { attempt: call.id.attempt.checked_add(1)?, ..call.id }))
    }

    /// Folds in that the run goes on.
    pub(super) fn resume(&mut self) {
        let on: Vec<usize> = (0..self.stages.len()).filter(|at| self.resumes(&self.stages[*at])).collect();
        let lost: Vec<CallId> = on.iter().flat_map(|at| self.lost(&self.stages[*at])).collect();
        for at in on {
            self.stages[at].stopped = false;
        }
        self.asked.extend(lost);
        self.paused = false;
    }

    /// What the person decides at a gate at which the plan waits. `None` where it does not wait there, the text is none of
    /// those at hand, is empty, or the work was sent back as often as the plan allows.
    pub fn hand_over(&self, stage: StageId, handed: Handed) -> Option<Event> {
        let state = self.gates().find(|state| state.stage.id == stage)?;
        let given = state.begun.as_ref().map_or(&[][..], |begun| begun.given.as_slice());
        let again = match &handed {
            Handed::Edited(text) if text.trim().is_empty() => return None,
            Handed::Chosen(call) if !given.iter().any(|given| given.call == Some(*call)) => return None,
            Handed::Approved | Handed::Edited(_) | Handed::Chosen(_) => Vec::new(),
            Handed::SentBack(_) => self.once_more(state)?,
        };
        Some(Event::HandedOver { run: self.id, stage, handed, again })
    }

    /// How often the person may still send the work back from a gate.
    pub fn may_send_back(&self, state: &StageState) -> u16 {
        let times = state.stage.part.as_ref().and_then(|part| part.back).map_or(0, |back| back.times);
        let again = |state: &StageState| state.stage.again();
        let sent = std::iter::successors(again(state), |it| self.stage(it.of).and_then(again)).count();
        times.saturating_sub(sent as u16)
    }

    /// The stages from where the work is sent back to, to the gate, once more: with new ids, and each about the new ones.
    fn once_more(&self, gate: &StageState) -> Option<Vec<Stage>> {
        let back = gate.stage.part.as_ref()?.back.filter(|_| self.may_send_back(gate) > 0)?;
        let (from, to) = (self.led_from(back.to), self.leading_to(gate.stage.id));
        let path: Vec<&Stage> = self
            .stages
            .iter()
            .map(|state| &state.stage)
            .filter(|stage| from.contains(&stage.id) && to.contains(&stage.id))
            .collect();
        let first = self.stages.len() as u16;
        let ids: BTreeMap<StageId, StageId> =
            path.iter().zip(first..).map(|(stage, new)| (stage.id, StageId(new))).collect();
        let new = |id: StageId| ids.get(&id).copied().unwrap_or(id);
        let copy = |stage: &&Stage| {
            let mut copy = (*stage).clone();
            copy.id = new(stage.id);
            for before in &mut copy.after {
                *before = new(*before);
            }
            for source in &mut copy.sees {
                match source {
                    Source::Answers { of, .. } | Source::Outcome { of } => *of = new(*of),
                    Source::Question | Source::History => {}
                }
            }
            if let Speakers::Chosen(route) = &mut copy.speakers {
                *route = new(*route);
            }
            let part = copy.part.get_or_insert_default();
            part.when = part.when.about(new);
            part.beside = part.beside.map(new);
            if let Some(back) = &mut part.back {
                back.to = new(back.to);
            }
            if stage.id == back.to {
                // It goes on from what it was, and from nothing that it was before that.
                let earlier = part.again.map(|again| again.of);
                let sent_before = part.again.map(|again| again.from);
                copy.after.retain(|before| Some(*before) != sent_before);
                copy.sees.retain(|source| !matches!(source, Source::Outcome { of } if Some(*of) == earlier));
                if stage.ask == Ask::Answer {
                    copy.sees.push(Source::Outcome { of: stage.id });
                }
                copy.after.push(gate.stage.id);
                // That it was begun is settled.
                part.when = When::Always;
            }
            part.again = Some(Again { of: stage.id, from: gate.stage.id });
            copy
        };
        Some(path.iter().map(copy).collect())
    }

    /// A stage, and all that come after it by the plan.
    fn led_from(&self, from: StageId) -> BTreeSet<StageId> {
        let mut found = BTreeSet::from([from]);
        for stage in self.stages.iter().map(|state| &state.stage).filter(|stage| stage.id > from) {
            if stage.after.iter().any(|before| *before < stage.id && found.contains(before)) {
                found.insert(stage.id);
            }
        }
        found
    }

    /// A stage, and all that come before it.
    fn leading_to(&self, to: StageId) -> BTreeSet<StageId> {
        let mut found = BTreeSet::from([to]);
        for stage in self.stages.iter().rev().map(|state| &state.stage).filter(|stage| stage.id <= to) {
            if found.contains(&stage.id) {
                found.extend(stage.after.iter().filter(|before| **before < stage.id));
            }
        }
        found
    }

    /// Folds in what the person decided.
    pub(super) fn handed_over(&mut self, stage: StageId, handed: &Handed, again: &[Stage]) {
        let free = self.stage(stage).is_some_and(|state| state.handed.is_none());
        let fit =
            again.iter().zip(self.stages.len()..).all(|(stage, place)| usize::from(stage.id.0) == place);
        if !free || !fit {
            return;
        }
        if let Some(state) = self.stages.get_mut(usize::from(stage.0)) {
            state.handed = Some(handed.clone());
        }
        for stage in again {
            let of = stage.again().map(|again| again.of);
            if let Some(state) = of.and_then(|of| self.stages.get_mut(usize::from(of.0))) {
                state.heir = Some(stage.id);
            }
            self.stages.push(StageState::new(stage.clone()));
        }
    }
}
