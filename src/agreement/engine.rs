//! The comparison that grows with the answers: a new claim is scored once, against the nearest of each other answer.
//!
//! It reads and scores; `align` says who is near, `cluster` who is one, and `board` makes the marks of it, each only where
//! something changed. After the last answer has finished, marks, spans and ids are those of [`compare`] over the same
//! texts, whatever the order of arrival was: who is near, and how near, is settled by the texts alone.

use super::align::Aligner;
use super::board::{self, Board};
use super::cluster::{Edge, Graph, Place};
use super::normalise::{Features, hash};
use super::position::{self, Position};
use super::segment::{Piece, Segmenter};
use super::stance::Finding;
use super::told::{self, Told};
use super::{Agreement, Claim, Finals, Relation, stance};
use std::collections::{BTreeMap, HashSet};

/// Claims of one answer that are compared: more than an answer within the default limit holds, and a bound on what a
/// model in a loop can cost. Those behind stand alone.
pub const COMPARED: usize = 400;

/// One answer as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) segmenter: Segmenter,
    pub(super) finished: bool,
    pub(super) position: Position,
    /// Hashes of the claims' words: a sentence said again is not compared again.
    said: HashSet<u64>,
}

impl Answer {
    pub(super) fn pieces(&self) -> &[Piece] {
        self.segmenter.pieces()
    }

    fn words(&self, claim: usize) -> &str {
        &self.text[self.pieces()[claim].range.clone()]
    }
}

/// A claim that is not there any more.
#[derive(Clone, Debug)]
struct Past {
    words: String,
    features: Features,
    number: u32,
}

/// What has to be done before the next snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// Nothing: no text has come.
    #[default]
    Nothing,
    /// What the changed relations touch, and what was held back.
    Touched,
    /// All claims: there is one answer more or less, or more text although all had ended.
    All,
}

/// Compares answers while they arrive.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    pub(super) answers: BTreeMap<usize, Answer>,
    aligner: Aligner,
    /// How claims stand to each other by their words.
    pub(super) graph: Graph,
    /// What was said of pairs of claims elsewhere.
    pub(super) told: Vec<Told>,
    board: Board,
    /// Claims that were replaced or removed, by seat: a revision that says them again gets their numbers again.
    past: BTreeMap<usize, Vec<Past>>,
    due: Due,
    finals: Finals,
    made: Agreement,
}

/// The number of what a member said before: in the same words, else what agrees with it best.
fn recall(past: &mut Vec<Past>, words: &str, features: &Features) -> Option<u32> {
    let same = past.iter().position(|before| before.words == words);
    let best = || {
        let score = |before: &Past| {
            stance::relate(&before.features, features)
                .filter(|finding| finding.relation == Relation::Agree)
                .map(|finding| finding.score)
        };
        let scored = past.iter().enumerate().filter_map(|(at, before)| Some((at, score(before)?)));
        scored.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
    };
    Some(past.remove(same.or_else(best)?).number)
}

/// Compares finished answers, each with its seat. The numbers are the ids.
pub fn compare(answers: &[(usize, &str)]) -> Agreement {
    compare_told(answers, Vec::new())
}

/// The same with what was said elsewhere of pairs of claims.
pub fn compare_told(answers: &[(usize, &str)], told: Vec<Told>) -> Agreement {
    let mut comparison = Comparison::default();
    comparison.told(told);
    for (slot, text) in answers {
        comparison.set(*slot, text, true);
    }
    let mut agreement = comparison.agreement();
    agreement.claims =
        agreement.claims.iter().cloned().map(|claim| Claim { number: claim.id, ..claim }).collect();
    agreement
}

impl Comparison {
    /// An empty comparison.
    pub fn new() -> Self {
        Self::default()
    }

