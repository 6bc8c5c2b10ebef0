//! What a person wants of a run at hand, be it the last or not: a call once more, a newcomer, a leave, a step; and a
//! fault of the driver's own in the middle of it. Stops and waiting questions are in [`super::commands`].

use super::desk::{Desk, EVER, council, done, end, home, id, last, text};
use synod::core::{
    Call, CallId, Command, EndState, ErrorKind, Event, File, Member, Message, Protocol, Question, Role, Run,
    RunId, Session, StageId, Step,
};
use synod::store::Log;
use tokio::time::timeout;

fn call(run: u32, stage: u16, slot: u16, attempt: u16) -> CallId {
    CallId { run: RunId(run), stage: StageId(stage), round: 0, slot, attempt }
}

fn over(session: &Session, call: CallId) -> bool {
    session.run(call.run).and_then(|run| run.calls.get(&call)).is_some_and(Call::ended)
}

fn newcomer(name: &str) -> Member {
    Member::new(name, format!("play/{name}").parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_failed_member_is_asked_again_and_what_comes_later_waits() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    desk.ask("Q", &council(&["a", "b", "c"]), Protocol::SYNTHESIS).await;
    let (a, b, c) = (desk.call("a").await, desk.call("b").await, desk.call("c").await);
    // Not while it runs, and not what nobody was asked.
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    desk.send(Command::Retry(call(1, 0, 7, 1))).await;
    desk.send(Command::Retry(call(9, 0, 0, 1))).await;
    a.fail(ErrorKind::Overloaded);
    desk.until(|session| over(session, call(1, 0, 0, 1))).await;
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    let again = desk.call("a").await;
    assert_eq!(again.sent(), [(Role::User, "Q")]);
    b.answer("B");
    c.answer("C");
    desk.until(|session| done(session, "b") && done(session, "c")).await;
    assert!(desk.session.runs[0].stages[1].begun.is_none(), "the synthesis waits");
    again.answer("A");
    // The first that finished takes the chair.
    desk.until(|session| session.runs[0].stages[1].begun.is_some()).await;
    let chair = desk.session.runs[0].stages[1].begun.as_ref().unwrap().speakers[0];
    let merge = desk.call(["a", "b", "c"][usize::from(chair)]).await;
    assert!(["\nA\n", "\nB\n", "\nC\n"].iter().all(|said| merge.sent()[0].1.contains(said)));
    merge.answer("all");
    desk.over(1).await;
    let (session, records) = desk.close().await;
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Done, None, "A"));
    let asked = records.iter().filter(|record| matches!(record.event, Event::RetryAsked { .. }));
    assert_eq!(asked.count(), 1, "what is refused leaves no record");
    assert_eq!(session.runs[0].calls.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn runs_go_on_side_by_side_and_a_question_waits_for_the_last_alone() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let council = council(&["a", "b", "c"]);
    desk.ask("first", &council, Protocol::Ask).await;
    for name in ["a", "b", "c"] {
        desk.call(name).await.answer(name);
    }
    desk.over(1).await;
    desk.ask("second", &council, Protocol::Ask).await;
    let (a, b, c) = (desk.call("a").await, desk.call("b").await, desk.call("c").await);
    // While the second runs, the first is voted on, and one of its answers is asked again.
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    let again = desk.call("a").await;
    assert_eq!(again.sent(), [(Role::User, "first")]);
    desk.send(Command::Extend { run: RunId(1), step: Step::Vote }).await;
    desk.send(Command::Join { run: RunId(1), member: newcomer("d") }).await;
    let d = desk.call("d").await;
    again.answer("new");
    d.answer("D");
    let judges = [desk.call("a").await, desk.call("b").await, desk.call("c").await, desk.call("d").await];
    assert!(judges.iter().all(|judge| judge.sent()[0].1.contains("\nnew\n") == (judge.request.model != "a")));
    // The third question does not wait for the first, only for the second.
    desk.ask("third", &council, Protocol::Ask).await;
    a.answer("A");
    b.answer("B");
    c.answer("C");
    let third = [desk.call("a").await, desk.call("b").await, desk.call("c").await];
    assert_eq!(third[0].sent()[..2], [(Role::User, "first"), (Role::Assistant, "new")]);
    desk.until(|session| session.runs.len() == 3).await;
    assert!(!desk.session.runs[0].finished(), "the vote is still held");
    for judge in judges {
        judge.answer(r#"{"ranking": ["A", "B", "C"]}"#);
    }
    for call in third {
        call.answer("3");
    }
    desk.over(3).await;
    let (session, _) = desk.close().await;
    assert_eq!(session.runs[0].council.members.len(), 4);
    assert_eq!(session.runs[1].council.members.len(), 3);
    assert!(session.runs[0].counting_of(StageId(1)).all(Call::done));
}

#[tokio::test(start_paused = true)]
async fn a_stop_of_one_seat_is_of_one_run_and_a_stop_of_all_is_of_every_run() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let council = council(&["a", "b"]);
    desk.ask("first", &council, Protocol::Ask).await;
    desk.call("a").await.answer("A");
    desk.call("b").await.answer("B");
    desk.over(1).await;
    desk.ask("second", &council, Protocol::Ask).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    desk.send(Command::Retry(call(1, 0, 1, 1))).await;
    let (again, other) = (desk.call("a").await, desk.call("b").await);
    desk.send(Command::StopSeat { run: RunId(1), slot: 0 }).await;
    timeout(EVER, again.line.closed()).await.expect("the connection is closed");
    a.text("still here");
    let writes = |run: &Run| run.calls.values().any(|call| call.text == "still here");
    desk.until(|session| session.runs.get(1).is_some_and(writes)).await;
    desk.send(Command::StopAll).await;
    for line in [&a.line, &b.line, &other.line] {
        timeout(EVER, line.closed()).await.expect("the connection is closed");
    }
    desk.over(2).await;
    let (session, _) = desk.close().await;
    for call in [call(1, 0, 0, 2), call(1, 0, 1, 2)] {
        assert_eq!(end(&session.runs[0].calls[&call]), (EndState::Stopped, Some(ErrorKind::Stopped), ""));
    }
    assert_eq!(session.runs[0].standing(StageId(0), 0)[&0].text, "A", "the older answer stands");
}

