//! Syntheses on the command line: chair, inputs and instruction of one, and more of them over the answers of a kept session.

use crate::home::Home;
use serde_json::{Value, json};

fn ask() -> &'static str {
    synod::providers::scripted::questions()[1]
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn chair_inputs_and_instruction_of_a_question_are_told_and_kept() {
    let home = Home::new();
    let object = home.json(&[
        "ask",
        "--demo",
        "--json",
        "--protocol",
        "synthesis:majority",
        "--chair",
        "oskar",
        "--of",
        "fenna,jonas",
        "--instruction",
        "five words",
        ask(),
    ]);
    let made = &object["synthesis"];
    assert_eq!((&made["kind"], &made["chair"]), (&json!("majority"), &json!("oskar")));
    assert_eq!((names(&made["of"]), &made["instruction"]), (vec!["fenna", "jonas"], &json!("five words")));
    let mut shown: Vec<&str> =
        made["shown"].as_array().unwrap().iter().map(|one| one["member"].as_str().unwrap()).collect();
    shown.sort_unstable();
    assert_eq!(shown, ["fenna", "jonas"]);
    assert_eq!(object["syntheses"].as_array().unwrap().len(), 1);
    assert!(home.log().contains("five words\\n</instruction"), "the chair was told, and it is on record");
    let again: Value = home.json(&["show", "--json"]);
    assert_eq!(again["runs"][0]["synthesis"], *made, "it comes out the same when it is read again");
}

#[test]
fn what_is_asked_of_a_synthesis_is_checked_before_anybody_is_asked() {
    let home = Home::new();
    let synthesis = ["--protocol", "synthesis"];
    for (args, line) in [
        (
            &["--chair", "fena"][..],
            "--chair: no member fena; there are fenna, jonas, marit, oskar (did you mean fenna?)",
        ),
        (&["--of", "fenna,zoe"], "--of: no member zoe; there are "),
        (&["--of", "fenna"], "--of: a synthesis takes two answers"),
    ] {
        let ran = home.run(&[&["ask", "--demo"], args, &synthesis[..], &[ask()]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.line().contains(line), "{}", ran.err);
    }
    let ran = home.run(&["ask", "--demo", "--instruction", "short", ask()]);
    assert!(ran.code == Some(2) && ran.line().contains("add --protocol synthesis"), "{}", ran.err);
    let ran = home.run(&["ask", "--demo", "--protocol", "synthesis:guided", ask()]);
    assert!(ran.code == Some(2) && ran.line().contains("synod synthesis --mode guided"), "{}", ran.err);
    assert!(home.sessions().is_empty(), "nothing was asked");
}

#[test]
fn a_kept_session_is_given_more_syntheses_without_asking_again() {
    let home = Home::new();
    let asked = home.json(&["ask", "--demo", "--json", "--protocol", "synthesis", ask()]);
    let conflict =
        asked["claims"].as_array().unwrap().iter().find(|claim| claim["mark"] == "conflict").unwrap();
    let agreed = asked["claims"].as_array().unwrap().iter().find(|claim| claim["mark"] == "agree").unwrap();
    let only = asked["claims"].as_array().unwrap().iter().find(|claim| claim["mark"] == "only").unwrap();
    let side = format!("{}={}", conflict["id"], conflict["sides"][1]["value"].as_str().unwrap());
    let (keep, leave) = (agreed["id"].to_string(), only["id"].to_string());
    let made = home.json(&[
        "synthesis",
        "--json",
        "--chair",
        "jonas",
        "--keep",
        &keep,
        "--leave",
        &leave,
        "--side",
        &side,
    ]);
    assert_eq!(made["members"], asked["members"], "the answers are the same");
    let all = made["syntheses"].as_array().unwrap();
    assert_eq!((all.len(), &all[0]["kind"], &all[1]["kind"]), (2, &json!("merge"), &json!("guided")));
    let last = &made["synthesis"];
    assert_eq!((last, &last["chair"]), (&all[1], &json!("jonas")));
    assert_eq!(last["left_out_by_person"], json!([only["id"]]));
    let picks: Vec<(&Value, &Value, &Value)> = last["picks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pick| (&pick["claim"], &pick["choice"], &pick["side"]))
        .collect();
    let right = &conflict["sides"][1]["value"];
    let none = &Value::Null;
    assert_eq!(
        picks,
        [
            (&agreed["id"], &json!("keep"), none),
            (&only["id"], &json!("leave"), none),
            (&conflict["id"], &json!("side"), right)
        ]
    );
    let shown = home.run(&["show"]);
    assert!(shown.out.contains("(synthesis 2 of 2; guided)"), "{}", shown.out);
    assert!(shown.out.contains("  left out by you"), "{}", shown.out);
}

#[test]
fn what_can_not_be_chosen_is_one_line_and_leaves_the_session_alone() {
    let home = Home::new();
    home.run(&["ask", "--demo", "--plain", ask()]);
    let before = home.log();
    for (args, line) in [
        (&["--keep", "99"][..], "--keep: no claim 99; the answers make 1 to "),
        (&["--keep", "1", "--leave", "1"], "--leave: claim 1 is named twice"),
        (&["--side", "1=never"], "--side: claim 1 has no side never; it has "),
        (&["--side", "2=x"], "--side: nobody is divided on claim 2; use --keep"),
        (&["--side", "x"], "say the claim and its side"),
        (&["--mode", "guided"], "a guided synthesis needs --keep, --leave or --side"),
        (&["--mode", "majority", "--keep", "1"], "are for --mode guided"),
        (&["--mode", "mrege"], "there are merge, majority, best-of-n, guided"),
        (&["--chair", "mari"], "(did you mean marit?)"),
        (&["nosuch"], "nosuch"),
    ] {
        let ran = home.run(&[&["synthesis"], args].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}: {}", ran.err);
        assert!(ran.line().contains(line), "{}", ran.err);
    }
    assert_eq!(home.log(), before);
}
