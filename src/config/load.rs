//! Where the configuration comes from: the only place that reads its files and the environment. What is in them is
//! judged next door, in pure code.

use super::loaded::Hidden;
use super::plans::{self, Plan};
use super::{Config, Fault, file, key_command, key_file, presets, prompts};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// More than this is no configuration.
const LARGEST: u64 = 1 << 20;

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The file that the person named; it must be there.
    pub file: Option<PathBuf>,
    /// The environment.
    pub env: Env,
}

/// A snapshot of the environment. It holds keys, so it is never printed.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Env({} variables)", self.0.len())
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Env {
    /// This process's environment. Variables that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let mut env = Self(std::env::vars_os().filter_map(text).collect());
        if env.get("HOME").is_none()
            && let Some(home) =
                etcetera::home_dir().ok().and_then(|home| home.into_os_string().into_string().ok())
        {
            env.0.insert("HOME".to_owned(), home);
        }
        env
    }

    /// A variable's value without blanks around it; `None` where nothing is left.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// All of it but what no other program may know.
    pub fn without(&self, hidden: &Hidden) -> Self {
        self.pairs().filter(|(name, value)| !hidden.holds(name, value)).collect()
    }

    /// Every variable and its value, as it was set.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The directory for configuration: `$XDG_CONFIG_HOME`, else `~/.config`.
    pub fn config_home(&self) -> Option<PathBuf> {
        self.home("XDG_CONFIG_HOME", ".config")
    }

    /// The directory for data: `$XDG_DATA_HOME`, else `~/.local/share`. Sessions lie under it.
    pub fn data_home(&self) -> Option<PathBuf> {
        self.home("XDG_DATA_HOME", ".local/share")
    }

    /// The directory for what is neither configuration nor data, as the last thing copied: `$XDG_STATE_HOME`, else
    /// `~/.local/state`.
    pub fn state_home(&self) -> Option<PathBuf> {
        self.home("XDG_STATE_HOME", ".local/state")
    }

    /// The directory for what can be had again at any time: `$XDG_CACHE_HOME`, else `~/.cache`.
    pub fn cache_home(&self) -> Option<PathBuf> {
        self.home("XDG_CACHE_HOME", ".cache")
    }

    /// A base directory; as the XDG specification has it, a path that is not absolute counts as not set.
    fn home(&self, variable: &str, under_home: &str) -> Option<PathBuf> {
        let absolute = |name| self.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(under_home)))
    }
}

/// Why there is no configuration to go on with.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file that was named is not there.
    #[error("{} does not exist ({by}): create it, or leave that out", .file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// Who named it.
        by: &'static str,
    },
    /// The file that was named can't be read.
    #[error("{} can't be read ({by}): {reason}: check that it is a text file of yours", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Who named it.
        by: &'static str,
        /// What the system said.
        reason: String,
    },
}

impl Source {
    /// Where the configuration is looked for, and who named it; nobody did where it is the usual place. `None` where no
    /// home is known.
    pub fn place(&self) -> Option<(PathBuf, Option<&'static str>)> {
        let by_option = self.file.clone().map(|path| (path, Some("--config")));
        let by_env = || self.env.get("SYNOD_CONFIG").map(|path| (PathBuf::from(path), Some("SYNOD_CONFIG")));
        let usual = || Some((self.env.config_home()?.join("synod").join("config.toml"), None));
        by_option.or_else(by_env).or_else(usual)
    }
}

/// Loads the configuration: presets, then the person's file over them, keys from the environment and the file that keeps
/// them, then prompts. No key command is run.
///
/// What is wrong inside a file never stops it: it is in [`Config::faults`], and the rest holds.
///
/// # Errors
/// One line, only when a file that the person named is not there or can't be read.
pub fn load(source: &Source) -> Result<Config, ConfigError> {
    Ok(complete(of_file(source)?, &source.env))
}

/// The configuration of someone who has no file: presets, keys from the environment, and prompts.
pub fn without_file(env: &Env) -> Config {
    complete(presets::config(env), env)
}

/// Adds what lies in files of its own: kept keys and prompts.
fn complete(mut config: Config, env: &Env) -> Config {
    key_file::fill(&mut config, env);
    key_command::settle(&mut config, env);
    own_prompts(&mut config, env);
    config.plans = plans::all(own_plans(env));
    config
}

