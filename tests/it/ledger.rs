//! The conflicts on the workbench, by keys: from the list to the sentences, rulings, wrong claims, and a debate on one point.

use crate::played::{ANSWERED, PLAYED, START, compare, press, seen, write};
use synod::agreement::Subject;
use synod::app::drawer::DrawerKind;
use synod::app::{App, Effect, Msg, Overlay, Place, update};
use synod::core::{Ask, Command, Event, Record, Step, Verdict};

const ALL: u64 = 3_600_000;

/// Does what the engine does with wishes about rulings and debates. Gives the records that came of them.
fn carry_out(app: &mut App, effects: Vec<Effect>) -> Vec<Event> {
    let mut out = Vec::new();
    for effect in effects {
        let Effect::Council(command) = effect else { continue };
        let run = app.run().unwrap();
        let event = match command {
            Command::Rule { ruling, .. } => run.rule(&ruling),
            Command::Argue { point, .. } => run.argue(&point),
            Command::Extend { step, .. } => Some(step.append_to(run)),
            other => panic!("{other:?}"),
        };
        let event = event.unwrap();
        let seq = app.session.seq + 1;
        update(app, Msg::Record(Record { v: 1, seq, at: START + ALL, event: event.clone() }));
        out.push(event);
    }
    out
}

/// Presses keys and does what comes of them.
pub fn go(app: &mut App, keys: &str) -> Vec<Event> {
    let effects = press(app, keys);
    carry_out(app, effects)
}

fn verdicts(app: &App) -> Vec<Verdict> {
    app.run().unwrap().rulings.iter().map(|ruling| ruling.verdict).collect()
}

#[test]
fn the_list_leads_to_the_sentences_in_every_pane() {
    let mut app = seen(&ANSWERED, ALL);
    press(&mut app, "!");
    assert_eq!(app.place(), Place::Ledger);
    let entry = app.chosen_entry().unwrap().clone();
    let Subject::Claim(number) = entry.subject else { panic!("{entry:?}") };
    let sides: Vec<String> = app.sides_of(entry.subject).iter().map(|side| app.names(&side.slots)).collect();
    assert_eq!(sides, ["fenna, jonas", "marit, oskar"]);
    press(&mut app, "Enter");
    assert_eq!((app.selected, app.place()), (Some(number), Place::Board));
    assert!(app.drawer.is_some(), "the list stays beside the panes");
    press(&mut app, "Tab Esc");
    assert!(app.drawer.is_none());
    press(&mut app, ":");
    write(&mut app, "conflicts");
    press(&mut app, "Enter");
    assert!(app.drawer.is_some_and(|drawer| drawer.kind == DrawerKind::Conflicts));
}

#[test]
fn a_side_is_ruled_for_with_a_note_changed_and_taken_back() {
    let mut app = seen(&ANSWERED, ALL);
    press(&mut app, "! r");
    assert_eq!(app.place(), Place::List);
    write(&mut app, "from my own copy");
    let events = go(&mut app, "Down Enter");
    let [Event::Ruled { ruling, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((ruling.words().as_str(), ruling.note.as_str()), ("ruled: 30 hours", "from my own copy"));
    assert!(app.toast.as_ref().unwrap().contains("ruled: 30 hours (from my own copy)"), "{:?}", app.toast);
    assert_eq!(app.ledger().open(), 0);
    // The box opens with what holds now.
    press(&mut app, "r");
    let Some(Overlay::Rule(open)) = &app.overlay else { panic!("{:?}", app.overlay) };
    assert_eq!((open.at, open.note.text()), (1, "from my own copy"));
    go(&mut app, "Up Enter");
    assert_eq!(verdicts(&app), [Verdict::Side(0)]);
    assert!(press(&mut app, "r Esc").is_empty() && app.overlay.is_none(), "Esc rules nothing");
    go(&mut app, "u");
    assert!(verdicts(&app).is_empty() && app.ledger().open() == 1);
    assert!(press(&mut app, "u").is_empty(), "there is nothing more to take back");
}

#[test]
fn x_marks_a_wrong_claim_there_and_stops_on_the_board() {
    let mut app = seen(&ANSWERED, ALL);
    go(&mut app, "! x");
    assert_eq!(verdicts(&app), [Verdict::Wrong]);
    assert!(app.markdown().unwrap().contains("  - marked wrong by you"));
    go(&mut app, "x");
    assert_eq!(verdicts(&app), []);
    press(&mut app, "!");
    assert_eq!(app.place(), Place::Board);
    assert!(press(&mut app, "n x").is_empty(), "x on the board is for stopping");
    // A claim that nobody disputes is marked from the matrix, or by its name.
    go(&mut app, "m j j x");
    let Some(Subject::Claim(number)) = app.ledger().entries.last().map(|entry| entry.subject) else {
        panic!()
    };
    assert_eq!((app.selected, verdicts(&app)), (Some(number), vec![Verdict::Wrong]));
    press(&mut app, "m :");
    write(&mut app, "wrong");
    go(&mut app, "Enter");
    assert_eq!(verdicts(&app), []);
}

#[test]
fn a_ruling_makes_the_synthesis_older_than_it() {
    let mut app = seen(&PLAYED.0, 30_000);
    let merges = |app: &App| app.run().unwrap().last_stage(Ask::Merge).is_some();
    assert!(merges(&app));
    let mut records: Vec<Record> = PLAYED.0.clone();
    let end = records.iter().position(
        |record| matches!(&record.event, Event::StageAdded { stage, .. } if stage.ask == Ask::Ballot),
    );
    records.truncate(end.unwrap());
    app = seen(&records, ALL);
    assert!(!app.outdated(DrawerKind::Synthesis));
    go(&mut app, "! r Enter");
    assert!(app.outdated(DrawerKind::Synthesis));
    let effects = press(&mut app, "s");
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Council(Command::Extend { step: Step::SYNTHESIS, .. }))),
        "s makes a new one: {effects:?}"
    );
}

#[test]
fn a_debate_on_one_point_is_begun_and_named() {
    let mut app = seen(&ANSWERED, ALL);
    let events = go(&mut app, "! d");
    let [Event::StageAdded { stage, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(stage.point.as_ref().unwrap().sides, ["22 hours", "30 hours"]);
    assert!(app.drawer.is_some_and(|drawer| drawer.kind == DrawerKind::Debate));
    press(&mut app, "!");
    assert!(press(&mut app, "d").is_empty(), "one round at a time");
    assert!(app.toast.as_ref().unwrap().contains("a round is on its way"), "{:?}", app.toast);
}

#[test]
fn without_conflicts_it_says_so() {
    let mut app = seen(&ANSWERED[..2], ALL);
    compare(&mut app);
    press(&mut app, "!");
    assert!(app.drawer.is_none());
    for command in ["rule", "wrong", "take-back", "debate-point"] {
        press(&mut app, ":");
        write(&mut app, command);
        assert!(press(&mut app, "Enter").is_empty());
        assert!(app.toast.as_ref().unwrap().starts_with("no claim is chosen"), "{:?}", app.toast);
    }
}
