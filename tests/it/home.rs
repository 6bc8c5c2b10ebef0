//! A person's machine for a test: an empty home, and the real binary run in it with nothing else from outside.
#![cfg(test)]

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use synod::core::Record;
use tempfile::TempDir;

/// An empty home. Dropping it takes everything in it away.
pub struct Home(TempDir);

/// What came of a run that ended.
pub struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it said besides.
    pub err: String,
}

impl Home {
    /// One with nothing in it.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a file in.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        file
    }

    /// The environment of whatever runs here.
    pub fn env(&self) -> [(&'static str, PathBuf); 3] {
        let under = |name| self.path().join(name);
        [("HOME", under("")), ("XDG_CONFIG_HOME", under("config")), ("XDG_DATA_HOME", under("data"))]
    }

    /// The binary with these arguments, not yet started.
    pub fn synod(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_synod"));
        command.args(args).env_clear().envs(self.env()).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.synod(args).output().unwrap())
    }

    /// Runs it with this on its standard input.
    pub fn pipe(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut command = self.synod(args);
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        // A program that ends without reading closes the pipe; that is no fault of the test's.
        let _ = child.stdin.take().unwrap().write_all(input);
        Ran::of(&child.wait_with_output().unwrap())
    }

    /// Runs it and reads what it printed as JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        self.run(args).json()
    }

    /// The names of the sessions that were kept.
    pub fn sessions(&self) -> Vec<String> {
        let Ok(found) = self.path().join("data/synod/sessions").read_dir() else { return Vec::new() };
        found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The log of the only session.
    pub fn log(&self) -> String {
        let sessions = self.sessions();
        assert_eq!(sessions.len(), 1, "{sessions:?}");
        let file = self.path().join("data/synod/sessions").join(&sessions[0]).join("events.jsonl");
        std::fs::read_to_string(file).unwrap()
    }

    /// Every file in it, read.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    found.push((entry.path(), std::fs::read(entry.path()).unwrap()));
                }
            }
        }
        found
    }
}

impl Ran {
    /// Of what it printed.
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// What it printed, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// What it said besides, which must be one line.
    pub fn line(&self) -> &str {
        let line = self.err.trim_end();
        assert!(!line.is_empty() && !line.contains('\n'), "{:?}", self.err);
        line
    }
}

/// The records in a log or in what `--jsonl` printed.
pub fn records(lines: &str) -> Vec<Record> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asserts that nothing in a text could steer a terminal: no control but the newline, no bidi mark, no tag.
pub fn assert_calm(text: &str) {
    let steers = |c: char| {
        c != '\n'
            && (c.is_control()
                || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}'))
    };
    if let Some((at, c)) = text.char_indices().find(|(_, c)| steers(*c)) {
        let from = text[..at].char_indices().rev().nth(40).map_or(0, |(at, _)| at);
        panic!("{:?} after {:?}", c, &text[from..at]);
    }
}

/// Ends one of our own children as `kill` does.
pub fn kill(child: &Child, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, signal).unwrap();
}
