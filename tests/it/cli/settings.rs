//! `synod config`: a file to begin with, where it is, what is wrong in it, and prompts to edit. What is right and wrong in
//! a file is [`crate::config`]'s.

use super::{NUMBERS, list, strings};
use crate::home::{Home, assert_calm};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use synod::config::load::{Env, Source, load};
use synod::config::sample::{SAMPLE, to_begin_with};

const FILE: &str = "config/synod/config.toml";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn init_writes_a_sample_that_changes_nothing() {
    let home = Home::new();
    let (file, timeless) = (home.path().join(FILE), |text: String| text.replace(char::is_numeric, ""));
    let before = home.run(&["ask", "--demo", "--seed", "7", "--no-save", NUMBERS]);
    let councils = home.run(&["ask", "--council", "pair", "q"]).err;
    let ran = home.run(&["config", "init"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.out, format!("wrote {}: every setting in it is commented out\n", file.display()));
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let check = home.run(&["config", "check"]);
    assert_eq!((check.code, check.out.as_str()), (Some(0), ""));
    assert!(check.line().ends_with("nothing is wrong"), "{}", check.err);
    let after = home.run(&["ask", "--demo", "--seed", "7", "--no-save", NUMBERS]);
    assert_eq!((timeless(after.out), after.err), (timeless(before.out), before.err));
    assert_eq!(home.run(&["ask", "--council", "pair", "q"]).err, councils, "nothing in it counts");
    let (mut with, without) = (
        load(&Source { file: Some(file), env: Env::default() }).unwrap(),
        load(&Source { file: None, env: Env::default() }).unwrap(),
    );
    with.file = None;
    assert_eq!(format!("{with:?}"), format!("{without:?}"));
}

#[test]
fn every_setting_of_the_sample_is_there_to_be_taken() {
    let take = |line: &str| {
        let (blanks, text) = line.split_at(line.len() - line.trim_start().len());
        let setting = text.strip_prefix('#').filter(|rest| !rest.is_empty() && !rest.starts_with(' '));
        format!("{blanks}{}", setting.unwrap_or(text))
    };
    let taken: Vec<String> = to_begin_with().lines().map(take).collect();
    let settings = |text: &str| toml::from_str::<toml::Table>(text).unwrap();
    assert_eq!(settings(&taken.join("\n")), settings(SAMPLE));
    assert!(settings(&to_begin_with()).is_empty());
}

#[test]
fn every_key_there_is_stands_in_the_sample() {
    let home = Home::new();
    home.write(FILE, "x = 1");
    let fault = home.run(&["config", "check"]).out;
    let keys = fault.trim_end().split("allowed: ").nth(1).unwrap().split(", ").collect::<Vec<_>>();
    let sample: toml::Table = toml::from_str(SAMPLE).unwrap();
    assert_eq!(sample.keys().map(String::as_str).collect::<Vec<_>>(), keys);
}

#[test]
fn init_never_writes_over_anything() {
    for text in ["council = \"mine\"", "", "[broken"] {
        let home = Home::new();
        let file = home.write(FILE, text);
        let ran = home.run(&["config", "init"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
        assert!(ran.line().ends_with("is there already and stays as it is; edit it"), "{}", ran.err);
        assert_eq!(fs::read_to_string(file).unwrap(), text);
    }
    let home = Home::new();
    home.write("file", "");
    let ran = home.run(&["config", "init", "--config", "file/config.toml"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.line().contains("can't be written"), "{}", ran.err);
    let named = home.run(&["--config", "here.toml", "config", "init"]);
    assert_eq!(named.code, Some(0), "{}", named.err);
    assert_eq!(fs::read_to_string(home.path().join("here.toml")).unwrap(), to_begin_with());
    assert!(!home.path().join(FILE).exists());
}

#[test]
fn path_tells_where_and_whether() {
    let home = Home::new();
    let file = home.path().join(FILE);
    let ran = home.run(&["config", "path"]);
    assert_eq!((ran.code, ran.out), (Some(0), format!("{}\n", file.display())));
    assert!(ran.err.contains("it is not there") && ran.err.contains("synod config init"), "{}", ran.err);
    home.write(FILE, "");
    assert_eq!(home.run(&["config", "path"]).line(), "synod: it is there");
    let output = home.synod(&["config", "path"]).env("SYNOD_CONFIG", "/else/where.toml").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "/else/where.toml\n");
    assert_eq!(home.run(&["config", "path", "--config", "x.toml"]).out, "x.toml\n");
}

#[test]
fn check_tells_each_fault_in_a_line_and_as_json() {
    let home = Home::new();
    let none = home.run(&["config", "check"]);
    assert_eq!((none.code, none.out.as_str()), (Some(0), ""));
    assert!(none.line().contains("no configuration file"), "{}", none.err);
    assert_eq!(home.json(&["config", "check", "--json"]), json!([]));
    let file = home.write(
        FILE,
        "counsil = \"pair\"\nanswer_limit = \n\n[providers.box]\nbase_url = \"http://127.0.0.1:1/v1\"\napi_key = \"sk-canary-4f7e\"\n",
    );
    home.write("config/synod/prompts/merge.md", "{question}\n{what}\n");
    let ran = home.run(&["config", "check"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    assert_calm(&ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    let starts = [
        format!("{}:1 counsil: unknown key; allowed: ", file.display()),
        format!("{}:2 TOML: ", file.display()),
        format!("{}:6 providers.box.api_key: a key does not belong into this file", file.display()),
        format!(
            "{}:2 {{what}}: unknown field; allowed: ",
            home.path().join("config/synod/prompts/merge.md").display()
        ),
    ];
    assert_eq!(lines.len(), starts.len(), "{}", ran.out);
    for (line, start) in lines.iter().zip(&starts) {
        assert!(line.starts_with(start), "{line}\n{start}");
    }
    let listed = home.json(&["config", "check", "--json"]);
    for (fault, line) in list(&listed).iter().zip(&lines) {
        let keys: Vec<&String> = fault.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["file", "key", "line", "message"]);
        let part = |name: &str| fault[name].as_str().unwrap().to_owned();
        assert_eq!(
            format!("{}:{} {}: {}", part("file"), fault["line"], part("key"), part("message")),
            **line
        );
    }
    assert!(!(ran.out + &listed.to_string()).contains("canary"));
    let missing = home.run(&["config", "check", "--config", "gone.toml"]);
    assert_eq!((missing.code, missing.out.as_str()), (Some(2), ""));
    assert!(missing.line().contains("gone.toml does not exist"));
    let placeholder = home
        .synod(&["config", "check", "--config"])
        .arg(home.write("good.toml", ""))
        .env("GROQ_API_KEY", "your_api_key")
        .env("XDG_CONFIG_HOME", home.path().join("other"))
        .output()
        .unwrap();
    assert_eq!(placeholder.status.code(), Some(1));
    let line = String::from_utf8(placeholder.stdout).unwrap();
    assert!(
        line.starts_with("environment GROQ_API_KEY: is a placeholder") && !line.contains("your_api_key"),
        "{line}"
    );
}

#[test]
fn a_budget_that_can_not_be_read_stops_questions_and_nothing_else() {
    let home = Home::new();
    assert_eq!(home.run(&["ask", "--demo", "q"]).code, Some(0));
    home.write(FILE, "confirm_above = \"a lot\"\n");
    for args in [&["ask", "--demo", "q"][..], &["ask", "-m", "local/x", "q"], &["--demo"], &["resume"]] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(
            ran.line().contains("config.toml:1 confirm_above: ")
                && ran.line().contains("no question is asked")
        );
    }
    for args in [&["sessions"][..], &["show"], &["demo"], &["config", "path"]] {
        assert_eq!(home.run(args).code, Some(0), "{args:?}");
    }
    assert_eq!(home.run(&["config", "check"]).code, Some(1));
    assert_eq!(home.run(&["doctor"]).code, Some(2), "it stops synod");
}

#[test]
fn prompts_are_written_to_be_edited_and_then_used() {
    let home = Home::new();
    let ran = home.run(&["config", "prompts"]);
    assert_eq!((ran.code, ran.err.as_str(), ran.out.lines().count()), (Some(0), "", 17));
    let merge = home.path().join("config/synod/prompts/merge.md");
    assert_eq!(mode(&merge), 0o600);
    assert_eq!(home.run(&["config", "check"]).code, Some(0));
    fs::write(&merge, "MINE {question}\n{answers}").unwrap();
    fs::remove_file(home.path().join("config/synod/prompts/ballot.md")).unwrap();
    let again = home.run(&["config", "prompts"]);
    assert_eq!((again.code, again.out.lines().count(), again.err.lines().count()), (Some(0), 1, 16));
    assert_eq!(home.run(&["config", "prompts"]).code, Some(1), "all of them are there");
    assert_eq!(fs::read_to_string(&merge).unwrap(), "MINE {question}\n{answers}");
    let ran = home.run(&["ask", "--demo", "--protocol", "synthesis", NUMBERS]);
    assert_eq!((ran.code, ran.err.lines().count()), (Some(0), 1), "{}", ran.err);
    assert!(home.log().contains("MINE How long does it take"), "the log keeps what the chair was sent");
    fs::write(&merge, "{questions}").unwrap();
    let ran = home.run(&["ask", "--demo", "--no-save", NUMBERS]);
    assert!(
        ran.code == Some(0) && ran.line().contains("merge.md:1 {questions}: unknown field"),
        "{}",
        ran.err
    );
    let object = home.json(&["ask", "--demo", "--no-save", "--json", NUMBERS]);
    assert!(strings(&object["warnings"])[0].contains("{questions}"), "{}", object["warnings"]);
}
