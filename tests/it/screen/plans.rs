//! States of written plans on the screen: the rail beside the panes and with the keys, gates, routes, checks, and the list of plans.
//! Then what keys do there, without a screen.

use super::screen;
use super::world::{Said, Then, World, begun, by_name, whole};
use crate::played::{START, press, seen, write};
use synod::app::drawer::DrawerKind;
use synod::app::plan::choose::Offered;
use synod::app::{Action, App, Effect, Focus, Msg, Overlay, Place, update};
use synod::config::plans::{built_in, parse};
use synod::core::price::{Price, Prices};
use synod::core::{
    Ask, CallId, CallSpec, Command, Council, Handed, Member, MemberId, ModelRef, Question, Record, Run,
    RunId, StageId, Steer, Step,
};
use synod::ui::Cache;
use synod::ui::theme::Theme;

fn plan(name: &str) -> &'static str {
    built_in().into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn council() -> Council {
    let seats = [
        ("opus", "anthropic/claude-opus"),
        ("mini", "openai/gpt-mini"),
        ("flash", "google/gemini-flash"),
        ("llama", "local/llama-70b"),
    ];
    let members = seats.map(|(name, model)| Member::new(name, model.parse::<ModelRef>().unwrap())).to_vec();
    Council { name: "mixed".to_owned(), members, chair: Some("opus".into()), scripted: false }
}

fn prices() -> Prices {
    let mut prices = Prices::default();
    let known = [
        ("anthropic/claude-opus", Price::flat(5.0, 25.0)),
        ("openai/gpt-mini", Price::flat(0.25, 2.0)),
        ("google/gemini-flash", Price::flat(0.3, 2.5)),
        ("local/llama-70b", Price::flat(0.4, 0.4)),
    ];
    prices.known.extend(known.map(|(model, price)| (model.parse().unwrap(), price)));
    prices
}

fn play(name: &str, question: &str, then: &[Then], say: impl Fn(&Run, &CallSpec) -> Said) -> World {
    World::play_plan(&council(), &prices(), question, plan(name), then, say)
}

fn stage<'r>(run: &'r Run, spec: &CallSpec) -> &'r str {
    run.stage(spec.id.stage).unwrap().stage.name().unwrap_or_default()
}

fn open(world: &World, keys: &str) -> App {
    let last = world.records.last().map_or(START, |record| record.at);
    let mut app = seen(&world.records, last - START + 300);
    app.council = Some(council());
    app.prices = prices();
    app.offers.plans = offers();
    press(&mut app, keys);
    app
}

fn offers() -> Vec<Offered> {
    let of = |(name, text): (&str, &str)| Offered {
        name: name.to_owned(),
        recipe: parse(name, text).map_err(|faults| faults[0].to_string()),
    };
    let mut all: Vec<Offered> = built_in().into_iter().map(of).collect();
    let recipe =
        Err("plans/mine.toml:3: stage[0].do: nothing is called anser; did you mean answer?".to_owned());
    all.push(Offered { name: "mine".to_owned(), recipe });
    all
}

const LEAP: &str = "How many leap years are there from 1896 to 2004, both included?";

fn pyramid(strong: &str) -> World {
    play("pyramid", LEAP, &[], |_, spec| {
        whole(match spec.member.name.0.as_str() {
            "mini" => strong,
            "llama" => {
                "1900 is none, 2000 is one: (2004 - 1896) / 4 + 1 - 1 = 27.\n\nPOSITION: 27 (confidence 0.8)"
            }
            _ => {
                "Every fourth year from 1896 on makes 28; 1900 is none of them, so 27 are left.\n\nPOSITION: 27 (confidence 0.95)"
            }
        })
    })
}

const AGREES: &str = "From 1896 to 2004 there are 28 multiples of 4, and 1900 is no leap year.\n\nPOSITION: 27 (confidence 0.9)";
const DIFFERS: &str =
    "Every fourth year is one, which makes 28 from 1896 to 2004.\n\nPOSITION: 28 (confidence 0.9)";

