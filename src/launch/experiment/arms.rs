//! The arms of an experiment: councils are looked up, plans cast with them, and arms that ask for the same share a treatment.

use super::recordings::Read;
use super::{fault, model};
use crate::config::Fault;
use crate::config::experiment::{ArmSheet, Decide, Members, Sheet};
use crate::core::shuffle::mix;
use crate::core::{Ask, Council, MemberId, Protocol, Speakers, clean, nearest};
use crate::experiment::Design;
use crate::experiment::arm::{Arm, Reading, Treatment, VoteRule, When};
use crate::experiment::design::hash;
use crate::launch::Launch;
use crate::providers::recorded::{self, Recordings};
use crate::providers::scripted;
use std::collections::BTreeMap;

/// Makes treatments and arms of what is written.
pub(super) fn cast(
    launch: &Launch,
    sheet: &Sheet,
    shown: &str,
    recorded: &Read,
    design: &mut Design,
    faults: &mut Vec<Fault>,
) {
    for arm in &sheet.arms {
        let wrong =
            |key: &str, what: &str| fault(shown, Some(arm.line), &format!("arm {}{key}", arm.name), what);
        let council = match council(launch, arm, &recorded.all) {
            Ok(council) => council,
            Err(what) => {
                faults.push(wrong(" council", &what));
                continue;
            }
        };
        let plan = arm.plan.as_deref().unwrap_or("ask");
        let treatment = match treatment(launch, &arm.name, plan, &arm.roles, council, recorded.digest) {
            Ok((treatment, notes)) => {
                design.notes.extend(notes.iter().map(|note| format!("{}: {note}", arm.name)));
                treatment
            }
            Err(what) => {
                faults.push(wrong(" plan", &what));
                continue;
            }
        };
        let readings = match readings(arm, &treatment) {
            Ok(readings) => readings,
            Err(what) => {
                faults.push(wrong(" decide", &what));
                continue;
            }
        };
        let treatment = add(design, treatment);
        for (name, reading) in arm.names().zip(readings) {
            design.arms.push(Arm { name: name.to_owned(), treatment, reading, control: None });
        }
    }
}

/// The place of a treatment; one that is the same as one before is that one.
pub(super) fn add(design: &mut Design, treatment: Treatment) -> usize {
    let same = |known: &Treatment| known.digest == treatment.digest;
    design.treatments.iter().position(same).unwrap_or_else(|| {
        design.treatments.push(treatment);
        design.treatments.len() - 1
    })
}

