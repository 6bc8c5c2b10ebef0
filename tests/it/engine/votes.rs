//! What the person decides about votes and debates, through the real driver: counting and weights on record, the one blind
//! vote, and a debate whose rule ends it after the program was closed in its middle.

use super::desk::{Desk, council, home, id};
use synod::core::{Ask, Call, Command, MemberId, OwnVote, Protocol, RunId, Session, StageId, Step};
use synod::store::Log;
use tokio::runtime::Runtime;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

/// A ballot that ranks the answers shown in the order shown, in the form asked for.
fn ballot(sent: &[(synod::core::Role, &str)]) -> String {
    let prompt = sent.last().unwrap().1;
    let number = prompt.split("{\"ballot\": \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    format!("{{\"ballot\": \"{number}\", \"reason\": \"so\", \"ranking\": [\"A\", \"B\", \"C\"]}}")
}

#[tokio::test(start_paused = true)]
async fn weights_move_by_every_key_and_one_blind_vote_counts() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    let names = ["a", "b", "c", "d"];
    desk.ask("which?", &council(&names), Protocol::Vote).await;
    for name in names {
        desk.call(name).await.answer(name);
    }
    for name in names {
        let call = desk.call(name).await;
        let text = ballot(&call.sent());
        call.answer(&text);
    }
    desk.over(1).await;
    let (run, stage, member) = (RunId(1), StageId(1), MemberId::from("b"));
    // Keys that come faster than records are seen each count.
    for steps in [1, 1, 1, -1] {
        desk.send(Command::Weigh { run, member: member.clone(), steps }).await;
    }
    for choice in ["nobody", "c", "a"] {
        desk.send(Command::Vote { run, stage, choice: Some(choice.into()) }).await;
    }
    desk.send(Command::Vote { run, stage, choice: None }).await;
    let voted = |session: &Session| {
        session.runs.first().and_then(|run| run.stage(stage)).is_some_and(|it| it.own_vote.is_some())
    };
    desk.until(move |session| voted(session)).await;
    let (session, records) = desk.close().await;
    let run = &session.runs[0];
    assert!((run.vote_counting().weight(&member) - 1.2).abs() < 1e-9, "{:?}", run.vote_counting());
    let own = run.last_stage(Ask::Ballot).unwrap().own_vote.clone();
    assert_eq!(own, Some(OwnVote::For("c".into())), "the first for an answer that is there");
    assert_eq!(Session::replay(&records), session, "and all of it is on record");
}

#[test]
fn a_rule_ends_a_debate_that_was_interrupted_and_taken_up_again() {
    let (_home, root) = home();
    let protocol: Protocol = "debate:6 revise until unanimity".parse().unwrap();
    let first = runtime();
    let dead = first.block_on(async {
        let mut desk = Desk::new(&root);
        desk.ask("is it so?", &council(&["a", "b"]), protocol).await;
        desk.call("a").await.answer("POSITION: yes");
        desk.call("b").await.answer("POSITION: no");
        // One turn of the first round is in when everything ends.
        desk.call("a").await.answer("POSITION: yes");
        desk.until(|session| {
            session.runs.first().is_some_and(|run| run.calls_of(StageId(1)).any(Call::done))
        })
        .await;
        let b = desk.call("b").await;
        (desk, b)
    });
    drop(first);
    drop(dead);

    runtime().block_on(async {
        let (log, opened) = Log::open(&root, &id()).unwrap();
        let mut desk = Desk::open(&root, Session::replay(&opened.records), log, true);
        desk.until(|session| session.runs[0].finished()).await;
        let state = desk.session.runs[0].last_stage(Ask::Critique).unwrap();
        assert!(state.stopped && state.ended_by(&desk.session.runs[0]).is_none(), "no rule ended it");
        let held = state.stage.debate.unwrap();
        let step = Step::debate(4, held);
        desk.send(Command::Extend { run: RunId(1), step }).await;
        desk.call("a").await.answer("POSITION: yes");
        desk.call("b").await.answer("POSITION: yes");
        let over = |session: &Session| {
            let run = &session.runs[0];
            run.calls_of(StageId(1)).filter(|call| call.done()).count() == 3 && run.finished()
        };
        desk.until(over).await;
        let (session, records) = desk.close().await;
        let run = &session.runs[0];
        let state = run.last_stage(Ask::Critique).unwrap();
        let stop = state.ended_by(run).expect("the rule of its beginning ended it");
        assert_eq!(stop.words(), "unanimity: all 2 stand at the same position");
        assert_eq!(stop.round, 2, "the round after the one that was cut");
        assert_eq!(Session::replay(&records), session);
    });
}
