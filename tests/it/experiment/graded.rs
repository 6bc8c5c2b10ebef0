//! What a vote counts and what is right: the same thing in other words, words that come to nothing in short, silence.

use super::{arm, jsonl, report, right};
use crate::home::Home;
use serde_json::{Value, json};

/// An experiment over these rows, which have an id, a question, what is right, and answers of members `a`, `b` and on.
fn reported(grader: &str, more: &str, rows: Vec<Value>) -> Value {
    let home = Home::new();
    let members: Vec<&str> =
        ["a", "b", "c", "d", "e"].into_iter().filter(|member| rows[0].get(member).is_some()).collect();
    home.write("rows.jsonl", &jsonl(rows.into_iter()));
    home.write("small.toml", &format!(
        "name = \"small\"\ngrader = \"{grader}\"\ncouncil = \"recorded\"\n[data]\nfile = \"rows.jsonl\"\nid = \"id\"\nquestion = \"q\"\nanswer = \"key\"\n{more}\
         [[recorded]]\nfile = \"rows.jsonl\"\nmembers = {members:?}\n[[arm]]\nname = \"vote\"\ndecide = [\"plurality\", \"majority\", \"member:a\"]\n"
    ));
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    report(&home, "small.toml")
}

#[test]
fn a_choice_is_one_choice_by_its_letter_and_by_its_text() {
    let row = |at: usize| {
        json!({ "id": at, "q": format!("How much is {at}?"), "key": "B", "options": ["6 ohms", "3 ohms"],
            "a": "POSITION: A", "b": "POSITION: A", "c": "POSITION: B", "d": "POSITION: 3 ohms", "e": "The answer is B." })
    };
    let report = reported("choice", "choices = \"options\"\n", (0..6).map(row).collect());
    assert_eq!((right(&report, "vote plurality"), right(&report, "vote majority")), (6, 6));
    assert_eq!(arm(&report, "vote plurality")["drawn"]["count"], 0);
}

#[test]
fn numbers_are_one_number_however_they_are_written() {
    let row = |at: usize| {
        json!({ "id": at, "q": format!("What is half of {at} over {at}?"), "key": "1/2",
            "a": "The answer is 0.5.", "b": "The answer is 1/2.", "c": "The answer is 7." })
    };
    let report = reported("number", "", (1..7).map(row).collect());
    assert_eq!((right(&report, "vote plurality"), right(&report, "vote member:a")), (6, 6));
    assert_eq!(arm(&report, "vote plurality")["drawn"]["count"], 0);
}

#[test]
fn a_vote_over_prose_does_not_know_which_text_is_right() {
    let prose = |what: &str| {
        format!(
            "Many things were said about this over the years, and each of them has its friends. In the north people held on to \
                 one view for long, in the south to another one. Whoever looks closely at the sources of that time finds that {what} \
                 is named most often, and the rest seldom. So much for the sources, which are few and late"
        )
    };
    let row = |at: usize| {
        json!({ "id": at, "q": format!("Which city was meant in letter {at}?"), "key": "Ravenna",
            "a": prose("Ravenna"), "b": prose("Pavia"), "c": prose("Verona") })
    };
    let report = reported("contains", "", (0..60).map(row).collect());
    assert_eq!(right(&report, "vote member:a"), 60);
    // Three texts that nobody can tell apart are drawn from: a third of them is right, but for one time in ten thousand.
    assert_eq!(arm(&report, "vote plurality")["drawn"]["count"], 60);
    assert!((7..35).contains(&right(&report, "vote plurality")), "{}", right(&report, "vote plurality"));
    assert_eq!(right(&report, "vote majority"), 0);
}

#[test]
fn silence_is_wrong_also_where_nobody_else_speaks() {
    let row = |at: usize| {
        let said = if at.is_multiple_of(3) {
            "I would rather not say anything about that.".to_owned()
        } else {
            format!("The answer is {at}.")
        };
        json!({ "id": at, "q": format!("What is {at}?"), "key": at, "a": said })
    };
    let report = reported("number", "", (0..30).map(row).collect());
    let alone = arm(&report, "vote member:a");
    assert_eq!((alone["accuracy"]["n"].as_u64(), right(&report, "vote member:a")), (Some(30), 20));
    assert_eq!((alone["silent"]["count"].as_u64(), alone["ungraded"]["count"].as_u64()), (Some(10), Some(0)));
}
