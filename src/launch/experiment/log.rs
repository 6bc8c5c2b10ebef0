//! The log of an experiment: where it is, that it is of this experiment, and how one is begun, gone on with, forked and joined.

use super::Laid;
use crate::core::clean;
use crate::engine::Clock;
use crate::experiment::trial::{Line, Opened};
use crate::experiment::{Design, Kept};
use crate::launch::UsageError;
use crate::store::lines::{self, Lines};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The name of a log; of a share it has its numbers in it.
fn name(share: Option<(u32, u32)>) -> String {
    match share {
        Some((which, of)) => format!("trials-{which}-of-{of}.jsonl"),
        None => "trials.jsonl".to_owned(),
    }
}

/// Where the log of a share is kept.
pub fn path(out: &Path, share: Option<(u32, u32)>) -> PathBuf {
    out.join(name(share))
}

/// The first line of a log; none where it can't be read.
pub fn first_line(path: &Path) -> Option<Box<Opened>> {
    let file = std::fs::File::open(path).ok()?;
    let mut line = Vec::new();
    std::io::BufRead::read_until(&mut std::io::BufReader::new(file), b'\n', &mut line).ok()?;
    (line.pop() == Some(b'\n')).then(|| Kept::opened_of(&line)).flatten()
}

/// A log that is open, with what it held.
pub struct Begun {
    /// The log.
    pub log: Lines,
    /// What it held.
    pub kept: Kept,
    /// What the person should know of it.
    pub notes: Vec<String>,
}

/// Begins the log of an experiment, or goes on with it; from another one where it is forked.
///
/// # Errors
/// [`UsageError`] where it is of another experiment, in use, or can't be read.
pub fn begin(
    laid: &Laid,
    share: Option<(u32, u32)>,
    fork: Option<&Path>,
    clock: Clock,
    id: &str,
) -> Result<Begun, UsageError> {
    let path = path(&laid.out, share);
    let unread = |error: crate::store::StoreError| UsageError(error.to_string());
    if let Some(from) = fork {
        if path.exists() {
            let line = format!("{} is there already: name another folder with --out", shown(&path));
            return Err(UsageError(line));
        }
        return forked(laid, share, from, clock, id, &path);
    }
    let mut kept = Kept::default();
    let (mut log, notice) = if path.exists() {
        Lines::open(&path, |number, line| kept.take(number, line)).map_err(unread)?
    } else {
        (Lines::create(&path).map_err(unread)?, None)
    };
    let mut notes: Vec<String> =
        notice.into_iter().map(|notice| format!("{}: {notice}", shown(&path))).collect();
    if kept.lines == 0 {
        // A new one; or one that was cut off before its first line.
        let opened = Line::Opened(Box::new(opened(&laid.design, share, clock, id, None)));
        let line = serde_json::to_vec(&opened).map_err(|error| UsageError(error.to_string()))?;
        log.append_bytes(&line).map_err(unread)?;
        kept.take(1, &line);
        return Ok(Begun { log, kept, notes });
    }
    fits(&laid.design, &kept, &path, share)?;
    notes.extend(odd(&kept, &path));
    let there = kept.design().map(|design| (&design.arms, design.baseline));
    if there != Some((&laid.design.arms, laid.design.baseline)) {
        let line = Line::Arms { arms: laid.design.arms.clone(), baseline: laid.design.baseline };
        log.append(&line).map_err(unread)?;
        kept.lines += 1;
        notes.push("the arms have changed and read the same answers in another way from now on".to_owned());
    }
    Ok(Begun { log, kept, notes })
}

