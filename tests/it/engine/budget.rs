//! Caps on what may be spent, kept to by the engine: what leaves, what waits, what is not sent, and what is counted. The law
//! over many random worlds is in [`super::wallets`].

use super::desk::{AT, Desk, Rules, council, end, home, kind, last};
use super::passes::{KITCHEN, NORTH};
use synod::core::price::{Price, Prices};
use synod::core::{
    Caps, Command, Deepening, Dollars, EndState, ErrorKind, Event, Pass, Protocol, RunId, Spent, StageId,
    Step, Usage,
};
use synod::engine::{Deeper, Purse};
use synod::providers::{Delta, Stop};
use synod::store::spending::{Spending, folder_beside};

/// One dollar a thousand tokens written, and nothing for those read.
const PRICE: Price = Price::flat(0.0, 1000.0);

fn prices(names: &[&str]) -> Prices {
    let known = names.iter().map(|name| (format!("play/{name}").parse().unwrap(), PRICE));
    Prices { known: known.collect(), ..Prices::default() }
}

fn usd(dollars: f64) -> Dollars {
    Dollars::of(dollars)
}

fn session(cap: f64) -> Caps {
    Caps { session: Some(usd(cap)), ..Caps::default() }
}

fn rules(names: &[&str], caps: Caps, spending: Spending) -> Rules {
    Rules { purse: Purse::new(prices(names), caps, spending), ..Rules::default() }
}

fn usage(output: u64) -> Delta {
    Delta::Usage(Usage { input: 1000, output, ..Usage::default() })
}

/// Members whose answers have a thousand tokens at the most: a dollar each.
fn members(names: &[&str]) -> synod::core::Council {
    let mut council = council(names);
    for member in &mut council.members {
        member.params.answer_limit = 1000;
    }
    council
}

fn today(_: &synod::core::ModelRef) -> Option<Price> {
    None
}

#[tokio::test(start_paused = true)]
async fn calls_that_run_at_once_never_pass_a_cap_together() {
    let (_home, root) = home();
    let names = ["a", "b", "c", "d"];
    let mut desk = Desk::strict(&root, rules(&names, session(2.5), Spending::default()));
    desk.ask("Q", &members(&names), Protocol::Ask).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    // Two dollars are set aside: the others wait for what is left of them.
    desk.until(|session| session.runs.first().is_some_and(|run| run.calls.len() == 2)).await;
    a.text("short");
    a.say(usage(100));
    a.answer(".");
    let c = desk.call("c").await;
    b.say(usage(900));
    b.answer("long");
    c.say(usage(950));
    c.answer("long");
    // Half a dollar is left, for half an answer.
    let d = desk.call("d").await;
    assert_eq!(d.request.params.answer_limit, 549);
    d.text("as far as it goes");
    d.say(usage(549));
    d.say(Delta::Stop(Stop::Length));
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let d = last(&session, 1, 0, "d");
    assert_eq!(end(d), (EndState::Cut, Some(ErrorKind::OverBudget), "as far as it goes"));
    let told = &d.error.as_ref().unwrap().message;
    assert_eq!(told, "stopped at 549 tokens: a cap on spending allows no more");
    assert_eq!(session.spent(&today), Spent { known: usd(2.499), ..Spent::default() });
}

#[tokio::test(start_paused = true)]
async fn what_no_cap_covers_is_not_sent_and_says_why() {
    let (_home, root) = home();
    let names = ["a", "b"];
    let mut desk = Desk::strict(&root, rules(&names, session(1.1), Spending::default()));
    desk.ask("Q", &members(&names), Protocol::Ask).await;
    let a = desk.call("a").await;
    a.say(usage(1000));
    a.answer("A");
    desk.over(1).await;
    let b = last(&desk.session, 1, 0, "b");
    let refused = b.id;
    assert_eq!(end(b), (EndState::Failed, Some(ErrorKind::OverBudget), ""));
    let told = &b.error.as_ref().unwrap().message;
    assert_eq!(
        told,
        "not asked: the session's cap is $1.10, $1.00 is spent, and this may cost $0.257 or more"
    );
    assert_eq!(desk.session.runs[0].calls.len(), 2, "nobody tries again");
    // More money, and the same member can be asked.
    desk.send(Command::Budget(usd(5.0))).await;
    desk.send(Command::Retry(refused)).await;
    desk.call("b").await.answer("B");
    desk.until(|session| session.runs[0].calls.len() == 3 && session.runs[0].finished()).await;
    let (session, _) = desk.close().await;
    assert_eq!(end(last(&session, 1, 0, "b")), (EndState::Done, None, "B"));
    let [set] = &session.caps[..] else { panic!("{:?}", session.caps) };
    assert_eq!((set.run, set.cap, set.was), (Some(RunId(1)), usd(5.0), Some(usd(1.1))));
    assert_eq!(set.line(), "you raised the session's cap from $1.10 to $5.00");
}

