//! Every way out of the workbench, and every way out and back: the terminal is as it was, nothing is left running, and
//! the session can be read. Panics are brought about by `SYNOD_TEST_PANIC`, which only builds for tests know.
#![cfg(test)]

mod back;
#[cfg(debug_assertions)]
mod faults;

use crate::home::{Home, records};
use crate::terminal::{BEGINS, Line, QUESTION, Terminal, program, script, streaming_with, synod};
use rustix::process::Signal;
use synod::core::{Call, Session};

const SIZE: (u16, u16) = (120, 40);
/// What the status line says when every answer is there.
const DONE: &str = "4/4 in";
const CTRL_C: &str = "\u{3}";
const CTRL_G: &str = "\u{7}";
const CTRL_Z: &str = "\u{1a}";

/// What a person sees when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The welcome screen.
    Welcome,
    /// Answers that stream.
    Streaming,
    /// Help over answers that stream.
    Help,
    /// The question whether to quit.
    Quit,
    /// All answers.
    Answered,
    /// An editor that waits for a line; the answers stream on.
    Editor,
    /// The shell: it was stopped while answers streamed.
    Stopped,
}

use Place::{Answered, Editor, Help, Quit, Stopped, Streaming, Welcome};

/// An editor that shows that it is there, keeps a program of its own running, and ends when Enter is pressed.
const WAITING: &str = "sleep 1000 & echo editor is open; read line; kill $!";

fn reach(home: &Home, place: Place, env: &[(&str, &str)]) -> Terminal {
    let editor = script(home, "bin/waiting", WAITING);
    let env = [&[("VISUAL", editor.as_str())], env].concat();
    if place == Welcome {
        let mut terminal = Terminal::with(home, SIZE, &[], &env);
        terminal.shows("Offline demo");
        return terminal;
    }
    let mut terminal = streaming_with(home, SIZE, &env);
    match place {
        Welcome | Streaming => {}
        Help => {
            terminal.press("?");
            terminal.shows("write a question");
        }
        Quit => {
            terminal.press("q");
            terminal.shows("Quit?");
        }
        Answered => terminal.shows(DONE),
        Editor => {
            terminal.press(CTRL_G);
            terminal.shows("editor is open");
        }
        Stopped => {
            terminal.press(CTRL_Z);
            terminal.stopped();
        }
    }
    terminal
}

/// Quits from where an editor leads to: the composer.
fn leave(terminal: &mut Terminal) {
    terminal.shows("F1 help");
    terminal.press("\u{1b}");
    terminal.shows("? help");
    terminal.press("q");
}

/// Asserts that nothing is left of it but its session, where it had one.
fn assert_left(home: &Home, terminal: &mut Terminal, asked: bool) {
    terminal.assert_restored();
    terminal.assert_alone();
    if !asked {
        assert_eq!(home.sessions(), Vec::<String>::new());
        return;
    }
    let shown = home.run(&["show"]);
    assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
    assert!(shown.out.contains(QUESTION), "{}", shown.out);
    let lines = home.log();
    assert!(lines.ends_with('\n'), "no record is torn");
    let session = Session::replay(&records(&lines));
    assert_eq!(session.runs.len(), 1);
}

/// Whether each member's answer has an end in the log.
fn all_ended(home: &Home) -> bool {
    // While synod writes, the last line may not be whole yet for who reads.
    let log = home.log();
    let whole = log.rfind('\n').map_or(0, |end| end + 1);
    let session = Session::replay(&records(&log[..whole]));
    session.runs.first().is_some_and(|run| run.calls.len() == 4 && run.calls.values().all(Call::ended))
}

/// One way out: where from, what is done, and the exit code.
fn way_out(place: Place, what: &str, act: impl FnOnce(&mut Terminal), code: u32) {
    eprintln!("{place:?}, {what}");
    let home = Home::new();
    let mut terminal = reach(&home, place, &[]);
    act(&mut terminal);
    assert_eq!(terminal.end().exit_code(), code);
    assert_left(&home, &mut terminal, place != Welcome);
    assert!(place == Welcome || all_ended(&home), "each member has an end, and it is written down");
}

fn by_signals(place: Place) {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let act = |terminal: &mut Terminal| {
            terminal.signal(signal);
            if place == Stopped {
                // It hears what it was sent when it runs again, as when a shell kills a stopped job.
                terminal.proceed();
            }
        };
        way_out(place, &format!("{signal:?}"), act, code);
    }
}

#[test]
fn signals_end_the_welcome() {
    by_signals(Welcome);
}

