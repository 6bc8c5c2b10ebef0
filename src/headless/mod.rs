//! The shell without a screen: asks, waits, prints. For pipes, programs and screen readers.
//!
//! It shares every mechanism with the workbench but the terminal; it never writes an escape sequence.

pub mod api_keys;
mod columns;
pub mod compare;
pub mod doctor;
pub mod evaluate;
pub mod experiment;
pub mod grade;
mod grades;
pub mod hand_over;
pub mod keys;
pub mod manual;
pub mod models;
pub mod plans;
mod ratings;
pub mod report;
pub mod settings;
pub mod synthesis;

use crate::agreement::ahead::ahead;
use crate::agreement::{graded, vote};
use crate::cli::Form;
use crate::core::{
    Command, Event, Handed, ModelRef, Pass, Progress, Question, Record, Run, RunId, Session, SessionId,
    Spent, StageId, Steer, Weigh, clean, next,
};
use crate::engine::{Clock, Engine, Feed, News, Setup};
use crate::launch::input::with_line;
use crate::launch::{Launch, UsageError};
use crate::store;
use anyhow::Result;
use report::plain::plan::{self, Piece};
use std::collections::BTreeSet;
use std::io::{self, Write};
use tokio::signal::unix::{SignalKind, signal};

/// What is wanted of a question beside its answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Passes over the claims, once the answers are in.
    pub passes: &'a [Pass],
    /// What judges weigh.
    pub weigh: Option<&'a Weigh>,
    /// Whether every gate of its plan is passed as it comes.
    pub approve: bool,
}

