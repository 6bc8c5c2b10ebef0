//! Grades: what a record of one means, what is learned from those that are kept, and the keys that give them.
#![cfg(test)]

use crate::played::{ANSWERED, PLAYED, START, opening, press, seen, write};
use synod::agreement::debate_result::{self, Moves};
use synod::agreement::graded::{history, kept, learned};
use synod::app::{App, Effect, Msg, Opening, Overlay, Place, update};
use synod::core::grade::{Kept, standing};
use synod::core::weights::{ENOUGH, Scheme};
use synod::core::{
    CallId, Command, Council, Event, Grade, MemberId, Record, Run, RunId, Session, SessionId, StageId,
};
use synod::store::grades::{add, erase, file_beside, load};

const ALL: u64 = 3_600_000;

fn first(slot: u16) -> CallId {
    CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt: 1 }
}

/// A session with these records and grades after them; each has to be granted.
fn graded(records: &[Record], grades: &[(CallId, Option<Grade>)]) -> Session {
    let mut session = Session::replay(records);
    for (call, grade) in grades {
        let event = session.runs[0].grade(*call, *grade, None).expect("it changes something");
        let line =
            serde_json::to_string(&Record { v: 1, seq: session.seq + 1, at: START + ALL, event }).unwrap();
        session.apply(&serde_json::from_str(&line).unwrap());
    }
    session
}

fn grades(run: &Run) -> Vec<(u16, Grade)> {
    run.grades.iter().map(|(call, graded)| (call.slot, graded.grade)).collect()
}

#[test]
fn the_last_grade_of_an_answer_counts_and_one_answer_is_the_best() {
    use Grade::{Best, Right, Wrong};
    let all = [
        (first(0), Some(Wrong)),
        (first(0), Some(Best)),
        (first(1), Some(Right)),
        (first(2), Some(Wrong)),
        (first(3), Some(Best)),
        (first(2), None),
    ];
    let session = graded(&ANSWERED, &all);
    let run = &session.runs[0];
    assert_eq!(grades(run), [(0, Right), (1, Right), (3, Best)]);
    assert_eq!(run.grade(first(1), Some(Right), None), None, "nothing would change");
    assert_eq!(run.grade(first(2), None, None), None);
    assert!(run.grade(first(1), Some(Right), Some("law")).is_some(), "the topic would");
    assert_eq!(run.grade(first(9), Some(Right), None), None, "there is no such answer");
    // What a file says line by line comes to the same.
    let id = SessionId("s".to_owned());
    let mut session = Session::replay(&*ANSWERED);
    let mut lines = Vec::new();
    for (call, grade) in all {
        let event = session.runs[0].grade(call, grade, None).unwrap();
        session.apply(&Record { v: 1, seq: session.seq + 1, at: START, event });
        lines.extend(kept(&id, &session.runs[0], call, START));
    }
    let of_file: Vec<(u16, Grade)> =
        standing(lines.into_iter()).into_iter().map(|kept| (kept.call.slot, kept.grade.unwrap())).collect();
    assert_eq!(of_file, grades(&session.runs[0]));
}

#[test]
fn what_is_not_over_and_what_is_no_answer_has_no_grade() {
    let streaming: Vec<Record> =
        ANSWERED.iter().filter(|record| record.at <= START + 3_000).cloned().collect();
    let session = Session::replay(&streaming);
    let open = session.runs[0].calls.values().find(|call| !call.ended()).unwrap();
    assert_eq!(session.runs[0].grade(open.id, Some(Grade::Right), None), None);
    let session = Session::replay(&PLAYED.0);
    let run = &session.runs[0];
    let others = run.calls.values().filter(|call| {
        let ask = run.stage(call.id.stage).unwrap().stage.ask;
        matches!(ask, synod::core::Ask::Merge | synod::core::Ask::Ballot)
    });
    let others: Vec<CallId> = others.map(|call| call.id).collect();
    assert!(!others.is_empty());
    assert!(others.iter().all(|call| run.grade(*call, Some(Grade::Right), None).is_none()));
}

#[test]
fn a_grade_holds_for_answers_that_come_to_the_same() {
    // fenna and jonas begin at 22 hours, marit and oskar at 30; after two rounds all are at 30.
    let moves = |grades: &[(CallId, Option<Grade>)]| {
        debate_result::result(&graded(&PLAYED.0, grades).runs[0]).unwrap().graded
    };
    assert_eq!(moves(&[]), None, "nothing is graded");
    let wrong_then_right = [(first(1), Some(Grade::Wrong)), (first(2), Some(Grade::Right))];
    assert_eq!(moves(&wrong_then_right), Some(Moves { corrected: 2, subverted: 0, of: 4 }));
    let right_then_wrong = [(first(1), Some(Grade::Right)), (first(2), Some(Grade::Wrong))];
    assert_eq!(moves(&right_then_wrong), Some(Moves { corrected: 0, subverted: 2, of: 4 }));
    assert_eq!(moves(&[(first(1), Some(Grade::Wrong))]), None, "nobody's end is known");
    assert_eq!(moves(&[(first(2), Some(Grade::Best))]), Some(Moves { corrected: 0, subverted: 0, of: 2 }));
    // Grades of one position that differ say nothing of the others that hold it.
    let both = [(first(2), Some(Grade::Right)), (first(3), Some(Grade::Wrong))];
    assert_eq!(moves(&both), None);
}

