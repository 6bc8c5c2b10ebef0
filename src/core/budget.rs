//! Whether a call may leave under the caps on what may be spent: all that it can cost at the most is set aside before, so
//! that calls which run at once can't pass a cap together. Pure; what was spent is counted in [`super::spend`].

use super::event::{CallError, ErrorKind};
use super::ids::RunId;
use super::price::Price;
use super::prompt::Message;
use super::spend::Dollars;

/// Caps on what may be spent. There is none where nothing was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// In one step of a run, with all its rounds and attempts.
    pub step: Option<Dollars>,
    /// In one session.
    pub session: Option<Dollars>,
    /// In one day, from midnight to midnight UTC, by every synod of the person.
    pub day: Option<Dollars>,
}

impl Caps {
    /// Whether there is one.
    pub fn any(self) -> bool {
        self.step.or(self.session).or(self.day).is_some()
    }
}

/// A cap that the person set on a session on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapSet {
    /// When, milliseconds since the epoch.
    pub at: u64,
    /// The last question by then.
    pub run: Option<RunId>,
    /// What the session may cost since.
    pub cap: Dollars,
    /// What it might cost before, where there was a cap.
    pub was: Option<Dollars>,
}

impl CapSet {
    /// What was done, in a few words.
    pub fn line(&self) -> String {
        let Self { cap, was, .. } = self;
        match was {
            None => format!("you set the session's cap to {cap}"),
            Some(was) if was < cap => format!("you raised the session's cap from {was} to {cap}"),
            Some(was) if was > cap => format!("you lowered the session's cap from {was} to {cap}"),
            Some(_) => format!("you kept the session's cap of {cap}"),
        }
    }
}

/// A cap, by the time it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// A step of a run.
    Step,
    /// A session.
    Session,
    /// A day.
    Day,
}

impl Span {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Session => "session",
            Self::Day => "day",
        }
    }
}

/// What went out under a cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// By calls that are over.
    pub spent: Dollars,
    /// The most that calls may come to which run now.
    pub held: Dollars,
}

/// What went out under each cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// In the step.
    pub step: Used,
    /// In the session.
    pub session: Used,
    /// In the day.
    pub day: Used,
}

/// A call that wants to leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bid {
    /// What its model costs, where that is known.
    pub price: Option<Price>,
    /// The most tokens that it reads.
    pub input: u64,
    /// The most tokens that it writes.
    pub answer_limit: u32,
}

/// What is said to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Grant {
    /// It may leave with so many output tokens at the most, and may come to so much.
    Leave(u32, Dollars),
    /// Not before a call has ended that runs now: it may leave room.
    Wait,
    /// It is not sent.
    Not(CallError),
}

/// Fewer output tokens than this are no answer: then a call rather stays than leaves with a lower limit.
pub const LEAST: u32 = 256;
/// What a dialect may add to a message before the model reads it, in tokens: roles and separators.
const PER_MESSAGE: u64 = 16;

/// The most tokens that messages can have: no token is shorter than a byte.
pub fn most_read(messages: &[Message]) -> u64 {
    messages.iter().map(|message| message.text.len() as u64 + PER_MESSAGE).sum::<u64>() + PER_MESSAGE
}

/// Whether a call may leave.
///
/// It may if all that it can cost fits under every cap beside what was spent and what is set aside. If it does not, it waits
/// for calls that run: most come to far less than the most. If none runs it leaves with a lower limit of output tokens, for
/// most answers are far shorter than their limit, and only where even [`LEAST`] tokens don't fit it is not sent. Nor is it
/// if a cap is set and nobody knows the price.
pub fn ask(caps: &Caps, books: &Books, bid: &Bid) -> Grant {
    if !caps.any() {
        let most = bid.price.map_or(Dollars(0), |price| bid.most(price, bid.answer_limit));
        return Grant::Leave(bid.answer_limit, most);
    }
    let Some(price) = bid.price else { return Grant::Not(unpriced()) };
    if price.is_free() {
        return Grant::Leave(bid.answer_limit, Dollars(0));
    }
    let each = [
        (Span::Step, caps.step, books.step),
        (Span::Session, caps.session, books.session),
        (Span::Day, caps.day, books.day),
    ];
    let capped = || each.into_iter().filter_map(|(span, cap, used)| Some((span, cap?, used)));
    let room = capped().map(|(_, cap, used)| cap.less(used.spent + used.held)).min().unwrap_or_default();
    let whole = bid.most(price, bid.answer_limit);
    if whole <= room {
        return Grant::Leave(bid.answer_limit, whole);
    }
    let least = bid.most(price, LEAST.min(bid.answer_limit));
    let later = capped().map(|(_, cap, used)| cap.less(used.spent)).min().unwrap_or_default();
    if room < later && least <= later {
        return Grant::Wait;
    }
    if least <= room {
        let tokens = most_tokens(room, bid.answer_limit, |tokens| bid.most(price, tokens));
        return Grant::Leave(tokens, bid.most(price, tokens));
    }
    let tight = capped().min_by_key(|(_, cap, used)| cap.less(used.spent + used.held));
    Grant::Not(tight.map_or_else(unpriced, |(span, cap, used)| over(span, cap, used, least)))
}

impl Bid {
    /// The most it can cost. A provider that does not keep to the limit is seen to pass it one token late.
    fn most(&self, price: Price, output: u32) -> Dollars {
        Dollars::of(price.most(self.input, u64::from(output) + 1))
    }
}

