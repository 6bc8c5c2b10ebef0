//! The log of an experiment: going on, what has changed, forks, shares, and what a person orders meanwhile.

use super::{arm, carry_out, home, lines, report, right};
use crate::home::{Home, Ran};
use crate::reviewed;

const ARMS: &str = "[[arm]]\nname = \"vote\"\n[[arm]]\nname = \"x\"\ncouncil = [\"recorded/x\"]\n";

fn log(home: &Home) -> std::path::PathBuf {
    home.path().join("small.runs/trials.jsonl")
}

fn change(home: &Home, from: &str, to: &str) {
    let file = home.path().join("small.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    std::fs::write(file, text.replace(from, to)).unwrap();
}

#[test]
fn what_is_done_is_not_done_again() {
    let home = home(8, ARMS);
    assert_eq!(carry_out(&home, &[]).code, Some(0));
    let before = std::fs::read(log(&home)).unwrap();
    let ran = carry_out(&home, &[]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.contains("0 left to do") || ran.err.contains("16 trials"), "{}", ran.err);
    assert_eq!(std::fs::read(log(&home)).unwrap(), before);
    let report = report(&home, "small.toml");
    // x is right on all but two; the vote on the even ones of those, where y agrees, and by draws.
    assert_eq!(right(&report, "x"), 6);
    assert_eq!(arm(&report, "vote")["done"], 8);
}

#[test]
fn a_changed_experiment_is_refused_and_a_fork_keeps_what_still_holds() {
    let home = home(8, ARMS);
    assert_eq!(carry_out(&home, &[]).code, Some(0));
    let rows = std::fs::read_to_string(home.path().join("small.jsonl")).unwrap();
    home.write("small.jsonl", &rows.replace("What is 3?", "How much is 3?"));
    let ran = carry_out(&home, &[]);
    assert_eq!(ran.code, Some(2));
    let line = ran.err.lines().last().unwrap();
    assert!(
        line.contains("has changed") && line.contains("the words of questions") && line.contains("--fork"),
        "{line}"
    );
    let ran = carry_out(&home, &["--fork", "small.runs", "--out", "second"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // Recorded answers are found by the question: one question of two arms is asked anew.
    let forked = lines(&home.path().join("second/trials.jsonl"), "trial");
    assert_eq!(forked.len(), 16);
    let first = lines(&log(&home), "trial");
    let same = forked.iter().filter(|trial| first.contains(trial)).count();
    assert!(ran.err.contains(&format!("{same} trials of small.runs/trials.jsonl still hold")), "{}", ran.err);
}

#[test]
fn other_ways_to_read_the_same_answers_need_no_fork() {
    let home = home(8, ARMS);
    assert_eq!(carry_out(&home, &[]).code, Some(0));
    change(&home, "name = \"vote\"\n", "name = \"vote\"\ndecide = [\"plurality\", \"unanimous\"]\n");
    let ran = carry_out(&home, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(lines(&log(&home), "trial").len(), 16);
    assert_eq!(right(&report(&home, "small.toml"), "vote unanimous"), 0);
}

#[test]
fn shares_come_to_the_same_as_the_whole() {
    let whole = home(9, ARMS);
    assert_eq!(carry_out(&whole, &[]).code, Some(0));
    let home = home(9, ARMS);
    for share in ["1/3", "3/3"] {
        assert_eq!(carry_out(&home, &["--shard", share]).code, Some(0));
    }
    let merge = |into: &str, parts: &[&str]| home.run(&[&["experiment", "merge", into], parts].concat());
    let refused = |ran: &Ran, why: &str| {
        assert_eq!(ran.code, Some(2));
        assert!(ran.line().contains(why), "{}", ran.err);
    };
    refused(&merge("all/trials.jsonl", &["small.runs"]), "missing: share 2/3");
    assert_eq!(carry_out(&home, &["--shard", "2/3"]).code, Some(0));
    refused(&home.run(&["experiment", "report", "small.runs"]), "join them with synod experiment merge");
    let part = "small.runs/trials-1-of-3.jsonl";
    refused(&merge("all/trials.jsonl", &["small.runs", part]), "are both share 1 of 3");
    let ran = merge("all/trials.jsonl", &["small.runs"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    refused(&merge("all/trials.jsonl", &["small.runs"]), "is there already");
    let (merged, whole) = (report(&home, "all"), report(&whole, "small.runs"));
    for name in ["vote", "x"] {
        assert_eq!(arm(&merged, name)["accuracy"], arm(&whole, name)["accuracy"]);
        assert_eq!(arm(&merged, name)["right"], arm(&whole, name)["right"]);
    }
}

#[test]
fn shares_of_different_experiments_are_not_joined() {
    let home = home(9, ARMS);
    assert_eq!(carry_out(&home, &["--shard", "1/2", "--out", "one"]).code, Some(0));
    change(&home, "grader = \"number\"", "grader = \"number\"\nseed = 5");
    assert_eq!(carry_out(&home, &["--shard", "2/2", "--out", "two"]).code, Some(0));
    let ran = home.run(&["experiment", "merge", "all.jsonl", "one", "two"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.line().contains("are of different experiments"), "{}", ran.err);
}

#[test]
fn orders_are_taken_from_standard_input() {
    let home = home(40, ARMS);
    let orders = b"cut x\nbudget 2.50\nbudget much\nfly\npause\nresume\nstatus\n";
    let ran = home.pipe(&["experiment", "run", "small.toml", "--plain", "--quiet"], orders);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for line in ["cut for good: x", "budget: $2.50", "no order \"fly\"", "budget \"much\" is"] {
        assert!(ran.err.contains(line), "{line} in {}", ran.err);
    }
    let kept = lines(&log(&home), "cut");
    assert_eq!((kept.len(), kept[0]["treatment"].as_str()), (1, Some("x")));
    assert_eq!(lines(&log(&home), "budget")[0]["most"], 2_500_000_000_u64);
    // What is cut stays cut.
    assert_eq!(carry_out(&home, &[]).code, Some(0));
    let trials = lines(&log(&home), "trial");
    assert_eq!(trials.iter().filter(|trial| trial["treatment"] == "vote").count(), 40);
}

#[test]
fn a_dry_run_says_what_it_comes_to_and_leaves_nothing() {
    let home = home(8, ARMS);
    let ran = carry_out(&home, &["--dry-run"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    reviewed::seen("experiment-small-ahead", &ran.out);
    assert!(!home.path().join("small.runs").exists());
}

#[test]
fn graded_trials_teach_and_are_taken_back() {
    let home = home(8, ARMS);
    assert_eq!(carry_out(&home, &[]).code, Some(0));
    let learn = |more: &[&str]| home.run(&[&["experiment", "learn", "small.toml"], more].concat());
    assert!(learn(&[]).line().contains("24 grades of small"));
    let grades = || std::fs::read_to_string(home.path().join("data/synod/grades.jsonl")).unwrap();
    assert_eq!(grades().lines().filter(|line| !line.is_empty()).count(), 24);
    // Twice is once.
    assert!(learn(&[]).line().contains("24 grades"));
    assert_eq!(grades().lines().filter(|line| !line.is_empty()).count(), 24);
    assert!(learn(&["--forget"]).line().contains("24 grades of small are taken back"));
    assert_eq!(grades().trim(), "");
}

#[test]
fn a_report_is_written_over_nothing_that_matters() {
    let home = home(8, ARMS);
    assert_eq!(carry_out(&home, &[]).code, Some(0));
    let before = std::fs::read(log(&home)).unwrap();
    let written = |file: &str, more: &[&str]| {
        home.run(&[&["experiment", "report", "small.toml", "--out", file], more].concat())
    };
    for (file, why) in [
        ("small.runs/trials.jsonl", "says no form"),
        ("small.jsonl", "says no form"),
        ("report.pdf", "says no form"),
    ] {
        assert!(written(file, &[]).line().contains(why));
    }
    let ran = written("small.runs/trials.jsonl", &["--format", "json", "--force"]);
    assert!(ran.line().contains("is the log of an experiment"), "{}", ran.err);
    assert!(
        written("small.toml", &["--format", "json"])
            .line()
            .contains("is there already: --force writes over it")
    );
    assert_eq!(std::fs::read(log(&home)).unwrap(), before);
    assert_eq!(written("report.html", &[]).code, Some(0));
    assert_eq!(
        (written("report.html", &[]).code, written("report.html", &["--force"]).code),
        (Some(2), Some(0))
    );
}

#[test]
fn a_trial_is_shown_with_all_that_was_said() {
    let home = home(8, ARMS);
    assert_eq!(carry_out(&home, &[]).code, Some(0));
    let of_q0 = home.run(&["experiment", "report", "small.toml", "--trials", "item:q0"]);
    let line = of_q0.out.split_whitespace().next().unwrap();
    let ran = home.run(&["experiment", "show", "small.toml", line]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("q0 · ") && ran.out.contains("The answer is"), "{}", ran.out);
    assert!(ran.out.contains("\nright: 0\n") && ran.out.contains(": 0: right"), "{}", ran.out);
    let json = home.json(&["experiment", "show", "small.runs", line, "--json"]);
    assert_eq!(json["item"], "q0");
    let ran = home.run(&["experiment", "show", "small.runs", "1"]);
    assert!(ran.line().contains("line 1 of small.runs/trials.jsonl is no trial"), "{}", ran.err);
}
