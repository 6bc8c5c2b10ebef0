//! What each action does to the workbench. One arm an action; what takes more than a line stands in the file of its feature.

use super::action::{Action, Place};
use super::command_line::CommandLine;
use super::confirm;
use super::drawer::{ANSWER, DrawerKind};
use super::list::List;
use super::update::toast;
use super::{
    App, Effect, Focus, Layout, Marks, Overlay, ask, cost, deepen, grade, guided, ledger, lineup, models,
    money, plan, private, steps, synthesis, vote, welcome,
};
use crate::core::{Command, clean};

/// Takes an action, with the word it was given.
pub(super) fn act(app: &mut App, action: Action, word: Option<&str>) -> Vec<Effect> {
    if app.overlay.is_none()
        && let Some(effects) = welcome::act(app, action)
    {
        return effects;
    }
    if let Some(effects) = layered(app, action) {
        return effects;
    }
    let effects = asking(app, action, word)
        .or_else(|| looking(app, action, word))
        .or_else(|| plan::act(app, action, word))
        .unwrap_or_default();
    app.coach(action);
    effects
}

/// What actions mean while something lies over the board; `None` where they mean the same as everywhere.
fn layered(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    let place = app.place();
    let count = app.listed();
    app.overlay.as_ref()?;
    match (&mut app.overlay, action) {
        (Some(Overlay::Costs(_)), _) if action != Action::Help => return cost::act(app, action),
        (Some(_), Action::Close) => app.overlay = None,
        (Some(_), Action::Help) => {
            app.overlay = (place != Place::Help).then(|| Overlay::Help(List::default()));
        }
        (Some(Overlay::Help(list)), Action::Search) => list.typing = true,
        (Some(Overlay::Plans(_)), Action::Choose) => return Some(plan::choose::choose(app)),
        (
            Some(Overlay::Help(list) | Overlay::Palette(list) | Overlay::Past(list) | Overlay::Plans(list)),
            _,
        ) => match action {
            Action::Choose => return Some(choose(app)),
            Action::Top => list.at = 0,
            Action::End => list.by(isize::MAX / 2, count),
            _ => list.by(lines(action)?, count),
        },
        (Some(Overlay::Command(_)), Action::Choose) => return Some(run_command(app)),
        (Some(Overlay::Command(_)), Action::Complete) => complete_command(app),
        (Some(Overlay::Command(command)), Action::Down | Action::Up) if count > 0 => {
            let step = if action == Action::Down { 1 } else { count - 1 };
            let before = if action == Action::Down { count - 1 } else { 0 };
            command.at = Some((command.at.unwrap_or(before) + step) % count);
        }
        (Some(Overlay::Models(picker)), _) => match lines(action) {
            Some(step) => {
                picker.at = picker
                    .at
                    .min(count.saturating_sub(1))
                    .saturating_add_signed(step)
                    .min(count.saturating_sub(1));
            }
            None => return models::act(app, action),
        },
        (Some(Overlay::Council(at)), Action::Choose) => {
            let at = *at;
            return Some(lineup::choose(app, at));
        }
        (Some(Overlay::Council(at)), _) => {
            let last = count.saturating_sub(1) as isize;
            *at = (*at as isize + lines(action)?).clamp(0, last.max(0)) as usize;
        }
        (Some(Overlay::Rule(_)), Action::Choose) => return Some(ledger::choose(app)),
        (Some(Overlay::Rule(open)), Action::Down | Action::Up) => {
            let step = if action == Action::Down { 1 } else { count - 1 };
            open.at = (open.at + step) % count.max(1);
        }
        (Some(Overlay::Confirm(_)), Action::Choose) => return Some(confirm::choose(app)),
        (Some(Overlay::Confirm(confirm)), Action::Down | Action::Up) => {
            let step = if action == Action::Down { 1 } else { count - 1 };
            confirm.at = (confirm.at + step) % count.max(1);
        }
        (Some(Overlay::Prompt { scroll, .. }), Action::NextArea) => *scroll = ANSWER,
        (Some(Overlay::Prompt { scroll, .. } | Overlay::Messages { scroll }), _) => match action {
            Action::Top => *scroll = 0,
            Action::End => *scroll = usize::MAX / 2,
            _ => *scroll = scroll.saturating_add_signed(lines(action)?),
        },
        _ => return None,
    }
    Some(Vec::new())
}

