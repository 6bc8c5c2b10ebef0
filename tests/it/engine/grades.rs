//! A grade on its way: on record, in the file that outlives the session, and what is said where that can't be written.

use super::desk::{Desk, Rules, council, home, last};
use synod::core::{Command, Event, Grade, Protocol, RunId, StageId};
use synod::engine::News;
use synod::store::grades::{file_beside, load};

async fn answered(desk: &mut Desk) -> synod::core::CallId {
    desk.ask("Q", &council(&["a", "b"]), Protocol::Ask).await;
    desk.call("a").await.answer("It is 12.");
    desk.call("b").await.answer("It is 12.");
    desk.over(1).await;
    last(&desk.session, 1, 0, "b").id
}

#[tokio::test(start_paused = true)]
async fn a_grade_is_on_record_and_in_the_file() {
    let (_home, root) = home();
    let file = file_beside(&root);
    let mut desk = Desk::strict(&root, Rules { grades: Some(file.clone()), ..Rules::default() });
    let call = answered(&mut desk).await;
    let grade = |grade, topic: Option<&str>| Command::Grade { call, grade, topic: topic.map(str::to_owned) };
    desk.send(grade(Some(Grade::Right), Some(" law "))).await;
    desk.until(|session| !session.runs[0].grades.is_empty()).await;
    let kept = load(&file).unwrap();
    let [line] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((line.call, line.grade, line.topic.as_deref()), (call, Some(Grade::Right), Some("law")));
    assert_eq!((line.model.to_string().as_str(), line.session.0.as_str()), ("play/b", "s"));
    assert_eq!(line.like, last(&desk.session, 1, 0, "a").id, "a came to the same before");
    assert_eq!(line.came_to.as_ref().map(|it| it.value.as_str()), Some("12"));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("It is"), "no answer is kept in full: {text}");
    // The same again is no record; another replaces it; none takes it back.
    desk.send(grade(Some(Grade::Right), None)).await;
    desk.send(grade(None, None)).await;
    desk.until(|session| session.runs[0].grades.is_empty()).await;
    assert_eq!(load(&file).unwrap(), []);
    let (_, records) = desk.close().await;
    let graded: Vec<&Event> = records
        .iter()
        .map(|record| &record.event)
        .filter(|event| matches!(event, Event::Graded { .. }))
        .collect();
    assert_eq!(graded.len(), 2, "{graded:?}");
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_kept_is_said_and_stays_in_the_session() {
    let (home, root) = home();
    // Something that is no file stands in its place.
    let file = home.path().join("grades.jsonl");
    std::fs::create_dir(&file).unwrap();
    let mut desk = Desk::strict(&root, Rules { grades: Some(file), ..Rules::default() });
    let call = answered(&mut desk).await;
    desk.send(Command::Grade { call, grade: Some(Grade::Wrong), topic: None }).await;
    desk.until(|session| !session.runs[0].grades.is_empty()).await;
    while desk.said.is_empty() {
        desk.take().await;
    }
    let [News::Note(line)] = desk.said.as_slice() else { panic!("{:?}", desk.said) };
    assert!(line.starts_with("the grade is in this session alone"), "{line}");
    let (session, _) = desk.close().await;
    assert_eq!(session.run(RunId(1)).unwrap().calls_of(StageId(0)).count(), 2);
}
