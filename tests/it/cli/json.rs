//! The JSON object that `ask --json` prints: all of it that was promised, and the same for the same seed. The records of
//! `--jsonl` are in [`super::sessions`].

use super::{AGREE, NUMBERS, PROTOCOLS, SPLIT, ask, list, strings};
use crate::home::Home;
use serde_json::{Value, json};
use synod::providers::scripted;

#[test]
fn the_json_object_has_what_was_promised() {
    for question in scripted::questions() {
        for protocol in PROTOCOLS {
            let home = Home::new();
            let ran = ask(&home, protocol, "--json", question);
            let cut = question == SPLIT;
            assert_eq!(ran.code, Some(if cut { 3 } else { 0 }), "{protocol} {question}: {}", ran.err);
            let object = ran.json();
            assert_eq!(object["question"], question);
            assert_eq!(object["council"], "demo");
            assert_eq!(object["session"], json!(home.sessions()[0]));
            assert_eq!(object["protocol"], protocol);
            assert_eq!(object["cost"]["usd"], 0.0);
            assert_eq!(object["cost"]["known"], true);
            let warnings = strings(&object["warnings"]);
            assert!(warnings.iter().any(|line| line.contains("scripted")), "{warnings:?}");
            let names = ["fenna", "jonas", "marit", "oskar"];
            members(&object, cut);
            claims(&object, &names);
            assert_eq!(object.get("rounds").is_some(), protocol == "debate:2");
            assert_eq!(object.get("vote").is_some(), protocol == "vote");
            assert_eq!(object.get("synthesis").is_some(), protocol == "synthesis");
            match protocol {
                "vote" => vote(&object["vote"], &names),
                "synthesis" => synthesis(&object, &names),
                "debate:2" => rounds(&object, &names, cut),
                _ => {}
            }
        }
    }
}

fn members(object: &Value, cut: bool) {
    let members = list(&object["members"]);
    assert_eq!(members.len(), 4);
    for member in members {
        let name = member["name"].as_str().unwrap();
        assert_eq!(member["model"], format!("scripted/{name}"));
        assert!(member["endpoint"].as_str().unwrap().contains("no model is asked"));
        assert!(!member["text"].as_str().unwrap().is_empty());
        let state = if cut && name == "jonas" && object.get("rounds").is_none() { "cut" } else { "done" };
        assert_eq!(member["state"], state, "{name}");
        assert_eq!(member.get("error").is_some(), state != "done");
        if let Some(error) = member.get("error") {
            assert!(["kind", "message", "hint"].iter().all(|key| error[key].is_string()), "{error}");
        }
        assert!(member["ms"]["first"].is_u64() && member["ms"]["total"].is_u64());
        assert_eq!(member["attempts"], 1);
    }
}

fn claims(object: &Value, names: &[&str]) {
    let (claims, sum) = (list(&object["claims"]), &object["agreement"]);
    for (at, claim) in claims.iter().enumerate() {
        assert_eq!(claim["id"], json!(at + 1), "canonical ids, in order");
        assert!((0.0..=1.0).contains(&claim["support"].as_f64().unwrap()));
        assert_eq!(claim.get("sides").is_some(), claim["mark"] == "conflict", "{claim}");
        for span in list(&claim["spans"]) {
            let member = list(&object["members"]).iter().find(|member| member["name"] == span["member"]);
            let text = member.unwrap()["text"].as_str().unwrap();
            let offset = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
            assert_eq!(
                span["text"],
                text[offset("start")..offset("end")],
                "offsets are bytes of the raw answer"
            );
        }
        for side in claim.get("sides").map(list).unwrap_or_default() {
            assert!(!side["value"].as_str().unwrap().is_empty());
            assert!(strings(&side["members"]).iter().all(|name| names.contains(name)));
        }
    }
    let count = |mark: &str| claims.iter().filter(|claim| claim["mark"] == mark).count();
    assert_eq!(sum["claims"], json!(claims.len()));
    for (key, mark) in [("agreed", "agree"), ("partly", "partly"), ("conflict", "conflict"), ("only", "only")]
    {
        assert_eq!(sum[key], json!(count(mark)), "{key}");
    }
    assert_eq!((&sum["pending"], count("pending")), (&json!(0), 0));
    assert!((0.0..=1.0).contains(&sum["score"].as_f64().unwrap()));
    assert!((0.0..=1.0).contains(&sum["final"]["support"].as_f64().unwrap()));
    assert!((0.0..=1.0).contains(&sum["final"]["entropy"].as_f64().unwrap()));
    for position in list(&sum["final"]["positions"]) {
        assert!(position["value"].is_string());
        assert!(strings(&position["members"]).iter().all(|name| names.contains(name)));
    }
}

