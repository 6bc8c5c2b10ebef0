//! `synod evaluate`: the indicators of kept sessions as text and as JSON, for every protocol, with grades, with hostile texts and
//! with prices that nobody knows.

use super::{AGREE, NUMBERS, PROTOCOLS, SPLIT, ask, list, strings};
use crate::home::{Home, assert_calm};
use serde_json::{Value, json};
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr as _;

/// The file of the only session.
fn file(home: &Home) -> PathBuf {
    home.path().join("data/synod/sessions").join(home.sessions().remove(0)).join("events.jsonl")
}

/// Asserts that a report is calm and fits in 80 columns.
fn assert_fits(text: &str) {
    assert_calm(text);
    for line in text.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
    }
}

/// A report without what differs from run to run: ids and times.
fn steady(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| match word.trim_end_matches([';', ':']) {
                id if id.len() == 20 && id.starts_with("20") => word.replace(id, "ID"),
                time if time.parse::<f64>().is_ok() && line.contains(" s") && word.contains('.') => {
                    if time.len() == 3 && (line.starts_with("latency") || line.ends_with(" s")) {
                        word.replace(time, "T.T")
                    } else {
                        word.to_owned()
                    }
                }
                _ => word.to_owned(),
            })
            .collect();
        out.push_str(&words.join(" "));
        out.push('\n');
    }
    out
}

