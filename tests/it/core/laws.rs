//! The laws: what holds in every world, told from the records in another way than the core does. Worlds that people can
//! read are in [`super::scenarios`]; that the made-up ones are not too tame is seen in [`super::corners`].

use super::sim::{Sim, grants, tally, timeless};
use super::worlds::{cases, hasty_cases};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use synod::core::{
    Ask, Call, CallId, EndState, Event, MemberId, Message, Mode, ModelRef, Next, Record, Role, Run, RunId,
    Session, Speakers, Stage, StageId, ballot, next,
};

fn usable(call: &Call) -> bool {
    matches!(call.end, Some(EndState::Done | EndState::Cut)) && !call.text.trim().is_empty()
}

fn answers(run: &Run, call: &Call) -> bool {
    matches!(run.stage(call.id.stage).unwrap().stage.ask, Ask::Answer | Ask::Critique) && usable(call)
}

/// What each seat that is still there said last, up to a round of a stage: told from the calls alone.
fn standing(run: &Run, stage: StageId, upto: u16) -> BTreeMap<u16, CallId> {
    let calls = run.calls.values().filter(|call| (call.id.stage, call.id.round) <= (stage, upto));
    let calls = calls.filter(|call| answers(run, call) && !run.left.contains(&call.id.slot));
    calls.map(|call| (call.id.slot, call.id)).collect()
}

/// What is in front of a round of a stage: what it began with, and what came of the rounds before.
fn in_front(run: &Run, stage: StageId, round: u16) -> BTreeMap<u16, CallId> {
    let ground = run.stage(stage).unwrap().begun.iter().flat_map(|begun| &begun.answers);
    let of_stage = |call: &&Call| call.id.stage == stage && call.id.round < round && answers(run, call);
    let turns = run.calls.values().filter(of_stage).map(|call| &call.id);
    let all = ground.chain(turns).map(|id| (id.slot, *id));
    all.filter(|(slot, _)| !run.left.contains(slot)).collect()
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
    let awaited = run.asked.iter().any(|call| (call.stage, call.round) == (stage, round));
    let speakers = state.begun.as_ref().map_or(&[][..], |begun| &begun.speakers);
    let here = |slot: &&u16| !run.left.contains(slot);
    let all = speakers.iter().filter(here).all(|slot| ended.contains(slot));
    open == 0 && !awaited && (state.stopped || state.begun.is_some() && (all || lonely(run, stage)))
}

/// How many answers a debate needs.
fn fewest(stage: &Stage) -> usize {
    if stage.mode() == Some(Mode::Reflect) { 1 } else { 2 }
}

/// Whether so many left a debate that nobody has a partner in it.
fn lonely(run: &Run, stage: StageId) -> bool {
    let state = run.stage(stage).unwrap();
    let here = |begun: &synod::core::Begun| {
        begun.answers.iter().filter(|answer| !run.left.contains(&answer.slot)).count()
    };
    state.stage.ask == Ask::Critique
        && state.begun.as_ref().is_some_and(|begun| here(begun) < fewest(&state.stage))
}

/// The last usable answer of a seat in a run: what it stands by in the end.
fn stands_by(run: &Run, slot: u16) -> Option<&Call> {
    run.calls.values().rfind(|call| call.id.slot == slot && answers(run, call))
}

/// Whether a member is sent these messages: what each says, by whom, and the files of the run it is from.
fn check_messages(messages: &[Message], expected: &[(Role, &str, Option<&Run>)], id: CallId) {
    assert_eq!(messages.len(), expected.len(), "{id}: {messages:?}");
    for (message, (role, text, of)) in messages.iter().zip(expected) {
        assert_eq!(message.role, *role, "{id}");
        let files = of.map_or(&[][..], |run| &run.files);
        let rest = message.text.strip_prefix(text).unwrap_or_else(|| panic!("{id}: {message:?}"));
        assert_eq!(rest.matches("</file nonce=").count(), files.len(), "{id}: {rest}");
        assert!(!files.is_empty() || rest.is_empty(), "{id}: {rest}");
        for file in files {
            assert!(rest.contains(file.text.trim_end()), "{id}: {rest}");
        }
    }
}

/// The answers that a stage would be about: of those that stand the ones that the person named, where they did.
fn ground(run: &Run, stage: &Stage, (of, upto): (StageId, u16)) -> BTreeMap<u16, CallId> {
    let mut ground = standing(run, of, upto);
    let named = stage.brief.as_ref().map_or(&[][..], |brief| brief.of.as_slice());
    ground.retain(|_, id| named.is_empty() || named.contains(&run.calls[id].member));
    ground
}

