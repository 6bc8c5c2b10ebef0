//! The law of caps through the real engine, in a few hundred random worlds: members at random prices that write in their own
//! time, some on and on, and whose usage lacks or lies. No real time passes. The same in ten thousand worlds without an
//! engine is in `tests/it/core/wallets.rs`.

use super::desk::{AT, council};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use synod::config::Config;
use synod::core::price::{Price, Prices};
use synod::core::{
    CallError, Caps, Command, Dollars, ErrorKind, Protocol, Question, Session, SessionId, Templates, Usage,
    shuffle,
};
use synod::engine::{Clock, Deeper, Engine, News, Purse, Setup};
use synod::providers::registry::Registry;
use synod::providers::{Delta, Provider, Request, Stop};
use synod::store::Log;
use synod::store::health::Kept;
use synod::store::spending::Spending;

/// A provider whose members write by themselves, a token a piece. It keeps what they have really written.
struct Random {
    seed: u64,
    truth: Arc<Mutex<f64>>,
    prices: Prices,
}

impl Provider for Random {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        let words: u64 = request.messages.iter().map(|message| message.text.len() as u64).sum();
        let seed = shuffle::mix(&[self.seed, words, request.about.round.into(), request.model.len() as u64]);
        let price = self.prices.of(&format!("play/{}", request.model).parse().unwrap()).unwrap();
        let limit = u64::from(request.params.answer_limit);
        let deaf = seed.is_multiple_of(4);
        let tokens = if deaf { limit * 3 } else { shuffle::mix(&[seed, 1]) % (limit + 1) };
        let input = words / 4;
        *self.truth.lock().unwrap() += price.of(input, 0);
        let truth = Arc::clone(&self.truth);
        let write = move |at: u64| {
            let truth = Arc::clone(&truth);
            async move {
                // The member's own pace, on the paused clock: it decides in which order answers grow.
                tokio::time::sleep(Duration::from_millis(shuffle::mix(&[seed, at]) % 30)).await;
                *truth.lock().unwrap() += price.of(0, 1);
                Ok(Delta::Text("word ".to_owned()))
            }
        };
        let told = match seed % 3 {
            0 => Usage { input, output: tokens, ..Usage::default() },
            1 => Usage { input, output: tokens / 9, ..Usage::default() },
            _ => Usage::default(),
        };
        let last = [Ok(Delta::Usage(told)), Ok(Delta::Stop(Stop::Done))];
        stream::iter(0..tokens).then(write).chain(stream::iter(last)).boxed()
    }

    fn endpoint(&self) -> String {
        "random".to_owned()
    }
}

/// Plays one world; gives the truth, the cap, what was counted, and whether the cap stopped something.
async fn world(seed: u64) -> (f64, Dollars, Dollars, bool) {
    let dice = |what: u64, most: u64| shuffle::mix(&[seed, what]) % (most + 1);
    let names = ["a", "bb", "ccc", "dddd", "eeeee"];
    let mut council = council(&names[..2 + dice(1, 3) as usize]);
    let mut prices = Prices::default();
    for (at, member) in council.members.iter_mut().enumerate() {
        member.params.answer_limit = 20 + dice(10 + at as u64, 600) as u32;
        let price = Price::flat(dice(20 + at as u64, 10) as f64, dice(30 + at as u64, 50) as f64);
        prices.known.insert(member.model.clone(), price);
    }
    let cap = Dollars(1 + dice(2, 60_000_000));
    let caps = Caps { session: Some(cap), ..Caps::default() };
    let truth = Arc::new(Mutex::new(0.0));
    let provider = Random { seed, truth: Arc::clone(&truth), prices: prices.clone() };
    let (engine, mut feed) = Engine::start(Setup {
        session: Session::default(),
        id: SessionId("s".to_owned()),
        log: Log::memory(),
        root: None,
        registry: Arc::new(Registry::new(&Config::default()).with("play", Arc::new(provider))),
        templates: Templates::default(),
        deeper: Deeper::default(),
        clock: Clock::at(AT),
        retries: 0,
        health: Kept::default(),
        purse: Purse::new(prices, caps, Spending::default()),
        answers: None,
        grades: None,
        seed,
        shadows: Arc::default(),
        merge: false,
    });
    let text = "why ".repeat(20 + dice(3, 100) as usize);
    let protocol = Protocol::Debate(1 + dice(4, 2) as u16);
    engine.send(Command::Ask(Question { text, council, protocol, ..Question::default() })).await;
    let mut session = Session::default();
    while !session.runs.last().is_some_and(|run| run.finished() && !run.calls.is_empty()) {
        for news in feed.take().await {
            if let News::Record(record) = news {
                session.apply(&record);
            }
        }
    }
    engine.close().await.unwrap();
    let stopped = |call: &synod::core::Call| {
        call.error.as_ref().is_some_and(|error| error.kind == ErrorKind::OverBudget)
    };
    let stopped = session.runs[0].calls.values().any(stopped);
    let truth = *truth.lock().unwrap();
    (truth, cap, session.spent(&|_| None).sum(), stopped)
}

#[tokio::test(start_paused = true)]
async fn three_hundred_debates_through_the_engine_never_pass_a_cap() {
    let mut stopped = 0;
    for seed in 0..300 {
        let (truth, cap, counted, over) = world(seed).await;
        // A token that was written and not yet heard when the connection closed is one more.
        let step = 50.0 / 1e6;
        assert!(truth <= cap.usd() + step, "world {seed}: {truth} of {cap}");
        assert!(truth <= counted.usd() + 5.0 * step, "world {seed}: {truth}, and counted {counted}");
        stopped += u32::from(over);
    }
    println!("300 debates through the engine: a cap stopped something in {stopped}");
    assert!((50..300).contains(&stopped), "{stopped}");
}
