//! `synod doctor` on endpoints: what it tells of calls that ended earlier, and what `--online` asks and says. The servers are
//! the tests' own, and llama.cpp's.

use super::list;
use crate::fault_server::{FaultServer, head, status};
use crate::home::{Home, Ran, assert_calm};
use serde_json::Value;
use std::net::TcpListener;

const KEY: &str = "sk-canary-51f0d2c9a7";

/// A home whose configuration has one provider at an address, and a council that asks it so many times at once.
fn home(url: &str, seats: usize) -> Home {
    let home = Home::new();
    let members = vec!["\"box/a\""; seats].join(", ");
    let text = format!(
        "retries = 0\n[providers.box]\nbase_url = \"{url}/v1\"\napi_key_env = \"BOX_KEY\"\n[councils.c]\nmembers = [{members}]\n"
    );
    home.write("config/synod/config.toml", &text);
    home
}

fn run(home: &Home, args: &[&str]) -> Ran {
    let output = home.synod(args).env("BOX_KEY", KEY).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.out.contains("canary") && !ran.err.contains("canary"), "{}{}", ran.out, ran.err);
    assert_calm(&ran.out);
    ran
}

fn item<'r>(report: &'r Value, of: &str, name: &str) -> &'r Value {
    let section = list(&report["sections"]).iter().find(|section| section["name"] == of);
    let items = list(&section.unwrap_or_else(|| panic!("no section {of}"))["items"]);
    items.iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("no {name} in {items:?}"))
}

fn contacted(report: &Value) -> Vec<&str> {
    list(&report["contacted"]).iter().map(|it| it.as_str().unwrap()).collect()
}

