//! Finds the provider behind a model's name. Opens no connection and reads no configuration.

use super::fault::fault;
use super::http::Remote;
use super::scripted;
use super::{Listed, Provider};
use crate::config::{self, Config, Limits};
use crate::core::{CallError, ErrorKind, Locals, ModelRef};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The providers that can be reached.
#[derive(Default)]
pub struct Registry {
    configured: BTreeMap<String, config::Provider>,
    /// Models that are known without asking anyone.
    catalogue: Vec<ModelRef>,
    locals: Locals,
    open: Mutex<BTreeMap<String, Arc<dyn Provider>>>,
}

impl Registry {
    /// Over what is configured.
    pub fn new(config: &Config) -> Self {
        let catalogue = config.catalogue.iter().map(|it| it.model.clone()).collect();
        let mut locals = config.locals();
        // What is scripted asks nobody.
        locals.providers.insert(scripted::PROVIDER.to_owned());
        Self { configured: config.providers.clone(), catalogue, locals, open: Mutex::default() }
    }

    /// Adds a provider that is not reached over the network, or puts it in the place of one that is.
    pub fn with(self, name: &str, provider: Arc<dyn Provider>) -> Self {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), provider);
        self
    }

    /// How long a model's calls may take and how many of its endpoint's run at once.
    pub fn limits(&self, model: &ModelRef) -> Limits {
        self.configured.get(&model.provider).map(|provider| provider.limits).unwrap_or_default()
    }

    /// Whose models a private question may be sent to.
    pub fn locals(&self) -> &Locals {
        &self.locals
    }

    /// Which models a provider of this name lists.
    ///
    /// # Errors
    /// As [`Registry::open`], and what the provider's own list comes to.
    pub async fn models(&self, provider: &str) -> Result<Vec<Listed>, CallError> {
        // Any model will do: all of a provider are reached alike.
        let any = ModelRef { provider: provider.to_owned(), model: String::new() };
        self.open(&any)?.models().await
    }

    /// The provider of a model; the same one for all its models. That its key is missing shows when it is asked.
    ///
    /// # Errors
    /// A configuration fault: no provider of that name, or its address is none.
    pub fn open(&self, model: &ModelRef) -> Result<Arc<dyn Provider>, CallError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(provider) = open.get(&model.provider) {
            return Ok(provider.clone());
        }
        let Some(provider) = self.configured.get(&model.provider) else {
            let names: Vec<&str> = open.keys().chain(self.configured.keys()).map(String::as_str).collect();
            return Err(unknown(model, names));
        };
        let known = self.catalogue.iter().filter(|it| provider.listed && it.provider == model.provider);
        let known = known.map(|it| it.model.clone()).collect();
        let provider: Arc<dyn Provider> = Arc::new(Remote::new(&model.provider, provider, known)?);
        open.insert(model.provider.clone(), provider.clone());
        Ok(provider)
    }
}

fn unknown(model: &ModelRef, mut names: Vec<&str>) -> CallError {
    names.sort_unstable();
    names.dedup();
    let name = &model.provider;
    let known = if names.is_empty() {
        "none is configured".to_owned()
    } else {
        format!("there are {}", names.join(", "))
    };
    let near = |other: &&str| strsim::jaro_winkler(name, other);
    let nearest =
        names.iter().copied().max_by(|a, b| near(a).total_cmp(&near(b))).filter(|other| near(other) > 0.7);
    let hint = match nearest {
        Some(other) => format!("did you mean {other}/{}?", model.model),
        None => "add it to the configuration, or set a provider's key".to_owned(),
    };
    fault(ErrorKind::Config, format!("no provider {name:?}; {known}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Kind;

    fn config() -> Config {
        let provider = |url: &str| config::Provider {
            kind: Kind::OpenAi,
            base_url: url.to_owned(),
            ..config::Provider::default()
        };
        let providers =
            [("local", "http://127.0.0.1:8080/v1"), ("openai", "https://api.openai.com/v1/"), ("bad", "x")];
        let providers = providers.iter().map(|(name, url)| ((*name).to_owned(), provider(url))).collect();
        Config { providers, ..Config::default() }
    }

    #[test]
    fn a_provider_is_opened_once() {
        let registry = Registry::new(&config());
        let open = |text: &str| registry.open(&text.parse().unwrap());
        let first = open("openai/a").unwrap();
        assert!(Arc::ptr_eq(&first, &open("openai/b").unwrap()));
        assert_eq!(first.endpoint(), "https://api.openai.com");
        assert_eq!(open("local/x").unwrap().endpoint(), "http://127.0.0.1:8080");
    }

    #[test]
    fn an_unknown_one_is_a_fault_that_names_the_nearest() {
        let registry = Registry::new(&config());
        let fault = |text: &str| registry.open(&text.parse().unwrap()).err().unwrap();
        let unknown = fault("opneai/gpt");
        assert_eq!(unknown.kind, ErrorKind::Config);
        assert_eq!(unknown.message, "no provider \"opneai\"; there are bad, local, openai");
        assert_eq!(unknown.hint, "did you mean openai/gpt?");
        assert_eq!(fault("bad/x").kind, ErrorKind::Config);
        let with = Registry::new(&config()).with("fake", registry.open(&"local/x".parse().unwrap()).unwrap());
        assert_eq!(with.open(&"fake/y".parse().unwrap()).unwrap().endpoint(), "http://127.0.0.1:8080");
    }
}
