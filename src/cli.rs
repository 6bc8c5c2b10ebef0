//! The command line: what can be typed after `synod`. It says what was asked for and does nothing.

pub mod experiment;
mod kept;

pub use kept::{Evaluate, HandAt, HandOver, HandWord, Show, Synthesis};

use crate::config::Cache;
use crate::config::key::looks_like_one;
use crate::core::{Dollars, Mode, ModelRef, Pass, Protocol, Stops, Weigh};
use crate::providers::Redactor;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// A terminal workbench for councils of language models.
#[derive(Debug, Parser)]
#[command(name = "synod", version, about, args_conflicts_with_subcommands = false)]
#[command(after_help = "Without a question synod opens the workbench. Try: synod --demo")]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
    /// A text file that goes with the question; repeat it for more.
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A question to ask at once in the workbench.
    pub question: Option<String>,
    /// What to do instead of opening the workbench.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What holds for every command.
#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
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
    /// A written plan in the protocol's place: its name, or a file. See synod plans list.
    #[arg(long, value_name = "NAME|FILE", global = true, conflicts_with = "protocol")]
    pub plan: Option<String>,
    /// Who takes a role of the plan; repeat it for more roles.
    #[arg(long, value_name = "ROLE=MEMBER,..", global = true)]
    pub role: Vec<String>,
    /// How debates are held: revise, anonymous-self, du, reconcile, chateval, free-mad or reflect.
    #[arg(long, value_name = "MODE", global = true)]
    pub debate_mode: Option<Mode>,
    /// End debates before their last round by a rule: unanimity, unmoved, oscillation, agreement=0.9, money=0.50; several with
    /// commas between.
    #[arg(long, value_name = "RULE,..", global = true)]
    pub until: Option<Stops>,
    /// Use the scripted offline council; no model is asked.
    #[arg(long, global = true, conflicts_with_all = ["models", "council"])]
    pub demo: bool,
    /// Draw every shuffle from this number, so that a session can be repeated.
    #[arg(long, value_name = "N", global = true)]
    pub seed: Option<u64>,
    /// Spend no more than this in the session, in US dollars.
    #[arg(long, value_name = "USD", global = true)]
    pub max_cost: Option<Dollars>,
    /// Ask local members alone: those on this machine, and those of providers with local = true.
    #[arg(long, global = true)]
    pub local_only: bool,
    /// Answer a request that was made before from what is kept: exact, similar, or off.
    #[arg(long, value_name = "HOW", global = true)]
    pub cache: Option<Cache>,
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
    /// Compare texts from anywhere: what they agree on, where they conflict, and what only one says. No model is asked.
    Compare {
        /// Two text files or more; - is standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
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
    /// Make one more synthesis of the answers of a kept session, in a way of your choice. The answers are not asked for again.
    Synthesis(Synthesis),
    /// Give your word where the plan of a kept session waits for it, and print what comes of that.
    HandOver(HandOver),
    /// Say how good the answers of a kept session are: agreement, consistency of the final answer with its sources, accuracy where
    /// graded, cost, latency. No model is asked.
    Evaluate(Evaluate),
    /// List the questions that the offline demo knows, or open one of them.
    Demo {
        /// Which one, from 1.
        number: Option<usize>,
    },
    /// Ask a whole data set in several ways, and say with intervals which way is worth its price: does the debate help?
    Experiment {
        /// What to do.
        #[command(subcommand)]
        what: experiment::Experiment,
    },
    /// Mark an answer as right, wrong or best; list, export or erase what was marked so. Weights are learned from it.
    #[command(args_conflicts_with_subcommands = true)]
    Grade(Grade),
    /// Write, find or check the configuration.
    Config {
        /// What to do with it.
        #[command(subcommand)]
        what: Settings,
    },
    /// List, show or check written plans: pipelines, pyramids, mixtures, routing, your own. No model is asked.
    Plans {
        /// What to do with them.
        #[command(subcommand)]
        what: Plans,
    },
    /// List the models that each provider offers, with context, price and key. No model is asked.
    Models(Models),
    /// Look at everything synod depends on here. Safe to paste: no key, no name, nothing outside this machine is asked without --online.
    Doctor {
        /// Ask every provider whose key is set for its list of models, and say how long that took.
        #[arg(long)]
        online: bool,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print every keyboard key of the workbench; or set, test or list the API keys of providers.
    #[command(args_conflicts_with_subcommands = true)]
    Keys {
        /// As a Markdown table, as in the README.
        #[arg(long)]
        markdown: bool,
        /// What to do with API keys; without it, the keys of the keyboard are printed.
        #[command(subcommand)]
        what: Option<ApiKeys>,
    },
    /// Print what makes a shell complete synod's commands and options.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, for man: synod man > synod.1
    Man,
}

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
    /// How often each member was right, by topic, how they rate against each other, and which way of weighing votes did best.
    List {
        /// This member alone, by the name of its seat or by its model.
        #[arg(long, value_name = "MEMBER")]
        member: Option<String>,
        /// This topic alone.
        #[arg(long, value_name = "TOPIC")]
        topic: Option<String>,
        /// Rate by the ballots of all sessions that were kept, too.
        #[arg(long, conflicts_with = "topic")]
        votes: bool,
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

/// The arguments of `synod models`.
#[derive(Debug, Args)]
pub struct Models {
    /// A provider, or words that a model's name holds.
    #[arg(value_name = "PROVIDER|FILTER")]
    pub filter: Option<String>,
    /// As one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Ask no provider: the catalogue and the configuration alone.
    #[arg(long)]
    pub offline: bool,
}

/// What to do with the API keys of providers. A key itself is never printed; its id tells it from others.
#[derive(Clone, Debug, Subcommand)]
pub enum ApiKeys {
    /// Keep a provider's API key in a file that only you can read. It is asked for without showing it, or read from a
    /// pipe; never an argument, which every program could read.
    Set {
        /// The provider, for example openai.
        provider: String,
        /// Keep it in the system's keyring instead.
        #[arg(long)]
        keyring: bool,
        /// What does not belong here: very likely the key.
        #[arg(hide = true)]
        surplus: Vec<String>,
    },
    /// Ask a provider, or all that have an API key, whether it is accepted; exit code 1 when one is not. Costs nothing.
    Test {
        /// The provider; all that have a key without it.
        provider: Option<String>,
        /// As one JSON array of {provider, source, from, id, result, message}.
        #[arg(long)]
        json: bool,
    },
    /// List where each provider's API key is from, and its id. Asks nobody, and runs no key command.
    List {
        /// As one JSON array of {provider, source, from, id}.
        #[arg(long)]
        json: bool,
    },
}

/// What to do with the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Settings {
    /// Write a commented sample where the configuration is looked for; never over one that is there.
    Init,
    /// Print where the configuration is looked for, and say whether it is there.
    Path,
    /// Print one line for each fault in it; exit code 1 when there is one.
    Check {
        /// As one JSON array of {file, line, key, message}.
        #[arg(long)]
        json: bool,
    },
    /// Write the built-in prompts where your own are looked for, to be edited; never over one that is there.
    Prompts,
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
    /// The question. Without one it is read from standard input; with one, what is piped in goes along as a file.
    /// A last `-` waits for standard input, however long it takes.
    #[arg(value_name = "QUESTION")]
    pub question: Vec<String>,
    /// A text file that goes with the question; repeat it for more.
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Send the question to all members, even where it looks private.
    #[arg(long, conflicts_with = "local_only")]
    pub not_private: bool,
    /// Look deeper into the claims when the answers are in: embeddings, judge, or both with a comma between.
    #[arg(long, value_name = "PASS", value_delimiter = ',')]
    pub deepen: Vec<Pass>,
    /// Who judges in the vote, by names of the council with a comma between: all who answered without it.
    #[arg(long, value_name = "MEMBER", value_delimiter = ',')]
    pub judges: Vec<String>,
    /// What the question is about: routes of a plan go by it.
    #[arg(long, value_name = "TOPIC", requires = "plan")]
    pub topic: Option<String>,
    /// What judges weigh: council, confidence (as they state it), learned (from grades), or MEMBER=1.5 with commas between.
    #[arg(long, value_name = "FROM")]
    pub weights: Option<Weigh>,
    /// How its synthesis is made.
    #[command(flatten)]
    pub asked: AskedFor,
    /// Pass every gate of the plan as it comes; without it the plan stops where it waits for your word.
    #[arg(long)]
    pub approve: bool,
    /// How to print the outcome.
    #[command(flatten)]
    pub form: Form,
}

/// What can be asked of one synthesis beside its mode.
#[derive(Clone, Debug, Default, Args)]
pub struct AskedFor {
    /// Who writes the synthesis, by a name of the council: its chair without it.
    #[arg(long, value_name = "MEMBER")]
    pub chair: Option<String>,
    /// Make the synthesis of these members' answers alone, two or more with a comma between.
    #[arg(long, value_name = "MEMBER,..", value_delimiter = ',')]
    pub of: Vec<String>,
    /// Your own word to who writes it: length, tone, what to dwell on. It has to cite its claims whatever you say.
    #[arg(long, value_name = "TEXT")]
    pub instruction: Option<String>,
}

impl AskedFor {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.chair.is_none() && self.of.is_empty() && self.instruction.is_none()
    }
}

