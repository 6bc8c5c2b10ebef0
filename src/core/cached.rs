//! An answer that came from the cache instead of a model: whose it was, how old, and which question it answers where that
//! is not the very same. Not how it is found.

use super::clean;
use super::ids::{CallId, SessionId};
use serde::{Deserialize, Serialize};

/// How long answers are kept for, in hours, when nothing else was said.
pub const CACHE_TTL: u32 = 24;

/// An earlier question that is nearly a new one, whose answers the person allowed for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Similar {
    /// The earlier question, raw.
    pub question: String,
    /// How near the two are: the agreement engine's score, 0 to 1.
    pub score: f64,
}

impl Similar {
    /// For people: `an earlier, similar question "…" (score .93)`.
    pub fn line(&self) -> String {
        let question = clean::cut(&clean::line(&self.question), MOST_SAID);
        format!("an earlier, similar question \"{question}\" (score {})", self.score_word())
    }

    /// The score in a word: `.93`. It is cut, not rounded: only 1 is shown as 1.00.
    pub fn score_word(&self) -> String {
        let hundredths = (self.score.clamp(0.0, 1.0) * 100.0 + 1e-9).floor();
        let word = format!("{:.2}", hundredths / 100.0);
        word.strip_prefix('0').map(str::to_owned).unwrap_or(word)
    }
}

/// The most of an earlier question that is said in a line, in characters; records hold all of it.
const MOST_SAID: usize = 200;

/// Where an answer came from that no model was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cached {
    /// The session in which the model gave it.
    pub session: SessionId,
    /// The call.
    pub call: CallId,
    /// When it ended, in milliseconds since the epoch.
    pub at: u64,
    /// The question it was given to, where that is not the very same one.
    #[serde(flatten)]
    pub similar: Option<Similar>,
}

/// How long ago something was, in a word: `2h`.
pub fn age(at: u64, now: u64) -> String {
    let seconds = now.saturating_sub(at) / 1000;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

impl Cached {
    /// How old it was at a moment, in a word: `2h`.
    pub fn age(&self, now: u64) -> String {
        age(self.at, now)
    }

    /// For people, as of the moment it was used: `from the cache, 2h old, $0.00 (session 20261122-130000-abcd)`; or
    /// `from the cache: answers an earlier, similar question "…" (score .93), 2h old, $0.00 (session …)`.
    pub fn line(&self, used: u64) -> String {
        let answers = self.similar.as_ref().map(|similar| format!(": answers {}", similar.line()));
        let (answers, session) = (answers.unwrap_or_default(), clean::line(&self.session.0));
        format!("from the cache{answers}, {} old, $0.00 (session {session})", self.age(used))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{RunId, StageId};

    #[test]
    fn an_age_is_one_word() {
        let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
        let cached = Cached { session: SessionId("s".to_owned()), call, at: 1_000_000, similar: None };
        let age = |seconds: u64| cached.age(1_000_000 + seconds * 1000);
        let ages = [0, 59, 60, 3599, 3600, 172_799, 172_800].map(age);
        assert_eq!(ages, ["0s", "59s", "1m", "59m", "1h", "47h", "2d"]);
        assert_eq!(cached.age(0), "0s", "a clock that was set back");
        assert_eq!(cached.line(8_200_000), "from the cache, 2h old, $0.00 (session s)");
    }

    #[test]
    fn an_answer_to_a_similar_question_says_so_and_older_records_are_read() {
        let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
        let similar = Similar { question: "Why\n\u{1b}[31mso?".to_owned(), score: 0.939 };
        let cached =
            Cached { session: SessionId("s".to_owned()), call, at: 0, similar: Some(similar.clone()) };
        let line = cached.line(7_200_000);
        assert!(
            line.starts_with("from the cache: answers an earlier, similar question \"Why")
                && line.ends_with("so?\" (score .93), 2h old, $0.00 (session s)")
                && !line.contains(['\u{1b}', '\n']),
            "{line}"
        );
        let json = serde_json::to_value(&cached).unwrap();
        assert_eq!(
            (json["question"].as_str(), json["score"].as_f64()),
            (Some("Why\n\u{1b}[31mso?"), Some(0.939))
        );
        assert_eq!(serde_json::from_value::<Cached>(json).unwrap(), cached);
        let older = serde_json::json!({ "session": "s", "call": call, "at": 5 });
        let exact = Cached { at: 5, similar: None, ..cached };
        assert_eq!(serde_json::from_value::<Cached>(older.clone()).unwrap(), exact);
        assert_eq!(serde_json::to_value(&exact).unwrap(), older);
        let word = |score| Similar { question: String::new(), score }.score_word();
        assert_eq!([0.9999, 1.0, 0.93, 0.0].map(word), [".99", "1.00", ".93", ".00"]);
        let long = Similar { question: "x".repeat(500), score: 1.0 };
        assert!(long.line().chars().count() < 260 && long.line().contains('…'));
    }
}
