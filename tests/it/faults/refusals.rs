//! Faults that a status tells: limits, overload, keys, models, lengths and parameters. The rest is next door.

use super::{Case, Server, plays};
use crate::fault_server::{Act, status};
use serde_json::{Value, json};
use synod::config::Kind::{Anthropic, Gemini, Ollama, OpenAi};
use synod::core::ErrorKind;

pub fn cases() -> Vec<Case> {
    [waits(), broken(), keys(), models(), lengths(), parameters(), no_waits()].into_iter().flatten().collect()
}

/// A server that answers with this status and document.
fn says(line: &str, body: &Value) -> Server {
    plays(vec![Act::Send(status(line, "application/json", &body.to_string()))])
}

/// A server that answers with this status and these headers.
fn bears(line: &str, headers: &str) -> Server {
    plays(vec![Act::Send(format!("HTTP/1.1 {line}\r\n{headers}content-length: 0\r\n\r\n").into_bytes())])
}

fn error(message: &str, code: &str) -> Value {
    json!({"error": {"message": message, "code": code}})
}

fn waits() -> Vec<Case> {
    let many = ErrorKind::RateLimited;
    let storm = "429 Too Many Requests";
    let date = "date: Sun, 22 Nov 2026 13:00:00 GMT\r\nretry-after: Sun, 22 Nov 2026 13:00:40 GMT\r\n";
    let delay = json!([{"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "46s"}]}}]);
    let spent = json!({"type": "error", "error": {"type": "rate_limit_error", "message": "enough",
        "details": {"error_code": "enforced_spend_limit_reached"}}});
    let no_credit = ErrorKind::NoCredit;
    vec![
        Case::new(11, "a second", OpenAi, bears(storm, "retry-after: 1\r\n"))
            .fails(many, "too many requests (429)")
            .hint("in 1 s")
            .wait(1000),
        Case::new(11, "milliseconds", OpenAi, bears(storm, "retry-after-ms: 300\r\nretry-after: 9\r\n"))
            .fails(many, "")
            .wait(300),
        Case::new(11, "half a second", Anthropic, bears(storm, "retry-after: 0.5\r\n"))
            .fails(many, "")
            .wait(500),
        Case::new(11, "five minutes", OpenAi, bears(storm, "retry-after: 300\r\n"))
            .fails(many, "")
            .hint("in 5 min")
            .wait(300_000),
        Case::new(11, "a date", OpenAi, bears(storm, date)).fails(many, "").hint("in 40 s").wait(40_000),
        Case::new(11, "no time", OpenAi, bears(storm, "")).fails(many, "too many requests (429)"),
        Case::new(11, "Gemini's delay", Gemini, says(storm, &delay)).fails(many, "slow down").wait(46_000),
        Case::new(11, "a spend limit", Anthropic, says(storm, &spent))
            .fails(no_credit, "no credit (429): enough")
            .hint("add credit"),
        Case::new(
            11,
            "a quota used up",
            OpenAi,
            says(storm, &error("You exceeded your quota", "insufficient_quota")),
        )
        .fails(no_credit, "no credit (429)"),
        Case::new(
            11,
            "payment required",
            OpenAi,
            says("402 Payment Required", &error("Insufficient credits", "402")),
        )
        .fails(no_credit, "no credit (402)"),
        Case::new(
            11,
            "payment that clears soon",
            OpenAi,
            bears("402 Payment Required", "retry-after: 3\r\n"),
        )
        .fails(many, "too many requests (402)")
        .wait(3000),
        Case::new(
            11,
            "not to come again",
            OpenAi,
            bears(storm, "retry-after: 1\r\nx-should-retry: false\r\n"),
        )
        .fails(many, "too many requests (429)")
        .wait(1000)
        .retry(false),
        Case::new(
            12,
            "to come again",
            Anthropic,
            bears("400 Bad Request", "retry-after: 2\r\nx-should-retry: true\r\n"),
        )
        .fails(ErrorKind::BadRequest, "request not accepted (400)")
        .wait(2000)
        .retry(true),
    ]
}

fn broken() -> Vec<Case> {
    let over = ErrorKind::Overloaded;
    let page =
        plays(vec![Act::Send(status("502 Bad Gateway", "text/html", "<html><title>Bad Gateway</title>"))]);
    let anthropic = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    vec![
        Case::new(12, "five hundred", OpenAi, says("500 X", &error("boom", "server_error")))
            .fails(over, "provider error (500): boom"),
        Case::new(12, "a bad gateway", OpenAi, page).fails(over, "provider error (502): Bad Gateway"),
        Case::new(12, "unavailable", OpenAi, bears("503 X", "retry-after: 2\r\n"))
            .fails(over, "provider overloaded (503)")
            .wait(2000),
        Case::new(12, "overloaded", Anthropic, says("529 X", &anthropic))
            .fails(over, "provider overloaded (529): Overloaded"),
        Case::new(12, "a conflict", OpenAi, bears("409 X", "")).fails(over, "(409)"),
        Case::new(12, "a gateway's timeout", OpenAi, bears("504 X", "")).fails(ErrorKind::Timeout, "(504)"),
        Case::new(12, "a request's timeout", OpenAi, bears("408 X", "")).fails(ErrorKind::Timeout, "(408)"),
    ]
}

fn keys() -> Vec<Case> {
    let rejected = ErrorKind::KeyRejected;
    vec![
        Case::new(13, "key rejected", OpenAi, says("401 X", &error("Incorrect API key provided: sk-proj-0123456789", "invalid_api_key")))
            .fails(rejected, "key rejected (401): Incorrect API key provided: [key]"),
        Case::new(13, "not allowed", Anthropic, says("403 X", &error("no access", "permission_error"))).fails(rejected, "key rejected (403)"),
        Case::new(13, "LiteLLM's missing database", OpenAi, says("400 X", &error("No connected db.", "400")))
            .fails(rejected, "No connected db.").hint("api_key_env"),
        Case::new(13, "Gemini's bad key", Gemini, says("400 X", &json!({"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}})))
            .fails(rejected, "API key not valid."),
    ]
}

/// A server that turns the model down and then tells the names it has.
fn unknown(line: &str, body: &Value, names: &Value) -> Server {
    let with_close = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap().replacen(
            "content-type",
            "connection: close\r\ncontent-type",
            1,
        );
        vec![Act::Send(text.into_bytes()), Act::Close]
    };
    let json = "application/json";
    Server::Plays(vec![
        with_close(status(line, json, &body.to_string())),
        with_close(status("200 OK", json, &names.to_string())),
    ])
}

fn models() -> Vec<Case> {
    let missing = ErrorKind::NotFound;
    let ids = json!({"data": [{"id": "other"}, {"id": "m1"}]});
    let tags = json!({"models": [{"name": "m:latest"}, {"name": "other"}]});
    let said = error("The model `m` does not exist", "model_not_found");
    vec![
        Case::new(14, "an unknown model", OpenAi, unknown("404 X", &said, &ids))
            .fails(missing, "not found (404): The model `m` does not exist")
            .hint("did you mean test/m1?"),
        Case::new(14, "an unknown model by another status", OpenAi, unknown("400 X", &said, &ids))
            .fails(missing, "(400)")
            .hint("test/m1"),
        Case::new(
            14,
            "an unknown model of Ollama's",
            Ollama,
            unknown("404 X", &json!({"error": "model 'm' not found"}), &tags),
        )
        .fails(missing, "model 'm' not found")
        .hint("did you mean test/m:latest?"),
        Case::new(14, "an unknown model and no names", OpenAi, says("404 X", &said))
            .fails(missing, "")
            .hint("check the model's name"),
    ]
}

fn lengths() -> Vec<Case> {
    let full = ErrorKind::ContextOverflow;
    let llama = json!({"error": {"code": 400, "message": "the request exceeds the available context size",
        "type": "exceed_context_size_error", "n_prompt_tokens": 1200, "n_ctx": 1024}});
    let openai = error(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        "context_length_exceeded",
    );
    let anthropic = error("prompt is too long: 208310 tokens > 200000 maximum", "invalid_request_error");
    let gemini = error(
        "The input token count (1048600) exceeds the maximum number of tokens allowed (1048576).",
        "400",
    );
    vec![
        Case::new(15, "llama.cpp's context", OpenAi, says("400 X", &llama))
            .fails(full, "too long for the model (400): 1200 tokens, the model takes 1024")
            .hint("ask shorter"),
        Case::new(15, "OpenAI's context", OpenAi, says("400 X", &openai))
            .fails(full, "9000 tokens, the model takes 8192"),
        Case::new(15, "Anthropic's context", Anthropic, says("400 X", &anthropic))
            .fails(full, "208310 tokens, the model takes 200000"),
        Case::new(15, "Gemini's context", Gemini, says("400 X", &gemini))
            .fails(full, "1048600 tokens, the model takes 1048576"),
        Case::new(15, "too large a body", OpenAi, bears("413 X", "")).fails(full, "(413)"),
    ]
}

fn parameters() -> Vec<Case> {
    let bad = ErrorKind::BadRequest;
    let openai = json!({"error": {"message": "Unsupported value: 'temperature' does not support 0.2 with this model.",
        "type": "invalid_request_error", "param": "temperature", "code": "unsupported_value"}});
    let detail =
        json!({"detail": [{"loc": ["body", "random_seed"], "msg": "Extra inputs are not permitted"}]});
    let limit = error(
        "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens",
        "invalid_request_error",
    );
    vec![
        Case::new(16, "OpenAI's unsupported value", OpenAi, says("400 X", &openai))
            .fails(bad, "the model does not take this temperature (400)")
            .hint("take temperature out of this member"),
        Case::new(
            16,
            "Anthropic's extra input",
            Anthropic,
            says("400 X", &error("top_p: Extra inputs are not permitted", "invalid_request_error")),
        )
        .fails(bad, "does not take this top_p")
        .hint("take top_p out"),
        Case::new(16, "a list of details", OpenAi, says("422 X", &detail))
            .fails(bad, "does not take this random_seed")
            .hint("take seed out"),
        Case::new(16, "too high a limit", Anthropic, says("400 X", &limit))
            .fails(bad, "does not take this max_tokens")
            .hint("set another answer_limit"),
        Case::new(
            16,
            "an effort nobody knows",
            OpenAi,
            says("400 X", &error("Unsupported parameter: reasoning_effort", "x")),
        )
        .fails(bad, "does not take this reasoning_effort")
        .hint("take effort out"),
    ]
}

fn no_waits() -> Vec<Case> {
    let many = |name, headers: &str| {
        Case::new(30, name, OpenAi, bears("429 X", headers))
            .fails(ErrorKind::RateLimited, "too many requests (429)")
    };
    vec![
        many("a date long past", "retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n"),
        many("a time below nothing", "retry-after: -5\r\n"),
        many("a time that is no number", "retry-after: NaN\r\nretry-after-ms: NaN\r\n"),
        many("a time beyond all", "retry-after: 1e999\r\n"),
        many("a time in words", "retry-after: soon\r\n"),
        Case::new(
            30,
            "a delay below nothing",
            Gemini,
            says(
                "429 X",
                &json!({"error": {"code": 429, "message": "m", "details": [{"retryDelay": "-4s"}]}}),
            ),
        )
        .fails(ErrorKind::RateLimited, ""),
    ]
}
