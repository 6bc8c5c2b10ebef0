//! Files a person names on the screen: read to go with a question, or written new. Never one written over, nothing
//! guessed about what is in them.

use crate::app::Found;
use crate::core::{File, clean};
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The largest file that goes with a question, in bytes.
const LARGEST: u64 = 1 << 20;
/// A NUL within so many bytes makes a file a binary one.
const LOOKED_AT: usize = 8 << 10;

/// A path as typed, with the person's home in place of `~`.
pub(super) fn expand(typed: &str, home: Option<&Path>) -> PathBuf {
    let rest = typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (rest, home) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(typed),
    }
}

/// A path as a person would type it, in one line.
pub(super) fn shown(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) => clean::exact(&format!("~/{}", rest.display())),
        None => clean::exact(&path.display().to_string()),
    }
}

/// How much that is, in bytes, KB or MB of a thousand each.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1000 => format!("{bytes} bytes"),
        // Not 999,950: that would be shown as 1000.0 KB.
        1000..999_950 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// How a path that was begun goes on, as far as all entries that begin so agree; a folder that is alone ends in `/`. `None`
/// where nothing begins so.
pub(super) fn complete(typed: &str, home: Option<&Path>) -> Option<String> {
    let (folder, begun) = typed.rsplit_once('/').map_or(("", typed), |(folder, begun)| (folder, begun));
    let root = if typed.starts_with('/') && folder.is_empty() { "/" } else { folder };
    let place = if root.is_empty() { PathBuf::from(".") } else { expand(root, home) };
    let mut found: Vec<String> = fs::read_dir(place)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let folder = entry.path().is_dir();
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !begun.starts_with('.');
            (name.starts_with(begun) && !hidden).then(|| if folder { name + "/" } else { name })
        })
        .collect();
    found.sort();
    let (first, last) = (found.first()?, found.last()?);
    // Of sorted names the first and the last have in common what all have.
    let common: String =
        first.chars().zip(last.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    Some(if typed.contains('/') { format!("{folder}/{common}") } else { common })
}

/// Reads the files a question names.
pub(super) fn read(paths: Vec<String>, home: Option<&Path>) -> Vec<Found> {
    paths
        .into_iter()
        .map(|path| {
            let file = read_one(&path, home);
            Found { path, file }
        })
        .collect()
}

fn read_one(typed: &str, home: Option<&Path>) -> Option<Result<File, String>> {
    let name = clean::exact(typed);
    let meant = typed.contains(['/', '.']);
    let wrong = |what: &str| Some(Err(format!("{name} {what}, or take the @ away")));
    match text(&expand(typed, home)) {
        Ok(text) => Some(Ok(File { name: typed.to_owned(), text })),
        Err(Unfit::Missing | Unfit::Folder) if !meant => None,
        Err(Unfit::Missing) => Some(Err(format!("no file {name}: correct the name, or take the @ away"))),
        Err(Unfit::Folder) => wrong("is a folder: name a file in it"),
        Err(Unfit::Special) => wrong("is no regular file: name another one"),
        Err(Unfit::Large(bytes)) => {
            wrong(&format!("is {}, and 1 MiB is the most: name a part of it", size(bytes as usize)))
        }
        Err(Unfit::Binary) => wrong("is not text: name another one"),
        Err(Unfit::Io(error)) => wrong(&format!("can't be read ({error}): check its owner and mode")),
    }
}