fn vote(vote: &Value, names: &[&str]) {
    assert_eq!(vote["rule"], "borda");
    assert_eq!(vote["winner"].is_null(), list(&vote["tied"]).len() > 1, "a winner or a tie: {vote}");
    for rule in ["borda", "plurality"] {
        assert!(vote["rules"].get(rule).is_some(), "{rule}");
    }
    for score in list(&vote["tally"]) {
        assert!(names.contains(&score["answer"].as_str().unwrap()));
        assert!((0.0..=1.0).contains(&score["score"].as_f64().unwrap()) && score["first"].is_u64());
    }
    let ballots = list(&vote["ballots"]);
    assert_eq!(ballots.len(), 4);
    for ballot in ballots {
        let (judge, shown, mut ranking) =
            (ballot["judge"].as_str().unwrap(), strings(&ballot["shown"]), strings(&ballot["ranking"]));
        assert_eq!(ballot["valid"], true);
        assert!(!shown.contains(&judge), "nobody judges the own answer");
        ranking.sort_unstable();
        let mut sorted = shown.clone();
        sorted.sort_unstable();
        assert_eq!(ranking, sorted, "a ranking of what was shown");
        assert!(!ballot["note"].as_str().unwrap().is_empty());
    }
}

fn synthesis(object: &Value, names: &[&str]) {
    let made = &object["synthesis"];
    assert_eq!(
        (&made["chair"], &made["kind"], &made["state"]),
        (&json!("marit"), &json!("merge"), &json!("done"))
    );
    let text = made["text"].as_str().unwrap();
    let ids = || list(&object["claims"]).iter().map(|claim| &claim["id"]);
    assert!(list(&made["left_out"]).iter().all(|id| ids().any(|other| other == id)));
    let sentences = list(&made["sentences"]);
    assert!(!sentences.is_empty());
    for sentence in sentences {
        let claims = list(&sentence["claims"]);
        assert!(text.contains(sentence["text"].as_str().unwrap().split_whitespace().next().unwrap()));
        assert!(claims.iter().all(|id| ids().any(|other| other == id)));
        assert!(sentence["unsupported"] == true || !claims.is_empty(), "{sentence}");
        let members = strings(&sentence["members"]);
        assert_eq!(members.is_empty(), claims.is_empty());
        assert!(members.iter().all(|name| names.contains(name)));
    }
}

fn rounds(object: &Value, names: &[&str], cut: bool) {
    let rounds = list(&object["rounds"]);
    let numbers: Vec<u64> = rounds.iter().map(|round| round["round"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [0, 1, 2], "the first answers, then each round");
    for round in rounds {
        let answers = list(&round["answers"]);
        let speakers: Vec<&str> = answers.iter().map(|answer| answer["member"].as_str().unwrap()).collect();
        assert_eq!(speakers, names);
        for answer in answers {
            let first = round["round"] == 0;
            let broke_off = cut && first && answer["member"] == "jonas";
            assert_eq!(answer["state"], if broke_off { "cut" } else { "done" });
            assert!(!answer["text"].as_str().unwrap().is_empty());
            let kind = answer["position"]["kind"].as_str().unwrap();
            assert!(["yes_no", "choice", "number", "phrase", "stated", "none"].contains(&kind), "{kind}");
            assert!(answer["position"]["value"].is_string());
            assert_eq!(first, answer["change"].is_null(), "{answer}");
            assert!(first || kind != "none", "a debate turn says where it stands: {answer}");
            let change = answer["change"].as_str().unwrap_or("held");
            assert!(["held", "argued", "caved", "changed"].contains(&change), "{change}");
        }
    }
}

/// Takes out what may differ between two runs: when, how long, and the session's name.
fn timeless(mut value: Value) -> Value {
    match &mut value {
        Value::Object(object) => {
            object.retain(|key, _| !["session", "ms", "at", "first_ms", "total_ms"].contains(&key.as_str()));
            object.values_mut().for_each(|inner| *inner = timeless(inner.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| *inner = timeless(inner.take())),
        _ => {}
    }
    value
}

#[test]
fn the_same_seed_gives_the_same_object() {
    let home = Home::new();
    for protocol in PROTOCOLS {
        let once = timeless(ask(&home, protocol, "--json", SPLIT).json());
        assert_eq!(once, timeless(ask(&home, protocol, "--json", SPLIT).json()), "{protocol}");
    }
    let shown = |seed: &str| {
        let object = home.json(&["ask", "--demo", "--seed", seed, "--protocol", "vote", "--json", AGREE]);
        list(&object["vote"]["ballots"]).iter().map(|ballot| ballot["shown"].clone()).collect::<Vec<_>>()
    };
    let orders: Vec<_> = ["1", "2", "3", "4"].map(shown).to_vec();
    assert!(orders.windows(2).any(|pair| pair[0] != pair[1]), "another seed shuffles otherwise: {orders:?}");
}

#[test]
fn who_judges_can_be_named_and_has_to_be_there() {
    let home = Home::new();
    let ran = home.run(&["ask", "--demo", "--json", "--judges", "jonas,fenna", NUMBERS]);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    let ballots = list(&object["vote"]["ballots"]);
    let judges: Vec<&str> = ballots.iter().map(|ballot| ballot["judge"].as_str().unwrap()).collect();
    assert_eq!((ran.code, judges.len()), (Some(0), 2), "{judges:?}");
    assert!(judges.contains(&"jonas") && judges.contains(&"fenna"), "{judges:?}");
    for (args, line) in [
        (&["--judges", "zoe"][..], "--judges: no member zoe; there are "),
        (
            &["--judges", "jonas", "--protocol", "debate:2"],
            "--judges are for a vote, and the protocol is debate:2",
        ),
    ] {
        let ran = home.run(&[&["ask", "--demo"], args, &[NUMBERS]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.line().contains(line), "{}", ran.err);
    }
}
