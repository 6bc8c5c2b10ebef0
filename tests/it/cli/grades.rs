//! `synod grade`: answers of sessions that were kept are graded, and grades listed, exported and erased.

use super::{AGREE, NUMBERS, ask};
use crate::home::{Home, assert_calm, records};
use serde_json::{Value, json};
use std::process::Stdio;
use synod::core::Event;
use synod::core::weights::ENOUGH;

fn id(home: &Home) -> String {
    home.sessions().remove(0)
}

fn graded(home: &Home) -> usize {
    records(&home.log()).iter().filter(|record| matches!(record.event, Event::Graded { .. })).count()
}

#[test]
fn a_grade_is_in_the_log_in_the_list_and_in_what_show_says() {
    let home = Home::new();
    ask(&home, "ask", "--plain", NUMBERS);
    let id = id(&home);
    let ran = home.run(&["grade", &id, "fenna", "wrong", "--topic", "moving data"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(ran.out, format!("question 1 of {id}: fenna's answer is graded wrong, topic moving data\n"));
    let ran = home.run(&["grade", &format!("{}:1", &id[..12]), "@marit", "best"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(graded(&home), 2);
    let numbers: Vec<u64> = records(&home.log()).iter().map(|record| record.seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "no gap");
    let list = home.json(&["grade", "list", "--json"]);
    assert_eq!(
        (&list["graded"], &list["scheme"], &list["enough"]),
        (&json!(1), &json!("majority"), &json!(ENOUGH))
    );
    let row = |member: &str, topic: Value| {
        let rows = list["members"].as_array().unwrap();
        rows.iter().find(|row| row["member"] == member && row["topic"] == topic).cloned().unwrap_or_default()
    };
    let fenna = row("fenna", Value::Null);
    assert_eq!((&fenna["right"], &fenna["wrong"], &fenna["of"]), (&json!(0), &json!(1), &json!(1)));
    assert!((fenna["mean"].as_f64().unwrap() - 4.0 / 9.0).abs() < 1e-9, "{fenna}");
    assert_eq!(row("fenna", json!("moving data"))["of"], 1);
    assert_eq!(
        (&row("marit", Value::Null)["best"], &row("marit", json!("moving data"))),
        (&json!(1), &Value::Null)
    );
    let plain = home.run(&["grade", "list"]);
    assert_calm(&plain.out);
    assert!(
        plain.out.contains("1 question graded; best so far: marit") && plain.out.contains("Below 30"),
        "{}",
        plain.out
    );
    let shown = home.run(&["show"]).out;
    assert!(shown.contains("(graded by you: wrong, topic moving data)"), "{shown}");
    let object = home.json(&["show", "--json"]);
    assert_eq!(object["runs"][0]["members"][2]["grade"], "best");
    // What was learned is told with the next answer; the same grade again is no record.
    let learned = ask(&home, "ask", "--json", AGREE).json()["learned"].clone();
    assert_eq!(
        (&learned["graded"], &learned["scheme"], &learned["best"]),
        (&json!(1), &json!("majority"), &json!("marit"))
    );
    assert_eq!(learned["weights"].as_object().unwrap().len(), 4);
}

#[test]
fn a_grade_is_changed_taken_back_and_given_to_a_round() {
    let home = Home::new();
    ask(&home, "debate:2", "--plain", NUMBERS);
    let id = id(&home);
    for args in [&["fenna", "wrong", "--round", "0"][..], &["fenna", "right"]] {
        let ran = home.run(&[&["grade", &id], args].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    }
    let debate = home.json(&["show", "--json"])["runs"][0]["debate"]["graded"].clone();
    assert_eq!(debate, json!({ "corrected": 2, "subverted": 0, "of": 4 }));
    assert!(home.run(&["show"]).out.contains("by your grades: 2 corrected, 0 subverted, of 4"));
    let again = home.run(&["grade", &id, "fenna", "right"]);
    assert!(again.out.contains("is graded so already"), "{}", again.out);
    home.run(&["grade", &id, "fenna", "none"]);
    home.run(&["grade", &id, "fenna", "none", "--round", "0"]);
    assert_eq!(graded(&home), 4);
    assert!(home.run(&["grade", "list"]).out.starts_with("Nothing is graded yet"));
    assert_eq!(home.json(&["show", "--json"])["runs"][0]["debate"]["graded"], Value::Null);
    assert!(home.json(&["ask", "--demo", "--json", AGREE]).get("learned").is_none(), "nothing is learned");
}

#[test]
fn grades_are_exported_and_erased() {
    let home = Home::new();
    ask(&home, "debate:1", "--plain", NUMBERS);
    let id = id(&home);
    home.run(&["grade", &id, "fenna", "wrong", "--topic", "=a,\"b\""]);
    home.run(&["grade", &id, "marit", "right", "--topic", "law"]);
    let csv = home.run(&["grade", "export"]).out;
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].contains(",fenna,") && lines[1].contains(",\"'=a,\"\"b\"\"\",wrong,"), "{csv}");
    assert!(lines[2].ends_with(",law,right,1.0.0.2.1,number,30 hours"), "{csv}");
    let ran = home.run(&["grade", "export", "mine.json"]);
    assert_eq!(ran.out, "2 grades are in mine.json\n");
    let text = std::fs::read_to_string(home.path().join("mine.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&all[0]["member"], &all[0]["grade"]), (&json!("fenna"), &json!("wrong")));
    assert!(!text.contains(NUMBERS), "no question is kept");
    assert_eq!(home.run(&["grade", "export", "--format", "json"]).out, text);
    let over = home.run(&["grade", "export", "mine.json"]);
    assert!(over.code == Some(2) && over.line().contains("is there already"), "{}", over.err);
    let ran = home.run(&["grade", "erase", "--topic", "law"]);
    assert!(ran.code == Some(0) && ran.out.starts_with("erased 1 grade;"), "{}{}", ran.out, ran.err);
    assert_eq!(home.run(&["grade", "erase", "--session", &id[..9]]).code, Some(0));
    assert_eq!(home.run(&["grade", "erase", "--all"]).out, "no grade fits, so none was erased\n");
    let file = home.path().join("data/synod/grades.jsonl");
    assert_eq!(std::fs::read(file).unwrap(), b"");
}

#[test]
fn a_session_that_is_open_elsewhere_is_not_written_to() {
    let home = Home::new();
    ask(&home, "ask", "--plain", NUMBERS);
    let id = id(&home);
    let log = home.path().join("data/synod/sessions").join(&id).join("events.jsonl");
    let held = std::fs::File::open(&log).unwrap();
    held.lock().unwrap();
    let ran = home.run(&["grade", &id, "fenna", "wrong"]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.line().contains("open in another synod") && ran.out.contains("is graded wrong"),
        "{}",
        ran.out
    );
    assert_eq!(graded(&home), 0);
    assert_eq!(home.json(&["grade", "list", "--json"])["graded"], 1, "it counts all the same");
}

#[test]
fn each_fault_is_one_line() {
    let home = Home::new();
    ask(&home, "ask", "--plain", NUMBERS);
    let id = id(&home);
    let (second, word) = (format!("{id}:2"), format!("{id}:x"));
    for (args, part) in [
        (&["grade"][..], "say what to grade"),
        (&["grade", "lst"], "did you mean synod grade list?"),
        (&["grade", &id, "fenna"], "how it is graded"),
        (&["grade", &id, "fena", "right"], "did you mean fenna?"),
        (&["grade", &id, "fenna", "rihgt"], "did you mean right?"),
        (&["grade", &second, "fenna", "right"], "no question 2: this session has 1"),
        (&["grade", &word, "fenna", "right"], "no number of a question"),
        (&["grade", "nosuch", "fenna", "right"], "no session"),
        (&["grade", &id, "fenna", "right", "--round", "3"], "in round 3"),
        (&["grade", &id, "fenna", "right", "--topic", " "], "--topic needs a name"),
        (&["--no-save", "grade", &id, "fenna", "right"], "--no-save keeps nothing"),
        (&["grade", "erase"], "--all"),
        (&["grade", "erase", "--all", "--topic", "x"], "cannot be used"),
        (&["grde"], "synod grade"),
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.line().contains(part), "{args:?}: {}", ran.err);
    }
    assert!(!home.path().join("data/synod/grades.jsonl").exists());
    home.run(&["grade", &id, "fenna", "wrong", "--topic", "law"]);
    for (args, part) in [
        (&["grade", "list", "--member", "fena"][..], "did you mean fenna?"),
        (&["grade", "list", "--topic", "lwa"], "did you mean law?"),
        (&["grade", "erase", "--topic", "zzzzzz"], "there are law"),
        (&["grade", "erase", "--session", "zzz"], "nothing is graded in a session"),
    ] {
        let ran = home.run(args);
        assert!(ran.code == Some(2) && ran.line().contains(part), "{args:?}: {}", ran.err);
    }
}

#[test]
fn two_programs_grade_at_once() {
    let home = Home::new();
    ask(&home, "ask", "--plain", NUMBERS);
    ask(&home, "ask", "--plain", AGREE);
    let children: Vec<_> = home
        .sessions()
        .iter()
        .flat_map(|id| {
            ["fenna", "jonas", "marit"].map(|name| {
                home.synod(&["grade", id, name, "right"])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap()
            })
        })
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let all: Value = serde_json::from_str(&home.run(&["grade", "export", "--format", "json"]).out).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 6);
}

/// Thirty graded questions as the file keeps them: fenna is right each time, jonas and marit are wrong alike.
fn thirty(home: &Home) {
    let lines: Vec<String> = (0..ENOUGH)
        .flat_map(|at| {
            [("fenna", 0, 0, "right"), ("jonas", 1, 1, "wrong"), ("marit", 2, 1, "wrong")].map(
                |(name, slot, like, grade)| {
                    let call = |slot: u16| format!("1.0.0.{slot}.1");
                    let line = json!({
                        "at": 5, "session": format!("s{at}"), "call": call(slot), "member": name,
                        "model": format!("box/{name}"), "topic": "law", "grade": grade, "like": call(like),
                    });
                    line.to_string()
                },
            )
        })
        .collect();
    home.write("data/synod/grades.jsonl", &lines.join("\n"));
}

#[test]
fn from_thirty_questions_on_a_scheme_is_chosen_by_what_did_best() {
    let home = Home::new();
    thirty(&home);
    let list = home.json(&["grade", "list", "--json"]);
    assert_eq!((&list["graded"], &list["scheme"]), (&json!(30), &json!("accuracy")));
    let schemes: Vec<(&str, f64)> = list["schemes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["scheme"].as_str().unwrap(), one["share"].as_f64().unwrap()))
        .collect();
    assert_eq!((schemes.len(), schemes[0], schemes[1]), (5, ("majority", 0.0), ("accuracy", 1.0)));
    let plain = home.run(&["grade", "list", "--member", "fenna", "--topic", "law"]).out;
    assert!(plain.contains("Chosen, by what did best on them: share of right answers."), "{plain}");
    assert!(plain.contains("majority, ties to the best    would have decided 0.0 % rightly"), "{plain}");
    assert!(plain.contains("fenna (box/fenna)") && !plain.contains("jonas"), "{plain}");
}

#[test]
fn members_are_rated_by_grades_and_by_ballots_where_asked() {
    let home = Home::new();
    ask(&home, "vote", "--plain", NUMBERS);
    let id = id(&home);
    assert!(home.run(&["grade", "list"]).out.starts_with("Nothing is graded yet"));
    let voted = home.json(&["grade", "list", "--votes", "--json"])["ratings"].clone();
    assert_eq!(voted["from_grades"], 0);
    assert_eq!(voted["from_votes"], 12, "four judges put the three others in order");
    home.run(&["grade", &id, "fenna", "wrong", "--topic", "moving data"]);
    home.run(&["grade", &id, "marit", "best"]);
    home.run(&["grade", &id, "oskar", "right"]);
    let rated = home.json(&["grade", "list", "--json"])["ratings"].clone();
    assert_eq!((&rated["from_grades"], &rated["from_votes"]), (&json!(3), &Value::Null));
    let rows = rated["rated"].as_array().unwrap();
    let order: Vec<&str> = rows.iter().map(|row| row["member"].as_str().unwrap()).collect();
    assert_eq!(order, ["marit", "oskar", "fenna"]);
    assert_eq!((&rows[1]["won"], &rows[1]["lost"], &rows[1]["of"]), (&json!(1), &json!(1), &json!(2)));
    for row in rows {
        let at = |key: &str| row["elo_interval"][key].as_f64().unwrap();
        let elo = row["elo"].as_f64().unwrap();
        assert!(at("low") < elo && elo < at("high"), "{row}");
    }
    let both = home.json(&["grade", "list", "--votes", "--json"])["ratings"].clone();
    assert_eq!((&both["from_grades"], &both["from_votes"]), (&json!(3), &json!(12)));
    assert_eq!(both["rated"].as_array().unwrap().len(), 4);
    let text = home.run(&["grade", "list", "--votes"]).out;
    assert_calm(&text);
    assert!(text.contains("3 comparisons from grades, 12 from votes"), "{text}");
    let one = home.run(&["grade", "list", "--member", "marit"]).out;
    assert!(
        one.lines().filter(|line| line.contains("(scripted/")).all(|line| line.starts_with("marit")),
        "{one}"
    );
    let ran = home.run(&["grade", "list", "--votes", "--topic", "moving data"]);
    assert!(ran.code == Some(2) && ran.line().contains("--votes"), "{}", ran.err);
    let topic = home.run(&["grade", "list", "--topic", "moving data"]).out;
    assert!(topic.contains("No ratings yet"), "one wrong answer alone is no comparison: {topic}");
}