/// Holds a stage that begins against what was on record before.
fn check_stage(run: &Run, stage: StageId, speakers: &[u16], answers: &[CallId], obstacle: Option<&str>) {
    let state = run.stage(stage).unwrap();
    assert!(state.begun.is_none() && !state.stopped, "a stage begins once, and not when it was stopped");
    let mut before = state.stage.after.clone();
    while let Some(earlier) = before.pop() {
        let state = run.stage(earlier).unwrap();
        assert!(
            state.stage.rounds().all(|round| over(run, earlier, round))
                || state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_some())
        );
        before.extend(&state.stage.after);
    }
    let seen = state.stage.answers();
    let ground = seen.map(|seen| ground(run, &state.stage, seen)).unwrap_or_default();
    assert_eq!(answers, ground.values().copied().collect::<Vec<_>>(), "it is about what stands");
    let done: Vec<&Call> = ground.values().map(|id| &run.calls[id]).filter(|call| call.done()).collect();
    let here: Vec<u16> =
        (0..run.council.members.len() as u16).filter(|slot| !run.left.contains(slot)).collect();
    let asked: Vec<u16> = match &state.stage.speakers {
        Speakers::Member(name) => {
            here.iter().copied().filter(|slot| run.council.slot(name) == Some(*slot)).collect()
        }
        _ => here.clone(),
    };
    let enough = match state.stage.ask {
        Ask::Answer => !asked.is_empty(),
        Ask::Ballot => done.len() >= 3 && !speakers.is_empty(),
        Ask::Merge => ground.len() >= fewest(&state.stage) && !asked.is_empty(),
        Ask::Critique => ground.len() >= fewest(&state.stage),
        other => panic!("{other:?} is of written plans alone"),
    };
    assert_eq!(obstacle.is_none(), enough, "{obstacle:?}");
    let named = run.council.chair.as_ref().and_then(|chair| run.council.slot(chair));
    match (state.stage.ask, named.filter(|chair| here.contains(chair))) {
        (Ask::Answer, _) => assert_eq!(speakers, asked),
        (Ask::Ballot, _) if matches!(state.stage.speakers, Speakers::Named(_)) => {
            let Speakers::Named(names) = &state.stage.speakers else { return };
            let named = here.iter().filter(|slot| names.contains(&run.member(**slot).unwrap().name));
            assert!(speakers.iter().eq(named));
        }
        (Ask::Ballot | Ask::Critique, _) => assert!(speakers.iter().eq(ground.keys())),
        (Ask::Merge, _) if matches!(state.stage.speakers, Speakers::Member(_)) => assert_eq!(speakers, asked),
        (Ask::Merge, Some(chair)) => assert_eq!(speakers, [chair]),
        (Ask::Merge, None) if !done.is_empty() => {
            let first = done.iter().map(|call| call.total_ms).min().unwrap();
            let first = done.iter().find(|call| call.total_ms == first).unwrap();
            assert_eq!(speakers, [first.id.slot], "the first that finished, in order of seats");
        }
        (Ask::Merge, None) => assert_eq!(speakers.len(), ground.len().min(1)),
        (other, _) => panic!("{other:?} is of written plans alone"),
    }
}

/// Holds the wish to ask a call once more against what was on record before.
fn check_retry(run: &Run, id: CallId) {
    assert!(run.calls[&id].ended(), "{id} still runs");
    assert!(!run.left.contains(&id.slot), "the member of {id} left");
    let same = |other: &CallId| (other.stage, other.slot) == (id.stage, id.slot);
    for later in run.calls.keys().chain(&run.asked).filter(|other| same(other)) {
        assert!(later.round < id.round || *later <= id, "{id} was asked again as {later}");
    }
    let ballot = run.stage(id.stage).unwrap().stage.ask == Ask::Ballot;
    let after = |other: &CallId| other.stage == id.stage && other.round > id.round;
    let gone_on = run.calls.keys().any(|other| after(other) && (!ballot || other.slot == id.slot));
    assert!(!gone_on, "others have gone on from the round of {id}");
}

