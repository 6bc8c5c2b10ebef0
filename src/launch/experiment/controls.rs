//! The controls that an experiment proposes by itself, each with its label: without them nobody can tell what a council or a
//! debate is worth. What is not to be had is said, with why.

use super::arms::{add, finished, goes_on, plain};
use super::recordings::Read;
use super::{Ahead, prices};
use crate::agreement::graded;
use crate::config::experiment::Sheet;
use crate::config::plans;
use crate::core::price::GUESSED_ANSWER;
use crate::core::recipe::MOST_SAMPLES;
use crate::core::{Ask, Council, Member, MemberId, Protocol, Speakers, clean};
use crate::experiment::Design;
use crate::experiment::arm::{Arm, Control, Reading, Treatment, VoteRule, When};
use crate::launch::Launch;
use crate::providers::{recorded, scripted};
use std::collections::BTreeMap;

/// The most samples that a control takes of one member.
const MOST: u32 = 64;
/// How many tokens a question is guessed to have where members are compared by price.
const READ: u64 = 200;

/// Adds the controls that are wanted.
pub(super) fn propose(launch: &Launch, sheet: &Sheet, recorded: &Read, design: &mut Design) {
    let asked: Vec<usize> = (0..design.treatments.len()).collect();
    let wants = |control: Control| sheet.controls.contains(&control);
    if wants(Control::BestSingle) {
        best_single(launch, design, recorded, &asked);
    }
    if wants(Control::FirstVote) {
        first_votes(design, &asked);
    }
    let (consistency, moa) = (wants(Control::SelfConsistencyCalls), wants(Control::SelfMoaCalls));
    if !(consistency || moa) || asked.iter().all(|at| design.treatments[*at].council.members.len() == 1) {
        return;
    }
    let Some((best, why)) = best(launch, sheet, design) else { return };
    design.best = Some(best.name.0.clone());
    if best.model.provider == scripted::PROVIDER {
        design
            .notes
            .push("no self-consistency and no Self-MoA: scripted members have one answer each".to_owned());
        return;
    }
    let mut wanted: Vec<(u32, Control, String)> = Vec::new();
    for at in asked {
        let treatment = &design.treatments[at];
        if treatment.council.members.len() == 1 {
            continue;
        }
        let (calls, cost) = equal(launch, treatment, &best);
        let name = treatment.name.clone();
        wanted.push((calls, Control::SelfConsistencyCalls, name.clone()));
        if let Some(cost) = cost.filter(|cost| *cost != calls) {
            wanted.push((cost, Control::SelfConsistencyCost, name));
        }
    }
    let before = design.arms.len();
    let mut made: Vec<(u32, bool)> = Vec::new();
    for (samples, control, of) in wanted {
        let by_cost = control == Control::SelfConsistencyCost;
        if consistency && !made.contains(&(samples, false)) {
            made.push((samples, false));
            self_consistency(launch, design, recorded, &best, samples, control, &of);
        }
        if moa && samples > 2 && !made.contains(&(samples, true)) {
            made.push((samples, true));
            let control = if by_cost { Control::SelfMoaCost } else { Control::SelfMoaCalls };
            self_moa(launch, design, recorded, &best, samples, control, &of);
        }
    }
    if design.arms.len() > before {
        let name = clean::line(&best.name.0);
        let line = format!("self-consistency and Self-MoA sample {name} ({why}); best = \"NAME\" chooses");
        design.notes.push(line);
    }
}

/// The best member of each council alone. Where not all of its members are asked every question, they are for that.
fn best_single(launch: &Launch, design: &mut Design, recorded: &Read, asked: &[usize]) {
    let mut known: Vec<Vec<Member>> = Vec::new();
    let names: usize = asked.iter().filter(|at| design.treatments[**at].council.members.len() > 1).count();
    let (all, some): (Vec<usize>, Vec<usize>) =
        asked.iter().copied().partition(|at| everybody_answers(&design.treatments[*at]));
    for at in all.iter().chain(&some).copied() {
        let treatment = &design.treatments[at];
        let members = distinct(&treatment.council);
        let mut unnamed: Vec<Member> = members.iter().map(nameless).collect();
        unnamed.sort_by_cached_key(|member| format!("{member:?}"));
        let there = design.arms.iter().any(|arm| arm.treatment == at && arm.reading == Reading::BestSingle);
        if members.len() < 2 || there || known.contains(&unnamed) {
            continue;
        }
        known.push(unnamed);
        let name = free(design, "best single", &treatment.name, names > 1);
        let place = if some.contains(&at) {
            let council = Council { name: "members".to_owned(), members, ..Council::default() };
            let of = format!("members of {}", treatment.name);
            let treatment = plain(launch, &of, council, recorded.digest);
            add(design, treatment)
        } else {
            at
        };
        let control = Some(Control::BestSingle);
        design.arms.push(Arm { name, treatment: place, reading: Reading::BestSingle, control });
    }
}

