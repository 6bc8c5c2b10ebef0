//! What was said of pairs of claims by someone else than the rules on words: vectors, a judge. Where it takes effect, and
//! who goes before whom. Not how it was found out.
//!
//! A pair is named by the words of its two claims, so that it is found again in a text that was read anew. What the rules
//! are sure of, that two claims agree or exclude each other, stands: only pairs that they leave open can be decided here.

use super::Relation;
use super::cluster::{Edge, Place};
use super::engine::{Answer, COMPARED};
use super::normalise::{Features, hash};
use super::score::{STRONG, WEAK};
use super::stance::{self, Finding};
use crate::core::{Label, Pass, Run};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The longest a claim's words get where they stand for its side of a conflict, in characters.
const SIDE: usize = 48;

/// Something that was said of a pair of claims.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The words of one claim, as they stand in its answer.
    pub a: String,
    /// The words of the other.
    pub b: String,
    /// How they stand to each other; `None` for two that have nothing to do with each other.
    pub relation: Option<Relation>,
    /// By which pass: what a judge says goes before vectors.
    pub pass: Pass,
    /// Who says so, for people.
    pub by: String,
    /// How near the two are, 0 to 1, for vectors; nothing else reads it.
    pub near: f64,
}

/// Everything that a run's passes said. What they left open is not in it.
pub fn told(run: &Run) -> Vec<Told> {
    let mut told = Vec::new();
    for done in &run.deeper.done {
        let by = match done.pass {
            Pass::Embeddings => done.by.model.clone(),
            Pass::Judge => format!("judge {}", done.by.model),
        };
        for verdict in &done.verdicts {
            let relation = match verdict.label {
                Label::Same => Some(Relation::Agree),
                Label::Close => Some(Relation::Partly),
                Label::Contradicting => Some(Relation::Conflict),
                Label::Different => None,
                Label::Unstable | Label::Unread => continue,
            };
            told.push(Told {
                a: verdict.a.clone(),
                b: verdict.b.clone(),
                relation,
                pass: done.pass,
                by: by.clone(),
                near: verdict.cosine.unwrap_or(1.0).clamp(0.0, 1.0),
            });
        }
    }
    told
}

/// What all that was said of one pair comes to.
#[derive(Debug, PartialEq)]
struct Ruling {
    relation: Option<Relation>,
    by: String,
    near: f64,
    /// Whether a judge decided it, and not vectors alone.
    judged: bool,
}

/// The key of a pair: the hashes of its words, the lower first.
fn key(a: &str, b: &str) -> (u64, u64) {
    let (a, b) = (id(a), id(b));
    (a.min(b), a.max(b))
}

/// The hash of a claim's words.
fn id(words: &str) -> u64 {
    hash(words.as_bytes(), 0)
}

/// Decides between those who spoke of one pair. Judges go before vectors; judges that differ decide nothing; of several
/// vectors the nearest counts. The order in which they spoke is nothing.
fn ruling(said: &[&Told]) -> Option<Ruling> {
    let judges: Vec<&&Told> = said.iter().filter(|told| told.pass == Pass::Judge).collect();
    let relation = match judges.first() {
        Some(first) if judges.iter().any(|told| told.relation != first.relation) => return None,
        Some(first) => first.relation,
        // Vectors only bring together.
        None if said.iter().any(|told| told.relation == Some(Relation::Agree)) => Some(Relation::Agree),
        None if said.iter().any(|told| told.relation == Some(Relation::Partly)) => Some(Relation::Partly),
        None => return None,
    };
    let held = |told: &&&Told| told.relation == relation && (judges.is_empty() || told.pass == Pass::Judge);
    let names: BTreeSet<&str> = said.iter().filter(held).map(|told| told.by.as_str()).collect();
    let near = said.iter().filter(held).map(|told| told.near).fold(0.0, f64::max);
    Some(Ruling {
        relation,
        by: names.into_iter().collect::<Vec<_>>().join(", "),
        near,
        judged: !judges.is_empty(),
    })
}

