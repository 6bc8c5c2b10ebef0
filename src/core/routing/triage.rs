//! Reads what a triage member replied: which road it would take, what the question is about, and why. A reply is text from
//! outside: it is searched for one object and never trusted with more. What follows from it is [`super::choose()`]'s.

use super::{Road, Triage};
use crate::core::clean;
use serde_json::{Map, Value};

/// Of a longer reply only so many bytes at its end are read.
const LONGEST: usize = 64 * 1024;
/// How many characters a topic has at most.
const TOPIC: usize = 60;
/// How many characters a reason has at most.
const REASON: usize = 200;

/// Reads a reply: the last object in it that names a road, else the last that says anything of what is asked; none where
/// there is no such object. Prose and code fences around it don't matter.
pub fn read(reply: &str) -> Option<Triage> {
    let mut start = reply.len().saturating_sub(LONGEST);
    while !reply.is_char_boundary(start) {
        start += 1;
    }
    let mut rest = &reply[start..];
    let mut last: Option<Triage> = None;
    while let Some(at) = rest.find('{') {
        rest = &rest[at..];
        // The parser gives up at a depth of its own, so that nested openings are no trap.
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Map<String, Value>>();
        let said = values.next().and_then(Result::ok).and_then(|object| said(&object));
        let length = if said.is_some() { values.byte_offset() } else { 1 };
        rest = &rest[length..];
        if let Some(said) =
            said.filter(|said| said.road.is_some() || last.as_ref().is_none_or(|it| it.road.is_none()))
        {
            last = Some(said);
        }
    }
    last
}

/// What an object says; none where it has nothing of what is asked.
fn said(object: &Map<String, Value>) -> Option<Triage> {
    let get = |name: &str| {
        let key = object.iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        key.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let (named, topic, reason) = (get("road"), get("topic"), get("reason"));
    if named.is_none() && topic.is_none() && reason.is_none() {
        return None;
    }
    let cleaned = |text: String, most| clean::cut(&clean::line(&text), most);
    let topic = topic.map(|topic| cleaned(topic, TOPIC));
    Some(Triage {
        road: named.and_then(|name| road(&name)),
        topic: topic.filter(|topic| !is_nothing(topic)),
        reason: reason.map(|reason| cleaned(reason, REASON)).filter(|it| it != "null").unwrap_or_default(),
    })
}

/// The one road that these words name; none where they name none, or several as an echo of the question does.
fn road(words: &str) -> Option<Road> {
    let words = words.to_lowercase();
    let mut named = None;
    for word in words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let road = match word {
            "one" | "single" | "solo" | "simple" | "1" => Road::One,
            "few" | "some" | "small" | "several" | "two" | "three" | "2" | "3" => Road::Few,
            "full" | "council" | "all" | "everyone" | "everybody" | "whole" | "entire" => Road::Full,
            _ => continue,
        };
        match named {
            None => named = Some(road),
            // "A small council" is a few.
            Some(Road::Few) if word == "council" => {}
            Some(before) if before != road => return None,
            Some(_) => {}
        }
    }
    named
}

/// Whether a topic is a way to say that there is none.
fn is_nothing(topic: &str) -> bool {
    let nothing = ["", "-", "none", "null", "n/a", "unknown"];
    nothing.iter().any(|word| topic.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_object_that_names_a_road_is_read() {
        let reply = "Let me see. {\"road\": \"one\"}\n```json\n{\"road\": \"Few\", \"topic\": \" law \",\n \
            \"reason\": \"two\\nviews\"}\n```\nHope {that} helps {\"note\": 1}";
        let expected =
            Triage { road: Some(Road::Few), topic: Some("law".into()), reason: "two views".into() };
        assert_eq!(read(reply), Some(expected));
        let inner = read(r#"{"answer": {"ROAD": "council", "reason": null, "topic": null}}"#);
        assert_eq!(inner, Some(Triage { road: Some(Road::Full), ..Triage::default() }));
    }

    #[test]
    fn roads_have_other_names_too_and_an_echo_names_none() {
        let road = |name: &str| read(&format!("{{\"road\": {name}}}")).unwrap().road;
        for (name, expected) in [
            ("\"single\"", Some(Road::One)),
            ("\"one member\"", Some(Road::One)),
            ("1", Some(Road::One)),
            ("\"A FEW\"", Some(Road::Few)),
            ("3", Some(Road::Few)),
            ("\"small council\"", Some(Road::Few)),
            ("\"the full council\"", Some(Road::Full)),
            ("\"all\"", Some(Road::Full)),
            ("\"one|few|full\"", None),
            ("\"?\"", None),
            ("null", None),
        ] {
            assert_eq!(road(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_no_such_object_says_nothing() {
        for reply in ["", "few", "{", "{}", "{\"a\": 1}", "{'road': 'one'}", "{\"road\": \"one\""] {
            assert_eq!(read(reply), None, "{reply}");
        }
        let topic_alone = read("{\"topic\": \"art\"} {\"reason\": \"hm\"}").unwrap();
        assert_eq!((topic_alone.road, topic_alone.reason.as_str()), (None, "hm"));
        let kept = read("{\"road\": \"one\"} {\"topic\": \"art\"}").unwrap();
        assert_eq!(kept.road, Some(Road::One), "a road is not lost to an object without one");
    }

    #[test]
    fn what_it_says_is_cleaned_and_cut() {
        let long = "x".repeat(500);
        let reply = format!("{{\"road\":\"one\",\"topic\":\"a\\u001b[31m {long}\",\"reason\":\"{long}\"}}");
        let read = read(&reply).unwrap();
        let topic = read.topic.unwrap();
        assert!(topic.starts_with('a') && !topic.contains('\u{1b}') && topic.chars().count() == 60);
        assert_eq!(read.reason.chars().count(), 200);
        let none = super::read("{\"road\":\"one\",\"topic\":\"None\"}").unwrap();
        assert_eq!(none.topic, None);
    }

    #[test]
    fn a_huge_reply_is_read_from_its_end() {
        let reply = format!("{}ü{}{}", "{\"a\":[".repeat(50_000), "{".repeat(LONGEST), "{\"road\":\"full\"}");
        assert_eq!(read(&reply).unwrap().road, Some(Road::Full));
    }

    proptest! {
        #[test]
        fn no_reply_makes_it_panic(
            pieces in prop::collection::vec(prop::sample::select(&[
                "{", "}", "\"", "\"road\"", ":", "\"one\"", ",", "\"topic\"", "ü", "\\", "[", "\u{1b}", " ", "```",
                "{\"road\":\"few\"}", "null", "\"reason\"", "1",
            ][..]), 0..40),
            odd in ".*",
        ) {
            let said = [read(&pieces.concat()), read(&odd)];
            for said in said.into_iter().flatten() {
                prop_assert!(said.reason.chars().count() <= REASON && !said.reason.contains('\n'));
                prop_assert!(said.topic.is_none_or(|topic| !topic.is_empty() && topic.chars().count() <= TOPIC));
            }
        }
    }
}
