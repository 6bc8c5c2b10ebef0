//! `synod keys set`, `test` and `list`: the API keys of providers. A key goes from a person's hands into a file or the
//! keyring and from there to its provider; what is printed of it is where it is from and its id.

use super::report::json;
use crate::cli::{ApiKeys, Common};
use crate::config::key_file::{self, Kept};
use crate::config::load::{self, Env, Source};
use crate::config::{Config, KeySource, Provider, key};
use crate::core::clean;
use crate::launch::UsageError;
use crate::launch::choose::unknown;
use crate::providers::http::Remote;
use crate::providers::{Checked, keyring};
use anyhow::Result;
use secrecy::SecretString;
use serde::Serialize;
use std::io::{self, IsTerminal as _, Write};

/// Does what was asked with API keys. Gives the exit code.
///
/// # Errors
/// [`UsageError`] where the configuration can't be read or names no such provider, and where a key was put where it does
/// not belong; else when nothing can be read or written.
pub async fn run(common: &Common, what: ApiKeys) -> Result<u8> {
    let env = Env::of_process();
    let config = load::load(&Source { file: common.config.clone(), env: env.clone() })
        .map_err(|error| UsageError(error.to_string()))?;
    for warning in config.warnings() {
        writeln!(io::stderr(), "synod: {}", clean::line(&warning))?;
    }
    match what {
        ApiKeys::Set { provider, keyring, surplus } => {
            if !surplus.is_empty() || key::looks_like_one(&provider) {
                return Err(UsageError(AS_ARGUMENT.to_owned()).into());
            }
            set(&config, &env, &provider, keyring).await
        }
        ApiKeys::Test { provider, json } => test(&config, provider.as_deref(), json).await,
        ApiKeys::List { json } => list(&config, json),
    }
}

const AS_ARGUMENT: &str = "a key is never an argument: every program can read it there, and the shell keeps it; take it out \
                           of your shell's history, and type it when synod keys set PROVIDER asks, or pipe it in";

fn known<'a>(config: &'a Config, name: &str) -> Result<&'a Provider, UsageError> {
    let names = config.providers.keys().map(String::as_str);
    let found = config.providers.get(name);
    found.ok_or_else(|| unknown("provider", name, names, "add it to the configuration"))
}

async fn set(config: &Config, env: &Env, name: &str, in_keyring: bool) -> Result<u8> {
    let provider = known(config, name)?;
    let Some(file) = key_file::place(env) else {
        return Err(UsageError("no home folder is known: set HOME or XDG_DATA_HOME".to_owned()).into());
    };
    if let Some(why) = keyring::missing().filter(|_| in_keyring) {
        return Err(UsageError(why.to_owned()).into());
    }
    let key = if io::stdin().is_terminal() { hidden::ask(name)? } else { hidden::piped()? };
    let Some(key) = key else {
        writeln!(io::stderr(), "synod: nothing was typed; nothing is kept")?;
        return Ok(1);
    };
    let id = key::id(&key);
    let kept = if in_keyring {
        keyring::keep(name, &key).await.map_err(anyhow::Error::msg)?;
        Kept::Keyring
    } else {
        Kept::Here(key)
    };
    key_file::keep(&file, name, &kept).map_err(anyhow::Error::msg)?;
    let place = if in_keyring {
        "in the system's keyring".to_owned()
    } else {
        format!("in {}", clean::exact(&file.display().to_string()))
    };
    writeln!(io::stdout(), "kept for {name} {place}, key id {id}; synod keys test {name} tries it")?;
    if let Some(source @ (KeySource::Env(_) | KeySource::Command(_))) = &provider.key_source {
        let source = clean::exact(&source.to_string());
        writeln!(io::stderr(), "synod: {source} goes before it: it counts once that is gone")?;
    }
    Ok(0)
}

/// Where a provider's key is from.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    provider: &'a str,
    /// `env`, `command`, `file`, `keyring` or `none`.
    source: &'static str,
    /// The variable, program or file.
    from: Option<String>,
    /// `None` where the key is not known before it is needed.
    id: Option<String>,
}

impl<'a> Listed<'a> {
    fn of(name: &'a str, provider: &Provider) -> Self {
        let source = provider.key_source.as_ref();
        let from = match source {
            Some(KeySource::Keyring) => None,
            Some(KeySource::Command(program)) => Some(program.clone()),
            Some(source) => Some(source.to_string()),
            None => provider.missing_key().map(str::to_owned),
        };
        Self {
            provider: name,
            source: source.map_or("none", KeySource::word),
            from: from.map(|from| clean::exact(&from)),
            id: provider.key.as_ref().map(key::id),
        }
    }

    /// What is said of the source in a list for people.
    fn told(&self) -> String {
        match (self.source, &self.from) {
            ("none", Some(name)) => format!("none: {name} is not set"),
            ("none", None) => "none, and needs none".to_owned(),
            (word, Some(from)) => format!("{word} {from}"),
            (word, None) => word.to_owned(),
        }
    }
}

fn list(config: &Config, as_json: bool) -> Result<u8> {
    let all: Vec<Listed<'_>> =
        config.providers.iter().map(|(name, provider)| Listed::of(name, provider)).collect();
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&all)?))?;
        return Ok(0);
    }
    let wide = |text: &dyn Fn(&Listed<'_>) -> usize| all.iter().map(text).max().unwrap_or_default();
    let (name, id) = (wide(&|it| it.provider.chars().count()).max(8), 6);
    writeln!(out, "{:<name$}  {:<id$}  SOURCE", "PROVIDER", "KEY ID")?;
    for it in &all {
        let shown = it.id.as_deref().unwrap_or("-");
        writeln!(out, "{:<name$}  {shown:<id$}  {}", clean::exact(it.provider), it.told())?;
    }
    Ok(0)
}

