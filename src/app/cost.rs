//! The screen of costs and latency: what period it is about, in which order models stand, and where its view is. How it
//! looks stands in the drawing, what calls came to in [`crate::core::tally`].

use super::{App, Overlay};
use crate::core::health::{Breaker, Sample, figures};
use crate::core::tally::{self, Tally};
use crate::core::{Event, Record};
use std::cmp::Reverse;

/// Milliseconds in a day.
const DAY: u64 = 24 * 3600 * 1000;

/// The screen, while it is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Which calls it is about.
    pub period: Period,
    /// The order of the models.
    pub order: Order,
    /// The first line in view.
    pub scroll: usize,
}

/// Which calls are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// Those of this session.
    #[default]
    Session,
    /// Those since midnight UTC, as caps on a day count.
    Today,
    /// All that are remembered.
    Week,
}

impl Period {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Session, Self::Today, Self::Week];

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Session => "this session",
            Self::Today => "today (UTC)",
            Self::Week => "7 days",
        }
    }
}

/// In which order models stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they were first asked.
    #[default]
    Asked,
    /// The dearest first.
    Cost,
    /// The slowest to begin first.
    First,
    /// The slowest to write first.
    Rate,
    /// Those with most faults first.
    Faults,
}

impl Order {
    const ALL: [Self; 5] = [Self::Asked, Self::Cost, Self::First, Self::Rate, Self::Faults];

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "as asked",
            Self::Cost => "dearest first",
            Self::First => "slowest to begin first",
            Self::Rate => "slowest to write first",
            Self::Faults => "most faults first",
        }
    }
}

fn after<T: Copy + PartialEq>(all: &[T], one: T) -> T {
    let place = all.iter().position(|other| *other == one).unwrap_or(0);
    all[(place + 1) % all.len()]
}

impl App {
    /// The models of a period, in order.
    pub fn tallies(&self, costs: Costs) -> Vec<Tally> {
        let mut all = match costs.period {
            Period::Session => tally::by_model(&self.session, &|model| self.prices.of(model)),
            Period::Today => tally::remembered(&self.health, self.now, self.now - self.now % DAY),
            Period::Week => tally::remembered(&self.health, self.now, 0),
        };
        let first = |tally: &Tally| figures(tally.samples.iter()).first_p50;
        let rate = |tally: &Tally| figures(tally.samples.iter()).rate_p50.unwrap_or(f64::INFINITY);
        match costs.order {
            Order::Asked => {}
            Order::Cost => all.sort_by_key(|tally| {
                // What nobody knows the price of may be dearer than all others.
                let spent = tally.sums.map(|sums| sums.spent).unwrap_or_default();
                Reverse((spent.unpriced > 0, spent.sum()))
            }),
            Order::First => all.sort_by_key(|tally| Reverse(first(tally))),
            Order::Rate => all.sort_by(|one, other| rate(one).total_cmp(&rate(other))),
            Order::Faults => all.sort_by_key(|tally| Reverse(tally.failed)),
        }
        all
    }

    /// The endpoints of a period, each with whether it is asked now.
    pub fn endpoints(&self, costs: Costs) -> Vec<(String, Breaker)> {
        let mut names: Vec<String> = match costs.period {
            Period::Session => self.tallies(costs).into_iter().map(|tally| tally.endpoint).collect(),
            Period::Today | Period::Week => self.health.endpoints().map(str::to_owned).collect(),
        };
        names.sort();
        names.dedup();
        names.retain(|name| self.health.window(name, self.now).next().is_some());
        names.into_iter().map(|name| (name.clone(), self.health.breaker(&name, self.now))).collect()
    }

    /// Whether what is in view changes as time goes by, even where nothing runs.
    pub fn counts_down(&self) -> bool {
        let Some(Overlay::Costs(costs)) = &self.overlay else { return false };
        let open = |(_, breaker): (String, Breaker)| matches!(breaker, Breaker::Open { .. });
        self.endpoints(*costs).into_iter().any(open)
    }

    /// Takes in what a call that ended just now tells of its endpoint. The scripted ones tell nothing.
    pub(super) fn note_health(&mut self, record: &Record) {
        let Event::CallEnded { call, .. } = &record.event else { return };
        let run = self.session.run(call.run).filter(|run| !run.council.scripted);
        if let Some(sample) = run.and_then(|run| run.calls.get(call)).and_then(Sample::of) {
            self.health.note(sample);
        }
    }
}

/// Goes to the next period.
pub(super) fn turn(costs: &mut Costs) {
    *costs = Costs { period: after(&Period::ALL, costs.period), scroll: 0, ..*costs };
    if costs.period != Period::Session && costs.order == Order::Cost {
        costs.order = Order::Asked;
    }
}

/// Goes to the next order. Only a session knows what its calls cost.
pub(super) fn sort(costs: &mut Costs) {
    costs.order = after(&Order::ALL, costs.order);
    if costs.period != Period::Session && costs.order == Order::Cost {
        costs.order = after(&Order::ALL, costs.order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_and_s_go_round() {
        let mut costs = Costs { scroll: 7, ..Costs::default() };
        let periods: Vec<Period> = (0..3).map(|_| (turn(&mut costs), costs.period).1).collect();
        assert_eq!(periods, [Period::Today, Period::Week, Period::Session]);
        assert_eq!(costs.scroll, 0);
        let orders =
            |costs: &mut Costs| -> Vec<Order> { (0..5).map(|_| (sort(costs), costs.order).1).collect() };
        let all = [Order::Cost, Order::First, Order::Rate, Order::Faults, Order::Asked];
        assert_eq!(orders(&mut costs), all);
        sort(&mut costs);
        turn(&mut costs);
        assert_eq!(costs.order, Order::Asked, "no period but the session knows costs");
        assert!(!orders(&mut costs).contains(&Order::Cost));
    }
}
