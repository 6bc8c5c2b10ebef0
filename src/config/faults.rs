//! Reading a TOML table key by key, with one line for each fault: file, line, key, what is wrong, what is allowed, and
//! the nearest allowed word. Which keys there are is not known here.

use super::{Fault, key};
use crate::core::nearest;
use std::fmt::Write as _;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// What people call the thing that does not belong into a file, and how the names of such things end.
const SECRETS: [&str; 5] = ["key", "token", "secret", "password", "bearer"];

/// The faults found in a file so far.
pub(super) struct Faults<'a> {
    file: String,
    source: &'a str,
    /// What was taken out of the source because it is no TOML.
    lost: &'a str,
    /// Whether what is read now keeps a person safe.
    guarding: bool,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    pub(super) fn new(file: &str, source: &'a str, lost: &'a str) -> Self {
        let odd = file.chars().any(char::is_control);
        let file = if odd { file.escape_debug().to_string() } else { file.to_owned() };
        Self { file, source, lost, guarding: false, found: Vec::new() }
    }

    /// Whether a word stands in what was taken out: that it is missing elsewhere is the same fault, told already.
    pub(super) fn lost(&self, word: &str) -> bool {
        self.lost.contains(word)
    }

    /// Notes a fault at a place in the source.
    pub(super) fn add(&mut self, at: &Range<usize>, key: &str, what: &str) {
        if self.guarding {
            self.close(at, key, what);
        } else {
            self.note(at, key, what, false);
        }
    }

    /// Reads something with which a person keeps to what they meant to spend and to send: each fault in it closes.
    pub(super) fn guarding<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.guarding, true);
        let value = read(self);
        self.guarding = before;
        value
    }

    /// Notes a fault with which no question is asked: a guess at what was meant could cost money, or send a question to
    /// where it was not to go.
    pub(super) fn close(&mut self, at: &Range<usize>, key: &str, what: &str) {
        self.note(at, key, &format!("{what}; {CLOSED}"), true);
    }

    fn note(&mut self, at: &Range<usize>, key: &str, what: &str, closes: bool) {
        let line = Some(self.line(at.start));
        let (file, key, message) = (self.file.clone(), key.to_owned(), what.to_owned());
        self.found.push(Fault { file, line, key, message, closes });
    }

    /// The line of a place in the source, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        let before = self.source.get(..at).unwrap_or(self.source);
        1 + before.matches('\n').count()
    }

    /// Notes a word that is none of those allowed.
    pub(super) fn stray(&mut self, at: &Range<usize>, key: &str, what: &str, word: &str, allowed: &[&str]) {
        let mut line = format!("{what}; allowed: {}", allowed.join(", "));
        if let Some(near) = nearest(word, allowed) {
            let _ = write!(line, "; did you mean {near}?");
        }
        self.add(at, key, &line);
    }

    /// Whether one was noted for a key.
    pub(super) fn told(&self, key: &str) -> bool {
        self.found.iter().any(|fault| fault.key == key || fault.key.starts_with(&format!("{key}[")))
    }

    /// How many there are by now.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// All of them, in the order of the file.
    pub(super) fn all(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|fault| fault.line);
        self.found
    }
}

/// Keys that keep a person from spending more than they meant to, and a question from where it was not to go.
pub(super) const GUARDS: [&str; 4] = ["budget", "confirm_above", "local", "private"];

/// What a fault in one of those means.
const CLOSED: &str = "no question is asked until that is mended";

/// A table of the file and the way to it.
pub(super) struct Section<'t> {
    pub(super) path: String,
    pub(super) at: Range<usize>,
    table: &'t DeTable<'t>,
}

/// A value and where it is.
#[derive(Clone)]
pub(super) struct Item<'t> {
    pub(super) path: String,
    pub(super) at: Range<usize>,
    pub(super) value: &'t DeValue<'t>,
}

impl<'t> Section<'t> {
    pub(super) fn root(table: &'t DeTable<'t>) -> Self {
        Self { path: String::new(), at: 0..0, table }
    }

