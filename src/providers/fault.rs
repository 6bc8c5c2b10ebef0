//! Faults as a person should read them: a kind, one clean line, and what to do next.
//!
//! Reads the providers' own error objects. Not the socket's errors: those are [`super::cause`]'s.

use super::{detail, wait};
use crate::core::{CallError, ErrorKind};
use serde_json::Value;
use std::fmt::Write as _;

/// The longest message, in characters.
const LONGEST: usize = 300;

/// Makes a fault.
pub fn fault(kind: ErrorKind, message: impl Into<String>, hint: impl Into<String>) -> CallError {
    CallError::new(kind, message, hint)
}

/// What came is not what the dialect promises; shows how it begins.
pub fn bad_response(message: &str, begins: &[u8]) -> CallError {
    let begins = String::from_utf8_lossy(begins);
    let message = if begins.trim().is_empty() { message.to_owned() } else { format!("{message}: {begins}") };
    fault(
        ErrorKind::BadResponse,
        message,
        "check base_url, and whether a proxy or a login page answers instead",
    )
}

/// One line of at most 300 characters, with whatever could steer a terminal made visible.
pub fn line(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for letter in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if length >= LONGEST {
            out.push('…');
            break;
        }
        let before = out.len();
        if steers(letter) {
            let _ = write!(out, "{}", letter.escape_unicode());
            length += out.len() - before;
        } else {
            out.push(letter);
            length += 1;
        }
    }
    out
}

/// Control characters, marks that turn the direction of writing, invisible ones, and tags.
fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// What a provider said about a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The status, from the answer's head or out of the error object.
    pub status: Option<u16>,
    /// Its own name for the fault, and its class.
    pub code: String,
    /// Its message.
    pub message: String,
    /// Milliseconds it asks to wait.
    pub wait: Option<u64>,
    /// Tokens that were sent and tokens that fit, where it counted them.
    pub tokens: Option<(u64, u64)>,
    /// The parameter it is about, as the dialect calls it, and as the person does.
    pub parameter: Option<(String, Option<&'static str>)>,
}

impl Said {
    /// Reads an error object in any of the shapes in use; `None` where this JSON is no error.
    pub fn read(body: &Value) -> Option<Self> {
        let body = match body {
            Value::Array(items) => items.first()?,
            other => other,
        };
        let choice = body.get("choices").and_then(|choices| choices.get(0));
        let named = body.get("error").or_else(|| choice.and_then(|choice| choice.get("error")));
        let is_error = |key: &str| body.get(key).and_then(Value::as_str) == Some("error");
        match named {
            Some(Value::String(message)) if !message.is_empty() => {
                Some(Self { message: message.clone(), ..Self::of(body) })
            }
            Some(error @ Value::Object(_)) => Some(Self::of(error)),
            _ if is_error("object") || is_error("type") => Some(Self::of(body)),
            _ if choice.and_then(|choice| choice.get("finish_reason")).and_then(Value::as_str)
                == Some("error") =>
            {
                Some(Self {
                    message: "the provider reports an error without a reason".to_owned(),
                    ..Self::default()
                })
            }
            _ => None,
        }
    }

    /// Reads the body of an answer whose status already says that it is an error.
    pub fn of_status(status: u16, body: &[u8]) -> Self {
        // Some send it as the first event of a stream.
        let event = body.trim_ascii_start().strip_prefix(b"data:");
        let event = event.map(|rest| rest.split(|byte| *byte == b'\n').next().unwrap_or_default());
        let parsed: Option<Value> = serde_json::from_slice(event.unwrap_or(body)).ok();
        let mut said = match &parsed {
            Some(value) => Self::read(value).unwrap_or_else(|| Self::of(value)),
            None => Self { message: plain(body), ..Self::default() },
        };
        said.status = Some(status);
        said
    }

