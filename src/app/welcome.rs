//! The welcome screen: ways to start, in order, and what each does.

use super::action::Action;
use super::coach::Coach;
use super::update::toast;
use super::{App, Effect, Focus, Overlay, ask};
use crate::core::ModelRef;

/// The welcome screen while it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The line chosen, from 0.
    pub choice: usize,
}

/// Models that were found on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    /// What answers, for example `Ollama`.
    pub what: String,
    /// Where.
    pub address: String,
    /// What it has.
    pub models: Vec<ModelRef>,
}

/// A way to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What it does.
    pub action: Action,
    /// Its name.
    pub name: &'static str,
    /// What it means here.
    pub about: String,
}

impl App {
    /// The ways to start, in order.
    pub fn ways(&self) -> Vec<Way> {
        let way = |action, name, about: &str| Way { action, name, about: about.to_owned() };
        let mut ways = Vec::new();
        if let Some((council, _)) = &self.demo {
            let about = format!("{} scripted members, no model is asked, $0.00", council.members.len());
            ways.push(way(Action::Demo, "Offline demo", &about));
        }
        if let Some(found) = &self.found {
            let count = found.models.len();
            let models = if count == 1 { "1 model".to_owned() } else { format!("{count} models") };
            let about = format!("{} answers on {} ({models})", found.what, found.address);
            ways.push(way(Action::Local, "Local models", &about));
        }
        ways.push(way(Action::Connect, "Connect a model", "an API key, or a server on this machine"));
        ways.push(way(Action::LookAround, "Just look around", "an empty board, ? for help"));
        ways
    }
}

/// What actions mean on the welcome screen; `None` where they mean the same as everywhere.
pub(super) fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    let welcome = app.welcome?;
    let ways = app.ways();
    match action {
        Action::Down | Action::Up => {
            let step = if action == Action::Down { 1 } else { ways.len() - 1 };
            app.welcome = Some(Welcome { choice: (welcome.choice + step) % ways.len() });
        }
        Action::Choose => return ways.get(welcome.choice).and_then(|way| act(app, way.action)),
        Action::Demo => return Some(demo(app)),
        Action::Local => return Some(local(app)),
        Action::Connect => app.overlay = Some(Overlay::Connect),
        Action::LookAround => {
            app.welcome = None;
            app.focus = Focus::Board;
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// Takes the line with that number.
pub(super) fn number(app: &mut App, number: usize) -> Vec<Effect> {
    let way = number.checked_sub(1).and_then(|at| app.ways().into_iter().nth(at));
    way.and_then(|way| act(app, way.action)).unwrap_or_default()
}

/// Changes to the demo council, its first question written out, and begins the tour.
pub(super) fn demo(app: &mut App) -> Vec<Effect> {
    let Some((council, questions)) = app.demo.clone() else { return Vec::new() };
    app.welcome = None;
    app.council = Some(council);
    app.focus = Focus::Composer;
    app.composer.remember(questions.iter().rev().cloned());
    app.composer.recall_newest();
    app.coach = Some(Coach::Ask);
    Vec::new()
}

/// How many of the models found are asked at first.
const AT_FIRST: usize = 3;

/// Asks models that were found on this machine.
pub(super) fn local(app: &mut App) -> Vec<Effect> {
    let Some(found) = app.found.clone() else { return Vec::new() };
    let few = &found.models[..found.models.len().min(AT_FIRST)];
    let mut council = crate::core::Council::of_models("local", few);
    for member in &mut council.members {
        member.params.answer_limit = app.offers.answer_limit;
    }
    app.welcome = None;
    app.focus = Focus::Composer;
    let more = if found.models.len() > few.len() { "; :add takes in another" } else { "" };
    let line = format!("{} will be asked{more}", ask::names(&council));
    app.council = Some(council);
    toast(app, &line)
}