/// Why a file can't go with a question.
enum Unfit {
    Missing,
    Folder,
    Special,
    Large(u64),
    Binary,
    Io(io::Error),
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

fn text(path: &Path) -> Result<String, Unfit> {
    // Looked at before it is opened: to open a pipe waits for its other end.
    let data = fs::metadata(path)?;
    if !data.is_file() {
        return Err(if data.is_dir() { Unfit::Folder } else { Unfit::Special });
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unfit::Large(data.len().max(LARGEST + 1)));
    }
    if bytes.iter().take(LOOKED_AT).any(|byte| *byte == 0) {
        return Err(Unfit::Binary);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes a file that is not there yet, whole or not at all. Gives the line that says what came of it.
pub(super) fn write_new(typed: &str, text: &str, home: Option<&Path>) -> String {
    let path = expand(typed.trim(), home);
    let name = shown(&path, home);
    let choose = "choose another name";
    match create(&path, text) {
        Ok(()) => format!("written: {name}, {}", size(text.len())),
        Err(_) if path.as_os_str().is_empty() => "no name: say where to write it".to_owned(),
        Err(_) if path.is_dir() => format!("{name} is a folder: add a file name"),
        Err(error) => match error.kind() {
            ErrorKind::AlreadyExists => format!("{name} exists already and was left alone: {choose}"),
            ErrorKind::NotFound => format!("{name}: no such folder: make it first, or {choose}"),
            ErrorKind::NotADirectory => format!("{name} would lie in a file: {choose}"),
            ErrorKind::PermissionDenied => format!("no permission to write {name}: {choose}"),
            ErrorKind::ReadOnlyFilesystem => format!("{name} is on a read-only file system: {choose}"),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                format!("disk full at {name}: make room, or write it elsewhere")
            }
            _ => format!("{name} can't be written ({}): {choose}", clean::exact(&error.to_string())),
        },
    }
}

/// Writes beside, then gives it the name unless that is taken. Only its owner may read it.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let taken = || io::Error::from(ErrorKind::AlreadyExists);
    if path.symlink_metadata().is_ok() {
        return Err(taken());
    }
    beside(path, text)?.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Puts text into a file in place of what was in it, whole or not at all. Only its owner may read it.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    beside(path, text)?.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn beside(path: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file =
        tempfile::Builder::new().prefix(".synod-").tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_path_goes_on_as_far_as_all_that_begin_so_agree() {
        let home = tempfile::tempdir().unwrap();
        for name in ["src/main.rs", "src/mail.rs", "src/deep/x", "notes.md", ".hidden"] {
            fs::create_dir_all(home.path().join(name).parent().unwrap()).unwrap();
            fs::write(home.path().join(name), "").unwrap();
        }
        let on = |typed: &str| complete(typed, Some(home.path()));
        assert_eq!(on("~/no").as_deref(), Some("~/notes.md"));
        assert_eq!(on("~/sr").as_deref(), Some("~/src/"));
        assert_eq!(on("~/src/ma").as_deref(), Some("~/src/mai"));
        assert_eq!(on("~/src/d").as_deref(), Some("~/src/deep/"));
        assert_eq!(on("~/x"), None);
        assert_eq!(on("~/.h").as_deref(), Some("~/.hidden"));
        let absolute = format!("{}/not", home.path().display());
        assert_eq!(on(&absolute), Some(format!("{}/notes.md", home.path().display())));
    }

    #[test]
    fn a_question_gets_the_files_it_names_and_a_line_for_those_it_can_not_have() {
        let home = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| fs::write(home.path().join(name), bytes).unwrap();
        put("notes", "naïve\u{1b}[2J\n".as_bytes());
        put("bytes.txt", b"a\xffb");
        put("full.txt", &vec![b'x'; LARGEST as usize]);
        put("over.txt", &vec![b'x'; LARGEST as usize + 1]);
        put("binary", b"ELF\0");
        put("late.txt", &[vec![b'x'; LOOKED_AT], vec![0]].concat());
        fs::create_dir(home.path().join("docs")).unwrap();
        let found = |typed: &str| {
            let mut found = read(vec![typed.to_owned()], Some(home.path()));
            assert_eq!(found[0].path, typed);
            found.remove(0).file
        };
        let text = |typed: &str| {
            let file = found(typed).unwrap().unwrap();
            assert_eq!(file.name, typed, "as typed");
            file.text
        };
        assert_eq!(text("~/notes"), "naïve\u{1b}[2J\n", "raw; it is cleaned where it is shown");
        assert_eq!(text("~/bytes.txt"), "a\u{fffd}b");
        assert_eq!(text("~/full.txt").len() as u64, LARGEST);
        assert_eq!(text("~/late.txt").len(), LOOKED_AT + 1);
        for (typed, line) in [
            ("src/x.rs", "no file src/x.rs: correct the name, or take the @ away"),
            ("~/notes/deeper", "no file ~/notes/deeper: correct the name, or take the @ away"),
            ("~/docs", "~/docs is a folder: name a file in it, or take the @ away"),
            (
                "~/over.txt",
                "~/over.txt is 1.0 MB, and 1 MiB is the most: name a part of it, or take the @ away",
            ),
            ("~/binary", "~/binary is not text: name another one, or take the @ away"),
            ("/dev/null", "/dev/null is no regular file: name another one, or take the @ away"),
            ("./\u{1b}[2J", "no file ./\\x1b[2J: correct the name, or take the @ away"),
        ] {
            assert_eq!(found(typed), Some(Err(line.to_owned())), "{typed:?}");
        }
        for typed in ["fenna", "src", ""] {
            assert_eq!(found(typed), None, "{typed:?} may never have been meant as a file");
        }
    }

    #[test]
    fn a_file_is_written_once_for_its_owner_and_never_over_another() {
        let home = tempfile::tempdir().unwrap();
        let write = |typed: &str, text: &str| write_new(typed, text, Some(home.path()));
        assert_eq!(write("~/out.md", &"x".repeat(2100)), "written: ~/out.md, 2.1 KB");
        let file = home.path().join("out.md");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(write("~/out.md", "y"), "~/out.md exists already and was left alone: choose another name");
        assert_eq!(fs::read(&file).unwrap(), b"x".repeat(2100));
        std::os::unix::fs::symlink(home.path().join("nowhere"), home.path().join("link")).unwrap();
        fs::create_dir(home.path().join("docs")).unwrap();
        for (typed, says) in [
            ("~/link", "exists already"),
            ("~/docs", "~/docs is a folder: add a file name"),
            ("~/docs/", "is a folder"),
            ("~", "~/ is a folder: add a file name"),
            ("~/none/out.md", "~/none/out.md: no such folder: make it first, or choose another name"),
            ("~/out.md/deeper", "would lie in a file"),
            ("", "no name: say where to write it"),
        ] {
            let line = write(typed, "y");
            assert!(line.contains(says), "{typed:?}: {line}");
        }
        let left: Vec<_> = home.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 3, "nothing half-written is left: {left:?}");
    }

    #[test]
    fn sizes_are_told_in_words() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (2100, "2.1 KB"),
            (999_949, "999.9 KB"),
            (999_950, "1.0 MB"),
            (3_400_000, "3.4 MB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }

    #[test]
    fn the_home_is_a_tilde_and_nothing_else_is() {
        let home = Path::new("/home/mira");
        for (typed, path) in
            [("~/a", "/home/mira/a"), ("~", "/home/mira"), ("~other/a", "~other/a"), ("a/~", "a/~")]
        {
            assert_eq!(expand(typed, Some(home)), Path::new(path));
        }
        assert_eq!(shown(Path::new("/home/mira/x/y"), Some(home)), "~/x/y");
        assert_eq!(shown(Path::new("/home/mirax"), Some(home)), "/home/mirax");
    }
}
