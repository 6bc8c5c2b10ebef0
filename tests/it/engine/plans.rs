//! Written plans through the real engine and the offline demo council: each built-in plan runs to its end, and one that is
//! interrupted after any record and resumed makes no call twice.

use super::desk::{AT, id};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use synod::config::plans;
use synod::core::budget::Caps;
use synod::core::price::Prices;
use synod::core::{
    CallId, Command, Dollars, EndState, Event, Handed, Progress, Question, Record, Run, Session, StageState,
    Steer, Templates, next,
};
use synod::engine::{Clock, Deeper, Engine, News, Purse, Setup};
use synod::providers::registry::Registry;
use synod::providers::scripted::{self, Pace, Scripted};
use synod::store::Log;
use synod::store::health::Kept;

/// An engine of its own, over what is on record so far.
fn setup(session: Session) -> Setup {
    let demo = Arc::new(Scripted::new(3, Pace::Instant));
    let mut prices = Prices::default();
    prices.free.insert(scripted::PROVIDER.to_owned());
    Setup {
        session,
        id: id(),
        log: Log::memory(),
        root: None,
        registry: Arc::new(Registry::default().with(scripted::PROVIDER, demo)),
        templates: Templates::default(),
        clock: Clock::at(AT),
        retries: 0,
        health: Kept::default(),
        purse: Purse::new(prices, Caps::default(), synod::store::spending::Spending::default()),
        answers: None,
        grades: None,
        deeper: Deeper::default(),
        seed: 3,
        shadows: Arc::default(),
        merge: false,
    }
}

/// A question to the demo by a built-in plan.
pub fn question(plan: &str, at: usize) -> Question {
    let (_, text) = plans::built_in().into_iter().find(|(name, _)| *name == plan).unwrap();
    let recipe = plans::parse(plan, text).unwrap_or_else(|faults| panic!("{faults:?}"));
    let cast = recipe.cast(&scripted::council(), &Prices::default(), &BTreeMap::new()).unwrap();
    Question {
        text: scripted::questions()[at].to_owned(),
        council: cast.council.clone(),
        plan: Some(Box::new(cast.planned())),
        ..Question::default()
    }
}

/// What is on record once nothing goes on any more: from what was there, and what this asks for. Gates are approved.
pub async fn to_its_end(before: &[Record], wish: Command) -> Vec<Record> {
    decided(before, wish, |_, _| Handed::Approved).await
}

/// The same with gates decided otherwise.
pub async fn decided(
    before: &[Record],
    wish: Command,
    decide: impl Fn(&Run, &StageState) -> Handed,
) -> Vec<Record> {
    let (engine, mut feed) = Engine::start(setup(Session::replay(before)));
    let mut records = before.to_vec();
    let mut session = Session::replay(before);
    assert!(engine.send(wish).await);
    // A record that comes after the wish was granted, or was found to ask for nothing.
    assert!(engine.send(Command::Budget(Dollars::of(100.0))).await);
    let mut handed: BTreeSet<u16> = BTreeSet::new();
    loop {
        let news = feed.take().await;
        assert!(!news.is_empty(), "the engine is gone");
        for item in news {
            if let News::Record(record) = item {
                session.apply(&record);
                records.push(record);
            }
        }
        let obeyed =
            records[before.len()..].iter().any(|record| matches!(record.event, Event::CapSet { .. }));
        let Some(run) = session.runs.last().filter(|_| obeyed) else { continue };
        match next(run).state {
            Progress::Working => {}
            Progress::Settled => break,
            Progress::Waiting => {
                for gate in run.gates().filter(|gate| handed.insert(gate.stage.id.0)) {
                    let steer = Steer::HandOver(gate.stage.id, decide(run, gate));
                    assert!(engine.send(Command::Steer { run: run.id, steer }).await);
                }
            }
        }
    }
    engine.close().await.unwrap();
    records
}

fn started(records: &[Record]) -> impl Iterator<Item = CallId> {
    records.iter().filter_map(|record| match &record.event {
        Event::CallStarted { call, .. } => Some(*call),
        _ => None,
    })
}

/// What a run came to, stage by stage: whether it was left out, and its texts.
fn came_to(run: &Run) -> Vec<(bool, Vec<String>)> {
    let stage = |state: &StageState| {
        let texts = run.comes_to(state.stage.id);
        let texts = texts.iter().filter_map(|given| run.words_of(given).map(str::to_owned));
        (state.skipped().is_some(), texts.collect())
    };
    run.stages.iter().map(stage).collect()
}

#[tokio::test]
async fn every_built_in_plan_is_run_to_its_end_and_resumed_after_any_record() {
    for (plan, _) in plans::built_in() {
        let all = to_its_end(&[], Command::Ask(question(plan, 1))).await;
        let whole = Session::replay(&all);
        let run = whole.runs.last().unwrap();
        assert!(run.finished() && run.result().is_some(), "{plan} comes to something");
        let calls: Vec<CallId> = started(&all).collect();
        assert!(!calls.is_empty(), "{plan} asks somebody");
        let began = all.iter().position(|record| matches!(record.event, Event::RunStarted { .. })).unwrap();
        let whole_records = |at: &usize| !matches!(all[*at - 1].event, Event::Delta { .. });
        // After each record but the pieces of texts, and after every twentieth of those.
        for cut in (began + 1..=all.len()).filter(|at| whole_records(at) || at % 20 == 0) {
            let before = &all[..cut];
            let records = to_its_end(before, Command::Steer { run: run.id, steer: Steer::GoOn }).await;
            let asked: Vec<CallId> = started(&records).collect();
            let distinct: BTreeSet<&CallId> = asked.iter().collect();
            assert_eq!(distinct.len(), asked.len(), "{plan}, cut after {cut}: a call is made twice");
            let session = Session::replay(&records);
            let resumed = session.runs.last().unwrap();
            assert!(resumed.finished(), "{plan}, cut after {cut}");
            for call in Session::replay(before).runs.last().unwrap().calls.values().filter(|call| call.done())
            {
                let id = call.id;
                let again = resumed.attempts(id.stage, id.round, id.slot).count();
                assert_eq!(again, 1, "{plan}, cut after {cut}: {id} was answered already");
            }
            // Where no text was lost halfway, it comes to the same.
            let lost =
                resumed.calls.values().any(|call| call.end == Some(EndState::Cut) && call.error.is_some());
            let by_script = run.calls.values().any(|call| call.end == Some(EndState::Cut));
            if !lost && !by_script {
                assert_eq!(came_to(resumed), came_to(run), "{plan}, cut after {cut}");
            }
        }
    }
}
