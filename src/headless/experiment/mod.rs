//! `synod experiment`: carrying experiments out and telling what they came to. What an experiment is, is
//! [`crate::experiment`]'s; how one is laid out and kept is [`crate::launch::experiment`]'s.

pub mod ahead;
mod learn;
mod merge;
mod plain;
mod report;
pub mod run;
mod search;
pub mod show;

use crate::cli::Common;
use crate::cli::experiment::Experiment;
use crate::config::Fault;
use crate::core::clean;
use crate::launch::Launch;
use crate::launch::experiment::face::Face;
use crate::providers::scripted::Pace;
use anyhow::Result;
use std::io::Write as _;

/// Does what was asked with an experiment. `face` is the screen that shows one while it runs.
///
/// # Errors
/// [`crate::launch::UsageError`] where a log or file can't be used; else when standard output can't be written to.
pub async fn run(common: &Common, what: Experiment, face: Face) -> Result<u8> {
    match what {
        Experiment::Run(args) => run::run(common, &args, face).await,
        Experiment::Report(args) => {
            let launch = Launch::reading(common, Pace::Instant)?;
            report::report(&launch, &args, common.ascii || launch.wants_ascii())
        }
        Experiment::Show { log, line, json } => {
            report::trial(&Launch::reading(common, Pace::Instant)?, &log, line, json)
        }
        Experiment::Merge { into, parts } => merge::merge(&into, &parts),
        Experiment::Learn { log, forget } => {
            learn::learn(&Launch::reading(common, Pace::Instant)?, &log, forget)
        }
        Experiment::Search(args) => search::search(common, &args).await,
    }
}

/// Tells what is wrong, a line each, and gives the exit code.
fn tell_faults(faults: &[Fault]) -> Result<u8> {
    let mut err = std::io::stderr().lock();
    for fault in faults {
        let Fault { file, line, key, message, .. } = fault;
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let key = if key.is_empty() { String::new() } else { format!(" {key}") };
        writeln!(err, "synod: {}", clean::line(&format!("{file}{line}{key}: {message}")))?;
    }
    Ok(2)
}
