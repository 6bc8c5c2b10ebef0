//! Stopping as a shell expects it (Ctrl-Z), and waiting until the program is called back. The terminal is given back
//! before and taken again after, elsewhere.

use super::watch::{Outside, Watch};
use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
use std::time::Duration;

/// How long our own signal may take to come round. It needs no time at all.
const ROUND: Duration = Duration::from_secs(1);

/// Who is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Everything the shell runs together with synod: a key was pressed.
    Everyone,
    /// This process: it was sent a signal, and so was who else should be.
    Synod,
}

/// Stops, and comes back when the program is called back. Gives what else came from outside, should it be the end.
pub(super) async fn stop(who: Who, watch: &mut Watch) -> Option<Outside> {
    // What came before the stop can't be what ends it.
    while let Some(waiting) = watch.waiting() {
        if ends(waiting) {
            return Some(waiting);
        }
    }
    if who == Who::Everyone && kill_current_process_group(Signal::TSTP).is_ok() {
        // It comes to us as well. It is waited for, so that it is not taken for another one later.
        let round = async {
            loop {
                match watch.next().await {
                    Outside::Stop => return None,
                    other if ends(other) => return Some(other),
                    _ => {}
                }
            }
        };
        if let Ok(Some(end)) = tokio::time::timeout(ROUND, round).await {
            return Some(end);
        }
    }
    // SIGTSTP is heard, not obeyed, and a group without a shell would not obey it; this always works.
    if kill_process(getpid(), Signal::STOP).is_err() {
        return None;
    }
    loop {
        match watch.next().await {
            Outside::Continue => return None,
            other if ends(other) => return Some(other),
            _ => {}
        }
    }
}

fn ends(outside: Outside) -> bool {
    matches!(outside, Outside::End(_) | Outside::Deaf)
}
