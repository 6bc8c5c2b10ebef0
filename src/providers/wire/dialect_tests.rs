//! The dialects beside Chat Completions against what their servers are known to send, and what holds for all of them.
//! Sockets and recorded streams: `tests/it/wire_dialects.rs`.

use super::decode::Decoder;
use super::dialect::Dialect;
use crate::config::Kind;
use crate::core::{CallError, ErrorKind, Usage};
use crate::providers::{Delta, Stop};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What an answer that arrives in these chunks gives.
fn read<'a>(kind: Kind, chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Delta>, Option<CallError>) {
    let (mut decoder, mut deltas) = (Decoder::new(Dialect::new(kind, ""), ""), Vec::new());
    let pushed = chunks.into_iter().try_for_each(|chunk| decoder.push(chunk, &mut deltas));
    let ended = pushed.and_then(|()| decoder.finish(&mut deltas));
    (deltas, ended.err())
}

/// A body of these events, each under a name that says nothing.
fn framed(events: &[Value]) -> Vec<u8> {
    events
        .iter()
        .map(|data| format!("event: whatever\ndata: {data}\n\n").into_bytes())
        .collect::<Vec<_>>()
        .concat()
}

fn deltas(kind: Kind, events: &[Value]) -> Vec<Delta> {
    let (deltas, error) = read(kind, [&framed(events)[..]]);
    assert_eq!(error, None, "{events:?}");
    deltas
}

fn fault(kind: Kind, events: &[Value]) -> Option<ErrorKind> {
    read(kind, [&framed(events)[..]]).1.map(|error| error.kind)
}

fn text(text: &str) -> Delta {
    Delta::Text(text.to_owned())
}

fn thought(text: &str) -> Delta {
    Delta::Thinking(text.to_owned())
}

fn refused(reason: &str) -> Delta {
    Delta::Stop(Stop::Refused(reason.to_owned()))
}

const DONE: Delta = Delta::Stop(Stop::Done);

mod anthropic {
    use super::*;

    fn delta(delta: &Value) -> Value {
        json!({"type": "content_block_delta", "index": 0, "delta": delta})
    }

    fn stop(reason: &str) -> Value {
        json!({"type": "message_delta", "delta": {"stop_reason": reason}})
    }

    #[test]
    fn pieces_go_by_their_type_and_unknown_ones_are_passed_over() {
        let got = deltas(
            Kind::Anthropic,
            &[
                json!({"type": "ping"}),
                delta(&json!({"type": "text_delta", "text": "before its block "})),
                json!({"type": "content_block_start", "content_block": {"type": "thinking", "thinking": ""}}),
                delta(&json!({"type": "thinking_delta", "thinking": "t"})),
                delta(&json!({"type": "signature_delta", "signature": "x"})),
                json!({"type": "content_block_start", "content_block": {"type": "redacted_thinking", "data": "x"}}),
                json!({"type": "content_block_start", "content_block": {"type": "text", "text": "a"}}),
                delta(&json!({"type": "text_delta", "text": "b"})),
                delta(&json!({"type": "text_delta", "text": null})),
                delta(&json!({"type": "input_json_delta", "partial_json": "{}"})),
                delta(&json!({"type": "new_in_2027", "text": "x"})),
                json!({"type": "new_in_2027", "text": "x"}),
                json!({"text": "x"}),
                json!({"type": 7}),
                stop("end_turn"),
                json!({"type": "message_stop"}),
                json!({"type": "ping"}),
                delta(&json!({"type": "text_delta", "text": "late"})),
            ],
        );
        assert_eq!(got, [text("before its block "), thought("t"), text("a"), text("b"), DONE]);
    }

    #[test]
    fn every_stop_reason_has_a_meaning() {
        for (reason, expected) in [
            ("end_turn", DONE),
            ("stop_sequence", DONE),
            ("pause_turn", DONE),
            ("max_tokens", Delta::Stop(Stop::Length)),
            ("model_context_window_exceeded", Delta::Stop(Stop::Length)),
            ("refusal", refused("stop_reason refusal")),
        ] {
            assert_eq!(deltas(Kind::Anthropic, &[stop(reason)]), [expected], "{reason}");
        }
        let why = json!({"type": "message_delta", "delta": {"stop_reason": "refusal",
            "stop_details": {"type": "refusal", "category": "cyber", "explanation": "I can't."}}});
        assert_eq!(deltas(Kind::Anthropic, &[why]), [refused("I can't.")]);
        assert_eq!(deltas(Kind::Anthropic, &[json!({"type": "message_stop"})]), [DONE]);
        assert_eq!(fault(Kind::Anthropic, &[json!({"type": "ping"})]), Some(ErrorKind::EndedEarly));
        assert_eq!(
            fault(Kind::Anthropic, &[json!({"type": "message_delta", "delta": {"stop_reason": null}})]),
            Some(ErrorKind::EndedEarly)
        );
    }