/// Asks a council, looks deeper and weighs votes in another way where that is wanted, and prints what comes, in the form asked for. `notes` are warnings
/// about the question. Gives the exit code.
///
/// # Errors
/// When standard output can't be written to.
pub async fn ask(
    launch: &Launch,
    question: Question,
    Wanted { passes, weigh, approve }: Wanted<'_>,
    notes: Vec<String>,
    form: Form,
) -> Result<u8> {
    let mut out = io::stdout().lock();
    let mut err = io::stderr().lock();
    let mut warnings = launch.config.warnings();
    warnings.extend(notes);
    warnings.extend(launch.before_asking(&question));
    warnings.extend(question.private.as_ref().map(crate::core::Private::line));
    for warning in &warnings {
        writeln!(err, "synod: {}", clean::line(warning))?;
    }
    for file in &question.files {
        writeln!(err, "{}", with_line(file))?;
    }
    let (engine, feed) = Engine::start(Setup { merge: false, ..launch.new_session() });
    engine.send(Command::Ask(question)).await;
    let mut asking = Asking { approve, ..Asking::new(Session::default(), feed, form) };
    let mut outcome = asking.follow(&engine, &mut out, &mut err).await;
    for pass in passes {
        let goes_on = matches!(outcome, Ok(Some(After::Settled))) && !asking.stopped && !asking.waits();
        if goes_on && asking.deepen(launch, &engine, *pass, &mut err).await? {
            outcome = asking.follow(&engine, &mut out, &mut err).await;
        }
    }
    if let (Some(want), Some(run)) = (weigh, asking.session.runs.last()) {
        let learned = graded::learned(&launch.grades().unwrap_or_default(), &run.council, None);
        match vote::weighed(run, want, &learned) {
            // What is counted so already needs no record.
            Ok(counting) => _ = engine.send(Command::Count { run: run.id, counting }).await,
            Err(line) => writeln!(err, "synod: --weights: {}", clean::line(&line))?,
        }
    }
    let Some(after) = asking.close(engine, outcome, &mut out, &mut err).await? else { return Ok(0) };
    let Some(run) = asking.run() else { return Ok(1) };
    if form.json {
        let mut object =
            report::json::run(&asking.session, run, sums(launch, &|model| launch.price(model)), &warnings);
        // Grades that can't be read teach nothing; what was asked is answered all the same.
        report::json::add_learned(&mut object, run, &launch.grades().unwrap_or_default());
        writeln!(out, "{}", report::json::escape(&serde_json::to_string_pretty(&object)?))?;
    } else if !form.jsonl {
        out.write_all(report::plain::tail(run).as_bytes())?;
        out.write_all(plan::costs(run, &|model| launch.price(model)).as_bytes())?;
        if let Some(id) =
            asking.session.id.as_ref().filter(|id| launch.save && store::holds(&launch.root, id))
        {
            writeln!(err, "kept: synod show {id}")?;
        }
        let spent = run.spent(&|model| launch.price(model));
        if spent != Spent::default() {
            writeln!(err, "cost: {}", spent.words())?;
        }
    }
    out.flush()?;
    asking.tell_gates(launch, &mut err)?;
    tokio::select! {
        // All is printed; what answers in the shadow would be lost with this program.
        () = launch.shadows.finish() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    let code = after.code().unwrap_or_else(|| report::exit_code(run));
    // A pass that failed leaves out something that was asked for, as a member does.
    let failed = run.deeper.done.iter().any(|done| done.error.is_some());
    Ok(if code == 0 && failed { 3 } else { code })
}

/// Why following a run came to an end.
enum After {
    /// It is over.
    Settled,
    /// A signal ended synod: the exit code that says which.
    Ended(u8),
}

impl After {
    /// The exit code, where it is not the outcome of the run that says it.
    fn code(self) -> Option<u8> {
        match self {
            Self::Settled => None,
            Self::Ended(code) => Some(code),
        }
    }
}

struct Asking {
    session: Session,
    feed: Feed,
    /// The run that is followed; the last where none is named.
    of: Option<RunId>,
    /// What was printed of it.
    printed: BTreeSet<Piece>,
    form: Form,
    /// Whether the person stopped it: then nothing more is begun.
    stopped: bool,
    /// How many deeper passes were begun: it is not over before as many are.
    deepened: usize,
    /// How many stages its run must have before it can be over: a step that was asked for is one.
    stages: usize,
    /// The gate that must be decided before it can be over.
    gate: Option<StageId>,
    /// Whether every gate is passed as it comes.
    approve: bool,
}

impl Asking {
    /// Of a session as it is.
    fn new(session: Session, feed: Feed, form: Form) -> Self {
        Self {
            session,
            feed,
            of: None,
            printed: BTreeSet::new(),
            form,
            stopped: false,
            deepened: 0,
            stages: 0,
            gate: None,
            approve: false,
        }
    }

    /// The run that is followed.
    fn run(&self) -> Option<&Run> {
        match self.of {
            Some(id) => self.session.run(id),
            None => self.session.runs.last(),
        }
    }

    /// Whether its plan waits for the person.
    fn waits(&self) -> bool {
        self.run().is_some_and(Run::waits)
    }

    /// Begins a deeper pass and says what it is guessed to cost; false, with a line, where there is nothing to do.
    async fn deepen(
        &mut self,
        launch: &Launch,
        engine: &Engine,
        pass: Pass,
        err: &mut impl Write,
    ) -> Result<bool> {
        let Some(run) = self.run() else { return Ok(false) };
        let config = &launch.config;
        let locals = launch.registry.locals();
        match ahead(run, pass, &config.agreement, &launch.prices(), config.templates.judge.len(), locals) {
            Ok(found) => {
                writeln!(err, "synod: {}", found.line())?;
                engine.send(Command::Deepen { run: run.id, pass }).await;
                self.deepened += 1;
                Ok(true)
            }
            Err(line) => {
                writeln!(err, "synod: --deepen {}: {}", pass.word(), clean::line(&line))?;
                Ok(false)
            }
        }
    }

    /// Prints what happens until the run is over, the person stops it, or synod is ended; none where nobody reads what is
    /// printed.
    async fn follow(
        &mut self,
        engine: &Engine,
        out: &mut impl Write,
        err: &mut impl Write,
    ) -> Result<Option<After>> {
        // Registered once: a signal that arrives while news is printed is still seen.
        let mut interrupts = signal(SignalKind::interrupt())?;
        let mut terminations = signal(SignalKind::terminate())?;
        let mut hangups = signal(SignalKind::hangup())?;
        loop {
            let news = tokio::select! {
                news = self.feed.take() => news,
                _ = interrupts.recv() => {
                    self.stopped = true;
                    engine.send(Command::StopAll).await;
                    continue;
                }
                _ = terminations.recv() => return Ok(Some(After::Ended(143))),
                _ = hangups.recv() => return Ok(Some(After::Ended(129))),
            };
            if news.is_empty() {
                return Ok(Some(After::Settled));
            }
            if !self.show(news, out, err)? {
                return Ok(None);
            }
            if self.approve {
                self.pass_gates(engine).await;
            }
            let handed = |run: &Run, gate| run.stage(gate).is_some_and(|state| state.handed.is_some());
            let over = |run: &Run| {
                let rests = match next(run).state {
                    Progress::Working => false,
                    // What was approved is on its way.
                    Progress::Waiting => self.stopped || !self.approve || run.paused,
                    Progress::Settled => true,
                };
                rests
                    && run.deeper.done.len() >= self.deepened
                    && run.stages.len() >= self.stages
                    && self.gate.is_none_or(|gate| handed(run, gate))
            };
            if self.run().is_some_and(over) {
                return Ok(Some(After::Settled));
            }
        }
    }

    /// Goes on with what is there wherever the plan waits for the person. One that was passed already is not passed again.
    async fn pass_gates(&self, engine: &Engine) {
        let Some(run) = self.run().filter(|run| run.waits()) else { return };
        for gate in run.gates() {
            let steer = Steer::HandOver(gate.stage.id, Handed::Approved);
            engine.send(Command::Steer { run: run.id, steer }).await;
        }
    }

    /// Says where the plan waits for the person, and how it goes on from there.
    fn tell_gates(&self, launch: &Launch, err: &mut impl Write) -> io::Result<()> {
        let Some(run) = self.run() else { return Ok(()) };
        let kept = self.session.id.as_ref().filter(|id| launch.save && store::holds(&launch.root, id));
        let how = kept.map_or_else(
            || "nothing is kept, so it can't go on; --approve passes every gate".to_owned(),
            |id| format!("synod resume {id} goes on in the workbench, or synod hand-over {id} approve"),
        );
        for line in plan::waiting(run) {
            writeln!(err, "synod: {line}: {how}")?;
        }
        Ok(())
    }

    /// Closes the engine after following, and prints what it still had to say and what was left of a plan. Gives why following
    /// came to an end; none where nobody reads what is printed.
    async fn close(
        &mut self,
        engine: Engine,
        after: Result<Option<After>>,
        out: &mut impl Write,
        err: &mut impl Write,
    ) -> Result<Option<After>> {
        let closed = engine.close().await;
        let Some(after) = after? else { return Ok(None) };
        closed?;
        self.drain(out, err).await?;
        self.print_rest(out)?;
        Ok(Some(after))
    }

    /// Prints what the engine still had to say after it was closed.
    async fn drain(&mut self, out: &mut impl Write, err: &mut impl Write) -> Result<()> {
        loop {
            let news = self.feed.take().await;
            if news.is_empty() || !self.show(news, out, err)? {
                return Ok(());
            }
        }
    }

    fn show(&mut self, news: Vec<News>, out: &mut impl Write, err: &mut impl Write) -> Result<bool> {
        for item in news {
            match item {
                News::Record(record) => {
                    self.session.apply(&record);
                    if let Event::CallStarted { member, cached: Some(cached), .. } = &record.event {
                        writeln!(err, "synod: {}: {}", clean::line(&member.0), cached.line(record.at))?;
                    }
                    let decision = self.run().and_then(|run| plan::decision(run, &record.event));
                    if let Some(line) = decision {
                        writeln!(err, "synod: {line}")?;
                    }
                    match self.print(&record, out) {
                        Ok(()) => {}
                        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
                        Err(error) => return Err(error.into()),
                    }
                }
                News::NotSaved(why) => writeln!(err, "synod: not saved: {}", clean::line(&why))?,
                News::Saved => writeln!(err, "synod: saved again")?,
                News::Note(line) => writeln!(err, "synod: {}", clean::line(&line))?,
            }
        }
        Ok(true)
    }

    fn print(&mut self, record: &Record, out: &mut impl Write) -> io::Result<()> {
        if self.form.jsonl {
            writeln!(out, "{}", report::json::record(record))?;
            return out.flush();
        }
        // A piece of text ends nothing.
        if self.form.json || matches!(record.event, Event::Delta { .. }) {
            return Ok(());
        }
        let Some(run) = self.run() else { return Ok(()) };
        if matches!(record.event, Event::RunStarted { .. }) {
            out.write_all(report::plain::heading(run).as_bytes())?;
        }
        // Members finish in any order; what they say is printed in the order of seats, so that a listener can follow.
        self.print_new(false, out)
    }

    /// Prints what stands of a run and was not printed yet; with `all` also what goes on beside what it waits for.
    fn print_new(&mut self, all: bool, out: &mut impl Write) -> io::Result<()> {
        let Some(run) = self.run() else { return Ok(()) };
        let mut new = plan::pieces(run, all);
        new.retain(|piece| !self.printed.contains(piece));
        for piece in &new {
            out.write_all(plan::piece(run, *piece).as_bytes())?;
        }
        self.printed.extend(new);
        out.flush()
    }

    /// Prints what was left of a plan when it came to rest.
    fn print_rest(&mut self, out: &mut impl Write) -> io::Result<()> {
        let text = !self.form.json && !self.form.jsonl;
        if text && self.run().is_some_and(Run::planned) { self.print_new(true, out) } else { Ok(()) }
    }
}

/// Lists the sessions that were kept.
///
/// # Errors
/// When standard output can't be written to.
pub fn sessions(launch: &Launch, json: bool) -> Result<u8> {
    let mut out = io::stdout().lock();
    let list = store::list(&launch.root);
    if json {
        let list: Vec<_> = list
            .iter()
            .map(|one| {
                serde_json::json!({
                    "id": one.id, "started_at": one.started_at, "last_at": one.last_at, "question": one.question,
                    "runs": one.runs, "members": one.members, "scripted": one.scripted, "bytes": one.bytes,
                    "damaged": one.damaged,
                })
            })
            .collect();
        writeln!(out, "{}", report::json::escape(&serde_json::to_string_pretty(&list)?))?;
        return Ok(0);
    }
    if list.is_empty() {
        writeln!(out, "No sessions yet. synod --demo plays the demo, synod ask \"…\" asks.")?;
    }
    for one in list {
        let demo = if one.scripted { " [demo]" } else { "" };
        let note = one.damaged.map(|why| format!("  ({})", clean::line(&why))).unwrap_or_default();
        let question = clean::line(&one.question);
        let members = match one.members.len() {
            1 => "1 member".to_owned(),
            many => format!("{many} members"),
        };
        let last = Clock::on_the_wall(one.last_at, "%Y-%m-%d %H:%M");
        writeln!(out, "{}  {last}  {}{demo} ({members}){note}", one.id, clean::cut(&question, 60))?;
    }
    Ok(0)
}

/// The session that an id, or the beginning of one, names.
///
/// # Errors
/// [`UsageError`] when it names none, or several.
pub fn session_id(launch: &Launch, id: Option<&str>) -> Result<SessionId, UsageError> {
    store::resolve(&launch.root, id).map_err(|error| UsageError(error.to_string()))
}

/// What is known of money beside a session.
fn sums<'a>(launch: &Launch, prices: report::Prices<'a>) -> report::json::Sums<'a> {
    report::json::Sums { prices, day: launch.day_so_far() }
}

