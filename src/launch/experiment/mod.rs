//! From an experiment's file to an experiment that can be carried out: its questions and recordings are read, its arms are cast
//! with members, controls are proposed. Every fault is one line, and all are found before anybody is asked.

mod ahead;
mod arms;
mod controls;
pub mod face;
mod items;
pub mod log;
pub mod private;
mod recordings;
pub mod search;
pub mod shadow;

pub use ahead::{Ahead, plays};

use super::Launch;
use super::plans::is_file;
use crate::config::Fault;
use crate::config::experiment::{Sheet, parse};
use crate::core::price::Prices;
use crate::core::{Member, ModelRef, clean, nearest};
use crate::engine::trial::Kit;
use crate::experiment::{Design, Grader};
use crate::providers::recorded::{self, Recorded};
use crate::providers::registry::Registry;
use crate::providers::scripted::{self, Pace, Scripted};
use crate::store::spending;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An experiment that can be carried out.
pub struct Laid {
    /// What it is.
    pub design: Design,
    /// How models are reached, recorded ones too.
    pub registry: Arc<Registry>,
    /// Where its log is kept.
    pub out: PathBuf,
}

/// Where an experiment's log is to be.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The folder; none is the one that the file names, or one beside it.
    pub out: Option<PathBuf>,
    /// The share of its trials that is meant.
    pub share: Option<(u32, u32)>,
}

/// Lays out the experiment in a file.
///
/// # Errors
/// One line for each thing that is wrong in it, or in the files that it names.
pub fn lay_out(launch: &Launch, file: &Path, place: &Place) -> Result<Laid, Vec<Fault>> {
    let shown = file.display().to_string();
    let (mut sheet, folder) = sheet(file, &shown)?;
    let out = out(&sheet, &folder, place);
    // An experiment that goes on takes the samples of the member that it began with.
    let begun = log::first_line(&log::path(&out, place.share)).and_then(|opened| opened.design.best);
    if let Some(best) = begun.filter(|_| sheet.best.is_none()) {
        sheet.best = Some((best, 0));
    }
    let (mut design, recorded) = without_controls(launch, &shown, &folder, &sheet)?;
    controls::propose(launch, &sheet, &recorded, &mut design);
    design.baseline = baseline(&sheet, &design);
    Ok(Laid { registry: registry(launch, sheet.seed, &recorded), design, out })
}

/// Reads an experiment's file; with the folder that paths in it are taken from.
fn sheet(file: &Path, shown: &str) -> Result<(Sheet, PathBuf), Vec<Fault>> {
    let source = match std::fs::read(file) {
        Ok(bytes) => {
            String::from_utf8(bytes).map_err(|_| whole(shown, "is not UTF-8 text; save it as UTF-8"))?
        }
        Err(error) => {
            let what = match error.kind() {
                std::io::ErrorKind::NotFound => {
                    "does not exist; name an experiment's file, such as debate.toml".to_owned()
                }
                std::io::ErrorKind::IsADirectory => "is a folder; name a file in it".to_owned(),
                _ => format!("can't be read ({error}); check its owner and mode"),
            };
            return Err(whole(shown, &what));
        }
    };
    let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
    let mut sheet = parse(shown, &source)?;
    for plan in sheet.arms.iter_mut().filter_map(|arm| arm.plan.as_mut()) {
        if is_file(plan) && !folder.as_os_str().is_empty() {
            *plan = folder.join(&*plan).display().to_string();
        }
    }
    Ok((sheet, folder))
}

/// Where the log of the experiment in a file is kept, where nothing else is said.
///
/// # Errors
/// As [`lay_out`] where the file can't be read.
pub fn folder_of(file: &Path) -> Result<PathBuf, Vec<Fault>> {
    let (sheet, folder) = sheet(file, &file.display().to_string())?;
    Ok(out(&sheet, &folder, &Place::default()))
}

/// Where its log is kept.
fn out(sheet: &Sheet, folder: &Path, place: &Place) -> PathBuf {
    place.out.clone().unwrap_or_else(|| {
        let stem = format!("{}.runs", sheet.name);
        folder.join(sheet.out.clone().unwrap_or(stem))
    })
}