/// Who sits in an arm's council.
fn council(launch: &Launch, arm: &ArmSheet, recorded: &Recordings) -> Result<Council, String> {
    let mut council = match &arm.members {
        None => return Err("is missing".to_owned()),
        Some(Members::Council(name)) if name == recorded::PROVIDER => {
            if recorded.members().is_empty() {
                return Err("means all recorded members, and there are none: add [[recorded]]".to_owned());
            }
            Council {
                name: name.clone(),
                members: recorded.members().iter().map(|name| one(name)).collect(),
                ..Council::default()
            }
        }
        Some(Members::Council(name)) if name == "demo" => scripted::council(),
        Some(Members::Council(name)) => {
            if let Some(council) = launch.config.councils.get(name) {
                council.clone()
            } else {
                let mut names: Vec<&str> = launch.config.councils.keys().map(String::as_str).collect();
                names.extend(["demo", recorded::PROVIDER]);
                let near =
                    nearest(name, &names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                return Err(format!(
                    "no council {}; there are {}{near}",
                    clean::exact(name),
                    names.join(", ")
                ));
            }
        }
        Some(Members::Models(models)) => {
            let models = models.iter().map(|text| model(launch, text)).collect::<Result<Vec<_>, _>>()?;
            let mut council = launch.config.council_of(&arm.name, &models);
            for member in &mut council.members {
                // A recorded member keeps its whole name, slashes too.
                if member.model.provider == recorded::PROVIDER && !council_has(&models, &member.model) {
                    member.name = MemberId(member.model.model.clone());
                }
            }
            council
        }
    };
    for member in &mut council.members {
        if member.model.provider == recorded::PROVIDER && !recorded.members().contains(&member.model.model) {
            let names: Vec<&str> = recorded.members().iter().map(String::as_str).collect();
            let near = nearest(&member.model.model, &names).map(|near| format!("; did you mean {near}?"));
            let there = if names.is_empty() {
                "none is recorded".to_owned()
            } else {
                format!("there are {}", names.join(", "))
            };
            return Err(format!(
                "no recorded member {}; {there}{}",
                clean::exact(&member.model.model),
                near.unwrap_or_default()
            ));
        }
        let params = &mut member.params;
        params.temperature = arm.temperature.or(params.temperature);
        params.top_p = arm.top_p.or(params.top_p);
        params.effort = arm.effort.or(params.effort);
        params.answer_limit = arm.answer_limit.unwrap_or(params.answer_limit);
    }
    if let Some(chair) = &arm.chair {
        let named = council.named(std::slice::from_ref(chair))?;
        council.chair = named.into_iter().next();
    }
    Ok(council)
}

/// Whether a model stands several times in a list: then its seats have numbers.
fn council_has(models: &[crate::core::ModelRef], model: &crate::core::ModelRef) -> bool {
    models.iter().filter(|known| *known == model).count() > 1
}

/// A recorded member.
fn one(name: &str) -> crate::core::Member {
    let model = crate::core::ModelRef { provider: recorded::PROVIDER.to_owned(), model: name.to_owned() };
    crate::core::Member::new(name, model)
}

/// A treatment of a council with the plan of these words, and what should be known of it.
pub(super) fn treatment(
    launch: &Launch,
    name: &str,
    words: &str,
    roles: &BTreeMap<String, Vec<String>>,
    council: Council,
    recorded: u64,
) -> Result<(Treatment, Vec<String>), String> {
    let protocol: Option<Protocol> = words.parse().ok();
    let (council, plan, protocol, notes) = match protocol {
        Some(protocol) if roles.is_empty() => {
            let debate = crate::core::Debate::of(launch.config.debate_mode, None);
            (council, None, protocol.held_by(debate), Vec::new())
        }
        Some(_) => return Err(format!("{words} has no roles; leave roles out, or name a written plan")),
        None => {
            let plan = launch.find_plan(words).map_err(|error| error.to_string())?;
            let recipe = plan.recipe.as_ref().map_err(|faults| {
                faults.first().map_or_else(|| "can't be used".to_owned(), ToString::to_string)
            })?;
            let cast = recipe.cast(&council, &super::prices(launch), roles);
            let cast = cast.map_err(|misfit| misfit.to_string())?;
            let planned = cast.planned();
            (cast.council, Some(planned), Protocol::Ask, cast.notes)
        }
    };
    Ok((finished(launch, name, council, protocol, plan, recorded), notes))
}

/// A council that is asked, and nothing more.
pub(super) fn plain(launch: &Launch, name: &str, council: Council, recorded: u64) -> Treatment {
    finished(launch, name, council, Protocol::Ask, None, recorded)
}

/// A treatment with its digest; recorded members that sit in several seats have a sample each.
pub(super) fn finished(
    launch: &Launch,
    name: &str,
    mut council: Council,
    protocol: Protocol,
    plan: Option<crate::core::Planned>,
    recorded: u64,
) -> Treatment {
    Recordings::seat(&mut council, 0);
    let plays = council.members.iter().any(|member| member.model.provider == recorded::PROVIDER);
    // The council's own name changes nothing that it says.
    let told = Council { name: String::new(), ..council.clone() };
    let json = |value: serde_json::Result<String>| value.map_or(0, |text| hash(&text));
    let digest = mix(&[
        json(serde_json::to_string(&told)),
        hash(&format!("{protocol:?}")),
        plan.as_ref().map_or(0, |plan| json(serde_json::to_string(&plan.stages))),
        hash(&format!("{:?}", launch.config.templates)),
        if plays { recorded } else { 0 },
    ]);
    Treatment { name: name.to_owned(), council, protocol, plan, digest }
}

/// How the one answer of each of its arms is found.
fn readings(arm: &ArmSheet, treatment: &Treatment) -> Result<Vec<Reading>, String> {
    if arm.decide.is_empty() {
        return Ok(vec![usual(treatment)]);
    }
    let judged = has(treatment, Ask::Ballot);
    let one = |(word, decide): &(String, Decide)| match decide {
        Decide::As(Reading::Ballots) if !judged => {
            Err("ballots needs a plan with a vote, such as plan = \"vote\"".to_owned())
        }
        Decide::As(reading) => Ok(reading.clone()),
        Decide::Member(name) => {
            let found = treatment.council.named(std::slice::from_ref(name));
            let found = found.map_err(|line| format!("{word}: {line}"))?;
            found.into_iter().next().map(Reading::Member).ok_or_else(|| format!("{word} names nobody"))
        }
    };
    arm.decide.iter().map(one).collect()
}

/// Whether members are asked for something in a treatment.
fn has(treatment: &Treatment, ask: Ask) -> bool {
    match &treatment.plan {
        Some(plan) => plan.stages.iter().any(|stage| stage.ask == ask),
        None => match treatment.protocol {
            Protocol::Ask => ask == Ask::Answer,
            Protocol::Synthesis(_) => matches!(ask, Ask::Answer | Ask::Merge),
            Protocol::Vote | Protocol::VoteBy(_) => matches!(ask, Ask::Answer | Ask::Ballot),
            Protocol::Debate(_) | Protocol::DebateBy(..) => matches!(ask, Ask::Answer | Ask::Critique),
        },
    }
}

/// How an arm's answer is found where nothing is said: by what its plan ends with.
pub(super) fn usual(treatment: &Treatment) -> Reading {
    let vote = Reading::Vote(VoteRule::Plurality, When::Last);
    if treatment.council.members.len() == 1 {
        return Reading::Result;
    }
    let Some(plan) = &treatment.plan else {
        return match treatment.protocol {
            Protocol::Ask | Protocol::Debate(_) | Protocol::DebateBy(..) => vote,
            Protocol::Synthesis(_) => Reading::Result,
            Protocol::Vote | Protocol::VoteBy(_) => Reading::Ballots,
        };
    };
    let hands = |stage: &&crate::core::Stage| !matches!(stage.ask, Ask::Route | Ask::Check | Ask::HandOver);
    match plan.stages.iter().rev().find(hands) {
        Some(stage) if stage.ask == Ask::Ballot => Reading::Ballots,
        Some(stage) if stage.ask == Ask::Critique => vote,
        Some(stage) if stage.ask == Ask::Answer && stage.outcomes().next().is_none() => match &stage.speakers
        {
            Speakers::Every | Speakers::Answered => vote,
            Speakers::Named(names) if names.len() > 1 => vote,
            _ => Reading::Result,
        },
        _ => Reading::Result,
    }
}

/// Whether anything comes after the first answers of a treatment.
pub(super) fn goes_on(treatment: &Treatment) -> bool {
    match &treatment.plan {
        Some(plan) => plan.stages.len() > 1,
        None => treatment.protocol != Protocol::Ask,
    }
}
