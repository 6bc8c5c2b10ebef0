//! The screen as text, at three sizes and in each state: reviewed snapshots, and laws that hold for all of them.
//!
//! The sessions are the demo's, played under a paused clock, so that every figure on the screen is the same each time.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use synod::agreement::{Comparison, outcome};
use synod::app::{App, Effect, Msg, Opening, update};
use synod::config::Config;
use synod::core::{
    Command, Event, Progress, Question, Record, RunId, Session, SessionId, Step, Templates, next,
};
use synod::engine::{Clock, Engine, News, Setup};
use synod::providers::registry::Registry;
use synod::providers::scripted::{self, Pace, Scripted};
use synod::store::Log;
use synod::ui::theme::Theme;
use synod::ui::{self, Cache};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (220, 60)];
const START: u64 = 1_795_352_400_000;

/// Plays a demo question and the steps after it, each when the one before is over.
fn play(question: usize, steps: &[Step]) -> Vec<Record> {
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
            clock: Clock::at(START),
            seed: 7,
            merge: true,
        });
        let question = scripted::questions()[question].to_owned();
        let question = Question { text: question, council: scripted::council(), ..Question::default() };
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
                engine.send(Command::Extend { run: RunId(1), step: *step }).await;
                appended = false;
            }
        }
    })
}

fn opening() -> Opening {
    let questions = scripted::questions().into_iter().map(str::to_owned).collect();
    Opening {
        council: Some(scripted::council()),
        demo: Some((scripted::council(), questions)),
        now: START,
        kept: true,
        price: Some("$0.00, 4 members, scripted".to_owned()),
        ..Opening::default()
    }
}

/// A workbench that saw these records, as far as so many milliseconds after the start.
pub(super) fn seen(records: &[Record], until_ms: u64) -> App {
    let mut app = App::new(opening());
    app.focus = synod::app::Focus::Board;
    let mut comparison = Comparison::new();
    for record in records.iter().filter(|record| record.at <= START + until_ms) {
        update(&mut app, Msg::Record(record.clone()));
    }
    let mut calls = BTreeMap::new();
    if let Some(run) = app.run() {
        for (seat, call) in outcome::texts(run) {
            comparison.set(seat, &call.text, call.ended());
            calls.insert(seat, call.id);
        }
    }
    update(&mut app, Msg::Agreement(Arc::new(comparison.agreement()), calls));
    update(&mut app, Msg::Time(START + until_ms.min(600_000)));
    app
}

pub(super) fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in keys.split(' ') {
        let code = match key {
            "Enter" => KeyCode::Enter,
            "Esc" => KeyCode::Esc,
            one => KeyCode::Char(one.chars().next().unwrap()),
        };
        effects.extend(update(app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE))));
    }
    effects
}

/// Draws until views have come to rest, and gives the screen as text.
fn screen(app: &mut App, size: (u16, u16), theme: &Theme, cache: &mut Cache) -> String {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    for _ in 0..2 {
        let mut drawn = synod::app::Drawn::default();
        terminal.draw(|frame| drawn = ui::draw(frame, app, theme, cache)).unwrap();
        update(app, Msg::Drawn(drawn));
    }
    let buffer = terminal.backend().buffer().clone();
    let mut text = String::new();
    for y in 0..size.1 {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..size.0 {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The question that splits on a number with every step, and the one in which a member is cut.
pub(super) static PLAYED: LazyLock<(Vec<Record>, Vec<Record>)> = LazyLock::new(|| {
    let steps = [Step::Synthesis, Step::Vote, Step::Debate(1), Step::Debate(1)];
    (play(1, &steps), play(2, &[]))
});

/// Every state that has a picture of its own.
pub(super) fn states() -> Vec<(&'static str, App)> {
    let (split, cut) = &*PLAYED;
    let all = u64::MAX - START;
    let first_answers = 9_500;
    let with = |records: &[Record], until, keys: &str| {
        let mut app = seen(records, until);
        if !keys.is_empty() {
            press(&mut app, keys);
        }
        app
    };
    let mut welcome = App::new(Opening { council: None, ..opening() });
    welcome.looked_at = vec![("keys".to_owned(), "no key in OPENAI_API_KEY and 11 more".to_owned())];
    let mut not_saved = with(split, first_answers, "");
    update(&mut not_saved, Msg::NotSaved("the disk is full: make room, it is tried again".to_owned()));
    vec![
        ("welcome", welcome),
        ("empty", App::new(opening())),
        ("streaming", with(split, 3_000, "")),
        ("answers", with(split, first_answers, "")),
        ("divergence", with(split, first_answers, "n")),
        ("zoom", with(split, first_answers, "z")),
        ("cut", with(cut, all, "2")),
        ("synthesis", with(split, all, "s")),
        ("vote", with(split, all, "v")),
        ("debate", with(split, all, "D")),
        ("help", with(split, all, "?")),
        ("prompt", with(split, all, "Enter")),
        ("quit", with(split, 3_000, "q")),
        ("not-saved", not_saved),
    ]
}

#[test]
fn every_state_at_every_size_looks_as_reviewed() {
    let theme = Theme::built_in(true, false);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, mut app) in states() {
            for (width, height) in SIZES {
                let text = screen(&mut app, (width, height), &theme, &mut Cache::default());
                insta::assert_snapshot!(format!("{name}-{width}x{height}"), text);
            }
        }
    });
}

#[test]
fn a_cold_cache_draws_what_a_warm_one_draws() {
    let theme = Theme::built_in(true, false);
    let mut warm = Cache::default();
    for (name, mut app) in states() {
        for size in SIZES {
            let first = screen(&mut app, size, &theme, &mut warm);
            assert_eq!(screen(&mut app, size, &theme, &mut Cache::default()), first, "{name} at {size:?}");
        }
    }
}

#[test]
fn no_size_panics_and_help_is_always_named() {
    let theme = Theme::built_in(true, false);
    let mut cache = Cache::default();
    for (name, mut app) in states() {
        for width in [1, 2, 7, 39, 40, 41, 59, 60, 99, 100, 159, 160, 300] {
            for height in [1, 2, 9, 10, 11, 19, 20, 21, 100] {
                let text = screen(&mut app, (width, height), &theme, &mut cache);
                if width >= 40 && height >= 10 && app.overlay.is_none() {
                    let last = text.lines().last().unwrap_or_default();
                    assert!(
                        last.contains('?') || last.contains("F1"),
                        "{name} at {width}x{height}: {last:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn ascii_means_ascii() {
    let theme = Theme::built_in(true, true);
    for (name, mut app) in states() {
        let text = screen(&mut app, (120, 40), &theme, &mut Cache::default());
        let odd: String = text.chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(odd, "", "{name}");
    }
}

#[test]
fn marks_never_move_text() {
    let (records, _) = &*PLAYED;
    let theme = Theme::built_in(true, false);
    let strip = |text: String| -> Vec<String> {
        let body = text.lines().skip(2).take(17);
        body.map(|line| line.chars().map(|c| if "=~!+.0123456789│|".contains(c) { ' ' } else { c }).collect())
            .collect()
    };
    let mut marked = seen(records, 9_500);
    let mut plain = seen(records, 9_500);
    update(&mut plain, Msg::Agreement(Arc::default(), BTreeMap::new()));
    let with = strip(screen(&mut marked, (80, 24), &theme, &mut Cache::default()));
    let without = strip(screen(&mut plain, (80, 24), &theme, &mut Cache::default()));
    assert_eq!(with, without);
}
