//! What a person wants while something runs: a stop of one, a stop of all, another question. What members do by
//! themselves is in [`super::members`].

use super::desk::{Desk, EVER, council, done, end, home, last, text};
use synod::core::{Command, EndState, ErrorKind, Event, Protocol, Role, RunId, StageId, Step};
use tokio::time::timeout;

#[tokio::test(start_paused = true)]
async fn a_stop_of_one_seat_leaves_the_others() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    desk.ask("Q", &council(&["a", "b", "c"]), Protocol::Debate(1)).await;
    let (a, b, c) = (desk.call("a").await, desk.call("b").await, desk.call("c").await);
    a.text("half");
    desk.until(|session| text(session, "a") == "half").await;
    desk.send(Command::StopSeat { run: RunId(1), slot: 0 }).await;
    timeout(EVER, a.line.closed()).await.expect("the connection is closed");
    b.answer("B");
    c.answer("C");
    // It was not the council that was stopped: the others go on to the debate, and nothing is asked of the stopped one.
    let (b, c) = (desk.call("b").await, desk.call("c").await);
    b.answer("B2");
    c.answer("C2");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Stopped, Some(ErrorKind::Stopped), "half"));
    let run = &session.runs[0];
    let debaters: Vec<&str> = run.calls_of(StageId(1)).map(|call| call.member.0.as_str()).collect();
    assert_eq!(debaters, ["b", "c"]);
    assert!(run.stages.iter().all(|state| !state.stopped));
}

#[tokio::test(start_paused = true)]
async fn a_stop_of_all_ends_what_runs_and_what_waits() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let council = council(&["a", "b", "c"]);
    desk.ask("first", &council, Protocol::Vote).await;
    desk.ask("second", &council, Protocol::Ask).await;
    desk.send(Command::Extend { run: RunId(1), step: Step::SYNTHESIS }).await;
    let (a, b, _c) = (desk.call("a").await, desk.call("b").await, desk.call("c").await);
    a.answer("A");
    b.text("half");
    desk.until(|session| {
        done(session, "a") && text(session, "b") == "half" && session.runs[0].stages.len() == 3
    })
    .await;
    desk.send(Command::StopAll).await;
    timeout(EVER, b.line.closed()).await.expect("the connection is closed");
    desk.over(1).await;
    // The next one that is asked is asked the third question, and knows the first.
    desk.ask("third", &council, Protocol::Ask).await;
    let a = desk.call("a").await;
    assert_eq!(a.sent(), [(Role::User, "first"), (Role::Assistant, "A"), (Role::User, "third")]);
    assert_eq!(desk.call("b").await.sent(), [(Role::User, "third")]);
    desk.call("c").await.answer("C3");
    a.answer("A3");
    desk.over(2).await;
    let (session, _) = desk.close().await;
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Done, None, "A"));
    assert_eq!(end(last(&session, 1, 0, "b")), (EndState::Stopped, Some(ErrorKind::Stopped), "half"));
    assert_eq!(end(last(&session, 1, 0, "c")), (EndState::Stopped, Some(ErrorKind::Stopped), ""));
    let run = &session.runs[0];
    assert!(run.stages.iter().all(|state| state.stopped), "{:?}", run.stages);
    assert_eq!(run.calls.len(), 3, "no ballot and no synthesis was asked for");
}

#[tokio::test(start_paused = true)]
async fn a_second_question_waits_for_the_first() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let council = council(&["a", "b"]);
    desk.ask("first", &council, Protocol::Ask).await;
    desk.ask("second", &council, Protocol::Ask).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    a.answer("A");
    desk.until(|session| done(session, "a")).await;
    assert_eq!(desk.session.runs.len(), 1, "b is still to answer the first");
    b.answer("B");
    for (member, said) in [("a", "A"), ("b", "B")] {
        let call = desk.call(member).await;
        assert_eq!(call.sent(), [(Role::User, "first"), (Role::Assistant, said), (Role::User, "second")]);
        call.answer("again");
    }
    desk.over(2).await;
    let (_, records) = desk.close().await;
    let place =
        |what: &dyn Fn(&Event) -> bool| records.iter().rposition(|record| what(&record.event)).unwrap();
    let ended = place(&|event| matches!(event, Event::CallEnded { call, .. } if call.run == RunId(1)));
    let began = place(&|event| matches!(event, Event::RunStarted { .. }));
    assert!(ended < began);
}
