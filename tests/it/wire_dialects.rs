//! The dialects beside Chat Completions, through the real provider and a real socket on loopback: what is sent, what comes
//! back, how it ends, and that a key goes nowhere else. Framing and the transport are held by `wire.rs`.
#![cfg(test)]

use crate::fault_server::{FaultServer, head, status};
use crate::wire::{Got, cut_everywhere, decode, provider_of, question, read};
use serde_json::{Value, json};
use std::path::PathBuf;
use synod::config::{Config, Kind, Provider as Configured};
use synod::core::{ErrorKind, Message, Role, Usage};
use synod::providers::registry::Registry;
use synod::providers::{Embed, Request, Stop};

const KEY: &str = "geheim+Schluessel/1234";

/// A request with a history and everything set that can be.
fn full() -> Request {
    let mut request = question("Be brief.", "What is it?");
    let say = |role, text: &str| Message { role, text: text.to_owned() };
    request.messages.extend([say(Role::Assistant, "A thing."), say(Role::User, "Which?")]);
    request.params.temperature = Some(0.5);
    request.params.top_p = Some(0.25);
    request.params.seed = Some(7);
    request
}

/// What a provider of this kind sends: the first line, the head in small letters, and the body.
async fn sent(kind: Kind, base: &str, request: Request) -> (String, String, Value) {
    let server = FaultServer::answer(status("400 X", "application/json", "{}"));
    let got = read(provider_of(kind, &format!("{}{base}", server.url), Some(KEY)).stream(request)).await;
    assert_eq!(got.error.map(|error| error.kind), Some(ErrorKind::BadRequest));
    let sent = server.request();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let (line, head) = head.split_once("\r\n").unwrap();
    (line.to_owned(), head.to_lowercase(), serde_json::from_str(body).unwrap())
}

/// What a provider of this kind makes of this answer.
async fn answer(kind: Kind, bytes: impl Into<Vec<u8>>) -> Got {
    let server = FaultServer::answer(bytes);
    read(provider_of(kind, &server.url, Some(KEY)).stream(question("", "q"))).await
}

/// The kind of fault that a stream of these bytes ends with.
fn fault_of(kind: Kind, stream: &str) -> Option<ErrorKind> {
    decode(kind, [stream.as_bytes()]).error.map(|error| error.kind)
}

/// A stream that was recorded elsewhere, if it is here.
fn recorded(name: &str) -> Option<String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/wire").join(name);
    let text = std::fs::read_to_string(file).ok();
    if text.is_none() {
        crate::left_out(&format!("no recorded stream {name}"));
    }
    text
}

/// Checks that a stream that stops anywhere before this text is no success, and that it is one from the line after it on.
fn success_needs(kind: Kind, stream: &str, marker: &str) {
    let finish = stream.find(marker).unwrap();
    for end in (0..finish).filter(|end| stream.is_char_boundary(*end)) {
        let got = decode(kind, [&stream.as_bytes()[..end]]);
        assert_eq!((&got.stop, got.kind()), (&None, Some(ErrorKind::EndedEarly)), "ends at {end}");
    }
    let line = finish + stream[finish..].find('\n').unwrap();
    assert_eq!(decode(kind, [&stream.as_bytes()[..line]]).stop, Some(Stop::Done));
}

/// Checks that neither a status nor an error in mid-stream shows the key, and that the key goes in this header alone.
async fn the_key_stays_hidden(kind: Kind, header: &str, mid_stream: &str) {
    let (_, head, body) = sent(kind, "/v1", question("", "q")).await;
    let key = KEY.to_lowercase();
    let bears: Vec<&str> = head.lines().filter(|line| line.contains(&key)).collect();
    assert_eq!(bears, [format!("{header}{key}")]);
    assert!(!body.to_string().contains(KEY));
    let error = json!({"error": {"message": format!("bad key {KEY}"), "type": "authentication_error"}});
    let got = answer(kind, status("401 X", "application/json", &error.to_string())).await;
    assert_eq!(
        (got.kind(), got.message()),
        (Some(ErrorKind::KeyRejected), "key rejected (401): bad key [key]")
    );
    let got =
        answer(kind, [&crate::fault_server::head("text/event-stream"), mid_stream.as_bytes()].concat()).await;
    assert!(got.kind().is_some() && got.message().contains("[key]"), "{got:?}");
    assert!(!format!("{got:?}").contains(KEY));
}

