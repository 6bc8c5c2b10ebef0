//! The comparison beside the loop: a thread that takes the newest texts and gives back what they agree on.
//!
//! Texts that arrive while it works replace each other, so it is never behind by more than one step.

use crate::agreement::{Agreement, Comparison, Told};
use crate::core::CallId;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::sync::mpsc;

/// An answer to compare.
pub(super) struct Text {
    pub seat: usize,
    pub call: CallId,
    pub words: String,
    pub finished: bool,
}

/// What came of it, and of which calls by seat.
pub(super) type Compared = (Arc<Agreement>, BTreeMap<usize, CallId>);

/// All texts, and what passes said of their claims.
type Job = (Vec<Text>, Vec<Told>);

#[derive(Default)]
struct Desk {
    job: Mutex<(Option<Job>, bool)>,
    wake: Condvar,
}

/// The loop's hold on the thread. Dropping it ends the thread.
pub(super) struct Comparer {
    desk: Arc<Desk>,
}

impl Comparer {
    /// Starts the thread.
    pub(super) fn start() -> (Self, mpsc::Receiver<Compared>) {
        let desk = Arc::new(Desk::default());
        let (out, results) = mpsc::channel(2);
        let at = Arc::clone(&desk);
        let _ = std::thread::Builder::new().name("compare".to_owned()).spawn(move || work(&at, &out));
        (Self { desk }, results)
    }

    /// Hands over the newest texts.
    pub(super) fn compare(&self, texts: Vec<Text>, told: Vec<Told>) {
        self.desk.job.lock().unwrap_or_else(PoisonError::into_inner).0 = Some((texts, told));
        self.desk.wake.notify_one();
    }
}

impl Drop for Comparer {
    fn drop(&mut self) {
        self.desk.job.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.desk.wake.notify_one();
    }
}

fn work(desk: &Desk, out: &mpsc::Sender<Compared>) {
    let mut comparison = Comparison::new();
    let mut calls: BTreeMap<usize, CallId> = BTreeMap::new();
    while let Some((texts, told)) = take(desk) {
        #[cfg(debug_assertions)]
        super::trip::at("compare");
        let first = texts.iter().map(|text| text.call.run).max();
        if calls.values().any(|call| Some(call.run) != first) {
            comparison = Comparison::new();
            calls.clear();
        }
        let seats: Vec<usize> = texts.iter().map(|text| text.seat).collect();
        for gone in calls.keys().copied().filter(|seat| !seats.contains(seat)).collect::<Vec<_>>() {
            comparison.remove(gone);
            calls.remove(&gone);
        }
        for text in &texts {
            comparison.set(text.seat, &text.words, text.finished);
            calls.insert(text.seat, text.call);
        }
        comparison.told(told);
        if out.blocking_send((Arc::new(comparison.agreement()), calls.clone())).is_err() {
            return;
        }
    }
}

fn take(desk: &Desk) -> Option<Job> {
    let mut job = desk.job.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if job.1 {
            return None;
        }
        if let Some(next) = job.0.take() {
            return Some(next);
        }
        job = desk.wake.wait(job).unwrap_or_else(PoisonError::into_inner);
    }
}
