//! Casting: a recipe's stages with members of a council in the places of names, and what the council is too small for, each in
//! one line.

use super::facts::apart;
use super::seating::Seating;
use super::{Cast, Misfit, Names, Recipe, Who, Written};
use crate::core::clean;
use crate::core::ids::{MemberId, StageId};
use crate::core::member::{Council, Member};
use crate::core::plan::{Ask, Speakers, Stage};
use crate::core::price::Prices;
use std::collections::{BTreeMap, BTreeSet};

/// How many finished answers a ballot vote takes.
const TO_RANK: usize = 3;

impl Recipe {
    /// Its stages with the members of a council in the places of names. `roles` are those that the person fills by hand.
    ///
    /// # Errors
    /// One line: a name that is nobody's, or what the council is too small for.
    pub fn cast(
        &self,
        council: &Council,
        prices: &Prices,
        roles: &BTreeMap<String, Vec<String>>,
    ) -> Result<Cast, Misfit> {
        let seating = Seating::of(self, council, prices, roles)?;
        let mut speakers = Vec::with_capacity(self.stages.len());
        let mut seats = council.clone();
        for written in &self.stages {
            speakers.push(speak(written, &seating, council, &mut seats)?);
        }
        let sampled = seats.members.len() > council.members.len();
        let everybody: Vec<MemberId> = council.members.iter().map(|member| member.name.clone()).collect();
        let mut stages = Vec::with_capacity(self.stages.len());
        for (written, speakers) in self.stages.iter().zip(speakers) {
            let mut stage = written.stage.clone();
            stage.speakers = match speakers {
                // The seats that samples add speak for nobody else.
                Speakers::Every if sampled => Speakers::Named(everybody.clone()),
                other => other,
            };
            if let Some(names) = &written.route {
                route(&mut stage, names, &seating, sampled.then_some(&everybody))?;
            }
            stages.push(stage);
        }
        let cast = Cast {
            name: self.name.clone(),
            council: seats,
            stages,
            roles: seating.roles.clone(),
            notes: seating.notes.clone(),
        };
        enough(self, &cast, &seating)?;
        Ok(cast)
    }
}

/// Who speaks in a stage; seats for its samples are added to the council.
fn speak(
    written: &Written,
    seating: &Seating<'_>,
    council: &Council,
    seats: &mut Council,
) -> Result<Speakers, Misfit> {
    let stage = &written.stage;
    let name = stage.name().unwrap_or_default();
    if written.by.is_empty() {
        return Ok(stage.speakers.clone());
    }
    if written.by.iter().any(|who| who.is == super::Is::All) && written.samples <= 1 {
        return Ok(Speakers::Every);
    }
    let mut members = seating.members(&written.by, name)?;
    let line = written.by.first().map(|who| who.line);
    let alone = match stage.ask {
        Ask::Merge => Some("merge has one writer"),
        Ask::Route => Some("route asks one member"),
        _ if written.samples > 1 => Some("samples are of one member"),
        _ => None,
    };
    if let Some(why) = alone.filter(|_| members.len() != 1) {
        let names: Vec<String> = members.iter().map(|name| clean::line(&name.0)).collect();
        let message = format!("a {why}, here are {}: name one of them", names.join(", "));
        let message = message.replacen("a samples", "samples", 1);
        return Err(Misfit { line, key: name.to_owned(), message });
    }
    match (members.pop(), members.is_empty()) {
        (Some(member), true) if written.samples > 1 => {
            Ok(Speakers::Named(sample(council, seats, &member, written.samples)))
        }
        (Some(member), true) => Ok(Speakers::Member(member)),
        (Some(member), false) => {
            members.push(member);
            Ok(Speakers::Named(members))
        }
        (None, _) => Ok(Speakers::Nobody),
    }
}

/// The seats of a member's samples: its own, and others like it, which are added where they are not there yet.
fn sample(council: &Council, seats: &mut Council, member: &MemberId, samples: u16) -> Vec<MemberId> {
    let Some(own) = council.members.iter().find(|it| it.name == *member) else { return Vec::new() };
    let mut all = vec![own.name.clone()];
    let mut number = 2_u64;
    while all.len() < usize::from(samples) {
        let name = MemberId(format!("{}-{number}", member.0));
        number += 1;
        if council.slot(&name).is_some() {
            continue;
        }
        if seats.slot(&name).is_none() {
            let mut seat = Member { name: name.clone(), ..own.clone() };
            // The same seed would bring the same answer.
            seat.params.seed = own.params.seed.map(|seed| seed.wrapping_add(number));
            seats.members.push(seat);
        }
        all.push(name);
    }
    all
}

/// Puts members in the places of the names in a route.
fn route(
    stage: &mut Stage,
    names: &Names,
    seating: &Seating<'_>,
    everybody: Option<&Vec<MemberId>>,
) -> Result<(), Misfit> {
    let key = stage.name().unwrap_or_default().to_owned();
    let Some(routing) = stage.part.as_mut().and_then(|part| part.routing.as_mut()) else { return Ok(()) };
    let members = |whom: &Vec<Who>| seating.members(whom, &key);
    routing.among = members(&names.among)?;
    if let Some(everybody) = everybody.filter(|_| routing.among.is_empty()) {
        routing.among.clone_from(everybody);
    }
    for (topic, whom) in routing.topics.iter_mut().zip(&names.topics) {
        // Where the plan names nobody, those whose own topics say so.
        topic.members = if whom.is_empty() { seating.specialists(&topic.name) } else { members(whom)? };
    }
    for (rule, whom) in routing.rules.iter_mut().zip(&names.rules) {
        rule.to = members(whom)?;
    }
    Ok(())
}

