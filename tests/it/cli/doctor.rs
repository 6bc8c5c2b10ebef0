//! `synod doctor`: what it looks at, what it says to do, that it contacts nothing outside this machine, and that what it
//! prints can be pasted anywhere.

use super::list;
use crate::home::{Home, Ran, assert_calm};
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::process::Output;

/// A council of one model that listens where the test says, so that nothing is left to look at.
fn well(home: &Home, listener: &TcpListener) {
    let place = listener.local_addr().unwrap();
    let text = format!(
        "[providers.box]\nbase_url = \"http://{place}/v1\"\n[councils.pair]\nmembers = [\"box/a\"]\n"
    );
    home.write("config/synod/config.toml", &text);
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn ran(output: Output) -> Ran {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The items of a section.
fn section<'r>(report: &'r Value, name: &str) -> &'r [Value] {
    let found = list(&report["sections"]).iter().find(|section| section["name"] == name);
    list(&found.unwrap_or_else(|| panic!("no section {name}"))["items"])
}

fn item<'r>(report: &'r Value, of: &str, name: &str) -> &'r Value {
    section(report, of)
        .iter()
        .find(|item| item["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {of}"))
}

#[test]
fn all_well_is_exit_code_0_and_every_section_is_there() {
    let (home, listener) = (Home::new(), listener());
    well(&home, &listener);
    let text = home.run(&["doctor"]);
    assert_eq!((text.code, text.err.as_str()), (Some(0), ""), "{}", text.out);
    assert_calm(&text.out);
    assert!(text.out.starts_with("synod doctor: all is well\n"), "{}", text.out);
    assert!(text.out.contains("Nothing outside this machine was contacted."));
    let ran = home.run(&["doctor", "--json"]);
    let report = ran.json();
    assert_eq!((ran.code, &report["state"]), (Some(0), &"well".into()));
    let names: Vec<&str> = list(&report["sections"]).iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "synod",
            "terminal",
            "configuration",
            "keys",
            "providers",
            "endpoints",
            "councils",
            "prompts",
            "data",
            "not tested"
        ]
    );
    for name in names {
        assert!(text.out.contains(&format!("\n\n{name}\n")), "{name}");
    }
    for (of, name, part) in [
        ("synod", "version", env!("CARGO_PKG_VERSION")),
        ("terminal", "TERM", "not set"),
        ("terminal", "colours", "sixteen"),
        ("terminal", "clipboard", "a file"),
        ("configuration", "file", "~/config/synod/config.toml"),
        ("keys", "OPENAI_API_KEY", "not set"),
        ("providers", "box", "on this machine, something listens"),
        ("providers", "openai", "https://api.openai.com/v1, elsewhere, not contacted"),
        ("councils", "asked", "pair: a = box/a"),
        ("prompts", "merge", "built in"),
        ("data", "sessions", "0"),
        ("not tested", "macOS", "never run there"),
    ] {
        let found = item(&report, of, name)["found"].as_str().unwrap();
        assert!(found.contains(part), "{of} {name}: {found}");
    }
    assert!(
        list(&report["contacted"])
            .iter()
            .all(|address| address.as_str().unwrap().starts_with("http://127.0.0.1:"))
    );
    assert_eq!(home.files().len(), 1, "looking changes nothing");
}

#[test]
fn each_warning_ends_with_what_to_do_and_makes_exit_code_1() {
    let home = Home::new();
    home.write(
        "config/synod/config.toml",
        "counsil = \"pair\"\n[providers.box]\nbase_url = \"http://127.0.0.1:1/v1\"\n[councils.pair]\nmembers = [\"box/a\", \"groq/b\"]\n",
    );
    home.write("config/synod/prompts/ballot.md", "{what}");
    let output =
        home.synod(&["doctor", "--json"]).env("MISTRAL_API_KEY", "your_api_key").env("TERM", "dumb").output();
    let ran = ran(output.unwrap());
    let report = ran.json();
    assert_eq!((ran.code, &report["state"]), (Some(1), &"look".into()));
    for (of, name, found, hint) in [
        ("terminal", "TERM", "dumb", "synod ask --plain"),
        ("configuration", "fault", "config.toml:1 counsil: unknown key", "mend it"),
        ("keys", "MISTRAL_API_KEY", "is a placeholder", "set it to the real key"),
        ("providers", "box", "nothing listens", "start the server"),
        ("providers", "groq", "GROQ_API_KEY is not set", "export GROQ_API_KEY="),
        ("prompts", "ballot", "unknown field", "mend that file"),
    ] {
        let item = item(&report, of, name);
        assert_eq!(item["state"], "look", "{of} {name}");
        assert!(item["found"].as_str().unwrap().contains(found), "{item}");
        assert!(item["hint"].as_str().unwrap().contains(hint), "{item}");
    }
    let items = list(&report["sections"]).iter().flat_map(|section| list(&section["items"]));
    assert!(items.clone().all(|item| (item["state"] == "well") == item["hint"].is_null()));
    let looks = items.filter(|item| item["state"] == "look").count();
    assert_eq!(looks, 6, "{}", ran.out);
    let fresh = Home::new();
    let ran = fresh.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "nobody to ask");
    assert!(ran.out.contains("! asked"), "{}", ran.out);
}

