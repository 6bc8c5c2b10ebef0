//! Scenarios, one file each in `tests/scenarios`, to be read by people: what the members and the person do, and what
//! comes of it. Here is only how such a file is read, played and held to its word.

mod plans;

use super::laws::check_log;
use super::sim::{Moments, Outcome, Script, Sim, Wish, tally};
use plans::{Play, Steering, Stood};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use synod::agreement::guided::Picked;
use synod::agreement::{outcome, table, vote};
use synod::core::commission::{Typed, With};
use synod::core::{
    Ask, Brief, Call, CallId, Choice, Commission, Council, Counting, Dollars, EndState, File, Member,
    MemberId, MergeMode, Message, OwnVote, Pick, Protocol, Question, Record, Role, Rule, Run, RunId, Session,
    StageId, StageState, Step, Usage, WeightsFrom, ballot, prompt,
};

#[derive(Deserialize)]
struct Scenario {
    /// What it shows, in a sentence.
    about: String,
    /// The seats.
    council: Vec<String>,
    chair: Option<String>,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
    question: String,
    #[serde(default = "ask")]
    protocol: String,
    /// The written plan that it goes by instead.
    #[serde(flatten)]
    play: Play,
    /// What nobody knows: there is to be nothing of it.
    #[serde(flatten)]
    unknown: BTreeMap<String, toml::Value>,
    /// The one member that is asked.
    only: Option<String>,
    /// The files with the question, each as `name: text`.
    #[serde(default)]
    files: Vec<String>,
    /// What members do that is not the usual: a whole answer, and a ballot in the order of seats. The first member
    /// needs 100 ms for a call, the second 200 ms, and so on.
    #[serde(default)]
    say: Vec<Say>,
    /// What the person does, in order; each when all is quiet, unless it says when.
    #[serde(default)]
    step: Vec<Doing>,
    #[serde(default)]
    expect: Vec<Expected>,
}

fn ask() -> String {
    "ask".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    who: String,
    /// What the call is for: an answer unless it says so.
    #[serde(default = "answer")]
    to: Ask,
    /// The stage of a plan that it is said in, by its name; then it does not matter what the call is for.
    stage: Option<String>,
    /// The run; every one unless it says so.
    run: Option<u32>,
    round: Option<u16>,
    /// Which attempt; every one unless it says so.
    attempt: Option<u16>,
    end: Option<EndState>,
    text: Option<String>,
    /// A ballot, best first, by the names of those who are ranked.
    ranking: Option<Vec<String>>,
    /// Its scores from 0 to 10, and those it approves of.
    scores: Option<BTreeMap<String, f64>>,
    approved: Option<Vec<String>>,
    ms: Option<u64>,
    /// What the provider bills for it, in US dollars.
    cost: Option<f64>,
}

fn answer() -> Ask {
    Ask::Answer
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Doing {
    /// Appends a step: `synthesis`, `vote`, `vote by NAME, NAME`, or `debate:N`; or a synthesis as it is typed on the
    /// workbench, `synthesis MODE by NAME of NAME, NAME with "WORDS"`.
    Extend(String),
    /// The same, but at once.
    ExtendNow(String),
    /// A guided synthesis: what the person chooses, each claim by words that it holds.
    Guided(Chosen),
    /// Says something into the debate, to all or, with `@name` first, to one.
    Word(String),
    /// Counts by another rule: `RULE`, or `RULE with NAME = WEIGHT`.
    Count(String),
    /// The person votes for a member's answer, blind.
    Vote(String),
    /// Stops everything as soon as this call, `name` or `name rN`, is over.
    StopAfter(String),
    /// Asks a call of the last run once more, `name`, `name rN` or `name to merge`.
    Retry(String),
    /// The same as soon as it is over.
    RetryNow(String),
    /// A member of that name joins the last run.
    Join(String),
    /// A member of that name leaves the last run.
    Leave(String),
    /// The member of this call, `name` or `name rN`, leaves as soon as it runs.
    LeaveDuring(String),
    /// Asks a follow-up question.
    Ask(String),
    /// Asks a question in place of the last one.
    Replace(String),
    /// Does something to a running plan.
    #[serde(untagged)]
    Steer(Steering),
}

/// What the person ticks, by words of the claims.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    #[serde(default)]
    keep: Vec<String>,
    #[serde(default)]
    leave: Vec<String>,
    /// The side that is right, by words of the claim.
    #[serde(default)]
    side: BTreeMap<String, String>,
}

