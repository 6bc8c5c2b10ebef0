//! A plan as it was written: its stages, and by names who speaks in them, with the line of the file in which each name
//! stands. Reading a file is the configuration's; here a recipe is cast with the members of a council, which makes stages of
//! it that can be run. Nothing here asks anybody.

mod cast;
pub mod facts;
pub mod filling;
mod seating;

pub use filling::{Filling, Many};

use super::ids::MemberId;
use super::member::Council;
use super::plan::Stage;
use super::question::Planned;
use std::fmt;

/// The most stages that a plan has.
pub const MOST_STAGES: usize = 40;
/// The most answers of one member that a stage takes.
pub const MOST_SAMPLES: u16 = 8;

/// A plan as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// What it is, in one line.
    pub about: String,
    /// A question that it is good for; empty where none is named.
    pub example: String,
    /// Its roles, in the order in which they are filled.
    pub roles: Vec<Role>,
    /// Its stages; each comes after all that it names, and its place here is its number.
    pub stages: Vec<Written>,
}

/// A role: members that are meant by what they are, and spoken of by one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Who takes it: each of these in turn.
    pub fill: Vec<Fill>,
    /// Where it is in the file, from 1.
    pub line: usize,
}

/// One way in which a role is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// How.
    pub how: Filling,
    /// Where it is in the file, from 1.
    pub line: usize,
}

/// A stage as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The stage, but for the members that are only known once it is cast: who speaks in it where [`Self::by`] names them, and
    /// whom its route may choose.
    pub stage: Stage,
    /// Who speaks in it; nobody where the stage itself says that already.
    pub by: Vec<Who>,
    /// How many answers of its one member it takes, each in a seat of its own; 1 where nothing else is said.
    pub samples: u16,
    /// The names in its route, where it is one.
    pub route: Option<Names>,
    /// Where it is in the file, from 1.
    pub line: usize,
}

/// Somebody by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Who is meant.
    pub is: Is,
    /// Where that is in the file, from 1.
    pub line: usize,
}

/// Who may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Is {
    /// All that have a role.
    Role(String),
    /// A member.
    Member(String),
    /// Whoever sits there, from 1.
    Seat(u16),
    /// The council's chair; without one, who sits in the first seat.
    Chair,
    /// Everybody.
    All,
    /// The first of those that are meant.
    First(Box<Is>),
}

/// The names in a route, place by place as they stand in its [`super::routing::Routing`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Whom it may choose.
    pub among: Vec<Who>,
    /// The specialists of each topic.
    pub topics: Vec<Vec<Who>>,
    /// Whom each rule asks.
    pub rules: Vec<Vec<Who>>,
}

/// A recipe with the members of a council in its places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cast {
    /// The plan's name.
    pub name: String,
    /// The council, with the seats that samples add.
    pub council: Council,
    /// What is run.
    pub stages: Vec<Stage>,
    /// Who has which role.
    pub roles: Vec<(String, Vec<MemberId>)>,
    /// What is not as the plan would have it, a line each: two of one family where it asks for different ones.
    pub notes: Vec<String>,
}

/// Why a recipe can't be cast with a council: one line that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where in the file it is, from 1; none where it is not about the file.
    pub line: Option<usize>,
    /// What it is about: a stage, a role, or `--role`.
    pub key: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Cast {
    /// What a question is asked by it with.
    pub fn planned(&self) -> Planned {
        Planned { name: self.name.clone(), stages: self.stages.clone() }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

impl Recipe {
    /// The role of that name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// How many members a name means at the most, whatever the council; `None` where that depends on it.
    pub fn most(&self, who: &Who) -> Option<usize> {
        match &who.is {
            Is::Role(name) => self.role(name)?.fill.iter().map(|fill| fill.how.most()).sum(),
            Is::Member(_) | Is::Seat(_) | Is::Chair | Is::First(_) => Some(1),
            Is::All => None,
        }
    }
}

impl fmt::Display for Is {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(name) | Self::Member(name) => f.write_str(name),
            Self::Seat(seat) => write!(f, "seat {seat}"),
            Self::Chair => f.write_str("chair"),
            Self::All => f.write_str("all"),
            Self::First(of) => write!(f, "first of {of}"),
        }
    }
}
