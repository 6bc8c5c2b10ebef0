//! An answer that came from the cache instead of a model: whose it was and how old. Not how it is found.

use super::clean;
use super::ids::{CallId, SessionId};
use serde::{Deserialize, Serialize};

/// How long answers are kept for, in hours, when nothing else was said.
pub const CACHE_TTL: u32 = 24;

/// Where an answer came from that no model was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cached {
    /// The session in which the model gave it.
    pub session: SessionId,
    /// The call.
    pub call: CallId,
    /// When it ended, in milliseconds since the epoch.
    pub at: u64,
}

impl Cached {
    /// How old it was at a moment, in a word: `2h`.
    pub fn age(&self, now: u64) -> String {
        let seconds = now.saturating_sub(self.at) / 1000;
        match seconds {
            0..60 => format!("{seconds}s"),
            60..3600 => format!("{}m", seconds / 60),
            3600..172_800 => format!("{}h", seconds / 3600),
            _ => format!("{}d", seconds / 86_400),
        }
    }

    /// For people, as of the moment it was used: `from the cache, 2h old, $0.00 (session 20261122-130000-abcd)`.
    pub fn line(&self, used: u64) -> String {
        format!("from the cache, {} old, $0.00 (session {})", self.age(used), clean::line(&self.session.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{RunId, StageId};

    #[test]
    fn an_age_is_one_word() {
        let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
        let cached = Cached { session: SessionId("s".to_owned()), call, at: 1_000_000 };
        let age = |seconds: u64| cached.age(1_000_000 + seconds * 1000);
        let ages = [0, 59, 60, 3599, 3600, 172_799, 172_800].map(age);
        assert_eq!(ages, ["0s", "59s", "1m", "59m", "1h", "47h", "2d"]);
        assert_eq!(cached.age(0), "0s", "a clock that was set back");
        assert_eq!(cached.line(8_200_000), "from the cache, 2h old, $0.00 (session s)");
    }
}
