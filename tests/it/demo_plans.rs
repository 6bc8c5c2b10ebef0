//! The demo in written plans: every built-in plan on every demo question, through the engine, with what is said in it. How a
//! single reply comes about is tested beside the script's reader.

use crate::engine::plans::{decided, question, to_its_end};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use synod::agreement::position;
use synod::config::plans;
use synod::core::claim_table::citations;
use synod::core::forecast::Forecast;
use synod::core::price::Prices;
use synod::core::{Ask, Call, Command, EndState, Handed, Run, Session, StageId, check, routing};
use synod::providers::scripted;

/// What stands above or below a text that a step has no script for, in both languages of the demo.
const SAYS_SO: [&str; 2] = ["(Scripted demo: ", "（剧本演示："];

/// The plans in which a member says no such thing, whatever the question.
const WRITTEN: [&str; 11] = [
    "confidence",
    "cross-check",
    "hand-over",
    "hierarchy",
    "mixture",
    "pipeline",
    "pyramid",
    "pyramid-3",
    "routing",
    "specialists",
    "triage",
];

/// Those that fit one question, by its place.
const FITTING: [(&str, usize); 3] = [("code", 3), ("risk-assessment", 4), ("technical-docs", 0)];

async fn played(plan: &str, at: usize) -> Session {
    Session::replay(&to_its_end(&[], Command::Ask(question(plan, at))).await)
}

fn run(session: &Session) -> &Run {
    session.runs.last().unwrap()
}

/// A stage by its name; gone through once more, its last time.
fn stage(run: &Run, name: &str) -> StageId {
    run.stages.iter().rev().find(|state| state.stage.name() == Some(name)).unwrap().stage.id
}

fn calls(run: &Run, stage: StageId) -> Vec<&Call> {
    run.calls.values().filter(|call| call.id.stage == stage).collect()
}

/// The one text of a stage.
fn text<'r>(run: &'r Run, name: &str) -> &'r str {
    let calls = calls(run, stage(run, name));
    let [call] = calls[..] else { panic!("{} texts of {name}", calls.len()) };
    &call.text
}

fn skipped(run: &Run, name: &str) -> bool {
    run.stage(stage(run, name)).unwrap().skipped().is_some()
}

/// The files of the questions, in their order.
fn scripts() -> Vec<toml::Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap() != "council.toml");
    files.sort();
    files.iter().map(|file| toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
}

/// That a reply is one of the demo: something, and nothing that is not to be seen.
fn is_fit(call: &Call, what: &str) {
    let text = &call.text;
    assert!(!text.trim().is_empty(), "{what}: no text");
    for scar in ["[=", "{fenna", "{jonas", "{marit", "{oskar", "{step}", "{all}", "{shown}"] {
        assert!(!text.contains(scar), "{what}: {text}");
    }
    let lower = text.to_lowercase();
    for claim in ["as an ai", "language model", "i am a model", "my training"] {
        assert!(!lower.contains(claim), "{what}: {text}");
    }
    let notes: usize = SAYS_SO.iter().map(|note| text.matches(note).count()).sum();
    assert!(notes <= 1, "{what}: {text}");
}

