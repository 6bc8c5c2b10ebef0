//! A real llama.cpp server with the scripted model of tests/llama, and what the provider makes of it.
//!
//! Left out, with a line that says so, unless `SYNOD_TEST_LLAMA` names the interpreter that `tests/llama/run --python`
//! prints. Whole councils over it are tested elsewhere; this holds the server and the provider alone.
#![cfg(test)]

use crate::wire::{Got, provider, provider_of, question, read};
use futures_util::StreamExt as _;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use synod::config::Kind;
use synod::core::{ErrorKind, Templates};
use synod::providers::{Delta, Stop};

/// A running server. Dropping it ends its process.
pub struct Server {
    child: Child,
    /// Where it listens, for example `http://127.0.0.1:40001`; its API is under `/v1`.
    pub url: String,
}

/// Starts a server on a free port of loopback, if this run has one.
#[expect(clippy::disallowed_methods, reason = "a test's own switch, no configuration of synod's")]
pub fn server() -> Option<Server> {
    let Some(python) = std::env::var_os("SYNOD_TEST_LLAMA") else {
        crate::left_out("no llama.cpp server (SYNOD_TEST_LLAMA names its python; .ci/run sets it)");
        return None;
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/llama");
    // The port is free for a moment only, so another process may take it first.
    for _ in 0..5 {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut child = Command::new(&python)
            .arg(here.join("serve.py"))
            .arg(here.join("scripted.gguf"))
            .arg(address.port().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        if lines.map_while(Result::ok).any(|line| line.starts_with("READY")) {
            return Some(Server { child, url: format!("http://{address}") });
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    panic!("the llama.cpp server did not start; try tests/llama/run 18081");
}

impl Server {
    /// Kills the server as `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn ask(server: &Server, persona: &str, text: &str) -> Got {
    read(provider(&server.url, None).stream(question(persona, text))).await
}

fn done(got: &Got) -> &str {
    assert_eq!((&got.stop, &got.error), (&Some(Stop::Done), &None), "{got:?}");
    let usage = got.usage.unwrap();
    assert!(usage.input > 0 && usage.output > 0, "{usage:?}");
    &got.text
}

#[tokio::test]
async fn members_that_agree_and_members_that_conflict_arrive_whole() {
    let Some(server) = server() else { return };
    let question = "Is the old bridge safe for trucks?";
    let (one, two) =
        tokio::join!(ask(&server, "You are #yes.", question), ask(&server, "Also #yes.", question));
    assert_eq!(done(&one), done(&two));
    let (yes, no) =
        tokio::join!(ask(&server, "You are #yes.", question), ask(&server, "You are #no.", question));
    assert!(done(&yes).starts_with("Yes. The old bridge is safe for trucks of up to 12 tonnes."));
    assert!(done(&no).starts_with("No. The old bridge is not safe for trucks."));
    for got in [yes, no] {
        assert!(got.text.ends_with("Keep the speed limit at 30 km/h."), "{got:?}");
    }
}

#[tokio::test]
async fn thinking_and_other_scripts_arrive_whole() {
    let Some(server) = server() else { return };
    let got = ask(&server, "", "#think").await;
    assert_eq!(done(&got), "We prefer option B since it costs least.");
    assert_eq!(got.thinking, "First weigh both options carefully, then choose.");
    assert_eq!(done(&ask(&server, "", "#utf8").await), "Grüße aus Zürich — naïve 東京 🦀 ✓ done");
    assert!(done(&ask(&server, "", "#code").await).starts_with("```rust\nfn main() {\n"));
    assert!(done(&ask(&server, "", "#long").await).ends_with(" w398 w399"));
}

#[tokio::test]
async fn the_other_dialects_of_the_server_say_the_same() {
    let Some(server) = server() else { return };
    for kind in [Kind::Anthropic, Kind::Responses] {
        let ask = |persona: &'static str, text: &'static str| {
            read(
                provider_of(kind, &format!("{}/v1", server.url), Some("any")).stream(question(persona, text)),
            )
        };
        let got = ask("", "#think").await;
        assert_eq!(done(&got), "We prefer option B since it costs least.", "{kind:?}");
        assert_eq!(got.thinking, "First weigh both options carefully, then choose.", "{kind:?}");
        assert_eq!(done(&ask("", "#utf8").await), "Grüße aus Zürich — naïve 東京 🦀 ✓ done", "{kind:?}");
        let got = ask("You are #no.", "Is the old bridge safe for trucks?").await;
        assert!(done(&got).starts_with("No. The old bridge is not safe for trucks."), "{kind:?}: {got:?}");
    }
}

#[tokio::test]
async fn every_prompt_of_synods_has_a_script() {
    let Some(server) = server() else { return };
    let templates = Templates::default();
    for (labels, ranking) in [(r#""A", "B""#, r#"["A", "B"]"#), (r#""A", "B", "C""#, r#"["A", "B", "C"]"#)] {
        let got = ask(&server, "You are #no.", &templates.ballot.replace("{labels}", labels)).await;
        assert!(done(&got).contains(&format!(r#""ranking": {ranking}"#)), "{got:?}");
    }
    let got = ask(&server, "You are #yes.", &templates.merge).await;
    assert!(done(&got).starts_with("Consensus: ") && got.text.contains("\nFinal answer: "), "{got:?}");
    for voice in ["#yes", "#no", "#maybe"] {
        let got = ask(&server, voice, &templates.critique).await;
        assert!(done(&got).lines().last().unwrap().starts_with("POSITION: "), "{got:?}");
    }
}

#[tokio::test]
async fn a_limit_and_an_overflow_are_named() {
    let Some(server) = server() else { return };
    let mut limited = question("", "#loop");
    limited.params.answer_limit = 20;
    let got = read(provider(&server.url, None).stream(limited)).await;
    assert_eq!((&got.stop, got.usage.map(|usage| usage.output)), (&Some(Stop::Length), Some(20)), "{got:?}");
    let got = ask(&server, "", &"far too long ".repeat(3000)).await;
    let error = got.error.unwrap();
    assert_eq!(error.kind, ErrorKind::ContextOverflow, "{error:?}");
    assert!(error.message.contains("tokens, the model takes"), "{error:?}");
}

#[tokio::test]
async fn an_endless_answer_ends_when_it_is_dropped() {
    let Some(server) = server() else { return };
    // Twice as many as the server works on at once: were one not ended, the later ones would wait for ever.
    for _ in 0..8 {
        let mut endless = question("", "#loop");
        endless.params.answer_limit = 1_000_000;
        let mut stream = provider(&server.url, None).stream(endless);
        let mut pieces = 0;
        while pieces < 20 {
            pieces += usize::from(matches!(stream.next().await, Some(Ok(Delta::Text(_)))));
        }
    }
    assert_eq!(done(&ask(&server, "", "#short").await), "Paris is the capital of France.");
}

#[tokio::test]
async fn a_server_killed_in_the_middle_leaves_the_text_and_an_error() {
    let Some(mut server) = server() else { return };
    let mut endless = question("", "#loop");
    endless.params.answer_limit = 1_000_000;
    let mut stream = provider(&server.url, None).stream(endless);
    while !matches!(stream.next().await, Some(Ok(Delta::Text(_)))) {}
    server.kill();
    let got = read(stream).await;
    let kind = got.error.as_ref().map(|error| error.kind);
    assert_eq!((kind, &got.stop), (Some(ErrorKind::ConnectionLost), &None), "{kind:?}");
    let got = ask(&server, "", "#short").await;
    assert_eq!(got.error.map(|error| error.kind), Some(ErrorKind::Connect));
}
