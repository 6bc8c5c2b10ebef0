//! What can be typed after `synod plans` and `synod hand-over`. It says what was asked for and does nothing.

use super::Form;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with written plans.
#[derive(Debug, Subcommand)]
pub enum Plans {
    /// List the plans there are: those built in, and yours in ~/.config/synod/plans.
    List {
        /// As one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Print a plan; and with a council who would speak in it, how many calls it takes and what they may cost.
    Show {
        /// Its name, or a file.
        #[arg(value_name = "NAME|FILE")]
        plan: String,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Say what is wrong with plans, one line each; exit code 1 when something is. Members are checked where a council is chosen.
    Check {
        /// Their names or files; all of them without any.
        #[arg(value_name = "NAME|FILE")]
        plans: Vec<String>,
        /// As one JSON array of {file, line, key, message}.
        #[arg(long)]
        json: bool,
    },
}

/// The arguments of `synod hand-over`.
#[derive(Debug, Args)]
pub struct HandOver {
    /// The session's id or the beginning of it; the newest one without it.
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
    /// What you decide.
    #[command(subcommand)]
    pub word: HandWord,
}

/// What is decided where a plan waits.
#[derive(Debug, Subcommand)]
pub enum HandWord {
    /// Go on with what is there.
    Approve {
        /// Where, and how to print what comes of it.
        #[command(flatten)]
        at: HandAt,
    },
    /// Go on with a text of your own.
    Edit {
        /// The file that it is in; - is standard input.
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
        /// Where, and how to print what comes of it.
        #[command(flatten)]
        at: HandAt,
    },
    /// Go on with the text of this member alone.
    Choose {
        /// Whose.
        #[arg(value_name = "MEMBER")]
        member: String,
        /// Where, and how to print what comes of it.
        #[command(flatten)]
        at: HandAt,
    },
    /// Send the work back with a note, as often as the plan allows.
    Back {
        /// What is to be done otherwise.
        #[arg(value_name = "NOTE", required = true)]
        note: Vec<String>,
        /// Where, and how to print what comes of it.
        #[command(flatten)]
        at: HandAt,
    },
}

impl HandWord {
    /// Where, and how to print what comes of it.
    pub fn at(&self) -> &HandAt {
        match self {
            Self::Approve { at }
            | Self::Edit { at, .. }
            | Self::Choose { at, .. }
            | Self::Back { at, .. } => at,
        }
    }
}

/// Where a plan waits, and how it is printed what comes of it.
#[derive(Clone, Debug, Args)]
pub struct HandAt {
    /// The stage at which it waits, by its name; needed where it waits at several.
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    /// Pass every gate that comes after it, too.
    #[arg(long)]
    pub approve: bool,
    /// How to print the outcome.
    #[command(flatten)]
    pub form: Form,
}
