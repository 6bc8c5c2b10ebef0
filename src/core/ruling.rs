//! What the person ruled on a point that the answers are divided on, as data: the point by its places in the answers, the
//! verdict, and a note. It finds no points (the agreement does) and writes no prompt.

use super::clean;
use super::event::Event;
use super::ids::CallId;
use super::plan::Ask;
use super::protocols::debate;
use super::run::Run;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a point is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// What the answers come to as a whole.
    Answers,
    /// A claim in them.
    Claim,
}

/// A place in an answer where a point is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The call that said it.
    pub call: CallId,
    /// First byte in its raw text.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The side it takes, a place in [`Point::sides`]; `None` where it takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<usize>,
}

/// A point in the answers: where it is made, and the sides that stand against each other.
///
/// The places are bytes of calls on record, so that it is found again whatever the comparison makes of the answers later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What it is about.
    pub about: About,
    /// The value of each side as stated; empty where nobody disagrees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<String>,
    /// Where it is made. Of what answers come to as a whole it is the whole answers.
    pub said: Vec<Quote>,
}

/// How a point was ruled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// This side is right; a place in [`Point::sides`].
    Side(usize),
    /// The sides do not exclude each other.
    Both,
    /// The person looked at it and leaves it open.
    Undecided,
    /// The claim is wrong, whatever side is taken.
    Wrong,
    /// The ruling before is taken back.
    Withdrawn,
}

/// A ruling of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// On what.
    pub point: Point,
    /// How.
    pub verdict: Verdict,
    /// What the person added, in their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Quote {
    /// Whether it shares a byte with these of the same answer.
    pub fn overlaps(&self, bytes: &Range<usize>) -> bool {
        self.start < bytes.end && bytes.start < self.end
    }

    /// Whether two places share a byte.
    pub fn meets(&self, other: &Self) -> bool {
        self.call == other.call && self.overlaps(&(other.start..other.end))
    }
}

impl Point {
    /// Whether two points are one: they share a place in an answer, or both are what the answers come to.
    pub fn same(&self, other: &Self) -> bool {
        let meet = || self.said.iter().any(|one| other.said.iter().any(|two| one.meets(two)));
        self.about == other.about && (self.about == About::Answers || meet())
    }

    /// Takes in where another point was made that is the same by its words. A side it has not counts as none.
    pub fn take_in(&mut self, other: &Self) {
        for quote in &other.said {
            if !self.said.iter().any(|own| (own.call, own.start) == (quote.call, quote.start)) {
                let value = quote.side.and_then(|side| other.sides.get(side));
                let side = value.and_then(|value| self.sides.iter().position(|own| own == value));
                self.said.push(Quote { side, ..*quote });
            }
        }
    }
}

impl Ruling {
    /// The verdict in a few words, for people: `ruled: 30 hours`.
    pub fn words(&self) -> String {
        match self.verdict {
            Verdict::Side(side) => {
                format!(
                    "ruled: {}",
                    self.point.sides.get(side).map(|value| clean::line(value)).unwrap_or_default()
                )
            }
            Verdict::Both => "ruled: both may hold".to_owned(),
            Verdict::Undecided => "ruled: undecided".to_owned(),
            Verdict::Wrong => "marked wrong by you".to_owned(),
            Verdict::Withdrawn => "taken back".to_owned(),
        }
    }

    /// The same with the note.
    pub fn in_full(&self) -> String {
        let note = clean::line(self.note.trim());
        if note.is_empty() { self.words() } else { format!("{} ({note})", self.words()) }
    }
}

impl Run {
    /// The words at a place, raw; empty where the records have none.
    pub fn quoted(&self, quote: &Quote) -> &str {
        self.calls.get(&quote.call).and_then(|call| call.text.get(quote.start..quote.end)).unwrap_or_default()
    }

    /// The shortest wording of a point.
    pub fn wording<'a>(&'a self, point: &'a Point) -> &'a str {
        if point.about == About::Answers {
            return "what the answers come to as a whole";
        }
        let said = point.said.iter().map(|quote| self.quoted(quote)).filter(|words| !words.trim().is_empty());
        said.min_by_key(|words| words.len()).unwrap_or_default()
    }

    /// Whether a point is one of this run: made in answers on record, with sides that it has.
    fn holds(&self, point: &Point) -> bool {
        let stated = |quote: &Quote| {
            let ask = self.stage(quote.call.stage).map(|state| state.stage.ask);
            let answers = matches!(ask, Some(Ask::Answer | Ask::Critique));
            answers
                && !self.quoted(quote).is_empty()
                && quote.side.is_none_or(|side| side < point.sides.len())
        };
        !point.said.is_empty() && point.said.iter().all(stated)
    }

    /// Rules on a point. `None` where the run has no such point or side, or where nothing would change.
    pub fn rule(&self, ruling: &Ruling) -> Option<Event> {
        let before = self.rulings.iter().find(|known| known.point.same(&ruling.point));
        let meant = match ruling.verdict {
            Verdict::Side(side) => side < ruling.point.sides.len(),
            Verdict::Withdrawn => before.is_some(),
            Verdict::Both | Verdict::Undecided | Verdict::Wrong => true,
        };
        let new = before != Some(ruling);
        (meant && new && self.holds(&ruling.point))
            .then(|| Event::Ruled { run: self.id, ruling: ruling.clone() })
    }

    /// Begins a debate on a point alone. `None` where the run has no such point, or nobody disagrees on it.
    pub fn argue(&self, point: &Point) -> Option<Event> {
        let divided = point.sides.len() > 1 && self.holds(point);
        divided.then(|| debate::on_point(self, point.clone()))
    }

    /// Folds a ruling in: it takes the place of those on the same point.
    pub(super) fn ruled(&mut self, ruling: &Ruling) {
        self.rulings.retain(|known| !known.point.same(&ruling.point));
        if ruling.verdict != Verdict::Withdrawn {
            self.rulings.push(ruling.clone());
        }
    }

    /// Whether a stage that is given the rulings began with others than those of now.
    pub fn ruled_since(&self, stage: super::ids::StageId) -> bool {
        let state = self.stage(stage).filter(|state| state.stage.ask == Ask::Merge);
        let begun = state.and_then(|state| state.begun.as_ref());
        begun.is_some_and(|begun| begun.rulings != self.rulings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruling_is_kept_in_these_words() {
        let line = r#"{"kind":"ruled","run":2,"ruling":{"point":{"about":"claim","sides":["12 weeks","2 weeks"],"said":[{"call":"2.0.0.1.1","start":3,"end":9,"side":1},{"call":"2.0.0.3.1","start":0,"end":4}]},"verdict":{"side":1},"note":"seen"}}"#;
        let event: Event = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
        let Event::Ruled { ruling, .. } = event else { panic!("{event:?}") };
        assert_eq!(ruling.in_full(), "ruled: 2 weeks (seen)");
        for (verdict, word) in [
            (Verdict::Both, "both"),
            (Verdict::Undecided, "undecided"),
            (Verdict::Wrong, "wrong"),
            (Verdict::Withdrawn, "withdrawn"),
        ] {
            assert_eq!(serde_json::to_value(verdict).unwrap(), word);
        }
    }
}
