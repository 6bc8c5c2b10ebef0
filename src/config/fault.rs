//! One thing that is wrong in the configuration: fields for programs, one line for people. Not how it was found.

use crate::core::clean;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// Something wrong in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The file, or `environment`.
    pub file: String,
    /// The line, from 1; `None` where it is about the whole file.
    pub line: Option<usize>,
    /// The key, or the name of the variable; empty where it is about the whole file.
    pub key: String,
    /// What is wrong, what is allowed, and the nearest name where there is one. Never a value that could be a secret.
    pub message: String,
    /// Whether no question may be asked until it is mended: a guess at what was meant could cost money, or send a
    /// question to where it was not to go.
    #[serde(skip)]
    pub closes: bool,
}

impl Fault {
    /// About a variable.
    pub(super) fn of_environment(name: &str, message: String) -> Self {
        let (file, key) = ("environment".to_owned(), name.to_owned());
        Self { file, line: None, key, message, closes: false }
    }

    /// About a whole file.
    pub(super) fn of_file(file: &Path, message: String) -> Self {
        let file = file.display().to_string();
        Self { file, line: None, key: String::new(), message, closes: false }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clean::exact(&self.file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, " {}", clean::exact(&self.key))?;
        }
        write!(f, ": {}", clean::exact(&self.message))
    }
}