/// Holds a call that starts against what was on record before. `first` is the session as its run began in it.
fn check_call(
    before: &Session,
    first: &Session,
    id: CallId,
    messages: &[Message],
    shown: &[CallId],
    own: Option<CallId>,
) {
    let run = before.run(id.run).unwrap();
    let state = run.stage(id.stage).unwrap();
    let wanted = run.asked.contains(&id);
    assert!(!run.left.contains(&id.slot), "{id} is asked after its member left");
    if id.attempt > 1 {
        let earlier = &run.calls[&CallId { attempt: id.attempt - 1, ..id }];
        assert!(wanted && earlier.ended(), "{id} is asked again unasked");
        assert_eq!((shown, own), (&earlier.shown[..], earlier.own), "{id} is shown the same again");
        match run.set.get(&id).and_then(|set| set.repair.as_deref()) {
            None => assert_eq!(messages, earlier.messages, "{id} is asked the same again"),
            Some(fault) => check_told(messages, earlier, fault),
        }
        return;
    }
    assert!(wanted || !state.stopped, "{id} starts in a stage that was stopped");
    let planned = state.begun.as_ref().is_some_and(|begun| begun.speakers.contains(&id.slot));
    assert!(planned || wanted, "{id} is not among the speakers");
    assert!(!wanted || id.stage == StageId(0), "{id}: newcomers are asked the question");
    assert!(state.stage.ask != Ask::Critique || !lonely(run, id.stage), "{id} has no partner");
    for earlier in state.stage.rounds().filter(|round| *round < id.round) {
        assert!(over(run, id.stage, earlier), "{id} starts while round {earlier} runs");
    }
    if state.stage.ask == Ask::Ballot && id.round > 0 {
        let first = run.counting(id.stage, 0, id.slot).unwrap();
        assert!(first.shown.len() == 2 && ballot::read(run, first).valid, "{id} has nothing to confirm");
        assert!(
            shown.iter().eq(first.shown.iter().rev()) && own.is_none(),
            "{id}: the order is turned round"
        );
        return;
    }
    for input in shown.iter().chain(&own) {
        let pinned = state.begun.as_ref().is_some_and(|begun| begun.answers.contains(input));
        assert!(pinned || over(run, input.stage, input.round), "{id} sees {input}, whose round was not over");
        assert!((input.stage, input.round) < (id.stage, id.round), "{id} sees {input}");
    }
    let mode = state.stage.mode();
    // What stood before the round, and nothing that came since.
    let mut stands = in_front(run, id.stage, id.round);
    let mine = stands.get(&id.slot).copied();
    match state.stage.ask {
        Ask::Answer => assert!(stands.is_empty()),
        Ask::Merge => {}
        Ask::Critique if matches!(mode, Some(Mode::AnonymousSelf | Mode::Reconcile)) => {}
        Ask::Critique | Ask::Ballot => drop(stands.remove(&id.slot)),
        other => panic!("{other:?} is of written plans alone"),
    }
    if mode == Some(Mode::Reflect) {
        stands.clear();
    }
    if let Some(point) = &state.stage.point {
        // Of the others what they say on the point, and nobody without a word on it.
        stands.retain(|_, answer| point.said.iter().any(|quote| quote.call == *answer));
    }
    if state.stage.ask == Ask::Ballot {
        stands.retain(|_, answer| run.calls[answer].end == Some(EndState::Done));
        assert!(stands.len() >= 2, "{id} has nothing to rank");
    }
    assert_eq!(own, mine.filter(|_| state.stage.ask == Ask::Critique), "{id}");
    let sorted: BTreeSet<&CallId> = shown.iter().collect();
    assert_eq!(sorted.len(), shown.len(), "{id} sees an answer twice");
    let all: BTreeSet<&CallId> = stands.values().collect();
    if mode == Some(Mode::Reconcile) {
        assert!(sorted.is_subset(&all) && sorted.is_empty() == all.is_empty(), "{id}");
    } else {
        assert_eq!(sorted, all, "{id}");
    }

    let member = run.member(id.slot).unwrap();
    let mut expected: Vec<(Role, &str, Option<&Run>)> = Vec::new();
    expected.extend(member.persona.as_deref().map(|persona| (Role::System, persona, None)));
    if state.stage.ask == Ask::Answer {
        let known: Vec<RunId> = before
            .runs
            .iter()
            .filter(|run| run.id <= id.run)
            .filter_map(|run| run.replaces.filter(|old| *old < run.id))
            .collect();
        for run in first.runs.iter().filter(|run| !known.contains(&run.id)) {
            if let Some(answer) = run.council.slot(&member.name).and_then(|slot| stands_by(run, slot)) {
                expected.push((Role::User, run.question.as_str(), Some(run)));
                expected.push((Role::Assistant, &answer.text, None));
            }
        }
        expected.push((Role::User, &run.question, Some(run)));
        check_messages(messages, &expected, id);
    } else {
        let (last, rest) = messages.split_last().unwrap();
        if mode == Some(Mode::Du) {
            // All that the member was sent and said before.
            let own = &run.calls[&own.unwrap()];
            let (said, sent) = rest.split_last().unwrap();
            assert_eq!((sent, said.role), (own.messages.as_slice(), Role::Assistant), "{id}");
            assert_eq!(said.text, own.text.trim(), "{id}");
        } else {
            check_messages(rest, &expected, id);
        }
        assert_eq!(last.role, Role::User, "{id}");
        let apart = own.iter().filter(|_| !matches!(mode, Some(Mode::Du | Mode::Reconcile)));
        for input in shown.iter().chain(apart) {
            assert!(last.text.contains(&run.calls[input].text), "{id} is not sent {input}");
        }
        assert_eq!(last.text.matches("</file nonce=").count(), run.files.len(), "{id}: {}", last.text);
    }
}

