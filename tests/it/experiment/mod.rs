//! Experiments through the real binary: what is written down, carried out, kept, joined, reported and learned.
#![cfg(test)]

mod answering;
mod counted;
mod faults;
mod graded;
mod judged;
mod kept;
mod killed;
mod live;
mod recorded;
mod searched;
mod shadowed;
mod shipped;

use crate::home::{Home, Ran};
use serde_json::{Value, json};
use std::path::Path;

/// A small experiment of three recorded members and eight questions, as TOML; `arms` come after it.
fn small(arms: &str) -> String {
    format!(
        "name = \"small\"\ngrader = \"number\"\ncouncil = \"recorded\"\n{}[data]\nfile = \"small.jsonl\"\nid = \"id\"\n\
         question = \"q\"\nanswer = \"a\"\n[[recorded]]\nfile = \"small.jsonl\"\nmembers = [\"x\", \"y\", \"z\"]\n{}",
        arms.split_once("---").map_or("", |(top, _)| top),
        arms.split_once("---").map_or(arms, |(_, below)| below),
    )
}

/// Its questions: `x` is right on all but the last two, `y` on the even ones, `z` never.
fn rows(questions: usize) -> String {
    let row = |at: usize| {
        let said = |right: bool, wrong: usize| {
            format!("I reckon. The answer is {}.", if right { at } else { wrong })
        };
        let (x, y) = (said(at + 2 < questions, 900 + at), said(at.is_multiple_of(2), 800 + at));
        let row = json!({ "id": format!("q{at}"), "q": format!("What is {at}?"), "a": at, "x": x, "y": y, "z": said(false, 700 + at) });
        row
    };
    jsonl((0..questions).map(row))
}

/// Rows as lines of JSON.
fn jsonl(rows: impl Iterator<Item = Value>) -> String {
    rows.fold(String::new(), |text, row| text + &row.to_string() + "\n")
}

/// A home with the small experiment in it.
fn home(questions: usize, arms: &str) -> Home {
    let home = Home::new();
    home.write("small.jsonl", &rows(questions));
    home.write("small.toml", &small(arms));
    home
}

/// Carries an experiment out.
fn carry_out(home: &Home, more: &[&str]) -> Ran {
    let args = [&["experiment", "run", "small.toml", "--plain", "--quiet"], more].concat();
    home.run(&args)
}

/// Its report.
fn report(home: &Home, log: &str) -> Value {
    home.json(&["experiment", "report", log, "--format", "json"])
}

/// An arm of a report.
fn arm<'r>(report: &'r Value, name: &str) -> &'r Value {
    let arms = report["arms"].as_array().unwrap();
    arms.iter().find(|arm| arm["name"] == name).unwrap_or_else(|| panic!("no arm {name}: {arms:#?}"))
}

/// How many trials of an arm are right.
fn right(report: &Value, name: &str) -> u64 {
    arm(report, name)["right"]["count"].as_u64().unwrap()
}

/// The lines of a log that say something of this kind.
fn lines(log: &Path, kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["kind"] == kind).collect()
}

/// The questions whose trials a word leads to.
fn questions(home: &Home, log: &str, word: &str) -> Vec<String> {
    let ran = home.run(&["experiment", "report", log, "--trials", word]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out.lines().map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect()
}
