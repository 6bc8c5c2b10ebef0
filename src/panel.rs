//! The council for programs: members, a way of routing, a threshold of consensus, and one `ask` that gives the outcome with
//! all its records. It is a shell beside the screen and the command line: what it does is a written plan, carried out by the
//! same engine. It draws nothing, prints nothing, and keeps nothing on disk.
//!
//! The example on the crate's front page is compiled and run with the tests.

use crate::agreement::{Agreement, outcome};
use crate::config::load::{self, Env};
use crate::config::{Config, plans};
use crate::core::budget::Caps;
use crate::core::recipe::{Cast, Recipe};
pub use crate::core::routing::Strategy;
use crate::core::{
    Call, Council, Dollars, Member, MemberId, ModelRef, Question, Record, Run, Session, Spent,
};
use crate::engine::alone::carry_out;
use crate::engine::{Clock, Deeper, Purse, Setup};
use crate::providers::Provider;
use crate::providers::registry::Registry;
use crate::providers::scripted::{self, Pace, Scripted};
use crate::store::spending::Spending;
use crate::store::{self, Log};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// A council of members and how it is asked; the crate's front page shows it at work.
#[derive(Clone)]
pub struct Panel {
    council: Council,
    /// Members that can't be read, as they were written.
    odd: Option<String>,
    providers: BTreeMap<String, Arc<dyn Provider>>,
    strategy: Strategy,
    consensus: Option<f64>,
    recipe: Option<Recipe>,
    cap: Option<Dollars>,
    seed: Option<u64>,
}

/// Why nothing was asked: one line that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// What a question came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The text that the plan came to; empty where nothing came of it.
    pub text: String,
    /// Whose text it is; none where nothing came of it.
    pub by: Option<MemberId>,
    /// Everything that happened, in order, but for the pieces in which texts arrived: they stand whole in the ends of calls.
    pub records: Vec<Record>,
    /// The same folded: every stage, call and decision.
    pub run: Run,
}

impl Default for Panel {
    fn default() -> Self {
        Self {
            council: Council { name: "panel".to_owned(), ..Council::default() },
            odd: None,
            providers: BTreeMap::new(),
            strategy: Strategy::default(),
            consensus: None,
            recipe: None,
            cap: None,
            seed: None,
        }
    }
}

impl Panel {
    /// One without members. Providers are those of the person's configuration and environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// The offline demo council: scripted members that know a few questions. No model is asked.
    pub fn demo() -> Self {
        let demo = Arc::new(Scripted::new(0, Pace::Instant));
        Self { council: scripted::council(), ..Self::default() }.provider(scripted::PROVIDER, demo)
    }

    /// Adds a member: its name, and its model as `PROVIDER/MODEL`.
    #[must_use]
    pub fn member(mut self, name: &str, model: &str) -> Self {
        match model.parse::<ModelRef>() {
            Ok(model) => self.council.members.push(Member::new(name, model)),
            Err(line) => self.odd = self.odd.or(Some(line)),
        }
        self
    }

    /// Adds a member with all that can be said of one.
    #[must_use]
    pub fn seat(mut self, member: Member) -> Self {
        self.council.members.push(member);
        self
    }

    /// Says who writes syntheses; without it, who is the first to finish.
    #[must_use]
    pub fn chair(mut self, name: &str) -> Self {
        self.council.chair = Some(name.into());
        self
    }

    /// Adds a provider of the program's own, or puts it in the place of one that is configured.
    #[must_use]
    pub fn provider(mut self, name: &str, provider: Arc<dyn Provider>) -> Self {
        self.providers.insert(name.to_owned(), provider);
        self
    }

    /// Says by what members are chosen, where not all of them are needed.
    #[must_use]
    pub fn routing(mut self, strategy: Strategy) -> Self {
        self.strategy = strategy;
        self
    }

    /// Says from which agreement score on (0 to 1, mean pairwise claim-F1) the answers are of one mind; below it the members
    /// debate before the synthesis, two rounds at the most. Without it nobody debates.
    #[must_use]
    pub fn consensus(mut self, score: f64) -> Self {
        self.consensus = Some(score);
        self
    }

    /// Asks by another plan: a built-in one by its name, or the text of one in TOML. Routing and consensus are the plan's own
    /// then.
    ///
    /// # Errors
    /// One line for the first thing that is wrong in it.
    pub fn plan(mut self, plan: &str) -> Result<Self, Refused> {
        let built_in = plans::built_in().into_iter().find(|(name, _)| *name == plan);
        let text = built_in.map_or(plan, |(_, text)| text);
        let recipe = plans::parse("plan", text);
        self.recipe = Some(
            recipe.map_err(|faults| Refused(faults.first().map_or_else(String::new, ToString::to_string)))?,
        );
        Ok(self)
    }

    /// Spends no more than so many US dollars on a question.
    #[must_use]
    pub fn cap(mut self, usd: f64) -> Self {
        self.cap = Some(Dollars::of(usd));
        self
    }