/// Holds every record of a log against what was on record before it. Stages of written plans have laws of their own, in
/// [`super::plans`].
pub fn check_log(log: &[Record]) {
    let mut session = Session::default();
    let (mut asked, mut last) = (BTreeSet::new(), BTreeMap::new());
    let mut first: BTreeMap<RunId, Session> = BTreeMap::new();
    for (place, record) in log.iter().enumerate() {
        assert_eq!(record.seq, place as u64 + 1);
        let planned = record.event.run().and_then(|run| session.run(run)).is_some_and(Run::planned);
        match &record.event {
            Event::CallStarted { call, .. } if planned => {
                assert!(asked.insert(*call), "{call} is asked twice");
            }
            _ if planned => {}
            Event::StageStarted { run, stage, speakers, answers, obstacle, .. } => {
                check_stage(session.run(*run).unwrap(), *stage, speakers, answers, obstacle.as_deref());
            }
            Event::StageAdded { run, stage } => {
                // While something runs, the answers that stand in the end are not there yet.
                let run = session.run(*run).unwrap();
                let (of, upto) = stage.answers().unwrap();
                if run.calls.values().all(Call::ended) && run.stages[0].begun.is_some() {
                    let stands = standing(run, of, upto);
                    for slot in (0..run.council.members.len() as u16).filter(|slot| run.sits(*slot)) {
                        assert_eq!(stands.get(&slot), stands_by(run, slot).map(|call| &call.id), "{stage:?}");
                    }
                }
            }
            Event::RunStarted { run, .. } => drop(first.insert(*run, session.clone())),
            Event::RetryAsked { call } => check_retry(session.run(call.run).unwrap(), *call),
            Event::MemberJoined { run, member } => {
                let names = &session.run(*run).unwrap().council.members;
                assert!(names.iter().all(|other| other.name != member.name), "names stay unique");
            }
            Event::CallStarted { call, messages, shown, own, .. } => {
                assert!(asked.insert(*call), "{call} is asked twice");
                check_call(&session, &first[&call.run], *call, messages, shown, *own);
            }
            _ => {}
        }
        session.apply(record);
        if let Some(run) = record.event.run().and_then(|run| session.run(run)) {
            let due = next(run);
            if matches!(record.event, Event::Delta { .. }) {
                assert_eq!(Some(&due), last.get(&run.id), "a piece of text changes nothing that is due");
                continue;
            }
            assert_eq!(due, next(run));
            if run.planned() {
                last.insert(run.id, due);
                continue;
            }
            check_due(run, &due);
            check_late(run);
            last.insert(run.id, due);
        }
    }
}

/// Holds what a run wants next to what is on record.
fn check_due(run: &Run, due: &Next) {
    for spec in &due.start {
        assert!(!run.calls.contains_key(&spec.id), "{} is on record", spec.id);
    }
    let ids: BTreeSet<CallId> = due.start.iter().map(|spec| spec.id).collect();
    assert_eq!(ids.len(), due.start.len(), "nobody is asked twice at once");
    for event in &due.begin {
        match event {
            Event::StageStarted { stage, .. } => assert!(run.stage(*stage).unwrap().begun.is_none()),
            Event::RetrySet { call, model, due: at, repair } => {
                assert!(due.start.is_empty(), "nothing goes on before a retry is on record");
                match repair {
                    None => check_again(run, *call, model, *at),
                    Some(fault) => check_repair(run, *call, model, fault),
                }
            }
            _ => panic!("{event:?}"),
        }
    }
}

