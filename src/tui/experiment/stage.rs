//! The terminal of an experiment's screen: what is typed and what comes from outside, when to draw, and giving the terminal to
//! the shell and taking it again. Not what is drawn, nor what keys mean.

use super::super::event_loop::FAULT;
use super::super::frame_clock::FrameClock;
use super::super::handover::{Entered, LOOK, enter_again};
use super::super::keyboard::Keyboard;
use super::super::stop::{self, Who};
use super::super::terminal::{self, Screen};
use super::super::watch::{self, Outside, Watch};
use crossterm::event::{Event, KeyEventKind};
use tokio::time::Instant;

/// Something that reached the screen.
pub(super) enum Heard {
    /// Something was typed or pasted, or the size changed.
    Event(Event),
    /// A signal.
    Outside(Outside),
    /// The terminal may be ours again.
    Look,
    /// The keyboard is gone.
    Gone,
}

/// A terminal, while it is ours and while the shell has it.
pub(super) struct Stage {
    screen: Screen,
    keyboard: Keyboard,
    watch: Watch,
    frames: FrameClock,
    /// While the shell or another job of its has the terminal and we run in the background: when to look next.
    away: Option<Instant>,
    /// Whether the next frame is for something the person did.
    hurried: bool,
    /// The exit code, once the program is to end.
    pub exit: Option<u8>,
}

impl Stage {
    /// Takes the terminal.
    pub(super) fn open() -> std::io::Result<Self> {
        let watch = watch::start()?;
        let mut keyboard = Keyboard::default();
        let screen = Screen::enter()?;
        keyboard.take_up();
        let frames = FrameClock::calm();
        Ok(Self { screen, keyboard, watch, frames, away: None, hurried: false, exit: None })
    }

    /// What comes next.
    pub(super) async fn next(&mut self) -> Heard {
        let look = self.away;
        let look = async {
            match look {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(look);
        loop {
            tokio::select! {
                biased;
                outside = self.watch.next() => return Heard::Outside(outside),
                event = self.keyboard.next() => match event {
                    Some(Ok(Event::Key(key))) if key.kind == KeyEventKind::Release => {}
                    Some(Ok(event)) => return Heard::Event(event),
                    Some(Err(_)) | None => return Heard::Gone,
                },
                () = &mut look => return Heard::Look,
            }
        }
    }

    /// Something changed that is on the screen.
    pub(super) fn change(&mut self) {
        self.frames.change();
    }

    /// The person waits for the next frame.
    pub(super) fn hurry(&mut self) {
        self.frames.change();
        self.hurried = true;
    }

    /// When the next frame is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.frames.due().filter(|_| self.away.is_none())
    }

    /// Whether a frame is due now.
    pub(super) fn ready(&self) -> bool {
        self.away.is_none() && self.exit.is_none() && (self.hurried || self.frames.ready())
    }

    /// Draws. A terminal that can't be drawn on is gone.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut ratatui::Frame<'_>)) {
        if self.screen.draw(render).is_err() {
            self.exit = Some(watch::HUNG_UP);
        }
        self.frames.drawn();
        self.hurried = false;
    }

    /// Draws everything anew at the next frame.
    pub(super) fn repaint(&mut self) {
        if self.away.is_none() && self.screen.clear().is_err() {
            self.exit = Some(watch::HUNG_UP);
        }
    }

    /// Does what a signal asks for.
    pub(super) async fn outside(&mut self, outside: Outside) {
        match outside {
            Outside::End(code) => self.exit = Some(code),
            // The report of the failure says the rest.
            Outside::Deaf => self.exit = Some(FAULT),
            Outside::Stop => self.suspend(Who::Synod).await,
            // It was stopped from outside, or not at all: the shell may have used the terminal as it liked.
            Outside::Continue if self.away.is_none() && terminal::in_foreground() => {
                if self.screen.renew().is_err() {
                    self.exit = Some(watch::HUNG_UP);
                }
                self.frames.change();
            }
            Outside::Continue => self.enter().await,
        }
    }

    /// Stops until the program is called back. Trials that wait for an answer wait on meanwhile.
    pub(super) async fn suspend(&mut self, who: Who) {
        if self.away.is_none() {
            self.keyboard.let_go().await;
            terminal::restore();
        }
        match stop::stop(who, &mut self.watch).await {
            Some(Outside::End(code)) => self.exit = Some(code),
            Some(_) => self.exit = Some(FAULT),
            None => self.enter().await,
        }
    }

    /// Takes the terminal again, if it is ours to take.
    pub(super) async fn come_back(&mut self) {
        self.away = self.away.map(|_| Instant::now() + LOOK);
        if terminal::in_foreground() {
            self.enter().await;
        }
    }

    /// Turns our modes on and draws everything anew; or waits in the background until the shell lets us.
    async fn enter(&mut self) {
        self.keyboard.let_go().await;
        match enter_again(&mut self.screen) {
            Entered::Gone => self.exit = Some(watch::HUNG_UP),
            Entered::Away => self.away = Some(Instant::now() + LOOK),
            Entered::Ours => {
                self.away = None;
                self.keyboard.take_up();
                self.frames.change();
            }
        }
    }
}
