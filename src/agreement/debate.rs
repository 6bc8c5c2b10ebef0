//! What a debate needs the eye of agreement for: where the answers before a round stand, for members that are shown that,
//! and whether a rule ends the debate now that a round is over. Pure; the engine puts it on record before it asks what
//! comes next, so that it comes out the same when a session is opened again.

use super::compare_told;
use super::outcome::position_in;
use super::position::Position;
use super::told::told;
use super::trail::{Split, Trail, groups, unanimous};
use crate::core::{Ask, Call, Dollars, Event, Held, Mode, Run, StageId, StageState, Stop, StopRule, Stops};

/// What is to be put on record of a run's debates before anything else is asked in them.
pub fn due(run: &Run) -> Vec<Event> {
    run.stages.iter().filter_map(|state| stops(run, state).or_else(|| grouping(run, state))).collect()
}

/// The records of due ones that end a debate.
pub fn ended(run: &Run) -> Vec<Event> {
    run.stages.iter().filter_map(|state| stops(run, state)).collect()
}

/// The round that is about to be asked in a debate, where the one before it is over.
fn about_to_be_asked(run: &Run, state: &StageState) -> Option<u16> {
    let stage = &state.stage;
    let round = run.round_to_ask(state).filter(|_| stage.ask == Ask::Critique && stage.point.is_none())?;
    let begun = run.calls_of(stage.id).any(|call| call.id.round >= round);
    (!begun && run.quiet(stage.id)).then_some(round)
}

/// The answers before a round, by where they stand, the largest group first.
fn grouping(run: &Run, state: &StageState) -> Option<Event> {
    let stage = &state.stage;
    if stage.mode() != Some(Mode::Reconcile) {
        return None;
    }
    let round = about_to_be_asked(run, state).filter(|round| !state.groups.contains_key(round))?;
    let answers = run.standing_before(stage.id, round);
    let split: Split = answers.iter().map(|(seat, call)| (*seat, position_in(run, call))).collect();
    let mut held: Vec<Held> = groups(&split)
        .into_iter()
        .map(|(position, seats)| Held {
            position: position.value.clone(),
            answers: seats.iter().map(|seat| answers[seat].id).collect(),
            confidence: seats.iter().map(|seat| split[seat].confidence).collect(),
        })
        .collect();
    held.sort_by_key(|group| std::cmp::Reverse(group.answers.len()));
    Some(Event::RoundGrouped { run: run.id, stage: stage.id, round, groups: held })
}

/// The record that ends a debate by one of its rules, where one holds after the round that is over.
fn stops(run: &Run, state: &StageState) -> Option<Event> {
    let until = state.stage.debate?.until;
    let held = about_to_be_asked(run, state)?.checked_sub(1)?;
    // One that was given more rounds after a rule had ended it goes on for one at least.
    if until.none() || state.stop.is_some_and(|stop| stop.round >= held) {
        return None;
    }
    let rule = rule(run, state.stage.id, until, held)?;
    Some(Event::StageStopped { run: run.id, stage: state.stage.id, rule: Some(rule) })
}

/// Where every member stands after each round of a stage so far.
pub fn trail(run: &Run, stage: StageId, held: u16) -> Trail {
    let split = |round: u16| {
        let standing = run.standing_before(stage, round + 1);
        standing.into_iter().map(|(seat, call)| (seat, position_in(run, call))).collect::<Split>()
    };
    Trail { rounds: (0..=held).map(split).collect() }
}

