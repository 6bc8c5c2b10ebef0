//! Anthropic Messages: the request's body, and what its JSON means. Not framing, not the socket.
//!
//! Source: the events and fields that Anthropic documents under `/v1/messages`, version 2023-06-01: later ones refuse a
//! temperature, even one that the person set.

use super::dialect;
use super::loose::{Counted, count, joined, messages, said, say, set, spoken, text};
use crate::core::{CallError, Effort, ErrorKind, Usage};
use crate::providers::fault::{Said, fault};
use crate::providers::{Delta, Request, Stop};
use serde_json::{Value, json};

/// The version of the interface that is spoken here.
pub const VERSION: &str = "2023-06-01";

/// The body of a request. The system's text goes apart, and the limit is required; there is no seed.
pub fn body(request: &Request) -> Value {
    let params = &request.params;
    let messages = messages(said(request, spoken));
    let mut body = json!({"model": request.model, "max_tokens": params.answer_limit, "messages": messages,
        "stream": true});
    let optional = [
        ("thinking", params.effort.map(thinking)),
        ("output_config", params.effort.and_then(effort).map(|word| json!({"effort": word}))),
        ("system", joined(request).map(Value::from)),
        ("temperature", params.temperature.map(Value::from)),
        ("top_p", params.top_p.map(Value::from)),
    ];
    set(&mut body, optional);
    body
}

/// Whether it is to think. Some models leave the text of their thoughts out unless it is asked for.
fn thinking(effort: Effort) -> Value {
    match effort {
        Effort::None => json!({"type": "disabled"}),
        _ => json!({"type": "adaptive", "display": "summarized"}),
    }
}

fn effort(effort: Effort) -> Option<&'static str> {
    Some(match effort {
        Effort::None => return None,
        Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High => "high",
        Effort::Max => "max",
    })
}

/// What has been said of an answer so far.
#[derive(Debug, Default)]
pub struct Answer {
    /// The reason given for finishing; empty where the end came without one.
    finish: Option<String>,
    /// Why it was declined, where that was said.
    refusal: String,
    tokens: Tokens,
    counted: Counted,
    over: bool,
}

/// Tokens, each as it was said last: they are snapshots, and a later one corrects an earlier one.
#[derive(Debug, Default)]
struct Tokens {
    input: u64,
    written: u64,
    cached: u64,
    output: u64,
    thinking: u64,
}

impl dialect::Answer for Answer {
    fn event(&mut self, event: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        match text(event, "/type") {
            "message_start" => self.usage(event.pointer("/message/usage"), out),
            "content_block_start" => block(event.get("content_block"), out),
            "content_block_delta" => piece(event.get("delta"), out),
            "message_delta" => {
                self.usage(event.get("usage"), out);
                self.finish(event.get("delta"));
                return self.full();
            }
            "message_stop" => {
                self.finish.get_or_insert_default();
                self.over = true;
            }
            // Some proxies send the whole message although events were asked for.
            "message" => return self.whole(event, out),
            _ => return Said::read(event).map_or(Ok(()), |said| Err(said.fault())),
        }
        Ok(())
    }

    fn whole(&mut self, answer: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        if let Some(said) = Said::read(answer) {
            return Err(said.fault());
        }
        let blocks = answer.get("content").and_then(Value::as_array);
        blocks.into_iter().flatten().for_each(|one| block(Some(one), out));
        self.usage(answer.get("usage"), out);
        self.finish(Some(answer));
        self.full()
    }

    fn stop(&self) -> Option<Stop> {
        Some(match self.finish.as_deref()? {
            "max_tokens" => Stop::Length,
            "refusal" if !self.refusal.trim().is_empty() => Stop::Refused(self.refusal.clone()),
            "refusal" => Stop::Refused("stop_reason refusal".to_owned()),
            _ => Stop::Done,
        })
    }

    fn over(&self) -> bool {
        self.over
    }
}

impl Answer {
    /// Reads why it stopped, from what holds `stop_reason`.
    fn finish(&mut self, said: Option<&Value>) {
        let Some(said) = said else { return };
        let reason = text(said, "/stop_reason");
        if !reason.is_empty() {
            self.finish = Some(reason.to_owned());
        }
        let why = [text(said, "/stop_details/explanation"), text(said, "/stop_details/category")];
        if let Some(why) = why.into_iter().find(|why| !why.is_empty()) {
            why.clone_into(&mut self.refusal);
        }
    }

    /// The fault where prompt and answer filled all that the model can hold: a higher limit would not help.
    fn full(&self) -> Result<(), CallError> {
        if self.finish.as_deref() != Some("model_context_window_exceeded") {
            return Ok(());
        }
        let message = "the model's context was full before the answer ended";
        let hint = "ask shorter, or choose a model with more context";
        Err(fault(ErrorKind::ContextOverflow, message, hint))
    }

    /// What was read from the cache or written to it is not in `input_tokens`; thinking is in `output_tokens`.
    fn usage(&mut self, said: Option<&Value>, out: &mut Vec<Delta>) {
        let Some(said) = said else { return };
        let tokens = &mut self.tokens;
        for (field, path) in [
            (&mut tokens.input, "/input_tokens"),
            (&mut tokens.written, "/cache_creation_input_tokens"),
            (&mut tokens.cached, "/cache_read_input_tokens"),
            (&mut tokens.output, "/output_tokens"),
            (&mut tokens.thinking, "/output_tokens_details/thinking_tokens"),
        ] {
            *field = count(said, path).unwrap_or(*field);
        }
        let usage = Usage {
            input: tokens.input.saturating_add(tokens.written).saturating_add(tokens.cached),
            output: tokens.output,
            reasoning: tokens.thinking,
            cached: tokens.cached,
            written: tokens.written,
            cost: None,
        };
        self.counted.push(usage, out);
    }
}

/// A block as it begins, or whole.
fn block(block: Option<&Value>, out: &mut Vec<Delta>) {
    let Some(block) = block else { return };
    match text(block, "/type") {
        "text" => say(text(block, "/text"), Delta::Text, out),
        "thinking" => say(text(block, "/thinking"), Delta::Thinking, out),
        _ => {}
    }
}

/// A piece of a block.
fn piece(delta: Option<&Value>, out: &mut Vec<Delta>) {
    let Some(delta) = delta else { return };
    match text(delta, "/type") {
        "text_delta" => say(text(delta, "/text"), Delta::Text, out),
        "thinking_delta" => say(text(delta, "/thinking"), Delta::Thinking, out),
        _ => {}
    }
}
