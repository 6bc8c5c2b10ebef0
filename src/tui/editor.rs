//! A person's own editor for the question: which one, what it is given, and what it gives back. The terminal is handed
//! over and taken back elsewhere.

use super::child::{self, Hidden};
use super::clipboard::private;
use super::files;
use crate::config::load::Env;
use crate::core::clean;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use tempfile::TempDir;
use tokio::process::Child;

/// The largest text that is taken back, in bytes; as much as a paste may have.
const LARGEST: u64 = 4 << 20;
/// The most characters of an editor's name in a message.
const LONGEST_NAME: usize = 40;

/// An editor that has the terminal.
pub(super) struct Editing {
    child: Child,
    /// As `$VISUAL` has it, for messages.
    name: String,
    /// Nobody but the person may look into it; it goes with what the editor leaves beside the text.
    folder: TempDir,
    file: PathBuf,
    text: String,
}

impl Editing {
    /// Starts the editor with a text. The terminal must be free for it.
    ///
    /// # Errors
    /// One line, when there is no editor or no place for the text.
    pub(super) fn start(text: String, env: &Env, hidden: &Hidden) -> Result<Self, String> {
        let chosen = ["VISUAL", "EDITOR"].into_iter().find_map(|name| env.get(name));
        let usual = || ["vi", "nano"].into_iter().find(|name| child::found(env, name).is_some());
        let Some(editor) = chosen.or_else(usual) else {
            return Err("no editor was found: set $VISUAL or $EDITOR".to_owned());
        };
        let name: String = clean::exact(editor).chars().take(LONGEST_NAME).collect();
        let (folder, file) =
            place(&text, env).map_err(|error| format!("no place for the text ({error}): free some room"))?;
        let mut command = hidden.command("/bin/sh");
        // As git does it: the shell splits what the person wrote, and the file is an argument that it never looks into.
        // `env` lets a variable stand before the program, and `exec` makes the editor the child itself.
        command.arg("-c").arg(format!("exec env {editor} \"$@\"")).arg("editor").arg(&file);
        let child = command.spawn().map_err(|error| format!("{name} can't be started ({error})"))?;
        Ok(Self { child, name, folder, file, text })
    }

    /// Waits until the editor is over. May be given up and called again.
    pub(super) async fn over(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// The text as it is now; or why it stays as it was, in a line.
    pub(super) fn result(self, status: io::Result<ExitStatus>) -> Result<String, String> {
        let Self { name, folder, file, text, .. } = self;
        let kept = "the text is as it was";
        let status = status.map_err(|error| format!("{name}: {error}: {kept}"))?;
        match status.code() {
            Some(0) => {}
            Some(127) => return Err(format!("no editor {name}: set $VISUAL or $EDITOR; {kept}")),
            Some(126) => return Err(format!("{name} can't be run: set $VISUAL or $EDITOR; {kept}")),
            _ => return Err(format!("{name} {}: {kept}", child::ending(status))),
        }
        let mut bytes = Vec::new();
        let read = fs::File::open(&file).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| format!("what {name} wrote can't be read ({error}): {kept}"))?;
        if bytes.len() as u64 > LARGEST {
            // Hours may be in it; it is not for us to throw away.
            let _ = folder.keep();
            return Err(format!("more than 4 MiB: {kept}; yours is in {}", files::shown(&file, None)));
        }
        let mut written = String::from_utf8_lossy(&bytes).into_owned();
        if written.ends_with('\n') && !text.ends_with('\n') {
            // Editors end the last line; a question has none to end.
            written.truncate(written.trim_end_matches('\n').len());
        }
        Ok(written)
    }

    /// Ends the editor, because the program ends.
    pub(super) async fn end(&mut self) {
        child::end(&mut self.child).await;
    }
}

/// Puts the text where only the person can read it, in a folder of its own.
fn place(text: &str, env: &Env) -> io::Result<(TempDir, PathBuf)> {
    let runtime = env.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let state = env.state_home().map(|state| state.join("synod"));
    let places = [runtime, state.filter(|state| private(state).is_ok()), Some(std::env::temp_dir())];
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for place in places.into_iter().flatten() {
        match put(text, &place) {
            Ok(put) => return Ok(put),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn put(text: &str, place: &Path) -> io::Result<(TempDir, PathBuf)> {
    let only_owner = fs::Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new().prefix("synod-").permissions(only_owner).tempdir_in(place)?;
    let path = folder.path().join("question.md");
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(text.as_bytes())?;
    if !text.is_empty() && !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    Ok((folder, path))
}