/// Prints a session that was kept.
///
/// # Errors
/// When there is no such session, or it can't be read.
pub fn show(launch: &Launch, id: Option<&str>, form: Form) -> Result<u8> {
    let id = session_id(launch, id)?;
    let opened = store::read(&launch.root, &id)?;
    let mut out = io::stdout().lock();
    if let Some(notice) = &opened.notice {
        writeln!(io::stderr().lock(), "synod: {}", clean::line(notice))?;
    }
    let session = Session::replay(&opened.records);
    if form.jsonl {
        for record in &opened.records {
            writeln!(out, "{}", report::json::record(record))?;
        }
    } else if form.json {
        let prices = |model: &ModelRef| launch.price(model);
        let mut object = report::json::session(&session, sums(launch, &prices), &launch.config.warnings());
        let grades = launch.grades().unwrap_or_default();
        let told = object["runs"].as_array_mut().into_iter().flatten();
        for (told, run) in told.zip(&session.runs) {
            report::json::add_learned(told, run, &grades);
        }
        writeln!(out, "{}", report::json::escape(&serde_json::to_string_pretty(&object)?))?;
    } else {
        out.write_all(report::plain::session(&session, &|model| launch.price(model)).as_bytes())?;
    }
    Ok(0)
}

/// Lists the questions that the demo knows, one a line.
///
/// # Errors
/// When standard output can't be written to.
pub fn demo_questions() -> Result<u8> {
    let mut out = io::stdout().lock();
    for question in crate::providers::scripted::questions() {
        writeln!(out, "{question}")?;
    }
    Ok(0)
}
