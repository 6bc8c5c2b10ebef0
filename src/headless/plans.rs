//! `synod plans`: the plans there are, what stands in one and who would speak in it, and what is wrong with one. No model is
//! asked. What a plan means is [`crate::core::recipe`]'s.

use super::report::json;
use crate::cli::{Common, Plans};
use crate::config::{Fault, Plan};
use crate::core::plan::{Speakers, Stage};
use crate::core::{Ask, Cast, Council, When, clean};
use crate::launch::plans::{misfit_fault, roles};
use crate::launch::{GUESSED_QUESTION, Launch};
use crate::providers::scripted::Pace;
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Does what was asked with plans. Gives the exit code: 1 where something is wrong with one.
///
/// # Errors
/// [`crate::launch::UsageError`] where there is no such plan; else when standard output can't be written to.
pub fn run(common: &Common, what: &Plans) -> Result<u8> {
    let launch = Launch::reading(common, Pace::Instant)?;
    match what {
        Plans::List { json } => list(&launch, *json),
        Plans::Show { plan, json } => show(&launch, common, plan, *json),
        Plans::Check { plans, json } => check(&launch, common, plans, *json),
    }
}

/// Whether another plan of that name goes before this one.
fn is_hidden(launch: &Launch, plan: &Plan) -> bool {
    let first = launch.config.plans.iter().find(|other| other.name == plan.name);
    first.is_some_and(|first| first.file != plan.file)
}

/// Where a plan is from, in a few words.
fn origin(launch: &Launch, plan: &Plan) -> &'static str {
    let over = launch.config.plans.iter().any(|other| other.built_in && other.name == plan.name);
    match (plan.built_in, over) {
        (true, _) => "built in",
        (false, true) => "yours, in place of the one built in",
        (false, false) => "yours",
    }
}

fn list(launch: &Launch, as_json: bool) -> Result<u8> {
    let mut out = io::stdout().lock();
    let plans: Vec<&Plan> = launch.config.plans.iter().filter(|plan| !is_hidden(launch, plan)).collect();
    if as_json {
        let list: Vec<Value> = plans.iter().map(|plan| listed(launch, plan)).collect();
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&list)?))?;
        return Ok(0);
    }
    let widest = plans.iter().map(|plan| plan.name.chars().count()).max().unwrap_or(0).min(40);
    for plan in plans {
        let name = clean::exact(&plan.name);
        let about = match &plan.recipe {
            Ok(recipe) => clean::line(&recipe.about),
            Err(faults) => {
                format!("can't be used, {} wrong: synod plans check {name}", count(faults.len(), "thing"))
            }
        };
        let whose = if plan.built_in { String::new() } else { format!(" ({})", origin(launch, plan)) };
        writeln!(out, "{name:widest$}  {about}{whose}")?;
    }
    Ok(0)
}

fn listed(launch: &Launch, plan: &Plan) -> Value {
    let recipe = plan.recipe.as_ref().ok();
    json!({
        "name": plan.name, "about": recipe.map(|recipe| &recipe.about), "example": recipe.map(|recipe| &recipe.example),
        "file": (!plan.built_in).then_some(&plan.file), "built_in": plan.built_in, "from": origin(launch, plan),
        "roles": recipe.map(|recipe| recipe.roles.iter().map(|role| &role.name).collect::<Vec<_>>()),
        "stages": recipe.map(|recipe| recipe.stages.len()),
        "faults": plan.recipe.as_ref().err(),
    })
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what} is") } else { format!("{number} {what}s are") }
}

