//! What a written plan is guessed to come to before it is run: between which numbers of calls and which sums it will be.
//! Conditions, roads, rounds, ballots and what the person sends back are found out on the way, so there are two ends: the
//! shortest way through it, and a bound that no run of it goes beyond unless calls fail and are asked once more.

mod ways;

use super::forecast::{Forecast, SHORT_ANSWER};
use super::ids::StageId;
use super::member::{Council, Member};
use super::part::When;
use super::plan::{Ask, Stage};
use super::price::{Cost, GUESSED_ANSWER, Prices, guessed_tokens};
use super::spend::Dollars;
use ways::{Speaks, Way};

/// The most tokens of a prompt's own words, and those that it usually has.
const FRAME: (u64, u64) = (2500, 200);
/// How many tokens a word of the question, and of a text that is handed on, may have at the most for each that is guessed:
/// other models count otherwise, and a claim stands in a table once more.
const DENSE: u64 = 4;

/// What a plan is guessed to come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanForecast {
    /// The fewest calls.
    pub fewest: u32,
    /// The most calls.
    pub calls: u32,
    /// The shortest way with short answers.
    pub low: Dollars,
    /// Halfway between the shortest way and the longest that nothing goes wrong on, with answers of the usual length.
    pub about: Dollars,
    /// The most that it comes to.
    pub most: Dollars,
    /// Of how many of the calls nobody knows the price.
    pub unpriced: u32,
}

impl Forecast {
    /// A question of so many tokens that goes through the stages of a plan, cast with this council.
    pub fn of_plan(prices: &Prices, council: &Council, stages: &[Stage], tokens: u64) -> PlanForecast {
        PlanForecast::of(prices, council, stages, tokens)
    }
}

impl PlanForecast {
    /// A question of so many tokens that goes through the stages of a plan, cast with this council.
    pub fn of(prices: &Prices, council: &Council, stages: &[Stage], tokens: u64) -> Self {
        let plan = Plan { prices, council, stages, tokens };
        let roads = ways::all(stages);
        let mut shortest: Option<Sum> = None;
        let mut longest = Sum::default();
        let mut bound = Sum::default();
        for road in &roads {
            let speaks = ways::walk(stages, council, road);
            let short = plan.sum(&speaks, Way::Shortest);
            shortest = Some(shortest.map_or(short, |other| other.least(short)));
            longest = longest.most(plan.sum(&speaks, Way::Longest));
            bound = bound.most(plan.sum(&speaks, Way::Bound));
        }
        // Gone through once more, a plan may take another road than before.
        if stages.iter().any(sends_back) {
            bound = bound.most(plan.sum(&ways::walk(stages, council, &ways::unknown()), Way::Bound));
        }
        let shortest = shortest.unwrap_or_default();
        if council.scripted {
            return Self { fewest: shortest.calls, calls: bound.calls, ..Self::default() };
        }
        Self {
            fewest: shortest.calls,
            calls: bound.calls,
            low: shortest.cost,
            about: Dollars(u64::midpoint(shortest.usual.0, longest.usual.0)),
            most: bound.cost,
            unpriced: bound.unpriced,
        }
    }

    /// The one figure for it.
    pub fn cost(&self) -> Cost {
        match (self.unpriced, self.most) {
            (1.., _) => Cost::Unknown,
            (0, Dollars(0)) => Cost::Free,
            (0, _) => Cost::About(self.about.usd()),
        }
    }

    /// How many calls: `3 to 9 calls`.
    pub fn range(&self) -> String {
        match (self.fewest, self.calls) {
            (1, 1) => "1 call".to_owned(),
            (fewest, most) if fewest == most => format!("{most} calls"),
            (fewest, most) => format!("{fewest} to {most} calls"),
        }
    }

    /// How many calls, and what they come to: `3 to 9 calls, about $0.020 ($0.004 to $0.110)`.
    pub fn line(&self) -> String {
        let calls = self.range();
        match self.cost() {
            Cost::Free => format!("{calls}, $0.00"),
            Cost::Unknown if self.unpriced == self.calls => format!("{calls}, price unknown"),
            _ => {
                let more = match self.unpriced {
                    0 => String::new(),
                    unpriced => format!(", and up to {unpriced} of unknown price"),
                };
                format!("{calls}, about {} ({} to {}){more}", self.about, self.low, self.most)
            }
        }
    }
}

fn sends_back(stage: &Stage) -> bool {
    stage.part.as_ref().is_some_and(|part| part.back.is_some())
}

/// What a way through a plan comes to.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    calls: u32,
    /// With short answers on the shortest way, with the longest elsewhere.
    cost: Dollars,
    /// With answers of the usual length.
    usual: Dollars,
    unpriced: u32,
}

impl Sum {
    fn least(self, other: Self) -> Self {
        Self {
            calls: self.calls.min(other.calls),
            cost: self.cost.min(other.cost),
            usual: self.usual.min(other.usual),
            unpriced: self.unpriced.min(other.unpriced),
        }
    }

