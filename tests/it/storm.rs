//! A storm of keys, pastes, resizes and stream events: nothing panics, nothing is drawn outside its area, and the way to help
//! is always on the screen.
//!
//! The council is carried out by a small stand-in for the engine, which does what `next` says with texts of its own.

use crate::played::{compare, opening};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synod::app::welcome::Nearby;
use synod::app::{App, Drawn, Effect, Found, Msg, Offers, Opening, update};
use synod::core::{
    CallError, CallId, Channel, Command, EndState, ErrorKind, Event, File, Message, Question, Record, Role,
    Run, RunId, SessionId, Usage, next,
};
use synod::providers::scripted;
use synod::ui::theme::Theme;
use synod::ui::{self, Cache};

/// Events in one storm; there are four of them.
const EVENTS: usize = 50_000;
/// One frame is drawn every so many events.
const FRAME: usize = 50;

const WORDS: [&str; 14] = [
    "Treat it as public. ",
    "Rotate the key first, within 30 minutes. ",
    "Do not rotate it. ",
    "No, ",
    "Yes. ",
    "\n\n",
    "- one\n- two\n",
    "| a | b |\n|---|---|\n| 1 | 22 hours |\n",
    "```rust\nfn main() {}\n```\n",
    "日本語の答え。",
    "👨‍👩‍👧 é\u{301}",
    "\u{1b}[2J\u{202e}",
    "POSITION: yes\n",
    "{\"ranking\": [\"A\", \"B\"]}",
];

struct Storm {
    dice: fastrand::Rng,
    app: App,
    seq: u64,
    now: u64,
    waiting: Vec<Question>,
    size: (u16, u16),
    cache: Cache,
}

impl Storm {
    fn new(seed: u64) -> Self {
        let models: Vec<_> = ["ollama/a", "ollama/b"].iter().map(|text| text.parse().unwrap()).collect();
        let found = Nearby {
            what: "Ollama".to_owned(),
            address: "127.0.0.1:11434".to_owned(),
            models: models.clone(),
        };
        let offers = Offers {
            councils: vec![synod::core::Council::of_models("pair", &models)],
            models,
            providers: vec!["ollama".to_owned()],
            answer_limit: 100,
            ..Offers::default()
        };
        let council = seed.is_multiple_of(2).then(scripted::council);
        let app = App::new(Opening { council, found: Some(found), offers, ..opening() });
        Self {
            dice: fastrand::Rng::with_seed(seed),
            app,
            seq: 0,
            now: 1_795_352_400_000,
            waiting: Vec::new(),
            size: (80, 24),
            cache: Cache::default(),
        }
    }

    fn text(&mut self) -> String {
        (0..self.dice.usize(1..6)).map(|_| WORDS[self.dice.usize(..WORDS.len())]).collect()
    }

    fn send(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        for effect in effects {
            self.carry_out(effect);
        }
    }

    fn record(&mut self, event: Event) {
        self.seq += 1;
        self.send(Msg::Record(Record { v: 1, seq: self.seq, at: self.now, event }));
    }

    /// Records what a wish about a run comes to, as the engine does.
    fn grant(&mut self, run: RunId, wish: impl FnOnce(&Run) -> Option<Event>) {
        if let Some(event) = self.app.session.run(run).and_then(wish) {
            self.record(event);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Council(Command::Ask(question)) => self.waiting.push(question),
            Effect::Council(Command::Extend { run, step }) => {
                self.grant(run, |run| Some(step.append_to(run)));
            }
            Effect::Council(Command::Retry(call)) => self.grant(call.run, |run| run.retry(call)),
            Effect::Council(Command::Join { run, member }) => self.grant(run, |run| run.join(&member)),
            Effect::Council(Command::Leave { run, member }) => self.grant(run, |run| run.leave(&member)),
            Effect::Council(Command::Chair { run, member }) => {
                self.grant(run, |run| run.choose_chair(&member));
            }
            Effect::Council(Command::Rule { run, ruling }) => self.grant(run, |run| run.rule(&ruling)),
            Effect::Council(Command::Grade { call, grade, topic }) => {
                self.grant(call.run, |run| run.grade(call, grade, topic.as_deref()));
            }
            Effect::Council(Command::Argue { run, point }) => self.grant(run, |run| run.argue(&point)),
            Effect::Council(Command::StopAll) => {
                self.waiting.clear();
                let open: Vec<(RunId, _)> = self
                    .app
                    .session
                    .runs
                    .iter()
                    .flat_map(|run| run.stages.iter().map(|state| (run.id, state.stage.id)))
                    .collect();
                for (run, stage) in open {
                    self.record(Event::StageStopped { run, stage, rule: None });
                }
            }
            Effect::Read(paths) => {
                let found = paths.into_iter().map(|path| Found {
                    file: Some(if self.dice.bool() {
                        Ok(File { name: path.clone(), text: "text".to_owned() })
                    } else {
                        Err("no".to_owned())
                    }),
                    path,
                });
                let found = found.collect();
                self.send(Msg::Files(found));
            }
            Effect::Edit(text) => self.send(Msg::Edited(Ok(text))),
            _ => {}
        }
    }