fn show(launch: &Launch, common: &Common, wanted: &str, as_json: bool) -> Result<u8> {
    let plan = launch.find_plan(wanted)?;
    let (cast, faults) = looked_at(launch, common, &plan, launch.council.as_ref())?;
    let mut out = io::stdout().lock();
    let mut err = io::stderr().lock();
    if as_json {
        let mut object = listed(launch, &plan);
        object["text"] = json!(plan.text);
        object["faults"] = json!(faults);
        object["cast"] = cast.as_ref().map(|cast| of_cast(launch, cast)).unwrap_or_default();
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&object)?))?;
    } else {
        let text = clean::prose(&plan.text);
        writeln!(out, "{}", text.trim_end())?;
        if let Some(cast) = &cast {
            // As comments, so that what is printed is a plan all the same.
            writeln!(out, "\n{}", commented(&table(launch, cast)))?;
        }
        for fault in &faults {
            writeln!(err, "synod: {}", clean::line(&fault.to_string()))?;
        }
    }
    Ok(u8::from(!faults.is_empty()))
}

/// A plan with a council, where there is one; and what is wrong with the two.
fn looked_at(
    launch: &Launch,
    common: &Common,
    plan: &Plan,
    council: Option<&Council>,
) -> Result<(Option<Cast>, Vec<Fault>)> {
    let recipe = match (&plan.recipe, council) {
        (Err(faults), _) => return Ok((None, faults.clone())),
        (Ok(_), None) => return Ok((None, Vec::new())),
        (Ok(recipe), Some(council)) => recipe.cast(council, &launch.prices(), &roles(&common.role)?),
    };
    Ok(match recipe {
        Ok(cast) => (Some(cast), Vec::new()),
        Err(misfit) => (None, vec![misfit_fault(plan, &misfit)]),
    })
}

fn check(launch: &Launch, common: &Common, wanted: &[String], as_json: bool) -> Result<u8> {
    let plans: Vec<Plan> = if wanted.is_empty() {
        launch.config.plans.iter().filter(|plan| !is_hidden(launch, plan)).cloned().collect()
    } else {
        wanted.iter().map(|name| launch.find_plan(name)).collect::<Result<_, _>>()?
    };
    // A council that was made up for the first key found is none that somebody chose.
    let council = launch.council.as_ref().filter(|_| !launch.preset);
    let mut out = io::stdout().lock();
    let (mut all, mut lines) = (Vec::new(), Vec::new());
    for plan in &plans {
        let (cast, faults) = looked_at(launch, common, plan, council)?;
        let name = clean::exact(&plan.name);
        lines.push(match (&cast, plan.recipe.as_ref()) {
            (Some(cast), _) => format!("ok  {name}: {}", launch.plan_forecast(cast, GUESSED_QUESTION).line()),
            (None, Ok(recipe)) if faults.is_empty() => {
                let stages = recipe.stages.len();
                format!("ok  {name}: {stages} {}", if stages == 1 { "stage" } else { "stages" })
            }
            _ => faults.iter().map(|fault| clean::line(&fault.to_string())).collect::<Vec<_>>().join("\n"),
        });
        lines.extend(
            cast.iter().flat_map(|cast| &cast.notes).map(|note| format!("    {}", clean::line(note))),
        );
        all.extend(faults);
    }
    if as_json {
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&all)?))?;
    } else {
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(u8::from(!all.is_empty()))
}

