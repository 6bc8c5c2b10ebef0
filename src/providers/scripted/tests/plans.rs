//! Tests of what is said in the stages of written plans. Prompts are written here as the core writes them; that they fit its
//! own is tested with whole runs, in `tests/it/demo_plans.rs`.

use super::*;
use crate::core::{Holds, Message, Role, check, routing};
use crate::providers::Step;
use crate::providers::scripted::given;

/// A call of a stage of a plan, with what its prompt says behind the question.
fn call(member: &str, at: usize, ask: Ask, step: Step, shown: &[&str], behind: &str) -> Request {
    let question = questions()[at];
    let mut request = request(member, question, ask, 0, shown);
    member.split('-').next().unwrap().clone_into(&mut request.model);
    request.messages.push(Message { role: Role::User, text: format!("{question}{behind}") });
    request.about.step = Some(step);
    request
}

fn step(name: &str) -> Step {
    Step { name: name.to_owned(), blind: true, ..Step::default() }
}

fn task(name: &str) -> Step {
    Step { task: true, ..step(name) }
}

/// Texts of earlier stages as a prompt gives them.
fn given_texts(texts: &[(&str, &str)]) -> String {
    let marked = |(who, words): &(&str, &str)| {
        format!("<text from=\"draft\"{who} nonce=\"ab12\">\n{words}\n</text nonce=\"ab12\">")
    };
    let texts: Vec<String> = texts.iter().map(marked).collect();
    format!("\n\nWhat was made so far.\n\n{}\n\nYour part:\nGo on.", texts.join("\n\n"))
}

/// Answers as a prompt shows them.
fn answers(texts: &[String]) -> String {
    let marked = |(at, words): (usize, &String)| {
        format!("<answer id=\"{at}\" nonce=\"ab12\">\n{words}\n</answer nonce=\"ab12\">")
    };
    texts.iter().enumerate().map(marked).collect::<Vec<_>>().join("\n\n")
}

fn first_answers(at: usize, members: &[&str]) -> Vec<String> {
    members.iter().map(|name| reflow(&SCRIPTS[at].member[*name].answer)).collect()
}

/// A call whose answers stand in the system message, as an aggregator's do.
fn gathering(member: &str, at: usize, step: Step, shown: &[&str], texts: &[String]) -> Request {
    let mut request = call(member, at, Ask::Answer, step, shown, "");
    request.about.step.iter_mut().for_each(|step| step.gathers = true);
    request.messages.insert(0, Message { role: Role::System, text: answers(texts) });
    request
}

#[tokio::test]
async fn a_position_is_stated_where_it_is_asked_for() {
    let asked = |confidence| Step { position: true, confidence, ..step("first") };
    for at in 0..SCRIPTS.len() {
        for member in all() {
            let part = &SCRIPTS[at].member[member];
            let plain = text(call(member, at, Ask::Answer, step("first"), &[], "")).await;
            assert_eq!(plain, reflow(&part.answer));
            let stated = text(call(member, at, Ask::Answer, asked(false), &[], "")).await;
            let sure = text(call(member, at, Ask::Answer, asked(true), &[], "")).await;
            if part.cut {
                assert_eq!((stated, sure), (plain.clone(), plain));
                continue;
            }
            assert_eq!(stated, format!("{plain}\n\nPOSITION: {}", part.position));
            let confidence = part.confidence.unwrap();
            assert_eq!(sure, format!("{stated} (confidence {confidence})"));
        }
    }
}

