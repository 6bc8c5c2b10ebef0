//! The only socket: sends a request over HTTP and streams what comes back. No retries, no limits, no dialects.

use super::cause::{Target, fault_of};
use super::client::Way;
use super::fault::{bad_response, fault, line};
use super::receiver::{Awaited, Item, Out, Receiver, others};
use super::redact::Redactor;
use super::refusal::{self, Asked};
use super::secret::Secret;
use super::wire::decode::Decoder;
use super::wire::dialect::Dialect;
use super::wire::{embeddings, listing};
use super::{Checked, Delta, Embed, Embedded, Listed, Provider, Request, Stop};
use crate::config;
use crate::core::{CallError, ErrorKind};
use futures_util::future::{BoxFuture, ready};
use futures_util::stream::{BoxStream, once};
use futures_util::{FutureExt as _, StreamExt as _};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response, Url};
use std::sync::Arc;
use std::time::Duration;

/// How long the names of other models are waited for, once a name was not known.
const NAMES: Duration = Duration::from_secs(3);

/// How long it may take to learn whether a key is accepted.
const CHECK: Duration = Duration::from_secs(15);

/// How many bytes are read at most before what they say is handed over.
const BATCH: usize = 64 << 10;

/// The most that is read of vectors, in bytes.
const VECTORS_BODY: usize = 64 << 20;

/// The most that is read of one page of a list of models, in bytes, and how long the whole list may take.
const LIST_BODY: usize = 8 << 20;
const LIST_TIME: Duration = Duration::from_secs(10);

/// A provider that is reached over HTTP.
pub struct Remote(Arc<Inner>);

struct Inner {
    url: Url,
    /// Where vectors are asked for, and how.
    vectors: (Url, embeddings::Dialect),
    /// What stands before a model's name.
    name: String,
    /// Models that it is known to have without being asked.
    known: Vec<String>,
    origin: String,
    target: Target,
    way: Way,
    dialect: Dialect,
    secret: Secret,
}

impl Remote {
    /// For a configured provider, with the models it is known to have. Opens nothing.
    ///
    /// # Errors
    /// A configuration fault where its address is none.
    pub fn new(name: &str, provider: &config::Provider, known: Vec<String>) -> Result<Self, CallError> {
        // The address itself is not shown: some people put passwords and keys in it.
        let wrong = |what: &str| {
            let hint = "write it like http://127.0.0.1:8080/v1 in the configuration";
            fault(ErrorKind::Config, line(&format!("provider {name}: base_url {what}")), hint)
        };
        let mut url = Url::parse(provider.base_url.trim())
            .map_err(|error| wrong(&format!("is no address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(wrong("is no http or https address"));
        }
        url.set_fragment(None);
        let host = url.host_str().unwrap_or_default().to_owned();
        let dialect = Dialect::new(provider.kind, &host).at(name);
        let address: Vec<String> = parts(&url);
        let address: Vec<&str> = address.iter().map(String::as_str).collect();
        go_to(&mut url, &dialect.path(&address));
        // Whoever speaks to Ollama as to any other server still gets vectors in its own way.
        let vectors = match dialect {
            Dialect::Gemini => embeddings::Dialect::Gemini,
            Dialect::Ollama => embeddings::Dialect::Ollama,
            _ if name == "ollama" => embeddings::Dialect::Ollama,
            _ => embeddings::Dialect::OpenAi,
        };
        let loopback = config::is_loopback(&provider.base_url);
        let shown = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let way = Way::new(loopback, provider.ca.clone(), provider.proxy.clone());
        Ok(Self(Arc::new(Inner {
            name: name.to_owned(),
            known,
            origin: url.origin().ascii_serialization(),
            target: Target { host: shown, loopback, idle: provider.limits.idle.into(), proxy: way.proxy() },
            way,
            dialect,
            secret: Secret::new(name, provider),
            vectors: (beside(&url, dialect, vectors), vectors),
            url,
        })))
    }

    /// Asks whether the key is accepted: for the list of models, or what else the provider answers to its key alone.
    /// Costs nothing.
    pub async fn check(&self) -> Checked {
        let inner = &self.0;
        let ask = async |with_key: bool| {
            let mut headers = inner.headers().await?;
            if !with_key {
                headers.remove(inner.dialect.key_header(inner.secret.variable()).0);
            }
            let request = inner.way.client()?.get(inner.about_key()).headers(headers).timeout(CHECK);
            inner.send(request, "", &[]).await.map(|_| ())
        };
        let with = ask(true).await;
        let id = inner.secret.id();
        // A server that tells everyone has not looked at the key.
        let open = with.is_ok() && id.is_some() && ask(false).await.is_ok();
        let error = with.err().map(|fault| tidy(&fault, &inner.secret.redactor()));
        Checked::of(id, error, open)
    }
}

impl Provider for Remote {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        let inner = self.0.clone();
        let begin = async move {
            let flow = |out, awaited| Flow { inner, out, awaited, ready: Vec::new(), unsent: 0 }.run(request);
            match Receiver::get() {
                Ok(receiver) => receiver.read(flow).boxed(),
                Err(fault) => once(ready(Err(fault))).boxed(),
            }
        };
        begin.flatten_stream().fuse().boxed()
    }

    fn embed(&self, request: Embed) -> BoxFuture<'static, Result<Embedded, CallError>> {
        let inner = self.0.clone();
        if inner.dialect == Dialect::Anthropic {
            let hint = "name another under [agreement] in the configuration, for example a local server's";
            let message = "synod knows no embeddings of this provider's";
            return Box::pin(ready(Err(fault(ErrorKind::Config, message, hint))));
        }
        Box::pin(async move {
            inner.embed(&request).await.map_err(|fault| tidy(&fault, &inner.secret.redactor()))
        })
    }

