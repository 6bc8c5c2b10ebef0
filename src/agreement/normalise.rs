//! A claim as what is compared: weighted tokens, trigrams, numbers and polarity. It scores nothing.

use super::lex::{self, Token};
use super::number::Number;
use super::quantity;
use super::senses::{self, Hedge, Senses};
use super::words::{self, Class};

/// A word of a claim in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// Hash of the stem.
    pub hash: u64,
    /// How it counts.
    pub class: Class,
    /// Whether it stands in the scope of a negator.
    pub negated: bool,
    /// Whether it is written with a capital although it does not open the claim.
    pub named: bool,
    /// The part of the sentence it stands in, between commas and their kin, from 0.
    pub clause: u16,
    /// What it does in the build of the claim.
    pub senses: Senses,
    /// The word as written.
    pub surface: String,
}

/// A negator and what it reaches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Denial {
    /// The content word that denies, such as "prevents"; `None` for "not" and its kin.
    pub by: Option<u64>,
    /// The content words it denies.
    pub reach: Vec<u64>,
}

/// A token with its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted {
    /// Hash of the stem, or of a number's value.
    pub hash: u64,
    /// Weight by how much sharing it says.
    pub weight: f64,
}

/// What is known of a claim's wording; equal texts give equal features.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Distinct tokens, sorted by hash.
    pub tokens: Vec<Weighted>,
    /// Sum of the tokens' weights.
    pub weight: f64,
    /// The same of its content alone.
    pub substantial: f64,
    /// Counted character trigrams of the words, sorted.
    pub grams: Vec<(u32, f64)>,
    /// Euclidean length of `grams`.
    pub length: f64,
    /// Words in order, numbers left out.
    pub words: Vec<Word>,
    /// Distinct content words, sorted by hash.
    pub content: Vec<u64>,
    /// Content words in the scope of a negator, sorted by hash.
    pub negated: Vec<u64>,
    /// The negators, in order.
    pub denials: Vec<Denial>,
    /// How sure it is of itself: the weakest of its words.
    pub hedge: Hedge,
    /// Content words of conditions and restrictions ("if the stack is empty", "hats that are not red"), sorted by hash:
    /// nobody affirms or denies them.
    pub supposed: Vec<u64>,
    /// A word and the hash of one of its opposites, sorted.
    pub opposites: Vec<(u64, u64)>,
    /// Numbers in order.
    pub numbers: Vec<Number>,
    /// Whether it holds an equals sign.
    pub equation: bool,
    /// A leading yes or no.
    pub verdict: Option<bool>,
    /// The letter of a named choice: "the answer is B".
    pub choice: Option<char>,
    /// Whether it is code, which is compared with code only.
    pub code: bool,
}

/// FNV-1a: small, stable across runs and platforms, and good enough for word identities.
pub fn hash(bytes: &[u8], seed: u64) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const CODE: u64 = 0x5eed_c0de;
/// Weight of a function word beside a content word's 1.
pub const FUNCTION: f64 = 0.1;
/// Weight of a content word that is in claims of any topic.
const COMMON: f64 = 0.5;

/// The token by which bare verdicts find each other.
pub const VERDICT: u64 = 0x7e5_0012_0000;

impl Features {
    /// Reads a claim of prose.
    pub fn prose(text: &str) -> Self {
        let mut reader = Reader::new(0);
        reader.read(&lex::lex(text));
        reader.finish()
    }

    /// Reads a block of code: identifiers and numbers, without any stance.
    pub fn code(text: &str) -> Self {
        let mut reader = Reader::new(CODE);
        for token in lex::lex(text) {
            match token {
                Token::Word(word) | Token::Pair(word) => reader.push(&word, &word, Class::Content, false),
                Token::Number { digits, .. } => reader.push(&digits, &digits, Class::Content, false),
                Token::Sign(_) => {}
            }
        }
        let mut features = reader.finish();
        features.code = true;
        features.words.clear();
        features
    }

    /// Whether nothing but a yes or no is said.
    pub fn bare_verdict(&self) -> bool {
        self.verdict.is_some() && self.content.is_empty() && self.numbers.is_empty()
    }

    /// Drops all but the numbers and what they come to.
    pub fn slim(&mut self) {
        let Self { numbers, equation, verdict, choice, code, .. } = std::mem::take(self);
        *self = Self { numbers, equation, verdict, choice, code, ..Self::default() };
    }

