//! What stages of a plan hand on to each other: what one comes to for those after it, what a stage that begins is given,
//! and what the whole run comes to. It reads a [`Run`] and changes nothing. What the person may do to a running plan is
//! [`super::steer`]'s.

use super::call::Call;
use super::clean;
use super::event::Event;
use super::ids::{CallId, MemberId, StageId};
use super::next::{Progress, next};
use super::part::{Decided, Given, Handed, When};
use super::plan::{Ask, Stage};
use super::run::{Run, StageState};
use super::{ballot, rules};

impl Run {
    /// Whether its plan was written down: its stages have names.
    pub fn planned(&self) -> bool {
        self.stages.iter().any(|state| state.stage.part.is_some())
    }

    /// The stage that stands for one by now: the last that took its place after the work was sent back.
    pub fn heir(&self, mut id: StageId) -> StageId {
        while let Some(heir) = self.stage(id).and_then(|state| state.heir).filter(|heir| *heir > id) {
            id = heir;
        }
        id
    }

    /// The stage that one means when it names another: the other's heir, but for what is gone through once more, which goes
    /// on from what it was itself.
    fn meant(&self, stage: &Stage, of: StageId) -> StageId {
        if stage.again().is_some_and(|again| again.of == of) { of } else { self.heir(of) }
    }

    /// What a stage comes to for those that see it, best first where it ranks: the texts of its members, of a vote the answer
    /// that won or those that tie, of a gate what the person let through. One that was left out hands on what settled
    /// the question before it, else what it would have worked on or stood beside. Nothing where nothing came of it.
    pub fn comes_to(&self, of: StageId) -> Vec<Given> {
        let Some(state) = self.stage(of) else { return Vec::new() };
        if state.skipped().is_some() {
            let held = state.decided.as_ref().map_or(&[][..], |decided| decided.held.as_slice());
            if !held.is_empty() {
                return held.iter().map(|call| Given { from: call.stage, call: Some(*call) }).collect();
            }
            let first = state.stage.outcomes().next().or(state.stage.beside()).filter(|first| *first < of);
            return first.map(|first| self.comes_to(self.meant(&state.stage, first))).unwrap_or_default();
        }
        let given = |call: CallId| Given { from: of, call: Some(call) };
        match state.stage.ask {
            Ask::Critique => {
                let standing = self.standing(of, *state.stage.rounds().end());
                standing.into_values().map(|call| given(call.id)).collect()
            }
            Ask::Answer | Ask::Merge | Ask::Check => {
                let counting = self.counting_of(of).filter(|call| call.usable() && self.sits(call.id.slot));
                counting.map(|call| given(call.id)).collect()
            }
            Ask::Ballot => {
                let winners = self.winners(of);
                let pinned = self.pinned(of);
                let won = winners.iter().filter_map(|name| pinned.values().find(|call| call.member == *name));
                won.map(|call| given(call.id)).collect()
            }
            Ask::Route => Vec::new(),
            Ask::HandOver => {
                let shown = state.begun.as_ref().map_or(&[][..], |begun| begun.given.as_slice());
                match &state.handed {
                    Some(Handed::Approved) => shown.to_vec(),
                    Some(Handed::Edited(_)) => vec![Given { from: of, call: None }],
                    Some(Handed::Chosen(call)) => vec![given(*call)],
                    Some(Handed::SentBack(_)) | None => Vec::new(),
                }
            }
        }
    }

    /// Whose answers a ballot vote comes to: one, or those that tie.
    pub fn winners(&self, vote: StageId) -> Vec<MemberId> {
        let counting = self.vote_counting();
        let ballots = ballot::cast(self, vote);
        if self.stage(vote).is_some_and(|state| ballot::alone(state, &ballots)) {
            return Vec::new();
        }
        let candidates = ballot::candidates(self, vote);
        let tally = rules::count(counting.rule, &candidates, &ballots, &counting.weights);
        tally.winner.map_or(tally.tied, |winner| vec![winner])
    }

    /// The texts that a stage that begins now is given, in the order in which the plan names them.
    pub fn given(&self, stage: &Stage) -> Vec<Given> {
        let mut all: Vec<Given> = Vec::new();
        for of in stage.outcomes() {
            let meant = self.meant(stage, of);
            for text in self.comes_to(meant) {
                if !all.iter().any(|other| other.call == text.call && (text.call.is_some() || other == &text))
                {
                    all.push(text);
                }
            }
        }
        all
    }

    /// The words of a text that was given: a member's, or the person's own.
    pub fn words_of(&self, given: &Given) -> Option<&str> {
        match given.call {
            Some(call) => self.calls.get(&call).map(|call| call.text.as_str()),
            None => match &self.stage(given.from)?.handed {
                Some(Handed::Edited(text)) => Some(text),
                _ => None,
            },
        }
    }

    /// The person's note to what is gone through once more.
    pub fn note(&self, stage: &Stage) -> Option<&str> {
        let again = stage.again()?;
        match &self.stage(again.from)?.handed {
            Some(Handed::SentBack(note)) => Some(note.as_str()).filter(|note| !note.trim().is_empty()),
            _ => None,
        }
    }

    /// A stage by its name in the plan, for people; a gate's second time is `draft (2)`.
    pub fn title(&self, id: StageId) -> String {
        let Some(state) = self.stage(id) else { return String::new() };
        let name = state.stage.name().map_or_else(|| word(state.stage.ask).to_owned(), clean::line);
        let times = std::iter::successors(Some(state), |state| {
            self.stage(state.stage.again()?.of).filter(|earlier| earlier.stage.id < state.stage.id)
        });
        match times.count() {
            0 | 1 => name,
            times => format!("{name} ({times})"),
        }
    }

