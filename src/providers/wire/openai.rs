//! OpenAI-compatible Chat Completions: the request's body, and what its JSON means. Not framing, not the socket.
//!
//! Everything is read from loose JSON: names of events never count, fields may be missing, null or of another type.

use super::dialect;
use super::loose::messages;
use crate::core::{CallError, Effort, Params, Role, Usage};
use crate::providers::fault::Said;
use crate::providers::{Delta, Request, Stop};
use serde_json::{Map, Value, json};

/// How a provider deviates from the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// As OpenAI writes it; llama.cpp's server, vLLM and `LiteLLM` take it as it is.
    Plain,
    /// Mistral: other names for two fields, and no stream options.
    Mistral,
    /// `OpenRouter`: thinking is an object of its own.
    OpenRouter,
    /// Groq: thinking is apart from the answer only where that is asked for.
    Groq,
    /// `DeepSeek`: thinking is on or off, and long or longer.
    DeepSeek,
    /// xAI.
    XAi,
    /// Together: thinking is on or off, and has three lengths.
    Together,
    /// LM Studio: the limit has its old name.
    LmStudio,
}

/// The hosts of those that are told by theirs.
const HOSTS: [(&str, Flavour); 7] = [
    ("mistral.ai", Flavour::Mistral),
    ("openrouter.ai", Flavour::OpenRouter),
    ("groq.com", Flavour::Groq),
    ("deepseek.com", Flavour::DeepSeek),
    ("x.ai", Flavour::XAi),
    ("together.ai", Flavour::Together),
    ("together.xyz", Flavour::Together),
];

impl Flavour {
    /// The flavour spoken at a host.
    pub fn of_host(host: &str) -> Self {
        let at =
            |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        HOSTS.iter().find(|(name, _)| at(name)).map_or(Self::Plain, |(_, flavour)| *flavour)
    }

    /// What the limit of the answer is called: the new name includes thinking, and not everybody knows it.
    const fn limit(self) -> &'static str {
        match self {
            Self::Mistral | Self::DeepSeek | Self::Together | Self::LmStudio => "max_tokens",
            Self::Plain | Self::OpenRouter | Self::Groq | Self::XAi => "max_completion_tokens",
        }
    }

    /// The fields that say how long to think.
    fn thinking(self, effort: Effort) -> Vec<(&'static str, Value)> {
        let off = effort == Effort::None;
        // Those who know three lengths.
        let clamped = match effort {
            Effort::Minimal => "low",
            Effort::Max => "high",
            effort => effort.word(),
        };
        match self {
            Self::Plain | Self::LmStudio => vec![("reasoning_effort", json!(effort.word()))],
            Self::OpenRouter => vec![("reasoning", json!({"effort": effort.word()}))],
            Self::Groq if off => vec![("reasoning_effort", json!("none"))],
            Self::Groq => vec![("reasoning_effort", json!(clamped)), ("reasoning_format", json!("parsed"))],
            Self::DeepSeek if off => vec![("thinking", json!({"type": "disabled"}))],
            Self::DeepSeek => {
                let word = if effort == Effort::Max { "max" } else { "high" };
                vec![("thinking", json!({"type": "enabled"})), ("reasoning_effort", json!(word))]
            }
            Self::Mistral | Self::XAi => vec![("reasoning_effort", json!(clamped))],
            Self::Together if off => vec![("reasoning", json!({"enabled": false}))],
            Self::Together => {
                vec![("reasoning", json!({"enabled": true})), ("reasoning_effort", json!(clamped))]
            }
        }
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
    let seed = if flavour == Flavour::Mistral { "random_seed" } else { "seed" };
    // Mistral counts tokens unasked and takes no such field.
    if flavour != Flavour::Mistral {
        fields.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    fields.insert(flavour.limit().to_owned(), json!(params.answer_limit));
    let optional = [
        ("temperature", params.temperature.map(Value::from)),
        ("top_p", params.top_p.map(Value::from)),
        (seed, params.seed.map(Value::from)),
    ];
    let thinking = params.effort.map(|effort| flavour.thinking(effort)).unwrap_or_default();
    let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
    fields.extend(optional.chain(thinking).map(|(name, value)| (name.to_owned(), value)));
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

/// US dollars in billionths; a sum that is none is as good as not said.
fn billionths(dollars: f64) -> Option<u64> {
    (0.0..1e6).contains(&dollars).then(|| (dollars * 1e9).round() as u64)
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
        cost: usage.get("cost").and_then(Value::as_f64).and_then(billionths),
    };
    (counted != Usage::default()).then_some(counted)
}
