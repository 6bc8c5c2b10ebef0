//! What a question is about: the topic of the plan that has most of its words in it. Who knows a topic is said in the plan;
//! a topic that a person or a triage member says goes over this.

use super::Topic;
use super::words::{folded, holds};
use std::collections::BTreeSet;

/// The topic that has most of its words in the question, and the words that were found, in the topic's order. Words count
/// whole and once each; of topics with as many words the first is taken.
pub fn topic<'a>(question: &str, topics: &'a [Topic]) -> Option<(&'a Topic, Vec<String>)> {
    let question = folded(question);
    let mut best: Option<(&Topic, Vec<String>)> = None;
    for topic in topics {
        let found = found(&question, &topic.words);
        if found.len() > best.as_ref().map_or(0, |(_, words)| words.len()) {
            best = Some((topic, found));
        }
    }
    best
}

/// The topic of that name, whatever its capitals.
pub(super) fn named<'a>(name: &str, topics: &'a [Topic]) -> Option<&'a Topic> {
    topics.iter().find(|topic| same(&topic.name, name))
}

/// Whether two names of topics are one.
pub(super) fn same(one: &str, other: &str) -> bool {
    folded(one.trim()) == folded(other.trim())
}

/// Which of these words a folded question holds, each once.
pub(super) fn found(question: &str, words: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let held = |word: &&String| {
        let word = folded(word.trim());
        holds(question, &word) && seen.insert(word)
    };
    words.iter().filter(held).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics() -> Vec<Topic> {
        let topic = |name: &str, words: &str| Topic {
            name: name.to_owned(),
            words: words.split(' ').map(str::to_owned).collect(),
            members: Vec::new(),
        };
        vec![
            topic("law", "court contract Contract 法律"),
            topic("code", "rust contract python c++"),
            topic("none", ""),
        ]
    }

    fn of(question: &str) -> Option<(String, Vec<String>)> {
        topic(question, &topics()).map(|(topic, words)| (topic.name.clone(), words))
    }

    #[test]
    fn the_topic_with_most_of_its_words_is_taken_and_of_two_the_first() {
        assert_eq!(of("Is a CONTRACT void?"), Some(("law".into(), vec!["contract".into()])));
        assert_eq!(of("A contract in Rust"), Some(("code".into(), vec!["rust".into(), "contract".into()])));
        assert_eq!(of("in C++?"), Some(("code".into(), vec!["c++".into()])));
        assert_eq!(of("这在法律上有效吗"), Some(("law".into(), vec!["法律".into()])));
        assert_eq!(of("contractors rusting"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn names_are_one_whatever_their_capitals() {
        assert_eq!(named(" LAW ", &topics()).map(|topic| topic.name.as_str()), Some("law"));
        assert_eq!(named("lawn", &topics()), None);
    }
}
