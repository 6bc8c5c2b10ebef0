//! The one rule of the house, held: which layer may name what. The map is in `src/ARCHITECTURE.md`; what a crate can't
//! make the compiler enforce is read here from the sources.
//!
//! It reads words, not Rust: comments and literals are blanked out, then names are looked for. Tests inside a file are
//! held to the rule like everything else in it.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a layer may name: layers of ours, and crates or modules of others that not everyone may.
struct Layer {
    ours: &'static [&'static str],
    theirs: &'static [&'static str],
}

/// Everything that some layer must not name. What is not in this list is free to all.
const RESTRICTED: &[&str] = &[
    "anyhow",
    "clap",
    "crossterm",
    "etcetera",
    "fastrand",
    "futures_util",
    "jiff",
    "rand",
    "ratatui",
    "reqwest",
    "rustix",
    "rustls",
    "std::env",
    "std::fs",
    "std::io",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::ToSocketAddrs",
    "std::net::UdpSocket",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
    "tokio::net",
    "tokio_util",
    "tui_textarea",
];

/// The layers, from the bottom up.
fn layer(name: &str) -> Option<Layer> {
    let (ours, theirs): (&'static [_], &'static [_]) = match name {
        "core" | "stats" => (&[], &[]),
        "agreement" => (&["core"], &[]),
        "experiment" => (&["core", "agreement", "stats"], &[]),
        "config" => (&["core", "experiment"], &[]),
        "providers" => {
            (&["core", "config"], &["futures_util", "reqwest", "rustls", "std::io", "tokio", "tokio::net"])
        }
        "store" => (&["core"], &["std::fs", "std::io"]),
        "engine" => (
            &["core", "agreement", "experiment", "providers", "store"],
            &["futures_util", "tokio", "tokio_util", "std::time::SystemTime"],
        ),
        "app" => (&["core", "agreement", "config", "experiment"], &["crossterm", "tui_textarea"]),
        "ui" => (&["core", "agreement", "experiment", "app"], &["ratatui"]),
        "tui" | "headless" => (ALL, RESTRICTED),
        _ => return None,
    };
    Some(Layer { ours, theirs })
}

const ALL: &[&str] = &[
    "core",
    "stats",
    "agreement",
    "experiment",
    "config",
    "providers",
    "store",
    "engine",
    "app",
    "ui",
    "cli",
    "launch",
];

/// The shells: they wire things and may name everything. A folder's files are parts of the file of its name.
const SHELLS: &[&str] = &["main.rs", "lib.rs", "cli.rs", "launch.rs", "opening.rs", "panel.rs"];
const SHELL_FOLDERS: &[&str] = &["cli", "launch"];

/// Single files that may name more than their layer: each for what it is there for.
const LEAVE: &[(&str, &str, &str)] = &[
    ("config/load.rs", "std::fs", "the one file of its layer that reads files"),
    ("config/load.rs", "std::io", "the one file of its layer that reads files"),
    ("config/save.rs", "std::fs", "the one file of its layer that writes files"),
    ("config/save.rs", "std::io", "the one file of its layer that writes files"),
    ("config/key_file.rs", "std::fs", "keys are kept here, and whose the open file is decides on reading it"),
    ("config/key_file.rs", "std::io", "keys are kept here, and whose the open file is decides on reading it"),
    ("config/key_file.rs", "rustix", "keys are kept here, and whose the open file is decides on reading it"),
    ("providers/secret.rs", "std::process", "it runs the command that prints a provider's key"),
    ("providers/secret.rs", "rustix::process", "it ends that command with all that it started"),
    ("providers/receiver.rs", "std::thread", "it is the thread that reads answers, at a pace of its own"),
    ("core/when.rs", "jiff", "it writes moments that it is given, and never asks for one"),
    ("engine/clock.rs", "jiff", "it is where the time comes from, that of the clock on the wall too"),
    ("config/load.rs", "std::env", "the one place where the environment is read"),
    ("config/load.rs", "etcetera", "it knows where a person keeps configuration"),
    ("app/readline.rs", "ratatui::style", "the text area takes its looks as ratatui's styles"),
];

/// The only file that may ask what time it is, and the only ones that may open a socket.
const OWNED: &[(&str, &[&str])] = &[
    ("std::time::SystemTime", &["engine/clock.rs"]),
    ("reqwest", &["providers/cause.rs", "providers/client.rs", "providers/http.rs", "providers/refusal.rs"]),
    ("rustls", &["providers/client.rs"]),
    ("tokio::net", &["providers/probe.rs"]),
];

/// The longest a file may be, in lines.
const LONGEST: usize = 500;

