//! The laws: what holds in every world, told from the records in another way than the core does. Worlds that people can
//! read are in [`super::scenarios`].

use super::sim::{Sim, tally, timeless};
use super::worlds::cases;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use synod::core::{
    Ask, Call, CallId, EndState, Event, Message, Record, Role, Run, Session, StageId, ballot, next,
};

/// The answers that stand after so many rounds of a stage, told from the records in another way than the core does.
fn standing(run: &Run, stage: StageId, before: u16) -> BTreeMap<u16, CallId> {
    let ground = run.stage(stage).unwrap().begun.iter().flat_map(|begun| &begun.answers);
    let mut stands: BTreeMap<u16, CallId> = ground.map(|id| (id.slot, *id)).collect();
    let usable = |call: &&Call| {
        matches!(call.end, Some(EndState::Done | EndState::Cut)) && !call.text.trim().is_empty()
    };
    for call in
        run.calls.values().filter(usable).filter(|call| call.id.stage == stage && call.id.round < before)
    {
        stands.insert(call.id.slot, call.id);
    }
    stands
}

/// Whether a round of a stage is over for everyone in it.
fn over(run: &Run, stage: StageId, round: u16) -> bool {
    let state = run.stage(stage).unwrap();
    let calls = run.calls.values().filter(|call| (call.id.stage, call.id.round) == (stage, round));
    let (mut ended, mut open) = (BTreeSet::new(), 0);
    for call in calls {
        ended.insert(call.id.slot);
        open += usize::from(!call.ended());
    }
    let speakers = state.begun.as_ref().map_or(&[][..], |begun| &begun.speakers);
    open == 0 && (state.stopped || speakers.iter().all(|slot| ended.contains(slot)))
}

/// The last usable answer of a seat in a run: what it stands by in the end.
fn stands_by(run: &Run, slot: u16) -> Option<&Call> {
    let answering = |call: &&Call| {
        let ask = run.stage(call.id.stage).unwrap().stage.ask;
        matches!(ask, Ask::Answer | Ask::Critique) && call.id.slot == slot && call.usable()
    };
    run.calls.values().rfind(answering)
}

fn texts(messages: &[Message]) -> Vec<(Role, &str)> {
    messages.iter().map(|message| (message.role, message.text.as_str())).collect()
}

/// Holds a stage that begins against what was on record before.
fn check_stage(run: &Run, stage: StageId, speakers: &[u16], answers: &[CallId], obstacle: Option<&str>) {
    let state = run.stage(stage).unwrap();
    assert!(state.begun.is_none() && !state.stopped, "a stage begins once, and not when it was stopped");
    for before in &state.stage.after {
        assert!(
            run.stage(*before).unwrap().stage.rounds().all(|round| over(run, *before, round))
                || run.stage(*before).unwrap().begun.as_ref().is_some_and(|begun| begun.obstacle.is_some())
        );
    }
    let seen = state.stage.answers();
    let ground = seen.map(|(of, upto)| standing(run, of, upto + 1)).unwrap_or_default();
    assert_eq!(answers, ground.values().copied().collect::<Vec<_>>(), "it is about what stands");
    let done: Vec<&Call> = ground.values().map(|id| &run.calls[id]).filter(|call| call.done()).collect();
    let enough = match state.stage.ask {
        Ask::Answer => true,
        Ask::Ballot => done.len() >= 3,
        Ask::Merge | Ask::Critique => ground.len() >= 2,
    };
    assert_eq!(obstacle.is_none(), enough, "{obstacle:?}");
    let named = run.council.chair.as_ref().and_then(|chair| run.council.slot(chair));
    match (state.stage.ask, named) {
        (Ask::Answer, _) => assert_eq!(speakers.len(), run.council.members.len()),
        (Ask::Ballot | Ask::Critique, _) => assert!(speakers.iter().eq(ground.keys())),
        (Ask::Merge, Some(chair)) => assert_eq!(speakers, [chair]),
        (Ask::Merge, None) if !done.is_empty() => {
            let first = done.iter().map(|call| call.total_ms).min().unwrap();
            let first = done.iter().find(|call| call.total_ms == first).unwrap();
            assert_eq!(speakers, [first.id.slot], "the first that finished, in order of seats");
        }
        (Ask::Merge, None) => assert_eq!(speakers.len(), ground.len().min(1)),
    }
}

