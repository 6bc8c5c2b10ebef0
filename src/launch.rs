//! From a command line to something that can run: configuration, council, folders, engine set-up. It starts nothing.

pub mod choose;
pub mod earlier;
pub mod experiment;
pub mod input;
mod local;
pub mod offered;
pub mod plans;
pub mod shelf;
pub mod themes;

use crate::app::Offers;
use crate::cli::Common;
use crate::config::load::{self, Env};
use crate::config::{Cache, Config, Price};
use crate::core::budget::Caps;
use crate::core::forecast::Forecast;
use crate::core::grade::Kept;
use crate::core::price::{Cost, GUESSED_ANSWER, Prices, guessed_tokens};
use crate::core::private::Decision;
use crate::core::{
    Council, Debate, Dollars, Member, ModelRef, Planned, Privacy, Private, Protocol, Question, Session,
    SessionId, Why,
};
use crate::engine::{Clock, Deeper, Purse, Setup, Shadows};
use crate::providers::Provider;
use crate::providers::registry::Registry;
use crate::providers::scripted::{self, Pace, Scripted};
use crate::store::answers::Answers;
use crate::store::health;
use crate::store::spending::Spending;
use crate::store::{self, Log, StoreError};
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
    /// What may be spent.
    pub caps: Caps,
    /// What runs draw their seeds from.
    pub seed: u64,
    /// The time.
    pub clock: Clock,
    /// What the environment said at the start.
    pub env: Env,
    /// Who answers questions in the shadow of their councils.
    pub shadows: Arc<Shadows>,
}

impl Launch {
    /// For asking: reads the configuration and chooses the council.
    ///
    /// # Errors
    /// [`UsageError`] when a council, model or file that was named does not exist, or a budget can't be read.
    pub fn prepare(common: &Common, pace: Pace) -> Result<Self, UsageError> {
        let launch = Self::reading(common, pace)?;
        match launch.config.faults.iter().find(|fault| fault.closes) {
            Some(fault) => Err(UsageError(fault.to_string())),
            None => Ok(launch),
        }
    }

    /// For looking at what was kept: nothing is asked, so a budget does not matter.
    ///
    /// # Errors
    /// [`UsageError`] when a council, model or file that was named does not exist.
    pub fn reading(common: &Common, pace: Pace) -> Result<Self, UsageError> {
        let env = Env::of_process();
        let mut config = load::load(&load::Source { file: common.config.clone(), env: env.clone() })
            .map_err(|error| UsageError(error.to_string()))?;
        config.cache = common.cache.unwrap_or(config.cache);
        let themes = Themes::find(common.theme.as_deref(), &config, &env)?;
        let (council, preset) = choose::choose(common, &config)?;
        let root = sessions_root(common, &env)?;
        let seed = common.seed.unwrap_or_else(|| fastrand::u64(..));
        let demo: Arc<dyn Provider> = Arc::new(Scripted::new(seed, pace));
        #[cfg(debug_assertions)]
        let demo = {
            crate::tui::trip::arm(&env);
            crate::tui::trip::provider(demo)
        };
        let registry = Arc::new(Registry::new(&config).with(scripted::PROVIDER, demo));
        let clock = Clock::system();
        let save = !common.no_save;
        let caps = Caps { session: common.max_cost.or(config.budget.session), ..config.budget };
        let shadows = Arc::default();
        let mut launch =
            Self { config, registry, council, preset, themes, root, save, caps, seed, clock, env, shadows };
        let (shadows, faults) = experiment::shadow::all(&launch);
        launch.shadows = Arc::new(shadows);
        launch.config.faults.extend(faults);
        Ok(launch)
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
        let templates = self.config.templates.clone();
        let deeper = Deeper {
            who: self.config.agreement.clone(),
            answer_limit: self.config.answer_limit,
            vectors: self
                .env
                .cache_home()
                .filter(|_| self.save)
                .map(|home| store::vectors::folder_under(&home)),
        };
        let (clock, seed) = (self.clock, self.seed);
        let health = if self.save {
            health::Kept::open(health::file_beside(&self.root))
        } else {
            health::Kept::default()
        };
        Setup {
            session,
            id,
            log,
            root,
            registry,
            templates,
            clock,
            seed,
            deeper,
            retries: self.config.retries,
            health,
            purse: Purse::new(self.prices(), self.caps, self.spending()),
            answers: self.answers(),
            grades: self.save.then(|| store::grades::file_beside(&self.root)),
            shadows: Arc::clone(&self.shadows),
            merge: true,
        }
    }

