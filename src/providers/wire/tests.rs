//! The codec against the deviations that servers are known for. Sockets and recorded streams: `tests/it/wire.rs`.

use super::decode::Decoder;
use super::dialect::Dialect;
use super::openai::{Flavour, body};
use crate::core::{Ask, CallError, ErrorKind, Message, Params, Role, Usage};
use crate::providers::{About, Delta, Request, Stop};
use proptest::prelude::*;
use serde_json::{Value, json};

const OPENAI: Dialect = Dialect::OpenAi(Flavour::Plain);

/// What a stream of these events' data gives.
fn read(events: &[&str]) -> (Vec<Delta>, Option<CallError>, usize) {
    let (mut decoder, mut deltas) = (Decoder::new(OPENAI, "text/event-stream"), Vec::new());
    let framed: Vec<String> =
        events.iter().map(|data| format!("event: whatever\ndata: {data}\n\n")).collect();
    let mut ended = decoder.push(framed.concat().as_bytes(), &mut deltas);
    if ended.is_ok() {
        ended = decoder.finish(&mut deltas);
    }
    (deltas, ended.err(), decoder.skipped())
}

fn deltas(events: &[&str]) -> Vec<Delta> {
    let (deltas, error, _) = read(events);
    assert_eq!(error, None, "{events:?}");
    deltas
}

fn chunk(delta: &Value, finish: &Value) -> String {
    json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}).to_string()
}

fn say(text: &str) -> String {
    chunk(&json!({"content": text}), &Value::Null)
}

fn text(text: &str) -> Delta {
    Delta::Text(text.to_owned())
}

fn thought(text: &str) -> Delta {
    Delta::Thinking(text.to_owned())
}

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const DONE: Delta = Delta::Stop(Stop::Done);

#[test]
fn text_and_thoughts_come_in_every_shape() {
    for (delta, expected) in [
        (json!({"role": "assistant", "content": null}), vec![]),
        (json!({"content": ""}), vec![]),
        (json!({"content": "a", "role": null}), vec![text("a")]),
        (json!({"content": 7}), vec![]),
        (json!({"reasoning_content": "t"}), vec![thought("t")]),
        (json!({"reasoning": "t", "content": "a"}), vec![thought("t"), text("a")]),
        (json!({"reasoning": "t", "reasoning_content": "t"}), vec![thought("t")]),
        (json!({"reasoning_content": "", "reasoning": "t"}), vec![thought("t")]),
        (json!({"reasoning": {"x": 1}}), vec![]),
        (
            json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "t"}]},
                {"type": "text", "text": "a"}, {"type": "other"}, null]}),
            vec![thought("t"), text("a")],
        ),
        (json!({"content": [{"thinking": "t"}], "reasoning": "t"}), vec![thought("t")]),
        (json!(null), vec![]),
    ] {
        let expected: Vec<Delta> = expected.into_iter().chain([DONE]).collect();
        assert_eq!(deltas(&[&chunk(&delta, &Value::Null), STOP]), expected, "{delta}");
    }
}

#[test]
fn the_finish_comes_once_and_last() {
    let repeated = chunk(&json!({"content": "b"}), &json!("stop"));
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}}"#;
    let counted = Delta::Usage(Usage { input: 5, output: 3, ..Usage::default() });
    let got =
        deltas(&[&say("a"), STOP, &repeated, &say("c"), usage, "[DONE]", "[DONE]", &say("late"), usage]);
    assert_eq!(got, [text("a"), text("b"), text("c"), counted, DONE]);
    // Empty and absent reasons are none; an odd one is one.
    for (finish, stop) in [
        (json!("eos"), Some(Stop::Done)),
        (json!("tool_calls"), Some(Stop::Done)),
        (json!("length"), Some(Stop::Length)),
        (json!("content_filter"), Some(Stop::Refused("finish_reason content_filter".to_owned()))),
        (json!(""), None),
        (json!(null), None),
        (json!(3), None),
    ] {
        let (got, error, _) = read(&[&chunk(&json!({"content": "a"}), &finish), "[DONE] "]);
        let expected: Vec<Delta> = [text("a")].into_iter().chain(stop.clone().map(Delta::Stop)).collect();
        assert_eq!((got, error.is_none()), (expected, stop.is_some()), "{finish}");
    }
}

#[test]
fn a_refusal_is_one_whatever_the_finish_says() {
    let refused = Delta::Stop(Stop::Refused("I can't help.".to_owned()));
    let part = |text: &str| chunk(&json!({"refusal": text}), &Value::Null);
    assert_eq!(deltas(&[&part("I can't"), &part(" help."), STOP]), [refused]);
}