/// Whether a log is of this experiment.
fn fits(design: &Design, kept: &Kept, path: &Path, share: Option<(u32, u32)>) -> Result<(), UsageError> {
    let Some(opened) = &kept.opened else {
        let line = format!("{} is no log of an experiment: name another folder with --out", shown(path));
        return Err(UsageError(line));
    };
    if let Some(useless) = &kept.useless {
        return Err(UsageError(format!("{} {useless}", shown(path))));
    }
    if opened.share != share {
        let line = format!("{} is of another share: name another folder with --out", shown(path));
        return Err(UsageError(line));
    }
    if opened.digest != design.digest() {
        let what = changed(&opened.design, design).join(", ");
        let line = format!(
            "the experiment has changed since {} was begun ({what}): put it back, or keep what still holds with --fork {} --out DIR",
            shown(path),
            shown(path)
        );
        return Err(UsageError(line));
    }
    Ok(())
}

/// What has changed, in a few words each.
fn changed(then: &Design, now: &Design) -> Vec<String> {
    let mut all = Vec::new();
    let mut note = |is: bool, what: &str| all.extend(is.then(|| what.to_owned()));
    note(then.seed != now.seed, "the seed");
    note(then.repeats != now.repeats, "the repeats");
    let ids = |design: &Design| design.items.iter().map(|item| item.id.clone()).collect::<BTreeSet<_>>();
    note(then.items.len() != now.items.len() || ids(then) != ids(now), "which questions there are");
    let texts = then.items.iter().zip(&now.items).any(|(one, other)| one.id == other.id && one != other);
    note(texts, "the words of questions");
    note(format!("{:?}", then.grader) != format!("{:?}", now.grader), "the grader");
    for treatment in &now.treatments {
        match then.treatments.iter().find(|known| known.name == treatment.name) {
            None => all.push(format!("the arm {} is new", clean::line(&treatment.name))),
            Some(known) if known.digest != treatment.digest => {
                all.push(format!("what the arm {} asks", clean::line(&treatment.name)));
            }
            Some(_) => {}
        }
    }
    for gone in then.treatments.iter().filter(|it| now.treatments.iter().all(|now| now.name != it.name)) {
        all.push(format!("the arm {} is gone", clean::line(&gone.name)));
    }
    if all.is_empty() {
        all.push("the order of questions or arms".to_owned());
    }
    all
}

/// What could not be used of a log.
pub fn odd(kept: &Kept, path: &Path) -> Vec<String> {
    let mut notes = Vec::new();
    let lines = |many: usize| if many == 1 { "1 line".to_owned() } else { format!("{many} lines") };
    if kept.odd > 0 {
        notes.push(format!(
            "{}: {} can't be read or are of no trial of it; left out",
            shown(path),
            lines(kept.odd)
        ));
    }
    if kept.repeated > 0 {
        notes.push(format!("{}: {} stand there twice; the first counts", shown(path), lines(kept.repeated)));
    }
    if kept.lost.usd() > 0.0 {
        notes.push(format!("trials that were cut off before their end may have cost up to {}", kept.lost));
    }
    notes
}

fn opened(
    design: &Design,
    share: Option<(u32, u32)>,
    clock: Clock,
    id: &str,
    forked: Option<String>,
) -> Opened {
    Opened { share, forked, ..Opened::new(design.clone(), id, clock.now()) }
}

/// Where a log is written that is made of others, until it is whole; what an earlier program left there is taken away.
///
/// # Errors
/// [`UsageError`] where that can't be.
pub fn unfinished(path: &Path) -> Result<PathBuf, UsageError> {
    let part = path.with_extension("unfinished");
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(UsageError(format!("{} can't be removed ({error}); check its owner and mode", shown(&part))))
        }
        _ => Ok(part),
    }
}

/// Gives a log that is whole its name.
///
/// # Errors
/// [`UsageError`] where that can't be.
pub fn finish(part: &Path, path: &Path) -> Result<(), UsageError> {
    std::fs::rename(part, path).map_err(|error| {
        UsageError(format!("{} can't be written ({error}); check its owner and mode", shown(path)))
    })
}