const LETTER: &str = "Write to our customers that prices rise by 4 % in March, and why.";
const DRAFT: &str = "Dear customers,\n\nfrom 1 March our prices rise by 4 %. Energy and freight cost us more than a year ago, and we have \
                     held our prices for as long as we could.\n\nWhat you have ordered by then is delivered at the old price.";
const CRITIQUE: &str = "1. \"for as long as we could\": unclear, say since when.\n2. It does not say whom to ask.\n\nThe last line is good.";

fn pipeline(then: &[Then], running: bool) -> World {
    play("pipeline", LETTER, then, |run, spec| match stage(run, spec) {
        "draft" => whole(DRAFT),
        "critique" if running => begun(&CRITIQUE[..40]),
        "critique" => whole(CRITIQUE),
        _ => whole("Dear customers,\n\nfrom 1 March our prices rise by 4 %."),
    })
}

const SPEECH: &str =
    "Draft a short speech for the retirement of a colleague who led our workshop for twenty years.";

fn handed(then: &[Then]) -> World {
    let texts = [
        (
            "opus",
            "Dear friends, for twenty years the first light in our workshop was yours.\n\nYou taught half of us what a straight edge is, and the other half to sweep up after it.\n\nThank you, and may your own bench at home stay untidy.",
        ),
        (
            "mini",
            "Dear [your word: name], twenty years ago you took over a workshop with three lathes. Today there are eleven, and nobody has lost a finger.",
        ),
        (
            "flash",
            "Dear colleagues, we say goodbye to somebody who could hear from the office which machine was out of true.",
        ),
        ("llama", "Twenty years. Thank you."),
    ];
    play("hand-over", SPEECH, then, |run, spec| match stage(run, spec) {
        "final" => whole("Dear friends, for twenty years the first light in our workshop was yours."),
        _ => by_name(spec, &texts),
    })
}

const GATE: StageId = StageId(1);

fn routed() -> World {
    let question = "Compare three ways to keep 2 TB of measurements so that a query over any single day takes less than a \
                    second, with their costs, and explain step by step which one you would take and why.";
    play("routing", question, &[], |_, spec| {
        whole(match spec.ask {
            Ask::Merge => "Partition by day; it costs the least.",
            _ => {
                "Partition the table by day. A query over one day then reads one partition. It costs about 40 USD a month."
            }
        })
    })
}

fn checked() -> World {
    let answer = "The offer of North costs 5 * 1,200 = 6,000 EUR over five years. The offer of South costs 4,900 EUR over five \
                  years. The offer of West costs 7,000 EUR. So South is the cheapest.";
    play("cross-check", "Which of the three offers is the cheapest over five years?", &[], |run, spec| {
        if stage(run, spec) != "check" {
            return whole(answer);
        }
        let table = &run.stage(spec.id.stage).unwrap().begun.as_ref().unwrap().table;
        let verdict = |row: &synod::core::claim_table::Row| match run.wording(&row.point) {
            words if words.contains("South costs") => {
                "fails: the file names a set-up fee of 1,500 EUR beside the yearly 980 EUR, so that it is 6,400 EUR"
            }
            words if words.contains("North") => "holds: 5 * 1,200 is 6,000",
            _ => "open",
        };
        whole(
            &table
                .iter()
                .map(|row| format!("[{}] {}", row.number, verdict(row)))
                .collect::<Vec<_>>()
                .join("\n"),
        )
    })
}

