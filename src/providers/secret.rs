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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load::Env;
    use crate::config::{Hidden, Loaded};
    use std::path::Path;

    fn secret(script: &str, folder: &Path) -> (Secret, Loaded) {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        let loaded: Loaded = [SecretString::from("other-key-4711")].into_iter().collect();
        let hidden = Hidden { names: vec!["A_KEY".to_owned()], keys: loaded.clone() };
        let env = Env::from_iter([
            ("PATH", std::env::var("PATH").unwrap().as_str()),
            ("FOLDER", folder.to_str().unwrap()),
            ("A_KEY", "a-canary"),
            ("HEADER", "Bearer other-key-4711"),
            ("OP_TOKEN", "its-own"),
        ]);
        let fetch = KeyFetch { how: How::Command(words), env: env.without(&hidden), loaded: loaded.clone() };
        let source = Some(config::KeySource::Command("sh".to_owned()));
        let provider =
            config::Provider { key_fetch: Some(fetch), key_source: source, ..config::Provider::default() };
        (Secret::new("box", &provider), loaded)
    }

    #[tokio::test]
    async fn a_command_is_run_once_and_its_first_line_is_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let script =
            "echo run >>\"$FOLDER/runs\"; env >\"$FOLDER/env\"; echo '  key-of-box-1 '; echo login: me";
        let (secret, loaded) = secret(script, folder.path());
        assert!(!folder.path().join("runs").exists(), "it is not run before it is needed");
        let both = tokio::join!(secret.get(), secret.get());
        for got in [both.0, both.1, secret.get().await] {
            assert_eq!(got.unwrap().unwrap().key(), "key-of-box-1");
        }
        let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("runs"), "run\n");
        let env = read("env");
        assert!(!env.contains("canary") && !env.contains("4711"), "{env}");
        assert!(env.contains("OP_TOKEN=its-own"), "{env}");
        assert_eq!(loaded.all().last().unwrap().expose_secret(), "key-of-box-1");
        assert_eq!(secret.redactor().clean("no: key-of-box-1!"), "no: [key]!");
        assert!(secret.advice().starts_with("check the key command sh (key id "), "{}", secret.advice());
    }

    #[tokio::test]
    async fn each_way_to_fail_is_one_line_without_what_was_printed() {
        let folder = tempfile::tempdir().unwrap();
        for (script, says) in [
            ("echo canary-4711; exit 3", "the key command sh ended with code 3"),
            ("kill -9 $$", "was killed"),
            ("true", "printed nothing in its first line"),
            ("echo; echo canary-4711", "printed nothing in its first line"),
            ("echo canary 4711", "a first line that holds a blank"),
            ("echo your_api_key", "a first line that is a placeholder"),
            ("printf '\\377\\n'", "printed no text"),
            ("cat /dev/stdin", "printed nothing"),
        ] {
            let (secret, _) = secret(script, folder.path());
            let error = secret.get().await.err().unwrap();
            assert_eq!(error.kind, ErrorKind::NoKey);
            assert!(error.message.contains(says), "{script}: {}", error.message);
            assert!(!error.message.contains("4711") && error.hint.contains("api_key_command"), "{error:?}");
        }
        let (mut secret, _) = secret("", folder.path());
        let fetch = secret.fetch.as_mut().unwrap();
        fetch.how = How::Command(vec!["/nowhere/at-all".to_owned()]);
        assert!(secret.get().await.err().unwrap().message.contains("can't be started"));
    }

    #[tokio::test]
    async fn a_failure_is_tried_again_and_shared_by_those_who_waited() {
        let folder = tempfile::tempdir().unwrap();
        let script = "echo run >>\"$FOLDER/runs\"; test -e \"$FOLDER/open\" && echo key-of-box-1";
        let (secret, _) = secret(script, folder.path());
        let both = tokio::join!(secret.get(), secret.get());
        assert!(both.0.is_err() && both.1.is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join("runs")).unwrap(), "run\n");
        std::fs::write(folder.path().join("open"), "").unwrap();
        assert!(secret.get().await.is_ok(), "the store is open now");
    }

    /// The clock of the runtime goes on by itself while all wait, so nothing is waited for here.
    #[tokio::test(start_paused = true)]
    async fn one_that_never_ends_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, _) = secret("while :; do read line </dev/zero; done & wait", folder.path());
        assert!(secret.get().await.err().unwrap().message.contains("printed no key within 10 s"));
    }

    #[tokio::test]
    async fn what_it_leaves_running_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        std::process::Command::new("mkfifo").arg(folder.path().join("end")).status().unwrap();
        let (secret, _) = secret("(cat \"$FOLDER/end\") & echo key-of-box-1", folder.path());
        assert_eq!(secret.get().await.unwrap().unwrap().key(), "key-of-box-1");
        // Whoever stands at the other end of the pipe may go now.
        std::fs::OpenOptions::new().read(true).write(true).open(folder.path().join("end")).unwrap();
    }
}
