//! `synod evaluate`: the indicators of a session that was kept, question by question: what is right where it was graded, agreement,
//! consistency of the final answer with its sources, cost, latency. No model is asked. How they are found is
//! [`crate::agreement::evaluation`]'s; here calls are summed, and all of it printed.

mod json;
mod plain;

use super::grade::split;
use super::report::{Prices, json::escape};
use crate::agreement::evaluation::{Evaluation, Final, evaluation};
use crate::cli;
use crate::core::tally::Tokens;
use crate::core::{Call, ModelRef, Run, RunId, Session, Spent, clean};
use crate::experiment::facts::duration;
use crate::launch::{Launch, UsageError};
use crate::store;
use anyhow::Result;
use std::io::{self, Write as _};

const HOW: &str = "synod evaluate SESSION[:QUESTION]";

/// Prints the indicators. Gives the exit code.
///
/// # Errors
/// [`UsageError`] where there is no such session or question; else when it can't be read, or nothing printed.
pub fn run(launch: &Launch, wanted: &cli::Evaluate) -> Result<u8> {
    let (session, number) = match wanted.session.as_deref() {
        None => (None, None),
        Some(typed) => {
            let (session, number) = split(typed, HOW)?;
            (Some(session).filter(|session| !session.is_empty()), number)
        }
    };
    let id = super::session_id(launch, session)?;
    let opened = store::read(&launch.root, &id)?;
    if let Some(notice) = &opened.notice {
        writeln!(io::stderr(), "synod: {}", clean::line(notice))?;
    }
    let session = Session::replay(&opened.records);
    let one = number.map(|number| super::grade::question(&session, Some(number))).transpose()?;
    if session.runs.is_empty() {
        return Err(UsageError(format!("{id} has no question; synod sessions lists others")).into());
    }
    let prices = |model: &ModelRef| launch.price(model);
    let meant = session.runs.iter().filter(|run| one.is_none_or(|one| one.id == run.id));
    let questions: Vec<Question<'_>> = meant.map(|run| Question::of(run, &prices)).collect();
    let text = if wanted.json {
        escape(&serde_json::to_string_pretty(&json::object(&id, &questions))?) + "\n"
    } else {
        plain::text(&id, &questions, session.runs.len())
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(0)
}

/// A question with its indicators.
struct Question<'a> {
    run: &'a Run,
    found: Evaluation<'a>,
    /// What the calls of each seat came to.
    seats: Vec<Bill>,
    /// What all calls came to, deeper passes too.
    all: Bill,
    /// Milliseconds to the first piece of text of whoever was first.
    first_ms: Option<u64>,
    /// Milliseconds that the calls took, each stage after those that it waits for.
    whole_ms: u64,
}

/// What calls came to.
#[derive(Clone, Copy, Debug, Default)]
struct Bill {
    calls: usize,
    tokens: Tokens,
    spent: Spent,
}

impl Bill {
    fn of<'c>(calls: impl Iterator<Item = &'c Call>, prices: Prices<'_>) -> Self {
        calls.filter(|call| call.sent()).fold(Self::default(), |sum, call| {
            sum.plus(Self { calls: 1, tokens: Tokens::of(call), spent: call.spent(prices) })
        })
    }

    fn plus(self, other: Self) -> Self {
        let (a, b) = (self.tokens, other.tokens);
        let tokens = Tokens {
            input: a.input.saturating_add(b.input),
            output: a.output.saturating_add(b.output),
            guessed: a.guessed || b.guessed,
        };
        Self { calls: self.calls + other.calls, tokens, spent: self.spent + other.spent }
    }
}

impl<'a> Question<'a> {
    fn of(run: &'a Run, prices: Prices<'_>) -> Self {
        let seats = (0..run.council.members.len() as u16)
            .map(|slot| Bill::of(run.calls.values().filter(|call| call.id.slot == slot), prices));
        let passes = run.deeper.done.iter().filter(|pass| pass.sent).map(|pass| {
            let usage = pass.usage.unwrap_or_default();
            let guessed = pass.usage.is_none();
            let tokens = Tokens { input: usage.input, output: usage.output, guessed };
            Bill { calls: 1, tokens, spent: pass.spent(prices) }
        });
        let answers = run.calls.values().filter(|call| call.cached.is_none() && call.shown.is_empty());
        Self {
            run,
            found: evaluation(run),
            seats: seats.collect(),
            all: passes.fold(Bill::of(run.calls.values(), prices), Bill::plus),
            first_ms: answers.filter_map(|call| call.first_ms).min(),
            whole_ms: u64::from(duration(run)),
        }
    }

    fn name(&self, slot: u16) -> String {
        self.run.member(slot).map_or_else(|| "?".to_owned(), |member| member.name.0.clone())
    }

    /// Whether the final answer is right, where that is known; without one, what most answers come to.
    fn right(&self) -> Option<bool> {
        match &self.found.last {
            Final::Text(whole) => whole.right,
            Final::None(_) => self.found.most.as_ref().and_then(|most| most.right),
        }
    }

    fn consistency(&self) -> Option<f64> {
        match &self.found.last {
            Final::Text(whole) => whole.held.share(),
            Final::None(_) => None,
        }
    }
}

/// All questions together.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    bill: Bill,
    whole_ms: u64,
    /// How many questions came to something right, of those where that is known.
    right: (usize, usize),
    /// The same of members' answers.
    answers: (usize, usize),
    /// The mean, and of how many questions.
    agreement: (f64, usize),
    /// The mean, and of how many final answers.
    consistency: (f64, usize),
}

impl Totals {
    fn of(questions: &[Question<'_>]) -> Self {
        let mut sum = Self::default();
        for question in questions {
            sum.bill = sum.bill.plus(question.all);
            sum.whole_ms += question.whole_ms;
            let count = |(right, of): &mut (usize, usize), is: Option<bool>| {
                *right += usize::from(is == Some(true));
                *of += usize::from(is.is_some());
            };
            count(&mut sum.right, question.right());
            question.found.seats.iter().for_each(|seat| count(&mut sum.answers, seat.right));
            let add = |(mean, of): &mut (f64, usize), one: Option<f64>| {
                if let Some(one) = one {
                    *of += 1;
                    *mean += (one - *mean) / *of as f64;
                }
            };
            add(&mut sum.agreement, question.found.agreement);
            add(&mut sum.consistency, question.consistency());
        }
        sum
    }
}

/// The heading of a question.
fn number(id: RunId) -> String {
    format!("question {id}")
}
