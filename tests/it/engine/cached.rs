//! Answers that are given again: the very same request is answered from what is kept, is on record as such, costs nothing,
//! and is never taken for something the person asked to have anew.

use super::desk::{Desk, Rules, council, end, home, last, text};
use std::path::Path;
use synod::core::{Command, Council, EndState, ErrorKind, Event, Protocol, Session, Usage};
use synod::providers::Delta;
use synod::store::answers::Answers;

fn rules(home: &Path) -> Rules {
    Rules { answers: Some(Answers { folder: home.join("answers"), ttl: 3_600_000 }), ..Rules::default() }
}

/// Asks a new session the same question.
async fn asked(home: &Path, session: &str, council: &Council) -> Desk {
    let desk = Desk::strict(&home.join(session), rules(home));
    desk.ask("Q", council, Protocol::Ask).await;
    desk
}

#[tokio::test(start_paused = true)]
async fn the_same_request_is_answered_again_and_nothing_is_sent() {
    let (home, _) = home();
    let pair = council(&["a", "b"]);
    let mut desk = asked(home.path(), "one", &pair).await;
    let (a, b) = (desk.call("a").await, desk.call("b").await);
    a.say(Delta::Thinking("hm".to_owned()));
    a.answer("A");
    b.text("half of ");
    b.fail(ErrorKind::ConnectionLost);
    desk.over(1).await;
    desk.close().await;
    let mut desk = asked(home.path(), "two", &pair).await;
    // What was cut is no answer to be given again.
    desk.call("b").await.answer("B");
    desk.over(1).await;
    let call = last(&desk.session, 1, 0, "a");
    assert_eq!((end(call), call.thinking.as_str()), ((EndState::Done, None, "A"), "hm"));
    assert_eq!((call.usage, call.total_ms, call.first_ms), (Some(Usage::default()), Some(0), None));
    assert!(call.cached.is_some() && last(&desk.session, 1, 0, "b").cached.is_none());
    // Who asks once more wants the model's word.
    let id = call.id;
    desk.send(Command::Retry(id)).await;
    desk.call("a").await.answer("A2");
    desk.until(|session: &Session| session.runs[0].calls.len() == 3 && session.runs[0].finished()).await;
    let (session, records) = desk.close().await;
    assert_eq!(last(&session, 1, 0, "a").text, "A2");
    let cached =
        records.iter().filter(|record| matches!(&record.event, Event::CallStarted { cached: Some(_), .. }));
    assert_eq!(cached.count(), 1);
    // The newest answer is the one that is kept.
    let mut desk = asked(home.path(), "three", &pair).await;
    desk.over(1).await;
    assert_eq!((text(&desk.session, "a"), text(&desk.session, "b")), ("A2", "B"));
}

#[tokio::test(start_paused = true)]
async fn another_member_other_parameters_or_no_leave_ask_the_model() {
    let (home, _) = home();
    let mut desk = asked(home.path(), "one", &council(&["a"])).await;
    desk.call("a").await.answer("A");
    desk.over(1).await;
    desk.close().await;
    let mut warm = council(&["a"]);
    warm.members[0].params.temperature = Some(0.7);
    let mut other = council(&["a"]);
    other.members[0].name = "a-2".into();
    let mut told = council(&["a"]);
    told.members[0].persona = Some("You doubt.".to_owned());
    for (session, council) in [("two", warm), ("three", other), ("four", told)] {
        let name = council.members[0].name.0.clone();
        let mut desk = asked(home.path(), session, &council).await;
        desk.call(&name).await.answer("another");
        desk.over(1).await;
        desk.close().await;
    }
    let mut desk = Desk::strict(&home.path().join("five"), Rules::default());
    desk.ask("Q", &council(&["a"]), Protocol::Ask).await;
    desk.call("a").await.answer("anew");
    desk.over(1).await;
    assert_eq!(text(&desk.session, "a"), "anew");
}
