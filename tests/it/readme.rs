//! What the README promises, held to what the program does. Not its prose.

use crate::home::Home;

const README: &str = include_str!("../../README.md");

#[test]
fn the_table_of_keys_is_the_programs_own() {
    let told =
        README.split("<!-- keys -->\n").nth(1).and_then(|rest| rest.split("<!-- /keys -->").next()).unwrap();
    let ran = Home::new().run(&["keys", "--markdown"]);
    assert!(told == ran.out, "put what `synod keys --markdown` prints between the marks in README.md");
}

#[test]
fn every_command_it_names_exists() {
    let known = synod::cli::commands();
    let lines = README.lines().filter_map(|line| line.trim().strip_prefix("synod "));
    let words = lines.filter_map(|line| line.split_whitespace().next());
    for word in words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase())) {
        assert!(known.iter().any(|command| command == word), "synod {word}");
    }
}