#[tokio::test(start_paused = true)]
async fn a_cap_that_was_set_before_the_first_question_is_on_record_with_it() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, rules(&["a"], session(1.0), Spending::default()));
    desk.send(Command::Budget(usd(3.0))).await;
    desk.send(Command::Budget(usd(2.0))).await;
    desk.ask("Q", &members(&["a"]), Protocol::Ask).await;
    desk.call("a").await.answer("A");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let [set] = &session.caps[..] else { panic!("{:?}", session.caps) };
    assert_eq!((set.run, set.cap, set.was), (None, usd(2.0), Some(usd(1.0))));
}

#[tokio::test(start_paused = true)]
async fn a_step_has_a_cap_of_its_own() {
    let (_home, root) = home();
    let names = ["a", "b"];
    let caps = Caps { step: Some(usd(2.1)), ..Caps::default() };
    let mut desk = Desk::strict(&root, rules(&names, caps, Spending::default()));
    desk.ask("Q", &members(&names), Protocol::Ask).await;
    for name in names {
        let call = desk.call(name).await;
        call.say(usage(1000));
        call.answer("so");
    }
    desk.over(1).await;
    desk.send(Command::Extend { run: RunId(1), step: Step::Debate(2) }).await;
    for name in names {
        let call = desk.call(name).await;
        call.say(usage(1000));
        call.answer("so");
    }
    desk.until(|session| session.runs[0].calls.len() == 6 && session.runs[0].finished()).await;
    let (session, _) = desk.close().await;
    let run = &session.runs[0];
    let second = |call: &&synod::core::Call| call.id.round == 2;
    let refused: Vec<_> = run.calls_of(StageId(1)).filter(second).map(kind).collect();
    assert_eq!(refused, [Some(ErrorKind::OverBudget); 2], "the second round is the same step");
    assert_eq!(run.spent_in(StageId(0), &today).known, usd(2.0));
    assert_eq!(run.spent_in(StageId(1), &today).known, usd(2.0));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_price_is_asked_without_a_cap_and_not_with_one() {
    for (caps, answered) in [(Caps::default(), true), (session(100.0), false)] {
        let (_home, root) = home();
        let mut desk = Desk::strict(&root, rules(&["a"], caps, Spending::default()));
        desk.ask("Q", &members(&["odd"]), Protocol::Ask).await;
        if answered {
            desk.call("odd").await.answer("A");
        }
        desk.over(1).await;
        let (session, _) = desk.close().await;
        let odd = last(&session, 1, 0, "odd");
        assert_eq!(kind(odd), (!answered).then_some(ErrorKind::OverBudget));
        assert_eq!(session.spent(&today).unpriced, u32::from(answered));
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_writes_on_is_ended_by_our_own_count() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, rules(&["a"], session(1.5), Spending::default()));
    desk.ask("Q", &members(&["a"]), Protocol::Ask).await;
    let a = desk.call("a").await;
    for _ in 0..2000 {
        a.text("on ");
    }
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let a = last(&session, 1, 0, "a");
    assert_eq!((a.end, a.pieces, kind(a)), (Some(EndState::Cut), 1001, Some(ErrorKind::Length)));
    assert_eq!(session.spent(&today), Spent { guessed: usd(1.001), ..Spent::default() });
}

#[tokio::test(start_paused = true)]
async fn a_usage_that_lies_is_counted_by_us() {
    let (_home, root) = home();
    let names = ["honest", "liar", "silent", "broke"];
    let mut desk = Desk::strict(&root, rules(&names, Caps::default(), Spending::default()));
    desk.ask("Q", &members(&names), Protocol::Ask).await;
    for name in names {
        let call = desk.call(name).await;
        if name == "broke" {
            call.fail(ErrorKind::NoCredit);
            continue;
        }
        (0..300).for_each(|_| call.text("word "));
        match name {
            "honest" => call.say(usage(300)),
            "liar" => call.say(usage(3)),
            _ => {}
        }
        call.say(Delta::Stop(Stop::Done));
    }
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let spent = |name: &str| last(&session, 1, 0, name).spent(&today);
    assert_eq!(spent("honest"), Spent { known: usd(0.3), ..Spent::default() });
    // Fifteen hundred bytes are guessed to be five hundred tokens.
    assert_eq!(spent("liar"), Spent { guessed: usd(0.5), ..Spent::default() });
    assert_eq!(spent("silent"), spent("liar"));
    assert_eq!(spent("broke"), Spent::default(), "nobody charges for what was turned down");
}

#[tokio::test(start_paused = true)]
async fn the_price_of_the_moment_and_what_was_asked_for_are_on_record_before_the_call_leaves() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, rules(&["a"], Caps::default(), Spending::default()));
    desk.ask("Q", &members(&["a"]), Protocol::Ask).await;
    let a = desk.call("a").await;
    let started = desk.read().into_iter().find_map(|record| match record.event {
        Event::CallStarted { price, answer_limit, .. } => Some((price.as_deref().copied(), answer_limit)),
        _ => None,
    });
    assert_eq!(started, Some((Some(PRICE), Some(1000))));
    a.answer("A");
    desk.over(1).await;
    desk.close().await;
}

