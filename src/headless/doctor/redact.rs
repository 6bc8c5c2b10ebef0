//! Takes out of the doctor's report what is nobody else's business: keys, the home folder, the person's name, and names
//! and passwords in addresses.

use crate::config::Config;
use crate::config::load::Env;
use crate::providers::Redactor;
use secrecy::{ExposeSecret as _, SecretString};

/// Shorter than this, what a key variable holds may be a common word such as `none`.
const SHORTEST_KEY: usize = 12;

/// What is taken out.
#[derive(Default)]
pub(super) struct Redact {
    keys: Vec<Redactor>,
    homes: Vec<String>,
    names: Vec<String>,
}

impl Redact {
    /// What this person's report must not hold.
    pub(super) fn new(config: &Config, env: &Env) -> Self {
        let variables = config.key_names();
        let values = variables.iter().filter_map(|name| env.get(name));
        let loaded = config.keys.all();
        let values = values.chain(loaded.iter().map(SecretString::expose_secret));
        let values = values.filter(|value| value.len() >= SHORTEST_KEY).map(Redactor::new);
        let keys = std::iter::once(Redactor::default()).chain(values).collect();
        let home = env.get("HOME").map(|home| home.trim_end_matches('/').to_owned());
        let mut homes: Vec<String> = home.iter().filter(|home| home.len() > 1).cloned().collect();
        let real = homes.first().and_then(|home| std::fs::canonicalize(home).ok());
        homes.extend(real.and_then(|real| real.into_os_string().into_string().ok()));
        let of_home = home.as_deref().and_then(|home| home.rsplit('/').next());
        let names = [env.get("USER"), env.get("LOGNAME"), of_home];
        let names = names.into_iter().flatten().filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Self { keys, homes, names }
    }

    /// The text without it.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = self.keys.iter().fold(text.to_owned(), |text, redactor| redactor.clean(&text));
        let text = without_userinfo(&text);
        let text = self.homes.iter().fold(text, |text, home| replaced(&text, home, "~", |_| true));
        self.names.iter().fold(text, |text, name| replaced(&text, name, "USER", |before| before == Some('/')))
    }
}

/// Puts something in the place of each occurrence that is a whole part of a path, where what stands before it fits.
fn replaced(text: &str, what: &str, by: &str, fits: impl Fn(Option<char>) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(what) {
        let (before, after) = (&rest[..at], &rest[at + what.len()..]);
        let ends = after.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
        out.push_str(before);
        out.push_str(if ends && fits(out.chars().next_back()) { by } else { what });
        rest = after;
    }
    out + rest
}

/// Addresses without what stands before an `@` in them.
fn without_userinfo(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (scheme, after) = rest.split_at(at + 3);
        let ends = |c: char| c == '/' || c.is_whitespace() || matches!(c, '"' | '?' | '#');
        let authority = &after[..after.find(ends).unwrap_or(after.len())];
        out.push_str(scheme);
        rest = authority.rfind('@').map_or(after, |at| {
            out.push_str("[hidden]");
            &after[at..]
        });
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Provider;

    fn redact() -> Redact {
        let provider = Provider { key_names: vec!["A_KEY".into(), "B_KEY".into()], ..Provider::default() };
        let config = Config { providers: [("a".to_owned(), provider)].into(), ..Config::default() };
        let env = Env::from_iter([
            ("HOME", "/home/anna"),
            ("USER", "anna"),
            ("A_KEY", "geheim-geheim-geheim"),
            ("B_KEY", "none"),
        ]);
        Redact::new(&config, &env)
    }

    #[test]
    fn what_is_nobody_elses_business_is_gone() {
        for (text, clean) in [
            ("/home/anna/.config/x:3 key", "~/.config/x:3 key"),
            ("/home/anna", "~"),
            ("/home/annabel/x", "/home/annabel/x"),
            ("/srv/anna/data, hanna/anna.", "/srv/USER/data, hanna/USER."),
            ("a key: geheim-geheim-geheim!", "a key: [key]!"),
            ("sk-abcdefgh1234", "[key]"),
            ("colours: none", "colours: none"),
            ("http://me:pass@host/v1 and https://x@y", "http://[hidden]@host/v1 and https://[hidden]@y"),
            ("http://host/a@b", "http://host/a@b"),
        ] {
            assert_eq!(redact().clean(text), clean);
        }
    }
}