fn commented(text: &str) -> String {
    text.lines()
        .map(|line| format!("# {line}").trim_end().to_owned() + "\n")
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// A plan with its council, for people.
fn table(launch: &Launch, cast: &Cast) -> String {
    let mut out = format!("with the council {}:\n", clean::line(&cast.council.name));
    for (role, members) in &cast.roles {
        let names: Vec<String> = members.iter().map(|name| clean::line(&name.0)).collect();
        let _ = writeln!(out, "  {role} = {}", names.join(", "));
    }
    for stage in &cast.stages {
        let mut said =
            format!("{}. {}: {}", stage.id.0 + 1, stage.name().unwrap_or_default(), stage.ask.word());
        let who = speaks(stage, cast);
        if !who.is_empty() {
            let _ = write!(said, " by {who}");
        }
        let seen = seen(stage, cast);
        if !seen.is_empty() {
            let _ = write!(said, ", sees {}", seen.join(", "));
        }
        if !stage.when().is_always() {
            let _ = write!(said, ", {}", when(stage.when(), cast));
        }
        let _ = writeln!(out, "  {said}");
    }
    for note in &cast.notes {
        let _ = writeln!(out, "  note: {}", clean::line(note));
    }
    let _ = writeln!(out, "  {}", launch.plan_forecast(cast, GUESSED_QUESTION).line());
    out
}

fn of_cast(launch: &Launch, cast: &Cast) -> Value {
    let ahead = launch.plan_forecast(cast, GUESSED_QUESTION);
    let stages: Vec<Value> = cast
        .stages
        .iter()
        .map(|stage| {
            json!({
                "name": stage.name(), "does": stage.ask.word(), "by": speaks(stage, cast), "sees": seen(stage, cast),
                "when": (!stage.when().is_always()).then(|| when(stage.when(), cast)),
            })
        })
        .collect();
    let roles: serde_json::Map<String, Value> =
        cast.roles.iter().map(|(role, members)| (role.clone(), json!(members))).collect();
    json!({
        "council": cast.council.name, "members": cast.council.members.iter().map(|it| &it.name).collect::<Vec<_>>(),
        "roles": roles, "stages": stages, "notes": cast.notes,
        "forecast": {
            "fewest_calls": ahead.fewest, "most_calls": ahead.calls, "low": ahead.low.usd(), "about": ahead.about.usd(),
            "most": ahead.most.usd(), "unpriced": ahead.unpriced, "line": ahead.line(),
        },
    })
}

/// Who speaks in a stage, in a few words; nothing where nobody does.
fn speaks(stage: &Stage, cast: &Cast) -> String {
    match &stage.speakers {
        Speakers::Every => "all".to_owned(),
        Speakers::Answered => "those who answered".to_owned(),
        Speakers::Member(name) => clean::line(&name.0),
        Speakers::Named(names) => {
            names.iter().map(|name| clean::line(&name.0)).collect::<Vec<_>>().join(", ")
        }
        Speakers::Chair => match &cast.council.chair {
            Some(chair) => clean::line(&chair.0),
            None => "whoever is done first".to_owned(),
        },
        Speakers::Chosen(route) => format!("those that {} chooses", title(cast, *route)),
        Speakers::Nobody if stage.ask == Ask::HandOver => "you".to_owned(),
        Speakers::Nobody => String::new(),
    }
}

fn seen<'c>(stage: &Stage, cast: &'c Cast) -> Vec<&'c str> {
    stage.outcomes().chain(stage.answers().map(|(of, _)| of)).map(|of| title(cast, of)).collect()
}

fn title(cast: &Cast, id: crate::core::StageId) -> &str {
    cast.stages.get(usize::from(id.0)).and_then(Stage::name).unwrap_or_default()
}

/// When a stage is begun, in words.
fn when(when: &When, cast: &Cast) -> String {
    let title = |id: &crate::core::StageId| title(cast, *id);
    match when {
        When::Always => String::new(),
        When::Unsettled { of, by } => {
            let mut settled = Vec::new();
            if by.same > 0 {
                let families = if by.families { " of different families" } else { "" };
                settled.push(format!("{}{families} say the same", by.same));
            }
            settled.extend(
                by.agreement.map(|score| format!("the agreement is {:.2}", f64::from(score) / 100.0)),
            );
            format!("unless {} is settled: {}", title(of), settled.join(" or "))
        }
        When::Failed(of) => format!("if nothing comes of {}", title(of)),
        When::Worked(of) => format!("if something comes of {}", title(of)),
        When::Faulted(of) => format!("if {} finds a fault", title(of)),
        When::Sound(of) => format!("if {} finds none", title(of)),
        When::Undecided(of) => format!("if {} names nobody", title(of)),
        When::Chose { route, road } => format!("if {} takes the road {}", title(route), road.name()),
    }
}
