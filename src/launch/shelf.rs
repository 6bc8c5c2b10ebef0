//! What the model picker asks the world for: the providers' lists, and whether one model answers. Each as something that
//! can be asked for again and again while the workbench is open.

use super::offered::offered;
use crate::config::Config;
use crate::core::budget::{self, Bid, Books, Grant};
use crate::core::offer::{Offer, Probe};
use crate::core::price::Price;
use crate::core::spend::{Counted, turned_down};
use crate::core::{
    Ask, CallError, Caps, Dollars, ErrorKind, MemberId, Message, ModelRef, Params, Role, Usage,
};
use crate::engine::Clock;
use crate::providers::registry::Registry;
use crate::providers::{About, Delta, Request};
use crate::store::spending::Spending;
use futures_util::StreamExt as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// What a probe asks.
const QUESTION: &str = "Answer with the one word: ok";
/// How long a probe may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// All models with what is known of them, and a line for each provider that could not be reached. Nobody is contacted where
/// `online` is false.
pub async fn shelf(config: &Config, registry: &Registry, online: bool) -> (Vec<Offer>, Vec<String>) {
    let found = offered(config, registry, None, online).await;
    let failed = found.iter().filter(|one| one.failed);
    let notes = failed.filter_map(|one| Some(format!("{}: {}", one.provider, one.note.as_ref()?))).collect();
    (found.into_iter().flat_map(|one| one.offers).collect(), notes)
}

/// What to do about a probe that failed.
const ANOTHER: &str = "try again, or choose another model";

/// What probes are paid from. They belong to no session, so its cap and that of a step are not theirs.
#[derive(Debug)]
pub struct Purse {
    /// What all may cost in a day.
    cap: Option<Dollars>,
    spending: Mutex<Spending>,
    clock: Clock,
}

impl Purse {
    /// One that keeps to the cap of a day.
    pub fn new(cap: Option<Dollars>, spending: Spending, clock: Clock) -> Self {
        Self { cap, spending: Mutex::new(spending), clock }
    }

    /// Sets aside what a probe may come to; or says in a line why it is not sent.
    fn reserve(&self, at: u64, name: &str, bid: &Bid) -> Result<(), CallError> {
        let caps = Caps { day: self.cap, ..Caps::default() };
        let decide = |day| {
            let grant = budget::ask(&caps, &Books { day, ..Books::default() }, bid);
            let most = if let Grant::Leave(_, most) = &grant { Some(*most) } else { None };
            (grant, most.filter(|most| *most > Dollars(0)))
        };
        let said = self.spending.lock().unwrap_or_else(PoisonError::into_inner).reserve(at, name, decide);
        match said {
            Ok(Grant::Leave(..)) => Ok(()),
            Ok(Grant::Not(error)) => Err(error),
            Ok(Grant::Wait) => {
                let message = "not asked: what runs now may need all that the day's cap leaves";
                Err(CallError::new(ErrorKind::OverBudget, message, "try again when it is over"))
            }
            // Without a cap a probe needs no book; with one it is passed by nobody.
            Err(_) if self.cap.is_none() => Ok(()),
            Err(error) => {
                let message =
                    format!("not asked: the day's spending can't be kept, and it has a cap: {error}");
                Err(CallError::new(ErrorKind::OverBudget, message, "make room on the disk"))
            }
        }
    }

    fn settle(&self, at: u64, name: &str, cost: Dollars) {
        self.spending.lock().unwrap_or_else(PoisonError::into_inner).settle(at, name, cost);
    }
}

/// Asks a model for a word where the day's cap allows it, and says how long it took or why there was none, and what it cost.
pub async fn probe(
    registry: &Registry,
    model: &ModelRef,
    price: Option<Price>,
    purse: &Purse,
) -> (Probe, Dollars) {
    let at = purse.clock.now();
    let messages = vec![Message { role: Role::User, text: QUESTION.to_owned() }];
    let bid = Bid { price, input: budget::most_read(&messages), answer_limit: Probe::ANSWER };
    let name = format!("probe/{model}/{at}");
    if let Err(error) = purse.reserve(at, &name, &bid) {
        return (Probe::Failed(error), Dollars(0));
    }
    let (began, mut came) = (Instant::now(), Came::default());
    let probe = match timeout(PATIENCE, answer(registry, model, messages, &mut came)).await {
        Ok(Ok(())) => Probe::Well { ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX) },
        Ok(Err(error)) => Probe::Failed(error),
        Err(_) => {
            let message = format!("no answer within {} s", PATIENCE.as_secs());
            Probe::Failed(CallError::new(ErrorKind::Timeout, message, ANOTHER))
        }
    };
    let free = matches!(&probe, Probe::Failed(error) if came == Came::default() && turned_down(error.kind));
    let cost = if free { Dollars(0) } else { came.counted().spent(came.usage, price, None).sum() };
    purse.settle(at, &name, cost);
    (probe, cost)
}

/// What came of a probe, as far as it can cost anything.
#[derive(Debug, Default, PartialEq)]
struct Came {
    bytes: u64,
    pieces: u64,
    usage: Option<Usage>,
}

impl Came {
    fn counted(&self) -> Counted {
        let (sent, limit) = (QUESTION.len() as u64, u64::from(Probe::ANSWER));
        Counted { sent, came: self.bytes, pieces: self.pieces, limit }
    }
}

/// Reads the answer to its finish marker. One that was cut is an answer too: hardly any is asked for.
async fn answer(
    registry: &Registry,
    model: &ModelRef,
    messages: Vec<Message>,
    came: &mut Came,
) -> Result<(), CallError> {
    let about = About {
        member: MemberId::from("probe"),
        question: QUESTION.to_owned(),
        ask: Ask::Answer,
        round: 0,
        shown: Vec::new(),
        seed: 0,
        step: None,
    };
    let mut stream = registry.open(model)?.stream(Request {
        model: model.model.clone(),
        messages,
        params: Params { answer_limit: Probe::ANSWER, ..Params::default() },
        about,
    });
    while let Some(delta) = stream.next().await {
        match delta? {
            Delta::Stop(_) => return Ok(()),
            Delta::Usage(usage) => came.usage = Some(usage),
            Delta::Text(text) | Delta::Thinking(text) => {
                came.bytes += text.len() as u64;
                came.pieces += 1;
            }
            Delta::Skipped(_) | Delta::Mislabelled(_) | Delta::Alive | Delta::Took(_) => {}
        }
    }
    let message = "the answer ended without its finish marker";
    Err(CallError::new(ErrorKind::EndedEarly, message, ANOTHER))
}
