//! What became of the claims that the person chose among for a synthesis: which claim of now each choice is about, and whether
//! the text took it up. It decides nothing and asks nobody; what is left out stays on record here.

use super::receipts::Sentence;
use super::{Agreement, Claim, Span};
use crate::core::claim_table::Row;
use crate::core::commission::{Choice, Pick};
use crate::core::{Point, Quote};

/// A choice of the person's with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picked {
    /// The id of the claim; `None` where no answer in front of the chair makes it.
    pub claim: Option<u32>,
    /// The number that the chair knew it by.
    pub number: Option<u32>,
    /// What the person chose.
    pub choice: Choice,
    /// The side that was to be right, in the words of the answers.
    pub side: Option<String>,
    /// Whether a sentence rests on it or cites it.
    pub taken_up: bool,
}

impl Picked {
    /// Whether it came out as the person chose.
    pub fn heeded(&self) -> bool {
        self.taken_up != (self.choice == Choice::Leave)
    }
}

/// The claim that a point is about: the one that shares the most places with it. Claims are found by the seats of calls, so
/// the answers must be those that the point was made of.
pub fn claim_at<'a>(agreement: &'a Agreement, point: &Point) -> Option<&'a Claim> {
    let meets =
        |span: &Span, quote: &Quote| usize::from(quote.call.slot) == span.slot && quote.overlaps(&span.range);
    let shared = |claim: &Claim| {
        claim.spans.iter().filter(|span| point.said.iter().any(|quote| meets(span, quote))).count()
    };
    // Of equals the first by its id, which is canonical.
    let order = |claim: &&Claim| (shared(claim), std::cmp::Reverse(claim.id));
    agreement.claims.iter().max_by_key(order).filter(|claim| shared(claim) > 0)
}

/// What became of each choice. `table` is what the chair was given, `agreement` that of its answers.
pub fn picked(picks: &[Pick], table: &[Row], agreement: &Agreement, sentences: &[Sentence]) -> Vec<Picked> {
    let one = |pick: &Pick| {
        let row = pick.row(table);
        // Only what is said in the answers in front of the chair can have come to anything.
        let claim = row.and_then(|row| claim_at(agreement, &row.point)).map(|claim| claim.id);
        let says = |sentence: &Sentence, id| sentence.claims.contains(&id) || sentence.cited.contains(&id);
        let taken_up = claim.is_some_and(|id| sentences.iter().any(|sentence| says(sentence, id)));
        let side = pick.side().map(str::to_owned);
        Picked { claim, number: row.map(|row| row.number), choice: pick.choice, side, taken_up }
    };
    picks.iter().map(one).collect()
}

/// Ids of the claims that the person left out, in order.
pub fn left_out(picked: &[Picked]) -> Vec<u32> {
    let left = picked.iter().filter(|pick| pick.choice == Choice::Leave);
    let mut ids: Vec<u32> = left.filter_map(|pick| pick.claim).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
