//! The experiments that ship as examples, with their own data and with the real data that has the same shape.

use super::report;
use crate::agreement::data;
use crate::home::Home;
use crate::reviewed;
use std::path::Path;

/// A home with an example and its files in it, as they are.
fn home(file: &str) -> (Home, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/experiments");
    let home = Home::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        home.write(name, &std::fs::read_to_string(&path).unwrap());
    }
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    (home, text)
}

/// Carries it out and gives its report.
fn carried_out(home: &Home, file: &str) -> serde_json::Value {
    let ran = home.run(&["experiment", "run", file, "--plain", "--quiet"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    report(home, file)
}

#[test]
fn every_example_can_be_carried_out_or_says_what_it_comes_to() {
    for file in ["solutions.toml", "texts.toml", "columns.toml"] {
        let (home, _) = home(file);
        let report = carried_out(&home, file);
        let done = report["total"]["done"].as_u64().unwrap();
        assert!(done > 0 && done == report["total"]["of"].as_u64().unwrap(), "{file}");
        assert!(
            report["arms"].as_array().unwrap().iter().any(|arm| arm["control"] == "best_single"),
            "{file}"
        );
    }
    let (home, _) = home("debate.toml");
    let ran = home.run(&["experiment", "run", "debate.toml", "--dry-run"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    reviewed::seen("experiment-example-ahead", &ran.out);
}

#[test]
fn a_round_that_was_not_recorded_is_said_to_be_missing() {
    let (home, _) = home("texts.toml");
    let report = carried_out(&home, "texts.toml");
    assert!(report["total"]["missing"].as_u64().unwrap() > 0);
    // Nobody is made to say what it never said: no debate came to a round.
    for debate in report["debates"].as_array().unwrap() {
        let rounds = debate["rounds"].as_array().unwrap().iter().skip(1);
        assert!(rounds.clone().all(|round| round["held"]["count"] == 0 && round["argued"]["count"] == 0));
    }
    let ran = home.run(&["experiment", "report", "texts.toml"]);
    assert!(ran.out.contains("not recorded") || ran.out.contains("recording"), "{}", ran.out);
}

/// An example with another file in the place of its own.
fn swapped(file: &str, from: &str, to: &str, changes: &[(&str, &str)]) -> Option<serde_json::Value> {
    let real = data(to)?;
    let (home, text) = home(file);
    home.write(from, &real);
    let text = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    home.write(file, &text);
    Some(carried_out(&home, file))
}

#[test]
fn real_solutions_have_the_shape_of_the_example() {
    let members = "[\"6b_finetuning\", \"6b_verification\", \"175b_finetuning\", \"175b_verification\"]";
    let changes = [
        ("[\"small-a\", \"small-b\", \"large-a\", \"large-b\"]", members),
        ("topic = \"topic\"\n", ""),
        ("input = \"tokens.in\"\noutput = \"tokens.out\"\nseconds = \"seconds\"\n", ""),
    ];
    let Some(report) = swapped("solutions.toml", "solutions.jsonl", "gsm8k-4-models.jsonl", &changes) else {
        return;
    };
    assert_eq!(report["questions"], 660);
}

#[test]
fn real_texts_have_the_shape_of_the_example() {
    let Some(text) = data("gsm8k-30-questions-6-models.json") else { return };
    let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names: Vec<String> = rows[0]["answers"].as_object().unwrap().keys().cloned().collect();
    let changes = [
        ("recorded/north", &*format!("recorded/{}", names[0])),
        ("recorded/south", &*format!("recorded/{}", names[1])),
        ("recorded/outer", &*format!("recorded/{}", names[2])),
        ("[\"north\", \"south\"]", &*format!("[{:?}, {:?}]", names[0], names[1])),
        ("\"outer\"", &*format!("{:?}", names[2])),
    ];
    let Some(report) = swapped("texts.toml", "texts.json", "gsm8k-30-questions-6-models.json", &changes)
    else {
        return;
    };
    assert_eq!(report["questions"], 30);
}

#[test]
fn real_columns_have_the_shape_of_the_example() {
    let Some(text) = data("gsm8k-37-models-answers.json") else { return };
    let table: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names: Vec<String> = table["answers"].as_object().unwrap().keys().cloned().collect();
    let renamed: Vec<(String, String)> = (1..=7)
        .map(|at| (format!("\"recorded/m{at}\""), format!("{:?}", format!("recorded/{}", names[at]))))
        .collect();
    let changes: Vec<(&str, &str)> = renamed
        .iter()
        .filter(|(from, _)| !["\"recorded/m1\"", "\"recorded/m2\""].contains(&from.as_str()))
        .map(|(from, to)| (from.as_str(), to.as_str()))
        .collect();
    let Some(report) = swapped("columns.toml", "columns.json", "gsm8k-37-models-answers.json", &changes)
    else {
        return;
    };
    assert_eq!(report["questions"], 660);
}
