//! The ledger: what the answers are divided on, and how the person ruled on it. It finds the claim that a ruling is about
//! in the comparison of now; it rules nothing and marks nothing.

use super::normalise::Features;
use super::score::{self, WEAK};
use super::{Agreement, Claim, Mark, Side, outcome};
use crate::core::{About, Call, CallId, Point, Quote, Ruling, Run, clean};
use std::collections::{BTreeMap, BTreeSet};

/// What a line of the ledger is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What the answers come to as a whole.
    Answers,
    /// A claim, by its number on the screen.
    Claim(u32),
    /// A claim that was ruled on and that no answer makes any more.
    Gone,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it is about.
    pub subject: Subject,
    /// The ruling on it.
    pub ruling: Option<Ruling>,
}

/// Points that the answers are divided on, and those that were ruled on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// What the answers come to first, then claims in the order of the text; the open before the ruled, and those that
    /// are gone last.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// How many are not ruled on.
    pub fn open(&self) -> usize {
        self.entries.iter().filter(|entry| entry.ruling.is_none()).count()
    }

    /// The ruling on a claim, by its number on the screen.
    pub fn on_claim(&self, number: u32) -> Option<&Ruling> {
        self.on(Subject::Claim(number))
    }

    /// The ruling on a subject.
    pub fn on(&self, subject: Subject) -> Option<&Ruling> {
        self.entries.iter().find(|entry| entry.subject == subject)?.ruling.as_ref()
    }
}

/// Makes the ledger of a run; `compared` are the calls that the agreement is about, by seat.
pub fn ledger(run: &Run, agreement: &Agreement, compared: &BTreeMap<usize, CallId>) -> Ledger {
    let mut found: BTreeMap<u32, Ruling> = BTreeMap::new();
    let mut whole: Option<Ruling> = None;
    let mut gone: Vec<Entry> = Vec::new();
    for ruling in &run.rulings {
        let claims = claims_of(run, agreement, compared, &ruling.point);
        match ruling.point.about {
            About::Answers if still_held(agreement, &ruling.point) => whole = Some(ruling.clone()),
            About::Claim if !claims.is_empty() => {
                // The later ruling holds where two claims have become one.
                found.extend(claims.into_iter().map(|number| (number, ruling.clone())));
            }
            _ => gone.push(Entry { subject: Subject::Gone, ruling: Some(ruling.clone()) }),
        }
    }
    let mut entries = Vec::new();
    if divided(agreement) || whole.is_some() {
        entries.push(Entry { subject: Subject::Answers, ruling: whole });
    }
    let listed = |claim: &&Claim| claim.mark == Mark::Conflict || found.contains_key(&claim.number);
    let mut claims: Vec<&Claim> = agreement.claims.iter().filter(listed).collect();
    claims.sort_by_key(|claim| (found.contains_key(&claim.number), claim.id));
    let entry = |claim: &Claim| Entry {
        subject: Subject::Claim(claim.number),
        ruling: found.get(&claim.number).cloned(),
    };
    entries.extend(claims.into_iter().map(entry));
    entries.append(&mut gone);
    Ledger { entries }
}

/// The ledger of the answers that stand.
pub fn standing(run: &Run, agreement: &Agreement) -> Ledger {
    let call = |(seat, call): (usize, &Call)| (seat, call.id);
    ledger(run, agreement, &outcome::texts(run).into_iter().map(call).collect())
}

/// Whether the answers come to different things.
pub fn divided(agreement: &Agreement) -> bool {
    agreement.finals.positions.len() > 1
}

/// What the answers come to, as sides.
pub fn positions(agreement: &Agreement) -> Vec<Side> {
    let side = |(value, slots): &(String, Vec<usize>)| Side { value: value.clone(), slots: slots.clone() };
    agreement.finals.positions.iter().map(side).collect()
}

