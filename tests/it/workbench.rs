//! What keys do, without a screen: sequences of keys, and the wishes that come of them.

use crate::played::{ANSWERED, PLAYED, START, compare, opening, play, press, seen, write};
use synod::app::lineup::CouncilLine;
use synod::app::welcome::Nearby;
use synod::app::{Action, App, Effect, Focus, Found, Layout, Msg, Offers, Opening, Overlay, Place, update};
use synod::core::price::{Price, Prices};
use synod::core::{
    Choice, Command, Council, Event, File, MemberId, MergeMode, ModelRef, Question, Record, RunId, SCRIPTED,
    Step,
};

const ALL: u64 = 3_600_000;

fn answered() -> App {
    seen(&ANSWERED, ALL)
}

fn finished() -> App {
    seen(&PLAYED.0, ALL)
}

fn asked(effects: &[Effect]) -> &Question {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Council(Command::Ask(question)) => Some(question),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was asked: {effects:?}"))
}

fn model(text: &str) -> ModelRef {
    text.parse().unwrap()
}

fn real(models: &[&str]) -> Council {
    let models: Vec<ModelRef> = models.iter().map(|text| model(text)).collect();
    Council::of_models("mine", &models)
}

/// A workbench whose council is of real models with known prices: one is free, one dear, one unknown.
fn priced(models: &[&str]) -> App {
    let mut prices = Prices::default();
    prices.free.insert("local".to_owned());
    prices.known.insert(model("dear/opus"), Price::flat(100.0, 1000.0));
    let offers = Offers {
        councils: vec![real(models), Council { name: "other".to_owned(), ..real(&["local/b", "local/c"]) }],
        models: vec![model("local/new"), model("dear/opus")],
        providers: vec!["local".to_owned(), "dear".to_owned(), "odd".to_owned()],
        answer_limit: 512,
        ..Offers::default()
    };
    App::new(Opening { council: Some(real(models)), prices, offers, ..opening() })
}

#[test]
fn the_welcome_is_two_keys_away_from_the_demo() {
    let mut app = App::new(Opening { council: None, ..opening() });
    assert_eq!(app.place(), Place::Welcome);
    assert!(press(&mut app, "1").is_empty());
    let effects = press(&mut app, "Enter");
    assert!(asked(&effects).council.scripted);
    assert!(app.coach.is_some(), "the first run leads through the demo");
}

#[test]
fn models_on_this_machine_are_offered_and_asked_on_a_key() {
    let models = ["ollama/a", "ollama/b", "ollama/c", "ollama/d"].map(model).to_vec();
    let found = Nearby { what: "Ollama".to_owned(), address: "127.0.0.1:11434".to_owned(), models };
    let mut prices = Prices::default();
    prices.free.insert("ollama".to_owned());
    let mut app = App::new(Opening { council: None, found: Some(found), prices, ..opening() });
    assert!(app.ways().iter().any(|way| way.about.contains("Ollama answers on 127.0.0.1:11434 (4 models)")));
    press(&mut app, "2");
    assert_eq!(app.council.as_ref().unwrap().members.len(), 3);
    write(&mut app, "why?");
    assert_eq!(asked(&press(&mut app, "Enter")).council.members.len(), 3);
}

#[test]
fn the_tour_goes_on_by_what_is_done_and_ends_with_escape() {
    let mut app = seen(&PLAYED.0, 9_500);
    app.coach = Some(synod::app::coach::Coach::Diverge);
    let step = |app: &App| app.coach.map(|coach| coach.step().0);
    press(&mut app, "j");
    assert_eq!(step(&app), Some(2), "other keys leave it where it is");
    for (keys, at) in [("n", 3), ("s", 4), ("v", 5), ("d", 6)] {
        press(&mut app, keys);
        assert_eq!(step(&app), Some(at), "{keys}");
    }
    press(&mut app, "Esc Esc");
    assert_eq!(app.coach, None);
}

#[test]
fn a_member_is_asked_alone_by_its_name() {
    let mut app = answered();
    press(&mut app, "2 a");
    assert_eq!(app.composer.text(), "@jonas ");
    write(&mut app, "why so short?");
    let effects = press(&mut app, "Enter");
    let question = asked(&effects);
    assert_eq!(
        (question.text.as_str(), question.only.as_ref()),
        ("why so short?", Some(&MemberId::from("jonas")))
    );
    assert_eq!(question.council.members.len(), 4, "the council stays whole");
}

