//! Tests of how records are written and read.

use super::*;

#[test]
fn an_older_question_reads_as_one_without_files_and_is_written_as_it_was() {
    let line = r#"{"v":1,"seq":2,"at":5,"kind":"run_started","run":1,"question":"Q","council":{"name":"c","members":[]},"protocol":"ask","seed":7,"plan":[]}"#;
    let record: Record = serde_json::from_str(line).unwrap();
    let Event::RunStarted { files, replaces, .. } = &record.event else { panic!("{record:?}") };
    assert_eq!((files.len(), *replaces), (0, None));
    assert_eq!(serde_json::to_string(&record).unwrap(), line);
}

#[test]
fn a_cap_is_kept_in_billionths() {
    let event = Event::CapSet { cap: Dollars(5_260_000_000), was: Some(Dollars(1_000_000_000)) };
    let line = serde_json::to_string(&event).unwrap();
    assert_eq!(line, r#"{"kind":"cap_set","cap":5260000000,"was":1000000000}"#);
    assert_eq!((event.run(), serde_json::from_str(&line).ok()), (None, Some(event)));
    let first = r#"{"kind":"cap_set","cap":5}"#;
    let event = Event::CapSet { cap: Dollars(5), was: None };
    assert_eq!(
        (serde_json::to_string(&event).unwrap(), serde_json::from_str(first).ok()),
        (first.to_owned(), Some(event))
    );
}

#[test]
fn wishes_are_kept_by_these_names() {
    let (run, member) = (RunId(2), MemberId::from("bo"));
    let call = CallId { run, stage: StageId(1), round: 0, slot: 3, attempt: 1 };
    for (event, expected) in [
        (Event::RetryAsked { call }, r#"{"kind":"retry_asked","call":"2.1.0.3.1"}"#),
        (Event::MemberLeft { run, member }, r#"{"kind":"member_left","run":2,"member":"bo"}"#),
    ] {
        assert_eq!(serde_json::to_string(&event).unwrap(), expected);
        assert_eq!((event.run(), serde_json::from_str(expected).ok()), (Some(run), Some(event)));
    }
    let member = Member::new("bo", "local/m".parse().unwrap());
    let line = serde_json::to_string(&Event::MemberJoined { run, member }).unwrap();
    assert!(
        line.starts_with(r#"{"kind":"member_joined","run":2,"member":{"name":"bo","model":"local/m""#),
        "{line}"
    );
}
