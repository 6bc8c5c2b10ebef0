//! What is remembered of endpoints across sessions: one line a call that ended. A convenience that may be deleted at any
//! time; a line that can't be read is passed over. What follows from it is [`crate::core::health`]'s.

use super::{StoreError, file};
use crate::core::health::{Health, Sample};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A longer file is written anew with what still counts, in bytes.
const MOST: u64 = 1 << 20;

/// What is remembered, in memory and, where there is a file, there too.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// What is known now.
    pub now: Health,
    /// Where it is kept; `None` keeps nothing.
    pub file: Option<PathBuf>,
}

impl Kept {
    /// What a file remembers. One that can't be read is as good as none: nothing depends on it but how a provider is
    /// treated in its first moments.
    pub fn open(file: PathBuf) -> Self {
        Self { now: load(&file).unwrap_or_default(), file: Some(file) }
    }

    /// Takes in a call that ended.
    pub fn note(&mut self, sample: Sample) {
        if let Some(file) = &self.file {
            // What can't be kept is known until the program ends.
            let _ = add(file, &sample);
        }
        self.now.note(sample);
    }
}

/// Where it lies, by the folder of the sessions: beside it.
pub fn file_beside(sessions: &Path) -> PathBuf {
    sessions.with_file_name("health.jsonl")
}

/// Reads what is remembered. A file that is not there is an empty one.
///
/// # Errors
/// One line, when it is there and can't be read.
pub fn load(file: &Path) -> Result<Health, StoreError> {
    let mut health = Health::default();
    let mut text = Vec::new();
    match File::open(file).and_then(|mut open| open.read_to_end(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(health),
        Err(error) => return Err(StoreError::of(file, error)),
    }
    for line in text.split(|byte| *byte == b'\n') {
        if let Ok(sample) = serde_json::from_slice::<Sample>(line) {
            health.note(sample);
        }
    }
    Ok(health)
}

/// Adds a call. Where the file has grown long, it is written anew with what still counts at that moment.
///
/// # Errors
/// One line, when it can't be written.
pub fn add(file: &Path, sample: &Sample) -> Result<(), StoreError> {
    let fault = |error| StoreError::of(file, error);
    let mut open = file::open(file)?;
    open.write_all(&line(sample)).map_err(fault)?;
    if open.metadata().map_err(fault)?.len() > MOST {
        let health = load(file)?;
        let kept = health.endpoints().flat_map(|endpoint| health.window(endpoint, sample.at));
        file::replace(file, &kept.flat_map(line).collect::<Vec<u8>>())?;
    }
    Ok(())
}

fn line(sample: &Sample) -> Vec<u8> {
    let mut line = serde_json::to_vec(sample).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ErrorKind;
    use crate::core::health::WINDOW;

    fn sample(endpoint: &str, at: u64) -> Sample {
        let (model, fault) = ("a/b".parse().unwrap(), Some(ErrorKind::Timeout));
        Sample { endpoint: endpoint.to_owned(), model, at, fault, first_ms: None, rate: Some(1.5) }
    }

    #[test]
    fn what_is_added_is_read_again_and_broken_lines_cost_themselves() {
        let home = tempfile::tempdir().unwrap();
        let file = file_beside(&home.path().join("sessions"));
        assert_eq!(load(&file).unwrap(), Health::default());
        add(&file, &sample("a", 1)).unwrap();
        File::options().append(true).open(&file).unwrap().write_all(b"{\"endpo\n\xff\n").unwrap();
        add(&file, &sample("b", 2)).unwrap();
        let mut expected = Health::default();
        expected.note(sample("a", 1));
        expected.note(sample("b", 2));
        assert_eq!(load(&file).unwrap(), expected);
    }

    #[test]
    fn a_long_file_keeps_what_counts() {
        let home = tempfile::tempdir().unwrap();
        let file = file_beside(&home.path().join("sessions"));
        let lines = |count: u64| (0..count).flat_map(|at| line(&sample("a", at))).collect::<Vec<u8>>();
        let many = MOST / line(&sample("a", 0)).len() as u64 + 1;
        std::fs::write(&file, lines(many)).unwrap();
        let before = load(&file).unwrap();
        add(&file, &sample("b", many)).unwrap();
        let after = load(&file).unwrap();
        assert!(std::fs::metadata(&file).unwrap().len() < MOST / 10);
        assert!(before.window("a", many).eq(after.window("a", many)));
        assert_eq!((after.window("a", many).count(), after.window("b", many).count()), (WINDOW, 1));
    }
}
