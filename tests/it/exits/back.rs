//! Ways out that lead back: Ctrl-Z and its signals, shells with job control, the background. The terminal is the shell's
//! meanwhile.
#![cfg(test)]

use super::Place::{self, Answered, Help, Streaming, Welcome};
use super::{CTRL_G, CTRL_Z, DONE, SIZE, WAITING, all_ended, assert_left, leave, reach};
use crate::home::Home;
use crate::terminal::{BEGINS, Terminal, program, script};
use rustix::process::Signal;

/// Stops it, looks, and calls it back, from wherever it is.
fn out_and_back(place: Place, stop: impl Fn(&mut Terminal), shown: &str) {
    eprintln!("{place:?}");
    let home = Home::new();
    let mut terminal = reach(&home, place, &[]);
    for _ in 0..2 {
        stop(&mut terminal);
        terminal.stopped();
        terminal.proceed();
        terminal.until("our modes", |screen| screen.alternate_screen() && screen.bracketed_paste());
        terminal.shows(shown);
        if place == Streaming {
            terminal.shows("stopped for 0 s");
        }
    }
    terminal.press(match place {
        Help => "?qq",
        Streaming => "qq",
        _ => "q",
    });
    assert_eq!(terminal.end().exit_code(), 0);
    assert_left(&home, &mut terminal, place != Welcome);
}

#[test]
fn ctrl_z_gives_the_terminal_back_until_it_is_called() {
    for (place, shown) in [(Welcome, "Offline demo"), (Streaming, BEGINS), (Help, "write a question")] {
        out_and_back(place, |terminal| terminal.press(CTRL_Z), shown);
    }
}

#[test]
fn a_stop_from_outside_does_the_same() {
    for (place, shown) in [(Welcome, "Offline demo"), (Streaming, BEGINS), (Answered, BEGINS)] {
        out_and_back(place, |terminal| terminal.signal(Signal::TSTP), shown);
    }
}

/// Nobody can hear SIGSTOP: the terminal stays as it is, and is drawn anew after whatever the shell did with it.
#[test]
fn after_a_stop_that_nobody_hears_everything_is_drawn_anew() {
    let home = Home::new();
    let mut terminal = reach(&home, Answered, &[]);
    terminal.signal(Signal::STOP);
    crate::terminal::is_stopped(terminal.pid);
    terminal.shell_takes_it();
    assert!(terminal.is_restored());
    terminal.proceed();
    terminal.until("our modes", |screen| screen.alternate_screen() && screen.bracketed_paste());
    terminal.shows(DONE);
    terminal.hides("ready>");
    terminal.wait("the line in our modes", |terminal| !terminal.is_line_restored());
    terminal.press("?");
    terminal.shows("write a question");
    terminal.press("?q");
    assert_eq!(terminal.end().exit_code(), 0);
    assert_left(&home, &mut terminal, true);
}

/// A shell with job control, at its prompt.
fn shell(home: &Home) -> Terminal {
    let mut command = program(home, "sh", &["-i"]);
    command.env("PS1", "ready> ");
    command.env("SYNOD", env!("CARGO_BIN_EXE_synod"));
    command.env("VISUAL", script(home, "bin/waiting", WAITING));
    let mut terminal = Terminal::spawn(SIZE, command);
    terminal.shows("ready> ");
    terminal.press("stty -a >before\r");
    terminal
}

/// Ends the shell, and asserts that it has found its terminal as it had left it each time.
fn end_shell(home: &Home, mut terminal: Terminal) {
    terminal.press("stty -a >after\rexit\r");
    assert_eq!(terminal.end().exit_code(), 0);
    let lines = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!(lines("before"), lines("after"));
    for name in ["stopped", "behind"] {
        let found = std::fs::read_to_string(home.path().join(name)).unwrap_or_else(|_| lines("before"));
        assert_eq!(found, lines("before"), "{name}");
    }
    terminal.assert_restored();
    terminal.assert_alone();
}

/// Waits until the shell is at its prompt: what is typed before that, a program that gives the terminal back throws away.
fn prompt(terminal: &mut Terminal) {
    terminal.until("the shell at its prompt", |screen| {
        let at_prompt =
            screen.contents().lines().rfind(|line| !line.trim().is_empty()).map(str::trim) == Some("ready>");
        !screen.alternate_screen() && !screen.hide_cursor() && at_prompt
    });
}

#[test]
fn a_shell_stops_it_and_brings_it_back() {
    let home = Home::new();
    let mut terminal = shell(&home);
    terminal.press("\"$SYNOD\" demo 2\r");
    terminal.shows(BEGINS);
    terminal.press(CTRL_Z);
    terminal.shows("Stopped");
    prompt(&mut terminal);
    terminal.press("stty -a >stopped; echo us$((40 + 2))\r");
    terminal.shows("us42");
    terminal.press("fg\r");
    terminal.until("the board", |screen| screen.alternate_screen() && screen.contents().contains(BEGINS));
    terminal.press("qq");
    terminal.shows("kept: synod resume");
    prompt(&mut terminal);
    end_shell(&home, terminal);
    assert!(all_ended(&home));
}

#[test]
fn in_the_background_it_goes_on_and_leaves_the_terminal_alone() {
    let home = Home::new();
    let mut terminal = shell(&home);
    terminal.press("\"$SYNOD\" demo 2\r");
    terminal.shows(BEGINS);
    terminal.press(CTRL_Z);
    terminal.shows("Stopped");
    prompt(&mut terminal);
    terminal.press("bg; stty -a >behind; echo us$((40 + 2))\r");
    terminal.shows("us42");
    let written = terminal.bytes.len();
    // The council goes on to its end, and not a byte of it is drawn.
    terminal.wait("the end of all answers", |_| all_ended(&home));
    let since = String::from_utf8_lossy(&terminal.bytes[written..]).into_owned();
    assert!(!since.contains('\u{1b}'), "{since:?}");
    terminal.press("fg\r");
    terminal.until("the board", |screen| screen.alternate_screen() && screen.contents().contains(DONE));
    terminal.press("q");
    terminal.shows("kept: synod resume");
    prompt(&mut terminal);
    end_shell(&home, terminal);
}

#[test]
fn an_editor_is_stopped_and_brought_back_by_a_shell_too() {
    let home = Home::new();
    let mut terminal = shell(&home);
    terminal.press("\"$SYNOD\" --demo\r");
    terminal.shows("Write a question below");
    terminal.press(CTRL_G);
    terminal.shows("editor is open");
    // The line is not ours: the key stops everything that runs in front.
    terminal.press(CTRL_Z);
    terminal.shows("Stopped");
    prompt(&mut terminal);
    terminal.press("stty -a >stopped; echo us$((40 + 2))\r");
    terminal.shows("us42");
    terminal.press("fg\r");
    terminal.press("\r");
    terminal.until("the board", |screen| {
        screen.alternate_screen() && screen.contents().contains("Write a question below")
    });
    leave(&mut terminal);
    prompt(&mut terminal);
    end_shell(&home, terminal);
}
