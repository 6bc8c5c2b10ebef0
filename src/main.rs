//! The `synod` binary: reads the command line, chooses a shell, and turns faults into one line and an exit code.

use anyhow::Result;
use clap::Parser;
use std::io::{IsTerminal, Read, Write};
use std::process::ExitCode;
use synod::app::{App, Msg, Opening};
use synod::cli::{Ask, Cli, Command, Common, mistyped, one_line};
use synod::core::{Session, clean};
use synod::engine::Engine;
use synod::launch::{Launch, UsageError};
use synod::providers::scripted::{self, Pace};
use synod::store::{self, Log};
use synod::ui::theme::{Depth, Looks};
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
    let common = cli.common;
    match cli.command {
        None => {
            if let Some(name) = cli.question.as_deref().and_then(mistyped) {
                let typed = clean::exact(cli.question.as_deref().unwrap_or_default());
                let line = format!(
                    "no command \"{typed}\"; did you mean: synod {name}? A question goes in: synod ask \"…\""
                );
                return Err(UsageError(line).into());
            }
            workbench(&common, cli.question)
        }
        Some(Command::Ask(ask)) => answer(&common, &ask),
        Some(Command::Sessions { json }) => {
            headless::sessions(&Launch::prepare(&common, Pace::Instant)?, json)
        }
        Some(Command::Show(show)) => {
            headless::show(&Launch::prepare(&common, Pace::Instant)?, show.id.as_deref(), show.form)
        }
        Some(Command::Resume { id }) => resume(&common, id.as_deref()),
        Some(Command::Demo { number: None }) => headless::demo_questions(),
        Some(Command::Demo { number: Some(number) }) => {
            let questions = scripted::questions();
            let Some(question) = number.checked_sub(1).and_then(|at| questions.get(at)) else {
                let line = format!("the demo knows {} questions; synod demo lists them", questions.len());
                return Err(UsageError(line).into());
            };
            workbench(&Common { demo: true, ..common }, Some((*question).to_owned()))
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn answer(common: &Common, ask: &Ask) -> Result<u8> {
    let launch = Launch::prepare(common, Pace::Instant)?;
    let question = match ask.question.join(" ") {
        words if words.is_empty() || words == "-" => read_question(words == "-")?,
        words => words,
    };
    if question.trim().is_empty() {
        return Err(
            UsageError("the question is empty; write it after synod ask, or pipe it in".to_owned()).into()
        );
    }
    let Some(council) = launch.council.clone() else {
        return Err(UsageError(NO_MODEL.to_owned()).into());
    };
    let protocol = common.protocol.unwrap_or_default();
    runtime()?.block_on(headless::ask(&launch, council, question, protocol, ask.form))
}

fn read_question(wanted: bool) -> Result<String> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() && !wanted {
        return Err(UsageError("no question; write it after synod ask, or pipe it in".to_owned()).into());
    }
    let mut bytes = Vec::new();
    stdin.by_ref().take(4 << 20).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

fn workbench(common: &Common, question: Option<String>) -> Result<u8> {
    let launch = Launch::prepare(common, Pace::Lifelike)?;
    if question.is_some() && launch.council.is_none() {
        return Err(UsageError(NO_MODEL.to_owned()).into());
    }
    let setup = launch.new_session();
    open(common, &launch, setup, Vec::new(), None, question)
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
    launch.council = session.runs.last().map(|run| run.council.clone()).or(launch.council);
    let setup = launch.old_session(session, id, log);
    open(common, &launch, setup, opened.records, opened.notice, None)
}

fn open(
    common: &Common,
    launch: &Launch,
    setup: synod::engine::Setup,
    records: Vec<synod::core::Record>,
    notice: Option<String>,
    question: Option<String>,
) -> Result<u8> {
    if let Some(why) = tui::obstacle(launch.env.get("TERM")) {
        return Err(UsageError(why.to_owned()).into());
    }
    let questions = scripted::questions().into_iter().map(str::to_owned).collect();
    let mut notices: Vec<String> = launch.config.warnings.clone();
    notices.extend(notice);
    let depth = if launch.no_color() {
        Depth::None
    } else {
        Depth::of(launch.env.get("TERM"), launch.env.get("COLORTERM"))
    };
    let looks = Looks { depth, ascii: common.ascii || launch.wants_ascii() };
    let (theme, faults) = launch.themes.theme(looks);
    notices.extend(faults);
    let opening = Opening {
        price: launch.council.as_ref().map(|council| launch.price_line(council)),
        council: launch.council.clone(),
        demo: Some((scripted::council(), questions)),
        protocol: common.protocol.unwrap_or_default(),
        records,
        notices,
        kept: launch.save,
        now: launch.clock.now(),
        looked_at: launch.looked_at(),
    };
    let first = question.map(Msg::Ask);
    let id = setup.id.clone();
    let code = runtime()?.block_on(async {
        let (engine, feed) = Engine::start(setup);
        tui::run(App::new(opening), &theme, engine, feed, launch.clock, first).await
    })?;
    if launch.save && store::holds(&launch.root, &id) {
        // The terminal may be gone, and then its exit code says more than that.
        let _ = writeln!(std::io::stdout(), "kept: synod resume {id}");
    }
    Ok(code)
}
