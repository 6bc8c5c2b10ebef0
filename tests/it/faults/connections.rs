//! Faults of the connection: cut, packed, insecure, huge, endless, led elsewhere. The rest is next door.

use super::{Case, Server, events, finish, plays, say};
use crate::fault_server::{Act, Certificate, chunk, chunked_head, head, status};
use serde_json::json;
use synod::config::Kind::{Anthropic, Gemini, Ollama, OpenAi, Responses};
use synod::core::ErrorKind;

const JSON: &str = "application/json";

pub fn cases() -> Vec<Case> {
    [cut(), ended(), packed(), secure(), unreached(), large(), elsewhere()].into_iter().flatten().collect()
}

/// The head of a stream and these events.
fn stream(body: &str) -> Vec<u8> {
    [&head("text/event-stream"), body.as_bytes()].concat()
}

fn cut() -> Vec<Case> {
    let lost = ErrorKind::ConnectionLost;
    let hello = say("Hello");
    let announced =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n{hello}");
    vec![
        Case::new(
            1,
            "reset in mid-stream",
            OpenAi,
            plays(vec![Act::Send(stream(&hello)), Act::Hold, Act::Reset]),
        )
        .cut("Hello", lost, "connection to 127.0.0.1:"),
        Case::new(1, "reset before the head", OpenAi, plays(vec![Act::Reset]))
            .fails(lost, "connection to 127.0.0.1:"),
        Case::new(1, "closed before the head", OpenAi, plays(vec![Act::Close])).fails(lost, "connection to"),
        Case::new(
            1,
            "closed within the head",
            OpenAi,
            plays(vec![Act::Send(b"HTTP/1.1 200 OK\r\nconte".to_vec())]),
        )
        .fails(lost, "connection to"),
        Case::new(
            1,
            "chunks without the last",
            OpenAi,
            plays(vec![Act::Send([chunked_head(), chunk(hello.as_bytes())].concat()), Act::Close]),
        )
        .cut("Hello", lost, "lost"),
        Case::new(
            1,
            "less than was announced",
            OpenAi,
            plays(vec![Act::Send(announced.into_bytes()), Act::Close]),
        )
        .cut("Hello", lost, "end of file"),
    ]
}

fn ended() -> Vec<Case> {
    let early = ErrorKind::EndedEarly;
    let said = "ended early (no finish marker)";
    let anthropic =
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}});
    let gemini = json!({"candidates": [{"content": {"parts": [{"text": "Hello"}]}}]});
    let responses = json!({"type": "response.output_text.delta", "delta": "Hello"});
    let ollama = json!({"message": {"content": "Hello"}, "done": false});
    let (hello, stop) = (say("Hello"), finish("stop"));
    let lines =
        |text: String| plays(vec![Act::Send([&head("application/x-ndjson"), text.as_bytes()].concat())]);
    let bits = |size, body: String| {
        plays(vec![Act::Send(head("text/event-stream")), Act::Bits(size, body.into_bytes())])
    };
    let odd = "Grüße, 東京 🦀";
    let done = format!("{}\n", json!({"message": {"content": ""}, "done": true, "done_reason": "stop"}));
    vec![
        Case::new(2, "no finish", OpenAi, events(&hello)).cut("Hello", early, said),
        Case::new(2, "[DONE] without a finish", OpenAi, events(&format!("{hello}data: [DONE]\n\n")))
            .cut("Hello", early, said),
        Case::new(2, "within an event", OpenAi, events(&format!("{hello}data: {{\"choi")))
            .cut("Hello", early, said),
        Case::new(2, "no message_stop", Anthropic, super::data(&[anthropic])).cut("Hello", early, said),
        Case::new(2, "no finishReason", Gemini, super::data(&[gemini])).cut("Hello", early, said),
        Case::new(2, "no response.completed", Responses, super::data(&[responses])).cut("Hello", early, said),
        Case::new(2, "no done line", Ollama, lines(format!("{ollama}\n"))).cut("Hello", early, said),
        Case::new(2, "nothing at all", OpenAi, events("")).fails(early, said),
        Case::new(2, "comments alone", OpenAi, events(": hello\n\n: hello\n\n")).fails(early, said),
        Case::new(3, "a finish without [DONE]", OpenAi, events(&format!("{hello}{stop}"))).done("Hello"),
        Case::new(3, "a finish without a line end", OpenAi, events(format!("{hello}{stop}").trim_end()))
            .done("Hello"),
        Case::new(
            3,
            "a connection lost after the finish",
            OpenAi,
            plays(vec![Act::Send([chunked_head(), chunk(format!("{hello}{stop}").as_bytes())].concat())]),
        )
        .done("Hello"),
        Case::new(5, "byte by byte", OpenAi, bits(1, format!("{}{stop}", say(odd)))).done(odd),
        Case::new(
            5,
            "in threes, with CRLF",
            OpenAi,
            bits(3, format!("{}{stop}", say(odd)).replace('\n', "\r\n")),
        )
        .done(odd),
        Case::new(
            5,
            "lines byte by byte",
            Ollama,
            plays(vec![
                Act::Send(head("application/x-ndjson")),
                Act::Bits(1, format!("{}\n{done}", json!({"message": {"content": odd}})).into_bytes()),
            ]),
        )
        .done(odd),
    ]
}

