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
    let any = |parts: &[&str]| {
        chain
            .iter()
            .map(|cause| cause.to_lowercase())
            .any(|cause| parts.iter().any(|part| cause.contains(part)))
    };
    let (message, hint) = if any(&["proxy", "tunnel"]) {
        (
            format!("the proxy did not reach {host}: {}", last(chain)),
            "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
        )
    } else if timed_out {
        (format!("no answer from {host} within 10 s"), "check base_url and the network")
    } else if any(&["connection refused"]) {
        if target.loopback {
            (format!("nothing listens on {host}"), "is the server running?")
        } else {
            (format!("{host} refuses connections"), "check base_url, and HTTP_PROXY if one is set")
        }
    } else if any(&["dns error", "failed to lookup", "resolve"]) {
        (format!("cannot resolve {host}"), "check base_url and the network")
    } else if any(&["invalidcontenttype", "wrong version number"]) {
        (format!("{host} does not speak TLS"), "write http:// in base_url if the server has no TLS")
    } else if any(&["certificate", "tls", "handshake", "alert"]) {
        let hint = "check base_url and the system's certificates (package ca-certificates, SSL_CERT_FILE)";
        (format!("no secure connection to {host}: {}", last(chain)), hint)
    } else {
        (format!("cannot connect to {host}: {}", last(chain)), "check base_url and the network")
    };
    fault(ErrorKind::Connect, message, hint)
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