#[test]
fn signals_end_what_streams() {
    by_signals(Streaming);
}

#[test]
fn signals_end_what_has_something_over_it() {
    by_signals(Help);
    by_signals(Quit);
}

#[test]
fn signals_end_what_is_stopped() {
    by_signals(Stopped);
}

#[test]
fn signals_end_what_is_at_rest() {
    by_signals(Answered);
}

#[test]
fn keys_end_it() {
    for (place, keys) in [
        (Welcome, "q"),
        (Welcome, CTRL_C),
        (Streaming, "qq"),
        (Streaming, "qy"),
        (Streaming, "q\r"),
        (Quit, "q"),
        (Help, "?qq"),
        (Answered, "q"),
    ] {
        way_out(place, &format!("{keys:?}"), |terminal| terminal.press(keys), 0);
    }
}

#[test]
fn an_open_editor_is_ended_with_it() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        way_out(Editor, &format!("{signal:?}"), |terminal| terminal.signal(signal), code);
    }
}

/// Ctrl-C and Ctrl-\ are typed to the editor, which shares the line's process group with whoever started it.
#[test]
fn what_interrupts_an_editor_does_not_end_synod() {
    let home = Home::new();
    let mut terminal = reach(&home, Editor, &[]);
    for signal in [Signal::INT, Signal::QUIT] {
        terminal.signal(signal);
    }
    terminal.press("\r");
    terminal.shows(DONE);
    leave(&mut terminal);
    assert_eq!(terminal.end().exit_code(), 0);
    assert_left(&home, &mut terminal, true);
}

#[test]
fn a_terminal_that_is_gone_ends_it_and_keeps_the_session() {
    for place in [Welcome, Streaming, Editor, Stopped] {
        for ignored in [false, true] {
            eprintln!("{place:?}, SIGHUP ignored: {ignored}");
            let home = Home::new();
            let editor = script(&home, "bin/waiting", WAITING);
            let args: &[&str] = if place == Welcome { &[] } else { &["demo", "2"] };
            let mut command = synod(&home, args);
            if ignored {
                // As nohup does.
                let words = command.get_argv().clone();
                command = program(&home, "sh", &["-c", "trap '' HUP; exec \"$@\"", "sh"]);
                command.args(words);
            }
            command.env("VISUAL", editor);
            let mut line = Line::spawn(SIZE, command);
            line.shows(if place == Welcome { "Offline demo" } else { BEGINS });
            if place == Editor {
                line.press(CTRL_G);
                line.shows("editor is open");
            }
            if place == Stopped {
                line.press(CTRL_Z);
                crate::terminal::is_stopped(line.pid);
            }
            let session = line.pid;
            assert_eq!(line.hang_up().exit_code(), 129);
            crate::terminal::assert_alone(session);
            if place != Welcome {
                assert!(all_ended(&home), "each member has an end");
                assert!(home.run(&["show"]).out.contains(BEGINS));
            }
        }
    }
}

/// A terminal that is open and takes no more bytes: whatever is drawn waits for ever.
#[test]
fn a_terminal_that_takes_nothing_more_does_not_keep_it() {
    let home = Home::new();
    let other = Home::new();
    let mut line = Line::spawn((220, 60), synod(&home, &["demo", "2"]));
    line.shows(BEGINS);
    // Each key draws the whole screen; when one is not read any more, an earlier one's screen can't be written. Another
    // program runs from start to end between two looks.
    let mut unread = 0;
    while unread < 20 {
        line.press("\u{c}");
        other.run(&["--version"]);
        unread = if line.unread() == 0 { 0 } else { unread + 1 };
    }
    rustix::process::kill_process(line.pid, Signal::TERM).unwrap();
    assert_eq!(line.end_unread().exit_code(), 143);
    assert_eq!(home.run(&["show"]).code, Some(0));
}

#[test]
fn without_a_terminal_it_does_not_open() {
    let home = Home::new();
    for redirected in ["<&-", "</dev/null", ">&-", "| cat"] {
        let words = format!("\"$0\" --demo {redirected}; echo ended");
        let command = program(&home, "sh", &["-c", &words, env!("CARGO_BIN_EXE_synod")]);
        let mut terminal = Terminal::spawn(SIZE, command);
        assert_eq!(terminal.end().exit_code(), 0, "the shell's");
        assert!(terminal.screen().contents().contains("the workbench needs a terminal"), "{redirected}");
        assert!(!terminal.bytes.contains(&0x1b), "not one control sequence ({redirected})");
        terminal.assert_alone();
    }
    assert_eq!(home.files(), Vec::new());
}