const MESSAGES: &str = include_str!("../sse/llamacpp-messages.sse");
const MESSAGES_THINK: &str = include_str!("../sse/llamacpp-messages-think.sse");

#[tokio::test]
async fn messages_are_asked_for_as_anthropic_wants_it() {
    let expected = json!({
        "model": "m", "max_tokens": 4096, "stream": true, "system": "Be brief.", "temperature": 0.5, "top_p": 0.25,
        "messages": [{"role": "user", "content": "What is it?"}, {"role": "assistant", "content": "A thing."},
            {"role": "user", "content": "Which?"}],
    });
    for (base, path) in
        [("", "/v1/messages"), ("/v1", "/v1/messages"), ("/anthropic", "/anthropic/v1/messages")]
    {
        let (line, head, body) = sent(Kind::Anthropic, base, full()).await;
        assert_eq!(line, format!("POST {path} HTTP/1.1"));
        assert!(head.contains("anthropic-version: 2023-06-01") && !head.contains("authorization"), "{head}");
        assert_eq!(body, expected);
    }
    let (_, _, body) = sent(Kind::Anthropic, "", question("", "q")).await;
    assert_eq!(body.as_object().unwrap().len(), 4, "nothing that was not set: {body}");
    let error = format!("event: error\ndata: {}\n\n", json!({"type": "error", "error": {"message": KEY}}));
    the_key_stays_hidden(Kind::Anthropic, "x-api-key: ", &error).await;
}

#[tokio::test]
async fn messages_arrive_whole_with_thinking_apart_and_all_tokens() {
    let got = answer(Kind::Anthropic, [&head("text/event-stream"), MESSAGES_THINK.as_bytes()].concat()).await;
    assert_eq!(
        (got.text.as_str(), &got.stop),
        ("We prefer option B since it costs least.", &Some(Stop::Done))
    );
    assert_eq!(got.thinking, "First weigh both options carefully, then choose.");
    // 7 tokens were new and 18 came from the cache: 25 were read.
    assert_eq!(got.usage.map(|usage| (usage.input, usage.cached)), Some((25, 18)));
    for stream in [MESSAGES, MESSAGES_THINK] {
        cut_everywhere(Kind::Anthropic, stream.as_bytes());
        success_needs(Kind::Anthropic, stream, r#""stop_reason":"end_turn""#);
    }
    if let Some(stream) = recorded("litellm-llama-messages.sse") {
        cut_everywhere(Kind::Anthropic, stream.as_bytes());
        let usage = decode(Kind::Anthropic, [stream.as_bytes()]).usage;
        assert_eq!(
            usage,
            Some(Usage { input: 25, output: 18, reasoning: 0, cached: 18, ..Usage::default() })
        );
    }
    // A proxy that sends a document although events were asked for.
    let whole = json!({"type": "message", "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text",
        "text": "Hi"}], "stop_reason": "max_tokens", "usage": {"input_tokens": 3, "output_tokens": 2}});
    let got = answer(Kind::Anthropic, status("200 OK", "application/json", &whole.to_string())).await;
    assert_eq!((got.text.as_str(), got.thinking.as_str(), &got.stop), ("Hi", "hm", &Some(Stop::Length)));
}

/// A stream as Ollama documents it.
const OLLAMA: &str = r#"{"model":"m","created_at":"2026-11-22T01:00:00Z","message":{"role":"assistant","content":"","thinking":"Let me see."},"done":false}
{"model":"m","created_at":"2026-11-22T01:00:01Z","message":{"role":"assistant","content":"Grüße, "},"done":false}
{"model":"m","created_at":"2026-11-22T01:00:02Z","message":{"role":"assistant","content":"東京 🦀"},"done":false}
{"model":"m","created_at":"2026-11-22T01:00:03Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":9,"prompt_eval_count":21,"eval_count":4}
"#;

