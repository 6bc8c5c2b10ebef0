//! The council at hand: who sits in it from now on, who leaves, who writes syntheses, and which other councils there are.

use super::command_line::CommandLine;
use super::update::toast;
use super::{App, Effect, Overlay, ask};
use crate::core::price::{Cost, guessed_tokens};
use crate::core::{Command, Council, Member, MemberId, ModelRef, RunId, SCRIPTED, clean};

/// A line where the council is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum CouncilLine {
    /// A member of the council that is asked.
    Member(Member),
    /// Another council that could be asked.
    Other(Council),
}

impl App {
    /// The lines where the council is looked at: its members, then the other councils.
    pub fn council_lines(&self) -> Vec<CouncilLine> {
        let members =
            self.council.iter().flat_map(|council| council.members.clone()).map(CouncilLine::Member);
        let own = self.council.as_ref().map(|council| &council.name);
        let others = self.offers.councils.iter().filter(|council| Some(&council.name) != own).cloned();
        members.chain(others.map(CouncilLine::Other)).collect()
    }

    /// What the council's next question costs, in a few words.
    pub fn price_line(&self) -> Option<String> {
        if self.plan_chosen().is_some() {
            return self.plan_price(false);
        }
        Some(self.prices.line(&self.asked()?, self.question_tokens()))
    }

    /// The same with all its figures, where there is room for them.
    pub fn price_in_full(&self) -> Option<String> {
        self.plan_price(true).or_else(|| self.price_line())
    }

    /// How many members the next question goes to, and what it is guessed to cost.
    pub fn ask_cost(&self) -> Option<(usize, Cost)> {
        let council = &self.asked()?;
        Some((council.members.len(), self.prices.ask(council, self.question_tokens())))
    }

    /// How many tokens the question being written is guessed to have; as many as a short one where there is none.
    pub(super) fn question_tokens(&self) -> u64 {
        let bytes = self.composer.text().len() + self.composer.weight();
        guessed_tokens(bytes.max(400))
    }

    /// The run that members join and leave: the one on the board, where it is of the council at hand.
    fn live(&self) -> Option<RunId> {
        let run = self.run()?;
        let last = self.session.runs.last().is_some_and(|last| last.id == run.id);
        let same = self.council.as_ref().is_some_and(|council| council.name == run.council.name);
        (last && same).then_some(run.id)
    }

    /// The member named, else the one of the chosen line, else the focused one.
    fn meant_member(&self, name: Option<&str>) -> Option<MemberId> {
        let council = self.council.as_ref()?;
        let known = |name: &str| {
            let found = council.members.iter().find(|member| member.name.0.eq_ignore_ascii_case(name));
            found.map(|member| member.name.clone())
        };
        match (name, &self.overlay) {
            (Some(name), _) => known(name),
            (None, Some(Overlay::Council(at))) => match self.council_lines().get(*at) {
                Some(CouncilLine::Member(member)) => Some(member.name.clone()),
                _ => None,
            },
            (None, _) => known(&self.name(self.seat)?.0),
        }
    }
}

/// Looks at the council, or changes to the one named.
pub(super) fn council(app: &mut App, name: Option<&str>) -> Vec<Effect> {
    let Some(name) = name else {
        app.overlay = Some(Overlay::Council(0));
        return Vec::new();
    };
    let found = app.offers.councils.iter().find(|council| council.name.eq_ignore_ascii_case(name)).cloned();
    if let Some(council) = found {
        return change(app, council);
    }
    let names: Vec<String> = app.offers.councils.iter().map(|council| clean::line(&council.name)).collect();
    let there = if names.is_empty() { "none is configured".to_owned() } else { names.join(", ") };
    let line = format!("no council {}; there are: {there}", clean::exact(name));
    toast(app, &line)
}

/// From now on this council is asked.
pub(super) fn change(app: &mut App, council: Council) -> Vec<Effect> {
    let line = format!("{} is asked from now on: {}", clean::line(&council.name), ask::names(&council));
    app.council = Some(council);
    app.overlay = None;
    app.welcome = None;
    toast(app, &line)
}

/// Changes to the council of the chosen line.
pub(super) fn choose(app: &mut App, at: usize) -> Vec<Effect> {
    match app.council_lines().get(at) {
        Some(CouncilLine::Other(council)) => change(app, council.clone()),
        Some(CouncilLine::Member(_)) => {
            toast(app, "this member is in the council: c makes it the chair, x drops it")
        }
        None => Vec::new(),
    }
}

/// Adds a member: to the run at hand, and to the council from now on.
pub(super) fn add(app: &mut App, model: Option<&str>) -> Vec<Effect> {
    let Some(model) = model else {
        app.overlay = Some(Overlay::Command(CommandLine::of("add ")));
        return Vec::new();
    };
    let model: ModelRef = match model.parse() {
        Ok(model) => model,
        Err(fault) => return toast(app, &clean::exact(&fault)),
    };
    if !app.offers.providers.contains(&model.provider) {
        let line = format!(
            "no provider {}; there are {}",
            clean::exact(&model.provider),
            app.offers.providers.iter().map(|name| clean::line(name)).collect::<Vec<_>>().join(", ")
        );
        return toast(app, &line);
    }
    if app.scripted() {
        return toast(app, "the demo's members are scripted; :council changes to another council");
    }
    let live = app.live();
    let member = newcomer(app, &model);
    let name = clean::line(&member.name.0);
    let private = app.run().is_some_and(crate::core::Run::kept_local);
    if live.is_some() && private && !app.privacy.locals.holds(&member.model) {
        let line =
            format!("{name} is a member from the next question on: this one is private, and it is not local");
        return toast(app, &line);
    }
    let line = format!("{name} is a member now");
    app.say(&line);
    live.map(|run| Effect::Council(Command::Join { run, member })).into_iter().collect()
}

