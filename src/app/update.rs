//! How a message changes the workbench, and what it wants done about it. Pure: the same messages give the same screen.

use super::act::act;
use super::action::Place;
use super::confirm::{self, Fault};
use super::{Action, App, Drawn, Effect, Focus, Msg, Overlay, ask, keymap, models, plan, similar, welcome};
use crate::core::{Ask, Event, Record, Verdict, clean};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

/// A step that took longer than so many milliseconds is told of when it is over, where the person wants that.
const LONG_MS: u64 = 10_000;

/// Takes a message in.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
        Msg::Key(key) => {
            app.toast = None;
            press(app, key)
        }
        Msg::Paste(text) => paste(app, &text),
        Msg::Record(record) => happened(app, &record),
        Msg::NotSaved(why) => {
            app.not_saved = Some(clean::line(&why));
            Vec::new()
        }
        Msg::Saved => {
            app.not_saved = None;
            toast(app, "everything is saved again")
        }
        Msg::EngineGone => {
            let lines = vec![
                "synod's engine has stopped. What is on the screen is saved.".to_owned(),
                "q quits; synod resume opens the session again".to_owned(),
            ];
            app.boxes.push(Fault { title: "The council is gone".to_owned(), lines, seat: None });
            Vec::new()
        }
        Msg::Agreement(agreement, compared) => {
            app.agreement = agreement;
            app.compared = compared;
            let known = |number| app.agreement.claims.numbered(number).is_some();
            if app.selected.is_some_and(|number| !known(number)) {
                app.selected = None;
            }
            app.find_ledger();
            Vec::new()
        }
        Msg::Drawn(drawn) => {
            settle(app, &drawn);
            Vec::new()
        }
        Msg::Time(now) => {
            app.now = now;
            Vec::new()
        }
        Msg::Do(action) => act(app, action, None),
        Msg::Ask(question) => {
            app.composer.set(&question);
            act(app, Action::Send, None)
        }
        Msg::Edited(Ok(text)) => {
            if let Some(gate) = app.rail.editing.take() {
                return plan::edited(app, gate, &text);
            }
            app.composer.set(clean::prose(&text).trim_end());
            app.focus = Focus::Composer;
            app.welcome = None;
            Vec::new()
        }
        Msg::Edited(Err(line)) => {
            app.rail.editing = None;
            toast(app, &line)
        }
        Msg::Note(line) => toast(app, &line),
        Msg::Files(found) => ask::files(app, found),
        Msg::Completed { typed, path } => {
            // Who typed on in the meantime wants something else.
            if app.composer.before().ends_with(&format!("@{typed}")) {
                app.composer.complete(&format!("@{}", clean::line(&path)));
            }
            Vec::new()
        }
        Msg::Earlier(question, earlier) => similar::found(app, &question, earlier),
        Msg::Models(offers, notes) => models::listed(app, offers, notes),
        Msg::Probed(model, probe, cost) => models::probed(app, model, probe, cost),
        Msg::Back(ms) if app.working() => {
            let line = format!("stopped for {} s; a provider may have cut what was on its way", ms / 1000);
            toast(app, &line)
        }
        Msg::Back(_) => Vec::new(),
    }
}

/// Says a line; nothing else follows.
pub(super) fn toast(app: &mut App, text: &str) -> Vec<Effect> {
    app.say(text);
    Vec::new()
}

