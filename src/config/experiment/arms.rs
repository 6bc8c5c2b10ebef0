//! `[[arm]]`: what is compared. Whether its council, plan and members are there is known where models are; here it is only what
//! is written.

use crate::config::faults::{Faults, Item, Section, number, quoted, text, whole};
use crate::core::Effort;
use crate::experiment::VoteRule;
use crate::experiment::arm::{Reading, When};
use std::collections::BTreeMap;
use toml::de::DeValue;

/// An arm as it is written down; with several ways to decide it is several arms.
#[derive(Clone, Debug)]
pub struct ArmSheet {
    /// Its name.
    pub name: String,
    /// Who sits in it; none is the council at the top of the file.
    pub members: Option<Members>,
    /// What they do: a protocol's words, or a plan's name or file.
    pub plan: Option<String>,
    /// Who takes roles of the plan.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Who writes syntheses.
    pub chair: Option<String>,
    /// How the one answer is found, with the name that each has beside the arm's; empty where the plan says it.
    pub decide: Vec<(String, Decide)>,
    /// Sampling temperature for all members.
    pub temperature: Option<f64>,
    /// Nucleus sampling mass.
    pub top_p: Option<f64>,
    /// How long members are to think.
    pub effort: Option<Effort>,
    /// The most output tokens of a call.
    pub answer_limit: Option<u32>,
    /// Its line.
    pub line: usize,
    /// The names of the arms that it makes.
    all: Vec<String>,
}

/// How the one answer is found, as far as that is known without the council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decide {
    /// As it is.
    As(Reading),
    /// The first answer of the member of this name.
    Member(String),
}

/// Who sits in a council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// A council of the configuration, or `recorded`: all recorded members.
    Council(String),
    /// These: models, or names of recorded members with `recorded/` before them.
    Models(Vec<String>),
}

impl ArmSheet {
    /// The names of the arms that it makes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str)
    }

    /// Whether one of its arms has that name.
    pub fn is_named(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }
}

const ALLOWED: &str =
    "tables such as [[arm]] with name = \"debate\", council = \"…\" and plan = \"debate:2\"";
const WHO: &str = "a council's name, \"recorded\", or a list such as [\"openai/gpt-5\", \"recorded/anna\"]";
const DECIDE: &str = "result, ballots, best-single, member:NAME, a vote rule such as plurality, or first:RULE for a vote of the first answers";

/// Reads all arms.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<ArmSheet> {
    let usual = root.get("council").and_then(|item| members(&item, faults));
    let Some(item) = root.get("arm") else {
        faults.add(&(0..0), "arm", &format!("is missing, so there is nothing to compare; add {ALLOWED}"));
        return Vec::new();
    };
    let Some(list) = item.some(faults, ALLOWED) else { return Vec::new() };
    let mut all: Vec<ArmSheet> = Vec::with_capacity(list.len());
    for item in list {
        let Some(section) = item.section(faults, ALLOWED) else { continue };
        let Some(arm) = one(&section, usual.as_ref(), faults) else { continue };
        if let Some(twice) = arm.names().find(|name| all.iter().any(|before| before.is_named(name))) {
            let what = format!("{} is the name of an arm before; give each one of its own", quoted(twice));
            faults.add(&section.at, &format!("{}.name", section.path), &what);
            continue;
        }
        all.push(arm);
    }
    all
}

fn one(section: &Section<'_>, usual: Option<&Members>, faults: &mut Faults<'_>) -> Option<ArmSheet> {
    let keys = [
        "answer_limit",
        "chair",
        "council",
        "decide",
        "effort",
        "name",
        "plan",
        "roles",
        "temperature",
        "top_p",
    ];
    section.only(faults, &keys);
    let name = super::needed(section, faults, "name", "a name such as \"debate\"")?;
    if name.chars().count() > 60 || name.contains(['/', '\n']) {
        faults.add(
            &section.at,
            &format!("{}.name", section.path),
            "can't name an arm; allowed: up to 60 letters, none of them /",
        );
        return None;
    }
    let own = section.get("council");
    let who = own.as_ref().and_then(|item| members(item, faults)).or_else(|| usual.cloned());
    if own.is_none() && who.is_none() {
        let path = format!("{}.council", section.path);
        faults.add(&section.at, &path, &format!("is missing here and at the top; say who is asked: {WHO}"));
    }
    let plan = section.read(faults, "plan", "a protocol such as debate:2, or a plan's name or file", text);
    let plan = plan.map(|plan| plan.trim().to_owned());
    let chair = section.read(faults, "chair", "a member's name", text).map(|chair| chair.trim().to_owned());
    let temperature = section.read(faults, "temperature", "a number from 0 to 2", |value| {
        number(value).filter(|it| (0.0..=2.0).contains(it))
    });
    let top_p = section.read(faults, "top_p", "a number above 0 up to 1", |value| {
        number(value).filter(|it| *it > 0.0 && *it <= 1.0)
    });
    let effort = section.read(faults, "effort", "none, minimal, low, medium, high or max", |value| {
        Effort::of(text(value)?.trim())
    });
    let answer_limit =
        section.read(faults, "answer_limit", "a number of tokens from 1 to 1000000", |value| {
            whole(value).filter(|it| (1..=1_000_000).contains(it))
        });
    let roles = roles(section, faults);
    let decide = decide(section, faults);
    let names = match decide.as_slice() {
        [] | [_] => vec![name.clone()],
        several => several.iter().map(|(word, _)| format!("{name} {word}")).collect(),
    };
    Some(ArmSheet {
        name,
        members: who,
        plan,
        roles,
        chair,
        decide,
        temperature,
        top_p,
        effort,
        answer_limit: answer_limit.map(|tokens| tokens as u32),
        line: faults.line(section.at.start),
        all: names,
    })
}

