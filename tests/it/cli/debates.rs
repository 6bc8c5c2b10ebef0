//! Debates on the command line: modes, stop rules, and what is printed of how one ended.

use crate::home::Home;
use serde_json::json;

#[test]
fn the_object_says_how_it_was_held_what_ended_it_and_both_votes() {
    let home = Home::new();
    let ask = synod::providers::scripted::questions()[1];
    let object = home.json(&[
        "ask",
        "--demo",
        "--seed",
        "7",
        "--protocol",
        "debate:2",
        "--debate-mode",
        "free-mad",
        "--json",
        ask,
    ]);
    let debate = &object["debate"];
    assert_eq!((&debate["mode"], &debate["stopped"]), (&json!("free-mad"), &json!({ "rule": "rounds" })));
    assert!(!debate["points"].as_array().unwrap().is_empty(), "{debate}");
    for vote in [&debate["round0"], &debate["last"]] {
        let votes: usize = vote["positions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| group["members"].as_array().unwrap().len())
            .sum();
        let silent = vote["silent"].as_array().unwrap().len();
        assert_eq!(votes + silent, object["members"].as_array().unwrap().len(), "{vote}");
        assert_eq!(vote["winner"].is_null(), !vote["tied"].as_array().unwrap().is_empty() || votes == 0);
    }
    assert_eq!(object["protocol"], "debate:2 free-mad");
}

#[test]
fn a_rule_that_ends_a_debate_is_named_and_no_failure() {
    let home = Home::new();
    let ask = synod::providers::scripted::questions()[1];
    let args =
        ["ask", "--demo", "--seed", "7", "--protocol", "debate:4", "--until", "agreement=0", "--plain", ask];
    let ran = home.run(&args);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("debate held by: revise until agreement=0\nended: agreement "), "{}", ran.out);
    assert!(ran.out.contains("vote of the first answers: "), "{}", ran.out);
    let shown = home.run(&["show"]);
    assert!(shown.out.contains("ended: agreement "), "it comes out the same when it is read again");
}

#[test]
fn what_is_about_debates_needs_one() {
    let home = Home::new();
    for (args, line) in [
        (&["ask", "--demo", "--until", "unmoved", "q"][..], "add --protocol debate:3"),
        (&["ask", "--demo", "--debate-mode", "dx", "q"], "there are revise, anonymous-self, du"),
        (&["ask", "--demo", "--until", "never", "q"], "there are unanimity, unmoved"),
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.err.lines().count()), (Some(2), 1), "{}", ran.err);
        assert!(ran.err.contains(line), "{}", ran.err);
    }
}
