//! What happens by itself when members can't be had: another try, a backup, a pause, a circuit breaker, and the limits of
//! time. No real time passes. What a person does about it is in [`super::wishes`].

use super::desk::{AT, Asked, Desk, EVER, Rules, council, end, home, kind, last, text};
use synod::core::health::{Breaker, Sample};
use synod::core::{
    Call, CallId, Command, Council, EndState, ErrorKind, Event, Limits, Protocol, Record, RunId, Session,
    StageId,
};
use synod::providers::Delta;
use synod::store::health::{self, Kept};
use tokio::time::timeout;

fn patient() -> Rules {
    Rules { retries: 2, ..Rules::default() }
}

fn attempts<'a>(session: &'a Session, member: &str) -> Vec<&'a Call> {
    session.runs[0].calls_of(StageId(0)).filter(|call| call.member.0 == member).collect()
}

/// How long after the call before each attempt began, in milliseconds.
fn pauses(calls: &[&Call]) -> Vec<u64> {
    let over = |call: &Call| call.started_at + call.total_ms.unwrap();
    calls.windows(2).map(|two| two[1].started_at - over(two[0])).collect()
}

fn with_backups(names: &[&str], backups: &[&str]) -> Council {
    let mut council = council(names);
    council.members[0].fallback =
        backups.iter().map(|name| format!("play/{name}").parse().unwrap()).collect();
    council
}

async fn ask(desk: &mut Desk, council: &Council) {
    desk.ask("Q", council, Protocol::Ask).await;
}

#[tokio::test(start_paused = true)]
async fn what_failed_before_it_brought_anything_is_asked_at_most_twice_more() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, patient());
    ask(&mut desk, &council(&["a", "b"])).await;
    desk.call("b").await.answer("B");
    for fault in [ErrorKind::Overloaded, ErrorKind::ConnectionLost, ErrorKind::RateLimited] {
        desk.call("a").await.fail(fault);
    }
    desk.over(1).await;
    let (session, records) = desk.close().await;
    let calls = attempts(&session, "a");
    let ends: Vec<_> = calls.iter().map(|call| (call.id.attempt, kind(call))).collect();
    let faults = [ErrorKind::Overloaded, ErrorKind::ConnectionLost, ErrorKind::RateLimited];
    assert_eq!(ends, [(1, Some(faults[0])), (2, Some(faults[1])), (3, Some(faults[2]))]);
    let pauses = pauses(&calls);
    assert!(pauses[0] < 1000 && pauses[1] < 2000, "full jitter of one and two seconds: {pauses:?}");
    assert_eq!(attempts(&session, "b").len(), 1);
    let set = records.iter().filter(|record| matches!(record.event, Event::RetrySet { .. })).count();
    assert_eq!(set, 2, "each is on record before it begins");
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_the_tries() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, patient());
    ask(&mut desk, &council(&["a"])).await;
    desk.call("a").await.fail(ErrorKind::Overloaded);
    desk.call("a").await.answer("at last");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Done, None, "at last"));
    assert_eq!(attempts(&session, "a").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_brought_a_word_or_a_thought_or_can_not_pass_is_not_asked_again() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, patient());
    let names = ["word", "thought", "key", "credit", "model", "refused", "tls", "long"];
    ask(&mut desk, &council(&names)).await;
    for name in names {
        let call = desk.call(name).await;
        match name {
            "word" => {
                call.text("half");
                call.fail(ErrorKind::ConnectionLost);
            }
            "thought" => {
                call.say(Delta::Thinking("hm".to_owned()));
                call.fail(ErrorKind::Overloaded);
            }
            "key" => call.fail(ErrorKind::KeyRejected),
            "credit" => call.put_off(ErrorKind::NoCredit, 1000),
            "model" => call.fail(ErrorKind::NotFound),
            "refused" => call.fail(ErrorKind::Refused),
            "tls" => call.fail(ErrorKind::Connect),
            _ => call.put_off(ErrorKind::RateLimited, 120_001),
        }
    }
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(session.runs[0].calls.len(), names.len());
    assert_eq!(end(last(&session, 1, 0, "word")), (EndState::Cut, Some(ErrorKind::ConnectionLost), "half"));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_says_whether_to_ask_again_is_believed_within_the_tries() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, patient());
    ask(&mut desk, &with_backups(&["never", "again", "broke"], &["backup"])).await;
    desk.call("never").await.advise(ErrorKind::Overloaded, false);
    desk.call("never").await.answer("in its place");
    desk.call("broke").await.advise(ErrorKind::NoCredit, true);
    for _ in 0..3 {
        desk.call("again").await.advise(ErrorKind::BadRequest, true);
    }
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let models: Vec<_> = attempts(&session, "never").iter().map(|call| call.model.to_string()).collect();
    assert_eq!(models, ["play/never", "play/backup"], "a backup is another request");
    assert_eq!(attempts(&session, "again").len(), 3);
    assert_eq!(attempts(&session, "broke").len(), 1, "no second request brings credit");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_to_wait_is_waited_for_by_all_its_members() {
    let (_home, root) = home();
    let limits = Limits { concurrent: 1, ..Limits::default() };
    let mut desk = Desk::strict(&root, Rules { limits, ..patient() });
    ask(&mut desk, &council(&["a", "b"])).await;
    desk.call("a").await.put_off(ErrorKind::RateLimited, 90_000);
    // The other one waits as well: the endpoint asked for quiet.
    desk.call("b").await.answer("B");
    desk.call("a").await.answer("A");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let (a, b) = (attempts(&session, "a"), attempts(&session, "b"));
    assert!(pauses(&a)[0] >= 90_000 && pauses(&a)[0] < 90_500, "{:?}", pauses(&a));
    let said = a[0].started_at + a[0].total_ms.unwrap();
    assert!(b[0].started_at >= said + 90_000);
}

