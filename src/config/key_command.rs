//! The command that prints a key: what the configuration says of it, split into words. It is not run here, and no shell
//! ever sees it.

use super::load::Env;
use super::loaded::Loaded;
use super::{Config, key};

/// Signs that mean something to a shell alone.
const SHELL: [char; 9] = ['|', '&', ';', '<', '>', '$', '`', '(', ')'];

/// Where a key is got from when it is needed for the first time.
#[derive(Clone, Debug)]
pub struct KeyFetch {
    /// How.
    pub how: How,
    /// What the command is told of the environment: all of it but keys.
    pub env: Env,
    /// Where the key is noted, so that it is shown nowhere.
    pub loaded: Loaded,
}

impl KeyFetch {
    /// Before it is known what the environment is.
    pub(super) fn new(how: How) -> Self {
        Self { how, env: Env::default(), loaded: Loaded::default() }
    }
}

/// How a key is got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// The first line that a program prints: the program and its arguments.
    Command(Vec<String>),
    /// From the system's keyring, under this provider's name.
    Keyring(String),
}

/// Tells all that fetch keys what they need to know, once it is known which keys are loaded.
pub(super) fn settle(config: &mut Config, env: &Env) {
    for key in config.providers.values().filter_map(|provider| provider.key.as_ref()) {
        config.keys.add(key);
    }
    let hidden = config.hidden();
    let fetches = config.providers.values_mut().filter_map(|provider| provider.key_fetch.as_mut());
    for fetch in fetches {
        fetch.env = env.without(&hidden);
        fetch.loaded = hidden.keys.clone();
    }
}

/// Splits a command as a shell would, but for all that a shell does beside.
///
/// # Errors
/// What is wrong with it, without the text.
pub(super) fn words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), close) if open == close => quote = None,
            (None | Some('"'), '\\') => {
                word.get_or_insert_default().push(letters.next().ok_or("ends with a \\")?);
            }
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            (None, sign) if SHELL.contains(&sign) => {
                return Err("holds a sign that only a shell knows; put [\"sh\", \"-c\", \"...\"] for that");
            }
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err("has a quote that is not closed");
    }
    words.extend(word);
    judge(words)
}

/// Whether words can be a command.
///
/// # Errors
/// What is wrong with them, without them.
pub(super) fn judge(words: Vec<String>) -> Result<Vec<String>, &'static str> {
    if words.first().is_none_or(|program| program.trim().is_empty()) {
        return Err("names no program");
    }
    // Every program can read the arguments of every other.
    if words.iter().any(|word| key::looks_like_one(word)) {
        return Err("holds a key itself, and arguments can be read by every program");
    }
    if words.iter().any(|word| word.contains('\0')) {
        return Err("holds a zero byte");
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_as_a_shell_splits_it() {
        for (text, expected) in [
            ("pass show openai", &["pass", "show", "openai"][..]),
            ("  pass\tshow  'my key' ", &["pass", "show", "my key"]),
            ("op read \"op://a b/c\"", &["op", "read", "op://a b/c"]),
            ("a\\ b '' \"x\\\"y\" p'q'r", &["a b", "", "x\"y", "pqr"]),
            ("p '$HOME|;'", &["p", "$HOME|;"]),
        ] {
            assert_eq!(
                words(text).as_deref(),
                Ok(&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
                "{text}"
            );
        }
        for (text, wrong) in [
            ("", "names no program"),
            ("''", "names no program"),
            ("pass 'x", "has a quote"),
            ("pass \\", "ends with"),
            ("pass x | head -1", "only a shell"),
            ("pass $KEY", "only a shell"),
            ("echo sk-canary-4711-4711", "holds a key itself"),
            ("p a\0b", "zero byte"),
        ] {
            let found = words(text).unwrap_err();
            assert!(found.contains(wrong) && !found.contains("4711"), "{text:?}: {found}");
        }
    }
}
