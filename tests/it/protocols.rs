//! Every protocol by which a council decides, through `synod` and a real llama.cpp server (`SYNOD_TEST_LLAMA`, see
//! [`crate::llama`]): syntheses of each mode, votes by each rule, debates of each mode and by rules that end them.
#![cfg(test)]

use crate::council::{BRIDGE, voices};
use crate::home::Home;
use crate::llama;
use serde_json::{Value, json};
use synod::core::{MergeMode, Mode, Rule};

fn ask(home: &Home, more: &[&str]) -> Value {
    home.json(&[&["ask", "--seed", "7", "--json", BRIDGE], more].concat())
}

fn positions(round: &Value) -> Vec<(&str, &str)> {
    let answers = round["answers"].as_array().unwrap();
    answers
        .iter()
        .map(|it| (it["position"]["value"].as_str().unwrap_or(""), it["change"].as_str().unwrap_or("")))
        .collect()
}

#[test]
fn real_chairs_cite_claims_in_every_mode() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    voices(&home, &server, &["yes", "no", "maybe"], "chair = \"m2\"\n");
    for mode in MergeMode::ALL.into_iter().filter(|mode| *mode != MergeMode::Guided) {
        let object = ask(&home, &["--protocol", &format!("synthesis:{}", mode.name())]);
        let made = &object["synthesis"];
        assert_eq!((&made["kind"], &made["state"]), (&json!(mode.name()), &json!("done")), "{made}");
        let sentences = made["sentences"].as_array().unwrap();
        let limit = &sentences[0];
        assert_eq!(limit["cited"], limit["claims"], "what it cites says so: {limit}");
        assert!(limit["astray"].as_array().unwrap().is_empty() && limit["unsupported"] == false, "{limit}");
    }
    // Over the answers that are there, as the person ticked it, nobody is asked the question again.
    let shown = home.json(&["show", "--json"]);
    let claims = shown["runs"][0]["claims"].as_array().unwrap();
    let first = claims[0]["id"].to_string();
    let last = claims.last().unwrap()["id"].to_string();
    let made = home.json(&[
        "synthesis",
        "--mode",
        "guided",
        "--keep",
        &first,
        "--leave",
        &last,
        "--chair",
        "m0",
        "--json",
    ]);
    let made = if made.get("runs").is_some() { made["runs"][0].clone() } else { made };
    assert_eq!(made["syntheses"].as_array().unwrap().len(), 2, "{made}");
    let guided = &made["synthesis"];
    assert_eq!((&guided["kind"], &guided["chair"]), (&json!("guided"), &json!("m0")));
    assert_eq!(guided["picks"].as_array().unwrap().len(), 2);
    assert_eq!(made["members"][0]["attempts"], 1);
}

#[test]
fn real_judges_are_counted_by_every_rule() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    // Three judges that like what they are shown first: of two answers in both orders that is no preference.
    voices(&home, &server, &["yes", "no", "maybe"], "");
    let vote = &ask(&home, &["--protocol", "vote"])["vote"];
    let ballots = vote["ballots"].as_array().unwrap();
    assert!(ballots.iter().all(|ballot| ballot["valid"] == true && ballot["even"] == true), "{vote}");
    assert_eq!(
        (vote["winner"].as_str(), vote["tied"].as_array().unwrap().len()),
        (None, 3),
        "a tie is a tie"
    );
    // Four see three answers each, in an order of their own.
    voices(&home, &server, &["yes", "no", "maybe", "short"], "");
    for rule in Rule::ALL {
        let object = ask(&home, &["--protocol", &format!("vote:{}", rule.name()), "--weights", "m1=2"]);
        let vote = &object["vote"];
        assert_eq!((&vote["rule"], &vote["weights"]), (&json!(rule.name()), &json!({ "m1": 2.0 })));
        assert_eq!(vote["rules"][rule.name()], vote["winner"]);
        let ballots = vote["ballots"].as_array().unwrap();
        assert!(ballots.iter().all(|it| it["valid"] == true && it["ranking"][0] == it["shown"][0]), "{vote}");
        assert!(ballots.iter().all(|it| !it["shown"].as_array().unwrap().contains(&it["judge"])), "{vote}");
    }
    let judged = ask(&home, &["--judges", "m0,m3"]);
    let judges: Vec<&Value> =
        judged["vote"]["ballots"].as_array().unwrap().iter().map(|ballot| &ballot["judge"]).collect();
    assert_eq!(judges, ["m0", "m3"]);
}

