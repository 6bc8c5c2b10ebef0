//! A question as a person sends it: the words, the files with it, and who is asked how. Not what becomes of it.

use super::cached::Similar;
use super::commission::Commission;
use super::event::Event;
use super::ids::{MemberId, RunId};
use super::member::Council;
use super::plan::{Ask, Speakers, Stage};
use super::private::Private;
use super::protocols::Protocol;
use serde::{Deserialize, Serialize};

/// A text file, or a long paste, that goes with a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name as the question speaks of it.
    pub name: String,
    /// What is in it, raw.
    pub text: String,
}

/// A question as a person sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// The words.
    pub text: String,
    /// Files that every asked member is shown with it.
    pub files: Vec<File>,
    /// Who sits in the council.
    pub council: Council,
    /// The recipe.
    pub protocol: Protocol,
    /// The stages of a written plan, in the recipe's place. Its council is the one that it was cast with.
    pub plan: Option<Box<Planned>>,
    /// The one member that is asked, where not all are; in a written plan whom its routes choose.
    pub only: Option<MemberId>,
    /// What it is about, where the person said so: routes go by it.
    pub topic: Option<String>,
    /// Who judges in its vote; none where all do that have an answer.
    pub judges: Vec<MemberId>,
    /// What is asked of its synthesis beside the mode, which is the recipe's.
    pub commission: Option<Box<Commission>>,
    /// The run that this one takes the place of: an edited question. Its turns are no part of later histories.
    pub replaces: Option<RunId>,
    /// What was decided about it, where it is or looks private.
    pub private: Option<Private>,
    /// The earlier question whose answers may be given to it.
    pub similar: Option<Similar>,
}

/// A written plan, cast with a council.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Its name.
    pub name: String,
    /// What is run.
    pub stages: Vec<Stage>,
}

impl Planned {
    /// Whether a route in it chooses who is asked.
    pub fn routes(&self) -> bool {
        self.stages.iter().any(|stage| stage.ask == Ask::Route)
    }
}

impl Question {
    /// The recipe's name, as it is on record.
    pub fn by_name(&self) -> String {
        match &self.plan {
            Some(plan) => format!("plan:{}", plan.name),
            None => self.protocol.to_string(),
        }
    }

    /// The stages it begins with: those of its plan; else the recipe's, with one member alone in the first where only one is
    /// asked.
    fn plan(&self) -> Vec<Stage> {
        if let Some(plan) = &self.plan {
            let mut stages = plan.stages.clone();
            // Whom the person names is sent it, whatever a route would choose.
            for routing in stages.iter_mut().filter_map(|stage| stage.part.as_mut()?.routing.as_mut()) {
                routing.person.extend(self.only.iter().cloned());
                routing.about = self.topic.clone().or(routing.about.take());
            }
            return stages;
        }
        let mut plan = self.protocol.plan();
        if let (Some(first), Some(only)) = (plan.first_mut(), &self.only) {
            first.speakers = Speakers::Member(only.clone());
        }
        if !self.judges.is_empty() {
            for vote in plan.iter_mut().filter(|stage| stage.ask == Ask::Ballot) {
                vote.speakers = Speakers::Named(self.judges.clone());
            }
        }
        if let Some(commission) = &self.commission {
            for merge in plan.iter_mut().filter(|stage| stage.ask == Ask::Merge) {
                if let Some(chair) = &commission.chair {
                    merge.speakers = Speakers::Member(chair.clone());
                }
                merge.brief = commission.as_ref().clone().kept();
            }
        }
        plan
    }

    /// The record that puts it to its council, as the session's run of that number.
    pub fn put(self, run: RunId, seed: u64, retries: u16) -> Event {
        Event::RunStarted {
            run,
            plan: self.plan(),
            protocol: self.by_name(),
            question: self.text,
            council: self.council,
            seed,
            files: self.files,
            replaces: self.replaces,
            retries,
            private: self.private.map(Box::new),
            similar: self.similar.map(Box::new),
        }
    }
}
