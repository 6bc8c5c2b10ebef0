//! The writer of a session's log: one `write(2)` for each whole line, and nothing half written left behind.
//!
//! What is read back is [`super::read`]'s; when to write and when to sync is the caller's.

use super::read::{Opened, named, notice, open, scan};
use super::{EVENTS, StoreError, directory, file};
use crate::core::{Record, SessionId};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
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
        tail.sink.sync_data().map_err(|error| StoreError::of(&self.path, error))?;
        if !self.rooted {
            // A new file is lost with its directory's entry. Some file systems can't sync a directory; so be it.
            let parents = self.path.ancestors().skip(1).take(2);
            parents.for_each(|parent| drop(File::open(parent).and_then(|parent| parent.sync_all())));
            self.rooted = true;
        }
        Ok(())
    }
}

fn writable() -> OpenOptions {
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

/// Cuts a file after `good` bytes. The rest is first kept in a file of its own, whose name is returned.
fn cut(file: &mut File, path: &Path, good: u64) -> Result<String, StoreError> {
    let mut number = 1;
    let (mut kept, name, beside) = loop {
        let name = format!("events.torn-{number}");
        let beside = path.with_file_name(&name);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside) {
            Ok(kept) => break (kept, name, beside),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(StoreError::of(&beside, error)),
        }
    };
    let copied = file
        .seek(SeekFrom::Start(good))
        .and_then(|_| io::copy(file, &mut kept))
        .and_then(|_| kept.flush())
        .and_then(|()| kept.sync_data());
    if let Err(error) = copied {
        drop(std::fs::remove_file(&beside));
        return Err(StoreError::of(&beside, error));
    }
    file.set_len(good).map_err(|error| StoreError::of(path, error))?;
    Ok(name)
}

/// Where lines go. A file, or what a test puts in its place.
trait Sink {
    /// One write, which may be short.
    fn put(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// How many bytes there are.
    fn length(&self) -> io::Result<u64>;
    /// Cuts after so many bytes.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

impl Sink for File {
    fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write(bytes)
    }

    fn length(&self) -> io::Result<u64> {
        self.metadata().map(|data| data.len())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// The end of a file that whole lines alone are appended to.
#[derive(Debug)]
struct Tail<S> {
    sink: S,
    /// Where the last whole line ends.
    good: u64,
    /// Whether something may lie after that.
    dirty: bool,
}

impl<S: Sink> Tail<S> {
    fn new(sink: S, good: u64) -> Self {
        Self { sink, good, dirty: false }
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        self.clean()?;
        let put = loop {
            match self.sink.put(line) {
                // Interrupted means that nothing was written.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        match put {
            Ok(count) if count == line.len() => {
                self.good += count as u64;
                Ok(())
            }
            other => {
                self.dirty = true;
                // Tried at once, so that readers see no half line, and again before the next append.
                drop(self.clean());
                // The system writes a part and says why only when asked for the rest: nearly always a full disk.
                Err(other.err().unwrap_or_else(|| io::ErrorKind::StorageFull.into()))
            }
        }
    }

    fn clean(&mut self) -> io::Result<()> {
        if self.dirty {
            // Never longer than it is: cutting behind the end would fill the gap with zeros.
            if self.sink.length()? > self.good {
                self.sink.truncate(self.good)?;
            }
            self.dirty = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// A sink that does what its script says, then works.
    #[derive(Default)]
    struct Flaky {
        bytes: Vec<u8>,
        script: VecDeque<io::Result<usize>>,
        stuck: usize,
        writes: usize,
    }

    impl Sink for Flaky {
        fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.writes += 1;
            let count = self.script.pop_front().unwrap_or(Ok(bytes.len()))?;
            self.bytes.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn length(&self) -> io::Result<u64> {
            Ok(self.bytes.len() as u64)
        }

        fn truncate(&mut self, length: u64) -> io::Result<()> {
            if self.stuck > 0 {
                self.stuck -= 1;
                return Err(io::ErrorKind::Other.into());
            }
            self.bytes.truncate(length as usize);
            Ok(())
        }
    }

    fn flaky(script: Vec<io::Result<usize>>, stuck: usize) -> Tail<Flaky> {
        Tail::new(Flaky { script: script.into(), stuck, ..Flaky::default() }, 0)
    }

    #[test]
    fn a_line_is_one_write() {
        let mut tail = flaky(vec![], 0);
        for number in 1..=5 {
            tail.append(b"line\n").unwrap();
            assert_eq!(tail.sink.writes, number);
        }
        assert_eq!(tail.sink.bytes, b"line\n".repeat(5));
    }

    #[test]
    fn an_interrupted_write_is_made_again() {
        let mut tail = flaky(vec![Err(io::ErrorKind::Interrupted.into())], 0);
        tail.append(b"line\n").unwrap();
        assert_eq!(tail.sink.bytes, b"line\n");
    }

    #[test]
    fn a_failed_or_short_write_leaves_nothing_behind() {
        for stuck in [0, 1] {
            let mut tail = flaky(vec![Ok(4), Ok(2), Err(io::ErrorKind::StorageFull.into()), Ok(4)], stuck);
            tail.append(b"one\n").unwrap();
            for failure in 0..2 {
                let error = tail.append(b"two\n").unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{failure}");
            }
            tail.append(b"two\n").unwrap();
            tail.append(b"three\n").unwrap();
            assert_eq!(tail.sink.bytes, b"one\ntwo\nthree\n", "stuck {stuck}");
        }
    }

    #[test]
    fn nothing_is_written_while_half_a_line_can_not_be_cut_off() {
        let mut tail = flaky(vec![Ok(2)], 2);
        assert!(tail.append(b"one\n").is_err());
        assert!(tail.append(b"two\n").is_err());
        assert_eq!(tail.sink.bytes, b"on");
        tail.append(b"three\n").unwrap();
        assert_eq!(tail.sink.bytes, b"three\n");
    }
}
