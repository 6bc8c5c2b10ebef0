//! Gemini's `streamGenerateContent`: the request's body, and what its JSON means. Not framing, not the socket.
//!
//! Source: the fields that Google documents under `models.streamGenerateContent`.

use super::dialect;
use super::loose::{Counted, count, joined, said, say, set, text};
use crate::core::{CallError, Effort, Role, Usage};
use crate::providers::fault::Said;
use crate::providers::{Delta, Request, Stop};
use serde_json::{Value, json};

/// The body of a request. The model is named in the path; what the system says goes apart.
pub fn body(request: &Request) -> Value {
    let params = &request.params;
    let contents = said(request, |role| if role == Role::Assistant { "model" } else { "user" });
    let contents: Vec<Value> =
        contents.into_iter().map(|(role, text)| json!({"role": role, "parts": [{"text": text}]})).collect();
    let mut config = json!({"maxOutputTokens": params.answer_limit});
    let optional = [
        ("temperature", params.temperature.map(Value::from)),
        ("topP", params.top_p.map(Value::from)),
        ("seed", params.seed.map(Value::from)),
        ("thinkingConfig", params.effort.map(|effort| thinking(&request.model, effort))),
    ];
    set(&mut config, optional);
    let mut body = json!({"contents": contents, "generationConfig": config});
    if let Some(system) = joined(request) {
        body["systemInstruction"] = json!({"parts": [{"text": system}]});
    }
    body
}

/// How long to think. The models of 2.5 and before are given tokens, as Google's own OpenAI-compatible interface counts
/// them; those after it a word, and can't be kept from thinking.
fn thinking(model: &str, effort: Effort) -> Value {
    let (tokens, level) = match effort {
        Effort::None => (0, "MINIMAL"),
        Effort::Minimal => (512, "MINIMAL"),
        Effort::Low => (1024, "LOW"),
        Effort::Medium => (8192, "MEDIUM"),
        Effort::High => (24_576, "HIGH"),
        Effort::Max => (-1, "XHIGH"),
    };
    let shown = effort != Effort::None;
    if ["gemini-2.", "gemini-1."].iter().any(|old| model.contains(old)) {
        json!({"includeThoughts": shown, "thinkingBudget": tokens})
    } else {
        json!({"includeThoughts": shown, "thinkingLevel": level})
    }
}

/// The last part of a request's path.
pub fn call(model: &str) -> String {
    format!("{}:streamGenerateContent", model.strip_prefix("models/").unwrap_or(model))
}

/// What has been said of an answer so far.
#[derive(Debug, Default)]
pub struct Answer {
    finish: Option<Stop>,
    counted: Counted,
}

impl dialect::Answer for Answer {
    fn event(&mut self, event: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        let candidates = event.get("candidates").and_then(Value::as_array);
        let first = |one: &&Value| count(one, "/index").unwrap_or(0) == 0;
        if let Some(candidate) = candidates.and_then(|candidates| candidates.iter().find(first)) {
            let parts = candidate.pointer("/content/parts").and_then(Value::as_array);
            for part in parts.into_iter().flatten() {
                let thinks = part.get("thought").and_then(Value::as_bool) == Some(true);
                say(text(part, "/text"), if thinks { Delta::Thinking } else { Delta::Text }, out);
            }
            self.finish = stop(candidate).or(self.finish.take());
        }
        // A prompt that is blocked has no candidates at all.
        let blocked = text(event, "/promptFeedback/blockReason");
        if !blocked.is_empty() && blocked != "BLOCK_REASON_UNSPECIFIED" {
            self.finish = Some(Stop::Refused(format!("blockReason {blocked}")));
        }
        if let Some(said) = event.get("usageMetadata") {
            self.counted.push(usage(said), out);
        }
        Said::read(event).map_or(Ok(()), |said| Err(said.fault()))
    }

    fn whole(&mut self, answer: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        // Without `alt=sse`, which some proxies drop, the events come as one list.
        match answer {
            Value::Array(events) => events.iter().try_for_each(|event| self.event(event, out)),
            event => self.event(event, out),
        }
    }

    fn stop(&self) -> Option<Stop> {
        self.finish.clone()
    }
}

/// Why a candidate finished. All but two reasons are ways of declining.
fn stop(candidate: &Value) -> Option<Stop> {
    Some(match text(candidate, "/finishReason") {
        "" | "FINISH_REASON_UNSPECIFIED" => return None,
        "STOP" => Stop::Done,
        "MAX_TOKENS" => Stop::Length,
        other => {
            let why = text(candidate, "/finishMessage");
            let colon = if why.is_empty() { "" } else { ": " };
            Stop::Refused(format!("finishReason {other}{colon}{why}"))
        }
    })
}

/// The tokens so far. Thoughts are not among the candidates' tokens, but are written and paid all the same.
fn usage(said: &Value) -> Usage {
    let tokens = |path: &str| count(said, path).unwrap_or(0);
    let thoughts = tokens("/thoughtsTokenCount");
    Usage {
        input: tokens("/promptTokenCount").saturating_add(tokens("/toolUsePromptTokenCount")),
        output: tokens("/candidatesTokenCount").saturating_add(thoughts),
        reasoning: thoughts,
        cached: tokens("/cachedContentTokenCount"),
        ..Usage::default()
    }
}