impl Chosen {
    fn picks(&self, run: &Run) -> Vec<Pick> {
        let (stage, round) = run.latest_answers();
        let answers: Vec<CallId> = run.standing(stage, round).into_values().map(|call| call.id).collect();
        let rows = table::table(run, &answers);
        let find = |words: &String| {
            let row = rows.iter().find(|row| run.wording(&row.point).contains(words.as_str()));
            row.unwrap_or_else(|| panic!("no claim holds {words:?}")).point.clone()
        };
        let pick = |choice| move |words| Pick { point: find(words), choice };
        let side = |(words, value): (&String, &String)| {
            let point = find(words);
            let at = point.sides.iter().position(|side| side == value);
            let at = at.unwrap_or_else(|| panic!("{words:?} has the sides {:?}", point.sides));
            Pick { point, choice: Choice::Side(at) }
        };
        let kept = self.keep.iter().map(pick(Choice::Keep));
        let left = self.leave.iter().map(pick(Choice::Leave));
        kept.chain(left).chain(self.side.iter().map(side)).collect()
    }
}

/// A stage, by its number or its name in a plan.
#[derive(Deserialize)]
#[serde(untagged)]
enum Place {
    Number(u16),
    Name(String),
}

impl Place {
    fn id(&self, run: &Run) -> StageId {
        match self {
            Self::Number(number) => StageId(*number),
            Self::Name(name) => plans::stage_of(run, name),
        }
    }
}

#[derive(Deserialize)]
struct Expected {
    #[serde(default = "one")]
    run: u32,
    stage: Place,
    /// What is expected of it beside that, as a stage of a plan.
    #[serde(flatten)]
    stood: Stood,
    #[serde(flatten)]
    unknown: BTreeMap<String, toml::Value>,
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
    /// Who wins by other rules, or `a = b` where they tie, `nobody` where nobody does.
    #[serde(default)]
    rules: BTreeMap<String, String>,
    /// What the person voted for.
    own: Option<String>,
    /// Why ballots do not count, by judge.
    #[serde(default)]
    invalid: BTreeMap<String, String>,
    /// The judges whose preference turned round with the order.
    #[serde(default)]
    even: Vec<String>,
    /// Those whose retry came after it had begun.
    #[serde(default)]
    without: Vec<String>,
    /// Whether it would now be about other answers.
    #[serde(default)]
    stale: bool,
    /// What a member was sent, each message as `role: text`.
    #[serde(default)]
    sent: BTreeMap<String, Vec<String>>,
    /// Words that all that a member was sent holds, by call.
    #[serde(default)]
    holds: BTreeMap<String, Vec<String>>,
    /// Words that nothing of what a member was sent holds, by call.
    #[serde(default)]
    lacks: BTreeMap<String, Vec<String>>,
    /// Which rule ended the debate, in the words of the report.
    rule: Option<String>,
    /// What became of the person's choices: `keep`, `leave` or `side`, then `taken up` or `not taken up`, and the claim.
    #[serde(default)]
    picked: Vec<String>,
}

fn one() -> u32 {
    1
}

