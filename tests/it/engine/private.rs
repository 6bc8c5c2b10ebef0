//! Private questions: whatever a person does in a session, no model that is not local is sent a word of one. The members
//! repeat what they are told, so that every way by which it could get out is one by which it would.

use super::desk::{Desk, end, home, last};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use proptest::prelude::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use synod::config::{self, Config};
use synod::core::{
    CallError, Command, Council, Deepening, EndState, ErrorKind, Event, File, Member, Pass, Private,
    Protocol, Question, Record, Role, Run, RunId, Session, Step, Why,
};
use synod::engine::Deeper;
use synod::providers::registry::Registry;
use synod::providers::{Delta, Embed, Embedded, Provider, Request, Stop};
use synod::store::Log;
use tokio::time::timeout;

const SECRET: &str = "the north tower's code";

/// A provider whose models say whether they were told, and which keeps what it was sent.
struct Echo {
    name: &'static str,
    sent: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Provider for Echo {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        let all: Vec<&str> = request.messages.iter().map(|message| message.text.as_str()).collect();
        let all = all.join("\n");
        let told = all.contains(SECRET);
        self.sent.lock().unwrap().push((self.name, all));
        if request.model == "frail" {
            let error = CallError::new(ErrorKind::Overloaded, "made up", "go on");
            return stream::iter([Err(error)]).boxed();
        }
        let said = if told { SECRET } else { "nothing" };
        let text =
            format!("I, {}, was told of {said}. The answer is {}.", request.model, request.about.member.0);
        stream::iter([Ok(Delta::Text(text)), Ok(Delta::Stop(Stop::Done))]).boxed()
    }

    fn embed(&self, request: Embed) -> BoxFuture<'static, Result<Embedded, CallError>> {
        self.sent.lock().unwrap().push((self.name, request.texts.join("\n")));
        let vectors = request.texts.iter().map(|_| vec![1.0, 0.0]).collect();
        Box::pin(async move { Ok(Embedded { vectors, usage: None }) })
    }

    fn endpoint(&self) -> String {
        self.name.to_owned()
    }
}