    fn models(&self) -> BoxFuture<'static, Result<Vec<Listed>, CallError>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let list = tokio::time::timeout(LIST_TIME, inner.models()).await;
            let late = |_| {
                let message = format!("no list of models within {} s", LIST_TIME.as_secs());
                Err(fault(ErrorKind::Timeout, message, "try again"))
            };
            list.unwrap_or_else(late).map_err(|fault| tidy(&fault, &inner.secret.redactor()))
        })
    }

    fn endpoint(&self) -> String {
        self.0.origin.clone()
    }
}

/// The parts of an address's path.
fn parts(url: &Url) -> Vec<String> {
    let parts = url.path_segments().into_iter().flatten();
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Gives an address another path.
fn go_to(url: &mut Url, parts: &[String]) {
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(parts);
    }
}

/// The parts of the provider's own address, by the address of the chat.
fn root(chat: &Url, spoken: Dialect) -> Vec<String> {
    let mut root = parts(chat);
    root.truncate(root.len().saturating_sub(spoken.tail().len()));
    root
}

/// Where vectors are asked for, by the address of the chat: beside it, or at `/api/embed` of the same root.
fn beside(chat: &Url, spoken: Dialect, dialect: embeddings::Dialect) -> Url {
    let mut url = chat.clone();
    let mut root = root(chat, spoken);
    match dialect {
        embeddings::Dialect::OpenAi => root.push("embeddings".to_owned()),
        embeddings::Dialect::Ollama => {
            root.pop_if(|last| last == "v1");
            root.extend(["api".to_owned(), "embed".to_owned()]);
        }
        // The model follows.
        embeddings::Dialect::Gemini => root.push("models".to_owned()),
    }
    go_to(&mut url, &root);
    url
}

/// One answer on its way, in the thread that reads. Dropping it closes its connection.
struct Flow {
    inner: Arc<Inner>,
    out: Out,
    awaited: Awaited,
    /// What is to be handed over, and how many bytes it was read from.
    ready: Vec<Item>,
    unsent: usize,
}

