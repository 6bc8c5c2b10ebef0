//! The ways through a plan: which roads its routes may take, and on each of them how many speak in a stage and how often. What
//! that costs is not known here.

use super::may_fail;
use crate::core::ids::{MemberId, StageId};
use crate::core::member::Council;
use crate::core::part::When;
use crate::core::plan::{Ask, Speakers, Stage};
use crate::core::recipe::facts::{before, instead, takes, weighs};
use crate::core::routing::{Road, Routing};
use std::collections::{BTreeMap, BTreeSet};

/// More roads together than this are not gone through one by one.
const MOST_WAYS: usize = 1024;

/// Which end of what may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// What can be left out is.
    Shortest,
    /// Everything is begun, and every reply can be read at once.
    Longest,
    /// The most that can come.
    Bound,
}

/// The road of each route; of one that is not in it, none is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Roads(BTreeMap<StageId, Option<Road>>);

/// Texts that come of a stage: from whom, and how many.
#[derive(Clone, Debug, Default)]
pub(super) struct Came {
    pub(super) may: BTreeSet<usize>,
    pub(super) least: usize,
    pub(super) most: usize,
}

/// Who speaks in a stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Speaks {
    /// The seats that may.
    pub(super) may: BTreeSet<usize>,
    /// How many do, and how often: on the shortest way, on the longest, and at the most.
    ways: [(usize, u32); 3],
    /// What comes of it.
    pub(super) came: Came,
}

impl Speaks {
    /// How many speak on a way, and how often each.
    pub(super) fn on(&self, way: Way) -> (usize, u32) {
        self.ways[way as usize]
    }
}

/// No road is known.
pub(super) fn unknown() -> Roads {
    Roads::default()
}

/// All roads together that the routes of a plan may take; where there are too many, that none is known.
pub(super) fn all(stages: &[Stage]) -> Vec<Roads> {
    let mut all = vec![Roads::default()];
    for route in stages.iter().filter(|stage| stage.ask == Ask::Route) {
        let mut roads: Vec<Option<Road>> =
            Road::ALL.into_iter().filter(|road| takes(route, *road)).map(Some).collect();
        if may_fail(route.when()) {
            roads.push(None);
        }
        if all.len() * roads.len() > MOST_WAYS {
            return vec![unknown()];
        }
        let with = |so_far: &Roads| {
            let so_far = so_far.clone();
            roads.clone().into_iter().map(move |road| {
                let mut next = so_far.clone();
                next.0.insert(route.id, road);
                next
            })
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}

/// How often a stage is gone through at the most: once, and once more for each time that it is sent back, by every gate that
/// it lies before.
pub(super) fn times(stages: &[Stage], id: StageId) -> u32 {
    let mut times = 1_u32;
    for gate in stages {
        let Some(back) = gate.part.as_ref().and_then(|part| part.back) else { continue };
        if before(stages, id).contains(&back.to) && before(stages, gate.id).contains(&id) {
            times = times.saturating_mul(1 + u32::from(back.times));
        }
    }
    times
}

/// Whether a stage is begun.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    Always,
    Maybe,
    Never,
}

/// Who speaks in each stage where the routes take these roads.
pub(super) fn walk(stages: &[Stage], council: &Council, roads: &Roads) -> Vec<Speaks> {
    let mut all: Vec<Speaks> = Vec::with_capacity(stages.len());
    for stage in stages {
        let next = Walk { stages, council, roads, all: &all }.stage(stage);
        all.push(next);
    }
    all
}

struct Walk<'a> {
    stages: &'a [Stage],
    council: &'a Council,
    roads: &'a Roads,
    all: &'a [Speaks],
}