    /// Lets the council go on by one event.
    fn council(&mut self) {
        self.now += self.dice.u64(1..400);
        if self.app.session.id.is_none() {
            let event = Event::SessionStarted { session: SessionId("s".to_owned()), synod: "0".to_owned() };
            return self.record(event);
        }
        let running: Vec<CallId> = self
            .app
            .session
            .runs
            .iter()
            .flat_map(|run| run.calls.values())
            .filter(|call| !call.ended())
            .map(|call| call.id)
            .collect();
        let due =
            self.app.session.runs.iter().map(next).find(|due| !due.begin.is_empty() || !due.start.is_empty());
        if let Some(due) = due {
            for event in due.begin {
                self.record(event);
            }
            for spec in due.start {
                let messages = vec![Message { role: Role::User, text: self.text() }];
                let event = Event::CallStarted {
                    call: spec.id,
                    member: spec.member.name.clone(),
                    model: spec.member.model.clone(),
                    endpoint: "http://127.0.0.1:1".to_owned(),
                    messages,
                    shown: spec.shown,
                    own: spec.own,
                    price: None,
                    answer_limit: None,
                    cached: None,
                };
                self.record(event);
            }
        } else if running.is_empty() {
            if let Some(question) = self.waiting.pop() {
                let run = RunId(self.app.session.runs.len() as u32 + 1);
                let event = question.put(run, 1, 0);
                self.record(event);
            }
        } else {
            let call = running[self.dice.usize(..running.len())];
            let event = if self.dice.u8(..12) == 0 {
                self.end(call)
            } else {
                Event::Delta { call, channel: Channel::Text, text: self.text() }
            };
            self.record(event);
        }
    }

    fn end(&mut self, call: CallId) -> Event {
        let so_far = self
            .app
            .session
            .run(call.run)
            .and_then(|run: &Run| run.calls.get(&call))
            .map(|call| call.text.clone())
            .unwrap_or_default();
        let states = [
            EndState::Done,
            EndState::Done,
            EndState::Cut,
            EndState::Failed,
            EndState::Refused,
            EndState::Stopped,
        ];
        let state = states[self.dice.usize(..states.len())];
        let error =
            (state != EndState::Done).then(|| CallError::new(ErrorKind::Overloaded, "it broke", "try again"));
        let text = if state == EndState::Failed { String::new() } else { so_far };
        Event::CallEnded {
            call,
            state,
            text,
            thinking: String::new(),
            usage: Some(Usage::default()),
            error,
            first_ms: Some(1),
            total_ms: 2,
            pieces: 1,
            skipped: 0,
            mislabelled: None,
        }
    }

    fn key(&mut self) {
        let codes = [
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Home,
            KeyCode::End,
            KeyCode::Backspace,
            KeyCode::Delete,
            KeyCode::F(1),
        ];
        let code = match self.dice.u8(..10) {
            0..3 => codes[self.dice.usize(..codes.len())],
            3 => KeyCode::Char(['é', '語', '\u{301}', '\u{7}', ' ', '@'][self.dice.usize(..6)]),
            _ => KeyCode::Char(self.dice.char('!'..='~')),
        };
        let modifiers = match self.dice.u8(..10) {
            0 | 1 => KeyModifiers::CONTROL,
            2 => KeyModifiers::ALT,
            _ => KeyModifiers::NONE,
        };
        self.send(Msg::Key(KeyEvent::new(code, modifiers)));
    }

    fn event(&mut self) {
        match self.dice.u8(..20) {
            0..9 => self.key(),
            9 => {
                let text = self.text().repeat(self.dice.usize(1..6));
                self.send(Msg::Paste(text));
            }
            10 => self.size = (self.dice.u16(1..=300), self.dice.u16(1..=100)),
            11 => self.size = (self.dice.u16(1..=100), self.dice.u16(1..=30)),
            12 if self.dice.u8(..12) == 0 => compare(&mut self.app),
            12 | 13 => self.send(Msg::Time(self.now)),
            _ => self.council(),
        }
        // A session, or a question, without end would make each step slower than the one before.
        if self.app.composer.text().len() > 2_000 {
            self.app.composer.set("");
        }
        if self.app.session.runs.len() > 3 || self.app.composer.history().len() > 60 {
            let seed = self.dice.u64(..);
            *self = Self { size: self.size, ..Self::new(seed) };
        }
    }

    fn frame(&mut self) {
        let (width, height) = self.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut drawn = Drawn::default();
        let theme = Theme::built_in(true, self.dice.bool());
        terminal.draw(|frame| drawn = ui::draw(frame, &self.app, &theme, &mut self.cache)).unwrap();
        self.send(Msg::Drawn(drawn));
        let buffer = terminal.backend().buffer();
        if width >= 40 && height >= 10 {
            let last: String = (0..width).map(|x| buffer[(x, height - 1)].symbol()).collect();
            assert!(
                last.contains("? help") || last.contains("F1 help") || last.contains("? close help"),
                "{:?} {width}x{height}: {last}",
                self.app.overlay
            );
        }
    }
}

fn storm(seed: u64) {
    let mut storm = Storm::new(seed);
    for event in 0..EVENTS {
        storm.event();
        if event % FRAME == 0 {
            storm.frame();
        }
    }
}

#[test]
fn the_first_storm_breaks_nothing() {
    storm(1);
}

#[test]
fn the_second_storm_breaks_nothing() {
    storm(2);
}

#[test]
fn the_third_storm_breaks_nothing() {
    storm(3);
}

#[test]
fn the_fourth_storm_breaks_nothing() {
    storm(4);
}
