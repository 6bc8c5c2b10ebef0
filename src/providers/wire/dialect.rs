//! What a dialect is: where a request goes, what it says, how its answer is framed, and who reads that. One file a dialect
//! holds the rest. Not the socket.

use super::openai::{self, Flavour};
use crate::config::Kind;
use crate::core::CallError;
use crate::providers::{Delta, Request, Stop};
use serde_json::Value;

/// A dialect, with what a host is known to deviate in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI-compatible Chat Completions.
    OpenAi(Flavour),
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
}

impl Dialect {
    /// What a provider of this kind speaks at this host.
    pub fn new(kind: Kind, host: &str) -> Self {
        match kind {
            Kind::OpenAi => Self::OpenAi(Flavour::of_host(host)),
        }
    }

    /// The parts of the path that follow the provider's own address.
    pub const fn tail(self) -> &'static [&'static str] {
        match self {
            Self::OpenAi(_) => &["chat", "completions"],
        }
    }

    /// The parts of the path that a request goes to, by the parts of the provider's address, whole or without its tail.
    pub fn path(self, address: &[&str]) -> Vec<String> {
        let tail = self.tail();
        let base = address.strip_suffix(tail).unwrap_or(address);
        base.iter().chain(tail).map(|part| (*part).to_owned()).collect()
    }

    /// The header that bears the key, and what stands before the key in it.
    pub const fn key_header(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenAi(_) => ("authorization", "Bearer "),
        }
    }

    /// The body of a request.
    pub fn body(self, request: &Request) -> Value {
        match self {
            Self::OpenAi(flavour) => openai::body(request, flavour),
        }
    }

    /// A reader for one answer.
    pub fn answer(self) -> Box<dyn Answer> {
        match self {
            Self::OpenAi(_) => Box::<openai::Answer>::default(),
        }
    }
}