impl Scenario {
    fn outcome(&self, run: &Run, call: &Call) -> Outcome {
        let ask = run.stage(call.id.stage).unwrap().stage.ask;
        let fits = |say: &&Say| {
            let round = say.round.is_none_or(|round| round == call.id.round);
            let attempt = say.attempt.is_none_or(|attempt| attempt == call.id.attempt);
            let run_fits = say.run.is_none_or(|number| number == call.id.run.0);
            let stage = match &say.stage {
                Some(stage) => plans::is_at(run, call, stage),
                None => say.to == ask,
            };
            say.who == call.member.0 && stage && round && attempt && run_fits
        };
        let say = self.say.iter().find(fits);
        let who = |id: &CallId| run.calls[id].member.0.clone();
        let ballot = |names: &[String]| {
            let seen: Vec<String> = call.shown.iter().map(who).collect();
            let place = |name: &String| seen.iter().position(|other| other == name).unwrap();
            let labels: Vec<String> = names.iter().map(|name| prompt::label(place(name))).collect();
            let mut ballot = serde_json::json!({ "reason": "so it is", "ranking": labels });
            if let Some(scores) = say.and_then(|say| say.scores.as_ref()) {
                let label = |(name, score): (&String, &f64)| (prompt::label(place(name)), *score);
                let scores: BTreeMap<String, f64> =
                    scores.iter().filter(|(name, _)| seen.contains(name)).map(label).collect();
                ballot["scores"] = serde_json::json!(scores);
            }
            if let Some(approved) = say.and_then(|say| say.approved.as_ref()) {
                let labels: Vec<String> = approved.iter().map(|name| prompt::label(place(name))).collect();
                ballot["approved"] = serde_json::json!(labels);
            }
            ballot.to_string()
        };
        let again = if call.id.attempt > 1 { " again" } else { "" };
        let usual = || match ask {
            _ if plans::usual(run, call, ask).is_some() => plans::usual(run, call, ask).unwrap_or_default(),
            Ask::Answer => format!("{}, first{again}", call.member),
            Ask::Critique => format!("{}, round {}{again}", call.member, call.id.round),
            Ask::Merge => format!("{}, of all{again}", call.member),
            Ask::Check | Ask::Route | Ask::HandOver => format!("{}, nothing{again}", call.member),
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
        let cost = say.and_then(|say| say.cost);
        let usage = cost.map(|cost| Usage { cost: Some(Dollars::of(cost).0), ..Usage::default() });
        Outcome { usage, ..Outcome::new(state, &text, ms) }
    }

    fn script(&self) -> Script {
        let member = |name: &String| {
            let weight = self.weights.get(name).copied().unwrap_or(1.0);
            let topics = self.play.topics(name);
            Member { weight, topics, ..Member::new(name, self.play.model(name).parse().unwrap()) }
        };
        let members = self.council.iter().map(member).collect();
        let chair = self.chair.as_deref().map(MemberId::from);
        let council = Council { name: "scenario".to_owned(), members, chair, scripted: false };
        Script { council, seed: 11, wishes: Vec::new(), moments: Moments::Fitting, stop_at: None, retries: 0 }
    }

    /// The question it begins with.
    fn question(&self) -> Question {
        let file = |line: &String| {
            let (name, text) = line.split_once(": ").unwrap();
            File { name: name.to_owned(), text: text.to_owned() }
        };
        Question {
            text: self.question.clone(),
            protocol: self.protocol.parse().unwrap(),
            only: self.only.as_deref().map(MemberId::from),
            files: self.files.iter().map(file).collect(),
            ..Question::default()
        }
    }

    /// Plays it through, calls in the order of their durations.
    fn play(&self) -> (Session, Vec<Record>) {
        let script = self.script();
        let world = |run: &Run, call: &Call| self.outcome(run, call);
        let mut sim = Sim::start(&world, &script);
        sim.prices = self.play.prices();
        sim.advance();
        sim.grant(&Wish::Ask(self.with_plan(self.question(), &script.council)));
        let mut steps = self.step.iter().peekable();
        loop {
            sim.advance();
            let quiet = sim.open().is_empty();
            match steps.next_if(|step| step.due(&sim, quiet)) {
                Some(step) => match plans::asks(step, sim.run().unwrap()) {
                    Some(next) => sim.grant(&Wish::Ask(self.with_plan(next, &script.council))),
                    None => step.take(&mut sim),
                },
                None if quiet => break,
                None => {
                    let duration = |id: &CallId| {
                        let run = sim.session.run(id.run).unwrap();
                        (self.outcome(run, &run.calls[id]).total_ms, *id)
                    };
                    let next = sim.open().into_iter().min_by_key(duration).unwrap();
                    sim.end(next);
                }
            }
        }
        assert!(steps.next().is_none(), "{}: a step's moment never came", self.about);
        check_log(&sim.log);
        (sim.session, sim.log)
    }
}

/// The last call of that name in the last run.
fn call_of<'a>(sim: &'a Sim<'_>, name: &str) -> Option<&'a Call> {
    let run = sim.run().unwrap();
    let (name, to) = match name.split_once(" to ") {
        None => (name, None),
        Some((name, "ballot")) => (name, Some(Ask::Ballot)),
        Some((name, "merge")) => (name, Some(Ask::Merge)),
        Some(other) => panic!("{other:?}"),
    };
    let ask = |call: &Call| run.stage(call.id.stage).unwrap().stage.ask;
    let fits = |call: &Call| match to {
        Some(to) => ask(call) == to,
        None => matches!(ask(call), Ask::Answer | Ask::Critique),
    };
    run.calls.values().rfind(|call| fits(call) && turn(call) == name)
}

impl Doing {
    fn due(&self, sim: &Sim<'_>, quiet: bool) -> bool {
        match self {
            Self::ExtendNow(_) => true,
            Self::LeaveDuring(name) => call_of(sim, name).is_some_and(|call| !call.ended()),
            Self::StopAfter(name) | Self::RetryNow(name) => call_of(sim, name).is_some_and(Call::ended),
            Self::Steer(steering) => steering.due(sim, quiet),
            _ => quiet,
        }
    }

