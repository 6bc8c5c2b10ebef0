//! How a call ended: its state, its fault, and what the provider counted. Not the record of it: that is in
//! [`super::event`].

use serde::{Deserialize, Serialize};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndState {
    /// The provider said that it was finished.
    Done,
    /// It ended without saying so, or at a limit, and there is text.
    Cut,
    /// There is no text.
    Failed,
    /// The provider declined.
    Refused,
    /// The person stopped it.
    Stopped,
}

impl EndState {
    /// The word shown and exported.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cut => "cut",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
        }
    }
}

/// Why a call is not done: a kind for programs, a message and a next step for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallError {
    /// The class of fault.
    pub kind: ErrorKind,
    /// What happened, in one line.
    pub message: String,
    /// What to do next, in one line.
    pub hint: String,
    /// How long the provider asks to wait before anything else is sent, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
    /// Whether the provider says that the same request may succeed another time, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<bool>,
}

impl CallError {
    /// A fault after which nobody asked to wait, or said whether to ask again.
    pub fn new(kind: ErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into(), wait: None, retry: None }
    }
}

/// The classes of fault that a person would handle differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// No key is set for the provider.
    NoKey,
    /// The provider turned the key down.
    KeyRejected,
    /// No such model or address.
    NotFound,
    /// The question does not fit the model's context.
    ContextOverflow,
    /// The provider did not accept a part of the request.
    BadRequest,
    /// Too many requests.
    RateLimited,
    /// The account has no credit.
    NoCredit,
    /// The provider is overloaded or broken.
    Overloaded,
    /// Nothing was sent: the endpoint failed again and again a moment ago.
    Unavailable,
    /// Nothing was sent, or it was stopped: a cap on what may be spent would have been passed.
    OverBudget,
    /// Nothing was sent: the question is private, and the model is not local.
    HeldBack,
    /// Nothing listens there, the name is unknown, or TLS failed.
    Connect,
    /// The connection broke in the middle.
    ConnectionLost,
    /// The stream ended without its finish marker.
    EndedEarly,
    /// No sign of life for too long.
    Timeout,
    /// What came back is not what the dialect promises.
    BadResponse,
    /// The provider declined to answer.
    Refused,
    /// The answer reached its length limit.
    Length,
    /// The person stopped it.
    Stopped,
    /// The program ended while the call ran; it may have been billed.
    Interrupted,
    /// The configuration can't build this member.
    Config,
    /// A member that plays what was recorded has nothing for this.
    NotRecorded,
    /// A fault of synod's own.
    Internal,
}

impl ErrorKind {
    /// The fault in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoKey => "no key",
            Self::KeyRejected => "key rejected",
            Self::NotFound => "not found",
            Self::ContextOverflow => "question too long",
            Self::BadRequest => "not accepted",
            Self::RateLimited => "rate limited",
            Self::NoCredit => "no credit",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "left alone",
            Self::OverBudget => "over budget",
            Self::HeldBack => "held back: private",
            Self::Connect => "no connection",
            Self::ConnectionLost | Self::EndedEarly => "connection lost",
            Self::Timeout => "timed out",
            Self::BadResponse => "bad response",
            Self::Refused => "declined",
            Self::Length => "at its length limit",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Config => "not configured",
            Self::NotRecorded => "not recorded",
            Self::Internal => "failed",
        }
    }
}

/// Tokens as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens read, cached ones included.
    pub input: u64,
    /// Tokens written, reasoning included.
    pub output: u64,
    /// Tokens of reasoning, part of `output`.
    pub reasoning: u64,
    /// Tokens read from the provider's cache, part of `input`.
    pub cached: u64,
    /// Tokens written into the provider's cache, part of `input`.
    #[serde(skip_serializing_if = "none")]
    pub written: u64,
    /// What the provider itself says that it cost, in billionths of a US dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
}

impl Usage {
    /// Both together. What only one side says of its cost is no sum, so then there is none.
    pub fn plus(self, more: Self) -> Self {
        Self {
            input: self.input.saturating_add(more.input),
            output: self.output.saturating_add(more.output),
            reasoning: self.reasoning.saturating_add(more.reasoning),
            cached: self.cached.saturating_add(more.cached),
            written: self.written.saturating_add(more.written),
            cost: self.cost.zip(more.cost).map(|(one, other)| one.saturating_add(other)),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn none(tokens: &u64) -> bool {
    *tokens == 0
}
