//! What is wrong in a file: one fault, many, and a file that is no configuration at all. The single ones are listed in
//! [`super::fault_table`].

use super::fault_table::FAULTS;
use super::{CANARY, GOOD, loaded, model};
use std::fs;
use synod::config::Config;
use synod::config::load::{Env, Source, load};
use synod::core::member::ANSWER_LIMIT;

/// Nothing but the fault itself is gone.
pub fn all_kept(c: &Config) -> bool {
    let pair = c.council.as_deref() == Some("pair") && c.councils["pair"].members.len() == 2;
    pair && c.councils["solo"].members.len() == 1
        && c.answer_limit == 512
        && c.providers["box"].base_url == "http://127.0.0.1:9000/v1"
}

/// Everyone has the limit that is built in.
pub fn default_limit(c: &Config) -> bool {
    let members = || c.councils.values().flat_map(|council| &council.members);
    c.answer_limit == ANSWER_LIMIT && members().all(|member| member.params.answer_limit == ANSWER_LIMIT)
}

/// The second member weighs as much as anyone.
pub fn default_weight(c: &Config) -> bool {
    (c.councils["pair"].members[1].weight - 1.0).abs() < 1e-9
}

/// The provider is gone, and only that.
pub fn box_left_out(c: &Config) -> bool {
    !c.providers.contains_key("box") && c.providers.len() == 13 && c.councils["pair"].members.len() == 2
}

/// The second council is gone, and only that.
pub fn solo_left_out(c: &Config) -> bool {
    !c.councils.contains_key("solo") && c.council.as_deref() == Some("pair")
}

#[test]
fn each_fault_is_one_line_and_costs_its_own_key() {
    assert!(FAULTS.len() >= 30);
    for (from, to, line, holds) in FAULTS {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let config = loaded(&GOOD.replace(from, to));
        assert_eq!(config.warnings, [*line], "{to}");
        assert!(holds(&config), "{to}");
        // What has nothing to do with the fault is kept.
        let kept = config
            .councils
            .values()
            .any(|council| council.members.iter().any(|it| it.model == model("box/any")));
        assert!(kept && config.providers["groq"].base_url.starts_with("https://"), "{to}");
        assert!(!format!("{config:?}").contains(CANARY), "{to}");
    }
}

#[test]
fn many_faults_are_as_many_lines_in_order() {
    let text = GOOD
        .replace("answer_limit = 512", "answer_limit = {}")
        .replace("weight = 2.0", "weight = 0")
        .replace("chair = \"yes\"", "chair = \"maybe\"")
        .replace("[\"box/any\"]", "[\"x\", \"y\", \"box/any\"]");
    let lines = loaded(&text).warnings;
    let starts: Vec<&str> = lines.iter().map(|line| line.split(": ").nth(1).unwrap()).collect();
    assert_eq!(
        starts,
        [
            "answer_limit",
            "councils.pair.chair",
            "councils.pair.members[1].weight",
            "councils.solo.members[0]",
            "councils.solo.members[1]",
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_is_one_line_and_nothing_of_it_counts() {
    for (text, line) in [
        ("council = \"a\"\ncouncil = \"b\"\n", 2),
        ("council = \n", 1),
        ("answer_limit = 5\n\n[providers.box\n", 3),
        ("answer_limit = 5\napi_key = sk-canary-4f7e\n", 2),
        ("answer_limit = 5\napi_key = \"sk-canary-4f7e\n", 2),
        ("{\"council\": \"json\"}", 1),
        ("\u{0}", 1),
        (&"[".repeat(5000), 1),
        (&format!("a = {}", "[".repeat(5000)), 1),
    ] {
        let config = loaded(text);
        assert_eq!(config.warnings.len(), 1, "{text:.40}: {:?}", config.warnings);
        let warning = &config.warnings[0];
        assert!(warning.starts_with(&format!("F:{line}: TOML: ")), "{warning}");
        assert!(warning.ends_with("nothing in this file is used until that is mended"), "{warning}");
        assert!(!warning.contains('\n') && !warning.contains(CANARY), "{warning}");
        assert_eq!((config.answer_limit, config.providers.len()), (ANSWER_LIMIT, 13));
    }
}

#[test]
fn a_file_that_is_no_text_is_one_line() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    fs::write(&file, b"answer_limit = 5\ncouncil = \"\xff\"\n").unwrap();
    let config = load(Source { file: Some(file.clone()), env: Env::default() }).unwrap();
    assert_eq!(config.warnings.len(), 1);
    assert!(config.warnings[0].starts_with(&format!("{}:2: TOML: is not UTF-8", file.display())));
    // A byte order mark is no fault.
    fs::write(&file, b"\xef\xbb\xbfanswer_limit = 5\n").unwrap();
    let config = load(Source { file: Some(file), env: Env::default() }).unwrap();
    assert_eq!((config.answer_limit, config.warnings), (5, vec![]));
}
