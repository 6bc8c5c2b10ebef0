//! The end of a file of lines: whole lines alone are appended, each with one write, and what a full disk left half written is
//! taken out again. What lines say is no matter of this file.

use super::StoreError;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Cuts a file after `good` bytes. The rest is first kept in a file of its own, whose name is returned.
pub(super) fn cut(file: &mut File, path: &Path, good: u64) -> Result<String, StoreError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut number = 1;
    let (mut kept, name, beside) = loop {
        let name = format!("{stem}.torn-{number}");
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
pub(super) trait Sink {
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
pub(super) struct Tail<S> {
    sink: S,
    /// Where the last whole line ends.
    good: u64,
    /// Whether something may lie after that.
    dirty: bool,
}

impl Tail<File> {
    /// Makes what was appended survive a power failure too.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.sink.sync_data()
    }
}

impl<S: Sink> Tail<S> {
    /// The end of what is good so far.
    pub(super) fn new(sink: S, good: u64) -> Self {
        Self { sink, good, dirty: false }
    }

    /// Appends a line with one write; where that fails nothing of it stays.
    pub(super) fn append(&mut self, line: &[u8]) -> io::Result<()> {
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
