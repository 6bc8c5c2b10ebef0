//! What goes with a question: files that are named, and what is piped in.

use crate::home::{Home, Ran};
use std::io::Write as _;
use std::process::Stdio;
use synod::app::{App, Effect, Msg, Opening, update};
use synod::core::{Command, File};
use synod::providers::scripted;

/// What the command said about files and standard input, without where the session was kept.
fn said(ran: &Ran) -> Vec<&str> {
    ran.err.lines().filter(|line| !line.starts_with("kept: ")).collect()
}

fn home() -> Home {
    let home = Home::new();
    home.write("notes.md", &"Notes.\n".repeat(306));
    home.write("src/main.rs", "fn main() {}\n");
    home
}

#[test]
fn files_are_named_with_their_size() {
    let home = home();
    let absolute = home.path().join("notes.md");
    for (args, lines) in [
        (&["ask", "--demo", "-f", "notes.md", "q"][..], &["with notes.md (2.1 KB)"][..]),
        (&["-f", "notes.md", "ask", "--demo", "q"], &["with notes.md (2.1 KB)"]),
        (
            &["-f", "notes.md", "ask", "--demo", "--file", "./src/main.rs", "--file=notes.md", "q"],
            &["with notes.md (2.1 KB)", "with src/main.rs (13 B)", "with notes.md (2) (2.1 KB)"],
        ),
        (&["ask", "--demo", "-f", absolute.to_str().unwrap(), "q"], &["with notes.md (2.1 KB)"]),
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, said(&ran)), (Some(0), lines.to_vec()), "{args:?}");
    }
    let ran = home.run(&["ask", "--demo", "--json", "-f", "notes.md", "q"]);
    assert_eq!((ran.json()["question"].as_str(), said(&ran).len()), (Some("q"), 1));
}

#[test]
fn the_workbench_sends_them_with_the_first_question_alone() {
    let files = vec![File { name: "notes.md".to_owned(), text: "Notes.".to_owned() }];
    let council = Some(scripted::council());
    let mut app = App::new(Opening { council, files: files.clone(), ..Opening::default() });
    let mut ask = |text: &str| match update(&mut app, Msg::Ask(text.to_owned())).remove(1) {
        Effect::Council(Command::Ask(question)) => question.files,
        other => panic!("{other:?}"),
    };
    assert_eq!((ask("first"), ask("second")), (files, vec![]));
}

#[test]
fn what_is_no_text_file_is_refused_in_one_line() {
    let home = home();
    home.write("large.txt", &"x".repeat((1 << 20) + 1));
    home.write("whole.txt", &"x".repeat(1 << 20));
    std::fs::write(home.path().join("image.png"), b"\x89PNG\r\n\x1a\n\0\0\0").unwrap();
    std::fs::write(home.path().join("latin.txt"), b"caf\xe9").unwrap();
    for (file, part) in [
        ("gone.md", "gone.md does not exist; -f takes text files"),
        ("src", "src can't be read"),
        ("large.txt", "larger than 1 MiB"),
        ("image.png", "image.png is not text"),
        ("go\u{1b}[2Jne", "does not exist"),
    ] {
        for args in [&["ask", "--demo", "-f", file, "q"][..], &["--demo", "-f", file, "q"]] {
            let ran = home.run(args);
            assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
            assert!(ran.line().contains(part), "{args:?}: {}", ran.err);
            crate::home::assert_calm(&ran.err);
        }
    }
    assert_eq!(home.sessions(), Vec::<String>::new());
    let ran = home.run(&["ask", "--demo", "-f", "latin.txt", "-f", "whole.txt", "q"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(said(&ran).len(), 3);
    assert!(said(&ran)[0].starts_with("synod: latin.txt is not wholly UTF-8"), "{}", ran.err);
    let ran = home.run(&["-f", "notes.md", "sessions"]);
    assert!(ran.code == Some(2) && ran.line().contains("-f goes with a question"), "{}", ran.err);
}

#[test]
fn what_is_piped_in_with_a_question_goes_along_as_a_file() {
    let home = home();
    let ran = home.pipe(&["ask", "--demo", "--json", "what is this?"], b"piped text\n");
    assert_eq!((ran.code, &ran.json()["question"]), (Some(0), &"what is this?".into()));
    assert_eq!(said(&ran), ["with stdin (11 B)"]);
    let ran = home.pipe(&["ask", "--demo", "-f", "notes.md", "q"], b"x");
    assert_eq!(said(&ran), ["with notes.md (2.1 KB)", "with stdin (1 B)"]);
    let ran = home.pipe(&["ask", "--demo", "q"], b"");
    assert_eq!((ran.code, said(&ran)), (Some(0), vec![]), "nothing was piped in");
    for dash in [&["ask", "--demo", "--json", "-f", "-", "q"][..], &["ask", "--demo", "--json", "q", "-"]] {
        let ran = home.pipe(dash, b"piped");
        assert_eq!(
            (&ran.json()["question"], said(&ran)),
            (&"q".into(), vec!["with stdin (5 B)"]),
            "{dash:?}"
        );
    }
    let ran = home.pipe(&["ask", "--demo", "q"], b"\0binary");
    assert!(ran.code == Some(2) && ran.line().contains("standard input is not text"), "{}", ran.err);
    let ran = home.pipe(&["ask", "--demo", "q"], &vec![b'x'; (1 << 20) + 1]);
    assert!(ran.code == Some(2) && ran.line().contains("larger than 1 MiB"), "{}", ran.err);
    let ran = home.pipe(&["ask", "--demo", "-f", "-"], b"x");
    assert!(ran.code == Some(2) && ran.line().contains("the question is empty"), "{}", ran.err);
}

#[test]
fn a_file_on_standard_input_goes_along_too() {
    let home = home();
    let notes = std::fs::File::open(home.path().join("notes.md")).unwrap();
    let output = home.synod(&["ask", "--demo", "q"]).stdin(notes).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("with stdin (2.1 KB)\n"));
}

/// The pipe stays open until the program has ended: it must not wait for it.
#[test]
fn a_pipe_that_says_nothing_is_left_alone() {
    let home = home();
    for (args, code, part) in [
        (
            &["ask", "--demo", "q"][..],
            0,
            "nothing came on standard input within 200 ms, so it is left out; a last - waits",
        ),
        (&["ask", "--demo"], 2, "no question: nothing came on standard input"),
    ] {
        let mut command = home.synod(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let held = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.lines().next().unwrap().contains(part), "{args:?}: {err}");
        drop(held);
    }
}

/// What is asked to wait reads to the end, however many pieces it comes in.
#[test]
fn a_dash_waits_for_the_end() {
    let home = home();
    let mut command = home.synod(&["ask", "--demo", "--json", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for piece in ["one ", "two ", "three"] {
        stdin.write_all(piece.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["question"], "one two three");
}
