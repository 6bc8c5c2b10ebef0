//! A question as a person sends it: the words, the files with it, and who is asked how. Not what becomes of it.

use super::ids::{MemberId, RunId};
use super::member::Council;
use super::protocols::Protocol;
use serde::{Deserialize, Serialize};

/// A text file, or a long paste, that goes with a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name as the question speaks of it.
    pub name: String,
    /// What is in it, raw.
    pub text: String,
}

/// A question as a person sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// The words.
    pub text: String,
    /// Files that every asked member is shown with it.
    pub files: Vec<File>,
    /// Who sits in the council.
    pub council: Council,
    /// The recipe.
    pub protocol: Protocol,
    /// The one member that is asked, where not all are.
    pub only: Option<MemberId>,
    /// The run that this one takes the place of: an edited question. Its turns are no part of later histories.
    pub replaces: Option<RunId>,
}
