//! Deeper passes through the engine: a judge played by hand, vectors by a provider of fixed ones; what is asked, what is
//! recorded, what is stopped, and what an earlier program left open.

use super::desk::{Asked, Desk, council, done, home, id};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use synod::agreement::{Mark, outcome};
use synod::core::{
    CallError, Command, Deepening, ErrorKind, Event, Label, Pass, Protocol, RunId, Session, Usage,
};
use synod::engine::Deeper;
use synod::providers::registry::Registry;
use synod::providers::{Delta, Embed, Embedded, Provider, Request, Stop};
use synod::store::{self, Log};

pub const NORTH: &str = "The committee inspected the north bridge for rust in spring.";
pub const KITCHEN: &str = "The committee looked at the school kitchen in spring and found mould and damp.";
const LORRY: &str = "Heavy lorries must keep off.";
const TRUCK: &str = "Big trucks are banned from the crossing.";

/// A provider whose vectors point one way for everything that weighs much, and counts what it is sent.
#[derive(Default)]
struct Fixed {
    sent: Mutex<Vec<String>>,
    calls: AtomicUsize,
    fails: bool,
}

impl Provider for Fixed {
    fn stream(&self, _: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        stream::empty().boxed()
    }

    fn embed(&self, request: Embed) -> BoxFuture<'static, Result<Embedded, CallError>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let heavy = |text: &String| text.contains("lorries") || text.contains("trucks");
        let vectors =
            request.texts.iter().map(|text| if heavy(text) { vec![1.0, 0.1] } else { vec![0.0, 1.0] });
        let usage = Some(Usage { input: 10 * request.texts.len() as u64, ..Usage::default() });
        let answer = Embedded { vectors: vectors.collect(), usage };
        self.sent.lock().unwrap().extend(request.texts);
        let fails = self.fails;
        Box::pin(async move {
            let error = || CallError::new(ErrorKind::Overloaded, "made up", "go on");
            if fails { Err(error()) } else { Ok(answer) }
        })
    }

    fn endpoint(&self) -> String {
        "fixed".to_owned()
    }
}

fn deeper(cache: Option<&Path>) -> Deeper {
    let model = |text: &str| Some(text.parse().unwrap());
    let who = Deepening {
        embeddings: model("fixed/vectors"),
        judge: model("play/solomon"),
        ..Deepening::default()
    };
    Deeper { who, answer_limit: 500, vectors: cache.map(Path::to_owned) }
}

/// A council of two whose answers are these.
async fn answered(root: &Path, cache: Option<&Path>, fixed: &Arc<Fixed>, texts: [&str; 2]) -> Desk {
    let others = Registry::default().with("fixed", fixed.clone());
    let mut desk = Desk::deep(root, Session::default(), Log::memory(), true, deeper(cache), others);
    desk.ask("Q", &council(&["a", "b"]), Protocol::Ask).await;
    for (name, text) in ["a", "b"].iter().zip(texts) {
        desk.call(name).await.answer(text);
    }
    desk.until(|session| done(session, "a") && done(session, "b")).await;
    desk
}

async fn deepen(desk: &mut Desk, pass: Pass) {
    desk.send(Command::Deepen { run: RunId(1), pass }).await;
}

fn passes(session: &Session) -> usize {
    session.runs[0].deeper.done.len()
}

/// The two requests to the judge.
async fn orders(desk: &mut Desk) -> [Asked; 2] {
    [desk.call("judge").await, desk.call("judge").await]
}

fn reply(asked: &Asked, text: &str) {
    asked.say(Delta::Usage(Usage { input: 100, output: 5, ..Usage::default() }));
    asked.text(text);
    asked.say(Delta::Stop(Stop::Done));
}