/// Every state, by name.
pub(super) fn states() -> Vec<(&'static str, App)> {
    let paused = [Then::Steer(Steer::Pause(true))];
    let back = [Then::Steer(Steer::HandOver(GATE, Handed::SentBack("warmer, and no lathes".to_owned())))];
    let mut unasked = open(&pyramid(AGREES), "");
    press(&mut unasked, "1");
    let mut chosen = open(&pyramid(AGREES), "i");
    update(&mut chosen, Msg::Do(Action::ToBoard));
    crate::ledger::go(&mut chosen, "O");
    write(&mut chosen, "pyramid-3");
    crate::ledger::go(&mut chosen, "Enter i");
    let skipped = pipeline(&[Then::Steer(Steer::Skip(StageId(1)))], true);
    vec![
        ("plan-early", open(&pyramid(AGREES), "o")),
        ("plan-escalated", open(&pyramid(DIFFERS), "o j j")),
        ("plan-unasked", unasked),
        ("plan-beside", open(&pipeline(&[], true), "")),
        ("plan-running", open(&pipeline(&[], true), "o")),
        ("plan-skipped", open(&skipped, "o")),
        ("plan-paused", paused_app(&paused)),
        ("plan-gate", open(&handed(&[]), "")),
        ("plan-gate-text", open(&handed(&[]), "j j")),
        ("plan-sent-back", open(&handed(&back), "")),
        ("plan-route", open(&routed(), "o k k k k k k k k k k")),
        ("plan-check", open(&checked(), "o k k k")),
        ("plan-call", open(&pipeline(&[], false), "o k Enter Tab")),
        ("plans", open(&pyramid(AGREES), "O")),
        ("plan-chosen", chosen),
    ]
}

/// A pipeline that was paused while its first stage ran.
fn paused_app(paused: &[Then]) -> App {
    let world = play("pipeline", LETTER, paused, |_, _| begun(&DRAFT[..60]));
    open(&world, "o")
}

fn steered(effects: &[Effect]) -> Vec<Steer> {
    let steer = |effect: &Effect| match effect {
        Effect::Council(Command::Steer { run: RunId(1), steer }) => Some(steer.clone()),
        _ => None,
    };
    effects.iter().filter_map(steer).collect()
}

fn typed(app: &mut App, line: &str) -> Vec<Effect> {
    press(app, ":");
    write(app, line);
    press(app, "Enter")
}

#[test]
fn the_rail_opens_beside_a_plan_and_o_goes_there_then_hides_it() {
    let mut app = open(&pipeline(&[], true), "");
    let rail = |app: &App| app.drawer.filter(|open| open.kind == DrawerKind::Plan).map(|open| open.focus);
    assert_eq!((rail(&app), app.place()), (Some(false), Place::Board));
    press(&mut app, "o");
    assert_eq!((rail(&app), app.place()), (Some(true), Place::Plan));
    press(&mut app, "o");
    assert_eq!(rail(&app), None);
    let mut plain = seen(&crate::played::ANSWERED, 3_600_000);
    press(&mut plain, "o");
    assert!(plain.drawer.is_none() && plain.toast.as_deref().unwrap_or_default().contains("no written plan"));
}

#[test]
fn a_running_plan_is_paused_skipped_and_cut_by_keys_and_by_words() {
    let mut app = open(&pipeline(&[], true), "o");
    let critique = StageId(1);
    assert_eq!(steered(&press(&mut app, "Space")), [Steer::Pause(true)]);
    assert_eq!(
        steered(&press(&mut app, "A")),
        [Steer::Cut(critique)],
        "the stage that runs is the one meant"
    );
    assert_eq!(steered(&press(&mut app, "x")), [Steer::Skip(critique)]);
    assert!(steered(&press(&mut app, "k k k x")).is_empty(), "the draft is over");
    assert_eq!(steered(&press(&mut app, "G")), [], "nothing was stopped");
    press(&mut app, "o");
    assert_eq!(steered(&typed(&mut app, "pause")), [Steer::Pause(true)]);
    assert_eq!(steered(&typed(&mut app, "skip final")), [Steer::Skip(StageId(2))]);
    assert_eq!(steered(&typed(&mut app, "skip 2")), [Steer::Skip(critique)]);
    assert_eq!(steered(&typed(&mut app, "cut")), [Steer::Cut(critique)]);
    assert!(steered(&typed(&mut app, "skip nothing")).is_empty());
    assert!(app.toast.as_deref().unwrap().contains("there are draft, critique, final"), "{:?}", app.toast);
}

