//! The person's file over the presets, key by key. A fault costs its key and one line, never the rest.

use super::faults::{Faults, Item, Section, number, quoted, switch, text, whole};
use super::limits::Said;
use super::load::Env;
use super::presets::{self, Preset};
use super::{CONFIRM_ABOVE, Cache, Config, Fault, How, KeyFetch, KeySource, Kind, Notify, Provider};
use super::{
    address, agreement, budget, councils, key, key_command as command, limits, mend, models, private, proxy,
};
use crate::core::Mode;
use crate::core::again::RETRIES;
use crate::core::cached::CACHE_TTL;
use crate::core::member::ANSWER_LIMIT;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// The most that an answer limit may be.
const MOST_TOKENS: u64 = 1_000_000;
/// The most that answers may be kept for: a year.
const MOST_HOURS: u64 = 8760;

/// Reads a file's bytes; `name` stands before each fault.
pub(super) fn config(name: &str, bytes: &[u8], env: &Env) -> Config {
    let mended = mend::mend(bytes);
    let mut faults = Faults::new(name, &mended.text, &mended.lost);
    for broken in &mended.broken {
        if broken.guard {
            faults.close(&broken.at, "TOML", &broken.what);
        } else {
            faults.add(&broken.at, "TOML", &broken.what);
        }
    }
    match DeTable::parse(&mended.text) {
        Ok(table) => read(&Section::root(table.get_ref()), faults, env),
        // What is left of a text that was mended always reads.
        Err(_) => read(&Section::root(&DeTable::new()), faults, env),
    }
}

fn read(root: &Section<'_>, mut faults: Faults<'_>, env: &Env) -> Config {
    let mut config = presets::catalogue();
    let keys = [
        "agreement",
        "answer_limit",
        "budget",
        "cache",
        "cache_ttl",
        "confirm_above",
        "council",
        "councils",
        "debate_mode",
        "limits",
        "models",
        "notify",
        "private",
        "providers",
        "retries",
        "theme",
    ];
    root.only(&mut faults, &keys);
    config.answer_limit = answer_limit(root, &mut faults).unwrap_or(ANSWER_LIMIT);
    config.confirm_above = confirm_above(root, &mut faults).unwrap_or(CONFIRM_ABOVE);
    config.budget = budget::read(root, &mut faults);
    config.private = private::read(root, &mut faults);
    config.retries = limits::retries(root, &mut faults).unwrap_or(RETRIES);
    let said = limits::read(root, &mut faults);
    config.cache = cache(root, &mut faults).unwrap_or_default();
    let hours = |value: &DeValue<'_>| whole(value).filter(|hours| (1..=MOST_HOURS).contains(hours));
    let ttl = root.read(&mut faults, "cache_ttl", "hours, a whole number from 1 to 8760", hours);
    config.cache_ttl = ttl.map_or(CACHE_TTL, |hours| hours as u32);
    config.notify = notify(root, &mut faults).unwrap_or_default();
    let allowed = "the name of a theme, such as \"dark\"";
    config.debate_mode = debate_mode(root, &mut faults).unwrap_or_default();
    config.theme = root.read(&mut faults, "theme", allowed, text).map(str::to_owned);

    let allowed = "tables such as [providers.local]";
    let section = root.get("providers").and_then(|item| item.section(&mut faults, allowed));
    let mut given: BTreeMap<&str, Item<'_>> = section.iter().flat_map(Section::items).collect();
    let mut notes = Vec::new();
    // Providers that the file names but that can't be used: one line for that is enough.
    let mut dropped = Vec::new();
    let presets = presets::providers();
    for preset in &presets {
        let item = given.remove(preset.name.as_str());
        match provider(&preset.name, item, Some(preset), said, &mut faults, env, &mut notes) {
            Some(provider) => drop(config.providers.insert(preset.name.clone(), provider)),
            None => dropped.push(preset.name.clone()),
        }
    }
    for (name, item) in given {
        match provider(name, Some(item), None, said, &mut faults, env, &mut notes) {
            Some(provider) => drop(config.providers.insert(name.to_owned(), provider)),
            None => dropped.push(name.to_owned()),
        }
    }

    models::read(root, &mut faults, &mut config, &dropped);
    agreement::read(root, &mut faults, &mut config, &dropped);
    councils::read(root, &mut faults, &mut config, &dropped);
    config.faults = faults.all();
    notes.sort_by(|a, b| a.key.cmp(&b.key));
    notes.dedup();
    config.faults.extend(notes);
    config
}

