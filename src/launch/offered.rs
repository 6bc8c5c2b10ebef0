//! What each configured provider offers: its own list where it has one and can be asked, the catalogue otherwise. It asks
//! providers for lists alone, never a model.

use crate::config::{Config, Provider, is_loopback};
use crate::core::ModelRef;
use crate::core::offer::{KeyState, Offer, Source};
use crate::core::price::Prices;
use crate::providers::Listed;
use crate::providers::registry::Registry;
use futures_util::future::join_all;
use std::collections::BTreeSet;

/// What a provider offers.
#[derive(Clone, Debug)]
pub struct Offered {
    /// Its name.
    pub provider: String,
    /// Whether it could not be reached, though it was to be asked.
    pub failed: bool,
    /// One line about how this came about, where there is something to say.
    pub note: Option<String>,
    /// Its models.
    pub offers: Vec<Offer>,
}

/// Asks all providers, or `only` one, at once; none at all where `online` is false. Those without their key are not
/// contacted, and presets on this machine that nobody configured or named are left out unless they answer.
pub async fn offered(config: &Config, registry: &Registry, only: Option<&str>, online: bool) -> Vec<Offered> {
    let prices = config.prices();
    let mut known = BTreeSet::new();
    // Presets at one address are one server; whoever is configured by the person comes first.
    let mut order: Vec<(&String, &Provider)> = config.providers.iter().collect();
    order.sort_by_key(|(_, provider)| !provider.own);
    order.retain(|(name, provider)| known.insert(&provider.base_url) || provider.own || only == Some(name));
    order.retain(|(name, _)| only.is_none_or(|only| only == *name));
    order.sort_by_key(|(name, _)| *name);
    let looks = order.into_iter().map(|(name, provider)| {
        let looked = Looked { config, prices: &prices, name, provider, named: only.is_some() };
        async move { looked.offered(registry, online).await }
    });
    join_all(looks).await.into_iter().flatten().collect()
}

/// One provider that is looked at.
struct Looked<'a> {
    config: &'a Config,
    prices: &'a Prices,
    name: &'a str,
    provider: &'a Provider,
    /// Whether it was asked for by name.
    named: bool,
}

impl Looked<'_> {
    /// What it offers; `None` for a preset on this machine that nobody runs.
    async fn offered(&self, registry: &Registry, online: bool) -> Option<Offered> {
        let offers = self.known();
        let preset = is_loopback(&self.provider.base_url) && !self.provider.own && !self.named;
        let left_out = preset && offers.is_empty();
        if let Some(name) = self.provider.missing_key() {
            let note = format!("no key: export {name}=...; {}", self.instead(&offers));
            return Some(self.done(offers, false, Some(note)));
        }
        if !online {
            let said = offers.is_empty().then(|| format!("not asked (--offline); {}", self.instead(&offers)));
            return (!left_out).then(|| self.done(offers, false, said));
        }
        match registry.models(self.name).await {
            Ok(list) if list.is_empty() && offers.is_empty() => {
                let note = "it lists no model that answers".to_owned();
                (!left_out).then(|| self.done(offers, false, Some(note)))
            }
            Ok(list) => Some(self.done(self.live(list, offers), false, None)),
            Err(_) if left_out => None,
            Err(fault) => {
                let note = format!("{}; {}; {}", fault.message, fault.hint, self.instead(&offers));
                Some(self.done(offers, true, Some(note)))
            }
        }
    }

    fn done(&self, offers: Vec<Offer>, failed: bool, note: Option<String>) -> Offered {
        Offered { provider: self.name.to_owned(), failed, note, offers }
    }

    /// What is shown in the place of a list that was not read.
    fn instead(&self, offers: &[Offer]) -> String {
        if offers.is_empty() {
            "nothing is known of its models".to_owned()
        } else {
            format!("its models are those of the catalogue of {}", self.config.priced_on)
        }
    }

    fn key(&self) -> KeyState {
        match self.provider.missing_key() {
            Some(name) => KeyState::Missing(name.to_owned()),
            None if self.provider.has_key() => KeyState::Set,
            None => KeyState::NotNeeded,
        }
    }

    /// What is known of it without asking.
    fn known(&self) -> Vec<Offer> {
        let of = self.config.catalogue.iter().filter(|entry| entry.model.provider == self.name);
        of.filter(|entry| self.config.holds(entry))
            .map(|entry| Offer {
                model: entry.model.clone(),
                context: entry.context,
                price: self.prices.of(&entry.model),
                key: self.key(),
                source: if entry.own { Source::Own } else { Source::Catalogue },
            })
            .collect()
    }

    /// The provider's own list. What the person said of a model goes over what the list says, and that over the catalogue.
    fn live(&self, list: Vec<Listed>, known: Vec<Offer>) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::with_capacity(list.len());
        for one in list {
            let model = ModelRef { provider: self.name.to_owned(), model: one.model };
            let before = known.iter().find(|offer| offer.model == model);
            let own = before.filter(|offer| offer.source == Source::Own);
            let price = self.prices.of(&model);
            let price = if own.is_some() || self.provider.local { price } else { one.price.or(price) };
            let context = own
                .and_then(|offer| offer.context)
                .or(one.context)
                .or_else(|| before.and_then(|offer| offer.context));
            offers.push(Offer { model, context, price, key: self.key(), source: Source::Live });
        }
        let own = known.into_iter().filter(|offer| offer.source == Source::Own);
        let unlisted: Vec<Offer> =
            own.filter(|offer| !offers.iter().any(|live| live.model == offer.model)).collect();
        offers.extend(unlisted);
        offers
    }
}
