//! Writing configuration: the only place that does. A file is never left half written, what the person wrote in it stays
//! as it is, comments too, and one that can't be read is never written over.

use super::councils::is_name;
use super::load::{Env, read};
use super::{Config, file};
use crate::core::member::ANSWER_LIMIT;
use crate::core::{Council, Member, clean};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

/// Readable and writable for its owner alone.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Creates a file with its folders. False, and nothing is touched, where something is there already.
///
/// # Errors
/// One line: what the system said, and what to look at.
pub fn create(path: &Path, text: &str) -> Result<bool, String> {
    let created = folders(path).and_then(|()| match open_new(path) {
        Ok(file) => write(file, path, text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    });
    created.map_err(|error| unwritten(path, &error))
}

/// Writes a council into a configuration, in the place of one of the same name.
///
/// # Errors
/// One line: the council can't be written, the file is no TOML, or what the system said. The file is then as it was.
pub fn save_council(path: &Path, council: &Council) -> Result<(), String> {
    let name = council.name.trim();
    if council.scripted {
        return Err("the demo's council is always there and is not saved; save one of real models".to_owned());
    }
    if !is_name(name) || council.members.is_empty() {
        return Err("a council needs a name of up to 40 letters and at least one member".to_owned());
    }
    let same = |config: &Config| {
        config
            .councils
            .get(name)
            .is_some_and(|read| read.members == trimmed(council) && read.chair == council.chair)
    };
    edit(path, same, |document| enter(document, council))
}

/// Writes a council into a file of its own, below a comment. Its providers may be defined elsewhere, so it is not read again.
///
/// # Errors
/// One line: the council can't be written, something is there already, or what the system said.
pub fn write_council(path: &Path, council: &Council, comment: &str) -> Result<(), String> {
    let mut document = DocumentMut::new();
    enter(&mut document, council)?;
    let comment: Vec<String> = comment.lines().map(|line| format!("# {}", clean::line(line))).collect();
    if create(path, &format!("{}\n{document}", comment.join("\n")))? {
        return Ok(());
    }
    let shown = clean::exact(&path.display().to_string());
    Err(format!("{shown} is there already and is left as it is; name another file"))
}

/// Puts a council and its members into a file.
fn enter(document: &mut DocumentMut, council: &Council) -> Result<(), String> {
    let limit = document.get("answer_limit").and_then(Item::as_integer);
    let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(ANSWER_LIMIT);
    let mut members = Array::new();
    for member in &council.members {
        let mut seat = Value::InlineTable(seat(member, limit)?);
        seat.decor_mut().set_prefix("\n  ");
        members.push_formatted(seat);
    }
    members.set_trailing("\n");
    members.set_trailing_comma(true);
    put(document, council.name.trim(), members, council.chair.as_ref().map(|chair| chair.0.as_str()))
}

/// Makes a council of the file the one that is asked when nothing else is said.
///
/// # Errors
/// One line: there is no such council, the file is no TOML, or what the system said. The file is then as it was.
pub fn set_default_council(path: &Path, name: &str) -> Result<(), String> {
    let same = |config: &Config| config.council.as_deref() == Some(name);
    edit(path, same, |document| {
        let councils = document.get("councils").and_then(Item::as_table_like);
        if !councils.is_some_and(|councils| councils.contains_key(name)) {
            return Err(format!("no council \"{}\" is in that file; save it first", clean::exact(name)));
        }
        match document.get_mut("council").and_then(Item::as_value_mut) {
            Some(old) => {
                let decor = old.decor().clone();
                *old = Value::from(name);
                *old.decor_mut() = decor;
            }
            None => drop(document.insert("council", value(name))),
        }
        Ok(())
    })
}

/// Reads a file, changes it and writes it, if what comes of it reads as it should.
fn edit(
    path: &Path,
    same: impl Fn(&Config) -> bool,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), String>,
) -> Result<(), String> {
    let shown = clean::exact(&path.display().to_string());
    let target = target(path).map_err(|error| unwritten(path, &error))?;
    let bytes = match read(&target) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(format!("{shown} can't be read ({error}), so nothing is written")),
    };
    let (mark, rest) = bytes.strip_prefix(MARK).map_or((&b""[..], &bytes[..]), |rest| (MARK, rest));
    let text = std::str::from_utf8(rest).ok();
    let Some(mut document) = text.and_then(|text| text.parse::<DocumentMut>().ok()) else {
        return Err(format!(
            "{shown} is not wholly TOML, so nothing is written; synod config check tells where"
        ));
    };
    let bare = document.is_empty();
    change(&mut document)?;
    if bare {
        lead_with_comments(&mut document);
    }
    let mut new = document.to_string();
    let ends = |end: &str| text.map_or(0, |text| text.matches(end).count());
    if ends("\r\n") > 0 && ends("\r\n") == ends("\n") {
        new = new.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if !same(&file::config("", new.as_bytes(), &Env::default())) {
        return Err(format!(
            "{shown} would not say what was meant, so nothing is written; mend its faults first"
        ));
    }
    replace(&target, &[mark, new.as_bytes()].concat()).map_err(|error| unwritten(path, &error))
}