#[test]
fn real_members_debate_in_every_mode() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    voices(&home, &server, &["yes", "no", "maybe"], "");
    for (name, mode, _) in Mode::ALL {
        let object = ask(&home, &["--protocol", "debate:1", "--debate-mode", name]);
        let rounds = object["rounds"].as_array().unwrap();
        assert_eq!((rounds.len(), object["debate"]["mode"].as_str()), (2, Some(name)));
        match mode {
            // Asked how sure they are, one that is sure outweighs two that are not.
            Mode::Reconcile => {
                let last = &object["debate"]["last"];
                assert_eq!((last["by"].as_str(), last["winner"].as_str()), (Some("confidence"), Some("yes")));
                assert_eq!(rounds[1]["answers"][0]["position"]["confidence"], 0.95);
            }
            // Without peers nobody can have been moved by one.
            Mode::Reflect => assert!(positions(&rounds[1]).iter().all(|(_, change)| *change != "caved")),
            _ => {
                assert_eq!(positions(&rounds[1])[0], ("yes", "held"), "{name}");
                assert_eq!(positions(&rounds[1])[1], ("yes", "argued"), "{name}");
                assert_eq!(positions(&rounds[1])[2], ("8 tonnes", "held"), "{name}");
            }
        }
    }
}

#[test]
fn rules_end_real_debates() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    for (members, rule, ended, rounds) in [
        (["yes", "no"], "unanimity", "unanimity", 1),
        (["yes", "maybe"], "unmoved", "unmoved", 1),
        (["yes", "no"], "agreement=0.5", "agreement", 1),
    ] {
        voices(&home, &server, &members, "");
        let object = ask(&home, &["--protocol", "debate:6", "--until", rule]);
        assert_eq!(object["debate"]["stopped"]["rule"], ended, "{rule}: {}", object["debate"]);
        assert_eq!(object["rounds"].as_array().unwrap().len(), rounds + 1, "{rule}");
    }
}

#[test]
fn real_members_carry_out_every_built_in_plan() {
    let Some(server) = llama::server() else { return };
    let home = Home::new();
    voices(&home, &server, &["yes", "no", "maybe", "short"], "chair = \"m2\"\n");
    for (plan, _) in synod::config::plans::built_in() {
        let object = ask(&home, &["--plan", plan, "--approve"]);
        let told = &object["plan"];
        assert_eq!((&told["name"], &told["state"]), (&json!(plan), &json!("done")), "{told}");
        assert!(told["outcome"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{plan}: {told}");
        let stages = told["stages"].as_array().unwrap();
        let state = |stage: &Value| stage["state"].as_str().unwrap().to_owned();
        assert!(stages.iter().all(|it| ["done", "skipped"].contains(&state(it).as_str())), "{plan}: {told}");
        let stage = |name: &str| stages.iter().find(|stage| stage["name"] == name).unwrap();
        match plan {
            // One says yes and one says no: the strong one is asked, and knows nothing of them.
            "pyramid" => {
                assert!(stages.iter().all(|it| state(it) == "done"), "{told}");
                let sure =
                    stages[0]["calls"].as_array().unwrap().iter().map(|it| &it["position"]["confidence"]);
                assert!(sure.into_iter().any(|sure| *sure == json!(0.95)), "{told}");
            }
            "triage" => {
                let routed = stages.iter().find_map(|stage| stage.get("routed")).unwrap();
                assert_eq!((&routed["road"], &routed["by"]), (&json!("few"), &json!("triage")), "{told}");
            }
            "cross-check" => {
                let checked = stages.iter().find_map(|stage| stage.get("checked")).unwrap();
                assert!(checked.as_array().unwrap().iter().any(|claim| claim["holds"] == "fails"), "{told}");
            }
            "routing" => assert!(stage("answers")["calls"].as_array().is_some_and(|calls| !calls.is_empty())),
            _ => {}
        }
    }
}