#[test]
fn a_name_alone_is_no_question() {
    let mut app = answered();
    press(&mut app, "a");
    assert!(!press(&mut app, "Enter").iter().any(|effect| matches!(effect, Effect::Council(_))));
    assert_eq!(app.composer.text().trim(), "@fenna", "nothing is lost");
}

#[test]
fn files_are_read_before_a_question_leaves_and_a_fault_keeps_it_here() {
    let mut app = App::new(opening());
    app.composer.set("what is wrong in @src/a.rs?");
    assert_eq!(press(&mut app, "Enter"), [Effect::Read(vec!["src/a.rs".to_owned()])]);
    let missing = Found { path: "src/a.rs".to_owned(), file: Some(Err("no file src/a.rs".to_owned())) };
    assert!(update(&mut app, Msg::Files(vec![missing])).is_empty());
    assert!(app.toast.as_ref().unwrap().contains("nothing was sent: no file src/a.rs"));
    assert_eq!(app.composer.text(), "what is wrong in @src/a.rs?");
    press(&mut app, "Enter");
    let file = File { name: "src/a.rs".to_owned(), text: "fn main() {}".to_owned() };
    let found = Found { path: "src/a.rs".to_owned(), file: Some(Ok(file.clone())) };
    assert_eq!(asked(&update(&mut app, Msg::Files(vec![found]))).files, [file]);
}

#[test]
fn a_mention_that_is_no_file_is_only_a_word() {
    let mut app = App::new(opening());
    app.composer.set("who is @someone?");
    assert_eq!(press(&mut app, "Enter"), [Effect::Read(vec!["someone".to_owned()])]);
    let effects = update(&mut app, Msg::Files(vec![Found { path: "someone".to_owned(), file: None }]));
    assert_eq!(asked(&effects).text, "who is @someone?");
}

#[test]
fn a_paste_never_sends_and_a_long_one_goes_along_as_a_file() {
    let mut app = App::new(opening());
    update(&mut app, Msg::Paste("first line\nsecond line\n".to_owned()));
    assert_eq!(app.composer.lines(), 3);
    update(&mut app, Msg::Paste("x\n".repeat(1000)));
    assert!(app.composer.text().contains("[paste 1: 1000 lines, 2.0 KB]"));
    let effects = press(&mut app, "Enter");
    assert_eq!(asked(&effects).files[0].name, "paste 1");
}

#[test]
fn a_second_question_waits_and_stop_lets_it_go() {
    let mut app = seen(&PLAYED.0, 3_000);
    press(&mut app, "i");
    write(&mut app, "and then?");
    asked(&press(&mut app, "Enter"));
    assert_eq!(app.queued, ["and then?"]);
    assert!(press(&mut app, "x").contains(&Effect::Council(Command::StopAll)));
    assert!(app.queued.is_empty());
    press(&mut app, "i Up");
    assert_eq!(app.composer.text(), "and then?", "what was not asked is not lost");
}

#[test]
fn an_edited_question_takes_the_place_of_the_one_on_the_board() {
    let mut app = answered();
    press(&mut app, "e");
    write(&mut app, " Be brief.");
    let effects = press(&mut app, "Enter");
    assert_eq!(asked(&effects).replaces, Some(RunId(1)));
    assert!(asked(&effects).text.ends_with(" Be brief."));
    assert_eq!(app.replaces, None, "the next one is a question of its own");
}

#[test]
fn earlier_questions_are_found_by_letters() {
    let mut app = App::new(opening());
    press(&mut app, "Ctrl-R");
    assert_eq!(app.place(), Place::List);
    write(&mut app, "friday");
    press(&mut app, "Enter");
    assert!(app.composer.text().contains("Friday"), "{}", app.composer.text());
}

#[test]
fn the_palette_offers_what_can_be_done_and_does_it() {
    let mut app = answered();
    press(&mut app, "Ctrl-P");
    write(&mut app, "synth");
    let effects = press(&mut app, "Enter");
    assert_eq!(effects, [Effect::Council(Command::Extend { run: RunId(1), step: Step::SYNTHESIS })]);
    let mut empty = App::new(opening());
    press(&mut empty, "Ctrl-P");
    let Some(Overlay::Palette(list)) = &empty.overlay else { panic!() };
    assert!(
        empty.palette(list).iter().all(|entry| entry.action != Action::Synthesis),
        "nothing to merge yet"
    );
}

