//! Anthropic Messages: pieces, ends, tokens, errors. Not its requests: `tests/it/wire_dialects.rs`.

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
        ("refusal", refused("stop_reason refusal")),
    ] {
        assert_eq!(deltas(Kind::Anthropic, &[stop(reason)]), [expected], "{reason}");
    }
    // A higher limit would not help here.
    assert_eq!(
        fault(Kind::Anthropic, &[stop("model_context_window_exceeded")]),
        Some(ErrorKind::ContextOverflow)
    );
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
    let first = Usage { input: 17, output: 1, reasoning: 0, cached: 3, written: 5, ..Usage::default() };
    let last = Usage { input: 34, output: 7, reasoning: 4, cached: 3, written: 5, ..Usage::default() };
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
        let error = json!({"type": "error", "error": {"type": name, "message": "words"}, "request_id": "x"});
        let said = delta(&json!({"type": "text_delta", "text": "a"}));
        assert_eq!(fault(Kind::Anthropic, &[said, error.clone()]), Some(kind), "{name}");
        assert_eq!(fault(Kind::Anthropic, &[error]), Some(kind), "{name}");
    }
}
