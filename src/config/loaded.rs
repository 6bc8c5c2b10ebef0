//! The keys that this process holds, and what no program that it starts may be told. Where keys come from is
//! [`super::key`]'s.

use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// Ends of names whose values are nobody else's business.
const SECRET: [&str; 8] =
    ["_API_KEY", "_APIKEY", "_TOKEN", "_SECRET", "_ACCESS_KEY", "_PASSWORD", "_PASSWD", "_CREDENTIALS"];

/// A loaded key shorter than this is not looked for in other variables: it would be found in all of them.
const SHORTEST: usize = 8;

/// All keys that were loaded so far. Clones share them, so that one which a command printed later is known everywhere.
#[derive(Clone, Default)]
pub struct Loaded(Arc<RwLock<Vec<SecretString>>>);

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loaded({} keys)", self.all().len())
    }
}

impl FromIterator<SecretString> for Loaded {
    fn from_iter<I: IntoIterator<Item = SecretString>>(keys: I) -> Self {
        Self(Arc::new(RwLock::new(keys.into_iter().collect())))
    }
}

impl Loaded {
    /// Notes one more.
    pub fn add(&self, key: &SecretString) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(key.clone());
    }

    /// All of them, as of now.
    pub fn all(&self) -> Vec<SecretString> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a loaded key is part of a text.
    fn is_in(&self, text: &str) -> bool {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter()
            .map(|key| key.expose_secret().trim())
            .any(|key| key.len() >= SHORTEST && text.contains(key))
    }
}

/// What no other program may know.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Names of variables that the configuration takes keys from.
    pub names: Vec<String>,
    /// The keys that are loaded.
    pub keys: Loaded,
}

impl Hidden {
    /// Whether a variable must not be handed on: by what its name says, or because a key of ours is in it.
    pub fn covers(&self, name: &str, value: &str) -> bool {
        let upper = name.to_uppercase();
        SECRET.iter().any(|end| upper.ends_with(end)) || self.holds(name, value)
    }

    /// Whether a variable is one that keys are taken from, or a loaded key is in it. A key command is told all others: a
    /// password manager takes its own token from them.
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.names.iter().any(|known| known == name)
            || self.keys.is_in(value)
            || address_with_secret(name, value)
    }
}

/// Whether an address has a password or a key in it. Those of proxies are left: without them many programs reach nothing.
fn address_with_secret(name: &str, value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://").filter(|_| !name.to_uppercase().ends_with("_PROXY")) else {
        return false;
    };
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = address.split('/').next().unwrap_or_default();
    let password = authority.rsplit_once('@').is_some_and(|(person, _)| person.contains(':'));
    password || ["key=", "token=", "secret="].iter().any(|word| query.to_lowercase().contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden() -> Hidden {
        let keys = ["sk-canary-4711", "short"].map(SecretString::from).into_iter().collect();
        Hidden { names: vec!["MY_MODEL".to_owned()], keys }
    }

    #[test]
    fn keys_are_known_by_name_and_by_value() {
        for (name, value) in [
            ("OPENAI_API_KEY", "x"),
            ("github_token", "x"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("DB_PASSWORD", "x"),
            ("MY_MODEL", "x"),
            ("CURL_HEADER", "Bearer sk-canary-4711"),
            ("OPENAI_BASE_URL", "https://me:word@host/v1"),
            ("X_URL", "https://host/v1?api_key=4"),
        ] {
            assert!(hidden().covers(name, value), "{name}");
        }
        for (name, value) in [
            ("HTTPS_PROXY", "http://me:word@proxy"),
            ("OLLAMA_HOST", "http://box:11434"),
            ("REMOTE", "ssh://git@host/x?a=b"),
        ] {
            assert!(!hidden().covers(name, value), "{name}");
        }
        for (name, value) in
            [("PATH", "/bin"), ("EDITOR", "vi"), ("TOKENIZERS_PARALLELISM", "1"), ("X", "short"), ("KEY", "")]
        {
            assert!(!hidden().covers(name, value), "{name}");
        }
    }

    #[test]
    fn a_password_manager_keeps_its_own_token() {
        assert!(!hidden().holds("OP_SERVICE_ACCOUNT_TOKEN", "ops_x"));
        assert!(hidden().holds("MY_MODEL", "x") && hidden().holds("X_TOKEN", "sk-canary-4711"));
    }

    #[test]
    fn one_that_comes_later_is_known_to_all_and_shown_to_none() {
        let hidden = hidden();
        let other = hidden.keys.clone();
        other.add(&SecretString::from("later-key-4712"));
        assert!(hidden.covers("X", "<later-key-4712>"));
        assert!(!format!("{hidden:?}").contains("47"), "{hidden:?}");
    }
}
