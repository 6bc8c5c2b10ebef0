//! A call: one request to one member and what came of it, as its records say. What it counts for is [`super::run`]'s to say.

use super::cached::Cached;
use super::ended::{CallError, EndState, ErrorKind, Usage};
use super::ids::{CallId, MemberId};
use super::member::ModelRef;
use super::price::Price;
use super::prompt::Message;

/// One request to one member and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its identity.
    pub id: CallId,
    /// Who was asked.
    pub member: MemberId,
    /// The model.
    pub model: ModelRef,
    /// Where the request went.
    pub endpoint: String,
    /// Exactly what was sent.
    pub messages: Vec<Message>,
    /// The answers it was shown, first label A.
    pub shown: Vec<CallId>,
    /// Its own earlier answer, shown as its own.
    pub own: Option<CallId>,
    /// What the model cost when it was asked, where that was known.
    pub price: Option<Price>,
    /// The most output tokens that it was asked for; older logs don't say.
    pub answer_limit: Option<u32>,
    /// Whose answer was given again, where no model was asked.
    pub cached: Option<Cached>,
    /// The answer so far, raw.
    pub text: String,
    /// The thinking so far, raw.
    pub thinking: String,
    /// How it ended; `None` while it runs.
    pub end: Option<EndState>,
    /// Why it is not done.
    pub error: Option<CallError>,
    /// What the provider counted.
    pub usage: Option<Usage>,
    /// When it started, milliseconds since the epoch.
    pub started_at: u64,
    /// When the last text arrived, milliseconds since the epoch.
    pub last_at: u64,
    /// Milliseconds to the first piece of text.
    pub first_ms: Option<u64>,
    /// Milliseconds to the end.
    pub total_ms: Option<u64>,
    /// In how many pieces the text came.
    pub pieces: u64,
    /// How many events could not be read and were passed over.
    pub skipped: u64,
    /// The content type that the answer was sent under, where that is not what came; empty where it had none.
    pub mislabelled: Option<String>,
}

impl Call {
    /// Whether it is over.
    pub fn ended(&self) -> bool {
        self.end.is_some()
    }

    /// Whether it is over with an answer that may be shown to others: whole, or cut short and labelled so.
    pub fn usable(&self) -> bool {
        matches!(self.end, Some(EndState::Done | EndState::Cut)) && !self.text.trim().is_empty()
    }

    /// Whether a request of it left, and not what kept it back: nobody to ask, a cap, the person, an answer that is kept.
    pub fn sent(&self) -> bool {
        use ErrorKind::{Config, HeldBack, NoKey, NotRecorded, OverBudget, Unavailable};
        let keeps = |error: &CallError| {
            matches!(error.kind, Config | HeldBack | NoKey | NotRecorded | OverBudget | Unavailable)
        };
        // A cap may also end what is on its way: then there is something to show for it.
        let kept_back = self.brought_nothing() && self.error.as_ref().is_some_and(keeps);
        let nowhere = self.ended() && self.endpoint.is_empty();
        !(nowhere || self.cached.is_some() || kept_back)
    }

    /// Whether it failed without a word, a thought or a count.
    pub fn brought_nothing(&self) -> bool {
        let bare = self.text.is_empty() && self.thinking.is_empty() && self.usage.is_none();
        bare && self.end == Some(EndState::Failed)
    }

    /// Whether it is over and whole.
    pub fn done(&self) -> bool {
        self.end == Some(EndState::Done)
    }
}
