//! Gemini: parts, reasons, tokens, errors with and without a field name. Not its requests: `tests/it/wire_dialects.rs`.

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
    let second =
        json!({"candidates": [{"index": 1, "content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]});
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
            usage(json!({"promptTokenCount": 10, "toolUsePromptTokenCount": 2, "cachedContentTokenCount": 4,
                "candidatesTokenCount": 20, "thoughtsTokenCount": 322, "totalTokenCount": 354})),
        ],
    );
    let first = Usage { input: 10, output: 79, reasoning: 79, cached: 0, ..Usage::default() };
    let last = Usage { input: 12, output: 342, reasoning: 322, cached: 4, ..Usage::default() };
    assert_eq!(got, [Delta::Usage(first), Delta::Usage(last), DONE]);
}

#[test]
fn an_error_in_mid_stream_is_one_with_or_without_a_field_name() {
    let quota = json!({"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}});
    let key = json!({"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}});
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
