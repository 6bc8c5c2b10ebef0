//! From a command line to something that can run: configuration, council, folders, engine set-up. It starts nothing.

pub mod themes;

use crate::cli::Common;
use crate::config::load::{self, Env};
use crate::config::{Config, Price};
use crate::core::{Council, ModelRef, Session, SessionId, Templates};
use crate::engine::{Clock, Setup};
use crate::providers::registry::Registry;
use crate::providers::scripted::{self, Pace, Scripted};
use crate::store::{self, Log};
use std::path::PathBuf;
use std::sync::Arc;
use themes::Themes;

/// Something asked for that can't be built: one line, exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// What a face starts from.
pub struct Launch {
    /// The configuration, with its warnings.
    pub config: Config,
    /// How models are reached.
    pub registry: Arc<Registry>,
    /// Who is asked when nothing else is said.
    pub council: Option<Council>,
    /// Whether nobody chose that council: it was made up for the first key found.
    pub preset: bool,
    /// The themes, and which of them was chosen.
    pub themes: Themes,
    /// Where sessions are kept.
    pub root: PathBuf,
    /// Whether sessions are kept.
    pub save: bool,
    /// What runs draw their seeds from.
    pub seed: u64,
    /// The time.
    pub clock: Clock,
    /// What the environment said at the start.
    pub env: Env,
}

impl Launch {
    /// Reads the configuration and chooses the council.
    ///
    /// # Errors
    /// [`UsageError`] when a council, model, theme or file that was named does not exist.
    pub fn prepare(common: &Common, pace: Pace) -> Result<Self, UsageError> {
        let env = Env::of_process();
        let config = load::load(load::Source { file: common.config.clone(), env: env.clone() })
            .map_err(|error| UsageError(error.to_string()))?;
        let (council, preset) = choose(common, &config)?;
        let themes = Themes::find(common.theme.as_deref(), &config, &env)?;
        let root = sessions_root(common, &env)?;
        let seed = common.seed.unwrap_or_else(|| fastrand::u64(..));
        let demo = Arc::new(Scripted::new(seed, pace));
        let registry = Arc::new(Registry::new(&config).with(scripted::PROVIDER, demo));
        let clock = Clock::system();
        let save = !common.no_save;
        Ok(Self { config, registry, council, preset, themes, root, save, seed, clock, env })
    }

    /// A new session.
    pub fn new_session(&self) -> Setup {
        let id = store::new_id(self.clock.now(), fastrand::u32(..));
        self.setup(Session::default(), id, Log::memory(), self.save.then(|| self.root.clone()))
    }

    /// A session that was kept, to go on with.
    pub fn old_session(&self, session: Session, id: SessionId, log: Log) -> Setup {
        self.setup(session, id, log, None)
    }

    fn setup(&self, session: Session, id: SessionId, log: Log, root: Option<PathBuf>) -> Setup {
        let registry = Arc::clone(&self.registry);
        let templates = Templates::default();
        Setup { session, id, log, root, registry, templates, clock: self.clock, seed: self.seed, merge: true }
    }

    /// What a model costs; zero on this machine, `None` where nobody knows.
    pub fn price(&self, model: &ModelRef) -> Option<Price> {
        if model.provider == scripted::PROVIDER {
            return Some(Price { input: 0.0, output: 0.0 });
        }
        self.config.price(model)
    }
}

/// How many tokens an answer is guessed to have, for an estimate before it is asked.
const GUESSED_ANSWER: u64 = 600;
/// How many tokens a question is guessed to have.
const GUESSED_QUESTION: u64 = 200;

impl Launch {
    /// What a question to a council costs, as far as anybody knows, in a few words.
    pub fn price_line(&self, council: &Council) -> String {
        let count = council.members.len();
        let members = if count == 1 { "1 member".to_owned() } else { format!("{count} members") };
        if council.scripted {
            return format!("$0.00, {members}, scripted");
        }
        let prices: Option<Vec<Price>> =
            council.members.iter().map(|member| self.price(&member.model)).collect();
        match prices {
            None => format!("price unknown, {members}"),
            Some(prices) => {
                let sum: f64 = prices.iter().map(|price| price.of(GUESSED_QUESTION, GUESSED_ANSWER)).sum();
                if sum == 0.0 {
                    format!("$0.00, {members}, local")
                } else {
                    format!("about ${sum:.3} for {members}")
                }
            }
        }
    }

