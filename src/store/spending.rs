//! What was spent on a day by every synod of the person, so that they keep to one cap together: a file a day, from midnight
//! to midnight UTC, with a line for what a call may come to and one for what it came to. A line that can't be read is
//! passed over. Whether a call may leave is [`crate::core::budget`]'s.

use super::{StoreError, file};
use crate::core::Dollars;
use crate::core::budget::Used;
use crate::core::when::utc;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Milliseconds in a day.
const DAY: u64 = 24 * 3600 * 1000;

/// A line of a day's file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// When, milliseconds since the epoch.
    at: u64,
    /// The call: its session, and its name there.
    call: String,
    /// What it may come to at the most, in billionths of a US dollar, when it leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<u64>,
    /// What it came to, once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<u64>,
}

/// The days' spending.
#[derive(Debug, Default)]
pub struct Spending {
    /// Where the files of days lie; `None` where no folder is known.
    folder: Option<PathBuf>,
    /// Whether anything is written there; what is not is known until the program ends.
    keep: bool,
    /// What this program has added, by day and call.
    own: BTreeMap<(u64, String), Own>,
}

/// What this program has added for a call.
#[derive(Clone, Copy, Debug)]
struct Own {
    sum: Dollars,
    over: bool,
    written: bool,
}

/// Where they lie, by the folder of the sessions: beside it.
pub fn folder_beside(sessions: &Path) -> PathBuf {
    sessions.with_file_name("spending")
}

impl Spending {
    /// That of a folder. Without `keep` it is read and not written.
    pub fn open(folder: PathBuf, keep: bool) -> Self {
        Self { folder: Some(folder), keep, own: BTreeMap::new() }
    }

    /// What went out on the day of a moment, by everyone.
    ///
    /// # Errors
    /// One line, when the day's file is there and can't be read.
    pub fn used(&self, at: u64) -> Result<Used, StoreError> {
        let lines = match &self.folder {
            Some(folder) => read(&file_of(folder, at))?,
            None => BTreeMap::new(),
        };
        Ok(self.sums(at, &lines))
    }

    /// Asks `decide` about the day of a moment, and sets aside what it says for a call. Nobody else decides meanwhile.
    ///
    /// # Errors
    /// One line, when the day's file can't be read or written; then nothing is set aside.
    pub fn reserve<T>(
        &mut self,
        at: u64,
        call: &str,
        decide: impl FnOnce(Used) -> (T, Option<Dollars>),
    ) -> Result<T, StoreError> {
        let open = self.lock(at)?;
        let lines = match &self.folder {
            Some(folder) => read(&file_of(folder, at))?,
            None => BTreeMap::new(),
        };
        let (said, most) = decide(self.sums(at, &lines));
        if let Some(most) = most {
            if let Some(open) = &open {
                let line = Line { at, call: call.to_owned(), most: Some(most.0), cost: None };
                self.write(open, at, &line)?;
            }
            let own = Own { sum: most, over: false, written: open.is_some() };
            self.own.insert((at / DAY, call.to_owned()), own);
        }
        Ok(said)
    }

    /// Sets aside what a call may come to where the file can't be used: known until the program ends.
    pub fn remember(&mut self, at: u64, call: &str, most: Dollars) {
        let own = Own { sum: most, over: false, written: false };
        self.own.insert((at / DAY, call.to_owned()), own);
    }

    /// Writes what a call came to that began at a moment. Where nothing was set aside for it and it cost nothing, there is
    /// nothing to say. What can't be written leaves what was set aside.
    pub fn settle(&mut self, began: u64, call: &str, cost: Dollars) {
        let key = (began / DAY, call.to_owned());
        if !self.own.contains_key(&key) && cost == Dollars(0) {
            return;
        }
        let open = self.lock(began).ok().flatten();
        let line = Line { at: began, call: call.to_owned(), most: None, cost: Some(cost.0) };
        let written = open.is_some_and(|open| self.write(&open, began, &line).is_ok());
        let was = self.own.get(&key).is_some_and(|own| own.written);
        if written || !was {
            self.own.insert(key, Own { sum: cost, over: true, written });
        }
    }

    /// The sums of a day: what the file says, and what this program knows beyond it.
    fn sums(&self, at: u64, lines: &BTreeMap<String, Dollars>) -> Used {
        let day = at / DAY;
        let mine = |call: &str| self.own.get(&(day, call.to_owned()));
        let of_file = lines.iter().filter(|(call, _)| mine(call).is_none());
        let mut used = Used { spent: of_file.map(|(_, sum)| *sum).sum(), held: Dollars(0) };
        for own in self.own.iter().filter(|((of, _), _)| *of == day).map(|(_, own)| own) {
            let into = if own.over { &mut used.spent } else { &mut used.held };
            *into += own.sum;
        }
        used
    }

