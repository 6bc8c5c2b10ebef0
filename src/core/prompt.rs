//! What a member is sent: templates filled with the question, the answers in front of it, and its own history.
//!
//! Answers of others and files are data, never instructions: they stand between marks with a number that only this prompt
//! or this run knows, and for answers the instruction comes again after them.

use super::call::Call;
use super::clean;
use super::debate::Mode;
use super::ids::{CallId, MemberId};
use super::next::CallSpec;
use super::plan::{Ask, MergeMode};
use super::prompt_commission;
use super::prompt_debate::{self, Debates, conversation};
use super::prompt_plan::{self, Plans};
use super::prompt_points;
use super::question::File;
use super::run::Run;
use super::session::Session;
use super::shuffle::mix;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions.
    System,
    /// The person, or synod in the person's place.
    User,
    /// The member itself, earlier.
    Assistant,
}

/// One message of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// The texts that prompts are made of. `{question}`, `{own}`, `{answers}`, `{labels}`, `{ballot}`,
/// `{scores}`, `{claims}`, `{how}`, `{rulings}`, `{chosen}`, `{instruction}`, `{point}`, `{groups}`, `{role}`, `{word}`,
/// `{texts}`, `{note}`, `{task}` and `{topics}` are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Templates {
    /// A debate turn.
    pub critique: String,
    /// A synthesis.
    pub merge: String,
    /// A ballot.
    pub ballot: String,
    /// What a judge is told whose reply is no valid ballot; its fields are `{fault}`, `{labels}`, `{ballot}` and `{scores}`.
    pub repair: String,
    /// A debate turn on one point alone.
    pub point: String,
    /// Debate turns in other modes than the usual one.
    pub debates: Debates,
    /// Labels for pairs of claims; its fields are `{question}` and `{pairs}`.
    pub judge: String,
    /// The stages of written plans.
    pub plans: Plans,
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            critique: include_str!("../../assets/prompts/critique.md").to_owned(),
            merge: include_str!("../../assets/prompts/merge.md").to_owned(),
            ballot: include_str!("../../assets/prompts/ballot.md").to_owned(),
            repair: include_str!("../../assets/prompts/repair.md").to_owned(),
            point: include_str!("../../assets/prompts/point.md").to_owned(),
            debates: Debates::default(),
            judge: include_str!("../../assets/prompts/judge.md").to_owned(),
            plans: Plans::default(),
        }
    }
}

/// The letter an answer bears in a prompt: A for the first shown, then B; after Z comes A2.
pub fn label(place: usize) -> String {
    let letter = char::from(b'A' + (place % 26) as u8);
    if place < 26 { letter.to_string() } else { format!("{letter}{}", place / 26 + 1) }
}

/// Writes the messages of a call. One that is asked once more is sent what it was sent before, word by word; a judge whose
/// ballot is to be repaired also what it said to that, and what is wrong with it.
pub fn compose(session: &Session, run: &Run, spec: &CallSpec, templates: &Templates) -> Vec<Message> {
    if let Some(before) = run.call(spec.id.stage, spec.id.round, spec.id.slot) {
        let mut messages = before.messages.clone();
        if let Some(fault) = run.set.get(&spec.id).and_then(|set| set.repair.as_deref()) {
            messages.push(Message { role: Role::Assistant, text: before.text.clone() });
            messages.push(Message { role: Role::User, text: repair(&templates.repair, run, spec, fault) });
        }
        return messages;
    }
    let mode = run.stage(spec.id.stage).and_then(|state| state.stage.mode());
    let mut messages = Vec::new();
    if let Some(so_far) = mode.filter(|mode| *mode == Mode::Du).and_then(|_| conversation(run, spec)) {
        let text = turn(&templates.debates.du, templates, run, spec);
        return so_far.into_iter().chain([Message { role: Role::User, text }]).collect();
    }
    let system = [spec.member.persona.clone(), aggregate(templates, run, spec)];
    let system: Vec<String> = system.into_iter().flatten().collect();
    if !system.is_empty() {
        messages.push(Message { role: Role::System, text: system.join("\n\n") });
    }
    if matches!(spec.ask, Ask::Answer) {
        messages.extend(session.history(&spec.member.name, run));
    }
    let text = match spec.ask {
        Ask::Answer => answer(templates, run, spec),
        Ask::Critique if on_point(run, spec) => turn(&templates.point, templates, run, spec),
        Ask::Critique => turn(templates.of(mode.unwrap_or_default()), templates, run, spec),
        Ask::Merge => merge(&templates.merge, run, spec),
        Ask::Ballot => fill(&templates.ballot, run, spec),
        Ask::Check => fill(&templates.plans.check, run, spec),
        // Nobody is sent anything where the person decides.
        Ask::Route | Ask::HandOver => fill(&templates.plans.triage, run, spec),
    };
    messages.push(Message { role: Role::User, text });
    messages
}