#[tokio::test(start_paused = true)]
async fn who_joins_is_asked_and_who_leaves_is_hung_up_on() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    desk.ask("Q", &council(&["a", "b"]), Protocol::Debate(1)).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    desk.send(Command::Join { run: RunId(1), member: newcomer("c") }).await;
    desk.send(Command::Join { run: RunId(1), member: newcomer("c") }).await;
    desk.send(Command::Join { run: RunId(1), member: newcomer("a") }).await;
    desk.send(Command::Join { run: RunId(7), member: newcomer("d") }).await;
    let c = desk.call("c").await;
    assert_eq!(c.sent(), [(Role::User, "Q")]);
    a.text("half");
    desk.until(|session| text(session, "a") == "half").await;
    desk.send(Command::Leave { run: RunId(1), member: "nobody".into() }).await;
    desk.send(Command::Leave { run: RunId(1), member: "a".into() }).await;
    desk.send(Command::Leave { run: RunId(1), member: "a".into() }).await;
    timeout(EVER, a.line.closed()).await.expect("the connection is closed");
    b.answer("B");
    c.answer("C");
    let (b, c) = (desk.call("b").await, desk.call("c").await);
    assert!(!b.sent()[0].1.contains("half") && b.sent()[0].1.contains("\nC\n"));
    b.answer("B2");
    c.answer("C2");
    desk.over(1).await;
    // Nobody takes its place, and it can't be asked again.
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    let (session, records) = desk.close().await;
    let run = &session.runs[0];
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Stopped, Some(ErrorKind::Stopped), "half"));
    assert_eq!((run.council.members.len(), run.left.iter().collect::<Vec<_>>()), (3, vec![&0]));
    assert_eq!(run.council_now().members.iter().map(|it| it.name.0.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    let changes = |event: &Event| matches!(event, Event::MemberJoined { .. } | Event::MemberLeft { .. });
    assert_eq!(records.iter().filter(|record| changes(&record.event)).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn questions_that_wait_are_dropped_alone() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let council = council(&["a"]);
    desk.ask("first", &council, Protocol::Ask).await;
    desk.ask("second", &council, Protocol::Ask).await;
    desk.ask("third", &council, Protocol::Ask).await;
    let a = desk.call("a").await;
    desk.send(Command::Unqueue).await;
    desk.ask("fourth", &council, Protocol::Ask).await;
    a.answer("A");
    let a = desk.call("a").await;
    assert_eq!(a.request.about.question, "fourth");
    a.answer("A4");
    desk.over(2).await;
    desk.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_question_is_put_as_it_was_sent() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let council = council(&["a", "b"]);
    desk.ask("frist", &council, Protocol::Ask).await;
    desk.call("a").await.answer("A");
    desk.call("b").await.answer("B");
    desk.over(1).await;
    let files = vec![File { name: "a.rs".to_owned(), text: "fn main() {}".to_owned() }];
    let question = Question {
        plan: None,
        topic: None,
        text: "first".to_owned(),
        files: files.clone(),
        council: council.clone(),
        only: Some("b".into()),
        replaces: Some(RunId(1)),
        protocol: Protocol::Ask,
        private: None,
        similar: None,
        judges: Vec::new(),
        commission: None,
    };
    desk.send(Command::Ask(question.clone())).await;
    let b = desk.call("b").await;
    let [(Role::User, sent)] = b.sent()[..] else { panic!("{:?}", b.sent()) };
    assert!(sent.starts_with("first\n\n<file name=\"a.rs\"") && sent.contains("\nfn main() {}\n"), "{sent}");
    assert_eq!(b.request.about.question, "first");
    b.answer("B2");
    desk.over(2).await;
    // Nobody of that name: it is said, and the next question is asked.
    desk.send(Command::Ask(Question { only: Some("zoe".into()), ..question })).await;
    desk.ask("next", &council, Protocol::Ask).await;
    desk.call("a").await.answer("A");
    desk.call("b").await.answer("B");
    desk.over(4).await;
    let (session, _) = desk.close().await;
    let run = &session.runs[1];
    assert_eq!((&run.files, run.replaces, run.only()), (&files, Some(RunId(1)), Some(&"b".into())));
    assert_eq!((run.council.members.len(), run.calls.len()), (2, 1));
    let obstacle = session.runs[2].stages[0].begun.as_ref().and_then(|begun| begun.obstacle.as_deref());
    assert!(obstacle.is_some_and(|why| why.contains("zoe")), "{obstacle:?}");
    assert_eq!(session.replaced_by(RunId(1)), Some(RunId(3)));
}

#[tokio::test(start_paused = true)]
async fn a_council_that_can_not_be_reached_at_all_comes_to_an_end() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let mut council = council(&["a", "b"]);
    for member in &mut council.members {
        member.model = "nowhere/x".parse().unwrap();
    }
    desk.ask("first", &council, Protocol::Debate(2)).await;
    desk.ask("second", &council, Protocol::SYNTHESIS).await;
    desk.over(2).await;
    let (session, _) = desk.close().await;
    for run in &session.runs {
        assert!(run.calls.values().all(|call| call.end == Some(EndState::Failed)));
        assert!(run.stages[1].begun.as_ref().unwrap().obstacle.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_an_earlier_program_did_not_come_to_is_not_begun_unasked() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    desk.ask("Q", &council(&["a", "b"]), Protocol::Ask).await;
    desk.call("a").await.fail(ErrorKind::Overloaded);
    desk.call("b").await.answer("B");
    desk.over(1).await;
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    let again = desk.call("a").await;
    desk.close().await;
    drop(again);
    // The program ended between the wish and the call.
    let path = root.join(id().0).join("events.jsonl");
    let log = std::fs::read_to_string(&path).unwrap();
    let wish = log.lines().position(|line| line.contains("retry_asked")).unwrap();
    let kept: String = log.lines().take(wish + 1).flat_map(|line| [line, "\n"]).collect();
    std::fs::write(&path, kept).unwrap();
    let (log, opened) = Log::open(&root, &id()).unwrap();
    let session = Session::replay(&opened.records);
    assert_eq!(session.runs[0].asked.iter().collect::<Vec<_>>(), [&call(1, 0, 0, 2)]);
    let mut desk = Desk::open(&root, session, log, true);
    desk.over(1).await;
    assert!(desk.session.runs[0].asked.is_empty());
    // Asked once more, it is.
    desk.send(Command::Retry(call(1, 0, 0, 1))).await;
    desk.call("a").await.answer("A");
    desk.until(|session| session.runs[0].calls.values().any(|call| call.text == "A")).await;
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(session.runs[0].calls.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_driver_hangs_up_on_all_and_leaves_a_log_that_goes_on() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let council = council(&["a", "b"]);
    desk.ask("Q", &council, Protocol::Debate(1)).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    a.text("half");
    b.answer("B");
    desk.until(|session| text(session, "a") == "half" && done(session, "b")).await;
    // Where its request would go is asked in the driver itself.
    let member = Member::new("c", "trap/c".parse().unwrap());
    desk.send(Command::Join { run: RunId(1), member }).await;
    timeout(EVER, a.line.closed()).await.expect("the connection is closed");
    while !desk.take().await.is_empty() {}
    assert!(!desk.engine.send(Command::StopAll).await, "the face is told");
    let shown = desk.session.clone();
    assert!(desk.engine.close().await.unwrap_err().is_panic());

    let (log, opened) = Log::open(&root, &id()).unwrap();
    assert_eq!(opened.notice, None);
    let session = Session::replay(&opened.records);
    assert_eq!(session, shown, "what was shown is what is kept");
    let mut desk = Desk::open(&root, session, log, true);
    desk.until(|session| session.runs.iter().all(Run::finished)).await;
    assert_eq!(end(last(&desk.session, 1, 0, "a")), (EndState::Cut, Some(ErrorKind::Interrupted), "half"));
    desk.send(Command::Extend { run: RunId(1), step: Step::SYNTHESIS }).await;
    let merge = desk.call("b").await;
    assert!(merge.request.messages.iter().any(|message: &Message| message.text.contains("\nhalf\n")));
    merge.answer("both");
    desk.over(1).await;
    desk.close().await;
}
