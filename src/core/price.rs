//! What models cost and what a call is guessed to come to before it is made. Not what was spent.

use super::event::Usage;
use super::member::{Council, ModelRef};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// For tokens read.
    pub input: f64,
    /// For tokens written, reasoning included.
    pub output: f64,
    /// For tokens read from the provider's cache; those of `input` where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<f64>,
    /// For tokens written to the provider's cache; those of `input` where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<f64>,
    /// What very long prompts cost, where that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long: Option<Long>,
}

/// The price of prompts above a length, for all their tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Long {
    /// The length in tokens, cached ones included; a prompt of just this length is not above it.
    pub above: u64,
    /// For tokens read.
    pub input: f64,
    /// For tokens written, reasoning included.
    pub output: f64,
}

impl Price {
    /// Nothing is charged.
    pub const FREE: Self = Self::flat(0.0, 0.0);

    /// A price that knows no cache and no tiers.
    pub const fn flat(input: f64, output: f64) -> Self {
        Self { input, output, cached: None, written: None, long: None }
    }

    /// Whether nothing is charged at all.
    pub fn is_free(self) -> bool {
        let more = [self.cached, self.written, self.long.map(|long| long.input.max(long.output))];
        self.input == 0.0 && self.output == 0.0 && more.into_iter().flatten().all(|each| each == 0.0)
    }

    /// What so many tokens cost, in US dollars, where nothing is in a cache.
    pub fn of(self, input: u64, output: u64) -> f64 {
        self.cost(&Usage { input, output, ..Usage::default() })
    }

    /// What a call cost by its counts, in US dollars.
    ///
    /// `((input - cached - written) * in + cached * cache_read + written * cache_write + output * out) / 1e6`, each
    /// dialect's counts being brought into that shape where they are read. Of a long prompt all prices are those of its
    /// tier; what lies in a cache is dearer there as much as the rest is.
    pub fn cost(self, usage: &Usage) -> f64 {
        let long = self.long.filter(|long| usage.input > long.above);
        let (input, output) = long.map_or((self.input, self.output), |long| (long.input, long.output));
        let dearer = if self.input > 0.0 { input / self.input } else { 1.0 };
        let cached = self.cached.map_or(input, |each| each * dearer);
        let written = self.written.map_or(input, |each| each * dearer);
        // A provider's counts may not fit together: no token is paid for twice, and none is paid out.
        let of_cache = usage.cached.min(usage.input);
        let to_cache = usage.written.min(usage.input - of_cache);
        let rest = usage.input - of_cache - to_cache;
        let parts = [(rest, input), (of_cache, cached), (to_cache, written), (usage.output, output)];
        parts.into_iter().map(|(tokens, each)| tokens as f64 * each).sum::<f64>() / 1e6
    }

    /// The most that a call can cost, in US dollars, if it reads and writes no more tokens than these: whatever of it goes
    /// to a cache, and whichever tier its true length falls into.
    pub fn most(self, input: u64, output: u64) -> f64 {
        let short = self.long.map_or(input, |long| input.min(long.above));
        let ways = [(input, 0), (input, input), (short, 0), (short, short)];
        let costs =
            ways.map(|(input, written)| self.cost(&Usage { input, output, written, ..Usage::default() }));
        costs.into_iter().fold(0.0, f64::max)
    }

    /// The least that a call can cost, in US dollars, if it reads and writes at least these tokens: all of it may have
    /// lain in a cache.
    pub fn least(self, input: u64, output: u64) -> f64 {
        let plain = self.of(input, output);
        plain.min(self.cost(&Usage { input, cached: input, output, ..Usage::default() }))
    }

    /// The price in a few words.
    pub fn words(self) -> String {
        if self.is_free() {
            "free, local".to_owned()
        } else {
            format!("${} / ${} per million tokens", figure(self.input), figure(self.output))
        }
    }
}

/// A sum of US dollars per million tokens with as many digits as it has, two at the least and four at the most.
pub fn figure(dollars: f64) -> String {
    let exact = format!("{dollars:.4}");
    let shortest = exact.find('.').map_or(0, |point| point + 3);
    let bare = exact.trim_end_matches('0');
    exact[..bare.len().max(shortest)].to_owned()
}

/// The prices that are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// By model.
    pub known: BTreeMap<ModelRef, Price>,
    /// Providers that cost nothing, but for what is said of single models.
    pub free: BTreeSet<String>,
    /// Models that nobody knows the price of, whoever provides them: what was said of it can't be read.
    pub unknown: BTreeSet<ModelRef>,
}

/// What something is guessed to cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cost {
    /// Nothing, on this machine or by script.
    Free,
    /// About so many US dollars.
    About(f64),
    /// Nobody knows.
    Unknown,
}

/// How many tokens an answer is guessed to have.
pub const GUESSED_ANSWER: u64 = 600;