/// A fault of the command line as one line: what is wrong, and what would be right.
pub fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let parts = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("Usage:"));
    let parts = parts.filter(|line| !line.starts_with("For more information"));
    let line = parts.collect::<Vec<_>>().join("; ");
    // Whoever types a key in the wrong place is not to find it in a log.
    let secret = |word: &str| looks_like_one(word.trim_matches(['\'', '"', ';', '=', ':', '[', ']']));
    let words = line.split(' ').map(|word| if secret(word) { "'[key]'" } else { word });
    let line = Redactor::default().clean(&words.collect::<Vec<_>>().join(" "));
    format!("{}; see synod --help", line.trim_start_matches("error: ").replace(":;", ":"))
}

/// The names of the subcommands, for telling a mistyped one from a question.
pub fn commands() -> Vec<String> {
    let mut names: Vec<String> =
        Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.push("help".to_owned());
    names
}

/// The subcommand that a single word was probably meant to be.
pub fn mistyped(question: &str) -> Option<String> {
    let word = question.trim().to_lowercase();
    if word.is_empty() || word.contains(char::is_whitespace) || word.ends_with('?') {
        return None;
    }
    // A short name has many words near it that are questions.
    let most = |name: &str| if name.len() < 5 { 1 } else { 2 };
    let far = |name: &str| strsim::damerau_levenshtein(name, &word);
    commands().into_iter().filter(|name| far(name) <= most(name)).min_by_key(|name| far(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_mistyped_command_is_not_a_question() {
        for (word, command) in [
            ("sesions", "sessions"),
            ("resum", "resume"),
            ("doctr", "doctor"),
            ("shwo", "show"),
            ("hlep", "help"),
        ] {
            assert_eq!(mistyped(word).as_deref(), Some(command));
        }
        assert_eq!(mistyped("mind"), None);
        assert_eq!(mistyped("why?"), None);
        assert_eq!(mistyped("why is the sky blue"), None);
        assert_eq!(mistyped("photosynthesis"), None);
    }
}
