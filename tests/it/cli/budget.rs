//! What a question may cost, on the command line: `--max-cost` and `[budget]`, exit code 4, and what it came to. Members are
//! a server of the test's own on loopback that has a price all the same.

use crate::fault_server::{FaultServer, head};
use crate::home::Home;
use serde_json::{Value, json};

const FILE: &str = "config/synod/config.toml";

/// A server that answers `Yes.` and says what was used, and a home whose only model it is.
fn home(usage: &str, more: &str) -> (FaultServer, Home) {
    let text = r#"data: {"choices":[{"index":0,"delta":{"content":"Yes."}}]}"#;
    let end = r#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let told = format!(r#"data: {{"choices":[],"usage":{usage}}}"#);
    let body = format!("{text}\n\n{end}\n\n{told}\n\ndata: [DONE]\n\n");
    let server = FaultServer::answer([head("text/event-stream"), body.into_bytes()].concat());
    let home = Home::new();
    let address = format!("[providers.box]\nbase_url = \"{}/v1\"\n", server.url);
    let price = "[models.\"box/m\"]\ninput = 10.0\noutput = 100.0\n";
    home.write(FILE, &format!("{more}\n{address}{price}"));
    (server, home)
}

const USED: &str = r#"{"prompt_tokens":100,"completion_tokens":50}"#;

#[test]
fn what_a_question_cost_is_said_by_member_and_step() {
    let (_server, home) = home(USED, "");
    let ran = home.run(&["ask", "-m", "box/m", "--json", "--max-cost", "1", "Is it so?"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.err, "synod: 1 call, about $0.060 ($0.020 to $0.410); at most $1.00 a session\n");
    let step = json!({ "step": "answers", "usd": 0.006, "known": true });
    let cost = json!({ "usd": 0.006, "known": true, "by_member": { "m": 0.006 }, "by_step": [step] });
    assert_eq!(of_run(&ran.json()["cost"]), cost);
    // The price of that moment is kept: what it costs today changes nothing.
    home.write(FILE, "[models.\"box/m\"]\ninput = 1.0\noutput = 1.0\n");
    assert_eq!(of_run(&home.json(&["show", "--json"])["runs"][0]["cost"]), cost);
}

/// What stands there of a run, without the day around it.
fn of_run(cost: &Value) -> Value {
    let mut cost = cost.clone();
    cost.as_object_mut().unwrap().remove("day");
    cost
}

fn today() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400
}

#[test]
fn what_the_day_cost_is_told_beside_a_run_where_it_is_known() {
    let (_server, home) = home(USED, "");
    let ask = ["ask", "-m", "box/m", "--json", "Is it so?"];
    let before = today();
    let told = [
        home.json(&ask)["cost"]["day"].clone(),
        home.json(&["show", "--json"])["runs"][0]["cost"]["day"].clone(),
    ];
    // At midnight the count begins anew.
    if before == today() {
        assert_eq!(told, [json!(0.006), json!(0.006)]);
    }
    let unsaved = home.run(&["ask", "-m", "box/m", "--json", "--no-save", "Is it so?"]);
    assert_eq!(unsaved.json()["cost"]["day"], Value::Null, "nobody counts it: {}", unsaved.err);
}

#[test]
fn a_cap_that_was_raised_on_the_way_is_told_by_show() {
    let (_server, home) = home(USED, "");
    home.run(&["ask", "-m", "box/m", "--max-cost", "1", "Is it so?"]);
    let id = home.sessions().remove(0);
    let (log, mut bytes) =
        home.files().into_iter().find(|(path, _)| path.ends_with(format!("{id}/events.jsonl"))).unwrap();
    let seq = String::from_utf8_lossy(&bytes).lines().count() + 1;
    let record = json!({ "v": 1, "seq": seq, "at": 1_795_352_400_000_u64, "kind": "cap_set", "cap": 5_000_000_000_u64, "was": 1_000_000_000 });
    bytes.extend(format!("{record}\n").into_bytes());
    std::fs::write(home.path().join(log), bytes).unwrap();
    let shown = home.run(&["show"]);
    assert!(
        shown
            .out
            .contains("note: you raised the session's cap from $1.00 to $5.00 (2026-11-22 13:00:00 UTC)\n"),
        "{}",
        shown.out
    );
    let caps = json!([{ "at": 1_795_352_400_000_u64, "run": 1, "usd": 5.0, "was": 1.0 }]);
    assert_eq!(home.json(&["show", "--json"])["caps"], caps);
}

