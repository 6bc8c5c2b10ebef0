//! What a result is less than it should be: members that are missing in it, answers that are cut short, backups that spoke
//! in a member's place, answers to another question. It reads a [`Run`] and changes nothing.

use super::call::Call;
use super::clean;
use super::event::EndState;
use super::ids::StageId;
use super::plan::Ask;
use super::run::Run;

impl Run {
    /// What a step's result lacks, a few words each, for people; nothing while it has not begun.
    ///
    /// It is about the answers that the step began with and, once they are over, about its own calls.
    pub fn lacks(&self, id: StageId) -> Vec<String> {
        let Some(state) = self.stage(id) else { return Vec::new() };
        let Some(begun) = &state.begun else { return Vec::new() };
        let mut lacks = Vec::new();
        if let Some((of, _)) = state.stage.answers() {
            let answered = |slot: u16| begun.answers.iter().any(|answer| answer.slot == slot);
            for slot in 0..self.council.members.len() as u16 {
                // A retry that came later is told of elsewhere: [`Run::made_without`].
                let asked = self.counting(of, first_round(self, of), slot);
                if let Some(call) = asked.filter(|call| !answered(slot) && call.ended() && !call.usable()) {
                    lacks.push(format!("without {}: {}", name(call), why(call)));
                }
            }
            lacks.extend(begun.answers.iter().filter_map(|answer| self.lack(self.calls.get(answer)?)));
        }
        let own = self.counting_of(id).filter(|call| call.ended());
        lacks.extend(own.filter_map(|call| match (call.usable(), state.stage.ask) {
            (true, _) => self.lack(call),
            (false, Ask::Ballot) => Some(format!("no ballot of {}: {}", name(call), why(call))),
            (false, Ask::Critique) => {
                Some(format!("round {} without {}: {}", call.id.round, name(call), why(call)))
            }
            (false, Ask::Answer) => Some(format!("without {}: {}", name(call), why(call))),
            (false, Ask::Check) => Some(format!("no check by {}: {}", name(call), why(call))),
            (false, Ask::Route) => Some(format!("no triage by {}: {}", name(call), why(call))),
            (false, Ask::Merge | Ask::HandOver) => None,
        }));
        lacks.dedup();
        lacks
    }

    /// What an answer lacks.
    fn lack(&self, call: &Call) -> Option<String> {
        if let Some(similar) = call.cached.as_ref().and_then(|cached| cached.similar.as_ref()) {
            let score = similar.score_word();
            return Some(format!("{} answers an earlier, similar question (score {score})", name(call)));
        }
        if let Some(model) = self.substitute(call) {
            return Some(format!(
                "in the place of {}: its backup {}",
                name(call),
                clean::line(&model.to_string())
            ));
        }
        (call.end == Some(EndState::Cut)).then(|| format!("{} is cut short: {}", name(call), why(call)))
    }
}

fn first_round(run: &Run, stage: StageId) -> u16 {
    run.stage(stage).map_or(0, |state| *state.stage.rounds().start())
}

fn name(call: &Call) -> String {
    clean::line(&call.member.0)
}

/// Why a call is not whole, in a word or two.
fn why(call: &Call) -> &'static str {
    match (&call.error, call.end) {
        (Some(error), _) => error.kind.words(),
        (None, Some(end)) => end.word(),
        (None, None) => "still running",
    }
}
