//! Votes of real panels on questions whose answer is known: each result is held against a plain recount, to the item.
//!
//! The recount knows numbers alone and none of synod's code. Weights are learned on the even questions and tried on the odd
//! ones, and the other way round; no threshold is fitted. Figures: `cargo test --test it panels -- --nocapture`.

use super::data;
use serde_json::Value;
use std::collections::BTreeMap;
use synod::agreement::poll::{Poll, Weighing, poll};
use synod::agreement::position::{Position, position};
use synod::core::MemberId;
use synod::core::weights::{ENOUGH, Past, Said, Scheme, Track, learn};

/// The panels of the design notes on agreement, section 3.5.
const PANELS: [(&str, &[&str]); 4] = [
    (
        "weak-5",
        &[
            "Mixtral-8x7B-Instruct-v0.1",
            "gpt-3.5-turbo-0125",
            "Yi-1.5-9B-Chat",
            "Qwen2-7B-Instruct",
            "gemma-2-9b-it",
        ],
    ),
    (
        "mid-5",
        &[
            "gpt-4o-mini-2024-07-18",
            "claude-3-haiku-20240307",
            "command-r-plus",
            "Meta-Llama-3-8B-Instruct",
            "Yi-1.5-34B-Chat",
        ],
    ),
    (
        "strong-5",
        &[
            "claude-3-5-sonnet-20241022",
            "gpt-4o-2024-08-06",
            "Meta-Llama-3.1-70B-Instruct",
            "Mistral-Large-2",
            "gemini-1.5-pro",
        ],
    ),
    (
        "uneven-5",
        &[
            "claude-3-5-sonnet-20241022",
            "command-r",
            "gemma-2-2b-it",
            "Mixtral-8x7B-Instruct-v0.1",
            "reka-flash-20240226",
        ],
    ),
];

/// A question: what each member of a panel said, as a text and as a number, and what is right.
struct Item {
    said: Vec<(MemberId, String, Option<f64>)>,
    truth: f64,
    poll: Poll,
    /// The place of the group that is right.
    right: Option<usize>,
}

/// A panel's answers to all questions.
fn panels() -> Option<Vec<(String, Vec<Item>)>> {
    let file: Value = serde_json::from_str(&data("gsm8k-37-models-answers.json")?).unwrap();
    let gold: Vec<f64> = serde_json::from_value(file["gold"].clone()).unwrap();
    let mut all: Vec<(String, Vec<Item>)> = Vec::new();
    for (name, models) in PANELS {
        let answers: Vec<Vec<Option<f64>>> = models
            .iter()
            .map(|model| serde_json::from_value(file["answers"][*model].clone()).unwrap())
            .collect();
        let item = |(at, truth): (usize, &f64)| {
            let said = models.iter().zip(&answers).map(|(model, answers)| {
                let text = answers[at].map_or_else(String::new, |number| format!("POSITION: {number}"));
                (MemberId::from(*model), text, answers[at])
            });
            Item::of(said.collect(), *truth)
        };
        all.push((name.to_owned(), gold.iter().enumerate().map(item).collect()));
    }
    let mut four = Vec::new();
    for line in data("gsm8k-4-models.jsonl")?.lines() {
        let row: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
        // Which number a solution comes to is the extractor's, tested on its own; the recount begins there.
        let number = |text: &str| {
            let found = position(text).value;
            let digits: String =
                found.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
            digits.trim_end_matches('.').parse().ok()
        };
        let said = row.iter().filter_map(|(model, value)| {
            let text = value.get("solution")?.as_str()?;
            Some((MemberId::from(model.as_str()), text.to_owned(), number(text)))
        });
        let truth = number(row["ground_truth"].as_str().unwrap()).unwrap();
        four.push(Item::of(said.collect(), truth));
    }
    all.push(("gsm8k-4".to_owned(), four));
    Some(all)
}

impl Item {
    fn of(said: Vec<(MemberId, String, Option<f64>)>, truth: f64) -> Self {
        let positions: Vec<(&MemberId, Position)> =
            said.iter().map(|(member, text, _)| (member, position(text))).collect();
        let poll = poll(positions.iter().map(|(member, position)| (*member, position)));
        let right = position(&format!("POSITION: {truth}"));
        let right = poll.groups.iter().position(|group| group.position.same(&right));
        Self { said, truth, poll, right }
    }

    /// The same as a graded question.
    fn past(&self) -> Past {
        let groups = self.poll.groups.iter().enumerate();
        let said = groups.flat_map(|(group, of)| {
            let right = self.right == Some(group);
            of.members.iter().map(move |member| Said { member: member.clone(), group, right })
        });
        Past { topic: None, said: said.collect() }
    }

    /// The share of right answers among those that win.
    fn judged(&self, winners: &[usize]) -> f64 {
        let right = winners.iter().filter(|at| self.right == Some(**at)).count();
        if winners.is_empty() { 0.0 } else { right as f64 / winners.len() as f64 }
    }