#[tokio::test(start_paused = true)]
async fn a_judge_is_asked_twice_without_names_and_counts_where_both_orders_agree() {
    for (first, second, label, mark) in [
        ("1: same", "1: same", Label::Same, Mark::Agree),
        ("1: contradicting", "1: contradicting", Label::Contradicting, Mark::Conflict),
        ("1: different", "1: different", Label::Different, Mark::Only),
        ("1: same", "1: different", Label::Unstable, Mark::Partly),
        ("1: same", "I would say they are the same.", Label::Unread, Mark::Partly),
    ] {
        let (_home, root) = home();
        let mut desk = answered(&root, None, &Arc::default(), [NORTH, KITCHEN]).await;
        deepen(&mut desk, Pass::Judge).await;
        let [one, other] = orders(&mut desk).await;
        let sent = [one.sent()[0].1.to_owned(), other.sent()[0].1.to_owned()];
        let at = |text: &str, words: &str| text.find(words).unwrap();
        assert_ne!(at(&sent[0], NORTH) < at(&sent[0], KITCHEN), at(&sent[1], NORTH) < at(&sent[1], KITCHEN));
        assert!(sent.iter().all(|text| text.contains("<pair number=\"1\"") && !text.contains("play/")));
        assert_eq!(one.request.params.answer_limit, 500);
        // A second wish while it runs is none.
        deepen(&mut desk, Pass::Judge).await;
        reply(&one, first);
        reply(&other, second);
        desk.until(|session| passes(session) == 1).await;
        let (session, records) = desk.close().await;
        let done = &session.runs[0].deeper.done[0];
        assert_eq!((done.verdicts.len(), done.verdicts[0].label), (1, label), "{first} / {second}");
        assert_eq!(done.usage.unwrap().input, 200);
        assert_eq!(outcome::agreement(&session.runs[0]).claims[0].mark, mark, "{first} / {second}");
        let started = records.iter().filter_map(|record| match &record.event {
            Event::PassStarted { messages, items, endpoint, .. } => {
                Some((messages.len(), *items, endpoint.as_str()))
            }
            _ => None,
        });
        assert_eq!(started.collect::<Vec<_>>(), [(2, 1, "played by hand")]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_judge_that_fails_or_is_stopped_leaves_everything_open() {
    for (stop, kind) in [(false, ErrorKind::Overloaded), (true, ErrorKind::Stopped)] {
        let (_home, root) = home();
        let mut desk = answered(&root, None, &Arc::default(), [NORTH, KITCHEN]).await;
        deepen(&mut desk, Pass::Judge).await;
        let [one, other] = orders(&mut desk).await;
        reply(&one, "1: same");
        if stop {
            desk.send(Command::StopAll).await;
        } else {
            other.fail(ErrorKind::Overloaded);
        }
        desk.until(|session| passes(session) == 1).await;
        let (session, _) = desk.close().await;
        let done = &session.runs[0].deeper.done[0];
        assert_eq!((done.verdicts.len(), done.error.as_ref().map(|error| error.kind)), (0, Some(kind)));
        assert_eq!(outcome::agreement(&session.runs[0]).claims[0].mark, Mark::Partly);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_the_end_of_the_program_cut_is_closed_then_or_by_the_next() {
    let (_home, root) = home();
    let mut desk = answered(&root, None, &Arc::default(), [NORTH, KITCHEN]).await;
    deepen(&mut desk, Pass::Judge).await;
    let _held = orders(&mut desk).await;
    desk.until(|session| session.runs[0].deeper.runs(Pass::Judge)).await;
    let (session, records) = desk.close().await;
    let error = session.runs[0].deeper.done[0].error.clone().unwrap();
    assert_eq!(error.kind, ErrorKind::Interrupted);
    // As if the program had been killed before it wrote that.
    let begun = records.iter().position(|it| matches!(it.event, Event::PassStarted { .. })).unwrap();
    let torn = Session::replay(&records[..=begun]);
    assert!(torn.runs[0].deeper.runs(Pass::Judge));
    let (_other, elsewhere) = home();
    let mut log = Log::create(&elsewhere, &id()).unwrap();
    for record in &records[..=begun] {
        log.append(record).unwrap();
    }
    let (session, _) = Desk::open(&elsewhere, torn, log, true).close().await;
    assert!(session.runs[0].deeper.running.is_empty());
    assert_eq!(session.runs[0].deeper.done[0].error, Some(error));
}

#[tokio::test(start_paused = true)]
async fn vectors_link_claims_and_are_asked_for_once() {
    let (home, root) = home();
    let cache = home.path().join("vectors");
    let fixed = Arc::new(Fixed::default());
    let mut desk = answered(&root, Some(&cache), &fixed, [LORRY, TRUCK]).await;
    assert_eq!(outcome::agreement(&desk.session.runs[0]).claims[0].mark, Mark::Only);
    deepen(&mut desk, Pass::Embeddings).await;
    desk.until(|session| passes(session) == 1).await;
    deepen(&mut desk, Pass::Embeddings).await;
    desk.until(|session| passes(session) == 2).await;
    let (session, records) = desk.close().await;
    let run = &session.runs[0];
    let claim = &outcome::agreement(run).claims[0];
    assert_eq!((claim.mark, claim.by.as_slice()), (Mark::Agree, &["vectors".to_owned()][..]));
    assert_eq!(*fixed.sent.lock().unwrap(), [LORRY, TRUCK]);
    assert_eq!(fixed.calls.load(Ordering::SeqCst), 1);
    let of = |at: usize| (run.deeper.done[at].sent, run.deeper.done[at].usage.map(|usage| usage.input));
    assert_eq!((of(0), of(1)), ((true, Some(20)), (false, None)));
    assert_eq!(run.deeper.done[0].verdicts, run.deeper.done[1].verdicts);
    assert_eq!(Session::replay(&records), session);
}

#[tokio::test(start_paused = true)]
async fn without_a_cache_nothing_is_kept_and_a_fault_is_told() {
    let (home, root) = home();
    let fixed = Arc::new(Fixed { fails: true, ..Fixed::default() });
    let mut desk = answered(&root, None, &fixed, [LORRY, TRUCK]).await;
    deepen(&mut desk, Pass::Embeddings).await;
    desk.until(|session| passes(session) == 1).await;
    let (session, _) = desk.close().await;
    let done = &session.runs[0].deeper.done[0];
    assert_eq!((done.verdicts.len(), done.sent), (0, true));
    assert_eq!(done.line(), "fixed/vectors: made up: go on");
    let kept: Vec<_> = std::fs::read_dir(home.path()).unwrap().flatten().map(|it| it.file_name()).collect();
    assert_eq!(kept, ["sessions"]);
    assert!(store::holds(&root, &id()));
}

#[tokio::test(start_paused = true)]
async fn nobody_set_is_nobody_asked_and_no_pair_is_no_question() {
    let (_home, root) = home();
    let mut desk = Desk::new(&root);
    desk.ask("Q", &council(&["a"]), Protocol::Ask).await;
    desk.call("a").await.answer(NORTH);
    desk.until(|session| done(session, "a")).await;
    deepen(&mut desk, Pass::Judge).await;
    desk.close().await;
    let (_home, root) = home();
    let mut desk = answered(&root, None, &Arc::default(), [NORTH, NORTH]).await;
    deepen(&mut desk, Pass::Judge).await;
    desk.until(|session| passes(session) == 1).await;
    let (session, _) = desk.close().await;
    let done = &session.runs[0].deeper.done[0];
    assert_eq!((done.sent, done.verdicts.len(), &done.error), (false, 0, &None));
}
