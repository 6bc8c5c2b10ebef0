//! Everything around an engine: members that are played by hand, and a face that folds what it is told and holds it
//! against the log when it closes. It tests nothing by itself.

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use synod::config::{self, Config};
use synod::core::{
    Call, CallError, Command, Council, EndState, ErrorKind, Limits, Message, Protocol, Question, Record,
    Role, Run, RunId, Session, SessionId, StageId, Templates,
};
use synod::engine::{Clock, Deeper, Engine, Feed, News, Purse, Setup};
use synod::providers::registry::Registry;
use synod::providers::{Delta, Provider, Request, Stop};
use synod::store::answers::Answers;
use synod::store::health::Kept;
use synod::store::{self, Log};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

pub const AT: u64 = 1_795_352_701_000;

/// What the person who plays a member does.
pub enum Act {
    Say(Result<Delta, CallError>),
    Panic,
}

/// A call that came in.
pub struct Asked {
    pub request: Request,
    pub line: UnboundedSender<Act>,
}

impl Asked {
    /// One piece.
    pub fn say(&self, delta: Delta) {
        // A member that was hung up on may go on talking.
        let _ = self.line.send(Act::Say(Ok(delta)));
    }

    /// A piece of the answer.
    pub fn text(&self, text: &str) {
        self.say(Delta::Text(text.to_owned()));
    }

    /// The whole answer, and its end.
    pub fn answer(self, text: &str) {
        self.text(text);
        self.say(Delta::Stop(Stop::Done));
    }

    /// The end, and why.
    pub fn fail(self, kind: ErrorKind) {
        let error = CallError::new(kind, "made up", "go on");
        let _ = self.line.send(Act::Say(Err(error)));
    }

    /// The end, and how long the provider asks to wait, in milliseconds.
    pub fn put_off(self, kind: ErrorKind, wait: u64) {
        let error = CallError { wait: Some(wait), ..CallError::new(kind, "made up", "go on") };
        let _ = self.line.send(Act::Say(Err(error)));
    }

    /// The end, and whether the provider says to ask again.
    pub fn advise(self, kind: ErrorKind, retry: bool) {
        let error = CallError { retry: Some(retry), ..CallError::new(kind, "made up", "go on") };
        let _ = self.line.send(Act::Say(Err(error)));
    }

    /// What the member was sent.
    pub fn sent(&self) -> Vec<(Role, &str)> {
        self.request.messages.iter().map(|message: &Message| (message.role, message.text.as_str())).collect()
    }
}

/// A provider whose members are played by hand.
struct Played {
    calls: UnboundedSender<Asked>,
}

impl Provider for Played {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        match request.model.as_str() {
            "panics" => panic!("a fault in a provider"),
            "endless" => return on_and_on(Delta::Text("and so on ".to_owned())),
            "muses" => return on_and_on(Delta::Thinking("hm ".to_owned())),
            _ => {}
        }
        let (line, mut heard) = unbounded_channel();
        self.calls.send(Asked { request, line }).unwrap();
        let hear = move |context: &mut std::task::Context<'_>| {
            heard.poll_recv(context).map(|act| match act {
                Some(Act::Say(said)) => Some(said),
                Some(Act::Panic) => panic!("a fault in a stream"),
                None => None,
            })
        };
        stream::poll_fn(hear).boxed()
    }

    fn endpoint(&self) -> String {
        "played by hand".to_owned()
    }
}

/// A provider that takes the driver down with it.
struct Trap;

impl Provider for Trap {
    fn stream(&self, _: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        stream::empty().boxed()
    }

    fn endpoint(&self) -> String {
        panic!("a fault in the driver");
    }
}

/// Without end as far as anyone should get.
fn on_and_on(delta: Delta) -> BoxStream<'static, Result<Delta, CallError>> {
    stream::iter(std::iter::repeat_n(delta, 20_000).map(Ok)).boxed()
}

/// What an engine keeps to.
#[derive(Default)]
pub struct Rules {
    pub retries: u16,
    pub health: Kept,
    pub limits: Limits,
    pub answers: Option<Answers>,
    pub grades: Option<PathBuf>,
    pub deeper: Deeper,
    pub purse: Purse,
}

/// Everything around an engine: who plays the members, and a face that folds what it is told.
pub struct Desk {
    pub engine: Engine,
    pub feed: Feed,
    calls: UnboundedReceiver<Asked>,
    waiting: Vec<Asked>,
    pub session: Session,
    /// What a face was told besides records.
    pub said: Vec<News>,
    root: PathBuf,
}

/// No real time passes: this only ends waits that would last for ever.
pub const EVER: Duration = Duration::from_secs(3600);

impl Desk {
    /// One with a new session.
    pub fn new(root: &Path) -> Self {
        Self::open(root, Session::default(), Log::memory(), true)
    }

    /// One that goes on with a session.
    pub fn open(root: &Path, session: Session, log: Log, merge: bool) -> Self {
        Self::deep(root, session, log, merge, Deeper::default(), Registry::default())
    }

    /// One that can look deeper into claims, by providers of its own.
    pub fn deep(
        root: &Path,
        session: Session,
        log: Log,
        merge: bool,
        deeper: Deeper,
        others: Registry,
    ) -> Self {
        let rules = Rules { deeper, ..Rules::default() };
        Self::ruled(root, (session, log, merge), rules, others)
    }