/// The edges with everything in effect that was said elsewhere.
pub(super) fn applied<'e>(
    answers: &BTreeMap<usize, Answer>,
    edges: &'e [Edge],
    told: &[Told],
) -> Cow<'e, [Edge]> {
    if told.is_empty() {
        return Cow::Borrowed(edges);
    }
    let mut said: BTreeMap<(u64, u64), Vec<&Told>> = BTreeMap::new();
    for one in told {
        said.entry(key(&one.a, &one.b)).or_default().push(one);
    }
    let places = places(answers);
    let mut found: BTreeMap<(Place, Place), Cow<'_, Edge>> =
        edges.iter().map(|edge| ((edge.a, edge.b), Cow::Borrowed(edge))).collect();
    let disputed = disputed(edges);
    let none = Vec::new();
    for ((x, y), said) in &said {
        let Some(ruling) = ruling(said) else { continue };
        for a in places.get(x).unwrap_or(&none) {
            for b in places.get(y).unwrap_or(&none).iter().filter(|b| b.0 != a.0) {
                let pair = (*a.min(b), *a.max(b));
                // Vectors can't tell the sides of a dispute apart: they bring nobody into one.
                if !ruling.judged && (disputed.contains(a) || disputed.contains(b)) {
                    continue;
                }
                let known = found.remove(&pair);
                if let Some(edge) = rule(answers, pair, known, &ruling) {
                    found.insert(pair, edge);
                }
            }
        }
    }
    Cow::Owned(found.into_values().map(Cow::into_owned).collect())
}

/// The claims that the words set against another one.
pub(super) fn disputed(edges: &[Edge]) -> BTreeSet<Place> {
    let conflicts = edges.iter().filter(|edge| edge.finding.relation == Relation::Conflict);
    conflicts.flat_map(|edge| [edge.a, edge.b]).collect()
}

/// Where claims of these words stand: the first of each answer, as that is the one that is compared.
fn places(answers: &BTreeMap<usize, Answer>) -> HashMap<u64, Vec<Place>> {
    let mut places: HashMap<u64, Vec<Place>> = HashMap::new();
    for (slot, answer) in answers {
        for (claim, piece) in answer.pieces().iter().enumerate().take(COMPARED) {
            let here = places.entry(id(&answer.text[piece.range.clone()])).or_default();
            if here.last().is_none_or(|last| last.0 != *slot) {
                here.push((*slot, claim));
            }
        }
    }
    places
}

/// The features of a claim.
pub(super) fn features(answers: &BTreeMap<usize, Answer>, place: Place) -> Option<&Features> {
    answers.get(&place.0)?.pieces().get(place.1).map(|piece| &piece.features)
}

/// Whether the rules on words leave a pair open: they are sure neither that it agrees nor that it excludes.
pub(super) fn open(answers: &BTreeMap<usize, Answer>, (a, b): (Place, Place), known: Option<&Edge>) -> bool {
    if let Some(edge) = known {
        return edge.finding.relation == Relation::Partly;
    }
    let (Some(x), Some(y)) = (features(answers, a), features(answers, b)) else { return false };
    // A pair that shares too little to be looked at may exclude each other all the same.
    stance::relate(x, y).is_none_or(|finding| finding.relation == Relation::Partly)
}

/// What is known of a pair after a ruling; `None` where the two have nothing to do with each other.
fn rule<'e>(
    answers: &BTreeMap<usize, Answer>,
    pair: (Place, Place),
    known: Option<Cow<'e, Edge>>,
    ruling: &Ruling,
) -> Option<Cow<'e, Edge>> {
    if !open(answers, pair, known.as_deref()) {
        return known;
    }
    let relation = ruling.relation?;
    if relation == Relation::Partly && known.is_some() {
        return known;
    }
    let least = match relation {
        Relation::Partly => WEAK + (STRONG - WEAK) * ruling.near,
        // Whoever decides on a pair is sure that it is about one thing: it is to find its partner.
        Relation::Agree | Relation::Conflict => STRONG + (1.0 - STRONG) * ruling.near,
    };
    let score = known.map_or(least, |edge| edge.finding.score.max(least));
    let values = (relation == Relation::Conflict).then(|| (side(answers, pair.0), side(answers, pair.1)));
    let finding = Finding { score, relation, reason: None, values };
    Some(Cow::Owned(Edge { a: pair.0, b: pair.1, finding, by: Some(ruling.by.as_str().into()) }))
}

/// A claim's first words, where they stand for its side.
fn side(answers: &BTreeMap<usize, Answer>, place: Place) -> String {
    let words = answers
        .get(&place.0)
        .and_then(|answer| Some(answer.text.get(answer.pieces().get(place.1)?.range.clone())?.trim()))
        .unwrap_or_default();
    if words.chars().count() <= SIDE {
        return words.to_owned();
    }
    let cut: String = words.chars().take(SIDE).collect();
    let whole = cut.rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(cut.len());
    format!("{} …", &cut[..whole])
}

