//! The loop: whatever happens becomes a message, whatever is wanted is carried out next door, and a change is drawn once.

use super::compare::{Compared, Comparer, Text};
use super::crash;
use super::effects::Done;
use super::frame_clock::FrameClock;
use super::handover::Holder;
use super::hands::Hands;
use super::keyboard::Keyboard;
use super::stop::Who;
use super::terminal::Screen;
#[cfg(debug_assertions)]
use super::trip;
use super::watch::{self, Outside, Watch};
use crate::agreement::{outcome, told};
use crate::app::{App, Drawn, Msg, update};
use crate::core::clean;
use crate::engine::{Clock, Engine, Feed, News};
use crate::ui::{self, Cache};
use anyhow::{Result, anyhow};
use crossterm::event::Event;
use futures_util::FutureExt;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How often the time is shown anew while something runs.
const TICK: Duration = Duration::from_millis(250);
/// How long the engine may take to write its last records, and what else is on the way to be done.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The exit code after a fault of ours: what Rust gives a program that panics.
pub(super) const FAULT: u8 = 101;
/// What is said when the marks come to a halt.
const NOT_COMPARING: &str =
    "comparing failed, by a fault of synod's: marks stay as they are, all else goes on";

/// Runs the workbench until the person quits or it is ended from outside. Gives the exit code.
///
/// # Errors
/// When the terminal can't be used, or the engine died.
pub async fn run(
    mut app: App,
    hands: Hands,
    engine: Engine,
    feed: Feed,
    clock: Clock,
    first: Option<Msg>,
) -> Result<u8> {
    crash::tell(hands.secrets.keys.clone());
    let _reports = crash::guard();
    let watch = watch::start()?;
    let screen = Screen::enter()?;
    let (comparer, compared) = Comparer::start();
    let mut shell = Shell {
        screen,
        holder: Holder::Synod,
        told: VecDeque::new(),
        keyboard: Keyboard::default(),
        watch,
        frames: FrameClock::default(),
        cache: Cache::default(),
        engine,
        clock,
        errands: JoinSet::new(),
        comparer,
        hands,
        sent: 0,
        hurry: false,
        idle: true,
        exit: None,
    };
    let looped = AssertUnwindSafe(shell.go_on(&mut app, feed, compared, first)).catch_unwind().await;
    let closed = shell.close().await;
    match looped {
        Ok(code) => closed.map(|()| code),
        // The report is out already, and what the engine had to write is written.
        Err(_) => Ok(FAULT),
    }
}

async fn next(feed: &mut Option<Feed>) -> Vec<News> {
    match feed {
        Some(feed) => feed.take().await,
        None => std::future::pending().await,
    }
}

async fn until(due: Option<tokio::time::Instant>) {
    if let Some(due) = due {
        tokio::time::sleep_until(due).await;
    }
}

pub(super) struct Shell {
    pub screen: Screen,
    /// Who has the terminal.
    pub holder: Holder,
    /// What the workbench is still to take in.
    pub told: VecDeque<Msg>,
    pub keyboard: Keyboard,
    pub watch: Watch,
    pub frames: FrameClock,
    pub cache: Cache,
    pub engine: Engine,
    pub clock: Clock,
    /// What is done beside the loop and comes back to it.
    pub errands: JoinSet<Done>,
    comparer: Comparer,
    pub hands: Hands,
    /// The version of the texts that the comparison was last given.
    sent: u64,
    /// Whether the next frame is for something the person did.
    hurry: bool,
    /// Whether the comparison waits for work.
    idle: bool,
    /// The exit code, once the program is to end.
    pub exit: Option<u8>,
}