/// Source with comments, strings and characters blanked out; line breaks stay where they are.
fn bare(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let at = |place: usize| text.get(place).copied().unwrap_or('\0');
    let mut out = String::with_capacity(source.len());
    let mut place = 0;
    while place < text.len() {
        let rest = &text[place..];
        let end = if rest.starts_with(&['/', '/']) {
            rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
        } else if rest.starts_with(&['/', '*']) {
            block_comment(rest)
        } else if let Some(end) = raw_string(rest).filter(|_| place == 0 || !is_word(at(place - 1))) {
            end
        } else if rest[0] == '"' {
            quoted(rest, '"')
        } else if rest[0] == '\'' && (at(place + 1) == '\\' || at(place + 2) == '\'') {
            // Not a lifetime: those have no second quote.
            quoted(rest, '\'')
        } else {
            out.push(rest[0]);
            place += 1;
            continue;
        };
        out.extend(rest[..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        place += end;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn block_comment(text: &[char]) -> usize {
    let (mut depth, mut place) = (0, 0);
    while place < text.len() {
        match text[place..] {
            ['/', '*', ..] => (depth, place) = (depth + 1, place + 2),
            ['*', '/', ..] => (depth, place) = (depth - 1, place + 2),
            _ => place += 1,
        }
        if depth == 0 {
            return place;
        }
    }
    place
}

/// Where a raw string that begins here ends.
fn raw_string(text: &[char]) -> Option<usize> {
    let prefix = if text.starts_with(&['b', 'r']) { 2 } else { 1 };
    let hashes = text.get(prefix..)?.iter().take_while(|c| **c == '#').count();
    let opens = text[prefix - 1] == 'r' && text.get(prefix + hashes) == Some(&'"');
    let body = prefix + hashes + 1;
    let closes = |place: &usize| {
        text[*place] == '"' && text[place + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    opens.then(|| (body..text.len()).find(closes).map_or(text.len(), |end| end + 1 + hashes))
}

fn quoted(text: &[char], quote: char) -> usize {
    let mut place = 1;
    while place < text.len() && text[place] != quote {
        place += if text[place] == '\\' { 2 } else { 1 };
    }
    (place + 1).min(text.len())
}

/// Every path that a source names, with the number of its line: `use` trees are spelt out.
fn paths(source: &str) -> Vec<(usize, String)> {
    let text = bare(source);
    let mut found = Vec::new();
    let mut words = Words { text: &text, place: 0 };
    while let Some((place, path)) = words.path() {
        let line = text[..place].matches('\n').count() + 1;
        let path: String = path.split_whitespace().collect();
        if path.ends_with("::") && text[words.place..].starts_with('{') {
            found.extend(words.tree(&path).into_iter().map(|path| (line, path)));
        } else {
            found.push((line, path));
        }
    }
    found
}

/// A walk over the paths of a source.
struct Words<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> Words<'a> {
    /// The next path: words joined by `::`.
    fn path(&mut self) -> Option<(usize, &'a str)> {
        let from = self.place + self.text[self.place..].find(|c: char| is_word(c))?;
        self.place = from + segments(&self.text[from..]);
        Some((from, &self.text[from..self.place]))
    }

    /// The paths of a tree in braces, each with what stands before it.
    fn tree(&mut self, before: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.place += 1;
        while let Some(c) = self.text[self.place..].chars().next() {
            if c == '}' {
                self.place += 1;
                break;
            }
            if !is_word(c) {
                self.place += c.len_utf8();
                continue;
            }
            let from = self.place;
            self.place += segments(&self.text[from..]);
            let path: String = self.text[from..self.place].split_whitespace().collect();
            let path = format!("{before}{path}");
            if path.ends_with("::") && self.text[self.place..].starts_with('{') {
                found.extend(self.tree(&path));
            } else {
                found.push(path);
            }
        }
        found
    }
}

/// How many bytes at the beginning of a text are words joined by `::`, a last `::` included.
fn segments(text: &str) -> usize {
    let word = |text: &str| text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    let mut end = word(text);
    while let Some(rest) = text[end..].strip_prefix("::") {
        end += 2 + word(rest);
    }
    end
}

/// The layer of ours that a path names, where it names one; `super` is followed up to the crate.
fn ours(file: &str, path: &str) -> Option<String> {
    let mut segments = path.split("::").peekable();
    if segments.next_if(|first| *first == "crate" || *first == "synod").is_some() {
        return segments.next().map(str::to_owned);
    }
    // `a/b.rs` and `a/b/mod.rs` are both the module `a::b`; each `super` leaves one.
    let module = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = module.split('/').count();
    let mut up = 0;
    while segments.next_if_eq(&"super").is_some() {
        up += 1;
    }
    // A module within a file is a level that is not counted, so what is named here is a layer or one's own.
    (up >= depth).then(|| segments.next().unwrap_or_default().to_owned()).filter(|name| layer(name).is_some())
}

/// What is wrong with a file, each in a line.
fn offences(file: &str, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !source.starts_with("//!") {
        wrong.push(format!("{file}:1: it does not open with //! (what it is, and what it is not)"));
    }
    for (number, line) in bare(source).lines().enumerate() {
        let unfinished = ["todo!", "unimplemented!"].iter().find(|mark| line.contains(**mark));
        wrong.extend(unfinished.map(|mark| format!("{file}:{}: {mark}", number + 1)));
    }
    let lines = source.lines().count();
    if lines > LONGEST {
        wrong.push(format!("{file}: {lines} lines, {LONGEST} at the most: split it"));
    }
    let name = file.split('/').next().unwrap_or_default();
    let shell = SHELLS.contains(&file) || SHELL_FOLDERS.contains(&name);
    let rules = layer(name);
    if rules.is_none() && !shell {
        wrong.push(format!("{file}: {name} is no layer; give it a place in tests/it/architecture.rs"));
    }
    let mut told = BTreeSet::new();
    for (line, path) in paths(source) {
        let Some(rules) = rules.as_ref().filter(|_| !shell) else { continue };
        if let Some(other) = ours(file, &path).filter(|other| other != name) {
            let known = layer(&other).is_some() || ["cli", "launch"].contains(&other.as_str());
            // An item of the crate's root that is no layer: there are none.
            if !rules.ours.contains(&other.as_str()) && told.insert((line, path.clone())) {
                let what = if known { "must not name" } else { "names what is no layer:" };
                wrong.push(format!("{file}:{line}: {name} {what} {other} ({path})"));
            }
        }
        for banned in RESTRICTED.iter().filter(|banned| names(&path, banned)) {
            let owner = OWNED.iter().find(|(owned, _)| owned == banned);
            let excused = LEAVE.iter().any(|(of, what, _)| *of == file && inside(&path, what));
            let allowed = excused
                || rules.theirs.contains(banned)
                    && owner.is_none_or(|(_, files)| {
                        files.contains(&file) || ["tui", "headless"].contains(&name)
                    });
            if !allowed && told.insert((line, path.clone())) {
                wrong.push(format!("{file}:{line}: {name} must not name {banned} ({path})"));
            }
        }
    }
    wrong
}

/// Whether a path is a module or lies within it.
fn inside(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Whether a path names something banned: the thing itself, what is in it, or the very module that holds it.
fn names(path: &str, banned: &str) -> bool {
    let module = path.trim_end_matches("self").trim_end_matches("::");
    inside(path, banned) || inside(banned, module)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_layer_names_only_what_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut layers: BTreeMap<String, usize> = BTreeMap::new();
    for path in sources(&root) {
        let file = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        *layers.entry(file.split('/').next().unwrap().to_owned()).or_default() += 1;
        wrong.extend(offences(&file, &fs::read_to_string(&path).unwrap()));
    }
    for (file, _, _) in LEAVE {
        assert!(root.join(file).exists(), "{file} has leave to name more, and is not there");
    }
    for name in ALL.iter().chain(&["tui", "headless"]).filter(|name| layer(name).is_some()) {
        assert!(layers.contains_key(*name), "the layer {name} is not there");
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_checker_finds_what_is_wrong_and_nothing_else() {
    let wrong = |file: &str, body: &str| offences(file, &format!("//! A file.\n{body}\n"));
    for (file, body) in [
        ("core/x.rs", "use super::ids::CallId; use std::fmt::{self, Write as _}; use std::time::Duration;"),
        ("core/clean/x.rs", "use super::super::event; use crate::core::{Run, run};"),
        ("store/mod.rs", "mod tests { use super::*; use super::list; }"),
        ("core/x.rs", "// tokio::spawn, std::fs\n/* crate::engine /* nested */ todo!() */ fn f() {}"),
        (
            "core/x.rs",
            "const A: &str = \"crate::tui \\\" tokio\"; const B: &[u8] = br#\"\"reqwest\"#; fn g<'a>(c: char) -> bool { c == '\"' || c == '\\'' }",
        ),
        ("core/x.rs", "fn brand(operand: u8) { let tokio_like = operand; }"),
        ("agreement/x.rs", "use crate::core::{Run, clean};"),
        ("providers/x.rs", "use crate::{config::Config, core::Usage};"),
        ("engine/clock.rs", "std::time::SystemTime::now();"),
        ("config/load.rs", "std::fs::read(p); std::env::vars_os();"),
        ("config/save.rs", "std::fs::rename(a, b)?;"),
        ("providers/probe.rs", "tokio::net::TcpStream::connect(a)"),
        ("launch/x.rs", "use crate::tui; std::fs::read(p);"),
        ("app/readline.rs", "ratatui::style::Style::default(); use crossterm::event;"),
        ("ui/x.rs", "use crate::app::{App, Focus}; use ratatui::layout::Rect;"),
        ("tui/x.rs", "use crate::engine::Engine; use super::terminal; tokio::select! {}"),
        ("main.rs", "use synod::{headless, tui}; use std::process::ExitCode;"),
    ] {
        assert_eq!(wrong(file, body), Vec::<String>::new(), "{file}: {body}");
    }
    for (file, body, says) in [
        ("core/x.rs", "use crate::engine::Engine;", "core must not name engine (crate::engine::Engine)"),
        ("core/x.rs", "use crate::agreement;", "core must not name agreement"),
        ("core/x.rs", "use super::super::store::Log;", "core must not name store"),
        ("core/clean/mod.rs", "use super::super::app;", "core must not name app"),
        ("core/x.rs", "use crate::{\n core::Run,\n providers::{self},\n};", "(crate::providers::self)"),
        ("core/x.rs", "fn f() { tokio::spawn(g()); }", "core must not name tokio (tokio::spawn)"),
        ("core/x.rs", "use std::{fmt, fs};", "core must not name std::fs (std::fs)"),
        ("core/x.rs", "use std::{time::{Duration, Instant}};", "(std::time::Instant)"),
        ("core/x.rs", "use std::time;", "core must not name std::time::Instant (std::time)"),
        ("core/x.rs", "use std::time::*;", "core must not name std::time::Instant"),
        ("core/x.rs", "use std::env::{self};", "core must not name std::env"),
        ("core/x.rs", "const A: &str = \"\"; fn f() { rand::random() } // \"", "core must not name rand"),
        ("agreement/x.rs", "std::env::var(\"A\")", "agreement must not name std::env"),
        ("agreement/x.rs", "use ratatui::Frame;", "agreement must not name ratatui"),
        ("providers/x.rs", "use crate::store::Log;", "providers must not name store"),
        ("providers/http.rs", "std::net::TcpStream::connect(a)", "must not name std::net::TcpStream"),
        ("providers/wire/x.rs", "use reqwest::Client;", "providers must not name reqwest"),
        ("store/x.rs", "use crate::config::Config;", "store must not name config"),
        ("store/x.rs", "std::time::SystemTime::now()", "store must not name std::time::SystemTime"),
        ("engine/driver.rs", "use crossterm::event;", "engine must not name crossterm"),
        ("engine/driver.rs", "use crate::config::Config;", "engine must not name config"),
        ("engine/driver.rs", "use std::time::SystemTime;", "engine must not name std::time::SystemTime"),
        ("config/file.rs", "std::fs::read(p)", "config must not name std::fs"),
        ("config/save.rs", "std::env::vars()", "config must not name std::env"),
        ("app/x.rs", "use ratatui::style::Style;", "app must not name ratatui"),
        ("app/composer.rs", "use ratatui::Frame;", "app must not name ratatui"),
        ("app/x.rs", "use crate::engine::News;", "app must not name engine"),
        ("ui/x.rs", "use crate::engine::News;", "ui must not name engine"),
        ("ui/x.rs", "use tokio::time;", "ui must not name tokio"),
        ("tui/x.rs", "use crate::headless;", "tui must not name headless"),
        ("headless/x.rs", "use crate::tui::run;", "headless must not name tui"),
        ("core/x.rs", "use crate::nothing::at_all;", "core names what is no layer: nothing"),
        ("new/x.rs", "", "new is no layer"),
        ("utils.rs", "", "utils.rs is no layer"),
        ("tui/x.rs", "fn f() { todo!() }", "tui/x.rs:2: todo!"),
        ("main.rs", "fn f() {\n unimplemented!(\"later\") }", "main.rs:3: unimplemented!"),
        ("ui/x.rs", &"\n".repeat(499), "501 lines, 500 at the most"),
    ] {
        let found = wrong(file, body);
        assert!(found.len() == 1 && found[0].contains(says), "{file}: {body}\n{says}\n{found:?}");
    }
    assert_eq!(offences("core/x.rs", "// A file.\n").len(), 1, "it does not open with //!");
    let line = wrong("core/x.rs", "\n\nuse crate::tui;").remove(0);
    assert_eq!(line, "core/x.rs:4: core must not name tui (crate::tui)");
}
