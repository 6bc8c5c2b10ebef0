//! `synod keys set`, `test` and `list`: a key is kept where it belongs, tried, and told by its id alone.

use crate::fault_server::{FaultServer, status};
use crate::home::{Home, Ran};
use std::os::unix::fs::MetadataExt as _;

const KEY: &str = "sk-canary-9d81c7e2b5";

fn configured(home: &Home, url: &str, more: &str) {
    let text = format!("[providers.box]\nbase_url = \"{url}/v1\"\napi_key_env = \"BOX_KEY\"\n{more}");
    home.write("config/synod/config.toml", &text);
}

fn said(ran: &Ran) -> String {
    let all = format!("{}{}", ran.out, ran.err);
    assert!(!all.contains("canary"), "{all}");
    all
}

/// The id in a line that names one.
fn id(line: &str) -> &str {
    let (_, rest) = line.split_once("key id ").unwrap_or_else(|| panic!("{line}"));
    &rest[..6]
}

#[test]
fn a_key_is_set_listed_and_sent() {
    let home = Home::new();
    let server = FaultServer::answer(status("401 Unauthorized", "text/plain", KEY));
    configured(&home, &server.url, "");
    let ran = home.pipe(&["keys", "set", "box"], format!("  {KEY}\n").as_bytes());
    let line = said(&ran);
    let file = home.path().join("data/synod/keys.toml");
    let id = id(&line);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        line,
        format!("kept for box in {}, key id {id}; synod keys test box tries it\n", file.display())
    );
    assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
    let list = home.run(&["keys", "list"]);
    assert_eq!(list.code, Some(0));
    assert!(said(&list).contains(&format!("box         {id}  file {}\n", file.display())), "{}", list.out);
    assert!(list.out.contains("groq        -       none: GROQ_API_KEY is not set\n"), "{}", list.out);
    let json = home.json(&["keys", "list", "--json"]);
    let of_box = json.as_array().unwrap().iter().find(|it| it["provider"] == "box").unwrap();
    let expected = serde_json::json!({ "provider": "box", "source": "file", "from": file.display().to_string(), "id": id });
    assert_eq!(*of_box, expected);
    // A rejected key is named by where it is from and its id.
    let asked = home.run(&["ask", "-m", "box/a", "--plain", "q"]);
    assert!(server.request().contains(&format!("Bearer {KEY}")));
    assert!(said(&asked).contains(&format!("check {} (key id {id})", file.display())), "{}", asked.err);
    // Nothing is written over what is not ours to read, and the environment goes before it.
    let again = home.synod(&["keys", "list"]).env("BOX_KEY", "of-env-4711").output().unwrap();
    assert!(String::from_utf8(again.stdout).unwrap().contains("  env BOX_KEY\n"));
    let mut set = home.synod(&["keys", "set", "box"]);
    set.env("BOX_KEY", "of-env-4711").stdin(std::fs::File::open(home.write("in", KEY)).unwrap());
    let warned = String::from_utf8(set.output().unwrap().stderr).unwrap();
    assert_eq!(warned, "synod: BOX_KEY goes before it: it counts once that is gone\n");
}

#[test]
fn what_is_no_key_is_not_kept_and_never_shown() {
    let home = Home::new();
    for (args, input, code, says) in [
        (&["keys", "set", "openai", KEY][..], "", 2, "a key is never an argument"),
        (&["keys", "set", KEY], "", 2, "a key is never an argument"),
        (&["keys", "set", "openai", "--key", KEY], "", 2, "unexpected argument '--key'"),
        (&["keys", KEY], "", 2, "unrecognized subcommand"),
        (&["--wrong", KEY], "", 2, "unexpected argument"),
        (&["keys", "set", "opnai"], KEY, 2, "no provider \"opnai\": did you mean openai?"),
        (&["keys", "set", "openai"], "", 1, "nothing was typed; nothing is kept"),
        (&["keys", "set", "openai"], "your_api_key", 2, "what was given is a placeholder; nothing is kept"),
        (&["keys", "set", "openai"], "sk-canary and more", 2, "holds a blank"),
        (&["keys", "set", "openai"], "canary-1\ncanary-2\n", 2, "holds a blank"),
        (&["keys", "set", "openai"], "canary-\u{1b}[2J", 2, "a letter that no key has"),
    ] {
        let ran = home.pipe(args, input.as_bytes());
        assert_eq!(ran.code, Some(code), "{args:?}");
        assert!(said(&ran).contains(says), "{args:?}: {}", ran.err);
        ran.line();
    }
    let long = home.pipe(&["keys", "set", "openai"], "x1".repeat(10_000).as_bytes());
    assert!(long.line().contains("too long for a key"), "{}", long.err);
    assert_eq!(home.files(), [], "nothing was kept");
    if !cfg!(feature = "keyring") {
        let ran = home.pipe(&["keys", "set", "openai", "--keyring"], KEY.as_bytes());
        assert!(ran.code == Some(2) && ran.line().contains("without the system's keyring"), "{}", ran.err);
    }
}

