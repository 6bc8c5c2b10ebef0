//! The screen of costs and latency: what period it is about, in which order models stand, and where its view is. How it
//! looks stands in the drawing, what calls came to in [`crate::core::tally`].

use super::command_line::CommandLine;
use super::{Action, App, Effect, Overlay, cost_csv};
use crate::core::health::{Breaker, Sample, figures};
use crate::core::tally::{self, Tally};
use crate::core::when::DAY;
use crate::core::{Event, ModelRef, Record};
use std::cmp::Reverse;

/// The screen, while it is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Which calls it is about.
    pub period: Period,
    /// The order of the models.
    pub order: Order,
    /// The first line in view.
    pub scroll: usize,
    /// The chosen model and its endpoint; `None` for the first one.
    pub chosen: Option<(ModelRef, String)>,
    /// Whether the chosen line has to be in view.
    pub follow: bool,
    /// Whether that model alone is looked at, call by call.
    pub detail: bool,
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
    pub fn tallies(&self, costs: &Costs) -> Vec<Tally> {
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

    /// The place of the chosen model among the tallies.
    pub fn chosen_tally(costs: &Costs, tallies: &[Tally]) -> usize {
        let is = |tally: &Tally| {
            costs.chosen.as_ref().is_some_and(|(model, at)| *model == tally.model && *at == tally.endpoint)
        };
        tallies.iter().position(is).unwrap_or(0)
    }

    /// The endpoints of a period, each with whether it is asked now.
    pub fn endpoints(&self, costs: &Costs) -> Vec<(String, Breaker)> {
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
        self.endpoints(costs).into_iter().any(open)
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

/// What the screen makes of an action; `None` where it means the same as everywhere.
pub(super) fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    let Some(Overlay::Costs(costs)) = &app.overlay else { return None };
    let tallies = app.tallies(costs);
    let at = App::chosen_tally(costs, &tallies);
    if action == Action::Export {
        let (path, text) = (cost_csv::name(app.now), cost_csv::table(costs.period, &tallies));
        return Some(vec![Effect::Write { path, text }]);
    }
    let Some(Overlay::Costs(costs)) = &mut app.overlay else { return None };
    match action {
        Action::Period => turn(costs),
        Action::Sort => sort(costs),
        Action::Choose if tallies.is_empty() => {}
        Action::Choose => {
            choose(costs, tallies.get(at));
            (costs.detail, costs.scroll) = (!costs.detail, 0);
        }
        Action::Close if costs.detail => (costs.detail, costs.scroll, costs.follow) = (false, 0, true),
        Action::Close => app.overlay = None,
        Action::Budget => app.overlay = Some(Overlay::Command(CommandLine::of("budget "))),
        Action::Down if !costs.detail && at + 1 < tallies.len() => choose(costs, tallies.get(at + 1)),
        // What is below the models, or the list of calls, is scrolled away first.
        Action::Up if !costs.detail && at > 0 && (costs.follow || costs.scroll == 0) => {
            choose(costs, tallies.get(at - 1));
        }
        Action::Top => *costs = Costs { chosen: None, scroll: 0, follow: false, ..costs.clone() },
        Action::End => (costs.scroll, costs.follow) = (usize::MAX / 2, false),
        _ => {
            costs.scroll = costs.scroll.saturating_add_signed(super::act::lines(action)?);
            costs.follow = false;
        }
    }
    Some(Vec::new())
}

/// Chooses a model's line. The first one is in view with all that is above it.
fn choose(costs: &mut Costs, tally: Option<&Tally>) {
    costs.chosen = tally.map(|tally| (tally.model.clone(), tally.endpoint.clone()));
    costs.follow = true;
}

/// Goes to the next period.
fn turn(costs: &mut Costs) {
    let period = after(&Period::ALL, costs.period);
    *costs = Costs { period, order: costs.order, ..Costs::default() };
    if costs.period != Period::Session && costs.order == Order::Cost {
        costs.order = Order::Asked;
    }
}

/// Goes to the next order. Only a session knows what its calls cost.
fn sort(costs: &mut Costs) {
    *costs = Costs { order: after(&Order::ALL, costs.order), period: costs.period, ..Costs::default() };
    if costs.period != Period::Session && costs.order == Order::Cost {
        costs.order = after(&Order::ALL, costs.order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_and_s_go_round() {
        let mut costs = Costs { scroll: 7, detail: true, ..Costs::default() };
        let periods: Vec<Period> = (0..3).map(|_| (turn(&mut costs), costs.period).1).collect();
        assert_eq!(periods, [Period::Today, Period::Week, Period::Session]);
        assert_eq!((costs.scroll, costs.detail), (0, false));
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
