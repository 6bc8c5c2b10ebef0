//! Files that are all right, the sample among them, and where a file is looked for. What is wrong inside one is in
//! [`super::faults`].

use super::{GOOD, loaded, loaded_with, model, presets, with_env};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use synod::config::load::{ConfigError, Env, Source, load};
use synod::core::again::RETRIES;
use synod::core::member::ANSWER_LIMIT;
use synod::core::{Caps, Council, Dollars, Effort, Limits, Member, Thresholds};

#[test]
fn the_good_one_is_good() {
    let config = loaded(GOOD);
    assert_eq!(config.warnings(), Vec::<String>::new());
    assert_eq!((config.council.as_deref(), config.answer_limit), (Some("pair"), 512));
    let pair = &config.councils["pair"];
    assert_eq!(pair.chair, Some("yes".into()));
    let mut no = Member::new("no", model("box/any"));
    no.weight = 2.0;
    no.params.temperature = Some(0.2);
    no.params.seed = Some(7);
    no.params.answer_limit = 512;
    assert_eq!(pair.members[1], no);
    assert_eq!(pair.members[0].persona.as_deref(), Some("Argue for it."));
    assert_eq!(config.councils["solo"].members[0].name, "any".into());
}

#[test]
fn the_file_is_found_where_it_is_named() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let write = |path: PathBuf, limit: u32| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("answer_limit = {limit}")).unwrap();
    };
    write(at(".config/synod/config.toml"), 1);
    write(at("xdg/synod/config.toml"), 2);
    write(at("env.toml"), 3);
    write(at("named.toml"), 4);
    let text = |path: PathBuf| path.into_os_string().into_string().unwrap();
    let mut env = vec![("HOME".to_owned(), text(home.path().to_owned()))];
    let load_with = |file: Option<PathBuf>, env: &[(String, String)]| {
        load(&Source { file, env: env.iter().cloned().collect() })
            .map(|config| (config.answer_limit, config.file))
    };
    assert_eq!(load_with(None, &env).unwrap(), (1, Some(at(".config/synod/config.toml"))));
    env.push(("XDG_CONFIG_HOME".to_owned(), "not/absolute".to_owned()));
    assert_eq!(load_with(None, &env).unwrap().0, 1);
    env.push(("XDG_CONFIG_HOME".to_owned(), text(at("xdg"))));
    assert_eq!(load_with(None, &env).unwrap().0, 2);
    env.push(("SYNOD_CONFIG".to_owned(), String::new()));
    assert_eq!(load_with(None, &env).unwrap().0, 2);
    env.push(("SYNOD_CONFIG".to_owned(), text(at("env.toml"))));
    assert_eq!(load_with(None, &env).unwrap().0, 3);
    assert_eq!(load_with(Some(at("named.toml")), &env).unwrap().0, 4);
    // What was named must be there; what was not may be missing.
    assert!(matches!(
        load_with(Some(at("gone.toml")), &env),
        Err(ConfigError::Missing { by: "--config", .. })
    ));
    assert!(matches!(load_with(Some(at("xdg")), &env), Err(ConfigError::Unreadable { .. })));
    env.push(("SYNOD_CONFIG".to_owned(), text(at("gone.toml"))));
    let error = load_with(None, &env).unwrap_err();
    assert!(
        matches!(error, ConfigError::Missing { by: "SYNOD_CONFIG", .. }) && !error.to_string().contains('\n')
    );
    assert_eq!(load_with(None, &[]).unwrap(), (ANSWER_LIMIT, None));
    // The usual file in a state that can't be read: a line, and on we go.
    fs::remove_file(at(".config/synod/config.toml")).unwrap();
    fs::create_dir(at(".config/synod/config.toml")).unwrap();
    let config = with_env(&[("HOME", home.path().to_str().unwrap())]);
    assert_eq!((config.warnings().len(), config.providers.len()), (1, presets()), "{:?}", config.warnings());
}

#[test]
fn a_file_too_large_or_forbidden_is_no_configuration() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    fs::write(&file, "# x\n".repeat(300_000)).unwrap();
    let source = || Source { file: Some(file.clone()), env: Env::default() };
    assert!(matches!(load(&source()), Err(ConfigError::Unreadable { .. })));
    if Path::new("/dev/zero").exists() {
        let endless = Source { file: Some("/dev/zero".into()), env: Env::default() };
        assert!(matches!(load(&endless), Err(ConfigError::Unreadable { .. })));
    }
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::File::open(&file).is_err() {
        assert!(matches!(load(&source()), Err(ConfigError::Unreadable { .. })));
    }
}

