//! Private questions as they look: what is asked before one is sent, and who was not asked.

use super::world::{World, by_name};
use crate::played::{opening, press, write};
use std::collections::BTreeSet;
use synod::app::{App, Msg, Opening, Overlay, update};
use synod::core::private::Policy;
use synod::core::{Council, Locals, ModelRef, Privacy, Private, Why};

const MODELS: [&str; 4] =
    ["anthropic/claude-opus-5", "openai/gpt-6-luna", "ollama/llama3.2", "ollama/qwen3:4b"];

fn council() -> Council {
    let models: Vec<ModelRef> = MODELS.iter().map(|model| model.parse().unwrap()).collect();
    Council::of_models("mixed", &models)
}

fn privacy() -> Privacy {
    let providers = BTreeSet::from(["ollama".to_owned()]);
    let policy = Policy { emails: true, ..Policy::default() };
    Privacy { policy, locals: Locals { providers }, always: false }
}

fn fresh() -> App {
    let mut prices = synod::core::price::Prices::default();
    prices.free.insert("ollama".to_owned());
    App::new(Opening { council: Some(council()), privacy: privacy(), prices, ..opening() })
}

pub(super) fn states() -> Vec<(&'static str, App)> {
    let mut asked = fresh();
    write(&mut asked, "Is jane.doe@example.com a good address for a founder?");
    press(&mut asked, "Enter");
    assert!(matches!(asked.overlay, Some(Overlay::Confirm(_))));
    let mut written = fresh();
    press(&mut written, "Esc :");
    write(&mut written, "private");
    press(&mut written, "Enter i");
    write(&mut written, "What does my contract say about notice?");
    let private = Private::local(vec![Why::Email], &council(), &privacy().locals);
    let texts = [
        ("llama3.2", "Yes. It names the person and the company, and it is short. Use it for contacts."),
        ("qwen3:4b", "Yes, but a role address outlives a person. It is short. Use it for contacts."),
    ];
    let world = World::play_private(
        council(),
        "Is jane.doe@example.com a good address for a founder?",
        private,
        |_, spec| by_name(spec, &texts),
    );
    let mut held = fresh();
    held.focus = synod::app::Focus::Board;
    let end = world.records.last().unwrap().at;
    for record in world.records {
        update(&mut held, Msg::Record(record));
    }
    crate::played::compare(&mut held);
    update(&mut held, Msg::Time(end));
    vec![("private-confirm", asked), ("private-composer", written), ("private-held-back", held)]
}
