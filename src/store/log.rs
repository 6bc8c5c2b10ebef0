//! The writer of a session's log: one `write(2)` for each whole line, and nothing half written left behind.
//!
//! What is read back is [`super::read`]'s; when to write and when to sync is the caller's.

use super::read::{Opened, named, notice, open, scan};
use super::tail::{Tail, cut};
use super::{EVENTS, StoreError, directory, file};
use crate::core::{Record, SessionId};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// An open log. Its file is locked, so there is one writer at a time; dropping it lets go.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    /// Where the records go; `None` for a session that is not saved.
    tail: Option<Tail<File>>,
    /// Whether the directory entry is on disk for certain.
    rooted: bool,
    buffer: Vec<u8>,
}

impl Log {
    /// Begins a new session's log.
    ///
    /// # Errors
    /// One line, when there is a session of that name already or the files can't be made.
    pub fn create(root: &Path, id: &SessionId) -> Result<Self, StoreError> {
        let directory = directory(root, id)?;
        file::folder(&directory)?;
        let path = directory.join(EVENTS);
        let file = writable().create_new(true).open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(id.0.clone()),
            _ => StoreError::of(&path, error),
        })?;
        lock(&file, &path, id)?;
        Ok(Self { path, tail: Some(Tail::new(file, 0)), rooted: false, buffer: Vec::new() })
    }

    /// Opens a session to go on with it: locks it, reads it, and cuts a torn tail off, which is kept beside it.
    ///
    /// # Errors
    /// One line; [`StoreError::Busy`] when another synod writes to it.
    pub fn open(root: &Path, id: &SessionId) -> Result<(Self, Opened), StoreError> {
        let path = directory(root, id)?.join(EVENTS);
        let mut file = open(&path, &writable()).map_err(|error| named(&path, id, error))?;
        lock(&file, &path, id)?;
        let (mut opened, good) = scan(&file).map_err(|error| StoreError::of(&path, error))?;
        let fate = match opened.torn {
            Some(_) => format!("kept in {}", cut(&mut file, &path, good)?),
            None => String::new(),
        };
        opened.notice = notice(&opened, &fate);
        Ok((Self { path, tail: Some(Tail::new(file, good)), rooted: true, buffer: Vec::new() }, opened))
    }

    /// A log that keeps nothing, for `--no-save`.
    pub fn memory() -> Self {
        Self { path: PathBuf::new(), tail: None, rooted: true, buffer: Vec::new() }
    }

    /// The file, where there is one.
    pub fn path(&self) -> Option<&Path> {
        self.tail.as_ref().map(|_| self.path.as_path())
    }

    /// Appends a record as one line with one write. After it returned, the record survives the end of this process.
    ///
    /// # Errors
    /// One line; then nothing of the record is in the file, or it is taken out before the next one. The log stays
    /// usable, so the same record may be tried again.
    pub fn append(&mut self, record: &Record) -> Result<(), StoreError> {
        let Some(tail) = &mut self.tail else { return Ok(()) };
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, record)?;
        self.buffer.push(b'\n');
        tail.append(&self.buffer).map_err(|error| StoreError::of(&self.path, error))
    }

    /// Makes what was appended survive a power failure too.
    ///
    /// # Errors
    /// One line, when the system can't say that it is on disk.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        let Some(tail) = &self.tail else { return Ok(()) };
        tail.sync().map_err(|error| StoreError::of(&self.path, error))?;
        if !self.rooted {
            // A new file is lost with its directory's entry. Some file systems can't sync a directory; so be it.
            let parents = self.path.ancestors().skip(1).take(2);
            parents.for_each(|parent| drop(File::open(parent).and_then(|parent| parent.sync_all())));
            self.rooted = true;
        }
        Ok(())
    }
}

pub(super) fn writable() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true).mode(0o600);
    options
}

fn lock(file: &File, path: &Path, id: &SessionId) -> Result<(), StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy(id.0.clone())),
        // A file system without locks: better a session without one than none.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(StoreError::of(path, error)),
    }
}
