//! How a message changes the workbench, and what it wants done about it. Pure: the same messages give the same screen.

use super::action::{Action, Place};
use super::board::{Drawer, DrawerKind, Scroll};
use super::{App, Effect, Focus, Layout, Msg, Overlay, Welcome, keymap};
use crate::core::protocols::MOST_ROUNDS;
use crate::core::{Ask, Command, Council, Question, Run, Step, clean};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

/// Takes a message in.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
        Msg::Key(key) => {
            app.toast = None;
            press(app, key)
        }
        Msg::Paste(text) => paste(app, &text),
        Msg::Record(record) => {
            app.now = app.now.max(record.at);
            app.fold(&record);
            if app.overlay == Some(Overlay::Quit) && !app.working() {
                app.overlay = None;
            }
            Vec::new()
        }
        Msg::NotSaved(why) => {
            app.not_saved = Some(clean::line(&why));
            Vec::new()
        }
        Msg::Saved => {
            app.not_saved = None;
            toast(app, "everything is saved again")
        }
        Msg::EngineGone => toast(app, "synod's engine has stopped; what is on the screen is saved: q quits"),
        Msg::Agreement(agreement, compared) => {
            app.agreement = agreement;
            app.compared = compared;
            let known = |number| app.agreement.claims.iter().any(|claim| claim.number == number);
            if app.selected.is_some_and(|number| !known(number)) {
                app.selected = None;
            }
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
    }
}

fn toast(app: &mut App, text: &str) -> Vec<Effect> {
    app.toast = Some(text.to_owned());
    Vec::new()
}

fn press(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    if matches!(app.overlay, Some(Overlay::Quit)) {
        return answer_quit(app, key);
    }
    let place = app.place();
    if let Some(action) = keymap::action(place, key) {
        return act(app, action, None);
    }
    match (place, key.code) {
        (Place::Composer, _) => {
            app.composer.edit(key);
            Vec::new()
        }
        (Place::Board, KeyCode::Char(digit @ '1'..='9')) => act(app, Action::PaneNumber, digit.to_digit(10)),
        _ => Vec::new(),
    }
}

