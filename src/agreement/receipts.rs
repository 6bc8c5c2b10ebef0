//! What each sentence of a synthesis rests on: the claims of the answers that say it, found by its words, and those that it
//! cites itself, which are kept apart: a citation proves nothing.

use super::normalise::{Features, Weighted};
use super::number::Number;
use super::score::{self, WEAK};
use super::segment::{self, Form};
use super::stance::relate;
use super::{Agreement, Claim, Mark, Relation, Side, Span};
use crate::core::claim_table::{citations, without_citations};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;

/// A sentence of a synthesis with its sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// The sentence as written.
    pub text: String,
    /// Its bytes in the synthesis.
    pub range: Range<usize>,
    /// Ids of the claims that it rests on, best first.
    pub claims: Vec<u32>,
    /// Whether no claim supports it, or it holds a number that none of its claims holds.
    pub unsupported: bool,
    /// Ids of the claims that it cites itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cited: Vec<u32>,
    /// Numbers that it cites and that no claim has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub astray: Vec<u32>,
    /// The conflicts among its claims of which it takes some sides and not the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Taken>,
}

/// What a sentence says on a claim in conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The claim, by its id.
    pub claim: u32,
    /// The sides that it takes, by their places in [`Claim::sides`].
    pub sides: Vec<usize>,
}

impl Sentence {
    /// The claims that it cites though it does not repeat their words.
    pub fn cited_alone(&self) -> impl Iterator<Item = u32> {
        self.cited.iter().copied().filter(|id| !self.claims.contains(id))
    }

    /// The seats that say of a claim what the sentence says of it: of a conflict those on the sides that it takes.
    pub fn said_by(&self, claim: &Claim) -> Vec<usize> {
        match self.taken.iter().find(|taken| taken.claim == claim.id) {
            None => claim.spans.iter().map(|span| span.slot).collect(),
            Some(taken) => taken
                .sides
                .iter()
                .filter_map(|side| claim.sides.get(*side))
                .flat_map(|side| side.slots.clone())
                .collect(),
        }
    }

    fn take_sides(&mut self, agreement: &Agreement, texts: &[(usize, &str)]) {
        let text = without_citations(&self.text);
        // A question takes no side.
        if text.trim_end().ends_with(['?', '？']) {
            return;
        }
        let ids: BTreeSet<u32> = self.claims.iter().chain(&self.cited).copied().collect();
        let divided =
            agreement.claims.iter().filter(|claim| ids.contains(&claim.id) && claim.sides.len() > 1);
        let taken = divided
            .filter_map(|claim| sides(&text, claim, texts).map(|sides| Taken { claim: claim.id, sides }));
        self.taken = taken.collect();
    }
}

/// Least share of a claim's content that a sentence must repeat to rest on it; the sentence may say more.
const REPEATED: f64 = 0.6;
/// The same for the sentence: least share of its content that one claim must cover.
pub(super) const COVERED: f64 = 0.6;

/// Finds the sources of each sentence of `text` among the claims of `agreement`; `texts` are the answers by seat.
///
/// Headings and lead-ins are no sentences. Claims are taken one by one: a sentence rests on each claim that it repeats.
pub fn receipts(text: &str, agreement: &Agreement, texts: &[(usize, &str)]) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> =
        checked(text, &sources(agreement, texts)).into_iter().map(|(sentence, _)| sentence).collect();
    for sentence in &mut sentences {
        sentence.take_sides(agreement, texts);
    }
    sentences
}

/// The sides of a conflict that a sentence takes; `None` where it takes all alike, or none that can be told: the sides whose
/// number or word it has, else those that nothing in it excludes.
fn sides(text: &str, claim: &Claim, texts: &[(usize, &str)]) -> Option<Vec<usize>> {
    let sentence = &Features::prose(text);
    let words = spaced(text);
    let some = |found: &Vec<usize>| !found.is_empty() && found.len() < claim.sides.len();
    let has = |side: &Side| {
        let value = Features::prose(&side.value);
        let number = value.numbers.iter().any(|number| sentence.numbers.iter().any(|own| own.same(number)));
        let value_words = spaced(&side.value);
        // "safe" in "not safe" is not said for itself.
        let times = |value: &str| words.matches(value).count();
        let within =
            claim.sides.iter().map(|other| spaced(&other.value)).filter(|other| *other != value_words);
        let elsewhere: usize =
            within.filter(|other| other.contains(&value_words)).map(|other| times(&other)).sum();
        number || (value.numbers.is_empty() && value_words.len() > 1 && times(&value_words) > elsewhere)
    };
    let places = |fits: &dyn Fn(&Side) -> bool| -> Vec<usize> {
        claim.sides.iter().enumerate().filter(|(_, side)| fits(side)).map(|(at, _)| at).collect()
    };
    let named = places(&has);
    if !named.is_empty() {
        return Some(named).filter(some);
    }
    let excluded = |side: &Side| {
        let spans = claim.spans.iter().filter(|span| side.slots.contains(&span.slot));
        spans.filter_map(|span| span_text(span, texts)).any(|text| {
            relate(sentence, &Features::prose(text)).is_some_and(|found| found.relation == Relation::Conflict)
        })
    };
    Some(places(&|side: &Side| !excluded(side))).filter(some)
}

