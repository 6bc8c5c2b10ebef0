//! Scenarios, one file each in `tests/scenarios`, to be read by people: what the members and the person do, and what
//! comes of it. Here is only how such a file is read, played and held to its word.

use super::laws::check_log;
use super::sim::{Outcome, Script, Sim, Wish, tally};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use synod::core::{
    Ask, Call, CallId, Council, EndState, Member, MemberId, Message, Protocol, Role, Run, RunId, Session,
    StageId, Step, ballot, prompt,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What it shows, in a sentence.
    about: String,
    /// The seats.
    council: Vec<String>,
    chair: Option<String>,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
    question: String,
    protocol: String,
    /// What members do that is not the usual: a whole answer, and a ballot in the order of seats. The first member
    /// needs 100 ms for a call, the second 200 ms, and so on.
    #[serde(default)]
    say: Vec<Say>,
    /// What the person does, in order; each when all is quiet, unless it says when.
    #[serde(default)]
    step: Vec<Doing>,
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    who: String,
    /// What the call is for: an answer unless it says so.
    #[serde(default = "answer")]
    to: Ask,
    round: Option<u16>,
    end: Option<EndState>,
    text: Option<String>,
    /// A ballot, best first, by the names of those who are ranked.
    ranking: Option<Vec<String>>,
    ms: Option<u64>,
}