    /// Brings the answer of a seat to `text`. A text that continues the one before is read on; any other starts the
    /// answer over. `finished` says that nothing more comes; an unfinished last sentence takes no part.
    pub fn set(&mut self, slot: usize, text: &str, finished: bool) {
        let ended = board::ended(&self.answers);
        if let Some(answer) = self.answers.get(&slot) {
            let continues = text.starts_with(answer.text.as_str());
            if continues && text.len() == answer.text.len() && finished == answer.finished {
                return;
            }
            // A finished tail was read as an end: it has to be read anew if the text grows after all.
            if !continues || answer.finished {
                self.remove(slot);
            }
        }
        self.due = self.due.max(if self.answers.contains_key(&slot) { Due::Touched } else { Due::All });
        let answer = self.answers.entry(slot).or_default();
        let known = answer.pieces().len();
        answer.text.push_str(text.get(answer.text.len()..).unwrap_or_default());
        answer.finished = finished;
        if finished {
            answer.segmenter.finish(text);
            answer.position = position::position_in(text, answer.segmenter.pieces());
        } else {
            answer.segmenter.push(text);
        }
        for claim in known..answer.pieces().len() {
            self.add((slot, claim));
        }
        if finished {
            self.finals = board::finals(&self.answers);
        }
        // What only one said is pending again.
        if ended && !finished {
            self.due = Due::All;
        }
    }

    /// Takes in all that was said elsewhere of pairs of claims, in the place of what was taken in before. The order of
    /// the list, and whether it comes before or after the texts, is nothing.
    pub fn told(&mut self, told: Vec<Told>) {
        if self.told != told {
            self.told = told;
            self.due = Due::All;
        }
    }

    /// Takes an answer out: its claims are gone, their numbers stay taken.
    pub fn remove(&mut self, slot: usize) {
        let Some(answer) = self.answers.remove(&slot) else { return };
        self.due = Due::All;
        self.aligner.remove(slot);
        self.graph.remove(slot);
        let past = self.past.entry(slot).or_default();
        for (claim, number) in self.board.remove(slot).into_iter().enumerate().take(COMPARED) {
            let (words, features) = (answer.words(claim).to_owned(), answer.pieces()[claim].features.clone());
            past.extend(number.map(|number| Past { words, features, number }));
        }
        let surplus = past.len().saturating_sub(COMPARED);
        past.drain(..surplus);
        self.finals = board::finals(&self.answers);
    }

    /// How the answers stand to each other now. It costs in proportion to what changed since the last call; see `board`
    /// for when a changed mark is shown.
    pub fn agreement(&mut self) -> Agreement {
        let due = std::mem::take(&mut self.due);
        if due == Due::Nothing {
            return self.made.clone();
        }
        let mut touched = self.graph.settle();
        // What was told is rare and comes late: then all is made anew.
        let told = (!self.told.is_empty()).then(|| {
            let edges = self.graph.edges();
            self.graph.with(told::applied(&self.answers, &edges, &self.told).into_owned())
        });
        let graph = told.as_ref().unwrap_or(&self.graph);
        if due == Due::All || told.is_some() {
            touched = board::places(&self.answers);
        }
        let ended = board::ended(&self.answers);
        let changed = if ended {
            self.board.end(graph, &self.answers, touched);
            true
        } else {
            self.board.update(graph, &self.answers, touched, false)
        };
        if changed || due == Due::All || self.made.finals != self.finals {
            self.made = self.board.snapshot(&self.answers, self.finals.clone());
        }
        self.made.clone()
    }

    /// Numbers a new claim and relates it to those it is near to.
    fn add(&mut self, place: Place) {
        let (slot, at) = place;
        let Some(answer) = self.answers.get_mut(&slot) else { return };
        let words = answer.words(at);
        let past = self.past.get_mut(&slot).filter(|past| !past.is_empty() && at < COMPARED);
        let number = past.and_then(|past| recall(past, words, &answer.pieces()[at].features));
        self.board.add(slot, number);
        self.graph.add(slot);
        let id = hash(answer.words(at).as_bytes(), 0);
        if at >= COMPARED {
            answer.segmenter.slim(at);
        }
        let compared = at < COMPARED && answer.said.insert(id);
        let features = compared.then(|| &answer.pieces()[at].features);
        let change = self.aligner.add(place, features);
        for (a, b) in change.far {
            self.graph.cut(a, b);
        }
        for other in change.near {
            let (a, b) = (place.min(other), place.max(other));
            if let Some(finding) = self.relate(a, b) {
                self.graph.put(Edge { a, b, finding, by: None });
            }
        }
    }