/// A new log with the trials of another one that are the same in this experiment.
fn forked(
    laid: &Laid,
    share: Option<(u32, u32)>,
    from: &Path,
    clock: Clock,
    id: &str,
    path: &Path,
) -> Result<Begun, UsageError> {
    let unread = |error: crate::store::StoreError| UsageError(error.to_string());
    let from = find(from)?;
    let source = first_line(&from).ok_or_else(|| {
        UsageError(format!("{} is no log of an experiment: name one with --fork", shown(&from)))
    })?;
    let mut kept = Kept::default();
    let mut written: Result<(), String> = Ok(());
    // Under another name until it is whole: one that was cut off is no log to go on with.
    let part = unfinished(path)?;
    let mut log = Lines::create(&part).map_err(unread)?;
    let opened = Line::Opened(Box::new(opened(&laid.design, share, clock, id, Some(source.id))));
    let mut put = |line: &[u8]| {
        let before = (kept.facts.len(), kept.odd, kept.repeated);
        kept.take(kept.lines + 1, line);
        if (kept.odd, kept.repeated) != (before.1, before.2) {
            (kept.odd, kept.repeated) = (before.1, before.2);
            kept.lines -= 1;
            return;
        }
        if written.is_ok() {
            written = log.append_bytes(line).map_err(|error| error.to_string());
        }
    };
    put(&serde_json::to_vec(&opened).map_err(|error| UsageError(error.to_string()))?);
    let mine = |line: &[u8]| match serde_json::from_slice(line) {
        Ok(Line::Trial(trial)) => laid.design.items.iter().position(|item| item.id == trial.item),
        _ => None,
    };
    lines::each(&from, |number, line| {
        let item = if number > 1 { mine(line) } else { None };
        if item.is_some_and(|item| share.is_none_or(|share| Design::in_share(item, share))) {
            put(line);
        }
    })
    .map_err(unread)?;
    written.map_err(UsageError)?;
    finish(&part, path)?;
    let notes = vec![format!("{} trials of {} still hold and are kept", kept.facts.len(), shown(&from))];
    Ok(Begun { log, kept, notes })
}

/// The log that a path means: itself, or the one in its folder.
///
/// # Errors
/// [`UsageError`] where there is none, or there are several.
pub fn find(path: &Path) -> Result<PathBuf, UsageError> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let whole = path.join(name(None));
    if whole.is_file() {
        return Ok(whole);
    }
    let parts = parts(path);
    match parts.as_slice() {
        [one] => Ok(one.clone()),
        [] => {
            let line = format!(
                "no log of an experiment at {}: name its folder, or the file trials.jsonl",
                shown(path)
            );
            Err(UsageError(line))
        }
        several => {
            let line = format!(
                "{} holds {} shares: join them with synod experiment merge {} {}",
                shown(path),
                several.len(),
                shown(&whole),
                shown(path)
            );
            Err(UsageError(line))
        }
    }
}

/// The logs of shares in a folder, in the order of their names.
pub fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let part = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("trials-")
            && name.contains("-of-")
            && path.extension().is_some_and(|it| it == "jsonl")
    };
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(part).collect();
    all.sort();
    all
}

/// Reads a log, without changing it.
///
/// # Errors
/// [`UsageError`] where it is none, or can't be read.
pub fn read(path: &Path) -> Result<Kept, UsageError> {
    let mut kept = Kept::default();
    lines::each(path, |number, line| kept.take(number, line))
        .map_err(|error| UsageError(error.to_string()))?;
    usable(kept, path)
}

/// What a log held, where it is one.
pub(super) fn usable(kept: Kept, path: &Path) -> Result<Kept, UsageError> {
    if let Some(useless) = &kept.useless {
        return Err(UsageError(format!("{} {useless}", shown(path))));
    }
    if kept.lines == 0 {
        let line =
            format!("{} is empty: the experiment that began it was cut off; run it again", shown(path));
        return Err(UsageError(line));
    }
    if kept.opened.is_none() {
        return Err(UsageError(format!("{} is no log of an experiment", shown(path))));
    }
    Ok(kept)
}

/// A path for people.
pub fn shown(path: &Path) -> String {
    clean::exact(&path.display().to_string())
}
