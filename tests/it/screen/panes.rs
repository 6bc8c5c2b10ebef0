//! What stands under an answer in its pane: notes on how it came.

use super::world::{World, by_name};
use crate::played::{START, seen};
use synod::app::App;
use synod::core::{Council, Event, ModelRef};

const MODELS: [&str; 3] = ["openai/gpt-6-luna", "gateway/gemini-4-pro", "office/mistral-large"];

const TEXTS: [(&str, &str); 3] = [
    (
        "gpt-6-luna",
        "Keep one primary for now. Two read replicas take the reports. Measure p99 write latency weekly.",
    ),
    (
        "gemini-4-pro",
        "Keep one primary for now. Replicas are cheap: add two. Partition the event table by month.",
    ),
    ("mistral-large", "Do not keep one primary. Shard by tenant before the data grows beyond 10 TB."),
];

fn council() -> Council {
    let models: Vec<ModelRef> = MODELS.iter().map(|model| model.parse().unwrap()).collect();
    Council::of_models("database", &models)
}

/// The answers as they came from three servers, with what is amiss in each by its seat.
fn answered(amiss: impl Fn(u16, &mut Event)) -> App {
    let mut world =
        World::play(council(), "Should we shard this year?", &[], |_, spec| by_name(spec, &TEXTS));
    for record in &mut world.records {
        if let Event::CallStarted { call, .. } | Event::CallEnded { call, .. } = &record.event {
            amiss(call.slot, &mut record.event);
        }
    }
    let last = world.records.last().map_or(START, |record| record.at);
    let mut app = seen(&world.records, last - START + 300);
    app.council = Some(council());
    app
}

/// One server broke events and called its stream something else, one named it not at all, one did both right.
fn odd() -> App {
    answered(|slot, event| {
        if let Event::CallEnded { skipped, mislabelled, .. } = event {
            (*skipped, *mislabelled) = match slot {
                0 => (2, Some("text/html".to_owned())),
                1 => (0, Some(String::new())),
                _ => (0, None),
            };
        }
    })
}

pub(super) fn states() -> Vec<(&'static str, App)> {
    vec![("odd-streams", odd())]
}