    /// The day's file, locked until it is dropped; `None` where nothing is kept.
    fn lock(&self, at: u64) -> Result<Option<File>, StoreError> {
        let Some(folder) = self.folder.as_ref().filter(|_| self.keep) else { return Ok(None) };
        let path = file_of(folder, at);
        let open = file::open(&path)?;
        open.lock().map_err(|error| StoreError::of(&path, error))?;
        Ok(Some(open))
    }

    fn write(&self, mut open: &File, at: u64, line: &Line) -> Result<(), StoreError> {
        // A line that a full disk cut in two must not swallow this one: blank lines say nothing.
        let mut bytes = vec![b'\n'];
        bytes.extend(serde_json::to_vec(line).unwrap_or_default());
        bytes.push(b'\n');
        let path = self.folder.as_ref().map(|folder| file_of(folder, at)).unwrap_or_default();
        open.write_all(&bytes).map_err(|error| StoreError::of(&path, error))
    }
}

/// The file of a moment's day.
fn file_of(folder: &Path, at: u64) -> PathBuf {
    folder.join(utc(at, "%Y-%m-%d.jsonl"))
}

/// What a file says of each call: what it came to, and before that, the most it may come to.
fn read(file: &Path) -> Result<BTreeMap<String, Dollars>, StoreError> {
    let mut text = Vec::new();
    match File::open(file).and_then(|mut open| open.read_to_end(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(StoreError::of(file, error)),
    }
    let mut calls: BTreeMap<String, Dollars> = BTreeMap::new();
    for line in text.split(|byte| *byte == b'\n') {
        let Ok(line) = serde_json::from_slice::<Line>(line) else { continue };
        if let Some(sum) = line.cost.or(line.most) {
            calls.insert(line.call, Dollars(sum));
        }
    }
    Ok(calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: u64 = 1_795_352_701_000;

    fn reserve(of: &mut Spending, call: &str, most: u64) -> Used {
        of.reserve(AT, call, |used| (used, Some(Dollars(most)))).unwrap()
    }

    fn used(spent: u64, held: u64) -> Used {
        Used { spent: Dollars(spent), held: Dollars(held) }
    }

    #[test]
    fn what_one_sets_aside_another_sees_at_once_and_a_crash_leaves_it_counted() {
        let home = tempfile::tempdir().unwrap();
        let folder = folder_beside(&home.path().join("sessions"));
        let (mut one, mut other) =
            (Spending::open(folder.clone(), true), Spending::open(folder.clone(), true));
        assert_eq!(reserve(&mut one, "s/1", 100), used(0, 0));
        assert_eq!(reserve(&mut other, "t/1", 50), used(100, 0));
        assert_eq!(one.used(AT).unwrap(), used(50, 100));
        other.settle(AT, "t/1", Dollars(7));
        assert_eq!(one.used(AT).unwrap(), used(7, 100));
        drop(one);
        assert_eq!(other.used(AT).unwrap(), used(107, 0), "it may have been billed");
        assert_eq!(other.used(AT + DAY).unwrap(), used(0, 0));
        assert!(folder.join("2026-11-22.jsonl").is_file());
    }

    #[test]
    fn a_call_over_midnight_belongs_to_the_day_it_began_on() {
        let home = tempfile::tempdir().unwrap();
        let mut spending = Spending::open(home.path().to_owned(), true);
        reserve(&mut spending, "s/1", 100);
        spending.settle(AT, "s/1", Dollars(30));
        assert_eq!((spending.used(AT).unwrap(), spending.used(AT + DAY).unwrap()), (used(30, 0), used(0, 0)));
    }

    #[test]
    fn where_nothing_is_kept_the_file_is_read_and_the_own_part_known() {
        let home = tempfile::tempdir().unwrap();
        let mut kept = Spending::open(home.path().to_owned(), true);
        reserve(&mut kept, "s/1", 100);
        let mut spending = Spending::open(home.path().to_owned(), false);
        reserve(&mut spending, "t/1", 20);
        spending.settle(AT, "t/2", Dollars(3));
        assert_eq!((spending.used(AT).unwrap(), kept.used(AT).unwrap()), (used(103, 20), used(0, 100)));
        let mut nowhere = Spending::default();
        reserve(&mut nowhere, "t/1", 20);
        nowhere.settle(AT, "t/1", Dollars(5));
        assert_eq!(nowhere.used(AT).unwrap(), used(5, 0));
    }

    #[test]
    fn a_torn_line_costs_itself() {
        let home = tempfile::tempdir().unwrap();
        let mut spending = Spending::open(home.path().to_owned(), true);
        std::fs::write(home.path().join("2026-11-22.jsonl"), b"{\"at\":1,\"call\":\"s/1\",\"mo").unwrap();
        reserve(&mut spending, "s/2", 9);
        drop(spending);
        assert_eq!(Spending::open(home.path().to_owned(), true).used(AT).unwrap(), used(9, 0));
    }
}
