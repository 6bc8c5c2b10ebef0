//! A person's own editor, played by small shell scripts: what it is given, what comes back, and what is left when it
//! fails. The terminal it is handed is a real one.
#![cfg(test)]

use crate::home::{Home, records};
use crate::terminal::{Terminal, script};
use synod::core::{Call, Session};

const SIZE: (u16, u16) = (120, 40);
const CTRL_G: &str = "\u{7}";

/// The workbench with a draft in the composer.
fn with_draft(home: &Home, env: &[(&str, &str)]) -> Terminal {
    let mut terminal = Terminal::with(home, SIZE, &["--demo"], env);
    terminal.shows("Write a question below");
    terminal.press("my draft");
    terminal.shows("my draft");
    terminal
}

/// Quits from the composer.
fn quit(mut terminal: Terminal) {
    terminal.press("\u{1b}");
    terminal.shows("? help");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    terminal.assert_restored();
    terminal.assert_alone();
}

fn lines(home: &Home, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(home.path().join(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn it_gets_the_draft_in_a_private_file_and_gives_the_text_back() {
    let home = Home::new();
    let text =
        "(ls -ld \"$1\"; ls -ld \"${1%/*}\") >\"$HOME/modes\"; cat \"$1\" >\"$HOME/got\"; tty >\"$HOME/tty\"
stty -a >\"$HOME/line\"; printf 'a better question\\nwith two lines\\n' >\"$1\"";
    let editor = script(&home, "bin/ed", text);
    let mut terminal = with_draft(&home, &[("EDITOR", &editor)]);
    terminal.press(CTRL_G);
    terminal.shows("with two lines");
    assert!(terminal.screen().contents().contains("a better question"));
    assert!(!terminal.screen().contents().contains("my draft"));
    assert!(terminal.screen().alternate_screen() && terminal.screen().bracketed_paste());
    assert_eq!(lines(&home, "got"), ["my draft"]);
    let modes = lines(&home, "modes");
    assert!(modes[0].starts_with("-rw-------") && modes[1].starts_with("drwx------"), "{modes:?}");
    let [file, folder] = [0, 1].map(|line: usize| &modes[line][modes[line].find('/').unwrap()..]);
    assert_eq!(file.strip_prefix(folder), Some("/question.md"));
    assert!(file.starts_with(home.path().join(".local/state/synod").to_str().unwrap()), "{file}");
    assert!(!std::path::Path::new(folder).exists(), "nothing is left of it");
    assert!(lines(&home, "tty")[0].starts_with("/dev/"), "its input is the terminal");
    let line = lines(&home, "line").join(" ");
    assert!(
        [" icanon", " echo ", " isig"].iter().all(|mode| line.contains(mode)),
        "as a shell has it: {line}"
    );
    // What it left is the person's to go on with; nothing was sent.
    terminal.press(" more");
    terminal.shows("with two lines more");
    assert_eq!(home.sessions(), Vec::<String>::new());
    quit(terminal);
}

#[test]
fn the_variable_is_read_as_a_shell_reads_it_and_the_file_as_nobody_does() {
    let home = Home::new();
    let script = script(
        &home,
        "with a blank/ed",
        "printf '%s\\n' \"$WITH\" \"$#\" \"$@\" >\"$HOME/got\"; for file; do :; done; echo edited >\"$file\"",
    );
    // A folder whose name a shell would stumble over, if it ever looked into it.
    let runtime = home.path().join("$(touch hit); 'x");
    std::fs::create_dir(&runtime).unwrap();
    let editor = format!("WITH=\"some thing\" '{script}' --wait 'two words' \\\"");
    let env =
        [("VISUAL", editor.as_str()), ("EDITOR", "false"), ("XDG_RUNTIME_DIR", runtime.to_str().unwrap())];
    let mut terminal = with_draft(&home, &env);
    terminal.press(CTRL_G);
    terminal.shows("edited");
    let got = lines(&home, "got");
    assert_eq!(got[..5], ["some thing", "4", "--wait", "two words", "\""]);
    assert!(got[5].starts_with(runtime.to_str().unwrap()) && got[5].ends_with("/question.md"), "{got:?}");
    assert!(!home.path().join("hit").exists());
    quit(terminal);
}

#[test]
fn it_is_told_no_key() {
    let home = Home::new();
    home.write(
        "config/synod/config.toml",
        "[providers.mine]\nbase_url = \"http://127.0.0.1:9/v1\"\napi_key_env = \"MINE\"\n",
    );
    let editor = script(&home, "bin/ed", "env >\"$HOME/env\"; echo edited >\"$1\"");
    let secret = [
        ("OPENAI_API_KEY", "canary-1-openai"),
        ("GITHUB_TOKEN", "canary-2-token"),
        ("my_secret", "canary-3-secret"),
        ("MINE", "canary-4-configured"),
        ("HEADERS", "Authorization: Bearer canary-1-openai"),
    ];
    let plain = [("EDITOR", editor.as_str()), ("LESS", "-R"), ("TOKENIZERS", "plain")];
    let mut terminal = with_draft(&home, &[&secret[..], &plain].concat());
    terminal.press(CTRL_G);
    terminal.shows("edited");
    let env = lines(&home, "env").join("\n");
    assert!(!env.contains("canary"), "{env}");
    assert!(
        env.contains("LESS=-R") && env.contains("TOKENIZERS=plain") && env.contains("TERM=xterm-256color")
    );
    quit(terminal);
}

#[test]
fn one_that_fails_leaves_the_text_as_it_was_and_a_line_that_says_why() {
    // Modes of the line, of the screen and of the open terminal itself.
    let broken = "stty raw -echo; dd iflag=nonblock count=0 2>/dev/null; printf '\\033[?1049h\\033[?1000h\\033[?1006h\\033[?25l\\033[?1h\\033=\\033[?2004h\\033[4;31m\\033[5;9r'";
    for (what, text, says) in [
        ("missing", None, "no editor nowhere/ed: set $VISUAL or $EDITOR; the text is as it was"),
        ("fails", Some("echo lost >\"$1\"; exit 3".to_owned()), "ended with code 3: the text is as it was"),
        (
            "killed",
            Some("echo lost >\"$1\"; kill -9 $$".to_owned()),
            "ended by signal 9: the text is as it was",
        ),
        ("crashes", Some(format!("{broken}; kill -SEGV $$")), "ended by signal 11: the text is as it was"),
        ("leaves a mess", Some(format!("{broken}; exit 0")), "my draft"),
        ("takes the file away", Some("rm \"$1\"".to_owned()), "can't be read"),
        ("writes too much", Some("head -c 5000000 /dev/zero >\"$1\"".to_owned()), "more than 4 MiB"),
    ] {
        eprintln!("{what}");
        let home = Home::new();
        let editor = match text {
            Some(text) => script(&home, "ed", &text).replace(home.path().to_str().unwrap(), "."),
            None => "nowhere/ed".to_owned(),
        };
        let mut terminal = with_draft(&home, &[("EDITOR", &editor)]);
        let line = terminal.modes();
        terminal.press(CTRL_G);
        // Ours at the start, perhaps the editor's own, and ours again.
        let times = if what == "leaves a mess" || what == "crashes" { 3 } else { 2 };
        terminal.wait("the terminal handed over and back", |terminal| terminal.entered() == times);
        terminal.shows("Write a question below");
        terminal.shows(says);
        terminal.shows("my draft");
        assert_eq!(terminal.modes(), line, "our modes, not the editor's");
        let screen = terminal.screen();
        assert!(!screen.application_cursor() && !screen.application_keypad() && screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        terminal.press(" and more");
        terminal.shows("my draft and more");
        quit(terminal);
    }
}

#[test]
fn without_one_a_line_says_what_to_set() {
    let home = Home::new();
    let mut terminal = with_draft(&home, &[("PATH", "/nowhere"), ("VISUAL", " ")]);
    terminal.press(CTRL_G);
    terminal.shows("no editor was found: set $VISUAL or $EDITOR");
    terminal.shows("my draft");
    quit(terminal);
}

#[test]
fn the_usual_one_is_found_on_the_path() {
    let home = Home::new();
    script(&home, "bin/nano", "echo from nano >\"$1\"");
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    // Whether this machine has a vi is not for a test to say; one of ours stands before it.
    script(&home, "bin/vi", "echo from vi >\"$1\"");
    let mut terminal = with_draft(&home, &[("PATH", &path)]);
    terminal.press(CTRL_G);
    terminal.shows("from vi");
    quit(terminal);
}

#[test]
fn what_is_typed_is_the_editors_and_what_streams_is_not_lost() {
    let home = Home::new();
    let editor = script(&home, "bin/ed", "echo editor is open; read line; echo \"typed: $line\" >\"$1\"");
    let mut terminal = Terminal::with(&home, SIZE, &["demo", "1"], &[("EDITOR", &editor)]);
    terminal.shows("Revoke the password");
    terminal.press(CTRL_G);
    terminal.shows("editor is open");
    let drawn = terminal.bytes.len();
    terminal.press("qqjs");
    terminal.wait("the end of all answers", |_| {
        let session = Session::replay(&records(&home.log()));
        session.runs[0].calls.len() == 4 && session.runs[0].calls.values().all(Call::ended)
    });
    let since = String::from_utf8_lossy(&terminal.bytes[drawn..]).into_owned();
    assert_eq!(since, "qqjs", "the line's echo, and not a byte of ours");
    terminal.press("\r");
    terminal.shows("typed: qqjs");
    terminal.shows("4/4 in");
    quit(terminal);
    let session = Session::replay(&records(&home.log()));
    let kept: usize = session.runs[0].calls.values().map(|call| call.text.len()).sum();
    assert!(kept > 2000 && session.runs[0].calls.values().all(|call| call.error.is_none()));
}
