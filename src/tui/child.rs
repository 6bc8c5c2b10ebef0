//! Programs of others that the workbench starts: an environment without keys, a limit in time, and an end to all that
//! they started themselves. Not which programs.

use crate::config;
use crate::config::load::Env;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// What no other program may know.
#[derive(Clone, Default)]
pub(super) struct Hidden(pub config::Hidden);

impl Hidden {
    /// A program, not yet started, that inherits an environment without keys. Dropping it ends it.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, value) in std::env::vars_os() {
            if self.0.covers(&name.to_string_lossy(), &value.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        command.kill_on_drop(true);
        command
    }
}

/// A program on the search path.
pub(super) fn found(env: &Env, name: &str) -> Option<PathBuf> {
    let runs = |file: &Path| {
        file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    };
    let folders = std::env::split_paths(env.get("PATH")?);
    folders.map(|folder| folder.join(name)).find(|file| runs(file))
}

/// Gives a program text on its standard input and waits until it has ended well. Says in a few words why it did not.
///
/// When `limit` comes first it is killed, with all that it started and that did not go its own way.
pub(super) async fn give(
    mut command: Command,
    text: &str,
    limit: impl Future<Output = ()>,
) -> Result<(), String> {
    // A group of its own: what interrupts synod is not for it, and it can be ended as a whole.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let group = child.id();
    let mut input = child.stdin.take();
    let fed = async {
        if let Some(mut input) = input.take() {
            // It may end without reading it all; whether that is well, its exit code says.
            let _ = input.write_all(text.as_bytes()).await;
            let _ = input.shutdown().await;
        }
        child.wait().await
    };
    tokio::select! {
        status = fed => match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(ending(status)),
            Err(error) => Err(error.to_string()),
        },
        () = limit => {
            if let Some(group) = group.and_then(pid) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            let _ = child.wait().await;
            Err("gave no answer in time".to_owned())
        }
    }
}

/// How a program ended, in a few words.
pub(super) fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        // As a shell says that what it ran was killed.
        (Some(code @ 129..=192), _) => format!("ended by signal {}", code - 128),
        (Some(code), _) => format!("ended with code {code}"),
        (None, Some(signal)) => format!("ended by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}

/// How long a program may take to end when it is asked to.
const PARTING: Duration = Duration::from_millis(500);

/// Ends a program and all that it started: asked first, then made to.
pub(super) async fn end(child: &mut Child) {
    use rustix::process::{Signal, kill_process};
    let Some(id) = child.id() else { return };
    let mut all = family(id);
    let tell = |all: &[u32], signal| {
        for member in all.iter().copied().filter_map(pid) {
            // It may be gone by now.
            let _ = kill_process(member, signal);
        }
    };
    tell(&all, Signal::TERM);
    // One that is stopped could not hear it.
    tell(&all, Signal::CONT);
    if tokio::time::timeout(PARTING, child.wait()).await.is_err() {
        // It did not hear, and may have started more since.
        all.extend(family(id));
    }
    tell(&all, Signal::KILL);
    let _ = tokio::time::timeout(PARTING, child.wait()).await;
}

fn pid(id: u32) -> Option<rustix::process::Pid> {
    i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw)
}

/// A process and all below it, as far as the system tells: Linux does, in `/proc`; elsewhere it is the process alone.
fn family(id: u32) -> Vec<u32> {
    let parent = |entry: std::fs::DirEntry| {
        let child: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name of the program, in parentheses, may contain anything; state and parent follow it.
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((child, parent))
    };
    let pairs: Vec<(u32, u32)> =
        std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(parent).collect();
    let mut found = vec![id];
    let mut next = 0;
    while let Some(at) = found.get(next).copied() {
        found.extend(pairs.iter().filter(|(_, parent)| *parent == at).map(|(child, _)| *child));
        next += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_gets_the_text_and_its_end_is_told() {
        let script = |text: &str| {
            let mut command = Hidden::default().command("sh");
            command.args(["-c", text]);
            command
        };
        let never = std::future::pending::<()>;
        let text = "text ".repeat(100_000);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("got");
        let mut keep = script("cat > \"$0\"");
        keep.arg(&file);
        assert_eq!(give(keep, &text, never()).await, Ok(()));
        assert_eq!(std::fs::read_to_string(file).unwrap(), text);
        assert_eq!(give(script("exit 0"), &text, never()).await, Ok(()), "not reading is no fault");
        assert_eq!(give(script("exit 3"), &text, never()).await.unwrap_err(), "ended with code 3");
        assert_eq!(give(script("kill -9 $$"), &text, never()).await.unwrap_err(), "ended by signal 9");
        let missing = Hidden::default().command("/nowhere/at-all");
        assert!(give(missing, &text, never()).await.unwrap_err().contains("No such file"));
    }

    /// Waits until a script has written a process's number.
    async fn written(file: &Path) -> u32 {
        while !file.exists() {
            tokio::task::yield_now().await;
        }
        std::fs::read_to_string(file).unwrap().trim().parse().unwrap()
    }

    async fn gone(id: u32) {
        let stat = || std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        while cfg!(target_os = "linux") && !(stat().is_empty() || stat().contains(") Z ")) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn one_that_never_ends_is_killed_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let mut command = Hidden::default().command("sh");
        command.args(["-c", "sleep 1000 & echo $! > \"$0.new\"; mv \"$0.new\" \"$0\"; wait"]).arg(&file);
        let all_runs = async {
            written(&file).await;
        };
        assert_eq!(give(command, "", all_runs).await.unwrap_err(), "gave no answer in time");
        gone(written(&file).await).await;
    }

    #[tokio::test]
    async fn the_end_of_a_program_is_the_end_of_its_family() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let mut command = Hidden::default().command("sh");
        // Neither hears what it is asked: both have to be made to.
        let script = "trap '' TERM; sh -c \"trap '' TERM; echo \\$\\$ > $0.new; mv $0.new $0; while :; do sleep 1000; done\"; :";
        command.args(["-c", script]).arg(&file);
        let mut child = command.spawn().unwrap();
        let below = written(&file).await;
        assert!(cfg!(not(target_os = "linux")) || family(child.id().unwrap()).contains(&below));
        end(&mut child).await;
        assert!(child.try_wait().unwrap().is_some());
        gone(below).await;
    }
}