    fn most(self, other: Self) -> Self {
        Self {
            calls: self.calls.max(other.calls),
            cost: self.cost.max(other.cost),
            usual: self.usual.max(other.usual),
            unpriced: self.unpriced.max(other.unpriced),
        }
    }
}

/// A plan to be guessed at.
struct Plan<'a> {
    prices: &'a Prices,
    council: &'a Council,
    stages: &'a [Stage],
    tokens: u64,
}

impl Plan<'_> {
    /// What a way through the plan comes to.
    fn sum(&self, speaks: &[Speaks], way: Way) -> Sum {
        let mut sum = Sum::default();
        for (stage, speaks_here) in self.stages.iter().zip(speaks) {
            let (count, rounds) = speaks_here.on(way);
            let times = if way == Way::Bound { ways::times(self.stages, stage.id) } else { 1 };
            let calls = (count as u32).saturating_mul(rounds).saturating_mul(times);
            sum.calls = sum.calls.saturating_add(calls);
            let read = self.read(stage, speaks, way);
            let each: Vec<(Dollars, Dollars, bool)> = speaks_here
                .may
                .iter()
                .filter_map(|seat| self.council.members.get(*seat))
                .map(|member| self.call(member, read, way))
                .collect();
            let pick = |figure: &dyn Fn(&(Dollars, Dollars, bool)) -> Dollars| -> Dollars {
                let mut sums: Vec<Dollars> = each.iter().map(figure).collect();
                sums.sort_unstable();
                if way != Way::Shortest {
                    sums.reverse();
                }
                let once: Dollars = sums.into_iter().take(count).sum();
                Dollars(once.0.saturating_mul(u64::from(rounds)).saturating_mul(u64::from(times)))
            };
            sum.cost += pick(&|(cost, ..)| *cost);
            sum.usual += pick(&|(_, usual, _)| *usual);
            let unpriced = each.iter().filter(|(.., known)| !known).count().min(count) as u32;
            sum.unpriced = sum.unpriced.saturating_add(unpriced.saturating_mul(rounds).saturating_mul(times));
        }
        sum
    }

    /// What a call of a member comes to: at the end of the way, with an answer of the usual length, and whether its price is
    /// known.
    fn call(&self, member: &Member, (read, usual): (u64, u64), way: Way) -> (Dollars, Dollars, bool) {
        let Some(price) = self.prices.of(&member.model) else {
            return (Dollars::default(), Dollars::default(), false);
        };
        let limit = u64::from(member.params.answer_limit);
        let persona = member.persona.as_ref().map_or(0, String::len);
        let usual = price.of(usual + guessed_tokens(persona), GUESSED_ANSWER.min(limit));
        let cost = match way {
            Way::Shortest => price.of(read, SHORT_ANSWER.min(limit)),
            Way::Longest => usual,
            Way::Bound => price.most(read + persona as u64, limit),
        };
        (Dollars::of(cost), Dollars::of(usual), true)
    }

    /// How many tokens a call of a stage reads: at the end of the way, and with texts of the usual length.
    fn read(&self, stage: &Stage, speaks: &[Speaks], way: Way) -> (u64, u64) {
        let seen: Vec<StageId> = stage.outcomes().chain(stage.answers().map(|(of, _)| of)).collect();
        let came = || seen.iter().filter_map(|of| speaks.get(usize::from(of.0))).map(|speaks| &speaks.came);
        let fewest: u64 = came().map(|came| came.least as u64).sum();
        let most: u64 = came().map(|came| came.most as u64).sum();
        let limit = |seat: &usize| {
            let member = self.council.members.get(*seat);
            member.map_or(0, |member| u64::from(member.params.answer_limit))
        };
        let longest: u64 = came().flat_map(|came| came.may.iter().map(limit)).sum();
        let task = stage.part.as_ref().map_or(0, |part| part.task.len());
        let texts = if way == Way::Shortest { fewest } else { most };
        let usual = self.tokens + FRAME.1 + guessed_tokens(task) + texts * GUESSED_ANSWER;
        let read = match way {
            Way::Shortest => self.tokens + fewest * SHORT_ANSWER,
            Way::Longest => usual,
            Way::Bound => {
                // In a debate all that was said so far is read, a ballot that is repaired again, and so is what was sent back.
                let rounds =
                    if stage.ask == Ask::Critique { u64::from(*stage.rounds().end()) + 1 } else { 1 };
                let again = self.council.members.iter().map(|it| u64::from(it.params.answer_limit)).max();
                let again = again.unwrap_or_default();
                FRAME.0 + DENSE * (self.tokens + longest * rounds + again) + task as u64
            }
        };
        (read, usual)
    }
}

/// Whether what a condition asks for may not hold.
fn may_fail(when: &When) -> bool {
    !when.is_always()
}
