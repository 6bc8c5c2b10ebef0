//! Which claims are one: mutual best matches joined into clusters of at most one claim per answer. No marks, no text.
//!
//! The rule is greedy: relations are taken by score, the best first, and each joins the clusters of its two claims or does
//! not. [`Graph`] keeps that outcome while relations come and go, by looking again only at those decisions that a change
//! can reach: a relation's decision depends on nothing but its two claims' clusters as the better relations left them.

use super::Relation;
use super::stance::Finding;
use std::collections::{BTreeMap, BTreeSet};
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

/// Place of a relation among those of a claim: by falling score; ties go to the earlier claims, so that equal texts meet in
/// reading order.
type Rank = (u64, usize, Place, Place);
/// Place of a relation in the order of joining. What only resembles a claim takes no side in a dispute about it: part
/// agreements come last.
type Turn = (bool, Rank);

fn turn(edge: &Edge) -> Turn {
    // Scores are not negative, so that their bits are in their order.
    let rank = (!edge.finding.score.max(0.0).to_bits(), edge.a.1 + edge.b.1, edge.a, edge.b);
    (edge.finding.relation == Relation::Partly, rank)
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// By place of the other claim.
    edges: Vec<(Place, Arc<Edge>)>,
    /// The best relation to each other seat.
    best: BTreeMap<usize, Turn>,
    /// The claims it was joined with, and when.
    joined: Vec<(Place, Turn)>,
}

/// Claims, their relations, and the clusters that come of them: of the relations alone, in whatever order they came.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: BTreeMap<usize, Vec<Node>>,
    /// Relations whose decision is to be looked at again.
    open: BTreeSet<Turn>,
    touched: BTreeSet<Place>,
}

impl Graph {
    /// Adds the next claim of a seat.
    pub fn add(&mut self, slot: usize) {
        let nodes = self.nodes.entry(slot).or_default();
        nodes.push(Node::default());
        self.touched.insert((slot, nodes.len() - 1));
    }

    /// Enters a relation in the place of the one that the two claims had.
    pub fn put(&mut self, edge: Edge) {
        let (a, b, turn) = (edge.a, edge.b, turn(&edge));
        self.cut(a, b);
        let edge = Arc::new(edge);
        for (from, to) in [(a, b), (b, a)] {
            let Some(node) = self.node_mut(from) else { return };
            let at = node.edges.partition_point(|(other, _)| *other < to);
            node.edges.insert(at, (to, Arc::clone(&edge)));
            let best = node.best.entry(to.0).or_insert(turn);
            let before = *best;
            if turn.1 < before.1 {
                *best = turn;
                self.open.insert(before);
            }
        }
        self.open.insert(turn);
        self.look_between(a, b);
    }

    /// Takes the relation of two claims out, if there is one.
    pub fn cut(&mut self, a: Place, b: Place) {
        let Some(turn) = self.edge(a, b).map(turn) else { return };
        if self.joined(a, b) {
            let group = self.group(a);
            self.part(a, b);
            self.look_around(&group, &turn);
        }
        self.look_between(a, b);
        for (from, to) in [(a, b), (b, a)] {
            let Some(node) = self.node_mut(from) else { continue };
            node.edges.retain(|(other, _)| *other != to);
            if node.best.get(&to.0) == Some(&turn) {
                node.best.remove(&to.0);
                let rest = node.edges.iter().filter(|(other, _)| other.0 == to.0);
                if let Some(next) = rest.map(|(_, edge)| self::turn(edge)).min_by_key(|turn| turn.1) {
                    node.best.insert(to.0, next);
                    self.open.insert(next);
                }
            }
        }
    }

    /// Takes a seat's claims out. All clusters are made anew.
    pub fn remove(&mut self, slot: usize) {
        self.nodes.remove(&slot);
        self.open.clear();
        for node in self.nodes.values_mut().flatten() {
            node.edges.retain(|(other, _)| other.0 != slot);
            node.best.remove(&slot);
            node.joined.clear();
            self.open.extend(node.best.values());
        }
    }

