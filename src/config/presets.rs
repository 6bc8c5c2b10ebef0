//! What synod knows without being told: providers and the catalogue of models, both embedded, and the keys that the
//! environment holds for them.

use super::load::Env;
use super::{Config, Fault, Kind, Limits, Model, Price, Provider, address, key, proxy};
use crate::core::ModelRef;
use crate::core::price::Long;
use serde::Deserialize;
use std::collections::BTreeMap;

const PROVIDERS: &str = include_str!("../../assets/providers.toml");
const MODELS: &str = include_str!("../../assets/models.toml");

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Providers {
    provider: Vec<Preset>,
}

/// A provider as `assets/providers.toml` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Preset {
    pub(super) name: String,
    pub(super) base_url: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    base_url_env: Option<String>,
    #[serde(default)]
    ollama_host: bool,
    #[serde(default)]
    pub(super) keys: Vec<String>,
    #[serde(default)]
    pub(super) key_optional: bool,
    #[serde(default)]
    pub(super) local: Option<bool>,
    #[serde(default)]
    prices: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    date: String,
    models: Vec<Entry>,
    councils: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: ModelRef,
    context: u64,
    input: f64,
    output: f64,
    #[serde(default)]
    cached: Option<f64>,
    #[serde(default)]
    written: Option<f64>,
    #[serde(default)]
    long: Option<Tier>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    above: u64,
    input: f64,
    output: f64,
}

impl Entry {
    fn model(self) -> Model {
        let long = self.long.map(|it| Long { above: it.above, input: it.input, output: it.output });
        let (input, output) = (self.input, self.output);
        let price = Price { input, output, cached: self.cached, written: self.written, long };
        Model { model: self.id, context: Some(self.context), price: Some(price), own: false }
    }
}

/// All presets, in the order in which they are looked at.
pub(super) fn providers() -> Vec<Preset> {
    // Embedded and tested: this can't fail.
    toml::from_str::<Providers>(PROVIDERS).unwrap_or_default().provider
}

/// All variables that may hold a key of theirs.
pub(super) fn key_names() -> Vec<String> {
    providers().into_iter().flat_map(|preset| preset.keys).collect()
}

impl Preset {
    /// The provider before its keys are looked for, and a fault where the environment names a bad address for it.
    pub(super) fn provider(&self, env: &Env) -> (Provider, Option<Fault>) {
        let mut provider = Provider {
            kind: self.kind.as_deref().and_then(Kind::of).unwrap_or_default(),
            base_url: self.base_url.clone(),
            key_optional: self.key_optional,
            ..Provider::default()
        };
        let mut fault = None;
        let moved = match (&self.base_url_env, self.ollama_host) {
            (Some(name), _) => env.get(name).map(|text| (name.as_str(), address::base_url(text))),
            (None, true) => env.get("OLLAMA_HOST").map(|text| ("OLLAMA_HOST", address::ollama(text))),
            (None, false) => None,
        };
        match moved {
            Some((_, Ok(base_url))) => (provider.base_url, provider.own) = (base_url, true),
            Some((name, Err(wrong))) => {
                // Not the preset's own address: whoever moved it may not want the question to go there.
                provider.base_url = String::new();
                let (name_of, usual) = (&self.name, &self.base_url);
                let message =
                    format!("{wrong}, so {name_of} is left out; allowed: an address such as {usual}");
                fault = Some(Fault::of_environment(name, message));
            }
            None => {}
        }
        (provider, fault)
    }

    /// Fills in what follows from the address.
    pub(super) fn settle(&self, provider: &mut Provider, local: Option<bool>) {
        provider.local = local.or(self.local).unwrap_or_else(|| address::is_loopback(&provider.base_url));
        provider.limits = Limits::usual(address::is_loopback(&provider.base_url));
        provider.listed = provider.base_url == self.base_url;
    }
}

/// The configuration of someone who has no file.
pub(super) fn config(env: &Env) -> Config {
    let mut config = catalogue();
    for preset in providers() {
        let (mut provider, fault) = preset.provider(env);
        if let Some(fault) = fault {
            config.faults.push(fault);
            continue;
        }
        preset.settle(&mut provider, None);
        provider.proxy = proxy::of(&provider.base_url, env);
        // Two of them may look at one variable.
        let faults = key::find(&mut provider, &preset.keys, env);
        let new: Vec<Fault> = faults.into_iter().filter(|fault| !config.faults.contains(fault)).collect();
        config.faults.extend(new);
        config.providers.insert(preset.name, provider);
    }
    config
}

/// An empty configuration that knows the catalogue.
pub(super) fn catalogue() -> Config {
    let known = toml::from_str::<Catalogue>(MODELS).unwrap_or_default();
    let councils = |preset: Preset| {
        let seats = known.councils.get(&preset.name)?;
        let seat = |model: &String| ModelRef { provider: preset.name.clone(), model: model.clone() };
        Some((preset.name.clone(), seats.iter().map(seat).collect()))
    };
    // What a service charges does not depend on the dialect that it is spoken to in.
    let priced: Vec<(String, String)> =
        providers().into_iter().filter_map(|preset| Some((preset.name, preset.prices?))).collect();
    let presets = providers().into_iter().filter_map(councils).collect();
    let mut catalogue: Vec<Model> = known.models.into_iter().map(Entry::model).collect();
    for (name, of) in priced {
        let same = catalogue.iter().filter(|it| it.model.provider == of);
        let own = |it: &Model| ModelRef { provider: name.clone(), model: it.model.model.clone() };
        let same: Vec<Model> = same.map(|it| Model { model: own(it), ..it.clone() }).collect();
        catalogue.extend(same);
    }
    Config { catalogue, presets, priced_on: known.date, ..Config::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_reads() {
        toml::from_str::<Providers>(PROVIDERS).unwrap();
        let known = toml::from_str::<Catalogue>(MODELS).unwrap();
        assert_eq!(known.date.len(), 10);
        let presets = providers();
        assert_eq!(presets.len(), 16);
        for preset in &presets {
            assert_eq!(address::base_url(&preset.base_url).as_ref(), Ok(&preset.base_url));
            assert!(preset.kind.as_deref().is_none_or(|name| Kind::of(name).is_some()), "{}", preset.name);
            assert!(preset.keys.iter().all(|name| key::is_name(name, &Env::default())));
        }
        for (provider, seats) in &known.councils {
            assert!(presets.iter().any(|preset| preset.name == *provider), "{provider}");
            assert_eq!(seats.len(), 3, "{provider}");
            for seat in seats {
                let known =
                    known.models.iter().any(|entry| entry.id.to_string() == format!("{provider}/{seat}"));
                assert!(known, "{provider}/{seat} has no price");
            }
        }
        assert_eq!(known.models.len(), 42);
        for entry in &known.models {
            assert!(entry.input > 0.0 && entry.output > 0.0 && entry.context > 0, "{}", entry.id);
            assert!(entry.cached.is_none_or(|each| each > 0.0 && each < entry.input), "{}", entry.id);
            assert!(entry.written.is_none_or(|each| each > 0.0), "{}", entry.id);
            let dearer = |tier: Tier| tier.input > entry.input && tier.output > entry.output;
            assert!(entry.long.is_none_or(|tier| tier.above < entry.context && dearer(tier)), "{}", entry.id);
            assert_eq!(known.models.iter().filter(|other| other.id == entry.id).count(), 1, "{}", entry.id);
        }
    }
}