/// Holds a call that starts against what was on record before.
fn check_call(before: &Session, id: CallId, messages: &[Message], shown: &[CallId], own: Option<CallId>) {
    let run = before.run(id.run).unwrap();
    let state = run.stage(id.stage).unwrap();
    assert!(!state.stopped, "{id} starts in a stage that was stopped");
    assert!(state.begun.as_ref().unwrap().speakers.contains(&id.slot), "{id} is not among the speakers");
    for earlier in state.stage.rounds().filter(|round| *round < id.round) {
        assert!(over(run, id.stage, earlier), "{id} starts while round {earlier} runs");
    }
    for input in shown.iter().chain(&own) {
        assert!(over(run, input.stage, input.round), "{id} sees {input}, whose round was not over");
        assert!((input.stage, input.round) < (id.stage, id.round), "{id} sees {input}");
    }
    // What stood before the round, and nothing that came since.
    let mut stands = standing(run, id.stage, id.round);
    let mine = stands.get(&id.slot).copied();
    match state.stage.ask {
        Ask::Answer => assert!(stands.is_empty()),
        Ask::Merge => {}
        Ask::Critique | Ask::Ballot => drop(stands.remove(&id.slot)),
    }
    if state.stage.ask == Ask::Ballot {
        stands.retain(|_, answer| run.calls[answer].end == Some(EndState::Done));
        assert!(stands.len() >= 2, "{id} has nothing to rank");
    }
    assert_eq!(own, mine.filter(|_| state.stage.ask == Ask::Critique), "{id}");
    let sorted: BTreeSet<&CallId> = shown.iter().collect();
    assert_eq!(sorted.len(), shown.len(), "{id} sees an answer twice");
    assert_eq!(sorted, stands.values().collect(), "{id}");

    let member = run.member(id.slot).unwrap();
    let mut expected: Vec<(Role, &str)> = Vec::new();
    expected.extend(member.persona.as_deref().map(|persona| (Role::System, persona)));
    if state.stage.ask == Ask::Answer {
        for run in before.runs.iter().filter(|run| run.id < id.run) {
            if let Some(answer) = stands_by(run, id.slot) {
                expected.extend([(Role::User, run.question.as_str()), (Role::Assistant, &answer.text)]);
            }
        }
        expected.push((Role::User, &run.question));
        assert_eq!(texts(messages), expected, "{id}");
    } else {
        let (last, rest) = messages.split_last().unwrap();
        assert_eq!((texts(rest), last.role), (expected, Role::User), "{id}");
        for input in shown.iter().chain(&own) {
            assert!(last.text.contains(&run.calls[input].text), "{id} is not sent {input}");
        }
    }
}

/// Holds every record of a log against what was on record before it.
pub fn check_log(log: &[Record]) {
    let mut session = Session::default();
    let mut asked = BTreeSet::new();
    for (place, record) in log.iter().enumerate() {
        assert_eq!(record.seq, place as u64 + 1);
        match &record.event {
            Event::StageStarted { run, stage, speakers, answers, obstacle } => {
                check_stage(session.run(*run).unwrap(), *stage, speakers, answers, obstacle.as_deref());
            }
            Event::StageAdded { run, stage } => {
                // While something runs, the answers that stand in the end are not there yet.
                let run = session.run(*run).unwrap();
                let (of, upto) = stage.answers().unwrap();
                if run.calls.values().all(Call::ended) && run.stages[0].begun.is_some() {
                    let stands = standing(run, of, upto + 1);
                    for slot in 0..run.council.members.len() as u16 {
                        assert_eq!(stands.get(&slot), stands_by(run, slot).map(|call| &call.id), "{stage:?}");
                    }
                }
            }
            Event::CallStarted { call, messages, shown, own, .. } => {
                assert!(asked.insert(*call), "{call} is asked twice");
                assert_eq!(call.attempt, 1, "nothing was to be tried again");
                check_call(&session, *call, messages, shown, *own);
            }
            _ => {}
        }
        session.apply(record);
        for run in &session.runs {
            let due = next(run);
            assert_eq!(due, next(run));
            for spec in due.start {
                assert!(!run.calls.contains_key(&spec.id), "{} is on record", spec.id);
            }
            for event in due.begin {
                let Event::StageStarted { stage, .. } = event else { panic!("{event:?}") };
                assert!(run.stage(stage).unwrap().begun.is_none());
            }
        }
    }
}

