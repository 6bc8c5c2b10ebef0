//! A file of JSON lines with one writer, which outlives any end of a program: one `write(2)` a line, and a torn last line is cut
//! off before the next one. Experiments keep their logs so. What lines say is the caller's.

use super::log::writable;
use super::tail::{Tail, cut};
use super::{StoreError, file};
use serde::Serialize;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 256 << 20;

/// An open file of lines, locked until it is dropped.
#[derive(Debug)]
pub struct Lines {
    path: PathBuf,
    tail: Tail<File>,
    buffer: Vec<u8>,
}

impl Lines {
    /// Makes a new file, and its folder where that is missing.
    ///
    /// # Errors
    /// One line, when it is there already or can't be made.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        file::folder(path.parent().unwrap_or(Path::new(".")))?;
        let file = writable().create_new(true).open(path).map_err(|error| StoreError::of(path, error))?;
        lock(&file, path)?;
        Ok(Self { path: path.to_owned(), tail: Tail::new(file, 0), buffer: Vec::new() })
    }

    /// Opens a file to go on with it: locks it, gives `each` its whole lines with their numbers from 1, and cuts a torn last
    /// line off, which is kept beside it. Gives what became of that.
    ///
    /// # Errors
    /// One line; [`StoreError::InUse`] when another synod writes to it.
    pub fn open(path: &Path, each: impl FnMut(usize, &[u8])) -> Result<(Self, Option<String>), StoreError> {
        let fault = |error| StoreError::of(path, error);
        let mut file = writable().open(path).map_err(fault)?;
        lock(&file, path)?;
        let (good, torn) = scan(&file, each).map_err(fault)?;
        let notice = match torn {
            0 => None,
            bytes => {
                let kept = cut(&mut file, path, good)?;
                Some(format!("the last {bytes} bytes were no whole line: kept in {kept}"))
            }
        };
        Ok((Self { path: path.to_owned(), tail: Tail::new(file, good), buffer: Vec::new() }, notice))
    }

    /// Appends a line. After it returned, the line survives the end of this process.
    ///
    /// # Errors
    /// One line; then nothing of it is in the file, or it is taken out before the next one.
    pub fn append(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, line)?;
        self.append_raw()
    }

    /// The same for a line that is JSON already.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn append_bytes(&mut self, line: &[u8]) -> Result<(), StoreError> {
        self.buffer.clear();
        self.buffer.extend_from_slice(line);
        self.append_raw()
    }

    fn append_raw(&mut self) -> Result<(), StoreError> {
        self.buffer.push(b'\n');
        self.tail.append(&self.buffer).map_err(|error| StoreError::of(&self.path, error))
    }

    /// Makes what was appended survive a power failure too.
    ///
    /// # Errors
    /// One line, when the system can't say that it is on disk.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.tail.sync().map_err(|error| StoreError::of(&self.path, error))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Gives `each` the whole lines of a file with their numbers from 1; it may be open in another synod. Gives how many bytes at
/// its end are no whole line.
///
/// # Errors
/// One line, when it can't be read.
pub fn each(path: &Path, each: impl FnMut(usize, &[u8])) -> Result<u64, StoreError> {
    let fault = |error| StoreError::of(path, error);
    let file = File::open(path).map_err(fault)?;
    scan(&file, each).map(|(_, torn)| torn).map_err(fault)
}

/// The line of that number, without its end; `None` where there is none.
///
/// # Errors
/// One line, when the file can't be read.
pub fn at(path: &Path, number: usize) -> Result<Option<Vec<u8>>, StoreError> {
    let mut found = None;
    each(path, |at, line| {
        if at == number {
            found = Some(line.to_vec());
        }
    })?;
    Ok(found)
}

/// Where the last whole line ends, and how many bytes follow it.
fn scan(file: &File, mut each: impl FnMut(usize, &[u8])) -> io::Result<(u64, u64)> {
    let mut source = BufReader::with_capacity(1 << 18, file);
    let (mut good, mut number, mut line) = (0, 0, Vec::new());
    loop {
        line.clear();
        let read = source.read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok((good, 0));
        }
        if line.pop() != Some(b'\n') {
            return Ok((good, read as u64));
        }
        good += read as u64;
        number += 1;
        if line.len() <= LONGEST_LINE {
            each(number, &line);
        }
    }
}

fn lock(file: &File, path: &Path) -> Result<(), StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(StoreError::of(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_torn_line_is_cut_and_kept_and_the_rest_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/trials.jsonl");
        let mut lines = Lines::create(&path).unwrap();
        lines.append(&1).unwrap();
        lines.append_bytes(b"[2]").unwrap();
        assert!(matches!(Lines::open(&path, |_, _| ()), Err(StoreError::InUse(_))));
        drop(lines);
        File::options().append(true).open(&path).unwrap().write_all(b"{\"half").unwrap();
        let mut seen = Vec::new();
        assert_eq!(each(&path, |at, line| seen.push((at, line.to_vec()))).unwrap(), 6);
        assert_eq!(seen, [(1, b"1".to_vec()), (2, b"[2]".to_vec())]);
        let (mut lines, notice) = Lines::open(&path, |_, _| ()).unwrap();
        assert_eq!(notice.unwrap(), "the last 6 bytes were no whole line: kept in trials.torn-1");
        lines.append(&3).unwrap();
        lines.sync().unwrap();
        assert_eq!(std::fs::read(lines.path()).unwrap(), b"1\n[2]\n3\n");
        assert!(Lines::create(&path).is_err());
    }
}