impl Flow {
    async fn run(mut self, request: Request) {
        let read = match self.inner.ask(&request).await {
            Ok((response, decoder)) => self.read(response, decoder).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = read {
            self.ready.push(Err(tidy(&fault, &self.inner.secret.redactor())));
        }
        self.hand_over().await;
    }

    async fn read(&mut self, mut response: Response, mut decoder: Decoder) -> Result<(), CallError> {
        loop {
            let mut deltas = Vec::new();
            let read = match self.chunk(&mut response).await {
                Ok(Some(bytes)) => {
                    self.unsent += bytes.as_ref().len();
                    decoder.push(bytes.as_ref(), &mut deltas).map(|()| decoder.over())
                }
                Ok(None) => decoder.finish(&mut deltas).map(|()| true),
                // The finish marker came before the connection was lost, so nothing is missing.
                Err(_) if decoder.finished() => decoder.finish(&mut deltas).map(|()| true),
                Err(error) => Err(self.inner.lost(error)),
            };
            if deltas.is_empty() && read.is_ok() {
                deltas.push(Delta::Alive);
            }
            self.awaited
                .came(deltas.iter().any(|delta| matches!(delta, Delta::Text(_) | Delta::Thinking(_))));
            self.ready.extend(deltas.into_iter().map(|delta| Ok(self.inner.clean(delta))));
            if read? {
                return Ok(());
            }
        }
    }

    /// The next chunk. What was read before is handed over once no more is there, so that one waking is enough for all.
    async fn chunk(&mut self, response: &mut Response) -> reqwest::Result<Option<impl AsRef<[u8]> + use<>>> {
        if !self.ready.is_empty() {
            if self.unsent < BATCH {
                // The connection's own task brings each chunk that it has.
                others().await;
                if let Some(chunk) = response.chunk().now_or_never() {
                    return chunk;
                }
            }
            self.hand_over().await;
        }
        response.chunk().await
    }

    async fn hand_over(&mut self) {
        self.unsent = 0;
        // Who no longer takes it has ended this task.
        let _ = self.out.send(std::mem::take(&mut self.ready)).await;
    }
}

impl Inner {
    /// Sends texts and reads their vectors.
    async fn embed(&self, request: &Embed) -> Result<Embedded, CallError> {
        let (url, dialect) = &self.vectors;
        let mut url = url.clone();
        if let (Some(last), Ok(mut path)) = (dialect.call(&request.model), url.path_segments_mut()) {
            path.push(&last);
        }
        let body = embeddings::body(&request.model, &request.texts, *dialect).to_string();
        let asked = self.way.client()?.post(url).headers(self.headers().await?).body(body);
        let asked = asked.timeout(Duration::from_secs(self.target.idle));
        let bytes = self.whole(asked, &request.model, VECTORS_BODY).await?;
        embeddings::read(&bytes, request.texts.len())
    }

    /// Reads which models there are, page by page.
    async fn models(&self) -> Result<Vec<Listed>, CallError> {
        let mut url = self.at(listing::tail(self.dialect));
        let mut pages = listing::Pages::new(self.dialect);
        let mut query = Some(pages.first());
        while let Some(of_page) = query {
            url.set_query(None);
            if !of_page.is_empty() {
                url.query_pairs_mut().extend_pairs(&of_page);
            }
            let mut headers = self.headers().await?;
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
            let request = self.way.client()?.get(url.clone()).headers(headers);
            query = pages.page(&self.whole(request, "", LIST_BODY).await?)?;
        }
        Ok(pages.models)
    }

    /// Sends a request, about a model where it is about one, and reads an answer of at most so many bytes.
    async fn whole(&self, request: RequestBuilder, model: &str, most: usize) -> Result<Vec<u8>, CallError> {
        let mut response = self.send(request, model, &self.known).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost(error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                return Err(bad_response(&format!("the answer is larger than {} MiB", most >> 20), &[]));
            }
        }
        Ok(bytes)
    }

    /// What is asked to learn whether the key is accepted: what the host has for it, else the list of models.
    fn about_key(&self) -> Url {
        match self.url.host_str() {
            // It lists its models to anyone.
            Some("openrouter.ai") => self.at(&["key"]),
            _ => self.at(listing::tail(self.dialect)),
        }
    }

    /// An address under the provider's own.
    fn at(&self, tail: &[&str]) -> Url {
        let mut url = self.url.clone();
        let mut path = root(&self.url, self.dialect);
        path.extend(tail.iter().map(|part| (*part).to_owned()));
        go_to(&mut url, &path);
        url
    }

