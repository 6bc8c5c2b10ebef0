//! Deeper passes as errands beside the calls: what is asked, of whom, and the one record that each comes to. Which pairs
//! and claims they are about is decided in `agreement`, what a reply means in `core::judge`.

use super::call::{self, Piece};
use super::{Deeper, Setup};
use crate::agreement::embedded;
use crate::agreement::undecided::Open;
use crate::agreement::{Comparison, outcome};
use crate::core::budget::{self, Bid};
use crate::core::judge::{self, Order};
use crate::core::price::Price;
use crate::core::{
    Ask, CallError, CallId, Channel, ErrorKind, Event, Labelled, Limits, Message, ModelRef, Params, Pass,
    Run, RunId, StageId, Thresholds, Usage, shuffle,
};
use crate::providers::{About, BATCH, Embed, Provider, Request};
use crate::store::vectors::Vectors;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The passes that run.
#[derive(Default)]
pub(super) struct Passes {
    tasks: JoinSet<Event>,
    about: HashMap<tokio::task::Id, Head>,
}

/// Whose pass it is.
#[derive(Clone)]
struct Head {
    run: RunId,
    pass: Pass,
    by: ModelRef,
}

/// What a pass came to.
#[derive(Default)]
struct Outcome {
    verdicts: Vec<Labelled>,
    usage: Option<Usage>,
    sent: bool,
    error: Option<CallError>,
}

impl Head {
    fn ended(self, came: Outcome) -> Event {
        let Self { run, pass, by } = self;
        let Outcome { verdicts, usage, sent, error } = came;
        match pass {
            Pass::Embeddings => Event::ClaimsEmbedded { run, by, links: verdicts, usage, sent, error },
            Pass::Judge => Event::PairsJudged { run, by, verdicts, usage, sent, error },
        }
    }
}

/// The record that closes a pass which nobody saw the end of.
pub(super) fn broken(run: RunId, pass: Pass, by: &ModelRef, error: CallError) -> Event {
    let came = Outcome { sent: true, error: Some(error), ..Outcome::default() };
    Head { run, pass, by: by.clone() }.ended(came)
}

/// The record of a pass that the end of the program stopped, and not the person.
pub(super) fn cut_short(mut ended: Event, lost: CallError) -> Event {
    if let Event::ClaimsEmbedded { error: Some(error), .. } | Event::PairsJudged { error: Some(error), .. } =
        &mut ended
        && error.kind == ErrorKind::Stopped
    {
        *error = lost;
    }
    ended
}

/// A pass that is about to be made.
pub(super) struct Job {
    head: Head,
    endpoint: String,
    price: Option<Price>,
    /// Whether a cap is set, so that each piece of a reply counts as a token.
    strict: bool,
    limits: Limits,
    provider: Result<Arc<dyn Provider>, CallError>,
    work: Work,
}

enum Work {
    Embed { comparison: Box<Comparison>, claims: Vec<Open>, at: Thresholds, folder: Option<PathBuf> },
    Judge { pairs: Vec<(String, String)>, orders: [Order; 2], question: String, params: Params, seed: u64 },
}

impl Job {
    /// What is to be done for a pass over a run; `None` where nobody is set for it, where it runs already, where the
    /// question is private and that model not local, and in the demo, which asks no model.
    pub(super) fn of(run: &Run, pass: Pass, setup: &Setup) -> Option<Self> {
        let Deeper { who, answer_limit, vectors } = &setup.deeper;
        let by = who.by(pass).filter(|_| !run.deeper.runs(pass) && !run.council.scripted)?.clone();
        if run.kept_local() && !setup.registry.locals().holds(&by) {
            return None;
        }
        let provider = setup.registry.open(&by);
        let comparison = outcome::comparison(run);
        let work = match pass {
            Pass::Embeddings => Work::Embed {
                claims: comparison.open_claims(),
                comparison: Box::new(comparison),
                at: who.thresholds,
                folder: vectors.clone(),
            },
            Pass::Judge => {
                let pairs: Vec<(String, String)> =
                    comparison.undecided().into_iter().map(|pair| pair.words).collect();
                let seed = shuffle::mix(&[run.seed, run.deeper.done.len() as u64]);
                let orders = judge::orders(&run.question, &pairs, seed, &setup.templates.judge);
                let params = Params { answer_limit: *answer_limit, ..Params::default() };
                Work::Judge { pairs, orders, question: run.question.clone(), params, seed }
            }
        };
        let endpoint = provider.as_ref().map(|provider| provider.endpoint()).unwrap_or_default();
        let (price, strict) = (setup.purse.price(&by), setup.purse.caps.any());
        let limits = setup.registry.limits(&by);
        Some(Self { head: Head { run: run.id, pass, by }, endpoint, price, strict, limits, provider, work })
    }

