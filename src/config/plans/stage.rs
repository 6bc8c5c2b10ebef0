//! One stage of a plan as it is written: its keys, each with its place in the file. What other stages it names is looked up
//! in [`super::nodes`].

use super::super::faults::{Faults, Item, Section, quoted, switch, text, whole};
use super::route::{self, RawRoute};
use super::when::{self, RawWhen};
use super::who::{self, Name, Spoken};
use super::{MOST_TEXT, entries, words};
use crate::core::protocols::MOST_ROUNDS;
use crate::core::recipe::MOST_SAMPLES;
use crate::core::{MergeMode, Mode, Rule, Stops, nearest};
use std::ops::Range;
use toml::de::DeValue;

/// What a stage does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Do {
    Answer,
    Merge,
    Vote,
    Debate,
    Check,
    Route,
    HandOver,
    Council,
}

impl Do {
    pub(super) const ALL: [(&'static str, Self); 8] = [
        ("answer", Self::Answer),
        ("merge", Self::Merge),
        ("vote", Self::Vote),
        ("debate", Self::Debate),
        ("check", Self::Check),
        ("route", Self::Route),
        ("hand-over", Self::HandOver),
        ("council", Self::Council),
    ];

    pub(super) fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, it)| *it == self).map_or("", |(name, _)| name)
    }

    /// The keys that go with it, beside those of every stage.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Answer => &["beside", "blind", "by", "confidence", "position", "samples", "sees", "task"],
            Self::Merge => &["by", "mode", "sees", "task"],
            Self::Vote => &["by", "rule", "sees"],
            Self::Debate => &["mode", "rounds", "sees", "until"],
            Self::Check => &["by", "sees", "task"],
            Self::Route => &[
                "among", "by", "few", "hard", "learned", "road", "rule", "stays", "strategy", "task", "topic",
            ],
            Self::HandOver => &["back", "sees", "task"],
            Self::Council => &["blind", "by", "chair", "confidence", "position", "result", "sees", "task"],
        }
    }
}

/// The keys of every stage.
const EVERY: [&str; 4] = ["after", "do", "name", "when"];

/// A word that names a stage, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    pub(super) said: &'t str,
    pub(super) at: Range<usize>,
    pub(super) path: String,
}

/// How the work may be sent back.
#[derive(Clone, Debug)]
pub(super) struct RawBack<'t> {
    pub(super) to: Word<'t>,
    pub(super) times: u16,
}

/// A stage as it is written. What was a fault is missing.
#[derive(Clone, Debug)]
pub(super) struct Raw<'t> {
    /// Its name; empty where it has none that can be used.
    pub(super) name: String,
    pub(super) at: Range<usize>,
    pub(super) path: String,
    pub(super) does: Option<Do>,
    pub(super) by: Option<Spoken<'t>>,
    pub(super) sees: Vec<Word<'t>>,
    pub(super) after: Vec<Word<'t>>,
    pub(super) when: Option<RawWhen<'t>>,
    pub(super) beside: Option<Word<'t>>,
    pub(super) task: String,
    pub(super) samples: u16,
    pub(super) position: bool,
    pub(super) confidence: bool,
    pub(super) blind: Option<bool>,
    pub(super) rounds: u16,
    pub(super) debate: Option<Mode>,
    pub(super) until: Option<Stops>,
    pub(super) rule: Rule,
    pub(super) merge: MergeMode,
    pub(super) back: Option<RawBack<'t>>,
    pub(super) chair: Option<Name<'t>>,
    /// Whether a council votes on its result.
    pub(super) votes: bool,
    pub(super) route: Option<RawRoute<'t>>,
}

impl Raw<'_> {
    /// Whether it names a role or a member of that name.
    pub(super) fn names(&self, role: &str) -> bool {
        let by = match &self.by {
            Some(Spoken::These(names)) => names.iter().any(|name| name.word == role),
            _ => false,
        };
        let chair = self.chair.as_ref().is_some_and(|name| name.word == role);
        by || chair || self.route.as_ref().is_some_and(|route| route.names().any(|name| name.word == role))
    }
}

