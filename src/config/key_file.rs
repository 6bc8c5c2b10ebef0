//! The file that holds keys: the one file of its layer that is refused when anyone else could read it, because keys are in
//! it. `synod keys set` writes it; nothing else does.

use super::load::Env;
use super::{Config, Fault, How, KeyFetch, KeySource, key, save};
use crate::core::clean;
use rustix::fs::OFlags;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use toml::de::DeTable;
use toml_edit::{DocumentMut, InlineTable, Item, Value};

/// More than this is no file of keys.
const LARGEST: u64 = 1 << 18;

/// What stands in a new one.
const ABOVE: &str = "\
# Keys of synod's providers, written by: synod keys set PROVIDER. Only you may read this file (mode 600).
";

/// Where a key is kept.
#[derive(Debug)]
pub enum Kept {
    /// In this file.
    Here(SecretString),
    /// In the system's keyring.
    Keyring,
}

/// Where the file is: in the folder for data, because folders of configuration are copied, shared and kept in
/// repositories. `None` where no home is known.
pub fn place(env: &Env) -> Option<PathBuf> {
    env.data_home().map(|home| home.join("synod").join("keys.toml"))
}

/// Gives keys of the file to providers that have none from the environment or a command.
pub(super) fn fill(config: &mut Config, env: &Env) {
    let Some(path) = place(env) else { return };
    let kept = match read(&path) {
        Ok(kept) => kept,
        Err(wrong) => return config.faults.push(Fault::of_file(&path, wrong)),
    };
    for (name, kept) in kept {
        let Some(provider) = config.providers.get_mut(&name) else { continue };
        if provider.key.is_some() || provider.key_fetch.is_some() || provider.key_refused {
            continue;
        }
        match kept {
            Kept::Here(key) => {
                if let Some(wrong) = key::unusable(key.expose_secret()) {
                    let message = format!("the key of {name} {wrong}; synod keys set {name} puts in another");
                    config.faults.push(Fault::of_file(&path, message));
                    continue;
                }
                provider.key = Some(key);
                provider.key_source = Some(KeySource::File(path.clone()));
            }
            Kept::Keyring => {
                provider.key_source = Some(KeySource::Keyring);
                provider.key_fetch = Some(KeyFetch::new(How::Keyring(name)));
            }
        }
    }
}

/// Reads the file; nothing where there is none.
///
/// # Errors
/// What is wrong and what to do, without anything that is in it.
pub fn read(path: &Path) -> Result<BTreeMap<String, Kept>, String> {
    let text = match open(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(format!("{error}, so no key in it is used")),
    };
    // A parser's own words show the line, and a key with it.
    let table = DeTable::parse(&text).map_err(|error| {
        let line =
            1 + text.get(..error.span().unwrap_or_default().start).unwrap_or_default().matches('\n').count();
        format!(
            "line {line} is no TOML, so no key in it is used; mend it, or write it anew with synod keys set"
        )
    })?;
    let mut kept = BTreeMap::new();
    for (name, value) in table.get_ref() {
        let here = value.get_ref().as_str().map(|key| Kept::Here(SecretString::from(key.trim())));
        let keyring = || {
            let table = value.get_ref().as_table()?;
            table.get("keyring")?.get_ref().as_bool().filter(|is| *is).map(|_| Kept::Keyring)
        };
        let Some(found) = here.or_else(keyring) else {
            let name = if key::looks_like_one(name.get_ref()) { "[key]" } else { name.get_ref() };
            return Err(format!(
                "what stands for {} is no key, so none in it is used; write PROVIDER = \"KEY\"",
                clean::exact(name)
            ));
        };
        kept.insert(name.get_ref().to_string(), found);
    }
    Ok(kept)
}

