//! A session: several runs over one log, as a fold. It holds what the screen, the report and a resumed session need.

use super::budget::CapSet;
use super::deeper::Deeper;
use super::event::{Event, Record};
use super::grade::Grades;
use super::ids::{CallId, MemberId, RunId, SessionId};
use super::prompt::{self, Message, Role};
use super::run::{Run, StageState};
use std::collections::{BTreeMap, BTreeSet};

/// Several runs over one log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The session's name, once its first record was read.
    pub id: Option<SessionId>,
    /// The runs, in order.
    pub runs: Vec<Run>,
    /// The number of the last record folded in.
    pub seq: u64,
    /// When the first record was written, milliseconds since the epoch.
    pub started_at: u64,
    /// When the last record was written, milliseconds since the epoch.
    pub last_at: u64,
    /// The caps that the person set on it, in order.
    pub caps: Vec<CapSet>,
    /// How many records were of a kind this version does not know.
    pub unknown: usize,
}

impl Session {
    /// Folds records into a session.
    pub fn replay<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut session = Self::default();
        for record in records {
            session.apply(record);
        }
        session
    }

    /// Folds one record in.
    pub fn apply(&mut self, record: &Record) {
        self.seq = self.seq.max(record.seq);
        self.last_at = self.last_at.max(record.at);
        match &record.event {
            Event::SessionStarted { session, .. } => {
                self.id = Some(session.clone());
                self.started_at = record.at;
            }
            Event::RunStarted { .. } => self.runs.extend(self.begun(record)),
            Event::CapSet { cap, was } => {
                let run = self.runs.last().map(|run| run.id);
                self.caps.push(CapSet { at: record.at, run, cap: *cap, was: *was });
            }
            Event::Unknown => self.unknown += 1,
            event => {
                let of = event.run();
                if let Some(run) = self.runs.iter_mut().rev().find(|run| Some(run.id) == of) {
                    run.apply(record.at, event);
                }
            }
        }
    }

    /// The run that a record begins, unless there is one of that number.
    pub(super) fn begun(&self, record: &Record) -> Option<Run> {
        let Event::RunStarted {
            run,
            question,
            council,
            protocol,
            seed,
            plan,
            files,
            replaces,
            retries,
            private,
            similar,
        } = &record.event
        else {
            return None;
        };
        let new = self.run(*run).is_none();
        new.then(|| Run {
            id: *run,
            question: question.clone(),
            files: files.clone(),
            council: council.clone(),
            protocol: protocol.clone(),
            seed: *seed,
            replaces: *replaces,
            history: self.standing(*replaces),
            started_at: record.at,
            stages: plan.iter().cloned().map(StageState::new).collect(),
            calls: BTreeMap::new(),
            retries: *retries,
            private: private.as_deref().cloned(),
            similar: similar.as_deref().cloned(),
            asked: BTreeSet::new(),
            set: BTreeMap::new(),
            left: BTreeSet::new(),
            rulings: Vec::new(),
            deeper: Deeper::default(),
            words: Vec::new(),
            counted_by: None,
            grades: Grades::default(),
            paused: false,
        })
    }

    /// The run with that number.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.iter().rev().find(|run| run.id == id)
    }

    /// The run that took a run's place, where one did: the last of them.
    pub fn replaced_by(&self, id: RunId) -> Option<RunId> {
        let later = self.runs.iter().filter(|run| id < run.id && run.replaces == Some(id));
        later.map(|run| run.id).next_back()
    }

    /// The answers that everybody stands by now. Runs whose place another took are left out, that one included.
    fn standing(&self, replaced: Option<RunId>) -> Vec<CallId> {
        let counts = |run: &&Run| Some(run.id) != replaced && self.replaced_by(run.id).is_none();
        let said = |run: &Run| {
            let (stage, round) = run.latest_answers();
            run.said(stage, round).into_values().map(|call| call.id).collect::<Vec<_>>()
        };
        self.runs.iter().filter(counts).flat_map(said).collect()
    }

    /// A member's own conversation before a run: each question and the answer it stood by when the run began, so that
    /// a debate that goes on beside it changes nothing. Syntheses, votes and the texts of others are no part of it, and
    /// what a private question said is part of private ones alone: here every member's words may go on to the others.
    ///
    /// A run whose plan chose who speaks carries its context along to who had no answer of its own in it: the question, and
    /// what the plan came to, said to be another's.
    pub fn history(&self, member: &MemberId, run: &Run) -> Vec<Message> {
        let mut turns = Vec::new();
        let mut told: Option<RunId> = None;
        for id in &run.history {
            let Some(earlier) = self.run(id.run) else { continue };
            if earlier.kept_local() && !run.kept_local() {
                continue;
            }
            let own = earlier.calls.get(id).filter(|call| call.member == *member);
            let carried = || {
                let has_own = run.history.iter().filter(|other| other.run == id.run);
                let has_own =
                    has_own.filter_map(|other| earlier.calls.get(other)).any(|it| it.member == *member);
                (earlier.planned() && !has_own && told != Some(earlier.id))
                    .then(|| carried(earlier))
                    .flatten()
            };
            if let Some(call) = own {
                turns.push(Message { role: Role::User, text: prompt::question(earlier) });
                turns.push(Message { role: Role::Assistant, text: call.text.clone() });
            } else if let Some(carried) = carried() {
                told = Some(earlier.id);
                turns.extend(carried);
            }
        }
        turns
    }
}

/// An earlier question and what its plan came to, for a member that had no part in it.
fn carried(earlier: &Run) -> Option<[Message; 2]> {
    let result = earlier.result()?;
    let words = earlier.words_of(&result)?.trim().to_owned();
    let question =
        format!("{}\n\n(Another member of this council answered this.)", prompt::question(earlier));
    let said = |role, text| Message { role, text };
    Some([said(Role::User, question), said(Role::Assistant, words)])
}