/// Bytes as gzip writes them, not made smaller (RFC 1951 and 1952).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let crc = bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    });
    let length = bytes.len() as u16;
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    out.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
    out.extend_from_slice(bytes);
    out.extend([(!crc).to_le_bytes(), u32::from(length).to_le_bytes()].concat());
    out
}

fn packed() -> Vec<Case> {
    let head = |name: &str| {
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: {name}\r\nconnection: close\r\n\r\n")
            .into_bytes()
    };
    let body = format!("{}{}", say("Hello"), finish("stop"));
    let good = gzip(body.as_bytes());
    vec![
        Case::new(10, "gzip", OpenAi, plays(vec![Act::Send(head("gzip")), Act::Bits(5, good.clone())]))
            .done("Hello"),
        Case::new(
            10,
            "gzip cut short",
            OpenAi,
            plays(vec![Act::Send([head("gzip"), good[..20].to_vec()].concat())]),
        )
        .fails(ErrorKind::ConnectionLost, "connection to"),
        Case::new(
            10,
            "gzip that is none",
            OpenAi,
            plays(vec![Act::Send([head("gzip"), body.clone().into_bytes()].concat())]),
        )
        .fails(ErrorKind::ConnectionLost, "gzip"),
        Case::new(
            10,
            "brotli",
            OpenAi,
            plays(vec![Act::Send([head("br"), vec![0x0b, 0x02, 0x80]].concat())]),
        )
        .fails(ErrorKind::BadResponse, "packed as br, which was not asked for"),
    ]
}

fn secure() -> Vec<Case> {
    let connect = ErrorKind::Connect;
    let good = || vec![Act::Send(stream(&format!("{}{}", say("Hello"), finish("stop"))))];
    let tls = |certificate: Certificate, trusted| Server::Tls(Box::new(certificate), trusted, good());
    let here = ["127.0.0.1"];
    vec![
        Case::new(20, "an authority of one's own", OpenAi, tls(Certificate::new(&here, false), true))
            .done("Hello"),
        Case::new(20, "an unknown authority", OpenAi, tls(Certificate::new(&here, false), false))
            .fails(connect, "nobody trusted vouches for the certificate of 127.0.0.1:")
            .hint("ca_file"),
        Case::new(20, "self-signed", OpenAi, tls(Certificate::self_signed(&here), false))
            .fails(connect, "nobody trusted vouches for the certificate of 127.0.0.1:")
            .hint("ca_file"),
        Case::new(20, "expired", OpenAi, tls(Certificate::new(&here, true), true))
            .fails(connect, "has expired")
            .hint("clock"),
        Case::new(20, "for another name", OpenAi, tls(Certificate::new(&["models.example"], false), true))
            .fails(connect, "is for another name")
            .hint("base_url"),
        Case::new(
            20,
            "no TLS there",
            OpenAi,
            Server::NotTls(vec![Act::Send(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())]),
        )
        .fails(connect, "does not speak TLS")
        .hint("http://"),
        Case::new(20, "closed during the handshake", OpenAi, Server::NotTls(vec![Act::Close]))
            .fails(connect, "closed the connection during the TLS handshake")
            .hint("ca_file"),
        Case::new(
            20,
            "an alert during the handshake",
            OpenAi,
            Server::NotTls(vec![Act::Send(vec![0x15, 3, 3, 0, 2, 2, 40]), Act::Close]),
        )
        .fails(connect, "no secure connection to 127.0.0.1:")
        .hint("ca_file"),
    ]
}