fn is_in_form(run: &Run, call: &Call, what: &str) {
    let state = run.stage(call.id.stage).unwrap();
    let (part, cut) = (state.stage.part.as_ref().unwrap(), call.end == Some(EndState::Cut));
    if part.position && !cut {
        let said = position(&call.text);
        let sure = said.confidence.is_some_and(|sure| (0.5..1.0).contains(&sure));
        assert!(said.stated() && sure == part.confidence, "{what}: {}", call.text);
    }
    match state.stage.ask {
        Ask::Check => {
            let table: Vec<u32> =
                state.begun.iter().flat_map(|begun| &begun.table).map(|row| row.number).collect();
            let said: Vec<u32> = check::read(&call.text).into_iter().map(|verdict| verdict.number).collect();
            assert!(!table.is_empty(), "{what}");
            assert_eq!(said, table, "{what}");
        }
        Ask::Route => {
            let road = routing::triage::read(&call.text).and_then(|triage| triage.road);
            assert_eq!(road, state.routed.as_ref().map(|routed| routed.road), "{what}: {}", call.text);
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_plan_is_played_on_every_question() {
    for (plan, source) in plans::built_in() {
        let recipe = plans::parse(plan, source).unwrap();
        let cast = recipe.cast(&scripted::council(), &Prices::default(), &BTreeMap::new()).unwrap();
        for (at, question) in scripted::questions().into_iter().enumerate() {
            let session = played(plan, at).await;
            let run = run(&session);
            let what = format!("{plan} on {question}");
            assert!(run.finished() && run.result().is_some(), "{what}");
            let bound = Forecast::of_plan(&Prices::default(), &cast.council, &cast.stages, 100);
            let made = run.calls.len() as u32;
            assert!((bound.fewest..=bound.calls).contains(&made), "{what}: {made} calls, {}", bound.range());
            for call in run.calls.values() {
                is_fit(call, &what);
                is_in_form(run, call, &what);
                if WRITTEN.contains(&plan) || FITTING.contains(&(plan, at)) {
                    assert!(!SAYS_SO.iter().any(|note| call.text.contains(note)), "{what}: {}", call.text);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_plan_that_fits_no_question_says_so_and_ends_with_an_answer() {
    let session = played("creative-writing", 1).await;
    let run = run(&session);
    for call in run.calls.values() {
        assert!(SAYS_SO.iter().any(|note| call.text.starts_with(note)), "{}", call.text);
    }
    let polished = text(run, "polished");
    assert!(
        polished.contains("\"polished\"") && polished.contains("over a 1 Gbit/s line takes"),
        "{polished}"
    );
}

#[tokio::test]
async fn a_pyramid_stops_early_on_one_question_and_goes_up_on_another() {
    let mut went_up = Vec::new();
    for at in 0..scripted::questions().len() {
        let session = played("pyramid", at).await;
        if !skipped(run(&session), "escalated") {
            went_up.push(at);
        }
    }
    // One of the two was cut short, the two differ, and again.
    assert_eq!(went_up, [2, 3, 6, 7]);
    let session = played("pyramid", 1).await;
    let run = run(&session);
    let why = &run.stage(stage(run, "escalated")).unwrap().decided.as_ref().unwrap().why;
    assert_eq!(why, "stopped early: both agree on 22 hours");
}

#[tokio::test]
async fn a_check_finds_the_wrong_answer_and_it_is_mended() {
    for at in 0..scripted::questions().len() {
        let session = played("cross-check", at).await;
        let run = run(&session);
        let (faults, checked) = run.faults_found(stage(run, "check"));
        assert!(checked > 5, "{checked}");
        assert_eq!(faults > 0, at == 3, "{faults} faults on question {at}");
        assert_eq!(skipped(run, "revised"), at != 3);
    }
    let session = played("cross-check", 3).await;
    let run = run(&session);
    assert!(text(run, "answer").ends_with("So the answer is 6."));
    assert!(text(run, "revised").ends_with("So the answer is 4."));
}

#[tokio::test]
async fn each_road_is_taken_by_some_question() {
    let mut roads = BTreeSet::new();
    for at in 0..scripted::questions().len() {
        let session = played("triage", at).await;
        let run = run(&session);
        roads.insert(run.stage(stage(run, "triage")).unwrap().routed.as_ref().unwrap().road);
    }
    assert_eq!(roads.len(), 3);
}

/// How many brackets a text of a script has.
fn brackets(text: &toml::Value) -> usize {
    text["text"].as_str().unwrap().matches("[=").count()
}

#[tokio::test]
async fn the_texts_of_small_councils_and_majorities_cite_all_that_they_name() {
    for (at, script) in scripts().iter().enumerate() {
        let of = |members: [&str; 2]| {
            let names = |it: &&toml::Value| {
                let of = it.get("of").and_then(toml::Value::as_array);
                of.is_some_and(|of| of.iter().filter_map(toml::Value::as_str).eq(members))
            };
            script["synthesis"].as_array().unwrap().iter().find(names).unwrap()
        };
        let majority = |it: &&toml::Value| it["stage"][0].as_str() == Some("majority");
        let majority = script["step"].as_array().unwrap().iter().find(majority).unwrap();
        let (hierarchy, confidence) = (played("hierarchy", at).await, played("confidence", at).await);
        for (run, name, written) in [
            (run(&hierarchy), "left-council", of(["fenna", "jonas"])),
            (run(&hierarchy), "right-council", of(["marit", "oskar"])),
            (run(&confidence), "majority", majority),
        ] {
            let said = text(run, name);
            assert_eq!(citations(said).len(), brackets(written), "{name} on question {at}: {said}");
        }
    }
}

#[tokio::test]
async fn what_is_sent_back_is_said_again_and_what_the_person_wrote_goes_on() {
    let back = |run: &Run, gate: &synod::core::StageState| match run.may_send_back(gate) {
        3 => Handed::SentBack("Shorter, please.".to_owned()),
        _ => Handed::Approved,
    };
    for (at, note) in
        [(1, "This second version was written beforehand.)"), (0, "The text is the same once more.)")]
    {
        let session = Session::replay(&decided(&[], Command::Ask(question("hand-over", at)), back).await);
        let run = run(&session);
        let drafts = calls(run, stage(run, "drafts"));
        assert_eq!(drafts.len(), 4);
        for draft in drafts {
            is_fit(draft, "hand-over");
            assert!(draft.text.starts_with(SAYS_SO[0]) && draft.text.contains(note), "{}", draft.text);
        }
        let made = text(run, "final");
        assert!(!made.contains(SAYS_SO[0]) && made.len() > 200, "{made}");
    }
    let edit = |_: &Run, _: &synod::core::StageState| Handed::Edited("My own words.".to_owned());
    let session = Session::replay(&decided(&[], Command::Ask(question("hand-over", 1)), edit).await);
    let made = text(run(&session), "final");
    assert!(made.starts_with(SAYS_SO[0]) && made.ends_with("\n\nMy own words."), "{made}");
}
