//! The command that prints a key: run once, when its provider is asked for the first time, told of no other key, and given
//! up where it fails. What the configuration says of it is [`crate::config`]'s.
#![cfg(test)]

use crate::fault_server::{FaultServer, status};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::Path;
use synod::config::load::Env;
use synod::config::{Hidden, How, KeyFetch, KeySource, Loaded, Provider};
use synod::providers::Checked;
use synod::providers::http::Remote;

fn remote(url: &str, words: &[&str], folder: &Path) -> (Remote, Loaded) {
    let loaded: Loaded = [SecretString::from("other-key-4711")].into_iter().collect();
    let hidden = Hidden { names: vec!["A_KEY".to_owned()], keys: loaded.clone() };
    let env = Env::from_iter([
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("FOLDER", folder.to_str().unwrap()),
        ("A_KEY", "a-canary"),
        ("HEADER", "Bearer other-key-4711"),
        ("OP_TOKEN", "its-own"),
    ]);
    let how = How::Command(words.iter().map(ToString::to_string).collect());
    let fetch = KeyFetch { how, env: env.without(&hidden), loaded: loaded.clone() };
    let source = Some(KeySource::Command("sh".to_owned()));
    let base_url = format!("{url}/v1");
    let provider = Provider { base_url, key_fetch: Some(fetch), key_source: source, ..Provider::default() };
    (Remote::new("box", &provider, Vec::new()).unwrap(), loaded)
}

fn nowhere(script: &str, folder: &Path) -> Remote {
    remote("http://127.0.0.1:9", &["sh", "-c", script], folder).0
}

/// What is said where no key came of it.
fn failed(checked: Checked) -> String {
    assert_eq!(checked.result, "no_key");
    let error = checked.error.unwrap();
    assert_eq!(error.hint, "run it yourself to see why, or mend api_key_command");
    error.message
}

fn runs(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("runs")).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn it_is_run_once_and_its_first_line_is_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo run >>\"$FOLDER/runs\"; env >\"$FOLDER/env\"; echo '  key-of-box-1 '; echo login: me";
    let refused = status("401 No\r\nconnection: close", "text/plain", "no: key-of-box-1!");
    let server = FaultServer::answers(vec![refused.clone(), refused]);
    let (remote, loaded) = remote(&server.url, &["sh", "-c", script], folder.path());
    assert_eq!(runs(folder.path()), 0, "it is not run before it is needed");
    let both = tokio::join!(remote.check(), remote.check());
    for checked in [both.0, both.1] {
        assert!(server.request().contains("Bearer key-of-box-1\r\n"));
        let (error, id) = (checked.error.unwrap(), checked.id.unwrap());
        assert_eq!((checked.result, error.message.as_str()), ("rejected", "key rejected (401): no: [key]!"));
        assert_eq!(error.hint, format!("check the key command sh (key id {id})"));
    }
    assert_eq!(runs(folder.path()), 1);
    let env = std::fs::read_to_string(folder.path().join("env")).unwrap();
    assert!(!env.contains("canary") && !env.contains("4711"), "{env}");
    assert!(env.contains("OP_TOKEN=its-own"), "a password manager keeps its own: {env}");
    assert_eq!(loaded.all().last().unwrap().expose_secret(), "key-of-box-1");
}

#[tokio::test]
async fn each_way_to_fail_is_one_line_without_what_was_printed() {
    let folder = tempfile::tempdir().unwrap();
    for (script, says) in [
        ("echo canary-4711; exit 3", "ended with code 3"),
        ("kill -9 $$", "was killed"),
        ("true", "printed nothing in its first line"),
        ("echo; echo canary-4711", "printed nothing in its first line"),
        ("echo canary 4711", "printed a first line that holds a blank, or a letter that no key has"),
        ("echo your_api_key", "printed a first line that is a placeholder"),
        ("printf '\\377\\n'", "printed no text"),
        ("cat /dev/stdin", "printed nothing in its first line"),
    ] {
        let message = failed(nowhere(script, folder.path()).check().await);
        assert_eq!(message, format!("no key: the key command sh {says}"), "{script}");
    }
    let (missing, _) = remote("http://127.0.0.1:9", &["/nowhere/at-all"], folder.path());
    assert!(failed(missing.check().await).contains("can't be started"));
}

#[tokio::test]
async fn a_failure_is_shared_by_those_who_waited_and_tried_again_later() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo run >>\"$FOLDER/runs\"; test -e \"$FOLDER/open\" && echo key-of-box-1";
    let remote = nowhere(script, folder.path());
    let both = tokio::join!(remote.check(), remote.check());
    assert_eq!((failed(both.0), runs(folder.path())), (failed(both.1), 1));
    std::fs::write(folder.path().join("open"), "").unwrap();
    assert_eq!(
        remote.check().await.result,
        "unreachable",
        "the store is open now, and only the server is not there"
    );
}

/// The clock of the runtime goes on by itself while all wait, so nothing is waited for here.
#[tokio::test(start_paused = true)]
async fn one_that_never_ends_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let message =
        failed(nowhere("mkfifo \"$FOLDER/end\"; cat \"$FOLDER/end\" & wait", folder.path()).check().await);
    assert!(message.ends_with("printed no key within 10 s"), "{message}");
}

#[tokio::test]
async fn what_it_leaves_running_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("end")).status().unwrap();
    assert!(made.success());
    let remote = nowhere("cat \"$FOLDER/end\" & echo key-of-box-1", folder.path());
    assert_eq!(remote.check().await.result, "unreachable");
    // Whoever stands at the other end of the pipe may go now.
    drop(std::fs::OpenOptions::new().read(true).write(true).open(folder.path().join("end")).unwrap());
}
