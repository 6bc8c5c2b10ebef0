//! The tables `models` of the person's file: context and price of single models, over what the catalogue says. What can't
//! be read makes a price unknown, never zero and never an older one: a guess at it could cost money.

use super::faults::{Faults, Item, Section, number, whole};
use super::{Config, Model};
use crate::core::ModelRef;
use crate::core::price::{Long, Price};
use toml::de::DeValue;

const TABLE: &str = "a table such as [models.\"openai/gpt-6-luna\"] with input = 0.10 and output = 0.50";
const DOLLARS: &str = "US dollars per million tokens, 0 or more, for example 2.50";
const TOKENS: &str = "a whole number of tokens from 1 to 1000000000";
const KEYS: [&str; 6] = ["cached", "context", "input", "long", "output", "written"];

/// No model holds more tokens.
const MOST_TOKENS: u64 = 1_000_000_000;
/// No million tokens cost more, in US dollars.
const MOST_DOLLARS: f64 = 1e6;

/// Reads all tables into the catalogue. `dropped` are the providers that were left out with a line already.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>, config: &mut Config, dropped: &[String]) {
    if faults.lost("models") {
        // A table of which nothing is left may have said something else of them.
        for entry in config.catalogue.iter_mut().filter(|entry| faults.lost(&entry.model.model)) {
            (entry.price, entry.own) = (None, true);
        }
    }
    let section = root.get("models").and_then(|item| item.section(faults, TABLE));
    for (name, item) in section.iter().flat_map(Section::items) {
        let model = name.parse::<ModelRef>().ok().filter(|_| !name.chars().any(char::is_control));
        let Some(model) = model else {
            faults.add(
                &item.at,
                &item.path,
                "is no model; allowed: \"PROVIDER/MODEL\", for example \"local/any\"",
            );
            continue;
        };
        if !config.providers.contains_key(&model.provider) {
            if !dropped.contains(&model.provider) && !faults.lost(&model.provider) {
                let names: Vec<&str> = config.providers.keys().map(String::as_str).collect();
                faults.stray(&item.at, &item.path, "no such provider", &model.provider, &names);
            }
            continue;
        }
        let entry = entry(model, &item, faults, config);
        match config.catalogue.iter_mut().find(|known| known.model == entry.model) {
            Some(known) => *known = entry,
            None => config.catalogue.push(entry),
        }
    }
}

/// What the file says of a model, over what is known of it.
fn entry(model: ModelRef, item: &Item<'_>, faults: &mut Faults<'_>, config: &Config) -> Model {
    let known = config.catalogue.iter().find(|known| known.model == model && config.holds(known));
    let local = config.providers.get(&model.provider).is_some_and(|provider| provider.local);
    let before = known.and_then(|known| known.price).filter(|_| !local).or(local.then_some(Price::FREE));
    let mut context = known.and_then(|known| known.context);
    let Some(section) = item.section(faults, TABLE) else {
        return Model { model, context, price: None, own: true };
    };
    let tokens = |value: &DeValue<'_>| whole(value).filter(|count| (1..=MOST_TOKENS).contains(count));
    context = section.read(faults, "context", TOKENS, tokens).or(context);
    let price = price(&section, faults, before);
    Model { model, context, price, own: true }
}

/// The price: the one from before, with what the file says put over it. A price for reading or writing stands for a new
/// one, of which caches and tiers are to be said again.
fn price(section: &Section<'_>, faults: &mut Faults<'_>, before: Option<Price>) -> Option<Price> {
    let wrong = faults.count();
    section.only(faults, &KEYS);
    let dollars = |value: &DeValue<'_>| number(value).filter(|each| (0.0..=MOST_DOLLARS).contains(each));
    let mut read = |name| section.read(faults, name, DOLLARS, dollars);
    let (input, output, cached, written) = (read("input"), read("output"), read("cached"), read("written"));
    let long = section.get("long").map(|item| long(&item, faults));
    if faults.count() > wrong || lost(section, faults) {
        return None;
    }
    let price = match (input, output) {
        (Some(input), Some(output)) => Some(Price::flat(input, output)),
        (None, None) => before,
        (given, _) => {
            let (is, missing) = if given.is_some() { ("input", "output") } else { ("output", "input") };
            let what = format!("{is} without {missing}, so its price is unknown; allowed: both, or neither");
            faults.add(&section.at, &section.path, &what);
            return None;
        }
    };
    if price.is_none() && (cached.is_some() || written.is_some() || long.is_some()) {
        let what =
            "input and output are missing, so its price is unknown; allowed: both, beside what else is said";
        faults.add(&section.at, &section.path, what);
    }
    let price = price?;
    Some(Price {
        cached: cached.or(price.cached),
        written: written.or(price.written),
        long: long.unwrap_or(price.long),
        ..price
    })
}

/// Whether a part of the price may have stood in a line that is no TOML.
fn lost(section: &Section<'_>, faults: &Faults<'_>) -> bool {
    let price = KEYS.iter().filter(|key| **key != "context");
    price.into_iter().any(|key| faults.lost(key) && section.get(key).is_none())
}

/// The price of long prompts. `None` only with a fault.
fn long(item: &Item<'_>, faults: &mut Faults<'_>) -> Option<Long> {
    let section = item.section(faults, "a table such as { above = 200000, input = 4.00, output = 15.00 }")?;
    let names = ["above", "input", "output"];
    section.only(faults, &names);
    let tokens = |value: &DeValue<'_>| whole(value).filter(|count| (1..=MOST_TOKENS).contains(count));
    let dollars = |value: &DeValue<'_>| number(value).filter(|each| (0.0..=MOST_DOLLARS).contains(each));
    let above = section.read(faults, "above", TOKENS, tokens);
    let input = section.read(faults, "input", DOLLARS, dollars);
    let output = section.read(faults, "output", DOLLARS, dollars);
    if let Some(missing) = names.iter().find(|name| section.get(name).is_none() && !faults.lost(name)) {
        faults.add(
            &section.at,
            &section.path,
            &format!("{missing} is missing; allowed: above, input and output"),
        );
    }
    Some(Long { above: above?, input: input?, output: output? })
}