#[test]
fn who_looks_deeper_is_read_and_thresholds_follow_each_other() {
    let of = |table: &str| {
        let config = loaded_with(&format!("[agreement]\n{table}"), &[]);
        assert_eq!(config.warnings(), Vec::<String>::new(), "{table}");
        config.agreement
    };
    let both = of("judge = \"openai/gpt-6-luna\"\nembeddings = \"ollama/nomic-embed-text\"");
    assert_eq!(both.judge, Some(model("openai/gpt-6-luna")));
    assert_eq!(both.embeddings, Some(model("ollama/nomic-embed-text")));
    for (table, same, close) in [
        ("", 0.90, 0.80),
        ("same_from = 0.7", 0.7, 0.7),
        ("close_from = 0.95", 0.95, 0.95),
        ("same_from = 1\nclose_from = 0.5", 1.0, 0.5),
    ] {
        assert_eq!(of(table).thresholds, Thresholds { same, close }, "{table}");
    }
}

#[test]
fn caps_are_read_and_none_holds_where_nothing_was_said() {
    assert_eq!(loaded("").budget, Caps::default());
    let sample = include_str!("../../../assets/config.sample.toml");
    let lines = sample.lines().skip_while(|line| *line != "[budget]").take(4);
    let table: Vec<&str> = lines.map(|line| line.trim_start_matches("# ")).collect();
    let usd = |text: &str| text.parse().ok();
    let caps = Caps { step: usd("0.5"), session: usd("2"), day: usd("5") };
    let config = loaded(&table.join("\n"));
    assert_eq!((config.budget, config.warnings()), (caps, Vec::new()));
    assert_eq!(loaded("budget = { day = 0 }").budget.day, Some(Dollars(0)));
}

#[test]
fn the_sample_is_what_it_says() {
    let config = loaded_with(include_str!("../../../assets/config.sample.toml"), &[("OFFICE_KEY", "k")]);
    assert_eq!(config.warnings(), Vec::<String>::new());
    assert_eq!((config.council.as_deref(), config.answer_limit), (Some("pair"), ANSWER_LIMIT));
    let plain = with_env(&[]);
    // The known provider is repeated as it is, and no other changes.
    for (name, known) in &plain.providers {
        let given = &config.providers[name];
        assert_eq!(
            (&given.base_url, given.local, &given.api_key_env, given.usable(), given.listed),
            (&known.base_url, known.local, &known.api_key_env, known.usable(), known.listed),
            "{name}"
        );
    }
    assert_eq!(config.agreement.judge, Some(model("openai/gpt-6-luna")));
    assert_eq!(config.agreement.embeddings, Some(model("ollama/nomic-embed-text")));
    assert_eq!(config.agreement.thresholds, Thresholds::default());
    let priced = config.price(&model("litellm/large")).unwrap();
    assert_eq!((priced.output, priced.long.map(|long| long.above)), (10.0, Some(65_536)));
    assert_eq!(config.context(&model("litellm/large")), Some(131_072));
    let office = &config.providers["office"];
    assert!(office.local && office.usable() && office.base_url == "https://models.example.com/v1");
    assert_eq!(office.api_key_env.as_deref(), Some("OFFICE_KEY"));
    assert_eq!(
        config.providers["groq"].limits,
        Limits { said: true, ..Limits::default() },
        "the defaults are what it says"
    );
    assert_eq!(office.limits, Limits { concurrent: 2, said: true, idle: 900, ..Limits::default() });
    assert_eq!(config.retries, RETRIES);

    let mut yes = Member::new("yes", model("local/any"));
    yes.persona = Some("Argue for it.".to_owned());
    let mut no = Member::new("no", model("local/any"));
    no.persona = Some("Argue against it.".to_owned());
    no.weight = 2.0;
    no.params.temperature = Some(0.2);
    let pair =
        Council { name: "pair".into(), members: vec![yes, no], chair: Some("yes".into()), scripted: false };
    assert_eq!(config.councils["pair"], pair);
    let mut large = Member::new("large", model("office/large"));
    large.params.top_p = Some(0.9);
    large.params.seed = Some(7);
    large.params.answer_limit = 2048;
    large.fallback = vec![model("groq/openai/gpt-oss-120b")];
    large.params.effort = Some(Effort::Low);
    large.topics = vec!["code".to_owned()];
    let mut mixed =
        Council::of_models("mixed", &[model("openai/gpt-6-luna"), model("mistral/mistral-small-latest")]);
    mixed.members.push(large);
    assert_eq!(config.councils["mixed"], mixed);
    // Every variable it names is one that synod looks at.
    for name in ["anthropic", "openrouter", "groq", "mistral", "deepseek", "xai", "together"] {
        let variable = plain.providers[name].api_key_env.as_deref().unwrap();
        assert!(
            include_str!("../../../assets/config.sample.toml").contains(&format!("{name} ({variable})")),
            "{name}"
        );
    }
}