    /// What it may come to: claims are read once, and a judge reads and answers both orders.
    pub(super) fn bid(&self) -> Bid {
        let (input, answer_limit) = match &self.work {
            Work::Embed { claims, .. } => (claims.iter().map(|claim| claim.words.len() as u64).sum(), 0),
            Work::Judge { pairs, .. } if pairs.is_empty() => (0, 0),
            Work::Judge { orders, params, .. } => {
                let input = orders.iter().map(|order| budget::most_read(&order.messages)).sum();
                // One token more: each of the two may be seen to pass its limit one late.
                (input, params.answer_limit.saturating_mul(2).saturating_add(1))
            }
        };
        Bid { price: self.price, input, answer_limit }
    }

    /// Keeps to so many output tokens in both orders; the reason why it can't, where that is too few.
    pub(super) fn lower(&mut self, tokens: u32) -> Option<CallError> {
        if let Work::Judge { pairs, params, .. } = &mut self.work {
            let each = tokens.saturating_sub(1) / 2;
            if each < params.answer_limit.min(budget::LEAST) && !pairs.is_empty() {
                return Some(super::purse::busy());
            }
            params.answer_limit = params.answer_limit.min(each);
        }
        None
    }

    /// The record of a pass that nothing was sent of.
    pub(super) fn refused(self, error: CallError) -> Event {
        self.head.ended(Outcome { error: Some(error), ..Outcome::default() })
    }

    /// The record that it begins.
    pub(super) fn started(&self) -> Event {
        let (items, messages): (usize, Vec<Vec<Message>>) = match &self.work {
            Work::Embed { claims, .. } => (claims.len(), Vec::new()),
            Work::Judge { pairs, .. } if pairs.is_empty() => (0, Vec::new()),
            Work::Judge { pairs, orders, .. } => {
                (pairs.len(), orders.iter().map(|order| order.messages.clone()).collect())
            }
        };
        let Head { run, pass, by } = self.head.clone();
        let (endpoint, price, items) = (self.endpoint.clone(), self.price.map(Box::new), items as u32);
        let bid = self.bid();
        let most = (bid.input, bid.answer_limit.into());
        Event::PassStarted { run, pass, by, endpoint, items, messages, price, most }
    }

    async fn make(self, stop: CancellationToken) -> Event {
        let Self { head, provider, work, strict, limits, .. } = self;
        let model = head.by.clone();
        let came = match (provider, work) {
            (Err(error), _) => Outcome { error: Some(error), ..Outcome::default() },
            (Ok(provider), Work::Embed { comparison, claims, at, folder }) => {
                let mut came = Outcome::default();
                let vectors = vectors(&*provider, &model, &claims, folder, &stop, &mut came).await;
                let linked =
                    tokio::task::spawn_blocking(move || embedded::links(&comparison, &claims, &vectors, at));
                match linked.await {
                    Ok(links) => came.verdicts = links,
                    Err(_) => came.error = Some(fault_of_ours()),
                }
                came
            }
            (Ok(_), Work::Judge { pairs, .. }) if pairs.is_empty() => Outcome::default(),
            (Ok(provider), Work::Judge { pairs, orders, question, params, seed }) => {
                let about = About {
                    member: "judge".into(),
                    question,
                    ask: Ask::Answer,
                    round: 0,
                    shown: Vec::new(),
                    seed,
                    step: None,
                };
                let ask = |order: &Order| Request {
                    model: model.model.clone(),
                    messages: order.messages.clone(),
                    params: params.clone(),
                    about: about.clone(),
                };
                let bounds = call::Bounds { answer_limit: params.answer_limit, strict, limits };
                let [one, other] = &orders;
                let replies = tokio::join!(
                    reply(&*provider, ask(one), bounds, head.run, stop.clone()),
                    reply(&*provider, ask(other), bounds, head.run, stop)
                );
                judged(pairs, &orders, replies)
            }
        };
        head.ended(came)
    }
}

impl Passes {
    /// Begins one; its begin is on record already.
    pub(super) fn spawn(&mut self, job: Job, stop: CancellationToken) {
        let head = job.head.clone();
        let task = self.tasks.spawn(job.make(stop));
        self.about.insert(task.id(), head);
    }

