//! Agreement: which claims of different answers say the same, which exclude each other, and who says what alone.
//!
//! Pure text work: no models, no clock, no files. It shows agreement, never truth, and knows nothing of members but
//! their seats. Source of the method and of its thresholds: the design notes on agreement, sections 3 and 4.
//!
//! The way of a text: [`segment`] cuts it into claims; [`lex`] and [`normalise`] read a claim's words, polarity and hedges, and
//! `quantity`, `clock` and `bound` its numbers; `align` finds who may be near, [`score`] says how near, [`stance`] whether two
//! exclude each other (`template` lays them side by side); [`cluster`] makes claims of pairs and `board` marks of claims, each
//! only where something changed. [`told`] lays over it what a judge or vectors said.
//!
//! What was tried on the labelled pairs, as mean F1 of links over 200 random halves, each tested with the other's threshold
//! (pairs-hand / pairs-open / pairs-gsm; the best obvious method has .66 / .61 / .66):
//!
//! | score | F1 |
//! |---|---|
//! | score F of the design notes: two Jaccards and trigrams | .69 / .63 / .82 |
//! | weighted Jaccard alone, words of any topic at half weight | .63 / .59 / .84 |
//! | weighted Jaccard and trigrams in equal parts | .73 / .65 / .79 |
//! | the same with words of any topic at half weight and numbers by their place (kept) | .73 / .68 / .81 |
//! | trigrams of content words alone in it | .71 / .61 / .81 |
//! | words that share a long beginning count in part | .72 / .67 / .81 |
//! | a part for how much of the shorter claim is covered | .67 / .64 / .83 |
//!
//! A condition on coverage for a full agreement cost recall (.59 to .41 on pairs-open) and gained no precision. All of these are
//! choices made with the three sets in view: development figures.

pub mod ahead;
mod align;
pub mod alike;
pub mod best_of;
mod board;
mod bound;
pub mod change;
pub mod citations;
mod claims;
mod clock;
pub mod cluster;
pub mod conditions;
pub mod consistency;
pub mod debate;
pub mod debate_result;
pub mod difference;
pub mod early;
pub mod embedded;
pub mod engine;
pub mod evaluation;
pub mod graded;
pub mod guided;
pub mod ledger;
pub mod lex;
pub mod local;
mod markup;
pub mod normalise;
pub mod number;
pub mod outcome;
pub mod pairwise;
pub mod planned;
pub mod poll;
pub mod position;
mod quantity;
pub mod receipts;
pub mod score;
pub mod segment;
pub mod senses;
pub mod sentence;
pub mod stance;
pub mod table;
mod template;
pub mod told;
pub mod trail;
pub mod undecided;
pub mod vote;
pub mod words;

pub use change::{Change, Said, change};
pub use claims::{Claims, Iter};
pub use engine::{Comparison, compare, compare_told};
pub use ledger::{Entry, Ledger, Subject, ledger};
pub use position::{Position, position};
pub use receipts::{Sentence, left_out, receipts};
pub use told::Told;

use crate::core::{Event, Run};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What is to be put on record of a run before it is asked what comes next, because the texts have to be read for it: where
/// members stand before a debate round, rules that end a debate, conditions of a plan's stages.
pub fn due(run: &Run) -> Vec<Event> {
    let seen = debate::due(run);
    if seen.is_empty() { conditions::due(run) } else { seen }
}

/// How a claim stands among the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// At least two members say it and none says otherwise.
    Agree,
    /// At least two members say something close to it.
    Partly,
    /// Members exclude each other.
    Conflict,
    /// One member says it, and all have finished.
    Only,
    /// One member has said it so far.
    Pending,
}

impl Mark {
    /// The sign that stands for the mark where colour can't.
    pub fn symbol(self) -> char {
        match self {
            Self::Agree => '=',
            Self::Partly => '~',
            Self::Conflict => '!',
            Self::Only => '+',
            Self::Pending => '.',
        }
    }
}

/// How two claims stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They say the same.
    Agree,
    /// They overlap.
    Partly,
    /// They exclude each other.
    Conflict,
}

