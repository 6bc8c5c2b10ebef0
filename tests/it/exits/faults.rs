//! Faults of synod's own, brought about by `SYNOD_TEST_PANIC`: what ends is the part that failed, or all of it with the
//! terminal given back before a word is said.
#![cfg(test)]

use super::{CTRL_G, DONE, SIZE, WAITING, all_ended, assert_left, leave};
use crate::home::Home;
use crate::terminal::{BEGINS, Terminal, script};

fn failing(home: &Home, place: &str) -> Terminal {
    let env = [("SYNOD_TEST_PANIC", place)];
    Terminal::with(home, SIZE, &["demo", "2"], &env)
}

fn assert_reported(terminal: &Terminal, place: &str) {
    let text = terminal.screen().contents();
    let flat: String = text.lines().collect();
    assert!(flat.contains(&format!("SYNOD_TEST_PANIC={place}\\x1b[31m; please report it")), "{text}");
    assert_eq!(flat.matches("SYNOD_TEST_PANIC").count(), 1, "once: {text}");
}

#[test]
fn in_the_loop_it_ends_with_a_report_after_the_terminal_is_back() {
    for place in ["draw", "update"] {
        eprintln!("{place}");
        let home = Home::new();
        let mut terminal = failing(&home, place);
        if place == "update" {
            terminal.shows(BEGINS);
            terminal.press("j");
        }
        assert_eq!(terminal.end().exit_code(), 101);
        assert_reported(&terminal, place);
        assert_left(&home, &mut terminal, true);
        assert!(all_ended(&home), "the engine was closed in order");
    }
}

#[test]
fn in_a_watcher_it_ends_rather_than_being_deaf() {
    for place in ["signals", "watch"] {
        eprintln!("{place}");
        let home = Home::new();
        let mut terminal = Terminal::with(&home, SIZE, &["--demo"], &[("SYNOD_TEST_PANIC", place)]);
        assert_eq!(terminal.end().exit_code(), 101);
        assert_reported(&terminal, place);
        assert_left(&home, &mut terminal, false);
    }
}

#[test]
fn in_the_comparison_marks_stop_and_all_else_goes_on() {
    let home = Home::new();
    let mut terminal = failing(&home, "compare");
    terminal.shows("comparing failed, by a fault of synod's");
    terminal.shows(DONE);
    assert!(terminal.screen().alternate_screen(), "the report waits");
    assert!(!terminal.screen().contents().contains("SYNOD_TEST_PANIC"));
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    assert_reported(&terminal, "compare");
    assert_left(&home, &mut terminal, true);
    assert!(all_ended(&home));
}

#[test]
fn in_a_call_one_member_fails_and_the_screen_stays_whole() {
    let home = Home::new();
    let mut terminal = failing(&home, "call");
    terminal.shows("synod failed in this");
    terminal.shows(DONE);
    assert!(terminal.screen().alternate_screen());
    assert!(!terminal.screen().contents().contains("SYNOD_TEST_PANIC"));
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    assert_reported(&terminal, "call");
    assert_left(&home, &mut terminal, true);
}

#[test]
fn in_the_driver_the_person_is_told_and_can_quit() {
    let home = Home::new();
    let mut terminal = failing(&home, "driver");
    terminal.shows("engine has stopped");
    assert!(terminal.screen().alternate_screen());
    terminal.press("qq");
    assert_eq!(terminal.end().exit_code(), 1);
    assert_reported(&terminal, "driver");
    assert!(terminal.screen().contents().contains("synod: the engine failed"));
    assert_left(&home, &mut terminal, true);
}

#[test]
fn in_an_errand_a_line_says_so() {
    let home = Home::new();
    let mut terminal = failing(&home, "blocking");
    terminal.shows(DONE);
    terminal.press("y");
    terminal.shows("not written: a fault of synod's");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    assert_reported(&terminal, "blocking");
    assert_left(&home, &mut terminal, true);
}

/// Whatever fails while an editor has the terminal, the editor is ended first, and the report comes last.
#[test]
fn a_report_is_not_written_over_an_editor() {
    let home = Home::new();
    let editor = script(&home, "bin/waiting", WAITING);
    let env = [("SYNOD_TEST_PANIC", "call"), ("VISUAL", editor.as_str())];
    let mut terminal = Terminal::with(&home, SIZE, &["demo", "2"], &env);
    terminal.shows("DEMO");
    terminal.press(CTRL_G);
    terminal.shows("editor is open");
    terminal.wait("the end of all answers", |_| all_ended(&home));
    assert!(!terminal.screen().contents().contains("SYNOD_TEST_PANIC"));
    terminal.press("\r");
    terminal.shows(DONE);
    leave(&mut terminal);
    assert_eq!(terminal.end().exit_code(), 0);
    assert_reported(&terminal, "call");
    assert_left(&home, &mut terminal, true);
}
