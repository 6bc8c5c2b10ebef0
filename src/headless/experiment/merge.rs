//! `synod experiment merge`: the logs of shares become one, where they are parts of one experiment and none is missing.

use crate::core::clean;
use crate::experiment::trial::{Line, Opened};
use crate::experiment::{Design, Kept, Key};
use crate::launch::UsageError;
use crate::launch::experiment::log::{self, shown};
use crate::store::lines::{self, Lines};
use anyhow::Result;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Joins the logs of shares.
///
/// # Errors
/// [`UsageError`] where they do not fit each other, or one is missing.
pub(super) fn merge(into: &Path, parts: &[PathBuf]) -> Result<u8> {
    let mut all: Vec<PathBuf> = Vec::new();
    for part in parts {
        let found = if part.is_dir() { log::parts(part) } else { vec![part.clone()] };
        if found.is_empty() {
            return Err(UsageError(format!("{} holds no share of an experiment", shown(part))).into());
        }
        all.extend(found);
    }
    if into.exists() {
        return Err(UsageError(format!("{} is there already: name a new file", shown(into))).into());
    }
    let mut shares: BTreeMap<u32, (PathBuf, Kept)> = BTreeMap::new();
    let mut first: Option<(PathBuf, Box<Opened>, u32)> = None;
    for path in all {
        let kept = log::read(&path)?;
        let Some(opened) = kept.opened.clone() else { continue };
        let Some((which, of)) = opened.share else {
            return Err(
                UsageError(format!("{} is no share: it was not run with --shard", shown(&path))).into()
            );
        };
        match &first {
            Some((known, known_opened, known_of)) => {
                fits((known, known_opened, *known_of), (&path, &opened, of))?;
            }
            None => first = Some((path.clone(), opened, of)),
        }
        if let Some((twice, _)) = shares.get(&which) {
            let line = format!(
                "{} and {} are both share {which} of {of}: leave one out",
                shown(twice),
                shown(&path)
            );
            return Err(UsageError(line).into());
        }
        shares.insert(which, (path, kept));
    }
    let Some((_, opened, of)) = first else {
        return Err(UsageError("there is no share to join".to_owned()).into());
    };
    let missing: Vec<String> =
        (1..=of).filter(|which| !shares.contains_key(which)).map(|which| format!("{which}/{of}")).collect();
    if !missing.is_empty() {
        let line = format!("missing: share {}; name its log too", missing.join(", "));
        return Err(UsageError(line).into());
    }
    let (trials, left) = write(into, *opened, &shares)?;
    let mut err = io::stderr().lock();
    writeln!(err, "{} trials of {of} shares: {}", trials, shown(into))?;
    if left > 0 {
        writeln!(
            err,
            "synod: {left} trials are not done yet: run the shares to their ends, then merge again"
        )?;
    }
    Ok(0)
}

type Part<'a> = (&'a Path, &'a Opened, u32);

fn fits(one: Part<'_>, other: Part<'_>) -> Result<(), UsageError> {
    let (a, b) = (shown(one.0), shown(other.0));
    if one.1.digest != other.1.digest {
        let names = [&one.1.name, &other.1.name].map(|name| clean::line(name));
        let what = if names[0] == names[1] {
            "it was changed between them".to_owned()
        } else {
            format!("{} and {}", names[0], names[1])
        };
        return Err(UsageError(format!("{a} and {b} are of different experiments ({what})")));
    }
    if one.2 != other.2 {
        return Err(UsageError(format!(
            "{a} is one of {} shares, {b} one of {}: run all with the same number",
            one.2, other.2
        )));
    }
    Ok(())
}

/// Writes the one log: the first line of the whole, then all that happened, share by share. Gives how many trials it holds, and
/// how many are missing.
fn write(into: &Path, opened: Opened, shares: &BTreeMap<u32, (PathBuf, Kept)>) -> Result<(usize, u64)> {
    let design: Design = opened.design.clone();
    let part = log::unfinished(into)?;
    let mut log = Lines::create(&part)?;
    log.append(&Line::Opened(Box::new(Opened { share: None, ..opened })))?;
    let mut seen: HashSet<Key> = HashSet::new();
    let mut failed: Result<(), crate::store::StoreError> = Ok(());
    for (path, kept) in shares.values() {
        let wanted: HashSet<usize> = kept.facts.iter().map(|facts| facts.line).collect();
        seen.extend(&kept.done);
        lines::each(path, |number, line| {
            let other = || {
                matches!(
                    serde_json::from_slice::<Line>(line),
                    Ok(Line::Cut { .. } | Line::Budget { .. } | Line::Begun { .. })
                )
            };
            if failed.is_ok() && (wanted.contains(&number) || number > 1 && other()) {
                failed = log.append_bytes(line);
            }
        })?;
    }
    failed?;
    log.sync()?;
    log::finish(&part, into)?;
    Ok((seen.len(), design.trial_count() - seen.len() as u64))
}