#[test]
fn the_command_line_takes_beginnings_and_says_what_it_does_not_know() {
    let mut app = answered();
    press(&mut app, ":");
    write(&mut app, "layout rows");
    press(&mut app, "Enter");
    assert_eq!(app.layout, Layout::Rows);
    press(&mut app, ":");
    write(&mut app, "synthesys");
    assert!(press(&mut app, "Enter").is_empty());
    let Some(Overlay::Command(command)) = &app.overlay else { panic!() };
    assert_eq!(command.fault.as_deref(), Some("no command synthesys; did you mean synthesis?"));
    press(&mut app, "Esc :");
    write(&mut app, "chair osk");
    press(&mut app, "Tab Enter");
    assert_eq!(app.council.as_ref().unwrap().chair, Some(MemberId::from("oskar")));
}

#[test]
fn help_is_searched_and_runs_what_is_chosen() {
    let mut app = answered();
    press(&mut app, "? /");
    write(&mut app, "vote");
    let effects = press(&mut app, "Enter");
    assert_eq!(effects, [Effect::Council(Command::Extend { run: RunId(1), step: Step::Vote })]);
}

#[test]
fn judges_are_named_on_the_command_line() {
    let mut app = answered();
    press(&mut app, ":");
    write(&mut app, "vote @oskar, jonas");
    let judges = vec![MemberId::from("oskar"), MemberId::from("jonas")];
    let step = Step::Judged(judges);
    assert_eq!(press(&mut app, "Enter"), [Effect::Council(Command::Extend { run: RunId(1), step })]);
    let mut app = answered();
    press(&mut app, ":");
    write(&mut app, "vote @zoe");
    assert_eq!(press(&mut app, "Enter"), []);
    assert!(app.drawer.is_none(), "nobody is asked");
}

#[test]
fn what_is_dear_or_of_unknown_price_is_asked_about_first() {
    let mut app = priced(&["local/a", "dear/opus"]);
    app.composer.set("why?");
    assert!(press(&mut app, "Enter").is_empty());
    assert_eq!(app.place(), Place::Confirm);
    press(&mut app, "Esc");
    assert_eq!(app.composer.text(), "why?", "nothing is lost");
    press(&mut app, "Enter");
    assert_eq!(asked(&press(&mut app, "y")).text, "why?");

    let mut app = priced(&["odd/x"]);
    app.composer.set("first");
    press(&mut app, "Enter");
    assert_eq!(app.place(), Place::Confirm);
    asked(&press(&mut app, "y"));
    app.composer.set("second");
    asked(&press(&mut app, "i Enter"));
}

#[test]
fn what_is_free_is_never_asked_about() {
    let mut app = priced(&["local/a", "local/b"]);
    app.composer.set("why?");
    asked(&press(&mut app, "Enter"));
}

