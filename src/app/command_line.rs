//! The command line `:`: what is typed, what it could become, and what it means. It runs nothing itself.

use super::list::{List, matching};
use super::plan::reading;
use super::readline::Line;
use super::table::{Entry, commands};
use super::{Action, App};
use crate::core::price::Price;
use crate::core::{Grade, MergeMode, Mode, Pass, Rule, clean};

/// The command line while it is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommandLine {
    /// What is typed.
    pub line: Line,
    /// The suggestion chosen; `None` while what is typed stands for itself.
    pub at: Option<usize>,
    /// Why the last try did not run.
    pub fault: Option<String>,
}

/// Something that what is typed could become.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The whole line then.
    pub line: String,
    /// What it does.
    pub about: String,
    /// Whether more has to be typed after it.
    pub open: bool,
}

impl CommandLine {
    /// A command line with this on it.
    pub fn of(text: &str) -> Self {
        Self { line: Line::of(text), ..Self::default() }
    }
}

/// The name and the rest of a line.
fn parts(line: &str) -> (&str, Option<&str>) {
    match line.trim_start().split_once(char::is_whitespace) {
        Some((name, rest)) => (name, Some(rest.trim())),
        None => (line.trim(), None),
    }
}

impl App {
    /// What a command line could become, best first.
    pub fn suggestions(&self, command: &CommandLine) -> Vec<Suggestion> {
        let (name, rest) = parts(command.line.text());
        match rest {
            None => {
                let begins = commands().filter(|entry| entry.id.starts_with(name));
                let others =
                    commands().filter(|entry| !entry.id.starts_with(name) && entry.id.contains(name));
                begins.chain(others).map(suggestion).collect()
            }
            Some(rest) => {
                let Some(entry) = commands().find(|entry| entry.id == name) else { return Vec::new() };
                let found = matching(rest, self.words_for(entry.action), |(word, _)| word.clone());
                found
                    .into_iter()
                    .map(|(word, about)| Suggestion { line: format!("{name} {word}"), about, open: false })
                    .collect()
            }
        }
    }

    /// What can stand after a command, with a word on each.
    fn words_for(&self, action: Action) -> Vec<(String, String)> {
        let plain = |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), String::new())).collect();
        match action {
            Action::Grade => plain(&Grade::WORDS),
            Action::Topic => self.learning.topics().into_iter().map(|topic| (topic, String::new())).collect(),
            Action::Theme => self.themes.iter().map(|name| (name.clone(), String::new())).collect(),
            Action::Layout => plain(&["auto", "tabs", "columns", "rows"]),
            Action::Deepen => {
                let by = |pass: Pass| self.offers.deepening.by(pass).map(|by| clean::line(&by.to_string()));
                let about = |pass| by(pass).unwrap_or_else(|| "not set in the configuration".to_owned());
                Pass::ALL.into_iter().map(|pass| (pass.word().to_owned(), about(pass))).collect()
            }
            Action::CountBy => {
                Rule::ALL.into_iter().map(|rule| (rule.name().to_owned(), rule.words().to_owned())).collect()
            }
            Action::Weigh => {
                let ways = self.weighings().into_iter();
                ways.map(|way| (way.from.name().to_owned(), way.from.words())).collect()
            }
            Action::Synthesis => MergeMode::ALL
                .into_iter()
                .map(|mode| (mode.name().to_owned(), mode.about().to_owned()))
                .collect(),
            Action::Debate => {
                Mode::ALL.into_iter().map(|(name, _, about)| (name.to_owned(), about.to_owned())).collect()
            }
            Action::Council => self
                .offers
                .councils
                .iter()
                .map(|council| {
                    let names: Vec<String> =
                        council.members.iter().map(|member| clean::line(&member.name.0)).collect();
                    (clean::line(&council.name), names.join(", "))
                })
                .collect(),
            Action::Plan => {
                let lines = self.plan_choices(&List::default());
                lines.into_iter().map(|line| (line.name, line.about)).collect()
            }
            Action::Skip | Action::Cut => self
                .run()
                .into_iter()
                .flat_map(|run| {
                    run.stages
                        .iter()
                        .map(|state| (run.title(state.stage.id), reading::what(state).to_owned()))
                })
                .collect(),
            Action::Drop | Action::Chair | Action::AskOne | Action::Vote => self
                .council
                .iter()
                .flat_map(|council| &council.members)
                .map(|member| (clean::line(&member.name.0), clean::line(&member.model.to_string())))
                .collect(),
            Action::Add => self
                .offers
                .models
                .iter()
                .map(|model| {
                    let price = self.prices.of(model).map_or("price unknown".to_owned(), Price::words);
                    (clean::line(&model.to_string()), price)
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What a typed line means: the action and the word it takes.
    ///
    /// # Errors
    /// One line that says what is wrong and what would be right.
    pub(super) fn meant(line: &str) -> Result<(Action, Option<String>), String> {
        let (name, rest) = parts(line);
        let rest = rest.filter(|rest| !rest.is_empty()).map(str::to_owned);
        let exact = commands().find(|entry| entry.id == name);
        let mut begins = commands().filter(|entry| entry.id.starts_with(name));
        let only = begins.next().filter(|_| begins.next().is_none());
        // The letters that everyone's hands know.
        let short = commands()
            .find(|entry| matches!((name, entry.action), ("q", Action::Quit) | ("w", Action::Export)));
        let Some(entry) = exact.or(short).or(only) else {
            let near = commands().min_by_key(|entry| strsim::damerau_levenshtein(entry.id, name));
            let near = near.filter(|entry| strsim::damerau_levenshtein(entry.id, name) <= 2);
            let hint = near
                .map_or("Tab shows what there is".to_owned(), |entry| format!("did you mean {}?", entry.id));
            return Err(format!("no command {}; {hint}", clean::exact(name)));
        };
        match (&rest, entry.takes) {
            (Some(_), "") => Err(format!("{} takes nothing after it", entry.id)),
            (None, takes) if entry.needs() => Err(format!("{} needs {takes} after it", entry.id)),
            _ => Ok((entry.action, rest)),
        }
    }
}

fn suggestion(entry: &Entry) -> Suggestion {
    let key = entry.keys.first().map(|key| format!("  ({key})")).unwrap_or_default();
    let about = format!("{}{key}", entry.long);
    let takes = if entry.takes.is_empty() { String::new() } else { format!(" {}", entry.takes) };
    Suggestion {
        line: entry.id.to_owned(),
        about: format!("{takes}  {about}").trim_start().to_owned(),
        open: entry.needs(),
    }
}
