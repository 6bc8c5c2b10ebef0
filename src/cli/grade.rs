//! What can be typed after `synod grade`. It says what was asked for and does nothing.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The arguments of `synod grade`.
#[derive(Debug, Args)]
pub struct Grade {
    /// What to do with what was graded; without it, an answer is graded.
    #[command(subcommand)]
    pub what: Option<Grades>,
    /// The session's id or the beginning of it, and after a colon the number of the question; the last one without it.
    #[arg(value_name = "SESSION[:QUESTION]")]
    pub session: Option<String>,
    /// Whose answer.
    #[arg(value_name = "MEMBER")]
    pub member: Option<String>,
    /// How: right, wrong, best (right, and the best of its question), or none to take the grade back.
    #[arg(value_name = "right|wrong|best|none")]
    pub grade: Option<String>,
    /// The answer of this round of a debate: 0 for the first answers; without it, the one that the member stands by.
    #[arg(long, value_name = "N")]
    pub round: Option<u16>,
    /// What the question is about: members are trusted by topic.
    #[arg(long, value_name = "TOPIC")]
    pub topic: Option<String>,
}

/// What to do with grades.
#[derive(Debug, Subcommand)]
pub enum Grades {
    /// How often each member was right, by topic, and which way of weighing votes did best.
    List {
        /// This member alone, by the name of its seat or by its model.
        #[arg(long, value_name = "MEMBER")]
        member: Option<String>,
        /// This topic alone.
        #[arg(long, value_name = "TOPIC")]
        topic: Option<String>,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Write every grade into a new file, or to standard output.
    Export {
        /// The file; its ending says the format.
        file: Option<PathBuf>,
        /// The format; csv where nothing says otherwise.
        #[arg(long, value_name = "FORMAT")]
        format: Option<Table>,
    },
    /// Erase grades, so that nothing is learned from them any more. It does not ask.
    Erase(Which),
}

/// The formats of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Table {
    /// Comma-separated values.
    Csv,
    /// A JSON array.
    Json,
}

/// Which grades.
#[derive(Clone, Debug, Default, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// Those of this member, by the name of its seat or by its model.
    #[arg(long, value_name = "MEMBER")]
    pub member: Option<String>,
    /// Those on this topic.
    #[arg(long, value_name = "TOPIC")]
    pub topic: Option<String>,
    /// Those given in this session.
    #[arg(long, value_name = "SESSION")]
    pub session: Option<String>,
    /// All of them.
    #[arg(long)]
    pub all: bool,
}
