//! Why a member's position moved from one round to the next. It judges wording, not who was right.

use super::normalise::Features;
use super::number::Number;
use super::position::{self, Position};
use super::segment::{self, Piece};
use super::words::{self, Class};
use super::{Reason, Relation, stance};
use serde::{Deserialize, Serialize};

/// How a position moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It moved, and the new text takes up a peer's claim that the old one lacked, or names an error.
    Argued,
    /// It moved to the position most peers held, with neither.
    Caved,
    /// It moved in some other way.
    Changed,
    /// It did not move.
    Held,
}

impl Change {
    /// The word shown and exported.
    pub fn word(self) -> &'static str {
        match self {
            Self::Argued => "argued",
            Self::Caved => "caved",
            Self::Changed => "changed",
            Self::Held => "held",
        }
    }
}

/// Phrases by which a text names an error of its own or of others.
const ERRORS: &[&str] = &[
    "mistake",
    "an error",
    "error in",
    "my error",
    "incorrect",
    "i was wrong",
    "is wrong",
    "was wrong",
    "miscalculat",
    "miscount",
    "overlooked",
    "misread",
    "i missed",
    "i failed to",
    "should have been",
    "flaw",
    "correction:",
    "i misunderstood",
    "did not account",
    "didn't account",
    "forgot to",
    "double-count",
    "double count",
    "erroneous",
    "oversight",
    // The debate prompt asks what was lacking; members answer in its words.
    "i lacked",
    "i did not know",
    "i didn't know",
    "not considered",
    "i did not consider",
    "i didn't consider",
];

/// A text of a round and where its author stands with it.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// The whole text.
    pub text: &'a str,
    /// Where it stands.
    pub position: Position,
}

/// Compares a member's texts of two rounds, knowing what its peers had said.
///
/// A position that can't be found on one side counts as held: nothing shows that it moved.
pub fn change(before: &Said<'_>, after: &Said<'_>, peers_before: &[Said<'_>]) -> Change {
    let (old, new) = (&before.position, &after.position);
    if !old.stated() || !new.stated() || old.same(new) {
        return Change::Held;
    }
    if names_error(before.text, after.text) || takes_up(before.text, after.text, peers_before, new) {
        return Change::Argued;
    }
    let held = |position: &Position| peers_before.iter().filter(|peer| peer.position.same(position)).count();
    let most = peers_before.iter().map(|peer| held(&peer.position)).max().unwrap_or(0);
    if most > 0 && held(new) == most { Change::Caved } else { Change::Changed }
}

fn names_error(before: &str, after: &str) -> bool {
    let (before, after) = (before.to_lowercase(), after.to_lowercase());
    let named =
        |text: &str, phrase: &str| text.match_indices(phrase).filter(|(at, _)| !denied(&text[..*at])).count();
    ERRORS.iter().any(|phrase| named(&after, phrase) > named(&before, phrase))
}

/// Whether the last words of a text deny what comes next: "nobody has shown me an", "I see no".
fn denied(text: &str) -> bool {
    const REACH: usize = 6;
    let sentence = text.rsplit(['.', '!', '?', ';', '\n']).next().unwrap_or_default();
    let denies = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
        words::class(word) == Class::Negator || word.ends_with("n't")
    };
    sentence.split_whitespace().rev().take(REACH).any(denies)
}