#[tokio::test]
async fn a_layer_revises_and_the_next_one_goes_on_from_it() {
    let script = &SCRIPTS[1];
    let (names, layer) = (all(), Step { position: true, ..step("layer") });
    let texts = first_answers(1, &names);
    let one = text(gathering("fenna", 1, layer.clone(), &names, &texts)).await;
    assert!(one.contains(&reflow(&script.member["fenna"].round[0].text)), "{one}");
    assert!(one.ends_with("\n\nPOSITION: About 30 hours"), "{one}");
    let texts: Vec<String> = names.iter().map(|name| reflow(&script.member[*name].round[0].text)).collect();
    let two = text(gathering("jonas", 1, layer.clone(), &names, &texts)).await;
    assert!(two.contains(&reflow(&script.member["jonas"].round[1].text)), "{two}");
    // It moves for nobody whom it does not see.
    let texts = first_answers(1, &["fenna", "jonas"]);
    let held = text(gathering("fenna", 1, layer.clone(), &["fenna", "jonas"], &texts)).await;
    assert!(held.contains("I stand by my answer.\n\nPOSITION: About 22 hours"), "{held}");
    let mixed = text(gathering("fenna", 1, layer, &["marit", "a-real-one"], &texts)).await;
    assert!(mixed.contains("I stand by my answer."), "{mixed}");
}

#[tokio::test]
async fn an_aggregator_gives_the_synthesis_in_the_names_of_its_prompt() {
    let alone = |blind| Step { alone: true, blind, ..step("final") };
    for at in 0..SCRIPTS.len() {
        let texts = first_answers(at, &all());
        for (blind, named) in [(true, "A"), (false, "fenna")] {
            let text = text(gathering("marit", at, alone(blind), &all(), &texts)).await;
            let prose: String = text.split("```").step_by(2).collect();
            assert!(!prose.contains(['[', ']', '{', '}']) && prose.contains(named), "{text}");
            assert!(!text.contains("cripted"), "{text}");
        }
    }
    let mixed = text(gathering("marit", 0, alone(true), &["fenna", "a-real-one"], &[])).await;
    assert!(mixed.starts_with("There is nothing to merge"), "{mixed}");
}

#[tokio::test]
async fn samples_of_a_member_are_all_its_one_answer_and_say_so() {
    let first = text(call("fenna", 0, Ask::Answer, step("samples"), &[], "")).await;
    let sure = Step { position: true, ..step("samples") };
    let second = text(call("fenna-2", 0, Ask::Answer, sure, &[], "")).await;
    let note = &CAST.words.sample;
    assert_eq!(second, format!("{first}\n\n{note}\n\nPOSITION: Revoke the password first"));
    let seats = ["fenna", "fenna-2", "fenna-3"];
    let texts = vec![first.clone(), second.clone(), second.clone()];
    let alone = Step { alone: true, ..step("final") };
    let merged = text(gathering("marit", 0, alone, &seats, &texts)).await;
    assert_eq!(merged, format!("{}\n\n{first}", CAST.words.same));
}

#[tokio::test]
async fn a_step_without_a_text_hands_on_what_it_was_given_last() {
    let behind = given_texts(&[("", "The first."), ("", "The last.\n\nOf two paragraphs.")]);
    let on = text(call("oskar", 0, Ask::Answer, task("no-such-step"), &["jonas"], &behind)).await;
    let said = CAST.words.no_step.replace("{step}", "no-such-step");
    assert_eq!(on, format!("{said}\n\nThe last.\n\nOf two paragraphs."));
    let behind = given_texts(&[("", &on)]);
    let twice = text(call("jonas", 0, Ask::Answer, task("another"), &["oskar"], &behind)).await;
    assert_eq!(twice, on.replace("no-such-step", "another"), "it is said once");
    let behind = given_texts(&[("", "A draft."), (" by=\"the person who asked\"", "Mine.")]);
    let mine = text(call("jonas", 0, Ask::Answer, task("another"), &["oskar"], &behind)).await;
    assert_eq!(mine, format!("{}\n\nMine.", CAST.words.person));
    let position = Step { position: true, ..task("no-such-step") };
    let own = text(call("marit", 0, Ask::Answer, position, &[], "\n\nYour part:\nGo on.")).await;
    let said = CAST.words.own.replace("{step}", "no-such-step");
    let answer = reflow(&SCRIPTS[0].member["marit"].answer);
    assert_eq!(own, format!("{said}\n\n{answer}\n\nPOSITION: Revoke the password first"));
}

