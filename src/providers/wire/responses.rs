//! OpenAI Responses: the request's body, and what its JSON means. Not framing, not the socket.
//!
//! Source: the events and fields that OpenAI documents under `/v1/responses`, and what llama.cpp's server makes of them.

use super::dialect;
use super::loose::{Counted, count, joined, messages, said, say, set, spoken, text};
use crate::core::{CallError, Effort, ErrorKind, Usage};
use crate::providers::fault::{Said, fault};
use crate::providers::{Delta, Request, Stop};
use serde_json::{Value, json};

/// The body of a request. Nothing is to be stored there, which must be said; there is no seed.
pub fn body(request: &Request) -> Value {
    let params = &request.params;
    let input = messages(said(request, spoken));
    let mut body = json!({"model": request.model, "input": input, "stream": true, "store": false,
        "max_output_tokens": params.answer_limit});
    let thinking = |effort: Effort| match effort {
        Effort::None => json!({"effort": "none"}),
        effort => json!({"effort": effort.word(), "summary": "auto"}),
    };
    let optional = [
        ("reasoning", params.effort.map(thinking)),
        ("instructions", joined(request).map(Value::from)),
        ("temperature", params.temperature.map(Value::from)),
        ("top_p", params.top_p.map(Value::from)),
    ];
    set(&mut body, optional);
    body
}

/// What has been said of an answer so far.
#[derive(Debug, Default)]
pub struct Answer {
    finish: Option<Stop>,
    /// What was said in declining.
    refusal: String,
    /// Whether any of the answer, and of the thoughts, came in pieces.
    said: bool,
    /// The event that brings the thoughts: some servers send them in full and as a summary.
    thoughts: Option<String>,
    counted: Counted,
}

impl dialect::Answer for Answer {
    fn event(&mut self, event: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        let piece = text(event, "/delta");
        match text(event, "/type") {
            "response.output_text.delta" => {
                self.said |= !piece.is_empty();
                say(piece, Delta::Text, out);
            }
            "response.refusal.delta" => self.refusal.push_str(piece),
            name @ ("response.reasoning_text.delta" | "response.reasoning_summary_text.delta") => {
                if self.thoughts.get_or_insert_with(|| name.to_owned()) == name {
                    say(piece, Delta::Thinking, out);
                }
            }
            // Each part of a summary begins with a title of its own.
            "response.reasoning_summary_part.added"
                if self.thoughts.as_deref() == Some("response.reasoning_summary_text.delta") =>
            {
                say("\n\n", Delta::Thinking, out);
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                let Some(response) = event.get("response") else { return Ok(()) };
                return self.end(text(event, "/type"), response, out);
            }
            _ => return Said::read(event).map_or(Ok(()), |said| Err(said.fault())),
        }
        Ok(())
    }

    fn whole(&mut self, answer: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        match text(answer, "/status") {
            "completed" => self.end("response.completed", answer, out),
            "incomplete" => self.end("response.incomplete", answer, out),
            "failed" | "cancelled" => self.end("response.failed", answer, out),
            _ => Said::read(answer).map_or(Ok(()), |said| Err(said.fault())),
        }
    }

    fn stop(&self) -> Option<Stop> {
        match self.finish.as_ref()? {
            _ if !self.refusal.trim().is_empty() => Some(Stop::Refused(self.refusal.clone())),
            finish => Some(finish.clone()),
        }
    }

    fn over(&self) -> bool {
        self.finish.is_some()
    }
}

impl Answer {
    /// Reads the response at its end, under the name of the event that ends it.
    fn end(&mut self, name: &str, response: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        let output = response.get("output").and_then(Value::as_array);
        output.into_iter().flatten().for_each(|item| self.item(item, out));
        if let Some(said) = response.get("usage") {
            self.counted.push(usage(said), out);
        }
        if let Some(said) = Said::read(response) {
            return Err(said.fault());
        }
        self.finish = Some(match (name, text(response, "/incomplete_details/reason")) {
            ("response.completed", _) => Stop::Done,
            ("response.incomplete", "" | "max_output_tokens") => Stop::Length,
            ("response.incomplete", reason) => Stop::Refused(format!("incomplete: {reason}")),
            _ => {
                let message = "the provider reports a failure without a reason";
                return Err(fault(ErrorKind::Overloaded, message, "ask again in a moment"));
            }
        });
        Ok(())
    }

    /// Reads an item of the output, as far as it did not come in pieces.
    fn item(&mut self, item: &Value, out: &mut Vec<Delta>) {
        let list = |name: &str| item.get(name).and_then(Value::as_array).into_iter().flatten();
        match text(item, "/type") {
            "message" if !self.said => {
                for part in list("content") {
                    say(text(part, "/text"), Delta::Text, out);
                    if self.refusal.is_empty() {
                        text(part, "/refusal").clone_into(&mut self.refusal);
                    }
                }
            }
            "reasoning" if self.thoughts.is_none() => {
                let full = list("content").any(|part| !text(part, "/text").is_empty());
                let parts = list(if full { "content" } else { "summary" });
                parts.for_each(|part| say(text(part, "/text"), Delta::Thinking, out));
            }
            _ => {}
        }
    }
}

/// Cached tokens are among those read, and reasoning is among those written.
fn usage(said: &Value) -> Usage {
    let tokens = |path: &str| count(said, path).unwrap_or(0);
    Usage {
        input: tokens("/input_tokens"),
        output: tokens("/output_tokens"),
        reasoning: tokens("/output_tokens_details/reasoning_tokens"),
        cached: tokens("/input_tokens_details/cached_tokens"),
        written: tokens("/input_tokens_details/cache_write_tokens"),
        cost: None,
    }
}
