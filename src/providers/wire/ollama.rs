//! Ollama's own `/api/chat`: the request's body, and what its JSON means. Not framing, not the socket.
//!
//! Source: Ollama's API documentation, and a recorded stream of each shape.

use super::dialect;
use super::loose::{Counted, count, messages, said, say, set, spoken, text};
use crate::core::{CallError, Effort, Role, Usage};
use crate::providers::fault::Said;
use crate::providers::{Delta, Request, Stop};
use serde_json::{Value, json};

/// The least context asked for, in tokens: what older servers give to whoever asks for none.
const LEAST: u64 = 4096;

/// Fewer bytes than this make no token on average, in any language that models are asked in.
const BYTES: u64 = 2;

/// Tokens that a message costs beside its text.
const AROUND: u64 = 16;

/// The body of a request.
///
/// A server cuts a prompt that does not fit into its context and says nothing. So room is asked for, in powers of two lest
/// the model be loaded anew for each question, and newer servers are told to refuse instead of cutting.
pub fn body(request: &Request) -> Value {
    let params = &request.params;
    let system = request.messages.iter().filter(|message| message.role == Role::System);
    let system = system.map(|message| ("system", message.text.as_str()));
    let messages = messages(system.chain(said(request, spoken)));
    let mut options = json!({"num_predict": params.answer_limit, "num_ctx": room(request)});
    let optional = [
        ("temperature", params.temperature.map(Value::from)),
        ("top_p", params.top_p.map(Value::from)),
        ("seed", params.seed.map(Value::from)),
    ];
    set(&mut options, optional);
    let mut body = json!({"model": request.model, "messages": messages, "stream": true, "truncate": false,
        "options": options});
    set(&mut body, [("think", params.effort.map(think))]);
    body
}

/// Whether and how long to think. Models that know no levels take each word for yes.
fn think(effort: Effort) -> Value {
    match effort {
        Effort::None => Value::from(false),
        Effort::Minimal | Effort::Low => Value::from("low"),
        Effort::Medium => Value::from("medium"),
        Effort::High | Effort::Max => Value::from("high"),
    }
}

/// Tokens that the prompt and the longest answer may need together.
fn room(request: &Request) -> u64 {
    let prompt: u64 = request.messages.iter().map(|message| message.text.len() as u64 / BYTES + AROUND).sum();
    (prompt + u64::from(request.params.answer_limit)).next_power_of_two().max(LEAST)
}

/// What has been said of an answer so far.
#[derive(Debug, Default)]
pub struct Answer {
    finish: Option<Stop>,
    counted: Counted,
}

impl dialect::Answer for Answer {
    fn event(&mut self, event: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        say(text(event, "/message/thinking"), Delta::Thinking, out);
        say(text(event, "/message/content"), Delta::Text, out);
        if let Some(said) = Said::read(event) {
            return Err(said.fault());
        }
        if event.get("done").and_then(Value::as_bool) == Some(true) {
            let tokens = |path: &str| count(event, path).unwrap_or(0);
            // A prompt that was cached whole is not counted.
            let usage = Usage {
                input: tokens("/prompt_eval_count"),
                output: tokens("/eval_count"),
                ..Usage::default()
            };
            self.counted.push(usage, out);
            let length = text(event, "/done_reason") == "length";
            self.finish = Some(if length { Stop::Length } else { Stop::Done });
        }
        Ok(())
    }

    fn whole(&mut self, answer: &Value, out: &mut Vec<Delta>) -> Result<(), CallError> {
        self.event(answer, out)
    }

    fn stop(&self) -> Option<Stop> {
        self.finish.clone()
    }

    fn over(&self) -> bool {
        self.finish.is_some()
    }
}
