//! Members that fail, say nothing, say too much or take the engine's own code down: each costs itself alone. What a
//! person stops is in [`super::commands`].

use super::desk::{Act, Desk, council, end, home, kind, last};
use synod::core::{EndState, ErrorKind, Event, Protocol, Record, Usage};
use synod::providers::{Delta, Stop};

#[tokio::test(start_paused = true)]
async fn a_failing_member_never_stops_the_council() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let mut council = council(&["a", "b", "c", "d"]);
    council.members[3].model = "nowhere/d".parse().unwrap();
    desk.ask("Q", &council, Protocol::SYNTHESIS).await;
    let (a, b, c) = (desk.call("a").await, desk.call("b").await, desk.call("c").await);
    b.fail(ErrorKind::Overloaded);
    a.text("Half of ");
    a.text("it");
    a.fail(ErrorKind::ConnectionLost);
    c.answer("All of it");
    // Nobody holds the chair, so the only one that finished takes it.
    let merge = desk.call("c").await;
    let prompt = merge.sent()[0].1;
    assert!(prompt.contains("note=\"cut short, partial\">\nHalf of it\n"), "{prompt}");
    assert!(prompt.contains("\nAll of it\n"), "{prompt}");
    merge.answer("Both");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(
        end(last(&session, 1, 0, "a")),
        (EndState::Cut, Some(ErrorKind::ConnectionLost), "Half of it")
    );
    assert_eq!(end(last(&session, 1, 0, "b")), (EndState::Failed, Some(ErrorKind::Overloaded), ""));
    assert_eq!(end(last(&session, 1, 0, "c")), (EndState::Done, None, "All of it"));
    assert_eq!(end(last(&session, 1, 0, "d")), (EndState::Failed, Some(ErrorKind::Config), ""));
    assert_eq!(end(last(&session, 1, 1, "c")), (EndState::Done, None, "Both"));
}

#[tokio::test(start_paused = true)]
async fn every_end_has_its_name() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let names = ["whole", "length", "mute", "refused", "silent", "early", "blank", "timeout"];
    desk.ask("Q", &council(&names), Protocol::Ask).await;
    let usage = Usage { input: 7, output: 2, reasoning: 1, cached: 0, ..Usage::default() };
    for name in names {
        let call = desk.call(name).await;
        match name {
            "whole" => {
                call.say(Delta::Thinking("hm".to_owned()));
                call.say(Delta::Usage(Usage { output: 1, ..usage }));
                call.say(Delta::Alive);
                call.say(Delta::Usage(usage));
                call.answer("x");
            }
            "length" => {
                call.text("x");
                call.say(Delta::Stop(Stop::Length));
            }
            "mute" => {
                call.say(Delta::Thinking("hm".to_owned()));
                call.say(Delta::Stop(Stop::Done));
            }
            "refused" => call.say(Delta::Stop(Stop::Refused("not that".to_owned()))),
            "early" => call.text("x"),
            "blank" => call.answer(" \n"),
            "timeout" => call.fail(ErrorKind::Timeout),
            _ => {}
        }
    }
    desk.over(1).await;
    let (session, _) = desk.close().await;
    for (name, expected) in [
        ("whole", (EndState::Done, None, "x")),
        ("length", (EndState::Cut, Some(ErrorKind::Length), "x")),
        ("mute", (EndState::Failed, Some(ErrorKind::BadResponse), "")),
        ("refused", (EndState::Refused, Some(ErrorKind::Refused), "")),
        ("silent", (EndState::Failed, Some(ErrorKind::EndedEarly), "")),
        ("early", (EndState::Cut, Some(ErrorKind::EndedEarly), "x")),
        ("blank", (EndState::Failed, Some(ErrorKind::BadResponse), " \n")),
        ("timeout", (EndState::Failed, Some(ErrorKind::Timeout), "")),
    ] {
        let call = last(&session, 1, 0, name);
        assert_eq!(end(call), expected, "{name}");
        let error = call.error.as_ref();
        assert!(error.is_none_or(|error| !error.message.is_empty() && !error.hint.is_empty()), "{error:?}");
    }
    let whole = last(&session, 1, 0, "whole");
    assert_eq!((whole.thinking.as_str(), whole.usage), ("hm", Some(usage)), "the last count stands");
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_call_costs_that_call_alone() {
    // Which of two things that happened is seen first is drawn by lot, so this is tried often.
    for _ in 0..50 {
        let (_home, root) = home();
        let mut desk = Desk::new(&root);
        desk.ask("Q", &council(&["panics", "a", "b"]), Protocol::Ask).await;
        let (a, b) = (desk.call("a").await, desk.call("b").await);
        // A long piece is handed on at once; the fault comes right behind it.
        let long = "x".repeat(5000);
        a.text(&long);
        let _ = a.line.send(Act::Panic);
        b.answer("B");
        desk.over(1).await;
        let (session, records) = desk.close().await;
        let at_once = last(&session, 1, 0, "panics");
        assert_eq!(end(at_once), (EndState::Failed, Some(ErrorKind::Internal), ""));
        let midway = last(&session, 1, 0, "a");
        assert_eq!(end(midway), (EndState::Cut, Some(ErrorKind::Internal), long.as_str()));
        assert_eq!(end(last(&session, 1, 0, "b")), (EndState::Done, None, "B"));
        let after = records.iter().skip_while(
            |record| !matches!(&record.event, Event::CallEnded { call, .. } if *call == midway.id),
        );
        let late =
            |record: &&Record| matches!(&record.event, Event::Delta { call, .. } if *call == midway.id);
        assert_eq!(after.filter(late).count(), 0, "nothing comes after an end");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_answer_ends_at_its_limit() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let mut council = council(&["endless", "muses", "a"]);
    for member in &mut council.members {
        member.params.answer_limit = 1000;
    }
    desk.ask("Q", &council, Protocol::Ask).await;
    desk.call("a").await.answer("A");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let endless = last(&session, 1, 0, "endless");
    assert_eq!((endless.end, kind(endless)), (Some(EndState::Cut), Some(ErrorKind::Length)));
    // At most eight bytes a token, and the piece that went over it.
    assert!((1000..=8010).contains(&endless.text.len()), "{} bytes", endless.text.len());
    assert!(endless.text.ends_with("and so on "), "no piece is torn");
    let muses = last(&session, 1, 0, "muses");
    assert_eq!((muses.end, kind(muses)), (Some(EndState::Failed), Some(ErrorKind::Length)));
    assert!(muses.thinking.len() <= 8010, "thinking counts too: {} bytes", muses.thinking.len());
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Done, None, "A"));
}
