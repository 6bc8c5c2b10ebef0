//! Decoders of all dialects against arbitrary bytes and mutated recordings: nothing panics, every answer ends in one named
//! state, and what is held stays small.

use super::{Decoder, Dialect};
use crate::config::Kind;
use crate::core::CallError;
use crate::providers::{Delta, Stop};
use proptest::prelude::*;

/// What a decoder may hold at the most, in bytes, with what it hands on at once on top of it.
const MOST: usize = 8 << 20;

/// Recorded streams, each with its dialect.
const RECORDED: [(Kind, &str); 10] = [
    (Kind::OpenAi, include_str!("../../../../tests/sse/llamacpp-chat-code.sse")),
    (Kind::OpenAi, include_str!("../../../../tests/sse/llamacpp-chat-think.sse")),
    (Kind::OpenAi, include_str!("../../../../tests/sse/llamacpp-chat-utf8.sse")),
    (Kind::OpenAi, include_str!("../../../../tests/sse/llamacpp-killed-midstream.sse")),
    (Kind::Anthropic, include_str!("../../../../tests/sse/llamacpp-messages.sse")),
    (Kind::Anthropic, include_str!("../../../../tests/sse/llamacpp-messages-think.sse")),
    (Kind::Responses, include_str!("../../../../tests/sse/llamacpp-responses.sse")),
    (Kind::Responses, include_str!("../../../../tests/sse/llamacpp-responses-think.sse")),
    (
        Kind::Gemini,
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"t\",\"thought\":true},{\"text\":\"Grüße\"}]}}]}\n\n\
         data: {\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":2}}\n\n",
    ),
    (
        Kind::Ollama,
        "{\"message\":{\"content\":\"Grüße\",\"thinking\":\"t\"},\"done\":false}\n\
         {\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":4}\n",
    ),
];

/// Decodes a body in chunks, and checks after each that no more is held than may be.
fn read(kind: Kind, name: &str, body: &[u8], size: usize) -> (Vec<Delta>, Result<(), CallError>) {
    let (mut decoder, mut deltas) = (Decoder::new(Dialect::new(kind, ""), name), Vec::new());
    for chunk in body.chunks(size) {
        let pushed = decoder.push(chunk, &mut deltas);
        assert!(decoder.held() <= MOST, "{} bytes are held", decoder.held());
        if pushed.is_err() {
            return (deltas, pushed);
        }
    }
    let ended = decoder.finish(&mut deltas);
    (deltas, ended)
}

/// Checks that an answer has one end, and that it is the last of it.
fn one_end(deltas: &[Delta], ended: &Result<(), CallError>) {
    let stops = deltas.iter().filter(|delta| matches!(delta, Delta::Stop(_))).count();
    assert_eq!(stops, usize::from(ended.is_ok()), "{ended:?}");
    assert!(ended.is_err() || matches!(deltas.last(), Some(Delta::Stop(_))));
}

/// A change to a recording: where, and what becomes of it there.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, Vec<u8>)>> {
    let odd = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..6),
        Just(b"\n\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"data: ".to_vec()),
        Just(b"{\"error\":".to_vec()),
        Just(b"null".to_vec()),
        Just(b"18446744073709551615".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just(b"[DONE]".to_vec()),
        Just("\u{202e}\u{0}🦀".as_bytes().to_vec()),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), 0_u8..3, odd), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn changed_recordings_end_in_one_named_state(
        which in 0..RECORDED.len(),
        read_as in prop::option::weighted(0.2, prop::sample::select(Kind::ALL.to_vec())),
        name in prop::sample::select(vec!["", "text/event-stream", "application/json", "application/x-ndjson"]),
        changes in changes(),
        size in 1_usize..400,
    ) {
        let (kind, recorded) = RECORDED[which];
        let mut body = recorded.as_bytes().to_vec();
        for (place, how, odd) in changes {
            let at = place.index(body.len().max(1)).min(body.len());
            match how {
                0 => drop(body.splice(at..at, odd)),
                1 => drop(body.splice(at..(at + odd.len()).min(body.len()), odd)),
                _ => body.truncate(body.len() - odd.len().min(body.len())),
            }
        }
        let kind = read_as.map_or(kind, |(_, kind)| kind);
        let (deltas, ended) = read(kind, name, &body, size);
        one_end(&deltas, &ended);
        // Wherever the network cuts it, it says the same.
        prop_assert_eq!((deltas, ended), read(kind, name, &body, body.len().max(1)));
    }

    #[test]
    fn arbitrary_bytes_end_in_one_named_state(
        kind in prop::sample::select(Kind::ALL.to_vec()),
        name in prop::sample::select(vec!["", "text/event-stream", "text/html", "application/json", "a/b"]),
        start in prop::sample::select(vec!["", "data: ", "{", "[", "<", ":", "\u{feff}"]),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        size in 1_usize..300,
    ) {
        let body = [start.as_bytes(), &bytes].concat();
        let (deltas, ended) = read(kind.1, name, &body, size);
        one_end(&deltas, &ended);
    }
}

#[test]
fn recordings_read_the_same_cut_at_every_byte() {
    for (kind, recorded) in RECORDED {
        let whole = read(kind, "", recorded.as_bytes(), usize::MAX);
        assert_eq!(read(kind, "", recorded.as_bytes(), 1), whole);
        let finished = matches!(whole.0.last(), Some(Delta::Stop(Stop::Done)));
        assert_eq!(finished, whole.1.is_ok());
    }
}

#[test]
fn what_never_ends_is_held_within_bounds() {
    for (_, kind) in Kind::ALL {
        for (name, start) in [
            ("text/event-stream", "data: "),
            ("text/event-stream", "data: {}\n\n{"),
            ("application/json", "{\"x\": \""),
            ("application/json", "["),
            ("text/html", "<html>"),
            ("", " "),
            ("", "{\"a\":1}\n{"),
        ] {
            let body = [start.as_bytes(), &vec![b'x'; 9 << 20]].concat();
            let (_, ended) = read(kind, name, &body, 64 << 10);
            assert!(ended.is_err(), "{kind:?} {name} {start:?}");
            let lines = [start.as_bytes(), &b"data: xxxxxxxxxx\n".repeat(600_000)].concat();
            let (_, ended) = read(kind, name, &lines, 64 << 10);
            assert!(ended.is_err(), "{kind:?} {name} {start:?} in lines");
        }
    }
}
