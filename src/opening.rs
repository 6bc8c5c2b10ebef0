//! Opens the workbench: from what was launched to what it knows at the start and what the shell works with. What is on the
//! screen then is the app's.

use crate::app::{App, Msg, Opening};
use crate::cli::Common;
use crate::config::{Notify, load, save};
use crate::core::health::Health;
use crate::core::{Council, Record, clean};
use crate::engine::{Engine, Setup};
use crate::launch::input::{Input, with_line};
use crate::launch::{Launch, UsageError, shelf};
use crate::providers::scripted;
use crate::store;
use crate::tui::{self, Hands, Notice};
use crate::ui::theme::{Depth, Looks, Theme};
use anyhow::Result;
use futures_util::FutureExt as _;
use std::io::Write;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// What the workbench opens with.
#[derive(Default)]
pub struct Start {
    /// The session so far.
    pub records: Vec<Record>,
    /// Lines to show at once.
    pub notices: Vec<String>,
    /// A question to ask at once.
    pub question: Option<String>,
    /// What goes with it.
    pub input: Input,
}

/// Opens the workbench and gives its exit code.
///
/// # Errors
/// [`UsageError`] where there is no terminal for it; whatever it died of.
pub fn open(common: &Common, launch: &Launch, setup: Setup, start: Start, runtime: Runtime) -> Result<u8> {
    if let Some(why) = tui::obstacle(launch.env.get("TERM")) {
        return Err(UsageError(why.to_owned()).into());
    }
    let depth = if launch.no_color() {
        Depth::None
    } else {
        Depth::of(launch.env.get("TERM"), launch.env.get("COLORTERM"))
    };
    let looks = Looks { depth, ascii: common.ascii || launch.wants_ascii() };
    let (theme, faults) = launch.themes.theme(looks);
    let hands = hands(common, launch, theme, looks);
    let first = start.question.clone().map(Msg::Ask);
    let plan = launch.plan_chosen(common)?;
    let opening = Opening {
        plan,
        health: setup.health.now.clone(),
        ..opening(common, launch, start, faults, &runtime)
    };
    let id = setup.id.clone();
    let ran = runtime.block_on(async {
        let (engine, feed) = Engine::start(setup);
        tui::run(App::new(opening), hands, engine, feed, launch.clock, first).await
    });
    // A disk that does not answer must not keep the program.
    runtime.shutdown_background();
    let code = ran?;
    if launch.save && store::holds(&launch.root, &id) {
        // The terminal may be gone, and then its exit code says more than that.
        let _ = writeln!(std::io::stdout(), "kept: synod resume {id}");
    }
    Ok(code)
}

/// What the workbench knows at the start.
fn opening(
    common: &Common,
    launch: &Launch,
    start: Start,
    faults: Vec<String>,
    runtime: &Runtime,
) -> Opening {
    let mut questions: Vec<String> = scripted::questions().into_iter().map(str::to_owned).collect();
    // The tour leads to a divergence, so it begins with a question that has one.
    questions[..=scripted::TOUR].rotate_right(1);
    // The last one is shown: what is wrong outranks what is as it was wished.
    let mut notices: Vec<String> = start.input.files.iter().map(with_line).collect();
    notices.extend(launch.config.warnings());
    notices.extend(launch.unkept_day());
    notices.extend(faults);
    notices.extend(start.notices);
    notices.extend(start.input.warnings);
    let (found, told) = match (&start.question, start.records.is_empty()) {
        (None, true) => runtime.block_on(launch.look_for_models()),
        _ => (None, None),
    };
    let mut looked_at = launch.looked_at();
    looked_at.extend(told.map(|told| ("local".to_owned(), told)));
    let history = match store::prompts::load(&store::prompts::file_beside(&launch.root)) {
        Ok(history) => history,
        Err(error) => {
            notices.push(format!("earlier questions can't be read: {error}"));
            Vec::new()
        }
    };
    let grades = launch.grades().unwrap_or_else(|error| {
        notices.push(format!("earlier grades can't be read: {error}"));
        Vec::new()
    });
    Opening {
        council: launch.council.clone(),
        demo: Some((scripted::council(), questions)),
        found,
        files: start.input.files,
        protocol: launch.protocol(common),
        plan: None,
        debate: launch.debate(common),
        records: start.records,
        notices,
        kept: launch.save,
        now: launch.clock.now(),
        looked_at,
        history,
        offers: launch.offers(),
        models: runtime.block_on(shelf::shelf(&launch.config, &launch.registry, false)).0,
        prices: launch.prices(),
        health: Health::default(),
        grades,
        confirm_above: launch.config.confirm_above,
        caps: launch.caps,
        today: launch.spent_today(),
        privacy: launch.privacy(common.local_only),
        similar: launch.finder().is_some(),
        themes: launch.themes.catalogue.names().into_iter().map(str::to_owned).collect(),
        theme: launch.themes.chosen.clone(),
    }
}

/// What the shell carries wishes out with.
fn hands(common: &Common, launch: &Launch, theme: Theme, looks: Looks) -> Hands {
    let catalogue = launch.themes.catalogue.clone();
    let source = load::Source { file: common.config.clone(), env: launch.env.clone() };
    let file = source.place().map(|(file, _)| file);
    let (config, registry) = (Arc::new(launch.config.clone()), Arc::clone(&launch.registry));
    let (probed, finder) = (Arc::clone(&registry), launch.finder());
    let purse = Arc::new(shelf::Purse::new(launch.caps.day, launch.spending(), launch.clock));
    let way = Notify::ALL.into_iter().find(|(_, way)| *way == launch.config.notify);
    Hands {
        theme,
        load_theme: Arc::new(move |name| catalogue.load(name, looks).map(|(theme, _)| theme)),
        save_council: Arc::new(move |council, default| {
            let Some(file) = &file else {
                return Err("no home folder is known; name a configuration with --config FILE".to_owned());
            };
            keep(file, council, default)
        }),
        list_models: Arc::new(move || {
            let (config, registry) = (Arc::clone(&config), Arc::clone(&registry));
            async move { shelf::shelf(&config, &registry, true).await }.boxed()
        }),
        probe_model: Arc::new(move |model, price| {
            let (registry, purse) = (Arc::clone(&probed), Arc::clone(&purse));
            async move { shelf::probe(&registry, &model, price, &purse).await }.boxed()
        }),
        find_earlier: Arc::new(move |search| finder.as_ref()?.find(search)),
        notice: way.and_then(|(name, _)| Notice::named(name)).unwrap_or_default(),
        prompts: launch.save.then(|| store::prompts::file_beside(&launch.root)),
        env: launch.env.clone(),
        secrets: launch.config.hidden(),
    }
}

/// Keeps a council in the configuration; gives the line to show.
fn keep(file: &std::path::Path, council: &Council, default: bool) -> Result<String, String> {
    let name = clean::line(&council.name);
    save::save_council(file, council)?;
    if default {
        save::set_default_council(file, &council.name)?;
        return Ok(format!("{name} is kept in {} and asked when nothing else is said", file.display()));
    }
    Ok(format!("{name} is kept in {}; synod --council {name} asks it", file.display()))
}