/// What comes of a stage: who may bring a text, how many there are at the most, and whether each of them brings one for sure.
#[derive(Clone, Debug, Default)]
struct Texts {
    of: BTreeSet<MemberId>,
    most: usize,
    sure: bool,
}

/// What comes of each stage.
fn texts(cast: &Cast) -> Vec<Texts> {
    let mut all: Vec<Texts> = Vec::with_capacity(cast.stages.len());
    for stage in &cast.stages {
        let seen: Vec<&Texts> = stage
            .outcomes()
            .chain(stage.answers().map(|(of, _)| of))
            .filter_map(|of| all.get(usize::from(of.0)))
            .collect();
        let ground: BTreeSet<MemberId> = seen.iter().flat_map(|texts| texts.of.iter().cloned()).collect();
        let given = seen.iter().map(|texts| texts.most).sum::<usize>().min(ground.len());
        let texts = match (stage.ask, &stage.speakers) {
            (Ask::Route, _) => Texts::default(),
            (Ask::Ballot | Ask::HandOver, _) => Texts { of: ground, most: given, sure: false },
            (Ask::Critique, _) => {
                let sure = seen.iter().all(|texts| texts.sure);
                Texts { of: ground, most: given, sure }
            }
            (_, speakers) => {
                let of = spoken(speakers, cast, &ground);
                let (most, sure) = match speakers {
                    Speakers::Chair if cast.council.chair.is_none() => (1, false),
                    Speakers::Chosen(_) => (of.len(), false),
                    _ => (of.len(), true),
                };
                Texts { of, most, sure }
            }
        };
        all.push(texts);
    }
    all
}

/// Who may speak.
fn spoken(speakers: &Speakers, cast: &Cast, ground: &BTreeSet<MemberId>) -> BTreeSet<MemberId> {
    let everybody = || cast.council.members.iter().map(|member| member.name.clone()).collect();
    match speakers {
        Speakers::Every => everybody(),
        Speakers::Answered => ground.clone(),
        Speakers::Member(name) => [name.clone()].into(),
        Speakers::Named(names) => names.iter().cloned().collect(),
        Speakers::Chair => cast.council.chair.clone().map_or_else(|| ground.clone(), |chair| [chair].into()),
        Speakers::Chosen(of) => {
            let route = cast.stages.get(usize::from(of.0)).and_then(|stage| stage.part.as_ref());
            let routing = route.and_then(|part| part.routing.as_ref());
            match routing {
                Some(routing) if !routing.among.is_empty() => {
                    let to = routing.rules.iter().flat_map(|rule| &rule.to);
                    routing.among.iter().chain(to).cloned().collect()
                }
                _ => everybody(),
            }
        }
        Speakers::Nobody => BTreeSet::new(),
    }
}

/// Whether each stage has as many texts in front of it as it takes, and no two of one member.
fn enough(recipe: &Recipe, cast: &Cast, seating: &Seating<'_>) -> Result<(), Misfit> {
    let all = texts(cast);
    let of = |id: StageId| all.get(usize::from(id.0)).cloned().unwrap_or_default();
    for (written, stage) in recipe.stages.iter().zip(&cast.stages) {
        let name = stage.name().unwrap_or_default();
        let misfit = |message| Misfit { line: Some(written.line), key: name.to_owned(), message };
        let needed = match stage.ask {
            Ask::Merge => 2,
            Ask::Ballot => TO_RANK,
            Ask::Critique => stage.mode().unwrap_or_default().fewest(),
            Ask::Check => 1,
            Ask::Answer | Ask::Route | Ask::HandOver => 0,
        };
        let seen: Vec<StageId> =
            stage.outcomes().chain(stage.answers().map(|(answers, _)| answers)).collect();
        if needed == 0 {
            continue;
        }
        for (place, one) in seen.iter().enumerate() {
            for other in &seen[place + 1..] {
                let (texts, others) = (of(*one), of(*other));
                let twice = texts.of.intersection(&others.of).next();
                let sure = texts.sure && others.sure && !apart(&cast.stages, *one, *other);
                if let Some(member) = twice.filter(|_| sure) {
                    let title = |id: &StageId| cast.stages[usize::from(id.0)].name().unwrap_or_default();
                    return Err(misfit(format!(
                        "is given two texts of {}, from {} and {}: name another member for one of them, or say do = \"answer\" \
                         with a task",
                        clean::line(&member.0),
                        title(one),
                        title(other)
                    )));
                }
            }
        }
        let ground: BTreeSet<MemberId> = seen.iter().flat_map(|id| of(*id).of).collect();
        let given = seen.iter().map(|id| of(*id).most).sum::<usize>().min(ground.len());
        if given < needed {
            let here =
                seating.members(&[Who { is: super::Is::All, line: 0 }], name).map_or(0, |all| all.len());
            return Err(misfit(if here < needed {
                seating.too_small(needed, name)
            } else {
                format!("takes {needed} texts, and {given} can come of what it sees: name more members there")
            }));
        }
    }
    Ok(())
}
