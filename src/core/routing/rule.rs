//! Whether a static rule of a plan holds for a question, and in what words that is said. What a rule leads to is
//! [`super::choose()`]'s.

use super::Rule;
use super::topic::{found, same};
use crate::core::clean;
use crate::core::question::File;

/// What rules look at.
pub(super) struct Seen<'a> {
    /// The question's words, folded.
    pub folded: &'a str,
    /// The question as it was typed.
    pub question: &'a str,
    /// The files with it.
    pub files: &'a [File],
    /// What it is about.
    pub topic: Option<&'a str>,
}

/// Why a rule holds, each of its conditions in a few words; none where it does not hold.
pub(super) fn holds(rule: &Rule, seen: &Seen<'_>) -> Option<Vec<String>> {
    let mut why = Vec::new();
    if !rule.words.is_empty() {
        let words = found(seen.folded, &rule.words);
        let first = words.first()?;
        why.push(format!("holds \"{}\"", clean::line(first)));
    }
    if let Some(topic) = &rule.topic {
        seen.topic.filter(|about| same(about, topic))?;
        why.push(format!("about {}", clean::line(topic)));
    }
    if let Some(least) = rule.longer {
        is_long(seen, least as usize).then_some(())?;
        why.push(format!("{least} characters or more"));
    }
    if let Some(files) = rule.files {
        (files != seen.files.is_empty()).then_some(())?;
        why.push(if files { "with files" } else { "without files" }.to_owned());
    }
    Some(why)
}

/// Whether question and files have so many characters; no more of them are counted than that takes.
fn is_long(seen: &Seen<'_>, least: usize) -> bool {
    let texts = std::iter::once(seen.question).chain(seen.files.iter().map(|file| file.text.as_str()));
    texts.flat_map(str::chars).take(least).count() == least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_a_rule_names_must_hold() {
        let files = [File { name: "a".into(), text: "ü".repeat(10) }];
        let seen = Seen { folded: "is it legal", question: "Is it legal", files: &files, topic: Some("Law") };
        let alone = Seen { files: &[], topic: None, ..seen };
        let all = Rule {
            words: vec!["illegal".into(), "Legal".into()],
            topic: Some("law".into()),
            longer: Some(21),
            files: Some(true),
            ..Rule::default()
        };
        let seen = Seen { files: &files, topic: Some("Law"), ..alone };
        let why = holds(&all, &seen).unwrap();
        assert_eq!(why, ["holds \"Legal\"", "about law", "21 characters or more", "with files"]);
        for rule in [
            Rule { words: vec!["illegal".into()], ..all.clone() },
            Rule { topic: Some("art".into()), ..all.clone() },
            Rule { longer: Some(22), ..all.clone() },
            Rule { files: Some(false), ..all.clone() },
        ] {
            assert_eq!(holds(&rule, &seen), None, "{rule:?}");
        }
        assert_eq!(holds(&all, &alone), None);
        assert_eq!(holds(&Rule::default(), &alone), Some(Vec::new()), "one that names nothing always does");
        let without = Rule { files: Some(false), ..Rule::default() };
        assert_eq!(holds(&without, &alone), Some(vec!["without files".to_owned()]));
    }
}
