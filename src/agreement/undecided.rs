//! Which claims and pairs of claims are worth a deeper look: those whose words leave open how they stand to each other.
//! Not who looks, and not what comes of it.

use super::cluster::{Edge, Place};
use super::engine::{Answer, Comparison};
use super::normalise::{FUNCTION, Features, Weighted};
use super::score::{self, STRONG};
use super::segment::Piece;
use super::{Span, Told, told};
use crate::core::Pass;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// From this gated score on a pair may be about one thing. Below [`WEAK`](super::score::WEAK), which is where marks begin,
/// by about as much as that lies below [`STRONG`]. Chosen by that symmetry, not measured.
pub const BAND: f64 = 0.18;
/// The most pairs that are given to a judge: about what fits into one request that can still be read with care.
pub const MOST_PAIRS: usize = 40;
/// Claims of one answer that are looked at deeper, and so a bound on the work and the price.
pub const MOST_CLAIMS: usize = 80;
/// Longer claims, in bytes, are no sentences that a label could be put on.
pub const LONGEST: usize = 600;

/// A pair of claims that the words leave open.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    /// The claim of the lower seat.
    pub a: Span,
    /// The claim of the higher seat.
    pub b: Span,
    /// The words of both, as they stand in the answers.
    pub words: (String, String),
    /// The gated score, 0 to 1.
    pub score: f64,
}

/// A claim that may be compared by its meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Where it is.
    pub(super) place: Place,
    /// Its words, as they stand in the answer.
    pub words: String,
}

impl Open {
    /// The seat of its answer.
    pub fn slot(&self) -> usize {
        self.place.0
    }
}

/// Claims of another answer that a claim is measured against, those that share most words.
const CLOSEST: usize = 6;

impl Comparison {
    /// The pairs for a judge: of finished answers of different seats, in prose, with a gated score from [`BAND`] up to
    /// where the rules are sure; neither of them surely linked with anything in the other's answer, and each the other's
    /// nearest such claim there. No judge has spoken of them yet. Nearest first, [`MOST_PAIRS`] at most.
    pub fn undecided(&self) -> Vec<Undecided> {
        let settled = settled(&self.graph.edges());
        let judged: HashSet<(&str, &str)> = judged(&self.told);
        let mut found: Vec<(Place, Place, f64)> = Vec::new();
        for (a, b, score) in self.near(&settled) {
            let open = told::open(&self.answers, (a, b), self.graph.edge(a, b));
            let (x, y) = (words(&self.answers, a), words(&self.answers, b));
            if open && x != y && !judged.contains(&(x.min(y), x.max(y))) {
                found.push((a, b, score));
            }
        }
        found.sort_by(|x, y| y.2.total_cmp(&x.2).then_with(|| (x.0, x.1).cmp(&(y.0, y.1))));
        let mut pairs = mutual(&found);
        pairs.truncate(MOST_PAIRS);
        let span = |place| span(&self.answers, place);
        let whole = |(a, b, score): (Place, Place, f64)| {
            let both = (words(&self.answers, a).to_owned(), words(&self.answers, b).to_owned());
            Some(Undecided { a: span(a)?, b: span(b)?, words: both, score })
        };
        pairs.into_iter().filter_map(whole).collect()
    }

    /// The claims for vectors: those of finished answers, in prose, each words of an answer once, in order.
    pub fn open_claims(&self) -> Vec<Open> {
        let of = |(slot, answer): (&usize, &Answer)| {
            let slot = *slot;
            let mut said = BTreeSet::new();
            let mut open = Vec::new();
            for (claim, piece) in claims(answer) {
                let words = &answer.text[piece.range.clone()];
                if said.insert(words) {
                    open.push(Open { place: (slot, claim), words: words.to_owned() });
                }
            }
            open
        };
        self.answers.iter().flat_map(of).collect()
    }

    /// Whether vectors may link two such claims: the words leave them open, in part agreed or not at all, and set neither
    /// of them against another one.
    pub fn leaves_open(&self, a: &Open, b: &Open) -> bool {
        let pair = (a.place.min(b.place), a.place.max(b.place));
        let known = self.graph.edge(pair.0, pair.1);
        !self.graph.opposed(pair.0) && !self.graph.opposed(pair.1) && told::open(&self.answers, pair, known)
    }