fn answer_quit(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    match key.code {
        KeyCode::Char('q' | 'y') | KeyCode::Enter => vec![Effect::Quit],
        KeyCode::Char('n') | KeyCode::Esc => {
            app.overlay = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if app.overlay.is_some() || app.welcome.is_some() {
        return Vec::new();
    }
    app.focus = Focus::Composer;
    if app.composer.paste(text) {
        Vec::new()
    } else {
        toast(app, "the paste is over 4 MiB and was left out; put it into a file")
    }
}

fn act(app: &mut App, action: Action, digit: Option<u32>) -> Vec<Effect> {
    if let Some(welcome) = app.welcome
        && let Some(effects) = welcomed(app, welcome, action)
    {
        return effects;
    }
    match action {
        Action::Send => return send(app),
        Action::Newline => app.composer.newline(),
        Action::ToBoard => app.focus = Focus::Board,
        Action::Write => app.focus = Focus::Composer,
        Action::Synthesis => return drawer_step(app, DrawerKind::Synthesis, Ask::Merge, Step::Synthesis),
        Action::Vote => return drawer_step(app, DrawerKind::Vote, Ask::Ballot, Step::Vote),
        Action::Debate => return debate(app),
        Action::Timeline => toggle(app, DrawerKind::Debate),
        Action::NextDivergence | Action::PreviousDivergence => {
            if !app.step_divergence(action == Action::NextDivergence) {
                return toast(app, "no divergence is marked");
            }
        }
        Action::NextClaim | Action::PreviousClaim => {
            if !app.step_claim(action == Action::NextClaim) {
                return toast(app, "no claim is marked yet");
            }
        }
        Action::PaneRight | Action::PaneLeft => {
            let count = app.panes.len().max(1);
            let step = if action == Action::PaneRight { 1 } else { count - 1 };
            app.seat = (app.seat + step) % count;
        }
        Action::PaneNumber => {
            if let Some(seat) = digit.map(|digit| digit as usize - 1).filter(|seat| *seat < app.panes.len()) {
                app.seat = seat;
            }
        }
        Action::Down => scroll(app, 1),
        Action::Up => scroll(app, -1),
        Action::HalfDown => scroll(app, half(app)),
        Action::HalfUp => scroll(app, -half(app)),
        Action::Top => edge(app, true),
        Action::End => edge(app, false),
        Action::Zoom => app.zoom = !app.zoom && app.run().is_some(),
        Action::Layout => {
            app.layout = match app.layout {
                Layout::Auto => Layout::Tabs,
                Layout::Tabs => Layout::Columns,
                Layout::Columns => Layout::Auto,
            };
        }
        Action::Stop => return stop(app),
        Action::StopMember => {
            if let Some(run) = app.run().filter(|_| app.can(Action::StopMember)).map(|run| run.id) {
                return vec![Effect::Council(Command::StopSeat { run, slot: app.seat as u16 })];
            }
            return toast(app, "this member does not write now");
        }
        Action::Prompt => {
            if let Some(call) = app.call_in(app.seat).map(|call| call.id) {
                app.overlay = Some(Overlay::Prompt { call, scroll: 0 });
            }
        }
        Action::Close => close(app),
        Action::Help => {
            let open = matches!(app.overlay, Some(Overlay::Help { .. }));
            app.overlay = if open { None } else { Some(Overlay::Help { scroll: 0 }) };
        }
        Action::Repaint => return vec![Effect::Repaint],
        Action::Quit => {
            if app.working() {
                app.overlay = Some(Overlay::Quit);
            } else {
                return vec![Effect::Quit];
            }
        }
        Action::Choose | Action::Demo | Action::Connect | Action::LookAround => {}
    }
    Vec::new()
}

/// What actions mean on the welcome screen; `None` where they mean the same as everywhere.
fn welcomed(app: &mut App, welcome: Welcome, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Down | Action::Up if app.overlay.is_none() => {
            let step = if action == Action::Down { 1 } else { 2 };
            app.welcome = Some(Welcome { choice: (welcome.choice + step) % 3 });
        }
        Action::Choose => {
            let chosen = [Action::Demo, Action::Connect, Action::LookAround][welcome.choice];
            return welcomed(app, welcome, chosen);
        }
        Action::Demo => {
            let (council, questions) = app.demo.clone()?;
            app.welcome = None;
            open_demo(app, council, &questions);
        }
        Action::Connect => app.overlay = Some(Overlay::Connect),
        Action::LookAround => {
            app.welcome = None;
            app.focus = Focus::Board;
        }
        _ => return None,
    }
    Some(Vec::new())
}

fn open_demo(app: &mut App, council: Council, questions: &[String]) {
    app.price = Some(format!("$0.00, {} members, scripted", council.members.len()));
    app.council = Some(council);
    app.focus = Focus::Composer;
    app.composer.remember(questions.iter().rev().cloned());
    app.composer.recall_newest();
    app.toast = Some("Enter asks this question; Up and Down show the others that the demo knows".to_owned());
}

fn send(app: &mut App) -> Vec<Effect> {
    if app.composer.is_empty() {
        return toast(app, "write a question first");
    }
    let Some(council) = app.council.clone() else {
        app.overlay = Some(Overlay::Connect);
        return Vec::new();
    };
    let question = app.composer.take();
    if app.working() {
        app.toast = Some("queued: it is asked when this run is over; x stops both".to_owned());
    }
    app.queued.push(question.clone());
    app.focus = Focus::Board;
    let question = Question { text: question, council, protocol: app.protocol, ..Question::default() };
    vec![Effect::Council(Command::Ask(question))]
}

/// Opens a drawer; asks for its step when there is none yet on the answers as they stand now.
fn drawer_step(app: &mut App, kind: DrawerKind, ask: Ask, step: Step) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    if app.drawer.is_some_and(|drawer| drawer.kind == kind) {
        app.drawer = None;
        return Vec::new();
    }
    let (wanted, run) = (is_new(run, ask), run.id);
    app.drawer = Some(Drawer::open(kind));
    if wanted { vec![Effect::Council(Command::Extend { run, step })] } else { Vec::new() }
}

