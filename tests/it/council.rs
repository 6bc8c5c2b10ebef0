//! Whole councils through `synod ask`: against servers that break as they are told, and, where there is one, against a
//! real llama.cpp server (`SYNOD_TEST_LLAMA`, see [`crate::llama`]).
#![cfg(test)]

use crate::fault_server::{Act, FaultServer, chunk, chunked_head, head, status};
use crate::home::{Home, Ran, assert_calm, kill, records};
use crate::llama;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use synod::core::{EndState, ErrorKind, Event, Session};

/// An event stream of these pieces of text, and its end where there is one.
fn stream(pieces: &[&str], end: Option<&str>) -> String {
    let mut out = String::new();
    for piece in pieces {
        let event = json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] });
        let _ = write!(out, "data: {event}\n\n");
    }
    if let Some(reason) = end {
        let event = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }],
            "usage": { "prompt_tokens": 9, "completion_tokens": 4 } });
        let _ = write!(out, "data: {event}\n\ndata: [DONE]\n\n");
    }
    out
}

fn says(pieces: &[&str], end: Option<&str>) -> FaultServer {
    FaultServer::answer([&head("text/event-stream"), stream(pieces, end).as_bytes()].concat())
}

/// Writes a configuration with a council `all`: a member and a provider for each server.
fn council(home: &Home, servers: &[(&str, &FaultServer)]) {
    // A server of these answers once.
    let mut text = "council = \"all\"\nretries = 0\n".to_owned();
    for (name, server) in servers {
        let _ = write!(text, "[providers.{name}]\nbase_url = \"{}/v1\"\n", server.url);
    }
    let members: Vec<String> =
        servers.iter().map(|(name, _)| format!("{{ name = \"{name}\", model = \"{name}/m\" }}")).collect();
    let _ = write!(text, "[councils.all]\nmembers = [{}]\n", members.join(", "));
    home.write("config/synod/config.toml", &text);
}

fn member<'a>(object: &'a Value, name: &str) -> &'a Value {
    let members = object["members"].as_array().unwrap();
    members.iter().find(|member| member["name"] == name).unwrap()
}

fn states(object: &Value) -> Vec<&str> {
    object["members"].as_array().unwrap().iter().map(|member| member["state"].as_str().unwrap()).collect()
}

fn kind<'a>(object: &'a Value, name: &str) -> &'a str {
    member(object, name)["error"]["kind"].as_str().unwrap_or("none")
}

#[test]
fn members_fail_one_by_one_and_the_others_go_on() {
    let safe = ["Yes. The old bridge ", "is safe for trucks."];
    for form in ["--json", "--plain"] {
        let home = Home::new();
        let (one, two, cut) =
            (says(&safe, Some("stop")), says(&safe, Some("stop")), says(&["Half a sen"], None));
        let body = r#"{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}"#;
        let denied = FaultServer::answer(status("401 Unauthorized", "application/json", body));
        council(&home, &[("one", &one), ("two", &two), ("denied", &denied), ("cut", &cut)]);
        let ran = home.run(&["ask", "--seed", "7", form, "Is the old bridge safe for trucks?"]);
        assert_eq!(ran.code, Some(3), "{}{}", ran.out, ran.err);
        if form == "--plain" {
            for line in [
                "== one, answer: done in ",
                "== two, answer: done in ",
                "== denied, answer: failed in ",
                "== cut, answer: cut in ",
            ] {
                assert!(ran.out.contains(line), "{line}: {}", ran.out);
            }
            assert!(
                ran.out.contains("key rejected (401)") && ran.out.contains("Half a sen\n"),
                "{}",
                ran.out
            );
            continue;
        }
        let object = ran.json();
        assert_eq!(states(&object), ["done", "done", "failed", "cut"]);
        assert_eq!(member(&object, "one")["usage"]["output"], 4);
        assert_eq!(member(&object, "one")["text"], safe.concat());
        assert_eq!((kind(&object, "denied"), kind(&object, "cut")), ("key_rejected", "ended_early"));
        for name in ["denied", "cut"] {
            assert!(
                !member(&object, name)["error"]["hint"].as_str().unwrap().is_empty(),
                "{name} has a next step"
            );
        }
        assert_eq!(
            (&member(&object, "denied")["text"], &member(&object, "cut")["text"]),
            (&json!(""), &json!("Half a sen"))
        );
        let claim = &object["claims"][0];
        assert_eq!((&claim["mark"], claim["spans"].as_array().unwrap().len()), (&json!("agree"), 2));
    }
}