/// Reads a stage; `before` are those before it.
pub(super) fn read<'t>(mut section: Section<'t>, before: &[Raw<'t>], faults: &mut Faults<'_>) -> Raw<'t> {
    let name = name(&section, before, faults);
    if !name.is_empty() {
        section.path.clone_from(&name);
    }
    let does = does(&section, faults);
    only(&section, does, faults);
    let by = section.get("by").filter(|_| fits(does, "by")).and_then(|item| who::spoken(&item, faults));
    let task = if fits(does, "task") { words(&section, faults, "task", MOST_TEXT, false) } else { None };
    let samples = |value: &DeValue<'_>| number(value, 2, MOST_SAMPLES);
    let rounds = |value: &DeValue<'_>| number(value, 1, MOST_ROUNDS);
    let read_switch = |faults: &mut Faults<'_>, key: &str| {
        fits(does, key).then(|| section.read(faults, key, "true, false", switch)).flatten()
    };
    let (position, confidence) = (read_switch(faults, "position"), read_switch(faults, "confidence"));
    let blind = read_switch(faults, "blind");
    Raw {
        at: section.at.clone(),
        path: section.path.clone(),
        by,
        sees: if fits(does, "sees") { stages(&section, "sees", faults) } else { Vec::new() },
        after: stages(&section, "after", faults),
        when: section.get("when").and_then(|item| when::read(&item, faults)),
        beside: section.get("beside").filter(|_| fits(does, "beside")).and_then(|item| one(&item, faults)),
        // One that can't be used is told of already: that it is missing is the same fault.
        task: task.unwrap_or_else(|| section.get("task").map(|_| "?".to_owned()).unwrap_or_default()),
        samples: section.get("samples").filter(|_| fits(does, "samples")).map_or(1, |_| {
            let allowed = format!("a whole number from 2 to {MOST_SAMPLES}");
            section.read(faults, "samples", &allowed, samples).unwrap_or(2)
        }),
        position: position.unwrap_or_default(),
        confidence: confidence.unwrap_or_default(),
        blind,
        rounds: section.get("rounds").filter(|_| fits(does, "rounds")).map_or(1, |_| {
            let allowed = format!("a whole number from 1 to {MOST_ROUNDS}");
            section.read(faults, "rounds", &allowed, rounds).unwrap_or(1)
        }),
        debate: (does == Some(Do::Debate)).then(|| debate(&section, faults)).flatten(),
        until: (does == Some(Do::Debate)).then(|| until(&section, faults)).flatten(),
        rule: (does == Some(Do::Vote)).then(|| rule(&section, faults)).flatten().unwrap_or_default(),
        merge: (does == Some(Do::Merge)).then(|| merge(&section, faults)).flatten().unwrap_or_default(),
        back: section.get("back").filter(|_| fits(does, "back")).and_then(|item| back(&item, faults)),
        chair: (does == Some(Do::Council)).then(|| chair(&section, faults)).flatten(),
        votes: does == Some(Do::Council) && votes(&section, faults),
        route: (does == Some(Do::Route)).then(|| route::read(&section, faults)),
        name,
        does,
    }
}

fn fits(does: Option<Do>, key: &str) -> bool {
    does.is_some_and(|does| does.keys().contains(&key))
}

/// A whole number between two.
pub(super) fn number(value: &DeValue<'_>, least: u16, most: u16) -> Option<u16> {
    whole(value)
        .filter(|number| (u64::from(least)..=u64::from(most)).contains(number))
        .map(|number| number as u16)
}

fn name(section: &Section<'_>, before: &[Raw<'_>], faults: &mut Faults<'_>) -> String {
    let Some(item) = section.get("name") else {
        faults.add(&section.at, &section.path, "has no name; add a line such as name = \"draft\"");
        return String::new();
    };
    let Some(written) = text(item.value) else {
        super::name(&item, faults);
        return String::new();
    };
    let low = written.to_lowercase();
    if let Some(first) = before.iter().find(|raw| raw.name == low) {
        let line = faults.line(first.at.start);
        let what =
            format!("{} is the stage in line {line} already; give each a name of its own", quoted(written));
        faults.add(&item.at, &item.path, &what);
        return String::new();
    }
    if low == "question" {
        let what =
            "\"question\" is what the person asked; call the stage something else, such as \"answers\"";
        faults.add(&item.at, &item.path, what);
        return String::new();
    }
    // A name that is none is known all the same, so that it is one fault.
    super::name(&item, faults).unwrap_or(if low.len() <= 40 { low } else { String::new() })
}

fn does(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Do> {
    let names = Do::ALL.map(|(name, _)| name);
    let Some(item) = section.get("do") else {
        // A typing error in the word is told already.
        if !section.items().any(|(key, _)| !EVERY.contains(&key) && nearest(key, &["do"]).is_some()) {
            let what = format!("lacks do; allowed: do = one of {}", names.join(", "));
            faults.add(&section.at, &section.path, &what);
        }
        return None;
    };
    let word = text(item.value).unwrap_or_default();
    let found = Do::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, does)| does);
    if found.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no stage does {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &names);
    }
    found
}

