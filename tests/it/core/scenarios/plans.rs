//! What a scenario says of a written plan: which one, cast with whom, what the person does to it while it runs, and what comes
//! of its stages, by their names.

use super::{Doing, Scenario, named};
use crate::core::sim::{Sim, Wish};
use serde::Deserialize;
use std::collections::BTreeMap;
use synod::agreement::planned;
use synod::config::plans;
use synod::core::price::{Price, Prices};
use synod::core::question::Planned;
use synod::core::recipe::{Cast, Recipe};
use synod::core::{
    Ask, Call, CallId, Council, Event, Given, Handed, Holds, MemberId, Message, ModelRef, Phase, Question,
    Record, Role, Run, Session, StageId, StageState, Steer, Step, Way,
};
use synod::headless::report::plain::plan as told;
use synod::headless::report::{self, json, plain};

/// The plan of a scenario, and what it takes to cast it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Play {
    /// One of those that are built in.
    plan: Option<String>,
    /// Or one that is written out here.
    plan_toml: Option<String>,
    /// Who takes a role by hand.
    roles: BTreeMap<String, Vec<String>>,
    /// What a million tokens of a member cost, to tell cheap from strong; the others cost nothing.
    prices: BTreeMap<String, f64>,
    /// The models of members, where it matters of which family they are.
    models: BTreeMap<String, String>,
    /// What members know best.
    topics: BTreeMap<String, Vec<String>>,
    /// All calls of the last run in the order in which they began, each as `stage name`.
    order: Option<Vec<String>>,
    /// How far the plan is in the end; done where nothing is said.
    ends: Option<String>,
    /// What the last run comes to.
    outcome: Option<Came>,
    /// The exit code of `synod ask`; 0 where nothing is said.
    exit: Option<u8>,
    /// Lines of the plain text, in order.
    told: Vec<String>,
}

/// What a run comes to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Came {
    /// Of which stage.
    of: String,
    /// Whose text it is: a member, or `you`.
    by: String,
    /// The text.
    text: Option<String>,
    /// The position that it states, as `42` or `42 (0.9)`.
    position: Option<String>,
}

impl Play {
    /// The plan, as it is written.
    pub fn recipe(&self) -> Option<Recipe> {
        let text = match (&self.plan, &self.plan_toml) {
            (None, None) => return None,
            (Some(name), _) => {
                let path = format!("{}/assets/plans/{name}.toml", env!("CARGO_MANIFEST_DIR"));
                std::fs::read_to_string(path).unwrap()
            }
            (None, Some(text)) => text.clone(),
        };
        Some(plans::parse("the plan", &text).unwrap_or_else(|faults| panic!("{faults:?}")))
    }

    /// The model of a member.
    pub fn model(&self, name: &str) -> String {
        self.models.get(name).cloned().unwrap_or_else(|| format!("fake/{name}"))
    }

    /// What a member knows best.
    pub fn topics(&self, name: &str) -> Vec<String> {
        self.topics.get(name).cloned().unwrap_or_default()
    }

    /// What models cost.
    pub fn prices(&self) -> Prices {
        let price = |(name, usd): (&String, &f64)| {
            (self.model(name).parse().unwrap(), Price { input: *usd, output: *usd, ..Price::FREE })
        };
        let free = self.model("x").split('/').next().map(str::to_owned);
        Prices {
            known: self.prices.iter().map(price).collect(),
            free: free.into_iter().collect(),
            ..Prices::default()
        }
    }

