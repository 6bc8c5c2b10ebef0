//! What a route of a plan says beside its triage member: whom it may choose, by which rules, topics and strategy.

use super::super::faults::{Faults, Item, Section, number, quoted, switch, text, whole};
use super::stage::number as between;
use super::when::read_road;
use super::who::{self, Name};
use super::{entries, name};
use crate::core::Routing;
use crate::core::routing::{Rule, Strategy, Topic};
use toml::de::DeValue;

/// The longest word that a question is looked at for.
const LONGEST: usize = 60;

/// A route as it is written: all but the members, whose names stand beside it.
#[derive(Clone, Debug, Default)]
pub(super) struct RawRoute<'t> {
    pub(super) routing: Routing,
    pub(super) among: Vec<Name<'t>>,
    pub(super) topics: Vec<Vec<Name<'t>>>,
    pub(super) rules: Vec<Vec<Name<'t>>>,
}

impl<'t> RawRoute<'t> {
    /// Every name in it.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name<'t>> {
        self.among.iter().chain(self.topics.iter().flatten()).chain(self.rules.iter().flatten())
    }
}

/// Reads a route.
pub(super) fn read<'t>(section: &Section<'t>, faults: &mut Faults<'_>) -> RawRoute<'t> {
    let usual = Routing::default();
    let whom = |section: &Section<'t>, faults: &mut Faults<'_>, key: &str| {
        let item = section.get(key)?;
        who::names(&item, faults, who::NAMES)
    };
    let among = whom(section, faults, "among").unwrap_or_default();
    let few = |value: &DeValue<'_>| between(value, 2, 3);
    let few = section.read(faults, "few", "2 or 3", few).unwrap_or(usual.few);
    let hard = hard(section, faults).unwrap_or(usual.hard);
    let road = section.get("road").and_then(|item| read_road(&item, faults));
    let strategy = strategy(section, faults).unwrap_or_default();
    let learned = section.read(faults, "learned", "true, false", switch).unwrap_or(usual.learned);
    let stays = section.read(faults, "stays", "true, false", switch).unwrap_or(usual.stays);
    let (mut topics, mut experts) = (Vec::<Topic>::new(), Vec::new());
    for section in tables(
        section,
        "topic",
        "tables such as [[stage.topic]] with name = \"law\" and words = [\"contract\"]",
        faults,
    ) {
        section.only(faults, &["by", "name", "words"]);
        let known = if let Some(item) = section.get("name") {
            name(&item, faults)
        } else {
            faults.add(&section.at, &section.path, "has no name; add a line such as name = \"law\"");
            None
        };
        if let Some(twice) = known.as_ref().filter(|known| topics.iter().any(|topic| topic.name == **known)) {
            let what = format!("{} is a topic already; put the words of both in one", quoted(twice));
            faults.add(&section.at, &section.path, &what);
        }
        let words = words(&section, faults);
        experts.push(whom(&section, faults, "by").unwrap_or_default());
        topics.push(Topic { name: known.unwrap_or_default(), words, members: Vec::new() });
    }
    let (mut rules, mut asked) = (Vec::<Rule>::new(), Vec::new());
    let told = faults.count();
    for section in tables(
        section,
        "rule",
        "tables such as [[stage.rule]] with words = [\"urgent\"] and to = \"fast\"",
        faults,
    ) {
        section.only(faults, &["files", "longer", "road", "to", "topic", "words"]);
        let to = whom(&section, faults, "to").unwrap_or_default();
        let rule = rule(&section, &topics, faults);
        if section.get("to").is_none() && section.get("road").is_none() {
            let what = "decides nothing; add to = \"..\" with whom it asks, or road = \"one\"";
            faults.add(&section.at, &section.path, what);
        }
        if rules.last().is_some_and(|last| *last == Rule { road: last.road, ..Rule::default() })
            && faults.count() == told
        {
            let what =
                "is never looked at: the rule before it names nothing, so it always holds; put that one last";
            faults.add(&section.at, &section.path, what);
        }
        asked.push(to);
        rules.push(rule);
    }
    let routing = Routing { rules, topics, strategy, few, hard, road, learned, stays, ..usual };
    RawRoute { routing, among, topics: experts, rules: asked }
}