fn answer() -> Ask {
    Ask::Answer
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Doing {
    /// Appends a step: `synthesis`, `vote`, or `debate:N`.
    Extend(String),
    /// The same, but at once.
    ExtendNow(String),
    /// Stops everything as soon as this call, `name` or `name rN`, is over.
    StopAfter(String),
    /// Asks a follow-up question.
    Ask(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(default = "one")]
    run: u32,
    stage: u16,
    /// The calls, as `name state` or `name rN state`.
    #[serde(default)]
    calls: Vec<String>,
    /// What some of them were shown, as `name: inputs` or `name rN: inputs`, in order of seats, `own` the last.
    #[serde(default)]
    shown: Vec<String>,
    #[serde(default)]
    stopped: bool,
    obstacle: Option<String>,
    winner: Option<String>,
    #[serde(default)]
    tied: Vec<String>,
    /// How often each answer is first on a valid ballot.
    first: Option<BTreeMap<String, usize>>,
    /// Why ballots do not count, by judge.
    #[serde(default)]
    invalid: BTreeMap<String, String>,
    /// What a member was sent, each message as `role: text`.
    #[serde(default)]
    sent: BTreeMap<String, Vec<String>>,
}

fn one() -> u32 {
    1
}

impl Scenario {
    fn outcome(&self, run: &Run, call: &Call) -> Outcome {
        let ask = run.stage(call.id.stage).unwrap().stage.ask;
        let fits = |say: &&Say| {
            say.who == call.member.0 && say.to == ask && say.round.is_none_or(|round| round == call.id.round)
        };
        let say = self.say.iter().find(fits);
        let who = |id: &CallId| run.calls[id].member.0.clone();
        let ballot = |names: &[String]| {
            let seen: Vec<String> = call.shown.iter().map(who).collect();
            let place = |name: &String| seen.iter().position(|other| other == name).unwrap();
            let labels: Vec<String> = names.iter().map(|name| prompt::label(place(name))).collect();
            format!("{}", serde_json::json!({ "reason": "so it is", "ranking": labels }))
        };
        let usual = || match ask {
            Ask::Answer => format!("{}, first", call.member),
            Ask::Critique => format!("{}, round {}", call.member, call.id.round),
            Ask::Merge => format!("{}, of all", call.member),
            Ask::Ballot => {
                let mut seats = call.shown.clone();
                seats.sort_by_key(|id| id.slot);
                ballot(&seats.iter().map(who).collect::<Vec<_>>())
            }
        };
        let state = say.and_then(|say| say.end).unwrap_or(EndState::Done);
        let silent = matches!(state, EndState::Failed | EndState::Refused);
        let said = say.and_then(|say| say.text.clone().or_else(|| say.ranking.as_deref().map(ballot)));
        let text = said.unwrap_or_else(|| if silent { String::new() } else { usual() });
        let ms = say.and_then(|say| say.ms).unwrap_or(100 * (u64::from(call.id.slot) + 1));
        Outcome::new(state, &text, ms)
    }

    fn script(&self) -> Script {
        let member = |name: &String| {
            let weight = self.weights.get(name).copied().unwrap_or(1.0);
            Member { weight, ..Member::new(name, format!("fake/{name}").parse().unwrap()) }
        };
        let members = self.council.iter().map(member).collect();
        let chair = self.chair.as_deref().map(MemberId::from);
        let council = Council { name: "scenario".to_owned(), members, chair, scripted: false };
        Script { council, seed: 11, wishes: Vec::new(), stop_at: None }
    }

    /// Plays it through, calls in the order of their durations.
    fn play(&self) -> Session {
        let script = self.script();
        let world = |run: &Run, call: &Call| self.outcome(run, call);
        let mut sim = Sim::start(&world, &script);
        let ask = |question: &str, protocol: &str| Wish::Ask {
            question: question.to_owned(),
            protocol: protocol.parse().unwrap(),
        };
        sim.advance();
        sim.grant(&ask(&self.question, &self.protocol));
        let mut steps = self.step.iter().peekable();
        loop {
            sim.advance();
            let quiet = sim.open().is_empty();
            let over = |name: &str| {
                let run = sim.run().unwrap();
                run.calls.values().any(|call| call.ended() && named(call) == name)
            };
            let due = |step: &&Doing| match step {
                Doing::Extend(_) | Doing::Ask(_) => quiet,
                Doing::ExtendNow(_) => true,
                Doing::StopAfter(name) => over(name),
            };
            match steps.next_if(|step| due(step)) {
                Some(Doing::Ask(question)) => sim.grant(&ask(question, "ask")),
                Some(Doing::Extend(step) | Doing::ExtendNow(step)) => sim.grant(&Wish::Extend(step_of(step))),
                Some(Doing::StopAfter(_)) => {
                    sim.stop_all();
                    for id in sim.open() {
                        sim.deliver(id, 0);
                    }
                }
                None if quiet => break,
                None => {
                    let duration = |id: &CallId| {
                        let run = sim.run().unwrap();
                        (self.outcome(run, &run.calls[id]).total_ms, *id)
                    };
                    let next = sim.open().into_iter().min_by_key(duration).unwrap();
                    while sim.open().contains(&next) {
                        sim.deliver(next, usize::MAX);
                    }
                }
            }
        }
        assert!(steps.next().is_none(), "{}: a step's moment never came", self.about);
        check_log(&sim.log);
        sim.session
    }
}

fn step_of(text: &str) -> Step {
    match text.parse().unwrap() {
        Protocol::Synthesis => Step::Synthesis,
        Protocol::Vote => Step::Vote,
        Protocol::Debate(rounds) => Step::Debate(rounds),
        Protocol::Ask => panic!("ask is no step"),
    }
}

/// A call by the name of its member and, in a debate, its round.
fn named(call: &Call) -> String {
    let round = if call.id.round == 0 { String::new() } else { format!(" r{}", call.id.round) };
    format!("{}{round}", call.member)
}

impl Expected {
    fn check(&self, about: &str, session: &Session) {
        let run = session.run(RunId(self.run)).unwrap();
        let stage = StageId(self.stage);
        let state = run.stage(stage).unwrap();
        let at = format!("{about} (run {}, stage {})", self.run, self.stage);
        let calls: Vec<String> = run
            .calls_of(stage)
            .map(|call| format!("{} {}", named(call), call.end.map_or("runs", EndState::word)))
            .collect();
        assert_eq!(calls, self.calls, "{at}: calls");
        let obstacle = state.begun.as_ref().and_then(|begun| begun.obstacle.as_deref());
        assert_eq!((obstacle, state.stopped), (self.obstacle.as_deref(), self.stopped), "{at}");
        let shown: BTreeMap<String, String> = run
            .calls_of(stage)
            .map(|call| {
                let mut inputs: Vec<&Call> = call.shown.iter().map(|id| &run.calls[id]).collect();
                inputs.sort_by_key(|input| input.id.slot);
                let partial = |input: &Call| if input.done() { "" } else { " partial" };
                let others = inputs.iter().map(|input| format!("{}{}", named(input), partial(input)));
                let own = call.own.map(|id| format!("own {}", named(&run.calls[&id])));
                (named(call), others.chain(own).collect::<Vec<_>>().join(", "))
            })
            .collect();
        for line in &self.shown {
            let (who, inputs) = line.split_once(": ").unwrap();
            assert_eq!(shown.get(who).map(String::as_str), Some(inputs), "{at}: what {who} was shown");
        }
        if state.stage.ask == Ask::Ballot {
            let tally = tally(run, stage);
            let names = |tied: &[MemberId]| tied.iter().map(|name| name.0.clone()).collect::<Vec<_>>();
            assert_eq!(tally.winner.map(|name| name.0), self.winner, "{at}: winner");
            assert_eq!(names(&tally.tied), self.tied, "{at}: tied");
            if let Some(first) = &self.first {
                let counted =
                    tally.scores.iter().map(|score| (score.answer.0.clone(), score.first)).collect();
                assert_eq!(first, &counted, "{at}: first places");
            }
            let ballots = run.calls_of(stage).map(|call| ballot::read(run, call));
            let invalid = ballots.filter(|ballot| !ballot.valid);
            let invalid: BTreeMap<String, String> =
                invalid.map(|ballot| (ballot.judge.0, ballot.note)).collect();
            assert_eq!(invalid, self.invalid, "{at}: ballots that do not count");
        }
        for (who, expected) in &self.sent {
            let call = run.calls_of(stage).find(|call| named(call) == *who).unwrap();
            let role = |role| match role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            let line = |message: &Message| format!("{}: {}", role(message.role), message.text);
            assert_eq!(&call.messages.iter().map(line).collect::<Vec<_>>(), expected, "{at}: sent to {who}");
        }
    }
}

#[test]
fn the_scenarios_come_out_as_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "the scenarios are gone: {files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let scenario: Scenario =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let session = scenario.play();
        for expected in &scenario.expect {
            expected.check(&scenario.about, &session);
        }
        let told: BTreeSet<(u32, u16)> = scenario.expect.iter().map(|it| (it.run, it.stage)).collect();
        let stages =
            session.runs.iter().flat_map(|run| run.stages.iter().map(|it| (run.id.0, it.stage.id.0)));
        assert_eq!(told, stages.collect(), "{}: every stage is told of", scenario.about);
    }
}
