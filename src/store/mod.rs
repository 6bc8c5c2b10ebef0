//! Sessions on disk: one log of records each, one write per record, and readers that survive what crashes leave behind.
//!
//! Not the meaning of records (that is [`crate::core`]), no clock and no environment: the root and the time are given.
//!
//! The layout is `<root>/<session>/events.jsonl`; a torn tail that was cut off lies beside it as `events.torn-N`.

pub mod answers;
mod error;
mod file;
pub mod grades;
pub mod health;
pub mod lines;
mod list;
mod log;
pub mod prompts;
mod read;
pub mod rows;
pub mod spending;
mod tail;
pub mod vectors;

pub use error::StoreError;
pub use list::{Summary, list, resolve};
pub use log::Log;
pub use read::{Opened, read};

use crate::core::SessionId;
use crate::core::when::utc;
use std::path::{Path, PathBuf};

/// The log's name in its session's directory.
const EVENTS: &str = "events.jsonl";

/// The longest name a session may have.
const LONGEST_ID: usize = 100;

/// Where sessions lie under the directory for data, for example `~/.local/share`.
pub fn root_under(data_home: &Path) -> PathBuf {
    data_home.join("synod").join("sessions")
}

/// Names a session by the time it begins, in UTC, and four base-32 characters, for example `20261122-130501-k3f9`.
///
/// The letters are Crockford's: no i, l, o and u.
pub fn new_id(at_ms: u64, random: u32) -> SessionId {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut name = utc(at_ms, "%Y%m%d-%H%M%S-");
    for place in (0..4).rev() {
        name.push(char::from(LETTERS[(random >> (5 * place)) as usize & 31]));
    }
    SessionId(name)
}

/// Whether a session has a log, without reading it.
pub fn holds(root: &Path, id: &SessionId) -> bool {
    directory(root, id).is_ok_and(|directory| directory.join(EVENTS).is_file())
}

/// The directory of a session. A name that could lead out of the root is refused.
fn directory(root: &Path, id: &SessionId) -> Result<PathBuf, StoreError> {
    if is_name(&id.0) { Ok(root.join(&id.0)) } else { Err(StoreError::BadName(id.0.clone())) }
}

/// Whether a text may name a session: letters, digits, `-` and `_` alone.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time_and_sorts_by_it() {
        assert_eq!(new_id(1_795_352_701_000, 0).0, "20261122-130501-0000");
        assert_eq!(new_id(1_795_352_701_999, 0xf_ffff).0, "20261122-130501-zzzz");
        assert!(new_id(1_795_352_701_000, 7) < new_id(1_795_352_702_000, 3));
        for at in [0, u64::MAX] {
            assert!(is_name(&new_id(at, u32::MAX).0), "{at}");
        }
    }

    #[test]
    fn a_name_never_leads_out_of_the_root() {
        for bad in ["", ".", "..", "../x", "a/b", "/etc", "a\\b", "a\0", "a\n", "ü", "a b", &"x".repeat(101)]
        {
            let id = SessionId(bad.to_owned());
            assert!(matches!(directory(Path::new("/r"), &id), Err(StoreError::BadName(_))), "{bad:?}");
        }
        assert_eq!(directory(Path::new("/r"), &SessionId("a-1_B".into())).unwrap(), Path::new("/r/a-1_B"));
    }
}