    /// Holds the reports of it to their word: what is printed while it runs is what is printed of it later.
    fn told(&self, about: &str, session: &Session, log: &[Record]) {
        let (free, run) = (|_: &ModelRef| Some(Price::FREE), session.runs.last().unwrap());
        assert_eq!(report::exit_code(run), self.exit.unwrap_or(0), "{about}: exit code");
        let text = plain::session(session, &free);
        let mut rest = text.lines();
        for line in &self.told {
            assert!(rest.any(|other| other == line), "{about}: the line {line:?}, in order, in\n{text}");
        }
        let mut live = Session::default();
        let (mut printed, mut so_far) = (Vec::new(), String::new());
        for record in log {
            live.apply(record);
            for piece in live.run(run.id).map(|run| told::pieces(run, false)).unwrap_or_default() {
                if !printed.contains(&piece) {
                    so_far.push_str(&told::piece(live.run(run.id).unwrap(), piece));
                    printed.push(piece);
                }
            }
        }
        let (whole, stands): (Vec<_>, Vec<_>) = (told::pieces(run, true), told::stands(run));
        // Without a screen nobody has a plan go on that was stopped.
        let resumed = log.iter().any(|record| matches!(record.event, Event::Resumed { .. }));
        if run.way() == Way::Done && !resumed {
            assert_eq!(printed, whole, "{about}: the pieces that were printed while it ran");
            let words: String = whole.iter().map(|piece| told::piece(run, *piece)).collect();
            assert_eq!(so_far, words, "{about}: what was printed while it ran");
            assert!(text.contains(&words), "{about}: what is printed of it later");
        }
        assert!(
            printed.iter().filter(|piece| stands.contains(piece)).count() == stands.len(),
            "{about}: all that stands"
        );
        let object = json::run(session, run, json::Sums { prices: &free, day: None }, &[]);
        let plan = &object["plan"];
        let stages = plan["stages"].as_array().unwrap();
        assert_eq!(stages.len(), run.stages.len(), "{about}: every stage is in the object");
        for (object, state) in stages.iter().zip(&run.stages) {
            let id = state.stage.id;
            assert_eq!(object["name"], run.title(id), "{about}");
            assert_eq!(object["state"], run.phase(state).word(), "{about}");
            let calls = object["calls"].as_array().unwrap();
            assert_eq!(calls.len(), run.calls_of(id).count(), "{about}: every call is in the object");
            if let Some(why) = state.skipped() {
                assert_eq!(object["why"], why, "{about}");
            }
        }
        let outcome = planned::outcome(run);
        assert_eq!(plan["outcome"]["text"].as_str(), outcome.map(|outcome| outcome.text), "{about}");
    }

    /// The plan, cast with a council.
    pub fn cast(&self, council: &Council) -> Option<Cast> {
        let cast = self.recipe()?.cast(council, &self.prices(), &self.roles);
        Some(cast.unwrap_or_else(|misfit| panic!("{misfit}")))
    }

    /// Whether the scenario names all calls itself, so that not every stage need be told of.
    pub fn tells_all(&self) -> bool {
        self.order.is_some()
    }

    /// Holds what the last run came to to its word, and what is told of it.
    pub fn check(&self, about: &str, session: &Session, log: &[Record]) {
        let run = session.runs.last().unwrap();
        if self.recipe().is_some() {
            self.told(about, session, log);
        }
        if let Some(order) = &self.order {
            let mut calls: Vec<(u16, &Call)> =
                run.calls.values().map(|call| (call.id.stage.0, call)).collect();
            calls.sort_by_key(|(stage, call)| (call.started_at, *stage, call.id));
            let told: Vec<String> = calls.iter().map(|(_, call)| placed(run, call)).collect();
            assert_eq!(&told, order, "{about}: all calls in order");
        }
        if self.recipe().is_some() {
            let ends = self.ends.as_deref().unwrap_or("done");
            assert_eq!(run.way().word(), ends, "{about}: how far the plan is");
        }
        if let Some(came) = &self.outcome {
            let outcome = planned::outcome(run).unwrap_or_else(|| panic!("{about}: it came to nothing"));
            let by = outcome.member.map_or("you", |name| name.0.as_str());
            assert_eq!(
                (run.title(outcome.stage), by),
                (came.of.clone(), came.by.as_str()),
                "{about}: outcome"
            );
            if let Some(text) = &came.text {
                assert_eq!(outcome.text, text, "{about}: the text of the outcome");
            }
            let position = outcome.position.map(|position| {
                let sure = position.confidence.map(|sure| format!(" ({sure})"));
                format!("{}{}", position.value, sure.unwrap_or_default())
            });
            assert_eq!(position, came.position, "{about}: the position of the outcome");
        }
    }
}

