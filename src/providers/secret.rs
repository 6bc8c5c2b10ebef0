//! A provider's key when it is needed: the one that is loaded, or else what the person's key command prints, run when the
//! provider is asked for the first time. It opens no connection and knows no dialect.

use super::fault::fault;
use super::keyring;
use super::redact::Redactor;
use crate::config::{self, How, KeyFetch, key};
use crate::core::{CallError, ErrorKind};
use secrecy::{ExposeSecret as _, SecretString};
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// How long a key command may take.
const LIMIT: Duration = Duration::from_secs(10);

/// The most that is read of what it prints, in bytes.
const LARGEST: usize = 64 << 10;

/// A key at hand.
pub(super) struct Held {
    key: SecretString,
    /// What it is called.
    id: String,
    redactor: Redactor,
}

impl Held {
    fn new(key: SecretString) -> Self {
        Self { id: key::id(&key), redactor: Redactor::new(key.expose_secret()), key }
    }

    /// The key itself.
    pub(super) fn key(&self) -> &str {
        self.key.expose_secret().trim()
    }
}

/// The key of one provider, or the way to it.
pub(super) struct Secret {
    provider: String,
    /// The variable that would hold it.
    variable: Option<String>,
    optional: bool,
    /// Where it is from, for people.
    from: String,
    held: OnceLock<Held>,
    fetch: Option<KeyFetch>,
    /// How often it was tried to get it, and why it last failed: who waited for that try takes what came of it.
    tries: AtomicU64,
    failed: Mutex<Option<CallError>>,
}

impl Secret {
    pub(super) fn new(name: &str, provider: &config::Provider) -> Self {
        let key = provider.key.clone().filter(|key| !key.expose_secret().trim().is_empty());
        let from = provider.key_source.as_ref().map(ToString::to_string);
        Self {
            provider: name.to_owned(),
            variable: provider.api_key_env.clone(),
            optional: provider.key_optional,
            from: from.or_else(|| provider.api_key_env.clone()).unwrap_or_else(|| "the key".to_owned()),
            held: key.map(|key| OnceLock::from(Held::new(key))).unwrap_or_default(),
            fetch: provider.key_fetch.clone(),
            tries: AtomicU64::new(0),
            failed: Mutex::default(),
        }
    }

    /// The key; `None` where the provider is asked without one.
    ///
    /// # Errors
    /// There is none and there has to be one, or its command failed.
    pub(super) async fn get(&self) -> Result<Option<&Held>, CallError> {
        match (self.held.get(), &self.fetch, &self.variable) {
            (Some(held), _, _) => Ok(Some(held)),
            (None, Some(fetch), _) => self.fetch(fetch).await.map(Some),
            (None, None, Some(name)) if !self.optional => {
                let hint = format!(
                    "export {name}=..., or synod keys set {}, or choose another model with -m",
                    self.provider
                );
                Err(fault(ErrorKind::NoKey, format!("no key: {name} is not set"), hint))
            }
            (None, None, _) => Ok(None),
        }
    }

    async fn fetch(&self, fetch: &KeyFetch) -> Result<&Held, CallError> {
        let before = self.tries.load(Ordering::SeqCst);
        let mut failed = self.failed.lock().await;
        if let Some(held) = self.held.get() {
            return Ok(held);
        }
        // Someone else tried while this one waited: it would only fail once more.
        if let Some(error) = failed.as_ref().filter(|_| self.tries.load(Ordering::SeqCst) != before) {
            return Err(error.clone());
        }
        let got = get(fetch).await;
        self.tries.fetch_add(1, Ordering::SeqCst);
        match got {
            Ok(key) => {
                fetch.loaded.add(&key);
                Ok(self.held.get_or_init(|| Held::new(key)))
            }
            Err(wrong) => {
                let hint = match &fetch.how {
                    How::Command(_) => "run it yourself to see why, or mend api_key_command".to_owned(),
                    How::Keyring(name) => format!("synod keys set {name} keeps it in a file instead"),
                };
                let error = fault(ErrorKind::NoKey, format!("no key: {} {wrong}", self.from), hint);
                *failed = Some(error.clone());
                Err(error)
            }
        }
    }

    /// What the key at hand is called.
    pub(super) fn id(&self) -> Option<String> {
        self.held.get().map(|held| held.id.clone())
    }

    /// The variable that holds it, or would.
    pub(super) fn variable(&self) -> &str {
        self.variable.as_deref().unwrap_or_default()
    }

    /// What takes the key out of messages.
    pub(super) fn redactor(&self) -> Redactor {
        self.held.get().map(|held| held.redactor.clone()).unwrap_or_default()
    }

    /// What to do about a key that holds what no header can.
    pub(super) fn unsendable(&self) -> CallError {
        let from = &self.from;
        let hint = format!("set {from} again, without quotes or line ends");
        fault(ErrorKind::Config, format!("{from} holds characters that no key has"), hint)
    }

    /// What to do where the server turned the key down: where it is from and what it is called.
    pub(super) fn advice(&self) -> String {
        match (self.held.get(), &self.variable) {
            (Some(held), _) => format!("check {} (key id {})", self.from, held.id),
            (None, Some(name)) => format!("export {name}=..., or synod keys set {}", self.provider),
            (None, None) => "the server wants a key: set api_key_env for this provider".to_owned(),
        }
    }
}

async fn get(fetch: &KeyFetch) -> Result<SecretString, String> {
    match &fetch.how {
        How::Command(words) => {
            let (program, rest) = words.split_first().ok_or("names no program")?;
            let mut command = Command::new(program);
            command.args(rest).env_clear().envs(fetch.env.pairs());
            first_line(command).await
        }
        How::Keyring(name) => keyring::get(name).await,
    }
}

/// Runs a command and takes the first line that it prints, if it ends well and in time.
async fn first_line(mut command: Command) -> Result<SecretString, String> {
    // A group of its own: it can be ended with all that it started.
    command.process_group(0).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("can't be started ({error})"))?;
    let group = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
    let printed = tokio::time::timeout(LIMIT, printed(&mut child)).await;
    let Ok(printed) = printed else {
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        return Err(format!("printed no key within {} s", LIMIT.as_secs()));
    };
    let text = String::from_utf8(printed?).map_err(|_| "printed no text")?;
    let line = text.lines().next().unwrap_or_default().trim();
    match key::unusable(line) {
        None => Ok(SecretString::from(line)),
        Some(_) if line.is_empty() => Err("printed nothing in its first line".to_owned()),
        Some(wrong) => Err(format!("printed a first line that {wrong}")),
    }
}

/// What a program printed, once it ended well. What it left running may hold its output open: that is not waited for once
/// the first line is there.
async fn printed(child: &mut Child) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let Some(mut out) = child.stdout.take() else { return Ok(bytes) };
    let mut chunk = [0; 4096];
    let (mut status, mut over) = (None, false);
    while status.is_none() || !over && !bytes.contains(&b'\n') {
        tokio::select! {
            read = out.read(&mut chunk), if !over => match read {
                Ok(0) | Err(_) => over = true,
                // More is read, so that it can end, and forgotten.
                Ok(count) => bytes.extend_from_slice(&chunk[..count.min(LARGEST - bytes.len())]),
            },
            ended = child.wait(), if status.is_none() => {
                status = Some(ended.map_err(|error| error.to_string())?);
            }
        }
    }
    match status.and_then(|status| status.code()) {
        Some(0) => Ok(bytes),
        Some(code) => Err(format!("ended with code {code}")),
        None => Err("was killed".to_owned()),
    }
}