/// What a member is sent for an answer: the question, or its task with the texts that it is given.
fn answer(templates: &Templates, run: &Run, spec: &CallSpec) -> String {
    let tasked = prompt_plan::part(run, spec).is_some_and(|part| !part.task.trim().is_empty());
    let again = run.stage(spec.id.stage).and_then(|state| state.stage.again()).is_some();
    let text = if tasked || again {
        filled(&templates.plans.task, |field| match field {
            "{task}" => Some(task(run, spec)),
            field => value(field, run, spec),
        })
    } else {
        question(run)
    };
    text + &prompt_plan::position(run, spec)
}

/// The task of an answer; of one that is made once more without a task of its own, to answer.
fn task(run: &Run, spec: &CallSpec) -> String {
    let task = prompt_plan::part(run, spec).map(|part| part.task.trim()).filter(|task| !task.is_empty());
    task.unwrap_or("Answer the question, with what was said about it taken in.").to_owned()
}

/// What an aggregator is told above the question: the answers it is to make one of. `None` for everybody else.
fn aggregate(templates: &Templates, run: &Run, spec: &CallSpec) -> Option<String> {
    let part =
        prompt_plan::part(run, spec).filter(|part| part.task.trim().is_empty() && part.again.is_none())?;
    let gathers = spec.ask == Ask::Answer && !spec.shown.is_empty() && !part.name.is_empty();
    gathers.then(|| fill(&templates.plans.aggregate, run, spec))
}

/// What a judge is told of its ballot. It is the judge's own words that the fault may quote, never those of an answer.
fn repair(template: &str, run: &Run, spec: &CallSpec, fault: &str) -> String {
    filled(template, |field| match field {
        "{fault}" => Some(clean::line(fault)),
        "{labels}" => Some(labels(spec)),
        "{ballot}" => Some(number_of_ballot(run, spec.id, &spec.shown)),
        "{scores}" => Some(scores(spec)),
        _ => None,
    })
}

fn on_point(run: &Run, spec: &CallSpec) -> bool {
    run.stage(spec.id.stage).is_some_and(|state| state.stage.point.is_some())
}

/// A debate turn: a template of the person's own that has no place for the person's word is given it at its end.
fn turn(template: &str, templates: &Templates, run: &Run, spec: &CallSpec) -> String {
    let placed = template.contains("{word}");
    let text = filled(template, |field| match field {
        "{role}" => Some(prompt_debate::role(&templates.debates.roles, spec)),
        field => value(field, run, spec),
    });
    text + &if placed { String::new() } else { prompt_debate::word(run, spec) }
}

/// A synthesis: a template of the person's own that has no place for what the person says beside it is given that at its end.
fn merge(template: &str, run: &Run, spec: &CallSpec) -> String {
    let mut out = fill(template, run, spec);
    for field in ["{rulings}", "{chosen}", "{instruction}"] {
        if !template.contains(field) {
            out.push_str(&value(field, run, spec).unwrap_or_default());
        }
    }
    out + &prompt_plan::note(run, spec) + &prompt_plan::task_beside(run, spec)
}