#[tokio::test]
async fn ollama_is_asked_at_its_root_with_room_for_the_prompt() {
    let expected = json!({
        "model": "m", "stream": true, "truncate": false,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is it?"},
            {"role": "assistant", "content": "A thing."}, {"role": "user", "content": "Which?"}],
        "options": {"num_predict": 4096, "num_ctx": 8192, "temperature": 0.5, "top_p": 0.25, "seed": 7},
    });
    for (base, path) in
        [("", "/api/chat"), ("/v1", "/api/chat"), ("/api", "/api/chat"), ("/x/v1", "/x/api/chat")]
    {
        let (line, _, body) = sent(Kind::Ollama, base, full()).await;
        assert_eq!(line, format!("POST {path} HTTP/1.1"));
        assert_eq!(body, expected);
    }
    let mut request = question("", &"x".repeat(40_000));
    request.params.answer_limit = 10;
    let (_, _, body) = sent(Kind::Ollama, "", request).await;
    assert_eq!(body["options"], json!({"num_predict": 10, "num_ctx": 32768}));
    the_key_stays_hidden(Kind::Ollama, "authorization: bearer ", &format!("{}\n", json!({"error": KEY})))
        .await;
}

#[tokio::test]
async fn ollama_answers_line_by_line() {
    let got = answer(Kind::Ollama, [&head("application/x-ndjson"), OLLAMA.as_bytes()].concat()).await;
    assert_eq!((got.text.as_str(), got.thinking.as_str()), ("Grüße, 東京 🦀", "Let me see."));
    assert_eq!(
        (got.stop, got.usage),
        (Some(Stop::Done), Some(Usage { input: 21, output: 4, ..Usage::default() }))
    );
    cut_everywhere(Kind::Ollama, OLLAMA.as_bytes());
    success_needs(Kind::Ollama, OLLAMA, r#""done":true"#);
    let error =
        format!("{}\n{}\n", OLLAMA.lines().next().unwrap(), r#"{"error":"an error was encountered"}"#);
    assert_eq!(fault_of(Kind::Ollama, &error), Some(ErrorKind::Overloaded));
    if let Some(stream) = recorded("ollama-chat-thinking.ndjson") {
        cut_everywhere(Kind::Ollama, stream.as_bytes());
        let got = decode(Kind::Ollama, [stream.as_bytes()]);
        assert_eq!((got.text.as_str(), got.thinking.as_str()), ("B", "Let me think."));
    }
    if let Some(stream) = recorded("ollama-error-midstream.ndjson") {
        assert_eq!(fault_of(Kind::Ollama, &stream), Some(ErrorKind::Overloaded));
    }
    let missing = status("404 X", "application/json", r#"{"error":"model 'm' not found"}"#);
    let got = answer(Kind::Ollama, missing).await;
    assert_eq!(
        (got.kind(), got.message()),
        (Some(ErrorKind::NotFound), "not found (404): model 'm' not found")
    );
}

/// A stream as Gemini documents it.
const GEMINI: &str = r#"data: {"candidates":[{"content":{"parts":[{"text":"Let me see.","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":21,"thoughtsTokenCount":5},"modelVersion":"m"}

data: {"candidates":[{"content":{"parts":[{"text":"Grüße, "}],"role":"model"},"finishReason":null,"index":0}]}

data: {"candidates":[{"content":{"parts":[{"text":"東京 🦀"}],"role":"model"},"index":0}]}

data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"eA=="}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":21,"candidatesTokenCount":4,"thoughtsTokenCount":5,"cachedContentTokenCount":8,"totalTokenCount":30}}

"#;

#[tokio::test]
async fn gemini_is_asked_by_the_models_own_path() {
    let say = |role: &str, text: &str| json!({"role": role, "parts": [{"text": text}]});
    let expected = json!({
        "contents": [say("user", "What is it?"), say("model", "A thing."), say("user", "Which?")],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {"maxOutputTokens": 4096, "temperature": 0.5, "topP": 0.25, "seed": 7},
    });
    for (base, path) in [("", "/v1"), ("/v1beta", "/v1beta"), ("/v1/models", "/v1")] {
        let (line, head, body) = sent(Kind::Gemini, base, full()).await;
        assert_eq!(line, format!("POST {path}/models/m:streamGenerateContent?alt=sse HTTP/1.1"));
        assert!(!head.contains("authorization"), "{head}");
        assert_eq!(body, expected);
    }
    let mut odd = question("", "q");
    odd.model = "models/../a?key=b#c".to_owned();
    let (line, _, _) = sent(Kind::Gemini, "", odd).await;
    assert_eq!(line, "POST /v1/models/..%2Fa%3Fkey=b%23c:streamGenerateContent?alt=sse HTTP/1.1");
    let error = format!("data: {}\n\n", json!({"error": {"code": 400, "message": KEY}}));
    the_key_stays_hidden(Kind::Gemini, "x-goog-api-key: ", &error).await;
}

#[tokio::test]
async fn gemini_answers_whole_with_thoughts_apart() {
    let got = answer(Kind::Gemini, [&head("text/event-stream"), GEMINI.as_bytes()].concat()).await;
    assert_eq!((got.text.as_str(), got.thinking.as_str()), ("Grüße, 東京 🦀", "Let me see."));
    assert_eq!(got.stop, Some(Stop::Done));
    assert_eq!(got.usage, Some(Usage { input: 21, output: 9, reasoning: 5, cached: 8, ..Usage::default() }));
    cut_everywhere(Kind::Gemini, GEMINI.as_bytes());
    success_needs(Kind::Gemini, GEMINI, r#""finishReason":"STOP""#);
    for name in ["litellm-llama-gemini.sse", "litellm-mock-gemini.sse"] {
        let Some(stream) = recorded(name) else { continue };
        if name.contains("mock") {
            assert_eq!(fault_of(Kind::Gemini, &stream), Some(ErrorKind::Overloaded));
        } else {
            cut_everywhere(Kind::Gemini, stream.as_bytes());
            assert_eq!(
                decode(Kind::Gemini, [stream.as_bytes()]).text,
                "We prefer option B since it costs least."
            );
        }
    }
}

const RESPONSES: &str = include_str!("../sse/llamacpp-responses.sse");
const RESPONSES_THINK: &str = include_str!("../sse/llamacpp-responses-think.sse");
const RESPONSES_CUT: &str = include_str!("../sse/llamacpp-responses-incomplete.sse");

#[tokio::test]
async fn responses_are_asked_for_without_being_stored() {
    let expected = json!({
        "model": "m", "stream": true, "store": false, "max_output_tokens": 4096, "instructions": "Be brief.",
        "temperature": 0.5, "top_p": 0.25,
        "input": [{"role": "user", "content": "What is it?"}, {"role": "assistant", "content": "A thing."},
            {"role": "user", "content": "Which?"}],
    });
    for base in ["/v1", "/v1/responses"] {
        let (line, _, body) = sent(Kind::Responses, base, full()).await;
        assert_eq!((line.as_str(), body), ("POST /v1/responses HTTP/1.1", expected.clone()));
    }
    let error = format!("data: {}\n\n", json!({"type": "error", "code": "server_error", "message": KEY}));
    the_key_stays_hidden(Kind::Responses, "authorization: bearer ", &error).await;
}

#[tokio::test]
async fn responses_arrive_whole_with_thinking_apart() {
    let got =
        answer(Kind::Responses, [&head("text/event-stream"), RESPONSES_THINK.as_bytes()].concat()).await;
    assert_eq!(
        (got.text.as_str(), &got.stop),
        ("We prefer option B since it costs least.", &Some(Stop::Done))
    );
    assert_eq!(got.thinking, "First weigh both options carefully, then choose.");
    assert_eq!(
        got.usage,
        Some(Usage { input: 25, output: 18, reasoning: 0, cached: 24, ..Usage::default() })
    );
    for stream in [RESPONSES, RESPONSES_THINK, RESPONSES_CUT] {
        cut_everywhere(Kind::Responses, stream.as_bytes());
        success_needs(Kind::Responses, stream, r#""type":"response.completed""#);
    }
    assert_eq!(decode(Kind::Responses, [RESPONSES_CUT.as_bytes()]).text, "Round and round we go");
    if let Some(stream) = recorded("litellm-llama-responses.sse") {
        cut_everywhere(Kind::Responses, stream.as_bytes());
        assert_eq!(decode(Kind::Responses, [stream.as_bytes()]).text, "Paris is the capital of France.");
    }
}

#[test]
fn what_a_mocked_proxy_sent_is_read() {
    let mock = "Grüße from a mock 🦀: 2 + 2 = 4. Line one.\nLine two.";
    if let Some(stream) = recorded("litellm-mock-chat.sse") {
        cut_everywhere(Kind::OpenAi, stream.as_bytes());
        assert_eq!(decode(Kind::OpenAi, [stream.as_bytes()]).text, mock);
    }
    for (name, text) in [
        ("litellm-mock-messages.sse", "Hello from mock Claude. Ünïcode ✓"),
        ("litellm-mock-messages2.sse", mock),
    ] {
        let Some(stream) = recorded(name) else { continue };
        cut_everywhere(Kind::Anthropic, stream.as_bytes());
        let got = decode(Kind::Anthropic, [stream.as_bytes()]);
        assert_eq!((got.text.as_str(), got.usage.map(|usage| usage.output)), (text, Some(503)));
    }
    if let Some(stream) = recorded("litellm-mock-responses.sse") {
        assert_eq!(fault_of(Kind::Responses, &stream), Some(ErrorKind::Overloaded));
    }
    if let Some(stream) = recorded("litellm-llama-chat.sse") {
        cut_everywhere(Kind::OpenAi, stream.as_bytes());
    }
    for name in ["llamacpp-chat-long.sse", "llamacpp-chat-loop.sse"] {
        let Some(stream) = recorded(name) else { continue };
        let whole = decode(Kind::OpenAi, [stream.as_bytes()]);
        assert!(whole.text.len() > 200, "{name}: {whole:?}");
        assert_eq!(decode(Kind::OpenAi, stream.as_bytes().chunks(1)), whole, "{name}");
    }
}

#[tokio::test]
async fn a_token_of_anthropics_goes_as_a_bearer() {
    let server = FaultServer::answer(status("400 X", "application/json", "{}"));
    let configured = Configured {
        kind: Kind::Anthropic,
        base_url: server.url.clone(),
        api_key_env: Some("ANTHROPIC_AUTH_TOKEN".to_owned()),
        key: Some(KEY.into()),
        ..Configured::default()
    };
    let config = Config { providers: [("test".to_owned(), configured)].into(), ..Config::default() };
    let provider = Registry::new(&config).open(&"test/m".parse().unwrap()).unwrap();
    read(provider.stream(question("", "q"))).await;
    let sent = server.request().to_lowercase();
    assert!(sent.contains(&format!("authorization: bearer {}", KEY.to_lowercase())), "{sent}");
    assert!(!sent.contains("x-api-key"), "{sent}");
}

#[tokio::test]
async fn gemini_gives_vectors_in_its_own_way() {
    let body = json!({"embeddings": [{"values": [1, 0]}, {"values": [0, 1]}]});
    let server = FaultServer::answer(status("200 OK", "application/json", &body.to_string()));
    let provider = provider_of(Kind::Gemini, &format!("{}/v1beta", server.url), Some(KEY));
    let texts = vec!["one".to_owned(), "two".to_owned()];
    let got = provider.embed(Embed { model: "models/e".to_owned(), texts }).await.unwrap();
    assert_eq!(got.vectors, [vec![1.0, 0.0], vec![0.0, 1.0]]);
    let sent = server.request();
    assert!(sent.starts_with("POST /v1beta/models/e:batchEmbedContents HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains(&format!("x-goog-api-key: {KEY}")), "{sent}");
    let body: Value = serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap();
    let part = |text: &str| json!({"model": "models/e", "content": {"parts": [{"text": text}]}});
    assert_eq!(body, json!({"requests": [part("one"), part("two")]}));
}
