//! What several dialects need to read loose JSON and to write a request. No dialect of its own.

use crate::core::{Role, Usage};
use crate::providers::{Delta, Request};
use serde_json::{Value, json};

/// The text at a place; empty where there is none.
pub fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// The count at a place.
pub fn count(value: &Value, path: &str) -> Option<u64> {
    value.pointer(path).and_then(Value::as_u64)
}

/// Appends a piece, unless it is empty.
pub fn say(text: &str, kind: fn(String) -> Delta, out: &mut Vec<Delta>) {
    if !text.is_empty() {
        out.push(kind(text.to_owned()));
    }
}

/// Tokens as they were counted last.
#[derive(Debug, Default)]
pub struct Counted(Usage);

impl Counted {
    /// Appends a count, where it differs from the last and counts anything.
    pub fn push(&mut self, usage: Usage, out: &mut Vec<Delta>) {
        if usage != self.0 && usage != Usage::default() {
            self.0 = usage;
            out.push(Delta::Usage(usage));
        }
    }
}

/// What the system says, in one text; `None` where it says nothing.
pub fn joined(request: &Request) -> Option<String> {
    let texts: Vec<&str> = request
        .messages
        .iter()
        .filter(|message| message.role == Role::System)
        .map(|message| message.text.as_str())
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// What the others say, with the dialect's word for who says it.
pub fn said(request: &Request, word: fn(Role) -> &'static str) -> Vec<(&'static str, &str)> {
    let others = request.messages.iter().filter(|message| message.role != Role::System);
    others.map(|message| (word(message.role), message.text.as_str())).collect()
}

/// Messages as most dialects write them: who speaks, and the text.
pub fn messages<'a>(said: impl IntoIterator<Item = (&'static str, &'a str)>) -> Vec<Value> {
    said.into_iter().map(|(role, text)| json!({"role": role, "content": text})).collect()
}

/// The words of most dialects for those who speak.
pub fn spoken(role: Role) -> &'static str {
    if role == Role::Assistant { "assistant" } else { "user" }
}

/// Writes what is set into a request.
pub fn set<const N: usize>(request: &mut Value, fields: [(&str, Option<Value>); N]) {
    for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        request[name] = value;
    }
}
