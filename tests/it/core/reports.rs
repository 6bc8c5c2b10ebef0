//! What is in view, and what reports say, of runs with files, retries, newcomers and members that left. What the
//! command line prints of plain ones is in [`crate::cli`].

use super::sim::{Moments, Outcome, Script, Sim, Wish};
use serde_json::{Value, json};
use synod::agreement::outcome;
use synod::config::Price;
use synod::core::{
    Ask, Call, Channel, Council, EndState, Event, File, Member, ModelRef, Protocol, Question, Run, RunId,
    Session, StageId, Step,
};
use synod::headless::report::{exit_code, json, plain};

/// A world in which first attempts of those who are named fail, and everything else is said.
fn world(failing: &'static [&'static str]) -> impl Fn(&Run, &Call) -> Outcome {
    move |run, call| {
        let ask = run.stage(call.id.stage).unwrap().stage.ask;
        let fails = call.id.attempt == 1 && ask == Ask::Answer && failing.contains(&call.member.0.as_str());
        if fails {
            return Outcome::new(EndState::Failed, "", 100);
        }
        let text = format!("{} said this in {}.", call.member, call.id);
        Outcome::new(EndState::Done, &text, 100 + u64::from(call.id.slot))
    }
}

fn script() -> Script {
    let models: Vec<ModelRef> = ["x/ada", "x/bo", "x/cy"].iter().map(|text| text.parse().unwrap()).collect();
    let council = Council::of_models("trio", &models);
    Script { council, seed: 3, wishes: Vec::new(), moments: Moments::Any, stop_at: None, retries: 0 }
}

/// Lets everything that is open come in, and what follows it.
fn quiet(sim: &mut Sim<'_>) {
    sim.advance();
    while let Some(id) = sim.open().first().copied() {
        sim.end(id);
        sim.advance();
    }
}

fn wish(sim: &mut Sim<'_>, wish: &Wish) {
    sim.grant(wish);
    quiet(sim);
}

fn retry(sim: &mut Sim<'_>, member: &str, stage: u16) {
    let run = sim.run().unwrap();
    let call = run.calls_of(StageId(stage)).rfind(|call| call.member.0 == member).unwrap();
    let event = run.retry(call.id).unwrap();
    sim.record(event);
}

fn question(protocol: Protocol) -> Wish {
    Wish::Ask(Question { text: "Which?".to_owned(), protocol, ..Question::default() })
}

fn newcomer(name: &str) -> Wish {
    Wish::Join(0, Member::new(name, format!("x/{name}").parse().unwrap()))
}

fn told(session: &Session) -> (Value, String) {
    let run = session.runs.last().unwrap();
    let free = |_: &ModelRef| Some(Price::FREE);
    (json::run(session, run, json::Sums { prices: &free, day: None }, &[]), plain::session(session, &free))
}

#[test]
fn a_retried_answer_is_the_one_that_is_told_and_results_without_it_say_so() {
    let (world, script) = (world(&["bo"]), script());
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    wish(&mut sim, &question(Protocol::SYNTHESIS));
    assert_eq!(exit_code(sim.run().unwrap()), 3);
    retry(&mut sim, "bo", 0);
    quiet(&mut sim);
    let (object, text) = told(&sim.session);
    assert_eq!(exit_code(sim.run().unwrap()), 0, "everyone has answered in the end");
    assert_eq!(object["members"][1]["state"], "done");
    assert_eq!(object["members"][1]["attempts"], 2);
    assert_eq!(object["members"][0]["attempts"], 1);
    let note = "synthesis made without bo's retry; run the step again to take it in";
    assert_eq!(object["warnings"], json!([note]));
    assert!(text.contains(&format!("\nnote: {note}\n")), "{text}");
    assert!(
        text.contains("\n== bo, answer: failed") && text.contains("\n== bo, answer, attempt 2: done"),
        "{text}"
    );
    // Made again, it has nothing to say.
    wish(&mut sim, &Wish::Extend(0, Step::SYNTHESIS));
    let (object, text) = told(&sim.session);
    assert_eq!((&object["warnings"], text.contains("note: ")), (&json!([]), false), "{text}");
}

