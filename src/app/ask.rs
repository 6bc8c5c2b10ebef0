//! From what stands in the composer to a question: who it is for, what goes with it, what it costs. Decides whether it can
//! be sent; the engine sends it.

use super::confirm::{Confirm, Then};
use super::message::Found;
use super::money::{priced, priced_as};
use super::plan::choose::{Way, way};
use super::private::{self, Looked};
use super::similar;
use super::synthesis;
use super::update::toast;
use super::{App, Effect, Focus, Overlay};
use crate::core::earlier::Earlier;
use crate::core::forecast::{Forecast, PlanForecast};
use crate::core::price::{Cost, guessed_tokens};
use crate::core::question::Planned;
use crate::core::recipe::Cast;
use crate::core::{
    Command, Commission, Council, File, MemberId, Private, Protocol, Question, Run, RunId, Similar, clean,
};

/// Why files were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// To show how large they are.
    Look,
    /// To send them with the question.
    Send,
    /// To let them go with the question without naming them in it.
    Attach,
    /// To take what is in it as the instruction of a synthesis.
    Instruction(Box<Commission>),
}

/// Sends what is written, or does what has to come first.
pub(super) fn send(app: &mut App) -> Vec<Effect> {
    if app.composer.is_empty() {
        return toast(app, "write a question first");
    }
    if app.council.is_none() {
        app.overlay = Some(Overlay::Connect);
        return Vec::new();
    }
    let paths = file_paths(app);
    if paths.is_empty() {
        return put(app, Vec::new());
    }
    app.reading.push_back(Reading::Send);
    vec![Effect::Read(paths)]
}

/// The member that the text begins with, as `@name`.
pub(super) fn addressed(app: &App, text: &str) -> Option<MemberId> {
    let word = text.trim_start().strip_prefix('@')?.split_whitespace().next()?;
    let word = word.trim_end_matches([',', ':']);
    let members = &app.council.as_ref()?.members;
    members.iter().find(|member| member.name.0.eq_ignore_ascii_case(word)).map(|member| member.name.clone())
}

/// The files that the text names; who is addressed is none.
fn file_paths(app: &App) -> Vec<String> {
    let text = app.composer.text();
    let member = addressed(app, &text);
    let names = |path: &String| member.as_ref().is_some_and(|name| name.0.eq_ignore_ascii_case(path));
    app.composer.paths().into_iter().filter(|path| !names(path)).collect()
}

/// After a key: looks at files whose names seem whole.
pub(super) fn look(app: &mut App, typed: char) -> Vec<Effect> {
    if !typed.is_whitespace() {
        return Vec::new();
    }
    let named = file_paths(app);
    let paths: Vec<String> = app.composer.unseen().into_iter().filter(|path| named.contains(path)).collect();
    if paths.is_empty() {
        return Vec::new();
    }
    app.reading.push_back(Reading::Look);
    vec![Effect::Read(paths)]
}

/// Asks for a file that is to go with the question.
pub(super) fn attach(app: &mut App, path: &str) -> Vec<Effect> {
    app.reading.push_back(Reading::Attach);
    app.focus = Focus::Composer;
    vec![Effect::Read(vec![path.to_owned()])]
}

/// Takes in what became of files that were asked for.
pub(super) fn files(app: &mut App, found: Vec<Found>) -> Vec<Effect> {
    app.composer.found(&found);
    match app.reading.pop_front() {
        None | Some(Reading::Look) => Vec::new(),
        Some(Reading::Attach) => attached(app, found),
        Some(Reading::Instruction(commission)) => synthesis::instructed(app, *commission, found),
        Some(Reading::Send) => {
            let fault = found.iter().find_map(|one| one.file.as_ref()?.as_ref().err());
            if let Some(fault) = fault {
                let line = format!("nothing was sent: {fault}");
                return toast(app, &line);
            }
            let files = found.into_iter().filter_map(|one| one.file?.ok()).collect();
            put(app, files)
        }
    }
}

fn attached(app: &mut App, found: Vec<Found>) -> Vec<Effect> {
    let mut line = String::new();
    for one in found {
        line = match one.file {
            Some(Ok(file)) => {
                let said = format!("{} goes with the next question", clean::exact(&file.name));
                app.composer.attach(file);
                said
            }
            Some(Err(fault)) => fault,
            None => format!("no file {}", clean::exact(&one.path)),
        };
    }
    toast(app, &line)
}

