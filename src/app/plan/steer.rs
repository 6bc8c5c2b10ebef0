//! What the person does to a running plan: pause it, skip or cut a stage, let it go on, add a stage, and decide at a gate. Which
//! stage or gate is meant, and what is said where it can't be; the engine carries it out.

use super::super::command_line::CommandLine;
use super::super::drawer::{Drawer, DrawerKind};
use super::super::update::toast;
use super::super::{Action, App, Effect, Overlay, ask, steps};
use super::{Line, choose, is_rail, reading};
use crate::core::{
    CallId, Command, Given, Handed, MemberId, Run, RunId, StageId, StageState, Steer, Step, clean,
};

/// Takes an action that is about the plan; `None` where it is about something else.
pub(in crate::app) fn act(app: &mut App, action: Action, word: Option<&str>) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Rail => rail(app),
        Action::Pause => pause(app),
        Action::Skip => skip(app, word),
        Action::Cut => cut(app, word),
        Action::GoOn => go_on(app),
        Action::Approve => decide(app, Handed::Approved),
        Action::EditHanded => edit(app, word),
        Action::ChooseText => choose_text(app, word),
        Action::SendBack => send_back(app, word),
        Action::Then => then(app, word),
        Action::Plan => choose::plan(app, word),
        _ => return None,
    })
}

/// Whether an action about the plan would do something now; `None` where it is about something else.
pub(in crate::app) fn can(app: &App, action: Action) -> Option<bool> {
    let run = app.run();
    let texts = || gate(app).map_or(0, |state| given(state).len());
    Some(match action {
        Action::Rail => run.is_some_and(Run::planned),
        Action::Pause => run.is_some_and(|run| run.hold(!run.paused).is_some()),
        Action::Skip => meant(app, None).is_ok_and(|id| run.is_some_and(|run| run.skip(id).is_some())),
        Action::Cut => meant(app, None).is_ok_and(|id| run.is_some_and(|run| speaks(run, id))),
        Action::GoOn => run.is_some_and(|run| run.go_on().is_some()),
        Action::Approve | Action::EditHanded => texts() > 0,
        Action::ChooseText => texts() > 1,
        Action::SendBack => gate(app).zip(run).is_some_and(|(state, run)| run.may_send_back(state) > 0),
        Action::Then => run.is_some(),
        Action::Plan => !app.offers.plans.is_empty(),
        _ => return None,
    })
}

fn rail(app: &mut App) -> Vec<Effect> {
    if !app.run().is_some_and(Run::planned) {
        return toast(app, "this question went through no written plan");
    }
    match app.drawer {
        // One that opened by itself is gone to before it is hidden.
        Some(open) if is_rail(open) && open.focus => app.drawer = None,
        _ => app.drawer = Some(Drawer::open(DrawerKind::Plan)),
    }
    Vec::new()
}

fn wish(app: &App, steer: Steer) -> Vec<Effect> {
    let run = app.run().map(|run| run.id);
    run.map(|run| Effect::Council(Command::Steer { run, steer })).into_iter().collect()
}

fn pause(app: &mut App) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "there is nothing to pause yet") };
    let paused = !run.paused;
    if run.hold(paused).is_none() {
        return toast(app, "it is over: there is nothing to pause");
    }
    app.say(if paused { "paused: who speaks goes on, and nothing new begins" } else { "the plan goes on" });
    wish(app, Steer::Pause(paused))
}

fn skip(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let (Ok(id), Some(run)) = (meant(app, word), app.run()) else { return not_meant(app, word) };
    if run.skip(id).is_none() {
        let line = format!("{} is over already", run.title(id));
        return toast(app, &line);
    }
    wish(app, Steer::Skip(id))
}

fn cut(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let (Ok(id), Some(run)) = (meant(app, word), app.run()) else { return not_meant(app, word) };
    if !speaks(run, id) {
        let line = format!("nobody speaks in {} now", run.title(id));
        return toast(app, &line);
    }
    wish(app, Steer::Cut(id))
}

fn go_on(app: &mut App) -> Vec<Effect> {
    if app.run().is_none_or(|run| run.go_on().is_none()) {
        return toast(app, "nothing was stopped that could go on");
    }
    wish(app, Steer::GoOn)
}

/// Whether somebody speaks in a stage.
fn speaks(run: &Run, id: StageId) -> bool {
    run.calls_of(id).any(|call| !call.ended())
}

/// The stage that is named, by its title or its number from 1; else the one chosen on the rail, or that the plan has come to.
fn meant(app: &App, word: Option<&str>) -> Result<StageId, String> {
    let run = app.run().ok_or("ask a question first: i writes one")?;
    let Some(word) = word else {
        let line = app.plan_line().ok_or("name a stage")?;
        return Ok(line.stage());
    };
    let titled = run.stages.iter().rev().find(|state| run.title(state.stage.id).eq_ignore_ascii_case(word));
    let numbered = || {
        word.parse::<usize>().ok().and_then(|number| reading::order(run).get(number.checked_sub(1)?).copied())
    };
    let found = titled.or_else(numbered).map(|state| state.stage.id);
    found.ok_or_else(|| {
        let titles: Vec<String> = run.stages.iter().map(|state| run.title(state.stage.id)).collect();
        format!("no stage {}; there are {}", clean::exact(word), titles.join(", "))
    })
}

fn not_meant(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let line = meant(app, word).err().unwrap_or_default();
    toast(app, &line)
}

/// The gate that is meant: the one chosen on the rail, else the first at which the plan waits.
fn gate(app: &App) -> Option<&StageState> {
    let run = app.run()?;
    let chosen = app.plan_line().map(Line::stage);
    run.gates().find(|gate| Some(gate.stage.id) == chosen).or_else(|| run.gates().next())
}

