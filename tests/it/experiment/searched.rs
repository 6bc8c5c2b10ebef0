//! Looking for the best council: on recorded members of known strength.

use super::answering::Answering;
use crate::home::Home;
use crate::reviewed;
use serde_json::json;
use std::fmt::Write as _;
use synod::core::shuffle::mix;

/// Members that are right with a chance of their own on each question, wrong answers all differ; and a member that is always right
/// where `star` is set.
fn home(questions: u64, chances: &[u64], star: bool) -> Home {
    let home = Home::new();
    let mut rows = String::new();
    for at in 0..questions {
        let said = |member: u64, chance: u64| {
            let right = mix(&[17, at, member]) % 100 < chance;
            format!("The answer is {}.", if right { at } else { 10_000 + 100 * at + member })
        };
        let mut row = json!({ "id": at.to_string(), "q": format!("What is {at}?"), "a": at });
        for (member, chance) in chances.iter().enumerate() {
            row[format!("m{member}")] = said(member as u64, *chance).into();
        }
        if star {
            row["star"] = said(99, 100).into();
        }
        let _ = writeln!(rows, "{row}");
    }
    let mut members: Vec<String> = (0..chances.len()).map(|member| format!("m{member}")).collect();
    members.extend(star.then(|| "star".to_owned()));
    home.write("rows.jsonl", &rows);
    home.write("look.toml", &format!(
        "name = \"look\"\ngrader = \"number\"\ncouncil = \"recorded\"\n[data]\nfile = \"rows.jsonl\"\nid = \"id\"\nquestion = \"q\"\nanswer = \"a\"\n\
         [[recorded]]\nfile = \"rows.jsonl\"\nmembers = {members:?}\n[[arm]]\nname = \"all\"\n[search]\nsizes = [3, 5]\n"
    ));
    home
}

#[test]
fn a_council_that_beats_everybody_alone_is_found_and_written() {
    // Five that are right on two of three questions and err apart, and three that seldom are.
    let home = home(600, &[66, 66, 66, 66, 66, 10, 10, 10], false);
    let ran = home.run(&["experiment", "search", "look.toml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("vote of m0 + m1 + m2 + m3 + m4 beats the best member alone"), "{}", ran.out);
    let council = std::fs::read_to_string(home.path().join("look.search/council.toml")).unwrap();
    let seats = council.lines().filter(|line| line.contains("model = \"recorded/m")).count();
    assert!(seats == 5 && council.contains("[councils.found]"), "{council}");
    // The check is an experiment as any other.
    let report = super::report(&home, "look.search/held-out");
    assert_eq!(report["questions"], 240);
    // What is done is not done again, and comes to the same.
    let again = home.run(&["experiment", "search", "look.toml"]);
    assert_eq!((again.code, again.out), (Some(0), ran.out));
}

#[test]
fn it_says_so_when_nothing_beats_the_best_member() {
    let home = home(300, &[60, 60, 60], true);
    let ran = home.run(&["experiment", "search", "look.toml", "--write", "mine.toml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("nothing beats the best member alone, who does better"), "{}", ran.out);
    let council = std::fs::read_to_string(home.path().join("mine.toml")).unwrap();
    assert!(council.contains("recorded/star") && !council.contains("recorded/m0"), "{council}");
}

#[test]
fn a_dry_run_asks_nobody() {
    let home = home(100, &[60, 60, 60, 60], false);
    let ran = home.run(&["experiment", "search", "look.toml", "--dry-run", "--price", "0.01"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    reviewed::seen("experiment-search-ahead", &ran.err);
    assert!(!home.path().join("look.search").exists());
}

#[test]
fn a_cap_holds_for_all_rungs_and_the_check_together() {
    let server = Answering::new(|_, _| "So it is 4.\nPOSITION: 4".to_owned());
    let home = Home::new();
    let price =
        ["a", "b", "c"].map(|name| format!("[models.\"here/{name}\"]\ninput = 1000.0\noutput = 1000.0\n"));
    home.write("config/synod/config.toml", &format!("{}{}", server.config(), price.concat()));
    let rows: String =
        (0..40).fold("q,a\n".to_owned(), |rows, at| rows + &format!("What is {at} less {at} and 4?,4\n"));
    home.write("rows.csv", &rows);
    home.write("look.toml",
        "name = \"look\"\ngrader = \"number\"\ncontrols = false\n[data]\nfile = \"rows.csv\"\nquestion = \"q\"\nanswer = \"a\"\n\
         [[arm]]\nname = \"all\"\ncouncil = [\"here/a\", \"here/b\", \"here/c\"]\nanswer_limit = 100\n[search]\nsizes = [3]\n");
    // A trial may cost up to $9.07, and costs a twentieth of a dollar: what the rung has spent leaves room for few in the check.
    let ran = home.run(&["experiment", "search", "look.toml", "--max-cost", "10.35"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let spent = |log: &str| super::report(&home, log)["total"]["spent_usd"].as_f64().unwrap();
    let (rung, check) = (spent("look.search/rung-1"), spent("look.search/held-out"));
    assert!((rung - 24.0 * 0.045).abs() < 1e-9 && check > 0.0 && check < 0.3, "{rung} {check}");
}
