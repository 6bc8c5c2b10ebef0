//! The state of a call in words: what stands in a pane's title. Words, not icons.

use super::theme::Role;
use crate::app::App;
use crate::app::plan::reading;
use crate::core::{Call, EndState, Grade};

/// After this long without a word a stream is said to stall, in milliseconds.
const STALL_MS: u64 = 5_000;

/// The state of a seat's call in a few words, and how it should look. `brief` leaves out how long the answer is.
pub fn words(call: Option<&Call>, now: u64, brief: bool) -> (String, Role) {
    let Some(call) = call else { return ("queued".to_owned(), Role::Dim) };
    let elapsed = now.saturating_sub(call.started_at);
    let (count, approx) = tokens(call);
    if let Some(cached) = call.cached.as_ref().filter(|_| call.done()) {
        let age = cached.age(now);
        return match &cached.similar {
            None => (format!("cached {age} ago"), Role::Good),
            Some(similar) if brief => (format!("similar {}", similar.score_word()), Role::Warning),
            Some(similar) => (format!("similar {}, cached {age} ago", similar.score_word()), Role::Warning),
        };
    }
    match call.end {
        None if call.text.is_empty() && call.thinking.is_empty() => {
            (format!("connecting {}", seconds(elapsed)), Role::Dim)
        }
        None if now.saturating_sub(call.last_at) > STALL_MS => {
            (format!("stalled {} s", now.saturating_sub(call.last_at) / 1000), Role::Warning)
        }
        None if call.text.is_empty() => (format!("thinking {}", seconds(elapsed)), Role::Accent),
        None => {
            let streaming = elapsed.saturating_sub(call.first_ms.unwrap_or(0)).max(250);
            (format!(">> ~{} tok/s", count * 1000 / streaming), Role::Accent)
        }
        Some(EndState::Done) => {
            let total = call.total_ms.unwrap_or(elapsed);
            let length = if brief { String::new() } else { format!(" {approx}{count}t") };
            (format!("ok {}{length}", seconds(total)), Role::Good)
        }
        Some(EndState::Cut) => (format!("cut at {approx}{count} tok"), Role::Warning),
        Some(EndState::Stopped) => ("stopped by you".to_owned(), Role::Warning),
        Some(EndState::Refused) => ("refused".to_owned(), Role::Warning),
        Some(EndState::Failed) => (failure(call).to_owned(), Role::Error),
    }
}

/// The state of a seat, in a few words: that of its call in view, unless that is being asked once more.
pub fn of_seat(app: &App, seat: usize, brief: bool) -> (String, Role) {
    let call = app.call_in(seat);
    if let Some((words, few, _)) = absent(app, seat) {
        return (if brief { few.to_owned() } else { words }, Role::Dim);
    }
    if let Some(words) = call.and_then(|call| waits(app, call, brief)) {
        return (words, Role::Warning);
    }
    let again = call.and_then(|call| app.run()?.call(call.id.stage, call.id.round, call.id.slot));
    match again.filter(|again| again.id.attempt > 1 && !again.ended()) {
        Some(again) => {
            let (words, role) = words(Some(again), app.now, true);
            let retry = format!("retry {}", again.id.attempt - 1);
            (if brief { retry } else { format!("{retry} {words}") }, role)
        }
        None => words(call, app.now, brief),
    }
}

/// That a seat is asked again by itself in a moment: of how many tries which one, when, and whether a backup will speak.
fn waits(app: &App, call: &Call, brief: bool) -> Option<String> {
    let run = app.run()?;
    let last = run.call(call.id.stage, call.id.round, call.id.slot)?;
    let (next, set) = run.waiting(last.id)?;
    let left = set.due.saturating_sub(app.now).div_ceil(1000);
    let what = if set.model == last.model {
        format!("retry {}/{}", next.attempt - 1, run.retries)
    } else {
        "backup".to_owned()
    };
    Some(if brief || left == 0 { what } else { format!("{what} in {left} s") })
}

/// The same in one short word, for tabs.
pub fn word_of_seat(app: &App, seat: usize) -> (&'static str, Role) {
    if let Some((.., word)) = absent(app, seat) {
        return (word, Role::Dim);
    }
    let call = app.call_in(seat);
    let again = call.and_then(|call| app.run()?.call(call.id.stage, call.id.round, call.id.slot));
    let again = again.filter(|again| again.id.attempt > 1 && !again.ended() && again.text.is_empty());
    if again.is_some() || call.is_some_and(|call| waits(app, call, true).is_some()) {
        return ("retry", Role::Warning);
    }
    let done = call.is_some_and(Call::done);
    match app.grade_in(seat).filter(|_| done) {
        Some(grade) => (grade.word(), of_grade(grade)),
        None => word(call, app.now),
    }
}

/// The role of a grade.
pub fn of_grade(grade: Grade) -> Role {
    if grade.right() { Role::Good } else { Role::Error }
}

/// Why nothing is to be expected of a seat: in full, in brief, in a word.
fn absent(app: &App, seat: usize) -> Option<(String, &'static str, &'static str)> {
    let run = app.run()?;
    if run.left.contains(&(seat as u16)) {
        return Some(("left".to_owned(), "left", "left"));
    }
    if run.held_back(seat as u16) {
        return Some(("held back: private".to_owned(), "held back", "held"));
    }
    if run.planned() && app.call_in(seat).is_none() {
        let unasked = reading::unasked(run, seat as u16)?;
        return Some((unasked.title, unasked.brief, unasked.word));
    }
    let others = run.only().is_some_and(|only| app.name(seat) != Some(only));
    (others && app.call_in(seat).is_none()).then(|| ("not asked this time".to_owned(), "not asked", "-"))
}

/// The state in one short word, for tabs.
pub fn word(call: Option<&Call>, now: u64) -> (&'static str, Role) {
    let Some(call) = call else { return ("queued", Role::Dim) };
    match call.end {
        None if now.saturating_sub(call.last_at) > STALL_MS => ("stalled", Role::Warning),
        None if call.text.is_empty() => ("...", Role::Dim),
        None => (">>", Role::Accent),
        Some(EndState::Done) => match &call.cached {
            Some(cached) if cached.similar.is_some() => ("similar", Role::Warning),
            Some(_) => ("cached", Role::Good),
            None => ("ok", Role::Good),
        },
        Some(EndState::Cut) => ("cut", Role::Warning),
        Some(EndState::Stopped) => ("stopped", Role::Warning),
        Some(EndState::Refused) => ("refused", Role::Warning),
        Some(EndState::Failed) => ("failed", Role::Error),
    }
}

/// What kept a call from bringing any text.
fn failure(call: &Call) -> &'static str {
    call.error.as_ref().map_or("failed", |error| error.kind.words())
}

/// Tokens written: the provider's count, else a guess marked `~` (four bytes a token).
fn tokens(call: &Call) -> (u64, &'static str) {
    match call.usage {
        Some(usage) if usage.output > 0 => (usage.output, ""),
        _ => (call.text.len() as u64 / 4, "~"),
    }
}

/// A duration for people: `0.8s`, `12s`, `3m 04s`.
pub fn seconds(ms: u64) -> String {
    match ms {
        0..10_000 => format!("{}.{}s", ms / 1000, ms % 1000 / 100),
        10_000..60_000 => format!("{}s", ms / 1000),
        _ => format!("{}m {:02}s", ms / 60_000, ms / 1000 % 60),
    }
}