fn of_file(source: &Source) -> Result<Config, ConfigError> {
    let Some((path, by)) = source.place() else { return Ok(presets::config(&source.env)) };
    match (read(&path), by) {
        (Ok(bytes), _) => {
            let mut config = file::config(&path.display().to_string(), &bytes, &source.env);
            authorities(&mut config, &path, &source.env);
            config.file = Some(path);
            Ok(config)
        }
        (Err(error), Some(by)) if error.kind() == io::ErrorKind::NotFound => {
            Err(ConfigError::Missing { file: path, by })
        }
        (Err(error), Some(by)) => Err(ConfigError::Unreadable { file: path, by, reason: error.to_string() }),
        (Err(error), None) => {
            let mut config = presets::config(&source.env);
            if error.kind() != io::ErrorKind::NotFound {
                let message = format!("can't be read ({error}), so defaults hold; check its owner and mode");
                config.faults.push(Fault::of_file(&path, message));
            }
            Ok(config)
        }
    }
}

/// Reads the certificates of authorities that providers name, beside the configuration where a path is not absolute. One
/// that can't be read is a fault, and nobody is trusted for it.
fn authorities(config: &mut Config, beside: &Path, env: &Env) {
    let Config { providers, faults, .. } = config;
    for (name, provider) in providers {
        let Some(written) = &provider.ca_file else { continue };
        let home = written.strip_prefix("~/").zip(env.get("HOME"));
        let path = match home {
            Some((rest, home)) => Path::new(home).join(rest),
            None => beside.parent().unwrap_or(Path::new("")).join(written),
        };
        match read(&path) {
            Ok(bytes) => provider.ca = Some(bytes.into()),
            Err(error) => {
                let message =
                    format!("ca_file of {name} can't be read ({error}), so it is left out; check the path");
                faults.push(Fault::of_file(&path, message));
            }
        }
    }
}

/// A theme file of the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeFile {
    /// The theme's name: that of the file without its ending.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
}

/// Reads the person's theme files, `themes/NAME.toml` beside the usual configuration, in the order of their names. The
/// second value has one line for each file that can't be read.
pub fn themes(env: &Env) -> (Vec<ThemeFile>, Vec<String>) {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    let Some(folder) = env.config_home().map(|home| home.join("synod").join("themes")) else {
        return (files, faults);
    };
    let Ok(paths) = toml_files(&folder) else { return (files, faults) };
    for path in paths {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = read(&path)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text")));
        match text {
            Ok(text) => files.push(ThemeFile { name, path, text }),
            Err(error) => faults.push(format!("{}: can't be read: {error}; it is left out", path.display())),
        }
    }
    (files, faults)
}

/// The files of a folder whose names end in `.toml`, in the order of their names.
fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = folder.read_dir()?.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml") && path.is_file());
    paths.sort();
    Ok(paths)
}

/// The plans of the person's own, `plans/NAME.toml` beside the usual configuration. One that can't be read is one that says
/// so.
fn own_plans(env: &Env) -> Vec<Plan> {
    let Some(folder) = env.config_home().map(|home| plans::folder(&home)) else { return Vec::new() };
    toml_files(&folder).unwrap_or_default().iter().map(|path| plan(path)).collect()
}

/// Reads the plan in a file. One that can't be read says so.
pub fn plan(path: &Path) -> Plan {
    match read(path) {
        Ok(bytes) => Plan::of_file(path, &bytes),
        Err(error) => Plan::unread(path, &error.to_string()),
    }
}

/// Takes the person's own prompts, where there are any.
fn own_prompts(config: &mut Config, env: &Env) {
    let Some(folder) = env.config_home().map(|home| prompts::folder(&home)) else { return };
    for (name, _) in prompts::built_in() {
        let path = prompts::file(&folder, name);
        match read(&path) {
            Ok(bytes) => prompts::take(config, &path, name, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!(
                    "can't be read ({error}), so the built-in text is used; check its owner and mode"
                );
                config.faults.push(Fault::of_file(&path, message));
            }
        }
    }
}

pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}
