//! What was said of pairs of claims by someone else than the rules on words: vectors, a judge. Where it takes effect, and
//! who goes before whom. Not how it was found out.
//!
//! A pair is named by the words of its two claims, so that it is found again in a text that was read anew. What the rules
//! are sure of, that two claims agree or exclude each other, stands: only pairs that they leave open can be decided here.

use super::cluster::{Edge, Place};
use super::engine::{Answer, COMPARED};
use super::normalise::{Features, hash};
use super::score::{STRONG, WEAK};
use super::stance::{self, Finding};
use super::Relation;
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
            Pass::Embeddings => done.by.to_string(),
            Pass::Judge => format!("judge {}", done.by),
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
    Some(Ruling { relation, by: names.into_iter().collect::<Vec<_>>().join(", "), near })
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
    let none = Vec::new();
    for ((x, y), said) in &said {
        let Some(ruling) = ruling(said) else { continue };
        for a in places.get(x).unwrap_or(&none) {
            for b in places.get(y).unwrap_or(&none).iter().filter(|b| b.0 != a.0) {
                let pair = (*a.min(b), *a.max(b));
                let known = found.remove(&pair);
                let changed = rule(answers, pair, known.as_deref(), &ruling);
                if let Some(edge) = changed.map_or(known, |edge| edge.map(Cow::Owned)) {
                    found.insert(pair, edge);
                }
            }
        }
    }
    Cow::Owned(found.into_values().map(Cow::into_owned).collect())
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
pub(super) fn open(
    answers: &BTreeMap<usize, Answer>,
    pair: (Place, Place),
    known: Option<&Edge>,
) -> Option<Option<Finding>> {
    let finding = match known {
        Some(edge) => Some(edge.finding.clone()),
        // A pair that shares too little to be looked at may exclude each other all the same.
        None => stance::relate(features(answers, pair.0)?, features(answers, pair.1)?),
    };
    finding.as_ref().is_none_or(|finding| finding.relation == Relation::Partly).then_some(finding)
}

/// What a ruling makes of a pair: `None` where it changes nothing, `Some(None)` where the two are parted.
fn rule(
    answers: &BTreeMap<usize, Answer>,
    pair: (Place, Place),
    known: Option<&Edge>,
    ruling: &Ruling,
) -> Option<Option<Edge>> {
    let before = open(answers, pair, known)?;
    let Some(relation) = ruling.relation else { return known.map(|_| None) };
    if relation == Relation::Partly && known.is_some() {
        return None;
    }
    let least = match relation {
        Relation::Partly => WEAK + (STRONG - WEAK) * ruling.near,
        // Whoever decides on a pair is sure that it is about one thing: it is to find its partner.
        Relation::Agree | Relation::Conflict => STRONG + (1.0 - STRONG) * ruling.near,
    };
    let score = before.map_or(least, |finding| finding.score.max(least));
    let values = (relation == Relation::Conflict).then(|| (side(answers, pair.0), side(answers, pair.1)));
    let finding = Finding { score, relation, reason: None, values };
    Some(Some(Edge { a: pair.0, b: pair.1, finding, by: Some(ruling.by.as_str().into()) }))
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
