//! What the person configured, as types. Reading it from files and the environment is [`load`]'s alone, and writing it
//! is [`save`]'s.

mod address;
mod agreement;
mod budget;
mod councils;
pub mod experiment;
mod fault;
mod faults;
mod file;
pub mod key;
mod key_command;
pub mod key_file;
mod limits;
pub mod load;
mod loaded;
mod mend;
mod models;
pub mod plans;
mod presets;
mod private;
pub mod prompts;
mod proxy;
pub mod sample;
pub mod save;
pub mod shadow;

pub use address::is_loopback;
pub use fault::Fault;
pub use key::KeySource;
pub use key_command::{How, KeyFetch};
pub use loaded::{Hidden, Loaded};
pub use plans::Plan;
pub use proxy::Proxy;

pub use crate::core::Limits;
use crate::core::again::RETRIES;
use crate::core::budget::Caps;
use crate::core::cached::CACHE_TTL;
use crate::core::member::ANSWER_LIMIT;
pub use crate::core::price::Price;
use crate::core::price::Prices;
use crate::core::private::Policy;
use crate::core::{Council, Deepening, Locals, Mode, ModelRef, Templates};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What a step may cost before the workbench asks first, in US dollars, when nothing else was said.
pub const CONFIRM_ABOVE: f64 = 0.25;

/// Everything configured, defaults filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// Providers by name: all presets, whether their key is set or not, and those of the file.
    pub providers: BTreeMap<String, Provider>,
    /// Councils by name.
    pub councils: BTreeMap<String, Council>,
    /// What answers in their shadows, by their names.
    pub shadows: BTreeMap<String, shadow::Shadow>,
    /// The council asked when nothing else is said.
    pub council: Option<String>,
    /// The theme that the workbench is drawn with when nothing else is said.
    pub theme: Option<String>,
    /// The most output tokens of a call where a member has no limit of its own.
    pub answer_limit: u32,
    /// What a step may cost before the workbench asks first, in US dollars.
    pub confirm_above: f64,
    /// What may be spent in a step, a session and a day.
    pub budget: Caps,
    /// How often a call that failed before it brought anything is asked again by itself, at the most.
    pub retries: u16,
    /// Whether the same request is answered from what was said before.
    pub cache: Cache,
    /// How old such an answer may be, in hours.
    pub cache_ttl: u32,
    /// How debates are held where nothing else is said.
    pub debate_mode: Mode,
    /// How the terminal is told that a run is over.
    pub notify: Notify,
    /// What makes a question private, and what follows.
    pub private: Policy,
    /// Who looks deeper into claims.
    pub agreement: Deepening,
    /// The texts that prompts are made of: those built in, and the person's own over them.
    pub templates: Templates,
    /// The person's own of those that are used: name and file.
    pub own_prompts: Vec<(&'static str, PathBuf)>,
    /// The plans that can be asked for by name: the person's own, then those built in. One of the same name that comes first
    /// is meant.
    pub plans: Vec<Plan>,
    /// Models whose context and price are known or given: the built-in ones, and the person's own in their place.
    pub catalogue: Vec<Model>,
    /// The day the catalogue's prices were looked up, as `2026-11-22`.
    pub priced_on: String,
    /// The models of the preset councils by provider, in the order in which providers are looked at.
    pub presets: Vec<(String, Vec<ModelRef>)>,
    /// The keys that are loaded: those of now, and those that commands will have printed.
    pub keys: Loaded,
    /// The file this came from, where there is one.
    pub file: Option<PathBuf>,
    /// What was wrong in the file, the environment and the person's prompts; everything else still holds.
    pub faults: Vec<Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            providers: BTreeMap::new(),
            councils: BTreeMap::new(),
            shadows: BTreeMap::new(),
            council: None,
            theme: None,
            answer_limit: ANSWER_LIMIT,
            confirm_above: CONFIRM_ABOVE,
            budget: Caps::default(),
            retries: RETRIES,
            cache: Cache::Off,
            cache_ttl: CACHE_TTL,
            debate_mode: Mode::default(),
            notify: Notify::Off,
            private: Policy::default(),
            agreement: Deepening::default(),
            templates: Templates::default(),
            own_prompts: Vec::new(),
            plans: Vec::new(),
            catalogue: Vec::new(),
            priced_on: String::new(),
            presets: Vec::new(),
            keys: Loaded::default(),
            file: None,
            faults: Vec::new(),
        }
    }
}

impl Config {
    /// One line for each fault.
    pub fn warnings(&self) -> Vec<String> {
        self.faults.iter().map(ToString::to_string).collect()
    }