#[test]
fn every_way_to_end_has_a_state_and_an_exit_code() {
    let cases: [(FaultServer, &str, &str, i32); 9] = [
        (says(&["Whole."], Some("stop")), "done", "none", 0),
        (says(&["Too long"], Some("length")), "cut", "length", 3),
        (says(&[], Some("content_filter")), "refused", "refused", 1),
        (says(&[], Some("stop")), "failed", "bad_response", 1),
        (says(&["Half"], None), "cut", "ended_early", 3),
        (FaultServer::answer(status("429 Slow down", "application/json", "{}")), "failed", "rate_limited", 1),
        (
            FaultServer::answer(status("404 No", "application/json", r#"{"error":"model 'm' not found"}"#)),
            "failed",
            "not_found",
            1,
        ),
        (
            FaultServer::answer(status("200 OK", "text/html", "<html><title>Log in</title></html>")),
            "failed",
            "bad_response",
            1,
        ),
        (FaultServer::start(vec![Act::Reset]), "failed", "connection_lost", 1),
    ];
    for (server, state, kind_of, code) in cases {
        let home = Home::new();
        council(&home, &[("m", &server)]);
        let ran = home.run(&["ask", "--json", "q"]);
        let object = ran.json();
        assert_eq!((states(&object), kind(&object, "m")), (vec![state], kind_of), "{}", ran.out);
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""), "{state} {kind_of}");
    }
}

#[test]
fn a_vote_and_a_synthesis_without_enough_answers_say_so() {
    for (protocol, key, part) in
        [("vote", "vote", "three finished answers"), ("synthesis", "synthesis", "two answers")]
    {
        let home = Home::new();
        let (one, two) = (says(&["An answer."], Some("stop")), says(&[], None));
        council(&home, &[("one", &one), ("two", &two)]);
        let ran = home.run(&["ask", "--json", "--protocol", protocol, "q"]);
        let object = ran.json();
        assert_eq!(ran.code, Some(3));
        assert!(object[key]["obstacle"].as_str().unwrap().contains(part), "{}", object[key]);
        assert!(object["warnings"].to_string().contains(part), "{}", object["warnings"]);
    }
}

#[test]
fn hostile_text_from_a_model_changes_nothing_but_text() {
    let hostile = "ok \u{1b}[2J\u{1b}]52;c;aGk=\u{7}\u{1b}]8;;http://evil.example\u{7}link\u{1b}]8;;\u{7} \u{9b}31m \u{0}\u{202e}rtl\u{202c} \
        \u{e0041}tag \u{1b}";
    let home = Home::new();
    for form in ["--plain", "--json", "--jsonl"] {
        let answer = says(&[&hostile[..5], &hostile[5..6], &hostile[6..], "[31m end."], Some("stop"));
        let body = json!({ "error": { "message": format!("no {hostile}") } });
        let failing = FaultServer::answer(status("500 Oops", "application/json", &body.to_string()));
        council(&home, &[("one", &answer), ("two", &failing)]);
        let ran = home.run(&["ask", form, "q"]);
        assert_eq!(ran.code, Some(3), "{}", ran.err);
        assert_calm(&ran.out);
        assert_calm(&ran.err);
        assert!(ran.out.contains("evil.example"), "a person sees where a link leads: {}", ran.out);
        if form == "--json" {
            let raw = format!("{hostile}[31m end.");
            assert_eq!(member(&ran.json(), "one")["text"], raw, "programs get it as it was");
        }
        for args in [&["show", form][..], &["sessions"]] {
            assert_calm(&home.run(args).out);
        }
    }
}

/// A run of `synod ask --jsonl` whose lines are read as they come.
struct Asking {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    read: String,
}

impl Asking {
    fn start(home: &Home, args: &[&str]) -> Self {
        let mut command = home.synod(&["ask", "--jsonl", "--seed", "7"]);
        let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, read: String::new() }
    }

    /// Reads on until a record of which this holds.
    fn until(&mut self, wanted: impl Fn(&Event) -> bool) {
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            let record = records(&line).remove(0);
            self.read += &(line + "\n");
            if wanted(&record.event) {
                return;
            }
        }
        panic!("the records ended: {}", self.read);
    }

    /// Reads the rest, and gives all that was printed and how it ended.
    fn end(mut self) -> (String, std::process::ExitStatus) {
        for line in self.lines.by_ref() {
            self.read += &(line.unwrap() + "\n");
        }
        (self.read, self.child.wait().unwrap())
    }
}