/// The words of a text in small letters, each with a blank before and behind it.
fn spaced(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |all, word| all + &word.to_lowercase() + " ")
}

/// The sides of conflicts that are taken up and that no sentence takes: by the claim's id and the side's place.
pub fn left_out_sides(sentences: &[Sentence], agreement: &Agreement) -> Vec<(u32, usize)> {
    let takes = |sentence: &Sentence, id: u32, side: usize| {
        let about = sentence.claims.contains(&id) || sentence.cited.contains(&id);
        let taken = sentence.taken.iter().find(|taken| taken.claim == id);
        about && taken.is_none_or(|taken| taken.sides.contains(&side))
    };
    let told = |id: u32| {
        sentences.iter().any(|sentence| sentence.claims.contains(&id) || sentence.cited.contains(&id))
    };
    let divided = agreement.claims.iter().filter(|claim| claim.sides.len() > 1 && told(claim.id));
    let sides = divided.flat_map(|claim| (0..claim.sides.len()).map(move |side| (claim.id, side)));
    let mut left: Vec<(u32, usize)> =
        sides.filter(|(id, side)| !sentences.iter().any(|sentence| takes(sentence, *id, *side))).collect();
    left.sort_unstable();
    left
}

/// Claims with the wordings that they have in the answers.
type Sources<'a> = Vec<(&'a Claim, Vec<Features>)>;

fn sources<'a>(agreement: &'a Agreement, texts: &[(usize, &str)]) -> Sources<'a> {
    agreement.claims.iter().map(|claim| (claim, wordings(claim, texts))).collect()
}

/// The sentences with the numbers in each that none of its claims holds.
fn checked(text: &str, sources: &Sources<'_>) -> Vec<(Sentence, Vec<Number>)> {
    let sentences = segment::segment(text).into_iter().map(|piece| {
        let features = &piece.features;
        let mut found: Vec<(f64, u32)> = Vec::new();
        let mut numbers: Vec<&Number> = Vec::new();
        for (claim, wordings) in sources {
            let best = wordings.iter().map(|source| rests(features, source)).fold(0.0, f64::max);
            // Of a claim in conflict the sentence may take any side; the numbers of all sides are known then.
            if best > 0.0 {
                found.push((best, claim.id));
                numbers.extend(wordings.iter().flat_map(|source| &source.numbers));
            }
        }
        found.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        let new =
            |number: &&Number| piece.form != Form::Code && !numbers.iter().any(|known| known.same(number));
        let new: Vec<Number> = features.numbers.iter().filter(new).cloned().collect();
        let unsupported = found.is_empty() || !new.is_empty();
        let claims = found.into_iter().map(|(_, id)| id).collect();
        let text = text[piece.range.clone()].to_owned();
        let (range, cited, astray) = (piece.range, Vec::new(), Vec::new());
        (Sentence { text, range, claims, unsupported, cited, astray, taken: Vec::new() }, new)
    });
    sentences.collect()
}

