//! A run of a written plan taken out of the workbench: as Markdown, stage by stage, and as the command that repeats it.
#![cfg(test)]

use crate::core::sim::{Moments, Outcome, Script, Sim, Wish};
use crate::played::{opening, press};
use std::collections::BTreeMap;
use synod::app::plan::choose::Offered;
use synod::app::{App, Effect, Focus, Offers, Opening};
use synod::config::plans;
use synod::core::price::Prices;
use synod::core::{Call, Council, EndState, Handed, ModelRef, Question, Recipe, Record, Run};

fn built_in(plan: &str) -> Recipe {
    let text = plans::built_in().into_iter().find(|(name, _)| *name == plan).unwrap().1;
    plans::parse(plan, text).unwrap()
}

fn council() -> Council {
    let models: Vec<ModelRef> =
        ["x/ada", "x/bo", "x/cy"].iter().map(|model| model.parse().unwrap()).collect();
    Council::of_models("three", &models)
}

/// The records of a question to a plan; at gates the person decides so.
fn records(plan: &str, roles: &[(&str, &str)], text: &'static str, mut handed: Vec<Handed>) -> Vec<Record> {
    let one = |(role, member): &(&str, &str)| ((*role).to_owned(), vec![(*member).to_owned()]);
    let roles: BTreeMap<String, Vec<String>> = roles.iter().map(one).collect();
    let cast = built_in(plan).cast(&council(), &Prices::default(), &roles).unwrap();
    let question = Question {
        text: "Tabs or spaces?".to_owned(),
        council: cast.council.clone(),
        plan: Some(Box::new(cast.planned())),
        ..Question::default()
    };
    let say = move |run: &Run, call: &Call| {
        let text = format!("{} in {}. {text}", call.member, run.title(call.id.stage));
        Outcome::new(EndState::Done, &text, 100)
    };
    let wishes = Vec::new();
    let script =
        Script { council: council(), seed: 5, wishes, moments: Moments::Fitting, stop_at: None, retries: 0 };
    let mut sim = Sim::start(&say, &script);
    sim.advance();
    sim.grant(&Wish::Ask(question));
    loop {
        sim.advance();
        let gate = sim.run().unwrap().gates().next().map(|state| state.stage.id);
        match (sim.open().first().copied(), gate) {
            (Some(call), _) => sim.end(call),
            (None, Some(gate)) => {
                let decided = sim.run().unwrap().hand_over(gate, handed.remove(0)).unwrap();
                sim.record(decided);
            }
            (None, None) => return sim.log,
        }
    }
}

fn workbench(records: Vec<Record>) -> App {
    let offered = |name: &str| Offered { name: name.to_owned(), recipe: Ok(built_in(name)) };
    let plans = plans::built_in().iter().map(|(name, _)| offered(name)).collect();
    let offers = Offers { plans, ..Offers::default() };
    let mut app = App::new(Opening { council: Some(council()), records, offers, ..opening() });
    app.focus = Focus::Board;
    app
}

fn command(app: &mut App) -> String {
    let effects = press(app, "C");
    let [Effect::Copy { text, .. }] = &effects[..] else { panic!("{effects:?}") };
    text.clone()
}

/// The lines of a text, in order, with others between them.
fn holds(text: &str, lines: &[&str]) {
    let mut rest = text.lines();
    for line in lines {
        assert!(rest.any(|other| other == *line), "{line:?}, in order, in\n{text}");
    }
}

#[test]
fn a_plan_is_told_stage_by_stage() {
    let handed = vec![Handed::SentBack("Shorter.".to_owned()), Handed::Edited("Spaces it is.".to_owned())];
    let app = workbench(records("hand-over", &[], "POSITION: spaces", handed));
    let text = app.markdown().unwrap();
    holds(
        &text,
        &[
            "# Tabs or spaces?",
            "*Plan: hand-over, done.*",
            "## Stage drafts (answer, done)",
            "### ada",
            "ada in drafts. POSITION: spaces",
            "### cy",
            "## Stage your-word (hand-over, done)",
            "*sent back by you:*",
            "Shorter.",
            "## Stage drafts (2) (answer, done)",
            "## Stage your-word (2) (hand-over, done)",
            "*edited by you:*",
            "Spaces it is.",
            "## Stage final (answer, done)",
        ],
    );
    let of_ada = app.run().unwrap().calls.values().filter(|call| call.member.0 == "ada").count();
    assert_eq!(text.matches("### ada\n").count(), of_ada, "each call stands at its place: {text}");
    assert!(text.contains("## Outcome (final, by "), "{text}");
}

#[test]
fn what_was_left_out_and_which_road_was_taken_is_told_with_reasons() {
    let app = workbench(records("routing", &[], "So it is.", Vec::new()));
    let text = app.markdown().unwrap();
    holds(&text, &["## Stage route (route, done)", "## Stage merge-few (merge, skipped)"]);
    assert!(text.contains("\nRoad one: "), "{text}");
    assert!(text.contains("\n- not taken: full, ada, bo, cy (cost not known, right with 0.88)\n"), "{text}");
    assert!(text.contains("*Skipped: route took the road one.*"), "{text}");
    assert!(!text.contains("## Claims"), "one answer agrees with nobody: {text}");
}

#[test]
fn the_command_names_the_plan_and_the_roles_that_were_given_by_hand() {
    let mut app = workbench(records("pipeline", &[], "", Vec::new()));
    let words = command(&mut app);
    assert!(words.starts_with("synod ask -m x/ada -m x/bo -m x/cy --plan pipeline --seed "), "{words}");
    let by_hand = records("pipeline", &[("writer", "cy"), ("critic", "ada")], "", Vec::new());
    let words = command(&mut workbench(by_hand));
    assert!(
        words.contains(" --plan pipeline --role writer=cy --role critic=ada --role editor=bo --seed"),
        "{words}"
    );
    // The seats of samples are the plan's, not the council's.
    let words = command(&mut workbench(records("self-mixture", &[("one", "bo")], "", Vec::new())));
    assert!(
        words.starts_with("synod ask -m x/ada -m x/bo -m x/cy --plan self-mixture --role one=bo "),
        "{words}"
    );
}
