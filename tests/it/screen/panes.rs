//! What stands under an answer in its pane: notes on how it came, and what it cost.

use super::world::{Then, World, by_name};
use crate::played::{START, seen};
use synod::app::App;
use synod::core::price::Price;
use synod::core::{Council, Event, ModelRef, Usage};

const MODELS: [&str; 4] =
    ["openai/gpt-6-luna", "gateway/gemini-4-pro", "office/mistral-large", "ollama/llama3.2"];

const TEXTS: [(&str, &str); 4] = [
    (
        "gpt-6-luna",
        "Keep one primary for now. Two read replicas take the reports. Measure p99 write latency weekly.",
    ),
    (
        "gemini-4-pro",
        "Keep one primary for now. Replicas are cheap: add two. Partition the event table by month.",
    ),
    ("mistral-large", "Do not keep one primary. Shard by tenant before the data grows beyond 10 TB."),
    ("llama3.2", "Keep one primary for now. Add two read replicas."),
];

fn council() -> Council {
    let models: Vec<ModelRef> = MODELS.iter().map(|model| model.parse().unwrap()).collect();
    Council::of_models("database", &models)
}

/// The answers as they came from three servers, with what is amiss in each by its seat.
fn answered(then: &[Then], amiss: impl Fn(u16, &mut Event)) -> App {
    let mut world =
        World::play(council(), "Should we shard this year?", then, |_, spec| by_name(spec, &TEXTS));
    for record in &mut world.records {
        if let Event::CallStarted { call, .. } | Event::CallEnded { call, .. } = &record.event {
            amiss(call.slot, &mut record.event);
        }
    }
    let last = world.records.last().map_or(START, |record| record.at);
    let mut app = seen(&world.records, last - START + 300);
    app.council = Some(council());
    app.privacy.locals.providers.insert("ollama".to_owned());
    app
}

/// One server broke events and called its stream something else, one named it not at all, one did both right.
fn odd() -> App {
    answered(&[], |slot, event| {
        if let Event::CallEnded { skipped, mislabelled, .. } = event {
            (*skipped, *mislabelled) = match slot {
                0 => (2, Some("text/html".to_owned())),
                1 => (0, Some(String::new())),
                _ => (0, None),
            };
        }
    })
}

/// One provider counts at a known price, one does not count, of one nobody knows the price, one is this machine.
fn priced(then: &[Then]) -> App {
    answered(then, |slot, event| match event {
        Event::CallStarted { price, .. } => {
            *price = match slot {
                0 | 1 => Some(Box::new(Price::flat(1.25, 10.0))),
                2 => None,
                _ => Some(Box::new(Price::FREE)),
            };
        }
        Event::CallEnded { usage, .. } if slot != 1 => {
            *usage = Some(Usage { input: 812, output: 431, ..Usage::default() });
        }
        _ => {}
    })
}

pub(super) fn states() -> Vec<(&'static str, App)> {
    vec![("odd-streams", odd()), ("price-tags", priced(&[]))]
}

#[test]
fn a_pane_says_what_its_turn_cost_with_every_attempt() {
    let tags = |app: &App| -> Vec<String> { (0..4).filter_map(|seat| app.seat_tag(seat)).collect() };
    // 812 tokens at $1.25 and 431 at $10 a million.
    assert_eq!(tags(&priced(&[])), ["$0.005", "~<$0.001", "$?", "local"]);
    assert_eq!(tags(&priced(&[Then::Retry(0), Then::Retry(2)])), ["$0.011", "~<$0.001", "$?", "local"]);
}