    /// How two claims stand to each other, the lower place first.
    fn relate(&self, a: Place, b: Place) -> Option<Finding> {
        let features = |place: Place| -> Option<&Features> {
            Some(&self.answers.get(&place.0)?.pieces().get(place.1)?.features)
        };
        stance::relate(features(a)?, features(b)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::{Mark, Reason};
    use proptest::prelude::*;

    const QWEN: &str = "Yes. The old bridge is safe for trucks of up to 12 tonnes. It was last inspected in 2024. Keep the speed limit at 30 km/h.";
    const MISTRAL: &str = "No. The old bridge is not safe for trucks. It was last inspected in 2021. Keep the speed limit at 30 km/h.";
    const LLAMA: &str = "It depends on the load. The old bridge is safe for trucks of up to 8 tonnes. Ask the owner for the inspection report.";

    fn words<'a>(texts: &[&'a str], claim: &Claim) -> Vec<&'a str> {
        claim.spans.iter().map(|span| &texts[span.slot][span.range.clone()]).collect()
    }

    fn find<'a>(agreement: &'a Agreement, texts: &[&str], part: &str) -> &'a Claim {
        agreement
            .claims
            .iter()
            .find(|claim| words(texts, claim).iter().any(|text| text.contains(part)))
            .unwrap()
    }

    /// The same claims with their ids as numbers.
    fn by_id(agreement: &Agreement) -> Agreement {
        let claims = agreement.claims.iter().cloned().map(|claim| Claim { number: claim.id, ..claim });
        Agreement { claims: claims.collect(), ..agreement.clone() }
    }

    #[test]
    fn two_answers_share_and_exclude() {
        let texts = [QWEN, MISTRAL];
        let agreement = compare(&[(0, QWEN), (1, MISTRAL)]);
        let speed = find(&agreement, &texts, "speed limit");
        assert_eq!((speed.mark, speed.spans.len()), (Mark::Agree, 2));
        let year = find(&agreement, &texts, "inspected in 2024");
        assert_eq!((year.mark, year.reason), (Mark::Conflict, Some(Reason::Number)));
        assert_eq!(year.sides.iter().map(|side| side.value.as_str()).collect::<Vec<_>>(), ["2024", "2021"]);
        let safety = find(&agreement, &texts, "not safe");
        assert_eq!((safety.mark, safety.reason), (Mark::Conflict, Some(Reason::Negation)), "{safety:?}");
        assert_eq!(safety.sides[1].value, "not safe");
    }

    #[test]
    fn three_answers_hold_three_sides_of_one_claim() {
        let texts = [QWEN, MISTRAL, LLAMA];
        let agreement = compare(&[(0, QWEN), (1, MISTRAL), (2, LLAMA)]);
        let safety = find(&agreement, &texts, "not safe");
        assert_eq!(safety.spans.len(), 3, "{agreement:#?}");
        let sides: Vec<(&str, &[usize])> =
            safety.sides.iter().map(|side| (side.value.as_str(), side.slots.as_slice())).collect();
        assert_eq!(sides, [("12 tonnes", &[0][..]), ("not safe", &[1]), ("8 tonnes", &[2])]);
        assert_eq!(find(&agreement, &texts, "Ask the owner").mark, Mark::Only);
        assert_eq!(
            agreement.finals.positions.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>(),
            ["yes", "no"]
        );
    }

    #[test]
    fn one_says_it_only_when_all_have_finished() {
        let mut comparison = Comparison::new();
        comparison.set(0, QWEN, true);
        comparison.set(1, "No. The old bridge is not sa", false);
        let before = comparison.agreement();
        assert!(
            before.claims.iter().all(|claim| claim.mark == Mark::Pending),
            "an unfinished tail takes no part"
        );
        comparison.set(1, MISTRAL, true);
        let after = comparison.agreement();
        assert_eq!(after.summary.pending, 0);
        assert_eq!(after.summary.conflict, 2);
        assert_eq!(after.claims[0].number, before.claims[0].number, "numbers stay");
    }

    #[test]
    fn numbers_survive_leaving_and_revising() {
        let mut comparison = Comparison::new();
        comparison.set(0, QWEN, true);
        comparison.set(1, MISTRAL, true);
        let texts = [QWEN, MISTRAL];
        let speed = find(&comparison.agreement(), &texts, "speed limit").number;
        comparison.remove(0);
        assert_eq!(
            find(&comparison.agreement(), &texts, "speed limit").number,
            speed,
            "the claim keeps its number"
        );
        comparison.set(0, QWEN, true);
        assert_eq!(find(&comparison.agreement(), &texts, "speed limit").number, speed);
        let numbers: Vec<u32> = comparison.agreement().claims.iter().map(|claim| claim.number).collect();
        let mut distinct = numbers.clone();
        distinct.dedup();
        assert_eq!(numbers, distinct);
        comparison.set(1, "No. The owner forbids it entirely since last summer.", true);
        assert_eq!(find(&comparison.agreement(), &[QWEN, ""], "speed limit").number, speed);
    }

    #[test]
    fn a_model_in_a_loop_costs_little() {
        let same = "The bridge is safe for heavy trucks. ".repeat(20_000);
        let near: Vec<String> =
            (0..2_000).map(|at| format!("The bridge carries {at} heavy trucks.")).collect();
        let near = near.join(" ");
        let agreement = compare(&[(0, &same), (1, &same), (2, &near)]);
        let first = find(&agreement, &[&same, &same, &near], "safe");
        assert!(first.spans.len() >= 2, "{first:?}");
    }

    #[test]
    fn odd_texts_are_survived() {
        let giant = "word ".repeat(50_000);
        let texts = [
            "",
            "   \n\n",
            "🙂🙂 🙂!",
            "```rust\nfn main() {",
            "| a | b |\n|--|\n| 1",
            "\u{202e}שלום עולם. מה שלומך היום?",
            &giant,
            "\u{0}\u{1}\u{fffd}...",
        ];
        let all: Vec<(usize, &str)> = texts.iter().copied().enumerate().collect();
        let agreement = compare(&all);
        assert!(agreement.summary.score <= 1.0);
        assert!(compare(&[]).claims.is_empty());
        let twice = compare(&[(0, QWEN), (1, QWEN)]);
        assert_eq!((twice.summary.agreed, twice.summary.claims), (3, 3));
        assert!((twice.summary.score - 1.0).abs() < 1e-9);
    }

    /// Pieces of text that meet each other, with enough noise to break a careless reader.
    fn answer() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            6 => prop::sample::select(vec![
                "The bridge is safe for trucks of up to 12 tonnes. ", "The bridge is not safe for trucks. ",
                "- The bridge carries 8 tonnes.\n", "It was inspected in 2024.\n", "It was inspected in 2021. ", "Yes. ", "No, it is not. ",
                "```\nlet x = 1;\n```\n", "| load | tonnes |\n|---|---|\n| truck | 12 |\n", "So 3 * 4 = 12 tonnes.\n", "这座桥不安全。", "这座桥是安全的！",
                "**Bold.** Then Mr. Smith said e.g. this... ", "## Heading\n", "POSITION: yes\n", "\n\n",
            ]).prop_map(str::to_owned),
            1 => any::<String>(),
        ];
        prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

        #[test]
        fn the_order_of_arrival_changes_nothing(
            texts in prop::collection::vec(answer(), 1..5),
            steps in prop::collection::vec((0usize..5, 1usize..40), 0..60),
            last in any::<u64>(),
        ) {
            let mut comparison = Comparison::new();
            let mut lengths = vec![0usize; texts.len()];
            for (slot, step) in steps {
                let slot = slot % texts.len();
                let text = &texts[slot];
                let to = (lengths[slot] + step).min(text.len());
                lengths[slot] = (to..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
                comparison.set(slot, &text[..lengths[slot]], false);
                comparison.agreement();
            }
            for at in 0..texts.len() {
                let slot = (at + last as usize % texts.len()) % texts.len();
                comparison.set(slot, &texts[slot], true);
            }
            let all: Vec<(usize, &str)> = texts.iter().map(String::as_str).enumerate().collect();
            let (live, whole) = (comparison.agreement(), compare(&all));
            let numbers: std::collections::BTreeSet<u32> = live.claims.iter().map(|claim| claim.number).collect();
            prop_assert_eq!(numbers.len(), live.claims.len());
            prop_assert_eq!(by_id(&live), whole);
        }
    }
}
