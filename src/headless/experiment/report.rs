//! `synod experiment report` and `show`: what an experiment came to, the trials behind a number, and one trial with all that was
//! said in it. The figures are [`crate::experiment::report`]'s, how they look is [`super::show`]'s.

use crate::cli::experiment::{Report, ReportFormat};
use crate::core::{Session, clean};
use crate::experiment::report::{What, report as figures, trials_of};
use crate::experiment::score::score;
use crate::experiment::{Design, Facts, Kept, Line, Progress};
use crate::headless::report as session_report;
use crate::launch::Launch;
use crate::launch::UsageError;
use crate::launch::experiment::{log, shadow};
use crate::store::lines;
use anyhow::Result;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// Prints what an experiment came to, in the form that was asked for.
///
/// # Errors
/// [`UsageError`] where there is no such log, or no such word.
pub(super) fn report(launch: &Launch, args: &Report) -> Result<u8> {
    let (path, kept) = match shadow::find(launch, &args.log)? {
        Some(path) => {
            let kept = shadow::read(&path, &launch.grades().unwrap_or_default())?;
            (path, kept)
        }
        None => {
            let path = found(&args.log)?;
            let kept = log::read(&path)?;
            (path, kept)
        }
    };
    let mut err = io::stderr().lock();
    for note in log::odd(&kept, &path) {
        writeln!(err, "synod: {}", clean::line(&note))?;
    }
    let Some(design) = kept.design() else { return Ok(1) };
    if let Some(word) = &args.trials {
        return list(design, &kept, word);
    }
    let format = args.format.or_else(|| by_ending(args.out.as_deref())).unwrap_or(ReportFormat::Terminal);
    let text = rendered(design, &kept.facts, &path, format);
    match &args.out {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(file) => {
            std::fs::write(file, text).map_err(|error| {
                UsageError(format!("{} can't be written ({error}): name another file", log::shown(file)))
            })?;
            writeln!(err, "written: {}", log::shown(file))?;
        }
    }
    Ok(0)
}

/// The log that a path means; of an experiment's file the one beside it.
pub(super) fn found(path: &Path) -> Result<PathBuf, UsageError> {
    let is_file = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if !is_file {
        return log::find(path);
    }
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| UsageError(format!("{} can't be read ({error})", log::shown(path))))?;
    let sheet = crate::config::experiment::parse(&shown, &text)
        .map_err(|faults| UsageError(faults.first().map_or_else(String::new, ToString::to_string)))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    log::find(&folder.join(sheet.out.unwrap_or_else(|| format!("{}.runs", sheet.name))))
}

fn by_ending(file: Option<&Path>) -> Option<ReportFormat> {
    match file?.extension()?.to_str()?.to_lowercase().as_str() {
        "md" | "markdown" => Some(ReportFormat::Markdown),
        "json" => Some(ReportFormat::Json),
        "csv" => Some(ReportFormat::Csv),
        "html" | "htm" => Some(ReportFormat::Html),
        _ => None,
    }
}

fn rendered(design: &Design, facts: &[Facts], path: &Path, format: ReportFormat) -> String {
    let scored = score(design, facts);
    let report = figures(design, facts, &scored);
    let _ = (path, format);
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

/// Prints the report for a terminal.
pub(super) fn print(design: &Design, facts: &[Facts], path: &Path) -> Result<()> {
    let text = rendered(design, facts, path, ReportFormat::Terminal);
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Lists the trials behind a number.
fn list(design: &Design, kept: &Kept, word: &str) -> Result<u8> {
    let what = What::parse(design, word).map_err(UsageError)?;
    let scored = score(design, &kept.facts);
    let lines = trials_of(design, &kept.facts, &scored, &what);
    let mut out = io::stdout().lock();
    for line in lines {
        let Some(facts) = kept.facts.iter().find(|facts| facts.line == line) else { continue };
        let item = &design.items[facts.key.item];
        let treatment = &design.treatments[facts.key.treatment].name;
        let right =
            item.answer.as_deref().map(|answer| format!("  right: {}", clean::cut(&clean::line(answer), 40)));
        writeln!(
            out,
            "{line:>6}  {}  {}  {}{}",
            clean::line(&item.id),
            clean::line(treatment),
            Progress::said(facts),
            right.unwrap_or_default()
        )?;
    }
    Ok(0)
}

/// Prints one trial with all that was said in it.
///
/// # Errors
/// [`UsageError`] where there is no trial in that line.
pub(super) fn trial(launch: &Launch, path: &Path, line: usize, as_json: bool) -> Result<u8> {
    let path = match shadow::find(launch, path)? {
        Some(log) => log,
        None => found(path)?,
    };
    let mut wanted = None;
    lines::each(&path, |number, bytes| {
        if number == line {
            wanted = serde_json::from_slice::<Line>(bytes).ok();
        }
    })?;
    let Some(Line::Trial(trial)) = wanted else {
        let line = format!("line {line} of {} is no trial: --trials lists those that are", log::shown(&path));
        return Err(UsageError(line).into());
    };
    let mut out = io::stdout().lock();
    if as_json {
        let text = serde_json::to_string_pretty(&trial)?;
        let text = if out.is_terminal() { session_report::json::escape(&text) } else { text };
        writeln!(out, "{text}")?;
        return Ok(0);
    }
    writeln!(
        out,
        "{} · {} · repeat {}",
        clean::line(&trial.item),
        clean::line(&trial.treatment),
        trial.repeat + 1
    )?;
    let session = Session::replay(&trial.records);
    out.write_all(session_report::plain::session(&session, &|_| None).as_bytes())?;
    for verdict in &trial.verdicts {
        let word = match verdict.right {
            Some(true) => "right",
            Some(false) => "wrong",
            None => "no verdict",
        };
        let member =
            session.runs.first().and_then(|run| run.calls.get(&verdict.call)).map(|call| &call.member.0);
        writeln!(out, "judged: {} is {word}", clean::line(member.map_or("", String::as_str)))?;
    }
    Ok(0)
}