type Sent = Arc<Mutex<Vec<(&'static str, String)>>>;

/// An engine with a provider nearby and one far away, which alone looks deeper.
fn desk(root: &std::path::Path) -> (Desk, Sent, synod::core::Locals) {
    let provider = |(name, local): (&str, bool)| {
        (name.to_owned(), config::Provider { local, ..config::Provider::default() })
    };
    let providers = [("near", true), ("far", false)].map(provider).into();
    let mut registry = Registry::new(&Config { providers, ..Config::default() });
    let sent = Sent::default();
    for name in ["near", "far"] {
        registry = registry.with(name, Arc::new(Echo { name, sent: sent.clone() }));
    }
    let locals = registry.locals().clone();
    let model = |text: &str| Some(text.parse().unwrap());
    let who =
        Deepening { judge: model("far/judge"), embeddings: model("far/vectors"), ..Deepening::default() };
    let deeper = Deeper { who, answer_limit: 100, vectors: None };
    (Desk::deep(root, Session::default(), Log::memory(), false, deeper, registry), sent, locals)
}

fn member(name: &str, model: &str, backups: &[&str]) -> Member {
    let fallback = backups.iter().map(|model| model.parse().unwrap()).collect();
    Member { fallback, ..Member::new(name, model.parse().unwrap()) }
}

#[derive(Clone, Debug)]
enum Wish {
    /// A private question; the last is whether the face forgot to say who is held back.
    Private {
        file: bool,
        protocol: Protocol,
        careless: bool,
    },
    Open(Protocol),
    Extend(Step),
    Retry(usize),
    Join(Member),
    Chair(&'static str),
    Leave(&'static str),
    Deepen(Pass),
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn members() -> impl Strategy<Value = Vec<Member>> {
    let model = || prop::sample::select(vec!["near/m", "far/m", "near/frail", "far/frail", "near/m-cloud"]);
    let one = (model(), prop::collection::vec(model(), 0..3));
    prop::collection::vec(one, 1..=4).prop_map(|list| {
        let named = list.into_iter().zip(NAMES);
        named.map(|((model, backups), name)| member(name, model, &backups)).collect()
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    let protocol = || {
        prop::sample::select(vec![Protocol::Ask, Protocol::SYNTHESIS, Protocol::Vote, Protocol::Debate(2)])
    };
    let name = || prop::sample::select(NAMES.to_vec());
    let model = prop::sample::select(vec!["near/m", "far/m", "near/frail"]);
    prop_oneof![
        3 => (any::<bool>(), protocol(), prop::bool::weighted(0.3))
            .prop_map(|(file, protocol, careless)| Wish::Private { file, protocol, careless }),
        2 => protocol().prop_map(Wish::Open),
        3 => prop::sample::select(vec![Step::SYNTHESIS, Step::Vote, Step::Debate(1)]).prop_map(Wish::Extend),
        2 => (0..9_usize).prop_map(Wish::Retry),
        2 => (model, prop::sample::select(vec!["x", "y"]))
            .prop_map(|(model, name)| Wish::Join(member(name, model, &["far/m"]))),
        1 => name().prop_map(Wish::Chair),
        1 => name().prop_map(Wish::Leave),
        1 => prop::sample::select(vec![Pass::Judge, Pass::Embeddings]).prop_map(Wish::Deepen),
    ]
}

fn command(
    wish: Wish,
    session: &Session,
    council: &Council,
    locals: &synod::core::Locals,
) -> Option<Command> {
    let run = session.runs.last().map(|run| run.id);
    let council = council.clone();
    Some(match wish {
        Wish::Private { file, protocol, careless } => {
            let files = vec![File { name: "notes".to_owned(), text: format!("Of {SECRET}.") }];
            let (text, files) =
                if file { ("What of it?".to_owned(), files) } else { (SECRET.to_owned(), vec![]) };
            let mut question = Question { text, files, council, protocol, ..Question::default() };
            question.keep_local(vec![Why::Person], locals).ok()?;
            if let Some(private) = question.private.as_mut().filter(|_| careless) {
                *private = Private { held_back: Vec::new(), backups: Vec::new(), ..private.clone() };
            }
            Command::Ask(question)
        }
        Wish::Open(protocol) => {
            Command::Ask(Question { text: "What else?".to_owned(), council, protocol, ..Question::default() })
        }
        Wish::Extend(step) => Command::Extend { run: run?, step },
        Wish::Retry(at) => Command::Retry(*session.runs.last()?.calls.keys().nth(at)?),
        Wish::Join(member) => Command::Join { run: run?, member },
        Wish::Chair(name) => Command::Chair { run: run?, member: name.into() },
        Wish::Leave(name) => Command::Leave { run: run?, member: name.into() },
        Wish::Deepen(pass) => Command::Deepen { run: run?, pass },
    })
}

/// Takes in what comes until nothing comes any more; no real time passes.
async fn settle(desk: &mut Desk) {
    while let Ok(true) = timeout(Duration::from_secs(30), async { !desk.take().await.is_empty() }).await {}
}

/// What an endpoint was sent by the records.
fn by_record(records: &[Record], far: &str) -> Vec<String> {
    let text = |messages: &[synod::core::Message]| {
        messages.iter().map(|message| message.text.clone()).collect::<Vec<_>>().join("\n")
    };
    let said = |record: &Record| match &record.event {
        Event::CallStarted { endpoint, messages, .. } if endpoint == far => vec![text(messages)],
        Event::PassStarted { endpoint, messages, .. } if endpoint == far => {
            messages.iter().map(|messages| text(messages)).collect()
        }
        _ => Vec::new(),
    };
    records.iter().flat_map(said).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_private_question_is_sent_to_a_model_that_is_not_local(
        members in members(),
        wishes in prop::collection::vec(wish(), 1..10),
    ) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let (sent, records, cloud) = runtime.block_on(async {
            let (_home, root) = home();
            let (mut desk, sent, locals) = desk(&root);
            let council = Council { name: "c".to_owned(), members, ..Council::default() };
            for wish in wishes {
                if let Some(command) = command(wish, &desk.session, &council, &locals) {
                    desk.send(command).await;
                    settle(&mut desk).await;
                }
            }
            let cloud: Vec<String> = desk.session.runs.iter().flat_map(|run| run.calls.values())
                .filter(|call| !locals.holds(&call.model) && !call.endpoint.is_empty())
                .flat_map(|call| call.messages.iter().map(|message| message.text.clone()))
                .collect();
            // A session in which nothing was asked leaves no log.
            let records = if desk.session.runs.is_empty() { Vec::new() } else { desk.close().await.1 };
            let sent = sent.lock().unwrap().clone();
            (sent, records, cloud)
        });
        let far = sent.iter().filter(|(name, _)| *name == "far").map(|(_, text)| text);
        for text in far.chain(&by_record(&records, "far")).chain(&cloud) {
            prop_assert!(!text.contains(SECRET), "{}", text);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn local_members_have_the_question_and_its_history_to_themselves() {
    let (_home, root) = home();
    let (mut desk, sent, locals) = desk(&root);
    let members = vec![
        member("a", "near/frail", &["far/m", "near/b"]),
        member("b", "far/m", &[]),
        member("c", "near/m", &[]),
    ];
    let council = Council { members, chair: Some("b".into()), ..Council::default() };
    let mut question = Question {
        text: SECRET.to_owned(),
        council: council.clone(),
        protocol: Protocol::SYNTHESIS,
        ..Question::default()
    };
    question.keep_local(vec![Why::Email], &locals).unwrap();
    desk.send(Command::Ask(question.clone())).await;
    settle(&mut desk).await;
    let run = &desk.session.runs[0];
    assert_eq!(end(last(&desk.session, 1, 0, "a")).0, EndState::Done, "its local backup speaks");
    assert_eq!(last(&desk.session, 1, 0, "a").model.to_string(), "near/b");
    assert!(
        run.finished() && run.held_back(1) && !run.sits(1) && run.calls.keys().all(|call| call.slot != 1)
    );
    assert_eq!(run.council_now(), council, "who is held back is asked the next question");
    let merges: Vec<_> = run.calls_of(synod::core::StageId(1)).map(|call| call.member.0.as_str()).collect();
    assert!(
        !merges.is_empty() && !merges.contains(&"b"),
        "a chair that is held back is no chair: {merges:?}"
    );
    // The next question is for everyone, and knows nothing of it; the private one after that does.
    let open = Question {
        text: "What else?".to_owned(),
        private: None,
        protocol: Protocol::Ask,
        ..question.clone()
    };
    desk.send(Command::Ask(open)).await;
    settle(&mut desk).await;
    let messages = |session: &Session, run, name| -> Vec<(Role, String)> {
        last(session, run, 0, name).messages.iter().map(|it| (it.role, it.text.clone())).collect()
    };
    for name in ["b", "c"] {
        assert_eq!(messages(&desk.session, 2, name), [(Role::User, "What else?".to_owned())]);
    }
    desk.send(Command::Ask(Question { protocol: Protocol::Ask, ..question })).await;
    settle(&mut desk).await;
    let of_c = messages(&desk.session, 3, "c");
    assert_eq!(of_c.len(), 5, "{of_c:?}");
    assert!(of_c[0].1.contains(SECRET) && of_c[2].1 == "What else?");
    let (session, records) = desk.close().await;
    assert!(sent.lock().unwrap().iter().any(|(name, text)| *name == "near" && text.contains(SECRET)));
    let why = records.iter().filter_map(|record| match &record.event {
        Event::RunStarted { run, private, .. } => Some((*run, private.clone().map(|it| it.line()))),
        _ => None,
    });
    let line = "private (an e-mail address): held back from b (far/m); backups left out: far/m".to_owned();
    assert_eq!(
        why.collect::<Vec<_>>(),
        [(RunId(1), Some(line.clone())), (RunId(2), None), (RunId(3), Some(line))]
    );
    assert!(session.runs.iter().all(Run::finished));
}

#[tokio::test(start_paused = true)]
async fn a_face_that_forgets_who_is_held_back_sends_nothing_away() {
    let (_home, root) = home();
    let (mut desk, sent, _) = desk(&root);
    let council = Council {
        members: vec![member("a", "near/m", &[]), member("b", "far/m", &[])],
        ..Council::default()
    };
    let private =
        Private { why: vec![Why::Key], everyone: false, held_back: Vec::new(), backups: Vec::new() };
    let question =
        Question { text: SECRET.to_owned(), council, private: Some(private), ..Question::default() };
    desk.send(Command::Ask(question)).await;
    settle(&mut desk).await;
    desk.send(Command::Join { run: RunId(1), member: member("z", "far/m", &[]) }).await;
    desk.send(Command::Deepen { run: RunId(1), pass: Pass::Embeddings }).await;
    settle(&mut desk).await;
    let call = last(&desk.session, 1, 0, "b");
    assert_eq!(end(call), (EndState::Failed, Some(ErrorKind::HeldBack), ""));
    assert_eq!(
        call.error.as_ref().unwrap().message,
        "not asked: the question is private, and far/m is not local"
    );
    assert_eq!((desk.session.runs[0].council.members.len(), desk.session.runs[0].deeper.done.len()), (2, 0));
    let (_, records) = desk.close().await;
    assert!(sent.lock().unwrap().iter().all(|(name, _)| *name == "near"));
    assert!(by_record(&records, "far").is_empty());
}