/// What came of trying a key.
#[derive(Debug, Serialize)]
struct Tried<'a> {
    #[serde(flatten)]
    listed: Listed<'a>,
    /// `ok`, `unchecked`, `rejected`, `unreachable`, `no_key` or `failed`.
    result: &'static str,
    message: Option<String>,
}

async fn test(config: &Config, name: Option<&str>, as_json: bool) -> Result<u8> {
    let all = || config.providers.iter().map(|(name, provider)| (name.as_str(), provider));
    let asked: Vec<(&str, &Provider)> = if let Some(name) = name {
        vec![(name, known(config, name)?)]
    } else {
        all().filter(|(_, provider)| provider.has_key()).collect()
    };
    let tried = futures_util::future::join_all(asked.iter().map(|(name, one)| tried(name, one))).await;
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&tried)?))?;
    } else if tried.is_empty() {
        writeln!(io::stderr(), "synod: no provider has an API key: synod keys set PROVIDER keeps one")?;
    }
    for it in tried.iter().filter(|_| !as_json) {
        let id = it.listed.id.as_deref().map(|id| format!(" (key id {id})")).unwrap_or_default();
        let message = it.message.as_deref().map(|line| format!(": {line}")).unwrap_or_default();
        let name = clean::exact(it.listed.provider);
        writeln!(out, "{name}: {}, {}{id}{message}", it.result.replace('_', " "), it.listed.told())?;
    }
    let good = !tried.is_empty() && tried.iter().all(|it| matches!(it.result, "ok" | "unchecked"));
    Ok(u8::from(!good))
}

async fn tried<'a>(name: &'a str, provider: &Provider) -> Tried<'a> {
    let listed = Listed::of(name, provider);
    let checked = match Remote::new(name, provider, Vec::new()) {
        Ok(remote) => remote.check().await,
        Err(error) => Checked { result: "failed", id: None, error: Some(error) },
    };
    let message = match (checked.result, checked.error) {
        ("unchecked", _) => {
            Some("the server lists its models to anyone, so this says nothing of the key".to_owned())
        }
        (_, error) => error.map(|error| clean::exact(&format!("{}; {}", error.message, error.hint))),
    };
    Tried { listed: Listed { id: checked.id, ..listed }, result: checked.result, message }
}

/// Reading a key from a person's hands or from a pipe.
mod hidden {
    use super::{Result, SecretString, UsageError, key};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use std::io::{self, Read as _, Write as _};

    /// The longest that is read, in bytes. Nobody's key is as long.
    const LARGEST: u64 = 16 << 10;

    /// The terminal's line without echo. Dropping it sets it back.
    struct Silent(Termios);

    impl Silent {
        fn new() -> io::Result<Self> {
            let before = tcgetattr(rustix::stdio::stdin())?;
            let mut silent = before.clone();
            // Letter by letter, and Ctrl-C as one of them: a signal would leave the echo off.
            silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
            tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &silent)?;
            Ok(Self(before))
        }
    }

    impl Drop for Silent {
        fn drop(&mut self) {
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &self.0);
        }
    }

    /// Asks at the terminal; `None` where the person gave up.
    pub(super) fn ask(provider: &str) -> Result<Option<SecretString>> {
        let mut err = io::stderr();
        let silent = Silent::new()?;
        write!(err, "API key of {provider} (it is not shown; Enter ends it, Ctrl-C gives up): ")?;
        err.flush()?;
        let typed = typed(&mut io::stdin().lock());
        drop(silent);
        writeln!(err)?;
        typed?.as_deref().map(judged).transpose().map(Option::flatten)
    }

    /// Reads letters up to the end of the line; `None` where the person gave up.
    fn typed(input: &mut impl io::Read) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let mut byte = [0];
        loop {
            if input.read(&mut byte)? == 0 {
                return Ok(None);
            }
            match byte[0] {
                b'\r' | b'\n' => return Ok(Some(String::from_utf8_lossy(&line).into_owned())),
                // Ctrl-C, Ctrl-D, Esc, Ctrl-\.
                3 | 4 | 27 | 28 => return Ok(None),
                8 | 127 => drop(line.pop()),
                21 => line.clear(),
                letter if (line.len() as u64) < LARGEST => line.push(letter),
                _ => {}
            }
        }
    }

    /// Reads what is piped in; `None` where there is nothing.
    pub(super) fn piped() -> Result<Option<SecretString>> {
        let mut text = Vec::new();
        io::stdin().lock().take(LARGEST + 1).read_to_end(&mut text)?;
        judged(&String::from_utf8_lossy(&text))
    }

    fn judged(text: &str) -> Result<Option<SecretString>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        match key::unusable(text) {
            _ if text.len() as u64 > LARGEST => {
                Err(UsageError("that is too long for a key; nothing is kept".to_owned()).into())
            }
            Some(wrong) => Err(UsageError(format!("what was given {wrong}; nothing is kept")).into()),
            None => Ok(Some(SecretString::from(text))),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn letters_are_taken_as_a_line_takes_them() {
            for (keys, line) in [
                ("sk-one\rrest", Some("sk-one")),
                ("sx\u{7f}k\n", Some("sk")),
                ("wrong\u{15}sk\n", Some("sk")),
                ("sk\u{3}\n", None),
                ("\u{4}", None),
                ("sk", None),
            ] {
                assert_eq!(typed(&mut keys.as_bytes()).unwrap().as_deref(), line, "{keys:?}");
            }
        }
    }
}
