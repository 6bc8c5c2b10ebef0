//! `synod compare`: reports, JSON, standard input and what it refuses.

use crate::home::Home;
use serde_json::Value;

fn files(home: &Home, texts: &[(&str, &str)]) {
    for (name, text) in texts {
        std::fs::write(home.path().join(name), text).unwrap();
    }
}

const A: &str = "The lake is 240 metres deep. Boats are not allowed on it. It was formed by a glacier.";
const B: &str = "The lake is 310 metres deep. It was formed by a glacier. Three rivers feed it.";

#[test]
fn a_report_tells_conflicts_first_and_who_says_what() {
    let home = Home::new();
    files(&home, &[("a.txt", A), ("b.txt", B)]);
    let ran = home.run(&["compare", "a.txt", "b.txt"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let expected = "\
2 texts, 4 claims: = agree 1  ~ partly 0  ! conflict 1  + only in one 2   agreement 0.33 of 1

In conflict
! 01  a.txt: 240 metres; b.txt: 310 metres
  a.txt  The lake is 240 metres deep.
  b.txt  The lake is 310 metres deep.

Agreed
= 03
  a.txt  It was formed by a glacier.
  b.txt  It was formed by a glacier.

Only in one
+ 02
  a.txt  Boats are not allowed on it.
+ 04
  b.txt  Three rivers feed it.
";
    assert_eq!(ran.out, expected);
    assert_eq!(home.sessions(), Vec::<String>::new(), "nothing is kept");
}

#[test]
fn as_json_spans_are_bytes_of_the_texts() {
    let home = Home::new();
    files(&home, &[("a.txt", A), ("b.txt", B)]);
    let ran = home.run(&["compare", "--json", "a.txt", "b.txt"]);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["members"], serde_json::json!(["a.txt", "b.txt"]));
    let marks: Vec<&str> =
        object["claims"].as_array().unwrap().iter().map(|claim| claim["mark"].as_str().unwrap()).collect();
    assert_eq!(marks, ["conflict", "only", "agree", "only"]);
    for claim in object["claims"].as_array().unwrap() {
        for span in claim["spans"].as_array().unwrap() {
            let text = if span["member"] == "a.txt" { A } else { B };
            let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
            assert_eq!(&text[at("start")..at("end")], span["text"].as_str().unwrap());
        }
    }
    let links = object["links"].as_array().unwrap();
    assert!(links.iter().any(|link| link["relation"] == "conflict" && link["reason"] == "number"));
    assert!(object["agreement"]["score"].as_f64().unwrap() > 0.0);
}

#[test]
fn two_sentences_are_the_smallest_case_and_final_answers_have_a_tier() {
    let home = Home::new();
    files(&home, &[("a.txt", "The answer is 42."), ("b.txt", "POSITION: 41")]);
    let ran = home.run(&["compare", "--json", "a.txt", "b.txt"]);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    let finals = object["final_answers"].as_array().unwrap();
    assert_eq!((finals[0]["value"].as_str(), finals[0]["tier"].as_u64()), (Some("42"), Some(2)));
    assert_eq!((finals[1]["value"].as_str(), finals[1]["tier"].as_u64()), (Some("41"), Some(1)));
}

#[test]
fn what_is_left_out_is_told() {
    let home = Home::new();
    let many: Vec<String> =
        (0..500).map(|at| format!("Station {at} measures the depth of the lake.")).collect();
    files(&home, &[("a.txt", A), ("many.txt", &many.join(" "))]);
    let ran = home.run(&["compare", "a.txt", "many.txt"]);
    assert_eq!((ran.code, ran.err.lines().count()), (Some(0), 1), "{}", ran.err);
    assert!(ran.err.contains("many.txt makes 500 claims; the first 400 are compared"), "{}", ran.err);
}

#[test]
fn what_can_not_be_compared_is_one_line() {
    let home = Home::new();
    files(&home, &[("a.txt", A)]);
    std::fs::write(home.path().join("noise"), [0_u8, 1, 2, 255]).unwrap();
    for (args, part) in [
        (&["compare", "a.txt"][..], "two texts at least"),
        (&["compare", "a.txt", "missing.txt"], "missing.txt does not exist"),
        (&["compare", "a.txt", "noise"], "noise is not text"),
        (&["compare", "-", "-"], "name - once"),
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (Some(2), "", 1), "{args:?}");
        assert!(ran.err.contains(part), "{}", ran.err);
    }
}
