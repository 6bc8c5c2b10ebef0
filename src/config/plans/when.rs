//! The condition of a stage as it is written: one word of seven with a stage, and what settles a question.

use super::super::faults::{Faults, Item, Section, number, quoted, switch, text};
use super::stage::{Word, number as whole, one};
use crate::core::{Road, Settles};
use toml::de::DeValue;

/// The words of which a condition has one.
const KINDS: [&str; 7] = ["chose", "failed", "faulted", "sound", "undecided", "unsettled", "worked"];
const ALLOWED: &str = "a table such as { unsettled = \"draft\" } or { chose = \"route\", road = \"few\" }";
/// The most members that have to say the same.
const MOST_SAME: u16 = 32;

/// A condition as it is written.
#[derive(Clone, Debug)]
pub(super) struct RawWhen<'t> {
    pub(super) kind: Kind,
    pub(super) of: Word<'t>,
}

/// What it asks of its stage.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Unsettled(Settles),
    Failed,
    Worked,
    Faulted,
    Sound,
    Undecided,
    Chose(Road),
}

/// Reads a condition; `None` where it is a fault.
pub(super) fn read<'t>(item: &Item<'t>, faults: &mut Faults<'_>) -> Option<RawWhen<'t>> {
    let before = faults.count();
    let section = item.section(faults, ALLOWED)?;
    let found: Vec<&str> = KINDS.into_iter().filter(|kind| section.get(kind).is_some()).collect();
    let kind = match found.as_slice() {
        [kind] => *kind,
        [] => {
            section.only(
                faults,
                &[&KINDS[..], &["agreement", "families", "road", "same", "unflagged"]].concat(),
            );
            if faults.count() == before {
                faults.add(&item.at, &item.path, &format!("names no condition; allowed: {ALLOWED}"));
            }
            return None;
        }
        many => {
            let what =
                format!("has the conditions {}; a stage has one: take the others out", many.join(" and "));
            faults.add(&item.at, &item.path, &what);
            return None;
        }
    };
    let beside: &[&str] = match kind {
        "unsettled" => &["agreement", "families", "same", "unflagged"],
        "chose" => &["road"],
        _ => &[],
    };
    let allowed = [&[kind], beside].concat();
    section.only(faults, &allowed);
    let of = section.get(kind).and_then(|of| one(&of, faults));
    let kind = match kind {
        "unsettled" => settles(&section, faults).map(Kind::Unsettled),
        "chose" => road(&section, item, faults).map(Kind::Chose),
        "failed" => Some(Kind::Failed),
        "worked" => Some(Kind::Worked),
        "faulted" => Some(Kind::Faulted),
        "sound" => Some(Kind::Sound),
        _ => Some(Kind::Undecided),
    };
    (faults.count() == before).then_some(RawWhen { kind: kind?, of: of? })
}

/// What settles a question. Where only a score is named it alone does.
fn settles(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Settles> {
    let before = faults.count();
    let usual = Settles::default();
    let same = |value: &DeValue<'_>| whole(value, 2, MOST_SAME);
    let same = section.read(faults, "same", "a whole number from 2 to 32", same);
    let score = |value: &DeValue<'_>| number(value).filter(|score| *score > 0.0 && *score <= 1.0);
    let score = section.read(faults, "agreement", "a score above 0, at most 1, such as 0.9", score);
    let families = section.read(faults, "families", "true, false", switch);
    let unflagged = section.read(faults, "unflagged", "true, false", switch);
    if let (Some(item), None, Some(_)) = (section.get("families"), same, score) {
        faults.add(&item.at, &item.path, "is about members that say the same; add same = 2, or take it out");
    }
    let settles = Settles {
        same: same.unwrap_or(if score.is_some() { 0 } else { usual.same }),
        families: families.unwrap_or(usual.families),
        unflagged: unflagged.unwrap_or(usual.unflagged),
        agreement: score.map(|score| ((score * 100.0).round() as u8).max(1)),
    };
    (faults.count() == before).then_some(settles)
}

/// The road that a route is to have taken.
fn road(section: &Section<'_>, of: &Item<'_>, faults: &mut Faults<'_>) -> Option<Road> {
    let Some(item) = section.get("road") else {
        let what = "lacks the road; add road = \"one\", \"few\" or \"full\"";
        faults.add(&of.at, &of.path, what);
        return None;
    };
    read_road(&item, faults)
}

/// A road.
pub(super) fn read_road(item: &Item<'_>, faults: &mut Faults<'_>) -> Option<Road> {
    let word = text(item.value).unwrap_or_default();
    let road = Road::named(word);
    if road.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no such road: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &Road::ALL.map(Road::name));
    }
    road
}
