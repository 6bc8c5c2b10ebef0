//! The model picker without a screen, and once in a real terminal: seats, probes with their price, and lists that come in
//! while it is open.
#![cfg(test)]

use crate::fault_server::FaultServer;
use crate::home::Home;
use crate::played::{ANSWERED, opening, press, write};
use crate::terminal::{Terminal, synod};
use std::net::TcpListener;
use synod::app::{Action, App, Effect, Msg, Opening, Overlay, update};
use synod::core::health::{Sample, WINDOW};
use synod::core::offer::{KeyState, Offer, Probe, Source};
use synod::core::price::{Price, Prices};
use synod::core::{CallError, Command, Council, Dollars, ErrorKind, ModelRef};

fn model(text: &str) -> ModelRef {
    text.parse().unwrap()
}

fn offer(name: &str, price: Option<Price>) -> Offer {
    Offer { model: model(name), context: None, price, key: KeyState::Set, source: Source::Catalogue }
}

fn offers() -> Vec<Offer> {
    let keyless = Offer { key: KeyState::Missing("C_KEY".to_owned()), ..offer("c/keyless", None) };
    vec![offer("a/cheap", Some(Price::flat(1.0, 2.0))), offer("b/unknown", None), keyless]
}

fn open(council: Option<Council>) -> (App, Vec<Effect>) {
    let mut prices = Prices::default();
    prices.known.insert(model("a/cheap"), Price::flat(1.0, 2.0));
    let mut app = App::new(Opening { council, models: offers(), prices, ..opening() });
    press(&mut app, "Esc");
    let effects = press(&mut app, "P");
    assert!(matches!(app.overlay, Some(Overlay::Models(_))), "{:?}", app.overlay);
    (app, effects)
}

fn pair() -> Council {
    Council::of_models("pair", &[model("a/cheap"), model("z/unlisted")])
}

fn seats(app: &App) -> Vec<String> {
    app.council.iter().flat_map(|council| &council.members).map(|member| member.model.to_string()).collect()
}

fn picked(app: &App) -> String {
    app.picked().map_or_else(String::new, |line| line.model.to_string())
}

#[test]
fn lists_are_asked_for_once_and_never_for_the_demo() {
    let (mut app, effects) = open(Some(pair()));
    assert_eq!(effects, [Effect::Models]);
    assert!(press(&mut app, "Ctrl-R").is_empty(), "they are on their way");
    update(&mut app, Msg::Models(offers(), Vec::new()));
    assert!(press(&mut app, "Esc P").is_empty());
    assert_eq!(press(&mut app, "Ctrl-R"), [Effect::Models]);
    let (mut demo, effects) = open(opening().council);
    assert!(effects.is_empty(), "the demo is offline");
    assert_eq!(press(&mut demo, "Ctrl-R"), [Effect::Models], "unless it is wanted");
}

#[test]
fn a_list_that_comes_in_leaves_the_choice_on_its_model_and_makes_prices_known() {
    let (mut app, _) = open(Some(pair()));
    assert_eq!(picked(&app), "z/unlisted", "who sits and is in no list comes first");
    press(&mut app, "Down Down");
    assert_eq!(picked(&app), "b/unknown");
    let live = Offer { source: Source::Live, ..offer("b/unknown", Some(Price::flat(3.0, 4.0))) };
    let first = Offer { source: Source::Live, ..offer("a/a", Some(Price::flat(9.0, 9.0))) };
    let cheap = offer("a/cheap", Some(Price::flat(7.0, 7.0)));
    update(&mut app, Msg::Models(vec![first, cheap, live], vec!["c: no answer\u{1b}[2J".to_owned()]));
    assert_eq!(picked(&app), "b/unknown");
    assert_eq!(app.prices.of(&model("b/unknown")), Some(Price::flat(3.0, 4.0)));
    assert_eq!(app.prices.of(&model("a/cheap")), Some(Price::flat(1.0, 2.0)), "what was known stays");
    assert!(app.messages.iter().all(|(_, line)| !line.contains('\u{1b}')), "{:?}", app.messages);
}