fn some_text(event: &Event) -> bool {
    matches!(event, Event::Delta { text, .. } if !text.trim().is_empty())
}

#[test]
fn an_answer_that_is_interrupted_is_stopped_and_kept() {
    let home = Home::new();
    let begins = [chunked_head(), chunk(stream(&["The beginning"], None).as_bytes())].concat();
    let held = FaultServer::start(vec![Act::Send(begins), Act::AwaitClose]);
    let done = says(&["Whole."], Some("stop"));
    council(&home, &[("held", &held), ("done", &done)]);
    let mut asking = Asking::start(&home, &["q"]);
    asking.until(|event| matches!(event, Event::CallEnded { state: EndState::Done, .. }));
    if !asking.read.contains("The beginning") {
        asking.until(some_text);
    }
    kill(&asking.child, Signal::INT);
    let (printed, status) = asking.end();
    assert_eq!(status.code(), Some(3));
    assert_eq!(records(&printed), records(&home.log()));
    let object = home.json(&["show", "--json"])["runs"][0].take();
    assert_eq!(states(&object), ["stopped", "done"]);
    assert_eq!(
        (&member(&object, "held")["text"], kind(&object, "held")),
        (&json!("The beginning"), "stopped")
    );
}

#[test]
fn what_was_printed_before_a_kill_is_in_the_log() {
    let home = Home::new();
    let begins = [chunked_head(), chunk(stream(&["The beginning"], None).as_bytes())].concat();
    let held = FaultServer::start(vec![Act::Send(begins), Act::AwaitClose]);
    council(&home, &[("held", &held)]);
    let mut asking = Asking::start(&home, &["q"]);
    asking.until(some_text);
    kill(&asking.child, Signal::KILL);
    let (printed, status) = asking.end();
    assert_eq!(status.code(), None);
    let shown = home.run(&["show", "--jsonl"]);
    assert!(shown.out.starts_with(&printed), "{}\n{printed}", shown.out);
    assert!(home.run(&["show"]).out.contains("== held, answer: running\nThe beginning\n"));
}

/// A council `bridge` of members with these voices at the real server.
pub fn voices(home: &Home, server: &llama::Server, voices: &[&str], more: &str) {
    let mut text = format!("council = \"bridge\"\n[providers.box]\nbase_url = \"{}/v1\"\n", server.url);
    let member = |(at, voice): (usize, &&str)| {
        format!(
            "{{ name = \"m{at}\", model = \"box/any\", persona = \"You are #{voice}.\", answer_limit = 1000000 }}"
        )
    };
    let members: Vec<String> = voices.iter().enumerate().map(member).collect();
    let _ = write!(text, "[councils.bridge]\nmembers = [{}]\n{more}", members.join(", "));
    home.write("config/synod/config.toml", &text);
}

pub const BRIDGE: &str = "Is the old bridge safe for trucks?";

fn real(home: &Home, protocol: &str) -> Ran {
    let ran = home.run(&["ask", "--seed", "7", "--protocol", protocol, "--json", BRIDGE]);
    assert_eq!(ran.err, "", "{protocol}");
    ran
}

#[test]
fn real_members_agree_and_conflict() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    voices(&home, &server, &["yes", "yes"], "");
    let ran = real(&home, "ask");
    let object = ran.json();
    assert_eq!((ran.code, states(&object)), (Some(0), vec!["done", "done"]));
    let sum = &object["agreement"];
    assert_eq!((&sum["agreed"], &sum["conflict"]), (&sum["claims"], &json!(0)));
    assert_eq!(
        (&sum["score"], &sum["final"]["support"], &object["cost"]["usd"]),
        (&json!(1.0), &json!(1.0), &json!(0.0))
    );
    assert!(member(&object, "m0")["usage"]["output"].as_u64().unwrap() > 0);
    voices(&home, &server, &["yes", "no"], "");
    let object = real(&home, "ask").json();
    let conflicts: Vec<&Value> =
        object["claims"].as_array().unwrap().iter().filter(|claim| claim["mark"] == "conflict").collect();
    let sides = |claim: &Value| -> Vec<(String, Value)> {
        let sides = claim["sides"].as_array().unwrap();
        sides
            .iter()
            .map(|side| (side["value"].as_str().unwrap().to_owned(), side["members"].clone()))
            .collect()
    };
    let dates = conflicts
        .iter()
        .map(|claim| sides(claim))
        .find(|sides| sides.iter().any(|(value, _)| value == "2024"));
    assert_eq!(dates.unwrap(), [("2024".to_owned(), json!(["m0"])), ("2021".to_owned(), json!(["m1"]))]);
    assert_eq!(
        (conflicts.len(), object["agreement"]["agreed"].as_u64()),
        (2, Some(1)),
        "{}",
        object["agreement"]
    );
    assert_eq!(object["agreement"]["final"]["positions"].as_array().unwrap().len(), 2);
}