/// What some editors put at the beginning of a text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// In a file of comments alone, what is new comes after them.
pub(super) fn lead_with_comments(document: &mut DocumentMut) {
    let comments = document.trailing().as_str().unwrap_or_default().to_owned();
    let Some((mut key, item)) = document.as_table_mut().iter_mut().next() else { return };
    let first = match item {
        Item::Table(table) if table.is_implicit() => table.iter_mut().next().map(|(_, item)| item),
        _ => None,
    };
    match first {
        Some(Item::Table(table)) => table.decor_mut().set_prefix(format!("{comments}\n")),
        _ => key.leaf_decor_mut().set_prefix(comments),
    }
    document.set_trailing("");
}

/// What a council's members are once they were written and read again.
fn trimmed(council: &Council) -> Vec<Member> {
    let trim = |member: &Member| {
        let persona = member.persona.as_deref().map(str::trim).filter(|persona| !persona.is_empty());
        Member { persona: persona.map(str::to_owned), ..member.clone() }
    };
    council.members.iter().map(trim).collect()
}

/// A member as a table. What is not set is not written.
fn seat(member: &Member, limit: u32) -> Result<InlineTable, String> {
    let mut seat = InlineTable::new();
    seat.insert("name", member.name.0.as_str().into());
    seat.insert("model", member.model.to_string().into());
    if let Some(persona) = member.persona.as_deref().map(str::trim).filter(|persona| !persona.is_empty()) {
        seat.insert("persona", one_line(persona));
    }
    if (member.weight - 1.0).abs() > f64::EPSILON {
        seat.insert("weight", member.weight.into());
    }
    let params = &member.params;
    for (key, number) in [("temperature", params.temperature), ("top_p", params.top_p)] {
        if let Some(number) = number {
            seat.insert(key, number.into());
        }
    }
    if let Some(seed) = params.seed {
        let seed = i64::try_from(seed)
            .map_err(|_| format!("the seed {seed} is larger than a file can hold; choose one below 2^63"))?;
        seat.insert("seed", seed.into());
    }
    if let Some(effort) = params.effort {
        seat.insert("effort", effort.word().into());
    }
    if !member.topics.is_empty() {
        let topics: Array = member.topics.iter().map(String::as_str).collect();
        seat.insert("topics", topics.into());
    }
    if params.answer_limit != limit {
        seat.insert("answer_limit", i64::from(params.answer_limit).into());
    }
    Ok(seat)
}

/// A text in one line, whatever is in it: JSON's way to write one is TOML's too, but for one letter.
fn one_line(text: &str) -> Value {
    let json = serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F");
    json.parse().unwrap_or_else(|_| text.into())
}

/// Puts a council where it belongs; another one there gives its place and its comments.
fn put(document: &mut DocumentMut, name: &str, members: Array, chair: Option<&str>) -> Result<(), String> {
    let councils = document.entry("councils").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let Some(councils) = councils.as_table_like_mut() else {
        return Err("councils is no table in that file; synod config check tells where".to_owned());
    };
    if councils.get(name).is_none_or(|old| !old.is_table_like()) {
        councils.insert(name, Item::Table(Table::new()));
    }
    let Some(council) = councils.get_mut(name).and_then(Item::as_table_like_mut) else { return Ok(()) };
    match chair {
        Some(chair) => set(council, "chair", chair.into()),
        None => drop(council.remove("chair")),
    }
    set(council, "members", members.into());
    Ok(())
}

/// Sets a key; what stood around its old value stays.
fn set(table: &mut dyn TableLike, key: &str, mut new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => drop(table.insert(key, Item::Value(new))),
    }
}

/// The file that a path leads to: where it is a link, the link stays.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            Ok(path.to_owned())
        }
        other => other,
    }
}

/// Puts a whole file in the place of the old one, readable for its owner alone; through links.
///
/// # Errors
/// One line: what the system said. The file is then as it was.
pub(super) fn replace_whole(path: &Path, bytes: &[u8]) -> Result<(), String> {
    target(path).and_then(|target| replace(&target, bytes)).map_err(|error| unwritten(path, &error))
}

/// Puts a whole file in the place of the old one: written beside it, safely on the disk, then renamed.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    folders(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = |number: u32| path.with_file_name(format!(".{name}.new-{number}"));
    for number in 0..100 {
        let file = match open_new(&beside(number)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        };
        write(file, &beside(number), bytes)?;
        let moved = fs::rename(beside(number), path);
        if moved.is_err() {
            let _ = fs::remove_file(beside(number));
        } else if let Some(folder) = path.parent() {
            // Not every file system can do this for a folder, and the file itself is whole either way.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        return moved;
    }
    Err(io::Error::other("too many unfinished files lie beside it"))
}

/// Makes the folders that a file needs.
fn folders(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder),
        None => Ok(()),
    }
}

fn open_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)
}

/// Writes a file that is new; one that can't be written whole is taken away.
fn write(mut file: File, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

fn unwritten(path: &Path, error: &io::Error) -> String {
    let path = clean::exact(&path.display().to_string());
    format!("{path} can't be written ({error}); check its owner and mode, and the free space")
}
