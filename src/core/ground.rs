//! What the answers of a run come to for a step: which stand, whose they are, and why a step can't be carried out. It
//! reads a [`Run`] and changes nothing.

use super::call::Call;
use super::clean;
use super::ids::{MemberId, StageId};
use super::plan::{Ask, Speakers, Stage};
use super::run::{Run, StageState};
use std::collections::{BTreeMap, BTreeSet};

/// One answer a seat, in order of seats.
type Answers<'a> = BTreeMap<u16, &'a Call>;

impl Run {
    /// The last answer of each seat up to a round of a stage, those included who left since. A later attempt takes the
    /// place of an earlier one, whenever it came.
    pub fn said(&self, stage: StageId, round: u16) -> Answers<'_> {
        let earlier = self.before(stage);
        let mut answers = earlier.map(|(of, upto)| self.said(of, upto)).unwrap_or_default();
        self.add(stage, round, &mut answers);
        answers
    }

    /// The answers that those of a stage take the place of, or stand beside: of which stage, and up to which round.
    fn before(&self, stage: StageId) -> Option<(StageId, u16)> {
        let state = self.stage(stage)?;
        let beside = state.stage.beside();
        let source = state.stage.answers().or_else(|| Some((beside?, self.last_round(beside?))));
        source.filter(|(of, _)| of.0 < stage.0)
    }

    /// The stages whose answers stand side by side by now: the latest, and those before it that it goes on from.
    pub fn side_by_side(&self) -> Vec<StageId> {
        let latest = Some(self.latest_answers().0);
        std::iter::successors(latest, |stage| self.before(*stage).map(|(of, _)| of)).collect()
    }

    /// The answer each seat stands by after a round of a stage: its last usable text so far. Who left stands by nothing.
    pub fn standing(&self, stage: StageId, round: u16) -> Answers<'_> {
        let mut answers = self.said(stage, round);
        answers.retain(|slot, _| self.sits(*slot));
        answers
    }

    /// The answers that were fixed when a stage began.
    pub fn pinned(&self, stage: StageId) -> Answers<'_> {
        let begun = self.stage(stage).and_then(|state| state.begun.as_ref());
        let ids = begun.into_iter().flat_map(|begun| &begun.answers);
        ids.filter_map(|id| self.calls.get(id).map(|call| (id.slot, call))).collect()
    }

    /// The answers a round of a stage is about: those that were fixed when the stage began, and what came of its earlier
    /// rounds; of those who are still there.
    pub fn standing_before(&self, stage: StageId, round: u16) -> Answers<'_> {
        let mut answers = self.pinned(stage);
        if let Some(last) = round.checked_sub(1) {
            self.add(stage, last, &mut answers);
        }
        answers.retain(|slot, _| self.sits(*slot));
        answers
    }

    fn add<'a>(&'a self, stage: StageId, upto: u16, answers: &mut Answers<'a>) {
        // A ballot is no answer.
        if self.stage(stage).is_some_and(|state| state.stage.ask == Ask::Ballot) {
            return;
        }
        for call in self.calls_of(stage).filter(|call| call.id.round <= upto && call.usable()) {
            answers.insert(call.id.slot, call);
        }
    }

    /// Where the council's answers stand now: the last debate with its last planned round, else the first answers.
    /// A debate that was stopped before it began left them where they were; of a written plan whatever of it has begun counts.
    pub fn latest_answers(&self) -> (StageId, u16) {
        let answering = |state: &&StageState| {
            let never_begun = (state.stopped || state.skipped().is_some()) && state.begun.is_none();
            state.stage.ask.answers() && !never_begun
        };
        let stages = self.in_order();
        let latest = || stages.iter().copied().rev().filter(answering);
        let here = |state: &&StageState| state.stage.part.is_none() || state.begun.is_some();
        // Work on what was made so far is no answer of one's own, where there is any.
        let own = |state: &&StageState| here(state) && !state.stage.works_on();
        let found = latest().find(own).or_else(|| latest().find(here)).or_else(|| latest().next_back());
        found.map_or((StageId(0), 0), |state| (state.stage.id, *state.stage.rounds().end()))
    }

    /// The last planned round of a stage.
    pub fn last_round(&self, stage: StageId) -> u16 {
        self.stage(stage).map_or(0, |state| *state.stage.rounds().end())
    }

    /// The answers a stage that begins now would be about, one a seat.
    pub fn ground(&self, stage: &Stage) -> Answers<'_> {
        let mut answers = stage.answers().map(|(of, upto)| self.standing(of, upto)).unwrap_or_default();
        if stage.part.is_some() && stage.ask != Ask::Answer {
            let handed = self.given(stage).into_iter().filter_map(|given| self.calls.get(&given.call?));
            answers.extend(handed.map(|call| (call.id.slot, call)));
        }
        if let Some(brief) = stage.brief.as_ref().filter(|brief| !brief.of.is_empty()) {
            answers.retain(|_, call| brief.of.contains(&call.member));
        }
        answers
    }

    /// Whether a stage that began would now be about other answers: a retry, a newcomer or a leave came since.
    pub fn stale(&self, stage: StageId) -> bool {
        let Some(state) = self.stage(stage) else { return false };
        let Some(begun) = &state.begun else { return false };
        !self.ground(&state.stage).values().map(|call| &call.id).eq(&begun.answers)
    }

    /// The members whose newer attempt came after a stage had begun: it is about their older answer, or about none.
    pub fn made_without(&self, stage: StageId) -> Vec<MemberId> {
        let Some(state) = self.stage(stage) else { return Vec::new() };
        let Some(begun) = &state.begun else { return Vec::new() };
        let ground = self.ground(&state.stage).into_values();
        let late = ground.filter(|call| call.id.attempt > 1 && !begun.answers.contains(&call.id));
        late.map(|call| call.member.clone()).collect()
    }

    /// The seats that would speak in a stage that begins now.
    pub fn speakers(&self, stage: &Stage) -> Vec<u16> {
        let seats: Vec<u16> = match &stage.speakers {
            Speakers::Every => (0..self.council.members.len() as u16).collect(),
            Speakers::Member(name) => self.council.slot(name).into_iter().collect(),
            Speakers::Named(names) => {
                let seats: BTreeSet<u16> = names.iter().filter_map(|name| self.council.slot(name)).collect();
                seats.into_iter().collect()
            }
            Speakers::Answered => self.ground(stage).into_keys().collect(),
            Speakers::Chair => self.chair(stage).into_iter().collect(),
            Speakers::Chosen(route) => {
                let routed = self.stage(self.heir(*route)).and_then(|state| state.routed.as_ref());
                let chosen = routed.into_iter().flat_map(|routed| &routed.members);
                let seats: BTreeSet<u16> = chosen.filter_map(|name| self.council.slot(name)).collect();
                seats.into_iter().collect()
            }
            Speakers::Nobody => Vec::new(),
        };
        seats.into_iter().filter(|slot| self.sits(*slot)).collect()
    }

    /// The chair's seat: the council's own, else the first member that finished.
    ///
    /// "First" is by the recorded duration, so that it does not depend on the order in which records arrived.
    fn chair(&self, stage: &Stage) -> Option<u16> {
        let named = self.council.chair.as_ref().and_then(|name| self.council.slot(name));
        let first = |call: &&Call| (!call.done(), call.total_ms, call.id.slot);
        named
            .filter(|slot| self.sits(*slot))
            .or_else(|| self.ground(stage).into_values().min_by_key(first).map(|call| call.id.slot))
    }

    /// Why a stage that begins now can't be carried out, where its inputs do not allow it.
    pub fn obstacle(&self, stage: &Stage) -> Option<String> {
        let ground = self.ground(stage);
        let (usable, done) = (ground.len(), ground.values().filter(|call| call.done()).count());
        match (stage.ask, &stage.speakers) {
            (Ask::Answer, Speakers::Member(name)) if self.speakers(stage).is_empty() => {
                let name = clean::line(&name.0);
                Some(format!("nobody to ask: there is no {name} in this council; ask one of its members"))
            }
            (Ask::Answer, Speakers::Chosen(route)) if self.speakers(stage).is_empty() => {
                Some(format!("nobody to ask: {} chose nobody who is here", self.title(*route)))
            }
            (Ask::Answer, _) if self.speakers(stage).is_empty() && self.council.members.is_empty() => {
                Some("nobody to ask: this council has no members; add one".to_owned())
            }
            (Ask::Answer, _) if self.speakers(stage).is_empty() => Some(Self::gone(stage)),
            (Ask::Answer | Ask::HandOver, _)
                if stage.outcomes().next().is_some() && self.given(stage).is_empty() =>
            {
                Some(self.nothing_came(stage))
            }
            (Ask::Check, _) if usable == 0 => Some(self.nothing_came(stage)),
            (Ask::Check, _) if self.speakers(stage).is_empty() => Some(Self::gone(stage)),
            (Ask::Route, speakers) if *speakers != Speakers::Nobody && self.speakers(stage).is_empty() => {
                None
            }
            (Ask::Ballot, _) if done < 3 => {
                Some(format!("not decidable: a ballot vote needs three finished answers, here are {done}"))
            }
            (Ask::Ballot, Speakers::Named(names)) if self.speakers(stage).is_empty() => {
                let names: Vec<String> = names.iter().map(|name| clean::line(&name.0)).collect();
                let names = names.join(", ");
                Some(format!("nobody to judge: there is no {names} in this council; name its members"))
            }
            (Ask::Merge, _) if usable < 2 => {
                Some(format!("nothing to merge: a synthesis needs two answers, here are {usable}"))
            }
            (Ask::Merge, Speakers::Member(name)) if self.speakers(stage).is_empty() => {
                let name = clean::line(&name.0);
                Some(format!(
                    "nobody to write it: there is no {name} in this council; name one of its members"
                ))
            }
            (Ask::Critique, _) if usable < stage.mode().unwrap_or_default().fewest() => {
                Some(too_few(usable, stage))
            }
            _ => None,
        }
    }

    /// That nobody is left who could speak in a stage.
    fn gone(stage: &Stage) -> String {
        let names: Vec<String> = match &stage.speakers {
            Speakers::Member(name) => vec![clean::line(&name.0)],
            Speakers::Named(names) => names.iter().map(|name| clean::line(&name.0)).collect(),
            _ => vec!["anybody who is asked here".to_owned()],
        };
        format!("nobody to ask: {} left, or is held back", names.join(", "))
    }

    /// That the stages whose texts it needs brought none.
    fn nothing_came(&self, stage: &Stage) -> String {
        let names: Vec<String> = stage.outcomes().map(|of| self.title(of)).collect();
        format!("nothing to work on: nothing came of {}", names.join(" and "))
    }

    /// The last round of a stage in which anybody was asked; 0 before that.
    pub fn came_to(&self, stage: StageId) -> u16 {
        self.calls_of(stage).next_back().map_or(0, |call| call.id.round)
    }

    /// Why a debate that began does not go on: members left, and fewer than it takes are still there.
    pub fn deserted(&self, state: &StageState) -> Option<String> {
        let begun = state.begun.as_ref().filter(|begun| !state.stopped && begun.obstacle.is_none())?;
        let here = begun.answers.iter().filter(|call| self.sits(call.slot)).count();
        let held = self.came_to(state.stage.id);
        let early = state.stage.ask == Ask::Critique && held < *state.stage.rounds().end();
        let fewest = state.stage.mode().unwrap_or_default().fewest();
        (early && here < fewest).then(|| too_few(here, &state.stage))
    }
}

fn too_few(usable: usize, stage: &Stage) -> String {
    if stage.mode().is_some_and(|mode| mode.fewest() == 1) {
        return "nothing to look at again: nobody has an answer".to_owned();
    }
    format!("no debate: it takes two members with an answer, here are {usable}")
}
