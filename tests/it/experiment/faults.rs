//! Wrong experiments: each has one line that says what to do, before anybody is asked and before anything is written.

use super::{rows, small};
use crate::home::Home;
use crate::reviewed;
use std::fmt::Write as _;

/// What is wrong, in which places of the small experiment (`*` is all of it), and which files lie beside it instead.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    ("nothing in it", &[("*", "")], &[]),
    ("no TOML", &[(r#"name = "small""#, r#"name = "small"#)], &[]),
    ("no name", &[("name = \"small\"\n", "")], &[]),
    ("a name with a slash", &[(r#""small""#, r#""a/b""#)], &[]),
    ("a key that is none", &[(r#"grader = "number""#, "grader = \"number\"\nrepeat = 3")], &[]),
    ("no grader", &[("grader = \"number\"\n", "")], &[]),
    ("a grader that is none", &[(r#""number""#, r#""numbr""#)], &[]),
    ("a grader that is a number", &[(r#"grader = "number""#, "grader = 3")], &[]),
    ("regex without a pattern", &[(r#""number""#, r#""regex""#)], &[]),
    (
        "a pattern that is none",
        &[(r#"grader = "number""#, r#"grader = { kind = "regex", pattern = "(" }"#)],
        &[],
    ),
    ("a judge without a member", &[(r#"grader = "number""#, r#"grader = { kind = "judge" }"#)], &[]),
    (
        "a judge nobody knows",
        &[(r#"grader = "number""#, r#"grader = { kind = "judge", member = "nobody/model" }"#)],
        &[],
    ),
    (
        "a judge that is no model",
        &[(r#"grader = "number""#, r#"grader = { kind = "judge", member = "model" }"#)],
        &[],
    ),
    (
        "a judge without its key",
        &[(r#"grader = "number""#, r#"grader = { kind = "judge", member = "openai/gpt-5" }"#)],
        &[],
    ),
    (
        "within below nothing",
        &[(r#"grader = "number""#, r#"grader = { kind = "number", within = -1 }"#)],
        &[],
    ),
    ("no repeats", &[("grader", "repeats = 0\ngrader")], &[]),
    ("half a repeat", &[("grader", "repeats = 1.5\ngrader")], &[]),
    ("a seed below nothing", &[("grader", "seed = -1\ngrader")], &[]),
    ("a thousand and twenty-five at once", &[("grader", "at_once = 1025\ngrader")], &[]),
    ("a budget in words", &[("grader", "budget = \"much\"\ngrader")], &[]),
    ("a budget below nothing", &[("grader", "budget = -2\ngrader")], &[]),
    ("no folds", &[("grader", "folds = 0\ngrader")], &[]),
    ("a control that is none", &[("grader", "controls = [\"best-singel\"]\ngrader")], &[]),
    ("controls in words", &[("grader", "controls = \"all\"\ngrader")], &[]),
    ("a baseline that is none", &[("grader", "baseline = \"vot\"\ngrader")], &[]),
    ("a search of no size", &[("[[arm]]", "[search]\nsizes = []\n[[arm]]")], &[]),
    (
        "no data",
        &[("[data]\nfile = \"small.jsonl\"\nid = \"id\"\nquestion = \"q\"\nanswer = \"a\"\n", "")],
        &[],
    ),
    ("no file of data", &[("[data]\nfile = \"small.jsonl\"\n", "[data]\n")], &[]),
    ("a file that is not there", &[("[data]\nfile = \"small.jsonl\"", "[data]\nfile = \"smal.jsonl\"")], &[]),
    (
        "a file that is a folder",
        &[("[data]\nfile = \"small.jsonl\"", "[data]\nfile = \"folder\"")],
        &[("folder/x", "")],
    ),
    ("a format that is none", &[("[data]\n", "[data]\nformat = \"xml\"\n")], &[]),
    (
        "an ending that says nothing",
        &[("[data]\nfile = \"small.jsonl\"", "[data]\nfile = \"small.txt\"")],
        &[("small.txt", "x")],
    ),
    ("no question", &[("question = \"q\"\n", "")], &[]),
    ("a column that is missing", &[(r#"question = "q""#, r#"question = "Q""#)], &[]),
    ("an id that is missing", &[(r#"id = "id""#, r#"id = "number""#)], &[]),
    ("an answer that is missing", &[(r#"answer = "a""#, r#"answer = "gold""#)], &[]),
    ("a topic that is missing", &[(r#"answer = "a""#, "answer = \"a\"\ntopic = \"about\"")], &[]),
    ("choices that are missing", &[(r#"answer = "a""#, "answer = \"a\"\nchoices = \"options\"")], &[]),
    ("ask without a question", &[(r#"answer = "a""#, "answer = \"a\"\nask = \"Hm\"")], &[]),
    ("a sample of none", &[(r#"answer = "a""#, "answer = \"a\"\nsample = 0")], &[]),
    ("an empty set", &[], &[("small.jsonl", "")]),
    (
        "an unreadable line",
        &[],
        &[(
            "small.jsonl",
            "{\"id\": 1, \"q\": \"What?\", \"a\": 1, \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n{\"id\": 2,\n",
        )],
    ),
    ("a line that is no object", &[], &[("small.jsonl", "[1]\n")]),
    (
        "ids that stand there twice",
        &[],
        &[(
            "small.jsonl",
            "{\"id\": 1, \"q\": \"What?\", \"a\": 1, \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n{\"id\": 1, \"q\": \"Who?\", \"a\": 1, \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n",
        )],
    ),
    (
        "a question without words",
        &[],
        &[(
            "small.jsonl",
            "{\"id\": 1, \"q\": \"  \", \"a\": 1, \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n",
        )],
    ),
    (
        "questions of the same words",
        &[],
        &[(
            "small.jsonl",
            "{\"id\": 1, \"q\": \"What?\", \"a\": 1, \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n{\"id\": 2, \"q\": \"What?\", \"a\": 1, \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n",
        )],
    ),
    (
        "an answer that is no number",
        &[],
        &[(
            "small.jsonl",
            "{\"id\": 1, \"q\": \"What?\", \"a\": \"many\", \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n",
        )],
    ),
    ("bytes that are no text", &[], &[("small.jsonl", "BYTES")]),
    (
        "a choice nobody offers",
        &[(r#""number""#, r#""choice""#), (r#"answer = "a""#, "answer = \"a\"\nchoices = \"c\"")],
        &[(
            "small.jsonl",
            "{\"id\": 1, \"q\": \"What?\", \"a\": \"E\", \"c\": [\"u\", \"v\"], \"x\": \"A\", \"y\": \"B\", \"z\": \"A\"}\n",
        )],
    ),
    (
        "a table with a short row",
        &[
            ("[data]\nfile = \"small.jsonl\"\nid = \"id\"", "[data]\nfile = \"small.csv\"\nid = \"id\""),
            ("[[recorded]]\nfile = \"small.jsonl\"", "[[recorded]]\nfile = \"small.csv\""),
        ],
        &[("small.csv", "id,q,a,x,y,z\n1,What?,1,1,1,1\n2,Who?\n")],
    ),
    ("a recording without a file", &[("[[recorded]]\nfile = \"small.jsonl\"\n", "[[recorded]]\n")], &[]),
    (
        "a recording that is not there",
        &[("[[recorded]]\nfile = \"small.jsonl\"", "[[recorded]]\nfile = \"answers.jsonl\"")],
        &[],
    ),
    ("a recording of nobody", &[("members = [\"x\", \"y\", \"z\"]\n", "")], &[]),
    (
        "a recording of one and of several",
        &[(r#"members = ["x", "y", "z"]"#, "members = [\"x\"]\nmember = \"x\"")],
        &[],
    ),
    ("members that are no fields", &[(r#"members = ["x", "y", "z"]"#, r#"members = ["x", "yy", "z"]"#)], &[]),
    (
        "a recording of other questions",
        &[("[[recorded]]\nfile = \"small.jsonl\"", "[[recorded]]\nfile = \"other.jsonl\"")],
        &[("other.jsonl", "{\"id\": \"z1\", \"x\": \"1\", \"y\": \"1\", \"z\": \"1\"}\n")],
    ),
    (
        "a round that is no number",
        &[(r#"members = ["x", "y", "z"]"#, "members = [\"x\", \"y\", \"z\"]\nround = \"q\"")],
        &[],
    ),
    ("no arm", &[("[[arm]]\nname = \"vote\"\n", "")], &[]),
    ("an arm without a name", &[("name = \"vote\"\n", "plan = \"ask\"\n")], &[]),
    ("two arms of one name", &[("[[arm]]", "[[arm]]\nname = \"vote\"\n[[arm]]")], &[]),
    ("an arm with a slash", &[(r#""vote""#, r#""a/b""#)], &[]),
    ("a council that is none", &[(r#"name = "vote""#, "name = \"vote\"\ncouncil = \"nobody\"")], &[]),
    ("a member nobody recorded", &[(r#"name = "vote""#, "name = \"vote\"\ncouncil = [\"recorded/w\"]")], &[]),
    ("a provider nobody knows", &[(r#"name = "vote""#, "name = \"vote\"\ncouncil = [\"nobody/w\"]")], &[]),
    (
        "a model without its key",
        &[(r#"name = "vote""#, "name = \"vote\"\ncouncil = [\"openai/gpt-5\"]")],
        &[],
    ),
    ("a council of none", &[(r#"name = "vote""#, "name = \"vote\"\ncouncil = []")], &[]),
    ("a plan that is none", &[(r#"name = "vote""#, "name = \"vote\"\nplan = \"debat:2\"")], &[]),
    (
        "a plan's file that is not there",
        &[(r#"name = "vote""#, "name = \"vote\"\nplan = \"./mine.toml\"")],
        &[],
    ),
    ("roles of a protocol", &[(r#"name = "vote""#, "name = \"vote\"\nroles = { top = \"x\" }")], &[]),
    ("a rule that is none", &[(r#"name = "vote""#, "name = \"vote\"\ndecide = [\"pluralty\"]")], &[]),
    ("ballots without a vote", &[(r#"name = "vote""#, "name = \"vote\"\ndecide = [\"ballots\"]")], &[]),
    (
        "a member that does not sit there",
        &[(r#"name = "vote""#, "name = \"vote\"\ndecide = [\"member:w\"]")],
        &[],
    ),
    ("a chair that does not sit there", &[(r#"name = "vote""#, "name = \"vote\"\nchair = \"w\"")], &[]),
    ("a temperature of three", &[(r#"name = "vote""#, "name = \"vote\"\ntemperature = 3")], &[]),
];

#[test]
fn wrong_files_have_one_line_each_before_anything_is_sent() {
    let mut told = String::new();
    for (what, changes, files) in CASES {
        let home = Home::new();
        home.write("small.jsonl", &rows(4));
        for (name, text) in *files {
            home.write(name, text);
            if *text == "BYTES" {
                std::fs::write(home.path().join(name), b"{\"id\": \"\xff\xfe\"}\n").unwrap();
            }
        }
        let mut text = small("[[arm]]\nname = \"vote\"\n");
        for (from, to) in *changes {
            text = if *from == "*" {
                (*to).to_owned()
            } else {
                assert!(text.contains(from), "{what}: {from:?} in {text}");
                text.replacen(from, to, 1)
            };
        }
        home.write("small.toml", &text);
        let ran = home.run(&["experiment", "run", "small.toml", "--plain"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{what}: {}", ran.err);
        crate::home::assert_calm(&ran.err);
        let _ = write!(told, "# {what}\n{}", ran.err);
        assert!(!home.path().join("small.runs").exists(), "{what}");
    }
    reviewed::seen("experiment-wrong-files", &told);
    let several: Vec<&str> = told.split("# ").filter(|case| case.trim_end().lines().count() > 2).collect();
    // A file that lacks everything may say so of each thing that is missing.
    assert!(
        CASES.len() >= 60 && several.iter().all(|case| case.starts_with("nothing in it")),
        "{several:#?}"
    );
}

#[test]
fn a_file_that_is_not_there_is_one_line() {
    let home = Home::new();
    let ran = home.run(&["experiment", "run", "smal.toml"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.line().contains("smal.toml") && ran.line().contains("does not exist"), "{}", ran.err);
    let ran = home.run(&["experiment", "report", "nowhere"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.line().contains("no log of an experiment at nowhere"), "{}", ran.err);
}
