//! The way through a plan whose names are all known: stages that are never begun, roads that are never taken, routes that lead
//! nowhere, work that is sent back to where it does not come from, texts that can't be told apart.

use super::super::faults::Faults;
use super::stage::Raw;
use crate::core::recipe::facts::{apart, before, brings, follows, needs, own_texts, takes, torn};
use crate::core::recipe::{Is, Recipe, Written};
use crate::core::{Ask, Stage, StageId, When};
use std::collections::BTreeSet;

/// Notes what is wrong on the way.
pub(super) fn check(recipe: &Recipe, raw: &[Raw<'_>], faults: &mut Faults<'_>) {
    let stages: Vec<Stage> = recipe.stages.iter().map(|written| written.stage.clone()).collect();
    for written in &recipe.stages {
        let name = written.stage.name().unwrap_or_default();
        // The answers of a council are told of with it.
        let Some(raw) = raw.iter().find(|raw| raw.name == name) else { continue };
        let title = |id: StageId| {
            stages
                .get(usize::from(id.0))
                .and_then(Stage::name)
                .unwrap_or_default()
                .trim_end_matches("/answers")
        };
        if let Some(what) = wrong(recipe, &stages, written, &title) {
            faults.add(&raw.at, &raw.path, &what);
        }
    }
}

fn wrong<'s>(
    recipe: &Recipe,
    stages: &[Stage],
    written: &Written,
    title: &dyn Fn(StageId) -> &'s str,
) -> Option<String> {
    let stage = &written.stage;
    if let When::Chose { route, road } = stage.when()
        && stages.get(usize::from(route.0)).is_some_and(|route| !takes(route, *road))
    {
        let route = title(*route);
        return Some(format!(
            "is never begun: {route} never takes the road {}; take road out of {route}, or name the road that it takes",
            road.name()
        ));
    }
    if let Some((one, other)) = torn(stages, stage.id) {
        let words = (words(&one, title), words(&other, title));
        return Some(format!(
            "is never begun: it needs both that {} and that {}; take one out",
            words.0, words.1
        ));
    }
    let held = needs(stages, stage.id);
    let mut seen = stage.outcomes().chain(stage.answers().map(|(of, _)| of)).peekable();
    if seen.peek().is_some() && !seen.any(|of| brings(stages, of, &held)) {
        let names: Vec<&str> = stage.outcomes().chain(stage.answers().map(|(of, _)| of)).map(title).collect();
        let when: Vec<String> = held.iter().map(|when| words(when, title)).collect();
        return Some(format!(
            "is never given anything: it is begun where {}, and nothing comes of {} then; see another stage",
            when.join(" and "),
            names.join(", ")
        ));
    }
    if stage.ask == Ask::Route && !stages.iter().any(|other| follows(other, stage.id)) {
        let name = stage.name().unwrap_or_default();
        return Some(format!(
            "leads nowhere; add a stage with by = \"chosen by {name}\" or when = {{ chose = {name:?}, road = \"few\" }}"
        ));
    }
    if let Some(back) = stage.part.as_ref().and_then(|part| part.back)
        && !leads(stages, back.to, stage.id)
    {
        let from: BTreeSet<&str> = stages
            .iter()
            .filter(|other| {
                other.id != stage.id && other.ask != Ask::HandOver && leads(stages, other.id, stage.id)
            })
            .map(|other| title(other.id))
            .collect();
        let from: Vec<&str> = from.into_iter().collect();
        return Some(format!(
            "its work does not come from {}, so it can't be sent back there; send it back to one of {}",
            title(back.to),
            from.join(", ")
        ));
    }
    twice(recipe, stages, stage).map(|(one, other)| {
        format!(
            "is given texts of the same members by {} and {}, which can't be told apart; see one of them, or say do = \"answer\" with a task",
            title(one),
            title(other)
        )
    })
}

/// Two stages that a merge, a vote or a check sees, and in which the same member speaks for sure.
fn twice(recipe: &Recipe, stages: &[Stage], stage: &Stage) -> Option<(StageId, StageId)> {
    if !matches!(stage.ask, Ask::Merge | Ask::Ballot | Ask::Check) {
        return None;
    }
    let seen: Vec<StageId> = stage.outcomes().collect();
    let pairs =
        seen.iter().enumerate().flat_map(|(place, one)| seen[place + 1..].iter().map(move |it| (*one, *it)));
    pairs.into_iter().find(|(one, other)| {
        let (by, others) = (speaking(recipe, *one), speaking(recipe, *other));
        let all = |by: &[&Is]| by.contains(&&Is::All);
        let same = by.iter().any(|who| others.contains(who))
            || all(&by) && !others.is_empty()
            || all(&others) && !by.is_empty();
        same && !apart(stages, *one, *other)
    })
}

/// Who brings a text of a stage for sure, by what is written.
fn speaking(recipe: &Recipe, id: StageId) -> Vec<&Is> {
    let Some(written) = recipe.stages.get(usize::from(id.0)) else { return Vec::new() };
    let stage = &written.stage;
    match stage.answers() {
        Some((of, _)) if of < id => speaking(recipe, of),
        _ if stage.speakers == crate::core::Speakers::Every && written.by.is_empty() => vec![&Is::All],
        _ if own_texts(stage) => written.by.iter().map(|who| &who.is).collect(),
        _ => Vec::new(),
    }
}

/// Whether a stage comes before another.
fn leads(stages: &[Stage], from: StageId, to: StageId) -> bool {
    from != to && before(stages, to).contains(&from)
}

/// A condition in words.
fn words<'s>(when: &When, title: &dyn Fn(StageId) -> &'s str) -> String {
    match when {
        When::Always => "anything comes".to_owned(),
        When::Unsettled { of, .. } => format!("{} settles nothing", title(*of)),
        When::Failed(of) => format!("nothing comes of {}", title(*of)),
        When::Worked(of) => format!("something comes of {}", title(*of)),
        When::Faulted(of) => format!("{} finds a fault", title(*of)),
        When::Sound(of) => format!("{} finds none", title(*of)),
        When::Undecided(of) => format!("{} names nobody", title(*of)),
        When::Chose { route, road } => format!("{} takes the road {}", title(*route), road.name()),
    }
}