/// The point that a subject stands for, so that it can be ruled on or debated. What was ruled on it before is taken in, so
/// that a new ruling takes the place of the old one.
pub fn point(
    run: &Run,
    agreement: &Agreement,
    compared: &BTreeMap<usize, CallId>,
    subject: Subject,
    before: Option<&Ruling>,
) -> Option<Point> {
    let mut point = match subject {
        Subject::Gone => return before.map(|ruling| ruling.point.clone()),
        Subject::Answers => {
            let sides = positions(agreement);
            let quote = |(seat, call): (&usize, &CallId)| {
                let end = run.calls.get(call)?.text.len();
                Some(Quote { call: *call, start: 0, end, side: Some(side_of(&sides, *seat)?) })
            };
            let said = compared.iter().filter_map(quote).collect();
            Point { about: About::Answers, sides: values(&sides), said }
        }
        Subject::Claim(number) => {
            let claim = agreement.claims.iter().find(|claim| claim.number == number)?;
            let quote = |span: &super::Span| {
                let (call, side) = (*compared.get(&span.slot)?, side_of(&claim.sides, span.slot));
                Some(Quote { call, start: span.range.start, end: span.range.end, side })
            };
            let said = claim.spans.iter().filter_map(quote).collect();
            Point { about: About::Claim, sides: values(&claim.sides), said }
        }
    };
    if let Some(before) = before {
        point.take_in(&before.point);
    }
    Some(point)
}

fn side_of(sides: &[Side], seat: usize) -> Option<usize> {
    sides.iter().position(|side| side.slots.contains(&seat))
}

fn values(sides: &[Side]) -> Vec<String> {
    sides.iter().map(|side| side.value.clone()).collect()
}

/// Whether the answers still come to one of the things that were ruled between.
fn still_held(agreement: &Agreement, point: &Point) -> bool {
    let values = folded(point.sides.iter().map(String::as_str));
    agreement.finals.positions.iter().any(|(value, _)| values.contains(&folded_one(value)))
}

/// The claims that a point is, by number: those that share a place with it, else those that are the same by their words.
fn claims_of(
    run: &Run,
    agreement: &Agreement,
    compared: &BTreeMap<usize, CallId>,
    point: &Point,
) -> Vec<u32> {
    let at_place = |claim: &&Claim| {
        claim.spans.iter().any(|span| {
            let call = compared.get(&span.slot);
            point.said.iter().any(|quote| Some(&quote.call) == call && quote.overlaps(&span.range))
        })
    };
    let numbers: Vec<u32> = agreement.claims.iter().filter(at_place).map(|claim| claim.number).collect();
    if !numbers.is_empty() || point.about == About::Answers {
        return numbers;
    }
    let text = |claim: &Claim| -> Vec<String> {
        let words = |span: &super::Span| {
            let call = run.calls.get(compared.get(&span.slot)?)?;
            Some(folded_one(call.text.get(span.range.clone())?))
        };
        claim.spans.iter().filter_map(words).collect()
    };
    let said: BTreeSet<String> = point.said.iter().map(|quote| folded_one(run.quoted(quote))).collect();
    let wordings: Vec<Features> = said.iter().map(|words| Features::prose(words)).collect();
    let sides = folded(point.sides.iter().map(String::as_str));
    let by_words = |claim: &&Claim| {
        if text(claim).iter().any(|words| said.contains(words)) {
            return true;
        }
        // The same values against each other, in words that are alike.
        let divided =
            !sides.is_empty() && folded(claim.sides.iter().map(|side| side.value.as_str())) == sides;
        divided
            && text(claim)
                .iter()
                .map(|words| Features::prose(words))
                .any(|words| wordings.iter().any(|wording| score::overlap(wording, &words).mean() >= WEAK))
    };
    agreement.claims.iter().filter(by_words).map(|claim| claim.number).collect()
}

fn folded<'t>(values: impl Iterator<Item = &'t str>) -> BTreeSet<String> {
    values.map(folded_one).collect()
}

fn folded_one(value: &str) -> String {
    clean::line(value.trim()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::compare;

    #[test]
    fn answers_that_come_to_different_things_are_divided() {
        let texts = [
            (0, "Keep it.\n\nPOSITION: yes"),
            (1, "Sell it.\n\nPOSITION: no"),
            (2, "Keep.\n\nPOSITION: yes"),
        ];
        let agreement = compare(&texts);
        assert!(divided(&agreement));
        let sides = positions(&agreement);
        assert_eq!(values(&sides), ["yes", "no"]);
        assert_eq!((side_of(&sides, 2), side_of(&sides, 1), side_of(&sides, 3)), (Some(0), Some(1), None));
        assert!((agreement.finals.margin - 1.0 / 3.0).abs() < 1e-9);
        let same = compare(&texts[..1]);
        assert!(!divided(&same) && (same.finals.margin - 1.0).abs() < 1e-9);
        assert!(compare(&[]).finals.margin.abs() < 1e-9);
    }
}
