//! Answers of an earlier, similar question as they look: what is asked before they are used, and the pane that shows one.

use super::world::{World, by_name};
use crate::played::{START, opening, press, write};
use synod::app::{App, Focus, Msg, Opening, Overlay, update};
use synod::core::earlier::Earlier;
use synod::core::{Cached, CallId, Council, Event, ModelRef, RunId, SessionId, Similar, StageId};

const EARLIER: &str = "In Rust, how can I sort a list of file names by their length, without regard to case?";
const QUESTION: &str = "how do i sort a list of file names by their length without regard to case in rust";

fn council() -> Council {
    let models = ["openai/gpt-6-luna", "ollama/llama3.2", "ollama/qwen3:4b"];
    let models: Vec<ModelRef> = models.iter().map(|model| model.parse().unwrap()).collect();
    Council::of_models("mixed", &models)
}

fn similar() -> Similar {
    Similar { question: EARLIER.to_owned(), score: 0.974 }
}

fn fresh() -> App {
    App::new(Opening { council: Some(council()), similar: true, now: START, ..opening() })
}

pub(super) fn states() -> Vec<(&'static str, App)> {
    let mut asked = fresh();
    write(&mut asked, QUESTION);
    press(&mut asked, "Enter");
    let members = vec!["gpt-6-luna".into(), "qwen3:4b".into()];
    let earlier = Earlier { similar: similar(), at: START - 7_200_000, members, of: 3 };
    update(&mut asked, Msg::Earlier(QUESTION.to_owned(), Some(earlier)));
    assert!(matches!(asked.overlay, Some(Overlay::Confirm(_))));

    let sort = "Use `sort_by_key` with the length of the lower-case name. Sorting is stable, so ties keep their order.";
    let texts = [
        ("gpt-6-luna", sort),
        (
            "llama3.2",
            "Use `sort_by_key`. Collect the names first. Sorting is stable, so ties keep their order.",
        ),
        ("qwen3:4b", "Sort with `sort_unstable_by_key`; it is faster and ties may change places."),
    ];
    let world = World::play(council(), QUESTION, &[], |_, spec| by_name(spec, &texts));
    let mut served = fresh();
    served.focus = Focus::Board;
    let end = world.records.last().unwrap().at;
    for mut record in world.records {
        if let Event::CallStarted { member, cached, .. } = &mut record.event
            && member.0 != "llama3.2"
        {
            let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
            let session = SessionId("20261122-060000-abcd".to_owned());
            *cached = Some(Cached { session, call, at: START - 7_200_000, similar: Some(similar()) });
        }
        update(&mut served, Msg::Record(record));
    }
    crate::played::compare(&mut served);
    update(&mut served, Msg::Time(end));
    vec![("similar-confirm", asked), ("similar-served", served)]
}