    /// Where a request to this model goes.
    fn to(&self, model: &str) -> Url {
        let mut url = self.url.clone();
        if let Some((last, query)) = self.dialect.call(model) {
            if let Ok(mut path) = url.path_segments_mut() {
                path.push(&last);
            }
            url.set_query(Some(query));
        }
        url
    }

    /// Sends the request and reads the answer's head.
    async fn ask(&self, request: &Request) -> Result<(Response, Decoder), CallError> {
        let body = self.dialect.body(request).to_string();
        let asked =
            self.way.client()?.post(self.to(&request.model)).headers(self.headers().await?).body(body);
        let response = match self.send(asked, &request.model, &self.known).await {
            Ok(response) => response,
            Err(mut fault) => {
                let unknown = fault.kind == ErrorKind::NotFound;
                if unknown && self.asked(&request.model, &self.known).meant().is_none() {
                    let names = self.offered().await.unwrap_or_default();
                    fault.hint = self.asked(&request.model, &names).meant().unwrap_or(fault.hint);
                }
                return Err(fault);
            }
        };
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        // What was asked for is unpacked and bears no such name any more.
        if let Some(packed) = header(CONTENT_ENCODING).filter(|name| !matches!(*name, "" | "identity")) {
            let message = format!("the answer is packed as {packed}, which was not asked for");
            let hint = "check base_url, and whether a proxy packs it";
            return Err(fault(ErrorKind::BadResponse, message, hint));
        }
        let decoder = Decoder::new(self.dialect, header(CONTENT_TYPE).unwrap_or_default());
        Ok((response, decoder))
    }

    /// Sends a request, about a model where it is about one. Gives the answer where its status says success.
    async fn send(
        &self,
        request: RequestBuilder,
        model: &str,
        known: &[String],
    ) -> Result<Response, CallError> {
        let response = request.send().await.map_err(|error| self.lost(error))?;
        match response.status() {
            status if status.is_success() => Ok(response),
            status if status.is_redirection() => {
                let own = root(&self.url, self.dialect);
                Err(refusal::redirect(&response, &parts(response.url()), &own, &self.secret.redactor()))
            }
            _ => Err(refusal::read(response, &self.asked(model, known)).await),
        }
    }

    /// The fault behind a request that came to no end.
    fn lost(&self, error: reqwest::Error) -> CallError {
        fault_of(&error.without_url(), &self.target)
    }

    /// Whom a request was for.
    fn asked<'a>(&'a self, model: &'a str, known: &'a [String]) -> Asked<'a> {
        Asked {
            advice: self.secret.advice(),
            proxy: self.target.proxy.as_deref(),
            provider: &self.name,
            model,
            known,
        }
    }

    /// The names of all models, where they come soon.
    async fn offered(&self) -> Option<Vec<String>> {
        let listed = tokio::time::timeout(NAMES, self.models()).await.ok()?.ok()?;
        Some(listed.into_iter().map(|one| one.model).collect())
    }

    async fn headers(&self) -> Result<HeaderMap, CallError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in self.dialect.headers() {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("text/event-stream, application/x-ndjson, application/json"),
        );
        if let Some(held) = self.secret.get().await? {
            let (header, before) = self.dialect.key_header(self.secret.variable());
            let value = HeaderValue::from_str(&format!("{before}{}", held.key()));
            let mut value = value.map_err(|_| self.secret.unsendable())?;
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        Ok(headers)
    }

    /// Models may say a key; what a provider says of a call may not.
    fn clean(&self, delta: Delta) -> Delta {
        match delta {
            Delta::Stop(Stop::Refused(reason)) => {
                Delta::Stop(Stop::Refused(line(&self.secret.redactor().clean(&reason))))
            }
            Delta::Mislabelled(name) => Delta::Mislabelled(line(&self.secret.redactor().clean(&name))),
            other => other,
        }
    }
}

/// Makes a fault fit to be shown: no keys, one line, nothing that steers a terminal.
fn tidy(fault: &CallError, redactor: &Redactor) -> CallError {
    CallError {
        message: line(&redactor.clean(&fault.message)),
        hint: line(&redactor.clean(&fault.hint)),
        kind: fault.kind,
        wait: fault.wait,
        retry: fault.retry,
    }
}