    /// The items of the table, with their keys.
    pub(super) fn items(&self) -> impl Iterator<Item = (&'t str, Item<'t>)> {
        self.table.iter().map(|(key, value)| {
            let name: &'t str = key.get_ref();
            (name, Item { path: self.way(name), at: key.span(), value: value.get_ref() })
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<Item<'t>> {
        let (key, value) = self.table.get_key_value(name)?;
        Some(Item { path: self.way(name), at: key.span(), value: value.get_ref() })
    }

    fn way(&self, name: &str) -> String {
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let plain = !name.is_empty() && name.bytes().all(bare);
        let name = match name {
            secret if key::looks_like_one(secret) => HIDDEN.to_owned(),
            name if plain => name.to_owned(),
            name => format!("{name:?}"),
        };
        if self.path.is_empty() { name } else { format!("{}.{name}", self.path) }
    }

    /// Notes each key that is none of those allowed. What it holds is never shown.
    pub(super) fn only(&self, faults: &mut Faults<'_>, allowed: &[&str]) {
        for (name, item) in self.items().filter(|(name, _)| !allowed.contains(name)) {
            let low = name.to_ascii_lowercase();
            let value = text(item.value).is_some_and(key::looks_like_one);
            if value || key::looks_like_one(name) || SECRETS.iter().any(|end| low.ends_with(end)) {
                let what = "a key does not belong into this file and is not read; keep it with synod keys set PROVIDER, or \
                            in an environment variable that api_key_env = \"NAME\" names";
                faults.add(&item.at, &item.path, what);
            } else {
                let stray = |faults: &mut Faults<'_>| {
                    faults.stray(&item.at, &item.path, "unknown key", name, allowed);
                };
                if nearest(name, allowed).is_some_and(|near| GUARDS.contains(&near)) {
                    faults.guarding(stray);
                } else {
                    stray(faults);
                }
            }
        }
    }

    /// Reads a key, if it is there; a value that `read` does not take is a fault.
    pub(super) fn read<T>(
        &self,
        faults: &mut Faults<'_>,
        name: &str,
        allowed: &str,
        read: impl FnOnce(&'t DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        let item = self.get(name)?;
        let value = read(item.value);
        if value.is_none() {
            faults.add(&item.at, &item.path, &format!("{}; allowed: {allowed}", item.is()));
        }
        value
    }
}

impl<'t> Item<'t> {
    /// The entries of a list that is to hold some; nothing, and a fault, where it is no list or an empty one.
    pub(super) fn some(&self, faults: &mut Faults<'_>, allowed: &str) -> Option<Vec<Self>> {
        let is = match self.list() {
            Some(list) if !list.is_empty() => return Some(list),
            Some(_) => "is empty".to_owned(),
            None => self.is(),
        };
        faults.add(&self.at, &self.path, &format!("{is}; allowed: {allowed}"));
        None
    }

    /// The entries of a list, each with its place in its name; `None` where it is none.
    pub(super) fn list(&self) -> Option<Vec<Self>> {
        let DeValue::Array(list) = self.value else { return None };
        let entry = |(place, entry): (usize, &'t toml::Spanned<DeValue<'t>>)| Self {
            path: format!("{}[{place}]", self.path),
            at: entry.span(),
            value: entry.get_ref(),
        };
        Some(list.iter().enumerate().map(entry).collect())
    }

    /// The table this is, or a fault.
    pub(super) fn section(&self, faults: &mut Faults<'_>, allowed: &str) -> Option<Section<'t>> {
        let table = self.table();
        if table.is_none() {
            faults.add(&self.at, &self.path, &format!("{}; allowed: {allowed}", self.is()));
        }
        table
    }

    /// The table this is, where it is one.
    pub(super) fn table(&self) -> Option<Section<'t>> {
        let DeValue::Table(table) = self.value else { return None };
        Some(Section { path: self.path.clone(), at: self.at.clone(), table })
    }

    /// What the value is. Texts are not shown: one may be a key in the wrong place.
    pub(super) fn is(&self) -> String {
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => "is empty".to_owned(),
            DeValue::String(_) => "is a text that does not fit".to_owned(),
            DeValue::Integer(number) if number.as_str().len() <= 20 => format!("is {number}"),
            DeValue::Float(number) if number.as_str().len() <= 20 => format!("is {number}"),
            DeValue::Integer(_) | DeValue::Float(_) => "is a number out of range".to_owned(),
            DeValue::Boolean(value) => format!("is {value}"),
            DeValue::Datetime(_) => "is a date".to_owned(),
            DeValue::Array(_) => "is a list".to_owned(),
            DeValue::Table(_) => "is a table".to_owned(),
        }
    }
}

/// A text that is not blank.
pub(super) fn text<'t>(value: &'t DeValue<'t>) -> Option<&'t str> {
    match value {
        DeValue::String(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}

/// A switch.
pub(super) fn switch(value: &DeValue<'_>) -> Option<bool> {
    if let DeValue::Boolean(value) = value { Some(*value) } else { None }
}

/// A whole number that is not negative.
pub(super) fn whole(value: &DeValue<'_>) -> Option<u64> {
    let DeValue::Integer(number) = value else { return None };
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A finite number, written with or without a point.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Float(number) => number.as_str().parse().ok()?,
        DeValue::Integer(_) => whole(value)? as f64,
        _ => return None,
    };
    f64::is_finite(number).then_some(number)
}

/// What stands in a key's place.
const HIDDEN: &str = "[key]";

/// A word, for a message: quoted, on one line, not too long, and no key.
pub(super) fn quoted(word: &str) -> String {
    if key::looks_like_one(word) {
        return HIDDEN.to_owned();
    }
    let short: String = word.chars().take(40).collect();
    if short.len() < word.len() { format!("{:?}", short + "…") } else { format!("{short:?}") }
}