    fn take(&self, sim: &mut Sim<'_>) {
        let run = sim.run().unwrap();
        let last = sim.session.runs.len() - 1;
        let event = match self {
            Self::Steer(steering) => return steering.take(sim),
            Self::Ask(_) | Self::Replace(_) => unreachable!("a question is asked with the scenario's plan"),
            Self::Extend(step) | Self::ExtendNow(step) => {
                let step = step_of(run, step);
                return sim.grant(&Wish::Extend(last, step));
            }
            Self::Guided(chosen) => {
                let brief = Brief { picks: chosen.picks(run), ..Brief::default() };
                let commission = Commission { mode: MergeMode::Guided, chair: None, brief };
                return sim.grant(&Wish::Extend(last, Step::synthesis(commission)));
            }
            Self::Count(text) => {
                let (rule, weight) =
                    text.split_once(" with ").map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
                let mut counting = Counting { rule: Rule::named(rule).unwrap(), ..run.vote_counting() };
                if let Some((name, weight)) = weight.and_then(|weight| weight.split_once(" = ")) {
                    counting.weights.insert(name.into(), weight.parse().unwrap());
                    counting.from = WeightsFrom::Hand;
                }
                run.count_by(&counting)
            }
            Self::Vote(name) => {
                let stage = run.last_stage(Ask::Ballot).unwrap().stage.id;
                let vote = run.vote_own(stage, Some(&name.as_str().into()));
                assert!(
                    run.vote_own(stage, Some(&"nobody".into())).is_none(),
                    "only for an answer that is there"
                );
                vote
            }
            Self::StopAfter(_) => {
                sim.stop_all();
                return sim.open().into_iter().for_each(|id| sim.deliver(id, 0));
            }
            Self::Retry(name) | Self::RetryNow(name) => run.retry(call_of(sim, name).unwrap().id),
            Self::Join(name) => {
                return sim
                    .grant(&Wish::Join(last, Member::new(name, format!("fake/{name}").parse().unwrap())));
            }
            Self::Word(text) => {
                let (to, text) = match text.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
                    Some((name, text)) => (Some(name.into()), text),
                    None => (None, text.as_str()),
                };
                run.say_word(to, text)
            }
            Self::Leave(name) => run.leave(&name.as_str().into()),
            Self::LeaveDuring(name) => run.leave(&call_of(sim, name).unwrap().member),
        };
        sim.record(event.unwrap_or_else(|| panic!("a step is refused")));
        // What a member that left was saying is cut off.
        let gone = |id: &CallId| !sim.session.run(id.run).unwrap().sits(id.slot);
        let gone: Vec<CallId> = sim.open().into_iter().filter(gone).collect();
        for id in gone {
            sim.end(id);
        }
    }
}

