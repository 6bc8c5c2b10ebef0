//! Sessions of the demo, played under a paused clock, and a workbench that saw them: every figure is the same each time.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use synod::agreement::{Comparison, outcome, told};
use synod::app::{App, Effect, Msg, Opening, update};
use synod::config::{Config, plans};
use synod::core::price::Prices;
use synod::core::{
    Ask, Command, Event, Progress, Question, Record, RunId, Session, SessionId, Step, Templates, next,
};
use synod::engine::{Clock, Deeper, Engine, News, Purse, Setup};
use synod::providers::registry::Registry;
use synod::providers::scripted::{self, Pace, Scripted};
use synod::store::Log;
use synod::store::health::Kept;

/// When every played session begins, in milliseconds since the epoch.
pub const START: u64 = 1_795_352_400_000;

/// Plays a demo question and the steps after it, each when the one before is over.
pub fn play(question: usize, steps: &[Step]) -> Vec<Record> {
    played(Question { council: scripted::council(), ..asked(question) }, steps)
}

/// Plays a demo question by a built-in plan.
pub fn planned(plan: &str, question: usize) -> Vec<Record> {
    let (name, text) = plans::built_in().into_iter().find(|(name, _)| *name == plan).unwrap();
    let recipe = plans::parse(name, text).unwrap();
    let cast = recipe.cast(&scripted::council(), &Prices::default(), &BTreeMap::new()).unwrap();
    let plan = Some(Box::new(cast.planned()));
    played(Question { plan, council: cast.council, ..asked(question) }, &[])
}

fn asked(question: usize) -> Question {
    Question { text: scripted::questions()[question].to_owned(), ..Question::default() }
}

fn played(question: Question, steps: &[Step]) -> Vec<Record> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let demo = Arc::new(Scripted::new(7, Pace::Lifelike));
        let registry = Registry::new(&Config::default()).with(scripted::PROVIDER, demo);
        let (engine, mut feed) = Engine::start(Setup {
            session: Session::default(),
            id: SessionId("20261122-130000-demo".to_owned()),
            log: Log::memory(),
            root: None,
            registry: Arc::new(registry),
            templates: Templates::default(),
            deeper: Deeper::default(),
            clock: Clock::at(START),
            retries: 0,
            health: Kept::default(),
            purse: Purse::default(),
            answers: None,
            grades: None,
            seed: 7,
            shadows: Arc::default(),
            merge: true,
        });
        engine.send(Command::Ask(question)).await;
        let (mut records, mut session, mut steps) = (Vec::new(), Session::default(), steps.iter());
        let mut appended = true;
        loop {
            for news in feed.take().await {
                let News::Record(record) = news else { panic!("{news:?}") };
                appended |= matches!(record.event, Event::StageAdded { .. } | Event::StageProlonged { .. });
                session.apply(&record);
                records.push(record);
            }
            if appended && session.runs.last().is_some_and(|run| next(run).state == Progress::Settled) {
                let Some(step) = steps.next() else { return records };
                engine.send(Command::Extend { run: RunId(1), step: step.clone() }).await;
                appended = false;
            }
        }
    })
}

/// The question that splits on a number with every step, and the one in which a member is cut.
pub static PLAYED: LazyLock<(Vec<Record>, Vec<Record>)> = LazyLock::new(|| {
    let steps = [Step::SYNTHESIS, Step::Vote, Step::Debate(1), Step::Debate(1)];
    (play(1, &steps), play(2, &[]))
});

/// The same question with its first answers alone.
pub static ANSWERED: LazyLock<Vec<Record>> = LazyLock::new(|| play(1, &[]));

/// The same question with a vote on them, in which the person voted for a member's answer first.
pub fn voted(name: &str) -> Vec<Record> {
    let mut records = play(1, &[Step::Vote]);
    let session = Session::replay(&records);
    let run = session.runs.last().unwrap();
    let stage = run.last_stage(Ask::Ballot).unwrap().stage.id;
    let event = run.vote_own(stage, Some(&name.into())).unwrap();
    let last = records.last().unwrap();
    records.push(Record { v: last.v, seq: last.seq + 1, at: last.at, event });
    records
}

/// What the workbench knows at the start of a demo.
pub fn opening() -> Opening {
    let questions = scripted::questions().into_iter().map(str::to_owned).collect();
    Opening {
        council: Some(scripted::council()),
        demo: Some((scripted::council(), questions)),
        now: START,
        kept: true,
        confirm_above: 0.25,
        themes: vec!["default".to_owned(), "dark".to_owned()],
        theme: "default".to_owned(),
        ..Opening::default()
    }
}

/// A workbench that saw these records, as far as so many milliseconds after the start.
pub fn seen(records: &[Record], until_ms: u64) -> App {
    let mut app = App::new(opening());
    app.focus = synod::app::Focus::Board;
    for record in records.iter().filter(|record| record.at <= START + until_ms) {
        update(&mut app, Msg::Record(record.clone()));
    }
    compare(&mut app);
    update(&mut app, Msg::Time(START + until_ms.min(600_000)));
    app
}

/// Does what the thread beside the loop does: compares what is in view.
pub fn compare(app: &mut App) {
    let mut comparison = Comparison::new();
    let mut calls = BTreeMap::new();
    if let Some(run) = app.run() {
        comparison.told(told::told(run));
        for (seat, call) in outcome::texts(run) {
            comparison.set(seat, &call.text, call.ended());
            calls.insert(seat, call.id);
        }
    }
    update(app, Msg::Agreement(Arc::new(comparison.agreement()), calls));
}

/// A key as the table of actions writes it.
pub fn key(name: &str) -> KeyEvent {
    let (control, name) = name.strip_prefix("Ctrl-").map_or((false, name), |rest| (true, rest));
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Backspace" => KeyCode::Backspace,
        "Space" => KeyCode::Char(' '),
        "F1" => KeyCode::F(1),
        one => KeyCode::Char(one.chars().next().unwrap().to_ascii_lowercase()),
    };
    let code = match code {
        KeyCode::Char(_) if !control && name.chars().count() == 1 => {
            KeyCode::Char(name.chars().next().unwrap())
        }
        code => code,
    };
    KeyEvent::new(code, if control { KeyModifiers::CONTROL } else { KeyModifiers::NONE })
}

/// Presses keys, separated by blanks.
pub fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split(' ').filter(|key| !key.is_empty()).flat_map(|name| update(app, Msg::Key(key(name)))).collect()
}

/// Types a text letter by letter.
pub fn write(app: &mut App, text: &str) -> Vec<Effect> {
    let press = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
    text.chars().flat_map(|c| update(app, Msg::Key(press(c)))).collect()
}
