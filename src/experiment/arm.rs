//! What is compared: treatments, which are asked, and arms, which read what a treatment brought. Several arms may read one
//! treatment, so that ways of counting the same answers cost nothing and differ in nothing else.

use super::item::Item;
use crate::core::{Council, MemberId, Planned, Protocol, Question, Stage};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A council and what it does with a question: what calls are made for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Treatment {
    /// Its name, unique in the experiment: that of the first arm that reads it.
    pub name: String,
    /// Who sits in it, the seats of samples too.
    pub council: Council,
    /// What they do, where that is one of the common ways.
    #[serde(serialize_with = "as_words", deserialize_with = "of_words")]
    pub protocol: Protocol,
    /// What they do, where that is a written plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Planned>,
    /// What makes it another treatment: changes with all that could change what it brings.
    pub digest: u64,
}

fn as_words<S: Serializer>(protocol: &Protocol, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(protocol)
}

fn of_words<'de, D: Deserializer<'de>>(from: D) -> Result<Protocol, D::Error> {
    let words = String::deserialize(from)?;
    words.parse().map_err(|_| serde::de::Error::custom("no protocol"))
}

impl Treatment {
    /// What is run.
    pub fn stages(&self) -> Vec<Stage> {
        match &self.plan {
            Some(plan) => plan.stages.clone(),
            None => self.protocol.plan(),
        }
    }

    /// A question of the data set as it is put to its council.
    pub fn question(&self, item: &Item) -> Question {
        Question {
            text: item.question.clone(),
            council: self.council.clone(),
            protocol: self.protocol,
            plan: self.plan.clone().map(Box::new),
            topic: item.topic.clone(),
            ..Question::default()
        }
    }
}

/// What is compared with others: a treatment, and what its answer is taken to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Its name, unique in the experiment.
    pub name: String,
    /// Its treatment, by its place.
    pub treatment: usize,
    /// How the one answer is found.
    pub reading: Reading,
    /// Where it was not asked for: what it is there for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
}

/// How the one answer of a trial is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// What the plan comes to.
    Result,
    /// The answer that the judges of its vote chose.
    Ballots,
    /// The answers as votes: the first ones, or those that members stand by in the end.
    Vote(VoteRule, When),
    /// The first answer of one member.
    Member(MemberId),
    /// The first answer of the member that was right most often in the other part of the questions.
    BestSingle,
    /// The vote of the first answers of some of the members: what a smaller council would have said.
    Among(Vec<MemberId>, VoteRule),
}

/// Which answers vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Those before anybody saw another one.
    First,
    /// Those that members stand by in the end.
    Last,
}

/// How answers are counted as votes. What is learned is learned from the other part of the questions (see
/// [`super::score`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoteRule {
    /// Most votes; a tie is drawn from the seed.
    Plurality,
    /// More than half of those who answered, else no answer.
    Majority,
    /// Most votes; a tie goes to the best member.
    ToBest,
    /// By the share of right answers.
    Accuracy,
    /// By the log-odds of being right.
    LogOdds,
    /// By the log-odds among many options.
    ManyOptions,
    /// By the way of weighing that did best.
    Learned,
    /// By stated confidence, in `ReConcile`'s steps.
    Confidence,
    /// By the weights of the council's seats.
    Council,
    /// All alike, else no answer.
    Unanimous,
}

impl VoteRule {
    /// All of them, with their names in files.
    pub const ALL: [(&'static str, Self); 10] = [
        ("plurality", Self::Plurality),
        ("majority", Self::Majority),
        ("to-best", Self::ToBest),
        ("accuracy", Self::Accuracy),
        ("log-odds", Self::LogOdds),
        ("many-options", Self::ManyOptions),
        ("learned", Self::Learned),
        ("confidence", Self::Confidence),
        ("council", Self::Council),
        ("unanimous", Self::Unanimous),
    ];

    /// The rule of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, rule)| *rule == self).map_or("", |(name, _)| name)
    }

    /// Whether it needs graded answers of other questions.
    pub fn learns(self) -> bool {
        matches!(self, Self::ToBest | Self::Accuracy | Self::LogOdds | Self::ManyOptions | Self::Learned)
    }
}

impl Reading {
    /// In a few words, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Result => "what the plan comes to".to_owned(),
            Self::Ballots => "the judges' choice".to_owned(),
            Self::Vote(rule, When::First) => format!("vote of the first answers, {}", rule.name()),
            Self::Vote(rule, When::Last) => format!("vote, {}", rule.name()),
            Self::Member(name) => format!("{} alone", crate::core::clean::line(&name.0)),
            Self::BestSingle => {
                "the best single member, chosen on the other part of the questions".to_owned()
            }
            Self::Among(names, rule) => {
                let names: Vec<String> = names.iter().map(|name| crate::core::clean::line(&name.0)).collect();
                format!("vote of {}, {}", names.join(", "), rule.name())
            }
        }
    }

    /// Whether it rests on the first answers alone, so that nothing else of the trial is paid for.
    pub fn first_alone(&self) -> bool {
        matches!(self, Self::Vote(_, When::First) | Self::Member(_) | Self::BestSingle | Self::Among(..))
    }
}

/// What an arm that nobody asked for is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// The best member alone: the least that a council is to beat.
    BestSingle,
    /// The vote of the answers that nobody had seen another of (Choi et al., Debate or Vote, arXiv 2508.17536).
    FirstVote,
    /// Samples of the one member, voted on, for as many calls (Wang et al., Self-Consistency, arXiv 2203.11171).
    SelfConsistencyCalls,
    /// The same for as much money.
    SelfConsistencyCost,
    /// Samples of the one member made one text, for as many calls (Li et al., Rethinking Mixture-of-Agents,
    /// arXiv 2502.00674).
    SelfMoaCalls,
    /// The same for as much money.
    SelfMoaCost,
}

impl Control {
    /// Those that can be asked for, with their names in files. Equal calls and equal cost come together.
    pub const ALL: [(&'static str, Self); 4] = [
        ("best-single", Self::BestSingle),
        ("first-vote", Self::FirstVote),
        ("self-consistency", Self::SelfConsistencyCalls),
        ("self-moa", Self::SelfMoaCalls),
    ];

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::BestSingle => "best single member",
            Self::FirstVote => "vote of the first answers",
            Self::SelfConsistencyCalls => "self-consistency, equal calls",
            Self::SelfConsistencyCost => "self-consistency, equal cost",
            Self::SelfMoaCalls => "Self-MoA, equal calls",
            Self::SelfMoaCost => "Self-MoA, equal cost",
        }
    }
}
