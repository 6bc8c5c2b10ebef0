//! The table `private` of the person's file: what makes a question private, and what follows. A fault in it stops every
//! question, for a guess at what was meant could send one to the wrong place; a person's own words are never shown.

use super::faults::{Faults, Item, Section, quoted, text};
use crate::core::private::{Otherwise, Policy};

const TABLE: &str = "a table such as [private] with words = [\"Project Falcon\"]";
const PATTERNS: [&str; 2] = ["keys", "emails"];
const WORDS: &str = "a list of texts such as [\"Project Falcon\"]";

/// Reads the table.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Policy {
    let Some(item) = root.get("private") else { return Policy::default() };
    faults.guarding(|faults| {
        let Some(section) = item.section(faults, TABLE) else { return Policy::default() };
        section.only(faults, &["patterns", "then", "words"]);
        let mut policy = Policy::default();
        if let Some(item) = section.get("patterns") {
            (policy.keys, policy.emails) = patterns(&item, faults);
        }
        if let Some(item) = section.get("words") {
            policy.words = words(&item, faults);
        }
        if let Some(item) = section.get("then") {
            policy.then = then(&item, faults);
        }
        policy
    })
}

/// Whether keys and addresses are looked for.
fn patterns(item: &Item<'_>, faults: &mut Faults<'_>) -> (bool, bool) {
    let Some(entries) = item.list() else {
        let what = format!("{}; allowed: a list of {}", item.is(), PATTERNS.join(", "));
        faults.add(&item.at, &item.path, &what);
        return (true, true);
    };
    let (mut keys, mut emails) = (false, false);
    for entry in entries {
        match text(entry.value).unwrap_or_default() {
            "keys" => keys = true,
            "emails" => emails = true,
            word => {
                let is =
                    if word.is_empty() { entry.is() } else { format!("no such pattern: {}", quoted(word)) };
                faults.stray(&entry.at, &entry.path, &is, word, &PATTERNS);
            }
        }
    }
    (keys, emails)
}

fn words(item: &Item<'_>, faults: &mut Faults<'_>) -> Vec<String> {
    let Some(entries) = item.list() else {
        faults.add(&item.at, &item.path, &format!("{}; allowed: {WORDS}", item.is()));
        return Vec::new();
    };
    let mut words = Vec::new();
    for entry in entries {
        match text(entry.value) {
            Some(word) => words.push(word.trim().to_owned()),
            None => faults.add(&entry.at, &entry.path, &format!("{}; allowed: {WORDS}", entry.is())),
        }
    }
    words
}

fn then(item: &Item<'_>, faults: &mut Faults<'_>) -> Otherwise {
    match text(item.value).unwrap_or_default() {
        "ask" => Otherwise::Ask,
        "local" => Otherwise::Local,
        word => {
            let is = if word.is_empty() { item.is() } else { format!("no such way: {}", quoted(word)) };
            faults.stray(&item.at, &item.path, &is, word, &["ask", "local"]);
            Otherwise::Local
        }
    }
}
