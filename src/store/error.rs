//! What can go wrong with a session's files, each as one line that ends with what to do next.

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why the store can't do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A name that can't be a session's.
    #[error("{0:?} is no session name: use letters, digits, - and _ only")]
    BadName(String),
    /// No session of that name, or none whose name begins so.
    #[error("no session {0:?}: name another one, or ask a question to start a new one")]
    NotFound(String),
    /// There is no session at all.
    #[error("no session in {}: ask a question to start the first one", shown(.0))]
    Empty(PathBuf),
    /// Several sessions' names begin so.
    #[error("{prefix:?} fits {} sessions: {}: type more of the name", .candidates.len(), few(.candidates))]
    Ambiguous {
        /// What was asked for.
        prefix: String,
        /// The sessions it fits, newest first.
        candidates: Vec<String>,
    },
    /// Another synod writes to this session.
    #[error("session {0} is open in another synod: close it there, or start a new session")]
    Busy(String),
    /// Another synod writes to this file.
    #[error("{} is open in another synod: wait until it is done, or close it there", shown(.0))]
    InUse(PathBuf),
    /// A session of that name is there already.
    #[error("session {0} exists already: resume it, or start again for a new name")]
    Exists(String),
    /// There is a directory, or something else that is no file, where the log should be.
    #[error("{} is not a file: move it away and try again", shown(.0))]
    NotAFile(PathBuf),
    /// The file system does not let us.
    #[error("no permission for {}: check its owner and mode, or go on with --no-save", shown(.0))]
    Denied(PathBuf),
    /// The file system can't be written to.
    #[error("{} is on a read-only file system: remount it, or go on with --no-save", shown(.0))]
    ReadOnly(PathBuf),
    /// The disk or the quota is full.
    #[error("disk full at {}: nothing more is recorded; make room and try again", shown(.0))]
    Full(PathBuf),
    /// A record can't be written as JSON.
    #[error("a record can't be written as JSON ({0}): this is a fault of synod's, please report it")]
    Encode(#[from] serde_json::Error),
    /// Anything else.
    #[error("{}: {source}: check the disk and try again", shown(.path))]
    Io {
        /// Where it happened.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl StoreError {
    /// Sorts an error of the system into the kinds a person would handle differently.
    pub(super) fn of(path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as Kind;
        let path = path.to_owned();
        match source.kind() {
            Kind::PermissionDenied => Self::Denied(path),
            Kind::ReadOnlyFilesystem => Self::ReadOnly(path),
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Self::Full(path),
            Kind::IsADirectory | Kind::NotADirectory => Self::NotAFile(path),
            _ => Self::Io { path, source },
        }
    }
}

/// A path on one line, whatever it is made of.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.chars().any(char::is_control) { format!("{text:?}") } else { text }
}

fn few(candidates: &[String]) -> String {
    let mut text = candidates.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    if candidates.len() > 5 {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_one_line_that_ends_with_what_to_do() {
        let path = || PathBuf::from("/data/a\nb/events.jsonl");
        let names = || (0..9).map(|number| format!("s{number}")).collect::<Vec<_>>();
        let kinds = [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::IsADirectory,
            io::ErrorKind::Other,
        ];
        let mut errors: Vec<StoreError> =
            kinds.into_iter().map(|kind| StoreError::of(&path(), kind.into())).collect();
        errors.extend([
            StoreError::BadName("../\nx".into()),
            StoreError::NotFound("x".into()),
            StoreError::Empty(path()),
            StoreError::Ambiguous { prefix: "s".into(), candidates: names() },
            StoreError::Busy("s".into()),
            StoreError::Exists("s".into()),
        ]);
        for error in errors {
            let line = error.to_string();
            assert!(!line.contains('\n'), "{line}");
            assert!(line.rsplit(": ").next().is_some_and(|next| next.len() > 10), "{line}");
        }
    }
}