/// A log as another version of synod might have left it: with kinds of records in it that this one does not know.
fn with_strangers(log: &[Record], every: usize) -> String {
    let mut lines = String::new();
    for (place, record) in log.iter().enumerate() {
        if place % every == 0 {
            let line = r#"{"v":1,"seq":0,"at":1,"kind":"telepathy","call":{"of":[1]},"text":7}"#;
            let _ = writeln!(lines, "{line}");
        }
        let _ = writeln!(lines, "{}", serde_json::to_string(record).unwrap());
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrivals_and_the_moments_of_wishes_change_nothing(
        case in cases(), one: u64, other: u64,
    ) {
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let one = Sim::start(&world, &case.script).live(one).session;
        let other = Sim::start(&world, &case.script).live(other).session;
        for (one, other) in one.runs.iter().zip(&other.runs) {
            for state in one.stages.iter().filter(|state| state.stage.ask == Ask::Ballot) {
                prop_assert_eq!(tally(one, state.stage.id), tally(other, state.stage.id));
            }
        }
        prop_assert_eq!(timeless(one), timeless(other));
    }

    #[test]
    fn a_council_that_goes_on_from_any_part_of_its_log_ends_the_same(
        case in cases(), order: u64, cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u64>()), 1..4),
    ) {
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let whole = Sim::start(&world, &case.script).live(order);
        let mut log = whole.log;
        for (cut, order) in cuts {
            let mut resumed = Sim::resume(&world, &case.script, &log[..=cut.index(log.len())]);
            if case.script.stop_at.is_none() {
                // Some calls end before anyone asks what comes next: their round may have begun for others only in part.
                for id in resumed.open().into_iter().take((order % 3) as usize) {
                    while resumed.open().contains(&id) {
                        resumed.deliver(id, usize::MAX);
                    }
                }
            }
            let resumed = resumed.live(order);
            check_log(&resumed.log);
            prop_assert_eq!(timeless(resumed.session), timeless(whole.session.clone()));
            log = resumed.log;
        }
    }

    #[test]
    fn nobody_is_asked_twice_or_shown_what_was_not_over(case in cases(), order: u64) {
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        check_log(&Sim::start(&world, &case.script).live(order).log);
    }

    #[test]
    fn the_pieces_of_an_ended_call_can_be_dropped(case in cases(), order: u64, cut: prop::sample::Index) {
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let log = Sim::start(&world, &case.script).live(order).log;
        for log in [&log[..], &log[..=cut.index(log.len())]] {
            let session = Session::replay(log);
            let kept = log.iter().filter(|record| match record.event {
                Event::Delta { call, .. } => !session.run(call.run).unwrap().calls[&call].ended(),
                _ => true,
            });
            prop_assert_eq!(Session::replay(kept), session);
        }
    }

    #[test]
    fn a_log_reads_back_and_strange_kinds_are_passed_over(case in cases(), order: u64, every in 1..20_usize) {
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let sim = Sim::start(&world, &case.script).live(order);
        let lines = with_strangers(&sim.log, every);
        let read: Vec<Record> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let known: Vec<&Record> = read.iter().filter(|record| record.event != Event::Unknown).collect();
        prop_assert_eq!(known, sim.log.iter().collect::<Vec<_>>());
        let session = Session::replay(&read);
        prop_assert_eq!(session.unknown, sim.log.len().div_ceil(every));
        prop_assert_eq!(Session { unknown: 0, ..session }, sim.session);
    }
}

#[test]
fn the_made_up_worlds_reach_every_corner() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    for order in 0..400 {
        let case = cases().new_tree(&mut runner).unwrap().current();
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let sim = Sim::start(&world, &case.script).live(order);
        let mut see = |what: &'static str, is: bool| *seen.entry(what).or_default() += usize::from(is);
        see("a prolonged stage", sim.log.iter().any(|it| matches!(it.event, Event::StageProlonged { .. })));
        see("a follow-up", sim.session.runs.len() > 1);
        for run in &sim.session.runs {
            for state in &run.stages {
                let obstacle = state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some());
                let ask = state.stage.ask;
                see("a vote that is not decidable", ask == Ask::Ballot && obstacle);
                see("a synthesis of nothing", ask == Ask::Merge && obstacle);
                see("a debate of nobody", ask == Ask::Critique && obstacle);
                see("a stage stopped before it began", state.stopped && state.begun.is_none());
                see("a stage stopped while it ran", state.stopped && state.begun.is_some());
                if ask == Ask::Ballot && !obstacle {
                    let tally = tally(run, state.stage.id);
                    see("a winner", tally.winner.is_some());
                    see("a tie", tally.tied.len() > 1);
                    see("no valid ballot", tally.winner.is_none() && tally.tied.is_empty());
                }
            }
            for call in run.calls.values() {
                let ask = run.stage(call.id.stage).unwrap().stage.ask;
                see("a third debate round", ask == Ask::Critique && call.id.round == 3);
                see(
                    "a partial answer in front of someone",
                    call.shown.iter().any(|id| !run.calls[id].done()),
                );
                see("an unfinished ballot", ask == Ask::Ballot && !call.done());
                see("an invalid ballot", ask == Ask::Ballot && call.done() && !ballot::read(run, call).valid);
                let named = run.council.chair.as_ref().and_then(|chair| run.council.slot(chair));
                see("a chair by default", ask == Ask::Merge && named.is_none());
                see("a chair by name", ask == Ask::Merge && named.is_some());
                see("a history", ask == Ask::Answer && call.messages.len() > 2);
            }
        }
    }
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 5).collect();
    assert!(rare.is_empty(), "seldom or never: {rare:?}; of {seen:?}");
}
