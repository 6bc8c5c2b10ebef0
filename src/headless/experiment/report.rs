//! `synod experiment report` and `show`: what an experiment came to, the trials behind a number, and one trial with all that was
//! said in it. The figures are [`crate::experiment::report`]'s, how they look is [`super::show`]'s.

use super::show::{Look, show};
use crate::cli::experiment::{Report, ReportFormat as Format};
use crate::config::load::Env;
use crate::core::{Session, clean};
use crate::experiment::report::{What, report as figures, trials_of};
use crate::experiment::score::score;
use crate::experiment::{Design, Facts, Kept, Line, Progress};
use crate::headless::report as session_report;
use crate::launch::experiment::{self, log, shadow};
use crate::launch::{Launch, UsageError};
use crate::store::lines;
use anyhow::Result;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// Prints what an experiment came to, in the form that was asked for.
///
/// # Errors
/// [`UsageError`] where there is no such log, or no such word.
pub(super) fn report(launch: &Launch, args: &Report, ascii: bool) -> Result<u8> {
    let (path, kept) = read(launch, &args.log)?;
    let mut err = io::stderr().lock();
    for note in log::odd(&kept, &path) {
        writeln!(err, "synod: {}", clean::line(&note))?;
    }
    let Some(design) = kept.design() else { return Ok(1) };
    if let Some(word) = &args.trials {
        return list(design, &kept, word);
    }
    let format = match (args.format, &args.out) {
        (Some(format), _) => format,
        (None, None) => Format::default(),
        (None, Some(file)) => by_ending(file)?,
    };
    if let Some(file) = args.out.as_deref().filter(|file| file.exists()) {
        let shown = log::shown(file);
        if log::first_line(file).is_some() {
            return Err(UsageError(format!("{shown} is the log of an experiment: name another file")).into());
        }
        if !args.force {
            return Err(UsageError(format!("{shown} is there already: --force writes over it")).into());
        }
    }
    // Into a file go all letters: it is read elsewhere.
    let ascii = args.out.is_none() && ascii;
    let text = rendered(design, &kept.facts, format, &look(&args.log, ascii, &launch.env));
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

/// The log that a path means, with what it holds.
///
/// # Errors
/// [`UsageError`] where there is none, or it can't be read.
pub(super) fn read(launch: &Launch, path: &Path) -> Result<(PathBuf, Kept), UsageError> {
    let path = found(launch, path)?;
    let kept = kept(launch, &path)?;
    Ok((path, kept))
}

/// What a log holds; that of a shadow with what follows from grades.
fn kept(launch: &Launch, path: &Path) -> Result<Kept, UsageError> {
    let kept = log::read(path)?;
    if kept.opened.as_ref().is_some_and(|opened| opened.shadow) {
        return shadow::read(path, &launch.grades().unwrap_or_default());
    }
    Ok(kept)
}

/// The log that a path means: of a shadow, of an experiment's file the one beside it.
fn found(launch: &Launch, path: &Path) -> Result<PathBuf, UsageError> {
    if let Some(log) = shadow::find(launch, path)? {
        return Ok(log);
    }
    let is_file = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if !is_file {
        return log::find(path);
    }
    let folder = experiment::folder_of(path)
        .map_err(|faults| UsageError(faults.first().map_or_else(String::new, ToString::to_string)))?;
    log::find(&folder)
}

/// The form that a file's ending says.
fn by_ending(file: &Path) -> Result<Format, UsageError> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    match ending.as_str() {
        "md" | "markdown" => Ok(Format::Markdown),
        "json" => Ok(Format::Json),
        "csv" => Ok(Format::Csv),
        "html" | "htm" => Ok(Format::Html),
        "txt" => Ok(Format::Terminal),
        _ => {
            let line = format!(
                "the ending of {} says no form: use .html, .md, .json, .csv or .txt, or --format",
                log::shown(file)
            );
            Err(UsageError(line))
        }
    }
}

fn rendered(design: &Design, facts: &[Facts], format: Format, look: &Look) -> String {
    let scored = score(design, facts);
    show(&figures(design, facts, &scored), format, look)
}

/// How a report looks here.
fn look(path: &Path, ascii: bool, env: &Env) -> Look {
    Look { width: columns(env), ascii, log: path.display().to_string() }
}

/// How many columns a terminal has that nobody could ask.
const COLUMNS: u16 = 100;

/// How many columns the terminal has; where output goes elsewhere, as many as COLUMNS says.
fn columns(env: &Env) -> u16 {
    let asked = rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col);
    let told = || env.get("COLUMNS").and_then(|columns| columns.trim().parse().ok());
    asked.filter(|columns| *columns > 0).or_else(told).unwrap_or(COLUMNS)
}

/// Prints the report for a terminal.
pub(super) fn print(design: &Design, facts: &[Facts], path: &Path, ascii: bool, env: &Env) -> Result<()> {
    let text = rendered(design, facts, Format::Terminal, &look(path, ascii, env));
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
        let Some(facts) = kept.at(line) else { continue };
        let item = &design.items[facts.key.item];
        let treatment = &design.treatments[facts.key.treatment].name;
        let right =
            item.answer.as_deref().map(|answer| clean::cut(&clean::line(&design.grader.meant(answer)), 40));
        writeln!(
            out,
            "{line:>6}  {}  {}  {}{}",
            clean::line(&item.id),
            clean::line(treatment),
            Progress::said(facts),
            right.map(|right| format!("  right: {right}")).unwrap_or_default()
        )?;
    }
    Ok(0)
}

/// Prints one trial with all that was said in it.
///
/// # Errors
/// [`UsageError`] where there is no trial in that line.
pub(super) fn trial(launch: &Launch, path: &Path, line: usize, as_json: bool) -> Result<u8> {
    let path = found(launch, path)?;
    let bytes = lines::at(&path, line)?.unwrap_or_default();
    let wanted = serde_json::from_slice::<Line>(&bytes).ok();
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
    told(launch, &path, line, &mut out)?;
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

/// What a trial's question has for right, and which arms are.
fn told(launch: &Launch, path: &Path, line: usize, out: &mut impl io::Write) -> Result<()> {
    let kept = kept(launch, path)?;
    let (Some(design), Some(facts)) = (kept.design(), kept.at(line)) else { return Ok(()) };
    if let Some(answer) = &design.items[facts.key.item].answer {
        writeln!(out, "right: {}", clean::cut(&clean::line(&design.grader.meant(answer)), 200))?;
    }
    let scored = score(design, &kept.facts);
    for (arm, scored) in design.arms.iter().zip(&scored) {
        let own = scored.iter().find(|scored| kept.facts[scored.trial].line == line);
        let Some(scored) = own else { continue };
        let said = scored.answer.and_then(|place| facts.said.get(usize::from(place)));
        let said = said.map_or_else(|| "no answer".to_owned(), |said| clean::line(&said.value));
        let word = match scored.right {
            Some(true) => ": right",
            Some(false) => ": wrong",
            None => "",
        };
        let drawn = if scored.drawn { " (drawn, a tie)" } else { "" };
        writeln!(out, "{}: {said}{drawn}{word}", clean::line(&arm.name))?;
    }
    Ok(())
}
