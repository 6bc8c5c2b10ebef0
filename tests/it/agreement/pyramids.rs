//! Pyramids over real panels whose right answers are known: the plan as synod carries it out is held against a plain recount,
//! to the item; what early stops save and how often they are right is printed.
//!
//! The recount knows numbers alone and none of synod's code. No threshold is fitted here: the rules are those of the design
//! notes on agreement, section 3.6. Figures: `cargo test --test it pyramids -- --nocapture`.

use super::data;
use crate::core::sim::{Moments, Outcome, Script, Sim, Wish};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use synod::agreement::position::position;
use synod::agreement::{Mark, compare};
use synod::config::plans;
use synod::core::price::Prices;
use synod::core::recipe::Cast;
use synod::core::{Call, Council, EndState, Member, Question, Run};

/// What a question to the strong member costs next to one to a small one, as the notes assume.
const TOP_UNITS: usize = 12;
const TOP: &str = "claude-3-5-sonnet-20241022";
const MID: [&str; 3] = ["gpt-4o-mini-2024-07-18", "claude-3-haiku-20240307", "command-r-plus"];
const WEAK: [&str; 5] = [
    "Mixtral-8x7B-Instruct-v0.1",
    "gpt-3.5-turbo-0125",
    "Yi-1.5-9B-Chat",
    "Qwen2-7B-Instruct",
    "gemma-2-9b-it",
];

/// A pyramid: the small members in order, so many of whom have to say the same, and the strong one.
struct Pyramid<'a> {
    small: &'a [&'a str],
    same: usize,
    families: bool,
    unflagged: bool,
    top: &'a str,
}

impl Pyramid<'_> {
    /// As it is written down: as many at once as have to agree, then one by one, then the strong one.
    fn plan(&self) -> Cast {
        let names =
            |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let (first, rest) = self.small.split_at(self.same);
        let mut text = format!(
            "name = \"pyramid\"\nabout = \"a test\"\n\n[[stage]]\nname = \"tier-1\"\ndo = \"answer\"\nby = [{}]\nposition = true\n",
            names(first)
        );
        let tiers = rest.iter().chain([&self.top]);
        for (number, name) in tiers.enumerate() {
            let (before, here) = (number + 1, number + 2);
            let (same, families, unflagged) = (self.same, self.families, self.unflagged);
            let _ = write!(
                text,
                "\n[[stage]]\nname = \"tier-{here}\"\ndo = \"answer\"\nby = \"{name}\"\nposition = true\nbeside = \"tier-{before}\"\n\
                 when = {{ unsettled = \"tier-{before}\", same = {same}, families = {families}, unflagged = {unflagged} }}\n"
            );
        }
        let recipe =
            plans::parse("pyramid.toml", &text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
        let members = self.small.iter().chain([&self.top]);
        let member = |name: &&str| Member::new(name, format!("panel/{name}").parse().unwrap());
        let council = Council {
            name: "panel".to_owned(),
            members: members.map(member).collect(),
            ..Council::default()
        };
        recipe.cast(&council, &Prices::default(), &BTreeMap::new()).unwrap()
    }
}

/// What came of one question.
#[derive(Debug, PartialEq)]
struct Came {
    /// Who was asked, in order.
    asked: Vec<String>,
    /// Whether the strong member was spared.
    early: bool,
    /// The number that it came to.
    number: Option<f64>,
}

/// One question through a plan.
fn played(plan: &Cast, says: &dyn Fn(&str) -> String) -> Came {
    let script = Script {
        council: plan.council.clone(),
        seed: 5,
        wishes: Vec::new(),
        moments: Moments::Fitting,
        stop_at: None,
        retries: 0,
    };
    let world = |_: &Run, call: &Call| Outcome::new(EndState::Done, &says(&call.member.0), 10);
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    let question = Question {
        text: "How many?".to_owned(),
        plan: Some(Box::new(plan.planned())),
        council: plan.council.clone(),
        ..Question::default()
    };
    sim.grant(&Wish::Ask(question));
    loop {
        sim.advance();
        let Some(open) = sim.open().first().copied() else { break };
        sim.end(open);
    }
    let run = sim.run().unwrap();
    let result = run.result().and_then(|given| run.words_of(&given).map(str::to_owned));
    let top = &plan.council.members.last().unwrap().name;
    Came {
        asked: run.calls.values().map(|call| call.member.0.clone()).collect(),
        early: run.calls.values().all(|call| call.member != *top),
        number: result.and_then(|text| number(&text)),
    }
}

fn number(text: &str) -> Option<f64> {
    let found = position(text).value;
    let digits: String = found.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    digits.trim_end_matches('.').parse().ok()
}

/// Whether two final answers are one number: what has decimals on both sides may have been rounded to the fewer of them.
fn same(one: f64, other: f64) -> bool {
    let decimals = |number: f64| number.to_string().split_once('.').map_or(0, |(_, tail)| tail.len() as i32);
    let fewer = decimals(one).min(decimals(other));
    let tolerance = if fewer > 0 { 0.5 * 10_f64.powi(-fewer) } else { 0.0 };
    (one - other).abs() <= tolerance + 1e-9
}

