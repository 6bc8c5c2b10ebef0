//! The arguments of `synod experiment`.

use crate::core::Dollars;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What to do with experiments.
#[derive(Debug, Subcommand)]
pub enum Experiment {
    /// Carry out an experiment; what is done already is not done again. Shows calls, price and time first.
    Run(Run),
    /// Print what an experiment came to, as far as it is done.
    Report(Report),
    /// Print one trial of an experiment with all that was said in it, by its line in the log.
    Show {
        /// The log, its folder, or the experiment's file.
        #[arg(value_name = "LOG")]
        log: PathBuf,
        /// The line of the trial in the log.
        #[arg(value_name = "LINE")]
        line: usize,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Join the logs of shares to one, when they are parts of one experiment and none is missing.
    Merge {
        /// The log to write.
        #[arg(value_name = "LOG")]
        into: PathBuf,
        /// The logs of the shares, or folders of them.
        #[arg(value_name = "PART", required = true)]
        parts: Vec<PathBuf>,
    },
    /// Let weights, routes and ratings learn from an experiment's graded answers, or forget them.
    Learn {
        /// The log, its folder, or the experiment's file.
        #[arg(value_name = "LOG")]
        log: PathBuf,
        /// Take back what was learned from it.
        #[arg(long)]
        forget: bool,
    },
    /// Look for the council and plan that do best within a price, by successive halving; the winner is checked on questions held
    /// back, and written as a council.
    Search(Search),
}

/// The arguments of `synod experiment run`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Run {
    /// The experiment's file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Keep the log in this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Do one share of several: of all questions every n-th, beginning with the i-th. Each share may spend the whole budget.
    #[arg(long, value_name = "I/N", value_parser = share)]
    pub shard: Option<(u32, u32)>,
    /// Say what it comes to, and ask nobody.
    #[arg(long)]
    pub dry_run: bool,
    /// Begin a new log with the trials of another one that still hold, where the experiment has changed since.
    #[arg(long, value_name = "LOG")]
    pub fork: Option<PathBuf>,
    /// Begin without a question, also where it costs something and no budget is set.
    #[arg(long, short)]
    pub yes: bool,
    /// Send the questions to all members, even where some look private.
    #[arg(long, conflicts_with = "local_only")]
    pub not_private: bool,
    /// Lines in the place of the screen. Orders may be typed: pause, resume, cut ARM, budget USD, stop.
    #[arg(long)]
    pub plain: bool,
    /// Print no report at the end.
    #[arg(long)]
    pub quiet: bool,
}

/// The arguments of `synod experiment report`.
#[derive(Debug, Args)]
pub struct Report {
    /// The log, its folder, or the experiment's file.
    #[arg(value_name = "LOG")]
    pub log: PathBuf,
    /// How it is written; by the ending of --out where that says it.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
    /// Write it into this file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write over a file that is there already; never over the log of an experiment.
    #[arg(long, requires = "out")]
    pub force: bool,
    /// List the trials behind a number instead, by the word that stands with it in JSON, CSV and HTML: arm:NAME/wrong, or
    /// pair:A/B/better.
    #[arg(long, value_name = "WORD", conflicts_with_all = ["format", "out"])]
    pub trials: Option<String>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For a terminal.
    #[default]
    Terminal,
    /// Markdown.
    Markdown,
    /// One JSON object.
    Json,
    /// One table of all numbers, comma-separated.
    Csv,
    /// One page that needs nothing else.
    Html,
}

/// The arguments of `synod experiment search`.
#[derive(Debug, Args)]
pub struct Search {
    /// The experiment's file: its arms and members are what is searched.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What a question may cost, in US dollars.
    #[arg(long, value_name = "USD")]
    pub price: Option<Dollars>,
    /// Keep the log in this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where the council that was found is written, as a table for the configuration.
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Send the questions to all members, even where some look private.
    #[arg(long, conflicts_with = "local_only")]
    pub not_private: bool,
    /// Say what it comes to, and ask nobody.
    #[arg(long)]
    pub dry_run: bool,
    /// Begin without a question, also where it costs something and no budget is set.
    #[arg(long, short)]
    pub yes: bool,
}

/// A share: which one of how many.
fn share(text: &str) -> Result<(u32, u32), String> {
    let parts = text
        .split_once('/')
        .and_then(|(which, of)| Some((which.trim().parse().ok()?, of.trim().parse().ok()?)));
    match parts {
        Some((which, of)) if (1..=of).contains(&which) && of <= 100_000 => Ok((which, of)),
        _ => Err("say which share of how many, such as 1/8".to_owned()),
    }
}