/// A port of loopback on which nothing listens.
fn closed() -> String {
    format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

/// What a server says to the look whether it listens, and then to the request for its list.
fn listing(answer: Vec<u8>) -> FaultServer {
    FaultServer::answers(vec![Vec::new(), answer])
}

#[test]
fn calls_of_earlier_sessions_are_told_by_endpoint() {
    let words = "data: {\"choices\":[{\"delta\":{\"content\":\"Yes.\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let empty = run(&home(&closed(), 1), &["doctor", "--json"]).json();
    assert_eq!(item(&empty, "endpoints", "kept")["found"], "no call of the last 7 days");
    assert!(list(&empty["endpoints"]).is_empty());
    let server = FaultServer::answer([head("text/event-stream"), words.into()].concat());
    let home = home(&server.url, 1);
    let asked = run(&home, &["ask", "--council", "c", "Is it well?"]);
    assert_eq!(asked.code, Some(0), "{}{}", asked.out, asked.err);
    let report = run(&home, &["doctor", "--json"]).json();
    let told = item(&report, "endpoints", &server.url);
    assert!(
        told["found"].as_str().unwrap().starts_with("1 call, 100 % answered, first token p50 "),
        "{told}"
    );
    assert_eq!(told["state"], "well");
    let one = &list(&report["endpoints"])[0];
    assert_eq!((&one["endpoint"], &one["breaker"]["state"]), (&server.url.as_str().into(), &"closed".into()));
    assert_eq!((&one["calls"], &one["answered"]), (&1.into(), &1.into()));
}

#[test]
fn an_endpoint_that_failed_in_a_row_is_left_alone_and_the_doctor_says_so() {
    let url = closed();
    let home = home(&url, 5);
    let asked = run(&home, &["ask", "--council", "c", "Is it well?"]);
    assert_ne!(asked.code, Some(0));
    let ran = run(&home, &["doctor", "--json"]);
    let report = ran.json();
    assert_eq!(ran.code, Some(1));
    let told = item(&report, "endpoints", &url);
    let found = told["found"].as_str().unwrap();
    assert!(found.starts_with("5 calls, 0 % answered; last fault: no connection, "), "{found}");
    // On a machine that is slow, the time of rest may be over.
    let rests = ["; left alone, asked again in ", "; one call probes it"];
    assert!(rests.iter().any(|words| found.contains(words)), "{found}");
    assert_eq!((&told["state"], told["hint"].is_null()), (&"look".into(), false));
    let text = run(&home, &["doctor"]).out;
    let line = text.lines().find(|line| line.starts_with(&format!("! {url}")));
    assert!(
        line.is_some_and(|line| line.ends_with("synod doctor --online asks whether it is well")),
        "{text}"
    );
    assert!(text.contains("\nNothing outside this machine was contacted. "), "{text}");
}

#[test]
fn online_asks_for_the_list_and_says_what_was_contacted() {
    let body = r#"{"object":"list","data":[{"id":"a"},{"id":"b"}]}"#;
    let server = listing(status("200 OK", "application/json", body));
    let home = home(&server.url, 1);
    let ran = run(&home, &["doctor", "--online"]);
    assert_eq!(server.request(), "", "the look whether it listens says nothing");
    let request = server.request();
    assert!(request.starts_with("GET /v1/models HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains(&format!("authorization: bearer {KEY}\r\n")), "{request}");
    let line = ran.out.lines().find(|line| line.starts_with("  box ") && line.contains(" ok in ")).unwrap();
    assert!(line.ends_with(" ms, 2 models"), "{line}");
    let last = ran.out.lines().last().unwrap();
    assert!(last.starts_with("Contacted: ") && last.contains(&server.url), "{last}");
    assert!(!ran.out.contains("not contacted"), "{}", ran.out);
    let none = ran.out.lines().find(|line| line.starts_with("  not asked ")).unwrap();
    assert!(none.contains("openai") && none.ends_with(": no key is set"), "{none}");
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    assert_eq!(home.files().len(), 1, "asking changes nothing");
}

#[test]
fn online_tells_the_fault_of_each_and_what_to_do() {
    let refused = format!("{{\"error\":{{\"message\":\"bad key {KEY}\"}}}}");
    for (answer, says) in [
        (status("401 Unauthorized", "application/json", &refused), "key rejected: "),
        (status("503 Service Unavailable", "text/plain", "down"), "overloaded: "),
        (status("200 OK", "text/html", "<html>"), "bad response: "),
    ] {
        let server = listing(answer);
        let ran = run(&home(&server.url, 1), &["doctor", "--online", "--json"]);
        let report = ran.json();
        let told = item(&report, "online", "box");
        assert!(told["found"].as_str().unwrap().starts_with(says), "{told}");
        assert_eq!((ran.code, &told["state"]), (Some(1), &"look".into()), "{told}");
        assert!(!told["hint"].as_str().unwrap().is_empty());
        assert!(contacted(&report).contains(&format!("{}/v1", server.url).as_str()), "{report}");
        assert_eq!(report["online"], true);
    }
    let url = closed();
    let report = run(&home(&url, 1), &["doctor", "--online", "--json"]).json();
    assert!(item(&report, "online", "box")["found"].as_str().unwrap().starts_with("no connection: "));
}

#[test]
fn who_has_no_key_is_not_contacted() {
    let home = Home::new();
    home.write(
        "config/synod/config.toml",
        "[providers.far]\nbase_url = \"https://192.0.2.1:9/v1\"\napi_key_env = \"FAR_KEY\"\n",
    );
    let report = run(&home, &["doctor", "--online", "--json"]).json();
    assert!(item(&report, "online", "not asked")["found"].as_str().unwrap().contains("far"));
    assert!(contacted(&report).iter().all(|address| address.starts_with("http://127.0.0.1:")), "{report}");
}

#[test]
fn a_real_server_is_well() {
    let Some(server) = crate::llama::server() else { return };
    let home = home(&server.url, 1);
    let ran = run(&home, &["doctor", "--online", "--json"]);
    let report = ran.json();
    let told = item(&report, "online", "box");
    let found = told["found"].as_str().unwrap();
    assert!(found.starts_with("ok in ") && found.ends_with(" ms, 1 model"), "{found}");
    assert_eq!((ran.code, &told["state"]), (Some(0), &"well".into()), "{}", ran.out);
}
