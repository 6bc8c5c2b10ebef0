//! The doctor's look at what a person set up: configuration, keys, providers, councils and prompts.

use super::{Item, Section};
use crate::cli::Common;
use crate::config::key::{self, Found};
use crate::config::load::{ConfigError, Env, Source};
use crate::config::{Config, Fault, KeySource, Provider, prompts as own};
use crate::core::Council;
use crate::launch::choose::choose;
use crate::launch::themes::Themes;
use crate::providers::probe;

/// The file, and what is wrong in it.
pub(super) fn configuration(source: &Source, config: &Config, error: Option<&ConfigError>) -> Section {
    let file = |found: String| Item::new("file", found);
    let mut items = vec![match (error, &config.file, source.place()) {
        (Some(error), _, _) => file(error.to_string()).broken("synod does not start without it"),
        (None, Some(path), _) => file(path.display().to_string()),
        (None, None, Some((path, _))) if path.exists() => file(path.display().to_string()),
        (None, None, Some((path, _))) => file(format!("{} is not there: defaults hold", path.display())),
        (None, None, None) => file("no home folder is known: defaults hold".to_owned()),
    }];
    let own_folder = source.env.config_home().map(|home| own::folder(&home));
    let of_prompts = |fault: &Fault| {
        own_folder.as_ref().is_some_and(|folder| std::path::Path::new(&fault.file).starts_with(folder))
    };
    let keys = config.key_names();
    let of_keys = |fault: &Fault| fault.line.is_none() && keys.contains(&fault.key);
    for fault in config.faults.iter().filter(|fault| !of_prompts(fault) && !of_keys(fault)) {
        let item = Item::new("fault", fault.to_string());
        items.push(if fault.closes {
            item.broken("mend it first")
        } else {
            item.look("mend it; synod config check lists what is left")
        });
    }
    for line in Themes::faults(config, &source.env) {
        let item = Item::new("theme", line);
        items.push(item.look("mend it; until then the default theme stands in for it"));
    }
    Section { name: "configuration", items }
}

/// The variables that may hold keys: whether each is set, never to what. Then the keys from elsewhere: no command is run.
pub(super) fn keys(config: &Config, env: &Env) -> Section {
    let item = |name: String| match key::look(&name, env) {
        Found::Unset => Item::new(name, "not set"),
        Found::Set => Item::new(name, "set"),
        Found::Unusable(wrong) => Item::new(name, format!("{wrong}, so it counts as not set"))
            .look("set it to the real key, or unset it"),
    };
    let elsewhere = config.providers.iter().filter_map(|(name, provider)| {
        let source = provider.key_source.as_ref().filter(|source| !matches!(source, KeySource::Env(_)))?;
        let id = provider.key.as_ref().map(|key| format!(" (key id {})", key::id(key))).unwrap_or_default();
        Some(Item::new(format!("key of {name}"), format!("from {source}{id}")))
    });
    Section { name: "keys", items: config.key_names().into_iter().map(item).chain(elsewhere).collect() }
}

/// The providers, and which addresses on this machine were contacted to see whether something listens.
pub(super) async fn providers(config: &Config, online: bool) -> (Section, Vec<String>) {
    let asked: Vec<&str> = config
        .councils
        .values()
        .flat_map(|council| &council.members)
        .map(|member| member.model.provider.as_str())
        .collect();
    let probes = config.providers.values().map(|provider| probe::listens(&provider.base_url));
    let listens = futures_util::future::join_all(probes).await;
    let mut contacted = Vec::new();
    let mut items = Vec::new();
    for ((name, provider), listens) in config.providers.iter().zip(listens) {
        if listens.is_some() && !contacted.contains(&provider.base_url) {
            contacted.push(provider.base_url.clone());
        }
        let item = Item::new(name, format!("{}, {}", provider.base_url, standing(provider, listens, online)));
        items.push(match (asked.contains(&name.as_str()), provider.missing_key(), listens) {
            (true, Some(key), _) => {
                item.look(format!("a council asks it: export {key}=..., or synod keys set {name}"))
            }
            (true, None, Some(false)) => item.look("a council asks it: start the server"),
            _ => item,
        });
    }
    (Section { name: "providers", items }, contacted)
}

/// Where a provider is and whether it could be asked.
fn standing(provider: &Provider, listens: Option<bool>, online: bool) -> String {
    let key = match (&provider.key_source, provider.missing_key()) {
        (Some(KeySource::Env(name)), _) => format!("{name} is set"),
        (Some(source), _) => format!("its key is from {source}"),
        (None, Some(name)) => format!("{name} is not set"),
        (None, None) => "needs no key".to_owned(),
    };
    match (listens, provider.local) {
        (Some(true), _) => format!("on this machine, something listens, {key}"),
        (Some(false), _) => format!("on this machine, nothing listens, {key}"),
        (None, local) => {
            let free = if local { " but free" } else { "" };
            let contacted = if online { "" } else { " not contacted," };
            format!("elsewhere{free},{contacted} {key}")
        }
    }
}

/// The councils, and who is asked when nothing else is said.
pub(super) fn councils(common: &Common, config: &Config) -> Section {
    let asked = match choose(common, config) {
        Ok((Some(council), made_up)) => {
            let how = if made_up { ", made up for the first key that is set" } else { "" };
            Item::new("asked", format!("{}{how}", members(&council)))
        }
        Ok((None, _)) => Item::new("asked", "nobody: no council is configured and no key is set")
            .look("set a key such as OPENAI_API_KEY, start Ollama, or try synod --demo"),
        Err(error) => Item::new("asked", error.to_string()).look("name one that is there"),
    };
    let others = config.councils.values().map(|council| Item::new(&council.name, members(council)));
    Section { name: "councils", items: std::iter::once(asked).chain(others).collect() }
}

fn members(council: &Council) -> String {
    let member = |member: &crate::core::Member| format!("{} = {}", member.name.0, member.model);
    let members: Vec<String> = council.members.iter().map(member).collect();
    let chair = council.chair.as_ref().map(|chair| format!("; chair {}", chair.0)).unwrap_or_default();
    format!("{}: {}{chair}", council.name, members.join(", "))
}

/// The prompt templates: built in, or the person's own.
pub(super) fn prompts(config: &Config, env: &Env) -> Section {
    let folder = env.config_home().map(|home| own::folder(&home));
    let item = |(name, text): (&'static str, String)| {
        let file = folder.as_ref().map(|folder| own::file(folder, name).display().to_string());
        let fault = config.faults.iter().find(|fault| Some(&fault.file) == file.as_ref());
        match (fault, config.own_prompts.iter().find(|(own, _)| *own == name)) {
            (Some(fault), _) => Item::new(name, fault.to_string()).look("mend that file, or take it away"),
            (None, None) => Item::new(name, "built in"),
            (None, Some((_, file))) => {
                let same = if own::text(&config.templates, name) == Some(text.as_str()) {
                    ", as built in"
                } else {
                    ""
                };
                Item::new(name, format!("{}{same}", file.display()))
            }
        }
    };
    Section { name: "prompts", items: own::built_in().into_iter().map(item).collect() }
}
