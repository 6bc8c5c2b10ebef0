//! The arguments of commands about a session that was kept: to print it, to say how good it is, to make one more synthesis of
//! its answers, and to give the word that its plan waits for.

use super::{AskedFor, Form};
use crate::core::MergeMode;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The arguments of `synod synthesis`.
#[derive(Debug, Args)]
pub struct Synthesis {
    /// The session's id or the beginning of it; the newest one without it.
    pub id: Option<String>,
    /// How it is made: merge, majority, best-of-n or guided.
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub mode: Option<MergeMode>,
    /// Claims that must stand, by the numbers of synod show with a comma between.
    #[arg(long, value_name = "N,..", value_delimiter = ',')]
    pub keep: Vec<u32>,
    /// Claims that are left out, and told as left out by you.
    #[arg(long, value_name = "N,..", value_delimiter = ',')]
    pub leave: Vec<u32>,
    /// The side of a conflict that is right; repeat it for more.
    #[arg(long, value_name = "N=SIDE")]
    pub side: Vec<String>,
    /// By whom, of what, with which word.
    #[command(flatten)]
    pub asked: AskedFor,
    /// How to print it.
    #[command(flatten)]
    pub form: Form,
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

fn mode(text: &str) -> Result<MergeMode, String> {
    let names = MergeMode::ALL.map(MergeMode::name).join(", ");
    MergeMode::named(text).ok_or_else(|| format!("there are {names}"))
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

/// The arguments of `synod evaluate`.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// The session's id or the beginning of it, and after a colon the number of the question; the newest session, and all of its
    /// questions, without them.
    #[arg(value_name = "SESSION[:QUESTION]")]
    pub session: Option<String>,
    /// As one JSON object.
    #[arg(long)]
    pub json: bool,
}
