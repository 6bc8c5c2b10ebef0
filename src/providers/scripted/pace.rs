//! The rhythm of a scripted stream: pieces of text and the waits between them, drawn from a seed. It does not wait itself.

use super::reply::Reply;
use super::script::{Actor, wide};
use crate::core::Ask;
use crate::core::shuffle::mix;
use crate::providers::{About, Delta};
use std::time::Duration;

/// The longest a reply takes, in seconds.
const LONGEST: f64 = 9.0;

/// The shortest a reply of more than [`SHORT`] pieces takes, in seconds.
const SHORTEST: f64 = 3.0;

/// Up to so many pieces a reply may take as little time as it likes.
const SHORT: usize = 60;

/// A piece and the wait before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// How long nothing comes.
    pub wait: Duration,
    /// What comes then.
    pub delta: Delta,
}

/// Numbers drawn from a seed.
struct Draw {
    seed: u64,
    drawn: u64,
}

impl Draw {
    /// The next number from `from` up to, not including, `to`.
    fn between(&mut self, from: f64, to: f64) -> f64 {
        self.drawn += 1;
        let unit = (mix(&[self.seed, self.drawn]) >> 11) as f64 / (1_u64 << 53) as f64;
        from + unit * (to - from)
    }

    /// True once in `times` draws on average.
    fn once_in(&mut self, times: f64) -> bool {
        self.between(0.0, times) < 1.0
    }
}

/// The steps of a reply: the same for the same seed, member, question, kind of request, stage and round.
pub(super) fn steps(reply: &Reply, actor: &Actor, about: &About, seed: u64) -> Vec<Step> {
    let ask = match about.ask {
        Ask::Answer => 0,
        Ask::Critique => 1,
        Ask::Merge => 2,
        Ask::Ballot => 3,
        Ask::Check => 4,
        Ask::Route | Ask::HandOver => 5,
    };
    let mut parts = vec![seed, hash(&about.member.0), hash(&about.question), ask, u64::from(about.round)];
    parts.extend(about.step.as_ref().map(|step| hash(&step.name)));
    let mut draw = Draw { seed: mix(&parts), drawn: 0 };
    let deltas: Vec<Delta> = pieces(&reply.thinking)
        .map(|piece| Delta::Thinking(piece.to_owned()))
        .chain(pieces(&reply.text).map(|piece| Delta::Text(piece.to_owned())))
        .collect();
    let first = (actor.first * draw.between(0.8, 1.25)).clamp(0.2, 1.2);
    let rate = (actor.rate * draw.between(0.9, 1.1)).clamp(25.0, 90.0);
    let mut burst = 0;
    let mut owed = 0.0;
    let mut waits: Vec<f64> = Vec::with_capacity(deltas.len());
    for delta in deltas.iter().skip(1) {
        let length = match delta {
            Delta::Text(piece) | Delta::Thinking(piece) => piece.chars().count(),
            _ => 0,
        };
        // A token is about four characters of English.
        owed += (length as f64 / 4.0).max(1.0) / rate * draw.between(0.4, 1.6);
        if burst == 0 && draw.once_in(25.0) {
            burst = draw.between(3.0, 9.0) as u32;
        }
        if burst > 0 {
            // The words of a burst come together, after the time that all of them took.
            burst -= 1;
            if burst > 0 {
                waits.push(0.0);
                continue;
            }
        }
        if draw.once_in(45.0) {
            owed += draw.between(0.2, 0.6);
        }
        waits.push(std::mem::take(&mut owed));
    }
    let rest: f64 = waits.iter().sum();
    let floor = if deltas.len() > SHORT { SHORTEST - first } else { 0.0 };
    let scale = if rest > 0.0 { rest.clamp(floor, LONGEST - first) / rest } else { 1.0 };
    let waits = std::iter::once(first).chain(waits.into_iter().map(|wait| wait * scale));
    // Whole milliseconds, rounded down: timers know nothing finer, and the sum stays under the limit.
    let millis = |wait: f64| Duration::from_millis((wait * 1000.0) as u64);
    waits.map(millis).zip(deltas).map(|(wait, delta)| Step { wait, delta }).collect()
}

/// The words of a text, each with the white space after it; of a script without spaces, the characters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next().filter(|c| wide(*c)).map(char::len_utf8);
        let end = |c: char| c.is_whitespace() || wide(c);
        let word = first.or_else(|| rest.find(end)).unwrap_or(rest.len());
        let space = rest[word..].find(|c: char| !c.is_whitespace()).unwrap_or(rest.len() - word);
        let (piece, tail) = rest.split_at(word + space);
        rest = tail;
        (!piece.is_empty()).then_some(piece)
    })
}

/// A number for a text (FNV-1a, 64 bits).
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