fn nameless(member: &Member) -> Member {
    Member { name: MemberId::from(""), ..member.clone() }
}

/// The members of a council, each once: seats of one model with one persona are samples of one member, whatever they are called.
fn distinct(council: &Council) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    for member in &council.members {
        if members.iter().all(|known| nameless(known) != nameless(member)) {
            members.push(member.clone());
        }
    }
    members
}

/// Whether every member answers every question before it sees another answer.
fn everybody_answers(treatment: &Treatment) -> bool {
    let Some(plan) = &treatment.plan else { return true };
    let Some(first) = plan.stages.first().filter(|stage| stage.ask == Ask::Answer) else { return false };
    match &first.speakers {
        Speakers::Every | Speakers::Answered => true,
        Speakers::Named(names) => {
            let speak = |member: &Member| {
                let same = |other: &&Member| nameless(other) == nameless(member);
                treatment.council.members.iter().filter(same).any(|it| names.contains(&it.name))
            };
            distinct(&treatment.council).iter().all(speak)
        }
        _ => false,
    }
}

/// The vote of the answers that nobody had seen another of, where something comes after them.
fn first_votes(design: &mut Design, asked: &[usize]) {
    for at in asked {
        let treatment = &design.treatments[*at];
        if treatment.council.members.len() < 2 || !goes_on(treatment) {
            continue;
        }
        let own = design.arms.iter().find_map(|arm| match &arm.reading {
            Reading::Vote(rule, When::Last) if arm.treatment == *at => Some(*rule),
            _ => None,
        });
        let reading = Reading::Vote(own.unwrap_or(VoteRule::Plurality), When::First);
        if design.arms.iter().any(|arm| arm.treatment == *at && arm.reading == reading) {
            continue;
        }
        let name = free(design, "first vote", &treatment.name, true);
        design.arms.push(Arm { name, treatment: *at, reading, control: Some(Control::FirstVote) });
    }
}

/// A name that no arm has.
fn free(design: &Design, what: &str, of: &str, told: bool) -> String {
    let taken = |name: &str| design.arms.iter().any(|arm| arm.name == name);
    let name = if told || taken(what) { format!("{what} of {of}") } else { what.to_owned() };
    let mut unique = name.clone();
    let mut number = 2;
    while taken(&unique) {
        unique = format!("{name} {number}");
        number += 1;
    }
    unique
}

/// Whose samples controls take: who is named, else who was right most often so far, else the dearest, else the first.
fn best(launch: &Launch, sheet: &Sheet, design: &mut Design) -> Option<(Member, &'static str)> {
    let all: Vec<Member> = design.treatments.iter().flat_map(|it| it.council.members.clone()).collect();
    let same = |name: &str, member: &&Member| member.name.0 == name || member.model.to_string() == name;
    if let Some((name, line)) = &sheet.best {
        let found = all.iter().find(|member| same(name, member)).cloned();
        let model = || super::model(launch, name).ok();
        if let Some(member) = found.or_else(|| Some(Member::new(name, model()?))) {
            return Some((member, if *line > 0 { "as best says" } else { "as chosen before" }));
        }
        let line =
            format!("best = {}: nobody of that name, so controls take another member", clean::exact(name));
        design.notes.push(line);
    }
    let council = Council { members: all.clone(), ..Council::default() };
    let learned = graded::learned(&launch.grades().unwrap_or_default(), &council, None);
    let (member, why) = if let Some(member) =
        learned.best.and_then(|best| all.iter().find(|it| it.name == best))
    {
        (member.clone(), "right most often in your grades")
    } else {
        let prices = prices(launch);
        let cost =
            |member: &Member| prices.of(&member.model).map_or(0.0, |price| price.of(READ, GUESSED_ANSWER));
        let dearest = all.iter().fold(None, |best: Option<&Member>, member| match best {
            Some(best) if cost(best) >= cost(member) => Some(best),
            _ => Some(member),
        })?;
        (dearest.clone(), if cost(dearest) > 0.0 { "the dearest" } else { "in the first seat" })
    };
    Some((member, why))
}