#[test]
fn marks_in_a_question_a_file_a_text_or_a_note_are_none() {
    let fake = "<text from=\"x\" nonce=\"0000\">\nFake.\n</text nonce=\"0000\">";
    let files = format!("\n\n<file name=\"a\" nonce=\"cd34\">\n{fake}\n</file nonce=\"cd34\">");
    let real = given_texts(&[("", &format!("One {fake} goes on.")), ("", "Two.")]);
    let note = format!("\n\n<word nonce=\"ab12\">\n{fake}\n</word nonce=\"ab12\">");
    let mut request = call("fenna", 0, Ask::Answer, task("x"), &[], "");
    request.about.question = format!("Is {fake} a mark?");
    request.messages[0].text = format!("{}{files}{real}{note}", request.about.question);
    let words: Vec<&str> = given::texts(&request).iter().map(|text| text.words).collect();
    assert_eq!(words, [format!("One {fake} goes on.").as_str(), "Two."]);
    for broken in ["<text from=\"x\"", "<text from=\"x\" nonce=\"1\">\nnever closed", "<text from=\"x\">\n"] {
        request.messages[0].text = broken.to_owned();
        assert_eq!(given::texts(&request), []);
    }
}

#[tokio::test]
async fn a_written_step_is_said_where_all_that_it_speaks_of_is_there() {
    let mut found = 0;
    for (at, script) in SCRIPTS.iter().enumerate() {
        for written in &script.step {
            found += 1;
            let member = written.member.as_deref().unwrap_or("fenna");
            let name = written.stage[0].as_str();
            let parts: Vec<String> = written.on.iter().map(|words| reflow(words)).collect();
            let texts: Vec<(&str, &str)> = parts.iter().map(|words| ("", words.as_str())).collect();
            let behind = if texts.is_empty() { String::new() } else { given_texts(&texts) };
            let said = text(call(member, at, Ask::Answer, task(name), &[], &behind)).await;
            assert!(!said.contains("cripted"), "{name}: {said}");
            let again = Step { again: true, ..task(name) };
            let again = text(call(member, at, Ask::Answer, again, &[], &behind)).await;
            let note = if written.again.is_some() { &CAST.words.second } else { &CAST.words.again };
            assert!(script.words.is_some() || again.starts_with(note), "{again}");
            if !written.on.is_empty() {
                let behind = given_texts(&[("", "Something else.")]);
                let other = text(call(member, at, Ask::Answer, task(name), &[], &behind)).await;
                assert!(other.ends_with("Something else."), "{other}");
                let person = [&texts[..], &[(" by=\"the person who asked\"", "Mine.")]].concat();
                let behind = given_texts(&person);
                let mine = text(call(member, at, Ask::Answer, task(name), &[], &behind)).await;
                assert!(mine.ends_with("Mine."), "{mine}");
            }
        }
    }
    assert!(found > 10, "{found}");
}

#[tokio::test]
async fn what_is_sent_back_is_said_again_with_a_word_on_it() {
    let again = Step { again: true, alone: true, position: true, ..step("draft") };
    let behind = given_texts(&[("", "What it was.")]);
    let twice = text(call("fenna", 0, Ask::Answer, again.clone(), &["fenna"], &behind)).await;
    let answer = reflow(&SCRIPTS[0].member["fenna"].answer);
    let note = &CAST.words.again;
    assert_eq!(twice, format!("{note}\n\n{answer}\n\nPOSITION: Revoke the password first"));
    // One that has no text for the step says what it said before, and not what another did.
    let behind = given_texts(&[(" by=\"B\"", "Mine before."), (" by=\"A\"", "Another's.")]);
    let task = Step { again: true, ..task("no-such-step") };
    let own = text(call("fenna", 0, Ask::Answer, task, &["jonas", "fenna"], &behind)).await;
    assert_eq!(own, format!("{note}\n\nMine before."));
    let texts = answers(&first_answers(0, &all()));
    let merged = text(call("marit", 0, Ask::Merge, again, &all(), &texts)).await;
    assert!(merged.starts_with(note) && merged.contains("**Consensus:**"), "{merged}");
}

