//! What a provider offers: a model with what is known of it, and whether it can be asked. Not where that was looked up.

use super::event::CallError;
use super::member::ModelRef;
use super::price::{Price, figure};

/// A model that a provider has.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Which one.
    pub model: ModelRef,
    /// How many tokens it can hold; `None` where nobody knows.
    pub context: Option<u64>,
    /// What it costs; `None` where nobody knows.
    pub price: Option<Price>,
    /// Whether its provider can be asked.
    pub key: KeyState,
    /// Who says that it is there.
    pub source: Source,
}

/// Whether a provider's key is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is asked without one.
    NotNeeded,
    /// It has one.
    Set,
    /// It needs one: the variable to set.
    Missing(String),
}

/// Who says that a model is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The provider, just now.
    Live,
    /// The person's configuration.
    Own,
    /// The built-in catalogue.
    Catalogue,
}

/// What came of asking a model for a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It is on its way.
    Running,
    /// It answered, after so many milliseconds.
    Well {
        /// From the request to the end of the answer.
        ms: u64,
    },
    /// It did not, and why.
    Failed(CallError),
}

impl Probe {
    /// The most tokens that it may answer: as few as every server takes.
    pub const ANSWER: u32 = 16;
}

impl KeyState {
    /// In one word, for a column.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotNeeded => "none",
            Self::Set => "set",
            Self::Missing(_) => "MISSING",
        }
    }
}

impl Source {
    /// In one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Own => "config",
            Self::Catalogue => "catalogue",
        }
    }
}

impl Offer {
    /// How many tokens it can hold, for a column.
    pub fn window(&self) -> String {
        self.context.map_or_else(|| "unknown".to_owned(), tokens)
    }
}

/// A price in US dollars per million tokens read and written, for a column.
pub fn dollars(price: Option<Price>) -> String {
    match price {
        Some(price) if price.is_free() => "free".to_owned(),
        Some(price) => format!("{}/{}", figure(price.input), figure(price.output)),
        None => "unknown".to_owned(),
    }
}

/// A number of tokens in at most five characters: `950`, `32k`, `922k`, `1M`, `1.05M`.
pub fn tokens(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        // Powers of two are told as what people call them.
        1_000..1_000_000 if count.is_multiple_of(1_024) => format!("{}k", count / 1_024),
        1_000..999_500 => format!("{}k", (count + 500) / 1_000),
        _ => {
            let millions = format!("{:.2}", count as f64 / 1e6);
            format!("{}M", millions.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_short_words() {
        let words = [950, 4_096, 32_768, 131_072, 200_000, 272_000, 922_000, 999_600, 1_000_000, 1_048_576];
        let words: Vec<String> = words.into_iter().map(tokens).collect();
        assert_eq!(words, ["950", "4k", "32k", "128k", "200k", "272k", "922k", "1M", "1M", "1.05M"]);
    }

    #[test]
    fn an_unknown_price_is_no_zero() {
        let of = |input, output| dollars(Some(Price::flat(input, output)));
        assert_eq!([dollars(None), of(0.0, 0.0), of(0.075, 12.0)], ["unknown", "free", "0.075/12.00"]);
        let (model, key, source) = ("a/b".parse().unwrap(), KeyState::Set, Source::Live);
        assert_eq!(Offer { model, context: None, price: None, key, source }.window(), "unknown");
    }
}
