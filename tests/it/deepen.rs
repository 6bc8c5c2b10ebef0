//! Deeper looks at claims as a person asks for them: on the board by keys, and from the command line. What the engine
//! makes of them is in [`crate::engine`].
#![cfg(test)]

use crate::fault_server::{FaultServer, head, status};
use crate::home::Home;
use crate::played::{ANSWERED, compare, press, seen, write};
use serde_json::json;
use std::fmt::Write as _;
use synod::agreement::{Mark, outcome, told};
use synod::app::{App, Effect, Msg, Overlay, update};
use synod::core::price::Price;
use synod::core::{Command, Event, Label, Labelled, ModelRef, Pass, Record, RunId};

const ALL: u64 = 3_600_000;

fn model(text: &str) -> ModelRef {
    text.parse().unwrap()
}

/// The answered demo as if models had been asked.
fn asked_models(until_ms: u64) -> App {
    let mut records = ANSWERED.clone();
    for record in &mut records {
        if let Event::RunStarted { council, .. } = &mut record.event {
            council.scripted = false;
        }
    }
    seen(&records, until_ms)
}

/// The answered demo with a judge whose price per million tokens is known, or not.
fn answered(dollars: Option<f64>) -> App {
    let mut app = asked_models(ALL);
    app.offers.deepening.judge = Some(model("dear/solomon"));
    let price = dollars.map(|each| (model("dear/solomon"), Price::flat(each, each)));
    app.prices.known.extend(price);
    app
}

fn command(app: &mut App, line: &str) -> Vec<Effect> {
    press(app, ":");
    write(app, line);
    press(app, "Enter")
}

fn asked(pass: Pass) -> Effect {
    Effect::Council(Command::Deepen { run: RunId(1), pass })
}

fn record(app: &mut App, event: Event) {
    let seq = app.session.seq + 1;
    update(app, Msg::Record(Record { v: 1, seq, at: app.now, event }));
}

#[test]
fn who_is_not_set_is_told_with_the_key_to_set() {
    let mut app = answered(Some(0.1));
    assert_eq!(command(&mut app, "deepen embeddings"), []);
    let line =
        "nobody is set for it: write embeddings = \"PROVIDER/MODEL\" under [agreement] in the configuration";
    assert_eq!(app.toast.as_deref(), Some(line));
    assert_eq!(command(&mut app, "deepen by magic"), []);
    assert_eq!(app.toast.as_deref(), Some("no such pass; allowed: embeddings, judge"));
    let mut demo = seen(&ANSWERED, ALL);
    demo.offers = app.offers.clone();
    assert_eq!(command(&mut demo, "deepen judge"), []);
    assert_eq!(demo.toast.as_deref(), Some("the demo asks no model: look deeper at answers of models"));
    let mut early = asked_models(1);
    early.offers = app.offers.clone();
    assert_eq!(command(&mut early, "deepen judge"), []);
    assert!(early.toast.as_ref().unwrap().contains("needs two finished answers"), "{:?}", early.toast);
}

#[test]
fn what_is_cheap_is_asked_at_once_and_its_price_is_said() {
    let mut app = answered(Some(0.1));
    assert_eq!(command(&mut app, "deepen judge"), [asked(Pass::Judge)]);
    let line = app.toast.clone().unwrap();
    assert!(line.starts_with("judge solomon: ") && line.contains("in both orders, about $0.000"), "{line}");
}

#[test]
fn what_is_dear_or_of_unknown_price_is_asked_about_first() {
    for (dollars, title) in [(Some(1000.0), "This would cost about $"), (None, "The price is not known")] {
        let mut app = answered(dollars);
        assert_eq!(command(&mut app, "deepen judge"), []);
        let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!("{:?}", app.overlay) };
        assert!(confirm.title.starts_with(title), "{confirm:?}");
        assert!(confirm.lines[0].starts_with("judge solomon: "), "{confirm:?}");
        assert_eq!(press(&mut app, "n"), []);
        command(&mut app, "deepen judge");
        assert_eq!(press(&mut app, "y"), [asked(Pass::Judge)]);
    }
}