/// The same for a text that cites claims by the numbers of a table; `id` gives the claim behind a number. Citations are no
/// part of what a sentence says, and one that stands behind a sentence's full stop is still its own. That a claim is cited
/// supports nothing, but a number that it does hold is none that occurs in no source.
pub fn cited_receipts(
    text: &str,
    agreement: &Agreement,
    texts: &[(usize, &str)],
    id: impl Fn(u32) -> Option<u32>,
) -> Vec<Sentence> {
    let sources = sources(agreement, texts);
    let (mut sentences, new): (Vec<Sentence>, Vec<Vec<Number>>) =
        checked(&without_citations(text), &sources).into_iter().unzip();
    for sentence in &mut sentences {
        text[sentence.range.clone()].clone_into(&mut sentence.text);
    }
    for (range, numbers) in citations(text) {
        let Some(sentence) = sentences.iter_mut().rfind(|sentence| sentence.range.start <= range.start)
        else {
            continue;
        };
        for number in numbers {
            let (list, number) = match id(number) {
                Some(id) => (&mut sentence.cited, id),
                None => (&mut sentence.astray, number),
            };
            if !list.contains(&number) {
                list.push(number);
            }
        }
    }
    for (sentence, new) in sentences.iter_mut().zip(new).filter(|(sentence, _)| !sentence.claims.is_empty()) {
        let cited = sources.iter().filter(|(claim, _)| sentence.cited.contains(&claim.id));
        let held: Vec<&Number> =
            cited.flat_map(|(_, wordings)| wordings).flat_map(|wording| &wording.numbers).collect();
        sentence.unsupported = new.iter().any(|number| !held.iter().any(|known| known.same(number)));
    }
    for sentence in &mut sentences {
        sentence.take_sides(agreement, texts);
    }
    sentences
}

/// Ids of the claims that no sentence rests on, in order.
pub fn left_out(sentences: &[Sentence], agreement: &Agreement) -> Vec<u32> {
    let used: BTreeSet<u32> = sentences
        .iter()
        .flat_map(|sentence| sentence.claims.iter().chain(&sentence.cited))
        .copied()
        .collect();
    let mut ids: Vec<u32> = agreement
        .claims
        .iter()
        .filter(|claim| claim.mark != Mark::Pending && !used.contains(&claim.id))
        .map(|claim| claim.id)
        .collect();
    ids.sort_unstable();
    ids
}

/// The words of a span.
fn span_text<'a>(span: &Span, texts: &[(usize, &'a str)]) -> Option<&'a str> {
    texts.iter().find(|(slot, _)| *slot == span.slot)?.1.get(span.range.clone())
}

fn wordings(claim: &Claim, texts: &[(usize, &str)]) -> Vec<Features> {
    let said = claim.spans.iter().filter_map(|span| span_text(span, texts));
    // A claim may be a line of code, which is compared with code alone.
    said.flat_map(|text| [Features::prose(text), Features::code(text)]).collect()
}