/// A call by its stage and turn: `draft ada`, `debate ada r1`.
fn placed(run: &Run, call: &Call) -> String {
    format!("{} {}", run.title(call.id.stage), named(call))
}

/// Whether a call is of the stage of that name; of what is gone through once more it bears a number, `draft (2)`.
pub(super) fn is_at(run: &Run, call: &Call, stage: &str) -> bool {
    run.title(call.id.stage) == stage
}

/// What a member says in a stage of a plan where the scenario does not say: its name and the stage; for a check that everything
/// holds.
pub(super) fn usual(run: &Run, call: &Call, ask: Ask) -> Option<String> {
    let state = run.stage(call.id.stage)?;
    state.stage.name()?;
    match ask {
        Ask::Check => {
            let table = state.begun.as_ref().map_or(&[][..], |begun| begun.table.as_slice());
            let line = |number: u32| format!("[{number}] holds: so it is");
            Some(table.iter().map(|row| line(row.number)).collect::<Vec<_>>().join("\n"))
        }
        Ask::Ballot | Ask::Critique => None,
        _ => Some(format!("{}, {}.", call.member, run.title(call.id.stage))),
    }
}

/// What the person does to a running plan, and when.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Steering {
    /// Has it begin nothing new: `after STAGE NAME`, as soon as that call is over; or `now`.
    Pause(String),
    /// Has it go on, once all is quiet: what was paused, or was stopped.
    GoOn(bool),
    /// Leaves a stage out: `STAGE` at once, `STAGE while NAME` as soon as that member speaks in it.
    Skip(String),
    /// Stops those that still write in a stage: `STAGE after NAME`, as soon as that member is done in it.
    Cut(String),
    /// Stops everything: `after STAGE NAME`.
    Stop(String),
    /// Decides where it waits: `approve`, `edit: TEXT`, `choose: NAME`, `back: NOTE`.
    HandOver(String),
    /// The same is refused there.
    Refused(String),
    /// Gives a member a task on what it came to: `NAME: TASK`.
    Then(String),
}

/// The last call of that turn in a stage of that name.
fn in_stage<'r>(run: &'r Run, stage: &str, turn: &str) -> Option<&'r Call> {
    run.calls.values().rfind(|call| run.title(call.id.stage) == stage && named(call) == turn)
}

/// A call by its place, `STAGE NAME`.
fn at<'r>(run: &'r Run, place: &str) -> Option<&'r Call> {
    run.calls.values().rfind(|call| placed(run, call) == place)
}

/// The stage of that title.
pub(super) fn stage_of(run: &Run, title: &str) -> StageId {
    let found = run.stages.iter().map(|state| state.stage.id).find(|id| run.title(*id) == title);
    let titles = || run.stages.iter().map(|state| run.title(state.stage.id)).collect::<Vec<_>>();
    found.unwrap_or_else(|| panic!("no stage {title}; there are {:?}", titles()))
}

impl Steering {
    pub fn due(&self, sim: &Sim<'_>, quiet: bool) -> bool {
        let run = sim.run().unwrap();
        match self {
            Self::Pause(when) | Self::Stop(when) => match when.strip_prefix("after ") {
                Some(place) => at(run, place).is_some_and(Call::ended),
                None => true,
            },
            Self::Skip(what) => match what.split_once(" while ") {
                Some((stage, turn)) => in_stage(run, stage, turn).is_some_and(|call| !call.ended()),
                None => true,
            },
            Self::Cut(what) => {
                let (stage, turn) = what.split_once(" after ").unwrap();
                in_stage(run, stage, turn).is_some_and(Call::ended)
            }
            _ => quiet,
        }
    }

