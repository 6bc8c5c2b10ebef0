//! Vectors over the wire, through the real provider and a real socket on loopback; and, where there is one, from a real
//! llama.cpp server (`SYNOD_TEST_LLAMA`, see [`crate::llama`]).
#![cfg(test)]

use crate::fault_server::{Act, FaultServer, head, status};
use std::sync::Arc;
use synod::config::{Config, Kind, Provider as Configured};
use synod::core::{CallError, ErrorKind};
use synod::providers::registry::Registry;
use synod::providers::{Embed, Embedded, Provider};

fn provider(name: &str, base_url: &str, key: Option<&str>) -> Arc<dyn Provider> {
    let configured = Configured {
        kind: Kind::OpenAi,
        base_url: base_url.to_owned(),
        api_key_env: key.map(|_| "TEST_API_KEY".to_owned()),
        key: key.filter(|key| !key.is_empty()).map(Into::into),
        ..Configured::default()
    };
    let config = Config { providers: [(name.to_owned(), configured)].into(), ..Config::default() };
    Registry::new(&config).open(&format!("{name}/m").parse().unwrap()).unwrap()
}

fn two() -> Embed {
    Embed { model: "m".to_owned(), texts: vec!["one".to_owned(), "two".to_owned()] }
}

async fn answered(acts: Vec<Act>) -> Result<Embedded, CallError> {
    let server = FaultServer::start(acts);
    provider("test", &format!("{}/v1", server.url), None).embed(two()).await
}

async fn fault(bytes: impl Into<Vec<u8>>) -> (ErrorKind, String) {
    let fault = answered(vec![Act::Send(bytes.into()), Act::Close]).await.unwrap_err();
    assert!(!fault.hint.is_empty(), "{fault:?}");
    (fault.kind, fault.message)
}

const GOOD: &str = r#"{"object":"list","data":[{"index":1,"embedding":[0.5,1]},{"index":0,"embedding":[1,0]}],"usage":{"prompt_tokens":4,"total_tokens":4}}"#;

#[tokio::test]
async fn both_dialects_are_asked_where_they_listen() {
    for (name, base, path, field) in [
        ("test", "/v1", "POST /v1/embeddings HTTP/1.1", r#""encoding_format":"float""#),
        ("test", "/openai/v1/", "POST /openai/v1/embeddings HTTP/1.1", r#""input":["one","two"]"#),
        ("test", "", "POST /embeddings HTTP/1.1", r#""model":"m""#),
        ("ollama", "/v1", "POST /api/embed HTTP/1.1", r#""truncate":false"#),
        ("ollama", "", "POST /api/embed HTTP/1.1", r#""input":["one","two"]"#),
    ] {
        let server = FaultServer::answer(status("200 OK", "application/json", GOOD));
        let got =
            provider(name, &format!("{}{base}", server.url), Some("sk-secret")).embed(two()).await.unwrap();
        assert_eq!(got.vectors, [vec![1.0, 0.0], vec![0.5, 1.0]], "{name}{base}");
        assert_eq!(got.usage.unwrap().input, 4);
        let request = server.request();
        assert!(request.starts_with(path) && request.contains(field), "{request}");
        assert!(request.contains("authorization: Bearer sk-secret"), "{request}");
    }
}

#[tokio::test]
async fn what_goes_wrong_is_one_fault_of_a_kind() {
    let json = |line: &str, body: &str| status(line, "application/json", body);
    let rejected =
        json("401 Unauthorized", r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#);
    assert_eq!(fault(rejected).await.0, ErrorKind::KeyRejected);
    let missing = json("404 Not Found", r#"{"error":"model \"m\" not found, try pulling it first"}"#);
    assert_eq!(fault(missing).await.0, ErrorKind::NotFound);
    assert_eq!(fault(json("429 Too Many Requests", "{}")).await.0, ErrorKind::RateLimited);
    let inside = json("200 OK", r#"{"error":{"message":"overloaded","type":"server_error"}}"#);
    assert_eq!(fault(inside).await.0, ErrorKind::Overloaded);
    let (kind, message) = fault(status("200 OK", "text/html", "<html>log in</html>")).await;
    assert!(kind == ErrorKind::BadResponse && message.contains("log in"), "{message}");
    let (kind, message) = fault(json("200 OK", r#"{"data":[{"embedding":[1]}]}"#)).await;
    assert!(kind == ErrorKind::BadResponse && message.contains("vectors"), "{message}");
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/x\r\ncontent-length: 0\r\n\r\n";
    let (kind, message) = fault(moved).await;
    assert!(kind == ErrorKind::BadResponse && message.contains("redirects"), "{message}");
    let cut = [&status("200 OK", "application/json", GOOD)[..60], b""].concat();
    assert!(matches!(fault(cut).await.0, ErrorKind::ConnectionLost | ErrorKind::EndedEarly));
    let reset = answered(vec![Act::Send(head("application/json")), Act::Reset]).await;
    assert!(reset.is_err());
}

#[tokio::test]
async fn a_missing_key_sends_nothing_and_a_key_is_never_shown() {
    let fault = provider("test", "http://127.0.0.1:9/v1", Some("")).embed(two()).await.unwrap_err();
    assert_eq!((fault.kind, fault.message.as_str()), (ErrorKind::NoKey, "no key: TEST_API_KEY is not set"));
    let body = r#"{"error":{"message":"bad key sk-canary-4f7e"}}"#;
    let server = FaultServer::answer(status("403 Forbidden", "application/json", body));
    let asked = provider("test", &format!("{}/v1", server.url), Some("sk-canary-4f7e")).embed(two()).await;
    let fault = asked.unwrap_err();
    assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
}

#[tokio::test]
async fn dropping_the_question_closes_its_connection() {
    let server = FaultServer::start(vec![Act::AwaitClose]);
    let asked = provider("test", &format!("{}/v1", server.url), None).embed(two());
    let heard = tokio::task::spawn_blocking(move || {
        server.request();
        server
    });
    let server = tokio::select! {
        answer = asked => panic!("{answer:?}"),
        server = heard => server.unwrap(),
    };
    server.closed().await;
}
