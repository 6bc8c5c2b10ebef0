//! States of the model picker.

use crate::played::{opening, press, write};
use synod::app::{App, Msg, Opening, update};
use synod::core::health::Sample;
use synod::core::offer::{KeyState, Offer, Probe, Source};
use synod::core::price::{Price, Prices};
use synod::core::{CallError, Council, ErrorKind, ModelRef};

fn model(text: &str) -> ModelRef {
    text.parse().unwrap()
}

fn offer(name: &str, context: u64, price: Option<Price>, key: KeyState, source: Source) -> Offer {
    Offer { model: model(name), context: (context > 0).then_some(context), price, key, source }
}

/// What six providers have: dear, cheap, free, of unknown price, and one without a key.
fn offers() -> Vec<Offer> {
    use KeyState::{Missing, NotNeeded, Set};
    use Source::{Catalogue, Live, Own};
    let price = |input, output| Some(Price::flat(input, output));
    let missing = || Missing("XAI_API_KEY".to_owned());
    vec![
        offer("anthropic/claude-haiku-5-5", 1_000_000, price(0.1, 0.5), Set, Live),
        offer("anthropic/claude-sonnet-5-5", 1_000_000, price(2.0, 10.0), Set, Live),
        offer("gemini/gemini-4-argon", 1_048_576, price(2.0, 10.0), Set, Catalogue),
        offer("office/large-internal-2026", 131_072, price(2.5, 10.0), NotNeeded, Own),
        offer("ollama/qwen3:4b", 0, Some(Price::FREE), NotNeeded, Live),
        offer("openai/gpt-6-luna", 922_000, price(0.1, 0.5), Set, Live),
        offer(
            "openrouter/vendor/a-model-with-a-very-long-name-that-no-column-holds",
            32_768,
            None,
            Set,
            Live,
        ),
        offer("xai/grok-4.7", 500_000, price(2.0, 6.0), missing(), Catalogue),
    ]
}

/// A workbench that asks two of them, with the picker open.
fn picker(keys: &str) -> App {
    let mut prices = Prices::default();
    prices.free.insert("ollama".to_owned());
    for offer in offers().iter().filter(|offer| offer.model.provider != "ollama") {
        prices.known.extend(offer.price.map(|price| (offer.model.clone(), price)));
    }
    let council = Council::of_models("pair", &[model("openai/gpt-6-luna"), model("office/unlisted")]);
    let mut app = App::new(Opening { council: Some(council), models: offers(), prices, ..opening() });
    press(&mut app, "Esc P");
    update(
        &mut app,
        Msg::Models(offers(), vec!["groq: no list of models within 10 s; try again".to_owned()]),
    );
    press(&mut app, keys);
    app
}

pub(super) fn states() -> Vec<(&'static str, App)> {
    let mut probed = picker("Down Down Space Down");
    let failed = Probe::Failed(CallError::new(ErrorKind::RateLimited, "429: too many requests", "wait 20 s"));
    for (name, probe) in [
        ("openai/gpt-6-luna", Probe::Well { ms: 640 }),
        ("anthropic/claude-sonnet-5-5", failed),
        ("ollama/qwen3:4b", Probe::Running),
    ] {
        update(&mut probed, Msg::Probed(model(name), probe, synod::core::Dollars(0)));
    }
    press(&mut probed, "Up");
    let mut found = picker("");
    write(&mut found, "avry");
    press(&mut found, "Ctrl-T");
    let mut none = picker("");
    write(&mut none, "zzz");
    let mut seated = picker("Space Down Space");
    for (first, fault) in [(640, None), (710, None), (0, Some(ErrorKind::Overloaded)), (980, None)] {
        let (endpoint, model) =
            ("https://api.anthropic.com:443".to_owned(), model("anthropic/claude-sonnet-5-5"));
        let (at, first_ms) = (seated.now, (first > 0).then_some(first));
        seated.health.note(Sample { endpoint, model, at, fault, first_ms, rate: None });
    }
    press(&mut seated, "Ctrl-K Ctrl-O");
    seated.toast = None;
    vec![
        ("models-seated", seated),
        ("models", picker("")),
        ("models-probed", probed),
        ("models-found", found),
        ("models-none", none),
    ]
}

#[test]
fn what_is_wrong_is_said_on_the_smallest_screen_too() {
    let mut app = picker("");
    write(&mut app, "grok");
    press(&mut app, "Space");
    let theme = synod::ui::theme::Theme::built_in(true, false);
    let text = super::screen(&mut app, (40, 10), &theme, &mut synod::ui::Cache::default());
    assert!(text.contains("no key: leave synod"), "{text}");
    press(&mut app, "Ctrl-U");
    let text = super::screen(&mut app, (40, 10), &theme, &mut synod::ui::Cache::default());
    assert!(text.contains("office/unlisted  (in no list)") && text.contains("7 lines"), "{text}");
}
