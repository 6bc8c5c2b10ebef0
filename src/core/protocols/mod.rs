//! Named recipes that yield stages. A protocol makes a whole plan; a step appends to a run that is there.
//!
//! Each recipe is a few lines over [`super::plan`] in a file of its own.

mod ask;
pub(super) mod debate;
pub(super) mod synthesis;
mod task;
mod vote;

use super::commission::Commission;
use super::debate::{Debate, Wanted};
use super::event::Event;
use super::ids::MemberId;
use super::plan::{MergeMode, Stage};
use super::rules::Rule;
use super::run::Run;
use std::fmt;
use std::str::FromStr;

/// The most rounds one step may ask for.
pub const MOST_ROUNDS: u16 = 8;

/// A named recipe for a whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Every member answers on its own.
    #[default]
    Ask,
    /// Answers, then one text made of them.
    Synthesis(MergeMode),
    /// Answers, then each member ranks those of the others.
    Vote,
    /// The same, counted by another rule than the usual one.
    VoteBy(Rule),
    /// Answers, then so many rounds in which members see each other's answers.
    Debate(u16),
    /// The same, held in another way than the usual one: so many rounds at the most, where it has stop rules.
    DebateBy(u16, Debate),
}

/// Something a person appends to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// One text made of the answers that stand now.
    Synthesis(MergeMode),
    /// The same as the person wants it this once.
    SynthesisBy(Box<Commission>),
    /// A ranking of the answers that stand now, by those who have one.
    Vote,
    /// The same by the members that are named.
    Judged(Vec<MemberId>),
    /// So many more debate rounds.
    Debate(u16),
    /// The same, held in another way than the usual one.
    DebateBy(u16, Debate),
    /// One member works on what the run came to, with an instruction.
    Task(MemberId, String),
}

impl Protocol {
    /// Answers, then a plain merge of them.
    pub const SYNTHESIS: Self = Self::Synthesis(MergeMode::Merge);

    /// So many rounds of a debate held in that way.
    pub fn debate(rounds: u16, debate: Debate) -> Self {
        if debate == Debate::default() { Self::Debate(rounds) } else { Self::DebateBy(rounds, debate) }
    }

    /// This one with its debate held in another way, where it has one.
    #[must_use]
    pub fn held_by(self, debate: Debate) -> Self {
        match self {
            Self::Debate(rounds) | Self::DebateBy(rounds, _) => Self::debate(rounds, debate),
            other => other,
        }
    }

    /// Whether a debate is part of it.
    pub fn debates(self) -> bool {
        matches!(self, Self::Debate(_) | Self::DebateBy(..))
    }

    /// The stages of a new run.
    pub fn plan(self) -> Vec<Stage> {
        let first = ask::stage();
        let ground = (first.id, 0);
        match self {
            Self::Ask => vec![first],
            Self::Synthesis(mode) => vec![first, synthesis::stage(1, ground, mode)],
            Self::Vote => vec![first, vote::stage(1, ground, Vec::new(), Rule::default())],
            Self::VoteBy(rule) => vec![first, vote::stage(1, ground, Vec::new(), rule)],
            Self::Debate(rounds) => vec![first, debate::stage(1, ground, rounds, Debate::default())],
            Self::DebateBy(rounds, by) => vec![first, debate::stage(1, ground, rounds, by)],
        }
    }
}

impl Step {
    /// A plain merge of the answers that stand now.
    pub const SYNTHESIS: Self = Self::Synthesis(MergeMode::Merge);

    /// A synthesis as the person wants it.
    pub fn synthesis(commission: Commission) -> Self {
        if commission.is_plain() {
            return Self::Synthesis(commission.mode);
        }
        Self::SynthesisBy(Box::new(commission))
    }

    /// So many rounds of a debate held in that way.
    pub fn debate(rounds: u16, debate: Debate) -> Self {
        if debate == Debate::default() { Self::Debate(rounds) } else { Self::DebateBy(rounds, debate) }
    }

