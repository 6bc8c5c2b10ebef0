//! Where a question comes from, and that its text, however hostile, stays text: in answers, in lists and in faults.

use super::NUMBERS;
use crate::home::{Home, assert_calm};
use serde_json::json;

/// Everything that a terminal would act on, or that a person would not see.
const HOSTILE: &str = "a\u{1b}[31mred\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\\
    \u{1b}]52;c;aGk=\u{7}\u{1b}P+q\u{1b}\\\u{9b}31m\u{9d}0;t\u{9c}\u{7f}\u{8}\r\u{b}\u{c}\u{e}\u{85}\u{2028}\u{202e}rtl\u{2066}i\
    \u{2069}\u{200f}\u{61c}\u{e0041}\u{e0042}\u{feff}z";

#[test]
fn the_question_comes_from_standard_input_too() {
    let home = Home::new();
    for args in [&["ask", "--demo", "--json"][..], &["ask", "--demo", "--json", "-"]] {
        let ran = home.pipe(args, format!("{NUMBERS}\n").as_bytes());
        assert_eq!((ran.code, &ran.json()["question"]), (Some(0), &json!(NUMBERS)));
    }
    let ran = home.pipe(&["ask", "--demo", "--json"], b"two\nlines \xff\xfe\n");
    assert_eq!(ran.json()["question"], "two\nlines \u{fffd}\u{fffd}");
    let ran = home.pipe(&["ask", "--demo", "--json", "from the arguments"], b"from the pipe");
    assert_eq!(ran.json()["question"], "from the arguments");
}

#[test]
fn hostile_text_in_a_question_changes_nothing_but_text() {
    let home = Home::new();
    let piped = format!("{HOSTILE}\0nul");
    for form in ["--plain", "--json", "--jsonl"] {
        let ran = home.run(&["ask", "--demo", form, HOSTILE]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_calm(&ran.out);
        assert_calm(&ran.err);
        let ran = home.pipe(&["ask", "--demo", form], piped.as_bytes());
        assert_calm(&ran.out);
        assert_calm(&ran.err);
        match form {
            "--json" => assert_eq!(ran.json()["question"], piped, "programs get it as it was"),
            "--plain" => {
                let line = ran.out.lines().find(|line| line.starts_with("Question: ")).unwrap();
                assert!(line.contains("red") && line.contains("http://evil.example"), "{line}");
            }
            _ => {}
        }
        for args in [&["show", form][..], &["sessions"], &["sessions", "--json"]] {
            let ran = home.run(args);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{args:?}");
            assert_calm(&ran.out);
        }
    }
}

#[test]
fn hostile_text_in_a_fault_changes_nothing_but_text() {
    let home = Home::new();
    let model = format!("{HOSTILE}/x");
    let mistyped = "se\u{1b}sions";
    for args in [
        &["ask", "-m", &model, "q"][..],
        &["ask", "--council", HOSTILE, "q"],
        &["ask", "--config", HOSTILE, "q"],
        &["show", HOSTILE],
        &["resume", HOSTILE],
        &[mistyped],
    ] {
        let ran = home.run(args);
        assert!(matches!(ran.code, Some(1 | 2)), "{args:?}");
        assert_calm(ran.line());
        assert_eq!(ran.out, "");
    }
    let ran = home.run(&["ask", "--demo", "--data-dir", HOSTILE, "q"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_calm(&ran.out);
    assert_calm(&ran.err);
}
