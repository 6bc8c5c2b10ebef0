//! One question of a data set, with what is right. How a file of them is read is the configuration's.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A question of a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name, unique in the set.
    pub id: String,
    /// What is asked, with its choices below it where it has any.
    pub question: String,
    /// What is right, as it stands in the file; `None` where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// What is as right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or: Vec<String>,
    /// What there is to choose from, A first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

impl Item {
    /// Everything that is right.
    pub fn right(&self) -> impl Iterator<Item = &str> {
        self.answer.iter().chain(&self.or).map(String::as_str)
    }

    /// The letter of a choice by its place.
    pub fn letter(place: usize) -> Option<char> {
        u8::try_from(place).ok().filter(|place| *place < 26).map(|place| char::from(b'A' + place))
    }

    /// A question with its choices, a line each, as members are asked it.
    pub fn asked(question: &str, choices: &[String]) -> String {
        let mut text = question.trim_end().to_owned();
        if !choices.is_empty() {
            text.push('\n');
        }
        for (place, choice) in choices.iter().enumerate() {
            if let Some(letter) = Self::letter(place) {
                let _ = write!(text, "\n{letter}) {}", choice.trim());
            }
        }
        text
    }
}
