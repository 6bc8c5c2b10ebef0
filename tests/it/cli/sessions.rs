//! What `ask` leaves behind and `show` and `sessions` find again: the same lines, as far as they were kept. The log
//! itself is [`crate::store`]'s.

use super::{AGREE, NUMBERS, PROTOCOLS, SPLIT, ask, list};
use crate::home::{Home, records};
use serde_json::{Value, json};
use std::fs;
use synod::core::Event;

#[test]
fn jsonl_is_the_log() {
    for protocol in PROTOCOLS {
        let home = Home::new();
        let ran = ask(&home, protocol, "--jsonl", SPLIT);
        assert_eq!(ran.code, Some(3), "{}", ran.err);
        let printed = records(&ran.out);
        assert_eq!(printed, records(&home.log()), "{protocol}");
        let numbers: Vec<u64> = printed.iter().map(|record| record.seq).collect();
        assert_eq!(numbers, (1..=printed.len() as u64).collect::<Vec<_>>(), "no gap");
        assert!(matches!(printed[0].event, Event::SessionStarted { .. }));
        assert!(!printed.iter().any(|record| record.event == Event::Unknown));
        assert_eq!(home.run(&["show", "--jsonl"]).out, ran.out, "show prints the same lines");
    }
}

#[test]
fn show_tells_what_ask_told() {
    let home = Home::new();
    for protocol in PROTOCOLS {
        let asked = ask(&home, protocol, "--json", NUMBERS).json();
        let id = asked["session"].as_str().unwrap();
        let shown = home.json(&["show", id, "--json"]);
        assert_eq!((&shown["session"], list(&shown["runs"]).len()), (&asked["session"], 1));
        assert_eq!(shown["runs"][0], asked, "{protocol}");
        let plain = ask(&home, protocol, "--plain", NUMBERS);
        let again = home.run(&["show"]);
        assert_eq!(
            (again.code, again.out.trim_end()),
            (Some(0), plain.out.trim_end()),
            "the newest, {protocol}"
        );
        assert!(plain.err.contains("kept: synod show "), "{}", plain.err);
    }
}

#[test]
fn sessions_are_listed_shown_and_found_by_their_beginning() {
    let home = Home::new();
    let empty = home.run(&["sessions"]);
    assert_eq!((empty.code, empty.out.lines().count()), (Some(0), 1));
    assert_eq!(home.json(&["sessions", "--json"]), json!([]));
    let nothing = home.run(&["show"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (Some(2), ""));
    assert!(nothing.line().contains("ask a question"), "{}", nothing.err);
    ask(&home, "ask", "--plain", AGREE);
    ask(&home, "ask", "--plain", NUMBERS);
    let listed = home.json(&["sessions", "--json"]);
    let questions: Vec<&str> = list(&listed).iter().map(|one| one["question"].as_str().unwrap()).collect();
    assert_eq!(questions, [NUMBERS, AGREE], "the newest first");
    assert_eq!(listed[0]["members"], json!(["fenna", "jonas", "marit", "oskar"]));
    assert_eq!((&listed[0]["scripted"], &listed[0]["damaged"]), (&json!(true), &Value::Null));
    let id = listed[1]["id"].as_str().unwrap();
    assert!(home.run(&["show", id]).out.contains(AGREE));
    let plain = home.run(&["sessions"]).out;
    assert!(plain.lines().nth(1).unwrap().starts_with(id), "{plain}");
    let ran = home.run(&["show", &id[..2]]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.line().contains("fits 2 sessions"), "{}", ran.err);
    let ran = home.run(&["show", "1999"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.line().contains("no session \"1999\""), "{}", ran.err);
    for id in ["../../etc", "/etc/passwd", ".."] {
        assert!(home.run(&["show", id]).line().contains("no session name"), "{id}");
    }
    let resumed = home.run(&["resume"]);
    assert_eq!(resumed.code, Some(2));
    assert!(resumed.line().contains("needs a terminal"), "{}", resumed.err);
}

#[test]
fn a_torn_log_is_shown_as_far_as_it_goes() {
    let home = Home::new();
    ask(&home, "ask", "--plain", AGREE);
    let file = home.path().join("data/synod/sessions").join(&home.sessions()[0]).join("events.jsonl");
    let log = fs::read(&file).unwrap();
    fs::write(&file, &log[..log.len() - 30]).unwrap();
    let ran = home.run(&["show"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.contains("Revoke the password first") && ran.line().contains("torn"), "{}", ran.err);
    assert_eq!(fs::read(&file).unwrap().len(), log.len() - 30, "showing changes nothing");
}

#[test]
fn no_save_keeps_nothing_and_data_dir_keeps_it_elsewhere() {
    let home = Home::new();
    for form in ["--plain", "--json", "--jsonl"] {
        let ran = home.run(&["ask", "--demo", "--no-save", form, AGREE]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "nothing is kept, so no name is told");
    }
    assert_eq!(home.files(), Vec::new());
    let ran = home.run(&["ask", "--demo", "--data-dir", "elsewhere", AGREE]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(home.sessions(), Vec::<String>::new());
    let kept = home.run(&["--data-dir", "elsewhere", "show"]);
    assert!(kept.out.contains(AGREE), "{}", kept.err);
    assert!(home.run(&["show"]).line().contains("no session"));
}

#[test]
fn a_session_that_can_not_be_kept_is_still_answered_and_says_so() {
    let home = Home::new();
    home.write("file", "no folder");
    let ran = home.run(&["ask", "--demo", "--data-dir", "file", AGREE]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.contains("Revoke the password first"));
    assert!(ran.line().starts_with("synod: not saved: "), "and names no session to show: {}", ran.err);
}
