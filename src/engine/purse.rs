//! What calls may spend: sets aside what one can cost before it leaves, and puts down what it cost. It holds the books;
//! [`crate::core::budget`] decides on them.

use crate::core::budget::{self, Bid, Books, Caps, Grant, Span, Used};
use crate::core::price::{Price, Prices};
use crate::core::{CallError, CallId, Dollars, ErrorKind, ModelRef, Pass, RunId, Session, SessionId, Spent};
use crate::store::StoreError;
use crate::store::spending::Spending;
use std::collections::HashMap;

/// What money is spent with.
#[derive(Debug, Default)]
pub struct Purse {
    /// What models cost.
    pub prices: Prices,
    /// What may be spent.
    pub caps: Caps,
    /// What was spent on a day, by everyone.
    pub spending: Spending,
    /// What was set aside for what runs now, and when it began.
    held: HashMap<Item, (Dollars, u64)>,
}

/// What costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// A call of a plan.
    Call(CallId),
    /// A deeper pass.
    Pass(RunId, Pass),
}

impl Item {
    /// Its name in the file of a day.
    fn name(self, session: &SessionId, began: u64) -> String {
        match self {
            Self::Call(call) => format!("{session}/{call}"),
            // A pass may be made again.
            Self::Pass(run, pass) => format!("{session}/{}/{}/{began}", run.0, pass.word()),
        }
    }
}

impl Purse {
    /// A purse with these prices and caps.
    pub fn new(prices: Prices, caps: Caps, spending: Spending) -> Self {
        Self { prices, caps, spending, held: HashMap::new() }
    }

    /// What a model costs, where that is known.
    pub fn price(&self, model: &ModelRef) -> Option<Price> {
        self.prices.of(model)
    }

    /// Whether something may leave; what it may come to is set aside if it does.
    pub(super) fn ask(&mut self, session: &Session, id: &SessionId, item: Item, now: u64, bid: Bid) -> Grant {
        let caps = self.caps;
        let mut books = self.books(session, item);
        let mut decide = |day: Used| {
            books.day = day;
            let grant = budget::ask(&caps, &books, &bid);
            let most = if let Grant::Leave(_, most) = &grant { Some(*most) } else { None };
            // What costs nothing leaves no trace in the day's file.
            (grant, most.filter(|most| *most > Dollars(0)))
        };
        if bid.price.is_some_and(Price::is_free) {
            return decide(Used::default()).0;
        }
        let name = item.name(id, now);
        let grant = match self.spending.reserve(now, &name, decide) {
            Ok(grant) => grant,
            // A cap that can't be looked after is passed by nobody.
            Err(error) if caps.day.is_some() => Grant::Not(no_book(&error)),
            Err(_) => {
                let grant = budget::ask(&caps, &books, &bid);
                if let Grant::Leave(_, most) = &grant {
                    self.spending.remember(now, &name, *most);
                }
                grant
            }
        };
        if let Grant::Leave(_, most) = &grant {
            self.held.insert(item, (*most, now));
        }
        grant
    }

    /// Puts down what something cost.
    pub(super) fn settle(&mut self, id: &SessionId, item: Item, cost: Spent) {
        if let Some((_, began)) = self.held.remove(&item) {
            self.spending.settle(began, &item.name(id, began), cost.sum());
        }
    }

    /// What went out in the session, and in the step that something belongs to.
    fn books(&self, session: &Session, item: Item) -> Books {
        let today = |model: &ModelRef| self.price(model);
        let held = |counts: &dyn Fn(&Item) -> bool| -> Dollars {
            self.held.iter().filter(|(item, _)| counts(item)).map(|(_, (most, _))| *most).sum()
        };
        let session_books = Used { spent: session.paid(&today).sum(), held: held(&|_| true) };
        let step = match item {
            Item::Pass(..) => Used::default(),
            Item::Call(id) => {
                let spent = session.run(id.run).map(|run| run.paid_in(id.stage, &today)).unwrap_or_default();
                let here = |item: &Item| matches!(item, Item::Call(other) if (other.run, other.stage) == (id.run, id.stage));
                Used { spent: spent.sum(), held: held(&here) }
            }
        };
        Books { step, session: session_books, day: Used::default() }
    }
}

fn no_book(error: &StoreError) -> CallError {
    let message = format!(
        "not asked: what was spent today can't be kept, and a {} cap is set: {error}",
        Span::Day.word()
    );
    CallError::new(ErrorKind::OverBudget, message, "make room on the disk, or leave out the cap of the day")
}

/// What a pass is told that does not fit beside what runs.
pub(super) fn busy() -> CallError {
    let message = "not asked: what runs now may need all that the caps leave";
    CallError::new(ErrorKind::OverBudget, message, "ask again when it is over, or raise the cap")
}
