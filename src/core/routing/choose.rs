//! Puts it together: who is asked, and why. What is not done here: reading a triage reply ([`super::triage`]), and asking.

use super::fill::{Place, families, fill, not_taken};
use super::learned::{draw, enough, mean};
use super::quality::{Quality, graded_questions, qualities};
use super::strategy::{Considered, rank};
use super::topic::named;
use super::way::{Known, Who, about, is_left_alone, list, road_of, shown, way};
use super::{By, Fitness, Road, Routed, Routing, Strategy, Triage};
use crate::core::clean;
use crate::core::ids::MemberId;
use crate::core::member::{Council, Member};
use crate::core::price::{GUESSED_ANSWER, Prices};
use crate::core::question::File;
use crate::core::spend::Dollars;
use crate::core::weights::{ENOUGH, Past};
use std::collections::BTreeMap;

/// A question that is to be routed.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Its words.
    pub question: &'a str,
    /// The files with it.
    pub files: &'a [File],
    /// The run's seed.
    pub seed: u64,
    /// The council.
    pub council: &'a Council,
    /// Who of it is there.
    pub here: Vec<MemberId>,
    /// What it is about, where the person said so.
    pub topic: Option<&'a str>,
    /// What the triage member said.
    pub triage: Option<&'a Triage>,
    /// Why there is nothing that it said, where it was asked.
    pub triage_failed: Option<&'a str>,
    /// Who answered the question before, where this one follows it up.
    pub before: Vec<MemberId>,
    /// Whom the person named.
    pub person: Vec<MemberId>,
}

/// How things stand when it is asked.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// What models cost.
    pub prices: &'a Prices,
    /// How it goes for members' endpoints; those that are missing are well.
    pub fitness: BTreeMap<MemberId, Fitness>,
    /// The graded questions; their members are the seats' names.
    pub history: Vec<Past>,
    /// How many tokens each member reads.
    pub tokens: u64,
}

/// Who is asked, and why. In this order: whom the person named; on a follow-up, those that answered before; the first rule that
/// holds; else the road that the plan says, the triage member says or the score is on, filled by the strategy. Somebody is
/// asked wherever anybody is here. The same arguments always give the same choice.
pub fn choose(routing: &Routing, asked: &Asked<'_>, now: &Circumstances<'_>) -> Routed {
    let mut why = Vec::new();
    let here: Vec<&Member> =
        asked.council.members.iter().filter(|member| asked.here.contains(&member.name)).collect();
    let topic = about(routing, asked, now, &mut why);
    if here.is_empty() {
        why.push("nobody of the council is here".to_owned());
        let road = routing.road.unwrap_or(Road::One);
        let (members, candidates, not_taken) = (Vec::new(), Vec::new(), Vec::new());
        return Routed { road, members, by: By::Score, topic, score: None, why, candidates, not_taken };
    }
    let names: Vec<MemberId> = here.iter().map(|member| member.name.clone()).collect();
    let mut may: Vec<MemberId> = names.iter().filter(|name| among(routing, name)).cloned().collect();
    if may.is_empty() {
        why.push("nobody of those that the plan names is here: everyone may be chosen".to_owned());
        may.clone_from(&names);
    }
    let of_topic = topic.as_deref().and_then(|topic| named(topic, &routing.topics));
    let specialists: &[MemberId] = of_topic.map_or(&[], |topic| &topic.members);
    let graded = graded_questions(&now.history, &may, topic.as_deref());
    let learns = routing.learned && enough(graded);
    let quality = qualities(&now.history, &names, topic.as_deref());
    let consider = |member: &&Member| {
        let found = quality.get(&member.name).copied();
        let Quality { right, graded, counts } =
            found.unwrap_or(Quality { right: 0.5, graded: 0, counts: (0, 0) });
        Considered {
            member: member.name.clone(),
            quality: right,
            graded,
            drawn: learns.then(|| draw(&member.name, counts, asked.seed)),
            cost: cost(asked.council, member, now),
            specialist: specialists.contains(&member.name),
        }
    };
    let considered: Vec<Considered> = here.iter().map(consider).collect();
    let of_plan: Vec<Considered> = considered.iter().filter(|it| may.contains(&it.member)).cloned().collect();
    let candidates = rank(routing.strategy, &of_plan, &now.fitness);
    let houses = families(asked.council);
    let places: Vec<Place<'_>> = candidates
        .iter()
        .map(|candidate| Place {
            candidate,
            family: houses.get(&candidate.member).cloned().unwrap_or_default(),
            specialist: specialists.contains(&candidate.member),
            left_alone: is_left_alone(now, &candidate.member),
        })
        .collect();
    let known = Known { topic: topic.as_deref(), here: &names, learns };
    let way = way(routing, asked, now, &known, &mut why);
    let (road, members) = match way.who {
        Who::These(members) => (way.road.unwrap_or_else(|| road_of(members.len(), names.len())), members),
        Who::Best => {
            let road = way.road.unwrap_or(Road::One);
            if routing.learned {
                why.push(learning(graded, topic.as_deref()));
            }
            if learns {
                why.extend(of_plan.iter().filter_map(|it| drawn(it, quality.get(&it.member)?)));
            }
            let filled = fill(road, routing.few, &places);
            why.push(by_strategy(routing.strategy).to_owned());
            why.extend(filled.iter().map(|(member, spoke)| format!("{}: {spoke}", shown(member))));
            (road, filled.into_iter().map(|(member, _)| member).collect())
        }
    };
    why.extend(left_out(now, &may, &members));
    let not_taken = not_taken(road, &members, routing.few, &places, &considered);
    Routed { road, members, by: way.by, topic, score: way.score, why, candidates, not_taken }
}

