//! Carries a council out: calls as tasks, one driver that writes every record before anyone sees it, and the clock.
//!
//! It decides nothing: [`crate::core::next()`] does. It draws nothing: faces read the [`Feed`].

pub mod alone;
pub mod call;
pub mod clock;
mod deepen;
mod driver;
mod feed;
mod gate;
pub mod purse;
mod room;
pub mod shadow;
pub mod trial;
pub mod trials;

pub use clock::Clock;
pub use feed::{Feed, News};
pub use purse::Purse;
pub use shadow::Shadows;

use crate::core::{Command, Deepening, Session, SessionId, Templates};
use crate::providers::registry::Registry;
use crate::store::Log;
use crate::store::answers::Answers;
use crate::store::health::Kept;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What deeper passes are made with.
#[derive(Clone, Debug, Default)]
pub struct Deeper {
    /// Who makes which.
    pub who: Deepening,
    /// The most output tokens of a judge.
    pub answer_limit: u32,
    /// Where vectors are kept; `None` keeps none.
    pub vectors: Option<PathBuf>,
}

/// What an engine needs.
pub struct Setup {
    /// The session so far: empty, or what a log held.
    pub session: Session,
    /// The name of the session, should it be a new one.
    pub id: SessionId,
    /// Where records go: a log that was opened again, or memory until the first question.
    pub log: Log,
    /// Where a new session's log is made at its first question; `None` keeps nothing.
    pub root: Option<PathBuf>,
    /// How models are reached.
    pub registry: Arc<Registry>,
    /// The texts prompts are made of.
    pub templates: Templates,
    /// The time.
    pub clock: Clock,
    /// What every run's seed is drawn from.
    pub seed: u64,
    /// What deeper passes are made with.
    pub deeper: Deeper,
    /// How often a call that failed before it brought anything is asked again by itself, at the most.
    pub retries: u16,
    /// What calls may spend.
    pub purse: Purse,
    /// How endpoints did lately.
    pub health: Kept,
    /// Answers that may be given again; `None` asks models each time.
    pub answers: Option<Answers>,
    /// Where grades are kept beyond the session; `None` keeps them in its log alone.
    pub grades: Option<PathBuf>,
    /// Who answers questions in the shadow of their councils.
    pub shadows: Arc<Shadows>,
    /// Whether text is merged for a face that is slow to take it: right for a screen, wrong where each record counts.
    pub merge: bool,
}

/// A face's hold on the engine.
pub struct Engine {
    commands: mpsc::Sender<Command>,
    task: JoinHandle<()>,
}

impl Engine {
    /// Starts the driver; must be called within a tokio runtime.
    #[expect(clippy::disallowed_methods, reason = "the driver is the root of the engine's tasks")]
    pub fn start(setup: Setup) -> (Self, Feed) {
        let (outbox, feed) = feed::feed(setup.merge);
        let (commands, inbox) = mpsc::channel(64);
        let task = tokio::spawn(driver::Driver::new(setup, outbox).run(inbox));
        (Self { commands, task }, feed)
    }

    /// Hands a command to the driver. Returns false when the driver is gone.
    pub async fn send(&self, command: Command) -> bool {
        self.commands.send(command).await.is_ok()
    }

    /// Stops everything and waits until it is written down.
    ///
    /// # Errors
    /// The panic of the driver, should it have died of one.
    pub async fn close(self) -> Result<(), tokio::task::JoinError> {
        drop(self.commands);
        self.task.await
    }
}