    /// Content words and numbers.
    pub fn substance(&self) -> usize {
        self.content.len() + self.numbers.len()
    }
}

/// Reads tokens in order; `quantity` reads the numbers among them.
pub(super) struct Reader {
    pub(super) seed: u64,
    pub(super) out: Features,
    /// The words as read, for the trigrams.
    pub(super) text: String,
    /// Content words that the last negator still reaches.
    pub(super) scope: u8,
    /// Whether a condition is open.
    pub(super) supposing: bool,
    /// The part of the sentence that is being read.
    pub(super) clause: u16,
}

impl Reader {
    fn new(seed: u64) -> Self {
        Self {
            seed,
            out: Features::default(),
            text: String::from(" "),
            scope: 0,
            supposing: false,
            clause: 0,
        }
    }

    pub(super) fn push(&mut self, root: &str, surface: &str, class: Class, flip: bool) {
        let id = hash(root.as_bytes(), self.seed);
        let negated = class == Class::Content && (self.scope > 0) != flip;
        if class == Class::Content {
            self.scope = self.scope.saturating_sub(1);
            self.out.content.push(id);
            if self.supposing {
                self.out.supposed.push(id);
            }
            if negated {
                self.out.negated.push(id);
                if flip {
                    self.out.denials.push(Denial { by: None, reach: vec![id] });
                } else if let Some(denial) = self.out.denials.last_mut() {
                    denial.reach.push(id);
                }
            }
        }
        let opposites = words::opposites(root);
        self.out.opposites.extend(opposites.iter().map(|other| (id, hash(other.as_bytes(), self.seed))));
        let weight = match class {
            Class::Content if words::common(root) => COMMON,
            Class::Content => 1.0,
            // Polarity is the stance's matter; as a word "not" says little about the topic.
            Class::Function | Class::Negator => FUNCTION,
        };
        self.out.tokens.push(Weighted { hash: id, weight });
        let senses = senses::senses(&surface.to_lowercase(), root);
        let named = !self.out.words.is_empty() && surface.chars().next().is_some_and(char::is_uppercase);
        self.out.words.push(Word {
            hash: id,
            class,
            negated,
            named,
            clause: self.clause,
            senses,
            surface: surface.to_owned(),
        });
        self.text.push_str(root);
        self.text.push(' ');
    }

    fn negate(&mut self, surface: &str) {
        self.push("not", surface, Class::Negator, false);
        self.deny(None);
    }

    /// Opens the reach of a negator.
    fn deny(&mut self, by: Option<u64>) {
        self.scope = 2;
        self.out.denials.push(Denial { by, reach: Vec::new() });
    }

    fn read(&mut self, tokens: &[Token]) {
        let equals = tokens.iter().rposition(|token| *token == Token::Sign('='));
        self.out.equation = equals.is_some();
        let mut at = list_marker(tokens);
        if let Some(Token::Word(word)) = tokens.get(at) {
            let ends = matches!(
                tokens.get(at + 1),
                None | Some(Token::Sign(',' | '.' | '!' | ':' | ';' | '-' | '。' | '，' | '、'))
            );
            self.out.verdict = words::verdict(&word.to_lowercase()).filter(|_| ends);
            if self.out.verdict.is_some() {
                self.out.tokens.push(Weighted { hash: VERDICT, weight: 1.0 });
                at += 1;
            }
        }
        self.out.choice = choice(&tokens[at.min(tokens.len())..]);
        while let Some(token) = tokens.get(at) {
            let step = match token {
                Token::Number { .. } => self.number(tokens, at, equals),
                Token::Word(word) => self.word(tokens, at, word, equals),
                Token::Pair(pair) => {
                    self.push(pair, pair, Class::Content, false);
                    1
                }
                Token::Sign(lex::NOT) => {
                    self.negate("不");
                    1
                }
                Token::Sign(sign) => {
                    if matches!(sign, '.' | ',' | ';' | ':' | '(' | '。' | '，' | '、') {
                        self.scope = 0;
                        self.supposing = false;
                        self.clause = self.clause.saturating_add(1);
                    }
                    1
                }
            };
            at += step;
        }
    }

