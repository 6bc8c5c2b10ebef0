//! Whether what a sentence cites says what the sentence says: the claims behind its numbers, held against its words. What the
//! numbers stand for, and what a sentence rests on without citing, is [`super::receipts`]'.

use super::consistency::stands;
use super::normalise::Features;
use super::number::Number;
use super::receipts::Sentence;
use super::{Agreement, Relation, Span};
use crate::core::claim_table::without_citations;
use serde::Serialize;

/// What comes of looking up a citation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Some answer that makes the claim says what the sentence says, at least in part.
    Says,
    /// No answer that makes it does so in words that the sentence has.
    Silent,
    /// Those that speak of it say otherwise.
    Otherwise,
    /// There is no claim of that number.
    NoClaim,
}

/// A citation, looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// The sentence that cites, by its place.
    pub sentence: usize,
    /// The claim by its id; the number as written where there is none.
    pub claim: u32,
    /// What was found.
    pub verdict: Verdict,
    /// Seats that make the claim.
    pub seats: Vec<usize>,
}

/// Whether two have a quantity in common.
fn shared(a: &Features, b: &Features) -> bool {
    let same = |x: &Number, y: &Number| x.comparable(y) && x.same(y);
    a.numbers.iter().any(|x| !x.units.is_empty() && b.numbers.iter().any(|y| same(x, y)))
}

/// Looks up what the sentences of a text cite, among the claims of the answers that it was made from.
pub fn looked_up(sentences: &[Sentence], agreement: &Agreement, texts: &[(usize, &str)]) -> Vec<Receipt> {
    let text_of = |span: &Span| {
        texts.iter().find(|(slot, _)| *slot == span.slot).and_then(|(_, text)| text.get(span.range.clone()))
    };
    let mut found = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let bare = without_citations(&sentence.text);
        let own = (Features::prose(&bare), Features::code(&bare));
        let astray = sentence.astray.iter().map(|number| Receipt {
            sentence: at,
            claim: *number,
            verdict: Verdict::NoClaim,
            seats: Vec::new(),
        });
        found.extend(astray);
        for id in &sentence.cited {
            let Some(claim) = agreement.claims.iter().find(|claim| claim.id == *id) else { continue };
            let (mut says, mut otherwise) = (false, false);
            for text in claim.spans.iter().filter_map(text_of) {
                let theirs = Features::prose(text);
                // Which of the two a line is, is not told here; as prose it can be excluded, so that goes first.
                let code = || stands(&own.1, &Features::code(text));
                let found = stands(&own.0, &theirs).or_else(code);
                let excluded = matches!(&found, Some((_, Some(it))) if it.relation == Relation::Conflict);
                // It is pointed at: a quantity that both have is enough.
                says |= !excluded && (found.is_some() || shared(&own.0, &theirs));
                otherwise |= excluded;
            }
            let verdict = match (says, otherwise) {
                (true, _) => Verdict::Says,
                (false, true) => Verdict::Otherwise,
                (false, false) => Verdict::Silent,
            };
            let seats = claim.spans.iter().map(|span| span.slot).collect();
            found.push(Receipt { sentence: at, claim: *id, verdict, seats });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::receipts::cited_receipts;
    use crate::agreement::{Claim, compare};

    const A: &str = "The old bridge carries trucks of up to 12 tonnes. Keep the speed limit at 30 km/h on the bridge. \
                     Ask the owner for the inspection report.";
    const B: &str = "The old bridge carries trucks of up to 12 tonnes. It was painted green by volunteers in spring. \
                     Ask the owner for the inspection report.";

    #[test]
    fn a_citation_is_looked_up() {
        let texts = [(0, A), (1, B)];
        let agreement = compare(&texts);
        let id = |words: &str| {
            let said = |claim: &&Claim| texts[claim.title.slot].1[claim.title.range.clone()].contains(words);
            agreement.claims.iter().find(said).unwrap().id
        };
        let (tonnes, green, speed) = (id("tonnes"), id("green"), id("speed"));
        let verdicts = |text: &str| -> Vec<Verdict> {
            let known = |number: u32| agreement.claims.iter().any(|it| it.id == number).then_some(number);
            let sentences = cited_receipts(text, &agreement, &texts, known);
            looked_up(&sentences, &agreement, &texts).iter().map(|receipt| receipt.verdict).collect()
        };
        let trucks = "The old bridge carries trucks of up to 12 tonnes.";
        assert_eq!(verdicts(&format!("{trucks} [{tonnes}]")), [Verdict::Says]);
        assert_eq!(verdicts(&format!("{trucks} [{green}]")), [Verdict::Silent]);
        assert_eq!(verdicts(&format!("{trucks} [99]")), [Verdict::NoClaim]);
        let fast = format!("Keep the speed limit at 50 km/h on the bridge. [{speed}]");
        assert_eq!(verdicts(&fast), [Verdict::Otherwise]);
    }
}