    fn of(error: &Value) -> Self {
        let text = |key: &str| match error.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let number = |key: &str| error.get(key).and_then(Value::as_u64);
        let detail =
            error.pointer("/detail/0/msg").or_else(|| error.get("detail")).or_else(|| error.get("msg"));
        let mut message = text("message");
        if message.is_empty() {
            detail.and_then(Value::as_str).unwrap_or_default().clone_into(&mut message);
        }
        // A router hides what the provider behind it said in here.
        if let Some(raw) = error.pointer("/metadata/raw").and_then(Value::as_str) {
            message = format!("{message}: {raw}");
        }
        let inner = error.pointer("/details/error_code").and_then(Value::as_str).unwrap_or_default();
        let status = ["code", "status"].iter().find_map(|key| text(key).parse().ok());
        let code = [text("code").as_str(), &text("type"), &text("status"), inner].join(" ").trim().to_owned();
        Self {
            status: status.filter(|status| (300..600).contains(status)),
            code,
            wait: wait::of_error(error),
            tokens: number("n_prompt_tokens").zip(number("n_ctx")),
            parameter: detail::parameter(error, &message),
            message,
        }
    }

    /// The fault it stands for.
    pub fn fault(&self) -> CallError {
        let kind = self.kind();
        let (what, hint) = words(kind);
        // An error that is nothing but words is told by them.
        let parameter = self.parameter.clone().or_else(|| detail::parameter(&Value::Null, &self.message));
        let tokens = self.tokens.or_else(|| detail::tokens(&self.message));
        let overloaded = matches!(self.status, Some(503 | 529)) || self.code.contains("overloaded");
        let mut message = match (kind, &parameter) {
            (ErrorKind::BadRequest, Some((name, _))) => format!("the model does not take this {name}"),
            (ErrorKind::Overloaded, _) if overloaded => "provider overloaded".to_owned(),
            _ => what.to_owned(),
        };
        if let Some(status) = self.status {
            let _ = write!(message, " ({status})");
        }
        match (kind, tokens) {
            (ErrorKind::ContextOverflow, Some((sent, fit))) => {
                let _ = write!(message, ": {sent} tokens, the model takes {fit}");
            }
            _ if self.message.trim().is_empty()
                && self.code.parse::<u16>().is_err()
                && !self.code.is_empty() =>
            {
                let _ = write!(message, ": {}", self.code);
            }
            _ if self.message.trim().is_empty() => {}
            _ => {
                let _ = write!(message, ": {}", self.message);
            }
        }
        // Waiting brings no credit, no key and no other model.
        let waits = matches!(kind, ErrorKind::RateLimited | ErrorKind::Overloaded | ErrorKind::Timeout);
        let wait = self.wait.filter(|_| waits);
        let hint = match (wait, kind, &parameter) {
            (Some(wait), _, _) => format!("ask again in {}", in_words(wait)),
            (None, ErrorKind::BadRequest, Some((_, Some("answer_limit")))) => {
                "set another answer_limit for this member".to_owned()
            }
            (None, ErrorKind::BadRequest, Some((_, Some(own)))) => {
                format!("take {own} out of this member, or choose another model")
            }
            _ => hint.to_owned(),
        };
        CallError { wait, ..fault(kind, message, hint) }
    }

    fn kind(&self) -> ErrorKind {
        let words = format!("{} {}", self.code, self.message).to_lowercase();
        let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
        let code = self.code.to_lowercase();
        let status = self.status.unwrap_or(0);
        // A router sends one that is over in a moment: then it says how long.
        if status == 402 && self.wait.is_some() {
            return ErrorKind::RateLimited;
        }
        if status == 402 || any(&NO_CREDIT) {
            return ErrorKind::NoCredit;
        }
        if matches!(status, 401 | 403) {
            return ErrorKind::KeyRejected;
        }
        if any(&["api key not valid", "api_key_invalid", "no connected db"]) {
            return ErrorKind::KeyRejected;
        }
        if any(&OVERFLOW) {
            return ErrorKind::ContextOverflow;
        }
        if status == 429 || any(&["rate_limit", "rate limit", "too many requests", "resource_exhausted"]) {
            return ErrorKind::RateLimited;
        }
        if ["content_filter", "content_policy"].iter().any(|part| code.contains(part)) {
            return ErrorKind::Refused;
        }
        let unknown = any(&["not found", "does not exist", "not_found", "no such model", "invalid model"]);
        match status {
            404 | 405 | 410 => ErrorKind::NotFound,
            408 | 504 => ErrorKind::Timeout,
            413 => ErrorKind::ContextOverflow,
            409 | 500.. => ErrorKind::Overloaded,
            _ if unknown && any(&["model", "not_found"]) => ErrorKind::NotFound,
            _ if code.contains("timeout") => ErrorKind::Timeout,
            _ if any(&["invalid_api_key", "authentication", "permission_error"]) => ErrorKind::KeyRejected,
            400..=499 => ErrorKind::BadRequest,
            _ if code.contains("invalid_request") || code.contains("badrequest") => ErrorKind::BadRequest,
            _ => ErrorKind::Overloaded,
        }
    }
}