#[test]
fn the_providers_own_bill_is_what_it_cost() {
    let (_server, home) = home(r#"{"prompt_tokens":100,"completion_tokens":50,"cost":0.0042}"#, "");
    let ran = home.run(&["ask", "-m", "box/m", "--json", "Is it so?"]);
    assert_eq!(ran.json()["cost"]["usd"], 0.0042, "{}", ran.err);
}

#[test]
fn a_usage_that_can_not_be_true_is_counted_by_us_and_said_to_be_a_guess() {
    let (_server, home) = home(r#"{"prompt_tokens":0,"completion_tokens":0}"#, "");
    let ran = home.run(&["ask", "-m", "box/m", "Is it so?"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.err.lines().any(|line| line.starts_with("cost: ~") || line == "cost: ~<$0.001"),
        "{}",
        ran.err
    );
}

#[test]
fn a_cap_that_covers_nothing_ends_with_four_before_anything_is_sent() {
    for (flags, more, cap) in [
        (&["--max-cost", "0.001"][..], "", "session"),
        (&[], "budget.session = 0.001", "session"),
        (&[], "budget.step = 0.001", "step"),
        (&["--no-save"], "budget.day = 0.001", "day"),
    ] {
        let (_server, home) = home(USED, more);
        let args = [&["ask", "-m", "box/m", "--json"], flags, &["Is it so?"]].concat();
        let ran = home.run(&args);
        assert_eq!(ran.code, Some(4), "{}", ran.err);
        let object = ran.json();
        let error = &object["members"][0]["error"];
        assert_eq!(error["kind"], "over_budget");
        let told = error["message"].as_str().unwrap();
        assert!(told.starts_with(&format!("not asked: the {cap}'s cap is $0.001, $0.00 is spent")), "{told}");
        assert_eq!((&object["cost"]["usd"], &object["cost"]["known"]), (&json!(0.0), &json!(true)));
        assert_eq!(ran.err.contains("--no-save: what is spent now"), cap == "day");
    }
}

#[test]
fn under_a_cap_a_model_of_unknown_price_is_not_asked() {
    let home = Home::new();
    home.write(FILE, "[providers.far]\nbase_url = \"https://nowhere.invalid/v1\"\n");
    let ran = home.run(&["ask", "-m", "far/m", "--json", "--max-cost", "5", "Is it so?"]);
    assert_eq!(ran.code, Some(4), "{}", ran.err);
    let told = ran.json()["members"][0]["error"]["message"].clone();
    assert_eq!(told, "not asked: a cap is set and nobody knows what this model costs");
    assert!(ran.err.contains("whose price is not known is not asked under a cap"), "{}", ran.err);
}

#[test]
fn the_next_synod_keeps_to_what_the_day_has_left() {
    let (_server, home) = home(USED, "budget.day = 0.06");
    let first = home.run(&["ask", "-m", "box/m", "--json", "Is it so?"]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    // Six thousandths are gone; what is left is no whole answer, so it leaves with a lower limit, to a server that is gone.
    let second = home.run(&["ask", "-m", "box/m", "--jsonl", "Is it so?"]);
    let started = crate::home::records(&second.out).into_iter().find_map(|record| match record.event {
        synod::core::Event::CallStarted { answer_limit, .. } => answer_limit,
        _ => None,
    });
    assert!(started.is_some_and(|limit| (256..600).contains(&limit)), "{started:?}: {}", second.err);
}

#[test]
fn a_sum_that_is_none_is_one_line() {
    for bad in ["-1", "much", "nan"] {
        let flag = format!("--max-cost={bad}");
        let ran = Home::new().run(&["ask", "--demo", &flag, "q"]);
        assert_eq!(ran.code, Some(2), "{bad}");
        assert!(ran.line().contains("not a sum of US dollars such as 0.50"), "{}", ran.err);
    }
}
