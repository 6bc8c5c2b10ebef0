//! The law of caps over ten thousand random debates: whatever models cost, however long answers take, whatever a provider
//! says of its usage, no cap is passed, not even by the last token of a call. The decisions are [`synod::core::budget`]'s
//! and the counts [`synod::core::spend`]'s, as in the engine; delays and streams are made up here. The same through the
//! real engine, in fewer worlds, is in `tests/it/engine/wallets.rs`.
//!
//! What is held against the caps is what really went over the wire at the true price, which the counts under test never see.
//! Providers read texts at three to six bytes a token. Some write a token a piece, of one to eight bytes, and of those some
//! don't keep to their limit; others write up to four tokens a piece, of three to eight bytes. No lie is so small that
//! nobody could see it: such a one is believed.

use synod::core::budget::{self, Bid, Books, Caps, Grant, Used};
use synod::core::price::{Long, Price};
use synod::core::spend::Counted;
use synod::core::{Dollars, Usage, shuffle};

/// A dice that falls the same each time.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 = shuffle::mix(&[self.0, 1]);
        self.0 % (most + 1)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.up_to(of.len() as u64 - 1) as usize]
    }

    fn price(&mut self) -> Price {
        let mut cents = |most| self.up_to(most) as f64 / 100.0;
        let (input, output) = (cents(1000), cents(5000));
        let (cached, written) = (input * cents(100), input * (1.0 + cents(100)));
        let long = Long { above: 1 + self.up_to(4000), input: input * 2.0, output: output * 1.5 };
        Price {
            cached: self.one_of(&[None, Some(cached)]),
            written: self.one_of(&[None, Some(written)]),
            long: self.one_of(&[None, Some(long)]),
            ..Price::flat(input, output)
        }
    }
}

/// A call that runs.
struct Running {
    round: usize,
    price: Price,
    limit: u32,
    held: Dollars,
    sent: u64,
    /// What the provider has really read and written.
    truly: Usage,
    bytes: u64,
    /// How many tokens it writes into a piece.
    bundle: u64,
    /// How many tokens it writes if nobody stops it: it may not keep to the limit.
    will_write: u64,
}

/// How a usage may lie or lack.
#[derive(Clone, Copy)]
enum Says {
    Truth,
    Nothing,
    Zero,
    OutputAlone,
    FarTooLittle,
    FarTooMuch,
    Bill,
    BillOfNothing,
}

const WAYS: [Says; 8] = [
    Says::Truth,
    Says::Nothing,
    Says::Zero,
    Says::OutputAlone,
    Says::FarTooLittle,
    Says::FarTooMuch,
    Says::Bill,
    Says::BillOfNothing,
];

fn said(says: Says, truly: Usage, price: Price) -> Option<Usage> {
    Some(match says {
        Says::Nothing => return None,
        Says::Truth => truly,
        Says::Zero => Usage::default(),
        Says::OutputAlone => Usage { input: 0, ..truly },
        Says::FarTooLittle => Usage { input: truly.input / 9, output: truly.output / 9, ..truly },
        Says::FarTooMuch => Usage { input: truly.input * 9, output: truly.output * 9, ..truly },
        Says::Bill => Usage { cost: Some(Dollars::of(price.cost(&truly)).0), ..Usage::default() },
        Says::BillOfNothing => Usage { cost: Some(0), ..truly },
    })
}

#[derive(Default)]
struct Tally {
    calls: u32,
    lowered: u32,
    waited: u32,
    refused: u32,
}

/// One debate: members that answer at once, round after round, in a session that others go on in as well.
struct Debate {
    dice: Dice,
    caps: Caps,
    counted: Books,
    truth: [f64; 3],
    running: Vec<Running>,
    tally: Tally,
}

