//! Experiments as they are written down: reading the file, with one line for each thing that is wrong in it. The files of data
//! that it names are read by the store, and both together make an experiment in `launch::experiment`.

mod arms;
mod recorded;
mod search;

pub use arms::{ArmSheet, Decide, Members};
pub use recorded::{Names, Recording};
pub use search::Search;

use super::Fault;
use super::faults::{Faults, Section, number, quoted, switch, text, whole};
use crate::core::Dollars;
use crate::experiment::{Control, Grader};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// More than this is no experiment's file, in bytes.
const LARGEST: usize = 1 << 20;
/// The most trials at once, repeats and parts.
const MOST_AT_ONCE: u64 = 1024;
const MOST_REPEATS: u64 = 1000;
const MOST_FOLDS: u64 = 20;

/// An experiment as it is written down.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The questions.
    pub data: Data,
    /// How answers are graded; a judge is in [`Self::judge`].
    pub grader: Grader,
    /// The model of the member that grades, and its line.
    pub judge: Option<(String, usize)>,
    /// Answers that somebody has.
    pub recorded: Vec<Recording>,
    /// What is compared.
    pub arms: Vec<ArmSheet>,
    /// The arm that others are held against, and its line.
    pub baseline: Option<(String, usize)>,
    /// Which controls are proposed.
    pub controls: Vec<Control>,
    /// Whose samples controls take, and its line; without it who looks strongest.
    pub best: Option<(String, usize)>,
    /// How often each question is put.
    pub repeats: u16,
    /// What draws are drawn from.
    pub seed: u64,
    /// In how many parts questions are taken for what is learned.
    pub folds: usize,
    /// How many trials run at once.
    pub at_once: usize,
    /// The most it may cost.
    pub budget: Option<Dollars>,
    /// Where its log is kept: a folder, from that of the file; none is one beside it, with its name.
    pub out: Option<String>,
    /// What is looked through where the best council is searched for.
    pub search: Search,
}

/// Where questions come from.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The file, from the folder of the experiment's.
    pub file: String,
    /// How it is written, by name; none where its ending says it.
    pub format: Option<String>,
    /// Its fields.
    pub id: Option<String>,
    /// What is asked.
    pub question: String,
    /// What is right.
    pub answer: Option<String>,
    /// What there is to choose from.
    pub choices: Option<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// What members are asked, with `{question}` in it; none is the question alone.
    pub ask: Option<String>,
    /// How many of the questions are taken, drawn from the seed; none is all.
    pub sample: Option<usize>,
    /// The lines of the file where these stand: the table's, and the keys'.
    pub lines: Vec<(&'static str, usize)>,
}

impl Data {
    /// The line of a key; of the table where the key is not there.
    pub fn line(&self, key: &str) -> Option<usize> {
        let at = |key: &str| self.lines.iter().find(|(known, _)| *known == key).map(|(_, line)| *line);
        at(key).or_else(|| at("data"))
    }
}

/// Reads an experiment; `file` stands before each fault.
///
/// # Errors
/// One line for each thing that is wrong, in the order of the file.
pub fn parse(file: &str, source: &str) -> Result<Sheet, Vec<Fault>> {
    let mut faults = Faults::new(file, source, "");
    if source.len() > LARGEST {
        faults.add(
            &(0..0),
            "",
            "is larger than 1 MiB; questions belong into a file of their own, named by data.file",
        );
        return Err(faults.all());
    }
    let table = match DeTable::parse(source) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().unwrap_or(0..0);
            let what = error.message().lines().next().unwrap_or("is no TOML");
            faults.add(
                &at,
                "TOML",
                &format!("{what}; nothing of this experiment is used until that is mended"),
            );
            return Err(faults.all());
        }
    };
    let sheet = read(&Section::root(table.get_ref()), &mut faults);
    match (faults.count(), sheet) {
        (0, Some(sheet)) => Ok(sheet),
        _ => Err(faults.all()),
    }
}

const KEYS: [&str; 17] = [
    "about", "arm", "at_once", "baseline", "best", "budget", "controls", "council", "data", "folds",
    "grader", "name", "out", "recorded", "repeats", "search", "seed",
];

fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Sheet> {
    root.only(faults, &KEYS);
    root.read(faults, "about", "a text", text);
    let name = named(root, faults);
    let data = data(root, faults);
    let (grader, judge) = grader(root, faults);
    let recorded = recorded::read(root, faults);
    let arms = arms::read(root, faults);
    let bounded =
        |most: u64| move |value: &DeValue<'_>| whole(value).filter(|number| (1..=most).contains(number));
    let repeats = root.read(faults, "repeats", "a whole number from 1 to 1000", bounded(MOST_REPEATS));
    let seed = root
        .read(faults, "seed", "a whole number below 2^53", |value| whole(value).filter(|it| *it < 1 << 53));
    // With one part there would be no other questions to learn from.
    let folds = root.read(faults, "folds", "a whole number from 2 to 20", |value| {
        whole(value).filter(|folds| (2..=MOST_FOLDS).contains(folds))
    });
    let at_once = root.read(faults, "at_once", "a whole number from 1 to 1024", bounded(MOST_AT_ONCE));
    let budget = faults.guarding(|faults| {
        root.read(faults, "budget", "US dollars such as 5.00", |value| {
            number(value).filter(|sum| *sum >= 0.0)
        })
    });
    let out = root.read(faults, "out", "a folder such as \"runs/first\"", text).map(str::to_owned);
    let baseline = line_of(root, faults, "baseline", "the name of an arm");
    if let Some((wanted, _)) = &baseline {
        let all: Vec<&str> = arms.iter().flat_map(ArmSheet::names).collect();
        let controls = Control::ALL.iter().any(|(word, _)| *word == wanted);
        if !controls && !all.is_empty() && !arms.iter().any(|arm| arm.is_named(wanted)) {
            let at = root.get("baseline").map_or(0..0, |item| item.at);
            let what = format!("no arm of that name: {}", quoted(wanted));
            faults.stray(&at, "baseline", &what, wanted, &all);
        }
    }
    let best = line_of(root, faults, "best", "a member's name, or PROVIDER/MODEL");
    let controls = controls(root, faults);
    let search = search::read(root, faults);
    Some(Sheet {
        name: name?,
        data: data?,
        grader: grader?,
        judge,
        recorded,
        arms,
        baseline,
        controls,
        best,
        repeats: repeats.unwrap_or(1) as u16,
        seed: seed.unwrap_or(0),
        folds: folds.unwrap_or(2) as usize,
        at_once: at_once.unwrap_or(4) as usize,
        budget: budget.map(Dollars::of),
        out,
        search,
    })
}

/// A text with the line it stands in.
fn line_of(root: &Section<'_>, faults: &mut Faults<'_>, key: &str, allowed: &str) -> Option<(String, usize)> {
    let value = root.read(faults, key, allowed, text)?;
    let at = root.get(key).map_or(0, |item| item.at.start);
    Some((value.trim().to_owned(), faults.line(at)))
}