    /// The record of the next one that is over; `None` while none runs.
    pub(super) async fn next(&mut self) -> Option<Event> {
        match self.tasks.join_next_with_id().await? {
            Ok((id, event)) => {
                self.about.remove(&id);
                Some(event)
            }
            // One that died of a fault of ours must not be waited for.
            Err(error) => {
                let Head { run, pass, by } = self.about.remove(&error.id())?;
                Some(broken(run, pass, &by, fault_of_ours()))
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }
}

fn fault_of_ours() -> CallError {
    CallError::new(
        ErrorKind::Internal,
        "synod failed in this pass; everything else goes on",
        "ask again, and please report it",
    )
}

fn stopped() -> CallError {
    CallError::new(ErrorKind::Stopped, "stopped by you", "ask again when you like")
}

/// The vectors of claims, in their order: those that are kept, and the others from the provider, batch by batch. What came
/// before a fault or a stop is kept and used.
async fn vectors(
    provider: &dyn Provider,
    model: &ModelRef,
    claims: &[Open],
    folder: Option<PathBuf>,
    stop: &CancellationToken,
    came: &mut Outcome,
) -> Vec<Option<Vec<f32>>> {
    let name = model.to_string();
    let load = tokio::task::spawn_blocking(move || folder.map(|folder| Vectors::load(&folder, &name)));
    let mut kept = load.await.ok().flatten();
    let mut known: HashMap<&str, Vec<f32>> = HashMap::new();
    let mut missing: Vec<&str> = Vec::new();
    for claim in claims {
        match kept.as_ref().and_then(|kept| kept.get(&claim.words)) {
            Some(vector) => drop(known.insert(&claim.words, vector.clone())),
            None if missing.contains(&claim.words.as_str()) => {}
            None => missing.push(&claim.words),
        }
    }
    for batch in missing.chunks(BATCH) {
        let texts = batch.iter().map(|text| (*text).to_owned()).collect();
        came.sent = true;
        let answer = tokio::select! {
            biased;
            () = stop.cancelled() => Err(stopped()),
            answer = provider.embed(Embed { model: model.model.clone(), texts }) => answer,
        };
        match answer {
            Ok(answer) => {
                came.usage = sum(came.usage, answer.usage);
                for (text, vector) in batch.iter().zip(answer.vectors) {
                    if let Some(kept) = &mut kept {
                        kept.add(text, vector.clone());
                    }
                    known.insert(text, vector);
                }
            }
            Err(error) => {
                came.error = Some(error);
                break;
            }
        }
    }
    if let Some(mut kept) = kept {
        // A cache that can't be written costs the same request another time, and nothing else.
        let _ = tokio::task::spawn_blocking(move || kept.save()).await;
    }
    claims.iter().map(|claim| known.get(claim.words.as_str()).cloned()).collect()
}

fn sum(one: Option<Usage>, other: Option<Usage>) -> Option<Usage> {
    one.zip(other).map(|(one, other)| one.plus(other)).or(one).or(other)
}

/// A judge's reply to one order.
struct Reply {
    text: String,
    usage: Option<Usage>,
    error: Option<CallError>,
}

async fn reply(
    provider: &dyn Provider,
    request: Request,
    bounds: call::Bounds,
    run: RunId,
    stop: CancellationToken,
) -> Reply {
    // The pieces need a name that no call of a plan has; nobody sees it.
    let id = CallId { run, stage: StageId(u16::MAX), round: 0, slot: 0, attempt: 0 };
    let (out, mut pieces) = mpsc::channel(64);
    let asked = call::run(id, provider.stream(request), bounds, stop, out);
    let heard = async {
        let (mut text, mut thinking, mut end) = (String::new(), String::new(), None);
        while let Some((_, piece)) = pieces.recv().await {
            match piece {
                Piece::Text(Channel::Text, more) => text.push_str(&more),
                Piece::Text(Channel::Thinking, more) => thinking.push_str(&more),
                Piece::End(last) => end = Some(last),
            }
        }
        (text, thinking, end)
    };
    let ((), (text, thinking, end)) = tokio::join!(asked, heard);
    let Some(end) = end else { return Reply { text, usage: None, error: Some(fault_of_ours()) } };
    let (_, error) = call::verdict(&end, &text, &thinking);
    Reply { text, usage: end.usage, error }
}

/// What both replies come to. Where one brought nothing there is nothing to hold against the other.
fn judged(pairs: Vec<(String, String)>, orders: &[Order; 2], (one, other): (Reply, Reply)) -> Outcome {
    let usage = sum(one.usage, other.usage);
    let silent = one.text.trim().is_empty() || other.text.trim().is_empty();
    let labels = judge::settle(&judge::read(&one.text, &orders[0]), &judge::read(&other.text, &orders[1]));
    let verdicts =
        pairs.into_iter().zip(labels).map(|((a, b), label)| Labelled { a, b, label, cosine: None });
    let verdicts = if silent { Vec::new() } else { verdicts.collect() };
    Outcome { verdicts, usage, sent: true, error: one.error.or(other.error) }
}