#[test]
fn a_pass_that_runs_can_be_stopped_and_what_came_of_it_is_said_and_marked() {
    let mut app = answered(Some(0.1));
    let run = RunId(1);
    let pairs = outcome::comparison(app.run().unwrap()).undecided();
    let (a, b) = pairs[0].words.clone();
    let by = model("dear/solomon");
    let (endpoint, messages) = (String::new(), Vec::new());
    let (pass, price, most) = (Pass::Judge, None, (0, 0));
    record(
        &mut app,
        Event::PassStarted { run, pass, by: by.clone(), endpoint, items: 1, messages, price, most },
    );
    assert!(app.working());
    assert_eq!(command(&mut app, "deepen judge"), []);
    assert_eq!(app.toast.as_deref(), Some("that pass is on its way; x stops it"));
    assert_eq!(press(&mut app, "x"), [Effect::Council(Command::StopAll)]);
    press(&mut app, "q");
    assert!(
        matches!(&app.overlay, Some(Overlay::Confirm(confirm)) if confirm.lines[0].contains("deeper look"))
    );
    let version = app.texts_version;
    let verdicts = vec![Labelled { a, b, label: Label::Same, cosine: None }];
    record(&mut app, Event::PairsJudged { run, by, verdicts, usage: None, sent: true, error: None });
    assert!(!app.working() && app.overlay.is_none());
    assert_eq!(app.toast.as_deref(), Some("judge dear/solomon: 1 same, 0 contradicting, 0 different"));
    assert!(app.texts_version > version, "it is compared anew");
    compare(&mut app);
    let marked: Vec<_> = app.agreement.claims.iter().filter(|claim| !claim.by.is_empty()).collect();
    assert_eq!((marked.len(), marked[0].mark, marked[0].by[0].as_str()), (1, Mark::Agree, "judge solomon"));
    assert_eq!(told::told(app.run().unwrap()).len(), 1);
}

fn answer(text: &str) -> FaultServer {
    let event = json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": "stop" }] });
    let body = format!("data: {event}\n\ndata: [DONE]\n\n");
    FaultServer::answer([&head("text/event-stream"), body.as_bytes()].concat())
}

/// A council of two with these words, and a server for vectors.
fn council(home: &Home, vectors: &FaultServer) -> [FaultServer; 2] {
    let members =
        [answer("Heavy lorries must keep off."), answer("Big trucks are banned from the crossing.")];
    let mut text = "council = \"all\"\n[agreement]\nembeddings = \"vectors/m\"\n".to_owned();
    for (name, server) in [("one", &members[0]), ("two", &members[1]), ("vectors", vectors)] {
        let _ = write!(text, "[providers.{name}]\nbase_url = \"{}/v1\"\n", server.url);
    }
    text.push_str("[councils.all]\nmembers = [\"one/m\", \"two/m\"]\n");
    home.write("config/synod/config.toml", &text);
    members
}

#[test]
fn the_command_line_looks_deeper_when_it_is_asked_to() {
    let home = Home::new();
    let body = r#"{"data":[{"index":0,"embedding":[1,0.1]},{"index":1,"embedding":[1,0.2]}],"usage":{"prompt_tokens":12}}"#;
    let vectors = FaultServer::answer(status("200 OK", "application/json", body));
    let _members = council(&home, &vectors);
    let ran = home.run(&["ask", "--json", "--deepen", "embeddings", "May a truck cross?"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("synod: vectors of 2 claims by m, $0.00"), "{}", ran.err);
    let object = ran.json();
    assert_eq!((&object["claims"][0]["mark"], &object["claims"][0]["by"]), (&json!("agree"), &json!(["m"])));
    assert_eq!(
        (&object["deeper"][0]["pass"], &object["deeper"][0]["usage"]["input"]),
        (&json!("embeddings"), &json!(12))
    );
    assert_eq!(object["cost"]["by_member"]["embeddings vectors/m"], json!(0.0));
    // The session kept says the same.
    let shown = home.run(&["show", "--plain"]);
    assert!(
        shown.out.contains("[by m]") && shown.out.contains("== deeper: vectors/m finds 1 same"),
        "{}",
        shown.out
    );
}

#[test]
fn a_pass_that_fails_is_told_and_one_that_is_not_set_asks_nobody() {
    let home = Home::new();
    let vectors = FaultServer::answer(status(
        "404 Not Found",
        "application/json",
        r#"{"error":"model 'm' not found"}"#,
    ));
    let _members = council(&home, &vectors);
    let ran = home.run(&["ask", "--plain", "--deepen", "embeddings", "May a truck cross?"]);
    assert_eq!(ran.code, Some(3), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("== deeper: vectors/m: "), "{}", ran.out);
    let ran = home.run(&["ask", "--deepen", "embeddings,judge", "May a truck cross?"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("--deepen judge: nobody is set for it: write judge = "), "{}", ran.err);
}
