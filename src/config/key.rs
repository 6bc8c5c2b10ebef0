//! Keys: where one is from, which variable holds one, whether what it holds can be one, and what it is called. A key itself
//! is never part of a message.

use super::load::Env;
use super::{Fault, Provider};
use ring::digest;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt::{self, Write as _};
use std::path::PathBuf;

pub use crate::core::private::KEY_STARTS as STARTS;

/// What an environment variable that may hold a key was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Not set, or empty.
    Unset,
    /// It can't be a key, and why.
    Unusable(&'static str),
    /// It may be one.
    Set,
}

/// Where a key is from. The first of these that has one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// This environment variable.
    Env(String),
    /// The first line that this program prints.
    Command(String),
    /// This file, which `synod keys set` writes.
    File(PathBuf),
    /// The system's keyring.
    Keyring,
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => f.write_str(name),
            Self::Command(program) => write!(f, "the key command {program}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Keyring => f.write_str("the system's keyring"),
        }
    }
}

impl KeySource {
    /// Its kind in a word, for lists.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Env(_) => "env",
            Self::Command(_) => "command",
            Self::File(_) => "file",
            Self::Keyring => "keyring",
        }
    }
}

/// Looks at a variable that may hold a key.
pub fn look(name: &str, env: &Env) -> Found {
    match env.get(name) {
        None => Found::Unset,
        Some(value) => unusable(value).map_or(Found::Set, Found::Unusable),
    }
}

/// Why a text can't be a key, if it can't; without the text.
pub fn unusable(value: &str) -> Option<&'static str> {
    if value.is_empty() {
        Some("is empty")
    } else if value.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii()) {
        Some("holds a blank, or a letter that no key has")
    } else {
        is_placeholder(value).then_some("is a placeholder")
    }
}

/// What a key is called where people must tell one from another: six hexadecimal digits of its SHA-256 digest, which say
/// nothing of its letters.
pub fn id(key: &SecretString) -> String {
    let mut about = digest::Context::new(&digest::SHA256);
    // Apart from other uses of the same digest, so that nobody's table of digests fits.
    about.update(b"synod key id\0");
    about.update(key.expose_secret().trim().as_bytes());
    let digest = about.finish();
    digest.as_ref().iter().take(3).fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// Puts the first key that is set among `names` into a provider. Returns a fault for each that can't be a key.
pub(super) fn find(provider: &mut Provider, names: &[String], env: &Env) -> Vec<Fault> {
    let mut faults = Vec::new();
    provider.api_key_env = names.first().cloned();
    names.clone_into(&mut provider.key_names);
    for name in names {
        match look(name, env) {
            Found::Unset => {}
            Found::Unusable(wrong) => {
                let message = format!("{wrong}, so it counts as not set; set it to the real key");
                faults.push(Fault::of_environment(name, message));
            }
            Found::Set => {
                provider.api_key_env = Some(name.clone());
                provider.key = env.get(name).map(SecretString::from);
                provider.key_source = Some(KeySource::Env(name.clone()));
                break;
            }
        }
    }
    faults
}

pub use crate::core::private::looks_like_a_key as looks_like_one;

/// Whether a text is what templates hold in the place of a key. Words that local servers are really run with, such as
/// `none` or `dummy`, are not.
fn is_placeholder(value: &str) -> bool {
    let low = value.to_ascii_lowercase();
    let word = low.trim_start_matches("sk-");
    let same = word.chars().all(|c| matches!(c, 'x' | '*' | '.' | '-' | '_'));
    let filled_in =
        ["placeholder", "changeme", "change_me", "change-me", "replace_me", "replace-me", "insert_"];
    same || value.ends_with("...")
        || value.starts_with('<')
        || value.starts_with("${")
        || (low.contains("your") && (low.contains("key") || low.contains("token")))
        || filled_in.iter().any(|part| low.contains(part))
}

/// Whether a text can name an environment variable. People put the key itself there; so letters are to be capitals,
/// unless a variable of that very name is set.
pub(super) fn is_name(text: &str, env: &Env) -> bool {
    let word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins = text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    let capitals = text.len() <= 64 && !text.bytes().any(|byte| byte.is_ascii_lowercase());
    word && begins && (capitals || env.get(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_real_key_wins() {
        let names: Vec<String> = ["A_KEY", "B_KEY", "C_KEY"].map(str::to_owned).into();
        let env = Env::from_iter([("A_KEY", " "), ("B_KEY", "your_api_key"), ("C_KEY", " sk-real \n")]);
        let mut provider = Provider::default();
        let lines = find(&mut provider, &names, &env);
        assert_eq!(
            provider.key.as_ref().map(|key| key.expose_secret().to_owned()).as_deref(),
            Some("sk-real")
        );
        assert_eq!(provider.api_key_env.as_deref(), Some("C_KEY"));
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains("B_KEY") && !lines[0].contains("your_api_key"), "{}", lines[0]);

        let mut provider = Provider::default();
        assert_eq!(find(&mut provider, &names, &Env::default()), Vec::new());
        assert_eq!((provider.missing_key(), provider.usable()), (Some("A_KEY"), false));
    }

    #[test]
    fn an_id_tells_keys_apart_and_is_the_same_everywhere() {
        let of = |key: &str| id(&SecretString::from(key));
        assert_eq!(of("sk-real"), of(" sk-real\n"));
        assert_ne!(of("sk-real"), of("sk-reaL"));
        // printf 'synod key id\0sk-real' | sha256sum | cut -c1-6
        assert_eq!(of("sk-real"), "0c2c98");
    }

    #[test]
    fn placeholders_are_not_keys() {
        for text in [
            "xxx",
            "XXXXXXXX",
            "sk-...",
            "sk-xxxx",
            "your_api_key",
            "<YOUR KEY>",
            "YOUR-OPENAI-KEY",
            "***",
            "sk-proj-abc...",
            "${OPENAI_API_KEY}",
            "changeme",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["sk-proj-9aBxxx7", "none", "dummy", "EMPTY", "gsk_0123456789", "lm-studio", "x1"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_pasted_key_is_known_by_its_looks() {
        for text in
            ["sk-canary-4f7e", "gsk_0123456789", " AIzaSyA12345678 ", "0123456789abcdef0123456789abcdef"]
        {
            assert!(looks_like_one(text), "{text}");
        }
        for text in
            ["sk-short", "pair", "gpt-6-luna-2026-11-22-preview-with-a-long-name", "sk-ating is a fine sport"]
        {
            assert!(!looks_like_one(text), "{text}");
        }
    }

    #[test]
    fn a_key_is_not_taken_for_a_name() {
        let env = Env::from_iter([("my_key", "k")]);
        for name in ["OPENAI_API_KEY", "_K", "my_key", "K2"] {
            assert!(is_name(name, &env), "{name}");
        }
        for key in ["", "sk-abc", "gsk_abcdef", "AIzaSyA", "xai0123", "2K", "A B", "your_key"] {
            assert!(!is_name(key, &env), "{key}");
        }
    }
}
