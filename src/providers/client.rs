//! HTTP clients: one for this machine, which no proxy may come between, one for everywhere else, and one of its own for a
//! provider with an authority or a proxy that was named. No requests are sent here.

use super::fault::fault;
use crate::config::Proxy;
use crate::core::{CallError, ErrorKind};
use reqwest::{Certificate, Client, ClientBuilder};
use secrecy::ExposeSecret as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// How requests of one provider leave.
pub struct Way {
    loopback: bool,
    /// Certificates of authorities to trust beside the system's, as PEM, and the proxy in between.
    ca: Option<Arc<[u8]>>,
    proxy: Option<Proxy>,
    own: OnceLock<Result<Client, CallError>>,
}

impl Way {
    /// For a server on this machine or elsewhere.
    pub fn new(loopback: bool, ca: Option<Arc<[u8]>>, proxy: Option<Proxy>) -> Self {
        // No proxy can know where this machine's own addresses are.
        Self { loopback, ca, proxy: proxy.filter(|_| !loopback), own: OnceLock::new() }
    }

    /// The proxy in between, as people know it.
    pub fn proxy(&self) -> Option<String> {
        self.proxy.as_ref().map(|proxy| format!("{} ({})", proxy.shown, proxy.variable))
    }

    /// The client, built when it is first asked for.
    ///
    /// # Errors
    /// A configuration fault where the authority's file or the proxy's address is none.
    pub fn client(&self) -> Result<&Client, CallError> {
        static NEAR: OnceLock<Result<Client, CallError>> = OnceLock::new();
        static FAR: OnceLock<Result<Client, CallError>> = OnceLock::new();
        let place = match (self.loopback, &self.ca, &self.proxy) {
            (true, None, _) => &NEAR,
            (false, None, None) => &FAR,
            _ => &self.own,
        };
        place.get_or_init(|| self.build()).as_ref().map_err(Clone::clone)
    }

    fn build(&self) -> Result<Client, CallError> {
        choose_crypto();
        let authorities = self.ca.as_deref().map(authorities).transpose()?.unwrap_or_default();
        let proxy = self.proxy.as_ref().map(through).transpose()?;
        let builder = || {
            let builder = Client::builder()
                .user_agent(concat!("synod/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT)
                .redirect(reqwest::redirect::Policy::none());
            match &proxy {
                Some(proxy) => builder.proxy(proxy.clone()),
                // The environment was read once, by the configuration.
                None => builder.no_proxy(),
            }
        };
        let with = |builder: ClientBuilder| {
            if authorities.is_empty() { builder } else { builder.tls_certs_merge(authorities.clone()) }
        };
        // Where the system has no certificates, addresses without TLS still work, and those of a named authority.
        let built =
            with(builder()).build().or_else(|_| builder().tls_certs_only(authorities.clone()).build());
        built.map_err(|_| {
            let hint = "check HTTPS_PROXY, HTTP_PROXY and SSL_CERT_FILE";
            fault(ErrorKind::Internal, "no HTTP client can be built", hint)
        })
    }
}

/// Reads certificates in PEM.
fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, CallError> {
    let wrong = || {
        let hint = "name a file in PEM, with BEGIN CERTIFICATE in it, in ca_file of this provider";
        fault(ErrorKind::Config, "ca_file holds no certificate", hint)
    };
    let found = Certificate::from_pem_bundle(pem).map_err(|_| wrong())?;
    if found.is_empty() { Err(wrong()) } else { Ok(found) }
}

/// The proxy as the library wants it. Which addresses it is for was decided where the environment was read.
fn through(proxy: &Proxy) -> Result<reqwest::Proxy, CallError> {
    let url = proxy.url.expose_secret();
    let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    let built = reqwest::Proxy::all(url).ok().filter(|_| known.contains(&scheme.as_str()));
    built.ok_or_else(|| {
        let name = &proxy.variable;
        let hint = format!("set {name} like http://proxy.example.com:3128, or unset it");
        fault(ErrorKind::Config, format!("{name} is no address of a proxy"), hint)
    })
}

/// A client for one short question to this machine, without TLS: no proxy, no redirects, and certificates are not loaded.
pub fn brief(connect: Duration, whole: Duration) -> Option<Client> {
    choose_crypto();
    let builder = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.tls_certs_only([]).connect_timeout(connect).timeout(whole).build().ok()
}

fn choose_crypto() {
    // A second install is refused, and the first one is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
