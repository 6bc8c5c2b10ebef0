//! Whether the conditions under which stages of a plan are begun hold, now that their turn has come: above all whether the
//! answers so far settle the question. Pure; the engine puts it on record before it asks what comes next, so that it comes
//! out the same when a session is opened again. Conditions that no text has to be compared for are the core's
//! ([`Run::plainly`]).

use super::outcome::position_in;
use super::position::{Position, Tier, grouped, with_tier};
use super::told::told;
use super::{Mark, compare_told};
use crate::core::routing::family::family;
use crate::core::{Call, Event, Run, Settles, StageId, When, clean};
use std::collections::BTreeSet;

/// What is to be put on record of stages whose turn has come and that have a condition.
pub fn due(run: &Run) -> Vec<Event> {
    let found = run.undecided().map(|state| {
        let when = state.stage.when();
        let (go, why, score) = match (run.plainly(when), when) {
            (Some((go, why)), _) => (go, why, None),
            (None, When::Unsettled { of, by }) => {
                let found = settled(run, *of, *by);
                (!found.settled, found.why, found.score)
            }
            (None, _) => (true, String::new(), None),
        };
        run.decided(state.stage.id, go, why, score)
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
        return Found { settled: true, why, score: Some(score) };
    }
    let (settled, why) = if by.same == 0 { (false, String::new()) } else { same(run, &whole, by) };
    let why = match score.filter(|_| !settled) {
        Some(score) if why.is_empty() => format!("agreement is {score:.2}"),
        Some(score) => format!("{why}; agreement is {score:.2}"),
        None => why,
    };
    Found { settled, why, score }
}

/// Whether enough of them give the same final answer.
fn same(run: &Run, whole: &[&Call], by: Settles) -> (bool, String) {
    let said: Vec<(&Call, Position)> = whole
        .iter()
        .filter(|call| matches!(with_tier(&call.text).1, Tier::Stated | Tier::Marked))
        .map(|call| (*call, position_in(run, call)))
        .collect();
    let mut groups = grouped(said.iter().map(|(call, position)| (*call, position)));
    groups.sort_by_key(|(_, calls)| std::cmp::Reverse(calls.len()));
    let enough = usize::from(by.same);
    let Some((position, calls)) = groups.first() else {
        return (false, "no final answer is stated in what was said".to_owned());
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
        return (false, format!("{differ}: {}", values.join(", ")));
    }
    let families: BTreeSet<String> = calls.iter().map(|call| family(&call.model)).collect();
    if by.families && families.len() < 2 {
        let family = families.first().map_or("", String::as_str);
        return (false, format!("all who say {value} are of one family ({})", clean::line(family)));
    }
    if by.unflagged {
        let flagged = conflicts(run, calls);
        if flagged > 0 {
            let claims = if flagged == 1 { "claim" } else { "claims" };
            return (
                false,
                format!("they agree on {value}, but contradict each other in {flagged} {claims}"),
            );
        }
    }
    let who = match (calls.len(), calls.len() == whole.len()) {
        (2, true) => "both agree".to_owned(),
        (many, true) => format!("all {many} agree"),
        (many, false) => format!("{many} of {} agree", whole.len()),
    };
    (true, format!("stopped early: {who} on {value}"))
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