#[test]
fn files_who_was_asked_and_what_was_replaced_are_told() {
    let (world, script) = (world(&[]), script());
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    wish(&mut sim, &question(Protocol::Ask));
    let files = vec![
        File { name: "a.rs".to_owned(), text: "fn main() {}\n".to_owned() },
        File { name: "b\u{1b}[2J".to_owned(), text: "ß".to_owned() },
    ];
    let question = Question {
        text: "What is wrong?".to_owned(),
        files,
        only: Some("cy".into()),
        replaces: Some(RunId(1)),
        ..Question::default()
    };
    wish(&mut sim, &Wish::Ask(question));
    let (object, text) = told(&sim.session);
    let files = json!([{ "name": "a.rs", "bytes": 13 }, { "name": "b\u{1b}[2J", "bytes": 2 }]);
    assert_eq!(object["files"], files);
    assert_eq!((&object["only"], &object["replaces"]), (&json!("cy"), &json!(1)));
    assert_eq!(object["members"][0]["state"], Value::Null, "it was not asked");
    assert_eq!(object["members"][2]["state"], "done");
    assert!(text.contains("\nIn place of: question 1\nFiles: a.rs (13 bytes), b␛ (2 bytes)\n"), "{text}");
    assert!(text.contains("\nCouncil: trio (ada, bo, cy); asked: cy alone\n"), "{text}");
    assert_eq!(exit_code(sim.run().unwrap()), 0);
    // A name that nobody bears.
    let nobody = Question { text: "Hm?".to_owned(), only: Some("zoe".into()), ..Question::default() };
    wish(&mut sim, &Wish::Ask(nobody));
    let (object, text) = told(&sim.session);
    let why = "nobody to ask: there is no zoe in this council; ask one of its members";
    assert_eq!((&object["warnings"], exit_code(sim.run().unwrap())), (&json!([why]), 1));
    assert!(text.contains(&format!("\nnote: {why}\n")), "{text}");
    assert_eq!(
        json::session(&sim.session, json::Sums { prices: &|_| None, day: None }, &[])["runs"][0]["files"],
        json!([])
    );
}

#[test]
fn who_left_is_told_and_counts_in_no_agreement() {
    let (world, script) = (world(&[]), script());
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    wish(&mut sim, &question(Protocol::Ask));
    wish(&mut sim, &Wish::Leave(0, 1));
    let run = sim.run().unwrap();
    assert_eq!(outcome::texts(run).iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [0, 2]);
    assert!(outcome::in_view(run, 1).is_some_and(Call::done), "what it said stays in view");
    let (object, text) = told(&sim.session);
    assert_eq!((&object["members"][1]["left"], object["members"][0].get("left")), (&json!(true), None));
    assert!(text.contains("(ada, bo (left), cy)"), "{text}");
    assert!(!object["claims"].to_string().contains("\"bo\""), "{}", object["claims"]);
}

#[test]
fn a_debate_that_was_left_says_why_it_ended() {
    let (world, script) = (world(&["cy"]), script());
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    sim.grant(&question(Protocol::Debate(2)));
    sim.advance();
    sim.end_some(usize::MAX);
    sim.advance();
    sim.grant(&Wish::Leave(0, 0));
    quiet(&mut sim);
    let (object, text) = told(&sim.session);
    let why = "no debate: it takes two members with an answer, here are 1";
    assert_eq!(object["warnings"], json!([why]));
    assert!(text.contains(&format!("\nnote: {why}\n")), "{text}");
}

#[test]
fn rounds_count_on_through_a_second_debate() {
    let (world, script) = (world(&[]), script());
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    wish(&mut sim, &question(Protocol::Debate(2)));
    wish(&mut sim, &newcomer("dee"));
    wish(&mut sim, &Wish::Extend(0, Step::Debate(1)));
    retry(&mut sim, "dee", 2);
    quiet(&mut sim);
    let run = sim.run().unwrap();
    let seats: Vec<(u16, usize)> =
        outcome::turns(run).iter().map(|(number, calls)| (*number, calls.len())).collect();
    assert_eq!(
        seats,
        [(0, 4), (1, 3), (2, 3), (3, 4)],
        "one turn a seat, newcomers' first answers among the first"
    );
    let last = run.call(StageId(2), 1, 3).unwrap();
    assert_eq!((last.id.attempt, outcome::round(run, last.id)), (2, 3));
    assert_eq!(outcome::round(run, run.call(StageId(0), 0, 0).unwrap().id), 0);
    let (object, text) = told(&sim.session);
    assert_eq!(object["rounds"].as_array().unwrap().len(), 4);
    assert!(
        text.contains("\n== dee, round 3, attempt 2: done") && text.contains("\nround 3, dee: "),
        "{text}"
    );
    assert!(outcome::standing(run, last).change.is_some(), "it is held against its own answer before");
}

