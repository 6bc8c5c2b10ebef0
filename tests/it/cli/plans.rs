//! `synod plans`, and `synod ask --plan`: what is printed of plans, what is wrong with them, and how a question goes through
//! one. What is right and wrong in a plan is [`crate::config`]'s.

use super::{NUMBERS, list};
use crate::home::{Home, assert_calm};
use serde_json::json;
use synod::config::plans;

const OWN: &str = "config/synod/plans/mine.toml";
const MINE: &str =
    "name = \"mine\"\nabout = \"My own\"\n\n[[stage]]\nname = \"draft\"\ndo = \"answer\"\nby = \"fenna\"\n";

#[test]
fn all_plans_are_listed_and_ones_own_go_before() {
    let home = Home::new();
    let ran = home.run(&["plans", "list"]);
    assert_eq!((ran.code, ran.err.as_str(), ran.out.lines().count()), (Some(0), "", 20));
    assert!(ran.out.lines().all(|line| line.contains("  ") && !line.contains("yours")), "{}", ran.out);
    home.write(OWN, MINE);
    home.write("config/synod/plans/pyramid.toml", &MINE.replace("mine", "pyramid"));
    home.write("config/synod/plans/zz.toml", "name = \"zz\"\n[[stage]]\nnam = \"a\"\n");
    let ran = home.run(&["plans", "list"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!((ran.code, lines.len()), (Some(0), 22));
    assert!(lines[0].starts_with("mine ") && lines[0].ends_with("My own (yours)"), "{}", lines[0]);
    assert!(lines[1].ends_with("My own (yours, in place of the one built in)"), "{}", lines[1]);
    assert!(
        lines[2].contains("can't be used, 3 things are wrong: synod plans check zz (yours)"),
        "{}",
        lines[2]
    );
    assert_calm(&ran.out);
    let listed = home.json(&["plans", "list", "--json"]);
    let listed = list(&listed);
    assert_eq!(listed.len(), 22);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["built_in"], &listed[0]["stages"]),
        (&json!("mine"), &json!(false), &json!(1))
    );
    assert_eq!(listed[2]["faults"].as_array().unwrap().len(), 3);
    assert_eq!(listed[3]["faults"], json!(null));
    // A plan that is broken disturbs nothing else.
    assert_eq!(home.run(&["config", "check"]).code, Some(0));
    assert_eq!(home.run(&["ask", "--demo", "--no-save", NUMBERS]).err, "");
}

