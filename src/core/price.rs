//! What models cost and what a call is guessed to come to before it is made. Not what was spent.

use super::member::{Council, ModelRef};
use std::collections::{BTreeMap, BTreeSet};

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// For tokens read.
    pub input: f64,
    /// For tokens written, reasoning included.
    pub output: f64,
}

impl Price {
    /// What so many tokens cost, in US dollars.
    pub fn of(self, input: u64, output: u64) -> f64 {
        (self.input * input as f64 + self.output * output as f64) / 1e6
    }

    /// The price in a few words.
    pub fn words(self) -> String {
        if self.input == 0.0 && self.output == 0.0 {
            "free, local".to_owned()
        } else {
            format!("${:.2} / ${:.2} per million tokens", self.input, self.output)
        }
    }
}

/// The prices that are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// By model.
    pub known: BTreeMap<ModelRef, Price>,
    /// Providers that cost nothing.
    pub free: BTreeSet<String>,
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
        if self.free.contains(&model.provider) {
            return Some(Price { input: 0.0, output: 0.0 });
        }
        self.known.get(model).copied()
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

    /// What a question of so many tokens to a council comes to, in a few words.
    pub fn line(&self, council: &Council, tokens: u64) -> String {
        let count = council.members.len();
        let members = if count == 1 { "1 member".to_owned() } else { format!("{count} members") };
        if council.scripted {
            return format!("$0.00, {members}, scripted");
        }
        let calls = council.members.iter().map(|member| (&member.model, tokens, GUESSED_ANSWER));
        match self.estimate(calls) {
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
        prices.known.insert(model("a/x"), Price { input: 1.0, output: 2.0 });
        let (free, dear, odd) = (model("local/m"), model("a/x"), model("b/y"));
        assert_eq!(prices.estimate([(&free, 100, 100)]), Cost::Free);
        assert_eq!(prices.estimate([(&free, 0, 0), (&dear, 1_000_000, 500_000)]), Cost::About(2.0));
        assert_eq!(prices.estimate([(&dear, 1, 1), (&odd, 1, 1)]), Cost::Unknown);
    }
}
