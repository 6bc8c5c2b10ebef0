//! What decides on a road before members are weighed: the person, the question before, a rule, the plan, the triage member or
//! the score; and what the question is about. Who is best is [`super::strategy`]'s.

use super::choose::{Asked, Circumstances};
use super::complexity::complexity;
use super::rule::{Seen, holds};
use super::topic::{named, same, topic};
use super::words::folded;
use super::{By, Road, Routing};
use crate::core::clean;
use crate::core::ids::MemberId;

/// What decided, before members are weighed.
pub(super) struct Way {
    /// What it was.
    pub by: By,
    /// Whom it goes to.
    pub who: Who,
    /// The road, where it was said; else it follows from who is asked.
    pub road: Option<Road>,
    /// How hard the question looks, where that was looked at.
    pub score: Option<f64>,
}

/// Whom a road goes to.
pub(super) enum Who {
    /// Just these.
    These(Vec<MemberId>),
    /// The best by the strategy.
    Best,
}

/// What is known by then.
pub(super) struct Known<'a> {
    /// What the question is about.
    pub topic: Option<&'a str>,
    /// Who is here, in the order of seats.
    pub here: &'a [MemberId],
    /// Whether graded history chooses.
    pub learns: bool,
}

/// The first of all reasons that decides.
pub(super) fn way(
    routing: &Routing,
    asked: &Asked<'_>,
    now: &Circumstances<'_>,
    known: &Known<'_>,
    why: &mut Vec<String>,
) -> Way {
    let here = known.here;
    let these = |by, road, members| Way { by, who: Who::These(members), road, score: None };
    let named = there(&asked.person, here);
    if !named.is_empty() {
        why.push(format!("you named {}", list(&named)));
        return these(By::Person, None, named);
    }
    if !asked.person.is_empty() {
        why.push(format!("you named {}, not here", list(&asked.person)));
    }
    if routing.stays && !asked.before.is_empty() {
        let mut before = there(&asked.before, here);
        before.retain(|member| !is_left_alone(now, member));
        if !before.is_empty() {
            why.push(format!("a follow-up stays with {}", list(&before)));
            return these(By::FollowUp, None, before);
        }
        why.push("a follow-up, but nobody that answered before can be asked".to_owned());
    }
    let folded = folded(asked.question);
    let seen = Seen { folded: &folded, question: asked.question, files: asked.files, topic: known.topic };
    for (at, rule) in routing.rules.iter().enumerate() {
        let Some(held) = holds(rule, &seen) else { continue };
        let held = if held.is_empty() { "always".to_owned() } else { held.join(", ") };
        let to = there(&rule.to, here);
        if to.is_empty() && !rule.to.is_empty() && rule.road.is_none() {
            why.push(format!("rule {} holds ({held}), but {} is not here", at + 1, list(&rule.to)));
            continue;
        }
        why.push(format!("rule {} holds: {held}", at + 1));
        if !to.is_empty() {
            return these(By::Rule, rule.road, to);
        }
        if let Some(road) = rule.road {
            why.push(format!("it says: {}", road.name()));
            return Way { by: By::Rule, who: Who::Best, road: Some(road), score: None };
        }
        // A rule that says nothing keeps the question from the rules after it.
        break;
    }
    let way = road(routing, asked, why);
    if known.learns { Way { by: By::Learned, ..way } } else { way }
}

/// The road where no rule says it: the plan's, the triage member's, or by how hard the question looks.
fn road(routing: &Routing, asked: &Asked<'_>, why: &mut Vec<String>) -> Way {
    let best = |by, road, score| Way { by, who: Who::Best, road: Some(road), score };
    if let Some(road) = routing.road {
        why.push(format!("the plan says: {}", road.name()));
        return best(By::Rule, road, None);
    }
    if let Some(triage) = asked.triage {
        if let Some(road) = triage.road {
            let reason = clean::line(&triage.reason);
            let because = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            why.push(format!("the triage member says: {}{because}", road.name()));
            return best(By::Triage, road, None);
        }
        why.push("the triage member named no road: the score decides".to_owned());
    } else if let Some(failed) = asked.triage_failed {
        why.push(format!("no triage ({}): the score decides", clean::line(failed)));
    }
    let found = complexity(asked.question, asked.files);
    let [few, full] = routing.hard;
    let road = match (found.score * 100.0).round() as u8 {
        hard if hard >= full => Road::Full,
        hard if hard >= few => Road::Few,
        _ => Road::One,
    };
    let limit = |hundredths: u8| f64::from(hundredths) / 100.0;
    let score = found.score;
    why.push(format!(
        "looks {score:.2} hard: {} (few from {:.2}, full from {:.2})",
        road.name(),
        limit(few),
        limit(full)
    ));
    why.extend(found.reasons);
    best(By::Score, road, Some(score))
}

/// What the question is about: as the person says, as the triage member says where that is a topic that is known, by its
/// words, or else as the triage member says.
pub(super) fn about(
    routing: &Routing,
    asked: &Asked<'_>,
    now: &Circumstances<'_>,
    why: &mut Vec<String>,
) -> Option<String> {
    // Grades and plans are compared by the letter, so a name is taken as they spell it.
    let known = |name: &str| {
        let of_plan = named(name, &routing.topics).map(|topic| &topic.name);
        let of_grades =
            || now.history.iter().filter_map(|past| past.topic.as_ref()).find(|it| same(it, name));
        of_plan.or_else(of_grades).cloned()
    };
    let said = |name: Option<&str>| name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    if let Some(name) = said(asked.topic) {
        why.push(format!("about {}, as you say", clean::line(&name)));
        return Some(known(&name).unwrap_or(name));
    }
    let by_triage = said(asked.triage.and_then(|triage| triage.topic.as_deref()));
    let is_known = by_triage.as_deref().and_then(known);
    let by_words = || topic(asked.question, &routing.topics);
    if let (None, Some((topic, words))) = (&is_known, by_words()) {
        let words: Vec<String> = words.iter().map(|word| clean::line(word)).collect();
        why.push(format!("about {} ({})", clean::line(&topic.name), words.join(", ")));
        return Some(topic.name.clone());
    }
    let name = is_known.or(by_triage)?;
    why.push(format!("about {}, says the triage member", clean::line(&name)));
    Some(name)
}

/// Those of these that are here, each once.
fn there(these: &[MemberId], here: &[MemberId]) -> Vec<MemberId> {
    let mut found: Vec<MemberId> = Vec::new();
    for member in these.iter().filter(|member| here.contains(member)) {
        if !found.contains(member) {
            found.push(member.clone());
        }
    }
    found
}

/// The road that so many of all are.
pub(super) fn road_of(count: usize, all: usize) -> Road {
    match count {
        1 => Road::One,
        count if count >= all => Road::Full,
        _ => Road::Few,
    }
}

/// Whether a member's endpoint is left alone.
pub(super) fn is_left_alone(now: &Circumstances<'_>, member: &MemberId) -> bool {
    now.fitness.get(member).is_some_and(|fitness| fitness.left_alone)
}

/// A name for people.
pub(super) fn shown(member: &MemberId) -> String {
    clean::line(&member.0)
}

/// Names for people.
pub(super) fn list(members: &[MemberId]) -> String {
    members.iter().map(shown).collect::<Vec<_>>().join(", ")
}