#[test]
fn the_rest_of_a_stopped_plan_goes_on_by_a_key() {
    let mut world = pipeline(&[], false);
    let stop = |stage| synod::core::Event::StageStopped { run: RunId(1), stage, rule: None };
    let last = world.records.last().unwrap().clone();
    // Stopped after the draft.
    let kept = world.records.iter().position(|record| {
        matches!(&record.event, synod::core::Event::StageStarted { stage, .. } if *stage == StageId(1))
    });
    world.records.truncate(kept.unwrap());
    for stage in [StageId(1), StageId(2)] {
        world.records.push(Record { event: stop(stage), ..last.clone() });
    }
    let mut app = open(&world, "o");
    assert_eq!(steered(&press(&mut app, "G")), [Steer::GoOn]);
    assert_eq!(steered(&typed(&mut app, "go-on")), [Steer::GoOn]);
}

#[test]
fn a_gate_takes_the_keys_and_each_way_on_is_one_of_them() {
    let world = handed(&[]);
    let mut app = open(&world, "");
    assert_eq!(app.place(), Place::Plan, "the rail opened by itself, with the keys");
    assert!(app.standing_line().unwrap().0.contains("your-word - a approve, e edit, c choose, b send back"));
    assert_eq!(steered(&press(&mut app, "a")), [Steer::HandOver(GATE, Handed::Approved)]);
    assert!(steered(&press(&mut app, "c")).is_empty(), "which text is not said yet");
    let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 1, attempt: 1 };
    let chosen = Steer::HandOver(GATE, Handed::Chosen(call));
    assert_eq!(steered(&press(&mut app, "j j c")), std::slice::from_ref(&chosen));
    for words in ["choose @mini", "choose mini", "choose 2"] {
        assert_eq!(steered(&typed(&mut app, words)), std::slice::from_ref(&chosen), "{words}");
    }
    assert!(steered(&typed(&mut app, "choose @nobody")).is_empty());
    press(&mut app, "b");
    assert!(matches!(&app.overlay, Some(Overlay::Command(line)) if line.line.text() == "back "));
    write(&mut app, "warmer");
    let back = Steer::HandOver(GATE, Handed::SentBack("warmer".to_owned()));
    assert_eq!(steered(&press(&mut app, "Enter")), [back]);
    press(&mut app, "j Enter");
    assert!(matches!(app.overlay, Some(Overlay::Prompt { .. })), "Enter on a text reads it");
}

