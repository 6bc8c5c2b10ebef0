//! A server on loopback that speaks the chat protocol of OpenAI and answers by what it is asked: for outcomes that a test knows
//! beforehand.
#![cfg(test)]

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The server. It ends with the test's process.
pub struct Answering {
    /// Its API.
    pub url: String,
    /// How many questions it was asked.
    pub asked: Arc<AtomicUsize>,
    /// How many it was asked at once at the most.
    pub at_once: Arc<AtomicUsize>,
}

impl Answering {
    /// One that answers so: from the model and the words of the last message.
    pub fn new(answer: fn(&str, &str) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let at_once = Arc::new(AtomicUsize::new(0));
        let counts = Counts { asked: Arc::clone(&asked), now: Arc::default(), most: Arc::clone(&at_once) };
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counts = counts.clone();
                thread::spawn(move || {
                    // Whoever asks may be gone before the answer.
                    let _ = serve(stream, answer, &counts);
                });
            }
        });
        Self { url, asked, at_once }
    }

    /// The configuration that names it, as provider `here`.
    pub fn config(&self) -> String {
        format!("[providers.here]\nbase_url = \"{}\"\n", self.url)
    }
}

#[derive(Clone)]
struct Counts {
    asked: Arc<AtomicUsize>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

fn serve(stream: TcpStream, answer: fn(&str, &str) -> String, counts: &Counts) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut length = 0;
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let (kind, text) = if first.starts_with("GET") {
            (
                "application/json",
                json!({ "object": "list", "data": [{ "id": "any", "object": "model" }] }).to_string(),
            )
        } else {
            counts.asked.fetch_add(1, Ordering::Relaxed);
            let now = counts.now.fetch_add(1, Ordering::Relaxed) + 1;
            counts.most.fetch_max(now, Ordering::Relaxed);
            let asked: Value = serde_json::from_slice(&body).unwrap();
            let last =
                asked["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
            let answer = said(&answer(asked["model"].as_str().unwrap(), &last));
            counts.now.fetch_sub(1, Ordering::Relaxed);
            ("text/event-stream", answer)
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        )?;
        stream.flush()?;
    }
}

/// An answer as it is streamed.
fn said(text: &str) -> String {
    let piece = json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] });
    let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 } });
    format!("data: {piece}\n\ndata: {end}\n\ndata: [DONE]\n\n")
}