/// What the final answer of a synthesis is to be.
fn how(run: &Run, spec: &CallSpec) -> String {
    let mode = run.stage(spec.id.stage).map(|state| state.stage.merge).unwrap_or_default();
    match mode {
        MergeMode::Merge => {
            "the best answer to the question that their answers support, from whomever each part of it comes."
        }
        MergeMode::Majority => {
            "what most of them come to, in their words, with how many they are; if there is no majority, say so instead of \
             deciding. Who holds something else is told under Divergence with the best reason given for it."
        }
        MergeMode::BestOfN => {
            "the one of their answers that is best, by its letter and then word by word, after one sentence on what makes it \
             better than the next best."
        }
        MergeMode::Guided => {
            "the best answer to the question that rests on the claims that must stand, and on others of theirs where these \
             leave something open."
        }
    }
    .to_owned()
}

fn fill(template: &str, run: &Run, spec: &CallSpec) -> String {
    filled(template, |field| value(field, run, spec))
}

/// What stands for a field in the prompt of a call.
fn value(field: &str, run: &Run, spec: &CallSpec) -> Option<String> {
    match field {
        "{question}" => Some(question(run)),
        "{own}" => Some(own(run, spec)),
        "{answers}" => Some(answers(run, spec)),
        "{labels}" => Some(labels(spec)),
        "{ballot}" => Some(number_of_ballot(run, spec.id, &spec.shown)),
        "{scores}" => Some(scores(spec)),
        "{rulings}" => Some(prompt_points::rulings(run, spec)),
        "{claims}" => Some(prompt_points::claims(run, spec)),
        "{chosen}" => Some(prompt_commission::picks(run, spec)),
        "{instruction}" => Some(prompt_commission::instruction(run, spec)),
        "{how}" => Some(how(run, spec)),
        "{groups}" => Some(prompt_debate::groups(run, spec)),
        "{word}" => Some(prompt_debate::word(run, spec)),
        "{point}" => Some(prompt_points::point(run, spec)),
        "{texts}" => Some(prompt_plan::texts(run, spec)),
        "{note}" => Some(prompt_plan::note(run, spec)),
        "{task}" => Some(prompt_plan::task_beside(run, spec)),
        "{topics}" => Some(prompt_plan::topics(run, spec)),
        _ => None,
    }
}

