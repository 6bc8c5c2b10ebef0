//! What a deeper pass over a run would be about and come to, before anything is sent. It asks nobody.

use super::outcome;
use crate::core::price::{Cost, GUESSED_ANSWER, Prices, guessed_tokens};
use crate::core::{Deepening, Locals, ModelRef, Pass, Run, clean};

/// Tokens of a judge's line on one pair.
const LINE: u64 = 8;
/// Bytes of the marks around a pair in a judge's prompt.
const MARKS: usize = 120;

/// A pass that could be made now.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead {
    /// Which.
    pub pass: Pass,
    /// Who would be asked.
    pub by: ModelRef,
    /// How many claims or pairs it would be about.
    pub items: usize,
    /// What it is guessed to cost at the most: vectors that are cached cost nothing.
    pub cost: Cost,
}

/// What a pass would be.
///
/// # Errors
/// One line: why there is nothing to do, and what to do next.
pub fn ahead(
    run: &Run,
    pass: Pass,
    who: &Deepening,
    prices: &Prices,
    prompt: usize,
    locals: &Locals,
) -> Result<Ahead, String> {
    if run.council.scripted {
        return Err("the demo asks no model: look deeper at answers of models".to_owned());
    }
    let by = who.by(pass).ok_or_else(|| pass.unset())?.clone();
    if run.kept_local() && !locals.holds(&by) {
        let by = clean::line(&by.to_string());
        return Err(format!(
            "the question is private and {by} is not local: set a local model for that pass"
        ));
    }
    if run.deeper.runs(pass) {
        return Err("that pass is on its way; x stops it".to_owned());
    }
    let finished = outcome::texts(run).iter().filter(|(_, call)| call.ended()).count();
    if finished < 2 {
        return Err("a deeper look needs two finished answers: ask, or wait for them".to_owned());
    }
    let comparison = outcome::comparison(run);
    let (items, cost) = match pass {
        Pass::Embeddings => {
            let claims = comparison.open_claims();
            let bytes: usize = claims.iter().map(|claim| claim.words.len()).sum();
            (claims.len(), prices.estimate([(&by, guessed_tokens(bytes).max(1), 0)]))
        }
        Pass::Judge => {
            let pairs = comparison.undecided();
            let bytes: usize = pairs.iter().map(|pair| pair.words.0.len() + pair.words.1.len() + MARKS).sum();
            let read = guessed_tokens(prompt + run.question.len() + bytes).max(1);
            // Whoever thinks first writes more than the lines.
            let write = GUESSED_ANSWER.max(LINE * pairs.len() as u64);
            (pairs.len(), prices.estimate([(&by, read, write), (&by, read, write)]))
        }
    };
    match (items, pass) {
        (0, Pass::Embeddings) => {
            Err("there is no claim to compare: code and bare verdicts are left out".to_owned())
        }
        (0, Pass::Judge) => {
            Err("the words leave no pair of claims open: there is nothing to judge".to_owned())
        }
        _ => Ok(Ahead { pass, by, items, cost }),
    }
}

impl Ahead {
    /// What it is about, for people: `judge gpt-6-luna: 12 pairs in both orders`.
    pub fn what(&self) -> String {
        let by = clean::line(&self.by.model);
        let count =
            |one: &str| if self.items == 1 { format!("1 {one}") } else { format!("{} {one}s", self.items) };
        match self.pass {
            Pass::Embeddings => format!("vectors of {} by {by}", count("claim")),
            Pass::Judge => format!("judge {by}: {} in both orders", count("pair")),
        }
    }

    /// The same with what it is guessed to cost.
    pub fn line(&self) -> String {
        let cost = match self.cost {
            Cost::Free => "$0.00".to_owned(),
            Cost::About(sum) => format!("about ${sum:.4}"),
            Cost::Unknown => "price unknown".to_owned(),
        };
        format!("{}, {cost}", self.what())
    }
}
