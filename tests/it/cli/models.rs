//! `synod models`: each dialect's list over a real socket, what stands in the place of one that can't be read, and that
//! nobody is contacted who has no key. The servers are the tests' own, and llama.cpp's.

use super::list;
use crate::fault_server::{Act, FaultServer, status};
use crate::home::{Home, Ran, assert_calm};
use serde_json::Value;
use std::net::TcpListener;

const KEY: &str = "sk-canary-77aa91c3d5";

/// A home whose configuration has one provider, `box`, of a dialect at an address.
fn home(kind: &str, url: &str, more: &str) -> Home {
    let home = Home::new();
    let provider = format!("[providers.box]\nkind = \"{kind}\"\nbase_url = \"{url}/v1\"\n{more}");
    home.write("config/synod/config.toml", &provider);
    home
}

fn ran(home: &Home, args: &[&str]) -> Ran {
    let output = home.synod(&[&["models"], args].concat()).env("BOX_KEY", KEY).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.out.contains("canary") && !ran.err.contains("canary"), "{}{}", ran.out, ran.err);
    assert_calm(&ran.out);
    assert_calm(&ran.err);
    ran
}

/// What a server that sends this is asked, and what becomes of it.
fn listed(kind: &str, body: &str) -> (String, Ran) {
    let server = FaultServer::answer(status("200 OK", "application/json", body));
    let ran = ran(&home(kind, &server.url, "api_key_env = \"BOX_KEY\"\nlocal = false\n"), &["box", "--json"]);
    (server.request(), ran)
}

fn models(report: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let line = |one: &Value| format!("{} {} {}", word(&one["model"]), one["context"], word(&one["from"]));
    list(&report["models"]).iter().map(line).collect()
}

