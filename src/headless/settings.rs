//! `synod config`: writes a configuration to begin with, tells where one is looked for, and checks it. What is right and
//! wrong in one is [`crate::config`]'s.

use super::report::json;
use crate::cli::{Common, Settings};
use crate::config::load::{self, Env, Source};
use crate::config::{Fault, prompts, sample, save};
use crate::core::clean;
use crate::launch::UsageError;
use crate::launch::themes::Themes;
use anyhow::Result;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Said where nothing can be looked for.
const NO_HOME: &str = "no home folder is known; name a file with --config FILE, or set HOME";

/// Does what was asked with the configuration. Gives the exit code.
///
/// # Errors
/// [`UsageError`] where no home is known or a file that was named can't be read; else when nothing can be written.
pub fn run(common: &Common, what: Settings) -> Result<u8> {
    let source = Source { file: common.config.clone(), env: Env::of_process() };
    match what {
        Settings::Init => init(&place(&source)?),
        Settings::Path => path(&place(&source)?),
        Settings::Check { json } => check(&source, json),
        Settings::Prompts => own_prompts(&source.env),
    }
}

fn place(source: &Source) -> Result<PathBuf, UsageError> {
    source.place().map(|(path, _)| path).ok_or_else(|| UsageError(NO_HOME.to_owned()))
}

fn shown(path: &Path) -> String {
    clean::exact(&path.display().to_string())
}

fn init(path: &Path) -> Result<u8> {
    if create(path, &sample::to_begin_with())? {
        writeln!(io::stdout(), "wrote {}: every setting in it is commented out", shown(path))?;
        return Ok(0);
    }
    writeln!(io::stderr(), "synod: {} is there already and stays as it is; edit it", shown(path))?;
    Ok(1)
}

fn create(path: &Path, text: &str) -> Result<bool> {
    save::create(path, text).map_err(anyhow::Error::msg)
}

fn path(path: &Path) -> Result<u8> {
    writeln!(io::stdout(), "{}", shown(path))?;
    let there = if std::fs::symlink_metadata(path).is_ok() {
        "it is there"
    } else {
        "it is not there, so defaults hold; synod config init writes one to begin with"
    };
    writeln!(io::stderr(), "synod: {there}")?;
    Ok(0)
}

fn check(source: &Source, as_json: bool) -> Result<u8> {
    let config = load::load(source).map_err(|error| UsageError(error.to_string()))?;
    let themes = Themes::faults(&config, &source.env);
    let mut out = io::stdout().lock();
    if as_json {
        let of_theme = |message: &String| Fault {
            file: "themes".to_owned(),
            line: None,
            key: "theme".to_owned(),
            message: message.clone(),
            closes: false,
        };
        let faults: Vec<Fault> = config.faults.iter().cloned().chain(themes.iter().map(of_theme)).collect();
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&faults)?))?;
    } else {
        for fault in &config.faults {
            writeln!(out, "{}", clean::line(&fault.to_string()))?;
        }
        for line in &themes {
            writeln!(out, "{}", clean::line(line))?;
        }
    }
    let well = config.faults.is_empty() && themes.is_empty();
    if well {
        let what = match &config.file {
            Some(file) => format!("{}: nothing is wrong", shown(file)),
            None => "no configuration file, so defaults hold; nothing is wrong".to_owned(),
        };
        writeln!(io::stderr(), "synod: {what}")?;
    }
    Ok(u8::from(!well))
}

/// Writes the built-in prompts where the person's own are looked for. Exit code 1 where all of them are there already.
fn own_prompts(env: &Env) -> Result<u8> {
    let home = env.config_home().ok_or_else(|| UsageError(NO_HOME.to_owned()))?;
    let folder = prompts::folder(&home);
    let mut wrote = false;
    for (name, text) in prompts::built_in() {
        let file = prompts::file(&folder, name);
        if create(&file, &text)? {
            writeln!(io::stdout(), "wrote {}", shown(&file))?;
            wrote = true;
        } else {
            writeln!(io::stderr(), "synod: {} is there already and stays as it is", shown(&file))?;
        }
    }
    Ok(u8::from(!wrote))
}
