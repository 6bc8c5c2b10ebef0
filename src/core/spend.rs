//! What was spent: by the provider's own bill, by its counts, or by ours where it has none or they can't be true. Sums of
//! that, and how they are said. What a call may still cost is asked in [`super::budget`].

use super::call::Call;
use super::deeper::Deepened;
use super::event::{ErrorKind, Usage};
use super::ids::{CallId, MemberId, StageId};
use super::member::ModelRef;
use super::price::Price;
use super::run::Run;
use super::session::Session;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

/// No language writes more bytes into a token on average: our own count of tokens from below never runs ahead of the
/// provider's.
pub const BYTES_PER_TOKEN: usize = 8;
/// How many bytes a token has in our own count where there is no other. English has rather four or five, program text
/// three: what is guessed errs upwards.
const GUESSED_BYTES: u64 = 3;
/// How many tokens a dialect is guessed to add to what is sent.
const GUESSED_FRAME: u64 = 16;

/// US dollars in billionths: sums of them are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dollars(pub u64);

impl Dollars {
    /// A sum of dollars; a fraction of a billionth counts as a whole one, and what is no sum as none.
    pub fn of(dollars: f64) -> Self {
        Self((dollars * 1e9).ceil() as u64)
    }

    /// As dollars.
    pub fn usd(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// What is left of it, none at the least.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Dollars {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Dollars {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Dollars {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Dollars {
    /// With as many digits as matter: cents from a dollar on, tenths of a cent below, and nothing that looks like zero
    /// and is not.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => out.write_str("$0.00"),
            1..500_000 => out.write_str("<$0.001"),
            500_000..1_000_000_000 => write!(out, "${:.3}", self.usd()),
            _ => write!(out, "${:.2}", self.usd()),
        }
    }
}

impl FromStr for Dollars {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.trim();
        let bare = bare.strip_prefix('$').unwrap_or(bare);
        let sum = bare.parse::<f64>().ok().filter(|sum| sum.is_finite() && *sum >= 0.0);
        let sum = sum.ok_or("not a sum of US dollars such as 0.50")?;
        Ok(Self((sum * 1e9).round() as u64))
    }
}

/// What was spent, as far as anybody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// By a provider's bill, or by its count at a price that is known.
    pub known: Dollars,
    /// By our own count, or at a price of another day.
    pub guessed: Dollars,
    /// How many calls nobody knows the price of.
    pub unpriced: u32,
}

impl Spent {
    /// Both together, as far as there is a figure.
    pub fn sum(self) -> Dollars {
        self.known + self.guessed
    }

    /// Whether nothing of it is a guess.
    pub fn sure(self) -> bool {
        self.guessed == Dollars(0) && self.unpriced == 0
    }

    /// The price tag: `$0.012`, `~$0.012` where some of it is guessed, `$0.012 + ?` where some of it is unknown,
    /// `$?` where all of it is.
    pub fn words(self) -> String {
        if self.sum() == Dollars(0) && self.unpriced > 0 {
            return "$?".to_owned();
        }
        let about = if self.guessed > Dollars(0) { "~" } else { "" };
        let more = if self.unpriced > 0 { " + ?" } else { "" };
        format!("{about}{}{more}", self.sum())
    }

    fn known(sum: Dollars) -> Self {
        Self { known: sum, ..Self::default() }
    }

    fn guessed(sum: Dollars) -> Self {
        Self { guessed: sum, ..Self::default() }
    }
}

impl Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            known: self.known + other.known,
            guessed: self.guessed + other.guessed,
            unpriced: self.unpriced.saturating_add(other.unpriced),
        }
    }
}

impl Sum for Spent {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// What a model costs today, for logs that don't say what it cost then; `None` where nobody knows.
pub type Today<'a> = &'a dyn Fn(&ModelRef) -> Option<Price>;

/// What went over the wire, as counted here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Bytes that were sent.
    pub sent: u64,
    /// Bytes of text and thinking that came.
    pub came: u64,
    /// In how many pieces they came.
    pub pieces: u64,
    /// The most tokens that were asked for.
    pub limit: u64,
}

impl Counted {
    /// The tokens read and written that there are at the least.
    fn least(self) -> (u64, u64) {
        let bytes = BYTES_PER_TOKEN as u64;
        (self.sent.div_ceil(bytes), self.pieces.max(self.came / bytes))
    }

    /// The tokens read and written that are guessed. No more than was asked for, unless more than that came.
    fn guess(self) -> (u64, u64) {
        let (_, least) = self.least();
        let guess = self.came.div_ceil(GUESSED_BYTES);
        (self.sent.div_ceil(GUESSED_BYTES) + GUESSED_FRAME, least.max(guess.min(self.limit)))
    }