/// The most tokens whose cost fits into a room; the cost grows with them.
fn most_tokens(room: Dollars, most: u32, cost: impl Fn(u32) -> Dollars) -> u32 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if cost(middle) <= room { low = middle } else { high = middle - 1 }
    }
    low
}

fn over(span: Span, cap: Dollars, used: Used, least: Dollars) -> CallError {
    let word = span.word();
    let held = if used.held > Dollars(0) { format!(" and {} on its way", used.held) } else { String::new() };
    let message = format!(
        "not asked: the {word}'s cap is {cap}, {} is spent{held}, and this may cost {least} or more",
        used.spent
    );
    CallError::new(ErrorKind::OverBudget, message, raise(span))
}

/// What to do about a cap.
fn raise(span: Span) -> String {
    match span {
        Span::Session => ":budget SUM or --max-cost SUM raises it for this session".to_owned(),
        other => format!("raise {} under [budget] in the configuration", other.word()),
    }
}

fn unpriced() -> CallError {
    let message = "not asked: a cap is set and nobody knows what this model costs";
    let hint = "say it under [models.\"PROVIDER/MODEL\"] in the configuration, or leave the cap out";
    CallError::new(ErrorKind::OverBudget, message, hint)
}

/// A call that was ended by us because a cap allowed no more tokens.
pub fn cut_off(tokens: u32) -> CallError {
    let message = format!("stopped at {tokens} tokens: a cap on spending allows no more");
    CallError::new(ErrorKind::OverBudget, message, "raise the cap, then ask again")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price::flat(1.0, 10.0);

    fn usd(sum: f64) -> Dollars {
        Dollars::of(sum)
    }

    fn session(cap: f64) -> Caps {
        Caps { session: Some(usd(cap)), ..Caps::default() }
    }

    fn books(spent: f64, held: f64) -> Books {
        Books { session: Used { spent: usd(spent), held: usd(held) }, ..Books::default() }
    }

    /// Reads for $0.001, and may write for $0.04.
    const BID: Bid = Bid { price: Some(PRICE), input: 1000, answer_limit: 4000 };

    fn message(grant: &Grant) -> &str {
        let Grant::Not(error) = grant else { panic!("{grant:?}") };
        assert_eq!(error.kind, ErrorKind::OverBudget);
        &error.message
    }

    #[test]
    fn a_call_leaves_only_where_all_it_can_cost_fits() {
        assert_eq!(ask(&session(1.0), &books(0.9, 0.0), &BID), Grant::Leave(4000, usd(0.041_01)));
        assert_eq!(ask(&session(1.0), &books(0.9, 0.09), &BID), Grant::Wait);
        let Grant::Leave(tokens, most) = ask(&session(1.0), &books(0.99, 0.0), &BID) else { panic!() };
        assert!(tokens == 899 && most <= usd(0.01), "{tokens}: {most}");
        let not = ask(&session(1.0), &books(0.999, 0.0), &BID);
        let expected =
            "not asked: the session's cap is $1.00, $0.999 is spent, and this may cost $0.004 or more";
        assert_eq!(message(&not), expected);
        assert_eq!(ask(&Caps::default(), &books(9.0, 9.0), &BID), Grant::Leave(4000, usd(0.041_01)));
    }

    #[test]
    fn the_tightest_cap_decides_and_is_named() {
        let caps = Caps { step: Some(usd(0.05)), session: Some(usd(9.0)), day: Some(usd(9.0)) };
        let step =
            |spent, held| Books { step: Used { spent: usd(spent), held: usd(held) }, ..Books::default() };
        assert_eq!(ask(&caps, &step(0.0, 0.0), &BID), Grant::Leave(4000, usd(0.041_01)));
        assert_eq!(ask(&caps, &step(0.0, 0.041_01), &BID), Grant::Wait);
        assert!(
            message(&ask(&caps, &step(0.049, 0.0), &BID)).starts_with("not asked: the step's cap is $0.050")
        );
    }

    #[test]
    fn a_price_that_nobody_knows_can_not_be_capped_and_what_is_free_needs_no_room() {
        let bid = Bid { price: None, ..BID };
        assert!(message(&ask(&session(9.0), &Books::default(), &bid)).contains("nobody knows"));
        assert_eq!(ask(&Caps::default(), &Books::default(), &bid), Grant::Leave(4000, Dollars(0)));
        let bid = Bid { price: Some(Price::FREE), ..BID };
        assert_eq!(ask(&session(0.0), &books(1.0, 0.0), &bid), Grant::Leave(4000, Dollars(0)));
    }

    #[test]
    fn a_cap_that_was_set_says_which_way_it_went() {
        let line = |was: Option<f64>| CapSet { at: 1, run: None, cap: usd(2.0), was: was.map(usd) }.line();
        assert_eq!(line(None), "you set the session's cap to $2.00");
        assert_eq!(line(Some(1.0)), "you raised the session's cap from $1.00 to $2.00");
        assert_eq!(line(Some(3.0)), "you lowered the session's cap from $3.00 to $2.00");
        assert_eq!(line(Some(2.0)), "you kept the session's cap of $2.00");
    }

    #[test]
    fn the_lower_limit_is_the_highest_that_fits() {
        for room in [0, 1, 99, 100, 101, 12_345, u64::MAX] {
            let cost = |tokens: u32| Dollars(u64::from(tokens) * 100);
            let tokens = most_tokens(Dollars(room), 5000, cost);
            assert_eq!(u64::from(tokens), (room / 100).min(5000));
        }
    }
}
