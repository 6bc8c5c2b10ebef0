//! `synod experiment learn`: graded answers of an experiment become grades, from which weights, routes and ratings are learned;
//! and are taken back. What a grade is, is [`crate::core::grade`]'s.

use crate::agreement::graded;
use crate::core::{Grade, SessionId};
use crate::engine::shadow::SEEN;
use crate::experiment::words::many;
use crate::experiment::{Facts, Kept, Line};
use crate::launch::{Launch, UsageError};
use crate::providers::recorded;
use crate::store::{grades, lines};
use anyhow::Result;
use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::Path;

/// Keeps the grades of an experiment beside those of the person, or takes them back.
///
/// # Errors
/// [`UsageError`] where there is no such log; else when grades can't be kept.
pub(super) fn learn(launch: &Launch, path: &Path, forget: bool) -> Result<u8> {
    let (path, kept) = super::report::read(launch, path)?;
    let Some(opened) = &kept.opened else { return Ok(1) };
    let file = grades::file_beside(&launch.root);
    let mine = |session: &SessionId| {
        session.0.split(':').next() == Some(format!("experiment-{}", opened.id).as_str())
    };
    if !forget && !launch.save {
        return Err(UsageError(
            "--no-save keeps nothing, so nothing would be learned: leave it out".to_owned(),
        )
        .into());
    }
    let before = grades::load(&file)?.iter().filter(|grade| mine(&grade.session)).count();
    let mut err = io::stderr().lock();
    if forget || before > 0 {
        let erased = grades::erase(&file, |grade| mine(&grade.session))?;
        if forget {
            writeln!(err, "{} of {} are taken back", many(erased, "grade"), opened.name)?;
            return Ok(0);
        }
    }
    let mut all = Vec::new();
    let mut heard = HashSet::new();
    lines::each(&path, |number, line| {
        let Some(facts) = kept.at(number) else { return };
        // What the council said itself is among the person's grades already.
        if opened.shadow && facts.key.treatment == SEEN {
            return;
        }
        if let Ok(Line::Trial(trial)) = serde_json::from_slice::<Line>(line) {
            all.extend(grades_of(&kept, facts, &trial, &mut heard));
        }
    })?;
    grades::add_all(&file, &all)?;
    writeln!(
        err,
        "{} of {} are kept: weights, routes and ratings learn from them (synod grade list; --forget takes them back)",
        many(all.len(), "grade"),
        opened.name
    )?;
    Ok(0)
}

/// The first answers of a trial with what grading them came to.
fn grades_of(
    kept: &Kept,
    facts: &Facts,
    trial: &crate::experiment::Trial,
    heard: &mut HashSet<(usize, String)>,
) -> Vec<crate::core::grade::Kept> {
    let Some(opened) = &kept.opened else { return Vec::new() };
    let session = crate::core::Session::replay(&trial.records);
    let Some(run) = session.runs.first() else { return Vec::new() };
    let item = &opened.design.items[facts.key.item];
    let name = format!("experiment-{}:{}:{}:{}", opened.id, trial.treatment, trial.item, trial.repeat);
    let mut run = run.clone();
    for (slot, seat) in facts.seats.iter().enumerate() {
        let Some(right) = seat.first.and_then(|place| facts.right(place)) else { continue };
        let Some(call) = Facts::first_call(&run, slot as u16) else { continue };
        // A recorded answer is one answer, however many treatments play it.
        let model = &run.council.members[slot].model;
        if model.provider == recorded::PROVIDER && !heard.insert((facts.key.item, model.to_string())) {
            continue;
        }
        let grade = if right { Grade::Right } else { Grade::Wrong };
        if let Some(event) = run.grade(call, Some(grade), item.topic.as_deref()) {
            run.apply(trial.began, &event);
        }
    }
    let graded: Vec<_> = run.grades.iter().map(|(call, _)| call).collect();
    let id = SessionId(name);
    graded.into_iter().filter_map(|call| graded::kept(&id, &run, call, trial.began)).collect()
}
