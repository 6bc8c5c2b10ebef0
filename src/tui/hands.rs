//! What the shell carries the workbench's wishes out with: what it needs of the world outside, given by who starts it.

use super::child::Hidden;
use super::notify::Notice;
use crate::config;
use crate::config::load::Env;
use crate::core::earlier::{Earlier, Search};
use crate::core::offer::{Offer, Probe};
use crate::core::price::Price;
use crate::core::{Council, Dollars, ModelRef};
use crate::ui::theme::Theme;
use futures_util::future::BoxFuture;
use std::path::PathBuf;
use std::sync::Arc;

/// Finds a theme by its name; or says in a line why there is none. May read files, so it is called beside the loop.
pub type LoadTheme = Arc<dyn Fn(&str) -> Result<Theme, String> + Send + Sync>;

/// Keeps a council in the configuration, as the default one or not. Gives the line to show, either way. Called beside
/// the loop.
pub type SaveCouncil = Arc<dyn Fn(&Council, bool) -> Result<String, String> + Send + Sync>;

/// Asks providers which models they have: all that are known, and a line for each that could not be reached.
pub type ListModels = Arc<dyn Fn() -> BoxFuture<'static, (Vec<Offer>, Vec<String>)> + Send + Sync>;

/// Asks a model for a word, at the price that is known of it, where the day's cap allows it; gives what that cost, too.
pub type ProbeModel =
    Arc<dyn Fn(ModelRef, Option<Price>) -> BoxFuture<'static, (Probe, Dollars)> + Send + Sync>;

/// Finds an earlier question that is nearly a new one, and whose answers are kept. Reads files, so it is called beside the
/// loop.
pub type FindEarlier = Arc<dyn Fn(&Search) -> Option<Earlier> + Send + Sync>;

/// What the shell works with.
#[derive(Clone)]
pub struct Hands {
    /// What is drawn with at first.
    pub theme: Theme,
    /// Finds another theme.
    pub load_theme: LoadTheme,
    /// Keeps a council.
    pub save_council: SaveCouncil,
    /// Finds out which models there are.
    pub list_models: ListModels,
    /// Finds out whether one of them answers.
    pub probe_model: ProbeModel,
    /// Finds an earlier question.
    pub find_earlier: FindEarlier,
    /// How a person wants to be told that something is over.
    pub notice: Notice,
    /// Where questions are remembered; `None` where nothing is kept.
    pub prompts: Option<PathBuf>,
    /// The environment: which editor, where the home is, what the terminal is.
    pub env: Env,
    /// Keys, and names of variables that they are taken from: no program that is started here is told them, and no report
    /// shows one.
    pub secrets: config::Hidden,
}

impl Hands {
    pub(super) fn hidden(&self) -> Hidden {
        Hidden(self.secrets.clone())
    }
}