/// Puts the question, once everything that goes with it is there; asks first where it looks private.
fn put(app: &mut App, named: Vec<File>) -> Vec<Effect> {
    let Some(council) = app.council.clone() else { return Vec::new() };
    let text = app.composer.text();
    let only = addressed(app, &text);
    let files = [named.clone(), app.composer.files()].concat();
    let question = Question { text, files, council, only, replaces: app.replaces, ..Question::default() };
    match private::look(app, question, named.clone()) {
        Looked::Go(private) => decided(app, named, private),
        Looked::Not(line) => toast(app, &line),
        Looked::Ask(confirm) => {
            app.overlay = Some(Overlay::Confirm(confirm));
            Vec::new()
        }
    }
}

/// Sends what stands in the composer, to whom was decided; looks for an earlier question like it first, where that is wished.
pub(super) fn decided(app: &mut App, named: Vec<File>, private: Option<Private>) -> Vec<Effect> {
    match similar::look(app, &named, private.as_ref()) {
        Some(effects) => effects,
        None => priced_first(app, named, private, None),
    }
}

/// Sends what stands in the composer, with the answers of an earlier question where the person took them; asks first where
/// it costs more than was agreed.
pub(super) fn priced_first(
    app: &mut App,
    named: Vec<File>,
    private: Option<Private>,
    earlier: Option<Earlier>,
) -> Vec<Effect> {
    let Some(council) = app.council.clone() else { return Vec::new() };
    let text = app.composer.text();
    let only = addressed(app, &text);
    let asked = Question { council, private, ..Question::default() };
    let council = similar::to_pay(asked.asked(), app.protocol, earlier.as_ref());
    let (private, similar) = (asked.private, earlier.map(|earlier| earlier.similar));
    let extra: usize = named.iter().map(|file| file.text.len()).sum();
    let tokens = guessed_tokens(text.len() + extra.max(app.composer.weight()));
    let whole = app.council.clone().unwrap_or_default();
    let asks = match way(app, &whole, only.as_ref(), private.as_ref()) {
        Ok(Way::Plain) => {
            let ahead = Forecast::of_question(&app.prices, &council, only.as_ref(), app.protocol, tokens);
            priced(app, &ahead, "This question")
        }
        Ok(Way::Planned(cast)) => planned_price(app, &cast, tokens),
        Err(line) => return toast(app, &line),
    };
    match asks {
        None => dispatch(app, only, named, private, similar, app.protocol),
        Some(mut confirm) => {
            confirm.leads_to(&Then::Send(named.clone(), private.clone(), similar.clone()));
            let several = matches!(app.protocol, Protocol::Debate(2..) | Protocol::DebateBy(2.., _));
            if several && app.plan_chosen().is_none() {
                let one = app.one_round();
                let less = Forecast::of_question(&app.prices, &council, only.as_ref(), one, tokens);
                confirm.or_less(one_round(&less), Then::OneRound(named, private, similar));
            }
            app.overlay = Some(Overlay::Confirm(confirm));
            Vec::new()
        }
    }
}

/// The question before a plan that would cost more than was agreed.
fn planned_price(app: &App, cast: &Cast, tokens: u64) -> Option<Confirm> {
    let ahead = Forecast::of_plan(&app.prices, &cast.council, &cast.stages, tokens);
    let PlanForecast { calls, low, about, most, unpriced, .. } = ahead;
    let what = format!("The plan {}", clean::line(&cast.name));
    priced_as(app, &Forecast { calls, low, about, most, unpriced }, &what, &ahead.line())
}

/// The choice of one round where several were asked for, with its price where that is known.
fn one_round(less: &Forecast) -> String {
    match less.cost() {
        Cost::About(_) => format!("run 1 round only (about {})", less.about),
        Cost::Free | Cost::Unknown => "run 1 round only".to_owned(),
    }
}

/// Carries a wish out, after a question where it costs more than was agreed; `what` names it there.
pub(super) fn wished(app: &mut App, wish: Effect, ahead: &Forecast, what: &str) -> Vec<Effect> {
    match priced(app, ahead, what) {
        None => vec![wish],
        Some(confirm) => confirmed_first(app, wish, confirm),
    }
}

/// Asks before a wish is carried out.
pub(super) fn confirmed_first(app: &mut App, wish: Effect, mut confirm: Confirm) -> Vec<Effect> {
    confirm.leads_to(&Then::Wish(Box::new(wish)));
    app.overlay = Some(Overlay::Confirm(confirm));
    Vec::new()
}

/// The person agreed to the price: sends what stands in the composer.
pub(super) fn confirmed(
    app: &mut App,
    named: Vec<File>,
    private: Option<Private>,
    similar: Option<Similar>,
    protocol: Protocol,
) -> Vec<Effect> {
    app.unpriced = true;
    let only = addressed(app, &app.composer.text());
    dispatch(app, only, named, private, similar, protocol)
}

