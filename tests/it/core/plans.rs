//! Written plans at random: any valid plan ends, within its stated bound of calls, for any pattern of failures and whatever
//! the person does to it; and one that is interrupted after any record goes on to the same end, and makes no call twice.

use super::sim::{Moments, Outcome, Script, Sim, Wish};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use synod::config::plans;
use synod::core::forecast::Forecast;
use synod::core::price::Prices;
use synod::core::recipe::Cast;
use synod::core::shuffle::{mix, shuffle};
use synod::core::{
    Ask, Call, CallId, Council, EndState, Event, Handed, Member, Progress, Question, Record, Run, next,
    prompt,
};

const MEMBERS: u16 = 5;

fn council() -> Council {
    let member =
        |seat| Member::new(&format!("m{seat}"), format!("house{}/model-{seat}", seat % 3).parse().unwrap());
    Council { name: "random".to_owned(), members: (1..=MEMBERS).map(member).collect(), ..Council::default() }
}

/// A plan that is being made up: what its stages are called, and which of them bring texts of how many members.
#[derive(Default)]
struct Made {
    text: String,
    /// Stages that answer, with how many members.
    answers: Vec<(String, u16)>,
    /// Stages whose result is a text.
    texts: Vec<String>,
    gates: Vec<String>,
    /// How many stages there are so far.
    count: usize,
}

impl Made {
    fn stage(&mut self, kind: &str, rest: &str) -> String {
        self.count += 1;
        let name = format!("s{}", self.count);
        let _ = write!(self.text, "\n[[stage]]\nname = \"{name}\"\ndo = \"{kind}\"\n{rest}");
        name
    }

    fn answer(&mut self, members: u16, rest: &str) -> String {
        let names: Vec<String> = (1..=members).map(|seat| format!("\"m{seat}\"")).collect();
        let name = self.stage("answer", &format!("by = [{}]\n{rest}", names.join(", ")));
        self.answers.push((name.clone(), members));
        self.texts.push(name.clone());
        name
    }

    /// One more stage, drawn from four numbers.
    fn add(&mut self, [kind, one, two, three]: [u8; 4]) {
        let pick = |list: &[String], by: u8| list[usize::from(by) % list.len()].clone();
        let seat = u16::from(three) % MEMBERS + 1;
        if self.answers.is_empty() {
            let members = u16::from(one) % MEMBERS + 1;
            self.answer(members, if two % 2 == 0 { "" } else { "confidence = true\n" });
            return;
        }
        let (of, members) = self.answers[usize::from(one) % self.answers.len()].clone();
        let text = pick(&self.texts, two);
        // What the person may have written themselves is a text, and no answer of a member.
        let gated = self.gates.contains(&text);
        match kind % 13 {
            0 => drop(self.answer(u16::from(two) % MEMBERS + 1, "")),
            1 => {
                let rest = format!("by = \"m{seat}\"\nsees = [\"{text}\"]\ntask = \"Make it shorter.\"\n");
                let name = self.stage("answer", &rest);
                self.texts.push(name);
            }
            2 => {
                let name = self.stage("answer", &format!("by = \"m{seat}\"\nsees = [\"{of}\"]\n"));
                self.texts.push(name);
            }
            3 if members > 1 => {
                let name = self.stage("merge", &format!("by = \"m{seat}\"\nsees = [\"{of}\"]\n"));
                self.texts.push(name);
            }
            4 if members > 2 => {
                let vote = self.stage("vote", &format!("sees = [\"{of}\"]\n"));
                if three % 2 == 0 {
                    self.stage(
                        "answer",
                        &format!("by = \"m{seat}\"\nsees = [\"{of}\"]\ntask = \"Decide.\"\nwhen = {{ undecided = \"{vote}\" }}\n"),
                    );
                }
                self.texts.push(vote);
            }
            5 if members > 1 => {
                let rest = format!("sees = [\"{of}\"]\nrounds = {}\n", two % 3 + 1);
                let until = ["", "until = \"unanimity\"\n", "until = \"unmoved\"\n"][usize::from(three) % 3];
                let name = self.stage("debate", &format!("{rest}{until}"));
                self.texts.push(name);
            }
            6 => {
                let check = self.stage("check", &format!("by = \"m{seat}\"\nsees = [\"{of}\"]\n"));
                let when = if two % 2 == 0 { "faulted" } else { "sound" };
                let rest = format!(
                    "by = \"m1\"\nsees = [\"{of}\", \"{check}\"]\ntask = \"Mend it.\"\nwhen = {{ {when} = \"{check}\" }}\n"
                );
                let name = self.stage("answer", &rest);
                self.texts.push(name);
            }
            7 => {
                let by = if two % 2 == 0 { String::new() } else { format!("by = \"m{seat}\"\n") };
                let road = ["", "road = \"one\"\n", "road = \"full\"\n"][usize::from(three) % 3];
                let route = self.stage("route", &format!("{by}{road}"));
                let name = self.stage("answer", &format!("by = \"chosen by {route}\"\n"));
                self.texts.push(name);
            }
            8 if !gated => {
                let rest =
                    format!("sees = [\"{text}\"]\nback = {{ to = \"{text}\", times = {} }}\n", three % 3 + 1);
                let name = self.stage("hand-over", &rest);
                self.texts.push(name.clone());
                self.gates.push(name);
            }
            9 => {
                let agreement = if two % 2 == 0 { "" } else { ", agreement = 0.7" };
                let rest = format!(
                    "by = \"m{seat}\"\nbeside = \"{of}\"\nwhen = {{ unsettled = \"{of}\", same = 2{agreement} }}\nposition = true\n"
                );
                let name = self.stage("answer", &rest);
                self.texts.push(name);
            }
            10 => {
                let result = if two % 2 == 0 { "merge" } else { "vote" };
                let name = self.stage(
                    "council",
                    &format!("by = [\"m1\", \"m2\", \"m3\"]\nsees = [\"{text}\"]\ntask = \"Answer anew.\"\nresult = \"{result}\"\n"),
                );
                self.texts.push(name);
            }
            11 => {
                let name = self.stage("answer", &format!("by = \"m{seat}\"\nsamples = {}\n", two % 4 + 2));
                self.texts.push(name);
            }
            12 => {
                let when = if two % 2 == 0 { "failed" } else { "worked" };
                let rest = format!("by = \"m{seat}\"\nwhen = {{ {when} = \"{of}\" }}\n");
                let name = self.stage("answer", &rest);
                self.texts.push(name);
            }
            _ => drop(self.answer(2, "")),
        }
    }
}