    pub fn take(&self, sim: &mut Sim<'_>) {
        let run = sim.run().unwrap();
        let gate = || run.gates().next().expect("it waits for the person").stage.id;
        let (event, cut) = match self {
            Self::Pause(_) => (run.hold(true), None),
            Self::GoOn(on) if run.paused => (run.hold(!on), None),
            Self::GoOn(_) => (run.go_on(), None),
            Self::Skip(what) => {
                let stage =
                    stage_of(run, what.split_once(" while ").map_or(what.as_str(), |(stage, _)| stage));
                (run.steer(Steer::Skip(stage)), Some(stage))
            }
            Self::Cut(what) => {
                let stage = stage_of(run, what.split_once(" after ").unwrap().0);
                assert_eq!(run.steer(Steer::Cut(stage)), None, "what is there will do: no record needed");
                (None, Some(stage))
            }
            Self::Stop(_) => {
                sim.stop_all();
                return sim.open().into_iter().for_each(|id| sim.deliver(id, 0));
            }
            Self::HandOver(word) => (run.hand_over(gate(), decision(run, word)), None),
            Self::Refused(word) => {
                assert_eq!(run.hand_over(gate(), decision(run, word)), None, "{word:?} is refused");
                return;
            }
            Self::Then(text) => {
                let (member, task) = text.split_once(": ").unwrap();
                let last = sim.session.runs.len() - 1;
                return sim.grant(&Wish::Extend(last, Step::Task(member.into(), task.to_owned())));
            }
        };
        match event {
            Some(event) => sim.record(event),
            None => assert!(matches!(self, Self::Cut(_)), "a step is refused"),
        }
        // Who speaks in it is hung up on.
        let open: Vec<CallId> = sim.open().into_iter().filter(|id| Some(id.stage) == cut).collect();
        for id in open {
            sim.hang_up(id);
        }
    }
}

fn decision(run: &Run, word: &str) -> Handed {
    match word.split_once(": ") {
        None if word == "approve" => Handed::Approved,
        Some(("edit", text)) => Handed::Edited(text.to_owned()),
        Some(("back", note)) => Handed::SentBack(note.to_owned()),
        Some(("choose", name)) => {
            let given = run.gates().next().unwrap().begun.as_ref().unwrap().given.clone();
            let of = |given: &Given| run.calls[&given.call.unwrap()].member.0 == name;
            Handed::Chosen(given.iter().find(|given| of(given)).unwrap().call.unwrap())
        }
        _ => panic!("{word:?}"),
    }
}

/// What is expected of a stage of a plan beside its calls.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Stood {
    /// Why it is left out.
    skipped: Option<String>,
    /// Why it is begun, where it has a condition.
    since: Option<String>,
    /// The texts that it began with, each as `stage name`, or `stage you` for the person's own.
    given: Option<Vec<String>>,
    /// The road that it took, with whom: `few: ada, bo`.
    road: Option<String>,
    /// What decided on that: `score`, `triage`, `rule` and so on.
    by: Option<String>,
    /// Words of its reasons, in order.
    reasons: Option<Vec<String>>,
    /// The roads that were not taken, each as `full: ada, bo, cy`, and what they would cost more in US dollars where that is
    /// said, as `full: ada, bo, cy +0.0012`.
    not_taken: Option<Vec<String>>,
    /// The claims that it checked, each as `fails: the words of the claim`.
    checked: Option<Vec<String>>,
    /// Words that the system message holds, by call.
    system: BTreeMap<String, Vec<String>>,
    /// Words that the system message lacks, by call.
    system_lacks: BTreeMap<String, Vec<String>>,
}

fn names(members: &[MemberId]) -> String {
    members.iter().map(|name| name.0.as_str()).collect::<Vec<_>>().join(", ")
}

fn whose(run: &Run, given: &Given) -> String {
    let who = given.call.map_or("you", |call| run.calls[&call].member.0.as_str());
    format!("{} {who}", run.title(given.from))
}