/// What an answer of a member is guessed to cost; none where its price is not known.
fn cost(council: &Council, member: &Member, now: &Circumstances<'_>) -> Option<Dollars> {
    if council.scripted {
        return Some(Dollars::default());
    }
    let written = GUESSED_ANSWER.min(u64::from(member.params.answer_limit));
    now.prices.of(&member.model).map(|price| Dollars::of(price.of(now.tokens, written)))
}

fn among(routing: &Routing, name: &MemberId) -> bool {
    routing.among.is_empty() || routing.among.contains(name)
}

/// Whether graded history chooses, in words.
fn learning(graded: usize, topic: Option<&str>) -> String {
    let on = topic.map(|topic| format!(" on {}", clean::line(topic))).unwrap_or_default();
    if enough(graded) {
        format!("learned router: {graded} graded questions{on}")
    } else {
        format!("learned router off: {graded} of {ENOUGH} graded questions{on}")
    }
}

/// A member's draw, in words.
fn drawn(member: &Considered, quality: &Quality) -> Option<String> {
    let (drawn, (right, wrong)) = (member.drawn?, quality.counts);
    let expected = mean(quality.counts);
    let all = u64::from(right) + u64::from(wrong);
    Some(format!(
        "{} drew {drawn:.2}, its mean is {expected:.2} ({right} of {all} right)",
        shown(&member.member)
    ))
}

/// What a strategy goes by.
fn by_strategy(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Cost => "by cost: the cheapest that is well",
        Strategy::Balanced => "balanced: quality against cost",
        Strategy::Quality => "by quality: the best, whatever it costs",
    }
}

/// Who was passed over since its endpoint is left alone, in words.
fn left_out(now: &Circumstances<'_>, may: &[MemberId], members: &[MemberId]) -> Option<String> {
    let out: Vec<MemberId> =
        may.iter().filter(|it| is_left_alone(now, it) && !members.contains(it)).cloned().collect();
    (!out.is_empty()).then(|| format!("left alone after many faults: {}", list(&out)))
}
