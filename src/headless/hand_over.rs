//! The person's word on a plan that waits for it in a kept session, from the command line: what is decided, held against what is
//! there, and what comes of it until the plan is over or waits again.

use super::report::plain::plan;
use super::{Asking, report, sums};
use crate::cli::{Form, HandWord};
use crate::core::{Command, Handed, ModelRef, Run, RunId, Session, SessionId, StageState, Steer, clean};
use crate::engine::{Engine, Setup};
use crate::launch::{Launch, UsageError};
use crate::store::Log;
use anyhow::{Context as _, Result};
use std::io::{self, Read as _, Write};
use std::path::Path;

/// Hands the decision over, follows the plan and prints it in the form asked for. Gives the exit code.
///
/// # Errors
/// [`UsageError`] where the session does not exist, its plan does not wait, or what was decided can't be done there; when the text
/// can't be read or standard output can't be written to.
pub async fn hand_over(launch: &Launch, word: &HandWord, id: &SessionId) -> Result<u8> {
    let (log, opened) = Log::open(&launch.root, id)?;
    let session = Session::replay(&opened.records);
    let mut out = io::stdout().lock();
    let mut err = io::stderr().lock();
    if let Some(notice) = &opened.notice {
        writeln!(err, "synod: {}", clean::line(notice))?;
    }
    let form = word.at().form;
    let Some(run) = session.runs.iter().rev().find(|run| run.gates().next().is_some()) else {
        let line = format!("no plan waits for your word in {id}; synod show {id} tells how far it is");
        return Err(UsageError(line).into());
    };
    let gate = gate(run, word.at().stage.as_deref()).map_err(UsageError)?;
    let handed = decision(run, gate, word)?;
    if run.hand_over(gate.stage.id, handed.clone()).is_none() {
        return Err(UsageError(refused(run, gate, &handed)).into());
    }
    let (of, paused, gate) = (run.id, run.paused, gate.stage.id);
    let printed = plan::stands(run).into_iter().collect();
    let setup = launch.old_session(session.clone(), id.clone(), log);
    let (engine, feed) = Engine::start(Setup { merge: false, ..setup });
    let mut steers = vec![Steer::HandOver(gate, handed)];
    if paused {
        steers.push(Steer::Pause(false));
    }
    for steer in steers {
        engine.send(Command::Steer { run: of, steer }).await;
    }
    let mut asking = Asking {
        of: Some(of),
        // What stood before is not printed again.
        printed,
        gate: Some(gate),
        approve: word.at().approve,
        ..Asking::new(session, feed, form)
    };
    let after = asking.follow(&engine, &mut out, &mut err).await;
    let Some(after) = asking.close(engine, after, &mut out, &mut err).await? else { return Ok(0) };
    tell(launch, &asking, of, form, &mut out)?;
    asking.tell_gates(launch, &mut err)?;
    Ok(after.code().unwrap_or_else(|| asking.session.run(of).map_or(1, report::exit_code)))
}

/// Prints what the run came to.
fn tell(launch: &Launch, asking: &Asking, of: RunId, form: Form, out: &mut impl Write) -> Result<()> {
    let Some(run) = asking.session.run(of).filter(|_| !form.jsonl) else { return Ok(()) };
    if form.json {
        let warnings = launch.config.warnings();
        let prices = |model: &ModelRef| launch.price(model);
        let mut object = report::json::run(&asking.session, run, sums(launch, &prices), &warnings);
        report::json::add_learned(&mut object, run, &launch.grades().unwrap_or_default());
        writeln!(out, "{}", report::json::escape(&serde_json::to_string_pretty(&object)?))?;
    } else {
        out.write_all(report::plain::tail(run).as_bytes())?;
        out.write_all(plan::costs(run, &|model| launch.price(model)).as_bytes())?;
    }
    out.flush()?;
    Ok(())
}

/// The gate that is meant: the one at which the plan waits, or the one that was named.
fn gate<'a>(run: &'a Run, named: Option<&str>) -> Result<&'a StageState, String> {
    let gates: Vec<&StageState> = run.gates().collect();
    let names: Vec<String> = gates.iter().map(|state| format!("\"{}\"", run.title(state.stage.id))).collect();
    match (named, gates.as_slice()) {
        (None, [gate]) => Ok(gate),
        (None, _) => Err(format!("the plan waits at {}; say which with --stage", names.join(" and "))),
        (Some(named), gates) => {
            let meant = |state: &&&StageState| {
                run.title(state.stage.id) == named || state.stage.name() == Some(named)
            };
            let none = || {
                format!(
                    "--stage: no plan waits at {}; it waits at {}",
                    clean::exact(named),
                    names.join(" and ")
                )
            };
            gates.iter().find(meant).copied().ok_or_else(none)
        }
    }
}

/// What was decided, as the plan takes it.
fn decision(run: &Run, gate: &StageState, word: &HandWord) -> Result<Handed> {
    Ok(match word {
        HandWord::Approve { .. } => Handed::Approved,
        HandWord::Edit { file, .. } => Handed::Edited(text(file)?),
        HandWord::Choose { member, .. } => {
            let given = gate.begun.as_ref().map_or(&[][..], |begun| begun.given.as_slice());
            let calls = || given.iter().filter_map(|given| run.calls.get(&given.call?));
            let call = calls().find(|call| call.member.0 == *member);
            let Some(call) = call else {
                let mut names: Vec<String> = calls().map(|call| clean::line(&call.member.0)).collect();
                names.dedup();
                let names = if names.is_empty() { "your own alone".to_owned() } else { names.join(", ") };
                let line = format!("choose: no text of {} is there; there is {names}", clean::exact(member));
                return Err(UsageError(line).into());
            };
            Handed::Chosen(call.id)
        }
        HandWord::Back { note, .. } => Handed::SentBack(note.join(" ")),
    })
}

/// A text of the person's own.
fn text(file: &Path) -> Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).context("standard input is no text")?;
        return Ok(text);
    }
    let name = clean::exact(&file.display().to_string());
    std::fs::read_to_string(file).map_err(|error| UsageError(format!("{name}: {error}")).into())
}

/// Why a decision can't be taken there.
fn refused(run: &Run, gate: &StageState, handed: &Handed) -> String {
    let title = run.title(gate.stage.id);
    let sends_back = gate.stage.part.as_ref().is_some_and(|part| part.back.is_some());
    match handed {
        Handed::SentBack(_) if sends_back => {
            format!("\"{title}\" has sent the work back as often as the plan allows; approve, edit or choose")
        }
        Handed::SentBack(_) => {
            format!("the plan sends nothing back from \"{title}\"; approve, edit or choose")
        }
        Handed::Edited(_) => "the text is empty; approve goes on with what is there".to_owned(),
        Handed::Approved | Handed::Chosen(_) => format!("the plan does not wait at \"{title}\" any more"),
    }
}
