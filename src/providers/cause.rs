//! Why a connection failed, out of the socket library's chain of errors. Not what a provider answers.

use super::fault::fault;
use crate::core::{CallError, ErrorKind};
use std::error::Error;

/// Whom a request was for.
#[derive(Clone, Debug)]
pub struct Target {
    /// Host and port, as a person would write them.
    pub host: String,
    /// Whether it is this machine.
    pub loopback: bool,
    /// Seconds of silence that count as a fault.
    pub idle: u64,
    /// The proxy in between, as people know it.
    pub proxy: Option<String>,
}

/// The fault behind a request that failed, or behind a stream that broke.
pub fn fault_of(error: &reqwest::Error, target: &Target) -> CallError {
    // A stalled body is a timeout and a decoding error at once, so this is asked first.
    if error.is_timeout() && !error.is_connect() {
        let message = format!("no data from {} for {} s", target.host, target.idle);
        return fault(ErrorKind::Timeout, message, "ask again, or choose another model with -m");
    }
    let chain = chain(error);
    if error.is_connect() {
        return connect(error.is_timeout(), &chain, target);
    }
    if error.is_builder() {
        return fault(
            ErrorKind::Config,
            format!("the request can't be built: {}", last(&chain)),
            "check base_url",
        );
    }
    if chain.iter().any(|cause| cause.contains("head is too large")) {
        let message = format!("{}: message head is too large", target.host);
        return fault(ErrorKind::BadResponse, message, "check base_url or proxy");
    }
    let message = format!("connection to {} lost: {}", target.host, last(&chain));
    fault(ErrorKind::ConnectionLost, message, "ask again")
}

fn connect(timed_out: bool, chain: &[String], target: &Target) -> CallError {
    let host = &target.host;
    let chain_low: Vec<String> = chain.iter().map(|cause| cause.to_lowercase()).collect();
    let any = |parts: &[&str]| chain_low.iter().any(|cause| parts.iter().any(|part| cause.contains(part)));
    if let Some((message, hint)) = secure(host, last(chain), &any) {
        return fault(ErrorKind::Connect, message, hint);
    }
    if let Some(proxy) = &target.proxy {
        let message = if any(&["proxy authorization", "proxy authentication", "407"]) {
            format!("the proxy {proxy} wants a name and password")
        } else if any(&["tunnel", "unsuccessful"]) {
            format!("the proxy {proxy} does not let through to {host}")
        } else if timed_out {
            format!("no answer from the proxy {proxy} within 10 s")
        } else if any(&["connection refused"]) {
            format!("nothing listens where the proxy {proxy} should")
        } else if any(&["dns error", "failed to lookup", "resolve"]) {
            format!("cannot resolve the proxy {proxy}")
        } else {
            format!("the proxy {proxy} did not reach {host}: {}", last(chain))
        };
        return fault(ErrorKind::Connect, message, "check that variable, or name the host in NO_PROXY");
    }
    let (message, hint) = if timed_out {
        (format!("no answer from {host} within 10 s"), "check base_url and the network")
    } else if any(&["connection refused"]) {
        if target.loopback {
            (format!("nothing listens on {host}"), "is the server running?")
        } else {
            (format!("{host} refuses connections"), "check base_url")
        }
    } else if any(&["dns error", "failed to lookup", "resolve"]) {
        (format!("cannot resolve {host}"), "check base_url and the network")
    } else {
        (format!("cannot connect to {host}: {}", last(chain)), "check base_url and the network")
    };
    fault(ErrorKind::Connect, message, hint)
}

/// What kept a connection from being secure, where that is what failed.
fn secure(host: &str, last: &str, any: &dyn Fn(&[&str]) -> bool) -> Option<(String, &'static str)> {
    let named =
        "name the file of its authority in ca_file of this provider, or write http:// for a server near you";
    Some(if any(&["invalidcontenttype", "wrong version number"]) {
        (format!("{host} does not speak TLS"), "write http:// in base_url if the server has no TLS")
    } else if any(&["unknownissuer", "causedasendentity", "self-signed", "self signed"]) {
        (format!("nobody trusted vouches for the certificate of {host}"), named)
    } else if any(&["certificate expired"]) {
        (
            format!("the certificate of {host} has expired"),
            "check this machine's clock, or tell who runs the server",
        )
    } else if any(&["certificate not valid yet"]) {
        (format!("the certificate of {host} is not valid yet"), "check this machine's clock")
    } else if any(&["certificate not valid for name"]) {
        (
            format!("the certificate shown by {host} is for another name"),
            "check base_url; a proxy or login page may stand there",
        )
    } else if any(&["certificate"]) {
        (format!("the certificate of {host} is not accepted: {last}"), named)
    } else if any(&["tls handshake eof", "handshake eof", "peer closed connection without sending tls"]) {
        (format!("{host} closed the connection during the TLS handshake"), named)
    } else if any(&["alert", "tls", "handshake"]) {
        (format!("no secure connection to {host}: {last}"), named)
    } else {
        return None;
    })
}

/// Every cause, outermost first. An I/O error hides the one it wraps from `source`, so that one is asked for too.
fn chain(error: &reqwest::Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        let inner = cause.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref());
        next = match inner {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    causes
}

/// The innermost cause.
fn last(chain: &[String]) -> &str {
    chain.last().map_or("no reason given", String::as_str)
}
