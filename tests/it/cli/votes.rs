//! Votes on the command line: by which rule, by which weights, and what stands beside the result in JSON.

use crate::home::Home;
use serde_json::Value;

fn question() -> &'static str {
    synod::providers::scripted::questions()[1]
}

fn ask(home: &Home, more: &[&str]) -> Value {
    home.json(&[&["ask", "--demo", question(), "--json"], more].concat())
}

#[test]
fn the_rule_and_the_weights_are_those_that_were_named() {
    let home = Home::new();
    let plain = ask(&home, &["--protocol", "vote"]);
    let vote = &plain["vote"];
    assert_eq!((&vote["rule"], &vote["weights_from"]), (&"borda".into(), &"council".into()));
    assert_eq!(vote["rules"].as_object().unwrap().len(), 8);
    assert_eq!(plain["protocol"], "vote");
    let named = ask(&home, &["--protocol", "vote:ranked-pairs", "--weights", "fenna=3, oskar=0.5"]);
    let vote = &named["vote"];
    assert_eq!((&vote["rule"], &vote["weights_from"]), (&"ranked_pairs".into(), &"hand".into()));
    assert_eq!(vote["weights"], serde_json::json!({ "fenna": 3.0, "oskar": 0.5 }));
    assert_eq!(named["protocol"], "vote:ranked_pairs");
    let trust = &vote["trust"];
    assert_eq!((&trust["first_shown_won"]["of"], trust["without"].as_array().unwrap().len()), (&4.into(), 4));
    // A kept session is counted as it was.
    let shown = home.json(&["show", "--json"]);
    assert_eq!(shown["runs"][0]["vote"], *vote);
}

#[test]
fn what_the_answers_come_to_stands_beside_every_result() {
    let home = Home::new();
    let object = ask(&home, &[]);
    assert!(object.get("vote").is_none(), "nobody was asked to judge");
    let votes = &object["answer_vote"];
    let members: usize = votes["positions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["members"].as_array().unwrap().len())
        .sum();
    assert_eq!(members + votes["silent"].as_array().unwrap().len(), 4);
    let best = object["best_of_n"].as_array().unwrap();
    let scores: Vec<f64> = best.iter().map(|one| one["score"].as_f64().unwrap()).collect();
    assert!(scores.len() == 4 && scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let mean = scores.iter().sum::<f64>() / 4.0;
    assert!((mean - object["agreement"]["score"].as_f64().unwrap()).abs() < 1e-9, "answer by answer");
}

#[test]
fn weights_that_mean_nothing_are_refused_before_anybody_is_asked() {
    let home = Home::new();
    for (weights, said) in
        [("fena=2", "did you mean fenna"), ("fenna=11", "from 0 to 10"), ("fenna", "MEMBER=1.5")]
    {
        let ran = home.run(&["ask", "--demo", question(), "--protocol", "vote", "--weights", weights]);
        assert!(ran.code == Some(2) && ran.err.contains(said), "{weights}: {} {}", ran.err, ran.out);
        assert!(ran.out.is_empty(), "{}", ran.out);
    }
    let ran = home.run(&["ask", "--demo", question(), "--protocol", "vote", "--weights", "learned"]);
    assert!(ran.code == Some(0) && ran.err.contains("graded yet"), "{}", ran.err);
}

#[test]
fn plain_text_says_what_would_change_a_result() {
    let home = Home::new();
    let doors = synod::providers::scripted::questions()[5];
    let ran = home.run(&["ask", "--demo", doors, "--protocol", "vote"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for line in ["wins by Borda", "other rules: ", "changes if ", "'s weight is at "] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
    let shown = home.run(&["show"]);
    assert!(shown.out.contains("changes if "), "as it was: {}", shown.out);
}