    /// What a person should know before a question is sent where nobody can be asked: who a preset council is, and that a
    /// price is unknown.
    pub fn before_asking(&self, council: &Council) -> Vec<String> {
        let price = self.price_line(council);
        let mut lines = Vec::new();
        if self.preset {
            let models: Vec<String> = council.members.iter().map(|member| member.model.to_string()).collect();
            lines.push(format!("no -m or --council: asking {} ({price})", models.join(", ")));
        } else if council.members.iter().any(|member| self.price(&member.model).is_none()) {
            lines.push(format!("{price}; it is asked all the same"));
        }
        lines
    }

    /// What was looked at on the way in, for the welcome screen. Names of keys, never their values.
    pub fn looked_at(&self) -> Vec<(String, String)> {
        let keys: Vec<&str> =
            self.config.providers.values().filter_map(|one| one.api_key_env.as_deref()).collect();
        let set: Vec<&str> = self
            .config
            .providers
            .values()
            .filter(|one| one.key.is_some())
            .filter_map(|one| one.api_key_env.as_deref())
            .collect();
        let env = if set.is_empty() {
            format!(
                "no key in {} and {} more",
                keys.iter().take(3).copied().collect::<Vec<_>>().join(", "),
                keys.len().saturating_sub(3)
            )
        } else {
            format!("set: {}", set.join(", "))
        };
        let file = match &self.config.file {
            Some(file) => file.display().to_string(),
            None => "no configuration file: defaults".to_owned(),
        };
        let data = if self.save {
            self.root.display().to_string()
        } else {
            "nothing is kept (--no-save)".to_owned()
        };
        let term = self.env.get("TERM").unwrap_or("unknown").to_owned();
        [("keys", env), ("conf", file), ("data", data), ("term", term)]
            .map(|(what, found)| (what.to_owned(), found))
            .into()
    }

    /// Whether lines should be drawn in ASCII because the locale or the terminal has nothing else.
    pub fn wants_ascii(&self) -> bool {
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.env.get(name)).unwrap_or_default();
        let unicode = locale.is_empty() || locale.to_lowercase().replace('-', "").contains("utf8");
        self.env.get("TERM") == Some("linux") || !unicode
    }

    /// Whether colours are unwanted (<https://no-color.org>).
    pub fn no_color(&self) -> bool {
        self.env.get("NO_COLOR").is_some()
    }
}

/// Where sessions are kept: `--data-dir`, else the platform's data folder.
fn sessions_root(common: &Common, env: &Env) -> Result<PathBuf, UsageError> {
    if let Some(dir) = &common.data_dir {
        return Ok(dir.join("sessions"));
    }
    env.data_home().map(|home| store::root_under(&home)).ok_or_else(|| {
        UsageError("no home folder is known; say where to keep sessions with --data-dir DIR".to_owned())
    })
}

/// Who is asked: what the command line names, else what the configuration says, else a preset for the first key found.
/// The second value tells whether it is such a preset.
fn choose(common: &Common, config: &Config) -> Result<(Option<Council>, bool), UsageError> {
    if common.demo {
        return Ok((Some(scripted::council()), false));
    }
    if !common.models.is_empty() {
        for model in &common.models {
            if !config.providers.contains_key(&model.provider) {
                let names = config.providers.keys().map(String::as_str);
                return Err(unknown("provider", &model.provider, names, "add it to the configuration"));
            }
        }
        return Ok((Some(config.council_of("models", &common.models)), false));
    }
    if let Some(name) = &common.council {
        let names = config.councils.keys().map(String::as_str);
        let found = config.councils.get(name).cloned();
        return found
            .map(|council| (Some(council), false))
            .ok_or_else(|| unknown("council", name, names, "add it to the configuration"));
    }
    let named = config.council.as_ref().and_then(|name| config.councils.get(name));
    let only = config.councils.values().next().filter(|_| config.councils.len() == 1);
    Ok(match named.or(only) {
        Some(council) => (Some(council.clone()), false),
        None => (config.preset_council(), true),
    })
}

fn unknown<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>, hint: &str) -> UsageError {
    let names: Vec<&str> = names.collect();
    let near = names.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
    let near = near.filter(|known| strsim::damerau_levenshtein(known, name) <= 2);
    let name = crate::core::clean::exact(name);
    UsageError(match (names.is_empty(), near) {
        (true, _) => format!("no {what} \"{name}\", and none is configured: {hint}"),
        (false, Some(near)) => format!("no {what} \"{name}\": did you mean {near}?"),
        (false, None) => format!("no {what} \"{name}\"; there are {}: or {hint}", names.join(", ")),
    })
}
