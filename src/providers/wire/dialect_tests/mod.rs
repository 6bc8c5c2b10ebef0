//! The dialects beside Chat Completions against what their servers are known to send, and what holds for all of them.
//! Sockets and recorded streams: `tests/it/wire_dialects.rs`.

use super::decode::Decoder;
use super::dialect::Dialect;
use crate::config::Kind;
use crate::core::{CallError, ErrorKind, Usage};
use crate::providers::{Delta, Stop};
use proptest::prelude::*;
use serde_json::{Value, json};

mod anthropic;
mod effort;
mod fuzz;
mod gemini;
mod ollama;
mod responses;

/// What an answer that arrives in these chunks gives. It comes under no content type; that this is told is no matter of
/// the dialect.
fn read<'a>(kind: Kind, chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Delta>, Option<CallError>) {
    let (mut decoder, mut deltas) = (Decoder::new(Dialect::new(kind, ""), ""), Vec::new());
    let pushed = chunks.into_iter().try_for_each(|chunk| decoder.push(chunk, &mut deltas));
    let ended = pushed.and_then(|()| decoder.finish(&mut deltas));
    deltas.retain(|delta| !matches!(delta, Delta::Mislabelled(_)));
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
        r#"{"type":"response.output_text.delta","delta":"a"}"#,
        r#"{"type":"response.reasoning_text.delta","delta":"t"}"#,
        r#"{"type":"response.completed","response":{"output":[{"type":"message","content":[{"text":"a"}]}],"usage":{"input_tokens":2}}}"#,
        r#"{"type":"response.failed","response":{"error":{"code":"server_error"}}}"#,
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