/// Holds an attempt that nobody asked for against what is on record: it follows one that failed and brought nothing.
fn check_again(run: &Run, next: CallId, model: &ModelRef, at: u64) {
    let before = &run.calls[&CallId { attempt: next.attempt - 1, ..next }];
    assert_eq!(
        (before.end, before.text.as_str(), before.thinking.as_str()),
        (Some(EndState::Failed), "", "")
    );
    assert!(!run.stage(next.stage).unwrap().stopped && !run.left.contains(&next.slot));
    assert!(!run.asked.contains(&next) && !run.calls.contains_key(&next));
    assert!(at >= before.started_at + before.total_ms.unwrap());
    let member = &run.council.members[usize::from(next.slot)];
    assert!(*model == before.model || member.fallback.contains(model));
    // Since the last attempt that the plan or the person asked for, each model was tried so often at the most.
    let mut tries = 0;
    for attempt in (1..next.attempt).rev() {
        let id = CallId { attempt, ..next };
        tries += usize::from(run.calls[&id].model == *model);
        if !run.set.contains_key(&id) {
            break;
        }
    }
    assert!(tries <= usize::from(run.retries), "{next}: {tries} tries before");
}

/// Holds a ballot that is asked for once more against what is on record: the one before is whole and not valid, and nobody
/// has told its judge so since the plan or the person asked.
fn check_repair(run: &Run, next: CallId, model: &ModelRef, fault: &str) {
    let before = &run.calls[&CallId { attempt: next.attempt - 1, ..next }];
    assert_eq!((before.end, run.stage(next.stage).unwrap().stage.ask), (Some(EndState::Done), Ask::Ballot));
    let ballot = ballot::read(run, before);
    assert!(!ballot.valid && ballot.note == fault && *model == before.model, "{next}: {ballot:?}");
    assert!(!run.stage(next.stage).unwrap().stopped && !run.left.contains(&next.slot));
    assert!(!run.asked.contains(&next) && !run.calls.contains_key(&next));
    for attempt in (1..next.attempt).rev() {
        let Some(set) = run.set.get(&CallId { attempt, ..next }) else { break };
        assert_eq!(set.repair, None, "{next}: a judge is told once");
    }
}

/// Holds what a judge is sent whose ballot is repaired: what it was sent, its reply, and what is wrong with that.
fn check_told(messages: &[Message], before: &Call, fault: &str) {
    let (sent, more) = messages.split_at(before.messages.len());
    assert_eq!(sent, before.messages, "{}", before.id);
    let [reply, told] = more else { panic!("{}: {more:?}", before.id) };
    assert_eq!((reply.role, &reply.text, told.role), (Role::Assistant, &before.text, Role::User));
    assert!(told.text.contains(fault), "{told:?}");
}

/// Holds what a run says of results that a retry, a newcomer or a leave came after.
fn check_late(run: &Run) {
    for state in &run.stages {
        let id = state.stage.id;
        let Some((begun, (of, upto))) = state.begun.as_ref().zip(state.stage.answers()) else {
            assert!(!run.stale(id) && run.made_without(id).is_empty());
            continue;
        };
        let now: BTreeSet<CallId> = ground(run, &state.stage, (of, upto)).into_values().collect();
        let then: BTreeSet<CallId> = begun.answers.iter().copied().collect();
        assert_eq!(run.stale(id), now != then);
        let retried = now.difference(&then).filter(|call| call.attempt > 1);
        let by_seat: BTreeMap<u16, MemberId> =
            retried.map(|call| (call.slot, run.calls[call].member.clone())).collect();
        assert_eq!(run.made_without(id), by_seat.into_values().collect::<Vec<_>>());
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
                resumed.end_some((order % 3) as usize);
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
    fn wishes_at_any_moment_break_nothing_and_what_follows_the_last_is_in_no_order(
        case in hasty_cases(), order: u64, cut: prop::sample::Index, others in prop::collection::vec(any::<u64>(), 1..3),
    ) {
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let whole = Sim::start(&world, &case.script).live(order);
        check_log(&whole.log);
        let last = whole.log.iter().rposition(|record| grants(&record.event)).unwrap();
        for other in others {
            // Every other time right after the wish, and before anyone asks what comes of it some calls end.
            let from = if other % 2 == 0 { last } else { last + cut.index(whole.log.len() - last) };
            let mut resumed = Sim::resume(&world, &case.script, &whole.log[..=from]);
            resumed.end_some((other % 7) as usize);
            let resumed = resumed.live(other);
            check_log(&resumed.log);
            prop_assert_eq!(timeless(resumed.session), timeless(whole.session.clone()));
        }
        // From anywhere else it comes to an end as well.
        check_log(&Sim::resume(&world, &case.script, &whole.log[..=cut.index(last + 1)]).live(order).log);
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
