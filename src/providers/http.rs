//! The only socket: sends a request over HTTP and streams what comes back. No retries, no limits, no dialects.

use super::cause::{Target, fault_of};
use super::client::{IDLE, IDLE_LOOPBACK, Way};
use super::fault::{bad_response, fault, line};
use super::redact::Redactor;
use super::refusal::{self, Asked};
use super::wire::decode::Decoder;
use super::wire::dialect::Dialect;
use super::wire::embeddings;
use super::{Delta, Embed, Embedded, Provider, Request, Stop};
use crate::config;
use crate::core::{CallError, ErrorKind};
use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, ready};
use futures_util::stream::{BoxStream, unfold};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Response, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long the names of other models are waited for, once a name was not known.
const NAMES: Duration = Duration::from_secs(3);

/// The most that is read of them, in bytes.
const NAMES_BODY: usize = 4 << 20;

/// The most that is read of vectors, in bytes.
const VECTORS_BODY: usize = 64 << 20;

/// A provider that is reached over HTTP.
pub struct Remote(Arc<Inner>);

struct Inner {
    url: Url,
    /// Where vectors are asked for, and how.
    vectors: (Url, embeddings::Dialect),
    /// Where the names of all models are.
    names: Url,
    /// What stands before a model's name.
    name: String,
    /// Models that it is known to have without being asked.
    known: Vec<String>,
    origin: String,
    target: Target,
    way: Way,
    dialect: Dialect,
    key: Option<SecretString>,
    key_env: Option<String>,
    key_optional: bool,
    redactor: Redactor,
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
        let loopback = is_loopback(&host);
        let idle = if loopback { IDLE_LOOPBACK } else { IDLE };
        let key = provider.key.clone().filter(|key| !key.expose_secret().trim().is_empty());
        let shown = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let way = Way::new(loopback, provider.ca.clone(), provider.proxy.clone());
        Ok(Self(Arc::new(Inner {
            names: names(&url, dialect),
            name: name.to_owned(),
            known,
            origin: url.origin().ascii_serialization(),
            target: Target { host: shown, loopback, idle: idle.as_secs(), proxy: way.proxy() },
            way,
            dialect,
            redactor: key.as_ref().map(|key| Redactor::new(key.expose_secret())).unwrap_or_default(),
            key,
            key_env: provider.api_key_env.clone(),
            key_optional: provider.key_optional,
            vectors: (beside(&url, dialect, vectors), vectors),
            url,
        })))
    }
}

impl Provider for Remote {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        let flow = Flow { inner: self.0.clone(), stage: Stage::Ask(request), ready: VecDeque::new() };
        unfold(flow, Flow::next).boxed()
    }

    fn embed(&self, request: Embed) -> BoxFuture<'static, Result<Embedded, CallError>> {
        let inner = self.0.clone();
        if inner.dialect == Dialect::Anthropic {
            let hint = "name another under [agreement] in the configuration, for example a local server's";
            let message = "synod knows no embeddings of this provider's";
            return Box::pin(ready(Err(fault(ErrorKind::Config, message, hint))));
        }
        Box::pin(async move { inner.embed(&request).await.map_err(|fault| tidy(&fault, &inner.redactor)) })
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

