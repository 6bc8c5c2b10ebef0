//! OpenAI Responses: pieces, ends, both shapes of an error. Not its requests: `tests/it/wire_dialects.rs`.

use super::*;

fn delta(kind: &str, piece: &str) -> Value {
    json!({"type": format!("response.{kind}.delta"), "delta": piece})
}

fn end(name: &str, response: &Value) -> Value {
    json!({"type": format!("response.{name}"), "response": response})
}

#[test]
fn thoughts_come_once_and_what_came_in_pieces_is_not_repeated() {
    let output = json!([{"type": "reasoning", "summary": [{"text": "t"}]},
        {"type": "message", "content": [{"type": "output_text", "text": "ab"}]}]);
    let whole = json!({"status": "completed", "error": null, "output": output});
    let got = deltas(
        Kind::Responses,
        &[
            json!({"type": "response.created", "response": {"error": null}}),
            json!({"type": "response.reasoning_summary_part.added"}),
            delta("reasoning_summary_text", "t"),
            delta("reasoning_text", "the same in full"),
            json!({"type": "response.reasoning_summary_part.added"}),
            delta("reasoning_summary_text", "u"),
            delta("output_text", "a"),
            delta("output_text", "b"),
            json!({"type": "response.output_text.done", "text": "ab"}),
            delta("new_in_2027", "x"),
            end("completed", &whole),
            delta("output_text", "late"),
        ],
    );
    assert_eq!(got, [thought("t"), thought("\n\n"), thought("u"), text("a"), text("b"), DONE]);
    // Where nothing came in pieces, the end has it; and the document of a proxy is read like the end.
    assert_eq!(deltas(Kind::Responses, &[end("completed", &whole)]), [thought("t"), text("ab"), DONE]);
    let document = whole.to_string();
    let got = read(Kind::Responses, [document.as_bytes()]);
    assert_eq!(got, (vec![thought("t"), text("ab"), DONE], None));
    // And where the last event has no output, the pieces are all there is.
    let got = deltas(Kind::Responses, &[delta("output_text", "a"), end("completed", &json!({"output": []}))]);
    assert_eq!(got, [text("a"), DONE]);
}

#[test]
fn every_end_has_a_meaning() {
    let why = |reason: &str| json!({"incomplete_details": {"reason": reason}});
    for (event, stop) in [
        (end("completed", &json!({})), DONE),
        (end("incomplete", &why("max_output_tokens")), Delta::Stop(Stop::Length)),
        (end("incomplete", &json!({})), Delta::Stop(Stop::Length)),
        (end("incomplete", &why("content_filter")), refused("incomplete: content_filter")),
    ] {
        assert_eq!(deltas(Kind::Responses, &[event]), [stop]);
    }
    let got = deltas(
        Kind::Responses,
        &[delta("refusal", "I "), delta("refusal", "can't."), end("completed", &json!({}))],
    );
    assert_eq!(got, [refused("I can't.")]);
    for event in
        [delta("output_text", "a"), json!({"type": "response.completed"}), json!({"type": "response.queued"})]
    {
        assert_eq!(fault(Kind::Responses, &[event]), Some(ErrorKind::EndedEarly));
    }
    let used = end(
        "completed",
        &json!({"usage": {"input_tokens": 25, "output_tokens": 7,
        "input_tokens_details": {"cached_tokens": 18, "cache_write_tokens": 6}, "output_tokens_details": {"reasoning_tokens": 5}}}),
    );
    let usage = Usage { input: 25, output: 7, reasoning: 5, cached: 18, written: 6, cost: None };
    assert_eq!(deltas(Kind::Responses, &[used]), [Delta::Usage(usage), DONE]);
}

#[test]
fn both_shapes_of_an_error_and_a_failure_are_faults() {
    for (event, kind) in [
        (
            json!({"type": "error", "code": "server_error", "message": "m", "param": null}),
            ErrorKind::Overloaded,
        ),
        (
            json!({"type": "error", "error": {"type": "service_unavailable_error", "code": "server_is_overloaded"}}),
            ErrorKind::Overloaded,
        ),
        (
            end("failed", &json!({"error": {"code": "rate_limit_exceeded", "message": "m"}})),
            ErrorKind::RateLimited,
        ),
        (
            end("failed", &json!({"error": {"code": "insufficient_quota", "message": "m"}})),
            ErrorKind::NoCredit,
        ),
        (end("failed", &json!({})), ErrorKind::Overloaded),
    ] {
        for before in [vec![], vec![delta("output_text", "a")]] {
            let events: Vec<Value> = before.into_iter().chain([event.clone()]).collect();
            assert_eq!(fault(Kind::Responses, &events), Some(kind), "{event}");
        }
    }
}