#[test]
fn real_members_vote_and_a_real_chair_merges() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    voices(&home, &server, &["yes", "no", "maybe"], "chair = \"m2\"\n");
    let ran = real(&home, "vote");
    let vote = &ran.json()["vote"];
    assert_eq!(ran.code, Some(0));
    assert_eq!(vote["ballots"].as_array().unwrap().len(), 3);
    assert!(vote["ballots"].as_array().unwrap().iter().all(|ballot| ballot["valid"] == true), "{vote}");
    assert!(vote["winner"].is_string() != (vote["tied"].as_array().unwrap().len() > 1), "{vote}");
    let ran = real(&home, "synthesis");
    let object = ran.json();
    assert_eq!((ran.code, &object["synthesis"]["chair"]), (Some(0), &json!("m2")));
    let text = object["synthesis"]["text"].as_str().unwrap();
    assert!(text.starts_with("Consensus: Keep the speed limit at 30 km/h."), "{text}");
    let sentences = object["synthesis"]["sentences"].as_array().unwrap();
    assert!(sentences.iter().any(|sentence| sentence["unsupported"] == false), "{sentences:?}");
}

#[test]
fn real_members_debate_for_two_rounds() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    voices(&home, &server, &["yes", "no", "maybe"], "");
    let ran = real(&home, "debate:2");
    assert_eq!(ran.code, Some(0));
    let object = ran.json();
    let rounds = object["rounds"].as_array().unwrap();
    let positions = |round: usize| -> Vec<(&str, &str)> {
        let answers = rounds[round]["answers"].as_array().unwrap();
        answers
            .iter()
            .map(|answer| {
                (answer["position"]["value"].as_str().unwrap(), answer["change"].as_str().unwrap_or(""))
            })
            .collect()
    };
    assert_eq!(rounds.len(), 3);
    assert_eq!(positions(1), [("yes", "held"), ("yes", "argued"), ("8 tonnes", "held")]);
    assert_eq!(positions(2), [("yes", "held"), ("yes", "held"), ("8 tonnes", "held")]);
    let calls: Vec<_> = records(&home.log()).into_iter().filter_map(|record| record.event.call()).collect();
    assert!(calls.iter().any(|call| call.round == 2) && calls.iter().all(|call| call.round < 3));
}

#[test]
fn an_endless_real_answer_is_stopped_and_kept() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    voices(&home, &server, &["loop", "short"], "");
    let mut asking = Asking::start(&home, &["q"]);
    asking.until(|event| matches!(event, Event::CallEnded { state: EndState::Done, .. }));
    asking.until(some_text);
    kill(&asking.child, Signal::INT);
    let (printed, status) = asking.end();
    assert_eq!(status.code(), Some(3));
    let session = Session::replay(&records(&home.log()));
    assert_eq!(session, Session::replay(&records(&printed)));
    let ends: Vec<_> = session.runs[0].calls.values().map(|call| (call.end, call.text.len() > 10)).collect();
    assert_eq!(ends, [(Some(EndState::Stopped), true), (Some(EndState::Done), true)]);
}

#[test]
fn a_real_server_killed_in_the_middle_costs_its_own_members_alone() {
    let (Some(mut server), Some(other)) = (llama::server(), llama::server()) else { return };
    let home = Home::new();
    let more = format!("[providers.other]\nbase_url = \"{}/v1\"\n", other.url);
    voices(&home, &server, &["loop"], &more);
    let mut asking = Asking::start(&home, &["-m", "box/a", "-m", "other/b", "#loop"]);
    asking.until(some_text);
    server.kill();
    asking.until(|event| matches!(event, Event::CallEnded { .. }));
    kill(&asking.child, Signal::INT);
    let (printed, status) = asking.end();
    assert_eq!(status.code(), Some(3));
    let session = Session::replay(&records(&printed));
    let ends: Vec<_> = session.runs[0]
        .calls
        .values()
        .map(|call| (call.member.0.as_str(), call.end, call.error.as_ref().map(|error| error.kind)))
        .collect();
    let (lost, stopped) = (ErrorKind::ConnectionLost, ErrorKind::Stopped);
    let state = ends[0].1;
    assert!(matches!(state, Some(EndState::Cut | EndState::Failed)), "{ends:?}");
    assert_eq!(ends, [("a", state, Some(lost)), ("b", Some(EndState::Stopped), Some(stopped))]);
}

