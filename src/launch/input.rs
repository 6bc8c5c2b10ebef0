//! What a person gives with a question: its words, files, and what is piped in. It reads, and judges nothing but whether
//! it is text.

use super::UsageError;
use crate::core::{File, clean};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, IsTerminal as _, Read};
use std::path::{Component, Path, PathBuf};

/// The most that one file may hold, in bytes.
const LARGEST: u64 = 1 << 20;
/// The most that a question from standard input may hold, in bytes.
const LONGEST: u64 = 4 << 20;
/// A NUL within so many bytes is no text.
const LOOKED_AT: usize = 8 << 10;
/// How long standard input may say nothing before it is left alone.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// What goes to the council.
#[derive(Debug, Default)]
pub struct Input {
    /// The words.
    pub question: String,
    /// The files with them.
    pub files: Vec<File>,
    /// What the person should know about them, one line each.
    pub warnings: Vec<String>,
}

/// What standard input held.
enum Piped {
    /// It is a terminal.
    Terminal,
    /// It is open, and nothing came.
    Silent,
    Text(Vec<u8>),
}

impl Input {
    /// Reads files: the ones a question is sent with.
    ///
    /// # Errors
    /// [`UsageError`] for a file that is not there, can't be read, is too large or no text.
    pub fn of_files(paths: &[PathBuf]) -> Result<Self, UsageError> {
        let mut input = Self::default();
        for path in paths {
            let shown = clean::exact(&path.display().to_string());
            let bytes = std::fs::File::open(path).and_then(|mut file| at_most(&mut file, LARGEST));
            let bytes = bytes.map_err(|error| {
                UsageError(match error.kind() {
                    io::ErrorKind::NotFound => format!("{shown} does not exist; -f takes text files"),
                    _ => format!("{shown} can't be read ({error}); -f takes text files"),
                })
            })?;
            input.add(&name(path), &shown, bytes)?;
        }
        Ok(input)
    }

    /// Reads texts to be compared; `-` is standard input, once.
    ///
    /// # Errors
    /// [`UsageError`] as for files, and where standard input is named twice.
    pub fn of_texts(paths: &[PathBuf]) -> Result<Self, UsageError> {
        let dash = |path: &&PathBuf| path.as_os_str() == "-";
        if paths.iter().filter(dash).count() > 1 {
            return Err(UsageError("standard input is one text; name - once".to_owned()));
        }
        let mut input = Self::default();
        for path in paths {
            let shown = if dash(&path) {
                "standard input".to_owned()
            } else {
                clean::exact(&path.display().to_string())
            };
            let read = if dash(&path) {
                at_most(&mut io::stdin().lock(), LONGEST)
            } else {
                std::fs::File::open(path).and_then(|mut file| at_most(&mut file, LONGEST))
            };
            let bytes = read.map_err(|error| {
                UsageError(match error.kind() {
                    io::ErrorKind::NotFound => format!("{shown} does not exist; text files are compared"),
                    _ => format!("{shown} can't be read ({error}); text files are compared"),
                })
            })?;
            input.add(&if dash(&path) { "stdin".to_owned() } else { name(path) }, &shown, bytes)?;
        }
        Ok(input)
    }