    /// All variables that may hold a key: those of the presets, whether one was left out or not, and those of the file.
    pub fn key_names(&self) -> Vec<String> {
        let mut names = presets::key_names();
        for name in self.providers.values().flat_map(|provider| &provider.key_names) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// What no program that is started may know.
    pub fn hidden(&self) -> Hidden {
        Hidden { names: self.key_names(), keys: self.keys.clone() }
    }

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
            self.providers.get(name).is_some_and(|provider| provider.has_key() && provider.listed)
        };
        let (name, models) = self.presets.iter().find(|(name, _)| ready(name))?;
        Some(self.council_of(name, models))
    }

    /// The providers that a private question may be sent to.
    pub fn locals(&self) -> Locals {
        let local = self.providers.iter().filter(|(_, provider)| provider.local);
        Locals { providers: local.map(|(name, _)| name.clone()).collect() }
    }

    /// What a model costs: nothing on this machine; `None` where nobody knows.
    pub fn price(&self, model: &ModelRef) -> Option<Price> {
        self.providers.get(&model.provider)?;
        self.prices().of(model)
    }

    /// Every price that is known.
    pub fn prices(&self) -> Prices {
        let free = self.providers.iter().filter(|(_, provider)| provider.local);
        let mut prices = Prices { free: free.map(|(name, _)| name.clone()).collect(), ..Prices::default() };
        for entry in self.catalogue.iter().filter(|entry| self.holds(entry)) {
            match entry.price {
                Some(_) if !entry.own && prices.free.contains(&entry.model.provider) => {}
                Some(price) => drop(prices.known.insert(entry.model.clone(), price)),
                None => drop(prices.unknown.insert(entry.model.clone())),
            }
        }
        prices
    }

    /// How many tokens a model can hold, where that is known.
    pub fn context(&self, model: &ModelRef) -> Option<u64> {
        self.catalogue.iter().find(|it| it.model == *model && self.holds(it))?.context
    }

    /// Whether an entry of the catalogue says something about what its provider has. Another server at that name makes
    /// the built-in ones worthless; what the person said of it holds.
    pub fn holds(&self, entry: &Model) -> bool {
        self.providers.get(&entry.model.provider).is_some_and(|provider| entry.own || provider.listed)
    }
}

/// What is known of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Which one.
    pub model: ModelRef,
    /// How many tokens it can hold; `None` where nobody knows.
    pub context: Option<u64>,
    /// What it costs; `None` where nobody knows.
    pub price: Option<Price>,
    /// Whether the person said so.
    pub own: bool,
}

/// How the terminal is told that a run is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notify {
    /// Not at all.
    #[default]
    Off,
    /// By its bell.
    Bell,
    /// By OSC 9: `iTerm2`, `WezTerm`, ghostty, Windows Terminal.
    Osc9,
    /// By OSC 777: urxvt, foot, VTE.
    Osc777,
}

impl Notify {
    /// All of them, with their names in the file.
    pub const ALL: [(&'static str, Self); 4] =
        [("off", Self::Off), ("bell", Self::Bell), ("osc9", Self::Osc9), ("osc777", Self::Osc777)];
}

/// Whether the same request is answered from what was said before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cache {
    /// A model is asked each time.
    #[default]
    Off,
    /// The very same request of the same member is answered from what is kept.
    Exact,
    /// So is, where the person agrees, one that is the same but for a question that is nearly the same.
    Similar,
}

impl Cache {
    /// All of them, with their names in the file and on the command line.
    pub const ALL: [(&'static str, Self); 3] =
        [("off", Self::Off), ("exact", Self::Exact), ("similar", Self::Similar)];
}

impl std::str::FromStr for Cache {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|(name, _)| *name == text);
        known
            .map(|(_, way)| *way)
            .ok_or_else(|| format!("{text:?} is none of {}", Self::ALL.map(|it| it.0).join(", ")))
    }
}

/// Which dialect a provider speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// OpenAI-compatible Chat Completions.
    #[default]
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
    /// Ollama's own.
    Ollama,
    /// Gemini's `streamGenerateContent`.
    Gemini,
    /// OpenAI Responses.
    Responses,
}

impl Kind {
    /// All of them, with their names in the file.
    pub const ALL: [(&'static str, Self); 5] = [
        ("openai", Self::OpenAi),
        ("anthropic", Self::Anthropic),
        ("ollama", Self::Ollama),
        ("gemini", Self::Gemini),
        ("responses", Self::Responses),
    ];

    /// The kind of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// One provider.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing, and all go together in any way")]
pub struct Provider {
    /// Its dialect.
    pub kind: Kind,
    /// The address before `/chat/completions` or what the dialect has in its place, without a slash at the end.
    pub base_url: String,
    /// The environment variable that holds its key, or that should; `None` where it needs none.
    pub api_key_env: Option<String>,
    /// All variables that may hold it, in the order in which they are looked at.
    pub key_names: Vec<String>,
    /// Whether it may be asked without its key.
    pub key_optional: bool,
    /// The key, where it is known without asking anybody. Neither printed nor stored.
    pub key: Option<SecretString>,
    /// Where the key is from, or will be.
    pub key_source: Option<KeySource>,
    /// How the key is got when the provider is asked for the first time, where it is not known before.
    pub key_fetch: Option<KeyFetch>,
    /// What the file says of its key can't be read: no key at all is sent to it, because it could be the wrong one.
    pub key_refused: bool,
    /// Whether it is the person's own: an address on this machine, or said to be. Asking it costs nothing, and private
    /// questions may be sent to it.
    pub local: bool,
    /// How long its calls may take and how many run at once.
    pub limits: Limits,
    /// Whether the person's file says something of it, or the environment moved it.
    pub own: bool,
    /// Whether it is a preset at the preset's own address, so that the catalogue's prices hold.
    pub listed: bool,
    /// A file with certificates of authorities to trust beside the system's, as the person wrote it.
    pub ca_file: Option<String>,
    /// What is in it.
    pub ca: Option<Arc<[u8]>>,
    /// The proxy between this machine and it.
    pub proxy: Option<Proxy>,
}

impl Provider {
    /// Whether it can be asked.
    pub fn usable(&self) -> bool {
        self.missing_key().is_none()
    }

    /// The environment variable to set before it can be asked.
    pub fn missing_key(&self) -> Option<&str> {
        let name = self.api_key_env.as_deref();
        name.filter(|_| !self.has_key() && !self.key_optional)
    }

    /// Whether there is a key, or a way to get one.
    pub fn has_key(&self) -> bool {
        self.key.is_some() || self.key_fetch.is_some()
    }
}
