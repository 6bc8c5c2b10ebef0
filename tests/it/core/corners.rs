//! Whether the made-up worlds reach every corner: how often each thing that may happen does. What holds there is in
//! [`super::laws`].

use super::sim::{Sim, grants, tally};
use super::worlds::{cases, hasty_cases};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use synod::core::{Ask, Call, Event, Run, ballot};

/// Counts what a run shows of all that may happen.
fn look(run: &Run, see: &mut impl FnMut(&'static str, bool)) {
    see("files", !run.files.is_empty());
    see("one member alone", run.only().is_some() && run.calls.len() == 1);
    see("nobody to ask", run.only().is_some() && run.calls.is_empty());
    see("members left", run.left.len() > 1);
    for state in &run.stages {
        let obstacle = state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some());
        let (ask, id) = (state.stage.ask, state.stage.id);
        see("a vote that is not decidable", ask == Ask::Ballot && obstacle);
        see("a synthesis of nothing", ask == Ask::Merge && obstacle);
        see("a debate of nobody", ask == Ask::Critique && obstacle);
        see("a stage stopped before it began", state.stopped && state.begun.is_none());
        see("a stage stopped while it ran", state.stopped && state.begun.is_some());
        see("a debate that was left", run.deserted(state).is_some());
        let ruled = state.begun.as_ref().is_some_and(|begun| !begun.rulings.is_empty());
        see("a synthesis with a ruling", ruled && run.calls_of(id).next().is_some());
        see("a synthesis older than a ruling", run.ruled_since(id));
        see("a debate on one point", state.stage.point.is_some() && run.calls_of(id).count() > 1);
        see("a second debate", ask == Ask::Critique && id.0 > 1 && run.calls_of(id).count() > 2);
        see("a result made without a retry", !run.made_without(id).is_empty());
        see("a result made without a newcomer", run.stale(id) && run.made_without(id).is_empty());
        if ask == Ask::Ballot && !obstacle {
            let tally = tally(run, id);
            see("a winner", tally.winner.is_some());
            see("a tie", tally.tied.len() > 1);
            see("no valid ballot", tally.winner.is_none() && tally.tied.is_empty());
        }
    }
    for call in run.calls.values() {
        let ask = run.stage(call.id.stage).unwrap().stage.ask;
        see("a third debate round", ask == Ask::Critique && call.id.round == 3);
        see("a partial answer in front of someone", call.shown.iter().any(|id| !run.calls[id].done()));
        see("an unfinished ballot", ask == Ask::Ballot && !call.done());
        see("an invalid ballot", ask == Ask::Ballot && call.done() && !ballot::read(run, call).valid);
        let named = run.council.chair.as_ref().and_then(|chair| run.council.slot(chair));
        see("a chair by default", ask == Ask::Merge && named.is_none());
        see("a chair by name", ask == Ask::Merge && named == Some(call.id.slot));
        see(
            "a chair in place of one who left",
            ask == Ask::Merge && named.is_some_and(|it| run.left.contains(&it)),
        );
        see("a history", ask == Ask::Answer && call.messages.len() > 2);
        see("a retried answer", ask == Ask::Answer && call.id.attempt > 1);
        see("a retried turn", ask == Ask::Critique && call.id.attempt > 1);
        see("a retried ballot", ask == Ask::Ballot && call.id.attempt > 1);
        see("a retried synthesis", ask == Ask::Merge && call.id.attempt > 1);
        see("a retry that brought nothing", call.id.attempt > 1 && !call.usable());
        let begun = run.stages[0].begun.as_ref();
        let newcomer =
            begun.is_some_and(|begun| !begun.speakers.contains(&call.id.slot)) && run.only().is_none();
        see("a newcomer's answer", newcomer && ask == Ask::Answer);
        see("a newcomer's debate turn", newcomer && ask == Ask::Critique);
    }
}

#[test]
fn the_made_up_worlds_reach_every_corner() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    for order in 0..1200 {
        let case = if order % 4 > 0 {
            hasty_cases().new_tree(&mut runner).unwrap().current()
        } else {
            cases().new_tree(&mut runner).unwrap().current()
        };
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let sim = Sim::start(&world, &case.script).live(order);
        let mut see = |what: &'static str, is: bool| *seen.entry(what).or_default() += usize::from(is);
        see("a prolonged stage", sim.log.iter().any(|it| matches!(it.event, Event::StageProlonged { .. })));
        see("a follow-up", sim.session.runs.len() > 1);
        let replaced = |run: &Run| sim.session.replaced_by(run.id).is_some();
        see("a replaced run", sim.session.runs.iter().any(replaced));
        let mut open: Option<&Event> = None;
        for record in &sim.log {
            match &record.event {
                Event::CallEnded { call, .. } => {
                    let wants = open.is_some_and(|wish| wish.run() != Some(call.run));
                    see("a wish of another run while one goes on", wants);
                    open = None;
                }
                event if grants(event) => open = Some(event),
                _ => {}
            }
        }
        sim.session.runs.iter().for_each(|run| look(run, &mut see));
    }
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 5).collect();
    assert!(rare.is_empty(), "seldom or never: {rare:?}; of {seen:?}");
}