#[test]
fn a_tick_changes_who_is_asked_next_and_nothing_that_runs() {
    let (mut app, _) = open(Some(pair()));
    write(&mut app, "unkn");
    assert_eq!(picked(&app), "b/unknown");
    assert!(press(&mut app, "Space").is_empty(), "no wish goes to the run at hand");
    assert_eq!(seats(&app), ["a/cheap", "z/unlisted", "b/unknown"]);
    assert_eq!(app.picked().unwrap().seats, [3]);
    press(&mut app, "Tab");
    assert_eq!(seats(&app), ["a/cheap", "z/unlisted"]);
    for _ in 0..4 {
        press(&mut app, "Backspace");
    }
    press(&mut app, "Space");
    assert_eq!(seats(&app), ["a/cheap"]);
    write(&mut app, "cheap");
    press(&mut app, "Space");
    assert_eq!(seats(&app), ["a/cheap"], "the last member stays");
    assert!(app.toast.as_deref().unwrap_or_default().contains("the last member stays"));
    let (mut app, _) = open(Some(pair()));
    write(&mut app, "keyless");
    assert!(press(&mut app, "Space Ctrl-T").is_empty());
    assert_eq!(seats(&app).len(), 2);
    assert!(app.toast.as_deref().unwrap_or_default().contains("export C_KEY="), "{:?}", app.toast);
}

#[test]
fn seats_are_moved_and_a_chair_is_chosen_for_the_next_question() {
    let (mut app, _) = open(Some(pair()));
    write(&mut app, "cheap");
    assert!(!app.can(Action::SeatUp) && app.can(Action::SeatDown) && app.can(Action::Chair));
    assert!(press(&mut app, "Ctrl-K").is_empty());
    assert_eq!(app.toast.as_deref(), Some("this is the first seat already"));
    assert!(press(&mut app, "Ctrl-J").is_empty(), "nothing but the council changes");
    assert_eq!(seats(&app), ["z/unlisted", "a/cheap"]);
    assert_eq!((picked(&app), app.picked().unwrap().seats), ("a/cheap".to_owned(), vec![2]));
    assert_eq!(app.toast.as_deref(), Some("cheap has seat 2"));
    assert_eq!(app.name(0).unwrap().0, "unlisted", "the screen follows");
    press(&mut app, "Ctrl-J");
    assert_eq!(app.toast.as_deref(), Some("this is the last seat already"));
    press(&mut app, "Ctrl-K");
    assert_eq!(seats(&app), ["a/cheap", "z/unlisted"]);
    assert!(press(&mut app, "Ctrl-O").is_empty());
    assert_eq!(app.council.as_ref().unwrap().chair.as_ref().unwrap().0, "cheap");
    press(&mut app, "Ctrl-J");
    assert_eq!(app.council.as_ref().unwrap().chair.as_ref().unwrap().0, "cheap", "it goes by name");
    press(&mut app, "Ctrl-U");
    write(&mut app, "unknown");
    assert!(!app.can(Action::SeatUp) && !app.can(Action::SeatDown) && !app.can(Action::Chair));
    for key in ["Ctrl-K", "Ctrl-J", "Ctrl-O"] {
        app.toast = None;
        assert!(press(&mut app, key).is_empty());
        assert_eq!(app.toast.as_deref(), Some("this model has no seat; Space gives it one"), "{key}");
    }
    assert_eq!(seats(&app), ["z/unlisted", "a/cheap"]);
}