/// The first of the rules that holds after a round, in the order of what is surest.
fn rule(run: &Run, stage: StageId, until: Stops, held: u16) -> Option<Stop> {
    let of = |rule, figure: f64, limit: Option<f64>| Some(Stop { rule, round: held, figure, limit });
    let trail = trail(run, stage, held);
    let last = trail.rounds.last()?;
    if until.unanimity && unanimous(last) {
        return of(StopRule::Unanimity, last.len() as f64, None);
    }
    if let Some(hundredths) = until.agreement {
        let (score, limit) = (score(run, stage, held), f64::from(hundredths) / 100.0);
        if score >= limit {
            return of(StopRule::Agreement, score, Some(limit));
        }
    }
    let returned = trail.returned();
    if until.oscillation && (!returned.is_empty() || trail.repeats()) {
        return of(StopRule::Oscillation, returned.len() as f64, None);
    }
    let spoke = run.counting_of(stage).filter(|call| call.id.round == held && call.usable()).count();
    if let Some(all) = trail.unmoved().filter(|_| until.unmoved && spoke > 1) {
        return of(StopRule::Unmoved, all as f64, None);
    }
    let limit = until.money.filter(|_| held > 0)?;
    let spent = |calls: &mut dyn Iterator<Item = &Call>| -> Dollars {
        // At the prices on record: what nobody knew the price of can't be counted.
        calls.map(|call| call.spent(&|_| None).sum()).sum()
    };
    let so_far = spent(&mut run.calls_of(stage));
    let last = spent(&mut run.calls_of(stage).filter(|call| call.id.round == held));
    if so_far + last > limit { of(StopRule::Money, so_far.usd(), Some(limit.usd())) } else { None }
}

/// The agreement score of the answers that stand after a round: mean pairwise claim-F1.
fn score(run: &Run, stage: StageId, held: u16) -> f64 {
    let standing = run.standing_before(stage, held + 1);
    let texts: Vec<(usize, &str)> =
        standing.iter().map(|(seat, call)| (usize::from(*seat), call.text.as_str())).collect();
    compare_told(&texts, told(run)).summary.score
}

/// A position and the points that it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The position, in the words of who held it first.
    pub position: Position,
    /// Its points.
    pub points: f64,
}

/// The points of Free-MAD: for a first answer; taken from a position that is left; given to one that is taken; for one that
/// is kept.
///
/// Free-MAD, arXiv 2509.11035, scores the whole trajectory instead of voting on its last round. The paper's abstract was
/// read, not its appendix: the four weights are those of the public implementation jonathansantilli/freemad.
const POINTS: [f64; 4] = [20.0, 25.0, 30.0, 20.0];

/// What a debate comes to by the whole way there, in order of points: what happens in round k counts 1 / (k + 1).
pub fn trajectory(trail: &Trail) -> Vec<Scored> {
    let mut scored: Vec<Scored> = Vec::new();
    let mut add = |position: &Position, points: f64| match scored
        .iter_mut()
        .find(|known| known.position.same(position))
    {
        Some(known) => known.points += points,
        None => scored.push(Scored { position: Position { confidence: None, ..position.clone() }, points }),
    };
    let [first, left, taken, kept] = POINTS;
    for (round, split) in trail.rounds.iter().enumerate() {
        let share = 1.0 / (round as f64 + 1.0);
        for (seat, now) in split.iter().filter(|(_, now)| now.stated()) {
            let before = round.checked_sub(1).and_then(|at| trail.rounds[at].get(seat));
            match before.filter(|before| before.stated()) {
                None => add(now, first * share),
                Some(before) if before.same(now) => add(now, kept * share),
                Some(before) => {
                    add(before, -left * share);
                    add(now, taken * share);
                }
            }
        }
    }
    scored.sort_by(|a, b| b.points.total_cmp(&a.points));
    scored
}

#[cfg(test)]
mod tests {
    use super::super::position::position;
    use super::*;

    #[test]
    fn the_whole_way_is_scored_not_its_end() {
        let of = |word: &str| position(&format!("POSITION: {word}"));
        let split = |line: &str| (0..).zip(line.split(' ').map(of)).collect::<Split>();
        let trail = Trail { rounds: vec![split("yes no no"), split("yes yes no")] };
        let told: Vec<(String, f64)> =
            trajectory(&trail).into_iter().map(|one| (one.position.value, one.points)).collect();
        // yes: 20 first, then 20 / 2 kept and 30 / 2 taken. no: 40 first, then 25 / 2 left and 20 / 2 kept.
        assert_eq!(told, [("yes".to_owned(), 45.0), ("no".to_owned(), 37.5)]);
        assert_eq!(trajectory(&Trail::default()), []);
    }
}