    /// Draws everything that is drawn from this number, so that a question can be repeated.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Asks the council one question and waits for what it comes to. Where the plan waits for a person's word, what is there
    /// is approved. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// One line, where the question can't be put: no members, a model that is none, a plan that does not fit the council. What
    /// goes wrong later is in the outcome's records.
    pub async fn ask(&self, question: &str) -> Result<Outcome, Refused> {
        if let Some(line) = &self.odd {
            return Err(Refused(line.clone()));
        }
        let source = load::Source { file: None, env: Env::of_process() };
        let config = load::load(&source).map_err(|error| Refused(error.to_string()))?;
        let mut prices = config.prices();
        prices.free.insert(scripted::PROVIDER.to_owned());
        let cast = self.cast(&prices)?;
        let caps = Caps { session: self.cap, ..config.budget };
        let purse = Purse::new(prices, caps, Spending::default());
        let question = Question {
            text: question.to_owned(),
            council: cast.council.clone(),
            plan: Some(Box::new(cast.planned())),
            ..Question::default()
        };
        carried_out(self.setup(&config, purse), question).await
    }

    fn cast(&self, prices: &crate::core::price::Prices) -> Result<Cast, Refused> {
        let recipe = match &self.recipe {
            Some(recipe) => recipe.clone(),
            None => plans::parse("panel", &self.written())
                .map_err(|faults| Refused(faults.first().map_or_else(String::new, ToString::to_string)))?,
        };
        recipe.cast(&self.council, prices, &BTreeMap::new()).map_err(|misfit| Refused(misfit.to_string()))
    }

    /// The plan that routing and consensus come to.
    fn written(&self) -> String {
        let mut plan = format!(
            "name = \"panel\"\nabout = \"route, answer, debate below the threshold, synthesis\"\n\n\
             [[stage]]\nname = \"route\"\ndo = \"route\"\nstrategy = \"{}\"\n\n\
             [[stage]]\nname = \"answers\"\ndo = \"answer\"\nby = \"chosen by route\"\n",
            self.strategy.name()
        );
        let mut last = "answers";
        if let Some(score) = self.consensus {
            let score = score.clamp(0.01, 1.0);
            let _ = write!(
                plan,
                "\n[[stage]]\nname = \"debate\"\ndo = \"debate\"\nsees = [\"answers\"]\nrounds = 2\nuntil = \"agreement={score}\"\n\
                 when = {{ unsettled = \"answers\", agreement = {score:?} }}\n"
            );
            last = "debate";
        }
        let _ = write!(plan, "\n[[stage]]\nname = \"synthesis\"\ndo = \"merge\"\nsees = [\"{last}\"]\n");
        plan
    }

    fn setup(&self, config: &Config, purse: Purse) -> Setup {
        let registry = Registry::new(config);
        let providers = self.providers.iter();
        let registry = providers.fold(registry, |all, (name, provider)| all.with(name, Arc::clone(provider)));
        let clock = Clock::system();
        Setup {
            session: Session::default(),
            id: store::new_id(clock.now(), fastrand::u32(..)),
            log: Log::memory(),
            root: None,
            registry: Arc::new(registry),
            templates: config.templates.clone(),
            clock,
            seed: self.seed.unwrap_or_else(|| fastrand::u64(..)),
            deeper: Deeper::default(),
            retries: config.retries,
            purse,
            health: store::health::Kept::default(),
            answers: None,
            grades: None,
            shadows: Arc::default(),
            merge: false,
        }
    }
}

/// Puts a question and follows it to its end.
async fn carried_out(setup: Setup, question: Question) -> Result<Outcome, Refused> {
    let told = carry_out(setup, question).await;
    let (mut session, records) = told.map_err(|error| Refused(format!("the engine ended early: {error}")))?;
    let run = session.runs.pop().ok_or_else(|| Refused("nothing was asked".to_owned()))?;
    let given = run.result();
    let text = given.as_ref().and_then(|given| run.words_of(given)).unwrap_or_default().to_owned();
    let by = given.and_then(|given| run.calls.get(&given.call?)).map(|call| call.member.clone());
    Ok(Outcome { text, by, records, run })
}

impl Outcome {
    /// Who was chosen to answer, by what, why, and which roads were not taken with their estimates; empty in a plan without a
    /// route.
    pub fn routed(&self) -> Routed<'_> {
        let routed = self.run.stages.iter().find_map(|state| state.routed.as_ref());
        Routed {
            members: routed.map_or(&[][..], |routed| &routed.members),
            why: routed.map_or(&[][..], |routed| &routed.why),
            record: routed,
        }
    }

    /// How the answers stand to each other: claims, conflicts and the score.
    pub fn compared(&self) -> Agreement {
        outcome::agreement(&self.run)
    }

    /// The agreement score of the answers, 0 to 1: mean pairwise claim-F1; 0 for one answer. Agreement is no proof of truth.
    pub fn agreement(&self) -> f64 {
        self.compared().summary.score
    }

    /// The calls that were made, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.run.calls.values()
    }

    /// What it cost.
    pub fn cost(&self) -> Spent {
        self.run.spent(&|_| None)
    }
}

/// Who was chosen to answer.
#[derive(Clone, Copy, Debug)]
pub struct Routed<'a> {
    /// Who.
    pub members: &'a [MemberId],
    /// Why, a reason a line.
    pub why: &'a [String],
    /// The choice as it is on record; none in a plan without a route.
    pub record: Option<&'a crate::core::Routed>,
}
