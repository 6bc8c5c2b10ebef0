//! `synod hand-over`: the person's word on a plan that waits for it in a kept session, and what comes of it.

use crate::core::sim::{Moments, Outcome, Script, Sim, Wish};
use crate::home::{Home, Ran, assert_calm, records};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use synod::config::plans;
use synod::core::price::Prices;
use synod::core::{Call, EndState, Question, Run, SessionId};
use synod::providers::scripted;
use synod::store::Log;

/// A home with a session of the demo council whose plan `hand-over` waits for the person, and the session's id.
fn waiting() -> (Home, String) {
    let home = Home::new();
    let text = plans::built_in().into_iter().find(|(name, _)| *name == "hand-over").unwrap().1;
    let council = scripted::council();
    let cast = plans::parse("hand-over", text)
        .unwrap()
        .cast(&council, &Prices::default(), &BTreeMap::new())
        .unwrap();
    let question = Question {
        text: scripted::questions()[1].to_owned(),
        council: cast.council.clone(),
        plan: Some(Box::new(cast.planned())),
        ..Question::default()
    };
    let say =
        |_: &Run, call: &Call| Outcome::new(EndState::Done, &format!("A draft by {}.", call.member), 100);
    let script =
        Script { council, seed: 5, wishes: Vec::new(), moments: Moments::Fitting, stop_at: None, retries: 0 };
    let mut sim = Sim::start(&say, &script);
    sim.advance();
    sim.grant(&Wish::Ask(question));
    sim.advance();
    while let Some(call) = sim.open().first().copied() {
        sim.end(call);
        sim.advance();
    }
    let id = synod::store::new_id(1_790_000_000_000, 7);
    let mut log = Log::create(&synod::store::root_under(&home.path().join("data")), &id).unwrap();
    for record in &sim.log {
        let mut record = record.clone();
        if let synod::core::Event::SessionStarted { session, .. } = &mut record.event {
            *session = SessionId(id.0.clone());
        }
        log.append(&record).unwrap();
    }
    log.sync().unwrap();
    (home, id.0)
}

fn stage<'v>(object: &'v Value, name: &str) -> &'v Value {
    let stages = object["plan"]["stages"].as_array().unwrap();
    stages.iter().find(|stage| stage["name"] == name).unwrap_or_else(|| panic!("no stage {name}"))
}

fn hand_over(home: &Home, args: &[&str]) -> Ran {
    home.run(&[&["hand-over"], args].concat())
}

