//! What conditions say of each other: which stages of a plan can't both be begun, which are never begun, and which would be
//! given nothing. It looks at stages alone, and at no run of them.

use crate::core::ids::StageId;
use crate::core::part::When;
use crate::core::plan::{Ask, Speakers, Stage};
use crate::core::routing::{Road, Routing, Rule};
use std::collections::BTreeSet;

/// All that must hold for a stage to be begun: its own condition, and what has to be begun for that to hold.
pub fn needs(stages: &[Stage], id: StageId) -> Vec<&When> {
    let mut all = Vec::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        let Some(stage) = stages.get(usize::from(next.0)) else { continue };
        let when = stage.when();
        if all.len() > stages.len() {
            break;
        }
        if !when.is_always() {
            all.push(when);
        }
        // The others hold of a stage that was left out, too.
        if let When::Faulted(of) | When::Chose { route: of, .. } = when {
            open.push(*of);
        }
        if let Speakers::Chosen(route) = stage.speakers {
            open.push(route);
        }
    }
    all
}

/// Whether two conditions never hold in one run.
pub fn exclude(one: &When, other: &When) -> bool {
    match (one, other) {
        (When::Faulted(of), When::Sound(other))
        | (When::Sound(other), When::Faulted(of))
        | (When::Failed(of), When::Worked(other))
        | (When::Worked(other), When::Failed(of)) => of == other,
        (When::Chose { route, road }, When::Chose { route: of, road: other }) => route == of && road != other,
        _ => false,
    }
}

/// Whether two stages are never both begun.
pub fn apart(stages: &[Stage], one: StageId, other: StageId) -> bool {
    let other = needs(stages, other);
    needs(stages, one).iter().any(|one| other.iter().any(|other| exclude(one, other)))
}

/// The two conditions on the way to a stage that keep it from ever being begun.
pub fn torn(stages: &[Stage], id: StageId) -> Option<(When, When)> {
    let all = needs(stages, id);
    let pairs = all.iter().flat_map(|one| all.iter().map(move |other| (*one, *other)));
    pairs
        .into_iter()
        .find(|(one, other)| exclude(one, other))
        .map(|(one, other)| (one.clone(), other.clone()))
}

/// Whether a stage can hand anything on in a run in which these conditions hold. One that is left out hands on what settled
/// the question before it, what it would have worked on first, or what it would have stood beside.
pub fn brings(stages: &[Stage], id: StageId, held: &[&When]) -> bool {
    // Each is found once, from those before it.
    let mut all: Vec<bool> = Vec::with_capacity(stages.len());
    for stage in stages.iter().take(usize::from(id.0) + 1) {
        let found = |of: StageId| all.get(usize::from(of.0)).copied().unwrap_or_default();
        let mut seen = stage.outcomes().chain(stage.answers().map(|(of, _)| of)).peekable();
        let failed = held.iter().any(|held| matches!(held, When::Failed(of) if *of == stage.id));
        let out = || needs(stages, stage.id).iter().any(|need| held.iter().any(|held| exclude(need, held)));
        let brings = match failed {
            true => false,
            false if out() => instead(stage).any(found),
            false => seen.peek().is_none() || seen.any(found),
        };
        all.push(brings);
    }
    all.last().copied().unwrap_or_default()
}

/// The stages that come before one, and itself.
pub fn before(stages: &[Stage], id: StageId) -> BTreeSet<StageId> {
    let mut all = BTreeSet::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        let Some(stage) = stages.get(usize::from(next.0)).filter(|_| all.insert(next)) else { continue };
        open.extend(stage.after.iter().copied().filter(|before| *before < next));
    }
    all
}

/// The stages of which one hands something on in the place of this one, where it is left out.
pub fn instead(stage: &Stage) -> impl Iterator<Item = StageId> {
    let settled = match stage.when() {
        When::Unsettled { of, .. } => Some(*of),
        _ => None,
    };
    let first = stage.outcomes().next().or(stage.beside());
    settled.into_iter().chain(first).filter(|of| *of < stage.id)
}

/// Whether a route may take a road.
pub fn takes(route: &Stage, road: Road) -> bool {
    let Some(routing) = route.part.as_ref().and_then(|part| part.routing.as_ref()) else { return false };
    let by_rule = |rule: &Rule| rule.road.is_none_or(|it| it == road);
    routing.road.is_none_or(|it| it == road) || routing.rules.iter().any(by_rule)
}

/// Whether a route may take a road on which it weighs whom to ask, beside those that a rule names.
pub fn weighs(routing: &Routing, road: Road) -> bool {
    let by_rule = |rule: &Rule| rule.road == Some(road);
    routing.road.is_none_or(|it| it == road) || routing.rules.iter().any(by_rule)
}

/// Whether a stage follows a route: it asks whom the route chose, or its condition is about it.
pub fn follows(stage: &Stage, route: StageId) -> bool {
    let by_road = matches!(stage.when(), When::Chose { route: of, .. } if *of == route);
    by_road || stage.speakers == Speakers::Chosen(route)
}

/// Whether each text of what a stage brings is its member's own, so that who speaks says who brings one.
pub fn own_texts(stage: &Stage) -> bool {
    matches!(stage.ask, Ask::Answer | Ask::Merge | Ask::Check)
}
