//! Faults inside an answer whose status is good: what its bytes say, and what they leave out. The rest is next door.

use super::{Case, Server, data, events, finish, plays, say};
use crate::fault_server::{Act, head, status};
use serde_json::{Value, json};
use synod::config::Kind::{Anthropic, Gemini, Ollama, OpenAi, Responses};
use synod::core::ErrorKind;

const JSON: &str = "application/json";

pub fn cases() -> Vec<Case> {
    [broken(), other_bodies(), errors(), declined(), limited(), odd_bytes(), odd_ends()]
        .into_iter()
        .flatten()
        .collect()
}

/// A server that answers with this document.
fn document(body: &Value) -> Server {
    plays(vec![Act::Send(status("200 OK", JSON, &body.to_string()))])
}

/// A server that answers with this under this content type.
fn typed(content_type: &str, body: &str) -> Server {
    plays(vec![Act::Send([&head(content_type), body.as_bytes()].concat())])
}

/// A chunk of Chat Completions with this delta.
fn delta(delta: &Value) -> String {
    format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta}]}))
}

fn broken() -> Vec<Case> {
    let bad = ErrorKind::BadResponse;
    let (hello, stop, broken) = (say("Hello"), finish("stop"), "data: {\"choices\":[{\"ind\n\n");
    let six = broken.repeat(6);
    vec![
        Case {
            skipped: 1,
            ..Case::new(6, "one broken event", OpenAi, events(&format!("{hello}{broken}{stop}")))
                .done("Hello")
        },
        Case {
            skipped: 5,
            ..Case::new(
                6,
                "five broken events",
                OpenAi,
                events(&format!("{hello}{}{stop}", broken.repeat(5))),
            )
            .done("Hello")
        },
        Case::new(6, "six broken events", OpenAi, events(&format!("{hello}{six}{stop}"))).cut(
            "Hello",
            bad,
            "events that are no JSON: {\"choices\"",
        ),
        Case::new(6, "broken from the start", OpenAi, events(&format!("data: Bad gateway\n\n{stop}")))
            .fails(bad, "events that are no JSON: Bad gateway"),
        Case::new(
            6,
            "a broken first line",
            Ollama,
            typed("application/x-ndjson", "{\"message\": oops\n{}\n"),
        )
        .fails(bad, "events that are no JSON: {\"message\": oops"),
    ]
}

