//! Ollama's own dialect: lines, ends, errors. Not its requests: `tests/it/wire_dialects.rs`.

use super::*;

fn lines(lines: &[Value]) -> (Vec<Delta>, Option<ErrorKind>) {
    let body = lines.iter().map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
    let (deltas, error) = read(Kind::Ollama, [body.as_bytes()]);
    (deltas, error.map(|error| error.kind))
}

fn last(reason: &Value) -> Value {
    json!({"message": {"role": "assistant", "content": ""}, "done": true, "done_reason": reason, "eval_count": 4})
}

#[test]
fn the_line_that_is_done_ends_it() {
    let counted = Delta::Usage(Usage { output: 4, ..Usage::default() });
    let say = |said: Value| json!({"message": said, "done": false});
    for (reason, stop) in [
        (json!("stop"), DONE),
        (json!("length"), Delta::Stop(Stop::Length)),
        (json!("unload"), DONE),
        (json!(null), DONE),
    ] {
        let (got, error) = lines(&[
            say(json!({"thinking": "t", "content": ""})),
            say(json!({"content": "a", "thinking": null})),
            say(json!(null)),
            json!({"new_in_2027": 1}),
            json!([]),
            last(&reason),
            say(json!({"content": "late"})),
        ]);
        assert_eq!((got, error), (vec![thought("t"), text("a"), counted.clone(), stop], None), "{reason}");
    }
    assert_eq!(
        lines(&[say(json!({"content": "a"}))]),
        (vec![text("a")], Some(ErrorKind::EndedEarly)),
        "done: false is no end"
    );
}

#[test]
fn an_error_and_another_body_are_named() {
    let (got, error) = lines(&[json!({"message": {"content": "a"}}), json!({"error": "it broke"})]);
    assert_eq!((got, error), (vec![text("a")], Some(ErrorKind::Overloaded)));
    let (_, error) = lines(&[json!({"error": "model 'x' not found"})]);
    assert_eq!(error, Some(ErrorKind::NotFound));
    for body in ["data: {\"message\":{\"content\":\"a\"}}\n\n", "<html></html>", "{\n\"error\": \"x\"\n}\n"] {
        let error = read(Kind::Ollama, [body.as_bytes()]).1;
        assert_eq!(error.map(|error| error.kind), Some(ErrorKind::BadResponse), "{body}");
    }
}