#[test]
fn the_council_changes_by_name_and_members_come_and_go() {
    let mut app = priced(&["local/a", "local/b"]);
    let command = |app: &mut App, line: &str| {
        press(app, "Esc :");
        write(app, line);
        press(app, "Enter")
    };
    command(&mut app, "add local/a");
    let names = |app: &App| -> Vec<String> {
        app.council.as_ref().unwrap().members.iter().map(|member| member.name.0.clone()).collect()
    };
    assert_eq!(names(&app), ["a", "b", "a-2"], "a repeated model gets a number");
    assert_eq!(app.council.as_ref().unwrap().members[2].params.answer_limit, 512);
    command(&mut app, "drop b");
    assert_eq!(names(&app), ["a", "a-2"]);
    command(&mut app, "council other");
    assert_eq!(names(&app), ["b", "c"]);
    command(&mut app, "drop nobody");
    assert!(app.toast.as_ref().unwrap().contains("no member nobody; there are b, c"));
    let effects = command(&mut app, "default best of all");
    let [Effect::SaveCouncil { council, default: true }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(council.name, "best of all");
    press(&mut app, "c");
    assert!(matches!(app.council_lines()[0], CouncilLine::Member(_)));
    press(&mut app, "x");
    assert_eq!(names(&app), ["c"]);
    press(&mut app, "x");
    assert_eq!(names(&app), ["c"], "the last member stays");
}

#[test]
fn a_member_added_while_a_question_is_on_the_board_is_asked_it_too() {
    let mut records: Vec<Record> = PLAYED.0.iter().take(1).cloned().collect();
    let mut started = PLAYED.0[1].clone();
    let Event::RunStarted { council, .. } = &mut started.event else { panic!() };
    *council = real(&["local/a", "local/b"]);
    records.push(started);
    let mut app = priced(&["local/a", "local/b"]);
    for record in records {
        update(&mut app, Msg::Record(record));
    }
    press(&mut app, "Esc :");
    write(&mut app, "add local/new");
    let effects = press(&mut app, "Enter");
    assert!(
        matches!(&effects[..], [Effect::Council(Command::Join { run: RunId(1), member })] if member.name.0 == "new")
    );
    press(&mut app, ":");
    write(&mut app, "drop a");
    let effects = press(&mut app, "Enter");
    assert_eq!(effects, [Effect::Council(Command::Leave { run: RunId(1), member: "a".into() })]);
}

#[test]
fn steps_are_asked_for_once_and_shown_again() {
    let mut app = finished();
    // The synthesis was made before the debate, so the answers have changed since.
    assert_eq!(press(&mut app, "s").len(), 1);
    let mut app = seen(&play(1, &[Step::SYNTHESIS]), ALL);
    assert!(press(&mut app, "s").is_empty(), "it is there already");
    assert!(app.drawer.is_some());
    press(&mut app, "s");
    assert!(app.drawer.is_none(), "the same key hides it");
}

#[test]
fn a_sentence_leads_to_its_claims_and_an_answer_to_its_prompt() {
    let mut app = seen(&play(1, &[Step::SYNTHESIS]), ALL);
    press(&mut app, "s");
    let made = app.synthesis_made().unwrap();
    let at = made.sentences.iter().position(|sentence| !sentence.claims.is_empty()).unwrap();
    for _ in 0..at {
        press(&mut app, "j");
    }
    press(&mut app, "Enter");
    let number = app.selected.expect("the claim is chosen");
    assert_eq!(app.on_screen(&made, made.sentences[at].claims[0]), Some(number));
    press(&mut app, "Esc Enter");
    assert!(matches!(app.overlay, Some(Overlay::Prompt { .. })));
}

#[test]
fn only_what_has_ended_is_asked_once_more() {
    let mut app = seen(&PLAYED.0, 1_500);
    assert!(press(&mut app, "R").is_empty());
    let mut app = answered();
    let effects = press(&mut app, "2 R");
    assert!(
        matches!(&effects[..], [Effect::Council(Command::Retry(call))] if call.slot == 1 && call.attempt == 1)
    );
}

#[test]
fn everything_can_be_taken_along() {
    let mut app = finished();
    let [Effect::Copy { what, text }] = &press(&mut app, "Y")[..] else { panic!() };
    assert_eq!(what, "everything, as Markdown");
    for part in [
        "# ",
        SCRIPTED,
        "## fenna",
        "## Claims",
        "## Synthesis by marit",
        "## Vote",
        "## Debate",
        "### Round 2",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    let [Effect::Copy { what, text }] = &press(&mut answered(), "n y")[..] else { panic!() };
    assert!(what.starts_with("claim ") && text.starts_with("- `!"), "{what}: {text}");
    let [Effect::Copy { text, .. }] = &press(&mut app, "C")[..] else { panic!() };
    assert!(text.starts_with("synod ask --demo --protocol debate:2 --seed "), "{text}");
    let [Effect::Copy { what, .. }] = &press(&mut app, "Esc Esc y")[..] else { panic!() };
    assert_eq!(what, "fenna's answer");
    press(&mut app, ":");
    write(&mut app, "export notes.md");
    assert!(matches!(&press(&mut app, "Enter")[..], [Effect::Write { path, .. }] if path == "notes.md"));
}

#[test]
fn the_person_is_told_when_a_long_step_ends_and_not_of_a_short_one() {
    let told = |records: &[Record]| {
        let mut app = App::new(opening());
        let mut told = Vec::new();
        for record in records {
            told.extend(update(&mut app, Msg::Record(record.clone())));
        }
        told.iter().filter(|effect| matches!(effect, Effect::Notify(_))).count()
    };
    let slower = |record: &Record| {
        let mut record = Record { at: START + (record.at - START) * 3, ..record.clone() };
        if let Event::CallEnded { total_ms, .. } = &mut record.event {
            *total_ms *= 3;
        }
        record
    };
    let long: Vec<Record> = ANSWERED.iter().map(slower).collect();
    assert_eq!(told(&ANSWERED), 0);
    assert_eq!(told(&long), 1);
}

#[test]
fn every_question_of_a_session_can_be_looked_at() {
    let mut app = answered();
    let mut second = PLAYED.1.clone();
    second.remove(0);
    let text = |record: Record| serde_json::to_string(&record).unwrap();
    for record in second {
        // The second question's records, as the second run of this session.
        let line = text(record).replace("\"run\":1", "\"run\":2").replace("\"call\":\"1.", "\"call\":\"2.");
        update(&mut app, Msg::Record(serde_json::from_str(&line).unwrap()));
    }
    assert_eq!((app.shown_at(), app.session.runs.len()), (1, 2));
    press(&mut app, "Esc {");
    assert_eq!(app.shown_at(), 0);
    compare(&mut app);
    assert_eq!(press(&mut app, "v"), [Effect::Council(Command::Extend { run: RunId(1), step: Step::Vote })]);
    press(&mut app, "}");
    assert_eq!(app.shown_at(), 1);
}

#[test]
fn no_key_but_quit_ends_it_and_quitting_asks_while_members_write() {
    let mut app = seen(&PLAYED.0, 3_000);
    assert!(press(&mut app, "q").is_empty());
    assert_eq!(app.place(), Place::Confirm);
    press(&mut app, "Esc");
    assert_eq!(press(&mut app, "q q"), [Effect::Quit]);
    let mut app = answered();
    for _ in 0..5 {
        assert!(!press(&mut app, "Esc Ctrl-C").contains(&Effect::Quit));
    }
    assert_eq!(app.focus, Focus::Board);
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
}

#[test]
fn claims_are_ticked_and_the_chair_merges_so() {
    let mut app = seen(&ANSWERED, ALL);
    assert!(press(&mut app, "p s").is_empty(), "nothing is ticked yet");
    assert!(app.toast.as_ref().unwrap().contains("nothing is ticked"), "{:?}", app.toast);
    press(&mut app, "Space j Space Space j Space Space Space");
    let ticked: Vec<Choice> = app.numbered_picks().into_iter().map(|(_, pick)| pick.choice).collect();
    assert_eq!(ticked, [Choice::Keep, Choice::Leave], "three presses choose nothing");
    let place = app.checklist().iter().position(|(_, claim)| claim.sides.len() > 1).unwrap();
    press(&mut app, &format!("g {}", "j ".repeat(place)));
    press(&mut app, "l l");
    press(&mut app, "Esc p");
    let effects = press(&mut app, "s");
    let [Effect::Council(Command::Extend { step: Step::SynthesisBy(by), .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((by.mode, by.brief.picks.len()), (MergeMode::Guided, 3));
    let side = by.brief.picks.iter().find_map(|pick| pick.side()).unwrap();
    assert_eq!(side, by.brief.picks[2].point.sides[1]);
}

#[test]
fn a_synthesis_is_made_once_more_as_it_is_typed() {
    let mut app = seen(&play(1, &[Step::SYNTHESIS]), ALL);
    let command = |app: &mut App, line: &str| {
        press(app, ":");
        write(app, line);
        press(app, "Enter")
    };
    let effects = command(&mut app, "synthesis majority by @oskar of @fenna @jonas with \"be brief\"");
    let [Effect::Council(Command::Extend { step: Step::SynthesisBy(by), .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((by.mode, by.chair.as_ref().unwrap().0.as_str()), (MergeMode::Majority, "oskar"));
    assert_eq!((by.brief.of.len(), by.brief.instruction.as_str()), (2, "be brief"));
    assert_eq!(command(&mut app, "synthesis best-of-n").len(), 1, "one more over the same answers");
    for (line, fault) in [
        ("synthesis by @oskr", "did you mean oskar?"),
        ("synthesis of @fenna", "two answers"),
        ("synthesis majorty", "no way to make a synthesis"),
    ] {
        assert!(command(&mut app, line).is_empty());
        assert!(app.toast.as_ref().unwrap().contains(fault), "{:?}", app.toast);
    }
    let read = command(&mut app, "synthesis with how.md");
    assert_eq!(read, [Effect::Read(vec!["how.md".to_owned()])]);
    let file = File { name: "how.md".to_owned(), text: "In rhymes.\n".to_owned() };
    let found = Found { path: "how.md".to_owned(), file: Some(Ok(file)) };
    let effects = update(&mut app, Msg::Files(vec![found]));
    let [Effect::Council(Command::Extend { step: Step::SynthesisBy(by), .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(by.brief.instruction, "In rhymes.");
}