fn step_of(run: &Run, text: &str) -> Step {
    if let Some(typed) = text.strip_prefix("synthesis ") {
        let typed: Typed = typed.parse().unwrap();
        let names = (typed.chair.as_ref(), typed.of.as_slice());
        let mode = typed.mode.unwrap_or_default();
        let mut commission = Commission::looked_up(&run.council, mode, names, ["by", "of"]).unwrap();
        if let Some(With::Words(words)) = typed.with {
            commission.brief.instruction = words;
        }
        return Step::synthesis(commission);
    }
    if let Some(judges) = text.strip_prefix("vote by ") {
        return Step::Judged(judges.split(", ").map(MemberId::from).collect());
    }
    match text.parse().unwrap() {
        Protocol::Synthesis(mode) => Step::Synthesis(mode),
        Protocol::Vote => Step::Vote,
        Protocol::VoteBy(rule) => panic!("{rule:?} is no step: count by it"),
        Protocol::Debate(rounds) => Step::Debate(rounds),
        Protocol::DebateBy(rounds, by) => Step::DebateBy(rounds, by),
        Protocol::Ask => panic!("ask is no step"),
    }
}

/// A choice and what became of it.
fn told(run: &Run, state: &StageState, picked: &Picked) -> String {
    let choice = match picked.choice {
        Choice::Keep => "keep",
        Choice::Leave => "leave",
        Choice::Side(_) => "side",
    };
    let came = if picked.taken_up { "taken up" } else { "not taken up" };
    let table = &state.begun.as_ref().unwrap().table;
    let row = table.iter().find(|row| Some(row.number) == picked.number);
    let words = row.map_or("no claim of these answers", |row| run.wording(&row.point));
    format!("{choice}, {came}: {words}")
}

/// A turn by the name of its member and, in a debate, its round.
fn turn(call: &Call) -> String {
    let round = if call.id.round == 0 { String::new() } else { format!(" r{}", call.id.round) };
    format!("{}{round}", call.member)
}

/// A call by its turn and, where it was asked again, its attempt: `ada r1 #2`.
fn named(call: &Call) -> String {
    let attempt = if call.id.attempt == 1 { String::new() } else { format!(" #{}", call.id.attempt) };
    format!("{}{attempt}", turn(call))
}

