//! Claims with their marks, made of the found relations. It scores nothing and keeps nothing but the screen's numbers.

use super::cluster::{self, Edge, Place};
use super::engine::Answer;
use super::position::Position;
use super::told;
use super::{Agreement, Claim, Finals, Link, Mark, Reason, Relation, Side, Span, Summary};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Gives the numbers on the screen: a claim gets the next one when it is first seen, and every span of it remembers it.
///
/// Among the numbers that a claim's spans remember the smallest stays; where a claim splits, the part that comes first in
/// the text keeps it. A number is never given twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbering {
    last: u32,
}

impl Numbering {
    /// The number of a claim whose spans remember these; numbers in `taken` are shown elsewhere.
    fn show(&mut self, remembered: impl Iterator<Item = u32>, taken: &mut BTreeSet<u32>) -> u32 {
        let number = remembered.filter(|number| !taken.contains(number)).min().unwrap_or_else(|| {
            self.last += 1;
            self.last
        });
        taken.insert(number);
        number
    }
}

type Between<'a> = HashMap<(Place, Place), &'a Edge>;

/// Makes the snapshot.
pub(super) fn make(
    answers: &mut BTreeMap<usize, Answer>,
    edges: &[Edge],
    numbering: &mut Numbering,
) -> Agreement {
    let places: Vec<Place> = answers
        .iter()
        .flat_map(|(slot, answer)| (0..answer.pieces().len()).map(|claim| (*slot, claim)))
        .collect();
    let clusters = cluster::clusters(&places, edges);
    let between: Between = edges.iter().map(|edge| ((edge.a, edge.b), edge)).collect();
    let ended = answers.values().all(|answer| answer.finished);
    let mut taken = BTreeSet::new();
    let mut agreement = Agreement::default();
    for (at, cluster) in clusters.iter().enumerate() {
        let inside: Vec<&Edge> = pairs(cluster).filter_map(|pair| between.get(&pair).copied()).collect();
        let mark = mark(&inside, cluster.len(), ended);
        let spans: Vec<Span> = cluster.iter().filter_map(|place| span(answers, *place)).collect();
        let Some(title) = spans.iter().min_by_key(|span| (span.range.len(), span.slot)).cloned() else {
            continue;
        };
        let sides = if mark == Mark::Conflict { sides(answers, cluster, &inside) } else { Vec::new() };
        let holding = sides.iter().map(|side| side.slots.len()).max().unwrap_or(cluster.len());
        agreement.claims.push(Claim {
            number: number(answers, cluster, numbering, &mut taken),
            id: at as u32 + 1,
            mark,
            support: holding as f64 / answers.len().max(1) as f64,
            spans,
            title,
            sides,
            reason: reason(&inside),
            by: told::by(&inside),
        });
        agreement.links.extend(inside.iter().filter_map(|edge| link(answers, edge)));
    }
    agreement.summary = summary(&agreement.claims, score(answers, &clusters, &between));
    agreement.finals = finals(answers);
    agreement.claims.sort_by_key(|claim| claim.number);
    agreement
}

/// The number of a claim, which all of its spans remember from now on.
fn number(
    answers: &mut BTreeMap<usize, Answer>,
    cluster: &[Place],
    numbering: &mut Numbering,
    taken: &mut BTreeSet<u32>,
) -> u32 {
    let remembered =
        cluster.iter().filter_map(|(slot, claim)| answers.get(slot)?.numbers.get(*claim).copied().flatten());
    let number = numbering.show(remembered, taken);
    for (slot, claim) in cluster {
        if let Some(own) = answers.get_mut(slot).and_then(|answer| answer.numbers.get_mut(*claim)) {
            *own = Some(number);
        }
    }
    number
}

fn pairs(cluster: &[Place]) -> impl Iterator<Item = (Place, Place)> {
    cluster.iter().enumerate().flat_map(|(at, a)| cluster[at + 1..].iter().map(|b| (*a, *b)))
}

fn span(answers: &BTreeMap<usize, Answer>, (slot, claim): Place) -> Option<Span> {
    let piece = answers.get(&slot)?.pieces().get(claim)?;
    Some(Span { slot, range: piece.range.clone() })
}

fn link(answers: &BTreeMap<usize, Answer>, edge: &Edge) -> Option<Link> {
    let (a, b) = (span(answers, edge.a)?, span(answers, edge.b)?);
    Some(Link {
        a,
        b,
        relation: edge.finding.relation,
        score: edge.finding.score,
        reason: edge.finding.reason,
        by: edge.by.as_deref().map(str::to_owned),
    })
}

fn mark(inside: &[&Edge], members: usize, ended: bool) -> Mark {
    let any = |relation| inside.iter().any(|edge| edge.finding.relation == relation);
    match members {
        1 if ended => Mark::Only,
        1 => Mark::Pending,
        _ if any(Relation::Conflict) => Mark::Conflict,
        _ if any(Relation::Agree) => Mark::Agree,
        _ => Mark::Partly,
    }
}

/// The surest ground of the conflicts inside a cluster: that of the best aligned pair.
fn reason(inside: &[&Edge]) -> Option<Reason> {
    let conflicts = inside.iter().filter(|edge| edge.finding.reason.is_some());
    conflicts
        .max_by(|x, y| x.finding.score.total_cmp(&y.finding.score).then_with(|| (y.a, y.b).cmp(&(x.a, x.b))))?
        .finding
        .reason
}