fn press(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let place = app.place();
    if let Some(effects) = confirm::key(app, key) {
        return effects;
    }
    if let Some(action) = keymap::action(place, key) {
        return act(app, action, None);
    }
    match (place, key.code) {
        (Place::Composer, code) => {
            app.composer.edit(key);
            match code {
                KeyCode::Char(c) => ask::look(app, c),
                _ => Vec::new(),
            }
        }
        (
            Place::Board | Place::Ledger | Place::Matrix | Place::Vote | Place::Guided | Place::Plan,
            KeyCode::Char(digit @ '1'..='9'),
        ) => act(app, Action::PaneNumber, Some(digit.encode_utf8(&mut [0; 4]))),
        (Place::Welcome, KeyCode::Char(digit @ '1'..='9')) => {
            welcome::number(app, digit.to_digit(10).unwrap_or(0) as usize)
        }
        (Place::List | Place::Command | Place::Models, _) => {
            write(app, |line| {
                line.edit(key);
            });
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Changes the line that is being written over the board; what is chosen starts over.
fn write(app: &mut App, change: impl FnOnce(&mut super::readline::Line)) {
    match &mut app.overlay {
        Some(Overlay::Help(list) | Overlay::Palette(list) | Overlay::Past(list) | Overlay::Plans(list)) => {
            change(&mut list.query);
            list.at = 0;
        }
        Some(Overlay::Models(picker)) => {
            change(&mut picker.query);
            (picker.at, picker.asked) = (0, None);
        }
        Some(Overlay::Rule(open)) => change(&mut open.note),
        Some(Overlay::Command(command)) => {
            change(&mut command.line);
            command.at = None;
            command.fault = None;
        }
        _ => {}
    }
}

fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if matches!(app.place(), Place::List | Place::Command | Place::Models) {
        write(app, |line| line.paste(text));
        return Vec::new();
    }
    if app.overlay.is_some() || app.welcome.is_some() {
        return Vec::new();
    }
    app.focus = Focus::Composer;
    if app.composer.paste(text) {
        Vec::new()
    } else {
        toast(app, "the paste is over 4 MiB and was left out; put it into a file and name it with @")
    }
}

/// Takes a record in, and what it means for the person.
fn happened(app: &mut App, record: &Record) -> Vec<Effect> {
    let worked = app.working();
    app.now = app.now.max(record.at);
    app.fold(record);
    app.note_health(record);
    if let Event::RetrySet { call, .. } = &record.event {
        // It is asked again by itself: nothing that the person must see to.
        app.boxes.retain(|fault| fault.seat != Some(usize::from(call.slot)));
    }
    if let Event::Ruled { ruling, .. } = &record.event {
        let line = match ruling.verdict {
            Verdict::Withdrawn => "the ruling is taken back".to_owned(),
            _ => format!("{}; the next synthesis is told", ruling.in_full()),
        };
        app.say(&line);
    }
    if let Event::Graded { run, call, .. } = &record.event {
        app.note_grade(record.at, *run, *call);
    }
    if let Event::ClaimsEmbedded { run, .. } | Event::PairsJudged { run, .. } = &record.event {
        app.say_deepened(*run);
        app.find_made();
        app.forget_quitting();
        return Vec::new();
    }
    if !matches!(
        record.event,
        Event::CallEnded { .. } | Event::StageStopped { .. } | Event::StageStarted { .. }
    ) {
        return Vec::new();
    }
    app.find_made();
    app.take_in_fault(record);
    if let Some(line) = app.gate_begun(record) {
        app.forget_quitting();
        return vec![Effect::Notify(line)];
    }
    if app.working() {
        return Vec::new();
    }
    app.forget_quitting();
    if worked { over(app) } else { Vec::new() }
}

/// A step is over: where it took long, the person may want to know.
fn over(app: &App) -> Vec<Effect> {
    let Some(run) = app.run() else { return Vec::new() };
    let step = run.calls.values().map(|call| call.id.stage).max();
    let calls = || run.calls.values().filter(move |call| Some(call.id.stage) == step);
    let began = calls().map(|call| call.started_at).min().unwrap_or(app.now);
    let ended = calls().map(|call| call.last_at).max().unwrap_or(app.now);
    if ended.saturating_sub(began) < LONG_MS {
        return Vec::new();
    }
    let what = match step.and_then(|id| run.stage(id)).map(|state| state.stage.ask) {
        _ if run.planned() && !run.waits() => "the plan is through",
        Some(Ask::Merge) => "the synthesis is there",
        Some(Ask::Ballot) => "the vote is over",
        Some(Ask::Critique) => "the debate round is over",
        _ => "the answers are in",
    };
    vec![Effect::Notify(what.to_owned())]
}

impl App {
    /// Takes the question before quitting back, once nothing runs any more.
    fn forget_quitting(&mut self) {
        let asked = matches!(&self.overlay, Some(Overlay::Confirm(confirm)) if confirm.title == "Quit?");
        if asked && !self.working() {
            self.overlay = None;
        }
    }

    /// Says a line on the screen, and keeps it for the list of messages.
    pub(super) fn say(&mut self, text: &str) {
        const KEPT: usize = 200;
        self.toast = Some(text.to_owned());
        if self.messages.len() == KEPT {
            self.messages.remove(0);
        }
        self.messages.push((self.now, text.to_owned()));
    }

    /// A member that brought nothing is a fault that stays, so that it is seen where its pane is not.
    fn take_in_fault(&mut self, record: &Record) {
        let Event::CallEnded { call, text, error: Some(error), .. } = &record.event else { return };
        let by_person =
            matches!(error.kind, crate::core::ErrorKind::Stopped | crate::core::ErrorKind::Interrupted);
        if by_person || !text.trim().is_empty() {
            return;
        }
        let seat = usize::from(call.slot);
        let name = self.name(seat).map(|name| clean::line(&name.0)).unwrap_or_default();
        let lines = vec![clean::exact(&error.message), clean::exact(&error.hint)];
        self.messages.push((record.at, format!("{name}: {}", clean::exact(&error.message))));
        self.boxes.retain(|fault| fault.seat != Some(seat));
        self.boxes.push(Fault { title: format!("{name} brought no answer"), lines, seat: Some(seat) });
    }
}

fn settle(app: &mut App, drawn: &Drawn) {
    for (seat, rest) in &drawn.panes {
        let streaming = app.call_in(*seat).is_some_and(|call| !call.ended());
        if let Some(pane) = app.panes.get_mut(*seat) {
            pane.settle(*rest, streaming);
        }
    }
    app.settle_drawer(drawn);
    let scroll = match &mut app.overlay {
        Some(Overlay::Prompt { scroll, .. } | Overlay::Messages { scroll }) => scroll,
        Some(Overlay::Costs(costs)) => &mut costs.scroll,
        _ => return,
    };
    *scroll = drawn.overlay.unwrap_or(*scroll);
}