/// Whether the new text makes a peer's claim its own. The position itself is no argument: claims that only state it are
/// left out, and so are those that contradict the member's own earlier words on the position itself without showing a
/// calculation, for these are the move and not its reason.
fn takes_up(before: &str, after: &str, peers: &[Said<'_>], new: &Position) -> bool {
    let own = segment::segment(before);
    let theirs: Vec<Piece> = peers.iter().flat_map(|peer| segment::segment(peer.text)).collect();
    let relate = |a: &Piece, b: &Piece| stance::relate(&a.features, &b.features);
    let agrees =
        |a: &Piece, b: &Piece| relate(a, b).is_some_and(|finding| finding.relation == Relation::Agree);
    let numbers = Features::prose(&new.value).numbers;
    let is_the_move = |claim: &Piece, reason: Option<Reason>| {
        let given = |number: &Number| claim.features.numbers.iter().any(|one| one.same(number));
        let reckons = claim.features.numbers.iter().any(|number| number.operand);
        !reckons
            && if numbers.is_empty() { reason != Some(Reason::Number) } else { numbers.iter().any(given) }
    };
    let is_new = |claim: &&Piece| {
        !own.iter().filter_map(|old| relate(claim, old)).any(|finding| match finding.relation {
            Relation::Agree => true,
            Relation::Conflict => is_the_move(claim, finding.reason),
            Relation::Partly => false,
        })
    };
    segment::segment(after)
        .iter()
        .filter(|claim| !restates(&after[claim.range.clone()], claim, new))
        .filter(is_new)
        .any(|claim| theirs.iter().any(|peer| agrees(claim, peer)))
}

/// Whether a claim does no more than say where the member stands.
fn restates(text: &str, claim: &Piece, position: &Position) -> bool {
    let features = &claim.features;
    let lower = text.to_lowercase();
    let formula = ["answer is", "answer:", "i agree", "my position", "final answer", "a:"]
        .iter()
        .any(|phrase| lower.starts_with(phrase) || lower.contains(&format!(" {phrase}")));
    let lone = position::position(text).same(position)
        && features.content.len() <= 3
        && !features.numbers.iter().any(|number| number.operand);
    features.bare_verdict() || formula || lone
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "The bridge carries the load well.\nPOSITION: yes";
    const PEERS: &[&str] = &[
        "The northern pillar has cracked since the flood of last spring.\nPOSITION: no",
        "Heavy trucks were banned by the city.\nPOSITION: no",
    ];

    fn moved(before: &str, after: &str, peers: &[&str]) -> Change {
        let said = |text| Said { text, position: position::position(text) };
        let peers: Vec<Said<'_>> = peers.iter().map(|text| said(text)).collect();
        change(&said(before), &said(after), &peers)
    }

    #[test]
    fn a_denied_error_is_none() {
        assert!(names_error("", "There is a mistake in my sum."));
        assert!(!names_error("", "Nobody has shown me a mistake in it."));
        assert!(!names_error("", "I can't find an error in that."));
        assert!(names_error("", "It does not hold. There was an error in my sum."));
    }

    #[test]
    fn the_four_changes() {
        let to = |text: &str| moved(BEFORE, text, PEERS);
        assert_eq!(to("The bridge carries the load well.\nPOSITION: Yes, with limits"), Change::Held);
        assert_eq!(
            to("The northern pillar has cracked since last spring's flood.\nPOSITION: no"),
            Change::Argued
        );
        assert_eq!(to("I was wrong about the load.\nPOSITION: no"), Change::Argued);
        assert_eq!(to("After thinking about it again I say so.\nPOSITION: no"), Change::Caved);
        assert_eq!(moved(BEFORE, "POSITION: no", &["Sure.\nPOSITION: yes"]), Change::Changed);
        assert_eq!(to("There is nothing that I want to add to what was said."), Change::Held);
    }

    #[test]
    fn the_other_side_of_the_dispute_is_no_argument_for_itself() {
        let before = "The copy takes about 22 hours on this line.\nPOSITION: 22 hours";
        let peers = ["The copy takes about 30 hours on this line.\nPOSITION: 30 hours"];
        assert_eq!(
            moved(before, "The copy takes about 30 hours on this line.\nPOSITION: 30 hours", &peers),
            Change::Caved
        );
    }

    #[test]
    fn a_restated_answer_is_no_argument() {
        let peers = ["5 + 7 = 12 apples.\nThe answer is 12."];
        assert_eq!(
            moved("5 + 6 = 11 apples.\nThe answer is 11.", "The answer is 12.", &peers),
            Change::Caved
        );
        assert_eq!(
            moved("5 + 6 = 11 apples.\nThe answer is 11.", "5 + 7 = 12 apples.\nThe answer is 12.", &peers),
            Change::Argued
        );
    }
}