#[test]
fn each_dialect_is_asked_in_its_own_way() {
    let openai = r#"{"object":"list","data":[{"id":"a/b","context_length":4096,"pricing":{"prompt":"0.000001","completion":"0.000002"}}]}"#;
    let anthropic = r#"{"data":[{"id":"claude-a","max_input_tokens":200000}],"has_more":false}"#;
    let gemini = r#"{"models":[{"name":"models/gemini-a","inputTokenLimit":1000,"supportedGenerationMethods":["generateContent"]}]}"#;
    let ollama = r#"{"models":[{"name":"llama3.2:latest"},{"name":"nomic-embed-text"}]}"#;
    for (kind, body, path, key, model) in [
        ("openai", openai, "/v1/models", "authorization: bearer ", "box/a/b 4096 live"),
        ("responses", openai, "/v1/models", "authorization: bearer ", "box/a/b 4096 live"),
        ("anthropic", anthropic, "/v1/models?limit=1000", "x-api-key: ", "box/claude-a 200000 live"),
        ("gemini", gemini, "/v1/models?pageSize=1000", "x-goog-api-key: ", "box/gemini-a 1000 live"),
        ("ollama", ollama, "/api/tags", "authorization: bearer ", "box/llama3.2:latest null live"),
    ] {
        let (request, ran) = listed(kind, body);
        assert!(request.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{kind}: {request}");
        assert!(request.to_lowercase().contains(&format!("{key}{KEY}\r\n")), "{kind}: {request}");
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{kind}: {}", ran.out);
        let report = ran.json();
        assert_eq!(models(&report), [model], "{kind}");
        let price = &report["models"][0]["price"];
        let said = matches!(kind, "openai" | "responses");
        assert_eq!(price.is_null(), !said, "{kind}: an unknown price is null, never zero: {price}");
        assert_eq!(report["models"][0]["key"], "set");
    }
}

#[test]
fn pages_are_followed_to_the_last() {
    let (first, last) = (
        r#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a&b"}"#,
        r#"{"data":[{"id":"c"}],"has_more":false}"#,
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || FaultServer::serve_bodies(&listener, &[first, last]));
    let ran = ran(&home("anthropic", &url, ""), &["box", "--json"]);
    assert_eq!(models(&ran.json()), ["box/a null live", "box/c null live"]);
    let paths = served.join().unwrap();
    assert_eq!(paths, ["/v1/models?limit=1000", "/v1/models?limit=1000&after_id=a%26b"]);
}

#[test]
fn the_table_says_what_is_unknown_and_what_is_free() {
    let body = r#"{"data":[{"id":"long-name","context_length":131072},{"id":"b\u202e","context_length":8},{"id":"p","pricing":{"prompt":"0.000000075","completion":"0.0000025"}}]}"#;
    let served = || FaultServer::answer(status("200 OK", "application/json", body));
    let server = served();
    let dear = ran(&home("openai", &server.url, "local = false\n"), &["box"]);
    assert_eq!((dear.code, dear.err.as_str()), (Some(0), ""));
    let expected = "\
MODEL          CONTEXT  $/M IN/OUT  KEY   FROM
box/long-name     128k     unknown  none  live
box/b\\u{202e}        8     unknown  none  live
box/p          unknown  0.075/2.50  none  live
";
    assert_eq!(dear.out, expected);
    let server = served();
    let own = "[models.\"box/p\"]\ninput = 3\noutput = 4\n[models.\"box/extra\"]\ncontext = 5\n";
    let free = ran(&home("openai", &server.url, own), &["box"]);
    let price = |name: &str| {
        let line = free.out.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(price("box/long-name"), "128k free none live", "a server on this machine costs nothing");
    assert_eq!(price("box/p"), "unknown 3.00/4.00 none live", "unless the person says so");
    assert_eq!(price("box/extra"), "5 free none config", "what was configured is listed too");
    let server = served();
    let found = ran(&home("openai", &server.url, ""), &["LONG box"]);
    assert_eq!(found.out.lines().filter(|line| line.starts_with("box/")).count(), 1, "{}", found.out);
}

#[test]
fn a_list_that_can_not_be_read_is_one_line_and_the_catalogue_stands_in_its_place() {
    let large = format!("{{\"data\":[{{\"id\":\"{}\"}}]}}", "x".repeat(9 << 20));
    let refusal =
        format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","code":"invalid_api_key"}}}}"#);
    for (answer, says) in [
        (status("401 Unauthorized", "application/json", &refusal), "check BOX_KEY"),
        (status("200 OK", "text/html", "<html>login</html>"), "no JSON where a list of models was expected"),
        (status("200 OK", "application/json", "{\"data\":7}"), "no list of models"),
        (status("200 OK", "application/json", &large), "larger than 8 MiB"),
        (
            b"HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n".to_vec(),
            "redirects to",
        ),
        (status("404 Not Found", "text/plain", "no\u{1b}[2J such page"), "no"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\"".to_vec(), "lost"),
    ] {
        let server = FaultServer::answer(answer);
        let own = "api_key_env = \"BOX_KEY\"\n[models.\"box/known\"]\ninput = 1\noutput = 2\n";
        let ran = ran(&home("openai", &server.url, own), &["box"]);
        assert_eq!(ran.code, Some(3), "{says}: {}", ran.err);
        assert!(ran.line().starts_with("synod: box: ") && ran.line().contains(says), "{}", ran.err);
        assert!(ran.line().ends_with(" those of the catalogue of 2026-11-22"), "{}", ran.err);
        assert!(ran.out.contains("box/known") && ran.out.contains("1.00/2.00"), "{}", ran.out);
    }
    let server = FaultServer::start(vec![Act::Close]);
    let ran = ran(&home("openai", &server.url, ""), &["box"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "nothing is listed");
    assert!(ran.line().ends_with("nothing is known of its models"), "{}", ran.err);
}

#[test]
fn servers_that_do_not_listen_are_told_of_only_where_the_person_named_them() {
    let home = home("openai", "http://127.0.0.1:1", "");
    let named = ran(&home, &["box"]);
    assert_eq!((named.code, named.out.as_str()), (Some(1), ""));
    assert!(named.line().contains("nothing listens on 127.0.0.1:1; is the server running?"), "{}", named.err);
    let all = ran(&home, &["--offline"]);
    assert_eq!(all.code, Some(0));
    for preset in ["lmstudio", "vllm", "llamacpp", "litellm"] {
        assert!(!all.out.contains(preset) && !all.err.contains(preset), "{}{}", all.out, all.err);
    }
}

#[test]
fn who_has_no_key_is_not_contacted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let home = home("openai", &url, "api_key_env = \"ANOTHER_KEY\"\n");
    let ran = ran(&home, &["box"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.line().starts_with("synod: box: no key: export ANOTHER_KEY=...; "), "{}", ran.err);
    let groq = self::ran(&home, &["groq"]);
    assert_eq!(groq.code, Some(0), "the catalogue is all there is to say");
    assert!(
        groq.out.contains("groq/openai/gpt-oss-120b     128k   0.15/0.60  MISSING  catalogue"),
        "{}",
        groq.out
    );
    assert!(groq.line().contains("no key: export GROQ_API_KEY=...; its models are those of the catalogue"));
    let _ = self::ran(&home, &["--offline", "--json"]);
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_filter_that_fits_nothing_says_so() {
    let home = Home::new();
    let all = ran(&home, &["--offline", "--json"]).json();
    assert!(list(&all["models"]).len() >= 42 && all["catalogue"] == "2026-11-22");
    let some = ran(&home, &["--offline", "openai/gpt-6 luna"]);
    let lines: Vec<&str> = some.out.lines().skip(1).collect();
    assert!(lines.len() == 1 && lines[0].starts_with("openai/gpt-6-luna  "), "{}", some.out);
    assert!(!some.err.contains("anthropic"), "others are not looked at: {}", some.err);
    let none = ran(&home, &["--offline", "zzz"]);
    assert_eq!((none.code, none.out.as_str()), (Some(1), ""));
    assert!(none.err.contains("models fits \"zzz\"; synod models lists them all"), "{}", none.err);
}

#[test]
fn llamas_own_list_says_what_it_holds() {
    let Some(server) = crate::llama::server() else { return };
    let home = home("openai", &server.url, "");
    let ran = ran(&home, &["box", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let report = ran.json();
    let one = &report["models"][0];
    assert!(one["context"].as_u64().is_some_and(|tokens| tokens >= 512), "{one}");
    assert_eq!((&one["price"]["output"], &one["from"]), (&0.0.into(), &"live".into()));
}