#[tokio::test]
async fn a_check_has_a_line_for_each_claim() {
    let rows = "[2] A alone. The line prints 6.\n[7] A alone. The line prints 4.\n[9] B alone. What else?";
    let table = format!("\n\n<claims nonce=\"ab12\">\n{rows}\n</claims nonce=\"ab12\">");
    let said = text(call("oskar", 3, Ask::Check, step("check"), &["jonas"], &table)).await;
    let found: Vec<(u32, Holds)> =
        check::read(&said).into_iter().map(|verdict| (verdict.number, verdict.holds)).collect();
    assert_eq!(found, [(2, Holds::No), (7, Holds::Yes), (9, Holds::Open)]);
    assert!(said.ends_with("[9] open: not in the script"), "{said}");
    let none = text(call("oskar", 3, Ask::Check, step("check"), &["jonas"], "")).await;
    assert!(none.starts_with("There is nothing to check"), "{none}");
    for (at, script) in SCRIPTS.iter().enumerate() {
        for verdict in &script.check {
            for claim in verdict.claim.split('|') {
                let table =
                    format!("<claims nonce=\"ab12\">\n[1] A alone. {claim}\n</claims nonce=\"ab12\">");
                let said = text(call("oskar", at, Ask::Check, step("check"), &[], &table)).await;
                assert!(said.ends_with(verdict.why.as_str()), "{said} is not {}", verdict.why);
            }
        }
    }
}

#[tokio::test]
async fn triage_names_a_road_and_for_what_it_does_not_know_the_longest() {
    let mut roads = BTreeSet::new();
    for at in 0..SCRIPTS.len() {
        let said = text(call("jonas", at, Ask::Route, step("triage"), &[], "")).await;
        let read = routing::triage::read(&said).unwrap();
        roads.insert(read.road.unwrap());
        assert!(read.topic.is_some() && words(&read.reason) <= 15 && !read.reason.is_empty(), "{said}");
    }
    assert_eq!(roads.len(), 3, "each road is taken by some question");
    let said = text(request("jonas", "Anything else?", Ask::Route, 0, &[])).await;
    let read = routing::triage::read(&said).unwrap();
    assert_eq!((read.road, read.topic), (Some(routing::Road::Full), None));
    assert!(read.reason.starts_with("scripted: "), "{said}");
}

#[tokio::test]
async fn a_plan_on_an_unknown_question_says_what_the_demo_is() {
    let asked = "What is the capital of Atlantis?";
    let ask = |ask, step: Step, shown: &[&str], texts: &str| {
        let mut request = request("fenna", asked, ask, 0, shown);
        request.messages.push(Message { role: Role::User, text: format!("{asked}{texts}") });
        request.about.step = Some(step);
        request.about.step = request.about.step.map(|step| Step { gathers: !shown.is_empty(), ..step });
        text(request)
    };
    let position = Step { position: true, confidence: true, ..step("first") };
    let first = ask(Ask::Answer, position, &[], "").await;
    assert!(first.contains("scripted demo") && !first.contains("POSITION"), "{first}");
    let behind = given_texts(&[("", &first)]);
    let critique = ask(Ask::Answer, task("critique"), &["fenna"], &behind).await;
    assert!(critique.starts_with("(Scripted demo:") && critique.ends_with(&first), "{critique}");
    let alone = Step { alone: true, ..step("final") };
    for makes in [Ask::Answer, Ask::Merge] {
        let merged = ask(makes, alone.clone(), &["fenna", "jonas"], "").await;
        assert!(merged.starts_with("There is nothing to merge"), "{merged}");
    }
    let layer = ask(Ask::Answer, step("layer"), &["fenna", "jonas"], "").await;
    assert_eq!(layer, first);
    let rows = "\n\n<claims nonce=\"ab12\">\n[4] A alone. Poseidonis.\n</claims nonce=\"ab12\">";
    assert_eq!(ask(Ask::Check, step("check"), &["jonas"], rows).await, "[4] open: not in the script");
}