/// What a step may cost before the workbench asks. A value that is none stops every question: guessing could cost money.
fn confirm_above(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<f64> {
    let item = root.get("confirm_above")?;
    let dollars = number(item.value).filter(|dollars| *dollars >= 0.0);
    if dollars.is_none() {
        let what = format!("{}; allowed: US dollars, 0 or more, for example 0.25", item.is());
        faults.close(&item.at, &item.path, &what);
    }
    dollars
}

/// Whether the same request is answered from what is kept.
fn cache(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Cache> {
    let item = root.get("cache")?;
    let word = text(item.value).unwrap_or_default();
    let known = word.parse::<Cache>().ok();
    if known.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no such way: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &Cache::ALL.map(|(name, _)| name));
    }
    known
}

/// How debates are held where nothing else is said.
fn debate_mode(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Mode> {
    let item = root.get("debate_mode")?;
    let word = text(item.value).unwrap_or_default();
    let known = word.parse::<Mode>().ok();
    if known.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no such mode: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &Mode::ALL.map(|(name, _, _)| name));
    }
    known
}

fn notify(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Notify> {
    let item = root.get("notify")?;
    let word = text(item.value).unwrap_or_default();
    let known = Notify::ALL.iter().find(|(name, _)| *name == word).map(|(_, way)| *way);
    if known.is_none() {
        let is = if word.is_empty() { item.is() } else { format!("no such way: {}", quoted(word)) };
        faults.stray(&item.at, &item.path, &is, word, &Notify::ALL.map(|(name, _)| name));
    }
    known
}

/// The most output tokens of a call, where a table says so.
pub(super) fn answer_limit(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<u32> {
    let limit = |value: &DeValue<'_>| whole(value).filter(|limit| (1..=MOST_TOKENS).contains(limit));
    section.read(faults, "answer_limit", "a whole number from 1 to 1000000", limit).map(|limit| limit as u32)
}

/// One provider: a preset, what the file says, or one over the other. `None` where there is no address to ask.
fn provider(
    name: &str,
    item: Option<Item<'_>>,
    preset: Option<&Preset>,
    mut said: Said,
    faults: &mut Faults<'_>,
    env: &Env,
    notes: &mut Vec<Fault>,
) -> Option<Provider> {
    let (mut provider, moved) = preset.map(|preset| preset.provider(env)).unwrap_or_default();
    let mut names = preset.map(|preset| preset.keys.clone()).unwrap_or_default();
    let mut local = None;
    let mut by_command = KeyCommand::Unsaid;
    if item.is_none() && faults.lost("providers") && faults.lost(name) {
        return None;
    }
    if let Some(item) = item {
        if !is_name(name) {
            faults.add(
                &item.at,
                &item.path,
                "can't name a provider; allowed: a name without blanks and slashes",
            );
            return None;
        }
        let section = item.section(faults, "a table such as [providers.local]")?;
        section.only(
            faults,
            &["api_key_command", "api_key_env", "base_url", "ca_file", "kind", "limits", "local"],
        );
        said = limits::read(&section, faults).over(said);
        provider.own = true;
        provider.kind = kind(&section, faults).unwrap_or(provider.kind);
        // A guess could send a private question away.
        local = faults.guarding(|faults| section.read(faults, "local", "true, false", switch));
        let allowed = "the path of a file with certificates in PEM";
        provider.ca_file = section.read(faults, "ca_file", allowed, text).map(str::to_owned);
        match key_names(&section, faults, env) {
            KeyNames::Unsaid => {}
            KeyNames::Given(of_file) => {
                names = of_file;
                provider.key_optional = false;
            }
            // Some other key than the one that was meant is sent nowhere.
            KeyNames::Bad => {
                names.clear();
                provider.key_refused = true;
            }
        }
        by_command = key_command(&section, faults);
        if matches!(by_command, KeyCommand::Bad) {
            names.clear();
            provider.key_refused = true;
        }
        let allowed = "an address such as \"http://127.0.0.1:8080/v1\"";
        match section.get("base_url") {
            Some(item) => {
                let wrong = match text(item.value).map(address::base_url) {
                    Some(Ok(base_url)) => {
                        provider.base_url = base_url;
                        None
                    }
                    Some(Err(wrong)) => Some(wrong.to_owned()),
                    None => Some(item.is()),
                };
                if let Some(wrong) = wrong {
                    let what = format!("{wrong}, so {} is left out; allowed: {allowed}", quoted(name));
                    faults.add(&item.at, &item.path, &what);
                    return None;
                }
            }
            // The preset's own address may be where nobody wants the question to go.
            None if faults.lost("base_url") => return None,
            None if preset.is_none() => {
                let what = format!("base_url is missing, so it is left out; allowed: {allowed}");
                faults.add(&section.at, &section.path, &what);
                return None;
            }
            None => {}
        }
    }
    if provider.base_url.is_empty() {
        notes.extend(moved);
        return None;
    }
    match preset {
        Some(preset) => preset.settle(&mut provider, local),
        None => provider.local = local.unwrap_or_else(|| address::is_loopback(&provider.base_url)),
    }
    provider.proxy = proxy::of(&provider.base_url, env);
    provider.limits = said.limits(address::is_loopback(&provider.base_url));
    notes.extend(key::find(&mut provider, &names, env));
    if let (KeyCommand::Given(words), None, false) = (by_command, &provider.key, provider.key_refused) {
        provider.key_source = words.first().cloned().map(KeySource::Command);
        provider.key_fetch = Some(KeyFetch::new(How::Command(words)));
    }
    Some(provider)
}

fn is_name(name: &str) -> bool {
    let parts = |c: char| c == '/' || c == ' ' || c.is_control();
    !name.is_empty() && !name.contains(parts) && !key::looks_like_one(name)
}

/// The dialect, where it is said and is one.
fn kind(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Kind> {
    let item = section.get("kind")?;
    let word = text(item.value);
    let kind = word.and_then(Kind::of);
    if kind.is_none() {
        let is = word.map_or_else(|| item.is(), |word| format!("no such kind: {}", quoted(word)));
        faults.stray(&item.at, &item.path, &is, word.unwrap_or_default(), &Kind::ALL.map(|(name, _)| name));
    }
    kind
}

/// What a file says about the command that prints the key.
enum KeyCommand {
    Unsaid,
    Given(Vec<String>),
    Bad,
}

/// The command that prints the key: a list of words, or a line that is split into words without a shell.
fn key_command(section: &Section<'_>, faults: &mut Faults<'_>) -> KeyCommand {
    let Some(item) = section.get("api_key_command") else {
        return if faults.lost("api_key_command") { KeyCommand::Bad } else { KeyCommand::Unsaid };
    };
    let words = match item.value {
        DeValue::Array(list) => {
            let words: Option<Vec<String>> =
                list.iter().map(|word| word.get_ref().as_str().map(str::to_owned)).collect();
            words.map(command::judge)
        }
        DeValue::String(line) => Some(command::words(line)),
        _ => None,
    };
    let wrong = match words {
        Some(Ok(words)) => return KeyCommand::Given(words),
        Some(Err(wrong)) => wrong.to_owned(),
        None => item.is(),
    };
    // A word of it may be the key itself: none is shown.
    let what =
        format!("{wrong}; allowed: a program and its arguments, such as [\"pass\", \"show\", \"openai\"]");
    faults.add(&item.at, &item.path, &what);
    KeyCommand::Bad
}

/// What a file says about the variables that may hold the key.
enum KeyNames {
    Unsaid,
    Given(Vec<String>),
    Bad,
}

/// The variables that may hold the key: a name or a list of names.
fn key_names(section: &Section<'_>, faults: &mut Faults<'_>, env: &Env) -> KeyNames {
    let Some(item) = section.get("api_key_env") else {
        return if faults.lost("api_key_env") { KeyNames::Bad } else { KeyNames::Unsaid };
    };
    let names = match item.value {
        DeValue::Array(list) => list.iter().map(|entry| text(entry.get_ref())).collect(),
        value => text(value).map(|name| vec![name]),
    };
    let good = |names: &Vec<&str>| !names.is_empty() && names.iter().all(|name| key::is_name(name, env));
    let Some(names) = names.filter(good) else {
        // What stands there may be the key itself: it is not shown.
        let what = "is not the name of an environment variable; allowed: a name such as \"LOCAL_KEY\", or a list \
                    of names, never the key itself";
        faults.add(&item.at, &item.path, what);
        return KeyNames::Bad;
    };
    KeyNames::Given(names.into_iter().map(str::to_owned).collect())
}