const NO_CREDIT: [&str; 7] = [
    "insufficient_quota",
    "insufficient balance",
    "insufficient credit",
    "credit balance",
    "spend_limit",
    "billing_error",
    "billing_hard_limit",
];

const OVERFLOW: [&str; 7] = [
    "context_length_exceeded",
    "exceed_context_size",
    "context_window_exceeded",
    "maximum context length",
    "available context size",
    "prompt is too long",
    "exceeds the maximum number of tokens",
];

/// What a kind of fault is called, and what to do next.
fn words(kind: ErrorKind) -> (&'static str, &'static str) {
    match kind {
        ErrorKind::KeyRejected => ("key rejected", "check the provider's key"),
        ErrorKind::NotFound => ("not found", "check the model's name, and base_url"),
        ErrorKind::ContextOverflow => {
            ("too long for the model", "ask shorter, or choose a model with more context")
        }
        ErrorKind::BadRequest => {
            ("request not accepted", "check the model's parameters in the configuration")
        }
        ErrorKind::RateLimited => ("too many requests", "wait a moment and ask again"),
        ErrorKind::NoCredit => ("no credit", "add credit with the provider, or choose another model with -m"),
        ErrorKind::Timeout => ("the server ran out of time", "ask again"),
        ErrorKind::Refused => {
            ("declined by the provider", "put the question differently, or ask another model")
        }
        _ => ("provider error", "ask again in a moment, or choose another model with -m"),
    }
}

/// A time in milliseconds as a person says it.
fn in_words(ms: u64) -> String {
    let seconds = ms.div_ceil(1000);
    match seconds {
        0..=120 => format!("{seconds} s"),
        121..=7200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600)),
    }
}

/// A body that is no JSON: the text itself, or the title of a page.
fn plain(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if text.trim_start().starts_with('<') { title(&text) } else { text.into_owned() }
}

