//! Experiments that are really asked, over loopback: a member that grades, budgets, and what a server that breaks does to trials.

use super::answering::Answering;
use super::{arm, lines, report, right};
use crate::home::Home;
use std::sync::atomic::Ordering;

/// Members say the capital of a country, one of them always that of France; the judge knows which are right.
fn answer(model: &str, asked: &str) -> String {
    if asked.contains("You grade an answer") {
        let given = asked.split("The answer to grade:").nth(1).unwrap();
        let right = asked.split("The right answer:").nth(1).unwrap().trim().lines().next().unwrap();
        let is = given.to_lowercase().contains(&right.to_lowercase());
        return format!(
            "It names {}.\nVERDICT: {}",
            if is { "it" } else { "another one" },
            if is { "right" } else { "wrong" }
        );
    }
    let capital = ["France:Paris", "Italy:Rome", "Spain:Madrid", "Norway:Oslo"]
        .iter()
        .filter_map(|pair| pair.split_once(':'))
        .find(|(country, _)| asked.contains(country))
        .map_or("Paris", |(_, capital)| capital);
    match model {
        "good" => format!("That is {capital}.\nPOSITION: {capital}"),
        _ => "That is Paris.\nPOSITION: Paris".to_owned(),
    }
}

fn home(server: &Answering, price: &str, top: &str) -> Home {
    let home = Home::new();
    home.write("config/synod/config.toml", &format!("{}{price}", server.config()));
    home.write(
        "capitals.csv",
        "id,question,answer\nfr,Capital of France?,Paris\nit,Capital of Italy?,Rome\nes,Capital of Spain?,Madrid\nno,Capital of Norway?,Oslo\n",
    );
    home.write("small.toml", &format!(
        "name = \"small\"\ncontrols = [\"best-single\"]\n{top}[data]\nfile = \"capitals.csv\"\nid = \"id\"\nquestion = \"question\"\nanswer = \"answer\"\n\
         [[arm]]\nname = \"pair\"\ncouncil = [\"here/good\", \"here/dull\"]\ndecide = [\"member:good\", \"member:dull\", \"unanimous\"]\n"
    ));
    home
}

const JUDGE: &str = "grader = { kind = \"judge\", member = \"here/judge\" }\n";

#[test]
fn a_judge_is_asked_once_for_each_thing_that_was_said() {
    let server = Answering::new(answer);
    let home = home(&server, "", JUDGE);
    let ran = super::carry_out(&home, &["--yes"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report = report(&home, "small.toml");
    assert_eq!((right(&report, "pair member:good"), right(&report, "pair member:dull")), (4, 1));
    assert_eq!(right(&report, "pair unanimous"), 1);
    assert_eq!(arm(&report, "best single")["ungraded"]["count"], 0);
    // Two answers to each question; both say Paris of France, which is judged once.
    assert_eq!(server.asked.load(Ordering::Relaxed), 8 + 7);
    // How the judge came to say so stands in the log.
    let trials = lines(&home.path().join("small.runs/trials.jsonl"), "trial");
    let verdicts: usize = trials.iter().map(|trial| trial["verdicts"].as_array().unwrap().len()).sum();
    assert_eq!(verdicts, 7);
    assert!(trials[0]["verdicts"][0]["records"].to_string().contains("VERDICT"));
}

const PRICE: &str = "[models.\"here/good\"]\ninput = 1000.0\noutput = 1000.0\n[models.\"here/dull\"]\ninput = 1000.0\noutput = 1000.0\n";

#[test]
fn what_costs_something_needs_a_budget_or_a_word() {
    let server = Answering::new(answer);
    let home = home(&server, PRICE, "grader = \"contains\"\n");
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(2));
    let line = ran.err.lines().last().unwrap();
    assert!(line.contains("this may cost up to $") && line.contains("--yes"), "{line}");
    assert_eq!(server.asked.load(Ordering::Relaxed), 0);
}

#[test]
fn a_budget_is_kept_and_can_be_raised_later() {
    let server = Answering::new(answer);
    let home = home(&server, PRICE, "grader = \"contains\"\nbudget = 0.001\n");
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(4), "{}", ran.err);
    assert!(ran.err.contains("leaves no room for the next trial"), "{}", ran.err);
    assert_eq!(server.asked.load(Ordering::Relaxed), 0);
    let file = home.path().join("small.toml");
    let text = std::fs::read_to_string(&file).unwrap().replace("budget = 0.001", "budget = 1000");
    std::fs::write(file, text).unwrap();
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report = report(&home, "small.toml");
    // Ten tokens in and five out a call at a tenth of a cent each.
    assert!(
        (report["total"]["spent_usd"].as_f64().unwrap() - 8.0 * 0.015).abs() < 1e-9,
        "{}",
        report["total"]
    );
}

