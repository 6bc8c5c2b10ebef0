//! Completions and the manual page: made from the command line, so that nothing in them is missing or too much.

use crate::home::{Home, assert_calm};
use std::io::Write as _;
use std::process::{Command, Stdio};
use synod::cli::commands;

#[test]
fn every_shell_gets_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = home.run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        for word in commands().iter().map(String::as_str).chain(["--protocol", "--no-save", "init", "check"])
        {
            // fish writes options without their dashes.
            assert!(ran.out.contains(word.trim_start_matches('-')), "{shell}: {word}");
        }
    }
    let ran = home.run(&["completions", "csh"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.line().contains("bash, elvish, fish, powershell, zsh"), "{}", ran.err);
}

#[test]
fn a_shell_reads_its_completions() {
    let home = Home::new();
    let script = home.run(&["completions", "bash"]).out;
    let Ok(mut bash) = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()
    else {
        return crate::left_out("no bash is installed here");
    };
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_manual_names_commands_options_exit_codes_files_and_variables() {
    let home = Home::new();
    let ran = home.run(&["man"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_calm(&ran.out);
    let text = ran.out.replace("\\-", "-");
    for part in
        ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "FILES", "ENVIRONMENT"]
    {
        let heading =
            |line: &str| line.strip_prefix(".SH ").is_some_and(|name| name.trim_matches('"') == part);
        assert_eq!(text.lines().filter(|line| heading(line)).count(), 1, "{part}");
    }
    for command in commands().iter().filter(|command| *command != "help" && *command != "config") {
        assert!(text.contains(&format!("synod {command}")), "{command}");
    }
    for part in
        ["synod config check", "--file FILE", "~/.config/synod/config.toml", "NO_COLOR", "OLLAMA_HOST", "143"]
    {
        assert!(text.contains(part), "{part}");
    }
    assert_eq!(home.files(), Vec::new(), "it only prints");
}

#[test]
fn a_formatter_finds_nothing_wrong_with_the_manual() {
    let home = Home::new();
    let page = home.run(&["man"]).out;
    let mut groff = Command::new("groff");
    groff.args(["-man", "-Tutf8", "-ww", "-z"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut groff) = groff.spawn() else { return crate::left_out("no groff is installed here") };
    groff.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = groff.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_mistyped_command_is_told_the_nearest_at_every_level() {
    let home = Home::new();
    for (args, part) in [
        (&["doctr"][..], "did you mean: synod doctor?"),
        (&["confg"], "did you mean: synod config?"),
        (&["completion"], "did you mean: synod completions?"),
        (&["config", "chek"], "'check'"),
        (&["config"], "init"),
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
    }
}
