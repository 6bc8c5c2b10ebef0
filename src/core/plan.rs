//! Stages as data: who speaks, what they see, what they are asked, how often. The words a plan is written in.
//!
//! Nothing here decides anything; [`super::next()`] reads these and decides.

use super::commission::Brief;
use super::debate::{Debate, Mode};
use super::ids::{MemberId, StageId};
use super::part::{Again, Part, When};
use super::rules::Rule;
use super::ruling::Point;
use serde::{Deserialize, Serialize};

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its place in the plan.
    pub id: StageId,
    /// Stages that must be over before this one begins.
    pub after: Vec<StageId>,
    /// Who speaks.
    pub speakers: Speakers,
    /// What they are shown.
    pub sees: Vec<Source>,
    /// Whether names are replaced by letters, in an order drawn for each speaker.
    pub blind: bool,
    /// What they are asked for.
    pub ask: Ask,
    /// How often.
    pub until: Until,
    /// The one point that it is about, where it is not about the answers as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// How a chair goes about it, where that is not a plain merge.
    #[serde(default, skip_serializing_if = "MergeMode::is_plain")]
    pub merge: MergeMode,
    /// How a vote is held; none in stages of other kinds, and in votes of older logs, where nobody is asked once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote: Option<Voting>,
    /// How the debate is held, where it is one and not held in the usual way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debate: Option<Debate>,
    /// What the person asks of a synthesis beside its mode, where that is anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brief: Option<Brief>,
    /// What the plan says of it beside that, where it is a stage of a plan that was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Box<Part>>,
}

/// How a chair makes one text of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeMode {
    /// The best of all answers in one.
    #[default]
    Merge,
    /// The final answer is what most of them come to; the others are told as dissent.
    Majority,
    /// The final answer is the best one of them, word by word.
    BestOfN,
    /// What the person chose claim by claim, and the chair's best for the rest.
    Guided,
}

impl MergeMode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Merge, Self::Majority, Self::BestOfN, Self::Guided];
    /// Those that can be planned before there are any answers: what to choose from is in them.
    pub const AHEAD: [Self; 3] = [Self::Merge, Self::Majority, Self::BestOfN];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Majority => "majority",
            Self::BestOfN => "best-of-n",
            Self::Guided => "guided",
        }
    }

    /// What it is, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Merge => "the best of all answers in one",
            Self::Majority => "what most of them come to",
            Self::BestOfN => "the best one, word by word",
            Self::Guided => "you tick claims, the chair merges so",
        }
    }

    /// The mode of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_plain(&self) -> bool {
        *self == Self::Merge
    }
}

/// How a vote is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voting {
    /// How often a judge whose reply is no valid ballot is told what is wrong with it, and asked once more.
    pub repairs: u16,
    /// The rule that names the winner, as long as the person says no other.
    #[serde(default, skip_serializing_if = "Rule::usual")]
    pub rule: Rule,
}

/// Who speaks in a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speakers {
    /// Every member.
    Every,
    /// Those who have an answer among the ones it sees.
    Answered,
    /// One member.
    Member(MemberId),
    /// These members, whether or not they have an answer.
    Named(Vec<MemberId>),
    /// The council's chair; without one, whoever was first to finish among the answers it sees.
    Chair,
    /// Those that a route chose.
    Chosen(StageId),
    /// No member: the person decides, or nobody needs to be asked.
    Nobody,
}

/// Something a speaker is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The person's question.
    Question,
    /// The member's own conversation in the session so far.
    History,
    /// The answers that members stand by after a round of a stage. In a debate they are the ground of its first
    /// round; each later round sees the one before it.
    Answers {
        /// The stage.
        of: StageId,
        /// The last round that counts, fixed when the step was appended.
        upto: u16,
    },
    /// What an earlier stage comes to; see [`super::run::Run::comes_to`].
    Outcome {
        /// The stage.
        of: StageId,
    },
}