impl Walk<'_> {
    fn stage(&self, stage: &Stage) -> Speaks {
        let ground = self.given(stage);
        let starved = stage.outcomes().next().is_some() || stage.answers().is_some();
        let needed = match stage.ask {
            Ask::Merge => 2,
            Ask::Ballot => 3,
            Ask::Critique => stage.mode().unwrap_or_default().fewest(),
            Ask::Answer | Ask::Check | Ask::HandOver => usize::from(starved),
            Ask::Route => 0,
        };
        let goes = match self.goes(stage) {
            _ if ground.most < needed => Goes::Never,
            Goes::Always if ground.least < needed => Goes::Maybe,
            goes => goes,
        };
        let (may, least, most) = self.speakers(stage, &ground);
        let own = may.iter().any(|seat| ground.may.contains(seat));
        let [short, long, bound] = rounds(stage, &ground, own);
        let ways = match goes {
            Goes::Always => [(least, short), (most, long), (most, bound)],
            Goes::Maybe => [(0, 0), (most, long), (most, bound)],
            Goes::Never => [(0, 0); 3],
        };
        let here = match stage.ask {
            Ask::Answer | Ask::Merge | Ask::Check => Came { may: may.clone(), least, most },
            Ask::Critique => ground.clone(),
            Ask::Ballot | Ask::HandOver => Came { least: ground.least.min(1), ..ground.clone() },
            Ask::Route => Came::default(),
        };
        let instead = || self.instead(stage);
        let came = match goes {
            Goes::Always => here,
            Goes::Never => instead(),
            Goes::Maybe => {
                let other = instead();
                Came {
                    may: here.may.union(&other.may).copied().collect(),
                    least: here.least.min(other.least),
                    most: here.most.max(other.most),
                }
            }
        };
        Speaks { may, ways, came }
    }

    /// What is handed on in the place of a stage that is left out.
    fn instead(&self, stage: &Stage) -> Came {
        let ways = instead(stage).filter_map(|of| self.all.get(usize::from(of.0))).map(|speaks| &speaks.came);
        let mut all: Option<Came> = None;
        for came in ways {
            let other = all.take().unwrap_or_else(|| came.clone());
            all = Some(Came {
                may: other.may.union(&came.may).copied().collect(),
                // Of answers that settle a question a few alone may be handed on.
                least: other.least.min(came.least).min(1),
                most: other.most.max(came.most),
            });
        }
        all.unwrap_or_default()
    }

    /// The texts that a stage is given.
    fn given(&self, stage: &Stage) -> Came {
        let seen = stage.outcomes().chain(stage.answers().map(|(of, _)| of));
        let mut all = Came::default();
        for came in seen.filter_map(|of| self.all.get(usize::from(of.0))).map(|speaks| &speaks.came) {
            all.may.extend(&came.may);
            all.least += came.least;
            all.most += came.most;
        }
        if stage.ask != Ask::Answer && stage.ask != Ask::HandOver {
            // One text a seat.
            all.most = all.most.min(all.may.len());
            all.least = all.least.min(all.most);
        }
        all
    }

    fn goes(&self, stage: &Stage) -> Goes {
        let on = |route: &StageId| self.roads.0.get(route).copied();
        let by_route = match &stage.speakers {
            Speakers::Chosen(route) => on(route).is_some_and(|road| road.is_none()),
            _ => false,
        };
        match stage.when() {
            _ if by_route => Goes::Never,
            When::Always => Goes::Always,
            When::Chose { route, road } => match on(route) {
                None => Goes::Maybe,
                Some(taken) if taken == Some(*road) => Goes::Always,
                Some(_) => Goes::Never,
            },
            _ => Goes::Maybe,
        }
    }

    /// Who may speak, how many at the least, and how many at the most.
    fn speakers(&self, stage: &Stage, ground: &Came) -> (BTreeSet<usize>, usize, usize) {
        let everybody = || (0..self.council.members.len()).collect::<BTreeSet<usize>>();
        let seats = |names: &[MemberId]| -> BTreeSet<usize> {
            names.iter().filter_map(|name| self.council.slot(name)).map(usize::from).collect()
        };
        let all = |seats: BTreeSet<usize>| {
            let count = seats.len();
            (seats, count, count)
        };
        match &stage.speakers {
            Speakers::Every => all(everybody()),
            Speakers::Member(name) => all(seats(std::slice::from_ref(name))),
            Speakers::Named(names) => all(seats(names)),
            Speakers::Answered => (ground.may.clone(), ground.least, ground.most),
            Speakers::Chair => match &self.council.chair {
                Some(chair) => all(seats(std::slice::from_ref(chair))),
                None => (ground.may.clone(), 1.min(ground.most), 1.min(ground.most)),
            },
            Speakers::Chosen(of) => {
                let route = self.stages.get(usize::from(of.0)).and_then(|stage| stage.part.as_ref());
                let usual = Routing::default();
                let routing = route.and_then(|part| part.routing.as_deref()).unwrap_or(&usual);
                if !routing.person.is_empty() {
                    return all(seats(&routing.person));
                }
                let mut may = if routing.among.is_empty() { everybody() } else { seats(&routing.among) };
                let here = may.len();
                let count = |road: Road| match road {
                    Road::One => 1.min(here),
                    Road::Few => usize::from(routing.few).min(here),
                    Road::Full => here,
                };
                let mut counts: Vec<usize> = match self.roads.0.get(of).copied().flatten() {
                    Some(road) if weighs(routing, road) => vec![count(road)],
                    Some(_) => Vec::new(),
                    None => vec![1.min(here), here],
                };
                for rule in routing.rules.iter().filter(|rule| !rule.to.is_empty()) {
                    let to = seats(&rule.to);
                    counts.push(to.len());
                    may.extend(to);
                }
                let least = counts.iter().copied().min().unwrap_or_default();
                let most = counts.iter().copied().max().unwrap_or_default();
                (may, least, most)
            }
            Speakers::Nobody => (BTreeSet::new(), 0, 0),
        }
    }
}

/// How often each speaker of a stage is asked: on the shortest way, on the longest, and at the most. `own` says whether a
/// speaker may have a text of its own among those it is given, which is left out of its ballot.
fn rounds(stage: &Stage, ground: &Came, own: bool) -> [u32; 3] {
    match stage.ask {
        Ask::Critique => {
            let all = u32::from(*stage.rounds().end());
            let stops = stage.debate.unwrap_or_default().until;
            // Some rules may hold before the first round, the others after it.
            let short = if stops.unanimity || stops.agreement.is_some() || stops.money.is_some() {
                0
            } else if stops.unmoved || stops.oscillation {
                1.min(all)
            } else {
                all
            };
            [short, all, all]
        }
        Ask::Ballot => {
            let repairs = u32::from(stage.vote.map_or(0, |vote| vote.repairs));
            let left_out = usize::from(own);
            // Two answers are shown in both orders; with fewer texts than planned there may be two of them.
            let both = ground.most.saturating_sub(left_out) >= 2 && stage.rounds().count() > 1;
            let surely = both && ground.least == ground.most && ground.most - left_out == 2;
            let orders = if both { 2 } else { 1 };
            let planned = if surely { 2 } else { 1 };
            [planned, planned, orders * (1 + repairs)]
        }
        _ => [1, 1, 1],
    }
}
