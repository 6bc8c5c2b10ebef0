//! Carries out what the workbench wants done: the only place where its wishes meet the world. It decides nothing; each
//! wish is done by a file of its own beside this one.

use super::clipboard::{Clipboard, Copied};
use super::event_loop::Shell;
use super::files;
use super::stop::Who;
use crate::app::{App, Effect, Msg, update};
use crate::core::clean;
use crate::store::prompts;
use crate::ui::Cache;
use crate::ui::theme::Theme;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinError;

/// What an errand beside the loop came to.
pub(super) enum Done {
    /// Nothing that anybody has to know.
    Quietly,
    /// The workbench is to know.
    Tell(Box<Msg>),
    /// Text was copied, but for what the terminal is to be sent.
    Copied(Box<Copied>),
    /// There is another theme.
    Theme(Box<Theme>),
}

impl Done {
    fn tell(msg: Msg) -> Self {
        Self::Tell(Box::new(msg))
    }

    fn note(line: &str) -> Self {
        Self::tell(Msg::Note(clean::line(line)))
    }
}

impl Shell {
    /// Has the workbench told something. It takes it in before anything is drawn.
    pub(super) fn tell(&mut self, msg: Msg) {
        self.told.push_back(msg);
    }

    /// Lets the workbench take in what it is told, and carries out what comes of it.
    pub(super) async fn settle(&mut self, app: &mut App) {
        while let (Some(msg), None) = (self.told.pop_front(), self.exit) {
            self.frames.change();
            #[cfg(debug_assertions)]
            if app.working() && matches!(msg, Msg::Key(_)) {
                super::trip::at("update");
            }
            for effect in update(app, msg) {
                self.carry_out(effect).await;
            }
        }
    }

    async fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Council(command) => {
                if !self.engine.send(command).await {
                    self.tell(Msg::EngineGone);
                }
            }
            Effect::Repaint => self.repaint(),
            Effect::Suspend => self.suspend(Who::Everyone).await,
            Effect::Edit(text) => self.edit(text).await,
            Effect::Read(paths) => {
                let home = self.home();
                self.errand("reading the files", move || {
                    Done::tell(Msg::Files(files::read(paths, home.as_deref())))
                });
            }
            Effect::Complete(typed) => {
                let home = self.home();
                self.errand("looking for files", move || match files::complete(&typed, home.as_deref()) {
                    Some(path) => Done::tell(Msg::Completed { typed, path }),
                    None => Done::note(&format!("no file begins with {}", clean::exact(&typed))),
                });
            }
            Effect::Copy { what, text } => {
                let clipboard = Clipboard::new(self.hands.env.clone(), self.hands.hidden());
                self.errands.spawn(async move { Done::Copied(Box::new(clipboard.copy(what, text).await)) });
            }
            Effect::Write { path, text } => {
                let home = self.home();
                self.errand("writing the file", move || {
                    Done::note(&files::write_new(&path, &text, home.as_deref()))
                });
            }
            Effect::SaveCouncil { council, default } => {
                let save = Arc::clone(&self.hands.save_council);
                self.errand("keeping the council", move || {
                    let (Ok(line) | Err(line)) = save(&council, default);
                    Done::note(&line)
                });
            }
            Effect::Earlier(search) => {
                let find = Arc::clone(&self.hands.find_earlier);
                self.errand("looking for earlier questions", move || {
                    let found = find(&search);
                    Done::tell(Msg::Earlier(search.question, found))
                });
            }
            Effect::Models => {
                let lists = (self.hands.list_models)();
                self.errands.spawn(async move {
                    let (offers, notes) = lists.await;
                    Done::tell(Msg::Models(offers, notes))
                });
            }
            Effect::Probe(model, price) => {
                let probe = (self.hands.probe_model)(model.clone(), price);
                self.errands.spawn(async move {
                    let (probe, cost) = probe.await;
                    Done::tell(Msg::Probed(model, probe, cost))
                });
            }
            Effect::Theme(name) => {
                let load = Arc::clone(&self.hands.load_theme);
                self.errand("changing the theme", move || match load(&name) {
                    Ok(theme) => Done::Theme(Box::new(theme)),
                    Err(line) => Done::note(&line),
                });
            }
            Effect::Remember(question) => {
                let Some(file) = self.hands.prompts.clone() else { return };
                self.errand("remembering the question", move || match prompts::append(&file, &question) {
                    Ok(()) => Done::Quietly,
                    Err(error) => Done::note(&format!("the question is not in the history: {error}")),
                });
            }
            Effect::Notify(message) => {
                let in_tmux = self.hands.env.get("TMUX").is_some();
                if let Some(sequence) = self.hands.notice.sequence(&message, in_tmux) {
                    self.send(&sequence);
                }
            }
            Effect::Quit => self.exit = Some(0),
        }
    }

    fn home(&self) -> Option<PathBuf> {
        self.hands.env.get("HOME").map(PathBuf::from)
    }

    /// Does something that may take its time beside the loop. Should it die of a fault of ours, a line says so.
    fn errand(&mut self, what: &'static str, work: impl FnOnce() -> Done + Send + 'static) {
        let work = tokio::task::spawn_blocking(work);
        let failed = move |_| Done::note(&format!("{what} failed, by a fault of synod's: please report it"));
        self.errands.spawn(async move { work.await.unwrap_or_else(failed) });
    }

    /// Takes in what an errand came to.
    pub(super) fn done(&mut self, done: Result<Done, JoinError>) {
        match done {
            Ok(Done::Quietly) => {}
            Ok(Done::Tell(msg)) => self.tell(*msg),
            Ok(Done::Copied(copied)) => {
                let sent = copied.sequence.as_deref().is_some_and(|sequence| self.send(sequence));
                self.tell(Msg::Note(copied.note(sent)));
            }
            Ok(Done::Theme(theme)) => {
                self.hands.theme = *theme;
                // Lines are kept as they were last styled.
                self.cache = Cache::default();
                self.frames.change();
            }
            Err(_) => {
                let line = "something failed, by a fault of synod's: please report it";
                self.tell(Msg::Note(line.to_owned()));
            }
        }
    }
}
