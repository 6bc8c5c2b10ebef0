//! Votes over real recorded answers, counted once more without any of synod's code but its published draw: item by item.

use super::questions;
use crate::agreement::data;
use crate::home::Home;
use serde_json::Value;
use std::collections::BTreeMap;
use synod::core::shuffle::mix;

const MEMBERS: [&str; 4] = ["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"];

/// A question as it is counted here.
struct Row {
    /// The numbers that members end with.
    said: [Option<i64>; 4],
    right: i64,
}

/// The number behind the last `A:`, as the data set marks it; of a text that was cut off before it the last number. In
/// thousandths.
fn last(text: &str) -> Option<i64> {
    let bare = |text: &str| text.chars().filter(|c| !matches!(c, ',' | '$')).collect::<String>();
    let number = |text: &str| {
        let number: String =
            text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
        let number: f64 = number.trim_end_matches(['.', '-']).parse().ok()?;
        Some((number * 1000.0).round() as i64)
    };
    if let Some((_, after)) = text.rsplit_once("A:") {
        let after = bare(after);
        return number(&after[after.find(|c: char| c.is_ascii_digit() || c == '-')?..]);
    }
    let text = bare(text);
    let end = text.rfind(|c: char| c.is_ascii_digit())?;
    let from = text[..end].rfind(|c: char| !c.is_ascii_digit() && c != '.').map_or(0, |at| at + 1);
    number(&text[from..=end])
}

fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let right = last(row["ground_truth"].as_str().unwrap()).unwrap();
        let said = MEMBERS.map(|member| last(row[member]["solution"].as_str().unwrap()));
        // The data set says itself who is right.
        for (member, said) in MEMBERS.iter().zip(said) {
            assert_eq!(said == Some(right), row[member]["is_correct"].as_bool().unwrap());
        }
        Row { said, right }
    };
    text.lines().map(row).collect()
}

/// The answers with the greatest sum of weights, in the order in which they were first said.
fn winners(row: &Row, weights: [f64; 4]) -> Vec<i64> {
    let mut sums: Vec<(i64, f64)> = Vec::new();
    for (said, weight) in row.said.iter().zip(weights).filter_map(|(said, weight)| Some(((*said)?, weight))) {
        match sums.iter_mut().find(|(known, _)| *known == said) {
            Some((_, sum)) => *sum += weight,
            None => sums.push((said, weight)),
        }
    }
    let most = sums.iter().map(|(_, sum)| *sum).fold(0.0, f64::max);
    sums.into_iter().filter(|(_, sum)| (sum - most).abs() < 1e-9).map(|(said, _)| said).collect()
}

/// One of several that tie: drawn from the seed of the question (experiment's seed 0, first repeat).
fn drawn(item: usize, winners: &[i64]) -> Option<i64> {
    let seed = mix(&[0, item as u64, 0]) & ((1 << 53) - 1);
    winners.get(mix(&[seed, 0x7469_6573]) as usize % winners.len().max(1)).copied()
}

/// How often each member was right on the questions of the other half, as posterior means under a Beta(4, 4) prior.
fn learned(rows: &[Row], half: usize) -> [f64; 4] {
    let other: Vec<&Row> =
        rows.iter().enumerate().filter(|(item, _)| item % 2 != half).map(|(_, row)| row).collect();
    std::array::from_fn(|member| {
        let graded = other.iter().filter(|row| row.said[member].is_some()).count() as f64;
        let right = other.iter().filter(|row| row.said[member] == Some(row.right)).count() as f64;
        (right + 4.0) / (graded + 8.0)
    })
}

fn best(learned: [f64; 4]) -> usize {
    (0..4).max_by(|one, other| learned[*one].total_cmp(&learned[*other])).unwrap()
}

/// What each rule comes to on a question.
fn decided(rows: &[Row], item: usize, rule: &str) -> Option<i64> {
    let row = &rows[item];
    let learned = learned(rows, item % 2);
    let best = row.said[best(learned)];
    let with_best = |winners: Vec<i64>| match best.filter(|best| winners.len() > 1 && winners.contains(best))
    {
        Some(best) => vec![best],
        None => winners,
    };
    let votes = |said: i64| row.said.iter().filter(|other| **other == Some(said)).count();
    let answered = row.said.iter().flatten().count();
    let odds = |right: f64| right / (1.0 - right);
    let alike = winners(row, [1.0; 4]);
    let found = match rule {
        "plurality" => alike,
        "majority" => alike.into_iter().filter(|said| votes(*said) * 2 > answered).collect(),
        "unanimous" => alike.into_iter().filter(|said| votes(*said) == answered).collect(),
        "to-best" => with_best(alike),
        "accuracy" => with_best(winners(row, learned)),
        "log-odds" => with_best(winners(row, learned.map(|right| odds(right).ln().max(0.001)))),
        "many-options" => with_best(winners(row, learned.map(|right| (odds(right) / 0.1).ln().max(0.001)))),
        "best single" => best.into_iter().collect(),
        other => panic!("{other}"),
    };
    drawn(item, &found)
}

#[test]
fn votes_over_recorded_answers_equal_an_independent_count_to_the_item() {
    let Some(text) = data("gsm8k-4-models.jsonl") else { return };
    let rows = rows(&text);
    let rules = ["plurality", "majority", "to-best", "accuracy", "log-odds", "many-options", "unanimous"];
    let home = Home::new();
    home.write("four.jsonl", &text);
    home.write("four.toml", &format!(
        "name = \"four\"\ngrader = \"number\"\ncouncil = \"recorded\"\n[data]\nfile = \"four.jsonl\"\nquestion = \"question\"\n\
         answer = \"ground_truth\"\n[[recorded]]\nfile = \"four.jsonl\"\nmembers = {MEMBERS:?}\ntext = \"solution\"\n\
         [[arm]]\nname = \"vote\"\ndecide = {rules:?}\n"
    ));
    let ran = home.run(&["experiment", "run", "four.toml", "--plain", "--quiet"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let mut counts = BTreeMap::new();
    for rule in rules.into_iter().chain(["best single"]) {
        let arm = if rule == "best single" { rule.to_owned() } else { format!("vote {rule}") };
        let mut found = questions(&home, "four.runs", &format!("arm:{arm}/right"));
        found.sort_by_key(|id| id.parse::<usize>().unwrap());
        let mine = (0..rows.len()).filter(|item| decided(&rows, *item, rule) == Some(rows[*item].right));
        let mine: Vec<String> = mine.map(|item| (item + 1).to_string()).collect();
        assert_eq!(found, mine, "{rule}");
        counts.insert(rule, mine.len());
    }
    crate::said(&format!("of {} questions are right: {counts:?}", rows.len()));
}
