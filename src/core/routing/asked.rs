//! What a route is chosen from that is on record: the question, who is here, what the triage member said, who answered the
//! question before. What is not on record is given by who carries it out ([`super::Circumstances`]).

use super::{Asked, Routing, Triage, triage};
use crate::core::call::Call;
use crate::core::clean;
use crate::core::ids::{MemberId, StageId};
use crate::core::plan::Speakers;
use crate::core::run::{Run, StageState};
use crate::core::session::Session;
use crate::core::shuffle::mix;

/// A route whose turn has come.
#[derive(Clone, Debug)]
pub struct Turn<'a> {
    /// The stage.
    pub stage: StageId,
    /// How it routes.
    pub routing: &'a Routing,
    run: &'a Run,
    here: Vec<MemberId>,
    triage: Option<Triage>,
    failed: Option<String>,
    before: Vec<MemberId>,
}

impl<'a> Turn<'a> {
    /// Reads it off the records; `None` where the stage is no route.
    pub fn of(session: &Session, run: &'a Run, state: &'a StageState) -> Option<Self> {
        let routing = state.stage.part.as_ref()?.routing.as_deref()?;
        let seats = run.council.members.iter().zip(0..).filter(|(_, slot)| run.sits(*slot));
        let stage = state.stage.id;
        let (triage, failed) = match (&state.stage.speakers, run.counting_of(stage).next()) {
            (Speakers::Nobody, _) => (None, None),
            (_, Some(call)) if call.usable() => match triage::read(&call.text) {
                Some(read) => (Some(read), None),
                None => (None, Some(format!("{} named no road", clean::line(&call.member.0)))),
            },
            (_, Some(call)) => (None, Some(format!("{} brought nothing", clean::line(&call.member.0)))),
            (_, None) => (None, Some("the triage member is not here".to_owned())),
        };
        Some(Self {
            stage,
            routing,
            run,
            here: seats.map(|(member, _)| member.name.clone()).collect(),
            triage,
            failed,
            before: before(session, run),
        })
    }

    /// The same as [`super::choose()`] takes it.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            question: &self.run.question,
            files: &self.run.files,
            seed: mix(&[self.run.seed, u64::from(self.stage.0)]),
            council: &self.run.council,
            here: self.here.clone(),
            topic: self.routing.about.as_deref(),
            triage: self.triage.as_ref(),
            triage_failed: self.failed.as_deref(),
            before: self.before.clone(),
            person: self.routing.person.clone(),
        }
    }
}

/// Who answered the question before a run, where it was routed too: a follow-up stays with them.
fn before(session: &Session, run: &Run) -> Vec<MemberId> {
    let earlier = session.runs.iter().rev().find(|earlier| {
        earlier.id < run.id && Some(earlier.id) != run.replaces && session.replaced_by(earlier.id).is_none()
    });
    // What a private question was answered with tells nobody where another one goes.
    let earlier = earlier.filter(|earlier| !earlier.kept_local() || run.kept_local());
    let routed = earlier.into_iter().flat_map(|earlier| {
        let chosen = earlier.stages.iter().rev().find_map(|state| state.routed.as_ref());
        let answered = move |name: &&MemberId| {
            earlier.calls.values().any(|call: &Call| call.member == **name && call.usable())
        };
        chosen.into_iter().flat_map(|routed| &routed.members).filter(answered)
    });
    routed.cloned().collect()
}
