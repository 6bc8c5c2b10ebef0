//! How far a text holds to the texts that it was made from: for each of its claims which of these sources say it, which say
//! otherwise, and which no source says; and what most sources say and it leaves out. It compares words, knows nothing of truth, and
//! nothing of runs: which text is a final answer is [`super::evaluation`]'s, and what it cites is looked up in [`super::citations`].
//!
//! Claims are cut ([`super::segment`]) and compared ([`super::stance`]) as everywhere here. A source says a claim where one of its
//! sentences agrees with it, or where those that the claim rests on ([`super::receipts`]) cover most of its words; where they cover
//! less it says a part of it. The figure is the share of claims that hold, what is said in part counting half, as in the score of
//! agreement. A claim does not hold that as many sources contradict as say it, nor one with a number that none of those has.
//!
//! It has the form of the faithfulness of RAGAS (S. Es et al., arXiv 2309.15217, section 3: the statements that the context
//! supports, over all statements), but there a model cuts and judges the statements, and nothing counts half; here words decide.
//!
//! Measured on real answers (`tests/it/agreement/consistency.rs`), where no threshold was chosen: of 233 claims of answers to open
//! questions (30 of the 40; the other ten were read while this was made) .39 are said and .31 in part by answers of other models to the
//! same question, none by answers to another one; 267 of 267 claims put in from another question have no source; of 370 sentences of
//! sums with another last number 369 do not hold, 221 of them because a source says otherwise. Of 660 solutions of four weak models it
//! tells right from wrong with an area under the ROC curve of .83; how many of the other three come to the same number does so with
//! .87, so where answers come to a number, look at that first.
//!
//! So it is too low where a text is worded freely, as a paraphrase counts as unsupported, and too high where a sentence adds
//! something false in few words to something that is said.

use super::engine::COMPARED;
use super::normalise::Features;
use super::number::Number;
use super::receipts::{COVERED, rests};
use super::segment::{Form, Piece, segment};
use super::stance::{Finding, relate};
use super::told::Told;
use super::{Claim, Mark, Reason, Relation, Span, compare_told};
use crate::core::claim_table::without_citations;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How a claim stands to the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// More sources say it than say otherwise.
    Supported,
    /// The same, but each of them says a part of it alone.
    Partly,
    /// Some say it, and at least as many say otherwise.
    Disputed,
    /// None says it, and some say otherwise.
    Contradicted,
    /// None says it, or none has its number, and none says otherwise.
    Unsupported,
}

impl Standing {
    /// The sign that stands for it.
    pub fn symbol(self) -> char {
        match self {
            Self::Supported => '=',
            Self::Partly => '~',
            Self::Disputed | Self::Contradicted => '!',
            Self::Unsupported => '?',
        }
    }

    /// Its name in JSON and for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Partly => "in part",
            Self::Disputed => "disputed",
            Self::Contradicted => "contradicted",
            Self::Unsupported => "unsupported",
        }
    }
}

/// A source that says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Against {
    /// Where it does; the slot is the source's place.
    pub span: Span,
    /// By what the two exclude each other.
    pub reason: Option<Reason>,
    /// The value of the claim and that of the source.
    pub values: Option<(String, String)>,
}

/// A claim of the text, held against the sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Where sources say it, the best place of each; the slots are the sources' places.
    pub supports: Vec<Span>,
    /// Those of them, by their places, that say a part of it alone.
    pub in_part: Vec<usize>,
    /// The sources that say otherwise.
    pub conflicts: Vec<Against>,
    /// Numbers of it that no source has which says the rest.
    pub new_numbers: Vec<String>,
    /// What this comes to.
    pub standing: Standing,
}

/// Something that most sources say and the text does not.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Where it is said in the fewest words.
    pub title: Span,
    /// Who says it: of a conflict its largest side.
    pub sources: Vec<usize>,
    /// All that the sources say of it.
    pub spans: Vec<Span>,
}

/// How far a text holds to its sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Consistency {
    /// Its claims, in order.
    pub claims: Vec<Checked>,
    /// What more than half of the sources, and two at least, say and it says neither so nor otherwise.
    pub left_out: Vec<LeftOut>,
    /// How many sources there were.
    pub sources: usize,
    /// How many claims stand behind those that are compared at most, of which nothing is said.
    pub unread: usize,
}

impl Consistency {
    /// How many claims stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.claims.iter().filter(|claim| claim.standing == standing).count()
    }

    /// The share of its claims that hold, 0 to 1, those in part counting half; `None` where there is no claim, or no source to hold
    /// it to.
    pub fn share(&self) -> Option<f64> {
        let all = self.claims.len();
        let holds = self.count(Standing::Supported) as f64 + self.count(Standing::Partly) as f64 / 2.0;
        (all > 0 && self.sources > 0).then(|| holds / all as f64)
    }
}