/// The plain recount: one after the other until so many gave one number, else the strong one's.
fn recount(pyramid: &Pyramid<'_>, answers: &dyn Fn(&str) -> Option<f64>) -> Came {
    let mut asked: Vec<String> = Vec::new();
    let mut given: Vec<f64> = Vec::new();
    for name in pyramid.small {
        asked.push((*name).to_owned());
        given.extend(answers(name));
        let agreed = given
            .iter()
            .find(|one| given.iter().filter(|other| same(**one, **other)).count() >= pyramid.same);
        if let Some(number) = agreed.filter(|_| asked.len() >= pyramid.same) {
            return Came { asked, early: true, number: Some(*number) };
        }
    }
    asked.push(pyramid.top.to_owned());
    Came { asked, early: false, number: answers(pyramid.top) }
}

/// Counts over all questions.
#[derive(Default)]
struct Count {
    questions: usize,
    right: usize,
    units: usize,
    early: usize,
    early_right: usize,
}

impl Count {
    fn add(&mut self, came: &Came, truth: f64) {
        let right = came.number.is_some_and(|number| same(number, truth));
        self.questions += 1;
        self.right += usize::from(right);
        self.units += if came.early { came.asked.len() } else { came.asked.len() - 1 + TOP_UNITS };
        self.early += usize::from(came.early);
        self.early_right += usize::from(came.early && right);
    }

    fn print(&self, name: &str) {
        let of = |part: usize, all: usize| part as f64 / all.max(1) as f64;
        let units = of(self.units, self.questions);
        println!(
            "{name:34} accuracy {:.4}, {units:.2} units a question (-{:.0} %), escalated {:.1} %, early stops right {:.3}, \
             {:.2} units per right answer",
            of(self.right, self.questions),
            100.0 * (1.0 - units / TOP_UNITS as f64),
            100.0 * (1.0 - of(self.early, self.questions)),
            of(self.early_right, self.early),
            of(self.units, self.right),
        );
    }
}

#[test]
fn pyramids_of_panels_equal_a_plain_recount() {
    let Some(file) = data("gsm8k-37-models-answers.json") else { return };
    let file: Value = serde_json::from_str(&file).unwrap();
    let gold: Vec<f64> = serde_json::from_value(file["gold"].clone()).unwrap();
    let of =
        |name: &str| -> Vec<Option<f64>> { serde_json::from_value(file["answers"][name].clone()).unwrap() };
    let answers: BTreeMap<&str, Vec<Option<f64>>> =
        MID.iter().chain(&WEAK).chain([&TOP]).map(|name| (*name, of(name))).collect();
    for (name, small, agree, families) in [
        ("2 of 2 (mid)", &MID[..2], 2, true),
        ("2 of up to 3 (mid)", &MID[..], 2, false),
        ("2 of 2 (weak)", &WEAK[..2], 2, true),
        ("2 of up to 5 (weak)", &WEAK[..], 2, false),
        ("3 of up to 5 (weak)", &WEAK[..], 3, false),
        ("4 of up to 5 (weak)", &WEAK[..], 4, false),
    ] {
        let pyramid = Pyramid { small, same: agree, families, unflagged: true, top: TOP };
        let plan = pyramid.plan();
        let mut count = Count::default();
        for (at, truth) in gold.iter().enumerate() {
            let given = |name: &str| answers[name][at];
            let says = |name: &str| {
                given(name).map_or_else(|| "I do not know.".to_owned(), |it| format!("POSITION: {it}"))
            };
            let came = played(&plan, &says);
            assert_eq!(came, recount(&pyramid, &given), "{name}, question {at}");
            count.add(&came, *truth);
        }
        assert_eq!(count.questions, 660);
        count.print(name);
    }
}

/// What the rule on flagged conflicts does where whole solutions are compared, not final answers alone: on four models of
/// which none is strong, so it says what early stops are worth and nothing about saving.
#[test]
fn early_stops_over_whole_solutions() {
    let Some(file) = data("gsm8k-4-models.jsonl") else { return };
    let rows: Vec<BTreeMap<String, Value>> =
        file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = rows[0]
        .iter()
        .filter(|(_, value)| value.get("solution").is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    let [a, b, .., top] = names.as_slice() else { panic!("{names:?}") };
    for unflagged in [false, true] {
        let small = [*a, *b];
        let pyramid = Pyramid { small: &small, same: 2, families: false, unflagged, top };
        let plan = pyramid.plan();
        let mut count = Count::default();
        for row in &rows {
            let text = |name: &str| row[name]["solution"].as_str().unwrap().to_owned();
            let truth = number(row["ground_truth"].as_str().unwrap()).unwrap();
            let came = played(&plan, &text);
            let plain = recount(&pyramid, &|name| number(&text(name)));
            let flagged = unflagged && plain.early && {
                let compared = compare(&[(0, text(a).as_str()), (1, text(b).as_str())]);
                compared.claims.iter().any(|claim| claim.mark == Mark::Conflict)
            };
            assert_eq!(came.early, plain.early && !flagged, "{row:?}");
            count.add(&came, truth);
        }
        count.print(if unflagged { "2 of 2, none flagged (whole texts)" } else { "2 of 2 (whole texts)" });
    }
}
