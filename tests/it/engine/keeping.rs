//! What is kept when the engine ends, suddenly or not, when a disk is full, and when nothing was asked. The log itself
//! is [`crate::store`]'s.

use super::desk::{Desk, council, done, end, home, id, last, text};
use std::path::Path;
use std::process::Command as Process;
use synod::core::{Command, EndState, ErrorKind, Protocol, Role, RunId, Session, Step};
use synod::engine::News;
use synod::store::{self, Log};
use tokio::runtime::Runtime;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

#[test]
fn a_sudden_end_leaves_a_session_that_goes_on() {
    let (_home, root) = home();
    let council = council(&["a", "b", "c"]);
    let first = runtime();
    let dead = first.block_on(async {
        let mut desk = Desk::new(&root);
        desk.ask("first", &council, Protocol::Debate(1)).await;
        let (a, b, c) = (desk.call("a").await, desk.call("b").await, desk.call("c").await);
        a.text("half of A");
        c.answer("C");
        desk.until(|session| !text(session, "a").is_empty() && done(session, "c")).await;
        (desk, a, b)
    });
    let before = dead.0.read();
    // All tasks are gone between two steps, as in a crash: nothing is closed, nothing is written any more.
    drop(first);
    drop(dead);
    assert_eq!(store::read(&root, &id()).unwrap().records, before);

    runtime().block_on(async {
        let (log, opened) = Log::open(&root, &id()).unwrap();
        let mut desk = Desk::open(&root, Session::replay(&opened.records), log, true);
        desk.until(|session| session.runs[0].finished()).await;
        let session = &desk.session;
        let a = last(session, 1, 0, "a");
        assert_eq!(end(a), (EndState::Cut, Some(ErrorKind::Interrupted), "half of A"));
        assert_eq!(a.total_ms, Some(a.last_at - a.started_at), "it ran until its last sign of life");
        assert_eq!(end(last(session, 1, 0, "b")), (EndState::Failed, Some(ErrorKind::Interrupted), ""));
        assert_eq!(end(last(session, 1, 0, "c")), (EndState::Done, None, "C"));
        let debate = &session.runs[0].stages[1];
        assert!(debate.stopped && debate.begun.is_none(), "nothing is begun unasked");

        desk.ask("second", &council, Protocol::Ask).await;
        let (a, b, c) = (desk.call("a").await, desk.call("b").await, desk.call("c").await);
        assert_eq!(a.sent(), [(Role::User, "first"), (Role::Assistant, "half of A"), (Role::User, "second")]);
        assert_eq!(b.sent(), [(Role::User, "second")]);
        assert_eq!(c.sent(), [(Role::User, "first"), (Role::Assistant, "C"), (Role::User, "second")]);
        for call in [a, b, c] {
            assert_eq!(call.request.about.question, "second", "nobody was asked the first again");
            call.answer("again");
        }
        desk.over(2).await;
        let (session, records) = desk.close().await;
        assert_eq!(records[..before.len()], before, "what was there stays as it was");
        assert_eq!(session.runs[0].calls.len(), 3);
    });
}

#[tokio::test(start_paused = true)]
async fn a_close_writes_down_what_it_stops() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    desk.ask("Q", &council(&["a", "b"]), Protocol::SYNTHESIS).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    a.text("half");
    b.answer("B");
    desk.until(|session| done(session, "b") && text(session, "a") == "half").await;
    let (session, _) = desk.close().await;
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Cut, Some(ErrorKind::Interrupted), "half"));
    assert!(session.runs[0].stages[1].stopped && session.runs[0].finished(), "no synthesis is to come");
    assert!(a.line.is_closed());
}

#[tokio::test(start_paused = true)]
async fn a_place_where_nothing_can_be_kept_is_named_once() {
    let (home, root) = home();
    // A file where the folder of all sessions should be: not even the log can be made.
    std::fs::write(&root, "in the way").unwrap();
    let mut desk = Desk::new(&root);
    desk.ask("Q", &council(&["a", "b"]), Protocol::Ask).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    a.answer("A");
    desk.until(|session| done(session, "a")).await;
    assert!(matches!(&desk.said[..], [News::NotSaved(line)] if !line.contains('\n')), "{:?}", desk.said);
    // The person moves it out of the way, and all that was said is kept.
    std::fs::rename(&root, home.path().join("aside")).unwrap();
    b.answer("B");
    desk.over(1).await;
    assert_eq!(desk.said.last(), Some(&News::Saved));
    assert_eq!(desk.said.len(), 2);
    let (session, _) = desk.close().await;
    assert_eq!(end(last(&session, 1, 0, "b")), (EndState::Done, None, "B"));
}

#[test]
fn a_full_disk_is_named_once_and_loses_nothing() {
    // A limit on file sizes behaves like a full disk, and a process can't take it back from its neighbours' tests.
    let home = tempfile::tempdir().unwrap();
    let script = "trap '' XFSZ; ulimit -S -f 16; exec \"$0\" --exact --ignored engine::keeping::while_the_disk_is_full";
    let test = std::env::current_exe().unwrap();
    let output = Process::new("sh").args(["-c", script]).arg(test).current_dir(home.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(home.path().join("full").exists(), "the disk was never full");
}

#[test]
#[ignore = "run by a_full_disk_is_named_once_and_loses_nothing"]
fn while_the_disk_is_full() {
    runtime().block_on(async {
        let mut desk = Desk::new(Path::new("."));
        let mut council = council(&["a", "b"]);
        council.members[0].params.answer_limit = 1_000_000;
        desk.ask("Q", &council, Protocol::Ask).await;
        let (a, b) = (desk.call("a").await, desk.call("b").await);
        for _ in 0..30 {
            a.text(&"x".repeat(3000));
        }
        b.answer("B");
        desk.until(|session| done(session, "b") && text(session, "a").len() == 90_000).await;
        assert!(
            matches!(desk.said[..], [News::NotSaved(_)]),
            "once, and the council goes on: {:?}",
            desk.said
        );
        assert!(desk.read().len() < 20);
        // The person makes room.
        let mut limit = rustix::process::getrlimit(rustix::process::Resource::Fsize);
        limit.current = limit.maximum;
        rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).unwrap();
        a.answer("end");
        desk.over(1).await;
        assert!(matches!(desk.said[..], [News::NotSaved(_), News::Saved]), "{:?}", desk.said);
        let (session, records) = desk.close().await;
        assert_eq!(last(&session, 1, 0, "a").text.len(), 90_003);
        assert!(records.len() > 30);
        std::fs::write("full", "").unwrap();
    });
}

#[tokio::test(start_paused = true)]
async fn a_session_in_which_nothing_is_asked_leaves_no_file() {
    let (_home, root) = home();
    let desk = Desk::new(&root);
    desk.send(Command::Extend { run: RunId(1), step: Step::Vote }).await;
    desk.send(Command::StopSeat { run: RunId(1), slot: 0 }).await;
    desk.send(Command::StopAll).await;
    desk.engine.close().await.unwrap();
    assert!(!root.exists());
}