#[tokio::test(start_paused = true)]
async fn backups_speak_in_their_order_once_the_model_itself_can_not_be_had() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, Rules { retries: 1, ..Rules::default() });
    ask(&mut desk, &with_backups(&["a", "b"], &["second", "third"])).await;
    desk.call("b").await.answer("B");
    let asked = |call: &Asked| call.request.model.clone();
    let mut models = Vec::new();
    for fault in [ErrorKind::Overloaded, ErrorKind::Overloaded, ErrorKind::KeyRejected, ErrorKind::Overloaded]
    {
        let call = desk.call("a").await;
        models.push(asked(&call));
        call.fail(fault);
    }
    let call = desk.call("a").await;
    models.push(asked(&call));
    call.answer("from the third");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(models, ["a", "a", "second", "third", "third"]);
    let run = &session.runs[0];
    let counts = run.counting(StageId(0), 0, 0).unwrap();
    assert_eq!((counts.model.model.as_str(), counts.text.as_str()), ("third", "from the third"));
    assert_eq!(run.substitute(counts), Some(&counts.model));
    let own = run.counting(StageId(0), 0, 1).unwrap();
    assert_eq!(run.substitute(own), None);
}

#[tokio::test(start_paused = true)]
async fn no_backup_speaks_for_a_member_that_declined_or_was_stopped() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, patient());
    let mut council = with_backups(&["a", "b"], &["second"]);
    let backups = council.members[0].fallback.clone();
    council.members[1].fallback = backups;
    ask(&mut desk, &council).await;
    desk.call("a").await.fail(ErrorKind::Refused);
    let b = desk.call("b").await;
    desk.send(Command::StopSeat { run: RunId(1), slot: 1 }).await;
    timeout(EVER, b.line.closed()).await.expect("the connection is closed");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    assert_eq!(session.runs[0].calls.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_person_drops_a_try_that_waits_or_has_it_now() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, patient());
    ask(&mut desk, &council(&["a", "b"])).await;
    desk.call("a").await.put_off(ErrorKind::Overloaded, 60_000);
    desk.call("b").await.put_off(ErrorKind::Overloaded, 60_000);
    desk.until(|session| session.runs.first().is_some_and(|run| run.set.len() == 2)).await;
    desk.send(Command::StopSeat { run: RunId(1), slot: 0 }).await;
    let first = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 1, attempt: 1 };
    desk.send(Command::Retry(first)).await;
    let again = desk.call("b").await;
    let now = tokio::time::Instant::now();
    again.answer("B");
    desk.over(1).await;
    assert_eq!(now, tokio::time::Instant::now(), "nothing is waited for any more");
    let (session, _) = desk.close().await;
    assert_eq!((attempts(&session, "a").len(), attempts(&session, "b").len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_asked_so_many_things_at_once_and_no_more() {
    let (_home, root) = home();
    let limits = Limits { concurrent: 2, ..Limits::default() };
    let mut desk = Desk::strict(&root, Rules { limits, ..Rules::default() });
    let names = ["a", "b", "c", "d", "e"];
    ask(&mut desk, &council(&names)).await;
    for name in names {
        let call = desk.call(name).await;
        call.answer(name);
    }
    desk.over(1).await;
    let (_, records) = desk.close().await;
    let mut open = 0_usize;
    for Record { event, .. } in &records {
        open += usize::from(matches!(event, Event::CallStarted { .. }));
        open -= usize::from(matches!(event, Event::CallEnded { .. }));
        assert!(open <= 2);
    }
}

/// An endpoint that failed five times just now.
fn broken() -> Kept {
    let mut kept = Kept::default();
    for at in AT - 5..AT {
        let (model, endpoint) = ("play/a".parse().unwrap(), "played by hand".to_owned());
        let fault = Some(ErrorKind::Overloaded);
        kept.note(Sample { endpoint, model, at, fault, first_ms: None, rate: None });
    }
    kept
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_failed_again_and_again_is_left_alone_until_a_person_insists() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, Rules { health: broken(), ..patient() });
    ask(&mut desk, &council(&["a", "b"])).await;
    desk.over(1).await;
    let first = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
    desk.send(Command::Retry(first)).await;
    desk.call("a").await.answer("well again");
    desk.over(1).await;
    // The endpoint is well, so the next question is asked of both.
    desk.ask("next", &council(&["a", "b"]), Protocol::Ask).await;
    desk.call("a").await.answer("A");
    desk.call("b").await.answer("B");
    desk.over(2).await;
    let (session, _) = desk.close().await;
    let b = last(&session, 1, 0, "b");
    assert_eq!(end(b), (EndState::Failed, Some(ErrorKind::Unavailable), ""));
    let said = &b.error.as_ref().unwrap().message;
    assert_eq!(said, "not asked: played by hand failed again and again; it is left alone for 30 s");
    assert_eq!(end(last(&session, 1, 0, "a")), (EndState::Done, None, "well again"));
}

#[tokio::test(start_paused = true)]
async fn after_its_rest_one_call_probes_an_endpoint_and_the_others_wait() {
    let (_home, root) = home();
    let mut desk = Desk::strict(&root, Rules { health: broken(), ..Rules::default() });
    tokio::time::advance(std::time::Duration::from_secs(31)).await;
    ask(&mut desk, &council(&["a", "b", "c"])).await;
    let probe = desk.call("a").await;
    desk.until(|session| session.runs.len() == 1 && session.runs[0].calls.len() == 1).await;
    probe.fail(ErrorKind::Overloaded);
    desk.over(1).await;
    let (session, _) = desk.close().await;
    for name in ["b", "c"] {
        assert_eq!(kind(last(&session, 1, 0, name)), Some(ErrorKind::Unavailable), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_limits_of_time_are_words() {
    let (_home, root) = home();
    let limits = Limits { first: 40, idle: 30, total: 100, ..Limits::default() };
    let mut desk = Desk::strict(&root, Rules { limits, ..Rules::default() });
    let names = ["mute", "queued", "stalls", "on"];
    ask(&mut desk, &council(&names)).await;
    let mut calls = Vec::new();
    for name in names {
        calls.push(desk.call(name).await);
    }
    calls[2].text("half");
    desk.until(|session| text(session, "stalls") == "half").await;
    for _ in 0..11 {
        // A keep-alive is a sign of life and no word.
        calls[1].say(Delta::Alive);
        calls[3].text("on and ");
        tokio::time::advance(std::time::Duration::from_secs(10)).await;
    }
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let told = |name: &str| {
        let call = last(&session, 1, 0, name);
        (call.end.unwrap(), kind(call).unwrap(), call.error.as_ref().unwrap().message.as_str())
    };
    let late = ErrorKind::Timeout;
    assert_eq!(told("mute"), (EndState::Failed, late, "no data for 30 s"));
    assert_eq!(told("queued"), (EndState::Failed, late, "no word within 40 s"));
    assert_eq!(told("stalls"), (EndState::Cut, late, "no data for 30 s"));
    assert_eq!(told("on"), (EndState::Cut, late, "not finished within 100 s"));
}

#[tokio::test(start_paused = true)]
async fn how_endpoints_did_is_remembered_across_sessions() {
    let (_home, root) = home();
    let file = health::file_beside(&root);
    let rules = Rules { health: Kept::open(file.clone()), ..Rules::default() };
    let mut desk = Desk::strict(&root, rules);
    let names = ["a", "b", "c"];
    ask(&mut desk, &council(&names)).await;
    desk.call("a").await.answer("A");
    desk.call("b").await.fail(ErrorKind::Timeout);
    let stopped = desk.call("c").await;
    desk.send(Command::StopSeat { run: RunId(1), slot: 2 }).await;
    timeout(EVER, stopped.line.closed()).await.expect("the connection is closed");
    desk.over(1).await;
    let (session, _) = desk.close().await;
    let kept = health::load(&file).unwrap();
    let now = session.last_at;
    let figures = kept.figures("played by hand", now);
    assert_eq!((figures.calls, figures.answered), (2, 1), "what a person stopped tells nothing");
    assert_eq!(kept.breaker("played by hand", now), Breaker::Closed);
}
