//! Claims with their marks, made of the found relations and kept from one snapshot to the next. It scores nothing.
//!
//! Only claims that a change touches are made anew. What is shown holds still for a moment: a mark that has just changed
//! does not change back within [`HOLD`] updates. Until then the claims that would turn back, and those they share spans
//! with, are shown as they were; with the end of the last answer everything is shown as it is. So a mark changes when a
//! finished sentence says so (the tail has no claim), and no mark goes to and fro while people read.

use super::cluster::{Edge, Graph, Place};
use super::engine::Answer;
use super::position::{Position, grouped};
use super::told;
use super::{Agreement, Claim, Finals, Link, Mark, Reason, Relation, Side, Span, Summary, claims::Claims};
use std::collections::{BTreeMap, BTreeSet};

type Answers = BTreeMap<usize, Answer>;

/// Updates for which a mark that has changed does not change back.
pub(super) const HOLD: u64 = 8;

/// How a claim of one answer is shown.
#[derive(Clone, Copy, Debug, Default)]
struct Shown {
    /// The number it was last shown with.
    number: Option<u32>,
    /// Whether it is shown with it now.
    here: bool,
    mark: Option<Mark>,
    /// The mark before this one, and the update that ended it.
    before: Option<(Mark, u64)>,
}

/// What is on show, and the numbers on the screen.
///
/// A claim gets the next number when it is first seen, and every span of it remembers it. Among the numbers that a claim's
/// spans remember the smallest that is not shown elsewhere stays. A number is never given twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    claims: Claims,
    shown: BTreeMap<usize, Vec<Shown>>,
    /// The parts of each claim that is shown, by number.
    parts: BTreeMap<u32, Vec<Place>>,
    last: u32,
    /// Claims that stand otherwise by now than they are shown.
    held: BTreeSet<Place>,
    marks: BTreeMap<Mark, usize>,
    /// Weight of what two answers have in common, by seats.
    common: BTreeMap<(usize, usize), f64>,
    updates: u64,
}

/// Claims that are shown or made anew together, because they share spans.
struct Patch {
    places: BTreeSet<Place>,
    old: BTreeSet<u32>,
    new: Vec<(Vec<Place>, Claim)>,
}

impl Board {
    /// Enters the next claim of an answer, which was once shown with this number.
    pub(super) fn add(&mut self, slot: usize, number: Option<u32>) {
        self.shown.entry(slot).or_default().push(Shown { number, ..Shown::default() });
    }

    /// Takes an answer's claims out and gives the numbers they were last shown with. Everything is made anew next time.
    pub(super) fn remove(&mut self, slot: usize) -> Vec<Option<u32>> {
        self.clear();
        self.shown.remove(&slot).into_iter().flatten().map(|shown| shown.number).collect()
    }

    fn clear(&mut self) {
        (self.claims, self.parts, self.held) = (Claims::default(), BTreeMap::new(), BTreeSet::new());
        (self.marks, self.common) = (BTreeMap::new(), BTreeMap::new());
        for shown in self.shown.values_mut().flatten() {
            shown.here = false;
        }
    }

    /// Shows all claims as they stand, whatever was shown before, with their ids: nothing more comes.
    pub(super) fn end(&mut self, graph: &Graph, answers: &Answers, touched: BTreeSet<Place>) {
        self.update(graph, answers, touched, true);
        let mut order: Vec<(Place, u32)> =
            self.parts.iter().filter_map(|(number, parts)| Some((*parts.first()?, *number))).collect();
        order.sort_unstable();
        let mut ids: Vec<(u32, u32)> =
            order.into_iter().zip(1..).map(|((_, number), id)| (number, id)).collect();
        ids.sort_unstable();
        let mut ids = ids.into_iter();
        let (updates, shown) = (self.updates, &mut self.shown);
        let mut ended = 0;
        // Both are in the order of the numbers.
        self.claims.each(|number, claim| {
            claim.id = ids.find(|(other, _)| *other == number).map_or(0, |(_, id)| id);
            if claim.mark == Mark::Pending {
                claim.mark = Mark::Only;
                ended += 1;
            }
        });
        for shown in shown.values_mut().flatten().filter(|shown| shown.mark == Some(Mark::Pending)) {
            (shown.mark, shown.before) = (Some(Mark::Only), Some((Mark::Pending, updates)));
        }
        *self.marks.entry(Mark::Only).or_default() += ended;
        self.marks.remove(&Mark::Pending);
    }

