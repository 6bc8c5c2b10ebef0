//! Answers that somebody has, in the shapes in which people have them: one file a member, a member's name in a field, rounds of a
//! debate, samples.

use super::{arm, jsonl, report, right};
use crate::home::Home;
use serde_json::json;

/// Four questions in a file of their own.
fn home(recorded: &str, arms: &str) -> Home {
    let home = Home::new();
    let rows: Vec<String> = (0..4).map(|at| format!("q{at},What is {at} and {at}?,{}", 2 * at)).collect();
    home.write("questions.csv", &format!("id,q,a\n{}\n", rows.join("\n")));
    home.write("small.toml", &format!(
        "name = \"small\"\ngrader = \"number\"\ncouncil = \"recorded\"\n[data]\nfile = \"questions.csv\"\nid = \"id\"\nquestion = \"q\"\nanswer = \"a\"\n{recorded}{arms}"
    ));
    home
}

const VOTE: &str = "[[arm]]\nname = \"vote\"\n";

#[test]
fn one_file_a_member_with_tokens_cost_and_latency() {
    let one = |name: &str| {
        format!(
            "[[recorded]]\nfile = \"{name}.jsonl\"\nmember = \"{name}\"\ntext = \"reply\"\ninput = \"usage.in\"\noutput = \"usage.out\"\ncost = \"usd\"\nms = \"took\"\n"
        )
    };
    let home = home(&format!("{}{}", one("ann"), one("bob")), VOTE);
    for (name, off, took) in [("ann", 0, 100), ("bob", 1, 900)] {
        let rows = (0..4).map(|at| json!({ "id": format!("q{at}"), "reply": format!("So it is {}.", 2 * at + off), "usage": { "in": 10, "out": 20 }, "usd": 0.25, "took": took }));
        home.write(&format!("{name}.jsonl"), &jsonl(rows));
    }
    assert_eq!(super::carry_out(&home, &[]).code, Some(0));
    let report = report(&home, "small.toml");
    assert_eq!(right(&report, "best single"), 4);
    let (vote, single) = (arm(&report, "vote"), arm(&report, "best single"));
    assert_eq!(
        (vote["costs"]["mean_usd"].as_f64(), single["costs"]["mean_usd"].as_f64()),
        (Some(0.5), Some(0.25))
    );
    assert_eq!(
        (vote["costs"]["mean_input"].as_f64(), vote["costs"]["mean_output"].as_f64()),
        (Some(20.0), Some(40.0))
    );
    assert_eq!(
        (vote["latency"]["median_ms"].as_f64(), single["latency"]["median_ms"].as_f64()),
        (Some(900.0), Some(100.0))
    );
    assert_eq!(vote["latency"]["slowest"][0]["member"], "bob");
}

/// Rows with a member's name in a field, and the round that it was said in.
fn debated(rounds: usize) -> String {
    let mut rows = Vec::new();
    for at in 0..4 {
        for round in 0..rounds {
            // At first ann alone is right; then bob comes round to it.
            for (name, off) in [("ann", 0), ("bob", if round == 0 { 3 } else { 0 }), ("cy", 3 + at)] {
                let said = format!("I say it.\nPOSITION: {}", 2 * at + off);
                rows.push(json!({ "id": format!("q{at}"), "who": name, "said": said, "turn": round }));
            }
        }
    }
    jsonl(rows.into_iter())
}

const DEBATED: &str =
    "[[recorded]]\nfile = \"debates.jsonl\"\nmember_field = \"who\"\ntext = \"said\"\nround = \"turn\"\n";

#[test]
fn a_recorded_debate_is_held_again_as_far_as_it_was_recorded() {
    let arms = "[[arm]]\nname = \"debate\"\nplan = \"debate:2\"\n";
    let home = home(DEBATED, arms);
    home.write("debates.jsonl", &debated(2));
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report = report(&home, "small.toml");
    let rounds = report["debates"][0]["rounds"].as_array().unwrap();
    assert_eq!(
        (rounds[1]["corrected"]["count"].as_u64(), rounds[1]["subverted"]["count"].as_u64()),
        (Some(4), Some(0))
    );
    assert_eq!(right(&report, "debate"), 4);
    // The second round was not recorded: three members lack it in each of four trials.
    assert_eq!(report["total"]["missing"], 12);
}

#[test]
fn further_answers_of_a_member_are_its_samples() {
    let arms = "[[arm]]\nname = \"thrice\"\ncouncil = [\"recorded/ann\", \"recorded/ann\", \"recorded/ann\"]\n[[arm]]\nname = \"five\"\ncouncil = [\"recorded/ann\", \"recorded/ann\", \"recorded/ann\", \"recorded/ann\", \"recorded/ann\"]\n";
    let home =
        home("[[recorded]]\nfile = \"samples.jsonl\"\nmember_field = \"who\"\ntext = \"said\"\n", arms);
    let said = |at: i32, off: i32| json!({ "id": format!("q{at}"), "who": "ann", "said": format!("It is {}.", 2 * at + off) });
    let rows = (0..4).flat_map(|at| [0, 0, 7].map(|off| said(at, off)));
    home.write("samples.jsonl", &jsonl(rows));
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report = report(&home, "small.toml");
    assert_eq!((right(&report, "thrice"), right(&report, "five")), (4, 4));
    // Two of five samples were never taken.
    assert_eq!(report["total"]["missing"], 8);
}
