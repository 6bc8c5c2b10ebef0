//! A council's shadow in daily use: who gets which question, what it may cost, and how it is reported.

use super::answering::Answering;
use super::{arm, lines, report, right};
use crate::home::Home;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

fn answer(model: &str, _: &str) -> String {
    match model {
        "one" => "It is 4.\nPOSITION: 4".to_owned(),
        "two" => "It is 5.\nPOSITION: 5".to_owned(),
        _ => "So it is 4.\nPOSITION: 4".to_owned(),
    }
}

fn home(server: &Answering, shadow: &str) -> Home {
    let home = Home::new();
    home.write(
        "config/synod/config.toml",
        &format!(
            "{}[councils.pair]\nmembers = [\"here/one\", \"here/two\"]\n[councils.pair.shadow]\n{shadow}\n",
            server.config()
        ),
    );
    home
}

fn log(home: &Home) -> Option<PathBuf> {
    let folder = home.path().join("data/synod/experiments/shadow-pair");
    folder.read_dir().ok()?.next().map(|entry| entry.unwrap().path())
}

#[test]
fn a_shadow_answers_unseen_and_is_graded_with_the_council() {
    let server = Answering::new(answer);
    let home = home(&server, "members = [\"here/three\"]\nshare = 1\nbudget = 1.00");
    let ran = home.run(&["ask", "--council", "pair", "What is two and two?"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(!ran.out.contains("three") && !ran.err.contains("three"), "{}{}", ran.out, ran.err);
    assert_eq!(server.asked.load(Ordering::Relaxed), 3);
    let log = log(&home).unwrap();
    let treatments: Vec<_> = lines(&log, "trial").iter().map(|it| it["treatment"].clone()).collect();
    assert_eq!(treatments, ["council", "shadow"]);
    let before = report(&home, "shadow:pair");
    assert_eq!(arm(&before, "shadow")["accuracy"]["n"], 0);
    // What the person says of the council's answers holds for those in the shadow that come to the same.
    let session = &home.sessions()[0];
    assert_eq!(home.run(&["grade", session, "one", "right"]).code, Some(0));
    assert_eq!(home.run(&["grade", session, "two", "wrong"]).code, Some(0));
    let after = report(&home, "shadow:pair");
    assert_eq!((right(&after, "shadow"), arm(&after, "shadow")["accuracy"]["n"].as_u64()), (1, Some(1)));
    assert_eq!(home.run(&["experiment", "show", "shadow:pair", "3"]).code, Some(0));
    // Its member has a grade of its own from that; the council's have theirs already.
    assert!(home.run(&["experiment", "learn", "shadow:pair"]).line().starts_with("1 grade of pair-shadow"));
}

#[test]
fn a_second_plan_of_the_same_members_can_be_the_shadow() {
    let server = Answering::new(answer);
    let home = home(&server, "plan = \"debate:1\"\nshare = 1\nbudget = 1.00");
    assert_eq!(home.run(&["ask", "--council", "pair", "What is two and two?"]).code, Some(0));
    // Two answers; then two once more, and two turns.
    assert_eq!(server.asked.load(Ordering::Relaxed), 2 + 4);
    assert_eq!(report(&home, "shadow:pair")["total"]["done"], 2);
}

#[test]
fn private_questions_and_those_that_are_not_drawn_stay_with_the_council() {
    let server = Answering::new(answer);
    let shadow = "members = [\"here/three\"]\nshare = 1\nbudget = 1.00";
    let home = home(&server, &format!("{shadow}\n[private]\npatterns = [\"emails\"]"));
    let ran = home.run(&["ask", "--council", "pair", "--local-only", "What is two and two?"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // It looks private, and is sent to all by the person's word; not to the shadow.
    let ran =
        home.run(&["ask", "--council", "pair", "--not-private", "Is my address jane.doe@example.org fine?"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = home.run(&["ask", "--council", "pair", "--no-save", "What is two and two?"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(log(&home), None);
    assert_eq!(server.asked.load(Ordering::Relaxed), 6);
}

#[test]
fn its_share_and_its_own_budget_are_kept() {
    let server = Answering::new(answer);
    let home = home(&server, "members = [\"here/three\"]\nshare = 0.5\nbudget = 0.00");
    for at in 0..12 {
        assert_eq!(home.run(&["ask", "--council", "pair", &format!("What is {at} and two?")]).code, Some(0));
    }
    let asked = server.asked.load(Ordering::Relaxed) - 24;
    // Of twelve that are drawn by halves it is neither none nor all, but for one time in two thousand.
    assert!((1..12).contains(&asked), "{asked}");
    let prices = "[models.\"here/three\"]\ninput = 1000.0\noutput = 1000.0\n";
    let config = home.path().join("config/synod/config.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("share = 0.5", "share = 1");
    std::fs::write(config, text + prices).unwrap();
    assert_eq!(home.run(&["ask", "--council", "pair", "What is two and two?"]).code, Some(0));
    assert_eq!(server.asked.load(Ordering::Relaxed), 26 + asked, "its budget is nothing");
}

#[test]
fn a_shadow_that_can_t_be_asked_is_one_line() {
    let server = Answering::new(answer);
    for (shadow, why) in [
        ("share = 0.5\nbudget = 1", "names neither members nor a plan"),
        ("plan = \"debat:1\"\nshare = 0.5\nbudget = 1", "no plan \"debat:1\""),
        ("plan = \"debate:1\"\nbudget = 1", "share: is missing"),
        ("plan = \"debate:1\"\nshare = 0.5", "budget: is missing"),
        ("plan = \"debate:1\"\nshare = 2\nbudget = 1", "share"),
    ] {
        let home = home(&server, shadow);
        let ran = home.run(&["ask", "--council", "pair", "What is two and two?"]);
        let lines: Vec<&str> = ran.err.lines().filter(|line| line.contains("shadow")).collect();
        assert_eq!((ran.code, lines.len()), (Some(0), 1), "{}", ran.err);
        assert!(lines[0].contains(why), "{why}: {}", lines[0]);
    }
}

#[test]
fn what_was_left_behind_is_done_another_time() {
    let server = Answering::new(answer);
    let home = home(&server, "members = [\"here/three\"]\nshare = 1\nbudget = 1.00");
    assert_eq!(home.run(&["ask", "--council", "pair", "What is two and two?"]).code, Some(0));
    // As if that program had ended before its shadow, long ago.
    let log = log(&home).unwrap();
    let text = std::fs::read_to_string(&log).unwrap();
    let lost: Vec<String> = text
        .lines()
        .filter(|line| {
            !line.contains("\"treatment\":\"shadow\",\"item\"") || line.contains("\"kind\":\"begun\"")
        })
        .map(|line| match serde_json::from_str::<serde_json::Value>(line).unwrap() {
            mut begun if begun["kind"] == "begun" => {
                begun["at"] = 1.into();
                begun.to_string()
            }
            _ => line.to_owned(),
        })
        .collect();
    assert_eq!(lost.len() + 1, text.lines().count());
    std::fs::write(&log, lost.join("\n") + "\n").unwrap();
    assert_eq!(report(&home, "shadow:pair")["total"]["done"], 1);
    assert_eq!(home.run(&["ask", "--council", "pair", "What is one and three?"]).code, Some(0));
    assert_eq!(report(&home, "shadow:pair")["total"]["done"], 4);
    assert_eq!(server.asked.load(Ordering::Relaxed), 3 + 4);
}