    /// A plain recount: the numbers with the most weight, ties to the number of `best`; the share of right ones.
    fn recount(&self, weight: impl Fn(&MemberId) -> f64, best: Option<&MemberId>, over_half: bool) -> f64 {
        let mut sums: Vec<(f64, f64, usize)> = Vec::new();
        for (member, _, number) in &self.said {
            let Some(number) = number else { continue };
            match sums.iter_mut().find(|(known, ..)| same(*known, *number)) {
                Some((_, sum, count)) => (*sum, *count) = (*sum + weight(member), *count + 1),
                None => sums.push((*number, weight(member), 1)),
            }
        }
        let all: usize = sums.iter().map(|(.., count)| count).sum();
        let most = sums.iter().fold(0.0_f64, |most, (_, sum, _)| most.max(*sum));
        let mut top: Vec<f64> =
            sums.iter().filter(|(_, sum, _)| (sum - most).abs() < 1e-9).map(|(number, ..)| *number).collect();
        if over_half {
            top = sums.iter().filter(|(.., count)| count * 2 > all).map(|(number, ..)| *number).collect();
        }
        let of_best =
            self.said.iter().find(|(member, ..)| Some(member) == best).and_then(|(.., number)| *number);
        if let Some(number) = of_best.filter(|number| top.len() > 1 && top.contains(number)) {
            top = vec![number];
        }
        let right = top.iter().filter(|number| same(**number, self.truth)).count();
        if top.is_empty() { 0.0 } else { right as f64 / top.len() as f64 }
    }
}

/// How often each member was right, by a plain count.
fn counted(items: &[&Item]) -> BTreeMap<MemberId, (f64, f64)> {
    let mut all: BTreeMap<MemberId, (f64, f64)> = BTreeMap::new();
    for item in items {
        for (member, _, number) in &item.said {
            let Some(number) = number else { continue };
            let (right, answered) = all.entry(member.clone()).or_default();
            *answered += 1.0;
            *right += f64::from(u8::from(same(*number, item.truth)));
        }
    }
    all
}

/// Whether two final answers are one number: they are read from the same digits.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn votes_of_panels_equal_a_plain_recount() {
    let Some(panels) = panels() else { return };
    for (name, items) in panels {
        assert_eq!(items.len(), 660, "{name}");
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        for half in [0, 1] {
            let part = |which: usize| {
                items.iter().enumerate().filter(move |(at, _)| at % 2 == which).map(|(_, it)| it)
            };
            let (graded, tried): (Vec<&Item>, Vec<&Item>) = (part(half).collect(), part(1 - half).collect());
            let history: Vec<Past> = graded.iter().map(|item| item.past()).collect();
            let members: Vec<MemberId> = items[0].said.iter().map(|(member, ..)| member.clone()).collect();
            // The posterior means by hand.
            let plain: BTreeMap<MemberId, f64> = counted(&graded)
                .into_iter()
                .map(|(member, (right, all))| (member, (4.0 + right) / (8.0 + all)))
                .collect();
            let track = Track::of(history.iter(), None);
            for (member, right) in &plain {
                assert!((track.right(member) - right).abs() < 1e-12, "{name} {member:?}");
            }
            let best = track.best(members.iter()).cloned();
            let plain_best = plain.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(member, _)| member.clone());
            assert_eq!(best, plain_best, "{name}");
            let learned = learn(&history, &members, None);
            assert!(learned.graded > ENOUGH && learned.best == best);
            for item in &tried {
                let poll = &item.poll;
                let mut hold = |row: &'static str, found: f64, recount: f64| {
                    assert!((found - recount).abs() < 1e-12, "{name} {row}: {found} {recount}");
                    *sums.entry(row).or_default() += found;
                };
                let none = BTreeMap::new();
                let votes = |weighing, best| item.judged(&poll.winners(weighing, &none, best));
                hold(
                    "1 plurality, ties shared",
                    votes(Weighing::Plurality, None),
                    item.recount(|_| 1.0, None, false),
                );
                hold(
                    "2 over half of all",
                    votes(Weighing::Majority, None),
                    item.recount(|_| 1.0, None, true),
                );
                let to_best = votes(Weighing::Plurality, best.as_ref());
                hold("3 majority, ties to the best", to_best, item.recount(|_| 1.0, best.as_ref(), false));
                for (row, scheme) in [
                    ("4 accuracy", Scheme::Accuracy),
                    ("5 log-odds, floored", Scheme::LogOdds),
                    ("6 log-odds, many options", Scheme::ManyOptions),
                    ("7 best single", Scheme::BestSingle),
                ] {
                    let weights = track.weights(scheme, members.iter());
                    let found = item.judged(&poll.winners(Weighing::Weighted, &weights, best.as_ref()));
                    let weight = |member: &MemberId| {
                        let p = plain[member];
                        match scheme {
                            Scheme::Majority => 1.0,
                            Scheme::Accuracy => p,
                            Scheme::LogOdds => (p / (1.0 - p)).ln().max(0.001),
                            Scheme::ManyOptions => (p / ((1.0 - p) * 0.1)).ln().max(0.001),
                            Scheme::BestSingle => f64::from(u8::from(Some(member) == best.as_ref())),
                        }
                    };
                    hold(row, found, item.recount(weight, best.as_ref(), false));
                }
                let found = item.judged(&poll.winners(Weighing::Weighted, &learned.weights, best.as_ref()));
                let by_hand = item.recount(|member| learned.weights[member], best.as_ref(), false);
                hold("8 chosen on history", found, by_hand);
            }
        }
        for (row, sum) in sums {
            println!("{name:9} {row:28} {:.4} ({sum:.1} of 660)", sum / 660.0);
        }
    }
}
