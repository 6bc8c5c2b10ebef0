//! The workbench where money is concerned: the question before something that a cap would stop, the cap that a person raises
//! on the way, and the price tag. What the engine does about caps is in `tests/it/engine/budget.rs`.

use crate::played::{ANSWERED, compare, opening, press, write};
use synod::app::{App, Effect, Focus, Opening, Overlay};
use synod::core::price::{Price, Prices};
use synod::core::{Caps, Command, Council, Dollars, Event, ModelRef, Protocol, Record, RunId, Step};

const PRICE: Price = Price::flat(2.0, 300.0);

fn usd(text: &str) -> Dollars {
    text.parse().unwrap()
}

/// The answered demo as if models had been asked for money; what they cost is counted by us.
fn paid(caps: Caps) -> App {
    let mut records: Vec<Record> = ANSWERED.clone();
    let mut prices = Prices::default();
    for record in &mut records {
        match &mut record.event {
            Event::RunStarted { council, .. } => {
                council.scripted = false;
                let models = council.members.iter().map(|member| (member.model.clone(), PRICE));
                prices.known.extend(models);
            }
            Event::CallStarted { price, .. } => *price = Some(Box::new(PRICE)),
            _ => {}
        }
    }
    let now = records.last().unwrap().at;
    let mut app = App::new(Opening { records, prices, caps, now, confirm_above: 99.0, ..opening() });
    app.focus = Focus::Board;
    compare(&mut app);
    app
}

/// The question before a debate that the session's cap does not cover.
pub fn over_budget() -> App {
    let mut app = paid(Caps { session: Some(usd("1.00")), ..Caps::default() });
    press(&mut app, "d");
    app
}

fn command(app: &mut App, line: &str) -> Vec<Effect> {
    press(app, ":");
    write(app, line);
    press(app, "Enter")
}

fn debate() -> Effect {
    Effect::Council(Command::Extend { run: RunId(1), step: Step::Debate(1) })
}

#[test]
fn a_step_that_the_cap_does_not_cover_asks_first_and_the_cap_can_be_raised_there() {
    let mut app = over_budget();
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!("{:?}", app.overlay) };
    assert!(confirm.title.starts_with("Over budget? "), "{confirm:?}");
    assert!(confirm.lines[0].contains("of the session's $1.00 is spent"), "{confirm:?}");
    assert!(confirm.lines[1].starts_with("4 calls, about $"), "{confirm:?}");
    let keys: String = confirm.choices.iter().map(|choice| choice.key).collect();
    assert_eq!((keys.as_str(), confirm.at), ("ynb", 1), "not to is what Enter does");
    assert_eq!(press(&mut app, "n"), []);
    press(&mut app, "d");
    assert_eq!(press(&mut app, "y"), [debate()], "as far as the cap goes");
    press(&mut app, "d");
    let effects = press(&mut app, "b");
    let [Effect::Council(Command::Budget(cap)), second] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((second, app.money.caps.session), (&debate(), Some(*cap)));
    assert_eq!(press(&mut app, "d"), [debate()], "now it is covered");
}

/// A question with three rounds of debate, to the demo's members as if they took money, before it is sent.
pub fn three_rounds() -> App {
    let mut council = opening().council.unwrap();
    council.scripted = false;
    let mut prices = Prices::default();
    prices.known.extend(council.members.iter().map(|member| (member.model.clone(), PRICE)));
    let caps = Caps { session: Some(usd("1.00")), ..Caps::default() };
    let (council, protocol) = (Some(council), Protocol::Debate(3));
    let mut app = App::new(Opening { council, prices, caps, protocol, ..opening() });
    write(&mut app, "Should we shard this year?");
    press(&mut app, "Enter");
    app
}

#[test]
fn a_debate_of_several_rounds_can_be_cut_to_one_where_its_price_is_asked_about() {
    let mut app = three_rounds();
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!("{:?}", app.overlay) };
    let keys: String = confirm.choices.iter().map(|choice| choice.key).collect();
    assert_eq!((keys.as_str(), confirm.at), ("ynrb", 1), "not to is what Enter does");
    assert!(confirm.choices[2].text.starts_with("run 1 round only (about $"), "{confirm:?}");
    let sent = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Council(Command::Ask(question)) => Some(question.protocol),
            _ => None,
        })
    };
    assert_eq!(sent(&press(&mut app, "r")), Some(Protocol::Debate(1)));
    let (mut app, mut raised) = (three_rounds(), three_rounds());
    assert_eq!(sent(&press(&mut app, "y")), Some(Protocol::Debate(3)));
    assert_eq!(sent(&press(&mut raised, "b")), Some(Protocol::Debate(3)));
    let Some(Overlay::Confirm(step)) = over_budget().overlay else { panic!("nothing is asked") };
    assert!(step.choices.iter().all(|choice| choice.key != 'r'), "one round is one round: {step:?}");
}