    /// What it cost. A bill or a count that is lower than what is plain to see is a lie, and ours takes its place; one that
    /// is higher is believed, for it is the person's money.
    pub fn spent(self, usage: Option<Usage>, then: Option<Price>, today: Option<Price>) -> Spent {
        let price = then.or(today);
        let (least, guess) = (self.least(), self.guess());
        let bill = usage.and_then(|usage| usage.cost).map(Dollars);
        let floor = price.map_or(0.0, |price| price.least(least.0, least.1));
        if let Some(bill) = bill.filter(|bill| bill.usd() >= floor) {
            return Spent::known(bill);
        }
        let Some(price) = price else { return Spent { unpriced: 1, ..Spent::default() } };
        let honest = |usage: &Usage| usage.input >= least.0 && usage.output >= least.1;
        if let Some(usage) = usage.filter(|usage| bill.is_none() && honest(usage)) {
            let cost = Dollars::of(price.cost(&usage));
            return if then.is_some() { Spent::known(cost) } else { Spent::guessed(cost) };
        }
        let said = usage.unwrap_or_default();
        let input = if said.input < least.0 || said.input == 0 { guess.0 } else { said.input };
        let output = if said.output < least.1 || said.output == 0 { guess.1 } else { said.output };
        // Of a bill that is too low the counts may be true: the larger of both.
        let cost = Dollars::of(price.of(input, output)).max(bill.unwrap_or_default());
        if price.is_free() { Spent::known(cost) } else { Spent::guessed(cost) }
    }
}

/// Whether a request that brought nothing was turned down at once, by this fault: then nobody charges for it.
pub fn turned_down(kind: ErrorKind) -> bool {
    use ErrorKind::{
        BadRequest, Config, Connect, ContextOverflow, KeyRejected, NoCredit, NoKey, NotFound, Overloaded,
        RateLimited,
    };
    matches!(
        kind,
        BadRequest
            | Config
            | Connect
            | ContextOverflow
            | KeyRejected
            | NoCredit
            | NoKey
            | NotFound
            | Overloaded
            | RateLimited
    )
}

impl Call {
    /// What was counted of it here.
    fn counted(&self) -> Counted {
        let sent: usize = self.messages.iter().map(|message| message.text.len()).sum();
        let came = (self.text.len() + self.thinking.len()) as u64;
        let limit = self.answer_limit.map_or(u64::MAX, u64::from);
        Counted { sent: sent as u64, came, pieces: self.pieces, limit }
    }

    /// Whether anything of it can have been charged: nobody charges for what was not sent, or was turned down at once.
    pub fn charged(&self) -> bool {
        let turned_down = self.error.as_ref().is_some_and(|error| turned_down(error.kind));
        self.sent() && !(self.brought_nothing() && turned_down)
    }

    /// What it cost, or has cost so far.
    pub fn spent(&self, today: Today<'_>) -> Spent {
        if !self.charged() {
            return Spent::default();
        }
        self.counted().spent(self.usage, self.price, today(&self.model))
    }
}

impl Deepened {
    /// What a pass cost. Where nobody counted, it may have come to all that it was allowed.
    pub fn spent(&self, today: Today<'_>) -> Spent {
        if !self.sent {
            return Spent::default();
        }
        let (read, written) = self.most;
        match self.usage {
            Some(_) => Counted::default().spent(self.usage, self.price, today(&self.by)),
            None => match self.price.or_else(|| today(&self.by)) {
                Some(price) if price.is_free() => Spent::default(),
                Some(price) => Spent::guessed(Dollars::of(price.most(read, written))),
                None => Spent { unpriced: 1, ..Spent::default() },
            },
        }
    }
}

impl Run {
    /// What a member's turn cost so far: all its attempts.
    pub fn spent_on(&self, turn: CallId, today: Today<'_>) -> Spent {
        self.attempts(turn.stage, turn.round, turn.slot).map(|call| call.spent(today)).sum()
    }

    /// What one step cost so far: all its rounds and attempts.
    pub fn spent_in(&self, stage: StageId, today: Today<'_>) -> Spent {
        self.calls_of(stage).map(|call| call.spent(today)).sum()
    }

    /// What the run cost so far, deeper passes too.
    pub fn spent(&self, today: Today<'_>) -> Spent {
        let calls: Spent = self.calls.values().map(|call| call.spent(today)).sum();
        calls + self.deeper.done.iter().map(|pass| pass.spent(today)).sum()
    }

    /// What the calls of one step cost that are over. What runs is set aside instead: [`super::budget::Used`].
    pub fn paid_in(&self, stage: StageId, today: Today<'_>) -> Spent {
        self.calls_of(stage).filter(|call| call.ended()).map(|call| call.spent(today)).sum()
    }

    /// What the run cost by calls that are over, deeper passes too.
    pub fn paid(&self, today: Today<'_>) -> Spent {
        let ended = self.calls.values().filter(|call| call.ended());
        let calls: Spent = ended.map(|call| call.spent(today)).sum();
        calls + self.deeper.done.iter().map(|pass| pass.spent(today)).sum()
    }

