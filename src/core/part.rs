//! What a written plan says of a stage beside who speaks and what they see: its name, its task, when it is begun, how it
//! routes, what the person may do at it. The words alone; [`super::next()`] and the agreement decide by them.

use super::ids::{CallId, StageId};
use super::routing::{Road, Routing};
use serde::{Deserialize, Serialize};

/// A stage's part in a plan that was written down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the plan.
    pub name: String,
    /// What its speakers are told to do; empty where they just answer the question.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub task: String,
    /// When it is begun.
    #[serde(default, skip_serializing_if = "When::is_always")]
    pub when: When,
    /// The stage beside whose answers its own stand, though its speakers are not shown them: the next tier of a pyramid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<StageId>,
    /// Whether its members end with a line that states their position.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub position: bool,
    /// Whether they state there how sure they are, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confidence: bool,
    /// How it routes, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Box<Routing>>,
    /// How often the person may send the work back from here, and to where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Back>,
    /// The stage that it is once more, where the person sent the work back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
}

/// When a stage is begun, once the stages before it are over. Whether that holds is put on record before anybody is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// In any case.
    #[default]
    Always,
    /// Unless the answers of a stage settle the question.
    Unsettled {
        /// The stage; with those beside whose answers its own stand.
        of: StageId,
        /// What settles it.
        by: Settles,
    },
    /// Where nothing usable came of a stage.
    Failed(StageId),
    /// Where something usable came of a stage.
    Worked(StageId),
    /// Where a check found a claim that does not hold.
    Faulted(StageId),
    /// Where a check found none.
    Sound(StageId),
    /// Where a vote named no single winner.
    Undecided(StageId),
    /// Where a route took this road.
    Chose {
        /// The route.
        route: StageId,
        /// The road.
        road: Road,
    },
}

impl When {
    /// Whether it is in any case.
    pub fn is_always(&self) -> bool {
        *self == Self::Always
    }

    /// The stage that it is about.
    pub fn of(&self) -> Option<StageId> {
        match self {
            Self::Always => None,
            Self::Unsettled { of, .. }
            | Self::Failed(of)
            | Self::Worked(of)
            | Self::Faulted(of)
            | Self::Sound(of)
            | Self::Undecided(of)
            | Self::Chose { route: of, .. } => Some(*of),
        }
    }

    /// The same about another stage.
    #[must_use]
    pub fn about(&self, stage: impl Fn(StageId) -> StageId) -> Self {
        match self {
            Self::Always => Self::Always,
            Self::Unsettled { of, by } => Self::Unsettled { of: stage(*of), by: *by },
            Self::Failed(of) => Self::Failed(stage(*of)),
            Self::Worked(of) => Self::Worked(stage(*of)),
            Self::Faulted(of) => Self::Faulted(stage(*of)),
            Self::Sound(of) => Self::Sound(stage(*of)),
            Self::Undecided(of) => Self::Undecided(stage(*of)),
            Self::Chose { route, road } => Self::Chose { route: stage(*route), road: *road },
        }
    }
}

/// What settles a question: either of two things. So many members give the same final answer; or the agreement of all that
/// was answered reaches a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settles {
    /// So many give the same final answer; 0 where that settles nothing.
    pub same: u16,
    /// Whether two of them have to be of different families of models.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub families: bool,
    /// Whether it does not count where any two of the answers contradict each other in a claim.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unflagged: bool,
    /// The agreement score that settles it, in hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<u8>,
}

impl Default for Settles {
    fn default() -> Self {
        Self { same: 2, families: true, unflagged: true, agreement: None }
    }
}

/// How the work may be sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// To this stage.
    pub to: StageId,
    /// So often at the most.
    pub times: u16,
}

/// A stage that is gone through once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// Which.
    pub of: StageId,
    /// The gate that it was sent back from: the person's note is there.
    pub from: StageId,
}

/// Whether a stage with a condition is begun, as it was found when its turn came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// Whether it is.
    pub go: bool,
    /// Why, for people: "stopped early: both agree on 42".
    pub why: String,
    /// The agreement score of the answers, where it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The answers that settle the question, where that is why it is not begun: those that give the same final answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<CallId>,
}

/// What the person decides where a plan is handed over to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handed {
    /// It goes on with what is there.
    Approved,
    /// It goes on with the person's own text.
    Edited(String),
    /// It goes on with this one of the texts.
    Chosen(CallId),
    /// What led here is gone through once more, with the person's note.
    SentBack(String),
}

impl Handed {
    /// What was decided, in a few words.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Approved => "approved by you",
            Self::Edited(_) => "edited by you",
            Self::Chosen(_) => "chosen by you",
            Self::SentBack(_) => "sent back by you",
        }
    }
}

/// A text that a stage is given: what an earlier one came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The stage that it is of, by the name that the plan gives it.
    pub from: StageId,
    /// Whose text it is; none where it is the person's own, written at that stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

/// What a check says of one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It is borne out by the question or its files, or follows from them.
    Yes,
    /// It does not hold.
    No,
    /// Nothing there speaks for or against it.
    Open,
}

impl Holds {
    /// The word that a check says it with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "holds",
            Self::No => "fails",
            Self::Open => "open",
        }
    }
}