#[test]
fn a_cap_of_the_day_counts_what_others_spent() {
    let caps = Caps { day: Some(usd("1.00")), ..Caps::default() };
    let mut app = paid(caps);
    let before = app.money.spent.sum();
    app.money.today = usd("0.99");
    press(&mut app, "d");
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!("{:?}", app.overlay) };
    assert!(confirm.lines[0].starts_with("$0.990 of the day's $1.00 is spent"), "{before}: {confirm:?}");
    assert_eq!(confirm.choices.len(), 2, "the cap of a day is not the session's to raise");
}

fn costs(app: &App) -> &synod::app::cost::Costs {
    let Some(Overlay::Costs(costs)) = &app.overlay else { panic!("{:?}", app.overlay) };
    costs
}

#[test]
fn the_screen_of_costs_opens_a_model_goes_back_and_leads_to_the_cap() {
    let mut app = paid(Caps::default());
    press(&mut app, "$ j");
    let second = costs(&app).chosen.clone().unwrap().0;
    assert_eq!(second.to_string(), "scripted/jonas");
    press(&mut app, "Enter");
    assert!(costs(&app).detail);
    press(&mut app, "Esc");
    assert!(!costs(&app).detail && costs(&app).chosen.is_some(), "back to its line");
    press(&mut app, "k");
    assert_eq!(costs(&app).chosen.clone().unwrap().0.to_string(), "scripted/fenna");
    press(&mut app, "j j j j");
    assert_eq!(
        (costs(&app).chosen.clone().unwrap().0.to_string(), costs(&app).scroll),
        ("scripted/oskar".into(), 1)
    );
    press(&mut app, "s");
    assert_eq!(costs(&app).chosen, None, "another order begins at its top");
    press(&mut app, "b");
    write(&mut app, "2.5");
    assert_eq!(press(&mut app, "Enter"), [Effect::Council(Command::Budget(usd("2.50")))]);
    press(&mut app, "$ Esc");
    assert_eq!(app.overlay, None);
}

#[test]
fn the_models_of_the_screen_of_costs_go_into_a_file_of_their_own() {
    let mut app = paid(Caps::default());
    let effects = press(&mut app, "$ x");
    let [Effect::Write { path, text }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(path, "synod-costs-20261122-130008.csv");
    let lines: Vec<Vec<&str>> = text.split_terminator("\r\n").map(|line| line.split(',').collect()).collect();
    assert_eq!(
        (lines.len(), &lines[1][..4]),
        (5, &["this session", "scripted/fenna", "scripted (no model is asked)", "1"][..])
    );
    let sum: f64 = lines[1..]
        .iter()
        .map(|line| line[10].parse::<f64>().unwrap() + line[11].parse::<f64>().unwrap())
        .sum();
    assert!((sum - app.money.spent.sum().usd()).abs() < 1e-9, "{text}");
    assert!(matches!(app.overlay, Some(Overlay::Costs(_))), "it stays open, and tells what came of it");
}

#[test]
fn a_question_is_priced_with_all_the_steps_of_its_protocol() {
    let council = Council::of_models("one", &["dear/opus".parse::<ModelRef>().unwrap()]);
    let mut prices = Prices::default();
    prices.known.insert(council.members[0].model.clone(), PRICE);
    let caps = Caps { session: Some(usd("0.2")), ..Caps::default() };
    let council = Some(council);
    let of = |protocol| {
        App::new(Opening { council: council.clone(), prices: prices.clone(), caps, protocol, ..opening() })
    };
    let mut app = of(Protocol::Ask);
    write(&mut app, "Why?");
    assert_eq!(press(&mut app, "Enter").len(), 2, "it is remembered and asked");
    let mut app = of(Protocol::SYNTHESIS);
    write(&mut app, "Why?");
    assert_eq!(press(&mut app, "Enter"), []);
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!("{:?}", app.overlay) };
    assert!(confirm.lines[1].starts_with("2 calls, about $0.36"), "{confirm:?}");
}

#[test]
fn the_price_tag_says_what_is_a_guess_and_budget_sets_the_cap() {
    let mut app = paid(Caps::default());
    let tag = app.price_tag().unwrap();
    assert!(tag.starts_with("~$"), "{tag}");
    command(&mut app, "budget");
    let told = app.toast.clone().unwrap();
    assert!(told.starts_with(&tag) && told.ends_with("without a cap; :budget SUM sets one"), "{told}");
    assert_eq!(command(&mut app, "budget 2.5"), [Effect::Council(Command::Budget(usd("2.50")))]);
    assert_eq!(app.price_tag(), Some(format!("{tag} of $2.50")));
    assert_eq!(command(&mut app, "budget lots"), []);
    assert_eq!(app.toast.as_deref(), Some("the cap stays: not a sum of US dollars such as 0.50"));
    assert_eq!(App::new(opening()).price_tag(), None, "nothing is spent and nothing is capped");
}
