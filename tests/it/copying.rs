//! Copying from the workbench, into a real terminal and to programs that stand for tmux and a desktop's clipboard.
#![cfg(test)]

use crate::home::Home;
use crate::terminal::{Terminal, script};

const FILE: &str = ".local/state/synod/clip-last.txt";

/// The workbench with all answers, the first one's pane focused.
fn answered(home: &Home, env: &[(&str, &str)]) -> Terminal {
    let mut terminal = Terminal::with(home, (160, 40), &["--demo", "Who are you?"], env);
    terminal.shows("4/4 in");
    terminal
}

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path().join(name)).unwrap()
}

fn quit(mut terminal: Terminal) {
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    terminal.assert_restored();
    terminal.assert_alone();
}

/// Base64, decoded without the crate that encoded it.
fn decoded(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0u32, 0, Vec::new());
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = LETTERS.iter().position(|known| *known == letter).unwrap();
        bits = bits << 6 | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_terminal_gets_the_answer_as_one_sequence_between_frames() {
    let home = Home::new();
    let mut terminal = answered(&home, &[]);
    terminal.press("y");
    terminal.shows(&format!("sent to the terminal (OSC 52) and written to ~/{FILE}"));
    let sent = decoded(&terminal.clipboard().unwrap());
    assert_eq!(sent, read(&home, FILE));
    assert!(sent.len() > 20 && terminal.screen().contents().contains("fenna's answer, "));
    // Frames are wrapped; the sequence stands outside of them.
    let text = String::from_utf8_lossy(&terminal.bytes).into_owned();
    let (before, after) = text.split_once("\u{1b}]52;").unwrap();
    assert!(before.rfind("\u{1b}[?2026l") > before.rfind("\u{1b}[?2026h"), "no frame is open");
    assert!(!after.contains("\u{1b}]52;"), "once");
    quit(terminal);
}

#[test]
fn tmux_is_asked_first_and_told_no_key() {
    let home = Home::new();
    let bin = home.path().join("bin");
    script(&home, "bin/tmux", "echo \"$@\" >\"$HOME/args\"; env >\"$HOME/env\"; cat >\"$HOME/got\"");
    script(&home, "bin/xclip", "touch \"$HOME/hit\"");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let env = [
        ("PATH", path.as_str()),
        ("TMUX", "/tmp/tmux-0/default,1,0"),
        ("DISPLAY", ":0"),
        ("OPENAI_API_KEY", "canary-1-openai"),
        ("OTHER", "x canary-1-openai"),
        ("NPM_TOKEN", "canary-2-token"),
    ];
    let mut terminal = answered(&home, &env);
    terminal.press("y");
    terminal.shows(&format!("given to tmux's buffer and written to ~/{FILE}"));
    assert_eq!(terminal.clipboard(), None);
    assert_eq!(read(&home, "args"), "load-buffer -w -\n");
    assert_eq!(read(&home, "got"), read(&home, FILE));
    assert!(!home.path().join("hit").exists());
    let seen = read(&home, "env");
    assert!(seen.contains("TMUX=/tmp/tmux-0/default,1,0") && !seen.contains("canary"), "{seen}");
    quit(terminal);
}

/// The workbench is as quick as ever meanwhile, and the program that hangs is gone with all it started.
#[test]
fn a_program_that_hangs_is_given_up_and_the_next_way_taken() {
    let home = Home::new();
    script(&home, "bin/tmux", "touch \"$HOME/asked\"; sleep 1000 & wait");
    script(&home, "bin/xclip", "cat >\"$HOME/got\"");
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let mut terminal = answered(&home, &[("PATH", &path), ("TMUX", "x,1,0"), ("DISPLAY", ":0")]);
    terminal.press("y");
    terminal.wait("the program", |_| home.path().join("asked").exists());
    terminal.press("?");
    terminal.shows("write a question");
    assert!(!home.path().join("got").exists(), "it is still asked, and keys are taken in");
    terminal.press("?");
    terminal.shows("given to xclip and written to");
    terminal.shows("(tmux gave no answer in time)");
    assert_eq!(read(&home, "got"), read(&home, FILE));
    quit(terminal);
}

#[test]
fn over_ssh_no_desktop_is_looked_for() {
    let home = Home::new();
    script(&home, "bin/xclip", "touch \"$HOME/hit\"; cat >/dev/null");
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let env = [("PATH", path.as_str()), ("DISPLAY", ":10"), ("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")];
    let mut terminal = answered(&home, &env);
    terminal.press("y");
    terminal.shows("sent to the terminal (OSC 52)");
    assert!(terminal.clipboard().is_some() && !home.path().join("hit").exists());
    quit(terminal);
}

#[test]
fn where_there_is_no_clipboard_at_all_the_file_is_named() {
    let home = Home::new();
    for (name, value) in [("TERM", "linux"), ("MOSH_CONNECTION", "x")] {
        let mut terminal = answered(&home, &[(name, value)]);
        terminal.press("y");
        terminal.shows(&format!(": written to ~/{FILE} ("));
        assert_eq!(terminal.clipboard(), None);
        quit(terminal);
    }
    let file = home.path().join(FILE);
    assert_eq!(crate::terminal::mode(&file), 0o600);
    assert_eq!(crate::terminal::mode(file.parent().unwrap()), 0o700);
}