/// What a text cites itself: for the sentence that begins at a byte of it, places in the sources, by source and first byte.
pub type Cited = BTreeMap<usize, BTreeSet<(usize, usize)>>;

/// Holds a text to its sources. Where it cites, brackets with numbers are no part of what it says, and what it cites is not left
/// out; that a place is cited supports nothing, but a number that stands there is no new one. `told` is what passes said of pairs
/// of claims of the sources.
pub fn consistency(text: &str, cited: Option<&Cited>, sources: &[&str], told: Vec<Told>) -> Consistency {
    let bare = if cited.is_some() { without_citations(text) } else { text.to_owned() };
    let cut = |text: &str| segment(text).into_iter().take(COMPARED).collect();
    let read: Vec<Vec<Piece>> = sources.iter().map(|source| cut(source)).collect();
    let mut touched: BTreeSet<(usize, usize)> =
        cited.into_iter().flat_map(BTreeMap::values).flatten().copied().collect();
    let none = BTreeSet::new();
    let check = |piece: Piece| {
        let here = cited.and_then(|cited| cited.get(&piece.range.start)).unwrap_or(&none);
        checked(&piece, here, &read, &mut touched)
    };
    let all = segment(&bare);
    let unread = all.len().saturating_sub(COMPARED);
    let claims = all.into_iter().take(COMPARED).map(check).collect();
    let texts: Vec<(usize, &str)> = sources.iter().copied().enumerate().collect();
    let agreement = compare_told(&texts, told);
    let left_out = agreement.claims.iter().filter_map(|claim| left_out(claim, sources.len(), &touched));
    Consistency { claims, left_out: left_out.collect(), sources: sources.len(), unread }
}

fn checked(
    piece: &Piece,
    cited: &BTreeSet<(usize, usize)>,
    sources: &[Vec<Piece>],
    touched: &mut BTreeSet<(usize, usize)>,
) -> Checked {
    let own = &piece.features;
    let (mut supports, mut in_part, mut conflicts) = (Vec::new(), Vec::new(), Vec::new());
    let mut known: Vec<&Number> = Vec::new();
    for (slot, source) in sources.iter().enumerate() {
        let Some(said) = said(own, slot, source, cited) else { continue };
        touched.extend(said.places.iter().map(|at| (slot, *at)));
        match said.against {
            Some(Finding { reason, values, .. }) => {
                conflicts.push(Against { span: said.span, reason, values });
            }
            // Who has none of its numbers says something else about the same.
            None if lacks(own, &said.numbers) => {}
            None => {
                supports.push(said.span);
                in_part.extend((!said.whole).then_some(slot));
                known.extend(said.numbers);
            }
        }
    }
    let new = |number: &&Number| piece.form != Form::Code && !known.iter().any(|known| known.same(number));
    let new_numbers: Vec<String> = own.numbers.iter().filter(new).map(|number| number.show.clone()).collect();
    let standing = match (supports.len(), conflicts.len()) {
        (0, 0) => Standing::Unsupported,
        (0, _) => Standing::Contradicted,
        (some, more) if more >= some => Standing::Disputed,
        _ if !new_numbers.is_empty() => Standing::Unsupported,
        (some, _) if in_part.len() == some => Standing::Partly,
        _ => Standing::Supported,
    };
    // Where nothing is said of it at all, its numbers are no news of their own.
    let new_numbers = if supports.is_empty() { Vec::new() } else { new_numbers };
    Checked { range: piece.range.clone(), supports, in_part, conflicts, new_numbers, standing }
}

/// What a source says on a claim.
struct Said<'a> {
    /// Its sentence that is nearest.
    span: Span,
    /// By what that excludes the claim, where it does.
    against: Option<Finding>,
    /// Whether all of the claim is said, and not a part alone.
    whole: bool,
    /// The numbers of the sentences that the claim rests on.
    numbers: Vec<&'a Number>,
    /// Where the sentences begin that have to do with it.
    places: Vec<usize>,
}

