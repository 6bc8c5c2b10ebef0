//! Whether the conditions under which stages of a plan are begun hold, now that their turn has come: above all whether the
//! answers so far settle the question. Pure; the engine puts it on record before it asks what comes next, so that it comes
//! out the same when a session is opened again. Conditions that no text has to be compared for are the core's
//! ([`Run::plainly`]).

use super::outcome::position_in;
use super::position::{Position, grouped, with_tier};
use super::told::told;
use super::{Mark, compare_told};
use crate::core::routing::family::family;
use crate::core::{Call, CallId, Decided, Event, Run, Settles, StageId, When, clean};
use std::collections::BTreeSet;

/// What is to be put on record of stages whose turn has come and that have a condition.
pub fn due(run: &Run) -> Vec<Event> {
    let found = run.undecided().map(|state| {
        let (stage, when) = (state.stage.id, state.stage.when());
        match (run.plainly(when), when) {
            (None, When::Unsettled { of, by }) => {
                let Found { settled, why, score, held } = settled(run, *of, *by);
                let decided = Decided { go: !settled, why, score, held };
                Event::StageDecided { run: run.id, stage, decided }
            }
            (Some((go, why)), _) => run.decided(stage, go, why),
            (None, _) => run.decided(stage, true, String::new()),
        }
    });
    found.collect()
}

/// Whether answers settle a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Whether they do.
    pub settled: bool,
    /// Why, or why not, for people.
    pub why: String,
    /// Their agreement score, where it was looked at.
    pub score: Option<f64>,
    /// Those that give the same final answer, where that settles it.
    pub held: Vec<CallId>,
}

/// Whether the answers of a stage, and those that they stand beside, settle the question. Only whole answers count, and only
/// final answers that their texts state or mark: of one that had to be guessed nothing can be said.
///
/// After Pyramid `MoA`, arXiv 2602.19509, where a router reads agreement and confidence of small models; here it is the final
/// answers and the claims themselves, and confidence decides nothing.
pub fn settled(run: &Run, of: StageId, by: Settles) -> Found {
    let of = run.heir(of);
    let standing = run.standing(of, run.last_round(of));
    let whole: Vec<&Call> = standing.into_values().filter(|call| call.done()).collect();
    let score = by.agreement.map(|_| agreement(run, &whole));
    if let Some((score, hundredths)) = score.zip(by.agreement)
        && whole.len() > 1
        && score >= f64::from(hundredths) / 100.0
    {
        let limit = f64::from(hundredths) / 100.0;
        let why = format!("stopped early: agreement {score:.2}, at least {limit:.2} was set");
        return Found { settled: true, why, score: Some(score), held: Vec::new() };
    }
    let found = if by.same == 0 { Err(String::new()) } else { same(run, &whole, by) };
    let settled = found.is_ok();
    let (why, held) = found.unwrap_or_else(|why| (why, Vec::new()));
    let why = match score.filter(|_| !settled) {
        Some(score) if why.is_empty() => format!("agreement is {score:.2}"),
        Some(score) => format!("{why}; agreement is {score:.2}"),
        None => why,
    };
    Found { settled, why, score, held }
}

/// Those that give the same final answer, where they are enough, with the words for it; else why they are not.
fn same(run: &Run, whole: &[&Call], by: Settles) -> Result<(String, Vec<CallId>), String> {
    let said: Vec<(&Call, Position)> = whole
        .iter()
        .filter(|call| with_tier(&call.text).1.given())
        .map(|call| (*call, position_in(run, call)))
        .collect();
    let mut groups = grouped(said.iter().map(|(call, position)| (*call, position)));
    groups.sort_by_key(|(_, calls)| std::cmp::Reverse(calls.len()));
    let enough = usize::from(by.same);
    let Some((position, calls)) = groups.first() else {
        return Err("no final answer is stated in what was said".to_owned());
    };
    let value = clean::line(&position.value);
    if calls.len() < enough {
        let mut values: Vec<String> =
            groups.iter().map(|(position, _)| clean::line(&position.value)).collect();
        let unstated = whole.len() - said.len();
        if unstated > 0 {
            values.push(format!("{unstated} without a final answer"));
        }
        let differ = if values.len() > 1 { "they differ" } else { "too few said it" };
        return Err(format!("{differ}: {}", values.join(", ")));
    }
    let families: BTreeSet<String> = calls.iter().map(|call| family(&call.model)).collect();
    if by.families && families.len() < 2 {
        let family = families.first().map_or("", String::as_str);
        return Err(format!("all who say {value} are of one family ({})", clean::line(family)));
    }
    if by.unflagged {
        let flagged = conflicts(run, calls);
        if flagged > 0 {
            let claims = if flagged == 1 { "claim" } else { "claims" };
            return Err(format!("they agree on {value}, but contradict each other in {flagged} {claims}"));
        }
    }
    let who = match (calls.len(), calls.len() == whole.len()) {
        (2, true) => "both agree".to_owned(),
        (many, true) => format!("all {many} agree"),
        (many, false) => format!("{many} of {} agree", whole.len()),
    };
    Ok((format!("stopped early: {who} on {value}"), calls.iter().map(|call| call.id).collect()))
}

fn texts<'a>(calls: &[&'a Call]) -> Vec<(usize, &'a str)> {
    calls.iter().map(|call| (usize::from(call.id.slot), call.text.as_str())).collect()
}

/// The mean claim-F1 of all pairs, 0 to 1.
fn agreement(run: &Run, calls: &[&Call]) -> f64 {
    compare_told(&texts(calls), told(run)).summary.score
}

/// In how many claims these answers contradict each other.
fn conflicts(run: &Run, calls: &[&Call]) -> usize {
    let compared = compare_told(&texts(calls), told(run));
    compared.claims.iter().filter(|claim| claim.mark == Mark::Conflict).count()
}
