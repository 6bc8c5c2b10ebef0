//! The person's grades, which outlive the sessions they were given in: one line a grade, added under a lock, so that several
//! synods may grade at once. The last line of an answer counts; a line that can't be read is passed over.
//!
//! No question is kept here, and no answer but for what it came to in a word or a number; of a private question not that
//! either (`came_to` is left out, and `like` alone says which answers were of one mind). What grades teach is
//! [`crate::core::weights`]'.

use super::{StoreError, file};
use crate::core::grade::{Kept, standing};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Where they lie, by the folder of the sessions: beside it.
pub fn file_beside(sessions: &Path) -> PathBuf {
    sessions.with_file_name("grades.jsonl")
}

/// The grades that stand, in order of sessions and answers. A file that is not there is an empty one.
///
/// # Errors
/// One line, when it is there and can't be read.
pub fn load(file: &Path) -> Result<Vec<Kept>, StoreError> {
    let mut text = Vec::new();
    match File::open(file).and_then(|mut open| open.read_to_end(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(StoreError::of(file, error)),
    }
    let lines = text.split(|byte| *byte == b'\n');
    Ok(standing(lines.filter_map(|line| serde_json::from_slice(line).ok())))
}

/// Adds a grade, or that one was taken back.
///
/// # Errors
/// One line, when it can't be written.
pub fn add(file: &Path, grade: &Kept) -> Result<(), StoreError> {
    let mut open = locked(file)?;
    // A line that a full disk cut in two must not swallow this one: blank lines say nothing.
    let mut bytes = vec![b'\n'];
    bytes.extend(line(grade));
    open.write_all(&bytes).map_err(|error| StoreError::of(file, error))
}

/// Adds many at once, which are all kept or none.
///
/// # Errors
/// One line, when they can't be written.
pub fn add_all(file: &Path, all: &[Kept]) -> Result<(), StoreError> {
    let mut open = locked(file)?;
    let mut bytes = vec![b'\n'];
    bytes.extend(all.iter().flat_map(line));
    open.write_all(&bytes).map_err(|error| StoreError::of(file, error))
}

/// Erases the grades that are meant, with all that was said of those answers before; gives how many stood. The rest is
/// written anew in one piece.
///
/// # Errors
/// One line, when the file can't be read or written; then nothing is erased.
pub fn erase(file: &Path, meant: impl Fn(&Kept) -> bool) -> Result<usize, StoreError> {
    match file.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        _ => {}
    }
    let held = locked(file)?;
    let all = load(file)?;
    let before = all.len();
    let kept: Vec<Kept> = all.into_iter().filter(|grade| !meant(grade)).collect();
    let erased = before - kept.len();
    file::replace(file, &kept.iter().flat_map(line).collect::<Vec<u8>>())?;
    drop(held);
    Ok(erased)
}

/// The file, locked until it is dropped. Who waited for the lock may hold a file that was replaced meanwhile: then it is
/// opened again.
fn locked(path: &Path) -> Result<File, StoreError> {
    let fault = |error| StoreError::of(path, error);
    loop {
        let open = file::open(path)?;
        open.lock().map_err(fault)?;
        let mine = open.metadata().map_err(fault)?;
        let there = path.metadata().ok().map(|there| (there.dev(), there.ino()));
        if there == Some((mine.dev(), mine.ino())) {
            return Ok(open);
        }
    }
}

fn line(grade: &Kept) -> Vec<u8> {
    let mut line = serde_json::to_vec(grade).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{CallId, Grade, RunId, SessionId, StageId};
    use std::os::unix::fs::PermissionsExt as _;

    fn kept(session: &str, slot: u16, grade: Option<Grade>, topic: Option<&str>) -> Kept {
        let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt: 1 };
        Kept {
            at: 5,
            session: SessionId(session.to_owned()),
            call,
            member: format!("m{slot}").as_str().into(),
            model: "box/m".parse().unwrap(),
            persona: None,
            topic: topic.map(str::to_owned),
            grade,
            like: call,
            came_to: None,
        }
    }

    fn file(home: &tempfile::TempDir) -> PathBuf {
        file_beside(&home.path().join("sessions"))
    }

    fn stand(file: &Path) -> Vec<(String, u16, Grade)> {
        let all = load(file).unwrap();
        all.into_iter().map(|one| (one.session.0, one.call.slot, one.grade.unwrap())).collect()
    }

    #[test]
    fn the_last_grade_counts_and_one_is_the_best() {
        let home = tempfile::tempdir().unwrap();
        let file = file(&home);
        assert_eq!(load(&file).unwrap(), []);
        for (slot, grade) in [
            (0, Some(Grade::Wrong)),
            (0, Some(Grade::Best)),
            (1, Some(Grade::Right)),
            (1, Some(Grade::Best)),
            (2, Some(Grade::Wrong)),
            (2, None),
        ] {
            add(&file, &kept("s", slot, grade, None)).unwrap();
        }
        add(&file, &kept("t", 0, Some(Grade::Best), None)).unwrap();
        let name = |session: &str, slot, grade| (session.to_owned(), slot, grade);
        let expected = [name("s", 0, Grade::Right), name("s", 1, Grade::Best), name("t", 0, Grade::Best)];
        assert_eq!(stand(&file), expected, "the best of another session stays");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_torn_line_costs_itself_alone() {
        let home = tempfile::tempdir().unwrap();
        let file = file(&home);
        add(&file, &kept("s", 0, Some(Grade::Right), None)).unwrap();
        let mut open = File::options().append(true).open(&file).unwrap();
        open.write_all(b"\xff\n{\"at\":5,\"session\":\"s\",\"call\"").unwrap();
        add(&file, &kept("s", 1, Some(Grade::Wrong), None)).unwrap();
        assert_eq!(stand(&file).len(), 2);
    }

    #[test]
    fn what_is_erased_is_gone_from_the_file() {
        let home = tempfile::tempdir().unwrap();
        let file = file(&home);
        assert_eq!(erase(&file, |_| true).unwrap(), 0);
        assert!(!file.exists(), "nothing is made where there was nothing");
        add(&file, &kept("s", 0, Some(Grade::Right), Some("secret"))).unwrap();
        add(&file, &kept("s", 0, Some(Grade::Wrong), Some("law"))).unwrap();
        add(&file, &kept("s", 1, Some(Grade::Right), Some("law"))).unwrap();
        add(&file, &kept("t", 0, Some(Grade::Best), Some("art"))).unwrap();
        assert_eq!(erase(&file, |one| one.topic.as_deref() == Some("law")).unwrap(), 2);
        assert_eq!(stand(&file), [("t".to_owned(), 0, Grade::Best)]);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("secret") && !text.contains("law"), "{text}");
        assert_eq!(erase(&file, |_| true).unwrap(), 1);
        assert_eq!(std::fs::read(&file).unwrap(), b"");
    }
}