    /// Pairs of claims that are not settled and whose ungated score lies in the band, each found by a word they share.
    fn near(&self, settled: &HashSet<(Place, usize)>) -> Vec<(Place, Place, f64)> {
        let mut index: HashMap<u64, Vec<(Place, f64)>> = HashMap::new();
        let mut near = Vec::new();
        for (slot, answer) in &self.answers {
            let mine: Vec<(usize, &Piece)> = claims(answer).collect();
            for (claim, piece) in &mine {
                let mut met: BTreeMap<Place, f64> = BTreeMap::new();
                for token in tokens(&piece.features) {
                    for (other, weight) in index.get(&token.hash).into_iter().flatten() {
                        *met.entry(*other).or_default() += weight.min(token.weight);
                    }
                }
                let here = (*slot, *claim);
                let sure =
                    |other: &Place| settled.contains(&(*other, *slot)) || settled.contains(&(here, other.0));
                for other in closest(met).into_iter().filter(|other| !sure(other)) {
                    let Some(theirs) = told::features(&self.answers, other) else { continue };
                    let score = score::overlap(theirs, &piece.features).mean();
                    if (BAND..STRONG).contains(&score) {
                        near.push((other, here, score));
                    }
                }
            }
            for (claim, piece) in mine {
                for token in tokens(&piece.features) {
                    index.entry(token.hash).or_default().push(((*slot, claim), token.weight));
                }
            }
        }
        near
    }
}

/// The words that say what a claim is about.
fn tokens(features: &Features) -> impl Iterator<Item = &Weighted> {
    features.tokens.iter().filter(|token| token.weight > FUNCTION)
}

/// Of the claims met, those of each answer that share most: a bound on what answers full of the same words can cost.
fn closest(met: BTreeMap<Place, f64>) -> Vec<Place> {
    let mut order: Vec<(Place, f64)> = met.into_iter().collect();
    order.sort_by(|x, y| y.1.total_cmp(&x.1).then_with(|| x.0.cmp(&y.0)));
    let mut taken: HashMap<usize, usize> = HashMap::new();
    let mut first = |place: &Place| {
        let count = taken.entry(place.0).or_default();
        *count += 1;
        *count <= CLOSEST
    };
    order.into_iter().map(|(place, _)| place).filter(|place| first(place)).collect()
}

/// The claims of an answer that can be looked at deeper.
fn claims(answer: &Answer) -> impl Iterator<Item = (usize, &Piece)> {
    let count = if answer.finished { MOST_CLAIMS } else { 0 };
    let fits = |(_, piece): &(usize, &Piece)| {
        !piece.features.code && !piece.features.bare_verdict() && piece.range.len() <= LONGEST
    };
    answer.pieces().iter().enumerate().take(count).filter(fits)
}

/// Claims that the words surely link with a claim of that answer.
fn settled(edges: &[Edge]) -> HashSet<(Place, usize)> {
    let sure = edges.iter().filter(|edge| edge.finding.relation != super::Relation::Partly);
    sure.flat_map(|edge| [(edge.a, edge.b.0), (edge.b, edge.a.0)]).collect()
}

fn judged(told: &[Told]) -> HashSet<(&str, &str)> {
    let by_judge = told.iter().filter(|told| told.pass == Pass::Judge);
    by_judge.map(|told| (told.a.as_str().min(&told.b), told.a.as_str().max(&told.b))).collect()
}

/// Of pairs, the nearest first, those in which each is the other's nearest in that answer.
pub(super) fn mutual(pairs: &[(Place, Place, f64)]) -> Vec<(Place, Place, f64)> {
    let mut best: HashMap<(Place, usize), Place> = HashMap::new();
    for (a, b, _) in pairs {
        best.entry((*a, b.0)).or_insert(*b);
        best.entry((*b, a.0)).or_insert(*a);
    }
    let each =
        |(a, b, _): &&(Place, Place, f64)| best.get(&(*a, b.0)) == Some(b) && best.get(&(*b, a.0)) == Some(a);
    pairs.iter().filter(each).copied().collect()
}