impl Relation {
    /// How much two claims that stand so have in common, 0–1.
    pub(crate) fn weight(self) -> f64 {
        match self {
            Self::Agree => 1.0,
            Self::Partly => 0.5,
            Self::Conflict => 0.0,
        }
    }
}

/// By what two claims exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Different values of one quantity.
    Number,
    /// One denies what the other affirms.
    Negation,
    /// Words of opposite meaning.
    Antonym,
    /// Yes here, no there.
    YesNo,
    /// Different letters or names in one place.
    Choice,
    /// Who does what to whom, or what comes first, the other way round.
    Role,
}

/// A part of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The member's seat, from 0.
    pub slot: usize,
    /// Bytes of the raw answer; both ends are character boundaries.
    #[serde(flatten)]
    pub range: Range<usize>,
}

/// The members that hold one value of a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The value as stated: "12 tonnes", "not safe", "yes".
    pub value: String,
    /// Seats of the members that hold it.
    pub slots: Vec<usize>,
}

/// What one or several answers say about one thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The number on the screen: given as first seen, from 1, never given to another claim.
    pub number: u32,
    /// The canonical number, from 1: by seat, then by byte offset. 0 until all answers have finished, because each new
    /// claim would change those of the seats behind it.
    pub id: u32,
    /// How it stands.
    pub mark: Mark,
    /// Members that hold it (of a conflict: its largest side), as a share of the answers present, 0 to 1.
    pub support: f64,
    /// Where it is said, by seat; at most one span per answer.
    pub spans: Vec<Span>,
    /// The shortest of the spans.
    pub title: Span,
    /// The values that stand against each other, largest side first; empty unless in conflict.
    pub sides: Vec<Side>,
    /// By what the sides exclude each other.
    pub reason: Option<Reason>,
    /// Who else said that spans of it belong together or exclude each other: a judge, a model of embeddings. Empty
    /// where its words alone show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// The relations between its spans; an agreement is written down with those of all claims in one list.
    #[serde(skip)]
    pub links: Vec<Link>,
}

/// A relation of two spans of one claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The span of the lower seat.
    pub a: Span,
    /// The span of the higher seat.
    pub b: Span,
    /// How they stand to each other.
    pub relation: Relation,
    /// The gated score, 0 to 1.
    pub score: f64,
    /// By what they exclude each other.
    pub reason: Option<Reason>,
    /// Who said so, where the words alone do not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Claims counted by mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// All claims.
    pub claims: usize,
    /// Marked `agree`.
    pub agreed: usize,
    /// Marked `partly`.
    pub partly: usize,
    /// Marked `conflict`.
    pub conflict: usize,
    /// Marked `only`.
    pub only: usize,
    /// Marked `pending`.
    pub pending: usize,
    /// Mean over the pairs of answers of the F1 of their claims, 0 to 1; a part agreement counts half. 0 for one answer.
    pub score: f64,
}

/// What the finished answers come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Finals {
    /// Distinct positions with the seats that hold them, most held first.
    pub positions: Vec<(String, Vec<usize>)>,
    /// Share of the finished answers that hold the most held position, 0 to 1.
    pub support: f64,
    /// Entropy of the positions over its greatest possible value, 0 (all one) to 1 (all different).
    pub entropy: f64,
    /// Share of the most held position less that of the next, 0 (a tie) to 1.
    pub margin: f64,
}

/// A snapshot of how answers stand to each other. Snapshots of one comparison share what did not change between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// By number.
    pub claims: Claims,
    /// Counts and the score.
    pub summary: Summary,
    /// The positions; `final` in JSON.
    pub finals: Finals,
}

impl Agreement {
    /// The relations inside the claims, by the claims' places: by seat, then by byte offset.
    pub fn links(&self) -> Vec<Link> {
        let mut claims: Vec<&Claim> = self.claims.iter().collect();
        claims.sort_by_key(|claim| claim.place());
        claims.into_iter().flat_map(|claim| claim.links.iter().cloned()).collect()
    }
}

impl Claim {
    /// Where it is first said: seat and byte. The order of these is that of the ids.
    pub fn place(&self) -> (usize, usize) {
        self.spans.first().map_or((usize::MAX, 0), |span| (span.slot, span.range.start))
    }
}
