//! The plan rail on the workbench: its lines, which of them is chosen, when it opens by itself, and what is copied of it. What
//! is told of a stage stands in [`reading`], what the person does to a running plan in [`steer`]; how it looks is the ui's.

pub mod choose;
pub mod reading;
mod steer;

use super::drawer::{Drawer, DrawerKind};
use super::{Action, App, Focus, Overlay, Place};
use crate::core::{CallId, Event, Phase, Record, Run, RunId, Spent, StageId, StageState, clean};
use reading::turns;
use std::collections::BTreeSet;

pub(super) use steer::{act, can, edited};

/// The name of the plan that a run goes through; of one that began without, what it began as.
pub fn name(run: &Run) -> String {
    clean::line(run.plan_name().unwrap_or(&run.protocol))
}

/// A line of the rail that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A stage.
    Stage(StageId),
    /// A call of the stage above it.
    Call(CallId),
    /// A text at a gate, by its place among those that the person is shown.
    Text(StageId, usize),
}

impl Line {
    /// The stage that it belongs to.
    pub fn stage(self) -> StageId {
        match self {
            Self::Stage(id) | Self::Text(id, _) => id,
            Self::Call(call) => call.stage,
        }
    }
}

/// What the workbench remembers of the rail.
#[derive(Clone, Debug, Default)]
pub struct Rail {
    /// The line that the person chose; none as long as it goes along with the plan.
    pub(super) chosen: Option<Line>,
    /// The stages of which only the one line is shown.
    pub(super) folded: BTreeSet<StageId>,
    /// The gate whose text is in the person's editor.
    pub(super) editing: Option<(RunId, StageId)>,
}

impl App {
    /// The lines of the rail, in order.
    pub fn plan_lines(&self) -> Vec<Line> {
        let Some(run) = self.run() else { return Vec::new() };
        let of = |state: &StageState| {
            let id = state.stage.id;
            let mut lines = vec![Line::Stage(id)];
            if !self.rail.folded.contains(&id) {
                lines.extend((0..shown(run, state)).map(|at| Line::Text(id, at)));
                lines.extend(turns(run, id).into_iter().map(|call| Line::Call(call.id)));
            }
            lines
        };
        reading::order(run).into_iter().flat_map(of).collect()
    }

    /// Whether of a stage of the rail only the one line is shown.
    pub fn is_folded(&self, stage: StageId) -> bool {
        self.rail.folded.contains(&stage)
    }

    /// The line that is chosen: the person's choice, else where the plan has come to.
    pub fn plan_line(&self) -> Option<Line> {
        let lines = self.plan_lines();
        let chosen = self.rail.chosen.filter(|_| self.focused_drawer().is_some_and(is_rail));
        let there = |line: &Line| lines.contains(line);
        chosen.filter(there).or(chosen.map(|line| Line::Stage(line.stage())).filter(there)).or_else(|| {
            let state = reading::come_to(self.run()?)?;
            Some(Line::Stage(state.stage.id))
        })
    }

    /// The place of the chosen line among all.
    pub(super) fn plan_row(&self) -> usize {
        let chosen = self.plan_line();
        self.plan_lines().iter().position(|line| Some(*line) == chosen).unwrap_or(0)
    }

    /// Chooses a line of the rail by its place.
    pub(super) fn choose_plan_row(&mut self, at: usize) {
        self.rail.chosen = self.plan_lines().get(at).copied();
    }

    /// Opens what is chosen on the rail: a call's prompt and answer, a text at a gate; a stage is folded or unfolded.
    pub(super) fn open_plan_line(&mut self) -> bool {
        match self.plan_line() {
            None => false,
            Some(Line::Call(call)) => self.open_prompt(Some(call)),
            Some(Line::Text(stage, at)) => {
                let given = self.run().and_then(|run| run.stage(stage)?.begun.as_ref()?.given.get(at));
                let call = given.and_then(|given| given.call);
                if let Some(call) = call {
                    self.overlay = Some(Overlay::Prompt { call, scroll: super::drawer::ANSWER });
                }
                call.is_some()
            }
            Some(Line::Stage(id)) => {
                if !self.rail.folded.remove(&id) {
                    self.rail.folded.insert(id);
                }
                self.rail.chosen = Some(Line::Stage(id));
                true
            }
        }
    }

    /// Opens the rail beside a run of a written plan that comes to the board; with the keys where it waits for the person.
    pub(super) fn open_rail(&mut self) {
        let Some(run) = self.run().filter(|run| run.planned()) else { return };
        let gate = run.gates().next().map(|gate| gate.stage.id);
        self.rail.chosen = gate.map(Line::Stage);
        self.drawer = Some(Drawer { focus: gate.is_some(), ..Drawer::open(DrawerKind::Plan) });
    }

