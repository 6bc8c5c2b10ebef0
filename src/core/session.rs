//! A session: several runs over one log, as a fold. It holds what the screen, the report and a resumed session need.

use super::event::{Event, Record};
use super::ids::{MemberId, RunId, SessionId};
use super::prompt::{Message, Role};
use super::run::{Run, StageState};
use std::collections::BTreeMap;

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
            Event::RunStarted { run, question, council, protocol, seed, plan } => {
                if self.run(*run).is_none() {
                    let stages = plan.iter().cloned().map(StageState::new);
                    self.runs.push(Run {
                        id: *run,
                        question: question.clone(),
                        council: council.clone(),
                        protocol: protocol.clone(),
                        seed: *seed,
                        started_at: record.at,
                        stages: stages.collect(),
                        calls: BTreeMap::new(),
                    });
                }
            }
            Event::Unknown => self.unknown += 1,
            event => {
                let of = match event {
                    Event::StageAdded { run, .. }
                    | Event::StageStarted { run, .. }
                    | Event::StageProlonged { run, .. }
                    | Event::StageStopped { run, .. } => Some(*run),
                    other => other.call().map(|call| call.run),
                };
                if let Some(run) = self.runs.iter_mut().rev().find(|run| Some(run.id) == of) {
                    run.apply(record.at, event);
                }
            }
        }
    }

    /// The run with that number.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.iter().rev().find(|run| run.id == id)
    }

    /// A member's own conversation before a run: each question and the answer it stood by in the end.
    ///
    /// Syntheses, votes and the texts of others are no part of it.
    pub fn history(&self, member: &MemberId, before: RunId) -> Vec<Message> {
        let mut turns = Vec::new();
        for run in self.runs.iter().filter(|run| run.id < before) {
            let (stage, round) = run.latest_answers();
            let answer =
                run.council.slot(member).and_then(|slot| run.standing(stage, round).get(&slot).copied());
            if let Some(call) = answer {
                turns.push(Message { role: Role::User, text: run.question.clone() });
                turns.push(Message { role: Role::Assistant, text: call.text.clone() });
            }
        }
        turns
    }
}