    /// Reads what `synod ask` is given: words, files and standard input. What is piped in is the question where there
    /// are no words, else a file. A last `-`, or `-f -`, waits for it; otherwise it has a moment to say something.
    ///
    /// # Errors
    /// [`UsageError`] as for files, and where there is no question.
    pub fn of_ask(words: &[String], paths: &[PathBuf]) -> Result<Self, UsageError> {
        let (waits, words) = match words.split_last() {
            Some((last, rest)) if last == "-" => (true, rest),
            _ => (false, words),
        };
        let (dashes, paths): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| path.as_os_str() == "-");
        let mut input = Self::of_files(&paths)?;
        input.question = words.join(" ");
        let asks = input.question.trim().is_empty() && dashes.is_empty();
        let limit = if asks { LONGEST } else { LARGEST };
        let piped = piped(waits || !dashes.is_empty(), limit)
            .map_err(|error| UsageError(format!("standard input can't be read ({error})")))?;
        match piped {
            Piped::Text(bytes) if asks => {
                String::from_utf8_lossy(&bytes).trim_end().clone_into(&mut input.question);
            }
            Piped::Text(bytes) if bytes.is_empty() => {}
            Piped::Text(bytes) => input.add("stdin", "standard input", bytes)?,
            Piped::Terminal => {}
            Piped::Silent if asks => {
                let line = "no question: nothing came on standard input; write it after synod ask, or wait for it \
                            with synod ask -";
                return Err(UsageError(line.to_owned()));
            }
            Piped::Silent => {
                let line =
                    "nothing came on standard input within 200 ms, so it is left out; a last - waits for it";
                input.warnings.push(line.to_owned());
            }
        }
        if input.question.trim().is_empty() {
            let line = "the question is empty; write it after synod ask, or pipe it in";
            return Err(UsageError(line.to_owned()));
        }
        Ok(input)
    }

    /// Adds what is text.
    fn add(&mut self, name: &str, shown: &str, bytes: Vec<u8>) -> Result<(), UsageError> {
        if bytes[..bytes.len().min(LOOKED_AT)].contains(&0) {
            return Err(UsageError(format!("{shown} is not text and is left out; give a text file")));
        }
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            self.warnings.push(format!("{shown} is not wholly UTF-8; what is not is read as \u{fffd}"));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        let taken = |name: &str| self.files.iter().any(|file| file.name == name);
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name));
        self.files.push(File { name: free.unwrap_or_default(), text });
        Ok(())
    }
}

/// A line about a file that goes with a question: `with notes.md (2.1 KB)`.
pub fn with_line(file: &File) -> String {
    format!("with {} ({})", clean::line(&file.name), size(file.text.len() as u64))
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    let large = |unit: f64| bytes as f64 / unit;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", large(1e3)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", large(1e6)),
        _ => format!("{:.1} GB", large(1e9)),
    }
}

/// How a question speaks of a file: by its path from here, where that leads down; else by its name alone, so that no
/// name of a home or a machine is sent anywhere.
fn name(path: &Path) -> String {
    let down: Option<Vec<_>> = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| if let Component::Normal(part) = part { Some(part.to_string_lossy()) } else { None })
        .collect();
    match down {
        Some(parts) => parts.join("/"),
        None => {
            path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned())
        }
    }
}

/// Reads standard input, where it is no terminal and says something in time, or is waited for.
fn piped(waits: bool, limit: u64) -> io::Result<Piped> {
    let mut stdin = io::stdin().lock();
    if !waits {
        if stdin.is_terminal() {
            return Ok(Piped::Terminal);
        }
        let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
        if poll(&mut watched, Some(&PATIENCE)) == Ok(0) {
            return Ok(Piped::Silent);
        }
    }
    at_most(&mut stdin, limit).map(Piped::Text)
}

fn at_most(source: &mut impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it is larger than {} MiB", limit >> 20)));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_spoken_of_without_its_home() {
        for (path, shown) in [
            ("notes.md", "notes.md"),
            ("./src/main.rs", "src/main.rs"),
            ("/home/anna/notes.md", "notes.md"),
            ("../secret/plan.md", "plan.md"),
            ("..", "file"),
        ] {
            assert_eq!(name(Path::new(path)), shown);
        }
    }

    #[test]
    fn sizes_are_short() {
        let sizes = [0, 999, 2_140, 1_048_576, 41_000_000_000].map(size);
        assert_eq!(sizes, ["0 B", "999 B", "2.1 KB", "1.0 MB", "41.0 GB"]);
    }

    #[test]
    fn what_is_no_text_is_refused_and_what_is_nearly_text_is_told() {
        let mut input = Input::default();
        assert!(input.add("a", "a", b"PNG\0".to_vec()).is_err());
        input.add("a", "a", b"caf\xe9".to_vec()).unwrap();
        input.add("a", "a", Vec::new()).unwrap();
        assert_eq!(input.files[0], File { name: "a".into(), text: "caf\u{fffd}".into() });
        assert_eq!((input.files[1].name.as_str(), input.warnings.len()), ("a (2)", 1));
        assert_eq!(with_line(&input.files[0]), "with a (6 B)");
    }
}
