//! Copying: by every way there is, in the order in which they are likely to arrive. It says what was done with the text,
//! never that it arrived: over a terminal nobody can know.

use super::child::{self, Hidden};
use super::files;
use crate::config::load::Env;
use crate::core::clean;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;

/// How long a program may take to accept the text.
const LIMIT: Duration = Duration::from_secs(2);
/// The most bytes of base64 that terminals are known to take. Beyond it nothing is sent, rather than a part.
const MOST_SENT: usize = 74_994;

/// What a copy goes by from here.
#[derive(Clone)]
pub(super) struct Clipboard {
    env: Env,
    hidden: Hidden,
}

/// What came of a copy, but for the terminal's part in it.
pub(super) struct Copied {
    what: String,
    size: String,
    /// The program that took it.
    given: Option<&'static str>,
    /// What failed, each in a few words.
    failed: Vec<String>,
    /// Where it was written, as shown; or why it was not.
    file: Result<String, String>,
    /// The control sequence that hands it to the terminal, where that is the way to go.
    pub sequence: Option<String>,
}

impl Clipboard {
    pub(super) fn new(env: Env, hidden: Hidden) -> Self {
        Self { env, hidden }
    }

    /// Hands text to the programs that may have it, and writes it into a file of the person's.
    pub(super) async fn copy(self, what: String, text: String) -> Copied {
        let mut copied = Copied {
            what,
            size: files::size(text.len()),
            given: None,
            failed: Vec::new(),
            file: Err(String::new()),
            sequence: None,
        };
        for (name, arguments) in self.programs() {
            let Some(program) = child::found(&self.env, name) else { continue };
            let mut command = self.hidden.command(program);
            command.args(arguments);
            match child::give(command, &text, tokio::time::sleep(LIMIT)).await {
                Ok(()) => {
                    copied.given = Some(if name == "tmux" { "tmux's buffer" } else { name });
                    break;
                }
                Err(why) => copied.failed.push(format!("{name} {why}")),
            }
        }
        if copied.given.is_none() {
            match self.sequence(&text) {
                Ok(sequence) => copied.sequence = Some(sequence),
                Err(why) => copied.failed.push(why.to_owned()),
            }
        }
        let written = tokio::task::spawn_blocking(move || self.keep(&text)).await;
        copied.file = written.unwrap_or_else(|_| Err("a fault of synod's".to_owned()));
        copied
    }

