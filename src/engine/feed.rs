//! What the driver tells a face: records in order, through a queue that never makes the driver wait.
//!
//! A slow face gets text merged, never dropped: beyond a bound a delta joins the last one of its call, so that the queue
//! holds at most a few entries for each call however long nobody reads it.

use crate::core::{CallId, Channel, Event, Record};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many entries may wait before deltas are merged.
const BOUND: usize = 256;

/// Something a face should know.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are records")]
pub enum News {
    /// A record, already in the log.
    Record(Record),
    /// Records can't be written; they are kept in memory and tried again with each new one. Says why, and what to do.
    NotSaved(String),
    /// Everything is in the log again.
    Saved,
    /// A line for the person: something beside the log went wrong.
    Note(String),
}

#[derive(Default)]
struct Queue {
    news: VecDeque<News>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    merge: bool,
    queue: Mutex<Queue>,
    wake: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The driver's end.
pub struct Outbox(Arc<Shared>);

/// A face's end.
pub struct Feed(Arc<Shared>);

/// A queue from a driver to a face. Without `merge` every record arrives as it was written.
pub fn feed(merge: bool) -> (Outbox, Feed) {
    let shared = Arc::new(Shared { merge, ..Shared::default() });
    (Outbox(Arc::clone(&shared)), Feed(shared))
}

impl Outbox {
    /// Puts news into the queue; never waits.
    pub fn push(&self, news: News) {
        let mut queue = self.0.lock();
        let merged = self.0.merge && queue.news.len() >= BOUND && merge(&mut queue.news, &news);
        if !merged {
            queue.news.push_back(news);
        }
        drop(queue);
        self.0.wake.notify_one();
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.wake.notify_one();
    }
}

impl Feed {
    /// Waits until there is news, then takes all of it. Empty once the driver is gone and everything was taken.
    pub async fn take(&mut self) -> Vec<News> {
        loop {
            let wake = self.0.wake.notified();
            {
                let mut queue = self.0.lock();
                if !queue.news.is_empty() {
                    return queue.news.drain(..).collect();
                }
                if queue.closed {
                    return Vec::new();
                }
            }
            wake.await;
        }
    }
}

/// Joins a delta to the last waiting one of the same call and channel.
fn merge(queue: &mut VecDeque<News>, news: &News) -> bool {
    let News::Record(Record { event: Event::Delta { call, channel, text }, .. }) = news else { return false };
    let same = |of: &CallId, on: &Channel| of == call && on == channel;
    let last = queue.iter_mut().rev().find_map(|waiting| match waiting {
        News::Record(Record { event: Event::Delta { call, channel, text }, .. }) if same(call, channel) => {
            Some(text)
        }
        _ => None,
    });
    last.is_some_and(|waiting| {
        waiting.push_str(text);
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{RunId, StageId};

    fn delta(seq: u64, slot: u16, text: &str) -> News {
        let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt: 1 };
        let event = Event::Delta { call, channel: Channel::Text, text: text.to_owned() };
        News::Record(Record { v: 1, seq, at: seq, event })
    }

    #[tokio::test]
    async fn a_face_that_does_not_read_loses_nothing_and_the_queue_stays_small() {
        let (outbox, mut feed) = feed(true);
        let mut sent = [String::new(), String::new()];
        for seq in 0..10_000u64 {
            let (slot, piece) = (seq % 2, format!("{seq} "));
            sent[slot as usize].push_str(&piece);
            outbox.push(delta(seq, slot as u16, &piece));
        }
        drop(outbox);
        let news = feed.take().await;
        assert!(news.len() <= BOUND + 2, "{} entries wait", news.len());
        let mut got = [String::new(), String::new()];
        for item in news {
            let News::Record(Record { event: Event::Delta { call, text, .. }, .. }) = item else { panic!() };
            got[usize::from(call.slot)].push_str(&text);
        }
        assert_eq!(got, sent);
        assert_eq!(feed.take().await, Vec::new(), "the driver is gone");
    }
}