/// Fills a template in one pass, so that a brace in an answer is never taken for a field.
pub(super) fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len() + 4096);
    let mut rest = template.trim_end();
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let close = rest.find('}').map_or(0, |close| close + 1);
        if let Some(value) = value(&rest[..close]) {
            out.push_str(&value);
            rest = &rest[close..];
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The number that a ballot bears, so that no ballot of an answer's own is taken for the judge's: the first drawn that none
/// of the answers holds.
fn number_of_ballot(run: &Run, call: CallId, shown: &[CallId]) -> String {
    let seat = [u64::from(call.stage.0), u64::from(call.round), u64::from(call.slot)];
    let drawn = |draw: u64| nonce(&[run.seed, seat[0], seat[1], seat[2], 2 + draw]);
    let holds = |number: &str| {
        let answers = shown.iter().filter_map(|id| run.calls.get(id));
        answers.into_iter().any(|answer| answer.text.to_ascii_lowercase().contains(number))
    };
    (0..64).map(drawn).find(|number| !holds(number)).unwrap_or_else(|| drawn(0))
}

/// The number that the ballot of a call is to bear, where its prompt asked for one.
pub(super) fn ballot_number(run: &Run, call: &Call) -> Option<String> {
    let number = number_of_ballot(run, call.id, &call.shown);
    let asked = format!("\"ballot\": \"{number}\"");
    call.messages.iter().any(|message| message.text.contains(&asked)).then_some(number)
}

fn scores(spec: &CallSpec) -> String {
    let each = |place| format!("\"{}\": <0-10>", label(place));
    (0..spec.shown.len()).map(each).collect::<Vec<_>>().join(", ")
}

fn labels(spec: &CallSpec) -> String {
    (0..spec.shown.len()).map(|place| format!("\"{}\"", label(place))).collect::<Vec<_>>().join(", ")
}

fn own(run: &Run, spec: &CallSpec) -> String {
    spec.own.and_then(|id| run.calls.get(&id)).map(|call| call.text.trim().to_owned()).unwrap_or_default()
}

/// The question as members are sent it: the words, then the files between their marks.
pub fn question(run: &Run) -> String {
    let mut out = run.question.clone();
    let nonce = nonce_of_files(run);
    for File { name, text } in &run.files {
        let name = attribute(name);
        let text = guarded(text.trim_end_matches(['\n', '\r']), &[&nonce]);
        let _ =
            write!(out, "\n\n<file name=\"{name}\" nonce=\"{nonce}\">\n{text}\n</file nonce=\"{nonce}\">");
    }
    out
}

/// The number of the marks around a run's files: the first drawn that none of them holds, so that code stays as it is.
fn nonce_of_files(run: &Run) -> String {
    let drawn = |draw| nonce(&[run.seed, draw]);
    let free = |nonce: &String| !run.files.iter().any(|file| file.text.contains(nonce));
    (0..64).map(drawn).find(free).unwrap_or_else(|| drawn(0))
}

pub(super) fn nonce(parts: &[u64]) -> String {
    format!("{:04x}", mix(parts) & 0xffff)
}

/// A name that can't leave its quotes.
pub(super) fn attribute(name: &str) -> String {
    clean::line(name).replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The numbers that the marks in a prompt bear.
pub(super) struct Marks {
    /// Those around what others said.
    pub answers: String,
    /// Those around the files, which are known to every member that was shown them.
    files: Option<String>,
}

impl Marks {
    /// All of them.
    pub fn all(&self) -> Vec<&str> {
        [Some(&self.answers), self.files.as_ref()].into_iter().flatten().map(String::as_str).collect()
    }
}

/// The numbers of the marks in the prompt of a call.
pub(super) fn marks(run: &Run, spec: &CallSpec) -> Marks {
    Marks {
        answers: nonce(&[run.seed, u64::from(spec.id.stage.0), u64::from(spec.id.round)]),
        files: (!run.files.is_empty()).then(|| nonce_of_files(run)),
    }
}

fn answers(run: &Run, spec: &CallSpec) -> String {
    let marks = marks(run, spec);
    let (nonce, known) = (&marks.answers, marks.all());
    let mut out = String::new();
    for (place, call) in spec.shown.iter().filter_map(|id| run.calls.get(id)).enumerate() {
        let name = if spec.blind { label(place) } else { call.member.0.clone() };
        let partial = if call.done() { "" } else { " note=\"cut short, partial\"" };
        let text = guarded(call.text.trim(), &known);
        let _ = write!(
            out,
            "<answer id=\"{name}\" nonce=\"{nonce}\"{partial}>\n{text}\n</answer nonce=\"{nonce}\">\n\n"
        );
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text that can't close its own marks: where it knows their number, its angle brackets are escaped.
pub(super) fn guarded(text: &str, nonces: &[&str]) -> String {
    let knows = nonces.iter().any(|nonce| text.contains(nonce)) && text.contains('<');
    if knows { text.replace('<', "&lt;") } else { text.to_owned() }
}

/// Whose answers a call was shown, in the order shown.
pub fn members(run: &Run, shown: &[CallId]) -> Vec<MemberId> {
    shown.iter().filter_map(|id| run.calls.get(id)).map(|call| call.member.clone()).collect()
}

/// Which letter stood for whom, for people: `A fenna, B jonas`.
pub fn legend(members: &[MemberId]) -> String {
    let entry = |(place, member): (usize, &MemberId)| format!("{} {}", label(place), clean::line(&member.0));
    members.iter().enumerate().map(entry).collect::<Vec<_>>().join(", ")
}