    #[test]
    fn tokens_are_snapshots_and_the_cache_is_a_part_of_what_was_read() {
        let got = deltas(
            Kind::Anthropic,
            &[
                json!({"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1,
                    "cache_creation_input_tokens": 5, "cache_read_input_tokens": 3}}}),
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"input_tokens": 26,
                    "output_tokens": 7, "output_tokens_details": {"thinking_tokens": 4}}}),
                json!({"type": "message_delta", "delta": {}, "usage": {"output_tokens": 7}}),
            ],
        );
        let first = Usage { input: 17, output: 1, reasoning: 0, cached: 3 };
        let last = Usage { input: 34, output: 7, reasoning: 4, cached: 3 };
        assert_eq!(got, [Delta::Usage(first), Delta::Usage(last), DONE]);
    }

    #[test]
    fn an_error_in_mid_stream_has_its_kind() {
        for (name, kind) in [
            ("overloaded_error", ErrorKind::Overloaded),
            ("api_error", ErrorKind::Overloaded),
            ("rate_limit_error", ErrorKind::RateLimited),
            ("authentication_error", ErrorKind::KeyRejected),
            ("permission_error", ErrorKind::KeyRejected),
            ("billing_error", ErrorKind::NoCredit),
            ("not_found_error", ErrorKind::NotFound),
            ("timeout_error", ErrorKind::Timeout),
            ("invalid_request_error", ErrorKind::BadRequest),
        ] {
            let error =
                json!({"type": "error", "error": {"type": name, "message": "words"}, "request_id": "x"});
            let said = delta(&json!({"type": "text_delta", "text": "a"}));
            assert_eq!(fault(Kind::Anthropic, &[said, error.clone()]), Some(kind), "{name}");
            assert_eq!(fault(Kind::Anthropic, &[error]), Some(kind), "{name}");
        }
    }
}

mod ollama {
    use super::*;

    fn lines(lines: &[Value]) -> (Vec<Delta>, Option<ErrorKind>) {
        let body = lines.iter().map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
        let (deltas, error) = read(Kind::Ollama, [body.as_bytes()]);
        (deltas, error.map(|error| error.kind))
    }

    fn last(reason: &Value) -> Value {
        json!({"message": {"role": "assistant", "content": ""}, "done": true, "done_reason": reason, "eval_count": 4})
    }

    #[test]
    fn the_line_that_is_done_ends_it() {
        let counted = Delta::Usage(Usage { output: 4, ..Usage::default() });
        let say = |said: Value| json!({"message": said, "done": false});
        for (reason, stop) in [
            (json!("stop"), DONE),
            (json!("length"), Delta::Stop(Stop::Length)),
            (json!("unload"), DONE),
            (json!(null), DONE),
        ] {
            let (got, error) = lines(&[
                say(json!({"thinking": "t", "content": ""})),
                say(json!({"content": "a", "thinking": null})),
                say(json!(null)),
                json!({"new_in_2027": 1}),
                json!([]),
                last(&reason),
                say(json!({"content": "late"})),
            ]);
            assert_eq!(
                (got, error),
                (vec![thought("t"), text("a"), counted.clone(), stop], None),
                "{reason}"
            );
        }
        assert_eq!(
            lines(&[say(json!({"content": "a"}))]),
            (vec![text("a")], Some(ErrorKind::EndedEarly)),
            "done: false is no end"
        );
    }

    #[test]
    fn an_error_and_another_body_are_named() {
        let (got, error) = lines(&[json!({"message": {"content": "a"}}), json!({"error": "it broke"})]);
        assert_eq!((got, error), (vec![text("a")], Some(ErrorKind::Overloaded)));
        let (_, error) = lines(&[json!({"error": "model 'x' not found"})]);
        assert_eq!(error, Some(ErrorKind::NotFound));
        for body in
            ["data: {\"message\":{\"content\":\"a\"}}\n\n", "<html></html>", "{\n\"error\": \"x\"\n}\n"]
        {
            let error = read(Kind::Ollama, [body.as_bytes()]).1;
            assert_eq!(error.map(|error| error.kind), Some(ErrorKind::BadResponse), "{body}");
        }
    }
}

mod gemini {
    use super::*;