/// The title of a page; empty where it has none.
pub fn title(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").zip(lower.find("</title>"));
    title.and_then(|(from, to)| text.get(from + 7..to)).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kind(status: u16, body: &Value) -> (ErrorKind, String) {
        let fault = Said::of_status(status, body.to_string().as_bytes()).fault();
        (fault.kind, line(&fault.message))
    }

    #[test]
    fn statuses_have_kinds() {
        let none = json!({});
        for (status, expected) in [
            (400, ErrorKind::BadRequest),
            (401, ErrorKind::KeyRejected),
            (402, ErrorKind::NoCredit),
            (403, ErrorKind::KeyRejected),
            (404, ErrorKind::NotFound),
            (405, ErrorKind::NotFound),
            (408, ErrorKind::Timeout),
            (409, ErrorKind::Overloaded),
            (413, ErrorKind::ContextOverflow),
            (422, ErrorKind::BadRequest),
            (429, ErrorKind::RateLimited),
            (500, ErrorKind::Overloaded),
            (503, ErrorKind::Overloaded),
            (529, ErrorKind::Overloaded),
        ] {
            assert_eq!(kind(status, &none).0, expected, "{status}");
        }
    }

    #[test]
    fn the_providers_own_words_count_more_than_the_status() {
        let quota = json!({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}});
        assert_eq!(
            kind(429, &quota),
            (ErrorKind::NoCredit, "no credit (429): You exceeded your quota".into())
        );
        let llama = json!({"error": {"code": 400, "message": "the request exceeds the available context size",
            "type": "exceed_context_size_error", "n_prompt_tokens": 1200, "n_ctx": 1024}});
        let expected = "too long for the model (400): 1200 tokens, the model takes 1024".to_owned();
        assert_eq!(kind(400, &llama), (ErrorKind::ContextOverflow, expected));
        let model = json!({"error": {"message": "The model `x` does not exist", "code": null}});
        assert_eq!(kind(400, &model).0, ErrorKind::NotFound);
        assert_eq!(
            kind(404, &json!({"error": "model 'x' not found"})).1,
            "not found (404): model 'x' not found"
        );
        let array = json!([{"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED",
            "details": [{"retryDelay": "46s"}]}}]);
        assert_eq!(kind(429, &array).1, "too many requests (429): slow down");
        let fault = Said::of_status(429, array.to_string().as_bytes()).fault();
        assert_eq!(fault.hint, "ask again in 46 s");
        let detail = json!({"detail": [{"loc": ["body"], "msg": "Extra inputs are not permitted"}]});
        assert_eq!(kind(422, &detail).1, "request not accepted (422): Extra inputs are not permitted");
        let event =
            Said::of_status(500, b"data: {\"error\": {\"message\": \"m\"}}\n\ndata: [DONE]\n\n").fault();
        assert_eq!(event.message, "provider error (500): m");
        let page = Said::of_status(502, b"<html><head><title>Bad Gateway</title></head></html>").fault();
        assert_eq!(page.message, "provider error (502): Bad Gateway");
    }

    #[test]
    fn an_error_inside_a_good_answer_is_found() {
        for (body, message) in [
            (json!({"error": {"message": "m", "type": "server_error", "code": null}}), "m"),
            (json!({"error": {"code": 502, "message": "m"}, "choices": [{"finish_reason": "error"}]}), "m"),
            (json!({"object": "error", "message": "m", "type": "BadRequestError", "code": 400}), "m"),
            (json!({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}), "m"),
            (json!({"type": "error", "code": "server_error", "message": "m"}), "m"),
            (json!({"error": "m"}), "m"),
            (json!([{"error": {"message": "m"}}]), "m"),
            (json!({"choices": [{"error": {"message": "m"}}]}), "m"),
        ] {
            assert_eq!(Said::read(&body).map(|said| said.message), Some(message.to_owned()), "{body}");
        }
        for fine in [json!({"choices": [], "error": null}), json!({"type": "x"}), json!([]), json!(null)] {
            assert_eq!(Said::read(&fine), None, "{fine}");
        }
    }

    #[test]
    fn a_wait_is_told_where_waiting_helps() {
        let said = |status, code: &str, wait| Said {
            status: Some(status),
            code: code.to_owned(),
            wait: Some(wait),
            ..Said::default()
        };
        for (said, kind, wait, hint) in [
            (said(429, "", 300), ErrorKind::RateLimited, Some(300), "ask again in 1 s"),
            (said(503, "", 300_000), ErrorKind::Overloaded, Some(300_000), "ask again in 5 min"),
            (said(429, "", 32_400_000), ErrorKind::RateLimited, Some(32_400_000), "ask again in 9 h"),
            (said(402, "", 2000), ErrorKind::RateLimited, Some(2000), "ask again in 2 s"),
            (
                said(429, "enforced_spend_limit_reached", 2000),
                ErrorKind::NoCredit,
                None,
                words(ErrorKind::NoCredit).1,
            ),
            (said(429, "insufficient_quota", 2000), ErrorKind::NoCredit, None, words(ErrorKind::NoCredit).1),
            (said(401, "", 2000), ErrorKind::KeyRejected, None, words(ErrorKind::KeyRejected).1),
        ] {
            let fault = said.fault();
            assert_eq!((fault.kind, fault.wait, fault.hint.as_str()), (kind, wait, hint), "{said:?}");
        }
    }

    #[test]
    fn a_parameter_that_is_not_taken_is_named_with_what_to_do() {
        let body = json!({"type": "error", "error": {"type": "invalid_request_error",
            "message": "temperature: Extra inputs are not permitted"}});
        let fault = Said::of_status(400, body.to_string().as_bytes()).fault();
        assert_eq!(fault.kind, ErrorKind::BadRequest);
        assert_eq!(
            fault.message,
            "the model does not take this temperature (400): temperature: Extra inputs are not permitted"
        );
        assert_eq!(fault.hint, "take temperature out of this member, or choose another model");
    }

    #[test]
    fn a_line_is_one_line_and_steers_nothing() {
        assert_eq!(line("a\r\n b\t\tc\u{1b}[31m\u{202e}x\u{0}"), r"a b c\u{1b}[31m\u{202e}x\u{0}");
        assert_eq!(line(&"ü".repeat(1000)).chars().count(), LONGEST + 1);
    }
}