impl Debate {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut cap = |most| Some(Dollars(dice.up_to(most) * 1_000_000)).filter(|cap| cap.0 % 3_000_000 > 0);
        let caps = Caps { step: cap(200), session: cap(400), day: cap(500) };
        Self {
            dice,
            caps,
            counted: Books::default(),
            truth: [0.0; 3],
            running: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn play(mut self) -> Tally {
        let members = 1 + self.dice.up_to(5) as usize;
        let prices: Vec<Price> = (0..members).map(|_| self.dice.price()).collect();
        for round in 0..=self.dice.up_to(3) as usize {
            let mut due: Vec<Price> = prices.clone();
            (self.counted.step, self.truth[0]) = (Used::default(), 0.0);
            while !due.is_empty() || !self.running.is_empty() {
                due.retain(|price| self.wants(*price, round));
                assert!(!self.running.is_empty() || due.is_empty(), "whoever waits waits for somebody");
                self.hear();
            }
        }
        self.tally
    }

    /// Whether a call still waits to leave.
    fn wants(&mut self, price: Price, round: usize) -> bool {
        let sent = 200 + self.dice.up_to(20_000);
        let answer_limit = 1 + self.dice.up_to(4095) as u32;
        let mut books = self.counted;
        let held = |of: &dyn Fn(&Running) -> bool| {
            self.running.iter().filter(|one| of(one)).map(|one| one.held).sum()
        };
        (books.session.held, books.day.held) = (held(&|_| true), held(&|_| true));
        books.step = Used { held: held(&|one| one.round == round), ..books.step };
        let bid = Bid { price: Some(price), input: sent + 32, answer_limit };
        match budget::ask(&self.caps, &books, &bid) {
            Grant::Leave(limit, held) => {
                self.tally.calls += 1;
                self.tally.lowered += u32::from(limit < answer_limit);
                let input = sent / (3 + self.dice.up_to(3)) + self.dice.up_to(16);
                let bundle = 1 + self.dice.up_to(3);
                let deaf = bundle == 1 && self.dice.up_to(3) == 0;
                let will_write = if deaf { u64::MAX } else { self.dice.up_to(limit.into()) };
                let truly = Usage { input, ..Usage::default() };
                let bytes = 0;
                self.running.push(Running {
                    round,
                    price,
                    limit,
                    held,
                    sent,
                    truly,
                    bytes,
                    bundle,
                    will_write,
                });
                false
            }
            Grant::Wait => {
                self.tally.waited += 1;
                true
            }
            Grant::Not(_) => {
                self.tally.refused += 1;
                false
            }
        }
    }

    /// Some tokens of one of those that run, and perhaps its end.
    fn hear(&mut self) {
        let Some(last) = self.running.len().checked_sub(1) else { return };
        let at = self.dice.up_to(last as u64) as usize;
        let tokens = 1 + self.dice.up_to(2000);
        let one = &mut self.running[at];
        for _ in 0..tokens {
            // Our own count ends it once it has written more than it may.
            if one.truly.output >= one.will_write || one.truly.output > one.limit.into() {
                break;
            }
            one.truly.output += 1;
            let bytes = shuffle::mix(&[one.bytes, one.truly.output]);
            one.bytes += if one.bundle > 1 { 3 + bytes % 6 } else { 1 + bytes % 8 };
        }
        let over = one.truly.output >= one.will_write || one.truly.output > one.limit.into();
        if over || self.dice.up_to(20) == 0 {
            let ended = self.running.swap_remove(at);
            self.put_down(&ended);
        }
    }

    fn put_down(&mut self, call: &Running) {
        let says = self.dice.one_of(&WAYS);
        let wire = Counted {
            sent: call.sent,
            came: call.bytes,
            pieces: call.truly.output.div_ceil(call.bundle),
            limit: call.limit.into(),
        };
        let counted = wire.spent(said(says, call.truly, call.price), Some(call.price), None).sum();
        let truth = call.price.cost(&call.truly);
        for books in [&mut self.counted.step, &mut self.counted.session, &mut self.counted.day] {
            books.spent += counted;
        }
        self.truth = self.truth.map(|sum| sum + truth);
        for (cap, truth) in [self.caps.step, self.caps.session, self.caps.day].into_iter().zip(self.truth) {
            let Some(cap) = cap else { continue };
            assert!(truth <= cap.usd() + 1e-7, "{truth} of {cap}: {wire:?}");
        }
    }
}

#[test]
fn ten_thousand_debates_never_pass_a_cap() {
    let mut all = Tally::default();
    for seed in 0..10_000 {
        let tally = Debate::new(seed).play();
        all.calls += tally.calls;
        all.lowered += tally.lowered;
        all.waited += tally.waited;
        all.refused += tally.refused;
    }
    let Tally { calls, lowered, waited, refused } = all;
    println!(
        "10000 debates: {calls} calls, {lowered} with a lower limit, {refused} not sent, waited {waited} times"
    );
    assert!(calls > 10_000 && lowered > 1_000 && waited > 1_000 && refused > 1_000, "every way is taken");
}