fn named(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<String> {
    const ALLOWED: &str = "up to 60 letters, digits, - _ and points";
    if root.get("name").is_none() {
        faults.add(&(0..0), "name", "is missing; add a line such as name = \"does-debate-help\" at the top");
        return None;
    }
    let fits = |name: &str| {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        name.chars().count() <= 60 && name.chars().all(plain) && !name.starts_with('.')
    };
    root.read(faults, "name", ALLOWED, |value| text(value).filter(|name| fits(name))).map(str::to_owned)
}

fn data(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Data> {
    const ALLOWED: &str = "a table [data] with file = \"questions.jsonl\" and question = \"question\"";
    let Some(item) = root.get("data") else {
        faults.add(&(0..0), "data", &format!("is missing, so there is nothing to ask; add {ALLOWED}"));
        return None;
    };
    let section = item.section(faults, ALLOWED)?;
    let keys = ["answer", "ask", "choices", "file", "format", "id", "question", "sample", "topic"];
    section.only(faults, &keys);
    let mut lines = vec![("data", faults.line(section.at.start))];
    for key in keys {
        lines.extend(section.get(key).map(|item| (key, faults.line(item.at.start))));
    }
    let field = |faults: &mut Faults<'_>, key: &str| {
        section
            .read(faults, key, "the name of a field, such as \"question\" or \"a.b\"", text)
            .map(str::to_owned)
    };
    let file = needed(&section, faults, "file", "a file such as \"questions.jsonl\"");
    let format = format(&section, faults);
    let question = needed(&section, faults, "question", "the name of the field that holds the question");
    let (id, answer) = (field(faults, "id"), field(faults, "answer"));
    let (choices, topic) = (field(faults, "choices"), field(faults, "topic"));
    let ask = section.read(faults, "ask", "a text with {question} in it", |value| {
        text(value).filter(|text| text.contains("{question}"))
    });
    let sample = section.read(faults, "sample", "how many questions are taken, from 1", |value| {
        whole(value).filter(|many| *many > 0)
    });
    let ask = ask.map(str::to_owned);
    Some(Data {
        file: file?,
        format,
        id,
        question: question?,
        answer,
        choices,
        topic,
        ask,
        sample: sample.map(|many| many as usize),
        lines,
    })
}

/// Whole numbers in a list.
fn whole_list(value: &DeValue<'_>) -> Option<Vec<u64>> {
    let DeValue::Array(list) = value else { return None };
    list.iter().map(|entry| whole(entry.get_ref())).collect()
}

/// A text that must be there.
fn needed(section: &Section<'_>, faults: &mut Faults<'_>, key: &str, allowed: &str) -> Option<String> {
    if section.get(key).is_none() {
        let path = format!("{}.{key}", section.path);
        faults.add(&section.at, &path, &format!("is missing; add {key} = {allowed}"));
        return None;
    }
    section.read(faults, key, allowed, text).map(|text| text.trim().to_owned())
}

/// How a file of data is written, where that is said.
fn format(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<String> {
    const FORMATS: [&str; 5] = ["jsonl", "json", "columns", "csv", "tsv"];
    let said =
        section.read(faults, "format", "jsonl, json, columns, csv or tsv", text)?.trim().to_lowercase();
    if !FORMATS.contains(&said.as_str()) {
        let at = section.get("format").map_or(0..0, |item| item.at);
        faults.stray(
            &at,
            &format!("{}.format", section.path),
            &format!("no such format: {}", quoted(&said)),
            &said,
            &FORMATS,
        );
        return None;
    }
    Some(said)
}

/// The grader; and the model that judges, where it is one.
fn grader(root: &Section<'_>, faults: &mut Faults<'_>) -> (Option<Grader>, Option<(String, usize)>) {
    const ALLOWED: &str = "number, choice, exact, contains, none, { kind = \"regex\", pattern = \"…\" } or { kind = \"judge\", member = \"PROVIDER/MODEL\" }";
    let Some(item) = root.get("grader") else {
        faults.add(&(0..0), "grader", &format!("is missing; say how answers are graded: {ALLOWED}"));
        return (None, None);
    };
    if let Some(name) = text(item.value) {
        return (plain_grader(name.trim(), &item.at, faults), None);
    }
    let Some(section) = item.section(faults, ALLOWED) else { return (None, None) };
    section.only(faults, &["kind", "member", "pattern", "within"]);
    let Some(kind) = needed(&section, faults, "kind", "the name of a grader, such as \"number\"") else {
        return (None, None);
    };
    let within = section.read(faults, "within", "a share such as 0.01, below 1", |value| {
        number(value).filter(|share| (0.0..1.0).contains(share))
    });
    match kind.as_str() {
        "number" => (Some(Grader::Number(within.unwrap_or(0.0))), None),
        "regex" => {
            let Some(pattern) = needed(&section, faults, "pattern", "a regular expression") else {
                return (None, None);
            };
            match regex_lite::Regex::new(&pattern) {
                Ok(pattern) => (Some(Grader::Regex(pattern)), None),
                Err(error) => {
                    let at = section.get("pattern").map_or(0..0, |item| item.at);
                    let what = error.to_string().lines().last().unwrap_or_default().to_owned();
                    faults.add(&at, "grader.pattern", &format!("is no regular expression ({what}); mend it"));
                    (None, None)
                }
            }
        }
        "judge" => {
            let member = needed(&section, faults, "member", "the model that judges, as PROVIDER/MODEL");
            let line = section.get("member").map_or(0, |item| faults.line(item.at.start));
            // Who that is is known where models are; until then nothing is graded.
            (Some(Grader::None), member.map(|member| (member, line)))
        }
        other => {
            let at = section.get("kind").map_or(0..0, |item| item.at);
            (plain_grader(other, &at, faults), None)
        }
    }
}

fn plain_grader(name: &str, at: &Range<usize>, faults: &mut Faults<'_>) -> Option<Grader> {
    match name {
        "number" => Some(Grader::Number(0.0)),
        "choice" => Some(Grader::Choice),
        "exact" => Some(Grader::Exact),
        "contains" => Some(Grader::Contains),
        "none" => Some(Grader::None),
        "regex" => {
            faults.add(
                at,
                "grader",
                "regex needs its pattern: grader = { kind = \"regex\", pattern = \"…\" }",
            );
            None
        }
        "judge" => {
            faults.add(
                at,
                "grader",
                "judge needs a member: grader = { kind = \"judge\", member = \"PROVIDER/MODEL\" }",
            );
            None
        }
        other => {
            faults.stray(at, "grader", &format!("no such grader: {}", quoted(other)), other, &Grader::NAMES);
            None
        }
    }
}

/// Which controls are proposed: all, none, or those that are named.
fn controls(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Control> {
    const ALLOWED: &str = "true, false, or a list such as [\"best-single\", \"first-vote\"]";
    let all: Vec<Control> = Control::ALL.iter().map(|(_, control)| *control).collect();
    let Some(item) = root.get("controls") else { return all };
    if let Some(wanted) = switch(item.value) {
        return if wanted { all } else { Vec::new() };
    }
    let Some(list) = item.list() else {
        faults.add(&item.at, "controls", &format!("{}; allowed: {ALLOWED}", item.is()));
        return Vec::new();
    };
    let mut wanted = Vec::new();
    for item in list {
        let Some(word) = text(item.value) else {
            faults.add(&item.at, &item.path, &format!("{}; allowed: {ALLOWED}", item.is()));
            continue;
        };
        if let Some((_, control)) = Control::ALL.iter().find(|(known, _)| *known == word.trim()) {
            wanted.push(*control);
        } else {
            let names = Control::ALL.map(|(name, _)| name);
            faults.stray(&item.at, &item.path, &format!("no such control: {}", quoted(word)), word, &names);
        }
    }
    wanted
}