#[test]
fn the_same_question_is_answered_from_the_cache_where_that_is_allowed() {
    let home = Home::new();
    // A server of this answer answers once.
    let one = says(&["It is", " safe."], Some("stop"));
    council(&home, &[("one", &one)]);
    let ask = |how: &str, form: &str| home.run(&["ask", "--cache", how, form, "Is it safe?"]);
    assert_eq!(ask("exact", "--json").json()["members"][0]["text"], "It is safe.");
    let again = ask("exact", "--json");
    assert_eq!(again.code, Some(0), "{}", again.err);
    let object = again.json();
    let member = &object["members"][0];
    assert_eq!((&member["text"], &member["state"]), (&json!("It is safe."), &json!("done")));
    assert!(member["cached"]["session"].is_string() && member["cached"]["at"].is_u64(), "{member}");
    assert_eq!((&member["usage"]["output"], &object["cost"]["usd"]), (&json!(0), &json!(0.0)));
    assert!(again.err.contains("synod: one: from the cache, "), "{}", again.err);
    let plain = ask("exact", "--plain");
    assert!(plain.out.contains("== one, answer: done from the cache, "), "{}", plain.out);
    assert_eq!(ask("off", "--json").code, Some(1), "the server has no second answer");
    let unsaved = home.run(&["--no-save", "ask", "--cache", "exact", "--json", "Is it safe?"]);
    assert_eq!(unsaved.code, Some(1), "where nothing is kept nothing is read: {}", unsaved.out);
    assert_eq!(home.run(&["ask", "--cache", "sometimes", "Is it safe?"]).code, Some(2));
}

#[test]
fn a_nearly_identical_question_is_answered_from_the_cache_by_leave_and_never_silently() {
    let home = Home::new();
    // A server of this answer answers once.
    let one = says(&["It is", " safe."], Some("stop"));
    council(&home, &[("one", &one)]);
    let ask = |how: &str, form: &str, question: &str| home.run(&["ask", "--cache", how, form, question]);
    let first = "Is it safe to swim in the lake?";
    assert_eq!(ask("similar", "--json", first).json()["members"][0]["text"], "It is safe.");
    let again = ask("similar", "--json", "please, is it safe to swim in the lake");
    assert_eq!(again.code, Some(0), "{}", again.err);
    let object = again.json();
    let member = &object["members"][0];
    assert_eq!((&member["text"], &member["cached"]["question"]), (&json!("It is safe."), &json!(first)));
    let score = member["cached"]["score"].as_f64().unwrap();
    assert!(score > 0.9 && score <= 1.0, "{member}");
    assert!(member["cached"]["session"].is_string() && member["cached"]["at"].is_u64(), "{member}");
    assert_eq!((&member["usage"]["output"], &object["cost"]["usd"]), (&json!(0), &json!(0.0)));
    let said = format!("answers an earlier, similar question \"{first}\" (score ");
    assert!(
        again.err.contains("synod: from the cache: an earlier, similar question \"Is it"),
        "{}",
        again.err
    );
    assert!(again.err.contains(&format!("synod: one: from the cache: {said}")), "{}", again.err);
    assert!(object["warnings"].to_string().contains("similar question"), "{object}");
    let plain = ask("similar", "--plain", "IS IT SAFE TO SWIM IN THE LAKE");
    assert!(plain.out.contains(&format!("== one, answer: done from the cache: {said}")), "{}", plain.out);
    // What was kept says so too.
    assert!(home.run(&["show", "--plain"]).out.contains(&said));
    assert_eq!(home.run(&["show", "--json"]).json()["runs"][0]["members"][0]["cached"]["question"], first);
    // The very same question needs no leave, and is no similar one.
    let exact = ask("similar", "--json", first);
    assert_eq!(exact.json()["members"][0]["cached"]["question"], Value::Null, "{}", exact.out);
    assert!(!exact.err.contains("similar question"), "{}", exact.err);
    for (how, question) in [
        ("exact", "is it safe to swim in the lake"),
        ("off", "is it safe to swim in the lake"),
        ("similar", "Is it not safe to swim in the lake?"),
        ("similar", "Is it safe to fish in the lake?"),
    ] {
        assert_eq!(ask(how, "--json", question).code, Some(1), "asked of a server without a second answer");
    }
}
