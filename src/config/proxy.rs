//! Which proxy stands between this machine and an address, by the variables that everybody uses for it. Nothing is
//! looked up or asked.

use super::address::{host_and_port, is_loopback};
use super::load::Env;
use secrecy::SecretString;
use std::net::IpAddr;

/// A proxy.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The variable that names it.
    pub variable: &'static str,
    /// Its address. It may hold a password.
    pub url: SecretString,
    /// Its host and port, for people.
    pub shown: String,
}

/// The proxy for an address: none on this machine, and none where `NO_PROXY` names the host.
pub(super) fn of(base_url: &str, env: &Env) -> Option<Proxy> {
    let (scheme, rest) = base_url.split_once("://").filter(|_| !is_loopback(base_url))?;
    let (host, port) = host_and_port(rest);
    let secure = scheme.eq_ignore_ascii_case("https");
    let port = port.unwrap_or(if secure { "443" } else { "80" });
    let left_out = ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| env.get(name)).unwrap_or_default();
    if left_out.split([',', ' ']).any(|entry| names(entry.trim(), host, port)) {
        return None;
    }
    // A web server hands a request's header `Proxy` to its programs as HTTP_PROXY: there it names nothing.
    let served = env.get("REQUEST_METHOD").is_some();
    let variables: [&'static str; 4] = if secure {
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        [if served { "http_proxy" } else { "HTTP_PROXY" }, "http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let (variable, text) = variables.into_iter().find_map(|name| Some((name, env.get(name)?)))?;
    let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let shown = authority.rsplit('@').next().unwrap_or_default().to_owned();
    Some(Proxy { variable, url: url.into(), shown })
}

/// Whether an entry of `NO_PROXY` names a host: `*`, a domain with all that is under it, an address or a net of them, each
/// with or without a port.
fn names(entry: &str, host: &str, port: &str) -> bool {
    let bare = |text: &str| text.trim_matches(['[', ']']).parse::<IpAddr>();
    let host_ip = bare(host).ok();
    if let (Some((net, bits)), Some(host)) = (entry.split_once('/'), host_ip) {
        return matches!((bare(net), bits.parse()), (Ok(net), Ok(bits)) if within(host, net, bits));
    }
    if let Ok(address) = bare(entry) {
        return host_ip == Some(address);
    }
    let (name, of_port) = host_and_port(entry);
    if of_port.is_some_and(|of_port| of_port != port) || name.is_empty() {
        return false;
    }
    let name = name.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    name == "*" || host == name || host.strip_suffix(&name).is_some_and(|before| before.ends_with('.'))
}

/// Whether an address lies in a net.
fn within(host: IpAddr, net: IpAddr, bits: u32) -> bool {
    match (host, net) {
        (IpAddr::V4(host), IpAddr::V4(net)) if bits <= 32 => {
            let differ = u32::from(host) ^ u32::from(net);
            differ.checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(host), IpAddr::V6(net)) if bits <= 128 => {
            let differ = u128::from(host) ^ u128::from(net);
            differ.checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    fn of(base_url: &str, env: &[(&str, &str)]) -> Option<(String, String, String)> {
        let proxy = super::of(base_url, &env.iter().copied().collect())?;
        Some((proxy.variable.to_owned(), proxy.url.expose_secret().to_owned(), proxy.shown))
    }

    #[test]
    fn the_variable_of_the_scheme_goes_first() {
        let all = [("HTTP_PROXY", "h:1"), ("https_proxy", "http://u:p@s:2/"), ("ALL_PROXY", "socks5://a:3")];
        let found =
            |base_url, env: &[(&str, &str)]| of(base_url, env).map(|(name, url, shown)| [name, url, shown]);
        assert_eq!(
            found("http://x.example/v1", &all),
            Some(["HTTP_PROXY", "http://h:1", "h:1"].map(str::to_owned))
        );
        assert_eq!(
            found("https://x.example/v1", &all),
            Some(["https_proxy", "http://u:p@s:2/", "s:2"].map(str::to_owned))
        );
        assert_eq!(
            found("https://x.example", &all[2..]),
            Some(["ALL_PROXY", "socks5://a:3", "a:3"].map(str::to_owned))
        );
        assert_eq!(of("https://x.example", &all[..1]), None);
        assert_eq!(of("https://x.example", &[("HTTPS_PROXY", " ")]), None);
        for near in ["http://127.0.0.1:1/v1", "http://localhost", "http://[::1]:1", "http://a.localhost"] {
            assert_eq!(of(near, &all), None, "{near}");
        }
        assert_eq!(of("http://x.example", &[("HTTP_PROXY", "h:1"), ("REQUEST_METHOD", "GET")]), None);
    }

    #[test]
    fn hosts_may_be_left_out() {
        let left_out =
            |entry: &str, url: &str| of(url, &[("ALL_PROXY", "p:1"), ("NO_PROXY", entry)]).is_none();
        for (entry, url) in [
            ("*", "https://x.example"),
            ("a.b, x.example", "https://x.example/v1"),
            (".example", "https://X.example"),
            ("*.example", "https://x.example"),
            ("example", "https://x.example"),
            ("x.example:443", "https://x.example"),
            ("x.example:8443", "https://x.example:8443"),
            ("10.0.0.0/8", "http://10.1.2.3:8080"),
            ("10.1.2.3", "http://10.1.2.3:8080"),
            ("fd00::/8", "http://[fd00::1]:8080"),
            ("0.0.0.0/0", "http://10.1.2.3"),
        ] {
            assert!(left_out(entry, url), "{entry} {url}");
        }
        for (entry, url) in [
            ("", "https://x.example"),
            ("y.example", "https://x.example"),
            ("ample", "https://x.example"),
            ("x.example:80", "https://x.example"),
            ("10.0.0.0/8", "http://11.1.2.3"),
            ("10.0.0.0/8", "http://ten.example"),
            ("10.0.0.0/99", "http://10.1.2.3"),
        ] {
            assert!(!left_out(entry, url), "{entry} {url}");
        }
    }
}
