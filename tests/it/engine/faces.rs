//! Faces that do not read, that count records, or that read at once: none slows the engine, and none is shown what is
//! not kept.

use super::desk::{Desk, council, home};
use futures_util::FutureExt as _;
use std::path::Path;
use synod::core::{Event, Protocol, Record, Run, Session};
use synod::engine::News;
use synod::providers::{Delta, Stop};
use synod::store::Log;

/// Two members say 1000 pieces each while nobody reads; gives what they said, what is kept, and what waits to be read.
async fn unread(root: &Path, merge: bool) -> ([String; 2], Vec<Record>, Vec<News>) {
    let mut desk = Desk::open(root, Session::default(), Log::memory(), merge);
    let mut council = council(&["a", "b"]);
    council.members.iter_mut().for_each(|member| member.params.answer_limit = 1_000_000);
    desk.ask("first", &council, Protocol::Ask).await;
    desk.ask("second", &council, Protocol::Ask).await;
    let mut said = [String::new(), String::new()];
    for (member, said) in ["a", "b"].iter().zip(&mut said) {
        let call = desk.call(member).await;
        // Each piece is long enough to become a record of its own.
        for number in 0..1000 {
            let piece = format!("{member} {number} {}\n", "ß".repeat(1100));
            said.push_str(&piece);
            call.text(&piece);
        }
        call.say(Delta::Stop(Stop::Done));
    }
    // The second question is asked when the first has been answered, and nobody has read a word of it yet.
    let (_a, _b) = (desk.call("a").await, desk.call("b").await);
    let news = desk.take().await;
    let kept = desk.read();
    desk.close().await;
    (said, kept, news)
}

#[tokio::test(start_paused = true)]
async fn a_face_that_does_not_read_neither_slows_nor_loses_text() {
    let (_home, root) = home();
    let (said, kept, news) = unread(&root, true).await;
    let deltas = kept.iter().filter(|record| matches!(record.event, Event::Delta { .. }));
    assert_eq!(deltas.count(), 2000);
    assert!(news.len() < 300, "{} things wait to be read", news.len());
    let mut got = [String::new(), String::new()];
    for item in &news {
        let News::Record(Record { event, .. }) = item else { panic!("{item:?}") };
        match event {
            Event::Delta { call, text, .. } => got[usize::from(call.slot)].push_str(text),
            Event::CallEnded { call, text, .. } => assert_eq!(text, &got[usize::from(call.slot)]),
            _ => {}
        }
    }
    assert!(got == said, "text was lost");
}

#[tokio::test(start_paused = true)]
async fn a_face_that_counts_records_gets_each_as_it_is_kept() {
    let (_home, root) = home();
    let (_, kept, news) = unread(&root, false).await;
    assert!(news.len() > 2000);
    assert!(news.iter().zip(&kept).all(|(news, kept)| *news == News::Record(kept.clone())));
}

#[test]
fn what_is_shown_is_already_kept() {
    let (_home, root) = home();
    let file = root.join("s").join("events.jsonl");
    // The engine works on a thread of its own, while this one takes what it says the moment it says it.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _within = runtime.enter();
    let mut desk = Desk::open(&root, Session::default(), Log::memory(), false);
    let council = council(&["endless", "muses"]);
    for _ in 0..10 {
        runtime.block_on(desk.ask("Q", &council, Protocol::Ask));
    }
    let (mut shown, mut looks) = (0, 0);
    while desk.session.runs.len() < 10 || !desk.session.runs.iter().all(Run::finished) {
        let Some(news) = desk.feed.take().now_or_never() else { continue };
        let kept = std::fs::metadata(&file).map_or(0, |file| file.len());
        assert!(!news.is_empty(), "the engine is gone");
        for item in news {
            let News::Record(record) = item else { panic!("{item:?}") };
            shown += serde_json::to_vec(&record).unwrap().len() as u64 + 1;
            assert!(shown <= kept, "record {} was shown before it was kept", record.seq);
            desk.session.apply(&record);
        }
        looks += 1;
    }
    assert!(looks > 10, "it was looked at {looks} times");
    runtime.block_on(desk.close());
}