    /// Brings what is shown up to date where these claims stand otherwise; `now` shows it whatever was shown before.
    /// False when nothing was looked at.
    pub(super) fn update(
        &mut self,
        graph: &Graph,
        answers: &Answers,
        touched: BTreeSet<Place>,
        now: bool,
    ) -> bool {
        self.updates += 1;
        let mut open = touched;
        open.append(&mut self.held);
        let changed = !open.is_empty();
        while let Some(place) = open.pop_first() {
            let patch = self.patch(graph, answers, place);
            for place in &patch.places {
                open.remove(place);
            }
            if !now && self.turns_back(&patch) {
                self.held.extend(patch.places);
            } else {
                self.show(patch);
            }
        }
        changed
    }

    /// The snapshot of what is shown.
    pub(super) fn snapshot(&self, answers: &Answers, finals: Finals) -> Agreement {
        let count = |mark| self.marks.get(&mark).copied().unwrap_or(0);
        let summary = Summary {
            claims: self.claims.len(),
            agreed: count(Mark::Agree),
            partly: count(Mark::Partly),
            conflict: count(Mark::Conflict),
            only: count(Mark::Only),
            pending: count(Mark::Pending),
            score: score(answers, &self.common),
        };
        Agreement { claims: self.claims.clone(), summary, finals }
    }

    /// What a claim stands with, and all that is shown with any of it.
    fn patch(&self, graph: &Graph, answers: &Answers, from: Place) -> Patch {
        let mut patch = Patch { places: BTreeSet::new(), old: BTreeSet::new(), new: Vec::new() };
        let mut open = vec![from];
        while let Some(place) = open.pop() {
            if patch.places.contains(&place) {
                continue;
            }
            let group = graph.group(place);
            for part in &group {
                patch.places.insert(*part);
                let shown = self.of(*part).filter(|shown| shown.here);
                if let Some(number) = shown.and_then(|shown| shown.number)
                    && patch.old.insert(number)
                {
                    open.extend(self.parts.get(&number).into_iter().flatten());
                }
            }
            patch.new.extend(claim(graph, answers, &group).map(|claim| (group, claim)));
        }
        patch.new.sort_by_key(|(group, _)| group.first().copied());
        patch
    }

    /// Whether a mark in it changed a moment ago and would change back.
    fn turns_back(&self, patch: &Patch) -> bool {
        patch.new.iter().any(|(group, claim)| {
            group.iter().filter_map(|place| self.of(*place)).any(|shown| {
                shown.mark != Some(claim.mark)
                    && shown
                        .before
                        .is_some_and(|(mark, since)| mark == claim.mark && self.updates < since + HOLD)
            })
        })
    }

    fn show(&mut self, patch: Patch) {
        for number in patch.old {
            self.parts.remove(&number);
            if let Some(claim) = self.claims.take(number) {
                self.count(&claim, -1.0);
            }
        }
        for (group, mut claim) in patch.new {
            let remembered = group.iter().filter_map(|place| self.of(*place)?.number);
            let free = remembered.filter(|number| !self.parts.contains_key(number)).min();
            claim.number = free.unwrap_or(self.last + 1);
            self.last = self.last.max(claim.number);
            for place in &group {
                let updates = self.updates;
                let Some(shown) = self.shown.get_mut(&place.0).and_then(|list| list.get_mut(place.1)) else {
                    continue;
                };
                (shown.number, shown.here) = (Some(claim.number), true);
                if shown.mark != Some(claim.mark) {
                    shown.before = shown.mark.map(|mark| (mark, updates));
                    shown.mark = Some(claim.mark);
                }
            }
            self.count(&claim, 1.0);
            self.parts.insert(claim.number, group);
            self.claims.put(claim);
        }
    }

