//! What came of asking a provider about its key. How it is asked is [`super::http`]'s.

use crate::core::{CallError, ErrorKind};

/// What came of it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// `ok`, `unchecked` where the server tells everyone, `rejected`, `unreachable`, `no_key`, or `failed`.
    pub result: &'static str,
    /// What the key is called, where there was one.
    pub id: Option<String>,
    /// What is wrong, where something is.
    pub error: Option<CallError>,
}

impl Checked {
    pub(super) fn of(id: Option<String>, error: Option<CallError>, open: bool) -> Self {
        let result = match error.as_ref().map(|error| error.kind) {
            None if open || id.is_none() => "unchecked",
            None => "ok",
            Some(ErrorKind::KeyRejected) => "rejected",
            Some(ErrorKind::NoKey) => "no_key",
            Some(kind) if is_of_network(kind) => "unreachable",
            Some(_) => "failed",
        };
        Self { result, id, error }
    }
}

/// Whether the fault is that nothing, or no whole answer, came from the server.
fn is_of_network(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Connect | ErrorKind::ConnectionLost | ErrorKind::Timeout)
}
