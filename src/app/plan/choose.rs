//! The plan that the next questions go through: which there are and what each would come to with the council at hand, the one
//! that is chosen, and how a question is cast with it. Plans are the configuration's; what they mean is
//! [`crate::core::recipe`]'s.

use super::super::list::{List, matching};
use super::super::update::toast;
use super::super::{App, Effect, Overlay};
use crate::core::forecast::{Forecast, PlanForecast};
use crate::core::price::Cost;
use crate::core::recipe::Cast;
use crate::core::{Ask, Council, MemberId, Private, Recipe, clean};
use std::collections::BTreeMap;

/// A plan that can be chosen, or why it can't.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// Its name.
    pub name: String,
    /// The plan; or, of a file that can't be read, one line.
    pub recipe: Result<Recipe, String>,
}

/// The plan that the next questions go through.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// It.
    pub recipe: Recipe,
    /// The roles that the person fills by hand.
    pub roles: BTreeMap<String, Vec<String>>,
}

/// A line of the list of plans.
#[derive(Clone, Debug)]
pub struct PlanLine {
    /// Its name; `none` stands for no plan.
    pub name: String,
    /// What it is.
    pub about: String,
    /// What it would come to with the council at hand, and who has which role; or why it can't be cast with it. Nothing for `none`,
    /// and where there is no council.
    pub cast: Option<Result<(PlanForecast, Cast), String>>,
    /// Whether the next questions go through it.
    pub chosen: bool,
}

/// What stands for no plan.
const NONE: &str = "none";

impl App {
    /// The plan that the next questions go through.
    pub fn plan_chosen(&self) -> Option<&Chosen> {
        self.plan.as_ref()
    }

    /// The lines of the list of plans, searched where something is looked for: none, then each with what it would come to.
    pub fn plan_choices(&self, list: &List) -> Vec<PlanLine> {
        let now = self.plan.as_ref().map(|chosen| chosen.recipe.name.as_str());
        let none = PlanLine {
            name: NONE.to_owned(),
            about: "the council is asked without a plan".to_owned(),
            cast: None,
            chosen: now.is_none(),
        };
        let plans = self.offers.plans.iter().map(|offered| {
            let chosen = now == Some(offered.name.as_str());
            let (about, cast) = match &offered.recipe {
                Ok(recipe) => (clean::line(&recipe.about), self.plan_ahead(recipe, &BTreeMap::new())),
                Err(fault) => (String::new(), Some(Err(clean::line(fault)))),
            };
            PlanLine { name: clean::line(&offered.name), about, cast, chosen }
        });
        let lines = std::iter::once(none).chain(plans).collect();
        matching(list.query.text(), lines, |line| format!("{} {}", line.name, line.about))
    }

    /// What a plan would come to with the council at hand.
    fn plan_ahead(
        &self,
        recipe: &Recipe,
        roles: &BTreeMap<String, Vec<String>>,
    ) -> Option<Result<(PlanForecast, Cast), String>> {
        let council = self.asked()?;
        Some(match recipe.cast(&council, &self.prices, roles) {
            Ok(cast) => {
                let tokens = self.question_tokens();
                Ok((Forecast::of_plan(&self.prices, &cast.council, &cast.stages, tokens), cast))
            }
            Err(misfit) => Err(clean::line(&misfit.message)),
        })
    }

    /// What the next question goes through and comes to: `plan pyramid: 2 to 3 calls, about $0.02`; in full where there is room.
    pub(in crate::app) fn plan_price(&self, full: bool) -> Option<String> {
        let chosen = self.plan.as_ref()?;
        let name = clean::line(&chosen.recipe.name);
        Some(match self.plan_ahead(&chosen.recipe, &chosen.roles)? {
            Err(_) => format!("plan {name}: does not fit this council"),
            Ok((ahead, _)) if full => format!("plan {name}: {}", ahead.line()),
            Ok((ahead, _)) => format!("plan {name}: {}", short(&ahead)),
        })
    }
}

/// What a plan comes to, in few words.
fn short(ahead: &PlanForecast) -> String {
    let calls = ahead.range();
    match ahead.cost() {
        Cost::Free => format!("{calls}, $0.00"),
        Cost::Unknown => format!("{calls}, price unknown"),
        Cost::About(_) => format!("{calls}, about {}", ahead.about),
    }
}