/// Whether the last such step was made on other answers than those that stand now, was stopped, or could not be made.
fn is_new(run: &Run, ask: Ask) -> bool {
    let Some(state) = run.last_stage(ask) else { return true };
    let unmade = state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some());
    let calls: Vec<_> = run.calls_of(state.stage.id).collect();
    let useless = run.settled(state.stage.id) && !calls.iter().any(|call| call.usable());
    state.stage.answers() != Some(run.latest_answers()) || unmade || useless
}

fn debate(app: &mut App) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let debate = run.last_stage(Ask::Critique);
    let running = debate.is_some_and(|state| !run.settled(state.stage.id));
    let rounds = debate.map_or(0, |state| *state.stage.rounds().end());
    let run = run.id;
    app.drawer = Some(Drawer::open(DrawerKind::Debate));
    if running {
        return toast(app, "a round is on its way; d adds one when it is over");
    }
    if rounds >= MOST_ROUNDS {
        return toast(app, "a debate has eight rounds at most");
    }
    vec![Effect::Council(Command::Extend { run, step: Step::Debate(1) })]
}

fn toggle(app: &mut App, kind: DrawerKind) {
    let open = app.drawer.is_some_and(|drawer| drawer.kind == kind);
    app.drawer = if open || !app.can(Action::Timeline) { None } else { Some(Drawer::open(kind)) };
}

fn stop(app: &mut App) -> Vec<Effect> {
    if app.place() == Place::Composer && !app.composer.is_empty() {
        app.composer.take();
        return toast(app, "text cleared; Up brings it back");
    }
    if app.working() {
        let dropped = app.queued.len();
        app.queued.clear();
        if dropped > 0 && app.run().is_some() {
            app.toast =
                Some("stopped; what was queued is not asked (Up brings it back while writing)".to_owned());
        }
        return vec![Effect::Council(Command::StopAll)];
    }
    toast(app, "nothing runs; q on the board quits")
}

/// Closes the top layer. Never stops, never quits.
fn close(app: &mut App) {
    if app.overlay.take().is_some() {
        return;
    }
    if app.drawer.take().is_some() {
        return;
    }
    if app.zoom {
        app.zoom = false;
    } else {
        app.selected = None;
    }
}

fn half(app: &App) -> isize {
    let height = app.panes.get(app.seat).and_then(|pane| pane.rest).map_or(10, |rest| rest.height);
    (height / 2).max(1) as isize
}

fn scroll(app: &mut App, lines: isize) {
    let moved = |from: usize| from.saturating_add_signed(lines);
    match &mut app.overlay {
        Some(Overlay::Help { scroll } | Overlay::Prompt { scroll, .. }) => {
            *scroll = moved(*scroll);
            return;
        }
        Some(_) => return,
        None => {}
    }
    if let Some(drawer) = &mut app.drawer {
        drawer.scroll = moved(drawer.scroll);
        drawer.follow = false;
    } else if let Some(pane) = app.panes.get_mut(app.seat) {
        pane.by(lines);
    }
}

fn edge(app: &mut App, top: bool) {
    let place = if top { 0 } else { usize::MAX / 2 };
    match &mut app.overlay {
        Some(Overlay::Help { scroll } | Overlay::Prompt { scroll, .. }) => *scroll = place,
        Some(_) => {}
        None => {
            if let Some(drawer) = &mut app.drawer {
                drawer.scroll = place;
                drawer.follow = !top;
            } else if let Some(pane) = app.panes.get_mut(app.seat) {
                pane.scroll = if top { Scroll::At { byte: 0, lines: 0 } } else { Scroll::Follow };
            }
        }
    }
}

fn settle(app: &mut App, drawn: &super::Drawn) {
    for (seat, rest) in &drawn.panes {
        let streaming = app.call_in(*seat).is_some_and(|call| !call.ended());
        if let Some(pane) = app.panes.get_mut(*seat) {
            pane.settle(*rest, streaming);
        }
    }
    if let (Some(drawer), Some(scroll)) = (&mut app.drawer, drawn.drawer) {
        drawer.scroll = scroll;
    }
    if let (Some(Overlay::Help { scroll } | Overlay::Prompt { scroll, .. }), Some(rest)) =
        (&mut app.overlay, drawn.overlay)
    {
        *scroll = rest;
    }
}
