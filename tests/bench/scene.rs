//! A workbench in front of a screen that isn't there: sessions made of records, keys, and the time each frame takes.

use crate::clock::taken;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::collections::BTreeMap;
use std::sync::Arc;
use synod::agreement::{Agreement, Claim, Mark, Span};
use synod::app::{App, Drawn, Focus, Msg, Opening, update};
use synod::core::event::{EndState, VERSION};
use synod::core::prompt::Message;
use synod::core::{CallId, Channel, Council, Event, ModelRef, Protocol, Record, Role, RunId, StageId};
use synod::ui::theme::Theme;
use synod::ui::{self, Cache};

/// The answers of ordinary models, in small.
pub const PROSE: &str = "## What the load says\n\nYour write rate of about **4k per second** is far below what one large \
    machine can do; `pg_stat_statements` shows it. Add *two read replicas* first and send the reports there.\n\n\
    1. Partition the three largest tables by month.\n   This keeps indexes small.\n2. Measure the p99 latency weekly.\n\n\
    ```sql\nselect relname, age(relfrozenxid) from pg_class order by 2 desc;\n```\n\n| model | verdict |\n|---|---|\n\
    | one | yes |\n| two | no |\n\n> Nobody here has run a sharded cluster of that size before.\n\n";

/// A text of about so many KiB.
pub fn long(unit: &str, kib: usize) -> String {
    unit.repeat(kib * 1024 / unit.len())
}

/// The first character boundary from `at` on.
pub fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The call of a seat.
pub fn call(slot: u16) -> CallId {
    CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt: 1 }
}

/// A piece of an answer.
pub fn delta(slot: u16, text: &str) -> Event {
    Event::Delta { call: call(slot), channel: Channel::Text, text: text.to_owned() }
}

/// A whole answer.
pub fn ended(slot: u16, text: &str) -> Event {
    Event::CallEnded {
        call: call(slot),
        state: EndState::Done,
        text: text.to_owned(),
        thinking: String::new(),
        usage: None,
        error: None,
        first_ms: Some(1),
        total_ms: 1000,
        pieces: 1,
        skipped: 0,
        mislabelled: None,
    }
}

/// The records of a run before the first word of an answer.
pub fn begun(members: u16, question: &str, prompt: &str) -> Vec<Event> {
    let model = ModelRef { provider: "local".to_owned(), model: "any".to_owned() };
    let council = Council::of_models("bench", &vec![model; usize::from(members)]);
    let run = RunId(1);
    let mut events = vec![Event::RunStarted {
        run,
        question: question.to_owned(),
        council: council.clone(),
        protocol: "ask".to_owned(),
        seed: 1,
        files: Vec::new(),
        replaces: None,
        retries: 0,
        private: None,
        similar: None,
        plan: Protocol::Ask.plan(),
    }];
    let speakers = (0..members).collect();
    events.push(Event::StageStarted {
        run,
        stage: StageId(0),
        speakers,
        answers: Vec::new(),
        obstacle: None,
        table: Vec::new(),
        given: Vec::new(),
    });
    let messages = [Message { role: Role::User, text: prompt.to_owned() }];
    events.extend(council.members.iter().enumerate().map(|(slot, member)| Event::CallStarted {
        call: call(slot as u16),
        member: member.name.clone(),
        model: member.model.clone(),
        endpoint: "http://127.0.0.1:1".to_owned(),
        messages: messages.to_vec(),
        shown: Vec::new(),
        cached: None,
        own: None,
        price: None,
        answer_limit: None,
    }));
    events
}

/// The workbench, its screen, and how long its frames took.
pub struct Scene {
    pub app: App,
    seq: u64,
    theme: Theme,
    cache: Cache,
    terminal: Terminal<TestBackend>,
    pub spent: Vec<f64>,
    /// Whether the last frame left something to be laid out.
    pub more: bool,
}

impl Scene {
    /// A workbench that was opened with these records; nothing is drawn yet.
    pub fn new(size: (u16, u16), events: Vec<Event>) -> Self {
        let numbered = events.into_iter().zip(1..);
        let records: Vec<Record> =
            numbered.map(|(event, seq)| Record { v: VERSION, seq, at: seq, event }).collect();
        let seq = records.len() as u64;
        let mut app = App::new(Opening { records, ..Opening::default() });
        app.focus = Focus::Board;
        let (theme, cache) = (Theme::built_in(true, false), Cache::default());
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        Self { app, seq, theme, cache, terminal, spent: Vec::new(), more: false }
    }

    /// The same workbench with answers that are there.
    pub fn answered(size: (u16, u16), answers: &[String]) -> Self {
        let mut events = begun(answers.len() as u16, "Should we shard?", "Should we shard?");
        events.extend(answers.iter().enumerate().map(|(slot, text)| ended(slot as u16, text)));
        Self::new(size, events)
    }

    /// Takes a message in.
    pub fn take(&mut self, msg: Msg) {
        update(&mut self.app, msg);
    }

    /// Takes a record in.
    pub fn send(&mut self, event: Event) {
        self.seq += 1;
        let seq = self.seq;
        self.take(Msg::Record(Record { v: VERSION, seq, at: seq, event }));
    }

    /// Presses a key.
    pub fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.take(Msg::Key(KeyEvent::new(code, modifiers)));
    }

    /// Makes claims of every line of the answers, four seats to a claim.
    pub fn mark(&mut self) {
        let (mut claims, mut calls) = (Vec::new(), BTreeMap::new());
        let texts: Vec<&str> = self
            .app
            .run()
            .map(|run| run.calls.values().map(|call| call.text.as_str()).collect())
            .unwrap_or_default();
        for (slot, text) in texts.iter().enumerate() {
            calls.insert(slot, call(slot as u16));
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                if line.len() > 30 {
                    let span = Span { slot, range: at..at + line.trim_end().len() };
                    let number = claims.len() as u32 + 1;
                    claims.push(claim(number, &span));
                }
                at += line.len();
            }
        }
        let agreement = Agreement { claims: claims.into_iter().collect(), ..Agreement::default() };
        self.take(Msg::Agreement(Arc::new(agreement), calls));
    }

    /// Changes the size of the screen; the next frame draws all of it.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.terminal.backend_mut().resize(size.0, size.1);
    }

    /// Does something and draws a frame, and notes how long both took.
    pub fn frame(&mut self, before: impl FnOnce(&mut Self)) {
        let time = taken(|| {
            before(self);
            let mut drawn = Drawn::default();
            let (app, theme, cache) = (&self.app, &self.theme, &mut self.cache);
            self.terminal.draw(|frame| drawn = ui::draw(frame, app, theme, cache)).unwrap();
            self.more = drawn.more;
            update(&mut self.app, Msg::Drawn(drawn));
        });
        self.spent.push(time);
    }

    /// Draws until nothing is left to be laid out.
    pub fn rest(&mut self) {
        self.frame(|_| ());
        while self.more {
            self.frame(|_| ());
        }
    }
}

fn claim(number: u32, span: &Span) -> Claim {
    let marks = [Mark::Agree, Mark::Partly, Mark::Conflict, Mark::Only, Mark::Pending];
    Claim {
        number,
        id: number,
        mark: marks[number as usize % marks.len()],
        support: 1.0,
        spans: vec![span.clone()],
        title: span.clone(),
        sides: Vec::new(),
        reason: None,
        by: Vec::new(),
        links: Vec::new(),
    }
}