/// The text of a plan that is made up of these numbers.
fn written(stages: &[[u8; 4]]) -> String {
    let mut made = Made { text: "name = \"random\"\nabout = \"made up\"\n".to_owned(), ..Made::default() };
    for stage in stages {
        made.add(*stage);
    }
    made.text
}

fn cast(text: &str) -> Cast {
    let recipe = plans::parse("random.toml", text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    recipe
        .cast(&council(), &Prices::default(), &BTreeMap::new())
        .unwrap_or_else(|misfit| panic!("{misfit:?}\n{text}"))
}

/// A plan, how its calls end, and what the person does.
#[derive(Clone, Debug)]
struct Case {
    text: String,
    fates: Vec<u8>,
    person: Vec<u8>,
    seed: u64,
}

impl Case {
    /// What a call comes to: the same whenever it is asked.
    fn outcome(&self, run: &Run, call: &Call) -> Outcome {
        let CallId { stage, round, slot, attempt, .. } = call.id;
        let luck =
            mix(&[self.seed, u64::from(stage.0), u64::from(round), u64::from(slot), u64::from(attempt)]);
        let fate = self.fates[(luck % self.fates.len() as u64) as usize];
        let ms = 10 * (1 + luck / 64 % 3);
        let ask = run.stage(stage).unwrap().stage.ask;
        let text = match ask {
            Ask::Ballot if !fate.is_multiple_of(3) => {
                let mut labels: Vec<String> = (0..call.shown.len()).map(prompt::label).collect();
                shuffle(&mut labels, luck);
                serde_json::json!({ "reason": "because", "ranking": labels }).to_string()
            }
            Ask::Check => {
                let word = ["holds", "fails", "open"][(luck / 7 % 3) as usize];
                format!("[1] {word}: so it is\n[2] open: who knows")
            }
            Ask::Route if !fate.is_multiple_of(3) => {
                let road = ["one", "few", "full"][(luck / 11 % 3) as usize];
                format!("{{\"road\": \"{road}\", \"reason\": \"it looks so\"}}")
            }
            _ => format!("{} says it is {}.\n\nPOSITION: {}", call.member, luck / 13 % 2, luck / 13 % 2),
        };
        match fate {
            0 => Outcome::new(EndState::Failed, "", ms),
            1 => Outcome::new(EndState::Refused, "", ms),
            2 => Outcome::new(EndState::Cut, &text[..text.len() / 2], ms),
            3 => Outcome::new(EndState::Stopped, "", ms),
            _ => Outcome::new(EndState::Done, &text, ms),
        }
    }

    /// What the person does at a gate: what its number says, so that a resumed run meets the same person.
    fn wish(&self, run: &Run) -> Option<Event> {
        let gate = run.gates().next()?;
        let given = &gate.begun.as_ref().unwrap().given;
        let at = usize::from(gate.stage.id.0);
        let handed = match self.person[at % self.person.len()] % 5 {
            0 => Handed::Approved,
            1 => Handed::Edited("My own words.".to_owned()),
            2 => given.iter().find_map(|given| given.call).map_or(Handed::Approved, Handed::Chosen),
            _ if run.may_send_back(gate) > 0 => Handed::SentBack("Again, please.".to_owned()),
            _ => Handed::Approved,
        };
        run.hand_over(gate.stage.id, handed)
    }

    /// Whether the person skips this stage as soon as it is there to be skipped.
    fn skips(&self, run: &Run) -> Option<Event> {
        let wanted = |at: u16| self.person[usize::from(at) % self.person.len()] % 16 == 15;
        let stages = run.stages.iter().map(|state| state.stage.id).filter(|id| wanted(id.0));
        stages.into_iter().find_map(|id| run.skip(id))
    }

    /// Goes on to the end from where it is.
    fn go_on(&self, sim: &mut Sim<'_>) {
        loop {
            sim.advance();
            if let Some(event) = sim.run().and_then(|run| self.skips(run)) {
                sim.record(event);
                continue;
            }
            if let Some(open) = sim.open().first().copied() {
                sim.end(open);
                continue;
            }
            let Some(event) = sim.run().and_then(|run| self.wish(run)) else { return };
            sim.record(event);
        }
    }

    fn script(&self) -> (Script, Cast) {
        let cast = cast(&self.text);
        let script = Script {
            council: cast.council.clone(),
            seed: self.seed,
            wishes: Vec::new(),
            moments: Moments::Fitting,
            stop_at: None,
            retries: 0,
        };
        (script, cast)
    }

    fn played(&self) -> (Vec<Record>, Cast) {
        let (script, cast) = self.script();
        let world = |run: &Run, call: &Call| self.outcome(run, call);
        let mut sim = Sim::start(&world, &script);
        sim.advance();
        let plan = Some(Box::new(cast.planned()));
        sim.grant(&Wish::Ask(Question {
            text: "Which?".to_owned(),
            plan,
            council: cast.council.clone(),
            ..Question::default()
        }));
        self.go_on(&mut sim);
        (sim.log, cast)
    }
}

fn run_of(log: &[Record]) -> Run {
    synod::core::Session::replay(log).runs.pop().unwrap()
}

fn calls_made(log: &[Record]) -> Vec<CallId> {
    let call = |record: &Record| match &record.event {
        Event::CallStarted { call, .. } => Some(*call),
        _ => None,
    };
    log.iter().filter_map(call).collect()
}

prop_compose! {
    fn any_case()(
        stages in prop::collection::vec(any::<[u8; 4]>(), 1..9),
        fates in prop::collection::vec(prop_oneof![Just(0), Just(1), Just(2), Just(3), 4u8..40, 4u8..40, 4u8..40, 4u8..40], 1..12),
        person in prop::collection::vec(any::<u8>(), 1..8),
        seed in 0u64..1000,
    ) -> Case {
        Case { text: written(&stages), fates, person, seed }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_plan_ends_within_its_stated_bound(case in any_case()) {
        let (log, cast) = case.played();
        let run = run_of(&log);
        prop_assert_eq!(next(&run).state, Progress::Settled, "{}", case.text);
        prop_assert!(run.finished(), "{}", case.text);
        let calls = calls_made(&log);
        prop_assert!(run.stages.iter().all(|state| state.skipped().is_some()) || !calls.is_empty(), "{}", case.text);
        let bound = Forecast::of_plan(&Prices::default(), &cast.council, &cast.stages, 100).calls;
        prop_assert!(calls.len() <= bound as usize, "{} calls, {bound} were stated\n{}", calls.len(), case.text);
        let distinct: BTreeSet<&CallId> = calls.iter().collect();
        prop_assert_eq!(distinct.len(), calls.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_interrupted_plan_goes_on_from_any_record_to_the_same_end(case in any_case()) {
        let (log, _) = case.played();
        let (script, _) = case.script();
        let world = |run: &Run, call: &Call| case.outcome(run, call);
        let began = log.iter().position(|record| matches!(record.event, Event::RunStarted { .. })).unwrap();
        for cut in began + 1..=log.len() {
            let mut sim = Sim::resume(&world, &script, &log[..cut]);
            case.go_on(&mut sim);
            prop_assert_eq!(calls_made(&sim.log), calls_made(&log), "cut after {}\n{}", cut, &case.text);
            prop_assert_eq!(&run_of(&sim.log).stages, &run_of(&log).stages, "cut after {}\n{}", cut, &case.text);
        }
    }
}

/// That the plans made up here are not too tame.
#[test]
fn the_plans_made_up_here_meet_every_kind_of_stage() {
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    for kind in 0..13 {
        let text = written(&[[0, 3, 0, 0], [kind, 0, 1, 2], [kind, 0, 0, 1]]);
        let cast = cast(&text);
        kinds.extend(cast.stages.iter().map(|stage| format!("{:?}", stage.ask)));
        kinds.extend(
            cast.stages.iter().filter(|stage| !stage.when().is_always()).map(|_| "condition".to_owned()),
        );
    }
    let all = ["Answer", "Ballot", "Check", "Critique", "HandOver", "Merge", "Route", "condition"];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), all);
}