fn line(session: &str, slot: u16, like: u16, model: &str, right: bool, topic: Option<&str>) -> Kept {
    Kept {
        at: START,
        session: SessionId(session.to_owned()),
        call: first(slot),
        member: MemberId(format!("seat {slot}")),
        model: model.parse().unwrap(),
        persona: None,
        topic: topic.map(str::to_owned),
        grade: Some(if right { Grade::Right } else { Grade::Wrong }),
        like: first(like),
        came_to: None,
    }
}

#[test]
fn members_are_known_again_by_model_and_persona_not_by_their_seat() {
    let models = ["box/a".parse().unwrap(), "box/b".parse().unwrap(), "box/c".parse().unwrap()];
    let mut council = Council::of_models("later", &models);
    let lines: Vec<Kept> = (0..ENOUGH)
        .flat_map(|at| {
            let session = format!("s{at}");
            // a is right; b and c are wrong alike and outvote it.
            ["box/a", "box/b", "box/c"]
                .iter()
                .zip(0..)
                .map(move |(model, slot)| line(&session, slot, slot.min(1), model, slot == 0, None))
                .collect::<Vec<_>>()
        })
        .collect();
    let few = learned(&lines[3..], &council, None);
    assert_eq!((few.graded, few.scheme, few.schemes.len()), (ENOUGH - 1, Scheme::Majority, 0));
    let found = learned(&lines, &council, None);
    assert_eq!((found.graded, found.scheme), (ENOUGH, Scheme::Accuracy));
    assert_eq!(found.best, Some(council.members[0].name.clone()));
    assert_eq!(found.weights.len(), 3);
    assert!(found.weights[&council.members[0].name] > found.weights[&council.members[1].name]);
    council.members[0].persona = Some("You doubt everything.".to_owned());
    let other = learned(&lines, &council, None);
    assert_eq!(other.best, None, "the same model with a persona is somebody else; b and c did equally well");
    assert!(learned(&lines, &Council::of_models("z", &["box/z".parse().unwrap()]), None).graded == 0);
}

#[test]
fn of_several_turns_the_first_counts_and_groups_are_by_what_they_come_to() {
    let turn = |round| CallId { stage: StageId(u16::from(round > 0)), round, ..first(0) };
    let mut later = line("s", 0, 1, "box/a", true, Some("law"));
    (later.call, later.like) = (turn(1), first(1));
    let lines = [later, line("s", 0, 0, "box/a", false, None), line("s", 1, 1, "box/b", true, None)];
    let past = history(&lines);
    let [one] = past.as_slice() else { panic!("{past:?}") };
    assert_eq!(one.topic.as_deref(), Some("law"));
    let said: Vec<(&str, usize, bool)> =
        one.said.iter().map(|said| (said.member.0.as_str(), said.group, said.right)).collect();
    assert_eq!(said, [("box/a", 0, false), ("box/b", 1, true)]);
}

#[test]
fn of_a_private_question_no_word_is_kept() {
    let mut records = PLAYED.0.clone();
    let id = SessionId("s".to_owned());
    let open = graded(&records, &[(first(0), Some(Grade::Right))]);
    let came_to = kept(&id, &open.runs[0], first(0), START).unwrap().came_to.unwrap();
    assert_eq!((came_to.kind.as_str(), came_to.value.as_str()), ("number", "22 hours"));
    for record in &mut records {
        if let Event::RunStarted { private, .. } = &mut record.event {
            *private = Some(Box::new(synod::core::Private {
                everyone: false,
                ..synod::core::Private::to_everyone(Vec::new())
            }));
        }
    }
    let closed = graded(&records, &[(first(1), Some(Grade::Right))]);
    let line = kept(&id, &closed.runs[0], first(1), START).unwrap();
    assert_eq!((line.came_to, line.like), (None, first(0)), "who was of one mind is known all the same");
}

#[test]
fn who_adds_while_another_erases_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = file_beside(&home.path().join("sessions"));
    std::thread::scope(|scope| {
        for session in ["a", "b"] {
            let file = &file;
            scope.spawn(move || {
                for slot in 0..100 {
                    add(file, &line(session, slot, slot, "box/m", true, None)).unwrap();
                }
            });
        }
        for _ in 0..50 {
            erase(&file, |one| one.session.0 == "nobody").unwrap();
        }
    });
    assert_eq!(load(&file).unwrap().len(), 200);
}