/// The experiment as it is written, without what is added to it by itself; with its recordings.
fn without_controls(
    launch: &Launch,
    shown: &str,
    folder: &Path,
    sheet: &Sheet,
) -> Result<(Design, recordings::Read), Vec<Fault>> {
    let mut faults = Vec::new();
    let items = items::read(sheet, shown, folder, &mut faults);
    let recorded = recordings::read(sheet, shown, folder, &items, &mut faults);
    let mut design = Design {
        name: sheet.name.clone(),
        items,
        grader: grader(launch, sheet, shown, &mut faults),
        repeats: sheet.repeats,
        seed: sheet.seed,
        folds: sheet.folds,
        at_once: sheet.at_once,
        budget: launch.caps.session.or(sheet.budget),
        ..Design::default()
    };
    if faults.is_empty() {
        items::check(&design, sheet, shown, &mut faults);
    }
    // What is wrong with arms is only known where the questions and recordings are.
    if faults.is_empty() {
        arms::cast(launch, sheet, shown, &recorded, &mut design, &mut faults);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok((design, recorded))
}

/// How its members are reached: recorded and scripted ones too.
fn registry(launch: &Launch, seed: u64, recorded: &recordings::Read) -> Arc<Registry> {
    let demo = Arc::new(Scripted::new(seed, Pace::Instant));
    let recorded = Arc::new(Recorded(Arc::clone(&recorded.all)));
    let registry = Registry::new(&launch.config);
    Arc::new(registry.with(scripted::PROVIDER, demo).with(recorded::PROVIDER, recorded))
}

/// A fault of a whole file.
fn whole(file: &str, what: &str) -> Vec<Fault> {
    vec![fault(file, None, "", what)]
}

/// A fault at a line of a file.
fn fault(file: &str, line: Option<usize>, key: &str, what: &str) -> Fault {
    let (file, key, message) = (file.to_owned(), key.to_owned(), what.to_owned());
    Fault { file, line: line.filter(|line| *line > 0), key, message, closes: true }
}

/// The grader, with the member that judges where one does.
fn grader(launch: &Launch, sheet: &Sheet, shown: &str, faults: &mut Vec<Fault>) -> Grader {
    let Some((judge, line)) = &sheet.judge else { return sheet.grader.clone() };
    match model(launch, judge) {
        Ok(model) => {
            let mut member = Member::new("judge", model);
            member.params.answer_limit = launch.config.answer_limit;
            member.params.temperature = Some(0.0);
            Grader::Judge(Box::new(member))
        }
        Err(what) => {
            faults.push(fault(shown, Some(*line), "grader.member", &what));
            Grader::None
        }
    }
}

/// A model that can be asked, by its name.
fn model(launch: &Launch, text: &str) -> Result<ModelRef, String> {
    let model: ModelRef = text.parse().map_err(|line: String| line)?;
    if model.provider == scripted::PROVIDER || model.provider == recorded::PROVIDER {
        return Ok(model);
    }
    let Some(provider) = launch.config.providers.get(&model.provider) else {
        let names: Vec<&str> = launch.config.providers.keys().map(String::as_str).collect();
        let near = nearest(&model.provider, &names)
            .map_or_else(|| "add it to the configuration".to_owned(), |near| format!("did you mean {near}?"));
        return Err(format!("no provider {}; {near}", clean::exact(&model.provider)));
    };
    if !provider.usable() {
        let name = clean::exact(&model.provider);
        return Err(format!(
            "{name} has no API key, so {} can't be asked; synod keys set {name}",
            clean::exact(text)
        ));
    }
    Ok(model)
}

/// The arm that others are held against: the one that is named, else the best single member, else the vote of first answers,
/// else the first.
fn baseline(sheet: &Sheet, design: &Design) -> usize {
    use crate::experiment::Control;
    let named = sheet.baseline.as_ref().and_then(|(wanted, _)| {
        let control = Control::ALL.iter().find(|(word, _)| word == wanted).map(|(_, control)| *control);
        design.arms.iter().position(|arm| arm.name == *wanted || control.is_some() && arm.control == control)
    });
    let of = |control| design.arms.iter().position(|arm| arm.control == Some(control));
    named.or_else(|| of(Control::BestSingle)).or_else(|| of(Control::FirstVote)).unwrap_or(0)
}

/// What models cost; recorded members nothing beside what the recording says.
pub fn prices(launch: &Launch) -> Prices {
    let mut prices = launch.prices();
    prices.free.insert(recorded::PROVIDER.to_owned());
    prices
}

/// What the trials of an experiment are carried out with.
pub fn kit(launch: &Launch, id: String, design: Design, registry: &Arc<Registry>) -> Kit {
    Kit {
        design: Arc::new(design),
        id,
        registry: Arc::clone(registry),
        templates: launch.config.templates.clone(),
        clock: launch.clock,
        prices: prices(launch),
        caps: launch.caps,
        spending: launch.save.then(|| spending::folder_beside(&launch.root)),
        retries: launch.config.retries,
    }
}