/// Asks about a key at a server that answers twice: with the key, then without it.
fn tested(with: &str, without: Option<&str>) -> (Option<i32>, serde_json::Value, String) {
    let home = Home::new();
    let answer = |line: &str| {
        let body = format!("{{\"error\": {{\"message\": \"no: {KEY}\"}}}}");
        // One connection each: a connection used again would never reach the second answer.
        status(&format!("{line}\r\nconnection: close"), "application/json", &body)
    };
    let first = FaultServer::answers([Some(with), without].into_iter().flatten().map(answer).collect());
    configured(&home, &first.url, "");
    let mut command = home.synod(&["keys", "test", "box", "--json"]);
    let output = command.env("BOX_KEY", KEY).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let all = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!all.contains("canary"), "{all}");
    let asked = first.request();
    assert!(asked.starts_with("GET /v1/models ") && asked.contains(&format!("Bearer {KEY}")), "{asked}");
    let second = without.map(|_| first.request()).unwrap_or_default();
    assert!(!second.contains("canary"), "{second}");
    (output.status.code(), serde_json::from_str::<serde_json::Value>(&text).unwrap()[0].take(), text)
}

#[test]
fn a_key_is_tried_and_each_outcome_has_its_word() {
    for (with, without, code, result, says) in [
        ("200 OK", Some("401 Unauthorized"), 0, "ok", ""),
        ("200 OK", Some("200 OK"), 0, "unchecked", "lists its models to anyone"),
        ("401 Unauthorized", None, 1, "rejected", "check BOX_KEY (key id "),
        ("403 Forbidden", None, 1, "rejected", "check BOX_KEY (key id "),
        ("500 Oops", None, 1, "failed", "no: [key]"),
        ("404 Not Found", None, 1, "failed", "not found"),
    ] {
        let (exit, found, text) = tested(with, without);
        assert_eq!((exit, found["result"].as_str()), (Some(code), Some(result)), "{with}: {text}");
        assert_eq!(
            (found["source"].as_str(), found["from"].as_str()),
            (Some("env"), Some("BOX_KEY")),
            "{text}"
        );
        assert_eq!(found["id"].as_str().unwrap().len(), 6);
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn one_that_is_not_there_or_nowhere_to_be_sent_is_told() {
    let home = Home::new();
    configured(&home, "http://127.0.0.1:1", "");
    let ran = home.run(&["keys", "test"]);
    assert_eq!(
        (ran.code, ran.line()),
        (Some(1), "synod: no provider has an API key: synod keys set PROVIDER keeps one")
    );
    let ran = home.run(&["keys", "test", "box"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "box: no key, none: BOX_KEY is not set: no key: BOX_KEY is not set; export BOX_KEY=..., or synod keys set box, or \
         choose another model with -m\n"
    );
    home.pipe(&["keys", "set", "box"], KEY.as_bytes());
    let ran = home.run(&["keys", "test"]);
    assert_eq!(ran.code, Some(1));
    assert!(said(&ran).starts_with("box: unreachable, file "), "{}", ran.out);
}

#[test]
fn a_key_command_is_run_for_a_question_or_a_test_alone() {
    let home = Home::new();
    let script = home.path().join("bin/pass");
    home.write(
        "bin/pass",
        &format!("#!/bin/sh\necho \"$@\" >>'{}/ran'\necho {KEY}\n", home.path().display()),
    );
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let server = FaultServer::answer(status("401 Unauthorized", "text/plain", KEY));
    let command = format!("api_key_command = [\"{}\", \"show\", \"a key\"]\n", script.display());
    configured(&home, "http://127.0.0.1:1", &command);
    for args in
        [&["keys", "list"][..], &["doctor"], &["config", "check"], &["ask", "--demo", "q"], &["sessions"]]
    {
        let ran = home.run(args);
        said(&ran);
        assert!(!home.path().join("ran").exists(), "{args:?}");
    }
    let doctor = home.run(&["doctor"]).out;
    assert!(doctor.contains("key of box") && doctor.contains("from the key command"), "{doctor}");
    configured(&home, &server.url, &command);
    let ran = home.run(&["keys", "test", "box"]);
    assert!(
        said(&ran).starts_with(&format!("box: rejected, command {} (key id ", script.display())),
        "{}",
        ran.out
    );
    assert!(server.request().contains(&format!("Bearer {KEY}")));
    assert_eq!(std::fs::read_to_string(home.path().join("ran")).unwrap(), "show a key\n");
}
