//! Pairs that fool a comparison of words: negated twins, swapped numbers and roles, changed units, bounds and order, hedges;
//! and true twins in other words. Written by hand for this project.
//!
//! `development.json` was in view while the rules were written. `held-out.json` was written before them; its misses were
//! printed now and then, and no rule was made for one of them, so its figure is the more honest one. `second-look.json` was
//! written after both; 30 of its 35 were right at first sight and two conflicts shown as agreement, and the rules for what is
//! one of a kind came of it.

use serde_json::Value;
use synod::agreement::normalise::Features;
use synod::agreement::{Relation, stance};

/// How many were told right, how many conflicts were shown as agreement, and how many there are.
fn count(file: &str) -> (usize, usize, usize) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traps").join(file);
    let traps: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut right, mut fooled) = (0, 0);
    for trap in &traps {
        let text = |key: &str| trap[key].as_str().unwrap();
        let read = |key: &str| Features::prose(text(key));
        let relation = stance::relate(&read("a"), &read("b")).map(|finding| finding.relation);
        let as_it_is = match text("is") {
            "conflict" => relation == Some(Relation::Conflict),
            "same" => matches!(relation, Some(Relation::Agree | Relation::Partly)),
            // A hedge and what it hedges overlap; different things may share words.
            "partly" | "different" => matches!(relation, None | Some(Relation::Partly)),
            other => panic!("{other}"),
        };
        right += usize::from(as_it_is);
        fooled += usize::from(
            text("is") == "conflict" && matches!(relation, Some(Relation::Agree | Relation::Partly)),
        );
        if !as_it_is {
            println!("{} ({}): {relation:?}: {} | {}", text("is"), text("kind"), text("a"), text("b"));
        }
    }
    println!("traps, {file}: {right} of {} right, {fooled} conflicts shown as agreement", traps.len());
    (right, fooled, traps.len())
}

#[test]
fn traps_are_seen_through() {
    let (right, fooled, all) = count("development.json");
    assert!(all == 100 && right >= 95 && fooled <= 2);
    let (right, fooled, all) = count("held-out.json");
    assert!(all == 40 && right >= 36 && fooled <= 1);
    let (right, fooled, all) = count("second-look.json");
    assert!(all == 35 && right >= 33 && fooled == 0);
}