    /// All relations, each once, in the order of their claims.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (slot, nodes) in &self.nodes {
            for (at, node) in nodes.iter().enumerate() {
                let here = node.edges.iter().filter(|(other, _)| (*slot, at) < *other);
                edges.extend(here.map(|(_, edge)| Edge::clone(edge)));
            }
        }
        edges
    }

    /// Whether a claim is set against another one.
    pub fn opposed(&self, place: Place) -> bool {
        let edges = self.node(place).into_iter().flat_map(|node| &node.edges);
        edges.into_iter().any(|(_, edge)| edge.finding.relation == Relation::Conflict)
    }

    /// The same claims with other relations in the place of all that they had.
    pub fn with(&self, edges: impl IntoIterator<Item = Edge>) -> Self {
        let mut graph = Self::default();
        for (slot, nodes) in &self.nodes {
            for _ in nodes {
                graph.add(*slot);
            }
        }
        for edge in edges {
            graph.put(edge);
        }
        graph.settle();
        graph
    }

    /// The relation of two claims, in either order.
    pub fn edge(&self, a: Place, b: Place) -> Option<&Edge> {
        let edges = &self.node(a)?.edges;
        let at = edges.binary_search_by_key(&b, |(other, _)| *other).ok()?;
        edges.get(at).map(|(_, edge)| &**edge)
    }

    /// The cluster of a claim, sorted; call it after [`Graph::settle`].
    pub fn group(&self, place: Place) -> Vec<Place> {
        let mut group = self.reach(place, None);
        group.sort_unstable();
        group
    }

    /// Brings the clusters up to date and says which claims may stand otherwise than before the last call: in another
    /// cluster, or in one whose relations changed.
    pub fn settle(&mut self) -> BTreeSet<Place> {
        while let Some(turn) = self.open.pop_first() {
            let (a, b) = (turn.1.2, turn.1.3);
            let (was, now) = (self.joined(a, b), self.joins(&turn));
            // What was asked for and is not there any more has been parted already.
            if was == now || (!now && self.edge(a, b).map(self::turn) != Some(turn)) {
                continue;
            }
            if now {
                for (from, to) in [(a, b), (b, a)] {
                    if let Some(node) = self.node_mut(from) {
                        node.joined.push((to, turn));
                    }
                }
            }
            let group = self.reach(a, None);
            if !now {
                self.part(a, b);
            }
            self.look_around(&group, &turn);
        }
        std::mem::take(&mut self.touched)
    }

    fn node(&self, place: Place) -> Option<&Node> {
        self.nodes.get(&place.0)?.get(place.1)
    }

    fn node_mut(&mut self, place: Place) -> Option<&mut Node> {
        self.nodes.get_mut(&place.0)?.get_mut(place.1)
    }

    fn joined(&self, a: Place, b: Place) -> bool {
        self.node(a).is_some_and(|node| node.joined.iter().any(|(other, _)| *other == b))
    }

    fn part(&mut self, a: Place, b: Place) {
        for (from, to) in [(a, b), (b, a)] {
            if let Some(node) = self.node_mut(from) {
                node.joined.retain(|(other, _)| *other != to);
            }
        }
    }

    /// Opens the later decisions about these claims: only a mutual best relation was ever decided on otherwise than "no".
    fn look_around(&mut self, group: &[Place], after: &Turn) {
        for place in group {
            let later: Vec<Turn> =
                self.node(*place).into_iter().flat_map(|node| node.best.values()).copied().collect();
            for turn in later {
                if turn > *after && self.mutual(&turn) {
                    self.open.insert(turn);
                }
            }
        }
        self.touched.extend(group);
    }

    /// Opens the decisions that count the pair of these two: those between their clusters.
    fn look_between(&mut self, a: Place, b: Place) {
        self.touched.extend([a, b]);
        let (left, right) = (self.reach(a, None), self.reach(b, None));
        let (few, many) = if left.len() < right.len() { (left, right) } else { (right, left) };
        for place in few {
            let Some(node) = self.nodes.get(&place.0).and_then(|nodes| nodes.get(place.1)) else { continue };
            let between = |turn: &&Turn| many.contains(&turn.1.2) || many.contains(&turn.1.3);
            self.open.extend(node.best.values().filter(between));
        }
    }

    fn mutual(&self, turn: &Turn) -> bool {
        let (a, b) = (turn.1.2, turn.1.3);
        let best = |from: Place, to: Place| self.node(from).and_then(|node| node.best.get(&to.0));
        best(a, b) == Some(turn) && best(b, a) == Some(turn)
    }

    /// The cluster of a claim as the relations before a turn left it.
    fn reach(&self, from: Place, before: Option<&Turn>) -> Vec<Place> {
        let mut found = vec![from];
        let mut at = 0;
        while let Some(place) = found.get(at).copied() {
            at += 1;
            for (next, turn) in self.node(place).into_iter().flat_map(|node| &node.joined) {
                if before.is_none_or(|before| turn < before) && !found.contains(next) {
                    found.push(*next);
                }
            }
        }
        found
    }

    /// Whether a relation joins the clusters that the better ones left.
    fn joins(&self, turn: &Turn) -> bool {
        if !self.mutual(turn) {
            return false;
        }
        let (x, y) = (self.reach(turn.1.2, Some(turn)), self.reach(turn.1.3, Some(turn)));
        if x.iter().any(|place| y.iter().any(|other| other.0 == place.0)) {
            return false;
        }
        // A part agreement joins no dispute.
        if turn.0 && (self.disputed(&x, turn) || self.disputed(&y, turn)) {
            return false;
        }
        let pairs = x.iter().flat_map(|place| y.iter().map(move |other| (*place, *other)));
        let known = pairs.filter(|(place, other)| self.edge(*place, *other).is_some()).count();
        known as f64 >= JOINED * (x.len() * y.len()) as f64
    }

    fn disputed(&self, group: &[Place], before: &Turn) -> bool {
        group.iter().any(|place| {
            let joined = self.node(*place).into_iter().flat_map(|node| &node.joined);
            joined.filter(|(_, turn)| turn < before).any(|(other, _)| {
                self.edge(*place, *other).is_some_and(|edge| edge.finding.relation == Relation::Conflict)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{HashMap, HashSet};

    /// The rule as it reads, over all claims at once.
    ///
    /// Joins claims by their relations. `claims` are all places in order, `edges` in any order: the result depends on their
    /// content only. Each cluster is sorted, and the clusters are in the order of their first claims.
    fn whole(claims: &[Place], edges: &[Edge]) -> Vec<Vec<Place>> {
        let index: HashMap<Place, usize> =
            claims.iter().enumerate().map(|(at, place)| (*place, at)).collect();
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
            if best.get(&(edge.a, edge.b.0)) != Some(&edge.b)
                || best.get(&(edge.b, edge.a.0)) != Some(&edge.a)
            {
                continue;
            }
            let (Some(&x), Some(&y)) = (index.get(&edge.a), index.get(&edge.b)) else { continue };
            let (x, y) = (home[x], home[y]);
            let clear =
                x != y && !groups[x].iter().any(|place| groups[y].iter().any(|other| other.0 == place.0));
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

    fn edge(a: Place, b: Place, score: f64) -> Edge {
        let finding = Finding { score, relation: Relation::Agree, reason: None, values: None };
        Edge { a, b, finding, by: None }
    }

    fn grouped(graph: &Graph, claims: &[Place]) -> Vec<Vec<Place>> {
        let groups: BTreeSet<Vec<Place>> = claims.iter().map(|place| graph.group(*place)).collect();
        groups.into_iter().collect()
    }

    fn clusters(claims: &[Place], edges: &[Edge]) -> Vec<Vec<Place>> {
        let mut graph = Graph::default();
        for place in claims {
            graph.add(place.0);
        }
        for edge in edges {
            graph.put(edge.clone());
        }
        graph.settle();
        let groups = grouped(&graph, claims);
        assert_eq!(groups, whole(claims, edges));
        groups
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

    /// Relations among a few claims of four seats, with many equal scores.
    fn related() -> impl Strategy<Value = Vec<(Edge, bool)>> {
        let place = || (0usize..4, 0usize..5);
        let relation = prop::sample::select(vec![Relation::Agree, Relation::Partly, Relation::Conflict]);
        let one = (place(), place(), 1u8..12, relation, any::<bool>()).prop_map(
            |(x, y, score, relation, settle)| {
                let mut edge = edge(x.min(y), x.max(y), f64::from(score) / 12.0);
                edge.finding.relation = relation;
                (edge, settle)
            },
        );
        prop::collection::vec(one.prop_filter("two seats", |(edge, _)| edge.a.0 != edge.b.0), 0..90)
    }

    proptest! {
            #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

            #[test]
            fn what_changed_gives_what_the_whole_gives(steps in related(), cuts in prop::collection::vec(0usize..90, 0..40), gone in 0usize..8) {
                let mut claims: Vec<Place> = (0..4).flat_map(|seat| (0..5).map(move |claim| (seat, claim))).collect();
                let mut graph = Graph::default();
                for place in &claims {
     graph.add(place.0);
    }
                let mut known: BTreeMap<(Place, Place), Edge> = BTreeMap::new();
                let mut shown: BTreeMap<Place, Vec<Place>> = BTreeMap::new();
                for (at, (edge, settle)) in steps.iter().enumerate() {
                    graph.put(edge.clone());
                    known.insert((edge.a, edge.b), edge.clone());
                    if let Some((cut, _)) = cuts.get(at).and_then(|cut| steps.get(*cut)) {
                        graph.cut(cut.b, cut.a);
                        known.remove(&(cut.a, cut.b));
                    }
                    if *settle {
                        let touched = graph.settle();
                        let edges: Vec<Edge> = known.values().cloned().collect();
                        prop_assert_eq!(grouped(&graph, &claims), whole(&claims, &edges));
                        for place in &claims {
                            let group = graph.group(*place);
                            prop_assert!(touched.contains(place) || shown.get(place).is_none_or(|before| *before == group));
                            shown.insert(*place, group);
                        }
                    }
                }
                if gone < 4 {
                    graph.remove(gone);
                    claims.retain(|place| place.0 != gone);
                    known.retain(|(a, b), _| a.0 != gone && b.0 != gone);
                }
                graph.settle();
                let edges: Vec<Edge> = known.values().cloned().collect();
                prop_assert_eq!(grouped(&graph, &claims), whole(&claims, &edges));
            }
        }
}
