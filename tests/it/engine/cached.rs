//! Answers that are given again: the very same request is answered from what is kept, is on record as such, costs nothing,
//! and is never taken for something the person asked to have anew.

use super::desk::{Desk, Rules, council, end, home, last, text};
use std::path::Path;
use synod::core::{
    Command, Council, EndState, ErrorKind, Event, Protocol, Question, Session, Similar, Step, Usage,
};
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

#[tokio::test(start_paused = true)]
async fn first_answers_to_an_earlier_question_are_given_by_leave_and_the_rest_is_about_the_new_one() {
    let (home, _) = home();
    let pair = council(&["a", "b"]);
    let mut desk = asked(home.path(), "one", &pair).await;
    desk.call("a").await.answer("A of old");
    desk.call("b").await.fail(ErrorKind::ConnectionLost);
    desk.over(1).await;
    desk.close().await;
    let similar = Similar { question: "Q".to_owned(), score: 0.97 };
    let question = Question {
        text: "the newer one".to_owned(),
        council: pair.clone(),
        similar: Some(similar.clone()),
        ..Question::default()
    };
    let mut desk = Desk::strict(&home.path().join("two"), rules(home.path()));
    desk.send(Command::Ask(question)).await;
    // Who has no answer there is asked as usual.
    let b = desk.call("b").await;
    assert_eq!(b.sent().last().unwrap().1, "the newer one");
    b.answer("B");
    desk.over(1).await;
    let call = last(&desk.session, 1, 0, "a");
    assert_eq!((call.text.as_str(), call.usage, call.sent()), ("A of old", Some(Usage::default()), false));
    let cached = call.cached.as_ref().unwrap();
    assert_eq!(
        (cached.similar.as_ref(), desk.session.runs[0].similar.as_ref()),
        (Some(&similar), Some(&similar))
    );
    assert_eq!(call.messages.last().unwrap().text, "the newer one", "what it would have been sent");
    assert!(last(&desk.session, 1, 0, "b").cached.is_none());
    // What is said about answers is asked about the new question, of models.
    desk.send(Command::Extend { run: synod::core::RunId(1), step: Step::Debate(1) }).await;
    for name in ["a", "b"] {
        let turn = desk.call(name).await;
        let sent = turn.sent().last().unwrap().1.to_owned();
        assert!(sent.contains("the newer one") && sent.contains("A of old"), "{sent}");
        turn.answer("So be it.");
    }
    desk.until(|session: &Session| session.runs[0].calls.len() == 4 && session.runs[0].finished()).await;
    let lacks = desk.session.runs[0].lacks(synod::core::StageId(1));
    assert_eq!(lacks, ["a answers an earlier, similar question (score .97)"]);
    // Who asks once more wants the model's word on the new question.
    desk.send(Command::Retry(last(&desk.session, 1, 0, "a").id)).await;
    let again = desk.call("a").await;
    assert_eq!(again.sent().last().unwrap().1, "the newer one");
    again.answer("A of now");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(last(&session, 1, 0, "a").text, "A of now");
}

#[tokio::test(start_paused = true)]
async fn without_leave_for_it_nothing_else_is_given_and_what_was_given_is_not_kept_again() {
    let (home, _) = home();
    let one = council(&["a"]);
    let mut desk = asked(home.path(), "one", &one).await;
    desk.call("a").await.answer("A");
    desk.over(1).await;
    desk.close().await;
    let ask = |session: &str, text: &str, earlier: Option<&str>, council: &Council| {
        let desk = Desk::strict(&home.path().join(session), rules(home.path()));
        let similar = earlier.map(|it| Similar { question: it.to_owned(), score: 0.95 });
        let question =
            Question { text: text.to_owned(), council: council.clone(), similar, ..Question::default() };
        async move {
            desk.send(Command::Ask(question)).await;
            desk
        }
    };
    let mut given = ask("two", "Q2", Some("Q"), &one).await;
    given.over(1).await;
    assert_eq!(text(&given.session, "a"), "A");
    given.close().await;
    let mut told = one.clone();
    told.members[0].persona = Some("You doubt.".to_owned());
    let mut scripted = one.clone();
    scripted.scripted = true;
    for (session, text, earlier, council) in [
        ("three", "Q2", None, &one),
        ("four", "Q3", Some("Q2 as it never was"), &one),
        ("five", "Q4", Some("Q"), &told),
        ("six", "Q5", Some("Q"), &scripted),
    ] {
        let mut desk = ask(session, text, earlier, council).await;
        let call = desk.call("a").await;
        assert_eq!(call.sent().last().unwrap().1, text);
        call.answer("anew");
        desk.over(1).await;
        assert!(last(&desk.session, 1, 0, "a").cached.is_none(), "{session}");
        desk.close().await;
    }
}