    /// One with a new session and rules of its own.
    pub fn strict(root: &Path, rules: Rules) -> Self {
        let limits = rules.limits;
        let provider =
            |name: &str| (name.to_owned(), config::Provider { limits, ..config::Provider::default() });
        let providers = ["play"].map(provider).into();
        let others = Registry::new(&Config { providers, ..Config::default() });
        Self::ruled(root, (Session::default(), Log::memory(), false), rules, others)
    }

    fn ruled(root: &Path, of: (Session, Log, bool), rules: Rules, others: Registry) -> Self {
        let (session, log, merge) = of;
        let (sender, calls) = unbounded_channel();
        let played = Arc::new(Played { calls: sender });
        let registry = others.with("play", played).with("trap", Arc::new(Trap));
        let (engine, feed) = Engine::start(Setup {
            session: session.clone(),
            id: id(),
            log,
            root: Some(root.to_owned()),
            registry: Arc::new(registry),
            templates: Templates::default(),
            deeper: rules.deeper,
            clock: Clock::at(AT),
            retries: rules.retries,
            health: rules.health,
            purse: rules.purse,
            answers: rules.answers,
            grades: rules.grades,
            seed: 3,
            shadows: Arc::default(),
            merge,
        });
        let root = root.to_owned();
        Self { engine, feed, calls, waiting: Vec::new(), session, said: Vec::new(), root }
    }

    /// Tells the engine what the person wants.
    pub async fn send(&self, command: Command) {
        assert!(self.engine.send(command).await);
    }

    /// Asks a question.
    pub async fn ask(&self, question: &str, council: &Council, protocol: Protocol) {
        let (question, council) = (question.to_owned(), council.clone());
        let question = Question { text: question, council, protocol, ..Question::default() };
        self.send(Command::Ask(question)).await;
    }

    /// The next call to a member.
    pub async fn call(&mut self, member: &str) -> Asked {
        loop {
            let is = |asked: &Asked| asked.request.about.member.0 == member;
            if let Some(place) = self.waiting.iter().position(is) {
                return self.waiting.remove(place);
            }
            let asked =
                timeout(EVER, self.calls.recv()).await.unwrap_or_else(|_| panic!("{member} is not asked"));
            self.waiting.push(asked.unwrap());
        }
    }

    /// Takes what is there, holds it against the file, and folds it.
    pub async fn take(&mut self) -> Vec<News> {
        let news = timeout(EVER, self.feed.take()).await.expect("nothing more happens");
        for item in &news {
            match item {
                News::Record(record) => self.session.apply(record),
                other => self.said.push(other.clone()),
            }
        }
        news
    }

    /// Takes what comes until this holds.
    pub async fn until(&mut self, what: impl Fn(&Session) -> bool) {
        while !what(&self.session) {
            assert!(!self.take().await.is_empty(), "the engine is gone");
        }
    }

    /// Waits until the last run is over.
    pub async fn over(&mut self, runs: usize) {
        self.until(|session| session.runs.len() == runs && session.runs.iter().all(Run::finished)).await;
    }

    /// What is kept.
    pub fn read(&self) -> Vec<Record> {
        store::read(&self.root, &id()).unwrap().records
    }

    /// Closes the engine and holds the log against what the face was told.
    pub async fn close(mut self) -> (Session, Vec<Record>) {
        self.engine.close().await.unwrap();
        let mut feed = self.feed;
        loop {
            let news = feed.take().await;
            if news.is_empty() {
                break;
            }
            for item in news {
                if let News::Record(record) = item {
                    self.session.apply(&record);
                }
            }
        }
        let records = store::read(&self.root, &id()).unwrap().records;
        let numbers: Vec<u64> = records.iter().map(|record| record.seq).collect();
        assert_eq!(numbers, (1..=records.len() as u64).collect::<Vec<_>>(), "the log has no gaps");
        assert_eq!(Session::replay(&records), self.session, "what was shown is what is kept");
        (self.session, records)
    }
}

/// The name of the only session.
pub fn id() -> SessionId {
    SessionId("s".to_owned())
}

/// A council of members that are played by hand.
pub fn council(members: &[&str]) -> Council {
    let models: Vec<_> = members.iter().map(|name| format!("play/{name}").parse().unwrap()).collect();
    Council::of_models("test", &models)
}

/// A place for sessions, gone when the first of the two is dropped.
pub fn home() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("sessions");
    (home, root)
}

/// The last call of a member in a stage of a run.
pub fn last<'a>(session: &'a Session, run: u32, stage: u16, member: &str) -> &'a Call {
    let run = session.run(RunId(run)).unwrap();
    run.calls_of(StageId(stage)).rfind(|call| call.member.0 == member).unwrap()
}

/// What a member has said so far of its first answer to the first question.
pub fn text<'a>(session: &'a Session, member: &str) -> &'a str {
    first(session, member).map_or("", |call| &call.text)
}

/// Whether a member's first answer to the first question is whole.
pub fn done(session: &Session, member: &str) -> bool {
    first(session, member).is_some_and(Call::done)
}

fn first<'a>(session: &'a Session, member: &str) -> Option<&'a Call> {
    session.runs.first()?.calls_of(StageId(0)).find(|call| call.member.0 == member)
}

/// The kind of error of a call.
pub fn kind(call: &Call) -> Option<ErrorKind> {
    call.error.as_ref().map(|error| error.kind)
}

/// State, kind of error and text of a call.
pub fn end(call: &Call) -> (EndState, Option<ErrorKind>, &str) {
    (call.end.unwrap(), kind(call), call.text.as_str())
}