#[test]
fn a_call_that_is_asked_again_stays_in_view_until_the_new_one_says_something() {
    let (world, script) = (world(&[]), script());
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    wish(&mut sim, &question(Protocol::SYNTHESIS));
    let seen = |sim: &Sim<'_>| {
        let run = sim.run().unwrap();
        let answer = outcome::in_view(run, 0).unwrap();
        let made = outcome::chair(run, StageId(1)).unwrap();
        [answer, made].map(|call| (call.id.attempt, call.end))
    };
    retry(&mut sim, "ada", 0);
    retry(&mut sim, "ada", 1);
    sim.advance();
    let done = Some(EndState::Done);
    assert_eq!(seen(&sim), [(1, done), (1, done)], "nothing came yet");
    let open = sim.open();
    for call in &open {
        sim.record(Event::Delta { call: *call, channel: Channel::Thinking, text: "hm".to_owned() });
        assert_eq!(seen(&sim), [(1, done), (1, done)], "a thought is no text");
    }
    for call in &open {
        sim.record(Event::Delta { call: *call, channel: Channel::Text, text: "new".to_owned() });
    }
    assert_eq!(seen(&sim), [(2, None), (2, None)]);
    for call in open {
        let (state, text) = (EndState::Stopped, "new".to_owned());
        let event = Event::CallEnded {
            call,
            state,
            text,
            thinking: String::new(),
            usage: None,
            error: None,
            first_ms: None,
            total_ms: 1,
            pieces: 0,
            skipped: 0,
            mislabelled: None,
        };
        sim.record(event);
    }
    assert_eq!(seen(&sim), [(1, done), (1, done)], "what was stopped does not take its place");
    // Unless it is all there is.
    let mut sim = Sim::start(&world, &script);
    sim.advance();
    sim.grant(&question(Protocol::Ask));
    sim.advance();
    let call = sim.open()[0];
    sim.record(Event::Delta { call, channel: Channel::Text, text: "half".to_owned() });
    sim.stop_all();
    for id in sim.open() {
        sim.deliver(id, 0);
    }
    retry(&mut sim, "ada", 0);
    sim.advance();
    let again = outcome::in_view(sim.run().unwrap(), 0).unwrap();
    assert_eq!((again.id.attempt, again.end, again.text.as_str()), (1, Some(EndState::Stopped), "half"));
}

#[test]
fn a_stream_that_was_read_all_the_same_is_told_with_what_was_amiss() {
    let (world, script) = (world(&[]), script());
    let told_of = |skipped: u64, name: Option<&str>| {
        let mut sim = Sim::start(&world, &script);
        sim.advance();
        sim.grant(&question(Protocol::Ask));
        sim.advance();
        for call in sim.open() {
            sim.record(Event::CallEnded {
                call,
                state: EndState::Done,
                text: "Yes.".to_owned(),
                thinking: String::new(),
                usage: None,
                error: None,
                first_ms: None,
                total_ms: 1,
                pieces: 1,
                skipped,
                mislabelled: name.map(str::to_owned),
            });
        }
        let (object, text) = told(&sim.session);
        (object["members"][0].clone(), text)
    };
    let (member, text) = told_of(2, Some("text/html"));
    assert_eq!((&member["skipped_events"], &member["wrong_content_type"]), (&json!(2), &json!("text/html")));
    assert!(text.contains("(events of the stream that could not be read: 2)\n"), "{text}");
    let line = "(the answer was sent under a wrong content type and read all the same: text/html)\n";
    assert!(text.contains(line), "{text}");
    let (member, text) = told_of(0, Some(""));
    assert_eq!(member["wrong_content_type"], json!(""));
    assert!(text.contains("read all the same: no content type)\n"), "{text}");
    let (member, text) = told_of(0, None);
    assert!(member.get("wrong_content_type").is_none() && !text.contains("content type"), "{text}");
}
