//! Who listens on this machine: whether a server is there, and which models Ollama has. Loopback alone, for a moment, and
//! only when it is called; no key is sent.

use super::client;
use crate::config::is_loopback;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_millis(150);
/// How long an answer may take after that.
const ANSWER: Duration = Duration::from_millis(300);
/// The most that is read of it, in bytes.
const LARGEST: usize = 1 << 20;
/// More letters than this are no model's name.
const LONGEST_NAME: usize = 200;

#[derive(Deserialize)]
struct Tags {
    models: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    #[serde(default)]
    details: Details,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    family: String,
}

/// Whether something listens at an address on this machine; `None`, and nothing is opened, where it is elsewhere.
pub async fn listens(base_url: &str) -> Option<bool> {
    let (_, places) = near(base_url)?;
    for place in places {
        if matches!(timeout(CONNECT, TcpStream::connect(place)).await, Ok(Ok(_))) {
            return Some(true);
        }
    }
    Some(false)
}

/// The models that Ollama has and that can be asked, where it answers at an address on this machine, which is the one
/// before `/chat/completions`.
pub async fn ollama(base_url: &str) -> Option<Vec<String>> {
    if !base_url.starts_with("http://") {
        return None;
    }
    let (path, places) = near(base_url)?;
    let place = places.first()?;
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/v1").unwrap_or(path);
    let url = format!("http://{place}{path}/api/tags");
    let mut response = client::brief(CONNECT, CONNECT + ANSWER)?.get(url).send().await.ok()?;
    if !response.status().is_success() {
        return None;
    }
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.ok()? {
        body.extend_from_slice(&bytes);
        if body.len() > LARGEST {
            return None;
        }
    }
    let tags: Tags = serde_json::from_slice(&body).ok()?;
    Some(tags.models.into_iter().filter(Tag::can_be_asked).map(|tag| tag.name).collect())
}

impl Tag {
    /// Whether this is a model that answers: one that only embeds texts does not.
    fn can_be_asked(&self) -> bool {
        let embeds = self.name.contains("embed") || self.details.family.ends_with("bert");
        let named = !self.name.trim().is_empty() && self.name.len() <= LONGEST_NAME;
        named && !embeds && !self.name.chars().any(char::is_control)
    }
}

/// The path of an address and where to dial, where that is this machine. Names are not looked up: `localhost` is known.
fn near(base_url: &str) -> Option<(&str, Vec<SocketAddr>)> {
    let (scheme, rest) = base_url.split_once("://").filter(|_| is_loopback(base_url))?;
    let usual = if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if let Ok(place) = authority.parse::<SocketAddr>() {
        return Some((path, vec![place]));
    }
    let bare = authority.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let (name, port) = authority.rsplit_once(':').filter(|_| bare.is_none()).unwrap_or((authority, usual));
    let port = port.parse().ok()?;
    let hosts = match bare {
        Some(host) => vec![host],
        None if name.starts_with('[') => vec![name.trim_matches(['[', ']']).parse().ok()?],
        None => vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
    };
    Some((path, hosts.into_iter().map(|host| SocketAddr::new(host, port)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_dialled_and_no_name_is_looked_up() {
        let near = |text: &str| {
            near(text).map(|(path, places)| {
                let places: Vec<String> = places.iter().map(ToString::to_string).collect();
                format!("{} {path}", places.join(" "))
            })
        };
        for (text, place) in [
            ("http://127.0.0.1:11434/v1", "127.0.0.1:11434 /v1"),
            ("http://127.0.0.1", "127.0.0.1:80 "),
            ("http://[::1]:1/v1", "[::1]:1 /v1"),
            ("http://[::1]/v1", "[::1]:80 /v1"),
            ("http://localhost:8080/v1", "127.0.0.1:8080 [::1]:8080 /v1"),
            ("http://a.localhost/", "127.0.0.1:80 [::1]:80 /"),
            ("HTTPS://127.0.0.1/v1", "127.0.0.1:443 /v1"),
        ] {
            assert_eq!(near(text).as_deref(), Some(place), "{text}");
        }
        for text in [
            "https://127.0.0.1.example.com/v1",
            "http://10.0.0.1:11434/v1",
            "http://localhost.example.com/",
            "",
            "127.0.0.1",
        ] {
            assert_eq!(near(text), None, "{text}");
        }
    }

    #[test]
    fn models_that_only_embed_can_not_be_asked() {
        let tag =
            |name: &str, family: &str| Tag { name: name.into(), details: Details { family: family.into() } };
        assert!(tag("llama3.2:latest", "llama").can_be_asked());
        for (name, family) in
            [("nomic-embed-text", ""), ("all-minilm", "bert"), (" ", ""), ("a\u{1b}[2J", "")]
        {
            assert!(!tag(name, family).can_be_asked(), "{name}");
        }
        let listed: Tags =
            serde_json::from_str(r#"{"models": [{"name": "a", "size": 3, "details": {"format": "gguf"}}]}"#)
                .unwrap();
        assert!(listed.models[0].can_be_asked());
    }
}
