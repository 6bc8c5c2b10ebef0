//! Tests of the demo, and what they share: requests, and a way to play them.

mod cites;
mod content;
mod form;
mod plans;
mod replies;
mod streams;

use super::script::{SCRIPTS, reflow, wide};
use super::*;
use crate::core::{Ask, MemberId, Params};
use crate::providers::About;
use std::collections::BTreeSet;
use std::time::Duration;

fn names() -> Vec<MemberId> {
    council().members.into_iter().map(|member| member.name).collect()
}

fn request(member: &str, question: &str, ask: Ask, round: u16, shown: &[&str]) -> Request {
    Request {
        model: member.to_owned(),
        messages: Vec::new(),
        params: Params::default(),
        about: About {
            member: member.into(),
            question: question.to_owned(),
            ask,
            round,
            shown: shown.iter().map(|name| MemberId::from(*name)).collect(),
            seed: 1,
            step: None,
        },
    }
}

fn others(member: &str) -> Vec<&'static str> {
    CAST.member.iter().map(|actor| actor.name.as_str()).filter(|name| *name != member).collect()
}

fn all() -> Vec<&'static str> {
    others("")
}

/// The deltas of a request and the time they took by tokio's clock.
async fn play(seed: u64, pace: Pace, request: Request) -> (Vec<(Duration, Delta)>, Duration) {
    let begin = tokio::time::Instant::now();
    let mut stream = Scripted::new(seed, pace).stream(request);
    let mut got = Vec::new();
    while let Some(delta) = stream.next().await {
        got.push((begin.elapsed(), delta.unwrap()));
    }
    (got, begin.elapsed())
}

async fn text(request: Request) -> String {
    let (deltas, _) = play(1, Pace::Instant, request).await;
    let text = |(_, delta)| if let Delta::Text(text) = delta { Some(text) } else { None };
    deltas.into_iter().filter_map(text).collect()
}

/// How many words a text has; two characters of a script without spaces count as one.
fn words(text: &str) -> usize {
    text.split_whitespace().count() + text.chars().filter(|c| wide(*c)).count() / 2
}