    /// Counts a claim in (1) or out (-1). The weights are halves, so that sums are exact.
    fn count(&mut self, claim: &Claim, sign: f64) {
        let marks = self.marks.entry(claim.mark).or_default();
        *marks = if sign > 0.0 { *marks + 1 } else { marks.saturating_sub(1) };
        for link in &claim.links {
            if link.relation != Relation::Conflict {
                *self.common.entry((link.a.slot, link.b.slot)).or_default() += sign * link.relation.weight();
            }
        }
    }

    fn of(&self, place: Place) -> Option<&Shown> {
        self.shown.get(&place.0)?.get(place.1)
    }
}

/// Whether nothing more comes.
pub(super) fn ended(answers: &Answers) -> bool {
    answers.values().all(|answer| answer.finished)
}

/// All claims.
pub(super) fn places(answers: &Answers) -> BTreeSet<Place> {
    let claims =
        |(slot, answer): (&usize, &Answer)| (0..answer.pieces().len()).map(|claim| (*slot, claim)).collect();
    answers.iter().flat_map::<Vec<Place>, _>(claims).collect()
}

/// A cluster as a claim, without number and id.
fn claim(graph: &Graph, answers: &Answers, cluster: &[Place]) -> Option<Claim> {
    let inside: Vec<&Edge> = pairs(cluster).filter_map(|(a, b)| graph.edge(a, b)).collect();
    let mark = mark(&inside, cluster.len(), ended(answers));
    let spans: Vec<Span> = cluster.iter().filter_map(|place| span(answers, *place)).collect();
    let title = spans.iter().min_by_key(|span| (span.range.len(), span.slot)).cloned()?;
    let sides = if mark == Mark::Conflict { sides(answers, cluster, &inside) } else { Vec::new() };
    let holding = sides.iter().map(|side| side.slots.len()).max().unwrap_or(cluster.len());
    Some(Claim {
        number: 0,
        id: 0,
        mark,
        support: holding as f64 / answers.len().max(1) as f64,
        spans,
        title,
        sides,
        reason: reason(&inside),
        by: told::by(&inside),
        links: inside.iter().filter_map(|edge| link(answers, edge)).collect(),
    })
}

fn pairs(cluster: &[Place]) -> impl Iterator<Item = (Place, Place)> {
    cluster.iter().enumerate().flat_map(|(at, a)| cluster[at + 1..].iter().map(|b| (*a, *b)))
}

fn span(answers: &Answers, (slot, claim): Place) -> Option<Span> {
    let piece = answers.get(&slot)?.pieces().get(claim)?;
    Some(Span { slot, range: piece.range.clone() })
}

fn link(answers: &Answers, edge: &Edge) -> Option<Link> {
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
fn sides(answers: &Answers, cluster: &[Place], inside: &[&Edge]) -> Vec<Side> {
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
fn restates(answers: &Answers, from: Place, to: Place, value: &str) -> bool {
    let numbers = |place: Place| {
        let piece = answers.get(&place.0).and_then(|answer| answer.pieces().get(place.1));
        piece.map_or(&[][..], |piece| &piece.features.numbers)
    };
    numbers(from)
        .iter()
        .filter(|number| number.show == value)
        .any(|shown| numbers(to).iter().any(|number| number.same(shown)))
}

/// Mean pairwise claim-F1: for two answers, twice the weight of their common claims over the number of their claims.
fn score(answers: &Answers, common: &BTreeMap<(usize, usize), f64>) -> f64 {
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

/// What the finished answers come to.
pub(super) fn finals(answers: &Answers) -> Finals {
    let ended: Vec<(usize, &Position)> = answers
        .iter()
        .filter(|(_, answer)| answer.finished)
        .map(|(slot, answer)| (*slot, &answer.position))
        .collect();
    let mut groups = grouped(ended.iter().copied());
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