    /// What every synod of the person spent on each day. Without saving it is read, and not written.
    pub fn spending(&self) -> Spending {
        Spending::open(store::spending::folder_beside(&self.root), self.save)
    }

    /// What was spent today (UTC) by all sessions; a file that can't be read says nothing.
    pub fn spent_today(&self) -> Dollars {
        self.spending().used(self.clock.now()).map(|used| used.spent).unwrap_or_default()
    }

    /// The same where it is known: the day's file can be read, and what this program spends stands in it.
    pub fn day_so_far(&self) -> Option<Dollars> {
        self.spending().used(self.clock.now()).ok().map(|used| used.spent).filter(|_| self.save)
    }

    /// The grades of all sessions that stand. Without saving they are read, and not written.
    ///
    /// # Errors
    /// One line, when they are there and can't be read.
    pub fn grades(&self) -> Result<Vec<Kept>, StoreError> {
        store::grades::load(&store::grades::file_beside(&self.root))
    }

    /// The answers that may be given again; none where nothing is kept on disk.
    fn answers(&self) -> Option<Answers> {
        let folder = store::answers::folder_beside(&self.root);
        let ttl = u64::from(self.config.cache_ttl) * 3_600_000;
        (self.save && self.config.cache != Cache::Off).then_some(Answers { folder, ttl })
    }

    /// What a model costs; zero on this machine, `None` where nobody knows.
    pub fn price(&self, model: &ModelRef) -> Option<Price> {
        if model.provider == scripted::PROVIDER {
            return Some(Price::FREE);
        }
        self.config.price(model)
    }
}

/// How many tokens a question is guessed to have.
pub const GUESSED_QUESTION: u64 = 200;

impl Launch {
    /// What a person can choose from in the workbench.
    pub fn offers(&self) -> Offers {
        let usable = |model: &ModelRef| {
            self.config.providers.get(&model.provider).is_some_and(crate::config::Provider::usable)
        };
        let models = self.config.catalogue.iter().map(|it| it.model.clone()).filter(usable);
        Offers {
            councils: self.config.councils.values().cloned().collect(),
            models: models.collect(),
            providers: self.config.providers.keys().cloned().collect(),
            answer_limit: self.config.answer_limit,
            deepening: self.config.agreement.clone(),
            judge_prompt: self.config.templates.judge.len(),
            plans: self.offered_plans(),
        }
    }

    /// How debates are held: by what the command line says, else by the configuration.
    pub fn debate(&self, common: &Common) -> Debate {
        Debate::of(self.config.debate_mode, None).with(common.debate_mode, common.until)
    }

    /// What the council does with a question. A debate whose own words say how it is held keeps to them.
    pub fn protocol(&self, common: &Common) -> Protocol {
        match common.protocol.unwrap_or_default() {
            Protocol::DebateBy(rounds, by) => {
                Protocol::debate(rounds, by.with(common.debate_mode, common.until))
            }
            other => other.held_by(self.debate(common)),
        }
    }

    /// What makes a question private, and who is local; `always` where every question is for them alone.
    pub fn privacy(&self, always: bool) -> Privacy {
        let (policy, locals) = (self.config.private.clone(), self.registry.locals().clone());
        Privacy { policy, locals, always }
    }