    fn word(&mut self, tokens: &[Token], at: usize, word: &str, equals: Option<usize>) -> usize {
        let (lower, negates) = lex::lower(word);
        let whole = words::magnitude(&lower).is_some() && quantity::one_of(tokens, at);
        if words::number_word(&lower).is_some() || whole {
            return self.number(tokens, at, equals);
        }
        let next = match tokens.get(at + 1) {
            Some(Token::Word(next)) => next.to_lowercase(),
            Some(Token::Sign(sign)) => sign.to_string(),
            _ => String::new(),
        };
        if words::supposes(&lower, &next) {
            self.supposing = true;
        }
        // "may not" forbids: it is no possibility.
        self.out.hedge =
            self.out.hedge.max(senses::hedge(&lower).filter(|_| next != "not").unwrap_or_default());
        if lower == "non" && next == "-" {
            self.negate(word);
            return 2;
        }
        if negates {
            self.push(&lower, word, words::class(&lower), false);
            self.negate("n't");
            return 1;
        }
        match words::class(&lower) {
            // "not only" and "no doubt" do not deny, and "X, not Y" says X.
            Class::Negator
                if matches!(next.as_str(), "only" | "doubt" | "matter" | "longer" | "just")
                    || contrasts(tokens, at) =>
            {
                self.push(&lower, word, Class::Function, false);
            }
            Class::Negator => self.negate(word),
            class => {
                // "neither here nor there", "not here or there": both are denied.
                if lower == "or" && self.out.words.last().is_some_and(|word| word.negated) {
                    self.scope = self.scope.max(1);
                }
                // "not safe for trucks" denies "safe"; "not in the city" denies "city".
                if words::joins(&lower) || (self.scope == 1 && words::places(&lower)) {
                    self.scope = 0;
                }
                match words::twin(&lower) {
                    Some(positive) => self.push(&words::stem(positive), word, class, true),
                    None if class == Class::Function => self.push(&lower, word, class, false),
                    None => self.push(&words::stem(&lower), word, class, false),
                }
                if words::denies(&lower) {
                    self.deny(self.out.words.last().map(|word| word.hash));
                }
            }
        }
        1
    }

    fn finish(mut self) -> Features {
        let out = &mut self.out;
        out.tokens.sort_by_key(|token| token.hash);
        out.tokens.dedup_by_key(|token| token.hash);
        out.weight = out.tokens.iter().map(|token| token.weight).sum();
        let content = out.tokens.iter().map(|token| token.weight).filter(|weight| *weight > FUNCTION);
        out.substantial = content.sum();
        for list in [&mut out.content, &mut out.negated, &mut out.supposed] {
            list.sort_unstable();
            list.dedup();
        }
        out.opposites.sort_unstable();
        out.opposites.dedup();
        let letters: Vec<char> = self.text.chars().collect();
        let mut grams: Vec<u32> = letters
            .windows(3)
            .map(|gram| gram.iter().fold(0u32, |hash, c| hash.wrapping_mul(0x0100_0193) ^ u32::from(*c)))
            .collect();
        grams.sort_unstable();
        for gram in grams {
            match out.grams.last_mut() {
                Some((last, count)) if *last == gram => *count += 1.0,
                _ => out.grams.push((gram, 1.0)),
            }
        }
        out.length = out.grams.iter().map(|(_, count)| count * count).sum::<f64>().sqrt();
        self.out
    }
}

/// Whether the negator at `at` sets one thing against another: "the cars counted, not the cars left".
fn contrasts(tokens: &[Token], at: usize) -> bool {
    at > 0
        && tokens.get(at - 1) == Some(&Token::Sign(','))
        && matches!(tokens.get(at), Some(Token::Word(word)) if word == "not")
}

/// How many tokens at the head are a list marker such as "4." or "-".
fn list_marker(tokens: &[Token]) -> usize {
    match tokens {
        [
            Token::Number { decimals: 0, .. },
            Token::Sign('.' | ')'),
            Token::Word(_) | Token::Sign('*'),
            ..,
        ] => 2,
        [Token::Sign('-' | '*' | '•' | '+'), Token::Word(_), ..] => 1,
        _ => 0,
    }
}

/// The letter of a named choice.
fn choice(tokens: &[Token]) -> Option<char> {
    let mut armed = 0;
    for token in tokens {
        match token {
            Token::Word(word) => {
                let mut letters = word.chars();
                if let (Some(letter @ 'A'..='J'), None, true) = (letters.next(), letters.next(), armed > 0) {
                    return Some(letter);
                }
                armed = match word.to_lowercase().as_str() {
                    "answer" | "option" | "choice" => 3,
                    "is" | "be" => armed,
                    _ => 0,
                };
            }
            Token::Sign('(' | ':' | '*' | '"') => {}
            _ => armed = 0,
        }
    }
    None
}
