//! The `synod` binary: reads the command line, chooses a shell, and turns faults into one line and an exit code.

use anyhow::Result;
use clap::Parser;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use synod::cli::{Ask, Cli, Command, Common, mistyped, one_line};
use synod::core::{Commission, Council, Protocol, Question, Session, Weigh, clean};
use synod::launch::input::Input;
use synod::launch::{Launch, UsageError};
use synod::opening::{Start, open};
use synod::providers::scripted::{self, Pace};
use synod::store::Log;
use synod::{headless, tui};

/// What is said when a question was asked and nobody is there to answer.
const NO_MODEL: &str =
    "no model to ask: set a key such as OPENAI_API_KEY, name one with -m PROVIDER/MODEL, or use --demo";

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "synod: {}", clean::exact(&one_line(&error)));
            return ExitCode::from(2);
        }
    };
    match start(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) if broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "synod: {}", clean::exact(&format!("{error:#}")));
            ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
        }
    }
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    let pipe = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    error.downcast_ref::<std::io::Error>().is_some_and(pipe)
}

fn start(cli: Cli) -> Result<u8> {
    let Cli { common, files, question, command } = cli;
    let asks = matches!(command, None | Some(Command::Ask(_) | Command::Demo { number: Some(_) }));
    if !asks && !files.is_empty() {
        return Err(UsageError("-f goes with a question: synod ask -f FILE \"…\"".to_owned()).into());
    }
    match command {
        None => {
            if let Some(name) = question.as_deref().and_then(mistyped) {
                let typed = clean::exact(question.as_deref().unwrap_or_default());
                let line = format!(
                    "no command \"{typed}\"; did you mean: synod {name}? A question goes in: synod ask \"…\""
                );
                return Err(UsageError(line).into());
            }
            workbench(&common, question, &files)
        }
        Some(Command::Ask(ask)) => answer(&common, &Ask { files: [files, ask.files].concat(), ..ask }),
        Some(Command::Compare { files, json }) => headless::compare::compare(&files, json),
        Some(Command::Sessions { json }) => {
            headless::sessions(&Launch::reading(&common, Pace::Instant)?, json)
        }
        Some(Command::Show(show)) => {
            headless::show(&Launch::reading(&common, Pace::Instant)?, show.id.as_deref(), show.form)
        }
        Some(Command::Resume { id }) => resume(&common, id.as_deref()),
        Some(Command::Synthesis(wanted)) => {
            let launch = Launch::prepare(&common, Pace::Instant)?;
            tui::tell_failures(launch.config.keys.clone());
            let id = headless::session_id(&launch, wanted.id.as_deref())?;
            runtime()?.block_on(headless::synthesis::synthesis(&launch, &wanted, &id))
        }
        Some(Command::HandOver(wanted)) => {
            let launch = Launch::prepare(&common, Pace::Instant)?;
            tui::tell_failures(launch.config.keys.clone());
            let id = headless::session_id(&launch, wanted.session.as_deref())?;
            runtime()?.block_on(headless::hand_over::hand_over(&launch, &wanted.word, &id))
        }
        Some(Command::Evaluate(wanted)) => {
            headless::evaluate::run(&Launch::reading(&common, Pace::Instant)?, &wanted)
        }
        Some(Command::Demo { number: None }) => headless::demo_questions(),
        Some(Command::Demo { number: Some(number) }) => {
            let questions = scripted::questions();
            let Some(question) = number.checked_sub(1).and_then(|at| questions.get(at)) else {
                let line = format!("the demo knows {} questions; synod demo lists them", questions.len());
                return Err(UsageError(line).into());
            };
            workbench(&Common { demo: true, ..common }, Some((*question).to_owned()), &files)
        }
        Some(Command::Experiment { what }) => {
            runtime()?.block_on(headless::experiment::run(&common, what, tui::experiment::follow))
        }
        Some(Command::Grade(asked)) => headless::grade::run(&Launch::reading(&common, Pace::Instant)?, asked),
        Some(Command::Config { what }) => headless::settings::run(&common, what),
        Some(Command::Plans { what }) => headless::plans::run(&common, &what),
        Some(Command::Models(models)) => runtime()?.block_on(headless::models::run(&common, &models)),
        Some(Command::Doctor { json, online }) => {
            runtime()?.block_on(headless::doctor::run(&common, json, online))
        }
        Some(Command::Keys { markdown, what: None }) => headless::keys::keys(markdown),
        Some(Command::Keys { what: Some(what), .. }) => {
            runtime()?.block_on(headless::api_keys::run(&common, what))
        }
        Some(Command::Completions { shell }) => headless::manual::completions(shell),
        Some(Command::Man) => headless::manual::page(),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn answer(common: &Common, ask: &Ask) -> Result<u8> {
    let launch = Launch::prepare(common, Pace::Instant)?;
    tui::tell_failures(launch.config.keys.clone());
    let Input { question, files, warnings } = Input::of_ask(&ask.question, &ask.files)?;
    let Some(council) = launch.council.clone() else {
        return Err(UsageError(NO_MODEL.to_owned()).into());
    };
    if let Some(pass) = ask.deepen.iter().find(|pass| launch.config.agreement.by(**pass).is_none()) {
        let line = format!("--deepen {}: {}", pass.word(), pass.unset());
        return Err(UsageError(line).into());
    }
    let cast = launch.plan(common, &council)?;
    if cast.is_some() {
        no_plan_with(common, ask)?;
    } else if ask.approve {
        return Err(UsageError("--approve is about the gates of a plan: add --plan NAME".to_owned()).into());
    }
    let mut protocol = launch.protocol(common);
    let judges = council.named(&ask.judges).map_err(|line| UsageError(format!("--judges: {line}")))?;
    if !judges.is_empty() {
        match common.protocol {
            None => protocol = Protocol::Vote,
            Some(Protocol::Vote | Protocol::VoteBy(_)) => {}
            Some(other) => {
                let line =
                    format!("--judges are for a vote, and the protocol is {other}; say --protocol vote");
                return Err(UsageError(line).into());
            }
        }
    }
    let debates = protocol.debates() || cast.is_some();
    if (common.debate_mode.is_some() || common.until.is_some()) && !debates {
        let line = "--debate-mode and --until are about a debate: add --protocol debate:3";
        return Err(UsageError(line.to_owned()).into());
    }
    if let Some(Weigh::Hand(said)) = &ask.weights {
        let names: Vec<String> = said.iter().map(|(name, _)| name.0.clone()).collect();
        council.named(&names).map_err(|line| UsageError(format!("--weights: {line}")))?;
    }
    let commission = commission(ask, &council, protocol)?;
    let mut question =
        Question { text: question, files, council, protocol, judges, commission, ..Question::default() };
    let mut notes = warnings;
    if let Some(cast) = cast {
        question.plan = Some(Box::new(cast.planned()));
        question.topic.clone_from(&ask.topic);
        question.council = cast.council;
        notes.extend(cast.notes);
    }
    launch.keep_private(&mut question, common.local_only, ask.not_private)?;
    notes.extend(launch.allow_similar(&mut question));
    runtime()?.block_on(headless::ask(
        &launch,
        question,
        headless::Wanted { passes: &ask.deepen, weigh: ask.weights.as_ref(), approve: ask.approve },
        notes,
        ask.form,
    ))
}

/// What says how a protocol goes says nothing of a written plan, which says that itself.
fn no_plan_with(common: &Common, ask: &Ask) -> Result<(), UsageError> {
    let said = [
        ("--judges", !ask.judges.is_empty(), "by in its vote"),
        ("--chair", ask.asked.chair.is_some(), "by in its merge"),
        ("--of", !ask.asked.of.is_empty(), "sees in its merge"),
        ("--instruction", ask.asked.instruction.is_some(), "task in its merge"),
        ("--debate-mode", common.debate_mode.is_some(), "mode in its debate"),
        ("--until", common.until.is_some(), "until in its debate"),
    ];
    match said.into_iter().find(|(_, said, _)| *said) {
        Some((flag, _, key)) => Err(UsageError(format!(
            "{flag} does not go with --plan, which says that itself, as {key}; leave one of them out"
        ))),
        None => Ok(()),
    }
}

/// What is asked of the synthesis beside its mode, looked up before anybody is asked anything.
fn commission(
    ask: &Ask,
    council: &Council,
    protocol: Protocol,
) -> Result<Option<Box<Commission>>, UsageError> {
    let asked = &ask.asked;
    if asked.is_empty() {
        return Ok(None);
    }
    let Protocol::Synthesis(mode) = protocol else {
        let line = "--chair, --of and --instruction are about a synthesis: add --protocol synthesis";
        return Err(UsageError(line.to_owned()));
    };
    let names = (asked.chair.as_ref(), asked.of.as_slice());
    let mut found = Commission::looked_up(council, mode, names, ["--chair", "--of"]).map_err(UsageError)?;
    asked.instruction.as_deref().unwrap_or_default().trim().clone_into(&mut found.brief.instruction);
    Ok(Some(Box::new(found)))
}

fn workbench(common: &Common, question: Option<String>, files: &[PathBuf]) -> Result<u8> {
    let launch = Launch::prepare(common, Pace::Lifelike)?;
    if question.is_some() && launch.council.is_none() {
        return Err(UsageError(NO_MODEL.to_owned()).into());
    }
    let input = Input::of_files(files)?;
    let setup = launch.new_session();
    open(common, &launch, setup, Start { question, input, ..Start::default() }, runtime()?)
}

fn resume(common: &Common, id: Option<&str>) -> Result<u8> {
    let mut launch = Launch::prepare(common, Pace::Lifelike)?;
    let id = headless::session_id(&launch, id)?;
    if let Some(why) = tui::obstacle(launch.env.get("TERM")) {
        return Err(UsageError(why.to_owned()).into());
    }
    let (log, opened) = Log::open(&launch.root, &id)?;
    let session = Session::replay(&opened.records);
    // A session goes on with the council that it had.
    launch.council = session.runs.last().map(synod::core::Run::council_now).or(launch.council);
    let setup = launch.old_session(session, id, log);
    let notices = opened.notice.into_iter().collect();
    open(common, &launch, setup, Start { records: opened.records, notices, ..Start::default() }, runtime()?)
}
