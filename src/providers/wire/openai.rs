//! OpenAI-compatible Chat Completions: the request's body, and what its JSON means. Not framing, not the socket.
//!
//! Everything is read from loose JSON: names of events never count, fields may be missing, null or of another type.

use super::dialect;
use super::loose::messages;
use crate::core::{CallError, Params, Role, Usage};
use crate::providers::fault::Said;
use crate::providers::{Delta, Request, Stop};
use serde_json::{Map, Value, json};

/// How a provider deviates from the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// As OpenAI writes it.
    Plain,
    /// Mistral: other names for two fields, and no stream options.
    Mistral,
}

impl Flavour {
    /// The flavour spoken at a host.
    pub fn of_host(host: &str) -> Self {
        if host == "mistral.ai" || host.ends_with(".mistral.ai") { Self::Mistral } else { Self::Plain }
    }
}

/// The body of a request. Nothing is in it that was not set, save the answer limit.
pub fn body(request: &Request, flavour: Flavour) -> Value {
    let role = |role| match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let messages = messages(request.messages.iter().map(|said| (role(said.role), said.text.as_str())));
    let mut body = json!({"model": request.model, "messages": messages, "stream": true});
    if let Value::Object(fields) = &mut body {
        set(fields, &request.params, flavour);
    }
    body
}

fn set(fields: &mut Map<String, Value>, params: &Params, flavour: Flavour) {
    let (limit, seed) = match flavour {
        Flavour::Plain => ("max_completion_tokens", "seed"),
        Flavour::Mistral => ("max_tokens", "random_seed"),
    };
    if flavour == Flavour::Plain {
        fields.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    fields.insert(limit.to_owned(), json!(params.answer_limit));
    let optional = [
        ("temperature", params.temperature.map(Value::from)),
        ("top_p", params.top_p.map(Value::from)),
        (seed, params.seed.map(Value::from)),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
}

/// What has been said of an answer so far.
#[derive(Debug, Default)]
pub struct Answer {
    /// The last reason given for finishing.
    finish: Option<String>,
    /// What was said in declining.
    refusal: String,
    usage: Option<Usage>,
}

impl dialect::Answer for Answer {
    fn event(&mut self, event: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        self.read(event, "delta", out)
    }

    fn whole(&mut self, answer: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        self.read(answer, "message", out)
    }

    fn stop(&self) -> Option<Stop> {
        let finish = self.finish.as_deref()?;
        Some(match finish {
            _ if !self.refusal.trim().is_empty() => Stop::Refused(self.refusal.clone()),
            "length" | "max_tokens" | "model_length" => Stop::Length,
            "content_filter" | "refusal" | "safety" => Stop::Refused(format!("finish_reason {finish}")),
            _ => Stop::Done,
        })
    }
}

impl Answer {
    fn read(&mut self, event: &Value, part: &str, out: &mut Vec<Delta>) -> Result<(), CallError> {
        let choices = event.get("choices").and_then(Value::as_array);
        let first = |choice: &&Value| choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0;
        if let Some(choice) = choices.and_then(|choices| choices.iter().find(first)) {
            if let Some(said) = choice.get(part) {
                self.said(said, out);
            }
            let finish =
                choice.get("finish_reason").and_then(Value::as_str).filter(|reason| !reason.is_empty());
            if let Some(finish) = finish {
                self.finish = Some(finish.to_owned());
            }
        }
        let counted =
            event.get("usage").and_then(usage).or_else(|| event.pointer("/x_groq/usage").and_then(usage));
        if counted.is_some() && counted != self.usage {
            self.usage = counted;
            out.extend(counted.map(Delta::Usage));
        }
        Said::read(event).map_or(Ok(()), |said| Err(said.fault()))
    }

    fn said(&mut self, said: &Value, out: &mut Vec<Delta>) {
        let text = |key: &str| said.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        // Some servers send the same thought under both names.
        let thought = text("reasoning_content").or_else(|| text("reasoning"));
        out.extend(thought.map(|text| Delta::Thinking(text.to_owned())));
        match said.get("content") {
            Some(Value::Array(parts)) => parts.iter().for_each(|part| piece(part, thought.is_none(), out)),
            Some(Value::String(text)) if !text.is_empty() => out.push(Delta::Text(text.clone())),
            _ => {}
        }
        self.refusal.extend(text("refusal"));
    }
}

/// One part of a content list: `{"type": "text", …}`, or `{"type": "thinking", "thinking": [{"type": "text", …}]}`.
fn piece(part: &Value, thinks: bool, out: &mut Vec<Delta>) {
    let text = |part: &Value| part.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    match part.get("thinking") {
        Some(Value::Array(thoughts)) if thinks => {
            out.extend(thoughts.iter().map(text).filter(|text| !text.is_empty()).map(Delta::Thinking));
        }
        Some(Value::String(thought)) if thinks && !thought.is_empty() => {
            out.push(Delta::Thinking(thought.clone()));
        }
        Some(_) => {}
        None => out.extend(Some(text(part)).filter(|text| !text.is_empty()).map(Delta::Text)),
    }
}

/// Reads a usage object; `None` where it counts nothing.
fn usage(usage: &Value) -> Option<Usage> {
    let count = |path: &str| usage.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let counted = Usage {
        input: count("/prompt_tokens"),
        output: count("/completion_tokens"),
        reasoning: count("/completion_tokens_details/reasoning_tokens"),
        cached: count("/prompt_tokens_details/cached_tokens"),
        written: count("/prompt_tokens_details/cache_write_tokens"),
    };
    (counted != Usage::default()).then_some(counted)
}
