//! The screen of an experiment that runs: what keys do, how it looks, and a real terminal with it. What trials come to is the
//! engine's and `synod::experiment`'s matter.
#![cfg(test)]

mod keys;
pub mod looks;
mod terminal;

use synod::app::experiment::{Board, Effect, Scene};
use synod::core::{Council, Dollars, ModelRef};
use synod::experiment::arm::When;
use synod::experiment::facts::{Bill, Said, Seat};
use synod::experiment::{
    Arm, Control, Design, Facts, Grader, Item, Key, Progress, Reading, Standing, Treatment, VoteRule,
};

/// When it begins.
const START: u64 = 1_795_352_400_000;

fn treatment(name: &str, members: &[&str]) -> Treatment {
    let models: Vec<ModelRef> = members.iter().map(|name| format!("box/{name}").parse().unwrap()).collect();
    Treatment {
        name: name.to_owned(),
        council: Council::of_models("council", &models),
        ..Treatment::default()
    }
}

fn arm(name: &str, treatment: usize, reading: Reading, control: Option<Control>) -> Arm {
    Arm { name: name.to_owned(), treatment, reading, control }
}

/// Three treatments, six arms, some with names as people and attackers have them.
pub fn design(items: usize) -> Design {
    let vote = |rule| Reading::Vote(rule, When::Last);
    let item = |at: usize| Item {
        id: format!("q{}", at + 1),
        question: format!("What is {at} + {at}?\n\nEnd with POSITION: <number>"),
        answer: Some((2 * at).to_string()),
        ..Item::default()
    };
    Design {
        name: "sums".to_owned(),
        items: (0..items).map(item).collect(),
        grader: Grader::Number(0.0),
        treatments: vec![
            treatment("vote", &["ann", "bob", "cleo"]),
            treatment("debate", &["ann", "bob", "cleo"]),
            treatment("議会の討論と最終的な投票の比較", &["ann", "bob"]),
        ],
        arms: vec![
            arm("vote", 0, vote(VoteRule::Plurality), None),
            arm("vote, learned weights", 0, vote(VoteRule::Learned), None),
            arm("best single", 0, Reading::BestSingle, Some(Control::BestSingle)),
            arm("debate", 1, Reading::Result, None),
            arm("\u{1b}[31mred\u{202e}evil\u{7}", 1, vote(VoteRule::Unanimous), Some(Control::FirstVote)),
            arm("議会の討論と最終的な投票の比較", 2, Reading::Result, None),
        ],
        baseline: 2,
        at_once: 2,
        budget: Some(Dollars(2_000_000_000)),
        ..Design::default()
    }
}

/// What a trial came to: each number is what a seat said, `right` among them.
pub fn facts(design: &Design, key: Key, said: &[u8]) -> Facts {
    let mut values: Vec<u8> = said.to_vec();
    values.sort_unstable();
    values.dedup();
    let place = |value: u8| values.iter().position(|known| *known == value).map(|place| place as u8);
    let right = |value: u8| design.items[key.item].answer == Some(value.to_string());
    let bill =
        Bill { spent: Dollars(3_000_000), calls: 1, input: 50, output: 20, ms: 800, ..Bill::default() };
    let all = Bill { spent: Dollars(9_000_000), calls: said.len() as u16, ms: 1_400, ..bill };
    let seat =
        |value: &u8| Seat { first: place(*value), last: place(*value), asked: true, bill, ..Seat::default() };
    Facts {
        key,
        line: key.item * design.treatments.len() + key.treatment + 2,
        said: values
            .iter()
            .map(|value| Said { value: value.to_string().into(), right: Some(right(*value)) })
            .collect(),
        seats: said.iter().map(seat).collect(),
        rounds: Box::default(),
        result: place(said[0]),
        chosen: Box::default(),
        preferred: Box::default(),
        all,
        first: bill,
        grading: Bill::default(),
        slowest: Some((0, 800)),
        gradable: true,
        failed: 0,
        missing: 0,
    }
}

/// An experiment that runs, as a face sees it.
pub struct World {
    pub design: Design,
    pub progress: Progress,
    pub standings: Vec<Standing>,
    pub board: Board,
}

impl World {
    /// One of so many questions of which nothing is done.
    pub fn new(items: usize) -> Self {
        let design = design(items);
        let todo: Vec<Key> = design.trials().collect();
        let mut progress = Progress::new(Vec::new(), todo.len() as u64, START);
        progress.expect(&todo);
        progress.budget = design.budget;
        let standings = progress.standings(&design);
        Self { design, progress, standings, board: Board::default() }
    }

    /// The same with names as most people have them, for the picture in the README.
    pub fn pictured() -> Self {
        let mut world = Self::half();
        world.design.arms.truncate(4);
        world.design.arms.push(arm(
            "first vote of debate",
            1,
            Reading::Vote(VoteRule::Plurality, When::First),
            Some(Control::FirstVote),
        ));
        world.design.arms.push(arm("pair", 2, Reading::Result, None));
        "pair".clone_into(&mut world.design.treatments[2].name);
        world.progress.faults.iter_mut().for_each(|(_, why)| {
            "the request came to nothing: 503 Service Unavailable; wait, or ask another provider"
                .clone_into(why);
        });
        world.standings = world.progress.standings(&world.design);
        world
    }

    /// One of 24 questions that is half done: members were divided in some trials, and some came to nothing.
    pub fn half() -> Self {
        let mut world = Self::new(24);
        let trials: Vec<Key> = world.design.trials().take(40).collect();
        for (at, key) in trials.into_iter().enumerate() {
            world.progress.running = 3;
            if at % 13 == 12 {
                let why = "the request came to nothing: 503 try again later 火事です; wait, or ask another provider";
                world.progress.faulted(key, why.to_owned());
                continue;
            }
            let right = 2 * key.item as u8;
            let said = match (at * 7) % 5 {
                1 => [right, right, right + 1],
                2 => [right + 1, right, right + 2],
                3 => [right + 1, right + 1, right],
                _ => [right, right, right],
            };
            let seats = world.design.treatments[key.treatment].council.members.len();
            let facts = facts(&world.design, key, &said[..seats]);
            world.progress.spent += facts.all.spent;
            world.progress.done(facts, START + 700 * (at as u64 + 1));
        }
        world.progress.held = Dollars(18_000_000);
        world.standings = world.progress.standings(&world.design);
        world
    }

    pub fn scene(&self) -> Scene<'_> {
        Scene {
            design: &self.design,
            progress: &self.progress,
            standings: &self.standings,
            log: "sums.runs/trials.jsonl",
        }
    }

    /// Presses keys, separated by blanks.
    pub fn press(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for name in keys.split(' ').filter(|key| !key.is_empty()) {
            let mut board = std::mem::take(&mut self.board);
            effects.extend(board.key(crate::played::key(name), self.scene()));
            self.board = board;
        }
        effects
    }
}
