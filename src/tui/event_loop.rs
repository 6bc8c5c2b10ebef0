//! The loop: whatever happens becomes a message, whatever is wanted is carried out here, and a change is drawn once.

use super::compare::{Comparer, Text};
use super::frame_clock::FrameClock;
use super::terminal::Screen;
use super::watch;
use crate::agreement::outcome;
use crate::app::{App, Drawn, Effect, Msg, update};
use crate::engine::{Clock, Engine, Feed, News};
use crate::ui::theme::Theme;
use crate::ui::{self, Cache};
use anyhow::Result;
use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use std::time::Duration;

/// How often the time is shown anew while something runs.
const TICK: Duration = Duration::from_millis(250);
/// How long the engine may take to write its last records.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs the workbench until the person quits or it is ended from outside. Gives the exit code.
///
/// # Errors
/// When the terminal can't be used.
pub async fn run(
    mut app: App,
    theme: &Theme,
    engine: Engine,
    feed: Feed,
    clock: Clock,
    first: Option<Msg>,
) -> Result<u8> {
    let mut ends = watch::start()?;
    let screen = Screen::enter()?;
    let (comparer, mut compared) = Comparer::start();
    let mut shell = Shell {
        screen,
        frames: FrameClock::default(),
        cache: Cache::default(),
        engine,
        comparer,
        sent: 0,
        hurry: false,
        idle: true,
    };
    let mut events = EventStream::new();
    let mut feed = Some(feed);
    let mut comparing = true;
    if let Some(first) = first {
        shell.take(&mut app, first).await?;
    }
    shell.frames.change();
    let code = loop {
        shell.compare(&app);
        // A terminal that can't be drawn on is gone; what the engine still has to write is written all the same.
        if shell.frames.ready() && shell.draw(&mut app, theme).is_err() {
            break 129;
        }
        let due = shell.frames.due();
        let tick = app.working() && due.is_none();
        let hurry = shell.hurry;
        // In this order: what is typed is taken in whole, then drawn at once, and only then comes the rest.
        let quit = tokio::select! {
            biased;
            Some(code) = ends.recv() => break code,
            event = events.next() => match event {
                Some(Ok(event)) => shell.input(&mut app, event).await?,
                Some(Err(_)) | None => break 129,
            },
            () = std::future::ready(()), if hurry => {
                if shell.draw(&mut app, theme).is_err() {
                    break 129;
                }
                false
            }
            news = next(&mut feed) => {
                if news.is_empty() {
                    feed = None;
                    shell.take(&mut app, Msg::EngineGone).await?;
                }
                shell.news(&mut app, news).await?
            }
            result = compared.recv(), if comparing => if let Some((agreement, calls)) = result {
                shell.idle = true;
                shell.take(&mut app, Msg::Agreement(agreement, calls)).await?
            } else {
                comparing = false;
                false
            },
            () = until(due), if due.is_some() => false,
            () = tokio::time::sleep(TICK), if tick => shell.take(&mut app, Msg::Time(clock.now())).await?,
        };
        if quit {
            break 0;
        }
    };
    drop(shell.screen);
    let closed = tokio::time::timeout(LAST_WORDS, shell.engine.close()).await;
    if let Ok(closed) = closed {
        closed?;
    }
    Ok(code)
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

struct Shell {
    screen: Screen,
    frames: FrameClock,
    cache: Cache,
    engine: Engine,
    comparer: Comparer,
    /// The version of the texts that the comparison was last given.
    sent: u64,
    /// Whether the next frame is for something the person did.
    hurry: bool,
    /// Whether the comparison waits for work.
    idle: bool,
}

impl Shell {
    /// Takes a message in and carries out what comes of it. True when it ends the program.
    async fn take(&mut self, app: &mut App, msg: Msg) -> Result<bool> {
        self.frames.change();
        for effect in update(app, msg) {
            let command = match effect {
                Effect::Council(command) => command,
                Effect::Repaint => {
                    self.screen.clear()?;
                    continue;
                }
                Effect::Quit => return Ok(true),
            };
            if !self.engine.send(command).await {
                update(app, Msg::EngineGone);
            }
        }
        Ok(false)
    }

    /// Takes in what was typed, pasted or resized: the person waits for it, so the next frame hurries.
    async fn input(&mut self, app: &mut App, event: Event) -> Result<bool> {
        self.hurry = true;
        self.frames.change();
        match event {
            Event::Key(key) => self.take(app, Msg::Key(key)).await,
            Event::Paste(text) => self.take(app, Msg::Paste(text)).await,
            _ => Ok(false),
        }
    }

    async fn news(&mut self, app: &mut App, news: Vec<News>) -> Result<bool> {
        for item in news {
            let msg = match item {
                News::Record(record) => Msg::Record(record),
                News::NotSaved(why) => Msg::NotSaved(why),
                News::Saved => Msg::Saved,
            };
            self.take(app, msg).await?;
        }
        Ok(false)
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
        self.comparer.compare(texts);
    }

    fn draw(&mut self, app: &mut App, theme: &Theme) -> Result<()> {
        let mut drawn = Drawn::default();
        let cache = &mut self.cache;
        self.screen.draw(|frame| drawn = ui::draw(frame, app, theme, cache))?;
        self.frames.drawn();
        self.hurry = false;
        if update_rest(app, drawn) {
            // A pane came to rest elsewhere than it was asked to, or learnt that there is more below.
            self.frames.change();
        }
        Ok(())
    }
}

/// Tells the workbench where its views came to rest. True when that changes what a next frame would show.
fn update_rest(app: &mut App, drawn: Drawn) -> bool {
    let before: Vec<_> = app.panes.iter().map(|pane| pane.rest).collect();
    update(app, Msg::Drawn(drawn));
    app.panes.iter().map(|pane| pane.rest).ne(before)
}