/// The texts that the person is shown at a gate.
fn given(gate: &StageState) -> &[Given] {
    gate.begun.as_ref().map_or(&[], |begun| begun.given.as_slice())
}

/// The text at a gate that is chosen on the rail; else the first.
fn text_chosen<'a>(app: &App, gate: &'a StageState) -> Option<&'a Given> {
    let at = match app.plan_line() {
        Some(Line::Text(stage, at)) if stage == gate.stage.id => at,
        _ => 0,
    };
    given(gate).get(at)
}

const NO_GATE: &str = "the plan does not wait for your word";

fn decide(app: &mut App, handed: Handed) -> Vec<Effect> {
    let Some((run, id)) = app.run().zip(gate(app).map(|gate| gate.stage.id)) else {
        return toast(app, NO_GATE);
    };
    if run.hand_over(id, handed.clone()).is_none() {
        return toast(app, "the plan can't go on with that");
    }
    // What follows is what there is to look at then.
    app.rail.chosen = None;
    wish(app, Steer::HandOver(id, handed))
}

/// Has the chosen text of a gate edited; with words, takes those in its place.
fn edit(app: &mut App, words: Option<&str>) -> Vec<Effect> {
    let Some(state) = gate(app) else { return toast(app, NO_GATE) };
    if let Some(words) = words {
        return decide(app, Handed::Edited(words.to_owned()));
    }
    let Some(run) = app.run() else { return Vec::new() };
    let text = text_chosen(app, state).and_then(|given| run.words_of(given)).map(clean::prose);
    let (editing, text) = (Some((run.id, state.stage.id)), text.unwrap_or_default());
    app.rail.editing = editing;
    vec![Effect::Edit(text)]
}

/// The person's editor gave a gate's text back.
pub(in crate::app) fn edited(app: &mut App, (run_id, stage): (RunId, StageId), text: &str) -> Vec<Effect> {
    let Some(run) = app.session.run(run_id) else { return Vec::new() };
    let Some(state) = run.gates().find(|gate| gate.stage.id == stage) else {
        return toast(app, "the plan does not wait there any more; your text is not handed on");
    };
    let text = clean::prose(text).trim_end().to_owned();
    let same =
        |given: &Given| run.words_of(given).is_some_and(|words| clean::prose(words).trim_end() == text);
    if text.trim().is_empty() {
        return toast(app, "an empty text is not handed on; the plan still waits");
    }
    if given(state).iter().any(same) {
        return toast(app, "the text is as it was; the plan still waits: a approves it");
    }
    let steer = Steer::HandOver(stage, Handed::Edited(text));
    vec![Effect::Council(Command::Steer { run: run_id, steer })]
}

/// Chooses one of the texts: the one of the line, or that of the member or number named.
fn choose_text(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let Some((state, run)) = gate(app).zip(app.run()) else { return toast(app, NO_GATE) };
    let all = given(state);
    let by = |name: &str| {
        let of = |given: &&Given| -> Option<bool> {
            Some(run.calls.get(&given.call?)?.member.0.eq_ignore_ascii_case(name))
        };
        all.iter().find(|given| of(given) == Some(true))
    };
    let found = match word {
        None if all.len() > 1 && !matches!(app.plan_line(), Some(Line::Text(..))) => {
            return toast(app, "j goes to a text, c chooses it; a goes on with all of them");
        }
        None => text_chosen(app, state),
        Some(word) => by(word.strip_prefix('@').unwrap_or(word)).or_else(|| {
            let number = word.parse::<usize>().ok()?;
            all.get(number.checked_sub(1)?)
        }),
    };
    match found.map(|given| given.call) {
        Some(Some(call)) => decide(app, Handed::Chosen(call)),
        // One's own words are there alone, or beside others of the same gate before.
        Some(None) => decide(app, Handed::Approved),
        None => {
            let calls = all.iter().filter_map(|given| given.call);
            let line = format!("no such text here; there are {}", of(run, calls));
            toast(app, &line)
        }
    }
}

/// Whose calls these are.
fn of(run: &Run, calls: impl Iterator<Item = CallId>) -> String {
    let names: Vec<String> =
        calls.filter_map(|call| Some(clean::line(&run.calls.get(&call)?.member.0))).collect();
    names.join(", ")
}

fn send_back(app: &mut App, note: Option<&str>) -> Vec<Effect> {
    let Some((state, run)) = gate(app).zip(app.run()) else { return toast(app, NO_GATE) };
    let title = run.title(state.stage.id);
    if state.stage.part.as_ref().is_none_or(|part| part.back.is_none()) {
        return toast(app, &format!("this plan lets nothing be sent back from {title}: a, e or c"));
    }
    if run.may_send_back(state) == 0 {
        return toast(app, &format!("sent back as often as the plan allows from {title}: a, e or c"));
    }
    let Some(note) = note else {
        app.overlay = Some(Overlay::Command(CommandLine::of("back ")));
        return Vec::new();
    };
    decide(app, Handed::SentBack(note.to_owned()))
}

/// Adds a stage in which a member works on what the run came to.
fn then(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let usage = "a stage needs its member and its task: :then @NAME WORDS";
    let Some((name, words)) = word.and_then(|word| word.trim().split_once(char::is_whitespace)) else {
        return toast(app, usage);
    };
    let (name, words) = (name.strip_prefix('@').unwrap_or(name), words.trim().to_owned());
    let council = run.council_now();
    let Some(member) = council.members.iter().find(|member| member.name.0.eq_ignore_ascii_case(name)) else {
        let line = format!("no member {}; there are {}", clean::exact(name), ask::names(&council));
        return toast(app, &line);
    };
    let member: MemberId = member.name.clone();
    steps::extend(app, DrawerKind::Plan, Step::Task(member, words))
}
