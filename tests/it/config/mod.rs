//! The configuration: what is right is taken, what is wrong costs one line and its own key, and no key is ever shown.
//!
//! Here is what its tests share; what the command line makes of a configuration is [`crate::cli`]'s.

mod broken;
mod fault_models;
mod fault_table;
mod faults;
mod files;
mod keys;
mod plan_casts;
mod plan_faults;
mod presets;
mod prompts;
mod save;

use std::fs;
use synod::config::Config;
use synod::config::load::{Source, load};
use synod::core::ModelRef;

/// A key that must show up nowhere.
const CANARY: &str = "sk-canary-4f7e";

fn loaded_with(text: &str, env: &[(&str, &str)]) -> Config {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    fs::write(&file, text).unwrap();
    let env = env.iter().copied().collect();
    let mut config = load(&Source { file: Some(file.clone()), env }).unwrap();
    // The temporary name is no part of what is tested.
    for fault in &mut config.faults {
        fault.file = fault.file.replace(&file.display().to_string(), "F");
    }
    config
}

fn loaded(text: &str) -> Config {
    loaded_with(text, &[])
}

fn with_env(env: &[(&str, &str)]) -> Config {
    load(&Source { file: None, env: env.iter().copied().collect() }).unwrap()
}

fn model(text: &str) -> ModelRef {
    text.parse().unwrap()
}

/// A configuration that is all right; the table below breaks it in one place at a time.
const GOOD: &str = r#"
council = "pair"
answer_limit = 512

[providers.box]
base_url = "http://127.0.0.1:9000/v1"

[councils.pair]
chair = "yes"
members = [
  { name = "yes", model = "box/any", persona = "Argue for it." },
  { name = "no", model = "box/any", weight = 2.0, temperature = 0.2, seed = 7 },
]

[councils.solo]
members = ["box/any"]
"#;

/// How many providers are known to someone who has no file.
fn presets() -> usize {
    with_env(&[]).providers.len()
}