fn other_bodies() -> Vec<Case> {
    let bad = ErrorKind::BadResponse;
    let page = "<!doctype html><html><head><title>Sign in</title></head></html>";
    let good = format!("{}{}", say("Hello"), finish("stop"));
    let message =
        json!({"type": "message", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "end_turn"});
    let completion =
        json!({"choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}]});
    let response =
        json!({"status": "completed", "output": [{"type": "message", "content": [{"text": "Hello"}]}]});
    let list = json!([{"candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}]}]);
    vec![
        Case::new(
            7,
            "a page for people",
            OpenAi,
            plays(vec![Act::Send(status("200 OK", "text/html", page))]),
        )
        .fails(bad, "expected an event stream, got text/html (Sign in)")
        .hint("check base_url or proxy"),
        Case::new(7, "a page under a stream's name", Anthropic, events(page))
            .fails(bad, "expected an event stream, got a page (Sign in)"),
        Case::new(7, "a page without a title", Ollama, typed("text/html; charset=utf-8", "<html>no"))
            .fails(bad, "expected lines of JSON, got text/html"),
        Case::new(
            7,
            "a page byte by byte",
            OpenAi,
            plays(vec![Act::Send(head("text/html")), Act::Bits(1, page.as_bytes().to_vec())]),
        )
        .fails(bad, "got text/html (Sign in)"),
        Case::new(8, "a whole completion", OpenAi, document(&completion)).done("Hello"),
        Case::new(8, "a whole message", Anthropic, document(&message)).done("Hello"),
        Case::new(8, "a whole response", Responses, document(&response)).done("Hello"),
        Case::new(8, "a list of chunks", Gemini, document(&list)).done("Hello"),
        Case::new(
            8,
            "an error as a document",
            OpenAi,
            document(&json!({"error": {"message": "boom", "type": "server_error"}})),
        )
        .fails(ErrorKind::Overloaded, "boom"),
        Case::new(8, "another document", OpenAi, document(&json!({"status": "ok"})))
            .fails(bad, "got another document: {\"status\":\"ok\"}"),
        Case::new(9, "a stream called JSON", OpenAi, typed(JSON, &good)).done("Hello").called(JSON),
        Case::new(9, "a stream called a page", OpenAi, typed("text/html", &format!(": hi\n\n{good}")))
            .done("Hello")
            .called("text/html"),
        Case::new(
            9,
            "a stream without a name",
            OpenAi,
            plays(vec![Act::Send([b"HTTP/1.1 200 OK\r\n\r\n", good.as_bytes()].concat())]),
        )
        .done("Hello")
        .called(""),
        Case::new(9, "a document called a stream", OpenAi, events(&completion.to_string()))
            .done("Hello")
            .called("text/event-stream"),
        Case::new(9, "a cut stream called JSON", OpenAi, typed(JSON, &say("Hello")))
            .cut("Hello", ErrorKind::EndedEarly, "ended early")
            .called(JSON),
        Case::new(9, "words called plain text", OpenAi, typed("text/plain", "no healthy upstream"))
            .fails(bad, "expected an event stream, got text/plain"),
    ]
}

fn errors() -> Vec<Case> {
    let hello = say("Hello");
    let after = |event: Value| events(&format!("{hello}data: {event}\n\ndata: [DONE]\n\n"));
    let over = ErrorKind::Overloaded;
    let nested = json!({"type": "error", "error": {"type": "overloaded_error", "message": "boom"}});
    let flat = json!({"type": "error", "code": "server_error", "message": "boom", "param": null});
    let failed = json!({"type": "response.failed", "response": {"status": "failed", "error": {"code": "server_error", "message": "boom"}}});
    let bare = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}]}}]}\n\n{\n \"error\": {\"code\": 503, \"message\": \"boom\"}\n}\n";
    vec![
        Case::new(
            17,
            "OpenAI's error",
            OpenAi,
            after(json!({"error": {"message": "boom", "type": "server_error", "code": null}})),
        )
        .cut("Hello", over, "boom"),
        Case::new(
            17,
            "OpenRouter's error beside choices",
            OpenAi,
            after(
                json!({"error": {"code": 502, "message": "boom"}, "choices": [{"finish_reason": "error"}]}),
            ),
        )
        .cut("Hello", over, "(502): boom"),
        Case::new(
            17,
            "vLLM's error",
            OpenAi,
            after(json!({"object": "error", "message": "boom", "type": "BadRequestError", "code": 400})),
        )
        .cut("Hello", ErrorKind::BadRequest, "boom"),
        Case::new(17, "Anthropic's error", Anthropic, data(std::slice::from_ref(&nested)))
            .fails(over, "provider overloaded: boom"),
        Case::new(17, "a flat error of Responses", Responses, data(&[flat])).fails(over, "boom"),
        Case::new(17, "a nested error of Responses", Responses, data(&[nested])).fails(over, "boom"),
        Case::new(17, "response.failed", Responses, data(&[failed])).fails(over, "boom"),
        Case::new(17, "a bare error of Gemini", Gemini, events(bare)).cut("Hello", over, "(503): boom"),
        Case::new(
            17,
            "a line of Ollama",
            Ollama,
            typed("application/x-ndjson", "{\"message\":{\"content\":\"Hello\"}}\n{\"error\":\"boom\"}\n"),
        )
        .cut("Hello", over, "boom"),
        Case::new(
            17,
            "too many requests in mid-stream",
            OpenAi,
            after(json!({"error": {"message": "slow down", "code": 429}})),
        )
        .cut("Hello", ErrorKind::RateLimited, "too many requests (429): slow down"),
    ]
}

fn declined() -> Vec<Case> {
    let candidate = |reason: &str| data(&[json!({"candidates": [{"finishReason": reason}]})]);
    let refusal = json!({"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": {"explanation": "I can't."}}});
    let part = json!({"type": "response.refusal.delta", "delta": "I can't."});
    let completed = json!({"type": "response.completed", "response": {"status": "completed", "output": []}});
    let filtered = json!({"type": "response.incomplete", "response": {"incomplete_details": {"reason": "content_filter"}}});
    vec![
        Case::new(18, "a content filter", OpenAi, events(&finish("content_filter")))
            .refused("declined by the provider: finish_reason content_filter"),
        Case::new(
            18,
            "a refusal of Chat Completions",
            OpenAi,
            events(&format!("{}{}", delta(&json!({"refusal": "I can't."})), finish("stop"))),
        )
        .refused("declined by the provider: I can't."),
        Case::new(18, "a refusal of Messages", Anthropic, data(&[refusal, json!({"type": "message_stop"})]))
            .refused("I can't."),
        Case::new(18, "SAFETY", Gemini, candidate("SAFETY")).refused("finishReason SAFETY"),
        Case::new(18, "RECITATION", Gemini, candidate("RECITATION")).refused("finishReason RECITATION"),
        Case::new(
            18,
            "a blocked prompt",
            Gemini,
            data(&[json!({"promptFeedback": {"blockReason": "OTHER"}})]),
        )
        .refused("blockReason OTHER"),
        Case::new(18, "a refusal of Responses", Responses, data(&[part, completed])).refused("I can't."),
        Case::new(18, "an incomplete response", Responses, data(&[filtered]))
            .refused("incomplete: content_filter"),
        Case::new(
            18,
            "a policy's error",
            OpenAi,
            data(&[json!({"error": {"message": "no", "code": "content_policy_violation"}})]),
        )
        .refused("no"),
    ]
}