impl Stood {
    pub fn check(&self, at: &str, run: &Run, state: &StageState) {
        let planned = state.stage.part.is_some();
        if planned || self.skipped.is_some() {
            assert_eq!(state.skipped(), self.skipped.as_deref(), "{at}: why it is left out");
        }
        if let Some(since) = &self.since {
            let why = state.decided.as_ref().map(|decided| (decided.go, decided.why.as_str()));
            assert_eq!(why, Some((true, since.as_str())), "{at}: why it is begun");
        }
        assert_eq!(run.phase(state) == Phase::Skipped, state.skipped().is_some(), "{at}: its phase");
        if let Some(given) = &self.given {
            let begun = state.begun.as_ref().unwrap_or_else(|| panic!("{at}: it never began"));
            let texts: Vec<String> = begun.given.iter().map(|given| whose(run, given)).collect();
            let answers = begun.answers.iter().map(|call| Given { from: call.stage, call: Some(*call) });
            let answers: Vec<String> = answers.map(|given| whose(run, &given)).collect();
            assert_eq!(if texts.is_empty() { &answers } else { &texts }, given, "{at}: what it is given");
        }
        if let Some(road) = &self.road {
            let routed = state.routed.as_ref().unwrap_or_else(|| panic!("{at}: no road was taken"));
            assert_eq!(
                &format!("{}: {}", routed.road.name(), names(&routed.members)),
                road,
                "{at}: the road"
            );
        }
        if let (Some(by), Some(routed)) = (&self.by, &state.routed) {
            assert_eq!(serde_json::json!(routed.by), serde_json::json!(by), "{at}: what decided");
        }
        if let (Some(reasons), Some(routed)) = (&self.reasons, &state.routed) {
            let mut rest = routed.why.iter();
            for words in reasons {
                assert!(rest.any(|why| why.contains(words.as_str())), "{at}: {words:?} in {:#?}", routed.why);
            }
        }
        if let (Some(not_taken), Some(routed)) = (&self.not_taken, &state.routed) {
            let told: Vec<String> = routed
                .not_taken
                .iter()
                .zip(not_taken)
                .map(|(other, said)| {
                    let more = other.more.filter(|_| said.contains('+') || said.contains(" -"));
                    let more = more.map(|more| format!(" {:+.5}", more as f64 / 1e9)).unwrap_or_default();
                    format!("{}: {}{more}", other.road.name(), names(&other.members))
                })
                .collect();
            assert_eq!(
                (&told, routed.not_taken.len()),
                (not_taken, not_taken.len()),
                "{at}: the roads not taken"
            );
        }
        if let Some(checked) = &self.checked {
            let told = planned::claims(run, state.stage.id);
            let told: Vec<String> =
                told.iter().map(|claim| format!("{}: {}", Holds::word(claim.holds), claim.words)).collect();
            assert_eq!(&told, checked, "{at}: what was checked");
        }
        let system = |who: &String| -> String {
            let call = run.calls_of(state.stage.id).find(|call| named(call) == *who).unwrap();
            let system = |message: &&Message| message.role == Role::System;
            call.messages.iter().filter(system).map(|message| message.text.as_str()).collect()
        };
        for (who, words) in &self.system {
            let text = system(who);
            for words in words {
                assert!(
                    text.contains(words.as_str()),
                    "{at}: the system message of {who} lacks {words:?} in\n{text}"
                );
            }
        }
        for (who, words) in &self.system_lacks {
            let text = system(who);
            for words in words {
                assert!(
                    !text.contains(words.as_str()),
                    "{at}: the system message of {who} has {words:?} in\n{text}"
                );
            }
        }
    }
}

impl Scenario {
    /// A question with the scenario's plan, where it has one.
    pub(super) fn with_plan(&self, question: Question, council: &Council) -> Question {
        let Some(cast) = self.play.cast(council) else { return question };
        let plan = Planned { name: cast.name.clone(), stages: cast.stages };
        Question { plan: Some(Box::new(plan)), council: cast.council, ..question }
    }
}

/// What the person asks next, in this run's place or after it.
pub(super) fn asks(doing: &Doing, run: &Run) -> Option<Question> {
    let (text, replaces) = match doing {
        Doing::Ask(text) => (text.clone(), None),
        Doing::Replace(text) => (text.clone(), Some(run.id)),
        _ => return None,
    };
    Some(Question { text, replaces, ..Question::default() })
}

/// Every plan that is built in has a scenario of its own.
#[test]
fn every_plan_that_is_built_in_is_played() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut played: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let plan = text.lines().find_map(|line| line.strip_prefix("plan = \""));
        played.extend(plan.map(|name| name.trim_end_matches('"').to_owned()));
    }
    for (name, _) in plans::built_in() {
        assert!(played.iter().any(|other| other == name), "no scenario plays {name}");
    }
}