/// Notes each key that does not go with what the stage does.
fn only(section: &Section<'_>, does: Option<Do>, faults: &mut Faults<'_>) {
    let mut known: Vec<&str> =
        Do::ALL.iter().flat_map(|(_, does)| does.keys()).chain(&EVERY).copied().collect();
    known.sort_unstable();
    known.dedup();
    let Some(does) = does else {
        section.only(faults, &known);
        return;
    };
    let mut allowed: Vec<&str> = does.keys().iter().chain(&EVERY).copied().collect();
    allowed.sort_unstable();
    let stray = |(key, _): &(&str, Item<'_>)| {
        known.contains(key) && !does.keys().contains(key) && !EVERY.contains(key)
    };
    for (key, item) in section.items().filter(stray) {
        let with = Do::ALL.into_iter().filter(|(_, other)| other.keys().contains(&key));
        let with: Vec<&str> = with.map(|(name, _)| name).collect();
        let what = match (does, key) {
            (Do::Debate, "by") => "goes not with debate: who answered debates; take it out".to_owned(),
            (Do::Route, "sees") => {
                "goes not with route, which sees the question; say after = [..] to have it wait".to_owned()
            }
            _ => format!("goes with {}, not with {}; take it out", with.join(", "), does.name()),
        };
        faults.add(&item.at, &item.path, &what);
        allowed.push(key);
    }
    section.only(faults, &allowed);
}

/// The stages that a key names.
fn stages<'t>(section: &Section<'t>, key: &str, faults: &mut Faults<'_>) -> Vec<Word<'t>> {
    let Some(item) = section.get(key) else { return Vec::new() };
    entries(&item, faults, "a list of stages such as [\"draft\"]")
        .iter()
        .filter_map(|entry| one(entry, faults))
        .collect()
}

/// The stage that a value names.
pub(super) fn one<'t>(item: &Item<'t>, faults: &mut Faults<'_>) -> Option<Word<'t>> {
    let word = text(item.value);
    if word.is_none() {
        let what = format!("{}; allowed: the name of a stage, such as \"draft\"", item.is());
        faults.add(&item.at, &item.path, &what);
    }
    word.map(|said| Word { said, at: item.at.clone(), path: item.path.clone() })
}

fn debate(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Mode> {
    let item = section.get("mode")?;
    let word = text(item.value).unwrap_or_default();
    let mode = word.parse::<Mode>().ok();
    if mode.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no such mode: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &Mode::ALL.map(|(name, _, _)| name));
    }
    mode
}

fn until(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Stops> {
    let item = section.get("until")?;
    let read = text(item.value).map(str::parse::<Stops>);
    let what = match read {
        Some(Ok(stops)) => return Some(stops),
        Some(Err(what)) => what,
        None => format!("{}; allowed: stop rules with commas between: {}", item.is(), Stops::RULES),
    };
    faults.add(&item.at, &item.path, &what);
    None
}

fn rule(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Rule> {
    let item = section.get("rule")?;
    let word = text(item.value).unwrap_or_default();
    let rule = Rule::meant(word).ok();
    if rule.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no such rule: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &Rule::ALL.map(Rule::name));
    }
    rule
}

fn merge(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<MergeMode> {
    let item = section.get("mode")?;
    let word = text(item.value).unwrap_or_default();
    let mode = MergeMode::AHEAD.into_iter().find(|mode| mode.name() == word);
    if mode.is_none() {
        let is = match word {
            "" => item.is(),
            "guided" => "\"guided\" is for you, when the answers are there".to_owned(),
            _ => format!("no such mode: {}", quoted(word)),
        };
        faults.stray(&item.at, &item.path, &is, word, &MergeMode::AHEAD.map(MergeMode::name));
    }
    mode
}

fn back<'t>(item: &Item<'t>, faults: &mut Faults<'_>) -> Option<RawBack<'t>> {
    let section = item.section(faults, "a table such as { to = \"draft\", times = 2 }")?;
    section.only(faults, &["times", "to"]);
    let times = |value: &DeValue<'_>| number(value, 1, 5);
    let times = match section.get("times") {
        Some(_) => section.read(faults, "times", "a whole number from 1 to 5", times),
        None => Some(1),
    };
    let Some(to) = section.get("to") else {
        faults.add(&item.at, &item.path, "lacks the stage to send it back to; add to = \"draft\"");
        return None;
    };
    Some(RawBack { to: one(&to, faults)?, times: times? })
}

fn chair<'t>(section: &Section<'t>, faults: &mut Faults<'_>) -> Option<Name<'t>> {
    let item = section.get("chair")?;
    if text(item.value).is_none() {
        let what = format!("{}; allowed: a role or a member, who makes its result", item.is());
        faults.add(&item.at, &item.path, &what);
        return None;
    }
    who::names(&item, faults, who::NAMES)?.pop()
}

fn votes(section: &Section<'_>, faults: &mut Faults<'_>) -> bool {
    let Some(item) = section.get("result") else { return false };
    let word = text(item.value).unwrap_or_default();
    if !["merge", "vote"].contains(&word) {
        let is = if word.is_empty() { item.is() } else { format!("no such result: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &["merge", "vote"]);
    }
    if let Some(chair) = section.get("chair").filter(|_| word == "vote") {
        let what = "a vote has no chair; take it out, or say result = \"merge\"";
        faults.add(&chair.at, &chair.path, what);
    }
    word == "vote"
}