/// How many tokens a text is guessed to have: four bytes each, as English has with most tokenisers.
pub fn guessed_tokens(bytes: usize) -> u64 {
    bytes as u64 / 4
}

impl Prices {
    /// What a model costs; `None` where nobody knows.
    pub fn of(&self, model: &ModelRef) -> Option<Price> {
        if self.unknown.contains(model) {
            return None;
        }
        let free = || self.free.contains(&model.provider).then_some(Price::FREE);
        self.known.get(model).copied().or_else(free)
    }

    /// What calls come to: each a model with the tokens it reads and writes.
    pub fn estimate<'a>(&self, calls: impl IntoIterator<Item = (&'a ModelRef, u64, u64)>) -> Cost {
        let mut sum = 0.0;
        for (model, input, output) in calls {
            match self.of(model) {
                Some(price) => sum += price.of(input, output),
                None => return Cost::Unknown,
            }
        }
        if sum == 0.0 { Cost::Free } else { Cost::About(sum) }
    }

    /// What a question of so many tokens to a council comes to.
    pub fn ask(&self, council: &Council, tokens: u64) -> Cost {
        if council.scripted {
            return Cost::Free;
        }
        self.estimate(council.members.iter().map(|member| (&member.model, tokens, GUESSED_ANSWER)))
    }

    /// What a question of so many tokens to a council comes to, in a few words.
    pub fn line(&self, council: &Council, tokens: u64) -> String {
        let count = council.members.len();
        let members = if count == 1 { "1 member".to_owned() } else { format!("{count} members") };
        if council.scripted {
            return format!("$0.00, {members}, scripted");
        }
        match self.ask(council, tokens) {
            Cost::Free => format!("$0.00, {members}, local"),
            Cost::About(sum) => format!("about ${sum:.3} for {members}"),
            Cost::Unknown => format!("price unknown, {members}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_that_nobody_knows_makes_the_whole_unknown() {
        let model = |text: &str| text.parse::<ModelRef>().unwrap();
        let mut prices = Prices::default();
        prices.free.insert("local".into());
        prices.known.insert(model("a/x"), Price::flat(1.0, 2.0));
        let (free, dear, odd) = (model("local/m"), model("a/x"), model("b/y"));
        assert_eq!(prices.estimate([(&free, 100, 100)]), Cost::Free);
        assert_eq!(prices.estimate([(&free, 0, 0), (&dear, 1_000_000, 500_000)]), Cost::About(2.0));
        assert_eq!(prices.estimate([(&dear, 1, 1), (&odd, 1, 1)]), Cost::Unknown);
    }

    fn near(is: f64, should: f64) {
        assert!((is - should).abs() < 1e-12, "{is} is not {should}");
    }

    #[test]
    fn what_lies_in_a_cache_has_a_price_of_its_own() {
        let price = Price { cached: Some(0.1), written: Some(1.25), ..Price::flat(1.0, 5.0) };
        let usage = Usage { input: 1000, output: 10, reasoning: 4, cached: 600, written: 300, cost: None };
        near(price.cost(&usage), (100.0 + 60.0 + 375.0 + 50.0) / 1e6);
        near(Price::flat(1.0, 5.0).cost(&usage), 1050.0 / 1e6);
        near(price.of(1000, 10), 1050.0 / 1e6);
        // Counts that can't be true: at most the whole input counts as cached.
        let odd = Usage { input: 10, cached: u64::MAX, written: u64::MAX, ..Usage::default() };
        near(price.cost(&odd), 1.0 / 1e6);
        assert!(Price { cached: Some(0.1), ..Price::FREE }.cost(&odd) > 0.0);
    }

    #[test]
    fn a_long_prompt_has_the_price_of_its_tier_in_all_its_parts() {
        let long = Some(Long { above: 1000, input: 2.0, output: 7.5 });
        let price = Price { cached: Some(0.1), long, ..Price::flat(1.0, 5.0) };
        near(price.of(1000, 100), 1500.0 / 1e6);
        near(price.of(1001, 100), 2752.0 / 1e6);
        let usage = Usage { input: 2000, output: 0, cached: 1000, ..Usage::default() };
        near(price.cost(&usage), (2000.0 + 200.0) / 1e6);
    }

    #[test]
    fn only_what_costs_nothing_in_any_part_is_free() {
        let long = Some(Long { above: 1, input: 0.0, output: 1.0 });
        assert!(Price::FREE.is_free() && Price::FREE.words() == "free, local");
        for price in [
            Price::flat(0.0, 1.0),
            Price { written: Some(0.5), ..Price::FREE },
            Price { long, ..Price::FREE },
        ] {
            assert!(!price.is_free(), "{price:?}");
        }
        assert_eq!(Price::flat(0.075, 12.0).words(), "$0.075 / $12.00 per million tokens");
        assert_eq!([figure(0.0), figure(1.5), figure(0.00625)], ["0.00", "1.50", "0.0063"]);
    }
}