    /// Decides who may have a question, where nobody can be asked.
    ///
    /// # Errors
    /// [`UsageError`] where it looks private and no flag decides, or nobody is left to ask.
    pub fn keep_private(
        &self,
        question: &mut Question,
        local_only: bool,
        not_private: bool,
    ) -> Result<(), UsageError> {
        let privacy = self.privacy(local_only);
        if not_private {
            let found = privacy.policy.find(question, &Session::default());
            let why: Vec<Why> = found.into_iter().map(|finding| finding.why).collect();
            question.private = (!why.is_empty()).then(|| Private::to_everyone(why));
            return Ok(());
        }
        match privacy.decide(question, &Session::default(), false).map_err(UsageError)? {
            Decision::Made => Ok(()),
            Decision::Ask(found) => {
                let found: Vec<String> =
                    found.iter().map(|it| format!("{} in {}", it.why.words(), it.place)).collect();
                Err(UsageError(format!(
                    "nothing was sent: the question looks private ({}); --local-only asks local members alone, \
                     --not-private asks all",
                    found.join("; ")
                )))
            }
        }
    }

    /// How long an answer of the usual length of these members takes as their endpoints were lately, in milliseconds; none where
    /// nobody measured any.
    pub fn call_ms<'a>(&self, members: impl Iterator<Item = &'a Member>) -> Option<u64> {
        let known = health::load(&health::file_beside(&self.root)).ok()?;
        let mut endpoints: Vec<String> = members
            .filter_map(|member| self.registry.open(&member.model).ok())
            .map(|provider| provider.endpoint())
            .collect();
        endpoints.sort();
        endpoints.dedup();
        let now = self.clock.now();
        let took = |endpoint: &String| {
            let figures = known.figures(endpoint, now);
            let rate = figures.rate_p50.filter(|rate| *rate > 0.0)?;
            Some(figures.first_p50? + (1000.0 * GUESSED_ANSWER as f64 / rate) as u64)
        };
        let took: Vec<u64> = endpoints.iter().filter_map(took).collect();
        (!took.is_empty()).then(|| took.iter().sum::<u64>() / took.len() as u64)
    }

    /// Every price that is known; the scripted members cost nothing.
    pub fn prices(&self) -> Prices {
        let mut prices = self.config.prices();
        prices.free.insert(scripted::PROVIDER.to_owned());
        prices
    }

    /// What a question to a council costs, as far as anybody knows, in a few words.
    pub fn price_line(&self, council: &Council) -> String {
        self.prices().line(council, GUESSED_QUESTION)
    }

    /// What a person should know before a question is sent where nobody can be asked: who a preset council is, what it is
    /// guessed to come to where that is dear or capped, and that a price is unknown.
    pub fn before_asking(&self, question: &Question) -> Vec<String> {
        // Another chair may cost something else.
        let chair = question.commission.as_ref().and_then(|commission| commission.chair.clone());
        let council =
            &Council { chair: chair.or(question.council.chair.clone()), ..question.council.clone() };
        let files: usize = question.files.iter().map(|file| file.text.len()).sum();
        let tokens = guessed_tokens(question.text.len() + files).max(1);
        if let Some(plan) = &question.plan {
            return self.before_planned(&question.council, plan, tokens);
        }
        let only = question.only.as_ref();
        let ahead = Forecast::of_question(&self.prices(), council, only, question.protocol, tokens);
        let mut lines = Vec::new();
        if self.preset {
            let models: Vec<String> = council.members.iter().map(|member| member.model.to_string()).collect();
            let price = self.price_line(council);
            lines.push(format!("no -m or --council: asking {} ({price})", models.join(", ")));
        }
        let caps = self.caps_line().map(|caps| format!("; {caps}")).unwrap_or_default();
        match ahead.cost() {
            Cost::Free => {}
            Cost::About(sum) if sum <= self.config.confirm_above && !self.caps.any() => {}
            Cost::About(_) => lines.push(format!("{}{caps}", ahead.line())),
            Cost::Unknown if self.caps.any() => lines
                .push(format!("{}{caps}; whose price is not known is not asked under a cap", ahead.line())),
            Cost::Unknown if self.preset => {}
            Cost::Unknown => {
                let price = self.price_line(council);
                lines.push(format!("{price}; it is asked all the same"));
            }
        }
        lines.extend(self.unkept_day());
        lines
    }

    /// The same of a question that goes through a written plan: how many calls that takes is said in any case.
    fn before_planned(&self, council: &Council, plan: &Planned, tokens: u64) -> Vec<String> {
        let ahead = Forecast::of_plan(&self.prices(), council, &plan.stages, tokens);
        let caps = self.caps_line().map(|caps| format!("; {caps}")).unwrap_or_default();
        let unknown = match ahead.cost() {
            Cost::Unknown if self.caps.any() => "; whose price is not known is not asked under a cap",
            _ => "",
        };
        let mut lines = Vec::new();
        if self.preset {
            let models: Vec<String> = council.members.iter().map(|member| member.model.to_string()).collect();
            lines.push(format!("no -m or --council: asking {}", models.join(", ")));
        }
        lines.push(format!("plan {}: {}{caps}{unknown}", plan.name, ahead.line()));
        lines.extend(self.unkept_day());
        lines
    }

    /// The caps that are set, in a few words.
    fn caps_line(&self) -> Option<String> {
        let Caps { step, session, day } = self.caps;
        let each = [("step", step), ("session", session), ("day", day)];
        let said: Vec<String> =
            each.into_iter().filter_map(|(word, cap)| Some(format!("{} a {word}", cap?))).collect();
        (!said.is_empty()).then(|| format!("at most {}", said.join(", ")))
    }

    /// That a cap of the day holds for what others have spent, and others don't see what this one spends.
    pub fn unkept_day(&self) -> Option<String> {
        let blind = self.caps.day.is_some() && !self.save;
        blind.then(|| "--no-save: what is spent now is not in the day's sum of other synods".to_owned())
    }

    /// What was looked at on the way in, for the welcome screen. Names of keys, never their values.
    pub fn looked_at(&self) -> Vec<(String, String)> {
        let keys: Vec<&str> =
            self.config.providers.values().filter_map(|one| one.api_key_env.as_deref()).collect();
        let mut set: Vec<String> = Vec::new();
        for source in self.config.providers.values().filter_map(|one| one.key_source.as_ref()) {
            let source = source.to_string();
            if !set.contains(&source) {
                set.push(source);
            }
        }
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
        wants_ascii(&self.env)
    }

    /// Whether colours are unwanted (<https://no-color.org>).
    pub fn no_color(&self) -> bool {
        no_color(&self.env)
    }
}

/// The variable that decides on the locale, and its value.
pub fn locale(env: &Env) -> Option<(&'static str, &str)> {
    ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| Some((name, env.get(name)?)))
}

/// Whether the locale or the terminal has nothing but ASCII.
pub fn wants_ascii(env: &Env) -> bool {
    let unicode =
        locale(env).is_none_or(|(_, locale)| locale.to_lowercase().replace('-', "").contains("utf8"));
    env.get("TERM") == Some("linux") || !unicode
}

/// Whether colours are unwanted (<https://no-color.org>).
pub fn no_color(env: &Env) -> bool {
    env.get("NO_COLOR").is_some()
}

/// Where sessions are kept: `--data-dir`, else the platform's data folder.
///
/// # Errors
/// [`UsageError`] when no home is known.
pub fn sessions_root(common: &Common, env: &Env) -> Result<PathBuf, UsageError> {
    if let Some(dir) = &common.data_dir {
        return Ok(dir.join("sessions"));
    }
    env.data_home().map(|home| store::root_under(&home)).ok_or_else(|| {
        UsageError("no home folder is known; say where to keep sessions with --data-dir DIR".to_owned())
    })
}