#[test]
fn nobody_there_is_no_trial() {
    let server = Answering::new(answer);
    let home = home(&server, "", "grader = \"contains\"\n");
    home.write(
        "config/synod/config.toml",
        "retries = 0\n[providers.here]\nbase_url = \"http://127.0.0.1:9/v1\"\n",
    );
    let ran = super::carry_out(&home, &["--yes"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(ran.err.contains("4 trials left: the same command goes on with them"), "{}", ran.err);
    assert!(ran.err.contains("came to nothing, is done again another time"), "{}", ran.err);
    assert!(lines(&home.path().join("small.runs/trials.jsonl"), "trial").is_empty());
    home.write("config/synod/config.toml", &server.config());
    assert_eq!(super::carry_out(&home, &["--yes"]).code, Some(0));
    assert_eq!(right(&report(&home, "small.toml"), "pair member:good"), 4);
}

/// Slow enough for others to come in the meantime, where they may.
fn slowly(model: &str, asked: &str) -> String {
    (0..2000).for_each(|_| std::thread::yield_now());
    answer(model, asked)
}

#[test]
fn what_an_endpoint_takes_at_once_holds_for_all_trials_together() {
    let most = |limits: &str| {
        let server = Answering::new(slowly);
        let home = home(&server, limits, "grader = \"contains\"\nat_once = 8\nrepeats = 4\n");
        assert_eq!(super::carry_out(&home, &["--yes"]).code, Some(0));
        assert_eq!(server.asked.load(Ordering::Relaxed), 4 * 4 * 2);
        server.at_once.load(Ordering::Relaxed)
    };
    assert!(most("limits = { concurrent = 2 }\n") <= 2);
    // Where nothing is said the experiment's own number holds: eight trials of two calls.
    assert!(most("") > 2);
}

#[test]
fn private_questions_do_not_leave_this_machine_with_a_data_set() {
    let server = Answering::new(answer);
    let home = home(&server, "[private]\npatterns = [\"emails\"]\n", "grader = \"contains\"\n");
    let file = home.path().join("capitals.csv");
    let rows = std::fs::read_to_string(&file).unwrap() + "me,Write to jane.doe@example.org of France,Paris\n";
    std::fs::write(&file, rows).unwrap();
    let far = |text: &str| {
        let toml = home.path().join("small.toml");
        std::fs::write(&toml, std::fs::read_to_string(&toml).unwrap().replace("here/dull", text)).unwrap();
    };
    // All are on this machine.
    assert_eq!(super::carry_out(&home, &["--yes", "--local-only", "--dry-run"]).code, Some(0));
    home.write("config/synod/config.toml", &format!(
        "[private]\npatterns = [\"emails\"]\n{}[providers.away]\nbase_url = \"https://models.example.com/v1\"\n", server.config()
    ));
    far("away/dull");
    let ran = super::carry_out(&home, &["--yes", "--local-only"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.line().contains("--local-only: away/dull would be asked too"), "{}", ran.err);
    let ran = super::carry_out(&home, &["--yes"]);
    assert_eq!(ran.code, Some(2));
    let line = ran.line();
    assert!(
        line.contains("question me looks private") && line.contains("away/dull would be asked"),
        "{line}"
    );
    assert!(!line.contains("jane.doe"), "{line}");
    assert_eq!(super::carry_out(&home, &["--not-private", "--dry-run"]).code, Some(0));
    assert_eq!(server.asked.load(Ordering::Relaxed), 0);
}

#[test]
fn flags_that_an_experiment_would_pass_over_are_refused() {
    let server = Answering::new(answer);
    let home = home(&server, "", "grader = \"contains\"\n");
    for flags in
        [&["-m", "here/good"][..], &["--seed", "3"], &["--demo"], &["--protocol", "vote"], &["--no-save"]]
    {
        let ran = super::carry_out(&home, flags);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(ran.line().contains("leave it out"), "{}", ran.err);
    }
}

#[test]
fn a_judge_that_costs_something_is_in_the_budget_and_in_what_is_asked_for() {
    let server = Answering::new(answer);
    let price = "[models.\"here/judge\"]\ninput = 1000.0\noutput = 1000.0\n";
    let home = home(&server, price, JUDGE);
    let rows = "{\"id\": \"fr\", \"good\": \"That is Paris.\", \"dull\": \"That is Paris.\"}\n{\"id\": \"it\", \"good\": \"That is Rome.\", \"dull\": \"That is Paris.\"}\n";
    home.write("said.jsonl", rows);
    let file = home.path().join("small.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("here/good", "recorded/good").replace("here/dull", "recorded/dull")
        + "[[recorded]]\nfile = \"said.jsonl\"\nmembers = [\"good\", \"dull\"]\n";
    std::fs::write(&file, &text).unwrap();
    // Nobody is asked for answers, and still it costs something.
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("this may cost up to $"), "{}", ran.err);
    std::fs::write(&file, format!("budget = 0.01\n{text}")).unwrap();
    let ran = super::carry_out(&home, &[]);
    assert_eq!((ran.code, server.asked.load(Ordering::Relaxed)), (Some(4), 0), "{}", ran.err);
    std::fs::write(&file, format!("budget = 500\n{text}")).unwrap();
    let ran = super::carry_out(&home, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report = report(&home, "small.toml");
    assert_eq!(right(&report, "pair member:good"), 2);
    let graded = report["total"]["grading_usd"].as_f64().unwrap();
    // Three verdicts of at least fifteen tokens at a tenth of a cent each.
    assert!((0.045..1.0).contains(&graded), "{graded}");
}
