//! One more synthesis of the answers of a kept session, from the command line: what is asked for, held against what is there, and
//! what came of it. The answers are not asked for again.

use super::{Asking, report, sums};
use crate::agreement::ledger::{self, Subject};
use crate::agreement::{Claim, outcome};
use crate::cli::{Form, Synthesis};
use crate::core::commission::{Choice, Commission, Pick};
use crate::core::forecast::Forecast;
use crate::core::price::Cost;
use crate::core::{CallId, Command, MergeMode, Run, Session, SessionId, Step, clean};
use crate::engine::{Engine, Setup};
use crate::launch::{Launch, UsageError};
use crate::store::Log;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Makes the synthesis and prints it in the form asked for. Gives the exit code.
///
/// # Errors
/// [`UsageError`] where the session, a name or a claim does not exist, or nothing can be made; when standard output can't be
/// written to.
pub async fn synthesis(launch: &Launch, wanted: &Synthesis, id: &SessionId) -> Result<u8> {
    let (log, opened) = Log::open(&launch.root, id)?;
    let session = Session::replay(&opened.records);
    let mut out = io::stdout().lock();
    let mut err = io::stderr().lock();
    if let Some(notice) = &opened.notice {
        writeln!(err, "synod: {}", clean::line(notice))?;
    }
    let Some(run) = session.runs.last() else {
        return Err(UsageError(format!("{id} has no question; synod sessions lists others")).into());
    };
    let step = Step::synthesis(commission(run, wanted).map_err(UsageError)?);
    let ahead = Forecast::of_step(&launch.prices(), run, &step);
    if !matches!(ahead.cost(), Cost::Free) {
        writeln!(err, "synod: {}", ahead.line())?;
    }
    let (run, stages) = (run.id, run.stages.len());
    // What it makes is printed at the end, and nothing else is new.
    let form = Form { jsonl: wanted.form.jsonl, json: true, plain: false };
    let setup = launch.old_session(session.clone(), id.clone(), log);
    let (engine, feed) = Engine::start(Setup { merge: false, ..setup });
    engine.send(Command::Extend { run, step }).await;
    let mut asking = Asking { stages: stages + 1, ..Asking::new(session, feed, form) };
    let after = asking.follow(&engine, &mut out, &mut err).await;
    let Some(after) = asking.close(engine, after, &mut out, &mut err).await? else { return Ok(0) };
    let Some(run) = asking.session.run(run) else { return Ok(1) };
    let Some(state) = outcome::syntheses(run).next_back() else { return Ok(1) };
    if wanted.form.json {
        let warnings = launch.config.warnings();
        let object =
            report::json::run(&asking.session, run, sums(launch, &|model| launch.price(model)), &warnings);
        writeln!(out, "{}", report::json::escape(&serde_json::to_string_pretty(&object)?))?;
    } else if !wanted.form.jsonl {
        out.write_all(report::plain::synthesis(run, state).unwrap_or_default().trim_start().as_bytes())?;
    }
    out.flush()?;
    let made = outcome::chair(run, state.stage.id).filter(|call| call.usable());
    Ok(after.code().unwrap_or(match made {
        Some(call) if call.done() => 0,
        Some(_) => 3,
        None => 1,
    }))
}

/// What is asked for, with names and claims looked up in the session's last question.
fn commission(run: &Run, wanted: &Synthesis) -> Result<Commission, String> {
    let chosen = !(wanted.keep.is_empty() && wanted.leave.is_empty() && wanted.side.is_empty());
    let mode = match (wanted.mode, chosen) {
        (None, true) => MergeMode::Guided,
        (Some(MergeMode::Guided), false) => {
            return Err("a guided synthesis needs --keep, --leave or --side, with the numbers of synod show"
                .to_owned());
        }
        (Some(mode), true) if mode != MergeMode::Guided => {
            return Err(format!(
                "--keep, --leave and --side are for --mode guided, and the mode is {}",
                mode.name()
            ));
        }
        (mode, _) => mode.unwrap_or_default(),
    };
    let names = (wanted.asked.chair.as_ref(), wanted.asked.of.as_slice());
    let mut commission = Commission::looked_up(&run.council_now(), mode, names, ["--chair", "--of"])?;
    let words = wanted.asked.instruction.as_deref().unwrap_or_default();
    words.trim().clone_into(&mut commission.brief.instruction);
    commission.brief.picks = picks(run, wanted)?;
    let (stage, round) = run.latest_answers();
    let of = &commission.brief.of;
    let here =
        run.standing(stage, round).into_values().filter(|call| of.is_empty() || of.contains(&call.member));
    match here.count() {
        count @ 0..2 => Err(format!("nothing to merge: a synthesis needs two answers, here are {count}")),
        _ => Ok(commission),
    }
}

/// The claims that were named by the numbers of `synod show`, as places in the answers.
fn picks(run: &Run, wanted: &Synthesis) -> Result<Vec<Pick>, String> {
    let agreement = outcome::agreement(run);
    let compared: BTreeMap<usize, CallId> =
        outcome::texts(run).into_iter().map(|(seat, call)| (seat, call.id)).collect();
    let claim = |flag: &str, id: u32| {
        agreement.claims.iter().find(|claim| claim.id == id).ok_or_else(|| {
            let count = agreement.claims.iter().count();
            format!("{flag}: no claim {id}; the answers make 1 to {count}, which synod show lists")
        })
    };
    let mut named: BTreeSet<u32> = BTreeSet::new();
    let mut picks = Vec::new();
    let mut pick = |flag: &str, id: u32, choice: &dyn Fn(&Claim) -> Result<Choice, String>| {
        let claim = claim(flag, id)?;
        if !named.insert(id) {
            return Err(format!("{flag}: claim {id} is named twice; say one thing of it"));
        }
        let point = ledger::point(run, &agreement, &compared, Subject::Claim(claim.number), None);
        picks.extend(point.map(|point| choice(claim).map(|choice| Pick { point, choice })).transpose()?);
        Ok(())
    };
    for id in &wanted.keep {
        pick("--keep", *id, &|_| Ok(Choice::Keep))?;
    }
    for id in &wanted.leave {
        pick("--leave", *id, &|_| Ok(Choice::Leave))?;
    }
    for text in &wanted.side {
        let parted =
            text.split_once('=').and_then(|(id, value)| Some((id.trim().parse().ok()?, value.trim())));
        let (id, value): (u32, &str) = parted.ok_or_else(|| {
            format!("--side {}: say the claim and its side, as 4=30 hours", clean::exact(text))
        })?;
        pick("--side", id, &|claim| side(claim, value))?;
    }
    Ok(picks)
}

/// The side of a claim that is meant by its value.
fn side(claim: &Claim, value: &str) -> Result<Choice, String> {
    let wanted = value.to_lowercase();
    let values = || claim.sides.iter().map(|side| clean::line(&side.value));
    match values().position(|value| value.to_lowercase() == wanted) {
        Some(side) => Ok(Choice::Side(side)),
        None if claim.sides.is_empty() => {
            Err(format!("--side: nobody is divided on claim {}; use --keep", claim.id))
        }
        None => {
            let values = values().collect::<Vec<_>>().join(", or ");
            Err(format!("--side: claim {} has no side {}; it has {values}", claim.id, clean::exact(value)))
        }
    }
}
