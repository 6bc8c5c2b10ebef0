//! Reading a theme file: colours and attributes for each role, with one line for each fault. Pure; where the text comes
//! from and what stands in for a role that is missing or wrong is not known here.

use super::Role;
use super::colour;
use crate::core::{clean, nearest};
use ratatui::style::Modifier;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// How a role looks: colours by their number in the xterm palette, and attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) fg: Option<u8>,
    pub(super) bg: Option<u8>,
    pub(super) attributes: Modifier,
}

/// What lies under everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Base {
    /// Whatever the terminal has.
    #[default]
    Terminal,
    /// Colours of the xterm palette.
    Painted { text: u8, background: u8 },
}

/// A theme file as it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// The theme that it changes, and the line where it says so.
    pub(super) inherits: Option<(String, usize)>,
    /// What lies under everything, where the file says so.
    pub(super) base: Option<Base>,
    pub(super) roles: BTreeMap<Role, Look>,
}

/// The attributes a role may have.
const ATTRIBUTES: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

/// What stands for the terminal's own colours in `[base]`.
const TERMINAL: &str = "terminal";

/// Reads a theme file; `name` stands before each fault. What is wrong costs itself alone.
pub(super) fn read(name: &str, text: &str) -> (Sheet, Vec<String>) {
    let mut reader = Reader { name, text, faults: Vec::new() };
    let sheet = match DeTable::parse(text) {
        Ok(table) => reader.sheet(table.get_ref()),
        Err(error) => {
            let what = error.message().lines().next().unwrap_or("is not TOML");
            let at = error.span().unwrap_or(0..0);
            reader.fault(&at, "TOML", &format!("{what}; nothing in this file is used until that is mended"));
            Sheet::default()
        }
    };
    reader.faults.sort_by_key(|(line, _)| *line);
    (sheet, reader.faults.into_iter().map(|(_, fault)| fault).collect())
}

struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    faults: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn line(&self, at: &Range<usize>) -> usize {
        1 + self.text.get(..at.start).unwrap_or(self.text).matches('\n').count()
    }

    fn fault(&mut self, at: &Range<usize>, key: &str, what: &str) {
        let line = self.line(at);
        let fault = format!("{}:{line}: {key}: {what}", self.name);
        self.faults.push((line, clean::exact(&fault)));
    }

    fn stray(&mut self, at: &Range<usize>, path: &str, what: &str, word: &str, allowed: &[&str]) {
        let hint = match nearest(word, allowed) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("allowed: {}", allowed.join(", ")),
        };
        self.fault(at, path, &format!("unknown {what}; {hint}"));
    }

    fn sheet(&mut self, table: &DeTable<'_>) -> Sheet {
        let mut sheet = Sheet::default();
        for (key, value) in table {
            let (name, at): (&str, _) = (key.get_ref(), key.span());
            match (name, value.get_ref()) {
                ("inherits", DeValue::String(theme)) => {
                    sheet.inherits = Some((theme.to_string(), self.line(&at)));
                }
                ("base", DeValue::Table(base)) => sheet.base = self.base(&at, base),
                ("roles", DeValue::Table(roles)) => sheet.roles = self.roles(roles),
                ("inherits", _) => self.fault(&at, name, "allowed: the name of a theme, such as \"dark\""),
                ("base" | "roles", _) => self.fault(&at, name, &format!("allowed: a table [{name}]")),
                _ => self.stray(&at, name, "key", name, &["inherits", "base", "roles"]),
            }
        }
        sheet
    }

    /// Text and background go together: one without the other may not be readable.
    fn base(&mut self, at: &Range<usize>, table: &DeTable<'_>) -> Option<Base> {
        let allowed = ["text", "background"];
        let before = self.faults.len();
        let mut found = [None; 2];
        for (key, value) in table {
            let (name, at): (&str, _) = (key.get_ref(), key.span());
            let path = format!("base.{name}");
            let Some(place) = allowed.iter().position(|known| *known == name) else {
                self.stray(&at, &path, "key", name, &allowed);
                continue;
            };
            found[place] = match value.get_ref() {
                DeValue::String(word) if word == TERMINAL => Some(None),
                value => Some(Some(self.colour(&at, &path, value)?)),
            };
        }
        match found {
            [Some(Some(text)), Some(Some(background))] => Some(Base::Painted { text, background }),
            [Some(None), Some(None)] => Some(Base::Terminal),
            _ if self.faults.len() > before => None,
            _ => {
                let what =
                    "text and background go together; allowed: a colour for both, or \"terminal\" for both";
                self.fault(at, "base", what);
                None
            }
        }
    }

    fn roles(&mut self, table: &DeTable<'_>) -> BTreeMap<Role, Look> {
        let mut roles = BTreeMap::new();
        for (key, value) in table {
            let (name, at): (&str, _) = (key.get_ref(), key.span());
            let path = format!("roles.{name}");
            match (Role::named(name), value.get_ref()) {
                (None, _) => {
                    let allowed: Vec<&str> = Role::ALL.iter().map(|(_, name)| *name).collect();
                    self.stray(&at, &path, "role", name, &allowed);
                }
                (Some(role), DeValue::Table(look)) => {
                    if let Some(look) = self.look(&path, look) {
                        roles.insert(role, look);
                    }
                }
                (Some(_), _) => {
                    self.fault(&at, &path, "allowed: a table such as { fg = \"blue\", bold = true }");
                }
            }
        }
        roles
    }

    /// A look, when everything in it is right.
    fn look(&mut self, path: &str, table: &DeTable<'_>) -> Option<Look> {
        let before = self.faults.len();
        let mut look = Look::default();
        for (key, value) in table {
            let (name, at): (&str, _) = (key.get_ref(), key.span());
            let path = format!("{path}.{name}");
            let attribute = ATTRIBUTES.iter().find(|(known, _)| *known == name);
            match (name, attribute, value.get_ref()) {
                ("fg", _, value) => look.fg = self.colour(&at, &path, value),
                ("bg", _, value) => look.bg = self.colour(&at, &path, value),
                (_, Some((_, attribute)), DeValue::Boolean(on)) => look.attributes.set(*attribute, *on),
                (_, Some(_), _) => self.fault(&at, &path, "allowed: true, false"),
                _ => {
                    let attributes = ATTRIBUTES.iter().map(|(name, _)| *name);
                    let allowed: Vec<&str> = ["fg", "bg"].into_iter().chain(attributes).collect();
                    self.stray(&at, &path, "key", name, &allowed);
                }
            }
        }
        (self.faults.len() == before).then_some(look)
    }

    fn colour(&mut self, at: &Range<usize>, path: &str, value: &DeValue<'_>) -> Option<u8> {
        let found = match value {
            DeValue::String(name) => colour::named(name),
            DeValue::Integer(number) => u8::from_str_radix(number.as_str(), number.radix())
                .map_err(|_| "allowed: a number from 0 to 255".to_owned()),
            _ => Err(format!("allowed: {}", colour::ALLOWED)),
        };
        match found {
            Ok(index) => Some(index),
            Err(what) => {
                self.fault(at, path, &what);
                None
            }
        }
    }
}