#[test]
fn a_plan_is_shown_as_its_file_and_with_a_council_as_who_speaks() {
    let home = Home::new();
    for (name, text) in plans::built_in() {
        let ran = home.run(&["plans", "show", name]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert_eq!(ran.out.trim_end(), text.trim_end());
        let ran = home.run(&["plans", "show", name, "--demo"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.starts_with(text.trim_end()) && ran.out.contains("# with the council demo:\n"));
        assert!(plans::parse("shown", &ran.out).is_ok(), "what is printed is a plan: {}", ran.out);
        assert!(ran.out.trim_end().ends_with(", $0.00"), "{}", ran.out);
    }
    let ran = home.run(&["plans", "show", "pyramid", "--demo", "--role", "top=oskar"]);
    let end = "\
# with the council demo:
#   small = fenna, jonas
#   top = oskar
#   1. first: answer by fenna, jonas
#   2. escalated: answer by oskar, unless first is settled: 2 of different families say the same
#   2 to 3 calls, $0.00
";
    assert!(ran.out.ends_with(end), "{}", ran.out);
    let object = home.json(&["plans", "show", "cross-check", "--demo", "--json"]);
    assert_eq!(object["cast"]["roles"], json!({ "writer": ["marit"], "checker": ["oskar"] }));
    assert_eq!(
        (&object["cast"]["forecast"]["fewest_calls"], &object["cast"]["forecast"]["most_calls"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(object["cast"]["stages"][2]["when"], "if check finds a fault");
    assert_eq!(home.json(&["plans", "show", "cross-check", "--json"])["cast"], json!(null));
}

#[test]
fn what_is_wrong_is_a_line_and_an_exit_code() {
    let home = Home::new();
    let ran = home.run(&["plans", "check"]);
    assert_eq!((ran.code, ran.err.as_str(), ran.out.lines().count()), (Some(0), "", 20));
    assert!(
        ran.out.lines().all(|line| line.starts_with("ok  "))
            && ran.out.contains("ok  specialists: 2 stages\n")
    );
    let ran = home.run(&["plans", "check", "--demo", "pyramid", "hand-over"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "ok  pyramid: 2 to 3 calls, $0.00\nok  hand-over: 5 to 17 calls, $0.00\n")
    );
    let file = home.write("mine.toml", MINE);
    assert_eq!(
        home.run(&["plans", "check", "./mine.toml"]).code,
        Some(0),
        "members are looked up with a council alone"
    );
    let ran = home.run(&["plans", "check", "mine.toml", "-m", "local/any"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, "mine.toml:7 draft: no member fenna; there are any\n");
    let ran = home.run(&["plans", "check", "pyramid", "-m", "local/any"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "built in: pyramid:8 roles.small: pyramid needs 2 members for small, this council has 1: add one with :add or -m\n"
    );
    std::fs::write(&file, MINE.replace("answer", "anwser").replace("fenna", "")).unwrap();
    let ran = home.run(&["plans", "check", "mine.toml"]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(1), 1), "{}", ran.out);
    assert!(
        ran.out.starts_with("mine.toml:6 draft.do: no stage does \"anwser\"; allowed: ")
            && ran.out.ends_with("did you mean answer?\n")
    );
    let listed = home.json(&["plans", "check", "mine.toml", "--json"]);
    let keys: Vec<&String> = list(&listed)[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["file", "key", "line", "message"]);
    for (args, says) in [
        (
            &["plans", "check", "gone.toml"][..],
            "there is no file gone.toml; synod plans list names the plans there are",
        ),
        (&["plans", "show", "./gone"], "there is no file ./gone"),
        (&["plans", "show", "piramid"], "no plan \"piramid\": did you mean pyramid?"),
        (&["ask", "--demo", "--plan", "piramid", "q"], "no plan \"piramid\": did you mean pyramid?"),
        (&["ask", "--demo", "--plan", "mine.toml", "q"], "mine.toml:6 draft.do: no stage does \"anwser\""),
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.line().contains(says), "{}", ran.err);
    }
    std::fs::create_dir(home.path().join("folder.toml")).unwrap();
    let ran = home.run(&["plans", "check", "folder.toml"]);
    assert!(ran.code == Some(1) && ran.out.starts_with("folder.toml: can't be read ("), "{}", ran.out);
}

#[test]
fn a_question_goes_through_a_plan() {
    let home = Home::new();
    let ran = home.run(&["ask", "--demo", "--seed", "7", "--plan", "mixture", "--jsonl", NUMBERS]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("synod: plan mixture: 9 calls, $0.00\n"), "{}", ran.err);
    let started: serde_json::Value = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|record| record.to_string().contains("run_started"))
        .unwrap();
    let started = started.to_string();
    assert!(started.contains("\"protocol\":\"plan:mixture\"") && started.contains("\"second\""), "{started}");
    assert_eq!(ran.out.lines().filter(|line| line.contains("call_started")).count(), 9);
    let file = home.write("mine.toml", MINE);
    let object =
        home.json(&["ask", "--demo", "--plan", file.to_str().unwrap(), "--no-save", "--json", NUMBERS]);
    assert_eq!(object["protocol"], "plan:mine");
    let ran = home.run(&[
        "ask",
        "--demo",
        "--plan",
        "self-mixture",
        "--role",
        "one=jonas",
        "--jsonl",
        "--no-save",
        NUMBERS,
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for seat in ["jonas", "jonas-2", "jonas-3", "jonas-4"] {
        assert!(ran.out.contains(&format!("\"member\":\"{seat}\"")), "{seat}");
    }
}

#[test]
fn what_does_not_go_with_a_plan_is_told_in_a_line() {
    let home = Home::new();
    for (args, says) in [
        (&["--plan", "mixture", "--protocol", "vote"][..], "cannot be used with"),
        (&["--role", "top=oskar"], "--role is about a plan: add --plan NAME"),
        (&["--plan", "pyramid", "--role", "top"], "--role top: say ROLE=MEMBER, such as --role writer=anna"),
        (
            &["--plan", "pyramid", "--role", "tip=oskar"],
            "pyramid has no role tip; there are small, top (did you mean top?)",
        ),
        (
            &["--plan", "pyramid", "--role", "top=oscar"],
            "top: no member oscar; there are fenna, jonas, marit, oskar (did you mean oskar?)",
        ),
        (
            &["--plan", "confidence", "--judges", "oskar"],
            "--judges does not go with --plan, which says that itself, as by in its vote",
        ),
        (&["--plan", "confidence", "--chair", "oskar"], "--chair does not go with --plan"),
        (&["--plan", "confidence", "--of", "oskar,fenna"], "--of does not go with --plan"),
        (&["--plan", "confidence", "--instruction", "short"], "--instruction does not go with --plan"),
        (&["--plan", "confidence", "--debate-mode", "du"], "--debate-mode does not go with --plan"),
        (&["--plan", "confidence", "--until", "unmoved"], "--until does not go with --plan"),
    ] {
        let ran = home.run(&[&["ask", "--demo", "q"], args].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.line().contains(says), "{}", ran.err);
    }
    assert!(home.sessions().is_empty(), "nothing was asked");
}