#[tokio::test(start_paused = true)]
async fn several_synods_share_the_cap_of_a_day() {
    let (_home, root) = home();
    let (_other_home, other_root) = home();
    let folder = folder_beside(&root);
    let caps = Caps { day: Some(usd(1.5)), ..Caps::default() };
    let open = || Spending::open(folder.clone(), true);
    let mut one = Desk::strict(&root, rules(&["a"], caps, open()));
    let mut paying = rules(&["b"], caps, open());
    paying.purse.prices.known.insert("play/free".parse().unwrap(), Price::FREE);
    let mut other = Desk::strict(&other_root, paying);
    one.ask("Q", &members(&["a"]), Protocol::Ask).await;
    let a = one.call("a").await;
    // What the other may take is what the first has not set aside.
    other.ask("Q", &members(&["free", "b"]), Protocol::Ask).await;
    other.call("free").await.answer("costs nothing");
    let b = other.call("b").await;
    assert_eq!(b.request.params.answer_limit, 498);
    b.say(usage(400));
    b.answer("B");
    other.over(1).await;
    other.close().await;
    a.say(usage(1000));
    a.answer("A");
    one.over(1).await;
    one.close().await;
    assert_eq!(open().used(AT).unwrap().spent, usd(1.4));
}

#[tokio::test(start_paused = true)]
async fn a_cap_of_the_day_that_can_not_be_looked_after_lets_nothing_leave() {
    let (home, root) = home();
    let blocked = home.path().join("blocked");
    std::fs::write(&blocked, "a file where a folder should be").unwrap();
    let caps = Caps { day: Some(usd(9.0)), ..Caps::default() };
    let mut desk = Desk::strict(&root, rules(&["a"], caps, Spending::open(blocked.join("days"), true)));
    desk.ask("Q", &members(&["a"]), Protocol::Ask).await;
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let told = &last(&session, 1, 0, "a").error.as_ref().unwrap().message;
    assert!(told.starts_with("not asked: what was spent today can't be kept"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_deeper_pass_is_under_the_caps_as_a_call_is() {
    for (cap, limit) in [(2.1, None), (2.8, Some(399)), (9.0, Some(500))] {
        let (_home, root) = home();
        let who = Deepening { judge: "play/solomon".parse().ok(), ..Deepening::default() };
        let deeper = Deeper { who, answer_limit: 500, vectors: None };
        let names = ["a", "b", "solomon"];
        let rules = Rules { deeper, ..rules(&names, session(cap), Spending::default()) };
        let mut desk = Desk::strict(&root, rules);
        desk.ask("Q", &members(&names[..2]), Protocol::Ask).await;
        for (name, text) in [("a", NORTH), ("b", KITCHEN)] {
            let call = desk.call(name).await;
            call.say(usage(1000));
            call.answer(text);
        }
        desk.over(1).await;
        desk.send(Command::Deepen { run: RunId(1), pass: Pass::Judge }).await;
        for _ in 0..limit.map_or(0, |_| 2) {
            let asked = desk.call("judge").await;
            assert_eq!(Some(asked.request.params.answer_limit), limit);
            asked.say(usage(100));
            asked.answer("1: same");
        }
        desk.until(|session| session.runs[0].deeper.done.len() == 1).await;
        let (session, _) = desk.close().await;
        let done = &session.runs[0].deeper.done[0];
        assert_eq!(done.error.as_ref().map(|it| it.kind), limit.is_none().then_some(ErrorKind::OverBudget));
        assert_eq!(session.spent(&today).known, usd(if limit.is_some() { 2.2 } else { 2.0 }));
    }
}