/// What a speaker is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// An answer of one's own.
    Answer,
    /// An answer revised in sight of the others: a debate turn.
    Critique,
    /// One text made of all answers.
    Merge,
    /// A ranking of the answers of others.
    Ballot,
    /// A verdict on each claim of the answers it sees.
    Check,
    /// Who is asked what comes after it. Without a speaker nobody is asked: it is worked out here.
    Route,
    /// The person's word on what was made so far: the plan waits for it.
    HandOver,
}

impl Ask {
    /// Whether what comes of it is an answer to the question, as panes show it.
    pub fn answers(self) -> bool {
        matches!(self, Self::Answer | Self::Critique)
    }

    /// What a written plan calls it: what its `do` says.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Critique => "debate",
            Self::Merge => "merge",
            Self::Ballot => "vote",
            Self::Check => "check",
            Self::Route => "route",
            Self::HandOver => "hand-over",
        }
    }
}

/// How often a stage is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Once.
    Once,
    /// So many rounds.
    Rounds(u16),
}

impl Stage {
    /// A stage with nothing said of it beyond who is asked for what: after nothing, in sight of nothing, with names, once.
    pub fn plain(id: StageId, ask: Ask, speakers: Speakers) -> Self {
        Self {
            id,
            after: Vec::new(),
            speakers,
            sees: Vec::new(),
            blind: false,
            ask,
            until: Until::Once,
            point: None,
            merge: MergeMode::default(),
            vote: None,
            debate: None,
            brief: None,
            part: None,
        }
    }

    /// The mode of the debate that it is, where it is one.
    pub fn mode(&self) -> Option<Mode> {
        (self.ask == Ask::Critique).then(|| self.debate.unwrap_or_default().mode)
    }

    /// The numbers of the stage's rounds: 0 alone, or from 1 where the stage is a debate (round 0 are the first answers).
    pub fn rounds(&self) -> std::ops::RangeInclusive<u16> {
        match (self.ask, self.until) {
            (Ask::Critique, Until::Once) => 1..=1,
            (Ask::Critique, Until::Rounds(rounds)) => 1..=rounds,
            (_, Until::Once) => 0..=0,
            (_, Until::Rounds(rounds)) => 0..=rounds.saturating_sub(1),
        }
    }

    /// Its name in the plan; none in a stage of a plain protocol.
    pub fn name(&self) -> Option<&str> {
        self.part.as_ref().map(|part| part.name.as_str())
    }

    /// When it is begun, once the stages before it are over.
    pub fn when(&self) -> &When {
        self.part.as_ref().map_or(&When::Always, |part| &part.when)
    }

    /// The stage that it is once more, where the person sent the work back.
    pub fn again(&self) -> Option<Again> {
        self.part.as_ref()?.again
    }

    /// The stage beside whose answers its own stand, though its speakers are not shown them.
    pub fn beside(&self) -> Option<StageId> {
        self.part.as_ref()?.beside
    }

    /// Whether its speakers work on what others made, by a task of their own. That they see what the stage was before the work was
    /// sent back makes no work on others of it.
    pub fn works_on(&self) -> bool {
        let tasked = self.part.as_ref().is_some_and(|part| !part.task.is_empty());
        let again = self.again().map(|again| again.of);
        self.ask == Ask::Answer && tasked && self.outcomes().any(|of| Some(of) != again)
    }

    /// The stages whose outcome its speakers are given.
    pub fn outcomes(&self) -> impl Iterator<Item = StageId> {
        self.sees.iter().filter_map(|source| match source {
            Source::Outcome { of } => Some(*of),
            _ => None,
        })
    }

    /// The answers this stage is about, where it is about any.
    pub fn answers(&self) -> Option<(StageId, u16)> {
        self.sees.iter().find_map(|source| match source {
            Source::Answers { of, upto } => Some((*of, *upto)),
            _ => None,
        })
    }
}