    /// The stages whose turn has come and that wait for something to be found out first: whether their condition holds.
    pub fn undecided(&self) -> impl Iterator<Item = &StageState> {
        self.stages.iter().filter(|state| {
            let free = !state.stopped && state.begun.is_none() && state.decided.is_none();
            free && !state.stage.when().is_always() && self.ready(&state.stage)
        })
    }

    /// The routes that have begun and whose choice is still to be made: those for which nobody is asked, and those whose
    /// triage member has said its word.
    pub fn unrouted(&self) -> impl Iterator<Item = &StageState> {
        self.stages.iter().filter(|state| {
            let begun = state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_none());
            let open = state.stage.ask == Ask::Route && begun && !state.stopped && state.routed.is_none();
            open && self.quiet(state.stage.id) && self.round_to_ask(state).is_none()
        })
    }

    /// Whether nothing goes on in it but that the person is waited for.
    pub fn waits(&self) -> bool {
        next(self).state == Progress::Waiting
    }

    /// The stages at which the plan waits for the person.
    pub fn gates(&self) -> impl Iterator<Item = &StageState> {
        self.stages.iter().filter(|state| {
            let begun = state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_none());
            state.stage.ask == Ask::HandOver && begun && !state.stopped && state.handed.is_none()
        })
    }

    /// The stages in the order of the plan: what was gone through once more stands after the gate that it was sent back from,
    /// though it was appended later.
    pub fn in_order(&self) -> Vec<&StageState> {
        let from = |state: &StageState| {
            let from = state.stage.again()?.from;
            Some(from).filter(|from| *from < state.stage.id)
        };
        let mut all = Vec::with_capacity(self.stages.len());
        let mut rest: Vec<&StageState> =
            self.stages.iter().rev().filter(|state| from(state).is_none()).collect();
        while let Some(state) = rest.pop() {
            all.push(state);
            rest.extend(self.stages.iter().rev().filter(|later| from(later) == Some(state.stage.id)));
        }
        all
    }

    /// What the run comes to: what its last stage hands on that hands on anything. Of several answers the first whole one.
    pub fn result(&self) -> Option<Given> {
        let handing = |state: &&StageState| {
            let hands = !matches!(state.stage.ask, Ask::Route | Ask::Check);
            let settled = state.decided.as_ref().is_some_and(|decided| !decided.held.is_empty());
            hands && (state.begun.is_some() || settled) && state.heir.is_none()
        };
        let whole =
            |given: &Given| given.call.is_none_or(|call| self.calls.get(&call).is_some_and(Call::done));
        self.in_order().into_iter().rev().filter(handing).find_map(|state| {
            let texts = self.comes_to(state.stage.id);
            texts.iter().find(|given| whole(given)).or(texts.first()).cloned()
        })
    }

    /// What decides whether a stage with a condition is begun that needs no eye of agreement: a route's road, what failed,
    /// what a vote or a check came to. `None` where the claims of answers have to be looked at.
    pub fn plainly(&self, when: &When) -> Option<(bool, String)> {
        let title = |id: StageId| self.title(id);
        let found = match when {
            When::Always => (true, String::new()),
            When::Failed(of) if self.comes_to(self.heir(*of)).is_empty() => {
                (true, format!("nothing came of {}", title(*of)))
            }
            When::Failed(of) => (false, format!("{} brought a text", title(*of))),
            When::Worked(of) if self.comes_to(self.heir(*of)).is_empty() => {
                (false, format!("nothing came of {}", title(*of)))
            }
            When::Worked(of) => (true, format!("{} brought a text", title(*of))),
            When::Undecided(of) => match self.winners(self.heir(*of)).as_slice() {
                [winner] => (false, format!("{} named {}", title(*of), clean::line(&winner.0))),
                [] => (true, format!("{} named nobody", title(*of))),
                tied => {
                    let names: Vec<String> = tied.iter().map(|name| clean::line(&name.0)).collect();
                    (true, format!("{} is a tie of {}", title(*of), names.join(" and ")))
                }
            },
            When::Chose { route, road } => {
                let routed = self.stage(self.heir(*route)).and_then(|state| state.routed.as_ref());
                let took = routed.map(|routed| routed.road);
                let said = took.map_or("no road", |road| road.name());
                (took == Some(*road), format!("{} took the road {said}", title(*route)))
            }
            When::Faulted(of) | When::Sound(of) => {
                let (faults, checked) = self.faults_found(self.heir(*of));
                let faulted = matches!(when, When::Faulted(_));
                let claims = if faults == 1 { "claim that does" } else { "claims that do" };
                let why = match (faults, checked) {
                    (0, 0) => format!("{} said nothing of any claim", title(*of)),
                    (0, _) => format!("{} found no claim that does not hold", title(*of)),
                    (faults, _) => format!("{} found {faults} {claims} not hold", title(*of)),
                };
                ((faults > 0) == faulted, why)
            }
            When::Unsettled { .. } => return None,
        };
        Some(found)
    }

    /// The record of what was found of a stage's condition.
    pub fn decided(&self, stage: StageId, go: bool, why: String) -> Event {
        let decided = Decided { go, why, score: None, held: Vec::new() };
        Event::StageDecided { run: self.id, stage, decided }
    }
}

/// What a stage without a name is called.
fn word(ask: Ask) -> &'static str {
    match ask {
        Ask::Answer => "answers",
        Ask::Critique => "debate",
        Ask::Merge => "synthesis",
        Ask::Ballot => "vote",
        Ask::Check => "check",
        Ask::Route => "route",
        Ask::HandOver => "your word",
    }
}