/// Reads the text of the file, if it is the person's own and nobody else's. It is judged after it was opened, so that it
/// can't be another one by then.
fn open(path: &Path) -> io::Result<String> {
    // A pipe in its place would be waited for without end.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let about = file.metadata()?;
    let wrong = if !about.is_file() {
        Some("it is no file; take it away")
    } else if about.uid() != rustix::process::geteuid().as_raw() {
        Some("it belongs to someone else; write your own with synod keys set")
    } else if about.mode() & 0o077 != 0 {
        Some("others may read or write it; chmod 600 it")
    } else if about.len() > LARGEST {
        Some("it is larger than 256 KiB; take out what is no key")
    } else {
        None
    };
    match wrong {
        Some(wrong) => Err(io::Error::other(wrong)),
        None => whole(file),
    }
}

fn whole(file: File) -> io::Result<String> {
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Keeps a key, in the place of an older one; other keys and comments stay.
///
/// # Errors
/// One line: the file can't be trusted, read or written. It is then as it was.
pub fn keep(path: &Path, provider: &str, kept: &Kept) -> Result<(), String> {
    let shown = clean::exact(&path.display().to_string());
    let text = match open(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => ABOVE.to_owned(),
        Err(error) => return Err(format!("{shown}: {error}; nothing is written")),
    };
    let mut document = text
        .parse::<DocumentMut>()
        .map_err(|_| format!("{shown} is not wholly TOML, so nothing is written; mend it or take it away"))?;
    let bare = document.is_empty();
    let value = match kept {
        Kept::Here(key) => Value::from(key.expose_secret()),
        Kept::Keyring => {
            let mut table = InlineTable::new();
            table.insert("keyring", true.into());
            Value::InlineTable(table)
        }
    };
    match document.get_mut(provider) {
        // In its place, so that comments above it stay.
        Some(old) => *old = Item::Value(value),
        None => drop(document.insert(provider, Item::Value(value))),
    }
    if bare {
        save::lead_with_comments(&mut document);
    }
    save::replace_whole(path, document.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn keys(path: &Path) -> Vec<(String, String)> {
        let text = |kept: Kept| match kept {
            Kept::Here(key) => key.expose_secret().to_owned(),
            Kept::Keyring => "keyring".to_owned(),
        };
        read(path).unwrap().into_iter().map(|(name, kept)| (name, text(kept))).collect()
    }

    fn here(key: &str) -> Kept {
        Kept::Here(SecretString::from(key))
    }

    #[test]
    fn what_is_kept_is_read_again_by_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/synod/keys.toml");
        assert_eq!(keys(&path), []);
        keep(&path, "openai", &here("sk-\"one\\")).unwrap();
        keep(&path, "box", &Kept::Keyring).unwrap();
        keep(&path, "openai", &here("sk-two")).unwrap();
        assert_eq!(keys(&path), [("box".into(), "keyring".into()), ("openai".into(), "sk-two".into())]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(ABOVE) && text.matches('#').count() == 1, "{text}");
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(
            std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn one_that_others_can_read_is_neither_read_nor_written() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys.toml");
        keep(&path, "openai", &here("sk-canary")).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o644, 0o601] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            for wrong in [read(&path).unwrap_err(), keep(&path, "box", &here("x")).unwrap_err()] {
                assert!(wrong.contains("chmod 600") && !wrong.contains("canary"), "{mode:o}: {wrong}");
            }
        }
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).unwrap();
        assert_eq!(keys(&path).len(), 1);
        let folder = home.path().join("folder");
        std::fs::create_dir(&folder).unwrap();
        assert!(read(&folder).unwrap_err().contains("no file"));
    }

    #[test]
    fn what_is_wrong_in_it_is_told_without_what_is_in_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys.toml");
        for (text, told) in [
            ("# keys\nopenai = sk-canary-4711\n", "line 2 is no TOML"),
            ("openai = \"sk-canary-4711\nx = 1", "line 1 is no TOML"),
            ("openai = 4711", "what stands for openai"),
            ("\"sk-canary-4711\" = 1", "what stands for [key]"),
            ("box = { keyring = false }", "what stands for box"),
        ] {
            save::replace_whole(&path, text.as_bytes()).unwrap();
            let wrong = read(&path).unwrap_err();
            assert!(wrong.contains(told) && !wrong.contains("47") && !wrong.contains("canary"), "{wrong}");
        }
    }
}