#[test]
fn what_was_asked_keeps_its_seats_and_a_chair_of_it_is_told_to_it() {
    let mut app = App::new(Opening { records: ANSWERED.clone(), ..opening() });
    let names = |app: &App| -> Vec<String> {
        (0..app.panes.len()).filter_map(|seat| Some(app.name(seat)?.0.clone())).collect()
    };
    let before = names(&app);
    press(&mut app, "Esc P");
    let first = app.picked().unwrap().seats[0];
    let effects = press(&mut app, if first == 1 { "Ctrl-J" } else { "Ctrl-K" });
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(names(&app), before);
    let next: Vec<&str> =
        app.council.iter().flat_map(|it| &it.members).map(|it| it.name.0.as_str()).collect();
    assert_ne!(next, before);
    let said = app.toast.clone().unwrap();
    assert!(said.ends_with(" from the next question on; panes of this one stay in place"), "{said}");
    let effects = press(&mut app, "Ctrl-O");
    let [Effect::Council(Command::Chair { member, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(app.council.as_ref().unwrap().chair.as_ref(), Some(member));
}

#[test]
fn how_a_model_did_is_counted_over_its_endpoints_as_far_as_is_remembered() {
    let (mut app, _) = open(Some(pair()));
    let (cheap, other) = (model("a/cheap"), model("b/unknown"));
    let note = |app: &mut App, endpoint: &str, model: &ModelRef, first: u64, fault| {
        let (at, first_ms) = (app.now, (first > 0).then_some(first));
        let (endpoint, model) = (endpoint.to_owned(), model.clone());
        app.health.note(Sample { endpoint, model, at, fault, first_ms, rate: None });
    };
    assert_eq!(app.used(&cheap).0.calls, 0);
    note(&mut app, "https://one", &cheap, 500, None);
    note(&mut app, "https://one", &other, 9000, None);
    note(&mut app, "https://two", &cheap, 700, None);
    note(&mut app, "https://two", &cheap, 0, Some(ErrorKind::RateLimited));
    let (figures, more) = app.used(&cheap);
    assert_eq!((figures.calls, figures.answered, figures.first_p50, more), (3, 2, Some(500), false));
    for _ in 0..WINDOW {
        note(&mut app, "https://two", &cheap, 800, None);
    }
    let (figures, more) = app.used(&cheap);
    assert_eq!((figures.calls, more), (WINDOW + 1, true), "no more of them are remembered");
    assert!(!app.used(&other).1);
    app.now += 8 * 24 * 3600 * 1000;
    assert_eq!(app.used(&cheap).0.calls, 0);
}

#[test]
fn a_real_model_begins_a_council_of_its_own_where_the_demo_was_asked() {
    let (mut app, _) = open(opening().council);
    write(&mut app, "cheap");
    press(&mut app, "Space Enter");
    assert!(app.overlay.is_none());
    let council = app.council.unwrap();
    assert_eq!((council.scripted, council.members.len(), council.name.as_str()), (false, 1, "own"));
    let (mut app, _) = open(None);
    write(&mut app, "cheap");
    press(&mut app, "Space Esc");
    assert_eq!(seats(&app), ["a/cheap"]);
    assert!(app.overlay.is_none() && app.welcome.is_none());
}

#[test]
fn a_probe_of_unknown_or_high_price_is_asked_about_first() {
    let (mut app, _) = open(Some(pair()));
    write(&mut app, "cheap");
    assert_eq!(press(&mut app, "Ctrl-T"), [Effect::Probe(model("a/cheap"), Some(Price::flat(1.0, 2.0)))]);
    assert!(press(&mut app, "Ctrl-T").is_empty(), "one at a time");
    update(&mut app, Msg::Probed(model("a/cheap"), Probe::Well { ms: 600 }, Dollars(0)));
    assert_eq!(
        press(&mut app, "Ctrl-T"),
        [Effect::Probe(model("a/cheap"), Some(Price::flat(1.0, 2.0)))],
        "and once more when it is over"
    );
    app.confirm_above = 0.000_001;
    update(&mut app, Msg::Probed(model("a/cheap"), Probe::Well { ms: 600 }, Dollars(0)));
    assert!(press(&mut app, "Ctrl-T").is_empty(), "above what was agreed");
    assert_eq!(press(&mut app, "Ctrl-T"), [Effect::Probe(model("a/cheap"), Some(Price::flat(1.0, 2.0)))]);

    let (mut app, _) = open(Some(pair()));
    write(&mut app, "unknown");
    assert!(press(&mut app, "Ctrl-T").is_empty(), "nobody knows what it costs");
    press(&mut app, "Backspace");
    assert!(press(&mut app, "Ctrl-T").is_empty(), "and the question is forgotten with the next key");
    assert_eq!(press(&mut app, "Ctrl-T"), [Effect::Probe(model("b/unknown"), None)]);
    let error = CallError::new(ErrorKind::KeyRejected, "401", "check it");
    update(&mut app, Msg::Probed(model("b/unknown"), Probe::Failed(error), Dollars(0)));
    assert_eq!(app.messages.last().map(|(_, line)| line.as_str()), Some("b/unknown: 401; check it"));
}

/// The workbench with the picker open.
fn picker(home: &Home) -> Terminal {
    let mut terminal = Terminal::spawn((100, 30), synod(home, &[]));
    terminal.shows("Write a question below");
    terminal.press("\u{1b}");
    terminal.shows("q quit");
    terminal.press("P");
    terminal
}

#[test]
fn a_person_finds_seats_and_probes_a_model_of_their_own_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let list =
        r#"{"data":[{"id":"tiny","context_length":4096},{"id":"large\u202e","context_length":131072}]}"#;
    let answer = r#"{"choices":[{"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}"#;
    let served = std::thread::spawn(move || FaultServer::serve_bodies(&listener, &[list, answer]));
    let home = Home::new();
    let config =
        format!("[providers.box]\nbase_url = \"{url}/v1\"\n[councils.solo]\nmembers = [\"box/tiny\"]\n");
    home.write("config/synod/config.toml", &config);
    let mut terminal = picker(&home);
    terminal.shows("128k");
    terminal.press("box/l");
    terminal.shows("Models  1 of ");
    terminal.shows("box/large");
    terminal.press(" ");
    terminal.shows("[x]2");
    terminal.press("\u{14}");
    terminal.shows("ok 0.");
    let screen = terminal.screen().contents();
    assert!(screen.contains("$0.00, 2 members, local"), "{screen}");
    assert_eq!(served.join().unwrap(), ["/v1/models", "/v1/chat/completions"]);
    terminal.press("\u{1b}");
    terminal.shows("q quit");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
}

#[test]
fn a_probe_is_counted_into_the_day_and_refused_where_its_cap_does_not_cover_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let list = r#"{"data":[{"id":"tiny","context_length":4096}]}"#;
    let answer = r#"{"choices":[{"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":10,"completion_tokens":1}}"#;
    let served = std::thread::spawn(move || FaultServer::serve_bodies(&listener, &[list, answer]));
    let home = Home::new();
    let config = format!(
        "budget.day = 0.08\n[providers.box]\nbase_url = \"{url}/v1\"\n[councils.solo]\nmembers = [\"box/tiny\"]\n\
         [models.\"box/tiny\"]\ninput = 1000.0\noutput = 1000.0\n"
    );
    home.write("config/synod/config.toml", &config);
    let mut terminal = picker(&home);
    terminal.shows("(live)");
    terminal.press("box/t");
    terminal.shows("a probe (Ctrl-T) costs about $0.04");
    terminal.press("\u{14}");
    terminal.shows("ok 0.");
    // The second one is not sent: nobody listens any more.
    assert_eq!(served.join().unwrap(), ["/v1/models", "/v1/chat/completions"]);
    terminal.press("\u{14}");
    terminal.shows("not asked: the day's cap is $0.080, $0.011 is spent, and this may cost $0.077");
    terminal.press("\u{1b}");
    terminal.shows("q quit");
    terminal.press("$");
    terminal.shows("today   $0.011");
    terminal.press("$");
    terminal.hides("today   $0.011");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    let spent: Vec<String> = home
        .files()
        .into_iter()
        .filter(|(path, _)| path.to_string_lossy().contains("/spending/"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    assert_eq!(spent.len(), 1, "{spent:?}");
    assert!(spent[0].contains("probe/box/tiny/") && spent[0].contains("\"cost\":11000000}"), "{spent:?}");
}
