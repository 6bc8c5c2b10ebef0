//! What other programs are given about the command line: completions for shells, and the manual page. Both are made from
//! the command line itself, so that they can't go stale.

use crate::cli::Cli;
use anyhow::Result;
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};
use std::io::{self, Write};

/// What exit codes mean.
const EXIT: [(&str, &str); 8] = [
    ("0", "All members answered; nothing is wrong."),
    ("1", "No answer; config check: a fault; doctor: something to look at."),
    (
        "2",
        "What was asked for can't be built: arguments, files, configuration; doctor: something stops synod.",
    ),
    ("3", "Some member did not answer, was cut or was stopped, but an answer is there."),
    ("4", "Stopped by a cap."),
    ("129", "The terminal hung up."),
    ("130", "Interrupted."),
    ("143", "Terminated."),
];

/// Where things are kept.
const FILES: [(&str, &str); 4] = [
    (
        "~/.config/synod/config.toml",
        "The configuration; $XDG_CONFIG_HOME moves it. synod config init writes one.",
    ),
    (
        "~/.config/synod/prompts/{critique,merge,ballot,repair,point,judge}.md",
        "Prompts of your own in the place of those built in. synod config prompts writes those.",
    ),
    ("~/.local/share/synod/sessions/*/events.jsonl", "Sessions, one folder each; $XDG_DATA_HOME moves them."),
    (
        "~/.local/share/synod/grades.jsonl",
        "What you graded in all sessions; synod grade lists and erases it.",
    ),
];

/// What is read from the environment besides the providers' keys.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("OPENAI_API_KEY, OPENROUTER_API_KEY, ...", "Keys of providers; synod doctor lists all of them."),
    ("OPENAI_BASE_URL, OLLAMA_HOST", "Where those two are reached."),
    ("SYNOD_CONFIG", "A configuration to read in the place of the usual one."),
    ("NO_COLOR", "Where it is set, nothing is coloured."),
    ("LC_ALL, LC_CTYPE, LANG", "Whether the terminal takes UTF-8; otherwise lines are drawn in ASCII."),
    ("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "How the network is reached; this machine never through a proxy."),
];

/// Prints completions for a shell. Gives the exit code.
///
/// # Errors
/// When standard output can't be written to.
pub fn completions(shell: Shell) -> Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "synod", &mut text);
    io::stdout().write_all(&text)?;
    Ok(0)
}

/// Prints the manual page as roff. Gives the exit code.
///
/// # Errors
/// When standard output can't be written to.
pub fn page() -> Result<u8> {
    let mut command = Cli::command();
    command.build();
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    let mut rest = Roff::new();
    rest.control("SH", ["COMMANDS"]);
    commands(&mut rest, &command, "synod");
    for (title, entries) in [("EXIT STATUS", &EXIT[..]), ("FILES", &FILES), ("ENVIRONMENT", &ENVIRONMENT)] {
        rest.control("SH", [title]);
        for (name, what) in entries {
            rest.control("TP", []);
            rest.text([bold(*name)]);
            rest.text([roman(*what)]);
        }
    }
    rest.to_writer(&mut text)?;
    io::stdout().write_all(&text)?;
    Ok(0)
}

/// Each subcommand with what it alone takes.
fn commands(page: &mut Roff, of: &Command, before: &str) {
    for command in of.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("{before} {}", command.get_name());
        let own: Vec<&Arg> =
            command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help").collect();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        if command.has_subcommands() {
            commands(page, command, &name);
            continue;
        }
        page.control("TP", []);
        page.text([
            bold(name),
            roman(" "),
            italic(own.iter().map(|arg| usage(arg)).collect::<Vec<_>>().join(" ")),
        ]);
        page.text([roman(about)]);
        for arg in own {
            let what = arg.get_help().map(ToString::to_string).unwrap_or_default();
            page.control("RS", []);
            page.control("TP", []);
            page.text([bold(usage(arg))]);
            page.text([roman(what)]);
            page.control("RE", []);
        }
    }
}

/// An argument as it is typed.
fn usage(arg: &Arg) -> String {
    let value =
        arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    let takes = arg.get_action().takes_values();
    match (arg.get_long(), takes) {
        (Some(long), true) => format!("--{long} {value}"),
        (Some(long), false) => format!("--{long}"),
        (None, _) => value,
    }
}