/// Puts a model into the council, under a name that nobody there has.
fn newcomer(app: &mut App, model: &ModelRef) -> Member {
    let limit = app.offers.answer_limit;
    let council = app.council.get_or_insert_with(own);
    let taken: Vec<String> = council.members.iter().map(|member| member.name.0.clone()).collect();
    let mut member = Council::of_models("", std::slice::from_ref(model)).members.remove(0);
    let short = member.name.0.clone();
    let mut number = 2;
    while taken.contains(&member.name.0) {
        member.name = MemberId(format!("{short}-{number}"));
        number += 1;
    }
    member.params.answer_limit = limit;
    council.members.push(member.clone());
    member
}

/// A council that the person makes up as they go.
fn own() -> Council {
    Council { name: "own".to_owned(), ..Council::default() }
}

/// Gives a model a seat in the council of the next question. The run at hand goes on as it is. Real models begin a council
/// of their own where the demo was asked.
pub(super) fn seat(app: &mut App, model: &ModelRef) -> Vec<Effect> {
    let demo = app.council.as_ref().is_some_and(|council| council.scripted);
    if demo && model.provider != SCRIPTED {
        app.council = Some(own());
    }
    app.welcome = None;
    let member = newcomer(app, model);
    let line = format!("{} is asked from the next question on", clean::line(&member.name.0));
    toast(app, &line)
}

/// Takes a seat of the council of the next question, from 0. The run at hand goes on as it is.
pub(super) fn unseat(app: &mut App, seat: usize) -> Vec<Effect> {
    let Some(council) = &mut app.council else { return Vec::new() };
    if council.members.len() < 2 {
        return toast(app, "the last member stays; give another model a seat first");
    }
    let member = council.members.remove(seat);
    if council.chair.as_ref() == Some(&member.name) {
        council.chair = None;
    }
    let line = format!("{} is asked no more, from the next question on", clean::line(&member.name.0));
    toast(app, &line)
}

/// Moves a seat of the council of the next question, from 0, one place back or forward. What was asked keeps its seats: its
/// records go by them.
pub(super) fn shift(app: &mut App, seat: usize, back: bool) -> Vec<Effect> {
    let asked = app.run().is_some();
    let Some(council) = &mut app.council else { return Vec::new() };
    let last = council.members.len().saturating_sub(1);
    let place = if back { seat + 1 } else { seat.wrapping_sub(1) };
    if place > last || seat > last {
        return toast(
            app,
            if back { "this is the last seat already" } else { "this is the first seat already" },
        );
    }
    council.members.swap(seat, place);
    let name = clean::line(&council.members[place].name.0);
    let when = if asked { " from the next question on; panes of this one stay in place" } else { "" };
    toast(app, &format!("{name} has seat {}{when}", place + 1))
}

/// Drops a member: from the run at hand, and from the council from now on.
pub(super) fn remove(app: &mut App, name: Option<&str>) -> Vec<Effect> {
    let Some(member) = app.meant_member(name) else { return unknown(app, name) };
    let live = app.live();
    let Some(council) = &mut app.council else { return Vec::new() };
    if council.members.len() < 2 {
        return toast(app, "the last member stays; :council changes to another council");
    }
    council.members.retain(|one| one.name != member);
    if council.chair.as_ref() == Some(&member) {
        council.chair = None;
    }
    if let Some(Overlay::Council(at)) = &mut app.overlay {
        *at = at.saturating_sub(1);
    }
    let line = format!("{} is dropped: it is asked nothing more, what it said stays", clean::line(&member.0));
    app.say(&line);
    live.map(|run| Effect::Council(Command::Leave { run, member })).into_iter().collect()
}

/// Chooses who writes syntheses.
pub(super) fn chair(app: &mut App, name: Option<&str>) -> Vec<Effect> {
    let Some(member) = app.meant_member(name) else { return unknown(app, name) };
    let line = format!("{} writes the syntheses from now on", clean::line(&member.0));
    let live = app.live();
    if let Some(council) = &mut app.council {
        council.chair = Some(member.clone());
    }
    app.say(&line);
    live.map(|run| Effect::Council(Command::Chair { run, member })).into_iter().collect()
}

fn unknown(app: &mut App, name: Option<&str>) -> Vec<Effect> {
    let there = app.council.as_ref().map(ask::names).unwrap_or_default();
    let line = match name {
        Some(name) => format!("no member {}; there are {there}", clean::exact(name)),
        None => "choose a member's line, or name one".to_owned(),
    };
    toast(app, &line)
}

/// Keeps the present line-up in the configuration.
pub(super) fn save(app: &mut App, name: Option<&str>, default: bool) -> Vec<Effect> {
    let verb = if default { "default" } else { "save" };
    let Some(council) = app.council.clone() else { return toast(app, "there is no council to keep yet") };
    if council.scripted {
        return toast(app, "the demo council is built in; there is nothing to keep");
    }
    let Some(name) = name else {
        let known = if app.offers.councils.iter().any(|other| other.name == council.name) {
            clean::line(&council.name)
        } else {
            String::new()
        };
        app.overlay = Some(Overlay::Command(CommandLine::of(&format!("{verb} {known}"))));
        return Vec::new();
    };
    let council = Council { name: clean::line(name), ..council };
    app.offers.councils.retain(|other| other.name != council.name);
    app.offers.councils.push(council.clone());
    app.council = Some(council.clone());
    app.overlay = None;
    vec![Effect::SaveCouncil { council, default }]
}