#[test]
fn a_synthesis_is_held_against_its_answers() {
    let home = Home::new();
    ask(&home, "synthesis", "--plain", NUMBERS);
    let ran = home.run(&["evaluate"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_fits(&ran.out);
    crate::reviewed::seen("evaluate", &steady(&ran.out));
    let object = home.json(&["evaluate", "--json"]);
    assert_eq!((&object["version"], &object["totals"]["questions"]), (&json!(1), &json!(1)));
    let question = &object["questions"][0];
    let last = &question["final"];
    assert_eq!((&last["stage"], &last["made_of_sources"]), (&json!("synthesis"), &json!(true)));
    let claims = list(&last["claims"]);
    let text = last["text"].as_str().unwrap();
    let (mut holds, mut sources) = (0.0, 0);
    for claim in claims {
        let at = |key: &str| usize::try_from(claim[key].as_u64().unwrap()).unwrap();
        assert_eq!(&text[at("start")..at("end")], claim["text"].as_str().unwrap());
        holds += match claim["standing"].as_str().unwrap() {
            "supported" => 1.0,
            "partly" => 0.5,
            _ => 0.0,
        };
        sources += list(&claim["supports"]).len();
    }
    assert!(sources > claims.len());
    let share = question["consistency"].as_f64().unwrap();
    assert!((share - holds / claims.len() as f64).abs() < 1e-9 && share > 0.7 && share < 1.0, "{share}");
    // The agreement of the council is the mean of its members'.
    let members = list(&question["members"]);
    let mean = members.iter().map(|one| one["agreement"].as_f64().unwrap()).sum::<f64>() / 4.0;
    let shown = home.json(&["show", "--json"])["runs"][0]["agreement"]["score"].as_f64().unwrap();
    assert!((mean - question["agreement"].as_f64().unwrap()).abs() < 1e-9 && (mean - shown).abs() < 1e-9);
    let told = list(&last["receipts"]);
    assert!(
        told.iter().any(|one| one["verdict"] == "says") && told.iter().any(|one| one["verdict"] == "silent")
    );
    assert_eq!(strings(&json!(members.iter().map(|one| &one["name"]).collect::<Vec<_>>())).len(), 4);
}

#[test]
fn every_protocol_and_every_question_of_a_session_is_evaluated() {
    for (protocol, question) in PROTOCOLS.iter().zip([AGREE, SPLIT, NUMBERS, SPLIT]) {
        let home = Home::new();
        ask(&home, protocol, "--plain", question);
        let ran = home.run(&["evaluate"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{protocol}");
        assert_fits(&ran.out);
        let object = home.json(&["evaluate", "--json"]);
        let last = &object["questions"][0]["final"];
        let one_text = matches!(*protocol, "synthesis" | "vote");
        assert_eq!(last.is_object(), one_text, "{protocol}: {last}");
        assert_eq!(object["questions"][0]["consistency"].is_null(), !one_text);
        assert_eq!(object["questions"][0]["no_final"].is_string(), !one_text);
    }
    let home = Home::new();
    ask(&home, "vote", "--plain", NUMBERS);
    let object = home.json(&["evaluate", ":1", "--json"]);
    let last = &object["questions"][0]["final"];
    let sources: Vec<&str> =
        list(&last["sources"]).iter().map(|one| one["member"].as_str().unwrap()).collect();
    assert_eq!(sources.len(), 3, "the winner is not its own source");
    assert!(!sources.contains(&last["by"].as_str().unwrap()));
}

#[test]
fn plans_are_evaluated_by_what_they_come_to() {
    for plan in ["pipeline", "mixture", "hand-over", "pyramid"] {
        let home = Home::new();
        let ran = home.run(&["ask", "--demo", "--plan", plan, "--approve", "--plain", NUMBERS]);
        assert_eq!(ran.code, Some(0), "{plan}: {}", ran.err);
        let ran = home.run(&["evaluate"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{plan}");
        assert_fits(&ran.out);
        let object = home.json(&["evaluate", "--json"]);
        assert!(!list(&object["questions"][0]["final"]["claims"]).is_empty(), "{plan}: {}", ran.out);
    }
}

#[test]
fn grades_tell_what_is_right() {
    let home = Home::new();
    ask(&home, "ask", "--plain", synod::providers::scripted::questions()[3]);
    let id = home.sessions().remove(0);
    assert_eq!(home.json(&["evaluate", "--json"])["totals"]["accuracy"]["share"], Value::Null);
    home.run(&["grade", &id, "oskar", "best"]);
    home.run(&["grade", &id, "fenna", "wrong"]);
    let object = home.json(&["evaluate", &format!("{id}:1"), "--json"]);
    let of = |name: &str| {
        let members = list(&object["questions"][0]["members"]);
        let member = members.iter().find(|one| one["name"] == name).unwrap();
        (member["grade"].clone(), member["right"].clone())
    };
    assert_eq!(of("oskar"), (json!("best"), json!(true)));
    assert_eq!(of("marit"), (Value::Null, json!(true)), "it says the same as oskar");
    assert_eq!(of("fenna"), (json!("wrong"), json!(false)));
    let totals = &object["totals"];
    assert_eq!((&totals["answers"]["right"], &totals["answers"]["of"]), (&json!(3), &json!(4)));
    assert_eq!((&totals["accuracy"]["right"], &totals["accuracy"]["of"]), (&json!(1), &json!(1)));
    let text = home.run(&["evaluate"]).out;
    assert!(text.contains("(right)") && text.contains("answers: 3 right, 1 wrong"), "{text}");
    assert_fits(&text);
}

#[test]
fn an_unknown_price_is_said_and_hostile_text_is_cleaned() {
    let home = Home::new();
    ask(&home, "synthesis", "--plain", NUMBERS);
    let log = home.log();
    let log = log.replace(",\"price\":{\"input\":0.0,\"output\":0.0}", "").replace("scripted/", "elsewhere/");
    let log = log.replace("scripted (no model is asked)", "https://elsewhere.invalid");
    let log = log
        .replace("Use a tool", "Use \\u001b[31ma\\u202e tool")
        .replace("\"fenna\"", "\"fen\\u001b]0;x\\u0007na\"");
    std::fs::write(file(&home), log).unwrap();
    let ran = home.run(&["evaluate"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_fits(&ran.out);
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("$? for 5 calls") && words.contains("price of 5 not known"), "{words}");
    assert!(!ran.out.contains("$0.00"), "{}", ran.out);
    let ran = home.run(&["evaluate", "--json"]);
    assert_calm(&ran.out);
    let object = ran.json();
    assert_eq!((&object["totals"]["usd"], &object["totals"]["unpriced_calls"]), (&Value::Null, &json!(5)));
    assert_eq!(object["questions"][0]["members"][0]["usd"], Value::Null);
}

#[test]
fn what_is_not_there_is_one_line() {
    let home = Home::new();
    assert_eq!(home.run(&["evaluate"]).code, Some(2));
    ask(&home, "ask", "--plain", AGREE);
    let id = home.sessions().remove(0);
    for (args, says) in [
        (["evaluate", &format!("{id}:2")], "no question 2"),
        (["evaluate", &format!("{id}:two")], "is no number of a question"),
        (["evaluate", "1999"], "1999"),
    ] {
        let ran = home.run(&args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.line().contains(says), "{}", ran.err);
    }
}