fn unreached() -> Vec<Case> {
    let connect = ErrorKind::Connect;
    let nowhere = format!("http://{}.invalid", "x".repeat(80));
    let good = stream(&format!("{}{}", say("Hello"), finish("stop")));
    let answer = |line: &str| vec![Act::Send(status(line, "text/plain", ""))];
    let (plain, secure) = ("http://models.example", "https://models.example");
    vec![
        Case::new(21, "nothing listens", OpenAi, Server::Nothing(None))
            .fails(connect, "nothing listens on 127.0.0.1:")
            .hint("is the server running?"),
        // A label this long is refused by the resolver itself, so that nobody is asked.
        Case::new(21, "no such name", OpenAi, Server::Nowhere(nowhere)).fails(connect, "cannot resolve xxx"),
        Case::new(21, "a proxy that is not there", OpenAi, Server::Nothing(Some("HTTP_PROXY")))
            .fails(connect, "nothing listens where the proxy the-proxy:3128 (HTTP_PROXY) should")
            .hint("NO_PROXY"),
        Case::new(21, "a proxy that passes on", OpenAi, Server::Proxy(plain, vec![Act::Send(good)]))
            .done("Hello"),
        Case::new(
            21,
            "a proxy that wants a password",
            OpenAi,
            Server::Proxy(plain, answer("407 Proxy Authentication Required")),
        )
        .fails(connect, "the proxy the-proxy:3128 (HTTPS_PROXY) wants a name and password"),
        Case::new(
            21,
            "a tunnel that wants a password",
            OpenAi,
            Server::Proxy(secure, answer("407 Proxy Authentication Required")),
        )
        .fails(connect, "the proxy the-proxy:3128 (HTTPS_PROXY) wants a name and password"),
        Case::new(21, "a tunnel that is refused", OpenAi, Server::Proxy(secure, answer("403 Forbidden")))
            .fails(connect, "the proxy the-proxy:3128 (HTTPS_PROXY) does not let through to models.example"),
    ]
}

fn large() -> Vec<Case> {
    let bad = ErrorKind::BadResponse;
    let head_of = format!("HTTP/1.1 200 OK\r\nx-large: {}\r\n\r\n", "x".repeat(600 << 10));
    let comment = format!(": {}\n", "x".repeat(64 << 10)).into_bytes();
    let forever = |start: Vec<u8>, bytes: &[u8]| plays(vec![Act::Send(start), Act::Forever(bytes.to_vec())]);
    vec![
        Case::new(
            22,
            "an endless line",
            OpenAi,
            forever(stream(&format!("{}data: ", say("Hello"))), &[b'x'; 8192]),
        )
        .cut("Hello", bad, "event too large"),
        Case::new(
            22,
            "an endless event",
            OpenAi,
            forever(stream(&say("Hello")), &b"data: 0123456789\n".repeat(500)),
        )
        .cut("Hello", bad, "event too large"),
        Case::new(
            22,
            "an endless line of JSON",
            Ollama,
            forever([head("application/x-ndjson"), b"{\"x\":\"".to_vec()].concat(), &[b'x'; 8192]),
        )
        .fails(bad, "event too large"),
        Case::new(
            22,
            "an endless document",
            OpenAi,
            forever([head(JSON), b"{\"x\":\"".to_vec()].concat(), &[b'x'; 8192]),
        )
        .fails(bad, "answer too large"),
        Case::new(22, "endless comments", OpenAi, forever(stream(&say("Hello")), &comment)).cut(
            "Hello",
            bad,
            "answer too large",
        ),
        Case::new(22, "a huge head", OpenAi, plays(vec![Act::Send(head_of.into_bytes())]))
            .fails(bad, "head is too large"),
        Case {
            limit: 2,
            ..Case::new(
                24,
                "words without end",
                OpenAi,
                forever(head("text/event-stream"), say("na ").as_bytes()),
            )
            .cut("na na na na na na ", ErrorKind::Length, "")
        },
    ]
}

fn elsewhere() -> Vec<Case> {
    let to = |line: &str, place: &str| {
        let head = format!("HTTP/1.1 {line}\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n");
        plays(vec![Act::Send(head.into_bytes())])
    };
    let bad = ErrorKind::BadResponse;
    vec![
        Case::new(26, "moved for ever", OpenAi, to("301 Moved", "https://elsewhere.example/v1?key=x"))
            .fails(bad, "server redirects to https://elsewhere.example/v1")
            .hint("base_url"),
        Case::new(26, "found elsewhere", Anthropic, to("302 Found", "/login"))
            .fails(bad, "server redirects to http://127.0.0.1:"),
        Case::new(26, "asked to repeat elsewhere", Gemini, to("307 Temporary", "http://u:p@10.0.0.1/x"))
            .fails(bad, "server redirects to http://10.0.0.1/x"),
    ]
}