    /// What the run cost so far, by member.
    pub fn spent_by_member(&self, today: Today<'_>) -> BTreeMap<MemberId, Spent> {
        let mut by_member: BTreeMap<MemberId, Spent> = BTreeMap::new();
        for call in self.calls.values() {
            let sum = by_member.entry(call.member.clone()).or_default();
            *sum = *sum + call.spent(today);
        }
        by_member
    }
}

impl Session {
    /// What the session cost so far.
    pub fn spent(&self, today: Today<'_>) -> Spent {
        self.runs.iter().map(|run| run.spent(today)).sum()
    }

    /// What the session cost by calls that are over.
    pub fn paid(&self, today: Today<'_>) -> Spent {
        self.runs.iter().map(|run| run.paid(today)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price::flat(1.0, 10.0);

    fn counted(sent: u64, came: u64, pieces: u64) -> Counted {
        Counted { sent, came, pieces, limit: 4096 }
    }

    fn usage(input: u64, output: u64) -> Usage {
        Usage { input, output, ..Usage::default() }
    }

    #[test]
    fn what_can_be_true_is_believed_and_what_can_not_is_counted_anew() {
        let wire = counted(4000, 4000, 900);
        let known = |input, output| wire.spent(Some(usage(input, output)), Some(PRICE), None);
        assert_eq!(known(1000, 1000), Spent::known(Dollars::of(0.011)));
        assert_eq!(known(9_000_000, 1000), Spent::known(Dollars::of(9.01)), "who says more is believed");
        let ours = Spent::guessed(Dollars::of(PRICE.of(1350, 1334)));
        for lie in [Some(usage(0, 0)), Some(usage(3, 20)), None] {
            assert_eq!(wire.spent(lie, Some(PRICE), None), ours, "{lie:?}");
        }
        assert_eq!(
            known(1000, 899),
            Spent::guessed(Dollars::of(PRICE.of(1000, 1334))),
            "one piece, one token"
        );
        assert_eq!(known(10, 1000), Spent::guessed(Dollars::of(PRICE.of(1350, 1000))));
    }

    #[test]
    fn the_providers_own_bill_goes_before_all_counts_unless_it_is_too_low_to_be_true() {
        let wire = counted(4000, 4000, 900);
        let billed = |cost| Some(Usage { cost: Some(cost), ..usage(1000, 1000) });
        let bill = |cost, price| wire.spent(billed(cost), price, None);
        assert_eq!(bill(12_345_678, Some(PRICE)), Spent::known(Dollars(12_345_678)));
        assert_eq!(bill(12_345_678, None), Spent::known(Dollars(12_345_678)), "even without a price");
        assert_eq!(bill(5, Some(PRICE)), Spent::guessed(Dollars::of(0.011)));
        assert_eq!(bill(0, Some(Price::FREE)), Spent::default());
        assert_eq!(wire.spent(Some(usage(1, 1)), None, None).unpriced, 1);
    }

    #[test]
    fn a_price_of_today_is_a_guess_and_what_was_free_is_known_without_a_count() {
        let wire = counted(800, 800, 0);
        assert_eq!(wire.spent(Some(usage(200, 200)), None, Some(PRICE)), Spent::guessed(Dollars::of(0.0022)));
        assert!(wire.spent(None, Some(Price::FREE), Some(PRICE)).sure());
    }

    #[test]
    fn our_own_count_stays_below_what_was_asked_for_unless_more_came() {
        let guess = |came, pieces| Counted { sent: 0, came, pieces, limit: 100 }.guess().1;
        assert_eq!([guess(90, 0), guess(600, 10), guess(600, 101), guess(1600, 10)], [30, 100, 101, 200]);
    }

    #[test]
    fn a_price_tag_says_what_it_knows_and_what_it_guesses() {
        let tag = |known, guessed, unpriced| {
            Spent { known: Dollars::of(known), guessed: Dollars::of(guessed), unpriced }.words()
        };
        assert_eq!(tag(0.012, 0.0, 0), "$0.012");
        assert_eq!(tag(0.012, 0.002, 0), "~$0.014");
        assert_eq!(tag(1.5, 0.0, 2), "$1.50 + ?");
        assert_eq!(tag(0.0, 0.0, 1), "$?");
        assert_eq!(
            [Dollars(0), Dollars(1), Dollars(995_600_000)].map(|sum| sum.to_string()),
            ["$0.00", "<$0.001", "$0.996"]
        );
        assert_eq!("$0.50".parse(), Ok(Dollars(500_000_000)));
        for bad in ["", "-1", "nan", "inf", "1,5"] {
            assert!(bad.parse::<Dollars>().is_err(), "{bad}");
        }
    }
}
