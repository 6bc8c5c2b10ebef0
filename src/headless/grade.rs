//! `synod grade`: marks an answer of a session that was kept as right, wrong or best. What was graded is listed, exported and
//! erased next door; what a grade is, is [`crate::core::grade`]'s.

use super::{grades, session_id};
use crate::agreement::{graded, outcome};
use crate::cli;
use crate::core::event::VERSION;
use crate::core::grade::topic;
use crate::core::{CallId, Event, Grade, Record, Run, RunId, Session, clean};
use crate::launch::choose::unknown;
use crate::launch::{Launch, UsageError};
use crate::store::{self, Log, StoreError};
use anyhow::Result;
use std::io::{self, Write};

const HOW: &str = "synod grade SESSION[:QUESTION] MEMBER right|wrong|best|none";
/// What can be done with grades besides giving one.
const WHAT: [&str; 3] = ["list", "export", "erase"];

/// Does what was asked with grades. Gives the exit code.
///
/// # Errors
/// [`UsageError`] where there is no such session, question, member or grade; else when something can't be read or written.
pub fn run(launch: &Launch, asked: cli::Grade) -> Result<u8> {
    match asked.what {
        Some(what) => grades::run(launch, what),
        None => give(launch, &asked),
    }
}

/// What is to be graded, and how.
struct Wanted<'a> {
    session: &'a str,
    question: Option<u32>,
    member: &'a str,
    grade: Option<Grade>,
    topic: Option<String>,
}

impl<'a> Wanted<'a> {
    fn of(asked: &'a cli::Grade) -> Result<Self, UsageError> {
        let fault = |line: String| Err(UsageError(line));
        let Some(session) = asked.session.as_deref() else {
            return fault(format!("say what to grade: {HOW}; or: synod grade list"));
        };
        let (Some(member), Some(word)) = (asked.member.as_deref(), asked.grade.as_deref()) else {
            let near = crate::core::nearest(session, &WHAT).filter(|_| asked.member.is_none());
            return fault(match near {
                Some(near) => {
                    format!("no session \"{}\": did you mean synod grade {near}?", clean::exact(session))
                }
                None => format!("say whose answer it is, and how it is graded: {HOW}"),
            });
        };
        let (session, question) = split(session, HOW)?;
        let grade = Grade::of_word(word).map_err(UsageError)?;
        let named = |text: &String| {
            topic(text).ok_or_else(|| UsageError("--topic needs a name, for example --topic law".to_owned()))
        };
        let topic = asked.topic.as_ref().map(named).transpose()?;
        Ok(Self { session, question, member: member.trim_start_matches('@'), grade, topic })
    }
}

/// A session and the number of a question in it, as they are typed; `how` is how that is done.
pub(super) fn split<'a>(typed: &'a str, how: &str) -> Result<(&'a str, Option<u32>), UsageError> {
    let Some((session, number)) = typed.split_once(':') else { return Ok((typed, None)) };
    let found = number
        .parse::<u32>()
        .map_err(|_| UsageError(format!("{:?} is no number of a question: {how}", clean::exact(number))))?;
    Ok((session, Some(found)))
}

/// Gives a grade: to the answer by which the member stands in that question.
fn give(launch: &Launch, asked: &cli::Grade) -> Result<u8> {
    let wanted = Wanted::of(asked)?;
    if !launch.save {
        return Err(UsageError("--no-save keeps nothing, a grade neither: leave it out".to_owned()).into());
    }
    let id = session_id(launch, Some(wanted.session))?;
    let mut err = io::stderr().lock();
    let (mut log, opened) = match Log::open(&launch.root, &id) {
        Ok((log, opened)) => (Some(log), opened),
        Err(StoreError::Busy(_)) => (None, store::read(&launch.root, &id)?),
        Err(error) => return Err(error.into()),
    };
    if let Some(notice) = &opened.notice {
        writeln!(err, "synod: {}", clean::line(notice))?;
    }
    let mut session = Session::replay(&opened.records);
    let run = question(&session, wanted.question)?;
    let call = answer(run, wanted.member, asked.round)?;
    let round = Some(outcome::round(run, call)).filter(|round| *round > 0);
    let round = round.map(|round| format!(" in round {round}")).unwrap_or_default();
    let name = format!("question {} of {id}: {}'s answer{round}", run.id, clean::line(wanted.member));
    let Some(event) = run.grade(call, wanted.grade, wanted.topic.as_deref()) else {
        writeln!(io::stdout(), "{name} is graded so already")?;
        return Ok(0);
    };
    let run = run.id;
    let line = told(&name, &event);
    let at = launch.clock.now();
    let record = Record { v: VERSION, seq: session.seq + 1, at, event };
    if let Some(log) = &mut log {
        log.append(&record)?;
        log.sync()?;
    } else {
        let line = "the session is open in another synod, whose board does not show this grade; it counts all the same";
        writeln!(err, "synod: {line}")?;
    }
    session.apply(&record);
    let kept = session.run(run).and_then(|run| graded::kept(&id, run, call, at));
    if let Some(kept) = kept {
        store::grades::add(&store::grades::file_beside(&launch.root), &kept)?;
    }
    writeln!(io::stdout(), "{line}")?;
    Ok(0)
}

fn told(name: &str, event: &Event) -> String {
    match event {
        Event::Graded { grade: Some(grade), topic, .. } => {
            let topic = topic.as_ref().map(|topic| format!(", topic {topic}")).unwrap_or_default();
            format!("{name} is graded {}{topic}", grade.word())
        }
        _ => format!("{name} has no grade any more"),
    }
}

/// The question of a number; the last one without it.
pub(super) fn question(session: &Session, number: Option<u32>) -> Result<&Run, UsageError> {
    let found = match number {
        None => session.runs.last(),
        Some(number) => session.run(RunId(number)),
    };
    found.ok_or_else(|| {
        let last = session.runs.last().map_or(0, |run| run.id.0);
        UsageError(match (number, last) {
            (_, 0) => "no question was asked in this session, so there is no answer to grade".to_owned(),
            (number, last) => {
                format!(
                    "no question {}: this session has {last}; leave the number out for the last",
                    number.unwrap_or(0)
                )
            }
        })
    })
}

/// The answer of a member: of a round of the debates, else the one by which it stands.
fn answer(run: &Run, member: &str, round: Option<u16>) -> Result<CallId, UsageError> {
    let Some(slot) = run.council.slot(&member.into()) else {
        let names = run.council.members.iter().map(|member| member.name.0.as_str());
        return Err(unknown("member", member, names, "name one of them"));
    };
    let rounds = outcome::turns(run);
    let found = match round.filter(|round| *round > 0 || !rounds.is_empty()) {
        None => outcome::in_view(run, slot),
        Some(round) => {
            let of_round = rounds.into_iter().filter(|(number, _)| *number == round);
            of_round.flat_map(|(_, turns)| turns).find(|call| call.id.slot == slot)
        }
    };
    found.filter(|call| call.usable()).map(|call| call.id).ok_or_else(|| {
        let round = round.map(|round| format!(" in round {round}")).unwrap_or_default();
        UsageError(format!("{} has no finished answer to question {}{round}", clean::line(member), run.id))
    })
}