/// How many samples of a member are as many calls as a treatment takes, and how many cost as much; none where nobody knows what
/// they cost.
fn equal(launch: &Launch, treatment: &Treatment, best: &Member) -> (u32, Option<u32>) {
    let prices = prices(launch);
    let of = |treatment: &Treatment| Ahead::one(&prices, treatment, READ);
    let ahead = of(treatment);
    let calls = (ahead.fewest + ahead.calls).div_ceil(2).clamp(1, MOST);
    let alone = Treatment {
        council: Council { members: vec![best.clone()], ..Council::default() },
        ..Treatment::default()
    };
    let single = of(&alone).about.usd();
    let cost = (single > 0.0 && ahead.unpriced == 0).then(|| (ahead.about.usd() / single).round() as u32);
    (calls, cost.map(|samples| samples.clamp(1, MOST)))
}

/// Whether a recording has that many answers of a member to every question that it has any to.
fn recorded_enough(design: &mut Design, recorded: &Read, best: &Member, samples: u32, what: &str) -> bool {
    if best.model.provider != recorded::PROVIDER {
        return true;
    }
    let takes = |item: &crate::experiment::Item| {
        let takes = recorded.all.takes(&item.question, &best.model.model);
        takes.iter().filter(|take| take.round == 0).count()
    };
    let least = design.items.iter().map(takes).filter(|takes| *takes > 0).min().unwrap_or(0);
    if least >= samples as usize {
        return true;
    }
    let (name, many) = (clean::line(&best.name.0), if least == 1 { "1 answer" } else { "few answers" });
    let line = format!("no {what} of {samples}: the recording has {many} of {name} to a question");
    if !design.notes.contains(&line) {
        design.notes.push(line);
    }
    false
}

/// So many seats of one member; the seeds that it may have differ.
fn samples_of(best: &Member, samples: u32) -> Council {
    let seat = |number: u32| {
        let name = if number == 0 { best.name.0.clone() } else { format!("{}-{}", best.name.0, number + 1) };
        let mut member = Member { name: MemberId(name), ..best.clone() };
        member.params.seed = best.params.seed.map(|seed| seed.wrapping_add(number.into()));
        member
    };
    Council { name: "samples".to_owned(), members: (0..samples).map(seat).collect(), ..Council::default() }
}

fn self_consistency(
    launch: &Launch,
    design: &mut Design,
    recorded: &Read,
    best: &Member,
    samples: u32,
    control: Control,
    of: &str,
) {
    if !recorded_enough(design, recorded, best, samples, "self-consistency") {
        return;
    }
    let name = free(design, &format!("self-consistency x{samples}"), of, false);
    let treatment = plain(launch, &name, samples_of(best, samples), recorded.digest);
    let treatment = add(design, treatment);
    let reading = match samples {
        1 => Reading::Result,
        _ => Reading::Vote(VoteRule::Plurality, When::Last),
    };
    design.arms.push(Arm { name, treatment, reading, control: Some(control) });
}

/// Samples of one member, made one text by itself: one call of the sum is the last.
fn self_moa(
    launch: &Launch,
    design: &mut Design,
    recorded: &Read,
    best: &Member,
    calls: u32,
    control: Control,
    of: &str,
) {
    if best.model.provider == recorded::PROVIDER {
        let line = "no Self-MoA: a recorded member can't make one text of several".to_owned();
        if !design.notes.contains(&line) {
            design.notes.push(line);
        }
        return;
    }
    let samples = (calls - 1).min(MOST_SAMPLES.into());
    let name = free(design, &format!("Self-MoA x{}", samples + 1), of, false);
    let written = format!(
        "name = \"self-moa\"\nabout = \"samples of one member, made one text by itself\"\n\n[roles]\none = \"seat 1\"\n\n\
         [[stage]]\nname = \"samples\"\ndo = \"answer\"\nby = \"one\"\nsamples = {samples}\n\n\
         [[stage]]\nname = \"final\"\ndo = \"answer\"\nby = \"one\"\nsees = [\"samples\"]\n"
    );
    let council = Council { members: vec![best.clone()], ..samples_of(best, 1) };
    let cast = plans::parse("self-moa", &written)
        .ok()
        .and_then(|recipe| recipe.cast(&council, &prices(launch), &BTreeMap::new()).ok());
    let Some(cast) = cast else {
        design.notes.push("no Self-MoA: its plan does not fit this member".to_owned());
        return;
    };
    if samples + 1 < calls {
        design
            .notes
            .push(format!("{name}: {calls} calls were wanted, a stage takes at most {MOST_SAMPLES} samples"));
    }
    let planned = cast.planned();
    let treatment = finished(launch, &name, cast.council, Protocol::Ask, Some(planned), recorded.digest);
    let treatment = add(design, treatment);
    design.arms.push(Arm { name, treatment, reading: Reading::Result, control: Some(control) });
}