    /// A stage of the run on the board began: where it is a gate, the rail opens with the keys.
    pub(super) fn gate_begins(&mut self, record: &Record) {
        let Event::StageStarted { stage, .. } = &record.event else { return };
        let waits = self.run().is_some_and(|run| run.gates().any(|gate| gate.stage.id == *stage));
        if waits {
            self.rail.chosen = Some(Line::Stage(*stage));
            self.rail.folded.remove(stage);
            self.drawer = Some(Drawer::open(DrawerKind::Plan));
        }
    }

    /// What a person who looks elsewhere is told when a plan comes to a gate, whichever run it is of.
    pub(super) fn gate_begun(&self, record: &Record) -> Option<String> {
        let Event::StageStarted { run, stage, .. } = &record.event else { return None };
        let run = self.session.run(*run)?;
        let gate = run.gates().find(|gate| gate.stage.id == *stage)?;
        Some(format!("{} waits for your word", run.title(gate.stage.id)))
    }

    /// The stages at which the run on the board waits for the person, by their titles.
    pub fn gates(&self) -> Vec<String> {
        let run = self.run();
        run.into_iter().flat_map(|run| run.gates().map(|gate| run.title(gate.stage.id))).collect()
    }

    /// What stays said under the panes until it is otherwise, and whether it is a fault: records are not saved, or a plan waits
    /// for the person or is paused.
    pub fn standing_line(&self) -> Option<(String, bool)> {
        if let Some(why) = &self.not_saved {
            return Some((format!("NOT SAVED: {why}"), true));
        }
        let line = match (self.gates().as_slice(), self.run()?.paused) {
            ([], false) => return None,
            ([], true) => "paused: nothing new begins; :pause lets the plan go on".to_owned(),
            (gates, _) => format!("waits for your word: {} - {}", gates.join(", "), self.ways_on()),
        };
        Some((line, false))
    }

    /// What the person can do where a plan waits.
    fn ways_on(&self) -> String {
        if self.place() != Place::Plan {
            let first = if self.focus == Focus::Composer { "Esc, then o" } else { "o" };
            return format!("{first} goes there");
        }
        let ways = [
            (Action::Approve, "a approve"),
            (Action::EditHanded, "e edit"),
            (Action::ChooseText, "c choose"),
            (Action::SendBack, "b send back"),
        ];
        let there: Vec<&str> =
            ways.into_iter().filter(|(action, _)| self.can(*action)).map(|(_, words)| words).collect();
        there.join(", ")
    }

    /// What a stage cost so far: a sum, or that nobody is paid.
    pub fn stage_tag(&self, run: &Run, stage: StageId) -> String {
        let spent = run.spent_in(stage, &|model| self.prices.of(model));
        if run.council.scripted {
            return "scripted".to_owned();
        }
        let mut calls = run.calls_of(stage).peekable();
        let local = calls.peek().is_some() && calls.all(|call| self.privacy.locals.holds(&call.model));
        if spent == Spent::default() && local { "local".to_owned() } else { spent.words() }
    }

    /// What the plan of the run on the board cost so far.
    pub fn plan_tag(&self, run: &Run) -> String {
        if run.council.scripted {
            return "scripted".to_owned();
        }
        run.spent(&|model| self.prices.of(model)).words()
    }

    /// How long a stage has taken, or took, in milliseconds; none before anybody was asked in it.
    pub fn stage_time(&self, run: &Run, state: &StageState) -> Option<u64> {
        let calls = || run.calls_of(state.stage.id);
        let began = calls().map(|call| call.started_at).min()?;
        let ended = calls().map(|call| call.last_at).max().unwrap_or(began);
        let until = if run.phase(state) == Phase::Running { self.now } else { ended };
        Some(until.saturating_sub(began))
    }

    /// What is copied of the rail: the text of a call or at a gate where one is chosen, else the plan as a list.
    pub(super) fn plan_copied(&self) -> Option<(String, String)> {
        let run = self.run()?;
        let text = |call: CallId| {
            let call = run.calls.get(&call).filter(|call| !call.text.is_empty())?;
            let who = clean::line(&call.member.0);
            Some((format!("what {who} said in {}", run.title(call.id.stage)), clean::prose(&call.text)))
        };
        match self.plan_line()? {
            Line::Call(call) => text(call),
            Line::Text(stage, at) => {
                let given = run.stage(stage)?.begun.as_ref()?.given.get(at)?;
                let words = clean::prose(run.words_of(given)?);
                Some((format!("a text at {}", run.title(stage)), words))
            }
            Line::Stage(_) => Some(("the plan".to_owned(), super::export::planned(run))),
        }
    }
}

/// How many texts the person is shown at a stage: none but at a gate that has begun.
fn shown(run: &Run, state: &StageState) -> usize {
    let gate = run.gates().any(|gate| gate.stage.id == state.stage.id);
    state.begun.as_ref().filter(|_| gate).map_or(0, |begun| begun.given.len())
}

fn is_rail(drawer: Drawer) -> bool {
    drawer.kind == DrawerKind::Plan
}
