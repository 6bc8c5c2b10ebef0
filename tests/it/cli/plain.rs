//! Text for people: help, plain answers and lists, calm enough for any terminal, and quiet when nobody reads on.

use super::{AGREE, NUMBERS, PROTOCOLS, SPLIT, ask};
use crate::home::{Home, assert_calm};
use std::process::Stdio;
use synod::cli::commands;
use synod::providers::scripted;

#[test]
fn help_names_every_command_and_every_command_has_help() {
    let home = Home::new();
    let help = home.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    for command in commands() {
        assert!(
            help.out.lines().any(|line| line.trim_start().starts_with(&command)),
            "{command}: {}",
            help.out
        );
        if command != "help" {
            assert_eq!(home.run(&[&command, "--help"]).code, Some(0), "{command}");
        }
    }
    for option in
        ["--model", "--council", "--protocol", "--demo", "--seed", "--no-save", "--config", "--data-dir"]
    {
        assert!(help.out.contains(option), "{option}");
    }
    assert_calm(&help.out);
    assert_eq!(home.run(&["--version"]).out, format!("synod {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(home.files(), Vec::new(), "help leaves nothing behind");
}

#[test]
fn plain_text_is_the_default_in_a_pipe_and_never_steers_a_terminal() {
    let home = Home::new();
    for question in [AGREE, NUMBERS, SPLIT, "Is there a script for this?"] {
        for protocol in PROTOCOLS {
            let plain = ask(&home, protocol, "--plain", question);
            assert_calm(&plain.out);
            assert_calm(&plain.err);
            assert!(plain.out.starts_with("[DEMO, scripted: no model was asked]\n"), "{}", plain.out);
            for name in ["fenna", "jonas", "marit", "oskar"] {
                assert!(plain.out.contains(&format!("\n== {name}, answer: ")), "{}", plain.out);
            }
            assert!(plain.out.contains("\n== agreement: "), "{}", plain.out);
        }
    }
    let conflict = ask(&home, "ask", "--plain", NUMBERS).out;
    assert!(conflict.contains("    fenna, jonas: 22 hours\n    marit, oskar: 30 hours\n"), "{conflict}");
    let untold = home.run(&["ask", "--demo", "--seed", "7", NUMBERS]).out;
    let timeless = |text: &str| {
        let lines: Vec<&str> = text.lines().map(|line| line.split(" in 0.").next().unwrap()).collect();
        lines.join("\n")
    };
    assert_eq!(timeless(&untold), timeless(&conflict));
    for args in [&["sessions"][..], &["demo"], &["show"], &["sessions", "--json"], &["show", "--json"]] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{args:?}");
        assert_calm(&ran.out);
    }
    let listed = home.run(&["demo"]).out;
    assert_eq!(listed.lines().collect::<Vec<_>>(), scripted::questions());
    assert_eq!(listed.lines().next(), Some(AGREE), "what a newcomer is offered first");
}

#[test]
fn a_reader_that_is_gone_ends_it_quietly() {
    let home = Home::new();
    ask(&home, "ask", "--plain", NUMBERS);
    for args in [
        &["ask", "--demo", "--plain", NUMBERS][..],
        &["ask", "--demo", "--json", NUMBERS],
        &["ask", "--demo", "--jsonl", NUMBERS],
        &["show"],
        &["show", "--json"],
        &["show", "--jsonl"],
        &["sessions"],
        &["demo"],
        &["--help"],
        &["config", "path"],
        &["config", "prompts"],
        &["config", "check", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["completions", "bash"],
        &["man"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = home.synod(args).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.code().is_some_and(|code| code != 101), "{args:?}: {:?}", output.status);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    }
}