/// How many lines an action moves in a list.
pub(super) fn lines(action: Action) -> Option<isize> {
    match action {
        Action::Down => Some(1),
        Action::Up => Some(-1),
        Action::HalfDown => Some(10),
        Action::HalfUp => Some(-10),
        _ => None,
    }
}

/// Does what is chosen in a list.
fn choose(app: &mut App) -> Vec<Effect> {
    let Some(overlay) = app.overlay.take() else { return Vec::new() };
    match &overlay {
        Overlay::Help(list) | Overlay::Palette(list) => {
            let entries =
                if matches!(overlay, Overlay::Help(_)) { app.help(list) } else { app.palette(list) };
            let Some(entry) = entries.get(list.at.min(entries.len().saturating_sub(1))) else {
                app.overlay = Some(overlay);
                return Vec::new();
            };
            if entry.needs() {
                app.overlay = Some(Overlay::Command(CommandLine::of(&format!("{} ", entry.id))));
                return Vec::new();
            }
            if !app.can(entry.action) {
                let line = format!("{}: not now", entry.long);
                return toast(app, &line);
            }
            act(app, entry.action, None)
        }
        Overlay::Past(list) => {
            if let Some(text) = app.past(list).get(list.at).map(|text| (*text).to_owned()) {
                app.composer.set(&text);
                app.focus = Focus::Composer;
                app.welcome = None;
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Runs what is on the command line; where it can't be run, says why and leaves it there.
fn run_command(app: &mut App) -> Vec<Effect> {
    let Some(Overlay::Command(command)) = &app.overlay else { return Vec::new() };
    let suggestions = app.suggestions(command);
    let chosen = command.at.and_then(|at| suggestions.get(at));
    if let Some(open) = chosen.filter(|one| one.open) {
        app.overlay = Some(Overlay::Command(CommandLine::of(&format!("{} ", open.line))));
        return Vec::new();
    }
    let line = chosen.map_or(command.line.text(), |one| &one.line).to_owned();
    if line.trim().is_empty() {
        app.overlay = None;
        return Vec::new();
    }
    match App::meant(&line) {
        Ok((action, word)) => {
            app.overlay = None;
            act(app, action, word.as_deref())
        }
        Err(fault) => {
            if let Some(Overlay::Command(command)) = &mut app.overlay {
                command.fault = Some(fault);
            }
            Vec::new()
        }
    }
}

/// Completes the command line to the chosen suggestion, else the first.
fn complete_command(app: &mut App) {
    let Some(Overlay::Command(command)) = &app.overlay else { return };
    let suggestions = app.suggestions(command);
    if let Some(one) = suggestions.get(command.at.unwrap_or(0)) {
        let takes = App::meant(&one.line).is_ok_and(|(_, word)| word.is_none()) && !one.open;
        let line = if takes || one.line.contains(' ') { one.line.clone() } else { format!("{} ", one.line) };
        app.overlay = Some(Overlay::Command(CommandLine::of(&line)));
    }
}

/// Questions, steps and the council.
fn asking(app: &mut App, action: Action, word: Option<&str>) -> Option<Vec<Effect>> {
    match action {
        Action::Send => return Some(ask::send(app)),
        Action::Newline => app.composer.newline(),
        Action::ToBoard => app.focus = Focus::Board,
        Action::Write => app.focus = Focus::Composer,
        Action::AskOne => return Some(ask::ask_one(app, word)),
        Action::Private => return Some(private::toggle(app)),
        Action::EditLast => return Some(ask::edit_last(app)),
        Action::Past => {
            if !app.can(Action::Past) {
                return Some(toast(app, "no question was asked before"));
            }
            app.overlay = Some(Overlay::Past(List::typing()));
        }
        Action::Editor => {
            app.rail.editing = None;
            return Some(vec![Effect::Edit(app.composer.text())]);
        }
        Action::Complete => return Some(complete(app)),
        Action::Attach => return Some(ask::attach(app, word?)),
        Action::Synthesis => {
            return Some(synthesis::synthesis(app, word));
        }
        Action::Guided => return Some(synthesis::guided(app, word)),
        Action::Pick => return Some(guided::tick(app)),
        Action::MergePicked => return Some(guided::merge(app)),
        Action::Vote => return Some(steps::vote(app, word)),
        Action::OwnVote => return Some(vote::own(app)),
        Action::Reveal => return Some(vote::reveal(app)),
        Action::CountBy => return Some(vote::count_by(app, word)),
        Action::Weigh => return Some(vote::weigh(app, word)),
        Action::Heavier => return Some(vote::move_weight(app, 1)),
        Action::Lighter => return Some(vote::move_weight(app, -1)),
        Action::Debate => return Some(steps::debate(app, word)),
        Action::Word => return Some(steps::word(app, word)),
        Action::Grade => return Some(grade::grade(app, word)),
        Action::Topic => return Some(grade::topic(app, word)),
        Action::Budget => return Some(money::budget(app, word)),
        Action::Deepen => return Some(deepen::deepen(app, word)),
        Action::Retry => {
            return Some(match app.retried() {
                Some(call) => vec![Effect::Council(Command::Retry(call))],
                None => toast(app, "nothing to ask once more: this member still writes, or was not asked"),
            });
        }
        Action::Stop => return Some(stop(app)),
        Action::AnswerNow => return Some(answer_now(app)),
        Action::StopMember => {
            let running = app.call_in(app.seat).filter(|call| !call.ended()).map(|call| call.id);
            return Some(match running {
                Some(id) => vec![Effect::Council(Command::StopSeat { run: id.run, slot: id.slot })],
                None => toast(app, "this member does not write now"),
            });
        }
        Action::Rule => return Some(ledger::rule(app)),
        Action::Wrong => return Some(ledger::wrong(app)),
        Action::TakeBack => return Some(ledger::take_back(app)),
        Action::DebatePoint => return Some(ledger::argue(app)),
        Action::Council => return Some(lineup::council(app, word)),
        Action::Models => return Some(models::open(app)),
        Action::Add => return Some(lineup::add(app, word)),
        Action::Drop => return Some(lineup::remove(app, word)),
        Action::Chair => return Some(lineup::chair(app, word)),
        Action::Save => return Some(lineup::save(app, word, false)),
        Action::SaveDefault => return Some(lineup::save(app, word, true)),
        Action::Demo => return Some(welcome::demo(app)),
        Action::Local => return Some(welcome::local(app)),
        _ => return None,
    }
    Some(Vec::new())
}

/// Moving about, looks, and the program itself.
fn looking(app: &mut App, action: Action, word: Option<&str>) -> Option<Vec<Effect>> {
    match action {
        Action::Timeline if app.can(action) => steps::toggle(app, DrawerKind::Debate),
        Action::Timeline => return Some(toast(app, "there is no debate yet: d begins one")),
        Action::Matrix if app.can(action) => steps::toggle(app, DrawerKind::Matrix),
        Action::LocalSynthesis if app.can(action) => steps::toggle(app, DrawerKind::Local),
        Action::FreeVote if app.can(action) => steps::toggle(app, DrawerKind::Vote),
        Action::FreeVote => return Some(toast(app, "fewer than two answers: there is nothing to vote on")),
        Action::Matrix | Action::LocalSynthesis => return Some(toast(app, "no claim is marked yet")),
        Action::Conflicts if app.can(action) || app.lists_conflicts() => {
            steps::toggle(app, DrawerKind::Conflicts);
        }
        Action::Conflicts if app.working() => {
            return Some(toast(app, "nothing is divided so far; they still write"));
        }
        Action::Conflicts => return Some(toast(app, "the answers are divided on nothing that words show")),
        Action::NextDivergence | Action::PreviousDivergence => {
            if !app.step_divergence(action == Action::NextDivergence) {
                let line = if app.working() {
                    "no divergence is marked yet; they still write"
                } else {
                    "no divergence is marked: nobody contradicts anybody"
                };
                return Some(toast(app, line));
            }
        }
        Action::NextClaim | Action::PreviousClaim => {
            if !app.step_claim(action == Action::NextClaim) {
                return Some(toast(app, "no claim is marked yet"));
            }
        }
        Action::PaneRight => app.across(1),
        Action::PaneLeft => app.across(-1),
        Action::PaneNumber => {
            let seat =
                word.and_then(|word| word.parse::<usize>().ok()).and_then(|number| number.checked_sub(1));
            if let Some(seat) = seat.filter(|seat| *seat < app.panes.len()) {
                app.seat = seat;
            }
        }
        Action::NextArea => match &mut app.drawer {
            Some(drawer) => drawer.focus = !drawer.focus,
            None => app.across(1),
        },
        Action::Down | Action::Up | Action::HalfDown | Action::HalfUp => {
            let down = matches!(action, Action::Down | Action::HalfDown);
            let half = matches!(action, Action::HalfDown | Action::HalfUp);
            app.scroll(down, half);
        }
        Action::Top | Action::End => app.edge(action == Action::Top),
        Action::EarlierQuestion => app.show_question(-1),
        Action::LaterQuestion => app.show_question(1),
        Action::Zoom => app.zoom = !app.zoom && app.run().is_some(),
        Action::Layout => return Some(layout(app, word)),
        Action::Marks => {
            app.marks = app.marks.next();
            let line = format!("marks: {}", app.marks.words());
            return Some(toast(app, &line));
        }
        Action::Theme => return Some(theme(app, word)),
        Action::Open => {
            if let Some(rule) = app.rule_chosen() {
                return Some(vote::count_by(app, Some(rule.name())));
            }
            let call = app.call_in(app.seat).map(|call| call.id);
            let opened =
                if app.focused_drawer().is_some() { app.open_chosen() } else { app.open_prompt(call) };
            if !opened {
                return Some(toast(app, "there is nothing behind this"));
            }
        }
        Action::Copy => {
            return Some(match app.copied() {
                Some((what, text)) => vec![Effect::Copy { what, text }],
                None => toast(app, "there is nothing to copy yet"),
            });
        }
        Action::CopyAll => {
            let text = app.markdown()?;
            return Some(vec![Effect::Copy { what: "everything, as Markdown".to_owned(), text }]);
        }
        Action::CopyCommand => {
            let text = app.command()?;
            let pasted = app.run()?.files.iter().any(|file| file.name.starts_with("paste "));
            let what = if pasted { "the command (the paste is not in it)" } else { "the command" };
            return Some(vec![Effect::Copy { what: what.to_owned(), text }]);
        }
        Action::Export => {
            let (path, text) = (word?.to_owned(), app.markdown()?);
            return Some(vec![Effect::Write { path, text }]);
        }
        Action::Command => app.overlay = Some(Overlay::Command(CommandLine::default())),
        Action::Palette => app.overlay = Some(Overlay::Palette(List::typing())),
        Action::Messages => app.overlay = Some(Overlay::Messages { scroll: usize::MAX / 2 }),
        Action::Costs => app.overlay = Some(Overlay::Costs(cost::Costs::default())),
        Action::Connect => app.overlay = Some(Overlay::Connect),
        Action::Close => close(app),
        Action::Help => app.overlay = Some(Overlay::Help(List::default())),
        Action::Repaint => return Some(vec![Effect::Repaint]),
        Action::Suspend => return Some(vec![Effect::Suspend]),
        Action::Quit if app.working() => app.overlay = Some(Overlay::Confirm(confirm::quit(app))),
        Action::Quit => return Some(vec![Effect::Quit]),
        _ => return None,
    }
    Some(Vec::new())
}

/// Completes `@na` to a member's name, else to a path.
fn complete(app: &mut App) -> Vec<Effect> {
    let before = app.composer.before();
    let Some(begun) = before.rsplit(char::is_whitespace).next().and_then(|word| word.strip_prefix('@'))
    else {
        return toast(app, "Tab completes a member or a file that begins with @");
    };
    let small = begun.to_lowercase();
    let names =
        app.council.iter().flat_map(|council| &council.members).map(|member| clean::line(&member.name.0));
    let first = before.trim_start().len() == begun.len() + 1;
    let name = names.into_iter().find(|name| first && name.to_lowercase().starts_with(&small));
    match name {
        Some(name) => {
            app.composer.complete(&format!("@{name} "));
            Vec::new()
        }
        None => vec![Effect::Complete(begun.to_owned())],
    }
}

fn layout(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let named = |word: &str| Layout::ALL.into_iter().find(|layout| layout.word() == word);
    let Some(layout) = word.map_or(Some(app.layout.next()), named) else {
        let line = "the layouts are auto, tabs, columns and rows";
        return toast(app, line);
    };
    app.layout = layout;
    app.zoom = false;
    let line = format!("layout: {}", app.layout.word());
    toast(app, &line)
}

fn theme(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let place = app.themes.iter().position(|name| *name == app.theme);
    let next = place.map_or(0, |place| (place + 1) % app.themes.len().max(1));
    let name = word.map(str::to_owned).or_else(|| app.themes.get(next).cloned());
    let Some(name) = name else { return Vec::new() };
    if !app.themes.contains(&name) {
        let line = format!("no theme {}; there are {}", clean::exact(&name), app.themes.join(", "));
        return toast(app, &line);
    }
    app.theme.clone_from(&name);
    app.say(&format!("theme: {}", clean::line(&name)));
    vec![Effect::Theme(name)]
}

/// Stops the members that still write, where others have finished. What comes after them goes on with what is there.
fn answer_now(app: &mut App) -> Vec<Effect> {
    if !app.can(Action::AnswerNow) {
        return toast(app, "nobody to stop: all have finished, or nobody has yet");
    }
    let Some(run) = app.run().map(|run| run.id) else { return Vec::new() };
    let stop = |slot: usize| Effect::Council(Command::StopSeat { run, slot: slot as u16 });
    app.missing().into_iter().map(stop).collect()
}

fn stop(app: &mut App) -> Vec<Effect> {
    if app.focus == Focus::Composer && !app.composer.is_empty() {
        app.composer.clear();
        app.replaces = None;
        return toast(app, "text cleared; Up brings it back");
    }
    if app.working() {
        let dropped = app.queued.len();
        app.queued.clear();
        if dropped > 0 && app.run().is_some() {
            app.say("stopped; what was queued is not asked (Up brings it back while writing)");
        }
        return vec![Effect::Council(Command::StopAll)];
    }
    toast(app, "nothing runs; q on the board quits")
}

/// Closes the top layer. Never stops, never quits. Faults of members may stand in panes that are in view and show no box, so
/// they go along with whatever is closed.
fn close(app: &mut App) {
    let boxed = app.boxes.iter().any(|fault| fault.seat.is_none());
    app.boxes.clear();
    if boxed || app.drawer.take().is_some() || app.coach.take().is_some() {
        return;
    }
    if app.zoom {
        app.zoom = false;
    } else {
        app.selected = None;
    }
}

impl Marks {
    fn next(self) -> Self {
        match self {
            Self::All => Self::Gutter,
            Self::Gutter => Self::Off,
            Self::Off => Self::All,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::All => "in gutter and text",
            Self::Gutter => "in the gutter alone",
            Self::Off => "off",
        }
    }
}