fn words(answers: &BTreeMap<usize, Answer>, place: Place) -> &str {
    let range = span(answers, place).map(|span| span.range);
    range.and_then(|range| answers.get(&place.0)?.text.get(range)).unwrap_or_default()
}

fn span(answers: &BTreeMap<usize, Answer>, (slot, claim): Place) -> Option<Span> {
    let piece = answers.get(&slot)?.pieces().get(claim)?;
    Some(Span { slot, range: piece.range.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::{Relation, Told};

    const NORTH: &str = "The committee inspected the north bridge for rust in spring.";
    const KITCHEN: &str = "The committee looked at the school kitchen in spring and found mould and damp.";
    const SPEED: &str = "The speed limit on the bridge is 30 km/h.";
    const FAST: &str = "The speed limit on the bridge is 50 km/h.";

    fn comparison(texts: &[&str]) -> Comparison {
        let mut comparison = Comparison::new();
        for (slot, text) in texts.iter().enumerate() {
            comparison.set(slot, text, true);
        }
        comparison
    }

    fn pairs(texts: &[&str]) -> Vec<(String, String)> {
        comparison(texts).undecided().into_iter().map(|pair| pair.words).collect()
    }

    #[test]
    fn what_is_alike_in_part_is_undecided_and_what_is_sure_is_not() {
        let found = pairs(&[NORTH, KITCHEN]);
        assert_eq!(found, [(NORTH.to_owned(), KITCHEN.to_owned())]);
        assert_eq!(pairs(&[SPEED, FAST]), [], "a conflict is sure");
        assert_eq!(pairs(&[SPEED, SPEED]), [], "the same is sure");
        assert_eq!(pairs(&[SPEED, "Bananas are rich in potassium."]), [], "far apart is sure");
        assert_eq!(pairs(&[NORTH, &format!("{KITCHEN} {NORTH}")]), [], "it has its partner already");
    }

    #[test]
    fn only_finished_answers_count_and_a_judged_pair_is_not_asked_again() {
        let mut open = Comparison::new();
        open.set(0, NORTH, true);
        open.set(1, KITCHEN, false);
        assert_eq!(open.undecided(), []);
        open.set(1, KITCHEN, true);
        assert_eq!(open.undecided().len(), 1);
        let told = |pass| Told {
            a: KITCHEN.to_owned(),
            b: NORTH.to_owned(),
            relation: Some(Relation::Partly),
            pass,
            by: "m".to_owned(),
            near: 1.0,
        };
        open.told(vec![told(Pass::Embeddings)]);
        assert_eq!(open.undecided().len(), 1, "what vectors say may be judged");
        open.told(vec![told(Pass::Judge)]);
        assert_eq!(open.undecided(), []);
    }

    #[test]
    fn a_claim_has_one_partner_in_an_answer_and_there_is_a_bound() {
        let many = |what: &str| -> String {
            let said = |at| format!("The committee inspected {what} number {at} in spring.");
            (0..120).map(said).collect::<Vec<_>>().join(" ")
        };
        let (one, other) =
            (many("the north bridge over the river"), many("the old school kitchen for mould"));
        let found = comparison(&[&one, &other]).undecided();
        assert!(found.len() <= MOST_PAIRS);
        let mut ends: Vec<(usize, usize)> =
            found.iter().map(|pair| (pair.a.range.start, pair.b.range.start)).collect();
        let count = ends.len();
        ends.dedup_by_key(|pair| pair.0);
        assert_eq!(ends.len(), count);
        assert!(found.windows(2).all(|two| two[0].score >= two[1].score));
        assert!(found.iter().all(|pair| (BAND..STRONG).contains(&pair.score)));
    }

    #[test]
    fn claims_for_vectors_are_prose_each_once() {
        let text = format!("Yes.\n\n{NORTH} {NORTH}\n\n```\nlet x = 1;\n```\n{}", "word ".repeat(400));
        let open = comparison(&[&text, KITCHEN]);
        let words: Vec<String> = open.open_claims().into_iter().map(|claim| claim.words).collect();
        assert_eq!(words, [NORTH, KITCHEN]);
    }
}