/// Opens the list of plans, or takes the one that is named with the roles that are filled by hand.
pub(in crate::app) fn plan(app: &mut App, words: Option<&str>) -> Vec<Effect> {
    let Some(words) = words else {
        let mut list = List::typing();
        let now = app.plan_choices(&list).iter().position(|line| line.chosen);
        list.at = now.unwrap_or(0);
        app.overlay = Some(Overlay::Plans(list));
        return Vec::new();
    };
    let (name, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    match filled(rest) {
        Ok(roles) => take(app, name, roles),
        Err(line) => toast(app, &line),
    }
}

/// Takes the plan of the chosen line.
pub(in crate::app) fn choose(app: &mut App) -> Vec<Effect> {
    let Some(Overlay::Plans(list)) = &app.overlay else { return Vec::new() };
    let lines = app.plan_choices(list);
    let Some(line) = lines.get(list.at.min(lines.len().saturating_sub(1))) else { return Vec::new() };
    let name = line.name.clone();
    app.overlay = None;
    take(app, &name, BTreeMap::new())
}

/// Roles that are filled by hand: `small=opus,gpt top=fable`.
fn filled(words: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in words.split_whitespace() {
        let Some((role, members)) = word.split_once('=') else {
            return Err(format!("{}: a role is filled as ROLE=MEMBER,MEMBER", clean::exact(word)));
        };
        let names = members.split(',').filter(|name| !name.is_empty());
        let names = names.map(|name| name.strip_prefix('@').unwrap_or(name).to_owned());
        roles.entry(role.to_owned()).or_default().extend(names);
    }
    Ok(roles)
}

fn take(app: &mut App, name: &str, roles: BTreeMap<String, Vec<String>>) -> Vec<Effect> {
    if name == NONE {
        app.plan = None;
        return toast(app, "the next questions go to the council without a plan");
    }
    let found = app.offers.plans.iter().find(|offered| offered.name == name);
    let recipe = match found.map(|offered| offered.recipe.clone()) {
        Some(Ok(recipe)) => recipe,
        Some(Err(fault)) => {
            let line = format!("{} can't be used: {fault}", clean::line(name));
            return toast(app, &line);
        }
        None => {
            let names = app.offers.plans.iter().map(|offered| offered.name.as_str());
            let names: Vec<&str> = names.collect();
            let near = crate::core::nearest(name, &names);
            let hint = near.map_or("O lists them".to_owned(), |near| format!("did you mean {near}?"));
            let line = format!("no plan {}; {hint}", clean::exact(name));
            return toast(app, &line);
        }
    };
    let line = match app.plan_ahead(&recipe, &roles) {
        Some(Err(line)) => return toast(app, &line),
        None => format!("the next questions go through {}; :plan none takes that back", clean::line(name)),
        Some(Ok((ahead, _))) => {
            format!("the next questions go through {}: {}", clean::line(name), ahead.line())
        }
    };
    app.plan = Some(Chosen { recipe, roles });
    toast(app, &line)
}

/// How a question goes on its way where a plan is chosen.
pub(in crate::app) enum Way {
    /// Without a plan: none is chosen, or the question is to one member alone and the plan chooses nobody.
    Plain,
    /// Through it; whom the person named is whom its routes choose.
    Planned(Box<Cast>),
}

/// How a question to these goes on its way.
///
/// # Errors
/// One line where the plan can't be cast with them.
pub(in crate::app) fn way(
    app: &App,
    council: &Council,
    only: Option<&MemberId>,
    private: Option<&Private>,
) -> Result<Way, String> {
    let Some(chosen) = &app.plan else { return Ok(Way::Plain) };
    let routes = chosen.recipe.stages.iter().any(|written| written.stage.ask == Ask::Route);
    if only.is_some() && !routes {
        return Ok(Way::Plain);
    }
    // Who is not asked a private question has no place in its plan.
    let held = private.into_iter().flat_map(|private| &private.held_back);
    let held: Vec<&MemberId> = held.map(|held| &held.member).collect();
    let mut council = council.clone();
    council.members.retain(|member| !held.contains(&&member.name));
    if council.chair.as_ref().is_some_and(|chair| council.slot(chair).is_none()) {
        council.chair = None;
    }
    let mut cast = chosen
        .recipe
        .cast(&council, &app.prices, &chosen.roles)
        .map_err(|misfit| format!("nothing was sent: {}", clean::line(&misfit.message)))?;
    let about = app.learning.topic();
    let parts = cast.stages.iter_mut().filter_map(|stage| stage.part.as_mut()?.routing.as_mut());
    for routing in parts {
        routing.person = only.cloned().into_iter().collect();
        routing.about = routing.about.take().or_else(|| about.map(str::to_owned));
    }
    Ok(Way::Planned(Box::new(cast)))
}
