//! Ollama on this machine: offered to someone who has no council, when it answers in time; and nothing is contacted
//! otherwise. The servers are the tests' own.
#![cfg(test)]

use crate::fault_server::{Act, FaultServer, head, status};
use crate::home::Home;
use crate::terminal::{Terminal, synod};
use serde_json::json;
use std::io::ErrorKind;
use std::net::TcpListener;
use synod::providers::probe;

/// What Ollama says it has: two models that answer, and two that only embed texts.
fn tags() -> String {
    json!({ "models": [
        { "name": "llama3.2:latest", "model": "llama3.2:latest", "size": 2_019_393_189_u64,
          "details": { "format": "gguf", "family": "llama", "families": ["llama"] } },
        { "name": "nomic-embed-text:latest", "details": { "family": "nomic-bert" } },
        { "name": "all-minilm", "details": { "family": "bert" } },
        { "name": "qwen3:4b" },
    ] })
    .to_string()
}

fn asked(base_url: &str) -> Option<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(probe::ollama(base_url))
}

#[test]
fn ollama_tells_its_models() {
    let server = FaultServer::answer(status("200 OK", "application/json", &tags()));
    let models = asked(&format!("{}/v1", server.url));
    assert_eq!(models, Some(vec!["llama3.2:latest".to_owned(), "qwen3:4b".to_owned()]));
    let request = server.request();
    assert!(request.starts_with("GET /api/tags HTTP/1.1\r\n"), "{request}");
    assert!(!request.to_lowercase().contains("authorization"), "{request}");
    let server = FaultServer::answer(status("200 OK", "application/json", "{\"models\": []}"));
    assert_eq!(asked(&format!("{}/behind/v1", server.url)), Some(vec![]));
    assert!(server.request().starts_with("GET /behind/api/tags "));
}

#[test]
fn what_is_not_ollama_is_left_alone() {
    let large = format!("{{\"models\": [{{\"name\": \"{}\"}}]}}", "x".repeat(2 << 20));
    for answer in [
        status("404 Not Found", "text/plain", "404 page not found"),
        status("500 Oops", "application/json", &tags()),
        status("302 Found", "text/plain", ""),
        status("200 OK", "text/html", "<html>"),
        status("200 OK", "application/json", "{\"models\": 3}"),
        status("200 OK", "application/json", "[]"),
        status("200 OK", "application/json", &large),
        [head("application/json"), b"{\"models\": [".to_vec()].concat(),
        b"220 mail ready\r\n".to_vec(),
        Vec::new(),
    ] {
        let server = FaultServer::answer(answer);
        assert_eq!(asked(&format!("{}/v1", server.url)), None);
    }
    let silent = FaultServer::start(vec![Act::Hold]);
    assert_eq!(asked(&silent.url), None, "one that never answers is not waited for");
    for elsewhere in ["http://192.0.2.1:11434/v1", "https://127.0.0.1:1/v1", "http://ollama.example/v1"] {
        assert_eq!(asked(elsewhere), None);
    }
}

/// The workbench of someone who has nothing set up, with Ollama's address.
fn welcome(home: &Home, ollama_host: &str, args: &[&str]) -> Terminal {
    let mut command = synod(home, args);
    command.env("OLLAMA_HOST", ollama_host);
    Terminal::spawn((80, 24), command)
}

#[test]
fn a_newcomer_is_offered_the_models_on_this_machine() {
    let home = Home::new();
    let server = FaultServer::answer(status("200 OK", "application/json", &tags()));
    let place = server.url.trim_start_matches("http://");
    let mut terminal = welcome(&home, place, &[]);
    terminal.shows("Just look around");
    let screen = terminal.screen().contents();
    for line in ["> 1  Offline demo", "  3  Connect a model", "  4  Just look around"] {
        assert!(screen.contains(line), "{screen}");
    }
    let line = format!("  2  Local models        Ollama answers on {place} (2 models)");
    assert!(screen.contains(&line), "{screen}");
    terminal.press("2");
    terminal.shows("llama3.2:latest, qwen3:4b will be asked");
    terminal.shows("$0.00, 2 members, local");
    terminal.press("\u{1b}");
    terminal.shows("q quit");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    assert_eq!(home.files(), Vec::new(), "looking leaves nothing behind");
}

#[test]
fn without_ollama_the_lines_close_up() {
    let home = Home::new();
    let mut terminal = welcome(&home, "127.0.0.1:1", &[]);
    terminal.shows("no Ollama on 127.0.0.1:1");
    let screen = terminal.screen().contents();
    assert!(screen.contains("  2  Connect a model") && screen.contains("  3  Just look around"), "{screen}");
    assert!(!screen.contains("Local models"), "{screen}");
    terminal.press("3");
    terminal.shows("No council yet.");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    let server = FaultServer::answer(status("200 OK", "application/json", "{\"models\": []}"));
    let mut terminal = welcome(&home, &server.url, &[]);
    terminal.shows("has no model to ask; ollama pull");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
}

#[test]
fn nothing_is_contacted_when_a_council_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let untouched = || assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    let home = Home::new();
    for (config, args) in
        [("", &["--demo"][..]), ("", &["-m", "local/x"]), ("[councils.solo]\nmembers = [\"local/x\"]\n", &[])]
    {
        home.write("config/synod/config.toml", config);
        let mut terminal = welcome(&home, &place, args);
        terminal.shows("Write a question below");
        terminal.press("\u{1b}");
        terminal.shows("q quit");
        terminal.press("q");
        assert_eq!(terminal.end().exit_code(), 0);
        untouched();
    }
    // Nor by any command that opens no workbench.
    home.write("config/synod/config.toml", "");
    for args in
        [&["ask", "--demo", "q"][..], &["ask", "q"], &["sessions"], &["show"], &["config", "check"], &[]]
    {
        let output = home.synod(args).env("OLLAMA_HOST", &place).output().unwrap();
        assert!(output.status.code().is_some());
        untouched();
    }
}