impl Expected {
    fn check(&self, about: &str, session: &Session) {
        let run = session.run(RunId(self.run)).unwrap();
        let stage = self.stage.id(run);
        let state = run.stage(stage).unwrap();
        let at = format!("{about} (run {}, stage {}, {})", self.run, stage.0, run.title(stage));
        self.stood.check(&at, run, state);
        let calls: Vec<String> = run
            .calls_of(stage)
            .map(|call| format!("{} {}", named(call), call.end.map_or("runs", EndState::word)))
            .collect();
        assert_eq!(calls, self.calls, "{at}: calls");
        let obstacle = state.begun.as_ref().and_then(|begun| begun.obstacle.as_deref());
        let deserted = run.deserted(state);
        let obstacle = obstacle.or(deserted.as_deref());
        assert_eq!((obstacle, state.stopped), (self.obstacle.as_deref(), self.stopped), "{at}");
        let without: Vec<String> = run.made_without(stage).into_iter().map(|name| name.0).collect();
        assert_eq!((without, run.stale(stage)), (self.without.clone(), self.stale), "{at}: made without");
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
            assert_eq!(vote::vote(run, state).tally, tally, "{at}: as the report counts");
            let came_to = vote::vote(run, state);
            for (rule, winner) in &self.rules {
                let (_, tally) = came_to.tallies.iter().find(|(it, _)| it.name() == rule).unwrap();
                let tied = tally.tied.iter().map(|name| name.0.as_str()).collect::<Vec<_>>().join(" = ");
                let said = match &tally.winner {
                    Some(winner) => winner.0.as_str(),
                    None if tied.is_empty() => "nobody",
                    None => &tied,
                };
                assert_eq!(said, winner, "{at}: by {rule}");
            }
            let own = match &came_to.own {
                Some(OwnVote::For(member)) => Some(member.0.clone()),
                _ => None,
            };
            assert_eq!(own, self.own, "{at}: the person's own vote");
            let names = |tied: &[MemberId]| tied.iter().map(|name| name.0.clone()).collect::<Vec<_>>();
            assert_eq!(tally.winner.map(|name| name.0), self.winner, "{at}: winner");
            assert_eq!(names(&tally.tied), self.tied, "{at}: tied");
            if let Some(first) = &self.first {
                let counted =
                    tally.scores.iter().map(|score| (score.answer.0.clone(), score.first)).collect();
                assert_eq!(first, &counted, "{at}: first places");
            }
            let ballots = ballot::cast(run, stage);
            let even: Vec<&str> = ballots.iter().filter(|it| it.even).map(|it| it.judge.0.as_str()).collect();
            assert_eq!(even, self.even, "{at}: whose preference turned round");
            let invalid = ballots.into_iter().filter(|ballot| !ballot.valid);
            let invalid: BTreeMap<String, String> =
                invalid.map(|ballot| (ballot.judge.0, ballot.note)).collect();
            assert_eq!(invalid, self.invalid, "{at}: ballots that do not count");
        }
        let picked: Vec<String> =
            outcome::synthesis(run, state).picked.iter().map(|picked| told(run, state, picked)).collect();
        assert_eq!(picked, self.picked, "{at}: what became of the person's choices");
        let rule = state.ended_by(run).map(|stop| stop.words());
        assert_eq!(rule, self.rule, "{at}: the rule that ended it");
        let all = |who: &String| -> String {
            let call = run.calls_of(stage).find(|call| named(call) == *who).unwrap();
            call.messages.iter().flat_map(|message| [message.text.as_str(), "\n"]).collect()
        };
        for (who, words) in &self.holds {
            let text = all(who);
            for words in words {
                assert!(text.contains(words), "{at}: {who} lacks {words:?} in\n{text}");
            }
        }
        for (who, words) in &self.lacks {
            let text = all(who);
            for words in words {
                assert!(!text.contains(words), "{at}: {who} has {words:?} in\n{text}");
            }
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
    let fails = |file: &&PathBuf| catch_unwind(|| comes_out(file)).is_err();
    let failed: Vec<String> = files.iter().filter(fails).map(|file| file.display().to_string()).collect();
    assert!(failed.is_empty(), "what each says stands above: {failed:#?}");
}

/// Plays one and holds it to its word.
fn comes_out(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let scenario: Scenario =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let unknown = scenario.expect.iter().flat_map(|it| it.unknown.keys()).chain(scenario.unknown.keys());
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&String>::new(), "{}: unknown keys", file.display());
    let (session, log) = scenario.play();
    for expected in &scenario.expect {
        expected.check(&scenario.about, &session);
    }
    scenario.play.check(&scenario.about, &session, &log);
    if scenario.play.tells_all() {
        return;
    }
    let told: BTreeSet<(u32, u16)> = scenario
        .expect
        .iter()
        .map(|it| (it.run, it.stage.id(session.run(RunId(it.run)).unwrap()).0))
        .collect();
    let stages = session.runs.iter().flat_map(|run| run.stages.iter().map(|it| (run.id.0, it.stage.id.0)));
    assert_eq!(told, stages.collect(), "{}: every stage is told of", scenario.about);
}
