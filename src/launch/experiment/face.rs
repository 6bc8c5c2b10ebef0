//! The seam between an experiment that runs and what shows it: the screen, or lines.

use crate::config::Loaded;
use crate::engine::trials::Watch;
use crate::experiment::Progress;
use crate::ui::theme::Theme;
use anyhow::Result;
use futures_util::future::LocalBoxFuture;

/// What shows an experiment while it runs, until there is no more news; it gives back how far it is, or [`Ended`].
pub type Face = fn(Watch, Look) -> LocalBoxFuture<'static, Result<Progress>>;

/// How a face looks.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// What a screen is drawn with.
    pub theme: Theme,
    /// Keys that no report of a failure may show.
    pub keys: Loaded,
    /// Where the log is, for people.
    pub log: String,
}

/// The program is to end with this exit code, by a signal or a fault that was told already; all that was done is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ended from outside")]
pub struct Ended(pub u8);