/// What a source says on a claim; `None` where it says nothing of it.
fn said<'a>(
    own: &Features,
    slot: usize,
    source: &'a [Piece],
    cited: &BTreeSet<(usize, usize)>,
) -> Option<Said<'a>> {
    let mut best: Option<(f64, &Piece, Option<Finding>)> = None;
    let (mut numbers, mut places, mut agrees) = (Vec::new(), Vec::new(), false);
    let mut covered = vec![false; own.tokens.len()];
    for other in source {
        let theirs = &other.features;
        if cited.contains(&(slot, other.range.start)) {
            numbers.extend(&theirs.numbers);
        }
        let Some((near, found)) = stands(own, theirs) else { continue };
        places.push(other.range.start);
        let relation = found.as_ref().map(|found| found.relation);
        let against = found.filter(|found| found.relation == Relation::Conflict);
        if against.is_none() {
            numbers.extend(&theirs.numbers);
            agrees |= relation == Some(Relation::Agree);
            for (covered, token) in covered.iter_mut().zip(&own.tokens) {
                *covered |= theirs.tokens.binary_search_by_key(&token.hash, |other| other.hash).is_ok();
            }
        }
        let nearer = |(best, _, before): &(f64, &Piece, Option<Finding>)| {
            let clearer = before.is_some() && against.is_none();
            near.total_cmp(best).then(clearer.cmp(&false)).is_gt()
        };
        if best.as_ref().is_none_or(nearer) {
            best = Some((near, other, against));
        }
    }
    let (_, piece, against) = best?;
    let weight: f64 = own.tokens.iter().map(|token| token.weight).sum();
    let common = own.tokens.iter().zip(&covered).filter(|(_, covered)| **covered);
    let common: f64 = common.map(|(token, _)| token.weight).sum();
    let whole = agrees || common >= COVERED * weight;
    Some(Said { span: Span { slot, range: piece.range.clone() }, against, whole, numbers, places })
}

/// Whether a claim has numbers and none of them is among these.
fn lacks(claim: &Features, numbers: &[&Number]) -> bool {
    !claim.code
        && !claim.numbers.is_empty()
        && !claim.numbers.iter().any(|own| numbers.iter().any(|number| number.same(own)))
}

/// How near a claim and a sentence of a source are, with what was found of the two; `None` where the claim does not rest on it and
/// they do not exclude each other.
pub(super) fn stands(claim: &Features, source: &Features) -> Option<(f64, Option<Finding>)> {
    let found = relate(claim, source);
    if let Some(found) = found.as_ref().filter(|found| found.relation == Relation::Conflict) {
        return Some((found.score, Some(found.clone())));
    }
    let near = rests(claim, source);
    (near > 0.0).then_some((near, found))
}