/// Who else said something of the pairs of a claim.
pub(super) fn by(inside: &[&Edge]) -> Vec<String> {
    let names: BTreeSet<&str> = inside.iter().filter_map(|edge| edge.by.as_deref()).collect();
    names.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::{Agreement, Claim, Comparison, Mark, compare, compare_told};
    use proptest::prelude::*;

    const LORRY: &str = "Heavy lorries must keep off the old bridge.";
    const TRUCK: &str = "Big trucks are banned from the crossing.";
    const SPEED: &str = "The speed limit on the bridge is 30 km/h.";
    const FAST: &str = "The speed limit on the bridge is 50 km/h.";

    fn said(a: &str, b: &str, relation: Option<Relation>, pass: Pass, by: &str) -> Told {
        Told { a: a.to_owned(), b: b.to_owned(), relation, pass, by: by.to_owned(), near: 0.9 }
    }

    fn judge(a: &str, b: &str, relation: Option<Relation>) -> Told {
        said(a, b, relation, Pass::Judge, "judge m")
    }

    fn vectors(a: &str, b: &str, relation: Relation) -> Told {
        said(a, b, Some(relation), Pass::Embeddings, "emb")
    }

    fn claim<'a>(agreement: &'a Agreement, texts: &[&str], words: &str) -> &'a Claim {
        let says = |claim: &&Claim| claim.spans.iter().any(|it| &texts[it.slot][it.range.clone()] == words);
        agreement.claims.iter().find(says).unwrap()
    }

    fn told_of(texts: &[&str], told: Vec<Told>) -> Agreement {
        compare_told(&texts.iter().copied().enumerate().collect::<Vec<_>>(), told)
    }

    #[test]
    fn a_judge_brings_together_and_sets_against_each_other() {
        let texts = [LORRY, TRUCK];
        let plain = compare(&[(0, LORRY), (1, TRUCK)]);
        assert!(plain.claims.iter().all(|claim| claim.mark == Mark::Only && claim.by.is_empty()));
        for (a, b) in [(LORRY, TRUCK), (TRUCK, LORRY)] {
            let same = told_of(&texts, vec![judge(a, b, Some(Relation::Agree))]);
            let one = claim(&same, &texts, LORRY);
            assert_eq!((one.mark, one.by.as_slice()), (Mark::Agree, &["judge m".to_owned()][..]));
            assert_eq!(same.links()[0].by.as_deref(), Some("judge m"));
            let against = told_of(&texts, vec![judge(a, b, Some(Relation::Conflict))]);
            let one = claim(&against, &texts, LORRY);
            assert_eq!((one.mark, one.sides.len()), (Mark::Conflict, 2));
            assert_eq!((one.sides[0].value.as_str(), &one.sides[0].slots), (LORRY, &vec![0]));
        }
        assert_eq!(told_of(&texts, vec![judge(LORRY, TRUCK, None)]), plain);
    }

    #[test]
    fn what_the_words_are_sure_of_stands() {
        let texts = [SPEED, FAST];
        let plain = told_of(&texts, Vec::new());
        assert_eq!(plain.claims[0].mark, Mark::Conflict);
        for told in [vectors(SPEED, FAST, Relation::Agree), judge(SPEED, FAST, Some(Relation::Agree))] {
            assert_eq!(told_of(&texts, vec![told]), plain);
        }
        let same = told_of(&[SPEED, SPEED], Vec::new());
        assert_eq!(told_of(&[SPEED, SPEED], vec![judge(SPEED, SPEED, None)]), same);
    }

    #[test]
    fn a_judge_parts_what_words_only_make_alike_and_vectors_do_not() {
        let texts = [
            "The committee inspected the north bridge for rust in spring.",
            "The committee looked at the school kitchen in spring and found mould and damp.",
        ];
        let plain = told_of(&texts, Vec::new());
        assert_eq!(plain.claims[0].mark, Mark::Partly);
        let parted = told_of(&texts, vec![judge(texts[0], texts[1], None)]);
        assert!(parted.claims.iter().all(|claim| claim.mark == Mark::Only), "{parted:?}");
        let near = told_of(&texts, vec![vectors(texts[0], texts[1], Relation::Partly)]);
        assert_eq!(near, plain);
        let both = vec![vectors(texts[0], texts[1], Relation::Agree), judge(texts[1], texts[0], None)];
        assert!(told_of(&texts, both).claims.iter().all(|claim| claim.mark == Mark::Only));
        let strong = told_of(&texts, vec![vectors(texts[0], texts[1], Relation::Agree)]);
        assert_eq!(
            (strong.claims[0].mark, strong.claims[0].by.as_slice()),
            (Mark::Agree, &["emb".to_owned()][..])
        );
    }

    #[test]
    fn vectors_bring_nobody_into_a_dispute_and_a_judge_may() {
        let texts = [SPEED, FAST, LORRY];
        let plain = told_of(&texts, Vec::new());
        assert_eq!(told_of(&texts, vec![vectors(SPEED, LORRY, Relation::Agree)]), plain);
        let judged = told_of(&texts, vec![judge(SPEED, LORRY, Some(Relation::Agree))]);
        assert_eq!(claim(&judged, &texts, SPEED).spans.len(), 3);
    }

    #[test]
    fn judges_that_differ_decide_nothing() {
        let other = said(LORRY, TRUCK, Some(Relation::Conflict), Pass::Judge, "judge n");
        let told = vec![judge(LORRY, TRUCK, Some(Relation::Agree)), other];
        assert_eq!(told_of(&[LORRY, TRUCK], told), told_of(&[LORRY, TRUCK], Vec::new()));
    }

    #[test]
    fn what_was_told_is_found_again_in_new_text_and_lapses_with_it() {
        let mut comparison = Comparison::new();
        comparison.told(vec![judge(LORRY, TRUCK, Some(Relation::Agree))]);
        comparison.set(0, &format!("{SPEED} {LORRY}"), true);
        comparison.set(1, TRUCK, true);
        let agreed = |comparison: &mut Comparison| comparison.agreement().summary.agreed;
        assert_eq!(agreed(&mut comparison), 1);
        comparison.set(0, &format!("{LORRY} {SPEED}"), true);
        assert_eq!(agreed(&mut comparison), 1);
        comparison.set(0, "I changed my mind about all of it.", true);
        assert_eq!(agreed(&mut comparison), 0);
        comparison.set(0, LORRY, true);
        assert_eq!(agreed(&mut comparison), 1);
        comparison.told(Vec::new());
        assert_eq!(agreed(&mut comparison), 0);
    }

    const SENTENCES: [&str; 6] = [LORRY, TRUCK, SPEED, FAST, "It was built in 1931.", "Ask the owner first."];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn the_order_of_arrival_is_nothing(
            answers in prop::collection::vec(prop::collection::vec(0usize..6, 0..4), 2..4),
            told in prop::collection::vec((0usize..6, 0usize..6, 0u8..4, any::<bool>(), 0u8..2), 0..6),
            when in 0usize..4,
            turn in 0usize..6,
        ) {
            let texts: Vec<String> = answers
                .iter()
                .map(|said| said.iter().map(|at| SENTENCES[*at]).collect::<Vec<_>>().join(" "))
                .collect();
            let one = |(a, b, relation, by_judge, who): &(usize, usize, u8, bool, u8)| {
                let relation = [None, Some(Relation::Agree), Some(Relation::Partly), Some(Relation::Conflict)][usize::from(*relation)];
                let pass = if *by_judge { Pass::Judge } else { Pass::Embeddings };
                said(SENTENCES[*a], SENTENCES[*b], relation, pass, &format!("m{who}"))
            };
            let mut told: Vec<Told> = told.iter().map(one).collect();
            let slots: Vec<(usize, &str)> = texts.iter().map(String::as_str).enumerate().collect();
            let expected = compare_told(&slots, told.clone());
            let turned = turn % told.len().max(1);
            told.rotate_left(turned);
            let mut comparison = Comparison::new();
            for (at, (slot, text)) in slots.iter().rev().enumerate() {
                if at == when {
                    comparison.told(told.clone());
                }
                let half = (0..=text.len() / 2).rev().find(|cut| text.is_char_boundary(*cut)).unwrap_or(0);
                comparison.set(*slot, &text[..half], false);
                comparison.agreement();
                comparison.set(*slot, text, true);
            }
            comparison.told(told);
            let came = comparison.agreement();
            let by_id = |agreement: &Agreement| {
                let mut claims: Vec<Claim> = agreement.claims.iter().cloned().collect();
                claims.sort_by_key(|claim| claim.id);
                claims.into_iter().map(|claim| Claim { number: 0, ..claim }).collect::<Vec<_>>()
            };
            prop_assert_eq!(by_id(&came), by_id(&expected));
            prop_assert_eq!((came.summary, came.finals), (expected.summary, expected.finals));
        }
    }
}