#[test]
fn what_stops_synod_is_exit_code_2() {
    let listener = listener();
    let broken = |args: &[&str], prepare: fn(&Home)| {
        let home = Home::new();
        well(&home, &listener);
        prepare(&home);
        let ran = home.run(&[args, &["doctor"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""), "{args:?}: {}", ran.out);
        let lines: Vec<String> =
            ran.out.lines().filter(|line| line.starts_with("X ")).map(str::to_owned).collect();
        assert_eq!(lines.len(), 1, "{}", ran.out);
        lines[0].clone()
    };
    let line = broken(&["--data-dir", "file"], |home| drop(home.write("file", "")));
    assert!(line.contains("is no folder; mend its owner and mode"), "{line}");
    let line = broken(&["--config", "gone.toml"], |_| ());
    assert!(line.contains("gone.toml does not exist") && line.contains("synod does not start"), "{line}");
    let line = broken(&[], |home| {
        let text = "confirm_above = -1\n[councils.a]\nmembers = [\"openai/x\"]\n";
        drop(home.write("config/synod/config.toml", text));
    });
    assert!(line.contains("confirm_above: is -1") && line.ends_with("mend it first"), "{line}");
}

#[test]
fn what_it_prints_can_be_pasted_anywhere() {
    const KEY: &str = "sk-canary-9d81c7e2b5";
    const OTHER: &str = "canary0123456789abcdef0123456789";
    let home = Home::new();
    // The person's name is in the folder for data, which does not lie in the home.
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().join("anna-canary/data");
    fs::create_dir_all(&data).unwrap();
    home.write(
        "config/synod/config.toml",
        &format!("api_key = \"{KEY}\"\n[providers.box]\nbase_url = \"http://me:{KEY}@127.0.0.1:1/v1\"\napi_key_env = \"{KEY}\"\n[providers.near]\nbase_url = \"http://127.0.0.1:1/{KEY}/v1\"\n"),
    );
    for form in [&["doctor"][..], &["doctor", "--json"]] {
        let mut command = home.synod(form);
        command
            .env("OPENAI_API_KEY", KEY)
            .env("GROQ_API_KEY", OTHER)
            .env("XAI_API_KEY", format!("{KEY} \u{1}"));
        command.env("OPENAI_BASE_URL", format!("https://me:{KEY}@api.example.com/v1"));
        command.env("USER", "anna-canary").env("LOGNAME", "anna-canary").env("XDG_DATA_HOME", &data);
        command
            .env("HTTPS_PROXY", format!("http://me:{KEY}@proxy:1"))
            .env("SSH_CONNECTION", "198.51.100.7 1 198.51.100.8 22");
        command.env("TERM", "xterm\u{1b}[2J").env("COLORTERM", KEY);
        let ran = ran(command.output().unwrap());
        assert_eq!(ran.err, "");
        assert_calm(&ran.out);
        for secret in ["canary", "198.51", home.path().to_str().unwrap()] {
            assert!(!ran.out.contains(secret), "{secret}: {}", ran.out);
        }
        for told in ["~/config/synod/config.toml", "/USER/data", "OPENAI_API_KEY", "ssh"] {
            assert!(ran.out.contains(told), "{told}: {}", ran.out);
        }
    }
}

/// Servers on this machine are connected to and told nothing; what is elsewhere, even if it is said to be local, is not.
#[test]
fn only_this_machine_is_contacted() {
    let (home, near) = (Home::new(), listener());
    let place = near.local_addr().unwrap();
    home.write(
        "config/synod/config.toml",
        &format!("[providers.near]\nbase_url = \"http://{place}/v1\"\n[providers.far]\nbase_url = \"http://192.0.2.1:9/v1\"\nlocal = true\n"),
    );
    let report = home.json(&["doctor", "--json"]);
    let contacted: Vec<&str> = list(&report["contacted"]).iter().map(|it| it.as_str().unwrap()).collect();
    assert!(contacted.contains(&format!("http://{place}/v1").as_str()), "{contacted:?}");
    assert!(contacted.iter().all(|address| address.starts_with("http://127.0.0.1:")), "{contacted:?}");
    assert!(
        item(&report, "providers", "far")["found"]
            .as_str()
            .unwrap()
            .contains("elsewhere but free, not contacted")
    );
    let (mut stream, _) = near.accept().unwrap();
    let mut said = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut said).unwrap();
    assert_eq!(said, b"", "it only connects");
}
