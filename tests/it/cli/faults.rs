//! What is wrong with arguments, files and councils: one line each, and an exit code. The configuration by itself is
//! [`crate::config`]'s.

use super::list;
use crate::home::{Home, assert_calm};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

/// Arguments, exit code, and what the one line has to say.
const FAULTS: &[(&[&str], i32, &[&str])] = &[
    (&["sesions"], 2, &["\"sesions\"", "synod sessions"]),
    (&["shwo"], 2, &["\"shwo\"", "synod show"]),
    (&["Resum"], 2, &["\"Resum\"", "synod resume"]),
    (&["ask", "--demo", ""], 2, &["empty", "synod ask"]),
    (&["ask", "--demo", " \n "], 2, &["empty"]),
    (&["ask", "--demo"], 2, &["empty", "pipe it in"]),
    (&["ask", "--demo", "-"], 2, &["empty"]),
    (&["ask", "q"], 2, &["no model", "-m PROVIDER/MODEL", "--demo"]),
    (&["ask", "-m", "opneai/gpt", "q"], 2, &["\"opneai\"", "did you mean openai?"]),
    (&["ask", "-m", "zzz/x", "q"], 2, &["no provider \"zzz\"", "ollama"]),
    (&["ask", "--council", "pari", "--config", "good.toml", "q"], 2, &["\"pari\"", "did you mean pair?"]),
    (&["ask", "--council", "pair", "q"], 2, &["no council \"pair\""]),
    (&["ask", "--config", "missing.toml", "q"], 2, &["missing.toml does not exist", "--config"]),
    (&["ask", "--config", "data", "q"], 2, &["data can't be read"]),
    (&["demo", "9"], 2, &["8 questions", "synod demo"]),
    (&["demo", "0"], 2, &["8 questions"]),
    (&["demo", "2"], 2, &["needs a terminal"]),
    (&["--demo"], 2, &["needs a terminal", "synod ask"]),
    (&[], 2, &["needs a terminal"]),
    (&["ask", "-m", "openai/gpt-6-luna", "--json", "q"], 1, &[]),
    (&["ask", "-m", "openai/gpt-6-luna", "--protocol", "vote", "--json", "q"], 1, &[]),
    (&["ask", "--council", "pair", "--config", "good.toml", "--json", "q"], 1, &[]),
    (&["sessions"], 0, &[]),
    (&["demo"], 0, &[]),
];

#[test]
fn each_fault_is_one_line_and_an_exit_code() {
    let home = Home::new();
    // Nothing listens on port 1 of loopback; it is not looked for in a test's own range.
    home.write(
        "good.toml",
        "[providers.box]\nbase_url = \"http://127.0.0.1:1/v1\"\n[councils.pair]\nmembers = [\"box/a\"]\n",
    );
    fs::create_dir(home.path().join("data")).unwrap();
    for (args, code, parts) in FAULTS {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(*code), "{args:?}: {}{}", ran.out, ran.err);
        if parts.is_empty() {
            assert_eq!(ran.err, "", "{args:?}");
        } else {
            let line = ran.line();
            assert_eq!(ran.out, "", "{args:?}");
            for part in *parts {
                assert!(line.to_lowercase().contains(&part.to_lowercase()), "{args:?}: {line}");
            }
        }
    }
}

#[test]
fn what_the_command_line_itself_refuses_exits_2_and_says_what_is_allowed() {
    let home = Home::new();
    for (args, part) in [
        (
            &["ask", "--demo", "--protocol", "debat", "q"][..],
            "ask, synthesis, synthesis:MODE, vote, vote:RULE, debate:N",
        ),
        (&["ask", "--demo", "--protocol", "debate:0", "q"], "1 to 8"),
        (&["ask", "--demo", "--protocol", "debate:99", "q"], "1 to 8"),
        (&["ask", "-m", "gpt", "q"], "PROVIDER/MODEL"),
        (&["ask", "--demo", "--seed", "x", "q"], "--seed"),
        (&["ask", "--demo", "-m", "a/b", "q"], "cannot be used with"),
        (&["ask", "--plain", "--json", "--demo", "q"], "cannot be used with"),
        (&["ask", "--nonsense"], "--nonsense"),
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
    }
    let mut command = home.synod(&["ask", "--demo"]);
    let output = command.arg(OsStr::from_bytes(b"caf\xe9\x1b[2J")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_calm(&String::from_utf8(output.stderr).unwrap());
    assert_eq!(home.sessions(), Vec::<String>::new());
}

#[test]
fn what_is_wrong_in_a_configuration_costs_a_line_and_its_own_key() {
    let home = Home::new();
    let text = "counsil = \"pair\"\nanswer_limit = \"many\"\n\
        [providers.box]\nbase_url = \"http://127.0.0.1:1/v1\"\nspeed = \u{22}\u{202e}fast\u{22}\n\
        [councils.pair]\nmembers = [\"box/a\", { name = \"b\", model = \"box/b\", temperature = 9 }]\n";
    home.write("config/synod/config.toml", text);
    let ran = home.run(&["ask", "q"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let lines: Vec<&str> = ran.err.lines().filter(|line| line.contains("config.toml:")).collect();
    assert_eq!(lines.len(), 4, "{}", ran.err);
    for (line, (number, part)) in lines.iter().zip([
        (1, "did you mean council?"),
        (2, "answer_limit"),
        (5, "speed"),
        (7, "temperature"),
    ]) {
        assert!(line.contains(&format!("config.toml:{number} ")) && line.contains(part), "{line}");
        assert_calm(line);
    }
    assert!(ran.out.contains("Council: pair (a, b)\n"), "the rest holds: {}", ran.out);
    let object = home.json(&["ask", "--json", "q"]);
    assert_eq!(list(&object["warnings"]).len(), 4, "{}", object["warnings"]);
    assert_eq!(object["members"][1]["error"]["kind"], "connect");
    let ran = home.run(&["ask", "--demo", "q"]);
    assert_eq!(ran.code, Some(0), "a fault in the file stops nothing else");
    home.write("broken.toml", "council = \n[providers");
    let ran = home.run(&["ask", "--demo", "--config", "broken.toml", "q"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.lines().next().unwrap().contains("broken.toml:1 TOML"), "{}", ran.err);
}