fn limited() -> Vec<Case> {
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 9,
        "completion_tokens_details": {"reasoning_tokens": 9}}});
    let thought = delta(&json!({"reasoning_content": "Let me see."}));
    let none = |reason: &str| events(&format!("{thought}{}data: {usage}\n\n", finish(reason)));
    let window = json!({"type": "message_delta", "delta": {"stop_reason": "model_context_window_exceeded"}});
    let piece = json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}});
    vec![
        Case::new(19, "cut at its limit", OpenAi, events(&format!("{}{}", say("Hello"), finish("length"))))
            .cut("Hello", ErrorKind::Length, "cut at its length limit")
            .hint("raise answer_limit"),
        Case::new(19, "MAX_TOKENS", Gemini, data(&[json!({"candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "MAX_TOKENS"}]})]))
            .cut("Hello", ErrorKind::Length, "cut at its length limit"),
        Case::new(19, "all of it thought", OpenAi, none("length"))
            .fails(ErrorKind::Length, "no visible answer: 9 reasoning tokens")
            .hint("raise answer_limit"),
        Case::new(19, "thought, and nothing said", OpenAi, none("stop")).fails(ErrorKind::BadResponse, "no visible answer: 9 reasoning tokens"),
        Case::new(19, "nothing said", OpenAi, events(&finish("stop"))).fails(ErrorKind::BadResponse, "the answer is empty"),
        Case::new(15, "a full context in mid-stream", Anthropic, data(&[piece, window]))
            .cut("Hello", ErrorKind::ContextOverflow, "context was full before the answer ended"),
    ]
}

fn odd_bytes() -> Vec<Case> {
    let bad = ErrorKind::BadResponse;
    let stop = finish("stop");
    let garbage: Vec<u8> =
        (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80).collect();
    let raw = |bytes: &[u8]| plays(vec![Act::Send([&head("text/event-stream"), bytes].concat())]);
    let text = |bytes: &[u8]| {
        [
            b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a",
            bytes,
            b"b\"}}]}\n\n",
            stop.as_bytes(),
        ]
        .concat()
    };
    vec![
        Case::new(23, "garbage", OpenAi, raw(&garbage)).fails(bad, ""),
        Case::new(23, "NULs", Ollama, raw(&[0; 512])).fails(bad, ""),
        Case::new(23, "invalid UTF-8", OpenAi, raw(&text(b"\xff\xe6\x9d"))).done("a\u{fffd}\u{fffd}b"),
        // What is not shown as it stands is kept as it came: drawing cleans it.
        Case::new(23, "control characters", OpenAi, raw(&text(b"\\u001b[2J\\u0000")))
            .done("a\u{1b}[2J\u{0}b"),
        Case::new(
            23,
            "control characters in an error",
            OpenAi,
            data(&[json!({"error": {"message": "a\u{1b}[2J\nb\u{202e}"}})]),
        )
        .fails(ErrorKind::Overloaded, r"a\u{1b}[2J b\u{202e}"),
        Case::new(23, "a byte order mark", OpenAi, raw(format!("\u{feff}{}{stop}", say("Hello")).as_bytes()))
            .done("Hello"),
    ]
}

fn odd_ends() -> Vec<Case> {
    let (hello, stop, over) = (say("Hello"), finish("stop"), "data: [DONE]\n\n");
    let piece = |index: u8, text: &str| json!({"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}});
    let end = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}});
    let ended = json!({"type": "message_stop"});
    let thought = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}});
    vec![
        Case::new(25, "[DONE] twice, and words after it", OpenAi, events(&format!("{hello}{stop}{over}{over}{}", say("late")))).done("Hello"),
        Case::new(25, "a finish twice", OpenAi, events(&format!("{hello}{stop}{stop}{over}"))).done("Hello"),
        Case::new(25, "a ping after message_stop", Anthropic,
            data(&[piece(0, "Hello"), end.clone(), ended.clone(), json!({"type": "ping"}), piece(0, "late")])).done("Hello"),
        Case::new(27, "no block start, and unknown types", Anthropic,
            data(&[json!({"type": "news"}), json!({"type": "content_block_delta", "delta": {"type": "odd_delta"}}), piece(0, "Hello"), end.clone(), ended.clone()]))
            .done("Hello"),
        Case::new(27, "two blocks in turns", Anthropic,
            data(&[thought.clone(), piece(1, "Hel"), thought, piece(1, "lo"), end, ended])).done("Hello"),
        Case::new(27, "another choice", OpenAi,
            events(&format!("data: {}\n\n{hello}{stop}", json!({"choices": [{"index": 1, "delta": {"content": "x"}}]})))).done("Hello"),
        Case::new(28, "nulls", OpenAi, events(&format!("{}{hello}{stop}", delta(&json!({"role": null, "content": null}))))).done("Hello"),
        Case::new(28, "a list of parts", OpenAi, events(&format!("{}{stop}",
            delta(&json!({"content": [{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "Hello"}]}))))).done("Hello"),
        Case::new(28, "a thought under two names", OpenAi, events(&format!("{}{hello}{stop}",
            delta(&json!({"reasoning": "hm", "reasoning_content": "hm"}))))).done("Hello"),
    ]
}