/// Does what the engine does with a grade.
pub fn carry_out(app: &mut App, effects: Vec<Effect>) {
    for effect in effects {
        let Effect::Council(Command::Grade { call, grade, topic }) = effect else { panic!("{effect:?}") };
        let event = app.run().unwrap().grade(call, grade, topic.as_deref()).unwrap();
        let seq = app.session.seq + 1;
        update(app, Msg::Record(Record { v: 1, seq, at: START + ALL, event }));
    }
}

/// Presses keys and does what comes of them.
pub fn go(app: &mut App, keys: &str) {
    let effects = press(app, keys);
    carry_out(app, effects);
}

/// Runs a line of the command line.
fn run(app: &mut App, line: &str) {
    press(app, ":");
    write(app, line);
    go(app, "Enter");
}

#[test]
fn a_key_grades_the_focused_answer_and_says_so() {
    let mut app = seen(&ANSWERED, ALL);
    press(&mut app, "2 *");
    assert_eq!(app.place(), Place::Confirm);
    go(&mut app, "w");
    assert_eq!((app.grade_in(1), app.grade_in(0)), (Some(Grade::Wrong), None));
    assert_eq!(app.toast.as_deref(), Some("jonas's answer is graded wrong; * changes it"));
    // The box opens on what holds now; Esc changes nothing.
    press(&mut app, "*");
    let Some(Overlay::Confirm(open)) = &app.overlay else { panic!() };
    assert_eq!((open.title.as_str(), open.at), ("Grade jonas's answer", 1));
    assert!(press(&mut app, "Esc").is_empty() && app.overlay.is_none());
    go(&mut app, "* b");
    go(&mut app, "3 * b");
    assert_eq!(
        (app.grade_in(1), app.grade_in(2)),
        (Some(Grade::Right), Some(Grade::Best)),
        "one is the best"
    );
    go(&mut app, "* n");
    assert_eq!(app.grade_in(2), None);
    assert!(press(&mut app, "* n").is_empty());
    assert_eq!(app.toast.as_deref(), Some("it has no grade"));
}

#[test]
fn a_topic_holds_until_another_is_named() {
    let mut app = seen(&ANSWERED, ALL);
    run(&mut app, "grade @fenna right topic moving data");
    assert_eq!(app.topic(), Some("moving data"));
    assert_eq!(app.toast.as_deref(), Some("fenna's answer is graded right, topic moving data; * changes it"));
    run(&mut app, "grade @jonas wrong");
    let topics: Vec<Option<&str>> =
        app.run().unwrap().grades.iter().map(|(_, graded)| graded.topic.as_deref()).collect();
    assert_eq!(topics, [Some("moving data"); 2]);
    run(&mut app, "topic none");
    assert_eq!(app.topic(), None);
    for (line, says) in [
        ("grade @fena right", "did you mean @fenna?"),
        ("grade rigth", "did you mean right?"),
        ("grade @fenna", "right, wrong, best or none"),
        ("grade right now", "topic NAME"),
        ("grade right topic", "topic needs its name"),
    ] {
        run(&mut app, line);
        assert!(app.toast.as_ref().unwrap().contains(says), "{line}: {:?}", app.toast);
    }
}

#[test]
fn a_turn_that_is_chosen_in_the_debate_is_graded_there() {
    let mut app = seen(&PLAYED.0, ALL);
    press(&mut app, "D");
    if app.focused_drawer().is_none() {
        press(&mut app, "Tab");
    }
    for _ in 0..3 {
        press(&mut app, "h");
    }
    go(&mut app, "* w");
    let run = app.run().unwrap();
    assert_eq!(run.grades.get(first(0)).map(|graded| graded.grade), Some(Grade::Wrong), "the first answer");
    assert_eq!(app.grade_in(0), None, "the pane shows the last turn");
}

#[test]
fn what_was_learned_is_told_of_the_council_on_the_board() {
    let council = synod::providers::scripted::council();
    let model = council.members[0].model.to_string();
    let persona = |line: Kept| Kept { persona: digest_of_first(), ..line };
    let grades: Vec<Kept> =
        (0..3).map(|at| persona(line(&format!("s{at}"), 5, 5, &model, true, None))).collect();
    let mut app = App::new(Opening { grades, records: ANSWERED.clone(), ..opening() });
    assert_eq!((app.learned().graded, app.learned().best.as_ref()), (3, Some(&council.members[0].name)));
    press(&mut app, "2");
    go(&mut app, "* r");
    assert_eq!(app.learned().graded, 4, "a grade of now counts at once");
    go(&mut app, "* n");
    assert_eq!(app.learned().graded, 3);
}

/// The digest of the first demo member's persona, read off a line that is kept of it.
fn digest_of_first() -> Option<String> {
    let session = graded(&ANSWERED, &[(first(0), Some(Grade::Right))]);
    kept(&SessionId("s".to_owned()), &session.runs[0], first(0), START).unwrap().persona
}
