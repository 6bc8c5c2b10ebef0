//! The command line: what can be typed after `synod`. It says what was asked for and does nothing.

use crate::core::{ModelRef, Protocol};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// A terminal workbench for councils of language models.
#[derive(Debug, Parser)]
#[command(name = "synod", version, about, args_conflicts_with_subcommands = false)]
#[command(after_help = "Without a question synod opens the workbench. Try: synod --demo")]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
    /// A question to ask at once in the workbench.
    pub question: Option<String>,
    /// What to do instead of opening the workbench.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What holds for every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// A model to ask, as PROVIDER/MODEL; repeat it for a council.
    #[arg(short = 'm', long = "model", value_name = "PROVIDER/MODEL", global = true)]
    pub models: Vec<ModelRef>,
    /// A council from the configuration.
    #[arg(long, value_name = "NAME", global = true, conflicts_with = "models")]
    pub council: Option<String>,
    /// What the council does: ask, synthesis, vote or debate:N.
    #[arg(long, value_name = "PROTOCOL", global = true)]
    pub protocol: Option<Protocol>,
    /// Use the scripted offline council; no model is asked.
    #[arg(long, global = true, conflicts_with_all = ["models", "council"])]
    pub demo: bool,
    /// Draw every shuffle from this number, so that a session can be repeated.
    #[arg(long, value_name = "N", global = true)]
    pub seed: Option<u64>,
    /// Keep nothing on disk.
    #[arg(long, global = true)]
    pub no_save: bool,
    /// Read this configuration instead of ~/.config/synod/config.toml.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Keep sessions in this folder instead of ~/.local/share/synod.
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Draw with ASCII only.
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Draw with this theme: default, dark, light, high-contrast, colour-blind, mono, or one of your own.
    #[arg(long, value_name = "NAME", global = true)]
    pub theme: Option<String>,
}

/// What to do instead of opening the workbench.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask a question and print what the council says.
    Ask(Ask),
    /// List the sessions that were kept, newest first.
    Sessions {
        /// As one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Print a session that was kept.
    Show(Show),
    /// Open a session that was kept in the workbench.
    Resume {
        /// The session's id or the beginning of it; the newest one without it.
        id: Option<String>,
    },
    /// List the questions that the offline demo knows, or open one of them.
    Demo {
        /// Which one, from 1.
        number: Option<usize>,
    },
}

/// How an outcome is printed.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Form {
    /// As text, without colours or cursor movement.
    #[arg(long, group = "form")]
    pub plain: bool,
    /// As one JSON object.
    #[arg(long, group = "form")]
    pub json: bool,
    /// As records, one JSON object a line, as they happen.
    #[arg(long, group = "form")]
    pub jsonl: bool,
}

/// The arguments of `synod ask`.
#[derive(Debug, Args)]
pub struct Ask {
    /// The question; `-` or nothing reads it from standard input.
    #[arg(value_name = "QUESTION")]
    pub question: Vec<String>,
    /// How to print the outcome.
    #[command(flatten)]
    pub form: Form,
}

/// The arguments of `synod show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The session's id or the beginning of it; the newest one without it.
    pub id: Option<String>,
    /// How to print it.
    #[command(flatten)]
    pub form: Form,
}

/// A fault of the command line as one line: what is wrong, and what would be right.
pub fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let parts = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("Usage:"));
    let parts = parts.filter(|line| !line.starts_with("For more information"));
    let line = parts.collect::<Vec<_>>().join("; ");
    format!("{}; see synod --help", line.trim_start_matches("error: ").replace(":;", ":"))
}

/// The names of the subcommands, for telling a mistyped one from a question.
pub const COMMANDS: [&str; 6] = ["ask", "sessions", "show", "resume", "demo", "help"];

/// The subcommand that a single word was probably meant to be.
pub fn mistyped(question: &str) -> Option<&'static str> {
    let word = question.trim().to_lowercase();
    if word.is_empty() || word.contains(char::is_whitespace) || word.ends_with('?') {
        return None;
    }
    let near = |name: &&&str| strsim::damerau_levenshtein(name, &word) <= 2;
    COMMANDS.iter().filter(near).min_by_key(|name| strsim::damerau_levenshtein(name, &word)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_mistyped_command_is_not_a_question() {
        assert_eq!(mistyped("sesions"), Some("sessions"));
        assert_eq!(mistyped("resum"), Some("resume"));
        assert_eq!(mistyped("why?"), None);
        assert_eq!(mistyped("why is the sky blue"), None);
        assert_eq!(mistyped("photosynthesis"), None);
    }
}