#[test]
fn what_waits_is_told_and_goes_on_when_it_is_approved() {
    let (home, id) = waiting();
    let shown = home.json(&["show", "--json"]);
    let run = &shown["runs"][0];
    assert_eq!((&run["plan"]["name"], &run["plan"]["state"]), (&json!("hand-over"), &json!("waiting")));
    assert_eq!((&run["protocol"], run.get("only")), (&json!("plan:hand-over"), None));
    assert_eq!(stage(run, "your-word")["state"], "waiting");
    assert_eq!(stage(run, "your-word")["given"][1], json!({ "stage": "drafts", "member": "jonas" }));
    assert_eq!(
        (&stage(run, "final")["state"], &stage(run, "final")["calls"]),
        (&json!("planned"), &json!([]))
    );
    let text = home.run(&["show"]).out;
    assert!(text.contains("\nnote: the plan waits for your word at \"your-word\"\n"), "{text}");

    let ran = hand_over(&home, &[&id, "approve", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("synod: your-word approved by you\n"), "{}", ran.err);
    let object = ran.json();
    assert_eq!(
        (&object["plan"]["state"], &object["plan"]["outcome"]["stage"]),
        (&json!("done"), &json!("final"))
    );
    assert_eq!(stage(&object, "your-word")["handed"], json!({ "decision": "approved" }));
    assert_eq!(stage(&object, "final")["calls"].as_array().unwrap().len(), 1);
    assert_eq!(
        home.json(&["show", "--json"])["runs"][0]["plan"],
        object["plan"],
        "it is kept as it was told"
    );

    let again = hand_over(&home, &["approve"]);
    let line = format!("synod: no plan waits for your word in {id}; synod show {id} tells how far it is");
    assert_eq!((again.code, again.line()), (Some(2), line.as_str()));
}

#[test]
fn a_text_of_the_persons_own_and_the_text_of_a_member_go_on() {
    let (home, _) = waiting();
    let ran = home.pipe(&["hand-over", "edit", "-", "--json"], "My own speech.\n".as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let object = ran.json();
    let handed = json!({ "decision": "edited", "text": "My own speech.\n" });
    assert_eq!(stage(&object, "your-word")["handed"], handed);
    assert_eq!(stage(&object, "final")["given"], json!([{ "stage": "your-word", "member": null }]));

    let (home, _) = waiting();
    let none = hand_over(&home, &["choose", "zoe"]);
    let line = "synod: choose: no text of zoe is there; there is fenna, jonas, marit, oskar";
    assert_eq!((none.code, none.line()), (Some(2), line));
    let ran = hand_over(&home, &["choose", "marit", "--plain"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_calm(&ran.out);
    assert!(ran.out.starts_with("chosen by you: marit's text\n\n== stage final, answer by "), "{}", ran.out);
    assert!(
        !ran.out.contains("== stage drafts"),
        "what was printed before is not printed again: {}",
        ran.out
    );
    assert!(ran.out.contains("\n== outcome (final, by "), "{}", ran.out);
}

#[test]
fn the_work_is_sent_back_and_waits_again() {
    let (home, id) = waiting();
    let ran = hand_over(&home, &["back", "Shorter,", "please", "--plain"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(
        ran.out.starts_with("sent back by you:\nShorter, please\n\n== stage drafts (2), "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("\n== stage final, answer, of your-word: not begun\n"), "{}", ran.out);
    let hint = format!(
        "synod: the plan waits for your word at \"your-word (2)\": synod resume {id} goes on in the workbench, or synod \
         hand-over {id} approve\n"
    );
    assert!(ran.err.contains(&hint), "{}", ran.err);
    let ran = hand_over(&home, &["back", "Shorter still", "--approve", "--jsonl"]);
    assert_eq!(ran.code, Some(0), "what comes after it is approved: {}", ran.err);
    let kinds: Vec<String> = records(&ran.out)
        .iter()
        .map(|record| serde_json::to_value(record).unwrap()["kind"].as_str().unwrap().to_owned())
        .filter(|kind| kind == "handed_over" || kind == "run_started")
        .collect();
    assert_eq!(kinds, ["handed_over", "handed_over"]);
    let run = &home.json(&["show", "--json"])["runs"][0];
    let names: Vec<&str> = run["plan"]["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| stage["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["drafts", "your-word", "final", "drafts (2)", "your-word (2)", "drafts (3)", "your-word (3)"]
    );
    assert_eq!(stage(run, "drafts (3)")["again_of"], "drafts (2)");
    assert_eq!(run["plan"]["outcome"]["stage"], "final");
}

#[test]
fn what_can_not_be_done_there_is_one_line() {
    let (home, _) = waiting();
    for (args, line) in [
        (&["edit", "nowhere.txt"][..], "synod: nowhere.txt: "),
        (&["edit", "-"], "synod: the text is empty; approve goes on with what is there"),
        (
            &["approve", "--stage", "draft"],
            "synod: --stage: no plan waits at draft; it waits at \"your-word\"",
        ),
        (&["nosuch", "approve"], "synod: no session "),
    ] {
        let ran = hand_over(&home, args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.line().starts_with(line), "{args:?}: {}", ran.err);
    }
    for again in 1..=3 {
        assert_eq!(hand_over(&home, &["back", "once more"]).code, Some(3), "time {again}");
    }
    let ran = hand_over(&home, &["back", "once more"]);
    let line = "synod: \"your-word (4)\" has sent the work back as often as the plan allows; approve, edit or choose";
    assert_eq!((ran.code, ran.line()), (Some(2), line));
}