    /// The programs to try, in order. Within tmux what is known about SSH may be of another day, so tmux comes first.
    fn programs(&self) -> Vec<(&'static str, &'static [&'static str])> {
        let set = |name: &str| self.env.get(name).is_some();
        let mut programs: Vec<(&'static str, &'static [&'static str])> = Vec::new();
        if set("TMUX") {
            programs.push(("tmux", &["load-buffer", "-w", "-"]));
        }
        if ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(set) {
            return programs;
        }
        if set("WAYLAND_DISPLAY") {
            programs.push(("wl-copy", &[]));
        }
        if set("DISPLAY") {
            programs.push(("xclip", &["-selection", "clipboard", "-in"]));
            programs.push(("xsel", &["--clipboard", "--input"]));
        }
        programs.push(("pbcopy", &[]));
        programs
    }

    /// OSC 52 with the text, where the terminal may know it; else why not.
    fn sequence(&self, text: &str) -> Result<String, &'static str> {
        if self.env.get("TERM") == Some("linux") {
            return Err("this console has no clipboard");
        }
        if under_mosh() {
            return Err("mosh hands no clipboard on");
        }
        let encoded = STANDARD.encode(text);
        if encoded.len() > MOST_SENT {
            return Err("too big to send to the terminal");
        }
        Ok(format!("\x1b]52;c;{encoded}\x07"))
    }

    /// Writes the text where it can be picked up by hand.
    fn keep(&self, text: &str) -> Result<String, String> {
        #[cfg(debug_assertions)]
        super::trip::at("blocking");
        let home = self.env.get("HOME").map(Path::new);
        let folder = self.env.state_home().ok_or("no home folder is known")?.join("synod");
        let file = folder.join("clip-last.txt");
        private(&folder)
            .and_then(|()| files::replace(&file, text))
            .map_err(|error| format!("{}: {error}", files::shown(&file, home)))?;
        Ok(files::shown(&file, home))
    }
}

/// Makes a folder that only its owner can look into, unless it is there.
pub(super) fn private(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

impl Copied {
    /// The line for the person, given whether the sequence was sent.
    pub(super) fn note(&self, sent: bool) -> String {
        let given = self.given.map(|taker| format!("given to {taker}"));
        let by_terminal = sent.then(|| "sent to the terminal (OSC 52)".to_owned());
        let written = self.file.as_ref().ok().map(|file| format!("written to {file}"));
        let done: Vec<String> = given.into_iter().chain(by_terminal).chain(written).collect();
        let mut failed = self.failed.clone();
        failed.extend(
            (self.sequence.is_some() && !sent).then(|| "another program has the terminal".to_owned()),
        );
        failed.extend(self.file.as_ref().err().map(|why| format!("not written: {why}")));
        let done = if done.is_empty() { "not copied".to_owned() } else { done.join(" and ") };
        let failed = if failed.is_empty() { String::new() } else { format!(" ({})", failed.join("; ")) };
        clean::line(&format!("{}, {}: {done}{failed}", self.what, self.size))
    }
}

/// Whether what is drawn goes through mosh, which says so nowhere: its server is an ancestor of ours.
fn under_mosh() -> bool {
    if std::env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with("MOSH_")) {
        return true;
    }
    let stat_of = |id: &str| std::fs::read_to_string(Path::new("/proc").join(id).join("stat")).ok();
    let mut next = stat_of("self");
    while let Some(stat) = next {
        let Some((name, fields)) = stat.rsplit_once(')') else { return false };
        if name.ends_with("(mosh-server") {
            return true;
        }
        next = fields.split_whitespace().nth(1).filter(|parent| *parent != "0").and_then(stat_of);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    /// A folder with programs that keep what they are given, or fail, or never end.
    struct Machine(tempfile::TempDir);

    impl Machine {
        fn with(programs: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (name, script) in programs {
                let file = folder.path().join(name);
                fs::write(&file, format!("#!/bin/sh\nhere=${{0%/*}}\n{script}\n")).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
            }
            Self(folder)
        }

        async fn copy(&self, set: &[&str], text: &str) -> Copied {
            let here = self.0.path().to_str().unwrap();
            let fixed = [("PATH", here), ("HOME", here), ("TERM", "xterm-256color")];
            let set = set.iter().map(|pair| pair.split_once('=').unwrap());
            let env: Env = fixed.into_iter().chain(set).collect();
            Clipboard::new(env, Hidden::default()).copy("fenna's answer".to_owned(), text.to_owned()).await
        }

        fn got(&self, name: &str) -> Option<String> {
            fs::read_to_string(self.0.path().join(name)).ok()
        }
    }

    const FILE: &str = ".local/state/synod/clip-last.txt";
    const KEEP: &str = "echo \"$@\" >\"$here/${0##*/}.args\"; cat >\"$here/${0##*/}.got\"";

    #[tokio::test]
    async fn the_likeliest_way_is_taken_and_no_other() {
        let all = Machine::with(&["tmux", "wl-copy", "xclip", "xsel", "pbcopy"].map(|name| (name, KEEP)));
        let desk = ["WAYLAND_DISPLAY=w", "DISPLAY=:0"];
        let ssh = ["SSH_CONNECTION=a", "SSH_CLIENT=a", "SSH_TTY=a"];
        let in_tmux = "TMUX=/s,1,0";
        for (set, taker, args) in [
            (&[in_tmux, desk[0], ssh[0]][..], Some("tmux"), "load-buffer -w -"),
            (&desk[..], Some("wl-copy"), ""),
            (&desk[1..], Some("xclip"), "-selection clipboard -in"),
            (&[], Some("pbcopy"), ""),
            (&[desk[1], ssh[0]], None, ""),
            (&[desk[1], ssh[1]], None, ""),
            (&[desk[1], ssh[2]], None, ""),
        ] {
            let copied = all.copy(set, "naïve\ntext").await;
            assert_eq!(copied.sequence.is_none(), taker.is_some(), "{set:?}");
            assert_eq!(copied.failed, Vec::<String>::new());
            for name in ["tmux", "wl-copy", "xclip", "xsel", "pbcopy"] {
                let got = all.got(&format!("{name}.got"));
                assert_eq!(got.as_deref(), (taker == Some(name)).then_some("naïve\ntext"), "{set:?} {name}");
            }
            if let Some(taker) = taker {
                assert_eq!(all.got(&format!("{taker}.args")).unwrap().trim_end(), args);
                fs::remove_file(all.0.path().join(format!("{taker}.got"))).unwrap();
            }
            assert_eq!(all.got(FILE).as_deref(), Some("naïve\ntext"), "always");
        }
    }

    #[tokio::test]
    async fn what_fails_is_named_and_the_next_way_is_tried() {
        let machine = Machine::with(&[("tmux", "exit 1"), ("xclip", "kill -9 $$"), ("xsel", KEEP)]);
        let copied = machine.copy(&["TMUX=x", "DISPLAY=:0"], &"x".repeat(2100)).await;
        assert_eq!(
            copied.note(false),
            "fenna's answer, 2.1 KB: given to xsel and written to ~/.local/state/synod/clip-last.txt \
             (tmux ended with code 1; xclip ended by signal 9)"
        );
        let machine = Machine::with(&[("tmux", "exit 1")]);
        let copied = machine.copy(&["TMUX=x"], "x").await;
        assert_eq!(
            copied.note(true),
            "fenna's answer, 1 byte: sent to the terminal (OSC 52) and written to \
             ~/.local/state/synod/clip-last.txt (tmux ended with code 1)"
        );
    }

    #[tokio::test]
    async fn the_terminal_gets_all_of_it_or_nothing() {
        let machine = Machine::with(&[]);
        let most = "x".repeat(MOST_SENT / 4 * 3);
        let sequence = machine.copy(&[], &most).await.sequence.unwrap();
        let encoded = sequence.strip_prefix("\x1b]52;c;").unwrap().strip_suffix('\x07').unwrap();
        assert!(encoded.len() <= MOST_SENT && encoded.len() > MOST_SENT - 4);
        assert_eq!(STANDARD.decode(encoded).unwrap(), most.as_bytes());
        let sly = machine.copy(&[], "\x07\x1b]52;c;!\x1b[2J").await.sequence.unwrap();
        assert_eq!(sly.matches('\x1b').count(), 1, "nothing of the text is left to read");
        for (set, text, why) in [
            (&[][..], format!("{most}xxx"), "too big to send to the terminal"),
            (&["TERM=linux"], "x".to_owned(), "this console has no clipboard"),
        ] {
            let copied = machine.copy(set, &text).await;
            assert_eq!(copied.sequence, None);
            let note = copied.note(false);
            assert!(note.ends_with(&format!(": written to ~/{FILE} ({why})")), "{note}");
            assert_eq!(machine.got(FILE), Some(text), "the file has all of it");
        }
    }

    #[tokio::test]
    async fn the_file_is_its_owners_and_the_note_says_when_it_is_not_there() {
        let machine = Machine::with(&[]);
        machine.copy(&[], "first").await;
        machine.copy(&[], "second").await;
        assert_eq!(machine.got(FILE).as_deref(), Some("second"), "only the last one");
        let mode =
            |path: &str| fs::metadata(machine.0.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(FILE), mode(".local/state/synod")), (0o600, 0o700));
        let blocked = format!("XDG_STATE_HOME={}/{FILE}", machine.0.path().display());
        let copied = machine.copy(&["TERM=linux", &blocked], "x").await;
        let note = copied.note(false);
        assert!(
            note.starts_with("fenna's answer, 1 byte: not copied (this console has no clipboard; "),
            "{note}"
        );
        assert!(
            note.contains("not written: ~/.local/state/synod/clip-last.txt/synod/clip-last.txt: "),
            "{note}"
        );
        assert!(!note.contains('\n'));
    }
}
