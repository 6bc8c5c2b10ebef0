//! What words do in the build of a claim: which say next to nothing, which order what stands around them, which make a bound,
//! and how sure they leave a claim. Closed lists; no claims here.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How sure a word makes its claim: a possibility, the usual case, or neither.
pub fn hedge(word: &str) -> Option<Hedge> {
    match word {
        "may" | "might" | "could" | "perhaps" | "maybe" | "possibly" | "sometimes" | "occasionally"
        | "some" | "potentially" | "allegedly" | "reportedly" | "seems" | "seem" | "seemingly"
        | "apparently" | "suggests" | "suggest" => Some(Hedge::Possible),
        "probably" | "likely" | "usually" | "typically" | "generally" | "often" | "mostly" | "mainly"
        | "most" | "many" | "nearly" | "almost" | "commonly" | "largely" | "normally" | "frequently" => {
            Some(Hedge::Usual)
        }
        _ => None,
    }
}

/// How sure a claim is of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hedge {
    /// It is so.
    #[default]
    Sure,
    /// It is so as a rule.
    Usual,
    /// It may be so.
    Possible,
}

/// What a word does in the build of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// Two claims may differ in it and say the same: articles, auxiliaries.
    Light = 1,
    /// It orders what stands before and behind it, so that both in each other's place say something else.
    Orders = 2,
    /// The two sides of a comparison or of an order in time stand around it.
    Pivot = 4,
    /// It is a relation that holds both ways: who meets whom is nothing.
    Symmetric = 8,
    /// It counts places in a row.
    Ordinal = 16,
    /// It makes a bound of a number.
    Bounds = 32,
    /// It says what only one thing can be.
    Unique = 64,
    /// It shuts out all others.
    Only = 128,
}

/// All that a word does in the build of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Senses(u8);

impl Senses {
    /// Whether this is among it.
    pub fn has(self, sense: Sense) -> bool {
        self.0 & sense as u8 != 0
    }
}

const LIGHT: &[&str] = &[
    "a", "an", "the", "is", "are", "was", "were", "be", "been", "has", "have", "had", "that", "this",
    "these", "those", "it", "its", "also", "just", "very", "so", "of", "do", "does", "did", "will", "would",
    "there", "now",
];
const ORDERS: &[&str] =
    &["than", "then", "first", "before", "after", "to", "from", "over", "into", "by", "above", "below"];
const PIVOTS: &[&str] = &["than", "before", "after"];
const ORDINALS: &[&str] = &[
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "last",
    "next", "previous",
];
const BOUNDS: &[&str] = &[
    "least", "most", "more", "less", "fewer", "over", "under", "above", "below", "maximum", "minimum", "no",
    "not",
];
const UNIQUE: &[&str] = &[
    "most",
    "least",
    "only",
    "first",
    "last",
    "best",
    "worst",
    "closest",
    "nearest",
    "farthest",
    "largest",
    "biggest",
    "smallest",
    "highest",
    "lowest",
    "longest",
    "shortest",
    "oldest",
    "youngest",
    "newest",
    "fastest",
    "slowest",
    "richest",
    "poorest",
    "deepest",
    "tallest",
    "heaviest",
    "lightest",
    "hottest",
    "coldest",
    "strongest",
    "weakest",
];
/// By stem.
const SYMMETRIC: &[&str] = &[
    "meet",
    "marry",
    "equal",
    "differ",
    "different",
    "similar",
    "resembl",
    "match",
    "border",
    "touch",
    "correlat",
    "relat",
    "adjacent",
    "same",
    "near",
    "connect",
    "communicat",
    "interact",
    "compet",
    "combin",
    "mix",
    "balanc",
    "compar",
    "together",
    "between",
    "includ",
    "like",
];

static SENSES: LazyLock<HashMap<&str, Senses>> = LazyLock::new(|| {
    let mut senses: HashMap<&str, Senses> = HashMap::new();
    for (list, sense) in [
        (LIGHT, Sense::Light),
        (ORDERS, Sense::Orders),
        (PIVOTS, Sense::Pivot),
        (ORDINALS, Sense::Ordinal),
        (BOUNDS, Sense::Bounds),
        (UNIQUE, Sense::Unique),
        (&["only"], Sense::Only),
    ] {
        for word in list {
            senses.entry(word).or_default().0 |= sense as u8;
        }
    }
    senses
});

/// What a word, in lower case and as a stem, does in the build of a claim.
pub fn senses(word: &str, stem: &str) -> Senses {
    let Senses(known) = SENSES.get(word).copied().unwrap_or_default();
    Senses(if SYMMETRIC.contains(&stem) { known | Sense::Symmetric as u8 } else { known })
}
