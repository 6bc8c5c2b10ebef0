//! Which claims are one: mutual best matches joined into clusters of at most one claim per answer. No marks, no text.

use super::Relation;
use super::stance::Finding;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A claim's place: the answer's seat and the number of the claim within it.
pub type Place = (usize, usize);

/// A found relation between two claims, the lower seat first.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The claim of the lower seat.
    pub a: Place,
    /// The claim of the higher seat.
    pub b: Place,
    /// How they stand to each other.
    pub finding: Finding,
    /// Who said so, where it was not found in the words.
    pub by: Option<Arc<str>>,
}

/// Least share of the pairs between two clusters that must be related before they are joined: stops chains, in which
/// A meets B and B meets C although A and C have nothing in common.
const JOINED: f64 = 0.5;

/// Joins claims by their relations. `claims` are all places in order, `edges` in any order: the result depends on their
/// content only. Each cluster is sorted, and the clusters are in the order of their first claims.
pub fn clusters(claims: &[Place], edges: &[Edge]) -> Vec<Vec<Place>> {
    let index: HashMap<Place, usize> = claims.iter().enumerate().map(|(at, place)| (*place, at)).collect();
    let mut order: Vec<&Edge> = edges.iter().collect();
    // Ties go to the earlier claims, so that equal texts meet in reading order.
    order.sort_by(|x, y| {
        y.finding
            .score
            .total_cmp(&x.finding.score)
            .then_with(|| (x.a.1 + x.b.1, x.a, x.b).cmp(&(y.a.1 + y.b.1, y.a, y.b)))
    });
    let mut best: HashMap<(Place, usize), Place> = HashMap::new();
    for edge in &order {
        best.entry((edge.a, edge.b.0)).or_insert(edge.b);
        best.entry((edge.b, edge.a.0)).or_insert(edge.a);
    }
    let linked: HashSet<(Place, Place)> = order.iter().map(|edge| (edge.a, edge.b)).collect();
    let related = |x: Place, y: Place| linked.contains(&(x.min(y), x.max(y)));
    let mut home: Vec<usize> = (0..claims.len()).collect();
    let mut groups: Vec<Vec<Place>> = claims.iter().map(|place| vec![*place]).collect();
    let mut disputed = vec![false; claims.len()];
    // What only resembles a claim takes no side in a dispute about it: part agreements come last and join no dispute.
    let (partly, sure): (Vec<&Edge>, Vec<&Edge>) =
        order.into_iter().partition(|edge| edge.finding.relation == Relation::Partly);
    for edge in sure.into_iter().chain(partly) {
        if best.get(&(edge.a, edge.b.0)) != Some(&edge.b) || best.get(&(edge.b, edge.a.0)) != Some(&edge.a) {
            continue;
        }
        let (Some(&x), Some(&y)) = (index.get(&edge.a), index.get(&edge.b)) else { continue };
        let (x, y) = (home[x], home[y]);
        let clear = x != y && !groups[x].iter().any(|place| groups[y].iter().any(|other| other.0 == place.0));
        if !clear || (edge.finding.relation == Relation::Partly && (disputed[x] || disputed[y])) {
            continue;
        }
        let pairs = groups[x].len() * groups[y].len();
        let known = groups[x]
            .iter()
            .map(|place| groups[y].iter().filter(|other| related(*place, **other)).count())
            .sum::<usize>();
        if (known as f64) < JOINED * pairs as f64 {
            continue;
        }
        let moved = std::mem::take(&mut groups[y]);
        for place in &moved {
            if let Some(at) = index.get(place) {
                home[*at] = x;
            }
        }
        disputed[x] |= disputed[y] || edge.finding.relation == Relation::Conflict;
        groups[x].extend(moved);
    }
    let mut groups: Vec<Vec<Place>> = groups.into_iter().filter(|group| !group.is_empty()).collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: Place, b: Place, score: f64) -> Edge {
        let finding = Finding { score, relation: Relation::Agree, reason: None, values: None };
        Edge { a, b, finding, by: None }
    }

    #[test]
    fn an_answer_stands_once_in_a_cluster() {
        let claims = [(0, 0), (0, 1), (1, 0)];
        let edges = [edge((0, 0), (1, 0), 0.6), edge((0, 1), (1, 0), 0.7)];
        assert_eq!(clusters(&claims, &edges), [vec![(0, 0)], vec![(0, 1), (1, 0)]]);
    }

    #[test]
    fn chains_are_cut_at_their_weakest_edge() {
        let claims = [(0, 0), (1, 0), (2, 0), (3, 0)];
        let edges = [edge((0, 0), (1, 0), 0.9), edge((1, 0), (2, 0), 0.5), edge((2, 0), (3, 0), 0.8)];
        assert_eq!(clusters(&claims, &edges), [vec![(0, 0), (1, 0)], vec![(2, 0), (3, 0)]]);
    }

    #[test]
    fn the_order_of_edges_is_nothing() {
        let claims = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)];
        let mut edges = vec![
            edge((0, 0), (1, 0), 0.5),
            edge((0, 1), (1, 1), 0.5),
            edge((0, 0), (1, 1), 0.5),
            edge((1, 0), (2, 0), 0.5),
            edge((0, 0), (2, 0), 0.5),
        ];
        let expected = clusters(&claims, &edges);
        for _ in 0..edges.len() {
            edges.rotate_left(1);
            assert_eq!(clusters(&claims, &edges), expected);
        }
    }
}
