//! A session: several runs over one log, as a fold. It holds what the screen, the report and a resumed session need.

use super::event::{Event, Record};
use super::ids::{MemberId, RunId, SessionId};
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
    fn begun(&self, record: &Record) -> Option<Run> {
        let Event::RunStarted { run, question, council, protocol, seed, plan, files, replaces } =
            &record.event
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
            started_at: record.at,
            stages: plan.iter().cloned().map(StageState::new).collect(),
            calls: BTreeMap::new(),
            asked: BTreeSet::new(),
            left: BTreeSet::new(),
        })
    }

    /// The run with that number.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.iter().rev().find(|run| run.id == id)
    }

    /// The run that took a run's place, where one did: the last of them.
    pub fn replaced_by(&self, id: RunId) -> Option<RunId> {
        self.replaced_before(id, RunId(u32::MAX))
    }

    /// The same, as far as runs up to that number know.
    fn replaced_before(&self, id: RunId, upto: RunId) -> Option<RunId> {
        let known = self.runs.iter().filter(|run| id < run.id && run.id <= upto);
        known.filter(|run| run.replaces == Some(id)).map(|run| run.id).next_back()
    }

    /// A member's own conversation before a run: each question and the answer it stood by in the end. Runs whose place
    /// another took, that run included, are no part of it.
    ///
    /// Syntheses, votes and the texts of others are no part of it either.
    pub fn history(&self, member: &MemberId, before: RunId) -> Vec<Message> {
        let mut turns = Vec::new();
        let counts = |run: &&Run| run.id < before && self.replaced_before(run.id, before).is_none();
        for run in self.runs.iter().filter(counts) {
            let (stage, round) = run.latest_answers();
            let answer = run.council.slot(member).and_then(|slot| run.said(stage, round).get(&slot).copied());
            if let Some(call) = answer {
                turns.push(Message { role: Role::User, text: prompt::question(run) });
                turns.push(Message { role: Role::Assistant, text: call.text.clone() });
            }
        }
        turns
    }
}
