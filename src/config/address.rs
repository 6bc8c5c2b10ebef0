//! Addresses of providers: whether one can be one, and whether it is on this machine. Nothing is looked up or asked.

/// What follows the address of a provider in a request's, in one dialect or another.
const TAILS: [&str; 4] = ["/chat/completions", "/messages", "/responses", "/api/chat"];

/// Checks the address before `/chat/completions` and the like, and takes slashes off its end.
///
/// # Errors
/// What is wrong with it, without the address: it may hold a key.
pub(super) fn base_url(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once("://") else { return Err("has no scheme") };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err("is neither http nor https");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii()) {
        return Err("holds a blank or a letter that no address has");
    }
    if rest.contains('@') {
        return Err("holds a name or password");
    }
    if rest.contains(['?', '#']) {
        return Err("holds a query or fragment");
    }
    let (host, port) = host_and_port(rest);
    if host.is_empty() || host.contains(['[', ']', ':', '\\', '%', '"', '<', '>']) && !is_v6(host) {
        return Err("has no host");
    }
    if port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0).eq(&false)) {
        return Err("has a port that is no number from 1 to 65535");
    }
    let text = text.trim_end_matches('/');
    let text = TAILS.iter().find_map(|tail| text.strip_suffix(tail)).unwrap_or(text);
    Ok(text.trim_end_matches('/').to_owned())
}

/// Whether an address is on this machine. One that a server listens at everywhere is dialled here.
pub fn is_loopback(base_url: &str) -> bool {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let (host, _) = host_and_port(rest);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let lower = host.to_ascii_lowercase();
    lower == "localhost"
        || lower.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// Reads `OLLAMA_HOST` as ollama's own clients do: `host`, `:port`, `host:port`, with or without scheme and path.
/// `0.0.0.0` and `::` tell a server to listen everywhere; a client dials this machine.
pub(super) fn ollama(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let (scheme, rest, usual) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest, "443"),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest, "80"),
        Some(_) => return Err("is neither http nor https"),
        None => ("http", text, "11434"),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let bare_v6 = authority.parse::<std::net::Ipv6Addr>().is_ok();
    let (host, port) = if bare_v6 { (authority, None) } else { host_and_port(authority) };
    let host = match host.trim_start_matches('[').trim_end_matches(']') {
        "" | "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" => "[::1]".to_owned(),
        v6 if v6.contains(':') => format!("[{v6}]"),
        name => name.to_owned(),
    };
    let path = path.trim_matches('/');
    let slash = if path.is_empty() { "" } else { "/" };
    let version = if path == "v1" || path.ends_with("/v1") { "" } else { "/v1" };
    base_url(&format!("{scheme}://{host}:{}{slash}{path}{version}", port.unwrap_or(usual)))
}

/// The host, brackets included, and the port of what follows the scheme.
pub(super) fn host_and_port(rest: &str) -> (&str, Option<&str>) {
    let authority = rest.split('/').next().unwrap_or_default();
    let after_brackets = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after_brackets..].rfind(':') {
        Some(colon) => (&authority[..after_brackets + colon], Some(&authority[after_brackets + colon + 1..])),
        None => (authority, None),
    }
}

fn is_v6(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.is_some_and(|inner| inner.parse::<std::net::Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for (text, clean) in [
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
            (" https://api.example.com/v1/ ", "https://api.example.com/v1"),
            ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
            ("https://api.example.com/v1/messages/", "https://api.example.com/v1"),
            ("https://api.example.com/v1/responses", "https://api.example.com/v1"),
            ("http://127.0.0.1:11434/api/chat", "http://127.0.0.1:11434"),
            ("HTTP://[::1]:8080", "HTTP://[::1]:8080"),
            ("http://litellm:4000", "http://litellm:4000"),
        ] {
            assert_eq!(base_url(text).as_deref(), Ok(clean));
        }
        for bad in [
            "",
            "localhost:8080/v1",
            "127.0.0.1",
            "ftp://host/v1",
            "file:///etc/passwd",
            "http://",
            "http:///v1",
            "http://:80/v1",
            "http://host:0/v1",
            "http://host:99999/v1",
            "http://host:port/v1",
            "http://host:/v1",
            "http://ho st/v1",
            "http://me:secret@host/v1",
            "https://host/v1?key=secret",
            "https://host/v1#x",
            "http://[::1/v1",
            "http://::1/v1",
            "https://hōst/v1",
        ] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn this_machine_is_known() {
        for text in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://LocalHost/v1",
            "http://[::1]:1/v1",
            "http://a.localhost",
            "http://0.0.0.0:8080/v1",
            "http://[::]:1",
        ] {
            assert!(is_loopback(text), "{text}");
        }
        for text in
            ["http://127.0.0.1.evil.com", "http://localhost.evil.com/", "https://10.0.0.1", "http://[::2]"]
        {
            assert!(!is_loopback(text), "{text}");
        }
    }

    #[test]
    fn ollama_is_found_where_its_own_clients_find_it() {
        for (text, address) in [
            ("1.2.3.4", "http://1.2.3.4:11434/v1"),
            (":56789", "http://127.0.0.1:56789/v1"),
            ("0.0.0.0", "http://127.0.0.1:11434/v1"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080/v1"),
            ("http://1.2.3.4", "http://1.2.3.4:80/v1"),
            ("https://example.com", "https://example.com:443/v1"),
            ("https://example.com:56789/path", "https://example.com:56789/path/v1"),
            ("example.com:56789/", "http://example.com:56789/v1"),
            ("[::]:1", "http://[::1]:1/v1"),
            ("::1", "http://[::1]:11434/v1"),
            ("http://box:1/v1", "http://box:1/v1"),
        ] {
            assert_eq!(ollama(text).as_deref(), Ok(address), "{text}");
        }
        for bad in ["ftp://x", "a b", "x:port"] {
            assert!(ollama(bad).is_err(), "{bad}");
        }
    }
}