/// The tables of a list of tables.
fn tables<'t>(section: &Section<'t>, key: &str, allowed: &str, faults: &mut Faults<'_>) -> Vec<Section<'t>> {
    let Some(item) = section.get(key) else { return Vec::new() };
    if !matches!(item.value, DeValue::Array(_)) {
        faults.add(&item.at, &item.path, &format!("{}; allowed: {allowed}", item.is()));
        return Vec::new();
    }
    let entries = entries(&item, faults, allowed);
    entries.iter().filter_map(|entry| entry.section(faults, allowed)).collect()
}

/// How hard a question is that goes to a few, and to all.
fn hard(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<[u8; 2]> {
    let item = section.get("hard")?;
    let numbers: Option<Vec<f64>> = match item.value {
        DeValue::Array(list) => list.iter().map(|entry| number(entry.get_ref())).collect(),
        _ => None,
    };
    match numbers.as_deref() {
        Some([few, all]) if (0.0..=1.0).contains(few) && *few < *all && *all <= 1.0 => {
            Some([few, all].map(|score| (score * 100.0).round() as u8))
        }
        _ => {
            let is = if numbers.is_some() { "does not fit".to_owned() } else { item.is() };
            let what = format!(
                "{is}; allowed: two numbers from 0 to 1, the second one higher, such as [0.35, 0.65]"
            );
            faults.add(&item.at, &item.path, &what);
            None
        }
    }
}

fn strategy(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Strategy> {
    let item = section.get("strategy")?;
    let word = text(item.value).unwrap_or_default();
    let strategy = Strategy::named(word);
    if strategy.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no such strategy: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &Strategy::ALL.map(Strategy::name));
    }
    strategy
}

/// The words that a question is looked at for, in small letters.
fn words(section: &Section<'_>, faults: &mut Faults<'_>) -> Vec<String> {
    const ALLOWED: &str = "a list of words such as [\"contract\", \"liability\"]";
    let Some(item) = section.get("words") else { return Vec::new() };
    let mut all = Vec::new();
    for entry in entries(&item, faults, ALLOWED) {
        let word = text(entry.value).map(str::trim);
        let fits = |word: &&str| word.chars().count() <= LONGEST && !word.chars().any(char::is_control);
        match word.filter(fits) {
            Some(word) => all.push(word.to_lowercase()),
            None => faults.add(&entry.at, &entry.path, &format!("{}; allowed: {ALLOWED}", entry.is())),
        }
    }
    all
}

fn rule(section: &Section<'_>, topics: &[Topic], faults: &mut Faults<'_>) -> Rule {
    let longer =
        |value: &DeValue<'_>| whole(value).and_then(|longer| u32::try_from(longer).ok()).filter(|it| *it > 0);
    Rule {
        words: words(section, faults),
        topic: section.get("topic").and_then(|item| topic(&item, topics, faults)),
        longer: section.read(faults, "longer", "a number of characters, 1 or more", longer),
        files: section.read(faults, "files", "true, false", switch),
        to: Vec::new(),
        road: section.get("road").and_then(|item| read_road(&item, faults)),
    }
}

/// A topic of the route's own.
fn topic(item: &Item<'_>, topics: &[Topic], faults: &mut Faults<'_>) -> Option<String> {
    let word = text(item.value).unwrap_or_default();
    if topics.iter().any(|topic| topic.name == word) && !word.is_empty() {
        return Some(word.to_owned());
    }
    let is = if word.is_empty() { item.is() } else { format!("no such topic: {}", quoted(word)) };
    let names: Vec<&str> =
        topics.iter().map(|topic| topic.name.as_str()).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        faults.add(&item.at, &item.path, &format!("{is}; add [[stage.topic]] with its name and words"));
    } else {
        faults.stray(&item.at, &item.path, &is, word, &names);
    }
    None
}
