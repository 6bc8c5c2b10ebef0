//! Finding sessions: all of them for a list, or the one a person means. Nothing is cached; the directories are the truth.

use super::read::{Lines, open};
use super::{EVENTS, StoreError, is_name};
use crate::core::{Event, Record, SessionId};
use serde::Deserialize;
use std::cmp::Reverse;
use std::fs::OpenOptions;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

/// A session in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Its name.
    pub id: SessionId,
    /// When its first record was written, milliseconds since the epoch.
    pub started_at: u64,
    /// When its last record was written, milliseconds since the epoch.
    pub last_at: u64,
    /// The first question; empty where none was asked.
    pub question: String,
    /// How many questions were asked.
    pub runs: usize,
    /// The members of its last council.
    pub members: Vec<String>,
    /// Whether that council was scripted.
    pub scripted: bool,
    /// The size of its log.
    pub bytes: u64,
    /// One line, where it can't be read, or not wholly.
    pub damaged: Option<String>,
}

/// Lists the sessions under a root, the last used first. What is no session is passed over; what can't be read is
/// listed as damaged.
pub fn list(root: &Path) -> Vec<Summary> {
    let mut sessions: Vec<Summary> =
        names(root).unwrap_or_default().into_iter().map(|id| summary(root, id)).collect();
    sessions.sort_by(|a, b| (Reverse(a.last_at), Reverse(&a.id)).cmp(&(Reverse(b.last_at), Reverse(&b.id))));
    sessions
}

/// Finds the session a person means: a name or its unique beginning; without one, the last used.
///
/// # Errors
/// One line, when there is none or more than one.
pub fn resolve(root: &Path, wanted: Option<&str>) -> Result<SessionId, StoreError> {
    let sessions = match names(root) {
        Ok(sessions) => sessions,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(StoreError::of(root, error)),
    };
    let used = |id: &SessionId| last_at(&root.join(&id.0).join(EVENTS)).unwrap_or_default();
    let Some(wanted) = wanted else {
        let newest = sessions.into_iter().max_by_key(|id| (used(id), id.clone()));
        return newest.ok_or_else(|| StoreError::Empty(root.to_owned()));
    };
    if !is_name(wanted) {
        return Err(StoreError::BadName(wanted.to_owned()));
    }
    if let Some(exact) = sessions.iter().find(|id| id.0 == wanted) {
        return Ok(exact.clone());
    }
    let mut fits: Vec<SessionId> = sessions.into_iter().filter(|id| id.0.starts_with(wanted)).collect();
    match fits.len() {
        0 => Err(StoreError::NotFound(wanted.to_owned())),
        1 => Ok(fits.remove(0)),
        _ => {
            fits.sort_by_cached_key(|id| Reverse((used(id), id.clone())));
            let candidates = fits.into_iter().map(|id| id.0).collect();
            Err(StoreError::Ambiguous { prefix: wanted.to_owned(), candidates })
        }
    }
}

/// The names of all directories that hold a log, or something in its place.
fn names(root: &Path) -> io::Result<Vec<SessionId>> {
    let sessions = std::fs::read_dir(root)?.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok().filter(|name| is_name(name))?;
        let path = root.join(&name);
        // A log that can't even be looked at is a damaged session; a directory without one is none.
        let absent =
            |error: io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        let there = path.join(EVENTS).symlink_metadata().map_or_else(|error| !absent(error), |_| true);
        there.then_some(SessionId(name))
    });
    Ok(sessions.collect())
}

/// What a list needs of every record.
#[derive(Deserialize)]
struct Head {
    at: u64,
}

fn summary(root: &Path, id: SessionId) -> Summary {
    let path = root.join(&id.0).join(EVENTS);
    let mut summary = Summary {
        id,
        started_at: 0,
        last_at: 0,
        question: String::new(),
        runs: 0,
        members: Vec::new(),
        scripted: false,
        bytes: 0,
        damaged: None,
    };
    let read = open(&path, OpenOptions::new().read(true)).and_then(|file| {
        summary.bytes = file.metadata()?.len();
        fill(&mut summary, file)
    });
    let last = last_at(&path);
    summary.last_at = last.unwrap_or(summary.started_at);
    summary.damaged = match read {
        Err(error) => Some(StoreError::of(&path, error).to_string()),
        Ok(_) if last.is_none() => {
            Some(format!("{}: no readable record: remove it, or mend it", path.display()))
        }
        Ok(true) => Some("the last record is torn: it is left out when the session is opened".to_owned()),
        Ok(false) => None,
    };
    summary
}

/// Fills a summary from a log, and says whether its end is torn. Only the few lines it needs are parsed.
fn fill(summary: &mut Summary, source: impl Read) -> io::Result<bool> {
    let mut lines = Lines::new(source);
    let mut started = None;
    while let Some(line) = lines.next()? {
        if !line.whole {
            return Ok(true);
        }
        let Some(bytes) = line.bytes else { continue };
        if started.is_none() {
            started = serde_json::from_slice::<Head>(bytes).ok().map(|head| head.at);
            summary.started_at = started.unwrap_or_default();
        }
        if !may_start_a_run(bytes) {
            continue;
        }
        if let Ok(Record { event: Event::RunStarted { question, council, .. }, .. }) =
            serde_json::from_slice(bytes)
        {
            if summary.runs == 0 {
                summary.question = question;
            }
            summary.runs += 1;
            summary.members = council.members.into_iter().map(|member| member.name.0).collect();
            summary.scripted = council.scripted;
        }
    }
    Ok(false)
}

/// Whether a line is worth parsing. Synod writes the kind near the beginning, and text can't hold it unescaped; in a
/// line that another tool rewrote it may stand anywhere.
fn may_start_a_run(line: &[u8]) -> bool {
    let beginning = &line[..line.len().min(160)];
    let holds = |words: &[u8]| beginning.windows(words.len()).any(|window| window == words);
    holds(br#""kind":"run_started""#) || !holds(br#""kind":""#)
}

/// When the last readable record was written; looks at the end of the file alone.
fn last_at(path: &Path) -> Option<u64> {
    let mut file = open(path, OpenOptions::new().read(true)).ok()?;
    let size = file.metadata().ok()?.len();
    let mut window = 1 << 16;
    loop {
        let from = size.saturating_sub(window);
        file.seek(SeekFrom::Start(from)).ok()?;
        let mut bytes = Vec::new();
        file.by_ref().take(window).read_to_end(&mut bytes).ok()?;
        // The first line of a window may be cut, the last one torn: neither parses then, and neither counts.
        let mut lines = bytes.rsplit(|byte| *byte == b'\n').skip(1);
        if let Some(head) = lines.find_map(|line| serde_json::from_slice::<Head>(line).ok()) {
            return Some(head.at);
        }
        if from == 0 || window > 1 << 28 {
            return None;
        }
        window <<= 4;
    }
}
