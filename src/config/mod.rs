//! What the person configured, as types. Reading it from files and the environment is [`load`]'s alone.

mod address;
mod councils;
mod faults;
mod file;
mod key;
pub mod load;
mod presets;

use crate::core::member::ANSWER_LIMIT;
use crate::core::{Council, ModelRef};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Everything configured, defaults filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// Providers by name: all presets, whether their key is set or not, and those of the file.
    pub providers: BTreeMap<String, Provider>,
    /// Councils by name.
    pub councils: BTreeMap<String, Council>,
    /// The council asked when nothing else is said.
    pub council: Option<String>,
    /// The theme that the workbench is drawn with when nothing else is said.
    pub theme: Option<String>,
    /// The most output tokens of a call where a member has no limit of its own.
    pub answer_limit: u32,
    /// Models whose context and price are known.
    pub catalogue: Vec<Model>,
    /// The day the catalogue's prices were looked up, as `2026-11-22`.
    pub priced_on: String,
    /// The models of the preset councils by provider, in the order in which providers are looked at.
    pub presets: Vec<(String, Vec<ModelRef>)>,
    /// The file this came from, where there is one.
    pub file: Option<PathBuf>,
    /// One line for each thing in the file that was wrong; everything else still holds.
    pub warnings: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            providers: BTreeMap::new(),
            councils: BTreeMap::new(),
            council: None,
            theme: None,
            answer_limit: ANSWER_LIMIT,
            catalogue: Vec::new(),
            priced_on: String::new(),
            presets: Vec::new(),
            file: None,
            warnings: Vec::new(),
        }
    }
}

impl Config {
    /// A council of models that the person named one by one.
    pub fn council_of(&self, name: &str, models: &[ModelRef]) -> Council {
        let mut council = Council::of_models(name, models);
        for member in &mut council.members {
            member.params.answer_limit = self.answer_limit;
        }
        council
    }

    /// The council for someone who has a key and said nothing else: models of the first provider whose key is set.
    pub fn preset_council(&self) -> Option<Council> {
        let ready = |name: &String| {
            self.providers.get(name).is_some_and(|provider| provider.key.is_some() && provider.listed)
        };
        let (name, models) = self.presets.iter().find(|(name, _)| ready(name))?;
        Some(self.council_of(name, models))
    }

    /// What a model costs: nothing on this machine; `None` where nobody knows.
    pub fn price(&self, model: &ModelRef) -> Option<Price> {
        let provider = self.providers.get(&model.provider)?;
        if provider.local {
            Some(Price { input: 0.0, output: 0.0 })
        } else {
            self.listed(model).map(|it| it.price)
        }
    }

    /// How many tokens a model can hold, where that is known.
    pub fn context(&self, model: &ModelRef) -> Option<u64> {
        self.listed(model).map(|it| it.context)
    }

    /// The catalogue's entry of a model. Another server at the provider's name makes the catalogue worthless.
    fn listed(&self, model: &ModelRef) -> Option<&Model> {
        let listed = self.providers.get(&model.provider).is_some_and(|provider| provider.listed);
        self.catalogue.iter().find(|it| listed && it.model == *model)
    }
}

/// A model whose context and price are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Which one.
    pub model: ModelRef,
    /// How many tokens it can hold.
    pub context: u64,
    /// What it costs.
    pub price: Price,
}

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// For tokens read.
    pub input: f64,
    /// For tokens written, reasoning included.
    pub output: f64,
}

impl Price {
    /// What so many tokens cost, in US dollars.
    pub fn of(self, input: u64, output: u64) -> f64 {
        (self.input * input as f64 + self.output * output as f64) / 1e6
    }
}

/// Which dialect a provider speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// OpenAI-compatible Chat Completions.
    #[default]
    OpenAi,
}

/// One provider.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// Its dialect.
    pub kind: Kind,
    /// The address before `/chat/completions`, without a slash at the end.
    pub base_url: String,
    /// The environment variable that holds its key, or that should; `None` where it needs none.
    pub api_key_env: Option<String>,
    /// Whether it may be asked without its key.
    pub key_optional: bool,
    /// The key, where that variable is set. Neither printed nor stored.
    pub key: Option<SecretString>,
    /// Whether asking it costs nothing: an address on this machine, or the person said so.
    pub local: bool,
    /// Whether it is a preset at the preset's own address, so that the catalogue's prices hold.
    pub listed: bool,
}

impl Provider {
    /// Whether it can be asked.
    pub fn usable(&self) -> bool {
        self.missing_key().is_none()
    }

    /// The environment variable to set before it can be asked.
    pub fn missing_key(&self) -> Option<&str> {
        let name = self.api_key_env.as_deref();
        name.filter(|_| self.key.is_none() && !self.key_optional)
    }
}