impl Shell {
    async fn go_on(
        &mut self,
        app: &mut App,
        feed: Feed,
        mut compared: mpsc::Receiver<Compared>,
        first: Option<Msg>,
    ) -> u8 {
        self.keyboard.take_up();
        let mut feed = Some(feed);
        let mut comparing = true;
        self.told.extend(first);
        self.frames.change();
        loop {
            self.settle(app).await;
            self.compare(app);
            let ours = self.has_terminal();
            if ours && self.exit.is_none() && self.frames.ready() {
                self.draw(app);
            }
            if let Some(code) = self.exit {
                return code;
            }
            let due = self.frames.due().filter(|_| ours);
            let tick = ours && (app.working() || app.counts_down()) && due.is_none();
            let hurry = ours && self.hurry;
            // In this order: what is typed is taken in whole, then drawn at once, and only then comes the rest.
            tokio::select! {
                biased;
                outside = self.watch.next() => self.outside(outside).await,
                event = self.keyboard.next() => match event {
                    Some(Ok(event)) => self.input(event),
                    Some(Err(_)) | None => self.exit = Some(watch::HUNG_UP),
                },
                () = std::future::ready(()), if hurry => self.draw(app),
                news = next(&mut feed) => {
                    if news.is_empty() {
                        feed = None;
                        self.tell(Msg::EngineGone);
                    }
                    self.news(news);
                }
                result = compared.recv(), if comparing => if let Some((agreement, calls)) = result {
                    self.idle = true;
                    self.tell(Msg::Agreement(agreement, calls));
                } else {
                    comparing = false;
                    self.tell(Msg::Note(NOT_COMPARING.to_owned()));
                },
                Some(done) = self.errands.join_next(), if !self.errands.is_empty() => self.done(done),
                changed = self.holder.changed() => self.come_back(changed).await,
                () = until(due), if due.is_some() => {}
                () = tokio::time::sleep(TICK), if tick => self.tell(Msg::Time(self.clock.now())),
            }
        }
    }

    /// Does what a signal asks for.
    async fn outside(&mut self, outside: Outside) {
        match outside {
            Outside::End(code) => self.exit = Some(code),
            // The report of the failure says the rest.
            Outside::Deaf => self.exit = Some(FAULT),
            Outside::Stop => self.suspend(Who::Synod).await,
            Outside::Continue => self.called_back().await,
        }
    }

    /// Takes in what was typed, pasted or resized: the person waits for it, so the next frame hurries.
    fn input(&mut self, event: Event) {
        self.hurry = true;
        self.frames.change();
        match event {
            Event::Key(key) => self.tell(Msg::Key(key)),
            Event::Paste(text) => self.tell(Msg::Paste(text)),
            _ => {}
        }
    }

    fn news(&mut self, news: Vec<News>) {
        for item in news {
            self.tell(match item {
                News::Record(record) => Msg::Record(record),
                News::NotSaved(why) => Msg::NotSaved(why),
                News::Saved => Msg::Saved,
                News::Note(line) => Msg::Note(clean::line(&line)),
            });
        }
    }

    /// Gives the comparison the newest texts, when it is idle and there are newer ones.
    fn compare(&mut self, app: &App) {
        if !self.idle || self.sent == app.texts_version {
            return;
        }
        let Some(run) = app.run() else { return };
        let texts = outcome::texts(run)
            .into_iter()
            .map(|(seat, call)| Text {
                seat,
                call: call.id,
                words: call.text.clone(),
                finished: call.ended(),
            })
            .collect();
        self.sent = app.texts_version;
        self.idle = false;
        self.comparer.compare(texts, told::told(run));
    }

    /// Draws. A terminal that can't be drawn on is gone; what the engine still has to write is written all the same.
    fn draw(&mut self, app: &mut App) {
        let mut drawn = Drawn::default();
        let cache = &mut self.cache;
        let theme = &self.hands.theme;
        let drew = self.screen.draw(|frame| {
            #[cfg(debug_assertions)]
            if !app.texts.is_empty() {
                trip::at("draw");
            }
            drawn = ui::draw(frame, app, theme, cache);
        });
        if drew.is_err() {
            self.exit = Some(watch::HUNG_UP);
        }
        self.frames.drawn();
        self.hurry = false;
        let more = drawn.more;
        if update_rest(app, drawn) || more {
            // A pane came to rest elsewhere than it was asked to, or learnt that there is more below, or a long text isn't
            // laid out yet.
            self.frames.change();
        }
    }

    /// Gives the terminal back, then waits a little for what is still to be written.
    async fn close(mut self) -> Result<()> {
        self.holder.end().await;
        drop((self.screen, self.keyboard));
        let errands = async { while self.errands.join_next().await.is_some() {} };
        let limited =
            tokio::time::timeout(LAST_WORDS, async { tokio::join!(self.engine.close(), errands).0 });
        match limited.await {
            Ok(Err(_)) => Err(anyhow!("the engine failed; what was answered until then is kept")),
            _ => Ok(()),
        }
    }
}

/// Tells the workbench where its views came to rest. True when that changes what a next frame would show.
fn update_rest(app: &mut App, drawn: Drawn) -> bool {
    let before: Vec<_> = app.panes.iter().map(|pane| pane.rest).collect();
    update(app, Msg::Drawn(drawn));
    app.panes.iter().map(|pane| pane.rest).ne(before)
}