fn left_out(claim: &Claim, sources: usize, touched: &BTreeSet<(usize, usize)>) -> Option<LeftOut> {
    let holders: Vec<usize> = match (claim.mark, claim.sides.first()) {
        (Mark::Conflict, Some(side)) => side.slots.clone(),
        _ => claim.spans.iter().map(|span| span.slot).collect(),
    };
    let most = holders.len() >= 2 && 2 * holders.len() > sources;
    let said = claim.spans.iter().any(|span| touched.contains(&(span.slot, span.range.start)));
    let shortest =
        claim.spans.iter().filter(|span| holders.contains(&span.slot)).min_by_key(|span| span.range.len());
    let title = shortest.filter(|_| most && !said)?.clone();
    Some(LeftOut { title, sources: holders, spans: claim.spans.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "The old bridge carries trucks of up to 12 tonnes. Keep the speed limit at 30 km/h on the bridge. \
                     Ask the owner for the inspection report.";
    const B: &str = "The old bridge carries trucks of up to 12 tonnes. It was painted green by volunteers in spring. \
                     Ask the owner for the inspection report.";
    const C: &str =
        "The old bridge carries trucks of up to 8 tonnes. Ask the owner for the inspection report.";

    fn held(text: &str, sources: &[&str]) -> Consistency {
        consistency(text, None, sources, Vec::new())
    }

    fn standings(found: &Consistency) -> Vec<Standing> {
        found.claims.iter().map(|claim| claim.standing).collect()
    }

    fn slots(spans: &[Span]) -> Vec<usize> {
        spans.iter().map(|span| span.slot).collect()
    }

    #[test]
    fn a_text_that_is_a_source_holds_and_an_added_falsehood_does_not() {
        let same = held(A, &[A, B]);
        assert_eq!(same.share(), Some(1.0), "{same:#?}");
        assert_eq!(slots(&same.claims[0].supports), [0, 1]);
        assert_eq!(slots(&same.claims[1].supports), [0]);
        assert!(same.left_out.is_empty());
        let more = held(&format!("{A} Penguins are flightless birds of the southern seas."), &[A, B]);
        assert_eq!(more.share(), Some(0.75));
        assert_eq!(more.claims[3].standing, Standing::Unsupported);
    }

    #[test]
    fn who_says_otherwise_is_named_with_both_values() {
        let text = "The old bridge carries trucks of up to 8 tonnes.";
        let found = held(text, &[A, B]);
        assert_eq!(standings(&found), [Standing::Contradicted]);
        let values = found.claims[0].conflicts[1].values.clone();
        assert_eq!(values, Some(("8 tonnes".to_owned(), "12 tonnes".to_owned())));
        // Two against one, and one against two.
        let of = |text: &str| standings(&held(text, &[A, B, C]))[0];
        assert_eq!(of(text), Standing::Disputed);
        assert_eq!(of("The old bridge carries trucks of up to 12 tonnes."), Standing::Supported);
        assert_eq!(of("The old bridge carries trucks of up to 8 or 12 tonnes."), Standing::Supported);
        let denied = held("Do not ask the owner for the inspection report.", &[A, B]);
        assert_eq!(standings(&denied), [Standing::Contradicted], "{denied:#?}");
    }

    #[test]
    fn a_number_that_nobody_has_is_no_source_s() {
        let found = held("Keep the speed limit at 30 km/h on the bridge, from the year 1987 on.", &[A, B]);
        assert_eq!(standings(&found), [Standing::Unsupported], "{found:#?}");
        assert_eq!(found.claims[0].new_numbers.len(), 1);
    }

    #[test]
    fn what_most_say_and_the_text_does_not_is_left_out() {
        let found = held("Keep the speed limit at 30 km/h on the bridge.", &[A, B, C]);
        let words = |left: &LeftOut| [A, B, C][left.title.slot][left.title.range.clone()].to_owned();
        let left: Vec<String> = found.left_out.iter().map(words).collect();
        assert!(left.iter().any(|words| words == "Ask the owner for the inspection report."), "{left:?}");
        assert!(left.iter().any(|words| words.contains("12 tonnes")), "{left:?}");
        assert_eq!(found.left_out.len(), 2, "what one alone says is no majority: {left:?}");
    }

    #[test]
    fn only_so_many_claims_are_looked_at() {
        let long: Vec<String> =
            (0..COMPARED + 7).map(|at| format!("Box {at} weighs {at} kilograms.")).collect();
        let found = held(&long.join(" "), &["Box 3 weighs 3 kilograms."]);
        assert_eq!((found.claims.len(), found.unread), (COMPARED, 7));
        assert_eq!(found.claims[3].standing, Standing::Supported);
    }

    #[test]
    fn nothing_is_known_without_claims_or_sources() {
        assert_eq!(held(A, &[]).share(), None);
        assert_eq!(held("", &[A]).share(), None);
        assert_eq!(held("", &[A]).left_out.len(), 0, "one source is no majority");
    }

    proptest! {
        /// Whatever is said holds to itself, and what is added never makes more of it hold.
        #[test]
        fn a_text_holds_to_itself(
            parts in prop::collection::vec(prop::sample::select(SENTENCES), 1..6),
            other in prop::collection::vec(prop::sample::select(SENTENCES), 0..6),
        ) {
            let (text, source) = (parts.join(" "), other.join(" "));
            prop_assert_eq!(held(&text, &[&text]).share(), Some(1.0));
            let alone = held(&text, &[&source]);
            let more = held(&format!("{text}\n\nPenguins are flightless birds of the southern seas."), &[&source]);
            let holds = |found: &Consistency| found.share().unwrap_or(0.0) * found.claims.len() as f64;
            prop_assert!((holds(&alone) - holds(&more)).abs() < 1e-9);
            prop_assert!(more.share() <= alone.share());
            // The order of sources does not matter.
            let standing = |sources: &[&str]| standings(&held(&text, sources));
            prop_assert_eq!(standing(&[&source, A, C]), standing(&[C, A, &source]));
        }

        #[test]
        fn no_text_is_too_odd(one in any::<String>(), other in "[ \\na-cA-C0-9.!?:*_|`#$%={}\"'()-]{0,200}") {
            let found = consistency(&one, Some(&Cited::new()), &[&other], Vec::new());
            prop_assert!(found.share().is_none_or(|share| (0.0..=1.0).contains(&share)));
            for claim in found.claims {
                prop_assert!(one.get(claim.range).is_some());
                for span in claim.supports {
                    prop_assert!(other.get(span.range).is_some());
                }
            }
        }
    }

    const SENTENCES: &[&str] = &[
        "The old bridge carries trucks of up to 12 tonnes.",
        "The old bridge carries trucks of up to 8 tonnes.",
        "The old bridge is not safe for trucks.",
        "Ask the owner for the inspection report.",
        "Keep the speed limit at 30 km/h on the bridge.",
        "It was painted green by volunteers in spring.",
        "No.",
        "10 TB divided by 125 MB per second is 80,000 seconds.",
    ];
}
