//! How a model is reached: one method that turns a request into a stream of pieces. No retries, no limits, no drawing.
//!
//! Codecs in [`wire`] are pure; [`http`] holds the only way out, and `receiver` the thread that reads what comes back; [`probe`]
//! looks who listens on this machine; [`scripted`]
//! is the offline demo, [`recorded`] plays answers that somebody has; [`registry`] finds the provider behind a model's name.

mod cause;
mod check;
mod client;
mod detail;
mod fault;
pub mod http;
pub mod keyring;
pub mod probe;
mod receiver;
pub mod recorded;
mod redact;
mod refusal;
pub mod registry;
pub mod scripted;
mod secret;
mod wait;
pub mod wire;

pub use check::Checked;
pub use redact::Redactor;

use crate::core::price::Price;
use crate::core::{Ask, CallError, ErrorKind, MemberId, Message, Params, Usage};
use futures_util::future::{BoxFuture, ready};
use futures_util::stream::BoxStream;

/// What one member is sent, and for what.
#[derive(Clone, Debug)]
pub struct Request {
    /// The model, as the provider spells it.
    pub model: String,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// What the person set.
    pub params: Params,
    /// What the call is for. Never sent: the scripted council reads it, real providers do not.
    pub about: About,
}

/// What a call is for.
#[derive(Clone, Debug)]
pub struct About {
    /// Who speaks.
    pub member: MemberId,
    /// The person's question.
    pub question: String,
    /// What is asked for.
    pub ask: Ask,
    /// The round: 0, or from 1 in a debate, counted over all debates on the question.
    pub round: u16,
    /// Whose answers are shown, in the order shown; the first bears the label A.
    pub shown: Vec<MemberId>,
    /// The run's seed.
    pub seed: u64,
    /// The stage of a written plan that the call is of; none in a plain protocol.
    pub step: Option<Step>,
}

/// What there is to know of the stage of a written plan that a call is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is something that may be asked for beside the others"
)]
pub struct Step {
    /// Its name in the plan.
    pub name: String,
    /// Whether its speakers have a task of their own. Without one they answer the question.
    pub task: bool,
    /// Whether they are given what other stages came to; without a task, to make one answer of it.
    pub gathers: bool,
    /// Whether one member alone speaks in it.
    pub alone: bool,
    /// Whether letters stand for the names of those whose texts are shown.
    pub blind: bool,
    /// Whether the speaker is to end with a line that states its position.
    pub position: bool,
    /// Whether it is to state there how sure it is, too.
    pub confidence: bool,
    /// Whether the stage is gone through once more, since the person sent the work back.
    pub again: bool,
}

/// Texts whose vectors are wanted.
#[derive(Clone, Debug)]
pub struct Embed {
    /// The model, as the provider spells it.
    pub model: String,
    /// The texts; [`BATCH`] at most.
    pub texts: Vec<String>,
}

/// The most texts that go into one request. Servers differ in what they take; all take this many sentences.
pub const BATCH: usize = 64;

/// Vectors of texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    /// One for each text, in their order, all of one length.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens counted.
    pub usage: Option<Usage>,
}

/// A model that a provider lists, with what it says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The model, as the provider spells it.
    pub model: String,
    /// How many tokens it can hold, where that is said.
    pub context: Option<u64>,
    /// What it costs, where that is said.
    pub price: Option<Price>,
}

/// A piece of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// A piece of the answer.
    Text(String),
    /// A piece of what the model says to itself.
    Thinking(String),
    /// Tokens counted so far; the last one stands.
    Usage(Usage),
    /// So many events could not be read and were passed over.
    Skipped(u64),
    /// The answer came under this content type, which is not what it is; empty where it came under none.
    Mislabelled(String),
    /// The terminal marker. A stream that ends without one was cut.
    Stop(Stop),
    /// A sign of life without content.
    Alive,
    /// How long it took when it was recorded, in milliseconds: what the clock says here is not meant.
    Took(u64),
}

/// How a stream said that it is finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The answer is whole.
    Done,
    /// The answer reached its length limit.
    Length,
    /// The provider declined, with its reason.
    Refused(String),
}

/// A way to reach models.
pub trait Provider: Send + Sync {
    /// Sends a request and streams what comes back. Dropping the stream closes the connection.
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>>;

    /// Asks for the vectors of texts. Dropping the future closes the connection.
    fn embed(&self, _: Embed) -> BoxFuture<'static, Result<Embedded, CallError>> {
        let hint = "name another under [agreement] in the configuration, for example a local server's";
        Box::pin(ready(Err(fault::fault(ErrorKind::Config, "this provider has no embeddings", hint))))
    }

    /// Asks which models there are. Dropping the future closes the connection.
    fn models(&self) -> BoxFuture<'static, Result<Vec<Listed>, CallError>> {
        let hint = "name a model with -m PROVIDER/MODEL";
        Box::pin(ready(Err(fault::fault(ErrorKind::Config, "this provider has no list of models", hint))))
    }

    /// Where a request goes, for people: scheme, host and port, or what stands for it. Never a key.
    fn endpoint(&self) -> String;
}