#[test]
fn an_edited_text_is_handed_on_and_one_that_is_as_it_was_is_not() {
    let world = handed(&[]);
    let mut app = open(&world, "j j");
    let effects = press(&mut app, "e");
    let [Effect::Edit(text)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(text.contains("three lathes"));
    assert!(update(&mut app, Msg::Edited(Ok(text.clone()))).is_empty());
    assert!(app.toast.as_deref().unwrap().contains("as it was") && app.composer.is_empty());
    press(&mut app, "e");
    let effects = update(&mut app, Msg::Edited(Ok("Mine, \u{1b}[31mred.\n".to_owned())));
    let steers = steered(&effects);
    let [Steer::HandOver(GATE, Handed::Edited(text))] = steers.as_slice() else { panic!() };
    assert!(text.starts_with("Mine") && !text.contains('\u{1b}'), "{text:?}");
    press(&mut app, "e");
    update(&mut app, Msg::Edited(Err("no editor was found".to_owned())));
    update(&mut app, Msg::Edited(Ok("a question".to_owned())));
    assert_eq!(app.composer.text(), "a question", "what comes later is no text of the gate");
    app.focus = Focus::Board;
    let short = Steer::HandOver(GATE, Handed::Edited("Thank you.".to_owned()));
    assert_eq!(steered(&typed(&mut app, "edit-handed Thank you.")), [short]);
}

#[test]
fn a_person_who_looks_elsewhere_is_told_of_a_gate() {
    let world = handed(&[]);
    let mut app = App::new(crate::played::opening());
    let effects: Vec<Effect> =
        world.records.iter().flat_map(|record| update(&mut app, Msg::Record(record.clone()))).collect();
    assert!(effects.contains(&Effect::Notify("your-word waits for your word".to_owned())), "{effects:?}");
    assert_eq!(app.focus, Focus::Composer, "who writes goes on writing");
    assert!(app.standing_line().unwrap().0.contains("Esc, then o goes there"));
}

#[test]
fn lines_are_chosen_calls_are_opened_and_stages_folded() {
    let mut app = open(&pipeline(&[], false), "o");
    press(&mut app, "g j Enter");
    let draft = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
    assert!(matches!(app.overlay, Some(Overlay::Prompt { call, .. }) if call == draft));
    let effects = press(&mut app, "y");
    assert!(matches!(&effects[..], [Effect::Copy { text, .. }] if text.contains("Dear customers")));
    press(&mut app, "Esc");
    let effects = press(&mut app, "y");
    assert!(
        matches!(&effects[..], [Effect::Copy { what, .. }] if what == "what opus said in draft"),
        "{effects:?}"
    );
    assert_eq!(app.rows(DrawerKind::Plan), 6);
    press(&mut app, "k Enter");
    assert_eq!(app.rows(DrawerKind::Plan), 5, "folded");
    press(&mut app, "Enter");
    assert_eq!(app.rows(DrawerKind::Plan), 6);
    let effects = press(&mut app, "y");
    assert!(
        matches!(&effects[..], [Effect::Copy { text, .. }] if text.contains("## Stage critique (answer, done)")),
        "{effects:?}"
    );
}

#[test]
fn the_call_of_the_line_is_asked_once_more_and_a_merge_that_was_left_out_hides_none() {
    let mut app = open(&pipeline(&[], false), "o g j j j");
    let critique = CallId { run: RunId(1), stage: StageId(1), round: 0, slot: 1, attempt: 1 };
    assert_eq!(press(&mut app, "R"), [Effect::Council(Command::Retry(critique))]);
    let mut app = open(&routed(), "");
    assert!(press(&mut app, "s").is_empty(), "the road to a few has its merge");
    let (state, at, of) = app.synthesis_in_view().unwrap();
    assert_eq!((state.stage.name(), at, of), (Some("merge-few"), 1, 1));
}

#[test]
fn a_stage_is_added_priced_first() {
    let mut app = open(&pipeline(&[], false), "");
    let effects = typed(&mut app, "then @llama Translate it into Dutch.");
    let step = Step::Task(MemberId::from("llama"), "Translate it into Dutch.".to_owned());
    assert_eq!(effects, [Effect::Council(Command::Extend { run: RunId(1), step: step.clone() })]);
    app.confirm_above = 0.0;
    assert!(typed(&mut app, "then llama Translate it into Dutch.").is_empty());
    assert!(matches!(app.overlay, Some(Overlay::Confirm(_))));
    assert_eq!(press(&mut app, "y"), [Effect::Council(Command::Extend { run: RunId(1), step })]);
    assert!(typed(&mut app, "then @nobody x").is_empty());
    assert!(typed(&mut app, "then llama").is_empty());
}

fn asked(effects: &[Effect]) -> &Question {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Council(Command::Ask(question)) => Some(question),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was asked: {effects:?}"))
}

/// A workbench that asks through a plan.
fn through(plan: &str) -> App {
    let mut app = App::new(crate::played::opening());
    (app.council, app.prices, app.offers.plans) = (Some(council()), prices(), offers());
    app.focus = Focus::Board;
    typed(&mut app, &format!("plan {plan}"));
    app
}

#[test]
fn questions_go_through_the_chosen_plan_until_none_is_chosen() {
    let mut app = through("pyramid");
    assert!(
        app.price_line().unwrap().starts_with("plan pyramid: 2 to 3 calls, about $"),
        "{:?}",
        app.price_line()
    );
    press(&mut app, "i");
    write(&mut app, "How many?");
    let effects = press(&mut app, "Enter");
    let question = asked(&effects);
    let plan = question.plan.as_ref().unwrap();
    assert_eq!(
        (plan.name.as_str(), plan.stages.len(), question.by_name()),
        ("pyramid", 2, "plan:pyramid".to_owned())
    );
    app.queued.clear();
    typed(&mut app, "plan none");
    press(&mut app, "i");
    write(&mut app, "How many?");
    assert!(asked(&press(&mut app, "Enter")).plan.is_none());
}

#[test]
fn roles_are_filled_by_hand_and_a_plan_that_does_not_fit_says_so_in_a_line() {
    let mut app = through("pyramid top=llama");
    press(&mut app, "i");
    write(&mut app, "How many?");
    let effects = press(&mut app, "Enter");
    let last = &asked(&effects).plan.as_ref().unwrap().stages[1];
    assert_eq!(last.speakers, synod::core::Speakers::Member("llama".into()));
    app.council.as_mut().unwrap().members.truncate(1);
    app.queued.clear();
    press(&mut app, "i");
    write(&mut app, "How many?");
    assert!(press(&mut app, "Enter").is_empty());
    assert!(app.toast.as_deref().unwrap().starts_with("nothing was sent: "), "{:?}", app.toast);
    assert_eq!(app.composer.text(), "How many?", "nothing is lost");
    for (plan, said) in
        [("pyramyd", "did you mean pyramid?"), ("mine", "mine can't be used"), ("pyramid x", "ROLE=MEMBER")]
    {
        let app = through(plan);
        assert!(
            app.plan_chosen().is_none() && app.toast.as_deref().unwrap().contains(said),
            "{:?}",
            app.toast
        );
    }
}

#[test]
fn a_name_is_whom_a_route_chooses_and_else_asks_that_member_alone() {
    let mut app = through("routing");
    press(&mut app, "i");
    write(&mut app, "@flash why?");
    let effects = press(&mut app, "Enter");
    let question = asked(&effects);
    let routing = question.plan.as_ref().unwrap().stages[0].part.as_ref().unwrap().routing.as_ref().unwrap();
    assert_eq!(
        (question.text.as_str(), &question.only, &routing.person),
        ("why?", &None, &vec!["flash".into()])
    );
    let mut app = through("pipeline");
    press(&mut app, "i");
    write(&mut app, "@flash why?");
    let effects = press(&mut app, "Enter");
    let question = asked(&effects);
    assert!(question.plan.is_none() && question.only == Some("flash".into()));
    assert!(app.messages.iter().any(|(_, line)| line.contains("flash is asked alone, outside of pipeline")));
}

#[test]
fn a_dear_plan_is_asked_about_with_its_range_of_calls() {
    let mut app = through("pyramid");
    app.confirm_above = 0.0;
    press(&mut app, "i");
    write(&mut app, "How many?");
    assert!(press(&mut app, "Enter").is_empty());
    let Some(Overlay::Confirm(confirm)) = &app.overlay else { panic!("{:?}", app.overlay) };
    assert!(confirm.title.starts_with("The plan pyramid would cost about $"), "{}", confirm.title);
    assert!(confirm.lines[1].starts_with("2 to 3 calls, about $"), "{:?}", confirm.lines);
    assert!(asked(&press(&mut app, "y")).plan.is_some());
}

#[test]
fn a_local_question_is_cast_with_local_members_alone() {
    let mut app = through("pyramid");
    app.privacy.locals = synod::core::Locals { providers: ["local".to_owned()].into() };
    let second: Member = Member::new("qwen", "local/qwen-7b".parse().unwrap());
    app.council.as_mut().unwrap().members.push(second);
    app.prices.free.insert("local".to_owned());
    typed(&mut app, "private");
    press(&mut app, "i");
    write(&mut app, "How many?");
    let effects = press(&mut app, "Enter");
    let question = asked(&effects);
    let names: Vec<&str> = question.council.members.iter().map(|member| member.name.0.as_str()).collect();
    assert_eq!(names, ["llama", "qwen"]);
    assert!(question.plan.is_some() && question.private.is_some());
}

#[test]
fn a_plan_can_be_looked_for_by_typing() {
    let mut app = through("none");
    press(&mut app, "O");
    write(&mut app, "cross");
    press(&mut app, "Enter");
    assert_eq!(app.plan_chosen().unwrap().recipe.name, "cross-check");
    press(&mut app, "O");
    let theme = Theme::built_in(true, false);
    let text = screen(&mut app, (120, 40), &theme, &mut Cache::default());
    assert!(text.contains("> * cross-check"), "{text}");
}