fn members(item: &Item<'_>, faults: &mut Faults<'_>) -> Option<Members> {
    if let Some(name) = text(item.value) {
        let name = name.trim().to_owned();
        return Some(if name.contains('/') { Members::Models(vec![name]) } else { Members::Council(name) });
    }
    let DeValue::Array(list) = item.value else {
        faults.add(&item.at, &item.path, &format!("{}; allowed: {WHO}", item.is()));
        return None;
    };
    let models: Option<Vec<String>> =
        list.iter().map(|it| text(it.get_ref()).map(|it| it.trim().to_owned())).collect();
    match models {
        Some(models) if !models.is_empty() => match models.iter().find(|model| !model.contains('/')) {
            Some(bare) => {
                let what = format!("{} is no PROVIDER/MODEL; allowed: {WHO}", quoted(bare));
                faults.add(&item.at, &item.path, &what);
                None
            }
            None => Some(Members::Models(models)),
        },
        _ => {
            faults.add(&item.at, &item.path, &format!("names nobody; allowed: {WHO}"));
            None
        }
    }
}

fn roles(section: &Section<'_>, faults: &mut Faults<'_>) -> BTreeMap<String, Vec<String>> {
    let Some(item) = section.get("roles") else { return BTreeMap::new() };
    let Some(table) = item.section(faults, "a table such as { writer = \"anna\" }") else {
        return BTreeMap::new();
    };
    let mut all = BTreeMap::new();
    for (role, item) in table.items() {
        let names: Option<Vec<String>> = match item.value {
            DeValue::Array(list) => list.iter().map(|it| text(it.get_ref()).map(str::to_owned)).collect(),
            value => text(value).map(|name| vec![name.to_owned()]),
        };
        match names {
            Some(names) if !names.is_empty() => {
                all.insert(role.to_owned(), names);
            }
            _ => faults.add(
                &item.at,
                &item.path,
                &format!("{}; allowed: a member's name, or a list of them", item.is()),
            ),
        }
    }
    all
}

fn decide(section: &Section<'_>, faults: &mut Faults<'_>) -> Vec<(String, Decide)> {
    let Some(item) = section.get("decide") else { return Vec::new() };
    let entries = item.list().unwrap_or_else(|| vec![item.clone()]);
    let mut all: Vec<(String, Decide)> = Vec::new();
    for entry in entries {
        let Some(word) = text(entry.value).map(str::trim) else {
            faults.add(&entry.at, &entry.path, &format!("{}; allowed: {DECIDE}", entry.is()));
            continue;
        };
        if all.iter().any(|(known, _)| known == word) {
            faults.add(&entry.at, &entry.path, &format!("{} stands there twice; take one out", quoted(word)));
            continue;
        }
        if let Some(how) = decided(word) {
            all.push((word.to_owned(), how));
        } else {
            let mut names = vec!["result", "ballots", "best-single"];
            names.extend(VoteRule::ALL.iter().map(|(name, _)| *name));
            faults.stray(
                &entry.at,
                &entry.path,
                &format!("no such way to decide: {}", quoted(word)),
                word,
                &names,
            );
        }
    }
    all
}

fn decided(word: &str) -> Option<Decide> {
    let vote = |name: &str, when| VoteRule::of(name).map(|rule| Decide::As(Reading::Vote(rule, when)));
    match word {
        "result" => Some(Decide::As(Reading::Result)),
        "ballots" => Some(Decide::As(Reading::Ballots)),
        "best-single" => Some(Decide::As(Reading::BestSingle)),
        _ => match word.split_once(':') {
            Some(("member", name)) if !name.trim().is_empty() => Some(Decide::Member(name.trim().to_owned())),
            // How sure members are is asked later.
            Some(("first", "confidence")) => None,
            Some(("first", rule)) => vote(rule.trim(), When::First),
            Some(_) => None,
            None => vote(word, When::Last),
        },
    }
}
