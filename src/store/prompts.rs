//! The questions a person asked, for later sessions to call up: one file, one JSON string a line, newest last. It is a
//! convenience beside the sessions, never a source of them.

use super::{StoreError, file};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The most bytes the file has after it was loaded.
const MOST: u64 = 1 << 20;
/// What is kept when there are more: room for a while.
const KEPT: usize = 3 << 18;
/// A longer question is not remembered: a few of them would push out all others.
const LONGEST: usize = 64 << 10;

/// Where questions are remembered, beside the folder of the sessions.
pub fn file_beside(sessions: &Path) -> PathBuf {
    sessions.with_file_name("prompts.jsonl")
}

/// The questions, oldest first. Lines that are torn or no questions are passed over, and a file that has grown too
/// large loses its oldest.
///
/// # Errors
/// One line, when the file is there and can't be read or cut.
pub fn load(file: &Path) -> Result<Vec<String>, StoreError> {
    let fault = |error| StoreError::of(file, error);
    let mut bytes = match File::open(file) {
        Ok(mut opened) => {
            let mut bytes = Vec::new();
            // However large it has become: what is looked at is its end.
            let length = opened.seek(SeekFrom::End(0)).map_err(fault)?;
            opened.seek(SeekFrom::Start(length.saturating_sub(MOST))).map_err(fault)?;
            opened.take(MOST).read_to_end(&mut bytes).map_err(fault)?;
            if length <= MOST {
                return Ok(questions(&bytes));
            }
            bytes
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(error)),
    };
    let from = bytes.len() - KEPT.min(bytes.len());
    let whole =
        bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| from + end + 1);
    bytes.drain(..whole);
    file::replace(file, &bytes)?;
    Ok(questions(&bytes))
}

fn questions(bytes: &[u8]) -> Vec<String> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Adds a question, with one write. An empty one and a very long one are left out.
///
/// # Errors
/// One line, when it can't be written.
pub fn append(file: &Path, question: &str) -> Result<(), StoreError> {
    if question.trim().is_empty() || question.len() > LONGEST {
        return Ok(());
    }
    let fault = |error| StoreError::of(file, error);
    let mut opened = file::open(file)?;
    let mut line = Vec::new();
    if torn(&mut opened).map_err(fault)? {
        line.push(b'\n');
    }
    serde_json::to_writer(&mut line, question)?;
    line.push(b'\n');
    opened.write_all(&line).map_err(fault)
}

/// Whether the last line has no end: nothing may be joined to it.
fn torn(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn questions_come_back_in_order_and_only_their_owner_can_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = file_beside(&folder.path().join("new/synod/sessions"));
        assert_eq!(file, folder.path().join("new/synod/prompts.jsonl"));
        assert_eq!(load(&file).unwrap(), Vec::<String>::new(), "none yet");
        for question in ["first", "second\nline \u{2028} \u{1b}[2J", " \n", "third"] {
            append(&file, question).unwrap();
        }
        append(&file, &"x".repeat(LONGEST + 1)).unwrap();
        assert_eq!(load(&file).unwrap(), ["first", "second\nline \u{2028} \u{1b}[2J", "third"]);
        assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 3, "one line each");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_torn_or_foreign_is_passed_over_and_nothing_is_joined_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("prompts.jsonl");
        fs::write(&file, b"\"one\"\n{\"a\": 1}\n\xff\xfe\n\n7\n\"two\"\n\"tor").unwrap();
        assert_eq!(load(&file).unwrap(), ["one", "two"]);
        append(&file, "three").unwrap();
        assert_eq!(load(&file).unwrap(), ["one", "two", "three"]);
    }

    #[test]
    fn a_file_that_has_grown_loses_its_oldest_questions() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("prompts.jsonl");
        let question = |number: u32| format!("{number} {}", "x".repeat(10_000));
        for number in 0..150 {
            append(&file, &question(number)).unwrap();
        }
        assert!(fs::metadata(&file).unwrap().len() > MOST);
        let loaded = load(&file).unwrap();
        let length = fs::metadata(&file).unwrap().len();
        assert!(length <= KEPT as u64 && length > KEPT as u64 / 2, "{length}");
        assert_eq!(loaded.last(), Some(&question(149)));
        assert_eq!(loaded[0], question(150 - loaded.len() as u32), "the newest, without a gap");
        assert_eq!(load(&file).unwrap(), loaded, "what is in the file is what was loaded");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_place_that_can_not_be_written_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file/prompts.jsonl");
        fs::write(folder.path().join("file"), "").unwrap();
        let line = append(&file, "x").unwrap_err().to_string();
        assert!(line.contains("/file: ") && !line.contains('\n'), "{line}");
        assert!(load(folder.path()).is_err(), "a folder is no file");
    }
}
