//! What a dialect is: where a request goes, what it says, how its answer is framed, and who reads that. One file a dialect
//! holds the rest. Not the socket.

use super::openai::{self, Flavour};
use super::{anthropic, gemini, ollama, responses};
use crate::config::Kind;
use crate::core::CallError;
use crate::providers::{Delta, Request, Stop};
use serde_json::Value;

/// A dialect, with what a host is known to deviate in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI-compatible Chat Completions.
    OpenAi(Flavour),
    /// Anthropic Messages.
    Anthropic,
    /// Ollama's own.
    Ollama,
    /// Gemini's `streamGenerateContent`.
    Gemini,
    /// OpenAI Responses.
    Responses,
}

/// Reads what one answer says, event by event. All are read from loose JSON: names of events never count, what is
/// unknown is passed over, and fields may be missing, null or of another type.
pub trait Answer: Send {
    /// Reads one event's JSON.
    ///
    /// # Errors
    /// The fault that the event reports.
    fn event(&mut self, event: &Value, out: &mut Vec<Delta>) -> Result<(), CallError>;

    /// Reads an answer that came whole instead of in events.
    ///
    /// # Errors
    /// The fault that it reports.
    fn whole(&mut self, answer: &Value, out: &mut Vec<Delta>) -> Result<(), CallError>;

    /// The terminal marker, once there was one.
    fn stop(&self) -> Option<Stop>;

    /// Whether the dialect's very last event was read, so that nothing needs to be waited for.
    fn over(&self) -> bool {
        false
    }
}

impl Dialect {
    /// What a provider of this kind speaks at this host.
    pub fn new(kind: Kind, host: &str) -> Self {
        match kind {
            Kind::OpenAi => Self::OpenAi(Flavour::of_host(host)),
            Kind::Anthropic => Self::Anthropic,
            Kind::Ollama => Self::Ollama,
            Kind::Gemini => Self::Gemini,
            Kind::Responses => Self::Responses,
        }
    }

    /// The same for a provider of this name: some are told by nothing else.
    pub fn at(self, name: &str) -> Self {
        match self {
            Self::OpenAi(Flavour::Plain) if name == "lmstudio" => Self::OpenAi(Flavour::LmStudio),
            other => other,
        }
    }

    /// The parts of the path that follow the provider's own address.
    pub const fn tail(self) -> &'static [&'static str] {
        match self {
            Self::OpenAi(_) => &["chat", "completions"],
            Self::Anthropic => &["messages"],
            Self::Ollama => &["api", "chat"],
            Self::Gemini => &["models"],
            Self::Responses => &["responses"],
        }
    }

    /// The last part of the path and the query, in the dialects that name the model there.
    pub fn call(self, model: &str) -> Option<(String, &'static str)> {
        (self == Self::Gemini).then(|| (gemini::call(model), "alt=sse"))
    }

    /// The parts of the path that a request goes to, by the parts of the provider's address, whole or without its tail.
    pub fn path(self, address: &[&str]) -> Vec<String> {
        let tail = self.tail();
        let mut base = address.strip_suffix(tail).unwrap_or(address);
        if let (Self::Ollama, Some((&("v1" | "api"), root))) = (self, base.split_last()) {
            base = root;
        }
        let version: &[&str] = match self {
            // Their own clients take an address without the version, and add it.
            Self::Anthropic | Self::Gemini if !base.last().is_some_and(|part| is_version(part)) => &["v1"],
            _ => &[],
        };
        base.iter().chain(version).chain(tail).map(|part| (*part).to_owned()).collect()
    }

    /// The header that bears the key, and what stands before the key in it.
    ///
    /// Anthropic takes two kinds: a key, and a token of its own or of a gateway, which is told by its variable's name.
    pub fn key_header(self, variable: &str) -> (&'static str, &'static str) {
        match self {
            Self::OpenAi(_) | Self::Ollama | Self::Responses => ("authorization", "Bearer "),
            Self::Anthropic if variable.ends_with("_AUTH_TOKEN") => ("authorization", "Bearer "),
            Self::Anthropic => ("x-api-key", ""),
            Self::Gemini => ("x-goog-api-key", ""),
        }
    }

    /// Headers of the dialect's own.
    pub const fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::OpenAi(_) | Self::Ollama | Self::Gemini | Self::Responses => &[],
            Self::Anthropic => &[("anthropic-version", anthropic::VERSION)],
        }
    }

    /// The body of a request.
    pub fn body(self, request: &Request) -> Value {
        match self {
            Self::OpenAi(flavour) => openai::body(request, flavour),
            Self::Anthropic => anthropic::body(request),
            Self::Ollama => ollama::body(request),
            Self::Gemini => gemini::body(request),
            Self::Responses => responses::body(request),
        }
    }

    /// A reader for one answer.
    pub fn answer(self) -> Box<dyn Answer> {
        match self {
            Self::OpenAi(_) => Box::<openai::Answer>::default(),
            Self::Anthropic => Box::<anthropic::Answer>::default(),
            Self::Ollama => Box::<ollama::Answer>::default(),
            Self::Gemini => Box::<gemini::Answer>::default(),
            Self::Responses => Box::<responses::Answer>::default(),
        }
    }

    /// Whether each line of an answer is JSON; otherwise it is an event stream.
    pub const fn is_lines(self) -> bool {
        matches!(self, Self::Ollama)
    }
}

/// Whether this part of a path names a version: `v1`, `v1beta`.
fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
}