    /// The record that appends this step to a run.
    pub fn append_to(self, run: &Run) -> Event {
        let ground = run.latest_answers();
        let number = run.stages.len() as u16;
        let rule = run.vote_counting().rule;
        let stage = match self {
            Self::Synthesis(mode) => synthesis::stage(number, ground, mode),
            Self::SynthesisBy(commission) => synthesis::by(number, ground, *commission),
            Self::Vote => vote::stage(number, ground, Vec::new(), rule),
            Self::Judged(judges) => vote::stage(number, ground, judges, rule),
            Self::Debate(rounds) => return debate::append(run, number, ground, rounds, Debate::default()),
            Self::DebateBy(rounds, by) => return debate::append(run, number, ground, rounds, by),
            Self::Task(member, words) => task::stage(run, member, words),
        };
        Event::StageAdded { run: run.id, stage }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask => f.write_str("ask"),
            Self::Synthesis(MergeMode::Merge) => f.write_str("synthesis"),
            Self::Synthesis(mode) => write!(f, "synthesis:{}", mode.name()),
            Self::Vote => f.write_str("vote"),
            Self::VoteBy(rule) => write!(f, "vote:{}", rule.name()),
            Self::Debate(rounds) => write!(f, "debate:{rounds}"),
            Self::DebateBy(rounds, by) => write!(f, "debate:{rounds} {by}"),
        }
    }
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ask" => Ok(Self::Ask),
            "synthesis" => Ok(Self::SYNTHESIS),
            "vote" => Ok(Self::Vote),
            "debate" => Ok(Self::Debate(1)),
            _ if text.starts_with("vote:") => {
                let rule =
                    Rule::meant(&text[5..]).map_err(|line| format!("{line}; for example vote:copeland"))?;
                Ok(if rule.usual() { Self::Vote } else { Self::VoteBy(rule) })
            }
            _ if text.starts_with("synthesis:") => {
                let mode = text.strip_prefix("synthesis:").and_then(MergeMode::named);
                if mode == Some(MergeMode::Guided) {
                    return Err("a guided synthesis chooses among claims, which answers must be there for: ask first, then \
                                synod synthesis --mode guided --keep 1,3 --leave 5"
                        .to_owned());
                }
                let names = MergeMode::AHEAD.map(MergeMode::name).join(", ");
                mode.map(Self::Synthesis)
                    .ok_or_else(|| format!("synthesis takes {names}, for example synthesis:majority"))
            }
            _ => match text.strip_prefix("debate:").map(|rest| rest.split_once(' ').unwrap_or((rest, ""))) {
                Some((rounds, by)) if rounds.parse().is_ok_and(|it| (1..=MOST_ROUNDS).contains(&it)) => {
                    let by: Wanted = by.parse()?;
                    let debate = Debate::default().with(by.mode, by.until);
                    Ok(Self::debate(rounds.parse().unwrap_or(1), debate))
                }
                Some(_) => Err(format!("debate takes 1 to {MOST_ROUNDS} rounds, for example debate:2")),
                None => Err(format!(
                    "no protocol {text:?}; there are ask, synthesis, synthesis:MODE, vote, vote:RULE, debate:N"
                )),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_reads_back_and_says_what_is_allowed() {
        for protocol in [
            Protocol::Ask,
            Protocol::SYNTHESIS,
            Protocol::Synthesis(MergeMode::BestOfN),
            Protocol::Vote,
            Protocol::VoteBy(Rule::RankedPairs),
            Protocol::Debate(2),
        ] {
            assert_eq!(protocol.to_string().parse(), Ok(protocol));
        }
        for text in ["debate:3 du", "debate:2 revise until unanimity,money=0.5"] {
            let protocol: Protocol = text.parse().unwrap();
            assert_eq!((protocol.to_string().as_str(), protocol.to_string().parse()), (text, Ok(protocol)));
        }
        assert_eq!("debate:2 revise".parse(), Ok(Protocol::Debate(2)));
        assert_eq!("vote:borda".parse(), Ok(Protocol::Vote));
        assert_eq!("vote:ranked-pairs".parse(), Ok(Protocol::VoteBy(Rule::RankedPairs)));
        for bad in [
            "",
            "synthesis:",
            "synthesis:x",
            "synthesis:guided",
            "debate:2 dx",
            "debate:2 du until",
            "debate:0",
            "debate:9",
            "debate:x",
            "votes",
            "vote:",
            "vote:b or so",
        ] {
            assert!(bad.parse::<Protocol>().is_err(), "{bad}");
        }
    }
}
