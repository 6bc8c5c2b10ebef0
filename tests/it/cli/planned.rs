//! Questions to written plans on the command line: what is told while they run and after, in every form, and what passes gates.
//! What each stage of a plan comes to is held to its word in `tests/scenarios`.

use super::{AGREE, NUMBERS, list};
use crate::home::{Home, assert_calm, records};
use serde_json::{Value, json};

fn stages(object: &Value) -> &[Value] {
    list(&object["plan"]["stages"])
}

fn names(object: &Value) -> Vec<&str> {
    stages(object).iter().map(|stage| stage["name"].as_str().unwrap()).collect()
}

#[test]
fn a_plan_is_told_stage_by_stage_in_every_form() {
    let home = Home::new();
    let ask = |form: &str| home.run(&["ask", "--demo", "--seed", "7", "--plan", "pipeline", form, NUMBERS]);
    let ran = ask("--json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let object = ran.json();
    assert_eq!((&object["plan"]["name"], &object["plan"]["state"]), (&json!("pipeline"), &json!("done")));
    assert_eq!(names(&object), ["draft", "critique", "final"]);
    for stage in stages(&object) {
        assert_eq!(
            (&stage["ask"], &stage["state"], &stage["usd"]),
            (&json!("answer"), &json!("done"), &json!(0.0))
        );
        let [call] = list(&stage["calls"]) else { panic!("{stage}") };
        assert_eq!((&stage["members"][0], &call["state"]), (&call["member"], &json!("done")));
        assert!(stage["task"].is_string() && call["ms"]["total"].is_u64(), "{stage}");
    }
    let draft = &stages(&object)[0]["calls"][0];
    assert_eq!(stages(&object)[1]["sees"], json!(["draft"]));
    assert_eq!(stages(&object)[1]["given"], json!([{ "stage": "draft", "member": draft["member"] }]));
    let last = &stages(&object)[2]["calls"][0];
    let outcome = &object["plan"]["outcome"];
    assert_eq!(
        (&outcome["stage"], &outcome["member"], &outcome["text"]),
        (&json!("final"), &last["member"], &last["text"])
    );
    let steps: Vec<&Value> = list(&object["cost"]["by_step"]).iter().map(|step| &step["step"]).collect();
    assert_eq!(steps, ["draft", "critique", "final"]);

    let plain = ask("--plain");
    assert_calm(&plain.out);
    let mut rest = plain.out.lines();
    for line in [
        "Plan: pipeline",
        "== stage draft, answer by ",
        "== stage critique, answer by ",
        "== stage final, answer by ",
    ] {
        assert!(rest.any(|other| other.starts_with(line)), "{line:?}, in order, in\n{}", plain.out);
    }
    assert!(plain.out.contains("\n== outcome (final, by "), "{}", plain.out);
    let id = plain.err.lines().find_map(|line| line.strip_prefix("kept: synod show ")).unwrap();
    let shown = home.run(&["show", id]).out;
    assert_eq!(
        shown.trim_end(),
        plain.out.trim_end(),
        "what is printed while it runs is what is shown of it later"
    );

    let kinds = records(&ask("--jsonl").out);
    assert!(kinds.iter().any(|record| format!("{:?}", record.event).starts_with("RunStarted")));
}

#[test]
fn gates_stop_a_plan_and_approve_passes_them() {
    let home = Home::new();
    let ask = |more: &[&str]| home.run(&[&["ask", "--demo", "--plan", "hand-over", AGREE], more].concat());
    let ran = ask(&["--json"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let object = ran.json();
    assert_eq!(object["plan"]["state"], "waiting");
    let id = object["session"].as_str().unwrap();
    let hint = format!(
        "synod: the plan waits for your word at \"your-word\": synod resume {id} goes on in the workbench, or synod hand-over \
         {id} approve\n"
    );
    assert!(ran.err.contains(&hint), "{}", ran.err);
    let ran = ask(&["--json", "--approve"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.json()["plan"]["state"], "done");
    let ran = ask(&["--plain", "--no-save"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.err.contains("nothing is kept, so it can't go on; --approve passes every gate\n"),
        "{}",
        ran.err
    );
    let ran = home.run(&["ask", "--demo", "--approve", AGREE]);
    assert_eq!(
        (ran.code, ran.line()),
        (Some(2), "synod: --approve is about the gates of a plan: add --plan NAME")
    );
}

#[test]
fn decisions_are_told_as_they_are_found() {
    let home = Home::new();
    let ran = home.run(&["ask", "--demo", "--plan", "routing", "--plain", "What is the capital of France?"]);
    assert!(ran.err.contains("synod: route took the road one: "), "{}", ran.err);
    assert!(ran.err.contains("synod: merge-few skipped: route took the road one\n"), "{}", ran.err);
    assert!(
        ran.out.contains("\n== stage merge-few, merge, of answers: skipped: route took the road one\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("\nnot taken: full, "), "{}", ran.out);
    let object = home.json(&["show", "--json"]);
    let route = &stages(&object["runs"][0])[0];
    assert_eq!((&route["routed"]["road"], &route["routed"]["by"]), (&json!("one"), &json!("score")));
    assert_eq!(list(&route["routed"]["not_taken"]).len(), 2);
    assert!(route["routed"]["not_taken"][0]["usd_more"].is_number(), "{route}");
}
