//! Which pairs of claims are looked at closely: for each claim the nearest few of each other answer. It scores nothing.
//!
//! Nearness is the share of rare tokens that a pair has in common, found through an index of each answer. It depends on
//! the pair only, and ties go to the earlier claim, so that who is nearest is settled by the texts and not by the order in
//! which they arrived. A claim has at most [`SAMPLE`] tokens in the index and an answer at most `engine::COMPARED` claims
//! in it: finding costs at most their product for each other answer, whatever the texts hold. And a claim that resembles
//! all others, as one of few words does, is looked at beside [`WITHIN`] of each answer, not beside all.

use super::cluster::Place;
use super::normalise::{Features, Weighted};
use std::collections::{BTreeMap, HashMap};

/// Claims of each other answer that a claim is scored against: these nearest ones,
const NEAREST: usize = 3;
/// as far as it is itself among so many nearest ones of theirs.
const WITHIN: usize = 8;
/// Tokens of a claim that are indexed, those of the smallest hashes: the same of every claim that holds them, so that
/// long claims are compared by equal samples. A sentence has fewer.
const SAMPLE: usize = 32;
/// Least share of rare tokens that a pair must have in common before it is looked at closely. A pair below it can't
/// reach the weak threshold but by function words.
const GLANCE: f32 = 0.08;
/// From this weight on a token is indexed; function words are in every claim.
const INDEXED: f64 = 0.5;

/// The claims of one answer.
#[derive(Clone, Debug, Default)]
struct Shelf {
    /// Token to the claims that hold it, with its weight there.
    index: HashMap<u64, Vec<(u32, f32)>>,
    /// All weight of each claim.
    weights: Vec<f32>,
    /// The nearest of each other answer, by claim and seat: nearest first.
    near: Vec<BTreeMap<usize, Vec<(f32, usize)>>>,
}

impl Shelf {
    /// Where among the nearest of a claim another one stands.
    fn rank(&self, claim: usize, other: Place) -> Option<usize> {
        self.near.get(claim)?.get(&other.0)?.iter().position(|(_, claim)| *claim == other.1)
    }
}

/// Keeps who is near to whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Aligner {
    shelves: BTreeMap<usize, Shelf>,
    /// For each claim of the answer that is looked at, the weight in common with the new one; zero between uses.
    common: Vec<f32>,
}

/// What a new claim changes.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Claims to be scored against the new one.
    pub(super) near: Vec<Place>,
    /// Pairs that are not near any more, the lower place first.
    pub(super) far: Vec<(Place, Place)>,
}

impl Aligner {
    /// Enters a new claim, which stands last in its answer; without features it is near to none.
    pub(super) fn add(&mut self, place: Place, features: Option<&Features>) -> Change {
        let mut change = Change::default();
        let mut near = BTreeMap::new();
        let mut weight = 0.0;
        if let Some(features) = features {
            let (sample, whole) = sample(features);
            weight = whole;
            let seats: Vec<usize> = self.shelves.keys().copied().filter(|seat| *seat != place.0).collect();
            for seat in seats {
                let met = self.meet(seat, sample.iter().copied(), weight);
                self.rank(place, seat, &met, &mut change);
                near.insert(seat, nearest(met));
            }
            let shelf = self.shelves.entry(place.0).or_default();
            for token in &sample {
                shelf.index.entry(token.hash).or_default().push((place.1 as u32, token.weight as f32));
            }
        }
        let shelf = self.shelves.entry(place.0).or_default();
        for (seat, list) in &near {
            change.near.extend(list.iter().map(|(_, claim)| (*seat, *claim)));
        }
        shelf.weights.push(weight);
        shelf.near.push(near);
        change.near.retain(|other| self.pairs(place, *other));
        change.far.retain(|(a, b)| !self.pairs(*a, *b));
        change
    }

    /// Whether two claims are scored against each other.
    fn pairs(&self, a: Place, b: Place) -> bool {
        let rank =
            |from: Place, to: Place| self.shelves.get(&from.0).and_then(|shelf| shelf.rank(from.1, to));
        matches!((rank(a, b), rank(b, a)), (Some(one), Some(other)) if one.min(other) < NEAREST)
    }

    /// Takes an answer out.
    pub(super) fn remove(&mut self, slot: usize) {
        self.shelves.remove(&slot);
        for near in self.shelves.values_mut().flat_map(|shelf| &mut shelf.near) {
            near.remove(&slot);
        }
    }

    /// The claims of a seat that have enough in common with a claim of these tokens.
    fn meet<'a>(
        &mut self,
        seat: usize,
        tokens: impl Iterator<Item = &'a Weighted>,
        weight: f32,
    ) -> Vec<(f32, usize)> {
        let (Some(shelf), common) = (self.shelves.get(&seat), &mut self.common) else { return Vec::new() };
        if common.len() < shelf.weights.len() {
            common.resize(shelf.weights.len(), 0.0);
        }
        let mut met: Vec<usize> = Vec::new();
        for token in tokens {
            for (claim, theirs) in shelf.index.get(&token.hash).into_iter().flatten() {
                let sum = &mut common[*claim as usize];
                if *sum == 0.0 {
                    met.push(*claim as usize);
                }
                *sum += theirs.min(token.weight as f32);
            }
        }
        let share = |claim: usize| {
            let both = std::mem::take(&mut common[claim]);
            (both / (weight + shelf.weights[claim] - both).max(both), claim)
        };
        met.into_iter().map(share).filter(|(share, _)| *share >= GLANCE).collect()
    }

    /// Lets those that were met take the new claim among their nearest.
    fn rank(&mut self, new: Place, seat: usize, met: &[(f32, usize)], change: &mut Change) {
        let Some(shelf) = self.shelves.get_mut(&seat) else { return };
        for (share, claim) in met {
            let Some(near) = shelf.near.get_mut(*claim) else { continue };
            let list = near.entry(new.0).or_default();
            // The new claim is the last of its answer: of equal ones it comes last.
            let at = list.partition_point(|(other, _)| other >= share);
            if at == WITHIN {
                continue;
            }
            list.insert(at, (*share, new.1));
            let left = if list.len() > WITHIN { list.pop() } else { None };
            let behind = list.get(NEAREST).filter(|_| at < NEAREST).copied();
            for (_, other) in left.into_iter().chain(behind) {
                let (one, other) = ((seat, *claim), (new.0, other));
                change.far.push((one.min(other), one.max(other)));
            }
        }
    }
}

/// The nearest of those that were met, nearest first.
fn nearest(mut met: Vec<(f32, usize)>) -> Vec<(f32, usize)> {
    let order = |x: &(f32, usize), y: &(f32, usize)| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1));
    if met.len() > WITHIN {
        met.select_nth_unstable_by(WITHIN, order);
        met.truncate(WITHIN);
    }
    met.sort_by(order);
    met.shrink_to_fit();
    met
}

/// The tokens by which a claim is found, and the weight its shares are taken of.
fn sample(features: &Features) -> (Vec<&Weighted>, f32) {
    let all = features.tokens.iter().filter(|token| token.weight >= INDEXED);
    let mut sample: Vec<&Weighted> = all.take(SAMPLE + 1).collect();
    if sample.len() <= SAMPLE {
        return (sample, features.weight as f32);
    }
    sample.truncate(SAMPLE);
    let weight = sample.iter().map(|token| token.weight as f32).sum();
    (sample, weight)
}