/// How well a sentence rests on one wording of a claim, 0 when it doesn't.
pub(super) fn rests(sentence: &Features, source: &Features) -> f64 {
    let score = score::overlap(sentence, source).mean();
    let weight = |tokens: &[Weighted]| tokens.iter().map(|token| token.weight).sum::<f64>();
    let common: f64 = sentence
        .tokens
        .iter()
        .filter(|token| source.tokens.binary_search_by_key(&token.hash, |other| other.hash).is_ok())
        .map(|token| token.weight)
        .sum();
    let share = |all: f64| if all > 0.0 { common / all } else { 0.0 };
    // Two common words are chance; the share counts only where there is enough to share.
    let enough = common >= 2.0;
    let (repeated, covered) = (share(weight(&source.tokens)), share(weight(&sentence.tokens)));
    if score >= WEAK || (enough && (repeated >= REPEATED || covered >= COVERED)) {
        score.max(repeated.min(1.0) * 0.5)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::{Said, change, compare, position};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_is_too_odd(one in any::<String>(), other in "[ \\na-cA-C0-9.!?:*_|`#$%={}\"'()-]{0,200}") {
            let texts = [(0, one.as_str()), (1, other.as_str())];
            let agreement = compare(&texts);
            for text in [&one, &other] {
                for sentence in receipts(text, &agreement, &texts) {
                    prop_assert_eq!(&text[sentence.range], &sentence.text);
                }
                let place = position(text);
                prop_assert_eq!(place.stated(), place.same(&place));
            }
            let one = Said { text: &one, position: position(&one) };
            let other = Said { text: &other, position: position(&other) };
            change(&one, &other, std::slice::from_ref(&other));
        }
    }

    #[test]
    fn sentences_show_their_sources() {
        let texts = [
            (0, "The old bridge is safe for trucks of up to 12 tonnes. Keep the speed limit at 30 km/h."),
            (
                1,
                "The old bridge is safe for trucks of up to 8 tonnes. Ask the owner for the inspection report.",
            ),
        ];
        let agreement = compare(&texts);
        let text = "## Result\nConsensus:\n- The bridge is safe for trucks, with a limit of 8 or 12 tonnes.\n- Keep the speed limit at 30 km/h.\n- It was painted green by volunteers.\n- Keep the speed limit at 50 km/h.\n";
        let sentences = receipts(text, &agreement, &texts);
        let unsupported: Vec<bool> = sentences.iter().map(|sentence| sentence.unsupported).collect();
        assert_eq!(unsupported, [false, false, true, true], "{sentences:#?}");
        assert!(sentences.iter().all(|sentence| text[sentence.range.clone()] == sentence.text));
        let owner =
            agreement.claims.iter().find(|claim| claim.title.slot == 1 && claim.spans.len() == 1).unwrap();
        assert_eq!(left_out(&sentences, &agreement), [owner.id]);
    }

    #[test]
    fn a_sentence_is_of_those_on_the_side_that_it_takes() {
        let texts = [
            (0, "The old bridge is safe for trucks of up to 12 tonnes. It was last inspected in 2024."),
            (1, "The old bridge is not safe for trucks of up to 12 tonnes. It was last inspected in 2021."),
            (2, "The old bridge is safe for trucks of up to 12 tonnes. It was last inspected in 2024."),
        ];
        let agreement = compare(&texts);
        let seats = |text: &str| -> Vec<Vec<usize>> {
            let found = receipts(text, &agreement, &texts);
            let of = |id: &u32| agreement.claims.iter().find(|claim| claim.id == *id);
            let one = |sentence: &Sentence| {
                let mut seats = sentence.said_by(of(sentence.claims.first().unwrap()).unwrap());
                seats.sort_unstable();
                seats
            };
            found.iter().map(one).collect()
        };
        assert_eq!(seats("It was last inspected in 2021."), [vec![1]]);
        assert_eq!(seats("It was last inspected in 2021 or in 2024."), [vec![0, 1, 2]]);
        assert_eq!(seats("The old bridge is not safe for trucks of up to 12 tonnes."), [vec![1]]);
        let one_side = receipts("It was last inspected in 2021.", &agreement, &texts);
        let left = left_out_sides(&one_side, &agreement);
        let side = |(id, side): &(u32, usize)| {
            let claim = agreement.claims.iter().find(|claim| claim.id == *id).unwrap();
            claim.sides[*side].value.clone()
        };
        assert_eq!(left.iter().map(side).collect::<Vec<_>>(), ["2024"], "dissent is never erased");
        let both = receipts(
            "It was inspected in 2021 says one, last inspected in 2024 say two.",
            &agreement,
            &texts,
        );
        assert!(left_out_sides(&both, &agreement).is_empty());
    }

    #[test]
    fn a_number_of_a_cited_claim_occurs_in_a_source() {
        let texts = [
            (0, "The old bridge is safe for trucks of up to 12 tonnes. Keep the speed limit at 30 km/h."),
            (1, "Ask the owner for the inspection report. It was painted green by volunteers."),
        ];
        let agreement = compare(&texts);
        let at = |words: &str| {
            let said = |claim: &&Claim| texts[claim.title.slot].1[claim.title.range.clone()].contains(words);
            agreement.claims.iter().find(said).unwrap().id
        };
        let (tonnes, painted) = (at("tonnes"), at("painted"));
        let unsupported = |text: String| {
            let sentences = cited_receipts(&text, &agreement, &texts, Some);
            sentences.iter().map(|sentence| sentence.unsupported).collect::<Vec<_>>()
        };
        let keep = "Keep the speed limit at 30 km/h, and mind the 12 tonnes.";
        assert_eq!(unsupported(format!("{keep} [{tonnes}]")), [false]);
        assert_eq!(unsupported(format!("{keep} [{painted}]")), [true], "which holds no such number");
        let alone = "Nobody has ever said anything else here.";
        assert_eq!(unsupported(format!("{alone} [{tonnes}]")), [true], "a citation alone supports nothing");
    }

    #[test]
    fn code_rests_on_code() {
        let code = "```sql\nselect relname, age(relfrozenxid) from pg_class order by 2 desc;\n```";
        let texts = [
            (0, format!("Check the transaction ids first:\n\n{code}\n")),
            (1, "Add two replicas.".to_owned()),
        ];
        let texts: Vec<(usize, &str)> = texts.iter().map(|(seat, text)| (*seat, text.as_str())).collect();
        let sentences = receipts(code, &compare(&texts), &texts);
        assert!(sentences.len() == 1 && !sentences[0].unsupported, "{sentences:#?}");
    }

    #[test]
    fn nothing_supports_a_text_without_claims() {
        let agreement = compare(&[]);
        let sentences = receipts("The bridge is entirely safe for trucks.", &agreement, &[]);
        assert!(sentences.len() == 1 && sentences[0].unsupported);
        assert!(receipts("", &agreement, &[]).is_empty());
    }
}
