//! Why a request was turned down: reads the answers whose status is no success. What providers' error objects mean is
//! [`super::fault`]'s.

use super::detail::nearest;
use super::fault::{Said, fault};
use super::redact::Redactor;
use super::wait;
use crate::core::{CallError, ErrorKind};
use reqwest::Response;
use reqwest::header::LOCATION;

/// The most that is read of an error's body, in bytes.
const ERROR_BODY: usize = 64 << 10;

/// Who was asked, as far as a fault's hint needs it.
pub struct Asked<'a> {
    /// What to do where the key is turned down.
    pub advice: String,
    /// The proxy in between.
    pub proxy: Option<&'a str>,
    /// The provider, as it stands before its models' names.
    pub provider: &'a str,
    /// The model.
    pub model: &'a str,
    /// Models that the provider is known to have.
    pub known: &'a [String],
}

impl Asked<'_> {
    /// The models that may have been meant, where any is near.
    pub fn meant(&self) -> Option<String> {
        let names = nearest(self.model, self.known.iter().map(String::as_str));
        let names: Vec<String> = names.iter().map(|name| format!("{}/{name}", self.provider)).collect();
        let (last, others) = names.split_last()?;
        let before = if others.is_empty() { String::new() } else { format!("{} or ", others.join(", ")) };
        Some(format!("did you mean {before}{last}?"))
    }
}

/// The fault behind an answer that is a redirect. `asked` and `own` are the parts of the path that was asked for and of the
/// provider's own address.
pub fn redirect(response: &Response, asked: &[String], own: &[String], redactor: &Redactor) -> CallError {
    let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    // Before an address is made of it: that spells letters anew.
    let to = response.url().join(&redactor.clean(to)).map(|mut to| {
        to.set_query(None);
        let _ = (to.set_username(""), to.set_password(None));
        to.to_string()
    });
    let to = to.unwrap_or_else(|_| "an address that is none".to_owned());
    let same = asked.iter().zip(own).take_while(|(asked, own)| asked == own).count();
    let tail = asked[same..].join("/");
    let hint = format!("write the address it names in base_url, without /{tail}");
    fault(ErrorKind::BadResponse, format!("server redirects to {to}"), hint)
}

/// The fault behind an answer that is neither good nor a redirect.
pub async fn read(mut response: Response, asked: &Asked<'_>) -> CallError {
    let headers = response.headers().clone();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (wait, retry) = (wait::of_headers(header), wait::again(header));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = response.chunk().await {
        body.extend_from_slice(&bytes[..bytes.len().min(ERROR_BODY - body.len())]);
        if body.len() == ERROR_BODY {
            break;
        }
    }
    if let (407, Some(proxy)) = (status, asked.proxy) {
        let hint = "write them into that variable: http://NAME:PASSWORD@HOST:PORT";
        return fault(ErrorKind::Connect, format!("the proxy {proxy} wants a name and password (407)"), hint);
    }
    let said = Said::of_status(status, &body);
    let mut fault = Said { wait: wait.or(said.wait), ..said }.fault();
    fault.retry = retry;
    if retry == Some(true) {
        fault.wait = fault.wait.or(wait);
    }
    match fault.kind {
        ErrorKind::KeyRejected => {
            fault.hint.clone_from(&asked.advice);
        }
        ErrorKind::NotFound => fault.hint = asked.meant().unwrap_or(fault.hint),
        _ => {}
    }
    fault
}