/// Where vectors are asked for, by the address of the chat: beside it, or at `/api/embed` of the same root.
fn beside(chat: &Url, spoken: Dialect, dialect: embeddings::Dialect) -> Url {
    let mut url = chat.clone();
    let mut root = parts(chat);
    root.truncate(root.len().saturating_sub(spoken.tail().len()));
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

/// Where the names of all models are, by the address of the chat.
fn names(chat: &Url, dialect: Dialect) -> Url {
    let mut url = chat.clone();
    let mut root = parts(chat);
    root.truncate(root.len().saturating_sub(dialect.tail().len()));
    let tail: &[&str] = if dialect == Dialect::Ollama { &["api", "tags"] } else { &["models"] };
    root.extend(tail.iter().map(|part| (*part).to_owned()));
    go_to(&mut url, &root);
    url
}

/// One answer on its way. Dropping it closes its connection.
struct Flow {
    inner: Arc<Inner>,
    stage: Stage,
    ready: VecDeque<Result<Delta, CallError>>,
}

enum Stage {
    Ask(Request),
    Read(Response, Box<Decoder>),
    Over,
}

impl Flow {
    async fn next(mut self) -> Option<(Result<Delta, CallError>, Self)> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some((item, self));
            }
            let stage = match std::mem::replace(&mut self.stage, Stage::Over) {
                Stage::Ask(request) => self.inner.ask(&request).await,
                Stage::Read(response, decoder) => self.read(response, decoder).await,
                Stage::Over => return None,
            };
            match stage {
                Ok(stage) => self.stage = stage,
                Err(fault) => self.ready.push_back(Err(tidy(&fault, &self.inner.redactor))),
            }
        }
    }

    /// Reads the next chunk.
    async fn read(&mut self, mut response: Response, mut decoder: Box<Decoder>) -> Result<Stage, CallError> {
        let mut deltas = Vec::new();
        let read = match response.chunk().await {
            Ok(Some(bytes)) => decoder.push(&bytes, &mut deltas).map(|()| decoder.over()),
            Ok(None) => decoder.finish(&mut deltas).map(|()| true),
            // The finish marker came before the connection was lost, so nothing is missing.
            Err(_) if decoder.finished() => decoder.finish(&mut deltas).map(|()| true),
            Err(error) => Err(fault_of(&error.without_url(), &self.inner.target)),
        };
        if deltas.is_empty() && read.is_ok() {
            deltas.push(Delta::Alive);
        }
        self.ready.extend(deltas.into_iter().map(|delta| Ok(self.inner.clean(delta))));
        Ok(if read? { Stage::Over } else { Stage::Read(response, decoder) })
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
        let send = self.way.client()?.post(url).headers(self.headers()?).body(body).send();
        let lost = |error: reqwest::Error| fault_of(&error.without_url(), &self.target);
        let mut response = send.await.map_err(lost)?;
        if response.status().is_redirection() {
            return Err(refusal::redirect(&response, &self.url, "embeddings"));
        }
        if !response.status().is_success() {
            return Err(refusal::read(response, &self.asked(&request.model, &self.known)).await);
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > VECTORS_BODY {
                return Err(bad_response("the vectors are larger than 64 MiB", &[]));
            }
        }
        embeddings::read(&bytes, request.texts.len())
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
    async fn ask(&self, request: &Request) -> Result<Stage, CallError> {
        let headers = self.headers()?;
        let body = self.dialect.body(request).to_string();
        let client = self.way.client()?;
        let sent = client.post(self.to(&request.model)).headers(headers).body(body).send().await;
        let response = sent.map_err(|error| fault_of(&error.without_url(), &self.target))?;
        let status = response.status();
        if status.is_success() {
            let name =
                response.headers().get(CONTENT_TYPE).and_then(|name| name.to_str().ok()).unwrap_or_default();
            // What was asked for is unpacked and bears no such name any more.
            let packed = response.headers().get(CONTENT_ENCODING).and_then(|name| name.to_str().ok());
            if let Some(packed) = packed.filter(|name| !matches!(*name, "" | "identity")) {
                let message = format!("the answer is packed as {packed}, which was not asked for");
                let hint = "check base_url, and whether a proxy packs it";
                return Err(fault(ErrorKind::BadResponse, message, hint));
            }
            let decoder = Box::new(Decoder::new(self.dialect, name));
            return Ok(Stage::Read(response, decoder));
        }
        if status.is_redirection() {
            return Err(refusal::redirect(&response, &self.url, &self.dialect.tail().join("/")));
        }
        let mut fault = refusal::read(response, &self.asked(&request.model, &self.known)).await;
        if fault.kind == ErrorKind::NotFound && self.asked(&request.model, &self.known).meant().is_none() {
            let names = self.offered().await.unwrap_or_default();
            fault.hint = self.asked(&request.model, &names).meant().unwrap_or(fault.hint);
        }
        Err(fault)
    }

    /// Whom a request was for.
    fn asked<'a>(&'a self, model: &'a str, known: &'a [String]) -> Asked<'a> {
        Asked {
            key_env: self.key_env.as_deref(),
            key: self.key.is_some(),
            proxy: self.target.proxy.as_deref(),
            provider: &self.name,
            model,
            known,
        }
    }

    /// The names of all models, where they come soon.
    async fn offered(&self) -> Option<Vec<String>> {
        let asked =
            self.way.client().ok()?.get(self.names.clone()).headers(self.headers().ok()?).timeout(NAMES);
        let mut response = asked.send().await.ok().filter(|response| response.status().is_success())?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            body.extend_from_slice(&chunk);
            (body.len() <= NAMES_BODY).then_some(())?;
        }
        let said: Value = serde_json::from_slice(&body).ok()?;
        let list = said.get("data").or_else(|| said.get("models"))?.as_array()?;
        let name = |one: &Value| one.get("id").or_else(|| one.get("name"))?.as_str().map(str::to_owned);
        Some(list.iter().filter_map(name).collect())
    }

    fn headers(&self) -> Result<HeaderMap, CallError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in self.dialect.headers() {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("text/event-stream, application/x-ndjson, application/json"),
        );
        let name = self.key_env.as_deref().unwrap_or("the key");
        match (&self.key, &self.key_env) {
            (Some(key), _) => {
                let (header, before) = self.dialect.key_header(self.key_env.as_deref().unwrap_or_default());
                let value = format!("{before}{}", key.expose_secret().trim());
                let mut value = HeaderValue::from_str(&value).map_err(|_| {
                    let message = format!("{name} holds characters that no key has");
                    fault(
                        ErrorKind::Config,
                        message,
                        format!("set {name} again, without quotes or line ends"),
                    )
                })?;
                value.set_sensitive(true);
                headers.insert(header, value);
            }
            (None, Some(name)) if !self.key_optional => {
                let hint = format!("export {name}=... or choose another model with -m");
                return Err(fault(ErrorKind::NoKey, format!("no key: {name} is not set"), hint));
            }
            (None, _) => {}
        }
        Ok(headers)
    }

    /// Models may say a key; what a provider says of a call may not.
    fn clean(&self, delta: Delta) -> Delta {
        match delta {
            Delta::Stop(Stop::Refused(reason)) => {
                Delta::Stop(Stop::Refused(line(&self.redactor.clean(&reason))))
            }
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
    }
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    match address {
        Some(address) => address.is_loopback() || address.is_unspecified(),
        None => host == "localhost" || host.ends_with(".localhost"),
    }
}