    fn chunk(parts: &Value, finish: &Value) -> Value {
        json!({"candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": finish}]})
    }

    #[test]
    fn thoughts_are_marked_and_all_but_two_reasons_decline() {
        let parts = json!([{"text": "t", "thought": true}, {"text": "a", "thought": null}, {"inlineData": {}},
            {"text": "", "thoughtSignature": "x"}]);
        for (reason, stop) in [
            ("STOP", DONE),
            ("MAX_TOKENS", Delta::Stop(Stop::Length)),
            ("SAFETY", refused("finishReason SAFETY")),
            ("NEW_IN_2027", refused("finishReason NEW_IN_2027")),
        ] {
            let got = deltas(
                Kind::Gemini,
                &[
                    chunk(&parts, &Value::Null),
                    json!({"new": 1}),
                    chunk(&json!([]), &json!(reason)),
                    chunk(&json!([]), &json!("")),
                ],
            );
            assert_eq!(got, [thought("t"), text("a"), stop], "{reason}");
        }
        assert_eq!(fault(Kind::Gemini, &[chunk(&parts, &Value::Null)]), Some(ErrorKind::EndedEarly));
        let second = json!({"candidates": [{"index": 1, "content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]});
        assert_eq!(fault(Kind::Gemini, &[second]), Some(ErrorKind::EndedEarly));
        let blocked =
            json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}});
        let counted = Delta::Usage(Usage { input: 3, ..Usage::default() });
        assert_eq!(deltas(Kind::Gemini, &[blocked]), [counted, refused("blockReason SAFETY")]);
    }

    #[test]
    fn thoughts_are_paid_beside_the_answer_and_the_last_count_stands() {
        let usage = |usage: Value| json!({"candidates": [{"finishReason": "STOP"}], "usageMetadata": usage});
        let got = deltas(
            Kind::Gemini,
            &[
                usage(json!({"promptTokenCount": 10, "thoughtsTokenCount": 79})),
                usage(
                    json!({"promptTokenCount": 10, "toolUsePromptTokenCount": 2, "cachedContentTokenCount": 4,
                    "candidatesTokenCount": 20, "thoughtsTokenCount": 322, "totalTokenCount": 354}),
                ),
            ],
        );
        let first = Usage { input: 10, output: 79, reasoning: 79, cached: 0 };
        let last = Usage { input: 12, output: 342, reasoning: 322, cached: 4 };
        assert_eq!(got, [Delta::Usage(first), Delta::Usage(last), DONE]);
    }

    #[test]
    fn an_error_in_mid_stream_is_one_with_or_without_a_field_name() {
        let quota = json!({"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}});
        let key =
            json!({"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}});
        let said = chunk(&json!([{"text": "a"}]), &Value::Null);
        for (error, kind) in [(&quota, ErrorKind::RateLimited), (&key, ErrorKind::KeyRejected)] {
            assert_eq!(fault(Kind::Gemini, &[said.clone(), json!([error])]), Some(kind));
            let bare = format!("data: {said}\n\n{error:#}\n");
            let (got, fault) = read(Kind::Gemini, [bare.as_bytes()]);
            assert_eq!((got, fault.map(|fault| fault.kind)), (vec![text("a")], Some(kind)), "{bare}");
        }
        // Without alt=sse the events come as one list.
        let list = json!([said, chunk(&json!([{"text": "b"}]), &json!("STOP"))]).to_string();
        assert_eq!(read(Kind::Gemini, [list.as_bytes()]), (vec![text("a"), text("b"), DONE], None));
    }
}

/// What a server might send: pieces of every dialect, each with whole and broken fields.
fn pieces() -> impl Strategy<Value = String> {
    let known = [
        r#"{"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":18446744073709551615}}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grüße 🦀"}}"#,
        r#"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"t"}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}"#,
        r#"{"type":"message_stop"}"#,
        r#"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
        r#"{"message":{"content":"a","thinking":"t"},"done":false}"#,
        r#"{"message":{"content":""},"done":true,"done_reason":"stop","eval_count":18446744073709551615}"#,
        r#"{"error":"m"}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"a"},{"text":"t","thought":true}]},"finishReason":"STOP"}]}"#,
        r#"{"promptFeedback":{"blockReason":"X"},"usageMetadata":{"promptTokenCount":1,"thoughtsTokenCount":2}}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
        r#"{"type":"content_block_delta","del"#,
        "[]",
        "[DONE]",
        "",
    ];
    prop::sample::select(known.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn any_chunking_reads_the_same_and_ends_in_a_named_state(
        kind in prop::sample::select(Kind::ALL.to_vec()).prop_map(|(_, kind)| kind),
        pieces in prop::collection::vec((pieces(), "data: |data:|event: x\ndata: |", "\n|\r\n|\n\n|\r\n\r\n"), 0..9),
        cuts in prop::collection::vec(1_usize..40, 1..30),
    ) {
        let body = pieces.iter().flat_map(|(piece, before, after)| [before.as_str(), piece, after]).collect::<String>();
        let whole = read(kind, [body.as_bytes()]);
        let (mut chunks, mut rest) = (Vec::new(), body.as_bytes());
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (head, tail) = rest.split_at((*cut).min(rest.len()));
            chunks.push(head);
            rest = tail;
        }
        prop_assert_eq!(&read(kind, chunks), &whole);
        let (deltas, error) = whole;
        let stops = deltas.iter().filter(|delta| matches!(delta, Delta::Stop(_))).count();
        prop_assert_eq!(stops, usize::from(error.is_none()));
        prop_assert!(error.is_some() || matches!(deltas.last(), Some(Delta::Stop(_))));
    }

    #[test]
    fn any_bytes_end_in_a_named_state(
        kind in prop::sample::select(Kind::ALL.to_vec()).prop_map(|(_, kind)| kind),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        size in 1_usize..20,
    ) {
        let (deltas, error) = read(kind, bytes.chunks(size));
        prop_assert!(error.is_some() || matches!(deltas.last(), Some(Delta::Stop(_))));
    }
}
