//! Who has the terminal: handed to the shell (Ctrl-Z) or to the person's editor, and taken again. Meanwhile nothing is
//! drawn and no key is read, but records are taken in as ever.

use super::editor::Editing;
use super::event_loop::{FAULT, Shell};
use super::stop::{self, Who};
use super::terminal::{self, Screen};
use super::watch::{self, Outside};
use crate::app::Msg;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// How often a program in the background looks whether it is in front again: shells don't always tell.
pub(super) const LOOK: Duration = Duration::from_millis(250);

/// Who has the terminal.
pub(super) enum Holder {
    /// We have it.
    Synod,
    /// The person's editor has it.
    Editor(Box<Editing>),
    /// The shell or another job of its has it, while we run in the background.
    Shell,
}

/// The terminal may be ours again.
pub(super) enum Changed {
    /// The editor is over.
    EditorOver(io::Result<ExitStatus>),
    /// We may be in front again.
    Look,
}

impl Holder {
    /// Waits until the terminal may be ours again; for ever while it is.
    pub(super) async fn changed(&mut self) -> Changed {
        match self {
            Self::Synod => std::future::pending().await,
            Self::Editor(editing) => Changed::EditorOver(editing.over().await),
            Self::Shell => {
                tokio::time::sleep(LOOK).await;
                Changed::Look
            }
        }
    }

    /// Ends the editor, should it have the terminal.
    pub(super) async fn end(&mut self) {
        if let Self::Editor(editing) = self {
            editing.end().await;
        }
    }
}

impl Shell {
    /// Whether the terminal is ours.
    pub(super) fn has_terminal(&self) -> bool {
        matches!(self.holder, Holder::Synod)
    }

    /// Sends a control sequence, if the terminal is ours. True when it was sent.
    pub(super) fn send(&mut self, sequence: &str) -> bool {
        if !self.has_terminal() {
            return false;
        }
        let sent = self.screen.send(sequence).is_ok();
        if !sent {
            self.exit = Some(watch::HUNG_UP);
        }
        sent
    }

    /// Draws everything anew at the next frame.
    pub(super) fn repaint(&mut self) {
        if self.has_terminal() && self.screen.clear().is_err() {
            self.exit = Some(watch::HUNG_UP);
        }
    }

    /// Stops until the program is called back.
    pub(super) async fn suspend(&mut self, who: Who) {
        if self.has_terminal() {
            self.keyboard.let_go().await;
            terminal::restore();
        }
        let from = self.clock.now();
        match stop::stop(who, &mut self.watch).await {
            Some(Outside::End(code)) => self.exit = Some(code),
            Some(_) => self.exit = Some(FAULT),
            None => {
                if !matches!(self.holder, Holder::Editor(_)) {
                    self.enter().await;
                }
                let now = self.clock.now();
                self.tell(Msg::Time(now));
                self.tell(Msg::Back(now - from));
            }
        }
    }

    /// The program was called back without having stopped itself: it was stopped from outside, nobody knows for how
    /// long, and the shell may have used the terminal as it liked. Or it was not stopped at all.
    pub(super) async fn called_back(&mut self) {
        match self.holder {
            Holder::Editor(_) => return,
            Holder::Synod if terminal::in_foreground() => {
                if self.screen.renew().is_err() {
                    self.exit = Some(watch::HUNG_UP);
                }
            }
            _ => self.enter().await,
        }
        self.tell(Msg::Time(self.clock.now()));
    }

    /// Hands the terminal to the person's editor.
    pub(super) async fn edit(&mut self, text: String) {
        if !self.has_terminal() {
            return;
        }
        self.keyboard.let_go().await;
        self.watch.lend(true);
        terminal::lend();
        match Editing::start(text, &self.hands.env, &self.hands.hidden()) {
            Ok(editing) => self.holder = Holder::Editor(Box::new(editing)),
            Err(line) => {
                self.enter().await;
                self.tell(Msg::Edited(Err(line)));
            }
        }
    }

    /// Takes the terminal again, if it is ours to take.
    pub(super) async fn come_back(&mut self, changed: Changed) {
        match (changed, std::mem::replace(&mut self.holder, Holder::Shell)) {
            (Changed::EditorOver(status), Holder::Editor(editing)) => {
                let result = editing.result(status);
                self.enter().await;
                self.tell(Msg::Edited(result));
            }
            _ if !terminal::in_foreground() => return,
            _ => self.enter().await,
        }
        self.tell(Msg::Time(self.clock.now()));
    }

    /// Turns our modes on and draws everything anew; or waits in the background until the shell lets us.
    async fn enter(&mut self) {
        self.keyboard.let_go().await;
        self.watch.lend(false);
        match enter_again(&mut self.screen) {
            Entered::Gone => self.exit = Some(watch::HUNG_UP),
            Entered::Away => self.holder = Holder::Shell,
            Entered::Ours => {
                self.holder = Holder::Synod;
                self.keyboard.take_up();
                self.frames.change();
            }
        }
    }
}

/// What came of taking the terminal again.
pub(super) enum Entered {
    /// It is ours.
    Ours,
    /// We run in the background, and the shell has it.
    Away,
    /// It is gone.
    Gone,
}

/// Takes the terminal again, if it is ours to take. The keyboard must have let go of it.
pub(super) fn enter_again(screen: &mut Screen) -> Entered {
    if watch::hung_up() {
        // crossterm would never come back from listening to it.
        Entered::Gone
    } else if !terminal::in_foreground() {
        terminal::leave_to_shell();
        Entered::Away
    } else if screen.enter_again().is_err() {
        Entered::Gone
    } else {
        Entered::Ours
    }
}