/// The words of a question: what is written, without whom it is for. `None` where that is all there is.
pub(super) fn words(written: &str, only: Option<&MemberId>) -> Option<String> {
    let text = written.trim_end();
    if only.is_none() {
        return Some(text.to_owned());
    }
    let rest = text.trim_start().split_once(char::is_whitespace).map(|(_, rest)| rest.trim().to_owned());
    rest.filter(|rest| !rest.is_empty())
}

fn dispatch(
    app: &mut App,
    only: Option<MemberId>,
    named: Vec<File>,
    private: Option<Private>,
    similar: Option<Similar>,
    protocol: Protocol,
) -> Vec<Effect> {
    let Some(council) = app.council.clone() else { return Vec::new() };
    let way = match way(app, &council, only.as_ref(), private.as_ref()) {
        Ok(way) => way,
        Err(line) => return toast(app, &line),
    };
    let (written, mut files) = app.composer.take();
    files.extend(named);
    let Some(text) = words(&written, only.as_ref()) else {
        app.composer.set(&written);
        return toast(app, "write the question after the name");
    };
    app.likes.looking = None;
    if let Some(private) = &private {
        app.say(&private.line());
    } else if app.leaves_out(None) {
        app.say("what private questions said does not go along; :private keeps a question local too");
    }
    if app.working() {
        app.say("queued: it is asked when this run is over; x stops both");
    }
    app.queued.push(text.clone());
    app.focus = Focus::Board;
    app.overlay = None;
    let replaces = app.replaces.take();
    app.composer.private = app.privacy.always;
    let mut question =
        Question { text, files, council, protocol, only, replaces, private, similar, ..Question::default() };
    match way {
        Way::Planned(cast) => go_through(app, &mut question, *cast),
        Way::Plain => {
            if let (Some(only), Some(chosen)) = (&question.only, app.plan_chosen()) {
                let (name, plan) = (clean::line(&only.0), clean::line(&chosen.recipe.name));
                app.say(&format!("{name} is asked alone, outside of {plan}: that plan chooses nobody"));
            }
        }
    }
    vec![Effect::Remember(written), Effect::Council(Command::Ask(question))]
}

/// Has a question go through a plan.
fn go_through(app: &mut App, question: &mut Question, cast: Cast) {
    if !cast.notes.is_empty() {
        app.say(&clean::line(&cast.notes.join("; ")));
    }
    question.council = cast.council;
    question.only = None;
    question.plan = Some(Box::new(Planned { name: cast.name, stages: cast.stages }));
}

/// Takes the question on the board back into the composer; what is sent takes its place.
pub(super) fn edit_last(app: &mut App) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "there is no question to edit yet: i writes one") };
    let (question, id): (String, RunId) = (run.question.clone(), run.id);
    let (files, private) = (run.files.clone(), Run::kept_local(run));
    app.composer.set(&clean::prose(&question));
    for file in files {
        app.composer.attach(file);
    }
    app.replaces = Some(id);
    // What was for local members alone stays so, whatever is changed in it.
    app.composer.private |= private;
    app.focus = Focus::Composer;
    toast(app, "what you send takes this question's place in the members' histories; Ctrl-C empties it")
}

/// Begins a question to one member: the one named, else the focused one.
pub(super) fn ask_one(app: &mut App, words: Option<&str>) -> Vec<Effect> {
    let Some(council) = &app.council else { return toast(app, "there is no council yet: :setup says how") };
    if let Some((name, question)) = words.and_then(|words| words.split_once(char::is_whitespace)) {
        if council.slot(&MemberId::from(name)).is_none() {
            let line = format!("no member {}; there are {}", clean::exact(name), names(council));
            return toast(app, &line);
        }
        let text = format!("@{name} {}", question.trim());
        app.composer.set(&text);
        return send(app);
    }
    let named = words.map(str::to_owned);
    let focused = app.name(app.seat).map(|name| name.0.clone());
    let Some(name) = named.or(focused).or(council.members.first().map(|member| member.name.0.clone())) else {
        return Vec::new();
    };
    let rest = app.composer.text();
    app.composer.set(&format!("@{} {rest}", clean::line(&name)));
    app.focus = Focus::Composer;
    Vec::new()
}

/// The members of a council, for people.
pub(super) fn names(council: &Council) -> String {
    let names: Vec<String> = council.members.iter().map(|member| clean::line(&member.name.0)).collect();
    names.join(", ")
}
