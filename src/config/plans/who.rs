//! Who speaks in a stage of a plan, as it is written there: roles, members, seats, or whom a route chose. Who that is in a
//! council is not known here.

use super::super::councils;
use super::super::faults::{Faults, Item, quoted, text};
use super::entries;
use crate::core::recipe::{Filling, Is, Who};
use std::ops::Range;

/// What may stand there, for people.
pub(super) const ALLOWED: &str =
    "a role, a member, \"all\", \"chair\", \"seat N\", \"chosen by ROUTE\", or a list of roles and members";
/// The same where a route's choice makes no sense.
pub(super) const NAMES: &str = "a role, a member, \"all\", \"chair\", \"seat N\", or a list of such";

/// Who speaks.
#[derive(Clone, Debug)]
pub(super) enum Spoken<'t> {
    /// These.
    These(Vec<Name<'t>>),
    /// Whom the route of that name chose.
    Chosen(&'t str, Range<usize>, String),
}

/// A name as it is written, and where.
#[derive(Clone, Debug)]
pub(super) struct Name<'t> {
    pub(super) word: &'t str,
    pub(super) line: usize,
}

/// Reads who speaks; `None` where it is a fault.
pub(super) fn spoken<'t>(item: &Item<'t>, faults: &mut Faults<'_>) -> Option<Spoken<'t>> {
    let words = text(item.value).map(str::trim);
    match words.and_then(|words| words.strip_prefix("chosen by")) {
        Some(route) if route.starts_with(char::is_whitespace) => {
            Some(Spoken::Chosen(route.trim(), item.at.clone(), item.path.clone()))
        }
        Some("") => {
            faults.add(&item.at, &item.path, "names no route; say by = \"chosen by ROUTE\"");
            None
        }
        _ => names(item, faults, ALLOWED).map(Spoken::These),
    }
}

/// Reads names; `None` where one is a fault.
pub(super) fn names<'t>(item: &Item<'t>, faults: &mut Faults<'_>, allowed: &str) -> Option<Vec<Name<'t>>> {
    let before = faults.count();
    let mut all = Vec::new();
    for entry in entries(item, faults, allowed) {
        let Some(word) = text(entry.value).map(str::trim) else {
            faults.add(&entry.at, &entry.path, &format!("{}; allowed: {allowed}", entry.is()));
            continue;
        };
        if word.starts_with("chosen by ") {
            let what = format!("{} stands alone, in by; allowed here: {NAMES}", quoted(word));
            faults.add(&entry.at, &entry.path, &what);
            continue;
        }
        all.push(Name { word, line: faults.line(entry.at.start) });
        if let Some(what) = wrong(word) {
            faults.add(&entry.at, &entry.path, &what);
        }
    }
    (faults.count() == before).then_some(all)
}

/// What is wrong with a name, whatever the roles.
fn wrong(word: &str) -> Option<String> {
    match word.parse::<Filling>() {
        Ok(Filling::Member(name)) if councils::is_name(&name.0) => None,
        Ok(Filling::Member(_)) => Some(format!("{} can't be a name; allowed: {NAMES}", quoted(word))),
        Ok(Filling::Seat(_) | Filling::Chair | Filling::All) => None,
        Ok(_) => Some(format!(
            "{} fills a role; add a line such as mine = {0} under [roles] and say \"mine\" here",
            quoted(word)
        )),
        Err(what) => Some(format!("{} {what}", quoted(word))),
    }
}

/// Whom a name means, where these roles are known.
pub(super) fn meant(name: &Name<'_>, roles: &[&str]) -> Who {
    let is = match name.word.parse::<Filling>() {
        _ if roles.contains(&name.word) => Is::Role(name.word.to_owned()),
        Ok(Filling::Seat(seat)) => Is::Seat(seat),
        Ok(Filling::Chair) => Is::Chair,
        Ok(Filling::All) => Is::All,
        _ => Is::Member(name.word.to_owned()),
    };
    Who { is, line: name.line }
}
