//! The seam between an experiment that runs and what shows it: the screen, or lines.

use crate::engine::trials::Watch;
use crate::experiment::Progress;
use anyhow::Result;
use futures_util::future::LocalBoxFuture;

/// What shows an experiment while it runs, until there is no more news; it gives back how far it is.
pub type Face = fn(Watch, Look) -> LocalBoxFuture<'static, Result<Progress>>;

/// How a face looks.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// ASCII only.
    pub ascii: bool,
    /// No colours.
    pub plain_colours: bool,
    /// Where the log is, for people.
    pub log: String,
}
