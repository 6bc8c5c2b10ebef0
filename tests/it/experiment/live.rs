//! An experiment over a real llama.cpp server whose members say what they are made to say, so that the outcome is known.

use super::{arm, report, right};
use crate::home::Home;
use crate::llama::server;
use std::fmt::Write as _;

const QUESTIONS: usize = 6;

#[test]
fn a_debate_that_corrects_one_of_three_members_is_counted_so() {
    let Some(server) = server() else { return };
    let home = Home::new();
    let voices = ["yes", "no", "maybe"]
        .map(|name| format!("{{ name = \"{name}\", model = \"llama/scripted\", persona = \"#{name}\" }}"));
    home.write(
        "config/synod/config.toml",
        &format!(
            "[providers.llama]\nbase_url = \"{}/v1\"\n[councils.bridge]\nmembers = [{}]\n",
            server.url,
            voices.join(", ")
        ),
    );
    let mut rows = String::from("question,answer\n");
    (0..QUESTIONS).for_each(|at| writeln!(rows, "May trucks use old bridge number {at}?,12 tonnes").unwrap());
    home.write("bridges.csv", &rows);
    home.write("small.toml",
        "name = \"small\"\ngrader = \"contains\"\ncouncil = \"bridge\"\nat_once = 4\n[data]\nfile = \"bridges.csv\"\nquestion = \"question\"\nanswer = \"answer\"\n\
         [[arm]]\nname = \"debate\"\nplan = \"debate:1\"\ndecide = [\"plurality\", \"member:yes\", \"member:no\", \"member:maybe\"]\n");
    let ran = super::carry_out(&home, &["--yes"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report = report(&home, "small.toml");
    let all = QUESTIONS as u64;
    // At first yes alone says 12 tonnes; then no gives way to it.
    assert_eq!(
        ["debate member:yes", "debate member:no", "debate member:maybe"].map(|name| right(&report, name)),
        [all, 0, 0]
    );
    assert_eq!(right(&report, "debate plurality"), all);
    assert_eq!(right(&report, "best single"), all);
    let rounds = report["debates"][0]["rounds"].as_array().unwrap();
    assert_eq!(
        (rounds[1]["corrected"]["count"].as_u64(), rounds[1]["subverted"]["count"].as_u64()),
        (Some(all), Some(0)),
        "{rounds:#?}"
    );
    // Samples of one voice are all alike: the control is as right as that member.
    let control =
        report["arms"].as_array().unwrap().iter().find(|arm| arm["control"] == "self_consistency_calls");
    let control = control.unwrap_or_else(|| panic!("{:#?}", report["notes"]));
    assert!([0, all].contains(&control["right"]["count"].as_u64().unwrap()));
    assert_eq!(arm(&report, "debate plurality")["costs"]["mean_calls"], 6.0);
    // What its trials say is what the server said.
    let ran = home.run(&["experiment", "show", "small.toml", "3"]);
    assert!(ran.out.contains("12 tonnes"), "{}", ran.out);
}
