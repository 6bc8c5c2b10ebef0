//! A written plan in an export: its stages one after another, with what was decided on the way, and what it came to; and what
//! the command that repeats it has to say of it.

use super::{answer, ballots_of, synthesis};
use crate::agreement::planned;
use crate::core::price::Prices;
use crate::core::recipe::{Is, Who};
use crate::core::{
    Ask, Council, Dollars, Handed, Member, MemberId, Phase, Recipe, Routed, Run, Speakers, StageState, Way,
    clean,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How deep the headings of calls are under that of their stage.
const UNDER: &str = "###";

/// All of it.
pub(super) fn plan(out: &mut String, run: &Run) {
    if !run.planned() {
        return;
    }
    if let Some(name) = run.plan_name() {
        let _ = writeln!(out, "*Plan: {}, {}.*\n", clean::line(name), run.way().word());
    }
    for state in run.in_order() {
        stage(out, run, state);
    }
    if let Some(outcome) = planned::outcome(run) {
        let who = outcome.member.map_or("you".to_owned(), |member| clean::line(&member.0));
        let word = if run.way() == Way::Done { "Outcome" } else { "So far" };
        let _ = writeln!(out, "## {word} ({}, by {who})\n", run.title(outcome.stage));
        if let Some(position) = outcome.position {
            let sure = position.confidence.map(|sure| format!(" (states confidence {sure:.2})"));
            let _ = writeln!(out, "Position: {}{}\n", clean::line(&position.value), sure.unwrap_or_default());
        }
        let _ = writeln!(out, "{}\n", clean::prose(outcome.text.trim()));
    }
}

fn stage(out: &mut String, run: &Run, state: &StageState) {
    let id = state.stage.id;
    let _ = writeln!(
        out,
        "## Stage {} ({}, {})\n",
        run.title(id),
        state.stage.ask.word(),
        run.phase(state).word()
    );
    match (&state.decided, run.phase(state)) {
        (Some(decided), Phase::Skipped) => _ = writeln!(out, "*Skipped: {}.*\n", clean::line(&decided.why)),
        (Some(decided), _) if !decided.why.is_empty() => {
            let _ = writeln!(out, "*Begun since {}.*\n", clean::line(&decided.why));
        }
        _ => {}
    }
    if let Some(obstacle) = state.begun.as_ref().and_then(|begun| begun.obstacle.as_ref()) {
        let _ = writeln!(out, "*{}*\n", clean::line(obstacle));
    }
    match state.stage.ask {
        Ask::Merge => synthesis(out, run, state, UNDER),
        Ask::Ballot if state.begun.is_some() => ballots_of(out, run, state, UNDER),
        Ask::Answer | Ask::Critique | Ask::Check | Ask::Route => {
            for call in run.counting_of(id) {
                answer(out, run, call, UNDER);
            }
        }
        Ask::Ballot | Ask::HandOver => {}
    }
    let claims = planned::claims(run, id);
    for claim in &claims {
        let said: Vec<String> = claim.members.iter().map(|name| clean::line(&name.0)).collect();
        let (number, holds) = (claim.number, claim.holds.word());
        let _ = writeln!(out, "- `{number}` {holds}: {} ({})", clean::line(claim.words), said.join(", "));
        for (member, verdict) in &claim.said {
            let (who, word) = (clean::line(&member.0), verdict.holds.word());
            let _ = writeln!(out, "  - {who}: {word}, {}", clean::line(&verdict.reason));
        }
    }
    if !claims.is_empty() {
        out.push('\n');
    }
    if let Some(one) = &state.routed {
        routed(out, one);
    }
    if let Some(one) = &state.handed {
        handed(out, run, one);
    }
}

fn names(members: &[MemberId]) -> String {
    members.iter().map(|name| clean::line(&name.0)).collect::<Vec<_>>().join(", ")
}

/// The road with its reasons, and those that were not taken.
fn routed(out: &mut String, routed: &Routed) {
    let _ = writeln!(out, "Road {}: {}\n", routed.road.name(), names(&routed.members));
    for why in &routed.why {
        let _ = writeln!(out, "- {}", clean::line(why));
    }
    for other in &routed.not_taken {
        let cost = other.more.map_or("cost not known".to_owned(), |more| {
            let than = if more < 0 { "less" } else { "more" };
            format!("~{} {than}", Dollars(more.unsigned_abs()))
        });
        let (road, who) = (other.road.name(), names(&other.members));
        let _ = writeln!(out, "- not taken: {road}, {who} ({cost}, right with {:.2})", other.right);
    }
    out.push('\n');
}

/// What the person decided.
fn handed(out: &mut String, run: &Run, handed: &Handed) {
    let _ = match handed {
        Handed::Approved => writeln!(out, "*{}*\n", handed.words()),
        Handed::Chosen(call) => {
            let who = run.calls.get(call).map(|call| clean::line(&call.member.0)).unwrap_or_default();
            writeln!(out, "*{}: {who}'s text*\n", handed.words())
        }
        Handed::Edited(text) | Handed::SentBack(text) => {
            writeln!(out, "*{}:*\n\n{}\n", handed.words(), clean::prose(text.trim()))
        }
    };
}

/// The council without the seats that a plan's samples added: who was there before it was cast.
pub(super) fn without_samples(run: &Run) -> Council {
    let model =
        |name: &MemberId| run.council.members.iter().find(|member| member.name == *name).map(|it| &it.model);
    let sample = |member: &Member| {
        run.stages.iter().any(|state| {
            let Speakers::Named(names) = &state.stage.speakers else { return false };
            let Some(base) = names.first().filter(|base| **base != member.name) else { return false };
            let of = |name: &MemberId| {
                let number = name.0.strip_prefix(&base.0).and_then(|rest| rest.strip_prefix('-'));
                number.is_some_and(|number| number.parse::<u64>().is_ok()) && model(name) == model(base)
            };
            names.contains(&member.name) && names[1..].iter().all(of)
        })
    };
    let members = run.council.members.iter().filter(|member| !sample(member)).cloned().collect();
    Council { members, ..run.council.clone() }
}

/// Who has which role in a run, as the command line takes it; empty where they are those that the plan gives anyway.
pub(super) fn roles(recipe: &Recipe, council: &Council, prices: &Prices, run: &Run) -> Vec<String> {
    let began: Vec<&StageState> = run.stages.iter().take(recipe.stages.len()).collect();
    let same = |cast: crate::core::Cast| {
        let mut pairs = cast.stages.iter().zip(&began);
        let routing = |stage: &crate::core::Stage| stage.part.as_ref().and_then(|part| part.routing.clone());
        pairs.all(|(stage, state)| {
            stage.speakers == state.stage.speakers && routing(stage) == routing(&state.stage)
        })
    };
    if recipe.cast(council, prices, &BTreeMap::new()).is_ok_and(same) {
        return Vec::new();
    }
    let mut found: BTreeMap<String, Vec<MemberId>> = BTreeMap::new();
    let mut take = |by: &[Who], members: Vec<MemberId>| {
        if let ([Who { is: Is::Role(role), .. }], false) = (by, members.is_empty()) {
            found.entry(role.clone()).or_insert(members);
        }
    };
    for (written, state) in recipe.stages.iter().zip(&began) {
        let members = match &state.stage.speakers {
            Speakers::Member(name) => vec![name.clone()],
            Speakers::Named(names) if written.samples > 1 => names[..1].to_vec(),
            Speakers::Named(names) => names.clone(),
            _ => Vec::new(),
        };
        take(&written.by, members);
        let routing = state.stage.part.as_ref().and_then(|part| part.routing.as_ref());
        if let (Some(names), Some(routing)) = (&written.route, routing) {
            take(&names.among, routing.among.clone());
            for (by, topic) in names.topics.iter().zip(&routing.topics) {
                take(by, topic.members.clone());
            }
            for (by, rule) in names.rules.iter().zip(&routing.rules) {
                take(by, rule.to.clone());
            }
        }
    }
    let all = recipe.roles.iter().filter_map(|role| {
        let members = found.get(&role.name)?;
        let names: Vec<&str> = members.iter().map(|name| name.0.as_str()).collect();
        Some(format!("{}={}", role.name, names.join(",")))
    });
    all.collect()
}
