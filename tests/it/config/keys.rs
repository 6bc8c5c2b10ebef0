//! Where a provider's key is from: which source goes before which, what can't be one, and that after a fault there no key at
//! all is sent. No command is run here.

use super::{CANARY, loaded_with};
use secrecy::{ExposeSecret as _, SecretString};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use synod::config::key_file::{self, Kept};
use synod::config::{Config, How, KeySource, Provider};

const BOX: &str = "[providers.box]\nbase_url = \"http://127.0.0.1:9000/v1\"\napi_key_env = \"BOX_KEY\"\n";
const COMMAND: &str = "api_key_command = [\"pass\", \"show\", \"box\"]\n";

fn source(provider: &Provider) -> &'static str {
    provider.key_source.as_ref().map_or("none", KeySource::word)
}

fn key(provider: &Provider) -> Option<&str> {
    provider.key.as_ref().map(SecretString::expose_secret)
}

/// What is configured by this text, in a home where keys are kept.
fn in_home(home: &Path, text: &str, env: &[(&str, &str)]) -> Config {
    let data = home.join("data");
    loaded_with(text, &[&[("XDG_DATA_HOME", data.to_str().unwrap())], env].concat())
}

#[test]
fn the_environment_goes_before_a_command_and_that_before_the_file() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("data/synod/keys.toml");
    key_file::keep(&file, "box", &Kept::Here(SecretString::from("of-file"))).unwrap();
    key_file::keep(&file, "groq", &Kept::Keyring).unwrap();
    let both = BOX.to_owned() + COMMAND;
    for (text, env, expected, held) in [
        (&both[..], &[("BOX_KEY", "of-env")][..], "env", Some("of-env")),
        (&both, &[], "command", None),
        (&both, &[("BOX_KEY", "your_api_key")], "command", None),
        (BOX, &[], "file", Some("of-file")),
        (BOX, &[("BOX_KEY", "of-env")], "env", Some("of-env")),
    ] {
        let config = in_home(home.path(), text, env);
        let provider = &config.providers["box"];
        assert_eq!((source(provider), key(provider)), (expected, held), "{text} {env:?}");
        assert!(provider.usable() && provider.has_key(), "{text}");
        assert!(!format!("{config:?}").contains("of-"), "{config:?}");
        let groq = &config.providers["groq"];
        assert_eq!((source(groq), key(groq), groq.usable()), ("keyring", None, true));
    }
    let config =
        in_home(home.path(), &both, &[("MISTRAL_API_KEY", "of-mistral-4711"), ("SPY", "<of-mistral-4711>")]);
    let fetch = config.providers["box"].key_fetch.clone().unwrap();
    assert_eq!(fetch.how, How::Command(["pass", "show", "box"].map(str::to_owned).to_vec()));
    let told: Vec<&str> = fetch.env.pairs().map(|(name, _)| name).collect();
    assert_eq!(told, ["XDG_DATA_HOME"], "it is told of no other key");
}

#[test]
fn a_command_that_is_none_is_one_line_and_no_key_is_sent() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("data/synod/keys.toml");
    key_file::keep(&file, "box", &Kept::Here(SecretString::from("of-file"))).unwrap();
    for (value, is) in [
        ("3", "is 3"),
        ("true", "is true"),
        ("{ run = \"pass\" }", "is a table"),
        ("[]", "names no program"),
        ("\"\"", "names no program"),
        ("[\"\", \"x\"]", "names no program"),
        ("[\"pass\", 3]", "is a list"),
        ("\"pass show 'box\"", "has a quote that is not closed"),
        (
            "\"pass show box | head -1\"",
            "holds a sign that only a shell knows; put [\"sh\", \"-c\", \"...\"] for that",
        ),
        (&format!("\"echo {CANARY}\""), "holds a key itself, and arguments can be read by every program"),
        (
            &format!("[\"echo\", \"{CANARY}\"]"),
            "holds a key itself, and arguments can be read by every program",
        ),
    ] {
        let config =
            in_home(home.path(), &format!("{BOX}api_key_command = {value}\n"), &[("BOX_KEY", "of-env")]);
        let line = format!(
            "F:4 providers.box.api_key_command: {is}; allowed: a program and its arguments, such as [\"pass\", \"show\", \"openai\"]"
        );
        assert_eq!(config.warnings(), [line], "{value}");
        let provider = &config.providers["box"];
        assert_eq!((source(provider), key(provider), provider.key_refused), ("none", None, true), "{value}");
        assert!(!format!("{config:?}").contains(CANARY), "{value}");
    }
    // In a line that is no TOML; and of the variable that was to be looked at.
    for bad in ["api_key_command = [\"pass\"", "api_key_env = \"box key\""] {
        let text = BOX.replace("api_key_env = \"BOX_KEY\"", bad);
        let provider = &in_home(home.path(), &text, &[("BOX_KEY", "of-env")]).providers["box"];
        assert_eq!((source(provider), provider.key_refused), ("none", true), "{bad}");
    }
}

#[test]
fn a_file_of_keys_that_others_can_read_is_one_line_and_not_used() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("data/synod/keys.toml");
    key_file::keep(&file, "box", &Kept::Here(SecretString::from(CANARY))).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
    let config = in_home(home.path(), BOX, &[]);
    let line =
        format!("{}: others may read or write it; chmod 600 it, so no key in it is used", file.display());
    assert_eq!(config.warnings(), [line]);
    assert_eq!(source(&config.providers["box"]), "none");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    key_file::keep(&file, "box", &Kept::Here(SecretString::from("your_api_key"))).unwrap();
    let config = in_home(home.path(), BOX, &[]);
    let line =
        format!("{}: the key of box is a placeholder; synod keys set box puts in another", file.display());
    assert_eq!(config.warnings(), [line]);
    assert_eq!(config.providers["box"].missing_key(), Some("BOX_KEY"));
}