#[test]
fn the_last_usage_that_counts_something_stands() {
    let usage = |usage: Value| json!({"choices": [{"index": 0, "delta": {}}], "usage": usage}).to_string();
    let got = deltas(&[
        &usage(json!({"prompt_tokens": 1, "completion_tokens": 1})),
        STOP,
        &usage(json!({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13,
            "prompt_tokens_details": {"cached_tokens": 6, "cache_write_tokens": 2}, "completion_tokens_details": {"reasoning_tokens": 2}})),
        &usage(json!({})),
        &usage(json!(null)),
    ]);
    let last = Usage { input: 9, output: 4, reasoning: 2, cached: 6, written: 2, cost: None };
    assert_eq!(
        got,
        [Delta::Usage(Usage { input: 1, output: 1, ..Usage::default() }), Delta::Usage(last), DONE]
    );
    let groq = r#"{"choices":[],"x_groq":{"usage":{"prompt_tokens":2,"completion_tokens":1}}}"#;
    assert_eq!(deltas(&[groq, STOP])[0], Delta::Usage(Usage { input: 2, output: 1, ..Usage::default() }));
}

#[test]
fn other_choices_and_unknown_events_are_passed_over() {
    let second = r#"{"choices":[{"index":1,"delta":{"content":"x"},"finish_reason":"length"}]}"#;
    let both = r#"{"choices":[{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"b"}}]}"#;
    let got = deltas(&[
        &say("a"),
        second,
        both,
        r#"{"id":"x"}"#,
        r#"{"choices":null}"#,
        r#"{"choices":{}}"#,
        "",
        STOP,
    ]);
    assert_eq!(got, [text("a"), text("b"), DONE]);
}

#[test]
fn broken_events_are_skipped_and_counted_within_bounds() {
    let broken = r#"{"choices":[{"ind"#;
    let five = [say("a").as_str(), broken, "x", "null", "7", "\"x\"", STOP].map(str::to_owned);
    let (got, error, skipped) = read(&five.each_ref().map(String::as_str));
    assert_eq!((got, error, skipped), (vec![text("a"), Delta::Skipped(5), DONE], None, 5));
    let (got, error, _) = read(&[&say("a"), broken, broken, broken, broken, broken, broken, STOP]);
    assert_eq!((got, error.map(|error| error.kind)), (vec![text("a")], Some(ErrorKind::BadResponse)));
    let (_, error, _) = read(&["Bad \u{1b}[2J gateway", STOP]);
    let error = error.unwrap();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::BadResponse, "events that are no JSON: Bad \u{1b}[2J gateway")
    );
}

#[test]
fn a_request_says_what_was_set_and_nothing_else() {
    let mut request = Request {
        model: "m".to_owned(),
        messages: vec![Message { role: Role::Assistant, text: "hi".to_owned() }],
        params: Params::default(),
        about: About {
            member: "a".into(),
            question: String::new(),
            ask: Ask::Answer,
            round: 0,
            shown: Vec::new(),
            seed: 0,
            step: None,
        },
    };
    let messages = json!([{"role": "assistant", "content": "hi"}]);
    assert_eq!(
        body(&request, Flavour::of_host("api.openai.com")),
        json!({"model": "m", "messages": messages, "stream": true, "stream_options": {"include_usage": true},
            "max_completion_tokens": 4096})
    );
    request.params =
        Params { temperature: Some(0.5), top_p: Some(0.25), seed: Some(3), effort: None, answer_limit: 10 };
    assert_eq!(
        body(&request, Flavour::of_host("api.mistral.ai")),
        json!({"model": "m", "messages": messages, "stream": true, "max_tokens": 10, "temperature": 0.5,
            "top_p": 0.25, "random_seed": 3})
    );
    assert_eq!(Flavour::of_host("notmistral.ai"), Flavour::Plain);
}

proptest! {
    #[test]
    fn any_bytes_end_in_a_named_state(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        kind in prop::sample::select(vec!["", "text/event-stream", "text/html", "application/json"]),
        size in 1_usize..20,
    ) {
        let (mut decoder, mut deltas) = (Decoder::new(OPENAI, kind), Vec::new());
        let pushed = bytes.chunks(size).try_for_each(|chunk| decoder.push(chunk, &mut deltas));
        let ended = pushed.and_then(|()| decoder.finish(&mut deltas));
        prop_assert!(ended.is_err() || matches!(deltas.last(), Some(Delta::Stop(_))));
    }
}