/// Who holds which value. A member in no conflict of its own stands with the member it agrees with best, if it states
/// the same value; else it takes no side.
fn sides(answers: &BTreeMap<usize, Answer>, cluster: &[Place], inside: &[&Edge]) -> Vec<Side> {
    let mut values: BTreeMap<Place, (bool, String)> = BTreeMap::new();
    for edge in inside {
        let Some((a, b)) = &edge.finding.values else { continue };
        // A value says more than a polarity, so "12 tonnes" goes before "safe" where a member has both.
        let number = edge.finding.reason == Some(Reason::Number);
        for (place, value) in [(edge.a, a), (edge.b, b)] {
            let known = values.get(&place);
            if known.is_none_or(|(exact, _)| !exact && number) {
                values.insert(place, (number, value.clone()));
            }
        }
    }
    let mut order: Vec<&&Edge> =
        inside.iter().filter(|edge| edge.finding.relation == Relation::Agree).collect();
    order.sort_by(|x, y| {
        y.finding.score.total_cmp(&x.finding.score).then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
    });
    for _ in 0..cluster.len() {
        for edge in &order {
            for (from, to) in [(edge.a, edge.b), (edge.b, edge.a)] {
                if let (Some((number, value)), None) = (values.get(&from).cloned(), values.get(&to))
                    && (!number || restates(answers, from, to, &value))
                {
                    values.insert(to, (number, value));
                }
            }
        }
    }
    let mut sides: Vec<Side> = Vec::new();
    for place in cluster {
        let Some((_, value)) = values.get(place) else { continue };
        match sides.iter_mut().find(|side| side.value.eq_ignore_ascii_case(value)) {
            Some(side) => side.slots.push(place.0),
            None => sides.push(Side { value: value.clone(), slots: vec![place.0] }),
        }
    }
    sides.sort_by_key(|side| (usize::MAX - side.slots.len(), side.slots.first().copied()));
    sides
}

/// Whether claim `to` states the number that claim `from` is shown with.
fn restates(answers: &BTreeMap<usize, Answer>, from: Place, to: Place, value: &str) -> bool {
    let numbers = |place: Place| {
        let piece = answers.get(&place.0).and_then(|answer| answer.pieces().get(place.1));
        piece.map_or(&[][..], |piece| &piece.features.numbers)
    };
    numbers(from)
        .iter()
        .filter(|number| number.show == value)
        .any(|shown| numbers(to).iter().any(|number| number.same(shown)))
}

fn summary(claims: &[Claim], score: f64) -> Summary {
    let count = |mark| claims.iter().filter(|claim| claim.mark == mark).count();
    Summary {
        claims: claims.len(),
        agreed: count(Mark::Agree),
        partly: count(Mark::Partly),
        conflict: count(Mark::Conflict),
        only: count(Mark::Only),
        pending: count(Mark::Pending),
        score,
    }
}

/// Mean pairwise claim-F1: for two answers, twice the weight of their common claims over the number of their claims.
fn score(answers: &BTreeMap<usize, Answer>, clusters: &[Vec<Place>], between: &Between) -> f64 {
    let mut common: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for pair in clusters.iter().flat_map(|cluster| pairs(cluster)) {
        let weight = match between.get(&pair).map(|edge| edge.finding.relation) {
            Some(Relation::Agree) => 1.0,
            Some(Relation::Partly) => 0.5,
            _ => 0.0,
        };
        *common.entry((pair.0.0, pair.1.0)).or_default() += weight;
    }
    let counts: Vec<(usize, usize)> =
        answers.iter().map(|(slot, answer)| (*slot, answer.pieces().len())).collect();
    let (mut sum, mut pairs) = (0.0, 0);
    for (at, (a, x)) in counts.iter().enumerate() {
        for (b, y) in &counts[at + 1..] {
            pairs += 1;
            if x + y > 0 {
                sum += 2.0 * common.get(&(*a, *b)).copied().unwrap_or(0.0) / (x + y) as f64;
            }
        }
    }
    if pairs == 0 { 0.0 } else { sum / f64::from(pairs) }
}

fn finals(answers: &BTreeMap<usize, Answer>) -> Finals {
    let ended: Vec<(usize, &Position)> = answers
        .iter()
        .filter(|(_, answer)| answer.finished)
        .map(|(slot, answer)| (*slot, &answer.position))
        .collect();
    let mut groups: Vec<(&Position, Vec<usize>)> = Vec::new();
    for (slot, position) in ended.iter().filter(|(_, position)| position.stated()) {
        match groups.iter_mut().find(|(held, _)| held.same(position)) {
            Some((_, slots)) => slots.push(*slot),
            None => groups.push((position, vec![*slot])),
        }
    }
    groups.sort_by_key(|(_, slots)| (usize::MAX - slots.len(), slots.first().copied()));
    let all: usize = groups.iter().map(|(_, slots)| slots.len()).sum();
    let entropy: f64 = groups
        .iter()
        .map(|(_, slots)| slots.len() as f64 / all as f64)
        .map(|share| -share * share.ln())
        .sum();
    let share =
        |place: usize| groups.get(place).map_or(0.0, |(_, slots)| slots.len() as f64 / ended.len() as f64);
    Finals {
        margin: share(0) - share(1),
        support: share(0),
        entropy: if all > 1 { (entropy / (all as f64).ln()).abs() } else { 0.0 },
        positions: groups.into_iter().map(|(position, slots)| (position.value.clone(), slots)).collect(),
    }
}
